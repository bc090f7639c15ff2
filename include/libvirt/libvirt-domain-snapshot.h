/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Domain snapshots.
 */
#ifndef LIBVIRT_DOMAIN_SNAPSHOT_H
#define LIBVIRT_DOMAIN_SNAPSHOT_H

#ifndef LIBVIRT_H
#error "include <libvirt/libvirt.h>"
#endif

#ifdef __cplusplus
extern "C" {
#endif


typedef struct _virDomainSnapshot virDomainSnapshot;
typedef virDomainSnapshot *virDomainSnapshotPtr;

typedef enum {
    VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE = 1, /* since 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT = 2, /* since 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA = 4, /* since 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_CREATE_HALT = 8, /* since 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY = 16, /* since 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_CREATE_REUSE_EXT = 32, /* since 0.9.10 */
    VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE = 64, /* since 0.9.10 */
    VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC = 128, /* since 0.9.11 */
    VIR_DOMAIN_SNAPSHOT_CREATE_LIVE = 256, /* since 1.0.1 */
    VIR_DOMAIN_SNAPSHOT_CREATE_VALIDATE = 512, /* since 5.6.0 */
} virDomainSnapshotCreateFlags;

typedef enum {
    VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN = 1, /* since 0.8.0 */
    VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY = 2, /* since 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY = 4, /* since 0.9.5 */
} virDomainSnapshotDeleteFlags;

typedef enum {
    VIR_DOMAIN_SNAPSHOT_LIST_DESCENDANTS = 1, /* since 0.9.7 */
    VIR_DOMAIN_SNAPSHOT_LIST_ROOTS = 1, /* since 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_LIST_METADATA = 2, /* since 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_LIST_LEAVES = 4, /* since 0.9.7 */
    VIR_DOMAIN_SNAPSHOT_LIST_NO_LEAVES = 8, /* since 0.9.13 */
    VIR_DOMAIN_SNAPSHOT_LIST_NO_METADATA = 16, /* since 0.9.13 */
    VIR_DOMAIN_SNAPSHOT_LIST_INACTIVE = 32, /* since 1.0.1 */
    VIR_DOMAIN_SNAPSHOT_LIST_ACTIVE = 64, /* since 1.0.1 */
    VIR_DOMAIN_SNAPSHOT_LIST_DISK_ONLY = 128, /* since 1.0.1 */
    VIR_DOMAIN_SNAPSHOT_LIST_INTERNAL = 256, /* since 1.0.1 */
    VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL = 512, /* since 1.0.1 */
    VIR_DOMAIN_SNAPSHOT_LIST_TOPOLOGICAL = 1024, /* since 5.2.0 */
} virDomainSnapshotListFlags;

typedef enum {
    VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING = 1, /* since 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED = 2, /* since 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_REVERT_FORCE = 4, /* since 0.9.7 */
    VIR_DOMAIN_SNAPSHOT_REVERT_RESET_NVRAM = 8, /* since 8.1.0 */
} virDomainSnapshotRevertFlags;

typedef enum {
    VIR_DOMAIN_SNAPSHOT_XML_SECURE = 1, /* since 5.1.0 */
} virDomainSnapshotXMLFlags;



int virDomainHasCurrentSnapshot(virDomainPtr domain, unsigned int flags);
int virDomainListAllSnapshots(virDomainPtr domain, virDomainSnapshotPtr **snaps, unsigned int flags);
int virDomainRevertToSnapshot(virDomainSnapshotPtr snapshot, unsigned int flags);
virDomainSnapshotPtr virDomainSnapshotCreateXML(virDomainPtr domain, const char *xmlDesc, unsigned int flags);
virDomainSnapshotPtr virDomainSnapshotCurrent(virDomainPtr domain, unsigned int flags);
int virDomainSnapshotDelete(virDomainSnapshotPtr snapshot, unsigned int flags);
int virDomainSnapshotFree(virDomainSnapshotPtr snapshot);
virConnectPtr virDomainSnapshotGetConnect(virDomainSnapshotPtr snapshot);
virDomainPtr virDomainSnapshotGetDomain(virDomainSnapshotPtr snapshot);
const char *virDomainSnapshotGetName(virDomainSnapshotPtr snapshot);
virDomainSnapshotPtr virDomainSnapshotGetParent(virDomainSnapshotPtr snapshot, unsigned int flags);
char *virDomainSnapshotGetXMLDesc(virDomainSnapshotPtr snapshot, unsigned int flags);
int virDomainSnapshotHasMetadata(virDomainSnapshotPtr snapshot, unsigned int flags);
int virDomainSnapshotIsCurrent(virDomainSnapshotPtr snapshot, unsigned int flags);
int virDomainSnapshotListAllChildren(virDomainSnapshotPtr snapshot, virDomainSnapshotPtr **snaps, unsigned int flags);
int virDomainSnapshotListChildrenNames(virDomainSnapshotPtr snapshot, char **names, int nameslen, unsigned int flags);
int virDomainSnapshotListNames(virDomainPtr domain, char **names, int nameslen, unsigned int flags);
virDomainSnapshotPtr virDomainSnapshotLookupByName(virDomainPtr domain, const char *name, unsigned int flags);
int virDomainSnapshotNum(virDomainPtr domain, unsigned int flags);
int virDomainSnapshotNumChildren(virDomainSnapshotPtr snapshot, unsigned int flags);
int virDomainSnapshotRef(virDomainSnapshotPtr snapshot);

#ifdef __cplusplus
}
#endif

#endif

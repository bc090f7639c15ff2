/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The storage pool document. Formats are words here: which ones a pool knows is its driver's business. Plain data.
 */
#pragma once

#include "conf/document.h"
#include "conf/domain/storage.h"
#include "util/uuid.h"

#define STORAGE_POOL_VALUES(V)                                                                                      \
    V(STORAGE_POOL_DIR, "dir") V(STORAGE_POOL_FS, "fs") V(STORAGE_POOL_NETFS, "netfs") V(STORAGE_POOL_LOGICAL, "logical") \
    V(STORAGE_POOL_DISK, "disk") V(STORAGE_POOL_ISCSI, "iscsi") V(STORAGE_POOL_ISCSI_DIRECT, "iscsi-direct")           \
    V(STORAGE_POOL_SCSI, "scsi") V(STORAGE_POOL_MPATH, "mpath") V(STORAGE_POOL_RBD, "rbd")                             \
    V(STORAGE_POOL_SHEEPDOG, "sheepdog") V(STORAGE_POOL_GLUSTER, "gluster") V(STORAGE_POOL_ZFS, "zfs")                 \
    V(STORAGE_POOL_VSTORAGE, "vstorage")
VIR_XML_ENUM(StoragePoolType, storage_pool_type, STORAGE_POOL_NONE, STORAGE_POOL_VALUES)

#define STORAGE_ADAPTER_VALUES(V) V(STORAGE_ADAPTER_SCSI_HOST, "scsi_host") V(STORAGE_ADAPTER_FC_HOST, "fc_host")
VIR_XML_ENUM(StorageAdapterType, storage_adapter_type, STORAGE_ADAPTER_NONE, STORAGE_ADAPTER_VALUES)

#define STORAGE_REFRESH_VALUES(V) V(STORAGE_REFRESH_DEFAULT, "default") V(STORAGE_REFRESH_CAPACITY, "capacity")
VIR_XML_ENUM(StorageRefreshAllocation, storage_refresh_allocation, STORAGE_REFRESH_NONE, STORAGE_REFRESH_VALUES)

/* Mode, owner and label of files. */
typedef struct {
    int mode;                      /* -1: absent */
    int owner, group;              /* -1: absent */
    char *label;
} StoragePermissions;

typedef struct { guint64 start, end; } StorageExtent;
typedef struct {
    char *path;
    VirTristate part_separator;
    VIR_ARRAY(StorageExtent) free_extents;   /* live */
} StoragePoolDevice;

typedef struct { char *name; guint port; } StoragePoolHost;

typedef struct {
    StorageAdapterType type;
    VirTristate managed;
    char *name, *parent, *parent_wwnn, *parent_wwpn, *parent_fabric_wwn, *wwnn, *wwpn;
    bool has_parentaddr;
    guint unique_id;
    DomainPciAddress parentaddr;
} StorageAdapter;

typedef struct { char *name, *value; } StorageOption;
typedef struct { VIR_ARRAY(StorageOption) options; } StorageOptions;

typedef struct {
    StoragePoolType type;
    VirTristate cow;
    StorageRefreshAllocation refresh;
    char *name;
    guint8 uuid[VIR_UUID_LEN];     /* zero: not given */
    guint64 capacity, allocation, available;   /* bytes */
    VIR_ARRAY(StoragePoolHost) hosts;
    VIR_ARRAY(StoragePoolDevice) devices;
    char *source_dir, *source_name, *source_format, *initiator_iqn, *vendor, *product, *protocol_ver;
    StorageAdapter *adapter;
    StorageAuth *auth;             /* type is an attribute of <auth> here */
    char *target_path;
    StoragePermissions *permissions;
    StorageOptions *mount_opts;    /* the fs: namespace */
    StorageOptions *config_opts;   /* the rbd: namespace */
} StoragePoolDef;

VIR_DOCUMENT(StoragePoolDef, storage_pool_def, storage_pool_table)
extern const VirXmlTable storage_permissions_table;

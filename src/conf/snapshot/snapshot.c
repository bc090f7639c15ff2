/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables of the snapshot, checkpoint and backup documents.
 */
#include "conf/snapshot/snapshot.h"

#include "conf/known.h"
#include "util/error.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(snapshot_state, SNAPSHOT_STATE_VALUES)
VIR_XML_ENUM_IMPL(checkpoint_disk_type, CHECKPOINT_DISK_VALUES)
VIR_XML_ENUM_IMPL(backup_mode, BACKUP_MODE_VALUES)
VIR_XML_ENUM_IMPL(backup_disk_mode, BACKUP_DISK_MODE_VALUES)
VIR_XML_ENUM_IMPL(backup_transport, BACKUP_TRANSPORT_VALUES)

/* A hook because an image of which no type is said is a file, before its source is read. */
static gboolean snapshot_disk_parse(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err)
{
    SnapshotDisk *disk = obj;

    if (disk->src.type == STORAGE_TYPE_NONE && disk->snapshot != DOMAIN_DISK_SNAPSHOT_NO &&
        disk->snapshot != DOMAIN_DISK_SNAPSHOT_INTERNAL && disk->snapshot != DOMAIN_DISK_SNAPSHOT_MANUAL)
        disk->src.type = STORAGE_TYPE_FILE;
    return TRUE;
}
static const VirXmlHook snapshot_disk_hook = { .parse = snapshot_disk_parse };

#define XS SnapshotDisk
static const VirXmlRow snapshot_disk_rows[] = {
    XA_STR("name", name, .flags = XF_REQUIRED),
    XA_ENUM("snapshot", snapshot, domain_disk_snapshot),
    XA_ENUM("type", src.type, storage_type),
    X_HOOK(NULL, snapshot_disk_hook),
    XG("driver",
        XA_ENUM("type", src.format, storage_format),
        XG("metadata_cache", XE_SIZE("max_size", src.metadata_cache_max, vir_xml_bytes))),
    XE_PRESENT("snapshotDeleteInProgress", delete_in_progress, .since = 909),
    X_EMBED("source", src, StorageSource, storage_source_table),
    X_END
};
#undef XS
static const VirXmlTable snapshot_disk_table = { "disk", sizeof(SnapshotDisk), snapshot_disk_rows };

#define XS SnapshotDef
static const VirXmlRow snapshot_rows[] = {
    XE_STR("name", name),
    XE_STR("description", description),
    XE_ENUM("state", state, snapshot_state),
    XG("parent", XE_STR("name", parent)),
    XE_S64("creationTime", creation_time),
    XG("memory",
        XA_ENUM("snapshot", memory, domain_disk_snapshot),
        XA_STR("file", memory_file)),
    XG("disks", X_ARRAY("disk", disks, SnapshotDisk, snapshot_disk_table)),
    XG("revertDisks", X_ARRAY("disk", revert_disks, SnapshotDisk, snapshot_disk_table, .since = 909)),
    X_PTR("domain", dom, DomainDef, domain_table),
    X_PTR("inactiveDomain", inactive_dom, DomainDef, domain_table),
    X_RAW("cookie", cookie, .flags = XF_STATUS),
    XE_INT("active", active, .flags = XF_STATUS, .arg = -1),
    X_END
};
#undef XS
const VirXmlTable snapshot_table = { "domainsnapshot", sizeof(SnapshotDef), snapshot_rows, .known = &snapshot_known };

VIR_DOCUMENT_IMPL(SnapshotDef, snapshot_def, snapshot_table, VIR_FROM_DOMAIN_SNAPSHOT)

#define XS CheckpointDisk
static const VirXmlRow checkpoint_disk_rows[] = {
    XA_STR("name", name, .flags = XF_REQUIRED),
    XA_ENUM("checkpoint", type, checkpoint_disk_type),
    XA_STR("bitmap", bitmap),
    XA_U64("size", size),
    X_END
};
#undef XS
static const VirXmlTable checkpoint_disk_table = { "disk", sizeof(CheckpointDisk), checkpoint_disk_rows };

#define XS CheckpointDef
static const VirXmlRow checkpoint_rows[] = {
    XE_STR("name", name),
    XE_STR("description", description),
    XG("parent", XE_STR("name", parent)),
    XE_S64("creationTime", creation_time),
    XG("disks", X_ARRAY("disk", disks, CheckpointDisk, checkpoint_disk_table)),
    X_PTR("domain", dom, DomainDef, domain_table),
    X_END
};
#undef XS
const VirXmlTable checkpoint_table = { "domaincheckpoint", sizeof(CheckpointDef), checkpoint_rows, .known = &checkpoint_known };

VIR_DOCUMENT_IMPL(CheckpointDef, checkpoint_def, checkpoint_table, VIR_FROM_DOMAIN_CHECKPOINT)

#define XS BackupServer
static const VirXmlRow server_rows[] = {
    XA_ENUM("transport", transport, backup_transport, .flags = XF_ALWAYS, .arg = BACKUP_TRANSPORT_TCP),
    XA_YESNO("tls", tls),
    XA_STR("name", name),
    XA_UINT("port", port),
    XA_STR("socket", socket),
    XA_STR("fdgroup", fdgroup, .since = 906),
    X_END
};
#undef XS
static const VirXmlTable server_table = { "server", sizeof(BackupServer), server_rows };

#define XS BackupDisk
static const VirXmlRow backup_disk_rows[] = {
    XA_STR("name", name, .flags = XF_REQUIRED),
    XA_YESNO("backup", backup),
    XA_ENUM("type", store.type, storage_type, .arg = STORAGE_TYPE_FILE),
    XA_ENUM("backupmode", mode, backup_disk_mode),
    XA_STR("incremental", incremental),
    XA_STR("exportname", exportname),
    XA_STR("exportbitmap", exportbitmap),
    XG("driver", XA_ENUM("type", store.format, storage_format)),
    X_SETS(is_scratch, X_BIT(FALSE), X_EMBED("target", store, StorageSource, storage_source_table, .flags = XF_SHADOW)),
    X_SETS(is_scratch, X_BIT(TRUE), X_EMBED("scratch", store, StorageSource, storage_source_table, .flags = XF_SHADOW)),
    X_EMBED(NULL, store, StorageSource, storage_source_table),
    XD_BOOL(is_scratch),
    X_END
};
#undef XS
static const VirXmlTable backup_disk_table = { "disk", sizeof(BackupDisk), backup_disk_rows };

#define XS BackupDef
static const VirXmlRow backup_rows[] = {
    XA_ENUM("mode", mode, backup_mode, .flags = XF_ALWAYS, .arg = BACKUP_MODE_PUSH),
    XA_INT("id", id, .flags = XF_LIVE, .arg = -1),
    XE_STR("incremental", incremental),
    X_PTR("server", server, BackupServer, server_table),
    XG("disks", X_ARRAY("disk", disks, BackupDisk, backup_disk_table)),
    X_END
};
#undef XS
const VirXmlTable backup_table = { "domainbackup", sizeof(BackupDef), backup_rows, .known = &backup_known };

VIR_DOCUMENT_IMPL(BackupDef, backup_def, backup_table, VIR_FROM_DOMAIN)

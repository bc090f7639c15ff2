/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Checks of disks and what they come from.
 */
#include <string.h>

#include "hv/addr/units.h"
#include "util/error.h"
#include "virtqemud/defaults/parts.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define dom_fail(err, code, ...) vir_fail_full((err), VIR_FROM_DOMAIN, (code), __VA_ARGS__)

static gboolean check_format(const DomainDisk *disk, GError **err)
{
    switch (disk->src.format) {
    case STORAGE_FORMAT_ISO:
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                        "storage format 'iso' is not directly supported by QEMU, use 'raw' instead: disk '%s'", disk->dst);
    case STORAGE_FORMAT_DIR:
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                        "'directory' storage format is not directly supported by QEMU, use 'dir' disk type instead: disk '%s'",
                        disk->dst);
    case STORAGE_FORMAT_VHD:
    case STORAGE_FORMAT_PLOOP:
    case STORAGE_FORMAT_COW:
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "storage format '%s' is not supported: disk '%s'",
                        vir_enum_to_string(&storage_format_enum, disk->src.format), disk->dst);
    default:
        return TRUE;
    }
}

static gboolean check_source(const DomainDisk *disk, GError **err)
{
    for (const StorageSource *src = &disk->src; src; src = src->backing) {
        if (src->encryption && src->format != STORAGE_FORMAT_RAW && src->format != STORAGE_FORMAT_QCOW2 &&
            src->format != STORAGE_FORMAT_LUKS && src->format != STORAGE_FORMAT_NONE) {
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                            "encryption is supported only with 'raw' and 'qcow2' image format: disk '%s'", disk->dst);
        }
        if (src->net && src->auth && src->net->protocol == STORAGE_PROTOCOL_ISCSI &&
            src->auth->type == STORAGE_AUTH_CEPH)
            return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "invalid secret type 'ceph': disk '%s'", disk->dst);
        if (src->net && src->auth && src->net->protocol == STORAGE_PROTOCOL_RBD &&
            src->auth->type == STORAGE_AUTH_ISCSI)
            return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "invalid secret type 'iscsi': disk '%s'", disk->dst);
    }
    if (disk->shareable && disk->src.format != STORAGE_FORMAT_RAW && disk->src.format != STORAGE_FORMAT_NONE &&
        !storage_source_is_empty(&disk->src)) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                        "shared access for disk '%s' requires use of supported storage format", disk->dst);
    }
    return check_format(disk, err);
}

/* <driver> and <target> */
static gboolean check_front(const QemuFinish *f, const DomainDisk *disk, GError **err)
{
    const char *bus = vir_enum_to_string(&domain_disk_bus_enum, disk->bus);

    if (disk->driver_name && strcmp(disk->driver_name, "qemu") != 0) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "unsupported driver name '%s' for disk '%s'", disk->driver_name,
                        disk->dst);
    }
    if (disk->bus == DOMAIN_DISK_BUS_XEN || disk->bus == DOMAIN_DISK_BUS_UML) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "unsupported disk bus '%s' for disk '%s'", bus, disk->dst);
    }
    if (disk->device == DOMAIN_DISK_DEVICE_FLOPPY && disk->bus != DOMAIN_DISK_BUS_FDC && disk->bus != DOMAIN_DISK_BUS_USB) {
        return dom_fail(err, VIR_ERR_XML_ERROR, "Invalid bus type '%s' for floppy disk '%s'", bus, disk->dst);
    }
    if (disk->device != DOMAIN_DISK_DEVICE_FLOPPY && disk->bus == DOMAIN_DISK_BUS_FDC)
        return dom_fail(err, VIR_ERR_XML_ERROR, "Invalid bus type '%s' for disk '%s'", bus, disk->dst);
    if (disk->device == DOMAIN_DISK_DEVICE_LUN && disk->bus != DOMAIN_DISK_BUS_SCSI && disk->bus != DOMAIN_DISK_BUS_VIRTIO) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "disk device='lun' is not supported for bus='%s'", bus);
    }
    if (disk->device == DOMAIN_DISK_DEVICE_CDROM && disk->bus == DOMAIN_DISK_BUS_VIRTIO) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "disk type of '%s' does not support ejectable media", disk->dst);
    }
    if (disk->queues && disk->bus != DOMAIN_DISK_BUS_VIRTIO)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "queues attribute in disk driver is only supported by virtio-blk");
    if (disk->io == DOMAIN_DISK_IO_NATIVE && disk->cache != DOMAIN_DISK_CACHE_UNSET &&
        disk->cache != DOMAIN_DISK_CACHE_DEFAULT && disk->cache != DOMAIN_DISK_CACHE_NONE &&
        disk->cache != DOMAIN_DISK_CACHE_DIRECTSYNC) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "native I/O needs either no disk cache or directsync cache mode, QEMU "
                        "will fallback to aio=threads: disk '%s'", disk->dst);
    }
    return TRUE;
}

static gboolean check_scsi(const QemuFinish *f, const DomainDisk *disk, GError **err)
{
    const DomainDriveAddress *at = &disk->info.addr.drive;
    const DomainController *c;

    if (disk->bus != DOMAIN_DISK_BUS_SCSI || disk->info.addr.type != DOMAIN_ADDRESS_DRIVE)
        return TRUE;
    c = domain_find_controller(f->def, DOMAIN_CONTROLLER_SCSI, at->controller);
    if (!c)
        return TRUE;
    if (at->bus != 0)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "SCSI controller only supports 1 bus");
    if (c->model == DOMAIN_CONTROLLER_MODEL_LSILOGIC && at->target != 0)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "target must be 0 for controller model 'lsilogic'");
    return TRUE;
}

static gboolean check_one(const QemuFinish *f, const DomainDisk *disk, GError **err)
{
    gboolean partition;

    if (domain_disk_index(disk->dst, &partition) < 0 && disk->bus != DOMAIN_DISK_BUS_NVME)
        return dom_fail(err, VIR_ERR_INTERNAL_ERROR, "Unknown disk name '%s' and no address specified", disk->dst);
    if (partition && disk->src.type != STORAGE_TYPE_NONE) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                        "invalid disk target '%s', partitions can't appear in disk targets", disk->dst);
    }
    return check_source(disk, err) && check_front(f, disk, err) && check_scsi(f, disk, err);
}

static const char *source_name(const DomainDisk *disk)
{
    return disk->src.path ? disk->src.path : "";
}

/* Before defaults and addresses: names. */
gboolean qemu_check_disk_targets(QemuFinish *f, GError **err)
{
    const DomainDef *def = f->def;

    for (guint i = 0; i < def->disks.n; i++) {
        const DomainDisk *disk = def->disks.v[i];

        if (!disk->dst)
            return dom_fail(err, VIR_ERR_NO_TARGET, "%s", source_name(disk));
    }
    return TRUE;
}

static gboolean check_duplicates(const DomainDef *def, GError **err)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < def->disks.n; i++) {
        DomainDisk *disk = def->disks.v[i];
        const DomainDisk *other = disk->dst ? g_hash_table_lookup(seen, disk->dst) : NULL;

        if (other) {
            return dom_fail(err, VIR_ERR_XML_ERROR, "target '%s' duplicated for disk sources '%s' and '%s'", disk->dst,
                            source_name(other), source_name(disk));
        }
        if (disk->dst)
            g_hash_table_insert(seen, disk->dst, disk);
    }
    return TRUE;
}

gboolean qemu_check_disks(QemuFinish *f, GError **err)
{
    if (!check_duplicates(f->def, err))
        return FALSE;
    for (guint i = 0; i < f->def->disks.n; i++) {
        if (f->def->disks.v[i]->src.type != STORAGE_TYPE_VHOST_USER && !check_one(f, f->def->disks.v[i], err))
            return FALSE;
    }
    return hv_drive_check(f->def, err);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Disks: the nodes of their sources and the device on the guest's bus.
 */
#include "virtqemud/dev/dev.h"

#include <string.h>

#define VIR_FROM_THIS VIR_FROM_QEMU

static const char *bus_name(const DomainDisk *disk)
{
    return vir_enum_to_string(&domain_disk_bus_enum, disk->bus);
}

static gboolean is_vhost_user(const DomainDisk *disk)
{
    return disk->src.type == STORAGE_TYPE_VHOST_USER;
}

static gboolean is_empty(const DomainDisk *disk)
{
    return storage_source_is_empty(&disk->src);
}

static gboolean check(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainDisk *disk = dev;
    if (disk->transient)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s': <transient/> is not supported yet; remove it", disk->dst);
    if (disk->throttle_filters.n)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s': <throttlefilters> are not supported yet", disk->dst);
    if (disk->iothreads.n)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s': more than one I/O thread of a disk is not supported by this QEMU; use "
                        "<driver iothread='N'>", disk->dst);
    if (disk->device == DOMAIN_DISK_DEVICE_LUN && disk->bus != DOMAIN_DISK_BUS_SCSI)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s': device 'lun' needs bus 'scsi', not '%s'", disk->dst, bus_name(disk));
    if (is_empty(disk) && disk->device != DOMAIN_DISK_DEVICE_CDROM && disk->device != DOMAIN_DISK_DEVICE_FLOPPY)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s': a %s needs a <source>", disk->dst,
                        vir_enum_to_string(&domain_disk_device_enum, disk->device));
    if (p->ctx->hotplug && disk->bus != DOMAIN_DISK_BUS_VIRTIO && disk->bus != DOMAIN_DISK_BUS_SCSI &&
        disk->bus != DOMAIN_DISK_BUS_USB)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s': bus '%s' has no hot-plug; use virtio, scsi or usb", disk->dst,
                        bus_name(disk));
    return TRUE;
}

/* ---- the device on its bus ---- */

static const DomainController *controller_of(QemuPlanner *p, const DomainDisk *disk, DomainControllerType type, GError **err)
{
    const DomainController *c = qemu_find_controller(p->def, type, disk->info.addr.drive.controller);
    if (!c || !c->info.alias) {
        vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s' is on %s controller %u, which the guest does not have", disk->dst,
                 vir_enum_to_string(&domain_controller_type_enum, type), disk->info.addr.drive.controller);
        return NULL;
    }
    return c;
}

static VirJson *device_virtio(QemuPlanner *p, const DomainDisk *disk, GError **err)
{
    int model = disk->model == DOMAIN_DISK_MODEL_VIRTIO_TRANSITIONAL ? 1
                : disk->model == DOMAIN_DISK_MODEL_VIRTIO_NON_TRANSITIONAL ? 2 : 0;
    g_autofree char *driver = qemu_virtio_driver(is_vhost_user(disk) ? "vhost-user-blk" : "virtio-blk", &disk->info, model);
    g_autoptr(VirJson) props = qemu_device_new(driver, NULL);
    if (disk->iothread) {
        g_autofree char *thread = g_strdup_printf("iothread%u", disk->iothread);
        vir_json_add(props, "s:iothread", thread, NULL);
    }
    qemu_json_bool(props, "ioeventfd", disk->ioeventfd);
    qemu_json_bool(props, "event_idx", disk->event_idx);
    vir_json_add(props, "?u:num-queues", disk->queues, "?u:queue-size", disk->queue_size, NULL);
    qemu_add_virtio_options(props, &disk->virtio);
    if (!qemu_add_address(p, props, &disk->info, "disk", err))
        return NULL;
    return g_steal_pointer(&props);
}

static VirJson *device_ide(QemuPlanner *p, const DomainDisk *disk, GError **err)
{
    gboolean sata = disk->bus == DOMAIN_DISK_BUS_SATA;
    const DomainController *c = controller_of(p, disk, sata ? DOMAIN_CONTROLLER_SATA : DOMAIN_CONTROLLER_IDE, err);
    if (!c)
        return NULL;
    const DomainDriveAddress *a = &disk->info.addr.drive;
    g_autofree char *bus = g_strdup_printf("%s.%u", qemu_bus_alias(p->def, c), sata ? a->unit : a->bus);
    VirJson *props = qemu_device_new(disk->device == DOMAIN_DISK_DEVICE_CDROM ? "ide-cd" : "ide-hd", "s:bus", bus, NULL);
    if (!sata)
        vir_json_add(props, "u:unit", a->unit, NULL);
    return props;
}

/* Guests have always seen a backslash before each space of a serial number: it names their disks, so it stays. */
static char *serial_of(const DomainDisk *disk)
{
    if (!disk->serial || !strchr(disk->serial, ' '))
        return g_strdup(disk->serial);
    g_auto(GStrv) parts = g_strsplit(disk->serial, " ", -1);
    return g_strjoinv("\\ ", parts);
}

static VirJson *device_scsi(QemuPlanner *p, const DomainDisk *disk, GError **err)
{
    const DomainController *c = controller_of(p, disk, DOMAIN_CONTROLLER_SCSI, err);
    if (!c)
        return NULL;
    const DomainDriveAddress *a = &disk->info.addr.drive;
    g_autofree char *bus = g_strdup_printf("%s.0", c->info.alias);
    const char *driver = disk->device == DOMAIN_DISK_DEVICE_LUN ? "scsi-block"
                         : disk->device == DOMAIN_DISK_DEVICE_CDROM ? "scsi-cd" : "scsi-hd";
    VirJson *props = qemu_device_new(driver, "s:bus", bus, NULL);
    if (c->model == DOMAIN_CONTROLLER_MODEL_LSILOGIC)
        vir_json_add(props, "u:scsi-id", a->unit, NULL);
    else
        vir_json_add(props, "u:channel", a->bus, "u:scsi-id", a->target, "u:lun", a->unit, NULL);
    if (disk->device != DOMAIN_DISK_DEVICE_LUN) {
        /* What the guest sees in VPD page 0x83: always the same, whatever QEMU calls the node. */
        g_autofree char *serial = serial_of(disk);
        g_autofree char *id = serial ? g_steal_pointer(&serial) : g_strdup_printf("drive-%s", disk->info.alias);
        vir_json_add(props, "s:device_id", id, NULL);
    }
    return props;
}

static VirJson *device_usb(QemuPlanner *p, const DomainDisk *disk, GError **err)
{
    g_autoptr(VirJson) props = qemu_device_new("usb-storage", NULL);
    return qemu_add_address(p, props, &disk->info, "disk", err) ? g_steal_pointer(&props) : NULL;
}

static VirJson *device_floppy(QemuPlanner *p, const DomainDisk *disk, GError **err)
{
    return qemu_device_new("floppy", "u:unit", disk->info.addr.drive.unit, NULL);
}

typedef VirJson *(*BusFunc)(QemuPlanner *p, const DomainDisk *disk, GError **err);
static const BusFunc buses[] = {
    [DOMAIN_DISK_BUS_VIRTIO] = device_virtio, [DOMAIN_DISK_BUS_IDE] = device_ide, [DOMAIN_DISK_BUS_SATA] = device_ide,
    [DOMAIN_DISK_BUS_SCSI] = device_scsi, [DOMAIN_DISK_BUS_USB] = device_usb, [DOMAIN_DISK_BUS_FDC] = device_floppy,
    [DOMAIN_DISK_BUS_NVME] = NULL,
};

/* ---- what all buses have ---- */

static void add_errors(VirJson *props, const DomainDisk *disk)
{
    const char *w = disk->error_policy == DOMAIN_DISK_ERROR_ENOSPACE ? "enospc"
                    : vir_enum_to_string(&domain_disk_error_policy_enum, disk->error_policy);
    const char *r = disk->rerror_policy ? vir_enum_to_string(&domain_disk_error_policy_enum, disk->rerror_policy)
                    : disk->error_policy == DOMAIN_DISK_ERROR_ENOSPACE ? NULL : w;
    vir_json_add(props, "?s:werror", w, "?s:rerror", r, NULL);
}

static void add_write_cache(VirJson *props, const DomainDisk *disk)
{
    if (disk->device == DOMAIN_DISK_DEVICE_LUN || disk->bus == DOMAIN_DISK_BUS_FDC || is_vhost_user(disk))
        return;
    switch (qemu_disk_cache(disk)) {
    case DOMAIN_DISK_CACHE_NONE: case DOMAIN_DISK_CACHE_WRITEBACK: case DOMAIN_DISK_CACHE_UNSAFE:
        vir_json_add(props, "s:write-cache", "on", NULL);
        break;
    case DOMAIN_DISK_CACHE_WRITETHROUGH: case DOMAIN_DISK_CACHE_DIRECTSYNC:
        vir_json_add(props, "s:write-cache", "off", NULL);
        break;
    default:
        break;
    }
}

static void add_properties(QemuPlanner *p, const DomainDisk *disk, VirJson *props)
{
    if (disk->shareable)
        vir_json_add(props, "b:share-rw", TRUE, NULL);
    if (is_vhost_user(disk)) {
        g_autofree char *chardev = g_strdup_printf("chr-vu-%s", disk->info.alias);
        vir_json_add(props, "s:chardev", chardev, NULL);
    } else if (!is_empty(disk)) {
        g_autofree char *node = disk->copy_on_read == VIR_TRISTATE_YES ? g_strdup_printf("libvirt-CoR-%s", disk->dst)
                                                                       : qemu_node_name(&disk->src, "format");
        vir_json_add(props, "s:drive", node, NULL);
    }
    vir_json_add(props, "s:id", disk->info.alias, NULL);
    if (disk->bus == DOMAIN_DISK_BUS_USB)
        vir_json_add(props, "b:removable", disk->removable == VIR_TRISTATE_YES, NULL);
    else if (disk->bus == DOMAIN_DISK_BUS_SCSI)
        qemu_json_bool(props, "removable", disk->removable);
    if (disk->bus != DOMAIN_DISK_BUS_FDC)      /* a floppy's place in the boot order is its controller's property */
        vir_json_add(props, "?u:bootindex", qemu_boot_index(p, QEMU_DEV_DISK, disk), NULL);
    vir_json_add(props, "?s:loadparm", disk->info.boot_loadparm, "?u:logical_block_size", disk->logical_block_size,
                 "?u:physical_block_size", disk->physical_block_size, "?u:discard_granularity", disk->discard_granularity,
                 "?u:rotation_rate", disk->rotation_rate, NULL);
    if (disk->wwn)
        vir_json_add(props, "U:wwn", g_ascii_strtoull(disk->wwn, NULL, 16), NULL);
    add_write_cache(props, disk);
    vir_json_add(props, "?u:cyls", disk->cylinders, "?u:heads", disk->heads, "?u:secs", disk->sectors, NULL);
    if (disk->trans)
        vir_json_add(props, "s:bios-chs-trans", vir_enum_to_string(&domain_disk_trans_enum, disk->trans), NULL);
    g_autofree char *serial = serial_of(disk);
    vir_json_add(props, "?s:serial", serial, "?s:vendor", disk->vendor, "?s:product", disk->product, NULL);
    add_errors(props, disk);
}

static void add_copy_on_read(QemuPlanner *p, const DomainDisk *disk)
{
    g_autofree char *name = g_strdup_printf("libvirt-CoR-%s", disk->dst);
    g_autofree char *file = qemu_node_name(&disk->src, "format");
    vir_plan_add(p->plan, VIR_PLAN_BLOCKDEV, vir_json_new("s:driver", "copy-on-read", "s:node-name", name, "s:file", file,
                                                          "s:discard", "unmap", NULL));
}

/* Limits are set over QMP, at start and when plugged in: they have no place among the arguments of the nodes. */
static void add_throttle(QemuPlanner *p, const DomainDisk *disk)
{
    const DomainIoTune *t = disk->iotune;
    g_autofree char *id = disk->bus == DOMAIN_DISK_BUS_VIRTIO
                              ? g_strdup_printf("/machine/peripheral/%s/virtio-backend", disk->info.alias)
                          : disk->bus == DOMAIN_DISK_BUS_USB
                              ? g_strdup_printf("/machine/peripheral/%s/%s.0/legacy[0]", disk->info.alias, disk->info.alias)
                              : g_strdup(disk->info.alias);
    VirJson *args = vir_json_new("s:id", id, "U:bps", t->total_bytes_sec, "U:bps_rd", t->read_bytes_sec,
                                 "U:bps_wr", t->write_bytes_sec, "U:iops", t->total_iops_sec, "U:iops_rd", t->read_iops_sec,
                                 "U:iops_wr", t->write_iops_sec, NULL);
    vir_json_add(args, "?U:bps_max", t->total_bytes_sec_max, "?U:bps_rd_max", t->read_bytes_sec_max,
                 "?U:bps_wr_max", t->write_bytes_sec_max, "?U:iops_max", t->total_iops_sec_max,
                 "?U:iops_rd_max", t->read_iops_sec_max, "?U:iops_wr_max", t->write_iops_sec_max,
                 "?U:bps_max_length", t->total_bytes_sec_max_length, "?U:bps_rd_max_length", t->read_bytes_sec_max_length,
                 "?U:bps_wr_max_length", t->write_bytes_sec_max_length, "?U:iops_max_length", t->total_iops_sec_max_length,
                 "?U:iops_rd_max_length", t->read_iops_sec_max_length, "?U:iops_wr_max_length", t->write_iops_sec_max_length,
                 "?U:iops_size", t->size_iops_sec, "?s:group", t->group_name, NULL);
    vir_plan_command(p->plan, "block_set_io_throttle", args);
}

static gboolean plan_backend(QemuPlanner *p, const DomainDisk *disk, GError **err)
{
    if (is_empty(disk))
        return TRUE;
    if (is_vhost_user(disk)) {
        g_autofree char *chardev = g_strdup_printf("chr-vu-%s", disk->info.alias);
        const DomainReconnect *r = disk->src.reconnect;
        qemu_add_socket_client(p, chardev, disk->src.path, r && r->enabled == VIR_TRISTATE_YES ? r->timeout : 0);
        return TRUE;
    }
    if (!qemu_add_source_chain(p, disk, &disk->src, err))
        return FALSE;
    if (disk->copy_on_read == VIR_TRISTATE_YES)
        add_copy_on_read(p, disk);
    return TRUE;
}

/* SD cards are part of the board: QEMU takes them in its oldest form only. */
static gboolean plan_sd(QemuPlanner *p, const DomainDisk *disk, GError **err)
{
    if (disk->src.type != STORAGE_TYPE_FILE && disk->src.type != STORAGE_TYPE_BLOCK)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s': an SD card's source is a file or block device", disk->dst);
    const char *format = disk->src.format ? vir_enum_to_string(&storage_format_enum, disk->src.format) : "raw";
    g_auto(GStrv) parts = g_strsplit(disk->src.path, ",", -1);
    g_autofree char *file = g_strjoinv(",,", parts);
    vir_plan_argf(p->plan, "-drive", "file=%s,format=%s,if=sd,index=%u%s", file, format,
                  (guint)(strlen(disk->dst) > 2 ? disk->dst[2] - 'a' : 0), disk->readonly ? ",readonly=on" : "");
    return qemu_add_label(p, disk->src.path, disk->readonly ? HV_LABEL_SHARED : 0, disk->src.seclabels.v, disk->src.seclabels.n, err);
}

static gboolean plan(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainDisk *disk = dev;
    if (disk->bus == DOMAIN_DISK_BUS_SD)
        return plan_sd(p, disk, err);
    BusFunc func = disk->bus < G_N_ELEMENTS(buses) ? buses[disk->bus] : NULL;
    if (!func)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s': QEMU guests have no disks on bus '%s'", disk->dst, bus_name(disk));
    if (!plan_backend(p, disk, err))
        return FALSE;
    VirJson *props = func(p, disk, err);
    if (!props)
        return FALSE;
    add_properties(p, disk, props);
    qemu_add_device(p, props);
    if (disk->iotune)
        add_throttle(p, disk);
    return TRUE;
}

const QemuDevRow qemu_dev_disk = {
    "disk", QEMU_DEV_HOTPLUG, G_STRUCT_OFFSET(DomainDef, disks), G_STRUCT_OFFSET(DomainDisk, info), check, plan,
};

static VirPlan *plan_of_disk(const DomainDef *live, const QemuPlanContext *ctx, QemuPlanner *p)
{
    VirPlan *plan_new = vir_plan_new(ctx->hotplug ? VIR_PLAN_HOTPLUG : VIR_PLAN_START);
    *p = (QemuPlanner){ .def = live, .ctx = ctx, .plan = plan_new };
    return plan_new;
}

VirPlan *qemu_plan_disk_backend(const DomainDef *live, const DomainDisk *disk, const QemuPlanContext *ctx, GError **err)
{
    QemuPlanner p;
    g_autoptr(VirPlan) out = plan_of_disk(live, ctx, &p);
    return plan_backend(&p, disk, err) ? g_steal_pointer(&out) : NULL;
}

VirPlan *qemu_plan_change_medium(const DomainDef *live, const DomainDisk *disk, gboolean force, const QemuPlanContext *ctx,
                                 GError **err)
{
    QemuPlanner p;
    g_autoptr(VirPlan) out = plan_of_disk(live, ctx, &p);
    if (disk->device != DOMAIN_DISK_DEVICE_CDROM && disk->device != DOMAIN_DISK_DEVICE_FLOPPY) {
        vir_fail(err, VIR_ERR_OPERATION_INVALID, "disk '%s' is no removable drive: its source cannot be changed while it is plugged in",
                 disk->dst);
        return NULL;
    }
    if (!plan_backend(&p, disk, err))
        return NULL;
    const char *id = disk->info.alias;
    /* A guest may have locked the tray: opening it then answers later, by event; force does not ask. */
    vir_plan_command(out, "blockdev-open-tray", vir_json_new("s:id", id, "?b:force", force, NULL));
    vir_plan_command(out, "blockdev-remove-medium", vir_json_new("s:id", id, NULL));
    if (!is_empty(disk)) {
        g_autofree char *node = disk->copy_on_read == VIR_TRISTATE_YES ? g_strdup_printf("libvirt-CoR-%s", disk->dst)
                                                                       : qemu_node_name(&disk->src, "format");
        vir_plan_command(out, "blockdev-insert-medium", vir_json_new("s:id", id, "s:node-name", node, NULL));
    }
    vir_plan_command(out, "blockdev-close-tray", vir_json_new("s:id", id, NULL));
    return g_steal_pointer(&out);
}

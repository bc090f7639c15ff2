/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The small address kinds.
 */
#include "hv/addr/units.h"

#include "conf/domain/defaults.h"
#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_DOMAIN

/* ---- drives ---- */

gboolean hv_drive_from_target(const DomainDisk *disk, DomainDriveAddress *ret)
{
    gboolean partition;
    int index = domain_disk_index(disk->dst, &partition);

    if (index < 0)
        return FALSE;
    *ret = (DomainDriveAddress){ 0 };
    switch (disk->bus) {
    case DOMAIN_DISK_BUS_SCSI:      /* what fits on the narrowest bus, whatever the controller is */
        ret->controller = index / 7;
        ret->unit = index % 7;
        return TRUE;
    case DOMAIN_DISK_BUS_IDE:
        ret->controller = index / 4;
        ret->bus = index % 4 / 2;
        ret->unit = index % 2;
        return TRUE;
    case DOMAIN_DISK_BUS_SATA:
        ret->controller = index / 6;
        ret->unit = index % 6;
        return TRUE;
    case DOMAIN_DISK_BUS_FDC:
        ret->controller = index / 2;
        ret->unit = index % 2;
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean drive_equal(const DomainDriveAddress *a, const DomainDriveAddress *b)
{
    return a->controller == b->controller && a->bus == b->bus && a->target == b->target && a->unit == b->unit;
}

/* Hosts' SCSI devices sit among the disks of bus scsi. */
static DomainDiskBus bus_of(const DomainDevice *device)
{
    if (device->info->addr.type != DOMAIN_ADDRESS_DRIVE)
        return DOMAIN_DISK_BUS_NONE;
    if (device->kind == DOMAIN_DEVICE_DISK)
        return device->disk->bus;
    if (device->kind == DOMAIN_DEVICE_HOSTDEV && device->hostdev->mode == DOMAIN_HOSTDEV_MODE_SUBSYSTEM &&
        device->hostdev->type == DOMAIN_HOSTDEV_SCSI)
        return DOMAIN_DISK_BUS_SCSI;
    return DOMAIN_DISK_BUS_NONE;
}

gboolean hv_drive_is_used(const DomainDef *def, DomainDiskBus bus, const DomainDriveAddress *addr, const DomainDevice *but)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN;

    while (domain_device_next(def, &device)) {
        if ((!but || device.any != but->any) && bus_of(&device) == bus && drive_equal(&device.info->addr.drive, addr))
            return TRUE;
    }
    return FALSE;
}

static guint scsi_units(const DomainDef *def, guint controller)
{
    const DomainController *c = domain_find_controller(def, DOMAIN_CONTROLLER_SCSI, controller);

    return c && c->model == DOMAIN_CONTROLLER_MODEL_LSILOGIC ? 7 : 16;
}

gboolean hv_drive_assign_scsi(const DomainDef *def, DomainDriveAddress *ret)
{
    for (guint controller = 0; controller < 256; controller++) {
        for (guint unit = 0; unit < scsi_units(def, controller); unit++) {
            *ret = (DomainDriveAddress){ .controller = controller, .unit = unit };
            if (unit != 7 && !hv_drive_is_used(def, DOMAIN_DISK_BUS_SCSI, ret, NULL))
                return TRUE;
        }
    }
    return FALSE;
}

gboolean hv_drive_check(const DomainDef *def, GError **err)
{
    DomainDevice a = DOMAIN_DEVICE_BEGIN;

    while (domain_device_next(def, &a)) {
        DomainDevice b = a;

        if (bus_of(&a) == DOMAIN_DISK_BUS_NONE)
            continue;
        while (domain_device_next(def, &b)) {
            if (bus_of(&b) == bus_of(&a) && drive_equal(&a.info->addr.drive, &b.info->addr.drive)) {
                g_autofree char *first = domain_device_describe(&a), *second = domain_device_describe(&b);

                return vir_fail(err, VIR_ERR_XML_ERROR, "Found duplicate drive address: %s and %s are both at "
                                "controller='%u' bus='%u' target='%u' unit='%u'", first, second,
                                a.info->addr.drive.controller, a.info->addr.drive.bus, a.info->addr.drive.target,
                                a.info->addr.drive.unit);
            }
        }
    }
    return TRUE;
}

/* ---- virtio-serial ---- */

#define SERIAL_PORTS 31

static gboolean wants_port(const DomainDevice *device)
{
    if (device->kind == DOMAIN_DEVICE_CHANNEL)
        return device->chr->channel_target == DOMAIN_CHANNEL_TARGET_VIRTIO;
    return device->kind == DOMAIN_DEVICE_CONSOLE && device->chr->console_target == DOMAIN_CONSOLE_TARGET_VIRTIO;
}

static guint port_count(const DomainController *c)
{
    return c->ports > 0 ? (guint)c->ports : SERIAL_PORTS;
}

static gboolean port_is_used(const DomainDef *def, const DomainDevice *but, guint controller, guint port, char **who)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN_KIND(DOMAIN_DEVICE_CONSOLE);

    while (domain_device_next(def, &device) && device.kind <= DOMAIN_DEVICE_CHANNEL) {
        const DomainAddress *addr = &device.info->addr;

        if (device.any != but->any && wants_port(&device) && addr->type == DOMAIN_ADDRESS_VIRTIO_SERIAL &&
            addr->virtio_serial.controller == controller && addr->virtio_serial.port == port) {
            if (who)
                *who = domain_device_describe(&device);
            return TRUE;
        }
    }
    return FALSE;
}

static void set_port(DomainAddress *addr, guint controller, guint port)
{
    addr->type = DOMAIN_ADDRESS_VIRTIO_SERIAL;
    addr->virtio_serial.controller = controller;
    addr->virtio_serial.bus = 0;
    addr->virtio_serial.port = port;
}

/* Port 0 is kept for consoles. */
static gboolean assign_port(DomainDef *def, const DomainDevice *device, GError **err)
{
    DomainAddress *addr = &device->info->addr;
    gboolean fixed = addr->type == DOMAIN_ADDRESS_VIRTIO_SERIAL;
    int index;

    for (guint i = 0; i < def->controllers.n; i++) {
        const DomainController *c = def->controllers.v[i];

        if (c->type != DOMAIN_CONTROLLER_VIRTIO_SERIAL || c->index < 0 ||
            (fixed && addr->virtio_serial.controller != (guint)c->index))
            continue;
        for (guint port = 1; port < port_count(c); port++) {
            if (!port_is_used(def, device, c->index, port, NULL)) {
                set_port(addr, c->index, port);
                return TRUE;
            }
        }
    }
    if (fixed) {
        return vir_fail(err, VIR_ERR_XML_ERROR, "Unable to find a free virtio-serial port on controller %u",
                        addr->virtio_serial.controller);
    }
    index = domain_next_controller_index(def, DOMAIN_CONTROLLER_VIRTIO_SERIAL);
    domain_add_controller(def, DOMAIN_CONTROLLER_VIRTIO_SERIAL, index, DOMAIN_CONTROLLER_MODEL_NONE);
    set_port(addr, index, 1);
    return TRUE;
}

static gboolean check_port(const DomainDef *def, const DomainDevice *device, GError **err)
{
    const DomainAddress *addr = &device->info->addr;
    const DomainController *c = domain_find_controller(def, DOMAIN_CONTROLLER_VIRTIO_SERIAL,
                                                       addr->virtio_serial.controller);
    g_autofree char *other = NULL, *who = domain_device_describe(device);

    if (c && addr->virtio_serial.port >= port_count(c)) {
        return vir_fail(err, VIR_ERR_XML_ERROR, "virtio serial controller %u does not have port %u, which %s wants",
                        addr->virtio_serial.controller, addr->virtio_serial.port, who);
    }
    if (port_is_used(def, device, addr->virtio_serial.controller, addr->virtio_serial.port, &other)) {
        return vir_fail(err, VIR_ERR_XML_ERROR, "virtio serial port %u on controller %u is already occupied: %s and %s",
                        addr->virtio_serial.port, addr->virtio_serial.controller, other, who);
    }
    return TRUE;
}

/* An address with port 0 of a channel means: choose one. Consoles without an address are QEMU's to place. */
gboolean hv_virtio_serial_assign(DomainDef *def, GError **err)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN_KIND(DOMAIN_DEVICE_CONSOLE);

    while (domain_device_next(def, &device) && device.kind <= DOMAIN_DEVICE_CHANNEL) {
        if (wants_port(&device) && device.info->addr.type == DOMAIN_ADDRESS_VIRTIO_SERIAL &&
            device.info->addr.virtio_serial.port != 0 && !check_port(def, &device, err))
            return FALSE;
    }
    device = (DomainDevice)DOMAIN_DEVICE_BEGIN_KIND(DOMAIN_DEVICE_CHANNEL);
    while (domain_device_next_of_kind(def, &device)) {
        const DomainAddress *addr = &device.info->addr;

        if (wants_port(&device) && (addr->type == DOMAIN_ADDRESS_NONE || (addr->type == DOMAIN_ADDRESS_VIRTIO_SERIAL &&
                                                                          addr->virtio_serial.port == 0)) &&
            !assign_port(def, &device, err))
            return FALSE;
    }
    return TRUE;
}

/* ---- ccid ---- */

gboolean hv_ccid_assign(DomainDef *def, GError **err)
{
    for (guint i = 0; i < def->smartcards.n; i++) {
        DomainAddress *addr = &def->smartcards.v[i]->info.addr;
        guint slot = 0;

        if (addr->type == DOMAIN_ADDRESS_NONE) {
            for (gboolean again = TRUE; again;) {
                again = FALSE;
                for (guint k = 0; k < def->smartcards.n; k++) {
                    const DomainAddress *other = &def->smartcards.v[k]->info.addr;

                    if (other->type == DOMAIN_ADDRESS_CCID && other->ccid.controller == 0 && other->ccid.slot == slot) {
                        slot++;
                        again = TRUE;
                    }
                }
            }
            addr->type = DOMAIN_ADDRESS_CCID;
            addr->ccid.controller = 0;
            addr->ccid.slot = slot;
        }
    }
    return TRUE;
}

/* ---- ccw ---- */

static gboolean ccw_equal(const DomainAddress *a, const DomainAddress *b)
{
    return a->type == DOMAIN_ADDRESS_CCW && b->type == DOMAIN_ADDRESS_CCW && a->ccw.cssid == b->ccw.cssid &&
           a->ccw.ssid == b->ccw.ssid && a->ccw.devno == b->ccw.devno;
}

static gboolean ccw_used(const DomainDef *def, const DomainAddress *addr, gconstpointer but, char **who)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN;

    while (domain_device_next(def, &device)) {
        if (device.any != but && ccw_equal(&device.info->addr, addr)) {
            if (who)
                *who = domain_device_describe(&device);
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean ccw_check(const DomainDef *def, GError **err)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN;

    while (domain_device_next(def, &device)) {
        DomainAddress *addr = &device.info->addr;
        g_autofree char *other = NULL;

        if (addr->type != DOMAIN_ADDRESS_CCW || addr->ccw.cssid == DOMAIN_CCW_UNSET)
            continue;
        if (ccw_used(def, addr, device.any, &other)) {
            g_autofree char *who = domain_device_describe(&device);

            return vir_fail(err, VIR_ERR_XML_ERROR, "The CCW devno '%x.%x.%04x' is in use already: %s and %s",
                            addr->ccw.cssid, addr->ccw.ssid, addr->ccw.devno, other, who);
        }
    }
    return TRUE;
}

gboolean hv_ccw_assign(DomainDef *def, const DomainDeviceKind *order, guint n_order, GError **err)
{
    guint devno = 0;

    if (!ccw_check(def, err))
        return FALSE;
    for (guint i = 0; i < n_order; i++) {
        DomainDevice device = DOMAIN_DEVICE_BEGIN_KIND(order[i]);

        while (domain_device_next_of_kind(def, &device)) {
            DomainAddress next = { .type = DOMAIN_ADDRESS_CCW, .ccw = { .cssid = 0xfe, .ssid = 0 } };

            if (device.info->addr.type != DOMAIN_ADDRESS_CCW || device.info->addr.ccw.cssid != DOMAIN_CCW_UNSET)
                continue;
            do {
                if (devno > 0xffff)
                    return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "There are no more free CCW devnos");
                next.ccw.devno = devno++;
            } while (ccw_used(def, &next, NULL, NULL));
            device.info->addr = next;
        }
    }
    return TRUE;
}

/* ---- memory slots ---- */

static gboolean in_slot(const DomainMemory *mem)
{
    return mem->model == DOMAIN_MEMORY_DIMM || mem->model == DOMAIN_MEMORY_NVDIMM;
}

gboolean hv_dimm_assign(DomainDef *def, GError **err)
{
    g_autoptr(VirBitmap) used = vir_bitmap_new();
    guint slots = MAX(def->memory_slots, 1);

    for (guint i = 0; i < def->memories.n; i++) {
        const DomainAddress *addr = &def->memories.v[i]->info.addr;

        if (!in_slot(def->memories.v[i]) || addr->type != DOMAIN_ADDRESS_DIMM)
            continue;
        if (addr->dimm.slot >= slots)
            return vir_fail(err, VIR_ERR_XML_ERROR, "memory device slot '%u' exceeds slots count '%u'", addr->dimm.slot,
                            def->memory_slots);
        if (vir_bitmap_test(used, addr->dimm.slot))
            return vir_fail(err, VIR_ERR_XML_ERROR, "memory device slot '%u' already in use", addr->dimm.slot);
        vir_bitmap_set(used, addr->dimm.slot);
    }
    for (guint i = 0; i < def->memories.n; i++) {
        DomainAddress *addr = &def->memories.v[i]->info.addr;
        int slot;

        if (!in_slot(def->memories.v[i]) || addr->type == DOMAIN_ADDRESS_DIMM)
            continue;
        slot = vir_bitmap_next_clear(used, -1);
        if (slot < 0 || (guint)slot >= slots)
            return vir_fail(err, VIR_ERR_XML_ERROR, "count of memory devices requiring memory slots exceeds slots count '%u'",
                            def->memory_slots);
        vir_bitmap_set(used, slot);
        addr->type = DOMAIN_ADDRESS_DIMM;
        addr->dimm.slot = slot;
        addr->dimm.base = 0;
    }
    return TRUE;
}

/* ---- spapr-vio ---- */

gboolean hv_spapr_assign(DomainDef *def, DomainDeviceInfo *info, guint64 first, GError **err)
{
    gboolean fixed = info->addr.type == DOMAIN_ADDRESS_SPAPR_VIO && info->addr.spapr.reg != DOMAIN_REG_UNSET;
    guint64 reg = fixed ? info->addr.spapr.reg : first;

    for (gboolean again = TRUE; again;) {
        DomainDevice device = DOMAIN_DEVICE_BEGIN;

        again = FALSE;
        while (domain_device_next(def, &device)) {
            if (device.kind == DOMAIN_DEVICE_CONSOLE || device.info == info ||
                device.info->addr.type != DOMAIN_ADDRESS_SPAPR_VIO || device.info->addr.spapr.reg != reg)
                continue;
            if (fixed) {
                g_autofree char *who = domain_device_describe(&device);

                vir_fail_full(err, VIR_FROM_QEMU, VIR_ERR_XML_ERROR,
                              "spapr-vio address %#" G_GINT64_MODIFIER "x already in use by %s", reg, who);
                return FALSE;
            }
            reg += 0x1000;
            again = TRUE;
        }
    }
    info->addr.type = DOMAIN_ADDRESS_SPAPR_VIO;
    info->addr.spapr.reg = reg;
    return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Addresses other than PCI: which kind of address each device gets, and the sets that give them out.
 */
#include <string.h>

#include "hv/addr/units.h"
#include "hv/addr/usb.h"
#include "util/error.h"
#include "virtqemud/defaults/parts.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define M(x) DOMAIN_CONTROLLER_MODEL_##x
#define HUB_PORTS 8

/* ---- drives ---- */

gboolean qemu_finish_drives(QemuFinish *f, GError **err)
{
    DomainDef *def = f->def;

    for (guint i = 0; i < def->disks.n; i++) {
        DomainDisk *disk = def->disks.v[i];
        DomainDriveAddress addr;

        if (disk->info.addr.type != DOMAIN_ADDRESS_NONE || !hv_drive_from_target(disk, &addr))
            continue;
        disk->info.addr.type = DOMAIN_ADDRESS_DRIVE;
        disk->info.addr.drive = addr;
    }
    for (guint i = 0; i < def->hostdevs.n; i++) {
        DomainHostdev *dev = def->hostdevs.v[i];
        DomainDriveAddress addr;

        if (dev->mode != DOMAIN_HOSTDEV_MODE_SUBSYSTEM || dev->type != DOMAIN_HOSTDEV_SCSI ||
            dev->info.addr.type != DOMAIN_ADDRESS_NONE)
            continue;
        if (!hv_drive_assign_scsi(def, &addr))
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "no free SCSI unit is left for a host device");
        dev->info.addr.type = DOMAIN_ADDRESS_DRIVE;
        dev->info.addr.drive = addr;
    }
    qemu_controllers_of_hostdevs(f);
    return TRUE;
}

/* ---- USB ---- */

static guint root_ports(const DomainController *c)
{
    switch (c->model) {
    case M(EHCI):
    case M(ICH9_EHCI1):
        return 6;
    case M(NEC_XHCI):
    case M(QEMU_XHCI):
        return c->ports > 0 ? (guint)c->ports : 4;
    case M(PCI_OHCI):
        return 3;
    case M(USB_NONE):
        return 0;
    default:
        return 2;
    }
}

static gboolean is_companion(const DomainController *c)
{
    return c->model >= M(ICH9_UHCI1) && c->model <= M(ICH9_UHCI3);
}

static gboolean wants_usb(const DomainDevice *device)
{
    switch (device->kind) {
    case DOMAIN_DEVICE_DISK:
        return device->disk->bus == DOMAIN_DISK_BUS_USB;
    case DOMAIN_DEVICE_CONTROLLER:
        return device->controller->type == DOMAIN_CONTROLLER_CCID;
    case DOMAIN_DEVICE_INPUT:
        return device->input->bus == DOMAIN_INPUT_BUS_USB;
    case DOMAIN_DEVICE_HOSTDEV:
        return device->hostdev->mode == DOMAIN_HOSTDEV_MODE_SUBSYSTEM && device->hostdev->type == DOMAIN_HOSTDEV_USB;
    case DOMAIN_DEVICE_REDIRDEV:
        return TRUE;
    case DOMAIN_DEVICE_SOUND:
        return device->sound->model == DOMAIN_SOUND_USB;
    case DOMAIN_DEVICE_SERIAL:
        return device->chr->serial_target == DOMAIN_SERIAL_TARGET_USB;
    case DOMAIN_DEVICE_HUB:
        return device->hub->type == DOMAIN_HUB_USB;
    default:
        return FALSE;
    }
}

static gboolean has_port(const DomainDeviceInfo *info)
{
    return info->addr.type == DOMAIN_ADDRESS_USB && info->addr.usb.port[0] != 0;
}

static gboolean give_port(HvUsbSet *set, DomainDeviceInfo *info, GError **err)
{
    int bus = info->addr.type == DOMAIN_ADDRESS_USB ? (int)info->addr.usb.bus : -1;
    DomainUsbAddress addr;

    if (!hv_usb_set_next(set, bus, &addr)) {
        vir_fail_full(err, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "No free USB ports");
        return FALSE;
    }
    info->addr.type = DOMAIN_ADDRESS_USB;
    info->addr.usb = addr;
    return TRUE;
}

static guint path_length(const DomainUsbAddress *addr)
{
    guint n = 0;

    while (n < 4 && addr->port[n])
        n++;
    return n;
}

/* Hubs first, those nearer to the root before others; then what has a place already. */
static gboolean reserve_usb(QemuFinish *f, HvUsbSet *set, GError **err)
{
    DomainDef *def = f->def;
    DomainDevice device = DOMAIN_DEVICE_BEGIN;

    for (guint depth = 1; depth <= 4; depth++) {
        for (guint i = 0; i < def->hubs.n; i++) {
            DomainDeviceInfo *info = &def->hubs.v[i]->info;

            if (has_port(info) && path_length(&info->addr.usb) == depth &&
                !hv_usb_set_add_hub(set, &info->addr.usb, HUB_PORTS, err))
                return FALSE;
        }
    }
    while (domain_device_next(def, &device)) {
        if (device.kind != DOMAIN_DEVICE_HUB && has_port(device.info) && wants_usb(&device) &&
            !hv_usb_set_reserve(set, &device.info->addr.usb, err))
            return FALSE;
    }
    return TRUE;
}

static gboolean needs_port(const DomainDevice *device)
{
    return wants_usb(device) && !has_port(device->info) &&
           (device->info->addr.type == DOMAIN_ADDRESS_NONE || device->info->addr.type == DOMAIN_ADDRESS_USB);
}

static gboolean check_no_usb(QemuFinish *f, GError **err)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN;

    while (domain_device_next(f->def, &device)) {
        if (wants_usb(&device)) {
            g_autofree char *who = domain_device_describe(&device);

            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "USB is disabled for this domain, but USB devices are present in "
                            "the domain XML: %s", who);
        }
    }
    return TRUE;
}

static gboolean assign_usb(QemuFinish *f, GError **err)
{
    DomainDef *def = f->def;
    g_autoptr(HvUsbSet) set = hv_usb_set_new();
    DomainDevice device = DOMAIN_DEVICE_BEGIN;
    guint wanted = 0, buses = 0, free_ports, hubs;

    for (guint i = 0; i < def->controllers.n; i++) {
        const DomainController *c = def->controllers.v[i];

        if (c->type != DOMAIN_CONTROLLER_USB || c->model == M(USB_NONE) || is_companion(c))
            continue;
        hv_usb_set_add_bus(set, c->index, root_ports(c));
        buses++;
    }
    if (buses == 0)
        return check_no_usb(f, err);
    if (!reserve_usb(f, set, err))
        return FALSE;
    for (guint i = 0; i < def->hubs.n; i++) {
        DomainDeviceInfo *info = &def->hubs.v[i]->info;
        DomainUsbAddress addr;

        if (has_port(info))
            continue;
        if (!hv_usb_set_peek(set, &addr) || !hv_usb_set_add_hub(set, &addr, HUB_PORTS, err)) {
            vir_fail_full(err, VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "No free USB ports");
            return FALSE;
        }
        info->addr.type = DOMAIN_ADDRESS_USB;
        info->addr.usb = addr;
    }
    while (domain_device_next(def, &device))
        wanted += needs_port(&device);
    /* each hub takes a port of those that are free, and one more is kept for what is plugged in later */
    free_ports = hv_usb_set_n_free(set);
    hubs = wanted > free_ports ? (wanted - free_ports + 1 + HUB_PORTS - 2) / (HUB_PORTS - 1) : 0;
    while (hubs-- > 0) {
        DomainHub *hub;
        DomainUsbAddress addr;

        if (!hv_usb_set_peek(set, &addr))
            break;
        if (!hv_usb_set_add_hub(set, &addr, HUB_PORTS, err))
            return FALSE;
        hub = vir_xml_new(&domain_hub_table);
        hub->type = DOMAIN_HUB_USB;
        hub->info.addr.type = DOMAIN_ADDRESS_USB;
        hub->info.addr.usb = addr;
        VIR_LIST_APPEND(&def->hubs, hub);
    }
    device = (DomainDevice)DOMAIN_DEVICE_BEGIN;
    while (domain_device_next(def, &device)) {
        if (needs_port(&device) && !give_port(set, device.info, err))
            return FALSE;
    }
    return TRUE;
}

/* ---- boards without PCI for virtio ---- */

/* Devices of the virtio family that may sit on ccw or mmio. */
static gboolean is_virtio(const DomainDevice *device)
{
    switch (device->kind) {
    case DOMAIN_DEVICE_DISK:
        return device->disk->bus == DOMAIN_DISK_BUS_VIRTIO;
    case DOMAIN_DEVICE_NET:
        return device->net->type != DOMAIN_NET_HOSTDEV && device->net->model &&
               g_str_has_prefix(device->net->model, "virtio");
    case DOMAIN_DEVICE_CONTROLLER:
        return device->controller->type == DOMAIN_CONTROLLER_VIRTIO_SERIAL ||
               device->controller->type == DOMAIN_CONTROLLER_SCSI;
    case DOMAIN_DEVICE_MEMBALLOON:
        return device->memballoon->model == DOMAIN_BALLOON_VIRTIO;
    case DOMAIN_DEVICE_INPUT:
        return device->input->bus == DOMAIN_INPUT_BUS_VIRTIO;
    case DOMAIN_DEVICE_VIDEO:
        return device->video->type == DOMAIN_VIDEO_VIRTIO;
    case DOMAIN_DEVICE_HOSTDEV:
        return device->hostdev->mode == DOMAIN_HOSTDEV_MODE_SUBSYSTEM && device->hostdev->type == DOMAIN_HOSTDEV_SCSI_HOST;
    case DOMAIN_DEVICE_RNG:
    case DOMAIN_DEVICE_VSOCK:
    case DOMAIN_DEVICE_FS:
    case DOMAIN_DEVICE_CRYPTO:
        return TRUE;
    default:
        return FALSE;
    }
}

/* One kind of virtio device after the other, in the order addresses are given out. */
static const DomainDeviceKind virtio_order[] = {
    DOMAIN_DEVICE_DISK, DOMAIN_DEVICE_NET, DOMAIN_DEVICE_HOSTDEV, DOMAIN_DEVICE_VIDEO, DOMAIN_DEVICE_CONTROLLER,
    DOMAIN_DEVICE_INPUT, DOMAIN_DEVICE_FS, DOMAIN_DEVICE_MEMBALLOON, DOMAIN_DEVICE_RNG, DOMAIN_DEVICE_VSOCK,
    DOMAIN_DEVICE_CRYPTO,
};

static void prime_virtio(QemuFinish *f, DomainAddressType type)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN;

    while (domain_device_next(f->def, &device)) {
        if (!is_virtio(&device) || device.info->addr.type != DOMAIN_ADDRESS_NONE)
            continue;
        device.info->addr.type = type;
        if (type == DOMAIN_ADDRESS_CCW)
            device.info->addr.ccw.cssid = DOMAIN_CCW_UNSET;
    }
}

static gboolean any_mmio(const DomainDef *def)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN;

    while (domain_device_next(def, &device)) {
        if (device.info->addr.type == DOMAIN_ADDRESS_VIRTIO_MMIO)
            return TRUE;
    }
    return FALSE;
}

static gboolean assign_ccw(QemuFinish *f, GError **err)
{
    for (guint i = 0; i < f->def->hostdevs.n; i++) {
        DomainHostdev *dev = f->def->hostdevs.v[i];

        if (dev->type == DOMAIN_HOSTDEV_MDEV && dev->model == DOMAIN_HOSTDEV_MODEL_VFIO_CCW &&
            dev->info.addr.type == DOMAIN_ADDRESS_NONE) {
            dev->info.addr.type = DOMAIN_ADDRESS_CCW;
            dev->info.addr.ccw.cssid = DOMAIN_CCW_UNSET;
        }
    }
    prime_virtio(f, DOMAIN_ADDRESS_CCW);
    return hv_ccw_assign(f->def, virtio_order, G_N_ELEMENTS(virtio_order), err);
}

static gboolean assign_spapr(QemuFinish *f, GError **err)
{
    DomainDef *def = f->def;

    for (guint i = 0; i < def->nets.n; i++) {
        DomainNet *net = def->nets.v[i];

        if (net->model && strcmp(net->model, "spapr-vlan") == 0 && !hv_spapr_assign(def, &net->info, 0x1000, err))
            return FALSE;
    }
    for (guint i = 0; i < def->controllers.n; i++) {
        DomainController *c = def->controllers.v[i];

        if (c->type == DOMAIN_CONTROLLER_SCSI && c->model == M(IBMVSCSI) &&
            !hv_spapr_assign(def, &c->info, 0x2000, err))
            return FALSE;
    }
    for (guint i = 0; i < def->serials.n; i++) {
        DomainChr *serial = def->serials.v[i];

        if (serial->serial_target == DOMAIN_SERIAL_TARGET_SPAPR_VIO &&
            !hv_spapr_assign(def, &serial->info, 0x30000000, err))
            return FALSE;
    }
    for (guint i = 0; i < def->tpms.n; i++) {
        if (def->tpms.v[i]->model == DOMAIN_TPM_MODEL_SPAPR && !hv_spapr_assign(def, &def->tpms.v[i]->info, 0x4000, err))
            return FALSE;
    }
    if (def->nvram && !hv_spapr_assign(def, &def->nvram->info, 0x3000, err))
        return FALSE;
    if (domain_console_is_serial(def))
        def->consoles.v[0]->info.addr = def->serials.v[0]->info.addr;
    return TRUE;
}

/* Drives and ports say which controllers must be there; these must have models before PCI is looked at. */
gboolean qemu_finish_addresses(QemuFinish *f, GError **err)
{
    if (!qemu_finish_controllers(f, err))
        return FALSE;
    if (!hv_virtio_serial_assign(f->def, err) || !hv_ccid_assign(f->def, err))
        return FALSE;
    if (f->board == QEMU_BOARD_S390 && !assign_ccw(f, err))
        return FALSE;
    if (!assign_spapr(f, err))
        return FALSE;
    if (qemu_arch_is_arm(f->def->os.arch) &&
        (any_mmio(f->def) || !domain_find_controller(f->def, DOMAIN_CONTROLLER_PCI, 0)))
        prime_virtio(f, DOMAIN_ADDRESS_VIRTIO_MMIO);
    if (!qemu_finish_pci(f, err))
        return FALSE;
    return assign_usb(f, err) && hv_dimm_assign(f->def, err);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Checks of the other devices.
 */
#include <string.h>

#include "hv/addr/units.h"
#include "util/error.h"
#include "virtqemud/defaults/parts.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define dom_fail(err, code, ...) vir_fail_full((err), VIR_FROM_DOMAIN, (code), __VA_ARGS__)

/* The grammar of addresses. */
static gboolean check_addresses(const QemuFinish *f, GError **err)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN;

    while (domain_device_next(f->def, &device)) {
        const DomainAddress *addr = &device.info->addr;

        if (device.kind == DOMAIN_DEVICE_HOSTDEV && device.hostdev->model == DOMAIN_HOSTDEV_MODEL_VFIO_CCW &&
            addr->type != DOMAIN_ADDRESS_NONE && addr->type != DOMAIN_ADDRESS_CCW) {
            return dom_fail(err, VIR_ERR_XML_ERROR, "Unsupported address type '%s' with mediated device model 'vfio-ccw'",
                            vir_enum_to_string(&domain_address_type_enum, addr->type));
        }
        if (addr->type != DOMAIN_ADDRESS_PCI)
            continue;
        if (addr->pci.function > 7) {
            vir_fail_full(err, VIR_FROM_NONE, VIR_ERR_XML_ERROR, "Invalid PCI address function=0x%x, must be <= 7",
                          addr->pci.function);
            return FALSE;
        }
        if (addr->pci.slot > 31) {
            vir_fail_full(err, VIR_FROM_NONE, VIR_ERR_XML_ERROR, "Invalid PCI address slot='0x%02x', must be <= 0x1F",
                          addr->pci.slot);
            return FALSE;
        }
        if ((addr->zpci.uid || addr->zpci.has_fid) && !qemu_arch_is_s390(f->def->os.arch))
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "This QEMU binary doesn't support zPCI");
    }
    return TRUE;
}

/* ---- host devices ---- */

static gboolean pci_equal(const DomainPciAddress *a, const DomainPciAddress *b)
{
    return a->domain == b->domain && a->bus == b->bus && a->slot == b->slot && a->function == b->function;
}

static gboolean same_scsi(const DomainHostdev *a, const DomainHostdev *b)
{
    if (!a->scsi || !b->scsi || a->protocol != b->protocol)
        return FALSE;
    if (a->protocol == DOMAIN_SCSI_PROTOCOL_ISCSI)
        return g_strcmp0(a->scsi->iqn, b->scsi->iqn) == 0;
    return g_strcmp0(a->scsi->adapter, b->scsi->adapter) == 0 && a->scsi->bus == b->scsi->bus &&
           a->scsi->target == b->scsi->target && a->scsi->unit == b->scsi->unit;
}

static gboolean same_source(const DomainHostdev *a, const DomainHostdev *b)
{
    if (a->mode != b->mode || a->type != b->type || a->mode != DOMAIN_HOSTDEV_MODE_SUBSYSTEM)
        return FALSE;
    switch (a->type) {
    case DOMAIN_HOSTDEV_PCI:
        return pci_equal(&a->pci, &b->pci);
    case DOMAIN_HOSTDEV_USB:
        if (a->usb_bus || b->usb_bus)
            return a->usb_bus == b->usb_bus && a->usb_device == b->usb_device;
        return a->usb_vendor && a->usb_vendor == b->usb_vendor && a->usb_product == b->usb_product;
    case DOMAIN_HOSTDEV_SCSI:
        return same_scsi(a, b);
    case DOMAIN_HOSTDEV_SCSI_HOST:
        return g_strcmp0(a->wwpn, b->wwpn) == 0;
    case DOMAIN_HOSTDEV_MDEV:
        return memcmp(a->mdev_uuid, b->mdev_uuid, sizeof(a->mdev_uuid)) == 0;
    default:
        return FALSE;
    }
}

static gboolean check_hostdevs(const DomainDef *def, GError **err)
{
    guint displays = 0, ramfbs = 0;

    for (guint i = 0; i < def->hostdevs.n; i++) {
        const DomainHostdev *dev = def->hostdevs.v[i];

        for (guint k = 0; k < i; k++) {
            if (same_source(dev, def->hostdevs.v[k])) {
                return dom_fail(err, VIR_ERR_XML_ERROR,
                                "Hostdev already exists in the domain configuration: numbers %u and %u", k + 1, i + 1);
            }
        }
        if (dev->type == DOMAIN_HOSTDEV_MDEV && dev->model == DOMAIN_HOSTDEV_MODEL_VFIO_AP && dev->info.boot_order) {
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                            "booting from assigned devices is not supported by mediated devices of model vfio-ap");
        }
        displays += dev->display == VIR_TRISTATE_ON;
        ramfbs += dev->ramfb == VIR_TRISTATE_ON;
        if (dev->type == DOMAIN_HOSTDEV_SCSI_HOST && dev->info.boot_order) {
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                            "booting from assigned devices is not supported by vhost SCSI devices");
        }
    }
    if (ramfbs > 1)
        return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Only one vgpu device can have 'ramfb' enabled");
    if (displays && def->graphics.n == 0) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                        "graphics device is needed for attribute value 'display=on' in <hostdev>");
    }
    return TRUE;
}

/* Places on SCSI buses that two devices claim; before addresses are given, since targets make addresses. */
static gboolean check_scsi_places(const DomainDef *def, GError **err)
{
    for (guint i = 0; i < def->hostdevs.n; i++) {
        const DomainHostdev *dev = def->hostdevs.v[i];
        const DomainDriveAddress *at = &dev->info.addr.drive;

        if (dev->type != DOMAIN_HOSTDEV_SCSI || dev->info.addr.type != DOMAIN_ADDRESS_DRIVE)
            continue;
        for (guint k = 0; k < i; k++) {
            const DomainHostdev *other = def->hostdevs.v[k];

            if (other->type == DOMAIN_HOSTDEV_SCSI && domain_address_equal(&other->info.addr, &dev->info.addr)) {
                return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "SCSI host address controller='%u' bus='%u' target='%u' "
                                "unit='%u' in use by another SCSI host device", at->controller, at->bus, at->target, at->unit);
            }
        }
        for (guint k = 0; k < def->disks.n; k++) {
            DomainDriveAddress named;

            if (def->disks.v[k]->bus == DOMAIN_DISK_BUS_SCSI && def->disks.v[k]->info.addr.type == DOMAIN_ADDRESS_NONE &&
                hv_drive_from_target(def->disks.v[k], &named) && named.controller == at->controller &&
                named.bus == at->bus && named.target == at->target && named.unit == at->unit) {
                return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "using disk target name '%s' conflicts with SCSI host device "
                                "address controller='%u' bus='%u' target='%u' unit='%u'", def->disks.v[k]->dst,
                                at->controller, at->bus, at->target, at->unit);
            }
        }
    }
    return TRUE;
}

/* ---- displays ---- */

static gboolean check_graphics(const DomainDef *def, GError **err)
{
    gboolean screen = FALSE, headless = FALSE;

    for (guint i = 0; i < def->graphics.n; i++) {
        const DomainGraphics *g = def->graphics.v[i];

        screen |= g->type == DOMAIN_GRAPHICS_VNC || g->type == DOMAIN_GRAPHICS_SPICE || g->type == DOMAIN_GRAPHICS_DBUS;
        headless |= g->type == DOMAIN_GRAPHICS_EGL_HEADLESS;
        if (g->type == DOMAIN_GRAPHICS_RDP || g->type == DOMAIN_GRAPHICS_DESKTOP) {
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "%s graphics are not supported with this QEMU",
                            vir_enum_to_string(&domain_graphics_type_enum, g->type));
        }
    }
    if (headless && !screen && def->graphics.n > 1) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                        "graphics type 'egl-headless' is only supported with one of: 'vnc', 'spice' graphics types");
    }
    return TRUE;
}

/* Attributes of <graphics> that repeat the first <listen>; before defaults make them equal. */
static gboolean check_listens(const DomainDef *def, GError **err)
{
    for (guint i = 0; i < def->graphics.n; i++) {
        const DomainGraphics *g = def->graphics.v[i];
        const DomainGraphicsListen *first = g->listens.n ? &g->listens.v[0] : NULL;

        if (first && g->socket && first->type == DOMAIN_LISTEN_SOCKET && first->socket &&
            strcmp(g->socket, first->socket) != 0) {
            return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "graphics 'socket' attribute '%s' must match 'socket' attribute of "
                            "first listen element (found '%s')", g->socket, first->socket);
        }
        if (first && g->listen && *g->listen && first->type == DOMAIN_LISTEN_ADDRESS && first->address &&
            strcmp(g->listen, first->address) != 0) {
            return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "graphics 'listen' attribute '%s' must match 'address' attribute of "
                            "first listen element (found '%s')", g->listen, first->address);
        }
    }
    return TRUE;
}

static gboolean check_videos(const DomainDef *def, GError **err)
{
    for (guint i = 0; i < def->videos.n; i++) {
        const DomainVideo *video = def->videos.v[i];
        const char *type = vir_enum_to_string(&domain_video_type_enum, video->type);

        if (video->type == DOMAIN_VIDEO_RAMFB && video->info.addr.type != DOMAIN_ADDRESS_NONE)
            return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "address not supported for video type ramfb");
        if (video->type == DOMAIN_VIDEO_NOTHING && def->videos.n > 1) {
            return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                            "a 'none' video type must be the only video device defined for the domain");
        }
        if (video->type == DOMAIN_VIDEO_XEN || video->type == DOMAIN_VIDEO_VBOX || video->type == DOMAIN_VIDEO_PARALLELS ||
            video->type == DOMAIN_VIDEO_GOP)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "video type '%s' is not supported with QEMU", type);
        if (i > 0 && video->type != DOMAIN_VIDEO_QXL && video->type != DOMAIN_VIDEO_VIRTIO) {
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "video type '%s' is only valid as primary video device", type);
        }
    }
    return TRUE;
}

/* ---- the rest ---- */

static gboolean is_power_of_two(guint n)
{
    return (n & (n - 1)) == 0;
}

static gboolean check_nets(const DomainDef *def, GError **err)
{
    for (guint i = 0; i < def->nets.n; i++) {
        const DomainNet *net = def->nets.v[i];

        if (!is_power_of_two(net->rx_queue_size))
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "rx_queue_size has to be a power of two");
        if (!is_power_of_two(net->tx_queue_size))
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "tx_queue_size has to be a power of two");
        if (vir_mac_is_multicast(&net->mac)) {
            char mac[VIR_MAC_TEXT];

            return dom_fail(err, VIR_ERR_XML_ERROR, "expected unicast mac address, found multicast '%s'",
                            vir_mac_format(&net->mac, mac));
        }
    }
    return TRUE;
}

static gboolean check_iommus(const QemuFinish *f, GError **err)
{
    for (guint i = 0; i < f->def->iommus.n; i++) {
        const DomainIommu *iommu = f->def->iommus.v[i];
        const char *model = vir_enum_to_string(&domain_iommu_model_enum, iommu->model);
        gboolean q35 = f->board == QEMU_BOARD_Q35, virt = f->board == QEMU_BOARD_ARM_VIRT;

        if ((iommu->model == DOMAIN_IOMMU_INTEL || iommu->model == DOMAIN_IOMMU_AMD) && !q35) {
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "IOMMU device: '%s' is only supported with Q35 machines", model);
        }
        if (iommu->model == DOMAIN_IOMMU_SMMUV3 && !virt) {
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "IOMMU device: '%s' is only supported with ARM Virt machines",
                            model);
        }
        if (iommu->model != DOMAIN_IOMMU_VIRTIO)
            continue;
        if (!q35 && !virt) {
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                            "IOMMU device: '%s' is only supported with Q35 and ARM Virt machines", model);
        }
        if (iommu->info.addr.type != DOMAIN_ADDRESS_NONE && iommu->info.addr.type != DOMAIN_ADDRESS_PCI)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "IOMMU device: '%s' needs a PCI address", model);
        if (!f->def->features.acpi)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "IOMMU device: '%s' requires ACPI", model);
    }
    return TRUE;
}

static gboolean check_usb(const DomainDef *def, GError **err)
{
    const DomainController *usb = domain_find_controller(def, DOMAIN_CONTROLLER_USB, 0);

    if (!usb || usb->model != DOMAIN_CONTROLLER_MODEL_USB_NONE)
        return TRUE;
    for (guint i = 0; i < def->inputs.n; i++) {
        if (def->inputs.v[i]->bus == DOMAIN_INPUT_BUS_USB)
            return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Can't add USB input device. USB bus is disabled");
    }
    for (guint i = 0; i < def->disks.n; i++) {
        if (def->disks.v[i]->bus == DOMAIN_DISK_BUS_USB)
            return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Can't add USB disk device. USB bus is disabled");
    }
    for (guint i = 0; i < def->hostdevs.n; i++) {
        if (def->hostdevs.v[i]->type == DOMAIN_HOSTDEV_USB)
            return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Can't add host USB device: USB is disabled in this host");
    }
    if (def->hubs.n)
        return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Can't add USB hub: USB is disabled for this domain");
    if (def->redirdevs.n) {
        return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                        "Can't add redirected USB device: USB is disabled for this domain");
    }
    return TRUE;
}

static gboolean check_shmems(const QemuFinish *f, GError **err)
{
    for (guint i = 0; i < f->def->shmems.n; i++) {
        if (f->def->shmems.v[i]->model == DOMAIN_SHMEM_IVSHMEM)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "ivshmem device is not supported with this QEMU binary: use "
                            "ivshmem-plain or ivshmem-doorbell");
    }
    return TRUE;
}

static gboolean check_tpms(const DomainDef *def, GError **err)
{
    guint proxies = 0, others = 0;

    for (guint i = 0; i < def->tpms.n; i++) {
        if (def->tpms.v[i]->model == DOMAIN_TPM_MODEL_SPAPR_PROXY)
            proxies++;
        else
            others++;
    }
    if (proxies > 1)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "only a single TPM Proxy device is supported");
    if (others > 1)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "only a single TPM non-proxy device is supported");
    return TRUE;
}

static gboolean check_board(const QemuFinish *f, GError **err)
{
    const DomainDef *def = f->def;

    if (def->parallels.n && (f->board == QEMU_BOARD_S390 || f->board == QEMU_BOARD_PSERIES))
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "parallel ports are not supported");
    for (guint i = 0; i < def->panics.n; i++) {
        const DomainPanic *panic = def->panics.v[i];
        const char *model = vir_enum_to_string(&domain_panic_model_enum, panic->model);

        if (panic->info.addr.type != DOMAIN_ADDRESS_NONE && panic->model != DOMAIN_PANIC_ISA &&
            panic->model != DOMAIN_PANIC_PVPANIC) {
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                            "setting the panic device address is not supported for model '%s'", model);
        }
        if ((panic->model == DOMAIN_PANIC_S390 && f->board != QEMU_BOARD_S390) ||
            (panic->model == DOMAIN_PANIC_PSERIES && f->board != QEMU_BOARD_PSERIES) ||
            ((panic->model == DOMAIN_PANIC_ISA || panic->model == DOMAIN_PANIC_HYPERV) && !qemu_arch_is_x86(def->os.arch)))
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "panic device model '%s' is not supported by this machine", model);
    }
    return TRUE;
}

/* Before addresses are given. */
gboolean qemu_check_devices_early(QemuFinish *f, GError **err)
{
    return check_addresses(f, err) && check_listens(f->def, err) && check_scsi_places(f->def, err) &&
           check_usb(f->def, err) && check_iommus(f, err);
}

gboolean qemu_check_devices(QemuFinish *f, GError **err)
{
    const DomainDef *def = f->def;

    return check_hostdevs(def, err) && check_graphics(def, err) && check_videos(def, err) && check_nets(def, err) &&
           check_shmems(f, err) && check_tpms(def, err) && check_board(f, err);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Controllers that devices need and nobody wrote, and the models of those that somebody did.
 */
#include "util/error.h"
#include "virtqemud/defaults/parts.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define M(x) DOMAIN_CONTROLLER_MODEL_##x

DomainControllerModel qemu_default_scsi_model(const QemuFinish *f)
{
    if (f->board == QEMU_BOARD_PSERIES)
        return M(IBMVSCSI);
    if (f->board == QEMU_BOARD_S390)
        return M(VIRTIO_SCSI);
    if (qemu_finish_has(f, VIR_QEMU_CAP_LSI) || !f->caps)
        return M(LSILOGIC);
    return qemu_finish_has(f, VIR_QEMU_CAP_VIRTIO_SCSI) ? M(VIRTIO_SCSI) : M(NONE);
}

static gboolean need(QemuFinish *f, DomainControllerType type, guint index)
{
    if (index > 1000)
        return FALSE;
    for (guint i = 0; i <= index; i++) {
        if (!domain_find_controller(f->def, type, i))
            domain_add_controller(f->def, type, i, M(NONE));
    }
    return TRUE;
}

static void need_for_drives(QemuFinish *f)
{
    static const struct { DomainDiskBus bus; DomainControllerType type; } buses[] = {
        { DOMAIN_DISK_BUS_IDE, DOMAIN_CONTROLLER_IDE }, { DOMAIN_DISK_BUS_FDC, DOMAIN_CONTROLLER_FDC },
        { DOMAIN_DISK_BUS_SCSI, DOMAIN_CONTROLLER_SCSI }, { DOMAIN_DISK_BUS_SATA, DOMAIN_CONTROLLER_SATA },
    };
    DomainDef *def = f->def;

    for (guint b = 0; b < G_N_ELEMENTS(buses); b++) {
        for (guint i = 0; i < def->disks.n; i++) {
            const DomainDisk *disk = def->disks.v[i];

            if (disk->bus == buses[b].bus && disk->info.addr.type == DOMAIN_ADDRESS_DRIVE)
                need(f, buses[b].type, disk->info.addr.drive.controller);
        }
    }
}

void qemu_controllers_of_hostdevs(QemuFinish *f)
{
    DomainDef *def = f->def;

    for (guint i = 0; i < def->hostdevs.n; i++) {
        const DomainHostdev *dev = def->hostdevs.v[i];

        if (dev->mode == DOMAIN_HOSTDEV_MODE_SUBSYSTEM && dev->type == DOMAIN_HOSTDEV_SCSI &&
            dev->info.addr.type == DOMAIN_ADDRESS_DRIVE)
            need(f, DOMAIN_CONTROLLER_SCSI, dev->info.addr.drive.controller);
    }
}

static void need_virtio_serial(QemuFinish *f, const DomainDeviceInfo *info)
{
    guint index = info->addr.virtio_serial.controller;

    if (info->addr.type == DOMAIN_ADDRESS_VIRTIO_SERIAL) {
        if (!domain_find_controller(f->def, DOMAIN_CONTROLLER_VIRTIO_SERIAL, index))
            domain_add_controller(f->def, DOMAIN_CONTROLLER_VIRTIO_SERIAL, index, M(NONE));
        return;
    }
    for (guint i = 0; i < f->def->controllers.n; i++) {
        if (f->def->controllers.v[i]->type == DOMAIN_CONTROLLER_VIRTIO_SERIAL)
            return;
    }
    domain_add_controller(f->def, DOMAIN_CONTROLLER_VIRTIO_SERIAL, 0, M(NONE));
}

static void need_for_chardevs(QemuFinish *f)
{
    DomainDef *def = f->def;

    for (guint i = 0; i < def->channels.n; i++) {
        if (def->channels.v[i]->channel_target == DOMAIN_CHANNEL_TARGET_VIRTIO)
            need_virtio_serial(f, &def->channels.v[i]->info);
    }
    for (guint i = 0; i < def->consoles.n; i++) {
        if (def->consoles.v[i]->console_target == DOMAIN_CONSOLE_TARGET_VIRTIO)
            need_virtio_serial(f, &def->consoles.v[i]->info);
    }
    for (guint i = 0; i < def->smartcards.n; i++) {
        const DomainDeviceInfo *info = &def->smartcards.v[i]->info;

        need(f, DOMAIN_CONTROLLER_CCID, info->addr.type == DOMAIN_ADDRESS_CCID ? info->addr.ccid.controller : 0);
    }
}

/* USB buses that devices name. */
static gboolean check_usb_buses(QemuFinish *f, GError **err)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN;

    while (domain_device_next(f->def, &device)) {
        if (device.info->addr.type != DOMAIN_ADDRESS_USB || device.info->addr.usb.bus == 0)
            continue;
        if (!domain_find_controller(f->def, DOMAIN_CONTROLLER_USB, device.info->addr.usb.bus)) {
            vir_fail_full(err, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR,
                          "USB bus %u requested but no controller with that index is present", device.info->addr.usb.bus);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean pci_names(QemuFinish *f, DomainController *c)
{
    static const struct { DomainControllerModel model; DomainPciModel name; } rows[] = {
        { M(PCI_BRIDGE), DOMAIN_PCI_MODEL_PCI_BRIDGE }, { M(DMI_TO_PCI_BRIDGE), DOMAIN_PCI_MODEL_I82801B11_BRIDGE },
        { M(PCIE_TO_PCI_BRIDGE), DOMAIN_PCI_MODEL_PCIE_PCI_BRIDGE },
        { M(PCIE_SWITCH_UPSTREAM_PORT), DOMAIN_PCI_MODEL_X3130_UPSTREAM },
        { M(PCIE_SWITCH_DOWNSTREAM_PORT), DOMAIN_PCI_MODEL_XIO3130_DOWNSTREAM },
        { M(PCI_EXPANDER_BUS), DOMAIN_PCI_MODEL_PXB }, { M(PCIE_EXPANDER_BUS), DOMAIN_PCI_MODEL_PXB_PCIE },
    };
    DomainPciControllerOpts *opts;

    if (c->model == M(PCIE_ROOT) || (c->model == M(PCI_ROOT) && f->board != QEMU_BOARD_PSERIES))
        return TRUE;
    opts = domain_controller_pci(c);
    if (opts->model_name != DOMAIN_PCI_MODEL_NONE)
        return TRUE;
    if (c->model == M(PCI_ROOT)) {
        opts->model_name = DOMAIN_PCI_MODEL_SPAPR_PHB;
        return TRUE;
    }
    if (c->model == M(PCIE_ROOT_PORT)) {
        opts->model_name = qemu_finish_has(f, VIR_QEMU_CAP_PCIE_ROOT_PORT) ? DOMAIN_PCI_MODEL_PCIE_ROOT_PORT
                                                                           : DOMAIN_PCI_MODEL_IOH3420;
        return TRUE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].model == c->model)
            opts->model_name = rows[i].name;
    }
    return TRUE;
}

void qemu_controller_model(QemuFinish *f, DomainController *c)
{
    switch (c->type) {
    case DOMAIN_CONTROLLER_SCSI:
        if (c->model == M(NONE) || c->model == M(AUTO))
            c->model = qemu_default_scsi_model(f);
        break;
    case DOMAIN_CONTROLLER_USB:
        if (c->model == M(NONE))
            c->model = qemu_default_usb_model(f);
        if ((c->model == M(QEMU_XHCI) || c->model == M(NEC_XHCI)) && c->ports == 0)
            c->ports = -1;
        break;
    case DOMAIN_CONTROLLER_PCI:
        pci_names(f, c);
        break;
    default:
        break;
    }
}

gboolean qemu_finish_controllers(QemuFinish *f, GError **err)
{
    need_for_drives(f);
    need_for_chardevs(f);
    for (guint i = 0; i < f->def->controllers.n; i++)
        qemu_controller_model(f, f->def->controllers.v[i]);
    return check_usb_buses(f, err);
}

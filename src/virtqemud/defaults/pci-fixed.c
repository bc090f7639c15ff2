/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Places of the boards that are taken from the start: the south bridge and its functions, the primary video card.
 */
#include "util/error.h"
#include "virtqemud/defaults/pci.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define M(x) DOMAIN_CONTROLLER_MODEL_##x
#define AT(s, fn) ((DomainPciAddress){ .slot = (s), .function = (fn) })

static gboolean wants(const DomainDevice *device)
{
    return device->info->addr.type == DOMAIN_ADDRESS_NONE ||
           (device->info->addr.type == DOMAIN_ADDRESS_PCI && qemu_pci_is_empty(&device->info->addr.pci));
}

static gboolean built_in(QemuPciPass *pass, DomainPciAddress addr, GError **err)
{
    return hv_pci_set_reserve(pass->set, &addr, HV_PCI_CONVENTIONAL, TRUE, NULL, err);
}

/* The device may be nowhere else. */
static gboolean pinned(QemuPciPass *pass, DomainDevice *device, DomainPciAddress at, const char *what, GError **err)
{
    const DomainPciAddress *addr = &device->info->addr.pci;

    if (wants(device))
        return qemu_pci_place(pass, device, &at, err);
    if (device->info->addr.type != DOMAIN_ADDRESS_PCI)
        return TRUE;
    if (addr->domain != 0 || addr->bus != 0 || addr->slot != at.slot || addr->function != at.function) {
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "%s must have PCI address 0:0:%x.%x", what, at.slot, at.function);
    }
    return TRUE;
}

static gboolean primary_video(QemuPciPass *pass, guint slot, GError **err)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN_KIND(DOMAIN_DEVICE_VIDEO);
    DomainPciAddress at = AT(slot, 0);

    if (!domain_device_next_of_kind(pass->f->def, &device) || !qemu_pci_flags(pass->f, &device) || !wants(&device) ||
        hv_pci_set_slot_in_use(pass->set, &at))
        return TRUE;    /* taken: it is placed as any other device */
    return qemu_pci_place(pass, &device, &at, err);
}

static gboolean i440fx(QemuPciPass *pass, GError **err)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN_KIND(DOMAIN_DEVICE_CONTROLLER);

    if (!built_in(pass, AT(0, 0), NULL) && hv_pci_set_n_buses(pass->set) == 0)
        return TRUE;
    if (!built_in(pass, AT(1, 0), err) || !built_in(pass, AT(1, 3), err))
        return FALSE;
    while (domain_device_next_of_kind(pass->f->def, &device)) {
        const DomainController *c = device.controller;

        if (c->type == DOMAIN_CONTROLLER_IDE && c->index == 0 &&
            !pinned(pass, &device, AT(1, 1), "Primary IDE controller", err))
            return FALSE;
        if (c->type == DOMAIN_CONTROLLER_USB && c->index == 0 && c->model == M(PIIX3_UHCI) &&
            !pinned(pass, &device, AT(1, 2), "PIIX3 USB controller at index 0", err))
            return FALSE;
    }
    return primary_video(pass, 2, err);
}

/* The first such controllers go where the real chip set has them. */
static gboolean ich9_usb(QemuPciPass *pass, DomainDevice *device, GError **err)
{
    static const guint8 slots[] = { 0x1d, 0x1a };

    for (guint i = 0; i < G_N_ELEMENTS(slots); i++) {
        DomainPciAddress at = AT(slots[i], 0);

        if (hv_pci_set_slot_in_use(pass->set, &at))
            continue;
        at.multifunction = VIR_TRISTATE_ON;
        return qemu_pci_place(pass, device, &at, err);
    }
    return TRUE;
}

static gboolean q35(QemuPciPass *pass, GError **err)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN_KIND(DOMAIN_DEVICE_CONTROLLER);
    DomainPciAddress bridge = AT(0x1e, 0), sound = AT(0x1b, 0);

    if (!built_in(pass, AT(0x1f, 0), err) || !built_in(pass, AT(0x1f, 3), err))
        return FALSE;
    while (domain_device_next_of_kind(pass->f->def, &device)) {
        const DomainController *c = device.controller;

        if (c->type == DOMAIN_CONTROLLER_SATA && c->index == 0 &&
            !pinned(pass, &device, AT(0x1f, 2), "Primary SATA controller", err))
            return FALSE;
        if (c->type == DOMAIN_CONTROLLER_USB && c->model == M(ICH9_UHCI1) && wants(&device) &&
            !ich9_usb(pass, &device, err))
            return FALSE;
        if (c->type == DOMAIN_CONTROLLER_PCI && c->model == M(DMI_TO_PCI_BRIDGE) && wants(&device) &&
            !hv_pci_set_slot_in_use(pass->set, &bridge) && !qemu_pci_place(pass, &device, &bridge, err))
            return FALSE;
    }
    if (!primary_video(pass, 1, err))
        return FALSE;
    device = (DomainDevice)DOMAIN_DEVICE_BEGIN_KIND(DOMAIN_DEVICE_SOUND);
    while (domain_device_next_of_kind(pass->f->def, &device)) {
        if (device.sound->model == DOMAIN_SOUND_ICH9 && wants(&device) && !hv_pci_set_slot_in_use(pass->set, &sound))
            return qemu_pci_place(pass, &device, &sound, err);
    }
    return TRUE;
}

gboolean qemu_pci_fixed(QemuPciPass *pass, GError **err)
{
    switch (pass->f->board) {
    case QEMU_BOARD_I440FX:
        return i440fx(pass, err);
    case QEMU_BOARD_Q35:
        return q35(pass, err);
    default:
        return TRUE;
    }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * PCI addresses of QEMU's boards. Private to defaults/.
 */
#pragma once

#include "hv/addr/pci.h"
#include "virtqemud/defaults/parts.h"

/* 0: not a PCI device. */
guint qemu_pci_flags(const QemuFinish *f, const DomainDevice *device);

/* Slot 0 of bus 0 is the host bridge: such an address asks for one. */
static inline gboolean qemu_pci_is_empty(const DomainPciAddress *addr)
{
    return addr->domain == 0 && addr->bus == 0 && addr->slot == 0;
}

/* One pass over a definition. */
typedef struct {
    QemuFinish *f;
    HvPciSet *set;
    gboolean dry;            /* buses may be added; addresses are taken back at the end */
    bool missing[256];       /* buses between others that nobody described */
    gboolean full;           /* before addresses were given */
    gboolean grew_for_device, has_user_buses;
    GPtrArray *given;        /* DomainDeviceInfo that got an address in this pass */
} QemuPciPass;

/* Built-in devices of the board, and those that always sit in the same place. */
gboolean qemu_pci_fixed(QemuPciPass *pass, GError **err);
/* Puts a device that has no address at @addr. */
gboolean qemu_pci_place(QemuPciPass *pass, const DomainDevice *device, const DomainPciAddress *addr, GError **err);

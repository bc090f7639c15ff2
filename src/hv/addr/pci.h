/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who sits where on a guest's PCI buses. A set is made for one piece of work on one definition: its buses are added, then
 * the addresses in use, then it gives out more. It changes no definition. One thread.
 */
#pragma once

#include "conf/domain/device-walk.h"

/* What a device needs and a bus offers. */
typedef enum {
    HV_PCI_CONVENTIONAL   = 1 << 0,
    HV_PCI_EXPRESS        = 1 << 1,
    HV_PCI_HOTPLUG        = 1 << 2,    /* device: given only a place where it can be unplugged again */
    HV_PCI_AGGREGATE      = 1 << 3,    /* device: may share a slot with its like, one function each */
    /* the kinds of controllers, each of which fits only on some buses */
    HV_PCI_ROOT_PORT      = 1 << 4,
    HV_PCI_UPSTREAM       = 1 << 5,
    HV_PCI_DOWNSTREAM     = 1 << 6,
    HV_PCI_BRIDGE         = 1 << 7,
    HV_PCI_DMI_BRIDGE     = 1 << 8,
    HV_PCI_EXPRESS_BRIDGE = 1 << 9,    /* pcie-to-pci-bridge */
    HV_PCI_EXPANDER       = 1 << 10,
    HV_PCI_EXPRESS_EXPANDER = 1 << 11,
} HvPciFlags;

typedef struct HvPciSet HvPciSet;

/* @have_express_bridge: the emulator has pcie-to-pci-bridge; else a pair of older bridges is added when conventional
 * devices need a place on an express machine. @many_roots: of pSeries machines, where a new bus is one more root. */
HvPciSet *hv_pci_set_new(gboolean have_express_bridge, gboolean many_roots);
void hv_pci_set_free(HvPciSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HvPciSet, hv_pci_set_free)

guint hv_pci_controller_flags(DomainControllerModel model);   /* 0: such a controller sits on no bus (roots) */
/* Controllers of @def by index; buses between them that nobody describes stay empty places. */
gboolean hv_pci_set_add_buses(HvPciSet *set, const DomainDef *def, GError **err);
guint hv_pci_set_n_buses(const HvPciSet *set);
DomainControllerModel hv_pci_set_bus_model(const HvPciSet *set, guint bus);
gboolean hv_pci_set_is_express(const HvPciSet *set);          /* bus 0 is pcie-root */

/* @from_config: a person chose it, which permits more. Errors name both devices (VIR_ERR_XML_ERROR; without
 * @from_config VIR_ERR_INTERNAL_ERROR). @device may be NULL and must live as long as the set. */
gboolean hv_pci_set_reserve(HvPciSet *set, const DomainPciAddress *addr, guint flags, gboolean from_config,
                            const DomainDevice *device, GError **err);
gboolean hv_pci_set_is_used(const HvPciSet *set, const DomainPciAddress *addr);
gboolean hv_pci_set_slot_in_use(const HvPciSet *set, const DomainPciAddress *addr);
/* The bus offers a place for such a device at all. */
gboolean hv_pci_set_bus_fits(const HvPciSet *set, guint bus, guint flags, gboolean from_config);
/* The next free place for it; @function is that of multi-function siblings, 0 for all others. Without a place: with
 * @grow, buses are added (see hv_pci_set_bus_model from the old n_buses on), else VIR_ERR_INTERNAL_ERROR. */
gboolean hv_pci_set_next(HvPciSet *set, guint flags, guint function, gboolean grow, const DomainDevice *device,
                         DomainPciAddress *ret, GError **err);
/* Adds buses until bus number *@bus exists, of kinds that take @flags. *@bus is raised when the bridge that takes such a
 * device comes to lie behind a port with that number. */
gboolean hv_pci_set_grow_to(HvPciSet *set, guint8 *bus, guint flags, GError **err);
/* Indexes below the highest that no controller describes become buses. */
gboolean hv_pci_set_fill_gaps(HvPciSet *set, GError **err);
/* All slots of all buses are in use. */
gboolean hv_pci_set_is_full(const HvPciSet *set);
/* More than one function of the address' slot is in use. */
gboolean hv_pci_set_is_multi(const HvPciSet *set, const DomainPciAddress *addr);

/* "0000:00:02.0". Returns: @buf. */
#define HV_PCI_TEXT 24
char *hv_pci_format(const DomainPciAddress *addr, char buf[HV_PCI_TEXT]);

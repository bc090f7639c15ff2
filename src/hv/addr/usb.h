/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ports of a guest's USB buses and hubs. A set is made for one piece of work on one definition. One thread.
 */
#pragma once

#include "conf/domain/device-walk.h"

typedef struct HvUsbSet HvUsbSet;

HvUsbSet *hv_usb_set_new(void);
void hv_usb_set_free(HvUsbSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HvUsbSet, hv_usb_set_free)

/* A controller with @ports root ports; one that is there already grows (companions). */
void hv_usb_set_add_bus(HvUsbSet *set, guint index, guint ports);
/* A hub at @addr, which must be a free port: takes it and makes @ports below it. */
gboolean hv_usb_set_add_hub(HvUsbSet *set, const DomainUsbAddress *addr, guint ports, GError **err);
/* FALSE with VIR_ERR_XML_ERROR: no such bus, hub or port, or it is taken. */
gboolean hv_usb_set_reserve(HvUsbSet *set, const DomainUsbAddress *addr, GError **err);
/* The first free port; on bus number @bus only unless it is -1. FALSE: none. */
gboolean hv_usb_set_next(HvUsbSet *set, int bus, DomainUsbAddress *ret);
/* The same without taking it: for hubs. */
gboolean hv_usb_set_peek(const HvUsbSet *set, DomainUsbAddress *ret);
guint hv_usb_set_n_free(const HvUsbSet *set);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The second address of PCI devices on System z: uid (from 1) and function id. One definition at a time.
 */
#pragma once

#include "conf/domain/device-walk.h"

/* Completes all devices that have a PCI address, but not controllers from number @skip_from on. FALSE with VIR_ERR_INTERNAL_ERROR: two have the same number. */
gboolean hv_zpci_assign(DomainDef *def, guint skip_from, GError **err);

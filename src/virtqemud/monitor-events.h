/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QEMU's events as clients of the QEMU program see them: unfiltered, by name.
 */
#pragma once

#include "api/ops.h"
#include "virtqemud/domain.h"

void qemu_monitor_event_pass(QemuDomain *dom, const char *name, VirJson *data, gint64 seconds, guint micros);

VirMethod_qemu_connect_domain_monitor_event_register qemu_monitor_event_register;
VirMethod_qemu_connect_domain_monitor_event_deregister qemu_monitor_event_deregister;

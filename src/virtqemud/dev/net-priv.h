/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts of network interfaces that have files of their own.
 */
#pragma once

#include "virtqemud/dev/dev.h"

gboolean qemu_net_is_virtio(const DomainNet *net);
/* tap.c: a tap device made by us, its queues passed to QEMU, with vhost where the host has it. */
gboolean qemu_net_add_tap(QemuPlanner *p, const DomainNet *net, VirJson *args, GError **err);
/* hostdev.c: a virtual function of the host as the interface. */
gboolean qemu_net_plan_hostdev(QemuPlanner *p, const DomainNet *net, GError **err);

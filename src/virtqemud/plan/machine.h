/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts of a guest that are no devices: machine, CPU, memory, clock, boot, firmware. Called by domain.c in the order
 * they stand on the command line.
 */
#pragma once

#include "virtqemud/dev/dev.h"

gboolean qemu_plan_machine(QemuPlanner *p, GError **err);      /* -machine, -accel; pflash nodes before them */
gboolean qemu_plan_cpu(QemuPlanner *p, GError **err);          /* -cpu */
gboolean qemu_plan_memory(QemuPlanner *p, GError **err);       /* -m, backends, -overcommit */
gboolean qemu_plan_smp(QemuPlanner *p, GError **err);          /* -smp, I/O threads */
gboolean qemu_plan_numa(QemuPlanner *p, GError **err);         /* -numa and the backends of its nodes */
gboolean qemu_plan_clock(QemuPlanner *p, GError **err);        /* -rtc, -no-hpet, pit, ... */
gboolean qemu_plan_boot(QemuPlanner *p, GError **err);         /* power management, -boot, kernel */
gboolean qemu_plan_sysinfo(QemuPlanner *p, GError **err);      /* -smbios, -fw_cfg, vmgenid, vmcoreinfo */

/* cpu-model.c: 'host-model' of the live document becomes a named model. */
gboolean qemu_plan_name_cpu(DomainDef *live, const QemuPlanContext *ctx, GError **err);

/* memory.c: the machine's own backend ("pc.ram") goes into -machine when nothing else describes the memory. */
const char *qemu_main_memory_id(QemuPlanner *p);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The CPU of <cpu mode='host-model'>: QEMU's expansion of its best CPU, put into the words of the CPU map.
 */
#pragma once

#include "hv/host/cpu-map.h"
#include "virtqemud/caps/caps.h"

/* @migratable leaves out what binds a guest to this host (invtsc). FALSE when QEMU told nothing or no model fits;
 * otherwise *ret is to be cleared with vir_cpu_name_clear. Strings of *ret live as long as @map. Some 100 us. */
gboolean vir_qemu_host_model(const VirQemuCaps *caps, VirQemuAccel accel, const VirCpuMap *map, gboolean migratable,
                             VirCpuName *ret);
/* Adds to @blocked what QEMU's own form of @model has and @accel cannot give. FALSE: QEMU has no such model. */
gboolean vir_qemu_model_blockers(const VirQemuCaps *caps, VirQemuAccel accel, const VirCpuMap *map, const char *model,
                                 VirBitmap *blocked);
/* QEMU's property for a feature of the map: "sse4.1" -> "sse4.1", "pclmuldq" -> "pclmulqdq", "lahf_lm" -> "lahf-lm".
 * Static or of @name. */
const char *vir_qemu_cpu_property(const char *name);

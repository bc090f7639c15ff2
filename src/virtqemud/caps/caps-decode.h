/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Answers of QEMU into a VirQemuCaps that is being made. Answers may be NULL or anything else: what does not fit is
 * left out. Private to caps/.
 */
#pragma once

#include "virtqemud/caps/caps-private.h"

/* Names of qom-list-types. Keys borrowed from @types. */
GHashTable *vir_qemu_caps_type_set(VirJson *types);
/* For each capability the type whose properties it asks about, patterns resolved (borrowed from @types); NULL: it asks
 * something else, or there is none. */
GPtrArray *vir_qemu_caps_prop_types(GHashTable *types);

void vir_qemu_caps_decode_types(VirQemuCaps *caps, GHashTable *types);
void vir_qemu_caps_decode_schema(VirQemuCaps *caps, VirJson *schema);
void vir_qemu_caps_decode_options(VirQemuCaps *caps, VirJson *options);
void vir_qemu_caps_decode_props(VirQemuCaps *caps, GPtrArray *prop_types, const char *type, VirJson *props);
void vir_qemu_caps_decode_machines(VirQemuCaps *caps, VirJson *machines);
void vir_qemu_caps_decode_cpus(VirQemuAccelCaps *accel, VirJson *cpus);
void vir_qemu_caps_decode_host_cpu(VirQemuAccelCaps *accel, VirJson *all, VirJson *migratable);
void vir_qemu_caps_decode_hyperv(VirQemuCaps *caps, VirJson *expansion);
void vir_qemu_caps_decode_kvm(VirQemuCaps *caps, VirJson *gic, VirJson *sev);

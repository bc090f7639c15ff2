/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * This machine's CPU: what CPUID says, put into the words of the CPU map. Read once; immutable.
 */
#pragma once

#include "hv/host/cpu-map.h"

typedef struct {
    char *arch;
    VirCpuName name;         /* model NULL: no map, no match, or not x86 */
    char *vendor_text;       /* "AuthenticAMD"; NULL */
    guint family, model, stepping;
    guint64 microcode;       /* 0: not known */
    guint phys_bits;         /* 0: not known */
    guint64 tsc_hz;          /* 0: not invariant or not known */
    int tsc_scaling;         /* 1, 0, -1: not known */
} VirHostCpu;

/* @map may be NULL: then only what needs no names. Opens /dev/kvm for the TSC frequency: some milliseconds. */
VirHostCpu *vir_host_cpu_read(const VirHost *host, const VirCpuMap *map);
void vir_host_cpu_free(VirHostCpu *cpu);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirHostCpu, vir_host_cpu_free)

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The documents that say what host and QEMU can do. All may ask QEMU binaries when they were not asked before (see
 * caps.h): for pool threads, not for the I/O thread. Any thread.
 */
#pragma once

#include "hv/firmware.h"
#include "hv/host/facts.h"
#include "hv/security/security.h"
#include "virtqemud/caps/caps.h"

typedef struct {
    VirHostFacts *facts;
    VirQemuCapsCache *caps;
    const HvSecurity *security;      /* NULL: no <secmodel> */
    HvFirmwareList *firmware;        /* NULL: no descriptors */
    const char *const *nvram;        /* "loader:template" of qemu.conf; NULL: the built-in list */
} VirQemuDocuments;

/* virConnectGetCapabilities. A binary that cannot be asked is left out (and logged). Returns: caller frees. */
char *vir_qemu_capabilities_xml(const VirQemuDocuments *docs, const guint8 uuid[16], GError **err);
/* virConnectGetDomainCapabilities; any of the four may be NULL. */
char *vir_qemu_domain_capabilities_xml(const VirQemuDocuments *docs, const char *emulator, const char *arch,
                                       const char *machine, const char *virt_type, GError **err);
/* virConnectGetVersion: of the emulator for the host's own guests, major * 1000000 + minor * 1000 + micro. */
gboolean vir_qemu_version(const VirQemuDocuments *docs, gulong *ret, GError **err);
/* virConnectGetCPUModelNames. Returns: NULL-terminated, caller g_strfreev; an empty list for archs without models. */
char **vir_qemu_cpu_model_names(const VirQemuDocuments *docs, const char *arch, GError **err);

/* Which guests' CPU is meant: NULL members mean the default. */
typedef struct {
    const char *emulator, *arch, *machine, *virt_type;
} VirQemuHypervisor;
/* The binary, its machine (ret_m may be NULL; lives as long as the caps) and accelerator. Returns: a reference. */
VirQemuCaps *vir_qemu_caps_choose(const VirQemuDocuments *docs, const VirQemuHypervisor *h, const VirQemuMachine **ret_m,
                                  VirQemuAccel *ret_accel, GError **err);
/* virConnectCompareCPU (@hypervisor NULL: with the host's own CPU) and virConnectCompareHypervisorCPU (with what
 * host-model gives its guests). Returns: virCPUCompareResult; VIR_CPU_COMPARE_ERROR with @err set. */
int vir_qemu_compare_cpu(const VirQemuDocuments *docs, const VirQemuHypervisor *hypervisor, const char *xml, guint flags,
                         GError **err);
/* virConnectBaselineCPU and virConnectBaselineHypervisorCPU. Returns: caller frees. */
char *vir_qemu_baseline_cpu(const VirQemuDocuments *docs, const VirQemuHypervisor *hypervisor, const char *const *xmls,
                            guint n, guint flags, GError **err);

/* What a document without <emulator>, or with it, gets: the caps of @emulator or of the binary for @arch. Returns: a
 * reference. VIR_ERR_CONFIG_UNSUPPORTED when there is none for @arch. */
VirQemuCaps *vir_qemu_caps_for(VirQemuCapsCache *cache, const VirHost *host, const char *emulator, const char *arch,
                               GError **err);
/* virConnectGetMaxVcpus of a virt type ("kvm"; "qemu" or NULL). -1 with @err set. */
int vir_qemu_max_vcpus(const VirQemuDocuments *docs, const char *virt_type, GError **err);

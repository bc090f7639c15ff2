/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one QEMU binary can do, asked over QMP and kept on disk. A VirQemuCaps is immutable and refcounted; any thread.
 * The cache asks a binary when it is first needed: vir_qemu_caps_get is slow then (a fraction of a second, at most the
 * probe's deadline) and blocks its thread, so it is for pool threads; vir_qemu_caps_peek never blocks.
 */
#pragma once

#include <sys/types.h>

#include "util/host.h"
#include "util/json.h"
#include "util/object.h"
#include "virtqemud/caps/caps-table.h"

typedef struct VirQemuCaps VirQemuCaps;
VIR_OBJECT_AUTOPTR(VirQemuCaps)
typedef struct VirQemuCapsCache VirQemuCapsCache;
VIR_OBJECT_AUTOPTR(VirQemuCapsCache)

typedef enum { VIR_QEMU_ACCEL_TCG, VIR_QEMU_ACCEL_KVM, VIR_QEMU_ACCEL_LAST } VirQemuAccel;

typedef struct {
    char *name;              /* versioned: pc-q35-7.2 */
    char *alias;             /* q35; NULL */
    char *default_cpu;       /* QOM type; NULL */
    char *default_ram_id;    /* pc.ram; NULL: has no memory-backend */
    guint cpu_max;
    gboolean is_default, hotpluggable_cpus, numa_mem_supported, deprecated, acpi;
} VirQemuMachine;

typedef struct {
    char *name;
    char *type;              /* QOM type */
    char *blockers;          /* features the accelerator lacks, with commas; "" when usable; NULL: not known */
    gboolean deprecated;
} VirQemuCpuModel;

typedef struct {
    int version;             /* 2 or 3 */
    gboolean kernel_irqchip, emulated;
} VirQemuGic;

typedef struct {
    char *pdh, *cert_chain, *cpu0_id;
    guint cbitpos, reduced_phys_bits;
} VirQemuSev;

const char *vir_qemu_caps_binary(const VirQemuCaps *caps);
const char *vir_qemu_caps_arch(const VirQemuCaps *caps);        /* "x86_64", "i686", "aarch64": as documents write it */
guint vir_qemu_caps_version(const VirQemuCaps *caps);           /* major * 1000000 + minor * 1000 + micro */
const char *vir_qemu_caps_package(const VirQemuCaps *caps);
gboolean vir_qemu_caps_has(const VirQemuCaps *caps, VirQemuCap cap);
gboolean vir_qemu_caps_has_accel(const VirQemuCaps *caps, VirQemuAccel accel);
/* Why KVM cannot be used: QEMU's own words; NULL when it can. */
const char *vir_qemu_caps_kvm_error(const VirQemuCaps *caps);

gsize vir_qemu_caps_n_machines(const VirQemuCaps *caps);
const VirQemuMachine *vir_qemu_caps_machine_at(const VirQemuCaps *caps, gsize i);
/* By name or alias; NULL @name: the default machine. NULL: no such machine (or no default). */
const VirQemuMachine *vir_qemu_caps_machine(const VirQemuCaps *caps, const char *name);
/* The versioned name of @name; @name itself when it is unknown. */
const char *vir_qemu_caps_canonical_machine(const VirQemuCaps *caps, const char *name);

gsize vir_qemu_caps_n_cpus(const VirQemuCaps *caps, VirQemuAccel accel);
const VirQemuCpuModel *vir_qemu_caps_cpu_at(const VirQemuCaps *caps, VirQemuAccel accel, gsize i);
const VirQemuCpuModel *vir_qemu_caps_cpu(const VirQemuCaps *caps, VirQemuAccel accel, const char *name);
/* QEMU's own expansion of the best CPU of @accel: "property=value" each, sorted, NULL-terminated; booleans are "on", those
 * that are off are left out. NULL: QEMU cannot say. */
const char *const *vir_qemu_caps_host_cpu(const VirQemuCaps *caps, VirQemuAccel accel);
/* The properties among them that a migratable guest does not get. */
const char *const *vir_qemu_caps_host_cpu_unmigratable(const VirQemuCaps *caps, VirQemuAccel accel);
/* Hyper-V enlightenments the host offers to KVM guests: "hv-relaxed", ... NULL-terminated. */
const char *const *vir_qemu_caps_hyperv(const VirQemuCaps *caps);
gsize vir_qemu_caps_n_gics(const VirQemuCaps *caps);
const VirQemuGic *vir_qemu_caps_gic_at(const VirQemuCaps *caps, gsize i);
const VirQemuSev *vir_qemu_caps_sev(const VirQemuCaps *caps);   /* NULL: none */

/* ---- the cache ---- */

typedef struct {
    VirHost *host;           /* borrowed */
    const char *cache_dir;   /* of libvirt: files go to DIR/qemu/capabilities; NULL: kept in memory only */
    uid_t uid;               /* QEMU's; (uid_t)-1: this process's */
    gid_t gid;
    gint64 deadline_ms;      /* of a probe; 0: 30 s */
} VirQemuCapsConfig;

/* Touches no file and starts nothing. Returns: one reference. */
VirQemuCapsCache *vir_qemu_caps_cache_new(const VirQemuCapsConfig *config);
/* Probed, read from disk or from memory when the binary, its modules and what KVM needs are unchanged. Callers of one
 * binary share one probe. Returns: a reference; NULL with @err set. */
VirQemuCaps *vir_qemu_caps_get(VirQemuCapsCache *cache, const char *binary, GError **err);
/* Only from memory, without looking whether it changed; NULL. */
VirQemuCaps *vir_qemu_caps_peek(VirQemuCapsCache *cache, const char *binary);
/* All binaries of @binaries in parallel. Returns: array of VirQemuCaps references in the same order, with NULL where
 * one failed (then the first error is in *first_err, which may be NULL). */
GPtrArray *vir_qemu_caps_get_all(VirQemuCapsCache *cache, const char *const *binaries, GError **first_err);

/* ---- emulators ---- */

/* The binary for guests of @arch ("x86_64"): qemu-system-ARCH in PATH, then distribution names of the host's own
 * arch. Returns: caller frees; NULL: none. */
char *vir_qemu_emulator_find(const VirHost *host, const char *arch);
/* All installed, as arch names in our order. Returns: caller frees (g_strfreev). */
char **vir_qemu_emulator_archs(const VirHost *host);
/* This machine's arch name. Static. */
const char *vir_qemu_host_arch(void);
guint vir_qemu_arch_wordsize(const char *arch);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The inside of VirQemuCaps, for the files that make one: probe, store. It changes only before it is shared.
 */
#pragma once

#include "util/bitmap.h"
#include "virtqemud/caps/caps.h"

typedef struct {
    gboolean present;
    GArray *cpus;            /* VirQemuCpuModel, QEMU's order */
    char **host_cpu;         /* "property=value", sorted; NULL */
    char **unmigratable;     /* names among them that live migration loses; NULL */
} VirQemuAccelCaps;

struct VirQemuCaps {
    VirObject parent;
    char *binary, *arch, *package;
    guint version;
    char *kvm_error;
    VirBitmap *flags;        /* VirQemuCap */
    GArray *machines;        /* VirQemuMachine */
    VirQemuAccelCaps accel[VIR_QEMU_ACCEL_LAST];
    char **hyperv;
    GArray *gics;            /* VirQemuGic */
    VirQemuSev *sev;
};

VirQemuCaps *vir_qemu_caps_new(const char *binary);

/* Asks the binary itself; see caps-probe.c. Blocks up to @deadline_ms. */
VirQemuCaps *vir_qemu_caps_probe(VirHost *host, const char *binary, uid_t uid, gid_t gid, gint64 deadline_ms,
                                 GError **err);

/* What the answer of @binary depends on, as lines of text. NULL with VIR_ERR_SYSTEM_ERROR when it cannot be looked at
 * or executed. Returns: caller frees. */
char *vir_qemu_caps_key(VirHost *host, const char *binary, uid_t uid, GError **err);
/* @dir is made when it is not there. Failures are the caller's to log: the cache is only a help. */
gboolean vir_qemu_caps_save(const VirQemuCaps *caps, const char *dir, const char *key, GError **err);
/* NULL when there is no file, or one that does not fit @key or cannot be understood. */
VirQemuCaps *vir_qemu_caps_load(const char *dir, const char *binary, const char *key);

/* The arch of a binary's file name: "qemu-system-i386" -> "i686". NULL: not one of ours. */
const char *vir_qemu_emulator_arch(const char *binary);
/* The name of @arch in QEMU's file names ("i686" -> "i386"). */
const char *vir_qemu_emulator_target(const char *arch);
gboolean vir_qemu_emulator_can_kvm(const char *arch);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The named CPU models of x86, read at run time from the distribution's cpu_map (/usr/share/libvirt/cpu_map), and the
 * choice of a name for a set of features. A map is immutable after loading; any thread.
 */
#pragma once

#include "util/bitmap.h"
#include "util/host.h"
#include "util/object.h"

#define VIR_CPU_MAP_DIR "/usr/share/libvirt/cpu_map"

typedef struct VirCpuMap VirCpuMap;
VIR_OBJECT_AUTOPTR(VirCpuMap)

/* Returns: one reference; NULL with @err set (VIR_ERR_INTERNAL_ERROR naming the file) when it is missing or broken. */
VirCpuMap *vir_cpu_map_load(const VirHost *host, GError **err);

/* A feature is its index, below vir_cpu_map_n_features. */
guint vir_cpu_map_n_features(const VirCpuMap *map);
const char *vir_cpu_map_feature_name(const VirCpuMap *map, guint feature);
/* By the name documents use, or by QEMU's or Linux' own; -1: unknown. */
int vir_cpu_map_feature(const VirCpuMap *map, const char *name);
/* FALSE for features that bind a guest to its host (invtsc). */
gboolean vir_cpu_map_feature_is_migratable(const VirCpuMap *map, guint feature);

/* It is told by a model specific register, not by CPUID. */
gboolean vir_cpu_map_feature_is_msr(const VirCpuMap *map, guint feature);

/* One place of CPUID ({leaf, subleaf} -> eax, ebx, ecx, edx) or a model specific register (eax, edx). */
typedef struct {
    gboolean msr;
    guint32 leaf, sub;       /* sub is 0 for MSRs */
    guint32 regs[4];         /* a b c d */
} VirCpuWords;
/* Asked for each place a feature of the map needs; FALSE: not there. */
typedef gboolean (*VirCpuRead)(VirCpuWords *words, gpointer data);
VirBitmap *vir_cpu_map_read(const VirCpuMap *map, VirCpuRead read, gpointer data);

/* Models of ppc64 hosts: only their names are of use. Returns: caller g_strfreev; NULL with @err set. */
char **vir_cpu_map_ppc64_models(const VirHost *host, GError **err);

typedef struct {
    const char *vendor;      /* name as documents write it ("AMD"); NULL: not known, all models fit */
    guint family, model, stepping;   /* family 0: not known */
    VirBitmap *features;
} VirCpuFacts;

/* The vendor's name ("AMD") for CPUID's text ("AuthenticAMD"); NULL: none we know. Static as the map. */
const char *vir_cpu_map_vendor(const VirCpuMap *map, const char *cpuid_text);

/* How a CPU is written down: a model and how it differs. */
typedef struct {
    const char *model, *vendor;      /* of the map; vendor NULL: none */
    VirBitmap *more, *less;          /* features beyond, and missing from, the model */
} VirCpuName;
void vir_cpu_name_clear(VirCpuName *name);

/* FALSE: @model is not to be chosen. May add to @blocked the features that this hypervisor's form of the model has and
 * that cannot be had here; they count as missing. */
typedef gboolean (*VirCpuModelFilter)(const VirCpuMap *map, const char *model, VirBitmap *blocked, gpointer data);
/* The model that needs the fewest differences; one of the same signature is preferred. @guest: features may also be
 * missing. @filter NULL: all. FALSE when none fits. */
gboolean vir_cpu_map_name(const VirCpuMap *map, const VirCpuFacts *facts, gboolean guest, VirCpuModelFilter filter,
                          gpointer data, VirCpuName *ret);

/* Models in the map's order. */
guint vir_cpu_map_n_models(const VirCpuMap *map);
const char *vir_cpu_map_model_name(const VirCpuMap *map, guint i);
/* -1: unknown. */
int vir_cpu_map_model(const VirCpuMap *map, const char *name);
const char *vir_cpu_map_model_vendor(const VirCpuMap *map, guint i);   /* NULL: any */
const VirBitmap *vir_cpu_map_model_features(const VirCpuMap *map, guint i);

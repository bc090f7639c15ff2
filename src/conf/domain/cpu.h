/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The guest CPU and its NUMA topology. Plain data.
 */
#pragma once

#include "util/bitmap.h"
#include "util/xmltab.h"

#define CPU_MODE_VALUES(V) V(CPU_MODE_CUSTOM, "custom") V(CPU_MODE_HOST_MODEL, "host-model") \
    V(CPU_MODE_HOST_PASSTHROUGH, "host-passthrough") V(CPU_MODE_MAXIMUM, "maximum")
VIR_XML_ENUM(CpuMode, cpu_mode, CPU_MODE_NONE, CPU_MODE_VALUES)
#define CPU_MATCH_VALUES(V) V(CPU_MATCH_MINIMUM, "minimum") V(CPU_MATCH_EXACT, "exact") V(CPU_MATCH_STRICT, "strict")
VIR_XML_ENUM(CpuMatch, cpu_match, CPU_MATCH_NONE, CPU_MATCH_VALUES)
#define CPU_CHECK_VALUES(V) V(CPU_CHECK_NOTHING, "none") V(CPU_CHECK_PARTIAL, "partial") V(CPU_CHECK_FULL, "full")
VIR_XML_ENUM(CpuCheck, cpu_check, CPU_CHECK_NONE, CPU_CHECK_VALUES)
#define CPU_FALLBACK_VALUES(V) V(CPU_FALLBACK_ALLOW, "allow") V(CPU_FALLBACK_FORBID, "forbid")
VIR_XML_ENUM(CpuFallback, cpu_fallback, CPU_FALLBACK_NONE, CPU_FALLBACK_VALUES)
#define CPU_POLICY_VALUES(V) V(CPU_POLICY_FORCE, "force") V(CPU_POLICY_REQUIRE, "require") V(CPU_POLICY_OPTIONAL, "optional") \
    V(CPU_POLICY_DISABLE, "disable") V(CPU_POLICY_FORBID, "forbid")
VIR_XML_ENUM(CpuPolicy, cpu_policy, CPU_POLICY_NONE, CPU_POLICY_VALUES)
#define CPU_CACHE_VALUES(V) V(CPU_CACHE_EMULATE, "emulate") V(CPU_CACHE_PASSTHROUGH, "passthrough") V(CPU_CACHE_DISABLE, "disable")
VIR_XML_ENUM(CpuCacheMode, cpu_cache_mode, CPU_CACHE_NONE, CPU_CACHE_VALUES)
#define CPU_ADDR_VALUES(V) V(CPU_ADDR_EMULATE, "emulate") V(CPU_ADDR_PASSTHROUGH, "passthrough")
VIR_XML_ENUM(CpuAddrMode, cpu_addr_mode, CPU_ADDR_NONE, CPU_ADDR_VALUES)
#define NUMA_ACCESS_VALUES(V) V(NUMA_ACCESS_SHARED, "shared") V(NUMA_ACCESS_PRIVATE, "private")
VIR_XML_ENUM(NumaAccess, numa_access, NUMA_ACCESS_NONE, NUMA_ACCESS_VALUES)
#define NUMA_ASSOC_VALUES(V) V(NUMA_ASSOC_NOTHING, "none") V(NUMA_ASSOC_DIRECT, "direct") V(NUMA_ASSOC_FULL, "full")
VIR_XML_ENUM(NumaCacheAssoc, numa_cache_assoc, NUMA_ASSOC_NONE, NUMA_ASSOC_VALUES)
#define NUMA_CACHE_VALUES(V) V(NUMA_CACHE_NOTHING, "none") V(NUMA_CACHE_WRITEBACK, "writeback") V(NUMA_CACHE_WRITETHROUGH, "writethrough")
VIR_XML_ENUM(NumaCachePolicy, numa_cache_policy, NUMA_CACHE_NONE, NUMA_CACHE_VALUES)
#define NUMA_ACCESS_TYPE_VALUES(V) V(NUMA_ACCESS_TYPE_ACCESS, "access") V(NUMA_ACCESS_TYPE_READ, "read") V(NUMA_ACCESS_TYPE_WRITE, "write")
VIR_XML_ENUM(NumaAccessType, numa_access_type, NUMA_ACCESS_TYPE_NONE, NUMA_ACCESS_TYPE_VALUES)

typedef struct { char *name; CpuPolicy policy; } CpuFeature;

typedef struct { guint id, value; } NumaDistance;
typedef struct {
    guint level;
    NumaCacheAssoc associativity;
    NumaCachePolicy policy;
    guint64 size, line;            /* KiB, bytes */
} NumaCache;

typedef struct {
    int id;                        /* -1: absent, the position counts */
    NumaAccess access;
    VirTristate discard;
    VirBitmap *cpus;               /* NULL: none */
    guint64 memory;                /* KiB */
    VIR_ARRAY(NumaDistance) distances;
    VIR_ARRAY(NumaCache) caches;
} NumaCell;

typedef struct {
    guint initiator, target, cache;   /* cache 0: absent */
    NumaAccessType type;
    guint64 value;                 /* latency: ns; bandwidth: KiB/s */
} NumaInterconnect;

typedef struct {
    VIR_ARRAY(NumaCell) cells;
    VIR_ARRAY(NumaInterconnect) latencies, bandwidths;
} Numa;

typedef struct {
    CpuMode mode;
    CpuMatch match;
    CpuCheck check;
    CpuFallback fallback;
    CpuCacheMode cache_mode;
    CpuAddrMode addr_mode;
    VirTristate migratable, deprecated_features;
    bool has_model;                /* <model> stood there, perhaps empty */
    int cache_level;               /* -1: absent */
    guint addr_bits, addr_limit;   /* 0: absent */
    char *model, *vendor, *vendor_id;
    guint sockets, dies, clusters, cores, threads;   /* 0: absent */
    VIR_ARRAY(CpuFeature) features;
    Numa *numa;
} CpuDef;

extern const VirXmlTable cpu_table;

CpuDef *cpu_def_new(CpuMode mode);
CpuDef *cpu_def_copy(const CpuDef *cpu);
void cpu_def_free(CpuDef *cpu);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CpuDef, cpu_def_free)
/* Returns: the feature, NULL when it is not listed. */
CpuFeature *cpu_def_find_feature(const CpuDef *cpu, const char *name);
/* Sets or changes its policy. */
void cpu_def_set_feature(CpuDef *cpu, const char *name, CpuPolicy policy);

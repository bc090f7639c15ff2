/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables of the guest CPU and its NUMA cells.
 */
#include "conf/domain/cpu.h"

#include <string.h>

#include "util/error.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(cpu_mode, CPU_MODE_VALUES)
VIR_XML_ENUM_IMPL(cpu_match, CPU_MATCH_VALUES)
VIR_XML_ENUM_IMPL(cpu_check, CPU_CHECK_VALUES)
VIR_XML_ENUM_IMPL(cpu_fallback, CPU_FALLBACK_VALUES)
VIR_XML_ENUM_IMPL(cpu_policy, CPU_POLICY_VALUES)
VIR_XML_ENUM_IMPL(cpu_cache_mode, CPU_CACHE_VALUES)
VIR_XML_ENUM_IMPL(cpu_addr_mode, CPU_ADDR_VALUES)
VIR_XML_ENUM_IMPL(numa_access, NUMA_ACCESS_VALUES)
VIR_XML_ENUM_IMPL(numa_cache_assoc, NUMA_ASSOC_VALUES)
VIR_XML_ENUM_IMPL(numa_cache_policy, NUMA_CACHE_VALUES)
VIR_XML_ENUM_IMPL(numa_access_type, NUMA_ACCESS_TYPE_VALUES)

#define XS CpuFeature
static const VirXmlRow feature_rows[] = {
    XA_ENUM("policy", policy, cpu_policy, .flags = XF_ABI),
    XA_STR("name", name, .flags = XF_REQUIRED | XF_ABI),
    X_END
};
#undef XS
static const VirXmlTable feature_table = { "feature", sizeof(CpuFeature), feature_rows };

#define XS NumaDistance
static const VirXmlRow distance_rows[] = {
    XA_UINT("id", id, .flags = XF_ALWAYS | XF_ABI),
    XA_UINT("value", value, .flags = XF_REQUIRED | XF_ABI),
    X_END
};
#undef XS
static const VirXmlTable distance_table = { "sibling", sizeof(NumaDistance), distance_rows };

static const VirXmlUnit line_unit = { "unit", "B", 1, 1, 1024 };

#define XS NumaCache
static const VirXmlRow cache_rows[] = {
    XA_UINT("level", level, .flags = XF_ALWAYS | XF_ABI),
    XA_ENUM("associativity", associativity, numa_cache_assoc, .flags = XF_ABI),
    XA_ENUM("policy", policy, numa_cache_policy, .flags = XF_ABI),
    XG("size", XA_SIZE("value", size, vir_xml_kib, .flags = XF_ABI)),
    XG("line", XA_SIZE("value", line, line_unit, .flags = XF_ABI)),
    X_END
};
#undef XS
static const VirXmlTable cache_table = { "cache", sizeof(NumaCache), cache_rows };

#define XS NumaCell
static const VirXmlRow cell_rows[] = {
    XA_INT("id", id, .flags = XF_ABI, .arg = -1),
    XA_CPUSET("cpus", cpus, .flags = XF_ABI),
    XA_SIZE("memory", memory, vir_xml_kib, .flags = XF_ALWAYS | XF_ABI),
    XA_ENUM("memAccess", access, numa_access),
    XA_YESNO("discard", discard),
    XG("distances", X_ARRAY("sibling", distances, NumaDistance, distance_table)),
    X_ARRAY("cache", caches, NumaCache, cache_table),
    X_END
};
#undef XS
static const VirXmlTable cell_table = { "cell", sizeof(NumaCell), cell_rows };

static const VirXmlUnit bandwidth_unit = { "unit", "KiB", 1024, 1024, 1024 };

#define XS NumaInterconnect
static const VirXmlRow latency_rows[] = {
    XA_UINT("initiator", initiator, .flags = XF_ALWAYS | XF_ABI),
    XA_UINT("target", target, .flags = XF_ALWAYS | XF_ABI),
    XA_UINT("cache", cache, .flags = XF_ABI),
    XA_ENUM("type", type, numa_access_type, .flags = XF_REQUIRED | XF_ABI),
    XA_U64("value", value, .flags = XF_ALWAYS | XF_ABI),
    X_END
};
static const VirXmlRow bandwidth_rows[] = {
    XA_UINT("initiator", initiator, .flags = XF_ALWAYS | XF_ABI),
    XA_UINT("target", target, .flags = XF_ALWAYS | XF_ABI),
    XA_UINT("cache", cache, .flags = XF_ABI),
    XA_ENUM("type", type, numa_access_type, .flags = XF_REQUIRED | XF_ABI),
    XA_SIZE("value", value, bandwidth_unit, .flags = XF_ALWAYS | XF_ABI),
    X_END
};
#undef XS
static const VirXmlTable latency_table = { "latency", sizeof(NumaInterconnect), latency_rows };
static const VirXmlTable bandwidth_table = { "bandwidth", sizeof(NumaInterconnect), bandwidth_rows };

#define XS Numa
static const VirXmlRow numa_rows[] = {
    X_ARRAY("cell", cells, NumaCell, cell_table, .flags = XF_ABI),
    XG("interconnects",
        X_ARRAY("latency", latencies, NumaInterconnect, latency_table, .flags = XF_ABI),
        X_ARRAY("bandwidth", bandwidths, NumaInterconnect, bandwidth_table, .flags = XF_ABI)),
    X_END
};
#undef XS
static const VirXmlTable numa_table = { "numa", sizeof(Numa), numa_rows };

#define XS CpuDef
static const VirXmlRow cpu_rows[] = {
    XA_ENUM("mode", mode, cpu_mode, .flags = XF_ABI),
    XA_ENUM("match", match, cpu_match),
    XA_ENUM("check", check, cpu_check),
    XA_ONOFF("migratable", migratable),
    XA_ONOFF("deprecated_features", deprecated_features, .since = 1100),
    XG_PRESENT("model", has_model,
        XA_ENUM("fallback", fallback, cpu_fallback),
        XA_STR("vendor_id", vendor_id, .flags = XF_ABI),
        XT_STR(model, .flags = XF_ABI)),
    XE_STR("vendor", vendor, .flags = XF_ABI),
    XG("topology",
        XA_UINT("sockets", sockets, .flags = XF_ABI),
        XA_UINT("dies", dies, .flags = XF_ABI),
        XA_UINT("clusters", clusters, .flags = XF_ABI, .since = 1001),
        XA_UINT("cores", cores, .flags = XF_ABI),
        XA_UINT("threads", threads, .flags = XF_ABI)),
    XG("cache",
        XA_INT("level", cache_level, .flags = XF_ABI, .arg = -1),
        XA_ENUM("mode", cache_mode, cpu_cache_mode, .flags = XF_ABI)),
    XG("maxphysaddr",
        XA_ENUM("mode", addr_mode, cpu_addr_mode, .flags = XF_ABI),
        XA_UINT("bits", addr_bits, .flags = XF_ABI),
        XA_UINT("limit", addr_limit, .flags = XF_ABI, .since = 903)),
    X_ARRAY("feature", features, CpuFeature, feature_table, .flags = XF_ABI),
    X_PTR("numa", numa, Numa, numa_table, .flags = XF_ABI),
    X_END
};
#undef XS
const VirXmlTable cpu_table = { "cpu", sizeof(CpuDef), cpu_rows };

CpuDef *cpu_def_new(CpuMode mode)
{
    CpuDef *cpu = vir_xml_new(&cpu_table);

    cpu->mode = mode;
    return cpu;
}

CpuDef *cpu_def_copy(const CpuDef *cpu)
{
    return vir_xml_copy(&cpu_table, cpu);
}

void cpu_def_free(CpuDef *cpu)
{
    vir_xml_free(&cpu_table, cpu);
}

CpuFeature *cpu_def_find_feature(const CpuDef *cpu, const char *name)
{
    for (guint i = 0; i < cpu->features.n; i++) {
        if (strcmp(cpu->features.v[i].name, name) == 0)
            return &cpu->features.v[i];
    }
    return NULL;
}

void cpu_def_set_feature(CpuDef *cpu, const char *name, CpuPolicy policy)
{
    CpuFeature *feature = cpu_def_find_feature(cpu, name);

    if (!feature) {
        feature = VIR_ARRAY_ADD(&cpu->features);
        feature->name = g_strdup(name);
    }
    feature->policy = policy;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables of placement and limits.
 */
#include "conf/domain/tune.h"

#include <libvirt/libvirt.h>

#include "util/error.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(domain_placement, DOMAIN_PLACEMENT_VALUES)
VIR_XML_ENUM_IMPL(domain_numatune_mode, DOMAIN_NUMATUNE_VALUES)
VIR_XML_ENUM_IMPL(domain_scheduler, DOMAIN_SCHED_VALUES)
VIR_XML_ENUM_IMPL(domain_backing_source, DOMAIN_BACKING_SOURCE_VALUES)
VIR_XML_ENUM_IMPL(domain_backing_access, DOMAIN_BACKING_ACCESS_VALUES)
VIR_XML_ENUM_IMPL(domain_allocation, DOMAIN_ALLOCATION_VALUES)
VIR_XML_ENUM_IMPL(domain_rescache, DOMAIN_RESCACHE_VALUES)

#define XS DomainHugepage
static const VirXmlRow page_rows[] = {
    XA_SIZE("size", size, vir_xml_kib, .flags = XF_REQUIRED | XF_ABI),
    XA_CPUSET("nodeset", nodeset, .flags = XF_ABI),
    X_END
};
#undef XS
static const VirXmlTable page_table = { "page", sizeof(DomainHugepage), page_rows };

#define XS DomainMemoryBacking
static const VirXmlRow backing_rows[] = {
    XG_PRESENT("hugepages", hugepages, X_ARRAY("page", pages, DomainHugepage, page_table, .flags = XF_ABI)),
    XE_PRESENT("nosharepages", nosharepages),
    XE_PRESENT("locked", locked),
    XG("source", XA_ENUM("type", source, domain_backing_source)),
    XG("access", XA_ENUM("mode", access, domain_backing_access)),
    XG("allocation",
        XA_ENUM("mode", allocation, domain_allocation),
        XA_UINT("threads", allocation_threads)),
    XE_PRESENT("discard", discard),
    X_END
};
#undef XS
const VirXmlTable domain_memory_backing_table = { "memoryBacking", sizeof(DomainMemoryBacking), backing_rows };

#define XS DomainMemtune
static const VirXmlRow memtune_rows[] = {
    XE_SIZE("hard_limit", hard_limit, vir_xml_kib, .arg = VIR_DOMAIN_MEMORY_PARAM_UNLIMITED),
    XE_SIZE("soft_limit", soft_limit, vir_xml_kib, .arg = VIR_DOMAIN_MEMORY_PARAM_UNLIMITED),
    XE_SIZE("min_guarantee", min_guarantee, vir_xml_kib, .arg = VIR_DOMAIN_MEMORY_PARAM_UNLIMITED),
    XE_SIZE("swap_hard_limit", swap_hard_limit, vir_xml_kib, .arg = VIR_DOMAIN_MEMORY_PARAM_UNLIMITED),
    X_END
};
#undef XS
const VirXmlTable domain_memtune_table = { "memtune", sizeof(DomainMemtune), memtune_rows };

#define XS DomainBlkioDevice
static const VirXmlRow blkio_device_rows[] = {
    XE_STR("path", path, .flags = XF_REQUIRED),
    XE_UINT("weight", weight),
    XE_UINT("read_iops_sec", read_iops),
    XE_UINT("write_iops_sec", write_iops),
    XE_U64("read_bytes_sec", read_bytes),
    XE_U64("write_bytes_sec", write_bytes),
    X_END
};
#undef XS
static const VirXmlTable blkio_device_table = { "device", sizeof(DomainBlkioDevice), blkio_device_rows };

#define XS DomainBlkiotune
static const VirXmlRow blkiotune_rows[] = {
    XE_UINT("weight", weight),
    X_ARRAY("device", devices, DomainBlkioDevice, blkio_device_table),
    X_END
};
#undef XS
const VirXmlTable domain_blkiotune_table = { "blkiotune", sizeof(DomainBlkiotune), blkiotune_rows };

#define XS DomainVcpu
static const VirXmlRow vcpu_rows[] = {
    XA_UINT("id", id, .flags = XF_ALWAYS),
    XA_YESNO("enabled", enabled, .flags = XF_REQUIRED),
    XA_YESNO("hotpluggable", hotpluggable),
    XA_UINT("order", order),
    X_END
};
#undef XS
const VirXmlTable domain_vcpu_table = { "vcpu", sizeof(DomainVcpu), vcpu_rows };

#define XS DomainIothread
static const VirXmlRow iothread_rows[] = {
    XA_UINT("id", id, .flags = XF_REQUIRED),
    XA_INT("thread_pool_min", thread_pool_min, .arg = -1),
    XA_INT("thread_pool_max", thread_pool_max, .arg = -1),
    XG_PRESENT("poll", has_poll,
        XA_S64("max", poll_max, .arg = -1),
        XA_S64("grow", poll_grow, .arg = -1),
        XA_S64("shrink", poll_shrink, .arg = -1),
        XA_INT("weight", poll_weight, .arg = -1)),
    X_END
};
#undef XS
const VirXmlTable domain_iothread_table = { "iothread", sizeof(DomainIothread), iothread_rows };

#define XS DomainDefaultIothread
static const VirXmlRow default_iothread_rows[] = {
    XA_INT("thread_pool_min", thread_pool_min, .arg = -1),
    XA_INT("thread_pool_max", thread_pool_max, .arg = -1),
    X_END
};
#undef XS
const VirXmlTable domain_default_iothread_table = { "defaultiothread", sizeof(DomainDefaultIothread), default_iothread_rows };

#define XS DomainPin
static const VirXmlRow vcpupin_rows[] = {
    XA_UINT("vcpu", id, .flags = XF_ALWAYS),
    XA_CPUSET("cpuset", cpuset, .flags = XF_REQUIRED),
    X_END
};
static const VirXmlRow iothreadpin_rows[] = {
    XA_UINT("iothread", id, .flags = XF_ALWAYS),
    XA_CPUSET("cpuset", cpuset, .flags = XF_REQUIRED),
    X_END
};
#undef XS
static const VirXmlTable vcpupin_table = { "vcpupin", sizeof(DomainPin), vcpupin_rows };
static const VirXmlTable iothreadpin_table = { "iothreadpin", sizeof(DomainPin), iothreadpin_rows };

#define XS DomainSched
#define SCHED \
    XA_ENUM("scheduler", scheduler, domain_scheduler, .flags = XF_REQUIRED), \
    XA_INT("priority", priority, .arg = -1)
static const VirXmlRow vcpusched_rows[] = { XA_CPUSET("vcpus", ids), SCHED, X_END };
static const VirXmlRow iothreadsched_rows[] = { XA_CPUSET("iothreads", ids), SCHED, X_END };
static const VirXmlRow emulatorsched_rows[] = { SCHED, X_END };
#undef XS
static const VirXmlTable vcpusched_table = { "vcpusched", sizeof(DomainSched), vcpusched_rows };
static const VirXmlTable iothreadsched_table = { "iothreadsched", sizeof(DomainSched), iothreadsched_rows };
static const VirXmlTable emulatorsched_table = { "emulatorsched", sizeof(DomainSched), emulatorsched_rows };

static const VirXmlUnit cache_unit = { "unit", NULL, 0, 1, 1024 };

#define XS DomainCacheTune
static const VirXmlRow cache_rows[] = {
    XA_UINT("id", id, .flags = XF_ALWAYS),
    XA_UINT("level", level, .flags = XF_ALWAYS),
    XA_ENUM("type", type, domain_rescache, .flags = XF_REQUIRED),
    XA_SIZE("size", size, cache_unit, .flags = XF_ALWAYS),
    X_END
};
#undef XS
static const VirXmlTable cache_table = { "cache", sizeof(DomainCacheTune), cache_rows };

#define XS DomainResMonitor
static const VirXmlRow monitor_rows[] = {
    XA_UINT("level", level),
    XA_CPUSET("vcpus", vcpus),
    X_END
};
#undef XS
static const VirXmlTable monitor_table = { "monitor", sizeof(DomainResMonitor), monitor_rows };

#define XS DomainMemoryTuneNode
static const VirXmlRow node_rows[] = {
    XA_UINT("id", id, .flags = XF_ALWAYS),
    XA_UINT("bandwidth", bandwidth, .flags = XF_REQUIRED),
    X_END
};
#undef XS
static const VirXmlTable node_table = { "node", sizeof(DomainMemoryTuneNode), node_rows };

#define XS DomainResTune
static const VirXmlRow restune_rows[] = {
    XA_CPUSET("vcpus", vcpus, .flags = XF_REQUIRED),
    XA_STR("id", id, .flags = XF_STATUS),
    X_ARRAY("cache", caches, DomainCacheTune, cache_table),
    X_ARRAY("node", nodes, DomainMemoryTuneNode, node_table),
    X_ARRAY("monitor", monitors, DomainResMonitor, monitor_table),
    X_END
};
#undef XS
static const VirXmlTable restune_table = { "cachetune", sizeof(DomainResTune), restune_rows };

#define XS DomainCputune
static const VirXmlRow cputune_rows[] = {
    XE_U64("shares", shares),
    XE_U64("period", period),
    XE_S64("quota", quota),
    XE_U64("global_period", global_period),
    XE_S64("global_quota", global_quota),
    XE_U64("emulator_period", emulator_period),
    XE_S64("emulator_quota", emulator_quota),
    XE_U64("iothread_period", iothread_period),
    XE_S64("iothread_quota", iothread_quota),
    X_ARRAY("vcpupin", vcpupins, DomainPin, vcpupin_table),
    XG("emulatorpin", XA_CPUSET("cpuset", emulatorpin)),
    X_ARRAY("iothreadpin", iothreadpins, DomainPin, iothreadpin_table),
    X_ARRAY("vcpusched", vcpuscheds, DomainSched, vcpusched_table),
    X_ARRAY("iothreadsched", iothreadscheds, DomainSched, iothreadsched_table),
    X_PTR("emulatorsched", emulatorsched, DomainSched, emulatorsched_table),
    X_ARRAY("cachetune", cachetunes, DomainResTune, restune_table),
    X_ARRAY("memorytune", memorytunes, DomainResTune, restune_table),
    X_ARRAY("energytune", energytunes, DomainResTune, restune_table, .since = 1203),
    X_END
};
#undef XS
const VirXmlTable domain_cputune_table = { "cputune", sizeof(DomainCputune), cputune_rows };

#define XS DomainMemnode
static const VirXmlRow memnode_rows[] = {
    XA_UINT("cellid", cellid, .flags = XF_ALWAYS | XF_ABI),
    XA_ENUM("mode", mode, domain_numatune_mode, .flags = XF_ALWAYS, .arg = DOMAIN_NUMATUNE_STRICT),
    XA_CPUSET("nodeset", nodeset, .flags = XF_REQUIRED),
    X_END
};
#undef XS
static const VirXmlTable memnode_table = { "memnode", sizeof(DomainMemnode), memnode_rows };

#define XS DomainNumatune
static const VirXmlRow numatune_rows[] = {
    XG_PRESENT("memory", has_memory,
        XA_ENUM("mode", mode, domain_numatune_mode, .flags = XF_ALWAYS, .arg = DOMAIN_NUMATUNE_STRICT),
        XA_CPUSET("nodeset", nodeset),
        XA_ENUM("placement", placement, domain_placement)),
    X_ARRAY("memnode", memnodes, DomainMemnode, memnode_table),
    X_END
};
#undef XS

/* The schema knows nodes of our choice or of the system's; the reference drops the former in silence otherwise. */
static gboolean numatune_parsed(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err)
{
    const DomainNumatune *tune = obj;

    if (parse->flags & VIR_XML_STRICT && tune->placement == DOMAIN_PLACEMENT_AUTO && tune->nodeset)
        return vir_xml_fail(parse, node, NULL, VIR_ERR_XML_ERROR, err, "placement 'auto' leaves no room for a nodeset");
    return TRUE;
}
const VirXmlTable domain_numatune_table = { "numatune", sizeof(DomainNumatune), numatune_rows, numatune_parsed };

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * This machine and what QEMU can do on it: from src/hv/host and caps/.
 */
#include <string.h>

#include "daemon/base-calls.h"
#include "api/feature-numbers.h"
#include "virtqemud/caps/documents.h"
#include "virtqemud/methods-node.h"
#include "virtqemud/view.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

gboolean qemu_connect_get_type(VirInvocation *inv, VirEntry *obj, const void *args, remote_connect_get_type_ret *ret,
                               GError **err)
{
    ret->type = g_strdup("QEMU");
    return TRUE;
}

gboolean qemu_connect_supports_feature(VirInvocation *inv, VirEntry *obj,
                                       const remote_connect_supports_feature_args *args,
                                       remote_connect_supports_feature_ret *ret, GError **err)
{
    if (!vir_base_connect_supports_feature(inv, obj, args, ret, err))
        return FALSE;
    if (args->feature == VIR_DRV_FEATURE_XML_MIGRATABLE)
        ret->supported = 1;
    return TRUE;
}

/* ---- documents ---- */

/* Borrows from @qemu and @conf. */
static VirQemuDocuments documents(QemuDriver *qemu, const QemuConf *conf)
{
    return (VirQemuDocuments){ .facts = qemu_facts(qemu), .caps = qemu->caps, .security = qemu->security,
                               .firmware = qemu->firmware, .nvram = (const char *const *)conf->nvram };
}

gboolean qemu_connect_get_version(VirInvocation *inv, VirEntry *obj, const void *args,
                                  remote_connect_get_version_ret *ret, GError **err)
{
    g_autoptr(QemuConf) conf = qemu_driver_conf(qemu_of(inv));
    VirQemuDocuments docs = documents(qemu_of(inv), conf);
    gulong version;
    if (!vir_qemu_version(&docs, &version, err))
        return FALSE;
    ret->hv_ver = version;
    return TRUE;
}

gboolean qemu_connect_get_max_vcpus(VirInvocation *inv, VirEntry *obj, const remote_connect_get_max_vcpus_args *args,
                                    remote_connect_get_max_vcpus_ret *ret, GError **err)
{
    g_autoptr(QemuConf) conf = qemu_driver_conf(qemu_of(inv));
    VirQemuDocuments docs = documents(qemu_of(inv), conf);
    ret->max_vcpus = vir_qemu_max_vcpus(&docs, args->type, err);
    return ret->max_vcpus >= 0;
}

gboolean qemu_connect_get_capabilities(VirInvocation *inv, VirEntry *obj, const void *args,
                                       remote_connect_get_capabilities_ret *ret, GError **err)
{
    QemuDriver *qemu = qemu_of(inv);
    g_autoptr(QemuConf) conf = qemu_driver_conf(qemu);
    VirQemuDocuments docs = documents(qemu, conf);
    guint8 uuid[16];
    if (!vir_host_uuid(docs.facts, NULL, NULL, uuid, err))
        return FALSE;
    ret->capabilities = vir_qemu_capabilities_xml(&docs, uuid, err);
    return ret->capabilities != NULL;
}

gboolean qemu_connect_get_domain_capabilities(VirInvocation *inv, VirEntry *obj,
                                              const remote_connect_get_domain_capabilities_args *args,
                                              remote_connect_get_domain_capabilities_ret *ret, GError **err)
{
    g_autoptr(QemuConf) conf = qemu_driver_conf(qemu_of(inv));
    VirQemuDocuments docs = documents(qemu_of(inv), conf);
    if (args->virttype && vir_enum_from_string(&domain_virt_type_enum, args->virttype) <= 0)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "unknown virttype: %s", args->virttype);
    if (args->arch && vir_enum_from_string(&domain_arch_enum, args->arch) <= 0)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "unknown architecture: %s", args->arch);
    ret->capabilities = vir_qemu_domain_capabilities_xml(&docs, args->emulatorbin, args->arch, args->machine,
                                                         args->virttype, err);
    return ret->capabilities != NULL;
}

gboolean qemu_connect_get_cpu_model_names(VirInvocation *inv, VirEntry *obj,
                                          const remote_connect_get_cpu_model_names_args *args,
                                          remote_connect_get_cpu_model_names_ret *ret, GError **err)
{
    g_autoptr(QemuConf) conf = qemu_driver_conf(qemu_of(inv));
    VirQemuDocuments docs = documents(qemu_of(inv), conf);
    g_auto(GStrv) names = vir_qemu_cpu_model_names(&docs, args->arch, err);
    if (!names)
        return FALSE;
    guint n = g_strv_length(names);
    ret->ret = (gint32)n;
    if (args->need_results) {
        ret->models.val = g_steal_pointer(&names);
        ret->models.len = n;
    }
    return TRUE;
}

/* ---- CPUs and memory ---- */

gboolean qemu_node_get_info(VirInvocation *inv, VirEntry *obj, const void *args, remote_node_get_info_ret *ret,
                            GError **err)
{
    QemuDriver *qemu = qemu_of(inv);
    g_autoptr(VirHostTopology) topology = vir_host_facts_topology(qemu_facts(qemu), err);
    virNodeInfo info;
    if (!topology || !vir_host_node_info(qemu->host, topology, &info, err))
        return FALSE;
    memcpy(ret->model, info.model, MIN(sizeof(ret->model), sizeof(info.model)));
    ret->memory = info.memory;
    ret->cpus = (gint32)info.cpus;
    ret->mhz = (gint32)info.mhz;
    ret->nodes = (gint32)info.nodes;
    ret->sockets = (gint32)info.sockets;
    ret->cores = (gint32)info.cores;
    ret->threads = (gint32)info.threads;
    return TRUE;
}

gboolean qemu_node_get_cpu_map(VirInvocation *inv, VirEntry *obj, const remote_node_get_cpu_map_args *args,
                               remote_node_get_cpu_map_ret *ret, GError **err)
{
    g_autoptr(VirHostTopology) topology = vir_host_facts_topology(qemu_facts(qemu_of(inv)), err);
    if (!topology)
        return FALSE;
    guint n = (guint)(vir_bitmap_last(topology->present) + 1);
    if (args->need_map) {
        ret->cpumap.len = (n + 7) / 8;
        ret->cpumap.val = g_malloc0(ret->cpumap.len);
        vir_bitmap_to_bytes(topology->online, ret->cpumap.val, ret->cpumap.len);
    }
    if (args->need_online)
        ret->online = vir_bitmap_count(topology->online);
    ret->ret = (gint32)n;
    return TRUE;
}

gboolean qemu_node_get_free_memory(VirInvocation *inv, VirEntry *obj, const void *args,
                                   remote_node_get_free_memory_ret *ret, GError **err)
{
    QemuDriver *qemu = qemu_of(inv);
    g_autoptr(VirHostTopology) topology = vir_host_facts_topology(qemu_facts(qemu), err);
    return topology && vir_host_free_memory(qemu->host, topology, &ret->freeMem, err);
}

gboolean qemu_node_get_cells_free_memory(VirInvocation *inv, VirEntry *obj,
                                         const remote_node_get_cells_free_memory_args *args,
                                         remote_node_get_cells_free_memory_ret *ret, GError **err)
{
    QemuDriver *qemu = qemu_of(inv);
    g_autoptr(VirHostTopology) topology = vir_host_facts_topology(qemu_facts(qemu), err);
    if (!topology)
        return FALSE;
    if (args->maxcells < 0 || args->maxcells > REMOTE_NODE_MAX_CELLS)
        return vir_fail(err, VIR_ERR_RPC, "maxcells %d is not in the range 0 to %d", args->maxcells,
                        REMOTE_NODE_MAX_CELLS);
    ret->cells.val = g_new0(guint64, (gsize)args->maxcells + 1);
    int n = vir_host_cells_free_memory(qemu->host, topology, args->startCell, args->maxcells, ret->cells.val, err);
    ret->cells.len = (guint)MAX(n, 0);
    return n >= 0;
}

gboolean qemu_node_get_cpu_stats(VirInvocation *inv, VirEntry *obj, const remote_node_get_cpu_stats_args *args,
                                 remote_node_get_cpu_stats_ret *ret, GError **err)
{
    g_autoptr(GArray) stats = vir_host_cpu_stats(qemu_of(inv)->host, args->cpuNum, err);
    if (!stats)
        return FALSE;
    ret->nparams = (gint32)stats->len;
    if (args->nparams == 0)
        return TRUE;
    guint n = MIN((guint)MAX(args->nparams, 0), stats->len);
    ret->params.val = g_new0(remote_node_get_cpu_stats, n);
    ret->params.len = n;
    for (guint i = 0; i < n; i++) {
        const virNodeCPUStats *stat = &g_array_index(stats, virNodeCPUStats, i);
        ret->params.val[i].field = g_strdup(stat->field);
        ret->params.val[i].value = stat->value;
    }
    return TRUE;
}

gboolean qemu_node_get_memory_stats(VirInvocation *inv, VirEntry *obj, const remote_node_get_memory_stats_args *args,
                                    remote_node_get_memory_stats_ret *ret, GError **err)
{
    g_autoptr(GArray) stats = vir_host_memory_stats(qemu_of(inv)->host, args->cellNum, err);
    if (!stats)
        return FALSE;
    ret->nparams = (gint32)stats->len;
    if (args->nparams == 0)
        return TRUE;
    guint n = MIN((guint)MAX(args->nparams, 0), stats->len);
    ret->params.val = g_new0(remote_node_get_memory_stats, n);
    ret->params.len = n;
    for (guint i = 0; i < n; i++) {
        const virNodeMemoryStats *stat = &g_array_index(stats, virNodeMemoryStats, i);
        ret->params.val[i].field = g_strdup(stat->field);
        ret->params.val[i].value = stat->value;
    }
    return TRUE;
}

gboolean qemu_node_get_free_pages(VirInvocation *inv, VirEntry *obj, const remote_node_get_free_pages_args *args,
                                  remote_node_get_free_pages_ret *ret, GError **err)
{
    QemuDriver *qemu = qemu_of(inv);
    g_autoptr(VirHostTopology) topology = vir_host_facts_topology(qemu_facts(qemu), err);
    if (!topology)
        return FALSE;
    if ((guint64)args->pages.len * args->cellCount > REMOTE_NODE_MAX_CELLS)
        return vir_fail(err, VIR_ERR_RPC, "%u page sizes of %u cells are more than the %d figures of a reply",
                        args->pages.len, args->cellCount, REMOTE_NODE_MAX_CELLS);
    ret->counts.val = g_new0(guint64, (gsize)args->pages.len * args->cellCount + 1);
    int n = vir_host_free_pages(qemu->host, topology, args->pages.val, args->pages.len, args->startCell,
                                args->cellCount, ret->counts.val, err);
    ret->counts.len = (guint)MAX(n, 0);
    return n >= 0;
}

gboolean qemu_node_get_security_model(VirInvocation *inv, VirEntry *obj, const void *args,
                                      remote_node_get_security_model_ret *ret, GError **err)
{
    const HvSecModel *models;
    guint n = hv_security_models(qemu_of(inv)->security, &models);
    const char *model = n ? models[0].model : "", *doi = n && models[0].doi ? models[0].doi : "";
    ret->model.val = g_strdup(model);
    ret->model.len = (guint)strlen(model) + 1;
    ret->doi.val = g_strdup(doi);
    ret->doi.len = (guint)strlen(doi) + 1;
    return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading limits and tuning: of the configuration from its document, of a running guest from its control groups.
 */
#include <sched.h>

#include "api/params.h"
#include "virtqemud/tunables.h"
#include "virtqemud/methods-tune.h"
#include "virtqemud/qmp/qmp-commands.h"
#include "virtqemud/readings.h"
#include "virtqemud/view.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define DEFAULT_PERIOD_US 100000

/* ---- the scheduler ---- */

gboolean qemu_domain_get_scheduler_type(VirInvocation *inv, VirEntry *obj,
                                        const remote_domain_get_scheduler_type_args *args,
                                        remote_domain_get_scheduler_type_ret *ret, GError **err)
{
    ret->type = g_strdup("posix");
    ret->nparams = 9;
    return TRUE;
}

static guint64 or_period(guint64 period, gboolean live)
{
    return period || !live ? period : DEFAULT_PERIOD_US;
}

static gint64 or_no_quota(gint64 quota, gboolean live)
{
    return quota || !live ? quota : -1;
}

static gboolean scheduler_params(VirInvocation *inv, VirEntry *obj, guint flags, VirParams *p, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    static const DomainCputune none;
    gboolean live;
    const DomainDef *def = qemu_view_affected(view, flags, &live, err);
    if (!def)
        return FALSE;
    const DomainCputune *tune = def->cputune ? def->cputune : &none;
    guint64 shares = tune->shares;
    if (live) {
        g_autoptr(HvPlacement) placement = qemu_view_placement(qemu_of(inv), view, NULL);
        HvTune now;
        hv_tune_init(&now);
        if (placement && hv_placement_has(placement, VIR_CGROUP_CPU) && hv_placement_get(placement, &now, err) &&
            now.cpu_shares != HV_TUNE_UNSET)
            shares = now.cpu_shares;
        else if (!placement || !hv_placement_has(placement, VIR_CGROUP_CPU))
            return vir_fail(err, VIR_ERR_OPERATION_INVALID, "cgroup CPU controller is not mounted");
    }
    vir_params_add_ullong(p, shares, VIR_DOMAIN_SCHEDULER_CPU_SHARES);
    vir_params_add_ullong(p, or_period(tune->period, live), VIR_DOMAIN_SCHEDULER_VCPU_PERIOD);
    vir_params_add_llong(p, or_no_quota(tune->quota, live), VIR_DOMAIN_SCHEDULER_VCPU_QUOTA);
    vir_params_add_ullong(p, or_period(tune->emulator_period, live), VIR_DOMAIN_SCHEDULER_EMULATOR_PERIOD);
    vir_params_add_llong(p, or_no_quota(tune->emulator_quota, live), VIR_DOMAIN_SCHEDULER_EMULATOR_QUOTA);
    vir_params_add_ullong(p, or_period(tune->global_period, live), VIR_DOMAIN_SCHEDULER_GLOBAL_PERIOD);
    vir_params_add_llong(p, or_no_quota(tune->global_quota, live), VIR_DOMAIN_SCHEDULER_GLOBAL_QUOTA);
    vir_params_add_ullong(p, or_period(tune->iothread_period, live), VIR_DOMAIN_SCHEDULER_IOTHREAD_PERIOD);
    vir_params_add_llong(p, or_no_quota(tune->iothread_quota, live), VIR_DOMAIN_SCHEDULER_IOTHREAD_QUOTA);
    return TRUE;
}

gboolean qemu_domain_get_scheduler_parameters(VirInvocation *inv, VirEntry *obj,
                                              const remote_domain_get_scheduler_parameters_args *args,
                                              remote_domain_get_scheduler_parameters_ret *ret, GError **err)
{
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    if (!scheduler_params(inv, obj, 0, &p, err))
        return FALSE;
    vir_params_limit(&p, args->nparams, 0);
    vir_params_move(&p, ret->params);
    return TRUE;
}

gboolean qemu_domain_get_scheduler_parameters_flags(VirInvocation *inv, VirEntry *obj,
                                                    const remote_domain_get_scheduler_parameters_flags_args *args,
                                                    remote_domain_get_scheduler_parameters_flags_ret *ret,
                                                    GError **err)
{
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    if (!scheduler_params(inv, obj, args->flags, &p, err))
        return FALSE;
    vir_params_limit(&p, args->nparams, args->flags);
    vir_params_move(&p, ret->params);
    return TRUE;
}

/* ---- memory ---- */

static guint64 or_unlimited(guint64 kib)
{
    return MIN(kib, VIR_DOMAIN_MEMORY_PARAM_UNLIMITED);
}

gboolean qemu_domain_get_memory_parameters(VirInvocation *inv, VirEntry *obj,
                                           const remote_domain_get_memory_parameters_args *args,
                                           remote_domain_get_memory_parameters_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    gboolean live;
    HvTune now;
    const DomainDef *def = qemu_view_affected(view, args->flags, &live, err);
    if (!def)
        return FALSE;
    hv_tune_init(&now);
    if (live) {
        g_autoptr(HvPlacement) placement = qemu_view_placement(qemu_of(inv), view, NULL);
        if (!placement || !hv_placement_has(placement, VIR_CGROUP_MEMORY))
            return vir_fail(err, VIR_ERR_OPERATION_INVALID, "cgroup memory controller is not mounted");
        if (!hv_placement_get(placement, &now, err))
            return FALSE;
    } else if (def->memtune) {
        now.mem_hard_kib = def->memtune->hard_limit;
        now.mem_soft_kib = def->memtune->soft_limit;
        now.mem_swap_hard_kib = def->memtune->swap_hard_limit;
    }
    vir_params_add_ullong(&p, or_unlimited(now.mem_hard_kib), VIR_DOMAIN_MEMORY_HARD_LIMIT);
    vir_params_add_ullong(&p, or_unlimited(now.mem_soft_kib), VIR_DOMAIN_MEMORY_SOFT_LIMIT);
    vir_params_add_ullong(&p, or_unlimited(now.mem_swap_hard_kib), VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT);
    vir_params_answer(&p, args->nparams, args->flags, ret);
    return TRUE;
}

gboolean qemu_domain_get_numa_parameters(VirInvocation *inv, VirEntry *obj,
                                         const remote_domain_get_numa_parameters_args *args,
                                         remote_domain_get_numa_parameters_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    const DomainDef *def = qemu_view_affected(view, args->flags, NULL, err);
    if (!def)
        return FALSE;
    const DomainNumatune *numa = def->numatune;
    g_autofree char *nodes = numa && numa->nodeset ? vir_bitmap_format(numa->nodeset) : g_strdup("");
    /* The document's enum has "absent" before the API's values. */
    vir_params_add_int(&p, numa && numa->mode ? (int)numa->mode - 1 : VIR_DOMAIN_NUMATUNE_MEM_STRICT,
                       VIR_DOMAIN_NUMA_MODE);
    vir_params_add_string(&p, nodes, VIR_DOMAIN_NUMA_NODESET);
    vir_params_answer(&p, args->nparams, args->flags, ret);
    return TRUE;
}

/* ---- block I/O by host device ---- */

#define ROW(param, what, wide, field) { param, what, wide, G_STRUCT_OFFSET(DomainBlkioDevice, field) }
const QemuBlkioRow qemu_blkio_rows[] = {
    ROW(VIR_DOMAIN_BLKIO_DEVICE_WEIGHT, "weight", FALSE, weight),
    ROW(VIR_DOMAIN_BLKIO_DEVICE_READ_IOPS, "read_iops", FALSE, read_iops),
    ROW(VIR_DOMAIN_BLKIO_DEVICE_WRITE_IOPS, "write_iops", FALSE, write_iops),
    ROW(VIR_DOMAIN_BLKIO_DEVICE_READ_BPS, "read_bps", TRUE, read_bytes),
    ROW(VIR_DOMAIN_BLKIO_DEVICE_WRITE_BPS, "write_bps", TRUE, write_bytes),
    { NULL, NULL, FALSE, 0 },
};
#undef ROW

/* "/dev/sda,100,/dev/sdb,200" */
static char *device_list(const DomainBlkiotune *tune, const QemuBlkioRow *row)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; tune && i < tune->devices.n; i++) {
        const char *at = (const char *)&tune->devices.v[i] + row->at;
        guint64 value = row->wide ? *(const guint64 *)at : *(const guint *)at;
        if (value)
            g_string_append_printf(out, "%s%s,%" G_GUINT64_FORMAT, out->len ? "," : "", tune->devices.v[i].path, value);
    }
    return g_string_free(out, FALSE);
}

gboolean qemu_domain_get_blkio_parameters(VirInvocation *inv, VirEntry *obj,
                                          const remote_domain_get_blkio_parameters_args *args,
                                          remote_domain_get_blkio_parameters_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    gboolean live;
    const DomainDef *def = qemu_view_affected(view, args->flags, &live, err);
    if (!def)
        return FALSE;
    guint64 weight = def->blkiotune ? def->blkiotune->weight : 0;
    if (live) {
        g_autoptr(HvPlacement) placement = qemu_view_placement(qemu_of(inv), view, NULL);
        HvTune now;
        hv_tune_init(&now);
        if (!placement || !hv_placement_has(placement, VIR_CGROUP_BLKIO))
            return vir_fail(err, VIR_ERR_OPERATION_INVALID, "blkio cgroup isn't mounted");
        if (!hv_placement_get(placement, &now, err))
            return FALSE;
        weight = now.blkio_weight == HV_TUNE_UNSET ? 0 : now.blkio_weight;
    }
    vir_params_add_uint(&p, (guint)weight, VIR_DOMAIN_BLKIO_WEIGHT);
    for (const QemuBlkioRow *row = qemu_blkio_rows; row->param; row++) {
        g_autofree char *list = device_list(def->blkiotune, row);
        vir_params_add_string(&p, list, "%s", row->param);
    }
    vir_params_answer(&p, args->nparams, args->flags, ret);
    return TRUE;
}

/* ---- block I/O of one disk ---- */

/* Parameter, QEMU's member in query-block, place in the document; in the order the API answers. */
const QemuIoTuneRow qemu_iotune_rows[] = {
#define ROW(name, member, field) { name, member, FALSE, FALSE, G_STRUCT_OFFSET(DomainIoTune, field) }
#define BASE(name, member, field) { name, member, TRUE, FALSE, G_STRUCT_OFFSET(DomainIoTune, field) }
    BASE(VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC, "bps", total_bytes_sec),
    BASE(VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC, "bps_rd", read_bytes_sec),
    BASE(VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC, "bps_wr", write_bytes_sec),
    BASE(VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC, "iops", total_iops_sec),
    BASE(VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC, "iops_rd", read_iops_sec),
    BASE(VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC, "iops_wr", write_iops_sec),
    ROW(VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC_MAX, "bps_max", total_bytes_sec_max),
    ROW(VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC_MAX, "bps_rd_max", read_bytes_sec_max),
    ROW(VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC_MAX, "bps_wr_max", write_bytes_sec_max),
    ROW(VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC_MAX, "iops_max", total_iops_sec_max),
    ROW(VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC_MAX, "iops_rd_max", read_iops_sec_max),
    ROW(VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC_MAX, "iops_wr_max", write_iops_sec_max),
    ROW(VIR_DOMAIN_BLOCK_IOTUNE_SIZE_IOPS_SEC, "iops_size", size_iops_sec),
    { VIR_DOMAIN_BLOCK_IOTUNE_GROUP_NAME, "group", FALSE, TRUE, G_STRUCT_OFFSET(DomainIoTune, group_name) },
    ROW(VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC_MAX_LENGTH, "bps_max_length", total_bytes_sec_max_length),
    ROW(VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC_MAX_LENGTH, "bps_rd_max_length", read_bytes_sec_max_length),
    ROW(VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC_MAX_LENGTH, "bps_wr_max_length", write_bytes_sec_max_length),
    ROW(VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC_MAX_LENGTH, "iops_max_length", total_iops_sec_max_length),
    ROW(VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC_MAX_LENGTH, "iops_rd_max_length", read_iops_sec_max_length),
    ROW(VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC_MAX_LENGTH, "iops_wr_max_length", write_iops_sec_max_length),
#undef ROW
#undef BASE
    { NULL, NULL, FALSE, FALSE, 0 },
};

static void iotune_of_def(const DomainIoTune *tune, VirParams *p)
{
    for (const QemuIoTuneRow *row = qemu_iotune_rows; row->param; row++) {
        if (row->is_text)
            vir_params_add_string(p, tune && tune->group_name ? tune->group_name : "", "%s", row->param);
        else
            vir_params_add_ullong(p, tune ? *(const guint64 *)((const char *)tune + row->at) : 0, "%s", row->param);
    }
}

/* Lengths that QEMU leaves out, where there is no burst, are 0 here. */
static gboolean iotune_of_qemu(VirInvocation *inv, QemuDomain *dom, const DomainDisk *disk, VirParams *p, GError **err)
{
    g_autoptr(VirJson) blocks = NULL;
    VirQmpWait wait = qemu_domain_wait(inv);
    if (!qemu_domain_need_monitor(dom, err) || !vir_qmp_call(dom->mon, "query-block", NULL, &wait, &blocks, err))
        return FALSE;
    VirJson *inserted;
    if (!qemu_disk_qdev(blocks, disk, &inserted, err))
        return FALSE;
    for (const QemuIoTuneRow *row = qemu_iotune_rows; row->param; row++) {
        if (row->is_text)
            vir_params_add_string(p, vir_json_str(inserted, row->member, ""), "%s", row->param);
        else
            vir_params_add_ullong(p, vir_json_uint64(inserted, row->member, 0), "%s", row->param);
    }
    return TRUE;
}

gboolean qemu_domain_get_block_io_tune(VirInvocation *inv, VirEntry *obj,
                                       const remote_domain_get_block_io_tune_args *args,
                                       remote_domain_get_block_io_tune_ret *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    gboolean live, config;
    if (!qemu_domain_affect(dom, args->flags, &live, &config, err))
        return FALSE;
    const DomainDisk *disk = qemu_def_disk(live ? dom->live->def : dom->config->def, args->disk ? args->disk : "");
    if (!disk)
        return vir_fail(err, VIR_ERR_INVALID_ARG,
                        live ? "disk '%s' not found in domain" : "disk '%s' was not found in the domain config",
                        args->disk ? args->disk : "");
    if (!live)
        iotune_of_def(disk->iotune, &p);
    else if (!iotune_of_qemu(inv, dom, disk, &p, err))
        return FALSE;
    vir_params_answer(&p, args->nparams, args->flags, ret);
    return TRUE;
}

/* ---- interfaces ---- */

gboolean qemu_domain_get_interface_parameters(VirInvocation *inv, VirEntry *obj,
                                              const remote_domain_get_interface_parameters_args *args,
                                              remote_domain_get_interface_parameters_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    static const NetBandwidth none;
    const DomainDef *def = qemu_view_affected(view, args->flags, NULL, err);
    const DomainNet *net = def ? qemu_def_net(def, args->device, err) : NULL;
    if (!net)
        return FALSE;
    const NetBandwidth *bw = net->bandwidth ? net->bandwidth : &none;
    vir_params_add_uint(&p, (guint)bw->in.average, VIR_DOMAIN_BANDWIDTH_IN_AVERAGE);
    vir_params_add_uint(&p, (guint)bw->in.peak, VIR_DOMAIN_BANDWIDTH_IN_PEAK);
    vir_params_add_uint(&p, (guint)bw->in.burst, VIR_DOMAIN_BANDWIDTH_IN_BURST);
    vir_params_add_uint(&p, (guint)bw->in.floor, VIR_DOMAIN_BANDWIDTH_IN_FLOOR);
    vir_params_add_uint(&p, (guint)bw->out.average, VIR_DOMAIN_BANDWIDTH_OUT_AVERAGE);
    vir_params_add_uint(&p, (guint)bw->out.peak, VIR_DOMAIN_BANDWIDTH_OUT_PEAK);
    vir_params_add_uint(&p, (guint)bw->out.burst, VIR_DOMAIN_BANDWIDTH_OUT_BURST);
    vir_params_answer(&p, args->nparams, args->flags, ret);
    return TRUE;
}

/* ---- perf ---- */

/* No event is counted for running guests. */
gboolean qemu_domain_get_perf_events(VirInvocation *inv, VirEntry *obj, const remote_domain_get_perf_events_args *args,
                                     remote_domain_get_perf_events_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    gboolean live;
    const DomainDef *def = qemu_view_affected(view, args->flags, &live, err);
    if (!def)
        return FALSE;
    for (guint i = 0; i < DOMAIN_PERF_EVENTS; i++)
        vir_params_add_bool(&p, !live && def->perf && def->perf->events[i] == VIR_TRISTATE_YES, "%s",
                            domain_perf_name(i));
    vir_params_move(&p, ret->params);
    return TRUE;
}

/* ---- I/O threads ---- */

static void add_iothread(remote_domain_get_iothread_info_ret *ret, guint id, const VirBitmap *cpus, guint n_bytes)
{
    remote_domain_iothread_info *info = &ret->info.val[ret->info.len++];
    info->iothread_id = id;
    info->cpumap.len = n_bytes;
    info->cpumap.val = g_malloc0(n_bytes);
    vir_bitmap_to_bytes(cpus, info->cpumap.val, n_bytes);
}

static const VirBitmap *iothread_pin(const DomainDef *def, guint id, const VirBitmap *all)
{
    for (guint i = 0; def->cputune && i < def->cputune->iothreadpins.n; i++) {
        if (def->cputune->iothreadpins.v[i].id == id)
            return def->cputune->iothreadpins.v[i].cpuset;
    }
    return def->cpuset ? def->cpuset : all;
}

gboolean qemu_domain_get_iothread_info(VirInvocation *inv, VirEntry *obj,
                                       const remote_domain_get_iothread_info_args *args,
                                       remote_domain_get_iothread_info_ret *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    gboolean live, config;
    if (!qemu_domain_affect(dom, args->flags, &live, &config, err))
        return FALSE;
    const DomainDef *def = live ? dom->live->def : dom->config->def;
    g_autoptr(VirBitmap) all = qemu_host_cpus(qemu_of(inv));
    guint n_bytes = (guint)(vir_bitmap_last(all) + 8) / 8;
    ret->info.val = g_new0(remote_domain_iothread_info, def->iothread_list.n + 1);
    for (guint i = 0; i < def->iothread_list.n; i++) {
        guint id = def->iothread_list.v[i].id;
        add_iothread(ret, id, iothread_pin(def, id, all), n_bytes);
    }
    ret->ret = ret->info.len;
    return TRUE;
}

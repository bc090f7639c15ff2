/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Changing a guest's memory: maximum, balloon, how often the balloon driver tells its figures, limits, NUMA nodes.
 */
#include "api/params.h"
#include "virtqemud/change.h"
#include "virtqemud/methods-tune.h"
#include "virtqemud/qmp/qmp-commands.h"
#include "virtqemud/view.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static gboolean has_balloon(const DomainDef *def)
{
    return def->memballoon && def->memballoon->model != DOMAIN_BALLOON_NOTHING && def->memballoon->info.alias;
}

static gboolean set_maximum(VirInvocation *inv, QemuDomain *dom, guint64 kib, guint flags, GError **err)
{
    g_auto(QemuChange) change = QEMU_CHANGE_INIT;
    if (!qemu_change_begin(&change, dom, flags, err))
        return FALSE;
    if (change.live)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "cannot resize the maximum memory on an active domain");
    DomainDef *def = change.config;
    if (def->cpu && def->cpu->numa && def->cpu->numa->cells.n)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID,
                        "initial memory size of a domain with NUMA nodes cannot be modified with this API");
    if (def->max_memory && kib > def->max_memory)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "cannot set memory higher than <maxMemory>, %" G_GUINT64_FORMAT " KiB",
                        def->max_memory);
    def->memory = kib;
    def->current_memory = MIN(def->current_memory ? def->current_memory : kib, kib);
    return qemu_change_end(&change, err);
}

static gboolean tell_balloon(VirInvocation *inv, QemuDomain *dom, guint64 kib, GError **err)
{
    static const char *const no_driver =
        "Unable to change memory of active domain without the balloon device and guest OS balloon driver";
    g_autoptr(GError) why = NULL;
    VirQmpWait wait = qemu_domain_wait(inv);
    if (!has_balloon(dom->live->def))
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "%s", no_driver);
    if (!qemu_domain_need_monitor(dom, err))
        return FALSE;
    if (vir_qmp_run(dom->mon, &wait, &why, "balloon", "U:value", kib * 1024, NULL))
        return TRUE;
    if (g_strcmp0(vir_qmp_error_class(why), "DeviceNotActive") == 0)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "%s", no_driver);
    g_propagate_error(err, g_steal_pointer(&why));
    return FALSE;
}

static gboolean set_memory(VirInvocation *inv, VirEntry *obj, guint64 kib, guint flags, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    g_auto(QemuChange) change = QEMU_CHANGE_INIT;
    if (!kib)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "memory must not be zero");
    if (flags & VIR_DOMAIN_MEM_MAXIMUM)
        return set_maximum(inv, dom, kib, flags, err);
    if (!qemu_change_begin(&change, dom, flags, err))
        return FALSE;
    if ((change.live && kib > change.live->memory) || (change.config && kib > change.config->memory))
        return vir_fail(err, VIR_ERR_INVALID_ARG, "cannot set memory higher than max memory");
    if (change.live && !tell_balloon(inv, dom, kib, err))
        return FALSE;
    /* What the guest has changes when its driver says so: BALLOON_CHANGE. */
    g_clear_pointer(&change.live, domain_def_free);
    if (!change.config)
        return TRUE;
    change.config->current_memory = kib;
    return qemu_change_end(&change, err);
}

gboolean qemu_domain_set_memory(VirInvocation *inv, VirEntry *obj, const remote_domain_set_memory_args *args, void *ret,
                                GError **err)
{
    return set_memory(inv, obj, args->memory, VIR_DOMAIN_AFFECT_LIVE, err);
}

gboolean qemu_domain_set_memory_flags(VirInvocation *inv, VirEntry *obj, const remote_domain_set_memory_flags_args *args,
                                      void *ret, GError **err)
{
    return set_memory(inv, obj, args->memory, args->flags, err);
}

gboolean qemu_domain_set_max_memory(VirInvocation *inv, VirEntry *obj, const remote_domain_set_max_memory_args *args,
                                    void *ret, GError **err)
{
    return set_memory(inv, obj, args->memory, VIR_DOMAIN_MEM_MAXIMUM, err);
}

static gboolean set_period(DomainDef *def, guint period, GError **err)
{
    if (!def->memballoon || def->memballoon->model == DOMAIN_BALLOON_NOTHING)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID,
                        "Memory balloon model must be virtio to set the collection period");
    def->memballoon->period = period;
    return TRUE;
}

gboolean qemu_domain_set_memory_stats_period(VirInvocation *inv, VirEntry *obj,
                                             const remote_domain_set_memory_stats_period_args *args, void *ret,
                                             GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    g_auto(QemuChange) change = QEMU_CHANGE_INIT;
    VirQmpWait wait = qemu_domain_wait(inv);
    if (args->period < 0)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "period must be zero or greater, not %d", args->period);
    guint period = (guint)args->period;
    if (!qemu_change_begin(&change, dom, args->flags, err) || (change.live && !set_period(change.live, period, err)) ||
        (change.config && !set_period(change.config, period, err)))
        return FALSE;
    if (change.live) {
        g_autofree char *path = g_strconcat("/machine/peripheral/", change.live->memballoon->info.alias, NULL);
        if (!qemu_domain_need_monitor(dom, err) ||
            !vir_qmp_run(dom->mon, &wait, err, "qom-set", "s:path", path, "s:property", "guest-stats-polling-interval",
                         "u:value", period, NULL))
            return FALSE;
    }
    return qemu_change_end(&change, err);
}

/* ---- limits of the control group ---- */

static const VirParamRow memory_rows[] = {
    { VIR_DOMAIN_MEMORY_HARD_LIMIT, VIR_TYPED_PARAM_ULLONG, 0, 0, 0 },
    { VIR_DOMAIN_MEMORY_SOFT_LIMIT, VIR_TYPED_PARAM_ULLONG, 0, 0, 0 },
    { VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT, VIR_TYPED_PARAM_ULLONG, 0, 0, 0 },
    { NULL, 0, 0, 0, 0 },
};

/* No limit is VIR_DOMAIN_MEMORY_PARAM_UNLIMITED, in the document too. */
static void note_limit(guint64 *to, guint64 kib)
{
    if (kib != HV_TUNE_UNSET)
        *to = MIN(kib, VIR_DOMAIN_MEMORY_PARAM_UNLIMITED);
}

static gboolean note_memory(DomainDef *def, const HvTune *tune, GError **err)
{
    if (!def->memtune)
        def->memtune = vir_xml_new(&domain_memtune_table);
    DomainMemtune *m = def->memtune;
    note_limit(&m->hard_limit, tune->mem_hard_kib);
    note_limit(&m->soft_limit, tune->mem_soft_kib);
    note_limit(&m->swap_hard_limit, tune->mem_swap_hard_kib);
    if (m->hard_limit > m->swap_hard_limit)
        return vir_fail_full(err, VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG,
                             "memory hard_limit tunable value must be lower than or equal to swap_hard_limit");
    return TRUE;
}

gboolean qemu_domain_set_memory_parameters(VirInvocation *inv, VirEntry *obj,
                                           const remote_domain_set_memory_parameters_args *args, void *ret,
                                           GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    g_auto(QemuChange) change = QEMU_CHANGE_INIT;
    HvTune tune;
    if (!vir_params_check(VIR_PARAMS(args->params), memory_rows, err) ||
        !qemu_change_begin(&change, dom, args->flags, err))
        return FALSE;
    hv_tune_init(&tune);
    vir_params_get_ullong(VIR_PARAMS(args->params), VIR_DOMAIN_MEMORY_HARD_LIMIT, &tune.mem_hard_kib);
    vir_params_get_ullong(VIR_PARAMS(args->params), VIR_DOMAIN_MEMORY_SOFT_LIMIT, &tune.mem_soft_kib);
    vir_params_get_ullong(VIR_PARAMS(args->params), VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT, &tune.mem_swap_hard_kib);
    if ((change.live && !note_memory(change.live, &tune, err)) ||
        (change.config && !note_memory(change.config, &tune, err)))
        return FALSE;
    if (change.live && (!dom->placement || !hv_placement_has(dom->placement, VIR_CGROUP_MEMORY)))
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "cgroup memory controller is not mounted");
    if (change.live && !hv_placement_set(dom->placement, &tune, err))
        return FALSE;
    return qemu_change_end(&change, err);
}

/* ---- NUMA nodes of the host ---- */

static const VirParamRow numa_rows[] = {
    { VIR_DOMAIN_NUMA_MODE, VIR_TYPED_PARAM_INT, 0, 0, 0 },
    { VIR_DOMAIN_NUMA_NODESET, VIR_TYPED_PARAM_STRING, 0, 0, 0 },
    { NULL, 0, 0, 0, 0 },
};

static void note_numa(DomainDef *def, int mode, const VirBitmap *nodes)
{
    if (!def->numatune)
        def->numatune = vir_xml_new(&domain_numatune_table);
    DomainNumatune *numa = def->numatune;
    numa->has_memory = true;
    /* The document's enum has "absent" before the API's values. */
    if (mode >= 0)
        numa->mode = (DomainNumatuneMode)(mode + 1);
    else if (!numa->mode)
        numa->mode = DOMAIN_NUMATUNE_STRICT;
    if (nodes) {
        vir_bitmap_free(numa->nodeset);
        numa->nodeset = vir_bitmap_copy(nodes);
        numa->placement = DOMAIN_PLACEMENT_STATIC;
    }
}

/* QEMU itself asked the kernel for the nodes of any mode but "restrictive", which only the groups know. */
static gboolean apply_numa(QemuDomain *dom, int mode, const VirBitmap *nodes, GError **err)
{
    const DomainDef *def = dom->live->def;
    DomainNumatuneMode now = def->numatune ? def->numatune->mode : DOMAIN_NUMATUNE_NONE;
    if (mode >= 0 && mode + 1 != (int)now)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "can't change numatune mode for running domain");
    if (!nodes)
        return TRUE;
    if (now != DOMAIN_NUMATUNE_NONE && now != DOMAIN_NUMATUNE_RESTRICTIVE)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID,
                        "change of nodeset for running domain requires restrictive numa mode");
    if (!dom->placement || !hv_placement_has(dom->placement, VIR_CGROUP_CPUSET))
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "cgroup cpuset controller is not mounted");
    if (!hv_placement_pin_thread(dom->placement, HV_THREAD_EMULATOR, 0, NULL, nodes, err))
        return FALSE;
    for (guint i = 0; i < dom->n_vcpus; i++) {
        if (dom->vcpu_tids[i] && !hv_placement_pin_thread(dom->placement, HV_THREAD_VCPU, i, NULL, nodes, err))
            return FALSE;
    }
    for (guint i = 0; i < def->iothread_list.n; i++) {
        if (!hv_placement_pin_thread(dom->placement, HV_THREAD_IOTHREAD, def->iothread_list.v[i].id, NULL, nodes, err))
            return FALSE;
    }
    return TRUE;
}

gboolean qemu_domain_set_numa_parameters(VirInvocation *inv, VirEntry *obj,
                                         const remote_domain_set_numa_parameters_args *args, void *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    g_auto(QemuChange) change = QEMU_CHANGE_INIT;
    g_autoptr(VirBitmap) nodes = NULL;
    const char *text;
    int mode = -1;
    if (!vir_params_check(VIR_PARAMS(args->params), numa_rows, err) ||
        !qemu_change_begin(&change, dom, args->flags, err))
        return FALSE;
    if (vir_params_get_int(VIR_PARAMS(args->params), VIR_DOMAIN_NUMA_MODE, &mode) &&
        (mode < 0 || mode > VIR_DOMAIN_NUMATUNE_MEM_RESTRICTIVE))
        return vir_fail(err, VIR_ERR_INVALID_ARG, "unsupported numatune mode: '%d'", mode);
    if (vir_params_get_string(VIR_PARAMS(args->params), VIR_DOMAIN_NUMA_NODESET, &text) &&
        !(nodes = vir_bitmap_parse(text, 1024, err)))
        return FALSE;
    if (change.live && !apply_numa(dom, mode, nodes, err))
        return FALSE;
    if (change.live)
        note_numa(change.live, mode, nodes);
    if (change.config)
        note_numa(change.config, mode, nodes);
    return qemu_change_end(&change, err);
}

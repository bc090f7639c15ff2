/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Changing how many vCPUs a guest has, and where its threads may run.
 */
#include <sched.h>

#include "api/params.h"
#include "virtqemud/change.h"
#include "virtqemud/methods-tune.h"
#include "virtqemud/qmp/qmp-commands.h"
#include "virtqemud/view.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define UNPLUG_WAIT_US (5 * G_USEC_PER_SEC)

/* ---- the number, in the configuration ---- */

static gboolean set_max_vcpus(DomainDef *def, guint n, GError **err)
{
    const CpuDef *cpu = def->cpu;
    guint topology = cpu && cpu->sockets ? cpu->sockets * MAX(cpu->dies, 1) * MAX(cpu->clusters, 1) *
                                               MAX(cpu->cores, 1) * MAX(cpu->threads, 1)
                                         : 0;
    if (topology && topology != n)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "CPU topology doesn't match the desired vcpu count");
    for (guint i = 0; cpu && cpu->numa && i < cpu->numa->cells.n; i++) {
        if (vir_bitmap_last(cpu->numa->cells.v[i].cpus) >= (int)n)
            return vir_fail(err, VIR_ERR_INVALID_ARG,
                            "Number of CPUs in <numa> exceeds the desired maximum vcpu count");
    }
    guint now = qemu_def_vcpus(def);
    def->vcpus.n = 0;
    def->vcpus_max = n;
    def->vcpus_current = now < n ? now : 0;
    return TRUE;
}

/* One row a vCPU; the first is the one every guest has. */
static void list_vcpus(DomainDef *def, guint n)
{
    guint max = qemu_def_max_vcpus(def);
    def->vcpus.n = 0;
    for (guint i = 0; i < max; i++) {
        DomainVcpu *vcpu = VIR_ARRAY_ADD(&def->vcpus);
        vcpu->id = i;
        vcpu->enabled = vir_tristate(i < n);
        vcpu->hotpluggable = vir_tristate(i > 0);
        vcpu->order = i < n ? i + 1 : 0;
    }
}

static gboolean set_config_vcpus(DomainDef *def, guint n, guint flags, GError **err)
{
    guint max = qemu_def_max_vcpus(def);
    if (n > max)
        return vir_fail(err, VIR_ERR_INVALID_ARG,
                        "requested vcpus is greater than max allowable vcpus for the persistent domain: %u > %u", n, max);
    if (flags & VIR_DOMAIN_VCPU_HOTPLUGGABLE)
        list_vcpus(def, n);
    else
        def->vcpus.n = 0;
    def->vcpus_current = n < max ? n : 0;
    return TRUE;
}

/* ---- the number, in a running guest ---- */

/* What query-hotpluggable-cpus says is needed to plug the entry. */
static VirJson *plug_args(VirJson *entry, guint index)
{
    VirJson *args = vir_json_new("s:driver", vir_json_str(entry, "type", ""), NULL);
    g_autofree char *id = g_strdup_printf("vcpu%u", index);
    VirJson *props = vir_json_obj(entry, "props");
    vir_json_add(args, "s:id", id, NULL);
    if (props) {
        json_object_object_foreach(props, key, value)
        {
            json_object_object_add(args, key, json_object_get(value));
        }
    }
    return args;
}

static gboolean refresh_threads(VirInvocation *inv, QemuDomain *dom, GError **err)
{
    VirQmpWait wait = qemu_domain_wait(inv);
    g_autoptr(GArray) cpus = vir_qmp_query(dom->mon, &vir_qmp_cpus_query, &wait, err);
    if (!cpus)
        return FALSE;
    for (guint i = 0; i < dom->n_vcpus; i++) {
        gint64 before = dom->vcpu_tids[i];
        dom->vcpu_tids[i] = 0;
        for (guint j = 0; j < cpus->len; j++) {
            const VirQmpCpu *cpu = &g_array_index(cpus, VirQmpCpu, j);
            if (cpu->index == (int)i)
                dom->vcpu_tids[i] = cpu->thread_id;
        }
        if (dom->placement && !before && dom->vcpu_tids[i] &&
            !hv_placement_add_thread(dom->placement, HV_THREAD_VCPU, i, (pid_t)dom->vcpu_tids[i], err))
            return FALSE;
        if (dom->placement && before && !dom->vcpu_tids[i] &&
            !hv_placement_del_thread(dom->placement, HV_THREAD_VCPU, i, err))
            return FALSE;
    }
    return TRUE;
}

static gboolean plug(VirInvocation *inv, QemuDomain *dom, VirJson *entries, guint *n_now, guint n, GError **err)
{
    VirQmpWait wait = qemu_domain_wait(inv);
    /* QEMU lists the last place first. */
    for (size_t i = vir_json_len(entries); i-- > 0 && *n_now < n;) {
        VirJson *entry = vir_json_at(entries, i);
        if (vir_json_has(entry, "qom-path"))
            continue;
        guint count = (guint)vir_json_int64(entry, "vcpus-count", 1);
        if (*n_now + count > n)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "vCPUs of this machine are plugged in groups of %u", count);
        if (!vir_qmp_call(dom->mon, "device_add", plug_args(entry, *n_now), &wait, NULL, err))
            return FALSE;
        *n_now += count;
    }
    return *n_now == n || vir_fail(err, VIR_ERR_OPERATION_FAILED, "QEMU offers no place for vCPU %u", *n_now);
}

static gboolean unplug_ended(gpointer data)
{
    QemuDomain *dom = data;
    return dom->device_deleted || dom->device_refused || !qemu_domain_is_active(dom);
}

static gboolean unplug(VirInvocation *inv, QemuDomain *dom, guint *n_now, guint n, GError **err)
{
    VirQmpWait wait = qemu_domain_wait(inv);
    while (*n_now > n) {
        g_autofree char *id = g_strdup_printf("vcpu%u", *n_now - 1);
        dom->awaited_device = id;
        dom->device_deleted = dom->device_refused = FALSE;
        gboolean sent = vir_qmp_run(dom->mon, &wait, err, "device_del", "s:id", id, NULL);
        gboolean ended = sent && vir_actor_wait(dom->entry->actor, unplug_ended, dom,
                                                g_get_monotonic_time() + UNPLUG_WAIT_US, inv->cancel);
        gboolean deleted = dom->device_deleted;
        dom->awaited_device = NULL;
        if (!sent)
            return FALSE;
        if (!qemu_domain_need_active(dom, err))
            return FALSE;
        if (!deleted)
            return vir_fail(err, VIR_ERR_OPERATION_FAILED,
                            ended ? "the guest refused to give vCPU %u back"
                                  : "vcpu unplug request timed out. Unplug of vCPU %u may still come",
                            *n_now - 1);
        (*n_now)--;
    }
    return TRUE;
}

/* Also when only some could be plugged: the document then says how many there are. */
static gboolean set_live_vcpus(VirInvocation *inv, QemuDomain *dom, DomainDef *def, guint n, GError **err)
{
    g_autoptr(VirJson) entries = NULL;
    VirQmpWait wait = qemu_domain_wait(inv);
    guint max = qemu_def_max_vcpus(def), now = qemu_def_vcpus(def), before = now;
    if (n > max)
        return vir_fail(err, VIR_ERR_INVALID_ARG,
                        "requested vcpus is greater than max allowable vcpus for the live domain: %u > %u", n, max);
    if (n == now)
        return TRUE;
    if (!qemu_domain_need_monitor(dom, err) ||
        !vir_qmp_call(dom->mon, "query-hotpluggable-cpus", NULL, &wait, &entries, err))
        return FALSE;
    gboolean ok = n > now ? plug(inv, dom, entries, &now, n, err) : unplug(inv, dom, &now, n, err);
    if (now == before || !qemu_domain_is_active(dom))
        return ok;
    gboolean threads = refresh_threads(inv, dom, ok ? err : NULL);
    list_vcpus(def, now);
    def->vcpus_current = now < max ? now : 0;
    return ok && threads;
}

static gboolean set_vcpus(VirInvocation *inv, VirEntry *obj, guint n, guint flags, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    g_auto(QemuChange) change = QEMU_CHANGE_INIT;
    if (!n)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "nvcpus must not be zero");
    if (flags & VIR_DOMAIN_VCPU_GUEST) {
        if (!qemu_domain_is_active(dom))
            return vir_fail(err, VIR_ERR_OPERATION_INVALID, "domain is not running");
        return vir_fail(err, VIR_ERR_ARGUMENT_UNSUPPORTED, "QEMU guest agent is not configured");
    }
    if (!qemu_change_begin(&change, dom, flags, err))
        return FALSE;
    if (flags & VIR_DOMAIN_VCPU_MAXIMUM) {
        if (change.live)
            return vir_fail(err, VIR_ERR_INVALID_ARG, "the maximum vCPU count of a running guest cannot change");
        return set_max_vcpus(change.config, n, err) && qemu_change_end(&change, err);
    }
    if (change.config && !set_config_vcpus(change.config, n, flags, err))
        return FALSE;
    guint before = change.live ? qemu_def_vcpus(change.live) : 0;
    if (change.live && !set_live_vcpus(inv, dom, change.live, n, err)) {
        /* Some may have been plugged or taken all the same. */
        g_clear_pointer(&change.config, domain_def_free);
        if (qemu_domain_is_active(dom) && qemu_def_vcpus(change.live) != before)
            qemu_change_end(&change, NULL);
        return FALSE;
    }
    return qemu_change_end(&change, err);
}

gboolean qemu_domain_set_vcpus(VirInvocation *inv, VirEntry *obj, const remote_domain_set_vcpus_args *args, void *ret,
                               GError **err)
{
    return set_vcpus(inv, obj, args->nvcpus, VIR_DOMAIN_AFFECT_LIVE, err);
}

gboolean qemu_domain_set_vcpus_flags(VirInvocation *inv, VirEntry *obj, const remote_domain_set_vcpus_flags_args *args,
                                     void *ret, GError **err)
{
    return set_vcpus(inv, obj, args->nvcpus, args->flags, err);
}

/* ---- where threads run ---- */

static VirBitmap *cpus_of(QemuDriver *qemu, const guint8 *bytes, guint len, GError **err)
{
    g_autoptr(VirBitmap) cpus = vir_bitmap_from_bytes(bytes, len);
    g_autoptr(VirBitmap) host = qemu_host_cpus(qemu);
    if (vir_bitmap_is_empty(cpus)) {
        vir_fail(err, VIR_ERR_INVALID_ARG, "Empty cpu list for pinning");
        return NULL;
    }
    /* Callers set all bits for "everywhere". */
    vir_bitmap_intersect(cpus, host);
    if (vir_bitmap_is_empty(cpus)) {
        vir_fail(err, VIR_ERR_INVALID_ARG, "none of the CPUs asked for is online on this host");
        return NULL;
    }
    return g_steal_pointer(&cpus);
}

static gboolean set_affinity(pid_t tid, const VirBitmap *cpus, GError **err)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int cpu = vir_bitmap_next(cpus, -1); cpu >= 0 && cpu < CPU_SETSIZE; cpu = vir_bitmap_next(cpus, cpu))
        CPU_SET(cpu, &set);
    return sched_setaffinity(tid, sizeof(set), &set) == 0 ||
           vir_fail_errno(err, errno, "cannot set CPU affinity on thread %d", (int)tid);
}

/* The thread's group first: it bounds what the affinity may be. */
static gboolean pin_thread(QemuDomain *dom, HvThreadKind kind, guint index, pid_t tid, const VirBitmap *cpus,
                           GError **err)
{
    if (dom->placement && hv_placement_has(dom->placement, VIR_CGROUP_CPUSET) &&
        !hv_placement_pin_thread(dom->placement, kind, index, cpus, NULL, err))
        return FALSE;
    return set_affinity(tid, cpus, err);
}

typedef VIR_ARRAY(DomainPin) Pins;

static void note_pin(gpointer list, guint id, const VirBitmap *cpus)
{
    Pins *pins = list;
    DomainPin *pin = NULL;
    for (guint i = 0; i < pins->n; i++) {
        if (pins->v[i].id == id)
            pin = &pins->v[i];
    }
    if (!pin) {
        guint at = 0;
        while (at < pins->n && pins->v[at].id < id)
            at++;
        vir_xml_list_grow(pins, sizeof(*pins->v), at);
        pin = &pins->v[at];
        *pin = (DomainPin){ .id = id };
    }
    vir_bitmap_free(pin->cpuset);
    pin->cpuset = vir_bitmap_copy(cpus);
}

static void tell_pin(QemuDomain *dom, VirInvocation *inv, const char *what, int index, const VirBitmap *cpus)
{
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    g_autofree char *text = vir_bitmap_format(cpus);
    if (index < 0)
        vir_params_add_string(&p, text, "cputune.%s", what);
    else
        vir_params_add_string(&p, text, "cputune.%s%d", what, index);
    qemu_event_tunable(dom, inv, p.val, p.len);
}

static gboolean pin_vcpu(VirInvocation *inv, VirEntry *obj, guint vcpu, const guint8 *bytes, guint len, guint flags,
                         GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    g_auto(QemuChange) change = QEMU_CHANGE_INIT;
    if (!qemu_change_begin(&change, dom, flags, err))
        return FALSE;
    if (change.live && vcpu >= qemu_def_max_vcpus(change.live))
        return vir_fail(err, VIR_ERR_INVALID_ARG, "vcpu %u is out of range of live cpu count %u", vcpu,
                        qemu_def_max_vcpus(change.live));
    if (change.config && vcpu >= qemu_def_max_vcpus(change.config))
        return vir_fail(err, VIR_ERR_INVALID_ARG, "vcpu %u is out of range of persistent cpu count %u", vcpu,
                        qemu_def_vcpus(change.config));
    g_autoptr(VirBitmap) cpus = cpus_of(dom->qemu, bytes, len, err);
    if (!cpus)
        return FALSE;
    if (change.live) {
        gint64 tid = vcpu < dom->n_vcpus ? dom->vcpu_tids[vcpu] : 0;
        if (!tid)
            return vir_fail(err, VIR_ERR_OPERATION_INVALID, "setting cpu pinning for inactive vcpu %u", vcpu);
        if (!pin_thread(dom, HV_THREAD_VCPU, vcpu, (pid_t)tid, cpus, err))
            return FALSE;
        note_pin(&qemu_def_cputune(change.live)->vcpupins, vcpu, cpus);
    }
    if (change.config)
        note_pin(&qemu_def_cputune(change.config)->vcpupins, vcpu, cpus);
    gboolean live = change.live != NULL;
    if (!qemu_change_end(&change, err))
        return FALSE;
    if (live)
        tell_pin(dom, inv, "vcpupin", (int)vcpu, cpus);
    return TRUE;
}

gboolean qemu_domain_pin_vcpu(VirInvocation *inv, VirEntry *obj, const remote_domain_pin_vcpu_args *args, void *ret,
                              GError **err)
{
    return pin_vcpu(inv, obj, args->vcpu, args->cpumap.val, args->cpumap.len, VIR_DOMAIN_AFFECT_LIVE, err);
}

gboolean qemu_domain_pin_vcpu_flags(VirInvocation *inv, VirEntry *obj, const remote_domain_pin_vcpu_flags_args *args,
                                    void *ret, GError **err)
{
    return pin_vcpu(inv, obj, args->vcpu, args->cpumap.val, args->cpumap.len, args->flags, err);
}

static gboolean is_vcpu(const QemuDomain *dom, pid_t tid)
{
    for (guint i = 0; i < dom->n_vcpus; i++) {
        if (dom->vcpu_tids[i] == tid)
            return TRUE;
    }
    return FALSE;
}

/* All threads that are nobody else's. */
static gboolean pin_emulator_threads(VirInvocation *inv, QemuDomain *dom, const VirBitmap *cpus, GError **err)
{
    VirQmpWait wait = qemu_domain_wait(inv);
    if (dom->placement && hv_placement_has(dom->placement, VIR_CGROUP_CPUSET) &&
        !hv_placement_pin_thread(dom->placement, HV_THREAD_EMULATOR, 0, cpus, NULL, err))
        return FALSE;
    g_autoptr(GArray) iothreads = NULL, threads = NULL;
    if (dom->live->def->iothread_list.n &&
        (!qemu_domain_need_monitor(dom, err) ||
         !(iothreads = vir_qmp_query(dom->mon, &vir_qmp_iothreads_query, &wait, err))))
        return FALSE;
    threads = vir_proc_threads(dom->qemu->host, dom->pid, err);
    for (guint i = 0; threads && i < threads->len; i++) {
        pid_t tid = g_array_index(threads, pid_t, i);
        gboolean other = is_vcpu(dom, tid);
        for (guint j = 0; iothreads && j < iothreads->len; j++)
            other |= g_array_index(iothreads, VirQmpIOThread, j).thread_id == tid;
        g_autoptr(GError) why = NULL;
        /* A thread that ended meanwhile is no failure. */
        if (!other && !set_affinity(tid, cpus, &why) && vir_error_extra(why)->int1 != ESRCH) {
            g_propagate_error(err, g_steal_pointer(&why));
            return FALSE;
        }
    }
    return threads != NULL;
}

static void note_emulator(DomainDef *def, const VirBitmap *cpus)
{
    DomainCputune *tune = qemu_def_cputune(def);
    vir_bitmap_free(tune->emulatorpin);
    tune->emulatorpin = vir_bitmap_copy(cpus);
}

gboolean qemu_domain_pin_emulator(VirInvocation *inv, VirEntry *obj, const remote_domain_pin_emulator_args *args,
                                  void *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    g_auto(QemuChange) change = QEMU_CHANGE_INIT;
    if (!qemu_change_begin(&change, dom, args->flags, err))
        return FALSE;
    g_autoptr(VirBitmap) cpus = cpus_of(dom->qemu, args->cpumap.val, args->cpumap.len, err);
    if (!cpus || (change.live && !pin_emulator_threads(inv, dom, cpus, err)))
        return FALSE;
    gboolean live = change.live != NULL;
    if (change.live)
        note_emulator(change.live, cpus);
    if (change.config)
        note_emulator(change.config, cpus);
    if (!qemu_change_end(&change, err))
        return FALSE;
    if (live)
        tell_pin(dom, inv, "emulatorpin", -1, cpus);
    return TRUE;
}

static gboolean has_iothread(const DomainDef *def, guint id, GError **err)
{
    for (guint i = 0; i < def->iothread_list.n; i++) {
        if (def->iothread_list.v[i].id == id)
            return TRUE;
    }
    return vir_fail(err, VIR_ERR_INVALID_ARG, "iothreadid %u not found", id);
}

static pid_t iothread_tid(VirInvocation *inv, QemuDomain *dom, guint id, GError **err)
{
    VirQmpWait wait = qemu_domain_wait(inv);
    g_autofree char *alias = g_strdup_printf("iothread%u", id);
    g_autoptr(GArray) threads = NULL;
    if (!qemu_domain_need_monitor(dom, err) ||
        !(threads = vir_qmp_query(dom->mon, &vir_qmp_iothreads_query, &wait, err)))
        return 0;
    for (guint i = 0; i < threads->len; i++) {
        const VirQmpIOThread *thread = &g_array_index(threads, VirQmpIOThread, i);
        if (g_strcmp0(thread->id, alias) == 0)
            return (pid_t)thread->thread_id;
    }
    vir_fail(err, VIR_ERR_INVALID_ARG, "iothreadid %u not found", id);
    return 0;
}

gboolean qemu_domain_pin_iothread(VirInvocation *inv, VirEntry *obj, const remote_domain_pin_iothread_args *args,
                                  void *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    g_auto(QemuChange) change = QEMU_CHANGE_INIT;
    guint id = args->iothreads_id;
    if (!qemu_change_begin(&change, dom, args->flags, err))
        return FALSE;
    g_autoptr(VirBitmap) cpus = cpus_of(dom->qemu, args->cpumap.val, args->cpumap.len, err);
    if (!cpus || (change.live && !has_iothread(change.live, id, err)) ||
        (change.config && !has_iothread(change.config, id, err)))
        return FALSE;
    if (change.live) {
        pid_t tid = iothread_tid(inv, dom, id, err);
        if (!tid || !pin_thread(dom, HV_THREAD_IOTHREAD, id, tid, cpus, err))
            return FALSE;
        note_pin(&qemu_def_cputune(change.live)->iothreadpins, id, cpus);
    }
    if (change.config)
        note_pin(&qemu_def_cputune(change.config)->iothreadpins, id, cpus);
    gboolean live = change.live != NULL;
    if (!qemu_change_end(&change, err))
        return FALSE;
    if (live)
        tell_pin(dom, inv, "iothreadpin", (int)id, cpus);
    return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define VIR_LOG_SOURCE "qemu.place"
#include "virtqemud/process/place.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/domain/device-walk.h"
#include "hv/helper.h"
#include "util/error.h"
#include "util/log.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

#define STAT_MS 10000

/* ---- the whole guest ---- */

static void tune_of(const DomainDef *def, HvTune *t)
{
    hv_tune_init(t);
    if (def->memtune) {
        const DomainMemtune *m = def->memtune;
        t->mem_hard_kib = m->hard_limit == VIR_DOMAIN_MEMORY_PARAM_UNLIMITED ? HV_TUNE_UNSET : m->hard_limit;
        t->mem_soft_kib = m->soft_limit == VIR_DOMAIN_MEMORY_PARAM_UNLIMITED ? HV_TUNE_UNSET : m->soft_limit;
        t->mem_swap_hard_kib = m->swap_hard_limit == VIR_DOMAIN_MEMORY_PARAM_UNLIMITED ? HV_TUNE_UNSET
                                                                                       : m->swap_hard_limit;
    }
    if (def->blkiotune && def->blkiotune->weight)
        t->blkio_weight = def->blkiotune->weight;
    if (def->cputune) {
        t->cpu_shares = def->cputune->shares ? def->cputune->shares : HV_TUNE_UNSET;
        t->cpu_period_us = def->cputune->global_period ? def->cputune->global_period : HV_TUNE_UNSET;
        t->cpu_quota_us = def->cputune->global_quota;
    }
}

static gboolean block_limits(HvPlacement *p, const DomainBlkioDevice *d, GError **err)
{
    const struct {
        const char *what;
        guint64 value;
    } limits[] = {
        { "weight", d->weight },           { "read_iops", d->read_iops },   { "write_iops", d->write_iops },
        { "read_bps", d->read_bytes },     { "write_bps", d->write_bytes },
    };
    struct stat st;
    int errnum;
    if (!hv_stat(d->path, &st, &errnum, STAT_MS, err))
        return FALSE;
    if (errnum || !S_ISBLK(st.st_mode))
        return vir_fail_errno(err, errnum ? errnum : ENOTBLK, "<blkiotune>: '%s' cannot be limited", d->path);
    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++)
        if (limits[i].value && !hv_placement_set_block(p, st.st_rdev, limits[i].what, limits[i].value, err))
            return FALSE;
    return TRUE;
}

/* Memory nodes of the whole guest: only a strict mode binds, the others are QEMU's own matter. */
static const VirBitmap *strict_nodes(const DomainDef *def)
{
    const DomainNumatune *n = def->numatune;
    return n && n->has_memory && n->mode == DOMAIN_NUMATUNE_STRICT ? n->nodeset : NULL;
}

static const VirBitmap *emulator_cpus(const DomainDef *def)
{
    return def->cputune && def->cputune->emulatorpin ? def->cputune->emulatorpin : def->cpuset;
}

gboolean qemu_place_limits(HvPlacement *p, const DomainDef *def, GError **err)
{
    HvTune t;
    tune_of(def, &t);
    if (!hv_placement_set(p, &t, err))
        return FALSE;
    for (guint i = 0; def->blkiotune && i < def->blkiotune->devices.n; i++)
        if (!block_limits(p, &def->blkiotune->devices.v[i], err))
            return FALSE;
    const VirBitmap *cpus = emulator_cpus(def);
    const VirBitmap *mems = strict_nodes(def);
    if ((cpus || mems) && hv_placement_has(p, VIR_CGROUP_CPUSET) &&
        !hv_placement_pin_thread(p, HV_THREAD_EMULATOR, 0, cpus, mems, err))
        return FALSE;
    const DomainCputune *c = def->cputune;
    if (c && (c->emulator_period || c->emulator_quota))
        return hv_placement_set_thread(p, HV_THREAD_EMULATOR, 0, c->emulator_period ? c->emulator_period : HV_TUNE_UNSET,
                                       c->emulator_quota, err);
    return TRUE;
}

/* ---- its threads ---- */

static gboolean set_affinity(pid_t tid, const VirBitmap *cpus, GError **err)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int c = vir_bitmap_next(cpus, -1); c >= 0 && c < CPU_SETSIZE; c = vir_bitmap_next(cpus, c))
        CPU_SET((guint)c, &set);
    if (sched_setaffinity(tid, sizeof set, &set) == 0)
        return TRUE;
    g_autofree char *text = vir_bitmap_format(cpus);
    return vir_fail_errno(err, errno, "cannot keep thread %d on CPUs %s", tid, text);
}

static const VirBitmap *pin_of(const DomainPin *pins, guint n, guint id, const VirBitmap *fallback)
{
    for (guint i = 0; i < n; i++)
        if (pins[i].id == id)
            return pins[i].cpuset;
    return fallback;
}

static gboolean set_scheduler(pid_t tid, const DomainSched *s, GError **err)
{
    static const int policies[] = { [DOMAIN_SCHED_BATCH] = SCHED_BATCH, [DOMAIN_SCHED_IDLE] = SCHED_IDLE,
                                    [DOMAIN_SCHED_FIFO] = SCHED_FIFO,   [DOMAIN_SCHED_RR] = SCHED_RR };
    struct sched_param param = { .sched_priority = MAX(s->priority, 0) };
    if ((gsize)s->scheduler >= G_N_ELEMENTS(policies) || sched_setscheduler(tid, policies[s->scheduler], &param) == 0)
        return TRUE;
    return vir_fail_errno(err, errno, "cannot set the scheduler of thread %d", tid);
}

static gboolean scheduler_of(const DomainSched *scheds, guint n, guint id, pid_t tid, GError **err)
{
    for (guint i = 0; i < n; i++)
        if (scheds[i].ids && vir_bitmap_test(scheds[i].ids, id))
            return set_scheduler(tid, &scheds[i], err);
    return TRUE;
}

static gboolean thread_place(HvPlacement *p, HvThreadKind kind, guint id, pid_t tid, const VirBitmap *cpus,
                             const VirBitmap *mems, guint64 period, gint64 quota, GError **err)
{
    if (!hv_placement_add_thread(p, kind, id, tid, err))
        return FALSE;
    if ((cpus || mems) && hv_placement_has(p, VIR_CGROUP_CPUSET) &&
        !hv_placement_pin_thread(p, kind, id, cpus, mems, err))
        return FALSE;
    if ((period || quota) && !hv_placement_set_thread(p, kind, id, period ? period : HV_TUNE_UNSET, quota, err))
        return FALSE;
    return !cpus || set_affinity(tid, cpus, err);
}

/* A thread of its own, not the emulator's or another vCPU's. */
static gboolean is_own_thread(const gint64 *tids, guint n, guint i, pid_t pid)
{
    if (!tids[i] || tids[i] == pid)
        return FALSE;
    for (guint j = 0; j < n; j++)
        if (j != i && tids[j] == tids[i])
            return FALSE;
    return TRUE;
}

gboolean qemu_place_threads(HvPlacement *p, const DomainDef *def, pid_t pid, const gint64 *vcpu_tids, guint n_vcpus,
                            const QemuIothreadTid *iothreads, guint n_iothreads, GError **err)
{
    static const DomainCputune none;
    const DomainCputune *c = def->cputune ? def->cputune : &none;
    const VirBitmap *mems = strict_nodes(def);
    for (guint i = 0; i < n_vcpus; i++) {
        if (!is_own_thread(vcpu_tids, n_vcpus, i, pid))
            continue;
        pid_t tid = (pid_t)vcpu_tids[i];
        const VirBitmap *cpus = pin_of(c->vcpupins.v, c->vcpupins.n, i, def->cpuset);
        if (!thread_place(p, HV_THREAD_VCPU, i, tid, cpus, mems, c->period, c->quota, err) ||
            !scheduler_of(c->vcpuscheds.v, c->vcpuscheds.n, i, tid, err))
            return FALSE;
    }
    for (guint i = 0; i < n_iothreads; i++) {
        const QemuIothreadTid *t = &iothreads[i];
        const VirBitmap *cpus = pin_of(c->iothreadpins.v, c->iothreadpins.n, t->id, emulator_cpus(def));
        if (!thread_place(p, HV_THREAD_IOTHREAD, t->id, t->tid, cpus, mems, c->iothread_period, c->iothread_quota, err) ||
            !scheduler_of(c->iothreadscheds.v, c->iothreadscheds.n, t->id, t->tid, err))
            return FALSE;
    }
    const VirBitmap *cpus = emulator_cpus(def);
    if (cpus && !set_affinity(pid, cpus, err))
        return FALSE;
    return !c->emulatorsched || set_scheduler(pid, c->emulatorsched, err);
}

/* ---- device nodes ---- */

static gboolean is_device(const HvLabelItem *item)
{
    struct stat st;
    return item->relabel && g_str_has_prefix(item->path, "/dev/") && stat(item->path, &st) == 0 &&
           (S_ISBLK(st.st_mode) || S_ISCHR(st.st_mode));
}

static QemuSpawnDevice device_of(const HvLabelItem *item, uid_t uid, gid_t gid)
{
    return (QemuSpawnDevice){ .path = item->path,
                              .optional = (item->flags & HV_LABEL_MISSING_OK) != 0,
                              .owned = TRUE,
                              .uid = item->uid == (uid_t)-1 ? uid : item->uid,
                              .gid = item->gid == (gid_t)-1 ? gid : item->gid };
}

gboolean qemu_place_device_list(HvPlacement *p, const char *const *acl, const char *const *own, HvLabelSet *labels,
                                GError **err)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    for (; acl && *acl; acl++)
        g_ptr_array_add(all, (gpointer)*acl);
    g_ptr_array_add(all, (gpointer) "/dev/kvm");
    for (; own && *own; own++)
        g_ptr_array_add(all, (gpointer)*own);
    for (guint i = 0; i < hv_label_set_count(labels); i++)
        if (is_device(hv_label_set_item(labels, i)))
            g_ptr_array_add(all, hv_label_set_item(labels, i)->path);
    g_ptr_array_add(all, NULL);
    return hv_placement_allow_devices(p, (const char *const *)all->pdata, err);
}

void qemu_place_devices(GArray *devices, HvLabelSet *labels, uid_t uid, gid_t gid)
{
    for (guint i = 0; i < hv_label_set_count(labels); i++) {
        HvLabelItem *item = hv_label_set_item(labels, i);
        if (!is_device(item))
            continue;
        QemuSpawnDevice d = device_of(item, uid, gid);
        /* Before the common ones: the first of a path counts. */
        g_array_prepend_val(devices, d);
        item->relabel = FALSE;
    }
}

gboolean qemu_place_plug_devices(pid_t pid, HvLabelSet *labels, uid_t uid, gid_t gid, GError **err)
{
    if (!qemu_devns_is_private(pid))
        return TRUE;
    for (guint i = 0; i < hv_label_set_count(labels); i++) {
        HvLabelItem *item = hv_label_set_item(labels, i);
        if (!is_device(item))
            continue;
        QemuSpawnDevice d = device_of(item, uid, gid);
        if (!qemu_devns_add(pid, &d, err))
            return FALSE;
        item->relabel = FALSE;
    }
    return TRUE;
}

void qemu_place_unplug_devices(pid_t pid, HvLabelSet *labels)
{
    for (guint i = 0; i < hv_label_set_count(labels); i++) {
        HvLabelItem *item = hv_label_set_item(labels, i);
        g_autoptr(GError) err = NULL;
        if (g_str_has_prefix(item->path, "/dev/") && !qemu_devns_remove(pid, item->path, &err))
            VIR_WARN("%s, ignoring", err->message);
    }
}

/* ---- sockets ---- */

static void unlink_socket(const DomainChrSource *src)
{
    gboolean server = src->mode == DOMAIN_CHR_MODE_BIND || src->mode == DOMAIN_CHR_MODE_SERVER;
    struct stat st;
    if (src->type == DOMAIN_CHR_UNIX && server && src->path && lstat(src->path, &st) == 0 && S_ISSOCK(st.st_mode) &&
        unlink(src->path) < 0)
        VIR_WARN("cannot remove the socket '%s': %s, ignoring", src->path, g_strerror(errno));
}

void qemu_place_unlink_sockets(const DomainDef *def)
{
    static const DomainDeviceKind kinds[] = { DOMAIN_DEVICE_SERIAL, DOMAIN_DEVICE_PARALLEL, DOMAIN_DEVICE_CONSOLE,
                                              DOMAIN_DEVICE_CHANNEL };
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        DomainDevice d = DOMAIN_DEVICE_BEGIN_KIND(kinds[i]);
        while (domain_device_next_of_kind(def, &d))
            unlink_socket(&d.chr->source);
    }
}

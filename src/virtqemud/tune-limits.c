/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Changing limits: CPU scheduler and block I/O of the control groups, throttles of disks.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "api/params.h"
#include "virtqemud/change.h"
#include "virtqemud/methods-tune.h"
#include "virtqemud/qmp/qmp-commands.h"
#include "virtqemud/readings.h"
#include "virtqemud/tunables.h"
#include "virtqemud/view.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

/* ---- the scheduler ---- */

typedef enum { FOR_MACHINE, FOR_VCPUS, FOR_EMULATOR, FOR_IOTHREADS } Whom;

/* Period and quota come in pairs of rows; the first is the shares of the whole guest. */
typedef struct {
    const char *name;
    Whom whom;
    gboolean is_quota;
    gint64 min, max;
    gsize at;
} SchedRow;

#define SCHED(name, whom, is_quota, min, max, field) { name, whom, is_quota, min, max, G_STRUCT_OFFSET(DomainCputune, field) }
#define PERIOD(name, whom, field) SCHED(name, whom, FALSE, 1000, 1000000, field)
#define QUOTA(name, whom, field) SCHED(name, whom, TRUE, 1000, G_GINT64_CONSTANT(17592186044415), field)
static const SchedRow sched_rows[] = {
    SCHED(VIR_DOMAIN_SCHEDULER_CPU_SHARES, FOR_MACHINE, FALSE, 2, 262144, shares),
    PERIOD(VIR_DOMAIN_SCHEDULER_VCPU_PERIOD, FOR_VCPUS, period),
    QUOTA(VIR_DOMAIN_SCHEDULER_VCPU_QUOTA, FOR_VCPUS, quota),
    PERIOD(VIR_DOMAIN_SCHEDULER_GLOBAL_PERIOD, FOR_MACHINE, global_period),
    QUOTA(VIR_DOMAIN_SCHEDULER_GLOBAL_QUOTA, FOR_MACHINE, global_quota),
    PERIOD(VIR_DOMAIN_SCHEDULER_EMULATOR_PERIOD, FOR_EMULATOR, emulator_period),
    QUOTA(VIR_DOMAIN_SCHEDULER_EMULATOR_QUOTA, FOR_EMULATOR, emulator_quota),
    PERIOD(VIR_DOMAIN_SCHEDULER_IOTHREAD_PERIOD, FOR_IOTHREADS, iothread_period),
    QUOTA(VIR_DOMAIN_SCHEDULER_IOTHREAD_QUOTA, FOR_IOTHREADS, iothread_quota),
};

static const VirParamRow sched_params[] = {
    { VIR_DOMAIN_SCHEDULER_CPU_SHARES, VIR_TYPED_PARAM_ULLONG, 0, 0, 0 },
    { VIR_DOMAIN_SCHEDULER_VCPU_PERIOD, VIR_TYPED_PARAM_ULLONG, 0, 0, 0 },
    { VIR_DOMAIN_SCHEDULER_VCPU_QUOTA, VIR_TYPED_PARAM_LLONG, 0, 0, 0 },
    { VIR_DOMAIN_SCHEDULER_GLOBAL_PERIOD, VIR_TYPED_PARAM_ULLONG, 0, 0, 0 },
    { VIR_DOMAIN_SCHEDULER_GLOBAL_QUOTA, VIR_TYPED_PARAM_LLONG, 0, 0, 0 },
    { VIR_DOMAIN_SCHEDULER_EMULATOR_PERIOD, VIR_TYPED_PARAM_ULLONG, 0, 0, 0 },
    { VIR_DOMAIN_SCHEDULER_EMULATOR_QUOTA, VIR_TYPED_PARAM_LLONG, 0, 0, 0 },
    { VIR_DOMAIN_SCHEDULER_IOTHREAD_PERIOD, VIR_TYPED_PARAM_ULLONG, 0, 0, 0 },
    { VIR_DOMAIN_SCHEDULER_IOTHREAD_QUOTA, VIR_TYPED_PARAM_LLONG, 0, 0, 0 },
    { NULL, 0, 0, 0, 0 },
};

typedef struct {
    gboolean given[G_N_ELEMENTS(sched_rows)];
    gint64 value[G_N_ELEMENTS(sched_rows)];
} Sched;

static gboolean read_sched(const remote_typed_param *params, guint n, Sched *sched, GError **err)
{
    for (gsize i = 0; i < G_N_ELEMENTS(sched_rows); i++) {
        const SchedRow *row = &sched_rows[i];
        guint64 u = 0;
        sched->given[i] = row->is_quota ? vir_params_get_llong(params, n, row->name, &sched->value[i])
                                        : vir_params_get_ullong(params, n, row->name, &u);
        if (!row->is_quota)
            sched->value[i] = (gint64)MIN(u, (guint64)G_MAXINT64);
        /* 0 is "not set", a negative quota "none". */
        if (sched->given[i] && sched->value[i] > 0 && (sched->value[i] < row->min || sched->value[i] > row->max))
            return vir_fail(err, VIR_ERR_INVALID_ARG,
                            "value of '%s' is out of range [%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "]", row->name,
                            row->min, row->max);
    }
    return TRUE;
}

static void note_sched(DomainDef *def, const Sched *sched)
{
    DomainCputune *tune = qemu_def_cputune(def);
    for (gsize i = 0; i < G_N_ELEMENTS(sched_rows); i++) {
        gint64 *to = (gint64 *)(void *)((char *)tune + sched_rows[i].at);
        if (sched->given[i])
            *to = sched->value[i];
    }
}

/* One thread group's pair; rows[at] is the period. */
static gboolean set_threads(QemuDomain *dom, HvThreadKind kind, guint index, const Sched *sched, gsize at, GError **err)
{
    guint64 period = sched->given[at] && sched->value[at] ? (guint64)sched->value[at] : HV_TUNE_UNSET;
    gint64 quota = sched->given[at + 1] ? sched->value[at + 1] : 0;
    if (period == HV_TUNE_UNSET && quota == 0)
        return TRUE;
    return hv_placement_set_thread(dom->placement, kind, index, period, quota, err);
}

static gboolean apply_sched(QemuDomain *dom, const DomainDef *def, const Sched *sched, GError **err)
{
    HvTune tune;
    if (!dom->placement || !hv_placement_has(dom->placement, VIR_CGROUP_CPU))
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "cgroup CPU controller is not mounted");
    hv_tune_init(&tune);
    if (sched->given[0] && sched->value[0])
        tune.cpu_shares = (guint64)sched->value[0];
    if (sched->given[3] && sched->value[3])
        tune.cpu_period_us = (guint64)sched->value[3];
    if (sched->given[4])
        tune.cpu_quota_us = sched->value[4];
    if (!hv_placement_set(dom->placement, &tune, err))
        return FALSE;
    for (guint i = 0; i < dom->n_vcpus; i++) {
        if (dom->vcpu_tids[i] && !set_threads(dom, HV_THREAD_VCPU, i, sched, 1, err))
            return FALSE;
    }
    if (!set_threads(dom, HV_THREAD_EMULATOR, 0, sched, 5, err))
        return FALSE;
    for (guint i = 0; i < def->iothread_list.n; i++) {
        if (!set_threads(dom, HV_THREAD_IOTHREAD, def->iothread_list.v[i].id, sched, 7, err))
            return FALSE;
    }
    return TRUE;
}

static void tell_sched(QemuDomain *dom, VirInvocation *inv, const Sched *sched)
{
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    for (gsize i = 0; i < G_N_ELEMENTS(sched_rows); i++) {
        const SchedRow *row = &sched_rows[i];
        if (sched->given[i] && row->is_quota)
            vir_params_add_llong(&p, sched->value[i], "cputune.%s", row->name);
        else if (sched->given[i])
            vir_params_add_ullong(&p, (guint64)sched->value[i], "cputune.%s", row->name);
    }
    if (p.len)
        qemu_event_tunable(dom, inv, p.val, p.len);
}

static gboolean set_scheduler(VirInvocation *inv, VirEntry *obj, const remote_typed_param *params, guint n, guint flags,
                              GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    g_auto(QemuChange) change = QEMU_CHANGE_INIT;
    Sched sched = { 0 };
    if (!vir_params_check(params, n, sched_params, err) || !qemu_change_begin(&change, dom, flags, err) ||
        !read_sched(params, n, &sched, err))
        return FALSE;
    gboolean live = change.live != NULL;
    if (live && !apply_sched(dom, change.live, &sched, err))
        return FALSE;
    if (change.live)
        note_sched(change.live, &sched);
    if (change.config)
        note_sched(change.config, &sched);
    if (!qemu_change_end(&change, err))
        return FALSE;
    if (live)
        tell_sched(dom, inv, &sched);
    return TRUE;
}

gboolean qemu_domain_set_scheduler_parameters(VirInvocation *inv, VirEntry *obj,
                                              const remote_domain_set_scheduler_parameters_args *args, void *ret,
                                              GError **err)
{
    return set_scheduler(inv, obj, VIR_PARAMS(args->params), 0, err);
}

gboolean qemu_domain_set_scheduler_parameters_flags(VirInvocation *inv, VirEntry *obj,
                                                    const remote_domain_set_scheduler_parameters_flags_args *args,
                                                    void *ret, GError **err)
{
    return set_scheduler(inv, obj, VIR_PARAMS(args->params), args->flags, err);
}

/* ---- block I/O by host device ---- */

static const VirParamRow blkio_params[] = {
    { VIR_DOMAIN_BLKIO_WEIGHT, VIR_TYPED_PARAM_UINT, 0, 0, 0 },
    { VIR_DOMAIN_BLKIO_DEVICE_WEIGHT, VIR_TYPED_PARAM_STRING, 0, 0, 0 },
    { VIR_DOMAIN_BLKIO_DEVICE_READ_IOPS, VIR_TYPED_PARAM_STRING, 0, 0, 0 },
    { VIR_DOMAIN_BLKIO_DEVICE_WRITE_IOPS, VIR_TYPED_PARAM_STRING, 0, 0, 0 },
    { VIR_DOMAIN_BLKIO_DEVICE_READ_BPS, VIR_TYPED_PARAM_STRING, 0, 0, 0 },
    { VIR_DOMAIN_BLKIO_DEVICE_WRITE_BPS, VIR_TYPED_PARAM_STRING, 0, 0, 0 },
    { NULL, 0, 0, 0, 0 },
};

static DomainBlkioDevice *blkio_device(DomainDef *def, const char *path)
{
    if (!def->blkiotune)
        def->blkiotune = vir_xml_new(&domain_blkiotune_table);
    for (guint i = 0; i < def->blkiotune->devices.n; i++) {
        if (g_strcmp0(def->blkiotune->devices.v[i].path, path) == 0)
            return &def->blkiotune->devices.v[i];
    }
    DomainBlkioDevice *device = VIR_ARRAY_ADD(&def->blkiotune->devices);
    device->path = g_strdup(path);
    return device;
}

static void note_blkio(DomainDef *def, const QemuBlkioRow *row, const char *path, guint64 value)
{
    char *at = (char *)blkio_device(def, path) + row->at;
    if (row->wide)
        *(guint64 *)(void *)at = value;
    else
        *(guint *)(void *)at = (guint)value;
}

static gboolean apply_blkio(QemuDomain *dom, const QemuBlkioRow *row, const char *path, guint64 value, GError **err)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return vir_fail_errno(err, errno, "cannot find block device '%s'", path);
    if (!S_ISBLK(st.st_mode))
        return vir_fail(err, VIR_ERR_INVALID_ARG, "'%s' is no block device", path);
    return hv_placement_set_block(dom->placement, st.st_rdev, row->what, value, err);
}

/* "/dev/sda,100,/dev/sdb,200" */
static gboolean set_device_list(QemuChange *change, const QemuBlkioRow *row, const char *text, GError **err)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    for (guint i = 0; parts[i] && *parts[i]; i += 2) {
        guint64 value = 0;
        if (!parts[i + 1] ||
            !g_ascii_string_to_unsigned(parts[i + 1], 10, 0, row->wide ? G_MAXUINT64 : G_MAXUINT, &value, NULL))
            return vir_fail(err, VIR_ERR_INVALID_ARG, "unable to parse %s '%s': it is path,number,path,number", row->param,
                            text);
        if (change->live && !apply_blkio(change->dom, row, parts[i], value, err))
            return FALSE;
        if (change->live)
            note_blkio(change->live, row, parts[i], value);
        if (change->config)
            note_blkio(change->config, row, parts[i], value);
    }
    return TRUE;
}

static void note_weight(DomainDef *def, guint weight)
{
    if (!def->blkiotune)
        def->blkiotune = vir_xml_new(&domain_blkiotune_table);
    def->blkiotune->weight = weight;
}

gboolean qemu_domain_set_blkio_parameters(VirInvocation *inv, VirEntry *obj,
                                          const remote_domain_set_blkio_parameters_args *args, void *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    g_auto(QemuChange) change = QEMU_CHANGE_INIT;
    guint weight;
    if (!vir_params_check(VIR_PARAMS(args->params), blkio_params, err) ||
        !qemu_change_begin(&change, dom, args->flags, err))
        return FALSE;
    if (change.live && (!dom->placement || !hv_placement_has(dom->placement, VIR_CGROUP_BLKIO)))
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "blkio cgroup isn't mounted");
    if (vir_params_get_uint(VIR_PARAMS(args->params), VIR_DOMAIN_BLKIO_WEIGHT, &weight)) {
        HvTune tune;
        hv_tune_init(&tune);
        tune.blkio_weight = weight;
        if (weight && (weight < 10 || weight > 1000))
            return vir_fail(err, VIR_ERR_INVALID_ARG, "weight '%u' must be in range [10, 1000]", weight);
        if (change.live && weight && !hv_placement_set(dom->placement, &tune, err))
            return FALSE;
        if (change.live)
            note_weight(change.live, weight);
        if (change.config)
            note_weight(change.config, weight);
    }
    for (const QemuBlkioRow *row = qemu_blkio_rows; row->param; row++) {
        const char *text;
        if (vir_params_get_string(VIR_PARAMS(args->params), row->param, &text) &&
            !set_device_list(&change, row, text, err))
            return FALSE;
    }
    return qemu_change_end(&change, err);
}

/* ---- throttles of one disk ---- */

static gboolean check_iotune(const remote_typed_param *params, guint n, GError **err)
{
    VirParamRow rows[32] = { { NULL, 0, 0, 0, 0 } };
    guint used = 0;
    for (const QemuIoTuneRow *row = qemu_iotune_rows; row->param; row++)
        rows[used++] = (VirParamRow){ row->param, row->is_text ? VIR_TYPED_PARAM_STRING : VIR_TYPED_PARAM_ULLONG, 0, 0, 0 };
    return vir_params_check(params, n, rows, err);
}

static gboolean both(guint64 total, guint64 read, guint64 write)
{
    return total && (read || write);
}

/* What is given replaces; a new kind of limit drops the other kind of the same thing, which QEMU could not have beside. */
static gboolean merge_iotune(DomainIoTune *to, const remote_typed_param *params, guint n, GError **err)
{
    for (const QemuIoTuneRow *row = qemu_iotune_rows; row->param; row++) {
        char *at = (char *)to + row->at;
        const char *text;
        if (!row->is_text) {
            vir_params_get_ullong(params, n, row->param, (guint64 *)(void *)at);
        } else if (vir_params_get_string(params, n, row->param, &text)) {
            g_free(to->group_name);
            to->group_name = *text ? g_strdup(text) : NULL;
        }
    }
    if (both(to->total_bytes_sec, to->read_bytes_sec, to->write_bytes_sec))
        return vir_fail(err, VIR_ERR_INVALID_ARG, "total and read/write of bytes_sec cannot be set at the same time");
    if (both(to->total_iops_sec, to->read_iops_sec, to->write_iops_sec))
        return vir_fail(err, VIR_ERR_INVALID_ARG, "total and read/write of iops_sec cannot be set at the same time");
    if (both(to->total_bytes_sec_max, to->read_bytes_sec_max, to->write_bytes_sec_max))
        return vir_fail(err, VIR_ERR_INVALID_ARG, "total and read/write of bytes_sec_max cannot be set at the same time");
    if (both(to->total_iops_sec_max, to->read_iops_sec_max, to->write_iops_sec_max))
        return vir_fail(err, VIR_ERR_INVALID_ARG, "total and read/write of iops_sec_max cannot be set at the same time");
    return TRUE;
}

static DomainIoTune *disk_iotune(DomainDef *def, const char *name, gboolean live, GError **err)
{
    DomainDisk *disk = (DomainDisk *)qemu_def_disk(def, name);
    if (!disk) {
        vir_fail(err, VIR_ERR_INVALID_ARG,
                 live ? "disk '%s' not found in domain" : "disk '%s' was not found in the domain config", name);
        return NULL;
    }
    if (!disk->iotune)
        disk->iotune = vir_xml_new(&domain_iotune_table);
    return disk->iotune;
}

static gboolean apply_iotune(VirInvocation *inv, QemuDomain *dom, const DomainDisk *disk, GError **err)
{
    VirQmpWait wait = qemu_domain_wait(inv);
    const DomainIoTune *tune = disk->iotune;
    g_autoptr(VirJson) blocks = NULL;
    VirJson *inserted;
    if (!qemu_domain_need_monitor(dom, err))
        return FALSE;
    if (storage_source_is_empty(&disk->src))
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "disk '%s' has no medium whose limits could be set", disk->dst);
    if (!vir_qmp_call(dom->mon, "query-block", NULL, &wait, &blocks, err))
        return FALSE;
    const char *id = qemu_disk_qdev(blocks, disk, &inserted, err);
    if (!id)
        return FALSE;
    VirJson *args = vir_json_new("s:id", id, NULL);
    for (const QemuIoTuneRow *row = qemu_iotune_rows; row->param; row++) {
        guint64 value = row->is_text ? 0 : *(const guint64 *)(const void *)((const char *)tune + row->at);
        if (row->is_text) {
            vir_json_add(args, "?s:group", tune->group_name, NULL);
        } else if (row->always || value) {
            g_autofree char *spec = g_strconcat("U:", row->member, NULL);
            vir_json_add(args, spec, value, NULL);
        }
    }
    return vir_qmp_call(dom->mon, "block_set_io_throttle", args, &wait, NULL, err);
}

static void tell_iotune(QemuDomain *dom, VirInvocation *inv, const char *disk, const remote_typed_param *params, guint n)
{
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    vir_params_add_string(&p, disk, VIR_DOMAIN_TUNABLE_BLKDEV_DISK);
    for (guint i = 0; i < n; i++) {
        if (params[i].value.type == VIR_TYPED_PARAM_STRING)
            vir_params_add_string(&p, params[i].value.u.s, "blkdeviotune.%s", params[i].field);
        else
            vir_params_add_ullong(&p, params[i].value.u.ul, "blkdeviotune.%s", params[i].field);
    }
    qemu_event_tunable(dom, inv, p.val, p.len);
}

gboolean qemu_domain_set_block_io_tune(VirInvocation *inv, VirEntry *obj,
                                       const remote_domain_set_block_io_tune_args *args, void *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    g_auto(QemuChange) change = QEMU_CHANGE_INIT;
    if (!check_iotune(VIR_PARAMS(args->params), err) || !qemu_change_begin(&change, dom, args->flags, err))
        return FALSE;
    DomainIoTune *live = change.live ? disk_iotune(change.live, args->disk, TRUE, err) : NULL;
    if ((change.live && !live) || (live && !merge_iotune(live, VIR_PARAMS(args->params), err)))
        return FALSE;
    DomainIoTune *config = change.config ? disk_iotune(change.config, args->disk, FALSE, err) : NULL;
    if ((change.config && !config) || (config && !merge_iotune(config, VIR_PARAMS(args->params), err)))
        return FALSE;
    if (live && !apply_iotune(inv, dom, qemu_def_disk(change.live, args->disk), err))
        return FALSE;
    g_autofree char *target = live ? g_strdup(qemu_def_disk(change.live, args->disk)->dst) : NULL;
    if (!qemu_change_end(&change, err))
        return FALSE;
    if (target)
        tell_iotune(dom, inv, target, VIR_PARAMS(args->params));
    return TRUE;
}

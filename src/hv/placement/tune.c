/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Limits and figures. One row a limit: where v1 and v2 keep it and how its number is written there.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "hv/placement/placement-priv.h"
#include "util/error.h"
#include "util/file.h"
#include "util/proc.h"

#define VIR_FROM_THIS VIR_FROM_CGROUP

typedef enum { FORM_PLAIN, FORM_KIB, FORM_SWAP, FORM_WEIGHT } Form;

typedef struct {
    const char *name;          /* as the API calls it */
    VirCgroupController c;
    Form form;
    gsize offset;
    const char *v1, *v1_other; /* other: the same under another scheduler */
    const char *v2, *v2_other;
} Row;

#define ROW(name, c, form, field, v1, v1b, v2, v2b) \
    { name, VIR_CGROUP_##c, FORM_##form, offsetof(HvTune, field), v1, v1b, v2, v2b }

/* In the order of a raise: memory before memory and swap together. */
static const Row rows[] = {
    ROW("cpu_shares", CPU, PLAIN, cpu_shares, "cpu.shares", NULL, "cpu.weight", NULL),
    ROW("hard_limit", MEMORY, KIB, mem_hard_kib, "memory.limit_in_bytes", NULL, "memory.max", NULL),
    ROW("soft_limit", MEMORY, KIB, mem_soft_kib, "memory.soft_limit_in_bytes", NULL, "memory.high", NULL),
    ROW("swap_hard_limit", MEMORY, SWAP, mem_swap_hard_kib, "memory.memsw.limit_in_bytes", NULL, "memory.swap.max", NULL),
    ROW("weight", BLKIO, WEIGHT, blkio_weight, "blkio.weight", "blkio.bfq.weight", "io.weight", "io.bfq.weight"),
};

void hv_tune_init(HvTune *t)
{
    memset(t, 0, sizeof *t);
    t->cpu_shares = t->cpu_period_us = HV_TUNE_UNSET;
    t->mem_hard_kib = t->mem_soft_kib = t->mem_swap_hard_kib = t->blkio_weight = HV_TUNE_UNSET;
}

static guint64 *member(const HvTune *t, const Row *r)
{
    return (guint64 *)(void *)((char *)t + r->offset);
}

static gboolean need(const HvPlacement *p, VirCgroupController c, const char *what, GError **err)
{
    if (hv_placement_has(p, c))
        return TRUE;
    return vir_fail(err, VIR_ERR_OPERATION_INVALID, "%s cannot be used: the guest has no '%s' control group", what,
                    vir_cgroup_controller_name(c, FALSE));
}

/* The file of the row that the kernel has. */
static const char *row_file(const HvPlacement *p, const Row *r)
{
    gboolean v2 = vir_cgroup_host_is_v2(p->ch, r->c);
    const char *first = v2 ? r->v2 : r->v1;
    const char *other = v2 ? r->v2_other : r->v1_other;
    if (!other)
        return first;
    g_autofree char *path = vir_cgroup_file(p->group, r->c, first);
    return path && g_file_test(path, G_FILE_TEST_EXISTS) ? first : other;
}

static gboolean is_unlimited(guint64 kib)
{
    /* v1 rounds its "none" down to a page, of 64 KiB at most. */
    return kib >= VIR_DOMAIN_MEMORY_PARAM_UNLIMITED - 64;
}

static gboolean row_set(HvPlacement *p, const Row *r, const HvTune *t, GError **err)
{
    guint64 value = *member(t, r);
    gboolean v2 = vir_cgroup_host_is_v2(p->ch, r->c);
    if (value == HV_TUNE_UNSET)
        return TRUE;
    if (!need(p, r->c, r->name, err))
        return FALSE;
    const char *file = row_file(p, r);
    if (r->form == FORM_PLAIN)
        return vir_cgroup_set_uint64(p->group, r->c, file, value, err);
    if (r->form == FORM_WEIGHT && v2) {
        g_autofree char *text = g_strdup_printf("default %" G_GUINT64_FORMAT, value);
        return vir_cgroup_set_str(p->group, r->c, file, text, err);
    }
    if (r->form == FORM_WEIGHT)
        return vir_cgroup_set_uint64(p->group, r->c, file, value, err);
    if (is_unlimited(value))
        return vir_cgroup_set_str(p->group, r->c, file, v2 ? "max" : "-1", err);
    if (r->form == FORM_SWAP && v2) {
        /* v2 counts swap alone, the API memory and swap together. */
        guint64 mem = 0;
        if (!vir_cgroup_get_uint64(p->group, r->c, "memory.max", &mem, err))
            return FALSE;
        if (mem == G_MAXUINT64 || value < mem / 1024)
            return vir_fail(err, VIR_ERR_INVALID_ARG,
                            "swap_hard_limit %" G_GUINT64_FORMAT " KiB must not be below hard_limit, which must be set",
                            value);
        value -= mem / 1024;
    }
    return vir_cgroup_set_uint64(p->group, r->c, file, value * 1024, err);
}

static gboolean quota_set(const VirCgroup *cg, gboolean v2, guint64 period, gint64 quota, GError **err)
{
    gboolean has_period = period != HV_TUNE_UNSET && period != 0;
    if (v2) {
        if (!has_period && quota == 0)
            return TRUE;
        g_autofree char *q = quota > 0 ? g_strdup_printf("%" G_GINT64_FORMAT, quota) : g_strdup("max");
        g_autofree char *now = NULL;
        if (quota == 0 && (now = vir_cgroup_get_str(cg, VIR_CGROUP_CPU, "cpu.max", err))) {
            g_free(q);
            q = g_strndup(now, strcspn(now, " "));
        } else if (quota == 0) {
            return FALSE;
        }
        g_autofree char *text = has_period ? g_strdup_printf("%s %" G_GUINT64_FORMAT, q, period) : g_strdup(q);
        return vir_cgroup_set_str(cg, VIR_CGROUP_CPU, "cpu.max", text, err);
    }
    if (has_period && !vir_cgroup_set_uint64(cg, VIR_CGROUP_CPU, "cpu.cfs_period_us", period, err))
        return FALSE;
    if (quota == 0)
        return TRUE;
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, quota < 0 ? -1 : quota);
    return vir_cgroup_set_str(cg, VIR_CGROUP_CPU, "cpu.cfs_quota_us", text, err);
}

gboolean hv_placement_set(HvPlacement *p, const HvTune *t, GError **err)
{
    /* v1 refuses a memory limit above the one of memory and swap: then that one is raised first. */
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) why = NULL;
        if (row_set(p, &rows[i], t, &why))
            continue;
        gboolean swap_first = rows[i].offset == offsetof(HvTune, mem_hard_kib) && t->mem_swap_hard_kib != HV_TUNE_UNSET;
        if (!swap_first || !row_set(p, &rows[3], t, NULL) || !row_set(p, &rows[i], t, NULL)) {
            g_propagate_error(err, g_steal_pointer(&why));
            return FALSE;
        }
    }
    if ((t->cpu_period_us == HV_TUNE_UNSET || t->cpu_period_us == 0) && t->cpu_quota_us == 0)
        return TRUE;
    return need(p, VIR_CGROUP_CPU, "a CPU quota", err) &&
           quota_set(p->group, vir_cgroup_host_is_v2(p->ch, VIR_CGROUP_CPU), t->cpu_period_us, t->cpu_quota_us, err);
}

static void row_get(HvPlacement *p, const Row *r, HvTune *ret)
{
    guint64 v = 0;
    gboolean v2 = vir_cgroup_host_is_v2(p->ch, r->c);
    if (!hv_placement_has(p, r->c))
        return;
    if (r->form == FORM_WEIGHT && v2) {
        if (!vir_cgroup_get_keyed(p->group, r->c, row_file(p, r), "default", &v, NULL))
            return;
    } else if (!vir_cgroup_get_uint64(p->group, r->c, row_file(p, r), &v, NULL)) {
        return;
    }
    if (r->form == FORM_KIB || r->form == FORM_SWAP) {
        guint64 mem = 0;
        if (r->form == FORM_SWAP && v2 && v != G_MAXUINT64 &&
            vir_cgroup_get_uint64(p->group, r->c, "memory.max", &mem, NULL) && mem != G_MAXUINT64)
            v += mem;
        v = v == G_MAXUINT64 || is_unlimited(v / 1024) ? VIR_DOMAIN_MEMORY_PARAM_UNLIMITED : v / 1024;
    }
    *member(ret, r) = v;
}

static void quota_get(HvPlacement *p, HvTune *ret)
{
    if (!hv_placement_has(p, VIR_CGROUP_CPU))
        return;
    if (vir_cgroup_host_is_v2(p->ch, VIR_CGROUP_CPU)) {
        g_autofree char *text = vir_cgroup_get_str(p->group, VIR_CGROUP_CPU, "cpu.max", NULL);
        const char *space = text ? strchr(text, ' ') : NULL;
        if (!space)
            return;
        ret->cpu_quota_us = g_str_has_prefix(text, "max") ? -1 : g_ascii_strtoll(text, NULL, 10);
        ret->cpu_period_us = g_ascii_strtoull(space + 1, NULL, 10);
        return;
    }
    g_autofree char *quota = vir_cgroup_get_str(p->group, VIR_CGROUP_CPU, "cpu.cfs_quota_us", NULL);
    if (quota)
        ret->cpu_quota_us = g_ascii_strtoll(quota, NULL, 10);
    vir_cgroup_get_uint64(p->group, VIR_CGROUP_CPU, "cpu.cfs_period_us", &ret->cpu_period_us, NULL);
}

gboolean hv_placement_get(HvPlacement *p, HvTune *ret, GError **err)
{
    hv_tune_init(ret);
    if (!p->group)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "the guest has no control group of its own");
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        row_get(p, &rows[i], ret);
    quota_get(p, ret);
    return TRUE;
}

gboolean hv_placement_set_thread(HvPlacement *p, HvThreadKind kind, guint index, guint64 period_us, gint64 quota_us,
                                 GError **err)
{
    if (!need(p, VIR_CGROUP_CPU, "a CPU quota", err))
        return FALSE;
    g_autoptr(VirCgroup) sub = hv_placement_sub(p, kind, index);
    return quota_set(sub, vir_cgroup_host_is_v2(p->ch, VIR_CGROUP_CPU), period_us, quota_us, err);
}

gboolean hv_placement_pin_thread(HvPlacement *p, HvThreadKind kind, guint index, const VirBitmap *cpus,
                                 const VirBitmap *mems, GError **err)
{
    if (!need(p, VIR_CGROUP_CPUSET, "pinning", err))
        return FALSE;
    g_autoptr(VirCgroup) sub = hv_placement_sub(p, kind, index);
    g_autofree char *c = cpus ? vir_bitmap_format(cpus) : NULL;
    g_autofree char *m = mems ? vir_bitmap_format(mems) : NULL;
    return (!c || vir_cgroup_set_str(sub, VIR_CGROUP_CPUSET, "cpuset.cpus", c, err)) &&
           (!m || vir_cgroup_set_str(sub, VIR_CGROUP_CPUSET, "cpuset.mems", m, err));
}

gboolean hv_placement_set_block(HvPlacement *p, dev_t device, const char *what, guint64 value, GError **err)
{
    static const struct {
        const char *what, *v1, *v2;
    } files[] = {
        { "read_bps", "blkio.throttle.read_bps_device", "rbps" },
        { "write_bps", "blkio.throttle.write_bps_device", "wbps" },
        { "read_iops", "blkio.throttle.read_iops_device", "riops" },
        { "write_iops", "blkio.throttle.write_iops_device", "wiops" },
        { "weight", "blkio.weight_device", NULL },
    };
    if (!need(p, VIR_CGROUP_BLKIO, what, err))
        return FALSE;
    gboolean v2 = vir_cgroup_host_is_v2(p->ch, VIR_CGROUP_BLKIO);
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        if (strcmp(files[i].what, what) != 0)
            continue;
        g_autofree char *number = value == 0 && v2 && files[i].v2 ? g_strdup("max")
                                                                 : g_strdup_printf("%" G_GUINT64_FORMAT, value);
        g_autofree char *text = v2 && files[i].v2
                                    ? g_strdup_printf("%u:%u %s=%s", major(device), minor(device), files[i].v2, number)
                                    : g_strdup_printf("%u:%u %s", major(device), minor(device), number);
        const char *file = !v2 ? files[i].v1 : files[i].v2 ? "io.max" : "io.weight";
        return vir_cgroup_set_str(p->group, VIR_CGROUP_BLKIO, file, text, err);
    }
    return vir_fail(err, VIR_ERR_INVALID_ARG, "unknown block limit '%s'", what);
}

/* ---- figures ---- */

gboolean hv_placement_cpu(const HvPlacement *p, VirCgroupCpu *ret, GError **err)
{
    if (!p->group)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "the guest has no control group of its own");
    return vir_cgroup_cpu(p->group, ret, err);
}

gboolean hv_placement_memory(const HvPlacement *p, guint64 *ret, GError **err)
{
    if (!p->group)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "the guest has no control group of its own");
    return vir_cgroup_memory(p->group, ret, err);
}

gboolean hv_placement_vcpu_ns(const HvPlacement *p, guint index, pid_t pid, pid_t tid, guint64 *ret, GError **err)
{
    g_autoptr(VirCgroup) sub = p->group ? hv_placement_sub(p, HV_THREAD_VCPU, index) : NULL;
    VirCgroupCpu cpu;
    if (sub && vir_cgroup_has(sub, VIR_CGROUP_CPUACCT) && vir_cgroup_cpu(sub, &cpu, NULL)) {
        *ret = cpu.total_ns;
        return TRUE;
    }
    VirProcStat st;
    if (!vir_proc_stat(p->host, pid, tid, &st, err))
        return *err ? FALSE : vir_fail(err, VIR_ERR_OPERATION_FAILED, "vCPU %u has no thread", index);
    *ret = st.user_ns + st.system_ns;
    return TRUE;
}

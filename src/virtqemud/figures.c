/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/figures.h"

#include <string.h>

#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

/* A QEMU that has not answered something for this long is not asked again: its main loop does not run. */
#define OVERDUE_US (50 * 1000)

static void figures_dispose(void *obj)
{
    QemuFigures *f = obj;
    g_clear_pointer(&f->disks, g_ptr_array_unref);
    g_clear_pointer(&f->nodes, g_array_unref);
    g_clear_pointer(&f->iothreads, g_array_unref);
    g_clear_pointer(&f->dirty_rate.vcpu_rates, g_array_unref);
}
VIR_CLASS_DEFINE(qemu_figures, QemuFigures, figures_dispose)

/* ---- decoding ---- */

static void decode_disks(QemuFigures *f, VirJson *reply)
{
    GPtrArray *disks = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    for (gsize i = 0; json_object_is_type(reply, json_type_array) && i < vir_json_len(reply); i++) {
        GArray *chain = vir_qmp_decode_blockstats_chain(reply, i, NULL);
        if (chain)
            g_ptr_array_add(disks, chain);
    }
    f->disks = disks;
}

static void decode_nodes(QemuFigures *f, VirJson *reply)
{
    f->nodes = vir_qmp_decode(&vir_qmp_nodes_query, reply, NULL);
}

static void decode_iothreads(QemuFigures *f, VirJson *reply)
{
    f->iothreads = vir_qmp_decode(&vir_qmp_iothreads_query, reply, NULL);
}

static void decode_balloon(QemuFigures *f, VirJson *reply)
{
    f->balloon = vir_json_uint64(reply, "actual", 0);
}

static void decode_memory(QemuFigures *f, VirJson *reply)
{
    static const struct { const char *name; guint unit; } fields[QEMU_MEMORY_LAST] = {
        [QEMU_MEMORY_SWAP_IN] = { "stat-swap-in", 1024 },
        [QEMU_MEMORY_SWAP_OUT] = { "stat-swap-out", 1024 },
        [QEMU_MEMORY_MAJOR_FAULT] = { "stat-major-faults", 1 },
        [QEMU_MEMORY_MINOR_FAULT] = { "stat-minor-faults", 1 },
        [QEMU_MEMORY_UNUSED] = { "stat-free-memory", 1024 },
        [QEMU_MEMORY_AVAILABLE] = { "stat-total-memory", 1024 },
        [QEMU_MEMORY_USABLE] = { "stat-available-memory", 1024 },
        [QEMU_MEMORY_DISK_CACHES] = { "stat-disk-caches", 1024 },
        [QEMU_MEMORY_HUGETLB_PGALLOC] = { "stat-htlb-pgalloc", 1 },
        [QEMU_MEMORY_HUGETLB_PGFAIL] = { "stat-htlb-pgfail", 1 },
    };
    VirJson *stats = vir_json_obj(reply, "stats");
    for (int i = 0; i < QEMU_MEMORY_LAST; i++) {
        VirJson *value = fields[i].name && stats ? json_object_object_get(stats, fields[i].name) : NULL;
        guint64 amount = value && json_object_is_type(value, json_type_int) ? json_object_get_uint64(value) : G_MAXUINT64;
        /* The guest's "unknown" is all ones, in 64 bits signed or unsigned. */
        gboolean known = amount != G_MAXUINT64 && (!value || json_object_get_int64(value) != -1);
        f->memory[i] = known ? amount / fields[i].unit : G_MAXUINT64;
    }
    f->memory[QEMU_MEMORY_LAST_UPDATE] = vir_json_uint64(reply, "last-update", 0);
    f->has_memory = TRUE;
}

static void decode_dirty_rate(QemuFigures *f, VirJson *reply)
{
    static const char *const states[] = { "unstarted", "measuring", "measured" };
    const char *status = vir_json_str(reply, "status", "");
    QemuDirtyRate *d = &f->dirty_rate;
    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        if (g_str_equal(states[i], status))
            d->status = i;
    }
    d->start_time = vir_json_int64(reply, "start-time", 0);
    d->calc_time = vir_json_int64(reply, "calc-time", 0);
    d->rate = vir_json_int64(reply, "dirty-rate", -1);
    g_strlcpy(d->mode, vir_json_str(reply, "mode", "page-sampling"), sizeof(d->mode));
    VirJson *rates = vir_json_array(reply, "vcpu-dirty-rate");
    for (gsize i = 0; i < vir_json_len(rates); i++) {
        guint64 rate = vir_json_uint64(vir_json_at(rates, i), "dirty-rate", 0);
        if (!d->vcpu_rates)
            d->vcpu_rates = g_array_new(FALSE, TRUE, sizeof(guint64));
        g_array_append_val(d->vcpu_rates, rate);
    }
    f->has_dirty_rate = TRUE;
}

static void decode_haltpoll(QemuFigures *f, VirJson *reply)
{
    for (gsize i = 0; json_object_is_type(reply, json_type_array) && i < vir_json_len(reply); i++) {
        VirJson *stats = vir_json_array(vir_json_at(reply, i), "stats");
        for (gsize k = 0; k < vir_json_len(stats); k++) {
            const char *name = vir_json_str(vir_json_at(stats, k), "name", "");
            guint64 value = vir_json_uint64(vir_json_at(stats, k), "value", 0);
            if (g_str_equal(name, "halt_poll_success_ns"))
                f->haltpoll_success += value;
            else if (g_str_equal(name, "halt_poll_fail_ns"))
                f->haltpoll_fail += value;
        }
    }
    f->has_haltpoll = TRUE;
}

/* ---- the questions ---- */

static VirJson *flat_args(const DomainDef *def)
{
    return vir_json_new("b:flat", TRUE, NULL);
}

static VirJson *memory_args(const DomainDef *def)
{
    g_autofree char *path = g_strconcat("/machine/peripheral/", def->memballoon->info.alias, NULL);
    return vir_json_new("s:path", path, "s:property", "guest-stats", NULL);
}

static VirJson *haltpoll_args(const DomainDef *def)
{
    static const char *const names[] = { "halt_poll_success_ns", "halt_poll_fail_ns", NULL };
    VirJson *providers = json_object_new_array();
    json_object_array_add(providers, vir_json_new("s:provider", "kvm", "a:names", vir_json_new_strv(names), NULL));
    return vir_json_new("s:target", "vcpu", "a:providers", providers, NULL);
}

static gboolean has_balloon(const DomainDef *def)
{
    return def->memballoon && def->memballoon->info.alias;
}

static gboolean has_iothreads(const DomainDef *def)
{
    return def->iothreads || def->iothread_list.n;
}

static gboolean has_disks(const DomainDef *def)
{
    return def->disks.n > 0;
}

static gboolean is_kvm(const DomainDef *def)
{
    return def->virt_type == DOMAIN_VIRT_KVM;
}

typedef struct {
    guint groups;
    const char *command;
    VirJson *(*args)(const DomainDef *def);           /* NULL: none */
    gboolean (*wanted)(const DomainDef *def);         /* NULL: always */
    void (*decode)(QemuFigures *f, VirJson *reply);
} Question;

static const Question questions[] = {
    { VIR_DOMAIN_STATS_BLOCK, "query-blockstats", NULL, has_disks, decode_disks },
    { VIR_DOMAIN_STATS_BLOCK, "query-named-block-nodes", flat_args, has_disks, decode_nodes },
    { VIR_DOMAIN_STATS_BALLOON, "query-balloon", NULL, has_balloon, decode_balloon },
    { VIR_DOMAIN_STATS_BALLOON, "qom-get", memory_args, has_balloon, decode_memory },
    { VIR_DOMAIN_STATS_IOTHREAD, "query-iothreads", NULL, has_iothreads, decode_iothreads },
    { VIR_DOMAIN_STATS_DIRTYRATE, "query-dirty-rate", NULL, NULL, decode_dirty_rate },
    { VIR_DOMAIN_STATS_CPU_TOTAL, "query-stats", haltpoll_args, is_kvm, decode_haltpoll },
};
#define N_QUESTIONS G_N_ELEMENTS(questions)

typedef struct {
    int slot[N_QUESTIONS];       /* -1: not asked */
} Asked;

/* FALSE: not asked at all, its QEMU is overdue. */
static gboolean ask(VirQmpBatch *batch, const QemuView *view, guint groups, Asked *asked)
{
    gint64 oldest = 0;
    const DomainDef *def = qemu_view_def(view);
    if (vir_qmp_is_closed(view->mon) ||
        (vir_qmp_outstanding(view->mon, &oldest) && g_get_monotonic_time() - oldest > OVERDUE_US))
        return FALSE;
    for (guint i = 0; i < N_QUESTIONS; i++) {
        const Question *q = &questions[i];
        if (!(groups & q->groups) || (q->wanted && !q->wanted(def)))
            continue;
        asked->slot[i] = vir_qmp_batch_add(batch, view->mon, q->command, q->args ? q->args(def) : NULL);
    }
    return TRUE;
}

/* What was not asked for now is kept from the last time. */
static void keep_old(QemuFigures *f, const QemuFigures *old)
{
    if (!f->disks && old->disks)
        f->disks = g_ptr_array_ref(old->disks);
    if (!f->nodes && old->nodes)
        f->nodes = g_array_ref(old->nodes);
    if (!f->iothreads && old->iothreads)
        f->iothreads = g_array_ref(old->iothreads);
    if (!f->balloon)
        f->balloon = old->balloon;
    if (!f->has_memory && old->has_memory) {
        memcpy(f->memory, old->memory, sizeof(f->memory));
        f->has_memory = TRUE;
    }
    if (!f->has_dirty_rate && old->has_dirty_rate) {
        f->dirty_rate = old->dirty_rate;
        if (f->dirty_rate.vcpu_rates)
            g_array_ref(f->dirty_rate.vcpu_rates);
        f->has_dirty_rate = TRUE;
    }
    if (!f->has_haltpoll && old->has_haltpoll) {
        f->haltpoll_success = old->haltpoll_success;
        f->haltpoll_fail = old->haltpoll_fail;
        f->has_haltpoll = TRUE;
    }
}

/* Returns: a reference; *stale when an answer did not come. */
static QemuFigures *take(VirQmpBatch *batch, const QemuView *view, const Asked *asked, gboolean *stale)
{
    g_autoptr(QemuFigures) old = vir_qmp_get_attachment(view->mon);
    QemuFigures *f = virObjectNew(qemu_figures_class());
    gboolean any = FALSE;
    for (guint i = 0; i < N_QUESTIONS; i++) {
        if (asked->slot[i] < 0)
            continue;
        g_autoptr(GError) failed = NULL;
        g_autoptr(VirJson) reply = vir_qmp_batch_take(batch, asked->slot[i], &failed);
        any = TRUE;
        if (reply)
            questions[i].decode(f, reply);
        else if (!vir_qmp_error_class(failed))
            *stale = TRUE;       /* not QEMU's own no */
    }
    if (old)
        keep_old(f, old);
    if (any && !*stale)
        vir_qmp_set_attachment(view->mon, f);
    return f;
}

void qemu_figures_gather(QemuView *const *views, gsize n, guint groups, const VirQmpWait *wait, QemuFigures **ret,
                         gboolean *stale)
{
    g_autofree Asked *asked = g_new(Asked, n);
    g_autoptr(VirQmpBatch) batch = vir_qmp_batch_new();
    memset(asked, 0xff, sizeof(Asked) * n);
    for (gsize i = 0; i < n; i++) {
        ret[i] = NULL;
        stale[i] = views[i]->mon && qemu_view_def(views[i]) && !ask(batch, views[i], groups, &asked[i]);
    }
    vir_qmp_batch_wait(batch, wait);
    for (gsize i = 0; i < n; i++) {
        if (stale[i])
            ret[i] = vir_qmp_get_attachment(views[i]->mon);
        else if (views[i]->mon && qemu_view_def(views[i]))
            ret[i] = take(batch, views[i], &asked[i], &stale[i]);
    }
}

/* ---- look-ups ---- */

/* "/machine/peripheral/virtio-disk0/virtio-backend" is of "virtio-disk0". */
static gboolean qdev_is(const char *qdev, const char *alias)
{
    if (!qdev || !alias)
        return FALSE;
    const char *name = g_str_has_prefix(qdev, "/machine/peripheral/") ? qdev + strlen("/machine/peripheral/") : qdev;
    gsize len = strlen(alias);
    return strncmp(name, alias, len) == 0 && (!name[len] || name[len] == '/');
}

const GArray *qemu_figures_disk(const QemuFigures *figures, const char *alias)
{
    for (guint i = 0; figures->disks && i < figures->disks->len; i++) {
        const GArray *chain = g_ptr_array_index(figures->disks, i);
        if (chain->len && qdev_is(g_array_index(chain, VirQmpBlockStats, 0).qdev, alias))
            return chain;
    }
    return NULL;
}

const VirQmpNode *qemu_figures_node(const QemuFigures *figures, const char *name)
{
    for (guint i = 0; figures->nodes && i < figures->nodes->len; i++) {
        const VirQmpNode *node = &g_array_index(figures->nodes, VirQmpNode, i);
        if (g_str_equal(node->node_name, name))
            return node;
    }
    return NULL;
}

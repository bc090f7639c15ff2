/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/stats.h"

#include <string.h>

#include "util/error.h"
#include "virtqemud/figures.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define NET_DEV_MAX (4 * 1024 * 1024)

typedef struct {
    guint64 rx_bytes, rx_packets, rx_errors, rx_drop, tx_bytes, tx_packets, tx_errors, tx_drop;
} NetCounters;

/* What the groups of one domain are made of. */
typedef struct {
    const VirHost *host;
    const QemuView *view;
    const DomainDef *def;
    const QemuFigures *figures;  /* NULL */
    VirProcStat proc;            /* pid 0: none */
    gboolean has_proc;
    GHashTable *nets;            /* host interface -> NetCounters; NULL */
    gboolean backing;
} Subject;

static void add_state(const Subject *s, VirParams *p)
{
    vir_params_add_int(p, s->view->state, VIR_DOMAIN_STATS_STATE_STATE);
    vir_params_add_int(p, s->view->reason, VIR_DOMAIN_STATS_STATE_REASON);
}

static void add_cpu(const Subject *s, VirParams *p)
{
    if (!s->has_proc)
        return;
    vir_params_add_ullong(p, s->proc.user_ns + s->proc.system_ns, VIR_DOMAIN_STATS_CPU_TIME);
    vir_params_add_ullong(p, s->proc.user_ns, VIR_DOMAIN_STATS_CPU_USER);
    vir_params_add_ullong(p, s->proc.system_ns, VIR_DOMAIN_STATS_CPU_SYSTEM);
    vir_params_add_uint(p, 0, VIR_DOMAIN_STATS_CPU_CACHE_MONITOR_COUNT);
    gboolean kvm = s->def->virt_type == DOMAIN_VIRT_KVM;
    if (!kvm || (s->figures && s->figures->has_haltpoll)) {
        vir_params_add_ullong(p, kvm ? s->figures->haltpoll_success : 0, VIR_DOMAIN_STATS_CPU_HALTPOLL_SUCCESS_TIME);
        vir_params_add_ullong(p, kvm ? s->figures->haltpoll_fail : 0, VIR_DOMAIN_STATS_CPU_HALTPOLL_FAIL_TIME);
    }
}

static void add_balloon(const Subject *s, VirParams *p)
{
    static const char *const names[QEMU_MEMORY_LAST] = {
        [QEMU_MEMORY_SWAP_IN] = VIR_DOMAIN_STATS_BALLOON_SWAP_IN,
        [QEMU_MEMORY_SWAP_OUT] = VIR_DOMAIN_STATS_BALLOON_SWAP_OUT,
        [QEMU_MEMORY_MAJOR_FAULT] = VIR_DOMAIN_STATS_BALLOON_MAJOR_FAULT,
        [QEMU_MEMORY_MINOR_FAULT] = VIR_DOMAIN_STATS_BALLOON_MINOR_FAULT,
        [QEMU_MEMORY_UNUSED] = VIR_DOMAIN_STATS_BALLOON_UNUSED,
        [QEMU_MEMORY_AVAILABLE] = VIR_DOMAIN_STATS_BALLOON_AVAILABLE,
        [QEMU_MEMORY_USABLE] = VIR_DOMAIN_STATS_BALLOON_USABLE,
        [QEMU_MEMORY_LAST_UPDATE] = VIR_DOMAIN_STATS_BALLOON_LAST_UPDATE,
        [QEMU_MEMORY_DISK_CACHES] = VIR_DOMAIN_STATS_BALLOON_DISK_CACHES,
        [QEMU_MEMORY_HUGETLB_PGALLOC] = VIR_DOMAIN_STATS_BALLOON_HUGETLB_PGALLOC,
        [QEMU_MEMORY_HUGETLB_PGFAIL] = VIR_DOMAIN_STATS_BALLOON_HUGETLB_PGFAIL,
    };
    guint64 current = s->def->current_memory ? s->def->current_memory : s->def->memory;
    if (s->figures && s->figures->balloon)
        current = s->figures->balloon / 1024;
    else if (s->view->live && s->view->balloon_kib)
        current = s->view->balloon_kib;
    vir_params_add_ullong(p, current, VIR_DOMAIN_STATS_BALLOON_CURRENT);
    vir_params_add_ullong(p, s->def->memory, VIR_DOMAIN_STATS_BALLOON_MAXIMUM);
    for (int i = 0; s->figures && s->figures->has_memory && i < QEMU_MEMORY_LAST; i++) {
        if (s->figures->memory[i] != G_MAXUINT64)
            vir_params_add_ullong(p, s->figures->memory[i], "%s", names[i]);
    }
    if (s->has_proc)
        vir_params_add_ullong(p, s->proc.rss_bytes / 1024, VIR_DOMAIN_STATS_BALLOON_RSS);
}

/* The number after @key in the thread's own accounting files; milliseconds with a fraction become nanoseconds. */
static guint64 thread_wait_ns(const VirHost *host, pid_t pid, gint64 tid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task/%" G_GINT64_FORMAT "/sched", (int)pid, tid);
    g_autofree char *text = vir_host_read(host, path, 65536, NULL, NULL);
    const char *at = text ? strstr(text, "wait_sum") : NULL;
    at = at ? strchr(at, ':') : NULL;
    return at ? (guint64)(g_ascii_strtod(at + 1, NULL) * 1000000) : 0;
}

static guint64 thread_delay_ns(const VirHost *host, pid_t pid, gint64 tid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task/%" G_GINT64_FORMAT "/schedstat", (int)pid, tid);
    g_autofree char *text = vir_host_read(host, path, 256, NULL, NULL);
    const char *second = text ? strchr(text, ' ') : NULL;
    return second ? g_ascii_strtoull(second + 1, NULL, 10) : 0;
}

static void add_vcpu(const Subject *s, VirParams *p)
{
    guint current = s->def->vcpus_current ? s->def->vcpus_current : s->def->vcpus_max;
    const gint64 *tids = s->view->vcpu_tids;
    guint n = s->view->live && tids ? s->view->n_vcpus : 0;
    vir_params_add_uint(p, current, VIR_DOMAIN_STATS_VCPU_CURRENT);
    vir_params_add_uint(p, s->def->vcpus_max, VIR_DOMAIN_STATS_VCPU_MAXIMUM);
    for (guint i = 0; i < n; i++) {
        VirProcStat stat;
        if (!tids[i] || !vir_proc_stat(s->host, s->view->pid, tids[i], &stat, NULL))
            continue;
        vir_params_add_int(p, VIR_VCPU_RUNNING, "vcpu.%u.state", i);
        vir_params_add_ullong(p, stat.user_ns + stat.system_ns, "vcpu.%u.time", i);
        vir_params_add_ullong(p, thread_wait_ns(s->host, s->view->pid, tids[i]), "vcpu.%u.wait", i);
        vir_params_add_ullong(p, thread_delay_ns(s->host, s->view->pid, tids[i]), "vcpu.%u.delay", i);
    }
}

static void add_interfaces(const Subject *s, VirParams *p)
{
    if (!s->view->live)
        return;
    vir_params_add_uint(p, s->def->nets.n, VIR_DOMAIN_STATS_NET_COUNT);
    for (guint i = 0; i < s->def->nets.n; i++) {
        const DomainNet *net = s->def->nets.v[i];
        if (!net->ifname)
            continue;
        vir_params_add_string(p, net->ifname, "net.%u.name", i);
        const NetCounters *c = s->nets ? g_hash_table_lookup(s->nets, net->ifname) : NULL;
        if (!c)
            continue;
        /* The host's end of a tap sends what the guest receives; a macvtap is the guest's own end. */
        gboolean same_end = net->type == DOMAIN_NET_DIRECT;
        vir_params_add_ullong(p, same_end ? c->rx_bytes : c->tx_bytes, "net.%u.rx.bytes", i);
        vir_params_add_ullong(p, same_end ? c->rx_packets : c->tx_packets, "net.%u.rx.pkts", i);
        vir_params_add_ullong(p, same_end ? c->rx_errors : c->tx_errors, "net.%u.rx.errs", i);
        vir_params_add_ullong(p, same_end ? c->rx_drop : c->tx_drop, "net.%u.rx.drop", i);
        vir_params_add_ullong(p, same_end ? c->tx_bytes : c->rx_bytes, "net.%u.tx.bytes", i);
        vir_params_add_ullong(p, same_end ? c->tx_packets : c->rx_packets, "net.%u.tx.pkts", i);
        vir_params_add_ullong(p, same_end ? c->tx_errors : c->rx_errors, "net.%u.tx.errs", i);
        vir_params_add_ullong(p, same_end ? c->tx_drop : c->rx_drop, "net.%u.tx.drop", i);
    }
}

/* The node of an image: its format layer, else its storage layer. */
static const VirQmpNode *source_node(const QemuFigures *figures, const StorageSource *src)
{
    static const char *const layers[] = { "format", "storage" };
    for (guint i = 0; figures && src->index && i < G_N_ELEMENTS(layers); i++) {
        char name[64];
        g_snprintf(name, sizeof(name), "libvirt-%u-%s", src->index, layers[i]);
        const VirQmpNode *node = qemu_figures_node(figures, name);
        if (node)
            return node;
    }
    return NULL;
}

static void add_counters(const VirQmpBlockStats *b, guint i, VirParams *p)
{
    vir_params_add_ullong(p, b->rd_ops, "block.%u.rd.reqs", i);
    vir_params_add_ullong(p, b->rd_bytes, "block.%u.rd.bytes", i);
    vir_params_add_ullong(p, b->rd_ns, "block.%u.rd.times", i);
    vir_params_add_ullong(p, b->wr_ops, "block.%u.wr.reqs", i);
    vir_params_add_ullong(p, b->wr_bytes, "block.%u.wr.bytes", i);
    vir_params_add_ullong(p, b->wr_ns, "block.%u.wr.times", i);
    vir_params_add_ullong(p, b->flush_ops, "block.%u.fl.reqs", i);
    vir_params_add_ullong(p, b->flush_ns, "block.%u.fl.times", i);
}

/* One image of a disk: number @depth of its chain. */
static void add_image(const Subject *s, const DomainDisk *disk, const StorageSource *src, guint depth, guint i,
                      VirParams *p)
{
    const GArray *chain = s->figures ? qemu_figures_disk(s->figures, disk->info.alias) : NULL;
    const VirQmpBlockStats *stats = chain && depth < chain->len ? &g_array_index(chain, VirQmpBlockStats, depth) : NULL;
    const VirQmpNode *node = source_node(s->figures, src);
    vir_params_add_string(p, disk->dst, "block.%u.name", i);
    if (src->path)
        vir_params_add_string(p, src->path, "block.%u.path", i);
    if (s->view->live && src->path && src->index)
        vir_params_add_uint(p, src->index, "block.%u.backingIndex", i);
    if (stats && depth == 0)
        add_counters(stats, i, p);
    if (!src->path || !s->view->live)
        return;
    if (stats && stats->has_highest_offset)
        vir_params_add_ullong(p, stats->wr_highest_offset, "block.%u.allocation", i);
    if (node) {
        vir_params_add_ullong(p, node->virtual_size, "block.%u.capacity", i);
        vir_params_add_ullong(p, node->actual_size, "block.%u.physical", i);
        if (node->write_threshold)
            vir_params_add_ullong(p, node->write_threshold, "block.%u.threshold", i);
    }
}

static void add_blocks(const Subject *s, VirParams *p)
{
    guint at = p->len, count = 0;
    vir_params_add_uint(p, 0, VIR_DOMAIN_STATS_BLOCK_COUNT);
    for (guint i = 0; i < s->def->disks.n; i++) {
        const DomainDisk *disk = s->def->disks.v[i];
        add_image(s, disk, &disk->src, 0, count++, p);
        guint depth = 1;
        for (const StorageSource *b = disk->src.backing; s->backing && b && b->type; b = b->backing)
            add_image(s, disk, b, depth++, count++, p);
    }
    p->val[at].value.u.ui = count;
}

static void add_iothreads(const Subject *s, VirParams *p)
{
    const GArray *threads = s->figures ? s->figures->iothreads : NULL;
    if (!s->view->live || !threads || !threads->len)
        return;
    vir_params_add_uint(p, threads->len, VIR_DOMAIN_STATS_IOTHREAD_COUNT);
    for (guint i = 0; i < threads->len; i++) {
        const VirQmpIOThread *t = &g_array_index(threads, VirQmpIOThread, i);
        if (!g_str_has_prefix(t->id, "iothread"))
            continue;
        const char *id = t->id + strlen("iothread");
        vir_params_add_ullong(p, t->poll_max_ns, "iothread.%s.poll-max-ns", id);
        vir_params_add_ullong(p, t->poll_grow, "iothread.%s.poll-grow", id);
        vir_params_add_ullong(p, t->poll_shrink, "iothread.%s.poll-shrink", id);
    }
}

static void add_dirty_rate(const Subject *s, VirParams *p)
{
    if (!s->view->live || !s->figures || !s->figures->has_dirty_rate)
        return;
    const QemuDirtyRate *d = &s->figures->dirty_rate;
    vir_params_add_int(p, d->status, VIR_DOMAIN_STATS_DIRTYRATE_CALC_STATUS);
    vir_params_add_llong(p, d->start_time, VIR_DOMAIN_STATS_DIRTYRATE_CALC_START_TIME);
    vir_params_add_int(p, d->calc_time, VIR_DOMAIN_STATS_DIRTYRATE_CALC_PERIOD);
    vir_params_add_string(p, d->mode, VIR_DOMAIN_STATS_DIRTYRATE_CALC_MODE);
    if (d->rate >= 0)
        vir_params_add_llong(p, d->rate, VIR_DOMAIN_STATS_DIRTYRATE_MEGABYTES_PER_SECOND);
    for (guint i = 0; d->vcpu_rates && i < d->vcpu_rates->len; i++)
        vir_params_add_ullong(p, g_array_index(d->vcpu_rates, guint64, i), "dirtyrate.vcpu.%u.megabytes_per_second", i);
}

/* In the order of the answer. Perf events and memory bandwidth monitors have nothing to say until one is set up. */
static const struct {
    guint group;
    void (*add)(const Subject *s, VirParams *p);
} groups_table[] = {
    { VIR_DOMAIN_STATS_STATE, add_state },
    { VIR_DOMAIN_STATS_CPU_TOTAL, add_cpu },
    { VIR_DOMAIN_STATS_BALLOON, add_balloon },
    { VIR_DOMAIN_STATS_VCPU, add_vcpu },
    { VIR_DOMAIN_STATS_INTERFACE, add_interfaces },
    { VIR_DOMAIN_STATS_BLOCK, add_blocks },
    { VIR_DOMAIN_STATS_IOTHREAD, add_iothreads },
    { VIR_DOMAIN_STATS_DIRTYRATE, add_dirty_rate },
};

/* All host interfaces at once: one read, whatever the number of guests. */
static GHashTable *read_net_counters(const VirHost *host)
{
    g_autofree char *text = vir_host_read(host, "/proc/net/dev", NET_DEV_MAX, NULL, NULL);
    GHashTable *nets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (char *line = text, *next; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        char *colon = strchr(line, ':');
        if (!colon)
            continue;
        *colon = '\0';
        guint64 v[16] = { 0 };
        char *p = colon + 1;
        for (int i = 0; i < 16; i++)
            v[i] = g_ascii_strtoull(p, &p, 10);
        NetCounters *c = g_new(NetCounters, 1);
        *c = (NetCounters){ v[0], v[1], v[2], v[3], v[8], v[9], v[10], v[11] };
        g_hash_table_insert(nets, g_strdup(g_strstrip(line)), c);
    }
    return nets;
}

gboolean qemu_stats_groups(guint asked, guint flags, guint *ret, GError **err)
{
    guint unknown = asked & ~(guint)QEMU_STATS_GROUPS;
    if (unknown && (flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS))
        return vir_fail(err, VIR_ERR_ARGUMENT_UNSUPPORTED, "Stats types bits 0x%x are not supported by this daemon",
                        unknown);
    *ret = asked ? asked & QEMU_STATS_GROUPS : QEMU_STATS_GROUPS;
    return TRUE;
}

void qemu_stats_collect(const VirHost *host, QemuView *const *views, gsize n, guint groups, guint flags,
                        gint64 deadline_us, VirCancel *cancel, VirParams *ret)
{
    g_autofree QemuFigures **figures = g_new0(QemuFigures *, n);
    g_autofree gboolean *stale = g_new0(gboolean, n);
    VirQmpWait wait = { .deadline_us = deadline_us ? deadline_us : g_get_monotonic_time() + QEMU_STATS_GATHER_MS * 1000,
                        .cancel = cancel };
    qemu_figures_gather(views, n, groups, &wait, figures, stale);
    g_autoptr(GHashTable) nets = groups & VIR_DOMAIN_STATS_INTERFACE ? read_net_counters(host) : NULL;
    for (gsize i = 0; i < n; i++) {
        Subject s = { .host = host, .view = views[i], .def = qemu_view_def(views[i]), .figures = figures[i],
                      .nets = nets, .backing = (flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING) != 0 };
        if ((groups & (VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_BALLOON)) && views[i]->pid)
            s.has_proc = vir_proc_stat(host, views[i]->pid, 0, &s.proc, NULL);
        for (guint g = 0; g < G_N_ELEMENTS(groups_table); g++) {
            if ((groups & groups_table[g].group) && (s.def || groups_table[g].group == VIR_DOMAIN_STATS_STATE))
                groups_table[g].add(&s, &ret[i]);
        }
        if (stale[i])
            vir_params_add_bool(&ret[i], TRUE, "stale");
        virObjectUnref(figures[i]);
    }
}

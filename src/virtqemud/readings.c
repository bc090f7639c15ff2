/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/readings.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/params.h"
#include "hv/helper.h"
#include "virtqemud/methods-tune.h"
#include "virtqemud/qmp/qmp-commands.h"
#include "virtqemud/view.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define IMAGE_DEADLINE_MS 5000

/* ---- disks ---- */

gboolean qemu_qdev_is(const char *qdev, const char *alias)
{
    if (!qdev || !alias)
        return FALSE;
    if (g_str_equal(qdev, alias))
        return TRUE;
    const char *prefix = "/machine/peripheral/";
    if (!g_str_has_prefix(qdev, prefix))
        return FALSE;
    const char *rest = qdev + strlen(prefix);
    gsize n = strlen(alias);
    return strncmp(rest, alias, n) == 0 && (rest[n] == 0 || rest[n] == '/');
}

const char *qemu_disk_qdev(VirJson *blocks, const DomainDisk *disk, VirJson **ret_inserted, GError **err)
{
    for (size_t i = 0; i < vir_json_len(blocks); i++) {
        VirJson *block = vir_json_at(blocks, i), *inserted = vir_json_obj(block, "inserted");
        const char *qdev = vir_json_str(block, "qdev", NULL);
        if (!inserted || !qemu_qdev_is(qdev, disk->info.alias))
            continue;
        *ret_inserted = inserted;
        return qdev;
    }
    vir_fail(err, VIR_ERR_INTERNAL_ERROR, "QEMU has no medium in disk '%s', and so no limits of it", disk->dst);
    return NULL;
}

/* What QEMU counted for the disk @path; the sum of all for "". Caller unrefs. */
static gboolean block_stats(VirInvocation *inv, VirEntry *obj, const char *path, VirQmpBlockStats *sum, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    if (!qemu_domain_need_active(dom, err))
        return FALSE;
    const DomainDisk *disk = *path ? qemu_def_disk(dom->live->def, path) : NULL;
    if (*path && !disk)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "invalid path: %s", path);
    if (!qemu_domain_need_monitor(dom, err))
        return FALSE;
    VirQmpWait wait = qemu_domain_wait(inv);
    g_autoptr(GArray) stats = vir_qmp_query(dom->mon, &vir_qmp_blockstats_query, &wait, err);
    if (!stats)
        return FALSE;
    memset(sum, 0, sizeof(*sum));
    for (guint i = 0; i < stats->len; i++) {
        const VirQmpBlockStats *one = &g_array_index(stats, VirQmpBlockStats, i);
        if (disk && !qemu_qdev_is(one->qdev, disk->info.alias))
            continue;
        sum->rd_bytes += one->rd_bytes;
        sum->rd_ops += one->rd_ops;
        sum->rd_ns += one->rd_ns;
        sum->wr_bytes += one->wr_bytes;
        sum->wr_ops += one->wr_ops;
        sum->wr_ns += one->wr_ns;
        sum->flush_ops += one->flush_ops;
        sum->flush_ns += one->flush_ns;
    }
    return TRUE;
}

gboolean qemu_domain_block_stats(VirInvocation *inv, VirEntry *obj, const remote_domain_block_stats_args *args,
                                 remote_domain_block_stats_ret *ret, GError **err)
{
    VirQmpBlockStats sum;
    if (!block_stats(inv, obj, args->path, &sum, err))
        return FALSE;
    ret->rd_req = (gint64)sum.rd_ops;
    ret->rd_bytes = (gint64)sum.rd_bytes;
    ret->wr_req = (gint64)sum.wr_ops;
    ret->wr_bytes = (gint64)sum.wr_bytes;
    ret->errs = -1;
    return TRUE;
}

gboolean qemu_domain_block_stats_flags(VirInvocation *inv, VirEntry *obj,
                                       const remote_domain_block_stats_flags_args *args,
                                       remote_domain_block_stats_flags_ret *ret, GError **err)
{
    VirQmpBlockStats sum;
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    if (!block_stats(inv, obj, args->path, &sum, err))
        return FALSE;
    vir_params_add_llong(&p, (gint64)sum.wr_bytes, VIR_DOMAIN_BLOCK_STATS_WRITE_BYTES);
    vir_params_add_llong(&p, (gint64)sum.wr_ops, VIR_DOMAIN_BLOCK_STATS_WRITE_REQ);
    vir_params_add_llong(&p, (gint64)sum.rd_bytes, VIR_DOMAIN_BLOCK_STATS_READ_BYTES);
    vir_params_add_llong(&p, (gint64)sum.rd_ops, VIR_DOMAIN_BLOCK_STATS_READ_REQ);
    vir_params_add_llong(&p, (gint64)sum.flush_ops, VIR_DOMAIN_BLOCK_STATS_FLUSH_REQ);
    vir_params_add_llong(&p, (gint64)sum.wr_ns, VIR_DOMAIN_BLOCK_STATS_WRITE_TOTAL_TIMES);
    vir_params_add_llong(&p, (gint64)sum.rd_ns, VIR_DOMAIN_BLOCK_STATS_READ_TOTAL_TIMES);
    vir_params_add_llong(&p, (gint64)sum.flush_ns, VIR_DOMAIN_BLOCK_STATS_FLUSH_TOTAL_TIMES);
    vir_params_answer(&p, args->nparams, args->flags, ret);
    return TRUE;
}

gboolean qemu_domain_get_disk_errors(VirInvocation *inv, VirEntry *obj, const remote_domain_get_disk_errors_args *args,
                                     remote_domain_get_disk_errors_ret *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    if (!qemu_domain_need_active(dom, err))
        return FALSE;
    const DomainDef *def = dom->live->def;
    if (!args->maxerrors) {
        ret->nerrors = (gint32)def->disks.n;
        return TRUE;
    }
    if (!qemu_domain_need_monitor(dom, err))
        return FALSE;
    VirQmpWait wait = qemu_domain_wait(inv);
    g_autoptr(GArray) blocks = vir_qmp_query(dom->mon, &vir_qmp_blocks_query, &wait, err);
    if (!blocks)
        return FALSE;
    guint room = MIN(args->maxerrors, def->disks.n);
    ret->errors.val = g_new0(remote_domain_disk_error, room + 1);
    for (guint i = 0; i < def->disks.n && ret->errors.len < room; i++) {
        for (guint j = 0; j < blocks->len; j++) {
            const VirQmpBlock *block = &g_array_index(blocks, VirQmpBlock, j);
            if (!qemu_qdev_is(block->qdev, def->disks.v[i]->info.alias) || !block->io_status ||
                g_str_equal(block->io_status, "ok"))
                continue;
            remote_domain_disk_error *error = &ret->errors.val[ret->errors.len++];
            error->disk = g_strdup(def->disks.v[i]->dst);
            error->error = g_str_equal(block->io_status, "nospace") ? VIR_DOMAIN_DISK_ERROR_NO_SPACE
                                                                    : VIR_DOMAIN_DISK_ERROR_UNSPEC;
            break;
        }
    }
    ret->nerrors = (gint32)ret->errors.len;
    return TRUE;
}

/* ---- sizes of images ---- */

static gboolean read_header(int fd, StorageFormat format, QemuImageSize *ret)
{
    guint8 head[32];
    guint64 size = 0;
    if (format != STORAGE_FORMAT_QCOW2 || pread(fd, head, sizeof(head), 0) != sizeof(head) ||
        memcmp(head, "QFI\xfb", 4) != 0)
        return FALSE;
    for (int i = 0; i < 8; i++)
        size = size << 8 | head[24 + i];
    ret->capacity = size;
    return TRUE;
}

gboolean qemu_image_size(const char *path, StorageFormat format, QemuImageSize *ret, GError **err)
{
    struct stat st;
    int errnum = 0;
    if (!hv_stat(path, &st, &errnum, IMAGE_DEADLINE_MS, err))
        return FALSE;
    if (errnum)
        return vir_fail_errno(err, errnum, "cannot stat file '%s'", path);
    ret->allocation = (guint64)st.st_blocks * 512;
    ret->physical = ret->capacity = (guint64)st.st_size;
    if (S_ISREG(st.st_mode) && format != STORAGE_FORMAT_QCOW2)
        return TRUE;
    int fd = hv_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0, IMAGE_DEADLINE_MS, err);
    if (fd < 0)
        return FALSE;
    if (S_ISBLK(st.st_mode)) {
        off_t end = lseek(fd, 0, SEEK_END);
        ret->physical = ret->capacity = ret->allocation = end < 0 ? 0 : (guint64)end;
    }
    read_header(fd, format, ret);
    close(fd);
    return TRUE;
}

/* What QEMU knows better: the size the guest sees and, of images on block devices, how far they are written. */
static gboolean ask_sizes(QemuDomain *dom, VirInvocation *inv, const DomainDisk *disk, gboolean on_device,
                          QemuImageSize *ret, GError **err)
{
    VirQmpWait wait = qemu_domain_wait(inv);
    if (!qemu_domain_need_monitor(dom, err))
        return FALSE;
    g_autoptr(GArray) blocks = vir_qmp_query(dom->mon, &vir_qmp_blocks_query, &wait, err);
    if (!blocks)
        return FALSE;
    for (guint i = 0; i < blocks->len; i++) {
        const VirQmpBlock *block = &g_array_index(blocks, VirQmpBlock, i);
        if (block->inserted && qemu_qdev_is(block->qdev, disk->info.alias))
            ret->capacity = block->virtual_size;
    }
    if (!on_device)
        return TRUE;
    g_autoptr(GArray) stats = vir_qmp_query(dom->mon, &vir_qmp_blockstats_query, &wait, err);
    for (guint i = 0; stats && i < stats->len; i++) {
        const VirQmpBlockStats *one = &g_array_index(stats, VirQmpBlockStats, i);
        if (one->has_highest_offset && qemu_qdev_is(one->qdev, disk->info.alias))
            ret->allocation = one->wr_highest_offset;
    }
    return stats != NULL;
}

gboolean qemu_domain_get_block_info(VirInvocation *inv, VirEntry *obj, const remote_domain_get_block_info_args *args,
                                    remote_domain_get_block_info_ret *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    const DomainDef *def = qemu_domain_def(dom);
    const DomainDisk *disk = def ? qemu_def_disk(def, args->path) : NULL;
    QemuImageSize size = { 0 };
    if (!disk)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "invalid path %s not assigned to domain", args->path);
    if (storage_source_is_empty(&disk->src))
        return vir_fail(err, VIR_ERR_INVALID_ARG, "disk '%s' does not currently have a source assigned", args->path);
    gboolean local = disk->src.path && (disk->src.type == STORAGE_TYPE_FILE || disk->src.type == STORAGE_TYPE_BLOCK);
    if (!local && !dom->live)
        return vir_fail(err, VIR_ERR_OPERATION_UNSUPPORTED,
                        "the size of disk '%s' is known while the domain runs: its source is no file or block device",
                        disk->dst);
    if (local && !qemu_image_size(disk->src.path, disk->src.format, &size, err))
        return FALSE;
    if (dom->live && !ask_sizes(dom, inv, disk, disk->src.type == STORAGE_TYPE_BLOCK, &size, err))
        return FALSE;
    ret->allocation = size.allocation;
    ret->capacity = size.capacity;
    ret->physical = size.physical;
    return TRUE;
}

/* ---- interfaces ---- */

gboolean qemu_net_stats(const VirHost *host, const char *ifname, gboolean swapped, QemuNetStats *ret, GError **err)
{
    gsize len;
    g_autofree char *text = vir_host_read(host, "/proc/net/dev", 1024 * 1024, &len, err);
    gsize n = strlen(ifname);
    for (char *line = text; line; line = strchr(line, '\n')) {
        line += strspn(line, "\n ");
        if (strncmp(line, ifname, n) != 0 || line[n] != ':')
            continue;
        QemuNetStats s = { 0 };
        if (sscanf(line + n + 1, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
                   " %*u %*u %*u %*u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
                   &s.rx_bytes, &s.rx_packets, &s.rx_errs, &s.rx_drop, &s.tx_bytes, &s.tx_packets, &s.tx_errs,
                   &s.tx_drop) != 8)
            break;
        *ret = swapped ? (QemuNetStats){ s.tx_bytes, s.tx_packets, s.tx_errs, s.tx_drop, s.rx_bytes, s.rx_packets,
                                         s.rx_errs, s.rx_drop }
                       : s;
        return TRUE;
    }
    return text && vir_fail(err, VIR_ERR_INTERNAL_ERROR, "/proc/net/dev: Interface not found");
}

gboolean qemu_domain_interface_stats(VirInvocation *inv, VirEntry *obj, const remote_domain_interface_stats_args *args,
                                     remote_domain_interface_stats_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    QemuNetStats s;
    if (!qemu_view_need_active(view, err))
        return FALSE;
    const DomainNet *net = qemu_def_net(view->live->def, args->device, err);
    if (!net)
        return FALSE;
    if (!net->ifname)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "Interface name not provided");
    if (!qemu_net_stats(qemu_of(inv)->host, net->ifname, net->type != DOMAIN_NET_DIRECT, &s, err))
        return FALSE;
    ret->rx_bytes = (gint64)s.rx_bytes;
    ret->rx_packets = (gint64)s.rx_packets;
    ret->rx_errs = (gint64)s.rx_errs;
    ret->rx_drop = (gint64)s.rx_drop;
    ret->tx_bytes = (gint64)s.tx_bytes;
    ret->tx_packets = (gint64)s.tx_packets;
    ret->tx_errs = (gint64)s.tx_errs;
    ret->tx_drop = (gint64)s.tx_drop;
    return TRUE;
}

/* ---- memory ---- */

/* QEMU's name of each figure the guest's balloon driver tells, and whether it counts bytes. */
static const struct {
    const char *name;
    int tag;
    gboolean bytes;
} balloon_stats[] = {
    { "stat-swap-in", VIR_DOMAIN_MEMORY_STAT_SWAP_IN, TRUE },
    { "stat-swap-out", VIR_DOMAIN_MEMORY_STAT_SWAP_OUT, TRUE },
    { "stat-major-faults", VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT, FALSE },
    { "stat-minor-faults", VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT, FALSE },
    { "stat-free-memory", VIR_DOMAIN_MEMORY_STAT_UNUSED, TRUE },
    { "stat-total-memory", VIR_DOMAIN_MEMORY_STAT_AVAILABLE, TRUE },
    { "stat-available-memory", VIR_DOMAIN_MEMORY_STAT_USABLE, TRUE },
    { "stat-disk-caches", VIR_DOMAIN_MEMORY_STAT_DISK_CACHES, TRUE },
    { "stat-htlb-pgalloc", VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC, FALSE },
    { "stat-htlb-pgfail", VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL, FALSE },
};

static void add_stat(remote_domain_memory_stats_ret *ret, guint max, int tag, guint64 value)
{
    if (ret->stats.len < max)
        ret->stats.val[ret->stats.len++] = (remote_domain_memory_stat){ .tag = tag, .val = value };
}

/* A guest that tells nothing is no error: the rest of the answer stands. */
static void add_balloon_stats(QemuDomain *dom, const VirQmpWait *wait, guint max, remote_domain_memory_stats_ret *ret)
{
    const DomainMemballoon *balloon = dom->live->def->memballoon;
    if (!balloon || balloon->model == DOMAIN_BALLOON_NOTHING || !balloon->info.alias)
        return;
    g_autofree char *path = g_strconcat("/machine/peripheral/", balloon->info.alias, NULL);
    g_autoptr(VirJson) answer = vir_qmp_qom_get(dom->mon, path, "guest-stats", wait, NULL);
    VirJson *stats = answer ? vir_json_obj(answer, "stats") : NULL;
    if (!answer)
        return;
    for (gsize i = 0; stats && i < G_N_ELEMENTS(balloon_stats); i++) {
        /* -1: the guest does not tell. */
        guint64 value = vir_json_uint64(stats, balloon_stats[i].name, G_MAXUINT64);
        if (value < G_MAXINT64)
            add_stat(ret, max, balloon_stats[i].tag, balloon_stats[i].bytes ? value / 1024 : value);
    }
    add_stat(ret, max, VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE, vir_json_uint64(answer, "last-update", 0));
}

gboolean qemu_domain_memory_stats(VirInvocation *inv, VirEntry *obj, const remote_domain_memory_stats_args *args,
                                  remote_domain_memory_stats_ret *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    VirProcStat stat;
    if (!qemu_domain_need_active(dom, err) || !qemu_domain_need_monitor(dom, err))
        return FALSE;
    VirQmpWait wait = qemu_domain_wait(inv);
    guint max = MIN(args->maxStats, REMOTE_DOMAIN_MEMORY_STATS_MAX);
    ret->stats.val = g_new0(remote_domain_memory_stat, max + 1);
    add_stat(ret, max, VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON,
             dom->balloon_kib ? dom->balloon_kib : dom->live->def->memory);
    add_balloon_stats(dom, &wait, max, ret);
    if (vir_proc_stat(dom->qemu->host, dom->pid, 0, &stat, NULL))
        add_stat(ret, max, VIR_DOMAIN_MEMORY_STAT_RSS, stat.rss_bytes / 1024);
    return TRUE;
}

/* ---- CPU time ---- */

/* By CPU from @start on: version 1 of control groups alone counts it. */
static gboolean cpu_stats_each(VirInvocation *inv, const QemuView *view, const remote_domain_get_cpu_stats_args *args,
                               remote_domain_get_cpu_stats_ret *ret, GError **err)
{
    g_autoptr(VirBitmap) cpus = qemu_host_cpus(qemu_of(inv));
    gint start = args->start_cpu, n_cpus = vir_bitmap_last(cpus) + 1;
    if (args->nparams == 0 && args->ncpus == 0) {
        ret->nparams = n_cpus;
        return TRUE;
    }
    if (start >= n_cpus)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "start_cpu %d larger than maximum of %d", start, n_cpus - 1);
    g_autoptr(HvPlacement) placement = qemu_view_placement(qemu_of(inv), view, err);
    if (!placement)
        return FALSE;
    const VirCgroup *group = hv_placement_group(placement);
    g_autofree char *text = vir_cgroup_get_str(group, VIR_CGROUP_CPUACCT, "cpuacct.usage_percpu", NULL);
    if (!text)
        return vir_fail(err, VIR_ERR_OPERATION_UNSUPPORTED,
                        "this machine's control groups (version 2) do not count time by CPU; ask for the total");
    ret->nparams = 1;
    if (args->nparams == 0)
        return TRUE;
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    g_auto(GStrv) fields = g_strsplit(g_strstrip(text), " ", -1);
    for (gint cpu = 0; fields[cpu] && cpu < start + (gint)MIN(args->ncpus, 128u); cpu++) {
        if (cpu >= start)
            vir_params_add_ullong(&p, g_ascii_strtoull(fields[cpu], NULL, 10), VIR_DOMAIN_CPU_STATS_CPUTIME);
    }
    vir_params_move(&p, ret->params);
    return TRUE;
}

gboolean qemu_domain_get_cpu_stats(VirInvocation *inv, VirEntry *obj, const remote_domain_get_cpu_stats_args *args,
                                   remote_domain_get_cpu_stats_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    VirCgroupCpu cpu = { 0 };
    VirProcStat stat;
    if (!qemu_view_need_active(view, err))
        return FALSE;
    if (args->start_cpu != -1)
        return cpu_stats_each(inv, view, args, ret, err);
    g_autoptr(HvPlacement) placement = qemu_view_placement(qemu_of(inv), view, NULL);
    if (!placement || !hv_placement_cpu(placement, &cpu, NULL)) {
        if (!vir_proc_stat(qemu_of(inv)->host, view->pid, 0, &stat, err))
            return FALSE;
        cpu = (VirCgroupCpu){ stat.user_ns + stat.system_ns, stat.user_ns, stat.system_ns };
    }
    vir_params_add_ullong(&p, cpu.total_ns, VIR_DOMAIN_CPU_STATS_CPUTIME);
    vir_params_add_ullong(&p, cpu.user_ns, VIR_DOMAIN_CPU_STATS_USERTIME);
    vir_params_add_ullong(&p, cpu.system_ns, VIR_DOMAIN_CPU_STATS_SYSTEMTIME);
    vir_params_answer(&p, args->nparams, args->flags, ret);
    return TRUE;
}

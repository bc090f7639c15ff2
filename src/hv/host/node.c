/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hv/host/node.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define VIR_FROM_THIS VIR_FROM_NONE
#define MEMINFO_MAX (64 * 1024)
#define BIG_FILE_MAX (16 * 1024 * 1024)

static const VirHostCell *cell_by_id(const VirHostTopology *t, int id)
{
    for (guint i = 0; i < t->cells->len; i++) {
        const VirHostCell *cell = &g_array_index(t->cells, VirHostCell, i);
        if (cell->id == (guint)id)
            return cell;
    }
    return NULL;
}

/* Of a cell, or of the machine (-1). */
static char *read_meminfo(const VirHost *host, int cell, GError **err)
{
    if (cell < 0)
        return vir_host_read(host, "/proc/meminfo", MEMINFO_MAX, NULL, err);
    g_autofree char *path = g_strdup_printf("/sys/devices/system/node/node%d/meminfo", cell);
    return vir_host_read(host, path, MEMINFO_MAX, NULL, err);
}

/* "Key:" at a line's start or after the cell's "Node 0 ". */
static gboolean find_kib(const char *text, const char *key, guint64 *ret)
{
    for (const char *at = text; (at = strstr(at, key)); at += strlen(key)) {
        if (at == text || at[-1] == '\n' || at[-1] == ' ') {
            *ret = g_ascii_strtoull(at + strlen(key), NULL, 10);
            return TRUE;
        }
    }
    return FALSE;
}

static guint read_mhz(const VirHost *host)
{
    g_autofree char *info = vir_host_read(host, "/proc/cpuinfo", BIG_FILE_MAX, NULL, NULL);
    static const char *const keys[] = { "\ncpu MHz", "\nBogoMIPS", "\ncpu MHz dynamic", "\nclock" };
    for (guint i = 0; info && i < G_N_ELEMENTS(keys); i++) {
        const char *line = strstr(info, keys[i]);
        const char *colon = line ? strchr(line, ':') : NULL;
        if (colon)
            return strtoul(colon + 1, NULL, 10);
    }
    return 0;
}

static gboolean total_memory_kib(const VirHost *host, const VirHostTopology *t, guint64 *ret, GError **err)
{
    guint64 sum = 0;
    for (guint i = 0; t->numa && i < t->cells->len; i++)
        sum += g_array_index(t->cells, VirHostCell, i).memory_kib;
    *ret = sum;
    if (sum)
        return TRUE;
    g_autofree char *info = read_meminfo(host, -1, err);
    return info && (find_kib(info, "MemTotal:", ret) ||
                    vir_fail(err, VIR_ERR_INTERNAL_ERROR, "/proc/meminfo has no MemTotal"));
}

gboolean vir_host_node_info(const VirHost *host, const VirHostTopology *t, virNodeInfoPtr ret, GError **err)
{
    struct utsname un;
    guint64 memory = 0;
    memset(ret, 0, sizeof(*ret));
    if (!total_memory_kib(host, t, &memory, err))
        return FALSE;
    uname(&un);
    g_strlcpy(ret->model, un.machine, sizeof(ret->model));
    ret->memory = memory;
    ret->cpus = vir_bitmap_count(t->online);
    ret->mhz = read_mhz(host);
    ret->nodes = t->cells->len;
    ret->sockets = t->sockets;
    ret->cores = t->cores * t->dies;
    ret->threads = t->threads;
    /* Clients multiply these to get the number of CPUs: an uneven machine is told as one flat socket. */
    if ((guint64)ret->nodes * ret->sockets * ret->cores * ret->threads != vir_bitmap_count(t->present)) {
        ret->nodes = ret->sockets = ret->threads = 1;
        ret->cores = vir_bitmap_count(t->present);
    }
    return TRUE;
}

static gboolean cell_free_kib(const VirHost *host, const VirHostTopology *t, int cell, guint64 *ret, GError **err)
{
    g_autofree char *info = read_meminfo(host, t->numa ? cell : -1, err);
    return info && (find_kib(info, "MemFree:", ret) ||
                    vir_fail(err, VIR_ERR_INTERNAL_ERROR, "the memory figures of cell %d have no MemFree", cell));
}

gboolean vir_host_free_memory(const VirHost *host, const VirHostTopology *t, guint64 *ret, GError **err)
{
    guint64 sum = 0;
    for (guint i = 0; i < t->cells->len; i++) {
        guint64 kib = 0;
        if (!cell_free_kib(host, t, g_array_index(t->cells, VirHostCell, i).id, &kib, err))
            return FALSE;
        sum += kib;
    }
    *ret = sum * 1024;
    return TRUE;
}

/* The highest number of a cell. */
static int last_cell(const VirHostTopology *t)
{
    return t->cells->len ? (int)g_array_index(t->cells, VirHostCell, t->cells->len - 1).id : -1;
}

int vir_host_cells_free_memory(const VirHost *host, const VirHostTopology *t, int start, int max, guint64 *ret,
                               GError **err)
{
    int last = last_cell(t), n = 0;
    if (start < 0 || start > last) {
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "start cell %d out of range (0-%d)", start, last);
        return -1;
    }
    for (int id = start; id <= last && n < max; id++, n++) {
        guint64 kib = 0;   /* a number without a cell has nothing free */
        if (cell_by_id(t, id) && !cell_free_kib(host, t, id, &kib, err))
            return -1;
        ret[n] = kib * 1024;
    }
    return n;
}

static gboolean free_pages(const VirHost *host, const VirHostTopology *t, int cell, guint size, guint64 *ret,
                           GError **err)
{
    guint base = sysconf(_SC_PAGESIZE) / 1024;
    if (size == base) {
        guint64 kib = 0;
        if (!cell_free_kib(host, t, cell, &kib, err))
            return FALSE;
        *ret = kib / base;
        return TRUE;
    }
    g_autofree char *path = t->numa
        ? g_strdup_printf("/sys/devices/system/node/node%d/hugepages/hugepages-%ukB/free_hugepages", cell, size)
        : g_strdup_printf("/sys/kernel/mm/hugepages/hugepages-%ukB/free_hugepages", size);
    g_autofree char *text = vir_host_read(host, path, 64, NULL, NULL);
    if (!text)
        return vir_fail(err, VIR_ERR_OPERATION_FAILED, "page size %u KiB is not available on cell %d", size, cell);
    *ret = g_ascii_strtoull(text, NULL, 10);
    return TRUE;
}

int vir_host_free_pages(const VirHost *host, const VirHostTopology *t, const guint *sizes, guint n_sizes, int start,
                        guint n_cells, guint64 *ret, GError **err)
{
    int last = last_cell(t), n = 0;
    int first = MAX(start, 0);
    if (start < -1 || start > last) {
        vir_fail(err, VIR_ERR_INVALID_ARG, "start cell %d is out of range (0-%d)", start, last);
        return -1;
    }
    for (int id = first; id <= last && (guint)(id - first) < n_cells; id++) {
        for (guint s = 0; s < n_sizes; s++) {
            if (!free_pages(host, t, id, sizes[s], &ret[n], err))
                return -1;
            n++;
        }
    }
    if (!n) {
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "no page sizes or cells were asked for");
        return -1;
    }
    return n;
}

GArray *vir_host_cpu_stats(const VirHost *host, int cpu, GError **err)
{
    g_autofree char *stat = vir_host_read(host, "/proc/stat", BIG_FILE_MAX, NULL, err);
    if (!stat)
        return NULL;
    g_autofree char *key = cpu < 0 ? g_strdup("cpu ") : g_strdup_printf("cpu%d ", cpu);
    guint64 v[7] = { 0 };   /* user nice system idle iowait irq softirq */
    const char *line = stat;
    while (line && !g_str_has_prefix(line, key))
        line = (line = strchr(line, '\n')) ? line + 1 : NULL;
    guint n = 0;
    for (char *p = line ? (char *)line + strlen(key) : NULL; p && n < G_N_ELEMENTS(v) && *p != '\n'; n++)
        v[n] = g_ascii_strtoull(p, &p, 10);
    if (n < 4) {
        vir_fail(err, VIR_ERR_INVALID_ARG, "there is no CPU %d", cpu);
        return NULL;
    }
    guint64 tick = G_GUINT64_CONSTANT(1000000000) / sysconf(_SC_CLK_TCK);
    const virNodeCPUStats stats[] = {
        { VIR_NODE_CPU_STATS_KERNEL, (v[2] + v[5] + v[6]) * tick },
        { VIR_NODE_CPU_STATS_USER, (v[0] + v[1]) * tick },
        { VIR_NODE_CPU_STATS_IDLE, v[3] * tick },
        { VIR_NODE_CPU_STATS_IOWAIT, v[4] * tick },
    };
    GArray *out = g_array_new(FALSE, TRUE, sizeof(virNodeCPUStats));
    return g_array_append_vals(out, stats, G_N_ELEMENTS(stats));
}

GArray *vir_host_memory_stats(const VirHost *host, int cell, GError **err)
{
    static const struct { const char *key, *name; gboolean of_cells; } fields[] = {
        { "MemTotal:", VIR_NODE_MEMORY_STATS_TOTAL, TRUE },
        { "MemFree:", VIR_NODE_MEMORY_STATS_FREE, TRUE },
        { "Buffers:", VIR_NODE_MEMORY_STATS_BUFFERS, FALSE },
        { "Cached:", VIR_NODE_MEMORY_STATS_CACHED, FALSE },
    };
    g_autofree char *info = read_meminfo(host, cell, NULL);
    if (!info) {
        vir_fail(err, VIR_ERR_INVALID_ARG, "there is no NUMA cell %d", cell);
        return NULL;
    }
    GArray *out = g_array_new(FALSE, TRUE, sizeof(virNodeMemoryStats));
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        virNodeMemoryStats item = { 0 };
        guint64 kib = 0;
        if ((cell >= 0 && !fields[i].of_cells) || !find_kib(info, fields[i].key, &kib))
            continue;
        g_strlcpy(item.field, fields[i].name, sizeof(item.field));
        item.value = kib;
        g_array_append_val(out, item);
    }
    return out;
}

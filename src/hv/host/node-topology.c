/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hv/host/node.h"

#define VIR_FROM_THIS VIR_FROM_NONE
#define SYS_CPU "/sys/devices/system/cpu"
#define SYS_NODE "/sys/devices/system/node"

static void topology_cpu_clear(void *item)
{
    vir_bitmap_free(((VirHostTopologyCpu *)item)->siblings);
}

static void cell_clear(void *item)
{
    VirHostCell *cell = item;
    g_array_unref(cell->pages);
    g_array_unref(cell->distances);
    g_array_unref(cell->cpus);
}

static void bank_clear(void *item)
{
    vir_bitmap_free(((VirHostCacheBank *)item)->cpus);
}

static void topology_dispose(void *obj)
{
    VirHostTopology *t = obj;
    vir_bitmap_free(t->present);
    vir_bitmap_free(t->online);
    g_array_unref(t->cells);
    g_array_unref(t->banks);
}
VIR_CLASS_DEFINE(vir_host_topology, VirHostTopology, topology_dispose)

static GArray *array_new(gsize size, GDestroyNotify clear)
{
    GArray *array = g_array_new(FALSE, TRUE, size);
    if (clear)
        g_array_set_clear_func(array, clear);
    return array;
}

/* Small file without its newline; NULL: not there. */
static char *read_line(const VirHost *host, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
static char *read_line(const VirHost *host, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    g_autofree char *path = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    char *text = vir_host_read(host, path, 64 * 1024, NULL, NULL);
    return text ? g_strchomp(text) : NULL;
}

static guint64 number_of(char *text /* taken */, guint64 fallback)
{
    g_autofree char *owned = text;
    return owned && g_ascii_isdigit(*owned) ? g_ascii_strtoull(owned, NULL, 10) : fallback;
}

/* -1 in a topology file: one id for all. */
static guint cpu_id(const VirHost *host, guint cpu, const char *name)
{
    return number_of(read_line(host, SYS_CPU "/cpu%u/topology/%s", cpu, name), 0);
}

static VirBitmap *list_of(char *text /* taken */)
{
    g_autofree char *owned = text;
    return owned && *owned ? vir_bitmap_parse(owned, VIR_BITMAP_MAX, NULL) : NULL;
}

static void add_cpu(GArray *cpus, const VirHost *host, guint id)
{
    VirHostTopologyCpu cpu = { .id = id, .socket = cpu_id(host, id, "physical_package_id"),
                               .die = cpu_id(host, id, "die_id"), .core = cpu_id(host, id, "core_id") };
    cpu.siblings = list_of(read_line(host, SYS_CPU "/cpu%u/topology/thread_siblings_list", id));
    if (!cpu.siblings) {
        cpu.siblings = vir_bitmap_new();
        vir_bitmap_set(cpu.siblings, id);
    }
    g_array_append_val(cpus, cpu);
}

static int compare_pages(gconstpointer a, gconstpointer b)
{
    const VirHostPages *x = a, *y = b;
    return x->size_kib < y->size_kib ? -1 : x->size_kib > y->size_kib;
}

/* @dir holds hugepages-2048kB/... . The base size counts what the pools leave. */
static GArray *read_pages(const VirHost *host, const char *dir, guint64 memory_kib)
{
    GArray *pages = array_new(sizeof(VirHostPages), NULL);
    VirHostPages base = { .size_kib = sysconf(_SC_PAGESIZE) / 1024 };
    guint64 huge_kib = 0;
    g_autofree char *path = vir_host_path(host, dir);
    g_autoptr(GDir) d = g_dir_open(path, 0, NULL);
    for (const char *name; d && (name = g_dir_read_name(d));) {
        if (!g_str_has_prefix(name, "hugepages-"))
            continue;
        VirHostPages p = { .size_kib = g_ascii_strtoull(name + strlen("hugepages-"), NULL, 10),
                           .count = number_of(read_line(host, "%s/%s/nr_hugepages", dir, name), 0) };
        if (p.size_kib && p.size_kib != base.size_kib) {
            g_array_append_val(pages, p);
            huge_kib += p.size_kib * p.count;
        }
    }
    base.count = memory_kib > huge_kib ? (memory_kib - huge_kib) / base.size_kib : 0;
    g_array_append_val(pages, base);
    g_array_sort(pages, compare_pages);
    return pages;
}

static void read_distances(VirHostCell *cell, const VirHost *host)
{
    g_autofree char *text = read_line(host, SYS_NODE "/node%u/distance", cell->id);
    for (const char *p = text; p && *p;) {
        char *end = NULL;
        guint distance = strtoul(p, &end, 10);
        if (end == p)
            break;
        g_array_append_val(cell->distances, distance);
        p = end;
    }
}

static guint64 meminfo_kib(const char *text, const char *key)
{
    const char *at = text ? strstr(text, key) : NULL;
    return at ? g_ascii_strtoull(at + strlen(key), NULL, 10) : 0;
}

static void add_cell(VirHostTopology *t, const VirHost *host, guint id, const VirBitmap *cpus)
{
    VirHostCell cell = { .id = id, .distances = array_new(sizeof(guint), NULL),
                         .cpus = array_new(sizeof(VirHostTopologyCpu), topology_cpu_clear) };
    g_autofree char *info = t->numa ? read_line(host, SYS_NODE "/node%u/meminfo", id) : read_line(host, "/proc/meminfo");
    cell.memory_kib = meminfo_kib(info, "MemTotal:");
    g_autofree char *dir = t->numa ? g_strdup_printf(SYS_NODE "/node%u/hugepages", id)
                                   : g_strdup("/sys/kernel/mm/hugepages");
    cell.pages = read_pages(host, dir, cell.memory_kib);
    if (t->numa)
        read_distances(&cell, host);
    for (int cpu = cpus ? vir_bitmap_next(cpus, -1) : -1; cpu >= 0; cpu = vir_bitmap_next(cpus, cpu)) {
        if (vir_bitmap_test(t->online, cpu))
            add_cpu(cell.cpus, host, cpu);
    }
    g_array_append_val(t->cells, cell);
}

/* The last level's caches: each once, named by its first CPU or by the kernel's id. */
static void read_banks(VirHostTopology *t, const VirHost *host)
{
    g_autoptr(VirBitmap) seen = vir_bitmap_new();
    for (int cpu = vir_bitmap_next(t->online, -1); cpu >= 0; cpu = vir_bitmap_next(t->online, cpu)) {
        if (vir_bitmap_test(seen, cpu))
            continue;
        for (guint i = 0;; i++) {
            guint level = number_of(read_line(host, SYS_CPU "/cpu%d/cache/index%u/level", cpu, i), 0);
            if (!level)
                break;
            if (level < 3)
                continue;
            g_autofree char *type = read_line(host, SYS_CPU "/cpu%d/cache/index%u/type", cpu, i);
            g_autofree char *size = read_line(host, SYS_CPU "/cpu%d/cache/index%u/size", cpu, i);
            VirHostCacheBank bank = {
                .id = number_of(read_line(host, SYS_CPU "/cpu%d/cache/index%u/id", cpu, i), t->banks->len),
                .level = level,
                .type = g_strcmp0(type, "Data") == 0 ? 'd' : g_strcmp0(type, "Instruction") == 0 ? 'c' : 'b',
                .size_kib = size ? g_ascii_strtoull(size, NULL, 10) : 0,
                .cpus = list_of(read_line(host, SYS_CPU "/cpu%d/cache/index%u/shared_cpu_list", cpu, i)),
            };
            if (!bank.cpus)
                continue;
            vir_bitmap_union(seen, bank.cpus);
            g_array_append_val(t->banks, bank);
        }
    }
}

static guint count_distinct(const VirHostCell *cell, guint (*key)(const VirHostTopologyCpu *), int socket, int die)
{
    g_autoptr(GHashTable) set = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < cell->cpus->len; i++) {
        const VirHostTopologyCpu *cpu = &g_array_index(cell->cpus, VirHostTopologyCpu, i);
        if ((socket < 0 || cpu->socket == (guint)socket) && (die < 0 || cpu->die == (guint)die))
            g_hash_table_add(set, GUINT_TO_POINTER(key(cpu)));
    }
    return g_hash_table_size(set);
}

static guint key_socket(const VirHostTopologyCpu *cpu)
{
    return cpu->socket;
}

static guint key_die(const VirHostTopologyCpu *cpu)
{
    return cpu->die;
}

static guint key_core(const VirHostTopologyCpu *cpu)
{
    return cpu->core;
}

static void summarise(VirHostTopology *t)
{
    t->sockets = t->dies = t->cores = t->threads = 1;
    for (guint c = 0; c < t->cells->len; c++) {
        const VirHostCell *cell = &g_array_index(t->cells, VirHostCell, c);
        t->sockets = MAX(t->sockets, count_distinct(cell, key_socket, -1, -1));
        for (guint i = 0; i < cell->cpus->len; i++) {
            const VirHostTopologyCpu *cpu = &g_array_index(cell->cpus, VirHostTopologyCpu, i);
            t->threads = MAX(t->threads, vir_bitmap_count(cpu->siblings));
            /* Looked at once a socket and die would do; machines of many CPUs do this once a boot. */
            if (i == 0 || cpu->socket != cpu[-1].socket || cpu->die != cpu[-1].die) {
                t->dies = MAX(t->dies, count_distinct(cell, key_die, cpu->socket, -1));
                t->cores = MAX(t->cores, count_distinct(cell, key_core, cpu->socket, cpu->die));
            }
        }
    }
}

VirHostTopology *vir_host_topology_read(const VirHost *host, GError **err)
{
    g_autoptr(VirHostTopology) t = virObjectNew(vir_host_topology_class());
    t->cells = array_new(sizeof(VirHostCell), cell_clear);
    t->banks = array_new(sizeof(VirHostCacheBank), bank_clear);
    t->present = list_of(read_line(host, SYS_CPU "/present"));
    t->online = list_of(read_line(host, SYS_CPU "/online"));
    if (!t->present || !t->online) {
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "cannot read the CPUs of this machine from " SYS_CPU);
        return NULL;
    }
    g_autoptr(VirBitmap) nodes = list_of(read_line(host, SYS_NODE "/online"));
    t->numa = nodes != NULL;
    for (int node = nodes ? vir_bitmap_next(nodes, -1) : -1; node >= 0; node = vir_bitmap_next(nodes, node)) {
        g_autoptr(VirBitmap) cpus = list_of(read_line(host, SYS_NODE "/node%d/cpulist", node));
        add_cell(t, host, node, cpus);
    }
    if (!t->numa)
        add_cell(t, host, 0, t->online);
    read_banks(t, host);
    summarise(t);
    return g_steal_pointer(&t);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The guest's memory as a whole: -m, its backend or those of its NUMA nodes, -numa, -overcommit.
 */
#include "virtqemud/plan/machine.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define MIB ((guint64)1024)

static const Numa *numa_of(const DomainDef *def)
{
    return def->cpu && def->cpu->numa && def->cpu->numa->cells.n ? def->cpu->numa : NULL;
}

/* What the guest starts with: memory devices come on top. */
static guint64 initial_memory(const DomainDef *def)
{
    guint64 devices = 0, cells = 0;
    const Numa *numa = numa_of(def);
    for (guint i = 0; numa && i < numa->cells.n; i++)
        cells += numa->cells.v[i].memory;
    if (cells)
        return cells;
    for (guint i = 0; i < def->memories.n; i++)
        devices += def->memories.v[i]->size;
    return def->memory > devices ? def->memory - devices : def->memory;
}

const char *qemu_main_memory_id(QemuPlanner *p)
{
    if (numa_of(p->def))
        return NULL;
    const VirQemuMachine *m = vir_qemu_caps_machine(p->ctx->caps, p->def->os.machine);
    return m ? m->default_ram_id : qemu_is_x86(p->def) ? "pc.ram" : NULL;
}

gboolean qemu_plan_memory(QemuPlanner *p, GError **err)
{
    const DomainDef *def = p->def;
    guint64 kib = initial_memory(def);
    if (def->max_memory)
        vir_plan_argf(p->plan, "-m", "size=%" G_GUINT64_FORMAT "k,slots=%u,maxmem=%" G_GUINT64_FORMAT "k", kib, def->memory_slots,
                      def->max_memory);
    else
        vir_plan_argf(p->plan, "-m", "%" G_GUINT64_FORMAT, (kib + MIB - 1) / MIB);
    const char *id = qemu_main_memory_id(p);
    if (id) {
        QemuMemoryBackend b = { .id = id, .size = (kib + MIB - 1) / MIB * MIB * 1024, .node = -1, .canonical = TRUE };
        if (!qemu_add_memory_backend(p, &b, NULL, err))
            return FALSE;
    }
    gboolean locked = def->memory_backing && def->memory_backing->locked;
    vir_plan_argf(p->plan, "-overcommit", "mem-lock=%s", locked ? "on" : "off");
    if (locked)
        vir_plan_want_memlock(p->plan, def->memtune && def->memtune->hard_limit ? def->memtune->hard_limit * 1024 : G_MAXUINT64);
    return TRUE;
}

/* ---- NUMA ---- */

static void add_cpus(GString *out, const VirBitmap *cpus)
{
    g_autofree char *text = cpus ? vir_bitmap_format(cpus) : NULL;
    g_auto(GStrv) ranges = g_strsplit(text ? text : "", ",", -1);
    for (char **r = ranges; *r && **r; r++)
        g_string_append_printf(out, ",cpus=%s", *r);
}

static guint cell_id(const NumaCell *cell, guint i)
{
    return cell->id >= 0 ? (guint)cell->id : i;
}

/* The node whose CPUs reach this memory best: the one with CPUs itself, else the first initiator an interconnect names. */
static int initiator_of(const Numa *numa, const NumaCell *cell, guint id)
{
    if (cell->cpus && !vir_bitmap_is_empty(cell->cpus))
        return (int)id;
    for (guint i = 0; i < numa->latencies.n; i++)
        if (numa->latencies.v[i].target == id && !numa->latencies.v[i].cache)
            return (int)numa->latencies.v[i].initiator;
    for (guint i = 0; i < numa->bandwidths.n; i++)
        if (numa->bandwidths.v[i].target == id && !numa->bandwidths.v[i].cache)
            return (int)numa->bandwidths.v[i].initiator;
    for (guint i = 0; i < numa->cells.n; i++)
        if (numa->cells.v[i].cpus && !vir_bitmap_is_empty(numa->cells.v[i].cpus))
            return (int)cell_id(&numa->cells.v[i], i);
    return -1;
}

static gboolean has_hmat(const Numa *numa)
{
    for (guint i = 0; i < numa->cells.n; i++)
        if (numa->cells.v[i].caches.n)
            return TRUE;
    return numa->latencies.n || numa->bandwidths.n;
}

static gboolean add_cell(QemuPlanner *p, const Numa *numa, guint i, gboolean hmat, GError **err)
{
    const NumaCell *cell = &numa->cells.v[i];
    guint id = cell_id(cell, i);
    g_autofree char *memdev = g_strdup_printf("ram-node%u", id);
    g_autoptr(GString) out = g_string_new(NULL);
    g_string_append_printf(out, "node,nodeid=%u", id);
    add_cpus(out, cell->cpus);
    if (hmat) {
        int initiator = initiator_of(numa, cell, id);
        if (initiator >= 0)
            g_string_append_printf(out, ",initiator=%d", initiator);
    }
    if (cell->memory) {
        QemuMemoryBackend b = { .id = memdev, .size = (cell->memory + MIB - 1) / MIB * MIB * 1024, .node = (int)i };
        if (!qemu_add_memory_backend(p, &b, NULL, err))
            return FALSE;
        g_string_append_printf(out, ",memdev=%s", memdev);
    }
    vir_plan_arg(p->plan, "-numa", out->str);
    return TRUE;
}

static void add_distances(QemuPlanner *p, const Numa *numa)
{
    for (guint i = 0; i < numa->cells.n; i++)
        for (guint d = 0; d < numa->cells.v[i].distances.n; d++)
            vir_plan_argf(p->plan, "-numa", "dist,src=%u,dst=%u,val=%u", cell_id(&numa->cells.v[i], i),
                          numa->cells.v[i].distances.v[d].id, numa->cells.v[i].distances.v[d].value);
}

static void add_hmat(QemuPlanner *p, const Numa *numa)
{
    static const char *const levels[] = { "memory", "first-level", "second-level", "third-level" };
    static const char *const accesses[] = { "access", "access", "read", "write" };
    for (guint k = 0; k < 2; k++) {
        guint n = k ? numa->bandwidths.n : numa->latencies.n;
        for (guint i = 0; i < n; i++) {
            const NumaInterconnect *c = k ? &numa->bandwidths.v[i] : &numa->latencies.v[i];
            vir_plan_argf(p->plan, "-numa", k ? "hmat-lb,initiator=%u,target=%u,hierarchy=%s,data-type=%s-bandwidth,bandwidth=%"
                          G_GUINT64_FORMAT "K" : "hmat-lb,initiator=%u,target=%u,hierarchy=%s,data-type=%s-latency,latency=%"
                          G_GUINT64_FORMAT, c->initiator, c->target, levels[MIN(c->cache, 3)], accesses[MIN(c->type, 3)], c->value);
        }
    }
    for (guint i = 0; i < numa->cells.n; i++)
        for (guint j = 0; j < numa->cells.v[i].caches.n; j++) {
            const NumaCache *c = &numa->cells.v[i].caches.v[j];
            vir_plan_argf(p->plan, "-numa", "hmat-cache,node-id=%u,size=%" G_GUINT64_FORMAT "K,level=%u,associativity=%s,policy=%s,line=%"
                          G_GUINT64_FORMAT, cell_id(&numa->cells.v[i], i), c->size, c->level,
                          c->associativity == NUMA_ASSOC_FULL ? "complex" : vir_enum_to_string(&numa_cache_assoc_enum, c->associativity),
                          c->policy == NUMA_CACHE_WRITEBACK ? "write-back" : c->policy == NUMA_CACHE_WRITETHROUGH ? "write-through" : "none",
                          c->line);
        }
}

gboolean qemu_plan_numa(QemuPlanner *p, GError **err)
{
    const Numa *numa = numa_of(p->def);
    if (!numa)
        return TRUE;
    gboolean hmat = has_hmat(numa);
    for (guint i = 0; i < numa->cells.n; i++)
        if (!add_cell(p, numa, i, hmat, err))
            return FALSE;
    add_distances(p, numa);
    if (hmat)
        add_hmat(p, numa);
    return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * General defaults: identity, memory, CPUs, clock, life cycle, boot.
 */
#include "conf/domain/defaults.h"

#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_DOMAIN

guint64 domain_memory_devices_total(const DomainDef *def)
{
    guint64 sum = 0;

    for (guint i = 0; i < def->memories.n; i++)
        sum += def->memories.v[i]->size;
    return sum;
}

guint64 domain_memory_initial(const DomainDef *def)
{
    guint64 devices = domain_memory_devices_total(def);

    return def->memory > devices ? def->memory - devices : 0;
}

static guint64 numa_total(const DomainDef *def)
{
    guint64 sum = 0;

    if (!def->cpu || !def->cpu->numa)
        return 0;
    for (guint i = 0; i < def->cpu->numa->cells.n; i++)
        sum += def->cpu->numa->cells.v[i].memory;
    return sum;
}

static gboolean default_memory(DomainDef *def, GError **err)
{
    guint64 cells = numa_total(def), devices = domain_memory_devices_total(def);

    if (cells)
        def->memory = cells + devices;
    if (def->memory == 0) {
        return vir_fail(err, VIR_ERR_XML_ERROR,
                        "Memory size must be specified via <memory> or in the <numa> configuration");
    }
    if (def->current_memory == 0 || def->current_memory > def->memory)
        def->current_memory = def->memory;
    if (def->max_memory && def->max_memory < def->memory) {
        return vir_fail(err, VIR_ERR_XML_ERROR, "maximum memory size %" G_GUINT64_FORMAT " KiB must not be below the memory "
                        "size %" G_GUINT64_FORMAT " KiB", def->max_memory, def->memory);
    }
    if ((def->max_memory != 0) != (def->memory_slots != 0))
        return vir_fail(err, VIR_ERR_XML_ERROR, "both maximum memory size and memory slot count must be specified");
    return TRUE;
}

static gboolean has_pins(const DomainDef *def)
{
    return def->cputune && (def->cputune->emulatorpin || def->cputune->vcpupins.n || def->cputune->iothreadpins.n);
}

static void default_placement(DomainDef *def)
{
    DomainNumatune *tune = def->numatune;

    if (def->vcpus_max == 0)
        def->vcpus_max = 1;
    if (def->vcpus_current == def->vcpus_max)
        def->vcpus_current = 0;
    if (tune && tune->has_memory && tune->placement == DOMAIN_PLACEMENT_NONE && !tune->nodeset &&
        def->vcpu_placement == DOMAIN_PLACEMENT_AUTO)
        tune->placement = DOMAIN_PLACEMENT_AUTO;
    if (tune && tune->has_memory && tune->placement == DOMAIN_PLACEMENT_AUTO) {
        g_clear_pointer(&tune->nodeset, vir_bitmap_free);
        if (!def->cpuset && !has_pins(def))
            def->vcpu_placement = DOMAIN_PLACEMENT_AUTO;
    }
    if (def->vcpu_placement == DOMAIN_PLACEMENT_NONE)
        def->vcpu_placement = DOMAIN_PLACEMENT_STATIC;
    if (def->vcpu_placement == DOMAIN_PLACEMENT_AUTO)
        g_clear_pointer(&def->cpuset, vir_bitmap_free);
}

/* A list is completed; without one it is not made: see domain_iothread_ids. */
static void default_iothreads(DomainDef *def)
{
    g_autoptr(VirBitmap) ids = NULL;

    if (def->iothread_list.n == 0)
        return;
    ids = domain_iothread_ids(def);
    def->iothreads = MAX(def->iothreads, def->iothread_list.n);
    for (int id = vir_bitmap_next(ids, -1); id >= 0; id = vir_bitmap_next(ids, id)) {
        guint i;

        for (i = 0; i < def->iothread_list.n && def->iothread_list.v[i].id != (guint)id; i++)
            ;
        if (i == def->iothread_list.n)
            *VIR_ARRAY_ADD(&def->iothread_list) = (DomainIothread){ .id = id, .thread_pool_min = -1, .thread_pool_max = -1,
                                                                    .poll_max = -1, .poll_grow = -1, .poll_shrink = -1 };
    }
}

VirBitmap *domain_iothread_ids(const DomainDef *def)
{
    VirBitmap *ids = vir_bitmap_new();

    for (guint i = 0; i < def->iothread_list.n; i++)
        vir_bitmap_set(ids, def->iothread_list.v[i].id);
    for (guint id = 1; vir_bitmap_count(ids) < MIN(def->iothreads, VIR_BITMAP_MAX - 1); id++)
        vir_bitmap_set(ids, id);
    return ids;
}

typedef VIR_ARRAY(DomainSched) SchedArray;

/* One entry for each vcpu or thread, as the reference writes them. */
static void split_scheds(void *any)
{
    SchedArray *list = any;
    SchedArray old = *list;

    list->v = NULL;
    list->n = 0;
    for (guint i = 0; i < old.n; i++) {
        for (int id = vir_bitmap_next(old.v[i].ids, -1); old.v[i].ids && id >= 0; id = vir_bitmap_next(old.v[i].ids, id)) {
            DomainSched *sched = VIR_ARRAY_ADD(list);

            *sched = old.v[i];
            sched->ids = vir_bitmap_new();
            vir_bitmap_set(sched->ids, id);
        }
        vir_bitmap_free(old.v[i].ids);
    }
    g_free(old.v);
}

static gboolean boots_by_device(const DomainDef *def)
{
    for (guint i = 0; i < def->disks.n; i++) {
        if (def->disks.v[i]->info.boot_order)
            return TRUE;
    }
    for (guint i = 0; i < def->nets.n; i++) {
        if (def->nets.v[i]->info.boot_order)
            return TRUE;
    }
    for (guint i = 0; i < def->hostdevs.n; i++) {
        if (def->hostdevs.v[i]->info.boot_order)
            return TRUE;
    }
    for (guint i = 0; i < def->redirdevs.n; i++) {
        if (def->redirdevs.v[i]->info.boot_order)
            return TRUE;
    }
    for (guint i = 0; i < def->filesystems.n; i++) {
        if (def->filesystems.v[i]->info.boot_order)
            return TRUE;
    }
    return FALSE;
}

static void default_clock(DomainDef *def)
{
    DomainClock *clock = &def->clock;

    if (clock->offset == DOMAIN_CLOCK_NONE)
        clock->offset = DOMAIN_CLOCK_UTC;
    if (clock->offset == DOMAIN_CLOCK_VARIABLE && clock->basis == DOMAIN_CLOCK_BASIS_NONE)
        clock->basis = DOMAIN_CLOCK_BASIS_UTC;
}

static void default_numa(DomainDef *def)
{
    Numa *numa = def->cpu ? def->cpu->numa : NULL;

    for (guint i = 0; numa && i < numa->cells.n; i++) {
        if (numa->cells.v[i].id < 0)
            numa->cells.v[i].id = i;
    }
}

gboolean domain_defaults_general(DomainDef *def, GError **err)
{
    if (vir_uuid_is_zero(def->uuid))
        vir_uuid_generate(def->uuid);
    if (def->has_genid && vir_uuid_is_zero(def->genid))
        vir_uuid_generate(def->genid);
    default_numa(def);
    if (!default_memory(def, err))
        return FALSE;
    default_placement(def);
    default_iothreads(def);
    if (def->cputune) {
        split_scheds(&def->cputune->vcpuscheds);
        split_scheds(&def->cputune->iothreadscheds);
    }
    domain_defaults_metadata(def);
    domain_sort_devices(def);
    if (def->os.os_type == DOMAIN_OS_HVM && def->os.boot.n == 0 && !boots_by_device(def))
        VIR_ARRAY_ADD(&def->os.boot)->dev = DOMAIN_BOOT_DISK;
    default_clock(def);
    if (def->on_poweroff == DOMAIN_ACTION_NONE)
        def->on_poweroff = DOMAIN_ACTION_DESTROY;
    if (def->on_reboot == DOMAIN_ACTION_NONE)
        def->on_reboot = DOMAIN_ACTION_RESTART;
    if (def->on_crash == DOMAIN_ACTION_NONE)
        def->on_crash = DOMAIN_ACTION_DESTROY;
    return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The guest's memory as backend objects: which kind (anonymous, memfd, a file on hugetlbfs, a file), shared or not,
 * allocated when. Asked for by the main memory, by NUMA nodes and by memory devices.
 */
#include "virtqemud/dev/dev.h"

#include <string.h>
#include <unistd.h>

#define VIR_FROM_THIS VIR_FROM_QEMU

/* The page size a node gets: KiB; 0: ordinary pages. */
static guint64 pages_of(QemuPlanner *p, const QemuMemoryBackend *b, gboolean *ret_huge)
{
    const DomainMemoryBacking *mb = p->def->memory_backing;
    *ret_huge = FALSE;
    if (b->pagesize) {
        *ret_huge = b->pagesize * 1024 != (guint64)sysconf(_SC_PAGESIZE);
        return b->pagesize;
    }
    if (!mb || !mb->hugepages || b->nvdimm)
        return 0;
    const DomainHugepage *page = NULL;
    for (guint i = 0; i < mb->pages.n; i++) {
        const DomainHugepage *candidate = &mb->pages.v[i];
        if (!candidate->nodeset ? !page : b->node >= 0 && vir_bitmap_test(candidate->nodeset, (guint)b->node)) {
            page = candidate;
            if (candidate->nodeset)
                break;
        }
    }
    if (!page && mb->pages.n)
        return 0;                             /* sizes are given, none for this node */
    guint64 size = page ? page->size : 0;
    if (size && size * 1024 == (guint64)sysconf(_SC_PAGESIZE))
        return 0;
    *ret_huge = TRUE;
    return size;
}

/* "/dev/hugepages/libvirt/qemu/3-name": the guest's directory on the file system with pages of that size. */
static char *huge_dir(QemuPlanner *p, guint64 pagesize, GError **err)
{
    const char *mount = p->ctx->conf->hugetlbfs_mount ? p->ctx->conf->hugetlbfs_mount[0] : NULL;
    for (char **m = p->ctx->conf->hugetlbfs_mount; pagesize && m && *m; m++) {
        g_autofree char *mark = pagesize >= 1024 * 1024 ? g_strdup_printf("%" G_GUINT64_FORMAT "G", pagesize / (1024 * 1024))
                                                        : g_strdup_printf("%" G_GUINT64_FORMAT "M", pagesize / 1024);
        if (g_str_has_suffix(*m, mark)) {
            mount = *m;
            break;
        }
    }
    if (!mount) {
        if (p->ctx->native)
            mount = "/dev/hugepages";
        else {
            vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "<hugepages/>: no hugetlbfs is mounted (set hugetlbfs_mount in qemu.conf)");
            return NULL;
        }
    }
    g_autofree char *name = qemu_dirs_domain_name(p->ctx->id, p->def->name);
    return g_strdup_printf("%s/libvirt/qemu/%s", mount, g_str_has_prefix(name, "domain-") ? name + strlen("domain-") : name);
}

static DomainMemoryAccess access_of(QemuPlanner *p, const QemuMemoryBackend *b)
{
    if (b->access)
        return b->access;
    const Numa *numa = p->def->cpu ? p->def->cpu->numa : NULL;
    if (numa && b->node >= 0 && (guint)b->node < numa->cells.n && numa->cells.v[b->node].access)
        return numa->cells.v[b->node].access == NUMA_ACCESS_SHARED ? DOMAIN_MEMORY_ACCESS_SHARED : DOMAIN_MEMORY_ACCESS_PRIVATE;
    const DomainMemoryBacking *mb = p->def->memory_backing;
    if (mb && mb->access)
        return mb->access == DOMAIN_BACKING_SHARED ? DOMAIN_MEMORY_ACCESS_SHARED : DOMAIN_MEMORY_ACCESS_PRIVATE;
    return DOMAIN_MEMORY_ACCESS_NONE;
}

static VirTristate discard_of(QemuPlanner *p, const QemuMemoryBackend *b)
{
    const Numa *numa = p->def->cpu ? p->def->cpu->numa : NULL;
    if (b->discard)
        return b->discard;
    if (numa && b->node >= 0 && (guint)b->node < numa->cells.n && numa->cells.v[b->node].discard)
        return numa->cells.v[b->node].discard;
    return p->def->memory_backing && p->def->memory_backing->discard ? VIR_TRISTATE_YES : VIR_TRISTATE_ABSENT;
}

/* The host nodes the memory may be on, and how strictly. */
static const VirBitmap *binding_of(QemuPlanner *p, const QemuMemoryBackend *b, const char **ret_policy)
{
    static const char *const policies[] = {
        [DOMAIN_NUMATUNE_STRICT] = "bind", [DOMAIN_NUMATUNE_PREFERRED] = "preferred", [DOMAIN_NUMATUNE_INTERLEAVE] = "interleave",
        [DOMAIN_NUMATUNE_RESTRICTIVE] = NULL,
    };
    const DomainNumatune *tune = p->def->numatune;
    DomainNumatuneMode mode = tune && tune->has_memory ? tune->mode : DOMAIN_NUMATUNE_STRICT;
    const VirBitmap *nodes = b->nodemask;
    for (guint i = 0; !nodes && tune && b->node >= 0 && i < tune->memnodes.n; i++)
        if (tune->memnodes.v[i].cellid == (guint)b->node) {
            nodes = tune->memnodes.v[i].nodeset;
            mode = tune->memnodes.v[i].mode;
        }
    if (!nodes && tune && tune->has_memory)
        nodes = tune->nodeset;
    *ret_policy = nodes ? policies[mode ? mode : DOMAIN_NUMATUNE_STRICT] : NULL;
    return *ret_policy ? nodes : NULL;
}

static void add_binding(VirJson *props, const VirBitmap *nodes, const char *policy)
{
    g_autoptr(VirJson) list = json_object_new_array();
    for (int n = vir_bitmap_next(nodes, -1); n >= 0; n = vir_bitmap_next(nodes, n))
        json_object_array_add(list, json_object_new_int(n));
    vir_json_add(props, "A:host-nodes", list, "s:policy", policy, NULL);
}

gboolean qemu_add_memory_backend(QemuPlanner *p, const QemuMemoryBackend *b, gboolean *ret_needed, GError **err)
{
    const DomainMemoryBacking *mb = p->def->memory_backing;
    gboolean huge, memfd = mb && mb->source == DOMAIN_BACKING_MEMFD && !b->path;
    guint64 pagesize = pages_of(p, b, &huge);
    DomainMemoryAccess access = access_of(p, b);
    gboolean file = mb && mb->source == DOMAIN_BACKING_FILE && !b->path;
    gboolean prealloc = mb && mb->allocation == DOMAIN_ALLOCATION_IMMEDIATE;
    VirTristate discard = discard_of(p, b);
    const char *policy;
    const VirBitmap *nodes = binding_of(p, b, &policy);
    g_autofree char *path = NULL;
    VirJson *props;

    if (memfd) {
        props = vir_json_new("s:qom-type", "memory-backend-memfd", "s:id", b->id, NULL);
        if (huge)
            vir_json_add(props, "b:hugetlb", TRUE, "?U:hugetlbsize", pagesize * 1024, NULL);
        prealloc |= huge;
    } else if (b->path || huge || file || access) {
        if (b->path) {
            path = g_strdup(b->path);
            prealloc |= b->nvdimm;
        } else if (huge) {
            path = huge_dir(p, pagesize, err);
            prealloc = TRUE;
        } else {
            g_autofree char *name = qemu_dirs_domain_name(p->ctx->id, p->def->name);
            path = g_strdup_printf("%s/%s/%s", p->ctx->dirs->ram, g_str_has_prefix(name, "domain-") ? name + 7 : name, b->id);
        }
        if (!path)
            return FALSE;
        if (!b->path) {
            g_autofree char *dir = huge ? g_strdup(path) : g_path_get_dirname(path);
            qemu_add_dir_step(p, dir);
        } else if (!qemu_add_label(p, path, b->readonly ? HV_LABEL_SHARED : 0, NULL, 0, err)) {
            return FALSE;
        }
        props = vir_json_new("s:qom-type", "memory-backend-file", "s:id", b->id, "s:mem-path", path, NULL);
        if (!huge && !b->nvdimm && access == DOMAIN_MEMORY_ACCESS_NONE)
            access = DOMAIN_MEMORY_ACCESS_PRIVATE;
        if (discard)
            qemu_json_bool(props, "discard-data", discard);
    } else {
        props = vir_json_new("s:qom-type", "memory-backend-ram", "s:id", b->id, NULL);
    }
    if (b->nvdimm && access == DOMAIN_MEMORY_ACCESS_NONE)
        access = DOMAIN_MEMORY_ACCESS_PRIVATE;
    if (access)
        vir_json_add(props, "b:share", access == DOMAIN_MEMORY_ACCESS_SHARED, NULL);
    if (b->canonical && (memfd || path))
        vir_json_add(props, "b:x-use-canonical-path-for-ramblock-id", FALSE, NULL);
    if (prealloc) {
        vir_json_add(props, "b:prealloc", TRUE, NULL);
        if (mb && mb->allocation_threads)
            vir_json_add(props, "u:prealloc-threads", mb->allocation_threads, NULL);
    }
    if (b->reserve_off)
        vir_json_add(props, "b:reserve", FALSE, NULL);
    vir_json_add(props, "U:size", b->size, "?U:align", b->align, NULL);
    if (b->pmem)
        vir_json_add(props, "b:pmem", TRUE, NULL);
    if (b->readonly)
        vir_json_add(props, "b:readonly", TRUE, NULL);
    if (nodes)
        add_binding(props, nodes, policy);
    vir_plan_add(p->plan, VIR_PLAN_OBJECT, props);
    if (ret_needed)
        *ret_needed = path || memfd || nodes || prealloc;
    return TRUE;
}

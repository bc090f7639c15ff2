/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is decided before planning and written into the live document: chains of images as their headers say, indexes
 * of sources, paths and names.
 */
#include "virtqemud/plan/domain.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "hv/image.h"
#include "util/error.h"
#include "virtqemud/plan/machine.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define CHAIN_MAX 200

/* ---- indexes ---- */

static guint highest_index(const DomainDef *def)
{
    guint highest = 0;
    for (guint i = 0; i < def->disks.n; i++)
        for (const StorageSource *s = &def->disks.v[i]->src; s; s = s->backing)
            highest = MAX(highest, s->index);
    return highest;
}

static void number_chain(StorageSource *src, guint *next)
{
    for (; src; src = src->backing)
        if (!src->index && (src->type != STORAGE_TYPE_NONE || src->path))
            src->index = (*next)++;
}

/* The last disk is number 1, as the reference counts. An empty drive keeps a number for the medium to come. */
static void number_sources(DomainDef *def)
{
    guint next = highest_index(def) + 1;
    for (guint i = def->disks.n; i-- > 0;) {
        DomainDisk *disk = def->disks.v[i];
        if (disk->bus == DOMAIN_DISK_BUS_SD)   /* has no nodes */
            continue;
        if (!disk->src.index)
            disk->src.index = next++;
        number_chain(disk->src.backing, &next);
    }
}

/* ---- chains ---- */

static gboolean is_local(const StorageSource *src)
{
    return src->type == STORAGE_TYPE_FILE || src->type == STORAGE_TYPE_BLOCK;
}

static gboolean can_have_backing(const StorageSource *src)
{
    return is_local(src) && !src->slice &&
           (src->format == STORAGE_FORMAT_QCOW2 || src->format == STORAGE_FORMAT_QCOW || src->format == STORAGE_FORMAT_QED ||
            src->format == STORAGE_FORMAT_VMDK);
}

/* A backing image whose format its overlay does not name is taken when it is raw beyond doubt, else refused: a guest
 * could have written a header of its own choice into a raw one. */
static gboolean settle_format(const StorageSource *over, StorageSource *src, StorageFormat said, GError **err)
{
    src->format = said;
    if (said || !is_local(src)) {
        if (!said)
            src->format = STORAGE_FORMAT_RAW;
        return TRUE;
    }
    g_autoptr(HvImage) image = hv_image_read(src->path, STORAGE_FORMAT_NONE, err);
    if (!image)
        return FALSE;
    src->format = STORAGE_FORMAT_RAW;
    if (image->format == STORAGE_FORMAT_RAW || image->format == STORAGE_FORMAT_ISO)
        return TRUE;
    return vir_fail(err, VIR_ERR_OPERATION_FAILED, "the image '%s' does not say of which format its backing image '%s' is; tell it: "
                    "qemu-img rebase -u -b '%s' -F %s '%s'", over->path, src->path, src->path,
                    vir_enum_to_string(&storage_format_enum, image->format), over->path);
}

static gboolean read_level(StorageSource *src, GError **err)
{
    g_autoptr(HvImage) image = hv_image_read(src->path, src->format, err);
    if (!image)
        return FALSE;
    if (image->data_file && !src->data_store) {
        src->data_store = g_new0(StorageDataStore, 1);
        src->data_store->src.type = STORAGE_TYPE_FILE;
        src->data_store->src.format = STORAGE_FORMAT_RAW;
        g_autofree char *dir = g_path_get_dirname(src->path);
        src->data_store->src.path = g_path_is_absolute(image->data_file) ? g_strdup(image->data_file)
                                                                         : g_build_filename(dir, image->data_file, NULL);
    }
    if (!image->backing) {
        src->backing = storage_source_new(STORAGE_TYPE_NONE);
        return TRUE;
    }
    g_autoptr(StorageSource) backing = hv_image_backing_source(src->path, image->backing, err);
    if (!backing || !settle_format(src, backing, image->backing_format, err))
        return FALSE;
    src->backing = g_steal_pointer(&backing);
    return TRUE;
}

static gboolean is_in_chain(const StorageSource *top, const StorageSource *end, const char *path)
{
    for (const StorageSource *s = top; s != end; s = s->backing)
        if (g_strcmp0(s->path, path) == 0)
            return TRUE;
    return FALSE;
}

static gboolean complete_chain(DomainDisk *disk, guint *next, GError **err)
{
    StorageSource *src = &disk->src;
    guint depth = 0;
    if (storage_source_is_empty(src))
        return TRUE;
    for (; src->type != STORAGE_TYPE_NONE; src = src->backing) {
        if (++depth > CHAIN_MAX)
            return vir_fail(err, VIR_ERR_OPERATION_FAILED, "disk '%s': its chain of images is longer than %d", disk->dst, CHAIN_MAX);
        if (src->path && is_in_chain(&disk->src, src, src->path))
            return vir_fail(err, VIR_ERR_OPERATION_FAILED, "disk '%s': the image '%s' is its own backing image", disk->dst, src->path);
        if (src->backing)
            continue;
        if (can_have_backing(src)) {
            if (!read_level(src, err)) {
                g_prefix_error(err, "disk '%s': ", disk->dst);
                return FALSE;
            }
        } else {
            src->backing = storage_source_new(STORAGE_TYPE_NONE);
        }
        number_chain(src->backing, next);
    }
    return TRUE;
}

gboolean qemu_plan_read_chain(DomainDef *live, DomainDisk *disk, const QemuPlanContext *ctx, GError **err)
{
    guint next = highest_index(live) + 1;
    if (!disk->src.index)
        disk->src.index = next++;
    number_chain(disk->src.backing, &next);
    return complete_chain(disk, &next, err);
}

gboolean qemu_plan_read_chains(DomainDef *live, const QemuPlanContext *ctx, GError **err)
{
    if (!qemu_plan_prepare(live, ctx, err))
        return FALSE;
    guint next = highest_index(live) + 1;
    for (guint i = 0; i < live->disks.n; i++)
        if (!complete_chain(live->disks.v[i], &next, err))
            return FALSE;
    return TRUE;
}

/* ---- paths and names ---- */

static void name_channels(DomainDef *live, const QemuPlanContext *ctx)
{
    for (guint i = 0; i < live->channels.n; i++) {
        DomainChr *chr = live->channels.v[i];
        if (chr->source.type == DOMAIN_CHR_UNIX && !chr->source.path && chr->channel_target == DOMAIN_CHANNEL_TARGET_VIRTIO &&
            ctx->channel_dir) {
            chr->source.path = g_build_filename(ctx->channel_dir, chr->name ? chr->name : chr->info.alias, NULL);
            chr->source.mode = DOMAIN_CHR_MODE_BIND;
        }
    }
}

static void set_listens(DomainDef *live, const QemuPlanContext *ctx)
{
    for (guint i = 0; i < live->graphics.n; i++) {
        DomainGraphics *g = live->graphics.v[i];
        gboolean vnc = g->type == DOMAIN_GRAPHICS_VNC;
        if (!vnc && g->type != DOMAIN_GRAPHICS_SPICE)
            continue;
        DomainGraphicsListen *l = g->listens.n ? &g->listens.v[0] : VIR_ARRAY_ADD(&g->listens);
        if (!l->type)
            l->type = DOMAIN_LISTEN_ADDRESS;
        gboolean auto_socket = vnc ? ctx->conf->vnc_auto_unix_socket : ctx->conf->spice_auto_unix_socket;
        const char *address = vnc ? ctx->conf->vnc_listen : ctx->conf->spice_listen;
        if (l->type == DOMAIN_LISTEN_ADDRESS && !l->address && !g->listen) {
            if (auto_socket && g->port <= 0 && g->tls_port <= 0) {
                l->type = DOMAIN_LISTEN_SOCKET;
                l->from_config = true;
            } else if (address) {
                l->address = g_strdup(address);
                l->from_config = true;
            }
        }
        if (l->type == DOMAIN_LISTEN_SOCKET && !l->socket) {
            l->socket = g_strdup_printf("%s/%s.sock", ctx->lib_dir, vnc ? "vnc" : "spice");
            l->auto_address = !l->from_config;
        }
    }
}

static gboolean is_tap(const DomainNet *net)
{
    return net->type == DOMAIN_NET_BRIDGE || net->type == DOMAIN_NET_ETHERNET;
}

static gboolean is_taken(const DomainDef *live, const char *ifname)
{
    for (guint i = 0; i < live->nets.n; i++)
        if (g_strcmp0(live->nets.v[i]->ifname, ifname) == 0)
            return TRUE;
    return if_nametoindex(ifname) != 0;
}

/* "vnet7": the first that is free. Another start may take it in between; making the device then fails and is told. */
static gboolean name_taps(DomainDef *live, GError **err)
{
    guint n = 0;
    for (guint i = 0; i < live->nets.n; i++) {
        DomainNet *net = live->nets.v[i];
        if (!is_tap(net) || (net->ifname && !strchr(net->ifname, '%')))
            continue;
        g_autofree char *name = NULL;
        do {
            g_free(name);
            name = g_strdup_printf("vnet%u", n++);
        } while (is_taken(live, name) && n < 65536);
        if (n == 65536)
            return vir_fail(err, VIR_ERR_OPERATION_FAILED, "no free name for a tap device");
        g_free(net->ifname);
        net->ifname = g_steal_pointer(&name);
    }
    return TRUE;
}

static gboolean has_iothread(const DomainDef *live, guint id)
{
    for (guint i = 0; i < live->iothread_list.n; i++)
        if (live->iothread_list.v[i].id == id)
            return TRUE;
    return FALSE;
}

/* <iothreads>4</iothreads> with fewer <iothread id=...>: the lowest free numbers fill up. */
static void number_iothreads(DomainDef *live)
{
    for (guint id = 1; live->iothread_list.n < live->iothreads; id++) {
        if (has_iothread(live, id))
            continue;
        DomainIothread *t = VIR_ARRAY_ADD(&live->iothread_list);
        t->id = id;
        t->thread_pool_min = t->thread_pool_max = -1;
    }
}

gboolean qemu_plan_prepare(DomainDef *live, const QemuPlanContext *ctx, GError **err)
{
    number_sources(live);
    number_iothreads(live);
    name_channels(live, ctx);
    set_listens(live, ctx);
    return qemu_plan_name_cpu(live, ctx, err) && (ctx->native || name_taps(live, err));
}

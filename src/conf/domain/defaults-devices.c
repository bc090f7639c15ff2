/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Defaults of devices that follow from the document alone.
 */
#include <string.h>

#include "conf/domain/defaults.h"
#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_DOMAIN

/* ---- disks ---- */

static const struct { const char *prefix; DomainDiskBus bus; } prefixes[] = {
    { "xvd", DOMAIN_DISK_BUS_XEN }, { "ubd", DOMAIN_DISK_BUS_UML }, { "hd", DOMAIN_DISK_BUS_IDE },
    { "sd", DOMAIN_DISK_BUS_SCSI }, { "vd", DOMAIN_DISK_BUS_VIRTIO }, { "fd", DOMAIN_DISK_BUS_FDC },
};

int domain_disk_index(const char *target, gboolean *ret_partition)
{
    const char *p = NULL;
    int index = 0;

    if (ret_partition)
        *ret_partition = FALSE;
    for (guint i = 0; target && !p && i < G_N_ELEMENTS(prefixes); i++) {
        if (g_str_has_prefix(target, prefixes[i].prefix))
            p = target + strlen(prefixes[i].prefix);
    }
    if (!p || !g_ascii_islower(*p))
        return -1;
    for (; g_ascii_islower(*p); p++) {
        if (index > 1000000)
            return -1;
        index = index * 26 + (*p - 'a') + 1;
    }
    if (*p && p[strspn(p, "0123456789")])
        return -1;
    if (ret_partition)
        *ret_partition = *p != 0;
    return index - 1;
}

char *domain_disk_name(const char *prefix, guint index)
{
    GString *name = g_string_new(NULL);

    for (gint64 n = index; n >= 0; n = n / 26 - 1)
        g_string_prepend_c(name, (char)('a' + n % 26));
    g_string_prepend(name, prefix);
    return g_string_free(name, FALSE);
}

static void default_disk(DomainDisk *disk)
{
    if (disk->device == DOMAIN_DISK_DEVICE_NONE)
        disk->device = DOMAIN_DISK_DEVICE_DISK;
    if (disk->src.type == STORAGE_TYPE_NONE)
        disk->src.type = STORAGE_TYPE_FILE;
    if (!disk->dst && disk->src.type == STORAGE_TYPE_VHOST_USER)
        return;
    if (disk->bus == DOMAIN_DISK_BUS_NONE && disk->dst) {
        if (disk->device == DOMAIN_DISK_DEVICE_FLOPPY) {
            disk->bus = DOMAIN_DISK_BUS_FDC;
        } else {
            for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++) {
                if (g_str_has_prefix(disk->dst, prefixes[i].prefix)) {
                    disk->bus = prefixes[i].bus;
                    break;
                }
            }
        }
        if (disk->bus == DOMAIN_DISK_BUS_NONE)
            disk->bus = DOMAIN_DISK_BUS_IDE;
    }
    if (disk->device == DOMAIN_DISK_DEVICE_CDROM)
        disk->readonly = TRUE;
}

/* ---- controllers ---- */

DomainController *domain_find_controller(const DomainDef *def, DomainControllerType type, int index)
{
    for (guint i = 0; i < def->controllers.n; i++) {
        DomainController *c = def->controllers.v[i];

        if (c->type == type && c->index == index)
            return c;
    }
    return NULL;
}

int domain_next_controller_index(const DomainDef *def, DomainControllerType type)
{
    int index = 0;

    while (domain_find_controller(def, type, index))
        index++;
    return index;
}

DomainController *domain_add_controller(DomainDef *def, DomainControllerType type, int index, DomainControllerModel model)
{
    DomainController *c = domain_controller_new(type);

    c->index = index;
    c->model = model;
    VIR_LIST_APPEND(&def->controllers, c);
    return c;
}

static gboolean is_companion(const DomainController *c)
{
    return c->type == DOMAIN_CONTROLLER_USB && c->model >= DOMAIN_CONTROLLER_MODEL_ICH9_UHCI1 &&
           c->model <= DOMAIN_CONTROLLER_MODEL_ICH9_UHCI3;
}

static void index_controllers(DomainDef *def)
{
    const DomainController *master = NULL;

    for (guint i = 0; i < def->controllers.n; i++) {
        DomainController *c = def->controllers.v[i];

        /* companions share the index of the controller they stand behind */
        if (c->index < 0 && is_companion(c) && master && master->model == DOMAIN_CONTROLLER_MODEL_ICH9_EHCI1)
            c->index = master->index;
        else if (c->index < 0)
            c->index = domain_next_controller_index(def, c->type);
        if (c->type == DOMAIN_CONTROLLER_USB && !is_companion(c))
            master = c;
        if (is_companion(c) && c->master_startport < 0)
            c->master_startport = (c->model - DOMAIN_CONTROLLER_MODEL_ICH9_UHCI1) * 2;
    }
}

/* Where a new item goes that is to stand among its kind: @cmp tells its order to one that is there, 2 for another kind. */
typedef int (*Order)(gconstpointer item, gconstpointer other);

typedef VIR_LIST(void) AnyList;

static guint place_for(const AnyList *list, gconstpointer item, Order cmp)
{
    guint at = list->n;

    for (guint i = list->n; i-- > 0;) {
        int order = cmp(item, list->v[i]);

        if (order == 2)
            continue;
        if (order >= 0)
            return i + 1;
        at = i;
    }
    return at;
}

static void sort_list(void *any, Order cmp)
{
    AnyList *list = any;
    guint n = list->n;

    for (guint i = 1; i < n; i++) {
        AnyList head = { list->v, i };
        void *item = list->v[i];
        guint at = place_for(&head, item, cmp);

        memmove(&list->v[at + 1], &list->v[at], (i - at) * sizeof(*list->v));
        list->v[at] = item;
    }
}

static int order_disks(gconstpointer item, gconstpointer other)
{
    const DomainDisk *a = item, *b = other;
    int x = domain_disk_index(a->dst, NULL), y = domain_disk_index(b->dst, NULL);

    if (a->bus != b->bus)
        return 2;
    return x < y ? -1 : x > y;
}

static int order_controllers(gconstpointer item, gconstpointer other)
{
    const DomainController *a = item, *b = other;

    if (a->type != b->type || a->index < 0)
        return 2;
    if (a->index == b->index && is_companion(b) && !is_companion(a))
        return -1;
    return a->index < b->index ? -1 : a->index > b->index;
}

void domain_sort_devices(DomainDef *def)
{
    for (guint i = 0; i < def->disks.n; i++)
        default_disk(def->disks.v[i]);
    sort_list(&def->disks, order_disks);
    sort_list(&def->controllers, order_controllers);
    index_controllers(def);
}

/* ---- character devices ---- */

typedef VIR_LIST(DomainChr) ChrList;

static void default_ports(void *any)
{
    ChrList *list = any;
    int max = -1;

    for (guint i = 0; i < list->n; i++)
        max = MAX(max, list->v[i]->port);
    for (guint i = 0; i < list->n; i++) {
        if (list->v[i]->port < 0)
            list->v[i]->port = ++max;
    }
}

gboolean domain_console_is_serial(const DomainDef *def)
{
    return def->consoles.n && def->serials.n && (def->consoles.v[0]->console_target == DOMAIN_CONSOLE_TARGET_SERIAL ||
                                                  def->consoles.v[0]->console_target == DOMAIN_CONSOLE_TARGET_NONE);
}

/* ---- video ---- */

static guint round_up_pow2(guint n)
{
    guint p = 1;

    while (p < n && p < 1u << 31)
        p <<= 1;
    return p;
}

/* KiB of video memory by model, 0: the model has no such field */
static void default_video(DomainVideo *video)
{
    switch (video->type) {
    case DOMAIN_VIDEO_QXL:
        if (!video->ram)
            video->ram = 64 * 1024;
        if (!video->vram)
            video->vram = 64 * 1024;
        if (!video->vgamem)
            video->vgamem = 16 * 1024;
        video->vgamem = round_up_pow2(video->vgamem);
        video->ram = round_up_pow2(video->ram);
        video->vram = round_up_pow2(video->vram);
        if (video->vram64)
            video->vram64 = round_up_pow2(video->vram64);
        break;
    case DOMAIN_VIDEO_VGA:
    case DOMAIN_VIDEO_CIRRUS:
    case DOMAIN_VIDEO_VMVGA:
    case DOMAIN_VIDEO_BOCHS:
        if (!video->vram)
            video->vram = 16 * 1024;
        video->vram = round_up_pow2(video->vram);
        break;
    default:
        break;
    }
    if (!video->heads && video->type != DOMAIN_VIDEO_NOTHING)
        video->heads = 1;
}

static gboolean default_videos(DomainDef *def, GError **err)
{
    guint primaries = 0;

    for (guint i = 0; i < def->videos.n; i++)
        primaries += def->videos.v[i]->primary == VIR_TRISTATE_YES;
    if (primaries > 1)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Only one primary video device is supported");
    /* the primary one comes first */
    for (guint i = 1; primaries && i < def->videos.n; i++) {
        if (def->videos.v[i]->primary == VIR_TRISTATE_YES) {
            DomainVideo *video = VIR_LIST_STEAL(&def->videos, i);

            VIR_LIST_INSERT(&def->videos, 0, video);
            break;
        }
    }
    for (guint i = 0; i < def->videos.n; i++)
        default_video(def->videos.v[i]);
    for (guint i = 0; i < def->videos.n; i++)
        def->videos.v[i]->primary = i == 0 && def->videos.v[i]->type != DOMAIN_VIDEO_NOTHING ? VIR_TRISTATE_YES
                                                                                            : VIR_TRISTATE_ABSENT;
    return TRUE;
}

/* ---- the rest ---- */

static void default_hostdevs(DomainDef *def)
{
    for (guint i = 0; i < def->hostdevs.n; i++) {
        DomainHostdev *dev = def->hostdevs.v[i];

        if (dev->managed == VIR_TRISTATE_ABSENT && dev->mode == DOMAIN_HOSTDEV_MODE_SUBSYSTEM)
            dev->managed = VIR_TRISTATE_NO;
    }
}

static void default_small(DomainDef *def)
{
    for (guint i = 0; i < def->filesystems.n; i++) {
        DomainFs *fs = def->filesystems.v[i];

        if (fs->type == DOMAIN_FS_NONE)
            fs->type = DOMAIN_FS_MOUNT;
        if (fs->accessmode == DOMAIN_FS_ACCESS_NONE && fs->driver != DOMAIN_FS_DRIVER_VIRTIOFS)
            fs->accessmode = DOMAIN_FS_ACCESS_PASSTHROUGH;
    }
    for (guint i = 0; i < def->rngs.n; i++) {
        if (def->rngs.v[i]->backend == DOMAIN_RNG_BACKEND_RANDOM && !def->rngs.v[i]->file)
            def->rngs.v[i]->file = g_strdup("/dev/random");
    }
    if (def->vsock && def->vsock->model == DOMAIN_VIRTIO_MODEL_NONE)
        def->vsock->model = DOMAIN_VIRTIO_MODEL_VIRTIO;
    for (guint i = 0; i < def->watchdogs.n; i++) {
        if (def->watchdogs.v[i]->action == DOMAIN_WATCHDOG_ACTION_NONE)
            def->watchdogs.v[i]->action = DOMAIN_WATCHDOG_ACTION_RESET;
    }
}

gboolean domain_defaults_devices(DomainDef *def, GError **err)
{
    default_ports(&def->serials);
    default_ports(&def->parallels);
    for (guint i = 0; i < def->consoles.n; i++)    /* consoles are numbered, whatever was written */
        def->consoles.v[i]->port = i;
    default_hostdevs(def);
    default_small(def);
    return default_videos(def, err);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Video cards.
 */
#include "virtqemud/dev/dev.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static gboolean is_primary(const DomainDef *def, const DomainVideo *video)
{
    for (guint i = 0; i < def->videos.n; i++)
        if (def->videos.v[i]->primary == VIR_TRISTATE_YES)
            return def->videos.v[i] == video;
    return def->videos.n && def->videos.v[0] == video;
}

static const char *virtio_driver(const DomainVideo *video, gboolean primary)
{
    gboolean gl = video->accel3d == VIR_TRISTATE_YES;
    if (video->info.addr.type == DOMAIN_ADDRESS_CCW)
        return "virtio-gpu-ccw";
    if (video->info.addr.type == DOMAIN_ADDRESS_VIRTIO_MMIO)
        return gl ? "virtio-gpu-gl-device" : "virtio-gpu-device";
    if (video->backend == DOMAIN_VIDEO_BACKEND_VHOST_USER)
        return primary ? "vhost-user-vga" : "vhost-user-gpu-pci";
    if (primary)
        return gl ? "virtio-vga-gl" : "virtio-vga";
    return gl ? "virtio-gpu-gl-pci" : "virtio-gpu-pci";
}

static const char *driver_of(const DomainDef *def, const DomainVideo *video)
{
    gboolean primary = is_primary(def, video);
    switch (video->type) {
    case DOMAIN_VIDEO_VGA: return primary ? "VGA" : "secondary-vga";
    case DOMAIN_VIDEO_CIRRUS: return "cirrus-vga";
    case DOMAIN_VIDEO_VMVGA: return "vmware-svga";
    case DOMAIN_VIDEO_QXL: return primary ? "qxl-vga" : "qxl";
    case DOMAIN_VIDEO_VIRTIO: return virtio_driver(video, primary && qemu_is_x86(def));
    case DOMAIN_VIDEO_BOCHS: return "bochs-display";
    case DOMAIN_VIDEO_RAMFB: return "ramfb";
    default: return NULL;
    }
}

/* Sizes are KiB in the document; QEMU has bytes for some and MiB for others. */
static void add_memory(VirJson *props, const DomainVideo *v)
{
    switch (v->type) {
    case DOMAIN_VIDEO_QXL:
        vir_json_add(props, "?u:max_outputs", v->heads, "?U:ram_size", (guint64)v->ram * 1024, "?U:vram_size", (guint64)v->vram * 1024,
                     "u:vram64_size_mb", v->vram64 / 1024, "?u:vgamem_mb", v->vgamem / 1024, NULL);
        break;
    case DOMAIN_VIDEO_VGA: case DOMAIN_VIDEO_VMVGA:
        vir_json_add(props, "?u:vgamem_mb", v->vram / 1024, NULL);
        break;
    case DOMAIN_VIDEO_BOCHS:
        vir_json_add(props, "?U:vgamem", (guint64)v->vram * 1024, NULL);
        break;
    case DOMAIN_VIDEO_VIRTIO:
        vir_json_add(props, "?u:max_outputs", v->heads, NULL);
        qemu_json_bool(props, "blob", v->blob);
        break;
    default:
        break;
    }
    if (v->res_x && v->res_y)
        vir_json_add(props, "u:xres", v->res_x, "u:yres", v->res_y, NULL);
    qemu_json_bool(props, "edid", v->edid);
}

static gboolean plan(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainVideo *video = dev;
    if (video->type == DOMAIN_VIDEO_NOTHING)
        return TRUE;
    const char *driver = driver_of(p->def, video);
    if (!driver)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "QEMU has no video card of model '%s'",
                        vir_enum_to_string(&domain_video_type_enum, video->type));
    if (video->backend == DOMAIN_VIDEO_BACKEND_VHOST_USER)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "video: <driver name='vhostuser'/> is not supported yet");
    g_autoptr(VirJson) props = qemu_device_new(driver, NULL);
    qemu_add_virtio_options(props, &video->virtio);
    vir_json_add(props, "s:id", video->info.alias, NULL);
    add_memory(props, video);
    if (!qemu_add_address(p, props, &video->info, "video", err))
        return FALSE;
    qemu_add_device(p, g_steal_pointer(&props));
    return TRUE;
}

const QemuDevRow qemu_dev_video = {
    "video", 0, G_STRUCT_OFFSET(DomainDef, videos), G_STRUCT_OFFSET(DomainVideo, info), NULL, plan,
};

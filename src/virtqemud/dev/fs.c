/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Directories of the host in the guest: 9p by QEMU itself, virtiofs by a helper.
 */
#include "virtqemud/dev/dev.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static gboolean plan_virtiofs(QemuPlanner *p, const DomainFs *fs, GError **err)
{
    if (!fs->socket)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "filesystem '%s': starting virtiofsd is not supported yet; run it and give "
                        "<source socket=...>", fs->target);
    g_autofree char *chardev = g_strdup_printf("chr-vu-%s", fs->info.alias);
    qemu_add_socket_client(p, chardev, fs->socket, 0);
    if (!qemu_add_label(p, fs->socket, HV_LABEL_SHARED, NULL, 0, err))
        return FALSE;
    g_autofree char *driver = qemu_virtio_driver("vhost-user-fs", &fs->info, 0);
    g_autoptr(VirJson) props = qemu_device_new(driver, "s:id", fs->info.alias, "s:chardev", chardev, "?u:queue-size", fs->queue_size,
                                               "s:tag", fs->target, "?u:bootindex", fs->info.boot_order, NULL);
    qemu_add_virtio_options(props, &fs->virtio);
    if (!qemu_add_address(p, props, &fs->info, "filesystem", err))
        return FALSE;
    qemu_add_device(p, g_steal_pointer(&props));
    return TRUE;
}

static char *fsdev_line(const DomainFs *fs, const char *id)
{
    GString *out = g_string_new(fs->driver == DOMAIN_FS_DRIVER_HANDLE ? "handle" : "local");
    if (fs->driver != DOMAIN_FS_DRIVER_HANDLE) {
        const char *model = fs->accessmode == DOMAIN_FS_ACCESS_SQUASH ? "none" : fs->accessmode == DOMAIN_FS_ACCESS_MAPPED ? "mapped"
                                                                                                                         : "passthrough";
        g_string_append_printf(out, ",security_model=%s", model);
        if (fs->multidevs > DOMAIN_FS_MULTIDEVS_DEFAULT)
            g_string_append_printf(out, ",multidevs=%s", vir_enum_to_string(&domain_fs_multidevs_enum, fs->multidevs));
        if (fs->fmode >= 0)
            g_string_append_printf(out, ",fmode=%04o", (guint)fs->fmode);
        if (fs->dmode >= 0)
            g_string_append_printf(out, ",dmode=%04o", (guint)fs->dmode);
    }
    if (fs->wrpolicy == DOMAIN_FS_WRPOLICY_IMMEDIATE)
        g_string_append(out, ",writeout=immediate");
    g_auto(GStrv) parts = g_strsplit(fs->source ? fs->source : "", ",", -1);
    g_autofree char *path = g_strjoinv(",,", parts);
    g_string_append_printf(out, ",id=%s,path=%s", id, path);
    if (fs->readonly)
        g_string_append(out, ",readonly=on");
    return g_string_free(out, FALSE);
}

static gboolean plan(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainFs *fs = dev;
    if (fs->type != DOMAIN_FS_MOUNT && fs->type != DOMAIN_FS_NONE)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "filesystem '%s': type '%s' is for containers, QEMU has 'mount' only", fs->target,
                        vir_enum_to_string(&domain_fs_type_enum, fs->type));
    if (fs->driver == DOMAIN_FS_DRIVER_VIRTIOFS)
        return plan_virtiofs(p, fs, err);
    if (p->ctx->hotplug)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "filesystem '%s': only driver 'virtiofs' has hot-plug", fs->target);
    g_autofree char *id = g_strdup_printf("fsdev-%s", fs->info.alias);
    g_autofree char *line = fsdev_line(fs, id);
    vir_plan_arg(p->plan, "-fsdev", line);
    g_autofree char *driver = qemu_virtio_driver("virtio-9p", &fs->info, qemu_virtio_model(fs->model));
    g_autoptr(VirJson) props = qemu_device_new(driver, NULL);
    qemu_add_virtio_options(props, &fs->virtio);
    vir_json_add(props, "s:id", fs->info.alias, "s:fsdev", id, "s:mount_tag", fs->target, NULL);
    if (!qemu_add_address(p, props, &fs->info, "filesystem", err))
        return FALSE;
    qemu_add_device(p, g_steal_pointer(&props));
    return TRUE;
}

const QemuDevRow qemu_dev_fs = {
    "filesystem", QEMU_DEV_HOTPLUG, G_STRUCT_OFFSET(DomainDef, filesystems), G_STRUCT_OFFSET(DomainFs, info), NULL, plan,
};

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The memory balloon.
 */
#include "virtqemud/dev/dev.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static gboolean plan(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainMemballoon *b = dev;
    if (b->model == DOMAIN_BALLOON_NOTHING)
        return TRUE;
    if (b->model == DOMAIN_BALLOON_XEN)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "QEMU has no memballoon of model 'xen'");
    int model = b->model == DOMAIN_BALLOON_VIRTIO_TRANSITIONAL ? 1 : b->model == DOMAIN_BALLOON_VIRTIO_NON_TRANSITIONAL ? 2 : 0;
    g_autofree char *driver = qemu_virtio_driver("virtio-balloon", &b->info, model);
    g_autoptr(VirJson) props = qemu_device_new(driver, NULL);
    qemu_add_virtio_options(props, &b->virtio);
    vir_json_add(props, "s:id", b->info.alias, NULL);
    qemu_json_bool(props, "deflate-on-oom", b->autodeflate);
    qemu_json_bool(props, "free-page-reporting", b->free_page_reporting);
    if (!qemu_add_address(p, props, &b->info, "memballoon", err))
        return FALSE;
    qemu_add_device(p, g_steal_pointer(&props));
    if (b->period) {
        g_autofree char *path = g_strdup_printf("/machine/peripheral/%s", b->info.alias);
        vir_plan_command(p->plan, "qom-set", vir_json_new("s:path", path, "s:property", "guest-stats-polling-interval",
                                                          "u:value", b->period, NULL));
    }
    return TRUE;
}

const QemuDevRow qemu_dev_memballoon = {
    "memballoon", QEMU_DEV_POINTER, G_STRUCT_OFFSET(DomainDef, memballoon), G_STRUCT_OFFSET(DomainMemballoon, info), NULL, plan,
};

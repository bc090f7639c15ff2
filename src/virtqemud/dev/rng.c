/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Random number generators: a back end object and the virtio device.
 */
#include "virtqemud/dev/dev.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static gboolean plan_backend(QemuPlanner *p, const DomainRng *rng, const char *id, GError **err)
{
    switch (rng->backend) {
    case DOMAIN_RNG_BACKEND_EGD: {
        g_autofree char *chardev = g_strdup_printf("char%s", rng->info.alias);
        if (!rng->source)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "rng '%s': backend 'egd' needs a <source>", rng->info.alias);
        if (!qemu_add_chardev(p, chardev, rng->source, NULL, err))
            return FALSE;
        vir_plan_add(p->plan, VIR_PLAN_OBJECT, vir_json_new("s:qom-type", "rng-egd", "s:id", id, "s:chardev", chardev, NULL));
        return TRUE;
    }
    case DOMAIN_RNG_BACKEND_BUILTIN:
        vir_plan_add(p->plan, VIR_PLAN_OBJECT, vir_json_new("s:qom-type", "rng-builtin", "s:id", id, NULL));
        return TRUE;
    default: {
        const char *file = rng->file ? rng->file : "/dev/random";
        vir_plan_add(p->plan, VIR_PLAN_OBJECT, vir_json_new("s:qom-type", "rng-random", "s:id", id, "s:filename", file, NULL));
        vir_plan_add_device_node(p->plan, file);
        return TRUE;
    }
    }
}

static gboolean plan(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainRng *rng = dev;
    g_autofree char *id = g_strdup_printf("obj%s", rng->info.alias);
    if (!plan_backend(p, rng, id, err))
        return FALSE;
    g_autofree char *driver = qemu_virtio_driver("virtio-rng", &rng->info, qemu_virtio_model(rng->model));
    g_autoptr(VirJson) props = qemu_device_new(driver, NULL);
    qemu_add_virtio_options(props, &rng->virtio);
    vir_json_add(props, "s:rng", id, "s:id", rng->info.alias, NULL);
    if (rng->rate_bytes)
        vir_json_add(props, "u:max-bytes", rng->rate_bytes, "u:period", rng->rate_period ? rng->rate_period : 1000, NULL);
    if (!qemu_add_address(p, props, &rng->info, "rng", err))
        return FALSE;
    qemu_add_device(p, g_steal_pointer(&props));
    return TRUE;
}

const QemuDevRow qemu_dev_rng = {
    "rng", QEMU_DEV_HOTPLUG, G_STRUCT_OFFSET(DomainDef, rngs), G_STRUCT_OFFSET(DomainRng, info), NULL, plan,
};

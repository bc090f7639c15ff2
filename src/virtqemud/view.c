/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/view.h"

#include <string.h>

#define VIR_FROM_THIS VIR_FROM_DOMAIN

gboolean qemu_view_need_active(const QemuView *view, GError **err)
{
    return qemu_view_is_active(view) || vir_fail(err, VIR_ERR_OPERATION_INVALID, "domain is not running");
}

const DomainDef *qemu_view_need_def(const QemuView *view, GError **err)
{
    const DomainDef *def = qemu_view_def(view);
    if (!def)
        vir_fail(err, VIR_ERR_OPERATION_INVALID, "the configuration of domain '%s' could not be loaded: %s",
                 view->parent.name, view->load_error ? view->load_error : "no reason is known");
    return def;
}

const DomainDef *qemu_view_affected(const QemuView *view, guint flags, gboolean *ret_live, GError **err)
{
    gboolean live = flags & VIR_DOMAIN_AFFECT_LIVE;
    if (!live && !(flags & VIR_DOMAIN_AFFECT_CONFIG))
        live = qemu_view_is_active(view);
    if (ret_live)
        *ret_live = live;
    if (live)
        return qemu_view_need_active(view, err) ? view->live->def : NULL;
    if (view->config)
        return view->config->def;
    if (view->parent.flags & VIR_VIEW_BROKEN)
        return qemu_view_need_def(view, err);
    vir_fail(err, VIR_ERR_OPERATION_INVALID, "transient domains do not have any persistent config");
    return NULL;
}

guint qemu_def_max_vcpus(const DomainDef *def)
{
    return MAX(def->vcpus_max, 1);
}

guint qemu_def_vcpus(const DomainDef *def)
{
    guint n = 0;
    for (guint i = 0; i < def->vcpus.n; i++)
        n += def->vcpus.v[i].enabled != VIR_TRISTATE_NO;
    return def->vcpus.n ? n : def->vcpus_current ? def->vcpus_current : qemu_def_max_vcpus(def);
}

gboolean qemu_def_vcpu_is_on(const DomainDef *def, guint index)
{
    for (guint i = 0; i < def->vcpus.n; i++) {
        if (def->vcpus.v[i].id == index)
            return def->vcpus.v[i].enabled != VIR_TRISTATE_NO;
    }
    return index < qemu_def_vcpus(def);
}

guint64 qemu_view_memory(const QemuView *view)
{
    const DomainDef *def = qemu_view_def(view);
    if (!def)
        return 0;
    if (view->live && view->balloon_kib)
        return view->balloon_kib;
    return def->current_memory ? def->current_memory : def->memory;
}

const DomainDisk *qemu_def_disk(const DomainDef *def, const char *path)
{
    for (guint i = 0; i < def->disks.n; i++) {
        const DomainDisk *disk = def->disks.v[i];
        if (g_strcmp0(disk->dst, path) == 0 || (disk->src.path && g_str_equal(disk->src.path, path)))
            return disk;
    }
    return NULL;
}

const DomainNet *qemu_def_net(const DomainDef *def, const char *device, GError **err)
{
    VirMac mac;
    gboolean is_mac = vir_mac_parse(device, &mac);
    for (guint i = 0; i < def->nets.n; i++) {
        const DomainNet *net = def->nets.v[i];
        if (is_mac ? vir_mac_cmp(&net->mac, &mac) == 0 : g_strcmp0(net->ifname, device) == 0)
            return net;
    }
    vir_fail(err, VIR_ERR_INVALID_ARG, "'%s' is not a known interface", device);
    return NULL;
}

HvPlacement *qemu_view_placement(QemuDriver *qemu, const QemuView *view, GError **err)
{
    g_autoptr(QemuConf) conf = qemu_driver_conf(qemu);
    const DomainDef *def = view->live->def;
    HvPlacementSpec spec = {
        .driver = "qemu",
        .id = view->parent.id,
        .name = def->name,
        .uuid = def->uuid,
        .leader = view->pid,
        .root_dir = "",
        .partition = def->partition,
        .controllers = conf->cgroup_controller_mask,
        .session = conf->session,
    };
    HvPlacement *placement = hv_placement_find(qemu->host, &spec, err);
    if (!placement && err && !*err)
        vir_fail(err, VIR_ERR_OPERATION_INVALID, "domain is not running");
    if (placement && hv_placement_kind(placement) == HV_PLACEMENT_NONE) {
        g_clear_pointer(&placement, hv_placement_free);
        vir_fail(err, VIR_ERR_OPERATION_UNSUPPORTED, "this domain has no control group of its own");
    }
    return placement;
}

VirHostFacts *qemu_facts(QemuDriver *qemu)
{
    if (g_once_init_enter(&qemu->facts))
        g_once_init_leave(&qemu->facts, vir_host_facts_new(qemu->host));
    return qemu->facts;
}

VirBitmap *qemu_host_cpus(QemuDriver *qemu)
{
    g_autoptr(VirHostTopology) topology = vir_host_facts_topology(qemu_facts(qemu), NULL);
    return topology ? vir_bitmap_copy(topology->online) : vir_bitmap_new_full(1);
}

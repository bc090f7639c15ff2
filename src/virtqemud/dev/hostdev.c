/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Devices of the host. Taking them from their host drivers is not the plan's: they come here ready.
 */
#include "virtqemud/dev/net-priv.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

/* Room for BARs and QEMU's own needs above the guest's memory, all of which VFIO pins. */
#define VFIO_EXTRA (1024ULL * 1024 * 1024)

static void want_vfio(QemuPlanner *p)
{
    guint64 bytes = (p->def->max_memory ? p->def->max_memory : p->def->memory) * 1024;
    vir_plan_want_memlock(p->plan, bytes + VFIO_EXTRA);
    vir_plan_add_device_node(p->plan, "/dev/vfio/vfio");
}

static gboolean finish(QemuPlanner *p, VirJson *props, const DomainDeviceInfo *info, GError **err)
{
    vir_json_add(props, "?u:bootindex", info->boot_order, NULL);
    if (!qemu_add_address(p, props, info, "hostdev", err)) {
        json_object_put(props);
        return FALSE;
    }
    qemu_add_rom(props, info);
    qemu_add_device(p, props);
    return TRUE;
}

static gboolean plan_usb(QemuPlanner *p, const DomainHostdev *h, GError **err)
{
    if (!h->usb_bus || !h->usb_device)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "hostdev '%s': the USB device %04x:%04x is not looked up yet; give its <address bus= "
                        "device=>", h->info.alias, h->usb_vendor, h->usb_product);
    g_autofree char *path = g_strdup_printf("/dev/bus/usb/%03u/%03u", h->usb_bus, h->usb_device);
    VirJson *props = qemu_device_new("usb-host", "s:hostdevice", path, "s:id", h->info.alias, NULL);
    if (h->guest_reset) {
        vir_json_add(props, "b:guest-reset", h->guest_reset != DOMAIN_GUEST_RESET_OFF,
                     "b:guest-resets-all", h->guest_reset == DOMAIN_GUEST_RESET_ON, NULL);
    }
    vir_plan_add_device_node(p->plan, path);
    if (!qemu_add_label(p, path, h->startup_policy > STORAGE_STARTUP_MANDATORY ? HV_LABEL_MISSING_OK : 0, NULL, 0, err)) {
        json_object_put(props);
        return FALSE;
    }
    return finish(p, props, &h->info, err);
}

static void add_vfio_group(QemuPlanner *p, const char *sysfs_dir)
{
    g_autofree char *link = vir_host_pathf(p->ctx->host, "%s/iommu_group", sysfs_dir);
    g_autofree char *target = g_file_read_link(link, NULL);
    if (!target)
        return;
    g_autofree char *group = g_path_get_basename(target);
    g_autofree char *node = g_strdup_printf("/dev/vfio/%s", group);
    vir_plan_add_device_node(p->plan, node);
    qemu_add_label(p, node, 0, NULL, 0, NULL);
}

static gboolean plan_vfio(QemuPlanner *p, const DomainPciAddress *a, const DomainDeviceInfo *info, const DomainTeaming *teaming,
                          GError **err)
{
    g_autofree char *host = g_strdup_printf("%04x:%02x:%02x.%x", a->domain, a->bus, a->slot, a->function);
    g_autofree char *dir = g_strdup_printf("/sys/bus/pci/devices/%s", host);
    VirJson *props = qemu_device_new("vfio-pci", "s:host", host, "s:id", info->alias, NULL);
    if (teaming)
        vir_json_add(props, "?s:failover_pair_id", teaming->persistent, NULL);
    if (!p->ctx->native) {
        want_vfio(p);
        add_vfio_group(p, dir);
    }
    return finish(p, props, info, err);
}

static gboolean plan_mdev(QemuPlanner *p, const DomainHostdev *h, GError **err)
{
    char uuid[VIR_UUID_TEXT];
    g_autofree char *dir = g_strdup_printf("/sys/bus/mdev/devices/%s", vir_uuid_format(h->mdev_uuid, uuid));
    const char *driver = h->model == DOMAIN_HOSTDEV_MODEL_VFIO_CCW ? "vfio-ccw" : h->model == DOMAIN_HOSTDEV_MODEL_VFIO_AP ? "vfio-ap"
                         : h->ramfb == VIR_TRISTATE_YES ? "vfio-pci-nohotplug" : "vfio-pci";
    VirJson *props = qemu_device_new(driver, "s:id", h->info.alias, "s:sysfsdev", dir, NULL);
    qemu_json_onoff(props, "display", h->display);
    if (h->ramfb == VIR_TRISTATE_YES)
        vir_json_add(props, "b:ramfb", TRUE, NULL);
    if (!p->ctx->native) {
        want_vfio(p);
        add_vfio_group(p, dir);
    }
    return finish(p, props, &h->info, err);
}

static gboolean plan(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainHostdev *h = dev;
    if (h->mode == DOMAIN_HOSTDEV_MODE_CAPABILITIES)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "hostdev: mode 'capabilities' is for containers, not for QEMU");
    switch (h->type) {
    case DOMAIN_HOSTDEV_USB: return plan_usb(p, h, err);
    case DOMAIN_HOSTDEV_PCI: return plan_vfio(p, &h->pci, &h->info, h->teaming, err);
    case DOMAIN_HOSTDEV_MDEV: return plan_mdev(p, h, err);
    default:
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "hostdev '%s': type '%s' is not supported yet", h->info.alias,
                        vir_enum_to_string(&domain_hostdev_type_enum, h->type));
    }
}

gboolean qemu_net_plan_hostdev(QemuPlanner *p, const DomainNet *net, GError **err)
{
    if (!net->hostdev || net->hostdev->kind == NET_HOSTDEV_KIND_USB)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "interface '%s': type 'hostdev' needs a PCI <source>", net->info.alias);
    return plan_vfio(p, &net->hostdev->pci, &net->info, net->teaming, err);
}

const QemuDevRow qemu_dev_hostdev = {
    "hostdev", QEMU_DEV_HOTPLUG, G_STRUCT_OFFSET(DomainDef, hostdevs), G_STRUCT_OFFSET(DomainHostdev, info), NULL, plan,
};

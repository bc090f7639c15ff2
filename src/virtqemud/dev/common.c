/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts of a device's arguments that are the same in every kind.
 */
#include "virtqemud/dev/dev.h"

#include <stdlib.h>
#include <string.h>

#define VIR_FROM_THIS VIR_FROM_QEMU

gboolean qemu_need(const QemuPlanner *p, VirQemuCap cap, const char *what, GError **err)
{
    if (qemu_has(p, cap))
        return TRUE;
    return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "this QEMU binary (%s) has no %s", vir_qemu_caps_binary(p->ctx->caps), what);
}

gboolean qemu_is_q35(const DomainDef *def)
{
    return def->os.machine && (g_str_has_prefix(def->os.machine, "pc-q35") || g_str_equal(def->os.machine, "q35"));
}

gboolean qemu_is_i440fx(const DomainDef *def)
{
    const char *m = def->os.machine;
    return m && !qemu_is_q35(def) && (g_str_equal(m, "pc") || g_str_has_prefix(m, "pc-") || g_str_has_prefix(m, "rhel"));
}

gboolean qemu_is_x86(const DomainDef *def)
{
    return def->os.arch == DOMAIN_ARCH_X86_64 || def->os.arch == DOMAIN_ARCH_I686;
}

/* ---- JSON ---- */

VirJson *qemu_device_new(const char *driver, const char *spec, ...)
{
    VirJson *props = vir_json_new("s:driver", driver, NULL);
    if (spec) {
        va_list ap;
        va_start(ap, spec);
        vir_json_add_va(props, spec, ap);
        va_end(ap);
    }
    return props;
}

void qemu_json_bool(VirJson *props, const char *key, VirTristate value)
{
    if (value)
        json_object_object_add(props, key, json_object_new_boolean(value == VIR_TRISTATE_YES));
}

void qemu_json_onoff(VirJson *props, const char *key, VirTristate value)
{
    if (value)
        json_object_object_add(props, key, json_object_new_string(value == VIR_TRISTATE_YES ? "on" : "off"));
}

void qemu_json_size(VirJson *props, const char *key, guint64 bytes)
{
    json_object_object_add(props, key, json_object_new_uint64(bytes));
}

void qemu_json_str(VirJson *props, const char *key, const char *value)
{
    if (value)
        json_object_object_add(props, key, json_object_new_string(value));
}

void qemu_json_uint(VirJson *props, const char *key, guint64 value)
{
    if (value)
        qemu_json_size(props, key, value);
}

/* <qemu:override>: what the user wants changed in the arguments of one device. */
static void apply_overrides(const DomainDef *def, VirJson *props)
{
    const char *id = vir_json_str(props, "id", NULL);
    if (!def->qemu || !id)
        return;
    for (guint i = 0; i < def->qemu->overrides.n; i++) {
        const DomainQemuOverride *o = &def->qemu->overrides.v[i];
        if (g_strcmp0(o->alias, id))
            continue;
        for (guint j = 0; j < o->frontend.n; j++) {
            const DomainQemuProperty *prop = &o->frontend.v[j];
            VirJson *value = NULL;
            switch (prop->type) {
            case DOMAIN_OVERRIDE_REMOVE:
                json_object_object_del(props, prop->name);
                continue;
            case DOMAIN_OVERRIDE_SIGNED:
                value = json_object_new_int64(g_ascii_strtoll(prop->value, NULL, 0));
                break;
            case DOMAIN_OVERRIDE_UNSIGNED:
                value = json_object_new_uint64(g_ascii_strtoull(prop->value, NULL, 0));
                break;
            case DOMAIN_OVERRIDE_BOOL:
                value = json_object_new_boolean(g_strcmp0(prop->value, "true") == 0 || g_strcmp0(prop->value, "yes") == 0 ||
                                                g_strcmp0(prop->value, "on") == 0);
                break;
            default:
                value = json_object_new_string(prop->value ? prop->value : "");
            }
            json_object_object_add(props, prop->name, value);
        }
    }
}

void qemu_add_device(QemuPlanner *p, VirJson *props)
{
    apply_overrides(p->def, props);
    vir_plan_add(p->plan, VIR_PLAN_DEVICE, props);
}

/* ---- addresses ---- */

const DomainController *qemu_find_controller(const DomainDef *def, DomainControllerType type, guint index)
{
    const DomainController *found = NULL;
    for (guint i = 0; i < def->controllers.n; i++) {
        const DomainController *c = def->controllers.v[i];
        if (c->type != type || c->index < 0 || (guint)c->index != index)
            continue;
        if (c->master_startport < 0)     /* companions share the index of the one that has the ports */
            return c;
        if (!found)
            found = c;
    }
    return found;
}

/* What the machine brings along has QEMU's own names, whatever alias the document gives it. */
const char *qemu_bus_alias(const DomainDef *def, const DomainController *c)
{
    if (c->type == DOMAIN_CONTROLLER_PCI && c->model == DOMAIN_CONTROLLER_MODEL_PCIE_ROOT)
        return "pcie.0";
    if (c->type == DOMAIN_CONTROLLER_PCI && c->model == DOMAIN_CONTROLLER_MODEL_PCI_ROOT && qemu_is_x86(def))
        return "pci.0";
    if ((c->type == DOMAIN_CONTROLLER_IDE && c->index == 0 && qemu_is_i440fx(def)) ||
        (c->type == DOMAIN_CONTROLLER_SATA && c->index == 0 && qemu_is_q35(def)))
        return "ide";
    return c->info.alias;
}

static gboolean no_bus(const char *what, const DomainDeviceInfo *info, const char *type, guint index, GError **err)
{
    return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "%s '%s' is on %s bus %u, which no controller of the guest has", what,
                    info->alias ? info->alias : "?", type, index);
}

static gboolean add_pci(QemuPlanner *p, VirJson *props, const DomainDeviceInfo *info, const char *what, GError **err)
{
    const DomainPciAddress *a = &info->addr.pci;
    const DomainController *c = qemu_find_controller(p->def, DOMAIN_CONTROLLER_PCI, a->bus);
    if (!c || !c->info.alias)
        return no_bus(what, info, "PCI", a->bus, err);
    vir_json_add(props, "s:bus", qemu_bus_alias(p->def, c), NULL);
    if (a->multifunction == VIR_TRISTATE_YES)
        vir_json_add(props, "b:multifunction", TRUE, NULL);
    vir_json_add(props, "?u:acpi-index", info->acpi_index, NULL);
    g_autofree char *addr = a->function ? g_strdup_printf("0x%x.0x%x", a->slot, a->function) : g_strdup_printf("0x%x", a->slot);
    vir_json_add(props, "s:addr", addr, NULL);
    return TRUE;
}

static gboolean add_usb(QemuPlanner *p, VirJson *props, const DomainDeviceInfo *info, const char *what, GError **err)
{
    const DomainUsbAddress *a = &info->addr.usb;
    const DomainController *c = qemu_find_controller(p->def, DOMAIN_CONTROLLER_USB, a->bus);
    if (!c || !c->info.alias)
        return no_bus(what, info, "USB", a->bus, err);
    g_autofree char *bus = g_strdup_printf("%s.0", c->info.alias);
    vir_json_add(props, "s:bus", bus, NULL);
    g_autoptr(GString) port = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(a->port) && a->port[i]; i++)
        g_string_append_printf(port, "%s%u", i ? "." : "", a->port[i]);
    if (port->len)
        vir_json_add(props, "s:port", port->str, NULL);
    return TRUE;
}

gboolean qemu_add_address(QemuPlanner *p, VirJson *props, const DomainDeviceInfo *info, const char *what, GError **err)
{
    const DomainAddress *a = &info->addr;
    switch (a->type) {
    case DOMAIN_ADDRESS_PCI:
        return add_pci(p, props, info, what, err);
    case DOMAIN_ADDRESS_USB:
        return add_usb(p, props, info, what, err);
    case DOMAIN_ADDRESS_SPAPR_VIO:
        if (a->spapr.reg != DOMAIN_REG_UNSET)
            vir_json_add(props, "U:reg", a->spapr.reg, NULL);
        return TRUE;
    case DOMAIN_ADDRESS_CCW: {
        g_autofree char *devno = g_strdup_printf("%x.%x.%04x", a->ccw.cssid, a->ccw.ssid, a->ccw.devno);
        vir_json_add(props, "s:devno", devno, NULL);
        return TRUE;
    }
    case DOMAIN_ADDRESS_ISA:
        vir_json_add(props, "?u:iobase", a->isa.iobase, "?u:irq", a->isa.irq, NULL);
        return TRUE;
    case DOMAIN_ADDRESS_DIMM:
        vir_json_add(props, "u:slot", a->dimm.slot, "?U:addr", a->dimm.base, NULL);
        return TRUE;
    default:
        return TRUE;
    }
}

void qemu_add_rom(VirJson *props, const DomainDeviceInfo *info)
{
    if (info->rom_enabled == VIR_TRISTATE_NO)
        vir_json_add(props, "s:romfile", "", NULL);
    if (info->rom_bar)
        qemu_json_uint(props, "rombar", info->rom_bar == VIR_TRISTATE_YES);
    if (info->rom_bar == VIR_TRISTATE_NO)
        qemu_json_size(props, "rombar", 0);
    qemu_json_str(props, "romfile", info->rom_file);
}

/* ---- virtio ---- */

void qemu_add_virtio_options(VirJson *props, const DomainVirtioOptions *o)
{
    qemu_json_bool(props, "iommu_platform", o->iommu);
    qemu_json_bool(props, "ats", o->ats);
    qemu_json_bool(props, "packed", o->packed);
    qemu_json_bool(props, "page-per-vq", o->page_per_vq);
}

int qemu_virtio_model(DomainVirtioModel model)
{
    return model == DOMAIN_VIRTIO_MODEL_TRANSITIONAL ? 1 : model == DOMAIN_VIRTIO_MODEL_NON_TRANSITIONAL ? 2 : 0;
}

char *qemu_virtio_driver(const char *base, const DomainDeviceInfo *info, int model)
{
    static const char *const suffix[] = { "", "-transitional", "-non-transitional" };
    switch (info->addr.type) {
    case DOMAIN_ADDRESS_CCW:
        return g_strdup_printf("%s-ccw", base);
    case DOMAIN_ADDRESS_VIRTIO_MMIO:
        return g_strdup_printf("%s-device", base);
    default:
        return g_strdup_printf("%s-pci%s", base, suffix[model]);
    }
}

/* ---- boot order ---- */

static gboolean boots(DomainBootDev dev, const DomainDisk *disk)
{
    switch (disk->device) {
    case DOMAIN_DISK_DEVICE_CDROM: return dev == DOMAIN_BOOT_CDROM;
    case DOMAIN_DISK_DEVICE_FLOPPY: return dev == DOMAIN_BOOT_FLOPPY;
    default: return dev == DOMAIN_BOOT_DISK;
    }
}

/* <os><boot dev=...>: the first device of that sort has the place of the entry. */
guint qemu_boot_index(const QemuPlanner *p, QemuDevKind kind, gconstpointer dev)
{
    const DomainDef *def = p->def;
    const DomainDeviceInfo *own = kind == QEMU_DEV_DISK ? &((const DomainDisk *)dev)->info
                                  : kind == QEMU_DEV_NET ? &((const DomainNet *)dev)->info : NULL;
    if (own && own->boot_order)
        return own->boot_order;
    if (p->ctx->hotplug)       /* the order was settled when the guest started: a place of it may be taken twice by now */
        return 0;
    for (guint i = 0; i < def->os.boot.n; i++) {
        DomainBootDev want = def->os.boot.v[i].dev;
        if (want == DOMAIN_BOOT_NET && kind == QEMU_DEV_NET && def->nets.n && def->nets.v[0] == dev)
            return i + 1;
        for (guint d = 0; kind == QEMU_DEV_DISK && want != DOMAIN_BOOT_NET && d < def->disks.n; d++)
            if (boots(want, def->disks.v[d])) {
                if (def->disks.v[d] == dev)
                    return i + 1;
                break;
            }
    }
    return 0;
}

/* ---- labels, directories ---- */

gboolean qemu_add_label(QemuPlanner *p, const char *path, guint flags, const DomainDeviceSeclabel *labels, guint n_labels,
                        GError **err)
{
    if (!path || !p->ctx->privileged)
        return TRUE;
    HvLabelItem *item = hv_label_set_add(vir_plan_labels(p->plan), path, flags);
    for (guint i = 0; i < n_labels; i++) {
        if (labels[i].model && !g_str_equal(labels[i].model, "dac"))
            continue;
        if (!hv_label_item_override(item, labels[i].label, labels[i].relabel != VIR_TRISTATE_NO, err))
            return FALSE;
    }
    return TRUE;
}

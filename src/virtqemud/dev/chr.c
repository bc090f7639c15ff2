/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Devices with a character back end: serial, parallel, console, channel, redirdev, smartcard.
 */
#include "virtqemud/dev/dev.h"

#include <string.h>

#define VIR_FROM_THIS VIR_FROM_QEMU

static char *char_id(const DomainDeviceInfo *info)
{
    return g_strdup_printf("char%s", info->alias ? info->alias : "");
}

/* ---- serial ---- */

static gboolean plan_serial(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainChr *chr = dev;
    if (p->ctx->hotplug && chr->serial_target != DOMAIN_SERIAL_TARGET_USB && chr->serial_target != DOMAIN_SERIAL_TARGET_PCI)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "serial ports of type '%s' have no hot-plug; use pci-serial or usb-serial",
                        chr->serial_target ? vir_enum_to_string(&domain_serial_target_enum, chr->serial_target) : "isa-serial");
    g_autofree char *id = char_id(&chr->info);
    if (!qemu_add_chardev(p, id, &chr->source, NULL, err))
        return FALSE;
    switch (chr->serial_target) {
    case DOMAIN_SERIAL_TARGET_SYSTEM:         /* part of the board: the machine takes them in order */
        vir_plan_argf(p->plan, "-serial", "chardev:%s", id);
        return TRUE;
    default:
        break;
    }
    const char *driver = NULL;
    switch (chr->model) {
    case DOMAIN_SERIAL_MODEL_16550A: case DOMAIN_SERIAL_MODEL_NONE:
        driver = chr->serial_target == DOMAIN_SERIAL_TARGET_USB ? "usb-serial"
                 : chr->serial_target == DOMAIN_SERIAL_TARGET_PCI ? "pci-serial" : "isa-serial";
        break;
    default:
        driver = vir_enum_to_string(&domain_serial_model_enum, chr->model);
    }
    g_autoptr(VirJson) props = qemu_device_new(driver, "s:chardev", id, "s:id", chr->info.alias, NULL);
    if (chr->serial_target <= DOMAIN_SERIAL_TARGET_ISA && chr->port >= 0)
        vir_json_add(props, "i:index", chr->port, NULL);
    if (!qemu_add_address(p, props, &chr->info, "serial", err))
        return FALSE;
    qemu_add_device(p, g_steal_pointer(&props));
    return TRUE;
}

static gboolean plan_parallel(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainChr *chr = dev;
    g_autofree char *id = char_id(&chr->info);
    if (p->ctx->hotplug)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "parallel ports have no hot-plug");
    if (!qemu_add_chardev(p, id, &chr->source, NULL, err))
        return FALSE;
    qemu_add_device(p, qemu_device_new("isa-parallel", "s:chardev", id, "s:id", chr->info.alias, NULL));
    return TRUE;
}

/* ---- console, channel ---- */

static gboolean add_port_bus(QemuPlanner *p, VirJson *props, const DomainDeviceInfo *info, GError **err)
{
    if (info->addr.type != DOMAIN_ADDRESS_VIRTIO_SERIAL)
        return TRUE;
    const DomainController *c = qemu_find_controller(p->def, DOMAIN_CONTROLLER_VIRTIO_SERIAL, info->addr.virtio_serial.controller);
    if (!c || !c->info.alias)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "'%s' is on virtio-serial controller %u, which the guest does not have",
                        info->alias, info->addr.virtio_serial.controller);
    g_autofree char *bus = g_strdup_printf("%s.%u", c->info.alias, info->addr.virtio_serial.bus);
    vir_json_add(props, "s:bus", bus, "u:nr", info->addr.virtio_serial.port, NULL);
    return TRUE;
}

static gboolean plan_console(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainChr *chr = dev;
    if (chr->console_target == DOMAIN_CONSOLE_TARGET_SERIAL || chr->console_target == DOMAIN_CONSOLE_TARGET_NONE)
        return TRUE;                          /* the first console is the first serial port */
    g_autofree char *id = char_id(&chr->info);
    const char *driver = chr->console_target == DOMAIN_CONSOLE_TARGET_VIRTIO ? "virtconsole"
                         : chr->console_target == DOMAIN_CONSOLE_TARGET_SCLP ? "sclpconsole"
                         : chr->console_target == DOMAIN_CONSOLE_TARGET_SCLPLM ? "sclplmconsole" : NULL;
    if (!driver)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "QEMU has no console of target type '%s'",
                        vir_enum_to_string(&domain_console_target_enum, chr->console_target));
    if (!qemu_add_chardev(p, id, &chr->source, NULL, err))
        return FALSE;
    g_autoptr(VirJson) props = qemu_device_new(driver, NULL);
    /* libvirt puts consoles wherever QEMU finds room: only channels have a port of their own. */
    vir_json_add(props, "s:chardev", id, "s:id", chr->info.alias, NULL);
    qemu_add_device(p, g_steal_pointer(&props));
    return TRUE;
}

static gboolean plan_guestfwd(QemuPlanner *p, const DomainChr *chr, const char *id, GError **err)
{
    if (!qemu_add_chardev(p, id, &chr->source, NULL, err))
        return FALSE;
    g_autofree char *fwd = g_strdup_printf("tcp:%s:%s-chardev:%s", chr->fwd_address ? chr->fwd_address : "",
                                           chr->fwd_port ? chr->fwd_port : "", id);
    g_autoptr(VirJson) item = vir_json_new("s:str", fwd, NULL);
    g_autoptr(VirJson) list = json_object_new_array();
    json_object_array_add(list, g_steal_pointer(&item));
    vir_plan_add(p->plan, VIR_PLAN_NETDEV, vir_json_new("s:type", "user", "A:guestfwd", list, "s:id", chr->info.alias, NULL));
    return TRUE;
}

static gboolean plan_channel(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainChr *chr = dev;
    g_autofree char *id = char_id(&chr->info);
    if (chr->channel_target == DOMAIN_CHANNEL_TARGET_GUESTFWD)
        return plan_guestfwd(p, chr, id, err);
    if (chr->channel_target != DOMAIN_CHANNEL_TARGET_VIRTIO)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "QEMU has no channel of target type '%s'",
                        vir_enum_to_string(&domain_channel_target_enum, chr->channel_target));
    if (!qemu_add_chardev(p, id, &chr->source, "vdagent", err))
        return FALSE;
    g_autoptr(VirJson) props = qemu_device_new("virtserialport", NULL);
    if (!add_port_bus(p, props, &chr->info, err))
        return FALSE;
    const char *name = chr->name ? chr->name
                       : chr->source.type == DOMAIN_CHR_SPICEVMC || chr->source.type == DOMAIN_CHR_QEMU_VDAGENT ? "com.redhat.spice.0"
                                                                                                              : NULL;
    vir_json_add(props, "s:chardev", id, "s:id", chr->info.alias, "?s:name", name, NULL);
    qemu_add_device(p, g_steal_pointer(&props));
    return TRUE;
}

/* ---- redirdev ---- */

static char *redir_filter(const DomainRedirfilter *filter)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < filter->rules.n; i++) {
        const DomainRedirRule *r = &filter->rules.v[i];
        if (i)
            g_string_append_c(out, '|');
        if (r->usb_class >= 0)
            g_string_append_printf(out, "0x%02X", (guint)r->usb_class);
        else
            g_string_append(out, "-1");
        const int numbers[] = { r->vendor, r->product, r->version };
        for (guint k = 0; k < G_N_ELEMENTS(numbers); k++) {
            if (numbers[k] >= 0)
                g_string_append_printf(out, ":0x%04X", (guint)numbers[k]);
            else
                g_string_append(out, ":-1");
        }
        g_string_append_printf(out, ":%d", r->allow == VIR_TRISTATE_YES);
    }
    return g_string_free(out, FALSE);
}

static gboolean plan_redirdev(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainRedirdev *redir = dev;
    g_autofree char *id = char_id(&redir->info);
    if (!qemu_add_chardev(p, id, &redir->source, "usbredir", err))
        return FALSE;
    g_autoptr(VirJson) props = qemu_device_new("usb-redir", "s:chardev", id, "s:id", redir->info.alias, NULL);
    if (p->def->redirfilter) {
        g_autofree char *filter = redir_filter(p->def->redirfilter);
        vir_json_add(props, "s:filter", filter, NULL);
    }
    vir_json_add(props, "?u:bootindex", redir->info.boot_order, NULL);
    if (!qemu_add_address(p, props, &redir->info, "redirdev", err))
        return FALSE;
    qemu_add_device(p, g_steal_pointer(&props));
    return TRUE;
}

/* ---- smartcard ---- */

static gboolean plan_smartcard(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainSmartcard *card = dev;
    g_autoptr(VirJson) props = NULL;
    if (p->ctx->hotplug)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "smartcards have no hot-plug");
    if (card->mode == DOMAIN_SMARTCARD_PASSTHROUGH) {
        g_autofree char *id = char_id(&card->info);
        if (!qemu_add_chardev(p, id, &card->source, "smartcard", err))
            return FALSE;
        props = qemu_device_new("ccid-card-passthru", "s:chardev", id, NULL);
    } else if (card->mode == DOMAIN_SMARTCARD_HOST) {
        props = qemu_device_new("ccid-card-emulated", "s:backend", "nss-emulated", NULL);
    } else {
        if (card->certificates.n != 3)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "smartcard '%s' needs three <certificate>s, has %u", card->info.alias,
                            card->certificates.n);
        props = qemu_device_new("ccid-card-emulated", "s:backend", "certificates", "s:cert1", card->certificates.v[0],
                                "s:cert2", card->certificates.v[1], "s:cert3", card->certificates.v[2],
                                "s:db", card->database ? card->database : "/etc/pki/nssdb", NULL);
    }
    guint index = card->info.addr.type == DOMAIN_ADDRESS_CCID ? card->info.addr.ccid.controller : 0;
    g_autofree char *bus = g_strdup_printf("ccid%u.0", index);
    vir_json_add(props, "s:id", card->info.alias, "s:bus", bus, NULL);
    qemu_add_device(p, g_steal_pointer(&props));
    return TRUE;
}

#define CHR_ROW(name, list, func) \
    { name, QEMU_DEV_HOTPLUG, G_STRUCT_OFFSET(DomainDef, list), G_STRUCT_OFFSET(DomainChr, info), NULL, func }

const QemuDevRow qemu_dev_serial = CHR_ROW("serial", serials, plan_serial);
const QemuDevRow qemu_dev_parallel = CHR_ROW("parallel", parallels, plan_parallel);
const QemuDevRow qemu_dev_console = CHR_ROW("console", consoles, plan_console);
const QemuDevRow qemu_dev_channel = CHR_ROW("channel", channels, plan_channel);
const QemuDevRow qemu_dev_redirdev = {
    "redirdev", QEMU_DEV_HOTPLUG, G_STRUCT_OFFSET(DomainDef, redirdevs), G_STRUCT_OFFSET(DomainRedirdev, info), NULL, plan_redirdev,
};
const QemuDevRow qemu_dev_smartcard = {
    "smartcard", 0, G_STRUCT_OFFSET(DomainDef, smartcards), G_STRUCT_OFFSET(DomainSmartcard, info), NULL, plan_smartcard,
};

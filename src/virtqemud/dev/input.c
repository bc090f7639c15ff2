/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mice, tablets, keyboards; event devices of the host.
 */
#include "virtqemud/dev/dev.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static const char *const virtio_base[] = {
    [DOMAIN_INPUT_MOUSE] = "virtio-mouse", [DOMAIN_INPUT_TABLET] = "virtio-tablet",
    [DOMAIN_INPUT_KEYBOARD] = "virtio-keyboard", [DOMAIN_INPUT_PASSTHROUGH] = "virtio-input-host",
};
static const char *const usb_driver[] = {
    [DOMAIN_INPUT_MOUSE] = "usb-mouse", [DOMAIN_INPUT_TABLET] = "usb-tablet", [DOMAIN_INPUT_KEYBOARD] = "usb-kbd",
    [DOMAIN_INPUT_PASSTHROUGH] = NULL,
};

static gboolean plan_evdev(QemuPlanner *p, const DomainInput *input, GError **err)
{
    VirJson *props = vir_json_new("s:qom-type", "input-linux", "s:id", input->info.alias, "s:evdev", input->source, NULL);
    qemu_json_bool(props, "repeat", input->repeat);
    if (input->grab == DOMAIN_GRAB_ALL)
        vir_json_add(props, "b:grab_all", TRUE, NULL);
    if (input->grab_toggle)
        vir_json_add(props, "s:grab-toggle", vir_enum_to_string(&domain_grab_toggle_enum, input->grab_toggle), NULL);
    vir_plan_add(p->plan, VIR_PLAN_OBJECT, props);
    vir_plan_add_device_node(p->plan, input->source);
    return qemu_add_label(p, input->source, 0, NULL, 0, err);
}

static gboolean plan(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainInput *input = dev;
    if (input->type == DOMAIN_INPUT_EVDEV)
        return plan_evdev(p, input, err);
    g_autoptr(VirJson) props = NULL;
    if (input->bus == DOMAIN_INPUT_BUS_PS2 || input->bus == DOMAIN_INPUT_BUS_NONE) {
        if (p->ctx->hotplug)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "PS/2 input devices have no hot-plug; use bus 'usb' or 'virtio'");
        return TRUE;                          /* the machine's own */
    } else if (input->bus == DOMAIN_INPUT_BUS_VIRTIO && input->type < G_N_ELEMENTS(virtio_base) && virtio_base[input->type]) {
        g_autofree char *driver = qemu_virtio_driver(virtio_base[input->type], &input->info, qemu_virtio_model(input->model));
        props = qemu_device_new(driver, NULL);
        qemu_add_virtio_options(props, &input->virtio);
    } else if (input->bus == DOMAIN_INPUT_BUS_USB && input->type < G_N_ELEMENTS(usb_driver) && usb_driver[input->type]) {
        props = qemu_device_new(usb_driver[input->type], NULL);
    } else {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "QEMU has no input device of type '%s' on bus '%s'",
                        vir_enum_to_string(&domain_input_type_enum, input->type),
                        vir_enum_to_string(&domain_input_bus_enum, input->bus));
    }
    vir_json_add(props, "s:id", input->info.alias, NULL);
    if (input->type == DOMAIN_INPUT_PASSTHROUGH) {
        vir_json_add(props, "s:evdev", input->source, NULL);
        vir_plan_add_device_node(p->plan, input->source);
        if (!qemu_add_label(p, input->source, 0, NULL, 0, err))
            return FALSE;
    }
    if (!qemu_add_address(p, props, &input->info, "input", err))
        return FALSE;
    qemu_add_device(p, g_steal_pointer(&props));
    return TRUE;
}

const QemuDevRow qemu_dev_input = {
    "input", QEMU_DEV_HOTPLUG, G_STRUCT_OFFSET(DomainDef, inputs), G_STRUCT_OFFSET(DomainInput, info), NULL, plan,
};

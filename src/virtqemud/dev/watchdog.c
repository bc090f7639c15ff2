/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Watchdogs. What happens when one fires is a setting of the whole guest.
 */
#include "virtqemud/dev/dev.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static const char *action_of(const DomainWatchdog *w)
{
    if (w->action == DOMAIN_WATCHDOG_ACTION_DUMP)     /* the guest is stopped, the dump is made from outside */
        return "pause";
    return w->action ? vir_enum_to_string(&domain_watchdog_action_enum, w->action) : "reset";
}

static gboolean plan(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainWatchdog *w = dev;
    if (w->model == DOMAIN_WATCHDOG_ITCO) {           /* part of the chip set; without this it never resets */
        vir_plan_arg(p->plan, "-global", "ICH9-LPC.noreboot=off");
    } else {
        g_autoptr(VirJson) props = qemu_device_new(vir_enum_to_string(&domain_watchdog_model_enum, w->model),
                                                   "s:id", w->info.alias, NULL);
        if (!qemu_add_address(p, props, &w->info, "watchdog", err))
            return FALSE;
        qemu_add_device(p, g_steal_pointer(&props));
    }
    if (p->ctx->hotplug)
        vir_plan_command(p->plan, "watchdog-set-action", vir_json_new("s:action", action_of(w), NULL));
    else if (p->def->watchdogs.n && p->def->watchdogs.v[p->def->watchdogs.n - 1] == w)
        vir_plan_arg(p->plan, "-watchdog-action", action_of(w));
    return TRUE;
}

const QemuDevRow qemu_dev_watchdog = {
    "watchdog", QEMU_DEV_HOTPLUG, G_STRUCT_OFFSET(DomainDef, watchdogs), G_STRUCT_OFFSET(DomainWatchdog, info), NULL, plan,
};

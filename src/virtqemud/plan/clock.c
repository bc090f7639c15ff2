/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Clock and timers, power management, boot menu and direct kernel boot.
 */
#include "virtqemud/plan/machine.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

/* ---- clock ---- */

/* The wall clock the guest is to see, as QEMU wants it: "2026-01-31T12:00:00". */
static char *base_at(QemuPlanner *p, gint64 offset, gboolean local)
{
    gint64 now = vir_host_real_ns(p->ctx->host) / G_USEC_PER_SEC / 1000 + offset;
    g_autoptr(GDateTime) t = local ? g_date_time_new_from_unix_local(now) : g_date_time_new_from_unix_utc(now);
    return g_date_time_format(t, "%Y-%m-%dT%H:%M:%S");
}

static gboolean add_base(QemuPlanner *p, GString *out, GError **err)
{
    const DomainClock *c = &p->def->clock;
    switch (c->offset) {
    case DOMAIN_CLOCK_UTC: case DOMAIN_CLOCK_NONE:
        g_string_append(out, "utc");
        return TRUE;
    case DOMAIN_CLOCK_LOCALTIME:
        g_string_append(out, "localtime");
        return TRUE;
    case DOMAIN_CLOCK_TIMEZONE:                /* the guest's local time is that zone's: QEMU runs with TZ set */
        g_string_append(out, "localtime");
        vir_plan_setenv(p->plan, "TZ", c->timezone);
        return TRUE;
    case DOMAIN_CLOCK_VARIABLE: {
        g_autofree char *base = base_at(p, c->adjustment, c->basis == DOMAIN_CLOCK_BASIS_LOCALTIME);
        g_string_append(out, base);
        return TRUE;
    }
    case DOMAIN_CLOCK_ABSOLUTE: {
        g_autoptr(GDateTime) t = g_date_time_new_from_unix_utc((gint64)c->start);
        g_autofree char *base = t ? g_date_time_format(t, "%Y-%m-%dT%H:%M:%S") : NULL;
        if (!base)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "clock: the absolute start %" G_GUINT64_FORMAT " is beyond the calendar", c->start);
        g_string_append(out, base);
        return TRUE;
    }
    }
    return TRUE;
}

static gboolean add_timer(QemuPlanner *p, const DomainTimer *t, GString *rtc, GError **err)
{
    switch (t->name) {
    case DOMAIN_TIMER_RTC:
        if (t->track == DOMAIN_TRACK_GUEST)
            g_string_append(rtc, ",clock=vm");
        else if (t->track == DOMAIN_TRACK_REALTIME)
            g_string_append(rtc, ",clock=rt");
        if (t->tickpolicy == DOMAIN_TICK_CATCHUP)
            g_string_append(rtc, ",driftfix=slew");
        return TRUE;
    case DOMAIN_TIMER_PIT:
        if (t->tickpolicy == DOMAIN_TICK_DELAY)
            vir_plan_arg(p->plan, "-global", "kvm-pit.lost_tick_policy=delay");
        else if (t->tickpolicy == DOMAIN_TICK_DISCARD)
            vir_plan_arg(p->plan, "-global", "kvm-pit.lost_tick_policy=discard");
        return TRUE;
    case DOMAIN_TIMER_HPET:
        if (t->present == VIR_TRISTATE_NO)
            vir_plan_arg(p->plan, "-no-hpet", NULL);
        return TRUE;
    default:
        return TRUE;
    }
}

gboolean qemu_plan_clock(QemuPlanner *p, GError **err)
{
    g_autoptr(GString) rtc = g_string_new("base=");
    if (!add_base(p, rtc, err))
        return FALSE;
    for (guint i = 0; i < p->def->clock.timers.n; i++)
        if (!add_timer(p, &p->def->clock.timers.v[i], rtc, err))
            return FALSE;
    vir_plan_arg(p->plan, "-rtc", rtc->str);
    return TRUE;
}

/* ---- boot ---- */

static void add_sleep_states(QemuPlanner *p)
{
    const char *chip = qemu_is_q35(p->def) ? "ICH9-LPC" : "PIIX4_PM";
    if (p->def->pm_suspend_to_mem)
        vir_plan_argf(p->plan, "-global", "%s.disable_s3=%d", chip, p->def->pm_suspend_to_mem == VIR_TRISTATE_NO);
    if (p->def->pm_suspend_to_disk)
        vir_plan_argf(p->plan, "-global", "%s.disable_s4=%d", chip, p->def->pm_suspend_to_disk == VIR_TRISTATE_NO);
}

static void add_boot_menu(QemuPlanner *p)
{
    const DomainOs *os = &p->def->os;
    g_autoptr(GString) out = g_string_new(NULL);
    if (os->bootmenu) {
        g_string_append_printf(out, "menu=%s,", os->bootmenu == VIR_TRISTATE_YES ? "on" : "off");
        if (os->bootmenu == VIR_TRISTATE_YES && os->bootmenu_timeout >= 0)
            g_string_append_printf(out, "splash-time=%d,", os->bootmenu_timeout);
    }
    if (os->bios_reboot_timeout != DOMAIN_REBOOT_TIMEOUT_UNSET)
        g_string_append_printf(out, "reboot-timeout=%d,", os->bios_reboot_timeout);
    g_string_append(out, "strict=on");
    vir_plan_arg(p->plan, "-boot", out->str);
}

gboolean qemu_plan_boot(QemuPlanner *p, GError **err)
{
    const DomainOs *os = &p->def->os;
    vir_plan_arg(p->plan, "-no-shutdown", NULL);
    if (!p->def->features.acpi && (qemu_is_x86(p->def) || p->def->os.arch == DOMAIN_ARCH_AARCH64))
        vir_plan_arg(p->plan, "-no-acpi", NULL);
    add_sleep_states(p);
    add_boot_menu(p);
    const struct { const char *option, *path; } files[] = {
        { "-kernel", os->kernel }, { "-initrd", os->initrd }, { "-append", os->cmdline }, { "-dtb", os->dtb },
    };
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        if (!files[i].path || !*files[i].path)
            continue;
        vir_plan_arg(p->plan, files[i].option, files[i].path);
        if (files[i].path != os->cmdline && !qemu_add_label(p, files[i].path, HV_LABEL_SHARED, NULL, 0, err))
            return FALSE;
    }
    return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Calls that start, stop and steer a running domain.
 */
#include <unistd.h>

#include "virtqemud/define.h"
#include "virtqemud/domain.h"
#include "virtqemud/methods.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

/* ---- start ---- */

static guint start_flags(guint flags)
{
    return (flags & VIR_DOMAIN_START_PAUSED ? QEMU_START_PAUSED : 0) |
           (flags & VIR_DOMAIN_START_AUTODESTROY ? QEMU_START_AUTODESTROY : 0) |
           (flags & VIR_DOMAIN_START_FORCE_BOOT ? QEMU_START_FORCE_BOOT : 0) |
           (flags & VIR_DOMAIN_START_RESET_NVRAM ? QEMU_START_RESET_NVRAM : 0);
}

static gboolean create(VirInvocation *inv, VirEntry *obj, guint flags, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    const guint known = VIR_DOMAIN_START_PAUSED | VIR_DOMAIN_START_AUTODESTROY | VIR_DOMAIN_START_BYPASS_CACHE |
                        VIR_DOMAIN_START_FORCE_BOOT | VIR_DOMAIN_START_RESET_NVRAM;
    if (!vir_check_flags(inv, flags, known, err))
        return FALSE;
    if (qemu_domain_is_active(dom))
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "domain is already running");
    return qemu_domain_need_config(dom, err) && qemu_process_start(dom, inv, start_flags(flags), err);
}

gboolean qemu_domain_create(VirInvocation *inv, VirEntry *obj, const remote_domain_create_args *args, void *ret,
                            GError **err)
{
    return create(inv, obj, 0, err);
}

gboolean qemu_domain_create_with_flags(VirInvocation *inv, VirEntry *obj,
                                       const remote_domain_create_with_flags_args *args,
                                       remote_domain_create_with_flags_ret *ret, GError **err)
{
    if (!create(inv, obj, args->flags, err))
        return FALSE;
    g_autoptr(QemuView) view = vir_entry_view(obj);
    qemu_fill_handle(&ret->dom, &view->parent);
    return TRUE;
}

typedef struct {
    DomainDef *def;          /* taken on success */
    guint flags;
} Create;

static gboolean create_on_actor(VirInvocation *inv, VirEntry *entry, gpointer data, GError **err)
{
    Create *c = data;
    QemuDomain *dom = qemu_domain_ensure(qemu_of(inv), entry);
    if (qemu_domain_is_active(dom))
        return vir_fail_full(err, VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "domain '%s' is already active",
                             c->def->name);
    qemu_domain_set_live(dom, domain_doc_new(g_steal_pointer(&c->def)));
    if (qemu_process_start(dom, inv, start_flags(c->flags), err))
        return TRUE;
    qemu_domain_set_live(dom, NULL);
    if (!dom->config)
        vir_store_remove(entry);
    return FALSE;
}

gboolean qemu_domain_create_xml(VirInvocation *inv, VirEntry *obj, const remote_domain_create_xml_args *args,
                                remote_domain_create_xml_ret *ret, GError **err)
{
    QemuDriver *qemu = qemu_of(inv);
    const guint known = VIR_DOMAIN_START_PAUSED | VIR_DOMAIN_START_AUTODESTROY | VIR_DOMAIN_START_VALIDATE |
                        VIR_DOMAIN_START_RESET_NVRAM;
    g_autoptr(VirEntry) entry = NULL;
    gboolean is_new;
    if (!vir_check_flags(inv, args->flags, known, err))
        return FALSE;
    Create c = { .flags = args->flags };
    c.def = qemu_prepare_document(qemu, args->xml_desc, args->flags & VIR_DOMAIN_START_VALIDATE, VIR_XML_INACTIVE, NULL,
                                  err);
    if (!c.def)
        return FALSE;
    gboolean ok = vir_store_reserve(qemu->domains, c.def->name, c.def->uuid, &entry, &is_new, err) &&
                  vir_invocation_on_actor(inv, entry, create_on_actor, &c, err);
    domain_def_free(c.def);
    if (!ok)
        return FALSE;
    g_autoptr(QemuView) view = vir_entry_view(entry);
    qemu_fill_handle(&ret->dom, &view->parent);
    return TRUE;
}

/* ---- pause and go on ---- */

gboolean qemu_domain_suspend(VirInvocation *inv, VirEntry *obj, const remote_domain_suspend_args *args, void *ret,
                             GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    VirQmpWait wait = qemu_domain_wait(inv);
    if (!qemu_domain_need_monitor(dom, err))
        return FALSE;
    if (dom->state == VIR_DOMAIN_PMSUSPENDED)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "domain is pmsuspended");
    if (dom->state == VIR_DOMAIN_PAUSED)
        return TRUE;
    if (!qemu_process_pause(dom, &wait, VIR_DOMAIN_PAUSED_USER, err))
        return FALSE;
    qemu_event_lifecycle(dom, inv, VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
    return TRUE;
}

gboolean qemu_domain_resume(VirInvocation *inv, VirEntry *obj, const remote_domain_resume_args *args, void *ret,
                            GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    VirQmpWait wait = qemu_domain_wait(inv);
    if (!qemu_domain_need_monitor(dom, err))
        return FALSE;
    if (dom->state == VIR_DOMAIN_PMSUSPENDED)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "domain is pmsuspended");
    if (dom->state == VIR_DOMAIN_RUNNING)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "domain is already running");
    int reason = dom->state == VIR_DOMAIN_CRASHED && dom->reason == VIR_DOMAIN_CRASHED_PANICKED
                     ? VIR_DOMAIN_RUNNING_CRASHED
                     : VIR_DOMAIN_RUNNING_UNPAUSED;
    if (!qemu_process_resume(dom, &wait, reason, err))
        return FALSE;
    qemu_event_lifecycle(dom, inv, VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
    return TRUE;
}

/* ---- shutdown, reboot, reset ---- */

static gboolean refuse_agent(const QemuDomain *dom, GError **err)
{
    if (dom->state != VIR_DOMAIN_RUNNING)    /* nothing in a paused guest could answer */
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "domain is not running");
    return vir_fail(err, VIR_ERR_ARGUMENT_UNSUPPORTED, "the guest agent is not supported; use ACPI");
}

static gboolean shutdown_domain(VirInvocation *inv, VirEntry *obj, guint flags, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    VirQmpWait wait = qemu_domain_wait(inv);
    const guint agent_only = VIR_DOMAIN_SHUTDOWN_GUEST_AGENT;
    if (!vir_check_flags(inv, flags, VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN | VIR_DOMAIN_SHUTDOWN_GUEST_AGENT, err))
        return FALSE;
    if (!qemu_domain_is_active(dom))
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "domain is not running");
    if (!qemu_domain_need_monitor(dom, err))
        return FALSE;
    if (flags == agent_only)
        return refuse_agent(dom, err);
    dom->fake_reboot = dom->live->def->on_poweroff == DOMAIN_ACTION_RESTART;
    return vir_qmp_run(dom->mon, &wait, err, "system_powerdown", NULL);
}

gboolean qemu_domain_shutdown(VirInvocation *inv, VirEntry *obj, const remote_domain_shutdown_args *args, void *ret,
                              GError **err)
{
    return shutdown_domain(inv, obj, 0, err);
}

gboolean qemu_domain_shutdown_flags(VirInvocation *inv, VirEntry *obj, const remote_domain_shutdown_flags_args *args,
                                    void *ret, GError **err)
{
    return shutdown_domain(inv, obj, args->flags, err);
}

/* The guest powers off by the button; its SHUTDOWN is then turned into a reset. */
gboolean qemu_domain_reboot(VirInvocation *inv, VirEntry *obj, const remote_domain_reboot_args *args, void *ret,
                            GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    VirQmpWait wait = qemu_domain_wait(inv);
    if (!vir_check_flags(inv, args->flags, VIR_DOMAIN_REBOOT_ACPI_POWER_BTN | VIR_DOMAIN_REBOOT_GUEST_AGENT, err) ||
        !qemu_domain_need_monitor(dom, err))
        return FALSE;
    if (args->flags == VIR_DOMAIN_REBOOT_GUEST_AGENT)
        return refuse_agent(dom, err);
    if (!vir_qmp_run(dom->mon, &wait, err, "system_powerdown", NULL))
        return FALSE;
    dom->fake_reboot = dom->live->def->on_reboot != DOMAIN_ACTION_DESTROY;
    qemu_domain_commit(dom);
    return TRUE;
}

gboolean qemu_domain_reset(VirInvocation *inv, VirEntry *obj, const remote_domain_reset_args *args, void *ret,
                           GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    VirQmpWait wait = qemu_domain_wait(inv);
    if (!vir_check_flags(inv, args->flags, 0, err) || !qemu_domain_need_monitor(dom, err) ||
        !vir_qmp_run(dom->mon, &wait, err, "system_reset", NULL))
        return FALSE;
    dom->fake_reboot = FALSE;
    if (dom->state == VIR_DOMAIN_CRASHED) {
        qemu_domain_set_state(dom, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER);
        qemu_domain_commit(dom);
    }
    return TRUE;
}

gboolean qemu_domain_inject_nmi(VirInvocation *inv, VirEntry *obj, const remote_domain_inject_nmi_args *args, void *ret,
                                GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    VirQmpWait wait = qemu_domain_wait(inv);
    return vir_check_flags(inv, args->flags, 0, err) && qemu_domain_need_monitor(dom, err) &&
           vir_qmp_run(dom->mon, &wait, err, "inject-nmi", NULL);
}

gboolean qemu_domain_pm_wakeup(VirInvocation *inv, VirEntry *obj, const remote_domain_pm_wakeup_args *args, void *ret,
                               GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    VirQmpWait wait = qemu_domain_wait(inv);
    return vir_check_flags(inv, args->flags, 0, err) && qemu_domain_need_monitor(dom, err) &&
           vir_qmp_run(dom->mon, &wait, err, "system_wakeup", NULL);
}

/* ---- destroy ---- */

static gboolean destroy(VirInvocation *inv, VirEntry *obj, guint flags, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    if (!vir_check_flags(inv, flags, VIR_DOMAIN_DESTROY_GRACEFUL | VIR_DOMAIN_DESTROY_REMOVE_LOGS, err))
        return FALSE;
    /* A start that this call cut off is what was to be destroyed. */
    if (dom->start_cancelled) {
        dom->start_cancelled = FALSE;
        return TRUE;
    }
    if (!qemu_domain_is_active(dom))
        return vir_fail_full(err, VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "domain is not running");
    if (!qemu_process_kill(dom, flags & VIR_DOMAIN_DESTROY_GRACEFUL, inv->cancel, err))
        return FALSE;
    gboolean remove_log = flags & VIR_DOMAIN_DESTROY_REMOVE_LOGS;
    g_autofree char *log = remove_log ? qemu_dirs_log_file(dom->qemu->dirs, dom->live->def->name) : NULL;
    qemu_process_stop(dom, inv, VIR_DOMAIN_SHUTOFF_DESTROYED, VIR_DOMAIN_EVENT_STOPPED_DESTROYED);
    if (log)
        unlink(log);
    return TRUE;
}

gboolean qemu_domain_destroy(VirInvocation *inv, VirEntry *obj, const remote_domain_destroy_args *args, void *ret,
                             GError **err)
{
    return destroy(inv, obj, 0, err);
}

gboolean qemu_domain_destroy_flags(VirInvocation *inv, VirEntry *obj, const remote_domain_destroy_flags_args *args,
                                   void *ret, GError **err)
{
    return destroy(inv, obj, args->flags, err);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Events of domains: to clients, and from QEMU.
 */
#define VIR_LOG_SOURCE "qemu.events"
#include <string.h>

#include "api/wire-types.h"
#include "util/log.h"
#include "virtqemud/domain.h"
#include "virtqemud/monitor-events.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

/* ---- to clients ---- */

typedef struct {
    VirEvents *events;
    int id;
    guint8 uuid[VIR_UUID_BUFLEN];
    gpointer msg;
    const VirXdrStruct *layout;
} Outgoing;

static void send_and_free(gpointer data)
{
    Outgoing *out = data;
    vir_events_emit(out->events, VIR_EVENT_CLASS_DOMAIN, out->id, out->uuid, NULL, NULL, out->msg);
    vir_xdr_free(out->layout, out->msg);
    g_free(out);
}

void qemu_event_post(QemuDomain *dom, VirInvocation *inv, int id, gpointer msg, gsize dom_at)
{
    const VirCall *event = vir_call_event(VIR_EVENT_CLASS_DOMAIN, id, VIR_EVENT_CALLBACK);
    g_autoptr(QemuView) view = vir_entry_view(dom->entry);
    remote_nonnull_domain *handle = (remote_nonnull_domain *)((char *)msg + dom_at);
    qemu_fill_handle(handle, &view->parent);
    Outgoing *out = g_new0(Outgoing, 1);
    out->events = dom->qemu->events;
    out->id = id;
    memcpy(out->uuid, dom->entry->uuid, VIR_UUID_BUFLEN);
    out->msg = msg;
    out->layout = event->args;
    if (inv)
        vir_invocation_after(inv, send_and_free, out);
    else
        send_and_free(out);
}

void qemu_event_lifecycle(QemuDomain *dom, VirInvocation *inv, int event, int detail)
{
    QEMU_EVENT(dom, inv, VIR_DOMAIN_EVENT_ID_LIFECYCLE, remote_domain_event_callback_lifecycle_msg,
               .msg = { .event = event, .detail = detail });
}

/* ---- from QEMU ---- */

static const char *text_of(VirJson *data, const char *key)
{
    return data ? vir_json_str(data, key, NULL) : NULL;
}

/* "virtio-disk0" of a device event; QEMU names either the id or the QOM path. */
static const char *device_of(VirJson *data)
{
    const char *device = text_of(data, "device"), *path = text_of(data, "path");
    if (device && *device)
        return device;
    return path && g_str_has_prefix(path, "/machine/peripheral/") ? path + strlen("/machine/peripheral/") : NULL;
}

static const DomainDisk *disk_by_alias(const DomainDef *def, const char *alias)
{
    for (guint i = 0; alias && i < def->disks.n; i++) {
        if (g_strcmp0(def->disks.v[i]->info.alias, alias) == 0)
            return def->disks.v[i];
    }
    return NULL;
}

static void on_shutdown(QemuDomain *dom, VirJson *data)
{
    gboolean guest = FALSE;
    const DomainDef *def = dom->live->def;
    int detail = data && vir_json_get_bool(data, "guest", &guest, NULL)
                     ? guest ? VIR_DOMAIN_EVENT_SHUTDOWN_GUEST : VIR_DOMAIN_EVENT_SHUTDOWN_HOST
                     : VIR_DOMAIN_EVENT_SHUTDOWN_FINISHED;
    if (dom->shutdown_seen)
        return;
    if (dom->fake_reboot || (guest && def->on_poweroff == DOMAIN_ACTION_RESTART)) {
        qemu_process_fake_reboot(dom);
        return;
    }
    dom->shutdown_seen = TRUE;
    qemu_domain_set_state(dom, VIR_DOMAIN_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN);
    qemu_domain_commit(dom);
    qemu_event_lifecycle(dom, NULL, VIR_DOMAIN_EVENT_SHUTDOWN, detail);
    /* QEMU itself stays, stopped, until it is told to go. A destroy under way does that already. */
    if (!dom->begun_shutdown && def->on_poweroff != DOMAIN_ACTION_PRESERVE) {
        g_autoptr(GError) err = NULL;
        if (!vir_proc_pidfd_signal(dom->pidfd, SIGTERM, &err))
            VIR_WARN("domain %s: cannot end QEMU: %s", def->name, err->message);
    }
}

static void on_reset(QemuDomain *dom, VirJson *data)
{
    QEMU_EVENT(dom, NULL, VIR_DOMAIN_EVENT_ID_REBOOT, remote_domain_event_callback_reboot_msg, .callbackID = 0);
    gboolean guest = FALSE;
    if (data)
        guest = data ? vir_json_bool(data, "guest", guest) : guest;
    if (guest && dom->live->def->on_reboot == DOMAIN_ACTION_DESTROY)
        qemu_process_end_by_guest(dom);
}

static void on_stop(QemuDomain *dom, VirJson *data)
{
    if (dom->state != VIR_DOMAIN_RUNNING || dom->rebooting)
        return;
    int reason = dom->pause_reason ? dom->pause_reason : VIR_DOMAIN_PAUSED_UNKNOWN;
    int detail = reason == VIR_DOMAIN_PAUSED_IOERROR    ? VIR_DOMAIN_EVENT_SUSPENDED_IOERROR
                 : reason == VIR_DOMAIN_PAUSED_WATCHDOG ? VIR_DOMAIN_EVENT_SUSPENDED_WATCHDOG
                                                        : VIR_DOMAIN_EVENT_SUSPENDED_PAUSED;
    dom->pause_reason = 0;
    qemu_domain_set_state(dom, VIR_DOMAIN_PAUSED, reason);
    qemu_domain_commit(dom);
    qemu_event_lifecycle(dom, NULL, VIR_DOMAIN_EVENT_SUSPENDED, detail);
}

static void on_resume(QemuDomain *dom, VirJson *data)
{
    dom->rebooting = FALSE;
    if (dom->state != VIR_DOMAIN_PAUSED)
        return;
    qemu_domain_set_state(dom, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNPAUSED);
    qemu_domain_commit(dom);
    qemu_event_lifecycle(dom, NULL, VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
}

static void on_rtc_change(QemuDomain *dom, VirJson *data)
{
    gint64 offset = 0;
    if (!data || !vir_json_get_int64(data, "offset", &offset, NULL))
        return;
    if (dom->live->def->clock.offset == DOMAIN_CLOCK_VARIABLE) {
        DomainDef *def = domain_def_copy(dom->live->def);
        def->clock.adjustment = def->clock.adjustment0 + offset;
        offset = def->clock.adjustment;
        qemu_domain_set_live(dom, domain_doc_new(def));
        qemu_domain_commit(dom);
    }
    QEMU_EVENT(dom, NULL, VIR_DOMAIN_EVENT_ID_RTC_CHANGE, remote_domain_event_callback_rtc_change_msg,
               .msg = { .offset = offset });
}

static void on_watchdog(QemuDomain *dom, VirJson *data)
{
    static const struct {
        const char *name;
        int action;
    } actions[] = {
        { "reset", VIR_DOMAIN_EVENT_WATCHDOG_RESET },       { "shutdown", VIR_DOMAIN_EVENT_WATCHDOG_SHUTDOWN },
        { "poweroff", VIR_DOMAIN_EVENT_WATCHDOG_POWEROFF }, { "pause", VIR_DOMAIN_EVENT_WATCHDOG_PAUSE },
        { "debug", VIR_DOMAIN_EVENT_WATCHDOG_DEBUG },       { "none", VIR_DOMAIN_EVENT_WATCHDOG_NONE },
        { "inject-nmi", VIR_DOMAIN_EVENT_WATCHDOG_INJECTNMI },
    };
    const char *name = text_of(data, "action");
    int action = VIR_DOMAIN_EVENT_WATCHDOG_NONE;
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++) {
        if (g_strcmp0(actions[i].name, name) == 0)
            action = actions[i].action;
    }
    if (action == VIR_DOMAIN_EVENT_WATCHDOG_PAUSE)
        dom->pause_reason = VIR_DOMAIN_PAUSED_WATCHDOG;
    QEMU_EVENT(dom, NULL, VIR_DOMAIN_EVENT_ID_WATCHDOG, remote_domain_event_callback_watchdog_msg,
               .msg = { .action = action });
}

static void on_io_error(QemuDomain *dom, VirJson *data)
{
    const char *alias = device_of(data), *action_name = text_of(data, "action"), *node = text_of(data, "node-name");
    gboolean nospace = FALSE;
    nospace = data ? vir_json_bool(data, "nospace", nospace) : nospace;
    const DomainDisk *disk = disk_by_alias(dom->live->def, alias);
    int action = g_strcmp0(action_name, "stop") == 0     ? VIR_DOMAIN_EVENT_IO_ERROR_PAUSE
                 : g_strcmp0(action_name, "report") == 0 ? VIR_DOMAIN_EVENT_IO_ERROR_REPORT
                                                         : VIR_DOMAIN_EVENT_IO_ERROR_NONE;
    const char *path = disk && disk->src.path ? disk->src.path : "", *name = alias ? alias : node ? node : "";
    if (action == VIR_DOMAIN_EVENT_IO_ERROR_PAUSE)
        dom->pause_reason = VIR_DOMAIN_PAUSED_IOERROR;
    QEMU_EVENT(dom, NULL, VIR_DOMAIN_EVENT_ID_IO_ERROR, remote_domain_event_callback_io_error_msg,
               .msg = { .srcPath = g_strdup(path), .devAlias = g_strdup(name), .action = action });
    QEMU_EVENT(dom, NULL, VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON, remote_domain_event_callback_io_error_reason_msg,
               .msg = { .srcPath = g_strdup(path), .devAlias = g_strdup(name), .action = action,
                        .reason = g_strdup(nospace ? "enospc" : "") });
}

static void graphics_address(remote_domain_event_graphics_address *to, VirJson *side)
{
    const char *family = text_of(side, "family");
    to->family = g_strcmp0(family, "ipv6") == 0   ? VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV6
                 : g_strcmp0(family, "unix") == 0 ? VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_UNIX
                                                  : VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV4;
    const char *host = text_of(side, "host"), *service = text_of(side, "service"), *port = text_of(side, "port");
    to->node = g_strdup(host ? host : "");
    to->service = g_strdup(service ? service : port ? port : "");
}

static void graphics_event(QemuDomain *dom, VirJson *data, int phase)
{
    VirJson *server = data ? vir_json_obj(data, "server") : NULL, *client = data ? vir_json_obj(data, "client") : NULL;
    if (!server || !client)
        return;
    remote_domain_event_callback_graphics_msg *msg = g_new0(remote_domain_event_callback_graphics_msg, 1);
    msg->msg.phase = phase;
    graphics_address(&msg->msg.local, server);
    graphics_address(&msg->msg.remote, client);
    const char *auth = text_of(server, "auth"), *dname = text_of(client, "x509_dname");
    const char *sasl = text_of(client, "sasl_username");
    msg->msg.authScheme = g_strdup(auth ? auth : "");
    msg->msg.subject.val = g_new0(remote_domain_event_graphics_identity, 2);
    if (dname)
        msg->msg.subject.val[msg->msg.subject.len++] =
            (remote_domain_event_graphics_identity){ g_strdup("x509dname"), g_strdup(dname) };
    if (sasl)
        msg->msg.subject.val[msg->msg.subject.len++] =
            (remote_domain_event_graphics_identity){ g_strdup("saslUsername"), g_strdup(sasl) };
    qemu_event_post(dom, NULL, VIR_DOMAIN_EVENT_ID_GRAPHICS, msg,
                    G_STRUCT_OFFSET(remote_domain_event_callback_graphics_msg, msg));
}

static void on_graphics_connect(QemuDomain *dom, VirJson *data)
{
    graphics_event(dom, data, VIR_DOMAIN_EVENT_GRAPHICS_CONNECT);
}

static void on_graphics_initialize(QemuDomain *dom, VirJson *data)
{
    graphics_event(dom, data, VIR_DOMAIN_EVENT_GRAPHICS_INITIALIZE);
}

static void on_graphics_disconnect(QemuDomain *dom, VirJson *data)
{
    graphics_event(dom, data, VIR_DOMAIN_EVENT_GRAPHICS_DISCONNECT);
}

static void on_tray_moved(QemuDomain *dom, VirJson *data)
{
    const char *alias = text_of(data, "id");
    gboolean open = FALSE;
    open = data ? vir_json_bool(data, "tray-open", open) : open;
    const DomainDisk *disk = disk_by_alias(dom->live->def, alias);
    if (!disk)
        return;
    DomainDef *def = domain_def_copy(dom->live->def);
    DomainDisk *changed = (DomainDisk *)disk_by_alias(def, alias);
    changed->tray = open ? DOMAIN_DISK_TRAY_OPEN : DOMAIN_DISK_TRAY_CLOSED;
    qemu_domain_set_live(dom, domain_doc_new(def));
    qemu_domain_commit(dom);
    QEMU_EVENT(dom, NULL, VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, remote_domain_event_callback_tray_change_msg,
               .msg = { .devAlias = g_strdup(alias),
                        .reason = open ? VIR_DOMAIN_EVENT_TRAY_CHANGE_OPEN : VIR_DOMAIN_EVENT_TRAY_CHANGE_CLOSE });
}

static void on_balloon(QemuDomain *dom, VirJson *data)
{
    guint64 actual = 0;
    if (!data || !vir_json_get_uint64(data, "actual", &actual, NULL))
        return;
    dom->balloon_kib = actual / 1024;
    DomainDef *def = domain_def_copy(dom->live->def);
    def->current_memory = dom->balloon_kib;
    qemu_domain_set_live(dom, domain_doc_new(def));
    qemu_domain_commit(dom);
    QEMU_EVENT(dom, NULL, VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, remote_domain_event_callback_balloon_change_msg,
               .msg = { .actual = dom->balloon_kib });
}

static void on_suspend(QemuDomain *dom, VirJson *data)
{
    qemu_domain_set_state(dom, VIR_DOMAIN_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED_UNKNOWN);
    qemu_domain_commit(dom);
    qemu_event_lifecycle(dom, NULL, VIR_DOMAIN_EVENT_PMSUSPENDED, VIR_DOMAIN_EVENT_PMSUSPENDED_MEMORY);
    QEMU_EVENT(dom, NULL, VIR_DOMAIN_EVENT_ID_PMSUSPEND, remote_domain_event_callback_pmsuspend_msg, .reason = 0);
}

static void on_wakeup(QemuDomain *dom, VirJson *data)
{
    if (dom->state == VIR_DOMAIN_PMSUSPENDED) {
        qemu_domain_set_state(dom, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_WAKEUP);
        qemu_domain_commit(dom);
        qemu_event_lifecycle(dom, NULL, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_WAKEUP);
    }
    QEMU_EVENT(dom, NULL, VIR_DOMAIN_EVENT_ID_PMWAKEUP, remote_domain_event_callback_pmwakeup_msg, .reason = 0);
}

static void on_suspend_disk(QemuDomain *dom, VirJson *data)
{
    qemu_domain_set_state(dom, VIR_DOMAIN_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED_UNKNOWN);
    qemu_domain_commit(dom);
    qemu_event_lifecycle(dom, NULL, VIR_DOMAIN_EVENT_PMSUSPENDED, VIR_DOMAIN_EVENT_PMSUSPENDED_DISK);
    QEMU_EVENT(dom, NULL, VIR_DOMAIN_EVENT_ID_PMSUSPEND_DISK, remote_domain_event_callback_pmsuspend_disk_msg,
               .reason = 0);
}

static void on_device_deleted(QemuDomain *dom, VirJson *data)
{
    const char *alias = device_of(data);
    if (!alias || (dom->awaited_device && g_str_equal(dom->awaited_device, alias))) {
        dom->device_deleted = alias != NULL;
        return;
    }
    qemu_device_gone(dom, alias);
}

static void on_unplug_failed(QemuDomain *dom, VirJson *data)
{
    const char *alias = device_of(data);
    if (!alias)
        return;
    if (dom->awaited_device && g_str_equal(dom->awaited_device, alias))
        dom->device_refused = TRUE;
    QEMU_EVENT(dom, NULL, VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED,
               remote_domain_event_callback_device_removal_failed_msg, .devAlias = g_strdup(alias));
}

static void on_serial_change(QemuDomain *dom, VirJson *data)
{
    const char *alias = text_of(data, "id");
    gboolean open = FALSE;
    if (!alias || !vir_json_get_bool(data, "open", &open, NULL))
        return;
    DomainDef *def = domain_def_copy(dom->live->def);
    DomainChr *chr = NULL;
    for (guint i = 0; i < def->channels.n && !chr; i++) {
        if (g_strcmp0(def->channels.v[i]->info.alias, alias) == 0)
            chr = def->channels.v[i];
    }
    if (!chr) {
        domain_def_free(def);
        return;
    }
    chr->state = open ? DOMAIN_CHANNEL_STATE_CONNECTED : DOMAIN_CHANNEL_STATE_DISCONNECTED;
    g_autofree char *name = g_strdup(chr->name);
    qemu_domain_set_live(dom, domain_doc_new(def));
    qemu_domain_commit(dom);
    if (g_strcmp0(name, "org.qemu.guest_agent.0") == 0)
        QEMU_EVENT(dom, NULL, VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, remote_domain_event_callback_agent_lifecycle_msg,
                   .state = open ? VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED
                                 : VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_DISCONNECTED,
                   .reason = VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL);
}

static void on_panic(QemuDomain *dom, VirJson *data)
{
    int action = dom->live->def->on_crash;
    qemu_domain_set_state(dom, VIR_DOMAIN_CRASHED, VIR_DOMAIN_CRASHED_PANICKED);
    qemu_domain_commit(dom);
    qemu_event_lifecycle(dom, NULL, VIR_DOMAIN_EVENT_CRASHED, VIR_DOMAIN_EVENT_CRASHED_PANICKED);
    if (action == DOMAIN_ACTION_RESTART || action == DOMAIN_ACTION_COREDUMP_RESTART)
        qemu_process_fake_reboot(dom);
    else if (action == DOMAIN_ACTION_DESTROY || action == DOMAIN_ACTION_COREDUMP_DESTROY)
        qemu_process_end_by_guest(dom);
}

static void on_block_threshold(QemuDomain *dom, VirJson *data)
{
    guint64 threshold = 0, excess = 0;
    const char *node = text_of(data, "node-name");
    threshold = data ? vir_json_uint64(data, "write-threshold", threshold) : threshold;
    excess = data ? vir_json_uint64(data, "amount-exceeded", excess) : excess;
    for (guint i = 0; node && i < dom->live->def->disks.n; i++) {
        const DomainDisk *disk = dom->live->def->disks.v[i];
        if (disk->info.alias && strstr(node, disk->info.alias))
            QEMU_EVENT(dom, NULL, VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD, remote_domain_event_block_threshold_msg,
                       .dev = g_strdup(disk->dst), .path = g_strdup(disk->src.path), .threshold = threshold,
                       .excess = excess);
    }
}

static void on_memory_failure(QemuDomain *dom, VirJson *data)
{
    const char *recipient = text_of(data, "recipient"), *action = text_of(data, "action");
    static const char *const actions[] = { "ignore", "inject", "fatal", "reset" };
    VirJson *flags = data ? vir_json_obj(data, "flags") : NULL;
    gboolean required = flags && vir_json_bool(flags, "action-required", FALSE);
    gboolean recursive = flags && vir_json_bool(flags, "recursive", FALSE);
    int number = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++) {
        if (g_strcmp0(actions[i], action) == 0)
            number = (int)i;
    }
    QEMU_EVENT(dom, NULL, VIR_DOMAIN_EVENT_ID_MEMORY_FAILURE, remote_domain_event_memory_failure_msg,
               .recipient = g_strcmp0(recipient, "guest") == 0 ? VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_GUEST
                                                               : VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_HYPERVISOR,
               .action = number,
               .flags = (required ? VIR_DOMAIN_MEMORY_FAILURE_ACTION_REQUIRED : 0) |
                        (recursive ? VIR_DOMAIN_MEMORY_FAILURE_RECURSIVE : 0));
}

// clang-format off
static const struct {
    const char *name;
    void (*handle)(QemuDomain *dom, VirJson *data);
} handlers[] = {
    { "SHUTDOWN", on_shutdown },
    { "RESET", on_reset },
    { "STOP", on_stop },
    { "RESUME", on_resume },
    { "RTC_CHANGE", on_rtc_change },
    { "WATCHDOG", on_watchdog },
    { "BLOCK_IO_ERROR", on_io_error },
    { "VNC_CONNECTED", on_graphics_connect },
    { "VNC_INITIALIZED", on_graphics_initialize },
    { "VNC_DISCONNECTED", on_graphics_disconnect },
    { "SPICE_CONNECTED", on_graphics_connect },
    { "SPICE_INITIALIZED", on_graphics_initialize },
    { "SPICE_DISCONNECTED", on_graphics_disconnect },
    { "DEVICE_TRAY_MOVED", on_tray_moved },
    { "BALLOON_CHANGE", on_balloon },
    { "SUSPEND", on_suspend },
    { "SUSPEND_DISK", on_suspend_disk },
    { "WAKEUP", on_wakeup },
    { "DEVICE_DELETED", on_device_deleted },
    { "DEVICE_UNPLUG_GUEST_ERROR", on_unplug_failed },
    { "MEM_UNPLUG_ERROR", on_unplug_failed },
    { "VSERPORT_CHANGE", on_serial_change },
    { "GUEST_PANICKED", on_panic },
    { "BLOCK_WRITE_THRESHOLD", on_block_threshold },
    { "MEMORY_FAILURE", on_memory_failure },
};
// clang-format on

void qemu_handle_event(QemuDomain *dom, const char *name, VirJson *data, gint64 seconds, guint micros)
{
    qemu_monitor_event_pass(dom, name, data, seconds, micros);
    for (gsize i = 0; i < G_N_ELEMENTS(handlers); i++) {
        if (g_str_equal(handlers[i].name, name)) {
            handlers[i].handle(dom, data);
            return;
        }
    }
}

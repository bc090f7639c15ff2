/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/monitor-events.h"

#include <libvirt/libvirt-qemu.h>
#include <string.h>

#define VIR_FROM_THIS VIR_FROM_QEMU

/* The name a client waits for: plain, without case, or a regular expression. */
typedef struct {
    char *name;
    GRegex *regex;
    gboolean nocase;
} Wanted;

static void wanted_free(gpointer data)
{
    Wanted *wanted = data;
    g_free(wanted->name);
    if (wanted->regex)
        g_regex_unref(wanted->regex);
    g_free(wanted);
}

static gboolean is_wanted(gpointer data, gconstpointer about)
{
    const Wanted *wanted = data;
    const char *name = about;
    if (wanted->regex)
        return g_regex_match(wanted->regex, name, 0, NULL);
    return !wanted->name || (wanted->nocase ? g_ascii_strcasecmp(wanted->name, name) == 0 : g_str_equal(wanted->name, name));
}

void qemu_monitor_event_pass(QemuDomain *dom, const char *name, VirJson *data, gint64 seconds, guint micros)
{
    if (!vir_events_wanted(dom->qemu->events, VIR_EVENT_CLASS_QEMU_MONITOR, -1))
        return;
    g_autoptr(QemuView) view = vir_entry_view(dom->entry);
    qemu_domain_monitor_event_msg msg = { .event = (char *)name, .seconds = seconds, .micros = micros };
    msg.dom = (remote_nonnull_domain){ .name = view->parent.name, .id = view->parent.id };
    memcpy(msg.dom.uuid, view->parent.uuid, VIR_UUID_BUFLEN);
    if (data)
        msg.details = (char *)vir_json_text(data, NULL);
    vir_events_emit(dom->qemu->events, VIR_EVENT_CLASS_QEMU_MONITOR, -1, dom->entry->uuid, NULL, name, &msg);
}

typedef struct {
    VirEvents *events;
    VirSession *session;
    gint id;
} Activation;

static void activate(gpointer data)
{
    Activation *a = data;
    vir_events_activate(a->events, a->session, VIR_EVENT_CLASS_QEMU_MONITOR, a->id);
    virObjectUnref(a->session);
    g_free(a);
}

gboolean qemu_monitor_event_register(VirInvocation *inv, VirEntry *obj,
                                     const qemu_connect_domain_monitor_event_register_args *args,
                                     qemu_connect_domain_monitor_event_register_ret *ret, GError **err)
{
    const guint known = VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX |
                        VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_NOCASE;
    if (!vir_check_flags(inv, args->flags, known, err))
        return FALSE;
    Wanted *wanted = g_new0(Wanted, 1);
    wanted->nocase = args->flags & VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_NOCASE;
    if (args->event && args->flags & VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX) {
        g_autoptr(GError) bad = NULL;
        wanted->regex = g_regex_new(args->event, wanted->nocase ? G_REGEX_CASELESS : 0, 0, &bad);
        if (!wanted->regex) {
            wanted_free(wanted);
            return vir_fail(err, VIR_ERR_INVALID_ARG, "failed to compile regex '%s': %s", args->event, bad->message);
        }
    } else {
        wanted->name = g_strdup(args->event);
    }
    VirEventFilter filter = { .event_class = VIR_EVENT_CLASS_QEMU_MONITOR, .event_id = -1, .filtered = args->dom != NULL,
                              .match = is_wanted, .match_data = wanted, .free_match_data = wanted_free };
    if (args->dom)
        memcpy(filter.uuid, args->dom->uuid, VIR_UUID_BUFLEN);
    ret->callbackID = vir_events_register(inv->driver->events, inv->session, &filter, err);
    if (ret->callbackID < 0)
        return FALSE;
    Activation *a = g_new(Activation, 1);
    *a = (Activation){ inv->driver->events, virObjectRef(inv->session), ret->callbackID };
    vir_invocation_after(inv, activate, a);
    return TRUE;
}

gboolean qemu_monitor_event_deregister(VirInvocation *inv, VirEntry *obj,
                                       const qemu_connect_domain_monitor_event_deregister_args *args, void *ret,
                                       GError **err)
{
    return vir_events_deregister(inv->driver->events, inv->session, VIR_EVENT_CLASS_QEMU_MONITOR, args->callbackID, err);
}

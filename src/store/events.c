/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/events.h"

#include <string.h>

#define VIR_FROM_THIS VIR_FROM_RPC

typedef struct {
    VirSession *session;     /* reference */
    VirEventFilter filter;
    char *name;              /* owned copy behind filter.name */
    gint callback_id;
    gboolean active;
} Registration;

struct VirEvents {
    GMutex lock;
    VirEventAllowed allowed;
    GPtrArray *registrations;    /* of Registration*, in order of arrival */
    gint next_id[VIR_EVENT_CLASS_LXC_MONITOR + 1];
};

static void registration_free(gpointer data)
{
    Registration *reg = data;
    virObjectUnref(reg->session);
    g_free(reg->name);
    if (reg->filter.free_match_data)
        reg->filter.free_match_data(reg->filter.match_data);
    g_free(reg);
}

VirEvents *vir_events_new(VirEventAllowed allowed)
{
    VirEvents *events = g_new0(VirEvents, 1);
    g_mutex_init(&events->lock);
    events->allowed = allowed;
    events->registrations = g_ptr_array_new_with_free_func(registration_free);
    return events;
}

void vir_events_free(VirEvents *events)
{
    if (!events)
        return;
    g_ptr_array_unref(events->registrations);
    g_mutex_clear(&events->lock);
    g_free(events);
}

/* With the lock held: index or -1. @callback_id -1: the legacy registration of @event_id. */
static gint find(VirEvents *events, VirSession *session, VirEventClass event_class, gint event_id, gint callback_id)
{
    for (guint i = 0; i < events->registrations->len; i++) {
        const Registration *reg = g_ptr_array_index(events->registrations, i);
        if (reg->session != session || reg->filter.event_class != event_class)
            continue;
        if (callback_id >= 0 ? !reg->filter.legacy && reg->callback_id == callback_id
                             : reg->filter.legacy && reg->filter.event_id == event_id)
            return (gint)i;
    }
    return -1;
}

gint vir_events_register(VirEvents *events, VirSession *session, const VirEventFilter *filter, GError **err)
{
    g_mutex_lock(&events->lock);
    if (filter->legacy && find(events, session, filter->event_class, filter->event_id, -1) >= 0) {
        g_mutex_unlock(&events->lock);
        if (filter->free_match_data)
            filter->free_match_data(filter->match_data);
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "event %d is registered on this connection already", filter->event_id);
        return -1;
    }
    Registration *reg = g_new0(Registration, 1);
    reg->session = virObjectRef(session);
    reg->filter = *filter;
    reg->filter.name = reg->name = g_strdup(filter->name);
    gint id = reg->callback_id = events->next_id[filter->event_class]++;
    g_ptr_array_add(events->registrations, reg);
    g_mutex_unlock(&events->lock);
    return id;
}

void vir_events_activate(VirEvents *events, VirSession *session, VirEventClass event_class, gint callback_id)
{
    g_mutex_lock(&events->lock);
    for (guint i = 0; i < events->registrations->len; i++) {
        Registration *reg = g_ptr_array_index(events->registrations, i);
        if (reg->session == session && reg->filter.event_class == event_class && reg->callback_id == callback_id)
            reg->active = TRUE;
    }
    g_mutex_unlock(&events->lock);
}

static gboolean remove_at(VirEvents *events, gint at)
{
    if (at >= 0)
        g_ptr_array_remove_index(events->registrations, (guint)at);
    g_mutex_unlock(&events->lock);
    return at >= 0;
}

gboolean vir_events_deregister(VirEvents *events, VirSession *session, VirEventClass event_class, gint callback_id,
                               GError **err)
{
    g_mutex_lock(&events->lock);
    if (remove_at(events, callback_id < 0 ? -1 : find(events, session, event_class, 0, callback_id)))
        return TRUE;
    return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "no event callback %d is registered on this connection", callback_id);
}

gboolean vir_events_deregister_legacy(VirEvents *events, VirSession *session, VirEventClass event_class, gint event_id,
                                      GError **err)
{
    g_mutex_lock(&events->lock);
    if (remove_at(events, find(events, session, event_class, event_id, -1)))
        return TRUE;
    return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "event %d is not registered on this connection", event_id);
}

void vir_events_drop_session(VirEvents *events, VirSession *session)
{
    g_mutex_lock(&events->lock);
    for (guint i = events->registrations->len; i-- > 0;) {
        const Registration *reg = g_ptr_array_index(events->registrations, i);
        if (reg->session == session)
            g_ptr_array_remove_index(events->registrations, i);
    }
    g_mutex_unlock(&events->lock);
}

gboolean vir_events_wanted(VirEvents *events, VirEventClass event_class, gint event_id)
{
    gboolean wanted = FALSE;
    g_mutex_lock(&events->lock);
    for (guint i = 0; i < events->registrations->len && !wanted; i++) {
        const Registration *reg = g_ptr_array_index(events->registrations, i);
        wanted = reg->active && reg->filter.event_class == event_class && reg->filter.event_id == event_id;
    }
    g_mutex_unlock(&events->lock);
    return wanted;
}

static gboolean matches(const Registration *reg, VirEventClass event_class, gint event_id, const guint8 *uuid,
                        const char *name)
{
    if (!reg->active || reg->filter.event_class != event_class || reg->filter.event_id != event_id)
        return FALSE;
    if (!reg->filter.filtered)
        return TRUE;
    return uuid ? memcmp(uuid, reg->filter.uuid, VIR_UUID_BUFLEN) == 0 : g_strcmp0(name, reg->name) == 0;
}

/* The message behind the callbackID: the first four bytes of the encoded callback form are left out. */
static GBytes *encode_body(const VirCall *event, const void *msg)
{
    g_autoptr(GByteArray) buf = g_byte_array_new();
    g_autoptr(GError) err = NULL;
    if (!vir_xdr_encode(event->args, msg, buf, &err)) {
        g_warning("cannot encode event %s: %s", event->name, err->message);
        return NULL;
    }
    if (event->event == VIR_EVENT_CALLBACK)
        g_byte_array_remove_range(buf, 0, 4);
    return g_byte_array_free_to_bytes(g_steal_pointer(&buf));
}

void vir_events_emit(VirEvents *events, VirEventClass event_class, gint event_id, const guint8 *uuid, const char *name,
                     gconstpointer about, const void *callback_msg)
{
    const VirCall *callback = vir_call_event(event_class, event_id, VIR_EVENT_CALLBACK);
    const VirCall *legacy = vir_call_event(event_class, event_id, VIR_EVENT_LEGACY);
    GBytes *body = NULL;
    if (!callback)
        return;
    /* Sending under the lock keeps the order per receiver; a send never waits. */
    g_mutex_lock(&events->lock);
    for (guint i = 0; i < events->registrations->len; i++) {
        const Registration *reg = g_ptr_array_index(events->registrations, i);
        const VirCall *event = reg->filter.legacy ? legacy : callback;
        if (!event || !matches(reg, event_class, event_id, uuid, name) ||
            (reg->filter.match && !reg->filter.match(reg->filter.match_data, about)))
            continue;
        if (events->allowed && !events->allowed(reg->session, event, about))
            continue;
        if (!body && !(body = encode_body(callback, callback_msg)))
            break;
        reg->session->sink->send_event(reg->session, event, reg->callback_id, body);
    }
    g_mutex_unlock(&events->lock);
    if (body)
        g_bytes_unref(body);
}

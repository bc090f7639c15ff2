/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Registration of events of every class; the same in every daemon.
 */
#include <string.h>

#include "daemon/base-calls.h"
#include "daemon/conn.h"

#define VIR_FROM_THIS VIR_FROM_RPC

typedef struct {
    VirEvents *events;
    VirSession *session;     /* reference */
    VirEventClass event_class;
    gint callback_id;
} Activation;

/* Nothing is delivered before the client knows its callback ID. */
static void activate(gpointer data)
{
    Activation *a = data;
    vir_events_activate(a->events, a->session, a->event_class, a->callback_id);
    virObjectUnref(a->session);
    g_free(a);
}

static gint register_event(VirInvocation *inv, const VirEventFilter *filter, GError **err)
{
    if (!inv->session->opened) {
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "connection not open");
        return -1;
    }
    VirEventVariant form = filter->legacy ? VIR_EVENT_LEGACY : VIR_EVENT_CALLBACK;
    if (!vir_call_event(filter->event_class, filter->event_id, form)) {
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "unsupported event ID %d", filter->event_id);
        return -1;
    }
    VirEvents *events = inv->driver->events;
    gint id = vir_events_register(events, inv->session, filter, err);
    if (id < 0)
        return -1;
    Activation *a = g_new(Activation, 1);
    *a = (Activation){ events, virObjectRef(inv->session), filter->event_class, id };
    vir_invocation_after(inv, activate, a);
    return id;
}

static gboolean register_object(VirInvocation *inv, VirEventClass event_class, gint id, const guint8 *uuid,
                                const char *name, gint32 *ret_id, GError **err)
{
    VirEventFilter filter = { .event_class = event_class, .event_id = id, .filtered = uuid || name, .name = name };
    if (uuid)
        memcpy(filter.uuid, uuid, VIR_UUID_BUFLEN);
    *ret_id = register_event(inv, &filter, err);
    return *ret_id >= 0;
}

static gboolean deregister(VirInvocation *inv, VirEventClass event_class, gint callback_id, GError **err)
{
    return vir_events_deregister(inv->driver->events, inv->session, event_class, callback_id, err);
}

/* Every class has the same pair of calls; only the name of the object in the arguments differs. */
#define REGISTER_BY_UUID(name, CLASS, field)                                                                   \
    gboolean vir_base_##name##_register_any(VirInvocation *inv, VirEntry *obj,                                 \
                                            const remote_##name##_register_any_args *args,                     \
                                            remote_##name##_register_any_ret *ret, GError **err)               \
    {                                                                                                          \
        return register_object(inv, CLASS, args->eventID, args->field ? args->field->uuid : NULL, NULL,        \
                               &ret->callbackID, err);                                                         \
    }
#define DEREGISTER(name, CLASS)                                                                                \
    gboolean vir_base_##name##_deregister_any(VirInvocation *inv, VirEntry *obj,                               \
                                              const remote_##name##_deregister_any_args *args, void *ret,      \
                                              GError **err)                                                    \
    {                                                                                                          \
        return deregister(inv, CLASS, args->callbackID, err);                                                  \
    }

REGISTER_BY_UUID(connect_domain_event_callback, VIR_EVENT_CLASS_DOMAIN, dom)
REGISTER_BY_UUID(connect_network_event, VIR_EVENT_CLASS_NETWORK, net)
REGISTER_BY_UUID(connect_storage_pool_event, VIR_EVENT_CLASS_STORAGE_POOL, pool)
REGISTER_BY_UUID(connect_secret_event, VIR_EVENT_CLASS_SECRET, secret)
DEREGISTER(connect_domain_event_callback, VIR_EVENT_CLASS_DOMAIN)
DEREGISTER(connect_network_event, VIR_EVENT_CLASS_NETWORK)
DEREGISTER(connect_storage_pool_event, VIR_EVENT_CLASS_STORAGE_POOL)
DEREGISTER(connect_secret_event, VIR_EVENT_CLASS_SECRET)
DEREGISTER(connect_node_device_event, VIR_EVENT_CLASS_NODE_DEVICE)

gboolean vir_base_connect_node_device_event_register_any(VirInvocation *inv, VirEntry *obj,
                                                         const remote_connect_node_device_event_register_any_args *args,
                                                         remote_connect_node_device_event_register_any_ret *ret,
                                                         GError **err)
{
    return register_object(inv, VIR_EVENT_CLASS_NODE_DEVICE, args->eventID, NULL, args->dev ? args->dev->name : NULL,
                           &ret->callbackID, err);
}

static gboolean register_legacy(VirInvocation *inv, gint id, GError **err)
{
    VirEventFilter filter = { .event_class = VIR_EVENT_CLASS_DOMAIN, .event_id = id, .legacy = TRUE };
    return register_event(inv, &filter, err) >= 0;
}

static gboolean deregister_legacy(VirInvocation *inv, gint id, GError **err)
{
    return vir_events_deregister_legacy(inv->driver->events, inv->session, VIR_EVENT_CLASS_DOMAIN, id, err);
}

gboolean vir_base_connect_domain_event_register(VirInvocation *inv, VirEntry *obj, const void *args,
                                                remote_connect_domain_event_register_ret *ret, GError **err)
{
    ret->cb_registered = 1;
    return register_legacy(inv, VIR_DOMAIN_EVENT_ID_LIFECYCLE, err);
}

gboolean vir_base_connect_domain_event_deregister(VirInvocation *inv, VirEntry *obj, const void *args,
                                                  remote_connect_domain_event_deregister_ret *ret, GError **err)
{
    ret->cb_registered = 0;
    return deregister_legacy(inv, VIR_DOMAIN_EVENT_ID_LIFECYCLE, err);
}

gboolean vir_base_connect_domain_event_register_any(VirInvocation *inv, VirEntry *obj,
                                                    const remote_connect_domain_event_register_any_args *args, void *ret,
                                                    GError **err)
{
    return register_legacy(inv, args->eventID, err);
}

gboolean vir_base_connect_domain_event_deregister_any(VirInvocation *inv, VirEntry *obj,
                                                      const remote_connect_domain_event_deregister_any_args *args,
                                                      void *ret, GError **err)
{
    return deregister_legacy(inv, args->eventID, err);
}

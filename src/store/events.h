/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who wants to hear of what, and the fan-out: an event is encoded once and shared by all its receivers.
 * Thread-safe; emit must be called in commit order per object, that is from the object's actor.
 */
#pragma once

#include "store/session.h"

typedef struct VirEvents VirEvents;

/* Asked before an event about an object goes to a session; NULL: everybody may hear everything. */
typedef gboolean (*VirEventAllowed)(VirSession *session, const VirCall *event, gconstpointer about);

VirEvents *vir_events_new(VirEventAllowed allowed);
void vir_events_free(VirEvents *events);

typedef struct {
    VirEventClass event_class;
    gint event_id;
    gboolean legacy;                 /* form without callback IDs */
    gboolean filtered;               /* only about the object @uuid (or @name where objects have no uuid) */
    guint8 uuid[VIR_UUID_BUFLEN];
    const char *name;
    /* A condition of the kind's own on what vir_events_emit says the event is about; NULL: none. */
    gboolean (*match)(gpointer match_data, gconstpointer about);
    gpointer match_data;             /* the registration's; freed with it */
    GDestroyNotify free_match_data;
} VirEventFilter;

/* Reserves a registration; nothing is delivered before vir_events_activate. Legacy registrations are one per session,
 * class and id: a second is refused (VIR_ERR_INTERNAL_ERROR). Takes the filter's match_data, also on failure. Returns
 * the callback ID, or -1. */
gint vir_events_register(VirEvents *events, VirSession *session, const VirEventFilter *filter, GError **err);
void vir_events_activate(VirEvents *events, VirSession *session, VirEventClass event_class, gint callback_id);
/* Ends a registration; FALSE with an error when the session has none of this ID. */
gboolean vir_events_deregister(VirEvents *events, VirSession *session, VirEventClass event_class, gint callback_id,
                               GError **err);
gboolean vir_events_deregister_legacy(VirEvents *events, VirSession *session, VirEventClass event_class, gint event_id,
                                      GError **err);
void vir_events_drop_session(VirEvents *events, VirSession *session);
/* Whether anybody would hear it; spares building the message. */
gboolean vir_events_wanted(VirEvents *events, VirEventClass event_class, gint event_id);

/* What an event is about, and its message. The struct of the callback form with callbackID left 0; the legacy form,
 * where the event has one, carries the same fields without the callbackID. @about is for the allowed function. */
void vir_events_emit(VirEvents *events, VirEventClass event_class, gint event_id, const guint8 *uuid, const char *name,
                     gconstpointer about, const void *callback_msg);

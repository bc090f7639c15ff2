/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One connection as the drivers see it: who is behind it, what it may do, and what must happen when it ends.
 */
#pragma once

#include <sys/types.h>

#include "api/call.h"
#include "util/error.h"
#include "util/object.h"

typedef struct VirSession VirSession;

/* What is known of the user behind a connection. Strings are owned, NULL when unknown. */
typedef struct {
    uid_t uid;               /* (uid_t)-1: unknown */
    gid_t gid;
    pid_t pid;
    guint64 process_time;    /* start time in clock ticks; 0: not looked up yet */
    char *user_name, *group_name, *sasl_user_name, *x509_dname, *selinux_context;
} VirIdentity;
void vir_identity_clear(VirIdentity *identity);
void vir_identity_copy(VirIdentity *to, const VirIdentity *from);

/* Whoever carries the connection. All may be called on any thread. */
typedef struct {
    /* Sends the event's packet: the header of @event, then @callback_id unless the event is of the legacy form, then
     * @body. Must not wait. */
    void (*send_event)(VirSession *session, const VirCall *event, gint callback_id, GBytes *body);
} VirSessionSink;

struct VirSession {
    VirObject parent;
    VirIdentity identity;    /* written before the first call is served */
    gboolean readonly;       /* written by CONNECT_OPEN */
    gboolean opened;         /* likewise */
    char *uri;               /* of CONNECT_OPEN */
    const VirSessionSink *sink;
    gpointer carrier;        /* the sink's */
    guint64 client_id;
    /* private */
    GMutex lock;
    gboolean closed;
    GArray *hooks;
    gpointer driver_data;    /* the driver's per-connection data */
    GDestroyNotify free_driver_data;
};
VIR_OBJECT_AUTOPTR(VirSession)

VirSession *vir_session_new(const VirSessionSink *sink, gpointer carrier);

/* Runs @func(@data) when the connection ends, on a pool thread; at once when it has ended already. @key (any pointer)
 * names the hook; a second one with the same key and function replaces the first. */
void vir_session_add_hook(VirSession *session, gconstpointer key, void (*func)(gpointer data), gpointer data,
                          GDestroyNotify free_data);
/* TRUE when there was one. */
gboolean vir_session_remove_hook(VirSession *session, gconstpointer key, void (*func)(gpointer data));
gboolean vir_session_is_closed(VirSession *session);
/* For the carrier: the connection is gone. */
void vir_session_close(VirSession *session);

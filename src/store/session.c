/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/session.h"

#include "util/pool.h"

typedef struct {
    gconstpointer key;
    void (*func)(gpointer data);
    gpointer data;
    GDestroyNotify free_data;
} Hook;

void vir_identity_clear(VirIdentity *identity)
{
    g_free(identity->user_name);
    g_free(identity->group_name);
    g_free(identity->sasl_user_name);
    g_free(identity->x509_dname);
    g_free(identity->selinux_context);
    *identity = (VirIdentity){ .uid = (uid_t)-1, .gid = (gid_t)-1 };
}

void vir_identity_copy(VirIdentity *to, const VirIdentity *from)
{
    *to = *from;
    to->user_name = g_strdup(from->user_name);
    to->group_name = g_strdup(from->group_name);
    to->sasl_user_name = g_strdup(from->sasl_user_name);
    to->x509_dname = g_strdup(from->x509_dname);
    to->selinux_context = g_strdup(from->selinux_context);
}

static void session_dispose(void *obj)
{
    VirSession *session = obj;
    if (session->free_driver_data)
        session->free_driver_data(session->driver_data);
    vir_identity_clear(&session->identity);
    g_free(session->uri);
    if (session->hooks)
        g_array_unref(session->hooks);
    g_mutex_clear(&session->lock);
}
VIR_CLASS_DEFINE(session, VirSession, session_dispose)

VirSession *vir_session_new(const VirSessionSink *sink, gpointer carrier)
{
    VirSession *session = virObjectNew(session_class());
    session->sink = sink;
    session->carrier = carrier;
    session->identity.uid = (uid_t)-1;
    session->identity.gid = (gid_t)-1;
    g_mutex_init(&session->lock);
    return session;
}

static void run_hook(gpointer data)
{
    Hook *hook = data;
    hook->func(hook->data);
    if (hook->free_data)
        hook->free_data(hook->data);
    g_free(hook);
}

/* With the lock held: the index of the hook, or -1. */
static gint find_hook(VirSession *session, gconstpointer key, void (*func)(gpointer data))
{
    for (guint i = 0; session->hooks && i < session->hooks->len; i++) {
        Hook *hook = &g_array_index(session->hooks, Hook, i);
        if (hook->key == key && hook->func == func)
            return (gint)i;
    }
    return -1;
}

static gboolean drop_hook_locked(VirSession *session, gconstpointer key, void (*func)(gpointer data))
{
    gint at = find_hook(session, key, func);
    if (at < 0)
        return FALSE;
    Hook hook = g_array_index(session->hooks, Hook, (guint)at);
    g_array_remove_index_fast(session->hooks, (guint)at);
    if (hook.free_data)
        hook.free_data(hook.data);
    return TRUE;
}

void vir_session_add_hook(VirSession *session, gconstpointer key, void (*func)(gpointer data), gpointer data,
                          GDestroyNotify free_data)
{
    Hook hook = { key, func, data, free_data };
    g_mutex_lock(&session->lock);
    gboolean closed = session->closed;
    if (!closed) {
        drop_hook_locked(session, key, func);
        if (!session->hooks)
            session->hooks = g_array_new(FALSE, FALSE, sizeof(Hook));
        g_array_append_val(session->hooks, hook);
    }
    g_mutex_unlock(&session->lock);
    if (closed)
        vir_pool_push(run_hook, g_memdup2(&hook, sizeof(hook)));
}

gboolean vir_session_remove_hook(VirSession *session, gconstpointer key, void (*func)(gpointer data))
{
    g_mutex_lock(&session->lock);
    gboolean found = drop_hook_locked(session, key, func);
    g_mutex_unlock(&session->lock);
    return found;
}

gboolean vir_session_is_closed(VirSession *session)
{
    g_mutex_lock(&session->lock);
    gboolean closed = session->closed;
    g_mutex_unlock(&session->lock);
    return closed;
}

void vir_session_close(VirSession *session)
{
    g_mutex_lock(&session->lock);
    session->closed = TRUE;
    GArray *hooks = g_steal_pointer(&session->hooks);
    g_mutex_unlock(&session->lock);
    if (!hooks)
        return;
    for (guint i = 0; i < hooks->len; i++)
        vir_pool_push(run_hook, g_memdup2(&g_array_index(hooks, Hook, i), sizeof(Hook)));
    g_array_unref(hooks);
}

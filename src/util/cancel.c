/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/cancel.h"

typedef struct {
    guint handle;
    VirCancelFunc func;
    gpointer data;
} Listener;

struct VirCancel {
    VirObjectLockable parent;
    gint raised;             /* atomic */
    guint last_handle;
    GArray *listeners;       /* of Listener; NULL until one connects */
};

static void cancel_dispose(void *obj)
{
    VirCancel *cancel = obj;
    if (cancel->listeners)
        g_array_unref(cancel->listeners);
}
VIR_CLASS_DEFINE(cancel, VirCancel, cancel_dispose)

VirCancel *vir_cancel_new(void)
{
    return virObjectLockableNew(cancel_class());
}

void vir_cancel_raise(VirCancel *cancel)
{
    virObjectLock(cancel);
    if (!g_atomic_int_get(&cancel->raised)) {
        g_atomic_int_set(&cancel->raised, 1);
        for (guint i = 0; cancel->listeners && i < cancel->listeners->len; i++) {
            Listener *l = &g_array_index(cancel->listeners, Listener, i);
            l->func(l->data);
        }
    }
    virObjectUnlock(cancel);
}

gboolean vir_cancel_is_raised(VirCancel *cancel)
{
    return cancel && g_atomic_int_get(&cancel->raised);
}

guint vir_cancel_connect(VirCancel *cancel, VirCancelFunc func, gpointer data)
{
    if (!cancel)
        return 0;
    virObjectLock(cancel);
    Listener l = { ++cancel->last_handle, func, data };
    if (!cancel->listeners)
        cancel->listeners = g_array_new(FALSE, FALSE, sizeof(Listener));
    g_array_append_val(cancel->listeners, l);
    if (g_atomic_int_get(&cancel->raised))
        func(data);
    virObjectUnlock(cancel);
    return l.handle;
}

void vir_cancel_disconnect(VirCancel *cancel, guint handle)
{
    if (!cancel || !handle)
        return;
    virObjectLock(cancel);
    for (guint i = 0; i < cancel->listeners->len; i++) {
        if (g_array_index(cancel->listeners, Listener, i).handle == handle) {
            g_array_remove_index_fast(cancel->listeners, i);
            break;
        }
    }
    virObjectUnlock(cancel);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/error.h"
#include "util/pool.h"
#include "virtqemud/qmp/qmp-loop.h"
#include "virtqemud/qmp/qmp.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

typedef struct {
    VirQmpBatch *batch;
    VirQmp *q;             /* a reference */
    guint64 id;
    gint64 sent_us;
    char *command;
    VirJson *ret;
    GError *error;
    gboolean done;
} BatchCall;

struct VirQmpBatch {
    GMutex lock;
    GCond cond;
    GPtrArray *calls;      /* BatchCall */
    guint open;            /* not done */
    gboolean cancelled;
};

static void batch_call_free(gpointer data)
{
    BatchCall *call = data;
    vir_json_unref(call->ret);
    g_clear_error(&call->error);
    virObjectUnref(call->q);
    g_free(call->command);
    g_free(call);
}

VirQmpBatch *vir_qmp_batch_new(void)
{
    VirQmpBatch *batch = g_new0(VirQmpBatch, 1);
    g_mutex_init(&batch->lock);
    g_cond_init(&batch->cond);
    batch->calls = g_ptr_array_new_with_free_func(batch_call_free);
    return batch;
}

static void batch_reply(VirQmp *q, VirJson *ret, const GError *error, gpointer data)
{
    BatchCall *call = data;
    VirQmpBatch *batch = call->batch;
    g_mutex_lock(&batch->lock);
    call->ret = ret;
    call->error = error ? g_error_copy(error) : NULL;
    call->done = TRUE;
    if (--batch->open == 0)
        g_cond_signal(&batch->cond);
    g_mutex_unlock(&batch->lock);
}

static BatchCall *batch_prepare(VirQmpBatch *batch, VirQmp *q, const char *command)
{
    BatchCall *call = g_new0(BatchCall, 1);
    call->batch = batch;
    call->q = virObjectRef(q);
    call->command = g_strdup(command);
    call->sent_us = g_get_monotonic_time();
    g_mutex_lock(&batch->lock);
    batch->open++;
    g_mutex_unlock(&batch->lock);
    g_ptr_array_add(batch->calls, call);
    return call;
}

static guint batch_add_fd(VirQmpBatch *batch, VirQmp *q, const char *command, VirJson *args, int passfd)
{
    BatchCall *call = batch_prepare(batch, q, command);
    call->id = vir_qmp_send(q, command, args, passfd, batch_reply, call);
    return batch->calls->len - 1;
}

guint vir_qmp_batch_add(VirQmpBatch *batch, VirQmp *q, const char *command, VirJson *args)
{
    return batch_add_fd(batch, q, command, args, -1);
}

static void batch_cancelled(gpointer data)
{
    VirQmpBatch *batch = data;
    g_mutex_lock(&batch->lock);
    batch->cancelled = TRUE;
    g_cond_signal(&batch->cond);
    g_mutex_unlock(&batch->lock);
}

static GError *give_up_error(const BatchCall *call, gboolean cancelled)
{
    if (cancelled)
        return g_error_new(VIR_ERROR, VIR_ERR_OPERATION_ABORTED, "waiting for QEMU command '%s' was cancelled",
                           call->command);
    double seconds = (g_get_monotonic_time() - call->sent_us) / (double)G_USEC_PER_SEC;
    return g_error_new(VIR_ERROR, VIR_ERR_OPERATION_TIMEOUT, "QEMU did not answer command '%s' within %.*f seconds",
                       call->command, seconds < 10 ? 1 : 0, seconds);
}

/* Gives up what is open. What the I/O thread is answering at this moment is waited for: it takes no time. */
static void batch_abandon(VirQmpBatch *batch, gboolean cancelled)
{
    for (guint i = 0; i < batch->calls->len; i++) {
        BatchCall *call = g_ptr_array_index(batch->calls, i);
        if (!call->id || !vir_qmp_abandon(call->q, call->id))
            continue;
        g_mutex_lock(&batch->lock);
        call->error = give_up_error(call, cancelled);
        call->done = TRUE;
        batch->open--;
        g_mutex_unlock(&batch->lock);
    }
    g_mutex_lock(&batch->lock);
    while (batch->open)
        g_cond_wait(&batch->cond, &batch->lock);
    g_mutex_unlock(&batch->lock);
}

gboolean vir_qmp_batch_wait(VirQmpBatch *batch, const VirQmpWait *wait)
{
    VirCancel *cancel = wait ? wait->cancel : NULL;
    gint64 deadline = wait ? wait->deadline_us : 0;
    g_assert(!vir_qmp_loop_is_self());   /* it would wait for itself */
    guint handle = vir_cancel_connect(cancel, batch_cancelled, batch);
    gboolean in_time = TRUE;

    g_mutex_lock(&batch->lock);
    if (batch->open && !batch->cancelled) {
        /* The pool's lock is never taken under the batch's: the I/O thread must not wait for it. */
        g_mutex_unlock(&batch->lock);
        vir_pool_blocking_begin();
        g_mutex_lock(&batch->lock);
        while (batch->open && !batch->cancelled && in_time) {
            if (deadline)
                in_time = g_cond_wait_until(&batch->cond, &batch->lock, deadline);
            else
                g_cond_wait(&batch->cond, &batch->lock);
        }
        g_mutex_unlock(&batch->lock);
        vir_pool_blocking_end();
        g_mutex_lock(&batch->lock);
    }
    gboolean all = batch->open == 0;
    gboolean cancelled = batch->cancelled;
    batch->cancelled = FALSE;
    g_mutex_unlock(&batch->lock);

    vir_cancel_disconnect(cancel, handle);
    if (!all)
        batch_abandon(batch, cancelled);
    return all;
}

VirJson *vir_qmp_batch_take(VirQmpBatch *batch, guint index, GError **err)
{
    BatchCall *call = g_ptr_array_index(batch->calls, index);
    if (call->error) {
        g_propagate_error(err, g_steal_pointer(&call->error));
        return NULL;
    }
    return g_steal_pointer(&call->ret);
}

void vir_qmp_batch_free(VirQmpBatch *batch)
{
    if (!batch)
        return;
    batch_abandon(batch, TRUE);
    g_ptr_array_unref(batch->calls);
    g_cond_clear(&batch->cond);
    g_mutex_clear(&batch->lock);
    g_free(batch);
}

static gboolean finish_one(VirQmpBatch *batch, const VirQmpWait *wait, VirJson **ret, GError **err)
{
    vir_qmp_batch_wait(batch, wait);
    g_autoptr(VirJson) got = vir_qmp_batch_take(batch, 0, err);
    if (!got)
        return FALSE;
    if (ret)
        *ret = g_steal_pointer(&got);
    return TRUE;
}

gboolean vir_qmp_call_fd(VirQmp *q, const char *command, VirJson *args, int passfd, const VirQmpWait *wait,
                         VirJson **ret, GError **err)
{
    g_autoptr(VirQmpBatch) batch = vir_qmp_batch_new();
    batch_add_fd(batch, q, command, args, passfd);
    return finish_one(batch, wait, ret, err);
}

gboolean vir_qmp_call(VirQmp *q, const char *command, VirJson *args, const VirQmpWait *wait, VirJson **ret,
                      GError **err)
{
    return vir_qmp_call_fd(q, command, args, -1, wait, ret, err);
}

gboolean vir_qmp_run(VirQmp *q, const VirQmpWait *wait, GError **err, const char *command, ...)
{
    VirJson *args = NULL;
    va_list ap;
    va_start(ap, command);
    const char *first = va_arg(ap, const char *);
    if (first) {
        args = json_object_new_object();
        vir_json_add_va(args, first, ap);
    }
    va_end(ap);
    return vir_qmp_call(q, command, args, wait, NULL, err);
}

gboolean vir_qmp_call_raw(VirQmp *q, VirJson *command, const int *fds, gsize n_fds, const VirQmpWait *wait,
                          VirJson **ret, GError **err)
{
    g_autoptr(VirQmpBatch) batch = vir_qmp_batch_new();
    BatchCall *call = batch_prepare(batch, q, vir_json_str(command, "execute", "(none)"));
    call->id = vir_qmp_send_raw(q, command, fds, n_fds, batch_reply, call);
    return finish_one(batch, wait, ret, err);
}

gboolean vir_qmp_wait_ready(VirQmp *q, const VirQmpWait *wait, GError **err)
{
    /* Commands are answered in order: this one's answer says that the handshake's came. */
    return vir_qmp_call(q, "query-version", NULL, wait, NULL, err);
}

const char *vir_qmp_error_class(const GError *err)
{
    return err && err->domain == VIR_ERROR ? vir_error_extra(err)->str3 : NULL;
}

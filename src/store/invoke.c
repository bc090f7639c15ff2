/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/invoke.h"

#include <unistd.h>

#include "store/resolve.h"
#include "util/pool.h"

#define VIR_FROM_THIS VIR_FROM_RPC

/* The method's own waits end first, so that its error can say what it waited for. */
#define ANSWER_GRACE_US (G_USEC_PER_SEC / 4)

const VirDeadlines vir_deadlines_default = {
    .us = {
        [VIR_JOB_QUERY] = 10 * G_USEC_PER_SEC,
        [VIR_JOB_MODIFY] = 60 * G_USEC_PER_SEC,
        [VIR_JOB_DESTROY] = 60 * G_USEC_PER_SEC,
        [VIR_JOB_ABORT] = 30 * G_USEC_PER_SEC,
    },
};

typedef struct {
    void (*func)(gpointer data);
    gpointer data;
} After;

typedef gboolean (*AnyMethod)(VirInvocation *inv, VirEntry *obj, const void *args, void *ret, GError **err);

static AnyMethod find_method(const VirDriver *driver, const VirCall *call)
{
    if (call->op_offset == VIR_OFFSET_NONE || !driver->ops)
        return NULL;
    return *(AnyMethod const *)((const guint8 *)driver->ops + call->op_offset);
}

static void invocation_dispose(void *obj)
{
    VirInvocation *inv = obj;
    if (inv->args)
        vir_xdr_free(inv->call->args, inv->args);
    if (inv->ret)
        vir_xdr_free(inv->call->ret, inv->ret);
    for (guint i = 0; i < inv->nfds_in; i++) {
        if (inv->fds_in[i] >= 0)
            close(inv->fds_in[i]);
    }
    g_free(inv->fds_in);
    for (guint i = 0; inv->fds_out && i < inv->fds_out->len; i++) {
        if (g_array_index(inv->fds_out, int, i) >= 0)
            close(g_array_index(inv->fds_out, int, i));
    }
    if (inv->fds_out)
        g_array_unref(inv->fds_out);
    if (inv->after)
        g_array_unref(inv->after);
    virObjectUnref(inv->stream);
    virObjectUnref(inv->cancel);
    virObjectUnref(inv->actor);
    virObjectUnref(inv->entry);
    virObjectUnref(inv->session);
    g_clear_error(&inv->err);
}
VIR_CLASS_DEFINE(invocation, VirInvocation, invocation_dispose)

VirInvocation *vir_invocation_new(const VirCall *call, VirDriver *driver, VirSession *session)
{
    VirInvocation *inv = virObjectNew(invocation_class());
    inv->call = call;
    inv->driver = driver;
    inv->session = virObjectRef(session);
    if (call->args)
        inv->args = g_malloc0(call->args->size);
    if (call->ret)
        inv->ret = g_malloc0(call->ret->size);
    return inv;
}

gboolean vir_driver_has(const VirDriver *driver, const VirCall *call)
{
    return find_method(driver, call) != NULL;
}

gboolean vir_call_counts(const VirCall *call)
{
    return call->job != VIR_JOB_QUICK && call->job != VIR_JOB_DESTROY && call->job != VIR_JOB_ABORT;
}

static void answer(VirInvocation *inv, const GError *err)
{
    if (g_atomic_int_compare_and_exchange(&inv->answered, 0, 1))
        inv->answer(inv, err);
}

/* The method is done: its answer unless the caller's deadline was first, then what was to follow. */
static void finish(VirInvocation *inv, GError *err)
{
    if (vir_timer_disarm(&inv->timer))
        virObjectUnref(inv);     /* the timer's */
    answer(inv, err);
    for (guint i = 0; inv->after && i < inv->after->len; i++) {
        After *after = &g_array_index(inv->after, After, i);
        after->func(after->data);
    }
    if (err)
        g_error_free(err);
}

static void run_method(VirInvocation *inv)
{
    GError *err = NULL;
    AnyMethod method = find_method(inv->driver, inv->call);
    gboolean ok = method(inv, inv->entry, inv->args, inv->ret, &err);
    if (!ok && !err)
        vir_fail(&err, VIR_ERR_INTERNAL_ERROR, "%s failed without saying why", inv->call->name);
    finish(inv, ok ? NULL : err);
}

static void run_on_pool(gpointer data)
{
    VirInvocation *inv = data;
    GError *err = NULL;
    if (inv->driver->access && !inv->driver->access(inv, inv->entry, &err))
        finish(inv, err);
    else
        run_method(inv);
    virObjectUnref(inv);
}

static void run_on_actor(VirActorJob *job)
{
    VirInvocation *inv = (VirInvocation *)((char *)job - G_STRUCT_OFFSET(VirInvocation, job));
    GError *err = NULL;
    if (vir_entry_is_removed(inv->entry)) {
        vir_store_not_found(inv->entry->store, NULL, inv->entry->uuid, -1, &err);
        finish(inv, err);
    } else {
        run_method(inv);
    }
    virObjectUnref(inv);
}

/* On the loop's thread. The job may go on; its caller is told now who is in the way. */
static void deadline_passed(gpointer data)
{
    g_autoptr(VirInvocation) inv = data;
    g_autoptr(GError) err = NULL;
    gint64 secs = inv->driver->deadlines.us[inv->call->job] / G_USEC_PER_SEC;
    gboolean queued = inv->actor && vir_actor_abandon(inv->actor, &inv->job);
    g_autofree char *holder = inv->actor ? vir_actor_holder(inv->actor) : NULL;
    if (queued)
        vir_fail(&err, VIR_ERR_OPERATION_TIMEOUT, "%s waited %" G_GINT64_FORMAT " s behind %s and was not begun",
                 inv->call->name, secs, holder ? holder : "other calls");
    else
        vir_fail(&err, VIR_ERR_OPERATION_TIMEOUT, "%s did not end within %" G_GINT64_FORMAT " s: it is in %s",
                 inv->call->name, secs, holder ? holder : "its last step");
    if (queued)
        finish(inv, g_steal_pointer(&err));
    else
        answer(inv, err);
    if (queued)
        virObjectUnref(inv);     /* the queue's */
}

static void arm_deadline(VirInvocation *inv)
{
    gint64 us = inv->driver->deadlines.us[inv->call->job];
    if (!us)
        return;
    inv->deadline_us = g_get_monotonic_time() + us;
    virObjectRef(inv);
    vir_timer_arm(&inv->timer, inv->deadline_us + ANSWER_GRACE_US, deadline_passed, inv);
}

static void post_to_actor(VirInvocation *inv)
{
    inv->cancel = vir_cancel_new();
    inv->actor = virObjectRef(inv->entry->actor);
    inv->job = (VirActorJob){ .name = inv->call->name, .run = run_on_actor, .cancel = inv->cancel };
    virObjectRef(inv);
    arm_deadline(inv);
    vir_actor_post(inv->actor, &inv->job);
}

/* DESTROY cancels what runs and goes before what waits; the method itself says whether that was right. */
static void post_destroy(VirInvocation *inv)
{
    inv->actor = virObjectRef(inv->entry->actor);
    inv->job = (VirActorJob){ .name = inv->call->name, .run = run_on_actor, .queue = VIR_ACTOR_URGENT };
    virObjectRef(inv);
    arm_deadline(inv);
    vir_actor_post(inv->actor, &inv->job);
    vir_actor_cancel(inv->actor, NULL);
}

static void dispatch_job(VirInvocation *inv)
{
    switch ((VirJobClass)inv->call->job) {
    case VIR_JOB_QUICK:
        run_method(inv);
        return;
    case VIR_JOB_QUERY:
    case VIR_JOB_MODIFY:
        if (inv->entry) {
            post_to_actor(inv);
            return;
        }
        break;
    case VIR_JOB_DESTROY:
        if (inv->entry) {
            post_destroy(inv);
            return;
        }
        break;
    case VIR_JOB_POOL:
    case VIR_JOB_ABORT:
    case VIR_JOB_AGENT:
    case VIR_JOB_LONG:
        break;
    }
    vir_pool_push(run_on_pool, virObjectRef(inv));
}

static gboolean readonly_allows(const VirInvocation *inv, GError **err)
{
    const VirCall *call = inv->call;
    gboolean deny = inv->session->readonly && call->readonly == VIR_READONLY_DENY;
    if (inv->session->readonly && call->readonly == VIR_READONLY_DENY_IF) {
        for (const VirCond *cond = call->readonly_conds; cond->kind != VIR_COND_ALWAYS && !deny; cond++)
            deny = vir_cond_holds(cond, inv->args);
    }
    if (!deny)
        return TRUE;
    return vir_fail(err, VIR_ERR_OPERATION_DENIED, "%s is not allowed on a read-only connection",
                    call->api ? call->api : call->name);
}

/* The part of the API that a call nobody serves would belong to. */
static int part_of(const VirCall *call)
{
    static const int parts[] = {
        [VIR_SUBSYSTEM_NONE] = VIR_FROM_RPC,         [VIR_SUBSYSTEM_HYPERVISOR] = VIR_FROM_DOMAIN,
        [VIR_SUBSYSTEM_INTERFACE] = VIR_FROM_INTERFACE, [VIR_SUBSYSTEM_NETWORK] = VIR_FROM_NETWORK,
        [VIR_SUBSYSTEM_NODEDEV] = VIR_FROM_NODEDEV,  [VIR_SUBSYSTEM_NWFILTER] = VIR_FROM_NWFILTER,
        [VIR_SUBSYSTEM_SECRET] = VIR_FROM_SECRET,    [VIR_SUBSYSTEM_STORAGE] = VIR_FROM_STORAGE,
    };
    return parts[call->subsystem];
}

void vir_invoke(VirInvocation *inv)
{
    GError *err = NULL;
    gboolean ok = readonly_allows(inv, &err);
    if (ok && !find_method(inv->driver, inv->call))
        ok = vir_fail_full(&err, part_of(inv->call), VIR_ERR_NO_SUPPORT, "%s", inv->call->api ? inv->call->api : inv->call->name);
    if (ok && !vir_call_check_flags(inv->call, inv->args, &err)) {
        vir_error_set_domain(err, inv->driver->error_domain);
        ok = FALSE;
    }
    ok = ok && vir_resolve(inv, &err);
    if (ok && inv->driver->access && inv->call->job != VIR_JOB_POOL)
        ok = inv->driver->access(inv, inv->entry, &err);
    if (ok)
        dispatch_job(inv);
    else
        finish(inv, err);
}

void vir_invocation_after(VirInvocation *inv, void (*func)(gpointer data), gpointer data)
{
    After after = { func, data };
    if (!inv->after)
        inv->after = g_array_new(FALSE, FALSE, sizeof(After));
    g_array_append_val(inv->after, after);
}

void vir_invocation_add_fd(VirInvocation *inv, int fd)
{
    if (!inv->fds_out)
        inv->fds_out = g_array_new(FALSE, FALSE, sizeof(int));
    g_array_append_val(inv->fds_out, fd);
}

typedef struct {
    VirActorJob job;
    VirInvocation *inv;
    VirEntry *entry;
    VirEntryFunc func;
    gpointer data;
    GError **err;
    gboolean ok;
} OnActor;

static void on_actor_run(VirActorJob *job)
{
    OnActor *on = (OnActor *)job;
    on->ok = on->func(on->inv, on->entry, on->data, on->err);
}

gboolean vir_invocation_on_actor(VirInvocation *inv, VirEntry *entry, VirEntryFunc func, gpointer data, GError **err)
{
    if (!inv->cancel)
        inv->cancel = vir_cancel_new();
    OnActor on = { .job = { .name = inv->call->name, .run = on_actor_run, .cancel = inv->cancel },
                   .inv = inv, .entry = entry, .func = func, .data = data, .err = err };
    vir_actor_call(entry->actor, &on.job);
    return on.ok;
}

gboolean vir_check_flags(const VirInvocation *inv, guint flags, guint known, GError **err)
{
    if (!(flags & ~known))
        return TRUE;
    return vir_fail_full(err, inv->driver->error_domain, VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in %s",
                         flags & ~known, inv->call->api ? inv->call->api : inv->call->name);
}

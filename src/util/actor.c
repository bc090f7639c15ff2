/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/actor.h"

#include "util/pool.h"

enum { JOB_NEW, JOB_QUEUED, JOB_TAKEN };

struct VirActor {
    VirObject parent;
    GMutex lock;
    GCond wake;              /* for vir_actor_wait: an event came or a cancel was raised */
    GQueue queues[3];        /* by VirActorQueue */
    gboolean scheduled;      /* a pool thread serves or is about to serve the queues */
    VirActorJob *running;
    const char *phase;
    gint64 since;            /* monotonic us at which the running job began */
};

static void actor_dispose(void *obj)
{
    VirActor *actor = obj;
    g_mutex_clear(&actor->lock);
    g_cond_clear(&actor->wake);
}
VIR_CLASS_DEFINE(actor, VirActor, actor_dispose)

VirActor *vir_actor_new(void)
{
    VirActor *actor = virObjectNew(actor_class());
    g_mutex_init(&actor->lock);
    g_cond_init(&actor->wake);
    return actor;
}

/* All helpers below are called with the lock held. */

static void enqueue(VirActor *actor, VirActorJob *job)
{
    job->link = (GList){ .data = job };
    job->state = JOB_QUEUED;
    g_queue_push_tail_link(&actor->queues[job->queue], &job->link);
    if (job->queue == VIR_ACTOR_EVENT)
        g_cond_broadcast(&actor->wake);
}

static VirActorJob *dequeue(VirActor *actor, VirActorQueue lowest)
{
    for (int q = VIR_ACTOR_EVENT; q >= (int)lowest; q--) {
        GList *link = g_queue_pop_head_link(&actor->queues[q]);
        if (link) {
            VirActorJob *job = link->data;
            job->state = JOB_TAKEN;
            return job;
        }
    }
    return NULL;
}

static void run_one(VirActor *actor, VirActorJob *job)
{
    actor->running = job;
    actor->phase = NULL;
    actor->since = g_get_monotonic_time();
    g_mutex_unlock(&actor->lock);
    job->run(job);
    g_mutex_lock(&actor->lock);
    actor->running = NULL;
}

static void serve(gpointer data)
{
    VirActor *actor = data;
    VirActorJob *job;
    g_mutex_lock(&actor->lock);
    while ((job = dequeue(actor, VIR_ACTOR_NORMAL)))
        run_one(actor, job);
    actor->scheduled = FALSE;
    g_mutex_unlock(&actor->lock);
    virObjectUnref(actor);
}

static void schedule(VirActor *actor)
{
    if (actor->scheduled)
        return;
    actor->scheduled = TRUE;
    vir_pool_push(serve, virObjectRef(actor));
}

void vir_actor_post(VirActor *actor, VirActorJob *job)
{
    g_mutex_lock(&actor->lock);
    enqueue(actor, job);
    schedule(actor);
    g_mutex_unlock(&actor->lock);
}

typedef struct {
    VirActorJob job;
    VirActorJob *inner;
    GMutex lock;
    GCond cond;
    gboolean done;
} Waiter;

static void waiter_run(VirActorJob *job)
{
    Waiter *w = (Waiter *)job;
    w->inner->run(w->inner);
    g_mutex_lock(&w->lock);
    w->done = TRUE;
    g_cond_signal(&w->cond);
    g_mutex_unlock(&w->lock);
}

void vir_actor_call(VirActor *actor, VirActorJob *job)
{
    virObjectRef(actor);
    g_mutex_lock(&actor->lock);
    if (!actor->scheduled) {
        actor->scheduled = TRUE;
        run_one(actor, job);
        actor->scheduled = FALSE;
        if (actor->queues[0].length || actor->queues[1].length || actor->queues[2].length)
            schedule(actor);
        g_mutex_unlock(&actor->lock);
        virObjectUnref(actor);
        return;
    }

    Waiter w = { .job = { .name = job->name, .queue = job->queue, .run = waiter_run, .cancel = job->cancel },
                 .inner = job };
    g_mutex_init(&w.lock);
    g_cond_init(&w.cond);
    enqueue(actor, &w.job);
    g_mutex_unlock(&actor->lock);

    vir_pool_blocking_begin();
    g_mutex_lock(&w.lock);
    while (!w.done)
        g_cond_wait(&w.cond, &w.lock);
    g_mutex_unlock(&w.lock);
    vir_pool_blocking_end();
    g_mutex_clear(&w.lock);
    g_cond_clear(&w.cond);
    virObjectUnref(actor);
}

gboolean vir_actor_abandon(VirActor *actor, VirActorJob *job)
{
    g_mutex_lock(&actor->lock);
    gboolean queued = job->state == JOB_QUEUED;
    if (queued) {
        g_queue_unlink(&actor->queues[job->queue], &job->link);
        job->state = JOB_NEW;
    }
    g_mutex_unlock(&actor->lock);
    return queued;
}

void vir_actor_cancel(VirActor *actor, gboolean (*only)(VirActorJob *job))
{
    g_autoptr(VirCancel) cancel = NULL;
    g_mutex_lock(&actor->lock);
    VirActorJob *job = actor->running;
    if (job && job->cancel && (!only || only(job)))
        cancel = virObjectRef(job->cancel);
    g_mutex_unlock(&actor->lock);
    if (cancel)
        vir_cancel_raise(cancel);
}

static void wake_on_cancel(gpointer data)
{
    VirActor *actor = data;
    g_mutex_lock(&actor->lock);
    g_cond_broadcast(&actor->wake);
    g_mutex_unlock(&actor->lock);
}

gboolean vir_actor_wait(VirActor *actor, gboolean (*ready)(gpointer data), gpointer data, gint64 deadline_us,
                        VirCancel *cancel)
{
    gboolean ok = FALSE, expired = FALSE;
    guint handle = vir_cancel_connect(cancel, wake_on_cancel, actor);

    g_mutex_lock(&actor->lock);
    VirActorJob *outer = actor->running;
    for (;;) {
        VirActorJob *event = dequeue(actor, VIR_ACTOR_EVENT);
        if (event) {
            g_mutex_unlock(&actor->lock);
            event->run(event);
            g_mutex_lock(&actor->lock);
            continue;
        }
        g_mutex_unlock(&actor->lock);
        ok = ready(data);
        g_mutex_lock(&actor->lock);
        if (ok || expired || vir_cancel_is_raised(cancel))
            break;
        if (actor->queues[VIR_ACTOR_EVENT].length)
            continue;
        g_mutex_unlock(&actor->lock);
        vir_pool_blocking_begin();
        g_mutex_lock(&actor->lock);
        if (!actor->queues[VIR_ACTOR_EVENT].length && !vir_cancel_is_raised(cancel)) {
            if (deadline_us)
                expired = !g_cond_wait_until(&actor->wake, &actor->lock, deadline_us);
            else
                g_cond_wait(&actor->wake, &actor->lock);
        }
        g_mutex_unlock(&actor->lock);
        vir_pool_blocking_end();
        g_mutex_lock(&actor->lock);
    }
    actor->running = outer;
    g_mutex_unlock(&actor->lock);
    vir_cancel_disconnect(cancel, handle);
    return ok;
}

void vir_actor_set_phase(VirActor *actor, const char *phase)
{
    g_mutex_lock(&actor->lock);
    actor->phase = phase;
    g_mutex_unlock(&actor->lock);
}

char *vir_actor_holder(VirActor *actor)
{
    char *text = NULL;
    g_mutex_lock(&actor->lock);
    if (actor->running) {
        int secs = (int)((g_get_monotonic_time() - actor->since) / G_USEC_PER_SEC);
        text = actor->phase ? g_strdup_printf("%s (phase: %s, for %d s)", actor->running->name, actor->phase, secs)
                            : g_strdup_printf("%s (for %d s)", actor->running->name, secs);
    }
    g_mutex_unlock(&actor->lock);
    return text;
}

gboolean vir_actor_is_busy(VirActor *actor)
{
    g_mutex_lock(&actor->lock);
    gboolean busy = actor->scheduled;
    g_mutex_unlock(&actor->lock);
    return busy;
}

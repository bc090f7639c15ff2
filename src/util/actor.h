/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An actor is a serial queue: only code running on an object's actor touches the object. Jobs are plain blocking
 * code on a pool thread; an actor holds a thread only while it runs. There are three queues, served in this order:
 *
 *   events   what already happened outside (QMP events, process exit): never refused, also served inside vir_actor_wait
 *   urgent   DESTROY: overtakes waiting jobs
 *   normal   everything else
 */
#pragma once

#include "util/cancel.h"
#include "util/object.h"

typedef struct VirActor VirActor;
typedef struct VirActorJob VirActorJob;

typedef enum { VIR_ACTOR_NORMAL, VIR_ACTOR_URGENT, VIR_ACTOR_EVENT } VirActorQueue;

/* Embed in the job's own struct. The memory is the poster's: @run is the actor's last touch of it. */
struct VirActorJob {
    const char *name;                  /* static; what a waiting caller is told */
    VirActorQueue queue;
    void (*run)(VirActorJob *job);
    VirCancel *cancel;                 /* borrowed; raised by vir_actor_cancel; may be NULL */
    GList link;                        /* private */
    gint state;                        /* private */
};

/* Returns: one reference, dropped with virObjectUnref. Jobs hold a reference while queued or running. */
VirActor *vir_actor_new(void);
VIR_OBJECT_AUTOPTR(VirActor)

/* Queues @job; never blocks. */
void vir_actor_post(VirActor *actor, VirActorJob *job);

/* Runs @job on this thread when the actor is idle, else queues it and waits for its end. Not from an actor's job. */
void vir_actor_call(VirActor *actor, VirActorJob *job);

/* Takes @job back out of the queue. FALSE when it already runs or ran: then run() has been or will be called. */
gboolean vir_actor_abandon(VirActor *actor, VirActorJob *job);

/* Raises the cancel of the running job when @only is NULL or its answer for the job is TRUE. */
void vir_actor_cancel(VirActor *actor, gboolean (*only)(VirActorJob *job));

/* On the actor: serves event jobs until @ready(@data) is TRUE. @deadline_us is g_get_monotonic_time's, 0 = none.
 * Returns FALSE when the deadline passed or @cancel was raised first. */
gboolean vir_actor_wait(VirActor *actor, gboolean (*ready)(gpointer data), gpointer data, gint64 deadline_us,
                        VirCancel *cancel);

/* On the actor: what the running job is doing now; static strings, NULL clears. Shown by vir_actor_holder. */
void vir_actor_set_phase(VirActor *actor, const char *phase);

/* "domain_create (phase: placing QEMU, for 12 s)"; NULL when idle. Returns: caller frees. */
char *vir_actor_holder(VirActor *actor);
gboolean vir_actor_is_busy(VirActor *actor);

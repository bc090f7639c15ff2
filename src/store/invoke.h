/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The life of one call inside a driver: object lookup, access check, job, method, answer. From the call table; a
 * method is behaviour only. The daemon and in-process users hand in the same argument structs and get the same
 * results.
 */
#pragma once

#include "api/ops.h"
#include "store/events.h"
#include "store/session.h"
#include "store/store.h"
#include "util/timer.h"

typedef struct VirDriver VirDriver;
typedef struct VirStreamSource VirStreamSource;

/* Refuses with VIR_ERR_ACCESS_DENIED. May wait (polkit): then it is run on a pool thread. */
typedef gboolean (*VirAccessCheck)(VirInvocation *inv, VirEntry *obj, GError **err);

/* Microseconds a caller waits for a job of this class; 0: without end. */
typedef struct {
    gint64 us[VIR_JOB_LONG + 1];
} VirDeadlines;
extern const VirDeadlines vir_deadlines_default;

/* A set of calls and the objects they work on. */
struct VirDriver {
    const VirOps *ops;
    VirStore *stores[VIR_ON_LAST];   /* by VirCallObject; NULL: none of this type here */
    VirEvents *events;
    VirAccessCheck access;           /* NULL: all is allowed */
    VirDeadlines deadlines;
    int error_domain;                /* virErrorDomain of errors that are about the call, not the object */
    gpointer data;                   /* the driver's own */
};

/* One call. A reference-counted object: caller, timer and job each hold it. */
struct VirInvocation {
    VirObject parent;
    const VirCall *call;
    VirDriver *driver;
    VirSession *session;             /* reference */
    VirEntry *entry;                 /* reference; the object that call->on names, NULL for a connection */
    void *args, *ret;                /* wire structs of the call; owned, cleared by their tables */
    int *fds_in;                     /* owned; a method that keeps one sets its place to -1 */
    guint nfds_in;
    GArray *fds_out;                 /* of int, owned until answered; NULL while none */
    VirStreamSource *stream;         /* set by a method that opens a stream; its reference */
    VirCancel *cancel;               /* raised by DESTROY, by the end of the daemon */
    gint64 deadline_us;              /* monotonic; 0: none. Waits inside the method end by it */

    /* The caller's: answers once, with @err NULL on success. Any thread. */
    void (*answer)(VirInvocation *inv, const GError *err);
    gpointer carrier;

    /* private */
    VirActorJob job;
    VirActor *actor;                 /* where the job is; reference */
    VirTimer timer;
    gint answered;
    GArray *after;                   /* what follows the answer */
    GError *err;
};
VIR_OBJECT_AUTOPTR(VirInvocation)

/* Takes nothing; args are still to be decoded into inv->args. */
VirInvocation *vir_invocation_new(const VirCall *call, VirDriver *driver, VirSession *session);

/* Runs the call up to its answer. Quick calls are answered before it returns; must be called on the loop's thread. */
void vir_invoke(VirInvocation *inv);
/* Whether this driver has a method for @call. */
gboolean vir_driver_has(const VirDriver *driver, const VirCall *call);
/* Whether the call occupies one of its client's request slots (quick, destroy and abort never do). */
gboolean vir_call_counts(const VirCall *call);

/* In a method: @func(@data) once the answer was queued for the caller (events, activation). In order of addition. */
void vir_invocation_after(VirInvocation *inv, void (*func)(gpointer data), gpointer data);
/* In a method: a descriptor for the reply. Takes @fd. */
void vir_invocation_add_fd(VirInvocation *inv, int fd);

/* In a pool method: runs @func on @entry's actor under this invocation's name and deadline and waits for it. */
typedef gboolean (*VirEntryFunc)(VirInvocation *inv, VirEntry *entry, gpointer data, GError **err);
gboolean vir_invocation_on_actor(VirInvocation *inv, VirEntry *entry, VirEntryFunc func, gpointer data, GError **err);

/* Refuses bits of the flags argument that the method does not know (VIR_ERR_INVALID_ARG). */
gboolean vir_check_flags(const VirInvocation *inv, guint flags, guint known, GError **err);

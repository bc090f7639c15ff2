/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QMP client over a connected UNIX socket. Commands are pipelined: any thread may send while others are outstanding,
 * replies are matched by id. One thread of the process ("qmp-io") serves all monitors; every callback runs on it, must
 * be short and must not wait for a reply. Input is bounded and checked: a peer that sends garbage is closed.
 */
#pragma once

#include "util/cancel.h"
#include "util/json.h"
#include "util/object.h"

typedef struct VirQmp VirQmp;

typedef struct {
    /* @data is handed over and may be NULL. Events come in QEMU's order, before the replies that follow them. */
    void (*event)(VirQmp *q, const char *name, VirJson *data, gint64 seconds, guint micros, gpointer opaque);
    /* Once, after every outstanding call has failed; @reason says why ("QEMU monitor closed"). */
    void (*closed)(VirQmp *q, const GError *reason, gpointer opaque);
    /* A command that was given up (deadline, cancel) was answered after all; @unanswered is how many are still open.
     * Queries ("query-...", "qom-get", "qom-list...") change nothing and are never counted or told of. */
    void (*late)(VirQmp *q, const char *command, gboolean succeeded, guint unanswered, gpointer opaque);
    /* After the last callback, whatever ended the monitor. */
    void (*free_opaque)(gpointer opaque);
} VirQmpCallbacks;

/* @ret is handed over and is NULL exactly when @error is set; @error is borrowed. */
typedef void (*VirQmpReply)(VirQmp *q, VirJson *ret, const GError *error, gpointer data);

/* How long a call may wait. A NULL pointer: for ever. */
typedef struct {
    gint64 deadline_us;   /* of g_get_monotonic_time; 0: none */
    VirCancel *cancel;    /* borrowed; NULL: none */
} VirQmpWait;

/* Takes @fd, a connected stream socket, also on failure. The handshake is sent at once; commands may follow without
 * waiting for it. @cb is copied, any member may be NULL. Returns: one reference (virObjectUnref); dropping it does not
 * close the monitor. NULL with @err set (no epoll, no thread); then no callback will come, free_opaque neither. */
VirQmp *vir_qmp_new(int fd, const VirQmpCallbacks *cb, gpointer opaque, GError **err);
VIR_OBJECT_AUTOPTR(VirQmp)

/* Any thread; the callbacks that remain (failed calls, closed, free_opaque) come from the I/O thread, soon. */
void vir_qmp_close(VirQmp *q);
gboolean vir_qmp_is_closed(VirQmp *q);

/* Waits for the greeting and the answer to the handshake. */
gboolean vir_qmp_wait_ready(VirQmp *q, const VirQmpWait *wait, GError **err);
/* QEMU's version of the greeting; major * 1000000 + minor * 1000 + micro, 0 before it came. *ret_package (may be NULL)
 * lives as long as @q. */
guint vir_qmp_version(VirQmp *q, const char **ret_package);

/* Sends @command with @args (handed over; may be NULL) and, unless -1, the descriptor @passfd (borrowed until the
 * return). @cb (may be NULL) is called exactly once, from the I/O thread; when the monitor is closed already, from here. Returns: the
 * call's id, 0 when @cb was called from here. */
guint64 vir_qmp_send(VirQmp *q, const char *command, VirJson *args, int passfd, VirQmpReply cb, gpointer data);
/* Stops waiting for call @id: its callback is not called any more and the monitor counts as unanswered. FALSE when
 * the callback was or is being called. */
gboolean vir_qmp_abandon(VirQmp *q, guint64 id);

/* Blocking form. *ret (may be NULL) is the caller's. Errors: QEMU's answer, VIR_ERR_INTERNAL_ERROR "unable to execute
 * QEMU command 'x': ..." (vir_qmp_error_class); deadline, VIR_ERR_OPERATION_TIMEOUT; cancel,
 * VIR_ERR_OPERATION_ABORTED; end of the monitor, VIR_ERR_INTERNAL_ERROR. */
gboolean vir_qmp_call(VirQmp *q, const char *command, VirJson *args, const VirQmpWait *wait, VirJson **ret,
                      GError **err);
gboolean vir_qmp_call_fd(VirQmp *q, const char *command, VirJson *args, int passfd, const VirQmpWait *wait,
                         VirJson **ret, GError **err);
/* No result wanted, arguments as of vir_json_new: vir_qmp_run(q, wait, err, "device_del", "s:id", alias, NULL). */
gboolean vir_qmp_run(VirQmp *q, const VirQmpWait *wait, GError **err, const char *command, ...) G_GNUC_NULL_TERMINATED;
/* A whole command object (taken) as a user wrote it, its "id" replaced, with up to 16 descriptors. *ret is QEMU's
 * whole answer, also when it is an error. */
guint64 vir_qmp_send_raw(VirQmp *q, VirJson *command, const int *fds, gsize n_fds, VirQmpReply cb, gpointer data);
gboolean vir_qmp_call_raw(VirQmp *q, VirJson *command, const int *fds, gsize n_fds, const VirQmpWait *wait,
                          VirJson **ret, GError **err);

/* "DeviceNotFound", "CommandNotFound", "GenericError", ... when @err is an answer of QEMU; else NULL. */
const char *vir_qmp_error_class(const GError *err);

/* The oldest command (no query) that was given up and has not been answered yet, with the time it was sent. FALSE: none.
 * *ret_command is the caller's to free; both may be NULL. */
gboolean vir_qmp_is_unanswered(VirQmp *q, char **ret_command, gint64 *ret_sent_us);
/* Commands sent and not answered, queries included; *ret_oldest_us (may be NULL) is when the oldest was sent. */
guint vir_qmp_outstanding(VirQmp *q, gint64 *ret_oldest_us);

/* One object (a VirObject) that lives with the monitor, for what a caller wants to remember of it. Set takes a reference
 * and drops the former one's; get returns a reference or NULL. */
void vir_qmp_set_attachment(VirQmp *q, void *object);
void *vir_qmp_get_attachment(VirQmp *q);

/* Many calls, to one or to several monitors, sent at once and waited for together. Owned by one thread. */
typedef struct VirQmpBatch VirQmpBatch;
VirQmpBatch *vir_qmp_batch_new(void);
/* Calls that are still open are abandoned. */
void vir_qmp_batch_free(VirQmpBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirQmpBatch, vir_qmp_batch_free)
/* Sends; @args handed over. Returns: the index of the call, from 0 up. */
guint vir_qmp_batch_add(VirQmpBatch *batch, VirQmp *q, const char *command, VirJson *args);
/* Until all are answered, or the deadline or cancel, when the open ones are abandoned and fail. FALSE in that case. */
gboolean vir_qmp_batch_wait(VirQmpBatch *batch, const VirQmpWait *wait);
/* After the wait, once per call. Returns: the caller's; NULL with @err set when it failed. */
VirJson *vir_qmp_batch_take(VirQmpBatch *batch, guint index, GError **err);

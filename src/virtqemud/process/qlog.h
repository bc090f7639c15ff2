/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QEMU's output: through virtlogd where its socket is, else straight to /var/log/libvirt/qemu/NAME.log. Remembers where
 * this run begins, so that QEMU's own last words can be put into an error. Used on the guest's actor.
 */
#pragma once

#include <glib.h>

#include "util/host.h"

typedef struct QemuLog QemuLog;

typedef struct {
    const char *path;            /* of the log file */
    const char *logd_socket;     /* NULL: never virtlogd */
    const char *driver;          /* "qemu" */
    const char *name;
    const guint8 *uuid;
    gboolean required;           /* stdio_handler = "logd" was written: no falling back */
} QemuLogSpec;

/* Opens it for a new run. */
QemuLog *qemu_log_open(const VirHost *host, const QemuLogSpec *spec, GError **err);
/* For a guest that runs already: only reads and appends. */
QemuLog *qemu_log_attach(const VirHost *host, const QemuLogSpec *spec, GError **err);
void qemu_log_free(QemuLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QemuLog, qemu_log_free)

/* What QEMU gets as stdout and stderr. Borrowed; closed by qemu_log_started. */
int qemu_log_fd(const QemuLog *log);
/* QEMU has it: closes our end. */
void qemu_log_started(QemuLog *log);

/* "2026-01-31 12:00:00.000+0000: TEXT\n" */
gboolean qemu_log_line(QemuLog *log, const char *text, GError **err);
/* "starting up ..." and the command, one argument group a line, as libvirt writes it. */
gboolean qemu_log_start(QemuLog *log, const char *const *env, const char *const *argv, const char *qemu_version,
                        GError **err);
/* "shutting down, reason=destroyed" */
gboolean qemu_log_stop(QemuLog *log, const char *reason, GError **err);

/* What QEMU wrote since the start lines, at most @max bytes of its end. Returns: caller frees; "" when nothing. */
char *qemu_log_tail(QemuLog *log, gsize max);
/* The last line of that fit for an error; NULL when there is none. Returns: caller frees. */
char *qemu_log_last_line(QemuLog *log);

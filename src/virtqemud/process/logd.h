/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A small client of virtlogd: one connection a call, blocking with a deadline.
 */
#pragma once

#include <glib.h>

typedef struct {
    const char *socket;
    const char *driver, *name, *path;
    const guint8 *uuid;
} QemuLogdFile;

/* The writing end of the pipe that virtlogd copies to the file; -1 with @err set. */
int qemu_logd_open(const QemuLogdFile *file, GError **err);
/* Returns after virtlogd has been round its loop: what was in the pipe before is in the file then. */
void qemu_logd_settle(const QemuLogdFile *file);

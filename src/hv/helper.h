/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Work on files that may hang (a dead NFS server) runs in a child that is killed at its deadline. One fork a batch,
 * not one a file; paths on local file systems are worked on directly. Blocks: mark it with vir_pool_blocking_begin.
 */
#pragma once

#include <glib.h>

#include "util/cancel.h"

/* Runs in the child, which is a copy of a process with threads: plain system calls only, no GLib, no locks.
 * What it writes to @out is the answer. Returns the child's exit code, 0 for success. */
typedef int (*HvHelperFunc)(int out, gpointer data);

/* Default deadline of file work. */
#define HV_HELPER_DEADLINE_MS 20000
/* Bytes an answer may have. */
#define HV_HELPER_ANSWER_MAX (1024 * 1024)

/* Runs @func in a child and collects what it wrote until it closed @out (that is, ended). VIR_ERR_OPERATION_TIMEOUT at
 * the deadline, VIR_ERR_OPERATION_ABORTED when @cancel was raised, VIR_ERR_INTERNAL_ERROR when it died; the child is
 * gone or (stuck in the kernel) killed and reaped in the background. @what names the work in errors.
 * Returns: the answer (may be empty), caller unrefs; NULL with @err set. */
GBytes *hv_helper_run(const char *what, HvHelperFunc func, gpointer data, int deadline_ms, VirCancel *cancel,
                      GError **err);

/* TRUE when @path (or the directory it would be in) is on a file system that can only hang with the machine: the
 * decision reads the mount table, never the file system itself. */
gboolean hv_path_is_local(const char *path);

/* stat with a deadline: direct for local paths. *ret_errno is 0 or the failure; FALSE only when no answer came. */
struct stat;
gboolean hv_stat(const char *path, struct stat *ret, int *ret_errno, int deadline_ms, GError **err);
/* open with a deadline. -1 with @err set (VIR_ERR_SYSTEM_ERROR, int1 = errno; or the timeout). */
int hv_open(const char *path, int flags, mode_t mode, int deadline_ms, GError **err);

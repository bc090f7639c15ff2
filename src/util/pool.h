/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The process's worker threads. Work is run in order of arrival by as many runnable threads as there are CPUs.
 * Code that is about to wait (for QEMU, a child, a disk) says so between vir_pool_blocking_begin and _end; while it
 * waits another thread may run in its place, so no number of waiting jobs starves the others. Idle threads leave.
 */
#pragma once

#include <glib.h>

typedef void (*VirPoolFunc)(gpointer data);

/* Runs @func(@data) on a pool thread. Never blocks; may be called from anywhere. */
void vir_pool_push(VirPoolFunc func, gpointer data);

/* Brackets a wait. No effect on a thread that is not of the pool. Brackets do not nest. */
void vir_pool_blocking_begin(void);
void vir_pool_blocking_end(void);

/* Waits until no work is queued or running, or until @timeout_us passed; FALSE in the latter case. */
gboolean vir_pool_drain(gint64 timeout_us);

typedef struct {
    guint threads;   /* alive */
    guint blocked;   /* of these, in a marked wait */
    guint idle;      /* of these, without work */
    guint queued;    /* work not yet taken */
} VirPoolStats;
void vir_pool_stats(VirPoolStats *ret);

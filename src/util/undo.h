/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A stack of host steps to take back: pushed as each step succeeds, run in reverse unless disarmed.
 *
 *     g_auto(VirUndo) undo = VIR_UNDO_INIT;
 *     if (!tap_create(tap, err)) return FALSE;
 *     vir_undo_push(&undo, "delete tap", tap_delete, tap, NULL);
 *     ...
 *     vir_undo_disarm(&undo);
 *     return TRUE;
 *
 * Owned by one thread. An undo function cannot fail: what it cannot take back it logs itself.
 */
#pragma once

#include <glib.h>

typedef struct {
    const char *what;           /* static, for the log */
    void (*fn)(gpointer data);
    gpointer data;
    GDestroyNotify free_data;   /* called after fn, or alone on disarm; may be NULL */
} VirUndoStep;

typedef struct {
    VirUndoStep *steps;
    guint n, room;
} VirUndo;

#define VIR_UNDO_INIT { NULL, 0, 0 }

void vir_undo_push(VirUndo *undo, const char *what, void (*fn)(gpointer data), gpointer data,
                   GDestroyNotify free_data);
/* Runs all steps, last first, and empties the stack. */
void vir_undo_run(VirUndo *undo);
/* Runs and drops only the steps above @mark (a value undo->n had before). */
void vir_undo_run_to(VirUndo *undo, guint mark);
/* Forgets all steps; their data is freed. */
void vir_undo_disarm(VirUndo *undo);
/* Moves all steps of @from on top of @to: the caller of the caller is now responsible. */
void vir_undo_move(VirUndo *to, VirUndo *from);
static inline void vir_undo_clear(VirUndo *undo)
{
    vir_undo_run(undo);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VirUndo, vir_undo_clear)

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/undo.h"

#include <string.h>

#include "util/log.h"

#undef VIR_LOG_SOURCE
#define VIR_LOG_SOURCE "util.undo"

void vir_undo_push(VirUndo *undo, const char *what, void (*fn)(gpointer data), gpointer data,
                   GDestroyNotify free_data)
{
    if (undo->n == undo->room) {
        undo->room = undo->room ? undo->room * 2 : 8;
        undo->steps = g_renew(VirUndoStep, undo->steps, undo->room);
    }
    undo->steps[undo->n++] = (VirUndoStep){ what, fn, data, free_data };
}

void vir_undo_run_to(VirUndo *undo, guint mark)
{
    while (undo->n > mark) {
        VirUndoStep s = undo->steps[--undo->n];   /* a copy: the step may push */
        VIR_DEBUG("undo: %s", s.what);
        s.fn(s.data);
        if (s.free_data)
            s.free_data(s.data);
    }
}

static void drop(VirUndo *undo)
{
    g_free(undo->steps);
    *undo = (VirUndo)VIR_UNDO_INIT;
}

void vir_undo_run(VirUndo *undo)
{
    vir_undo_run_to(undo, 0);
    drop(undo);
}

void vir_undo_disarm(VirUndo *undo)
{
    while (undo->n > 0) {
        VirUndoStep s = undo->steps[--undo->n];
        if (s.free_data)
            s.free_data(s.data);
    }
    drop(undo);
}

void vir_undo_move(VirUndo *to, VirUndo *from)
{
    for (guint i = 0; i < from->n; i++) {
        VirUndoStep *s = &from->steps[i];
        vir_undo_push(to, s->what, s->fn, s->data, s->free_data);
    }
    drop(from);
}

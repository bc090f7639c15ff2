/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Many deadlines behind one event source: arming and disarming cost a heap operation, and a loop iteration costs the
 * same with none or ten thousand armed. Arm and disarm from any thread; callbacks run on the thread of the main loop.
 */
#pragma once

#include <glib.h>

typedef struct VirTimer VirTimer;
typedef void (*VirTimerFunc)(gpointer data);

/* Embed; zero-initialise. Not armed while @slot is 0. All members are private. */
struct VirTimer {
    guint slot;              /* place in the heap, from 1 */
    gint64 due_us;
    VirTimerFunc func;
    gpointer data;
};

/* Runs @func(@data) once when g_get_monotonic_time() reaches @due_us. Re-arming an armed timer moves it. */
void vir_timer_arm(VirTimer *timer, gint64 due_us, VirTimerFunc func, gpointer data);
/* TRUE when it was armed: @func will not run. FALSE: it was not armed, or @func has begun on the loop's thread. */
gboolean vir_timer_disarm(VirTimer *timer);

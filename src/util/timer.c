/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/timer.h"

static struct {
    GMutex lock;
    GPtrArray *heap;         /* of VirTimer*, 1-based: entry 0 is unused */
    GSource *source;
    gint64 ready_us;         /* what the source was last told; -1 none */
} timers = { .ready_us = -1 };

static VirTimer *at(guint slot)
{
    return g_ptr_array_index(timers.heap, slot);
}

static void put(guint slot, VirTimer *timer)
{
    g_ptr_array_index(timers.heap, slot) = timer;
    timer->slot = slot;
}

static void sift_up(guint slot)
{
    VirTimer *timer = at(slot);
    for (; slot > 1 && at(slot / 2)->due_us > timer->due_us; slot /= 2)
        put(slot, at(slot / 2));
    put(slot, timer);
}

static void sift_down(guint slot)
{
    VirTimer *timer = at(slot);
    guint last = timers.heap->len - 1;
    for (guint child; (child = slot * 2) <= last; slot = child) {
        if (child < last && at(child + 1)->due_us < at(child)->due_us)
            child++;
        if (at(child)->due_us >= timer->due_us)
            break;
        put(slot, at(child));
    }
    put(slot, timer);
}

static void take_out(VirTimer *timer)
{
    guint slot = timer->slot, last = timers.heap->len - 1;
    VirTimer *moved = at(last);
    g_ptr_array_set_size(timers.heap, (gint)last);
    timer->slot = 0;
    if (slot == last)
        return;
    put(slot, moved);
    sift_up(slot);
    sift_down(moved->slot);
}

static gboolean dispatch(GSource *source, GSourceFunc unused, gpointer data)
{
    gint64 now = g_get_monotonic_time();
    g_mutex_lock(&timers.lock);
    while (timers.heap->len > 1 && at(1)->due_us <= now) {
        VirTimer *timer = at(1);
        VirTimerFunc func = timer->func;
        gpointer arg = timer->data;
        take_out(timer);
        g_mutex_unlock(&timers.lock);
        func(arg);
        g_mutex_lock(&timers.lock);
    }
    timers.ready_us = timers.heap->len > 1 ? at(1)->due_us : -1;
    g_source_set_ready_time(source, timers.ready_us);
    g_mutex_unlock(&timers.lock);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = { .dispatch = dispatch };

static void ensure_source(void)
{
    if (timers.source)
        return;
    timers.heap = g_ptr_array_new();
    g_ptr_array_add(timers.heap, NULL);
    timers.source = g_source_new(&source_funcs, sizeof(GSource));
    g_source_set_static_name(timers.source, "deadlines");
    g_source_attach(timers.source, NULL);
}

void vir_timer_arm(VirTimer *timer, gint64 due_us, VirTimerFunc func, gpointer data)
{
    g_mutex_lock(&timers.lock);
    ensure_source();
    if (timer->slot)
        take_out(timer);
    timer->due_us = due_us;
    timer->func = func;
    timer->data = data;
    g_ptr_array_add(timers.heap, timer);
    timer->slot = timers.heap->len - 1;
    sift_up(timer->slot);
    /* A wake-up that comes too early costs less than telling the loop of every change. */
    if (timers.ready_us < 0 || due_us < timers.ready_us) {
        timers.ready_us = due_us;
        g_source_set_ready_time(timers.source, due_us);
    }
    g_mutex_unlock(&timers.lock);
}

gboolean vir_timer_disarm(VirTimer *timer)
{
    g_mutex_lock(&timers.lock);
    gboolean armed = timer->slot != 0;
    if (armed)
        take_out(timer);
    g_mutex_unlock(&timers.lock);
    return armed;
}

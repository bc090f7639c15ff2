/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/qmp/qmp-loop.h"

#include <errno.h>
#include <unistd.h>

#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define EVENTS_PER_WAIT 64

static int loop_fd = -1;
static GThread *loop_thread;
static GMutex loop_lock;   /* start only */

static gpointer loop_main(gpointer data)
{
    struct epoll_event events[EVENTS_PER_WAIT];
    for (;;) {
        int n = epoll_wait(loop_fd, events, EVENTS_PER_WAIT, -1);
        /* One descriptor has one entry in a batch, and only this thread removes: no pointer here can be stale. */
        for (int i = 0; i < n; i++) {
            VirQmpSource *source = events[i].data.ptr;
            source->ready(source, events[i].events);
        }
    }
    return NULL;
}

static gboolean loop_start(GError **err)
{
    g_mutex_lock(&loop_lock);
    if (loop_fd < 0) {
        int fd = epoll_create1(EPOLL_CLOEXEC);
        if (fd < 0) {
            g_mutex_unlock(&loop_lock);
            return vir_fail_errno(err, errno, "cannot make the epoll set of the QEMU monitors");
        }
        g_autoptr(GError) failed = NULL;
        g_atomic_int_set(&loop_fd, fd);
        loop_thread = g_thread_try_new("qmp-io", loop_main, NULL, &failed);
        if (!loop_thread) {
            close(fd);
            g_atomic_int_set(&loop_fd, -1);
            g_mutex_unlock(&loop_lock);
            return vir_fail(err, VIR_ERR_OPERATION_FAILED, "cannot start the thread of the QEMU monitors: %s",
                            failed->message);
        }
    }
    g_mutex_unlock(&loop_lock);
    return TRUE;
}

gboolean vir_qmp_loop_add(VirQmpSource *source, guint32 events, GError **err)
{
    if (g_atomic_int_get(&loop_fd) < 0 && !loop_start(err))
        return FALSE;
    struct epoll_event ev = { .events = events, .data.ptr = source };
    if (epoll_ctl(loop_fd, EPOLL_CTL_ADD, source->fd, &ev) < 0)
        return vir_fail_errno(err, errno, "cannot watch QEMU monitor descriptor %d", source->fd);
    return TRUE;
}

void vir_qmp_loop_set(VirQmpSource *source, guint32 events)
{
    struct epoll_event ev = { .events = events, .data.ptr = source };
    epoll_ctl(loop_fd, EPOLL_CTL_MOD, source->fd, &ev);
}

void vir_qmp_loop_remove(VirQmpSource *source)
{
    epoll_ctl(loop_fd, EPOLL_CTL_DEL, source->fd, NULL);
}

gboolean vir_qmp_loop_is_self(void)
{
    return loop_thread && g_thread_self() == loop_thread;
}

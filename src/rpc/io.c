/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/io.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "util/object.h"

#define VIR_FROM_THIS VIR_FROM_RPC
#define BATCH 64

typedef struct {
    void (*func)(gpointer data);
    gpointer data;
} Posted;

struct VirIo {
    GSource source;
    int epoll_fd;
    int wake_fd;             /* eventfd: posted work */
    GMutex lock;
    GArray *posted;          /* of Posted */
    GPtrArray *unref_later;
    struct epoll_event batch[BATCH];
    int batch_len;           /* of the batch being dispatched */
};

static void run_posted(VirIo *io)
{
    guint64 n;
    if (read(io->wake_fd, &n, sizeof(n)) < 0)
        return;
    g_mutex_lock(&io->lock);
    g_autoptr(GArray) work = io->posted;
    io->posted = g_array_new(FALSE, FALSE, sizeof(Posted));
    g_mutex_unlock(&io->lock);
    for (guint i = 0; i < work->len; i++) {
        Posted *p = &g_array_index(work, Posted, i);
        p->func(p->data);
    }
}

static gboolean io_dispatch(GSource *source, GSourceFunc unused, gpointer data)
{
    VirIo *io = (VirIo *)source;
    io->batch_len = epoll_wait(io->epoll_fd, io->batch, BATCH, 0);
    for (int i = 0; i < io->batch_len; i++) {
        VirIoWatch *watch = io->batch[i].data.ptr;
        if (watch == (gpointer)io)
            run_posted(io);
        else if (watch)
            watch->ready(watch, io->batch[i].events);
    }
    io->batch_len = 0;
    while (io->unref_later->len > 0)
        virObjectUnref(g_ptr_array_remove_index_fast(io->unref_later, io->unref_later->len - 1));
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs io_funcs = { .dispatch = io_dispatch };

VirIo *vir_io_new(GMainContext *context)
{
    VirIo *io = (VirIo *)g_source_new(&io_funcs, sizeof(VirIo));
    io->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    io->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (io->epoll_fd < 0 || io->wake_fd < 0)
        g_error("cannot create the epoll descriptor: %s", g_strerror(errno));
    g_mutex_init(&io->lock);
    io->posted = g_array_new(FALSE, FALSE, sizeof(Posted));
    io->unref_later = g_ptr_array_new();
    struct epoll_event ev = { .events = EPOLLIN, .data.ptr = io };
    epoll_ctl(io->epoll_fd, EPOLL_CTL_ADD, io->wake_fd, &ev);
    g_source_add_unix_fd(&io->source, io->epoll_fd, G_IO_IN);
    g_source_set_static_name(&io->source, "sockets");
    /* We never run the loop inside; without this GLib takes the descriptor out of its set and back for every dispatch,
     * with two wake-ups of the loop each. */
    g_source_set_can_recurse(&io->source, TRUE);
    g_source_attach(&io->source, context);
    return io;
}

void vir_io_free(VirIo *io)
{
    if (!io)
        return;
    g_source_destroy(&io->source);
    close(io->epoll_fd);
    close(io->wake_fd);
    g_mutex_clear(&io->lock);
    g_array_unref(io->posted);
    for (guint i = 0; i < io->unref_later->len; i++)
        virObjectUnref(g_ptr_array_index(io->unref_later, i));
    g_ptr_array_unref(io->unref_later);
    g_source_unref(&io->source);
}

gboolean vir_io_add(VirIo *io, VirIoWatch *watch, int fd, guint events, GError **err)
{
    struct epoll_event ev = { .events = events, .data.ptr = watch };
    watch->fd = fd;
    if (epoll_ctl(io->epoll_fd, EPOLL_CTL_ADD, fd, &ev) == 0)
        return TRUE;
    watch->fd = -1;
    return vir_fail_errno(err, errno, "cannot watch descriptor %d", fd);
}

void vir_io_modify(VirIo *io, VirIoWatch *watch, guint events)
{
    struct epoll_event ev = { .events = events, .data.ptr = watch };
    if (watch->fd >= 0)
        epoll_ctl(io->epoll_fd, EPOLL_CTL_MOD, watch->fd, &ev);
}

void vir_io_remove(VirIo *io, VirIoWatch *watch)
{
    if (watch->fd < 0)
        return;
    epoll_ctl(io->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
    watch->fd = -1;
    for (int i = 0; i < io->batch_len; i++) {
        if (io->batch[i].data.ptr == watch)
            io->batch[i].data.ptr = NULL;
    }
}

void vir_io_post(VirIo *io, void (*func)(gpointer data), gpointer data)
{
    Posted p = { func, data };
    guint64 one = 1;
    g_mutex_lock(&io->lock);
    gboolean first = io->posted->len == 0;
    g_array_append_val(io->posted, p);
    g_mutex_unlock(&io->lock);
    if (first && write(io->wake_fd, &one, sizeof(one)) < 0)
        g_warning("cannot wake the main loop: %s", g_strerror(errno));
}

void vir_io_unref_later(VirIo *io, gpointer object)
{
    g_ptr_array_add(io->unref_later, object);
}

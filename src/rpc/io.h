/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any number of descriptors behind one epoll descriptor in GLib's main loop, so that the cost of a call does not grow
 * with idle connections. Watches belong to the loop's thread; modify and post may be called from any thread.
 */
#pragma once

#include <glib.h>
#include <sys/epoll.h>

#include "util/error.h"

typedef struct VirIo VirIo;
typedef struct VirIoWatch VirIoWatch;

struct VirIoWatch {
    /* @events: EPOLLIN, EPOLLOUT, EPOLLHUP, ... On the loop's thread. */
    void (*ready)(VirIoWatch *watch, guint events);
    int fd;                  /* -1 while not added */
};

VirIo *vir_io_new(GMainContext *context);
void vir_io_free(VirIo *io);

gboolean vir_io_add(VirIo *io, VirIoWatch *watch, int fd, guint events, GError **err);
void vir_io_modify(VirIo *io, VirIoWatch *watch, guint events);
/* After it, @watch is not called any more; the descriptor stays open. Loop's thread only. */
void vir_io_remove(VirIo *io, VirIoWatch *watch);

/* Runs @func(@data) on the loop's thread soon. Any thread. */
void vir_io_post(VirIo *io, void (*func)(gpointer data), gpointer data);
/* Drops a reference of a VirObject on the loop's thread after the current batch of events. */
void vir_io_unref_later(VirIo *io, gpointer object);

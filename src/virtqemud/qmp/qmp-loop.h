/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one I/O thread of all monitors: an epoll set that is started with the first monitor. Private to qmp/.
 */
#pragma once

#include <glib.h>
#include <sys/epoll.h>

typedef struct VirQmpSource VirQmpSource;
/* Embedded in what is watched. @ready runs on the I/O thread only. */
struct VirQmpSource {
    int fd;
    void (*ready)(VirQmpSource *source, guint32 events);
};

/* The source's memory must stay until vir_qmp_loop_remove, which only the I/O thread may call. */
gboolean vir_qmp_loop_add(VirQmpSource *source, guint32 events, GError **err);
void vir_qmp_loop_set(VirQmpSource *source, guint32 events);
void vir_qmp_loop_remove(VirQmpSource *source);
gboolean vir_qmp_loop_is_self(void);

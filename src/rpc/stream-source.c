/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/stream-source.h"

#include <fcntl.h>
#include <unistd.h>

static void source_dispose(void *obj)
{
    VirStreamSource *source = obj;
    if (source->fd >= 0)
        close(source->fd);
    if (source->free_data)
        source->free_data(source->data);
    g_mutex_clear(&source->lock);
}
VIR_CLASS_DEFINE(source, VirStreamSource, source_dispose)

VirStreamSource *vir_stream_source_new(int fd, gboolean to_client, gboolean from_client)
{
    VirStreamSource *source = virObjectNew(source_class());
    source->fd = fd;
    source->to_client = to_client;
    source->from_client = from_client;
    g_mutex_init(&source->lock);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    return source;
}

void vir_stream_source_abort(VirStreamSource *source, GError *err)
{
    g_mutex_lock(&source->lock);
    if (source->abort)
        source->abort(source->pump, g_steal_pointer(&err));
    g_mutex_unlock(&source->lock);
    g_clear_error(&err);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What stands behind a stream of the protocol: a descriptor that is read, written or both. A driver makes one and
 * hands it to its invocation; the connection pumps it.
 */
#pragma once

#include "util/error.h"
#include "util/object.h"

typedef struct VirStreamSource VirStreamSource;

struct VirStreamSource {
    VirObject parent;
    int fd;                        /* owned; non-blocking unless a regular file */
    gboolean to_client, from_client;
    /* Asked when the client finishes: the last chance to report an error. May be NULL. Loop's thread. */
    gboolean (*finish)(VirStreamSource *source, GError **err);
    /* The stream is over, for whatever reason. Called once. Loop's thread. May be NULL. */
    void (*closed)(VirStreamSource *source);
    gpointer data;
    GDestroyNotify free_data;
    /* private: set by the pump, under lock */
    GMutex lock;
    void (*abort)(gpointer pump, GError *err);
    gpointer pump;
};
VIR_OBJECT_AUTOPTR(VirStreamSource)

/* Takes @fd. */
VirStreamSource *vir_stream_source_new(int fd, gboolean to_client, gboolean from_client);
/* Ends the stream with an error to its client. Any thread. Takes @err. */
void vir_stream_source_abort(VirStreamSource *source, GError *err);

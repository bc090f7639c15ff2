/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/server.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "rpc/server-client.h"

#define VIR_FROM_THIS VIR_FROM_RPC
#define ACCEPTS_PER_ROUND 64
#define REFUSED_MAX 64          /* clients over the limit that may wait for their error at a time */

VirServer *vir_server_new(VirIo *io, const char *name, const VirServerHandler *handler, gpointer data)
{
    VirServer *server = g_new0(VirServer, 1);
    server->io = io;
    server->name = g_strdup(name);
    server->handler = handler;
    server->data = data;
    server->listeners = g_ptr_array_new();
    server->next_id = 1;
    return server;
}

void vir_server_free(VirServer *server)
{
    if (!server)
        return;
    vir_server_stop_listening(server);
    g_ptr_array_unref(server->listeners);
    g_free(server->name);
    g_free(server);
}

/* A listener waits while too many clients have not shown who they are: the kernel's backlog holds the others. */
static void update_listeners(VirServer *server)
{
    guint limit = server->limits.max_anonymous_clients;
    gboolean pause = limit > 0 && server->nanonymous >= limit;
    for (guint i = 0; i < server->listeners->len; i++) {
        VirListener *listener = g_ptr_array_index(server->listeners, i);
        if (listener->paused != pause) {
            listener->paused = pause;
            vir_io_modify(server->io, &listener->watch, pause ? 0 : EPOLLIN);
        }
    }
}

void vir_server_client_count_changed(VirServer *server)
{
    update_listeners(server);
    if (server->handler->count_changed)
        server->handler->count_changed(server);
}

void vir_server_update_limits(VirServer *server, const VirServerLimits *limits)
{
    server->limits = *limits;
    update_listeners(server);
}

static void accept_ready(VirIoWatch *watch, guint events)
{
    VirListener *listener = (VirListener *)watch;
    VirServer *server = listener->server;
    for (int i = 0; i < ACCEPTS_PER_ROUND && !listener->paused; i++) {
        int fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            return;
        guint max = server->limits.max_clients;
        gboolean refuse = max > 0 && server->nclients >= max;
        if (refuse && server->nclients >= max + REFUSED_MAX) {
            close(fd);
            continue;
        }
        vir_server_client_new(listener, fd, refuse);
    }
}

gboolean vir_server_listen_fd(VirServer *server, int fd, VirTransport transport, gboolean readonly, int auth,
                              const char *path, GError **err)
{
    VirListener *listener = g_new0(VirListener, 1);
    listener->server = server;
    listener->transport = transport;
    listener->readonly = readonly;
    listener->auth = auth;
    listener->path = g_strdup(path);
    listener->watch.ready = accept_ready;
    int flags = fcntl(fd, F_GETFL);
    fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    if (!vir_io_add(server->io, &listener->watch, fd, EPOLLIN, err)) {
        close(fd);
        g_free(listener->path);
        g_free(listener);
        return FALSE;
    }
    g_ptr_array_add(server->listeners, listener);
    return TRUE;
}

gboolean vir_server_listen_unix(VirServer *server, const char *path, mode_t mode, gid_t gid, gboolean readonly,
                                int auth, GError **err)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof(addr.sun_path))
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "socket path '%s' is longer than %zu bytes", path,
                        sizeof(addr.sun_path) - 1);
    strcpy(addr.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return vir_fail_errno(err, errno, "cannot create a socket for '%s'", path);

    unlink(path);
    mode_t old = umask(0777 & ~mode);
    int rc = bind(fd, (struct sockaddr *)&addr, sizeof(addr));
    int saved = errno;
    umask(old);
    if (rc < 0) {
        close(fd);
        return vir_fail_errno(err, saved, "cannot bind socket '%s'", path);
    }
    if ((gid != (gid_t)-1 && chown(path, (uid_t)-1, gid) < 0) || listen(fd, 4096) < 0) {
        saved = errno;
        close(fd);
        unlink(path);
        return vir_fail_errno(err, saved, "cannot listen on socket '%s'", path);
    }
    return vir_server_listen_fd(server, fd, VIR_TRANSPORT_UNIX, readonly, auth, path, err);
}

void vir_server_stop_listening(VirServer *server)
{
    for (guint i = 0; i < server->listeners->len; i++) {
        VirListener *listener = g_ptr_array_index(server->listeners, i);
        int fd = listener->watch.fd;
        vir_io_remove(server->io, &listener->watch);
        close(fd);
        if (listener->path)
            unlink(listener->path);
        g_free(listener->path);
        g_free(listener);
    }
    g_ptr_array_set_size(server->listeners, 0);
}

void vir_server_close_clients(VirServer *server)
{
    while (server->clients.head)
        vir_server_client_disconnect(server->clients.head->data);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/server-client.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "rpc/keepalive.h"

#define OUT_HIGH (4 * 1024 * 1024)        /* a client that lets this much of replies wait is not read from */
#define EVENT_BACKLOG_MAX (8 * 1024 * 1024) /* one that lets this much of events wait is cut off */
#define IOV_MAX_USED 32
#define SCRATCH_SIZE (512 * 1024)
#define IN_GROW_MIN 4096

/* Filled and emptied within one call on the loop's thread: idle clients need no buffer of their own. */
static guint8 *scratch;

static void client_dispose(void *obj)
{
    VirClient *client = obj;
    g_mutex_clear(&client->lock);
    g_free(client->address);
}
VIR_CLASS_DEFINE(client, VirClient, client_dispose)

/* ---- reading ---- */

static void update_watch(VirClient *client)
{
    if (client->closed)
        return;
    vir_io_modify(client->server->io, &client->watch,
                  (client->hold_reads ? 0 : EPOLLIN) | (client->out_blocked ? EPOLLOUT : 0));
}

static gboolean take_fds(VirClient *client, guint n, int *ret_fds)
{
    if (!client->in_fds || client->in_fds->len < n)
        return FALSE;
    memcpy(ret_fds, client->in_fds->data, n * sizeof(int));
    g_array_remove_range(client->in_fds, 0, n);
    return TRUE;
}

static gboolean deliver(VirClient *client, const guint8 *packet, guint32 len, guint nfds)
{
    VirPacketHeader header;
    int fds[VIR_PACKET_FDS_MAX];
    vir_packet_header_get(packet, &header);
    gboolean with_fds = header.type == VIR_PACKET_CALL_WITH_FDS || header.type == VIR_PACKET_REPLY_WITH_FDS;
    guint skip = VIR_PACKET_HEADER_SIZE + (with_fds ? 4 : 0);
    if (nfds && !take_fds(client, nfds, fds))
        return FALSE;

    vir_keepalive_heard(client);
    gboolean ok = vir_keepalive_packet(client, &header) ||
                  client->server->handler->packet(client, &header, packet + skip, len - skip, fds, nfds);
    for (guint i = 0; i < nfds; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
    }
    return ok;
}

/* How many bytes the packet at @buf needs, its descriptor bytes included; 0: more must be read to tell. */
static gboolean packet_need(const guint8 *buf, gsize n, gsize *ret_need, guint32 *ret_len, guint *ret_nfds)
{
    *ret_need = 0;
    *ret_nfds = 0;
    if (n < 4)
        return TRUE;
    guint32 len = vir_get_u32(buf);
    if (len < VIR_PACKET_HEADER_SIZE || len > VIR_PACKET_LENGTH_MAX)
        return FALSE;
    *ret_len = len;
    if (n < VIR_PACKET_HEADER_SIZE)
        return TRUE;
    guint32 type = vir_get_u32(buf + 16);
    if (type == VIR_PACKET_CALL_WITH_FDS || type == VIR_PACKET_REPLY_WITH_FDS) {
        if (len < VIR_PACKET_HEADER_SIZE + 4)
            return FALSE;
        if (n < VIR_PACKET_HEADER_SIZE + 4)
            return TRUE;
        *ret_nfds = vir_get_u32(buf + VIR_PACKET_HEADER_SIZE);
        if (*ret_nfds > VIR_PACKET_FDS_MAX)
            return FALSE;
    }
    *ret_need = (gsize)len + *ret_nfds;
    return TRUE;
}

/* Returns the bytes used up, or -1 when the connection must end. */
static gssize parse(VirClient *client, const guint8 *buf, gsize n)
{
    gsize used = 0;
    vir_client_cork(client);
    while (!client->hold_reads && !client->closed) {
        gsize need;
        guint32 len = 0;
        guint nfds;
        if (!packet_need(buf + used, n - used, &need, &len, &nfds)) {
            vir_client_uncork(client);
            return -1;
        }
        if (!need || n - used < need)
            break;
        if (!deliver(client, buf + used, len, nfds)) {
            vir_client_uncork(client);
            return -1;
        }
        used += need;
    }
    vir_client_uncork(client);
    return client->closed ? -1 : (gssize)used;
}

static void keep_fds(VirClient *client, struct msghdr *msg)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        guint n = (guint)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        if (!client->in_fds)
            client->in_fds = g_array_new(FALSE, FALSE, sizeof(int));
        g_array_append_vals(client->in_fds, CMSG_DATA(c), n);
    }
}

/* Bytes read, 0 at the end, -1 when there is nothing now, -2 on an error. */
static gssize receive(VirClient *client, guint8 *buf, gsize room)
{
    union {
        char data[CMSG_SPACE(sizeof(int) * VIR_PACKET_FDS_MAX)];
        struct cmsghdr align;
    } control;
    struct iovec iov = { buf, room };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.data,
                          .msg_controllen = sizeof(control.data) };
    gssize n;
    do
        n = recvmsg(client->watch.fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno == EAGAIN ? -1 : -2;
    if (msg.msg_controllen > 0)
        keep_fds(client, &msg);
    /* Descriptors that no packet claims are an attack on our table. */
    if ((msg.msg_flags & MSG_CTRUNC) || (client->in_fds && client->in_fds->len > 2 * VIR_PACKET_FDS_MAX))
        return -2;
    return n;
}

static void keep_rest(VirClient *client, const guint8 *rest, gsize n)
{
    if (!client->in)
        client->in = g_byte_array_sized_new((guint)MAX(n, IN_GROW_MIN));
    g_byte_array_append(client->in, rest, (guint)n);
}

static gboolean read_fresh(VirClient *client)
{
    if (!scratch)
        scratch = g_malloc(SCRATCH_SIZE);
    gssize n = receive(client, scratch, SCRATCH_SIZE);
    if (n == -1)
        return TRUE;
    if (n <= 0)
        return FALSE;
    gssize used = parse(client, scratch, (gsize)n);
    if (used < 0)
        return FALSE;
    if (used < n)
        keep_rest(client, scratch + used, (gsize)(n - used));
    return TRUE;
}

/* Parses what is kept; what is used up leaves the buffer, and an empty buffer is given back. */
static gboolean parse_kept(VirClient *client)
{
    GByteArray *in = g_steal_pointer(&client->in);
    gssize used = parse(client, in->data, in->len);
    if (used < 0) {
        g_byte_array_unref(in);
        return FALSE;
    }
    if (used > 0)
        g_byte_array_remove_range(in, 0, (guint)used);
    if (in->len > 0)
        client->in = in;
    else
        g_byte_array_unref(in);
    return TRUE;
}

static gboolean read_more(VirClient *client)
{
    gsize have = client->in->len, need = 0;
    guint32 len = 0;
    guint nfds;
    if (!packet_need(client->in->data, have, &need, &len, &nfds))
        return FALSE;
    /* Memory follows what arrived, not what was announced. */
    gsize room = need > have ? MIN(need - have, MAX(have, IN_GROW_MIN)) : IN_GROW_MIN;
    g_byte_array_set_size(client->in, (guint)(have + room));
    gssize n = receive(client, client->in->data + have, room);
    g_byte_array_set_size(client->in, (guint)(have + (n > 0 ? (gsize)n : 0)));
    if (n == -1)
        return TRUE;
    if (n <= 0)
        return FALSE;
    return client->in->len < need || parse_kept(client);
}

/* ---- writing; the lock is held ---- */

static void fill_iov(VirClient *client, struct iovec *iov, int *ret_n)
{
    int n = 0;
    for (GList *l = client->out.head; l && n < IOV_MAX_USED - 1; l = l->next) {
        VirPacket *p = l->data;
        gsize offset = p->offset;
        if (offset < p->head->len)
            iov[n++] = (struct iovec){ p->head->data + offset, p->head->len - offset };
        if (p->shared) {
            gsize size, skip = offset > p->head->len ? offset - p->head->len : 0;
            const guint8 *data = g_bytes_get_data(p->shared, &size);
            if (skip < size)
                iov[n++] = (struct iovec){ (void *)(data + skip), size - skip };
        }
        if (p->nfds)
            break;
    }
    *ret_n = n;
}

/* One byte of value 0 carries one descriptor. */
static gboolean send_fd(int sock, int fd)
{
    char zero = 0;
    struct iovec iov = { &zero, 1 };
    union {
        char data[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = { { 0 } };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.data,
                          .msg_controllen = sizeof(control.data) };
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &fd, sizeof(int));
    return sendmsg(sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) == 1;
}

static void account_sent(VirClient *client, gsize n, GQueue *finished)
{
    client->out_bytes -= n;
    while (client->out.head) {
        VirPacket *p = client->out.head->data;
        gsize left = vir_packet_size(p) - p->offset;
        gsize part = MIN(left, n);
        p->offset += part;
        n -= part;
        if (p->droppable_event)
            client->out_event_bytes -= part;
        if (part < left || p->fds_sent < p->nfds)
            return;
        g_queue_unlink(&client->out, &p->link);
        g_queue_push_tail_link(finished, &p->link);
    }
}

/* Sends what the kernel takes. Sets dead on an error. */
static void flush_locked(VirClient *client, GQueue *finished)
{
    while (client->out.head && !client->dead) {
        struct iovec iov[IOV_MAX_USED];
        int niov;
        fill_iov(client, iov, &niov);
        if (niov == 0) {
            VirPacket *p = client->out.head->data;
            if (!send_fd(client->watch.fd, p->fds[p->fds_sent]))
                break;
            close(p->fds[p->fds_sent]);
            p->fds[p->fds_sent++] = -1;
            account_sent(client, 0, finished);
            continue;
        }
        struct msghdr msg = { .msg_iov = iov, .msg_iovlen = (size_t)niov };
        gssize n = sendmsg(client->watch.fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0)
            break;
        account_sent(client, (gsize)n, finished);
    }
    if (client->out.head && errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
        client->dead = TRUE;
}

static void after_flush_locked(VirClient *client)
{
    if (client->dead || (client->close_when_flushed && !client->out.head)) {
        client->dead = TRUE;
        shutdown(client->watch.fd, SHUT_RDWR);
        return;
    }
    gboolean blocked = client->out.head != NULL;
    if (blocked != client->out_blocked) {
        client->out_blocked = blocked;
        /* hold_reads belongs to the loop's thread; a stale value here is corrected by the next update there. */
        vir_io_modify(client->server->io, &client->watch,
                      (client->hold_reads ? 0 : EPOLLIN) | (blocked ? EPOLLOUT : 0));
    }
}

static void free_finished(GQueue *finished, gboolean sent)
{
    GList *link;
    while ((link = g_queue_pop_head_link(finished)))
        vir_packet_free(link->data, sent);
}

gboolean vir_client_send(VirClient *client, VirPacket *packet)
{
    GQueue finished = G_QUEUE_INIT;
    g_mutex_lock(&client->lock);
    if (client->dead || client->watch.fd < 0) {
        g_mutex_unlock(&client->lock);
        vir_packet_free(packet, FALSE);
        return FALSE;
    }
    gsize size = vir_packet_size(packet);
    client->out_bytes += size;
    if (packet->droppable_event)
        client->out_event_bytes += size;
    packet->link = (GList){ .data = packet };
    g_queue_push_tail_link(&client->out, &packet->link);
    if (client->out_event_bytes > EVENT_BACKLOG_MAX)
        client->dead = TRUE;
    if (!client->corked && !client->out_blocked)
        flush_locked(client, &finished);
    if (!client->corked)
        after_flush_locked(client);
    g_mutex_unlock(&client->lock);
    free_finished(&finished, TRUE);
    return TRUE;
}

void vir_client_cork(VirClient *client)
{
    g_mutex_lock(&client->lock);
    client->corked = TRUE;
    g_mutex_unlock(&client->lock);
}

static void flush_now(VirClient *client)
{
    GQueue finished = G_QUEUE_INIT;
    g_mutex_lock(&client->lock);
    client->corked = FALSE;
    if (client->watch.fd >= 0 && !client->dead) {
        flush_locked(client, &finished);
        after_flush_locked(client);
    }
    gboolean hold = client->out_bytes > OUT_HIGH;
    g_mutex_unlock(&client->lock);
    free_finished(&finished, TRUE);

    if (hold != client->reads_held_for_out && !client->closed) {
        client->reads_held_for_out = hold;
        if (hold)
            vir_client_hold_reads(client);
        else
            vir_client_release_reads(client);
    }
}

void vir_client_uncork(VirClient *client)
{
    flush_now(client);
}

/* ---- life ---- */

static void client_ready(VirIoWatch *watch, guint events)
{
    VirClient *client = (VirClient *)((char *)watch - G_STRUCT_OFFSET(VirClient, watch));
    gboolean ok = TRUE;
    if (events & EPOLLOUT)
        flush_now(client);
    if ((events & EPOLLIN) && !client->hold_reads)
        ok = client->in ? read_more(client) : read_fresh(client);
    else if (events & (EPOLLHUP | EPOLLERR))
        ok = FALSE;
    if (!ok)
        vir_server_client_disconnect(client);
}

void vir_client_hold_reads(VirClient *client)
{
    if (client->hold_reads++ == 0)
        update_watch(client);
}

static void go_on(gpointer data)
{
    VirClient *client = data;
    if (!client->closed && !client->hold_reads && client->in && !parse_kept(client))
        vir_server_client_disconnect(client);
    vir_io_unref_later(client->server->io, client);
}

void vir_client_release_reads(VirClient *client)
{
    g_return_if_fail(client->hold_reads > 0);
    if (--client->hold_reads > 0 || client->closed)
        return;
    update_watch(client);
    if (client->in)
        vir_io_post(client->server->io, go_on, virObjectRef(client));
}

static void peer_credentials(VirClient *client)
{
    struct ucred cred;
    socklen_t len = sizeof(cred);
    client->uid = (uid_t)-1;
    client->gid = (gid_t)-1;
    if (client->transport == VIR_TRANSPORT_UNIX &&
        getsockopt(client->watch.fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0) {
        client->uid = cred.uid;
        client->gid = cred.gid;
        client->pid = cred.pid;
    }
}

void vir_server_client_new(VirListener *listener, int fd, gboolean refuse)
{
    VirServer *server = listener->server;
    VirClient *client = virObjectNew(client_class());
    g_mutex_init(&client->lock);
    client->server = server;
    client->transport = listener->transport;
    client->readonly = listener->readonly;
    client->auth = listener->auth;
    client->id = server->next_id++;
    client->since = g_get_real_time() / G_USEC_PER_SEC;
    client->refused = refuse;
    client->watch.ready = client_ready;
    client->link = (GList){ .data = client };
    if (!vir_io_add(server->io, &client->watch, fd, EPOLLIN, NULL)) {
        close(fd);
        virObjectUnref(client);
        return;
    }
    peer_credentials(client);
    g_queue_push_tail_link(&server->clients, &client->link);
    server->nclients++;
    server->nanonymous++;
    if (!server->handler->opened(client)) {
        vir_server_client_disconnect(client);
        return;
    }
    vir_server_client_count_changed(server);
}

void vir_server_client_disconnect(VirClient *client)
{
    VirServer *server = client->server;
    if (client->closed)
        return;
    client->closed = TRUE;
    vir_keepalive_stop(client);

    g_mutex_lock(&client->lock);
    int fd = client->watch.fd;
    vir_io_remove(server->io, &client->watch);
    client->dead = TRUE;
    GQueue left = client->out;
    g_queue_init(&client->out);
    g_mutex_unlock(&client->lock);
    close(fd);
    free_finished(&left, FALSE);

    for (guint i = 0; client->in_fds && i < client->in_fds->len; i++)
        close(g_array_index(client->in_fds, int, i));
    g_clear_pointer(&client->in_fds, g_array_unref);
    g_clear_pointer(&client->in, g_byte_array_unref);

    g_queue_unlink(&server->clients, &client->link);
    server->nclients--;
    if (!client->authenticated)
        server->nanonymous--;
    server->handler->closed(client);
    vir_server_client_count_changed(server);
    vir_io_unref_later(server->io, client);
}

void vir_client_close(VirClient *client)
{
    g_mutex_lock(&client->lock);
    client->dead = TRUE;
    if (client->watch.fd >= 0)
        shutdown(client->watch.fd, SHUT_RDWR);
    g_mutex_unlock(&client->lock);
}

void vir_client_close_when_flushed(VirClient *client)
{
    g_mutex_lock(&client->lock);
    client->close_when_flushed = TRUE;
    if (client->watch.fd >= 0 && !client->corked)
        after_flush_locked(client);
    g_mutex_unlock(&client->lock);
}

void vir_client_set_authenticated(VirClient *client)
{
    if (client->authenticated)
        return;
    client->authenticated = TRUE;
    client->server->nanonymous--;
    vir_server_client_count_changed(client->server);
}

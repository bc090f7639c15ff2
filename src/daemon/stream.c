/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pumps between a stream source and its client. To the client: one data packet is in flight at a time, so memory is
 * bounded by a chunk. From the client: what the source does not take at once is kept up to a bound, then the client is
 * not read from until the source took it.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "daemon/conn.h"
#include "rpc/stream-source.h"
#include "rpc/wire-error.h"

#define VIR_FROM_THIS VIR_FROM_STREAMS
#define PENDING_HIGH (512 * 1024)

struct VirPump {
    VirObject parent;
    VirIoWatch watch;
    VirConn *conn;                 /* borrowed; NULL once the stream is over */
    VirClient *client;             /* reference */
    VirPacketHeader header;        /* of its packets */
    VirStreamSource *source;       /* reference */
    gboolean pollable;             /* FALSE: a regular file, always ready */
    gboolean in_flight, eof, finishing, holding_reads, turn_posted, started;
    GByteArray *pending;           /* from the client, not yet taken by the source; NULL while empty */
};

static void pump_dispose(void *obj)
{
    VirPump *pump = obj;
    virObjectUnref(pump->source);
    virObjectUnref(pump->client);
    if (pump->pending)
        g_byte_array_unref(pump->pending);
}
VIR_CLASS_DEFINE(pump, VirPump, pump_dispose)

static VirIo *pump_io(VirPump *pump)
{
    return pump->client->server->io;
}

static void send_status(VirPump *pump, VirPacketStatus status, const GError *err)
{
    VirPacket *packet = vir_packet_new();
    VirPacketHeader header = pump->header;
    header.status = status;
    if (err)
        vir_wire_error_encode(err, packet->head);
    vir_packet_finish(packet, &header);
    vir_client_send(pump->client, packet);
}

/* The stream is over: its packets are unknown from here on. */
static void pump_end(VirPump *pump)
{
    if (!pump->conn)
        return;
    pump->conn->pumps = g_list_remove(pump->conn->pumps, pump);
    pump->conn = NULL;
    VirStreamSource *source = pump->source;
    g_mutex_lock(&source->lock);
    source->abort = NULL;
    source->pump = NULL;
    g_mutex_unlock(&source->lock);
    vir_io_remove(pump_io(pump), &pump->watch);
    if (pump->holding_reads)
        vir_client_release_reads(pump->client);
    if (source->closed)
        source->closed(source);
    vir_io_unref_later(pump_io(pump), pump);
}

static void pump_fail(VirPump *pump, const GError *err)
{
    send_status(pump, VIR_PACKET_ERROR, err);
    pump_end(pump);
}

static void take_turn(gpointer data);

/* Regular files cannot be polled: the next step is posted instead. */
static void want_turn(VirPump *pump)
{
    if (pump->turn_posted)
        return;
    pump->turn_posted = TRUE;
    vir_io_post(pump_io(pump), take_turn, virObjectRef(pump));
}

static void update_interest(VirPump *pump)
{
    if (!pump->conn || !pump->started)
        return;
    gboolean read = pump->source->to_client && !pump->in_flight && !pump->eof;
    gboolean write = pump->pending != NULL;
    if (pump->pollable)
        vir_io_modify(pump_io(pump), &pump->watch, (read ? EPOLLIN : 0) | (write ? EPOLLOUT : 0));
    else if (read || write)
        want_turn(pump);
}

static void packet_gone(gpointer data, gboolean sent);

static void read_source(VirPump *pump)
{
    VirPacket *packet = vir_packet_new();
    g_byte_array_set_size(packet->head, VIR_PACKET_HEADER_SIZE + VIR_PACKET_STREAM_CHUNK);
    gssize n;
    do
        n = read(pump->source->fd, packet->head->data + VIR_PACKET_HEADER_SIZE, VIR_PACKET_STREAM_CHUNK);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno == EAGAIN) {
        vir_packet_free(packet, FALSE);
        return;
    }
    /* A terminal whose other end is gone reads as EIO. */
    if (n < 0 && errno != EIO) {
        g_autoptr(GError) err = NULL;
        vir_fail_errno(&err, errno, "cannot read the source of the stream");
        vir_packet_free(packet, FALSE);
        pump_fail(pump, err);
        return;
    }
    pump->eof = n <= 0;
    g_byte_array_set_size(packet->head, VIR_PACKET_HEADER_SIZE + (guint)MAX(n, 0));
    VirPacketHeader header = pump->header;
    header.status = VIR_PACKET_CONTINUE;
    vir_packet_finish(packet, &header);
    packet->done = packet_gone;
    packet->done_data = virObjectRef(pump);
    pump->in_flight = TRUE;
    vir_client_send(pump->client, packet);
}

static void packet_left(gpointer data)
{
    VirPump *pump = data;
    pump->in_flight = FALSE;
    update_interest(pump);
    vir_io_unref_later(pump_io(pump), pump);
}

/* Runs inside the client's send path, on any thread. */
static void packet_gone(gpointer data, gboolean sent)
{
    VirPump *pump = data;
    vir_io_post(pump_io(pump), packet_left, pump);
}

static void finish_now(VirPump *pump)
{
    g_autoptr(GError) err = NULL;
    if (pump->source->finish && !pump->source->finish(pump->source, &err))
        send_status(pump, VIR_PACKET_ERROR, err);
    else
        send_status(pump, VIR_PACKET_OK, NULL);
    pump_end(pump);
}

static void write_source(VirPump *pump)
{
    GByteArray *pending = pump->pending;
    gssize n;
    do
        n = write(pump->source->fd, pending->data, pending->len);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n < 0) {
        g_autoptr(GError) err = NULL;
        vir_fail_errno(&err, errno, "cannot write to the stream");
        pump_fail(pump, err);
        return;
    }
    g_byte_array_remove_range(pending, 0, (guint)n);
    if (pending->len < PENDING_HIGH / 2 && pump->holding_reads) {
        pump->holding_reads = FALSE;
        vir_client_release_reads(pump->client);
    }
    if (pending->len > 0)
        return;
    g_clear_pointer(&pump->pending, g_byte_array_unref);
    if (pump->finishing)
        finish_now(pump);
}

static void work(VirPump *pump, gboolean readable, gboolean writable)
{
    if (writable && pump->conn && pump->pending)
        write_source(pump);
    if (readable && pump->conn && pump->source->to_client && !pump->in_flight && !pump->eof)
        read_source(pump);
    update_interest(pump);
}

static void source_ready(VirIoWatch *watch, guint events)
{
    VirPump *pump = (VirPump *)((char *)watch - G_STRUCT_OFFSET(VirPump, watch));
    gboolean hup = events & (EPOLLHUP | EPOLLERR);
    /* Nobody reads any more and the peer is gone: epoll would repeat the hang-up for ever. */
    if (hup && !(events & EPOLLIN) && (pump->eof || pump->in_flight || !pump->source->to_client)) {
        vir_io_remove(pump_io(pump), &pump->watch);
        pump->pollable = FALSE;
    }
    work(pump, (events & EPOLLIN) || hup, events & EPOLLOUT);
}

static void take_turn(gpointer data)
{
    VirPump *pump = data;
    pump->turn_posted = FALSE;
    if (pump->conn)
        work(pump, TRUE, TRUE);
    vir_io_unref_later(pump_io(pump), pump);
}

typedef struct {
    VirPump *pump;
    GError *err;
} Abort;

static void abort_on_loop(gpointer data)
{
    Abort *a = data;
    if (a->pump->conn)
        pump_fail(a->pump, a->err);
    vir_io_unref_later(pump_io(a->pump), a->pump);
    g_error_free(a->err);
    g_free(a);
}

static void pump_abort(gpointer data, GError *err)
{
    Abort *a = g_new(Abort, 1);
    a->pump = virObjectRef(data);
    a->err = err;
    vir_io_post(pump_io(a->pump), abort_on_loop, a);
}

VirPump *vir_pump_new(VirConn *conn, const VirCall *call, guint32 serial, VirStreamSource *source, gboolean sparse)
{
    VirPump *pump = virObjectNew(pump_class());
    pump->conn = conn;
    pump->client = virObjectRef(conn->client);
    pump->source = virObjectRef(source);
    pump->header = (VirPacketHeader){ call->program, call->version, call->proc, VIR_PACKET_STREAM, serial,
                                      VIR_PACKET_CONTINUE };
    pump->watch.fd = -1;
    pump->watch.ready = source_ready;
    conn->pumps = g_list_prepend(conn->pumps, pump);
    g_mutex_lock(&source->lock);
    source->pump = pump;
    source->abort = pump_abort;
    g_mutex_unlock(&source->lock);
    return pump;
}

void vir_pump_start(VirPump *pump)
{
    pump->started = TRUE;
    pump->pollable = vir_io_add(pump_io(pump), &pump->watch, pump->source->fd, 0, NULL);
    update_interest(pump);
}

static void data_from_client(VirPump *pump, const guint8 *data, gsize len)
{
    if (!pump->source->from_client || pump->finishing) {
        g_autoptr(GError) err = NULL;
        vir_fail(&err, VIR_ERR_RPC, "this stream takes no data");
        pump_fail(pump, err);
        return;
    }
    if (!len)
        return;
    if (!pump->pending)
        pump->pending = g_byte_array_sized_new((guint)len);
    g_byte_array_append(pump->pending, data, (guint)len);
    write_source(pump);
    if (pump->conn && pump->pending && pump->pending->len > PENDING_HIGH && !pump->holding_reads) {
        pump->holding_reads = TRUE;
        vir_client_hold_reads(pump->client);
    }
    update_interest(pump);
}

void vir_pump_packet(VirConn *conn, const VirPacketHeader *header, const guint8 *payload, gsize len)
{
    VirPump *pump = NULL;
    for (GList *l = conn->pumps; l && !pump; l = l->next) {
        VirPump *p = l->data;
        if (p->header.serial == header->serial && p->header.proc == header->proc &&
            p->header.program == header->program)
            pump = p;
    }
    if (!pump)
        return;
    if (header->type == VIR_PACKET_STREAM_HOLE) {
        g_autoptr(GError) err = NULL;
        vir_fail(&err, VIR_ERR_RPC, "this stream was not opened for holes");
        pump_fail(pump, err);
        return;
    }
    switch (header->status) {
    case VIR_PACKET_CONTINUE:
        data_from_client(pump, payload, len);
        break;
    case VIR_PACKET_OK:
        pump->finishing = TRUE;
        if (!pump->pending)
            finish_now(pump);
        break;
    case VIR_PACKET_ERROR:
        send_status(pump, VIR_PACKET_OK, NULL);
        pump_end(pump);
        break;
    default:
        break;
    }
}

void vir_pump_close_all(VirConn *conn)
{
    while (conn->pumps)
        pump_end(conn->pumps->data);
}

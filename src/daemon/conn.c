/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define VIR_LOG_SOURCE "daemon.conn"
#include "daemon/conn.h"

#include <unistd.h>

#include "api/wire-types.h"
#include "rpc/stream-source.h"
#include "rpc/wire-error.h"
#include "util/log.h"

#define VIR_FROM_THIS VIR_FROM_RPC

/* Calls that may wait for a slot before the client is no longer read from. */
#define PARKED_MAX 64

static void conn_dispose(void *obj)
{
    VirConn *conn = obj;
    virObjectUnref(conn->session);
    virObjectUnref(conn->client);
    g_mutex_clear(&conn->lock);
}
VIR_CLASS_DEFINE(conn, VirConn, conn_dispose)

/* ---- replies ---- */

static VirPacketHeader reply_header(const VirPacketHeader *request, VirPacketType type, VirPacketStatus status)
{
    return (VirPacketHeader){ request->program, request->version, request->proc, type, request->serial, status };
}

VirPacket *vir_conn_error_packet(const VirPacketHeader *request, const GError *err)
{
    VirPacket *packet = vir_packet_new();
    VirPacketHeader header = reply_header(request, VIR_PACKET_REPLY, VIR_PACKET_ERROR);
    vir_wire_error_encode(err, packet->head);
    vir_packet_finish(packet, &header);
    return packet;
}

void vir_conn_send_error(VirConn *conn, const VirPacketHeader *request, const GError *err)
{
    vir_client_send(conn->client, vir_conn_error_packet(request, err));
}

/* What an invocation needs to be answered. */
typedef struct {
    VirConn *conn;           /* reference */
    guint32 serial;
    gboolean counted;        /* holds one of the client's slots */
    gboolean sparse;
} Pending;

static VirPacket *result_packet(VirInvocation *inv, const VirPacketHeader *request)
{
    const VirCall *call = inv->call;
    VirPacket *packet = vir_packet_new();
    g_autoptr(GError) err = NULL;
    guint nfds = inv->fds_out ? inv->fds_out->len : 0;
    VirPacketHeader header = reply_header(request, nfds ? VIR_PACKET_REPLY_WITH_FDS : VIR_PACKET_REPLY, VIR_PACKET_OK);
    if (nfds) {
        guint8 count[4];
        vir_put_u32(count, nfds);
        g_byte_array_append(packet->head, count, sizeof(count));
    }
    if (call->ret && !vir_xdr_encode(call->ret, inv->ret, packet->head, &err)) {
        vir_packet_free(packet, FALSE);
        return vir_conn_error_packet(request, err);
    }
    if (nfds) {
        packet->nfds = nfds;
        packet->fds = (int *)g_array_free(g_steal_pointer(&inv->fds_out), FALSE);
    }
    vir_packet_finish(packet, &header);
    return packet;
}

static void log_failure(VirInvocation *inv, Pending *pending, const GError *err)
{
    VIR_INFO("client %" G_GUINT64_FORMAT " call %s serial %u: %s", pending->conn->client->id, inv->call->name,
             pending->serial, err->message);
}

static void unpark(gpointer data);

/* A slot is free again: whoever waits for it goes on. Any thread. */
static void release_slot(VirConn *conn)
{
    g_mutex_lock(&conn->lock);
    conn->in_progress--;
    gboolean post = conn->parked.length > 0 && !conn->unpark_posted;
    if (post)
        conn->unpark_posted = TRUE;
    g_mutex_unlock(&conn->lock);
    if (post)
        vir_io_post(conn->daemon->io, unpark, virObjectRef(conn));
}

typedef struct {
    VirInvocation *inv;
    VirPacket *reply;
} OpenStream;

/* The stream must be known before its reply leaves: the client's data may follow at once. */
static void open_stream(gpointer data)
{
    OpenStream *open = data;
    VirInvocation *inv = open->inv;
    Pending *pending = inv->carrier;
    VirConn *conn = pending->conn;
    if (conn->client->closed) {
        if (inv->stream->closed)
            inv->stream->closed(inv->stream);
        vir_packet_free(open->reply, FALSE);
    } else {
        VirPump *pump = vir_pump_new(conn, inv->call, pending->serial, inv->stream, pending->sparse);
        vir_client_send(conn->client, open->reply);
        vir_pump_start(pump);
    }
    virObjectUnref(inv);
    vir_io_unref_later(conn->daemon->io, conn);
    g_free(pending);
    g_free(open);
}

static void conn_answer(VirInvocation *inv, const GError *err)
{
    Pending *pending = inv->carrier;
    VirConn *conn = pending->conn;
    VirPacketHeader request = { inv->call->program, inv->call->version, inv->call->proc, 0, pending->serial, 0 };
    gboolean counted = pending->counted;
    if (err)
        log_failure(inv, pending, err);
    VirPacket *packet = err ? vir_conn_error_packet(&request, err) : result_packet(inv, &request);

    if (!err && inv->stream) {
        OpenStream *open = g_new(OpenStream, 1);
        *open = (OpenStream){ virObjectRef(inv), packet };
        virObjectRef(conn);
        vir_io_post(conn->daemon->io, open_stream, open);
    } else {
        vir_client_send(conn->client, packet);
        inv->carrier = NULL;
        g_free(pending);
    }
    if (counted)
        release_slot(conn);
    virObjectUnref(conn);
}

/* ---- calls ---- */

static void start(VirConn *conn, VirInvocation *inv)
{
    vir_invoke(inv);
    virObjectUnref(inv);
}

static void unpark(gpointer data)
{
    VirConn *conn = data;
    for (;;) {
        VirInvocation *inv = NULL;
        g_mutex_lock(&conn->lock);
        conn->unpark_posted = FALSE;
        guint max = conn->client->server->limits.max_client_requests;
        if (conn->parked.length > 0 && (!max || conn->in_progress < max || conn->client->closed)) {
            inv = g_queue_pop_head(&conn->parked);
            conn->in_progress++;
        }
        guint left = conn->parked.length;
        g_mutex_unlock(&conn->lock);
        if (conn->parked_reads && left < PARKED_MAX / 2) {
            conn->parked_reads = 0;
            vir_client_release_reads(conn->client);
        }
        if (!inv)
            break;
        start(conn, inv);
    }
    vir_io_unref_later(conn->daemon->io, conn);
}

/* Starts the call, or lets it wait for one of the client's slots. Takes @inv. */
static void admit(VirConn *conn, VirInvocation *inv)
{
    Pending *pending = inv->carrier;
    guint max = conn->client->server->limits.max_client_requests;
    pending->counted = vir_call_counts(inv->call);
    if (!pending->counted) {
        start(conn, inv);
        return;
    }
    g_mutex_lock(&conn->lock);
    gboolean park = max > 0 && (conn->in_progress >= max || conn->parked.length > 0);
    if (park)
        g_queue_push_tail(&conn->parked, inv);
    else
        conn->in_progress++;
    guint parked = conn->parked.length;
    g_mutex_unlock(&conn->lock);
    if (!park)
        start(conn, inv);
    else if (parked >= PARKED_MAX && !conn->parked_reads) {
        conn->parked_reads = 1;
        vir_client_hold_reads(conn->client);
    }
}

static gboolean refuse(VirConn *conn, const VirPacketHeader *header, int code, const char *fmt, ...)
    G_GNUC_PRINTF(4, 5);

/* Answers with an error; the connection goes on. */
static gboolean refuse(VirConn *conn, const VirPacketHeader *header, int code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    g_autofree char *detail = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_autoptr(GError) err = NULL;
    vir_fail(&err, code, "%s", detail);
    vir_conn_send_error(conn, header, err);
    return TRUE;
}

/* The table that serves @call on this connection: the admin server has its own, the others share the base. */
static VirDriver *driver_for(VirConn *conn, const VirCall *call)
{
    VirDaemon *daemon = conn->daemon;
    if (conn->client->server == daemon->admin)
        return &daemon->admin_driver;
    /* A driver may refine what the base does, but not before the connection is open. */
    gboolean refined = conn->session->opened && vir_driver_has(&daemon->driver, call);
    return !refined && vir_driver_has(&daemon->base, call) ? &daemon->base : &daemon->driver;
}

static gboolean serves_program(VirConn *conn, guint32 program)
{
    if (conn->client->server == conn->daemon->admin)
        return program == ADMIN_PROGRAM;
    return program == REMOTE_PROGRAM || program == QEMU_PROGRAM || program == LXC_PROGRAM;
}

static gboolean call_packet(VirConn *conn, const VirPacketHeader *header, const guint8 *payload, gsize len, int *fds,
                            guint nfds)
{
    g_autoptr(GError) err = NULL;
    if (!serves_program(conn, header->program))
        return refuse(conn, header, VIR_ERR_RPC, "Cannot find program %u version %u", header->program,
                      header->version);
    const VirCall *call = vir_call_find(header->program, header->proc);
    if (call && header->version != call->version)
        return refuse(conn, header, VIR_ERR_RPC, "program %u has no version %u", header->program, header->version);
    if (header->status != VIR_PACKET_OK)
        return refuse(conn, header, VIR_ERR_RPC, "a call has status %u", header->status);
    if (!call || call->event != VIR_EVENT_NONE)
        return refuse(conn, header, VIR_ERR_RPC, "unknown procedure: %d", header->proc);
    if (call->auth_required && !conn->client->authenticated)
        return refuse(conn, header, VIR_ERR_RPC, "authentication required");
    /* The daemon's own calls know themselves whether they can do without. */
    VirDriver *driver = driver_for(conn, call);
    if (!conn->session->opened && driver == &conn->daemon->driver)
        return refuse(conn, header, VIR_ERR_INTERNAL_ERROR, "connection not open");

    VirInvocation *inv = vir_invocation_new(call, driver, conn->session);
    if (call->args && !vir_xdr_decode(call->args, payload, len, inv->args, NULL, &err)) {
        virObjectUnref(inv);
        vir_conn_send_error(conn, header, err);
        return TRUE;
    }
    if (nfds) {
        inv->fds_in = g_memdup2(fds, nfds * sizeof(int));
        inv->nfds_in = nfds;
        for (guint i = 0; i < nfds; i++)
            fds[i] = -1;
    }
    Pending *pending = g_new0(Pending, 1);
    pending->conn = virObjectRef(conn);
    pending->serial = header->serial;
    if (call->sparse_flag && call->flags_offset != VIR_OFFSET_NONE)
        pending->sparse = (*(guint *)((guint8 *)inv->args + call->flags_offset) & call->sparse_flag) != 0;
    inv->carrier = pending;
    inv->answer = conn_answer;
    admit(conn, inv);
    return TRUE;
}

static gboolean conn_packet(VirClient *client, const VirPacketHeader *header, const guint8 *payload, gsize len,
                            int *fds, guint nfds)
{
    VirConn *conn = client->session;
    switch (header->type) {
    case VIR_PACKET_CALL:
    case VIR_PACKET_CALL_WITH_FDS:
        break;
    case VIR_PACKET_STREAM:
    case VIR_PACKET_STREAM_HOLE:
        vir_pump_packet(conn, header, payload, len);
        return TRUE;
    default:
        return TRUE;
    }
    if (conn->closing)
        return TRUE;
    if (client->refused) {
        refuse(conn, header, VIR_ERR_RPC, "too many clients: %u are connected and max_clients is %u",
               client->server->nclients, client->server->limits.max_clients);
        vir_client_close_when_flushed(client);
        conn->closing = TRUE;
        return TRUE;
    }
    return call_packet(conn, header, payload, len, fds, nfds);
}

/* ---- life ---- */

static void send_event(VirSession *session, const VirCall *event, gint callback_id, GBytes *body)
{
    VirConn *conn = session->carrier;
    VirPacketHeader header = { event->program, event->version, event->proc, VIR_PACKET_MESSAGE, 1, VIR_PACKET_OK };
    VirPacket *packet = vir_packet_new();
    if (event->event == VIR_EVENT_CALLBACK) {
        g_byte_array_set_size(packet->head, VIR_PACKET_HEADER_SIZE + 4);
        vir_put_u32(packet->head->data + VIR_PACKET_HEADER_SIZE, (guint32)callback_id);
    }
    packet->shared = g_bytes_ref(body);
    packet->droppable_event = TRUE;
    vir_packet_finish(packet, &header);
    vir_client_send(conn->client, packet);
}

static const VirSessionSink sink = { .send_event = send_event };

static gboolean conn_opened(VirClient *client)
{
    VirDaemon *daemon = client->server->data;
    /* Whoever may not administer is not even told that somebody listens. */
    if (client->server == daemon->admin && client->uid != geteuid())
        return FALSE;
    VirConn *conn = virObjectNew(conn_class());
    g_mutex_init(&conn->lock);
    conn->daemon = daemon;
    conn->client = virObjectRef(client);
    conn->session = vir_session_new(&sink, conn);
    conn->session->client_id = client->id;
    conn->session->readonly = client->readonly;
    conn->session->identity.uid = client->uid;
    conn->session->identity.gid = client->gid;
    conn->session->identity.pid = client->pid;
    client->session = conn;
    if (client->server == daemon->admin)
        vir_client_set_authenticated(client);
    return TRUE;
}

static void conn_closed(VirClient *client)
{
    VirConn *conn = client->session;
    VirDaemon *daemon = conn->daemon;
    if (!conn)
        return;
    vir_pump_close_all(conn);
    vir_events_drop_session(daemon->driver.events, conn->session);
    vir_session_close(conn->session);

    /* Calls that were not begun have nobody left to answer. */
    g_mutex_lock(&conn->lock);
    GQueue parked = conn->parked;
    g_queue_init(&conn->parked);
    g_mutex_unlock(&conn->lock);
    VirInvocation *inv;
    while ((inv = g_queue_pop_head(&parked))) {
        Pending *pending = g_steal_pointer(&inv->carrier);
        virObjectUnref(pending->conn);
        g_free(pending);
        virObjectUnref(inv);
    }
    client->session = NULL;
    vir_io_unref_later(daemon->io, conn);
}

static void count_changed(VirServer *server)
{
    vir_daemon_check_idle(server->data);
}

const VirServerHandler vir_conn_handler = {
    .opened = conn_opened,
    .packet = conn_packet,
    .closed = conn_closed,
    .count_changed = count_changed,
};

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One client connection of a daemon: from packets to calls and back. Loop's thread unless said otherwise.
 */
#pragma once

#include "daemon/daemon.h"
#include "rpc/server.h"
#include "store/invoke.h"

typedef struct VirConn VirConn;
typedef struct VirPump VirPump;

struct VirConn {
    VirObject parent;
    VirDaemon *daemon;
    VirClient *client;             /* reference */
    VirSession *session;           /* reference; its carrier is this conn */
    gboolean closing;              /* CONNECT_CLOSE was answered */
    gboolean refused_answered;
    GList *pumps;                  /* of VirPump*: open streams */
    guint parked_reads;            /* TRUE while reads are held because too much is parked */
    /* under lock */
    GMutex lock;
    guint in_progress;             /* calls that count against max_client_requests */
    GQueue parked;                 /* of VirInvocation*: references, waiting for a slot */
    gboolean unpark_posted;
    gboolean close_registered;     /* the client wants to hear when the driver ends; loop thread only */
};

extern const VirServerHandler vir_conn_handler;

/* Reply packets. */
VirPacket *vir_conn_error_packet(const VirPacketHeader *request, const GError *err);
void vir_conn_send_error(VirConn *conn, const VirPacketHeader *request, const GError *err);

/* ---- streams (stream.c) ---- */

/* Registers the stream before its reply is sent. Takes a reference of @source. */
VirPump *vir_pump_new(VirConn *conn, const VirCall *call, guint32 serial, VirStreamSource *source, gboolean sparse);
/* Begins to read the source; after the reply was queued. */
void vir_pump_start(VirPump *pump);
/* A stream or hole packet from the client; unknown ones are dropped. */
void vir_pump_packet(VirConn *conn, const VirPacketHeader *header, const guint8 *payload, gsize len);
/* The connection is gone. */
void vir_pump_close_all(VirConn *conn);

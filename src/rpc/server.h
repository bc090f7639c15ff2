/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Listening sockets and their clients: framing, descriptors, flow control, keepalive. What packets mean is the
 * handler's business. Reading and closing happen on the loop's thread; sending may happen on any.
 */
#pragma once

#include <sys/types.h>

#include "rpc/io.h"
#include "rpc/packet.h"
#include "util/object.h"
#include "util/timer.h"

typedef struct VirServer VirServer;
typedef struct VirListener VirListener;
typedef struct VirClient VirClient;

/* All run on the loop's thread. */
typedef struct {
    /* A client was accepted; set client->session here. FALSE closes it without a word. */
    gboolean (*opened)(VirClient *client);
    /* One whole packet. @payload is valid during the call only and starts behind the descriptor count, if any.
     * A descriptor is the callee's once it has set its place in @fds to -1. FALSE closes the connection. */
    gboolean (*packet)(VirClient *client, const VirPacketHeader *header, const guint8 *payload, gsize len, int *fds,
                       guint nfds);
    /* The connection is gone; nothing can be sent any more. Called once for each opened client. */
    void (*closed)(VirClient *client);
    /* Number of clients of any server changed (the idle time-out looks at it). */
    void (*count_changed)(VirServer *server);
} VirServerHandler;

/* Written by the loop's thread only (the admin calls post there). */
typedef struct {
    guint max_clients;             /* 0: no limit */
    guint max_anonymous_clients;   /* not yet authenticated; 0: no limit */
    guint max_client_requests;     /* calls of one client in progress; read by the handler */
    int keepalive_interval;        /* seconds; <= 0: never */
    guint keepalive_count;
} VirServerLimits;

typedef enum { VIR_TRANSPORT_UNIX = 0, VIR_TRANSPORT_TCP = 1, VIR_TRANSPORT_TLS = 2 } VirTransport;

struct VirServer {
    char *name;
    VirIo *io;
    const VirServerHandler *handler;
    gpointer data;                 /* the handler's */
    VirServerLimits limits;
    GPtrArray *listeners;          /* of VirListener* */
    GQueue clients;                /* of VirClient* through their link */
    guint nclients, nanonymous;
    guint64 next_id;
};

struct VirListener {
    VirIoWatch watch;
    VirServer *server;
    VirTransport transport;
    gboolean readonly;             /* connections are read-only whatever they ask for */
    int auth;                      /* the handler's */
    char *path;                    /* unlinked at the end; NULL for an inherited socket */
    gboolean paused;               /* the limit of anonymous clients is reached */
};

struct VirClient {
    VirObject parent;
    VirIoWatch watch;
    VirServer *server;
    VirTransport transport;
    gboolean readonly;
    int auth;                      /* of the listener */
    guint64 id;
    gint64 since;                  /* wall clock seconds of the accept */
    uid_t uid;                     /* of the peer; (uid_t)-1 when unknown */
    gid_t gid;
    pid_t pid;
    char *address;                 /* "127.0.0.1;0" of a UNIX peer */
    gboolean authenticated;
    gboolean refused;              /* over the limit: answer its first call with an error, then close */
    gpointer session;              /* the handler's */

    /* private, loop's thread */
    GList link;
    GByteArray *in;                /* an incomplete packet; NULL while there is none */
    GArray *in_fds;                /* descriptors received and not yet claimed by a packet */
    guint hold_reads;              /* reasons not to read */
    gboolean closed;
    VirTimer keepalive;
    guint unanswered_pings;
    gboolean keepalive_on;

    /* private, under lock */
    GMutex lock;
    GQueue out;                    /* of VirPacket* through their link */
    gsize out_bytes, out_event_bytes;
    gboolean corked, out_blocked, dead, close_when_flushed, reads_held_for_out;
};

/* @handler outlives the server. Returns: caller frees with vir_server_free after the last client closed. */
VirServer *vir_server_new(VirIo *io, const char *name, const VirServerHandler *handler, gpointer data);
void vir_server_free(VirServer *server);

/* Takes the listening socket @fd. @path (may be NULL) is unlinked at vir_server_stop_listening. */
gboolean vir_server_listen_fd(VirServer *server, int fd, VirTransport transport, gboolean readonly, int auth,
                              const char *path, GError **err);
/* Binds a UNIX socket of mode @mode and owner @gid ((gid_t)-1: unchanged); a stale socket file is replaced. */
gboolean vir_server_listen_unix(VirServer *server, const char *path, mode_t mode, gid_t gid, gboolean readonly,
                                int auth, GError **err);
void vir_server_stop_listening(VirServer *server);
/* Cuts all connections (loop's thread). */
void vir_server_close_clients(VirServer *server);
/* After a change of limits. */
void vir_server_update_limits(VirServer *server, const VirServerLimits *limits);

/* Takes @packet. Any thread. FALSE when the connection is gone; @packet's done has been called then. */
gboolean vir_client_send(VirClient *client, VirPacket *packet);
/* From the first call to the second, packets are collected and then leave in one system call. */
void vir_client_cork(VirClient *client);
void vir_client_uncork(VirClient *client);

/* Any thread: closes soon, or when all queued packets are in the kernel. */
void vir_client_close(VirClient *client);
void vir_client_close_when_flushed(VirClient *client);

/* Loop's thread: stops and goes on reading; calls nest. */
void vir_client_hold_reads(VirClient *client);
void vir_client_release_reads(VirClient *client);

void vir_client_set_authenticated(VirClient *client);
/* The server's own pings, from the limits; stops at a limit of 0. */
void vir_client_start_keepalive(VirClient *client);

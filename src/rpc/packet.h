/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One packet of the wire protocol: length word, header, payload. All integers are big-endian.
 */
#pragma once

#include <glib.h>

#define VIR_PACKET_LENGTH_MAX (32U * 1024 * 1024 + 4)  /* largest accepted length word */
#define VIR_PACKET_HEADER_SIZE 28U                     /* length word included */
#define VIR_PACKET_FDS_MAX 32U
#define VIR_PACKET_STREAM_CHUNK 262120U                /* payload of a stream packet we produce */

typedef enum {
    VIR_PACKET_CALL = 0,
    VIR_PACKET_REPLY = 1,
    VIR_PACKET_MESSAGE = 2,
    VIR_PACKET_STREAM = 3,
    VIR_PACKET_CALL_WITH_FDS = 4,
    VIR_PACKET_REPLY_WITH_FDS = 5,
    VIR_PACKET_STREAM_HOLE = 6,
} VirPacketType;

typedef enum {
    VIR_PACKET_OK = 0,
    VIR_PACKET_ERROR = 1,
    VIR_PACKET_CONTINUE = 2,
} VirPacketStatus;

typedef struct {
    guint32 program;
    guint32 version;
    gint32 proc;
    guint32 type;            /* VirPacketType */
    guint32 serial;
    guint32 status;          /* VirPacketStatus */
} VirPacketHeader;

static inline guint32 vir_get_u32(const guint8 *at)
{
    return ((guint32)at[0] << 24) | ((guint32)at[1] << 16) | ((guint32)at[2] << 8) | at[3];
}

static inline void vir_put_u32(guint8 *at, guint32 value)
{
    at[0] = (guint8)(value >> 24);
    at[1] = (guint8)(value >> 16);
    at[2] = (guint8)(value >> 8);
    at[3] = (guint8)value;
}

/* @at: 28 bytes, the length word included. */
void vir_packet_header_get(const guint8 *at, VirPacketHeader *ret);
void vir_packet_header_put(guint8 *at, guint32 length, const VirPacketHeader *header);

typedef struct VirPacket VirPacket;
/* @sent: all bytes are in the kernel. FALSE: the connection went first. Runs on whichever thread sent or closed. */
typedef void (*VirPacketDone)(gpointer data, gboolean sent);

/* A packet on its way out. head holds length word, header and payload; shared bytes, if any, follow it. */
struct VirPacket {
    GByteArray *head;        /* owned */
    GBytes *shared;          /* one reference, or NULL */
    int *fds;                /* owned, with the descriptors in it */
    guint nfds;
    gboolean droppable_event;/* counts against the backlog of events, not of replies */
    VirPacketDone done;
    gpointer done_data;
    gsize offset;            /* bytes already sent */
    guint fds_sent;
    GList link;
};

/* A packet with room for its header; append the payload to head, then vir_packet_finish. */
VirPacket *vir_packet_new(void);
/* Writes length and header. FALSE when the packet is larger than the protocol allows. */
gboolean vir_packet_finish(VirPacket *packet, const VirPacketHeader *header);
gsize vir_packet_size(const VirPacket *packet);
/* Runs @done and frees; closes what descriptors are left. */
void vir_packet_free(VirPacket *packet, gboolean sent);

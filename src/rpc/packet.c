/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/packet.h"

#include <unistd.h>

void vir_packet_header_get(const guint8 *at, VirPacketHeader *ret)
{
    ret->program = vir_get_u32(at + 4);
    ret->version = vir_get_u32(at + 8);
    ret->proc = (gint32)vir_get_u32(at + 12);
    ret->type = vir_get_u32(at + 16);
    ret->serial = vir_get_u32(at + 20);
    ret->status = vir_get_u32(at + 24);
}

void vir_packet_header_put(guint8 *at, guint32 length, const VirPacketHeader *header)
{
    vir_put_u32(at, length);
    vir_put_u32(at + 4, header->program);
    vir_put_u32(at + 8, header->version);
    vir_put_u32(at + 12, (guint32)header->proc);
    vir_put_u32(at + 16, header->type);
    vir_put_u32(at + 20, header->serial);
    vir_put_u32(at + 24, header->status);
}

VirPacket *vir_packet_new(void)
{
    VirPacket *packet = g_new0(VirPacket, 1);
    packet->head = g_byte_array_sized_new(256);
    g_byte_array_set_size(packet->head, VIR_PACKET_HEADER_SIZE);
    return packet;
}

gsize vir_packet_size(const VirPacket *packet)
{
    return packet->head->len + (packet->shared ? g_bytes_get_size(packet->shared) : 0);
}

gboolean vir_packet_finish(VirPacket *packet, const VirPacketHeader *header)
{
    gsize size = vir_packet_size(packet);
    if (size > VIR_PACKET_LENGTH_MAX)
        return FALSE;
    vir_packet_header_put(packet->head->data, (guint32)size, header);
    return TRUE;
}

void vir_packet_free(VirPacket *packet, gboolean sent)
{
    if (!packet)
        return;
    if (packet->done)
        packet->done(packet->done_data, sent);
    for (guint i = 0; i < packet->nfds; i++) {
        if (packet->fds[i] >= 0)
            close(packet->fds[i]);
    }
    g_free(packet->fds);
    g_byte_array_unref(packet->head);
    if (packet->shared)
        g_bytes_unref(packet->shared);
    g_free(packet);
}

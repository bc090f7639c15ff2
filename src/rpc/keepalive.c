/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/keepalive.h"

static void send_message(VirClient *client, gint32 proc)
{
    VirPacketHeader header = { VIR_KEEPALIVE_PROGRAM, VIR_KEEPALIVE_VERSION, proc, VIR_PACKET_MESSAGE, 0,
                               VIR_PACKET_OK };
    VirPacket *packet = vir_packet_new();
    vir_packet_finish(packet, &header);
    vir_client_send(client, packet);
}

static void due(gpointer data);

static void arm(VirClient *client)
{
    int interval = client->server->limits.keepalive_interval;
    if (interval > 0)
        vir_timer_arm(&client->keepalive, g_get_monotonic_time() + interval * G_USEC_PER_SEC, due, client);
}

static void due(gpointer data)
{
    VirClient *client = data;
    if (client->unanswered_pings >= client->server->limits.keepalive_count) {
        vir_client_close(client);
        return;
    }
    client->unanswered_pings++;
    send_message(client, VIR_KEEPALIVE_PING);
    arm(client);
}

void vir_client_start_keepalive(VirClient *client)
{
    client->keepalive_on = TRUE;
    client->unanswered_pings = 0;
    arm(client);
}

void vir_keepalive_stop(VirClient *client)
{
    client->keepalive_on = FALSE;
    vir_timer_disarm(&client->keepalive);
}

void vir_keepalive_heard(VirClient *client)
{
    client->unanswered_pings = 0;
}

gboolean vir_keepalive_packet(VirClient *client, const VirPacketHeader *header)
{
    if (header->program != VIR_KEEPALIVE_PROGRAM || header->version != VIR_KEEPALIVE_VERSION ||
        header->type != VIR_PACKET_MESSAGE)
        return FALSE;
    if (header->proc == VIR_KEEPALIVE_PING)
        send_message(client, VIR_KEEPALIVE_PONG);
    return TRUE;
}

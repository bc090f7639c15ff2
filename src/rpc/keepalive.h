/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keepalive of a server's client, outside of every quota.
 */
#pragma once

#include "rpc/server.h"

#define VIR_KEEPALIVE_PROGRAM 0x6b656570U
#define VIR_KEEPALIVE_VERSION 1
#define VIR_KEEPALIVE_PING 1
#define VIR_KEEPALIVE_PONG 2

/* Any packet proves that the peer lives. */
void vir_keepalive_heard(VirClient *client);
/* Answers a ping. TRUE when the packet was one of keepalive's. */
gboolean vir_keepalive_packet(VirClient *client, const VirPacketHeader *header);
void vir_keepalive_stop(VirClient *client);

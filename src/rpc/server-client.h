/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Between the server and its clients' code only.
 */
#pragma once

#include "rpc/server.h"

/* Takes the connected @fd. Loop's thread. */
void vir_server_client_new(VirListener *listener, int fd, gboolean refuse);
/* Ends the connection now. Loop's thread. */
void vir_server_client_disconnect(VirClient *client);
void vir_server_client_count_changed(VirServer *server);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ethernet addresses. Any thread.
 */
#pragma once

#include <glib.h>

#define VIR_MAC_LEN 6
#define VIR_MAC_TEXT 18   /* with the NUL */

typedef struct {
    guint8 b[VIR_MAC_LEN];
} VirMac;

/* "52:54:00:1:2:3" (one or two hex digits a field, ':' or '-' between), nothing else around. FALSE if it is none. */
gboolean vir_mac_parse(const char *text, VirMac *ret);
/* Lower case with colons. Returns @buf. */
char *vir_mac_format(const VirMac *mac, char buf[VIR_MAC_TEXT]);
/* Three random bytes after @prefix. */
void vir_mac_generate(const guint8 prefix[3], VirMac *ret);
gboolean vir_mac_is_multicast(const VirMac *mac);
gboolean vir_mac_is_zero(const VirMac *mac);
int vir_mac_cmp(const VirMac *a, const VirMac *b);

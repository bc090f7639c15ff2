/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Errors on the wire: the only place where a GError becomes a virNetMessageError and back.
 */
#pragma once

#include <glib.h>

/* Appends the encoded error struct to @out. */
void vir_wire_error_encode(const GError *err, GByteArray *out);
/* Reads one; a struct that cannot be decoded gives VIR_ERR_RPC. Always sets @err. */
void vir_wire_error_decode(const guint8 *buf, gsize len, GError **err);

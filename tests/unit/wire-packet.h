/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Which table describes the payload of a packet. */
#pragma once

#include "rpc/xdr.h"

/* @packet starts at the program number, behind the length word. Returns FALSE when the header is broken; else *ret_s
 * (NULL: no struct, raw or unknown) and where its bytes start. */
gboolean wire_payload(const guint8 *packet, gsize len, const VirXdrStruct **ret_s, gsize *ret_offset);

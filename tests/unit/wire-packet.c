/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire-packet.h"

#include "api/call.h"
#include "rpc/net-wire.h"

static const VirXdrStruct *table(const virNetMessageHeader *h, gboolean empty)
{
    const VirCall *call;

    if (h->type == VIR_NET_STREAM_HOLE)
        return &virNetStreamHole_xdr;
    if (h->status == VIR_NET_ERROR)
        return empty ? NULL : &virNetMessageError_xdr;
    if (h->type == VIR_NET_STREAM)
        return NULL;
    call = vir_call_find(h->prog, h->proc);
    if (!call)
        return NULL;
    return h->type == VIR_NET_REPLY || h->type == VIR_NET_REPLY_WITH_FDS ? call->ret : call->args;
}

gboolean wire_payload(const guint8 *packet, gsize len, const VirXdrStruct **ret_s, gsize *ret_offset)
{
    virNetMessageHeader h;

    if (!vir_xdr_decode(&virNetMessageHeader_xdr, packet, len, &h, ret_offset, NULL))
        return FALSE;
    if (h.type == VIR_NET_CALL_WITH_FDS || h.type == VIR_NET_REPLY_WITH_FDS)
        *ret_offset += 4;
    *ret_s = *ret_offset <= len ? table(&h, *ret_offset == len) : NULL;
    return *ret_offset <= len;
}

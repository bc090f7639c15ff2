/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/wire-error.h"

#include "rpc/net-wire.h"
#include "rpc/xdr.h"
#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_RPC

void vir_wire_error_encode(const GError *err, GByteArray *out)
{
    const VirErrorExtra *extra = vir_error_extra(err);
    int code = vir_error_code(err);
    gboolean detail = err->message && *err->message;
    g_autofree char *message = vir_error_public_message(err);
    virNetMessageError wire = {
        .code = code,
        .domain = extra->domain,
        .message = message,
        .level = VIR_ERR_ERROR,
        .str1 = extra->str1 ? extra->str1 : (char *)vir_error_template(code, detail),
        .str2 = extra->str2 ? extra->str2 : detail ? err->message : NULL,
        .str3 = extra->str3,
        .int1 = extra->int1,
        .int2 = extra->int2,
    };
    g_autoptr(GError) failed = NULL;
    if (vir_xdr_encode(&virNetMessageError_xdr, &wire, out, &failed))
        return;
    /* The detail was too long for the wire. */
    wire.message = wire.str1 = (char *)vir_error_template(code, FALSE);
    wire.str2 = wire.str3 = NULL;
    vir_xdr_encode(&virNetMessageError_xdr, &wire, out, NULL);
}

void vir_wire_error_decode(const guint8 *buf, gsize len, GError **err)
{
    virNetMessageError wire;
    if (!vir_xdr_decode(&virNetMessageError_xdr, buf, len, &wire, NULL, err))
        return;
    const char *detail = wire.str2 ? wire.str2 : wire.message ? wire.message : "";
    GError *got = NULL;
    vir_fail_full(&got, wire.domain, wire.code ? wire.code : VIR_ERR_INTERNAL_ERROR, "%s", detail);
    vir_error_set_extra(got, wire.str1, wire.str2, wire.str3, wire.int1, wire.int2);
    g_propagate_error(err, got);
    vir_xdr_clear(&virNetMessageError_xdr, &wire);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Any packet (from the program number on): what decodes must encode, decode again and encode to the same bytes. */
#include "api/wire-types.h"
#include "fuzz.h"
#include "../unit/wire-packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len)
{
    const VirXdrStruct *s;
    gsize at;

    if (!wire_payload(input, len, &s, &at) || !s)
        return 0;
    {
        g_autofree void *data = g_malloc(s->size), *again = g_malloc(s->size);
        g_autofree char *dump = NULL;
        g_autoptr(GByteArray) out = g_byte_array_new(), same = g_byte_array_new();

        if (!vir_xdr_decode(s, input + at, len - at, data, NULL, NULL))
            return 0;
        dump = vir_xdr_dump(s, data);
        FUZZ_CHECK(vir_xdr_encode(s, data, out, NULL));
        FUZZ_CHECK(vir_xdr_decode(s, out->data, out->len, again, NULL, NULL));
        FUZZ_CHECK(vir_xdr_encode(s, again, same, NULL));
        FUZZ_CHECK(out->len == same->len && memcmp(out->data, same->data, out->len) == 0);
        vir_xdr_clear(s, data);
        vir_xdr_clear(s, again);
    }
    return 0;
}

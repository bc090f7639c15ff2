/* SPDX-License-Identifier: LGPL-2.1-or-later
 * A URI that parses must be the same after formatting and parsing. */
#include "fuzz.h"
#include "util/uri.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize len)
{
    g_autofree char *in = g_strndup((const char *)data, len);
    g_autoptr(GError) err = NULL;
    g_autoptr(VirUri) uri = vir_uri_parse(in, &err);
    g_assert_cmpint(uri != NULL, ==, err == NULL);
    if (!uri)
        return 0;
    g_autofree char *text = vir_uri_format(uri);
    g_autoptr(VirUri) again = vir_uri_parse(text, NULL);
    if (!again && strlen(text) > 8192)   /* escapes may lengthen it past the bound */
        return 0;
    g_assert_nonnull(again);
    g_assert_cmpstr(uri->scheme, ==, again->scheme);
    g_assert_cmpstr(uri->host, ==, again->host);
    g_assert_cmpstr(uri->path, ==, again->path);
    g_assert_cmpuint(uri->n_params, ==, again->n_params);
    g_autofree char *text2 = vir_uri_format(again);
    g_assert_cmpstr(text, ==, text2);
    return 0;
}

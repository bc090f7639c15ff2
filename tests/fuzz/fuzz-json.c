/* SPDX-License-Identifier: LGPL-2.1-or-later
 * JSON that parses must be the same after writing and parsing; getters may refuse, never harm. */
#include "fuzz.h"
#include "util/json.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize len)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(VirJson) obj = vir_json_parse((const char *)data, len, "fuzz", &err);
    g_assert_cmpint(obj != NULL, ==, err == NULL);
    if (!obj)
        return 0;
    gsize n;
    const char *text = vir_json_text(obj, &n);
    g_autoptr(VirJson) again = vir_json_parse(text, n, "again", &err);
    g_assert_no_error(err);
    g_assert_cmpstr(vir_json_text(again, NULL), ==, text);

    int i;
    guint64 u;
    const char *s;
    vir_json_get_int(obj, "i", &i, NULL);
    vir_json_get_uint64(obj, "u", &u, NULL);
    vir_json_get_str(obj, "s", &s, NULL);
    vir_json_at(vir_json_array(obj, "a"), 1);
    return 0;
}

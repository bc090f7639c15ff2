/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "util/error.h"
#include "util/json.h"

static VirJson *parse(const char *text)
{
    g_autoptr(GError) err = NULL;
    VirJson *obj = vir_json_parse(text, strlen(text), "test", &err);
    g_assert_no_error(err);
    return obj;
}

static void test_parse(void)
{
    static const char *const bad[] = { "", "{", "{} x", "[1,]", "{\"a\" 1}", "\"\xff\"", "nul", "null", "01x",
                                       "{\"a\":1}}" };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) err = NULL;
        g_assert_null(vir_json_parse(bad[i], strlen(bad[i]), "the reply", &err));
        g_assert_true(g_str_has_prefix(err->message, "the reply: "));
        g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_INTERNAL_ERROR);
    }
    g_autoptr(GError) err = NULL;
    g_assert_null(vir_json_parse("{}\0", 3, "nul", &err));
    g_clear_error(&err);
    g_autofree char *deep = g_strnfill(1000, '[');
    g_assert_null(vir_json_parse(deep, 1000, "deep", &err));
    g_assert_nonnull(strstr(err->message, "deep"));

    g_autoptr(VirJson) number = parse(" 12 \n");
    g_assert_cmpint(json_object_get_int64(number), ==, 12);
    g_autoptr(VirJson) last = vir_json_parse("123456", 3, "part", NULL);
    g_assert_cmpint(json_object_get_int64(last), ==, 123);
}

static void test_getters(void)
{
    g_autoptr(VirJson) obj = parse("{\"s\":\"x\",\"i\":-5,\"u\":18446744073709551615,\"b\":true,\"d\":1.5,"
                                   "\"o\":{\"k\":1},\"a\":[1,2],\"z\":null,\"big\":9223372036854775807}");
    const char *s;
    int i;
    gint64 i64;
    guint64 u64;
    gboolean b;
    double d;
    VirJson *o, *a;
    g_assert_true(vir_json_get_str(obj, "s", &s, NULL) && g_str_equal(s, "x"));
    g_assert_true(vir_json_get_int(obj, "i", &i, NULL) && i == -5);
    g_assert_true(vir_json_get_int64(obj, "big", &i64, NULL) && i64 == G_MAXINT64);
    g_assert_true(vir_json_get_uint64(obj, "u", &u64, NULL) && u64 == G_MAXUINT64);
    g_assert_true(vir_json_get_uint64(obj, "big", &u64, NULL) && u64 == G_MAXINT64);
    g_assert_true(vir_json_get_bool(obj, "b", &b, NULL) && b);
    g_assert_true(vir_json_get_double(obj, "d", &d, NULL) && d > 1.4);
    g_assert_true(vir_json_get_double(obj, "i", &d, NULL) && d < -4);
    g_assert_true(vir_json_get_obj(obj, "o", &o, NULL) && vir_json_int64(o, "k", 0) == 1);
    g_assert_true(vir_json_get_array(obj, "a", &a, NULL) && vir_json_len(a) == 2);
    g_assert_cmpint(json_object_get_int64(vir_json_at(a, 1)), ==, 2);
    g_assert_null(vir_json_at(a, 2));

    g_autoptr(GError) err = NULL;
    g_assert_false(vir_json_get_int(obj, "gone", &i, &err));
    g_assert_cmpstr(err->message, ==, "JSON: member 'gone' (int) is missing");
    g_clear_error(&err);
    g_assert_false(vir_json_get_str(obj, "i", &s, &err));
    g_assert_cmpstr(err->message, ==, "JSON: member 'i' is int, not string");
    g_clear_error(&err);
    g_assert_false(vir_json_get_uint64(obj, "i", &u64, &err));
    g_clear_error(&err);
    g_assert_false(vir_json_get_int64(obj, "u", &i64, &err));
    g_assert_nonnull(strstr(err->message, "18446744073709551615"));
    g_clear_error(&err);
    g_assert_false(vir_json_get_int(obj, "big", &i, &err));
    g_clear_error(&err);
    g_assert_false(vir_json_get_int(a, "x", &i, &err));
    g_clear_error(&err);
    g_assert_false(vir_json_get_str(obj, "z", &s, &err));

    g_assert_cmpstr(vir_json_str(obj, "z", "fall"), ==, "fall");
    g_assert_true(vir_json_uint64(obj, "i", 7) == 7);
    g_assert_true(vir_json_bool(NULL, "i", TRUE));
    g_assert_true(vir_json_has(obj, "z"));
    g_assert_false(vir_json_has(obj, "y"));
    g_assert_null(vir_json_obj(obj, "a"));
    g_assert_null(vir_json_array(obj, "o"));
    g_assert_cmpuint(vir_json_len(NULL), ==, 0);
}

static void test_build(void)
{
    static const char *const list[] = { "a", "b", NULL };
    g_autoptr(VirJson) obj =
        vir_json_new("s:driver", "e1000/x", "i:n", -1, "?i:zero", 0, "u:u", 4294967295U, "U:big", G_MAXUINT64, "b:on", TRUE,
                     "?b:off", FALSE, "?s:none", NULL, "s:null", NULL, "a:list", vir_json_new_strv(list), "?o:missing", NULL,
                     "n:nothing", "I:neg", G_MININT64, NULL);
    g_assert_cmpstr(vir_json_text(obj, NULL), ==,
                    "{\"driver\":\"e1000/x\",\"n\":-1,\"u\":4294967295,\"big\":18446744073709551615,\"on\":true,"
                    "\"null\":null,\"list\":[\"a\",\"b\"],\"nothing\":null,\"neg\":-9223372036854775808}");
    vir_json_add(obj, "i:n", 2, "o:sub", vir_json_new("d:x", 0.5, NULL), NULL);
    GString *text = g_string_new("<");
    vir_json_append(text, vir_json_obj(obj, "sub"));
    g_assert_cmpstr(text->str, ==, "<{\"x\":0.5}");
    g_string_free(text, TRUE);
    g_autofree char *pretty = vir_json_pretty(vir_json_array(obj, "list"));
    g_assert_true(g_str_has_suffix(pretty, "]\n"));
    /* empty containers that '?' leaves out are dropped, not leaked */
    g_autoptr(VirJson) empty = vir_json_new("?d:x", 0.0, "?U:y", (guint64)0, "?I:z", (gint64)0, "?u:w", 0U, NULL);
    g_assert_cmpstr(vir_json_text(empty, NULL), ==, "{}");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json/parse", test_parse);
    g_test_add_func("/json/getters", test_getters);
    g_test_add_func("/json/build", test_build);
    return g_test_run();
}

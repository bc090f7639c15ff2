/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Typed parameters: building, the count probe, the string filter, checks of arguments. */
#include <glib.h>

#include "api/params.h"
#include "util/error.h"

static void fill(VirParams *p)
{
    vir_params_add_int(p, -3, "i");
    vir_params_add_uint(p, 3, "net.%u.pkts", 7);
    vir_params_add_llong(p, G_MININT64, "l");
    vir_params_add_ullong(p, G_MAXUINT64, "ul");
    vir_params_add_double(p, 0.5, "d");
    vir_params_add_bool(p, 17, "b");
    vir_params_add_string(p, "x", "s");
    vir_params_add_string(p, NULL, "absent");
}

static void test_build_and_read(void)
{
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    gint i = 0;
    guint ui = 0;
    gint64 l = 0;
    guint64 ul = 0;
    double d = 0;
    gboolean b = FALSE;
    const char *s = NULL;

    fill(&p);
    g_assert_cmpuint(p.len, ==, 7);
    g_assert_true(vir_params_get_int(VIR_PARAMS(p), "i", &i) && i == -3);
    g_assert_true(vir_params_get_uint(VIR_PARAMS(p), "net.7.pkts", &ui) && ui == 3);
    g_assert_true(vir_params_get_llong(VIR_PARAMS(p), "l", &l) && l == G_MININT64);
    g_assert_true(vir_params_get_ullong(VIR_PARAMS(p), "ul", &ul) && ul == G_MAXUINT64);
    g_assert_true(vir_params_get_double(VIR_PARAMS(p), "d", &d) && d == 0.5);
    g_assert_true(vir_params_get_bool(VIR_PARAMS(p), "b", &b) && b == 1);
    g_assert_true(vir_params_get_string(VIR_PARAMS(p), "s", &s));
    g_assert_cmpstr(s, ==, "x");
    g_assert_false(vir_params_get_uint(VIR_PARAMS(p), "i", &ui));
    g_assert_null(vir_params_find(VIR_PARAMS(p), "absent"));
}

static void test_answer(void)
{
    remote_domain_get_memory_parameters_ret ret = { 0 };

    for (int asked = 0; asked < 12; asked++) {
        for (guint flags = 0; flags <= VIR_TYPED_PARAM_STRING_OKAY; flags += VIR_TYPED_PARAM_STRING_OKAY) {
            g_auto(VirParams) p = VIR_PARAMS_INIT;
            int total = flags ? 7 : 6;

            fill(&p);
            vir_params_answer(&p, asked, flags, &ret);
            g_assert_cmpint(ret.nparams, ==, asked == 0 ? total : MIN(asked, total));
            g_assert_cmpuint(ret.params.len, ==, MIN(asked, total));
            vir_xdr_clear(&remote_domain_get_memory_parameters_ret_xdr, &ret);
        }
    }
}

static void check(VirParams *p, const char *expected)
{
    static const VirParamRow rows[] = {
        { "weight", VIR_TYPED_PARAM_UINT, VIR_PARAM_REQUIRED, 100, 1000 },
        { "disk", VIR_TYPED_PARAM_STRING, VIR_PARAM_MULTIPLE },
        { "limit", VIR_TYPED_PARAM_ULLONG, 0, 0, 50 },
        { "nice", VIR_TYPED_PARAM_INT, 0, -20, 19 },
        { 0 },
    };
    g_autoptr(GError) err = NULL;
    gboolean ok = vir_params_check(VIR_PARAMS(*p), rows, &err);

    g_assert_true(ok == (expected == NULL));
    if (expected) {
        g_assert_error(err, VIR_ERROR, VIR_ERR_INVALID_ARG);
        g_assert_nonnull(strstr(err->message, expected));
    }
    vir_params_clear(p);
}

static void test_check(void)
{
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    g_autofree char *longname = g_strnfill(80, 'n');
    g_autofree const char **disks = NULL;

    vir_params_add_uint(&p, 100, "weight");
    vir_params_add_string(&p, "a", "disk");
    vir_params_add_string(&p, "b", "disk");
    disks = vir_params_get_strings(VIR_PARAMS(p), "disk");
    g_assert_cmpstr(disks[1], ==, "b");
    g_assert_null(disks[2]);
    vir_params_add_int(&p, -20, "nice");
    check(&p, NULL);

    check(&p, "'weight' is missing");
    vir_params_add_uint(&p, 99, "weight");
    check(&p, "between 100 and 1000");
    vir_params_add_int(&p, 100, "weight");
    check(&p, "expected 'uint'");
    vir_params_add_uint(&p, 100, "weight");
    vir_params_add_uint(&p, 100, "weight");
    check(&p, "more than once");
    vir_params_add_uint(&p, 100, "wait");
    check(&p, "'wait' is not supported");
    vir_params_add_ullong(&p, 51, "limit");
    check(&p, "between 0 and 50");
    vir_params_add_int(&p, -21, "nice");
    check(&p, "between -20 and 19");
    vir_params_add_int(&p, 1, "%s", longname);
    check(&p, "longer than 79 bytes");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/params/build", test_build_and_read);
    g_test_add_func("/params/answer", test_answer);
    g_test_add_func("/params/check", test_check);
    return g_test_run();
}

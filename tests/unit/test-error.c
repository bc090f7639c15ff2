/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static void test_message(void)
{
    g_autoptr(GError) err = NULL;
    g_assert_false(vir_fail(&err, VIR_ERR_NO_DOMAIN, "no domain with name '%s'", "a%s"));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_NO_DOMAIN);
    g_assert_cmpint(vir_error_extra(err)->domain, ==, VIR_FROM_QEMU);
    g_assert_cmpint(vir_error_extra(err)->int1, ==, -1);
    g_autofree char *text = vir_error_public_message(err);
    g_assert_cmpstr(text, ==, "Domain not found: no domain with name 'a%s'");
}

static void test_no_detail(void)
{
    g_autoptr(GError) err = NULL;
    vir_fail(&err, VIR_ERR_NO_DOMAIN, "%s", "");
    g_autofree char *text = vir_error_public_message(err);
    g_assert_cmpstr(text, ==, "Domain not found");
}

static void test_extra(void)
{
    g_autoptr(GError) err = NULL;
    vir_fail_errno(&err, ENOENT, "cannot open '%s'", "/x");
    g_assert_cmpint(vir_error_extra(err)->int1, ==, ENOENT);
    g_assert_cmpstr(err->message, ==, "cannot open '/x': No such file or directory");
    vir_error_set_extra(err, "one", NULL, "three", 7, 8);
    g_autoptr(GError) copy = g_error_copy(err);
    g_assert_cmpstr(vir_error_extra(copy)->str3, ==, "three");
    g_assert_cmpint(vir_error_extra(copy)->int2, ==, 8);

    g_autoptr(GError) foreign = g_error_new_literal(G_FILE_ERROR, G_FILE_ERROR_NOENT, "gone");
    g_assert_cmpint(vir_error_code(foreign), ==, VIR_ERR_INTERNAL_ERROR);
    g_assert_cmpint(vir_error_extra(foreign)->int1, ==, -1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/error/message", test_message);
    g_test_add_func("/error/no-detail", test_no_detail);
    g_test_add_func("/error/extra", test_extra);
    return g_test_run();
}

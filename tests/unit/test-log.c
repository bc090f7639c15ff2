/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "util/error.h"
#include "util/file.h"
#include "util/log.h"

#undef VIR_LOG_SOURCE
#define VIR_LOG_SOURCE "test.first"

static char *path;

static char *take_file(void)
{
    char *text = vir_file_read(path, 1024 * 1024, NULL, NULL);
    g_assert_nonnull(text);
    g_assert_cmpint(truncate(path, 0), ==, 0);
    return text;
}

static int evaluated;

static int count(void)
{
    return ++evaluated;
}

static void say_all(void)
{
    VIR_DEBUG("debug %d", count());
    VIR_INFO("info %d", count());
    VIR_WARN("warning %d", count());
    VIR_LOGE("error %d", count());
}

static void to_file(int level)
{
    g_autofree char *out = g_strdup_printf("%d:file:%s", level, path);
    g_autoptr(GError) err = NULL;
    g_assert_true(vir_log_set_outputs(out, &err));
    g_assert_no_error(err);
    g_autofree char *got = vir_log_get_outputs();
    g_assert_cmpstr(got, ==, out);
}

static void test_levels(void)
{
    to_file(1);
    g_assert_true(vir_log_set_level(3, NULL));
    evaluated = 0;
    say_all();
    g_autofree char *text = take_file();
    g_assert_null(strstr(text, "info"));
    g_assert_nonnull(strstr(text, ": warning : say_all:"));
    g_assert_nonnull(strstr(text, ": error : say_all:"));
    g_assert_cmpint(evaluated, ==, 2);   /* filtered arguments are not evaluated */

    g_assert_true(vir_log_set_level(1, NULL));
    guint64 before = vir_log_set_request(77);
    say_all();
    vir_log_set_request(before);
    g_autofree char *all = take_file();
    g_assert_nonnull(strstr(all, "#77 debug"));
    to_file(4);
    say_all();
    g_autofree char *few = take_file();
    g_assert_null(strstr(few, "warning"));
    g_assert_false(vir_log_set_level(0, NULL));
    g_assert_false(vir_log_set_level(5, NULL));
    g_assert_cmpint(vir_log_get_level(), ==, 1);
}

static void test_filters(void)
{
    g_autoptr(GError) err = NULL;
    to_file(1);
    g_assert_true(vir_log_set_level(4, NULL));
    g_assert_true(vir_log_set_filters("1:first  3:test", &err));
    g_autofree char *got = vir_log_get_filters();
    g_assert_cmpstr(got, ==, "1:first 3:test");
    say_all();
#undef VIR_LOG_SOURCE
#define VIR_LOG_SOURCE "test.second"
    VIR_INFO("second info");
    VIR_WARN("second warning");
#undef VIR_LOG_SOURCE
#define VIR_LOG_SOURCE "other"
    VIR_WARN("other warning");
    g_autofree char *text = take_file();
    g_assert_nonnull(strstr(text, "debug"));
    g_assert_null(strstr(text, "second info"));
    g_assert_nonnull(strstr(text, "second warning"));
    g_assert_null(strstr(text, "other"));

    static const char *const bad[] = { "5:x", "0:x", "x", "1:", "1x", ":x" };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_false(vir_log_set_filters(bad[i], &err));
        g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_INVALID_ARG);
        g_clear_error(&err);
    }
    g_autofree char *same = vir_log_get_filters();
    g_assert_cmpstr(same, ==, "1:first 3:test");
    g_assert_true(vir_log_set_filters(NULL, NULL));
}

static void test_outputs(void)
{
    static const char *const bad[] = { "stderr", "1:nowhere", "1:file", "1:file:", "1:file:relative", "9:stderr", "1:stderr:x",
                                       "1:syslog", "1:file:/nonexistent/dir/log" };
    g_autoptr(GError) err = NULL;
    to_file(2);
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_false(vir_log_set_outputs(bad[i], &err));
        g_assert_nonnull(err);
        g_clear_error(&err);
    }
    g_autofree char *kept = vir_log_get_outputs();
    g_assert_true(g_str_has_prefix(kept, "2:file:"));

    g_assert_true(vir_log_set_level(4, NULL));
    g_assert_true(vir_log_set_outputs("", &err));
    g_autofree char *def = vir_log_get_outputs();
    g_assert_cmpstr(def, ==, "4:stderr");
    g_autofree char *file = g_strdup_printf("file:%s", path);
    g_assert_true(vir_log_set_default_output(file, &err));
    g_assert_true(vir_log_set_level(3, NULL));
    g_autofree char *now = vir_log_get_outputs();
    g_assert_true(g_str_has_prefix(now, "3:file:"));

    /* after a rotation */
    g_autofree char *rotated = g_strconcat(path, ".0", NULL);
    g_assert_cmpint(rename(path, rotated), ==, 0);
    g_assert_true(vir_log_reopen(&err));
    VIR_WARN("after rotation");
    g_autofree char *text = take_file();
    g_assert_nonnull(strstr(text, "after rotation"));
    g_assert_cmpint(unlink(rotated), ==, 0);
    g_assert_true(vir_log_set_default_output("stderr", &err));
}

static void test_long_and_glib(void)
{
    to_file(1);
    g_assert_true(vir_log_set_level(1, NULL));
    g_autofree char *big = g_strnfill(100000, 'x');
    VIR_INFO("%s", big);
    g_autofree char *text = take_file();
    g_assert_nonnull(strstr(text, big));
    g_warning("through glib");
    g_autofree char *glib = take_file();
    g_assert_nonnull(strstr(glib, "warning"));
    g_assert_nonnull(strstr(glib, "through glib"));
}

static gpointer logger(gpointer data)
{
    for (int i = 0; i < 2000; i++)
        VIR_INFO("thread message %d", i);
    return NULL;
}

static void test_threads(void)
{
    GThread *t[4];
    to_file(1);
    for (int i = 0; i < 4; i++)
        t[i] = g_thread_new("logger", logger, NULL);
    for (int i = 0; i < 200; i++) {
        g_assert_true(vir_log_set_filters(i % 2 ? "4:test" : "1:test", NULL));
        to_file(1 + i % 4);
    }
    for (int i = 0; i < 4; i++)
        g_thread_join(t[i]);
    g_assert_true(vir_log_set_filters("", NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    vir_log_init("test-log");
    g_log_set_always_fatal(0);   /* g_test makes warnings fatal; one is wanted here */
    path = g_strdup_printf("%s/vir-log-%d", g_get_tmp_dir(), getpid());
    g_test_add_func("/log/levels", test_levels);
    g_test_add_func("/log/filters", test_filters);
    g_test_add_func("/log/outputs", test_outputs);
    g_test_add_func("/log/long-and-glib", test_long_and_glib);
    g_test_add_func("/log/threads", test_threads);
    int rc = g_test_run();
    unlink(path);
    g_free(path);
    return rc;
}

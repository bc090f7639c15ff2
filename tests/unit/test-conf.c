/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "util/conf.h"
#include "util/error.h"
#include "util/uri.h"

typedef struct {
    int level;
    guint max;
    gboolean on;
    char *user, *id;
    char **list;
    guint64 size;
    gint64 big;
} Config;

static const VirConfRow rows[] = {
    { "level", VIR_CONF_INT, offsetof(Config, level), .min = 1, .max = 4 },
    { "max", VIR_CONF_UINT, offsetof(Config, max) },
    { "on", VIR_CONF_BOOL, offsetof(Config, on) },
    { "user", VIR_CONF_STRING, offsetof(Config, user) },
    { "id", VIR_CONF_STRING_OR_INT, offsetof(Config, id) },
    { "list", VIR_CONF_STRV, offsetof(Config, list) },
    { "size", VIR_CONF_SIZE, offsetof(Config, size) },
    { "big", VIR_CONF_INT64, offsetof(Config, big) },
    { "tls", VIR_CONF_BOOL, 0, .refuse = "this build has no TLS" },
    { NULL },
};

static VirConf *parse(const char *text)
{
    g_autoptr(GError) err = NULL;
    VirConf *conf = vir_conf_parse(text, strlen(text), "t.conf", &err);
    g_assert_no_error(err);
    return conf;
}

static void test_forms(void)
{
    g_autoptr(VirConf) conf = parse("# comment\n"
                                    "level = 2 # trailing\n"
                                    " user='a \"b\"';max=7\n"
                                    "id = 107\n"
                                    "on = 1\r\n"
                                    "list = [\n  \"x\", # one\n  'y',\n\n 3,\n]\n"
                                    "size = \"2 MiB\"\n"
                                    "big = -9223372036854775808\n"
                                    "alone\n"
                                    "long = \"\"\"two\nlines \"\" here\"\"\"\n"
                                    "last = 1");
    Config c = { .user = g_strdup("before") };
    g_autoptr(GError) err = NULL;
    g_assert_true(vir_conf_apply(conf, rows, &c, &err));
    g_assert_no_error(err);
    g_assert_cmpint(c.level, ==, 2);
    g_assert_cmpuint(c.max, ==, 7);
    g_assert_true(c.on);
    g_assert_cmpstr(c.user, ==, "a \"b\"");
    g_assert_cmpstr(c.id, ==, "107");
    g_assert_cmpuint(c.size, ==, 2097152);
    g_assert_true(c.big == G_MININT64);
    g_autofree char *joined = g_strjoinv("|", c.list);
    g_assert_cmpstr(joined, ==, "x|y|3");
    const char *text;
    g_assert_true(vir_conf_get_string(conf, "long", &text, &err));
    g_assert_cmpstr(text, ==, "two\nlines \"\" here");
    g_assert_false(vir_conf_get_string(conf, "alone", &text, &err));
    g_assert_no_error(err);
    g_auto(GStrv) unknown = vir_conf_unknown(conf, rows);
    g_assert_cmpuint(g_strv_length(unknown), ==, 3);
    g_assert_cmpstr(unknown[0], ==, "t.conf:14: unknown key 'alone'");
    g_assert_cmpstr(unknown[2], ==, "t.conf:17: unknown key 'last'");
    vir_conf_clear(rows, &c);
    g_assert_null(c.user);

    g_autofree char *out = vir_conf_format(conf);
    g_autoptr(VirConf) again = parse(out);
    g_autofree char *out2 = vir_conf_format(again);
    g_assert_cmpstr(out, ==, out2);
    g_assert_cmpuint(vir_conf_n_keys(again), ==, vir_conf_n_keys(conf));
}

static void test_syntax_errors(void)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        { "a = \n", "t.conf:1: value expected: a number, a string or a list" },
        { "\n\na = 'x\n", "t.conf:3: string has no end on its line" },
        { "a = \"\"\"x\n\n", "t.conf:1: string that begins with \"\"\" has no end" },
        { "a = [ 1\n 2 ]", "t.conf:2: ',' or ']' expected in a list" },
        { "a = [ 1,\n", "t.conf:2: string or number expected in a list" },
        { "a = 1 b = 2", "t.conf:1: end of line expected after the value" },
        { "= 1", "t.conf:1: name of a key expected" },
        { "a = 99999999999999999999", "t.conf:1: number is too large" },
        { "a = -x", "t.conf:1: number expected after '-'" },
        { "a = \"\xff\"", "t.conf: not UTF-8" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) err = NULL;
        g_assert_null(vir_conf_parse(bad[i].text, strlen(bad[i].text), "t.conf", &err));
        g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_CONF_SYNTAX);
        g_assert_cmpstr(err->message, ==, bad[i].message);
    }
    g_autoptr(GError) err = NULL;
    g_autoptr(VirConf) none = vir_conf_load("/nonexistent/x.conf", TRUE, &err);
    g_assert_nonnull(none);
    g_assert_null(vir_conf_load("/nonexistent/x.conf", FALSE, &err));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_OPEN_FAILED);
}

static void test_row_errors(void)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        { "level = 5", "t.conf:1: key 'level' must be from 1 to 4" },
        { "max = -1", "t.conf:1: key 'max' must be from 0 to 4294967295" },
        { "on = 2", "t.conf:1: key 'on' must be from 0 to 1" },
        { "on = 'yes'", "t.conf:1: key 'on' must be 0 or 1" },
        { "user = 1", "t.conf:1: key 'user' must be a string" },
        { "list = 1", "t.conf:1: key 'list' must be a list of strings" },
        { "tls = 1", "t.conf:1: key 'tls' is not supported: this build has no TLS" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) err = NULL;
        Config c = { 0 };
        g_autoptr(VirConf) conf = parse(bad[i].text);
        g_assert_false(vir_conf_apply(conf, rows, &c, &err));
        g_assert_cmpstr(err->message, ==, bad[i].message);
        vir_conf_clear(rows, &c);
    }
}

static void test_uri(void)
{
    static const char *const same[] = { "qemu:///system", "test:///default", "qemu+ssh://user@host:2222/session?socket=/a/b",
                                        "qemu+tcp://[fe80::1]:16509/system", "esx://root@host/dc/cluster?no_verify=1",
                                        "tcp:example.com", "unix:///run/x?a=b%26c&d=", "lxc:///#top",
                                        "qemu+unix://%20/system?x=%25" };
    for (guint i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autoptr(GError) err = NULL;
        g_autoptr(VirUri) uri = vir_uri_parse(same[i], &err);
        g_assert_no_error(err);
        g_autofree char *text = vir_uri_format(uri);
        g_assert_cmpstr(text, ==, same[i]);
    }
    static const char *const bad[] = { "", "nothing", "a b://x", "qemu:///%zz", "qemu://host:99999/", "qemu:///?=x",
                                       "qemu:///?a=%z" };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) err = NULL;
        g_assert_null(vir_uri_parse(bad[i], &err));
        g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_INVALID_ARG);
    }
    g_autoptr(VirUri) uri = vir_uri_parse("QEMU+SSH://u@h/system?Socket=%2Fs;keyfile=k&flag", NULL);
    g_assert_cmpstr(uri->scheme, ==, "qemu");
    g_assert_cmpstr(uri->transport, ==, "ssh");
    g_assert_cmpstr(uri->user, ==, "u");
    g_assert_cmpstr(uri->path, ==, "/system");
    g_assert_cmpstr(vir_uri_param(uri, "socket"), ==, "/s");
    g_assert_cmpstr(vir_uri_param(uri, "flag"), ==, "");
    g_assert_null(vir_uri_param(uri, "none"));
    uri->params[0].ignore = TRUE;
    vir_uri_set_param(uri, "keyfile", "k2");
    vir_uri_set_param(uri, "more", "a b");
    g_autofree char *text = vir_uri_format(uri);
    g_assert_cmpstr(text, ==, "qemu+ssh://u@h/system?keyfile=k2&flag=&more=a%20b");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/conf/forms", test_forms);
    g_test_add_func("/conf/syntax-errors", test_syntax_errors);
    g_test_add_func("/conf/row-errors", test_row_errors);
    g_test_add_func("/uri/all", test_uri);
    return g_test_run();
}

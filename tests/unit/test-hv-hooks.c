/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Hooks: which run, in what order, with what; their failures and their end by a cancel.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "hv/hooks.h"
#include "util/error.h"

typedef struct {
    char *dir, *d, *log;
    HvHooks *hooks;
} Fix;

static void setup(Fix *f, gconstpointer data)
{
    f->dir = g_dir_make_tmp("hooks-XXXXXX", NULL);
    f->d = g_build_filename(f->dir, "qemu.d", NULL);
    f->log = g_build_filename(f->dir, "log", NULL);
    g_assert_cmpint(g_mkdir(f->d, 0755), ==, 0);
    f->hooks = hv_hooks_new(f->dir, "qemu");
}

static void teardown(Fix *f, gconstpointer data)
{
    g_autofree char *cmd = g_strdup_printf("rm -r '%s'", f->dir);
    g_assert_true(g_spawn_command_line_sync(cmd, NULL, NULL, NULL, NULL));
    hv_hooks_free(f->hooks);
    g_free(f->dir);
    g_free(f->d);
    g_free(f->log);
}

static void hook(Fix *f, const char *name, const char *body, int mode)
{
    g_autofree char *path = g_build_filename(f->dir, name, NULL);
    g_autofree char *text = g_strdup_printf("#!/bin/sh\nL='%s'\n%s\n", f->log, body);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(chmod(path, (mode_t)mode), ==, 0);
}

static const HvHookCall call = { "g1", "prepare", "begin", NULL, "<domain/>" };

static void test_order(Fix *f, gconstpointer data)
{
    g_assert_false(hv_hooks_present(f->hooks));
    hook(f, "qemu.d/20-b", "echo b $* >>$L", 0755);
    hook(f, "qemu.d/10-a", "echo a $* >>$L; cat >>$L; echo >>$L", 0755);
    hook(f, "qemu.d/15-no", "echo no >>$L", 0644);
    g_assert_true(hv_hooks_present(f->hooks));
    hook(f, "qemu", "echo main $* >>$L", 0755);
    g_autoptr(GError) err = NULL;
    hv_hooks_run(f->hooks, &call, NULL, NULL, &err);
    g_assert_no_error(err);
    g_autofree char *log = NULL;
    g_assert_true(g_file_get_contents(f->log, &log, NULL, NULL));
    g_assert_cmpstr(log, ==, "main g1 prepare begin -\na g1 prepare begin -\n<domain/>\nb g1 prepare begin -\n");
}

static void test_failure(Fix *f, gconstpointer data)
{
    hook(f, "qemu", "echo first >&2; echo 'no room' >&2; exit 3", 0755);
    hook(f, "qemu.d/1", "echo ran >>$L", 0755);
    g_autoptr(GError) err = NULL;
    g_assert_false(hv_hooks_run(f->hooks, &call, NULL, NULL, &err));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_HOOK_SCRIPT_FAILED);
    g_assert_nonnull(strstr(err->message, "status 3"));
    g_assert_nonnull(strstr(err->message, ": no room"));
    g_assert_false(g_file_test(f->log, G_FILE_TEST_EXISTS));
    g_clear_error(&err);
    hook(f, "qemu", "yes", 0755);
    g_assert_false(hv_hooks_run(f->hooks, &call, NULL, NULL, &err));
    g_assert_nonnull(strstr(err->message, "more than"));
}

static void test_output(Fix *f, gconstpointer data)
{
    g_autofree char *out = NULL;
    hook(f, "qemu", "sed 's/a/b/'", 0755);
    hook(f, "qemu.d/1", "sed 's/b/cc/'", 0755);
    HvHookCall c = { "g1", "migrate", "begin", NULL, "a\n" };
    g_assert_true(hv_hooks_run(f->hooks, &c, &out, NULL, NULL));
    g_assert_cmpstr(out, ==, "cc\n");
    g_free(g_steal_pointer(&out));
    hook(f, "qemu", "echo", 0755);
    hook(f, "qemu.d/1", "true", 0755);
    g_assert_true(hv_hooks_run(f->hooks, &c, &out, NULL, NULL));
    g_assert_null(out);
}

static gpointer raise_cancel(gpointer cancel)
{
    vir_cancel_raise(cancel);
    return NULL;
}

static void test_cancel(Fix *f, gconstpointer data)
{
    hook(f, "qemu", "exec sleep 1000", 0755);
    g_autoptr(VirCancel) cancel = vir_cancel_new();
    g_autoptr(GError) err = NULL;
    GThread *t = g_thread_new("cancel", raise_cancel, cancel);
    g_assert_false(hv_hooks_run(f->hooks, &call, NULL, cancel, &err));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_OPERATION_ABORTED);
    g_thread_join(t);
    /* one that leaves a child with its pipes is not waited for longer than itself */
    hook(f, "qemu", "sleep 5 & exit 0", 0755);
    g_assert_true(hv_hooks_run(f->hooks, &call, NULL, NULL, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/hooks/order", Fix, NULL, setup, test_order, teardown);
    g_test_add("/hooks/failure", Fix, NULL, setup, test_failure, teardown);
    g_test_add("/hooks/output", Fix, NULL, setup, test_output, teardown);
    g_test_add("/hooks/cancel", Fix, NULL, setup, test_cancel, teardown);
    return g_test_run();
}

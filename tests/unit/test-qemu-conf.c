/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * qemu.conf: defaults, every key of the sample, refusals by name; the guest's log file.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cgroup.h"
#include "util/error.h"
#include "util/fd.h"
#include "virtqemud/conf.h"
#include "virtqemud/process/qlog.h"

typedef struct {
    char *root;
    QemuDirs *dirs;
} Fix;

static void setup(Fix *f, gconstpointer data)
{
    f->root = g_dir_make_tmp("conf-XXXXXX", NULL);
    f->dirs = qemu_dirs_new(FALSE, f->root, NULL);
    g_assert_cmpint(g_mkdir_with_parents(f->dirs->conf_dir, 0755), ==, 0);
    g_assert_cmpint(g_mkdir_with_parents(f->dirs->log, 0755), ==, 0);
}

static void teardown(Fix *f, gconstpointer data)
{
    g_autofree char *cmd = g_strdup_printf("rm -r '%s'", f->root);
    g_assert_true(g_spawn_command_line_sync(cmd, NULL, NULL, NULL, NULL));
    qemu_dirs_free(f->dirs);
    g_free(f->root);
}

/* The default user need not exist on this machine. */
#define ROOT "user = \"+0\"\ngroup = \"+0\"\n"

static QemuConf *load(Fix *f, const char *text, char ***warnings, GError **err)
{
    g_autofree char *all = g_strconcat(g_str_has_prefix(text, "user") ? "" : ROOT, text, NULL);
    g_assert_true(g_file_set_contents(f->dirs->conf_file, all, -1, NULL));
    return qemu_conf_load(f->dirs, warnings, err);
}

static void test_defaults(Fix *f, gconstpointer data)
{
    g_auto(GStrv) warnings = NULL;
    g_autoptr(GError) err = NULL;
    g_autoptr(QemuConf) c = load(f, "", &warnings, &err);
    g_assert_no_error(err);
    g_assert_cmpint(g_strv_length(warnings), ==, 0);
    g_assert_true(c->dynamic_ownership && c->remember_owner && c->clear_emulator_capabilities && c->stdio_logd);
    g_assert_cmpint(c->seccomp_sandbox, ==, QEMU_SANDBOX_DEFAULT);
    g_assert_cmpuint(c->namespace_mask, ==, QEMU_NAMESPACE_MOUNT);
    g_assert_cmpuint(c->max_core, ==, 0);
    g_assert_cmpstr(c->vnc_listen, ==, "127.0.0.1");
    g_assert_cmpuint(c->port_min, ==, 5900);
    g_assert_cmpstr(c->cgroup_device_acl[0], ==, "/dev/null");
    g_assert_nonnull(c->groups);
}

static void test_sample(Fix *f, gconstpointer data)
{
    g_autofree char *sample = qemu_conf_sample();
    g_autoptr(GString) on = g_string_new(NULL);
    guint keys = 0;
    g_auto(GStrv) lines = g_strsplit(sample, "\n", -1);
    for (char **l = lines; *l; l++) {
        if ((*l)[0] != '#' || !strstr(*l, " = ") || (*l)[1] == ' ')
            continue;
        keys++;
        /* Users may be missing here; a secret of zeros is an example. */
        if (g_str_has_prefix(*l, "#memory_backing_dir") || g_str_has_prefix(*l, "#capability_filters") ||
            g_str_has_prefix(*l, "#default_cpu_deprecated") || g_str_has_prefix(*l, "#spice_tls_x509"))
            continue;   /* examples that would be refused */
        if (!g_str_has_prefix(*l, "#user") && !g_str_has_prefix(*l, "#group") && !g_str_has_prefix(*l, "#swtpm_"))
            g_string_append_printf(on, "%s\n", *l + 1);
    }
    guint n = 0;
    while (qemu_conf_key(n))
        n++;
    g_assert_cmpuint(keys, ==, n);
    g_auto(GStrv) warnings = NULL;
    g_autoptr(GError) err = NULL;
    g_autoptr(QemuConf) c = load(f, on->str, &warnings, &err);
    g_assert_no_error(err);
    for (char **w = warnings; *w; w++)
        if (!strstr(*w, "has no effect"))
            g_error("%s", *w);
    g_assert_cmpuint(c->cgroup_controller_mask & (1u << VIR_CGROUP_MEMORY), !=, 0);
    g_assert_cmpuint(c->auto_dump_max_size, ==, 10ULL << 30);
}

static void expect_refused(Fix *f, const char *text, const char *word)
{
    g_autoptr(GError) err = NULL;
    QemuConf *c = load(f, text, NULL, &err);
    if (c)
        g_error("accepted: %s", text);
    if (!strstr(err->message, word))
        g_error("'%s' is not in '%s'", word, err->message);
    g_assert_nonnull(strstr(err->message, "qemu.conf"));
}

static void test_refused(Fix *f, gconstpointer data)
{
    expect_refused(f, "lock_manager = \"lockd\"\n", "lock_manager");
    expect_refused(f, "lock_manager = \"x\"\n", "nop, lockd, sanlock");
    expect_refused(f, "allow_disk_format_probing = 1\n", "allow_disk_format_probing");
    expect_refused(f, "remote_display_port_min = 6000\nremote_display_port_max = 5999\n", "remote_display_port");
    expect_refused(f, "remote_display_port_min = 10\n", "remote_display_port_min");
    expect_refused(f, "namespaces = [ \"pid\" ]\n", "namespaces");
    expect_refused(f, "cgroup_controllers = [ \"cpus\" ]\n", "cpus");
    expect_refused(f, "max_core = \"lots\"\n", "max_core");
    expect_refused(f, "nvram = [ \"/x\" ]\n", "nvram");
    expect_refused(f, "user = \"no-such-user-here\"\n", "no-such-user-here");
    expect_refused(f, "seccomp_sandbox = 5\n", "seccomp_sandbox");
    expect_refused(f, "dynamic_ownership = \"yes\"\n", "dynamic_ownership");
    expect_refused(f, "max_queued = 5\n", "max_queued");
    expect_refused(f, "capability_filters = [ \"x\" ]\n", "capability_filters");
    expect_refused(f, "max_queued = 3\n", "max_queued");
    expect_refused(f, "max_threads_per_process = 9\n", "max_threads_per_process");
}

static void test_unfollowed(Fix *f, gconstpointer data)
{
    g_auto(GStrv) warnings = NULL;
    g_autoptr(GError) err = NULL;
    /* The default, written out, changes nothing. */
    g_autoptr(QemuConf) c = load(f, "max_queued = 0\nmigration_port_min = 49152\nmigration_host = \"h\"\nspice_tls = 0\n",
                                 &warnings, &err);
    g_assert_no_error(err);
    g_assert_cmpint(g_strv_length(warnings), ==, 1);
    g_assert_nonnull(strstr(warnings[0], "'migration_host' has no effect: migration"));
}

static void test_values(Fix *f, gconstpointer data)
{
    g_auto(GStrv) warnings = NULL;
    g_autoptr(GError) err = NULL;
    g_autoptr(QemuConf) c = load(f, "max_core = \"unlimited\"\nnamespaces = []\nunheard_of = 1\n"
                                    "default_tls_x509_cert_dir = \"/c\"\nvnc_tls_x509_cert_dir = \"/v\"\n"
                                    "stdio_handler = \"file\"\ncgroup_controllers = [ \"cpu\" ]\n", &warnings, &err);
    g_assert_no_error(err);
    g_assert_cmpuint(c->max_core, ==, G_MAXUINT64);
    g_assert_cmpuint(c->namespace_mask, ==, 0);
    g_assert_cmpint(g_strv_length(warnings), ==, 1);
    g_assert_nonnull(strstr(warnings[0], "unheard_of"));
    g_assert_cmpstr(c->vnc.cert_dir, ==, "/v");
    g_assert_cmpstr(c->chardev.cert_dir, ==, "/c");
    g_assert_false(c->stdio_logd);
    g_assert_cmpuint(c->cgroup_controller_mask, ==, 1u << VIR_CGROUP_CPU);
}

static void test_log(Fix *f, gconstpointer data)
{
    static const guint8 uuid[16] = { 1, 2, 3 };
    g_autofree char *path = qemu_dirs_log_file(f->dirs, "g1");
    QemuLogSpec spec = { path, g_getenv("VIRTLOGD_TEST_SOCKET"), "qemu", "g1", uuid, FALSE };
    g_autoptr(VirHost) host = vir_host_new("");
    vir_host_set_clock(host, G_GINT64_CONSTANT(1795533727506000000), 0);
    g_autoptr(GError) err = NULL;
    g_autoptr(QemuLog) log = qemu_log_open(host, &spec, &err);
    g_assert_no_error(err);
    const char *const env[] = { "LC_ALL=C", "HOME=/a b", NULL };
    const char *const argv[] = { "/usr/bin/qemu", "-name", "g1", "-S", "-device", "{\"a\":\"it's\"}", NULL };
    g_assert_true(qemu_log_start(log, env, argv, "7.2.0", &err));
    g_assert_null(qemu_log_last_line(log));
    g_assert_true(vir_fd_write_all(qemu_log_fd(log), "one\nqemu: no\n", 13, NULL));
    qemu_log_started(log);
    g_autofree char *last = qemu_log_last_line(log);
    g_assert_cmpstr(last, ==, "qemu: no");
    g_assert_true(qemu_log_stop(log, "failed", &err));
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_true(g_str_has_prefix(text, "2026-11-24 15:22:07.506+0000: starting up libvirt version: 9.0.0, package: "));
    g_assert_nonnull(strstr(text, "\nLC_ALL=C \\\nHOME='/a b' \\\n/usr/bin/qemu \\\n-name g1 \\\n-S \\\n"
                                  "-device '{\"a\":\"it'\\''s\"}'\none\nqemu: no\n2026-"));
    g_assert_true(g_str_has_suffix(text, ": shutting down, reason=failed\n"));
    struct stat st;
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0600);
    spec.required = TRUE;
    spec.logd_socket = "/no/such/socket";
    g_assert_null(qemu_log_open(host, &spec, &err));
    g_assert_nonnull(strstr(err->message, "virtlogd"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/conf/defaults", Fix, NULL, setup, test_defaults, teardown);
    g_test_add("/conf/sample", Fix, NULL, setup, test_sample, teardown);
    g_test_add("/conf/refused", Fix, NULL, setup, test_refused, teardown);
    g_test_add("/conf/unfollowed", Fix, NULL, setup, test_unfollowed, teardown);
    g_test_add("/conf/values", Fix, NULL, setup, test_values, teardown);
    g_test_add("/log/file", Fix, NULL, setup, test_log, teardown);
    return g_test_run();
}

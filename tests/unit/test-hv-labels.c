/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owners of guest files: applied, counted, restored exactly; libvirt's attributes byte for byte. Root and a file system
 * with trusted.* attributes, else those parts are skipped.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "hv/helper.h"
#include "hv/security/security.h"
#include "util/error.h"

#define UID 4711
#define GID 4712
#define DEADLINE 10000

typedef struct {
    char *dir, *path;
    HvSecurity *sec;
} Fix;

static HvSecurity *security(gboolean remember)
{
    HvSecurityOptions o = { .privileged = TRUE, .uid = UID, .gid = GID, .dynamic_ownership = TRUE,
                            .remember_owner = remember, .default_confined = TRUE };
    HvSecurity *sec = hv_security_new(vir_host_real(), &o, NULL);
    g_assert_nonnull(sec);
    return sec;
}

static void setup(Fix *f, gconstpointer data)
{
    f->dir = g_dir_make_tmp("labels-XXXXXX", NULL);
    f->path = g_build_filename(f->dir, "disk", NULL);
    g_assert_true(g_file_set_contents(f->path, "x", 1, NULL));
    f->sec = security(TRUE);
}

static void teardown(Fix *f, gconstpointer data)
{
    g_unlink(f->path);
    g_rmdir(f->dir);
    g_free(f->path);
    g_free(f->dir);
    hv_security_free(f->sec);
}

static gboolean can(const Fix *f)
{
    if (geteuid() != 0) {
        g_test_skip("needs root");
        return FALSE;
    }
    if (setxattr(f->path, "trusted.modvirt.test", "1", 1, 0) < 0) {
        g_test_skip("no trusted.* attributes on this file system");
        return FALSE;
    }
    removexattr(f->path, "trusted.modvirt.test");
    return TRUE;
}

static void expect_owner(const char *path, uid_t uid, gid_t gid)
{
    struct stat st;
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpint(st.st_uid, ==, uid);
    g_assert_cmpint(st.st_gid, ==, gid);
}

static void expect_attr(const char *path, const char *name, const char *want)
{
    char buf[64] = "";
    g_autofree char *full = g_strconcat("trusted.libvirt.security.", name, NULL);
    ssize_t n = getxattr(path, full, buf, sizeof buf - 1);
    if (!want) {
        g_assert_cmpint(n, ==, -1);
        return;
    }
    g_assert_cmpint(n, ==, strlen(want));
    g_assert_cmpstr(buf, ==, want);
}

static HvLabelSet *set_of(const char *path, guint flags)
{
    HvLabelSet *set = hv_label_set_new();
    hv_label_set_add(set, path, flags);
    return set;
}

static void test_round(Fix *f, gconstpointer data)
{
    if (!can(f))
        return;
    g_assert_cmpint(chown(f->path, 12, 13), ==, 0);
    g_autoptr(HvLabelSet) a = set_of(f->path, 0);
    g_autoptr(HvLabelSet) b = set_of(f->path, HV_LABEL_SHARED);
    g_autoptr(GError) err = NULL;
    g_assert_true(hv_security_apply(f->sec, a, DEADLINE, NULL, &err));
    expect_owner(f->path, UID, GID);
    expect_attr(f->path, "dac", "+12:+13");
    expect_attr(f->path, "ref_dac", "1");
    g_assert_true(hv_security_apply(f->sec, b, DEADLINE, NULL, &err));
    expect_attr(f->path, "ref_dac", "2");
    g_assert_true(hv_security_restore(f->sec, a, DEADLINE, &err));
    expect_owner(f->path, UID, GID);
    expect_attr(f->path, "ref_dac", "1");
    /* once only */
    g_assert_true(hv_security_restore(f->sec, a, DEADLINE, &err));
    expect_attr(f->path, "ref_dac", "1");
    g_assert_true(hv_security_restore(f->sec, b, DEADLINE, &err));
    expect_owner(f->path, 12, 13);
    expect_attr(f->path, "ref_dac", NULL);
    expect_attr(f->path, "dac", NULL);
    expect_attr(f->path, "timestamp_dac", NULL);
}

static void test_stale(Fix *f, gconstpointer data)
{
    if (!can(f))
        return;
    g_assert_cmpint(setxattr(f->path, "trusted.libvirt.security.ref_dac", "3", 1, 0), ==, 0);
    g_assert_cmpint(setxattr(f->path, "trusted.libvirt.security.dac", "+7:+7", 5, 0), ==, 0);
    g_assert_cmpint(setxattr(f->path, "trusted.libvirt.security.timestamp_dac", "123", 3, 0), ==, 0);
    g_assert_cmpint(chown(f->path, 12, 13), ==, 0);
    g_autoptr(HvLabelSet) a = set_of(f->path, 0);
    g_assert_true(hv_security_apply(f->sec, a, DEADLINE, NULL, NULL));
    expect_attr(f->path, "ref_dac", "1");
    expect_attr(f->path, "dac", "+12:+13");
    g_assert_true(hv_security_restore(f->sec, a, DEADLINE, NULL));
    expect_owner(f->path, 12, 13);
}

static void test_in_use(Fix *f, gconstpointer data)
{
    if (!can(f))
        return;
    g_autoptr(HvLabelSet) a = set_of(f->path, 0);
    g_assert_true(hv_security_apply(f->sec, a, DEADLINE, NULL, NULL));
    g_autoptr(HvLabelSet) b = hv_label_set_new();
    g_autofree char *other = g_build_filename(f->dir, "other", NULL);
    g_assert_true(g_file_set_contents(other, "", 0, NULL));
    g_assert_cmpint(chown(other, 5, 6), ==, 0);
    hv_label_set_add(b, other, 0);
    g_assert_true(hv_label_item_override(hv_label_set_add(b, f->path, 0), "+1:+2", TRUE, NULL));
    g_autoptr(GError) err = NULL;
    g_assert_false(hv_security_apply(f->sec, b, DEADLINE, NULL, &err));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_OPERATION_INVALID);
    expect_owner(other, 5, 6);   /* taken back */
    expect_owner(f->path, UID, GID);
    expect_attr(f->path, "ref_dac", "1");
    g_unlink(other);
    g_assert_true(hv_security_restore(f->sec, a, DEADLINE, NULL));
    expect_owner(f->path, 0, 0);
}

static void test_rules(Fix *f, gconstpointer data)
{
    if (!can(f))
        return;
    g_assert_cmpint(chown(f->path, 12, 13), ==, 0);
    g_autofree char *gone = g_build_filename(f->dir, "gone", NULL);
    g_autoptr(GError) err = NULL;
    g_autoptr(HvLabelSet) missing = set_of(gone, 0);
    g_assert_false(hv_security_apply(f->sec, missing, DEADLINE, NULL, &err));
    g_assert_nonnull(strstr(err->message, "gone"));
    g_autoptr(HvLabelSet) ok = set_of(gone, HV_LABEL_MISSING_OK);
    g_assert_true(hv_security_apply(f->sec, ok, DEADLINE, NULL, NULL));
    g_autoptr(HvLabelSet) keep = hv_label_set_new();
    g_assert_true(hv_label_item_override(hv_label_set_add(keep, f->path, 0), NULL, FALSE, NULL));
    g_assert_true(hv_security_apply(f->sec, keep, DEADLINE, NULL, NULL));
    expect_owner(f->path, 12, 13);

    /* remember_owner = 0: goes to root */
    g_autoptr(HvSecurity) plain = security(FALSE);
    g_autoptr(HvLabelSet) p = set_of(f->path, 0);
    g_assert_true(hv_security_apply(plain, p, DEADLINE, NULL, NULL));
    expect_attr(f->path, "ref_dac", NULL);
    g_assert_true(hv_security_restore(plain, p, DEADLINE, NULL));
    expect_owner(f->path, 0, 0);

    /* through the status document */
    g_assert_cmpint(chown(f->path, 12, 13), ==, 0);
    g_autoptr(HvLabelSet) s = set_of(f->path, 0);
    g_assert_true(hv_security_probe(f->sec, s, DEADLINE, NULL, NULL));
    g_autofree char *text = hv_label_set_format(s);
    g_assert_true(hv_security_apply(f->sec, s, DEADLINE, NULL, NULL));
    g_autoptr(HvLabelSet) back = hv_label_set_parse(text, NULL);
    g_assert_nonnull(back);
    g_assert_true(hv_security_restore(f->sec, back, DEADLINE, NULL));
    expect_owner(f->path, 12, 13);
}

/* A remote path (any link counts as one once there is a remote mount) goes through the child; here the child is asked
 * for because the lock is taken. */
static void test_locked(Fix *f, gconstpointer data)
{
    if (!can(f))
        return;
    int fd = open(f->path, O_RDWR | O_CLOEXEC);
    struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 1 };
    g_assert_cmpint(fcntl(fd, F_OFD_SETLK, &l), ==, 0);
    g_autoptr(HvLabelSet) a = set_of(f->path, 0);
    g_autoptr(GError) err = NULL;
    g_assert_false(hv_security_apply(f->sec, a, 100, NULL, &err));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_OPERATION_TIMEOUT);
    expect_owner(f->path, 0, 0);
    close(fd);
    g_assert_true(hv_security_apply(f->sec, a, DEADLINE, NULL, NULL));
    expect_owner(f->path, UID, GID);
    g_assert_true(hv_security_restore(f->sec, a, DEADLINE, NULL));
    expect_owner(f->path, 0, 0);
}

static int hang(int out, gpointer data)
{
    pause();
    return 1;
}

static int answer(int out, gpointer data)
{
    return write(out, "hello", 5) == 5 ? 0 : 1;
}

static int die(int out, gpointer data)
{
    raise(SIGKILL);
    return 0;
}

static void raise_cancel(gpointer cancel)
{
    vir_cancel_raise(cancel);
}

static void test_helper(void)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(GBytes) b = hv_helper_run("work", answer, NULL, DEADLINE, NULL, &err);
    g_assert_no_error(err);
    g_assert_cmpmem(g_bytes_get_data(b, NULL), g_bytes_get_size(b), "hello", 5);
    g_assert_null(hv_helper_run("work", hang, NULL, 50, NULL, &err));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_OPERATION_TIMEOUT);
    g_clear_error(&err);
    g_assert_null(hv_helper_run("work", die, NULL, DEADLINE, NULL, &err));
    g_assert_nonnull(err);
    g_clear_error(&err);
    g_autoptr(VirCancel) cancel = vir_cancel_new();
    g_autoptr(GThread) t = g_thread_new("cancel", (GThreadFunc)(void *)raise_cancel, cancel);
    g_assert_null(hv_helper_run("work", hang, NULL, 60000, cancel, &err));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_OPERATION_ABORTED);
    g_thread_join(g_steal_pointer(&t));

    struct stat st;
    int e = -1;
    g_assert_true(hv_stat("/proc/self/nothing", &st, &e, DEADLINE, NULL));
    g_assert_cmpint(e, ==, ENOENT);
    int fd = hv_open("/dev/null", O_RDONLY, 0, DEADLINE, NULL);
    g_assert_cmpint(fd, >=, 0);
    close(fd);
}

/* A FUSE file system whose server never says a word: every look at it hangs, as at a dead NFS server. */
static void test_dead_server_sub(void)
{
    g_autofree char *dir = g_dir_make_tmp("dead-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "disk", NULL);
    g_autofree char *link = g_strconcat(dir, ".link", NULL);
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    g_autofree char *options = g_strdup_printf("fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
    if (fd < 0 || unshare(CLONE_NEWNS) < 0 || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("dead", dir, "fuse", 0, options) < 0) {
        g_rmdir(dir);
        g_print("cannot\n");
        return;
    }
    g_assert_false(hv_path_is_local(path));
    g_assert_true(hv_path_is_local("/etc/hostname"));
    g_assert_cmpint(symlink(path, link), ==, 0);
    g_assert_false(hv_path_is_local(link));
    struct stat st;
    int e;
    g_autoptr(GError) err = NULL;
    g_assert_false(hv_stat(path, &st, &e, 100, &err));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_OPERATION_TIMEOUT);
    g_clear_error(&err);
    g_assert_cmpint(hv_open(link, O_RDONLY, 0, 100, &err), ==, -1);
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_OPERATION_TIMEOUT);
    g_clear_error(&err);
    g_autoptr(HvSecurity) sec = security(TRUE);
    g_autoptr(HvLabelSet) set = set_of(path, 0);
    g_assert_false(hv_security_apply(sec, set, 100, NULL, &err));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_OPERATION_TIMEOUT);
    g_assert_nonnull(strstr(err->message, path));
    close(fd); /* now it answers: no such server */
    g_clear_error(&err);
    g_assert_true(hv_stat(path, &st, &e, DEADLINE, &err));
    g_assert_cmpint(e, ==, ENOTCONN);
    umount2(dir, MNT_DETACH);
    unlink(link);
    g_rmdir(dir);
    g_print("done\n");
}

static void test_dead_server(void)
{
    if (geteuid() != 0) {
        g_test_skip("needs root");
        return;
    }
    g_test_trap_subprocess("/labels/dead-server/subprocess", 0, 0);
    g_test_trap_assert_passed();
}

static VirHost *fixture(const char *dir, const char *apparmor)
{
    g_autofree char *d = g_build_filename(dir, "sys/module/apparmor/parameters", NULL);
    g_autofree char *p = g_build_filename(d, "enabled", NULL);
    g_assert_cmpint(g_mkdir_with_parents(d, 0755), ==, 0);
    g_assert_true(g_file_set_contents(p, apparmor, -1, NULL));
    return vir_host_new(dir);
}

static void test_confined(void)
{
    g_autofree char *dir = g_dir_make_tmp("lsm-XXXXXX", NULL);
    g_autoptr(VirHost) host = fixture(dir, "Y\n");
    const char *const none[] = { "none", NULL };
    const char *const se[] = { "selinux", NULL };
    HvSecurityOptions o = { .privileged = TRUE, .uid = UID, .gid = GID, .dynamic_ownership = TRUE };
    g_autoptr(GError) err = NULL;
    g_autoptr(HvSecurity) sec = hv_security_new(host, &o, NULL);
    g_assert_false(hv_security_check_start(sec, FALSE, &err));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_CONFIG_UNSUPPORTED);
    g_assert_nonnull(strstr(err->message, "apparmor"));
    g_clear_error(&err);
    o.drivers = none;
    g_autoptr(HvSecurity) off = hv_security_new(host, &o, NULL);
    g_assert_true(hv_security_check_start(off, FALSE, &err));
    o.drivers = se;
    g_assert_null(hv_security_new(host, &o, &err));
    const HvSecModel *m;
    g_assert_cmpint(hv_security_models(off, &m), ==, 2);
    g_assert_cmpstr(m[0].model, ==, "none");
    g_assert_cmpstr(m[1].model, ==, "dac");
    g_assert_cmpstr(m[1].base[0].label, ==, "+4711:+4712");
}

static void test_set(void)
{
    g_autoptr(HvLabelSet) set = hv_label_set_new();
    hv_label_set_add(set, "/a b%", HV_LABEL_SHARED | HV_LABEL_MISSING_OK);
    hv_label_set_add(set, "/a b%", HV_LABEL_SHARED);
    g_assert_cmpint(hv_label_set_count(set), ==, 1);
    g_assert_cmpint(hv_label_set_item(set, 0)->flags, ==, HV_LABEL_SHARED);
    g_autofree char *text = hv_label_set_format(set);
    g_autoptr(HvLabelSet) back = hv_label_set_parse(text, NULL);
    g_assert_cmpstr(hv_label_set_item(back, 0)->path, ==, "/a b%");
    g_assert_null(hv_label_set_parse("1:2:x:/p", NULL));
    g_assert_null(hv_label_set_parse("1:2:0:p", NULL));
    uid_t u;
    gid_t g = 9;
    g_assert_true(hv_dac_label_parse("+12:+13", &u, &g, NULL));
    g_assert_cmpint(u, ==, 12);
    g_assert_cmpint(g, ==, 13);
    g_assert_true(hv_dac_label_parse("root:root", &u, &g, NULL));
    g_assert_false(hv_dac_label_parse("root:", &u, &g, NULL));
    g_assert_false(hv_dac_label_parse("no-such-user-x", &u, &g, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/labels/set", test_set);
    g_test_add_func("/labels/helper", test_helper);
    g_test_add_func("/labels/dead-server", test_dead_server);
    g_test_add_func("/labels/dead-server/subprocess", test_dead_server_sub);
    g_test_add_func("/labels/confined", test_confined);
    g_test_add("/labels/round", Fix, NULL, setup, test_round, teardown);
    g_test_add("/labels/stale", Fix, NULL, setup, test_stale, teardown);
    g_test_add("/labels/in-use", Fix, NULL, setup, test_in_use, teardown);
    g_test_add("/labels/rules", Fix, NULL, setup, test_rules, teardown);
    g_test_add("/labels/locked", Fix, NULL, setup, test_locked, teardown);
    return g_test_run();
}

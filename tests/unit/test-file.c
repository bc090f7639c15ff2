/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/error.h"
#include "util/fd.h"
#include "util/file.h"

static char *dir;

static char *path_of(const char *name)
{
    return g_build_filename(dir, name, NULL);
}

static void assert_content(const char *path, const char *want)
{
    g_autoptr(GError) err = NULL;
    g_autofree char *text = vir_file_read(path, 1024 * 1024, NULL, &err);
    g_assert_no_error(err);
    g_assert_cmpstr(text, ==, want);
}

static void test_atomic(void)
{
    g_autoptr(GError) err = NULL;
    g_autofree char *path = path_of("plain");
    umask(077);
    g_assert_true(vir_file_write_atomic(AT_FDCWD, path, "one", 3, 0644, &err));
    g_assert_no_error(err);
    assert_content(path, "one");
    struct stat st;
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 07777, ==, 0644);
    umask(022);

    VIR_AUTOFD int d = vir_file_open_dir(dir, &err);
    g_assert_cmpint(d, >=, 0);
    g_assert_true(vir_file_write_atomic(d, "plain", "two", 3, 0600, &err));
    assert_content(path, "two");
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 07777, ==, 0600);

    /* left by a writer that died: the next one takes it away */
    g_autofree char *tmp = path_of("plain.new");
    g_assert_true(g_file_set_contents(tmp, "garbage, longer than all", -1, NULL));
    g_assert_true(vir_file_write_atomic(d, "plain", "", 0, 0600, &err));
    assert_content(path, "");
    g_assert_cmpint(access(tmp, F_OK), ==, -1);

    g_assert_true(vir_file_remove_synced(d, "plain", &err));
    g_assert_true(vir_file_remove_synced(d, "plain", &err));
    g_assert_cmpint(access(path, F_OK), ==, -1);
}

static void test_atomic_fails(void)
{
    g_autoptr(GError) err = NULL;
    g_autofree char *sub = path_of("isdir");
    g_assert_cmpint(g_mkdir(sub, 0755), ==, 0);
    g_assert_false(vir_file_write_atomic(AT_FDCWD, sub, "x", 1, 0644, &err));
    g_assert_nonnull(strstr(err->message, "isdir"));
    g_autofree char *tmp = path_of("isdir.new");
    g_assert_cmpint(access(tmp, F_OK), ==, -1);
    g_clear_error(&err);
    g_assert_false(vir_file_write_atomic(AT_FDCWD, "/nonexistent/dir/file", "x", 1, 0644, &err));
    g_assert_cmpint(vir_error_extra(err)->int1, ==, ENOENT);
    g_clear_error(&err);
    g_assert_false(vir_file_write_atomic(AT_FDCWD, "/proc/", "x", 1, 0644, &err));
    g_clear_error(&err);

    /* a full disk: the old content stays and nothing is left beside it */
    g_autofree char *longname = g_strnfill(254, 'n');
    VIR_AUTOFD int d = vir_file_open_dir(dir, NULL);
    g_assert_false(vir_file_write_atomic(d, longname, "x", 1, 0644, &err));
    g_assert_cmpint(vir_error_extra(err)->int1, ==, ENAMETOOLONG);
}

static VirFileStep at_step;
static gboolean die_there;

static gboolean hook(VirFileStep step)
{
    if (step != at_step)
        return TRUE;
    if (die_there)
        kill(getpid(), SIGKILL);
    return FALSE;
}

static const char old_text[] = "the old content";
static const char new_text[] = "the new content, which is longer than the old";

static void test_killed_at_every_step(void)
{
    g_autofree char *path = path_of("victim");
    for (int s = 0; s < VIR_FILE_STEP_LAST; s++) {
        g_assert_true(vir_file_write_atomic(AT_FDCWD, path, old_text, strlen(old_text), 0644, NULL));
        pid_t pid = fork();
        if (pid == 0) {
            at_step = s;
            die_there = TRUE;
            vir_file_step_hook = hook;
            vir_file_write_atomic(AT_FDCWD, path, new_text, strlen(new_text), 0644, NULL);
            _exit(1);
        }
        int status;
        g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
        g_assert_true(WIFSIGNALED(status));
        assert_content(path, s < VIR_FILE_STEP_RENAMED ? old_text : new_text);
        /* and the next writer is not disturbed by what the dead one left */
        g_assert_true(vir_file_write_atomic(AT_FDCWD, path, new_text, strlen(new_text), 0644, NULL));
        assert_content(path, new_text);
    }
}

static void test_fails_at_every_step(void)
{
    g_autofree char *path = path_of("failing");
    g_autofree char *tmp = path_of("failing.new");
    die_there = FALSE;
    for (int s = 0; s < VIR_FILE_STEP_LAST; s++) {
        g_autoptr(GError) err = NULL;
        g_assert_true(vir_file_write_atomic(AT_FDCWD, path, old_text, strlen(old_text), 0644, NULL));
        at_step = s;
        vir_file_step_hook = hook;
        g_assert_false(vir_file_write_atomic(AT_FDCWD, path, new_text, strlen(new_text), 0644, &err));
        vir_file_step_hook = NULL;
        g_assert_cmpint(vir_error_extra(err)->int1, ==, EIO);
        assert_content(path, s < VIR_FILE_STEP_RENAMED ? old_text : new_text);
        g_assert_cmpint(access(tmp, F_OK), ==, -1);
    }
}

static void test_read(void)
{
    g_autoptr(GError) err = NULL;
    g_autofree char *path = path_of("read");
    g_autofree char *big = g_strnfill(10000, 'b');
    g_assert_true(g_file_set_contents(path, big, -1, NULL));
    size_t len;
    g_autofree char *text = vir_file_read(path, 10000, &len, &err);
    g_assert_cmpstr(text, ==, big);
    g_assert_cmpuint(len, ==, 10000);
    g_assert_null(vir_file_read(path, 9999, NULL, &err));
    g_assert_cmpint(vir_error_extra(err)->int1, ==, EFBIG);
    g_clear_error(&err);
    g_assert_null(vir_file_read("/nonexistent", 10, NULL, &err));
    g_assert_true(vir_file_error_is_absent(err));
    g_clear_error(&err);
    g_autofree char *proc = vir_file_read("/proc/self/status", 100000, NULL, &err);
    g_assert_nonnull(proc);

    guint64 n;
    g_assert_true(g_file_set_contents(path, "42\n", -1, NULL));
    g_assert_true(vir_file_read_uint64(path, &n, &err));
    g_assert_cmpuint(n, ==, 42);
    g_assert_false(vir_file_read_uint64("/nonexistent", &n, &err));
    g_assert_no_error(err);
    g_assert_true(vir_file_write_text(path, "x\n", &err));
    g_assert_false(vir_file_read_uint64(path, &n, &err));
    g_assert_nonnull(err);
}

static void test_dirs_and_links(void)
{
    g_autoptr(GError) err = NULL;
    g_autofree char *deep = path_of("a/b/c");
    struct stat st;
    g_assert_true(vir_file_ensure_dir(deep, 0711, getuid(), getgid(), &err));
    g_assert_no_error(err);
    g_assert_cmpint(stat(deep, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 07777, ==, 0711);
    g_assert_true(vir_file_ensure_dir(deep, 0700, -1, -1, &err));
    g_assert_cmpint(stat(deep, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 07777, ==, 0700);

    g_autofree char *link = path_of("a/link");
    for (int i = 0; i < 2; i++)
        g_assert_true(vir_file_symlink_atomic(AT_FDCWD, i ? "two" : "one", link, &err));
    g_autofree char *target = g_file_read_link(link, NULL);
    g_assert_cmpstr(target, ==, "two");

    g_assert_true(vir_file_name_is_valid("vm 1"));
    g_assert_false(vir_file_name_is_valid("a/b"));
    g_assert_false(vir_file_name_is_valid(".."));
    g_assert_false(vir_file_name_is_valid(""));
    g_assert_false(vir_file_name_is_valid("a\nb"));
    g_autofree char *longname = g_strnfill(240, 'n');
    g_assert_false(vir_file_name_is_valid(longname));
}

static void test_fd_passing(void)
{
    g_autoptr(GError) err = NULL;
    int s[2];
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, s), ==, 0);
    g_assert_cmpint(vir_fd_recv(s[1], &err), ==, -1);
    g_assert_no_error(err);

    /* the descriptor's byte comes right after the packet's last */
    VIR_AUTOFD int mem = vir_fd_memfd("t", "abc", 3, &err);
    g_assert_no_error(err);
    g_assert_true(vir_fd_write_all(s[0], "packet", 6, &err));
    g_assert_true(vir_fd_send(s[0], mem, &err));
    g_assert_true(vir_fd_send(s[0], mem, &err));
    char buf[6];
    g_assert_true(vir_fd_read_exact(s[1], buf, 6, &err));
    for (int i = 0; i < 2; i++) {
        VIR_AUTOFD int got = vir_fd_recv(s[1], &err);
        g_assert_no_error(err);
        g_assert_cmpint(got, >=, 0);
        g_assert_true(fcntl(got, F_GETFD) & FD_CLOEXEC);
        g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", got);
        assert_content(path, "abc");
    }
    /* a plain byte where a descriptor should be */
    g_assert_true(vir_fd_write_all(s[0], "", 1, &err));
    g_assert_cmpint(vir_fd_recv(s[1], &err), ==, -1);
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_RPC);
    g_clear_error(&err);
    vir_fd_close(&s[0]);
    g_assert_cmpint(vir_fd_recv(s[1], &err), ==, -1);
    g_assert_nonnull(err);
    vir_fd_close(&s[1]);
    g_assert_cmpint(s[1], ==, -1);
}

static void test_fd_misc(void)
{
    g_autoptr(GError) err = NULL;
    int p[2];
    g_assert_true(vir_fd_pipe(p, &err));
    g_assert_true(fcntl(p[0], F_GETFD) & FD_CLOEXEC);
    g_assert_true(vir_fd_set_cloexec(p[0], FALSE, &err));
    g_assert_false(fcntl(p[0], F_GETFD) & FD_CLOEXEC);
    g_assert_true(vir_fd_set_nonblock(p[0], TRUE, &err));
    g_assert_true(fcntl(p[0], F_GETFL) & O_NONBLOCK);
    int copy = vir_fd_dup(p[1], &err);
    int kept = copy;
    g_assert_cmpint(vir_fd_steal(&copy), ==, kept);
    g_assert_cmpint(copy, ==, -1);
    g_assert_true(vir_fd_write_all(kept, "12", 2, &err));
    vir_fd_close(&kept);
    vir_fd_close(&p[1]);
    char three[3];
    g_assert_false(vir_fd_read_exact(p[0], three, 3, &err));
    g_assert_nonnull(strstr(err->message, "1 bytes missing"));
    vir_fd_close(&p[0]);
    g_clear_error(&err);
    g_assert_cmpint(vir_fd_dup(-1, &err), ==, -1);
    g_assert_nonnull(err);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    dir = g_dir_make_tmp("vir-file-XXXXXX", NULL);
    g_test_add_func("/file/atomic", test_atomic);
    g_test_add_func("/file/atomic-fails", test_atomic_fails);
    g_test_add_func("/file/killed-at-every-step", test_killed_at_every_step);
    g_test_add_func("/file/fails-at-every-step", test_fails_at_every_step);
    g_test_add_func("/file/read", test_read);
    g_test_add_func("/file/dirs-and-links", test_dirs_and_links);
    g_test_add_func("/fd/passing", test_fd_passing);
    g_test_add_func("/fd/misc", test_fd_misc);
    int rc = g_test_run();
    g_autofree char *rm = g_strdup_printf("rm -rf '%s'", dir);
    g_assert_true(g_spawn_command_line_sync(rm, NULL, NULL, NULL, NULL));
    g_free(dir);
    return rc;
}

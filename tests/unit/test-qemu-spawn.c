/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The two-step start: the waiting child, its pid file, identity, limits, descriptors, private /dev; a real QEMU under
 * its own user where there is one.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/error.h"
#include "util/fd.h"
#include "util/proc.h"
#include "virtqemud/process/spawn.h"

#define QEMU "/usr/bin/qemu-system-x86_64"

typedef struct {
    char *dir, *pid_file, *out;
    int out_fd;
    QemuSpawnSpec spec;
    char **env;
} Fix;

static void setup(Fix *f, gconstpointer data)
{
    f->dir = g_dir_make_tmp("spawn-XXXXXX", NULL);
    g_assert_cmpint(chmod(f->dir, 0755), ==, 0);
    f->pid_file = g_build_filename(f->dir, "x.pid", NULL);
    f->out = g_build_filename(f->dir, "out", NULL);
    f->out_fd = open(f->out, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    f->env = qemu_spawn_env("/var/lib/x", FALSE);
    f->spec = (QemuSpawnSpec){ .env = (const char *const *)f->env, .name = "x", .pid_file = f->pid_file,
                               .out_fd = f->out_fd };
}

static void teardown(Fix *f, gconstpointer data)
{
    g_unlink(f->pid_file);
    g_unlink(f->out);
    g_assert_cmpint(g_rmdir(f->dir), ==, 0);
    close(f->out_fd);
    g_free(f->dir);
    g_free(f->pid_file);
    g_free(f->out);
    g_strfreev(f->env);
}

/* Runs to the end; what it printed. */
static char *run(Fix *f, const char *script, int *ret_status)
{
    const char *const argv[] = { "/bin/sh", "-c", script, NULL };
    f->spec.argv = argv;
    g_autoptr(GError) err = NULL;
    pid_t pid = 0;
    g_autoptr(QemuChild) c = qemu_spawn_begin(&f->spec, &pid, &err);
    g_assert_no_error(err);
    g_assert_cmpint(vir_pidfile_holder(f->pid_file, NULL), ==, pid);
    int pidfd = -1;
    qemu_spawn_exec(c, &pidfd, &err);
    g_assert_no_error(err);
    g_assert_true(vir_proc_pidfd_wait(pidfd, 20000));
    qemu_reap(&pidfd, ret_status);
    g_assert_cmpint(pidfd, ==, -1);
    g_assert_cmpint(vir_pidfile_holder(f->pid_file, NULL), ==, 0);
    char *out = NULL;
    g_assert_true(g_file_get_contents(f->out, &out, NULL, NULL));
    return out;
}

static void test_plain(Fix *f, gconstpointer data)
{
    int status = -1;
    int p[2];
    g_assert_true(vir_fd_pipe(p, NULL));
    QemuSpawnFd fds[] = { { p[1], 8 }, { f->out_fd, 9 } };
    f->spec.fds = fds;
    f->spec.n_fds = 2;
    g_autofree char *out = run(f, "echo hi >&8; ls /proc/self/fd | tr '\\n' ' '; env | sort; umask; pwd; cat <&0; "
                                  "[ $(ps -o sid= -p $$) = $$ ] && echo leader; exit 3", &status);
    close(p[1]);
    g_autofree char *piped = vir_fd_read_all(p[0], 100, NULL, NULL);
    close(p[0]);
    g_assert_cmpstr(piped, ==, "hi\n");
    g_assert_cmpint(status, ==, 3 << 8);
    /* 3 is ls's own directory; 64 is the pid file */
    g_assert_true(g_str_has_prefix(out, "0 1 2 3 64 8 9 "));
    g_assert_nonnull(strstr(out, "HOME=/var/lib/x\nLC_ALL=C\n"));
    g_assert_nonnull(strstr(out, "XDG_CACHE_HOME=/var/lib/x/.cache\n"));
    g_assert_nonnull(strstr(out, "0002\n/\nleader\n"));
}

static void test_refused(Fix *f, gconstpointer data)
{
    const char *const argv[] = { "/no/such/emulator", NULL };
    g_autoptr(GError) err = NULL;
    pid_t pid, other;
    f->spec.argv = argv;
    g_autoptr(QemuChild) c = qemu_spawn_begin(&f->spec, &pid, &err);
    g_assert_no_error(err);
    g_assert_null(qemu_spawn_begin(&f->spec, &other, &err));   /* the first one waits: its pid file is locked */
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_OPERATION_FAILED);
    g_autofree char *text = g_strdup_printf("process %d", pid);
    g_assert_nonnull(strstr(err->message, text));
    g_clear_error(&err);
    int pidfd = -1;
    g_assert_false(qemu_spawn_exec(c, &pidfd, &err));
    g_assert_nonnull(strstr(err->message, "/no/such/emulator"));
    g_clear_error(&err);
    g_assert_cmpint(kill(pid, 0), ==, -1);

    /* a child that is dropped is gone */
    QemuChild *d = qemu_spawn_begin(&f->spec, &pid, &err);
    g_assert_no_error(err);
    qemu_spawn_free(d);
    g_assert_cmpint(kill(pid, 0), ==, -1);
    g_assert_cmpint(vir_pidfile_holder(f->pid_file, NULL), ==, 0);

    f->spec.max_files = G_MAXUINT32;
    f->spec.argv = (const char *const[]){ "/bin/true", NULL };
    g_autoptr(QemuChild) e = qemu_spawn_begin(&f->spec, &pid, &err);
    gboolean ok = qemu_spawn_exec(e, &pidfd, &err);
    if (ok) { /* with CAP_SYS_RESOURCE the kernel's nr_open still refuses on most machines */
        qemu_reap(&pidfd, NULL);
        return;
    }
    g_assert_nonnull(strstr(err->message, "max_files"));
}

static void test_identity(Fix *f, gconstpointer data)
{
    if (geteuid() != 0) {
        g_test_skip("needs root");
        return;
    }
    gid_t groups[] = { 4712, 4713 };
    f->spec.set_ids = TRUE;
    f->spec.uid = 4711;
    f->spec.gid = 4712;
    f->spec.groups = groups;
    f->spec.n_groups = 2;
    g_autoptr(GArray) devices = qemu_spawn_devices(NULL);
    QemuSpawnDevice own = { "/dev/loop-control", TRUE, TRUE, 4711, 4712 };
    g_array_append_val(devices, own);
    f->spec.devices = (QemuSpawnDevice *)(void *)devices->data;
    f->spec.n_devices = devices->len;
    g_autofree char *prefix = g_build_filename(f->dir, "4-x", NULL);
    f->spec.dev_dir = prefix;
    int status;
    g_autofree char *out = run(f, "grep -E '^(Uid|Gid|Groups|CapEff|CapPrm|CapBnd)' /proc/self/status | tr '\\t' ' '; "
                                  "ls -ln /dev; echo x >/dev/null && echo null-ok; ulimit -c; sleep 0", &status);
    g_test_message("%s", out);
    g_assert_cmpint(status, ==, 0);
    g_assert_nonnull(strstr(out, "Uid: 4711 4711 4711 4711"));
    g_assert_nonnull(strstr(out, "Gid: 4712 4712 4712 4712"));
    g_assert_nonnull(strstr(out, "Groups: 4712 4713"));
    g_assert_nonnull(strstr(out, "CapPrm: 0000000000000000\nCapEff: 0000000000000000\nCapBnd: 0000000000000000"));
    g_assert_nonnull(strstr(out, "null-ok\n0\n"));
    g_assert_nonnull(strstr(out, " null\n"));
    g_assert_nonnull(strstr(out, " pts\n"));
    g_assert_null(strstr(out, " vda\n"));
    g_assert_null(strstr(out, " mem\n"));
    if (g_file_test("/dev/loop-control", G_FILE_TEST_EXISTS))
        g_assert_nonnull(strstr(out, " 4711 4712 "));
    g_autofree char *left = g_strconcat(prefix, ".dev", NULL);
    g_assert_false(g_file_test(left, G_FILE_TEST_EXISTS));
}

static void test_kill(Fix *f, gconstpointer data)
{
    const char *const argv[] = { "/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 1000; done", NULL };
    f->spec.argv = argv;
    pid_t pid;
    int pidfd = -1, status;
    g_autoptr(GError) err = NULL;
    int p[2];
    g_assert_true(vir_fd_pipe(p, NULL));
    f->spec.out_fd = p[1];
    g_autoptr(QemuChild) c = qemu_spawn_begin(&f->spec, &pid, &err);
    g_assert_true(qemu_spawn_exec(c, &pidfd, &err));
    char up[3];
    g_assert_true(vir_fd_read_exact(p[0], up, 3, NULL));
    g_assert_false(qemu_kill(pidfd, "x", TRUE, 50, 0, NULL, &err));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_OPERATION_TIMEOUT);
    g_clear_error(&err);
    g_assert_true(qemu_kill(pidfd, "x", FALSE, 50, 20000, NULL, &err));
    qemu_reap(&pidfd, &status);
    g_assert_cmpint(status, ==, 9);
    close(p[0]);
    close(p[1]);
}

static void test_listen(Fix *f, gconstpointer data)
{
    g_autofree char *name = g_strnfill(100, 's');
    g_autofree char *dir = g_build_filename(f->dir, name, NULL);
    g_autofree char *path = g_build_filename(dir, "m.sock", NULL);
    g_assert_cmpint(g_mkdir(dir, 0755), ==, 0);
    g_autoptr(GError) err = NULL;
    int fd = qemu_listen_unix(path, 0775, &err);
    g_assert_no_error(err);
    struct stat st;
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0775);
    close(fd);
    fd = qemu_listen_unix(path, 0700, &err);
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0700);
    close(fd);
    g_unlink(path);
    g_rmdir(dir);
}

static void test_qemu(Fix *f, gconstpointer data)
{
    struct passwd *pw = getpwnam("libvirt-qemu");
    if (geteuid() != 0 || !pw || access(QEMU, X_OK) < 0) {
        g_test_skip("needs root, the user libvirt-qemu and " QEMU);
        return;
    }
    g_autoptr(GArray) groups = vir_proc_groups(pw->pw_uid, pw->pw_gid, NULL);
    g_autofree char *sock = g_build_filename(f->dir, "monitor.sock", NULL);
    g_autofree char *prefix = g_build_filename(f->dir, "5-q", NULL);
    g_autoptr(GArray) devices = qemu_spawn_devices(NULL);
    g_autoptr(GError) err = NULL;
    VIR_AUTOFD int mon = qemu_listen_unix(sock, 0775, &err);
    g_assert_no_error(err);
    QemuSpawnFd fds[] = { { mon, 40 } };
    const char *const argv[] = { QEMU, "-S", "-display", "none", "-no-user-config", "-nodefaults", "-machine", "none",
                                 "-chardev", "socket,id=m,fd=40,server=on,wait=off", "-mon",
                                 "chardev=m,mode=control", "-sandbox", qemu_sandbox_arg(-1), NULL };
    f->spec.argv = argv;
    f->spec.fds = fds;
    f->spec.n_fds = 1;
    f->spec.set_ids = TRUE;
    f->spec.uid = pw->pw_uid;
    f->spec.gid = pw->pw_gid;
    f->spec.groups = (gid_t *)(void *)groups->data;
    f->spec.n_groups = groups->len;
    f->spec.devices = (QemuSpawnDevice *)(void *)devices->data;
    f->spec.n_devices = devices->len;
    f->spec.dev_dir = prefix;
    pid_t pid;
    int pidfd = -1, status;
    g_autoptr(QemuChild) c = qemu_spawn_begin(&f->spec, &pid, &err);
    g_assert_no_error(err);
    qemu_spawn_exec(c, &pidfd, &err);
    g_assert_no_error(err);
    /* The socket listens already: no polling. */
    int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    g_strlcpy(a.sun_path, sock, sizeof a.sun_path);
    g_assert_cmpint(connect(s, (struct sockaddr *)&a, sizeof a), ==, 0);
    char hello[9] = "";
    g_assert_true(vir_fd_read_exact(s, hello, 8, NULL));
    g_assert_cmpstr(hello, ==, "{\"QMP\": ");
    g_autofree char *status_file = g_strdup_printf("/proc/%d/status", pid);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(status_file, &text, NULL, NULL));
    g_autofree char *uid = g_strdup_printf("Uid:\t%u\t%u\t%u\t%u", pw->pw_uid, pw->pw_uid, pw->pw_uid, pw->pw_uid);
    g_assert_nonnull(strstr(text, uid));
    g_assert_nonnull(strstr(text, "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000"));
    g_assert_nonnull(strstr(text, "Seccomp:\t2"));
    g_assert_nonnull(strstr(text, "NoNewPrivs:\t1"));
    g_assert_true(qemu_devns_is_private(pid));
    g_autofree char *node = g_strdup_printf("/proc/%d/root/dev/loop-control", pid);
    QemuSpawnDevice own = { "/dev/loop-control", TRUE, TRUE, pw->pw_uid, pw->pw_gid };
    struct stat st;
    g_assert_true(qemu_devns_add(pid, &own, &err));
    if (g_file_test("/dev/loop-control", G_FILE_TEST_EXISTS)) {
        g_assert_cmpint(stat(node, &st), ==, 0);
        g_assert_cmpint(st.st_uid, ==, pw->pw_uid);
        g_assert_true(qemu_devns_remove(pid, "/dev/loop-control", &err));
        g_assert_cmpint(stat(node, &st), ==, -1);
    }
    g_assert_cmpint(vir_pidfile_holder(f->pid_file, NULL), ==, pid);
    g_assert_true(qemu_kill(pidfd, "q", TRUE, 20000, 0, NULL, &err));
    qemu_reap(&pidfd, &status);
    g_assert_true(status == 0 || status == 15);   /* its handler may not be there yet */
    close(s);
    g_unlink(sock);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/spawn/plain", Fix, NULL, setup, test_plain, teardown);
    g_test_add("/spawn/refused", Fix, NULL, setup, test_refused, teardown);
    g_test_add("/spawn/identity", Fix, NULL, setup, test_identity, teardown);
    g_test_add("/spawn/kill", Fix, NULL, setup, test_kill, teardown);
    g_test_add("/spawn/listen", Fix, NULL, setup, test_listen, teardown);
    g_test_add("/spawn/qemu", Fix, NULL, setup, test_qemu, teardown);
    return g_test_run();
}

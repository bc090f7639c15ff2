/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/cgroup.h"
#include "util/error.h"
#include "util/fd.h"
#include "util/file.h"
#include "util/proc.h"

static char *root;

static void put(const char *path, const char *text)
{
    g_autofree char *full = g_strconcat(root, path, NULL);
    g_autofree char *dir = g_path_get_dirname(full);
    g_assert_cmpint(g_mkdir_with_parents(dir, 0755), ==, 0);
    g_assert_true(g_file_set_contents(full, text, -1, NULL));
}

static void assert_text(const char *path, const char *want)
{
    g_autofree char *full = g_strconcat(root, path, NULL);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(full, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, want);
}

static void test_stat(void)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(VirHost) host = vir_host_new(root);
    VirProcStat st;
    put("/proc/77/stat",
        "77 (a) S (b) S 1 77 77 0 -1 4194560 10 20 3 40 250 50 0 0 20 0 5 0 12345 1048576 100 18446744073709551615 1 1 0 0 "
        "0 0 0 4096 0 0 0 0 17 6 0 0 0 0 0\n");
    g_assert_true(vir_proc_stat(host, 77, 0, &st, &err));
    g_assert_no_error(err);
    g_assert_cmpstr(st.comm, ==, "a) S (b");
    g_assert_cmpint(st.state, ==, 'S');
    g_assert_cmpint(st.ppid, ==, 1);
    g_assert_cmpuint(st.start_time, ==, 12345);
    g_assert_cmpuint(st.user_ns, ==, 2500000000);
    g_assert_cmpuint(st.threads, ==, 5);
    g_assert_cmpint(st.processor, ==, 6);
    g_assert_cmpuint(st.minor_faults, ==, 10);
    g_assert_cmpuint(st.major_faults, ==, 3);
    put("/proc/78/stat", "78 (x) Z");
    g_assert_false(vir_proc_stat(host, 78, 0, &st, &err));
    g_assert_nonnull(err);
    g_clear_error(&err);
    g_assert_false(vir_proc_stat(host, 79, 0, &st, &err));
    g_assert_no_error(err);

    g_assert_cmpuint(vir_proc_start_time(vir_host_real(), getpid()), >, 0);
    g_autoptr(GArray) tids = vir_proc_threads(vir_host_real(), getpid(), &err);
    g_assert_cmpuint(tids->len, >=, 1);
    g_assert_cmpint(g_array_index(tids, pid_t, 0), ==, getpid());
    g_assert_true(vir_proc_stat(vir_host_real(), getpid(), getpid(), &st, &err));
}

static void test_pidfd(void)
{
    g_autoptr(GError) err = NULL;
    pid_t pid = fork();
    if (pid == 0) {
        pause();
        _exit(0);
    }
    guint64 start = vir_proc_start_time(vir_host_real(), pid);
    g_assert_cmpint(vir_proc_pidfd(pid, start + 1, &err), ==, -1);
    g_assert_no_error(err);
    VIR_AUTOFD int fd = vir_proc_pidfd(pid, start, &err);
    g_assert_cmpint(fd, >=, 0);
    g_assert_false(vir_proc_pidfd_wait(fd, 0));
    g_assert_true(vir_proc_pidfd_signal(fd, SIGKILL, &err));
    g_assert_true(vir_proc_pidfd_wait(fd, -1));
    waitpid(pid, NULL, 0);
    g_assert_true(vir_proc_pidfd_signal(fd, SIGKILL, &err));
    g_assert_cmpint(vir_proc_pidfd(pid, 0, &err), ==, -1);
    g_assert_no_error(err);
}

static void test_users(void)
{
    g_autoptr(GError) err = NULL;
    uid_t uid = 1;
    gid_t gid = 1;
    g_assert_true(vir_proc_user("root", &uid, &gid, &err));
    g_assert_cmpint(uid, ==, 0);
    g_assert_cmpint(gid, ==, 0);
    g_assert_true(vir_proc_user("+4711", &uid, &gid, &err));
    g_assert_cmpint(uid, ==, 4711);
    g_assert_cmpint(gid, ==, 4711);
    g_assert_true(vir_proc_user("0", &uid, &gid, &err));
    g_assert_cmpint(gid, ==, 0);
    g_assert_true(vir_proc_group("root", &gid, &err));
    g_assert_false(vir_proc_user("no such user", &uid, NULL, &err));
    g_assert_cmpstr(err->message, ==, "there is no user 'no such user'");
    g_clear_error(&err);
    g_assert_false(vir_proc_group("-1", &gid, &err));
    g_clear_error(&err);
    g_assert_false(vir_proc_group("4294967295", &gid, &err));
    g_clear_error(&err);
    g_autofree char *name = vir_proc_user_name(0);
    g_assert_cmpstr(name, ==, "root");
    g_assert_null(vir_proc_user_name(4000000000u));
    g_autofree char *home = NULL;
    g_assert_true(vir_proc_user_home(0, &home, &err));
    g_autoptr(GArray) groups = vir_proc_groups(0, 0, &err);
    g_assert_cmpuint(groups->len, >=, 1);
}

static void test_pidfile(void)
{
    g_autoptr(GError) err = NULL;
    g_autofree char *path = g_build_filename(root, "x.pid", NULL);
    g_assert_cmpint(vir_pidfile_holder(path, &err), ==, 0);
    int p[2];
    g_assert_true(vir_fd_pipe(p, &err));
    pid_t pid = fork();
    if (pid == 0) {
        int fd = vir_pidfile_acquire(path, getpid(), NULL);
        if (fd >= 0 && write(p[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    char c;
    g_assert_true(vir_fd_read_exact(p[0], &c, 1, &err));
    g_assert_cmpint(vir_pidfile_holder(path, &err), ==, pid);
    g_assert_cmpint(vir_pidfile_read(path, &err), ==, pid);
    g_assert_cmpint(vir_pidfile_acquire(path, getpid(), &err), ==, -1);
    g_assert_nonnull(strstr(err->message, "held by process"));
    g_clear_error(&err);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    g_assert_cmpint(vir_pidfile_holder(path, &err), ==, 0);
    int fd = vir_pidfile_acquire(path, getpid(), &err);
    g_assert_cmpint(fd, >=, 0);
    g_autofree char *want = g_strdup_printf("%d", getpid());
    assert_text("/x.pid", want);
    vir_pidfile_release(path, fd);
    g_assert_cmpint(access(path, F_OK), ==, -1);
    vir_fd_close(&p[0]);
    vir_fd_close(&p[1]);
}

static void test_cgroup_v1(void)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(VirHost) host = vir_host_new(root);
    put("/proc/self/mountinfo", "31 23 0:28 / /cg1 rw - tmpfs tmpfs rw\n"
                                "32 31 0:29 / /cg1/cpu,cpuacct rw,relatime shared:1 - cgroup cgroup rw,cpu,cpuacct\n"
                                "33 31 0:30 / /cg1/cpuset rw - cgroup cgroup rw,cpuset\n"
                                "34 31 0:31 / /cg1/memory rw - cgroup cgroup rw,memory\n"
                                "35 31 0:32 / /cg1/blkio rw - cgroup cgroup rw,blkio\n"
                                "36 31 0:33 / /cg1/systemd rw - cgroup cgroup rw,xattr,name=systemd\n");
    put("/proc/5/cgroup", "4:memory:/m\n3:cpuset:/\n2:cpu,cpuacct:/machine/x\n1:name=systemd:/s.slice\n");
    put("/cg1/cpuset/cpuset.cpus", "0-1\n");
    put("/cg1/cpuset/cpuset.mems", "0\n");
    put("/cg1/cpu,cpuacct/machine/x/cpuacct.usage", "123\n");
    put("/cg1/cpu,cpuacct/machine/x/cpuacct.stat", "user 2\nsystem 3\n");
    put("/cg1/cpu,cpuacct/machine/x/cgroup.procs", "5\n6\n");
    put("/cg1/memory/m/memory.usage_in_bytes", "4096\n");
    put("/cg1/memory/m/cgroup.procs", "");
    put("/cg1/cpuset/cgroup.procs", "");
    put("/cg1/blkio/b/blkio.throttle.io_service_bytes", "8:0 Read 10\n8:0 Write 20\n8:16 Read 1\nTotal 31\n");
    put("/cg1/blkio/b/blkio.throttle.io_serviced", "8:0 Read 3\n8:0 Write 4\n8:16 Read 5\nTotal 12\n");

    g_autoptr(VirCgroupHost) ch = vir_cgroup_host_new(host, &err);
    g_assert_no_error(err);
    g_assert_cmpint(vir_cgroup_host_mode(ch), ==, VIR_CGROUP_MODE_V1);
    g_assert_null(vir_cgroup_host_mount(ch, VIR_CGROUP_PIDS));
    g_autoptr(VirCgroup) cg = vir_cgroup_of_pid(ch, 5, &err);
    g_assert_cmpstr(vir_cgroup_path(cg, VIR_CGROUP_CPU), ==, "/machine/x");
    g_assert_cmpstr(vir_cgroup_path(cg, VIR_CGROUP_SYSTEMD), ==, "/s.slice");
    g_assert_null(vir_cgroup_path(cg, VIR_CGROUP_PIDS));
    g_assert_null(vir_cgroup_of_pid(ch, 6, &err));
    g_assert_no_error(err);
    VirCgroupCpu cpu;
    g_assert_true(vir_cgroup_cpu(cg, &cpu, &err));
    g_assert_cmpuint(cpu.total_ns, ==, 123);
    g_assert_cmpuint(cpu.system_ns, ==, 30000000);
    guint64 mem;
    g_assert_true(vir_cgroup_memory(cg, &mem, &err));
    g_assert_cmpuint(mem, ==, 4096);
    g_autoptr(GArray) pids = vir_cgroup_pids(cg, &err);
    g_assert_no_error(err);
    g_assert_cmpuint(pids->len, ==, 2);
    g_autoptr(VirCgroup) b = vir_cgroup_at(ch, "/b");
    VirCgroupIo io;
    g_assert_true(vir_cgroup_io(b, "8:0", &io, &err));
    g_assert_cmpuint(io.write_bytes, ==, 20);
    g_assert_cmpuint(io.read_ops, ==, 3);
    g_assert_true(vir_cgroup_io(b, NULL, &io, &err));
    g_assert_cmpuint(io.read_bytes, ==, 11);
    g_assert_false(vir_cgroup_set_str(cg, VIR_CGROUP_PIDS, "pids.max", "1", &err));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_OPERATION_UNSUPPORTED);
}

static void test_cgroup_v2(void)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(VirHost) host = vir_host_new(root);
    put("/proc/self/mountinfo", "31 23 0:28 / /cg\\0402 rw shared:9 - cgroup2 cgroup2 rw\n");
    put("/proc/5/cgroup", "0::/machine.slice/x\n");
    put("/cg 2/cgroup.controllers", "cpuset cpu io memory pids\n");
    put("/cg 2/cgroup.subtree_control", "");
    put("/cg 2/machine.slice/x/cpu.stat", "usage_usec 7\nuser_usec 3\nsystem_usec 4\nnr_periods 0\n");
    put("/cg 2/machine.slice/x/io.stat", "8:16 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\n8:0 rbytes=9\n");
    put("/cg 2/machine.slice/x/memory.current", "8192\n");
    put("/cg 2/machine.slice/x/memory.max", "max\n");

    g_autoptr(VirCgroupHost) ch = vir_cgroup_host_new(host, &err);
    g_assert_cmpint(vir_cgroup_host_mode(ch), ==, VIR_CGROUP_MODE_V2);
    g_assert_true(vir_cgroup_host_is_v2(ch, VIR_CGROUP_BLKIO));
    g_assert_cmpstr(vir_cgroup_controller_name(VIR_CGROUP_BLKIO, TRUE), ==, "io");
    g_assert_null(vir_cgroup_host_mount(ch, VIR_CGROUP_DEVICES));
    g_autoptr(VirCgroup) cg = vir_cgroup_of_pid(ch, 5, &err);
    VirCgroupCpu cpu;
    g_assert_true(vir_cgroup_cpu(cg, &cpu, &err));
    g_assert_cmpuint(cpu.total_ns, ==, 7000);
    VirCgroupIo io;
    g_assert_true(vir_cgroup_io(cg, NULL, &io, &err));
    g_assert_cmpuint(io.read_bytes, ==, 10);
    g_assert_cmpuint(io.write_ops, ==, 4);
    guint64 v;
    g_assert_true(vir_cgroup_memory(cg, &v, &err));
    g_assert_true(vir_cgroup_get_uint64(cg, VIR_CGROUP_MEMORY, "memory.max", &v, &err));
    g_assert_true(v == G_MAXUINT64);
    g_assert_true(vir_cgroup_get_keyed(cg, VIR_CGROUP_CPU, "cpu.stat", "nr_periods", &v, &err));
    g_assert_true(vir_cgroup_set_uint64(cg, VIR_CGROUP_MEMORY, "memory.max", 5, &err));
    assert_text("/cg 2/machine.slice/x/memory.max", "5");

    g_autoptr(VirCgroup) child = vir_cgroup_child(cg, "vcpu0");
    g_assert_true(vir_cgroup_create(child, 1u << VIR_CGROUP_CPU | 1u << VIR_CGROUP_MEMORY, &err));
    g_assert_no_error(err);
    assert_text("/cg 2/cgroup.subtree_control", "+cpu+memory");   /* a plain file keeps both writes */
    g_assert_true(vir_cgroup_has(child, VIR_CGROUP_CPU));
    g_assert_true(vir_cgroup_remove(child, &err));
    g_assert_false(vir_cgroup_has(child, VIR_CGROUP_CPU));
    g_assert_true(vir_cgroup_remove(child, &err));
}

/* On the real machine, where it can be done: make, enter, read, leave, remove. */
static void test_cgroup_real(void)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(VirCgroupHost) ch = vir_cgroup_host_new(vir_host_real(), &err);
    g_autoptr(VirCgroup) self = ch ? vir_cgroup_of_pid(ch, 0, &err) : NULL;
    if (!self || vir_cgroup_host_mode(ch) == VIR_CGROUP_MODE_NONE || getuid() != 0) {
        g_test_skip("no control groups, or not root");
        return;
    }
    g_autofree char *name = g_strdup_printf("vir-test-%d", getpid());
    g_autoptr(VirCgroup) cg = vir_cgroup_child(self, name);
    if (!vir_cgroup_create(cg, ~0u, &err)) {
        g_test_skip("control groups cannot be made here");
        return;
    }
    pid_t pid = fork();
    if (pid == 0) {
        pause();
        _exit(0);
    }
    gboolean in = vir_cgroup_attach(cg, pid, FALSE, &err);
    g_autoptr(VirCgroup) found = vir_cgroup_of_pid(ch, pid, NULL);
    g_autoptr(GArray) pids = vir_cgroup_pids(cg, NULL);
    gboolean busy = !vir_cgroup_remove(cg, NULL);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    g_assert_no_error(err);
    g_assert_true(in);
    g_assert_true(busy);
    g_assert_cmpuint(pids->len, ==, 1);
    for (int c = 0; c < VIR_CGROUP_LAST; c++)
        g_assert_cmpstr(vir_cgroup_path(found, c), ==, vir_cgroup_path(cg, c));
    g_assert_true(vir_cgroup_remove(cg, &err));
    g_assert_no_error(err);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    root = g_dir_make_tmp("vir-proc-XXXXXX", NULL);
    g_test_add_func("/proc/stat", test_stat);
    g_test_add_func("/proc/pidfd", test_pidfd);
    g_test_add_func("/proc/users", test_users);
    g_test_add_func("/proc/pidfile", test_pidfile);
    g_test_add_func("/cgroup/v1", test_cgroup_v1);
    g_test_add_func("/cgroup/v2", test_cgroup_v2);
    g_test_add_func("/cgroup/real", test_cgroup_real);
    int rc = g_test_run();
    g_autofree char *rm = g_strdup_printf("rm -rf '%s'", root);
    g_assert_true(g_spawn_command_line_sync(rm, NULL, NULL, NULL, NULL));
    g_free(root);
    return rc;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/command-runner.h"
#include "util/error.h"
#include "util/fd.h"

static VirCommand *sh(const char *script)
{
    return vir_command_new("/bin/sh", "-c", script, NULL);
}

static void assert_out(VirCommand *cmd, const char *want)
{
    g_autoptr(GError) err = NULL;
    gboolean ok = vir_command_run(cmd, NULL, &err);
    g_assert_no_error(err);
    g_assert_true(ok);
    g_assert_cmpstr(vir_command_stdout(cmd, NULL), ==, want);
}

static void test_output(void)
{
    g_autoptr(VirCommand) plain = vir_command_new("echo", "a b", "$HOME; 'x'", NULL);
    assert_out(plain, "a b $HOME; 'x'\n");
    g_autoptr(VirCommand) input = vir_command_new("cat", NULL);
    g_autofree char *big = g_strnfill(300000, 'z');
    vir_command_set_input(input, big, strlen(big));
    assert_out(input, big);
    g_autoptr(VirCommand) none = vir_command_new("cat", NULL);
    assert_out(none, "");
    g_autoptr(VirCommand) cwd = vir_command_new("pwd", NULL);
    vir_command_set_cwd(cwd, "/usr");
    assert_out(cwd, "/usr\n");
    g_autoptr(VirCommand) mask = sh("umask");
    vir_command_set_umask(mask, 0027);
    assert_out(mask, "0027\n");
    g_autoptr(VirCommand) both = sh("echo out; echo err >&2");
    assert_out(both, "out\n");
    g_assert_cmpstr(vir_command_stderr(both, NULL), ==, "err\n");
}

static void test_environment(void)
{
    g_setenv("LEAKED", "1", TRUE);
    g_autoptr(VirCommand) cmd = vir_command_new("env", NULL);
    vir_command_env(cmd, "PATH", "/bin");
    vir_command_env(cmd, "MINE", "a=b");
    vir_command_env(cmd, "MINE", "c");
    assert_out(cmd, "LC_ALL=C\nPATH=/bin\nMINE=c\n");
    g_autoptr(VirCommand) pass = sh("echo $LEAKED");
    vir_command_env_pass(pass, "LEAKED");
    vir_command_env_pass(pass, "NOT_THERE_AT_ALL");
    assert_out(pass, "1\n");
    g_autofree char *text = vir_command_to_string(cmd);
    g_assert_cmpstr(text, ==, "LC_ALL=C PATH=/bin MINE=c env");
    g_autoptr(VirCommand) quoted = vir_command_new("x", "a b", "", "it's", NULL);
    vir_command_env(quoted, "PATH", "/bin");
    g_autofree char *shown = vir_command_to_string(quoted);
    g_assert_cmpstr(shown, ==, "LC_ALL=C PATH=/bin x 'a b' '' 'it'\\''s'");
}

static void test_descriptors(void)
{
    g_autoptr(GError) err = NULL;
    /* one that leaks: not close-on-exec */
    int leaked = open("/dev/null", O_RDONLY);
    g_assert_cmpint(leaked, >=, 0);
    g_autoptr(VirCommand) list = sh("ls /proc/self/fd | tr '\\n' ' '");
    assert_out(list, "0 1 2 3 ");   /* 3 is ls's own directory */

    int a = vir_fd_memfd("a", "AAA", 3, &err), b = vir_fd_memfd("b", "BBB", 3, &err);
    /* swapped numbers: each source is the other's target */
    g_autoptr(VirCommand) swap = vir_command_new("/bin/sh", "-c", NULL);
    vir_command_addf(swap, "cat /proc/self/fd/%d /proc/self/fd/%d; cat <&0; set -- /proc/$$/fd/*; echo $#", a, b);
    vir_command_fd(swap, a, b, VIR_COMMAND_FD_BORROW);
    vir_command_fd(swap, b, a, VIR_COMMAND_FD_TAKE);
    int in = vir_fd_memfd("in", "IN", 2, &err);
    vir_command_fd(swap, in, 0, VIR_COMMAND_FD_TAKE);
    assert_out(swap, "BBBAAAIN6\n");   /* with the one the shell reads the directory by */
    g_assert_cmpint(fcntl(b, F_GETFD), ==, -1);
    g_assert_cmpint(fcntl(in, F_GETFD), ==, -1);
    g_assert_cmpint(fcntl(a, F_GETFD), >=, 0);
    vir_fd_close(&a);
    vir_fd_close(&leaked);
}

static void test_failures(void)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(VirCommand) gone = vir_command_new("/no/such/program", NULL);
    g_assert_false(vir_command_run(gone, NULL, &err));
    g_assert_nonnull(strstr(err->message, "cannot find program '/no/such/program'"));
    g_clear_error(&err);
    g_autoptr(VirCommand) fails = sh("echo first >&2; echo 'the cause' >&2; exit 3");
    g_assert_false(vir_command_run(fails, NULL, &err));
    g_assert_cmpstr(err->message, ==, "sh exited with status 3: the cause");
    g_assert_cmpint(vir_command_exit_code(fails), ==, 3);
    g_clear_error(&err);
    vir_command_set_ok_codes(fails, 1u << 3);
    g_assert_true(vir_command_run(fails, NULL, &err));
    g_autoptr(VirCommand) killed = sh("kill -9 $$");
    g_assert_false(vir_command_run(killed, NULL, &err));
    g_assert_cmpstr(err->message, ==, "sh was killed by signal 9 (Killed)");
    g_assert_cmpint(vir_command_term_signal(killed), ==, SIGKILL);
    g_clear_error(&err);
    g_autoptr(VirCommand) cwd = vir_command_new("true", NULL);
    vir_command_set_cwd(cwd, "/no/such/dir");
    g_assert_false(vir_command_run(cwd, NULL, &err));
    g_assert_nonnull(strstr(err->message, "cannot change to directory '/no/such/dir'"));
    g_clear_error(&err);
    g_autoptr(VirCommand) text = vir_command_new("/etc/passwd", NULL);
    g_assert_false(vir_command_run(text, NULL, &err));
    g_clear_error(&err);

    g_autoptr(VirCommand) loud = vir_command_new("yes", NULL);
    g_assert_false(vir_command_run(loud, NULL, &err));
    g_assert_cmpstr(err->message, ==, "yes wrote more than 1048576 bytes");
    g_clear_error(&err);
    g_autoptr(VirCommand) tail = sh("yes long | head -c 300000 >&2; echo end >&2; exit 1");
    g_assert_false(vir_command_run(tail, NULL, &err));
    g_assert_true(g_str_has_suffix(err->message, ": end"));
    size_t len;
    vir_command_stderr(tail, &len);
    g_assert_cmpuint(len, ==, 65536);
}

static void test_deadline(void)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(VirCommand) slow = sh("echo waiting >&2; sleep 100");
    vir_command_set_deadline_ms(slow, 200);
    vir_command_set_session(slow);
    g_assert_false(vir_command_run(slow, NULL, &err));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_OPERATION_TIMEOUT);
    g_clear_error(&err);
    /* a descendant that keeps the pipes does not keep us */
    g_autoptr(VirCommand) daemon = sh("sleep 30 & echo started; echo $! >&2");
    assert_out(daemon, "started\n");
    kill(atoi(vir_command_stderr(daemon, NULL)), SIGKILL);
}

static int fail_hook(gpointer data)
{
    return *(int *)data;
}

static void test_spawn(void)
{
    g_autoptr(GError) err = NULL;
    pid_t pid;
    VIR_AUTOFD int pidfd = -1;
    int p[2], status;
    g_assert_true(vir_fd_pipe(p, &err));
    g_autoptr(VirCommand) cmd = sh("echo hello; exit 4");
    vir_command_fd(cmd, p[1], 1, VIR_COMMAND_FD_TAKE);
    vir_command_set_parent_death_signal(cmd, SIGKILL);
    g_assert_true(vir_command_spawn(cmd, &pid, &pidfd, &err));
    g_autofree char *text = vir_fd_read_all(p[0], 100, NULL, &err);
    g_assert_cmpstr(text, ==, "hello\n");
    struct pollfd pf = { pidfd, POLLIN, 0 };
    g_assert_cmpint(poll(&pf, 1, -1), ==, 1);
    g_assert_true(vir_command_reap(pidfd, &status, &err));
    g_assert_cmpint(WEXITSTATUS(status), ==, 4);
    g_autofree char *said = vir_command_status_text(status);
    g_assert_cmpstr(said, ==, "exited with status 4");
    vir_fd_close(&p[0]);

    int errnum = EPERM;
    g_autoptr(VirCommand) refused = vir_command_new("true", NULL);
    vir_command_set_hook(refused, fail_hook, &errnum);
    g_assert_false(vir_command_spawn(refused, &pid, &pidfd, &err));
    g_assert_cmpint(vir_error_extra(err)->int1, ==, EPERM);
    g_assert_nonnull(strstr(err->message, "cannot prepare the process"));
}

static void test_user(void)
{
    if (getuid() != 0) {
        g_test_skip("needs root");
        return;
    }
    g_autoptr(VirCommand) cmd = sh("id -u; id -g; id -G");
    gid_t groups[] = { 4711, 5000 };
    vir_command_set_user(cmd, 4711, 4711, groups, 2);
    assert_out(cmd, "4711\n4711\n4711 5000\n");
}

static void test_recorder(void)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(VirRecorder) rec = vir_recorder_new(FALSE);
    g_autoptr(VirHost) host = vir_host_new("/nonexistent/");
    vir_recorder_attach(rec, host);
    vir_recorder_expect(rec, "qemu-img info *", 0, "{}", NULL);
    vir_recorder_expect(rec, "lvs*", 5, NULL, "  no such group\n");

    g_autoptr(VirCommand) info = vir_command_new("/usr/bin/qemu-img", "info", "/x", NULL);
    g_assert_true(vir_command_run(info, host, &err));
    g_assert_cmpstr(vir_command_stdout(info, NULL), ==, "{}");
    g_autoptr(VirCommand) lvs = vir_command_new("lvs", NULL);
    g_assert_false(vir_command_run(lvs, host, &err));
    g_assert_cmpstr(err->message, ==, "lvs exited with status 5: no such group");
    g_clear_error(&err);
    g_autoptr(VirCommand) other = vir_command_new("rm", "-rf", "/", NULL);
    g_assert_false(vir_command_run(other, host, &err));
    g_assert_cmpuint(vir_recorder_count(rec), ==, 3);
    g_assert_cmpstr(vir_recorder_line(rec, 0), ==, "qemu-img info /x");

    g_assert_cmpstr(vir_host_root(host), ==, "/nonexistent");
    g_autofree char *path = vir_host_pathf(host, "/proc/%d/stat", 1);
    g_assert_cmpstr(path, ==, "/nonexistent/proc/1/stat");
    g_assert_false(vir_host_has(host, "/proc"));
    vir_host_set_clock(host, 5, 6);
    g_assert_cmpint(vir_host_real_ns(host), ==, 5);
    g_assert_cmpint(vir_host_mono_ns(host), ==, 6);
    g_assert_cmpint(vir_host_mono_ns(vir_host_real()), >, 6);
    vir_host_free(vir_host_real());
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/command/output", test_output);
    g_test_add_func("/command/environment", test_environment);
    g_test_add_func("/command/descriptors", test_descriptors);
    g_test_add_func("/command/failures", test_failures);
    g_test_add_func("/command/deadline", test_deadline);
    g_test_add_func("/command/spawn", test_spawn);
    g_test_add_func("/command/user", test_user);
    g_test_add_func("/command/recorder", test_recorder);
    return g_test_run();
}

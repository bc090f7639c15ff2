/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/command-priv.h"
#include "util/error.h"
#include "util/fd.h"

#define VIR_FROM_THIS VIR_FROM_NONE

/* What the child reports when it cannot become the program. */
typedef struct {
    int stage, errnum;
} ChildFailure;

enum { STAGE_FDS, STAGE_SESSION, STAGE_CWD, STAGE_HOOK, STAGE_IDS, STAGE_DEATH, STAGE_EXEC };
static const char *const stages[] = {
    "place the descriptors", "make a session", "change the directory", "prepare the process", "change user and group",
    "tie the process to its parent", "execute the program",
};

/* All that the child needs, computed before the fork: after it only async-signal-safe calls are made. */
typedef struct {
    const VirCommand *cmd;
    const char *path;
    int *src, *dst;          /* as many as n; src is rewritten by the child */
    guint n;
    int top;                 /* above every dst */
    int report;              /* write end */
    pid_t parent;
} ChildPlan;

G_NORETURN static void child_fail(const ChildPlan *plan, int stage, int errnum)
{
    ChildFailure f = { stage, errnum };
    ssize_t n = write(plan->report, &f, sizeof(f));
    _exit(n == sizeof(f) ? 127 : 126);
}

/* Sources move above every target, all else becomes close-on-exec, then each lands on its number. */
static gboolean child_fds(ChildPlan *plan)
{
    plan->report = fcntl(plan->report, F_DUPFD_CLOEXEC, plan->top);
    if (plan->report < 0)
        return FALSE;
    for (guint i = 0; i < plan->n; i++) {
        plan->src[i] = fcntl(plan->src[i], F_DUPFD_CLOEXEC, plan->top);
        if (plan->src[i] < 0)
            return FALSE;
    }
    if (close_range(0, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
        return FALSE;
    for (guint i = 0; i < plan->n; i++)
        if (dup2(plan->src[i], plan->dst[i]) < 0)
            return FALSE;
    return TRUE;
}

/* Bare system calls: the library's would change every thread of the memory this child may share. */
static gboolean child_ids(const VirCommand *cmd)
{
    return syscall(SYS_setgroups, cmd->n_groups, cmd->groups) == 0 &&
           syscall(SYS_setresgid, cmd->gid, cmd->gid, cmd->gid) == 0 &&
           syscall(SYS_setresuid, cmd->uid, cmd->uid, cmd->uid) == 0;
}

G_NORETURN static void child_main(ChildPlan *plan)
{
    const VirCommand *cmd = plan->cmd;
    struct sigaction dfl = { .sa_handler = SIG_DFL };
    for (int sig = 1; sig < NSIG; sig++)
        sigaction(sig, &dfl, NULL);
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);

    if (!child_fds(plan))
        child_fail(plan, STAGE_FDS, errno);
    if (cmd->session && setsid() < 0)
        child_fail(plan, STAGE_SESSION, errno);
    if (cmd->umask != (mode_t)-1)
        umask(cmd->umask);
    if (cmd->cwd && chdir(cmd->cwd) < 0)
        child_fail(plan, STAGE_CWD, errno);
    int hook_errno = cmd->hook ? cmd->hook(cmd->hook_data) : 0;
    if (hook_errno)
        child_fail(plan, STAGE_HOOK, hook_errno);
    if (cmd->set_ids && !child_ids(cmd))
        child_fail(plan, STAGE_IDS, errno);
    /* After the ids: a change of credentials forgets it. */
    if (cmd->death_signal && prctl(PR_SET_PDEATHSIG, cmd->death_signal) < 0)
        child_fail(plan, STAGE_DEATH, errno);
    if (cmd->death_signal && getppid() != plan->parent)
        child_fail(plan, STAGE_DEATH, ESRCH);
    execve(plan->path, (char *const *)cmd->argv->pdata, (char *const *)cmd->env->pdata);
    child_fail(plan, STAGE_EXEC, errno);
}

/* The child of a command without a hook shares this process's memory until it is the program: a copy of the page
 * tables would cost milliseconds in a large daemon. A hook gets a real fork, so that it may use memory. */
static pid_t fork_child(ChildPlan *plan)
{
    sigset_t all, old;
    sigfillset(&all);   /* no handler of ours may run in the child */
    pthread_sigmask(SIG_SETMASK, &all, &old);
    plan->parent = getpid();
    pid_t pid = plan->cmd->hook ? fork() : vfork();
    if (pid == 0)
        child_main(plan);
    int keep = errno;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = keep;
    return pid;
}

/* Reads the child's word: nothing means it has become the program. */
static gboolean await_exec(const VirCommand *cmd, const char *path, pid_t pid, int report, GError **err)
{
    ChildFailure f;
    ssize_t n;
    do
        n = read(report, &f, sizeof(f));
    while (n < 0 && errno == EINTR);
    if (n == 0)
        return TRUE;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    if (n != sizeof(f) || f.stage < 0 || f.stage >= (int)G_N_ELEMENTS(stages))
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "%s: the child failed before it ran", path);
    if (f.stage == STAGE_CWD)
        return vir_fail_errno(err, f.errnum, "%s: cannot change to directory '%s'", path, cmd->cwd);
    return vir_fail_errno(err, f.errnum, "%s: cannot %s", path, stages[f.stage]);
}

/* @std: descriptors for 0, 1, 2 where the caller gave none. */
static gboolean start(VirCommand *cmd, const int std[3], pid_t *ret_pid, int *ret_pidfd, GError **err)
{
    const char *program = vir_command_argv(cmd)[0];
    g_autofree char *path = vir_command_find(program);
    if (!path)
        return vir_fail_errno(err, ENOENT, "cannot find program '%s'", program);

    g_autofree int *src = g_new(int, cmd->fds->len + 3);
    g_autofree int *dst = g_new(int, cmd->fds->len + 3);
    ChildPlan plan = { .cmd = cmd, .path = path, .src = src, .dst = dst, .top = 3 };
    for (; plan.n < 3; plan.n++) {
        src[plan.n] = std[plan.n];
        dst[plan.n] = plan.n;
    }
    for (guint i = 0; i < cmd->fds->len; i++) {
        VirCommandFd *f = &g_array_index(cmd->fds, VirCommandFd, i);
        guint at = f->number < 3 ? (guint)f->number : plan.n++;
        src[at] = f->fd;
        dst[at] = f->number;
        plan.top = MAX(plan.top, f->number + 1);
    }

    VIR_AUTOFD int report_r = -1;
    VIR_AUTOFD int report_w = -1;
    int p[2];
    if (!vir_fd_pipe(p, err))
        return FALSE;
    report_r = p[0];
    plan.report = report_w = p[1];
    pid_t pid = fork_child(&plan);
    if (pid < 0)
        return vir_fail_errno(err, errno, "cannot fork for '%s'", path);
    vir_fd_close(&report_w);
    if (!await_exec(cmd, path, pid, report_r, err))
        return FALSE;
    int pidfd = syscall(SYS_pidfd_open, pid, 0);   /* close-on-exec by itself; the pid is ours until reaped */
    if (pidfd < 0) {
        vir_fail_errno(err, errno, "cannot watch process %d of '%s'", pid, path);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        return FALSE;
    }
    for (guint i = 0; i < cmd->fds->len; i++) {
        VirCommandFd *f = &g_array_index(cmd->fds, VirCommandFd, i);
        if (f->own)
            vir_fd_close(&f->fd);
    }
    *ret_pid = pid;
    *ret_pidfd = pidfd;
    return TRUE;
}

static int open_null(GError **err)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        vir_fail_errno(err, errno, "cannot open /dev/null");
    return fd;
}

static int open_input(const VirCommand *cmd, int null, GError **err)
{
    return cmd->input ? vir_fd_memfd("stdin", cmd->input->str, cmd->input->len, err) : vir_fd_dup(null, err);
}

gboolean vir_command_spawn(VirCommand *cmd, pid_t *ret_pid, int *ret_pidfd, GError **err)
{
    VIR_AUTOFD int null = open_null(err);
    VIR_AUTOFD int in = null < 0 ? -1 : open_input(cmd, null, err);
    return in >= 0 && start(cmd, (int[3]){ in, null, null }, ret_pid, ret_pidfd, err);
}

gboolean vir_command_reap(int pidfd, int *ret_status, GError **err)
{
    siginfo_t info = { 0 };
    while (waitid(P_PIDFD, pidfd, &info, WEXITED) < 0)
        if (errno != EINTR)
            return vir_fail_errno(err, errno, "cannot wait for a child");
    if (ret_status)   /* waitpid's form */
        *ret_status = info.si_code == CLD_EXITED ? (info.si_status & 0xff) << 8 : info.si_status & 0x7f;
    return TRUE;
}

/* One captured stream. */
typedef struct {
    int fd;
    GString *text;
    size_t max;
    gboolean keep_tail, over;
} Capture;

/* Reads what is there. FALSE at the end or on an error. */
static gboolean capture_read(Capture *c)
{
    char buf[16384];
    ssize_t n = read(c->fd, buf, sizeof(buf));
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0)
        return FALSE;
    g_string_append_len(c->text, buf, n);
    if (c->text->len > c->max && !c->keep_tail)
        c->over = TRUE;
    else if (c->text->len > c->max)
        g_string_erase(c->text, 0, c->text->len - c->max);
    return TRUE;
}

/* Makes the pipe of a stream that is captured; *ret_child is its other end. */
static gboolean capture_open(Capture *c, size_t max, gboolean keep_tail, int *ret_child, GError **err)
{
    c->fd = -1;
    c->max = max;
    c->keep_tail = keep_tail;
    c->over = FALSE;
    c->text = g_string_new(NULL);
    int p[2];
    if (max == 0)
        return TRUE;
    if (!vir_fd_pipe(p, err))
        return FALSE;
    c->fd = p[0];
    *ret_child = p[1];
    return vir_fd_set_nonblock(c->fd, TRUE, err);
}

typedef enum { CHILD_ENDED, CHILD_LATE, CHILD_LOUD, CHILD_LOST } ChildEnd;

static ChildEnd watch(const VirCommand *cmd, int pidfd, Capture caps[2])
{
    gint64 deadline = cmd->deadline_ms > 0 ? g_get_monotonic_time() + cmd->deadline_ms * 1000 : 0;
    for (;;) {
        struct pollfd p[3] = { { pidfd, POLLIN, 0 }, { caps[0].fd, POLLIN, 0 }, { caps[1].fd, POLLIN, 0 } };
        gint64 left = deadline ? deadline - g_get_monotonic_time() : 0;
        if (deadline && left <= 0)
            return CHILD_LATE;
        struct timespec ts = { left / 1000000, left % 1000000 * 1000 };
        int n = ppoll(p, 3, deadline ? &ts : NULL, NULL);
        if (n < 0 && errno != EINTR)
            return CHILD_LOST;
        for (int i = 0; n > 0 && i < 2; i++) {
            if (p[i + 1].revents && !capture_read(&caps[i]))
                vir_fd_close(&caps[i].fd);
            if (caps[i].over)
                return CHILD_LOUD;
        }
        if (n > 0 && p[0].revents)
            return CHILD_ENDED;
    }
}

/* After the end: what the pipes still hold. A descendant may keep them open, so an empty pipe is the end too. */
static gboolean drain(Capture *c)
{
    while (c->fd >= 0 && !c->over) {
        struct pollfd p = { c->fd, POLLIN, 0 };
        if (poll(&p, 1, 0) <= 0 || !capture_read(c))
            break;
    }
    vir_fd_close(&c->fd);
    return !c->over;
}

static void kill_child(const VirCommand *cmd, pid_t pid, int pidfd)
{
    if (cmd->session)
        kill(-pid, SIGKILL);
    syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
}

static gboolean finish(VirCommand *cmd, ChildEnd end, int status, Capture caps[2], GError **err)
{
    gboolean complete = drain(&caps[0]);
    drain(&caps[1]);
    for (int i = 0; i < 2; i++) {
        GString **to = i ? &cmd->err : &cmd->out;
        if (*to)
            g_string_free(*to, TRUE);
        *to = g_steal_pointer(&caps[i].text);
    }
    const char *name = vir_command_name(cmd);
    if (end == CHILD_LATE) {
        cmd->status = status;
        g_autofree char *line = vir_command_last_line(cmd->err->str, cmd->err->len);
        return vir_fail(err, VIR_ERR_OPERATION_TIMEOUT, "%s did not end within %" G_GINT64_FORMAT " ms%s%s", name,
                        cmd->deadline_ms, line ? ": " : "", line ? line : "");
    }
    if (end == CHILD_LOUD || !complete)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "%s wrote more than %zu bytes", name, cmd->out_max);
    if (end == CHILD_LOST)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "cannot wait for %s", name);
    return vir_command_set_result(cmd, status, cmd->out->str, cmd->out->len, cmd->err->str, cmd->err->len, err);
}

gboolean vir_command_run_real(VirCommand *cmd, GError **err)
{
    VIR_AUTOFD int null = open_null(err);
    VIR_AUTOFD int in = null < 0 ? -1 : open_input(cmd, null, err);
    if (in < 0)
        return FALSE;
    VIR_AUTOFD int out_child = -1;
    VIR_AUTOFD int err_child = -1;
    Capture caps[2] = { { .fd = -1 }, { .fd = -1 } };
    gboolean ok = capture_open(&caps[0], cmd->out_max, FALSE, &out_child, err) &&
                  capture_open(&caps[1], cmd->err_max, TRUE, &err_child, err);
    pid_t pid = -1;
    VIR_AUTOFD int pidfd = -1;
    ok = ok && start(cmd, (int[3]){ in, out_child < 0 ? null : out_child, err_child < 0 ? null : err_child }, &pid,
                     &pidfd, err);
    if (ok) {
        vir_fd_close(&out_child);
        vir_fd_close(&err_child);
        int status = 0;
        ChildEnd end = watch(cmd, pidfd, caps);
        if (end != CHILD_ENDED)
            kill_child(cmd, pid, pidfd);
        ok = vir_command_reap(pidfd, &status, err) && finish(cmd, end, status, caps, err);
    }
    for (int i = 0; i < 2; i++) {
        vir_fd_close(&caps[i].fd);
        if (caps[i].text)
            g_string_free(caps[i].text, TRUE);
    }
    return ok;
}

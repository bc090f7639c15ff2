/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The child's half: from fork to exec. System calls only.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "virtqemud/process/spawn-priv.h"

#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE 62
#define PR_SCHED_CORE_CREATE 1
#endif
#define SCHED_CORE_THREAD_GROUP 1

G_NORETURN static void fail(int report_fd, int step, int errnum, long arg)
{
    SpawnReport r = { step, errnum, arg };
    if (write(report_fd, &r, sizeof r) != sizeof r)
        _exit(2);
    _exit(1);
}

static void close_others(const SpawnPlan *p)
{
    unsigned from = 3;
    for (gsize i = 0; i < p->n_keep; i++) {
        unsigned k = (unsigned)p->keep[i];
        if (k > from)
            close_range(from, k - 1, 0);
        if (k >= from)
            from = k + 1;
    }
    close_range(from, ~0U, 0);
}

static void signals_default(void)
{
    struct sigaction dfl = { .sa_handler = SIG_DFL };
    for (int sig = 1; sig < NSIG; sig++)
        sigaction(sig, &dfl, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The lock ends when any descriptor of the file is closed by this process: it is moved to its final number first,
 * then locked, and never touched again. */
static void pid_file_take(const SpawnPlan *p)
{
    const char *path = p->spec->pid_file;
    int low = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (low < 0)
        fail(p->report_fd, SPAWN_PIDFILE_OPEN, errno, 0);
    int fd = fcntl(low, F_DUPFD, p->base);
    if (fd < 0)
        fail(p->report_fd, SPAWN_PIDFILE_OPEN, errno, 0);
    close(low);
    struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1 };
    if (fcntl(fd, F_SETLK, &l) < 0) {
        int errnum = errno;
        struct flock q = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1 };
        long holder = fcntl(fd, F_GETLK, &q) == 0 && q.l_type != F_UNLCK ? q.l_pid : 0;
        fail(p->report_fd, SPAWN_PIDFILE_LOCK, errnum, holder);
    }
    char text[16];
    int n = snprintf(text, sizeof text, "%d", (int)getpid());
    if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) != n)
        fail(p->report_fd, SPAWN_PIDFILE_WRITE, errno ? errno : EIO, 0);
}

static void set_limit(const SpawnPlan *p, int step, __rlimit_resource_t what, guint64 value)
{
    rlim_t v = value == G_MAXUINT64 ? RLIM_INFINITY : (rlim_t)value;
    struct rlimit now, want = { v, v };
    if (getrlimit(what, &now) == 0 && now.rlim_cur == v && now.rlim_max == v)
        return;
    if (setrlimit(what, &want) == 0)
        return;
    int errnum = errno;
    /* Without CAP_SYS_RESOURCE the hard limit stays; a soft one that is wide enough will do. */
    want.rlim_max = now.rlim_max;
    if (v <= now.rlim_max && setrlimit(what, &want) == 0)
        return;
    fail(p->report_fd, step, errnum, now.rlim_max == RLIM_INFINITY ? -1 : (long)now.rlim_max);
}

static void limits_set(const SpawnPlan *p)
{
    const QemuSpawnSpec *s = p->spec;
    set_limit(p, SPAWN_LIMIT_CORE, RLIMIT_CORE, s->max_core);
    if (s->max_processes)
        set_limit(p, SPAWN_LIMIT_PROCESSES, RLIMIT_NPROC, s->max_processes);
    if (s->max_files)
        set_limit(p, SPAWN_LIMIT_FILES, RLIMIT_NOFILE, s->max_files);
    if (s->memlock)
        set_limit(p, SPAWN_LIMIT_MEMLOCK, RLIMIT_MEMLOCK, s->memlock);
}

/* A daemon that the kernel spares must not pass that on to its guests. */
static void oom_reset(void)
{
    char now[16];
    int fd = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, now, sizeof now) : 0;
    if (n > 0 && now[0] == '-' && write(fd, "0", 1) != 1)
        n = 0; /* it stays protected: no reason not to run */
    if (fd >= 0)
        close(fd);
}

static int above(const SpawnPlan *p, int fd)
{
    int n = fcntl(fd, F_DUPFD_CLOEXEC, p->base);
    if (n < 0)
        fail(p->report_fd, SPAWN_FDS, errno, fd);
    return n;
}

/* All wanted descriptors first move above every wanted number, then to their places. */
static int fds_place(SpawnPlan *p)
{
    const QemuSpawnSpec *s = p->spec;
    p->report_fd = above(p, p->report_fd);
    int out = above(p, s->out_fd);
    int null = above(p, p->null_fd);
    for (gsize i = 0; i < s->n_fds; i++)
        p->moved[i] = above(p, s->fds[i].fd);
    close_range(3, (unsigned)p->base - 1, 0);
    /* What was kept for the wait and lies above stays close-on-exec; the pid file alone is inherited. */
    for (gsize i = 0; i < p->n_keep; i++)
        if (p->keep[i] >= p->base)
            fcntl(p->keep[i], F_SETFD, FD_CLOEXEC);
    if (dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
        fail(p->report_fd, SPAWN_FDS, errno, 0);
    for (gsize i = 0; i < s->n_fds; i++)
        if (dup2(p->moved[i], s->fds[i].number) < 0)
            fail(p->report_fd, SPAWN_FDS, errno, s->fds[i].number);
    return p->report_fd;
}

static void bounds_drop(const SpawnPlan *p)
{
    for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
        if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0 && errno != EPERM)
            fail(p->report_fd, SPAWN_CAPS, errno, cap);
}

static void privileges_drop(const SpawnPlan *p)
{
    const QemuSpawnSpec *s = p->spec;
    if (!s->set_ids)
        return;
    /* The bounding set goes too: with uid 0 an exec would give everything back. */
    if (!s->keep_caps)
        bounds_drop(p);
    if (setgroups(s->n_groups, s->groups) < 0)
        fail(p->report_fd, SPAWN_GROUPS, errno, 0);
    if (setresgid(s->gid, s->gid, s->gid) < 0)
        fail(p->report_fd, SPAWN_IDS, errno, s->gid);
    if (setresuid(s->uid, s->uid, s->uid) < 0)
        fail(p->report_fd, SPAWN_IDS, errno, s->uid);
    if (s->keep_caps)
        return;
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct none[2];
    memset(none, 0, sizeof none);
    if (syscall(SYS_capset, &head, none) < 0)
        fail(p->report_fd, SPAWN_CAPS, errno, -1);
}

static void wait_for_go(const SpawnPlan *p)
{
    char c;
    ssize_t n;
    do
        n = read(p->go_fd, &c, 1);
    while (n < 0 && errno == EINTR);
    if (n != 1)
        _exit(0); /* the daemon gave up or died */
}

void spawn_child(const SpawnPlan *given)
{
    SpawnPlan p = *given;
    const QemuSpawnSpec *s = p.spec;
    signals_default();
    close_others(&p);
    if (setsid() < 0)
        fail(p.report_fd, SPAWN_SESSION, errno, 0);
    if (chdir("/") < 0)
        fail(p.report_fd, SPAWN_SESSION, errno, 0);
    umask(022);
    if (s->pid_file)
        pid_file_take(&p);
    SpawnReport ready = { SPAWN_READY, 0, 0 };
    if (write(p.report_fd, &ready, sizeof ready) != sizeof ready)
        _exit(2);
    wait_for_go(&p);

    oom_reset();
    limits_set(&p);
    if (s->core_sched) /* kernels without it have nothing to set */
        prctl(PR_SCHED_CORE, PR_SCHED_CORE_CREATE, 0, SCHED_CORE_THREAD_GROUP, 0);
    if (p.dev) {
        SpawnReport why = { 0, 0, 0 };
        if (unshare(CLONE_NEWNS) < 0)
            fail(p.report_fd, SPAWN_UNSHARE, errno, 0);
        if (spawn_dev_enter(p.dev, &why) != 0)
            fail(p.report_fd, why.step, why.errnum, why.arg);
    }
    int report = fds_place(&p);
    umask(s->umask ? s->umask : 002);
    privileges_drop(&p);
    execve(s->argv[0], (char *const *)s->argv, (char *const *)s->env);
    fail(report, SPAWN_EXEC, errno, 0);
}

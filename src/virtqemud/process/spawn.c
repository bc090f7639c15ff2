/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parent's half: plan, fork, reports.
 */
#include "virtqemud/process/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/error.h"
#include "util/fd.h"
#include "util/proc.h"
#include "virtqemud/process/spawn-priv.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

struct QemuChild {
    char *name;
    char *pid_file;
    char *binary;
    char **dev_paths;            /* for errors: what the child's numbers mean */
    pid_t pid;
    int pidfd;
    int go_fd;                   /* we write one byte */
    int report_fd;               /* we read */
    guint64 limits[4];           /* core, processes, files, memlock as wanted */
};

static int fd_compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void keep_fill(SpawnPlan *plan, int *keep)
{
    const QemuSpawnSpec *s = plan->spec;
    gsize n = 0;
    keep[n++] = plan->go_fd;
    keep[n++] = plan->report_fd;
    keep[n++] = plan->null_fd;
    keep[n++] = s->out_fd;
    plan->base = 64;
    for (gsize i = 0; i < s->n_fds; i++) {
        keep[n++] = s->fds[i].fd;
        plan->base = MAX(plan->base, s->fds[i].number + 1);
    }
    qsort(keep, n, sizeof(int), fd_compare);
    plan->keep = keep;
    plan->n_keep = n;
}

static void limit_text(char *buf, gsize room, guint64 value)
{
    if (value == G_MAXUINT64)
        g_strlcpy(buf, "unlimited", room);
    else
        g_snprintf(buf, room, "%" G_GUINT64_FORMAT, value);
}

static gboolean limit_failed(const QemuChild *c, const SpawnReport *r, GError **err)
{
    static const struct {
        const char *key, *what;
    } limits[] = {
        { "max_core", "size of core files" },
        { "max_processes", "number of processes" },
        { "max_files", "number of open files" },
        { "<memoryBacking><locked/>", "amount of locked memory" },
    };
    int i = r->step - SPAWN_LIMIT_CORE;
    char want[32], have[32];
    limit_text(want, sizeof want, c->limits[i]);
    limit_text(have, sizeof have, r->arg < 0 ? G_MAXUINT64 : (guint64)r->arg);
    return vir_fail_errno(err, r->errnum,
                          "domain '%s': cannot set the %s to %s (%s): the daemon's own hard limit is %s", c->name,
                          limits[i].what, want, limits[i].key, have);
}

static gboolean child_failed(const QemuChild *c, const SpawnReport *r, GError **err)
{
    static const char *const steps[SPAWN_STEP_LAST] = {
        [SPAWN_SESSION] = "start a session",
        [SPAWN_UNSHARE] = "make a mount namespace",
        [SPAWN_DEV_MOUNT] = "mount a private /dev",
        [SPAWN_FDS] = "pass descriptors on",
        [SPAWN_GROUPS] = "set QEMU's groups",
        [SPAWN_IDS] = "become QEMU's user and group",
        [SPAWN_CAPS] = "drop capabilities",
    };
    switch (r->step) {
    case SPAWN_PIDFILE_LOCK:
        return vir_fail(err, VIR_ERR_OPERATION_FAILED,
                        "domain '%s' is already running: its pid file '%s' is locked by process %ld", c->name,
                        c->pid_file, r->arg);
    case SPAWN_PIDFILE_OPEN:
    case SPAWN_PIDFILE_WRITE:
        return vir_fail_errno(err, r->errnum, "domain '%s': cannot write the pid file '%s'", c->name, c->pid_file);
    case SPAWN_LIMIT_CORE:
    case SPAWN_LIMIT_PROCESSES:
    case SPAWN_LIMIT_FILES:
    case SPAWN_LIMIT_MEMLOCK:
        return limit_failed(c, r, err);
    case SPAWN_DEV_NODE:
    case SPAWN_DEV_MOVE:
        return vir_fail_errno(err, r->errnum, "domain '%s': cannot put '%s' into its private /dev", c->name,
                              r->step == SPAWN_DEV_NODE ? c->dev_paths[r->arg] : "the mounts below /dev");
    case SPAWN_EXEC:
        return vir_fail_errno(err, r->errnum, "cannot execute the emulator '%s' of domain '%s'", c->binary, c->name);
    default:
        return vir_fail_errno(err, r->errnum, "domain '%s': cannot %s", c->name,
                              r->step > 0 && r->step < SPAWN_STEP_LAST && steps[r->step] ? steps[r->step]
                                                                                        : "start QEMU");
    }
}

/* 1: a report; 0: end of file; -1: error set. */
static int report_read(const QemuChild *c, SpawnReport *ret, GError **err)
{
    gsize got = 0;
    while (got < sizeof *ret) {
        ssize_t n = read(c->report_fd, (char *)ret + got, sizeof *ret - got);
        if (n == 0)
            return 0;
        if (n < 0 && errno != EINTR) {
            vir_fail_errno(err, errno, "domain '%s': no word from the child", c->name);
            return -1;
        }
        got += n > 0 ? (gsize)n : 0;
    }
    return 1;
}

static void child_reap(QemuChild *c)
{
    kill(c->pid, SIGKILL);
    while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    c->pid = 0;
}

void qemu_spawn_free(QemuChild *c)
{
    if (!c)
        return;
    if (c->pid)
        child_reap(c);
    vir_fd_close(&c->pidfd);
    vir_fd_close(&c->go_fd);
    vir_fd_close(&c->report_fd);
    g_strfreev(c->dev_paths);
    g_free(c->name);
    g_free(c->pid_file);
    g_free(c->binary);
    g_free(c);
}

static gboolean spec_check(const QemuSpawnSpec *s, GError **err)
{
    for (gsize i = 0; i < s->n_fds; i++) {
        if (s->fds[i].number < 3 || s->fds[i].fd < 0)
            return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "domain '%s': descriptor %d cannot be passed as %d", s->name,
                            s->fds[i].fd, s->fds[i].number);
        for (gsize j = 0; j < i; j++)
            if (s->fds[j].number == s->fds[i].number)
                return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "domain '%s': descriptor number %d is used twice",
                                s->name, s->fds[i].number);
    }
    return TRUE;
}

static QemuChild *child_new(const QemuSpawnSpec *s, const DevPlan *dev)
{
    QemuChild *c = g_new0(QemuChild, 1);
    c->pidfd = c->go_fd = c->report_fd = -1;
    c->name = g_strdup(s->name);
    c->pid_file = g_strdup(s->pid_file);
    c->binary = g_strdup(s->argv[0]);
    c->dev_paths = g_new0(char *, (dev ? dev->n_entries : 0) + 1);
    for (gsize i = 0; dev && i < dev->n_entries; i++)
        c->dev_paths[i] = g_strdup(dev->entries[i].path);
    c->limits[0] = s->max_core;
    c->limits[1] = s->max_processes;
    c->limits[2] = s->max_files;
    c->limits[3] = s->memlock;
    return c;
}

/* Forks with every signal blocked: a handler of the daemon must not run in the child. */
static pid_t fork_quiet(const SpawnPlan *plan)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pid_t pid = fork();
    if (pid == 0)
        spawn_child(plan);
    int keep = errno;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = keep;
    return pid;
}

static gboolean child_start(QemuChild *c, SpawnPlan *plan, GError **err)
{
    int go[2], report[2];
    if (!vir_fd_pipe(go, err))
        return FALSE;
    VIR_AUTOFD int go_in = go[0];
    c->go_fd = go[1];
    if (!vir_fd_pipe(report, err))
        return FALSE;
    VIR_AUTOFD int report_out = report[1];
    c->report_fd = report[0];
    VIR_AUTOFD int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null_fd < 0)
        return vir_fail_errno(err, errno, "cannot open '/dev/null'");
    plan->go_fd = go_in;
    plan->report_fd = report_out;
    plan->null_fd = null_fd;
    g_autofree int *keep = g_new(int, plan->spec->n_fds + 4);
    g_autofree int *moved = g_new(int, plan->spec->n_fds + 1);
    plan->moved = moved;
    keep_fill(plan, keep);
    c->pid = fork_quiet(plan);
    if (c->pid < 0) {
        int errnum = errno;
        c->pid = 0;
        return vir_fail_errno(err, errnum, "cannot fork for domain '%s'", c->name);
    }
    c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0);
    if (c->pidfd < 0)
        return vir_fail_errno(err, errno, "cannot watch process %d", c->pid);
    return TRUE;
}

QemuChild *qemu_spawn_begin(const QemuSpawnSpec *spec, pid_t *ret_pid, GError **err)
{
    if (!spec_check(spec, err))
        return NULL;
    DevPlan *dev = NULL;
    if (spec->devices && !(dev = spawn_dev_plan(spec, err)))
        return NULL;
    g_autoptr(QemuChild) c = child_new(spec, dev);
    SpawnPlan plan = { .spec = spec, .dev = dev };
    gboolean ok = child_start(c, &plan, err);
    spawn_dev_plan_free(dev);
    if (!ok)
        return NULL;
    SpawnReport r;
    int got = report_read(c, &r, err);
    if (got < 0)
        return NULL;
    if (got == 0) {
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "domain '%s': the child ended before it was ready", c->name);
        return NULL;
    }
    if (r.step != SPAWN_READY) {
        child_failed(c, &r, err);
        return NULL;
    }
    *ret_pid = c->pid;
    return g_steal_pointer(&c);
}

gboolean qemu_spawn_exec(QemuChild *c, int *ret_pidfd, GError **err)
{
    if (write(c->go_fd, "g", 1) != 1)
        return vir_fail_errno(err, errno, "domain '%s': the waiting child is gone", c->name);
    vir_fd_close(&c->go_fd);
    SpawnReport r;
    int got = report_read(c, &r, err);
    vir_fd_close(&c->report_fd);
    if (got > 0)
        child_failed(c, &r, err);
    if (got != 0) {
        child_reap(c);
        return FALSE;
    }
    *ret_pidfd = vir_fd_steal(&c->pidfd);
    c->pid = 0; /* it is the guest's now */
    return TRUE;
}

char **qemu_spawn_env(const char *domain_lib_dir, gboolean session)
{
    g_autoptr(GStrvBuilder) b = g_strv_builder_new();
    const char *path = g_getenv("PATH");
    g_strv_builder_add(b, "LC_ALL=C");
    g_autofree char *p = g_strconcat("PATH=", path ? path : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL);
    g_strv_builder_add(b, p);
    static const char *const own[] = { "HOME", "USER", "LOGNAME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME",
                                       "XDG_CONFIG_HOME", "XDG_DATA_HOME", "TMPDIR", "DISPLAY", "XAUTHORITY" };
    for (gsize i = 0; session && i < G_N_ELEMENTS(own); i++) {
        const char *v = g_getenv(own[i]);
        g_autofree char *e = v ? g_strconcat(own[i], "=", v, NULL) : NULL;
        if (e)
            g_strv_builder_add(b, e);
    }
    static const char *const below[][2] = {
        { "HOME", "" }, { "XDG_DATA_HOME", "/.local/share" }, { "XDG_CACHE_HOME", "/.cache" }, { "XDG_CONFIG_HOME", "/.config" }
    };
    for (gsize i = 0; !session && i < G_N_ELEMENTS(below); i++) {
        g_autofree char *e = g_strconcat(below[i][0], "=", domain_lib_dir, below[i][1], NULL);
        g_strv_builder_add(b, e);
    }
    return g_strv_builder_end(b);
}

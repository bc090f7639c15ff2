/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/error.h"
#include "util/fd.h"
#include "util/file.h"

#define VIR_FROM_THIS VIR_FROM_NONE

/* Fields 3.. of a stat line are numbered as in proc(5), from after the ')' that ends the name. */
enum { F_STATE = 3, F_PPID = 4, F_MINFLT = 10, F_MAJFLT = 12, F_UTIME = 14, F_STIME = 15, F_THREADS = 20, F_START = 22,
       F_VSIZE = 23, F_RSS = 24, F_PROCESSOR = 39, F_LAST };

static guint64 ticks_to_ns(guint64 ticks)
{
    static long hz;
    if (!hz)
        hz = sysconf(_SC_CLK_TCK);
    return ticks * (G_GUINT64_CONSTANT(1000000000) / hz);
}

static gboolean parse_stat(char *text, VirProcStat *ret)
{
    char *open = strchr(text, '('), *close = strrchr(text, ')');
    if (!open || !close || close < open || close[1] != ' ' || !close[2])
        return FALSE;
    *close = '\0';
    g_strlcpy(ret->comm, open + 1, sizeof(ret->comm));
    ret->state = close[2];
    guint64 v[F_LAST] = { 0 };
    char *p = close + 3;
    for (int field = F_PPID; field < F_LAST; field++) {
        char *end;
        v[field] = strtoull(p, &end, 10);
        if (end == p)
            return FALSE;
        p = end;
    }
    ret->ppid = v[F_PPID];
    ret->start_time = v[F_START];
    ret->user_ns = ticks_to_ns(v[F_UTIME]);
    ret->system_ns = ticks_to_ns(v[F_STIME]);
    ret->vsize_bytes = v[F_VSIZE];
    ret->rss_bytes = v[F_RSS] * sysconf(_SC_PAGESIZE);
    ret->minor_faults = v[F_MINFLT];
    ret->major_faults = v[F_MAJFLT];
    ret->threads = v[F_THREADS];
    ret->processor = v[F_PROCESSOR];
    return TRUE;
}

static void proc_path(char *buf, size_t room, const VirHost *host, pid_t pid, pid_t tid, const char *what)
{
    if (tid > 0)
        snprintf(buf, room, "%s/proc/%d/task/%d/%s", vir_host_root(host), pid, tid, what);
    else
        snprintf(buf, room, "%s/proc/%d/%s", vir_host_root(host), pid, what);
}

gboolean vir_proc_stat(const VirHost *host, pid_t pid, pid_t tid, VirProcStat *ret, GError **err)
{
    char path[4096], text[1024];
    proc_path(path, sizeof(path), host, pid, tid, "stat");
    VIR_AUTOFD int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    if (n < 0)   /* gone before the open, or between open and read */
        return errno == ENOENT || errno == ESRCH ? FALSE : vir_fail_errno(err, errno, "cannot read '%s'", path);
    text[n] = '\0';
    return parse_stat(text, ret) || vir_fail(err, VIR_ERR_INTERNAL_ERROR, "'%s' has an unknown form", path);
}

guint64 vir_proc_start_time(const VirHost *host, pid_t pid)
{
    VirProcStat st;
    return vir_proc_stat(host, pid, 0, &st, NULL) ? st.start_time : 0;
}

static int compare_pids(gconstpointer a, gconstpointer b)
{
    return *(const pid_t *)a - *(const pid_t *)b;
}

static void close_dir(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

GArray *vir_proc_threads(const VirHost *host, pid_t pid, GError **err)
{
    char path[4096];
    proc_path(path, sizeof(path), host, pid, 0, "task");
    __attribute__((cleanup(close_dir))) DIR *dir = opendir(path);
    if (!dir) {
        if (errno != ENOENT && errno != ESRCH)
            vir_fail_errno(err, errno, "cannot open '%s'", path);
        return NULL;
    }
    GArray *tids = g_array_new(FALSE, FALSE, sizeof(pid_t));
    for (struct dirent *d; (d = readdir(dir));) {
        pid_t tid = atoi(d->d_name);
        if (tid > 0)
            g_array_append_val(tids, tid);
    }
    g_array_sort(tids, compare_pids);
    return tids;
}

int vir_proc_pidfd(pid_t pid, guint64 start_time, GError **err)
{
    VIR_AUTOFD int fd = syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0) {
        if (errno != ESRCH)
            vir_fail_errno(err, errno, "cannot watch process %d", pid);
        return -1;
    }
    /* The descriptor pins the process: what /proc says now is about it, or it has ended and says nothing. */
    if (start_time && vir_proc_start_time(vir_host_real(), pid) != start_time)
        return -1;
    return vir_fd_steal(&fd);
}

gboolean vir_proc_pidfd_signal(int pidfd, int sig, GError **err)
{
    return syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0) == 0 || errno == ESRCH ||
           vir_fail_errno(err, errno, "cannot send signal %d", sig);
}

gboolean vir_proc_pidfd_wait(int pidfd, int timeout_ms)
{
    gint64 end = g_get_monotonic_time() + timeout_ms * G_GINT64_CONSTANT(1000);
    for (;;) {
        struct pollfd p = { pidfd, POLLIN, 0 };
        int n = poll(&p, 1, timeout_ms);
        if (n >= 0)
            return n > 0;
        if (timeout_ms >= 0)
            timeout_ms = MAX((end - g_get_monotonic_time()) / 1000, 0);
    }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Processes: identity (pid + start time), pidfds, figures of /proc read once, users and groups, locked pid files.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "util/host.h"

typedef struct {
    pid_t ppid;
    char state;              /* R S D T Z ... */
    guint64 start_time;      /* clock ticks since boot: with the pid, the identity of a process */
    guint64 user_ns, system_ns;
    guint64 rss_bytes, vsize_bytes;
    guint64 minor_faults, major_faults;
    guint threads;
    int processor;           /* it ran on last */
    char comm[17];
} VirProcStat;

/* One read of /proc/PID/stat (or of a thread's: tid > 0). A process that is not there: FALSE with *err NULL. */
gboolean vir_proc_stat(const VirHost *host, pid_t pid, pid_t tid, VirProcStat *ret, GError **err);
/* Field 22 alone; 0 when there is no such process. */
guint64 vir_proc_start_time(const VirHost *host, pid_t pid);
/* The thread ids of @pid, ascending. Returns: array of pid_t, caller frees; NULL with *err NULL when it is gone. */
GArray *vir_proc_threads(const VirHost *host, pid_t pid, GError **err);

/* Close-on-exec and readable when the process ends. With @start_time not 0 the identity is checked after the open, so
 * that a recycled pid is not taken. -1 with *err NULL: no such process. */
int vir_proc_pidfd(pid_t pid, guint64 start_time, GError **err);
gboolean vir_proc_pidfd_signal(int pidfd, int sig, GError **err);   /* a process that is gone is success */
/* Blocks until @pidfd is readable or @timeout_ms passed (-1: for ever). TRUE when it ended. */
gboolean vir_proc_pidfd_wait(int pidfd, int timeout_ms);

/* "name", or a number with or without '+' before it. VIR_ERR_INVALID_ARG naming the text. @ret_gid may be NULL. */
gboolean vir_proc_user(const char *text, uid_t *ret_uid, gid_t *ret_gid, GError **err);
gboolean vir_proc_group(const char *text, gid_t *ret_gid, GError **err);
/* NULL when the id has no name. Return: caller frees. */
char *vir_proc_user_name(uid_t uid);
char *vir_proc_group_name(gid_t gid);
/* All groups of @uid, with @gid among them. Returns: array of gid_t, caller frees. */
GArray *vir_proc_groups(uid_t uid, gid_t gid, GError **err);
gboolean vir_proc_user_home(uid_t uid, char **ret, GError **err);

/* Pid files: an fcntl write lock held for the process's life, content the pid without newline.
 * Returns the locked descriptor (closing it gives the file up; another close of the same file by this process does
 * too, so nothing else may open it); -1 with VIR_ERR_OPERATION_FAILED naming the holder. */
int vir_pidfile_acquire(const char *path, pid_t pid, GError **err);
/* Unlinks before unlocking, then closes. */
void vir_pidfile_release(const char *path, int fd);
/* Who holds the lock: 0 nobody (or no file), else the holder's pid. -1 with @err set. */
pid_t vir_pidfile_holder(const char *path, GError **err);
/* The number in it, without a look at the lock; 0 when there is no file. -1 with @err set. */
pid_t vir_pidfile_read(const char *path, GError **err);

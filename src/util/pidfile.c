/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/error.h"
#include "util/fd.h"
#include "util/file.h"
#include "util/proc.h"
#include "util/units.h"

#define VIR_FROM_THIS VIR_FROM_NONE

static const struct flock whole_write = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

/* The holder may have unlinked the file between our open and our lock: then the lock is on nothing. */
static gboolean still_there(int fd, const char *path)
{
    struct stat a, b;
    return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

static gboolean write_pid(int fd, const char *path, pid_t pid, GError **err)
{
    char text[32];
    int n = snprintf(text, sizeof(text), "%d", pid);
    if (ftruncate(fd, 0) == 0 && pwrite(fd, text, n, 0) == n)
        return TRUE;
    return vir_fail_errno(err, errno, "cannot write pid file '%s'", path);
}

int vir_pidfile_acquire(const char *path, pid_t pid, GError **err)
{
    for (;;) {
        VIR_AUTOFD int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (fd < 0) {
            vir_fail_errno(err, errno, "cannot open pid file '%s'", path);
            return -1;
        }
        struct flock l = whole_write;
        if (fcntl(fd, F_SETLK, &l) < 0) {
            if (errno != EAGAIN && errno != EACCES) {
                vir_fail_errno(err, errno, "cannot lock pid file '%s'", path);
                return -1;
            }
            pid_t holder = vir_pidfile_holder(path, NULL);
            vir_fail(err, VIR_ERR_OPERATION_FAILED, "pid file '%s' is held by process %d", path, holder);
            return -1;
        }
        if (!still_there(fd, path))
            continue;
        return write_pid(fd, path, pid, err) ? vir_fd_steal(&fd) : -1;
    }
}

void vir_pidfile_release(const char *path, int fd)
{
    unlink(path);
    vir_fd_close(&fd);
}

pid_t vir_pidfile_read(const char *path, GError **err)
{
    g_autoptr(GError) local = NULL;
    g_autofree char *text = vir_file_read(path, 64, NULL, &local);
    if (!text) {
        if (vir_file_error_is_absent(local))
            return 0;
        g_propagate_error(err, g_steal_pointer(&local));
        return -1;
    }
    gint64 pid;
    if (vir_units_int64(g_strstrip(text), 1, G_MAXINT, &pid))
        return pid;
    vir_fail(err, VIR_ERR_INTERNAL_ERROR, "pid file '%s' holds no number", path);
    return -1;
}

pid_t vir_pidfile_holder(const char *path, GError **err)
{
    VIR_AUTOFD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        if (errno == ENOENT)
            return 0;
        vir_fail_errno(err, errno, "cannot open pid file '%s'", path);
        return -1;
    }
    struct flock l = whole_write;
    if (fcntl(fd, F_GETLK, &l) < 0) {
        vir_fail_errno(err, errno, "cannot look at the lock of pid file '%s'", path);
        return -1;
    }
    if (l.l_type == F_UNLCK)
        return 0;
    /* A lock of an open file description (QEMU's) has no pid; the content tells. */
    return l.l_pid > 0 ? l.l_pid : vir_pidfile_read(path, err);
}

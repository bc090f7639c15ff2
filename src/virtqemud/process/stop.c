/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ends of QEMU processes, its listening sockets, its sandbox argument.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/error.h"
#include "util/fd.h"
#include "util/proc.h"
#include "virtqemud/process/spawn.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

#define PIDFD_IDTYPE ((idtype_t)3) /* P_PIDFD: not in every libc's enum */

void qemu_reap(int *pidfd, int *ret_status)
{
    siginfo_t info;
    memset(&info, 0, sizeof info);
    int status = -1;
    int rc;
    do
        rc = waitid(PIDFD_IDTYPE, (id_t)*pidfd, &info, WEXITED | WNOHANG);
    while (rc < 0 && errno == EINTR);
    if (rc == 0 && info.si_pid)
        status = info.si_code == CLD_EXITED ? (info.si_status & 0xff) << 8
                                            : info.si_status | (info.si_code == CLD_DUMPED ? 0x80 : 0);
    if (ret_status)
        *ret_status = status;
    vir_fd_close(pidfd);
}

static void wake(gpointer data)
{
    guint64 one = 1;
    if (write(*(int *)data, &one, sizeof one) < 0)
        return; /* full: readable already */
}

/* TRUE when the process ended within @ms; a raised @cancel ends the wait. */
static gboolean wait_end(int pidfd, int ms, VirCancel *cancel)
{
    if (!cancel)
        return vir_proc_pidfd_wait(pidfd, ms);
    VIR_AUTOFD int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    guint handle = vir_cancel_connect(cancel, wake, &wake_fd);
    gint64 deadline = g_get_monotonic_time() + (gint64)ms * 1000;
    struct pollfd p[2] = { { pidfd, POLLIN, 0 }, { wake_fd, POLLIN, 0 } };
    int n;
    do {
        gint64 left = (deadline - g_get_monotonic_time() + 999) / 1000;
        n = poll(p, 2, (int)MAX(left, 0));
    } while (n < 0 && errno == EINTR);
    vir_cancel_disconnect(cancel, handle);
    return n > 0 && p[0].revents;
}

gboolean qemu_kill(int pidfd, const char *name, gboolean graceful, int term_ms, int kill_ms, VirCancel *cancel,
                   GError **err)
{
    if (!vir_proc_pidfd_signal(pidfd, SIGTERM, err))
        return FALSE;
    if (wait_end(pidfd, term_ms, cancel))
        return TRUE;
    if (graceful)
        return vir_fail(err, VIR_ERR_OPERATION_TIMEOUT, "QEMU of domain '%s' did not end within %d ms of SIGTERM", name,
                        term_ms);
    if (!vir_proc_pidfd_signal(pidfd, SIGKILL, err))
        return FALSE;
    if (vir_proc_pidfd_wait(pidfd, kill_ms))
        return TRUE;
    return vir_fail(err, VIR_ERR_OPERATION_TIMEOUT,
                    "QEMU of domain '%s' did not end within %d ms of SIGKILL: it waits in the kernel for a device or "
                    "a server",
                    name, kill_ms);
}

int qemu_listen_unix(const char *path, mode_t mode, GError **err)
{
    g_autofree char *dir = g_path_get_dirname(path);
    g_autofree char *base = g_path_get_basename(path);
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    VIR_AUTOFD int dirfd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    VIR_AUTOFD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (dirfd < 0 || fd < 0) {
        vir_fail_errno(err, errno, "cannot make the socket '%s'", path);
        return -1;
    }
    /* A path longer than an address has room for is reached through its directory. */
    int n = strlen(path) < sizeof addr.sun_path
                ? g_snprintf(addr.sun_path, sizeof addr.sun_path, "%s", path)
                : g_snprintf(addr.sun_path, sizeof addr.sun_path, "/proc/self/fd/%d/%s", dirfd, base);
    if (n >= (int)sizeof addr.sun_path) {
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "the name of the socket '%s' is too long", path);
        return -1;
    }
    if (unlinkat(dirfd, base, 0) < 0 && errno != ENOENT) {
        vir_fail_errno(err, errno, "cannot replace the socket '%s'", path);
        return -1;
    }
    /* The mode of the descriptor is the new file's, less the umask: never wider than wanted, not even for a moment. */
    if (fchmod(fd, mode) < 0 || bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0 ||
        fchmodat(dirfd, base, mode, 0) < 0 || listen(fd, 1) < 0) {
        vir_fail_errno(err, errno, "cannot listen on '%s'", path);
        return -1;
    }
    return vir_fd_steal(&fd);
}

const char *qemu_sandbox_arg(int seccomp_sandbox)
{
    return seccomp_sandbox == 0 ? NULL
                                : "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_NONE

void vir_fd_close(int *fd)
{
    if (*fd < 0)
        return;
    int keep = errno;
    close(*fd);
    errno = keep;
    *fd = -1;
}

int vir_fd_steal(int *fd)
{
    int got = *fd;
    *fd = -1;
    return got;
}

int vir_fd_dup(int fd, GError **err)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (copy < 0)
        vir_fail_errno(err, errno, "cannot duplicate descriptor %d", fd);
    return copy;
}

static gboolean set_flag(int fd, int get, int set, int flag, gboolean on, const char *what, GError **err)
{
    int flags = fcntl(fd, get);
    if (flags < 0)
        return vir_fail_errno(err, errno, "cannot read the flags of descriptor %d", fd);
    int wanted = on ? flags | flag : flags & ~flag;
    if (wanted != flags && fcntl(fd, set, wanted) < 0)
        return vir_fail_errno(err, errno, "cannot set %s of descriptor %d", what, fd);
    return TRUE;
}

gboolean vir_fd_set_cloexec(int fd, gboolean on, GError **err)
{
    return set_flag(fd, F_GETFD, F_SETFD, FD_CLOEXEC, on, "close-on-exec", err);
}

gboolean vir_fd_set_nonblock(int fd, gboolean on, GError **err)
{
    return set_flag(fd, F_GETFL, F_SETFL, O_NONBLOCK, on, "non-blocking mode", err);
}

gboolean vir_fd_pipe(int ret[2], GError **err)
{
    if (pipe2(ret, O_CLOEXEC) < 0) {
        ret[0] = ret[1] = -1;
        return vir_fail_errno(err, errno, "cannot make a pipe");
    }
    return TRUE;
}

int vir_fd_memfd(const char *name, const void *data, size_t len, GError **err)
{
    VIR_AUTOFD int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) {
        vir_fail_errno(err, errno, "cannot make memory file '%s'", name);
        return -1;
    }
    if (!vir_fd_write_all(fd, data, len, err))
        return -1;
    if (lseek(fd, 0, SEEK_SET) < 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0) {
        vir_fail_errno(err, errno, "cannot seal memory file '%s'", name);
        return -1;
    }
    return vir_fd_steal(&fd);
}

/* Non-blocking descriptors are waited for here, so that callers see one behaviour. */
static gboolean wait_ready(int fd, short events)
{
    struct pollfd p = { .fd = fd, .events = events };
    return poll(&p, 1, -1) >= 0 || errno == EINTR;
}

gboolean vir_fd_write_all(int fd, const void *data, size_t len, GError **err)
{
    const char *at = data;
    while (len > 0) {
        ssize_t n = write(fd, at, len);
        if (n >= 0) {
            at += n;
            len -= n;
        } else if (errno == EAGAIN) {
            if (!wait_ready(fd, POLLOUT))
                return vir_fail_errno(err, errno, "cannot wait to write %zu bytes", len);
        } else if (errno != EINTR) {
            return vir_fail_errno(err, errno, "cannot write %zu bytes", len);
        }
    }
    return TRUE;
}

/* Like read(2), but through signals and waits. */
static ssize_t read_some(int fd, void *buf, size_t len)
{
    for (;;) {
        ssize_t n = read(fd, buf, len);
        if (n >= 0)
            return n;
        if (errno == EAGAIN ? !wait_ready(fd, POLLIN) : errno != EINTR)
            return -1;
    }
}

char *vir_fd_read_all(int fd, size_t max, size_t *ret_len, GError **err)
{
    size_t room = MIN(max, 4095) + 1, used = 0;
    g_autofree char *buf = g_malloc(room);
    for (;;) {
        /* One byte beyond max tells "exactly max" from "more". */
        ssize_t n = read_some(fd, buf + used, MIN(room - used, max + 1 - used));
        if (n < 0) {
            vir_fail_errno(err, errno, "cannot read");
            return NULL;
        }
        if (n == 0)
            break;
        used += n;
        if (used > max) {
            vir_fail_errno(err, EFBIG, "more than %zu bytes", max);
            return NULL;
        }
        if (used == room) {
            room *= 2;
            buf = g_realloc(buf, room);
        }
    }
    if (used == room)
        buf = g_realloc(buf, room + 1);
    buf[used] = '\0';
    if (ret_len)
        *ret_len = used;
    return g_steal_pointer(&buf);
}

gboolean vir_fd_read_exact(int fd, void *buf, size_t len, GError **err)
{
    char *at = buf;
    while (len > 0) {
        ssize_t n = read_some(fd, at, len);
        if (n < 0)
            return vir_fail_errno(err, errno, "cannot read %zu bytes", len);
        if (n == 0)
            return vir_fail_errno(err, ENODATA, "end of file with %zu bytes missing", len);
        at += n;
        len -= n;
    }
    return TRUE;
}

typedef union {
    struct cmsghdr align;
    char room[CMSG_SPACE(sizeof(int))];
} OneFd;

gboolean vir_fd_send(int sock, int fd, GError **err)
{
    OneFd control = { 0 };
    char zero = 0;
    struct iovec iov = { &zero, 1 };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
                          .msg_controllen = sizeof(control) };
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &fd, sizeof(fd));
    for (;;) {
        if (sendmsg(sock, &msg, MSG_NOSIGNAL) == 1)
            return TRUE;
        if (errno == EAGAIN)
            return FALSE;
        if (errno != EINTR)
            return vir_fail_errno(err, errno, "cannot send descriptor %d", fd);
    }
}

int vir_fd_recv(int sock, GError **err)
{
    OneFd control = { 0 };
    char byte = 0;
    struct iovec iov = { &byte, 1 };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
                          .msg_controllen = sizeof(control) };
    ssize_t n;
    do
        n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno == EAGAIN)
        return -1;
    if (n < 0) {
        vir_fail_errno(err, errno, "cannot receive a descriptor");
        return -1;
    }

    VIR_AUTOFD int fd = -1;
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(&fd, CMSG_DATA(c), sizeof(fd));
    if (n == 0) {
        vir_fail(err, VIR_ERR_RPC, "connection ended before a descriptor");
        return -1;
    }
    if (byte != 0 || fd < 0 || (msg.msg_flags & MSG_CTRUNC)) {
        vir_fail(err, VIR_ERR_RPC, "message of byte 0x%02x without exactly one descriptor", (guint8)byte);
        return -1;
    }
    return vir_fd_steal(&fd);
}

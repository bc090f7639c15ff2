/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One child a batch. A child stuck in the kernel cannot be reaped at once; it is remembered, and the next run reaps it.
 */
#include "hv/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/error.h"
#include "util/fd.h"

#define VIR_FROM_THIS VIR_FROM_SECURITY

/* Children that did not die at SIGKILL (D state), for a later look. */
static GMutex stuck_lock;
static GArray *stuck; /* of pid_t */

static void stuck_reap(void)
{
    g_mutex_lock(&stuck_lock);
    for (guint i = stuck ? stuck->len : 0; i-- > 0;) {
        pid_t pid = g_array_index(stuck, pid_t, i);
        if (waitpid(pid, NULL, WNOHANG) != 0)
            g_array_remove_index_fast(stuck, i);
    }
    g_mutex_unlock(&stuck_lock);
}

static void stuck_add(pid_t pid)
{
    g_mutex_lock(&stuck_lock);
    if (!stuck)
        stuck = g_array_new(FALSE, FALSE, sizeof(pid_t));
    g_array_append_val(stuck, pid);
    g_mutex_unlock(&stuck_lock);
}

/* Longer than any kernel needs to end a process that can be ended. */
#define KILL_WAIT_MS 200

static void helper_kill(pid_t pid, int pidfd)
{
    kill(pid, SIGKILL);
    struct pollfd p = { pidfd, POLLIN, 0 };
    if (pidfd >= 0 && poll(&p, 1, KILL_WAIT_MS) == 0) {
        stuck_add(pid);
        return;
    }
    waitpid(pid, NULL, 0);
}

static void wake(gpointer data)
{
    guint64 one = 1;
    if (write(*(int *)data, &one, sizeof one) < 0)
        return; /* the counter is full: it is readable then */
}

typedef enum { ANSWER_END, ANSWER_TIMEOUT, ANSWER_CANCELLED, ANSWER_TOO_LONG, ANSWER_FAILED } Answer;

/* Takes what is there; a descriptor among it goes to *ret_fd. 0: end of file, -1: nothing for now or failed (errno). */
static ssize_t helper_recv(int fd, GByteArray *out, int *ret_fd)
{
    guint8 buf[16384];
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec iov = { buf, sizeof buf };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    ssize_t got = recvmsg(fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got <= 0)
        return got;
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
    if (ret_fd && c && c->cmsg_type == SCM_RIGHTS) {
        vir_fd_close(ret_fd);
        memcpy(ret_fd, CMSG_DATA(c), sizeof(int));
    }
    g_byte_array_append(out, buf, (guint)got);
    return got;
}

/* Reads until the child ends, the deadline or a cancel. The child's end counts, not the end of file: another child
 * forked meanwhile may hold a copy of the descriptor for as long as it waits for its own exec. */
static Answer helper_collect(int fd, int pidfd, int wake_fd, gint64 deadline_us, GByteArray *out, int *ret_fd)
{
    for (;;) {
        gint64 left = deadline_us - g_get_monotonic_time();
        struct pollfd p[3] = { { fd, POLLIN, 0 }, { pidfd, POLLIN, 0 }, { wake_fd, POLLIN, 0 } };
        int n = left > 0 ? poll(p, 3, (int)((left + 999) / 1000)) : 0;
        if (n < 0 && errno != EINTR)
            return ANSWER_FAILED;
        if (n == 0)
            return ANSWER_TIMEOUT;
        if (n < 0)
            continue;
        if (p[2].revents)
            return ANSWER_CANCELLED;
        ssize_t got = p[0].revents ? helper_recv(fd, out, ret_fd) : -1;
        if (got == 0)
            return ANSWER_END;
        if (out->len > HV_HELPER_ANSWER_MAX)
            return ANSWER_TOO_LONG;
        if (got < 0 && p[1].revents)
            return ANSWER_END;
    }
}

G_NORETURN static void helper_child(int out, pid_t parent, HvHelperFunc func, gpointer data)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* Nothing of the daemon's may be held open by a child that hangs. */
    if (out > 3)
        close_range(3, (guint)out - 1, 0);
    close_range((guint)out + 1, ~0U, 0);
    if (getppid() != parent)
        _exit(126);
    int code = func(out, data);
    _exit(code);
}

static GBytes *helper_run(const char *what, HvHelperFunc func, gpointer data, int deadline_ms, VirCancel *cancel,
                          int *ret_fd, GError **err)
{
    stuck_reap();
    if (vir_cancel_is_raised(cancel)) {
        vir_fail(err, VIR_ERR_OPERATION_ABORTED, "%s was cancelled", what);
        return NULL;
    }
    gint64 deadline = g_get_monotonic_time() + (gint64)deadline_ms * 1000;
    VIR_AUTOFD int wake_fd = cancel ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1;
    int sv[2];
    /* A socket pair: descriptors may be passed back over it. */
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) < 0) {
        vir_fail_errno(err, errno, "cannot make the answer channel of %s", what);
        return NULL;
    }
    VIR_AUTOFD int in = sv[0];
    VIR_AUTOFD int out = sv[1];
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0) {
        vir_fail_errno(err, errno, "cannot fork for %s", what);
        return NULL;
    }
    if (pid == 0)
        helper_child(out, parent, func, data);
    vir_fd_close(&out);
    VIR_AUTOFD int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

    guint handle = cancel ? vir_cancel_connect(cancel, wake, &wake_fd) : 0;
    g_autoptr(GByteArray) answer = g_byte_array_new();
    Answer a = helper_collect(in, pidfd, wake_fd, deadline, answer, ret_fd);
    vir_cancel_disconnect(cancel, handle);

    if (a != ANSWER_END) {
        helper_kill(pid, pidfd);
        if (a == ANSWER_TIMEOUT)
            vir_fail(err, VIR_ERR_OPERATION_TIMEOUT, "%s did not end within %d ms: the storage does not answer", what,
                     deadline_ms);
        else if (a == ANSWER_CANCELLED)
            vir_fail(err, VIR_ERR_OPERATION_ABORTED, "%s was cancelled", what);
        else
            vir_fail(err, VIR_ERR_INTERNAL_ERROR, "the answer of %s cannot be read", what);
        return NULL;
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "the helper of %s ended with %s %d", what,
                 WIFSIGNALED(status) ? "signal" : "status", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        return NULL;
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&answer));
}

GBytes *hv_helper_run(const char *what, HvHelperFunc func, gpointer data, int deadline_ms, VirCancel *cancel,
                      GError **err)
{
    return helper_run(what, func, data, deadline_ms, cancel, NULL, err);
}

/* ---- which paths may hang ---- */

static const char *const remote_types[] = { "nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "glusterfs", "gfs2", "ocfs2",
                                            "afs", "lustre", "gpfs", "virtiofs", "autofs", "beegfs", "ncpfs" };

static gboolean type_is_remote(const char *type)
{
    if (g_str_has_prefix(type, "fuse") && strcmp(type, "fusectl") != 0)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(remote_types); i++)
        if (strcmp(type, remote_types[i]) == 0)
            return TRUE;
    return FALSE;
}

/* Remote mount points of this process's mount namespace. Read again when the table changed: its descriptor then
 * polls as exceptional. */
static GMutex mounts_lock;
static int mounts_fd = -1;
static GPtrArray *mounts; /* of char * */

static char *mount_unescape(const char *s)
{
    GString *out = g_string_new(NULL);
    for (; *s; s++) {
        if (s[0] == '\\' && g_ascii_isdigit(s[1]) && g_ascii_isdigit(s[2]) && g_ascii_isdigit(s[3])) {
            g_string_append_c(out, (char)(((s[1] - '0') << 6) | ((s[2] - '0') << 3) | (s[3] - '0')));
            s += 3;
        } else {
            g_string_append_c(out, *s);
        }
    }
    return g_string_free(out, FALSE);
}

static void mounts_parse(const char *text)
{
    g_ptr_array_set_size(mounts, 0);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **l = lines; *l; l++) {
        /* 36 35 98:0 /root /mount options [tags...] - type source super-options */
        char *dash = strstr(*l, " - ");
        if (!dash)
            continue;
        g_auto(GStrv) tail = g_strsplit(dash + 3, " ", 2);
        if (!tail[0] || !type_is_remote(tail[0]))
            continue;
        g_auto(GStrv) head = g_strsplit(*l, " ", 6);
        if (g_strv_length(head) == 6)
            g_ptr_array_add(mounts, mount_unescape(head[4]));
    }
}

static gboolean mounts_refresh(void)
{
    if (mounts_fd >= 0) {
        struct pollfd p = { mounts_fd, POLLPRI, 0 };
        if (poll(&p, 1, 0) == 0)
            return TRUE;
    } else {
        mounts_fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
        mounts = mounts ? mounts : g_ptr_array_new_with_free_func(g_free);
    }
    if (mounts_fd < 0 || lseek(mounts_fd, 0, SEEK_SET) < 0)
        return FALSE;
    g_autofree char *text = vir_fd_read_all(mounts_fd, 16 * 1024 * 1024, NULL, NULL);
    if (!text)
        return FALSE;
    mounts_parse(text);
    return TRUE;
}

static gboolean path_is_mount(const char *path)
{
    for (guint i = 0; i < mounts->len; i++)
        if (strcmp(path, g_ptr_array_index(mounts, i)) == 0)
            return TRUE;
    return FALSE;
}

/* Walks the path: each part is looked at only when all before it are known to be local. A link may lead anywhere. */
static gboolean path_stays_local(const char *path)
{
    if (path_is_mount("/") || strstr(path, "/../"))
        return FALSE;
    g_autofree char *part = g_strdup(path);
    for (char *slash = strchr(part + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = '\0';
        struct stat st;
        if (path_is_mount(part))
            return FALSE;
        if (lstat(part, &st) < 0)
            return TRUE; /* nothing there: no server to wait for */
        if (S_ISLNK(st.st_mode))
            return FALSE;
        if (!slash)
            return TRUE;
        *slash = '/';
    }
}

gboolean hv_path_is_local(const char *path)
{
    g_mutex_lock(&mounts_lock);
    gboolean local = mounts_refresh() && path[0] == '/';
    if (local && mounts->len > 0)
        local = path_stays_local(path);
    g_mutex_unlock(&mounts_lock);
    return local;
}

/* ---- stat and open ---- */

typedef struct {
    const char *path;
    int flags;
    mode_t mode;
} PathArgs;

static int stat_in_child(int out, gpointer data)
{
    const PathArgs *a = data;
    struct {
        int err;
        struct stat st;
    } answer;
    memset(&answer, 0, sizeof answer);
    answer.err = stat(a->path, &answer.st) < 0 ? errno : 0;
    return write(out, &answer, sizeof answer) == sizeof answer ? 0 : 1;
}

gboolean hv_stat(const char *path, struct stat *ret, int *ret_errno, int deadline_ms, GError **err)
{
    if (hv_path_is_local(path)) {
        *ret_errno = stat(path, ret) < 0 ? errno : 0;
        return TRUE;
    }
    PathArgs a = { path, 0, 0 };
    g_autofree char *what = g_strdup_printf("the look at '%s'", path);
    g_autoptr(GBytes) bytes = hv_helper_run(what, stat_in_child, &a, deadline_ms, NULL, err);
    if (!bytes)
        return FALSE;
    struct {
        int err;
        struct stat st;
    } answer;
    gsize len;
    const void *p = g_bytes_get_data(bytes, &len);
    if (len != sizeof answer)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "no answer about '%s'", path);
    memcpy(&answer, p, len);
    *ret = answer.st;
    *ret_errno = answer.err;
    return TRUE;
}

static int open_in_child(int out, gpointer data)
{
    const PathArgs *a = data;
    int fd = open(a->path, a->flags | O_CLOEXEC, a->mode);
    int e = fd < 0 ? errno : 0;
    char control[CMSG_SPACE(sizeof(int))];
    memset(control, 0, sizeof control);
    struct iovec iov = { &e, sizeof e };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
    if (fd >= 0) {
        msg.msg_control = control;
        msg.msg_controllen = sizeof control;
        struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(c), &fd, sizeof fd);
    }
    return sendmsg(out, &msg, 0) == sizeof e ? 0 : 1;
}

int hv_open(const char *path, int flags, mode_t mode, int deadline_ms, GError **err)
{
    if (hv_path_is_local(path)) {
        int fd = open(path, flags | O_CLOEXEC, mode);
        if (fd < 0)
            vir_fail_errno(err, errno, "cannot open '%s'", path);
        return fd;
    }
    PathArgs a = { path, flags, mode };
    g_autofree char *what = g_strdup_printf("the opening of '%s'", path);
    VIR_AUTOFD int fd = -1;
    g_autoptr(GBytes) bytes = helper_run(what, open_in_child, &a, deadline_ms, NULL, &fd, err);
    if (!bytes)
        return -1;
    int e = EIO;
    if (g_bytes_get_size(bytes) == sizeof e)
        memcpy(&e, g_bytes_get_data(bytes, NULL), sizeof e);
    if (e || fd < 0) {
        vir_fail_errno(err, e ? e : EIO, "cannot open '%s'", path);
        return -1;
    }
    return vir_fd_steal(&fd);
}

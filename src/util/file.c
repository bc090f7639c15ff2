/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/error.h"
#include "util/fd.h"
#include "util/units.h"

#define VIR_FROM_THIS VIR_FROM_NONE

VirFileStepHook vir_file_step_hook;

static gboolean step(VirFileStep s)
{
    VirFileStepHook hook = vir_file_step_hook;
    if (G_LIKELY(!hook) || hook(s))
        return TRUE;
    errno = EIO;
    return FALSE;
}

/* The directory to work in and the name below it; *own is set when the directory had to be opened. */
static gboolean resolve(int dirfd, const char *name, int *own, int *ret_dir, const char **ret_base, GError **err)
{
    const char *slash = strrchr(name, '/');
    *ret_base = slash ? slash + 1 : name;
    *ret_dir = dirfd;
    if (!slash && dirfd != AT_FDCWD)
        return TRUE;
    g_autofree char *dir = slash ? g_strndup(name, MAX(slash - name, 1)) : g_strdup(".");
    *own = *ret_dir = openat(dirfd, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *own >= 0 || vir_fail_errno(err, errno, "cannot open directory '%s'", dir);
}

static gboolean fill(int fd, const char *data, size_t len, GError **err)
{
    size_t half = G_UNLIKELY(vir_file_step_hook != NULL) ? len / 2 : 0;
    if (half && !vir_fd_write_all(fd, data, half, err))
        return FALSE;
    if (half && !step(VIR_FILE_STEP_HALF_WRITTEN))
        return vir_fail_errno(err, errno, "cannot write %zu bytes", len - half);
    return vir_fd_write_all(fd, data + half, len - half, err);
}

/* Everything up to the moment before the rename. */
static gboolean write_new(int dir, const char *tmp, const void *data, size_t len, mode_t mode, uid_t uid, gid_t gid,
                          GError **err)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    VIR_AUTOFD int fd = openat(dir, tmp, flags, 0600);
    if (fd < 0 && errno == EEXIST && unlinkat(dir, tmp, 0) == 0)   /* left by a writer that died */
        fd = openat(dir, tmp, flags, 0600);
    if (fd < 0 || !step(VIR_FILE_STEP_CREATED))
        return vir_fail_errno(err, errno, "cannot create '%s'", tmp);
    if (!fill(fd, data, len, err)) {
        g_prefix_error(err, "'%s': ", tmp);
        return FALSE;
    }
    if ((uid != (uid_t)-1 || gid != (gid_t)-1) && fchown(fd, uid, gid) < 0)
        return vir_fail_errno(err, errno, "cannot give '%s' to %d:%d", tmp, (int)uid, (int)gid);
    if (mode != 0600 && fchmod(fd, mode) < 0)
        return vir_fail_errno(err, errno, "cannot set mode %04o of '%s'", mode, tmp);
    if (!step(VIR_FILE_STEP_WRITTEN) || fdatasync(fd) < 0 || !step(VIR_FILE_STEP_SYNCED))
        return vir_fail_errno(err, errno, "cannot bring '%s' to the disk", tmp);
    return TRUE;
}

static gboolean sync_dir(int dir, const char *base, GError **err)
{
    if (fsync(dir) < 0 || !step(VIR_FILE_STEP_DIR_SYNCED))
        return vir_fail_errno(err, errno, "cannot bring the directory of '%s' to the disk", base);
    return TRUE;
}

gboolean vir_file_write_atomic_as(int dirfd, const char *name, const void *data, size_t len, mode_t mode, uid_t uid,
                                  gid_t gid, GError **err)
{
    VIR_AUTOFD int own = -1;
    int dir;
    const char *base;
    if (!resolve(dirfd, name, &own, &dir, &base, err))
        return FALSE;
    char tmp[NAME_MAX + 1];
    if (!*base || (size_t)snprintf(tmp, sizeof(tmp), "%s.new", base) >= sizeof(tmp))
        return vir_fail_errno(err, *base ? ENAMETOOLONG : EISDIR, "cannot write '%s'", name);

    if (!write_new(dir, tmp, data, len, mode, uid, gid, err)) {
        unlinkat(dir, tmp, 0);
        g_prefix_error(err, "'%s': ", name);
        return FALSE;
    }
    if (renameat(dir, tmp, dir, base) < 0) {
        vir_fail_errno(err, errno, "cannot rename '%s' to '%s'", tmp, base);
        unlinkat(dir, tmp, 0);
        return FALSE;
    }
    if (!step(VIR_FILE_STEP_RENAMED))
        return vir_fail_errno(err, errno, "cannot finish '%s'", base);
    return sync_dir(dir, base, err);
}

gboolean vir_file_write_atomic(int dirfd, const char *name, const void *data, size_t len, mode_t mode, GError **err)
{
    return vir_file_write_atomic_as(dirfd, name, data, len, mode, (uid_t)-1, (gid_t)-1, err);
}

gboolean vir_file_remove_synced(int dirfd, const char *name, GError **err)
{
    VIR_AUTOFD int own = -1;
    int dir;
    const char *base;
    if (!resolve(dirfd, name, &own, &dir, &base, err))
        return FALSE;
    if (unlinkat(dir, base, 0) < 0)
        return errno == ENOENT || vir_fail_errno(err, errno, "cannot remove '%s'", name);
    return sync_dir(dir, base, err);
}

gboolean vir_file_symlink_atomic(int dirfd, const char *target, const char *name, GError **err)
{
    VIR_AUTOFD int own = -1;
    int dir;
    const char *base;
    if (!resolve(dirfd, name, &own, &dir, &base, err))
        return FALSE;
    g_autofree char *tmp = g_strconcat(base, ".new", NULL);
    if (symlinkat(target, dir, tmp) < 0 &&
        (errno != EEXIST || unlinkat(dir, tmp, 0) < 0 || symlinkat(target, dir, tmp) < 0))
        return vir_fail_errno(err, errno, "cannot make link '%s' to '%s'", name, target);
    if (renameat(dir, tmp, dir, base) < 0) {
        vir_fail_errno(err, errno, "cannot rename '%s' to '%s'", tmp, base);
        unlinkat(dir, tmp, 0);
        return FALSE;
    }
    return sync_dir(dir, base, err);
}

int vir_file_open_dir(const char *path, GError **err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        vir_fail_errno(err, errno, "cannot open directory '%s'", path);
    return fd;
}

static gboolean make_parents(const char *path, GError **err)
{
    g_autofree char *work = g_strdup(path);
    for (char *p = work + 1; *work && (p = strchr(p, '/')); p++) {
        *p = '\0';
        if (mkdir(work, 0755) < 0 && errno != EEXIST)
            return vir_fail_errno(err, errno, "cannot make directory '%s'", work);
        *p = '/';
    }
    return TRUE;
}

gboolean vir_file_ensure_dir(const char *path, mode_t mode, uid_t uid, gid_t gid, GError **err)
{
    if (mkdir(path, mode) < 0 && errno == ENOENT) {
        if (!make_parents(path, err))
            return FALSE;
        if (mkdir(path, mode) < 0 && errno != EEXIST)
            return vir_fail_errno(err, errno, "cannot make directory '%s'", path);
    }
    VIR_AUTOFD int fd = vir_file_open_dir(path, err);
    if (fd < 0)
        return FALSE;
    struct stat st;
    if (fstat(fd, &st) < 0)
        return vir_fail_errno(err, errno, "cannot look at '%s'", path);
    if (((uid != (uid_t)-1 && st.st_uid != uid) || (gid != (gid_t)-1 && st.st_gid != gid)) && fchown(fd, uid, gid) < 0)
        return vir_fail_errno(err, errno, "cannot give directory '%s' to %d:%d", path, (int)uid, (int)gid);
    if ((st.st_mode & 07777) != mode && fchmod(fd, mode) < 0)
        return vir_fail_errno(err, errno, "cannot set mode %04o of directory '%s'", mode, path);
    return TRUE;
}

char *vir_file_read_at(int dirfd, const char *name, size_t max, size_t *ret_len, GError **err)
{
    VIR_AUTOFD int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        vir_fail_errno(err, errno, "cannot open '%s'", name);
        return NULL;
    }
    char *text = vir_fd_read_all(fd, max, ret_len, err);
    if (!text)
        g_prefix_error(err, "file '%s': ", name);
    return text;
}

char *vir_file_read(const char *path, size_t max, size_t *ret_len, GError **err)
{
    return vir_file_read_at(AT_FDCWD, path, max, ret_len, err);
}

gboolean vir_file_read_uint64(const char *path, guint64 *ret, GError **err)
{
    g_autoptr(GError) local = NULL;
    g_autofree char *text = vir_file_read(path, 4096, NULL, &local);
    if (!text) {
        if (!vir_file_error_is_absent(local))
            g_propagate_error(err, g_steal_pointer(&local));
        return FALSE;
    }
    g_strchomp(text);
    return vir_units_uint64(text, G_MAXUINT64, ret) ||
           vir_fail(err, VIR_ERR_INTERNAL_ERROR, "'%.40s' of '%s' is no number", text, path);
}

gboolean vir_file_write_text(const char *path, const char *text, GError **err)
{
    VIR_AUTOFD int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return vir_fail_errno(err, errno, "cannot open '%s' for writing", path);
    size_t len = strlen(text);
    ssize_t n;
    do
        n = write(fd, text, len);
    while (n < 0 && errno == EINTR);
    if (n < 0 || (size_t)n != len)
        return vir_fail_errno(err, n < 0 ? errno : EIO, "cannot write '%.80s' to '%s'", text, path);
    return TRUE;
}

gboolean vir_file_error_is_absent(const GError *err)
{
    int errnum = vir_error_extra(err)->int1;
    return vir_error_code(err) == VIR_ERR_SYSTEM_ERROR && (errnum == ENOENT || errnum == ENOTDIR);
}

gboolean vir_file_name_is_valid(const char *name)
{
    size_t len = strlen(name);
    if (len == 0 || len > NAME_MAX - 16 || !strcmp(name, ".") || !strcmp(name, ".."))
        return FALSE;
    for (const guchar *p = (const guchar *)name; *p; p++)
        if (*p == '/' || *p < 0x20 || *p == 0x7f)
            return FALSE;
    return TRUE;
}

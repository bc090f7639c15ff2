/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hv/security/dac.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define XATTR_REF "trusted.libvirt.security.ref_dac"
#define XATTR_OWNER "trusted.libvirt.security.dac"
#define XATTR_TIME "trusted.libvirt.security.timestamp_dac"

/* A file held by descriptor (O_PATH: no side effect on devices and sockets), so that nobody can put another file in
 * its place between the look and the change. */
typedef struct {
    int fd;
    int lock_fd;
    struct stat st;
    char proc[40];             /* /proc/self/fd/N, for the attribute calls, which take no O_PATH descriptor */
} DacFile;

static void result_fail(DacResult *r, const char *step, int errnum)
{
    r->status = DAC_FAILED;
    r->errnum = errnum;
    strncpy(r->step, step, sizeof r->step - 1);
}

static gboolean file_open(DacFile *f, const char *path)
{
    f->lock_fd = -1;
    f->fd = open(path, O_PATH | O_CLOEXEC);
    if (f->fd < 0)
        return FALSE;
    snprintf(f->proc, sizeof f->proc, "/proc/self/fd/%d", f->fd);
    return fstat(f->fd, &f->st) == 0;
}

static void file_close(DacFile *f)
{
    int keep = errno;
    if (f->lock_fd >= 0)
        close(f->lock_fd);
    if (f->fd >= 0)
        close(f->fd);
    errno = keep;
}

/* The lock libvirt takes around the attributes: byte 1, for writing. A file that cannot be opened for writing is not
 * locked: the attributes could not be changed by others then either. */
static DacStatus file_lock(DacFile *f, gboolean may_wait)
{
    if (!S_ISREG(f->st.st_mode))
        return DAC_OK;
    f->lock_fd = open(f->proc, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (f->lock_fd < 0)
        return DAC_OK;
    struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 1 };
    if (fcntl(f->lock_fd, may_wait ? F_OFD_SETLKW : F_OFD_SETLK, &l) < 0 && (errno == EAGAIN || errno == EACCES))
        return DAC_BUSY;
    return DAC_OK;
}

/* ---- the record ---- */

typedef struct {
    gboolean supported;
    unsigned long refs;        /* 0: no record, or a stale one */
    uid_t uid;
    gid_t gid;
} DacRecord;

static ssize_t attr_get(const DacFile *f, const char *name, char *buf, size_t room)
{
    ssize_t n = getxattr(f->proc, name, buf, room - 1);
    buf[n > 0 ? n : 0] = '\0';
    return n;
}

static gboolean owner_parse(const char *text, uid_t *uid, gid_t *gid)
{
    char *end = NULL;
    if (text[0] != '+')
        return FALSE;
    unsigned long u = strtoul(text + 1, &end, 10);
    if (end == text + 1 || end[0] != ':' || end[1] != '+')
        return FALSE;
    char *second = end + 2;
    unsigned long g = strtoul(second, &end, 10);
    if (end == second || *end)
        return FALSE;
    *uid = (uid_t)u;
    *gid = (gid_t)g;
    return TRUE;
}

static void record_drop(const DacFile *f)
{
    removexattr(f->proc, XATTR_REF);
    removexattr(f->proc, XATTR_OWNER);
    removexattr(f->proc, XATTR_TIME);
}

static DacRecord record_read(const DacFile *f, const DacContext *ctx)
{
    DacRecord rec = { .supported = TRUE };
    char buf[64], owner[64], *end = NULL;
    if (attr_get(f, XATTR_REF, buf, sizeof buf) < 0) {
        rec.supported = errno == ENODATA;
        return rec;
    }
    unsigned long refs = strtoul(buf, &end, 10);
    gboolean good = end != buf && *end == '\0' && attr_get(f, XATTR_TIME, buf, sizeof buf) > 0 &&
                    strcmp(buf, ctx->timestamp) == 0 && attr_get(f, XATTR_OWNER, owner, sizeof owner) > 0 &&
                    owner_parse(owner, &rec.uid, &rec.gid);
    if (good)
        rec.refs = refs;
    else if (ctx->op != DAC_PROBE)
        record_drop(f); /* of an earlier boot, or garbage */
    return rec;
}

static gboolean attr_set(const DacFile *f, const char *name, const char *value)
{
    return setxattr(f->proc, name, value, strlen(value), 0) == 0;
}

/* The order is libvirt's: the count comes last, so that a torn record counts as none. */
static gboolean record_write(const DacFile *f, const DacContext *ctx, uid_t uid, gid_t gid)
{
    char owner[48];
    snprintf(owner, sizeof owner, "+%u:+%u", uid, gid);
    return attr_set(f, XATTR_OWNER, owner) && attr_set(f, XATTR_TIME, ctx->timestamp) && attr_set(f, XATTR_REF, "1");
}

static gboolean record_count(const DacFile *f, unsigned long refs)
{
    char text[24];
    snprintf(text, sizeof text, "%lu", refs);
    return attr_set(f, XATTR_REF, text);
}

/* ---- operations ---- */

/* A file system that knows no owners, or a server that maps root, may let QEMU read all the same: if not, QEMU says
 * so itself. */
static gboolean chown_is_moot(int errnum)
{
    return errnum == ENOSYS || errnum == EOPNOTSUPP || errnum == EROFS || errnum == EPERM || errnum == EINVAL;
}

static gboolean file_chown(const DacFile *f, uid_t uid, gid_t gid)
{
    if (f->st.st_uid == uid && f->st.st_gid == gid)
        return TRUE;
    return fchownat(f->fd, "", uid, gid, AT_EMPTY_PATH) == 0;
}

static void dac_apply(const DacContext *ctx, const DacJob *job, DacFile *f, DacResult *r)
{
    gboolean remember = ctx->remember && !job->forget;
    gboolean recorded = FALSE;
    if (remember) {
        if (file_lock(f, ctx->may_wait) == DAC_BUSY) {
            r->status = DAC_BUSY;
            return;
        }
        fstat(f->fd, &f->st); /* it may have changed hands before the lock was ours */
        DacRecord rec = record_read(f, ctx);
        if (rec.refs > 0 && (f->st.st_uid != job->uid || f->st.st_gid != job->gid)) {
            r->status = DAC_IN_USE;
            r->old_uid = f->st.st_uid;
            r->old_gid = f->st.st_gid;
            return;
        }
        if (rec.refs > 0) {
            recorded = record_count(f, rec.refs + 1);
            r->old_uid = rec.uid;
            r->old_gid = rec.gid;
        } else if (rec.supported) {
            recorded = record_write(f, ctx, f->st.st_uid, f->st.st_gid);
            if (!recorded)
                record_drop(f);
        }
    }
    if (!recorded) {
        r->old_uid = f->st.st_uid;
        r->old_gid = f->st.st_gid;
    }
    r->known = TRUE;
    r->applied = TRUE;
    if (file_chown(f, job->uid, job->gid) || chown_is_moot(errno))
        return;
    int errnum = errno;
    if (recorded) {
        DacRecord rec = record_read(f, ctx);
        if (rec.refs > 1)
            record_count(f, rec.refs - 1);
        else
            record_drop(f);
    }
    r->applied = FALSE;
    result_fail(r, "chown", errnum);
}

static void dac_restore(const DacContext *ctx, const DacJob *job, DacFile *f, DacResult *r)
{
    if (job->forget || job->no_restore)
        return;
    uid_t uid = job->known ? job->old_uid : 0;
    gid_t gid = job->known ? job->old_gid : 0;
    /* Without a count nobody knows who else uses a shared file; and a device node whose owner is not known was udev's
     * to give, not ours to guess. */
    gboolean node = S_ISBLK(f->st.st_mode) || S_ISCHR(f->st.st_mode);
    gboolean wanted = !job->shared && (job->known || !node);
    if (ctx->remember) {
        if (file_lock(f, ctx->may_wait) == DAC_BUSY) {
            r->status = DAC_BUSY;
            return;
        }
        DacRecord rec = record_read(f, ctx);
        if (rec.refs > 1) {
            record_count(f, rec.refs - 1);
            return;
        }
        if (rec.refs == 1) {
            record_drop(f);
            uid = rec.uid;
            gid = rec.gid;
            wanted = TRUE;
        }
    }
    if (wanted && !file_chown(f, uid, gid) && !chown_is_moot(errno))
        result_fail(r, "chown", errno);
}

void dac_run(const DacContext *ctx, const DacJob *job, DacResult *r)
{
    DacFile f;
    if (!file_open(&f, job->path)) {
        int errnum = errno;
        file_close(&f);
        /* A file that went away has nothing to restore. */
        if (errnum != ENOENT || (ctx->op == DAC_APPLY && !job->missing_ok))
            result_fail(r, "open", errnum);
        return;
    }
    switch (ctx->op) {
    case DAC_PROBE: {
        DacRecord rec = ctx->remember ? record_read(&f, ctx) : (DacRecord){ 0 };
        r->known = TRUE;
        r->old_uid = rec.refs > 0 ? rec.uid : f.st.st_uid;
        r->old_gid = rec.refs > 0 ? rec.gid : f.st.st_gid;
        break;
    }
    case DAC_APPLY:
        dac_apply(ctx, job, &f, r);
        break;
    case DAC_RESTORE:
        dac_restore(ctx, job, &f, r);
        break;
    }
    file_close(&f);
}

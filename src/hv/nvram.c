/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The guest's own variable store: a copy of a template, complete or absent. In a child where the paths may hang.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hv/firmware.h"
#include "hv/helper.h"
#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

char *hv_nvram_path(const char *nvram_dir, const char *domain, HvFirmwareFormat format)
{
    return g_strdup_printf("%s/%s_VARS.%s", nvram_dir, domain, format == HV_FW_FORMAT_QCOW2 ? "qcow2" : "fd");
}

typedef enum { COPY_MADE, COPY_THERE, COPY_FAILED } CopyResult;
typedef enum { STEP_TEMPLATE, STEP_CREATE, STEP_WRITE, STEP_OWNER, STEP_RENAME } CopyStep;

typedef struct {
    const char *path, *from, *tmp;
    gboolean reset;
    uid_t uid;
    gid_t gid;
} CopyArgs;

typedef struct {
    int result;                /* CopyResult */
    int step;                  /* CopyStep */
    int errnum;
} CopyAnswer;

static int copy_bytes(int in, int out)
{
    char buf[65536];
    for (;;) {
        ssize_t n = read(in, buf, sizeof buf);
        if (n == 0)
            return 0;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        for (ssize_t at = 0; at < n;) {
            ssize_t w = write(out, buf + at, (size_t)(n - at));
            if (w < 0 && errno != EINTR)
                return errno;
            at += w > 0 ? w : 0;
        }
    }
}

static CopyAnswer failed(int step, int errnum)
{
    return (CopyAnswer){ COPY_FAILED, step, errnum };
}

static CopyAnswer copy_between(const CopyArgs *a, int in, int out)
{
    int e = copy_bytes(in, out);
    if (e)
        return failed(STEP_WRITE, e);
    if ((a->uid != (uid_t)-1 || a->gid != (gid_t)-1) && fchown(out, a->uid, a->gid) < 0)
        return failed(STEP_OWNER, errno);
    if (fsync(out) < 0)
        return failed(STEP_WRITE, errno);
    return rename(a->tmp, a->path) < 0 ? failed(STEP_RENAME, errno) : (CopyAnswer){ COPY_MADE, 0, 0 };
}

/* Plain system calls: also run in a child. */
static CopyAnswer copy_run(const CopyArgs *a)
{
    struct stat st;
    if (!a->reset && stat(a->path, &st) == 0)
        return (CopyAnswer){ COPY_THERE, 0, 0 };
    int in = open(a->from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return failed(STEP_TEMPLATE, errno);
    unlink(a->tmp); /* of a start that was killed */
    int out = open(a->tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    CopyAnswer answer = out < 0 ? failed(STEP_CREATE, errno) : copy_between(a, in, out);
    if (out >= 0)
        close(out);
    close(in);
    if (answer.result == COPY_FAILED && out >= 0)
        unlink(a->tmp);
    return answer;
}

static int copy_in_child(int out, gpointer data)
{
    CopyAnswer answer = copy_run(data);
    return write(out, &answer, sizeof answer) == sizeof answer ? 0 : 1;
}

gboolean hv_nvram_create(const char *path, const char *template_path, gboolean reset, uid_t uid, gid_t gid,
                         int deadline_ms, gboolean *ret_created, GError **err)
{
    g_autofree char *tmp = g_strconcat(path, ".new", NULL);
    CopyArgs args = { path, template_path, tmp, reset, uid, gid };
    CopyAnswer answer = failed(STEP_WRITE, EIO);
    if (hv_path_is_local(path) && hv_path_is_local(template_path)) {
        answer = copy_run(&args);
    } else {
        g_autofree char *what = g_strdup_printf("the copy of '%s' to '%s'", template_path, path);
        g_autoptr(GBytes) bytes = hv_helper_run(what, copy_in_child, &args, deadline_ms, NULL, err);
        if (!bytes)
            return FALSE;
        if (g_bytes_get_size(bytes) == sizeof answer)
            memcpy(&answer, g_bytes_get_data(bytes, NULL), sizeof answer);
    }
    *ret_created = answer.result == COPY_MADE;
    if (answer.result != COPY_FAILED)
        return TRUE;
    if (answer.step == STEP_TEMPLATE)
        return vir_fail_errno(err, answer.errnum, "cannot open the template '%s' of the variable store", template_path);
    return vir_fail_errno(err, answer.errnum, "cannot make the variable store '%s'", path);
}

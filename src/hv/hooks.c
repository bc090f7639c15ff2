/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hv/hooks.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/command.h"
#include "util/error.h"
#include "util/fd.h"
#include "util/proc.h"

#define VIR_FROM_THIS VIR_FROM_HOOK

#define OUTPUT_MAX (1024 * 1024)
#define STDERR_KEEP 4096

struct HvHooks {
    char *script;              /* /etc/libvirt/hooks/qemu */
    char *dir;                 /* /etc/libvirt/hooks/qemu.d */
};

HvHooks *hv_hooks_new(const char *dir, const char *driver)
{
    HvHooks *h = g_new0(HvHooks, 1);
    h->script = g_build_filename(dir, driver, NULL);
    h->dir = g_strconcat(h->script, ".d", NULL);
    return h;
}

void hv_hooks_free(HvHooks *h)
{
    if (!h)
        return;
    g_free(h->script);
    g_free(h->dir);
    g_free(h);
}

static gboolean is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In the order they run. @first_only: for the question whether there is any. */
static GPtrArray *programs(const HvHooks *h, gboolean first_only)
{
    GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
    if (is_program(h->script))
        g_ptr_array_add(out, g_strdup(h->script));
    if (first_only && out->len > 0)
        return out;
    g_autoptr(GDir) dir = g_dir_open(h->dir, 0, NULL);
    g_autoptr(GPtrArray) rest = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(h->dir, name, NULL);
        if (is_program(path))
            g_ptr_array_add(rest, g_steal_pointer(&path));
    }
    g_ptr_array_sort(rest, by_name);
    g_ptr_array_extend_and_steal(out, g_steal_pointer(&rest));
    return out;
}

gboolean hv_hooks_present(const HvHooks *h)
{
    g_autoptr(GPtrArray) list = programs(h, TRUE);
    return list->len > 0;
}

/* ---- one program ---- */

typedef struct {
    int out, err, pidfd, wake;
    GString *out_text, *err_text;
    gboolean too_long, cancelled;
} Run;

static void wake(gpointer data)
{
    guint64 one = 1;
    if (write(*(int *)data, &one, sizeof one) < 0)
        return; /* full: readable already */
}

/* One read; FALSE at the end of the stream. */
static gboolean drain(int fd, GString *into, gsize keep_last, gboolean *too_long)
{
    char buf[4096];
    ssize_t n = read(fd, buf, sizeof buf);
    if (n <= 0)
        return n < 0 && (errno == EINTR || errno == EAGAIN);
    g_string_append_len(into, buf, n);
    if (keep_last && into->len > keep_last)
        g_string_erase(into, 0, (gssize)(into->len - keep_last));
    else if (!keep_last && into->len > OUTPUT_MAX)
        *too_long = TRUE;
    return TRUE;
}

/* Until the program itself has ended (its own children may keep the pipes open) and what it wrote is read. */
static void collect(Run *r)
{
    gboolean ended = FALSE;
    while (!ended || r->out >= 0 || r->err >= 0) {
        struct pollfd p[4] = { { r->out, POLLIN, 0 }, { r->err, POLLIN, 0 }, { ended ? -1 : r->pidfd, POLLIN, 0 },
                               { r->cancelled ? -1 : r->wake, POLLIN, 0 } };
        int n = poll(p, 4, ended ? 0 : -1);
        if (n < 0 && errno != EINTR)
            return;
        if (n == 0 && ended)
            return;
        if (n <= 0)
            continue;
        if (p[0].revents && !drain(r->out, r->out_text, 0, &r->too_long))
            vir_fd_close(&r->out);
        if (p[1].revents && !drain(r->err, r->err_text, STDERR_KEEP, NULL))
            vir_fd_close(&r->err);
        if (p[2].revents)
            ended = TRUE;
        r->cancelled = r->cancelled || p[3].revents;
        if ((r->cancelled || r->too_long) && !ended)
            vir_proc_pidfd_signal(r->pidfd, SIGKILL, NULL);
    }
}

static gboolean report(const char *path, const HvHookCall *call, const Run *r, int status, GError **err)
{
    if (r->cancelled)
        return vir_fail(err, VIR_ERR_OPERATION_ABORTED, "hook '%s' for '%s' of '%s' was cancelled", path, call->op,
                        call->object);
    if (r->too_long)
        return vir_fail(err, VIR_ERR_HOOK_SCRIPT_FAILED, "hook '%s' wrote more than %d bytes", path, OUTPUT_MAX);
    if (status == 0)
        return TRUE;
    g_autofree char *how = vir_command_status_text(status);
    g_autofree char *last = vir_command_last_line(r->err_text->str, r->err_text->len);
    return vir_fail(err, VIR_ERR_HOOK_SCRIPT_FAILED, "hook '%s' %s at '%s' of '%s'%s%s", path, how, call->op,
                    call->object, last ? ": " : "", last ? last : "");
}

static gboolean run_one(const char *path, const HvHookCall *call, const char *input, GString *output,
                        VirCancel *cancel, GError **err)
{
    g_autoptr(VirCommand) cmd = vir_command_new(path, call->object, call->op, call->sub ? call->sub : "-",
                                                call->extra ? call->extra : "-", NULL);
    int out[2], errs[2];
    VIR_AUTOFD int in = vir_fd_memfd("hook-input", input ? input : "", input ? strlen(input) : 0, err);
    if (in < 0 || !vir_fd_pipe(out, err))
        return FALSE;
    VIR_AUTOFD int out_w = out[1];
    VIR_AUTOFD int out_r = out[0];
    if (!vir_fd_pipe(errs, err))
        return FALSE;
    VIR_AUTOFD int err_w = errs[1];
    VIR_AUTOFD int err_r = errs[0];
    VIR_AUTOFD int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    vir_command_env_pass_common(cmd);
    vir_command_fd(cmd, in, 0, VIR_COMMAND_FD_BORROW);
    vir_command_fd(cmd, out_w, 1, VIR_COMMAND_FD_BORROW);
    vir_command_fd(cmd, err_w, 2, VIR_COMMAND_FD_BORROW);
    pid_t pid;
    VIR_AUTOFD int pidfd = -1;
    if (!vir_command_spawn(cmd, &pid, &pidfd, err)) {
        g_prefix_error(err, "hook '%s' at '%s' of '%s': ", path, call->op, call->object);
        return FALSE;
    }
    vir_fd_close(&out_w);
    vir_fd_close(&err_w);
    g_autoptr(GString) err_text = g_string_new(NULL);
    Run r = { vir_fd_steal(&out_r), vir_fd_steal(&err_r), pidfd, wake_fd, output, err_text, FALSE, FALSE };
    guint handle = vir_cancel_connect(cancel, wake, &wake_fd);
    collect(&r);
    vir_cancel_disconnect(cancel, handle);
    vir_fd_close(&r.out);
    vir_fd_close(&r.err);
    int status = 0;
    return vir_command_reap(pidfd, &status, err) && report(path, call, &r, status, err);
}

static gboolean is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

gboolean hv_hooks_run(const HvHooks *h, const HvHookCall *call, char **ret_output, VirCancel *cancel, GError **err)
{
    g_autoptr(GPtrArray) list = programs(h, FALSE);
    g_autofree char *last = NULL;
    for (guint i = 0; i < list->len; i++) {
        g_autoptr(GString) output = g_string_new(NULL);
        const char *input = last && ret_output ? last : call->input;
        if (!run_one(g_ptr_array_index(list, i), call, input, output, cancel, err))
            return FALSE;
        if (!is_blank(output->str)) {
            g_free(last);
            last = g_string_free(g_steal_pointer(&output), FALSE);
        }
    }
    if (ret_output)
        *ret_output = g_steal_pointer(&last);
    return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hv/hooks.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "util/command.h"
#include "util/error.h"
#include "util/fd.h"
#include "util/proc.h"

#define VIR_FROM_THIS VIR_FROM_HOOK
#define OUTPUT_MAX (10 * 1024 * 1024)

struct HvHooks {
    char *dir, *driver;
};

HvHooks *hv_hooks_new(const char *dir, const char *driver)
{
    HvHooks *hooks = g_new(HvHooks, 1);
    *hooks = (HvHooks){ g_strdup(dir), g_strdup(driver) };
    return hooks;
}

void hv_hooks_free(HvHooks *hooks)
{
    if (!hooks)
        return;
    g_free(hooks->dir);
    g_free(hooks->driver);
    g_free(hooks);
}

static void add_if_program(GPtrArray *list, char *path)
{
    if (g_file_test(path, G_FILE_TEST_IS_REGULAR) && access(path, X_OK) == 0)
        g_ptr_array_add(list, path);
    else
        g_free(path);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* DRIVER, then the programs of DRIVER.d in name order. */
static GPtrArray *programs(const HvHooks *hooks)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *sub = g_strdup_printf("%s/%s.d", hooks->dir, hooks->driver);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(sub, 0, NULL);
    const char *name;
    add_if_program(list, g_build_filename(hooks->dir, hooks->driver, NULL));
    while (dir && (name = g_dir_read_name(dir))) {
        if (name[0] != '.')
            g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++)
        add_if_program(list, g_build_filename(sub, g_ptr_array_index(names, i), NULL));
    return list;
}

gboolean hv_hooks_present(const HvHooks *hooks)
{
    g_autoptr(GPtrArray) list = programs(hooks);
    return list->len > 0;
}

static int memory_file(const char *content)
{
    int fd = memfd_create("hook", MFD_CLOEXEC);
    if (fd >= 0 && content && (write(fd, content, strlen(content)) < 0 || lseek(fd, 0, SEEK_SET) < 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

static char *read_memory(int fd)
{
    off_t len = lseek(fd, 0, SEEK_END);
    len = CLAMP(len, 0, OUTPUT_MAX);
    char *text = g_malloc((gsize)len + 1);
    gssize n = pread(fd, text, (gsize)len, 0);
    text[MAX(n, 0)] = '\0';
    return text;
}

static void kill_hook(gpointer pidfd)
{
    vir_proc_pidfd_signal(GPOINTER_TO_INT(pidfd), SIGKILL, NULL);
}

static gboolean run_one(const char *program, const HvHookCall *call, const char *input, char **ret_output,
                        VirCancel *cancel, GError **err)
{
    VIR_AUTOFD int in = memory_file(input);
    VIR_AUTOFD int out = memory_file(NULL);
    VIR_AUTOFD int errors = memory_file(NULL);
    pid_t pid;
    int pidfd, status;
    if (in < 0 || out < 0 || errors < 0)
        return vir_fail_errno(err, errno, "cannot make files for hook '%s'", program);
    g_autoptr(VirCommand) cmd = vir_command_new(program, call->object, call->op, call->sub, call->extra ? call->extra : "-",
                                                NULL);
    vir_command_env_pass_common(cmd);
    vir_command_fd(cmd, in, 0, VIR_COMMAND_FD_BORROW);
    vir_command_fd(cmd, out, 1, VIR_COMMAND_FD_BORROW);
    vir_command_fd(cmd, errors, 2, VIR_COMMAND_FD_BORROW);
    if (!vir_command_spawn(cmd, &pid, &pidfd, err))
        return FALSE;
    guint handle = vir_cancel_connect(cancel, kill_hook, GINT_TO_POINTER(pidfd));
    vir_proc_pidfd_wait(pidfd, -1);
    vir_cancel_disconnect(cancel, handle);
    if (!vir_command_reap(pidfd, &status, err))
        return FALSE;
    if (status == 0) {
        *ret_output = read_memory(out);
        return TRUE;
    }
    g_autofree char *said = read_memory(errors);
    g_autofree char *line = vir_command_last_line(said, strlen(said));
    g_autofree char *how = vir_command_status_text(status);
    return vir_fail(err, VIR_ERR_HOOK_SCRIPT_FAILED, "%s %s %s %s: the program %s%s%s", program, call->object, call->op,
                    call->sub, how, line ? ": " : "", line ? line : "");
}

gboolean hv_hooks_run(const HvHooks *hooks, const HvHookCall *call, char **ret_output, VirCancel *cancel, GError **err)
{
    g_autoptr(GPtrArray) list = programs(hooks);
    g_autofree char *last = NULL;
    for (guint i = 0; i < list->len; i++) {
        g_autofree char *output = NULL;
        if (!run_one(g_ptr_array_index(list, i), call, last ? last : call->input, &output, cancel, err))
            return FALSE;
        if (*g_strstrip(output) && ret_output) {
            g_free(last);
            last = g_steal_pointer(&output);
        }
    }
    if (ret_output)
        *ret_output = g_steal_pointer(&last);
    return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/command.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/command-priv.h"
#include "util/error.h"
#include "util/fd.h"

#define VIR_FROM_THIS VIR_FROM_NONE
#define COMMAND_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* argv and env stay NULL-terminated: the last pointer is always NULL. */
static void append(GPtrArray *array, char *text)
{
    array->pdata[array->len - 1] = text;
    g_ptr_array_add(array, NULL);
}

static GPtrArray *new_vector(void)
{
    GPtrArray *array = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(array, NULL);
    return array;
}

static VirCommand *command_alloc(void)
{
    VirCommand *cmd = g_new0(VirCommand, 1);
    cmd->argv = new_vector();
    cmd->env = new_vector();
    cmd->fds = g_array_new(FALSE, FALSE, sizeof(VirCommandFd));
    cmd->umask = (mode_t)-1;
    cmd->out_max = 1024 * 1024;
    cmd->err_max = 64 * 1024;
    cmd->ok_codes = 1;
    vir_command_env(cmd, "LC_ALL", "C");
    const char *path = g_getenv("PATH");
    vir_command_env(cmd, "PATH", path && *path ? path : COMMAND_PATH);
    return cmd;
}

static void add_va(VirCommand *cmd, const char *arg, va_list ap)
{
    for (; arg; arg = va_arg(ap, const char *))
        vir_command_add(cmd, arg);
}

VirCommand *vir_command_new(const char *program, ...)
{
    VirCommand *cmd = command_alloc();
    va_list ap;
    va_start(ap, program);
    add_va(cmd, program, ap);
    va_end(ap);
    return cmd;
}

VirCommand *vir_command_new_argv(const char *const *argv)
{
    VirCommand *cmd = command_alloc();
    for (; *argv; argv++)
        vir_command_add(cmd, *argv);
    return cmd;
}

void vir_command_free(VirCommand *cmd)
{
    if (!cmd)
        return;
    for (guint i = 0; i < cmd->fds->len; i++) {
        VirCommandFd *f = &g_array_index(cmd->fds, VirCommandFd, i);
        if (f->own)
            vir_fd_close(&f->fd);
    }
    g_array_unref(cmd->fds);
    g_ptr_array_unref(cmd->argv);
    g_ptr_array_unref(cmd->env);
    g_free(cmd->cwd);
    g_free(cmd->groups);
    if (cmd->input)
        g_string_free(cmd->input, TRUE);
    if (cmd->out)
        g_string_free(cmd->out, TRUE);
    if (cmd->err)
        g_string_free(cmd->err, TRUE);
    g_free(cmd);
}

void vir_command_add(VirCommand *cmd, const char *arg)
{
    append(cmd->argv, g_strdup(arg));
}

void vir_command_add_take(VirCommand *cmd, char *arg)
{
    append(cmd->argv, arg);
}

void vir_command_addf(VirCommand *cmd, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    append(cmd->argv, g_strdup_vprintf(fmt, ap));
    va_end(ap);
}

void vir_command_add_all(VirCommand *cmd, ...)
{
    va_list ap;
    va_start(ap, cmd);
    add_va(cmd, va_arg(ap, const char *), ap);
    va_end(ap);
}

const char *const *vir_command_argv(const VirCommand *cmd)
{
    return (const char *const *)cmd->argv->pdata;
}

const char *const *vir_command_environ(const VirCommand *cmd)
{
    return (const char *const *)cmd->env->pdata;
}

const char *vir_command_name(const VirCommand *cmd)
{
    const char *program = vir_command_argv(cmd)[0];
    const char *slash = strrchr(program, '/');
    return slash ? slash + 1 : program;
}

static void append_quoted(GString *out, const char *text)
{
    static const char plain[] = "-_./:=,+@%^";
    gboolean quote = !*text;
    for (const char *p = text; *p && !quote; p++)
        quote = !g_ascii_isalnum(*p) && !strchr(plain, *p);
    g_autofree char *quoted = quote ? g_shell_quote(text) : NULL;
    if (out->len)
        g_string_append_c(out, ' ');
    g_string_append(out, quoted ? quoted : text);
}

char *vir_command_to_string(const VirCommand *cmd)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i + 1 < cmd->env->len; i++)
        append_quoted(out, g_ptr_array_index(cmd->env, i));
    for (guint i = 0; i + 1 < cmd->argv->len; i++)
        append_quoted(out, g_ptr_array_index(cmd->argv, i));
    return g_string_free(out, FALSE);
}

void vir_command_env(VirCommand *cmd, const char *name, const char *value)
{
    char *entry = g_strconcat(name, "=", value, NULL);
    size_t len = strlen(name) + 1;
    for (guint i = 0; i + 1 < cmd->env->len; i++) {
        char **have = (char **)&g_ptr_array_index(cmd->env, i);
        if (strncmp(*have, entry, len) == 0) {
            g_free(*have);
            *have = entry;
            return;
        }
    }
    append(cmd->env, entry);
}

void vir_command_env_pass(VirCommand *cmd, const char *name)
{
    const char *value = g_getenv(name);
    if (value)
        vir_command_env(cmd, name, value);
}

void vir_command_env_pass_common(VirCommand *cmd)
{
    static const char *const names[] = { "HOME", "USER", "LOGNAME", "TMPDIR", "LD_LIBRARY_PATH" };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        vir_command_env_pass(cmd, names[i]);
}

void vir_command_fd(VirCommand *cmd, int fd, int number, VirCommandFdMode mode)
{
    VirCommandFd f = { fd, number, mode == VIR_COMMAND_FD_TAKE };
    g_array_append_val(cmd->fds, f);
}

void vir_command_set_cwd(VirCommand *cmd, const char *dir)
{
    g_free(cmd->cwd);
    cmd->cwd = g_strdup(dir);
}

void vir_command_set_user(VirCommand *cmd, uid_t uid, gid_t gid, const gid_t *groups, gsize n_groups)
{
    g_free(cmd->groups);
    cmd->groups = g_memdup2(groups, n_groups * sizeof(*groups));
    cmd->n_groups = n_groups;
    cmd->uid = uid;
    cmd->gid = gid;
    cmd->set_ids = TRUE;
}

void vir_command_set_umask(VirCommand *cmd, mode_t mask)
{
    cmd->umask = mask;
}

void vir_command_set_hook(VirCommand *cmd, VirCommandHook hook, gpointer data)
{
    cmd->hook = hook;
    cmd->hook_data = data;
}

void vir_command_set_parent_death_signal(VirCommand *cmd, int sig)
{
    cmd->death_signal = sig;
}

void vir_command_set_session(VirCommand *cmd)
{
    cmd->session = TRUE;
}

void vir_command_set_input(VirCommand *cmd, const void *data, size_t len)
{
    if (cmd->input)
        g_string_free(cmd->input, TRUE);
    cmd->input = g_string_new_len(data, len);
}

const void *vir_command_input(const VirCommand *cmd, size_t *ret_len)
{
    if (ret_len)
        *ret_len = cmd->input ? cmd->input->len : 0;
    return cmd->input ? cmd->input->str : NULL;
}

void vir_command_set_output_max(VirCommand *cmd, size_t out_max, size_t err_max)
{
    cmd->out_max = out_max;
    cmd->err_max = err_max;
}

void vir_command_set_deadline_ms(VirCommand *cmd, gint64 ms)
{
    cmd->deadline_ms = ms;
}

void vir_command_set_ok_codes(VirCommand *cmd, guint32 mask)
{
    cmd->ok_codes = mask;
}

static const char *text_of(const GString *s, size_t *ret_len)
{
    if (ret_len)
        *ret_len = s ? s->len : 0;
    return s ? s->str : "";
}

const char *vir_command_stdout(const VirCommand *cmd, size_t *ret_len)
{
    return text_of(cmd->out, ret_len);
}

const char *vir_command_stderr(const VirCommand *cmd, size_t *ret_len)
{
    return text_of(cmd->err, ret_len);
}

int vir_command_exit_code(const VirCommand *cmd)
{
    return WIFEXITED(cmd->status) ? WEXITSTATUS(cmd->status) : -1;
}

int vir_command_term_signal(const VirCommand *cmd)
{
    return WIFSIGNALED(cmd->status) ? WTERMSIG(cmd->status) : 0;
}

char *vir_command_status_text(int status)
{
    if (WIFEXITED(status))
        return g_strdup_printf("exited with status %d", WEXITSTATUS(status));
    if (WIFSIGNALED(status))
        return g_strdup_printf("was killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    return g_strdup_printf("ended with unknown status 0x%x", status);
}

char *vir_command_last_line(const char *text, size_t len)
{
    while (len > 0 && g_ascii_isspace(text[len - 1]))
        len--;
    size_t start = len;
    while (start > 0 && text[start - 1] != '\n' && len - start < 512)
        start--;
    if (start == len)
        return NULL;
    g_autofree char *line = g_strndup(text + start, len - start);
    for (char *p = line; *p; p++)
        if (g_ascii_iscntrl(*p))
            *p = ' ';
    return g_utf8_make_valid(g_strstrip(line), -1);
}

static gboolean is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

char *vir_command_find(const char *name)
{
    if (strchr(name, '/'))
        return is_program(name) ? g_strdup(name) : NULL;
    const char *path = g_getenv("PATH");
    g_autofree char *all = g_strconcat(path && *path ? path : "/", ":", COMMAND_PATH, NULL);
    g_auto(GStrv) dirs = g_strsplit(all, ":", -1);
    for (char **d = dirs; *d; d++) {
        g_autofree char *full = **d == '/' ? g_build_filename(*d, name, NULL) : NULL;
        if (full && is_program(full))
            return g_steal_pointer(&full);
    }
    return NULL;
}

gboolean vir_command_set_result(VirCommand *cmd, int status, const char *out, size_t out_len, const char *err_text,
                                size_t err_len, GError **err)
{
    if (cmd->out && cmd->out->str != out)
        g_string_free(g_steal_pointer(&cmd->out), TRUE);
    if (cmd->err && cmd->err->str != err_text)
        g_string_free(g_steal_pointer(&cmd->err), TRUE);
    if (!cmd->out && out)
        cmd->out = g_string_new_len(out, out_len);
    if (!cmd->err && err_text)
        cmd->err = g_string_new_len(err_text, err_len);
    cmd->status = status;

    int code = vir_command_exit_code(cmd);
    if (code >= 0 && code < 32 && (cmd->ok_codes & (1u << code)))
        return TRUE;
    g_autofree char *how = vir_command_status_text(status);
    g_autofree char *line = err_text ? vir_command_last_line(err_text, err_len) : NULL;
    return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "%s %s%s%s", vir_command_name(cmd), how, line ? ": " : "",
                    line ? line : "");
}

gboolean vir_command_run(VirCommand *cmd, VirHost *host, GError **err)
{
    const VirHostRunner *runner = host ? vir_host_runner(host) : NULL;
    return runner ? runner->run(host, cmd, runner->data, err) : vir_command_run_real(cmd, err);
}

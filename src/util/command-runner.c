/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/command-runner.h"

#include <fnmatch.h>
#include <string.h>
#include <sys/wait.h>

#include "util/command-priv.h"
#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_NONE

typedef struct {
    char *pattern, *out, *err;
    int exit_code;
} Answer;

struct VirRecorder {
    GMutex lock;
    gboolean run_unknown;
    GPtrArray *answers;      /* Answer */
    GPtrArray *lines;        /* char * */
};

static void answer_free(gpointer data)
{
    Answer *a = data;
    g_free(a->pattern);
    g_free(a->out);
    g_free(a->err);
    g_free(a);
}

VirRecorder *vir_recorder_new(gboolean run_unknown)
{
    VirRecorder *rec = g_new0(VirRecorder, 1);
    g_mutex_init(&rec->lock);
    rec->run_unknown = run_unknown;
    rec->answers = g_ptr_array_new_with_free_func(answer_free);
    rec->lines = g_ptr_array_new_with_free_func(g_free);
    return rec;
}

void vir_recorder_free(VirRecorder *rec)
{
    if (!rec)
        return;
    g_ptr_array_unref(rec->answers);
    g_ptr_array_unref(rec->lines);
    g_mutex_clear(&rec->lock);
    g_free(rec);
}

void vir_recorder_expect(VirRecorder *rec, const char *argv, int exit_code, const char *out, const char *err_text)
{
    Answer *a = g_new0(Answer, 1);
    a->pattern = g_strdup(argv);
    a->exit_code = exit_code;
    a->out = g_strdup(out ? out : "");
    a->err = g_strdup(err_text ? err_text : "");
    g_mutex_lock(&rec->lock);
    g_ptr_array_add(rec->answers, a);
    g_mutex_unlock(&rec->lock);
}

static char *line_of(const VirCommand *cmd)
{
    GString *line = g_string_new(vir_command_name(cmd));
    for (const char *const *arg = vir_command_argv(cmd) + 1; *arg; arg++)
        g_string_append_printf(line, " %s", *arg);
    return g_string_free(line, FALSE);
}

static gboolean recorder_run(VirHost *host, VirCommand *cmd, gpointer data, GError **err)
{
    VirRecorder *rec = data;
    const Answer *found = NULL;
    char *line = line_of(cmd);
    g_mutex_lock(&rec->lock);
    g_ptr_array_add(rec->lines, line);
    for (guint i = 0; i < rec->answers->len && !found; i++) {
        const Answer *a = g_ptr_array_index(rec->answers, i);
        if (fnmatch(a->pattern, line, 0) == 0)
            found = a;
    }
    g_mutex_unlock(&rec->lock);
    if (found)
        return vir_command_set_result(cmd, (found->exit_code & 0xff) << 8, found->out, strlen(found->out), found->err,
                                      strlen(found->err), err);
    if (rec->run_unknown)
        return vir_command_run_real(cmd, err);
    return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "no recorded answer for: %s", line);
}

void vir_recorder_attach(VirRecorder *rec, VirHost *host)
{
    vir_host_set_runner(host, &(VirHostRunner){ .run = recorder_run, .data = rec });
}

guint vir_recorder_count(VirRecorder *rec)
{
    g_mutex_lock(&rec->lock);
    guint n = rec->lines->len;
    g_mutex_unlock(&rec->lock);
    return n;
}

const char *vir_recorder_line(VirRecorder *rec, guint i)
{
    g_mutex_lock(&rec->lock);
    const char *line = i < rec->lines->len ? g_ptr_array_index(rec->lines, i) : NULL;
    g_mutex_unlock(&rec->lock);
    return line;
}

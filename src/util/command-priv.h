/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The inside of a command, for command*.c only.
 */
#pragma once

#include "util/command-runner.h"

typedef struct {
    int fd, number;
    gboolean own;
} VirCommandFd;

struct VirCommand {
    GPtrArray *argv;         /* NULL-terminated, always */
    GPtrArray *env;          /* "NAME=value", NULL-terminated */
    GArray *fds;             /* VirCommandFd */
    char *cwd;
    gboolean set_ids;
    uid_t uid;
    gid_t gid;
    gid_t *groups;
    gsize n_groups;
    mode_t umask;            /* (mode_t)-1: as this process */
    VirCommandHook hook;
    gpointer hook_data;
    int death_signal;
    gboolean session;
    GString *input;          /* NULL: /dev/null */
    size_t out_max, err_max;
    gint64 deadline_ms;
    guint32 ok_codes;

    GString *out, *err;      /* results */
    int status;
};

/* Base name of the program, for messages. */
const char *vir_command_name(const VirCommand *cmd);

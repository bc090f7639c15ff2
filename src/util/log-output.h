/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where log messages go, for log.c only: "level:stderr", "level:file:PATH", "level:syslog:NAME", "level:journald".
 */
#pragma once

#include "util/log.h"

typedef struct {
    VirLogLevel level;
    const char *source, *text, *file, *func, *program;
    int line;
    guint64 request;
    gint64 real_us;
} VirLogMessage;

typedef struct VirLogOutput VirLogOutput;

/* @default_level: for a text without one ("stderr"). NULL with VIR_ERR_INVALID_ARG. */
VirLogOutput *vir_log_output_parse(const char *text, int default_level, GError **err);
void vir_log_output_free(VirLogOutput *out);
/* Never fails: what cannot be written is dropped. */
void vir_log_output_write(VirLogOutput *out, const VirLogMessage *msg);
gboolean vir_log_output_reopen(VirLogOutput *out, GError **err);
int vir_log_output_level(const VirLogOutput *out);
/* As in the admin API: "1:file:/p". Returns: caller frees. */
char *vir_log_output_format(const VirLogOutput *out);

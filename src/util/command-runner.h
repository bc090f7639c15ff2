/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For those who run commands in place of the machine: what a runner reads from and writes to a command, and the runner
 * of tests, which answers from a table and records what it was asked.
 */
#pragma once

#include "util/command.h"

/* What a runner reads. */
const void *vir_command_input(const VirCommand *cmd, size_t *ret_len);
const char *const *vir_command_environ(const VirCommand *cmd);
/* How a runner answers: as if the child had ended with @status (waitpid's form) and these outputs. Applies the same
 * rules and error texts as the real run; the runner returns its result. */
gboolean vir_command_set_result(VirCommand *cmd, int status, const char *out, size_t out_len, const char *err_text,
                                size_t err_len, GError **err);
/* The real thing, past any runner. */
gboolean vir_command_run_real(VirCommand *cmd, GError **err);

/* Record and replay. A step's @argv is a glob pattern over the arguments joined by one space (program's base name
 * first). Commands that no step matches fail. In record mode they run for real and are added. Thread-safe. */
typedef struct VirRecorder VirRecorder;
VirRecorder *vir_recorder_new(gboolean run_unknown);
void vir_recorder_free(VirRecorder *rec);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirRecorder, vir_recorder_free)
void vir_recorder_expect(VirRecorder *rec, const char *argv, int exit_code, const char *out, const char *err_text);
/* Host runs through @rec, which must outlive it. */
void vir_recorder_attach(VirRecorder *rec, VirHost *host);
/* What was asked, in order: "qemu-img info x". Returns: owned by @rec. */
guint vir_recorder_count(VirRecorder *rec);
const char *vir_recorder_line(VirRecorder *rec, guint i);

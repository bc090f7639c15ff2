/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Running programs: no shell, a clean environment, no descriptor that was not given, bounded output, a deadline.
 * A command is used by one thread. run() blocks (take the "blocking" mark of the pool around it); spawn() does not.
 *
 *     g_autoptr(VirCommand) cmd = vir_command_new("/usr/bin/qemu-img", "info", "--output=json", path, NULL);
 *     if (!vir_command_run(cmd, host, err)) return FALSE;
 *     parse(vir_command_stdout(cmd, NULL));
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "util/host.h"

/* @program: absolute path, or a name looked up in PATH. The list ends with NULL. */
VirCommand *vir_command_new(const char *program, ...) G_GNUC_NULL_TERMINATED;
VirCommand *vir_command_new_argv(const char *const *argv);
void vir_command_free(VirCommand *cmd);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirCommand, vir_command_free)

void vir_command_add(VirCommand *cmd, const char *arg);
void vir_command_add_take(VirCommand *cmd, char *arg);
void vir_command_addf(VirCommand *cmd, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
void vir_command_add_all(VirCommand *cmd, ...) G_GNUC_NULL_TERMINATED;
const char *const *vir_command_argv(const VirCommand *cmd);
/* One line, quoted as a shell would need it, environment first; for logs and the domain's log file. */
char *vir_command_to_string(const VirCommand *cmd);

/* The child's environment is only what is set here, plus LC_ALL=C and PATH; pass_common adds HOME, USER, LOGNAME,
 * TMPDIR and LD_LIBRARY_PATH of this process. */
void vir_command_env(VirCommand *cmd, const char *name, const char *value);
void vir_command_env_pass(VirCommand *cmd, const char *name);
void vir_command_env_pass_common(VirCommand *cmd);

/* The child finds @fd at @number. TAKE: the command owns it and closes it after the start. Descriptors not given are
 * closed; 0, 1, 2 are /dev/null unless given or captured. */
typedef enum { VIR_COMMAND_FD_BORROW, VIR_COMMAND_FD_TAKE } VirCommandFdMode;
void vir_command_fd(VirCommand *cmd, int fd, int number, VirCommandFdMode mode);

void vir_command_set_cwd(VirCommand *cmd, const char *dir);
void vir_command_set_user(VirCommand *cmd, uid_t uid, gid_t gid, const gid_t *groups, gsize n_groups);
void vir_command_set_umask(VirCommand *cmd, mode_t mask);
/* Between fork and exec, after descriptors are in place and before uid and gid change. Code that takes no lock another
 * thread may hold (async-signal-safe; memory may be allocated). Returns 0 or an errno, the error of the start. */
typedef int (*VirCommandHook)(gpointer data);
void vir_command_set_hook(VirCommand *cmd, VirCommandHook hook, gpointer data);
/* Signal the child gets when the thread that started it ends (PR_SET_PDEATHSIG); 0 is none. */
void vir_command_set_parent_death_signal(VirCommand *cmd, int sig);
/* New session and process group: for daemons. */
void vir_command_set_session(VirCommand *cmd);

void vir_command_set_input(VirCommand *cmd, const void *data, size_t len);   /* copied */
/* Bounds of captured output (default 1 MiB and 64 KiB); 0 is "not captured: /dev/null". More than the bound of stdout
 * is an error and kills the child; of stderr the end is kept. */
void vir_command_set_output_max(VirCommand *cmd, size_t out_max, size_t err_max);
/* Default 0: none. At the deadline the child is killed and run fails with VIR_ERR_OPERATION_TIMEOUT. */
void vir_command_set_deadline_ms(VirCommand *cmd, gint64 ms);
/* Exit codes below 32 that are no failure, as a bit mask (default 1: only 0). */
void vir_command_set_ok_codes(VirCommand *cmd, guint32 mask);

/* Through the host's runner (NULL: the real host). The error names program, exit code or signal, and the last line of
 * stderr. Not for programs that outlive the call. */
gboolean vir_command_run(VirCommand *cmd, VirHost *host, GError **err);

/* Results of run, owned by the command. Output is NUL-terminated. */
const char *vir_command_stdout(const VirCommand *cmd, size_t *ret_len);
const char *vir_command_stderr(const VirCommand *cmd, size_t *ret_len);
int vir_command_exit_code(const VirCommand *cmd);    /* -1 when a signal ended it */
int vir_command_term_signal(const VirCommand *cmd);  /* 0 when it exited */

/* Starts and returns at once, after exec has succeeded in the child (a failed exec is an error here). *ret_pidfd is
 * the caller's and readable when the child ends; then vir_command_reap. stdout and stderr go where
 * vir_command_fd sent them, else to /dev/null. */
gboolean vir_command_spawn(VirCommand *cmd, pid_t *ret_pid, int *ret_pidfd, GError **err);
/* Blocks until the child ends. status as of waitpid. */
gboolean vir_command_reap(int pidfd, int *ret_status, GError **err);
/* "exited with status 3", "was killed by signal 9 (Killed)". Returns: caller frees. */
char *vir_command_status_text(int status);
/* The last non-empty line of @text without control characters, at most 512 bytes; NULL if there is none. */
char *vir_command_last_line(const char *text, size_t len);

/* The first executable file of that name in PATH and the sbin directories; @name itself when absolute. NULL: none. */
char *vir_command_find(const char *name);

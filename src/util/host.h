/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The machine as our code sees it: where its files are, what time it is, how programs are run. Production has one
 * (vir_host_real); tests make their own over a fixture tree, a clock they set and a runner that replays.
 * Immutable after its set-up, except the test clock; any thread.
 */
#pragma once

#include <glib.h>

typedef struct VirCommand VirCommand;
typedef struct VirHost VirHost;

typedef struct {
    /* Runs @cmd to its end and fills its results (command-runner.h); FALSE with @err set as vir_command_run. */
    gboolean (*run)(VirHost *host, VirCommand *cmd, gpointer data, GError **err);
    gpointer data;
    GDestroyNotify free_data;
} VirHostRunner;

/* The machine itself. Static, never freed. */
VirHost *vir_host_real(void);
/* @root: prefix of every path ("" is the machine's own). The clocks start as the machine's. Returns: caller frees. */
VirHost *vir_host_new(const char *root);
void vir_host_free(VirHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirHost, vir_host_free)

/* Replaces the way programs are run. Before the host is shared. */
void vir_host_set_runner(VirHost *host, const VirHostRunner *runner);
const VirHostRunner *vir_host_runner(const VirHost *host);   /* NULL: run for real */

const char *vir_host_root(const VirHost *host);   /* "" or a path without trailing slash */
/* "/proc/meminfo" under this host's root. Returns: caller frees. */
char *vir_host_path(const VirHost *host, const char *absolute);
/* printf form of the path. */
char *vir_host_pathf(const VirHost *host, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
/* vir_file_read of such a path. */
char *vir_host_read(const VirHost *host, const char *absolute, size_t max, size_t *ret_len, GError **err);
gboolean vir_host_has(const VirHost *host, const char *absolute);

/* Nanoseconds since the epoch, and of a clock that only grows. */
gint64 vir_host_real_ns(const VirHost *host);
gint64 vir_host_mono_ns(const VirHost *host);
/* Tests: fixes both clocks; from then on they stand until set again. */
void vir_host_set_clock(VirHost *host, gint64 real_ns, gint64 mono_ns);

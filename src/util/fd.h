/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * File descriptors: owned ones close themselves (VIR_AUTOFD), every one made here is close-on-exec.
 * No global state; any thread.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* VIR_AUTOFD int fd = -1;  closes at the end of its scope and keeps errno. */
#define VIR_AUTOFD __attribute__((cleanup(vir_fd_close)))

/* Closes *fd when it is not -1 and makes it -1. errno is kept. */
void vir_fd_close(int *fd);
/* Hands the descriptor over: returns *fd and makes it -1. */
int vir_fd_steal(int *fd);
/* A close-on-exec duplicate; -1 with @err set. */
int vir_fd_dup(int fd, GError **err);

gboolean vir_fd_set_cloexec(int fd, gboolean on, GError **err);
gboolean vir_fd_set_nonblock(int fd, gboolean on, GError **err);
/* ret[0] reads, ret[1] writes; both close-on-exec and blocking. */
gboolean vir_fd_pipe(int ret[2], GError **err);
/* A memory file holding @data, position 0; sealed against every change. -1 with @err set. */
int vir_fd_memfd(const char *name, const void *data, size_t len, GError **err);

/* All @len bytes, through short writes and signals. A non-blocking @fd is waited for. */
gboolean vir_fd_write_all(int fd, const void *data, size_t len, GError **err);
/* Reads to the end of file; more than @max bytes is an error. The result is NUL-terminated beyond *ret_len.
 * Returns: caller frees; NULL with @err set. @ret_len may be NULL. */
char *vir_fd_read_all(int fd, size_t max, size_t *ret_len, GError **err);
/* Exactly @len bytes; an earlier end of file is an error. */
gboolean vir_fd_read_exact(int fd, void *buf, size_t len, GError **err);

/* One descriptor in one message of one zero byte (the form of the wire protocol).
 * FALSE with *err NULL: the socket would block; call again when it is ready. */
gboolean vir_fd_send(int sock, int fd, GError **err);
/* Receives that message. Returns the close-on-exec descriptor; -1 with *err NULL when the socket would block, -1 with
 * *err set on end of file, a byte that is not zero, or a message without exactly one descriptor. */
int vir_fd_recv(int sock, GError **err);

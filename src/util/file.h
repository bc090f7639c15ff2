/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files that must survive a crash, bounded reads, directories and links. Any thread.
 * An atomic write leaves the old or the new content, whatever kills the process or the machine. A file has one writer at
 * a time (its object's owner); what a dead writer left is NAME.new, and the next write takes it away.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* @dirfd: an open directory, or AT_FDCWD with a path in @name. Callers that write many files of one directory open it
 * once (vir_file_open_dir) and give its descriptor: it is then neither looked up nor opened for each write. */
gboolean vir_file_write_atomic(int dirfd, const char *name, const void *data, size_t len, mode_t mode, GError **err);

/* The same, owned by uid and gid ((uid_t)-1: unchanged) before it becomes visible. */
gboolean vir_file_write_atomic_as(int dirfd, const char *name, const void *data, size_t len, mode_t mode, uid_t uid,
                                  gid_t gid, GError **err);

/* Unlinks, then syncs the directory. A file that is not there is success. */
gboolean vir_file_remove_synced(int dirfd, const char *name, GError **err);
/* Makes @name a link to @target in one step, whatever it was before, and syncs the directory. */
gboolean vir_file_symlink_atomic(int dirfd, const char *target, const char *name, GError **err);

/* O_RDONLY directory descriptor; -1 with @err set. */
int vir_file_open_dir(const char *path, GError **err);
/* Makes @path and its missing parents; parents get 0755, @path itself gets @mode and, unless -1, its owner, also when
 * it was there already. */
gboolean vir_file_ensure_dir(const char *path, mode_t mode, uid_t uid, gid_t gid, GError **err);

/* The whole file, at most @max bytes (more is an error), NUL-terminated. Works on /proc and /sys, whose sizes lie.
 * Returns: caller frees; NULL with @err set (VIR_ERR_SYSTEM_ERROR, int1 = errno). @ret_len may be NULL. */
char *vir_file_read(const char *path, size_t max, size_t *ret_len, GError **err);
char *vir_file_read_at(int dirfd, const char *name, size_t max, size_t *ret_len, GError **err);
/* One line without its newline, or a single number of /proc and /sys. Absent file: returns FALSE, *err NULL. */
gboolean vir_file_read_uint64(const char *path, guint64 *ret, GError **err);
/* Overwrites in place (for /proc, /sys and cgroup files: one write call). */
gboolean vir_file_write_text(const char *path, const char *text, GError **err);
/* TRUE when @err is a missing file or directory. */
gboolean vir_file_error_is_absent(const GError *err);

/* A name that can be a file's: not empty, not "." or "..", no '/', no control character, at most 255 bytes with room
 * for a suffix of 16. */
gboolean vir_file_name_is_valid(const char *name);

/* Test-only: called before and after each step of an atomic write, so that a test can die there. */
typedef enum {
    VIR_FILE_STEP_CREATED,
    VIR_FILE_STEP_HALF_WRITTEN,
    VIR_FILE_STEP_WRITTEN,
    VIR_FILE_STEP_SYNCED,
    VIR_FILE_STEP_RENAMED,
    VIR_FILE_STEP_DIR_SYNCED,
    VIR_FILE_STEP_LAST
} VirFileStep;
/* Returning FALSE makes that step fail with EIO. NULL (always, outside tests) costs one load. */
typedef gboolean (*VirFileStepHook)(VirFileStep step);
extern VirFileStepHook vir_file_step_hook;

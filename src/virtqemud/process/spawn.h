/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Starting QEMU in two steps. begin: a child is forked, in its own session, with the locked pid file, and waits. The
 * caller places it (cgroup), labels files and commits the status document: intent precedes effect. exec: the child
 * enters its mount namespace, drops its privileges and becomes QEMU. A child whose parent dies in between exits.
 * Used on the guest's actor; both calls block for milliseconds, in exec until QEMU's image is loaded.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "util/cancel.h"

typedef struct {
    int fd;                      /* borrowed */
    int number;                  /* in QEMU; 3 or more and unique */
} QemuSpawnFd;

/* A device node of the private /dev; links are followed and made too. The host's node is not touched, so these paths
 * are not for the label set. */
typedef struct {
    const char *path;            /* "/dev/kvm" */
    gboolean optional;           /* absent on the host: left out */
    gboolean owned;              /* uid and gid count; else they are the host's */
    uid_t uid;
    gid_t gid;
} QemuSpawnDevice;

typedef struct {
    const char *const *argv;     /* argv[0]: absolute path of the binary */
    const char *const *env;      /* "NAME=value"; the whole environment */
    const char *name;            /* of the guest, for errors */
    const char *pid_file;        /* NULL: none. Locked by the child with its pid inside, as libvirt does */
    int out_fd;                  /* stdout and stderr; borrowed */
    const QemuSpawnFd *fds;
    gsize n_fds;

    gboolean set_ids;            /* system instance: become uid:gid with groups, without capabilities */
    uid_t uid;
    gid_t gid;
    const gid_t *groups;
    gsize n_groups;
    gboolean keep_caps;          /* clear_emulator_capabilities = 0 */

    /* 0: as inherited. max_core: G_MAXUINT64 unlimited; memlock: bytes. A limit above the hard one that cannot be
     * raised (no CAP_SYS_RESOURCE) fails the start naming the limit and both values. */
    guint64 max_processes, max_files, memlock;
    guint64 max_core;            /* always set */
    mode_t umask;                /* 0: 002 */
    gboolean core_sched;         /* own core scheduling cookie; ignored where the kernel has none */

    /* Private /dev: NULL devices = no mount namespace. @dev_dir: prefix of the temporary mount points,
     * "/run/libvirt/qemu/4-name" (".dev", ".pts", ...: used and removed). */
    const QemuSpawnDevice *devices;
    gsize n_devices;
    const char *dev_dir;
} QemuSpawnSpec;

typedef struct QemuChild QemuChild;

/* The child waits when this returns. *ret_pid is QEMU's to be. VIR_ERR_OPERATION_FAILED when the pid file is locked by
 * another process (naming it): the guest runs already. */
QemuChild *qemu_spawn_begin(const QemuSpawnSpec *spec, pid_t *ret_pid, GError **err);
/* Lets it go on; returns when QEMU's image runs, or with what failed in the child ("cannot drop groups: ..."); then
 * the child is gone and reaped. *ret_pidfd: the caller's, readable when QEMU ends; then qemu_reap. */
gboolean qemu_spawn_exec(QemuChild *child, int *ret_pidfd, GError **err);
/* Kills and reaps a child that was not let go; after exec frees only the struct. */
void qemu_spawn_free(QemuChild *child);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QemuChild, qemu_spawn_free)

/* The environment libvirt gives: LC_ALL, PATH, HOME and XDG_* below @domain_lib_dir (system), or the user's own
 * (session). Returns: caller g_strfreev. */
char **qemu_spawn_env(const char *domain_lib_dir, gboolean session);

/* Reaps an ended child and closes *pidfd. *ret_status as of waitpid; -1 when it was not our child (adopted after a
 * restart): the status is then unknown. */
void qemu_reap(int *pidfd, int *ret_status);

/* How to end it. Blocks; waits on the pidfd, no polling. SIGTERM and *term_ms* for its end, then (unless @graceful)
 * SIGKILL and @kill_ms. TRUE when it ended; FALSE with VIR_ERR_OPERATION_TIMEOUT or VIR_ERR_SYSTEM_ERROR. A raised
 * @cancel goes on to SIGKILL at once. */
gboolean qemu_kill(int pidfd, const char *name, gboolean graceful, int term_ms, int kill_ms, VirCancel *cancel,
                   GError **err);

/* A listening UNIX socket for the monitor or a channel: bound at @path of any length (a stale one is replaced) with
 * @mode. The chardev is given it as fd=N,server=on,wait=off: a connect succeeds from now on. -1 with @err set. */
int qemu_listen_unix(const char *path, mode_t mode, GError **err);

/* -sandbox's value for seccomp_sandbox -1, 0, 1; NULL: no -sandbox argument. */
const char *qemu_sandbox_arg(int seccomp_sandbox);

/* The devices every private /dev has: the ACL of qemu.conf (NULL: libvirt's list) and, on a host that has it,
 * /dev/kvm. The caller appends the guest's own. Returns: array of QemuSpawnDevice whose paths are borrowed; caller
 * g_array_unref. */
GArray *qemu_spawn_devices(const char *const *acl);
/* For a running guest with a private /dev (also one that libvirt started): makes or removes a node in its namespace.
 * One child; nothing when @pid shares our /dev. */
gboolean qemu_devns_add(pid_t pid, const QemuSpawnDevice *device, GError **err);
gboolean qemu_devns_remove(pid_t pid, const char *path, GError **err);
/* Whether @pid has a mount namespace other than ours. */
gboolean qemu_devns_is_private(pid_t pid);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Between the parent's and the child's half of spawn. All memory of the child is made before the fork: the child is a
 * copy of a process with threads and may not allocate.
 */
#pragma once

#include "virtqemud/process/spawn.h"

/* What the child was doing when it failed; names in spawn.c. */
typedef enum {
    SPAWN_READY,
    SPAWN_SESSION,
    SPAWN_PIDFILE_OPEN,
    SPAWN_PIDFILE_LOCK,          /* arg: the holder */
    SPAWN_PIDFILE_WRITE,
    SPAWN_LIMIT_CORE,
    SPAWN_LIMIT_PROCESSES,
    SPAWN_LIMIT_FILES,
    SPAWN_LIMIT_MEMLOCK,
    SPAWN_UNSHARE,
    SPAWN_DEV_MOUNT,
    SPAWN_DEV_NODE,              /* arg: index in the plan */
    SPAWN_DEV_MOVE,              /* arg: index of the mount */
    SPAWN_FDS,
    SPAWN_GROUPS,
    SPAWN_IDS,
    SPAWN_CAPS,
    SPAWN_EXEC,
    SPAWN_STEP_LAST
} SpawnStep;

typedef struct {
    int step;                    /* SpawnStep */
    int errnum;
    long arg;
} SpawnReport;

/* One thing of the private /dev, in order: directories before what is in them. */
typedef enum { DEV_DIR, DEV_NODE, DEV_LINK } DevKind;
typedef struct {
    DevKind kind;
    char *path;                  /* "/dev/mapper/x" */
    char *made_at;               /* below the new mount, before it becomes /dev */
    char *target;                /* of a link */
    mode_t mode;
    dev_t rdev;
    uid_t uid;
    gid_t gid;
    void *acl;                   /* system.posix_acl_access of the host's node, or NULL */
    gsize acl_len;
} DevEntry;

/* A mount below /dev that moves into the private one. */
typedef struct {
    char *path;                  /* "/dev/pts" */
    char *parked_at;             /* "/run/libvirt/qemu/4-name.pts" */
    char *made_at;               /* mount point below the new mount */
    gboolean is_dir;
} DevMount;

typedef struct {
    char *root;                  /* "/run/libvirt/qemu/4-name.dev" */
    DevEntry *entries;
    gsize n_entries;
    DevMount *mounts;
    gsize n_mounts;
} DevPlan;

/* Looks at the host's nodes and mounts. NULL with @err set. */
DevPlan *spawn_dev_plan(const QemuSpawnSpec *spec, GError **err);
void spawn_dev_plan_free(DevPlan *plan);
/* In the child, as root in its own mount namespace. Returns 0 or the failed step. */
int spawn_dev_enter(const DevPlan *plan, SpawnReport *why);
/* In the child of qemu_devns_add too: makes one entry at @path; errno on failure. */
int spawn_dev_make(const DevEntry *e, const char *path);

typedef struct {
    const QemuSpawnSpec *spec;
    const DevPlan *dev;          /* NULL: our /dev */
    int go_fd, report_fd;
    int null_fd;
    int *keep;                   /* sorted descriptors that stay open while it waits */
    gsize n_keep;
    int *moved;                  /* room for n_fds numbers */
    int base;                    /* above every wanted number */
} SpawnPlan;

G_NORETURN void spawn_child(const SpawnPlan *plan);

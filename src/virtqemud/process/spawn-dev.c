/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The private /dev: a small tmpfs with the nodes a guest needs, under the host's own pts, shm, hugepages and the like.
 * The plan is made by the parent; entering it and making nodes are plain system calls in a child.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "util/error.h"
#include "util/fd.h"
#include "util/file.h"
#include "virtqemud/process/spawn-priv.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

#define ACL_ATTR "system.posix_acl_access"
#define MAX_LINKS 8

static const char *const default_acl[] = { "/dev/null",    "/dev/full", "/dev/zero",        "/dev/random",
                                           "/dev/urandom", "/dev/ptmx", "/dev/userfaultfd", NULL };

GArray *qemu_spawn_devices(const char *const *acl)
{
    GArray *out = g_array_new(FALSE, TRUE, sizeof(QemuSpawnDevice));
    QemuSpawnDevice d = { .optional = TRUE };
    for (acl = acl ? acl : default_acl; *acl; acl++) {
        d.path = *acl;
        g_array_append_val(out, d);
    }
    d.path = "/dev/kvm";
    g_array_append_val(out, d);
    return out;
}

/* ---- the plan ---- */

static void entry_clear(DevEntry *e)
{
    g_free(e->path);
    g_free(e->made_at);
    g_free(e->target);
    g_free(e->acl);
}

typedef struct {
    GArray *entries;
    GHashTable *seen;            /* of paths in entries, borrowed */
    const char *root;            /* of the new mount */
    const GPtrArray *kept;       /* mounts below /dev */
} Planner;

/* What lies on a mount that moves into the private /dev is there anyway. */
static gboolean on_kept_mount(const Planner *pl, const char *path)
{
    for (guint i = 0; i < pl->kept->len; i++) {
        const char *m = g_ptr_array_index(pl->kept, i);
        gsize n = strlen(m);
        if (strncmp(path, m, n) == 0 && (path[n] == '/' || path[n] == '\0'))
            return TRUE;
    }
    return FALSE;
}

static void entry_add(Planner *pl, DevEntry e)
{
    e.made_at = g_strconcat(pl->root, e.path + strlen("/dev"), NULL);
    g_array_append_val(pl->entries, e);
    g_hash_table_add(pl->seen, e.path);
}

static void parents_add(Planner *pl, const char *path)
{
    for (const char *slash = strchr(path + 5, '/'); slash; slash = strchr(slash + 1, '/')) {
        g_autofree char *dir = g_strndup(path, (gsize)(slash - path));
        if (!g_hash_table_contains(pl->seen, dir))
            entry_add(pl, (DevEntry){ .kind = DEV_DIR, .path = g_steal_pointer(&dir), .mode = 0755 });
    }
}

static void acl_read(const char *path, DevEntry *e)
{
    char buf[1024];
    ssize_t n = getxattr(path, ACL_ATTR, buf, sizeof buf);
    if (n > 0) {
        e->acl = g_memdup2(buf, (gsize)n);
        e->acl_len = (gsize)n;
    }
}

static gboolean device_add(Planner *pl, const QemuSpawnDevice *d, const char *path, int depth, GError **err)
{
    struct stat st;
    /* What is not below /dev is no business of a private /dev. */
    if (!g_str_has_prefix(path, "/dev/") || strstr(path, "/../") || on_kept_mount(pl, path) ||
        g_hash_table_contains(pl->seen, path))
        return TRUE;
    if (lstat(path, &st) < 0) {
        if (errno == ENOENT && d->optional)
            return TRUE;
        return vir_fail_errno(err, errno, "cannot make '%s' for the guest's private /dev", path);
    }
    if (!S_ISLNK(st.st_mode) && !S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
        return TRUE;
    parents_add(pl, path);
    DevEntry e = { .path = g_strdup(path), .mode = st.st_mode, .rdev = st.st_rdev };
    e.uid = d->owned ? d->uid : st.st_uid;
    e.gid = d->owned ? d->gid : st.st_gid;
    if (!S_ISLNK(st.st_mode)) {
        e.kind = DEV_NODE;
        acl_read(path, &e);
        entry_add(pl, e);
        return TRUE;
    }
    if (depth == MAX_LINKS)
        return vir_fail_errno(err, ELOOP, "cannot make '%s' for the guest's private /dev", path);
    e.kind = DEV_LINK;
    e.target = g_file_read_link(path, NULL);
    if (!e.target) {
        g_free(e.path);
        return vir_fail_errno(err, errno, "cannot read the link '%s'", path);
    }
    g_autofree char *dir = g_path_get_dirname(path);
    g_autofree char *next = g_canonicalize_filename(e.target, dir);
    entry_add(pl, e);
    return device_add(pl, d, next, depth + 1, err);
}

/* The outermost mounts below /dev, each once (a stacked one moves with its top). Returns: paths, owned. */
static GPtrArray *mounts_below_dev(GError **err)
{
    g_autofree char *text = vir_file_read("/proc/self/mountinfo", 16 * 1024 * 1024, NULL, err);
    if (!text)
        return NULL;
    GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **l = lines; *l; l++) {
        g_auto(GStrv) f = g_strsplit(*l, " ", 6);
        if (g_strv_length(f) < 6 || !g_str_has_prefix(f[4], "/dev/") || strchr(f[4], '\\'))
            continue;
        gboolean inner = FALSE;
        for (guint i = 0; i < out->len && !inner; i++) {
            const char *m = g_ptr_array_index(out, i);
            inner = g_str_has_prefix(f[4], m) && (f[4][strlen(m)] == '/' || !f[4][strlen(m)]);
        }
        if (!inner)
            g_ptr_array_add(out, g_strdup(f[4]));
    }
    return out;
}

static void mounts_fill(DevPlan *plan, const GPtrArray *kept, const char *dev_dir)
{
    plan->mounts = g_new0(DevMount, kept->len + 1);
    for (guint i = 0; i < kept->len; i++) {
        const char *path = g_ptr_array_index(kept, i);
        g_autofree char *flat = g_strdelimit(g_strdup(path + 5), "/", '.');
        struct stat st;
        DevMount *m = &plan->mounts[plan->n_mounts++];
        m->path = g_strdup(path);
        m->parked_at = g_strdup_printf("%s.%s", dev_dir, flat);
        m->made_at = g_strconcat(plan->root, path + strlen("/dev"), NULL);
        m->is_dir = stat(path, &st) < 0 || S_ISDIR(st.st_mode);
    }
}

DevPlan *spawn_dev_plan(const QemuSpawnSpec *spec, GError **err)
{
    g_autoptr(GPtrArray) kept = mounts_below_dev(err);
    if (!kept)
        return NULL;
    DevPlan *plan = g_new0(DevPlan, 1);
    plan->root = g_strconcat(spec->dev_dir, ".dev", NULL);
    mounts_fill(plan, kept, spec->dev_dir);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    Planner pl = { g_array_new(FALSE, TRUE, sizeof(DevEntry)), seen, plan->root, kept };
    gboolean ok = TRUE;
    for (gsize i = 0; i < plan->n_mounts; i++)
        parents_add(&pl, plan->mounts[i].path);
    for (gsize i = 0; ok && i < spec->n_devices; i++)
        ok = device_add(&pl, &spec->devices[i], spec->devices[i].path, 0, err);
    plan->n_entries = pl.entries->len;
    plan->entries = (DevEntry *)(void *)g_array_free(pl.entries, FALSE);
    if (ok)
        return plan;
    spawn_dev_plan_free(plan);
    return NULL;
}

void spawn_dev_plan_free(DevPlan *plan)
{
    if (!plan)
        return;
    for (gsize i = 0; i < plan->n_entries; i++)
        entry_clear(&plan->entries[i]);
    for (gsize i = 0; i < plan->n_mounts; i++) {
        g_free(plan->mounts[i].path);
        g_free(plan->mounts[i].parked_at);
        g_free(plan->mounts[i].made_at);
    }
    g_free(plan->entries);
    g_free(plan->mounts);
    g_free(plan->root);
    g_free(plan);
}

/* ---- in the child ---- */

int spawn_dev_make(const DevEntry *e, const char *path)
{
    switch (e->kind) {
    case DEV_DIR:
        return mkdir(path, e->mode) < 0 && errno != EEXIST ? errno : 0;
    case DEV_LINK:
        return symlink(e->target, path) < 0 && errno != EEXIST ? errno : 0;
    case DEV_NODE:
        break;
    }
    unlink(path);
    if (mknod(path, e->mode, e->rdev) < 0 || lchown(path, e->uid, e->gid) < 0 || chmod(path, e->mode & 07777) < 0)
        return errno;
    /* The host's ACL may be what lets QEMU's user in. A tmpfs without ACLs has the mode bits. */
    if (e->acl && setxattr(path, ACL_ATTR, e->acl, e->acl_len, 0) < 0 && errno != EOPNOTSUPP)
        return errno;
    return 0;
}

static int place_make(const char *path, gboolean is_dir)
{
    if (is_dir)
        return mkdir(path, 0755) < 0 && errno != EEXIST ? errno : 0;
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

static int step_failed(SpawnReport *why, int step, int errnum, long arg)
{
    *why = (SpawnReport){ step, errnum, arg };
    return step;
}

int spawn_dev_enter(const DevPlan *plan, SpawnReport *why)
{
    mode_t mask = umask(0);
    if (mount("", "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
        return step_failed(why, SPAWN_UNSHARE, errno, 1);
    int e = place_make(plan->root, TRUE);
    if (e || mount("devfs", plan->root, "tmpfs", MS_NOSUID, "mode=755,size=65536") < 0)
        return step_failed(why, SPAWN_DEV_MOUNT, e ? e : errno, 0);
    for (gsize i = 0; i < plan->n_entries; i++)
        if ((e = spawn_dev_make(&plan->entries[i], plan->entries[i].made_at)) != 0)
            return step_failed(why, SPAWN_DEV_NODE, e, (long)i);
    for (gsize i = 0; i < plan->n_mounts; i++) {
        const DevMount *m = &plan->mounts[i];
        if ((e = place_make(m->made_at, m->is_dir)) != 0 || mount(m->path, m->made_at, NULL, MS_MOVE, NULL) < 0)
            return step_failed(why, SPAWN_DEV_MOVE, e ? e : errno, (long)i);
    }
    /* The host's own goes, with what was stacked below the mounts that moved; EINVAL: it is no mount of its own. */
    if (umount2("/dev", MNT_DETACH) < 0 && errno != EINVAL)
        return step_failed(why, SPAWN_DEV_MOVE, errno, -1);
    if (mount(plan->root, "/dev", NULL, MS_MOVE, NULL) < 0)
        return step_failed(why, SPAWN_DEV_MOVE, errno, -1);
    rmdir(plan->root);
    umask(mask);
    return 0;
}

/* ---- for a running guest ---- */

static int ns_link(pid_t pid, char *buf, gsize room)
{
    char path[64];
    if (pid)
        g_snprintf(path, sizeof path, "/proc/%d/ns/mnt", pid);
    else
        g_snprintf(path, sizeof path, "/proc/self/ns/mnt");
    ssize_t n = readlink(path, buf, room - 1);
    if (n < 0)
        return -1;
    buf[n] = '\0';
    return 0;
}

gboolean qemu_devns_is_private(pid_t pid)
{
    char ours[64], theirs[64];
    return ns_link(0, ours, sizeof ours) == 0 && ns_link(pid, theirs, sizeof theirs) == 0 && strcmp(ours, theirs) != 0;
}

/* Runs in a child that joins @pid's mount namespace; answers with its exit code (an errno). */
static gboolean in_namespace(pid_t pid, const DevEntry *entries, gsize n, const char *remove, GError **err)
{
    g_autofree char *ns = g_strdup_printf("/proc/%d/ns/mnt", pid);
    VIR_AUTOFD int fd = open(ns, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return vir_fail_errno(err, errno, "cannot enter the namespace of process %d", pid);
    pid_t child = fork();
    if (child < 0)
        return vir_fail_errno(err, errno, "cannot fork");
    if (child == 0) {
        int e = setns(fd, CLONE_NEWNS) < 0 ? errno : 0;
        umask(0);
        for (gsize i = 0; !e && i < n; i++)
            e = spawn_dev_make(&entries[i], entries[i].path);
        if (!e && remove && unlink(remove) < 0 && errno != ENOENT)
            e = errno;
        _exit(e < 256 ? e : EIO);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return TRUE;
    return vir_fail_errno(err, WIFEXITED(status) ? WEXITSTATUS(status) : EINTR,
                          "cannot change '%s' in the private /dev of process %d",
                          remove ? remove : entries[n - 1].path, pid);
}

gboolean qemu_devns_add(pid_t pid, const QemuSpawnDevice *device, GError **err)
{
    if (!qemu_devns_is_private(pid))
        return TRUE;
    g_autoptr(GPtrArray) kept = mounts_below_dev(err);
    if (!kept)
        return FALSE;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    Planner pl = { g_array_new(FALSE, TRUE, sizeof(DevEntry)), seen, "", kept };
    gboolean ok = device_add(&pl, device, device->path, 0, err);
    if (ok && pl.entries->len > 0)
        ok = in_namespace(pid, (DevEntry *)(void *)pl.entries->data, pl.entries->len, NULL, err);
    for (guint i = 0; i < pl.entries->len; i++)
        entry_clear(&g_array_index(pl.entries, DevEntry, i));
    g_array_unref(pl.entries);
    return ok;
}

gboolean qemu_devns_remove(pid_t pid, const char *path, GError **err)
{
    if (!g_str_has_prefix(path, "/dev/") || !qemu_devns_is_private(pid))
        return TRUE;
    return in_namespace(pid, NULL, 0, path, err);
}

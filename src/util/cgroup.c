/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cgroup-priv.h"
#include "util/error.h"
#include "util/file.h"

#define VIR_FROM_THIS VIR_FROM_CGROUP

static VirCgroup *group_new(const VirCgroupHost *ch)
{
    VirCgroup *cg = g_new0(VirCgroup, 1);
    cg->ch = ch;
    return cg;
}

VirCgroup *vir_cgroup_at(const VirCgroupHost *ch, const char *path)
{
    VirCgroup *cg = group_new(ch);
    for (int c = 0; c < VIR_CGROUP_LAST; c++)
        cg->paths[c] = ch->mounts[c].dir ? g_strdup(path) : NULL;
    return cg;
}

VirCgroup *vir_cgroup_child(const VirCgroup *parent, const char *name)
{
    VirCgroup *cg = group_new(parent->ch);
    for (int c = 0; c < VIR_CGROUP_LAST; c++) {
        const char *path = parent->paths[c];
        if (path)
            cg->paths[c] = g_strconcat(strcmp(path, "/") ? path : "", "/", name, NULL);
    }
    return cg;
}

void vir_cgroup_free(VirCgroup *cg)
{
    if (!cg)
        return;
    for (int c = 0; c < VIR_CGROUP_LAST; c++)
        g_free(cg->paths[c]);
    g_free(cg);
}

const char *vir_cgroup_path(const VirCgroup *cg, VirCgroupController c)
{
    return cg->paths[c];
}

char *vir_cgroup_dir(const VirCgroup *cg, VirCgroupController c)
{
    const char *path = cg->paths[c];
    return path ? g_strconcat(cg->ch->mounts[c].dir, strcmp(path, "/") ? path : "", NULL) : NULL;
}

char *vir_cgroup_file(const VirCgroup *cg, VirCgroupController c, const char *file)
{
    g_autofree char *dir = vir_cgroup_dir(cg, c);
    return dir ? g_strconcat(dir, "/", file, NULL) : NULL;
}

gboolean vir_cgroup_has(const VirCgroup *cg, VirCgroupController c)
{
    g_autofree char *dir = vir_cgroup_dir(cg, c);
    return dir && access(dir, F_OK) == 0;
}

/* Hierarchies hold several controllers: TRUE for the first controller of each, so that every directory is met once. */
static gboolean is_first(const VirCgroup *cg, int c, guint32 mask)
{
    if (!(mask & 1u << c) || !cg->paths[c])
        return FALSE;
    for (int d = 0; d < c; d++)
        if ((mask & 1u << d) && cg->paths[d] && strcmp(cg->ch->mounts[d].dir, cg->ch->mounts[c].dir) == 0 &&
            strcmp(cg->paths[d], cg->paths[c]) == 0)
            return FALSE;
    return TRUE;
}

/* A new v1 cpuset admits no task until it has CPUs and memory nodes: it takes its parent's. */
static gboolean inherit_cpuset(const char *dir, GError **err)
{
    static const char *const files[] = { "cpuset.cpus", "cpuset.mems" };
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *mine = g_strdup_printf("%s/%s", dir, files[i]);
        g_autofree char *above = g_strdup_printf("%s/../%s", dir, files[i]);
        g_autofree char *value = vir_file_read(above, 65536, NULL, err);
        if (!value || !vir_file_write_text(mine, value, err))
            return FALSE;
    }
    return TRUE;
}

/* Lets children of @dir use the v2 controllers of @mask. One that cannot be enabled (not there, or processes in @dir)
 * shows when a file of it is written. */
static void enable_v2(const VirCgroup *cg, const char *dir, guint32 mask)
{
    g_autofree char *file = g_strconcat(dir, "/cgroup.subtree_control", NULL);
    for (int c = 0; c < VIR_CGROUP_SYSTEMD; c++) {
        if (!(mask & 1u << c) || !cg->ch->mounts[c].v2 || c == VIR_CGROUP_CPUACCT || c == VIR_CGROUP_FREEZER)
            continue;
        g_autofree char *word = g_strconcat("+", vir_cgroup_controller_name(c, TRUE), NULL);
        int fd = open(file, O_WRONLY | O_CLOEXEC | O_APPEND);
        if (fd >= 0) {
            if (write(fd, word, strlen(word)) < 0)
                errno = 0;
            close(fd);
        }
    }
}

static gboolean make_dirs(const VirCgroup *cg, VirCgroupController c, guint32 mask, GError **err)
{
    const VirCgroupMount *m = &cg->ch->mounts[c];
    g_autofree char *dir = vir_cgroup_dir(cg, c);
    for (char *p = dir + strlen(m->dir); *p;) {
        *p = '\0';
        if (m->v2)
            enable_v2(cg, dir, mask);
        *p = '/';
        char *next = strchr(p + 1, '/');
        if (next)
            *next = '\0';
        gboolean made = mkdir(dir, 0755) == 0;
        if (!made && errno != EEXIST)
            return vir_fail_errno(err, errno, "cannot make control group '%s'", dir);
        if (made && c == VIR_CGROUP_CPUSET && !m->v2 && !inherit_cpuset(dir, err))
            return FALSE;
        if (!next)
            return TRUE;
        *next = '/';
        p = next;
    }
    return TRUE;
}

gboolean vir_cgroup_create(const VirCgroup *cg, guint32 mask, GError **err)
{
    for (int c = 0; c < VIR_CGROUP_LAST; c++) {
        /* cpuset may share its hierarchy: it must be the one that makes the directories. */
        if (c != VIR_CGROUP_CPUSET && is_first(cg, c, mask) && (mask & 1u << VIR_CGROUP_CPUSET) &&
            cg->paths[VIR_CGROUP_CPUSET] &&
            strcmp(cg->ch->mounts[c].dir, cg->ch->mounts[VIR_CGROUP_CPUSET].dir) == 0)
            continue;
        if ((is_first(cg, c, mask) || (c == VIR_CGROUP_CPUSET && (mask & 1u << c) && cg->paths[c])) &&
            !make_dirs(cg, c, mask, err))
            return FALSE;
    }
    return TRUE;
}

static gboolean remove_tree(const char *dir, GError **err)
{
    if (rmdir(dir) == 0 || errno == ENOENT)
        return TRUE;
    DIR *d = opendir(dir);
    gboolean ok = TRUE;
    while (d && ok) {
        struct dirent *e = readdir(d);
        if (!e)
            break;
        if (e->d_type != DT_DIR || e->d_name[0] == '.')
            continue;
        g_autofree char *sub = g_strconcat(dir, "/", e->d_name, NULL);
        ok = remove_tree(sub, err);
    }
    if (d)
        closedir(d);
    if (!ok || rmdir(dir) == 0 || errno == ENOENT)
        return ok;
    if (errno == EBUSY)
        return vir_fail(err, VIR_ERR_RESOURCE_BUSY, "control group '%s' still has processes", dir);
    return vir_fail_errno(err, errno, "cannot remove control group '%s'", dir);
}

gboolean vir_cgroup_remove(const VirCgroup *cg, GError **err)
{
    for (int c = 0; c < VIR_CGROUP_LAST; c++) {
        if (!is_first(cg, c, ~0u) || strcmp(cg->paths[c], "/") == 0)
            continue;
        g_autofree char *dir = vir_cgroup_dir(cg, c);
        if (!remove_tree(dir, err))
            return FALSE;
    }
    return TRUE;
}

gboolean vir_cgroup_attach(const VirCgroup *cg, pid_t pid, gboolean thread, GError **err)
{
    char text[32];
    snprintf(text, sizeof(text), "%d", pid);
    for (int c = 0; c < VIR_CGROUP_LAST; c++) {
        if (!is_first(cg, c, ~0u) || !vir_cgroup_has(cg, c))
            continue;
        const char *file = !thread ? "cgroup.procs" : cg->ch->mounts[c].v2 ? "cgroup.threads" : "tasks";
        if (!vir_cgroup_set_str(cg, c, file, text, err))
            return FALSE;
    }
    return TRUE;
}

static gboolean has_pid(const GArray *pids, pid_t pid)
{
    for (guint i = 0; i < pids->len; i++)
        if (g_array_index(pids, pid_t, i) == pid)
            return TRUE;
    return FALSE;
}

GArray *vir_cgroup_pids(const VirCgroup *cg, GError **err)
{
    g_autoptr(GArray) pids = g_array_new(FALSE, FALSE, sizeof(pid_t));
    for (int c = 0; c < VIR_CGROUP_LAST; c++) {
        if (!is_first(cg, c, ~0u) || !vir_cgroup_has(cg, c))
            continue;
        g_autofree char *text = vir_cgroup_get_str(cg, c, "cgroup.procs", err);
        if (!text)
            return NULL;
        for (char *p = text, *end; *p; p = end) {
            pid_t pid = strtol(p, &end, 10);
            if (end == p)
                break;
            if (!has_pid(pids, pid))
                g_array_append_val(pids, pid);
        }
    }
    return g_steal_pointer(&pids);
}

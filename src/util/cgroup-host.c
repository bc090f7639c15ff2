/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/cgroup.h"

#include <string.h>

#include "util/cgroup-priv.h"
#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_CGROUP
#define MAX_BYTES (4 * 1024 * 1024)

/* v1 name, v2 name. "": part of the v2 core, always there; NULL: v2 has no files for it. */
static const char *const names[VIR_CGROUP_LAST][2] = {
    [VIR_CGROUP_CPU] = { "cpu", "cpu" },
    [VIR_CGROUP_CPUACCT] = { "cpuacct", "" },
    [VIR_CGROUP_CPUSET] = { "cpuset", "cpuset" },
    [VIR_CGROUP_MEMORY] = { "memory", "memory" },
    [VIR_CGROUP_BLKIO] = { "blkio", "io" },
    [VIR_CGROUP_DEVICES] = { "devices", NULL },
    [VIR_CGROUP_FREEZER] = { "freezer", "" },
    [VIR_CGROUP_PIDS] = { "pids", "pids" },
    [VIR_CGROUP_HUGETLB] = { "hugetlb", "hugetlb" },
    [VIR_CGROUP_PERF_EVENT] = { "perf_event", NULL },
    [VIR_CGROUP_NET_CLS] = { "net_cls", NULL },
    [VIR_CGROUP_SYSTEMD] = { "name=systemd", NULL },
    [VIR_CGROUP_UNIFIED] = { NULL, "" },
};

const char *vir_cgroup_controller_name(VirCgroupController c, gboolean v2)
{
    const char *name = names[c][v2];
    return name && *name ? name : names[c][0];
}

static gboolean has_word(const char *list, const char *word, char separator)
{
    size_t len = strlen(word);
    for (const char *p = list; (p = strstr(p, word)); p += len)
        if ((p == list || p[-1] == separator) && (p[len] == separator || !p[len] || p[len] == '\n'))
            return TRUE;
    return FALSE;
}

static void set_mount(VirCgroupHost *ch, VirCgroupController c, const char *dir, const char *root, gboolean v2)
{
    VirCgroupMount *m = &ch->mounts[c];
    if (m->dir)   /* the first mount of a hierarchy is the system's */
        return;
    g_autofree char *plain = g_strcompress(dir);   /* mountinfo writes blanks as \040 */
    m->dir = vir_host_path(ch->host, plain);
    m->root = g_strdup(strcmp(root, "/") ? root : "");
    m->v2 = v2;
}

/* "36 31 0:34 / /sys/fs/cgroup/memory rw,relatime [tags] - cgroup cgroup rw,memory" */
static void parse_mount(VirCgroupHost *ch, const char *line)
{
    const char *dash = strstr(line, " - cgroup");
    if (!dash)
        return;
    g_auto(GStrv) left = g_strsplit(line, " ", 7);
    g_auto(GStrv) right = g_strsplit(dash + 3, " ", 3);
    if (g_strv_length(left) < 6 || g_strv_length(right) < 3)
        return;
    if (!strcmp(right[0], "cgroup2")) {
        set_mount(ch, VIR_CGROUP_UNIFIED, left[4], left[3], TRUE);
    } else if (!strcmp(right[0], "cgroup")) {
        for (int c = 0; c < VIR_CGROUP_UNIFIED; c++)
            if (has_word(right[2], names[c][0], ','))
                set_mount(ch, c, left[4], left[3], FALSE);
    }
}

/* Controllers that no v1 hierarchy has are on v2 when its root lists them. */
static void adopt_v2(VirCgroupHost *ch, const char *controllers)
{
    const VirCgroupMount *u = &ch->mounts[VIR_CGROUP_UNIFIED];
    for (int c = 0; c < VIR_CGROUP_UNIFIED; c++) {
        VirCgroupMount *m = &ch->mounts[c];
        const char *name = names[c][1];
        if (m->dir || !name || (*name && !has_word(controllers, name, ' ')))
            continue;
        m->dir = g_strdup(u->dir);
        m->root = g_strdup(u->root);
        m->v2 = TRUE;
    }
}

static VirCgroupMode mode_of(const VirCgroupHost *ch)
{
    gboolean v1 = FALSE;
    for (int c = 0; c < VIR_CGROUP_SYSTEMD; c++)
        v1 = v1 || (ch->mounts[c].dir && !ch->mounts[c].v2);
    gboolean v2 = ch->mounts[VIR_CGROUP_UNIFIED].dir != NULL;
    return v1 ? (v2 ? VIR_CGROUP_MODE_HYBRID : VIR_CGROUP_MODE_V1) : v2 ? VIR_CGROUP_MODE_V2 : VIR_CGROUP_MODE_NONE;
}

VirCgroupHost *vir_cgroup_host_new(const VirHost *host, GError **err)
{
    g_autofree char *mounts = vir_host_read(host, "/proc/self/mountinfo", MAX_BYTES, NULL, err);
    if (!mounts)
        return NULL;
    VirCgroupHost *ch = g_new0(VirCgroupHost, 1);
    ch->host = host;
    g_auto(GStrv) lines = g_strsplit(mounts, "\n", -1);
    for (char **line = lines; *line; line++)
        parse_mount(ch, *line);
    if (ch->mounts[VIR_CGROUP_UNIFIED].dir) {
        g_autofree char *file = g_build_filename(ch->mounts[VIR_CGROUP_UNIFIED].dir, "cgroup.controllers", NULL);
        g_autofree char *controllers = NULL;
        if (g_file_get_contents(file, &controllers, NULL, NULL))
            adopt_v2(ch, g_strstrip(controllers));
    }
    ch->mode = mode_of(ch);
    return ch;
}

void vir_cgroup_host_free(VirCgroupHost *ch)
{
    if (!ch)
        return;
    for (int c = 0; c < VIR_CGROUP_LAST; c++) {
        g_free(ch->mounts[c].dir);
        g_free(ch->mounts[c].root);
    }
    g_free(ch);
}

VirCgroupMode vir_cgroup_host_mode(const VirCgroupHost *ch)
{
    return ch->mode;
}

const char *vir_cgroup_host_mount(const VirCgroupHost *ch, VirCgroupController c)
{
    return ch->mounts[c].dir;
}

gboolean vir_cgroup_host_is_v2(const VirCgroupHost *ch, VirCgroupController c)
{
    return ch->mounts[c].v2;
}

/* /proc gives paths from the hierarchy's root; only the part below the mounted root can be reached. */
static char *below_mount(const VirCgroupMount *m, const char *path)
{
    size_t len = strlen(m->root);
    if (len && strncmp(path, m->root, len) == 0 && (path[len] == '/' || !path[len]))
        path += len;
    return g_strdup(*path ? path : "/");
}

static void parse_member(VirCgroup *cg, const char *controllers, const char *path)
{
    for (int c = 0; c < VIR_CGROUP_LAST; c++) {
        const VirCgroupMount *m = &cg->ch->mounts[c];
        gboolean mine = m->dir && (m->v2 ? !*controllers : names[c][0] && has_word(controllers, names[c][0], ','));
        if (mine && !cg->paths[c])
            cg->paths[c] = below_mount(m, path);
    }
}

VirCgroup *vir_cgroup_of_pid(const VirCgroupHost *ch, pid_t pid, GError **err)
{
    g_autoptr(GError) local = NULL;
    g_autofree char *file = pid ? g_strdup_printf("/proc/%d/cgroup", pid) : g_strdup("/proc/self/cgroup");
    g_autofree char *text = vir_host_read(ch->host, file, MAX_BYTES, NULL, &local);
    if (!text) {
        if (vir_error_extra(local)->int1 != ENOENT && vir_error_extra(local)->int1 != ESRCH)
            g_propagate_error(err, g_steal_pointer(&local));
        return NULL;
    }
    VirCgroup *cg = g_new0(VirCgroup, 1);
    cg->ch = ch;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        char *first = strchr(*line, ':'), *second = first ? strchr(first + 1, ':') : NULL;
        if (!second || second[1] != '/')
            continue;
        *second = '\0';
        parse_member(cg, first + 1, second + 1);
    }
    return cg;
}

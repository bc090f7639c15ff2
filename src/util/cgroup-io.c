/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/cgroup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/cgroup-priv.h"
#include "util/error.h"
#include "util/file.h"
#include "util/units.h"

#define VIR_FROM_THIS VIR_FROM_CGROUP
#define MAX_BYTES (1024 * 1024)

static char *need_file(const VirCgroup *cg, VirCgroupController c, const char *file, GError **err)
{
    char *path = vir_cgroup_file(cg, c, file);
    if (!path)
        vir_fail(err, VIR_ERR_OPERATION_UNSUPPORTED, "this host has no control group controller '%s'",
                 vir_cgroup_controller_name(c, FALSE));
    return path;
}

gboolean vir_cgroup_set_str(const VirCgroup *cg, VirCgroupController c, const char *file, const char *value,
                            GError **err)
{
    g_autofree char *path = need_file(cg, c, file, err);
    return path && vir_file_write_text(path, value, err);
}

gboolean vir_cgroup_set_uint64(const VirCgroup *cg, VirCgroupController c, const char *file, guint64 value,
                               GError **err)
{
    char text[32];
    snprintf(text, sizeof(text), "%" G_GUINT64_FORMAT, value);
    return vir_cgroup_set_str(cg, c, file, text, err);
}

char *vir_cgroup_get_str(const VirCgroup *cg, VirCgroupController c, const char *file, GError **err)
{
    g_autofree char *path = need_file(cg, c, file, err);
    size_t len;
    char *text = path ? vir_file_read(path, MAX_BYTES, &len, err) : NULL;
    if (text && len && text[len - 1] == '\n')
        text[len - 1] = '\0';
    return text;
}

gboolean vir_cgroup_get_uint64(const VirCgroup *cg, VirCgroupController c, const char *file, guint64 *ret,
                               GError **err)
{
    g_autofree char *text = vir_cgroup_get_str(cg, c, file, err);
    if (!text)
        return FALSE;
    if (!strcmp(text, "max")) {
        *ret = G_MAXUINT64;
        return TRUE;
    }
    return vir_units_uint64(text, G_MAXUINT64, ret) ||
           vir_fail(err, VIR_ERR_INTERNAL_ERROR, "'%.40s' of control group file '%s' is no number", text, file);
}

/* The number after "KEY " at the start of a line. */
static gboolean keyed(const char *text, const char *key, guint64 *ret)
{
    size_t len = strlen(key);
    for (const char *p = text; p; p = strchr(p, '\n')) {
        p += *p == '\n';
        if (strncmp(p, key, len) == 0 && p[len] == ' ') {
            *ret = strtoull(p + len + 1, NULL, 10);
            return TRUE;
        }
    }
    return FALSE;
}

gboolean vir_cgroup_get_keyed(const VirCgroup *cg, VirCgroupController c, const char *file, const char *key,
                              guint64 *ret, GError **err)
{
    g_autofree char *text = vir_cgroup_get_str(cg, c, file, err);
    return text && (keyed(text, key, ret) ||
                    vir_fail(err, VIR_ERR_INTERNAL_ERROR, "control group file '%s' has no '%s'", file, key));
}

static gboolean cpu_v2(const VirCgroup *cg, VirCgroupCpu *ret, GError **err)
{
    g_autofree char *text = vir_cgroup_get_str(cg, VIR_CGROUP_CPUACCT, "cpu.stat", err);
    if (!text)
        return FALSE;
    if (!keyed(text, "usage_usec", &ret->total_ns) || !keyed(text, "user_usec", &ret->user_ns) ||
        !keyed(text, "system_usec", &ret->system_ns))
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "control group file 'cpu.stat' has an unknown form");
    ret->total_ns *= 1000;
    ret->user_ns *= 1000;
    ret->system_ns *= 1000;
    return TRUE;
}

gboolean vir_cgroup_cpu(const VirCgroup *cg, VirCgroupCpu *ret, GError **err)
{
    if (cg->ch->mounts[VIR_CGROUP_CPUACCT].v2)
        return cpu_v2(cg, ret, err);
    g_autofree char *text = NULL;
    if (!vir_cgroup_get_uint64(cg, VIR_CGROUP_CPUACCT, "cpuacct.usage", &ret->total_ns, err) ||
        !(text = vir_cgroup_get_str(cg, VIR_CGROUP_CPUACCT, "cpuacct.stat", err)))
        return FALSE;
    if (!keyed(text, "user", &ret->user_ns) || !keyed(text, "system", &ret->system_ns))
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "control group file 'cpuacct.stat' has an unknown form");
    guint64 tick = G_GUINT64_CONSTANT(1000000000) / sysconf(_SC_CLK_TCK);
    ret->user_ns *= tick;
    ret->system_ns *= tick;
    return TRUE;
}

gboolean vir_cgroup_memory(const VirCgroup *cg, guint64 *ret, GError **err)
{
    gboolean v2 = cg->ch->mounts[VIR_CGROUP_MEMORY].v2;
    return vir_cgroup_get_uint64(cg, VIR_CGROUP_MEMORY, v2 ? "memory.current" : "memory.usage_in_bytes", ret, err);
}

static gboolean is_device(const char *line, const char *device)
{
    size_t len = device ? strlen(device) : 0;
    return !device || (strncmp(line, device, len) == 0 && line[len] == ' ');
}

/* "8:0 Read 4096" lines of a v1 file; the last line, "Total n", has no device. */
static gboolean io_v1(const VirCgroup *cg, const char *file, const char *device, guint64 *rd, guint64 *wr, GError **err)
{
    g_autofree char *text = vir_cgroup_get_str(cg, VIR_CGROUP_BLKIO, file, err);
    if (!text)
        return FALSE;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        const char *op = strchr(*line, ' ');
        if (!op || !is_device(*line, device))
            continue;
        if (g_str_has_prefix(op, " Read "))
            *rd += strtoull(op + 6, NULL, 10);
        else if (g_str_has_prefix(op, " Write "))
            *wr += strtoull(op + 7, NULL, 10);
    }
    return TRUE;
}

static void add_pair(const char *word, const char *key, guint64 *sum)
{
    size_t len = strlen(key);
    if (strncmp(word, key, len) == 0 && word[len] == '=')
        *sum += strtoull(word + len + 1, NULL, 10);
}

/* "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6" */
static gboolean io_v2(const VirCgroup *cg, const char *device, VirCgroupIo *ret, GError **err)
{
    g_autofree char *text = vir_cgroup_get_str(cg, VIR_CGROUP_BLKIO, "io.stat", err);
    if (!text)
        return FALSE;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        if (!is_device(*line, device))
            continue;
        g_auto(GStrv) words = g_strsplit(*line, " ", -1);
        for (char **w = words; *w; w++) {
            add_pair(*w, "rbytes", &ret->read_bytes);
            add_pair(*w, "wbytes", &ret->write_bytes);
            add_pair(*w, "rios", &ret->read_ops);
            add_pair(*w, "wios", &ret->write_ops);
        }
    }
    return TRUE;
}

gboolean vir_cgroup_io(const VirCgroup *cg, const char *device, VirCgroupIo *ret, GError **err)
{
    *ret = (VirCgroupIo){ 0 };
    if (cg->ch->mounts[VIR_CGROUP_BLKIO].v2)
        return io_v2(cg, device, ret, err);
    return io_v1(cg, "blkio.throttle.io_service_bytes", device, &ret->read_bytes, &ret->write_bytes, err) &&
           io_v1(cg, "blkio.throttle.io_serviced", device, &ret->read_ops, &ret->write_ops, err);
}

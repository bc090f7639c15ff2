/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Control groups, v1, v2 and both: where a process is, make and remove groups, read and write their files. What to
 * put where is src/hv's. A VirCgroupHost is immutable; any thread.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "util/host.h"

typedef enum {
    VIR_CGROUP_CPU,
    VIR_CGROUP_CPUACCT,
    VIR_CGROUP_CPUSET,
    VIR_CGROUP_MEMORY,
    VIR_CGROUP_BLKIO,        /* "io" of v2 */
    VIR_CGROUP_DEVICES,      /* v1 only: v2 uses BPF */
    VIR_CGROUP_FREEZER,
    VIR_CGROUP_PIDS,
    VIR_CGROUP_HUGETLB,
    VIR_CGROUP_PERF_EVENT,
    VIR_CGROUP_NET_CLS,
    VIR_CGROUP_SYSTEMD,      /* v1 name=systemd, no controller */
    VIR_CGROUP_UNIFIED,      /* the v2 hierarchy as such */
    VIR_CGROUP_LAST
} VirCgroupController;

typedef enum { VIR_CGROUP_MODE_NONE, VIR_CGROUP_MODE_V1, VIR_CGROUP_MODE_HYBRID, VIR_CGROUP_MODE_V2 } VirCgroupMode;

/* What the machine has. */
typedef struct VirCgroupHost VirCgroupHost;
VirCgroupHost *vir_cgroup_host_new(const VirHost *host, GError **err);   /* borrows @host */
void vir_cgroup_host_free(VirCgroupHost *ch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirCgroupHost, vir_cgroup_host_free)
VirCgroupMode vir_cgroup_host_mode(const VirCgroupHost *ch);
/* The v1 mount of a controller or the v2 root where it lives; NULL when the machine has none. */
const char *vir_cgroup_host_mount(const VirCgroupHost *ch, VirCgroupController c);
gboolean vir_cgroup_host_is_v2(const VirCgroupHost *ch, VirCgroupController c);
const char *vir_cgroup_controller_name(VirCgroupController c, gboolean v2);

/* One group: the same or different paths in several hierarchies. */
typedef struct VirCgroup VirCgroup;
/* Where @pid is (0: this process). Returns: caller frees; NULL with @err set, NULL with *err NULL when it is gone. */
VirCgroup *vir_cgroup_of_pid(const VirCgroupHost *ch, pid_t pid, GError **err);
/* @path below each hierarchy's mount ("/machine/x"), whether it is there or not. */
VirCgroup *vir_cgroup_at(const VirCgroupHost *ch, const char *path);
/* The group @name below @parent in every hierarchy. */
VirCgroup *vir_cgroup_child(const VirCgroup *parent, const char *name);
void vir_cgroup_free(VirCgroup *cg);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirCgroup, vir_cgroup_free)

/* The path below the mount ("/machine/x"); NULL when the machine lacks the controller. */
const char *vir_cgroup_path(const VirCgroup *cg, VirCgroupController c);
/* Absolute file name of @file. Returns: caller frees; NULL when the machine lacks the controller. */
char *vir_cgroup_file(const VirCgroup *cg, VirCgroupController c, const char *file);
gboolean vir_cgroup_has(const VirCgroup *cg, VirCgroupController c);   /* the directory is there */

/* Makes it in every hierarchy of @mask (1u << controller), with parents. v1: cpuset.cpus and .mems are inherited so
 * that tasks may enter. v2: enables the controllers of @mask in the parents where they are available. */
gboolean vir_cgroup_create(const VirCgroup *cg, guint32 mask, GError **err);
/* Removes it with its children, deepest first. A group that is not there is success; one with processes is
 * VIR_ERR_RESOURCE_BUSY. */
gboolean vir_cgroup_remove(const VirCgroup *cg, GError **err);
/* Moves a process (all its threads) or, with @thread, one thread. */
gboolean vir_cgroup_attach(const VirCgroup *cg, pid_t pid, gboolean thread, GError **err);
/* Processes in the group itself. Returns: array of pid_t, caller frees. */
GArray *vir_cgroup_pids(const VirCgroup *cg, GError **err);

gboolean vir_cgroup_set_str(const VirCgroup *cg, VirCgroupController c, const char *file, const char *value,
                            GError **err);
gboolean vir_cgroup_set_uint64(const VirCgroup *cg, VirCgroupController c, const char *file, guint64 value,
                               GError **err);
/* Without the final newline. Returns: caller frees; NULL with @err set. */
char *vir_cgroup_get_str(const VirCgroup *cg, VirCgroupController c, const char *file, GError **err);
/* "max" is G_MAXUINT64. */
gboolean vir_cgroup_get_uint64(const VirCgroup *cg, VirCgroupController c, const char *file, guint64 *ret,
                               GError **err);
/* A file of "key value" lines. */
gboolean vir_cgroup_get_keyed(const VirCgroup *cg, VirCgroupController c, const char *file, const char *key,
                              guint64 *ret, GError **err);

typedef struct {
    guint64 total_ns, user_ns, system_ns;
} VirCgroupCpu;
gboolean vir_cgroup_cpu(const VirCgroup *cg, VirCgroupCpu *ret, GError **err);
/* Bytes in use now. */
gboolean vir_cgroup_memory(const VirCgroup *cg, guint64 *ret, GError **err);
typedef struct {
    guint64 read_bytes, write_bytes, read_ops, write_ops;
} VirCgroupIo;
/* @device: "8:0", or NULL for the sum of all. */
gboolean vir_cgroup_io(const VirCgroup *cg, const char *device, VirCgroupIo *ret, GError **err);

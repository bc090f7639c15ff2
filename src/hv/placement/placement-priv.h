/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The inside of placement, for its own files.
 */
#pragma once

#include "hv/placement/placement.h"

struct HvPlacement {
    const VirHost *host;       /* borrowed */
    HvPlacementKind kind;
    VirCgroupHost *ch;
    VirCgroup *group;          /* NULL for HV_PLACEMENT_NONE */
    char *partition;
    char *machine_name;
    guint32 mask;              /* controllers the guest's own group uses */
};

/* "/machine/prod" -> "/machine/prod.partition" */
char *hv_partition_path(const char *partition);
/* "/machine/prod" -> "machine-prod.slice" */
char *hv_partition_slice(const char *partition);
/* Takes off what sub-groups add to the path of a guest: "/x/qemu-1-a.libvirt-qemu/vcpu0" -> "/x/qemu-1-a.libvirt-qemu".
 * NULL when @path is no guest's; *ret_kind otherwise. Returns: caller frees. */
char *hv_placement_guest_path(const char *path, const char *driver, HvPlacementKind *ret_kind);

/* "emulator", "vcpu3". Returns: caller frees the group. */
VirCgroup *hv_placement_sub(const HvPlacement *p, HvThreadKind kind, guint index);
/* Controllers that sub-groups have. */
#define HV_SUB_MASK ((1u << VIR_CGROUP_CPU) | (1u << VIR_CGROUP_CPUACCT) | (1u << VIR_CGROUP_CPUSET) | \
                     (1u << VIR_CGROUP_UNIFIED))

typedef enum { HV_MACHINED_DONE, HV_MACHINED_ABSENT, HV_MACHINED_REFUSED } HvMachinedResult;
/* Registers the leader; systemd has moved it into its scope when this returns DONE. REFUSED sets @err. */
HvMachinedResult hv_machined_create(const VirHost *host, const HvPlacementSpec *spec, const char *machine_name,
                                    const char *slice, GError **err);
/* Best effort: a machine that is gone is success. */
void hv_machined_terminate(const VirHost *host, const char *machine_name);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The inside of control groups, for cgroup*.c only.
 */
#pragma once

#include "util/cgroup.h"

typedef struct {
    char *dir;               /* mount point under the host's root; NULL: not there */
    char *root;              /* the part of the hierarchy that is mounted; "" for all */
    gboolean v2;
} VirCgroupMount;

struct VirCgroupHost {
    const VirHost *host;
    VirCgroupMode mode;
    VirCgroupMount mounts[VIR_CGROUP_LAST];
};

struct VirCgroup {
    const VirCgroupHost *ch;
    char *paths[VIR_CGROUP_LAST];   /* below the mount; NULL where there is none */
};

/* The directory of @cg for @c. Returns: caller frees; NULL. */
char *vir_cgroup_dir(const VirCgroup *cg, VirCgroupController c);

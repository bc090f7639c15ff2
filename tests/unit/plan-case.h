/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A guest to plan, away from any machine: no capabilities of a host, fixed directories, an empty root.
 */
#pragma once

#include "virtqemud/plan/domain.h"

typedef struct {
    char *root;                /* temporary, removed at the end */
    VirHost *host;
    QemuDirs *dirs;
    QemuConf *conf;
    VirQemuCapsCache *cache;
    VirQemuCaps *caps;
    char *lib_dir;
    QemuPlanContext ctx;
} PlanCase;

/* FALSE: there is no QEMU for x86-64 here. */
gboolean plan_case_init(PlanCase *c);
void plan_case_clear(PlanCase *c);
/* A live document; every @from in its text becomes @to (NULL: none). */
DomainDef *plan_case_load(const char *file, const char *from, const char *to);
/* Calls @func for each device of @def that can be plugged into a running guest. */
void plan_case_each_hot(const DomainDef *def, void (*func)(QemuDevKind kind, gconstpointer dev, gpointer data), gpointer data);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The steps of a plan, for the files that run or render them.
 */
#pragma once

#include "virtqemud/plan/plan.h"

typedef struct {
    VirPlanOp op;
    VirJson *args;
    char *option, *value;      /* ARG; option: the command of COMMAND */
    VirPlanHost host;
    VirPlanFd fd;
    char *fd_name;             /* getfd's name */
    guint fd_set;              /* of VIR_PLAN_FD_SET */
    int fd_number;             /* in QEMU, at start */
    int opened;                /* owned; -1 */
    gboolean done;
} VirPlanStep;

struct VirPlan {
    VirPlanUse use;
    GArray *steps;             /* VirPlanStep */
    HvLabelSet *labels;
    GPtrArray *devices;        /* char *, NULL-terminated */
    GPtrArray *env;            /* char *, NULL-terminated */
    GPtrArray *strings;        /* what vir_plan_fd returned */
    guint64 memlock;
    int next_fd;
    guint next_set;
};

static inline VirPlanStep *vir_plan_step(const VirPlan *plan, guint i)
{
    return &g_array_index(plan->steps, VirPlanStep, i);
}

gboolean vir_plan_host_step(VirPlanStep *step, GError **err);    /* HOST and PASS_FD: do it */
void vir_plan_host_step_undo(VirPlanStep *step);

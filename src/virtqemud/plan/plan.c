/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Plans: how they are made, and their host steps.
 */
#include "virtqemud/plan/plan-priv.h"

#include "util/error.h"
#include "util/fd.h"
#include "util/log.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

/* Below are stdin, stdout, stderr; what QEMU opens itself comes above all of ours. */
#define FIRST_FD 3

static void step_clear(gpointer data)
{
    VirPlanStep *step = data;
    json_object_put(step->args);
    g_free(step->option);
    g_free(step->value);
    g_free(step->fd_name);
    if (step->op == VIR_PLAN_HOST && step->host.free_data)
        step->host.free_data(step->host.data);
    if (step->op == VIR_PLAN_PASS_FD && step->fd.free_data)
        step->fd.free_data(step->fd.data);
    vir_fd_close(&step->opened);
}

VirPlan *vir_plan_new(VirPlanUse use)
{
    VirPlan *plan = g_new0(VirPlan, 1);
    plan->use = use;
    plan->steps = g_array_new(FALSE, TRUE, sizeof(VirPlanStep));
    g_array_set_clear_func(plan->steps, step_clear);
    plan->labels = hv_label_set_new();
    plan->devices = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(plan->devices, NULL);
    plan->env = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(plan->env, NULL);
    plan->strings = g_ptr_array_new_with_free_func(g_free);
    plan->next_fd = FIRST_FD;
    plan->next_set = 0;
    return plan;
}

void vir_plan_free(VirPlan *plan)
{
    if (!plan)
        return;
    g_array_unref(plan->steps);
    hv_label_set_free(plan->labels);
    g_ptr_array_unref(plan->devices);
    g_ptr_array_unref(plan->env);
    g_ptr_array_unref(plan->strings);
    g_free(plan);
}

VirPlanUse vir_plan_use(const VirPlan *plan)
{
    return plan->use;
}

static VirPlanStep *step_new(VirPlan *plan, VirPlanOp op)
{
    VirPlanStep step = { .op = op, .opened = -1, .fd_number = -1 };
    g_array_append_val(plan->steps, step);
    return vir_plan_step(plan, plan->steps->len - 1);
}

void vir_plan_host(VirPlan *plan, const VirPlanHost *host)
{
    step_new(plan, VIR_PLAN_HOST)->host = *host;
}

const char *vir_plan_fd(VirPlan *plan, const char *name, const VirPlanFd *fd)
{
    VirPlanStep *step = step_new(plan, VIR_PLAN_PASS_FD);
    step->fd = *fd;
    step->fd_name = g_strdup(name);
    char *told;
    if (plan->use == VIR_PLAN_START)
        step->fd_number = plan->next_fd++;
    if (fd->kind == VIR_PLAN_FD_SET) {
        /* Sets made later must not meet those of the command line: they are numbered by their name, far above. */
        step->fd_set = plan->use == VIR_PLAN_START ? plan->next_set++ : 0x40000000u | (g_str_hash(name) & 0x3fffffffu);
        told = g_strdup_printf("/dev/fdset/%u", step->fd_set);
    } else if (plan->use == VIR_PLAN_START) {
        told = g_strdup_printf("%d", step->fd_number);
    } else {
        told = g_strdup(name);
    }
    g_ptr_array_add(plan->strings, told);
    return told;
}

void vir_plan_add(VirPlan *plan, VirPlanOp op, VirJson *args)
{
    step_new(plan, op)->args = args;
}

void vir_plan_command(VirPlan *plan, const char *command, VirJson *args)
{
    VirPlanStep *step = step_new(plan, VIR_PLAN_COMMAND);
    step->option = g_strdup(command);
    step->args = args;
}

void vir_plan_arg(VirPlan *plan, const char *option, const char *value)
{
    VirPlanStep *step = step_new(plan, VIR_PLAN_ARG);
    step->option = g_strdup(option);
    step->value = g_strdup(value);
}

void vir_plan_argf(VirPlan *plan, const char *option, const char *fmt, ...)
{
    VirPlanStep *step = step_new(plan, VIR_PLAN_ARG);
    step->option = g_strdup(option);
    va_list ap;
    va_start(ap, fmt);
    step->value = g_strdup_vprintf(fmt, ap);
    va_end(ap);
}

HvLabelSet *vir_plan_labels(VirPlan *plan)
{
    return plan->labels;
}

const char *const *vir_plan_devices(VirPlan *plan)
{
    return (const char *const *)plan->devices->pdata;
}

void vir_plan_add_device_node(VirPlan *plan, const char *path)
{
    for (guint i = 0; i + 1 < plan->devices->len; i++)
        if (g_str_equal(plan->devices->pdata[i], path))
            return;
    g_ptr_array_insert(plan->devices, (gint)plan->devices->len - 1, g_strdup(path));
}

void vir_plan_setenv(VirPlan *plan, const char *name, const char *value)
{
    g_ptr_array_insert(plan->env, (gint)plan->env->len - 1, g_strdup_printf("%s=%s", name, value ? value : ""));
}

const char *const *vir_plan_env(const VirPlan *plan)
{
    return (const char *const *)plan->env->pdata;
}

guint64 vir_plan_memlock(const VirPlan *plan)
{
    return plan->memlock;
}

void vir_plan_want_memlock(VirPlan *plan, guint64 bytes)
{
    plan->memlock = MAX(plan->memlock, bytes);
}

guint vir_plan_count(const VirPlan *plan)
{
    return plan->steps->len;
}

VirPlanOp vir_plan_op(const VirPlan *plan, guint i)
{
    return vir_plan_step(plan, i)->op;
}

VirJson *vir_plan_args(const VirPlan *plan, guint i)
{
    return vir_plan_step(plan, i)->args;
}

const char *vir_plan_what(const VirPlan *plan, guint i)
{
    const VirPlanStep *step = vir_plan_step(plan, i);
    return step->op == VIR_PLAN_HOST ? step->host.what : step->op == VIR_PLAN_PASS_FD ? step->fd.what : NULL;
}

gboolean vir_plan_host_step(VirPlanStep *step, GError **err)
{
    gboolean ok;
    if (step->op == VIR_PLAN_HOST) {
        ok = !step->host.run || step->host.run(step->host.data, err);
    } else {
        step->opened = step->fd.open(step->fd.data, err);
        ok = step->opened >= 0;
    }
    if (!ok)
        g_prefix_error(err, "%s: ", step->op == VIR_PLAN_HOST ? step->host.what : step->fd.what);
    step->done = ok;
    return ok;
}

void vir_plan_host_step_undo(VirPlanStep *step)
{
    if (step->op == VIR_PLAN_HOST && step->host.undo)
        step->host.undo(step->host.data);
    vir_fd_close(&step->opened);
    step->done = FALSE;
}

static void undo_below(VirPlan *plan, guint end)
{
    for (guint i = end; i-- > 0;) {
        VirPlanStep *step = vir_plan_step(plan, i);
        if (step->done && (step->op == VIR_PLAN_HOST || step->op == VIR_PLAN_PASS_FD))
            vir_plan_host_step_undo(step);
    }
}

gboolean vir_plan_run_host(VirPlan *plan, GError **err)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        VirPlanStep *step = vir_plan_step(plan, i);
        if (step->op != VIR_PLAN_HOST && step->op != VIR_PLAN_PASS_FD)
            continue;
        if (!vir_plan_host_step(step, err)) {
            undo_below(plan, i);
            return FALSE;
        }
    }
    return TRUE;
}

void vir_plan_undo_host(VirPlan *plan)
{
    undo_below(plan, plan->steps->len);
}

void vir_plan_close_fds(VirPlan *plan)
{
    for (guint i = 0; i < plan->steps->len; i++)
        vir_fd_close(&vir_plan_step(plan, i)->opened);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A plan run over QMP, with rollback in reverse, and its reverse: the detach. What undoes a step is a row, not code.
 */
#include "virtqemud/plan/plan-priv.h"

#include <string.h>

#include "util/error.h"
#include "util/fd.h"
#include "util/log.h"
#include "virtqemud/qmp/qmp-commands.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

/* The command that does a step, the one that takes it back, and which argument names its object in both. */
typedef struct {
    const char *add, *del;
    const char *key, *del_key;
} OpRow;

static const OpRow op_rows[VIR_PLAN_LAST] = {
    [VIR_PLAN_OBJECT] = { "object-add", "object-del", "id", "id" },
    [VIR_PLAN_BLOCKDEV] = { "blockdev-add", "blockdev-del", "node-name", "node-name" },
    [VIR_PLAN_CHARDEV] = { "chardev-add", "chardev-remove", "id", "id" },
    [VIR_PLAN_NETDEV] = { "netdev_add", "netdev_del", "id", "id" },
    [VIR_PLAN_DEVICE] = { "device_add", "device_del", "id", "id" },
};

/* A copy: json-c's counts are not atomic and the monitor's thread gets the tree. */
static VirJson *copy_args(VirJson *args)
{
    VirJson *copy = NULL;
    if (args)
        json_object_deep_copy(args, &copy, NULL);
    return copy;
}

static gboolean pass_fd(VirPlanStep *step, VirQmp *qmp, const VirQmpWait *wait, GError **err)
{
    if (!vir_plan_host_step(step, err))
        return FALSE;
    if (step->fd.kind == VIR_PLAN_FD_PLAIN)
        return vir_qmp_getfd(qmp, step->fd_name, step->opened, wait, err);
    return vir_qmp_add_fd(qmp, (int)step->fd_set, step->fd_name, step->opened, NULL, wait, err);
}

static gboolean run_step(VirPlanStep *step, VirQmp *qmp, const VirQmpWait *wait, GError **err)
{
    switch (step->op) {
    case VIR_PLAN_HOST:
        return vir_plan_host_step(step, err);
    case VIR_PLAN_PASS_FD:
        return pass_fd(step, qmp, wait, err);
    case VIR_PLAN_COMMAND:
        return vir_qmp_call(qmp, step->option, copy_args(step->args), wait, NULL, err);
    case VIR_PLAN_ARG:
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "QEMU takes '%s' only on its command line: restart the guest to have it",
                        step->option);
    default:
        return vir_qmp_call(qmp, op_rows[step->op].add, copy_args(step->args), wait, NULL, err);
    }
}

static VirJson *step_command(const VirPlanStep *step)
{
    g_autoptr(VirJson) args = copy_args(step->args);
    const char *command;
    switch (step->op) {
    case VIR_PLAN_HOST: case VIR_PLAN_ARG: case VIR_PLAN_LAST:
        return NULL;
    case VIR_PLAN_PASS_FD:
        command = step->fd.kind == VIR_PLAN_FD_PLAIN ? "getfd" : "add-fd";
        args = step->fd.kind == VIR_PLAN_FD_PLAIN ? vir_json_new("s:fdname", step->fd_name, NULL)
                                                  : vir_json_new("u:fdset-id", step->fd_set, "s:opaque", step->fd_name, NULL);
        break;
    case VIR_PLAN_COMMAND:
        command = step->option;
        break;
    default:
        command = op_rows[step->op].add;
    }
    return vir_json_new("s:execute", command, "?O:arguments", args, NULL);
}

VirJson *vir_plan_qmp(const VirPlan *plan)
{
    VirJson *list = json_object_new_array();
    for (guint i = 0; i < plan->steps->len; i++) {
        VirJson *command = step_command(vir_plan_step(plan, i));
        if (command)
            json_object_array_add(list, command);
    }
    return list;
}

static const char *step_id(const VirPlanStep *step)
{
    const OpRow *row = &op_rows[step->op];
    return row->key ? vir_json_str(step->args, row->key, NULL) : NULL;
}

/* QEMU says that what we take out is not there. */
static gboolean is_absent(const GError *err)
{
    const char *class = vir_qmp_error_class(err);
    return class && (g_str_equal(class, "DeviceNotFound") || strstr(err->message, "not found") ||
                     strstr(err->message, "Failed to find") || strstr(err->message, "Cannot find"));
}

static gboolean undo_step(VirPlanStep *step, VirQmp *qmp, const VirQmpWait *wait, GError **err)
{
    g_autoptr(GError) local = NULL;
    gboolean ok = TRUE;
    const char *id = step_id(step);
    if (step->op == VIR_PLAN_HOST) {
        vir_plan_host_step_undo(step);
    } else if (step->op == VIR_PLAN_PASS_FD) {
        vir_plan_host_step_undo(step);
        if (step->fd.kind == VIR_PLAN_FD_PLAIN)     /* not there any more once a device has taken it */
            vir_qmp_run(qmp, wait, NULL, "closefd", "s:fdname", step->fd_name, NULL);
        else
            ok = vir_qmp_run(qmp, wait, &local, "remove-fd", "u:fdset-id", step->fd_set, NULL);
    } else if (id) {
        g_autofree char *spec = g_strdup_printf("s:%s", op_rows[step->op].del_key);
        ok = vir_qmp_run(qmp, wait, &local, op_rows[step->op].del, spec, id, NULL);
    }
    step->done = FALSE;
    if (ok || is_absent(local))
        return TRUE;
    g_propagate_error(err, g_steal_pointer(&local));
    return FALSE;
}

gboolean vir_plan_run_qmp(VirPlan *plan, VirQmp *qmp, const VirQmpWait *wait, GError **err)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        VirPlanStep *step = vir_plan_step(plan, i);
        if (run_step(step, qmp, wait, err)) {
            step->done = TRUE;
            vir_fd_close(&step->opened);       /* QEMU has it */
            continue;
        }
        /* The failed step itself may have opened its descriptor. The wait's deadline has perhaps passed: the rollback is
         * sent all the same, the monitor answers in order. */
        if (step->op == VIR_PLAN_PASS_FD)
            vir_plan_host_step_undo(step);
        while (i-- > 0) {
            g_autoptr(GError) ignored = NULL;
            if (vir_plan_step(plan, i)->done && !undo_step(vir_plan_step(plan, i), qmp, wait, &ignored))
                g_prefix_error(err, "(not taken back: %s) ", ignored->message);
        }
        return FALSE;
    }
    return TRUE;
}

gboolean vir_plan_run_commands(VirPlan *plan, VirQmp *qmp, const VirQmpWait *wait, GError **err)
{
    g_autoptr(VirQmpBatch) batch = vir_qmp_batch_new();
    guint n = 0;
    for (guint i = 0; i < plan->steps->len; i++) {
        const VirPlanStep *step = vir_plan_step(plan, i);
        if (step->op == VIR_PLAN_COMMAND)
            n = vir_qmp_batch_add(batch, qmp, step->option, copy_args(step->args)) + 1;
    }
    vir_qmp_batch_wait(batch, wait);
    for (guint i = 0; i < n; i++) {
        g_autoptr(VirJson) answer = vir_qmp_batch_take(batch, i, err);
        if (!answer)
            return FALSE;
    }
    return TRUE;
}

VirPlanReverse vir_plan_reverse_qmp(VirPlan *plan, VirQmp *qmp, const VirQmpWait *wait, VirPlanGone gone, gpointer data,
                                    GError **err)
{
    for (guint i = plan->steps->len; i-- > 0;) {
        VirPlanStep *step = vir_plan_step(plan, i);
        const char *id = step->op == VIR_PLAN_DEVICE ? step_id(step) : NULL;
        if (!id)
            continue;
        g_autoptr(GError) local = NULL;
        if (!vir_qmp_run(qmp, wait, &local, "device_del", "s:id", id, NULL)) {
            if (is_absent(local))
                continue;
            g_propagate_error(err, g_steal_pointer(&local));
            return VIR_PLAN_REVERSE_FAILED;
        }
        if (!gone(id, data, &local)) {
            if (!local)
                return VIR_PLAN_REVERSE_PENDING;
            g_propagate_error(err, g_steal_pointer(&local));
            return VIR_PLAN_REVERSE_FAILED;
        }
    }
    return vir_plan_reverse_rest(plan, qmp, wait, err) ? VIR_PLAN_REVERSE_DONE : VIR_PLAN_REVERSE_FAILED;
}

gboolean vir_plan_reverse_rest(VirPlan *plan, VirQmp *qmp, const VirQmpWait *wait, GError **err)
{
    gboolean ok = TRUE;
    for (guint i = plan->steps->len; i-- > 0;) {
        VirPlanStep *step = vir_plan_step(plan, i);
        if (step->op == VIR_PLAN_DEVICE || step->op == VIR_PLAN_COMMAND || step->op == VIR_PLAN_ARG)
            continue;
        ok = undo_step(step, qmp, wait, ok ? err : NULL) && ok;
    }
    return ok;
}

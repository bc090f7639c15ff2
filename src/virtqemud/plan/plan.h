/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A plan: what has to happen, in order, for a guest to start or a device to be plugged in. Making a plan touches nothing,
 * neither host nor QEMU. The host's part is run by vir_plan_run_host (undone by vir_plan_undo_host), the rest is rendered
 * as a command line (vir_plan_argv) or sent over QMP (vir_plan_run_qmp); the reverse of a plan is the detach
 * (vir_plan_reverse_qmp). Owned by one thread.
 *
 *     Start:   plan = qemu_plan_domain(live, &ctx, err);
 *              store vir_plan_labels() in the status document, apply them; vir_plan_run_host(); vir_plan_argv(); spawn
 *     Attach:  plan = qemu_plan_device(live, &device, &ctx with hotplug, err); labels; vir_plan_run_qmp()
 *     Detach:  the same plan made again of the device as it is in the live document; vir_plan_reverse_qmp(); labels back
 */
#pragma once

#include "hv/security/security.h"
#include "util/json.h"
#include "virtqemud/process/spawn.h"
#include "virtqemud/qmp/qmp.h"

typedef struct VirPlan VirPlan;

typedef enum {
    VIR_PLAN_HOST,       /* a step of ours on the host, with its undo */
    VIR_PLAN_PASS_FD,    /* a descriptor for QEMU: inherited (argv), getfd or add-fd (QMP) */
    VIR_PLAN_OBJECT,     /* object-add */
    VIR_PLAN_BLOCKDEV,   /* blockdev-add */
    VIR_PLAN_CHARDEV,    /* chardev-add: {"id":..., "backend":{"type":..., "data":{...}}} */
    VIR_PLAN_NETDEV,     /* netdev_add */
    VIR_PLAN_DEVICE,     /* device_add */
    VIR_PLAN_ARG,        /* words of the command line that have no QMP form */
    VIR_PLAN_COMMAND,    /* any other QMP command: in its turn when hot-plugging, after the start else; not undone */
    VIR_PLAN_LAST
} VirPlanOp;

/* Who will render it: descriptors have numbers on a command line, names over QMP. */
typedef enum { VIR_PLAN_START, VIR_PLAN_HOTPLUG } VirPlanUse;

typedef struct {
    const char *what;                          /* static, for errors and the log: "create directory of the guest" */
    gboolean (*run)(gpointer data, GError **err);
    void (*undo)(gpointer data);               /* may be NULL; also the detach */
    gpointer data;
    GDestroyNotify free_data;                  /* may be NULL */
} VirPlanHost;

typedef enum {
    VIR_PLAN_FD_PLAIN,   /* QEMU gets the descriptor itself: "fd" of sockets and taps */
    VIR_PLAN_FD_SET,     /* QEMU opens /dev/fdset/N */
} VirPlanFdKind;

typedef struct {
    VirPlanFdKind kind;
    const char *what;                          /* static: "open log file" */
    int (*open)(gpointer data, GError **err);  /* an owned descriptor; -1 with @err set */
    gpointer data;
    GDestroyNotify free_data;
} VirPlanFd;

VirPlan *vir_plan_new(VirPlanUse use);
void vir_plan_free(VirPlan *plan);             /* opened descriptors are closed; nothing is undone */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirPlan, vir_plan_free)

/* ---- making (device kinds) ---- */

VirPlanUse vir_plan_use(const VirPlan *plan);
void vir_plan_host(VirPlan *plan, const VirPlanHost *host);
/* Returns: how QEMU is told: the number or name of a plain descriptor, "/dev/fdset/N" of a set; owned by the plan.
 * @name: unique in the guest, "charchannel0"; QMP's name of it. */
const char *vir_plan_fd(VirPlan *plan, const char *name, const VirPlanFd *fd);
/* @args is handed over: the very arguments of the QMP command. */
void vir_plan_add(VirPlan *plan, VirPlanOp op, VirJson *args);
void vir_plan_command(VirPlan *plan, const char *command, VirJson *args);
/* "-smp", "1,sockets=1"; @value NULL: none. */
void vir_plan_arg(VirPlan *plan, const char *option, const char *value);
void vir_plan_argf(VirPlan *plan, const char *option, const char *fmt, ...) G_GNUC_PRINTF(3, 4);

/* QEMU's environment beside what qemu_spawn_env gives: "NAME=value", NULL-terminated, borrowed. */
void vir_plan_setenv(VirPlan *plan, const char *name, const char *value);
const char *const *vir_plan_env(const VirPlan *plan);

/* The files QEMU will open, with how to treat them. The plan's; device kinds add, the caller applies and restores. */
HvLabelSet *vir_plan_labels(VirPlan *plan);
/* Device nodes that the private /dev and the device cgroup must have: "/dev/vhost-net". Paths of disks are among the
 * labels too. Borrowed, NULL-terminated. */
const char *const *vir_plan_devices(VirPlan *plan);
void vir_plan_add_device_node(VirPlan *plan, const char *path);
/* Bytes of memory QEMU may lock (VFIO, realtime); 0: as inherited. The largest one asked for counts. */
guint64 vir_plan_memlock(const VirPlan *plan);
void vir_plan_want_memlock(VirPlan *plan, guint64 bytes);

/* ---- running ---- */

guint vir_plan_count(const VirPlan *plan);
VirPlanOp vir_plan_op(const VirPlan *plan, guint i);
VirJson *vir_plan_args(const VirPlan *plan, guint i);          /* borrowed; NULL */
const char *vir_plan_what(const VirPlan *plan, guint i);       /* host steps and descriptors */

/* For a start: all host steps and descriptors, in order. On failure those done are undone. */
gboolean vir_plan_run_host(VirPlan *plan, GError **err);
/* Undoes the host steps that were done, last first. */
void vir_plan_undo_host(VirPlan *plan);
/* QEMU has its descriptors: ours are closed. A copy that stays open hides QEMU's end from whoever is connected. */
void vir_plan_close_fds(VirPlan *plan);

/* @binary first, NULL last; strings freed with the array. *ret_fds (may be NULL): QemuSpawnFd, descriptors borrowed
 * from the plan; caller g_array_unref. Works before vir_plan_run_host too (descriptors are then -1). */
GPtrArray *vir_plan_argv(const VirPlan *plan, const char *binary, GArray **ret_fds);
/* The line for a person's shell: words quoted as needed, one space between. @env: NULL or "NAME=value"... */
char *vir_plan_shell(const VirPlan *plan, const char *const *env, const char *binary);

/* What vir_plan_run_qmp sends, for reading and tests: [{"execute":..., "arguments":...}]; descriptors stand as getfd and
 * add-fd. Returns: the caller's. */
VirJson *vir_plan_qmp(const VirPlan *plan);

/* Runs all steps, host steps included, in order. At the first failure the steps done are taken back in reverse and
 * @err is that failure. On the guest's actor. */
gboolean vir_plan_run_qmp(VirPlan *plan, VirQmp *qmp, const VirQmpWait *wait, GError **err);

/* After a start: the plan's commands (limits of disks, passwords of displays, links that are down), before the guest's
 * CPUs run. They are sent at once. */
gboolean vir_plan_run_commands(VirPlan *plan, VirQmp *qmp, const VirQmpWait *wait, GError **err);

/* Waits until QEMU has said DEVICE_DELETED for @alias (the caller knows which events came, also before this call).
 * FALSE with @err NULL: the guest has not let go of the device in time. */
typedef gboolean (*VirPlanGone)(const char *alias, gpointer data, GError **err);

typedef enum { VIR_PLAN_REVERSE_DONE, VIR_PLAN_REVERSE_PENDING, VIR_PLAN_REVERSE_FAILED } VirPlanReverse;
/* Detach: device_del, @gone, then everything below the device, last first, and the host steps. PENDING: the device was
 * asked to go and has not yet; nothing else was touched, call vir_plan_reverse_rest when DEVICE_DELETED comes. A back
 * end that is gone already is no error. */
VirPlanReverse vir_plan_reverse_qmp(VirPlan *plan, VirQmp *qmp, const VirQmpWait *wait, VirPlanGone gone, gpointer data,
                                    GError **err);
/* The device is gone: the rest of the reverse. Every step is tried; FALSE with the first failure. */
gboolean vir_plan_reverse_rest(VirPlan *plan, VirQmp *qmp, const VirQmpWait *wait, GError **err);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asks a binary what it can do: one paused QEMU without a machine for TCG and, where the host has KVM, a second one
 * beside it. Everything is pipelined; nothing sleeps; QEMU's own words go into the error.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/command.h"
#include "util/error.h"
#include "util/fd.h"
#include "util/pool.h"
#include "util/proc.h"
#include "virtqemud/caps/caps-decode.h"
#include "virtqemud/caps/caps-private.h"
#include "virtqemud/qmp/qmp.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

#define STDERR_MAX (1024 * 1024)
#define EXIT_WAIT_MS 2000   /* from the end of the monitor to the end of the process */

typedef struct {
    const char *binary;
    pid_t pid;
    int pidfd;               /* -1: not started or reaped */
    int errors;              /* its stderr, a memory file */
    VirQmp *q;
    GError *failed;          /* why there is no answer from it */
} Child;

static int limit_file_size(gpointer data)
{
    /* A binary that writes without end must not fill the memory its stderr is kept in. */
    struct rlimit limit = { STDERR_MAX, STDERR_MAX };
    return setrlimit(RLIMIT_FSIZE, &limit) < 0 ? errno : 0;
}

static void child_start(Child *child, const char *accel, uid_t uid, gid_t gid)
{
    int socks[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks) < 0) {
        vir_fail_errno(&child->failed, errno, "cannot make a socket for the probe of '%s'", child->binary);
        return;
    }
    VIR_AUTOFD int ours = socks[0];
    child->errors = memfd_create("qemu-probe-stderr", MFD_CLOEXEC);

    g_autofree char *machine = g_strconcat("none,accel=", accel, NULL);
    g_autoptr(VirCommand) cmd = vir_command_new(child->binary, "-S", "-no-user-config", "-nodefaults", "-display",
                                                "none", "-machine", machine, "-chardev", "socket,id=mon,fd=3", "-mon",
                                                "chardev=mon,mode=control", NULL);
    vir_command_fd(cmd, socks[1], 3, VIR_COMMAND_FD_TAKE);
    if (child->errors >= 0)
        vir_command_fd(cmd, child->errors, 2, VIR_COMMAND_FD_BORROW);
    vir_command_set_hook(cmd, limit_file_size, NULL);
    vir_command_set_parent_death_signal(cmd, SIGKILL);
    if (uid != (uid_t)-1 && getuid() == 0) {
        g_autoptr(GArray) groups = vir_proc_groups(uid, gid, &child->failed);
        if (!groups)
            return;
        vir_command_set_user(cmd, uid, gid, (const gid_t *)groups->data, groups->len);
    }
    if (vir_command_spawn(cmd, &child->pid, &child->pidfd, &child->failed))
        child->q = vir_qmp_new(vir_fd_steal(&ours), NULL, NULL, &child->failed);
}

/* Its end: how it ended, when it did so by itself. Returns: caller frees; NULL when we had to kill it. */
static char *child_stop(Child *child, int wait_ms)
{
    char *how = NULL;
    if (child->q)
        vir_qmp_close(child->q);
    if (child->pidfd >= 0) {
        int status = 0;
        vir_pool_blocking_begin();
        gboolean ended = vir_proc_pidfd_wait(child->pidfd, wait_ms);
        if (!ended)
            vir_proc_pidfd_signal(child->pidfd, SIGKILL, NULL);
        if (vir_command_reap(child->pidfd, &status, NULL) && ended)
            how = vir_command_status_text(status);
        vir_pool_blocking_end();
        vir_fd_close(&child->pidfd);
    }
    return how;
}

static void child_clear(Child *child)
{
    g_free(child_stop(child, 0));
    virObjectUnref(child->q);
    child->q = NULL;
    vir_fd_close(&child->errors);
    g_clear_error(&child->failed);
}

static char *last_stderr_line(const Child *child)
{
    if (child->errors < 0 || lseek(child->errors, 0, SEEK_SET) < 0)
        return NULL;
    gsize len = 0;
    g_autofree char *text = vir_fd_read_all(child->errors, STDERR_MAX, &len, NULL);
    return text ? vir_command_last_line(text, len) : NULL;
}

/* Turns the monitor's @error into what the user should read. Takes @error. */
static void child_explain(Child *child, GError *error)
{
    gboolean timeout = vir_error_code(error) == VIR_ERR_OPERATION_TIMEOUT;
    g_autofree char *how = child_stop(child, timeout ? 0 : EXIT_WAIT_MS);
    g_autofree char *line = last_stderr_line(child);
    const char *sep = line ? ": " : "";
    if (timeout)
        vir_fail(&child->failed, VIR_ERR_OPERATION_TIMEOUT,
                 "QEMU binary '%s' did not answer when asked for its capabilities%s%s", child->binary, sep,
                 line ? line : "");
    else if (how)
        /* A program that ends well is no QEMU: the reference then misses its files, with that code. */
        vir_fail(&child->failed, g_str_has_suffix(how, " status 0") ? VIR_ERR_SYSTEM_ERROR : VIR_ERR_INTERNAL_ERROR,
                 "QEMU binary '%s' %s when asked for its capabilities%s%s", child->binary, how, sep, line ? line : "");
    else
        vir_fail(&child->failed, VIR_ERR_INTERNAL_ERROR, "QEMU binary '%s' cannot be asked for its capabilities: %s%s%s",
                 child->binary, error->message, sep, line ? line : "");
    g_error_free(error);
}

/* Both get their greeting or their reason to fail. */
static void children_wait(Child *children, const VirQmpWait *wait)
{
    g_autoptr(VirQmpBatch) batch = vir_qmp_batch_new();
    int slot[VIR_QEMU_ACCEL_LAST] = { -1, -1 };
    for (int i = 0; i < VIR_QEMU_ACCEL_LAST; i++) {
        if (children[i].q)
            slot[i] = vir_qmp_batch_add(batch, children[i].q, "query-version", NULL);
    }
    vir_qmp_batch_wait(batch, wait);
    for (int i = 0; i < VIR_QEMU_ACCEL_LAST; i++) {
        GError *error = NULL;
        if (slot[i] < 0)
            continue;
        g_autoptr(VirJson) version = vir_qmp_batch_take(batch, slot[i], &error);
        if (!version)
            child_explain(&children[i], error);
    }
}

static VirJson *expansion_args(const char *model, const char *prop, gboolean value)
{
    VirJson *props = NULL;
    if (prop) {
        props = json_object_new_object();
        json_object_object_add(props, prop, json_object_new_boolean(value));
    }
    return vir_json_new("s:type", "full", "o:model", vir_json_new("s:name", model, "?o:props", props, NULL), NULL);
}

/* The questions whose answers differ between accelerators. */
typedef struct {
    guint cpus, host, host_migratable, hyperv;
} AccelSlots;

static AccelSlots ask_accel(VirQmpBatch *batch, VirQmp *q, VirQemuAccel accel, gboolean x86)
{
    const char *model = accel == VIR_QEMU_ACCEL_KVM ? "host" : "max";
    AccelSlots slots = { 0 };
    slots.cpus = vir_qmp_batch_add(batch, q, "query-cpu-definitions", NULL);
    slots.host = vir_qmp_batch_add(batch, q, "query-cpu-model-expansion",
                                   expansion_args(model, x86 ? "migratable" : NULL, FALSE));
    slots.host_migratable = vir_qmp_batch_add(batch, q, "query-cpu-model-expansion",
                                              expansion_args(model, x86 ? "migratable" : NULL, TRUE));
    if (accel == VIR_QEMU_ACCEL_KVM && x86)
        slots.hyperv = vir_qmp_batch_add(batch, q, "query-cpu-model-expansion",
                                         expansion_args(model, "hv-passthrough", TRUE));
    return slots;
}

/* NULL when QEMU does not know the command or has no answer: not every binary has every query. */
static VirJson *answer(VirQmpBatch *batch, guint slot)
{
    return vir_qmp_batch_take(batch, slot, NULL);
}

static void take_accel(VirQemuCaps *caps, VirQmpBatch *batch, VirQemuAccel accel, const AccelSlots *slots)
{
    g_autoptr(VirJson) cpus = answer(batch, slots->cpus);
    g_autoptr(VirJson) host = answer(batch, slots->host);
    g_autoptr(VirJson) migratable = answer(batch, slots->host_migratable);
    vir_qemu_caps_decode_cpus(&caps->accel[accel], cpus);
    vir_qemu_caps_decode_host_cpu(&caps->accel[accel], host, migratable);
    if (slots->hyperv) {
        g_autoptr(VirJson) hyperv = answer(batch, slots->hyperv);
        vir_qemu_caps_decode_hyperv(caps, hyperv);
    }
}

/* The properties of each type the table asks about. */
static gboolean ask_properties(VirQemuCaps *caps, VirQmp *q, GHashTable *types, const VirQmpWait *wait, GError **err)
{
    g_autoptr(GPtrArray) prop_types = vir_qemu_caps_prop_types(types);
    g_autoptr(GHashTable) slots = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(VirQmpBatch) batch = vir_qmp_batch_new();
    for (int cap = 0; cap < VIR_QEMU_CAP_LAST; cap++) {
        char *type = g_ptr_array_index(prop_types, cap);
        if (!type || g_hash_table_contains(slots, type))
            continue;
        guint slot = vir_qmp_batch_add(batch, q, "qom-list-properties", vir_json_new("s:typename", type, NULL));
        g_hash_table_insert(slots, type, GUINT_TO_POINTER(slot));
    }
    vir_qmp_batch_wait(batch, wait);
    if (vir_qmp_is_closed(q) || vir_qmp_outstanding(q, NULL)) {
        for (guint i = 0; i < g_hash_table_size(slots); i++) {
            g_autoptr(VirJson) ignored = vir_qmp_batch_take(batch, i, err && !*err ? err : NULL);
        }
        return FALSE;
    }
    GHashTableIter iter;
    gpointer type, slot;
    g_hash_table_iter_init(&iter, slots);
    while (g_hash_table_iter_next(&iter, &type, &slot)) {
        g_autoptr(VirJson) props = answer(batch, GPOINTER_TO_UINT(slot));
        vir_qemu_caps_decode_props(caps, prop_types, type, props);
    }
    return TRUE;
}

static gboolean ask_all(VirQemuCaps *caps, Child *children, VirQemuAccel primary, const VirQmpWait *wait, GError **err)
{
    VirQmp *q = children[primary].q;
    gboolean x86 = g_str_equal(caps->arch, "x86_64") || g_str_equal(caps->arch, "i686");
    g_autoptr(VirQmpBatch) batch = vir_qmp_batch_new();
    AccelSlots accel[VIR_QEMU_ACCEL_LAST] = { 0 };
    guint types_slot = vir_qmp_batch_add(batch, q, "qom-list-types", vir_json_new("b:abstract", TRUE, NULL));
    guint schema_slot = vir_qmp_batch_add(batch, q, "query-qmp-schema", NULL);
    guint machines_slot = vir_qmp_batch_add(batch, q, "query-machines", NULL);
    guint options_slot = vir_qmp_batch_add(batch, q, "query-command-line-options", NULL);
    guint gic_slot = 0, sev_slot = 0;
    for (int i = 0; i < VIR_QEMU_ACCEL_LAST; i++) {
        if (caps->accel[i].present)
            accel[i] = ask_accel(batch, children[i].q, i, x86);
    }
    if (caps->accel[VIR_QEMU_ACCEL_KVM].present) {
        gic_slot = vir_qmp_batch_add(batch, children[VIR_QEMU_ACCEL_KVM].q, "query-gic-capabilities", NULL);
        sev_slot = vir_qmp_batch_add(batch, children[VIR_QEMU_ACCEL_KVM].q, "query-sev-capabilities", NULL);
    }
    vir_qmp_batch_wait(batch, wait);

    g_autoptr(VirJson) types = vir_qmp_batch_take(batch, types_slot, err);
    g_autoptr(VirJson) schema = types ? vir_qmp_batch_take(batch, schema_slot, err) : NULL;
    g_autoptr(VirJson) machines = schema ? vir_qmp_batch_take(batch, machines_slot, err) : NULL;
    if (!machines)
        return FALSE;
    g_autoptr(VirJson) options = answer(batch, options_slot);
    g_autoptr(GHashTable) type_set = vir_qemu_caps_type_set(types);
    vir_qemu_caps_decode_types(caps, type_set);
    vir_qemu_caps_decode_schema(caps, schema);
    vir_qemu_caps_decode_options(caps, options);
    vir_qemu_caps_decode_machines(caps, machines);
    for (int i = 0; i < VIR_QEMU_ACCEL_LAST; i++) {
        if (caps->accel[i].present)
            take_accel(caps, batch, i, &accel[i]);
    }
    if (caps->accel[VIR_QEMU_ACCEL_KVM].present) {
        g_autoptr(VirJson) gic = answer(batch, gic_slot);
        g_autoptr(VirJson) sev = answer(batch, sev_slot);
        vir_qemu_caps_decode_kvm(caps, gic, sev);
    }
    return ask_properties(caps, q, type_set, wait, err);
}

/* A binary of a name we do not know says itself what it emulates. */
static gboolean find_arch(VirQemuCaps *caps, VirQmp *q, const VirQmpWait *wait, GError **err)
{
    g_autoptr(VirJson) target = NULL;
    const char *name = NULL;
    if (!vir_qmp_call(q, "query-target", NULL, wait, &target, err) || !vir_json_get_str(target, "arch", &name, err))
        return FALSE;
    g_autofree char *binary = g_strconcat("qemu-system-", name, NULL);
    const char *arch = vir_qemu_emulator_arch(binary);
    caps->arch = g_strdup(arch ? arch : name);
    return TRUE;
}

static gboolean probe(VirQemuCaps *caps, VirHost *host, Child *children, uid_t uid, gid_t gid, const VirQmpWait *wait,
                      GError **err)
{
    const char *arch = vir_qemu_emulator_arch(caps->binary);
    Child *tcg = &children[VIR_QEMU_ACCEL_TCG], *kvm = &children[VIR_QEMU_ACCEL_KVM];
    child_start(tcg, "tcg", uid, gid);
    if (arch && !vir_qemu_emulator_can_kvm(arch))
        caps->kvm_error = g_strdup_printf("this host's KVM does not run %s guests", arch);
    else if (!vir_host_has(host, "/dev/kvm"))
        caps->kvm_error = g_strdup("/dev/kvm is not there");
    else
        child_start(kvm, "kvm", uid, gid);
    children_wait(children, wait);

    caps->accel[VIR_QEMU_ACCEL_TCG].present = !tcg->failed;
    caps->accel[VIR_QEMU_ACCEL_KVM].present = kvm->q && !kvm->failed;
    if (kvm->failed)
        caps->kvm_error = g_strdup(kvm->failed->message);
    if (tcg->failed && !caps->accel[VIR_QEMU_ACCEL_KVM].present) {
        g_propagate_error(err, g_steal_pointer(&tcg->failed));
        return FALSE;
    }
    VirQemuAccel primary = tcg->failed ? VIR_QEMU_ACCEL_KVM : VIR_QEMU_ACCEL_TCG;
    Child *main_child = &children[primary];
    const char *package = NULL;
    caps->version = vir_qmp_version(main_child->q, &package);
    caps->package = g_strdup(package);
    GError *failed = NULL;
    if (find_arch(caps, main_child->q, wait, &failed) && ask_all(caps, children, primary, wait, &failed))
        return TRUE;
    child_explain(main_child, failed);
    g_propagate_error(err, g_steal_pointer(&main_child->failed));
    return FALSE;
}

VirQemuCaps *vir_qemu_caps_probe(VirHost *host, const char *binary, uid_t uid, gid_t gid, gint64 deadline_ms,
                                 GError **err)
{
    Child children[VIR_QEMU_ACCEL_LAST];
    for (int i = 0; i < VIR_QEMU_ACCEL_LAST; i++)
        children[i] = (Child){ .binary = binary, .pidfd = -1, .errors = -1 };
    VirQmpWait wait = { .deadline_us = g_get_monotonic_time() + deadline_ms * 1000 };
    g_autoptr(VirQemuCaps) caps = vir_qemu_caps_new(binary);
    gboolean ok = probe(caps, host, children, uid, gid, &wait, err);
    for (int i = 0; i < VIR_QEMU_ACCEL_LAST; i++)
        child_clear(&children[i]);
    return ok ? g_steal_pointer(&caps) : NULL;
}

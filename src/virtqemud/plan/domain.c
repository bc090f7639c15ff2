/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The plan of a whole guest: the machine, then its devices, kind after kind. The order of kinds is one table.
 */
#include "virtqemud/plan/domain.h"

#include <string.h>

#include "util/fd.h"
#include "virtqemud/plan/machine.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

const QemuDevRow *const qemu_dev_rows[QEMU_DEV_LAST] = {
    [QEMU_DEV_CONTROLLER] = &qemu_dev_controller, [QEMU_DEV_DISK] = &qemu_dev_disk, [QEMU_DEV_FS] = &qemu_dev_fs,
    [QEMU_DEV_NET] = &qemu_dev_net, [QEMU_DEV_SMARTCARD] = &qemu_dev_smartcard, [QEMU_DEV_SERIAL] = &qemu_dev_serial,
    [QEMU_DEV_PARALLEL] = &qemu_dev_parallel, [QEMU_DEV_CONSOLE] = &qemu_dev_console, [QEMU_DEV_CHANNEL] = &qemu_dev_channel,
    [QEMU_DEV_TPM] = &qemu_dev_tpm, [QEMU_DEV_INPUT] = &qemu_dev_input, [QEMU_DEV_GRAPHICS] = &qemu_dev_graphics,
    [QEMU_DEV_VIDEO] = &qemu_dev_video, [QEMU_DEV_SOUND] = &qemu_dev_sound, [QEMU_DEV_AUDIO] = &qemu_dev_audio,
    [QEMU_DEV_WATCHDOG] = &qemu_dev_watchdog, [QEMU_DEV_HOSTDEV] = &qemu_dev_hostdev, [QEMU_DEV_REDIRDEV] = &qemu_dev_redirdev,
    [QEMU_DEV_HUB] = &qemu_dev_hub, [QEMU_DEV_MEMBALLOON] = &qemu_dev_memballoon, [QEMU_DEV_RNG] = &qemu_dev_rng,
    [QEMU_DEV_SHMEM] = &qemu_dev_shmem, [QEMU_DEV_MEMORY] = &qemu_dev_memory, [QEMU_DEV_PANIC] = &qemu_dev_panic,
    [QEMU_DEV_IOMMU] = &qemu_dev_iommu, [QEMU_DEV_VSOCK] = &qemu_dev_vsock, [QEMU_DEV_CRYPTO] = &qemu_dev_crypto,
    [QEMU_DEV_NVRAM] = &qemu_dev_nvram, [QEMU_DEV_PSTORE] = &qemu_dev_pstore, [QEMU_DEV_LEASE] = &qemu_dev_lease,
};

/* Buses stand before what is on them: the guest sees devices in this order, and so does the reference's. */
static const QemuDevKind start_order[] = {
    QEMU_DEV_IOMMU, QEMU_DEV_CONTROLLER, QEMU_DEV_HUB, QEMU_DEV_DISK, QEMU_DEV_FS, QEMU_DEV_NET, QEMU_DEV_SMARTCARD,
    QEMU_DEV_SERIAL, QEMU_DEV_PARALLEL, QEMU_DEV_CHANNEL, QEMU_DEV_CONSOLE, QEMU_DEV_TPM, QEMU_DEV_INPUT, QEMU_DEV_AUDIO,
    QEMU_DEV_GRAPHICS, QEMU_DEV_VIDEO, QEMU_DEV_SOUND, QEMU_DEV_WATCHDOG, QEMU_DEV_REDIRDEV, QEMU_DEV_HOSTDEV,
    QEMU_DEV_MEMBALLOON, QEMU_DEV_RNG, QEMU_DEV_NVRAM, QEMU_DEV_SHMEM, QEMU_DEV_MEMORY, QEMU_DEV_PANIC, QEMU_DEV_VSOCK,
    QEMU_DEV_CRYPTO, QEMU_DEV_PSTORE,
};

typedef VIR_LIST(void) AnyList;

static gboolean plan_one(QemuPlanner *p, const QemuDevRow *row, gconstpointer dev, GError **err)
{
    return (!row->check || row->check(p, dev, err)) && row->plan(p, dev, err);
}

static gint by_index(gconstpointer a, gconstpointer b)
{
    const DomainController *ca = *(DomainController *const *)a, *cb = *(DomainController *const *)b;
    if (ca->index != cb->index)
        return ca->index < cb->index ? -1 : 1;
    return (ca->master_startport >= 0) - (cb->master_startport >= 0);      /* companions after their master */
}

static gboolean plan_controllers(QemuPlanner *p, GError **err);

static gboolean plan_kind(QemuPlanner *p, QemuDevKind kind, GError **err)
{
    if (kind == QEMU_DEV_CONTROLLER)
        return plan_controllers(p, err);
    const QemuDevRow *row = qemu_dev_rows[kind];
    if (row->traits & QEMU_DEV_POINTER) {
        gconstpointer dev = G_STRUCT_MEMBER(gconstpointer, p->def, row->offset);
        return !dev || plan_one(p, row, dev, err);
    }
    const AnyList *list = G_STRUCT_MEMBER_P(p->def, row->offset);
    for (guint i = 0; i < list->n; i++)
        if (!plan_one(p, row, list->v[i], err))
            return FALSE;
    return TRUE;
}

/* A bus must be there before what is on it: PCI first, by number, then the controllers on PCI, then those on USB. */
static gboolean plan_controllers(QemuPlanner *p, GError **err)
{
    static const DomainControllerType order[] = {
        DOMAIN_CONTROLLER_PCI, DOMAIN_CONTROLLER_USB, DOMAIN_CONTROLLER_SCSI, DOMAIN_CONTROLLER_IDE, DOMAIN_CONTROLLER_SATA,
        DOMAIN_CONTROLLER_VIRTIO_SERIAL, DOMAIN_CONTROLLER_CCID, DOMAIN_CONTROLLER_NVME, DOMAIN_CONTROLLER_FDC, DOMAIN_CONTROLLER_ISA,
        DOMAIN_CONTROLLER_XENBUS,
    };
    g_autoptr(GPtrArray) of_type = g_ptr_array_new();
    for (guint t = 0; t < G_N_ELEMENTS(order); t++) {
        g_ptr_array_set_size(of_type, 0);
        for (guint i = 0; i < p->def->controllers.n; i++)
            if (p->def->controllers.v[i]->type == order[t])
                g_ptr_array_add(of_type, p->def->controllers.v[i]);
        g_ptr_array_sort(of_type, by_index);
        for (guint i = 0; i < of_type->len; i++)
            if (!plan_one(p, &qemu_dev_controller, of_type->pdata[i], err))
                return FALSE;
    }
    return TRUE;
}

static void add_escaped_name(QemuPlanner *p)
{
    g_auto(GStrv) parts = g_strsplit(p->def->name ? p->def->name : "", ",", -1);
    g_autofree char *name = g_strjoinv(",,", parts);
    const char *process = p->ctx->conf->set_process_name ? name : NULL;
    vir_plan_argf(p->plan, "-name", "guest=%s%s%s,debug-threads=on", name, process ? ",process=qemu:" : "",
                  process ? process : "");
}

static void add_master_key(QemuPlanner *p)
{
    g_autofree char *file = g_strdup_printf("%s/master-key.aes", p->ctx->lib_dir);
    vir_plan_add(p->plan, VIR_PLAN_OBJECT, vir_json_new("s:qom-type", "secret", "s:id", "masterKey0", "s:format", "raw",
                                                        "s:file", file, NULL));
}

/* The monitor's socket listens before QEMU runs: a daemon that restarts finds it by its path. */
static int dup_monitor(gpointer data, GError **err)
{
    return vir_fd_dup(GPOINTER_TO_INT(data), err);
}

static void add_monitor(QemuPlanner *p)
{
    g_autoptr(VirJson) addr = NULL;
    g_autoptr(VirJson) where = NULL;
    if (p->ctx->native || p->ctx->monitor_fd < 0) {
        where = vir_json_new("s:path", p->ctx->monitor_path, NULL);
        addr = vir_json_new("s:type", "unix", "O:data", where, NULL);
    } else {
        const char *fd = vir_plan_fd(p->plan, "charmonitor", &(VirPlanFd){ VIR_PLAN_FD_PLAIN, "pass the monitor socket", dup_monitor,
                                                                           GINT_TO_POINTER(p->ctx->monitor_fd), NULL });
        where = vir_json_new("s:str", fd, NULL);
        addr = vir_json_new("s:type", "fd", "O:data", where, NULL);
    }
    g_autoptr(VirJson) data = vir_json_new("O:addr", addr, "b:server", TRUE, "b:wait", FALSE, NULL);
    g_autoptr(VirJson) backend = vir_json_new("s:type", "socket", "O:data", data, NULL);
    vir_plan_add(p->plan, VIR_PLAN_CHARDEV, vir_json_new("s:id", "charmonitor", "O:backend", backend, NULL));
    vir_plan_arg(p->plan, "-mon", "chardev=charmonitor,id=monitor,mode=control");
}

static gboolean has_display(const DomainDef *def)
{
    return def->graphics.n > 0;
}

static void add_reservation_helper(QemuPlanner *p)
{
    for (guint i = 0; i < p->def->disks.n; i++) {
        const StorageReservations *r = p->def->disks.v[i]->src.reservations;
        if (!r || r->managed != VIR_TRISTATE_YES)
            continue;
        g_autofree char *path = g_strdup_printf("%s/pr-helper0.sock", p->ctx->lib_dir);
        vir_plan_add(p->plan, VIR_PLAN_OBJECT, vir_json_new("s:qom-type", "pr-manager-helper", "s:id", "pr-helper0", "s:path", path, NULL));
        return;
    }
}

static gboolean plan_head(QemuPlanner *p, GError **err)
{
    const DomainDef *def = p->def;
    char uuid[VIR_UUID_TEXT];
    add_escaped_name(p);
    vir_plan_arg(p->plan, "-S", NULL);
    add_master_key(p);
    if (!qemu_plan_machine(p, err) || !qemu_plan_cpu(p, err) || !qemu_plan_memory(p, err) || !qemu_plan_smp(p, err) ||
        !qemu_plan_numa(p, err))
        return FALSE;
    vir_plan_arg(p->plan, "-uuid", vir_uuid_format(def->uuid, uuid));
    if (!has_display(def))
        vir_plan_arg(p->plan, "-display", "none");
    if (!qemu_plan_sysinfo(p, err))
        return FALSE;
    vir_plan_arg(p->plan, "-no-user-config", NULL);
    vir_plan_arg(p->plan, "-nodefaults", NULL);
    add_monitor(p);
    return qemu_plan_clock(p, err) && qemu_plan_boot(p, err);
}

static gboolean plan_tail(QemuPlanner *p, GError **err)
{
    const QemuConf *conf = p->ctx->conf;
    if (p->ctx->incoming)
        vir_plan_arg(p->plan, "-incoming", p->ctx->incoming);
    const char *sandbox = qemu_sandbox_arg(conf->seccomp_sandbox);
    if (sandbox)
        vir_plan_arg(p->plan, "-sandbox", sandbox);
    const DomainQemuNamespace *ns = p->def->qemu;
    for (guint i = 0; ns && i < ns->args.n; i++)
        vir_plan_arg(p->plan, ns->args.v[i].value, NULL);
    for (guint i = 0; ns && i < ns->env.n; i++)
        vir_plan_setenv(p->plan, ns->env.v[i].name, ns->env.v[i].value);
    if (conf->log_timestamp)
        vir_plan_arg(p->plan, "-msg", "timestamp=on");
    return TRUE;
}

VirPlan *qemu_plan_domain(const DomainDef *live, const QemuPlanContext *ctx, GError **err)
{
    g_autoptr(VirPlan) plan = vir_plan_new(VIR_PLAN_START);
    QemuPlanner p = { .def = live, .ctx = ctx, .plan = plan };
    if (!plan_head(&p, err))
        return NULL;
    add_reservation_helper(&p);
    for (guint i = 0; i < G_N_ELEMENTS(start_order); i++)
        if (!plan_kind(&p, start_order[i], err))
            return NULL;
    return plan_tail(&p, err) ? g_steal_pointer(&plan) : NULL;
}

VirPlan *qemu_plan_device(const DomainDef *live, QemuDevKind kind, const void *device, const QemuPlanContext *ctx, GError **err)
{
    const QemuDevRow *row = qemu_dev_rows[kind];
    if (ctx->hotplug && !(row->traits & QEMU_DEV_HOTPLUG)) {
        vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "devices of kind '%s' have no hot-plug; change the configuration and restart the guest",
                 row->name);
        return NULL;
    }
    g_autoptr(VirPlan) plan = vir_plan_new(ctx->hotplug ? VIR_PLAN_HOTPLUG : VIR_PLAN_START);
    QemuPlanner p = { .def = live, .ctx = ctx, .plan = plan };
    return plan_one(&p, row, device, err) ? g_steal_pointer(&plan) : NULL;
}

const char *qemu_dev_alias(QemuDevKind kind, const void *device)
{
    const QemuDevRow *row = qemu_dev_rows[kind];
    return row->traits & QEMU_DEV_NO_INFO ? NULL : ((const DomainDeviceInfo *)G_STRUCT_MEMBER_P(device, row->info))->alias;
}

const char *qemu_dev_name(QemuDevKind kind)
{
    return qemu_dev_rows[kind]->name;
}

gboolean qemu_dev_hotpluggable(QemuDevKind kind)
{
    return (qemu_dev_rows[kind]->traits & QEMU_DEV_HOTPLUG) != 0;
}

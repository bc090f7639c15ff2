/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is known of one domain: read off its published view, and off /proc where a figure of now is asked.
 */
#include <sched.h>
#include <string.h>

#include "virtqemud/metadata.h"
#include "virtqemud/methods-info.h"
#include "virtqemud/view.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

gboolean qemu_domain_get_info(VirInvocation *inv, VirEntry *obj, const remote_domain_get_info_args *args,
                              remote_domain_get_info_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    const DomainDef *def = qemu_view_def(view);
    VirProcStat stat;
    ret->state = (guint8)view->state;
    if (!def)
        return TRUE;
    ret->maxMem = def->memory;
    ret->memory = qemu_view_memory(view);
    ret->nrVirtCpu = (guint16)qemu_def_vcpus(def);
    if (view->pid && vir_proc_stat(qemu_of(inv)->host, view->pid, 0, &stat, NULL))
        ret->cpuTime = stat.user_ns + stat.system_ns;
    return TRUE;
}

gboolean qemu_domain_get_state(VirInvocation *inv, VirEntry *obj, const remote_domain_get_state_args *args,
                               remote_domain_get_state_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    ret->state = view->state;
    ret->reason = view->reason;
    return TRUE;
}

gboolean qemu_domain_get_xml_desc(VirInvocation *inv, VirEntry *obj, const remote_domain_get_xml_desc_args *args,
                                  remote_domain_get_xml_desc_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    guint flags = domain_xml_flags(args->flags);
    const DomainDef *def = qemu_view_need_def(view, err);
    if (!def)
        return FALSE;
    if (view->config && (!view->live || flags & VIR_XML_INACTIVE))
        def = view->config->def;
    if (!view->live)
        flags |= VIR_XML_INACTIVE;
    ret->xml = domain_def_format(def, flags);
    return TRUE;
}

gboolean qemu_domain_get_os_type(VirInvocation *inv, VirEntry *obj, const remote_domain_get_os_type_args *args,
                                 remote_domain_get_os_type_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    const DomainDef *def = qemu_view_need_def(view, err);
    if (!def)
        return FALSE;
    ret->type = g_strdup(vir_enum_to_string(&domain_os_type_enum, def->os.os_type));
    return TRUE;
}

gboolean qemu_domain_get_autostart(VirInvocation *inv, VirEntry *obj, const remote_domain_get_autostart_args *args,
                                   remote_domain_get_autostart_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    ret->autostart = (view->parent.flags & VIR_VIEW_AUTOSTART) != 0;
    return TRUE;
}

gboolean qemu_domain_has_managed_save_image(VirInvocation *inv, VirEntry *obj,
                                            const remote_domain_has_managed_save_image_args *args,
                                            remote_domain_has_managed_save_image_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    ret->result = (view->parent.flags & QEMU_VIEW_MANAGED_SAVE) != 0;
    return TRUE;
}

gboolean qemu_domain_get_metadata(VirInvocation *inv, VirEntry *obj, const remote_domain_get_metadata_args *args,
                                  remote_domain_get_metadata_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    const DomainDef *def = qemu_view_affected(view, args->flags, NULL, err);
    if (!def)
        return FALSE;
    ret->metadata = qemu_metadata_get(def, args->type, args->uri, err);
    return ret->metadata != NULL;
}

/* ---- memory and vCPUs ---- */

gboolean qemu_domain_get_max_memory(VirInvocation *inv, VirEntry *obj, const remote_domain_get_max_memory_args *args,
                                    remote_domain_get_max_memory_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    const DomainDef *def = qemu_view_need_def(view, err);
    ret->memory = def ? def->memory : 0;
    return def != NULL;
}

gboolean qemu_domain_get_max_vcpus(VirInvocation *inv, VirEntry *obj, const remote_domain_get_max_vcpus_args *args,
                                   remote_domain_get_max_vcpus_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    if (!qemu_view_need_active(view, err))
        return FALSE;
    ret->num = (gint32)qemu_def_max_vcpus(view->live->def);
    return TRUE;
}

gboolean qemu_domain_get_vcpus_flags(VirInvocation *inv, VirEntry *obj, const remote_domain_get_vcpus_flags_args *args,
                                     remote_domain_get_vcpus_flags_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    gboolean live;
    const DomainDef *def = qemu_view_affected(view, args->flags, &live, err);
    if (!def)
        return FALSE;
    if (args->flags & VIR_DOMAIN_VCPU_GUEST) {
        if (!live)
            return vir_fail(err, VIR_ERR_INVALID_ARG,
                            "vCPU count provided by the guest agent can only be requested for live domains");
        return vir_fail(err, VIR_ERR_ARGUMENT_UNSUPPORTED, "QEMU guest agent is not configured");
    }
    ret->num = (gint32)(args->flags & VIR_DOMAIN_VCPU_MAXIMUM ? qemu_def_max_vcpus(def) : qemu_def_vcpus(def));
    return TRUE;
}

/* ---- where vCPUs may and do run ---- */

/* The size of a reply's cpumaps, checked before anything is allocated. */
static gboolean check_maps(int n, int len, GError **err)
{
    if (n < 0 || len < 0 || n > REMOTE_VCPUINFO_MAX || (gint64)n * len > REMOTE_CPUMAPS_MAX)
        return vir_fail(err, VIR_ERR_RPC, "%d CPU maps of %d bytes are more than a reply may have", n, len);
    return TRUE;
}

static const VirBitmap *pin_of(const DomainDef *def, guint vcpu, const VirBitmap *all)
{
    for (guint i = 0; def->cputune && i < def->cputune->vcpupins.n; i++) {
        if (def->cputune->vcpupins.v[i].id == vcpu)
            return def->cputune->vcpupins.v[i].cpuset;
    }
    return def->cpuset ? def->cpuset : all;
}

gboolean qemu_domain_get_vcpu_pin_info(VirInvocation *inv, VirEntry *obj,
                                       const remote_domain_get_vcpu_pin_info_args *args,
                                       remote_domain_get_vcpu_pin_info_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    const DomainDef *def = qemu_view_affected(view, args->flags, NULL, err);
    if (!def || !check_maps(args->ncpumaps, args->maplen, err))
        return FALSE;
    g_autoptr(VirBitmap) all = qemu_host_cpus(qemu_of(inv));
    guint n = MIN((guint)args->ncpumaps, qemu_def_max_vcpus(def)), done = 0;
    ret->cpumaps.val = g_malloc0((gsize)n * args->maplen + 1);
    for (guint vcpu = 0; vcpu < qemu_def_max_vcpus(def) && done < n; vcpu++) {
        if (qemu_def_vcpu_is_on(def, vcpu))
            vir_bitmap_to_bytes(pin_of(def, vcpu, all), ret->cpumaps.val + (gsize)done++ * args->maplen, args->maplen);
    }
    ret->cpumaps.len = done * args->maplen;
    ret->num = (gint32)done;
    return TRUE;
}

gboolean qemu_domain_get_emulator_pin_info(VirInvocation *inv, VirEntry *obj,
                                           const remote_domain_get_emulator_pin_info_args *args,
                                           remote_domain_get_emulator_pin_info_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    const DomainDef *def = qemu_view_affected(view, args->flags, NULL, err);
    if (!def || !check_maps(1, args->maplen, err))
        return FALSE;
    g_autoptr(VirBitmap) all = qemu_host_cpus(qemu_of(inv));
    const VirBitmap *pin = def->cputune && def->cputune->emulatorpin ? def->cputune->emulatorpin
                           : def->cpuset                             ? def->cpuset
                                                                     : all;
    ret->cpumaps.val = g_malloc0((gsize)args->maplen + 1);
    ret->cpumaps.len = args->maplen;
    vir_bitmap_to_bytes(pin, ret->cpumaps.val, args->maplen);
    ret->ret = 1;
    return TRUE;
}

/* Where the kernel lets a thread run: the bits of the kernel's mask are those of the wire. */
static void affinity_of(gint64 tid, guint8 *bytes, gsize len)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (!tid || sched_getaffinity((pid_t)tid, sizeof(set), &set) < 0)
        return;
    for (gsize cpu = 0; cpu < MIN(len * 8, CPU_SETSIZE); cpu++) {
        if (CPU_ISSET(cpu, &set))
            bytes[cpu / 8] |= (guint8)(1u << cpu % 8);
    }
}

gboolean qemu_domain_get_vcpus(VirInvocation *inv, VirEntry *obj, const remote_domain_get_vcpus_args *args,
                               remote_domain_get_vcpus_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    if (!qemu_view_is_active(view))
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "cannot retrieve vcpu information for inactive domain");
    if (!check_maps(args->maxinfo, args->maplen, err))
        return FALSE;
    const DomainDef *def = view->live->def;
    guint max = qemu_def_max_vcpus(def), n = MIN((guint)args->maxinfo, max), done = 0;
    ret->info.val = g_new0(remote_vcpu_info, n + 1);
    ret->cpumaps.val = g_malloc0((gsize)n * args->maplen + 1);
    for (guint vcpu = 0; vcpu < max && done < n; vcpu++) {
        VirProcStat stat;
        gint64 tid = vcpu < view->n_vcpus ? view->vcpu_tids[vcpu] : 0;
        if (!qemu_def_vcpu_is_on(def, vcpu))
            continue;
        remote_vcpu_info *info = &ret->info.val[done];
        info->number = vcpu;
        info->state = VIR_VCPU_RUNNING;
        info->cpu = -1;
        if (tid && vir_proc_stat(qemu_of(inv)->host, view->pid, (pid_t)tid, &stat, NULL)) {
            info->cpu_time = stat.user_ns + stat.system_ns;
            info->cpu = stat.processor;
        }
        affinity_of(tid, ret->cpumaps.val + (gsize)done * args->maplen, args->maplen);
        done++;
    }
    ret->info.len = done;
    ret->cpumaps.len = done * args->maplen;
    return TRUE;
}

/* ---- what is going on ---- */

gboolean qemu_domain_get_control_info(VirInvocation *inv, VirEntry *obj,
                                      const remote_domain_get_control_info_args *args,
                                      remote_domain_get_control_info_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    gint64 since = 0;
    if (!qemu_view_need_active(view, err))
        return FALSE;
    if (!view->mon || vir_qmp_is_closed(view->mon)) {
        ret->state = VIR_DOMAIN_CONTROL_ERROR;
        ret->details = VIR_DOMAIN_CONTROL_ERROR_REASON_MONITOR;
    } else if (vir_qmp_is_unanswered(view->mon, NULL, &since)) {
        ret->state = VIR_DOMAIN_CONTROL_OCCUPIED;
        ret->stateTime = (guint64)MAX(0, g_get_monotonic_time() - since) / 1000;
    } else if (vir_actor_is_busy(obj->actor)) {
        ret->state = VIR_DOMAIN_CONTROL_JOB;
    }
    return TRUE;
}

gboolean qemu_domain_get_job_info(VirInvocation *inv, VirEntry *obj, const remote_domain_get_job_info_args *args,
                                  remote_domain_get_job_info_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    ret->type = VIR_DOMAIN_JOB_NONE;
    return qemu_view_need_active(view, err);
}

gboolean qemu_domain_get_job_stats(VirInvocation *inv, VirEntry *obj, const remote_domain_get_job_stats_args *args,
                                   remote_domain_get_job_stats_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    ret->type = VIR_DOMAIN_JOB_NONE;
    return args->flags & VIR_DOMAIN_JOB_STATS_COMPLETED || qemu_view_need_active(view, err);
}

static void add_message(GPtrArray *to, const char *text)
{
    g_ptr_array_add(to, g_strdup(text));
}

gboolean qemu_domain_get_messages(VirInvocation *inv, VirEntry *obj, const remote_domain_get_messages_args *args,
                                  remote_domain_get_messages_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    const DomainDef *def = view->live ? view->live->def : NULL;
    if (def && (!args->flags || args->flags & VIR_DOMAIN_MESSAGE_TAINTING)) {
        if (def->qemu && def->qemu->args.n + def->qemu->env.n + def->qemu->overrides.n)
            add_message(found, "tainted: use of custom command line arguments or properties of QEMU");
        if (def->cpu && def->cpu->mode == CPU_MODE_HOST_PASSTHROUGH)
            add_message(found, "tainted: use of host cpu passthrough");
    }
    ret->msgs.len = found->len;
    ret->msgs.val = (char **)g_ptr_array_steal(found, NULL);
    return TRUE;
}

/* ---- labels ---- */

static void fill_label(remote_domain_get_security_label_ret *to, const char *label)
{
    to->label.val = g_strdup(label ? label : "");
    to->label.len = (guint)strlen(to->label.val) + 1;
    to->enforcing = 0;
}

/* The label a running guest has by @model; NULL: none. */
static const char *label_by_model(QemuDriver *qemu, const QemuView *view, const char *model)
{
    const DomainDef *def = view->live->def;
    for (guint i = 0; i < def->seclabels.n; i++) {
        if (g_strcmp0(def->seclabels.v[i]->model, model) == 0)
            return def->seclabels.v[i]->label;
    }
    return g_str_equal(model, "dac") ? hv_security_dac_label(qemu->security) : NULL;
}

gboolean qemu_domain_get_security_label(VirInvocation *inv, VirEntry *obj,
                                        const remote_domain_get_security_label_args *args,
                                        remote_domain_get_security_label_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    const HvSecModel *models;
    guint n = hv_security_models(qemu_of(inv)->security, &models);
    fill_label(ret, view->live && n ? label_by_model(qemu_of(inv), view, models[0].model) : NULL);
    return TRUE;
}

gboolean qemu_domain_get_security_label_list(VirInvocation *inv, VirEntry *obj,
                                             const remote_domain_get_security_label_list_args *args,
                                             remote_domain_get_security_label_list_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    const HvSecModel *models;
    guint n = view->live ? hv_security_models(qemu_of(inv)->security, &models) : 0;
    ret->labels.val = g_new0(remote_domain_get_security_label_ret, n + 1);
    ret->labels.len = n;
    ret->ret = (gint32)n;
    for (guint i = 0; i < n; i++)
        fill_label(&ret->labels.val[i], label_by_model(qemu_of(inv), view, models[i].model));
    return TRUE;
}

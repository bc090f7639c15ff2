/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Devices of a running domain that come and go.
 */
#define VIR_LOG_SOURCE "qemu.devices"
#include "api/wire-types.h"
#include "util/log.h"
#include "virtqemud/domain.h"
#include "conf/domain/device-walk.h"
#include "virtqemud/devices.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

QemuPlanContext qemu_plan_context(QemuDomain *dom, const QemuConf *conf)
{
    return (QemuPlanContext){
        .caps = dom->caps, .conf = conf, .dirs = dom->qemu->dirs, .host = dom->qemu->host,
        .privileged = !conf->session, .id = dom->id, .lib_dir = dom->lib_dir, .channel_dir = dom->channel_dir,
        .monitor_path = dom->mon_path, .monitor_fd = -1,
    };
}

HvLabelSet *qemu_labels_of(QemuDomain *dom)
{
    g_autoptr(QemuConf) conf = qemu_driver_conf(dom->qemu);
    g_autoptr(GError) err = NULL;
    QemuPlanContext ctx = qemu_plan_context(dom, conf);
    ctx.native = TRUE;
    g_autoptr(VirPlan) plan = dom->caps ? qemu_plan_domain(dom->live->def, &ctx, &err) : NULL;
    if (plan)
        return hv_label_set_copy(vir_plan_labels(plan));
    VIR_WARN("domain %s: its files cannot be told: %s; their owners stay as they are", dom->live->def->name,
             err ? err->message : "the emulator is not known");
    return NULL;
}

void qemu_device_gone(QemuDomain *dom, const char *alias)
{
    g_autoptr(DomainDef) def = domain_def_copy(dom->live->def);
    if (!domain_device_remove(def, alias))
        return;
    qemu_domain_set_live(dom, domain_doc_new(g_steal_pointer(&def)));
    qemu_domain_commit(dom);
    QEMU_EVENT(dom, NULL, VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, remote_domain_event_callback_device_removed_msg,
               .msg = { .devAlias = g_strdup(alias) });
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/change.h"

#include "api/params.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

gboolean qemu_change_begin(QemuChange *change, QemuDomain *dom, guint flags, GError **err)
{
    gboolean live, config;
    if (!qemu_domain_affect(dom, flags, &live, &config, err) || (live && !qemu_domain_need_active(dom, err)))
        return FALSE;
    change->dom = dom;
    change->live = live ? domain_def_copy(dom->live->def) : NULL;
    change->config = config ? domain_def_copy(dom->config->def) : NULL;
    return TRUE;
}

gboolean qemu_change_end(QemuChange *change, GError **err)
{
    QemuDomain *dom = change->dom;
    gboolean ok = TRUE;
    if (change->config) {
        ok = qemu_domain_save_config(dom, change->config, err);
        if (ok)
            qemu_domain_set_config(dom, domain_doc_new(domain_def_pack(g_steal_pointer(&change->config))));
    }
    if (change->live) {
        qemu_domain_set_live(dom, domain_doc_new(g_steal_pointer(&change->live)));
        qemu_domain_commit(dom);
    } else if (ok) {
        qemu_domain_publish(dom);
    }
    return ok;
}

void qemu_change_clear(QemuChange *change)
{
    g_clear_pointer(&change->live, domain_def_free);
    g_clear_pointer(&change->config, domain_def_free);
}

DomainCputune *qemu_def_cputune(DomainDef *def)
{
    if (!def->cputune)
        def->cputune = vir_xml_new(&domain_cputune_table);
    return def->cputune;
}

void qemu_event_tunable(QemuDomain *dom, VirInvocation *inv, const remote_typed_param *params, guint n)
{
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    remote_domain_event_callback_tunable_msg *msg = g_new0(remote_domain_event_callback_tunable_msg, 1);
    vir_params_add_copies(&p, params, n);
    vir_params_move(&p, msg->params);
    qemu_event_post(dom, inv, VIR_DOMAIN_EVENT_ID_TUNABLE, msg,
                    G_STRUCT_OFFSET(remote_domain_event_callback_tunable_msg, dom));
}

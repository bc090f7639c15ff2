/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define VIR_LOG_SOURCE "qemu.domain"
#include "virtqemud/domain.h"

#include <string.h>
#include <unistd.h>

#include "api/wire-types.h"
#include "util/log.h"

#define VIR_FROM_THIS VIR_FROM_DOMAIN

static void doc_dispose(void *obj)
{
    domain_def_free(((DomainDoc *)obj)->def);
}
VIR_CLASS_DEFINE(doc, DomainDoc, doc_dispose)

DomainDoc *domain_doc_new(DomainDef *def)
{
    DomainDoc *doc = virObjectNew(doc_class());
    doc->def = def;
    return doc;
}

static void view_dispose(void *obj)
{
    QemuView *view = obj;
    vir_view_clear(&view->parent);
    virObjectUnref(view->live);
    virObjectUnref(view->config);
    virObjectUnref(view->mon);
    g_free(view->vcpu_tids);
    g_free(view->load_error);
}
VIR_CLASS_DEFINE(view, QemuView, view_dispose)

static void domain_free(gpointer data)
{
    QemuDomain *dom = data;
    if (dom->mon)
        vir_qmp_close(dom->mon);
    virObjectUnref(dom->mon);
    virObjectUnref(dom->live);
    virObjectUnref(dom->config);
    virObjectUnref(dom->caps);
    virObjectUnref(dom->autodestroy);
    vir_plan_free(dom->plan);
    hv_placement_free(dom->placement);
    hv_label_set_free(dom->labels);
    qemu_log_free(dom->log);
    if (dom->pidfd >= 0)
        close(dom->pidfd);
    g_free(dom->vcpu_tids);
    g_free(dom->mon_path);
    g_free(dom->lib_dir);
    g_free(dom->channel_dir);
    g_free(dom->in_doubt);
    g_free(dom->load_error);
    g_free(dom->broken_file);
    g_free(dom->foreign_status);
    g_free(dom);
}

const VirKind qemu_domain_kind = {
    .name = "domain",
    .error_domain = VIR_FROM_QEMU,
    .identity_domain = VIR_FROM_DOMAIN,
    .not_found = VIR_ERR_NO_DOMAIN,
    .free_data = domain_free,
};

QemuDomain *qemu_domain_new(QemuDriver *qemu, VirEntry *entry)
{
    QemuDomain *dom = g_new0(QemuDomain, 1);
    dom->qemu = qemu;
    dom->entry = entry;
    dom->id = -1;
    dom->pidfd = -1;
    dom->state = VIR_DOMAIN_SHUTOFF;
    entry->data = dom;
    return dom;
}

void qemu_domain_set_config(QemuDomain *dom, DomainDoc *doc)
{
    virObjectUnref(dom->config);
    dom->config = doc;
}

void qemu_domain_set_live(QemuDomain *dom, DomainDoc *doc)
{
    virObjectUnref(dom->live);
    dom->live = doc;
}

void qemu_domain_set_state(QemuDomain *dom, int state, int reason)
{
    dom->state = state;
    dom->reason = reason;
}

void qemu_domain_publish(QemuDomain *dom)
{
    QemuView *view = virObjectNew(view_class());
    const DomainDef *def = qemu_domain_def(dom);
    view->parent.name = g_strdup(def ? def->name : dom->entry->name);
    memcpy(view->parent.uuid, dom->entry->uuid, VIR_UUID_BUFLEN);
    view->parent.id = dom->id;
    view->parent.flags = (dom->id >= 0 ? VIR_VIEW_ACTIVE : 0) |
                         (dom->config || dom->load_error ? VIR_VIEW_PERSISTENT : 0) |
                         (dom->autostart ? VIR_VIEW_AUTOSTART : 0) | (dom->load_error ? VIR_VIEW_BROKEN : 0) |
                         (dom->managed_save ? QEMU_VIEW_MANAGED_SAVE : 0);
    view->live = virObjectRef(dom->live);
    view->config = virObjectRef(dom->config);
    view->state = dom->state;
    view->reason = dom->reason;
    view->pid = dom->id >= 0 ? dom->pid : 0;
    view->start_time = dom->start_time;
    view->mon = virObjectRef(dom->mon);
    view->vcpu_tids = g_memdup2(dom->vcpu_tids, dom->n_vcpus * sizeof(gint64));
    view->n_vcpus = dom->n_vcpus;
    view->balloon_kib = dom->balloon_kib;
    view->load_error = g_strdup(dom->load_error);
    vir_entry_publish(dom->entry, view);
}

void qemu_domain_commit(QemuDomain *dom)
{
    if (dom->id >= 0) {
        g_autoptr(GError) err = NULL;
        if (!qemu_status_save(dom, &err))
            VIR_WARN("domain %s: cannot save its status: %s, going on", qemu_domain_def(dom)->name, err->message);
    }
    qemu_domain_publish(dom);
}

gboolean qemu_domain_need_active(const QemuDomain *dom, GError **err)
{
    if (qemu_domain_is_active(dom) && dom->phase == QEMU_PHASE_RUNNING)
        return TRUE;
    return vir_fail(err, VIR_ERR_OPERATION_INVALID, "domain is not running");
}

gboolean qemu_domain_need_config(const QemuDomain *dom, GError **err)
{
    if (dom->load_error)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "the configuration file %s could not be loaded: %s",
                        dom->broken_file, dom->load_error);
    if (dom->config)
        return TRUE;
    return vir_fail(err, VIR_ERR_OPERATION_INVALID, "transient domains do not have any persistent config");
}

gboolean qemu_domain_need_monitor(const QemuDomain *dom, GError **err)
{
    g_autofree char *command = NULL;
    gint64 since;
    if (!qemu_domain_need_active(dom, err))
        return FALSE;
    if (!dom->mon || vir_qmp_is_closed(dom->mon))
        return vir_fail(err, VIR_ERR_OPERATION_FAILED, "QEMU of this domain closed its monitor");
    if (vir_qmp_is_unanswered(dom->mon, &command, &since))
        return vir_fail(err, VIR_ERR_OPERATION_FAILED,
                        "QEMU has not answered '%s' for %d s; the domain can be destroyed, or continued when it answers",
                        command, (int)((g_get_monotonic_time() - since) / G_USEC_PER_SEC));
    return TRUE;
}

VirQmpWait qemu_domain_wait(const VirInvocation *inv)
{
    return (VirQmpWait){ .deadline_us = inv ? inv->deadline_us : 0, .cancel = inv ? inv->cancel : NULL };
}

gboolean qemu_domain_affect(const QemuDomain *dom, guint flags, gboolean *ret_live, gboolean *ret_config, GError **err)
{
    gboolean active = qemu_domain_is_active(dom);
    *ret_live = flags & VIR_DOMAIN_AFFECT_LIVE;
    *ret_config = flags & VIR_DOMAIN_AFFECT_CONFIG;
    if (!*ret_live && !*ret_config) {
        *ret_live = active;
        *ret_config = !active;
    }
    if (*ret_live && !active)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "domain is not running");
    return !*ret_config || qemu_domain_need_config(dom, err);
}

void qemu_fill_handle(remote_nonnull_domain *to, const VirView *view)
{
    to->name = g_strdup(view->name);
    memcpy(to->uuid, view->uuid, VIR_UUID_BUFLEN);
    to->id = view->id;
}

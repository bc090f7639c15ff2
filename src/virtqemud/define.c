/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Defining and undefining domains.
 */
#include "virtqemud/define.h"

#include <string.h>
#include <unistd.h>

#include "conf/validate.h"
#include "virtqemud/defaults/defaults.h"
#include "virtqemud/domain.h"
#include "virtqemud/methods.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

DomainDef *qemu_prepare_document(QemuDriver *qemu, const char *xml, gboolean validate, guint parse_flags,
                                 VirQemuCaps **ret_caps, GError **err)
{
    g_autoptr(DomainDef) def = domain_def_parse(xml, strlen(xml), parse_flags, err);
    if (!def)
        return NULL;
    if (validate && !vir_schema_validate("domain", xml, strlen(xml), err))
        return NULL;
    g_autoptr(QemuConf) conf = qemu_driver_conf(qemu);
    QemuDomainEnv env = { .host = qemu->host, .caps = qemu->caps, .conf = conf, .firmware = qemu->firmware,
                          .nvram_dir = qemu->dirs->nvram };
    if (!qemu_domain_finish(def, &env, 0, ret_caps, err))
        return NULL;
    return g_steal_pointer(&def);
}

QemuDomain *qemu_domain_ensure(QemuDriver *qemu, VirEntry *entry)
{
    return entry->data ? entry->data : qemu_domain_new(qemu, entry);
}

/* A refused define must not leave a name behind that nobody can see. */
void qemu_forget_if_unborn(VirEntry *entry)
{
    g_autoptr(QemuView) view = vir_entry_view(entry);
    if (!view)
        vir_store_remove(entry);
}

typedef struct {
    DomainDef *def;          /* taken on success */
} Define;

static gboolean define_on_actor(VirInvocation *inv, VirEntry *entry, gpointer data, GError **err)
{
    Define *define = data;
    QemuDriver *qemu = qemu_of(inv);
    QemuDomain *dom = qemu_domain_ensure(qemu, entry);
    if (dom->load_error)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID,
                        "the file %s of domain '%s' could not be loaded (%s); undefine the domain before defining it anew",
                        dom->broken_file, entry->name, dom->load_error);
    if (!qemu_domain_save_config(dom, define->def, err)) {
        qemu_forget_if_unborn(entry);
        return FALSE;
    }
    gboolean is_new = !dom->config;
    qemu_domain_set_config(dom, domain_doc_new(domain_def_pack(g_steal_pointer(&define->def))));
    qemu_domain_publish(dom);
    qemu_event_lifecycle(dom, inv, VIR_DOMAIN_EVENT_DEFINED,
                         is_new ? VIR_DOMAIN_EVENT_DEFINED_ADDED : VIR_DOMAIN_EVENT_DEFINED_UPDATED);
    return TRUE;
}

static gboolean define_xml(VirInvocation *inv, const char *xml, guint flags, remote_nonnull_domain *ret, GError **err)
{
    QemuDriver *qemu = qemu_of(inv);
    Define define = { .def = qemu_prepare_document(qemu, xml, flags & VIR_DOMAIN_DEFINE_VALIDATE, VIR_XML_INACTIVE, NULL,
                                                   err) };
    g_autoptr(VirEntry) entry = NULL;
    gboolean is_new;
    if (!define.def)
        return FALSE;
    gboolean ok = vir_store_reserve(qemu->domains, define.def->name, define.def->uuid, &entry, &is_new, err) &&
                  vir_invocation_on_actor(inv, entry, define_on_actor, &define, err);
    domain_def_free(define.def);
    if (!ok)
        return FALSE;
    g_autoptr(QemuView) view = vir_entry_view(entry);
    qemu_fill_handle(ret, &view->parent);
    return TRUE;
}

gboolean qemu_domain_define_xml(VirInvocation *inv, VirEntry *obj, const remote_domain_define_xml_args *args,
                                remote_domain_define_xml_ret *ret, GError **err)
{
    return define_xml(inv, args->xml, 0, &ret->dom, err);
}

gboolean qemu_domain_define_xml_flags(VirInvocation *inv, VirEntry *obj, const remote_domain_define_xml_flags_args *args,
                                      remote_domain_define_xml_flags_ret *ret, GError **err)
{
    return vir_check_flags(inv, args->flags, VIR_DOMAIN_DEFINE_VALIDATE, err) &&
           define_xml(inv, args->xml, args->flags, &ret->dom, err);
}

/* ---- undefine ---- */

static gboolean check_leftovers(QemuDomain *dom, guint flags, GError **err)
{
    const DomainDef *def = dom->config ? dom->config->def : NULL;
    if (dom->managed_save && !(flags & VIR_DOMAIN_UNDEFINE_MANAGED_SAVE))
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "Refusing to undefine while domain managed save image exists");
    const char *nvram = def && def->os.nvram && def->os.nvram->src ? def->os.nvram->src->path : NULL;
    if (nvram && access(nvram, F_OK) == 0 && !(flags & (VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_KEEP_NVRAM)))
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "cannot undefine domain with nvram");
    return TRUE;
}

static gboolean remove_leftovers(QemuDomain *dom, guint flags, GError **err)
{
    const DomainDef *def = dom->config ? dom->config->def : NULL;
    if (dom->managed_save) {
        g_autofree char *save = g_strdup_printf("%s/%s.save", dom->qemu->dirs->save, dom->entry->name);
        if (unlink(save) < 0 && errno != ENOENT)
            return vir_fail_errno(err, errno, "cannot remove managed save image '%s'", save);
        dom->managed_save = FALSE;
    }
    const char *nvram = def && def->os.nvram && def->os.nvram->src ? def->os.nvram->src->path : NULL;
    if (nvram && (flags & VIR_DOMAIN_UNDEFINE_NVRAM) && unlink(nvram) < 0 && errno != ENOENT)
        return vir_fail_errno(err, errno, "failed to remove nvram '%s'", nvram);
    return TRUE;
}

static gboolean undefine(VirInvocation *inv, VirEntry *obj, guint flags, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    const guint known = VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
                        VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_KEEP_NVRAM |
                        VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA | VIR_DOMAIN_UNDEFINE_TPM | VIR_DOMAIN_UNDEFINE_KEEP_TPM;
    if (!vir_check_flags(inv, flags, known, err))
        return FALSE;
    if (!dom->config && !dom->load_error)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "cannot undefine transient domain");
    if (!check_leftovers(dom, flags, err) || !remove_leftovers(dom, flags, err) || !qemu_domain_remove_config(dom, err))
        return FALSE;

    gboolean active = qemu_domain_is_active(dom);
    dom->autostart = FALSE;
    /* The event names what was there; the view with the last definition stays in place for it. */
    qemu_event_lifecycle(dom, inv, VIR_DOMAIN_EVENT_UNDEFINED, VIR_DOMAIN_EVENT_UNDEFINED_REMOVED);
    if (active) {
        g_clear_pointer(&dom->load_error, g_free);
        g_clear_pointer(&dom->broken_file, g_free);
        qemu_domain_set_config(dom, NULL);
        qemu_domain_commit(dom);
    } else {
        vir_store_remove(obj);
    }
    return TRUE;
}

gboolean qemu_domain_undefine(VirInvocation *inv, VirEntry *obj, const remote_domain_undefine_args *args, void *ret,
                              GError **err)
{
    return undefine(inv, obj, 0, err);
}

gboolean qemu_domain_undefine_flags(VirInvocation *inv, VirEntry *obj, const remote_domain_undefine_flags_args *args,
                                    void *ret, GError **err)
{
    return undefine(inv, obj, args->flags, err);
}

gboolean qemu_domain_set_autostart(VirInvocation *inv, VirEntry *obj, const remote_domain_set_autostart_args *args,
                                   void *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    if (!dom->config && !dom->load_error)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "cannot set autostart for transient domain");
    if (!qemu_domain_need_config(dom, err))
        return FALSE;
    gboolean on = args->autostart != 0;
    if (on == dom->autostart)
        return TRUE;
    if (!qemu_domain_set_autostart_link(dom, on, err))
        return FALSE;
    dom->autostart = on;
    qemu_domain_publish(dom);
    return TRUE;
}

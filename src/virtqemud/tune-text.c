/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Title, description, metadata and name.
 */
#define VIR_LOG_SOURCE "qemu.rename"
#include <fcntl.h>
#include <string.h>

#include "util/file.h"
#include "util/log.h"
#include "virtqemud/change.h"
#include "virtqemud/metadata.h"
#include "virtqemud/methods-tune.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

gboolean qemu_domain_set_metadata(VirInvocation *inv, VirEntry *obj, const remote_domain_set_metadata_args *args,
                                  void *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    g_auto(QemuChange) change = QEMU_CHANGE_INIT;
    if (!qemu_change_begin(&change, dom, args->flags, err) ||
        (change.live && !qemu_metadata_set(change.live, args->type, args->metadata, args->key, args->uri, err)) ||
        (change.config && !qemu_metadata_set(change.config, args->type, args->metadata, args->key, args->uri, err)) ||
        !qemu_change_end(&change, err))
        return FALSE;
    remote_domain_event_callback_metadata_change_msg *msg = g_new0(remote_domain_event_callback_metadata_change_msg, 1);
    msg->type = args->type;
    msg->nsuri = g_strdup(args->uri);
    qemu_event_post(dom, inv, VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, msg,
                    G_STRUCT_OFFSET(remote_domain_event_callback_metadata_change_msg, dom));
    return TRUE;
}

/* ---- the name ---- */

static gboolean check_rename(QemuDomain *dom, const char *name, GError **err)
{
    if (qemu_domain_is_active(dom))
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "cannot rename active domain");
    if (!qemu_domain_need_config(dom, err))
        return FALSE;
    if (!*name)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "the new name must not be empty");
    if (strchr(name, '/'))
        return vir_fail(err, VIR_ERR_XML_ERROR, "name %s cannot contain '/'", name);
    if (strchr(name, '\n'))
        return vir_fail(err, VIR_ERR_XML_ERROR, "a name cannot contain a line break");
    if (g_str_equal(name, dom->config->def->name))
        return vir_fail_full(err, VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "Can't rename domain to itself");
    if (dom->managed_save)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "domain with a managed saved state can't be renamed");
    g_autoptr(VirEntry) other = vir_store_by_name(dom->qemu->domains, name);
    if (other)
        return vir_fail_full(err, VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "domain with name '%s' already exists",
                             name);
    return TRUE;
}

/* The new file is there before the old one goes: whatever happens between, one of them is loaded. */
static gboolean move_files(QemuDomain *dom, DomainDoc *before, GError **err)
{
    g_autofree char *old_file = g_strconcat(before->def->name, ".xml", NULL);
    g_autofree char *old_link = g_strdup_printf("%s/%s", dom->qemu->dirs->autostart, old_file);
    if (!qemu_domain_save_config(dom, dom->config->def, err))
        return FALSE;
    if (dom->autostart && !qemu_domain_set_autostart_link(dom, TRUE, err)) {
        g_autofree char *new_file = g_strconcat(dom->config->def->name, ".xml", NULL);
        vir_file_remove_synced(dom->qemu->config_fd, new_file, NULL);
        return FALSE;
    }
    g_autoptr(GError) why = NULL;
    if ((dom->autostart && !vir_file_remove_synced(AT_FDCWD, old_link, &why)) ||
        !vir_file_remove_synced(dom->qemu->config_fd, old_file, &why))
        VIR_WARN("domain '%s' was renamed from '%s': %s", dom->config->def->name, before->def->name, why->message);
    return TRUE;
}

gboolean qemu_domain_rename(VirInvocation *inv, VirEntry *obj, const remote_domain_rename_args *args,
                            remote_domain_rename_ret *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    if (!check_rename(dom, args->new_name ? args->new_name : "", err) || !vir_store_rename(obj, args->new_name, err))
        return FALSE;
    g_autoptr(DomainDoc) before = virObjectRef(dom->config);
    DomainDef *def = domain_def_copy(before->def);
    g_free(def->name);
    def->name = g_strdup(args->new_name);
    qemu_domain_set_config(dom, domain_doc_new(def));
    if (!move_files(dom, before, err)) {
        qemu_domain_set_config(dom, virObjectRef(before));
        vir_store_rename(obj, before->def->name, NULL);
        return FALSE;
    }
    /* Each event names what it is about: the first the view that is still the old one. */
    qemu_event_lifecycle(dom, inv, VIR_DOMAIN_EVENT_UNDEFINED, VIR_DOMAIN_EVENT_UNDEFINED_RENAMED);
    qemu_domain_publish(dom);
    qemu_event_lifecycle(dom, inv, VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_RENAMED);
    ret->retcode = 0;
    return TRUE;
}

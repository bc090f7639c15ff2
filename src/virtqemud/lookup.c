/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finding and listing domains: from the published views, without waiting.
 */
#include "virtqemud/methods-info.h"
#include "virtqemud/view.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

/* ---- one ---- */

static gboolean answer_handle(QemuDriver *qemu, VirEntry *found, const char *name, const guint8 *uuid, int id,
                              remote_nonnull_domain *ret, GError **err)
{
    g_autoptr(VirEntry) entry = found;
    if (!entry)
        return vir_store_not_found(qemu->domains, name, uuid, id, err);
    g_autoptr(QemuView) view = vir_entry_view(entry);
    qemu_fill_handle(ret, &view->parent);
    return TRUE;
}

gboolean qemu_domain_lookup_by_id(VirInvocation *inv, VirEntry *obj, const remote_domain_lookup_by_id_args *args,
                                  remote_domain_lookup_by_id_ret *ret, GError **err)
{
    QemuDriver *qemu = qemu_of(inv);
    return answer_handle(qemu, vir_store_by_id(qemu->domains, args->id), NULL, NULL, args->id, &ret->dom, err);
}

gboolean qemu_domain_lookup_by_uuid(VirInvocation *inv, VirEntry *obj, const remote_domain_lookup_by_uuid_args *args,
                                    remote_domain_lookup_by_uuid_ret *ret, GError **err)
{
    QemuDriver *qemu = qemu_of(inv);
    return answer_handle(qemu, vir_store_by_uuid(qemu->domains, args->uuid), NULL, args->uuid, -1, &ret->dom, err);
}

gboolean qemu_domain_lookup_by_name(VirInvocation *inv, VirEntry *obj, const remote_domain_lookup_by_name_args *args,
                                    remote_domain_lookup_by_name_ret *ret, GError **err)
{
    QemuDriver *qemu = qemu_of(inv);
    return answer_handle(qemu, vir_store_by_name(qemu->domains, args->name), args->name, NULL, -1, &ret->dom, err);
}

/* ---- the old lists ---- */

static gboolean is_inactive(const VirView *view, gpointer data)
{
    return !(view->flags & VIR_VIEW_ACTIVE);
}

static gboolean check_room(int max, int limit, const char *what, GError **err)
{
    if (max >= 0 && max <= limit)
        return TRUE;
    return vir_fail(err, VIR_ERR_RPC, "%s %d is not in the range 0 to %d", what, max, limit);
}

gboolean qemu_connect_list_domains(VirInvocation *inv, VirEntry *obj, const remote_connect_list_domains_args *args,
                                   remote_connect_list_domains_ret *ret, GError **err)
{
    if (!check_room(args->maxids, REMOTE_DOMAIN_LIST_MAX, "maxids", err))
        return FALSE;
    g_autoptr(GPtrArray) views = vir_store_views(qemu_of(inv)->domains, VIR_VIEW_ACTIVE, NULL, NULL);
    guint n = MIN(views->len, (guint)args->maxids);
    ret->ids.val = g_new(gint32, n);
    ret->ids.len = n;
    for (guint i = 0; i < n; i++)
        ret->ids.val[i] = ((const VirView *)g_ptr_array_index(views, i))->id;
    return TRUE;
}

gboolean qemu_connect_num_of_domains(VirInvocation *inv, VirEntry *obj, const void *args,
                                     remote_connect_num_of_domains_ret *ret, GError **err)
{
    ret->num = (gint32)vir_store_count(qemu_of(inv)->domains, VIR_VIEW_ACTIVE, 0);
    return TRUE;
}

gboolean qemu_connect_list_defined_domains(VirInvocation *inv, VirEntry *obj,
                                           const remote_connect_list_defined_domains_args *args,
                                           remote_connect_list_defined_domains_ret *ret, GError **err)
{
    if (!check_room(args->maxnames, REMOTE_DOMAIN_LIST_MAX, "maxnames", err))
        return FALSE;
    g_autoptr(GPtrArray) views = vir_store_views(qemu_of(inv)->domains, 0, is_inactive, NULL);
    guint n = MIN(views->len, (guint)args->maxnames);
    ret->names.val = g_new(char *, n);
    ret->names.len = n;
    for (guint i = 0; i < n; i++)
        ret->names.val[i] = g_strdup(((const VirView *)g_ptr_array_index(views, i))->name);
    return TRUE;
}

gboolean qemu_connect_num_of_defined_domains(VirInvocation *inv, VirEntry *obj, const void *args,
                                             remote_connect_num_of_defined_domains_ret *ret, GError **err)
{
    ret->num = (gint32)vir_store_count(qemu_of(inv)->domains, 0, VIR_VIEW_ACTIVE);
    return TRUE;
}

/* ---- the list with filters ---- */

/* Which bit of each pair of filters a domain has; a pair of which neither or both are asked does not filter. */
static guint filter_bits(const QemuView *view)
{
    guint flags = view->parent.flags, bits = 0;
    bits |= flags & VIR_VIEW_ACTIVE ? VIR_CONNECT_LIST_DOMAINS_ACTIVE : VIR_CONNECT_LIST_DOMAINS_INACTIVE;
    bits |= flags & VIR_VIEW_PERSISTENT ? VIR_CONNECT_LIST_DOMAINS_PERSISTENT : VIR_CONNECT_LIST_DOMAINS_TRANSIENT;
    bits |= flags & VIR_VIEW_AUTOSTART ? VIR_CONNECT_LIST_DOMAINS_AUTOSTART : VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART;
    bits |= flags & QEMU_VIEW_MANAGED_SAVE ? VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE
                                           : VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE;
    bits |= VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT | VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT;
    switch (view->state) {
    case VIR_DOMAIN_RUNNING:
        return bits | VIR_CONNECT_LIST_DOMAINS_RUNNING;
    case VIR_DOMAIN_PAUSED:
        return bits | VIR_CONNECT_LIST_DOMAINS_PAUSED;
    case VIR_DOMAIN_SHUTOFF:
        return bits | VIR_CONNECT_LIST_DOMAINS_SHUTOFF;
    default:
        return bits | VIR_CONNECT_LIST_DOMAINS_OTHER;
    }
}

static const guint filter_groups[] = {
    VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE,
    VIR_CONNECT_LIST_DOMAINS_PERSISTENT | VIR_CONNECT_LIST_DOMAINS_TRANSIENT,
    VIR_CONNECT_LIST_DOMAINS_RUNNING | VIR_CONNECT_LIST_DOMAINS_PAUSED | VIR_CONNECT_LIST_DOMAINS_SHUTOFF |
        VIR_CONNECT_LIST_DOMAINS_OTHER,
    VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE | VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE,
    VIR_CONNECT_LIST_DOMAINS_AUTOSTART | VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART,
    VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT | VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT,
    VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT | VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT,
};

gboolean qemu_view_matches_filter(const QemuView *view, guint filter)
{
    if (!filter)
        return TRUE;
    guint bits = filter_bits(view);
    for (gsize i = 0; i < G_N_ELEMENTS(filter_groups); i++) {
        guint asked = filter & filter_groups[i];
        if (asked && !(asked & bits))
            return FALSE;
    }
    return TRUE;
}

static gboolean match_filter(const VirView *view, gpointer data)
{
    return qemu_view_matches_filter((const QemuView *)view, *(const guint *)data);
}

gboolean qemu_connect_list_all_domains(VirInvocation *inv, VirEntry *obj,
                                       const remote_connect_list_all_domains_args *args,
                                       remote_connect_list_all_domains_ret *ret, GError **err)
{
    guint filter = args->flags;
    g_autoptr(GPtrArray) views = vir_store_views(qemu_of(inv)->domains, 0, match_filter, &filter);
    ret->ret = views->len;
    if (!args->need_results)
        return TRUE;
    if (views->len > REMOTE_DOMAIN_LIST_MAX)
        return vir_fail(err, VIR_ERR_RPC, "%u domains are more than the %d a list may have; use filters", views->len,
                        REMOTE_DOMAIN_LIST_MAX);
    ret->domains.val = g_new(remote_nonnull_domain, views->len);
    ret->domains.len = views->len;
    for (guint i = 0; i < views->len; i++)
        qemu_fill_handle(&ret->domains.val[i], g_ptr_array_index(views, i));
    return TRUE;
}

/* ---- yes or no ---- */

gboolean qemu_domain_is_active_method(VirInvocation *inv, VirEntry *obj, const remote_domain_is_active_args *args,
                                      remote_domain_is_active_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    ret->active = (view->parent.flags & VIR_VIEW_ACTIVE) != 0;
    return TRUE;
}

gboolean qemu_domain_is_persistent(VirInvocation *inv, VirEntry *obj, const remote_domain_is_persistent_args *args,
                                   remote_domain_is_persistent_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    ret->persistent = (view->parent.flags & VIR_VIEW_PERSISTENT) != 0;
    return TRUE;
}

gboolean qemu_domain_is_updated(VirInvocation *inv, VirEntry *obj, const remote_domain_is_updated_args *args,
                                remote_domain_is_updated_ret *ret, GError **err)
{
    g_autoptr(QemuView) view = vir_entry_view(obj);
    ret->updated = (view->parent.flags & QEMU_VIEW_UPDATED) != 0;
    return TRUE;
}

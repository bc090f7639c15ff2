/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The call for bulk statistics: which domains, then what stats.h collects of them.
 */
#include "virtqemud/methods-tune.h"
#include "virtqemud/stats.h"
#include "virtqemud/view.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

#define FILTERS                                                                                                       \
    (VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE | VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE |                           \
     VIR_CONNECT_GET_ALL_DOMAINS_STATS_PERSISTENT | VIR_CONNECT_GET_ALL_DOMAINS_STATS_TRANSIENT |                      \
     VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING | VIR_CONNECT_GET_ALL_DOMAINS_STATS_PAUSED |                            \
     VIR_CONNECT_GET_ALL_DOMAINS_STATS_SHUTOFF | VIR_CONNECT_GET_ALL_DOMAINS_STATS_OTHER)
/* The filters are those of the list call, bit by bit. */
_Static_assert(FILTERS == 0xff && VIR_CONNECT_GET_ALL_DOMAINS_STATS_OTHER == (int)VIR_CONNECT_LIST_DOMAINS_OTHER,
               "filters of the two calls differ");

static gboolean match_filter(const VirView *view, gpointer data)
{
    return qemu_view_matches_filter((const QemuView *)view, *(const guint *)data);
}

/* The domains that were named and still are there. */
static GPtrArray *views_of(VirStore *store, const remote_connect_get_all_domain_stats_args *args, guint filter)
{
    GPtrArray *views = g_ptr_array_new_with_free_func((GDestroyNotify)virObjectUnref);
    for (guint i = 0; i < args->doms.len; i++) {
        g_autoptr(VirEntry) entry = vir_store_by_uuid(store, args->doms.val[i].uuid);
        g_autoptr(QemuView) view = entry ? vir_entry_view(entry) : NULL;
        if (view && qemu_view_matches_filter(view, filter))
            g_ptr_array_add(views, g_steal_pointer(&view));
    }
    return views;
}

gboolean qemu_connect_get_all_domain_stats(VirInvocation *inv, VirEntry *obj,
                                           const remote_connect_get_all_domain_stats_args *args,
                                           remote_connect_get_all_domain_stats_ret *ret, GError **err)
{
    QemuDriver *qemu = qemu_of(inv);
    guint filter = args->flags & FILTERS, groups;
    if (!qemu_stats_groups(args->stats, args->flags, &groups, err))
        return FALSE;
    g_autoptr(GPtrArray) views = args->doms.len ? views_of(qemu->domains, args, filter)
                                                : vir_store_views(qemu->domains, 0, match_filter, &filter);
    if (views->len > REMOTE_DOMAIN_LIST_MAX)
        return vir_fail(err, VIR_ERR_RPC, "%u domains are more than the %d a reply may have; use filters", views->len,
                        REMOTE_DOMAIN_LIST_MAX);
    g_autofree VirParams *params = g_new0(VirParams, views->len + 1);
    qemu_stats_collect(qemu->host, (QemuView *const *)views->pdata, views->len, groups, args->flags, 0, inv->cancel,
                       params);
    ret->retStats.val = g_new0(remote_domain_stats_record, views->len + 1);
    ret->retStats.len = views->len;
    for (guint i = 0; i < views->len; i++) {
        qemu_fill_handle(&ret->retStats.val[i].dom, g_ptr_array_index(views, i));
        vir_params_move(&params[i], ret->retStats.val[i].params);
    }
    return TRUE;
}

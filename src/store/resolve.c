/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/resolve.h"

#include "api/wire-types.h"

#define VIR_FROM_THIS VIR_FROM_RPC

/* Where the identity sits in the handle of each object type; an owner of another type is the object looked up. */
typedef struct {
    guint8 store;            /* VirCallObject whose store has it */
    gboolean by_uuid;
    guint16 uuid, name;      /* offsets in the handle */
} Handle;

#define AT(type, field) G_STRUCT_OFFSET(type, field)
static const Handle handles[VIR_ON_LAST] = {
    [VIR_ON_DOMAIN] = { VIR_ON_DOMAIN, TRUE, AT(remote_nonnull_domain, uuid), AT(remote_nonnull_domain, name) },
    [VIR_ON_DOMAIN_SNAPSHOT] = { VIR_ON_DOMAIN, TRUE, AT(remote_nonnull_domain_snapshot, dom.uuid),
                                 AT(remote_nonnull_domain_snapshot, dom.name) },
    [VIR_ON_DOMAIN_CHECKPOINT] = { VIR_ON_DOMAIN, TRUE, AT(remote_nonnull_domain_checkpoint, dom.uuid),
                                   AT(remote_nonnull_domain_checkpoint, dom.name) },
    [VIR_ON_NETWORK] = { VIR_ON_NETWORK, TRUE, AT(remote_nonnull_network, uuid), AT(remote_nonnull_network, name) },
    [VIR_ON_NETWORK_PORT] = { VIR_ON_NETWORK, TRUE, AT(remote_nonnull_network_port, net.uuid),
                              AT(remote_nonnull_network_port, net.name) },
    [VIR_ON_INTERFACE] = { VIR_ON_INTERFACE, FALSE, 0, AT(remote_nonnull_interface, name) },
    [VIR_ON_STORAGE_POOL] = { VIR_ON_STORAGE_POOL, TRUE, AT(remote_nonnull_storage_pool, uuid),
                              AT(remote_nonnull_storage_pool, name) },
    [VIR_ON_STORAGE_VOL] = { VIR_ON_STORAGE_POOL, FALSE, 0, AT(remote_nonnull_storage_vol, pool) },
    [VIR_ON_NODE_DEVICE] = { VIR_ON_NODE_DEVICE, FALSE, 0, AT(remote_nonnull_node_device, name) },
    [VIR_ON_NWFILTER] = { VIR_ON_NWFILTER, TRUE, AT(remote_nonnull_nwfilter, uuid), AT(remote_nonnull_nwfilter, name) },
    [VIR_ON_NWFILTER_BINDING] = { VIR_ON_NWFILTER_BINDING, FALSE, 0, AT(remote_nonnull_nwfilter_binding, portdev) },
    [VIR_ON_SECRET] = { VIR_ON_SECRET, TRUE, AT(remote_nonnull_secret, uuid), 0 },
};

gboolean vir_resolve(VirInvocation *inv, GError **err)
{
    const VirCall *call = inv->call;
    const Handle *handle = &handles[call->on];
    if (!handle->store)
        return TRUE;
    VirStore *store = inv->driver->stores[handle->store];
    if (!store)
        return vir_fail(err, VIR_ERR_NO_SUPPORT, "%s: this daemon has no such objects", call->name);

    const guint8 *at = (const guint8 *)inv->args + call->on_offset;
    if (handle->by_uuid) {
        const guint8 *uuid = at + handle->uuid;
        const char *name = handle->name || call->on != VIR_ON_SECRET ? *(char *const *)(at + handle->name) : NULL;
        inv->entry = vir_store_by_uuid(store, uuid);
        return inv->entry || vir_store_not_found(store, name, uuid, -1, err);
    }
    const char *name = call->on_by_name ? *(char *const *)at : *(char *const *)(at + handle->name);
    inv->entry = vir_store_by_name(store, name);
    return inv->entry || vir_store_not_found(store, name, NULL, -1, err);
}

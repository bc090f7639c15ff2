/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * zPCI numbers.
 */
#include "hv/addr/zpci.h"

#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_DOMAIN

static gboolean has_place(const DomainDevice *device)
{
    return device->info->addr.type == DOMAIN_ADDRESS_PCI && device->kind != DOMAIN_DEVICE_CONSOLE &&
           device->kind != DOMAIN_DEVICE_SERIAL;
}

static gboolean reserve(GHashTable *used, const char *what, guint number, GError **err)
{
    if (g_hash_table_contains(used, GUINT_TO_POINTER(number)))
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "zPCI %s %u is already reserved", what, number);
    g_hash_table_add(used, GUINT_TO_POINTER(number));
    return TRUE;
}

static guint next_free(GHashTable *used, guint first)
{
    while (g_hash_table_contains(used, GUINT_TO_POINTER(first)))
        first++;
    g_hash_table_add(used, GUINT_TO_POINTER(first));
    return first;
}

gboolean hv_zpci_assign(DomainDef *def, guint skip_from, GError **err)
{
    g_autoptr(GHashTable) uids = g_hash_table_new(NULL, NULL), fids = g_hash_table_new(NULL, NULL);
    DomainDevice device = DOMAIN_DEVICE_BEGIN;

    while (domain_device_next(def, &device)) {
        const DomainZpci *zpci = &device.info->addr.zpci;

        if (!has_place(&device))
            continue;
        if (zpci->uid && !reserve(uids, "uid", zpci->uid, err))
            return FALSE;
        if (zpci->has_fid && !reserve(fids, "fid", zpci->fid, err))
            return FALSE;
    }
    device = (DomainDevice)DOMAIN_DEVICE_BEGIN;
    while (domain_device_next(def, &device)) {
        DomainZpci *zpci = &device.info->addr.zpci;

        if (!has_place(&device) || (device.kind == DOMAIN_DEVICE_CONTROLLER && device.pos >= skip_from))
            continue;
        if (!zpci->uid)
            zpci->uid = next_free(uids, 1);
        if (!zpci->has_fid)
            zpci->fid = next_free(fids, 0);
        zpci->has_fid = TRUE;
    }
    return TRUE;
}

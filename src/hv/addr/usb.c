/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * USB buses are trees: ports of a root hub, some of which carry hubs with ports of their own.
 */
#include "hv/addr/usb.h"

#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_DOMAIN
#define MAX_PORTS 32
#define DEPTH 4

typedef struct Hub Hub;
struct Hub {
    guint n;
    guint32 used;
    Hub *below[MAX_PORTS];
};

struct HvUsbSet {
    GPtrArray *buses;    /* Hub, NULL where there is no such controller */
};

static void hub_free(gpointer any)
{
    Hub *hub = any;

    for (guint i = 0; hub && i < hub->n; i++)
        hub_free(hub->below[i]);
    g_free(hub);
}

HvUsbSet *hv_usb_set_new(void)
{
    HvUsbSet *set = g_new0(HvUsbSet, 1);

    set->buses = g_ptr_array_new_with_free_func(hub_free);
    return set;
}

void hv_usb_set_free(HvUsbSet *set)
{
    if (!set)
        return;
    g_ptr_array_unref(set->buses);
    g_free(set);
}

void hv_usb_set_add_bus(HvUsbSet *set, guint index, guint ports)
{
    Hub *hub;

    if (index > 255)
        return;
    if (index >= set->buses->len)
        g_ptr_array_set_size(set->buses, index + 1);
    if (!set->buses->pdata[index])
        set->buses->pdata[index] = g_new0(Hub, 1);
    hub = set->buses->pdata[index];
    hub->n = MAX(hub->n, MIN(ports, MAX_PORTS));
}

static char *format(const DomainUsbAddress *addr)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < DEPTH && addr->port[i]; i++)
        g_string_append_printf(text, "%s%u", i ? "." : "", addr->port[i]);
    return g_string_free(text, FALSE);
}

/* The hub that has the address' last port; *ret_port is its number from 0. */
static Hub *find_hub(HvUsbSet *set, const DomainUsbAddress *addr, guint *ret_port, GError **err)
{
    g_autofree char *text = format(addr);
    Hub *hub = addr->bus < set->buses->len ? set->buses->pdata[addr->bus] : NULL;
    guint last = 0;

    if (!hub) {
        vir_fail(err, VIR_ERR_XML_ERROR, "Missing USB bus %u", addr->bus);
        return NULL;
    }
    while (last + 1 < DEPTH && addr->port[last + 1])
        last++;
    for (guint i = 0; i < last; i++) {
        guint port = addr->port[i];

        if (port == 0 || port > hub->n) {
            vir_fail(err, VIR_ERR_XML_ERROR, "requested USB port %s not present on USB bus %u", text, addr->bus);
            return NULL;
        }
        if (!hub->below[port - 1]) {
            vir_fail(err, VIR_ERR_XML_ERROR, "there is no hub at port %u in USB address bus: %u port: %s", port, addr->bus,
                     text);
            return NULL;
        }
        hub = hub->below[port - 1];
    }
    if (addr->port[last] == 0 || addr->port[last] > hub->n) {
        vir_fail(err, VIR_ERR_XML_ERROR, "requested USB port %s not present on USB bus %u", text, addr->bus);
        return NULL;
    }
    *ret_port = addr->port[last] - 1u;
    return hub;
}

gboolean hv_usb_set_reserve(HvUsbSet *set, const DomainUsbAddress *addr, GError **err)
{
    guint port;
    Hub *hub = find_hub(set, addr, &port, err);

    if (!hub)
        return FALSE;
    if (hub->used & 1u << port) {
        g_autofree char *text = format(addr);

        return vir_fail(err, VIR_ERR_XML_ERROR, "Duplicate USB address bus %u port %s", addr->bus, text);
    }
    hub->used |= 1u << port;
    return TRUE;
}

gboolean hv_usb_set_add_hub(HvUsbSet *set, const DomainUsbAddress *addr, guint ports, GError **err)
{
    guint port;
    Hub *hub = find_hub(set, addr, &port, err);

    if (!hub || !hv_usb_set_reserve(set, addr, err))
        return FALSE;
    if (!hub->below[port])
        hub->below[port] = g_new0(Hub, 1);
    hub->below[port]->n = MIN(ports, MAX_PORTS);
    return TRUE;
}

static gboolean next_in(const Hub *hub, guint depth, DomainUsbAddress *ret)
{
    for (guint i = 0; i < hub->n; i++) {
        ret->port[depth] = i + 1;
        if (!(hub->used & 1u << i))
            return TRUE;
    }
    for (guint i = 0; depth + 1 < DEPTH && i < hub->n; i++) {
        ret->port[depth] = i + 1;
        if (hub->below[i] && next_in(hub->below[i], depth + 1, ret))
            return TRUE;
    }
    ret->port[depth] = 0;
    return FALSE;
}

gboolean hv_usb_set_next(HvUsbSet *set, int bus, DomainUsbAddress *ret)
{
    for (guint i = 0; i < set->buses->len; i++) {
        if ((bus >= 0 && (guint)bus != i) || !set->buses->pdata[i])
            continue;
        *ret = (DomainUsbAddress){ .bus = i };
        if (next_in(set->buses->pdata[i], 0, ret))
            return hv_usb_set_reserve(set, ret, NULL);
    }
    return FALSE;
}

gboolean hv_usb_set_peek(const HvUsbSet *set, DomainUsbAddress *ret)
{
    for (guint i = 0; i < set->buses->len; i++) {
        *ret = (DomainUsbAddress){ .bus = i };
        if (set->buses->pdata[i] && next_in(set->buses->pdata[i], 0, ret))
            return TRUE;
    }
    return FALSE;
}

static guint free_in(const Hub *hub)
{
    guint n = 0;

    for (guint i = 0; hub && i < hub->n; i++)
        n += hub->below[i] ? free_in(hub->below[i]) : !(hub->used & 1u << i);
    return n;
}

guint hv_usb_set_n_free(const HvUsbSet *set)
{
    guint n = 0;

    for (guint i = 0; i < set->buses->len; i++)
        n += free_in(set->buses->pdata[i]);
    return n;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * PCI buses as sets of slots with eight functions each. What fits where is one table by controller model.
 */
#include "hv/addr/pci.h"

#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_DOMAIN
#define CONNECT_MASK (~(guint)(HV_PCI_HOTPLUG | HV_PCI_AGGREGATE))
#define SLOTS 32

typedef struct {
    DomainControllerModel model;     /* NONE: nobody described this index */
    guint8 used[SLOTS];              /* bits of functions */
    bool shared[SLOTS];              /* all its users are AGGREGATE */
} Bus;

typedef struct {
    guint key;
    DomainDevice device;
} Owner;

struct HvPciSet {
    gboolean have_express_bridge, many_roots;
    GArray *buses;      /* Bus */
    GArray *owners;     /* Owner: only looked at for messages */
};

typedef struct {
    DomainControllerModel model;
    guint accepts, needs;
    guint8 min_slot, max_slot;
} ModelRow;

#define M(x) DOMAIN_CONTROLLER_MODEL_##x
static const ModelRow models[] = {
    { M(PCI_ROOT), HV_PCI_CONVENTIONAL | HV_PCI_HOTPLUG | HV_PCI_BRIDGE | HV_PCI_EXPANDER, 0, 1, 31 },
    { M(PCI_BRIDGE), HV_PCI_CONVENTIONAL | HV_PCI_HOTPLUG | HV_PCI_BRIDGE, HV_PCI_BRIDGE, 1, 31 },
    { M(PCI_EXPANDER_BUS), HV_PCI_CONVENTIONAL | HV_PCI_HOTPLUG | HV_PCI_BRIDGE, HV_PCI_EXPANDER, 0, 31 },
    { M(PCIE_ROOT), HV_PCI_EXPRESS | HV_PCI_ROOT_PORT | HV_PCI_DMI_BRIDGE | HV_PCI_EXPRESS_EXPANDER, 0, 1, 31 },
    { M(DMI_TO_PCI_BRIDGE), HV_PCI_CONVENTIONAL | HV_PCI_BRIDGE, HV_PCI_DMI_BRIDGE, 0, 31 },
    { M(PCIE_TO_PCI_BRIDGE), HV_PCI_CONVENTIONAL | HV_PCI_HOTPLUG | HV_PCI_BRIDGE, HV_PCI_EXPRESS_BRIDGE, 1, 31 },
    { M(PCIE_ROOT_PORT), HV_PCI_EXPRESS | HV_PCI_HOTPLUG | HV_PCI_UPSTREAM | HV_PCI_EXPRESS_BRIDGE,
      HV_PCI_ROOT_PORT | HV_PCI_AGGREGATE, 0, 0 },
    { M(PCIE_SWITCH_UPSTREAM_PORT), HV_PCI_DOWNSTREAM, HV_PCI_UPSTREAM, 0, 31 },
    { M(PCIE_SWITCH_DOWNSTREAM_PORT), HV_PCI_EXPRESS | HV_PCI_HOTPLUG | HV_PCI_UPSTREAM | HV_PCI_EXPRESS_BRIDGE,
      HV_PCI_DOWNSTREAM, 0, 0 },
    { M(PCIE_EXPANDER_BUS), HV_PCI_ROOT_PORT | HV_PCI_DMI_BRIDGE, HV_PCI_EXPRESS_EXPANDER, 0, 31 },
};

static const ModelRow *model_row(DomainControllerModel model)
{
    for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
        if (models[i].model == model)
            return &models[i];
    }
    return NULL;
}

HvPciSet *hv_pci_set_new(gboolean have_express_bridge, gboolean many_roots)
{
    HvPciSet *set = g_new0(HvPciSet, 1);

    set->have_express_bridge = have_express_bridge;
    set->many_roots = many_roots;
    set->buses = g_array_new(FALSE, TRUE, sizeof(Bus));
    set->owners = g_array_new(FALSE, FALSE, sizeof(Owner));
    return set;
}

void hv_pci_set_free(HvPciSet *set)
{
    if (!set)
        return;
    g_array_unref(set->buses);
    g_array_unref(set->owners);
    g_free(set);
}

char *hv_pci_format(const DomainPciAddress *addr, char buf[HV_PCI_TEXT])
{
    g_snprintf(buf, HV_PCI_TEXT, "%04x:%02x:%02x.%x", addr->domain & 0xffff, addr->bus, addr->slot, addr->function & 0xf);
    return buf;
}

guint hv_pci_controller_flags(DomainControllerModel model)
{
    const ModelRow *row = model_row(model);

    return row ? row->needs : 0;
}

static Bus *bus_at(const HvPciSet *set, guint i)
{
    return &g_array_index(set->buses, Bus, i);
}

guint hv_pci_set_n_buses(const HvPciSet *set)
{
    return set->buses->len;
}

DomainControllerModel hv_pci_set_bus_model(const HvPciSet *set, guint bus)
{
    return bus < set->buses->len ? bus_at(set, bus)->model : DOMAIN_CONTROLLER_MODEL_NONE;
}

gboolean hv_pci_set_is_express(const HvPciSet *set)
{
    return hv_pci_set_bus_model(set, 0) == M(PCIE_ROOT);
}

gboolean hv_pci_set_add_buses(HvPciSet *set, const DomainDef *def, GError **err)
{
    for (guint i = 0; i < def->controllers.n; i++) {
        const DomainController *c = def->controllers.v[i];

        if (c->type != DOMAIN_CONTROLLER_PCI)
            continue;
        if (c->index < 0 || c->index > 255)
            return vir_fail(err, VIR_ERR_XML_ERROR, "PCI controller index %d is not between 0 and 255", c->index);
        if ((guint)c->index >= set->buses->len)
            g_array_set_size(set->buses, c->index + 1);
        if (!model_row(c->model))
            return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "PCI controller %d has no model that makes a bus", c->index);
        bus_at(set, c->index)->model = c->model;
    }
    return TRUE;
}

/* ---- what fits ---- */

static gboolean fits(guint accepts, guint flags, gboolean from_config)
{
    guint need = flags & CONNECT_MASK;

    if (from_config && (need & (HV_PCI_CONVENTIONAL | HV_PCI_EXPRESS)))
        need |= HV_PCI_CONVENTIONAL | HV_PCI_EXPRESS;
    if (!(accepts & need))
        return FALSE;
    return from_config || !(flags & HV_PCI_HOTPLUG) || (accepts & HV_PCI_HOTPLUG);
}

gboolean hv_pci_set_bus_fits(const HvPciSet *set, guint bus, guint flags, gboolean from_config)
{
    const ModelRow *row = model_row(hv_pci_set_bus_model(set, bus));

    return row && fits(row->accepts, flags, from_config);
}

static const char *needed_kind(guint flags)
{
    static const struct { guint flag; const char *text; } names[] = {
        { HV_PCI_EXPRESS, "a PCI Express device" }, { HV_PCI_CONVENTIONAL, "a standard PCI device" },
        { HV_PCI_ROOT_PORT, "a pcie-root-port" }, { HV_PCI_UPSTREAM, "a pcie-switch-upstream-port" },
        { HV_PCI_DOWNSTREAM, "a pcie-switch-downstream-port" }, { HV_PCI_BRIDGE, "a pci-bridge" },
        { HV_PCI_DMI_BRIDGE, "a dmi-to-pci-bridge" }, { HV_PCI_EXPRESS_BRIDGE, "a pcie-to-pci-bridge" },
        { HV_PCI_EXPANDER, "a pci-expander-bus" }, { HV_PCI_EXPRESS_EXPANDER, "a pcie-expander-bus" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (flags & names[i].flag)
            return names[i].text;
    }
    return "such a device";
}

static guint owner_key(const DomainPciAddress *addr)
{
    return addr->bus << 8 | addr->slot << 3 | addr->function;
}

static char *describe(const DomainDevice *device)
{
    return device ? domain_device_describe(device) : g_strdup("a built-in device");
}

static char *owner_name(const HvPciSet *set, const DomainPciAddress *addr)
{
    for (guint i = 0; i < set->owners->len; i++) {
        const Owner *owner = &g_array_index(set->owners, Owner, i);

        if (owner->key == owner_key(addr))
            return describe(&owner->device);
    }
    return describe(NULL);
}

static gboolean check_address(const HvPciSet *set, const DomainPciAddress *addr, guint flags, gboolean from_config,
                              const DomainDevice *device, GError **err)
{
    int code = from_config ? VIR_ERR_XML_ERROR : VIR_ERR_INTERNAL_ERROR;
    g_autofree char *who = NULL;
    char text[HV_PCI_TEXT];
    const ModelRow *row;

    hv_pci_format(addr, text);
    if (set->buses->len == 0)
        return vir_fail(err, code, "No PCI buses available");
    if (addr->domain != 0)
        return vir_fail(err, code, "Invalid PCI address %s: only PCI domain 0 is available", text);
    row = model_row(hv_pci_set_bus_model(set, addr->bus));
    if (!row)
        return vir_fail(err, code, "Invalid PCI address %s: there is no PCI controller with index %u", text, addr->bus);
    who = describe(device);
    if (!fits(row->accepts, flags, from_config)) {
        return vir_fail(err, code, "PCI address %s of %s: the PCI controller with index %u (%s) does not take %s", text,
                        who, addr->bus, vir_enum_to_string(&domain_controller_model_enum, row->model),
                        needed_kind(flags));
    }
    if (addr->slot < row->min_slot || addr->slot > row->max_slot) {
        return vir_fail(err, code, "Invalid PCI address %s of %s: slot must be between %u and %u", text, who,
                        row->min_slot, row->max_slot);
    }
    if (addr->function > 7)
        return vir_fail(err, code, "Invalid PCI address %s of %s: function must be below 8", text, who);
    return TRUE;
}

/* ---- reserving ---- */

static void take(HvPciSet *set, const DomainPciAddress *addr, guint flags, const DomainDevice *device)
{
    Bus *bus = bus_at(set, addr->bus);
    bool shareable = flags & HV_PCI_AGGREGATE;

    bus->shared[addr->slot] = shareable && (!bus->used[addr->slot] || bus->shared[addr->slot]);
    bus->used[addr->slot] |= 1u << addr->function;
    if (device) {
        Owner owner = { owner_key(addr), *device };

        g_array_append_val(set->owners, owner);
    }
}

gboolean hv_pci_set_reserve(HvPciSet *set, const DomainPciAddress *addr, guint flags, gboolean from_config,
                            const DomainDevice *device, GError **err)
{
    if (!check_address(set, addr, flags, from_config, device, err))
        return FALSE;
    if (hv_pci_set_is_used(set, addr)) {
        g_autofree char *who = describe(device), *other = owner_name(set, addr);
        char text[HV_PCI_TEXT];

        return vir_fail(err, from_config ? VIR_ERR_XML_ERROR : VIR_ERR_INTERNAL_ERROR,
                        "Attempted double use of PCI Address %s: %s and %s", hv_pci_format(addr, text), other, who);
    }
    take(set, addr, flags, device);
    return TRUE;
}

gboolean hv_pci_set_is_used(const HvPciSet *set, const DomainPciAddress *addr)
{
    return addr->bus < set->buses->len && addr->slot < SLOTS &&
           (bus_at(set, addr->bus)->used[addr->slot] & 1u << addr->function);
}

gboolean hv_pci_set_slot_in_use(const HvPciSet *set, const DomainPciAddress *addr)
{
    return addr->bus < set->buses->len && addr->slot < SLOTS && bus_at(set, addr->bus)->used[addr->slot];
}

gboolean hv_pci_set_is_multi(const HvPciSet *set, const DomainPciAddress *addr)
{
    guint8 used;

    if (addr->bus >= set->buses->len || addr->slot >= SLOTS)
        return FALSE;
    used = bus_at(set, addr->bus)->used[addr->slot];
    return (used & (used - 1)) != 0;
}

/* ---- finding ---- */

static gboolean find_on_bus(const HvPciSet *set, guint index, guint flags, guint function, DomainPciAddress *ret)
{
    const Bus *bus = bus_at(set, index);
    const ModelRow *row = model_row(bus->model);

    if (!row || !fits(row->accepts, flags, FALSE))
        return FALSE;
    for (guint slot = row->min_slot; slot <= row->max_slot; slot++) {
        guint8 used = bus->used[slot];

        if (!used) {
            *ret = (DomainPciAddress){ .bus = index, .slot = slot, .function = function };
            return TRUE;
        }
        if (!(flags & HV_PCI_AGGREGATE) || !bus->shared[slot])
            continue;
        for (guint f = 0; f < 8; f++) {
            if (!(used & 1u << f)) {
                *ret = (DomainPciAddress){ .bus = index, .slot = slot, .function = f };
                return TRUE;
            }
        }
    }
    return FALSE;
}

static gboolean find(const HvPciSet *set, guint flags, guint function, DomainPciAddress *ret)
{
    for (guint i = 0; i < set->buses->len; i++) {
        if (find_on_bus(set, i, flags, function, ret))
            return TRUE;
    }
    return FALSE;
}

/* Adds a bus made by @model, which itself takes a place on another. */
static gboolean add_bus(HvPciSet *set, DomainControllerModel model, GError **err)
{
    Bus bus = { .model = model };
    guint needs = model_row(model)->needs;
    DomainPciAddress addr;

    if (set->buses->len > 255)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "all 256 PCI buses are in use");
    if (needs == 0) {
        g_array_append_val(set->buses, bus);
        return TRUE;
    }
    /* first it is there, then it takes a place: when all is full, provisionally one on itself (the second pass begins
     * with the bridges) */
    g_array_append_val(set->buses, bus);
    if (!find(set, needs, 0, &addr)) {
        g_array_set_size(set->buses, set->buses->len - 1);
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "a PCI slot is needed to connect a PCI controller model='%s', but none "
                        "is available, and it cannot be automatically added",
                        vir_enum_to_string(&domain_controller_model_enum, model));
    }
    take(set, &addr, needs, NULL);
    return TRUE;
}

/* Conventional devices of an express machine: a bridge behind what is there already, or a root port with a bridge. */
static gboolean grow_conventional(HvPciSet *set, GError **err)
{
    DomainPciAddress addr;

    if (set->many_roots)
        return add_bus(set, M(PCI_ROOT), err);
    if (!hv_pci_set_is_express(set) || find(set, HV_PCI_BRIDGE, 0, &addr))
        return add_bus(set, M(PCI_BRIDGE), err);
    if (!set->have_express_bridge)
        return add_bus(set, M(DMI_TO_PCI_BRIDGE), err) && add_bus(set, M(PCI_BRIDGE), err);
    if (!find(set, HV_PCI_EXPRESS_BRIDGE, 0, &addr) && !add_bus(set, M(PCIE_ROOT_PORT), err))
        return FALSE;
    return add_bus(set, M(PCIE_TO_PCI_BRIDGE), err);
}

static gboolean grow(HvPciSet *set, guint flags, GError **err)
{
    if (flags & HV_PCI_CONVENTIONAL)
        return grow_conventional(set, err);
    if (flags & HV_PCI_BRIDGE)
        return add_bus(set, hv_pci_set_is_express(set) ? M(DMI_TO_PCI_BRIDGE) : M(PCI_BRIDGE), err);
    if (hv_pci_set_is_express(set) && (flags & (HV_PCI_EXPRESS | HV_PCI_UPSTREAM)))
        return add_bus(set, M(PCIE_ROOT_PORT), err);
    if (flags & (HV_PCI_ROOT_PORT | HV_PCI_DOWNSTREAM | HV_PCI_DMI_BRIDGE | HV_PCI_EXPANDER | HV_PCI_EXPRESS_EXPANDER)) {
        const char *model = "";

        for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
            if (models[i].needs & flags & CONNECT_MASK)
                model = vir_enum_to_string(&domain_controller_model_enum, models[i].model);
        }
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "a PCI slot is needed to connect a PCI controller model='%s', but none "
                        "is available, and it cannot be automatically added", model);
    }
    return vir_fail(err, VIR_ERR_INTERNAL_ERROR,
                    "Cannot automatically add a new PCI bus for a device with connect flags %02x", flags);
}

gboolean hv_pci_set_grow_to(HvPciSet *set, guint8 *bus, guint flags, GError **err)
{
    if (set->buses->len == 0)
        return vir_fail(err, VIR_ERR_XML_ERROR, "No PCI buses available");
    while (set->buses->len <= *bus) {
        guint last = set->buses->len;

        if (!grow(set, flags, err))
            return FALSE;
        /* the port that leads to a bridge took the number that was meant for the bridge */
        if (last == *bus && set->buses->len == last + 2u)
            (*bus)++;
    }
    return TRUE;
}

gboolean hv_pci_set_next(HvPciSet *set, guint flags, guint function, gboolean may_grow, const DomainDevice *device,
                         DomainPciAddress *ret, GError **err)
{
    if (set->buses->len == 0)
        return vir_fail(err, VIR_ERR_XML_ERROR, "No PCI buses available");
    if (!find(set, flags, function, ret)) {
        if (!may_grow) {
            g_autofree char *who = describe(device);

            return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "No more available PCI slots for %s", who);
        }
        if (!grow(set, flags, err))
            return FALSE;
        if (!find(set, flags, function, ret))
            return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "No more available PCI slots");
    }
    take(set, ret, flags, device);
    return TRUE;
}

gboolean hv_pci_set_fill_gaps(HvPciSet *set, GError **err)
{
    for (guint i = 1; i < set->buses->len; i++) {
        DomainControllerModel model = set->many_roots ? M(PCI_ROOT)
                                      : hv_pci_set_is_express(set) ? M(PCIE_ROOT_PORT) : M(PCI_BRIDGE);
        guint needs = model_row(model)->needs;
        DomainPciAddress addr;

        if (bus_at(set, i)->model != DOMAIN_CONTROLLER_MODEL_NONE)
            continue;
        if (needs && !find(set, needs, 0, &addr))
            return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "PCI controller %u is missing and there is no room to add it", i);
        if (needs)
            take(set, &addr, needs, NULL);
        bus_at(set, i)->model = model;
    }
    return TRUE;
}

gboolean hv_pci_set_is_full(const HvPciSet *set)
{
    for (guint i = 0; i < set->buses->len; i++) {
        const ModelRow *row = model_row(bus_at(set, i)->model);

        for (guint slot = row ? row->min_slot : SLOTS; row && slot <= row->max_slot; slot++) {
            if (!bus_at(set, i)->used[slot])
                return FALSE;
        }
    }
    return TRUE;
}

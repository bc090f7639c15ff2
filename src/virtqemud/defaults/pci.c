/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * PCI addresses for all devices, in two passes: the first finds out which buses must be added, the second gives the
 * addresses with all buses in place.
 */
#include "virtqemud/defaults/pci.h"

#include "hv/addr/zpci.h"
#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define M(x) DOMAIN_CONTROLLER_MODEL_##x

static gboolean has_address(const DomainDevice *device)
{
    return device->info->addr.type == DOMAIN_ADDRESS_PCI && !qemu_pci_is_empty(&device->info->addr.pci);
}

static gboolean wants_address(const DomainDevice *device)
{
    return device->info->addr.type == DOMAIN_ADDRESS_NONE ||
           (device->info->addr.type == DOMAIN_ADDRESS_PCI && qemu_pci_is_empty(&device->info->addr.pci));
}

static void give(QemuPciPass *pass, const DomainDevice *device, const DomainPciAddress *addr)
{
    DomainAddress *to = &device->info->addr;

    if (pass->dry)
        g_ptr_array_add(pass->given, device->info);
    if (to->type == DOMAIN_ADDRESS_NONE) {
        to->zpci = (DomainZpci){ 0 };
        to->type = DOMAIN_ADDRESS_PCI;
    }
    to->pci = *addr;
}

gboolean qemu_pci_place(QemuPciPass *pass, const DomainDevice *device, const DomainPciAddress *addr, GError **err)
{
    if (!hv_pci_set_reserve(pass->set, addr, qemu_pci_flags(pass->f, device), TRUE, device, err))
        return FALSE;
    give(pass, device, addr);
    return TRUE;
}

/* ---- USB 2.0 controllers and their companions share a slot ---- */

static int companion_function(DomainControllerModel model)
{
    switch (model) {
    case M(ICH9_EHCI1):
        return 7;
    case M(ICH9_UHCI1):
        return 0;
    case M(ICH9_UHCI2):
        return 1;
    case M(ICH9_UHCI3):
        return 2;
    default:
        return -1;
    }
}

static gboolean sibling_slot(const QemuPciPass *pass, const DomainController *c, DomainPciAddress *ret)
{
    for (guint i = 0; i < pass->f->def->controllers.n; i++) {
        const DomainController *other = pass->f->def->controllers.v[i];

        if (other != c && other->type == DOMAIN_CONTROLLER_USB && other->index == c->index &&
            companion_function(other->model) >= 0 && other->info.addr.type == DOMAIN_ADDRESS_PCI &&
            !domain_pci_address_is_empty(&other->info.addr.pci)) {
            *ret = other->info.addr.pci;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean assign(QemuPciPass *pass, const DomainDevice *device, guint flags, GError **err)
{
    guint before = hv_pci_set_n_buses(pass->set);
    guint function = 0;
    DomainPciAddress addr;

    if (device->kind == DOMAIN_DEVICE_CONTROLLER && device->controller->type == DOMAIN_CONTROLLER_USB &&
        companion_function(device->controller->model) >= 0) {
        function = companion_function(device->controller->model);
        if (sibling_slot(pass, device->controller, &addr)) {
            addr.function = function;
            addr.multifunction = function == 0 ? VIR_TRISTATE_ON : VIR_TRISTATE_ABSENT;
            return qemu_pci_place(pass, device, &addr, err);
        }
    }
    if (!hv_pci_set_next(pass->set, flags, function, pass->dry, device, &addr, err))
        return FALSE;
    if (device->kind == DOMAIN_DEVICE_CONTROLLER && device->controller->type == DOMAIN_CONTROLLER_USB && function == 0 &&
        companion_function(device->controller->model) == 0)
        addr.multifunction = VIR_TRISTATE_ON;
    give(pass, device, &addr);
    for (guint i = before; i < hv_pci_set_n_buses(pass->set); i++) {
        if (hv_pci_set_bus_model(pass->set, i) == M(PCIE_ROOT_PORT) &&
            !(device->kind == DOMAIN_DEVICE_CONTROLLER && device->controller->type == DOMAIN_CONTROLLER_PCI))
            pass->grew_for_device = TRUE;
    }
    return TRUE;
}

/* ---- order ---- */

typedef gboolean (*Filter)(const QemuFinish *f, const DomainDevice *device);

static gboolean is_bus(const QemuFinish *f, const DomainDevice *device)
{
    return device->controller->type == DOMAIN_CONTROLLER_PCI;
}

static gboolean is_other_controller(const QemuFinish *f, const DomainDevice *device)
{
    return device->controller->type != DOMAIN_CONTROLLER_PCI;
}

static gboolean is_host_net(const QemuFinish *f, const DomainDevice *device)
{
    return device->net->type == DOMAIN_NET_HOSTDEV;
}

static gboolean is_plain_net(const QemuFinish *f, const DomainDevice *device)
{
    return device->net->type != DOMAIN_NET_HOSTDEV;
}

static const struct { DomainDeviceKind kind; Filter filter; } order[] = {
    { DOMAIN_DEVICE_CONTROLLER, is_bus },
    { DOMAIN_DEVICE_IOMMU, NULL },
    { DOMAIN_DEVICE_FS, NULL },
    { DOMAIN_DEVICE_NET, is_plain_net },
    { DOMAIN_DEVICE_SOUND, NULL },
    { DOMAIN_DEVICE_CONTROLLER, is_other_controller },
    { DOMAIN_DEVICE_DISK, NULL },
    { DOMAIN_DEVICE_NET, is_host_net },
    { DOMAIN_DEVICE_HOSTDEV, NULL },
    { DOMAIN_DEVICE_MEMBALLOON, NULL },
    { DOMAIN_DEVICE_RNG, NULL },
    { DOMAIN_DEVICE_WATCHDOG, NULL },
    { DOMAIN_DEVICE_VIDEO, NULL },
    { DOMAIN_DEVICE_SHMEM, NULL },
    { DOMAIN_DEVICE_INPUT, NULL },
    { DOMAIN_DEVICE_SERIAL, NULL },
    { DOMAIN_DEVICE_VSOCK, NULL },
    { DOMAIN_DEVICE_MEMORY, NULL },
    { DOMAIN_DEVICE_CRYPTO, NULL },
    { DOMAIN_DEVICE_PANIC, NULL },
};

/* What has an address already. First those on buses that are there, then, with @grow, those that name others. */
static gboolean reserve_given(QemuPciPass *pass, gboolean grow, GError **err)
{
    guint n_buses = hv_pci_set_n_buses(pass->set);

    DomainDevice device = DOMAIN_DEVICE_BEGIN;

    while (domain_device_next(pass->f->def, &device)) {
        DomainPciAddress *addr = &device.info->addr.pci;
        guint flags, before = hv_pci_set_n_buses(pass->set);

        if (device.kind == DOMAIN_DEVICE_CONSOLE || !has_address(&device) ||
            (pass->dry && (addr->bus >= n_buses || pass->missing[addr->bus]) != grow) || (!pass->dry && grow))
            continue;
        flags = qemu_pci_flags(pass->f, &device);
        if (!flags)
            flags = HV_PCI_CONVENTIONAL;
        if (grow && addr->domain == 0 && !hv_pci_set_grow_to(pass->set, &addr->bus, flags, err))
            return FALSE;
        if (hv_pci_set_n_buses(pass->set) > before && device.kind != DOMAIN_DEVICE_CONTROLLER)
            pass->grew_for_device = TRUE;
        if (!hv_pci_set_reserve(pass->set, addr, flags, TRUE, &device, err))
            return FALSE;
    }
    return TRUE;
}

/* A kind that QEMU has no such device of: it finds no bus. */
static gboolean must_be_pci(const DomainDevice *device)
{
    return (device->kind == DOMAIN_DEVICE_NET && g_strcmp0(device->net->model, "usb-net") == 0) || device->kind == DOMAIN_DEVICE_FS ||
           (device->kind == DOMAIN_DEVICE_CONTROLLER && device->controller->type == DOMAIN_CONTROLLER_ISA);
}

static gboolean assign_all(QemuPciPass *pass, GError **err)
{
    for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
        DomainDevice device = DOMAIN_DEVICE_BEGIN_KIND(order[i].kind);

        while (domain_device_next_of_kind(pass->f->def, &device)) {
            guint flags;

            if ((order[i].filter && !order[i].filter(pass->f, &device)) || !wants_address(&device))
                continue;
            flags = qemu_pci_flags(pass->f, &device);
            if (flags == 0 && device.info->addr.type == DOMAIN_ADDRESS_NONE && !must_be_pci(&device))
                continue;
            if (!assign(pass, &device, flags, err))
                return FALSE;
        }
    }
    return TRUE;
}

/* A place for what is plugged in later: on a conventional machine a slot for a bridge, on an express machine a port. */
static gboolean keep_spare(QemuPciPass *pass, GError **err)
{
    DomainPciAddress addr;

    if (hv_pci_set_n_buses(pass->set) == 0)
        return TRUE;
    if (!hv_pci_set_is_express(pass->set)) {
        if (pass->full)
            return TRUE;
        return hv_pci_set_next(pass->set, HV_PCI_CONVENTIONAL | HV_PCI_HOTPLUG, 0, TRUE, NULL, &addr, err);
    }
    if (!pass->grew_for_device || pass->has_user_buses)
        return TRUE;
    return hv_pci_set_next(pass->set, HV_PCI_EXPRESS | HV_PCI_HOTPLUG, 0, TRUE, NULL, &addr, err);
}

static gboolean run_pass(QemuPciPass *pass, GError **err)
{
    if (!hv_pci_set_add_buses(pass->set, pass->f->def, err))
        return FALSE;
    pass->has_user_buses = hv_pci_set_n_buses(pass->set) > 1;
    for (guint i = 0; i < hv_pci_set_n_buses(pass->set) && i < G_N_ELEMENTS(pass->missing); i++)
        pass->missing[i] = hv_pci_set_bus_model(pass->set, i) == M(NONE);
    if (!reserve_given(pass, FALSE, err) || !qemu_pci_fixed(pass, err))
        return FALSE;
    if (pass->dry && !hv_pci_set_fill_gaps(pass->set, err))
        return FALSE;
    if (!reserve_given(pass, TRUE, err))
        return FALSE;
    pass->full = hv_pci_set_is_full(pass->set);
    if (!assign_all(pass, err))
        return FALSE;
    return !pass->dry || (pass->f->flags & QEMU_FINISH_HOTPLUG) || keep_spare(pass, err);
}

static void take_back(QemuPciPass *pass)
{
    for (guint i = 0; i < pass->given->len; i++) {
        DomainDeviceInfo *info = pass->given->pdata[i];

        info->addr.pci = (DomainPciAddress){ 0 };    /* the type stays: "one is wanted" */
    }
}

static gboolean plan_buses(QemuFinish *f, GError **err)
{
    g_autoptr(HvPciSet) set = hv_pci_set_new(qemu_finish_has(f, VIR_QEMU_CAP_PCIE_PCI_BRIDGE), f->board == QEMU_BOARD_PSERIES);
    g_autoptr(GPtrArray) given = g_ptr_array_new();
    QemuPciPass pass = { .f = f, .set = set, .dry = TRUE, .given = given };
    gboolean ok = run_pass(&pass, err);

    take_back(&pass);
    if (!ok)
        return FALSE;
    f->first_new_controller = f->def->controllers.n;
    for (guint i = 1; i < hv_pci_set_n_buses(set); i++) {
        if (!domain_find_controller(f->def, DOMAIN_CONTROLLER_PCI, i)) {
            DomainController *c = domain_add_controller(f->def, DOMAIN_CONTROLLER_PCI, i, hv_pci_set_bus_model(set, i));

            if (f->flags & QEMU_FINISH_HOTPLUG)
                return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "No more available PCI slots: a running guest gets no %s",
                                vir_enum_to_string(&domain_controller_model_enum, c->model));
            qemu_controller_model(f, c);
        }
    }
    return TRUE;
}

/* ---- what a bus controller needs to know about its own place ---- */

/* Numbers of root buses behind expanders count down, so that the buses behind each have room. */
static int free_bus_nr(const DomainDef *def)
{
    int lowest = 256;

    for (guint i = 0; i < def->controllers.n; i++) {
        const DomainController *c = def->controllers.v[i];

        if (c->type == DOMAIN_CONTROLLER_PCI && c->pci && c->pci->bus_nr >= 0)
            lowest = MIN(lowest, c->pci->bus_nr);
    }
    return lowest - 2;
}

/* The host bridges of pSeries machines: number 0 is the one that is always there. */
static void number_roots(DomainDef *def)
{
    g_autoptr(VirBitmap) used = vir_bitmap_new();

    vir_bitmap_set(used, 0);
    for (guint i = 0; i < def->controllers.n; i++) {
        const DomainController *c = def->controllers.v[i];

        if (c->type == DOMAIN_CONTROLLER_PCI && c->pci && c->pci->target_index > 0)
            vir_bitmap_set(used, c->pci->target_index);
    }
    for (guint i = 0; i < def->controllers.n; i++) {
        DomainController *c = def->controllers.v[i];

        if (c->type != DOMAIN_CONTROLLER_PCI || c->model != M(PCI_ROOT) || domain_controller_pci(c)->target_index >= 0)
            continue;
        c->pci->target_index = c->index == 0 ? 0 : vir_bitmap_next_clear(used, 0);
        vir_bitmap_set(used, c->pci->target_index);
    }
}

static void name_place(QemuFinish *f, DomainController *c)
{
    DomainPciControllerOpts *opts;
    const DomainPciAddress *addr = &c->info.addr.pci;

    switch (c->model) {
    case M(PCI_BRIDGE):
        opts = domain_controller_pci(c);
        if (opts->chassis_nr < 0)
            opts->chassis_nr = c->index;
        break;
    case M(PCIE_SWITCH_DOWNSTREAM_PORT):
        opts = domain_controller_pci(c);
        if (opts->chassis < 0)
            opts->chassis = c->index;
        if (opts->port < 0)
            opts->port = addr->slot;
        break;
    case M(PCIE_ROOT_PORT):
        opts = domain_controller_pci(c);
        if (opts->chassis < 0)
            opts->chassis = c->index;
        if (opts->port < 0)
            opts->port = (addr->slot << 3) + addr->function;
        break;
    case M(PCI_EXPANDER_BUS):
    case M(PCIE_EXPANDER_BUS):
        opts = domain_controller_pci(c);
        if (opts->bus_nr < 0)
            opts->bus_nr = free_bus_nr(f->def);
        break;
    default:
        break;
    }
}

static gboolean name_places(QemuFinish *f, GError **err)
{
    for (guint i = 0; i < f->def->controllers.n; i++) {
        DomainController *c = f->def->controllers.v[i];

        if (c->type != DOMAIN_CONTROLLER_PCI)
            continue;
        if (c->model == M(PCI_BRIDGE) && c->info.addr.type == DOMAIN_ADDRESS_PCI && c->info.addr.pci.bus >= c->index) {
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                            "PCI controller at index %d (0x%02x) has bus='0x%02x', but index must be larger than bus",
                            c->index, c->index, c->info.addr.pci.bus);
        }
        name_place(f, c);
    }
    return TRUE;
}

static void mark_multifunction(QemuFinish *f, const HvPciSet *set)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN;

    while (domain_device_next(f->def, &device)) {
        DomainPciAddress *addr = &device.info->addr.pci;

        if (has_address(&device) && addr->function == 0 && addr->multifunction == VIR_TRISTATE_ABSENT &&
            hv_pci_set_is_multi(set, addr))
            addr->multifunction = VIR_TRISTATE_ON;
    }
}

gboolean qemu_finish_pci(QemuFinish *f, GError **err)
{
    g_autoptr(HvPciSet) set = NULL;
    QemuPciPass pass = { .f = f };

    if (f->board == QEMU_BOARD_ARM_OTHER && !domain_find_controller(f->def, DOMAIN_CONTROLLER_PCI, 0))
        return TRUE;    /* boards without PCI */
    if (!plan_buses(f, err))
        return FALSE;
    set = pass.set = hv_pci_set_new(qemu_finish_has(f, VIR_QEMU_CAP_PCIE_PCI_BRIDGE), f->board == QEMU_BOARD_PSERIES);
    if (!run_pass(&pass, err))
        return FALSE;
    mark_multifunction(f, set);
    if (f->board == QEMU_BOARD_PSERIES)
        number_roots(f->def);
    return name_places(f, err) && (f->board != QEMU_BOARD_S390 || hv_zpci_assign(f->def, f->first_new_controller, err));
}

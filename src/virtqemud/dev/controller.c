/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Controllers. Those that the machine brings along are not planned; which these are is said once, in is_builtin.
 */
#include "virtqemud/dev/dev.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static const char *model_name(const DomainController *c)
{
    return c->model ? vir_enum_to_string(&domain_controller_model_enum, c->model) : "default";
}

static gboolean unsupported(const DomainController *c, GError **err)
{
    return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "QEMU has no controller of type '%s' and model '%s'",
                    vir_enum_to_string(&domain_controller_type_enum, c->type), model_name(c));
}

static gboolean is_builtin(const DomainDef *def, const DomainController *c)
{
    switch (c->type) {
    case DOMAIN_CONTROLLER_PCI:
        return c->model == DOMAIN_CONTROLLER_MODEL_PCI_ROOT || c->model == DOMAIN_CONTROLLER_MODEL_PCIE_ROOT;
    case DOMAIN_CONTROLLER_IDE:
        return c->index == 0 && qemu_is_i440fx(def);
    case DOMAIN_CONTROLLER_SATA:
        return c->index == 0 && qemu_is_q35(def);
    case DOMAIN_CONTROLLER_USB:
        return c->model == DOMAIN_CONTROLLER_MODEL_USB_NONE;
    case DOMAIN_CONTROLLER_ISA:
        return TRUE;
    default:
        return FALSE;
    }
}

/* ---- USB ---- */

static const struct { DomainControllerModel model; const char *driver; } usb_drivers[] = {
    { DOMAIN_CONTROLLER_MODEL_PIIX3_UHCI, "piix3-usb-uhci" }, { DOMAIN_CONTROLLER_MODEL_PIIX4_UHCI, "piix4-usb-uhci" },
    { DOMAIN_CONTROLLER_MODEL_EHCI, "usb-ehci" }, { DOMAIN_CONTROLLER_MODEL_ICH9_EHCI1, "ich9-usb-ehci1" },
    { DOMAIN_CONTROLLER_MODEL_ICH9_UHCI1, "ich9-usb-uhci1" }, { DOMAIN_CONTROLLER_MODEL_ICH9_UHCI2, "ich9-usb-uhci2" },
    { DOMAIN_CONTROLLER_MODEL_ICH9_UHCI3, "ich9-usb-uhci3" }, { DOMAIN_CONTROLLER_MODEL_VT82C686B_UHCI, "vt82c686b-usb-uhci" },
    { DOMAIN_CONTROLLER_MODEL_PCI_OHCI, "pci-ohci" }, { DOMAIN_CONTROLLER_MODEL_NEC_XHCI, "nec-usb-xhci" },
    { DOMAIN_CONTROLLER_MODEL_QEMU_XHCI, "qemu-xhci" },
};

static VirJson *device_usb(QemuPlanner *p, const DomainController *c, GError **err)
{
    const char *driver = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(usb_drivers); i++)
        if (usb_drivers[i].model == c->model)
            driver = usb_drivers[i].driver;
    if (!c->model)
        driver = "piix3-usb-uhci";
    if (!driver) {
        unsupported(c, err);
        return NULL;
    }
    VirJson *props = qemu_device_new(driver, NULL);
    if (c->ports > 0 && (c->model == DOMAIN_CONTROLLER_MODEL_NEC_XHCI || c->model == DOMAIN_CONTROLLER_MODEL_QEMU_XHCI))
        vir_json_add(props, "i:p2", c->ports, "i:p3", c->ports, NULL);
    if (c->master_startport >= 0) {
        const DomainController *master = qemu_find_controller(p->def, DOMAIN_CONTROLLER_USB, (guint)c->index);
        g_autofree char *bus = g_strdup_printf("%s.0", master && master->info.alias ? master->info.alias : "usb");
        vir_json_add(props, "s:masterbus", bus, "i:firstport", c->master_startport, NULL);
    } else {
        vir_json_add(props, "s:id", c->info.alias, NULL);
    }
    return props;
}

/* ---- SCSI ---- */

static const struct { DomainControllerModel model; const char *driver; } scsi_drivers[] = {
    { DOMAIN_CONTROLLER_MODEL_LSILOGIC, "lsi" }, { DOMAIN_CONTROLLER_MODEL_LSISAS1068, "mptsas1068" },
    { DOMAIN_CONTROLLER_MODEL_LSISAS1078, "megasas" }, { DOMAIN_CONTROLLER_MODEL_VMPVSCSI, "pvscsi" },
    { DOMAIN_CONTROLLER_MODEL_IBMVSCSI, "spapr-vscsi" }, { DOMAIN_CONTROLLER_MODEL_DC390, "dc-390" },
    { DOMAIN_CONTROLLER_MODEL_AM53C974, "am53c974" },
};

static VirJson *device_scsi(QemuPlanner *p, const DomainController *c, GError **err)
{
    g_autofree char *virtio = NULL;
    const char *driver = NULL;
    if (c->model == DOMAIN_CONTROLLER_MODEL_VIRTIO_SCSI || c->model == DOMAIN_CONTROLLER_MODEL_VIRTIO_TRANSITIONAL ||
        c->model == DOMAIN_CONTROLLER_MODEL_VIRTIO_NON_TRANSITIONAL)
        driver = virtio = qemu_virtio_driver("virtio-scsi", &c->info, c->model == DOMAIN_CONTROLLER_MODEL_VIRTIO_SCSI ? 0
                                             : c->model == DOMAIN_CONTROLLER_MODEL_VIRTIO_TRANSITIONAL ? 1 : 2);
    for (guint i = 0; !driver && i < G_N_ELEMENTS(scsi_drivers); i++)
        if (scsi_drivers[i].model == c->model)
            driver = scsi_drivers[i].driver;
    if (!driver || c->iothreads.n) {
        if (driver)
            vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "controller '%s': more than one I/O thread is not supported by this QEMU",
                     c->info.alias);
        else
            unsupported(c, err);
        return NULL;
    }
    VirJson *props = qemu_device_new(driver, NULL);
    if (virtio) {
        if (c->iothread) {
            g_autofree char *thread = g_strdup_printf("iothread%u", c->iothread);
            vir_json_add(props, "s:iothread", thread, NULL);
        }
        qemu_json_bool(props, "ioeventfd", c->ioeventfd);
        qemu_add_virtio_options(props, &c->virtio);
    }
    vir_json_add(props, "s:id", c->info.alias, "?u:num_queues", c->queues, "?u:cmd_per_lun", c->cmd_per_lun,
                 "?u:max_sectors", c->max_sectors, NULL);
    return props;
}

/* ---- PCI ---- */

static const char *pci_driver(const DomainController *c)
{
    switch (c->pci ? c->pci->model_name : DOMAIN_PCI_MODEL_NONE) {
    case DOMAIN_PCI_MODEL_NONE:
        break;
    default:
        return vir_enum_to_string(&domain_pci_model_enum, c->pci->model_name);
    }
    switch (c->model) {
    case DOMAIN_CONTROLLER_MODEL_PCI_BRIDGE: return "pci-bridge";
    case DOMAIN_CONTROLLER_MODEL_DMI_TO_PCI_BRIDGE: return "i82801b11-bridge";
    case DOMAIN_CONTROLLER_MODEL_PCIE_TO_PCI_BRIDGE: return "pcie-pci-bridge";
    case DOMAIN_CONTROLLER_MODEL_PCIE_ROOT_PORT: return "pcie-root-port";
    case DOMAIN_CONTROLLER_MODEL_PCIE_SWITCH_UPSTREAM_PORT: return "x3130-upstream";
    case DOMAIN_CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT: return "xio3130-downstream";
    case DOMAIN_CONTROLLER_MODEL_PCI_EXPANDER_BUS: return "pxb";
    case DOMAIN_CONTROLLER_MODEL_PCIE_EXPANDER_BUS: return "pxb-pcie";
    default: return NULL;
    }
}

static VirJson *device_pci(QemuPlanner *p, const DomainController *c, GError **err)
{
    const char *driver = pci_driver(c);
    if (!driver) {
        unsupported(c, err);
        return NULL;
    }
    VirJson *props = qemu_device_new(driver, NULL);
    const DomainPciControllerOpts *o = c->pci;
    if (o && c->model == DOMAIN_CONTROLLER_MODEL_PCI_BRIDGE && o->chassis_nr >= 0)
        vir_json_add(props, "i:chassis_nr", o->chassis_nr, NULL);
    if (o && (c->model == DOMAIN_CONTROLLER_MODEL_PCIE_ROOT_PORT ||
              c->model == DOMAIN_CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT)) {
        if (o->port >= 0)
            vir_json_add(props, "i:port", o->port, NULL);
        if (o->chassis >= 0)
            vir_json_add(props, "i:chassis", o->chassis, NULL);
    }
    if (o && o->bus_nr >= 0)
        vir_json_add(props, "i:bus_nr", o->bus_nr, NULL);
    vir_json_add(props, "s:id", c->info.alias, NULL);
    if (o) {
        if (o->mem_reserve)
            vir_json_add(props, "U:mem-reserve", o->mem_reserve * 1024, NULL);
        if (o->numa_node >= 0)
            vir_json_add(props, "i:numa_node", o->numa_node, NULL);
        qemu_json_bool(props, "hotplug", o->hotplug);
    }
    return props;
}

/* ---- others ---- */

static VirJson *device_virtio_serial(QemuPlanner *p, const DomainController *c, GError **err)
{
    int model = c->model == DOMAIN_CONTROLLER_MODEL_VIRTIO_TRANSITIONAL ? 1
                : c->model == DOMAIN_CONTROLLER_MODEL_VIRTIO_NON_TRANSITIONAL ? 2 : 0;
    g_autofree char *driver = qemu_virtio_driver("virtio-serial", &c->info, model);
    VirJson *props = qemu_device_new(driver, NULL);
    qemu_add_virtio_options(props, &c->virtio);
    vir_json_add(props, "s:id", c->info.alias, NULL);
    if (c->ports >= 0)
        vir_json_add(props, "i:max_ports", c->ports, NULL);
    if (c->vectors >= 0)
        vir_json_add(props, "i:vectors", c->vectors, NULL);
    return props;
}

static VirJson *device_ide(QemuPlanner *p, const DomainController *c, GError **err)
{
    vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "machine '%s' has no IDE controller %d; put the disk on sata, scsi or virtio",
             p->def->os.machine ? p->def->os.machine : "?", c->index);
    return NULL;
}

static VirJson *device_sata(QemuPlanner *p, const DomainController *c, GError **err)
{
    return qemu_device_new("ahci", "s:id", c->info.alias, NULL);
}

static VirJson *device_ccid(QemuPlanner *p, const DomainController *c, GError **err)
{
    return qemu_device_new("usb-ccid", "s:id", c->info.alias, NULL);
}

static VirJson *device_nvme(QemuPlanner *p, const DomainController *c, GError **err)
{
    return qemu_device_new("nvme", "s:id", c->info.alias, "?s:serial", c->serial, NULL);
}

typedef VirJson *(*ControllerFunc)(QemuPlanner *p, const DomainController *c, GError **err);
static const ControllerFunc controllers[] = {
    [DOMAIN_CONTROLLER_USB] = device_usb, [DOMAIN_CONTROLLER_SCSI] = device_scsi, [DOMAIN_CONTROLLER_PCI] = device_pci,
    [DOMAIN_CONTROLLER_VIRTIO_SERIAL] = device_virtio_serial, [DOMAIN_CONTROLLER_IDE] = device_ide,
    [DOMAIN_CONTROLLER_SATA] = device_sata, [DOMAIN_CONTROLLER_CCID] = device_ccid, [DOMAIN_CONTROLLER_NVME] = device_nvme,
};

/* Boot places of the drives are the controller's. pc machines have it built in, others get the device. */
static gboolean plan_fdc(QemuPlanner *p, GError **err)
{
    guint index[2] = { 0, 0 };
    for (guint i = 0; i < p->def->disks.n; i++) {
        const DomainDisk *disk = p->def->disks.v[i];
        if (disk->bus == DOMAIN_DISK_BUS_FDC && disk->info.addr.drive.unit < 2)
            index[disk->info.addr.drive.unit] = qemu_boot_index(p, QEMU_DEV_DISK, disk);
    }
    if (qemu_is_i440fx(p->def)) {
        for (guint unit = 0; unit < 2; unit++)
            if (index[unit])
                vir_plan_argf(p->plan, "-global", "isa-fdc.bootindex%c=%u", 'A' + unit, index[unit]);
        return TRUE;
    }
    VirJson *props = qemu_device_new("isa-fdc", "?u:bootindexA", index[0], "?u:bootindexB", index[1], NULL);
    vir_plan_add(p->plan, VIR_PLAN_DEVICE, props);
    return TRUE;
}

static gboolean plan(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainController *c = dev;
    if (p->ctx->hotplug && c->type != DOMAIN_CONTROLLER_SCSI && c->type != DOMAIN_CONTROLLER_VIRTIO_SERIAL)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "controllers of type '%s' have no hot-plug",
                        vir_enum_to_string(&domain_controller_type_enum, c->type));
    if (c->type == DOMAIN_CONTROLLER_FDC)
        return plan_fdc(p, err);
    if (is_builtin(p->def, c)) {
        if (c->pci && c->pci->has_hole64) {
            const char *host = c->model == DOMAIN_CONTROLLER_MODEL_PCI_ROOT ? "i440FX-pcihost" : "q35-pcihost";
            vir_plan_argf(p->plan, "-global", "%s.pci-hole64-size=%" G_GUINT64_FORMAT "K", host, c->pci->pcihole64);
        }
        return TRUE;
    }
    ControllerFunc func = c->type < G_N_ELEMENTS(controllers) ? controllers[c->type] : NULL;
    if (!func)
        return unsupported(c, err);
    VirJson *props = func(p, c, err);
    if (!props)
        return FALSE;
    if (!qemu_add_address(p, props, &c->info, "controller", err)) {
        json_object_put(props);
        return FALSE;
    }
    qemu_add_device(p, props);
    return TRUE;
}

const QemuDevRow qemu_dev_controller = {
    "controller", QEMU_DEV_HOTPLUG, G_STRUCT_OFFSET(DomainDef, controllers), G_STRUCT_OFFSET(DomainController, info), NULL, plan,
};

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Table of controllers.
 */
#include "conf/domain/disk.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(domain_controller_type, DOMAIN_CONTROLLER_VALUES)
VIR_XML_ENUM_IMPL(domain_controller_model, DOMAIN_CONTROLLER_MODEL_VALUES)
VIR_XML_ENUM_IMPL(domain_pci_model, DOMAIN_PCI_MODEL_VALUES)

/* The 64-bit hole is written behind the address, in a table of its own. */
#define XS DomainPciControllerOpts
static const VirXmlRow pci_rows[] = {
    XG("model", XA_ENUM("name", model_name, domain_pci_model, .flags = XF_ABI)),
    XG("target",
        XA_S16("chassisNr", chassis_nr, .flags = XF_ANYBASE | XF_ABI, .arg = -1),
        XA_S16("chassis", chassis, .flags = XF_ANYBASE | XF_ABI, .arg = -1),
        XA_S16("port", port, .flags = XF_HEX | XF_ABI, .width = 1, .arg = -1),
        XA_S16("busNr", bus_nr, .flags = XF_ANYBASE | XF_ABI, .arg = -1),
        XA_S16("index", target_index, .flags = XF_ABI, .arg = -1),
        XA_ONOFF("hotplug", hotplug, .flags = XF_ABI),
        XA_U64("memReserve", mem_reserve, .flags = XF_ABI, .since = 1100),
        XE_S16("node", numa_node, .flags = XF_ABI, .arg = -1)),
    XD_BOOL(has_hole64),
    X_END
};
static const VirXmlRow hole_rows[] = {
    XD_S16(chassis_nr, .arg = -1), XD_S16(chassis, .arg = -1), XD_S16(port, .arg = -1), XD_S16(bus_nr, .arg = -1),
    XD_S16(target_index, .arg = -1), XD_S16(numa_node, .arg = -1),    /* it may come first and make the struct */
    XG_PRESENT("pcihole64", has_hole64, XT_SIZE(pcihole64, vir_xml_kib, .flags = XF_ALWAYS)),
    X_END
};
#undef XS
static const VirXmlTable pci_table = { "controller", sizeof(DomainPciControllerOpts), pci_rows };
static const VirXmlTable hole_table = { "controller", sizeof(DomainPciControllerOpts), hole_rows };

#define XS DomainController
#define TYPE(t) X_BIT(DOMAIN_CONTROLLER_##t)
static const VirXmlRow controller_rows[] = {
    XA_ENUM("type", type, domain_controller_type, .flags = XF_REQUIRED | XF_ABI),
    XA_INT("index", index, .flags = XF_ABI, .arg = -1),
    XA_ENUM("model", model, domain_controller_model, .flags = XF_ABI),
    XA_S16("ports", ports, .flags = XF_ABI, .arg = -1),
    XA_S16("vectors", vectors, .flags = XF_ABI, .arg = -1),
    XA_INT("maxGrantFrames", max_grant_frames, .flags = XF_ABI, .arg = -1),
    XA_INT("maxEventChannels", max_event_channels, .flags = XF_ABI, .arg = -1),
    X_WHEN(type, TYPE(PCI), X_PTRFIELDS(pci, DomainPciControllerOpts, pci_table)),
    XG("driver",
        XA_UINT("queues", queues, .flags = XF_ABI),
        XA_UINT("cmd_per_lun", cmd_per_lun, .flags = XF_ABI),
        XA_UINT("max_sectors", max_sectors, .flags = XF_ABI),
        XA_ONOFF("ioeventfd", ioeventfd, .flags = XF_ABI),
        XA_UINT("iothread", iothread),
        X_FIELDS(virtio, DomainVirtioOptions, domain_virtio_options_table),
        XG("iothreads", X_ARRAY("iothread", iothreads, DomainIothreadMap, domain_iothread_map_table, .since = 1105))),
    XE_STR("serial", serial, .flags = XF_ABI, .since = 1110),
    X_FIELDS(info, DomainDeviceInfo, domain_device_alias_table),
    XG("master", XA_S16("startport", master_startport, .flags = XF_ABI, .arg = -1)),
    X_FIELDS(info, DomainDeviceInfo, domain_device_place_table),
    X_WHEN(type, TYPE(PCI), X_PTRFIELDS(pci, DomainPciControllerOpts, hole_table, .flags = XF_SHADOW)),
    X_END
};
#undef XS
const VirXmlTable domain_controller_table = { "controller", sizeof(DomainController), controller_rows };

DomainController *domain_controller_new(DomainControllerType type)
{
    DomainController *controller = vir_xml_new(&domain_controller_table);

    controller->type = type;
    return controller;
}

DomainPciControllerOpts *domain_controller_pci(DomainController *controller)
{
    if (!controller->pci)
        controller->pci = vir_xml_new(&pci_table);
    return controller->pci;
}

void domain_controller_free(DomainController *controller)
{
    vir_xml_free(&domain_controller_table, controller);
}

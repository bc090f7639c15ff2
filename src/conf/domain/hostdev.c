/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Table of host devices.
 */
#include "conf/domain/hostdev.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(domain_hostdev_mode, DOMAIN_HOSTDEV_MODE_VALUES)
VIR_XML_ENUM_IMPL(domain_hostdev_type, DOMAIN_HOSTDEV_VALUES)
VIR_XML_ENUM_IMPL(domain_hostdev_model, DOMAIN_HOSTDEV_MODEL_VALUES)
VIR_XML_ENUM_IMPL(domain_scsi_protocol, DOMAIN_SCSI_PROTOCOL_VALUES)
VIR_XML_ENUM_IMPL(domain_guest_reset, DOMAIN_GUEST_RESET_VALUES)

#define XS DomainHostdevScsi
static const VirXmlRow iscsi_rows[] = {
    XA_STR("name", iqn, .flags = XF_REQUIRED),
    X_ARRAY("host", hosts, StorageHost, storage_host_table),
    X_PTR("auth", auth, StorageAuth, storage_auth_table),
    XG("initiator", XG("iqn", XA_STR("name", initiator_iqn))),
    X_END
};
static const VirXmlRow adapter_rows[] = {
    XG("adapter",
        XA_STR("name", adapter),
        X_IGNORED("type"), X_IGNORED("parent"), X_IGNORED("managed"), X_IGNORED("parent_wwnn"), X_IGNORED("parent_wwpn"),
        X_IGNORED("parent_fabric_wwn"), X_IGNORED("wwnn"), X_IGNORED("wwpn"), X_IGNORED("parentaddr")),
    XG_FLAGS("address", XF_ALWAYS,
        XA_UINT("bus", bus, .flags = XF_ALWAYS),
        XA_UINT("target", target, .flags = XF_ALWAYS),
        XA_U64("unit", unit, .flags = XF_ALWAYS)),
    X_END
};
static const VirXmlTable iscsi_table = { "source", sizeof(DomainHostdevScsi), iscsi_rows };
static const VirXmlTable adapter_table = { "source", sizeof(DomainHostdevScsi), adapter_rows };
static const VirXmlRow scsi_rows[] = {
    XD_STR(adapter),
    XD_STR(iqn),
    XD_STR(initiator_iqn),
    X_ARRAY(NULL, hosts, StorageHost, storage_host_table),
    X_PTR(NULL, auth, StorageAuth, storage_auth_table),
    X_END
};
#undef XS
static const VirXmlTable scsi_table = { "source", sizeof(DomainHostdevScsi), scsi_rows };

#define XS DomainHostdev
#define TYPE(t) X_BIT(DOMAIN_HOSTDEV_##t)
/* One vocabulary for all types: what another type has is read over. */
#define OTHERS \
    X_IGNORED("bus"), X_IGNORED("device"), X_IGNORED("port"), X_IGNORED("target"), X_IGNORED("unit"), X_IGNORED("uuid"), \
    X_IGNORED("domain"), X_IGNORED("slot"), X_IGNORED("function"), X_IGNORED("multifunction")
static const VirXmlRow subsystem_source_rows[] = {
    XA_ENUM("protocol", protocol, domain_scsi_protocol),
    XA_STR("wwpn", wwpn),
    XA_ENUM("startupPolicy", startup_policy, storage_startup),
    XA_ENUM("guestReset", guest_reset, domain_guest_reset),
    XA_YESNO("writeFiltering", write_filtering),
    X_WHEN(type, TYPE(PCI),
        XG_FLAGS("address", XF_ALWAYS, X_FIELDS(pci, DomainPciAddress, domain_pci_address_table), OTHERS)),
    X_WHEN(type, TYPE(USB),
        XG("vendor", XA_UINT("id", usb_vendor, .flags = XF_HEX, .width = 4)),
        XG("product", XA_UINT("id", usb_product, .flags = XF_HEX, .width = 4)),
        XG("address",
            XA_UINT("bus", usb_bus, .flags = XF_ANYBASE),
            XA_UINT("device", usb_device, .flags = XF_ANYBASE),
            XA_CUSTOM("port", usb_port, guint8[4], domain_usb_port_type, .since = 1200),
            OTHERS)),
    X_WHEN(type, TYPE(SCSI),
        X_WHEN(protocol, X_BIT(DOMAIN_SCSI_PROTOCOL_NONE) | X_BIT(DOMAIN_SCSI_PROTOCOL_ADAPTER),
            X_PTRFIELDS(scsi, DomainHostdevScsi, adapter_table, .flags = XF_SHADOW)),
        X_WHEN(protocol, X_BIT(DOMAIN_SCSI_PROTOCOL_ISCSI),
            X_PTRFIELDS(scsi, DomainHostdevScsi, iscsi_table, .flags = XF_SHADOW)),
        X_PTR(NULL, scsi, DomainHostdevScsi, scsi_table)),
    X_WHEN(type, TYPE(MDEV), XG("address", XA_UUID("uuid", mdev_uuid), OTHERS)),
    X_IGNORED("address"), X_IGNORED("adapter"), X_IGNORED("host"), X_IGNORED("auth"), X_IGNORED("initiator"), X_IGNORED("name"),
    X_END
};
static const VirXmlRow capabilities_source_rows[] = {
    X_WHEN(type, TYPE(STORAGE), XE_STR("block", caps_source)),
    X_WHEN(type, TYPE(MISC), XE_STR("char", caps_source)),
    X_WHEN(type, TYPE(NET), XE_STR("interface", caps_source)),
    X_END
};

static const VirXmlRow hostdev_rows[] = {
    XA_ENUM("mode", mode, domain_hostdev_mode, .flags = XF_ALWAYS | XF_ABI, .arg = DOMAIN_HOSTDEV_MODE_SUBSYSTEM),
    XA_ENUM("type", type, domain_hostdev_type, .flags = XF_REQUIRED | XF_ABI),
    X_WHEN(mode, X_BIT(DOMAIN_HOSTDEV_MODE_SUBSYSTEM),
        XA_YESNO("managed", managed),
        XA_ENUM("sgio", sgio, domain_sgio),
        XA_YESNO("rawio", rawio),
        XA_ENUM("model", model, domain_hostdev_model, .flags = XF_ABI),
        XA_ONOFF("display", display, .flags = XF_ABI),
        XA_ONOFF("ramfb", ramfb, .flags = XF_ABI),
        XG("driver",
            XA_ENUM("name", driver, domain_net_driver),
            XA_STR("model", driver_model, .since = 1000),
            XA_YESNO("iommufd", iommufd, .since = 1201)),
        XG_ROWS("source", subsystem_source_rows),
        X_RAW("origstates", orig_states, .flags = XF_STATUS),
        X_PTR("teaming", teaming, DomainTeaming, domain_teaming_table)),
    X_WHEN(mode, X_BIT(DOMAIN_HOSTDEV_MODE_CAPABILITIES),
        XG_ROWS("source", capabilities_source_rows),
        X_ARRAY("ip", ips, NetIp, net_ip_table),
        X_ARRAY("route", routes, NetRoute, net_route_table)),
    XE_PRESENT("readonly", readonly, .flags = XF_ABI),
    XE_PRESENT("shareable", shareable, .flags = XF_ABI),
    X_FIELDS(info, DomainDeviceInfo, domain_device_info_boot_table),
    X_END
};
#undef XS
const VirXmlTable domain_hostdev_table = { "hostdev", sizeof(DomainHostdev), hostdev_rows };

DomainHostdev *domain_hostdev_new(DomainHostdevType type)
{
    DomainHostdev *hostdev = vir_xml_new(&domain_hostdev_table);

    hostdev->type = type;
    return hostdev;
}

void domain_hostdev_free(DomainHostdev *hostdev)
{
    vir_xml_free(&domain_hostdev_table, hostdev);
}

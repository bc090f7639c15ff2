/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Table of network interfaces.
 */
#include "conf/domain/net.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(domain_net_type, DOMAIN_NET_VALUES)
VIR_XML_ENUM_IMPL(domain_net_mode, DOMAIN_NET_DIRECT_VALUES)
VIR_XML_ENUM_IMPL(domain_net_driver, DOMAIN_NET_DRIVER_VALUES)
VIR_XML_ENUM_IMPL(domain_net_txmode, DOMAIN_NET_TXMODE_VALUES)
VIR_XML_ENUM_IMPL(domain_net_backend, DOMAIN_NET_BACKEND_VALUES)
VIR_XML_ENUM_IMPL(domain_link_state, DOMAIN_LINK_VALUES)
VIR_XML_ENUM_IMPL(domain_mac_type, DOMAIN_MAC_TYPE_VALUES)
VIR_XML_ENUM_IMPL(net_hostdev_kind, NET_HOSTDEV_KIND_VALUES)

#define XS DomainFilterParam
static const VirXmlRow filter_param_rows[] = {
    XA_STR("name", name, .flags = XF_REQUIRED),
    XA_STR("value", value, .flags = XF_REQUIRED),
    X_END
};
#undef XS
static const VirXmlTable filter_param_table = { "parameter", sizeof(DomainFilterParam), filter_param_rows };

#define XS DomainFilterRef
static const VirXmlRow filter_rows[] = {
    XA_STR("filter", filter, .flags = XF_REQUIRED),
    X_ARRAY("parameter", params, DomainFilterParam, filter_param_table),
    X_END
};
#undef XS
const VirXmlTable domain_filterref_table = { "filterref", sizeof(DomainFilterRef), filter_rows };

#define XS DomainNetHostdev
static const VirXmlRow hostdev_rows[] = {
    XA_YESNO("missing", missing, .since = 1200),
    XG("vendor", XA_UINT("id", vendor, .flags = XF_HEX, .width = 4)),
    XG("product", XA_UINT("id", product, .flags = XF_HEX, .width = 4)),
    XG("address",
        XA_ENUM("type", kind, net_hostdev_kind),
        X_WHEN(kind, X_BIT(NET_HOSTDEV_KIND_PCI), X_FIELDS(pci, DomainPciAddress, domain_pci_address_table)),
        X_WHEN(kind, X_BIT(NET_HOSTDEV_KIND_USB) | X_BIT(NET_HOSTDEV_KIND_NONE),
            XA_UINT("bus", usb_bus, .flags = XF_ANYBASE),
            XA_UINT("device", usb_device, .flags = XF_ANYBASE)),
        X_IGNORED("port")),
    X_END
};
static const VirXmlRow managed_rows[] = {
    XA_YESNO("managed", managed),
    X_END
};
#undef XS
static const VirXmlTable hostdev_table = { "source", sizeof(DomainNetHostdev), hostdev_rows };
static const VirXmlTable managed_table = { "interface", sizeof(DomainNetHostdev), managed_rows };

#define XS DomainNetOffloads
#define OFFLOAD(n, m) XA_ONOFF(n, m, .flags = XF_ABI)
static const VirXmlRow offload_rows[] = {
    XG("host",
        OFFLOAD("csum", host_csum), OFFLOAD("gso", host_gso), OFFLOAD("tso4", host_tso4), OFFLOAD("tso6", host_tso6),
        OFFLOAD("ecn", host_ecn), OFFLOAD("ufo", host_ufo), OFFLOAD("mrg_rxbuf", host_mrg_rxbuf)),
    XG("guest",
        OFFLOAD("csum", guest_csum), OFFLOAD("tso4", guest_tso4), OFFLOAD("tso6", guest_tso6),
        OFFLOAD("ecn", guest_ecn), OFFLOAD("ufo", guest_ufo)),
    X_END
};
#undef XS
static const VirXmlTable offload_table = { "driver", sizeof(DomainNetOffloads), offload_rows };

#define XS DomainNet
#define TYPE(t) X_BIT(DOMAIN_NET_##t)
/* What <source> holds, by type. */
static const VirXmlRow source_rows[] = {
    X_WHEN(type, TYPE(NETWORK),
        XA_STR("network", source, .flags = XF_REQUIRED),
        XA_STR("portid", portid, .flags = XF_LIVE),
        XA_STR("portgroup", portgroup)),
    X_WHEN(type, TYPE(BRIDGE),
        XA_STR("bridge", source, .flags = XF_REQUIRED),
        XA_ENUM("macTableManager", mac_table_manager, net_mac_table)),
    X_WHEN(type, TYPE(DIRECT),
        XA_STR("dev", source),
        XA_ENUM("mode", mode, domain_net_mode)),
    X_WHEN(type, TYPE(USER) | TYPE(VDPA), XA_STR("dev", source)),
    X_WHEN(type, TYPE(INTERNAL), XA_STR("name", source)),
    X_WHEN(type, TYPE(VHOSTUSER),
        XA_STR("type", source_kind),
        XA_STR("path", source),
        XA_ENUM("mode", mode, domain_net_mode),
        XA_STR("dev", source_dev),
        X_EMBED("reconnect", reconnect, DomainReconnect, domain_reconnect_table)),
    X_WHEN(type, TYPE(SERVER) | TYPE(CLIENT) | TYPE(MCAST) | TYPE(UDP),
        XA_STR("address", address),
        XA_UINT("port", port),
        XG("local", XA_STR("address", local_address), XA_UINT("port", local_port))),
    X_WHEN(type, TYPE(VDS),
        XA_STR("switchid", switchid),
        XA_STR("portid", portid),
        XA_STR("portgroupid", portgroupid),
        XA_STR("connectionid", connectionid)),
    X_WHEN(type, TYPE(HOSTDEV), X_PTRFIELDS(hostdev, DomainNetHostdev, hostdev_table)),
    X_ARRAY("ip", host_ips, NetIp, net_ip_table),
    X_ARRAY("route", host_routes, NetRoute, net_route_table),
    X_END
};

static const VirXmlRow driver_rows[] = {
    XA_ENUM("name", driver, domain_net_driver),
    XA_ENUM("txmode", txmode, domain_net_txmode, .flags = XF_ABI),
    XA_ONOFF("ioeventfd", ioeventfd, .flags = XF_ABI),
    XA_ONOFF("event_idx", event_idx, .flags = XF_ABI),
    XA_UINT("queues", queues, .flags = XF_ABI),
    XA_UINT("rx_queue_size", rx_queue_size, .flags = XF_ABI),
    XA_UINT("tx_queue_size", tx_queue_size, .flags = XF_ABI),
    XA_ONOFF("rss", rss, .flags = XF_ABI),
    XA_ONOFF("rss_hash_report", rss_hash_report, .flags = XF_ABI),
    X_FIELDS(virtio, DomainVirtioOptions, domain_virtio_options_table),
    XA_STR("model", hostdev_driver_model, .since = 1000),
    XA_YESNO("iommufd", hostdev_iommufd, .since = 1201),
    X_PTRFIELDS(offloads, DomainNetOffloads, offload_table),
    X_END
};

static const VirXmlRow net_rows[] = {
    XA_ENUM("type", type, domain_net_type, .flags = XF_ALWAYS, .arg = DOMAIN_NET_USER),
    X_WHEN(type, TYPE(HOSTDEV), X_PTRFIELDS(hostdev, DomainNetHostdev, managed_table, .flags = XF_SHADOW)),
    XA_YESNO("trustGuestRxFilters", trust_rx_filters),
    XG("mac",
        XA_MAC("address", mac, .flags = XF_ABI),
        XA_ENUM("type", mac_type, domain_mac_type),
        XA_YESNO("check", mac_check),
        XA_MAC("currentAddress", current_mac, .flags = XF_LIVE, .since = 1105)),
    /* A host device's driver stands before its source, any other behind the model. */
    X_WHEN(type, TYPE(HOSTDEV), XG_ROWS("driver", driver_rows)),
    XG_ROWS("source", source_rows),
    X_PTR("vlan", vlan, NetVlan, net_vlan_table),
    X_PTR("virtualport", vport, NetVport, net_vport_table),
    X_ARRAY("ip", ips, NetIp, net_ip_table),
    X_ARRAY("route", routes, NetRoute, net_route_table),
    X_ARRAY("portForward", port_forwards, NetPortForward, net_port_forward_table),
    X_PTR("bandwidth", bandwidth, NetBandwidth, net_bandwidth_table),
    XG("script", XA_STR("path", script)),
    XG("downscript", XA_STR("path", downscript)),
    XG("backenddomain", XA_STR("name", backenddomain)),
    XG("target", XA_STR("dev", ifname), XA_YESNO("managed", managed_tap)),
    XG("guest", XA_STR("dev", ifname_guest), XA_STR("actual", ifname_guest_actual)),
    XG("model", XA_STR("type", model, .flags = XF_ABI)),
    X_WHEN(type, ~TYPE(HOSTDEV), XG_ROWS("driver", driver_rows)),
    XG("backend",
        XA_ENUM("type", backend, domain_net_backend),
        XA_STR("tap", backend_tap),
        XA_STR("vhost", backend_vhost),
        XA_STR("logFile", backend_log),
        XA_STR("hostname", backend_hostname),
        XA_STR("fqdn", backend_fqdn)),
    X_PTR("teaming", teaming, DomainTeaming, domain_teaming_table),
    X_PTR("filterref", filter, DomainFilterRef, domain_filterref_table),
    XG("tune", XE_U64("sndbuf", sndbuf, .arg = -1)),
    XG("link", XA_ENUM("state", link, domain_link_state)),
    XG("mtu", XA_UINT("size", mtu, .flags = XF_ABI)),
    XG("coalesce", XG("rx", XG("frames", XA_UINT("max", coalesce_rx_frames_max)))),
    XG("port", XA_YESNO("isolated", isolated)),
    X_FIELDS(info, DomainDeviceInfo, domain_device_info_boot_table),
    X_RAW("actual", actual, .flags = XF_STATUS),
    X_END
};
#undef XS
const VirXmlTable domain_net_table = { "interface", sizeof(DomainNet), net_rows };

DomainNet *domain_net_new(DomainNetType type)
{
    DomainNet *net = vir_xml_new(&domain_net_table);

    net->type = type;
    return net;
}

void domain_net_free(DomainNet *net)
{
    vir_xml_free(&domain_net_table, net);
}

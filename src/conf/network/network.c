/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables of the network document and the port document.
 */
#include "conf/network/network.h"

#include "conf/known.h"
#include "util/error.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(network_forward_mode, NETWORK_FORWARD_VALUES)
VIR_XML_ENUM_IMPL(network_lease_unit, NETWORK_LEASE_UNIT_VALUES)
VIR_XML_ENUM_IMPL(network_driver, NETWORK_DRIVER_VALUES)
VIR_XML_ENUM_IMPL(network_plug, NETWORK_PLUG_VALUES)

#define XS NetworkLease
static const VirXmlRow lease_rows[] = {
    XA_U64("expiry", expiry, .flags = XF_ALWAYS),
    XA_ENUM("unit", unit, network_lease_unit),
    X_END
};
#undef XS
static const VirXmlTable lease_table = { "lease", sizeof(NetworkLease), lease_rows };

#define XS NetworkDhcpRange
static const VirXmlRow range_rows[] = {
    XA_STR("start", start, .flags = XF_REQUIRED),
    XA_STR("end", end, .flags = XF_REQUIRED),
    X_PTR("lease", lease, NetworkLease, lease_table),
    X_END
};
#undef XS
const VirXmlTable network_dhcp_range_table = { "range", sizeof(NetworkDhcpRange), range_rows };

#define XS NetworkDhcpHost
static const VirXmlRow dhcp_host_rows[] = {
    XA_STR("mac", mac),
    XA_STR("id", id),
    XA_STR("name", name),
    XA_STR("ip", ip),
    X_PTR("lease", lease, NetworkLease, lease_table),
    X_END
};
#undef XS
const VirXmlTable network_dhcp_host_table = { "host", sizeof(NetworkDhcpHost), dhcp_host_rows };

#define XS NetworkIp
static const VirXmlRow ip_rows[] = {
    XA_STR("family", family),
    XA_STR("address", address),
    XA_STR("netmask", netmask),
    XA_INT("prefix", prefix, .arg = -1),
    XA_YESNO("localPtr", local_ptr),
    XG("tftp", XA_STR("root", tftp_root)),
    XG_PRESENT("dhcp", dhcp,
        X_ARRAY("range", ranges, NetworkDhcpRange, network_dhcp_range_table),
        X_ARRAY("host", hosts, NetworkDhcpHost, network_dhcp_host_table),
        XG("bootp",
            XA_STR("file", bootp_file),
            XA_STR("server", bootp_server))),
    X_END
};
#undef XS
const VirXmlTable network_ip_table = { "ip", sizeof(NetworkIp), ip_rows };

#define XS NetworkForwardInterface
static const VirXmlRow forward_interface_rows[] = {
    XA_STR("dev", dev, .flags = XF_REQUIRED),
    XA_UINT("connections", connections, .flags = XF_LIVE),
    X_END
};
#undef XS
const VirXmlTable network_forward_interface_table = { "interface", sizeof(NetworkForwardInterface), forward_interface_rows };

#define XS NetworkForwardAddress
static const VirXmlRow forward_address_rows[] = {
    X_CONST("type", "pci"),
    X_FIELDS(addr, DomainPciAddress, domain_pci_address_table),
    XA_UINT("connections", connections, .flags = XF_LIVE),
    X_END
};
#undef XS
static const VirXmlTable forward_address_table = { "address", sizeof(NetworkForwardAddress), forward_address_rows };

/* dev= repeats the first interface; each makes the other. */
static gboolean forward_parsed(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err)
{
    NetworkForward *forward = obj;

    if (forward->dev && !forward->interfaces.n && !forward->pf) {
        VIR_ARRAY_ADD(&forward->interfaces)->dev = g_strdup(forward->dev);
    } else if (forward->interfaces.n && !forward->pf) {
        g_free(forward->dev);
        forward->dev = g_strdup(forward->interfaces.v[0].dev);
    }
    return TRUE;
}

#define XS NetworkForward
static const VirXmlRow forward_rows[] = {
    XA_STR("dev", dev),
    XA_ENUM("mode", mode, network_forward_mode, .flags = XF_ALWAYS, .arg = NETWORK_FORWARD_NAT),
    XA_YESNO("managed", managed),
    XG("driver",
        XA_ENUM("name", driver, network_driver),
        XA_STR("model", driver_model, .since = 1000),
        XA_YESNO("iommufd", driver_iommufd, .since = 1201)),
    XG("nat",
        XA_YESNO("ipv6", nat_ipv6),
        XG("address", XA_STR("start", nat_start), XA_STR("end", nat_end)),
        XG("port", XA_UINT("start", port_start, .max = 65535), XA_UINT("end", port_end, .max = 65535))),
    XG("pf", XA_STR("dev", pf)),
    X_ARRAY("interface", interfaces, NetworkForwardInterface, network_forward_interface_table),
    X_ARRAY("address", addresses, NetworkForwardAddress, forward_address_table),
    X_END
};
#undef XS
static const VirXmlTable forward_table = { "forward", sizeof(NetworkForward), forward_rows, forward_parsed };

#define XS NetworkDnsForwarder
static const VirXmlRow forwarder_rows[] = {
    XA_STR("domain", domain),
    XA_STR("addr", addr),
    XA_UINT("port", port, .max = 65535, .since = 1203),
    X_END
};
#undef XS
static const VirXmlTable forwarder_table = { "forwarder", sizeof(NetworkDnsForwarder), forwarder_rows };

#define XS NetworkDnsTxt
static const VirXmlRow txt_rows[] = {
    XA_STR("name", name, .flags = XF_REQUIRED),
    XA_STR("value", value, .flags = XF_EMPTY),
    X_END
};
#undef XS
const VirXmlTable network_dns_txt_table = { "txt", sizeof(NetworkDnsTxt), txt_rows };

#define XS NetworkDnsSrv
static const VirXmlRow srv_rows[] = {
    XA_STR("service", service, .flags = XF_REQUIRED),
    XA_STR("protocol", protocol, .flags = XF_REQUIRED),
    XA_STR("domain", domain),
    XA_STR("target", target),
    XA_UINT("port", port, .max = 65535),
    XA_UINT("priority", priority, .max = 65535),
    XA_UINT("weight", weight, .max = 65535),
    X_END
};
#undef XS
const VirXmlTable network_dns_srv_table = { "srv", sizeof(NetworkDnsSrv), srv_rows };

#define XS NetworkDnsHost
static const VirXmlRow dns_host_rows[] = {
    XA_STR("ip", ip),
    X_STRLIST("hostname", names),
    X_END
};
#undef XS
const VirXmlTable network_dns_host_table = { "host", sizeof(NetworkDnsHost), dns_host_rows };

#define XS NetworkDns
static const VirXmlRow dns_rows[] = {
    XA_YESNO("enable", enable),
    XA_YESNO("forwardPlainNames", forward_plain_names),
    X_ARRAY("forwarder", forwarders, NetworkDnsForwarder, forwarder_table),
    X_ARRAY("txt", txts, NetworkDnsTxt, network_dns_txt_table),
    X_ARRAY("srv", srvs, NetworkDnsSrv, network_dns_srv_table),
    X_ARRAY("host", hosts, NetworkDnsHost, network_dns_host_table),
    X_END
};
#undef XS
static const VirXmlTable dns_table = { "dns", sizeof(NetworkDns), dns_rows };

#define XS NetworkPortgroup
static const VirXmlRow portgroup_rows[] = {
    XA_STR("name", name, .flags = XF_REQUIRED),
    XA_YESNO("default", is_default),
    XA_YESNO("trustGuestRxFilters", trust_rx_filters),
    X_PTR("vlan", vlan, NetVlan, net_vlan_table),
    X_PTR("virtualport", vport, NetVport, net_vport_table),
    X_PTR("bandwidth", bandwidth, NetBandwidth, net_bandwidth_table),
    X_END
};
#undef XS
const VirXmlTable network_portgroup_table = { "portgroup", sizeof(NetworkPortgroup), portgroup_rows };

#define XS NetworkOption
static const VirXmlRow option_rows[] = {
    XA_STR("value", value, .flags = XF_REQUIRED),
    X_END
};
#undef XS
static const VirXmlTable option_table = { "dnsmasq:option", sizeof(NetworkOption), option_rows };

#define XS NetworkDnsmasq
static const VirXmlRow dnsmasq_rows[] = {
    XG("dnsmasq:options", X_ARRAY("dnsmasq:option", options, NetworkOption, option_table)),
    X_END
};
#undef XS
static const VirXmlTable dnsmasq_table = { "dnsmasq", sizeof(NetworkDnsmasq), dnsmasq_rows };

#define XS NetworkDef
static const VirXmlRow network_rows[] = {
    X_NSDECL(dnsmasq, "dnsmasq"),
    XA_UINT("connections", connections, .flags = XF_LIVE),
    XA_YESNO("ipv6", ipv6),
    XA_YESNO("trustGuestRxFilters", trust_rx_filters),
    XE_STR("name", name),
    XE_UUID("uuid", uuid),
    XE_STR("title", title, .since = 907),
    XE_STR("description", description, .since = 907),
    X_RAW("metadata", metadata),
    X_PTR("forward", forward, NetworkForward, forward_table),
    XG("bridge",
        XA_STR("name", bridge),
        XA_STR("zone", zone),
        XA_ONOFF("stp", stp),
        XA_S64("delay", delay, .arg = -1),
        XA_ENUM("macTableManager", mac_table_manager, net_mac_table)),
    XG("mtu", XA_UINT("size", mtu, .max = 65535)),
    XG("mac", XA_MAC("address", mac)),
    XG("domain",
        XA_STR("name", domain),
        XA_YESNO("localOnly", domain_local),
        XA_YESNO("register", domain_register, .since = 1002)),
    X_PTR("dns", dns, NetworkDns, dns_table),
    X_PTR("vlan", vlan, NetVlan, net_vlan_table),
    X_PTR("bandwidth", bandwidth, NetBandwidth, net_bandwidth_table),
    XG("port", XA_YESNO("isolated", isolated)),
    X_ARRAY("ip", ips, NetworkIp, network_ip_table, .flags = XF_EMPTY),
    X_ARRAY("route", routes, NetRoute, net_route_table),
    X_PTR("virtualport", vport, NetVport, net_vport_table),
    X_ARRAY("portgroup", portgroups, NetworkPortgroup, network_portgroup_table, .flags = XF_EMPTY),
    X_PTRFIELDS(dnsmasq, NetworkDnsmasq, dnsmasq_table),
    X_END
};
#undef XS

static gboolean network_parsed(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err)
{
    const NetworkDef *def = obj;

    return def->name || vir_fail_full(err, VIR_FROM_NETWORK, VIR_ERR_NO_NAME, "%s", "");
}
const VirXmlTable network_table = { "network", sizeof(NetworkDef), network_rows, network_parsed, .known = &network_known };

VIR_DOCUMENT_IMPL(NetworkDef, network_def, network_table, VIR_FROM_NETWORK)

#define XS NetworkPortDef
#define PLUG(p) X_BIT(NETWORK_PLUG_##p)
static const VirXmlRow plug_rows[] = {
    XA_ENUM("type", plug, network_plug, .flags = XF_REQUIRED),
    X_WHEN(plug, PLUG(NETWORK) | PLUG(BRIDGE),
        XA_STR("bridge", bridge),
        XA_ENUM("macTableManager", mac_table_manager, net_mac_table)),
    X_WHEN(plug, PLUG(DIRECT),
        XA_STR("dev", dev),
        XA_ENUM("mode", mode, domain_net_mode)),
    X_WHEN(plug, PLUG(HOSTDEV_PCI),
        XA_YESNO("managed", managed),
        XG("driver",
            XA_ENUM("name", driver, network_driver),
            XA_STR("model", driver_model, .since = 1000),
            XA_YESNO("iommufd", driver_iommufd, .since = 1201)),
        XG_FLAGS("address", XF_ALWAYS, X_FIELDS(addr, DomainPciAddress, domain_pci_address_table))),
    X_END
};
static const VirXmlRow port_rows[] = {
    XE_UUID("uuid", uuid),
    XG("owner", XE_STR("name", owner_name), XE_UUID("uuid", owner_uuid)),
    XE_STR("group", group),
    XG("mac", XA_MAC("address", mac)),
    XG("rxfilters", XA_YESNO("trustGuest", trust_rx_filters)),
    XG("port", XA_YESNO("isolated", isolated)),
    X_PTR("virtualport", vport, NetVport, net_vport_table),
    X_PTR("bandwidth", bandwidth, NetBandwidth, net_bandwidth_table),
    X_PTR("vlan", vlan, NetVlan, net_vlan_table),
    XG_ROWS("plug", plug_rows),
    X_END
};
#undef XS
const VirXmlTable network_port_table = { "networkport", sizeof(NetworkPortDef), port_rows, .known = &network_port_known };

VIR_DOCUMENT_IMPL(NetworkPortDef, network_port_def, network_port_table, VIR_FROM_NETWORK)

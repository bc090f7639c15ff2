/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables of the network fragments that interfaces, host devices and network documents share.
 */
#include "conf/domain/net.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(net_mac_table, NET_MAC_TABLE_VALUES)
VIR_XML_ENUM_IMPL(net_vport_type, NET_VPORT_VALUES)
VIR_XML_ENUM_IMPL(net_vlan_mode, NET_VLAN_MODE_VALUES)
VIR_XML_ENUM_IMPL(net_proto, NET_PROTO_VALUES)
VIR_XML_ENUM_IMPL(domain_teaming_type, DOMAIN_TEAMING_VALUES)

#define XS NetIp
static const VirXmlRow ip_rows[] = {
    XA_STR("address", address, .flags = XF_REQUIRED),
    XA_STR("family", family),
    XA_INT("prefix", prefix, .arg = -1),
    XA_STR("peer", peer),
    X_END
};
#undef XS
const VirXmlTable net_ip_table = { "ip", sizeof(NetIp), ip_rows };

#define XS NetRoute
static const VirXmlRow route_rows[] = {
    XA_STR("family", family),
    XA_STR("address", address),
    XA_STR("netmask", netmask),
    XA_INT("prefix", prefix, .arg = -1),
    XA_STR("gateway", gateway, .flags = XF_REQUIRED),
    XA_UINT("metric", metric),
    X_END
};
#undef XS
const VirXmlTable net_route_table = { "route", sizeof(NetRoute), route_rows };

#define XS NetRate
static const VirXmlRow rate_rows[] = {
    XA_U64("average", average),
    XA_U64("peak", peak),
    XA_U64("floor", floor),
    XA_U64("burst", burst),
    X_END
};
#undef XS
static const VirXmlTable rate_table = { "inbound", sizeof(NetRate), rate_rows };

#define XS NetBandwidth
static const VirXmlRow bandwidth_rows[] = {
    XA_UINT("classID", class_id),
    X_EMBED("inbound", in, NetRate, rate_table),
    X_EMBED("outbound", out, NetRate, rate_table),
    X_END
};
#undef XS
const VirXmlTable net_bandwidth_table = { "bandwidth", sizeof(NetBandwidth), bandwidth_rows };

#define XS NetVlanTag
static const VirXmlRow vlan_tag_rows[] = {
    XA_UINT("id", id, .flags = XF_ALWAYS, .max = 4095),
    XA_ENUM("nativeMode", native_mode, net_vlan_mode),
    X_END
};
#undef XS
static const VirXmlTable vlan_tag_table = { "tag", sizeof(NetVlanTag), vlan_tag_rows };

#define XS NetVlan
static const VirXmlRow vlan_rows[] = {
    XA_YESNO("trunk", trunk),
    X_ARRAY("tag", tags, NetVlanTag, vlan_tag_table),
    X_END
};
#undef XS
const VirXmlTable net_vlan_table = { "vlan", sizeof(NetVlan), vlan_rows };

#define XS NetVport
static const VirXmlRow vport_rows[] = {
    XA_ENUM("type", type, net_vport_type),
    XG("parameters",
        XA_INT("managerid", managerid, .arg = -1),
        XA_INT("typeid", typeid, .arg = -1),
        XA_INT("typeidversion", typeidversion, .arg = -1),
        XA_UUID("instanceid", instanceid),
        XA_UUID("interfaceid", interfaceid),
        XA_STR("profileid", profileid, .flags = XF_EMPTY)),
    X_END
};
#undef XS
const VirXmlTable net_vport_table = { "virtualport", sizeof(NetVport), vport_rows };

#define XS NetForwardRange
static const VirXmlRow range_rows[] = {
    XA_UINT("start", start),
    XA_UINT("end", end),
    XA_UINT("to", to),
    XA_YESNO("exclude", exclude),
    X_END
};
#undef XS
static const VirXmlTable range_table = { "range", sizeof(NetForwardRange), range_rows };

#define XS NetPortForward
static const VirXmlRow port_forward_rows[] = {
    XA_ENUM("proto", proto, net_proto, .flags = XF_REQUIRED),
    XA_STR("address", address),
    XA_STR("dev", dev),
    X_ARRAY("range", ranges, NetForwardRange, range_table),
    X_END
};
#undef XS
const VirXmlTable net_port_forward_table = { "portForward", sizeof(NetPortForward), port_forward_rows };

#define XS DomainTeaming
static const VirXmlRow teaming_rows[] = {
    XA_ENUM("type", type, domain_teaming_type, .flags = XF_REQUIRED),
    XA_STR("persistent", persistent),
    X_END
};
#undef XS
const VirXmlTable domain_teaming_table = { "teaming", sizeof(DomainTeaming), teaming_rows };

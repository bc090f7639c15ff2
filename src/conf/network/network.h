/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The network document and the port document. Plain data; what interfaces of domains have too (IP, route, bandwidth,
 * VLAN, virtual port) is in conf/domain/net.h.
 */
#pragma once

#include "conf/document.h"
#include "conf/domain/net.h"
#include "util/uuid.h"

#define NETWORK_FORWARD_VALUES(V)                                                                                   \
    V(NETWORK_FORWARD_NAT, "nat") V(NETWORK_FORWARD_ROUTE, "route") V(NETWORK_FORWARD_OPEN, "open")                   \
    V(NETWORK_FORWARD_BRIDGE, "bridge") V(NETWORK_FORWARD_PRIVATE, "private") V(NETWORK_FORWARD_VEPA, "vepa")         \
    V(NETWORK_FORWARD_PASSTHROUGH, "passthrough") V(NETWORK_FORWARD_HOSTDEV, "hostdev")
VIR_XML_ENUM(NetworkForwardMode, network_forward_mode, NETWORK_FORWARD_NONE, NETWORK_FORWARD_VALUES)

#define NETWORK_LEASE_UNIT_VALUES(V) V(NETWORK_LEASE_SECONDS, "seconds") V(NETWORK_LEASE_MINUTES, "minutes") V(NETWORK_LEASE_HOURS, "hours")
VIR_XML_ENUM(NetworkLeaseUnit, network_lease_unit, NETWORK_LEASE_UNIT_NONE, NETWORK_LEASE_UNIT_VALUES)

#define NETWORK_DRIVER_VALUES(V) V(NETWORK_DRIVER_KVM, "kvm") V(NETWORK_DRIVER_VFIO, "vfio") V(NETWORK_DRIVER_XEN, "xen")
VIR_XML_ENUM(NetworkDriver, network_driver, NETWORK_DRIVER_NONE, NETWORK_DRIVER_VALUES)

typedef struct { guint64 expiry; NetworkLeaseUnit unit; } NetworkLease;    /* expiry 0: for ever */

typedef struct { char *start, *end; NetworkLease *lease; } NetworkDhcpRange;
typedef struct { char *mac, *id, *name, *ip; NetworkLease *lease; } NetworkDhcpHost;

typedef struct {
    char *family, *address, *netmask;
    int prefix;                    /* -1: absent */
    VirTristate local_ptr;
    bool dhcp;                     /* <dhcp> stood there */
    char *tftp_root, *bootp_file, *bootp_server;
    VIR_ARRAY(NetworkDhcpRange) ranges;
    VIR_ARRAY(NetworkDhcpHost) hosts;
} NetworkIp;

typedef struct { char *dev; guint connections; } NetworkForwardInterface;     /* connections: live */
typedef struct { DomainPciAddress addr; guint connections; } NetworkForwardAddress;
typedef struct {
    NetworkForwardMode mode;
    NetworkDriver driver;
    VirTristate managed, nat_ipv6, driver_iommufd;
    char *dev, *pf, *driver_model;
    char *nat_start, *nat_end;     /* addresses */
    guint port_start, port_end;    /* 0: absent */
    VIR_ARRAY(NetworkForwardInterface) interfaces;
    VIR_ARRAY(NetworkForwardAddress) addresses;
} NetworkForward;

typedef struct { char *addr, *domain; guint port; } NetworkDnsForwarder;
typedef struct { char *name, *value; } NetworkDnsTxt;
typedef struct { char *service, *protocol, *domain, *target; guint port, priority, weight; } NetworkDnsSrv;   /* 0: absent */
typedef struct { char *ip; VIR_LIST(char) names; } NetworkDnsHost;
typedef struct {
    VirTristate enable, forward_plain_names;
    VIR_ARRAY(NetworkDnsForwarder) forwarders;
    VIR_ARRAY(NetworkDnsTxt) txts;
    VIR_ARRAY(NetworkDnsSrv) srvs;
    VIR_ARRAY(NetworkDnsHost) hosts;
} NetworkDns;

typedef struct {
    char *name;
    VirTristate is_default, trust_rx_filters;
    NetVport *vport;
    NetBandwidth *bandwidth;
    NetVlan *vlan;
} NetworkPortgroup;

typedef struct { char *value; } NetworkOption;
typedef struct { VIR_ARRAY(NetworkOption) options; } NetworkDnsmasq;

typedef struct {
    VirTristate ipv6, trust_rx_filters, stp, domain_local, domain_register, isolated;
    NetMacTable mac_table_manager;
    guint connections;             /* live */
    char *name;
    guint8 uuid[VIR_UUID_LEN];     /* zero: not given */
    char *title, *description, *metadata;
    char *bridge, *zone;
    gint64 delay;                  /* seconds; -1: absent */
    guint mtu;                     /* 0: absent */
    VirMac mac;                    /* zero: absent */
    char *domain;
    NetworkForward *forward;       /* NULL: isolated */
    NetworkDns *dns;
    NetVlan *vlan;
    NetBandwidth *bandwidth;
    NetVport *vport;
    VIR_ARRAY(NetworkIp) ips;
    VIR_ARRAY(NetRoute) routes;
    VIR_ARRAY(NetworkPortgroup) portgroups;
    NetworkDnsmasq *dnsmasq;       /* the dnsmasq: namespace */
} NetworkDef;

VIR_DOCUMENT(NetworkDef, network_def, network_table)
extern const VirXmlTable network_ip_table, network_dhcp_range_table, network_dhcp_host_table, network_dns_host_table,
    network_dns_srv_table, network_dns_txt_table, network_portgroup_table, network_forward_interface_table;   /* parts that update changes */

#define NETWORK_PLUG_VALUES(V) V(NETWORK_PLUG_NETWORK, "network") V(NETWORK_PLUG_BRIDGE, "bridge") V(NETWORK_PLUG_DIRECT, "direct") \
    V(NETWORK_PLUG_HOSTDEV_PCI, "hostdev-pci")
VIR_XML_ENUM(NetworkPlug, network_plug, NETWORK_PLUG_NONE, NETWORK_PLUG_VALUES)

/* One guest's interface on a network. */
typedef struct {
    guint8 uuid[VIR_UUID_LEN], owner_uuid[VIR_UUID_LEN];
    char *owner_name, *group;
    VirMac mac;
    VirTristate trust_rx_filters, isolated, managed, driver_iommufd;
    NetworkPlug plug;
    NetMacTable mac_table_manager;
    NetworkDriver driver;
    DomainNetMode mode;
    char *bridge, *dev, *driver_model;
    DomainPciAddress addr;
    NetVport *vport;
    NetBandwidth *bandwidth;
    NetVlan *vlan;
} NetworkPortDef;

VIR_DOCUMENT(NetworkPortDef, network_port_def, network_port_table)

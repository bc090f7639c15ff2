/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Network interfaces, and the network fragments other documents share (IP, route, bandwidth, VLAN, virtual port).
 * Plain data.
 */
#pragma once

#include "conf/domain/device-info.h"
#include "util/mac.h"

#define DOMAIN_NET_VALUES(V)                                                                                        \
    V(DOMAIN_NET_USER, "user") V(DOMAIN_NET_ETHERNET, "ethernet") V(DOMAIN_NET_VHOSTUSER, "vhostuser")                \
    V(DOMAIN_NET_SERVER, "server") V(DOMAIN_NET_CLIENT, "client") V(DOMAIN_NET_MCAST, "mcast")                        \
    V(DOMAIN_NET_NETWORK, "network") V(DOMAIN_NET_BRIDGE, "bridge") V(DOMAIN_NET_INTERNAL, "internal")                \
    V(DOMAIN_NET_DIRECT, "direct") V(DOMAIN_NET_HOSTDEV, "hostdev") V(DOMAIN_NET_UDP, "udp") V(DOMAIN_NET_VDPA, "vdpa")   \
    V(DOMAIN_NET_NULL, "null") V(DOMAIN_NET_VDS, "vds")
VIR_XML_ENUM(DomainNetType, domain_net_type, DOMAIN_NET_NONE, DOMAIN_NET_VALUES)

#define DOMAIN_NET_DIRECT_VALUES(V) V(DOMAIN_NET_DIRECT_VEPA, "vepa") V(DOMAIN_NET_DIRECT_PRIVATE, "private") \
    V(DOMAIN_NET_DIRECT_BRIDGE, "bridge") V(DOMAIN_NET_DIRECT_PASSTHROUGH, "passthrough") \
    V(DOMAIN_NET_MODE_SERVER, "server") V(DOMAIN_NET_MODE_CLIENT, "client")
VIR_XML_ENUM(DomainNetMode, domain_net_mode, DOMAIN_NET_MODE_NONE, DOMAIN_NET_DIRECT_VALUES)

#define DOMAIN_NET_DRIVER_VALUES(V) V(DOMAIN_NET_DRIVER_QEMU, "qemu") V(DOMAIN_NET_DRIVER_VHOST, "vhost") \
    V(DOMAIN_NET_DRIVER_KVM, "kvm") V(DOMAIN_NET_DRIVER_VFIO, "vfio") V(DOMAIN_NET_DRIVER_XEN, "xen")
VIR_XML_ENUM(DomainNetDriver, domain_net_driver, DOMAIN_NET_DRIVER_NONE, DOMAIN_NET_DRIVER_VALUES)

#define DOMAIN_NET_TXMODE_VALUES(V) V(DOMAIN_NET_TXMODE_IOTHREAD, "iothread") V(DOMAIN_NET_TXMODE_TIMER, "timer")
VIR_XML_ENUM(DomainNetTxmode, domain_net_txmode, DOMAIN_NET_TXMODE_NONE, DOMAIN_NET_TXMODE_VALUES)

#define DOMAIN_NET_BACKEND_VALUES(V) V(DOMAIN_NET_BACKEND_DEFAULT, "default") V(DOMAIN_NET_BACKEND_PASST, "passt")
VIR_XML_ENUM(DomainNetBackend, domain_net_backend, DOMAIN_NET_BACKEND_NONE, DOMAIN_NET_BACKEND_VALUES)

#define DOMAIN_LINK_VALUES(V) V(DOMAIN_LINK_UP, "up") V(DOMAIN_LINK_DOWN, "down")
VIR_XML_ENUM(DomainLinkState, domain_link_state, DOMAIN_LINK_NONE, DOMAIN_LINK_VALUES)

#define DOMAIN_MAC_TYPE_VALUES(V) V(DOMAIN_MAC_TYPE_GENERATED, "generated") V(DOMAIN_MAC_TYPE_STATIC, "static")
VIR_XML_ENUM(DomainMacType, domain_mac_type, DOMAIN_MAC_TYPE_NONE, DOMAIN_MAC_TYPE_VALUES)

#define NET_MAC_TABLE_VALUES(V) V(NET_MAC_TABLE_KERNEL, "kernel") V(NET_MAC_TABLE_LIBVIRT, "libvirt")
VIR_XML_ENUM(NetMacTable, net_mac_table, NET_MAC_TABLE_NONE, NET_MAC_TABLE_VALUES)

#define NET_VPORT_VALUES(V) V(NET_VPORT_NOTHING, "none") V(NET_VPORT_8021QBG, "802.1Qbg") V(NET_VPORT_8021QBH, "802.1Qbh") \
    V(NET_VPORT_OPENVSWITCH, "openvswitch") V(NET_VPORT_MIDONET, "midonet")
VIR_XML_ENUM(NetVportType, net_vport_type, NET_VPORT_NONE, NET_VPORT_VALUES)

#define NET_VLAN_MODE_VALUES(V) V(NET_VLAN_MODE_TAGGED, "tagged") V(NET_VLAN_MODE_UNTAGGED, "untagged")
VIR_XML_ENUM(NetVlanMode, net_vlan_mode, NET_VLAN_MODE_NONE, NET_VLAN_MODE_VALUES)

#define NET_PROTO_VALUES(V) V(NET_PROTO_TCP, "tcp") V(NET_PROTO_UDP, "udp")
VIR_XML_ENUM(NetProto, net_proto, NET_PROTO_NONE, NET_PROTO_VALUES)

#define DOMAIN_TEAMING_VALUES(V) V(DOMAIN_TEAMING_PERSISTENT, "persistent") V(DOMAIN_TEAMING_TRANSIENT, "transient")
VIR_XML_ENUM(DomainTeamingType, domain_teaming_type, DOMAIN_TEAMING_NONE, DOMAIN_TEAMING_VALUES)

typedef struct {
    char *address, *family, *peer;
    int prefix;                    /* -1: absent */
} NetIp;

typedef struct {
    char *family, *address, *netmask, *gateway;
    int prefix;                    /* -1: absent */
    guint metric;                  /* 0: absent */
} NetRoute;

typedef struct { guint64 average, peak, floor, burst; } NetRate;   /* KiB/s, burst KiB; 0: absent */
typedef struct {
    NetRate in, out;
    guint class_id;
} NetBandwidth;

typedef struct {
    guint id;
    NetVlanMode native_mode;
} NetVlanTag;
typedef struct {
    VirTristate trunk;
    VIR_ARRAY(NetVlanTag) tags;
} NetVlan;

typedef struct {
    NetVportType type;
    int managerid, typeid, typeidversion;   /* -1: absent */
    guint8 instanceid[16], interfaceid[16]; /* zero: absent */
    char *profileid;
} NetVport;

typedef struct { guint start, end, to; VirTristate exclude; } NetForwardRange;   /* 0: absent */
typedef struct {
    NetProto proto;
    char *address, *dev;
    VIR_ARRAY(NetForwardRange) ranges;
} NetPortForward;

typedef struct { char *name, *value; } DomainFilterParam;
typedef struct {
    char *filter;
    VIR_ARRAY(DomainFilterParam) params;
} DomainFilterRef;

typedef struct {
    DomainTeamingType type;
    char *persistent;
} DomainTeaming;

#define NET_HOSTDEV_KIND_VALUES(V) V(NET_HOSTDEV_KIND_PCI, "pci") V(NET_HOSTDEV_KIND_USB, "usb")
VIR_XML_ENUM(NetHostdevKind, net_hostdev_kind, NET_HOSTDEV_KIND_NONE, NET_HOSTDEV_KIND_VALUES)

/* type='hostdev' (and the actual network of such kind). */
typedef struct {
    VirTristate managed, missing;
    NetHostdevKind kind;
    DomainPciAddress pci;
    guint usb_bus, usb_device, vendor, product;
} DomainNetHostdev;

/* Offloads of <driver>. */
typedef struct {
    VirTristate host_csum, host_gso, host_tso4, host_tso6, host_ecn, host_ufo, host_mrg_rxbuf;
    VirTristate guest_csum, guest_tso4, guest_tso6, guest_ecn, guest_ufo;
} DomainNetOffloads;

typedef struct {
    DomainNetType type;
    DomainNetMode mode;            /* direct: macvtap mode; vhostuser: server or client */
    DomainNetDriver driver;
    DomainNetTxmode txmode;
    DomainNetBackend backend;
    DomainLinkState link;
    DomainMacType mac_type;
    NetMacTable mac_table_manager;
    VirTristate mac_check, managed_tap, ioeventfd, event_idx, rss, rss_hash_report, isolated, trust_rx_filters;
    DomainVirtioOptions virtio;
    VirMac mac, current_mac;       /* zero: absent */
    char *model;                   /* "virtio" */
    char *source;                  /* network, bridge, dev, name or path, by type */
    char *source_kind, *source_dev; /* vhostuser: "unix"; the interface it stands for */
    char *portgroup, *portid;      /* network */
    char *address;                 /* server, client, mcast, udp */
    char *switchid, *portgroupid, *connectionid;   /* vds */
    guint port;                    /* server, client, mcast, udp */
    char *local_address;           /* udp */
    guint local_port;
    DomainReconnect reconnect;     /* vhostuser */
    DomainNetHostdev *hostdev;
    VIR_ARRAY(NetIp) ips, host_ips;             /* of the guest; of the host's side (<source>) */
    VIR_ARRAY(NetRoute) routes, host_routes;
    VIR_ARRAY(NetPortForward) port_forwards;
    NetVport *vport;
    NetVlan *vlan;
    NetBandwidth *bandwidth;
    DomainFilterRef *filter;
    DomainTeaming *teaming;
    DomainNetOffloads *offloads;
    char *ifname;                  /* target dev: "vnet0" */
    char *ifname_guest, *ifname_guest_actual;
    char *script, *downscript, *backenddomain;
    char *backend_tap, *backend_vhost, *backend_log, *backend_hostname, *backend_fqdn;
    guint queues, rx_queue_size, tx_queue_size, mtu, coalesce_rx_frames_max;
    guint64 sndbuf;                /* G_MAXUINT64: absent */
    char *hostdev_driver_model;
    VirTristate hostdev_iommufd;
    char *actual;                  /* status: <actual> word for word */
    DomainDeviceInfo info;
} DomainNet;

extern const VirXmlTable domain_net_table;
extern const VirXmlTable net_ip_table, net_route_table, net_bandwidth_table, net_vlan_table, net_vport_table,
    net_port_forward_table, domain_teaming_table, domain_filterref_table;

DomainNet *domain_net_new(DomainNetType type);
void domain_net_free(DomainNet *net);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DomainNet, domain_net_free)

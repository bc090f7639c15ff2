/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Host devices given to a guest. Plain data.
 */
#pragma once

#include "conf/domain/net.h"
#include "conf/domain/disk.h"

#define DOMAIN_HOSTDEV_MODE_VALUES(V) V(DOMAIN_HOSTDEV_MODE_SUBSYSTEM, "subsystem") V(DOMAIN_HOSTDEV_MODE_CAPABILITIES, "capabilities")
VIR_XML_ENUM(DomainHostdevMode, domain_hostdev_mode, DOMAIN_HOSTDEV_MODE_NONE, DOMAIN_HOSTDEV_MODE_VALUES)

#define DOMAIN_HOSTDEV_VALUES(V)                                                                                    \
    V(DOMAIN_HOSTDEV_USB, "usb") V(DOMAIN_HOSTDEV_PCI, "pci") V(DOMAIN_HOSTDEV_SCSI, "scsi")                          \
    V(DOMAIN_HOSTDEV_SCSI_HOST, "scsi_host") V(DOMAIN_HOSTDEV_MDEV, "mdev")                                           \
    V(DOMAIN_HOSTDEV_STORAGE, "storage") V(DOMAIN_HOSTDEV_MISC, "misc") V(DOMAIN_HOSTDEV_NET, "net")
VIR_XML_ENUM(DomainHostdevType, domain_hostdev_type, DOMAIN_HOSTDEV_NONE, DOMAIN_HOSTDEV_VALUES)

#define DOMAIN_HOSTDEV_MODEL_VALUES(V)                                                                              \
    V(DOMAIN_HOSTDEV_MODEL_VIRTIO, "virtio") V(DOMAIN_HOSTDEV_MODEL_VIRTIO_TRANSITIONAL, "virtio-transitional")       \
    V(DOMAIN_HOSTDEV_MODEL_VIRTIO_NON_TRANSITIONAL, "virtio-non-transitional") V(DOMAIN_HOSTDEV_MODEL_VFIO_PCI, "vfio-pci") \
    V(DOMAIN_HOSTDEV_MODEL_VFIO_CCW, "vfio-ccw") V(DOMAIN_HOSTDEV_MODEL_VFIO_AP, "vfio-ap")
VIR_XML_ENUM(DomainHostdevModel, domain_hostdev_model, DOMAIN_HOSTDEV_MODEL_NONE, DOMAIN_HOSTDEV_MODEL_VALUES)

#define DOMAIN_SCSI_PROTOCOL_VALUES(V) V(DOMAIN_SCSI_PROTOCOL_ADAPTER, "adapter") V(DOMAIN_SCSI_PROTOCOL_ISCSI, "iscsi") \
    V(DOMAIN_SCSI_PROTOCOL_VHOST, "vhost")
VIR_XML_ENUM(DomainScsiProtocol, domain_scsi_protocol, DOMAIN_SCSI_PROTOCOL_NONE, DOMAIN_SCSI_PROTOCOL_VALUES)

#define DOMAIN_GUEST_RESET_VALUES(V) V(DOMAIN_GUEST_RESET_OFF, "off") V(DOMAIN_GUEST_RESET_UNINITIALIZED, "uninitialized") \
    V(DOMAIN_GUEST_RESET_ON, "on")
VIR_XML_ENUM(DomainGuestReset, domain_guest_reset, DOMAIN_GUEST_RESET_NONE, DOMAIN_GUEST_RESET_VALUES)

typedef struct {
    char *adapter;                 /* adapter: "scsi_host0" */
    guint bus, target;
    guint64 unit;
    char *iqn, *initiator_iqn;     /* iscsi */
    VIR_ARRAY(StorageHost) hosts;
    StorageAuth *auth;
} DomainHostdevScsi;

typedef struct {
    DomainHostdevMode mode;
    DomainHostdevType type;
    DomainHostdevModel model;
    DomainNetDriver driver;
    StorageStartup startup_policy;
    DomainScsiProtocol protocol;
    DomainGuestReset guest_reset;
    DomainSgio sgio;
    VirTristate managed, rawio, write_filtering, ramfb, display, iommufd;
    bool readonly, shareable;
    DomainPciAddress pci;
    guint usb_bus, usb_device, usb_vendor, usb_product;
    guint8 usb_port[4];
    DomainHostdevScsi *scsi;
    guint8 mdev_uuid[16];
    char *wwpn;                    /* scsi_host */
    char *caps_source;             /* capabilities: block, char or interface */
    char *driver_model;
    VIR_ARRAY(NetIp) ips;
    VIR_ARRAY(NetRoute) routes;
    DomainTeaming *teaming;
    char *orig_states;             /* status: <origstates> word for word */
    DomainDeviceInfo info;
} DomainHostdev;

extern const VirXmlTable domain_hostdev_table;

DomainHostdev *domain_hostdev_new(DomainHostdevType type);
void domain_hostdev_free(DomainHostdev *hostdev);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What all devices of a domain share: alias, address on a guest bus, boot order, option ROM, virtio options. Plain data;
 * an address is valid once its type is set (PCI: and not all zero, see domain_address_is_assigned).
 */
#pragma once

#include "util/bitmap.h"
#include "util/xmltab.h"

#define DOMAIN_ADDRESS_VALUES(V)                                                                                      \
    V(DOMAIN_ADDRESS_PCI, "pci") V(DOMAIN_ADDRESS_DRIVE, "drive") V(DOMAIN_ADDRESS_VIRTIO_SERIAL, "virtio-serial")      \
    V(DOMAIN_ADDRESS_CCID, "ccid") V(DOMAIN_ADDRESS_USB, "usb") V(DOMAIN_ADDRESS_SPAPR_VIO, "spapr-vio")                \
    V(DOMAIN_ADDRESS_VIRTIO_S390, "virtio-s390") V(DOMAIN_ADDRESS_CCW, "ccw") V(DOMAIN_ADDRESS_VIRTIO_MMIO, "virtio-mmio") \
    V(DOMAIN_ADDRESS_ISA, "isa") V(DOMAIN_ADDRESS_DIMM, "dimm") V(DOMAIN_ADDRESS_UNASSIGNED, "unassigned")
VIR_XML_ENUM(DomainAddressType, domain_address_type, DOMAIN_ADDRESS_NONE, DOMAIN_ADDRESS_VALUES)

typedef struct {
    guint domain;
    guint8 bus, slot, function;
    VirTristate multifunction;
} DomainPciAddress;

typedef struct {
    guint16 uid;        /* 0: absent */
    bool has_fid;
    guint fid;
} DomainZpci;

typedef struct {
    guint controller, bus, target, unit;
} DomainDriveAddress;

typedef struct {
    guint bus;
    guint8 port[4];     /* "1.2": 1, 2, 0, 0; all zero: none */
} DomainUsbAddress;

#define DOMAIN_CCW_UNSET 0xffff   /* cssid of an address that is not assigned yet */
#define DOMAIN_REG_UNSET G_MAXUINT64

typedef struct {
    DomainAddressType type;
    union {
        struct { DomainPciAddress pci; DomainZpci zpci; };
        DomainDriveAddress drive;
        struct { guint controller, bus, port; } virtio_serial;
        struct { guint controller, slot; } ccid;
        DomainUsbAddress usb;
        struct { guint64 reg; } spapr;                   /* DOMAIN_REG_UNSET */
        struct { guint16 cssid, ssid, devno; } ccw;      /* DOMAIN_CCW_UNSET */
        struct { guint iobase, irq; } isa;
        struct { guint64 base; guint slot; } dimm;
    };
} DomainAddress;

typedef struct {
    char *alias;                 /* "virtio-disk0"; of an inactive domain only user's own: "ua-..." */
    DomainAddress addr;
    guint boot_order;            /* 0: none */
    guint16 acpi_index;          /* 0: none */
    VirTristate rom_enabled, rom_bar;
    char *rom_file, *boot_loadparm;
    VirBitmap *acpi_nodeset;
} DomainDeviceInfo;

/* Attributes of <driver> of every virtio device. */
typedef struct {
    VirTristate iommu, ats, packed, page_per_vq;
} DomainVirtioOptions;

/* The models every virtio device has. */
#define DOMAIN_VIRTIO_MODEL_VALUES(V)                                                                            \
    V(DOMAIN_VIRTIO_MODEL_VIRTIO, "virtio") V(DOMAIN_VIRTIO_MODEL_TRANSITIONAL, "virtio-transitional")             \
    V(DOMAIN_VIRTIO_MODEL_NON_TRANSITIONAL, "virtio-non-transitional")
VIR_XML_ENUM(DomainVirtioModel, domain_virtio_model, DOMAIN_VIRTIO_MODEL_NONE, DOMAIN_VIRTIO_MODEL_VALUES)

/* A security label of one device's source. */
typedef struct {
    char *model, *label;
    VirTristate relabel;
    bool labelskip;
} DomainDeviceSeclabel;

/* <reconnect> of sockets. */
typedef struct {
    VirTristate enabled;
    guint timeout, delay;
} DomainReconnect;

extern const VirXmlTable domain_device_info_table;        /* alias, acpi, address */
extern const VirXmlTable domain_device_info_boot_table;   /* and boot, rom */
extern const VirXmlTable domain_device_alias_table, domain_device_boot_table, domain_device_rom_table,
    domain_device_place_table;                            /* the parts: place is acpi and address */
extern const VirXmlTable domain_virtio_options_table, domain_device_seclabel_table, domain_reconnect_table;
extern const VirXmlTable domain_pci_address_table;        /* attributes domain, bus, slot, function, multifunction */
extern const VirXmlType domain_usb_port_type;             /* guint8[4] */

/* The user named it so; such aliases are kept in inactive documents. */
gboolean domain_alias_is_user(const char *alias);
/* The address has a type and, where that needs one, a place on its bus. */
gboolean domain_address_is_assigned(const DomainAddress *addr);
gboolean domain_pci_address_is_empty(const DomainPciAddress *addr);
gboolean domain_address_equal(const DomainAddress *a, const DomainAddress *b);

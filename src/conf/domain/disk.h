/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Disks and controllers. Plain data.
 */
#pragma once

#include "conf/domain/storage.h"

#define DOMAIN_DISK_DEVICE_VALUES(V)                                                                                \
    V(DOMAIN_DISK_DEVICE_DISK, "disk") V(DOMAIN_DISK_DEVICE_CDROM, "cdrom") V(DOMAIN_DISK_DEVICE_FLOPPY, "floppy")    \
    V(DOMAIN_DISK_DEVICE_LUN, "lun")
VIR_XML_ENUM(DomainDiskDevice, domain_disk_device, DOMAIN_DISK_DEVICE_NONE, DOMAIN_DISK_DEVICE_VALUES)

#define DOMAIN_DISK_BUS_VALUES(V)                                                                                   \
    V(DOMAIN_DISK_BUS_IDE, "ide") V(DOMAIN_DISK_BUS_FDC, "fdc") V(DOMAIN_DISK_BUS_SCSI, "scsi")                       \
    V(DOMAIN_DISK_BUS_VIRTIO, "virtio") V(DOMAIN_DISK_BUS_XEN, "xen") V(DOMAIN_DISK_BUS_USB, "usb")                   \
    V(DOMAIN_DISK_BUS_UML, "uml") V(DOMAIN_DISK_BUS_SATA, "sata") V(DOMAIN_DISK_BUS_SD, "sd") V(DOMAIN_DISK_BUS_NVME, "nvme")
VIR_XML_ENUM(DomainDiskBus, domain_disk_bus, DOMAIN_DISK_BUS_NONE, DOMAIN_DISK_BUS_VALUES)

#define DOMAIN_DISK_MODEL_VALUES(V)                                                                                 \
    V(DOMAIN_DISK_MODEL_VIRTIO, "virtio") V(DOMAIN_DISK_MODEL_VIRTIO_TRANSITIONAL, "virtio-transitional")             \
    V(DOMAIN_DISK_MODEL_VIRTIO_NON_TRANSITIONAL, "virtio-non-transitional")                                           \
    V(DOMAIN_DISK_MODEL_USB_STORAGE, "usb-storage") V(DOMAIN_DISK_MODEL_USB_BOT, "usb-bot")
VIR_XML_ENUM(DomainDiskModel, domain_disk_model, DOMAIN_DISK_MODEL_NONE, DOMAIN_DISK_MODEL_VALUES)

#define DOMAIN_DISK_CACHE_VALUES(V)                                                                                 \
    V(DOMAIN_DISK_CACHE_DEFAULT, "default") V(DOMAIN_DISK_CACHE_NONE, "none") V(DOMAIN_DISK_CACHE_WRITETHROUGH, "writethrough") \
    V(DOMAIN_DISK_CACHE_WRITEBACK, "writeback") V(DOMAIN_DISK_CACHE_DIRECTSYNC, "directsync") V(DOMAIN_DISK_CACHE_UNSAFE, "unsafe")
VIR_XML_ENUM(DomainDiskCache, domain_disk_cache, DOMAIN_DISK_CACHE_UNSET, DOMAIN_DISK_CACHE_VALUES)

#define DOMAIN_DISK_ERROR_VALUES(V)                                                                                 \
    V(DOMAIN_DISK_ERROR_STOP, "stop") V(DOMAIN_DISK_ERROR_REPORT, "report") V(DOMAIN_DISK_ERROR_IGNORE, "ignore")     \
    V(DOMAIN_DISK_ERROR_ENOSPACE, "enospace")
VIR_XML_ENUM(DomainDiskErrorPolicy, domain_disk_error_policy, DOMAIN_DISK_ERROR_NONE, DOMAIN_DISK_ERROR_VALUES)

#define DOMAIN_DISK_IO_VALUES(V) \
    V(DOMAIN_DISK_IO_NATIVE, "native") V(DOMAIN_DISK_IO_THREADS, "threads") V(DOMAIN_DISK_IO_URING, "io_uring")
VIR_XML_ENUM(DomainDiskIo, domain_disk_io, DOMAIN_DISK_IO_NONE, DOMAIN_DISK_IO_VALUES)

#define DOMAIN_DISK_DISCARD_VALUES(V) V(DOMAIN_DISK_DISCARD_UNMAP, "unmap") V(DOMAIN_DISK_DISCARD_IGNORE, "ignore")
VIR_XML_ENUM(DomainDiskDiscard, domain_disk_discard, DOMAIN_DISK_DISCARD_NONE, DOMAIN_DISK_DISCARD_VALUES)

#define DOMAIN_DISK_ZEROES_VALUES(V) \
    V(DOMAIN_DISK_ZEROES_OFF, "off") V(DOMAIN_DISK_ZEROES_ON, "on") V(DOMAIN_DISK_ZEROES_UNMAP, "unmap")
VIR_XML_ENUM(DomainDiskDetectZeroes, domain_disk_detect_zeroes, DOMAIN_DISK_ZEROES_NONE, DOMAIN_DISK_ZEROES_VALUES)

#define DOMAIN_DISK_SNAPSHOT_VALUES(V)                                                                              \
    V(DOMAIN_DISK_SNAPSHOT_NO, "no") V(DOMAIN_DISK_SNAPSHOT_INTERNAL, "internal")                                     \
    V(DOMAIN_DISK_SNAPSHOT_EXTERNAL, "external") V(DOMAIN_DISK_SNAPSHOT_MANUAL, "manual")
VIR_XML_ENUM(DomainDiskSnapshot, domain_disk_snapshot, DOMAIN_DISK_SNAPSHOT_NONE, DOMAIN_DISK_SNAPSHOT_VALUES)

#define DOMAIN_DISK_TRAY_VALUES(V) V(DOMAIN_DISK_TRAY_CLOSED, "closed") V(DOMAIN_DISK_TRAY_OPEN, "open")
VIR_XML_ENUM(DomainDiskTray, domain_disk_tray, DOMAIN_DISK_TRAY_NONE, DOMAIN_DISK_TRAY_VALUES)

#define DOMAIN_DISK_TRANS_VALUES(V) \
    V(DOMAIN_DISK_TRANS_NONE, "none") V(DOMAIN_DISK_TRANS_AUTO, "auto") V(DOMAIN_DISK_TRANS_LBA, "lba")
VIR_XML_ENUM(DomainDiskTrans, domain_disk_trans, DOMAIN_DISK_TRANS_UNSET, DOMAIN_DISK_TRANS_VALUES)

#define DOMAIN_SGIO_VALUES(V) V(DOMAIN_SGIO_FILTERED, "filtered") V(DOMAIN_SGIO_UNFILTERED, "unfiltered")
VIR_XML_ENUM(DomainSgio, domain_sgio, DOMAIN_SGIO_NONE, DOMAIN_SGIO_VALUES)

#define DOMAIN_MIRROR_JOB_VALUES(V) V(DOMAIN_MIRROR_JOB_COPY, "copy") V(DOMAIN_MIRROR_JOB_ACTIVE_COMMIT, "active-commit")
VIR_XML_ENUM(DomainMirrorJob, domain_mirror_job, DOMAIN_MIRROR_JOB_NONE, DOMAIN_MIRROR_JOB_VALUES)

#define DOMAIN_MIRROR_READY_VALUES(V) \
    V(DOMAIN_MIRROR_READY_YES, "yes") V(DOMAIN_MIRROR_READY_ABORT, "abort") V(DOMAIN_MIRROR_READY_PIVOT, "pivot")
VIR_XML_ENUM(DomainMirrorReady, domain_mirror_ready, DOMAIN_MIRROR_READY_NONE, DOMAIN_MIRROR_READY_VALUES)

typedef struct {
    StorageSource src;
    DomainMirrorJob job;
    DomainMirrorReady ready;
} DomainDiskMirror;

/* Bytes, requests and seconds; 0: no limit. The order of the fields is that of the document. */
typedef struct {
    guint64 total_bytes_sec, read_bytes_sec, write_bytes_sec, total_iops_sec, read_iops_sec, write_iops_sec;
    guint64 total_bytes_sec_max, read_bytes_sec_max, write_bytes_sec_max;
    guint64 total_iops_sec_max, read_iops_sec_max, write_iops_sec_max, size_iops_sec;
    char *group_name;
    guint64 total_bytes_sec_max_length, read_bytes_sec_max_length, write_bytes_sec_max_length;
    guint64 total_iops_sec_max_length, read_iops_sec_max_length, write_iops_sec_max_length;
} DomainIoTune;

/* One I/O thread that serves a device, with its virtqueues. */
typedef struct { guint id; } DomainQueueRef;
typedef struct {
    guint id;
    VIR_ARRAY(DomainQueueRef) queues;
} DomainIothreadMap;

typedef struct { guint seconds; } DomainStatInterval;
typedef struct { guint64 start; } DomainHistogramBin;
typedef struct { char *type; VIR_ARRAY(DomainHistogramBin) bins; } DomainHistogram;
typedef struct {
    VIR_ARRAY(DomainStatInterval) intervals;
    VIR_ARRAY(DomainHistogram) histograms;
} DomainDiskStatistics;

typedef struct { char *group; } DomainThrottleFilter;

typedef struct {
    StorageSource src;             /* type, format, place and backing chain */
    DomainDiskDevice device;
    DomainDiskBus bus;
    DomainDiskModel model;
    DomainDiskCache cache;
    DomainDiskErrorPolicy error_policy, rerror_policy;
    DomainDiskIo io;
    DomainDiskDiscard discard;
    DomainDiskDetectZeroes detect_zeroes;
    DomainDiskSnapshot snapshot;
    DomainDiskTray tray;
    DomainSgio sgio;
    DomainDiskTrans trans;
    VirTristate ioeventfd, event_idx, copy_on_read, discard_no_unref, removable, dpofua, rawio, transient_share;
    bool readonly, shareable, transient;
    DomainVirtioOptions virtio;
    char *dst;                     /* target dev: "vda" */
    char *driver_name;             /* "qemu" */
    guint iothread, queues, queue_size;
    VIR_ARRAY(DomainIothreadMap) iothreads;
    DomainDiskStatistics *statistics;
    guint rotation_rate;
    char *serial, *wwn, *vendor, *product, *backenddomain;
    guint cylinders, heads, sectors;
    guint logical_block_size, physical_block_size, discard_granularity;
    DomainIoTune *iotune;
    VIR_ARRAY(DomainThrottleFilter) throttle_filters;
    DomainDiskMirror *mirror;
    char *private_data;            /* of a status document, word for word */
    DomainDeviceInfo info;
} DomainDisk;

#define DOMAIN_CONTROLLER_VALUES(V)                                                                                 \
    V(DOMAIN_CONTROLLER_IDE, "ide") V(DOMAIN_CONTROLLER_FDC, "fdc") V(DOMAIN_CONTROLLER_SCSI, "scsi")                 \
    V(DOMAIN_CONTROLLER_SATA, "sata") V(DOMAIN_CONTROLLER_VIRTIO_SERIAL, "virtio-serial") V(DOMAIN_CONTROLLER_CCID, "ccid") \
    V(DOMAIN_CONTROLLER_USB, "usb") V(DOMAIN_CONTROLLER_PCI, "pci") V(DOMAIN_CONTROLLER_XENBUS, "xenbus")             \
    V(DOMAIN_CONTROLLER_ISA, "isa") V(DOMAIN_CONTROLLER_NVME, "nvme")
VIR_XML_ENUM(DomainControllerType, domain_controller_type, DOMAIN_CONTROLLER_NONE, DOMAIN_CONTROLLER_VALUES)

/* All types share one attribute; which model fits which type is the checks' business. */
#define DOMAIN_CONTROLLER_MODEL_VALUES(V)                                                                           \
    V(DOMAIN_CONTROLLER_MODEL_AUTO, "auto") V(DOMAIN_CONTROLLER_MODEL_BUSLOGIC, "buslogic")                           \
    V(DOMAIN_CONTROLLER_MODEL_LSILOGIC, "lsilogic") V(DOMAIN_CONTROLLER_MODEL_LSISAS1068, "lsisas1068")               \
    V(DOMAIN_CONTROLLER_MODEL_VMPVSCSI, "vmpvscsi") V(DOMAIN_CONTROLLER_MODEL_IBMVSCSI, "ibmvscsi")                   \
    V(DOMAIN_CONTROLLER_MODEL_VIRTIO_SCSI, "virtio-scsi") V(DOMAIN_CONTROLLER_MODEL_LSISAS1078, "lsisas1078")         \
    V(DOMAIN_CONTROLLER_MODEL_VIRTIO_TRANSITIONAL, "virtio-transitional")                                             \
    V(DOMAIN_CONTROLLER_MODEL_VIRTIO_NON_TRANSITIONAL, "virtio-non-transitional")                                     \
    V(DOMAIN_CONTROLLER_MODEL_NCR53C90, "ncr53c90") V(DOMAIN_CONTROLLER_MODEL_DC390, "dc390")                         \
    V(DOMAIN_CONTROLLER_MODEL_AM53C974, "am53c974") V(DOMAIN_CONTROLLER_MODEL_VIRTIO, "virtio")                       \
    V(DOMAIN_CONTROLLER_MODEL_PIIX3_UHCI, "piix3-uhci") V(DOMAIN_CONTROLLER_MODEL_PIIX4_UHCI, "piix4-uhci")           \
    V(DOMAIN_CONTROLLER_MODEL_EHCI, "ehci") V(DOMAIN_CONTROLLER_MODEL_ICH9_EHCI1, "ich9-ehci1")                       \
    V(DOMAIN_CONTROLLER_MODEL_ICH9_UHCI1, "ich9-uhci1") V(DOMAIN_CONTROLLER_MODEL_ICH9_UHCI2, "ich9-uhci2")           \
    V(DOMAIN_CONTROLLER_MODEL_ICH9_UHCI3, "ich9-uhci3") V(DOMAIN_CONTROLLER_MODEL_VT82C686B_UHCI, "vt82c686b-uhci")   \
    V(DOMAIN_CONTROLLER_MODEL_PCI_OHCI, "pci-ohci") V(DOMAIN_CONTROLLER_MODEL_NEC_XHCI, "nec-xhci")                   \
    V(DOMAIN_CONTROLLER_MODEL_QUSB1, "qusb1") V(DOMAIN_CONTROLLER_MODEL_QUSB2, "qusb2")                               \
    V(DOMAIN_CONTROLLER_MODEL_QEMU_XHCI, "qemu-xhci") V(DOMAIN_CONTROLLER_MODEL_USB_NONE, "none")                     \
    V(DOMAIN_CONTROLLER_MODEL_PIIX3, "piix3") V(DOMAIN_CONTROLLER_MODEL_PIIX4, "piix4")                               \
    V(DOMAIN_CONTROLLER_MODEL_ICH6, "ich6") V(DOMAIN_CONTROLLER_MODEL_PCI_ROOT, "pci-root")                           \
    V(DOMAIN_CONTROLLER_MODEL_PCIE_ROOT, "pcie-root") V(DOMAIN_CONTROLLER_MODEL_PCI_BRIDGE, "pci-bridge")             \
    V(DOMAIN_CONTROLLER_MODEL_DMI_TO_PCI_BRIDGE, "dmi-to-pci-bridge")                                                 \
    V(DOMAIN_CONTROLLER_MODEL_PCIE_TO_PCI_BRIDGE, "pcie-to-pci-bridge")                                               \
    V(DOMAIN_CONTROLLER_MODEL_PCIE_ROOT_PORT, "pcie-root-port")                                                       \
    V(DOMAIN_CONTROLLER_MODEL_PCIE_SWITCH_UPSTREAM_PORT, "pcie-switch-upstream-port")                                 \
    V(DOMAIN_CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT, "pcie-switch-downstream-port")                             \
    V(DOMAIN_CONTROLLER_MODEL_PCI_EXPANDER_BUS, "pci-expander-bus")                                                   \
    V(DOMAIN_CONTROLLER_MODEL_PCIE_EXPANDER_BUS, "pcie-expander-bus")
VIR_XML_ENUM(DomainControllerModel, domain_controller_model, DOMAIN_CONTROLLER_MODEL_NONE, DOMAIN_CONTROLLER_MODEL_VALUES)

#define DOMAIN_PCI_MODEL_VALUES(V)                                                                                  \
    V(DOMAIN_PCI_MODEL_PCI_BRIDGE, "pci-bridge") V(DOMAIN_PCI_MODEL_I82801B11_BRIDGE, "i82801b11-bridge")             \
    V(DOMAIN_PCI_MODEL_PCIE_PCI_BRIDGE, "pcie-pci-bridge") V(DOMAIN_PCI_MODEL_IOH3420, "ioh3420")                     \
    V(DOMAIN_PCI_MODEL_X3130_UPSTREAM, "x3130-upstream") V(DOMAIN_PCI_MODEL_XIO3130_DOWNSTREAM, "xio3130-downstream") \
    V(DOMAIN_PCI_MODEL_PXB, "pxb") V(DOMAIN_PCI_MODEL_PXB_PCIE, "pxb-pcie")                                           \
    V(DOMAIN_PCI_MODEL_PCIE_ROOT_PORT, "pcie-root-port") V(DOMAIN_PCI_MODEL_SPAPR_PHB, "spapr-pci-host-bridge")
VIR_XML_ENUM(DomainPciModel, domain_pci_model, DOMAIN_PCI_MODEL_NONE, DOMAIN_PCI_MODEL_VALUES)

/* type='pci' */
typedef struct {
    DomainPciModel model_name;
    VirTristate hotplug;
    bool has_hole64;
    gint16 chassis_nr, chassis, port, bus_nr, target_index, numa_node;   /* -1: absent */
    guint64 mem_reserve;           /* KiB */
    guint64 pcihole64;             /* KiB */
} DomainPciControllerOpts;

typedef struct {
    DomainControllerType type;
    DomainControllerModel model;
    VirTristate ioeventfd;
    DomainVirtioOptions virtio;
    int index;                     /* -1: absent */
    gint16 ports, vectors;         /* usb, virtio-serial; -1: absent */
    gint16 master_startport;       /* usb companion controllers; -1: absent */
    int max_grant_frames, max_event_channels;   /* xenbus; -1: absent */
    guint queues, cmd_per_lun, max_sectors, iothread;
    VIR_ARRAY(DomainIothreadMap) iothreads;
    DomainPciControllerOpts *pci;  /* NULL: none of them given */
    char *serial;                  /* nvme */
    DomainDeviceInfo info;
} DomainController;

extern const VirXmlTable domain_disk_table, domain_controller_table, domain_iotune_table, domain_iothread_map_table;

DomainDisk *domain_disk_new(void);
void domain_disk_free(DomainDisk *disk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DomainDisk, domain_disk_free)
DomainController *domain_controller_new(DomainControllerType type);   /* all "absent" fields set */
DomainPciControllerOpts *domain_controller_pci(DomainController *controller);   /* made when absent */
void domain_controller_free(DomainController *controller);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DomainController, domain_controller_free)

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The capabilities we ask for: one row each, {what we call it, where QEMU says it}. To add one, add a row here; the
 * rest follows. A row's place has no meaning: cached files keep names.
 *
 *   TYPE     "virtio-blk-pci"                     a QOM type exists
 *   PROP     "virtio-blk-pci.num-queues"          a type has a property (machines: "pc-q35-7.2-machine.smm" is found
 *                                                 with "pc-q35-*-machine.smm": the first of that pattern)
 *   COMMAND  "blockdev-add", EVENT "RTC_CHANGE"   QMP knows it
 *   SCHEMA   "blockdev-add>driver=file>aio:io_uring"   from a command's arguments ('<' first: its answer) down:
 *                                                 a member, tag=variant of a union, member:value of an enum
 *   OPTION   "sandbox.elevateprivileges"          a command line option has a parameter (".": the option exists)
 */
#pragma once

#include <glib.h>

typedef enum { VIR_QEMU_ASK_TYPE, VIR_QEMU_ASK_PROP, VIR_QEMU_ASK_COMMAND, VIR_QEMU_ASK_EVENT, VIR_QEMU_ASK_SCHEMA,
               VIR_QEMU_ASK_OPTION } VirQemuAsk;

/* X(NAME, ask, place) */
#define VIR_QEMU_CAPS(X)                                                          \
    /* accelerators, machine */                                                   \
    X(MACHINE_SMM,            PROP,    "pc-q35-*-machine.smm")                    \
    X(MACHINE_VMPORT,         PROP,    "pc-q35-*-machine.vmport")                 \
    X(MACHINE_HPET,           PROP,    "pc-q35-*-machine.hpet")                   \
    X(MACHINE_I8042,          PROP,    "pc-q35-*-machine.i8042")                  \
    X(MACHINE_ACPI,           PROP,    "pc-q35-*-machine.acpi")                   \
    X(MACHINE_PFLASH,         PROP,    "pc-q35-*-machine.pflash0")                \
    X(MACHINE_MEMORY_BACKEND, PROP,    "pc-q35-*-machine.memory-backend")         \
    X(MACHINE_USB,            PROP,    "pc-q35-*-machine.usb")                    \
    X(NUMA_HMAT,              SCHEMA,  "set-numa-node>type=hmat-lb")              \
    X(SANDBOX,                OPTION,  "sandbox.elevateprivileges")               \
    X(SMP_DIES,               OPTION,  "smp-opts.dies")                           \
    X(SMP_CLUSTERS,           OPTION,  "smp-opts.clusters")                       \
    X(FW_CFG,                 OPTION,  "fw_cfg.file")                             \
    X(OVERCOMMIT,             OPTION,  "overcommit.mem-lock")                     \
    X(BOOT_SPLASH,            OPTION,  "boot-opts.splash-time")                   \
    X(BOOT_STRICT,            OPTION,  "boot-opts.strict")                        \
    X(MSG_TIMESTAMP,          OPTION,  "msg.timestamp")                           \
    X(ACTION,                 OPTION,  "action.reboot")                           \
    X(SET_ACTION,             COMMAND, "set-action")                              \
    X(JSON_DEVICE,            SCHEMA,  "device_add>driver")                       \
    X(JSON_NETDEV,            SCHEMA,  "netdev_add>type=user>hostfwd")            \
    X(OBJECT_QAPI,            SCHEMA,  "object-add>qom-type=secret>data")         \
    /* objects */                                                                 \
    X(OBJ_SECRET,             TYPE,    "secret")                                  \
    X(OBJ_TLS_CREDS_X509,     TYPE,    "tls-creds-x509")                          \
    X(OBJ_MEM_RAM,            TYPE,    "memory-backend-ram")                      \
    X(OBJ_MEM_FILE,           TYPE,    "memory-backend-file")                     \
    X(OBJ_MEM_MEMFD,          TYPE,    "memory-backend-memfd")                    \
    X(OBJ_MEM_MEMFD_HUGETLB,  PROP,    "memory-backend-memfd.hugetlb")            \
    X(OBJ_MEM_EPC,            TYPE,    "memory-backend-epc")                      \
    X(OBJ_MEM_FILE_PMEM,      PROP,    "memory-backend-file.pmem")                \
    X(OBJ_MEM_FILE_ALIGN,     PROP,    "memory-backend-file.align")               \
    X(OBJ_MEM_RESERVE,        PROP,    "memory-backend-ram.reserve")              \
    X(OBJ_MEM_PREALLOC_CTX,   PROP,    "memory-backend-ram.prealloc-context")     \
    X(OBJ_MEM_PREALLOC_THREADS, PROP,  "memory-backend-ram.prealloc-threads")     \
    X(OBJ_IOTHREAD,           TYPE,    "iothread")                                \
    X(OBJ_IOTHREAD_POLLING,   PROP,    "iothread.poll-max-ns")                    \
    X(OBJ_IOTHREAD_POOL_MAX,  PROP,    "iothread.thread-pool-max")                \
    X(OBJ_MAIN_LOOP,          TYPE,    "main-loop")                               \
    X(OBJ_RNG_RANDOM,         TYPE,    "rng-random")                              \
    X(OBJ_RNG_EGD,            TYPE,    "rng-egd")                                 \
    X(OBJ_RNG_BUILTIN,        TYPE,    "rng-builtin")                             \
    X(OBJ_CRYPTODEV,          TYPE,    "cryptodev-backend")                       \
    X(OBJ_INPUT_LINUX,        TYPE,    "input-linux")                             \
    X(OBJ_PR_MANAGER,         TYPE,    "pr-manager-helper")                       \
    X(OBJ_THROTTLE_GROUP,     TYPE,    "throttle-group")                          \
    X(OBJ_FILTER_DUMP,        TYPE,    "filter-dump")                             \
    X(OBJ_DBUS_VMSTATE,       TYPE,    "dbus-vmstate")                            \
    X(OBJ_SEV_GUEST,          TYPE,    "sev-guest")                               \
    X(OBJ_S390_PV_GUEST,      TYPE,    "s390-pv-guest")                           \
    X(OBJ_CAN_BUS,            TYPE,    "can-bus")                                 \
    X(OBJ_THREAD_CONTEXT,     TYPE,    "thread-context")                          \
    /* bus controllers */                                                         \
    X(PCIE_ROOT_PORT,         TYPE,    "pcie-root-port")                          \
    X(PCIE_ROOT_PORT_HOTPLUG, PROP,    "pcie-root-port.hotplug")                  \
    X(IOH3420,                TYPE,    "ioh3420")                                 \
    X(PCIE_PCI_BRIDGE,        TYPE,    "pcie-pci-bridge")                         \
    X(PCI_BRIDGE,             TYPE,    "pci-bridge")                              \
    X(I82801B11_BRIDGE,       TYPE,    "i82801b11-bridge")                        \
    X(PXB,                    TYPE,    "pxb")                                     \
    X(PXB_PCIE,               TYPE,    "pxb-pcie")                                \
    X(X3130_UPSTREAM,         TYPE,    "x3130-upstream")                          \
    X(XIO3130_DOWNSTREAM,     TYPE,    "xio3130-downstream")                      \
    X(PIIX3_USB_UHCI,         TYPE,    "piix3-usb-uhci")                          \
    X(PIIX4_USB_UHCI,         TYPE,    "piix4-usb-uhci")                          \
    X(USB_EHCI,               TYPE,    "usb-ehci")                                \
    X(ICH9_USB_EHCI1,         TYPE,    "ich9-usb-ehci1")                          \
    X(VT82C686B_USB_UHCI,     TYPE,    "vt82c686b-usb-uhci")                      \
    X(PCI_OHCI,               TYPE,    "pci-ohci")                                \
    X(NEC_USB_XHCI,           TYPE,    "nec-usb-xhci")                            \
    X(NEC_USB_XHCI_PORTS,     PROP,    "nec-usb-xhci.p3")                         \
    X(QEMU_XHCI,              TYPE,    "qemu-xhci")                               \
    X(USB_HUB,                TYPE,    "usb-hub")                                 \
    X(LSI,                    TYPE,    "lsi53c895a")                              \
    X(MPTSAS1068,             TYPE,    "mptsas1068")                              \
    X(MEGASAS,                TYPE,    "megasas")                                 \
    X(MEGASAS_GEN2,           TYPE,    "megasas-gen2")                            \
    X(PVSCSI,                 TYPE,    "pvscsi")                                  \
    X(DC390,                  TYPE,    "dc390")                                   \
    X(AM53C974,               TYPE,    "am53c974")                                \
    X(VIRTIO_SCSI,            TYPE,    "virtio-scsi-pci")                         \
    X(VIRTIO_SCSI_IOTHREAD,   PROP,    "virtio-scsi-pci.iothread")                \
    X(ICH9_AHCI,              TYPE,    "ich9-ahci")                               \
    X(AHCI,                   TYPE,    "ahci")                                    \
    X(PIIX3_IDE,              TYPE,    "piix3-ide")                               \
    X(VIRTIO_SERIAL,          TYPE,    "virtio-serial-pci")                       \
    X(NVME,                   TYPE,    "nvme")                                    \
    X(ISA_FDC,                TYPE,    "isa-fdc")                                 \
    X(VIRTIO_MMIO,            TYPE,    "virtio-mmio")                             \
    X(VIRTIO_CCW,             TYPE,    "virtio-blk-ccw")                          \
    X(VIRTIO_TRANSITIONAL,    TYPE,    "virtio-blk-pci-transitional")             \
    X(VIRTIO_IOMMU_PLATFORM,  PROP,    "virtio-blk-pci.iommu_platform")           \
    X(VIRTIO_ATS,             PROP,    "virtio-blk-pci.ats")                      \
    X(VIRTIO_PACKED,          PROP,    "virtio-blk-pci.packed")                   \
    X(VIRTIO_PAGE_PER_VQ,     PROP,    "virtio-blk-pci.page-per-vq")              \
    X(VIRTIO_ACPI_INDEX,      PROP,    "virtio-blk-pci.acpi-index")               \
    X(VIRTIO_FAILOVER,        PROP,    "virtio-net-pci.failover")                 \
    /* disks */                                                                   \
    X(VIRTIO_BLK,             TYPE,    "virtio-blk-pci")                          \
    X(VIRTIO_BLK_NUM_QUEUES,  PROP,    "virtio-blk-pci.num-queues")               \
    X(VIRTIO_BLK_QUEUE_SIZE,  PROP,    "virtio-blk-pci.queue-size")               \
    X(VIRTIO_BLK_DISCARD,     PROP,    "virtio-blk-pci.discard")                  \
    X(VIRTIO_BLK_SHARE_RW,    PROP,    "virtio-blk-pci.share-rw")                 \
    X(VHOST_USER_BLK,         TYPE,    "vhost-user-blk-pci")                      \
    X(VHOST_VDPA_BLK,         SCHEMA,  "blockdev-add>driver=virtio-blk-vhost-vdpa") \
    X(IDE_HD,                 TYPE,    "ide-hd")                                  \
    X(IDE_CD,                 TYPE,    "ide-cd")                                  \
    X(SCSI_HD,                TYPE,    "scsi-hd")                                 \
    X(SCSI_CD,                TYPE,    "scsi-cd")                                 \
    X(SCSI_BLOCK,             TYPE,    "scsi-block")                              \
    X(SCSI_GENERIC,           TYPE,    "scsi-generic")                            \
    X(SCSI_DISK_DEVICE_ID,    PROP,    "scsi-hd.device_id")                       \
    X(SCSI_DISK_WWN,          PROP,    "scsi-hd.wwn")                             \
    X(DISK_WRITE_CACHE,       PROP,    "scsi-hd.write-cache")                     \
    X(DISK_ROTATION_RATE,     PROP,    "scsi-hd.rotation_rate")                   \
    X(USB_STORAGE,            TYPE,    "usb-storage")                             \
    X(USB_STORAGE_REMOVABLE,  PROP,    "usb-storage.removable")                   \
    X(SD_CARD,                TYPE,    "sd-card")                                 \
    X(FLOPPY,                 TYPE,    "floppy")                                  \
    X(AIO_IO_URING,           SCHEMA,  "blockdev-add>driver=file>aio:io_uring")   \
    X(BLOCK_FILE_DYNAMIC_RO,  SCHEMA,  "blockdev-add>driver=file>auto-read-only") \
    X(BLOCK_HOST_CDROM,       SCHEMA,  "blockdev-add>driver:host_cdrom")          \
    X(BLOCK_QCOW2_LUKS,       SCHEMA,  "blockdev-add>driver=qcow2>encrypt>format=luks>key-secret") \
    X(BLOCK_QCOW2_DISCARD_NO_UNREF, SCHEMA, "blockdev-add>driver=qcow2>discard-no-unref") \
    X(BLOCK_NBD,              SCHEMA,  "blockdev-add>driver:nbd")                 \
    X(BLOCK_NBD_TLS_HOSTNAME, SCHEMA,  "blockdev-add>driver=nbd>tls-hostname")    \
    X(BLOCK_SSH,              SCHEMA,  "blockdev-add>driver:ssh")                 \
    X(BLOCK_RBD,              SCHEMA,  "blockdev-add>driver:rbd")                 \
    X(BLOCK_RBD_ENCRYPT,      SCHEMA,  "blockdev-add>driver=rbd>encrypt")         \
    X(BLOCK_GLUSTER,          SCHEMA,  "blockdev-add>driver:gluster")             \
    X(BLOCK_ISCSI,            SCHEMA,  "blockdev-add>driver:iscsi")               \
    X(BLOCK_NFS,              SCHEMA,  "blockdev-add>driver:nfs")                 \
    X(BLOCK_HTTPS,            SCHEMA,  "blockdev-add>driver:https")               \
    X(BLOCK_NVME,             SCHEMA,  "blockdev-add>driver:nvme")                \
    X(BLOCK_VVFAT,            SCHEMA,  "blockdev-add>driver:vvfat")               \
    X(BLOCK_THROTTLE,         SCHEMA,  "blockdev-add>driver:throttle")            \
    X(BLOCKDEV_REOPEN,        COMMAND, "blockdev-reopen")                         \
    X(BLOCKDEV_BACKUP,        COMMAND, "blockdev-backup")                         \
    X(BLOCKDEV_MIRROR,        COMMAND, "blockdev-mirror")                         \
    X(BLOCKDEV_CREATE,        COMMAND, "blockdev-create")                         \
    X(BLOCKDEV_SNAPSHOT,      COMMAND, "blockdev-snapshot")                       \
    X(BLOCK_EXPORT_ADD,       COMMAND, "block-export-add")                        \
    X(BITMAP_MERGE,           COMMAND, "block-dirty-bitmap-merge")                \
    X(SNAPSHOT_SAVE,          COMMAND, "snapshot-save")                           \
    X(CHANGE_BACKING_FILE,    COMMAND, "change-backing-file")                     \
    X(BLOCK_WRITE_THRESHOLD,  COMMAND, "block-set-write-threshold")               \
    X(BLOCK_LATENCY_HISTOGRAM, COMMAND, "block-latency-histogram-set")            \
    X(IO_THROTTLE_ID,         SCHEMA,  "block_set_io_throttle>id")                \
    X(STATS_FLAT,             SCHEMA,  "query-named-block-nodes>flat")            \
    X(QUERY_STATS,            COMMAND, "query-stats")                             \
    X(QUERY_STATS_SCHEMAS,    COMMAND, "query-stats-schemas")                     \
    /* network */                                                                 \
    X(VIRTIO_NET,             TYPE,    "virtio-net-pci")                          \
    X(VIRTIO_NET_RX_QUEUE,    PROP,    "virtio-net-pci.rx_queue_size")            \
    X(VIRTIO_NET_TX_QUEUE,    PROP,    "virtio-net-pci.tx_queue_size")            \
    X(VIRTIO_NET_MTU,         PROP,    "virtio-net-pci.host_mtu")                 \
    X(VIRTIO_NET_RSS,         PROP,    "virtio-net-pci.rss")                      \
    X(VIRTIO_NET_TX_ALG,      PROP,    "virtio-net-pci.tx")                       \
    X(E1000,                  TYPE,    "e1000")                                   \
    X(E1000E,                 TYPE,    "e1000e")                                  \
    X(IGB,                    TYPE,    "igb")                                     \
    X(RTL8139,                TYPE,    "rtl8139")                                 \
    X(VMXNET3,                TYPE,    "vmxnet3")                                 \
    X(USB_NET,                TYPE,    "usb-net")                                 \
    X(NETDEV_USER,            SCHEMA,  "netdev_add>type:user")                    \
    X(NETDEV_STREAM,          SCHEMA,  "netdev_add>type:stream")                  \
    X(NETDEV_STREAM_RECONNECT, SCHEMA, "netdev_add>type=stream>reconnect")        \
    X(NETDEV_DGRAM,           SCHEMA,  "netdev_add>type:dgram")                   \
    X(NETDEV_VHOST_VDPA,      SCHEMA,  "netdev_add>type:vhost-vdpa")              \
    X(NETDEV_VHOST_USER,      SCHEMA,  "netdev_add>type:vhost-user")              \
    X(NETDEV_L2TPV3,          SCHEMA,  "netdev_add>type:l2tpv3")                  \
    X(QUERY_RX_FILTER,        COMMAND, "query-rx-filter")                         \
    X(ANNOUNCE_SELF,          COMMAND, "announce-self")                           \
    /* character devices */                                                       \
    X(ISA_SERIAL,             TYPE,    "isa-serial")                              \
    X(PCI_SERIAL,             TYPE,    "pci-serial")                              \
    X(USB_SERIAL,             TYPE,    "usb-serial")                              \
    X(ISA_PARALLEL,           TYPE,    "isa-parallel")                            \
    X(ISA_DEBUGCON,           TYPE,    "isa-debugcon")                            \
    X(VIRTCONSOLE,            TYPE,    "virtconsole")                             \
    X(VIRTSERIALPORT,         TYPE,    "virtserialport")                          \
    X(PL011,                  TYPE,    "pl011")                                   \
    X(SPAPR_VTY,              TYPE,    "spapr-vty")                               \
    X(SCLPCONSOLE,            TYPE,    "sclpconsole")                             \
    X(CHARDEV_RECONNECT_MS,   SCHEMA,  "chardev-add>backend>type=socket>data>reconnect-ms") \
    X(CHARDEV_LOGAPPEND,      SCHEMA,  "chardev-add>backend>type=file>data>logappend") \
    X(CHARDEV_SPICEVMC,       SCHEMA,  "chardev-add>backend>type:spicevmc")       \
    X(CHARDEV_QEMU_VDAGENT,   SCHEMA,  "chardev-add>backend>type:qemu-vdagent")   \
    X(CHARDEV_DBUS,           SCHEMA,  "chardev-add>backend>type:dbus")           \
    X(CHARDEV_FD_SET,         COMMAND, "add-fd")                                  \
    /* display and sound */                                                       \
    X(VNC,                    COMMAND, "query-vnc")                               \
    X(VNC_POWER_CONTROL,      OPTION,  "vnc.power-control")                       \
    X(SPICE,                  COMMAND, "query-spice")                             \
    X(SPICE_GL,               OPTION,  "spice.gl")                                \
    X(SPICE_RENDERNODE,       OPTION,  "spice.rendernode")                        \
    X(SPICE_UNIX,             OPTION,  "spice.unix")                              \
    X(DISPLAY_SDL,            SCHEMA,  "query-display-options<type:sdl")          \
    X(DISPLAY_GTK,            SCHEMA,  "query-display-options<type:gtk")          \
    X(DISPLAY_EGL_HEADLESS,   SCHEMA,  "query-display-options<type:egl-headless") \
    X(DISPLAY_EGL_RENDERNODE, SCHEMA,  "query-display-options<type=egl-headless>rendernode") \
    X(DISPLAY_DBUS,           SCHEMA,  "query-display-options<type:dbus")         \
    X(DISPLAY_RELOAD,         COMMAND, "display-reload")                          \
    X(DISPLAY_UPDATE,         COMMAND, "display-update")                          \
    X(SCREENDUMP_DEVICE,      SCHEMA,  "screendump>device")                       \
    X(SCREENDUMP_PNG,         SCHEMA,  "screendump>format:png")                   \
    X(VGA,                    TYPE,    "VGA")                                     \
    X(VGA_MEM,                PROP,    "VGA.vgamem_mb")                           \
    X(CIRRUS_VGA,             TYPE,    "cirrus-vga")                              \
    X(VMWARE_SVGA,            TYPE,    "vmware-svga")                             \
    X(QXL,                    TYPE,    "qxl")                                     \
    X(QXL_VGA,                TYPE,    "qxl-vga")                                 \
    X(QXL_MAX_OUTPUTS,        PROP,    "qxl.max_outputs")                         \
    X(VIRTIO_GPU,             TYPE,    "virtio-gpu-pci")                          \
    X(VIRTIO_GPU_DEVICE,      TYPE,    "virtio-gpu-device")                       \
    X(VIRTIO_GPU_GL,          TYPE,    "virtio-gpu-gl-pci")                       \
    X(VIRTIO_GPU_BLOB,        PROP,    "virtio-gpu-pci.blob")                     \
    X(VIRTIO_GPU_MAX_OUTPUTS, PROP,    "virtio-gpu-pci.max_outputs")              \
    X(VIRTIO_VGA,             TYPE,    "virtio-vga")                              \
    X(VIRTIO_VGA_GL,          TYPE,    "virtio-vga-gl")                           \
    X(VHOST_USER_GPU,         TYPE,    "vhost-user-gpu")                          \
    X(VHOST_USER_VGA,         TYPE,    "vhost-user-vga")                          \
    X(BOCHS_DISPLAY,          TYPE,    "bochs-display")                           \
    X(RAMFB,                  TYPE,    "ramfb")                                   \
    X(ICH6_HDA,               TYPE,    "intel-hda")                               \
    X(ICH9_HDA,               TYPE,    "ich9-intel-hda")                          \
    X(HDA_DUPLEX,             TYPE,    "hda-duplex")                              \
    X(HDA_MICRO,              TYPE,    "hda-micro")                               \
    X(HDA_OUTPUT,             TYPE,    "hda-output")                              \
    X(AC97,                   TYPE,    "AC97")                                    \
    X(ES1370,                 TYPE,    "ES1370")                                  \
    X(SB16,                   TYPE,    "sb16")                                    \
    X(USB_AUDIO,              TYPE,    "usb-audio")                               \
    X(VIRTIO_SOUND,           TYPE,    "virtio-sound-pci")                        \
    X(AUDIODEV,               PROP,    "AC97.audiodev")                           \
    X(AUDIODEV_DBUS,          SCHEMA,  "query-audiodevs<driver:dbus")             \
    X(AUDIODEV_PIPEWIRE,      SCHEMA,  "query-audiodevs<driver:pipewire")         \
    /* input */                                                                   \
    X(USB_TABLET,             TYPE,    "usb-tablet")                              \
    X(USB_MOUSE,              TYPE,    "usb-mouse")                               \
    X(USB_KBD,                TYPE,    "usb-kbd")                                 \
    X(VIRTIO_KEYBOARD,        TYPE,    "virtio-keyboard-pci")                     \
    X(VIRTIO_MOUSE,           TYPE,    "virtio-mouse-pci")                        \
    X(VIRTIO_TABLET,          TYPE,    "virtio-tablet-pci")                       \
    X(VIRTIO_INPUT_HOST,      TYPE,    "virtio-input-host-pci")                   \
    X(SEND_KEY,               COMMAND, "send-key")                                \
    X(INPUT_SEND_EVENT,       COMMAND, "input-send-event")                        \
    /* other devices */                                                           \
    X(VIRTIO_BALLOON,         TYPE,    "virtio-balloon-pci")                      \
    X(VIRTIO_BALLOON_DEFLATE, PROP,    "virtio-balloon-pci.deflate-on-oom")       \
    X(VIRTIO_BALLOON_REPORTING, PROP,  "virtio-balloon-pci.free-page-reporting")  \
    X(VIRTIO_RNG,             TYPE,    "virtio-rng-pci")                          \
    X(VIRTIO_CRYPTO,          TYPE,    "virtio-crypto-pci")                       \
    X(VIRTIO_IOMMU,           TYPE,    "virtio-iommu-pci")                        \
    X(VIRTIO_MEM,             TYPE,    "virtio-mem-pci")                          \
    X(VIRTIO_PMEM,            TYPE,    "virtio-pmem-pci")                         \
    X(VIRTIO_9P,              TYPE,    "virtio-9p-pci")                           \
    X(VHOST_USER_FS,          TYPE,    "vhost-user-fs-pci")                       \
    X(VHOST_USER_FS_BOOTINDEX, PROP,   "vhost-user-fs-pci.bootindex")             \
    X(VHOST_VSOCK,            TYPE,    "vhost-vsock-pci")                         \
    X(VHOST_SCSI,             TYPE,    "vhost-scsi-pci")                          \
    X(INTEL_IOMMU,            TYPE,    "intel-iommu")                             \
    X(INTEL_IOMMU_AW_BITS,    PROP,    "intel-iommu.aw-bits")                     \
    X(AMD_IOMMU,              TYPE,    "amd-iommu")                               \
    X(I6300ESB,               TYPE,    "i6300esb")                                \
    X(IB700,                  TYPE,    "ib700")                                   \
    X(ITCO,                   TYPE,    "ICH9-LPC")                                \
    X(DIAG288,                TYPE,    "diag288")                                 \
    X(WATCHDOG_SET_ACTION,    COMMAND, "watchdog-set-action")                     \
    X(PVPANIC,                TYPE,    "pvpanic")                                 \
    X(PVPANIC_PCI,            TYPE,    "pvpanic-pci")                             \
    X(VMCOREINFO,             TYPE,    "vmcoreinfo")                              \
    X(VMGENID,                TYPE,    "vmgenid")                                 \
    X(PC_DIMM,                TYPE,    "pc-dimm")                                 \
    X(NVDIMM,                 TYPE,    "nvdimm")                                  \
    X(TPM_TIS,                TYPE,    "tpm-tis")                                 \
    X(TPM_CRB,                TYPE,    "tpm-crb")                                 \
    X(TPM_SPAPR,              TYPE,    "tpm-spapr")                               \
    X(TPM_TIS_DEVICE,         TYPE,    "tpm-tis-device")                          \
    X(TPM_EMULATOR,           SCHEMA,  "query-tpm-types<:emulator")               \
    X(TPM_PASSTHROUGH,        SCHEMA,  "query-tpm-types<:passthrough")            \
    X(CCID_PASSTHRU,          TYPE,    "ccid-card-passthru")                      \
    X(CCID_EMULATED,          TYPE,    "ccid-card-emulated")                      \
    X(USB_CCID,               TYPE,    "usb-ccid")                                \
    X(IVSHMEM_PLAIN,          TYPE,    "ivshmem-plain")                           \
    X(IVSHMEM_DOORBELL,       TYPE,    "ivshmem-doorbell")                        \
    X(USB_HOST,               TYPE,    "usb-host")                                \
    X(USB_HOST_HOSTDEVICE,    PROP,    "usb-host.hostdevice")                     \
    X(USB_HOST_GUEST_RESET,   PROP,    "usb-host.guest-reset")                    \
    X(USB_REDIR,              TYPE,    "usb-redir")                               \
    X(VFIO_PCI,               TYPE,    "vfio-pci")                                \
    X(VFIO_PCI_DISPLAY,       PROP,    "vfio-pci.display")                        \
    X(VFIO_AP,                TYPE,    "vfio-ap")                                 \
    X(VFIO_CCW,               TYPE,    "vfio-ccw")                                \
    X(SGX_EPC,                SCHEMA,  "query-sgx<sgx")                           \
    /* monitor */                                                                 \
    X(QUERY_CPU_MODEL_EXPANSION, COMMAND, "query-cpu-model-expansion")            \
    X(QUERY_CPU_MODEL_BASELINE,  COMMAND, "query-cpu-model-baseline")             \
    X(QUERY_CPU_MODEL_COMPARISON, COMMAND, "query-cpu-model-comparison")          \
    X(QUERY_HOTPLUGGABLE_CPUS, COMMAND, "query-hotpluggable-cpus")                \
    X(QUERY_DIRTY_RATE,       COMMAND, "query-dirty-rate")                        \
    X(CALC_DIRTY_RATE_MODE,   SCHEMA,  "calc-dirty-rate>mode")                    \
    X(SET_VCPU_DIRTY_LIMIT,   COMMAND, "set-vcpu-dirty-limit")                    \
    X(DUMP_GUEST_MEMORY,      COMMAND, "dump-guest-memory")                       \
    X(DUMP_COMPLETED,         EVENT,   "DUMP_COMPLETED")                          \
    X(MEMORY_FAILURE,         EVENT,   "MEMORY_FAILURE")                          \
    X(MEMORY_DEVICE_SIZE_CHANGE, EVENT, "MEMORY_DEVICE_SIZE_CHANGE")              \
    X(DEVICE_UNPLUG_GUEST_ERROR, EVENT, "DEVICE_UNPLUG_GUEST_ERROR")              \
    X(NETDEV_STREAM_DISCONNECTED, EVENT, "NETDEV_STREAM_DISCONNECTED")            \
    X(RTC_RESET_REINJECTION,  COMMAND, "rtc-reset-reinjection")                   \
    X(SET_PASSWORD_CONNECTED, SCHEMA,  "set_password>connected")                  \
    X(QUERY_CURRENT_MACHINE,  COMMAND, "query-current-machine")                   \
    X(MIGRATE_CANCEL_FD,      SCHEMA,  "migrate>uri")                             \
    X(MIGRATION_MULTIFD,      SCHEMA,  "migrate-set-capabilities>capabilities>capability:multifd") \
    X(MIGRATION_ZERO_COPY,    SCHEMA,  "migrate-set-capabilities>capabilities>capability:zero-copy-send") \
    X(MIGRATION_BLOCKED_REASONS, SCHEMA, "query-migrate<blocked-reasons")

typedef enum {
#define X(NAME, ask, place) VIR_QEMU_CAP_##NAME,
    VIR_QEMU_CAPS(X)
#undef X
    VIR_QEMU_CAP_LAST
} VirQemuCap;

typedef struct {
    const char *name;        /* "VIRTIO_BLK" */
    VirQemuAsk ask;
    const char *place;
} VirQemuCapRow;

extern const VirQemuCapRow vir_qemu_cap_rows[VIR_QEMU_CAP_LAST];

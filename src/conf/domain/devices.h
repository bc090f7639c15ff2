/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The smaller devices: one struct each. Plain data; -1 or 0 means absent as the comment says.
 */
#pragma once

#include "conf/domain/chardev.h"
#include "conf/domain/storage.h"

/* filesystem */
#define DOMAIN_FS_VALUES(V) V(DOMAIN_FS_MOUNT, "mount") V(DOMAIN_FS_BLOCK, "block") V(DOMAIN_FS_FILE, "file") \
    V(DOMAIN_FS_TEMPLATE, "template") V(DOMAIN_FS_RAM, "ram") V(DOMAIN_FS_BIND, "bind") V(DOMAIN_FS_VOLUME, "volume")
VIR_XML_ENUM(DomainFsType, domain_fs_type, DOMAIN_FS_NONE, DOMAIN_FS_VALUES)
#define DOMAIN_FS_DRIVER_VALUES(V) V(DOMAIN_FS_DRIVER_PATH, "path") V(DOMAIN_FS_DRIVER_HANDLE, "handle") \
    V(DOMAIN_FS_DRIVER_LOOP, "loop") V(DOMAIN_FS_DRIVER_NBD, "nbd") V(DOMAIN_FS_DRIVER_PLOOP, "ploop") \
    V(DOMAIN_FS_DRIVER_VIRTIOFS, "virtiofs") V(DOMAIN_FS_DRIVER_MTP, "mtp")
VIR_XML_ENUM(DomainFsDriver, domain_fs_driver, DOMAIN_FS_DRIVER_NONE, DOMAIN_FS_DRIVER_VALUES)
#define DOMAIN_FS_ACCESS_VALUES(V) V(DOMAIN_FS_ACCESS_PASSTHROUGH, "passthrough") V(DOMAIN_FS_ACCESS_MAPPED, "mapped") \
    V(DOMAIN_FS_ACCESS_SQUASH, "squash")
VIR_XML_ENUM(DomainFsAccess, domain_fs_access, DOMAIN_FS_ACCESS_NONE, DOMAIN_FS_ACCESS_VALUES)
#define DOMAIN_FS_MULTIDEVS_VALUES(V) V(DOMAIN_FS_MULTIDEVS_DEFAULT, "default") V(DOMAIN_FS_MULTIDEVS_REMAP, "remap") \
    V(DOMAIN_FS_MULTIDEVS_FORBID, "forbid") V(DOMAIN_FS_MULTIDEVS_WARN, "warn")
VIR_XML_ENUM(DomainFsMultidevs, domain_fs_multidevs, DOMAIN_FS_MULTIDEVS_NONE, DOMAIN_FS_MULTIDEVS_VALUES)
#define DOMAIN_FS_WRPOLICY_VALUES(V) V(DOMAIN_FS_WRPOLICY_IMMEDIATE, "immediate")
VIR_XML_ENUM(DomainFsWrpolicy, domain_fs_wrpolicy, DOMAIN_FS_WRPOLICY_NONE, DOMAIN_FS_WRPOLICY_VALUES)
#define DOMAIN_FS_CACHE_VALUES(V) V(DOMAIN_FS_CACHE_NEVER, "none") V(DOMAIN_FS_CACHE_ALWAYS, "always")
VIR_XML_ENUM(DomainFsCache, domain_fs_cache, DOMAIN_FS_CACHE_NONE, DOMAIN_FS_CACHE_VALUES)
#define DOMAIN_FS_SANDBOX_VALUES(V) V(DOMAIN_FS_SANDBOX_NAMESPACE, "namespace") V(DOMAIN_FS_SANDBOX_CHROOT, "chroot")
VIR_XML_ENUM(DomainFsSandbox, domain_fs_sandbox, DOMAIN_FS_SANDBOX_NONE, DOMAIN_FS_SANDBOX_VALUES)

typedef struct { guint start, target, count; } DomainIdmapEntry;
typedef struct {
    VIR_ARRAY(DomainIdmapEntry) uids, gids;
} DomainIdmap;

typedef struct {
    DomainFsType type;
    DomainFsDriver driver;
    StorageFormat format;
    DomainFsAccess accessmode;
    DomainFsMultidevs multidevs;
    DomainFsWrpolicy wrpolicy;
    DomainVirtioModel model;
    DomainFsCache cache;
    DomainFsSandbox sandbox;
    VirTristate xattr, lock_posix, flock;
    bool readonly;
    DomainVirtioOptions virtio;
    int fmode, dmode;              /* -1: absent */
    guint queue_size, openfiles;   /* 0: absent */
    int thread_pool;               /* -1: absent */
    char *source;                  /* dir, dev, file, name, by type */
    char *source_pool, *source_volume;
    char *socket, *binary;         /* virtiofs */
    char *target;
    guint64 usage;                 /* ram, KiB */
    guint64 space_hard_limit, space_soft_limit;   /* bytes */
    DomainIdmap *idmap;
    DomainDeviceInfo info;
} DomainFs;

/* input */
#define DOMAIN_INPUT_VALUES(V) V(DOMAIN_INPUT_MOUSE, "mouse") V(DOMAIN_INPUT_TABLET, "tablet") V(DOMAIN_INPUT_KEYBOARD, "keyboard") \
    V(DOMAIN_INPUT_PASSTHROUGH, "passthrough") V(DOMAIN_INPUT_EVDEV, "evdev")
VIR_XML_ENUM(DomainInputType, domain_input_type, DOMAIN_INPUT_NONE, DOMAIN_INPUT_VALUES)
#define DOMAIN_INPUT_BUS_VALUES(V) V(DOMAIN_INPUT_BUS_PS2, "ps2") V(DOMAIN_INPUT_BUS_USB, "usb") V(DOMAIN_INPUT_BUS_XEN, "xen") \
    V(DOMAIN_INPUT_BUS_PARALLELS, "parallels") V(DOMAIN_INPUT_BUS_VIRTIO, "virtio")
VIR_XML_ENUM(DomainInputBus, domain_input_bus, DOMAIN_INPUT_BUS_NONE, DOMAIN_INPUT_BUS_VALUES)
#define DOMAIN_GRAB_VALUES(V) V(DOMAIN_GRAB_ALL, "all")
VIR_XML_ENUM(DomainGrab, domain_grab, DOMAIN_GRAB_NONE, DOMAIN_GRAB_VALUES)
#define DOMAIN_GRAB_TOGGLE_VALUES(V) V(DOMAIN_GRAB_CTRL_CTRL, "ctrl-ctrl") V(DOMAIN_GRAB_ALT_ALT, "alt-alt") \
    V(DOMAIN_GRAB_SHIFT_SHIFT, "shift-shift") V(DOMAIN_GRAB_META_META, "meta-meta") V(DOMAIN_GRAB_SCROLLLOCK, "scrolllock") \
    V(DOMAIN_GRAB_CTRL_SCROLLLOCK, "ctrl-scrolllock")
VIR_XML_ENUM(DomainGrabToggle, domain_grab_toggle, DOMAIN_GRAB_TOGGLE_NONE, DOMAIN_GRAB_TOGGLE_VALUES)

typedef struct {
    DomainInputType type;
    DomainInputBus bus;
    DomainVirtioModel model;
    DomainGrab grab;
    DomainGrabToggle grab_toggle;
    VirTristate repeat;
    DomainVirtioOptions virtio;
    char *source;                  /* passthrough, evdev */
    DomainDeviceInfo info;
} DomainInput;

/* watchdog */
#define DOMAIN_WATCHDOG_VALUES(V) V(DOMAIN_WATCHDOG_I6300ESB, "i6300esb") V(DOMAIN_WATCHDOG_IB700, "ib700") \
    V(DOMAIN_WATCHDOG_DIAG288, "diag288") V(DOMAIN_WATCHDOG_ITCO, "itco")
VIR_XML_ENUM(DomainWatchdogModel, domain_watchdog_model, DOMAIN_WATCHDOG_NONE, DOMAIN_WATCHDOG_VALUES)
#define DOMAIN_WATCHDOG_ACTION_VALUES(V) V(DOMAIN_WATCHDOG_ACTION_RESET, "reset") V(DOMAIN_WATCHDOG_ACTION_SHUTDOWN, "shutdown") \
    V(DOMAIN_WATCHDOG_ACTION_POWEROFF, "poweroff") V(DOMAIN_WATCHDOG_ACTION_PAUSE, "pause") V(DOMAIN_WATCHDOG_ACTION_DUMP, "dump") \
    V(DOMAIN_WATCHDOG_ACTION_NOTHING, "none") V(DOMAIN_WATCHDOG_ACTION_INJECT_NMI, "inject-nmi")
VIR_XML_ENUM(DomainWatchdogAction, domain_watchdog_action, DOMAIN_WATCHDOG_ACTION_NONE, DOMAIN_WATCHDOG_ACTION_VALUES)

typedef struct {
    DomainWatchdogModel model;
    DomainWatchdogAction action;
    DomainDeviceInfo info;
} DomainWatchdog;

/* memballoon */
#define DOMAIN_BALLOON_VALUES(V) V(DOMAIN_BALLOON_VIRTIO, "virtio") V(DOMAIN_BALLOON_XEN, "xen") V(DOMAIN_BALLOON_NOTHING, "none") \
    V(DOMAIN_BALLOON_VIRTIO_TRANSITIONAL, "virtio-transitional") V(DOMAIN_BALLOON_VIRTIO_NON_TRANSITIONAL, "virtio-non-transitional")
VIR_XML_ENUM(DomainBalloonModel, domain_balloon_model, DOMAIN_BALLOON_NONE, DOMAIN_BALLOON_VALUES)

typedef struct {
    DomainBalloonModel model;
    VirTristate autodeflate, free_page_reporting;
    DomainVirtioOptions virtio;
    guint period;                  /* seconds; 0: absent */
    DomainDeviceInfo info;
} DomainMemballoon;

/* rng */
#define DOMAIN_RNG_BACKEND_VALUES(V) V(DOMAIN_RNG_BACKEND_RANDOM, "random") V(DOMAIN_RNG_BACKEND_EGD, "egd") \
    V(DOMAIN_RNG_BACKEND_BUILTIN, "builtin")
VIR_XML_ENUM(DomainRngBackend, domain_rng_backend, DOMAIN_RNG_BACKEND_NONE, DOMAIN_RNG_BACKEND_VALUES)

typedef struct {
    DomainVirtioModel model;
    DomainRngBackend backend;
    DomainVirtioOptions virtio;
    guint rate_bytes, rate_period; /* 0: absent */
    char *file;                    /* random */
    DomainChrSource *source;       /* egd */
    DomainDeviceInfo info;
} DomainRng;

/* tpm */
#define DOMAIN_TPM_MODEL_VALUES(V) V(DOMAIN_TPM_MODEL_TIS, "tpm-tis") V(DOMAIN_TPM_MODEL_CRB, "tpm-crb") \
    V(DOMAIN_TPM_MODEL_SPAPR, "tpm-spapr") V(DOMAIN_TPM_MODEL_SPAPR_PROXY, "spapr-tpm-proxy")
VIR_XML_ENUM(DomainTpmModel, domain_tpm_model, DOMAIN_TPM_MODEL_NONE, DOMAIN_TPM_MODEL_VALUES)
#define DOMAIN_TPM_BACKEND_VALUES(V) V(DOMAIN_TPM_BACKEND_PASSTHROUGH, "passthrough") V(DOMAIN_TPM_BACKEND_EMULATOR, "emulator") \
    V(DOMAIN_TPM_BACKEND_EXTERNAL, "external")
VIR_XML_ENUM(DomainTpmBackend, domain_tpm_backend, DOMAIN_TPM_BACKEND_NONE, DOMAIN_TPM_BACKEND_VALUES)
#define DOMAIN_TPM_VERSION_VALUES(V) V(DOMAIN_TPM_VERSION_1_2, "1.2") V(DOMAIN_TPM_VERSION_2_0, "2.0")
VIR_XML_ENUM(DomainTpmVersion, domain_tpm_version, DOMAIN_TPM_VERSION_NONE, DOMAIN_TPM_VERSION_VALUES)

typedef struct {
    DomainTpmModel model;
    DomainTpmBackend backend;
    DomainTpmVersion version;
    VirTristate persistent_state;
    bool pcr_sha1, pcr_sha256, pcr_sha384, pcr_sha512;
    guint debug;                   /* 0: absent */
    char *device;                  /* passthrough */
    char *source_type, *source_path, *source_mode;   /* emulator, external */
    char *profile_source, *profile_name, *profile_remove_disabled;
    guint8 encryption_secret[16];  /* zero: none */
    DomainDeviceInfo info;
} DomainTpm;

/* panic, hub, nvram */
#define DOMAIN_PANIC_VALUES(V) V(DOMAIN_PANIC_ISA, "isa") V(DOMAIN_PANIC_PSERIES, "pseries") V(DOMAIN_PANIC_HYPERV, "hyperv") \
    V(DOMAIN_PANIC_S390, "s390") V(DOMAIN_PANIC_PVPANIC, "pvpanic")
VIR_XML_ENUM(DomainPanicModel, domain_panic_model, DOMAIN_PANIC_NONE, DOMAIN_PANIC_VALUES)
typedef struct { DomainPanicModel model; DomainDeviceInfo info; } DomainPanic;

#define DOMAIN_HUB_VALUES(V) V(DOMAIN_HUB_USB, "usb")
VIR_XML_ENUM(DomainHubType, domain_hub_type, DOMAIN_HUB_NONE, DOMAIN_HUB_VALUES)
typedef struct { DomainHubType type; DomainDeviceInfo info; } DomainHub;

typedef struct { DomainDeviceInfo info; } DomainNvram;

/* shmem */
#define DOMAIN_SHMEM_VALUES(V) V(DOMAIN_SHMEM_IVSHMEM, "ivshmem") V(DOMAIN_SHMEM_IVSHMEM_PLAIN, "ivshmem-plain") \
    V(DOMAIN_SHMEM_IVSHMEM_DOORBELL, "ivshmem-doorbell")
VIR_XML_ENUM(DomainShmemModel, domain_shmem_model, DOMAIN_SHMEM_NONE, DOMAIN_SHMEM_VALUES)
#define DOMAIN_SHMEM_ROLE_VALUES(V) V(DOMAIN_SHMEM_ROLE_MASTER, "master") V(DOMAIN_SHMEM_ROLE_PEER, "peer")
VIR_XML_ENUM(DomainShmemRole, domain_shmem_role, DOMAIN_SHMEM_ROLE_NONE, DOMAIN_SHMEM_ROLE_VALUES)

typedef struct {
    DomainShmemModel model;
    DomainShmemRole role;
    VirTristate msi_ioeventfd;
    bool msi, server;
    guint msi_vectors;             /* 0: absent */
    guint64 size;                  /* bytes */
    char *name, *server_path;
    DomainDeviceInfo info;
} DomainShmem;

/* memory */
#define DOMAIN_MEMORY_VALUES(V) V(DOMAIN_MEMORY_DIMM, "dimm") V(DOMAIN_MEMORY_NVDIMM, "nvdimm") \
    V(DOMAIN_MEMORY_VIRTIO_PMEM, "virtio-pmem") V(DOMAIN_MEMORY_VIRTIO_MEM, "virtio-mem") V(DOMAIN_MEMORY_SGX_EPC, "sgx-epc")
VIR_XML_ENUM(DomainMemoryModel, domain_memory_model, DOMAIN_MEMORY_NONE, DOMAIN_MEMORY_VALUES)
#define DOMAIN_MEMORY_ACCESS_VALUES(V) V(DOMAIN_MEMORY_ACCESS_SHARED, "shared") V(DOMAIN_MEMORY_ACCESS_PRIVATE, "private")
VIR_XML_ENUM(DomainMemoryAccess, domain_memory_access, DOMAIN_MEMORY_ACCESS_NONE, DOMAIN_MEMORY_ACCESS_VALUES)

typedef struct {
    DomainMemoryModel model;
    DomainMemoryAccess access;
    VirTristate discard, dynamic_memslots;
    bool pmem, readonly, has_requested, has_current, has_target_address;
    DomainVirtioOptions virtio;
    guint8 uuid[16];               /* zero: absent */
    guint64 pagesize, alignsize, size, block, requested, current, label_size;   /* KiB */
    guint64 target_address;
    VirBitmap *nodemask;
    char *path;
    int node;                      /* -1: absent */
    DomainDeviceInfo info;
} DomainMemory;

/* iommu */
#define DOMAIN_IOMMU_VALUES(V) V(DOMAIN_IOMMU_INTEL, "intel") V(DOMAIN_IOMMU_SMMUV3, "smmuv3") V(DOMAIN_IOMMU_VIRTIO, "virtio") \
    V(DOMAIN_IOMMU_AMD, "amd")
VIR_XML_ENUM(DomainIommuModel, domain_iommu_model, DOMAIN_IOMMU_NONE, DOMAIN_IOMMU_VALUES)

typedef struct {
    DomainIommuModel model;
    VirTristate intremap, caching_mode, eim, iotlb, dma_translation, xtsup, passthrough, accel, ats, ril, cmdqv;
    guint aw_bits;                 /* 0: absent */
    int pci_bus, ssidsize, oas;    /* -1: absent */
    char *granule_mode;
    guint64 granule_size;          /* KiB */
    DomainDeviceInfo info;
} DomainIommu;

/* vsock */
typedef struct {
    DomainVirtioModel model;
    VirTristate auto_cid;
    DomainVirtioOptions virtio;
    guint cid;                     /* 0: absent */
    DomainDeviceInfo info;
} DomainVsock;

/* crypto */
#define DOMAIN_CRYPTO_BACKEND_VALUES(V) V(DOMAIN_CRYPTO_BACKEND_BUILTIN, "builtin") V(DOMAIN_CRYPTO_BACKEND_LKCF, "lkcf")
VIR_XML_ENUM(DomainCryptoBackend, domain_crypto_backend, DOMAIN_CRYPTO_BACKEND_NONE, DOMAIN_CRYPTO_BACKEND_VALUES)
typedef struct {
    DomainCryptoBackend backend;
    char *model, *type;            /* "virtio", "qemu" */
    DomainVirtioOptions virtio;
    guint queues;
    DomainDeviceInfo info;
} DomainCrypto;

/* pstore */
typedef struct {
    char *backend, *path;
    guint64 size;                  /* KiB */
    DomainDeviceInfo info;
} DomainPstore;

/* lease */
typedef struct {
    char *lockspace, *key, *path;
    guint64 offset;
} DomainLease;

/* redirfilter; -1: any */
typedef struct {
    VirTristate allow;
    int usb_class, vendor, product, version;   /* version: 0x0200 is "2.00" */
} DomainRedirRule;
typedef struct { VIR_ARRAY(DomainRedirRule) rules; } DomainRedirfilter;

extern const VirXmlTable domain_fs_table, domain_input_table, domain_watchdog_table, domain_memballoon_table,
    domain_rng_table, domain_tpm_table, domain_panic_table, domain_hub_table, domain_nvram_table, domain_shmem_table,
    domain_memory_table, domain_iommu_table, domain_vsock_table, domain_crypto_table, domain_pstore_table,
    domain_lease_table, domain_redirfilter_table, domain_idmap_table;

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The domain document: struct, parse, format, copy, compare. The model is pure: no defaults beyond the document's own
 * grammar, no host facts, no I/O. Defaults, implicit devices and addresses are later phases (domain/defaults*.c, hv).
 * A DomainDef belongs to one thread; one that is published is not changed any more and may be read by all.
 */
#pragma once

#include "conf/domain/cpu.h"
#include "conf/domain/devices.h"
#include "conf/domain/disk.h"
#include "conf/domain/features.h"
#include "conf/domain/graphics.h"
#include "conf/domain/hostdev.h"
#include "conf/domain/net.h"
#include "conf/domain/os.h"
#include "conf/domain/tune.h"
#include "util/uuid.h"

#define DOMAIN_VIRT_VALUES(V)                                                                                       \
    V(DOMAIN_VIRT_QEMU, "qemu") V(DOMAIN_VIRT_KQEMU, "kqemu") V(DOMAIN_VIRT_KVM, "kvm") V(DOMAIN_VIRT_XEN, "xen")     \
    V(DOMAIN_VIRT_LXC, "lxc") V(DOMAIN_VIRT_UML, "uml") V(DOMAIN_VIRT_OPENVZ, "openvz") V(DOMAIN_VIRT_TEST, "test")   \
    V(DOMAIN_VIRT_VMWARE, "vmware") V(DOMAIN_VIRT_HYPERV, "hyperv") V(DOMAIN_VIRT_VBOX, "vbox") V(DOMAIN_VIRT_PHYP, "phyp") \
    V(DOMAIN_VIRT_PARALLELS, "parallels") V(DOMAIN_VIRT_BHYVE, "bhyve") V(DOMAIN_VIRT_VZ, "vz") V(DOMAIN_VIRT_HVF, "hvf")
VIR_XML_ENUM(DomainVirtType, domain_virt_type, DOMAIN_VIRT_NONE, DOMAIN_VIRT_VALUES)

typedef struct {
    DomainIoTune tune;             /* .group_name is the group's own name */
} DomainThrottleGroup;

typedef struct {
    DomainVirtType virt_type;
    DomainPlacement vcpu_placement;
    DomainAction on_poweroff, on_reboot, on_crash;
    DomainLockFailure on_lockfailure;
    VirTristate dump_core, pm_suspend_to_mem, pm_suspend_to_disk, iommufd;
    bool packed;                   /* by domain_def_pack: read only */
    int id;                        /* -1: not active */
    char *name;
    guint8 uuid[VIR_UUID_LEN];     /* zero: not given */
    guint8 hwuuid[VIR_UUID_LEN], genid[VIR_UUID_LEN];
    bool has_genid;                /* <genid/>: a UUID is made at each start */
    char *title, *description;
    char *metadata;                /* the <metadata> element as text, itself included; NULL: none */

    guint64 max_memory;            /* KiB; maxMemory, 0: no hotplug */
    guint64 memory;                /* KiB; <memory>: what the guest starts with, 0: not given */
    guint64 current_memory;        /* KiB; 0: not given */
    guint memory_slots;
    guint vcpus_max, vcpus_current;   /* current 0: all */
    guint iothreads;               /* <iothreads>, 0: not given; the threads themselves are below */
    VirBitmap *cpuset;
    VIR_ARRAY(DomainVcpu) vcpus;
    VIR_ARRAY(DomainIothread) iothread_list;
    DomainDefaultIothread *default_iothread;
    DomainMemoryBacking *memory_backing;
    DomainMemtune *memtune;
    DomainBlkiotune *blkiotune;
    DomainCputune *cputune;
    DomainNumatune *numatune;
    char *partition, *fc_appid, *iommufd_fdgroup;
    VIR_LIST(DomainThrottleGroup) throttle_groups;

    char *bootloader, *bootloader_args;
    VIR_LIST(DomainSysinfo) sysinfo;
    DomainOs os;
    DomainFeatures features;
    DomainIdmap *idmap;
    CpuDef *cpu;
    DomainClock clock;
    DomainPerf *perf;

    char *emulator;
    VIR_LIST(DomainDisk) disks;
    VIR_LIST(DomainController) controllers;
    VIR_LIST(DomainLease) leases;
    VIR_LIST(DomainFs) filesystems;
    VIR_LIST(DomainNet) nets;
    VIR_LIST(DomainSmartcard) smartcards;
    VIR_LIST(DomainChr) serials, parallels, consoles, channels;
    VIR_LIST(DomainInput) inputs;
    VIR_LIST(DomainTpm) tpms;
    VIR_LIST(DomainGraphics) graphics;
    VIR_LIST(DomainSound) sounds;
    VIR_LIST(DomainAudio) audios;
    VIR_LIST(DomainVideo) videos;
    VIR_LIST(DomainHostdev) hostdevs;
    VIR_LIST(DomainRedirdev) redirdevs;
    VIR_LIST(DomainHub) hubs;
    VIR_LIST(DomainWatchdog) watchdogs;
    VIR_LIST(DomainRng) rngs;
    VIR_LIST(DomainShmem) shmems;
    VIR_LIST(DomainMemory) memories;
    VIR_LIST(DomainPanic) panics;
    VIR_LIST(DomainIommu) iommus;
    VIR_LIST(DomainCrypto) cryptos;
    DomainRedirfilter *redirfilter;
    DomainMemballoon *memballoon;
    DomainNvram *nvram;
    DomainVsock *vsock;
    DomainPstore *pstore;

    VIR_LIST(DomainSeclabel) seclabels;
    DomainKeywrap *keywrap;
    DomainLaunchSecurity *launch_security;
    DomainQemuNamespace *qemu;     /* NULL: nothing of the namespace is used */
    DomainLxcNamespace *lxc;
} DomainDef;

extern const VirXmlTable domain_table;   /* <domain>: usable as a fragment of status, snapshot, save image documents */
extern const VirXmlKnown domain_known;   /* the vocabulary, root "domain" */

/* @flags: VIR_XML_INACTIVE (as define does), VIR_XML_STATUS, VIR_XML_STRICT (as the VALIDATE flags ask). NULL with VIR_ERR_XML_ERROR, VIR_ERR_XML_DETAIL,
 * VIR_ERR_CONFIG_UNSUPPORTED (known to libvirt, not modelled here), VIR_ERR_XML_INVALID_SCHEMA, each naming the path. */
DomainDef *domain_def_parse(const char *xml, gsize len, guint flags, GError **err);
DomainDef *domain_def_parse_node(xmlNodePtr node, guint flags, GError **err);
/* @flags: VIR_XML_*. `id` is written when it is not -1 and VIR_XML_INACTIVE is not asked. Returns: caller frees. */
char *domain_def_format(const DomainDef *def, guint flags);
void domain_def_format_into(const DomainDef *def, guint flags, guint depth, GString *out);
/* One device alone, as attach, detach and update are given it. Returns: object of the struct that *ret_table describes
 * (domain_disk_table: DomainDisk, ...); free with vir_xml_free(*ret_table, device). */
gpointer domain_device_parse(const char *xml, gsize len, guint flags, const VirXmlTable **ret_table, GError **err);
DomainDef *domain_def_new(DomainVirtType type);
DomainDef *domain_def_copy(const DomainDef *def);
void domain_def_free(DomainDef *def);
/* For documents that are kept and not changed any more: takes @def and gives it back in one block, a third smaller. A copy
 * of it may be changed. It comes back as it is when it holds what cannot be packed. */
DomainDef *domain_def_pack(DomainDef *def);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DomainDef, domain_def_free)
/* What the guest sees is the same. FALSE with VIR_ERR_CONFIG_UNSUPPORTED naming the first difference. */
gboolean domain_def_abi_equal(const DomainDef *def, const DomainDef *other, GError **err);
/* VIR_DOMAIN_XML_* to VIR_XML_*. */
guint domain_xml_flags(guint api_flags);

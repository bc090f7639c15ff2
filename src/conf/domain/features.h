/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <features>, <perf>, <seclabel>, <keywrap>, <launchSecurity> and the qemu: namespace. Plain data; groups that few guests
 * have are pointers.
 */
#pragma once

#include "util/xmltab.h"

#define DOMAIN_HYPERV_MODE_VALUES(V) V(DOMAIN_HYPERV_CUSTOM, "custom") V(DOMAIN_HYPERV_PASSTHROUGH, "passthrough") \
    V(DOMAIN_HYPERV_HOST_MODEL, "host-model")
VIR_XML_ENUM(DomainHypervMode, domain_hyperv_mode, DOMAIN_HYPERV_NONE, DOMAIN_HYPERV_MODE_VALUES)
#define DOMAIN_XEN_PT_VALUES(V) V(DOMAIN_XEN_PT_SYNC, "sync_pt") V(DOMAIN_XEN_PT_SHARE, "share_pt")
VIR_XML_ENUM(DomainXenPassthrough, domain_xen_passthrough, DOMAIN_XEN_PT_NONE, DOMAIN_XEN_PT_VALUES)
#define DOMAIN_CAPS_POLICY_VALUES(V) V(DOMAIN_CAPS_DEFAULT, "default") V(DOMAIN_CAPS_ALLOW, "allow") V(DOMAIN_CAPS_DENY, "deny")
VIR_XML_ENUM(DomainCapsPolicy, domain_caps_policy, DOMAIN_CAPS_NONE, DOMAIN_CAPS_POLICY_VALUES)
#define DOMAIN_GIC_VALUES(V) V(DOMAIN_GIC_HOST, "host") V(DOMAIN_GIC_2, "2") V(DOMAIN_GIC_3, "3")
VIR_XML_ENUM(DomainGicVersion, domain_gic_version, DOMAIN_GIC_NONE, DOMAIN_GIC_VALUES)
#define DOMAIN_IOAPIC_VALUES(V) V(DOMAIN_IOAPIC_QEMU, "qemu") V(DOMAIN_IOAPIC_KVM, "kvm")
VIR_XML_ENUM(DomainIoapic, domain_ioapic, DOMAIN_IOAPIC_NONE, DOMAIN_IOAPIC_VALUES)
#define DOMAIN_HPT_VALUES(V) V(DOMAIN_HPT_ENABLED, "enabled") V(DOMAIN_HPT_DISABLED, "disabled") V(DOMAIN_HPT_REQUIRED, "required")
VIR_XML_ENUM(DomainHptResizing, domain_hpt_resizing, DOMAIN_HPT_NONE, DOMAIN_HPT_VALUES)
#define DOMAIN_MSRS_VALUES(V) V(DOMAIN_MSRS_IGNORE, "ignore") V(DOMAIN_MSRS_FAULT, "fault")
VIR_XML_ENUM(DomainMsrsUnknown, domain_msrs_unknown, DOMAIN_MSRS_NONE, DOMAIN_MSRS_VALUES)
#define DOMAIN_CFPC_VALUES(V) V(DOMAIN_CFPC_BROKEN, "broken") V(DOMAIN_CFPC_WORKAROUND, "workaround") V(DOMAIN_CFPC_FIXED, "fixed")
VIR_XML_ENUM(DomainCfpc, domain_cfpc, DOMAIN_CFPC_NONE, DOMAIN_CFPC_VALUES)
#define DOMAIN_IBS_VALUES(V) V(DOMAIN_IBS_BROKEN, "broken") V(DOMAIN_IBS_WORKAROUND, "workaround") V(DOMAIN_IBS_FIXED_IBS, "fixed-ibs") \
    V(DOMAIN_IBS_FIXED_CCD, "fixed-ccd") V(DOMAIN_IBS_FIXED_NA, "fixed-na")
VIR_XML_ENUM(DomainIbs, domain_ibs, DOMAIN_IBS_NONE, DOMAIN_IBS_VALUES)
#define DOMAIN_AIA_VALUES(V) V(DOMAIN_AIA_NOTHING, "none") V(DOMAIN_AIA_APLIC, "aplic") V(DOMAIN_AIA_APLIC_IMSIC, "aplic-imsic")
VIR_XML_ENUM(DomainAia, domain_aia, DOMAIN_AIA_NONE, DOMAIN_AIA_VALUES)

typedef struct {
    DomainHypervMode mode;
    VirTristate relaxed, vapic, spinlocks, vpindex, runtime, synic, stimer, stimer_direct, reset, vendor_id, frequencies,
        reenlightenment, tlbflush, tlbflush_direct, tlbflush_extended, ipi, evmcs, avic, emsr_bitmap, xmm_input;
    guint spinlock_retries;        /* 0: absent */
    char *vendor_id_value;
} DomainHyperv;

typedef struct {
    VirTristate hidden, hint_dedicated, poll_control, pv_ipi, dirty_ring;
    guint dirty_ring_size;         /* 0: absent */
} DomainKvmFeatures;

typedef struct { VirTristate e820_host, passthrough; DomainXenPassthrough passthrough_mode; } DomainXenFeatures;

/* LXC's kept or dropped capabilities, in the order of the document. */
typedef struct {
    DomainCapsPolicy policy;
    VirTristate caps[37];
} DomainCapsFeatures;

/* <x/> features are bools, <x state='on'/> tristates. */
typedef struct {
    bool acpi, apic, pae, hap, viridian, privnet, gic, smm, hpt, async_teardown, virtualization;
    bool pvspinlock, pmu, vmport, vmcoreinfo;   /* the element stood there, perhaps without state= */
    VirTristate apic_eoi, hap_state, pvspinlock_state, pmu_state, vmport_state, smm_state, vmcoreinfo_state, htm, nested_hv,
        ccf_assist, ras, ps2, async_teardown_enabled;
    DomainGicVersion gic_version;
    DomainIoapic ioapic;
    DomainHptResizing hpt_resizing;
    DomainMsrsUnknown msrs;
    DomainCfpc cfpc, sbbc;
    DomainIbs ibs;
    DomainAia aia;
    guint64 smm_tseg;              /* bytes; 0: absent */
    guint64 hpt_maxpagesize;       /* KiB; 0: absent */
    guint64 tcg_tb_cache;          /* KiB; 0: absent */
    DomainHyperv *hyperv;
    DomainKvmFeatures *kvm;
    DomainXenFeatures *xen;
    DomainCapsFeatures *caps;
} DomainFeatures;

/* perf */
#define DOMAIN_PERF_EVENTS 22
typedef struct { VirTristate events[DOMAIN_PERF_EVENTS]; } DomainPerf;   /* VIR_PERF_PARAM_* in the order of the API */
const char *domain_perf_name(guint event);   /* "cmt"; NULL beyond the last */

/* seclabel */
#define DOMAIN_SECLABEL_VALUES(V) V(DOMAIN_SECLABEL_NOTHING, "none") V(DOMAIN_SECLABEL_DYNAMIC, "dynamic") V(DOMAIN_SECLABEL_STATIC, "static")
VIR_XML_ENUM(DomainSeclabelType, domain_seclabel_type, DOMAIN_SECLABEL_NONE, DOMAIN_SECLABEL_VALUES)
typedef struct {
    DomainSeclabelType type;
    VirTristate relabel;
    char *model, *label, *imagelabel, *baselabel;
} DomainSeclabel;

/* keywrap */
typedef struct { VirTristate aes, dea; } DomainKeywrap;

/* launchSecurity */
#define DOMAIN_LAUNCH_VALUES(V) V(DOMAIN_LAUNCH_SEV, "sev") V(DOMAIN_LAUNCH_SEV_SNP, "sev-snp") V(DOMAIN_LAUNCH_S390_PV, "s390-pv") \
    V(DOMAIN_LAUNCH_TDX, "tdx")
VIR_XML_ENUM(DomainLaunchType, domain_launch_type, DOMAIN_LAUNCH_NONE, DOMAIN_LAUNCH_VALUES)
typedef struct {
    DomainLaunchType type;
    VirTristate kernel_hashes, author_key, vcek;
    bool qgs;
    int cbitpos, reduced_phys_bits;   /* -1: absent */
    guint64 policy;                /* G_MAXUINT64: absent */
    char *handle, *dh_cert, *session;
    char *guest_visible_workarounds, *id_block, *id_auth, *host_data;     /* sev-snp */
    char *mr_config_id, *mr_owner, *mr_owner_config, *qgs_path;           /* tdx */
} DomainLaunchSecurity;

/* qemu: */
#define DOMAIN_QEMU_DEPRECATION_VALUES(V) V(DOMAIN_QEMU_DEPRECATION_NOTHING, "none") V(DOMAIN_QEMU_DEPRECATION_OMIT, "omit") \
    V(DOMAIN_QEMU_DEPRECATION_REJECT, "reject") V(DOMAIN_QEMU_DEPRECATION_CRASH, "crash")
VIR_XML_ENUM(DomainQemuDeprecation, domain_qemu_deprecation, DOMAIN_QEMU_DEPRECATION_NONE, DOMAIN_QEMU_DEPRECATION_VALUES)
#define DOMAIN_OVERRIDE_VALUES(V) V(DOMAIN_OVERRIDE_STRING, "string") V(DOMAIN_OVERRIDE_SIGNED, "signed") \
    V(DOMAIN_OVERRIDE_UNSIGNED, "unsigned") V(DOMAIN_OVERRIDE_BOOL, "bool") V(DOMAIN_OVERRIDE_REMOVE, "remove")
VIR_XML_ENUM(DomainOverrideType, domain_override_type, DOMAIN_OVERRIDE_NONE, DOMAIN_OVERRIDE_VALUES)

typedef struct { char *value; } DomainQemuArg;
typedef struct { char *name, *value; } DomainQemuEnv;
typedef struct { char *capability; } DomainQemuCapability;
typedef struct { char *name, *value; DomainOverrideType type; } DomainQemuProperty;
typedef struct { char *alias; VIR_ARRAY(DomainQemuProperty) frontend; } DomainQemuOverride;
typedef struct {
    VIR_ARRAY(DomainQemuArg) args;
    VIR_ARRAY(DomainQemuEnv) env;
    VIR_ARRAY(DomainQemuCapability) caps_add, caps_del;
    DomainQemuDeprecation deprecation;
    VIR_ARRAY(DomainQemuOverride) overrides;
} DomainQemuNamespace;

/* lxc: */
typedef struct { char *type, *value; } DomainLxcShare;
typedef struct { DomainLxcShare *net, *ipc, *uts; } DomainLxcNamespace;

extern const VirXmlTable domain_features_table, domain_seclabel_table, domain_perf_table, domain_keywrap_table,
    domain_launch_security_table, domain_qemu_namespace_table, domain_lxc_namespace_table;

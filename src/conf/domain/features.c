/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Table of <features>.
 */
#include "conf/domain/features.h"

#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(domain_hyperv_mode, DOMAIN_HYPERV_MODE_VALUES)
VIR_XML_ENUM_IMPL(domain_xen_passthrough, DOMAIN_XEN_PT_VALUES)
VIR_XML_ENUM_IMPL(domain_caps_policy, DOMAIN_CAPS_POLICY_VALUES)
VIR_XML_ENUM_IMPL(domain_gic_version, DOMAIN_GIC_VALUES)
VIR_XML_ENUM_IMPL(domain_ioapic, DOMAIN_IOAPIC_VALUES)
VIR_XML_ENUM_IMPL(domain_hpt_resizing, DOMAIN_HPT_VALUES)
VIR_XML_ENUM_IMPL(domain_msrs_unknown, DOMAIN_MSRS_VALUES)
VIR_XML_ENUM_IMPL(domain_cfpc, DOMAIN_CFPC_VALUES)
VIR_XML_ENUM_IMPL(domain_ibs, DOMAIN_IBS_VALUES)
VIR_XML_ENUM_IMPL(domain_aia, DOMAIN_AIA_VALUES)

#define STATE(n, m)          XG(n, XA_ONOFF("state", m, .flags = XF_ABI))
#define STATE_AND(n, m, ...) XG(n, XA_ONOFF("state", m, .flags = XF_ABI), __VA_ARGS__)

#define XS DomainHyperv
static const VirXmlRow hyperv_rows[] = {
    XA_ENUM("mode", mode, domain_hyperv_mode, .flags = XF_ALWAYS | XF_ABI, .arg = DOMAIN_HYPERV_CUSTOM),
    STATE("relaxed", relaxed),
    STATE("vapic", vapic),
    STATE_AND("spinlocks", spinlocks, XA_UINT("retries", spinlock_retries, .flags = XF_ABI)),
    STATE("vpindex", vpindex),
    STATE("runtime", runtime),
    STATE("synic", synic),
    STATE_AND("stimer", stimer, STATE("direct", stimer_direct)),
    STATE("reset", reset),
    STATE_AND("vendor_id", vendor_id, XA_STR("value", vendor_id_value, .flags = XF_ABI)),
    STATE("frequencies", frequencies),
    STATE("reenlightenment", reenlightenment),
    STATE_AND("tlbflush", tlbflush, STATE("direct", tlbflush_direct), STATE("extended", tlbflush_extended)),
    STATE("ipi", ipi),
    STATE("evmcs", evmcs),
    STATE("avic", avic),
    STATE("emsr_bitmap", emsr_bitmap),
    STATE("xmm_input", xmm_input),
    X_END
};
#undef XS
static const VirXmlTable hyperv_table = { "hyperv", sizeof(DomainHyperv), hyperv_rows };

#define XS DomainKvmFeatures
static const VirXmlRow kvm_rows[] = {
    STATE("hidden", hidden),
    STATE("hint-dedicated", hint_dedicated),
    STATE("poll-control", poll_control),
    STATE("pv-ipi", pv_ipi),
    STATE_AND("dirty-ring", dirty_ring, XA_UINT("size", dirty_ring_size, .flags = XF_ABI)),
    X_END
};
#undef XS
static const VirXmlTable kvm_table = { "kvm", sizeof(DomainKvmFeatures), kvm_rows };

#define XS DomainXenFeatures
static const VirXmlRow xen_rows[] = {
    STATE("e820_host", e820_host),
    STATE_AND("passthrough", passthrough, XA_ENUM("mode", passthrough_mode, domain_xen_passthrough, .flags = XF_ABI)),
    X_END
};
#undef XS
static const VirXmlTable xen_table = { "xen", sizeof(DomainXenFeatures), xen_rows };

#define XS DomainCapsFeatures
static const VirXmlRow caps_rows[] = {
    XA_ENUM("policy", policy, domain_caps_policy, .flags = XF_ALWAYS | XF_ABI, .arg = DOMAIN_CAPS_DEFAULT),
    STATE("audit_control", caps[0]), STATE("audit_write", caps[1]), STATE("block_suspend", caps[2]),
    STATE("chown", caps[3]), STATE("dac_override", caps[4]), STATE("dac_read_search", caps[5]), STATE("fowner", caps[6]),
    STATE("fsetid", caps[7]), STATE("ipc_lock", caps[8]), STATE("ipc_owner", caps[9]), STATE("kill", caps[10]),
    STATE("lease", caps[11]), STATE("linux_immutable", caps[12]), STATE("mac_admin", caps[13]),
    STATE("mac_override", caps[14]), STATE("mknod", caps[15]), STATE("net_admin", caps[16]),
    STATE("net_bind_service", caps[17]), STATE("net_broadcast", caps[18]), STATE("net_raw", caps[19]),
    STATE("setgid", caps[20]), STATE("setfcap", caps[21]), STATE("setpcap", caps[22]), STATE("setuid", caps[23]),
    STATE("sys_admin", caps[24]), STATE("sys_boot", caps[25]), STATE("sys_chroot", caps[26]),
    STATE("sys_module", caps[27]), STATE("sys_nice", caps[28]), STATE("sys_pacct", caps[29]),
    STATE("sys_ptrace", caps[30]), STATE("sys_rawio", caps[31]), STATE("sys_resource", caps[32]),
    STATE("sys_time", caps[33]), STATE("sys_tty_config", caps[34]), STATE("syslog", caps[35]),
    STATE("wake_alarm", caps[36]),
    X_END
};
#undef XS
static const VirXmlTable caps_table = { "capabilities", sizeof(DomainCapsFeatures), caps_rows };

static const VirXmlUnit tseg_unit = { "unit", NULL, 0, 1, 1024 * 1024 };

#define XS DomainFeatures
#define PRESENT(n, m) XE_PRESENT(n, m, .flags = XF_ABI)
static const VirXmlRow features_rows[] = {
    PRESENT("acpi", acpi),
    XG_PRESENT("apic", apic, XA_ONOFF("eoi", apic_eoi, .flags = XF_ABI)),
    PRESENT("pae", pae),
    XG_PRESENT("hap", hap, XA_ONOFF("state", hap_state, .flags = XF_ABI)),
    PRESENT("viridian", viridian),
    PRESENT("privnet", privnet),
    X_PTR("hyperv", hyperv, DomainHyperv, hyperv_table, .flags = XF_ABI | XF_EMPTY),
    X_PTR("kvm", kvm, DomainKvmFeatures, kvm_table, .flags = XF_ABI),
    XG_PRESENT("pvspinlock", pvspinlock, XA_ONOFF("state", pvspinlock_state, .flags = XF_ABI)),
    X_PTR("capabilities", caps, DomainCapsFeatures, caps_table, .flags = XF_ABI),
    XG_PRESENT("pmu", pmu, XA_ONOFF("state", pmu_state, .flags = XF_ABI)),
    XG_PRESENT("vmport", vmport, XA_ONOFF("state", vmport_state, .flags = XF_ABI)),
    XG_PRESENT("gic", gic, XA_ENUM("version", gic_version, domain_gic_version, .flags = XF_ABI)),
    XG_PRESENT("smm", smm,
        XA_ONOFF("state", smm_state, .flags = XF_ABI),
        XE_SIZE("tseg", smm_tseg, tseg_unit, .flags = XF_ABI)),
    XG("ioapic", XA_ENUM("driver", ioapic, domain_ioapic, .flags = XF_ABI)),
    XG_PRESENT("hpt", hpt,
        XA_ENUM("resizing", hpt_resizing, domain_hpt_resizing, .flags = XF_ABI),
        XE_SIZE("maxpagesize", hpt_maxpagesize, vir_xml_kib, .flags = XF_ABI)),
    XG_PRESENT("vmcoreinfo", vmcoreinfo, XA_ONOFF("state", vmcoreinfo_state, .flags = XF_ABI)),
    STATE("htm", htm),
    STATE("nested-hv", nested_hv),
    XG("msrs", XA_ENUM("unknown", msrs, domain_msrs_unknown, .flags = XF_ABI)),
    STATE("ccf-assist", ccf_assist),
    X_PTR("xen", xen, DomainXenFeatures, xen_table, .flags = XF_ABI),
    XG("cfpc", XA_ENUM("value", cfpc, domain_cfpc, .flags = XF_ABI)),
    XG("sbbc", XA_ENUM("value", sbbc, domain_cfpc, .flags = XF_ABI)),
    XG("ibs", XA_ENUM("value", ibs, domain_ibs, .flags = XF_ABI)),
    XG("tcg", XE_SIZE("tb-cache", tcg_tb_cache, vir_xml_kib)),
    XG_PRESENT("async-teardown", async_teardown, XA_YESNO("enabled", async_teardown_enabled, .since = 906)),
    STATE("ras", ras),
    STATE("ps2", ps2),
    XG("aia", XA_ENUM("value", aia, domain_aia, .flags = XF_ABI, .since = 1101)),
    XE_PRESENT("virtualization", virtualization, .flags = XF_ABI, .since = 1200),
    X_END
};
#undef XS

/* Without state= such a feature is on. */
static gboolean features_parsed(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err)
{
    DomainFeatures *f = obj;
    const struct { bool present; VirTristate *state; } rows[] = {
        { f->pvspinlock, &f->pvspinlock_state }, { f->pmu, &f->pmu_state }, { f->vmport, &f->vmport_state },
        { f->smm, &f->smm_state }, { f->vmcoreinfo, &f->vmcoreinfo_state }, { f->async_teardown, &f->async_teardown_enabled },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].present && *rows[i].state == VIR_TRISTATE_ABSENT)
            *rows[i].state = VIR_TRISTATE_ON;
    }
    return TRUE;
}
const VirXmlTable domain_features_table = { "features", sizeof(DomainFeatures), features_rows, features_parsed };

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables of <perf>, <seclabel>, <keywrap>, <launchSecurity> and of the qemu: and lxc: namespaces.
 */
#include "conf/domain/features.h"
#include "util/error.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(domain_seclabel_type, DOMAIN_SECLABEL_VALUES)
VIR_XML_ENUM_IMPL(domain_launch_type, DOMAIN_LAUNCH_VALUES)
VIR_XML_ENUM_IMPL(domain_qemu_deprecation, DOMAIN_QEMU_DEPRECATION_VALUES)
VIR_XML_ENUM_IMPL(domain_override_type, DOMAIN_OVERRIDE_VALUES)

#define XS DomainPerf
#define EVENT(i, n) XG_KEYED("event", "name=" n, XA_YESNO("enabled", events[i]))
static const VirXmlRow perf_rows[] = {
    EVENT(0, "cmt"), EVENT(1, "mbmt"), EVENT(2, "mbml"), EVENT(3, "cpu_cycles"), EVENT(4, "instructions"),
    EVENT(5, "cache_references"), EVENT(6, "cache_misses"), EVENT(7, "branch_instructions"), EVENT(8, "branch_misses"),
    EVENT(9, "bus_cycles"), EVENT(10, "stalled_cycles_frontend"), EVENT(11, "stalled_cycles_backend"),
    EVENT(12, "ref_cpu_cycles"), EVENT(13, "cpu_clock"), EVENT(14, "task_clock"), EVENT(15, "page_faults"),
    EVENT(16, "context_switches"), EVENT(17, "cpu_migrations"), EVENT(18, "page_faults_min"), EVENT(19, "page_faults_maj"),
    EVENT(20, "alignment_faults"), EVENT(21, "emulation_faults"),
    X_END
};
#undef XS
const VirXmlTable domain_perf_table = { "perf", sizeof(DomainPerf), perf_rows };

const char *domain_perf_name(guint event)
{
    return event < DOMAIN_PERF_EVENTS ? perf_rows[event].key + sizeof("name=") - 1 : NULL;
}

#define XS DomainSeclabel
static const VirXmlRow seclabel_rows[] = {
    XA_ENUM("type", type, domain_seclabel_type, .flags = XF_ALWAYS, .arg = DOMAIN_SECLABEL_DYNAMIC),
    XA_STR("model", model),
    XA_YESNO("relabel", relabel),
    X_WHEN(type, X_BIT(DOMAIN_SECLABEL_STATIC), XE_STR("label", label)),
    X_WHEN(type, X_BIT(DOMAIN_SECLABEL_DYNAMIC), XE_STR("label", label, .flags = XF_LIVE)),
    XE_STR("imagelabel", imagelabel, .flags = XF_LIVE),
    XE_STR("baselabel", baselabel),
    X_END
};
#undef XS
const VirXmlTable domain_seclabel_table = { "seclabel", sizeof(DomainSeclabel), seclabel_rows };

#define XS DomainKeywrap
#define CIPHER(n, m) XG_KEYED("cipher", "name=" n, XA_ONOFF("state", m, .flags = XF_ABI))
static const VirXmlRow keywrap_rows[] = {
    CIPHER("aes", aes),
    CIPHER("dea", dea),
    X_END
};
#undef XS
const VirXmlTable domain_keywrap_table = { "keywrap", sizeof(DomainKeywrap), keywrap_rows };

#define XS DomainLaunchSecurity
#define TYPE(t) X_BIT(DOMAIN_LAUNCH_##t)
static const VirXmlRow launch_rows[] = {
    XA_ENUM("type", type, domain_launch_type, .flags = XF_REQUIRED | XF_ABI),
    XA_YESNO("kernelHashes", kernel_hashes, .flags = XF_ABI),
    XA_YESNO("authorKey", author_key, .flags = XF_ABI, .since = 1006),
    XA_YESNO("vcek", vcek, .flags = XF_ABI, .since = 1006),
    X_WHEN(type, TYPE(SEV) | TYPE(SEV_SNP),
        XE_INT("cbitpos", cbitpos, .flags = XF_ABI, .arg = -1),
        XE_INT("reducedPhysBits", reduced_phys_bits, .flags = XF_ABI, .arg = -1)),
    XE_U64("policy", policy, .flags = XF_HEX | XF_ABI, .width = 4, .arg = -1),
    X_WHEN(type, TYPE(SEV),
        XE_STR("handle", handle),
        XE_STR("dhCert", dh_cert),
        XE_STR("session", session)),
    X_WHEN(type, TYPE(SEV_SNP),
        XE_STR("guestVisibleWorkarounds", guest_visible_workarounds, .flags = XF_ABI),
        XE_STR("idBlock", id_block, .flags = XF_ABI),
        XE_STR("idAuth", id_auth, .flags = XF_ABI),
        XE_STR("hostData", host_data, .flags = XF_ABI)),
    X_WHEN(type, TYPE(TDX),
        XE_STR("mrConfigId", mr_config_id, .flags = XF_ABI),
        XE_STR("mrOwner", mr_owner, .flags = XF_ABI),
        XE_STR("mrOwnerConfig", mr_owner_config, .flags = XF_ABI),
        XG_PRESENT("quoteGenerationService", qgs, XA_STR("path", qgs_path))),
    X_END
};
#undef XS
#undef TYPE
const VirXmlTable domain_launch_security_table = { "launchSecurity", sizeof(DomainLaunchSecurity), launch_rows };

#define XS DomainQemuArg
static const VirXmlRow arg_rows[] = {
    XA_STR("value", value, .flags = XF_REQUIRED | XF_EMPTY),
    X_END
};
#undef XS
static const VirXmlTable arg_table = { "qemu:arg", sizeof(DomainQemuArg), arg_rows };

#define XS DomainQemuEnv
static const VirXmlRow env_rows[] = {
    XA_STR("name", name, .flags = XF_REQUIRED),
    XA_STR("value", value),
    X_END
};
#undef XS
static const VirXmlTable env_table = { "qemu:env", sizeof(DomainQemuEnv), env_rows };

#define XS DomainQemuCapability
static const VirXmlRow capability_rows[] = {
    XA_STR("capability", capability, .flags = XF_REQUIRED),
    X_END
};
#undef XS
static const VirXmlTable capability_table = { "qemu:add", sizeof(DomainQemuCapability), capability_rows };

#define XS DomainQemuProperty
static const VirXmlRow property_rows[] = {
    XA_STR("name", name, .flags = XF_REQUIRED),
    XA_ENUM("type", type, domain_override_type, .flags = XF_REQUIRED),
    XA_STR("value", value, .flags = XF_EMPTY),
    X_END
};
#undef XS
static const VirXmlTable property_table = { "qemu:property", sizeof(DomainQemuProperty), property_rows };

#define XS DomainQemuOverride
static const VirXmlRow override_rows[] = {
    XA_STR("alias", alias, .flags = XF_REQUIRED),
    XG("qemu:frontend", X_ARRAY("qemu:property", frontend, DomainQemuProperty, property_table)),
    X_END
};
#undef XS
static const VirXmlTable override_table = { "qemu:device", sizeof(DomainQemuOverride), override_rows };

#define XS DomainQemuNamespace
static const VirXmlRow qemu_rows[] = {
    XG("qemu:commandline",
        X_ARRAY("qemu:arg", args, DomainQemuArg, arg_table),
        X_ARRAY("qemu:env", env, DomainQemuEnv, env_table)),
    XG("qemu:capabilities",
        X_ARRAY("qemu:add", caps_add, DomainQemuCapability, capability_table),
        X_ARRAY("qemu:del", caps_del, DomainQemuCapability, capability_table)),
    XG("qemu:deprecation", XA_ENUM("behavior", deprecation, domain_qemu_deprecation)),
    XG("qemu:override", X_ARRAY("qemu:device", overrides, DomainQemuOverride, override_table)),
    X_END
};
#undef XS
const VirXmlTable domain_qemu_namespace_table = { "qemu", sizeof(DomainQemuNamespace), qemu_rows };

#define XS DomainLxcShare
static const VirXmlRow share_rows[] = {
    XA_STR("type", type, .flags = XF_REQUIRED),
    XA_STR("value", value, .flags = XF_REQUIRED),
    X_END
};
#undef XS
static const VirXmlTable share_table = { "lxc:sharenet", sizeof(DomainLxcShare), share_rows };

#define XS DomainLxcNamespace
static const VirXmlRow lxc_rows[] = {
    XG("lxc:namespace",
        X_PTR("lxc:sharenet", net, DomainLxcShare, share_table),
        X_PTR("lxc:shareipc", ipc, DomainLxcShare, share_table),
        X_PTR("lxc:shareuts", uts, DomainLxcShare, share_table)),
    X_END
};
#undef XS
const VirXmlTable domain_lxc_namespace_table = { "lxc", sizeof(DomainLxcNamespace), lxc_rows };

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Table and functions of the domain document.
 */
#include "conf/domain/domain.h"

#include <string.h>

#include "util/error.h"
#include "util/xmlrows.h"

#define VIR_FROM_THIS VIR_FROM_DOMAIN

VIR_XML_ENUM_IMPL(domain_virt_type, DOMAIN_VIRT_VALUES)

#define XS DomainThrottleGroup
static const VirXmlRow throttle_group_rows[] = {
    X_FIELDS(tune, DomainIoTune, domain_iotune_table),
    X_END
};
#undef XS
static const VirXmlTable throttle_group_table = { "throttlegroup", sizeof(DomainThrottleGroup), throttle_group_rows };

#define XS DomainDef
static const VirXmlRow memory_rows[] = {
    XG("maxMemory",
        XA_UINT("slots", memory_slots, .flags = XF_ABI),
        XT_SIZE(max_memory, vir_xml_kib, .flags = XF_ABI)),
    XG("memory",
        XA_ONOFF("dumpCore", dump_core),
        XT_SIZE(memory, vir_xml_kib, .flags = XF_ALWAYS | XF_ABI)),
    XE_SIZE("currentMemory", current_memory, vir_xml_kib),
    X_PTR("blkiotune", blkiotune, DomainBlkiotune, domain_blkiotune_table),
    X_PTR("memtune", memtune, DomainMemtune, domain_memtune_table),
    X_PTR("memoryBacking", memory_backing, DomainMemoryBacking, domain_memory_backing_table),
    X_END
};
static const VirXmlTable memory_fragment = { "domain", sizeof(DomainDef), memory_rows };

static const VirXmlRow cpu_rows[] = {
    XG("vcpu",
        XA_ENUM("placement", vcpu_placement, domain_placement),
        XA_CPUSET("cpuset", cpuset),
        XA_UINT("current", vcpus_current),
        XT_UINT(vcpus_max, .flags = XF_ALWAYS | XF_ABI, .arg = 1)),
    XG("vcpus", X_ARRAY("vcpu", vcpus, DomainVcpu, domain_vcpu_table)),
    XE_UINT("iothreads", iothreads),
    XG("iothreadids", X_ARRAY("iothread", iothread_list, DomainIothread, domain_iothread_table)),
    X_PTR("defaultiothread", default_iothread, DomainDefaultIothread, domain_default_iothread_table),
    X_PTR("cputune", cputune, DomainCputune, domain_cputune_table),
    X_PTR("numatune", numatune, DomainNumatune, domain_numatune_table),
    XG("throttlegroups", X_LIST("throttlegroup", throttle_groups, DomainThrottleGroup, throttle_group_table, .since = 1102)),
    XG("iommufd", XA_YESNO("enabled", iommufd), XA_STR("fdgroup", iommufd_fdgroup)),
    XG("resource",
        XE_STR("partition", partition),
        XG("fibrechannel", XA_STR("appid", fc_appid))),
    X_END
};
static const VirXmlTable cpu_fragment = { "domain", sizeof(DomainDef), cpu_rows };

#define DEVICE(n, m, T, table) X_LIST(n, m, T, table, .flags = XF_ABI)
static const VirXmlRow device_rows[] = {
    XE_STR("emulator", emulator),
    DEVICE("disk", disks, DomainDisk, domain_disk_table),
    DEVICE("controller", controllers, DomainController, domain_controller_table),
    DEVICE("lease", leases, DomainLease, domain_lease_table),
    DEVICE("filesystem", filesystems, DomainFs, domain_fs_table),
    DEVICE("interface", nets, DomainNet, domain_net_table),
    DEVICE("smartcard", smartcards, DomainSmartcard, domain_smartcard_table),
    DEVICE("serial", serials, DomainChr, domain_serial_table),
    DEVICE("parallel", parallels, DomainChr, domain_parallel_table),
    DEVICE("console", consoles, DomainChr, domain_console_table),
    DEVICE("channel", channels, DomainChr, domain_channel_table),
    DEVICE("input", inputs, DomainInput, domain_input_table),
    DEVICE("tpm", tpms, DomainTpm, domain_tpm_table),
    X_LIST("graphics", graphics, DomainGraphics, domain_graphics_table),
    DEVICE("sound", sounds, DomainSound, domain_sound_table),
    X_LIST("audio", audios, DomainAudio, domain_audio_table),
    DEVICE("video", videos, DomainVideo, domain_video_table),
    DEVICE("hostdev", hostdevs, DomainHostdev, domain_hostdev_table),
    DEVICE("redirdev", redirdevs, DomainRedirdev, domain_redirdev_table),
    X_PTR("redirfilter", redirfilter, DomainRedirfilter, domain_redirfilter_table),
    DEVICE("hub", hubs, DomainHub, domain_hub_table),
    DEVICE("watchdog", watchdogs, DomainWatchdog, domain_watchdog_table),
    X_PTR("memballoon", memballoon, DomainMemballoon, domain_memballoon_table, .flags = XF_ABI | XF_EXCLUSIVE),
    DEVICE("rng", rngs, DomainRng, domain_rng_table),
    X_PTR("nvram", nvram, DomainNvram, domain_nvram_table, .flags = XF_ABI | XF_EXCLUSIVE),
    DEVICE("panic", panics, DomainPanic, domain_panic_table),
    DEVICE("shmem", shmems, DomainShmem, domain_shmem_table),
    DEVICE("memory", memories, DomainMemory, domain_memory_table),
    DEVICE("crypto", cryptos, DomainCrypto, domain_crypto_table),
    DEVICE("iommu", iommus, DomainIommu, domain_iommu_table),
    X_PTR("vsock", vsock, DomainVsock, domain_vsock_table, .flags = XF_ABI | XF_EXCLUSIVE),
    X_PTR("pstore", pstore, DomainPstore, domain_pstore_table, .flags = XF_ABI | XF_EXCLUSIVE, .since = 1109),
    X_END
};

static const VirXmlRow domain_rows[] = {
    XA_ENUM("type", virt_type, domain_virt_type, .flags = XF_REQUIRED | XF_ABI, .bad_code = VIR_ERR_CONFIG_UNSUPPORTED,
            .missing_code = VIR_ERR_INTERNAL_ERROR),
    XA_INT("id", id, .flags = XF_LIVE, .arg = -1),
    X_NSDECL(qemu, "qemu"),
    X_NSDECL(lxc, "lxc"),
    XE_STR("name", name),
    XE_UUID("uuid", uuid, .flags = XF_ABI, .bad_code = VIR_ERR_INTERNAL_ERROR),
    XE_UUID("hwuuid", hwuuid, .flags = XF_ABI, .since = 1106),
    XG_PRESENT("genid", has_genid, XT_UUID(genid)),
    XE_STR("title", title),
    XE_STR("description", description),
    X_RAW("metadata", metadata),
    X_SELF(memory_fragment),
    X_SELF(cpu_fragment),
    X_LIST("sysinfo", sysinfo, DomainSysinfo, domain_sysinfo_table, .flags = XF_ABI),
    XE_STR("bootloader", bootloader),
    XE_STR("bootloader_args", bootloader_args),
    X_EMBED("os", os, DomainOs, domain_os_table),
    X_PTR("idmap", idmap, DomainIdmap, domain_idmap_table),
    X_EMBED("features", features, DomainFeatures, domain_features_table),
    X_PTR("cpu", cpu, CpuDef, cpu_table, .flags = XF_ABI),
    X_EMBED("clock", clock, DomainClock, domain_clock_table),
    XE_ENUM("on_poweroff", on_poweroff, domain_action, .bad_code = VIR_ERR_CONFIG_UNSUPPORTED),
    XE_ENUM("on_reboot", on_reboot, domain_action, .bad_code = VIR_ERR_CONFIG_UNSUPPORTED),
    XE_ENUM("on_crash", on_crash, domain_action, .bad_code = VIR_ERR_CONFIG_UNSUPPORTED),
    XE_ENUM("on_lockfailure", on_lockfailure, domain_lock_failure, .bad_code = VIR_ERR_CONFIG_UNSUPPORTED),
    XG("pm",
        XG("suspend-to-mem", XA_YESNO("enabled", pm_suspend_to_mem)),
        XG("suspend-to-disk", XA_YESNO("enabled", pm_suspend_to_disk))),
    X_PTR("perf", perf, DomainPerf, domain_perf_table),
    XG_ROWS("devices", device_rows, .flags = XF_ALWAYS | XF_EMPTY),
    X_LIST("seclabel", seclabels, DomainSeclabel, domain_seclabel_table),
    X_PTR("keywrap", keywrap, DomainKeywrap, domain_keywrap_table, .flags = XF_ABI),
    X_PTR("launchSecurity", launch_security, DomainLaunchSecurity, domain_launch_security_table, .flags = XF_ABI),
    X_PTRFIELDS(qemu, DomainQemuNamespace, domain_qemu_namespace_table),
    X_PTRFIELDS(lxc, DomainLxcNamespace, domain_lxc_namespace_table),
    X_END
};
#undef XS

static gboolean domain_parsed(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err)
{
    DomainDef *def = obj;

    if (!def->name)
        return vir_fail_full(err, VIR_FROM_DOMAIN, VIR_ERR_NO_NAME, "%s", "");
    if (strchr(def->name, '\n'))
        return vir_fail_full(err, VIR_FROM_XML, VIR_ERR_XML_DETAIL, "domain/name: the name must not hold a newline");
    if (def->title && strchr(def->title, '\n'))
        return vir_xml_fail(parse, node, NULL, VIR_ERR_XML_ERROR, err, "the title must not hold a newline");
    if (def->vcpus_max == 0)
        return vir_xml_fail(parse, node, NULL, VIR_ERR_INTERNAL_ERROR, err, "<vcpu> must be at least 1");
    if (def->vcpu_placement == DOMAIN_PLACEMENT_NONE)
        def->vcpu_placement = DOMAIN_PLACEMENT_STATIC;
    return TRUE;
}
const VirXmlTable domain_table = { "domain", sizeof(DomainDef), domain_rows, domain_parsed, .known = &domain_known };

DomainDef *domain_def_parse_node(xmlNodePtr node, guint flags, GError **err)
{
    const VirXmlParse opts = { .flags = flags, .from = VIR_FROM_DOMAIN };
    g_autoptr(DomainDef) def = vir_xml_new(&domain_table);

    if (!vir_xml_parse(&domain_table, node, def, &opts, err))
        return NULL;
    return g_steal_pointer(&def);
}

DomainDef *domain_def_parse(const char *xml, gsize len, guint flags, GError **err)
{
    g_autoptr(VirXmlDoc) doc = vir_xml_doc_parse(xml, len, "domain", VIR_FROM_DOMAIN, err);

    return doc ? domain_def_parse_node(xmlDocGetRootElement(doc), flags, err) : NULL;
}

/* The row of a device element. */
static const VirXmlRow *device_row(const char *name)
{
    for (const VirXmlRow *row = device_rows; row->place != XP_END; row++) {
        if ((row->place == XP_LIST || row->place == XP_PTR) && strcmp(row->name, name) == 0)
            return row;
    }
    return NULL;
}

gpointer domain_device_parse(const char *xml, gsize len, guint flags, const VirXmlTable **ret_table, GError **err)
{
    g_autoptr(VirXmlDoc) doc = vir_xml_doc_parse(xml, len, "device", VIR_FROM_DOMAIN, err);
    const VirXmlRow *row;
    const VirXmlTable *table;
    gpointer device;
    xmlNodePtr root;

    if (!doc)
        return NULL;
    root = xmlDocGetRootElement(doc);
    row = device_row((const char *)root->name);
    if (!row) {
        vir_fail(err, VIR_ERR_XML_ERROR, "'%s' is not a device of a domain", (const char *)root->name);
        return NULL;
    }
    g_autofree char *path = g_strconcat("domain/devices/", row->name, NULL);
    const VirXmlParse opts = { .flags = flags, .from = VIR_FROM_DOMAIN, .known = &domain_known, .known_path = path };
    table = row->aux;
    device = vir_xml_new(table);
    if (!vir_xml_parse(table, root, device, &opts, err)) {
        vir_xml_free(table, device);
        return NULL;
    }
    *ret_table = table;
    return device;
}

void domain_def_format_into(const DomainDef *def, guint flags, guint depth, GString *out)
{
    vir_xml_format(&domain_table, NULL, def, flags, depth, out);
}

char *domain_def_format(const DomainDef *def, guint flags)
{
    GString *out = g_string_sized_new(8192);

    domain_def_format_into(def, flags, 0, out);
    return g_string_free(out, FALSE);
}

DomainDef *domain_def_new(DomainVirtType type)
{
    DomainDef *def = vir_xml_new(&domain_table);

    def->virt_type = type;
    return def;
}

DomainDef *domain_def_copy(const DomainDef *def)
{
    DomainDef *copy = vir_xml_copy(&domain_table, def);

    if (copy)
        copy->packed = FALSE;
    return copy;
}

void domain_def_free(DomainDef *def)
{
    if (def && def->packed)
        g_free(def);
    else
        vir_xml_free(&domain_table, def);
}

DomainDef *domain_def_pack(DomainDef *def)
{
    DomainDef *packed = def && !def->packed ? vir_xml_pack(&domain_table, def) : NULL;

    if (!packed)
        return def;
    packed->packed = TRUE;
    domain_def_free(def);
    return packed;
}

gboolean domain_def_abi_equal(const DomainDef *def, const DomainDef *other, GError **err)
{
    g_autofree char *diff = NULL;

    if (vir_xml_equal(&domain_table, def, other, XF_ABI, &diff))
        return TRUE;
    return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "what the guest sees would change: %s", diff);
}

guint domain_xml_flags(guint api_flags)
{
    return (api_flags & VIR_DOMAIN_XML_SECURE ? VIR_XML_SECURE : 0) |
           (api_flags & VIR_DOMAIN_XML_INACTIVE ? VIR_XML_INACTIVE : 0) |
           (api_flags & VIR_DOMAIN_XML_MIGRATABLE ? VIR_XML_MIGRATABLE : 0);
}

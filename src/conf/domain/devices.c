/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables of the smaller devices, first half: file systems, input, watchdog, balloon, rng, tpm.
 */
#include "conf/domain/devices.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(domain_fs_type, DOMAIN_FS_VALUES)
VIR_XML_ENUM_IMPL(domain_fs_driver, DOMAIN_FS_DRIVER_VALUES)
VIR_XML_ENUM_IMPL(domain_fs_access, DOMAIN_FS_ACCESS_VALUES)
VIR_XML_ENUM_IMPL(domain_fs_multidevs, DOMAIN_FS_MULTIDEVS_VALUES)
VIR_XML_ENUM_IMPL(domain_fs_wrpolicy, DOMAIN_FS_WRPOLICY_VALUES)
VIR_XML_ENUM_IMPL(domain_fs_cache, DOMAIN_FS_CACHE_VALUES)
VIR_XML_ENUM_IMPL(domain_fs_sandbox, DOMAIN_FS_SANDBOX_VALUES)
VIR_XML_ENUM_IMPL(domain_input_type, DOMAIN_INPUT_VALUES)
VIR_XML_ENUM_IMPL(domain_input_bus, DOMAIN_INPUT_BUS_VALUES)
VIR_XML_ENUM_IMPL(domain_grab, DOMAIN_GRAB_VALUES)
VIR_XML_ENUM_IMPL(domain_grab_toggle, DOMAIN_GRAB_TOGGLE_VALUES)
VIR_XML_ENUM_IMPL(domain_watchdog_model, DOMAIN_WATCHDOG_VALUES)
VIR_XML_ENUM_IMPL(domain_watchdog_action, DOMAIN_WATCHDOG_ACTION_VALUES)
VIR_XML_ENUM_IMPL(domain_balloon_model, DOMAIN_BALLOON_VALUES)
VIR_XML_ENUM_IMPL(domain_rng_backend, DOMAIN_RNG_BACKEND_VALUES)
VIR_XML_ENUM_IMPL(domain_tpm_model, DOMAIN_TPM_MODEL_VALUES)
VIR_XML_ENUM_IMPL(domain_tpm_backend, DOMAIN_TPM_BACKEND_VALUES)
VIR_XML_ENUM_IMPL(domain_tpm_version, DOMAIN_TPM_VERSION_VALUES)

#define VIRTIO X_FIELDS(virtio, DomainVirtioOptions, domain_virtio_options_table)
#define INFO X_FIELDS(info, DomainDeviceInfo, domain_device_info_table)

#define XS DomainIdmapEntry
static const VirXmlRow idmap_entry_rows[] = {
    XA_UINT("start", start, .flags = XF_ALWAYS),
    XA_UINT("target", target, .flags = XF_ALWAYS),
    XA_UINT("count", count, .flags = XF_ALWAYS),
    X_END
};
#undef XS
static const VirXmlTable idmap_entry_table = { "uid", sizeof(DomainIdmapEntry), idmap_entry_rows };

#define XS DomainIdmap
static const VirXmlRow idmap_rows[] = {
    X_ARRAY("uid", uids, DomainIdmapEntry, idmap_entry_table),
    X_ARRAY("gid", gids, DomainIdmapEntry, idmap_entry_table),
    X_END
};
#undef XS
const VirXmlTable domain_idmap_table = { "idmap", sizeof(DomainIdmap), idmap_rows };

static const VirXmlUnit fs_units = { "units", "KiB", 1024, 1024, 1024 };   /* units=, in the plural */

#define XS DomainFs
#define TYPE(t) X_BIT(DOMAIN_FS_##t)
static const VirXmlRow fs_rows[] = {
    XA_ENUM("type", type, domain_fs_type, .flags = XF_ALWAYS | XF_ABI, .arg = DOMAIN_FS_MOUNT),
    XA_ENUM("accessmode", accessmode, domain_fs_access),
    XA_INT("fmode", fmode, .flags = XF_OCTAL, .width = 4, .arg = -1),
    XA_INT("dmode", dmode, .flags = XF_OCTAL, .width = 4, .arg = -1),
    XA_ENUM("model", model, domain_virtio_model, .flags = XF_ABI),
    XA_ENUM("multidevs", multidevs, domain_fs_multidevs, .arg = DOMAIN_FS_MULTIDEVS_DEFAULT),
    XG("driver",
        XA_ENUM("type", driver, domain_fs_driver),
        XA_ENUM("format", format, storage_format),
        XA_ENUM("wrpolicy", wrpolicy, domain_fs_wrpolicy),
        XA_UINT("queue", queue_size),
        VIRTIO),
    XG("binary",
        XA_STR("path", binary),
        XA_ONOFF("xattr", xattr),
        XG("cache", XA_ENUM("mode", cache, domain_fs_cache)),
        XG("sandbox", XA_ENUM("mode", sandbox, domain_fs_sandbox)),
        XG("lock", XA_ONOFF("posix", lock_posix), XA_ONOFF("flock", flock)),
        XG("thread_pool", XA_INT("size", thread_pool, .arg = -1)),
        XG("openfiles", XA_UINT("max", openfiles, .since = 1000))),
    XG("source",
        X_WHEN(type, TYPE(MOUNT) | TYPE(BIND), XA_STR("dir", source), XA_STR("socket", socket)),
        X_WHEN(type, TYPE(BLOCK), XA_STR("dev", source)),
        X_WHEN(type, TYPE(FILE), XA_STR("file", source)),
        X_WHEN(type, TYPE(TEMPLATE), XA_STR("name", source)),
        X_WHEN(type, TYPE(RAM), XA_SIZE("usage", usage, fs_units)),
        X_WHEN(type, TYPE(VOLUME), XA_STR("pool", source_pool), XA_STR("volume", source_volume))),
    XG("target", XA_STR("dir", target, .flags = XF_ABI)),
    X_PTR("idmap", idmap, DomainIdmap, domain_idmap_table, .since = 1000),
    XE_PRESENT("readonly", readonly, .flags = XF_ABI),
    X_FIELDS(info, DomainDeviceInfo, domain_device_info_boot_table),
    XE_SIZE("space_hard_limit", space_hard_limit, vir_xml_bytes),
    XE_SIZE("space_soft_limit", space_soft_limit, vir_xml_bytes),
    X_END
};
#undef XS
#undef TYPE
const VirXmlTable domain_fs_table = { "filesystem", sizeof(DomainFs), fs_rows };

#define XS DomainInput
static const VirXmlRow input_rows[] = {
    XA_ENUM("type", type, domain_input_type, .flags = XF_REQUIRED | XF_ABI),
    XA_ENUM("bus", bus, domain_input_bus, .flags = XF_ABI),
    XA_ENUM("model", model, domain_virtio_model, .flags = XF_ABI),
    XG("driver", VIRTIO),
    X_WHEN(type, X_BIT(DOMAIN_INPUT_PASSTHROUGH), XG("source", XA_STR("evdev", source))),
    X_WHEN(type, X_BIT(DOMAIN_INPUT_EVDEV),
        XG("source",
            XA_STR("dev", source),
            XA_ENUM("grab", grab, domain_grab),
            XA_ENUM("grabToggle", grab_toggle, domain_grab_toggle),
            XA_ONOFF("repeat", repeat))),
    INFO,
    X_END
};
#undef XS
const VirXmlTable domain_input_table = { "input", sizeof(DomainInput), input_rows };

#define XS DomainWatchdog
static const VirXmlRow watchdog_rows[] = {
    XA_ENUM("model", model, domain_watchdog_model, .flags = XF_REQUIRED | XF_ABI),
    XA_ENUM("action", action, domain_watchdog_action, .flags = XF_ABI),
    INFO,
    X_END
};
#undef XS
const VirXmlTable domain_watchdog_table = { "watchdog", sizeof(DomainWatchdog), watchdog_rows };

#define XS DomainMemballoon
static const VirXmlRow memballoon_rows[] = {
    XA_ENUM("model", model, domain_balloon_model, .flags = XF_REQUIRED | XF_ABI),
    XA_ONOFF("autodeflate", autodeflate, .flags = XF_ABI),
    XA_ONOFF("freePageReporting", free_page_reporting, .flags = XF_ABI),
    XG("stats", XA_UINT("period", period)),
    INFO,
    XG("driver", VIRTIO),
    X_END
};
#undef XS
const VirXmlTable domain_memballoon_table = { "memballoon", sizeof(DomainMemballoon), memballoon_rows };

#define XS DomainRng
static const VirXmlRow rng_rows[] = {
    XA_ENUM("model", model, domain_virtio_model, .flags = XF_REQUIRED | XF_ABI),
    XG("rate", XA_UINT("bytes", rate_bytes), XA_UINT("period", rate_period)),
    XG("backend",
        XA_ENUM("model", backend, domain_rng_backend, .flags = XF_REQUIRED | XF_ABI),
        X_WHEN(backend, X_BIT(DOMAIN_RNG_BACKEND_RANDOM), XT_STR(file)),
        X_WHEN(backend, X_BIT(DOMAIN_RNG_BACKEND_EGD), X_PTRFIELDS(source, DomainChrSource, domain_chr_source_table))),
    XG("driver", VIRTIO),
    INFO,
    X_END
};
#undef XS
const VirXmlTable domain_rng_table = { "rng", sizeof(DomainRng), rng_rows };

#define XS DomainTpm
static const VirXmlRow tpm_rows[] = {
    XA_ENUM("model", model, domain_tpm_model, .flags = XF_ABI),
    XG("backend",
        XA_ENUM("type", backend, domain_tpm_backend, .flags = XF_REQUIRED | XF_ABI),
        XA_ENUM("version", version, domain_tpm_version, .flags = XF_ABI),
        XA_YESNO("persistent_state", persistent_state),
        XA_UINT("debug", debug, .since = 905),
        XG("encryption", XA_UUID("secret", encryption_secret)),
        XG("active_pcr_banks",
            XE_PRESENT("sha1", pcr_sha1),
            XE_PRESENT("sha256", pcr_sha256),
            XE_PRESENT("sha384", pcr_sha384),
            XE_PRESENT("sha512", pcr_sha512)),
        XG("device", XA_STR("path", device)),
        XG("source",
            XA_STR("type", source_type),
            XA_STR("mode", source_mode),
            XA_STR("path", source_path)),
        XG("profile",
            XA_STR("source", profile_source),
            XA_STR("removeDisabled", profile_remove_disabled),
            XA_STR("name", profile_name))),
    INFO,
    X_END
};
#undef XS
const VirXmlTable domain_tpm_table = { "tpm", sizeof(DomainTpm), tpm_rows };

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables of the smaller devices, second half: panic, hub, nvram, shmem, memory, iommu, vsock, crypto, pstore, lease,
 * redirfilter.
 */
#include "conf/domain/devices.h"

#include <string.h>

#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(domain_panic_model, DOMAIN_PANIC_VALUES)
VIR_XML_ENUM_IMPL(domain_hub_type, DOMAIN_HUB_VALUES)
VIR_XML_ENUM_IMPL(domain_shmem_model, DOMAIN_SHMEM_VALUES)
VIR_XML_ENUM_IMPL(domain_shmem_role, DOMAIN_SHMEM_ROLE_VALUES)
VIR_XML_ENUM_IMPL(domain_memory_model, DOMAIN_MEMORY_VALUES)
VIR_XML_ENUM_IMPL(domain_memory_access, DOMAIN_MEMORY_ACCESS_VALUES)
VIR_XML_ENUM_IMPL(domain_iommu_model, DOMAIN_IOMMU_VALUES)
VIR_XML_ENUM_IMPL(domain_crypto_backend, DOMAIN_CRYPTO_BACKEND_VALUES)

#define VIRTIO X_FIELDS(virtio, DomainVirtioOptions, domain_virtio_options_table)
#define INFO X_FIELDS(info, DomainDeviceInfo, domain_device_info_table)

#define XS DomainPanic
static const VirXmlRow panic_rows[] = {
    XA_ENUM("model", model, domain_panic_model, .flags = XF_ABI),
    INFO,
    X_END
};
#undef XS
const VirXmlTable domain_panic_table = { "panic", sizeof(DomainPanic), panic_rows };

#define XS DomainHub
static const VirXmlRow hub_rows[] = {
    XA_ENUM("type", type, domain_hub_type, .flags = XF_REQUIRED | XF_ABI),
    INFO,
    X_END
};
#undef XS
const VirXmlTable domain_hub_table = { "hub", sizeof(DomainHub), hub_rows };

#define XS DomainNvram
static const VirXmlRow nvram_rows[] = {
    INFO,
    X_END
};
#undef XS
const VirXmlTable domain_nvram_table = { "nvram", sizeof(DomainNvram), nvram_rows };

static const VirXmlUnit mebibytes = { "unit", "M", 1024 * 1024, 1, 1024 * 1024 };

#define XS DomainShmem
static const VirXmlRow shmem_rows[] = {
    XA_STR("name", name, .flags = XF_REQUIRED | XF_ABI),
    XA_ENUM("role", role, domain_shmem_role, .flags = XF_ABI),
    XG("model", XA_ENUM("type", model, domain_shmem_model, .flags = XF_ABI)),
    XE_SIZE("size", size, mebibytes, .flags = XF_ABI),
    XG_PRESENT("server", server, XA_STR("path", server_path)),
    XG_PRESENT("msi", msi,
        XA_UINT("vectors", msi_vectors, .flags = XF_ABI),
        XA_ONOFF("ioeventfd", msi_ioeventfd, .flags = XF_ABI)),
    INFO,
    X_END
};
#undef XS
const VirXmlTable domain_shmem_table = { "shmem", sizeof(DomainShmem), shmem_rows };

#define XS DomainMemory
static const VirXmlRow memory_rows[] = {
    XA_ENUM("model", model, domain_memory_model, .flags = XF_REQUIRED | XF_ABI),
    XA_ENUM("access", access, domain_memory_access),
    XA_YESNO("discard", discard),
    XE_UUID("uuid", uuid, .flags = XF_ABI),
    XG("driver", VIRTIO),
    XG("source",
        XE_CPUSET("nodemask", nodemask),
        XE_SIZE("pagesize", pagesize, vir_xml_kib),
        XE_STR("path", path),
        XE_SIZE("alignsize", alignsize, vir_xml_kib),
        XE_PRESENT("pmem", pmem)),
    XG("target",
        XA_YESNO("dynamicMemslots", dynamic_memslots, .since = 1002),
        XE_SIZE("size", size, vir_xml_kib, .flags = XF_ABI),
        XE_INT("node", node, .flags = XF_ABI, .arg = -1),
        XG("label", XE_SIZE("size", label_size, vir_xml_kib, .flags = XF_ABI)),
        XE_PRESENT("readonly", readonly, .flags = XF_ABI),
        XE_SIZE("block", block, vir_xml_kib, .flags = XF_ABI),
        XG_PRESENT("requested", has_requested, XT_SIZE(requested, vir_xml_kib, .flags = XF_ALWAYS)),
        XG_FLAGS("current", XF_LIVE, XT_SIZE(current, vir_xml_kib)),
        XG_PRESENT("address", has_target_address, XA_U64("base", target_address, .flags = XF_HEX | XF_ABI, .width = 1))),
    INFO,
    X_END
};
#undef XS
const VirXmlTable domain_memory_table = { "memory", sizeof(DomainMemory), memory_rows };

#define XS DomainIommu
static const VirXmlRow iommu_rows[] = {
    XA_ENUM("model", model, domain_iommu_model, .flags = XF_REQUIRED | XF_ABI),
    XG("driver",
        XA_ONOFF("intremap", intremap, .flags = XF_ABI),
        XA_ONOFF("caching_mode", caching_mode, .flags = XF_ABI),
        XA_ONOFF("eim", eim, .flags = XF_ABI),
        XA_ONOFF("iotlb", iotlb, .flags = XF_ABI),
        XA_UINT("aw_bits", aw_bits, .flags = XF_ABI),
        XA_ONOFF("dma_translation", dma_translation, .flags = XF_ABI, .since = 1007),
        XA_ONOFF("xtsup", xtsup, .flags = XF_ABI, .since = 1105),
        XA_ONOFF("passthrough", passthrough, .flags = XF_ABI, .since = 1105),
        XA_INT("pciBus", pci_bus, .flags = XF_ABI, .arg = -1, .since = 1109),
        XA_ONOFF("accel", accel, .flags = XF_ABI, .since = 1200),
        XA_ONOFF("ats", ats, .flags = XF_ABI, .since = 1200),
        XA_ONOFF("ril", ril, .flags = XF_ABI, .since = 1200),
        XA_INT("ssidsize", ssidsize, .flags = XF_ABI, .arg = -1, .since = 1200),
        XA_INT("oas", oas, .flags = XF_ABI, .arg = -1, .since = 1200),
        XA_ONOFF("cmdqv", cmdqv, .flags = XF_ABI, .since = 1200),
        XG("granule",
            XA_STR("mode", granule_mode),
            XA_SIZE("size", granule_size, vir_xml_kib))),
    INFO,
    X_END
};
#undef XS
const VirXmlTable domain_iommu_table = { "iommu", sizeof(DomainIommu), iommu_rows };

#define XS DomainVsock
static const VirXmlRow vsock_rows[] = {
    XA_ENUM("model", model, domain_virtio_model, .flags = XF_ABI),
    XG("cid",
        XA_YESNO("auto", auto_cid),
        XA_UINT("address", cid, .flags = XF_ABI)),
    XG("driver", VIRTIO),
    INFO,
    X_END
};
#undef XS
const VirXmlTable domain_vsock_table = { "vsock", sizeof(DomainVsock), vsock_rows };

#define XS DomainCrypto
static const VirXmlRow crypto_rows[] = {
    XA_STR("model", model, .flags = XF_REQUIRED | XF_ABI),
    XA_STR("type", type, .flags = XF_REQUIRED | XF_ABI),
    XG("backend",
        XA_ENUM("model", backend, domain_crypto_backend, .flags = XF_ABI),
        XA_UINT("queues", queues, .flags = XF_ABI)),
    XG("driver", VIRTIO),
    INFO,
    X_END
};
#undef XS
const VirXmlTable domain_crypto_table = { "crypto", sizeof(DomainCrypto), crypto_rows };

#define XS DomainPstore
static const VirXmlRow pstore_rows[] = {
    XA_STR("backend", backend, .flags = XF_REQUIRED | XF_ABI),
    XE_STR("path", path),
    XE_SIZE("size", size, vir_xml_kib, .flags = XF_ABI),
    INFO,
    X_END
};
#undef XS
const VirXmlTable domain_pstore_table = { "pstore", sizeof(DomainPstore), pstore_rows };

#define XS DomainLease
static const VirXmlRow lease_rows[] = {
    XE_STR("lockspace", lockspace),
    XE_STR("key", key, .flags = XF_REQUIRED),
    XG("target",
        XA_STR("path", path, .flags = XF_REQUIRED),
        XA_U64("offset", offset)),
    X_END
};
#undef XS
const VirXmlTable domain_lease_table = { "lease", sizeof(DomainLease), lease_rows };

/* "2.00" as 0x0200, "-1" for any. */
static gboolean version_parse(const VirXmlRow *row, const char *text, gpointer member, char **why)
{
    const char *p = text;
    guint digits[2] = { 0 };

    if (strcmp(text, "-1") == 0) {
        *(int *)member = -1;
        return TRUE;
    }
    for (int i = 0; i < 2; i++) {
        guint n = 0;
        for (; g_ascii_isdigit(*p) && n < 2; p++, n++)
            digits[i] = digits[i] * 16 + (*p - '0');
        if (n == 0 || (i == 0 && *p++ != '.') || (i == 1 && *p)) {
            *why = g_strdup_printf("'%.100s' is not a USB version such as 2.00", text);
            return FALSE;
        }
        if (i == 1 && n == 1)
            digits[1] *= 16;
    }
    *(int *)member = (int)(digits[0] << 8 | digits[1]);
    return TRUE;
}

static void version_format(const VirXmlRow *row, gconstpointer member, GString *out)
{
    int version = *(const int *)member;

    if (version < 0)
        g_string_append(out, "-1");
    else
        g_string_append_printf(out, "%x.%02x", (guint)version >> 8, (guint)version & 0xff);
}

/* A hexadecimal id, "-1" for any. */
static gboolean id_parse(const VirXmlRow *row, const char *text, gpointer member, char **why)
{
    char *end;
    gint64 value = g_ascii_strtoll(text, &end, 16);

    if (!*text || *end || value < -1 || value > 0xffff || g_ascii_isspace(*text)) {
        *why = g_strdup_printf("'%.100s' is not a hexadecimal id or -1", text);
        return FALSE;
    }
    *(int *)member = (int)value;
    return TRUE;
}

static void id_format(const VirXmlRow *row, gconstpointer member, GString *out)
{
    int id = *(const int *)member;

    if (id < 0)
        g_string_append(out, "-1");
    else
        g_string_append_printf(out, "0x%0*X", row->width, (guint)id);
}

static gboolean any_is_set(const VirXmlRow *row, gconstpointer member)
{
    return *(const int *)member != -1;
}

static void any_copy(gconstpointer from, gpointer to)
{
    *(int *)to = *(const int *)from;
}

static gboolean any_equal(gconstpointer a, gconstpointer b)
{
    return *(const int *)a == *(const int *)b;
}

static const VirXmlType version_type = { "usbVersion", version_parse, version_format, any_is_set, NULL, any_copy, any_equal, NULL, FALSE, 0 };
static const VirXmlType id_type = { "usbId", id_parse, id_format, any_is_set, NULL, any_copy, any_equal, NULL, FALSE, 0 };

#define XS DomainRedirRule
static const VirXmlRow rule_rows[] = {
    XA_CUSTOM("class", usb_class, int, id_type, .width = 2, .arg = -1),
    XA_CUSTOM("vendor", vendor, int, id_type, .width = 4, .arg = -1),
    XA_CUSTOM("product", product, int, id_type, .width = 4, .arg = -1),
    XA_CUSTOM("version", version, int, version_type, .arg = -1),
    XA_YESNO("allow", allow, .flags = XF_REQUIRED),
    X_END
};
#undef XS
static const VirXmlTable rule_table = { "usbdev", sizeof(DomainRedirRule), rule_rows };

#define XS DomainRedirfilter
static const VirXmlRow redirfilter_rows[] = {
    X_ARRAY("usbdev", rules, DomainRedirRule, rule_table),
    X_END
};
#undef XS
const VirXmlTable domain_redirfilter_table = { "redirfilter", sizeof(DomainRedirfilter), redirfilter_rows };

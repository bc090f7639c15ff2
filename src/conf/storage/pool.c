/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Table of the storage pool document.
 */
#include "conf/storage/pool.h"

#include "conf/known.h"
#include "util/error.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(storage_pool_type, STORAGE_POOL_VALUES)
VIR_XML_ENUM_IMPL(storage_adapter_type, STORAGE_ADAPTER_VALUES)
VIR_XML_ENUM_IMPL(storage_refresh_allocation, STORAGE_REFRESH_VALUES)

/* An octal mode is written behind a 0: "0700", "00". */
static gboolean mode_parse(const VirXmlRow *row, const char *text, gpointer member, char **why)
{
    char *end;
    guint64 mode = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &end, 8) : G_MAXUINT64;

    if (mode > 07777 || *end) {
        *why = g_strdup_printf("'%.100s' is not an octal mode such as 0755", text);
        return FALSE;
    }
    *(int *)member = (int)mode;
    return TRUE;
}

static void mode_format(const VirXmlRow *row, gconstpointer member, GString *out)
{
    g_string_append_printf(out, "0%o", (guint)*(const int *)member);
}

/* An owner is a number; the word for "whoever" is -1, the largest unsigned number or nothing. */
static gboolean owner_parse(const VirXmlRow *row, const char *text, gpointer member, char **why)
{
    char *end;
    gint64 owner = g_ascii_strtoll(text, &end, 10);

    if (*end || owner < -1 || owner > G_MAXUINT32) {
        *why = g_strdup_printf("'%.100s' is not a user or group number", text);
        return FALSE;
    }
    *(int *)member = *text ? (int)owner : -1;
    return TRUE;
}

static void owner_format(const VirXmlRow *row, gconstpointer member, GString *out)
{
    g_string_append_printf(out, "%u", (guint)*(const int *)member);
}

static gboolean int_is_set(const VirXmlRow *row, gconstpointer member)
{
    return *(const int *)member != -1;
}

static void int_copy(gconstpointer from, gpointer to)
{
    *(int *)to = *(const int *)from;
}

static gboolean int_equal(gconstpointer a, gconstpointer b)
{
    return *(const int *)a == *(const int *)b;
}

static const VirXmlType mode_type = { "octalMode", mode_parse, mode_format, int_is_set, NULL, int_copy, int_equal, NULL, FALSE, 0 };
static const VirXmlType owner_type = { "owner", owner_parse, owner_format, int_is_set, NULL, int_copy, int_equal, NULL, FALSE, 0 };

#define XS StoragePermissions
static const VirXmlRow permissions_rows[] = {
    XE_CUSTOM("mode", mode, int, mode_type, .arg = -1),
    XE_CUSTOM("owner", owner, int, owner_type, .arg = -1),
    XE_CUSTOM("group", group, int, owner_type, .arg = -1),
    XE_STR("label", label),
    X_END
};
#undef XS
const VirXmlTable storage_permissions_table = { "permissions", sizeof(StoragePermissions), permissions_rows };

#define XS StorageExtent
static const VirXmlRow extent_rows[] = {
    XA_U64("start", start, .flags = XF_ALWAYS),
    XA_U64("end", end, .flags = XF_ALWAYS),
    X_END
};
#undef XS
static const VirXmlTable extent_table = { "freeExtent", sizeof(StorageExtent), extent_rows };

#define XS StoragePoolDevice
static const VirXmlRow device_rows[] = {
    XA_STR("path", path, .flags = XF_REQUIRED),
    XA_YESNO("part_separator", part_separator),
    X_ARRAY("freeExtent", free_extents, StorageExtent, extent_table),
    X_END
};
#undef XS
static const VirXmlTable device_table = { "device", sizeof(StoragePoolDevice), device_rows };

#define XS StoragePoolHost
static const VirXmlRow host_rows[] = {
    XA_STR("name", name, .flags = XF_REQUIRED),
    XA_UINT("port", port),
    X_END
};
#undef XS
static const VirXmlTable host_table = { "host", sizeof(StoragePoolHost), host_rows };

#define XS StorageAdapter
static const VirXmlRow adapter_rows[] = {
    XA_ENUM("type", type, storage_adapter_type),
    XA_STR("parent", parent),
    XA_STR("parent_wwnn", parent_wwnn),
    XA_STR("parent_wwpn", parent_wwpn),
    XA_STR("parent_fabric_wwn", parent_fabric_wwn),
    XA_YESNO("managed", managed),
    XA_STR("wwnn", wwnn),
    XA_STR("wwpn", wwpn),
    XA_STR("name", name),
    XG_PRESENT("parentaddr", has_parentaddr,
        XA_UINT("unique_id", unique_id, .flags = XF_ALWAYS),
        XG_FLAGS("address", XF_ALWAYS, X_FIELDS(parentaddr, DomainPciAddress, domain_pci_address_table))),
    X_END
};
#undef XS
static const VirXmlTable adapter_table = { "adapter", sizeof(StorageAdapter), adapter_rows };

#define XS StorageAuth
static const VirXmlRow auth_rows[] = {
    XA_ENUM("type", type, storage_auth_type, .flags = XF_REQUIRED),
    XA_STR("username", username, .flags = XF_REQUIRED),
    XG("secret",
        XA_UUID("uuid", secret.uuid),
        XA_STR("usage", secret.usage)),
    X_END
};
#undef XS
static const VirXmlTable auth_table = { "auth", sizeof(StorageAuth), auth_rows };

#define XS StorageOption
static const VirXmlRow mount_option_rows[] = {
    XA_STR("name", name, .flags = XF_REQUIRED),
    XD_STR(value),
    X_END
};
static const VirXmlRow config_option_rows[] = {
    XA_STR("name", name, .flags = XF_REQUIRED),
    XA_STR("value", value, .flags = XF_REQUIRED),
    X_END
};
#undef XS
static const VirXmlTable mount_option_table = { "fs:option", sizeof(StorageOption), mount_option_rows };
static const VirXmlTable config_option_table = { "rbd:option", sizeof(StorageOption), config_option_rows };

#define XS StorageOptions
static const VirXmlRow mount_rows[] = {
    XG("fs:mount_opts", X_ARRAY("fs:option", options, StorageOption, mount_option_table)),
    X_END
};
static const VirXmlRow config_rows[] = {
    XG("rbd:config_opts", X_ARRAY("rbd:option", options, StorageOption, config_option_table)),
    X_END
};
#undef XS
static const VirXmlTable mount_table = { "fs", sizeof(StorageOptions), mount_rows };
static const VirXmlTable config_table = { "rbd", sizeof(StorageOptions), config_rows };

#define XS StoragePoolDef
static const VirXmlRow source_rows[] = {
    X_ARRAY("host", hosts, StoragePoolHost, host_table),
    X_ARRAY("device", devices, StoragePoolDevice, device_table),
    XG("dir", XA_STR("path", source_dir)),
    X_PTR("adapter", adapter, StorageAdapter, adapter_table),
    XE_STR("name", source_name),
    XG("initiator", XG("iqn", XA_STR("name", initiator_iqn))),
    XG("format", XA_STR("type", source_format), X_IGNORED("vendor"), X_IGNORED("product")),
    X_PTR("auth", auth, StorageAuth, auth_table),
    XG("protocol", XA_STR("ver", protocol_ver)),
    XG("vendor", XA_STR("name", vendor)),
    XG("product", XA_STR("name", product)),
    X_END
};
static const VirXmlRow pool_rows[] = {
    XA_ENUM("type", type, storage_pool_type, .flags = XF_REQUIRED),
    X_NSDECL(mount_opts, "fs"),
    X_NSDECL(config_opts, "rbd"),
    XE_STR("name", name),
    XE_UUID("uuid", uuid),
    XE_SIZE("capacity", capacity, vir_xml_bytes, .flags = XF_ALWAYS),
    XE_SIZE("allocation", allocation, vir_xml_bytes, .flags = XF_ALWAYS),
    XE_SIZE("available", available, vir_xml_bytes, .flags = XF_ALWAYS),
    XG("features", XG("cow", XA_YESNO("state", cow))),
    XG_ROWS("source", source_rows, .flags = XF_ALWAYS | XF_EMPTY),
    XG("target",
        XE_STR("path", target_path),
        X_PTR("permissions", permissions, StoragePermissions, storage_permissions_table)),
    XG("refresh", XG("volume", XA_ENUM("allocation", refresh, storage_refresh_allocation))),
    X_PTRFIELDS(mount_opts, StorageOptions, mount_table),
    X_PTRFIELDS(config_opts, StorageOptions, config_table),
    X_END
};
#undef XS
const VirXmlTable storage_pool_table = { "pool", sizeof(StoragePoolDef), pool_rows, .known = &pool_known };

VIR_DOCUMENT_IMPL(StoragePoolDef, storage_pool_def, storage_pool_table, VIR_FROM_STORAGE)

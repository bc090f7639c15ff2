/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Table of <os>.
 */
#include "conf/domain/os.h"

#include <string.h>

#include "util/error.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(domain_arch, DOMAIN_ARCH_VALUES)
VIR_XML_ENUM_IMPL(domain_os_type, DOMAIN_OS_VALUES)
VIR_XML_ENUM_IMPL(domain_firmware, DOMAIN_FIRMWARE_VALUES)
VIR_XML_ENUM_IMPL(domain_firmware_feature, DOMAIN_FW_FEATURE_VALUES)
VIR_XML_ENUM_IMPL(domain_loader_type, DOMAIN_LOADER_VALUES)
VIR_XML_ENUM_IMPL(domain_boot_dev, DOMAIN_BOOT_VALUES)
VIR_XML_ENUM_IMPL(domain_smbios_mode, DOMAIN_SMBIOS_VALUES)
VIR_XML_ENUM_IMPL(domain_acpi_table_type, DOMAIN_ACPI_TABLE_VALUES)
VIR_XML_ENUM_IMPL(domain_action, DOMAIN_ACTION_VALUES)
VIR_XML_ENUM_IMPL(domain_lock_failure, DOMAIN_LOCK_FAILURE_VALUES)

#define XS DomainBoot
static const VirXmlRow boot_rows[] = {
    XA_ENUM("dev", dev, domain_boot_dev, .flags = XF_REQUIRED),
    X_END
};
#undef XS
static const VirXmlTable boot_table = { "boot", sizeof(DomainBoot), boot_rows };

#define XS DomainFirmwareFeature
static const VirXmlRow feature_rows[] = {
    XA_YESNO("enabled", enabled, .flags = XF_REQUIRED),
    XA_ENUM("name", name, domain_firmware_feature, .flags = XF_REQUIRED),
    X_END
};
#undef XS
static const VirXmlTable feature_table = { "feature", sizeof(DomainFirmwareFeature), feature_rows };

#define XS DomainAcpiTable
static const VirXmlRow acpi_rows[] = {
    XA_ENUM("type", type, domain_acpi_table_type, .flags = XF_REQUIRED | XF_ABI),
    XT_STR(path, .flags = XF_REQUIRED),
    X_END
};
#undef XS
static const VirXmlTable acpi_table = { "table", sizeof(DomainAcpiTable), acpi_rows };

#define XS DomainInitEnv
static const VirXmlRow initenv_rows[] = {
    XA_STR("name", name, .flags = XF_REQUIRED),
    XT_STR(value),
    X_END
};
#undef XS
static const VirXmlTable initenv_table = { "initenv", sizeof(DomainInitEnv), initenv_rows };

#define XS DomainLoader
static const VirXmlRow loader_rows[] = {
    XA_YESNO("readonly", readonly, .flags = XF_ABI),
    XA_YESNO("secure", secure, .flags = XF_ABI),
    XA_ENUM("type", type, domain_loader_type, .flags = XF_ABI),
    XA_YESNO("stateless", stateless, .flags = XF_ABI),
    XA_ENUM("format", format, storage_format, .since = 902),
    XT_STR(path),
    X_END
};
#undef XS
static const VirXmlTable loader_table = { "loader", sizeof(DomainLoader), loader_rows };

#define XS DomainOsNvram
static const VirXmlRow nvram_rows[] = {
    XA_ENUM("type", type, storage_type),
    XA_STR("template", template),
    XA_ENUM("templateFormat", template_format, storage_format, .since = 1009),
    XA_ENUM("format", format, storage_format, .since = 902),
    X_WHEN(type, X_BIT(STORAGE_TYPE_NONE), XT_STR(path)),
    X_PTR("source", src, StorageSource, storage_source_table),
    X_END
};
#undef XS
static const VirXmlTable nvram_table = { "nvram", sizeof(DomainOsNvram), nvram_rows };

/* A hook because <source> of the long form needs the type that its parent has. */
static gboolean nvram_parse(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err)
{
    DomainOs *os = obj;
    const char *type = vir_xml_attr(node, "type");

    if (os->nvram)
        return TRUE;
    os->nvram = vir_xml_new(&nvram_table);
    if (type) {
        int value = vir_enum_from_string(&storage_type_enum, type);
        if (value <= 0)
            return vir_xml_fail(parse, node, "type", VIR_ERR_XML_ERROR, err, "'%.100s' is not a kind of storage", type);
        os->nvram->src = storage_source_new(value);
        os->nvram->type = value;
        for (xmlNodePtr child = node->children; child; child = child->next) {
            if (child->type != XML_ELEMENT_NODE || strcmp((const char *)child->name, "source"))
                continue;
            vir_xml_mark(child);
            if (!vir_xml_parse_node(parse, &storage_source_table, child, os->nvram->src, err))
                return FALSE;
        }
    }
    return vir_xml_parse_node(parse, &nvram_table, node, os->nvram, err);
}

static void nvram_format(VirXmlFormat *format, gconstpointer obj)
{
    const DomainOs *os = obj;

    if (os->nvram)
        vir_xml_format_object(format, &nvram_table, "nvram", os->nvram);
}

static const VirXmlHook nvram_hook = { .parse = nvram_parse, .format = nvram_format };

#define XS DomainOs
static const VirXmlRow os_rows[] = {
    XA_ENUM("firmware", firmware, domain_firmware),
    XG("type",
        XA_ENUM("arch", arch, domain_arch, .flags = XF_ABI, .bad_code = VIR_ERR_CONFIG_UNSUPPORTED),
        XA_STR("machine", machine, .flags = XF_ABI),
        XT_ENUM(os_type, domain_os_type, .flags = XF_ABI, .bad_code = VIR_ERR_CONFIG_UNSUPPORTED)),
    XE_STR("init", init),
    X_STRLIST("initarg", initargs),
    X_ARRAY("initenv", initenv, DomainInitEnv, initenv_table),
    XE_STR("initdir", initdir),
    XE_STR("inituser", inituser),
    XE_STR("initgroup", initgroup),
    XG("firmware", X_ARRAY("feature", firmware_features, DomainFirmwareFeature, feature_table)),
    X_PTR("loader", loader, DomainLoader, loader_table),
    X_HOOK("nvram", nvram_hook),
    X_PTR(NULL, nvram, DomainOsNvram, nvram_table),
    XG("varstore", XA_STR("template", varstore_template), XA_STR("path", varstore)),
    XE_STR("kernel", kernel),
    XE_STR("initrd", initrd),
    XE_STR("cmdline", cmdline),
    XE_STR("dtb", dtb),
    XE_STR("root", root),
    XE_STR("shim", shim, .since = 1102),
    XG("acpi", X_ARRAY("table", acpi_tables, DomainAcpiTable, acpi_table)),
    X_ARRAY("boot", boot, DomainBoot, boot_table),
    XG("bootmenu",
        XA_YESNO("enable", bootmenu),
        XA_INT("timeout", bootmenu_timeout, .arg = -1)),
    XG("smbios", XA_ENUM("mode", smbios, domain_smbios_mode, .flags = XF_ABI)),
    XG("bios",
        XA_YESNO("useserial", bios_serial, .flags = XF_ABI),
        XA_INT("rebootTimeout", bios_reboot_timeout, .flags = XF_ABI, .arg = DOMAIN_REBOOT_TIMEOUT_UNSET)),
    X_END
};
#undef XS

/* The schema has a bound; without it the checks of a define speak. */
static gboolean os_parsed(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err)
{
    const DomainOs *os = obj;

    if (parse->flags & VIR_XML_STRICT && os->bootmenu_timeout > 65535)
        return vir_xml_fail(parse, node, NULL, VIR_ERR_XML_ERROR, err, "the boot menu's timeout %d is above 65535", os->bootmenu_timeout);
    return TRUE;
}
const VirXmlTable domain_os_table = { "os", sizeof(DomainOs), os_rows, os_parsed };

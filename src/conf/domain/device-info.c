/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables of what all devices share.
 */
#include "conf/domain/device-info.h"

#include <string.h>

#include "util/error.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(domain_address_type, DOMAIN_ADDRESS_VALUES)
VIR_XML_ENUM_IMPL(domain_virtio_model, DOMAIN_VIRTIO_MODEL_VALUES)

gboolean domain_alias_is_user(const char *alias)
{
    return alias && g_str_has_prefix(alias, "ua-");
}

#define XS DomainPciAddress
static const VirXmlRow pci_rows[] = {
    XA_UINT("domain", domain, .flags = XF_HEX | XF_ALWAYS | XF_ABI, .width = 4),
    XA_U8("bus", bus, .flags = XF_HEX | XF_ALWAYS | XF_ABI, .width = 2),
    XA_U8("slot", slot, .flags = XF_HEX | XF_ALWAYS | XF_ABI, .width = 2, .max = 31),
    XA_U8("function", function, .flags = XF_HEX | XF_ALWAYS | XF_ABI, .width = 1, .max = 7),
    XA_ONOFF("multifunction", multifunction),
    X_END
};
#undef XS
/* Where a device asks for "some PCI address" (type='pci' alone), nothing but the type is written. */
static gboolean pci_is_empty(gconstpointer obj)
{
    return domain_pci_address_is_empty(obj);
}
static const VirXmlTable pci_place_table = { "address", sizeof(DomainPciAddress), pci_rows, .is_empty = pci_is_empty };
const VirXmlTable domain_pci_address_table = { "address", sizeof(DomainPciAddress), pci_rows };

static gboolean port_parse(const VirXmlRow *row, const char *text, gpointer member, char **why)
{
    guint8 *port = member, value[4] = { 0 };
    const char *p = text;
    guint n = 0;

    do {
        char *end;
        guint64 number = g_ascii_isdigit(*p) ? g_ascii_strtoull(p, &end, 10) : 0;
        if (number < 1 || number > 255 || n == 4 || (*end && *end != '.')) {
            *why = g_strdup_printf("'%.100s' is not a USB port such as 1 or 1.2 (up to four numbers)", text);
            return FALSE;
        }
        value[n++] = number;
        p = end + 1;
        if (!*end)
            break;
    } while (TRUE);
    memcpy(port, value, sizeof(value));
    return TRUE;
}

static void port_format(const VirXmlRow *row, gconstpointer member, GString *out)
{
    const guint8 *port = member;

    for (guint i = 0; i < 4 && port[i]; i++)
        g_string_append_printf(out, "%s%u", i ? "." : "", port[i]);
}

static gboolean port_is_set(const VirXmlRow *row, gconstpointer member)
{
    return *(const guint8 *)member != 0;
}

static gboolean port_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, 4) == 0;
}

static void port_copy(gconstpointer from, gpointer to)
{
    memcpy(to, from, 4);
}

const VirXmlType domain_usb_port_type = { "usbPort", port_parse, port_format, port_is_set, NULL, port_copy, port_equal, NULL, FALSE, 0 };

/* Every number is a valid function id: a flag beside it says that it is given. */
static gboolean fid_parse(const VirXmlRow *row, const char *text, gpointer member, char **why)
{
    DomainZpci *zpci = member;
    char *end;
    guint64 fid = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &end, 0) : G_MAXUINT64;

    if (fid > G_MAXUINT32 || *end) {
        *why = g_strdup_printf("'%.100s' is not a number of 32 bits", text);
        return FALSE;
    }
    zpci->fid = fid;
    zpci->has_fid = TRUE;
    return TRUE;
}

static void fid_format(const VirXmlRow *row, gconstpointer member, GString *out)
{
    g_string_append_printf(out, "0x%08x", ((const DomainZpci *)member)->fid);
}

static gboolean fid_is_set(const VirXmlRow *row, gconstpointer member)
{
    return ((const DomainZpci *)member)->has_fid;
}

static void fid_copy(gconstpointer from, gpointer to)
{
    ((DomainZpci *)to)->has_fid = ((const DomainZpci *)from)->has_fid;
    ((DomainZpci *)to)->fid = ((const DomainZpci *)from)->fid;
}

static gboolean fid_equal(gconstpointer a, gconstpointer b)
{
    const DomainZpci *x = a, *y = b;

    return x->has_fid == y->has_fid && (!x->has_fid || x->fid == y->fid);
}

static const VirXmlType fid_type = { "uint32", fid_parse, fid_format, fid_is_set, NULL, fid_copy, fid_equal, NULL, FALSE, 0 };

#define XS DomainAddress
#define ALWAYS XF_ALWAYS | XF_ABI
static const VirXmlRow address_rows[] = {
    XA_ENUM("type", type, domain_address_type, .flags = XF_REQUIRED | XF_ABI),
    X_UNION(type, X_BIT(DOMAIN_ADDRESS_PCI),
        X_FIELDS(pci, DomainPciAddress, pci_place_table),
        XG("zpci", XA_U16("uid", zpci.uid, .flags = XF_HEX, .width = 4),
                   XA_CUSTOM("fid", zpci, DomainZpci, fid_type))),
    X_UNION(type, X_BIT(DOMAIN_ADDRESS_DRIVE),
        XA_UINT("controller", drive.controller, .flags = ALWAYS),
        XA_UINT("bus", drive.bus, .flags = ALWAYS),
        XA_UINT("target", drive.target, .flags = ALWAYS),
        XA_UINT("unit", drive.unit, .flags = ALWAYS)),
    X_UNION(type, X_BIT(DOMAIN_ADDRESS_VIRTIO_SERIAL),
        XA_UINT("controller", virtio_serial.controller, .flags = ALWAYS),
        XA_UINT("bus", virtio_serial.bus, .flags = ALWAYS),
        XA_UINT("port", virtio_serial.port, .flags = ALWAYS)),
    X_UNION(type, X_BIT(DOMAIN_ADDRESS_CCID),
        XA_UINT("controller", ccid.controller, .flags = ALWAYS),
        XA_UINT("slot", ccid.slot, .flags = ALWAYS)),
    X_UNION(type, X_BIT(DOMAIN_ADDRESS_USB),
        XA_UINT("bus", usb.bus, .flags = ALWAYS),
        XA_CUSTOM("port", usb.port, guint8[4], domain_usb_port_type, .flags = XF_ABI)),
    X_UNION(type, X_BIT(DOMAIN_ADDRESS_SPAPR_VIO),
        XA_U64("reg", spapr.reg, .flags = XF_HEX | XF_ABI, .width = 8, .arg = -1)),
    X_UNION(type, X_BIT(DOMAIN_ADDRESS_CCW),
        XA_U16("cssid", ccw.cssid, .flags = XF_HEX | XF_ABI, .width = 1, .arg = DOMAIN_CCW_UNSET),
        XA_U16("ssid", ccw.ssid, .flags = XF_HEX | XF_ABI, .width = 1, .arg = DOMAIN_CCW_UNSET),
        XA_U16("devno", ccw.devno, .flags = XF_HEX | XF_ABI, .width = 4, .arg = DOMAIN_CCW_UNSET)),
    X_UNION(type, X_BIT(DOMAIN_ADDRESS_ISA),
        XA_UINT("iobase", isa.iobase, .flags = XF_HEX | XF_ABI, .width = 1),
        XA_UINT("irq", isa.irq, .flags = XF_HEX | XF_ABI, .width = 1)),
    X_UNION(type, X_BIT(DOMAIN_ADDRESS_DIMM),
        XA_UINT("slot", dimm.slot, .flags = ALWAYS),
        XA_U64("base", dimm.base, .flags = XF_HEX | XF_ABI, .width = 1)),
    X_END
};
#undef ALWAYS
#undef XS
static const VirXmlTable address_table = { "address", sizeof(DomainAddress), address_rows };

/* A hook because an alias is kept by its content: of an inactive domain only one that the user chose. */
static gboolean alias_parse(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err)
{
    DomainDeviceInfo *info = obj;
    const char *name = vir_xml_attr(node, "name");

    vir_xml_mark_attr(node, "name");
    if (name && !info->alias && (domain_alias_is_user(name) || !(parse->flags & VIR_XML_INACTIVE)))
        info->alias = g_strdup(name);
    return TRUE;
}

static void alias_format(VirXmlFormat *format, gconstpointer obj)
{
    const DomainDeviceInfo *info = obj;

    if (!info->alias || (format->flags & VIR_XML_INACTIVE && !domain_alias_is_user(info->alias)))
        return;
    vir_xml_format_indent(format);
    g_string_append(format->out, "<alias");
    vir_xml_format_attr(format, "name", info->alias);
    g_string_append(format->out, "/>\n");
}

static const VirXmlHook alias_hook = { .parse = alias_parse, .format = alias_format };

/* A hook because the firmware's alphabet is an internal error to the reference, not one of the document. */
static gboolean loadparm_parse(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err)
{
    const char *text = ((const DomainDeviceInfo *)obj)->boot_loadparm;
    gsize len = text ? strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789. ") : 0;

    if (!text || (len >= 1 && len <= 8 && !text[len]))
        return TRUE;
    return vir_xml_fail(parse, node, "loadparm", parse->flags & VIR_XML_STRICT ? VIR_ERR_XML_ERROR : VIR_ERR_INTERNAL_ERROR, err,
                        "'%.100s' is not 1 to 8 letters, digits, dots and spaces", text);
}

static const VirXmlHook loadparm_hook = { .parse = loadparm_parse };

#define XS DomainDeviceInfo
static const VirXmlRow alias_rows[] = {
    X_HOOK("alias", alias_hook),
    XD_STR(alias),
    X_END
};
static const VirXmlRow place_rows[] = {
    XG("acpi", XA_U16("index", acpi_index), XA_CPUSET("nodeset", acpi_nodeset)),
    X_EMBED("address", addr, DomainAddress, address_table),
    X_END
};
static const VirXmlRow boot_rows[] = {
    XG("boot", XA_UINT("order", boot_order), XA_STR("loadparm", boot_loadparm), X_HOOK(NULL, loadparm_hook)),
    X_END
};
static const VirXmlRow rom_rows[] = {
    XG("rom", XA_YESNO("enabled", rom_enabled), XA_ONOFF("bar", rom_bar, .flags = XF_ABI), XA_STR("file", rom_file, .flags = XF_ABI)),
    X_END
};
const VirXmlTable domain_device_alias_table = { "alias", sizeof(DomainDeviceInfo), alias_rows };
const VirXmlTable domain_device_place_table = { "address", sizeof(DomainDeviceInfo), place_rows };
const VirXmlTable domain_device_boot_table = { "boot", sizeof(DomainDeviceInfo), boot_rows };
const VirXmlTable domain_device_rom_table = { "rom", sizeof(DomainDeviceInfo), rom_rows };
static const VirXmlRow info_rows[] = {
    X_SELF(domain_device_alias_table),
    X_SELF(domain_device_place_table),
    X_END
};
static const VirXmlRow info_boot_rows[] = {
    X_SELF(domain_device_boot_table),
    X_SELF(domain_device_alias_table),
    X_SELF(domain_device_rom_table),
    X_SELF(domain_device_place_table),
    X_END
};
#undef XS
const VirXmlTable domain_device_info_table = { "info", sizeof(DomainDeviceInfo), info_rows };
const VirXmlTable domain_device_info_boot_table = { "info", sizeof(DomainDeviceInfo), info_boot_rows };

#define XS DomainVirtioOptions
static const VirXmlRow virtio_rows[] = {
    XA_ONOFF("iommu", iommu, .flags = XF_ABI),
    XA_ONOFF("ats", ats, .flags = XF_ABI),
    XA_ONOFF("packed", packed, .flags = XF_ABI),
    XA_ONOFF("page_per_vq", page_per_vq, .flags = XF_ABI),
    X_END
};
#undef XS
const VirXmlTable domain_virtio_options_table = { "driver", sizeof(DomainVirtioOptions), virtio_rows };

#define XS DomainDeviceSeclabel
static const VirXmlRow seclabel_rows[] = {
    XA_STR("model", model),
    XA_BOOL("labelskip", labelskip),
    XA_YESNO("relabel", relabel),
    XE_STR("label", label),
    X_END
};
#undef XS
const VirXmlTable domain_device_seclabel_table = { "seclabel", sizeof(DomainDeviceSeclabel), seclabel_rows };

#define XS DomainReconnect
static const VirXmlRow reconnect_rows[] = {
    XA_YESNO("enabled", enabled),
    XA_UINT("timeout", timeout),
    XA_UINT("delay", delay, .since = 1010),
    X_END
};
#undef XS
const VirXmlTable domain_reconnect_table = { "reconnect", sizeof(DomainReconnect), reconnect_rows };

gboolean domain_pci_address_is_empty(const DomainPciAddress *addr)
{
    return addr->domain == 0 && addr->bus == 0 && addr->slot == 0 && addr->function == 0;
}

gboolean domain_address_is_assigned(const DomainAddress *addr)
{
    switch (addr->type) {
    case DOMAIN_ADDRESS_NONE:
    case DOMAIN_ADDRESS_UNASSIGNED:
        return FALSE;
    case DOMAIN_ADDRESS_PCI:
        return !domain_pci_address_is_empty(&addr->pci);
    case DOMAIN_ADDRESS_USB:
        return addr->usb.port[0] != 0;
    case DOMAIN_ADDRESS_SPAPR_VIO:
        return addr->spapr.reg != DOMAIN_REG_UNSET;
    case DOMAIN_ADDRESS_CCW:
        return addr->ccw.cssid != DOMAIN_CCW_UNSET;
    default:
        return TRUE;
    }
}

gboolean domain_address_equal(const DomainAddress *a, const DomainAddress *b)
{
    return vir_xml_equal(&address_table, a, b, XF_ABI, NULL);
}

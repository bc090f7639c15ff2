/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The scalars of XML tables: how one attribute or text becomes one member and back. Constant data; any thread.
 */
#include "util/xmlrows.h"

#include <string.h>

#include "util/error.h"
#include "util/xmltab-internal.h"

/* Strict: digits of the base only, no sign, nothing around. Base 0 reads 0x1f, 037 and 31 as C does. */
gboolean vir_xml_number(const char *text, int base, guint64 max, guint64 *ret)
{
    guint64 value = 0;

    if (base == 0 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
    } else if (base == 0) {
        base = text[0] == '0' && text[1] ? 8 : 10;
    }
    if (!*text)
        return FALSE;
    for (; *text; text++) {
        int digit = g_ascii_xdigit_value(*text);
        if (digit < 0 || digit >= base || value > (G_MAXUINT64 - digit) / base)
            return FALSE;
        value = value * base + digit;
    }
    if (value > max)
        return FALSE;
    *ret = value;
    return TRUE;
}

static gboolean bad(char **why, const char *text, const char *what)
{
    *why = g_strdup_printf("'%.100s' is not %s", text, what);
    return FALSE;
}

static gboolean parse_unsigned(const VirXmlRow *row, const char *text, guint64 max, guint64 *ret, char **why)
{
    int base = row->flags & (XF_HEX | XF_ANYBASE) ? 0 : row->flags & XF_OCTAL ? 8 : 10;

    if (row->max)
        max = row->max;
    if (vir_xml_number(text, base, max, ret))
        return TRUE;
    *why = g_strdup_printf("'%.100s' is not a whole number from 0 to %" G_GUINT64_FORMAT, text, max);
    return FALSE;
}

static gboolean parse_signed(const VirXmlRow *row, const char *text, gint64 max, gint64 *ret, char **why)
{
    gboolean negative = *text == '-';
    guint64 value;
    int base = row->flags & XF_OCTAL ? 8 : row->flags & (XF_HEX | XF_ANYBASE) ? 0 : 10;

    if (row->max)
        max = row->max;
    if (!vir_xml_number(text + negative, base, (guint64)max + negative, &value)) {
        *why = g_strdup_printf("'%.100s' is not a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, text, -max - 1, max);
        return FALSE;
    }
    *ret = negative ? (gint64)-value : (gint64)value;
    return TRUE;
}

static void format_unsigned(const VirXmlRow *row, guint64 value, GString *out)
{
    char buf[32], *p = buf + sizeof(buf);

    guint base = row->flags & XF_HEX ? 16 : row->flags & XF_OCTAL ? 8 : 10;

    /* By hand: a document holds a hundred numbers. */
    do {
        *--p = "0123456789abcdef"[value % base];
    } while (value /= base);
    while (base != 10 && buf + sizeof(buf) - p < row->width)
        *--p = '0';
    if (base == 16) {
        *--p = 'x';
        *--p = '0';
    }
    g_string_append_len(out, p, buf + sizeof(buf) - p);
}

static void format_signed(const VirXmlRow *row, gint64 value, GString *out)
{
    if (value < 0)
        g_string_append_c(out, '-');
    format_unsigned(row, value < 0 ? -(guint64)value : (guint64)value, out);
}

/* One set of functions for each width of whole number. */
#define NUMBER(name, T, wide, parse_wide, format_wide, max)                                                       \
    static gboolean name##_parse(const VirXmlRow *row, const char *text, gpointer member, char **why)             \
    {                                                                                                             \
        wide value;                                                                                               \
        if (!parse_wide(row, text, max, &value, why))                                                             \
            return FALSE;                                                                                         \
        *(T *)member = (T)value;                                                                                  \
        return TRUE;                                                                                              \
    }                                                                                                             \
    static void name##_format(const VirXmlRow *row, gconstpointer member, GString *out)                           \
    {                                                                                                             \
        format_wide(row, *(const T *)member, out);                                                                \
    }                                                                                                             \
    static gboolean name##_is_set(const VirXmlRow *row, gconstpointer member)                                     \
    {                                                                                                             \
        return *(const T *)member != (T)row->arg;                                                                 \
    }                                                                                                             \
    static gboolean name##_equal(gconstpointer a, gconstpointer b)                                                \
    {                                                                                                             \
        return *(const T *)a == *(const T *)b;                                                                    \
    }                                                                                                             \
    static void name##_copy(gconstpointer from, gpointer to)                                                      \
    {                                                                                                             \
        *(T *)to = *(const T *)from;                                                                              \
    }
#define NUMBER_TYPE(name, schema) \
    { schema, name##_parse, name##_format, name##_is_set, NULL, name##_copy, name##_equal, NULL, TRUE, VIR_FROM_XML }

NUMBER(int, int, gint64, parse_signed, format_signed, G_MAXINT32)
NUMBER(s16, gint16, gint64, parse_signed, format_signed, G_MAXINT16)
NUMBER(s64, gint64, gint64, parse_signed, format_signed, G_MAXINT64)
NUMBER(uint, guint, guint64, parse_unsigned, format_unsigned, G_MAXUINT32)
NUMBER(u8, guint8, guint64, parse_unsigned, format_unsigned, G_MAXUINT8)
NUMBER(u16, guint16, guint64, parse_unsigned, format_unsigned, G_MAXUINT16)
NUMBER(u64, guint64, guint64, parse_unsigned, format_unsigned, G_MAXUINT64)

const VirXmlType vir_xml_int = NUMBER_TYPE(int, "int");
const VirXmlType vir_xml_s16 = NUMBER_TYPE(s16, "short");
const VirXmlType vir_xml_s64 = NUMBER_TYPE(s64, "long");
const VirXmlType vir_xml_uint = NUMBER_TYPE(uint, "unsignedInt");
const VirXmlType vir_xml_u8 = NUMBER_TYPE(u8, "unsignedByte");
const VirXmlType vir_xml_u16 = NUMBER_TYPE(u16, "unsignedShort");
const VirXmlType vir_xml_u64 = NUMBER_TYPE(u64, "unsignedLong");
/* The unit beside the number is the parser's and formatter's work: it is another attribute. */
const VirXmlType vir_xml_size = NUMBER_TYPE(u64, "unsignedLong");

void vir_xml_set_absent(const VirXmlRow *row, gpointer member)
{
    switch (row->size) {
    case 8: *(guint64 *)member = (guint64)row->arg; break;
    case 4: *(guint32 *)member = (guint32)row->arg; break;
    case 2: *(guint16 *)member = (guint16)row->arg; break;
    default: *(guint8 *)member = (guint8)row->arg; break;
    }
}

static gboolean string_parse(const VirXmlRow *row, const char *text, gpointer member, char **why)
{
    char **str = member;

    g_free(*str);
    *str = *text || row->flags & XF_EMPTY ? g_strdup(text) : NULL;
    return TRUE;
}

static void string_format(const VirXmlRow *row, gconstpointer member, GString *out)
{
    vir_xml_escape(out, *(char *const *)member);
}

static gboolean string_is_set(const VirXmlRow *row, gconstpointer member)
{
    return *(char *const *)member != NULL;
}

static void string_clear(gpointer member)
{
    g_clear_pointer((char **)member, g_free);
}

static void string_copy(gconstpointer from, gpointer to)
{
    *(char **)to = g_strdup(*(char *const *)from);
}

static gboolean string_equal(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(char *const *)a, *(char *const *)b) == 0;
}

const VirXmlType vir_xml_string = {
    "string", string_parse, string_format, string_is_set, string_clear, string_copy, string_equal, NULL, FALSE, 0
};

static gboolean bool_parse(const VirXmlRow *row, const char *text, gpointer member, char **why)
{
    if (row->place == XP_ATTR && strcmp(text, "yes") && strcmp(text, "no"))
        return bad(why, text, "one of yes, no");
    *(bool *)member = row->place != XP_ATTR || *text == 'y';
    return TRUE;
}

static void bool_format(const VirXmlRow *row, gconstpointer member, GString *out)
{
    g_string_append(out, *(const bool *)member ? "yes" : "no");
}

const VirXmlType vir_xml_bool = { "yesno", bool_parse, bool_format, u8_is_set, NULL, u8_copy, u8_equal, NULL, FALSE, VIR_FROM_XML };

static gboolean enum_parse(const VirXmlRow *row, const char *text, gpointer member, char **why)
{
    const VirEnum *names = row->aux;

    for (int i = 0; i < names->n; i++) {
        if (names->strings[i] && strcmp(names->strings[i], text) == 0) {
            *(guint8 *)member = i;
            return TRUE;
        }
    }
    GString *list = g_string_new(NULL);
    for (int i = 0; i < names->n; i++) {
        if (names->strings[i])
            g_string_append_printf(list, "%s%s", list->len ? ", " : "", names->strings[i]);
    }
    *why = g_strdup_printf("'%.100s' is not one of %s", text, list->str);
    g_string_free(list, TRUE);
    return FALSE;
}

static void enum_format(const VirXmlRow *row, gconstpointer member, GString *out)
{
    const VirEnum *names = row->aux;
    guint8 value = *(const guint8 *)member;

    if (value < names->n && names->strings[value])
        g_string_append(out, names->strings[value]);
}

const VirXmlType vir_xml_enum = { "enum", enum_parse, enum_format, u8_is_set, NULL, u8_copy, u8_equal, NULL, FALSE, VIR_FROM_XML };

static gboolean yesno_parse(const VirXmlRow *row, const char *text, gpointer member, char **why)
{
    if (strcmp(text, "yes") && strcmp(text, "no"))
        return bad(why, text, "one of yes, no");
    *(VirTristate *)member = vir_tristate(*text == 'y');
    return TRUE;
}

static void yesno_format(const VirXmlRow *row, gconstpointer member, GString *out)
{
    g_string_append(out, *(const VirTristate *)member == VIR_TRISTATE_YES ? "yes" : "no");
}

static gboolean onoff_parse(const VirXmlRow *row, const char *text, gpointer member, char **why)
{
    if (strcmp(text, "on") && strcmp(text, "off"))
        return bad(why, text, "one of on, off");
    *(VirTristate *)member = vir_tristate(text[1] == 'n');
    return TRUE;
}

static void onoff_format(const VirXmlRow *row, gconstpointer member, GString *out)
{
    g_string_append(out, *(const VirTristate *)member == VIR_TRISTATE_ON ? "on" : "off");
}

const VirXmlType vir_xml_yesno = { "yesno", yesno_parse, yesno_format, u8_is_set, NULL, u8_copy, u8_equal, NULL, FALSE, VIR_FROM_XML };
const VirXmlType vir_xml_onoff = { "onoff", onoff_parse, onoff_format, u8_is_set, NULL, u8_copy, u8_equal, NULL, FALSE, VIR_FROM_XML };

static gboolean uuid_parse(const VirXmlRow *row, const char *text, gpointer member, char **why)
{
    return vir_uuid_parse(text, member) || bad(why, text, "a UUID");
}

static void uuid_format(const VirXmlRow *row, gconstpointer member, GString *out)
{
    char buf[VIR_UUID_TEXT];

    g_string_append(out, vir_uuid_format(member, buf));
}

static gboolean uuid_is_set(const VirXmlRow *row, gconstpointer member)
{
    return !vir_uuid_is_zero(member);
}

static void uuid_copy(gconstpointer from, gpointer to)
{
    memcpy(to, from, VIR_UUID_LEN);
}

static gboolean uuid_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, VIR_UUID_LEN) == 0;
}

const VirXmlType vir_xml_uuid = { "UUID", uuid_parse, uuid_format, uuid_is_set, NULL, uuid_copy, uuid_equal, NULL, FALSE, 0 };

static gboolean mac_parse(const VirXmlRow *row, const char *text, gpointer member, char **why)
{
    return vir_mac_parse(text, member) || bad(why, text, "a MAC address");
}

static void mac_format(const VirXmlRow *row, gconstpointer member, GString *out)
{
    char buf[VIR_MAC_TEXT];

    g_string_append(out, vir_mac_format(member, buf));
}

static gboolean mac_is_set(const VirXmlRow *row, gconstpointer member)
{
    return !vir_mac_is_zero(member);
}

static void mac_copy(gconstpointer from, gpointer to)
{
    memcpy(to, from, sizeof(VirMac));
}

static gboolean mac_equal(gconstpointer a, gconstpointer b)
{
    return vir_mac_cmp(a, b) == 0;
}

const VirXmlType vir_xml_mac = { "mac", mac_parse, mac_format, mac_is_set, NULL, mac_copy, mac_equal, NULL, FALSE, 0 };

static gboolean cpuset_parse(const VirXmlRow *row, const char *text, gpointer member, char **why)
{
    g_autoptr(GError) err = NULL;
    VirBitmap *map = vir_bitmap_parse(text, VIR_BITMAP_MAX, &err);

    if (!map) {
        *why = g_strdup(err->message);
        return FALSE;
    }
    vir_bitmap_free(*(VirBitmap **)member);
    *(VirBitmap **)member = map;
    return TRUE;
}

/* An argument that is no set, or a set that names nothing, which no configuration can mean. */
static int cpuset_error(const char *text)
{
    g_autofree char *with_one = g_strconcat(text, ",0", NULL);
    g_autoptr(VirBitmap) map = *text ? vir_bitmap_parse(with_one, VIR_BITMAP_MAX, NULL) : NULL;

    return map ? VIR_ERR_CONFIG_UNSUPPORTED : VIR_ERR_INVALID_ARG;
}

static void cpuset_format(const VirXmlRow *row, gconstpointer member, GString *out)
{
    g_autofree char *text = vir_bitmap_format(*(VirBitmap *const *)member);

    g_string_append(out, text);
}

static void cpuset_clear(gpointer member)
{
    g_clear_pointer((VirBitmap **)member, vir_bitmap_free);
}

static void cpuset_copy(gconstpointer from, gpointer to)
{
    const VirBitmap *map = *(VirBitmap *const *)from;

    *(VirBitmap **)to = map ? vir_bitmap_copy(map) : NULL;
}

static gboolean cpuset_equal(gconstpointer a, gconstpointer b)
{
    return vir_bitmap_equal(*(VirBitmap *const *)a, *(VirBitmap *const *)b);
}

const VirXmlType vir_xml_cpuset = {
    "cpuset", cpuset_parse, cpuset_format, string_is_set, cpuset_clear, cpuset_copy, cpuset_equal, cpuset_error, FALSE, 0
};

const VirXmlUnit vir_xml_kib = { "unit", "KiB", 1024, 1024, 1024 };
const VirXmlUnit vir_xml_bytes = { "unit", "bytes", 1, 1, 1 };

const VirXmlNamespace vir_xml_namespaces[] = {
    { "qemu", "http://libvirt.org/schemas/domain/qemu/1.0" },
    { "lxc", "http://libvirt.org/schemas/domain/lxc/1.0" },
    { "bhyve", "http://libvirt.org/schemas/domain/bhyve/1.0" },
    { "xen", "http://libvirt.org/schemas/domain/xen/1.0" },
    { "vmware", "http://libvirt.org/schemas/domain/vmware/1.0" },
    { "dnsmasq", "http://libvirt.org/schemas/network/dnsmasq/1.0" },
    { "fs", "http://libvirt.org/schemas/storagepool/fs/1.0" },
    { "rbd", "http://libvirt.org/schemas/storagepool/rbd/1.0" },
    { NULL, NULL }
};

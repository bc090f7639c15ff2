/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From an object to text, in row order, two spaces a level, single quotes. An element without content of its own is taken
 * back. Any thread.
 */
#include "util/xmltab-internal.h"

#include <string.h>

static void write_children(VirXmlFormat *format, const VirXmlRow *row, gconstpointer base);

void vir_xml_escape(GString *out, const char *text)
{
    const char *start = text;

    for (; *text; text++) {
        const char *entity;
        switch (*text) {
        case '&': entity = "&amp;"; break;
        case '<': entity = "&lt;"; break;
        case '>': entity = "&gt;"; break;
        case '\'': entity = "&apos;"; break;
        case '"': entity = "&quot;"; break;
        default:
            if ((guchar)*text >= 0x20 || *text == '\n' || *text == '\t' || *text == '\r')
                continue;
            entity = "";
        }
        g_string_append_len(out, start, text - start);
        g_string_append(out, entity);
        start = text + 1;
    }
    g_string_append_len(out, start, text - start);
}

void vir_xml_format_indent(VirXmlFormat *format)
{
    static const char spaces[] = "                                                                ";
    gsize n = (gsize)format->depth * 2;

    for (; n >= sizeof(spaces); n -= sizeof(spaces) - 1)
        g_string_append_len(format->out, spaces, sizeof(spaces) - 1);
    g_string_append_len(format->out, spaces, n);
}

void vir_xml_format_attr(VirXmlFormat *format, const char *name, const char *value)
{
    if (!value)
        return;
    g_string_append_c(format->out, ' ');
    g_string_append(format->out, name);
    g_string_append(format->out, "='");
    vir_xml_escape(format->out, value);
    g_string_append_c(format->out, '\'');
}

void vir_xml_format_elem(VirXmlFormat *format, const char *name, const char *text)
{
    if (!text)
        return;
    vir_xml_format_indent(format);
    g_string_append_printf(format->out, "<%s>", name);
    vir_xml_escape(format->out, text);
    g_string_append_printf(format->out, "</%s>\n", name);
}

static gboolean is_written(const VirXmlFormat *format, const VirXmlRow *row)
{
    guint flags = format->flags;

    return row->flags == 0 ||
           !((row->flags & XF_NOFORMAT) ||
             (row->flags & XF_SECURE && !(flags & VIR_XML_SECURE)) ||
             (row->flags & XF_LIVE && flags & VIR_XML_INACTIVE) ||
             (row->flags & XF_INACTIVE && !(flags & VIR_XML_INACTIVE)) ||
             (row->flags & XF_STATUS && !(flags & VIR_XML_STATUS)) ||
             (row->flags & XF_NOMIGRATE && flags & VIR_XML_MIGRATABLE));
}

static gboolean has_value(const VirXmlRow *row, gconstpointer member)
{
    return row->flags & XF_ALWAYS || (row->flags & XF_REQUIRED && row->type->is_number) || row->type->is_set(row, member);
}

/* The scale an amount is written in, and its name. */
static guint64 out_scale(const VirXmlUnit *unit, guint64 bytes, const char **ret_name)
{
    static const char *const names[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    guint64 scale = 1;
    guint i = 0;

    *ret_name = unit->out;
    if (unit->out_scale)
        return unit->out_scale;
    for (; bytes && bytes % (scale * 1024) == 0 && i + 1 < G_N_ELEMENTS(names); i++)
        scale *= 1024;
    *ret_name = names[i];
    return scale;
}

static void write_value(VirXmlFormat *format, const VirXmlRow *row, gconstpointer member)
{
    if (row->type == &vir_xml_size) {
        const VirXmlUnit *unit = row->aux;
        const char *name;
        guint64 value = *(const guint64 *)member * unit->store;
        value /= out_scale(unit, value, &name);
        row->type->format(row, &value, format->out);
    } else {
        row->type->format(row, member, format->out);
    }
}

static void write_attr(VirXmlFormat *format, const char *name, const VirXmlRow *row, gconstpointer member)
{
    GString *out = format->out;

    g_string_append_c(out, ' ');
    g_string_append(out, name);
    g_string_append(out, "='");
    write_value(format, row, member);
    g_string_append_c(out, '\'');
}

static void write_unit(VirXmlFormat *format, const VirXmlRow *row, gconstpointer member)
{
    const VirXmlUnit *unit = row->aux;
    const char *name;

    out_scale(unit, *(const guint64 *)member * unit->store, &name);
    g_string_append_c(format->out, ' ');
    g_string_append(format->out, unit->attr);
    g_string_append(format->out, "='");
    g_string_append(format->out, name);
    g_string_append_c(format->out, '\'');
}

static void write_nsdecl(VirXmlFormat *format, const VirXmlRow *row, gconstpointer base)
{
    if (!*(gpointer *)vir_xml_member(base, row))
        return;
    for (const VirXmlNamespace *ns = vir_xml_namespaces; ns->prefix; ns++) {
        if (strcmp(ns->prefix, row->name) == 0)
            g_string_append_printf(format->out, " xmlns:%s='%s'", ns->prefix, ns->href);
    }
}

static void write_attrs(VirXmlFormat *format, const VirXmlRow *row, gconstpointer base)
{
    for (; row->place != XP_END; row++) {
        gpointer member = vir_xml_member(base, row);

        switch ((VirXmlPlace)row->place) {
        case XP_ATTR:
            if (!is_written(format, row) || !has_value(row, member))
                break;
            write_attr(format, row->name, row, member);
            if (row->type == &vir_xml_size)
                write_unit(format, row, member);
            break;
        case XP_TEXT:
            if (row->type == &vir_xml_size && is_written(format, row) && has_value(row, member))
                write_unit(format, row, member);
            break;
        case XP_FIELDS: {
            const VirXmlTable *table = row->aux;
            if (!table->is_empty || !table->is_empty(member))
                write_attrs(format, table->rows, member);
            break;
        }
        case XP_PTRFIELDS:
            if (*(gpointer *)member)
                write_attrs(format, vir_xml_table_rows(row), *(gpointer *)member);
            break;
        case XP_WHEN:
            if (vir_xml_when(base, row))
                write_attrs(format, row->aux, base);
            break;
        case XP_CONST:
            vir_xml_format_attr(format, row->name, row->key);
            break;
        case XP_NSDECL:
            if (is_written(format, row))
                write_nsdecl(format, row, base);
            break;
        case XP_HOOK: {
            const VirXmlHook *hook = row->aux;
            if (hook->format_attrs)
                hook->format_attrs(format, base);
            break;
        }
        default:
            break;
        }
    }
}

/* TRUE when a text row wrote something. */
static gboolean write_text(VirXmlFormat *format, const VirXmlRow *row, gconstpointer base)
{
    for (; row->place != XP_END; row++) {
        gpointer member = vir_xml_member(base, row);

        if (row->place == XP_TEXT && is_written(format, row) && has_value(row, member)) {
            write_value(format, row, member);
            return TRUE;
        }
        if (row->place == XP_FIELDS && write_text(format, vir_xml_table_rows(row), member))
            return TRUE;
        if (row->place == XP_WHEN && vir_xml_when(base, row) && write_text(format, row->aux, base))
            return TRUE;
    }
    return FALSE;
}

/* FALSE when nothing of these rows would be written. A hook counts as content: only writing tells. */
static gboolean has_content(const VirXmlFormat *format, const VirXmlRow *row, gconstpointer base)
{
    for (; row->place != XP_END; row++) {
        gconstpointer member = (const char *)base + row->offset;
        gboolean found = FALSE;

        switch ((VirXmlPlace)row->place) {
        case XP_ATTR: case XP_TEXT: case XP_ELEM:
            found = has_value(row, member) && is_written(format, row);
            break;
        case XP_PRESENT:
            found = *(const bool *)member;
            break;
        case XP_GROUP:
            found = row->type ? row->type->is_set(row, member) : row->flags & XF_ALWAYS || has_content(format, row->aux, base);
            break;
        case XP_FIELDS: case XP_EMBED:
            found = (row->place == XP_FIELDS || row->name) && has_content(format, vir_xml_table_rows(row), member);
            break;
        case XP_PTRFIELDS:
            found = *(gpointer const *)member && has_content(format, vir_xml_table_rows(row), *(gpointer const *)member);
            break;
        case XP_PTR: case XP_RAW: case XP_NSDECL:
            found = *(gpointer const *)member != NULL;
            break;
        case XP_LIST: case XP_ARRAY: case XP_STRLIST:
            found = ((const VirXmlList *)member)->n != 0;
            break;
        case XP_WHEN:
            found = vir_xml_when(base, row) && has_content(format, row->aux, base);
            break;
        case XP_HOOK: {
            const VirXmlHook *hook = row->aux;
            found = hook->format || hook->format_attrs;
            break;
        }
        case XP_DATA: case XP_IGNORED: case XP_CONST: case XP_END:
            break;
        }
        if (found)
            return TRUE;
    }
    return FALSE;
}

static void write_element(VirXmlFormat *format, const char *name, const char *key, const VirXmlRow *rows, gconstpointer base,
                          gboolean always, gboolean end_tag)
{
    GString *out = format->out;
    gsize start = out->len, opened, inside;
    gboolean has_attrs;

    if (!always && !has_content(format, rows, base))
        return;
    vir_xml_format_indent(format);
    g_string_append_c(out, '<');
    g_string_append(out, name);
    if (key) {
        const char *equal = strchr(key, '=');
        g_string_append_printf(out, " %.*s='%s'", (int)(equal - key), key, equal + 1);
    }
    opened = out->len;
    write_attrs(format, rows, base);
    has_attrs = out->len > opened;
    g_string_append_c(out, '>');
    inside = out->len;
    if (write_text(format, rows, base)) {
        g_string_append(out, "</");
    } else {
        g_string_append_c(out, '\n');
        format->depth++;
        write_children(format, rows, base);
        format->depth--;
        if (out->len == inside + 1 && !end_tag) {
            if (!has_attrs && !always) {
                g_string_truncate(out, start);
                return;
            }
            g_string_truncate(out, inside - 1);
            g_string_append(out, "/>\n");
            return;
        }
        vir_xml_format_indent(format);
        g_string_append(out, "</");
    }
    g_string_append(out, name);
    g_string_append(out, ">\n");
}

static void write_list(VirXmlFormat *format, const VirXmlRow *row, const VirXmlList *list)
{
    const VirXmlTable *table = row->aux;

    for (guint i = 0; i < list->n; i++) {
        if (row->place == XP_STRLIST)
            vir_xml_format_elem(format, row->name, list->v[i]);
        else
            write_element(format, row->name, NULL, table->rows,
                          row->place == XP_LIST ? list->v[i] : (gconstpointer)((const char *)list->v + i * table->size), TRUE,
                          row->flags & XF_EMPTY);
    }
}

static void write_scalar_element(VirXmlFormat *format, const VirXmlRow *row, gconstpointer member)
{
    GString *out = format->out;

    vir_xml_format_indent(format);
    g_string_append_c(out, '<');
    g_string_append(out, row->name);
    if (row->type == &vir_xml_size)
        write_unit(format, row, member);
    g_string_append_c(out, '>');
    write_value(format, row, member);
    g_string_append(out, "</");
    g_string_append(out, row->name);
    g_string_append(out, ">\n");
}

static void write_child(VirXmlFormat *format, const VirXmlRow *row, gconstpointer base)
{
    gpointer member = vir_xml_member(base, row);

    switch ((VirXmlPlace)row->place) {
    case XP_ELEM:
        if (has_value(row, member))
            write_scalar_element(format, row, member);
        break;
    case XP_PRESENT:
        if (*(bool *)member) {
            vir_xml_format_indent(format);
            g_string_append_printf(format->out, "<%s/>\n", row->name);
        }
        break;
    case XP_GROUP:
        if (!row->type || row->type->is_set(row, member))
            write_element(format, row->name, row->key, row->aux, base, row->type || row->flags & XF_ALWAYS, row->flags & XF_EMPTY);
        break;
    case XP_EMBED:
        if (row->name)
            write_element(format, row->name, NULL, vir_xml_table_rows(row), member, (row->flags & XF_ALWAYS) != 0, row->flags & XF_EMPTY);
        break;
    case XP_PTR:
        if (row->name && *(gpointer *)member)
            write_element(format, row->name, NULL, vir_xml_table_rows(row), *(gpointer *)member, TRUE, row->flags & XF_EMPTY);
        break;
    case XP_LIST: case XP_ARRAY: case XP_STRLIST:
        write_list(format, row, member);
        break;
    case XP_RAW:
        if (*(char **)member) {
            g_autofree char *moved = format->depth == 1 ? NULL : vir_xml_raw_at_depth(*(char **)member, format->depth);
            vir_xml_format_indent(format);
            g_string_append(format->out, moved ? moved : *(char **)member);
            g_string_append_c(format->out, '\n');
        }
        break;
    case XP_HOOK: {
        const VirXmlHook *hook = row->aux;
        if (hook->format)
            hook->format(format, base);
        break;
    }
    default:
        break;
    }
}

static void write_children(VirXmlFormat *format, const VirXmlRow *row, gconstpointer base)
{
    for (; row->place != XP_END; row++) {
        gpointer member = vir_xml_member(base, row);

        if (row->place == XP_FIELDS)
            write_children(format, vir_xml_table_rows(row), member);
        else if (row->place == XP_PTRFIELDS && *(gpointer *)member)
            write_children(format, vir_xml_table_rows(row), *(gpointer *)member);
        else if (row->place == XP_WHEN && vir_xml_when(base, row))
            write_children(format, row->aux, base);
        else if (is_written(format, row))
            write_child(format, row, base);
    }
}

void vir_xml_format_object(VirXmlFormat *format, const VirXmlTable *table, const char *name, gconstpointer obj)
{
    write_element(format, name ? name : table->name, NULL, table->rows, obj, TRUE, FALSE);
}

void vir_xml_format(const VirXmlTable *table, const char *name, gconstpointer obj, guint flags, guint depth, GString *out)
{
    VirXmlFormat format = { out, flags, depth };

    vir_xml_format_object(&format, table, name, obj);
}

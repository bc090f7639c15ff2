/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Texts derived from the XML tables: a RELAX NG schema, and a dictionary for fuzzers. Any thread.
 *
 * The schema is as open as the parser: elements in any order, what depends on a tag is optional. Rows of one name (of
 * several tags, or told apart by a key) become one pattern with alternatives, because a schema must not have two.
 */
#include "util/xmltab-internal.h"

#include <string.h>

typedef struct {
    GString *out;
    GHashTable *numbers;     /* rows -> number of their <define>, plus one */
    GQueue pending;          /* rows whose <define> is still to be written */
    guint count;
} Schema;

/* All rows that one attribute or element name has in an element. */
typedef struct {
    const char *name;
    gboolean many, required;
    GPtrArray *rows;
} Name;

typedef struct {
    GPtrArray *attrs, *elems;   /* of Name */
    const VirXmlRow *text;
    gboolean mixed;
} Content;

static void name_free(gpointer data)
{
    Name *name = data;

    g_ptr_array_unref(name->rows);
    g_free(name);
}

static void add(GPtrArray *names, const VirXmlRow *row, gboolean conditional)
{
    Name *name = NULL;

    for (guint i = 0; i < names->len && !name; i++) {
        if (strcmp(((Name *)names->pdata[i])->name, row->name) == 0)
            name = names->pdata[i];
    }
    if (!name) {
        name = g_new0(Name, 1);
        name->name = row->name;
        name->rows = g_ptr_array_new();
        name->required = row->flags & XF_REQUIRED && !conditional && (row->place == XP_ATTR || row->place == XP_ELEM);
        g_ptr_array_add(names, name);
    }
    name->many |= row->place == XP_LIST || row->place == XP_ARRAY || row->place == XP_STRLIST || row->key;
    g_ptr_array_add(name->rows, (gpointer)row);
}

static gboolean has_name(const GPtrArray *names, const char *name)
{
    for (guint i = 0; i < names->len; i++) {
        if (strcmp(((const Name *)names->pdata[i])->name, name) == 0)
            return TRUE;
    }
    return FALSE;
}

static void collect(Content *content, const VirXmlRow *row, gboolean conditional)
{
    for (; row->place != XP_END; row++) {
        switch ((VirXmlPlace)row->place) {
        case XP_ATTR: case XP_CONST:
            add(content->attrs, row, conditional);
            break;
        case XP_TEXT:
            content->mixed |= content->text != NULL || conditional;
            content->text = row;
            break;
        case XP_FIELDS:
            collect(content, vir_xml_table_rows(row), conditional);
            break;
        case XP_PTRFIELDS:
            collect(content, vir_xml_table_rows(row), TRUE);
            break;
        case XP_WHEN:
            collect(content, row->aux, TRUE);
            break;
        case XP_IGNORED:    /* an attribute or an element: both are let through */
            if (!has_name(content->attrs, row->name))
                add(content->attrs, row, TRUE);
            if (!has_name(content->elems, row->name))
                add(content->elems, row, TRUE);
            break;
        case XP_DATA: case XP_NSDECL: case XP_END:
            break;
        default:
            if (row->name && !(row->flags & XF_STATUS))
                add(content->elems, row, conditional);
            break;
        }
    }
}

static void write_data(Schema *schema, const VirXmlRow *row)
{
    const VirEnum *names = row->aux;

    if (row->type == &vir_xml_enum) {
        g_string_append(schema->out, "<choice>");
        for (int i = 0; i < names->n; i++) {
            if (names->strings[i])
                g_string_append_printf(schema->out, "<value>%s</value>", names->strings[i]);
        }
        g_string_append(schema->out, "</choice>");
    } else if (row->type == &vir_xml_yesno || row->type == &vir_xml_bool) {
        g_string_append(schema->out, "<choice><value>yes</value><value>no</value></choice>");
    } else if (row->type == &vir_xml_onoff) {
        g_string_append(schema->out, "<choice><value>on</value><value>off</value></choice>");
    } else if (row->type && row->type->is_number && !(row->flags & (XF_HEX | XF_OCTAL | XF_ANYBASE))) {
        g_string_append_printf(schema->out, "<data type='%s'/>", row->type->name);
    } else {
        g_string_append(schema->out, "<text/>");
    }
}

static void write_attribute(Schema *schema, const Name *name)
{
    g_string_append_printf(schema->out, "%s<attribute name='%s'>", name->required ? "" : "<optional>", name->name);
    if (name->rows->len > 1)
        g_string_append(schema->out, "<text/>");    /* one value or another, by the tag */
    else
        write_data(schema, name->rows->pdata[0]);
    g_string_append_printf(schema->out, "</attribute>%s\n", name->required ? "" : "</optional>");
}

static guint number_of(Schema *schema, const VirXmlRow *rows)
{
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(schema->numbers, rows));

    if (!number) {
        number = ++schema->count;
        g_hash_table_insert(schema->numbers, (gpointer)rows, GUINT_TO_POINTER(number));
        g_queue_push_tail(&schema->pending, (gpointer)rows);
    }
    return number;
}

static void write_name(Schema *schema, const char *name)
{
    const char *colon = strchr(name, ':');

    for (const VirXmlNamespace *ns = vir_xml_namespaces; colon && ns->prefix; ns++) {
        if (strncmp(ns->prefix, name, colon - name) == 0 && !ns->prefix[colon - name]) {
            g_string_append_printf(schema->out, "<element name='%s' ns='%s'>", colon + 1, ns->href);
            return;
        }
    }
    g_string_append_printf(schema->out, "<element name='%s'>", name);
}

static void write_row(Schema *schema, const VirXmlRow *row)
{
    GString *out = schema->out;

    write_name(schema, row->name);
    switch ((VirXmlPlace)row->place) {
    case XP_ELEM:
        if (row->type == &vir_xml_size)
            g_string_append_printf(out, "<optional><attribute name='%s'><text/></attribute></optional>", ((const VirXmlUnit *)row->aux)->attr);
        write_data(schema, row);
        break;
    case XP_PRESENT:
        g_string_append(out, "<empty/>");
        break;
    case XP_GROUP:
        if (row->key)
            g_string_append_printf(out, "<attribute name='%.*s'><value>%s</value></attribute>",
                                   (int)(strchr(row->key, '=') - row->key), row->key, strchr(row->key, '=') + 1);
        g_string_append_printf(out, "<ref name='c%u'/>", number_of(schema, row->aux));
        break;
    case XP_EMBED: case XP_PTR: case XP_LIST: case XP_ARRAY:
        g_string_append_printf(out, "<ref name='c%u'/>", number_of(schema, vir_xml_table_rows(row)));
        break;
    case XP_STRLIST:
        g_string_append(out, "<text/>");
        break;
    default:    /* hooks and raw content */
        g_string_append(out, "<ref name='any'/>");
        break;
    }
    g_string_append(out, "</element>");
}

static void write_elements(Schema *schema, const Name *name)
{
    const char *many = name->many ? "zeroOrMore" : name->required ? "group" : "optional";

    g_string_append_printf(schema->out, "<%s>", many);
    if (name->rows->len > 1)
        g_string_append(schema->out, "<choice>");
    for (guint i = 0; i < name->rows->len; i++)
        write_row(schema, name->rows->pdata[i]);
    if (name->rows->len > 1)
        g_string_append(schema->out, "</choice>");
    g_string_append_printf(schema->out, "</%s>\n", many);
}

static void write_content(Schema *schema, const VirXmlRow *rows)
{
    g_autoptr(GPtrArray) attrs = g_ptr_array_new_with_free_func(name_free), elems = g_ptr_array_new_with_free_func(name_free);
    Content content = { attrs, elems, NULL, FALSE };

    collect(&content, rows, FALSE);
    g_string_append_printf(schema->out, "<define name='c%u'>\n", number_of(schema, rows));
    if (content.text && content.text->type == &vir_xml_size)
        g_string_append_printf(schema->out, "<optional><attribute name='%s'><text/></attribute></optional>\n",
                               ((const VirXmlUnit *)content.text->aux)->attr);
    for (guint i = 0; i < attrs->len; i++) {
        const Name *name = attrs->pdata[i];
        const VirXmlRow *row = name->rows->pdata[0];
        write_attribute(schema, name);
        if (row->type == &vir_xml_size)
            g_string_append_printf(schema->out, "<optional><attribute name='%s'><text/></attribute></optional>\n", ((const VirXmlUnit *)row->aux)->attr);
    }
    if (elems->len) {
        g_string_append(schema->out, "<interleave>\n");
        for (guint i = 0; i < elems->len; i++)
            write_elements(schema, elems->pdata[i]);
        if (content.text)
            g_string_append(schema->out, "<text/>\n");
        g_string_append(schema->out, "</interleave>\n");
    } else if (content.text && !content.mixed) {
        write_data(schema, content.text);
    } else if (content.text) {
        g_string_append(schema->out, "<text/>");
    } else if (!attrs->len) {
        g_string_append(schema->out, "<empty/>");
    }
    g_string_append(schema->out, "</define>\n");
}

char *vir_xml_schema(const VirXmlTable *table, const char *root)
{
    Schema schema = { g_string_new(NULL), g_hash_table_new(NULL, NULL), G_QUEUE_INIT, 0 };
    const VirXmlRow *rows;

    g_string_append_printf(schema.out,
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        "<grammar xmlns='http://relaxng.org/ns/structure/1.0' datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'>\n"
        "<start><element name='%s'><ref name='c%u'/></element></start>\n"
        "<define name='any'><zeroOrMore><choice><text/><attribute><anyName/></attribute>"
        "<element><anyName/><ref name='any'/></element></choice></zeroOrMore></define>\n",
        root, number_of(&schema, table->rows));
    while ((rows = g_queue_pop_head(&schema.pending)))
        write_content(&schema, rows);
    g_string_append(schema.out, "</grammar>\n");
    g_hash_table_unref(schema.numbers);
    return g_string_free(schema.out, FALSE);
}

static void add_word(GHashTable *words, GString *out, const char *word)
{
    if (!word || !*word || !g_hash_table_add(words, g_strdup(word)))
        return;
    g_string_append_c(out, '"');
    for (; *word; word++)
        g_string_append_printf(out, *word == '"' || *word == '\\' ? "\\%c" : "%c", *word);
    g_string_append(out, "\"\n");
}

static void add_words(GHashTable *words, GHashTable *seen, GString *out, const VirXmlRow *row)
{
    if (!g_hash_table_add(seen, (gpointer)row))
        return;
    for (; row->place != XP_END; row++) {
        add_word(words, out, row->place == XP_DATA ? NULL : row->name);
        if (row->type == &vir_xml_enum) {
            const VirEnum *names = row->aux;
            for (int i = 0; i < names->n; i++)
                add_word(words, out, names->strings[i]);
        } else if (row->place == XP_GROUP || row->place == XP_WHEN) {
            add_words(words, seen, out, row->aux);
        } else if (row->aux && (row->place == XP_FIELDS || row->place == XP_EMBED || row->place == XP_PTR ||
                                row->place == XP_PTRFIELDS || row->place == XP_LIST || row->place == XP_ARRAY)) {
            add_words(words, seen, out, vir_xml_table_rows(row));
        }
        if (row->key)
            add_word(words, out, strchr(row->key, '=') + 1);
    }
}

char *vir_xml_dictionary(const VirXmlTable *table, const char *root)
{
    g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), seen = g_hash_table_new(NULL, NULL);
    GString *out = g_string_new(NULL);

    add_word(words, out, root);
    add_words(words, seen, out, table->rows);
    return g_string_free(out, FALSE);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From a tree to an object: attributes and text in row order, children in document order. Consumed attributes and
 * children are marked in the tree; only what stays unmarked is looked up in the vocabulary. Any thread on its own tree.
 */
#include "util/xmltab-internal.h"

#include <libxml/parser.h>
#include <string.h>

#include "util/error.h"
#include "util/units.h"

#define MARK ((void *)1)
#define NAME(node) ((const char *)(node)->name)

/* Most comparisons end at the first letter. */
static inline gboolean same(const char *a, const char *b)
{
    return *a == *b && strcmp(a, b) == 0;
}

static gboolean parse_content(VirXmlParse *parse, const VirXmlRow *rows, xmlNodePtr node, gpointer base, GError **err);

const char *vir_xml_attr(xmlNodePtr node, const char *name)
{
    for (xmlAttrPtr attr = node->properties; attr; attr = attr->next) {
        if (!attr->ns && same((const char *)attr->name, name))
            return attr->children && attr->children->content ? (const char *)attr->children->content : "";
    }
    return NULL;
}

void vir_xml_mark_attr(xmlNodePtr node, const char *name)
{
    for (xmlAttrPtr attr = node->properties; attr; attr = attr->next) {
        if (strcmp((const char *)attr->name, name) == 0)
            attr->_private = MARK;
    }
}

void vir_xml_mark(xmlNodePtr node)
{
    node->_private = MARK;
}

/* Text of an element whose only child is text, without a copy; other shapes are put together in *owned. */
static const char *node_text(xmlNodePtr node, char **owned)
{
    xmlNodePtr child = node->children;
    GString *text;

    if (!child)
        return "";
    if (!child->next && child->type == XML_TEXT_NODE)
        return child->content ? (const char *)child->content : "";
    text = g_string_new(NULL);
    for (; child; child = child->next) {
        if ((child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) && child->content)
            g_string_append(text, (const char *)child->content);
    }
    return *owned = g_string_free(text, FALSE);
}

char *vir_xml_text(xmlNodePtr node)
{
    g_autofree char *owned = NULL;
    const char *text = node_text(node, &owned);

    return *text ? g_strdup(text) : NULL;
}

/* Our prefix for the element's namespace, whatever the document calls it; "" for none, NULL for a foreign one. A default
 * namespace that we do not know is none: it stands around whole documents. */
static const char *prefix_of(xmlNodePtr node)
{
    if (!node->ns)
        return "";
    for (const VirXmlNamespace *ns = vir_xml_namespaces; ns->prefix; ns++) {
        if (strcmp((const char *)node->ns->href, ns->href) == 0)
            return ns->prefix;
    }
    return node->ns->prefix ? NULL : "";
}

/* "prefix:name" of a row against an element in that prefix' namespace; plain names match elements without one. */
static gboolean name_matches(const char *name, const char *prefix, xmlNodePtr node)
{
    gsize len;

    if (!*prefix)
        return same(name, NAME(node));
    len = strlen(prefix);
    return strncmp(name, prefix, len) == 0 && name[len] == ':' && strcmp(name + len + 1, NAME(node)) == 0;
}

/* Rows that the asked kind of document does not have are read over. */
static gboolean is_read(const VirXmlParse *parse, const VirXmlRow *row)
{
    return !(row->flags & XF_LIVE && parse->flags & VIR_XML_INACTIVE) &&
           !(row->flags & XF_STATUS && !(parse->flags & VIR_XML_STATUS));
}

static void append_position(GString *path, xmlNodePtr node)
{
    guint before = 0, after = 0;

    for (xmlNodePtr n = node->prev; n; n = n->prev)
        before += n->type == XML_ELEMENT_NODE && strcmp(NAME(n), NAME(node)) == 0;
    for (xmlNodePtr n = node->next; n && !after; n = n->next)
        after = n->type == XML_ELEMENT_NODE && strcmp(NAME(n), NAME(node)) == 0;
    if (before || after)
        g_string_append_printf(path, "[%u]", before + 1);
}

static void append_path(const VirXmlParse *parse, GString *path, xmlNodePtr node)
{
    if (node != parse->root && node->parent && node->parent->type == XML_ELEMENT_NODE)
        append_path(parse, path, node->parent);
    if (path->len)
        g_string_append_c(path, '/');
    if (node->ns && node->ns->prefix)
        g_string_append_printf(path, "%s:", (const char *)node->ns->prefix);
    g_string_append(path, NAME(node));
    if (node != parse->root)
        append_position(path, node);
}

gboolean vir_xml_fail(const VirXmlParse *parse, xmlNodePtr node, const char *attr, int code, GError **err,
                      const char *fmt, ...)
{
    g_autoptr(GString) path = g_string_new(NULL);
    g_autofree char *detail = NULL;
    va_list ap;

    va_start(ap, fmt);
    detail = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    append_path(parse, path, node);
    if (attr)
        g_string_append_printf(path, "@%s", attr);
    if (parse->flags & VIR_XML_STRICT && code == VIR_ERR_XML_ERROR)
        code = VIR_ERR_XML_INVALID_SCHEMA;
    return vir_fail_full(err, parse->from ? parse->from : VIR_FROM_XML, code, "%s: %s", path->str, detail);
}

/* Who speaks for an error is not the document: the part of it that every document has. */
static gboolean fail_as(int from, GError **err)
{
    if (err && *err)
        vir_error_set_domain(*err, from);
    return FALSE;
}

/* Multiplies what was read with its unit, and brings it to the unit it is kept in (rounded up). */
static gboolean scale_size(VirXmlParse *parse, const VirXmlRow *row, xmlNodePtr node, guint64 *value, GError **err)
{
    const VirXmlUnit *unit = row->aux;
    const char *name = vir_xml_attr(node, unit->attr);
    g_autoptr(GError) why = NULL;

    vir_xml_mark_attr(node, unit->attr);
    if (!vir_units_scale(value, name, unit->in_scale, G_MAXINT64, &why)) {
        vir_xml_fail(parse, node, unit->attr, vir_error_code(why) == VIR_ERR_INVALID_ARG ? VIR_ERR_INVALID_ARG : VIR_ERR_OVERFLOW,
                     err, "%s", why->message);
        return fail_as(VIR_FROM_NONE, err);
    }
    *value = *value / unit->store + (*value % unit->store != 0);
    return TRUE;
}

static gboolean parse_scalar(VirXmlParse *parse, const VirXmlRow *row, xmlNodePtr node, const char *text, gpointer member,
                             GError **err)
{
    g_autofree char *why = NULL, *trimmed = NULL;

    /* Around numbers and words the documents allow space where an element's text is meant, not in attributes. */
    if (row->place != XP_ATTR && row->type != &vir_xml_string && *text &&
        (g_ascii_isspace(*text) || g_ascii_isspace(text[strlen(text) - 1])))
        text = trimmed = g_strstrip(g_strdup(text));
    if (!row->type->parse(row, text, member, &why)) {
        int code = row->bad_code ? row->bad_code : row->type->error_code ? row->type->error_code(text) : VIR_ERR_XML_ERROR;
        if ((row->bad_code || code == VIR_ERR_INVALID_ARG) && parse->flags & VIR_XML_STRICT)
            code = VIR_ERR_XML_ERROR;    /* the schema has a pattern for it */
        vir_xml_fail(parse, node, row->place == XP_ATTR ? row->name : NULL, code, err, "%s", why ? why : "is not valid");
        return row->type->from && !row->bad_code ? fail_as(row->type->from, err) : FALSE;
    }
    if (row->type == &vir_xml_size)
        return scale_size(parse, row, node, member, err);
    return TRUE;
}

/* An attribute of @node has a row in @rows. */
static gboolean has_attr_row(const VirXmlRow *row, xmlNodePtr node)
{
    for (; row->place != XP_END; row++) {
        if (row->place == XP_ATTR && vir_xml_attr(node, row->name))
            return TRUE;
        if ((row->place == XP_FIELDS || row->place == XP_PTRFIELDS) && has_attr_row(vir_xml_table_rows(row), node))
            return TRUE;
        if (row->place == XP_WHEN && has_attr_row(row->aux, node))
            return TRUE;
    }
    return FALSE;
}

static gpointer ensure_pointer(const VirXmlRow *row, gpointer base)
{
    gpointer *member = vir_xml_member(base, row);

    if (!*member)
        *member = vir_xml_new(row->aux);
    return *member;
}

static gboolean parse_attr(VirXmlParse *parse, const VirXmlRow *row, xmlNodePtr node, gpointer base, GError **err)
{
    gpointer member = vir_xml_member(base, row);

    for (xmlAttrPtr attr = node->properties; attr; attr = attr->next) {
        if (attr->ns || !same((const char *)attr->name, row->name))
            continue;
        attr->_private = MARK;
        if (!is_read(parse, row) || row->type->is_set(row, member))
            return TRUE;
        if (!parse_scalar(parse, row, node,
                          attr->children && attr->children->content ? (const char *)attr->children->content : "", member, err))
            return FALSE;
        if (row->flags & XF_REQUIRED && row->type == &vir_xml_string && !row->type->is_set(row, member))
            return vir_xml_fail(parse, node, row->name, VIR_ERR_XML_ERROR, err, "the attribute is empty");
        return TRUE;
    }
    if (row->flags & XF_REQUIRED && is_read(parse, row))
        return vir_xml_fail(parse, node, NULL, row->missing_code && !(parse->flags & VIR_XML_STRICT) ? row->missing_code : VIR_ERR_XML_ERROR,
                            err, "the attribute '%s' is missing", row->name);
    return TRUE;
}

/* Attributes and the element's own text. Order matters: a tag is read before the rows that depend on it. */
static gboolean parse_own(VirXmlParse *parse, const VirXmlRow *row, xmlNodePtr node, gpointer base, GError **err)
{
    for (; row->place != XP_END; row++) {
        switch ((VirXmlPlace)row->place) {
        case XP_ATTR:
            if (!parse_attr(parse, row, node, base, err))
                return FALSE;
            break;
        case XP_TEXT: {
            g_autofree char *owned = NULL;
            const char *text = node_text(node, &owned);
            if (!is_read(parse, row))
                break;
            if (!*text && row->type != &vir_xml_string && !(row->flags & XF_REQUIRED))
                break;
            if (!parse_scalar(parse, row, node, text, vir_xml_member(base, row), err))
                return FALSE;
            break;
        }
        case XP_FIELDS:
            if (!parse_own(parse, vir_xml_table_rows(row), node, vir_xml_member(base, row), err))
                return FALSE;
            break;
        case XP_PTRFIELDS:
            if (has_attr_row(vir_xml_table_rows(row), node) &&
                !parse_own(parse, vir_xml_table_rows(row), node, ensure_pointer(row, base), err))
                return FALSE;
            break;
        case XP_WHEN:
            if (!vir_xml_when(base, row))
                break;
            if (row->flags & XF_UNION)
                vir_xml_init_rows(row->aux, base);
            if (!parse_own(parse, row->aux, node, base, err))
                return FALSE;
            break;
        default:
            break;
        }
    }
    return TRUE;
}

static gboolean key_matches(const VirXmlRow *row, xmlNodePtr node)
{
    const char *value, *equal;

    if (!row->key)
        return TRUE;
    equal = strchr(row->key, '=');
    for (xmlAttrPtr attr = node->properties; attr; attr = attr->next) {
        if (strlen((const char *)attr->name) != (gsize)(equal - row->key) ||
            strncmp((const char *)attr->name, row->key, equal - row->key))
            continue;
        value = attr->children && attr->children->content ? (const char *)attr->children->content : "";
        if (strcmp(value, equal + 1))
            return FALSE;
        attr->_private = MARK;
        return TRUE;
    }
    return FALSE;
}

/* The row for a child element, and the object it belongs to in *ret_base. With @any rows of other tags count too (and
 * no object is made): is the element known at all? */
static const VirXmlRow *find_row_in(const VirXmlRow *row, xmlNodePtr child, const char *prefix, gpointer base, gboolean any,
                                    gpointer *ret_base)
{
    const VirXmlRow *found;

    for (; row->place != XP_END; row++) {
        switch ((VirXmlPlace)row->place) {
        case XP_ELEM: case XP_PRESENT: case XP_GROUP: case XP_EMBED: case XP_PTR: case XP_LIST: case XP_ARRAY:
        case XP_STRLIST: case XP_RAW: case XP_HOOK: case XP_IGNORED:
            if (!row->name || !name_matches(row->name, prefix, child) || !(any || key_matches(row, child)))
                break;
            *ret_base = base;
            return row;
        case XP_FIELDS:
            if ((found = find_row_in(vir_xml_table_rows(row), child, prefix, any ? NULL : vir_xml_member(base, row), any, ret_base)))
                return found;
            break;
        case XP_PTRFIELDS:
            /* A first look with any object, so that none is made in vain. */
            if (!find_row_in(vir_xml_table_rows(row), child, prefix, base, TRUE, ret_base))
                break;
            if (any)
                return row;
            if ((found = find_row_in(vir_xml_table_rows(row), child, prefix, ensure_pointer(row, base), FALSE, ret_base)))
                return found;
            break;
        case XP_WHEN:
            if (!(any || row->flags & XF_SETS || vir_xml_when(base, row)) ||
                !(found = find_row_in(row->aux, child, prefix, base, any, ret_base)))
                break;
            if (row->flags & XF_SETS && !any)
                *(guint8 *)vir_xml_member(base, row) = __builtin_ctzll(row->arg);
            return found;
        default:
            break;
        }
    }
    return NULL;
}

static const VirXmlRow *find_row(const VirXmlRow *rows, xmlNodePtr child, gpointer base, gboolean any, gpointer *ret_base)
{
    const char *prefix = prefix_of(child);

    return prefix ? find_row_in(rows, child, prefix, base, any, ret_base) : NULL;
}

/* Word for word, but indented as the rest of our output, with the namespaces it uses declared in it. */
static char *raw_text(xmlNodePtr node)
{
    xmlNodePtr copy = xmlDocCopyNode(node, node->doc, 1);
    xmlBufferPtr buf = xmlBufferCreate();
    char *text = NULL;

    if (copy && xmlNodeDump(buf, node->doc, copy, 1, 1) > 0)
        text = g_strdup((const char *)xmlBufferContent(buf));
    xmlBufferFree(buf);
    xmlFreeNode(copy);
    return text;
}

static gboolean parse_table(VirXmlParse *parse, const VirXmlTable *table, xmlNodePtr node, gpointer obj, GError **err)
{
    /* A document inside a document: messages and vocabulary begin anew. */
    if (table->known && table->known != parse->known) {
        VirXmlParse inner = { .flags = parse->flags, .from = parse->from, .known = table->known, .root = node };
        return parse_table(&inner, table, node, obj, err);
    }
    return parse_content(parse, table->rows, node, obj, err) &&
           (!table->parsed || table->parsed(parse, node, obj, err));
}

static gboolean parse_item(VirXmlParse *parse, const VirXmlRow *row, xmlNodePtr child, VirXmlList *list, GError **err)
{
    const VirXmlTable *table = row->aux;

    if (row->place == XP_STRLIST) {
        g_autofree char *owned = NULL;
        const char *text = node_text(child, &owned);
        vir_xml_list_grow(list, sizeof(gpointer), list->n);
        list->v[list->n - 1] = g_strdup(text);
        return TRUE;
    }
    if (row->place == XP_LIST) {
        gpointer item = vir_xml_new(table);
        vir_xml_list_grow(list, sizeof(gpointer), list->n);
        list->v[list->n - 1] = item;
        return parse_table(parse, table, child, item, err);
    }
    vir_xml_list_grow(list, table->size, list->n);
    gpointer item = (char *)list->v + (list->n - 1) * table->size;
    vir_xml_init(table, item);
    return parse_table(parse, table, child, item, err);
}

static gboolean parse_child(VirXmlParse *parse, const VirXmlRow *row, xmlNodePtr child, gpointer base, GError **err)
{
    gpointer member = vir_xml_member(base, row);

    switch ((VirXmlPlace)row->place) {
    case XP_ELEM: {
        g_autofree char *owned = NULL;
        const char *text;
        if (row->type->is_set(row, member))
            break;
        text = node_text(child, &owned);
        if (!parse_scalar(parse, row, child, text, member, err))
            return FALSE;
        break;
    }
    case XP_PRESENT:
        *(bool *)member = TRUE;
        break;
    case XP_GROUP:
        if (row->type == &vir_xml_bool)
            *(bool *)member = TRUE;
        return parse_content(parse, row->aux, child, base, err);
    case XP_EMBED:
        return parse_table(parse, row->aux, child, member, err);
    case XP_PTR:
        if (*(gpointer *)member) {
            if (row->flags & XF_EXCLUSIVE)
                return vir_xml_fail(parse, child, NULL, VIR_ERR_XML_ERROR, err, "only one such element can stand here");
            break;
        }
        return parse_table(parse, row->aux, child, ensure_pointer(row, base), err);
    case XP_LIST: case XP_ARRAY: case XP_STRLIST:
        return parse_item(parse, row, child, member, err);
    case XP_RAW:
        if (!*(char **)member)
            *(char **)member = raw_text(child);
        break;
    case XP_HOOK: {
        const VirXmlHook *hook = row->aux;
        return !hook->parse || hook->parse(parse, child, base, err);
    }
    default:
        break;
    }
    return TRUE;
}

/* The vocabulary entry for the children and attributes of @node; NULL when @node itself is unknown there. */
static const VirXmlKnownNode *known_node(const VirXmlParse *parse, xmlNodePtr node)
{
    const VirXmlKnown *known = parse->known;
    const VirXmlKnownNode *up;
    g_autofree char *qualified = NULL;
    const char *name = NAME(node), *prefix;

    if (node == parse->root) {
        g_auto(GStrv) path = g_strsplit(parse->known_path ? parse->known_path : "", "/", -1);
        up = &known->nodes[0];
        for (guint i = 1; path[0] && path[i] && up; i++) {
            const VirXmlKnownNode *child = &known->nodes[up->first_child], *end = child + up->n_children;
            while (child < end && strcmp(known->strings + child->name, path[i]))
                child++;
            up = child < end ? child : NULL;
        }
        return up;
    }
    if (!node->parent || node->parent->type != XML_ELEMENT_NODE || !(up = known_node(parse, node->parent)))
        return NULL;
    prefix = prefix_of(node);
    if (!prefix)
        return NULL;
    if (*prefix)
        name = qualified = g_strconcat(prefix, ":", name, NULL);
    for (guint i = 0; i < up->n_children; i++) {
        const VirXmlKnownNode *child = &known->nodes[up->first_child + i];
        if (strcmp(known->strings + child->name, name) == 0)
            return child;
    }
    return NULL;
}

static gboolean attr_is_known(const VirXmlParse *parse, const VirXmlKnownNode *entry, const char *name)
{
    for (guint i = 0; entry && i < entry->n_attrs; i++) {
        if (strcmp(parse->known->strings + parse->known->attrs[entry->first_attr + i], name) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean has_row_for_attr(const VirXmlRow *row, const char *name)
{
    for (; row->place != XP_END; row++) {
        if ((row->place == XP_ATTR || row->place == XP_IGNORED || row->place == XP_CONST) && strcmp(row->name, name) == 0)
            return TRUE;
        if (row->type == &vir_xml_size && row->place != XP_ELEM && strcmp(((const VirXmlUnit *)row->aux)->attr, name) == 0)
            return TRUE;
        if ((row->place == XP_FIELDS || row->place == XP_PTRFIELDS) && has_row_for_attr(vir_xml_table_rows(row), name))
            return TRUE;
        if (row->place == XP_WHEN && has_row_for_attr(row->aux, name))
            return TRUE;
    }
    return FALSE;
}

/* What no row took: part of the vocabulary means that we would drop what the user asked for. */
static gboolean check_unmatched(VirXmlParse *parse, const VirXmlRow *rows, xmlNodePtr node, GError **err)
{
    const VirXmlKnownNode *entry = NULL;
    gboolean looked = FALSE;
    gpointer unused;

    if (!parse->known)
        return TRUE;
    for (xmlAttrPtr attr = node->properties; attr; attr = attr->next) {
        if (attr->_private || attr->ns || has_row_for_attr(rows, (const char *)attr->name))
            continue;
        if (!looked)
            entry = known_node(parse, node);
        looked = TRUE;
        if (attr_is_known(parse, entry, (const char *)attr->name))
            return vir_xml_fail(parse, node, (const char *)attr->name, VIR_ERR_CONFIG_UNSUPPORTED, err,
                                "this attribute is not supported yet; remove it");
        if (parse->flags & VIR_XML_STRICT && entry)
            return vir_xml_fail(parse, node, (const char *)attr->name, VIR_ERR_XML_INVALID_SCHEMA, err,
                                "the schema has no such attribute here");
    }
    for (xmlNodePtr child = node->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE || child->_private || find_row(rows, child, NULL, TRUE, &unused))
            continue;
        if (known_node(parse, child))
            return vir_xml_fail(parse, child, NULL, VIR_ERR_CONFIG_UNSUPPORTED, err,
                                "this element is not supported yet; remove it");
        if (parse->flags & VIR_XML_STRICT && !child->ns && known_node(parse, node))
            return vir_xml_fail(parse, child, NULL, VIR_ERR_XML_INVALID_SCHEMA, err, "the schema has no such element here");
    }
    return TRUE;
}

static gboolean check_required(VirXmlParse *parse, const VirXmlRow *row, xmlNodePtr node, gpointer base, GError **err)
{
    for (; row->place != XP_END; row++) {
        if (row->place == XP_WHEN && vir_xml_when(base, row) && !check_required(parse, row->aux, node, base, err))
            return FALSE;
        if (!(row->flags & XF_REQUIRED) || row->place == XP_ATTR || !is_read(parse, row))
            continue;
        if (vir_xml_is_scalar(row) && !row->type->is_set(row, vir_xml_member(base, row)))
            return vir_xml_fail(parse, node, NULL, VIR_ERR_XML_ERROR, err, row->name ? "the element '%s' is missing" : "the text%s is missing",
                                row->name ? row->name : "");
    }
    return TRUE;
}

static gboolean run_hooks(VirXmlParse *parse, const VirXmlRow *row, xmlNodePtr node, gpointer base, GError **err)
{
    for (; row->place != XP_END; row++) {
        if (row->place == XP_HOOK && !row->name) {
            const VirXmlHook *hook = row->aux;
            if (hook->parse && !hook->parse(parse, node, base, err))
                return FALSE;
        } else if (row->place == XP_FIELDS) {
            if (!run_hooks(parse, vir_xml_table_rows(row), node, vir_xml_member(base, row), err))
                return FALSE;
        } else if (row->place == XP_WHEN && vir_xml_when(base, row)) {
            if (!run_hooks(parse, row->aux, node, base, err))
                return FALSE;
        }
    }
    return TRUE;
}

static gboolean parse_content(VirXmlParse *parse, const VirXmlRow *rows, xmlNodePtr node, gpointer base, GError **err)
{
    const VirXmlRow *row;
    gpointer owner;

    if (!parse_own(parse, rows, node, base, err) || !run_hooks(parse, rows, node, base, err))
        return FALSE;
    for (xmlNodePtr child = node->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE || child->_private)
            continue;
        row = find_row(rows, child, base, FALSE, &owner);
        if (!row)
            continue;
        child->_private = MARK;
        if (is_read(parse, row) && !parse_child(parse, row, child, owner, err))
            return FALSE;
    }
    return check_required(parse, rows, node, base, err) && check_unmatched(parse, rows, node, err);
}

gboolean vir_xml_parse_node(VirXmlParse *parse, const VirXmlTable *table, xmlNodePtr node, gpointer obj, GError **err)
{
    return parse_table(parse, table, node, obj, err);
}

gboolean vir_xml_parse(const VirXmlTable *table, xmlNodePtr node, gpointer obj, const VirXmlParse *opts, GError **err)
{
    VirXmlParse parse = *opts;

    parse.root = node;
    if (!parse.known)
        parse.known = table->known;
    if (strcmp(NAME(node), table->name)) {
        vir_xml_fail(&parse, node, NULL, VIR_ERR_XML_ERROR, err, "the element '%s' is expected here", table->name);
        return fail_as(VIR_FROM_XML, err);
    }
    return parse_table(&parse, table, node, obj, err);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the XML tables say about objects in memory: make, clear, copy, compare. Any thread on its own objects.
 */
#include "util/xmltab-internal.h"

#include <string.h>

void vir_xml_list_grow(gpointer list, gsize item_size, guint pos)
{
    VirXmlList *l = list;
    char *items;

    /* Room ends at a power of two, so that the length alone says when to grow. */
    if ((l->n & (l->n - 1)) == 0)
        l->v = g_realloc_n(l->v, l->n ? (gsize)l->n * 2 : 1, item_size);
    items = (char *)l->v;
    memmove(items + (pos + 1) * item_size, items + pos * item_size, (l->n - pos) * item_size);
    memset(items + pos * item_size, 0, item_size);
    l->n++;
}

void vir_xml_list_cut(gpointer list, gsize item_size, guint pos)
{
    VirXmlList *l = list;
    char *items = (char *)l->v;

    memmove(items + pos * item_size, items + (pos + 1) * item_size, (l->n - pos - 1) * item_size);
    if (--l->n == 0)
        g_clear_pointer(&l->v, g_free);
    else if ((l->n & (l->n - 1)) == 0)
        l->v = g_realloc_n(l->v, l->n, item_size);
}

void vir_xml_init_rows(const VirXmlRow *row, gpointer base)
{
    for (; row->place != XP_END; row++) {
        gpointer member = vir_xml_member(base, row);

        switch ((VirXmlPlace)row->place) {
        case XP_ATTR: case XP_TEXT: case XP_ELEM: case XP_DATA:
            if (row->arg == 0 || row->flags & XF_SHADOW)
                break;
            vir_xml_set_absent(row, member);
            break;
        case XP_WHEN:
            if (row->flags & XF_UNION)
                break;      /* when the tag is known */
            /* fall through */
        case XP_GROUP:
            vir_xml_init_rows(row->aux, base);
            break;
        case XP_FIELDS: case XP_EMBED:
            vir_xml_init_rows(vir_xml_table_rows(row), member);
            break;
        default:
            break;
        }
    }
}

void vir_xml_init(const VirXmlTable *table, gpointer obj)
{
    vir_xml_init_rows(table->rows, obj);
}

gpointer vir_xml_new(const VirXmlTable *table)
{
    gpointer obj = g_malloc0(table->size);

    vir_xml_init_rows(table->rows, obj);
    return obj;
}

static void clear_rows(const VirXmlRow *row, gpointer base);

static void clear_list(const VirXmlRow *row, VirXmlList *list)
{
    const VirXmlTable *table = row->aux;

    for (guint i = 0; i < list->n; i++) {
        if (row->place == XP_STRLIST)
            g_free(list->v[i]);
        else if (row->place == XP_LIST)
            vir_xml_free(table, list->v[i]);
        else
            clear_rows(table->rows, (char *)list->v + i * table->size);
    }
    g_free(list->v);
    list->v = NULL;
    list->n = 0;
}

static void clear_rows(const VirXmlRow *row, gpointer base)
{
    for (; row->place != XP_END; row++) {
        gpointer member = vir_xml_member(base, row);

        switch ((VirXmlPlace)row->place) {
        case XP_ATTR: case XP_TEXT: case XP_ELEM: case XP_DATA: case XP_PRESENT: case XP_RAW:
            if (row->type->clear && !(row->flags & XF_SHADOW))
                row->type->clear(member);
            break;
        case XP_GROUP:
            if (!(row->flags & XF_SHADOW))
                clear_rows(row->aux, base);
            break;
        case XP_WHEN:
            if (vir_xml_when(base, row))
                clear_rows(row->aux, base);
            break;
        case XP_FIELDS: case XP_EMBED:
            if (!(row->flags & XF_SHADOW))
                clear_rows(vir_xml_table_rows(row), member);
            break;
        case XP_PTR: case XP_PTRFIELDS:
            if (row->flags & XF_SHADOW)
                break;
            vir_xml_free(row->aux, *(gpointer *)member);
            *(gpointer *)member = NULL;
            break;
        case XP_LIST: case XP_ARRAY: case XP_STRLIST:
            if (!(row->flags & XF_SHADOW))
                clear_list(row, member);
            break;
        case XP_NSDECL: case XP_HOOK: case XP_IGNORED: case XP_CONST: case XP_END:
            break;
        }
    }
}

void vir_xml_clear(const VirXmlTable *table, gpointer obj)
{
    clear_rows(table->rows, obj);
    memset(obj, 0, table->size);
}

void vir_xml_free(const VirXmlTable *table, gpointer obj)
{
    if (!obj)
        return;
    clear_rows(table->rows, obj);
    g_free(obj);
}

static void copy_rows(const VirXmlRow *row, gconstpointer from, gpointer to);

static void copy_list(const VirXmlRow *row, const VirXmlList *from, VirXmlList *to)
{
    const VirXmlTable *table = row->aux;
    gsize item = row->place == XP_ARRAY ? table->size : sizeof(gpointer);
    gsize room = 1;

    if (from->n == 0) {
        to->v = NULL;
        return;
    }
    while (room < from->n)
        room *= 2;
    to->v = g_malloc_n(room, item);
    memcpy(to->v, from->v, from->n * item);
    for (guint i = 0; i < from->n; i++) {
        if (row->place == XP_STRLIST)
            to->v[i] = g_strdup(from->v[i]);
        else if (row->place == XP_LIST)
            to->v[i] = vir_xml_copy(table, from->v[i]);
        else
            copy_rows(table->rows, (const char *)from->v + i * item, (char *)to->v + i * item);
    }
}

/* @to holds the bytes of @from: what is owned is doubled. */
static void copy_rows(const VirXmlRow *row, gconstpointer from, gpointer to)
{
    for (; row->place != XP_END; row++) {
        gpointer src = vir_xml_member(from, row), dst = vir_xml_member(to, row);

        if (row->flags & XF_SHADOW)
            continue;
        switch ((VirXmlPlace)row->place) {
        case XP_ATTR: case XP_TEXT: case XP_ELEM: case XP_DATA: case XP_PRESENT: case XP_RAW:
            if (row->type->clear)
                row->type->copy(src, dst);
            break;
        case XP_GROUP:
            copy_rows(row->aux, from, to);
            break;
        case XP_WHEN:
            if (vir_xml_when(from, row))
                copy_rows(row->aux, from, to);
            break;
        case XP_FIELDS: case XP_EMBED:
            copy_rows(vir_xml_table_rows(row), src, dst);
            break;
        case XP_PTR: case XP_PTRFIELDS:
            *(gpointer *)dst = vir_xml_copy(row->aux, *(gpointer *)src);
            break;
        case XP_LIST: case XP_ARRAY: case XP_STRLIST:
            copy_list(row, src, dst);
            break;
        case XP_NSDECL: case XP_HOOK: case XP_IGNORED: case XP_CONST: case XP_END:
            break;
        }
    }
}

void vir_xml_copy_into(const VirXmlTable *table, gconstpointer from, gpointer to)
{
    memcpy(to, from, table->size);
    copy_rows(table->rows, from, to);
}

gpointer vir_xml_copy(const VirXmlTable *table, gconstpointer obj)
{
    gpointer copy;

    if (!obj)
        return NULL;
    copy = g_malloc(table->size);
    vir_xml_copy_into(table, obj, copy);
    return copy;
}

/* Compare. The path is written from the inside out while the recursion returns. */
typedef struct {
    guint mask;
    GString *path;      /* NULL: the caller does not ask */
    char *values;
} Compare;

static gboolean differ(Compare *cmp, const char *sep, const char *name, int index, char *values)
{
    if (!cmp->path) {
        g_free(values);
        return FALSE;
    }
    if (values)
        cmp->values = values;
    if (name) {
        g_autofree char *piece = index >= 0 ? g_strdup_printf("%s%s[%d]", sep, name, index + 1) : g_strconcat(sep, name, NULL);
        g_string_prepend(cmp->path, piece);
    }
    return FALSE;
}

static char *show(const VirXmlRow *row, gconstpointer member)
{
    GString *text = g_string_new(NULL);

    if (row->flags & XF_SECURE)
        g_string_append(text, "(hidden)");
    else if (row->type->is_set(row, member))
        row->type->format(row, member, text);
    else
        g_string_append(text, "nothing");
    return g_string_free(text, FALSE);
}

static gboolean equal_rows(Compare *cmp, const VirXmlRow *row, gconstpointer a, gconstpointer b);

static gboolean equal_scalar(Compare *cmp, const VirXmlRow *row, gconstpointer a, gconstpointer b)
{
    if ((row->flags & cmp->mask) != cmp->mask || row->type->equal(a, b))
        return TRUE;
    g_autofree char *va = show(row, a), *vb = show(row, b);
    return differ(cmp, row->place == XP_ATTR ? "@" : "/", row->place == XP_TEXT ? NULL : row->name ? row->name : "private", -1,
                  g_strdup_printf("'%s' is not '%s'", va, vb));
}

static gboolean equal_pointer(Compare *cmp, const VirXmlRow *row, gconstpointer a, gconstpointer b)
{
    const VirXmlTable *table = row->aux;
    const char *name = row->place == XP_PTR ? row->name : NULL;

    if (!a && !b)
        return TRUE;
    if (!a || !b) {
        if ((row->flags & cmp->mask) != cmp->mask)
            return TRUE;
        return differ(cmp, "/", row->name ? row->name : table->name, -1, g_strdup(a ? "is there once only" : "is new"));
    }
    return equal_rows(cmp, table->rows, a, b) || differ(cmp, "/", name, -1, NULL);
}

static gboolean equal_list(Compare *cmp, const VirXmlRow *row, const VirXmlList *a, const VirXmlList *b)
{
    const VirXmlTable *table = row->aux;
    gboolean asked = (row->flags & cmp->mask) == cmp->mask;

    if (a->n != b->n && asked)
        return differ(cmp, "/", row->name, -1, g_strdup_printf("%u of them are not %u", a->n, b->n));
    for (guint i = 0; i < MIN(a->n, b->n); i++) {
        gboolean same;
        if (row->place == XP_STRLIST)
            same = !asked || g_strcmp0(a->v[i], b->v[i]) == 0;
        else if (row->place == XP_LIST)
            same = equal_rows(cmp, table->rows, a->v[i], b->v[i]);
        else
            same = equal_rows(cmp, table->rows, (const char *)a->v + i * table->size, (const char *)b->v + i * table->size);
        if (!same)
            return differ(cmp, "/", row->name, i, row->place == XP_STRLIST ? g_strdup("the texts differ") : NULL);
    }
    return TRUE;
}

static gboolean equal_rows(Compare *cmp, const VirXmlRow *row, gconstpointer a, gconstpointer b)
{
    for (; row->place != XP_END; row++) {
        gpointer ma = vir_xml_member(a, row), mb = vir_xml_member(b, row);
        gboolean same = TRUE;

        if (row->flags & XF_SHADOW)
            continue;
        switch ((VirXmlPlace)row->place) {
        case XP_ATTR: case XP_TEXT: case XP_ELEM: case XP_DATA: case XP_PRESENT: case XP_RAW:
            same = equal_scalar(cmp, row, ma, mb);
            break;
        case XP_GROUP:
            if (row->type == &vir_xml_bool && (row->flags & cmp->mask) == cmp->mask && !row->type->equal(ma, mb))
                same = differ(cmp, "/", row->name, -1, g_strdup(*(bool *)ma ? "is there once only" : "is new"));
            else
                same = equal_rows(cmp, row->aux, a, b) || differ(cmp, "/", row->name, -1, NULL);
            break;
        case XP_WHEN:
            /* Where the tags differ, the tag's own row has said so or does not matter. */
            if (vir_xml_when(a, row) && *(guint8 *)ma == *(guint8 *)mb)
                same = equal_rows(cmp, row->aux, a, b);
            break;
        case XP_FIELDS:
            same = equal_rows(cmp, vir_xml_table_rows(row), ma, mb);
            break;
        case XP_EMBED:
            same = equal_rows(cmp, vir_xml_table_rows(row), ma, mb) || differ(cmp, "/", row->name, -1, NULL);
            break;
        case XP_PTR: case XP_PTRFIELDS:
            same = equal_pointer(cmp, row, *(gpointer *)ma, *(gpointer *)mb);
            break;
        case XP_LIST: case XP_ARRAY: case XP_STRLIST:
            same = equal_list(cmp, row, ma, mb);
            break;
        case XP_NSDECL: case XP_HOOK: case XP_IGNORED: case XP_CONST: case XP_END:
            break;
        }
        if (!same)
            return FALSE;
    }
    return TRUE;
}

gboolean vir_xml_equal(const VirXmlTable *table, gconstpointer a, gconstpointer b, guint mask, char **diff)
{
    Compare cmp = { .mask = mask };
    gboolean same;

    if (diff)
        cmp.path = g_string_new(NULL);
    same = equal_rows(&cmp, table->rows, a, b);
    if (diff) {
        *diff = same ? NULL : g_strdup_printf("%s%s: %s", table->name, cmp.path->str, cmp.values ? cmp.values : "differs");
        g_string_free(cmp.path, TRUE);
        g_free(cmp.values);
    }
    return same;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An object and all it owns in one block of memory: a third smaller than in pieces, and freed at once. For objects that
 * are kept and read but not changed any more. Any thread on its own objects.
 */
#include "util/xmltab-internal.h"

#include <string.h>

/* Two runs over the rows: the first with no block only counts. */
typedef struct {
    char *block;
    gsize used;
    gboolean impossible;
} Pack;

static void pack_rows(Pack *pack, const VirXmlRow *row, gconstpointer from, gpointer to);

/* Room for @size bytes, filled from @from; NULL in the counting run. */
static gpointer put(Pack *pack, gconstpointer from, gsize size, gsize align)
{
    gsize at = (pack->used + align - 1) & ~(align - 1);

    pack->used = at + size;
    return pack->block ? memcpy(pack->block + at, from, size) : NULL;
}

static char *put_string(Pack *pack, const char *text)
{
    return text ? put(pack, text, strlen(text) + 1, 1) : NULL;
}

static void put_list(Pack *pack, const VirXmlRow *row, const VirXmlList *from, VirXmlList *to)
{
    const VirXmlTable *table = row->aux;
    gsize item = row->place == XP_ARRAY ? table->size : sizeof(gpointer);
    gpointer *items;

    if (from->n == 0)
        return;
    items = put(pack, from->v, from->n * item, sizeof(gpointer));
    for (guint i = 0; i < from->n; i++) {
        if (row->place == XP_ARRAY) {
            pack_rows(pack, table->rows, (const char *)from->v + i * item, items ? (char *)items + i * item : NULL);
            continue;
        }
        gpointer one = row->place == XP_STRLIST ? put_string(pack, from->v[i]) : put(pack, from->v[i], table->size, sizeof(gpointer));
        if (row->place == XP_LIST)
            pack_rows(pack, table->rows, from->v[i], one);
        if (items)
            items[i] = one;
    }
    if (items)
        to->v = items;
}

static void pack_rows(Pack *pack, const VirXmlRow *row, gconstpointer from, gpointer to)
{
    for (; row->place != XP_END; row++) {
        gpointer src = vir_xml_member(from, row), dst = to ? vir_xml_member(to, row) : NULL, copy;

        if (row->flags & XF_SHADOW)
            continue;
        switch ((VirXmlPlace)row->place) {
        case XP_ATTR: case XP_TEXT: case XP_ELEM: case XP_DATA: case XP_PRESENT: case XP_RAW:
            if (row->type == &vir_xml_string) {
                copy = put_string(pack, *(char **)src);
                if (dst)
                    *(char **)dst = copy;
            } else if (row->type->clear && row->type->is_set(row, src)) {
                pack->impossible = TRUE;    /* only the type knows how it is made */
            }
            break;
        case XP_GROUP:
            pack_rows(pack, row->aux, from, to);
            break;
        case XP_WHEN:
            if (vir_xml_when(from, row))
                pack_rows(pack, row->aux, from, to);
            break;
        case XP_FIELDS: case XP_EMBED:
            pack_rows(pack, vir_xml_table_rows(row), src, dst);
            break;
        case XP_PTR: case XP_PTRFIELDS:
            if (!*(gpointer *)src)
                break;
            copy = put(pack, *(gpointer *)src, ((const VirXmlTable *)row->aux)->size, sizeof(gpointer));
            pack_rows(pack, vir_xml_table_rows(row), *(gpointer *)src, copy);
            if (dst)
                *(gpointer *)dst = copy;
            break;
        case XP_LIST: case XP_ARRAY: case XP_STRLIST:
            put_list(pack, row, src, dst);
            break;
        case XP_NSDECL: case XP_HOOK: case XP_IGNORED: case XP_CONST: case XP_END:
            break;
        }
    }
}

gpointer vir_xml_pack(const VirXmlTable *table, gconstpointer obj)
{
    Pack pack = { NULL, table->size, FALSE };

    pack_rows(&pack, table->rows, obj, NULL);
    if (pack.impossible)
        return NULL;
    pack.block = g_malloc(pack.used);
    pack.used = table->size;
    memcpy(pack.block, obj, table->size);
    pack_rows(&pack, table->rows, obj, pack.block);
    return pack.block;
}

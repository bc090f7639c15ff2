/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/bitmap.h"

#include <string.h>

#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_NONE

struct VirBitmap {
    guint64 *words;
    guint n;                 /* words there are */
};

VirBitmap *vir_bitmap_new(void)
{
    return g_new0(VirBitmap, 1);
}

VirBitmap *vir_bitmap_new_full(guint n)
{
    VirBitmap *map = vir_bitmap_new();
    for (guint i = 0; i < MIN(n, VIR_BITMAP_MAX); i++)
        vir_bitmap_set(map, i);
    return map;
}

VirBitmap *vir_bitmap_copy(const VirBitmap *map)
{
    if (!map)
        return NULL;
    VirBitmap *copy = vir_bitmap_new();
    copy->n = map->n;
    copy->words = g_memdup2(map->words, map->n * sizeof(guint64));
    return copy;
}

void vir_bitmap_free(VirBitmap *map)
{
    if (!map)
        return;
    g_free(map->words);
    g_free(map);
}

static guint64 word(const VirBitmap *map, guint i)
{
    return map && i < map->n ? map->words[i] : 0;
}

static void grow(VirBitmap *map, guint n)
{
    if (n <= map->n)
        return;
    map->words = g_renew(guint64, map->words, n);
    memset(map->words + map->n, 0, (n - map->n) * sizeof(guint64));
    map->n = n;
}

void vir_bitmap_set(VirBitmap *map, guint bit)
{
    if (bit >= VIR_BITMAP_MAX)
        return;
    grow(map, bit / 64 + 1);
    map->words[bit / 64] |= G_GUINT64_CONSTANT(1) << bit % 64;
}

void vir_bitmap_clear(VirBitmap *map, guint bit)
{
    if (bit / 64 < map->n)
        map->words[bit / 64] &= ~(G_GUINT64_CONSTANT(1) << bit % 64);
}

gboolean vir_bitmap_test(const VirBitmap *map, guint bit)
{
    return word(map, bit / 64) >> bit % 64 & 1;
}

guint vir_bitmap_count(const VirBitmap *map)
{
    guint sum = 0;
    for (guint i = 0; map && i < map->n; i++)
        sum += __builtin_popcountll(map->words[i]);
    return sum;
}

gboolean vir_bitmap_is_empty(const VirBitmap *map)
{
    return vir_bitmap_next(map, -1) < 0;
}

gboolean vir_bitmap_equal(const VirBitmap *a, const VirBitmap *b)
{
    if (!a || !b)
        return a == b;
    for (guint i = 0; i < MAX(a->n, b->n); i++)
        if (word(a, i) != word(b, i))
            return FALSE;
    return TRUE;
}

gboolean vir_bitmap_overlaps(const VirBitmap *a, const VirBitmap *b)
{
    for (guint i = 0; a && b && i < MIN(a->n, b->n); i++)
        if (a->words[i] & b->words[i])
            return TRUE;
    return FALSE;
}

gboolean vir_bitmap_is_subset(const VirBitmap *part, const VirBitmap *whole)
{
    for (guint i = 0; part && i < part->n; i++)
        if (part->words[i] & ~word(whole, i))
            return FALSE;
    return TRUE;
}

void vir_bitmap_union(VirBitmap *map, const VirBitmap *other)
{
    grow(map, other->n);
    for (guint i = 0; i < other->n; i++)
        map->words[i] |= other->words[i];
}

void vir_bitmap_intersect(VirBitmap *map, const VirBitmap *other)
{
    for (guint i = 0; i < map->n; i++)
        map->words[i] &= word(other, i);
}

void vir_bitmap_subtract(VirBitmap *map, const VirBitmap *other)
{
    for (guint i = 0; i < map->n; i++)
        map->words[i] &= ~word(other, i);
}

int vir_bitmap_next(const VirBitmap *map, int bit)
{
    guint at = bit < 0 ? 0 : (guint)bit + 1;
    for (guint i = at / 64; map && i < map->n; i++) {
        guint64 w = map->words[i];
        if (i == at / 64)
            w &= ~G_GUINT64_CONSTANT(0) << at % 64;
        if (w)
            return i * 64 + __builtin_ctzll(w);
    }
    return -1;
}

int vir_bitmap_next_clear(const VirBitmap *map, int bit)
{
    guint at = bit < 0 ? 0 : (guint)bit + 1;
    while (vir_bitmap_test(map, at))
        at++;
    return at < VIR_BITMAP_MAX ? (int)at : -1;
}

int vir_bitmap_last(const VirBitmap *map)
{
    for (guint i = map ? map->n : 0; i > 0; i--)
        if (map->words[i - 1])
            return i * 64 - 1 - __builtin_clzll(map->words[i - 1]);
    return -1;
}

VirBitmap *vir_bitmap_from_bytes(const guint8 *bytes, gsize len)
{
    VirBitmap *map = vir_bitmap_new();
    len = MIN(len, VIR_BITMAP_MAX / 8);
    grow(map, (len + 7) / 8);
    for (gsize i = 0; i < len; i++)
        map->words[i / 8] |= (guint64)bytes[i] << i % 8 * 8;
    return map;
}

void vir_bitmap_to_bytes(const VirBitmap *map, guint8 *bytes, gsize len)
{
    for (gsize i = 0; i < len; i++)
        bytes[i] = word(map, i / 8) >> i % 8 * 8;
}

static const char *skip_space(const char *p)
{
    while (g_ascii_isspace(*p))
        p++;
    return p;
}

/* A number below @limit at *p, moved past it. */
static gboolean parse_number(const char **p, guint limit, guint *ret)
{
    guint v = 0;
    const char *start = *p;
    for (; g_ascii_isdigit(**p); (*p)++) {
        v = v * 10 + (**p - '0');
        if (v >= limit)
            return FALSE;
    }
    *ret = v;
    return *p != start;
}

/* One "3", "3-5" or "^3". */
static gboolean parse_item(VirBitmap *map, const char **p, guint limit)
{
    gboolean take = **p == '^';
    guint first, last;
    *p += take;
    if (!parse_number(p, limit, &first))
        return FALSE;
    last = first;
    *p = skip_space(*p);
    if (**p == '-' && !take) {
        *p = skip_space(*p + 1);
        if (!parse_number(p, limit, &last) || last < first)
            return FALSE;
    }
    for (guint i = first; i <= last; i++)
        take ? vir_bitmap_clear(map, i) : vir_bitmap_set(map, i);
    return TRUE;
}

VirBitmap *vir_bitmap_parse(const char *text, guint limit, GError **err)
{
    g_autoptr(VirBitmap) map = vir_bitmap_new();
    limit = MIN(limit, VIR_BITMAP_MAX);
    const char *p = skip_space(text);
    for (;;) {
        if (!parse_item(map, &p, limit))
            break;
        p = skip_space(p);
        gboolean comma = *p == ',';
        p = skip_space(p + comma);
        if (!*p) {   /* also after a comma, as the reference takes it */
            if (!vir_bitmap_is_empty(map))
                return g_steal_pointer(&map);
            vir_fail(err, VIR_ERR_INVALID_ARG, "set '%.200s' is empty", text);
            return NULL;
        }
        if (!comma)
            break;
    }
    vir_fail(err, VIR_ERR_INVALID_ARG, "set '%.200s' is wrong at '%.20s' (write numbers below %u as in 0-3,^2,8)", text,
             p, limit);
    return NULL;
}

char *vir_bitmap_format(const VirBitmap *map)
{
    GString *out = g_string_new(NULL);
    for (int first = vir_bitmap_next(map, -1); first >= 0;) {
        int last = first, next;
        while ((next = vir_bitmap_next(map, last)) == last + 1)
            last = next;
        g_string_append_printf(out, last > first ? "%s%d-%d" : "%s%d", out->len ? "," : "", first, last);
        first = next;
    }
    return g_string_free(out, FALSE);
}

char *vir_bitmap_format_hex(const VirBitmap *map)
{
    int last = vir_bitmap_last(map);
    GString *out = g_string_new(NULL);
    for (int nibble = MAX(last, 0) / 4; nibble >= 0; nibble--)
        g_string_append_printf(out, "%x", (int)(word(map, nibble / 16) >> nibble % 16 * 4 & 15));
    return g_string_free(out, FALSE);
}

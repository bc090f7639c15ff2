/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sets of small numbers (CPUs, NUMA nodes, ports): text "0-3,^2,8", and the byte form of the API's cpumaps.
 * A set grows as bits are set, up to VIR_BITMAP_MAX bits. Not thread-safe; immutable sets may be shared.
 */
#pragma once

#include <glib.h>

#define VIR_BITMAP_MAX 65536

typedef struct VirBitmap VirBitmap;

VirBitmap *vir_bitmap_new(void);
VirBitmap *vir_bitmap_new_full(guint n);   /* 0 .. n-1 all set */
VirBitmap *vir_bitmap_copy(const VirBitmap *map);
void vir_bitmap_free(VirBitmap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirBitmap, vir_bitmap_free)

/* Numbers and ranges between commas, "^" takes a number out that stood before it, space is allowed around each, one
 * comma at the end is no error; bits must be below @limit. Returns: caller frees; NULL with VIR_ERR_INVALID_ARG naming the text and the place. An empty text or an
 * empty result is an error. */
VirBitmap *vir_bitmap_parse(const char *text, guint limit, GError **err);
/* "0-1,3". "" for the empty set. Returns: caller frees. */
char *vir_bitmap_format(const VirBitmap *map);
/* Hexadecimal with the highest bits first, no prefix, for masks. Returns: caller frees. */
char *vir_bitmap_format_hex(const VirBitmap *map);

void vir_bitmap_set(VirBitmap *map, guint bit);     /* no effect from VIR_BITMAP_MAX on */
void vir_bitmap_clear(VirBitmap *map, guint bit);
gboolean vir_bitmap_test(const VirBitmap *map, guint bit);   /* FALSE also beyond its end, and for NULL */
guint vir_bitmap_count(const VirBitmap *map);
gboolean vir_bitmap_is_empty(const VirBitmap *map);
gboolean vir_bitmap_equal(const VirBitmap *a, const VirBitmap *b);   /* NULL equals NULL only */
gboolean vir_bitmap_overlaps(const VirBitmap *a, const VirBitmap *b);
gboolean vir_bitmap_is_subset(const VirBitmap *part, const VirBitmap *whole);
void vir_bitmap_union(VirBitmap *map, const VirBitmap *other);
void vir_bitmap_intersect(VirBitmap *map, const VirBitmap *other);
void vir_bitmap_subtract(VirBitmap *map, const VirBitmap *other);
/* The first bit after @bit (-1 to begin); -1 when there is none. */
int vir_bitmap_next(const VirBitmap *map, int bit);
int vir_bitmap_next_clear(const VirBitmap *map, int bit);
int vir_bitmap_last(const VirBitmap *map);          /* -1: empty */

/* Bit n is bit n%8 of byte n/8. to_bytes fills all @len bytes and leaves out what does not fit. */
VirBitmap *vir_bitmap_from_bytes(const guint8 *bytes, gsize len);
void vir_bitmap_to_bytes(const VirBitmap *map, guint8 *bytes, gsize len);

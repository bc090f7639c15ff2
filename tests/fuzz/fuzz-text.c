/* SPDX-License-Identifier: LGPL-2.1-or-later
 * The small texts of documents: CPU sets, sizes, UUIDs, MAC addresses. The first byte says which. */
#include "fuzz.h"
#include "util/bitmap.h"
#include "util/mac.h"
#include "util/units.h"
#include "util/uuid.h"

static void try_bitmap(const char *text)
{
    g_autoptr(VirBitmap) map = vir_bitmap_parse(text, 4096, NULL);
    if (!map)
        return;
    g_assert_cmpint(vir_bitmap_last(map), <, 4096);
    g_autofree char *out = vir_bitmap_format(map);
    g_autoptr(VirBitmap) again = vir_bitmap_parse(out, 4096, NULL);
    g_assert_true(vir_bitmap_equal(map, again));
    guint8 bytes[512];
    vir_bitmap_to_bytes(map, bytes, sizeof(bytes));
    g_autoptr(VirBitmap) back = vir_bitmap_from_bytes(bytes, sizeof(bytes));
    g_assert_true(vir_bitmap_equal(map, back));
}

static void try_units(const char *text)
{
    guint64 v;
    gint64 n;
    if (vir_units_parse(text, 1024, G_MAXUINT32, &v, NULL))
        g_assert_cmpuint(v, <=, G_MAXUINT32);
    if (vir_units_int64(text, -5, 500, &n))
        g_assert_true(n >= -5 && n <= 500);
}

static void try_uuid(const char *text)
{
    guint8 uuid[VIR_UUID_LEN], again[VIR_UUID_LEN];
    char buf[VIR_UUID_TEXT];
    if (!vir_uuid_parse(text, uuid))
        return;
    g_assert_true(vir_uuid_parse_strict(vir_uuid_format(uuid, buf), again));
    g_assert_true(vir_uuid_equal(uuid, again));
}

static void try_mac(const char *text)
{
    VirMac mac, again;
    char buf[VIR_MAC_TEXT];
    if (!vir_mac_parse(text, &mac))
        return;
    g_assert_true(vir_mac_parse(vir_mac_format(&mac, buf), &again));
    g_assert_cmpint(vir_mac_cmp(&mac, &again), ==, 0);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize len)
{
    static void (*const all[])(const char *text) = { try_bitmap, try_units, try_uuid, try_mac };
    if (len == 0)
        return 0;
    g_autofree char *text = g_strndup((const char *)data + 1, len - 1);
    all[data[0] % G_N_ELEMENTS(all)](text);
    return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "util/bitmap.h"
#include "util/enum.h"
#include "util/error.h"
#include "util/mac.h"
#include "util/undo.h"
#include "util/units.h"
#include "util/uuid.h"

typedef enum { BUS_IDE, BUS_NONE, BUS_SCSI, BUS_LAST } Bus;
extern const VirEnum bus_enum;
VIR_ENUM_DEFINE(bus_enum, "bus", BUS_LAST, "ide", NULL, "scsi")

static void test_enum(void)
{
    g_autoptr(GError) err = NULL;
    int v;
    g_assert_cmpstr(vir_enum_to_string(&bus_enum, BUS_SCSI), ==, "scsi");
    g_assert_null(vir_enum_to_string(&bus_enum, BUS_LAST));
    g_assert_null(vir_enum_to_string(&bus_enum, -1));
    g_assert_cmpint(vir_enum_from_string(&bus_enum, "scsi"), ==, BUS_SCSI);
    g_assert_cmpint(vir_enum_from_string(&bus_enum, NULL), ==, -1);
    g_assert_true(vir_enum_parse(&bus_enum, "ide", &v, &err));
    g_assert_cmpint(v, ==, BUS_IDE);
    g_assert_false(vir_enum_parse(&bus_enum, "isa", &v, &err));
    g_assert_cmpstr(err->message, ==, "unknown bus 'isa' (one of: ide, scsi)");
}

static void test_uuid(void)
{
    static const char text[] = "c7a5fdbd-edaf-9455-926a-d65c16db1809";
    static const char *const good[] = { text, "c7a5fdbdedaf9455926ad65c16db1809", " C7A5FDBD-edaf-9455-926a-d65c16db1809\n",
                                        "c7a5-fdbdedaf9455-926ad65c16db1809" };
    static const char *const bad[] = { "", "c7a5", "-c7a5fdbdedaf9455926ad65c16db1809", "c7a5fdbdedaf9455926ad65c16db180",
                                       "c7a5fdbdedaf9455926ad65c16db18091", "c7a5fdbdedaf9455926ad65c16db180g",
                                       "c7a5fdbdedaf9455926ad65c16db1809 x" };
    guint8 want[16], got[16];
    char buf[VIR_UUID_TEXT];
    g_assert_true(vir_uuid_parse_strict(text, want));
    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        g_assert_true(vir_uuid_parse(good[i], got));
        g_assert_cmpmem(got, 16, want, 16);
        g_assert_cmpint(vir_uuid_parse_strict(good[i], got), ==, i == 0);
    }
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(vir_uuid_parse(bad[i], got));
    g_assert_cmpstr(vir_uuid_format(want, buf), ==, text);

    guint8 other[16];
    vir_uuid_generate(got);
    vir_uuid_generate(other);
    g_assert_false(vir_uuid_equal(got, other));
    g_assert_cmpint(got[6] >> 4, ==, 4);
    g_assert_cmpint(got[8] >> 6, ==, 2);
    g_assert_true(vir_uuid_is_valid(got));
    memset(got, 0x33, 16);
    g_assert_false(vir_uuid_is_valid(got));
    g_assert_false(vir_uuid_is_zero(got));
    memset(got, 0x34, 16);
    g_assert_true(vir_uuid_is_valid(got));
    memset(got, 0, 16);
    g_assert_true(vir_uuid_is_zero(got));
    g_assert_false(vir_uuid_is_valid(got));
}

static void test_mac(void)
{
    static const char *const bad[] = { "", "52:54:00:01:02", "52:54:00:01:02:03:04", "52:54:00:01:02:0g", "525400010203",
                                       "52:54:00:01:02:03 ", "052:54:00:01:02:03", "52::54:00:01:02" };
    VirMac mac, other;
    char buf[VIR_MAC_TEXT];
    g_assert_true(vir_mac_parse("52:54:0:A1:2:c", &mac));
    g_assert_cmpstr(vir_mac_format(&mac, buf), ==, "52:54:00:a1:02:0c");
    g_assert_true(vir_mac_parse("52-54-00-a1-02-0c", &other));
    g_assert_cmpint(vir_mac_cmp(&mac, &other), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(vir_mac_parse(bad[i], &mac));
    g_assert_false(vir_mac_is_multicast(&mac));
    g_assert_true(vir_mac_parse("01:00:5e:00:00:01", &mac));
    g_assert_true(vir_mac_is_multicast(&mac));
    vir_mac_generate((guint8[]){ 0x52, 0x54, 0 }, &mac);
    g_assert_cmpint(mac.b[1], ==, 0x54);
    g_assert_false(vir_mac_is_zero(&mac));
}

static void assert_round(const char *in, const char *out)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(VirBitmap) map = vir_bitmap_parse(in, 4096, &err);
    g_assert_no_error(err);
    g_autofree char *text = vir_bitmap_format(map);
    g_assert_cmpstr(text, ==, out);
}

static void test_bitmap_text(void)
{
    static const char *const bad[] = { "", " ", ",", "1,,", "^1,", "a", "1-", "-1", "3-1", "4096", "0-4096", "1 2", "^1", "1,^1",
                                       "99999999999999999999", "1--2", "1,,2" };
    assert_round("0", "0");
    assert_round("0-3,^2,8", "0-1,3,8");
    assert_round(" 3 , 1 - 2 ,0", "0-3");
    assert_round("4095", "4095");
    assert_round("^2,0-3,", "0-3");
    assert_round("63-64,127-129", "63-64,127-129");
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) err = NULL;
        g_assert_null(vir_bitmap_parse(bad[i], 4096, &err));
        g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_INVALID_ARG);
    }
}

static void test_bitmap_sets(void)
{
    g_autoptr(VirBitmap) a = vir_bitmap_parse("0-3,70", 100, NULL);
    g_autoptr(VirBitmap) b = vir_bitmap_parse("2-5", 100, NULL);
    g_autoptr(VirBitmap) c = vir_bitmap_copy(a);
    g_assert_true(vir_bitmap_equal(a, c));
    g_assert_false(vir_bitmap_equal(a, b));
    g_assert_false(vir_bitmap_equal(a, NULL));
    g_assert_true(vir_bitmap_overlaps(a, b));
    g_assert_cmpuint(vir_bitmap_count(a), ==, 5);
    g_assert_cmpint(vir_bitmap_last(a), ==, 70);
    g_assert_cmpint(vir_bitmap_next(a, 3), ==, 70);
    g_assert_cmpint(vir_bitmap_next(a, 70), ==, -1);
    g_assert_cmpint(vir_bitmap_next_clear(a, -1), ==, 4);
    vir_bitmap_union(c, b);
    g_autofree char *u = vir_bitmap_format(c);
    g_assert_cmpstr(u, ==, "0-5,70");
    g_assert_true(vir_bitmap_is_subset(b, c));
    vir_bitmap_subtract(c, b);
    g_autofree char *s = vir_bitmap_format(c);
    g_assert_cmpstr(s, ==, "0-1,70");
    vir_bitmap_intersect(c, b);
    g_assert_true(vir_bitmap_is_empty(c));
    g_assert_cmpint(vir_bitmap_last(c), ==, -1);

    guint8 bytes[10] = { 0x05, 0x80 }, out[10], small[1];
    g_autoptr(VirBitmap) d = vir_bitmap_from_bytes(bytes, 10);
    g_autofree char *t = vir_bitmap_format(d);
    g_assert_cmpstr(t, ==, "0,2,15");
    vir_bitmap_to_bytes(d, out, 10);
    g_assert_cmpmem(out, 10, bytes, 10);
    vir_bitmap_to_bytes(d, small, 1);
    g_assert_cmpint(small[0], ==, 5);
    g_autofree char *hex = vir_bitmap_format_hex(d);
    g_assert_cmpstr(hex, ==, "8005");
    vir_bitmap_clear(d, 15);
    vir_bitmap_clear(d, 5000);
    g_assert_false(vir_bitmap_test(d, 15));
    vir_bitmap_set(d, VIR_BITMAP_MAX);
    g_assert_cmpuint(vir_bitmap_count(d), ==, 2);
    g_autoptr(VirBitmap) full = vir_bitmap_new_full(65);
    g_assert_cmpuint(vir_bitmap_count(full), ==, 65);
}

static void test_units(void)
{
    static const struct {
        const char *text;
        guint64 bytes;
    } good[] = { { "10", 10 }, { "10b", 10 }, { "3 KiB", 3072 }, { "3KB", 3000 }, { " 2M ", 2097152 }, { "1 bytes", 1 },
                 { "1GiB", 1073741824 }, { "1T", G_GUINT64_CONSTANT(1) << 40 }, { "15E", G_GUINT64_CONSTANT(15) << 60 } };
    static const char *const bad[] = { "", "x", "-1", "1 XB", "1KiBs", "16E", "18446744073709551616", "1.5G" };
    guint64 v;
    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        g_assert_true(vir_units_parse(good[i].text, 1, 0, &v, NULL));
        g_assert_cmpuint(v, ==, good[i].bytes);
    }
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) err = NULL;
        g_assert_false(vir_units_parse(bad[i], 1, 0, &v, &err));
        g_assert_nonnull(err);
    }
    g_autoptr(GError) err = NULL;
    v = 1024;
    g_assert_true(vir_units_scale(&v, NULL, 1024, 0, &err));
    g_assert_cmpuint(v, ==, 1048576);
    g_assert_false(vir_units_scale(&v, "KiB", 1, 1024, &err));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_OVERFLOW);
    const char *unit;
    g_assert_cmpfloat(vir_units_pretty(1536 * 1024, &unit), ==, 1.5);
    g_assert_cmpstr(unit, ==, "MiB");

    gint64 n;
    g_assert_true(vir_units_int64("-9223372036854775808", G_MININT64, G_MAXINT64, &n));
    g_assert_true(n == G_MININT64);
    g_assert_false(vir_units_int64("9223372036854775808", G_MININT64, G_MAXINT64, &n));
    g_assert_false(vir_units_int64("1 ", 0, 10, &n));
    g_assert_false(vir_units_int64("11", 0, 10, &n));
    g_assert_true(vir_units_uint64("18446744073709551615", G_MAXUINT64, &v));
    g_assert_false(vir_units_uint64("+1", G_MAXUINT64, &v));
}

static GString *trace;

static void note(gpointer data)
{
    g_string_append(trace, data);
}

static void note_free(gpointer data)
{
    g_string_append_printf(trace, "(%s)", (char *)data);
}

static void use_undo(gboolean succeed)
{
    g_auto(VirUndo) undo = VIR_UNDO_INIT;
    vir_undo_push(&undo, "a", note, (char *)"a", NULL);
    vir_undo_push(&undo, "b", note, (char *)"b", note_free);
    guint mark = undo.n;
    for (int i = 0; i < 20; i++)
        vir_undo_push(&undo, "c", note, (char *)"c", NULL);
    vir_undo_run_to(&undo, mark + 1);
    g_auto(VirUndo) inner = VIR_UNDO_INIT;
    vir_undo_push(&inner, "d", note, (char *)"d", NULL);
    vir_undo_move(&undo, &inner);
    if (succeed)
        vir_undo_disarm(&undo);
}

static void test_undo(void)
{
    trace = g_string_new(NULL);
    use_undo(FALSE);
    g_assert_cmpstr(trace->str, ==, "ccccccccccccccccccc" "dcb(b)a");
    g_string_truncate(trace, 0);
    use_undo(TRUE);
    g_assert_cmpstr(trace->str, ==, "ccccccccccccccccccc" "(b)");
    g_string_free(trace, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/types/enum", test_enum);
    g_test_add_func("/types/uuid", test_uuid);
    g_test_add_func("/types/mac", test_mac);
    g_test_add_func("/types/bitmap-text", test_bitmap_text);
    g_test_add_func("/types/bitmap-sets", test_bitmap_sets);
    g_test_add_func("/types/units", test_units);
    g_test_add_func("/types/undo", test_undo);
    return g_test_run();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 * The wire codec: exact bytes of every kind of field, and what it refuses. */
#include <glib.h>
#include <stddef.h>
#include <string.h>

#include <tirpc/rpc/xdr.h>   /* not <rpc/xdr.h>: ours has that name */

#include "rpc/xdr.h"
#include "util/error.h"

typedef struct { int type; union { int i; char *s; } u; } TestUnion;
typedef struct { char *name; guint8 uuid[5]; } Inner;
typedef struct {
    gint32 i;
    guint32 ui;
    gint64 l;
    guint64 ul;
    double d;
    char c;
    guint8 uc;
    guint16 us;
    char *s, *opt;
    guint8 uuid[5];
    struct { guint len; guint8 *val; } blob;
    struct { guint len; char *val; } chars;
    char model[3];
    Inner inner;
    Inner *maybe;
    struct { guint len; char **val; } names;
    struct { guint len; TestUnion *val; } unions;
} All;

#define ROW(s, m, sub, type, bound, smax, min, tag, kind, shape) \
    { #m, sub, offsetof(s, m), sizeof(type), bound, smax, min, tag, VIR_XDR_##kind, VIR_XDR_##shape, 0 }

static const VirXdrField union_fields[] = {
    ROW(TestUnion, type, NULL, int, 0, 0, 4, 0, INT, ONE),
    ROW(TestUnion, u.i, NULL, int, 0, 0, 4, 1, INT, ONE),
    ROW(TestUnion, u.s, NULL, char *, 0, 8, 4, 7, STRING, ONE),
};
static const VirXdrStruct union_xdr = { "union", union_fields, 3, sizeof(TestUnion), 8, TRUE };
static const VirXdrField inner_fields[] = {
    ROW(Inner, name, NULL, char *, 0, 8, 4, 0, STRING, ONE),
    ROW(Inner, uuid, NULL, guint8, 5, 0, 1, 0, OPAQUE, FIXED),
};
static const VirXdrStruct inner_xdr = { "inner", inner_fields, 2, sizeof(Inner), 12, FALSE };
static const VirXdrField all_fields[] = {
    ROW(All, i, NULL, gint32, 0, 0, 4, 0, INT, ONE),
    ROW(All, ui, NULL, guint32, 0, 0, 4, 0, UINT, ONE),
    ROW(All, l, NULL, gint64, 0, 0, 8, 0, HYPER, ONE),
    ROW(All, ul, NULL, guint64, 0, 0, 8, 0, UHYPER, ONE),
    ROW(All, d, NULL, double, 0, 0, 8, 0, DOUBLE, ONE),
    ROW(All, c, NULL, char, 0, 0, 4, 0, CHAR, ONE),
    ROW(All, uc, NULL, guint8, 0, 0, 4, 0, UCHAR, ONE),
    ROW(All, us, NULL, guint16, 0, 0, 4, 0, USHORT, ONE),
    ROW(All, s, NULL, char *, 0, 8, 4, 0, STRING, ONE),
    ROW(All, opt, NULL, char *, 0, 8, 4, 0, OPT_STRING, ONE),
    ROW(All, uuid, NULL, guint8, 5, 0, 1, 0, OPAQUE, FIXED),
    ROW(All, blob, NULL, guint8, 6, 0, 1, 0, OPAQUE, COUNTED),
    ROW(All, chars, NULL, char, 4, 0, 4, 0, CHAR, COUNTED),
    ROW(All, model, NULL, char, 3, 0, 4, 0, CHAR, FIXED),
    ROW(All, inner, &inner_xdr, Inner, 0, 0, 12, 0, STRUCT, ONE),
    ROW(All, maybe, &inner_xdr, Inner *, 0, 0, 4, 0, OPT_STRUCT, ONE),
    ROW(All, names, NULL, char *, 3, 8, 4, 0, STRING, COUNTED),
    ROW(All, unions, &union_xdr, TestUnion, 2, 0, 8, 0, STRUCT, COUNTED),
};
static const VirXdrStruct all_xdr = { "all", all_fields, G_N_ELEMENTS(all_fields), sizeof(All), 112, FALSE };

static Inner maybe = { (char *) "in", { 9, 8, 7, 6, 5 } };
static char *names[] = { (char *) "a", (char *) "", (char *) "cc", (char *) "d" };
static TestUnion unions[] = { { 1, { .i = -1 } }, { 7, { .s = (char *) "u" } }, { 1, { .i = 0 } } };

static All sample(void)
{
    return (All){
        .i = -2, .ui = 0xfffffffe, .l = -3, .ul = 0x0102030405060708, .d = 1.5, .c = (char) 0x80, .uc = 0x80,
        .us = 0xfffe, .s = (char *) "text", .opt = (char *) "", .uuid = { 1, 2, 3, 4, 5 },
        .blob = { 3, (guint8 *) "xyz" }, .chars = { 2, (char *) "\xffz" }, .model = "abc",
        .inner = { (char *) "", { 0 } }, .maybe = &maybe, .names = { 3, names }, .unions = { 2, unions },
    };
}

static const char expected[] =
    "fffffffe" "fffffffe" "fffffffffffffffd" "0102030405060708" "3ff8000000000000" "ffffff80" "00000080" "0000fffe"
    "0000000474657874" "0000000100000000" "0102030405000000" "0000000378797a00" "00000002ffffffff0000007a"
    "000000610000006200000063" "000000000000000000000000" "0000000100000002696e00000908070605000000"
    "00000003000000016100000000000000000000026363" "0000" "0000000200000001ffffffff000000070000000175000000";

static char *hex(const guint8 *data, gsize len)
{
    GString *out = g_string_new(NULL);

    for (gsize i = 0; i < len; i++)
        g_string_append_printf(out, "%02x", data[i]);
    return g_string_free(out, FALSE);
}

static void test_bytes(void)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autoptr(GByteArray) again = g_byte_array_new();
    g_autoptr(GError) err = NULL;
    g_autofree char *text = NULL, *dump = NULL;
    All in = sample(), back;
    gsize used;

    g_byte_array_append(out, (const guint8 *) "room", 4);
    g_assert_true(vir_xdr_encode(&all_xdr, &in, out, &err));
    g_assert_cmpmem(out->data, 4, "room", 4);
    text = hex(out->data + 4, out->len - 4);
    g_assert_cmpstr(text, ==, expected);

    g_byte_array_append(out, (const guint8 *) "left over", 9);
    g_assert_true(vir_xdr_decode(&all_xdr, out->data + 4, out->len - 4, &back, &used, &err));
    g_assert_cmpuint(used, ==, out->len - 13);
    g_assert_cmpstr(back.names.val[2], ==, "cc");
    g_assert_cmpint(back.unions.val[0].u.i, ==, -1);
    g_assert_cmpint(back.us, ==, 0xfffe);
    g_assert_true(vir_xdr_encode(&all_xdr, &back, again, &err));
    g_assert_cmpmem(again->data, again->len, out->data + 4, out->len - 13);
    dump = vir_xdr_dump(&all_xdr, &back);
    g_assert_nonnull(strstr(dump, "s='text' opt=''"));
    vir_xdr_clear(&all_xdr, &back);
    g_assert_null(back.maybe);
}

static void refuse_decode(const guint8 *buf, gsize len, const char *why)
{
    g_autoptr(GError) err = NULL;
    All zero = { 0 }, back;

    g_assert_false(vir_xdr_decode(&all_xdr, buf, len, &back, NULL, &err));
    g_assert_error(err, VIR_ERROR, VIR_ERR_RPC);
    if (why && !strstr(err->message, why))
        g_error("'%s' does not mention '%s'", err->message, why);
    g_assert_cmpmem(&back, sizeof(back), &zero, sizeof(zero));
}

static void refuse_patch(const GByteArray *good, gsize at, guint32 word, const char *why)
{
    g_autofree guint8 *bad = g_memdup2(good->data, good->len);

    word = GUINT32_TO_BE(word);
    memcpy(bad + at, &word, 4);
    refuse_decode(bad, good->len, why);
}

static void test_refuse_decode(void)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    All in = sample();

    g_assert_true(vir_xdr_encode(&all_xdr, &in, out, NULL));
    for (gsize len = 0; len < out->len; len++)
        refuse_decode(out->data, len, NULL);
    refuse_patch(out, 44, 9, "all.s: length 9 exceeds the limit 8");
    refuse_patch(out, 44, 0xffffffff, "exceeds the limit 8");
    refuse_patch(out, 48, 0x74007874, "NUL byte");
    refuse_patch(out, 68, 7, "all.blob: length 7 exceeds the limit 6");
    refuse_patch(out, 76, 5, "all.chars");
    refuse_patch(out, 132, 4, "all.names: length 4 exceeds the limit 3");
    refuse_patch(out, out->len - 20, 2, "union.type: unknown type 2");
    refuse_patch(out, out->len - 24, 3, "all.unions");
    /* a count within its bound, but without the bytes for it: refused before memory is taken */
    refuse_decode(out->data, 80, "message too short");
}

static void refuse_encode(All in, const char *why)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autoptr(GError) err = NULL;

    g_byte_array_append(out, (const guint8 *) "room", 4);
    g_assert_false(vir_xdr_encode(&all_xdr, &in, out, &err));
    g_assert_error(err, VIR_ERROR, VIR_ERR_RPC);
    g_assert_nonnull(strstr(err->message, why));
    g_assert_cmpuint(out->len, ==, 4);
}

static void test_refuse_encode(void)
{
    All in = sample();
    TestUnion bad = { 9, { .i = 0 } };

    in.s = NULL;
    refuse_encode(in, "all.s: the string must not be NULL");
    in = sample(), in.s = (char *) "123456789";
    refuse_encode(in, "length 9 exceeds the limit 8");
    in = sample(), in.names.len = 4;
    refuse_encode(in, "length 4 exceeds the limit 3");
    in = sample(), in.blob.len = 7;
    refuse_encode(in, "limit 6");
    in = sample(), in.names.val = NULL;
    refuse_encode(in, "none given");
    in = sample(), in.unions.len = 1, in.unions.val = &bad;
    refuse_encode(in, "unknown type 9");
}

typedef struct { char *s; } Big;
static const VirXdrField big_fields[] = { ROW(Big, s, NULL, char *, 0, G_MAXUINT32, 4, 0, STRING, ONE) };
static const VirXdrStruct big_xdr = { "big", big_fields, 1, sizeof(Big), 4, FALSE };

static void test_packet_limit(void)
{
    g_autofree char *s = g_strnfill(VIR_XDR_PACKET_MAX - 4, 'x');
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autoptr(GError) err = NULL;
    Big big = { s };

    g_assert_true(vir_xdr_encode(&big_xdr, &big, out, &err));
    g_assert_cmpuint(out->len, ==, VIR_XDR_PACKET_MAX);
    g_byte_array_set_size(out, 1);
    g_assert_false(vir_xdr_encode(&big_xdr, &big, out, &err));
    g_assert_error(err, VIR_ERROR, VIR_ERR_RPC);
    g_assert_cmpuint(out->len, ==, 1);
}

/* The same values through libtirpc. */
static void test_tirpc(void)
{
    All in = sample();
    char buf[512];
    XDR xdr;
    char *s = in.s;
    u_int len = in.blob.len;
    char *blob = (char *) in.blob.val;

    xdrmem_create(&xdr, buf, sizeof(buf), XDR_ENCODE);
    g_assert_true(xdr_int(&xdr, &in.i) && xdr_u_int(&xdr, &in.ui) && xdr_int64_t(&xdr, &in.l) &&
                  xdr_u_int64_t(&xdr, &in.ul) && xdr_double(&xdr, &in.d) && xdr_char(&xdr, &in.c) &&
                  xdr_u_char(&xdr, &in.uc) && xdr_u_short(&xdr, &in.us) && xdr_string(&xdr, &s, 8));
    {
        g_autofree char *text = hex((guint8 *) buf, xdr_getpos(&xdr));
        g_assert_true(g_str_has_prefix(expected, text));
    }
    xdr_setpos(&xdr, 0);
    g_assert_true(xdr_opaque(&xdr, (char *) in.uuid, 5) && xdr_bytes(&xdr, &blob, &len, 6));
    {
        g_autofree char *text = hex((guint8 *) buf, xdr_getpos(&xdr));
        g_assert_nonnull(strstr(expected, text));
    }
    xdr_destroy(&xdr);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xdr/bytes", test_bytes);
    g_test_add_func("/xdr/refuse-decode", test_refuse_decode);
    g_test_add_func("/xdr/refuse-encode", test_refuse_encode);
    g_test_add_func("/xdr/packet-limit", test_packet_limit);
    g_test_add_func("/xdr/tirpc", test_tirpc);
    return g_test_run();
}

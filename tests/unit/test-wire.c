/* SPDX-License-Identifier: LGPL-2.1-or-later
 * All wire tables: their layout against tests/golden/wire/layout.txt (a change of the wire is a visible diff; run with
 * UPDATE_GOLDEN=1 to rewrite it), random content through the codec, every truncation, every word set to an over-long
 * count. And all captured packets of tests/golden/wire/ *.hex. */
#include <glib.h>
#include <string.h>

#include "api/call.h"
#include "api/wire-types.h"
#include "rpc/net-wire.h"
#include "util/error.h"
#include "wire-fill.h"
#include "wire-packet.h"

static void layout_field(GString *out, const VirXdrField *f)
{
    static const char *const kinds[] = { "int", "uint", "hyper", "uhyper", "double", "char", "uchar", "ushort", "opaque" };

    g_string_append(out, "    ");
    if (f->tag)
        g_string_append_printf(out, "case %d: ", f->tag);
    if (f->kind <= VIR_XDR_OPAQUE)
        g_string_append(out, kinds[f->kind]);
    else if (f->kind <= VIR_XDR_OPT_STRING)
        g_string_append_printf(out, "string(%u)%s", f->string_max, f->kind == VIR_XDR_OPT_STRING ? "?" : "");
    else
        g_string_append_printf(out, "%s%s", f->sub->name, f->kind == VIR_XDR_OPT_STRUCT ? "?" : "");
    g_string_append_printf(out, " %s", f->name);
    if (f->shape != VIR_XDR_ONE)
        g_string_append_printf(out, f->shape == VIR_XDR_FIXED ? "[%u]" : "<%u>", f->bound);
    g_string_append_c(out, '\n');
}

static void test_layout(void)
{
    g_autoptr(GString) out = g_string_new("# Layout of the wire, dumped from the codec tables.\n\n");
    g_autofree char *path = g_build_filename(TEST_SRCDIR, "golden", "wire", "layout.txt", NULL);
    g_autofree char *golden = NULL;
    gsize n;
    const VirCall *calls = vir_call_all(&n);

    for (gsize i = 0; i < n; i++)
        g_string_append_printf(out, "%s 0x%x/%u %d %s(%s)%s%s\n", calls[i].event ? "event" : "call", calls[i].program,
                               calls[i].version, calls[i].proc, calls[i].name, calls[i].args ? calls[i].args->name : "",
                               calls[i].ret ? " -> " : "", calls[i].ret ? calls[i].ret->name : "");
    for (const VirXdrStruct *const *s = vir_wire_structs; *s; s++) {
        g_string_append_printf(out, "\n%s %s (at least %u bytes)\n", (*s)->is_union ? "union" : "struct", (*s)->name,
                               (*s)->min_wire);
        for (guint i = 0; i < (*s)->nfields; i++)
            layout_field(out, &(*s)->fields[i]);
    }
    if (g_getenv("UPDATE_GOLDEN"))
        g_assert_true(g_file_set_contents(path, out->str, -1, NULL));
    g_assert_true(g_file_get_contents(path, &golden, NULL, NULL));
    if (strcmp(golden, out->str) != 0) {
        gsize same = 0, line = 1;

        for (; golden[same] == out->str[same]; same++)
            line += golden[same] == '\n';
        g_error("%s differs from line %" G_GSIZE_FORMAT " on (UPDATE_GOLDEN=1 rewrites it)", path, line);
    }
}

/* Whatever stands in the buffer, decoding gives a struct or VIR_ERR_RPC. Returns whether it gave one. */
static gboolean try_decode(const VirXdrStruct *s, const guint8 *buf, gsize len)
{
    g_autofree guint8 *exact = g_memdup2(buf, len);   /* so that a sanitizer sees every byte read past the end */
    g_autofree void *data = g_malloc(s->size);
    g_autoptr(GError) err = NULL;
    gsize used;

    if (!vir_xdr_decode(s, exact, len, data, &used, &err)) {
        g_assert_error(err, VIR_ERROR, VIR_ERR_RPC);
        return FALSE;
    }
    g_assert_cmpuint(used, <=, len);
    vir_xdr_clear(s, data);
    return TRUE;
}

/* Every truncation fails; no word of it set to a huge count does harm. Long payloads are sampled. */
static void abuse(const VirXdrStruct *s, const guint8 *buf, gsize len)
{
    gsize step = len > 2048 ? len / 509 : 1;
    g_autofree guint8 *bad = g_memdup2(buf, len);

    for (gsize cut = 0; cut < len; cut += step)
        g_assert_false(try_decode(s, buf, cut));
    for (gsize at = 0; at + 4 <= len; at += 4 * step) {
        memset(bad + at, 0xff, 4);
        try_decode(s, bad, len);
        memset(bad + at, 0x7f, 4);
        try_decode(s, bad, len);
        memcpy(bad + at, buf + at, 4);
    }
}

static void round_trip(const VirXdrStruct *s, const guint8 *buf, gsize len)
{
    g_autofree void *data = g_malloc0(s->size);
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autoptr(GError) err = NULL;
    g_autofree char *dump = NULL;
    gsize used = 0;

    g_assert_true(vir_xdr_decode(s, buf, len, data, &used, &err));
    g_assert_no_error(err);
    g_assert_cmpuint(used, ==, len);
    g_assert_true(vir_xdr_encode(s, data, out, &err));
    g_assert_cmpmem(out->data, out->len, buf, len);
    dump = vir_xdr_dump(s, data);
    g_assert_true(g_str_is_ascii(dump));
    vir_xdr_clear(s, data);
}

static void test_random(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);

    for (const VirXdrStruct *const *s = vir_wire_structs; *s; s++) {
        for (int i = 0; i < 3; i++) {
            g_autofree void *data = g_malloc0((*s)->size);
            g_autoptr(GByteArray) out = g_byte_array_new();
            g_autoptr(GError) err = NULL;

            wire_fill(*s, data, rand);
            g_assert_true(vir_xdr_encode(*s, data, out, &err));
            g_assert_cmpuint(out->len, >=, (*s)->min_wire);
            round_trip(*s, out->data, out->len);
            abuse(*s, out->data, out->len);
            vir_xdr_clear(*s, data);
        }
    }
}

/* ---- captured packets ---- */

static GByteArray *unhex(const char *text)
{
    GByteArray *out = g_byte_array_new();

    for (; g_ascii_isxdigit(text[0]) && g_ascii_isxdigit(text[1]); text += 2) {
        guint8 byte = g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]);

        g_byte_array_append(out, &byte, 1);
    }
    return out;
}

static guint32 be32(const GByteArray *packet, gsize at)
{
    guint32 word;

    memcpy(&word, packet->data + at, 4);
    return GUINT32_FROM_BE(word);
}

/* What real clients send must pass the flag rules. */
static void check_flags(const GByteArray *packet, gsize at)
{
    const VirCall *call = vir_call_find(be32(packet, 4), be32(packet, 12));
    g_autofree void *args = NULL;
    g_autoptr(GError) err = NULL;

    if (packet->data[19] != VIR_NET_CALL || !call || !call->args)
        return;
    args = g_malloc(call->args->size);
    g_assert_true(vir_xdr_decode(call->args, packet->data + 4 + at, packet->len - 4 - at, args, NULL, NULL));
    g_assert_true(vir_call_check_flags(call, args, &err));
    g_assert_no_error(err);
    vir_xdr_clear(call->args, args);
}

static void check_packet(const GByteArray *packet)
{
    const VirXdrStruct *s;
    gsize at;

    g_assert_cmpuint(packet->len, >=, 28);
    g_assert_cmpuint(be32(packet, 0), ==, packet->len);
    g_assert_true(wire_payload(packet->data + 4, packet->len - 4, &s, &at));
    if (!s) {
        /* only stream data and unknown procedures may carry bytes that no table describes */
        if (packet->data[19] != VIR_NET_STREAM && vir_call_find(be32(packet, 4), be32(packet, 12)))
            g_assert_cmpuint(at, ==, packet->len - 4);
        return;
    }
    g_test_message("%s", s->name);
    round_trip(s, packet->data + 4 + at, packet->len - 4 - at);
    check_flags(packet, at);
    abuse(s, packet->data + 4 + at, packet->len - 4 - at);
}

static void check_file(const char *path)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        g_auto(GStrv) words = g_strsplit_set(g_strstrip(lines[i]), " \t", -1);
        guint n = g_strv_length(words);
        g_autoptr(GByteArray) packet = NULL;

        if (n == 0 || words[0][0] == '#' || words[0][0] == '\0')
            continue;
        packet = unhex(words[n - 1]);
        if (packet->len < 28)
            g_error("%s:%u: no packet", path, i + 1);
        check_packet(packet);
    }
}

static void test_vectors(void)
{
    g_autofree char *folder = g_build_filename(TEST_SRCDIR, "golden", "wire", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    guint files = 0;

    g_assert_nonnull(dir);
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (!g_str_has_suffix(name, ".hex"))
            continue;
        check_file(path);
        files++;
    }
    if (files == 0)
        g_test_skip("no captured packets in tests/golden/wire");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/layout", test_layout);
    g_test_add_func("/wire/random", test_random);
    g_test_add_func("/wire/vectors", test_vectors);
    return g_test_run();
}

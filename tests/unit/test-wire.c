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

/* The table of a packet's payload; NULL when it is empty or raw bytes. */
static const VirXdrStruct *payload_of(const virNetMessageHeader *h, gsize len)
{
    const VirCall *call;

    if (h->type == VIR_NET_STREAM_HOLE)
        return &virNetStreamHole_xdr;
    if (h->status == VIR_NET_ERROR)
        return len > 0 ? &virNetMessageError_xdr : NULL;
    if (h->type == VIR_NET_STREAM)
        return NULL;
    call = vir_call_find(h->prog, h->proc);
    if (!call)
        return NULL;
    return h->type == VIR_NET_REPLY || h->type == VIR_NET_REPLY_WITH_FDS ? call->ret : call->args;
}

static void check_packet(const GByteArray *packet)
{
    const guint8 *p = packet->data + 4;
    gsize len = packet->len - 4, used;
    const VirXdrStruct *s;
    virNetMessageHeader h;
    guint32 announced;

    g_assert_cmpuint(packet->len, >=, 28);
    memcpy(&announced, packet->data, 4);
    g_assert_cmpuint(GUINT32_FROM_BE(announced), ==, packet->len);
    g_assert_true(vir_xdr_decode(&virNetMessageHeader_xdr, p, len, &h, &used, NULL));
    p += used, len -= used;
    if (h.type == VIR_NET_CALL_WITH_FDS || h.type == VIR_NET_REPLY_WITH_FDS)
        p += 4, len -= 4;
    s = payload_of(&h, len);
    if (!s) {
        /* nothing may hide behind a call of ours that has no struct */
        if (h.type != VIR_NET_STREAM && vir_call_find(h.prog, h.proc))
            g_assert_cmpuint(len, ==, 0);
        return;
    }
    g_test_message("0x%x %d type %d: %s", h.prog, h.proc, h.type, s->name);
    round_trip(s, p, len);
    abuse(s, p, len);
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

static void test_calls(void)
{
    gsize n;
    const VirCall *calls = vir_call_all(&n);

    for (gsize i = 0; i < n; i++) {
        g_assert_true(vir_call_find(calls[i].program, calls[i].proc) == &calls[i]);
        g_assert_true(vir_call_by_name(calls[i].name) == &calls[i]);
        if (calls[i].event && calls[i].event_class && calls[i].event_class != VIR_EVENT_CLASS_LXC_MONITOR)
            g_assert_true(vir_call_event(calls[i].event_class, calls[i].event_id, calls[i].event) == &calls[i]);
    }
    g_assert_null(vir_call_find(REMOTE_PROGRAM, 0));
    g_assert_null(vir_call_find(REMOTE_PROGRAM, -5));
    g_assert_null(vir_call_find(REMOTE_PROGRAM, 9999));
    g_assert_null(vir_call_find(0x1234, 1));
    g_assert_null(vir_call_by_name("no_such_call"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/layout", test_layout);
    g_test_add_func("/wire/random", test_random);
    g_test_add_func("/wire/vectors", test_vectors);
    g_test_add_func("/wire/calls", test_calls);
    return g_test_run();
}

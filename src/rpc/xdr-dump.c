/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Text form of wire structs for logs. Shortened, so that a 4 MiB document does not fill a journal. Any thread.
 */
#include "rpc/xdr.h"

#include <string.h>

#define TEXT_MAX 160      /* characters of one string */
#define BYTES_MAX 32      /* bytes of one opaque */
#define ITEMS_MAX 16      /* elements of one array */
#define DUMP_MAX 4096     /* characters of the whole line, about */

typedef struct {
    guint len;
    guint8 *val;
} Counted;

static void dump_struct(GString *out, const VirXdrStruct *s, const guint8 *data);

static void dump_string(GString *out, const char *str)
{
    g_autofree char *part = NULL, *escaped = NULL;

    if (!str) {
        g_string_append(out, "NULL");
        return;
    }
    part = g_strndup(str, TEXT_MAX);
    escaped = g_strescape(part, NULL);
    g_string_append_printf(out, "'%s'%s", escaped, strlen(part) < strlen(str) ? "..." : "");
}

static void dump_bytes(GString *out, const guint8 *data, guint len)
{
    for (guint i = 0; data && i < MIN(len, BYTES_MAX); i++)
        g_string_append_printf(out, "%02x", data[i]);
    if (len > BYTES_MAX)
        g_string_append_printf(out, "...(%u)", len);
}

static void dump_value(GString *out, const VirXdrField *f, const guint8 *at)
{
    switch ((VirXdrKind) f->kind) {
    case VIR_XDR_INT:
        g_string_append_printf(out, "%d", *(const gint32 *) at);
        break;
    case VIR_XDR_UINT:
        g_string_append_printf(out, "%u", *(const guint32 *) at);
        break;
    case VIR_XDR_HYPER:
        g_string_append_printf(out, "%" G_GINT64_FORMAT, *(const gint64 *) at);
        break;
    case VIR_XDR_UHYPER:
        g_string_append_printf(out, "%" G_GUINT64_FORMAT, *(const guint64 *) at);
        break;
    case VIR_XDR_DOUBLE:
        g_string_append_printf(out, "%g", *(const double *) at);
        break;
    case VIR_XDR_CHAR:
    case VIR_XDR_UCHAR:
        g_string_append_printf(out, "%u", *at);
        break;
    case VIR_XDR_USHORT:
        g_string_append_printf(out, "%u", *(const guint16 *) at);
        break;
    case VIR_XDR_STRING:
    case VIR_XDR_OPT_STRING:
        dump_string(out, *(const char *const *) at);
        break;
    case VIR_XDR_STRUCT:
        dump_struct(out, f->sub, at);
        break;
    case VIR_XDR_OPT_STRUCT:
        if (*(const void *const *) at)
            dump_struct(out, f->sub, *(const void *const *) at);
        else
            g_string_append(out, "NULL");
        break;
    case VIR_XDR_OPAQUE:
        break;
    }
}

static void dump_field(GString *out, const VirXdrField *f, const guint8 *at)
{
    const Counted *counted = (const Counted *) at;
    guint n = f->bound;

    g_string_append_printf(out, "%s=", f->name);
    if (f->secret) {
        g_string_append(out, "(secret)");
        return;
    }
    if (f->shape == VIR_XDR_ONE) {
        dump_value(out, f, at);
        return;
    }
    if (f->shape == VIR_XDR_COUNTED) {
        n = counted->len;
        at = counted->val;
    }
    if (f->kind == VIR_XDR_OPAQUE || f->kind == VIR_XDR_CHAR) {
        dump_bytes(out, at, n);
        return;
    }
    g_string_append_c(out, '[');
    for (guint i = 0; at && i < MIN(n, ITEMS_MAX) && out->len < DUMP_MAX; i++) {
        if (i > 0)
            g_string_append_c(out, ',');
        dump_value(out, f, at + (gsize) i * f->size);
    }
    g_string_append_printf(out, n > ITEMS_MAX ? ",...(%u)]" : "]", n);
}

static void dump_struct(GString *out, const VirXdrStruct *s, const guint8 *data)
{
    if (s->is_union) {
        for (guint i = 1; i < s->nfields; i++) {
            if (s->fields[i].tag == *(const gint32 *) data)
                dump_field(out, &s->fields[i], data + s->fields[i].offset);
        }
        return;
    }
    g_string_append_c(out, '{');
    for (guint i = 0; i < s->nfields && out->len < DUMP_MAX; i++) {
        if (i > 0)
            g_string_append_c(out, ' ');
        dump_field(out, &s->fields[i], data + s->fields[i].offset);
    }
    g_string_append_c(out, '}');
}

char *vir_xdr_dump(const VirXdrStruct *s, const void *data)
{
    GString *out = g_string_new(NULL);

    dump_struct(out, s, data);
    return g_string_free(out, FALSE);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The interpreter of wire tables. Tables are acyclic (the generator proves it), so recursion is bounded by them and
 * never by the input. Stateless; any thread.
 */
#include "rpc/xdr.h"

#include <string.h>

#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_RPC

/* How a counted field lies in memory, whatever its element type. */
typedef struct {
    guint len;
    guint8 *val;
} Counted;

#define PAD(n) (-(gsize)(n) & 3)

static inline guint32 get32(const guint8 *p)
{
    guint32 v;
    memcpy(&v, p, 4);
    return GUINT32_FROM_BE(v);
}

static inline guint64 get64(const guint8 *p)
{
    guint64 v;
    memcpy(&v, p, 8);
    return GUINT64_FROM_BE(v);
}

static inline void put32(guint8 *p, guint32 v)
{
    v = GUINT32_TO_BE(v);
    memcpy(p, &v, 4);
}

static inline void put64(guint8 *p, guint64 v)
{
    v = GUINT64_TO_BE(v);
    memcpy(p, &v, 8);
}

/* The member that @tag selects; NULL when the union has none. */
static const VirXdrField *union_member(const VirXdrStruct *s, gint32 tag)
{
    for (guint i = 1; i < s->nfields; i++) {
        if (s->fields[i].tag == tag)
            return &s->fields[i];
    }
    return NULL;
}

static gboolean fail_tag(const VirXdrStruct *s, gint32 tag, GError **err)
{
    return vir_fail(err, VIR_ERR_RPC, "%s.%s: unknown type %d", s->name, s->fields[0].name, tag);
}

static gboolean fail_bound(const VirXdrStruct *s, const VirXdrField *f, gsize len, guint32 max, GError **err)
{
    return vir_fail(err, VIR_ERR_RPC, "%s.%s: length %" G_GSIZE_FORMAT " exceeds the limit %u", s->name, f->name, len,
                    max);
}

/* ---- encode ---- */

/* Writes behind the array's end; the array's length runs ahead of it and is cut at the end. */
typedef struct {
    GByteArray *out;
    gsize pos;
} Writer;

static gboolean encode_struct(Writer *w, const VirXdrStruct *s, const guint8 *data, GError **err);

static guint8 *writer_room(Writer *w, gsize n, GError **err)
{
    gsize need = w->pos + n;

    if (need > VIR_XDR_PACKET_MAX) {
        vir_fail(err, VIR_ERR_RPC, "message of more than %d bytes is too large for the wire", VIR_XDR_PACKET_MAX);
        return NULL;
    }
    if (need > w->out->len)
        g_byte_array_set_size(w->out, MAX(need, w->out->len + w->out->len / 2 + 256));
    w->pos = need;
    return w->out->data + need - n;
}

static gboolean encode_bytes(Writer *w, const void *data, gsize len, gboolean counted, GError **err)
{
    guint8 *p = writer_room(w, len + PAD(len) + (counted ? 4 : 0), err);

    if (!p)
        return FALSE;
    if (counted) {
        put32(p, len);
        p += 4;
    }
    if (len > 0)
        memcpy(p, data, len);
    memset(p + len, 0, PAD(len));
    return TRUE;
}

static gboolean encode_string(Writer *w, const VirXdrStruct *s, const VirXdrField *f, const char *str, GError **err)
{
    gsize len;
    guint8 *p;

    if (f->kind == VIR_XDR_OPT_STRING) {
        if (!(p = writer_room(w, 4, err)))
            return FALSE;
        put32(p, str != NULL);
        if (!str)
            return TRUE;
    }
    if (!str)
        return vir_fail(err, VIR_ERR_RPC, "%s.%s: the string must not be NULL", s->name, f->name);
    len = strlen(str);
    if (len > f->string_max)
        return fail_bound(s, f, len, f->string_max, err);
    return encode_bytes(w, str, len, TRUE, err);
}

static gboolean encode_pointer(Writer *w, const VirXdrField *f, const void *target, GError **err)
{
    guint8 *p = writer_room(w, 4, err);

    if (!p)
        return FALSE;
    put32(p, target != NULL);
    return !target || encode_struct(w, f->sub, target, err);
}

/* One element of @f at @at. */
static gboolean encode_value(Writer *w, const VirXdrStruct *s, const VirXdrField *f, const guint8 *at, GError **err)
{
    guint8 *p = NULL;

    if (f->kind <= VIR_XDR_USHORT && !(p = writer_room(w, f->min_wire, err)))
        return FALSE;
    switch ((VirXdrKind) f->kind) {
    case VIR_XDR_INT:
    case VIR_XDR_UINT:
        put32(p, *(const guint32 *) at);
        return TRUE;
    case VIR_XDR_HYPER:
    case VIR_XDR_UHYPER:
    case VIR_XDR_DOUBLE:
        put64(p, *(const guint64 *) at);
        return TRUE;
    case VIR_XDR_CHAR:
        put32(p, (guint32) *(const gint8 *) at);
        return TRUE;
    case VIR_XDR_UCHAR:
        put32(p, *at);
        return TRUE;
    case VIR_XDR_USHORT:
        put32(p, *(const guint16 *) at);
        return TRUE;
    case VIR_XDR_STRING:
    case VIR_XDR_OPT_STRING:
        return encode_string(w, s, f, *(const char *const *) at, err);
    case VIR_XDR_STRUCT:
        return encode_struct(w, f->sub, at, err);
    case VIR_XDR_OPT_STRUCT:
        return encode_pointer(w, f, *(const void *const *) at, err);
    case VIR_XDR_OPAQUE:
        break;
    }
    return vir_fail(err, VIR_ERR_RPC, "%s.%s: bad wire table", s->name, f->name);
}

static gboolean encode_field(Writer *w, const VirXdrStruct *s, const VirXdrField *f, const guint8 *at, GError **err)
{
    const Counted *counted = (const Counted *) at;
    guint8 *p;
    guint n = f->bound;

    if (f->shape == VIR_XDR_ONE)
        return encode_value(w, s, f, at, err);
    if (f->shape == VIR_XDR_COUNTED) {
        n = counted->len;
        at = counted->val;
        if (n > f->bound)
            return fail_bound(s, f, n, f->bound, err);
        if (n > 0 && !at)
            return vir_fail(err, VIR_ERR_RPC, "%s.%s: %u elements announced, none given", s->name, f->name, n);
    }
    if (f->kind == VIR_XDR_OPAQUE)
        return encode_bytes(w, at, n, f->shape == VIR_XDR_COUNTED, err);
    if (f->shape == VIR_XDR_COUNTED) {
        if (!(p = writer_room(w, 4, err)))
            return FALSE;
        put32(p, n);
    }
    for (guint i = 0; i < n; i++) {
        if (!encode_value(w, s, f, at + (gsize) i * f->size, err))
            return FALSE;
    }
    return TRUE;
}

static gboolean encode_struct(Writer *w, const VirXdrStruct *s, const guint8 *data, GError **err)
{
    if (s->is_union) {
        gint32 tag = *(const gint32 *) data;
        const VirXdrField *f = union_member(s, tag);

        if (!f)
            return fail_tag(s, tag, err);
        return encode_value(w, s, &s->fields[0], data, err) && encode_field(w, s, f, data + f->offset, err);
    }
    for (guint i = 0; i < s->nfields; i++) {
        const VirXdrField *f = &s->fields[i];

        if (!encode_field(w, s, f, data + f->offset, err))
            return FALSE;
    }
    return TRUE;
}

gboolean vir_xdr_encode(const VirXdrStruct *s, const void *data, GByteArray *out, GError **err)
{
    guint start = out->len;
    Writer w = { out, start };

    if (!encode_struct(&w, s, data, err)) {
        g_byte_array_set_size(out, start);
        return FALSE;
    }
    g_byte_array_set_size(out, w.pos);
    return TRUE;
}

/* ---- decode ---- */

typedef struct {
    const guint8 *p, *end;
} Reader;

static gboolean decode_struct(Reader *r, const VirXdrStruct *s, guint8 *data, GError **err);

static const guint8 *reader_take(Reader *r, const VirXdrStruct *s, const VirXdrField *f, gsize n, GError **err)
{
    const guint8 *p = r->p;

    if (G_UNLIKELY((gsize) (r->end - p) < n)) {
        vir_fail(err, VIR_ERR_RPC, "%s.%s: message ends %" G_GSIZE_FORMAT " bytes early", s->name, f->name,
                 n - (gsize) (r->end - p));
        return NULL;
    }
    r->p = p + n;
    return p;
}

/* A counted field's count, checked against its bound and the bytes that are there. */
static gboolean decode_count(Reader *r, const VirXdrStruct *s, const VirXdrField *f, guint32 max, guint32 each,
                             guint32 *ret_n, GError **err)
{
    const guint8 *p = reader_take(r, s, f, 4, err);

    if (!p)
        return FALSE;
    *ret_n = get32(p);
    if (*ret_n > max)
        return fail_bound(s, f, *ret_n, max, err);
    if ((guint64) *ret_n * each > (guint64) (r->end - r->p))
        return vir_fail(err, VIR_ERR_RPC, "%s.%s: %u elements announced, message too short for them", s->name, f->name,
                        *ret_n);
    return TRUE;
}

static gboolean decode_string(Reader *r, const VirXdrStruct *s, const VirXdrField *f, char **ret, GError **err)
{
    const guint8 *p;
    guint32 len;

    if (f->kind == VIR_XDR_OPT_STRING) {
        if (!(p = reader_take(r, s, f, 4, err)))
            return FALSE;
        if (get32(p) == 0)
            return TRUE;
    }
    if (!decode_count(r, s, f, f->string_max, 1, &len, err))
        return FALSE;
    if (!(p = reader_take(r, s, f, len + PAD(len), err)))
        return FALSE;
    if (memchr(p, 0, len))
        return vir_fail(err, VIR_ERR_RPC, "%s.%s: the string holds a NUL byte", s->name, f->name);
    *ret = g_malloc((gsize) len + 1);
    memcpy(*ret, p, len);
    (*ret)[len] = '\0';
    return TRUE;
}

static gboolean decode_pointer(Reader *r, const VirXdrStruct *s, const VirXdrField *f, void **ret, GError **err)
{
    const guint8 *p = reader_take(r, s, f, 4, err);

    if (!p)
        return FALSE;
    if (get32(p) == 0)
        return TRUE;
    *ret = g_malloc0(f->sub->size);
    return decode_struct(r, f->sub, *ret, err);
}

/* One element of @f into @at, which is zeroed; what is stored there is owned by the struct at once. */
static gboolean decode_value(Reader *r, const VirXdrStruct *s, const VirXdrField *f, guint8 *at, GError **err)
{
    const guint8 *p = NULL;

    if (f->kind <= VIR_XDR_USHORT && !(p = reader_take(r, s, f, f->min_wire, err)))
        return FALSE;
    switch ((VirXdrKind) f->kind) {
    case VIR_XDR_INT:
    case VIR_XDR_UINT:
        *(guint32 *) at = get32(p);
        return TRUE;
    case VIR_XDR_HYPER:
    case VIR_XDR_UHYPER:
    case VIR_XDR_DOUBLE:
        *(guint64 *) at = get64(p);
        return TRUE;
    case VIR_XDR_CHAR:
    case VIR_XDR_UCHAR:
        *at = (guint8) get32(p);
        return TRUE;
    case VIR_XDR_USHORT:
        *(guint16 *) at = (guint16) get32(p);
        return TRUE;
    case VIR_XDR_STRING:
    case VIR_XDR_OPT_STRING:
        return decode_string(r, s, f, (char **) at, err);
    case VIR_XDR_STRUCT:
        return decode_struct(r, f->sub, at, err);
    case VIR_XDR_OPT_STRUCT:
        return decode_pointer(r, s, f, (void **) at, err);
    case VIR_XDR_OPAQUE:
        break;
    }
    return vir_fail(err, VIR_ERR_RPC, "%s.%s: bad wire table", s->name, f->name);
}

static gboolean decode_field(Reader *r, const VirXdrStruct *s, const VirXdrField *f, guint8 *at, GError **err)
{
    Counted *counted = (Counted *) at;
    const guint8 *p;
    guint32 n = f->bound;

    if (f->shape == VIR_XDR_ONE)
        return decode_value(r, s, f, at, err);
    if (f->shape == VIR_XDR_COUNTED) {
        if (!decode_count(r, s, f, f->bound, f->min_wire, &n, err))
            return FALSE;
        if (n == 0)
            return TRUE;
        at = counted->val = g_malloc0((gsize) n * f->size);
        counted->len = n;
    }
    if (f->kind == VIR_XDR_OPAQUE) {
        if (!(p = reader_take(r, s, f, n + PAD(n), err)))
            return FALSE;
        memcpy(at, p, n);
        return TRUE;
    }
    for (guint32 i = 0; i < n; i++) {
        if (!decode_value(r, s, f, at + (gsize) i * f->size, err))
            return FALSE;
    }
    return TRUE;
}

static gboolean decode_struct(Reader *r, const VirXdrStruct *s, guint8 *data, GError **err)
{
    if (s->is_union) {
        const VirXdrField *f;
        gint32 tag;

        if (!decode_value(r, s, &s->fields[0], data, err))
            return FALSE;
        tag = *(gint32 *) data;
        if (!(f = union_member(s, tag)))
            return fail_tag(s, tag, err);
        return decode_field(r, s, f, data + f->offset, err);
    }
    for (guint i = 0; i < s->nfields; i++) {
        const VirXdrField *f = &s->fields[i];

        if (!decode_field(r, s, f, data + f->offset, err))
            return FALSE;
    }
    return TRUE;
}

gboolean vir_xdr_decode(const VirXdrStruct *s, const void *buf, gsize len, void *data, gsize *ret_used, GError **err)
{
    const guint8 *start = buf ? buf : (const guint8 *) "";   /* NULL is a fine empty payload */
    Reader r = { start, start + len };

    memset(data, 0, s->size);
    if (!decode_struct(&r, s, data, err)) {
        vir_xdr_clear(s, data);
        return FALSE;
    }
    if (ret_used)
        *ret_used = r.p - start;
    return TRUE;
}

/* ---- clear ---- */

static void clear_struct(const VirXdrStruct *s, guint8 *data);

static inline gboolean field_owns(const VirXdrField *f)
{
    return f->kind >= VIR_XDR_STRING || f->shape == VIR_XDR_COUNTED;
}

static void clear_value(const VirXdrField *f, guint8 *at)
{
    void *target;

    switch (f->kind) {
    case VIR_XDR_STRING:
    case VIR_XDR_OPT_STRING:
        g_free(*(char **) at);
        break;
    case VIR_XDR_STRUCT:
        clear_struct(f->sub, at);
        break;
    case VIR_XDR_OPT_STRUCT:
        if ((target = *(void **) at)) {
            clear_struct(f->sub, target);
            g_free(target);
        }
        break;
    default:
        break;
    }
}

static void clear_field(const VirXdrField *f, guint8 *at)
{
    Counted *counted = f->shape == VIR_XDR_COUNTED ? (Counted *) at : NULL;
    guint n = counted ? counted->len : f->shape == VIR_XDR_FIXED ? f->bound : 1;

    if (counted)
        at = counted->val;
    if (f->kind >= VIR_XDR_STRING && at) {
        for (guint i = 0; i < n; i++)
            clear_value(f, at + (gsize) i * f->size);
    }
    if (counted)
        g_free(counted->val);
}

static void clear_struct(const VirXdrStruct *s, guint8 *data)
{
    if (s->is_union) {
        const VirXdrField *f = union_member(s, *(gint32 *) data);

        if (f && field_owns(f))
            clear_field(f, data + f->offset);
        return;
    }
    for (guint i = 0; i < s->nfields; i++) {
        if (field_owns(&s->fields[i]))
            clear_field(&s->fields[i], data + s->fields[i].offset);
    }
}

void vir_xdr_clear(const VirXdrStruct *s, void *data)
{
    clear_struct(s, data);
    memset(data, 0, s->size);
}

void vir_xdr_free(const VirXdrStruct *s, void *data)
{
    if (!data)
        return;
    clear_struct(s, data);
    g_free(data);
}

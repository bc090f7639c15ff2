/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire-fill.h"

static char *random_string(GRand *rand, guint max)
{
    guint len = g_rand_int_range(rand, 0, MIN(max, 9) + 1);
    char *s = g_malloc0(len + 1);

    for (guint i = 0; i < len; i++)
        s[i] = g_rand_int_range(rand, 1, 256);
    return s;
}

static void fill_value(const VirXdrField *f, guint8 *at, GRand *rand)
{
    switch ((VirXdrKind) f->kind) {
    case VIR_XDR_STRING:
        *(char **) at = random_string(rand, f->string_max);
        break;
    case VIR_XDR_OPT_STRING:
        *(char **) at = g_rand_boolean(rand) ? random_string(rand, f->string_max) : NULL;
        break;
    case VIR_XDR_STRUCT:
        wire_fill(f->sub, at, rand);
        break;
    case VIR_XDR_OPT_STRUCT:
        if (g_rand_boolean(rand)) {
            *(void **) at = g_malloc0(f->sub->size);
            wire_fill(f->sub, *(void **) at, rand);
        }
        break;
    default:
        for (guint i = 0; i < f->size; i++)
            at[i] = g_rand_int(rand);
    }
}

static void fill_field(const VirXdrField *f, guint8 *at, GRand *rand)
{
    struct { guint len; guint8 *val; } *counted = (void *) at;
    guint n = f->shape == VIR_XDR_FIXED ? f->bound : 1;

    if (f->shape == VIR_XDR_COUNTED) {
        n = counted->len = g_rand_int_range(rand, 0, MIN(f->bound, 5) + 1);
        at = counted->val = g_malloc0((gsize) n * f->size);
    }
    for (guint i = 0; i < n; i++)
        fill_value(f, at + (gsize) i * f->size, rand);
}

void wire_fill(const VirXdrStruct *s, void *data, GRand *rand)
{
    if (s->is_union) {
        const VirXdrField *f = &s->fields[g_rand_int_range(rand, 1, s->nfields)];

        *(gint32 *) data = f->tag;
        fill_field(f, (guint8 *) data + f->offset, rand);
        return;
    }
    for (guint i = 0; i < s->nfields; i++)
        fill_field(&s->fields[i], (guint8 *) data + s->fields[i].offset, rand);
}

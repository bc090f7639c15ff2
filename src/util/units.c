/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/units.h"

#include <string.h>

#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_NONE

/* The factor of one unit word; 0 when it is none. */
static guint64 factor(const char *unit)
{
    static const char letters[] = "kmgtpe";
    if (!g_ascii_strcasecmp(unit, "b") || !g_ascii_strcasecmp(unit, "byte") || !g_ascii_strcasecmp(unit, "bytes"))
        return 1;
    const char *at = *unit ? strchr(letters, g_ascii_tolower(*unit)) : NULL;
    if (!at)
        return 0;
    guint64 base = !unit[1] || !g_ascii_strcasecmp(unit + 1, "ib") ? 1024
                   : !g_ascii_strcasecmp(unit + 1, "b")            ? 1000
                                                                   : 0;
    guint64 f = base;
    for (const char *p = letters; p < at; p++)
        f *= base;
    return f;
}

gboolean vir_units_scale(guint64 *value, const char *unit, guint64 default_scale, guint64 limit, GError **err)
{
    guint64 f = unit && *unit ? factor(unit) : default_scale;
    if (f == 0)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "unknown unit '%s' (use bytes, KiB, MiB, GiB, TiB, KB, MB...)", unit);
    if (limit == 0)
        limit = G_MAXUINT64;
    guint64 product;
    if (__builtin_mul_overflow(*value, f, &product) || product > limit)
        return vir_fail(err, VIR_ERR_OVERFLOW, "%" G_GUINT64_FORMAT " %s is more than the most allowed, %"
                        G_GUINT64_FORMAT " bytes", *value, unit && *unit ? unit : "units", limit);
    *value = product;
    return TRUE;
}

/* Digits at *text, moved past; FALSE without a digit or above @max. */
static gboolean digits(const char **text, guint64 max, guint64 *ret)
{
    guint64 v = 0;
    const char *p = *text;
    for (; g_ascii_isdigit(*p); p++)
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *p - '0', &v) || v > max)
            return FALSE;
    if (p == *text)
        return FALSE;
    *text = p;
    *ret = v;
    return TRUE;
}

gboolean vir_units_parse(const char *text, guint64 default_scale, guint64 limit, guint64 *ret, GError **err)
{
    const char *p = text;
    guint64 v;
    while (g_ascii_isspace(*p))
        p++;
    if (!digits(&p, G_MAXUINT64, &v))
        return vir_fail(err, VIR_ERR_INVALID_ARG, "'%s' is no size", text);
    g_autofree char *unit = g_strstrip(g_strdup(p));
    if (!vir_units_scale(&v, unit, default_scale, limit, err))
        return FALSE;
    *ret = v;
    return TRUE;
}

double vir_units_pretty(guint64 bytes, const char **ret_unit)
{
    static const char *const names[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    guint i = 0;
    double v = bytes;
    while (v >= 1024 && i < G_N_ELEMENTS(names) - 1) {
        v /= 1024;
        i++;
    }
    *ret_unit = names[i];
    return v;
}

gboolean vir_units_uint64(const char *text, guint64 max, guint64 *ret)
{
    guint64 v;
    if (!digits(&text, max, &v) || *text)
        return FALSE;
    *ret = v;
    return TRUE;
}

gboolean vir_units_int64(const char *text, gint64 min, gint64 max, gint64 *ret)
{
    gboolean negative = *text == '-';
    guint64 v;
    if (negative)
        text++;
    if (!digits(&text, negative ? (guint64)G_MAXINT64 + 1 : (guint64)G_MAXINT64, &v) || *text)
        return FALSE;
    gint64 n = negative ? (gint64)(0 - v) : (gint64)v;
    if (n < min || n > max)
        return FALSE;
    *ret = n;
    return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/enum.h"

#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_NONE

const char *vir_enum_to_string(const VirEnum *e, int value)
{
    return value >= 0 && value < e->n ? e->strings[value] : NULL;
}

int vir_enum_from_string(const VirEnum *e, const char *text)
{
    if (!text)
        return -1;
    for (int i = 0; i < e->n; i++)
        if (e->strings[i] && g_str_equal(e->strings[i], text))
            return i;
    return -1;
}

gboolean vir_enum_parse(const VirEnum *e, const char *text, int *ret, GError **err)
{
    int value = vir_enum_from_string(e, text);
    if (value < 0) {
        g_autofree char *allowed = vir_enum_list(e);
        return vir_fail(err, VIR_ERR_XML_ERROR, "unknown %s '%s' (one of: %s)", e->name, text ? text : "", allowed);
    }
    *ret = value;
    return TRUE;
}

char *vir_enum_list(const VirEnum *e)
{
    GString *out = g_string_new(NULL);
    for (int i = 0; i < e->n; i++) {
        if (!e->strings[i] || !*e->strings[i])
            continue;
        if (out->len)
            g_string_append(out, ", ");
        g_string_append(out, e->strings[i]);
    }
    return g_string_free(out, FALSE);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/json.h"

#include <string.h>

/* One value off @ap. *ret_skip: it is empty, and '?' would leave it out. */
static VirJson *take_value(char type, va_list *ap, gboolean *ret_skip)
{
    switch (type) {
    case 's': {
        const char *v = va_arg(*ap, const char *);
        *ret_skip = v == NULL;
        return v ? json_object_new_string(v) : NULL;
    }
    case 'i': {
        int v = va_arg(*ap, int);
        *ret_skip = v == 0;
        return json_object_new_int64(v);
    }
    case 'u': {
        unsigned v = va_arg(*ap, unsigned);
        *ret_skip = v == 0;
        return json_object_new_int64(v);
    }
    case 'I': {
        gint64 v = va_arg(*ap, gint64);
        *ret_skip = v == 0;
        return json_object_new_int64(v);
    }
    case 'U': {
        guint64 v = va_arg(*ap, guint64);
        *ret_skip = v == 0;
        return json_object_new_uint64(v);
    }
    case 'd': {
        double v = va_arg(*ap, double);
        *ret_skip = v == 0;
        return json_object_new_double(v);
    }
    case 'b': {
        gboolean v = va_arg(*ap, gboolean);
        *ret_skip = !v;
        return json_object_new_boolean(v);
    }
    case 'O':
    case 'A': {
        VirJson *v = va_arg(*ap, VirJson *);
        *ret_skip = v == NULL;
        return json_object_get(v);
    }
    case 'o':
    case 'a': {
        VirJson *v = va_arg(*ap, VirJson *);
        *ret_skip = v == NULL;
        return v;
    }
    case 'n':
        *ret_skip = FALSE;
        return NULL;
    default:
        g_error("vir_json_new: unknown type '%c'", type);   /* a programming error: specs are literals */
    }
}

void vir_json_add_va(VirJson *obj, const char *spec, va_list ap)
{
    va_list args;
    va_copy(args, ap);
    for (; spec; spec = va_arg(args, const char *)) {
        gboolean may_skip = *spec == '?', skip;
        char type = spec[may_skip];
        g_assert(type && spec[may_skip + 1] == ':');
        VirJson *v = take_value(type, &args, &skip);
        if (!(may_skip && skip)) {
            json_object_object_add(obj, spec + may_skip + 2, v);
        } else if (v) {
            json_object_put(v);
        }
    }
    va_end(args);
}

void vir_json_add(VirJson *obj, const char *spec, ...)
{
    va_list ap;
    va_start(ap, spec);
    vir_json_add_va(obj, spec, ap);
    va_end(ap);
}

VirJson *vir_json_new(const char *spec, ...)
{
    VirJson *obj = json_object_new_object();
    va_list ap;
    va_start(ap, spec);
    vir_json_add_va(obj, spec, ap);
    va_end(ap);
    return obj;
}

VirJson *vir_json_new_strv(const char *const *strv)
{
    VirJson *array = json_object_new_array();
    for (; *strv; strv++)
        json_object_array_add(array, json_object_new_string(*strv));
    return array;
}

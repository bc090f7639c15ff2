/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/json.h"

#include <string.h>

#include "util/error.h"
#include "util/file.h"

#define VIR_FROM_THIS VIR_FROM_NONE
#define PLAIN (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

static void tokener_free(json_tokener **tok)
{
    json_tokener_free(*tok);
}

static gboolean only_space(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!g_ascii_isspace(text[i]))
            return FALSE;
    return TRUE;
}

VirJson *vir_json_parse(const char *text, size_t len, const char *what, GError **err)
{
    const char *bad;
    if (len > VIR_JSON_MAX_BYTES) {
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "%s: %zu bytes of JSON are too many", what, len);
        return NULL;
    }
    if (!g_utf8_validate_len(text, len, &bad)) {   /* refuses NUL bytes too */
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "%s: JSON is not UTF-8 at byte %td", what, bad - text);
        return NULL;
    }
    __attribute__((cleanup(tokener_free))) json_tokener *tok = json_tokener_new_ex(VIR_JSON_MAX_DEPTH);
    json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
    g_autoptr(VirJson) obj = json_tokener_parse_ex(tok, text, len);
    size_t end = json_tokener_get_parse_end(tok);
    if (json_tokener_get_error(tok) == json_tokener_continue)
        obj = json_tokener_parse_ex(tok, "", 1);   /* a number ends only where the text does */
    enum json_tokener_error e = json_tokener_get_error(tok);
    if (e == json_tokener_success && only_space(text + end, len - end)) {
        /* "null" is a value and json-c's NULL: callers want an object or an array, never that. */
        if (obj)
            return g_steal_pointer(&obj);
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "%s: JSON is null", what);
        return NULL;
    }
    vir_fail(err, VIR_ERR_INTERNAL_ERROR, "%s: JSON is wrong at byte %zu: %s", what, end,
             e == json_tokener_success ? "text after its end" : json_tokener_error_desc(e));
    return NULL;
}

VirJson *vir_json_parse_file(const char *path, size_t max, GError **err)
{
    size_t len;
    g_autofree char *text = vir_file_read(path, max, &len, err);
    return text ? vir_json_parse(text, len, path, err) : NULL;
}

const char *vir_json_text(VirJson *obj, size_t *ret_len)
{
    size_t len;
    const char *text = json_object_to_json_string_length(obj, PLAIN, &len);
    if (ret_len)
        *ret_len = len;
    return text;
}

char *vir_json_pretty(VirJson *obj)
{
    return g_strconcat(json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                                               JSON_C_TO_STRING_NOSLASHESCAPE),
                       "\n", NULL);
}

void vir_json_append(GString *out, VirJson *obj)
{
    size_t len;
    const char *text = vir_json_text(obj, &len);
    g_string_append_len(out, text, len);
}

/* The member, or NULL with @err set, when it is not of @type. */
static VirJson *member(VirJson *obj, const char *key, enum json_type type, GError **err)
{
    VirJson *v = NULL;
    if (!json_object_is_type(obj, json_type_object))
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "JSON: %s where an object with member '%s' is wanted",
                 json_type_to_name(json_object_get_type(obj)), key);
    else if (!json_object_object_get_ex(obj, key, &v))
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "JSON: member '%s' (%s) is missing", key, json_type_to_name(type));
    else if (json_object_is_type(v, type))
        return v;
    else if (type == json_type_double && json_object_is_type(v, json_type_int))
        return v;
    else
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "JSON: member '%s' is %s, not %s", key,
                 json_type_to_name(json_object_get_type(v)), json_type_to_name(type));
    return NULL;
}

static gboolean out_of_range(VirJson *v, const char *key, GError **err)
{
    return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "JSON: member '%s' is out of range: %s", key, vir_json_text(v, NULL));
}

/* json-c saturates: a signed read of a big unsigned value, and the reverse, must be told apart from real limits. */
static gboolean fits_int64(VirJson *v, gint64 *ret)
{
    *ret = json_object_get_int64(v);
    return *ret != G_MAXINT64 || json_object_get_uint64(v) == G_MAXINT64;
}

static gboolean fits_uint64(VirJson *v, guint64 *ret)
{
    *ret = json_object_get_uint64(v);
    return json_object_get_int64(v) >= 0;
}

gboolean vir_json_get_str(VirJson *obj, const char *key, const char **ret, GError **err)
{
    VirJson *v = member(obj, key, json_type_string, err);
    if (v)
        *ret = json_object_get_string(v);
    return v != NULL;
}

gboolean vir_json_get_int64(VirJson *obj, const char *key, gint64 *ret, GError **err)
{
    VirJson *v = member(obj, key, json_type_int, err);
    gint64 n;
    if (!v)
        return FALSE;
    if (!fits_int64(v, &n))
        return out_of_range(v, key, err);
    *ret = n;
    return TRUE;
}

gboolean vir_json_get_int(VirJson *obj, const char *key, int *ret, GError **err)
{
    gint64 n;
    if (!vir_json_get_int64(obj, key, &n, err))
        return FALSE;
    if (n < G_MININT || n > G_MAXINT)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "JSON: member '%s' is out of range: %" G_GINT64_FORMAT, key, n);
    *ret = n;
    return TRUE;
}

gboolean vir_json_get_uint64(VirJson *obj, const char *key, guint64 *ret, GError **err)
{
    VirJson *v = member(obj, key, json_type_int, err);
    guint64 n;
    if (!v)
        return FALSE;
    if (!fits_uint64(v, &n))
        return out_of_range(v, key, err);
    *ret = n;
    return TRUE;
}

gboolean vir_json_get_double(VirJson *obj, const char *key, double *ret, GError **err)
{
    VirJson *v = member(obj, key, json_type_double, err);
    if (v)
        *ret = json_object_get_double(v);
    return v != NULL;
}

gboolean vir_json_get_bool(VirJson *obj, const char *key, gboolean *ret, GError **err)
{
    VirJson *v = member(obj, key, json_type_boolean, err);
    if (v)
        *ret = json_object_get_boolean(v);
    return v != NULL;
}

gboolean vir_json_get_obj(VirJson *obj, const char *key, VirJson **ret, GError **err)
{
    VirJson *v = member(obj, key, json_type_object, err);
    if (v)
        *ret = v;
    return v != NULL;
}

gboolean vir_json_get_array(VirJson *obj, const char *key, VirJson **ret, GError **err)
{
    VirJson *v = member(obj, key, json_type_array, err);
    if (v)
        *ret = v;
    return v != NULL;
}

static VirJson *optional(VirJson *obj, const char *key, enum json_type type)
{
    VirJson *v = NULL;
    return json_object_is_type(obj, json_type_object) && json_object_object_get_ex(obj, key, &v) &&
                   json_object_is_type(v, type) ? v : NULL;
}

const char *vir_json_str(VirJson *obj, const char *key, const char *fallback)
{
    VirJson *v = optional(obj, key, json_type_string);
    return v ? json_object_get_string(v) : fallback;
}

gint64 vir_json_int64(VirJson *obj, const char *key, gint64 fallback)
{
    VirJson *v = optional(obj, key, json_type_int);
    gint64 n;
    return v && fits_int64(v, &n) ? n : fallback;
}

guint64 vir_json_uint64(VirJson *obj, const char *key, guint64 fallback)
{
    VirJson *v = optional(obj, key, json_type_int);
    guint64 n;
    return v && fits_uint64(v, &n) ? n : fallback;
}

gboolean vir_json_bool(VirJson *obj, const char *key, gboolean fallback)
{
    VirJson *v = optional(obj, key, json_type_boolean);
    return v ? json_object_get_boolean(v) : fallback;
}

VirJson *vir_json_obj(VirJson *obj, const char *key)
{
    return optional(obj, key, json_type_object);
}

VirJson *vir_json_array(VirJson *obj, const char *key)
{
    return optional(obj, key, json_type_array);
}

gboolean vir_json_has(VirJson *obj, const char *key)
{
    return json_object_is_type(obj, json_type_object) && json_object_object_get_ex(obj, key, NULL);
}

size_t vir_json_len(VirJson *array)
{
    return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

VirJson *vir_json_at(VirJson *array, size_t i)
{
    return i < vir_json_len(array) ? json_object_array_get_idx(array, i) : NULL;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * JSON over json-c: bounded parsing of foreign text, getters that name the key they miss, a builder in one call.
 * json-c's counts are not atomic: a tree has one owner thread at a time and is handed over whole.
 */
#pragma once

#include <glib.h>
#include <json-c/json.h>

typedef struct json_object VirJson;
static inline void vir_json_unref(struct json_object *obj)
{
    json_object_put(obj);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirJson, vir_json_unref)   /* g_autoptr(VirJson) */

#define VIR_JSON_MAX_DEPTH 64
#define VIR_JSON_MAX_BYTES (64 * 1024 * 1024)

/* One value and nothing after it but space; UTF-8 checked (single-quoted keys, NaN and Infinity pass). @what names the
 * source in errors ("reply of QEMU").
 * Returns: caller's reference; NULL with @err set (VIR_ERR_INTERNAL_ERROR). */
VirJson *vir_json_parse(const char *text, size_t len, const char *what, GError **err);
VirJson *vir_json_parse_file(const char *path, size_t max, GError **err);

/* Compact text, without spaces. Borrowed from @obj until it changes. @ret_len may be NULL. */
const char *vir_json_text(VirJson *obj, size_t *ret_len);
/* Two-space indent and a final newline. Returns: caller frees. */
char *vir_json_pretty(VirJson *obj);
/* Appends the compact text to @out. */
void vir_json_append(GString *out, VirJson *obj);

/* The required member @key. FALSE with VIR_ERR_INTERNAL_ERROR naming key and wanted type when it is missing or of
 * another type or range. Strings and objects are borrowed from @obj. */
gboolean vir_json_get_str(VirJson *obj, const char *key, const char **ret, GError **err);
gboolean vir_json_get_int(VirJson *obj, const char *key, int *ret, GError **err);
gboolean vir_json_get_int64(VirJson *obj, const char *key, gint64 *ret, GError **err);
gboolean vir_json_get_uint64(VirJson *obj, const char *key, guint64 *ret, GError **err);
gboolean vir_json_get_double(VirJson *obj, const char *key, double *ret, GError **err);
gboolean vir_json_get_bool(VirJson *obj, const char *key, gboolean *ret, GError **err);
gboolean vir_json_get_obj(VirJson *obj, const char *key, VirJson **ret, GError **err);
gboolean vir_json_get_array(VirJson *obj, const char *key, VirJson **ret, GError **err);

/* The optional forms: @fallback when the member is missing, null or of another type. */
const char *vir_json_str(VirJson *obj, const char *key, const char *fallback);
gint64 vir_json_int64(VirJson *obj, const char *key, gint64 fallback);
guint64 vir_json_uint64(VirJson *obj, const char *key, guint64 fallback);
gboolean vir_json_bool(VirJson *obj, const char *key, gboolean fallback);
VirJson *vir_json_obj(VirJson *obj, const char *key);     /* NULL */
VirJson *vir_json_array(VirJson *obj, const char *key);   /* NULL */
gboolean vir_json_has(VirJson *obj, const char *key);
/* Members of arrays; n is 0 for NULL. Borrowed. */
size_t vir_json_len(VirJson *array);
VirJson *vir_json_at(VirJson *array, size_t i);

/* Members in order: "T:name", value, ... NULL. Types:
 *   s const char *   i int   u unsigned   I gint64   U guint64   d double   b gboolean   n (no value: null)
 *   o VirJson * (handed over)   a VirJson * (the same, for arrays)   O, A the same, the caller keeps a reference
 * A '?' before the type leaves the member out when the value is NULL (s, o, a, O, A), 0 (i, u, I, U, d) or FALSE (b).
 * A NULL value without '?' becomes null. Returns: caller's reference. */
VirJson *vir_json_new(const char *spec, ...) G_GNUC_NULL_TERMINATED;
/* The same onto an object that exists; a member of that name is replaced. */
void vir_json_add(VirJson *obj, const char *spec, ...) G_GNUC_NULL_TERMINATED;
void vir_json_add_va(VirJson *obj, const char *spec, va_list ap);
/* An array of strings, ended by NULL. */
VirJson *vir_json_new_strv(const char *const *strv);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/caps/schema.h"

#include <string.h>

#define MAX_DEPTH 16   /* of nested alternates and arrays: the schema is foreign text and may be circular */

struct VirQmpSchema {
    GHashTable *entries;     /* name -> VirJson, both borrowed from the reply */
};

VirQmpSchema *vir_qmp_schema_new(VirJson *reply)
{
    VirQmpSchema *schema = g_new0(VirQmpSchema, 1);
    schema->entries = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize i = 0; json_object_is_type(reply, json_type_array) && i < vir_json_len(reply); i++) {
        VirJson *entry = vir_json_at(reply, i);
        const char *name = vir_json_str(entry, "name", NULL);
        if (name)
            g_hash_table_insert(schema->entries, (gpointer)name, entry);
    }
    return schema;
}

void vir_qmp_schema_free(VirQmpSchema *schema)
{
    if (!schema)
        return;
    g_hash_table_unref(schema->entries);
    g_free(schema);
}

static VirJson *entry_of_kind(const VirQmpSchema *schema, const char *name, const char *kind)
{
    VirJson *entry = name ? g_hash_table_lookup(schema->entries, name) : NULL;
    return entry && (!kind || g_str_equal(vir_json_str(entry, "meta-type", ""), kind)) ? entry : NULL;
}

gboolean vir_qmp_schema_has_command(const VirQmpSchema *schema, const char *name)
{
    return entry_of_kind(schema, name, "command") != NULL;
}

gboolean vir_qmp_schema_has_event(const VirQmpSchema *schema, const char *name)
{
    return entry_of_kind(schema, name, "event") != NULL;
}

/* The element of @array whose @key is @value. */
static VirJson *find_by(VirJson *array, const char *key, const char *value)
{
    for (gsize i = 0; i < vir_json_len(array); i++) {
        VirJson *item = vir_json_at(array, i);
        if (g_str_equal(vir_json_str(item, key, ""), value))
            return item;
    }
    return NULL;
}

static gboolean enum_has(VirJson *entry, const char *value)
{
    VirJson *values = vir_json_array(entry, "values");
    for (gsize i = 0; i < vir_json_len(values); i++) {
        const char *text = json_object_get_string(vir_json_at(values, i));
        if (text && g_str_equal(text, value))
            return TRUE;
    }
    return FALSE;
}

static gboolean type_has(const VirQmpSchema *schema, const char *type, char **tokens, guint depth);

/* One token of an object: "member", "tag=variant", "member:value". */
static gboolean object_has(const VirQmpSchema *schema, VirJson *object, char **tokens, guint depth)
{
    const char *token = tokens[0];
    const char *eq = strchr(token, '=');
    const char *colon = strchr(token, ':');
    if (eq) {
        VirJson *variant = find_by(vir_json_array(object, "variants"), "case", eq + 1);
        g_autofree char *tag = g_strndup(token, eq - token);
        if (!variant || !g_str_equal(vir_json_str(object, "tag", ""), tag))
            return FALSE;
        return !tokens[1] || type_has(schema, vir_json_str(variant, "type", NULL), tokens + 1, depth + 1);
    }
    g_autofree char *name = colon ? g_strndup(token, colon - token) : g_strdup(token);
    VirJson *member = find_by(vir_json_array(object, "members"), "name", name);
    if (!member)
        return FALSE;
    const char *type = vir_json_str(member, "type", NULL);
    if (colon) {
        char *value[] = { (char *)colon, NULL };
        return type_has(schema, type, value, depth + 1);
    }
    return !tokens[1] || type_has(schema, type, tokens + 1, depth + 1);
}

static gboolean type_has(const VirQmpSchema *schema, const char *type, char **tokens, guint depth)
{
    VirJson *entry = entry_of_kind(schema, type, NULL);
    if (!entry || depth > MAX_DEPTH)
        return FALSE;
    const char *kind = vir_json_str(entry, "meta-type", "");
    if (g_str_equal(kind, "array"))
        return type_has(schema, vir_json_str(entry, "element-type", NULL), tokens, depth + 1);
    if (g_str_equal(kind, "alternate")) {
        VirJson *members = vir_json_array(entry, "members");
        for (gsize i = 0; i < vir_json_len(members); i++) {
            if (type_has(schema, vir_json_str(vir_json_at(members, i), "type", NULL), tokens, depth + 1))
                return TRUE;
        }
        return FALSE;
    }
    if (g_str_equal(kind, "enum"))
        return tokens[0][0] == ':' && enum_has(entry, tokens[0] + 1);
    return g_str_equal(kind, "object") && object_has(schema, entry, tokens, depth);
}

gboolean vir_qmp_schema_has_path(const VirQmpSchema *schema, const char *path)
{
    gsize len = strcspn(path, "<>");
    g_autofree char *name = g_strndup(path, len);
    VirJson *command = entry_of_kind(schema, name, "command");
    if (!command || !path[len])
        return command != NULL;
    g_auto(GStrv) tokens = g_strsplit(path + len + 1, ">", MAX_DEPTH);
    return tokens[0] && type_has(schema, vir_json_str(command, path[len] == '<' ? "ret-type" : "arg-type", NULL), tokens, 0);
}

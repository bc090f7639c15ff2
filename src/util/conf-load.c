/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/conf.h"

#include <string.h>

#include "util/conf-priv.h"
#include "util/error.h"
#include "util/units.h"

#define VIR_FROM_THIS VIR_FROM_CONF

/* For error messages, by VirConfType. */
static const char *const type_names[] = {
    "a number", "a number", "a number", "a number", "0 or 1", "a string", "a list of strings", "a size",
    "a string or number",
};

const ConfEntry *vir_conf_find(const VirConf *conf, const char *key)
{
    for (guint i = 0; i < conf->entries->len; i++) {
        const ConfEntry *e = &g_array_index(conf->entries, ConfEntry, i);
        if (strcmp(e->key, key) == 0)
            return e;
    }
    return NULL;
}

static gboolean mismatch(const VirConf *conf, const ConfEntry *e, VirConfType type, GError **err)
{
    return vir_fail(err, VIR_ERR_CONF_SYNTAX, "%s:%u: key '%s' must be %s", conf->name, e->line, e->key,
                    type_names[type]);
}

typedef struct {
    gint64 min, max;
} Range;

/* What a row's type alone allows. */
static Range type_range(VirConfType type)
{
    switch (type) {
    case VIR_CONF_INT:
        return (Range){ G_MININT, G_MAXINT };
    case VIR_CONF_UINT:
        return (Range){ 0, G_MAXUINT };
    case VIR_CONF_BOOL:
        return (Range){ 0, 1 };
    case VIR_CONF_INT64:
        return (Range){ G_MININT64, G_MAXINT64 };
    default:
        return (Range){ 0, G_MAXINT64 };
    }
}

static gboolean get_number(const VirConf *conf, const ConfEntry *e, const VirConfRow *row, gint64 *ret, GError **err)
{
    Range range = type_range(row->type);
    if (row->min || row->max)
        range = (Range){ MAX(range.min, row->min), MIN(range.max, row->max) };
    if (e->kind == CONF_TEXT && row->type == VIR_CONF_SIZE) {
        guint64 v;
        if (!vir_units_parse(e->text, 1, range.max, &v, err)) {
            g_prefix_error(err, "%s:%u: key '%s': ", conf->name, e->line, e->key);
            return FALSE;
        }
        *ret = v;
    } else if (e->kind == CONF_NUMBER) {
        *ret = e->number;
    } else {
        return mismatch(conf, e, row->type, err);
    }
    if (*ret < range.min || *ret > range.max)
        return vir_fail(err, VIR_ERR_CONF_SYNTAX, "%s:%u: key '%s' must be from %" G_GINT64_FORMAT " to %"
                        G_GINT64_FORMAT, conf->name, e->line, e->key, range.min, range.max);
    return TRUE;
}

static gboolean apply_number(const VirConf *conf, const ConfEntry *e, const VirConfRow *row, char *field, GError **err)
{
    gint64 v = 0;
    if (!get_number(conf, e, row, &v, err))
        return FALSE;
    if (row->type == VIR_CONF_INT || row->type == VIR_CONF_BOOL)
        *(int *)field = v;
    else if (row->type == VIR_CONF_UINT)
        *(guint *)field = v;
    else
        *(gint64 *)field = v;   /* the unsigned form has the same bits: its range begins at 0 */
    return TRUE;
}

static gboolean apply_text(const VirConf *conf, const ConfEntry *e, const VirConfRow *row, char **field, GError **err)
{
    char *text;
    if (e->kind == CONF_TEXT)
        text = g_strdup(e->text);
    else if (e->kind == CONF_NUMBER && row->type == VIR_CONF_STRING_OR_INT)
        text = g_strdup_printf("%" G_GINT64_FORMAT, e->number);
    else
        return mismatch(conf, e, row->type, err);
    g_free(*field);
    *field = text;
    return TRUE;
}

static char **strv_of(const ConfEntry *e)
{
    if (e->kind == CONF_LIST)
        return g_strdupv(e->list);
    char **list = g_new0(char *, 2);
    list[0] = g_strdup(e->text);
    return list;
}

static gboolean apply_row(const VirConf *conf, const ConfEntry *e, const VirConfRow *row, gpointer target, GError **err)
{
    char *field = (char *)target + row->offset;
    if (row->refuse)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "%s:%u: key '%s' is not supported: %s", conf->name, e->line,
                        e->key, row->refuse);
    switch (row->type) {
    case VIR_CONF_STRING:
    case VIR_CONF_STRING_OR_INT:
        return apply_text(conf, e, row, (char **)field, err);
    case VIR_CONF_STRV:
        if (e->kind != CONF_LIST && e->kind != CONF_TEXT)
            return mismatch(conf, e, row->type, err);
        g_strfreev(*(char ***)field);
        *(char ***)field = strv_of(e);
        return TRUE;
    default:
        return apply_number(conf, e, row, field, err);
    }
}

gboolean vir_conf_apply(const VirConf *conf, const VirConfRow *rows, gpointer target, GError **err)
{
    for (const VirConfRow *row = rows; row->key; row++) {
        const ConfEntry *e = vir_conf_find(conf, row->key);
        if (e && e->kind != CONF_NONE && !apply_row(conf, e, row, target, err))
            return FALSE;
    }
    return TRUE;
}

void vir_conf_clear(const VirConfRow *rows, gpointer target)
{
    for (const VirConfRow *row = rows; row->key; row++) {
        char *field = (char *)target + row->offset;
        if (row->refuse)
            continue;
        if (row->type == VIR_CONF_STRV)
            g_clear_pointer((char ***)field, g_strfreev);
        else if (row->type == VIR_CONF_STRING || row->type == VIR_CONF_STRING_OR_INT)
            g_clear_pointer((char **)field, g_free);
    }
}

char **vir_conf_unknown(const VirConf *conf, const VirConfRow *rows)
{
    GPtrArray *out = g_ptr_array_new();
    for (guint i = 0; i < conf->entries->len; i++) {
        const ConfEntry *e = &g_array_index(conf->entries, ConfEntry, i);
        const VirConfRow *row = rows;
        while (row->key && strcmp(row->key, e->key) != 0)
            row++;
        if (!row->key)
            g_ptr_array_add(out, g_strdup_printf("%s:%u: unknown key '%s'", conf->name, e->line, e->key));
    }
    g_ptr_array_add(out, NULL);
    return (char **)g_ptr_array_free(out, FALSE);
}

gboolean vir_conf_get_string(const VirConf *conf, const char *key, const char **ret, GError **err)
{
    const ConfEntry *e = vir_conf_find(conf, key);
    if (!e || e->kind == CONF_NONE)
        return FALSE;
    if (e->kind != CONF_TEXT)
        return mismatch(conf, e, VIR_CONF_STRING, err);
    *ret = e->text;
    return TRUE;
}

gboolean vir_conf_get_int64(const VirConf *conf, const char *key, gint64 *ret, GError **err)
{
    const ConfEntry *e = vir_conf_find(conf, key);
    if (!e || e->kind == CONF_NONE)
        return FALSE;
    if (e->kind != CONF_NUMBER)
        return mismatch(conf, e, VIR_CONF_INT64, err);
    *ret = e->number;
    return TRUE;
}

gboolean vir_conf_get_strv(const VirConf *conf, const char *key, const char *const **ret, GError **err)
{
    const ConfEntry *e = vir_conf_find(conf, key);
    if (!e || e->kind == CONF_NONE)
        return FALSE;
    if (e->kind != CONF_LIST)
        return mismatch(conf, e, VIR_CONF_STRV, err);
    *ret = (const char *const *)e->list;
    return TRUE;
}

guint vir_conf_n_keys(const VirConf *conf)
{
    return conf->entries->len;
}

const char *vir_conf_key(const VirConf *conf, guint i)
{
    return i < conf->entries->len ? g_array_index(conf->entries, ConfEntry, i).key : NULL;
}

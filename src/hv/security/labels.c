/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "hv/security/security.h"
#include "util/error.h"
#include "util/proc.h"
#include "util/units.h"

#define VIR_FROM_THIS VIR_FROM_SECURITY

struct HvLabelSet {
    GArray *items;        /* of HvLabelItem */
    GHashTable *by_path;  /* path -> index + 1 */
};

static void item_clear(gpointer data)
{
    g_free(((HvLabelItem *)data)->path);
}

HvLabelSet *hv_label_set_new(void)
{
    HvLabelSet *set = g_new0(HvLabelSet, 1);
    set->items = g_array_new(FALSE, TRUE, sizeof(HvLabelItem));
    g_array_set_clear_func(set->items, item_clear);
    set->by_path = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return set;
}

HvLabelSet *hv_label_set_copy(const HvLabelSet *set)
{
    HvLabelSet *copy = hv_label_set_new();
    for (guint i = 0; i < set->items->len; i++) {
        const HvLabelItem *from = &g_array_index(set->items, HvLabelItem, i);
        HvLabelItem *to = hv_label_set_add(copy, from->path, from->flags);
        char *path = to->path;
        *to = *from;
        to->path = path;
    }
    return copy;
}

void hv_label_set_free(HvLabelSet *set)
{
    if (!set)
        return;
    g_array_unref(set->items);
    g_hash_table_unref(set->by_path);
    g_free(set);
}

/* Flags that hold for a path only when everyone who names it says so. */
#define AGREE (HV_LABEL_SHARED | HV_LABEL_MISSING_OK | HV_LABEL_FORGET)

HvLabelItem *hv_label_set_add(HvLabelSet *set, const char *path, guint flags)
{
    guint at = GPOINTER_TO_UINT(g_hash_table_lookup(set->by_path, path));
    if (at > 0) {
        HvLabelItem *item = &g_array_index(set->items, HvLabelItem, at - 1);
        item->flags = (item->flags & flags & AGREE) | ((item->flags | flags) & ~(guint)AGREE);
        return item;
    }
    HvLabelItem item = { .path = g_strdup(path), .flags = flags, .relabel = TRUE, .uid = (uid_t)-1, .gid = (gid_t)-1 };
    g_array_append_val(set->items, item);
    g_hash_table_insert(set->by_path, g_strdup(path), GUINT_TO_POINTER(set->items->len));
    return &g_array_index(set->items, HvLabelItem, set->items->len - 1);
}

guint hv_label_set_count(const HvLabelSet *set)
{
    return set->items->len;
}

HvLabelItem *hv_label_set_item(HvLabelSet *set, guint i)
{
    return &g_array_index(set->items, HvLabelItem, i);
}

void hv_label_set_mark_applied(HvLabelSet *set)
{
    for (guint i = 0; i < set->items->len; i++)
        g_array_index(set->items, HvLabelItem, i).applied = TRUE;
}

gboolean hv_dac_label_parse(const char *text, uid_t *ret_uid, gid_t *ret_gid, GError **err)
{
    const char *colon = text ? strchr(text, ':') : NULL;
    g_autofree char *user = text ? g_strndup(text, colon ? (gsize)(colon - text) : strlen(text)) : NULL;
    gid_t primary = (gid_t)-1;
    if (!user || !*user || (colon && !colon[1]))
        return vir_fail(err, VIR_ERR_INVALID_ARG, "'%s' is no DAC label: it is written USER:GROUP or +UID:+GID",
                        text ? text : "");
    uid_t uid;
    gid_t gid = *ret_gid;
    if (!vir_proc_user(user, &uid, &primary, err))
        return FALSE;
    if (colon && !vir_proc_group(colon + 1, &gid, err))
        return FALSE;
    *ret_uid = uid;
    *ret_gid = gid;
    return TRUE;
}

gboolean hv_label_item_override(HvLabelItem *item, const char *label, gboolean relabel, GError **err)
{
    item->relabel = relabel;
    if (!label || !relabel)
        return TRUE;
    g_autoptr(GError) why = NULL;
    if (!hv_dac_label_parse(label, &item->uid, &item->gid, &why))
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "the <seclabel> of '%s' cannot be used: %s", item->path,
                        why->message);
    return TRUE;
}

/* ---- the form of the status document ---- */

#define PLAIN G_URI_RESERVED_CHARS_ALLOWED_IN_PATH

char *hv_label_set_format(const HvLabelSet *set)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < set->items->len; i++) {
        const HvLabelItem *item = &g_array_index(set->items, HvLabelItem, i);
        g_autofree char *path = g_uri_escape_string(item->path, PLAIN, FALSE);
        if (!item->relabel)
            continue;
        if (item->known)
            g_string_append_printf(out, "%u:%u:", item->old_uid, item->old_gid);
        else
            g_string_append(out, "::");
        g_string_append_printf(out, "%u:%s\n", item->flags, path);
    }
    return g_string_free(out, FALSE);
}

static gboolean line_parse(HvLabelSet *set, const char *line)
{
    g_auto(GStrv) f = g_strsplit(line, ":", 4);
    guint64 uid = 0, gid = 0, flags;
    if (g_strv_length(f) != 4 || !vir_units_uint64(f[2], G_MAXUINT, &flags))
        return FALSE;
    gboolean known = f[0][0] != '\0';
    if (known && (!vir_units_uint64(f[0], G_MAXUINT32, &uid) || !vir_units_uint64(f[1], G_MAXUINT32, &gid)))
        return FALSE;
    g_autofree char *path = g_uri_unescape_string(f[3], NULL);
    if (!path || path[0] != '/')
        return FALSE;
    HvLabelItem *item = hv_label_set_add(set, path, (guint)flags);
    item->known = known;
    item->old_uid = (uid_t)uid;
    item->old_gid = (gid_t)gid;
    item->applied = TRUE;
    return TRUE;
}

HvLabelSet *hv_label_set_parse(const char *text, GError **err)
{
    g_autoptr(HvLabelSet) set = hv_label_set_new();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **l = lines; *l; l++) {
        g_strstrip(*l);
        if (**l && !line_parse(set, *l)) {
            vir_fail(err, VIR_ERR_INTERNAL_ERROR, "the list of labelled files has a bad line: '%s'", *l);
            return NULL;
        }
    }
    return g_steal_pointer(&set);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "hv/placement/placement-priv.h"

#define MACHINE_NAME_MAX 64

static gboolean is_separator(char c)
{
    return c == '.' || c == '-';
}

char *hv_placement_machine_name(const char *driver, int id, const char *name)
{
    g_autofree char *full = g_strdup_printf("%s-%d-%s", driver, id, name);
    GString *out = g_string_sized_new(MACHINE_NAME_MAX);
    for (const char *c = full; *c && out->len < MACHINE_NAME_MAX; c++) {
        /* A name is made of labels as a host's is: no two separators beside each other, none at an end. */
        if (g_ascii_isalnum(*c) || (is_separator(*c) && out->len > 0 && !is_separator(out->str[out->len - 1])))
            g_string_append_c(out, *c);
    }
    while (out->len > 0 && is_separator(out->str[out->len - 1]))
        g_string_truncate(out, out->len - 1);
    return g_string_free(out, FALSE);
}

/* systemd's escaping of one unit name part. */
static void unit_escape(GString *out, const char *s)
{
    for (const char *c = s; *c; c++) {
        if (g_ascii_isalnum(*c) || *c == ':' || *c == '_' || (*c == '.' && c != s))
            g_string_append_c(out, *c);
        else
            g_string_append_printf(out, "\\x%02x", (unsigned char)*c);
    }
}

char *hv_placement_scope_name(const char *machine_name)
{
    GString *out = g_string_new("machine-");
    unit_escape(out, machine_name);
    g_string_append(out, ".scope");
    return g_string_free(out, FALSE);
}

char *hv_partition_path(const char *partition)
{
    g_auto(GStrv) parts = g_strsplit(partition, "/", -1);
    GString *out = g_string_new(NULL);
    guint n = 0;
    for (char **p = parts; *p; p++) {
        if (!**p)
            continue;
        g_string_append_printf(out, "/%s", *p);
        /* The three roots are named plainly; so is what has a suffix already. */
        gboolean plain = n++ == 0 && (strcmp(*p, "machine") == 0 || strcmp(*p, "user") == 0 || strcmp(*p, "system") == 0);
        if (!plain && !strchr(*p, '.'))
            g_string_append(out, ".partition");
    }
    return g_string_free(out, FALSE);
}

char *hv_partition_slice(const char *partition)
{
    g_auto(GStrv) parts = g_strsplit(partition, "/", -1);
    GString *out = g_string_new(NULL);
    for (char **p = parts; *p; p++) {
        if (!**p)
            continue;
        if (out->len > 0)
            g_string_append_c(out, '-');
        if (g_str_has_suffix(*p, ".slice"))
            (*p)[strlen(*p) - strlen(".slice")] = '\0';
        unit_escape(out, *p);
    }
    g_string_append(out, ".slice");
    return g_string_free(out, FALSE);
}

static gboolean is_sub_group(const char *name)
{
    static const char *const numbered[] = { "vcpu", "iothread" };
    if (strcmp(name, "emulator") == 0 || strcmp(name, "libvirt") == 0)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(numbered); i++) {
        gsize n = strlen(numbered[i]);
        if (strncmp(name, numbered[i], n) == 0 && name[n] && strspn(name + n, "0123456789") == strlen(name + n))
            return TRUE;
    }
    return FALSE;
}

char *hv_placement_guest_path(const char *path, const char *driver, HvPlacementKind *ret_kind)
{
    g_autofree char *p = g_strdup(path);
    char *slash;
    while ((slash = strrchr(p, '/')) && is_sub_group(slash + 1))
        *slash = '\0';
    if (!slash)
        return NULL;
    g_autofree char *suffix = g_strconcat(".libvirt-", driver, NULL);
    if (g_str_has_prefix(slash + 1, "machine-") && g_str_has_suffix(slash + 1, ".scope"))
        *ret_kind = HV_PLACEMENT_MACHINED;
    else if (g_str_has_suffix(slash + 1, suffix))
        *ret_kind = HV_PLACEMENT_CGROUP;
    else
        return NULL;
    return g_steal_pointer(&p);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 * A configuration file that parses must come out of its canonical text again, and feed a loader without harm. */
#include "fuzz.h"
#include "util/conf.h"

typedef struct {
    gint64 number;
    guint64 size;
    gboolean on;
    char *text, *id;
    char **list;
} Target;

static const VirConfRow rows[] = {
    { "number", VIR_CONF_INT64, offsetof(Target, number) },
    { "size", VIR_CONF_SIZE, offsetof(Target, size) },
    { "on", VIR_CONF_BOOL, offsetof(Target, on) },
    { "text", VIR_CONF_STRING, offsetof(Target, text) },
    { "id", VIR_CONF_STRING_OR_INT, offsetof(Target, id) },
    { "list", VIR_CONF_STRV, offsetof(Target, list) },
    { NULL },
};

int LLVMFuzzerTestOneInput(const guint8 *data, gsize len)
{
    g_autoptr(VirConf) conf = vir_conf_parse((const char *)data, len, "fuzz", NULL);
    if (!conf)
        return 0;
    g_autofree char *text = vir_conf_format(conf);
    g_autoptr(VirConf) again = vir_conf_parse(text, strlen(text), "again", NULL);
    g_assert_nonnull(again);
    g_autofree char *text2 = vir_conf_format(again);
    g_assert_cmpstr(text, ==, text2);

    g_autoptr(GError) err = NULL;
    Target target = { 0 };
    g_assert_cmpint(vir_conf_apply(conf, rows, &target, &err), ==, err == NULL);
    vir_conf_clear(rows, &target);
    g_auto(GStrv) unknown = vir_conf_unknown(conf, rows);
    g_assert_cmpuint(g_strv_length(unknown), <=, vir_conf_n_keys(conf));
    return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Configuration files of the form  key = 1 | "text" | [ "list", "of" ]  and a loader driven by rows.
 *
 *     static const VirConfRow rows[] = {
 *         { "max_clients", VIR_CONF_UINT, offsetof(Config, max_clients), .max = 65535 },
 *         { "user", VIR_CONF_STRING, offsetof(Config, user) },
 *         { NULL }
 *     };
 *
 * Errors name file and line. Immutable after parsing.
 */
#pragma once

#include <glib.h>

typedef enum {
    VIR_CONF_INT,           /* int field */
    VIR_CONF_UINT,          /* guint field */
    VIR_CONF_INT64,         /* gint64 field */
    VIR_CONF_UINT64,        /* guint64 field */
    VIR_CONF_BOOL,          /* gboolean field; 0 or 1 in the file */
    VIR_CONF_STRING,        /* char * field, owned */
    VIR_CONF_STRV,          /* char ** field, owned; a single string is a list of one */
    VIR_CONF_SIZE,          /* guint64 field in bytes; a number or a string with unit */
    VIR_CONF_STRING_OR_INT, /* char * field; a number is kept as its text */
} VirConfType;

typedef struct {
    const char *key;
    VirConfType type;
    gsize offset;
    gint64 min, max;        /* of numbers; both 0: the range of the type */
    const char *refuse;     /* not NULL: the key is known and not honoured; loading fails with this reason */
} VirConfRow;

typedef struct VirConf VirConf;

/* At most 10 MiB, 64 Ki keys. @name is used in errors. Returns: caller frees; NULL with VIR_ERR_CONF_SYNTAX. */
VirConf *vir_conf_parse(const char *text, gsize len, const char *name, GError **err);
/* A missing file gives an empty conf when @missing_ok. VIR_ERR_OPEN_FAILED or VIR_ERR_CONF_SYNTAX. */
VirConf *vir_conf_load(const char *path, gboolean missing_ok, GError **err);
void vir_conf_free(VirConf *conf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirConf, vir_conf_free)

/* Writes the keys of the file that have a row into @target; fields whose key is absent stay as they are (set defaults
 * before). Owned fields are freed before they are replaced. VIR_ERR_CONF_SYNTAX naming file, line, key, wanted type. */
gboolean vir_conf_apply(const VirConf *conf, const VirConfRow *rows, gpointer target, GError **err);
/* Frees the owned fields of @target and makes them NULL. */
void vir_conf_clear(const VirConfRow *rows, gpointer target);
/* "file:3: unknown key 'x'" for every key without a row in @rows. Returns: caller frees, g_strfreev; never NULL. */
char **vir_conf_unknown(const VirConf *conf, const VirConfRow *rows);

/* Single keys, for those that have no struct. Absent: FALSE with *err NULL. Borrowed from @conf. */
gboolean vir_conf_get_string(const VirConf *conf, const char *key, const char **ret, GError **err);
gboolean vir_conf_get_int64(const VirConf *conf, const char *key, gint64 *ret, GError **err);
gboolean vir_conf_get_strv(const VirConf *conf, const char *key, const char *const **ret, GError **err);
guint vir_conf_n_keys(const VirConf *conf);
const char *vir_conf_key(const VirConf *conf, guint i);
/* The canonical text of the whole: what parses to the same. Returns: caller frees. */
char *vir_conf_format(const VirConf *conf);

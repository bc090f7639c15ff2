/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A parsed configuration file, for conf*.c only.
 */
#pragma once

#include "util/conf.h"

typedef enum { CONF_NONE, CONF_NUMBER, CONF_TEXT, CONF_LIST } ConfKind;

typedef struct {
    char *key;
    guint line;
    ConfKind kind;
    gint64 number;
    char *text;
    char **list;
} ConfEntry;

struct VirConf {
    char *name;
    GArray *entries;         /* ConfEntry */
};

/* The entry that counts for @key; NULL. */
const ConfEntry *vir_conf_find(const VirConf *conf, const char *key);

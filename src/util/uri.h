/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * URIs of connections and migration: scheme[+transport]://[user@]host[:port]/path?key=value&... Immutable strings in a
 * plain struct that its owner may change before formatting.
 */
#pragma once

#include <glib.h>

typedef struct {
    char *name, *value;      /* decoded; value never NULL */
    gboolean ignore;         /* left out by format: consumed by whoever set it */
} VirUriParam;

typedef struct {
    char *scheme;            /* lower case, without transport */
    char *transport;         /* after '+'; NULL */
    char *user;              /* decoded; NULL */
    char *host;              /* without brackets; NULL when the URI has no authority, "" for an empty one */
    int port;                /* 0: none */
    char *path;              /* decoded; never NULL */
    char *fragment;          /* NULL */
    VirUriParam *params;
    guint n_params;
} VirUri;

/* At most 8 KiB. VIR_ERR_INVALID_ARG naming the text. Returns: caller frees. */
VirUri *vir_uri_parse(const char *text, GError **err);
void vir_uri_free(VirUri *uri);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirUri, vir_uri_free)
/* Returns: caller frees. Parsing it again gives an equal struct. */
char *vir_uri_format(const VirUri *uri);
/* The value of the first parameter of that name (case-insensitive); NULL. */
const char *vir_uri_param(const VirUri *uri, const char *name);
/* Appends or replaces. */
void vir_uri_set_param(VirUri *uri, const char *name, const char *value);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/uri.h"

#include <string.h>

#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_URI
#define MAX_BYTES 8192

static void append_param(VirUri *uri, char *name, char *value)
{
    uri->params = g_renew(VirUriParam, uri->params, uri->n_params + 1);
    uri->params[uri->n_params++] = (VirUriParam){ name, value, FALSE };
}

/* name=value pairs between '&' or ';', each part percent-encoded. */
static gboolean parse_query(VirUri *uri, const char *query, const char *text, GError **err)
{
    for (const char *p = query; *p;) {
        size_t len = strcspn(p, "&;");
        const char *eq = memchr(p, '=', len);
        const char *end = p + len;
        if (len > 0) {
            char *name = g_uri_unescape_segment(p, eq ? eq : end, NULL);
            char *value = eq ? g_uri_unescape_segment(eq + 1, end, NULL) : g_strdup("");
            if (!name || !value || !*name) {
                g_free(name);
                g_free(value);
                return vir_fail(err, VIR_ERR_INVALID_ARG, "URI '%.200s': query '%.*s' is wrong", text, (int)len, p);
            }
            append_param(uri, name, value);
        }
        p = *end ? end + 1 : end;
    }
    return TRUE;
}

VirUri *vir_uri_parse(const char *text, GError **err)
{
    g_autoptr(GError) local = NULL;
    if (strlen(text) > MAX_BYTES) {
        vir_fail(err, VIR_ERR_INVALID_ARG, "URI of more than %d bytes", MAX_BYTES);
        return NULL;
    }
    g_autoptr(GUri) g = g_uri_parse(text, G_URI_FLAGS_ENCODED_QUERY, &local);
    if (!g) {
        vir_fail(err, VIR_ERR_INVALID_ARG, "URI '%.200s': %s", text, local->message);
        return NULL;
    }
    g_autoptr(VirUri) uri = g_new0(VirUri, 1);
    const char *scheme = g_uri_get_scheme(g);
    const char *plus = strchr(scheme, '+');
    uri->scheme = plus ? g_strndup(scheme, plus - scheme) : g_strdup(scheme);
    uri->transport = plus && plus[1] ? g_strdup(plus + 1) : NULL;
    uri->user = g_strdup(g_uri_get_userinfo(g));
    uri->host = g_strdup(g_uri_get_host(g));
    uri->port = MAX(g_uri_get_port(g), 0);
    uri->path = g_strdup(g_uri_get_path(g));
    uri->fragment = g_strdup(g_uri_get_fragment(g));
    const char *query = g_uri_get_query(g);
    if (query && !parse_query(uri, query, text, err))
        return NULL;
    return g_steal_pointer(&uri);
}

void vir_uri_free(VirUri *uri)
{
    if (!uri)
        return;
    for (guint i = 0; i < uri->n_params; i++) {
        g_free(uri->params[i].name);
        g_free(uri->params[i].value);
    }
    g_free(uri->params);
    g_free(uri->scheme);
    g_free(uri->transport);
    g_free(uri->user);
    g_free(uri->host);
    g_free(uri->path);
    g_free(uri->fragment);
    g_free(uri);
}

static void append_escaped(GString *out, const char *text, const char *allowed)
{
    g_string_append_uri_escaped(out, text, allowed, FALSE);
}

static void format_authority(GString *out, const VirUri *uri)
{
    g_string_append(out, "//");
    if (uri->user) {
        append_escaped(out, uri->user, ":!$&'()*+,;=");
        g_string_append_c(out, '@');
    }
    if (strchr(uri->host, ':')) {
        /* An address: nothing to escape but the '%' before a zone. */
        const char *zone = strchr(uri->host, '%');
        size_t len = zone ? (size_t)(zone - uri->host) : strlen(uri->host);
        g_string_append_printf(out, "[%.*s", (int)len, uri->host);
        if (zone) {
            g_string_append(out, "%25");
            append_escaped(out, zone + 1, NULL);
        }
        g_string_append_c(out, ']');
    } else {
        append_escaped(out, uri->host, "!$&'()*+,;=");
    }
    if (uri->port)
        g_string_append_printf(out, ":%d", uri->port);
}

char *vir_uri_format(const VirUri *uri)
{
    GString *out = g_string_new(uri->scheme);
    if (uri->transport)
        g_string_append_printf(out, "+%s", uri->transport);
    g_string_append_c(out, ':');
    if (uri->host)
        format_authority(out, uri);
    else if (g_str_has_prefix(uri->path, "//"))
        g_string_append(out, "/.");   /* or its start would be an authority */
    append_escaped(out, uri->path, "/:@!$&'()*+,;=");
    char separator = '?';
    for (guint i = 0; i < uri->n_params; i++) {
        const VirUriParam *p = &uri->params[i];
        if (p->ignore)
            continue;
        g_string_append_c(out, separator);
        append_escaped(out, p->name, "/:@!$'()*,");
        g_string_append_c(out, '=');
        append_escaped(out, p->value, "/:@!$'()*,?");
        separator = '&';
    }
    if (uri->fragment) {
        g_string_append_c(out, '#');
        append_escaped(out, uri->fragment, "/:@!$&'()*+,;=?");
    }
    return g_string_free(out, FALSE);
}

static VirUriParam *find_param(const VirUri *uri, const char *name)
{
    for (guint i = 0; i < uri->n_params; i++)
        if (g_ascii_strcasecmp(uri->params[i].name, name) == 0)
            return &uri->params[i];
    return NULL;
}

const char *vir_uri_param(const VirUri *uri, const char *name)
{
    const VirUriParam *p = find_param(uri, name);
    return p ? p->value : NULL;
}

void vir_uri_set_param(VirUri *uri, const char *name, const char *value)
{
    VirUriParam *p = find_param(uri, name);
    if (!p) {
        append_param(uri, g_strdup(name), g_strdup(value));
        return;
    }
    g_free(p->value);
    p->value = g_strdup(value);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/conf.h"

#include <string.h>

#include "util/conf-priv.h"
#include "util/error.h"
#include "util/file.h"

#define VIR_FROM_THIS VIR_FROM_CONF
#define MAX_BYTES (10 * 1024 * 1024)
#define MAX_KEYS 65536

typedef struct {
    const char *at, *end;
    const char *name;
    guint line;
    GError **err;
} Parser;

static gboolean wrong(Parser *p, const char *what)
{
    return vir_fail(p->err, VIR_ERR_CONF_SYNTAX, "%s:%u: %s", p->name, p->line, what);
}

static int peek(const Parser *p)
{
    return p->at < p->end ? (guchar)*p->at : -1;
}

static void skip_blanks(Parser *p)
{
    while (peek(p) == ' ' || peek(p) == '\t' || peek(p) == '\r')
        p->at++;
}

static void skip_comment(Parser *p)
{
    if (peek(p) != '#')
        return;
    while (p->at < p->end && *p->at != '\n')
        p->at++;
}

/* Blanks, newlines and comments: between statements and inside lists. */
static void skip_lines(Parser *p)
{
    for (;;) {
        skip_blanks(p);
        skip_comment(p);
        if (peek(p) != '\n')
            return;
        p->at++;
        p->line++;
    }
}

static void clear_entry(gpointer data)
{
    ConfEntry *e = data;
    g_free(e->key);
    g_free(e->text);
    g_strfreev(e->list);
}

/* """ ... """: everything up to the next three, newlines too. */
static gboolean parse_long_string(Parser *p, char **ret)
{
    const char *start = p->at += 3;
    guint first_line = p->line;
    for (; p->end - p->at >= 3; p->at++) {
        if (memcmp(p->at, "\"\"\"", 3) == 0) {
            *ret = g_strndup(start, p->at - start);
            p->at += 3;
            return TRUE;
        }
        if (*p->at == '\n')
            p->line++;
    }
    p->line = first_line;
    return wrong(p, "string that begins with \"\"\" has no end");
}

/* No escapes: what stands between the quotes is the value. */
static gboolean parse_string(Parser *p, char **ret)
{
    char quote = *p->at;
    if (quote == '"' && p->end - p->at >= 3 && p->at[1] == '"' && p->at[2] == '"')
        return parse_long_string(p, ret);
    const char *start = ++p->at;
    while (peek(p) != quote) {
        if (peek(p) == -1 || *p->at == '\n')
            return wrong(p, "string has no end on its line");
        p->at++;
    }
    *ret = g_strndup(start, p->at++ - start);
    return TRUE;
}

static gboolean parse_number(Parser *p, gint64 *ret)
{
    gboolean negative = peek(p) == '-';
    gint64 v = 0;
    p->at += negative;
    if (!g_ascii_isdigit(peek(p)))
        return wrong(p, "number expected after '-'");
    for (; peek(p) >= '0' && peek(p) <= '9'; p->at++) {
        int digit = *p->at - '0';
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, negative ? -digit : digit, &v))
            return wrong(p, "number is too large");
    }
    *ret = v;
    return TRUE;
}

static gboolean is_number_start(const Parser *p)
{
    return peek(p) == '-' || (peek(p) >= '0' && peek(p) <= '9');
}

static gboolean parse_list_item(Parser *p, char **ret)
{
    gint64 n;
    if (peek(p) == '"' || peek(p) == '\'')
        return parse_string(p, ret);
    if (!is_number_start(p))
        return wrong(p, "string or number expected in a list");
    if (!parse_number(p, &n))
        return FALSE;
    *ret = g_strdup_printf("%" G_GINT64_FORMAT, n);
    return TRUE;
}

static gboolean parse_list(Parser *p, char ***ret)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);
    p->at++;
    skip_lines(p);
    while (peek(p) != ']') {
        char *item;
        if (!parse_list_item(p, &item))
            return FALSE;
        g_ptr_array_add(items, item);
        skip_lines(p);
        if (peek(p) == ',') {
            p->at++;
            skip_lines(p);
        } else if (peek(p) != ']') {
            return wrong(p, peek(p) == -1 ? "list has no end" : "',' or ']' expected in a list");
        }
    }
    p->at++;
    g_ptr_array_add(items, NULL);
    g_ptr_array_set_free_func(items, NULL);
    *ret = (char **)g_ptr_array_free(g_steal_pointer(&items), FALSE);
    return TRUE;
}

static gboolean parse_value(Parser *p, ConfEntry *e)
{
    switch (peek(p)) {
    case '"':
    case '\'':
        e->kind = CONF_TEXT;
        return parse_string(p, &e->text);
    case '[':
        e->kind = CONF_LIST;
        return parse_list(p, &e->list);
    default:
        e->kind = CONF_NUMBER;
        return is_number_start(p) ? parse_number(p, &e->number)
                                  : wrong(p, "value expected: a number, a string or a list");
    }
}

static gboolean is_key_char(int c, gboolean first)
{
    return c > 0 && (g_ascii_isalpha(c) || c == '_' || (!first && (g_ascii_isdigit(c) || c == '.' || c == '-')));
}

static gboolean parse_statement(Parser *p, ConfEntry *e)
{
    const char *start = p->at;
    while (is_key_char(peek(p), p->at == start))
        p->at++;
    if (p->at == start)
        return wrong(p, "name of a key expected");
    e->key = g_strndup(start, p->at - start);
    e->line = p->line;
    skip_blanks(p);
    if (peek(p) == '=') {
        p->at++;
        skip_blanks(p);
        if (!parse_value(p, e))
            return FALSE;
    }
    skip_blanks(p);
    skip_comment(p);
    if (peek(p) != -1 && peek(p) != '\n' && peek(p) != ';')
        return wrong(p, "end of line expected after the value");
    return TRUE;
}

VirConf *vir_conf_parse(const char *text, gsize len, const char *name, GError **err)
{
    g_autoptr(VirConf) conf = g_new0(VirConf, 1);
    conf->name = g_strdup(name);
    conf->entries = g_array_new(FALSE, TRUE, sizeof(ConfEntry));
    g_array_set_clear_func(conf->entries, clear_entry);
    if (len > MAX_BYTES) {
        vir_fail(err, VIR_ERR_CONF_SYNTAX, "%s: more than %d bytes", name, MAX_BYTES);
        return NULL;
    }
    if (!g_utf8_validate_len(text, len, NULL)) {
        vir_fail(err, VIR_ERR_CONF_SYNTAX, "%s: not UTF-8", name);
        return NULL;
    }
    Parser p = { text, text + len, name, 1, err };
    for (;;) {
        skip_lines(&p);
        while (peek(&p) == ';') {
            p.at++;
            skip_lines(&p);
        }
        if (peek(&p) == -1)
            return g_steal_pointer(&conf);
        ConfEntry e = { 0 };
        gboolean ok = conf->entries->len < MAX_KEYS ? parse_statement(&p, &e) : wrong(&p, "too many keys");
        g_array_append_val(conf->entries, e);
        if (!ok)
            return NULL;
    }
}

VirConf *vir_conf_load(const char *path, gboolean missing_ok, GError **err)
{
    g_autoptr(GError) local = NULL;
    gsize len = 0;
    g_autofree char *text = vir_file_read(path, MAX_BYTES, &len, &local);
    if (!text && !(missing_ok && vir_file_error_is_absent(local))) {
        vir_fail(err, VIR_ERR_OPEN_FAILED, "%s", local->message);
        return NULL;
    }
    return vir_conf_parse(text ? text : "", len, path, err);
}

void vir_conf_free(VirConf *conf)
{
    if (!conf)
        return;
    g_free(conf->name);
    g_array_unref(conf->entries);
    g_free(conf);
}

static void format_string(GString *out, const char *text)
{
    const char *quote = !strchr(text, '"') && !strchr(text, '\n') ? "\"" : !strchr(text, '\'') && !strchr(text, '\n')
                            ? "'" : "\"\"\"";
    g_string_append_printf(out, "%s%s%s", quote, text, quote);
}

char *vir_conf_format(const VirConf *conf)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < conf->entries->len; i++) {
        const ConfEntry *e = &g_array_index(conf->entries, ConfEntry, i);
        g_string_append(out, e->key);
        if (e->kind != CONF_NONE)
            g_string_append(out, " = ");
        if (e->kind == CONF_NUMBER)
            g_string_append_printf(out, "%" G_GINT64_FORMAT, e->number);
        if (e->kind == CONF_TEXT)
            format_string(out, e->text);
        if (e->kind == CONF_LIST) {
            g_string_append(out, "[ ");
            for (char **s = e->list; *s; s++) {
                format_string(out, *s);
                g_string_append(out, s[1] ? ", " : " ");
            }
            g_string_append_c(out, ']');
        }
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}

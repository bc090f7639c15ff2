/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/error.h"

#include <string.h>

/* g_define_extended_error wants these names from the type name below. */
typedef VirErrorExtra VirErrorPrivate;

static void vir_error_private_init(VirErrorPrivate *priv)
{
    priv->int1 = priv->int2 = -1;
}

static void vir_error_private_copy(const VirErrorPrivate *src, VirErrorPrivate *dest)
{
    *dest = *src;
    dest->str1 = g_strdup(src->str1);
    dest->str2 = g_strdup(src->str2);
    dest->str3 = g_strdup(src->str3);
}

static void vir_error_private_clear(VirErrorPrivate *priv)
{
    g_free(priv->str1);
    g_free(priv->str2);
    g_free(priv->str3);
}

G_DEFINE_EXTENDED_ERROR(VirError, vir_error)

static gboolean fail_take(GError **err, int domain, int code, char *detail, int int1)
{
    if (err) {
        g_return_val_if_fail(*err == NULL, (g_free(detail), FALSE));
        *err = g_error_new_literal(VIR_ERROR, code, detail);
        VirErrorPrivate *priv = vir_error_get_private(*err);
        priv->domain = domain;
        priv->int1 = int1;
    }
    g_free(detail);
    return FALSE;
}

gboolean vir_fail_full(GError **err, int domain, int code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *detail = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    return fail_take(err, domain, code, detail, -1);
}

gboolean vir_fail_errno_full(GError **err, int domain, int errnum, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    g_autofree char *what = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    return fail_take(err, domain, VIR_ERR_SYSTEM_ERROR, g_strdup_printf("%s: %s", what, g_strerror(errnum)), errnum);
}

int vir_error_code(const GError *err)
{
    return err->domain == VIR_ERROR ? err->code : VIR_ERR_INTERNAL_ERROR;
}

const VirErrorExtra *vir_error_extra(const GError *err)
{
    static const VirErrorExtra none = { .domain = VIR_FROM_NONE, .int1 = -1, .int2 = -1 };
    return err->domain == VIR_ERROR ? vir_error_get_private(err) : &none;
}

void vir_error_set_domain(GError *err, int domain)
{
    g_return_if_fail(err->domain == VIR_ERROR);
    ((VirErrorPrivate *)vir_error_get_private(err))->domain = domain;
}

void vir_error_set_extra(GError *err, const char *str1, const char *str2, const char *str3, int int1, int int2)
{
    g_return_if_fail(err->domain == VIR_ERROR);
    VirErrorPrivate *priv = vir_error_get_private(err);
    vir_error_private_clear(priv);
    priv->str1 = g_strdup(str1);
    priv->str2 = g_strdup(str2);
    priv->str3 = g_strdup(str3);
    priv->int1 = int1;
    priv->int2 = int2;
}

char *vir_error_public_message(const GError *err)
{
    int code = vir_error_code(err);
    gboolean detail = err->message && *err->message;
    const char *template = vir_error_template(code, detail);
    if (!template)
        return g_strdup(detail ? err->message : "unknown error");
    const char *mark = detail ? strstr(template, "%s") : NULL;
    if (!mark)
        return g_strdup(template);
    return g_strdup_printf("%.*s%s%s", (int)(mark - template), template, err->message, mark + 2);
}

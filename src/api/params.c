/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Typed parameters of the wire: see params.h.
 */
#include "api/params.h"

#include <stddef.h>
#include <string.h>

#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_NONE

/* The admin program has its own name for the same layout; vir_params_move relies on it. */
G_STATIC_ASSERT(sizeof(admin_typed_param) == sizeof(remote_typed_param));
G_STATIC_ASSERT(offsetof(admin_typed_param, value.type) == offsetof(remote_typed_param, value.type));
G_STATIC_ASSERT(offsetof(admin_typed_param, value.u) == offsetof(remote_typed_param, value.u));

static const char *const type_names[] = {
    [VIR_TYPED_PARAM_INT] = "int",       [VIR_TYPED_PARAM_UINT] = "uint",
    [VIR_TYPED_PARAM_LLONG] = "llong",   [VIR_TYPED_PARAM_ULLONG] = "ullong",
    [VIR_TYPED_PARAM_DOUBLE] = "double", [VIR_TYPED_PARAM_BOOLEAN] = "boolean",
    [VIR_TYPED_PARAM_STRING] = "string",
};

static const char *type_name(int type)
{
    return type > 0 && type < (int) G_N_ELEMENTS(type_names) ? type_names[type] : "unknown";
}

/* ---- building ---- */

void vir_params_clear(VirParams *p)
{
    for (guint i = 0; i < p->len; i++)
        vir_xdr_clear(&remote_typed_param_xdr, &p->val[i]);
    g_clear_pointer(&p->val, g_free);
    p->len = p->room = 0;
}

static remote_typed_param *append(VirParams *p, int type)
{
    remote_typed_param *param;

    if (p->len == p->room) {
        p->room = MAX(16, p->room * 2);
        p->val = g_renew(remote_typed_param, p->val, p->room);
    }
    param = &p->val[p->len++];
    memset(param, 0, sizeof(*param));
    param->value.type = type;
    return param;
}

/* Bodies of the adders differ in one member only. */
#define ADD(type_, member_, value_) \
    G_STMT_START { \
        remote_typed_param *param_ = append(p, type_); \
        va_list ap_; \
        va_start(ap_, name); \
        param_->field = g_strdup_vprintf(name, ap_); \
        va_end(ap_); \
        param_->value.u.member_ = (value_); \
    } G_STMT_END

void vir_params_add_int(VirParams *p, gint value, const char *name, ...)
{
    ADD(VIR_TYPED_PARAM_INT, i, value);
}

void vir_params_add_uint(VirParams *p, guint value, const char *name, ...)
{
    ADD(VIR_TYPED_PARAM_UINT, ui, value);
}

void vir_params_add_llong(VirParams *p, gint64 value, const char *name, ...)
{
    ADD(VIR_TYPED_PARAM_LLONG, l, value);
}

void vir_params_add_ullong(VirParams *p, guint64 value, const char *name, ...)
{
    ADD(VIR_TYPED_PARAM_ULLONG, ul, value);
}

void vir_params_add_double(VirParams *p, double value, const char *name, ...)
{
    ADD(VIR_TYPED_PARAM_DOUBLE, d, value);
}

void vir_params_add_bool(VirParams *p, gboolean value, const char *name, ...)
{
    ADD(VIR_TYPED_PARAM_BOOLEAN, b, value != FALSE);
}

void vir_params_add_string(VirParams *p, const char *value, const char *name, ...)
{
    if (value)
        ADD(VIR_TYPED_PARAM_STRING, s, g_strdup(value));
}

void vir_params_add_copies(VirParams *p, const remote_typed_param *val, guint n)
{
    for (guint i = 0; i < n; i++) {
        remote_typed_param *param = append(p, val[i].value.type);

        param->field = g_strdup(val[i].field);
        param->value = val[i].value;
        if (param->value.type == VIR_TYPED_PARAM_STRING)
            param->value.u.s = g_strdup(param->value.u.s);
    }
}

void vir_params_drop_strings(VirParams *p)
{
    guint kept = 0;

    for (guint i = 0; i < p->len; i++) {
        if (p->val[i].value.type == VIR_TYPED_PARAM_STRING)
            vir_xdr_clear(&remote_typed_param_xdr, &p->val[i]);
        else
            p->val[kept++] = p->val[i];
    }
    p->len = kept;
}

guint vir_params_limit(VirParams *p, gint64 asked, guint flags)
{
    guint count, keep;

    if (!(flags & VIR_TYPED_PARAM_STRING_OKAY))
        vir_params_drop_strings(p);
    count = p->len;
    keep = asked <= 0 ? 0 : MIN(count, (guint64) asked);
    for (guint i = keep; i < count; i++)
        vir_xdr_clear(&remote_typed_param_xdr, &p->val[i]);
    p->len = keep;
    return asked == 0 ? count : keep;
}

/* ---- reading ---- */

const remote_typed_param *vir_params_find(const remote_typed_param *val, guint n, const char *name)
{
    for (guint i = 0; i < n; i++) {
        if (strcmp(val[i].field, name) == 0)
            return &val[i];
    }
    return NULL;
}

static gboolean check_range(const remote_typed_param *p, const VirParamRow *row, GError **err)
{
    gint64 value = 0;

    if (row->max == 0)
        return TRUE;
    switch (row->type) {
    case VIR_TYPED_PARAM_INT:
        value = p->value.u.i;
        break;
    case VIR_TYPED_PARAM_LLONG:
        value = p->value.u.l;
        break;
    case VIR_TYPED_PARAM_UINT:
        value = p->value.u.ui;
        break;
    case VIR_TYPED_PARAM_ULLONG:
        if (p->value.u.ul > row->max || (row->min > 0 && p->value.u.ul < (guint64) row->min))
            return vir_fail(err, VIR_ERR_INVALID_ARG,
                            "parameter '%s' is %" G_GUINT64_FORMAT ", it must be between %" G_GINT64_FORMAT
                            " and %" G_GUINT64_FORMAT, p->field, p->value.u.ul, row->min, row->max);
        return TRUE;
    default:
        return TRUE;
    }
    if (value < row->min || (value > 0 && (guint64) value > row->max))
        return vir_fail(err, VIR_ERR_INVALID_ARG,
                        "parameter '%s' is %" G_GINT64_FORMAT ", it must be between %" G_GINT64_FORMAT
                        " and %" G_GUINT64_FORMAT, p->field, value, row->min, row->max);
    return TRUE;
}

static gboolean check_one(const remote_typed_param *val, guint i, const VirParamRow *rows, GError **err)
{
    const remote_typed_param *p = &val[i];
    const VirParamRow *row = rows;

    while (row->name && strcmp(row->name, p->field) != 0)
        row++;
    if (!row->name)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "parameter '%s' is not supported by this call", p->field);
    if (row->type != p->value.type)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "parameter '%s' has type '%s', expected '%s'", p->field,
                        type_name(p->value.type), type_name(row->type));
    if (!(row->flags & VIR_PARAM_MULTIPLE) && vir_params_find(val, i, p->field))
        return vir_fail(err, VIR_ERR_INVALID_ARG, "parameter '%s' occurs more than once", p->field);
    return check_range(p, row, err);
}

gboolean vir_params_check(const remote_typed_param *val, guint n, const VirParamRow *rows, GError **err)
{
    for (guint i = 0; i < n; i++) {
        if (strlen(val[i].field) >= VIR_TYPED_PARAM_FIELD_LENGTH)
            return vir_fail(err, VIR_ERR_INVALID_ARG, "parameter name '%.20s...' is longer than %d bytes", val[i].field,
                            VIR_TYPED_PARAM_FIELD_LENGTH - 1);
        if (!check_one(val, i, rows, err))
            return FALSE;
    }
    for (const VirParamRow *row = rows; row->name; row++) {
        if ((row->flags & VIR_PARAM_REQUIRED) && !vir_params_find(val, n, row->name))
            return vir_fail(err, VIR_ERR_INVALID_ARG, "parameter '%s' is missing", row->name);
    }
    return TRUE;
}

#define GET(suffix_, ctype_, type_, member_) \
    gboolean vir_params_get_##suffix_(const remote_typed_param *val, guint n, const char *name, ctype_ *ret_value) \
    { \
        const remote_typed_param *p = vir_params_find(val, n, name); \
        if (!p || p->value.type != (type_)) \
            return FALSE; \
        *ret_value = p->value.u.member_; \
        return TRUE; \
    }

GET(int, gint, VIR_TYPED_PARAM_INT, i)
GET(uint, guint, VIR_TYPED_PARAM_UINT, ui)
GET(llong, gint64, VIR_TYPED_PARAM_LLONG, l)
GET(ullong, guint64, VIR_TYPED_PARAM_ULLONG, ul)
GET(double, double, VIR_TYPED_PARAM_DOUBLE, d)
GET(bool, gboolean, VIR_TYPED_PARAM_BOOLEAN, b)
GET(string, const char *, VIR_TYPED_PARAM_STRING, s)

const char **vir_params_get_strings(const remote_typed_param *val, guint n, const char *name)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();

    for (guint i = 0; i < n; i++) {
        if (val[i].value.type == VIR_TYPED_PARAM_STRING && strcmp(val[i].field, name) == 0)
            g_ptr_array_add(found, val[i].value.u.s);
    }
    g_ptr_array_add(found, NULL);
    return (const char **) g_ptr_array_free(g_steal_pointer(&found), FALSE);
}

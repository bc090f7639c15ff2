/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Typed parameters of the wire: a builder for answers, and checks and look-ups for arguments. A value has one owner,
 * no locks; any thread.
 *
 * A driver's getter:
 *     g_auto(VirParams) p = VIR_PARAMS_INIT;
 *     vir_params_add_ullong(&p, shares, VIR_DOMAIN_SCHEDULER_CPU_SHARES);
 *     vir_params_answer(&p, args->nparams, args->flags, ret);
 * and a setter:
 *     static const VirParamRow rows[] = { { VIR_DOMAIN_SCHEDULER_CPU_SHARES, VIR_TYPED_PARAM_ULLONG }, { 0 } };
 *     if (!vir_params_check(VIR_PARAMS(args->params), rows, err)) return FALSE;
 *     if (vir_params_get_ullong(VIR_PARAMS(args->params), VIR_DOMAIN_SCHEDULER_CPU_SHARES, &shares)) ...
 */
#pragma once

#include <glib.h>

#include "api/wire-types.h"

/* ---- building ---- */

typedef struct {
    guint len, room;
    remote_typed_param *val;
} VirParams;

#define VIR_PARAMS_INIT { 0, 0, NULL }
void vir_params_clear(VirParams *p);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VirParams, vir_params_clear)

/* The name is a format: vir_params_add_uint(&p, n, "net.%u.rx.pkts", i). Names must stay below 80 bytes. */
void vir_params_add_int(VirParams *p, gint value, const char *name, ...) G_GNUC_PRINTF(3, 4);
void vir_params_add_uint(VirParams *p, guint value, const char *name, ...) G_GNUC_PRINTF(3, 4);
void vir_params_add_llong(VirParams *p, gint64 value, const char *name, ...) G_GNUC_PRINTF(3, 4);
void vir_params_add_ullong(VirParams *p, guint64 value, const char *name, ...) G_GNUC_PRINTF(3, 4);
void vir_params_add_double(VirParams *p, double value, const char *name, ...) G_GNUC_PRINTF(3, 4);
void vir_params_add_bool(VirParams *p, gboolean value, const char *name, ...) G_GNUC_PRINTF(3, 4);
/* A NULL string adds nothing. */
void vir_params_add_string(VirParams *p, const char *value, const char *name, ...) G_GNUC_PRINTF(3, 4);
/* Appends copies of another array. */
void vir_params_add_copies(VirParams *p, const remote_typed_param *val, guint n);

/* Drops string values, for callers that did not set VIR_TYPED_PARAM_STRING_OKAY. */
void vir_params_drop_strings(VirParams *p);

/* Moves all into the array @wire of a result (remote or admin, whose parameters have the same layout). */
#define vir_params_move(p, wire) \
    ((wire).len = (p)->len, (wire).val = (void *) g_steal_pointer(&(p)->val), (void) ((p)->len = (p)->room = 0))

/* Answers a getter with the count-probe protocol: 0 asked = only the number; else at most that many. Fills
 * ret->params and ret->nparams. */
#define vir_params_answer(p, asked, flags, ret) \
    G_STMT_START { \
        (ret)->nparams = vir_params_limit((p), (asked), (flags)); \
        vir_params_move((p), (ret)->params); \
    } G_STMT_END
/* Applies string filter and limit; returns what nparams of the reply must say. */
guint vir_params_limit(VirParams *p, gint64 asked, guint flags);

/* ---- reading ---- */

/* A wire array as two arguments. */
#define VIR_PARAMS(wire) (const remote_typed_param *) (wire).val, (wire).len

enum {
    VIR_PARAM_MULTIPLE = 1 << 0,   /* may occur more than once */
    VIR_PARAM_REQUIRED = 1 << 1,
};

/* A parameter that a call takes. Integers outside [min, max] are refused when max > 0. */
typedef struct {
    const char *name;
    int type;                      /* VIR_TYPED_PARAM_* */
    guint flags;
    gint64 min;
    guint64 max;
} VirParamRow;

/* Refuses (VIR_ERR_INVALID_ARG) what is unknown, doubled, of another type, out of range or missing. */
gboolean vir_params_check(const remote_typed_param *val, guint n, const VirParamRow *rows, GError **err);

/* The first of that name; NULL when there is none. */
const remote_typed_param *vir_params_find(const remote_typed_param *val, guint n, const char *name);

/* TRUE and *ret_value set when it is there with exactly this type. Strings are borrowed. */
gboolean vir_params_get_int(const remote_typed_param *val, guint n, const char *name, gint *ret_value);
gboolean vir_params_get_uint(const remote_typed_param *val, guint n, const char *name, guint *ret_value);
gboolean vir_params_get_llong(const remote_typed_param *val, guint n, const char *name, gint64 *ret_value);
gboolean vir_params_get_ullong(const remote_typed_param *val, guint n, const char *name, guint64 *ret_value);
gboolean vir_params_get_double(const remote_typed_param *val, guint n, const char *name, double *ret_value);
gboolean vir_params_get_bool(const remote_typed_param *val, guint n, const char *name, gboolean *ret_value);
gboolean vir_params_get_string(const remote_typed_param *val, guint n, const char *name, const char **ret_value);
/* All strings of that name in order. Returns: caller frees the array, not the strings; NULL-terminated. */
const char **vir_params_get_strings(const remote_typed_param *val, guint n, const char *name);

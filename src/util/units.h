/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Amounts with units, as the documents write them: <memory unit='KiB'>, sizes in configuration files. Any thread.
 */
#pragma once

#include <glib.h>

/* Multiplies *value by @unit: b, byte(s), k or KiB (1024), KB (1000), M MiB MB, G GiB GB, T TiB TB, P PiB PB, E EiB EB,
 * in any case; NULL or "" multiplies by @default_scale. FALSE with VIR_ERR_INVALID_ARG for an unknown
 * unit, VIR_ERR_OVERFLOW when the product is above @limit (0: G_MAXUINT64). */
gboolean vir_units_scale(guint64 *value, const char *unit, guint64 default_scale, guint64 limit, GError **err);
/* "10", "10M", "10 MiB". */
gboolean vir_units_parse(const char *text, guint64 default_scale, guint64 limit, guint64 *ret, GError **err);
/* The largest binary unit that keeps three digits or fewer before the point; *ret_unit is static: "GiB". */
double vir_units_pretty(guint64 bytes, const char **ret_unit);

/* Whole decimal numbers of foreign text: digits only (a '-' first for int), in range. FALSE otherwise. */
gboolean vir_units_uint64(const char *text, guint64 max, guint64 *ret);
gboolean vir_units_int64(const char *text, gint64 min, gint64 max, gint64 *ret);

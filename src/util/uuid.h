/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * UUIDs: 16 raw bytes as on the wire, 36 characters in text. Any thread.
 */
#pragma once

#include <glib.h>

#define VIR_UUID_LEN 16
#define VIR_UUID_TEXT 37   /* with the NUL */

/* As users write it: 32 hex digits of any case, dashes anywhere between digits, space around. FALSE if it is none. */
gboolean vir_uuid_parse(const char *text, guint8 ret[VIR_UUID_LEN]);
/* Exactly 8-4-4-4-12. */
gboolean vir_uuid_parse_strict(const char *text, guint8 ret[VIR_UUID_LEN]);
/* Lower case with dashes. Returns @buf. */
char *vir_uuid_format(const guint8 uuid[VIR_UUID_LEN], char buf[VIR_UUID_TEXT]);
/* Random, version 4. */
void vir_uuid_generate(guint8 ret[VIR_UUID_LEN]);
/* FALSE when all 32 digits are the same one: such are placeholders of firmware vendors, not identities. */
gboolean vir_uuid_is_valid(const guint8 uuid[VIR_UUID_LEN]);
gboolean vir_uuid_is_zero(const guint8 uuid[VIR_UUID_LEN]);

/* For GHashTable with keys that point at 16 bytes. */
guint vir_uuid_hash(gconstpointer uuid);
gboolean vir_uuid_equal(gconstpointer a, gconstpointer b);

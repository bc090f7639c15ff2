/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Validation of a document against an installed RELAX NG schema. A schema is compiled once and kept.
 */
#pragma once

#include <glib.h>

/* @schema: "domain". VIR_ERR_XML_INVALID_SCHEMA with line and reason; VIR_ERR_INTERNAL_ERROR when the schema itself
 * cannot be read. Any thread. */
gboolean vir_schema_validate(const char *schema, const char *xml, gsize len, GError **err);

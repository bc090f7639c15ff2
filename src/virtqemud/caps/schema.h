/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The answer of query-qmp-schema as something one can ask: does this path lead somewhere? One owner thread.
 */
#pragma once

#include "util/json.h"

typedef struct VirQmpSchema VirQmpSchema;

/* Borrows @reply. */
VirQmpSchema *vir_qmp_schema_new(VirJson *reply);
void vir_qmp_schema_free(VirQmpSchema *schema);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirQmpSchema, vir_qmp_schema_free)

gboolean vir_qmp_schema_has_command(const VirQmpSchema *schema, const char *name);
gboolean vir_qmp_schema_has_event(const VirQmpSchema *schema, const char *name);
/* Paths as caps-table.h describes them. */
gboolean vir_qmp_schema_has_path(const VirQmpSchema *schema, const char *path);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Title, description and <metadata> elements of a definition, as the API addresses them. No locks: the definition is
 * the caller's.
 */
#pragma once

#include "conf/domain/domain.h"
#include "util/error.h"

/* @type: virDomainMetadataType; @uri: of the element's namespace. Elements come without that namespace, as their
 * writer gave them. Returns: caller frees; NULL with @err set. */
char *qemu_metadata_get(const DomainDef *def, int type, const char *uri, GError **err);
/* NULL @metadata removes. @key: the prefix the element gets. */
gboolean qemu_metadata_set(DomainDef *def, int type, const char *metadata, const char *key, const char *uri,
                           GError **err);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The vocabularies of the documents, as scripts/gen-xml-known.py wrote them. The domain's is in conf/domain/domain.h.
 */
#pragma once

#include "util/xmltab.h"

extern const VirXmlKnown network_known, network_port_known, pool_known, volume_known, secret_known, snapshot_known,
    checkpoint_known, backup_known;

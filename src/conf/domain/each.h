/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A walk over all devices of a domain that have an alias and an address, list after list in document order.
 */
#pragma once

#include "conf/domain/domain.h"

typedef void (*DomainInfoFunc)(const DomainDeviceInfo *info, gpointer data);
void domain_def_each_info(const DomainDef *def, DomainInfoFunc func, gpointer data);

/* Takes the device of this alias out of its list and frees it. FALSE: there is none. */
gboolean domain_def_remove_alias(DomainDef *def, const char *alias);

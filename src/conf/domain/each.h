/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A walk over all devices of a domain that have an alias and an address, list after list in document order.
 */
#pragma once

#include "conf/domain/domain.h"

typedef void (*DomainInfoFunc)(const DomainDeviceInfo *info, gpointer data);
void domain_def_each_info(const DomainDef *def, DomainInfoFunc func, gpointer data);

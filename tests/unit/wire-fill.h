/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Fills any wire struct with random but encodable content, driven by its table. */
#pragma once

#include "rpc/xdr.h"

void wire_fill(const VirXdrStruct *s, void *data, GRand *rand);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The calls virtqemud serves. The support matrix is made from ops.c.
 */
#pragma once

#include "api/ops.h"

extern const VirOps qemu_ops;

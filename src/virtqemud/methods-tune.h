/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Calls that read and change limits and figures of domains.
 */
#pragma once

#include "api/ops.h"

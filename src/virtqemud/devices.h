/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Plans of a running domain's devices, for the calls that plug and unplug.
 */
#pragma once

#include "virtqemud/domain.h"
#include "virtqemud/plan/domain.h"

/* What planning needs to know of a running domain. Borrows from both. */
QemuPlanContext qemu_plan_context(QemuDomain *dom, const QemuConf *conf);

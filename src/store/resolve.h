/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the handle in a call's arguments to the object.
 */
#pragma once

#include "store/invoke.h"

/* Sets inv->entry when the call is on an object. Fails with the kind's not-found error. */
gboolean vir_resolve(VirInvocation *inv, GError **err);

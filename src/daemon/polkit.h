/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asks polkit over the system bus. Waits; not for the loop's thread. The D-Bus library is loaded by the first question.
 */
#pragma once

#include "util/error.h"

/* TRUE when polkit allows @action to this process; VIR_ERR_AUTH_FAILED, _CANCELLED or _UNAVAILABLE otherwise. */
gboolean vir_polkit_check(const char *action, pid_t pid, guint64 start_time, uid_t uid, GError **err);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Key codes of the API's code sets in QEMU's numbers (XT set 1, extended keys with bit 7).
 */
#pragma once

#include <glib.h>

/* @codeset: virKeycodeSet. -1: unknown key or a set without a table. */
int qemu_key_number(int codeset, guint code);

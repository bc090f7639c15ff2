/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A flag that one thread raises and that wakes whoever waits on behalf of the cancelled work. Raised once, for ever.
 */
#pragma once

#include "util/object.h"

typedef struct VirCancel VirCancel;
typedef void (*VirCancelFunc)(gpointer data);

/* Returns: one reference, dropped with virObjectUnref. */
VirCancel *vir_cancel_new(void);
VIR_OBJECT_AUTOPTR(VirCancel)

/* Any thread. Runs the connected functions on the calling thread. */
void vir_cancel_raise(VirCancel *cancel);
/* NULL is never raised. */
gboolean vir_cancel_is_raised(VirCancel *cancel);

/* Runs @func(@data) when raised, at once if it already is. @func must be short and must not call back into @cancel.
 * Returns: a handle for disconnect, never 0; 0 for a NULL @cancel. */
guint vir_cancel_connect(VirCancel *cancel, VirCancelFunc func, gpointer data);
/* After it returns @func is neither running nor will it run. 0 is ignored. */
void vir_cancel_disconnect(VirCancel *cancel, guint handle);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The administrator's hook programs: /etc/libvirt/hooks/DRIVER and the executables of DRIVER.d in name order, each
 * called as  HOOK NAME OPERATION SUB EXTRA  with the document on stdin. A failure stops the operation that asked.
 * Blocks without a deadline, ends at once when cancelled; no lock may be held: a hook may ask us about its guest.
 */
#pragma once

#include <glib.h>

#include "util/cancel.h"
#include "util/host.h"

typedef struct HvHooks HvHooks;
/* @dir: "/etc/libvirt/hooks" with the instance's prefix. The directory is looked at on each call: scripts may come and
 * go while the daemon runs. Immutable; any thread. */
HvHooks *hv_hooks_new(const char *dir, const char *driver);
void hv_hooks_free(HvHooks *hooks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HvHooks, hv_hooks_free)

/* Whether there is one: callers then format the document, else they need not. */
gboolean hv_hooks_present(const HvHooks *hooks);

typedef struct {
    const char *object;        /* the guest's name */
    const char *op;            /* "prepare" "start" "started" "stopped" "release" "migrate" "restore" "reconnect" "attach" */
    const char *sub;           /* "begin" or "end" */
    const char *extra;         /* NULL: "-" */
    const char *input;         /* the document; NULL: nothing */
} HvHookCall;

/* Runs all of them in order; stops at the first failure: VIR_ERR_HOOK_SCRIPT_FAILED naming the program, its exit and
 * the last line of its stderr. @ret_output (may be NULL: not wanted) is what they printed, each one's output being the
 * next one's input; NULL when that is only white space. Caller frees. */
gboolean hv_hooks_run(const HvHooks *hooks, const HvHookCall *call, char **ret_output, VirCancel *cancel, GError **err);

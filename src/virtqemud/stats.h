/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bulk statistics: typed parameters of many domains from their views, /proc and their QEMUs, all asked at once. For
 * pool threads; no actor is involved.
 */
#pragma once

#include "api/params.h"
#include "virtqemud/domain.h"

/* How long the slowest QEMU of a bulk call is waited for. */
#define QEMU_STATS_GATHER_MS 1000

/* The VIR_DOMAIN_STATS_* groups we have; what a call with 0 gets. */
#define QEMU_STATS_GROUPS                                                                                         \
    (VIR_DOMAIN_STATS_STATE | VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_BALLOON | VIR_DOMAIN_STATS_VCPU |       \
     VIR_DOMAIN_STATS_INTERFACE | VIR_DOMAIN_STATS_BLOCK | VIR_DOMAIN_STATS_PERF | VIR_DOMAIN_STATS_IOTHREAD |      \
     VIR_DOMAIN_STATS_MEMORY | VIR_DOMAIN_STATS_DIRTYRATE)

/* The groups to collect: 0 becomes all. Unknown ones are left out, or with
 * VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS refused (VIR_ERR_ARGUMENT_UNSUPPORTED). */
gboolean qemu_stats_groups(guint asked, guint flags, guint *ret, GError **err);

/* Fills ret[i] (initialised) for each of the @n views. @flags: VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING, _NOWAIT. A
 * domain whose QEMU is overdue is answered from its last figures, with a boolean "stale" at the end. @deadline_us of the
 * monotonic clock; 0: QEMU_STATS_GATHER_MS from now. Cannot fail: what is not known is left out. */
void qemu_stats_collect(const VirHost *host, QemuView *const *views, gsize n, guint groups, guint flags,
                        gint64 deadline_us, VirCancel *cancel, VirParams *ret);

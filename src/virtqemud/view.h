/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What methods read off a domain's published view. Any thread, never waits.
 */
#pragma once

#include "virtqemud/domain.h"

static inline gboolean qemu_view_is_active(const QemuView *view)
{
    return view->parent.flags & VIR_VIEW_ACTIVE;
}
/* Fails unless the domain is active. */
gboolean qemu_view_need_active(const QemuView *view, GError **err);
/* The definition that VIR_DOMAIN_AFFECT_* of @flags ask for; *ret_live (may be NULL) says which it is. */
const DomainDef *qemu_view_affected(const QemuView *view, guint flags, gboolean *ret_live, GError **err);
/* The definition in force; fails for a domain whose file could not be loaded, with the reason. */
const DomainDef *qemu_view_need_def(const QemuView *view, GError **err);

/* vCPUs a guest starts with, or has. */
guint qemu_def_vcpus(const DomainDef *def);
guint qemu_def_max_vcpus(const DomainDef *def);
gboolean qemu_def_vcpu_is_on(const DomainDef *def, guint index);
/* What the guest has now, KiB; of an inactive one what it will start with. */
guint64 qemu_view_memory(const QemuView *view);

/* By target or, except for empty drives, by source path; NULL. */
const DomainDisk *qemu_def_disk(const DomainDef *def, const char *path);
/* By name on the host or by MAC; NULL with VIR_ERR_INVALID_ARG. */
const DomainNet *qemu_def_net(const DomainDef *def, const char *device, GError **err);

/* Bits [0, n) of this machine's CPUs. Returns: caller frees. */
VirBitmap *qemu_host_cpus(QemuDriver *qemu);

/* Placement of a running guest, also one this daemon took over; caller frees. NULL with @err set, VIR_ERR_NO_SUPPORT
 * when the guest has no group of its own. */
HvPlacement *qemu_view_placement(QemuDriver *qemu, const QemuView *view, GError **err);

/* Matches VIR_CONNECT_LIST_DOMAINS_* (and the same bits of VIR_CONNECT_GET_ALL_DOMAINS_STATS_*). */
gboolean qemu_view_matches_filter(const QemuView *view, guint filter);

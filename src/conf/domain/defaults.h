/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Defaults that need no hypervisor. In two steps, between which a hypervisor's driver adds its own: general facts of the
 * domain, then its devices. Each is idempotent. Pure; one definition at a time.
 */
#pragma once

#include "conf/domain/domain.h"

/* Identity, memory, CPUs, clock, life cycle, boot. */
gboolean domain_defaults_general(DomainDef *def, GError **err);
/* Disks' buses, controllers' indexes, ports of character devices, video memory, sequence numbers. */
gboolean domain_defaults_devices(DomainDef *def, GError **err);

/* Disks of one bus in the order of their names, controllers of one type in that of their numbers; indexes for those that
 * have none. Part of domain_defaults_general. */
void domain_sort_devices(DomainDef *def);
/* One top-level element for each namespace, none without. */
void domain_defaults_metadata(DomainDef *def);
/* The ids of all I/O threads, those that the document only counts too. Returns: caller frees. */
VirBitmap *domain_iothread_ids(const DomainDef *def);

/* KiB that memory devices bring; what the guest starts with. */
guint64 domain_memory_devices_total(const DomainDef *def);
guint64 domain_memory_initial(const DomainDef *def);

/* "vda" -> 0, "sdaa3" -> 26. -1: no such name. *ret_partition (may be NULL): digits stood behind it. */
int domain_disk_index(const char *target, gboolean *ret_partition);
/* 0 -> "vda" with prefix "vd". Returns: caller frees. */
char *domain_disk_name(const char *prefix, guint index);

/* The source that consoles[0] shares with serials[0] on most machines. */
gboolean domain_console_is_serial(const DomainDef *def);
DomainController *domain_find_controller(const DomainDef *def, DomainControllerType type, int index);
/* The lowest free index. */
int domain_next_controller_index(const DomainDef *def, DomainControllerType type);
DomainController *domain_add_controller(DomainDef *def, DomainControllerType type, int index, DomainControllerModel model);

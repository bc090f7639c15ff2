/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What running guests' QEMUs say about themselves, asked of all at once. A guest that is overdue is not waited for: its
 * last figures stand in. Any thread that may block; QemuFigures are immutable.
 */
#pragma once

#include "virtqemud/domain.h"
#include "virtqemud/qmp/qmp-commands.h"

/* Guest-reported memory, in the order of the documents; G_MAXUINT64: not told. KiB but for faults and counts. */
typedef enum {
    QEMU_MEMORY_SWAP_IN, QEMU_MEMORY_SWAP_OUT, QEMU_MEMORY_MAJOR_FAULT, QEMU_MEMORY_MINOR_FAULT, QEMU_MEMORY_UNUSED,
    QEMU_MEMORY_AVAILABLE, QEMU_MEMORY_USABLE, QEMU_MEMORY_LAST_UPDATE, QEMU_MEMORY_DISK_CACHES,
    QEMU_MEMORY_HUGETLB_PGALLOC, QEMU_MEMORY_HUGETLB_PGFAIL, QEMU_MEMORY_LAST
} QemuMemoryField;

typedef struct {
    int status;                  /* virDomainDirtyRateStatus */
    gint64 start_time, rate;     /* rate: -1 unless measured */
    int calc_time;
    char mode[24];
    GArray *vcpu_rates;          /* guint64 by vCPU; NULL */
} QemuDirtyRate;

typedef struct {
    VirObject parent;
    GPtrArray *disks;            /* GArray of VirQmpBlockStats, top to base; NULL: never answered */
    GArray *nodes;               /* VirQmpNode; NULL */
    GArray *iothreads;           /* VirQmpIOThread; NULL */
    guint64 balloon;             /* bytes; 0: no balloon */
    gboolean has_memory, has_dirty_rate, has_haltpoll;
    guint64 memory[QEMU_MEMORY_LAST];
    QemuDirtyRate dirty_rate;
    guint64 haltpoll_success, haltpoll_fail;   /* ns, of all vCPUs */
} QemuFigures;
VIR_OBJECT_AUTOPTR(QemuFigures)

/* Asks the QEMU of each view for what the VIR_DOMAIN_STATS_* @groups need, until @wait's deadline. ret[i] is a reference
 * or NULL (inactive, or never answered); *stale[i] tells that it is from an earlier time. */
void qemu_figures_gather(QemuView *const *views, gsize n, guint groups, const VirQmpWait *wait, QemuFigures **ret,
                         gboolean *stale);

/* The chain of the disk with this alias, its top first; NULL. */
const GArray *qemu_figures_disk(const QemuFigures *figures, const char *alias);
/* By node name; NULL. */
const VirQmpNode *qemu_figures_node(const QemuFigures *figures, const char *name);

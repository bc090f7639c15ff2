/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * This machine's CPUs and memory, read from /proc and /sys under the host's roots. Static facts are read once by
 * VirHostFacts (facts.h); what changes (free memory, counters) is read at each call. Any thread; every read is short.
 */
#pragma once

#include "util/bitmap.h"
#include "util/error.h"
#include "util/host.h"
#include "util/object.h"

typedef struct {
    guint64 size_kib, count;     /* of the pool; for the base size: what is no huge page */
} VirHostPages;

typedef struct {
    guint id, socket, die, core;
    VirBitmap *siblings;         /* threads of the same core, itself among them */
} VirHostTopologyCpu;

typedef struct {
    guint id;
    guint64 memory_kib;
    GArray *pages;               /* VirHostPages, ascending */
    GArray *distances;           /* guint, to each cell in order of cells; empty: not known */
    GArray *cpus;                /* VirHostTopologyCpu, online ones */
} VirHostCell;

typedef struct {
    guint id, level;
    char type;                   /* 'b'oth, 'c'ode, 'd'ata */
    guint64 size_kib;
    VirBitmap *cpus;
} VirHostCacheBank;

typedef struct {
    VirObject parent;
    VirBitmap *present, *online;
    gboolean numa;               /* the kernel knows cells; else there is one made up */
    GArray *cells;               /* VirHostCell */
    GArray *banks;               /* VirHostCacheBank of the last level */
    guint sockets, dies, cores, threads;   /* of the largest cell; die a socket, cores a die */
} VirHostTopology;
VIR_OBJECT_AUTOPTR(VirHostTopology)

/* Returns: one reference, immutable. */
VirHostTopology *vir_host_topology_read(const VirHost *host, GError **err);

/* virNodeGetInfo. */
gboolean vir_host_node_info(const VirHost *host, const VirHostTopology *topology, virNodeInfoPtr ret, GError **err);
/* virNodeGetFreeMemory: bytes. */
gboolean vir_host_free_memory(const VirHost *host, const VirHostTopology *topology, guint64 *ret, GError **err);
/* virNodeGetCellsFreeMemory: bytes of up to @max cells from number @start on. Returns: how many; -1 with @err set. */
int vir_host_cells_free_memory(const VirHost *host, const VirHostTopology *topology, int start, int max, guint64 *ret,
                               GError **err);
/* virNodeGetFreePages: @n_sizes figures a cell (sizes in KiB). Returns: figures written; -1. */
int vir_host_free_pages(const VirHost *host, const VirHostTopology *topology, const guint *sizes, guint n_sizes,
                        int start, guint n_cells, guint64 *ret, GError **err);
/* virNodeGetCPUStats: @cpu -1 is all; nanoseconds. Returns: array of virNodeCPUStats, caller frees (g_array_unref). */
GArray *vir_host_cpu_stats(const VirHost *host, int cpu, GError **err);
/* virNodeGetMemoryStats: @cell -1 is all; KiB. Returns: array of virNodeMemoryStats. */
GArray *vir_host_memory_stats(const VirHost *host, int cell, GError **err);

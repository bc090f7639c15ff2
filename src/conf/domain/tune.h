/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Memory, CPU and I/O placement and limits: memoryBacking, memtune, blkiotune, vcpus, iothreads, cputune, numatune. Plain
 * data. Amounts of memory are KiB.
 */
#pragma once

#include "util/bitmap.h"
#include "util/xmltab.h"

#define DOMAIN_PLACEMENT_VALUES(V) V(DOMAIN_PLACEMENT_STATIC, "static") V(DOMAIN_PLACEMENT_AUTO, "auto")
VIR_XML_ENUM(DomainPlacement, domain_placement, DOMAIN_PLACEMENT_NONE, DOMAIN_PLACEMENT_VALUES)
#define DOMAIN_NUMATUNE_VALUES(V) V(DOMAIN_NUMATUNE_STRICT, "strict") V(DOMAIN_NUMATUNE_PREFERRED, "preferred") \
    V(DOMAIN_NUMATUNE_INTERLEAVE, "interleave") V(DOMAIN_NUMATUNE_RESTRICTIVE, "restrictive")
VIR_XML_ENUM(DomainNumatuneMode, domain_numatune_mode, DOMAIN_NUMATUNE_NONE, DOMAIN_NUMATUNE_VALUES)
#define DOMAIN_SCHED_VALUES(V) V(DOMAIN_SCHED_BATCH, "batch") V(DOMAIN_SCHED_IDLE, "idle") V(DOMAIN_SCHED_FIFO, "fifo") V(DOMAIN_SCHED_RR, "rr")
VIR_XML_ENUM(DomainScheduler, domain_scheduler, DOMAIN_SCHED_NONE, DOMAIN_SCHED_VALUES)
#define DOMAIN_BACKING_SOURCE_VALUES(V) V(DOMAIN_BACKING_FILE, "file") V(DOMAIN_BACKING_ANONYMOUS, "anonymous") V(DOMAIN_BACKING_MEMFD, "memfd")
VIR_XML_ENUM(DomainBackingSource, domain_backing_source, DOMAIN_BACKING_NONE, DOMAIN_BACKING_SOURCE_VALUES)
#define DOMAIN_BACKING_ACCESS_VALUES(V) V(DOMAIN_BACKING_SHARED, "shared") V(DOMAIN_BACKING_PRIVATE, "private")
VIR_XML_ENUM(DomainBackingAccess, domain_backing_access, DOMAIN_BACKING_ACCESS_NONE, DOMAIN_BACKING_ACCESS_VALUES)
#define DOMAIN_ALLOCATION_VALUES(V) V(DOMAIN_ALLOCATION_IMMEDIATE, "immediate") V(DOMAIN_ALLOCATION_ONDEMAND, "ondemand")
VIR_XML_ENUM(DomainAllocation, domain_allocation, DOMAIN_ALLOCATION_NONE, DOMAIN_ALLOCATION_VALUES)
#define DOMAIN_RESCACHE_VALUES(V) V(DOMAIN_RESCACHE_BOTH, "both") V(DOMAIN_RESCACHE_CODE, "code") V(DOMAIN_RESCACHE_DATA, "data")
VIR_XML_ENUM(DomainResCache, domain_rescache, DOMAIN_RESCACHE_NONE, DOMAIN_RESCACHE_VALUES)

typedef struct { guint64 size; VirBitmap *nodeset; } DomainHugepage;   /* nodeset NULL: all nodes */

typedef struct {
    bool hugepages, nosharepages, locked, discard;
    VIR_ARRAY(DomainHugepage) pages;
    DomainBackingSource source;
    DomainBackingAccess access;
    DomainAllocation allocation;
    guint allocation_threads;      /* 0: absent */
} DomainMemoryBacking;

typedef struct { guint64 hard_limit, soft_limit, min_guarantee, swap_hard_limit; } DomainMemtune;
    /* each VIR_DOMAIN_MEMORY_PARAM_UNLIMITED when absent */

typedef struct {
    char *path;
    guint weight, read_iops, write_iops;        /* 0: absent */
    guint64 read_bytes, write_bytes;
} DomainBlkioDevice;
typedef struct {
    guint weight;
    VIR_ARRAY(DomainBlkioDevice) devices;
} DomainBlkiotune;

/* One of <vcpus>. */
typedef struct {
    guint id, order;               /* order 0: absent */
    VirTristate enabled, hotpluggable;
} DomainVcpu;

typedef struct {
    guint id;                      /* from 1 */
    int thread_pool_min, thread_pool_max;   /* -1: absent */
    bool has_poll;
    gint64 poll_max, poll_grow, poll_shrink;   /* -1: absent */
    int poll_weight;
} DomainIothread;

typedef struct { int thread_pool_min, thread_pool_max; } DomainDefaultIothread;

typedef struct { guint id; VirBitmap *cpuset; } DomainPin;      /* id: vcpu or iothread */
typedef struct {
    VirBitmap *ids;                /* vcpus or iothreads; NULL for the emulator */
    DomainScheduler scheduler;
    int priority;                  /* -1: absent */
} DomainSched;

typedef struct { guint id, level; DomainResCache type; guint64 size; } DomainCacheTune;
typedef struct { guint level; VirBitmap *vcpus; } DomainResMonitor;
typedef struct { guint id, bandwidth; } DomainMemoryTuneNode;
/* cachetune, memorytune or energytune of a set of vcpus. */
typedef struct {
    VirBitmap *vcpus;
    char *id;                      /* status: of the resource group */
    VIR_ARRAY(DomainCacheTune) caches;
    VIR_ARRAY(DomainMemoryTuneNode) nodes;
    VIR_ARRAY(DomainResMonitor) monitors;
} DomainResTune;

typedef struct {
    guint64 shares;                /* 0: absent, also below */
    guint64 period, global_period, emulator_period, iothread_period;
    gint64 quota, global_quota, emulator_quota, iothread_quota;
    VIR_ARRAY(DomainPin) vcpupins, iothreadpins;
    VirBitmap *emulatorpin;
    VIR_ARRAY(DomainSched) vcpuscheds, iothreadscheds;
    DomainSched *emulatorsched;
    VIR_ARRAY(DomainResTune) cachetunes, memorytunes, energytunes;
} DomainCputune;

typedef struct { guint cellid; DomainNumatuneMode mode; VirBitmap *nodeset; } DomainMemnode;
typedef struct {
    bool has_memory;
    DomainNumatuneMode mode;
    DomainPlacement placement;
    VirBitmap *nodeset;
    VIR_ARRAY(DomainMemnode) memnodes;
} DomainNumatune;

extern const VirXmlTable domain_memory_backing_table, domain_memtune_table, domain_blkiotune_table, domain_vcpu_table,
    domain_iothread_table, domain_default_iothread_table, domain_cputune_table, domain_numatune_table;

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Typed answers of QMP queries, and the commands that need more than vir_qmp_run (which serves for cont, stop,
 * system_reset, device_del and their like). A query is a table: what is asked and where each field of the answer
 * goes; vir_qmp_query asks one monitor, vir_qmp_decode serves batches. Any thread but qmp-io, which only decodes.
 */
#pragma once

#include "util/enum.h"
#include "virtqemud/qmp/qmp.h"

typedef enum {
    VIR_QMP_RUN_DEBUG, VIR_QMP_RUN_INMIGRATE, VIR_QMP_RUN_INTERNAL_ERROR, VIR_QMP_RUN_IO_ERROR, VIR_QMP_RUN_PAUSED,
    VIR_QMP_RUN_POSTMIGRATE, VIR_QMP_RUN_PRELAUNCH, VIR_QMP_RUN_FINISH_MIGRATE, VIR_QMP_RUN_RESTORE_VM,
    VIR_QMP_RUN_RUNNING, VIR_QMP_RUN_SAVE_VM, VIR_QMP_RUN_SHUTDOWN, VIR_QMP_RUN_SUSPENDED, VIR_QMP_RUN_WATCHDOG,
    VIR_QMP_RUN_GUEST_PANICKED, VIR_QMP_RUN_COLO, VIR_QMP_RUN_PRECONFIG, VIR_QMP_RUN_LAST
} VirQmpRunState;
extern const VirEnum vir_qmp_run_state_enum;

typedef struct {
    int status;              /* VirQmpRunState; -1: one we do not know */
    gboolean running;
} VirQmpStatus;

/* Where a CPU sits; -1 where the machine does not say. */
typedef struct {
    int node, socket, die, cluster, core, thread;
} VirQmpCpuPlace;

typedef struct {
    int index;
    gint64 thread_id;
    char *qom_path, *qom_type;
    VirQmpCpuPlace place;
} VirQmpCpu;

typedef struct {
    char *type, *qom_path;   /* qom_path: NULL while not plugged */
    int vcpus;
    VirQmpCpuPlace place;
} VirQmpHotpluggableCpu;

typedef struct {
    char *id;
    gint64 thread_id, poll_max_ns, poll_grow, poll_shrink, aio_max_batch;
} VirQmpIOThread;

typedef struct {
    char *label, *filename;
    gboolean frontend_open;
} VirQmpChardev;

typedef struct {
    guint64 actual;          /* bytes */
} VirQmpBalloon;

/* One disk (or, of its chain, one node). Counters that QEMU leaves out are 0. */
typedef struct {
    char *device, *qdev, *node_name;
    guint64 rd_bytes, rd_ops, rd_ns, wr_bytes, wr_ops, wr_ns, flush_ops, flush_ns, unmap_ops, unmap_ns;
    guint64 failed_rd, failed_wr;
    guint64 wr_highest_offset;      /* of the protocol node below */
    gboolean has_highest_offset;
} VirQmpBlockStats;

typedef struct {
    char *device, *qdev, *io_status;
    gboolean removable, locked, has_tray, tray_open, inserted;
    char *node_name, *driver, *file;
    gboolean read_only;
    guint64 virtual_size, actual_size;
} VirQmpBlock;

typedef struct {
    char *node_name, *driver, *file, *backing_file;
    gboolean read_only;
    guint64 virtual_size, actual_size;
    guint64 write_threshold;
} VirQmpNode;

typedef struct {
    char *device, *type, *status;
    guint64 len, offset, speed;
    gboolean ready, paused, busy;
    char *error;
} VirQmpJob;

typedef struct {
    char *status, *error;    /* status NULL: no migration was started */
    guint64 total_ms, downtime_ms, expected_downtime_ms, setup_ms;
    guint64 ram_transferred, ram_remaining, ram_total, ram_duplicate, ram_skipped, ram_normal, ram_normal_bytes;
    guint64 dirty_pages_rate, dirty_sync_count, postcopy_requests, page_size;
    guint64 disk_transferred, disk_remaining, disk_total;
} VirQmpMigration;


typedef struct VirQmpQuery VirQmpQuery;
extern const VirQmpQuery vir_qmp_status_query;              /* one VirQmpStatus */
extern const VirQmpQuery vir_qmp_cpus_query;                /* VirQmpCpu ... */
extern const VirQmpQuery vir_qmp_hotpluggable_cpus_query;
extern const VirQmpQuery vir_qmp_iothreads_query;
extern const VirQmpQuery vir_qmp_chardevs_query;
extern const VirQmpQuery vir_qmp_balloon_query;             /* one; fails (DeviceNotActive) without a balloon */
extern const VirQmpQuery vir_qmp_blockstats_query;
extern const VirQmpQuery vir_qmp_blocks_query;
extern const VirQmpQuery vir_qmp_nodes_query;
extern const VirQmpQuery vir_qmp_block_jobs_query;
extern const VirQmpQuery vir_qmp_migration_query;           /* one */

/* Returns: an array of the query's struct, strings owned by it; g_array_unref. A member QEMU must send and did not,
 * or one of another type, is VIR_ERR_INTERNAL_ERROR naming it. */
GArray *vir_qmp_query(VirQmp *q, const VirQmpQuery *query, const VirQmpWait *wait, GError **err);
GArray *vir_qmp_decode(const VirQmpQuery *query, VirJson *reply, GError **err);
/* For batches. */
const char *vir_qmp_query_command(const VirQmpQuery *query);
VirJson *vir_qmp_query_args(const VirQmpQuery *query);
/* The chain of one disk's answer: VirQmpBlockStats from top to base of entry @i of query-blockstats' @reply. */
GArray *vir_qmp_decode_blockstats_chain(VirJson *reply, gsize i, GError **err);

/* Names of QKeyCode, pressed together. */
gboolean vir_qmp_send_key(VirQmp *q, const char *const *qcodes, gsize n, guint hold_ms, const VirQmpWait *wait,
                          GError **err);
/* @device NULL: the first display. @path is written by QEMU as its user. */
gboolean vir_qmp_screendump(VirQmp *q, const char *path, const char *device, int head, gboolean png,
                            const VirQmpWait *wait, GError **err);
/* A command line of the human monitor. Returns: its output, caller frees. */
char *vir_qmp_human(VirQmp *q, const char *line, const VirQmpWait *wait, GError **err);
/* Hands @fd to QEMU under @name ("getfd"); a descriptor of that name is replaced. */
gboolean vir_qmp_getfd(VirQmp *q, const char *name, int fd, const VirQmpWait *wait, GError **err);
/* Adds @fd to fd set @set; *ret_fd is QEMU's number of it. @opaque may be NULL. */
gboolean vir_qmp_add_fd(VirQmp *q, int set, const char *opaque, int fd, int *ret_fd, const VirQmpWait *wait,
                        GError **err);
/* @protocol "vnc" or "spice"; @expire "now", "never", "+60" or seconds since the epoch. */
gboolean vir_qmp_set_password(VirQmp *q, const char *protocol, const char *password, const char *connected,
                              const char *expire, const VirQmpWait *wait, GError **err);
/* Opens the tray by force or not, takes the medium out and puts @node in (NULL: nothing), closes the tray. */
gboolean vir_qmp_change_medium(VirQmp *q, const char *qdev, const char *node, gboolean force, const VirQmpWait *wait,
                               GError **err);
/* One property of an object, of any type. */
VirJson *vir_qmp_qom_get(VirQmp *q, const char *path, const char *property, const VirQmpWait *wait, GError **err);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The documents around points in time of a domain: snapshot, checkpoint, backup. Plain data; the domains in them are
 * whole domain documents.
 */
#pragma once

#include "conf/document.h"
#include "conf/domain/domain.h"

#define SNAPSHOT_STATE_VALUES(V)                                                                                    \
    V(SNAPSHOT_STATE_RUNNING, "running") V(SNAPSHOT_STATE_BLOCKED, "blocked") V(SNAPSHOT_STATE_PAUSED, "paused")      \
    V(SNAPSHOT_STATE_SHUTDOWN, "shutdown") V(SNAPSHOT_STATE_SHUTOFF, "shutoff") V(SNAPSHOT_STATE_CRASHED, "crashed")  \
    V(SNAPSHOT_STATE_PMSUSPENDED, "pmsuspended") V(SNAPSHOT_STATE_DISK, "disk-snapshot")
VIR_XML_ENUM(SnapshotState, snapshot_state, SNAPSHOT_STATE_NONE, SNAPSHOT_STATE_VALUES)

typedef struct {
    char *name;                    /* target or source of the domain's disk */
    DomainDiskSnapshot snapshot;
    bool delete_in_progress;
    StorageSource src;             /* external: the new image */
} SnapshotDisk;

typedef struct {
    char *name, *description, *parent;
    SnapshotState state;
    DomainDiskSnapshot memory;
    char *memory_file;
    gint64 creation_time;          /* seconds; 0: absent */
    int active;                    /* files: this one is the current one; -1: absent */
    VIR_ARRAY(SnapshotDisk) disks, revert_disks;
    DomainDef *dom, *inactive_dom;
    char *cookie;                  /* files of active domains: word for word */
} SnapshotDef;
VIR_DOCUMENT(SnapshotDef, snapshot_def, snapshot_table)

#define CHECKPOINT_DISK_VALUES(V) V(CHECKPOINT_DISK_NO, "no") V(CHECKPOINT_DISK_BITMAP, "bitmap")
VIR_XML_ENUM(CheckpointDiskType, checkpoint_disk_type, CHECKPOINT_DISK_NONE, CHECKPOINT_DISK_VALUES)

typedef struct {
    char *name, *bitmap;
    CheckpointDiskType type;
    guint64 size;                  /* 0: absent */
} CheckpointDisk;

typedef struct {
    char *name, *description, *parent;
    gint64 creation_time;          /* seconds; 0: absent */
    VIR_ARRAY(CheckpointDisk) disks;
    DomainDef *dom;
} CheckpointDef;
VIR_DOCUMENT(CheckpointDef, checkpoint_def, checkpoint_table)

#define BACKUP_MODE_VALUES(V) V(BACKUP_MODE_PUSH, "push") V(BACKUP_MODE_PULL, "pull")
VIR_XML_ENUM(BackupMode, backup_mode, BACKUP_MODE_NONE, BACKUP_MODE_VALUES)
#define BACKUP_DISK_MODE_VALUES(V) V(BACKUP_DISK_FULL, "full") V(BACKUP_DISK_INCREMENTAL, "incremental")
VIR_XML_ENUM(BackupDiskMode, backup_disk_mode, BACKUP_DISK_MODE_NONE, BACKUP_DISK_MODE_VALUES)
#define BACKUP_TRANSPORT_VALUES(V) V(BACKUP_TRANSPORT_TCP, "tcp") V(BACKUP_TRANSPORT_UNIX, "unix") V(BACKUP_TRANSPORT_FD, "fd")
VIR_XML_ENUM(BackupTransport, backup_transport, BACKUP_TRANSPORT_NONE, BACKUP_TRANSPORT_VALUES)

typedef struct {
    BackupTransport transport;
    VirTristate tls;
    guint port;                    /* 0: absent */
    char *name, *socket, *fdgroup;
} BackupServer;

typedef struct {
    char *name, *incremental, *exportname, *exportbitmap;
    VirTristate backup;
    BackupDiskMode mode;
    bool is_scratch;               /* store is <scratch> (pull), not <target> (push) */
    StorageSource store;
} BackupDisk;

typedef struct {
    BackupMode mode;
    int id;                        /* -1: absent */
    char *incremental;
    BackupServer *server;
    VIR_ARRAY(BackupDisk) disks;
} BackupDef;
VIR_DOCUMENT(BackupDef, backup_def, backup_table)

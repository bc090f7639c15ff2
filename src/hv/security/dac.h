/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The owner change of one file, with libvirt's record of the owner before in trusted.* attributes:
 *     trusted.libvirt.security.ref_dac        "2"          how many guests use it
 *     trusted.libvirt.security.dac            "+0:+0"      the owner before the first
 *     trusted.libvirt.security.timestamp_dac  "1795532684" boot time of the host that wrote it; another is stale
 * Plain system calls only: this runs in forked children of a process with threads.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

typedef enum { DAC_PROBE, DAC_APPLY, DAC_RESTORE } DacOp;

typedef struct {
    DacOp op;
    gboolean remember;         /* use the attributes */
    gboolean may_wait;         /* for another's lock; else DAC_BUSY */
    char timestamp[24];
} DacContext;

typedef struct {
    const char *path;
    gboolean shared, missing_ok, forget, no_restore;
    uid_t uid;
    gid_t gid;
    gboolean known;
    uid_t old_uid;
    gid_t old_gid;
} DacJob;

typedef enum {
    DAC_OK,
    DAC_FAILED,                /* errnum and step say what */
    DAC_IN_USE,                /* another guest uses it with another owner: now_uid, now_gid */
    DAC_BUSY,                  /* locked by another process: do it in a child that may wait */
} DacStatus;

typedef struct {
    guint index;
    DacStatus status;
    int errnum;
    char step[16];             /* "open", "chown", ... */
    gboolean known, applied;
    uid_t old_uid;
    gid_t old_gid;
} DacResult;

void dac_run(const DacContext *ctx, const DacJob *job, DacResult *ret);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables of limits that reading and changing share. Constant.
 */
#pragma once

#include <glib.h>

/* One limit of a disk: its parameter, QEMU's member for it, its place in DomainIoTune. Ends with a NULL name. */
typedef struct {
    const char *param, *member;
    gboolean always;             /* QEMU wants it in every command */
    gboolean is_text;            /* char *; else guint64 */
    gsize at;
} QemuIoTuneRow;
extern const QemuIoTuneRow qemu_iotune_rows[];

/* One limit of a host block device: its parameter, what hv_placement_set_block calls it, its place in
 * DomainBlkioDevice. Ends with a NULL name. */
typedef struct {
    const char *param, *what;
    gboolean wide;               /* guint64; else guint */
    gsize at;
} QemuBlkioRow;
extern const QemuBlkioRow qemu_blkio_rows[];

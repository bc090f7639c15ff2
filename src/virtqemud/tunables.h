/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables of limits that reading and changing share. Constant.
 */
#pragma once

#include <glib.h>

/* One limit of a disk: its parameter, QEMU's member for it, its place in DomainIoTune. Ends with a NULL name. */
typedef struct {
    const char *param, *member;
    gsize at;
} QemuIoTuneRow;
extern const QemuIoTuneRow qemu_iotune_rows[];

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Figures of running guests from QEMU, the kernel and image files.
 */
#pragma once

#include "conf/domain/domain.h"
#include "util/host.h"
#include "util/json.h"

/* Whether QEMU's name of a device's back end ("/machine/peripheral/virtio-disk0/virtio-backend", "ide0-1-0") is of
 * the device @alias. */
gboolean qemu_qdev_is(const char *qdev, const char *alias);

/* The id QEMU knows a plugged disk by in commands about its medium and limits; NULL with @err set when it is not among
 * @blocks, the answer of query-block. Borrowed from @blocks. */
const char *qemu_disk_qdev(VirJson *blocks, const DomainDisk *disk, VirJson **ret_inserted, GError **err);

typedef struct {
    guint64 rx_bytes, rx_packets, rx_errs, rx_drop, tx_bytes, tx_packets, tx_errs, tx_drop;
} QemuNetStats;
/* Of a host interface, as the guest behind it sees them when @swapped. */
gboolean qemu_net_stats(const VirHost *host, const char *ifname, gboolean swapped, QemuNetStats *ret, GError **err);

typedef struct {
    guint64 capacity, allocation, physical;   /* bytes */
} QemuImageSize;
/* Of the file or block device @path, from its metadata and, for qcow2, its header. May take as long as storage does
 * not answer, up to a deadline. */
gboolean qemu_image_size(const char *path, StorageFormat format, QemuImageSize *ret, GError **err);

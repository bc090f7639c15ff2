/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Addresses made of small numbers: drives on IDE, SATA, SCSI and floppy controllers, ports of virtio-serial, slots of
 * CCID, registers of spapr-vio, subchannels of ccw, DIMM slots. Each function completes the devices of a definition that
 * have none yet and refuses two in one place. One definition at a time.
 */
#pragma once

#include "conf/domain/device-walk.h"

/* From the target's name: "sdb" is unit 1 of controller 0. FALSE: the name is no drive's. */
gboolean hv_drive_from_target(const DomainDisk *disk, DomainDriveAddress *ret);
/* The first free unit on the SCSI controllers, for host devices. A controller that is not there yet may be named. */
gboolean hv_drive_assign_scsi(const DomainDef *def, DomainDriveAddress *ret);
gboolean hv_drive_is_used(const DomainDef *def, DomainDiskBus bus, const DomainDriveAddress *addr, const DomainDevice *but);
/* Two drives of one bus in one place: VIR_ERR_XML_ERROR naming both. */
gboolean hv_drive_check(const DomainDef *def, GError **err);

/* Ports of channels; a controller is added when all are full. */
gboolean hv_virtio_serial_assign(DomainDef *def, GError **err);
gboolean hv_ccid_assign(DomainDef *def, GError **err);
/* Devices whose address is ccw without a number, one kind after the other. */
gboolean hv_ccw_assign(DomainDef *def, const DomainDeviceKind *order, guint n_order, GError **err);
/* The next free DIMM slot for every memory device that goes into one. */
gboolean hv_dimm_assign(DomainDef *def, GError **err);

/* Keeps registers of spapr-vio apart: *@reg is raised by 0x1000 from @first until free. */
gboolean hv_spapr_assign(DomainDef *def, DomainDeviceInfo *info, guint64 first, GError **err);

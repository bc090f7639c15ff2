/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The steps of qemu_domain_finish, one file each. Private to defaults/.
 */
#pragma once

#include "conf/domain/defaults.h"
#include "conf/domain/device-walk.h"
#include "virtqemud/defaults/defaults.h"

/* What kind of board a machine type is; decides implicit devices and buses. */
typedef enum {
    QEMU_BOARD_OTHER, QEMU_BOARD_I440FX, QEMU_BOARD_Q35, QEMU_BOARD_ISAPC, QEMU_BOARD_MICROVM, QEMU_BOARD_ARM_VIRT,
    QEMU_BOARD_ARM_OTHER, QEMU_BOARD_PSERIES, QEMU_BOARD_PPC_OTHER, QEMU_BOARD_S390, QEMU_BOARD_RISCV_VIRT,
    QEMU_BOARD_MIPS, QEMU_BOARD_SPARC, QEMU_BOARD_LOONGARCH,
} QemuBoard;

typedef struct {
    DomainDef *def;
    const QemuDomainEnv *env;
    VirQemuCaps *caps;       /* NULL: emulator missing, QEMU_FINISH_LOAD */
    guint flags;
    QemuBoard board;
    guint first_new_controller;    /* from there on, added for PCI devices just now */
} QemuFinish;

QemuBoard qemu_board_of(DomainArch arch, const char *machine);
gboolean qemu_arch_is_x86(DomainArch arch);
gboolean qemu_arch_is_arm(DomainArch arch);
gboolean qemu_arch_is_ppc64(DomainArch arch);
gboolean qemu_arch_is_s390(DomainArch arch);
gboolean qemu_arch_is_riscv(DomainArch arch);
static inline gboolean qemu_finish_has(const QemuFinish *f, VirQemuCap cap)
{
    return f->caps && vir_qemu_caps_has(f->caps, cap);
}
/* Bus 0 is pcie-root. */
gboolean qemu_finish_is_express(const QemuFinish *f);

/* emulator, arch, machine; fills caps and board */
gboolean qemu_finish_machine(QemuFinish *f, GError **err);
gboolean qemu_finish_firmware(QemuFinish *f, GError **err);
void qemu_finish_cpu(QemuFinish *f);
/* drives' places, and the controllers of hosts' SCSI devices */
gboolean qemu_finish_drives(QemuFinish *f, GError **err);
void qemu_controllers_of_hostdevs(QemuFinish *f);
/* controllers and devices that are there though nobody wrote them */
gboolean qemu_finish_implicit(QemuFinish *f, GError **err);
void qemu_finish_chardevs(QemuFinish *f);
void qemu_finish_graphics(QemuFinish *f);
gboolean qemu_finish_devices(QemuFinish *f, GError **err);
/* controllers that devices' addresses ask for */
/* The model of one controller, when it has none. */
void qemu_controller_model(QemuFinish *f, DomainController *c);
gboolean qemu_finish_controllers(QemuFinish *f, GError **err);
gboolean qemu_finish_addresses(QemuFinish *f, GError **err);
gboolean qemu_finish_pci(QemuFinish *f, GError **err);

gboolean qemu_finish_seclabels(QemuFinish *f, GError **err);

/* checks before addresses are given, and of the whole document */
gboolean qemu_check_early(QemuFinish *f, GError **err);
gboolean qemu_check_disk_targets(QemuFinish *f, GError **err);
gboolean qemu_check_devices_early(QemuFinish *f, GError **err);
gboolean qemu_check_controllers_early(QemuFinish *f, GError **err);
gboolean qemu_check_domain(QemuFinish *f, GError **err);
gboolean qemu_check_disks(QemuFinish *f, GError **err);
gboolean qemu_check_controllers(QemuFinish *f, GError **err);
gboolean qemu_check_caps(QemuFinish *f, GError **err);
gboolean qemu_check_chardevs(QemuFinish *f, GError **err);
gboolean qemu_check_devices(QemuFinish *f, GError **err);
gboolean qemu_machine_runs_arch(const VirQemuCaps *caps, DomainArch arch);

/* What a controller of this type is when nobody says. NONE: no such. */
DomainControllerModel qemu_default_scsi_model(const QemuFinish *f);
DomainControllerModel qemu_default_usb_model(const QemuFinish *f);

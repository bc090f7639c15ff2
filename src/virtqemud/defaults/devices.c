/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Models, buses and back ends of single devices that the document leaves open.
 */
#include <string.h>

#include "util/error.h"
#include "virtqemud/defaults/parts.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static const guint8 mac_prefix[3] = { 0x52, 0x54, 0x00 };

static const char *default_net_model(const QemuFinish *f)
{
    const char *machine = f->def->os.machine;

    if (qemu_arch_is_s390(f->def->os.arch))
        return "virtio";
    if (qemu_arch_is_arm(f->def->os.arch)) {
        if (machine && strcmp(machine, "versatilepb") == 0)
            return "smc91c111";
        if (f->board == QEMU_BOARD_ARM_VIRT || !machine)
            return "virtio";
        return "lan9118";
    }
    if (f->board == QEMU_BOARD_RISCV_VIRT || qemu_arch_is_riscv(f->def->os.arch) || f->board == QEMU_BOARD_LOONGARCH)
        return "virtio";
    if (qemu_finish_has(f, VIR_QEMU_CAP_RTL8139))
        return "rtl8139";
    if (qemu_finish_has(f, VIR_QEMU_CAP_E1000))
        return "e1000";
    return f->caps && qemu_finish_has(f, VIR_QEMU_CAP_VIRTIO_NET) ? "virtio" : "rtl8139";
}

static void default_net(QemuFinish *f, DomainNet *net)
{
    if (vir_mac_is_zero(&net->mac)) {
        vir_mac_generate(mac_prefix, &net->mac);
        if (net->mac_type == DOMAIN_MAC_TYPE_STATIC)
            net->mac_type = DOMAIN_MAC_TYPE_NONE;
    }
    if (!net->model && net->type != DOMAIN_NET_HOSTDEV)
        net->model = g_strdup(net->type == DOMAIN_NET_VDPA ? "virtio" : default_net_model(f));
}

static void default_disk(DomainDisk *disk)
{
    StorageSource *src = &disk->src;

    if (src->type == STORAGE_TYPE_VHOST_USER) {
        if (disk->snapshot == DOMAIN_DISK_SNAPSHOT_NONE)
            disk->snapshot = DOMAIN_DISK_SNAPSHOT_NO;
        return;
    }
    if (src->type == STORAGE_TYPE_VHOST_VDPA && disk->cache == DOMAIN_DISK_CACHE_UNSET)
        disk->cache = DOMAIN_DISK_CACHE_NONE;
    if (!disk->driver_name && src->type != STORAGE_TYPE_NONE)
        disk->driver_name = g_strdup("qemu");
    if (src->format == STORAGE_FORMAT_NONE)
        src->format = src->type == STORAGE_TYPE_DIR ? STORAGE_FORMAT_FAT : STORAGE_FORMAT_RAW;
    if (disk->mirror && disk->mirror->src.format == STORAGE_FORMAT_NONE)
        disk->mirror->src.format = STORAGE_FORMAT_RAW;
}

static void default_input(const QemuFinish *f, DomainInput *input)
{
    if (input->bus != DOMAIN_INPUT_BUS_NONE)
        return;
    switch (input->type) {
    case DOMAIN_INPUT_MOUSE:
    case DOMAIN_INPUT_KEYBOARD:
        if (qemu_arch_is_x86(f->def->os.arch)) {
            input->bus = DOMAIN_INPUT_BUS_PS2;
            return;
        }
        input->bus = qemu_arch_is_s390(f->def->os.arch) ? DOMAIN_INPUT_BUS_VIRTIO : DOMAIN_INPUT_BUS_USB;
        return;
    case DOMAIN_INPUT_PASSTHROUGH:
        input->bus = DOMAIN_INPUT_BUS_VIRTIO;
        return;
    case DOMAIN_INPUT_TABLET:
        input->bus = qemu_arch_is_s390(f->def->os.arch) ? DOMAIN_INPUT_BUS_VIRTIO : DOMAIN_INPUT_BUS_USB;
        return;
    case DOMAIN_INPUT_EVDEV:
    case DOMAIN_INPUT_NONE:
        return;
    }
}

static void default_tpm(const QemuFinish *f, DomainTpm *tpm)
{
    if (tpm->model == DOMAIN_TPM_MODEL_NONE)
        tpm->model = qemu_arch_is_ppc64(f->def->os.arch) ? DOMAIN_TPM_MODEL_SPAPR : DOMAIN_TPM_MODEL_TIS;
    if (tpm->backend == DOMAIN_TPM_BACKEND_EMULATOR && tpm->version == DOMAIN_TPM_VERSION_NONE) {
        tpm->version = tpm->model == DOMAIN_TPM_MODEL_SPAPR || tpm->model == DOMAIN_TPM_MODEL_CRB ||
                       qemu_arch_is_arm(f->def->os.arch) ? DOMAIN_TPM_VERSION_2_0 : DOMAIN_TPM_VERSION_1_2;
    }
}

static void default_panic(const QemuFinish *f, DomainPanic *panic)
{
    if (panic->model != DOMAIN_PANIC_NONE)
        return;
    if (f->board == QEMU_BOARD_PSERIES)
        panic->model = DOMAIN_PANIC_PSERIES;
    else if (f->board == QEMU_BOARD_S390)
        panic->model = DOMAIN_PANIC_S390;
    else if (qemu_arch_is_x86(f->def->os.arch))
        panic->model = DOMAIN_PANIC_ISA;
}

static void default_hostdev(DomainHostdev *dev)
{
    if (dev->mode == DOMAIN_HOSTDEV_MODE_SUBSYSTEM && dev->type == DOMAIN_HOSTDEV_MDEV &&
        dev->model == DOMAIN_HOSTDEV_MODEL_VFIO_PCI && dev->display == VIR_TRISTATE_ABSENT)
        dev->display = VIR_TRISTATE_OFF;
}

static void default_memory(DomainMemory *mem)
{
    if (mem->model == DOMAIN_MEMORY_VIRTIO_PMEM && mem->access == DOMAIN_MEMORY_ACCESS_NONE)
        mem->access = DOMAIN_MEMORY_ACCESS_SHARED;
    if (mem->model == DOMAIN_MEMORY_VIRTIO_MEM)
        mem->has_requested = TRUE;
}

static void default_video_access(DomainShmem *shmem)
{
    if (shmem->model == DOMAIN_SHMEM_NONE)
        shmem->model = DOMAIN_SHMEM_IVSHMEM;
}

gboolean qemu_finish_devices(QemuFinish *f, GError **err)
{
    DomainDef *def = f->def;

    for (guint i = 0; i < def->nets.n; i++)
        default_net(f, def->nets.v[i]);
    for (guint i = 0; i < def->disks.n; i++)
        default_disk(def->disks.v[i]);
    for (guint i = 0; i < def->inputs.n; i++)
        default_input(f, def->inputs.v[i]);
    for (guint i = 0; i < def->tpms.n; i++)
        default_tpm(f, def->tpms.v[i]);
    for (guint i = 0; i < def->panics.n; i++)
        default_panic(f, def->panics.v[i]);
    for (guint i = 0; i < def->hostdevs.n; i++)
        default_hostdev(def->hostdevs.v[i]);
    for (guint i = 0; i < def->memories.n; i++)
        default_memory(def->memories.v[i]);
    for (guint i = 0; i < def->shmems.n; i++)
        default_video_access(def->shmems.v[i]);
    return TRUE;
}

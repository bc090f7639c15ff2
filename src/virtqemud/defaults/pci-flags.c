/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What each device asks of a PCI bus. Devices that QEMU offers with both faces go to PCI Express where the machine has it.
 */
#include <string.h>

#include "virtqemud/defaults/pci.h"

#define M(x) DOMAIN_CONTROLLER_MODEL_##x
#define CONVENTIONAL (HV_PCI_CONVENTIONAL | HV_PCI_HOTPLUG)
#define EXPRESS (HV_PCI_EXPRESS | HV_PCI_HOTPLUG)

static guint of_virtio(DomainVirtioModel model, guint express)
{
    return model == DOMAIN_VIRTIO_MODEL_TRANSITIONAL ? CONVENTIONAL : express;
}

static guint of_controller(const QemuFinish *f, const DomainController *c, guint express)
{
    switch (c->type) {
    case DOMAIN_CONTROLLER_PCI:
        return hv_pci_controller_flags(c->model);
    case DOMAIN_CONTROLLER_SCSI:
        switch (c->model) {
        case M(VIRTIO_SCSI):
        case M(VIRTIO_NON_TRANSITIONAL):
            return express;
        case M(IBMVSCSI):
            return 0;
        case M(VMPVSCSI):
        default:
            return CONVENTIONAL;
        }
    case DOMAIN_CONTROLLER_USB:
        if (c->model == M(NEC_XHCI) || c->model == M(QEMU_XHCI))
            return express;
        return c->model == M(USB_NONE) ? 0 : CONVENTIONAL;
    case DOMAIN_CONTROLLER_VIRTIO_SERIAL:
        return c->model == M(VIRTIO_TRANSITIONAL) ? CONVENTIONAL : express;
    case DOMAIN_CONTROLLER_IDE:
    case DOMAIN_CONTROLLER_SATA:
        return CONVENTIONAL;
    case DOMAIN_CONTROLLER_NVME:
        return express;
    default:
        return 0;
    }
}

static guint of_net(const DomainNet *net, guint express)
{
    static const char *const conventional[] = { "rtl8139", "e1000", "vmxnet3", "virtio-transitional", NULL };

    if (!net->model)
        return net->type == DOMAIN_NET_HOSTDEV ? express : 0;
    if (strcmp(net->model, "usb-net") == 0 || strcmp(net->model, "spapr-vlan") == 0 ||
        strcmp(net->model, "smc91c111") == 0 || strcmp(net->model, "lan9118") == 0 || strcmp(net->model, "cadence_gem") == 0)
        return 0;
    return g_strv_contains(conventional, net->model) ? CONVENTIONAL : express;
}

static guint of_disk(const DomainDisk *disk, guint express)
{
    if (disk->bus != DOMAIN_DISK_BUS_VIRTIO)
        return 0;
    return disk->model == DOMAIN_DISK_MODEL_VIRTIO_TRANSITIONAL ? CONVENTIONAL : express;
}

static guint of_hostdev(const DomainHostdev *dev, guint express)
{
    if (dev->mode != DOMAIN_HOSTDEV_MODE_SUBSYSTEM)
        return 0;
    switch (dev->type) {
    case DOMAIN_HOSTDEV_PCI:
        return express;
    case DOMAIN_HOSTDEV_MDEV:
        return dev->model == DOMAIN_HOSTDEV_MODEL_VFIO_PCI ? express : 0;
    case DOMAIN_HOSTDEV_SCSI_HOST:
        return dev->model == DOMAIN_HOSTDEV_MODEL_VIRTIO_TRANSITIONAL ? CONVENTIONAL : express;
    default:
        return 0;
    }
}

static guint of_sound(const DomainSound *sound, guint express)
{
    switch (sound->model) {
    case DOMAIN_SOUND_ES1370:
    case DOMAIN_SOUND_AC97:
    case DOMAIN_SOUND_ICH6:
    case DOMAIN_SOUND_ICH7:
    case DOMAIN_SOUND_ICH9:
        return CONVENTIONAL;
    case DOMAIN_SOUND_VIRTIO:
        return express;
    default:
        return 0;
    }
}

static guint of_memory(const DomainMemory *mem, guint express)
{
    return mem->model == DOMAIN_MEMORY_VIRTIO_PMEM || mem->model == DOMAIN_MEMORY_VIRTIO_MEM ? express : 0;
}

static guint of_video(const DomainVideo *video, guint express)
{
    switch (video->type) {
    case DOMAIN_VIDEO_VIRTIO:
        return express;
    case DOMAIN_VIDEO_BOCHS:
        return express;
    case DOMAIN_VIDEO_NOTHING:
    case DOMAIN_VIDEO_RAMFB:
    case DOMAIN_VIDEO_NONE:
        return 0;
    default:
        return CONVENTIONAL;
    }
}

static guint of_balloon(const DomainMemballoon *balloon, guint express)
{
    switch (balloon->model) {
    case DOMAIN_BALLOON_VIRTIO:
    case DOMAIN_BALLOON_VIRTIO_NON_TRANSITIONAL:
        return express;
    case DOMAIN_BALLOON_VIRTIO_TRANSITIONAL:
        return CONVENTIONAL;
    default:
        return 0;
    }
}

guint qemu_pci_flags(const QemuFinish *f, const DomainDevice *device)
{
    guint express = qemu_finish_is_express(f) ? EXPRESS : CONVENTIONAL;

    switch (device->kind) {
    case DOMAIN_DEVICE_CONTROLLER:
        return of_controller(f, device->controller, express);
    case DOMAIN_DEVICE_FS:
        if (device->fs->driver != DOMAIN_FS_DRIVER_NONE && device->fs->driver != DOMAIN_FS_DRIVER_PATH &&
            device->fs->driver != DOMAIN_FS_DRIVER_HANDLE && device->fs->driver != DOMAIN_FS_DRIVER_VIRTIOFS &&
            device->fs->driver != DOMAIN_FS_DRIVER_MTP)
            return 0;
        return of_virtio(device->fs->model, express);
    case DOMAIN_DEVICE_NET:
        return of_net(device->net, express);
    case DOMAIN_DEVICE_SOUND:
        return of_sound(device->sound, express);
    case DOMAIN_DEVICE_DISK:
        return of_disk(device->disk, express);
    case DOMAIN_DEVICE_HOSTDEV:
        return of_hostdev(device->hostdev, express);
    case DOMAIN_DEVICE_MEMBALLOON:
        return of_balloon(device->memballoon, express);
    case DOMAIN_DEVICE_RNG:
        return of_virtio(device->rng->model, express);
    case DOMAIN_DEVICE_VIDEO:
        return of_video(device->video, express);
    case DOMAIN_DEVICE_WATCHDOG:
        return device->watchdog->model == DOMAIN_WATCHDOG_I6300ESB ? CONVENTIONAL : 0;
    case DOMAIN_DEVICE_INPUT:
        return device->input->bus == DOMAIN_INPUT_BUS_VIRTIO ? of_virtio(device->input->model, express) : 0;
    case DOMAIN_DEVICE_SERIAL:
        return device->chr->serial_target == DOMAIN_SERIAL_TARGET_PCI ? CONVENTIONAL : 0;
    case DOMAIN_DEVICE_SHMEM:
        return CONVENTIONAL;
    case DOMAIN_DEVICE_VSOCK:
        return of_virtio(device->vsock->model, express);
    case DOMAIN_DEVICE_MEMORY:
        return of_memory(device->memory, express);
    case DOMAIN_DEVICE_CRYPTO:
        return express;
    case DOMAIN_DEVICE_IOMMU:
        return device->iommu->model == DOMAIN_IOMMU_VIRTIO || device->iommu->model == DOMAIN_IOMMU_AMD
               ? express & ~(guint)HV_PCI_HOTPLUG : 0;
    case DOMAIN_DEVICE_PANIC:
        return device->panic->model == DOMAIN_PANIC_PVPANIC ? express & ~(guint)HV_PCI_HOTPLUG : 0;
    default:
        return 0;
    }
}

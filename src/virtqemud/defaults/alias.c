/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runtime aliases. They are the ids of QEMU's objects, kept in status documents and known to people's scripts: the names
 * are contract.
 */
#include <string.h>

#include "conf/domain/defaults.h"
#include "conf/domain/device-walk.h"
#include "util/error.h"
#include "virtqemud/defaults/parts.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define M(x) DOMAIN_CONTROLLER_MODEL_##x

/* Kinds whose devices are just numbered. @by_position: from the place in the list, else one above the highest in use. */
static const struct { const char *prefix; gboolean by_position; } numbered[DOMAIN_DEVICE_LAST] = {
    [DOMAIN_DEVICE_FS] = { "fs", TRUE },
    [DOMAIN_DEVICE_NET] = { "net", FALSE },
    [DOMAIN_DEVICE_SMARTCARD] = { "smartcard", TRUE },
    [DOMAIN_DEVICE_SERIAL] = { "serial", FALSE },
    [DOMAIN_DEVICE_PARALLEL] = { "parallel", FALSE },
    [DOMAIN_DEVICE_CONSOLE] = { "console", TRUE },
    [DOMAIN_DEVICE_CHANNEL] = { "channel", FALSE },
    [DOMAIN_DEVICE_INPUT] = { "input", TRUE },
    [DOMAIN_DEVICE_TPM] = { "tpm", TRUE },
    [DOMAIN_DEVICE_SOUND] = { "sound", TRUE },
    [DOMAIN_DEVICE_VIDEO] = { "video", TRUE },
    [DOMAIN_DEVICE_HOSTDEV] = { "hostdev", FALSE },
    [DOMAIN_DEVICE_REDIRDEV] = { "redir", FALSE },
    [DOMAIN_DEVICE_HUB] = { "hub", TRUE },
    [DOMAIN_DEVICE_WATCHDOG] = { "watchdog", TRUE },
    [DOMAIN_DEVICE_RNG] = { "rng", FALSE },
    [DOMAIN_DEVICE_SHMEM] = { "shmem", TRUE },
    [DOMAIN_DEVICE_PANIC] = { "panic", TRUE },
    [DOMAIN_DEVICE_IOMMU] = { "iommu", TRUE },
    [DOMAIN_DEVICE_CRYPTO] = { "crypto", TRUE },
    [DOMAIN_DEVICE_MEMBALLOON] = { "balloon", TRUE },
    [DOMAIN_DEVICE_VSOCK] = { "vsock", TRUE },
    [DOMAIN_DEVICE_PSTORE] = { "pstore", TRUE },
};

static int number_of(const char *alias, const char *prefix)
{
    gsize n = strlen(prefix);
    guint64 number;

    if (!alias || strncmp(alias, prefix, n) != 0 ||
        !g_ascii_string_to_unsigned(alias + n, 10, 0, 1 << 20, &number, NULL))
        return -1;
    return (int)number;
}

/* Host network cards are numbered with the host devices. */
static int next_number(const DomainDef *def, const char *prefix)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN;
    int max = -1;

    while (domain_device_next(def, &device))
        max = MAX(max, number_of(device.info->alias, prefix));
    return max + 1;
}

static gboolean in_use(const DomainDef *def, const char *alias)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN;

    while (domain_device_next(def, &device)) {
        if (device.info->alias && strcmp(device.info->alias, alias) == 0)
            return TRUE;
    }
    return FALSE;
}

static char *disk_alias(const DomainDef *def, const DomainDisk *disk)
{
    const char *bus = vir_enum_to_string(&domain_disk_bus_enum, disk->bus);
    const DomainDriveAddress *at = &disk->info.addr.drive;
    const DomainController *c;

    if (disk->info.addr.type != DOMAIN_ADDRESS_DRIVE)
        return g_strdup_printf("%s-disk%d", bus, MAX(domain_disk_index(disk->dst, NULL), 0));
    if (disk->bus != DOMAIN_DISK_BUS_SCSI)
        return g_strdup_printf("%s%u-%u-%u", bus, at->controller, at->bus, at->unit);
    c = domain_find_controller(def, DOMAIN_CONTROLLER_SCSI, at->controller);
    if (c && c->model == M(LSILOGIC))
        return g_strdup_printf("%s%u-%u-%u", bus, at->controller, at->bus, at->unit);
    return g_strdup_printf("%s%u-%u-%u-%u", bus, at->controller, at->bus, at->target, at->unit);
}

static char *controller_alias(const DomainDef *def, const DomainController *c)
{
    QemuBoard board = qemu_board_of(def->os.arch, def->os.machine);
    const char *type = vir_enum_to_string(&domain_controller_type_enum, c->type);

    switch (c->type) {
    case DOMAIN_CONTROLLER_PCI:
        if (c->model == M(PCIE_ROOT))
            return g_strdup_printf("pcie.%d", c->index);
        /* of pseries the first bus keeps QEMU's own plain name */
        return g_strdup_printf("pci.%d", c->index);
    case DOMAIN_CONTROLLER_IDE:
        if (c->index == 0 && (board == QEMU_BOARD_I440FX || board == QEMU_BOARD_MIPS || board == QEMU_BOARD_SPARC))
            return g_strdup("ide");
        break;
    case DOMAIN_CONTROLLER_SATA:
        if (c->index == 0 && board == QEMU_BOARD_Q35)
            return g_strdup("ide");
        break;
    case DOMAIN_CONTROLLER_USB:
        if (c->index == 0)
            return g_strdup("usb");
        break;
    case DOMAIN_CONTROLLER_SCSI:
        if (c->model == M(VIRTIO_SCSI) && c->index == 0)
            return g_strdup("scsi0");
        break;
    default:
        break;
    }
    return g_strdup_printf("%s%d", type, c->index);
}

static char *memory_alias(const DomainDef *def, const DomainMemory *mem)
{
    static const char *const prefixes[] = {
        [DOMAIN_MEMORY_DIMM] = "dimm", [DOMAIN_MEMORY_NVDIMM] = "nvdimm", [DOMAIN_MEMORY_VIRTIO_PMEM] = "virtiopmem",
        [DOMAIN_MEMORY_VIRTIO_MEM] = "virtiomem", [DOMAIN_MEMORY_SGX_EPC] = "epc",
    };
    const char *prefix = mem->model < G_N_ELEMENTS(prefixes) ? prefixes[mem->model] : NULL;

    if (!prefix)
        return NULL;
    if (mem->info.addr.type == DOMAIN_ADDRESS_DIMM)
        return g_strdup_printf("%s%u", prefix, mem->info.addr.dimm.slot);
    return g_strdup_printf("%s%d", prefix, next_number(def, prefix));
}

static char *numbered_alias(const DomainDef *def, const DomainDevice *device)
{
    const char *prefix = numbered[device->kind].prefix;
    char *alias;

    if (!prefix)
        return NULL;
    if (device->kind == DOMAIN_DEVICE_NET && device->net->type == DOMAIN_NET_HOSTDEV)
        prefix = "hostdev";
    if (!numbered[device->kind].by_position)
        return g_strdup_printf("%s%d", prefix, next_number(def, prefix));
    alias = g_strdup_printf("%s%u", prefix, device->pos);
    if (in_use(def, alias)) {
        g_free(alias);
        alias = g_strdup_printf("%s%d", prefix, next_number(def, prefix));
    }
    return alias;
}

static char *new_alias(const DomainDef *def, const DomainDevice *device)
{
    switch (device->kind) {
    case DOMAIN_DEVICE_DISK:
        return disk_alias(def, device->disk);
    case DOMAIN_DEVICE_CONTROLLER:
        return controller_alias(def, device->controller);
    case DOMAIN_DEVICE_MEMORY:
        return memory_alias(def, device->memory);
    case DOMAIN_DEVICE_NVRAM:
        return g_strdup("nvram");
    case DOMAIN_DEVICE_MEMBALLOON:
        return device->memballoon->model == DOMAIN_BALLOON_NOTHING ? NULL : g_strdup("balloon0");
    case DOMAIN_DEVICE_HOSTDEV:
        if (device->hostdev->mode == DOMAIN_HOSTDEV_MODE_CAPABILITIES)
            return NULL;
        return numbered_alias(def, device);
    default:
        return numbered_alias(def, device);
    }
}

gboolean qemu_domain_assign_aliases(DomainDef *live, GError **err)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN;

    while (domain_device_next(live, &device)) {
        if (device.info->alias)
            continue;
        /* the first console shows the first serial port and has its name */
        if (device.kind == DOMAIN_DEVICE_CONSOLE && device.pos == 0 && domain_console_is_serial(live))
            device.info->alias = g_strdup(live->serials.v[0]->info.alias);
        else
            device.info->alias = new_alias(live, &device);
    }
    return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One table of where the devices of a domain are.
 */
#include "conf/domain/device-walk.h"

typedef VIR_LIST(void) AnyList;

typedef struct {
    const char *name;
    gsize list;       /* offset in DomainDef */
    gsize info;       /* offset in the device */
    gboolean single;  /* a pointer instead of a list */
} KindRow;

#define LIST(kind, el, member, T) \
    [DOMAIN_DEVICE_##kind] = { el, G_STRUCT_OFFSET(DomainDef, member), G_STRUCT_OFFSET(T, info), FALSE }
#define SINGLE(kind, el, member, T) \
    [DOMAIN_DEVICE_##kind] = { el, G_STRUCT_OFFSET(DomainDef, member), G_STRUCT_OFFSET(T, info), TRUE }
static const KindRow kinds[DOMAIN_DEVICE_LAST] = {
    LIST(DISK, "disk", disks, DomainDisk),
    LIST(CONTROLLER, "controller", controllers, DomainController),
    LIST(FS, "filesystem", filesystems, DomainFs),
    LIST(NET, "interface", nets, DomainNet),
    LIST(SMARTCARD, "smartcard", smartcards, DomainSmartcard),
    LIST(SERIAL, "serial", serials, DomainChr),
    LIST(PARALLEL, "parallel", parallels, DomainChr),
    LIST(CONSOLE, "console", consoles, DomainChr),
    LIST(CHANNEL, "channel", channels, DomainChr),
    LIST(INPUT, "input", inputs, DomainInput),
    LIST(TPM, "tpm", tpms, DomainTpm),
    LIST(GRAPHICS, "graphics", graphics, DomainGraphics),
    LIST(SOUND, "sound", sounds, DomainSound),
    LIST(VIDEO, "video", videos, DomainVideo),
    LIST(HOSTDEV, "hostdev", hostdevs, DomainHostdev),
    LIST(REDIRDEV, "redirdev", redirdevs, DomainRedirdev),
    LIST(HUB, "hub", hubs, DomainHub),
    LIST(WATCHDOG, "watchdog", watchdogs, DomainWatchdog),
    LIST(RNG, "rng", rngs, DomainRng),
    LIST(SHMEM, "shmem", shmems, DomainShmem),
    LIST(MEMORY, "memory", memories, DomainMemory),
    LIST(PANIC, "panic", panics, DomainPanic),
    LIST(IOMMU, "iommu", iommus, DomainIommu),
    LIST(CRYPTO, "crypto", cryptos, DomainCrypto),
    SINGLE(MEMBALLOON, "memballoon", memballoon, DomainMemballoon),
    SINGLE(NVRAM, "nvram", nvram, DomainNvram),
    SINGLE(VSOCK, "vsock", vsock, DomainVsock),
    SINGLE(PSTORE, "pstore", pstore, DomainPstore),
};

static gboolean device_at(const DomainDef *def, DomainDeviceKind kind, guint pos, DomainDevice *device)
{
    const KindRow *row = &kinds[kind];
    void *dev = NULL;

    if (row->single) {
        if (pos == 0)
            dev = G_STRUCT_MEMBER(void *, def, row->list);
    } else {
        const AnyList *list = G_STRUCT_MEMBER_P(def, row->list);

        if (pos < list->n)
            dev = list->v[pos];
    }
    if (!dev)
        return FALSE;
    device->kind = kind;
    device->pos = pos;
    device->any = dev;
    device->info = (DomainDeviceInfo *)((char *)dev + row->info);
    return TRUE;
}

gboolean domain_device_next_of_kind(const DomainDef *def, DomainDevice *device)
{
    return device_at(def, device->kind, device->pos + 1, device);
}

gboolean domain_device_next(const DomainDef *def, DomainDevice *device)
{
    guint pos = device->pos + 1;

    for (DomainDeviceKind kind = device->kind; kind < DOMAIN_DEVICE_LAST; kind++, pos = 0) {
        if (device_at(def, kind, pos, device))
            return TRUE;
    }
    return FALSE;
}

const char *domain_device_kind_name(DomainDeviceKind kind)
{
    return kind < DOMAIN_DEVICE_LAST ? kinds[kind].name : "device";
}

char *domain_device_describe(const DomainDevice *device)
{
    const char *name = domain_device_kind_name(device->kind);

    switch (device->kind) {
    case DOMAIN_DEVICE_DISK:
        if (device->disk->dst)
            return g_strdup_printf("%s '%s'", name, device->disk->dst);
        break;
    case DOMAIN_DEVICE_CONTROLLER:
        return g_strdup_printf("%s %s %d", name,
                               vir_enum_to_string(&domain_controller_type_enum, device->controller->type),
                               device->controller->index);
    case DOMAIN_DEVICE_NET: {
        char mac[VIR_MAC_TEXT];

        return g_strdup_printf("%s '%s'", name, vir_mac_format(&device->net->mac, mac));
    }
    case DOMAIN_DEVICE_CHANNEL:
        if (device->chr->name)
            return g_strdup_printf("%s '%s'", name, device->chr->name);
        break;
    default:
        break;
    }
    if (kinds[device->kind].single)
        return g_strdup(name);
    return g_strdup_printf("%s number %u", name, device->pos + 1);
}

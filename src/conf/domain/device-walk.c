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
    const VirXmlTable *table;
} KindRow;

#define LIST(kind, el, member, T, table) \
    [DOMAIN_DEVICE_##kind] = { el, G_STRUCT_OFFSET(DomainDef, member), G_STRUCT_OFFSET(T, info), FALSE, &domain_##table##_table }
#define SINGLE(kind, el, member, T, table) \
    [DOMAIN_DEVICE_##kind] = { el, G_STRUCT_OFFSET(DomainDef, member), G_STRUCT_OFFSET(T, info), TRUE, &domain_##table##_table }
static const KindRow kinds[DOMAIN_DEVICE_LAST] = {
    LIST(DISK, "disk", disks, DomainDisk, disk),
    LIST(CONTROLLER, "controller", controllers, DomainController, controller),
    LIST(FS, "filesystem", filesystems, DomainFs, fs),
    LIST(NET, "interface", nets, DomainNet, net),
    LIST(SMARTCARD, "smartcard", smartcards, DomainSmartcard, smartcard),
    LIST(SERIAL, "serial", serials, DomainChr, serial),
    LIST(PARALLEL, "parallel", parallels, DomainChr, parallel),
    LIST(CONSOLE, "console", consoles, DomainChr, console),
    LIST(CHANNEL, "channel", channels, DomainChr, channel),
    LIST(INPUT, "input", inputs, DomainInput, input),
    LIST(TPM, "tpm", tpms, DomainTpm, tpm),
    LIST(GRAPHICS, "graphics", graphics, DomainGraphics, graphics),
    LIST(SOUND, "sound", sounds, DomainSound, sound),
    LIST(VIDEO, "video", videos, DomainVideo, video),
    LIST(HOSTDEV, "hostdev", hostdevs, DomainHostdev, hostdev),
    LIST(REDIRDEV, "redirdev", redirdevs, DomainRedirdev, redirdev),
    LIST(HUB, "hub", hubs, DomainHub, hub),
    LIST(WATCHDOG, "watchdog", watchdogs, DomainWatchdog, watchdog),
    LIST(RNG, "rng", rngs, DomainRng, rng),
    LIST(SHMEM, "shmem", shmems, DomainShmem, shmem),
    LIST(MEMORY, "memory", memories, DomainMemory, memory),
    LIST(PANIC, "panic", panics, DomainPanic, panic),
    LIST(IOMMU, "iommu", iommus, DomainIommu, iommu),
    LIST(CRYPTO, "crypto", cryptos, DomainCrypto, crypto),
    SINGLE(MEMBALLOON, "memballoon", memballoon, DomainMemballoon, memballoon),
    SINGLE(NVRAM, "nvram", nvram, DomainNvram, nvram),
    SINGLE(VSOCK, "vsock", vsock, DomainVsock, vsock),
    SINGLE(PSTORE, "pstore", pstore, DomainPstore, pstore),
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

gboolean domain_device_remove(DomainDef *def, const char *alias)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN;

    while (domain_device_next(def, &device)) {
        const KindRow *row = &kinds[device.kind];

        if (g_strcmp0(device.info->alias, alias) != 0)
            continue;
        if (row->single)
            G_STRUCT_MEMBER(void *, def, row->list) = NULL;
        else
            (void)VIR_LIST_STEAL((AnyList *)G_STRUCT_MEMBER_P(def, row->list), device.pos);
        vir_xml_free(row->table, device.any);
        return TRUE;
    }
    return FALSE;
}

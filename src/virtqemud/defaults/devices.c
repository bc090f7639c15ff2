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

/* Names whose case does not matter. */
static const char *const net_models[] = {
    "netfront", "rtl8139", "virtio", "e1000", "e1000e", "virtio-transitional", "virtio-non-transitional", "usb-net",
    "spapr-vlan", "lan9118", "scm91c111", "vlance", "vmxnet", "vmxnet2", "vmxnet3", "Am79C970A", "Am79C973", "82540EM",
    "82545EM", "82543GC",
};

static void spell_model(DomainNet *net)
{
    for (guint i = 0; i < G_N_ELEMENTS(net_models); i++) {
        if (g_ascii_strcasecmp(net->model, net_models[i]) == 0 && strcmp(net->model, net_models[i]) != 0) {
            g_free(net->model);
            net->model = g_strdup(net_models[i]);
            return;
        }
    }
}

static gboolean is_virtio_net(const DomainNet *net)
{
    return net->model && g_str_has_prefix(net->model, "virtio");
}

/* What such an interface cannot have is left out in silence, as the reference does. */
static void drop_foreign(DomainNet *net)
{
    if (!is_virtio_net(net) || net->type == DOMAIN_NET_HOSTDEV) {
        net->driver = net->type == DOMAIN_NET_HOSTDEV ? net->driver : DOMAIN_NET_DRIVER_NONE;
        net->txmode = DOMAIN_NET_TXMODE_NONE;
        net->ioeventfd = net->event_idx = net->rss = net->rss_hash_report = VIR_TRISTATE_ABSENT;
        net->queues = net->rx_queue_size = net->tx_queue_size = 0;
        g_clear_pointer(&net->offloads, g_free);
    }
    if (!is_virtio_net(net))
        g_clear_pointer(&net->backend_vhost, g_free);
    if (net->queues == 1)
        net->queues = 0;
}

static void default_net(QemuFinish *f, DomainNet *net)
{
    if (vir_mac_is_zero(&net->mac))
        vir_mac_generate(mac_prefix, &net->mac);
    if (!net->model && net->type != DOMAIN_NET_HOSTDEV)
        net->model = g_strdup(net->type == DOMAIN_NET_VDPA ? "virtio" : default_net_model(f));
    if (net->model)
        spell_model(net);
    drop_foreign(net);
}

/* Filters work on tap devices; elsewhere they are left out. */
static void drop_filter(DomainNet *net)
{
    switch (net->type) {
    case DOMAIN_NET_ETHERNET:
    case DOMAIN_NET_NETWORK:
    case DOMAIN_NET_BRIDGE:
        return;
    default:
        break;
    }
    if (!net->filter)
        return;
    for (guint i = 0; i < net->filter->params.n; i++) {
        g_free(net->filter->params.v[i].name);
        g_free(net->filter->params.v[i].value);
    }
    g_free(net->filter->params.v);
    g_free(net->filter->filter);
    g_clear_pointer(&net->filter, g_free);
}

static guint default_port(StorageProtocol protocol)
{
    static const guint ports[] = {
        [STORAGE_PROTOCOL_NBD] = 10809, [STORAGE_PROTOCOL_SHEEPDOG] = 7000, [STORAGE_PROTOCOL_GLUSTER] = 24007,
        [STORAGE_PROTOCOL_ISCSI] = 3260, [STORAGE_PROTOCOL_HTTP] = 80, [STORAGE_PROTOCOL_HTTPS] = 443,
        [STORAGE_PROTOCOL_FTP] = 21, [STORAGE_PROTOCOL_FTPS] = 990, [STORAGE_PROTOCOL_TFTP] = 69,
        [STORAGE_PROTOCOL_SSH] = 22, [STORAGE_PROTOCOL_VXHS] = 9999,
    };

    return protocol < G_N_ELEMENTS(ports) ? ports[protocol] : 0;
}

static void default_source(StorageSource *src)
{
    for (; src; src = src->backing) {
        StorageNetwork *net = src->net;

        if (src->encryption && src->encryption->format != STORAGE_ENCRYPTION_DEFAULT &&
            src->encryption->engine == STORAGE_ENGINE_NONE)
            src->encryption->engine = STORAGE_ENGINE_QEMU;
        if (src->type != STORAGE_TYPE_NETWORK || !net)
            continue;
        for (guint i = 0; i < net->hosts.n; i++) {
            if (net->hosts.v[i].transport != STORAGE_TRANSPORT_UNIX && !net->hosts.v[i].port)
                net->hosts.v[i].port = default_port(net->protocol);
        }
        if (net->protocol == STORAGE_PROTOCOL_ISCSI && src->path && !strchr(src->path, '/')) {
            g_autofree char *iqn = src->path;

            src->path = g_strdup_printf("%s/0", iqn);
        }
    }
}

static void default_disk(DomainDisk *disk)
{
    StorageSource *src = &disk->src;

    if (src->type == STORAGE_TYPE_VHOST_USER) {
        if (disk->snapshot == DOMAIN_DISK_SNAPSHOT_NONE)
            disk->snapshot = DOMAIN_DISK_SNAPSHOT_NO;
        return;
    }
    if (src->type == STORAGE_TYPE_NETWORK && (!src->net || src->net->protocol == STORAGE_PROTOCOL_NONE))
        src->type = STORAGE_TYPE_FILE;
    if (!disk->driver_name && src->type != STORAGE_TYPE_NONE)
        disk->driver_name = g_strdup("qemu");
    if (src->format == STORAGE_FORMAT_NONE && src->type != STORAGE_TYPE_VOLUME)
        src->format = src->type == STORAGE_TYPE_DIR ? STORAGE_FORMAT_FAT : STORAGE_FORMAT_RAW;
    default_source(src);
    if (disk->mirror) {
        if (disk->mirror->src.format == STORAGE_FORMAT_NONE)
            disk->mirror->src.format = STORAGE_FORMAT_RAW;
        default_source(&disk->mirror->src);
    }
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
    else
        panic->model = DOMAIN_PANIC_ISA;
}

static void default_hostdev(DomainHostdev *dev)
{
    if (dev->scsi && dev->scsi->iqn && !strchr(dev->scsi->iqn, '/')) {
        g_autofree char *iqn = dev->scsi->iqn;

        dev->scsi->iqn = g_strdup_printf("%s/0", iqn);
    }
    if (dev->mode == DOMAIN_HOSTDEV_MODE_SUBSYSTEM && dev->type == DOMAIN_HOSTDEV_MDEV &&
        dev->model == DOMAIN_HOSTDEV_MODEL_VFIO_PCI && dev->display == VIR_TRISTATE_ABSENT)
        dev->display = VIR_TRISTATE_OFF;
}

static void default_memory(const QemuFinish *f, DomainMemory *mem)
{
    if (mem->model == DOMAIN_MEMORY_VIRTIO_PMEM && mem->access == DOMAIN_MEMORY_ACCESS_NONE)
        mem->access = DOMAIN_MEMORY_ACCESS_SHARED;
    /* on pSeries the part that is not label comes in blocks of 256 MiB */
    if (mem->model == DOMAIN_MEMORY_NVDIMM && f->board == QEMU_BOARD_PSERIES && mem->size > mem->label_size)
        mem->size = (mem->size - mem->label_size) / (256 * 1024) * (256 * 1024) + mem->label_size;
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
    guint64 devices = domain_memory_devices_total(def);

    for (guint i = 0; i < def->nets.n; i++) {
        default_net(f, def->nets.v[i]);
        drop_filter(def->nets.v[i]);
    }
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
        default_memory(f, def->memories.v[i]);
    if (domain_memory_devices_total(def) != devices) {
        gboolean all = def->current_memory == def->memory;

        def->memory = def->memory - devices + domain_memory_devices_total(def);
        if (all)
            def->current_memory = def->memory;
    }
    for (guint i = 0; i < def->shmems.n; i++)
        default_video_access(def->shmems.v[i]);
    return TRUE;
}

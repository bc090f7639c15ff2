/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Kinds of a few lines each: hub, panic, iommu, vsock, shmem, crypto, nvram, pstore, lease.
 */
#include "virtqemud/dev/dev.h"

#include <errno.h>
#include <fcntl.h>

#define VIR_FROM_THIS VIR_FROM_QEMU

#define ROW(NAME, TRAITS, list, Type, func) \
    { NAME, TRAITS, G_STRUCT_OFFSET(DomainDef, list), G_STRUCT_OFFSET(Type, info), NULL, func }

static gboolean finish(QemuPlanner *p, VirJson *props, const DomainDeviceInfo *info, const char *what, GError **err)
{
    if (!qemu_add_address(p, props, info, what, err)) {
        json_object_put(props);
        return FALSE;
    }
    qemu_add_device(p, props);
    return TRUE;
}

/* ---- hub ---- */

static gboolean plan_hub(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainHub *hub = dev;
    return finish(p, qemu_device_new("usb-hub", "s:id", hub->info.alias, NULL), &hub->info, "hub", err);
}
const QemuDevRow qemu_dev_hub = ROW("hub", QEMU_DEV_HOTPLUG, hubs, DomainHub, plan_hub);

/* ---- panic ---- */

#define PVPANIC_PORT 0x505

static gboolean plan_panic(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainPanic *panic = dev;
    switch (panic->model) {
    case DOMAIN_PANIC_ISA: {
        guint port = panic->info.addr.type == DOMAIN_ADDRESS_ISA && panic->info.addr.isa.iobase ? panic->info.addr.isa.iobase
                                                                                               : PVPANIC_PORT;
        vir_plan_add(p->plan, VIR_PLAN_DEVICE, qemu_device_new("pvpanic", "u:ioport", port, NULL));
        return TRUE;
    }
    case DOMAIN_PANIC_PVPANIC:
        return finish(p, qemu_device_new("pvpanic-pci", "s:id", panic->info.alias, NULL), &panic->info, "panic", err);
    case DOMAIN_PANIC_HYPERV: case DOMAIN_PANIC_PSERIES: case DOMAIN_PANIC_S390:
        return TRUE;                          /* of the CPU or the machine */
    default:
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "a panic device needs a model on this machine");
    }
}
const QemuDevRow qemu_dev_panic = ROW("panic", 0, panics, DomainPanic, plan_panic);

/* ---- iommu ---- */

static gboolean plan_iommu(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainIommu *iommu = dev;
    if (iommu->model == DOMAIN_IOMMU_SMMUV3)
        return TRUE;                          /* -machine iommu=smmuv3 */
    if (iommu->model == DOMAIN_IOMMU_VIRTIO)
        return finish(p, qemu_device_new("virtio-iommu-pci", "?s:id", iommu->info.alias, NULL), &iommu->info, "iommu", err);
    gboolean amd = iommu->model == DOMAIN_IOMMU_AMD;
    VirJson *props = qemu_device_new(amd ? "amd-iommu" : "intel-iommu", "?s:id", iommu->info.alias, NULL);
    qemu_json_onoff(props, "intremap", iommu->intremap);
    qemu_json_bool(props, "caching-mode", iommu->caching_mode);
    qemu_json_onoff(props, "eim", iommu->eim);
    qemu_json_bool(props, "device-iotlb", iommu->iotlb);
    vir_json_add(props, "?u:aw-bits", iommu->aw_bits, NULL);
    qemu_json_bool(props, "dma-translation", iommu->dma_translation);
    qemu_json_bool(props, "xtsup", iommu->xtsup);
    if (amd && iommu->passthrough)
        qemu_json_bool(props, "pt", iommu->passthrough);
    qemu_add_device(p, props);
    return TRUE;
}
const QemuDevRow qemu_dev_iommu = ROW("iommu", 0, iommus, DomainIommu, plan_iommu);

/* ---- vsock ---- */

static int open_vsock(gpointer data, GError **err)
{
    int fd = open("/dev/vhost-vsock", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        vir_fail_errno(err, errno, "cannot open /dev/vhost-vsock (module vhost_vsock)");
    return fd;
}

static gboolean plan_vsock(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainVsock *vsock = dev;
    if (!vsock->cid && !p->ctx->native)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "vsock: no context id is chosen; give <cid address='N'/>");
    g_autofree char *driver = qemu_virtio_driver("vhost-vsock", &vsock->info, qemu_virtio_model(vsock->model));
    g_autofree char *name = g_strdup_printf("%s-vhost", vsock->info.alias);
    const char *fd = p->ctx->native ? "-1" : vir_plan_fd(p->plan, name, &(VirPlanFd){ VIR_PLAN_FD_PLAIN, "open vhost-vsock",
                                                                                    open_vsock, NULL, NULL });
    VirJson *props = qemu_device_new(driver, NULL);
    qemu_add_virtio_options(props, &vsock->virtio);
    vir_json_add(props, "s:id", vsock->info.alias, "u:guest-cid", vsock->cid, "s:vhostfd", fd, NULL);
    return finish(p, props, &vsock->info, "vsock", err);
}
const QemuDevRow qemu_dev_vsock = ROW("vsock", QEMU_DEV_HOTPLUG | QEMU_DEV_POINTER, vsock, DomainVsock, plan_vsock);

/* ---- shmem ---- */

static gboolean plan_shmem(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainShmem *shm = dev;
    VirJson *props;
    if (shm->model == DOMAIN_SHMEM_IVSHMEM)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "shmem '%s': this QEMU has no model 'ivshmem'; use ivshmem-plain or "
                        "ivshmem-doorbell", shm->name);
    if (shm->model == DOMAIN_SHMEM_IVSHMEM_DOORBELL) {
        g_autofree char *id = g_strdup_printf("char%s", shm->info.alias);
        g_autofree char *path = shm->server_path ? g_strdup(shm->server_path)
                                                 : g_strdup_printf("/var/lib/libvirt/shmem-%s-sock", shm->name);
        qemu_add_socket_client(p, id, path, 0);
        if (!qemu_add_label(p, path, HV_LABEL_SHARED, NULL, 0, err))
            return FALSE;
        props = qemu_device_new("ivshmem-doorbell", "s:id", shm->info.alias, "s:chardev", id, "?u:vectors", shm->msi_vectors, NULL);
        qemu_json_bool(props, "ioeventfd", shm->msi_ioeventfd);
    } else {
        g_autofree char *id = g_strdup_printf("shmmem-%s", shm->info.alias);
        g_autofree char *path = g_strdup_printf("/dev/shm/%s", shm->name);
        vir_plan_add(p->plan, VIR_PLAN_OBJECT, vir_json_new("s:qom-type", "memory-backend-file", "s:id", id, "s:mem-path", path,
                                                            "U:size", shm->size ? shm->size : 4 * 1024 * 1024, "b:share", TRUE, NULL));
        props = qemu_device_new("ivshmem-plain", "s:id", shm->info.alias, "s:memdev", id, NULL);
        if (!qemu_add_label(p, path, HV_LABEL_SHARED | HV_LABEL_MISSING_OK, NULL, 0, err)) {
            json_object_put(props);
            return FALSE;
        }
    }
    if (shm->role)
        vir_json_add(props, "s:master", shm->role == DOMAIN_SHMEM_ROLE_MASTER ? "on" : "off", NULL);
    return finish(p, props, &shm->info, "shmem", err);
}
const QemuDevRow qemu_dev_shmem = ROW("shmem", QEMU_DEV_HOTPLUG, shmems, DomainShmem, plan_shmem);

/* ---- crypto ---- */

static gboolean plan_crypto(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainCrypto *crypto = dev;
    g_autofree char *id = g_strdup_printf("obj%s", crypto->info.alias);
    const char *type = crypto->backend == DOMAIN_CRYPTO_BACKEND_LKCF ? "cryptodev-backend-lkcf" : "cryptodev-backend-builtin";
    vir_plan_add(p->plan, VIR_PLAN_OBJECT, vir_json_new("s:qom-type", type, "s:id", id, "?u:queues", crypto->queues, NULL));
    g_autofree char *driver = qemu_virtio_driver("virtio-crypto", &crypto->info, 0);
    VirJson *props = qemu_device_new(driver, "s:cryptodev", id, "s:id", crypto->info.alias, NULL);
    qemu_add_virtio_options(props, &crypto->virtio);
    return finish(p, props, &crypto->info, "crypto", err);
}
const QemuDevRow qemu_dev_crypto = ROW("crypto", QEMU_DEV_HOTPLUG, cryptos, DomainCrypto, plan_crypto);

/* ---- nvram, pstore, lease ---- */

static gboolean plan_nvram(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainNvram *nvram = dev;
    if (nvram->info.addr.type == DOMAIN_ADDRESS_SPAPR_VIO)
        vir_plan_argf(p->plan, "-global", "spapr-nvram.reg=0x%" G_GINT64_MODIFIER "x", nvram->info.addr.spapr.reg);
    return TRUE;
}
const QemuDevRow qemu_dev_nvram = ROW("nvram", QEMU_DEV_POINTER, nvram, DomainNvram, plan_nvram);

static gboolean plan_pstore(QemuPlanner *p, gconstpointer dev, GError **err)
{
    return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "<pstore> is not supported yet; remove it");
}
const QemuDevRow qemu_dev_pstore = ROW("pstore", QEMU_DEV_POINTER, pstore, DomainPstore, plan_pstore);

static gboolean plan_lease(QemuPlanner *p, gconstpointer dev, GError **err)
{
    return TRUE;                              /* the lock manager's business, nothing of QEMU */
}
const QemuDevRow qemu_dev_lease = { "lease", QEMU_DEV_HOTPLUG | QEMU_DEV_NO_INFO, G_STRUCT_OFFSET(DomainDef, leases), 0, NULL,
                                    plan_lease };

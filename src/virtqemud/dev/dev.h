/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What device kinds share: one row a kind, what a planning kind sees, and the parts of a device's arguments that are the
 * same everywhere (address, virtio options, boot index). A kind's file ends with its rows.
 */
#pragma once

#include "util/error.h"
#include "virtqemud/plan/domain.h"

typedef struct {
    const DomainDef *def;
    const QemuPlanContext *ctx;
    VirPlan *plan;
} QemuPlanner;

typedef enum {
    QEMU_DEV_HOTPLUG = 1 << 0,       /* QEMU can plug it into a running guest */
    QEMU_DEV_POINTER = 1 << 1,       /* the definition has at most one: a pointer, not a list */
    QEMU_DEV_NO_INFO = 1 << 2,       /* no alias and no address */
} QemuDevTraits;

typedef struct {
    const char *name;                /* of the element: "disk" */
    guint traits;
    gsize offset;                    /* of the list or pointer in DomainDef */
    gsize info;                      /* of DomainDeviceInfo in the device */
    /* Refuses what cannot be run, before anything is planned; may be NULL. */
    gboolean (*check)(QemuPlanner *p, gconstpointer dev, GError **err);
    gboolean (*plan)(QemuPlanner *p, gconstpointer dev, GError **err);
} QemuDevRow;

extern const QemuDevRow qemu_dev_disk, qemu_dev_controller, qemu_dev_fs, qemu_dev_net, qemu_dev_smartcard, qemu_dev_serial,
    qemu_dev_parallel, qemu_dev_console, qemu_dev_channel, qemu_dev_tpm, qemu_dev_input, qemu_dev_graphics, qemu_dev_video,
    qemu_dev_sound, qemu_dev_audio, qemu_dev_watchdog, qemu_dev_hostdev, qemu_dev_redirdev, qemu_dev_hub,
    qemu_dev_memballoon, qemu_dev_rng, qemu_dev_shmem, qemu_dev_memory, qemu_dev_panic, qemu_dev_iommu, qemu_dev_vsock,
    qemu_dev_crypto, qemu_dev_nvram, qemu_dev_pstore, qemu_dev_lease;

extern const QemuDevRow *const qemu_dev_rows[QEMU_DEV_LAST];

/* ---- common.c ---- */

static inline gboolean qemu_has(const QemuPlanner *p, VirQemuCap cap)
{
    return vir_qemu_caps_has(p->ctx->caps, cap);
}
/* VIR_ERR_CONFIG_UNSUPPORTED "QEMU <binary> has no <what>" unless it has @cap. */
gboolean qemu_need(const QemuPlanner *p, VirQemuCap cap, const char *what, GError **err);

gboolean qemu_is_q35(const DomainDef *def);
gboolean qemu_is_i440fx(const DomainDef *def);
gboolean qemu_is_x86(const DomainDef *def);

/* {"driver":...} with the arguments that follow, as of vir_json_new; the caller's. */
VirJson *qemu_device_new(const char *driver, const char *spec, ...);
/* device_add: alias' override of the qemu: namespace is applied; @props is handed over. */
void qemu_add_device(QemuPlanner *p, VirJson *props);

/* bus, addr, port, ...: as the address says. FALSE when its bus is not in the guest. */
gboolean qemu_add_address(QemuPlanner *p, VirJson *props, const DomainDeviceInfo *info, const char *what, GError **err);
void qemu_add_virtio_options(VirJson *props, const DomainVirtioOptions *o);
/* "virtio-net" and the address: "virtio-net-pci", "-ccw", "-device", "-pci-transitional". @model: DomainVirtioModel's
 * meaning 0 plain, 1 transitional, 2 non-transitional. Returns: caller frees. */
char *qemu_virtio_driver(const char *base, const DomainDeviceInfo *info, int model);
int qemu_virtio_model(DomainVirtioModel model);
/* bootindex of the device: its own, or by <os><boot>. 0: none. */
guint qemu_boot_index(const QemuPlanner *p, QemuDevKind kind, gconstpointer dev);
void qemu_add_rom(VirJson *props, const DomainDeviceInfo *info);

void qemu_json_bool(VirJson *props, const char *key, VirTristate value);    /* absent: not added */
void qemu_json_onoff(VirJson *props, const char *key, VirTristate value);   /* "on", "off" */
void qemu_json_size(VirJson *props, const char *key, guint64 bytes);        /* also 0 */
void qemu_json_str(VirJson *props, const char *key, const char *value);     /* NULL: not added */
void qemu_json_uint(VirJson *props, const char *key, guint64 value);        /* 0: not added */

/* The name its buses begin with. */
const char *qemu_bus_alias(const DomainDef *def, const DomainController *c);
const DomainController *qemu_find_controller(const DomainDef *def, DomainControllerType type, guint index);

/* Adds a file QEMU will open to the labels; @labels: the device's own <seclabel>s. */
gboolean qemu_add_label(QemuPlanner *p, const char *path, guint flags, const DomainDeviceSeclabel *labels, guint n_labels,
                        GError **err);
/* An object of type secret with the value of @ref, sealed with the master key. */
gboolean qemu_add_secret(QemuPlanner *p, const char *id, const char *usage_type, const StorageSecretRef *ref, GError **err);
gboolean qemu_add_secret_value(QemuPlanner *p, const char *id, const guint8 *value, gsize len, GError **err);
/* -object tls-creds-x509 of @id, with its secret where the configuration names one. */
gboolean qemu_add_tls(QemuPlanner *p, const char *id, const QemuTlsConf *conf, gboolean server, GError **err);
/* HOST step that makes a directory QEMU may write into. */
void qemu_add_dir_step(QemuPlanner *p, const char *path);

/* ---- chardev.c ---- */

/* Whose back end it is decides what a unix socket's descriptor is for. @id: "charserial0". @name: of the guest's port for
 * spicevmc ("vdagent", "usbredir", "smartcard"); NULL. */
gboolean qemu_add_chardev(QemuPlanner *p, const char *id, const DomainChrSource *src, const char *name, GError **err);
/* A unix socket somebody else listens on (vhost-user back ends, egd). */
void qemu_add_socket_client(QemuPlanner *p, const char *id, const char *path, guint reconnect);

/* ---- disk-source.c ---- */

/* The nodes of @src and its chain, base first, with labels and secrets. @writable: the top is. */
gboolean qemu_add_source_chain(QemuPlanner *p, const DomainDisk *disk, const StorageSource *src, GError **err);
DomainDiskCache qemu_disk_cache(const DomainDisk *disk);
/* "libvirt-3-format". Returns: caller frees. */
char *qemu_node_name(const StorageSource *src, const char *part);

/* ---- memory-backend.c ---- */

typedef struct {
    const char *id;                /* "ram-node0", "pc.ram", "memdimm0" */
    guint64 size;                  /* bytes */
    int node;                      /* guest NUMA node; -1 */
    guint64 pagesize;              /* KiB; 0: as the guest's <memoryBacking> says */
    const VirBitmap *nodemask;     /* host nodes; NULL */
    DomainMemoryAccess access;     /* none: as the node or the guest says */
    const char *path;              /* nvdimm, virtio-pmem */
    guint64 align;                 /* bytes */
    gboolean pmem, readonly, nvdimm, reserve_off, forced;
    VirTristate discard;
    gboolean canonical;            /* a machine's main memory: x-use-canonical-path-for-ramblock-id */
} QemuMemoryBackend;

/* FALSE in *ret_needed: a plain memory-backend-ram would do and was added all the same. */
gboolean qemu_add_memory_backend(QemuPlanner *p, const QemuMemoryBackend *b, gboolean *ret_needed, GError **err);

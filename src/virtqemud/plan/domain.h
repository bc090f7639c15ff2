/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Plans of whole guests and of single devices. Documents are complete when they come here: defaults, aliases and addresses
 * are assigned (virtqemud/defaults). Planning is pure: no file of the host is touched but image headers, and these were
 * read into the document before (qemu_plan_read_chains).
 */
#pragma once

#include "conf/domain/domain.h"
#include "virtqemud/caps/caps.h"
#include "virtqemud/conf.h"
#include "virtqemud/plan/plan.h"

/* The value of a secret. FALSE with @err naming it. @usage_type: "volume", "ceph", "iscsi", "tls", "vtpm". */
typedef gboolean (*QemuPlanSecret)(gpointer data, const char *usage_type, const StorageSecretRef *ref, guint8 **ret_value,
                                   gsize *ret_len, GError **err);

#define QEMU_MASTER_KEY_LEN 32

typedef struct {
    const VirQemuCaps *caps;
    const QemuConf *conf;
    const QemuDirs *dirs;
    const VirHost *host;
    gboolean privileged;           /* a system instance */
    gboolean hotplug;              /* plan for QMP, not for a command line */
    gboolean native;               /* for reading only (domxml-to-native): what a start would make is written as a path */
    int id;                        /* -1: none yet */
    const char *lib_dir;           /* qemu_dirs_domain_lib; master-key.aes goes there */
    const char *channel_dir;       /* qemu_dirs_domain_channel */
    const char *monitor_path;
    int monitor_fd;                /* listening, borrowed: passed on as it is; -1 with native */
    const guint8 *master_key;      /* QEMU_MASTER_KEY_LEN bytes; NULL: no secret can be sealed */
    const char *incoming;          /* "defer", ...; NULL: none */
    gboolean load_vm;              /* reserved for -loadvm; not used yet */
    QemuPlanSecret secret;         /* NULL: devices that need one are refused */
    gpointer secret_data;
} QemuPlanContext;

/* What a start decides before planning, filled into the live document: the CPU of 'host-model', index of each source (node names), paths of
 * channels and display sockets, listening addresses, names of tap devices. Part of qemu_plan_read_chains; alone for
 * native command lines. */
gboolean qemu_plan_prepare(DomainDef *live, const QemuPlanContext *ctx, GError **err);

/* Reads the image headers of disks whose chain is not in the document, and completes src.backing of @live down to
 * its end, with formats; gives each source its index (node names). Reads files: as the daemon, through one bounded read a
 * file. VIR_ERR_CONFIG_UNSUPPORTED names what is refused (probing of formats, loops, too deep chains). */
gboolean qemu_plan_read_chains(DomainDef *live, const QemuPlanContext *ctx, GError **err);
gboolean qemu_plan_read_chain(DomainDef *live, DomainDisk *disk, const QemuPlanContext *ctx, GError **err);

/* The whole guest. VIR_ERR_CONFIG_UNSUPPORTED names what cannot be run. */
VirPlan *qemu_plan_domain(const DomainDef *live, const QemuPlanContext *ctx, GError **err);

typedef enum {
    QEMU_DEV_CONTROLLER, QEMU_DEV_DISK, QEMU_DEV_FS, QEMU_DEV_NET, QEMU_DEV_SMARTCARD, QEMU_DEV_SERIAL, QEMU_DEV_PARALLEL,
    QEMU_DEV_CONSOLE, QEMU_DEV_CHANNEL, QEMU_DEV_TPM, QEMU_DEV_INPUT, QEMU_DEV_GRAPHICS, QEMU_DEV_VIDEO, QEMU_DEV_SOUND,
    QEMU_DEV_AUDIO, QEMU_DEV_WATCHDOG, QEMU_DEV_HOSTDEV, QEMU_DEV_REDIRDEV, QEMU_DEV_HUB, QEMU_DEV_MEMBALLOON, QEMU_DEV_RNG,
    QEMU_DEV_SHMEM, QEMU_DEV_MEMORY, QEMU_DEV_PANIC, QEMU_DEV_IOMMU, QEMU_DEV_VSOCK, QEMU_DEV_CRYPTO, QEMU_DEV_NVRAM,
    QEMU_DEV_PSTORE, QEMU_DEV_LEASE, QEMU_DEV_LAST
} QemuDevKind;

/* One device, for attach (ctx->hotplug TRUE) and detach. @device is a DomainDisk *, DomainNet *, ... of @kind; it need not
 * be in @live. Kinds that QEMU cannot plug are refused, VIR_ERR_CONFIG_UNSUPPORTED. */
VirPlan *qemu_plan_device(const DomainDef *live, QemuDevKind kind, const void *device, const QemuPlanContext *ctx,
                          GError **err);
/* The alias QEMU knows a device by, for DEVICE_DELETED; NULL: it has none. Borrowed. */
const char *qemu_dev_alias(QemuDevKind kind, const void *device);
const char *qemu_dev_name(QemuDevKind kind);      /* "disk", "interface", ... */
gboolean qemu_dev_hotpluggable(QemuDevKind kind);

/* Another medium in a removable drive: @disk has the new source (empty: eject). The plan adds the new chain and changes the
 * medium; the old chain is taken out with vir_plan_reverse_rest of qemu_plan_disk_backend(old). */
VirPlan *qemu_plan_change_medium(const DomainDef *live, const DomainDisk *disk, gboolean force, const QemuPlanContext *ctx,
                                 GError **err);
/* Only the nodes of a disk (no device). */
VirPlan *qemu_plan_disk_backend(const DomainDef *live, const DomainDisk *disk, const QemuPlanContext *ctx, GError **err);

/* virConnectDomainXMLToNative: the command line a start would have. @live: complete. Returns: caller frees. */
char *qemu_domxml_to_native(const DomainDef *live, const QemuPlanContext *ctx, GError **err);

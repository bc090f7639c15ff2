/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * All devices of a domain, one after the other, in the order of the document. The definition must not gain or lose
 * devices while it is walked.
 */
#pragma once

#include "conf/domain/domain.h"

typedef enum {
    DOMAIN_DEVICE_DISK, DOMAIN_DEVICE_CONTROLLER, DOMAIN_DEVICE_FS, DOMAIN_DEVICE_NET, DOMAIN_DEVICE_SMARTCARD,
    DOMAIN_DEVICE_SERIAL, DOMAIN_DEVICE_PARALLEL, DOMAIN_DEVICE_CONSOLE, DOMAIN_DEVICE_CHANNEL, DOMAIN_DEVICE_INPUT,
    DOMAIN_DEVICE_TPM, DOMAIN_DEVICE_GRAPHICS, DOMAIN_DEVICE_SOUND, DOMAIN_DEVICE_VIDEO, DOMAIN_DEVICE_HOSTDEV,
    DOMAIN_DEVICE_REDIRDEV, DOMAIN_DEVICE_HUB, DOMAIN_DEVICE_WATCHDOG, DOMAIN_DEVICE_RNG, DOMAIN_DEVICE_SHMEM,
    DOMAIN_DEVICE_MEMORY, DOMAIN_DEVICE_PANIC, DOMAIN_DEVICE_IOMMU, DOMAIN_DEVICE_CRYPTO, DOMAIN_DEVICE_MEMBALLOON,
    DOMAIN_DEVICE_NVRAM, DOMAIN_DEVICE_VSOCK, DOMAIN_DEVICE_PSTORE, DOMAIN_DEVICE_LAST
} DomainDeviceKind;

typedef struct {
    DomainDeviceKind kind;
    guint pos;                   /* in its list */
    union {
        gpointer any;
        DomainDisk *disk;
        DomainController *controller;
        DomainFs *fs;
        DomainNet *net;
        DomainSmartcard *smartcard;
        DomainChr *chr;
        DomainInput *input;
        DomainTpm *tpm;
        DomainGraphics *graphics;
        DomainSound *sound;
        DomainVideo *video;
        DomainHostdev *hostdev;
        DomainRedirdev *redirdev;
        DomainHub *hub;
        DomainWatchdog *watchdog;
        DomainRng *rng;
        DomainShmem *shmem;
        DomainMemory *memory;
        DomainPanic *panic;
        DomainIommu *iommu;
        DomainCrypto *crypto;
        DomainMemballoon *memballoon;
        DomainNvram *nvram;
        DomainVsock *vsock;
        DomainPstore *pstore;
    };
    DomainDeviceInfo *info;
} DomainDevice;

/* Begin with a zeroed DomainDevice whose .kind is the first to be seen and .pos is G_MAXUINT (DOMAIN_DEVICE_BEGIN). FALSE
 * at the end. */
#define DOMAIN_DEVICE_BEGIN { .pos = G_MAXUINT }
gboolean domain_device_next(const DomainDef *def, DomainDevice *device);
/* Only those of one kind; begin with DOMAIN_DEVICE_BEGIN_KIND. */
#define DOMAIN_DEVICE_BEGIN_KIND(k) { .kind = (k), .pos = G_MAXUINT }
gboolean domain_device_next_of_kind(const DomainDef *def, DomainDevice *device);

/* Element name: "disk". */
const char *domain_device_kind_name(DomainDeviceKind kind);
/* For messages: "disk 'vda'", "controller scsi 0", "input 2". Returns: caller frees. */
char *domain_device_describe(const DomainDevice *device);

/* Takes the device of this alias out of the definition and frees it. FALSE: there is none. */
gboolean domain_device_remove(DomainDef *def, const char *alias);

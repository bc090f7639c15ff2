/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Guest firmware: QEMU's descriptor files (docs/interop/firmware.json), choice by need, and the guest's own copy of the
 * variable store. Descriptors are read on first use and again when a directory changed. Any thread.
 */
#pragma once

#include <glib.h>

#include "util/host.h"

typedef enum { HV_FIRMWARE_BIOS = 1 << 0, HV_FIRMWARE_EFI = 1 << 1, HV_FIRMWARE_OTHER = 1 << 2 } HvFirmwareInterface;
typedef enum { HV_FW_FORMAT_NONE, HV_FW_FORMAT_RAW, HV_FW_FORMAT_QCOW2 } HvFirmwareFormat;
typedef enum {
    HV_FW_ACPI_S3 = 1 << 0,
    HV_FW_ACPI_S4 = 1 << 1,
    HV_FW_AMD_SEV = 1 << 2,
    HV_FW_AMD_SEV_ES = 1 << 3,
    HV_FW_ENROLLED_KEYS = 1 << 4,
    HV_FW_REQUIRES_SMM = 1 << 5,
    HV_FW_SECURE_BOOT = 1 << 6,
    HV_FW_VERBOSE_DYNAMIC = 1 << 7,
    HV_FW_VERBOSE_STATIC = 1 << 8,
    HV_FW_AMD_SEV_SNP = 1 << 9,
    HV_FW_INTEL_TDX = 1 << 10,
} HvFirmwareFeature;
typedef enum { HV_FW_DEVICE_FLASH, HV_FW_DEVICE_MEMORY, HV_FW_DEVICE_KERNEL } HvFirmwareDevice;

typedef struct {
    char *file;                /* the descriptor */
    char *description;
    guint interfaces;
    HvFirmwareDevice device;
    gboolean stateless;        /* flash without variable store */
    char *executable;          /* path of the code image, of the memory image or of the kernel */
    HvFirmwareFormat executable_format;
    char *nvram_template;
    HvFirmwareFormat nvram_format;
    guint features;
    GPtrArray *targets;        /* private: architectures and machine globs */
} HvFirmware;

typedef struct HvFirmwareList HvFirmwareList;
/* Directories from least to most important; NULL: QEMU's own three. @session adds the user's. Copies. */
HvFirmwareList *hv_firmware_list_new(const VirHost *host, const char *const *dirs, gboolean session);
void hv_firmware_list_free(HvFirmwareList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HvFirmwareList, hv_firmware_list_free)

typedef struct {
    const char *arch;          /* "x86_64" */
    const char *machine;       /* canonical: "pc-q35-7.2" */
    guint interface;           /* one HvFirmwareInterface */
    guint want, reject;        /* features that must, must not be there */
    gboolean smm_off;          /* <smm state='off'/>: firmware that requires it is not chosen */
    HvFirmwareFormat format;   /* NONE: raw, as by default */
    gboolean stateless;
    const char *loader, *nvram_template;   /* paths that must match; NULL: any */
} HvFirmwareQuery;

/* The first descriptor in order of name and directory that has all that is asked. A copy for the caller; NULL with
 * VIR_ERR_OPERATION_FAILED saying what was asked and why the nearest one was not taken. */
HvFirmware *hv_firmware_select(HvFirmwareList *list, const HvFirmwareQuery *query, GError **err);
/* The descriptor of this code image (for a document with an explicit <loader>); NULL when none knows it. */
HvFirmware *hv_firmware_by_loader(HvFirmwareList *list, const char *arch, const char *machine, const char *loader);
void hv_firmware_free(HvFirmware *fw);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HvFirmware, hv_firmware_free)
/* What <os> of domain capabilities lists: code images (unique, in order), and whether secure boot can be had.
 * Returns: NULL-terminated, caller g_strfreev. */
char **hv_firmware_loaders(HvFirmwareList *list, const char *arch, const char *machine, guint *ret_interfaces,
                           gboolean *ret_secure, gboolean *ret_insecure);

/* "NVRAM_DIR/NAME_VARS.fd" (or .qcow2). Returns: caller frees. */
char *hv_nvram_path(const char *nvram_dir, const char *domain, HvFirmwareFormat format);
/* Makes @path from @template_path unless it is there (or @reset): owner uid:gid, mode 0600, complete or absent. Under a
 * deadline where the paths may hang. *ret_created tells whether it was made. */
gboolean hv_nvram_create(const char *path, const char *template_path, gboolean reset, uid_t uid, gid_t gid,
                         int deadline_ms, gboolean *ret_created, GError **err);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How a guest boots and what firmware tells it: <os>, <sysinfo>, <clock>, <pm>, life cycle actions. Plain data.
 */
#pragma once

#include "conf/domain/storage.h"

#define DOMAIN_ARCH_VALUES(V)                                                                                       \
    V(DOMAIN_ARCH_I686, "i686") V(DOMAIN_ARCH_X86_64, "x86_64") V(DOMAIN_ARCH_IA64, "ia64") V(DOMAIN_ARCH_AARCH64, "aarch64") \
    V(DOMAIN_ARCH_ALPHA, "alpha") V(DOMAIN_ARCH_ARMV6L, "armv6l") V(DOMAIN_ARCH_ARMV7B, "armv7b") V(DOMAIN_ARCH_ARMV7L, "armv7l") \
    V(DOMAIN_ARCH_CRIS, "cris") V(DOMAIN_ARCH_LM32, "lm32") V(DOMAIN_ARCH_LOONGARCH64, "loongarch64") V(DOMAIN_ARCH_M68K, "m68k") \
    V(DOMAIN_ARCH_MICROBLAZE, "microblaze") V(DOMAIN_ARCH_MICROBLAZEEL, "microblazeel") V(DOMAIN_ARCH_MIPS, "mips")   \
    V(DOMAIN_ARCH_MIPSEL, "mipsel") V(DOMAIN_ARCH_MIPS64, "mips64") V(DOMAIN_ARCH_MIPS64EL, "mips64el")               \
    V(DOMAIN_ARCH_OPENRISC, "openrisc") V(DOMAIN_ARCH_PARISC, "parisc") V(DOMAIN_ARCH_PARISC64, "parisc64")           \
    V(DOMAIN_ARCH_PPC, "ppc") V(DOMAIN_ARCH_PPC64, "ppc64") V(DOMAIN_ARCH_PPC64LE, "ppc64le") V(DOMAIN_ARCH_PPCEMB, "ppcemb") \
    V(DOMAIN_ARCH_RISCV32, "riscv32") V(DOMAIN_ARCH_RISCV64, "riscv64") V(DOMAIN_ARCH_S390, "s390") V(DOMAIN_ARCH_S390X, "s390x") \
    V(DOMAIN_ARCH_SH4, "sh4") V(DOMAIN_ARCH_SH4EB, "sh4eb") V(DOMAIN_ARCH_SPARC, "sparc") V(DOMAIN_ARCH_SPARC64, "sparc64") \
    V(DOMAIN_ARCH_UNICORE32, "unicore32") V(DOMAIN_ARCH_XTENSA, "xtensa") V(DOMAIN_ARCH_XTENSAEB, "xtensaeb")
VIR_XML_ENUM(DomainArch, domain_arch, DOMAIN_ARCH_NONE, DOMAIN_ARCH_VALUES)

#define DOMAIN_OS_VALUES(V) V(DOMAIN_OS_HVM, "hvm") V(DOMAIN_OS_XEN, "xen") V(DOMAIN_OS_LINUX, "linux") V(DOMAIN_OS_EXE, "exe") \
    V(DOMAIN_OS_UML, "uml") V(DOMAIN_OS_XENPVH, "xenpvh")
VIR_XML_ENUM(DomainOsType, domain_os_type, DOMAIN_OS_NONE, DOMAIN_OS_VALUES)
#define DOMAIN_FIRMWARE_VALUES(V) V(DOMAIN_FIRMWARE_BIOS, "bios") V(DOMAIN_FIRMWARE_EFI, "efi")
VIR_XML_ENUM(DomainFirmware, domain_firmware, DOMAIN_FIRMWARE_NONE, DOMAIN_FIRMWARE_VALUES)
#define DOMAIN_FW_FEATURE_VALUES(V) V(DOMAIN_FW_FEATURE_ENROLLED_KEYS, "enrolled-keys") V(DOMAIN_FW_FEATURE_SECURE_BOOT, "secure-boot")
VIR_XML_ENUM(DomainFirmwareFeatureName, domain_firmware_feature, DOMAIN_FW_FEATURE_NONE, DOMAIN_FW_FEATURE_VALUES)
#define DOMAIN_LOADER_VALUES(V) V(DOMAIN_LOADER_ROM, "rom") V(DOMAIN_LOADER_PFLASH, "pflash")
VIR_XML_ENUM(DomainLoaderType, domain_loader_type, DOMAIN_LOADER_NONE, DOMAIN_LOADER_VALUES)
#define DOMAIN_BOOT_VALUES(V) V(DOMAIN_BOOT_FLOPPY, "fd") V(DOMAIN_BOOT_CDROM, "cdrom") V(DOMAIN_BOOT_DISK, "hd") V(DOMAIN_BOOT_NET, "network")
VIR_XML_ENUM(DomainBootDev, domain_boot_dev, DOMAIN_BOOT_NONE, DOMAIN_BOOT_VALUES)
#define DOMAIN_SMBIOS_VALUES(V) V(DOMAIN_SMBIOS_EMULATE, "emulate") V(DOMAIN_SMBIOS_HOST, "host") V(DOMAIN_SMBIOS_SYSINFO, "sysinfo")
VIR_XML_ENUM(DomainSmbiosMode, domain_smbios_mode, DOMAIN_SMBIOS_NONE, DOMAIN_SMBIOS_VALUES)
#define DOMAIN_ACPI_TABLE_VALUES(V) V(DOMAIN_ACPI_TABLE_RAW, "raw") V(DOMAIN_ACPI_TABLE_RAWSET, "rawset") \
    V(DOMAIN_ACPI_TABLE_SLIC, "slic") V(DOMAIN_ACPI_TABLE_MSDM, "msdm")
VIR_XML_ENUM(DomainAcpiTableType, domain_acpi_table_type, DOMAIN_ACPI_TABLE_NONE, DOMAIN_ACPI_TABLE_VALUES)

typedef struct { DomainBootDev dev; } DomainBoot;
typedef struct { DomainFirmwareFeatureName name; VirTristate enabled; } DomainFirmwareFeature;
typedef struct { DomainAcpiTableType type; char *path; } DomainAcpiTable;
typedef struct { char *name, *value; } DomainInitEnv;

typedef struct {
    char *path;                    /* NULL: to be chosen by a firmware descriptor */
    DomainLoaderType type;
    StorageFormat format;
    VirTristate readonly, secure, stateless;
} DomainLoader;

typedef struct {
    StorageType type;              /* none: path; else <source> */
    StorageFormat format, template_format;
    char *template, *path;
    StorageSource *src;
} DomainOsNvram;

#define DOMAIN_REBOOT_TIMEOUT_UNSET G_MININT

typedef struct {
    DomainOsType os_type;
    DomainArch arch;
    DomainFirmware firmware;
    DomainSmbiosMode smbios;
    VirTristate bootmenu, bios_serial;
    int bootmenu_timeout;          /* ms; -1: absent */
    int bios_reboot_timeout;       /* ms, -1: no reboot; DOMAIN_REBOOT_TIMEOUT_UNSET: absent */
    char *machine;
    DomainLoader *loader;          /* NULL: no <loader> */
    DomainOsNvram *nvram;          /* NULL: no <nvram> */
    VIR_ARRAY(DomainFirmwareFeature) firmware_features;
    VIR_ARRAY(DomainBoot) boot;
    char *varstore, *varstore_template;
    char *kernel, *initrd, *cmdline, *dtb, *root, *shim;
    VIR_ARRAY(DomainAcpiTable) acpi_tables;
    char *init, *initdir, *inituser, *initgroup;
    VIR_LIST(char) initargs;
    VIR_ARRAY(DomainInitEnv) initenv;
} DomainOs;

/* sysinfo */
#define DOMAIN_SYSINFO_VALUES(V) V(DOMAIN_SYSINFO_SMBIOS, "smbios") V(DOMAIN_SYSINFO_FWCFG, "fwcfg")
VIR_XML_ENUM(DomainSysinfoType, domain_sysinfo_type, DOMAIN_SYSINFO_NONE, DOMAIN_SYSINFO_VALUES)
typedef struct { char *vendor, *version, *date, *release; } SysinfoBios;
typedef struct { char *manufacturer, *product, *version, *serial, *uuid, *sku, *family; } SysinfoSystem;
typedef struct { char *manufacturer, *product, *version, *serial, *asset, *location; } SysinfoBaseboard;
typedef struct { char *manufacturer, *version, *serial, *asset, *sku; } SysinfoChassis;
typedef struct { char *name, *file, *value; } SysinfoFwcfg;
typedef struct {
    DomainSysinfoType type;
    SysinfoBios *bios;
    SysinfoSystem *system;
    SysinfoChassis *chassis;
    VIR_ARRAY(SysinfoBaseboard) baseboards;
    VIR_LIST(char) oem_strings;
    VIR_ARRAY(SysinfoFwcfg) fwcfg;
} DomainSysinfo;

/* clock */
#define DOMAIN_CLOCK_VALUES(V) V(DOMAIN_CLOCK_UTC, "utc") V(DOMAIN_CLOCK_LOCALTIME, "localtime") V(DOMAIN_CLOCK_VARIABLE, "variable") \
    V(DOMAIN_CLOCK_TIMEZONE, "timezone") V(DOMAIN_CLOCK_ABSOLUTE, "absolute")
VIR_XML_ENUM(DomainClockOffset, domain_clock_offset, DOMAIN_CLOCK_NONE, DOMAIN_CLOCK_VALUES)
#define DOMAIN_CLOCK_BASIS_VALUES(V) V(DOMAIN_CLOCK_BASIS_UTC, "utc") V(DOMAIN_CLOCK_BASIS_LOCALTIME, "localtime")
VIR_XML_ENUM(DomainClockBasis, domain_clock_basis, DOMAIN_CLOCK_BASIS_NONE, DOMAIN_CLOCK_BASIS_VALUES)
#define DOMAIN_TIMER_VALUES(V) V(DOMAIN_TIMER_PLATFORM, "platform") V(DOMAIN_TIMER_PIT, "pit") V(DOMAIN_TIMER_RTC, "rtc") \
    V(DOMAIN_TIMER_HPET, "hpet") V(DOMAIN_TIMER_TSC, "tsc") V(DOMAIN_TIMER_KVMCLOCK, "kvmclock") \
    V(DOMAIN_TIMER_HYPERVCLOCK, "hypervclock") V(DOMAIN_TIMER_ARMVTIMER, "armvtimer")
VIR_XML_ENUM(DomainTimerName, domain_timer_name, DOMAIN_TIMER_NONE, DOMAIN_TIMER_VALUES)
#define DOMAIN_TICK_VALUES(V) V(DOMAIN_TICK_DELAY, "delay") V(DOMAIN_TICK_CATCHUP, "catchup") V(DOMAIN_TICK_MERGE, "merge") \
    V(DOMAIN_TICK_DISCARD, "discard")
VIR_XML_ENUM(DomainTickpolicy, domain_tickpolicy, DOMAIN_TICK_NONE, DOMAIN_TICK_VALUES)
#define DOMAIN_TRACK_VALUES(V) V(DOMAIN_TRACK_BOOT, "boot") V(DOMAIN_TRACK_GUEST, "guest") V(DOMAIN_TRACK_WALL, "wall") \
    V(DOMAIN_TRACK_REALTIME, "realtime")
VIR_XML_ENUM(DomainTimerTrack, domain_timer_track, DOMAIN_TRACK_NONE, DOMAIN_TRACK_VALUES)
#define DOMAIN_TIMER_MODE_VALUES(V) V(DOMAIN_TIMER_MODE_AUTO, "auto") V(DOMAIN_TIMER_MODE_NATIVE, "native") \
    V(DOMAIN_TIMER_MODE_EMULATE, "emulate") V(DOMAIN_TIMER_MODE_PARAVIRT, "paravirt") V(DOMAIN_TIMER_MODE_SMPSAFE, "smpsafe")
VIR_XML_ENUM(DomainTimerMode, domain_timer_mode, DOMAIN_TIMER_MODE_NONE, DOMAIN_TIMER_MODE_VALUES)

typedef struct {
    DomainTimerName name;
    DomainTickpolicy tickpolicy;
    DomainTimerTrack track;
    DomainTimerMode mode;
    VirTristate present;
    guint catchup_threshold, catchup_slew, catchup_limit;   /* 0: absent */
    guint64 frequency;             /* 0: absent */
} DomainTimer;

typedef struct {
    DomainClockOffset offset;
    DomainClockBasis basis;        /* variable */
    bool adjustment_reset;         /* adjustment='reset' */
    bool adjustment_set;           /* it stood there, perhaps as 0 */
    gint64 adjustment;             /* seconds */
    gint64 adjustment0;            /* status: as it was at start */
    char *timezone;
    guint64 start;                 /* absolute */
    VIR_ARRAY(DomainTimer) timers;
} DomainClock;

/* life cycle */
#define DOMAIN_ACTION_VALUES(V) V(DOMAIN_ACTION_DESTROY, "destroy") V(DOMAIN_ACTION_RESTART, "restart") \
    V(DOMAIN_ACTION_RESTART_RENAME, "rename-restart") V(DOMAIN_ACTION_PRESERVE, "preserve") \
    V(DOMAIN_ACTION_COREDUMP_DESTROY, "coredump-destroy") V(DOMAIN_ACTION_COREDUMP_RESTART, "coredump-restart") \
    V(DOMAIN_ACTION_PRESERVE_RUNNING, "preserve-running")
VIR_XML_ENUM(DomainAction, domain_action, DOMAIN_ACTION_NONE, DOMAIN_ACTION_VALUES)
#define DOMAIN_LOCK_FAILURE_VALUES(V) V(DOMAIN_LOCK_FAILURE_POWEROFF, "poweroff") V(DOMAIN_LOCK_FAILURE_RESTART, "restart") \
    V(DOMAIN_LOCK_FAILURE_PAUSE, "pause") V(DOMAIN_LOCK_FAILURE_IGNORE, "ignore")
VIR_XML_ENUM(DomainLockFailure, domain_lock_failure, DOMAIN_LOCK_FAILURE_NONE, DOMAIN_LOCK_FAILURE_VALUES)

extern const VirXmlTable domain_os_table, domain_sysinfo_table, domain_clock_table;

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a guest's processes live: a scope of systemd-machined, else a control group of our own named as libvirt names
 * it, else the daemon's group. Placed before exec, found again from /proc/PID/cgroup, removed after the end. Sub-groups
 * emulator, vcpuN and iothreadN carry the thread limits. Used on the guest's actor; D-Bus calls block.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "util/bitmap.h"
#include "util/cgroup.h"
#include "util/host.h"

typedef enum {
    HV_PLACEMENT_MACHINED,     /* scope machine-qemu\x2d1\x2dname.scope */
    HV_PLACEMENT_CGROUP,       /* /machine/qemu-1-name.libvirt-qemu */
    HV_PLACEMENT_NONE,         /* the daemon's own group */
} HvPlacementKind;

typedef struct {
    const char *driver;        /* "qemu", "lxc" */
    int id;
    const char *name;
    const guint8 *uuid;        /* 16 bytes */
    pid_t leader;              /* the blocked child */
    const char *root_dir;      /* of a container; "" for machines */
    gboolean container;
    const int *nic_indexes;    /* host interfaces, may be NULL */
    gsize n_nics;
    const char *partition;     /* <resource><partition>; NULL: "/machine". Parts are suffixed as libvirt does */
    guint32 controllers;       /* bits of VirCgroupController that qemu.conf allows; 0: all */
    gboolean session;          /* an ordinary user's instance: own groups only where delegated */
} HvPlacementSpec;

typedef struct HvPlacement HvPlacement;

/* "qemu-1-name", as machined and libvirt spell it: other than letters, digits, '-' and '.' is left out, at most 64
 * characters. Returns: caller frees. */
char *hv_placement_machine_name(const char *driver, int id, const char *name);
/* "machine-qemu\x2d1\x2dname.scope". Returns: caller frees. */
char *hv_placement_scope_name(const char *machine_name);

/* Puts @spec->leader into its place. Tries machined, then a group of our own, then stays: that case is success with
 * *ret_warning set (caller frees) unless @spec->partition was asked for. */
HvPlacement *hv_placement_new(const VirHost *host, const HvPlacementSpec *spec, char **ret_warning, GError **err);
/* The placement of a running guest, also one that libvirt started; of one that is gone, what it left behind. NULL with
 * *err NULL when there is nothing. */
HvPlacement *hv_placement_find(const VirHost *host, const HvPlacementSpec *spec, GError **err);
void hv_placement_free(HvPlacement *p);          /* forgets; removes nothing */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HvPlacement, hv_placement_free)

HvPlacementKind hv_placement_kind(const HvPlacement *p);
/* For the log and <resource>: "/machine" or "/machine.slice"; never NULL. */
const char *hv_placement_partition(const HvPlacement *p);
/* The group of the whole guest; NULL for HV_PLACEMENT_NONE. */
const VirCgroup *hv_placement_group(const HvPlacement *p);
/* Whether limits of @c can be set. */
gboolean hv_placement_has(const HvPlacement *p, VirCgroupController c);

/* The leader is in the emulator group from the start; vcpu and iothread threads get a group each when they are known. */
typedef enum { HV_THREAD_EMULATOR, HV_THREAD_VCPU, HV_THREAD_IOTHREAD } HvThreadKind;
gboolean hv_placement_add_thread(HvPlacement *p, HvThreadKind kind, guint index, pid_t tid, GError **err);
gboolean hv_placement_del_thread(HvPlacement *p, HvThreadKind kind, guint index, GError **err);

/* What may be set at run time. A member with its default is left alone by set and reported by get. */
#define HV_TUNE_UNSET G_MAXUINT64
typedef struct {
    guint64 cpu_shares;                       /* 2..262144 */
    guint64 cpu_period_us;                    /* 1000..1000000 */
    gint64 cpu_quota_us;                      /* -1: none; 0: unset */
    guint64 mem_hard_kib, mem_soft_kib, mem_swap_hard_kib;   /* VIR_DOMAIN_MEMORY_PARAM_UNLIMITED: none */
    guint64 blkio_weight;                     /* 10..1000 */
} HvTune;
void hv_tune_init(HvTune *tune);
gboolean hv_placement_set(HvPlacement *p, const HvTune *tune, GError **err);
gboolean hv_placement_get(HvPlacement *p, HvTune *ret, GError **err);
/* Period and quota of one thread group; pins: its cpuset. */
gboolean hv_placement_set_thread(HvPlacement *p, HvThreadKind kind, guint index, guint64 period_us, gint64 quota_us,
                                 GError **err);
gboolean hv_placement_pin_thread(HvPlacement *p, HvThreadKind kind, guint index, const VirBitmap *cpus,
                                 const VirBitmap *mems, GError **err);
/* v1's device list, where the controller is there and allowed: nothing but these nodes (absent ones are left out) and
 * terminals. With v2 the private /dev does that. */
gboolean hv_placement_allow_devices(HvPlacement *p, const char *const *paths, GError **err);
/* Block device limits: @what "read_bps", "write_bps", "read_iops", "write_iops", "weight"; value 0 takes it away. */
gboolean hv_placement_set_block(HvPlacement *p, dev_t device, const char *what, guint64 value, GError **err);

/* Figures of now. */
gboolean hv_placement_cpu(const HvPlacement *p, VirCgroupCpu *ret, GError **err);
gboolean hv_placement_memory(const HvPlacement *p, guint64 *ret, GError **err);
/* From the group, else from the thread's /proc entry of @pid. */
gboolean hv_placement_vcpu_ns(const HvPlacement *p, guint index, pid_t pid, pid_t tid, guint64 *ret, GError **err);

/* After the guest ended: its groups are removed (and the machine ended). What cannot be removed is an error, but
 * the rest has been tried. Processes still inside are killed first. */
gboolean hv_placement_remove(HvPlacement *p, GError **err);

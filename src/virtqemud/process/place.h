/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a document says about limits and CPUs, put on a guest's control groups and threads; and which of its files are
 * device nodes of its private /dev. On the guest's actor.
 */
#pragma once

#include "conf/domain/domain.h"
#include "hv/placement/placement.h"
#include "hv/security/security.h"
#include "virtqemud/process/spawn.h"

/* While the child waits: limits of the whole guest, CPUs and memory nodes of what is not a vCPU. A limit that the
 * placement cannot have is an error naming it. */
gboolean qemu_place_limits(HvPlacement *p, const DomainDef *def, GError **err);

typedef struct {
    guint id;                    /* of <iothread> */
    pid_t tid;
} QemuIothreadTid;

/* When QEMU has told its threads: a group for each vCPU and iothread with its CPUs, quota and scheduler. @vcpu_tids[i]
 * is 0 where there is none. vCPUs that share a thread (TCG without threads of their own) stay where they are. */
gboolean qemu_place_threads(HvPlacement *p, const DomainDef *def, pid_t pid, const gint64 *vcpu_tids, guint n_vcpus,
                            const QemuIothreadTid *iothreads, guint n_iothreads, GError **err);

/* Without a private /dev: the v1 device list, where there is one, has the nodes of @acl, /dev/kvm, @own and the nodes
 * among @labels. */
gboolean qemu_place_device_list(HvPlacement *p, const char *const *acl, const char *const *own, HvLabelSet *labels,
                                GError **err);

/* Moves the device nodes among @labels to @devices (an array of qemu_spawn_devices): a private /dev has its own copies,
 * owned by QEMU's user, and the host's nodes are left alone. */
void qemu_place_devices(GArray *devices, HvLabelSet *labels, uid_t uid, gid_t gid);
/* The same for one device that is plugged into a running guest with a private /dev; and its way back. */
gboolean qemu_place_plug_devices(pid_t pid, HvLabelSet *labels, uid_t uid, gid_t gid, GError **err);
void qemu_place_unplug_devices(pid_t pid, HvLabelSet *labels);

/* Removes the listening sockets the document names, at the guest's end: also of a guest whose plan is not known any more. */
void qemu_place_unlink_sockets(const DomainDef *def);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A change of a domain's definitions: copies to work on, saved and published together. On the actor.
 */
#pragma once

#include "virtqemud/domain.h"

typedef struct {
    QemuDomain *dom;
    DomainDef *live, *config;    /* the copies, to be changed; NULL: not affected */
} QemuChange;

#define QEMU_CHANGE_INIT { NULL, NULL, NULL }
/* What VIR_DOMAIN_AFFECT_* of @flags ask for. Fails as qemu_domain_affect; a live change needs a guest that is up. */
gboolean qemu_change_begin(QemuChange *change, QemuDomain *dom, guint flags, GError **err);
/* Writes the configuration, then both become visible. What QEMU and the kernel were told before stays when the file cannot
 * be written: then the live document is published and the error says so. */
gboolean qemu_change_end(QemuChange *change, GError **err);
/* Drops what was not ended. */
void qemu_change_clear(QemuChange *change);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(QemuChange, qemu_change_clear)

DomainCputune *qemu_def_cputune(DomainDef *def);   /* made when absent */

/* One member of an event about tuning ("cputune.vcpupin0" = "0-1"); sent after the answer. */
void qemu_event_tunable(QemuDomain *dom, VirInvocation *inv, const remote_typed_param *params, guint n);

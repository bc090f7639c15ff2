/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The phase after parse: from what the user wrote to the whole document of a QEMU guest, as libvirt completes it:
 * defaults, implicit devices, addresses, checks; and the runtime aliases of a guest that is about to start. Works on the
 * caller's DomainDef only; no state of its own, any thread. May probe a QEMU binary (see caps.h): for pool threads.
 */
#pragma once

#include "conf/domain/domain.h"
#include "hv/firmware.h"
#include "util/host.h"
#include "virtqemud/caps/caps.h"
#include "virtqemud/conf.h"

/* What completion looks at. All borrowed. */
typedef struct {
    VirHost *host;
    VirQemuCapsCache *caps;
    const QemuConf *conf;
    HvFirmwareList *firmware;    /* NULL: firmware selection is refused */
    const char *nvram_dir;       /* of QemuDirs */
} QemuDomainEnv;

enum {
    QEMU_FINISH_LOAD    = 1 << 0,   /* a stored document, accepted once: a missing emulator is no error, checks of devices
                                     * against the emulator are left out, versions of machines are not changed */
    QEMU_FINISH_HOTPLUG = 1 << 1,   /* @def is a copy of a live definition with new devices at the ends of its lists: they
                                     * get addresses in what is there; buses that must be there at power-on are not added */
};

/* The one entry of define, create and attach (for attach @def is a copy with the new device appended). Idempotent on its
 * own output. FALSE with the reference's code and domain; @def is then half changed: drop it.
 * @ret_caps (may be NULL): the emulator's capabilities, a reference, NULL when it is not there and QEMU_FINISH_LOAD. */
gboolean qemu_domain_finish(DomainDef *def, const QemuDomainEnv *env, guint flags, VirQemuCaps **ret_caps, GError **err);

/* Gives every device of a definition that is about to run the name libvirt gives it ("virtio-disk0"), except those that
 * have one: user aliases and what a running guest already carries. After qemu_domain_finish. */
gboolean qemu_domain_assign_aliases(DomainDef *live, GError **err);

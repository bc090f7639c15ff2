/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sequence of qemu_domain_finish.
 */
#include "virtqemud/defaults/defaults.h"

#include "util/error.h"
#include "virtqemud/defaults/parts.h"
#include "virtqemud/process/firmware.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static gboolean complete(QemuFinish *f, GError **err)
{
    if (!qemu_check_disk_targets(f, err) || !qemu_finish_seclabels(f, err) || !domain_defaults_general(f->def, err) ||
        !qemu_finish_machine(f, err) || !qemu_finish_firmware(f, err))
        return FALSE;
    qemu_finish_cpu(f);
    if (!qemu_check_early(f, err) || !qemu_check_devices_early(f, err) || !qemu_finish_drives(f, err) ||
        !qemu_finish_implicit(f, err))
        return FALSE;
    qemu_finish_chardevs(f);
    qemu_finish_graphics(f);
    if (!qemu_finish_devices(f, err) || !domain_defaults_devices(f->def, err))
        return FALSE;
    return qemu_check_controllers_early(f, err) && qemu_finish_addresses(f, err);
}

static gboolean check(QemuFinish *f, GError **err)
{
    return qemu_check_domain(f, err) && qemu_check_controllers(f, err) && qemu_check_disks(f, err) &&
           qemu_check_chardevs(f, err) && qemu_check_devices(f, err) && qemu_check_caps(f, err);
}

gboolean qemu_domain_finish(DomainDef *def, const QemuDomainEnv *env, guint flags, VirQemuCaps **ret_caps, GError **err)
{
    QemuFinish f = { .def = def, .env = env, .flags = flags };
    gboolean ok = complete(&f, err) && ((flags & QEMU_FINISH_LOAD) || check(&f, err));

    if (ok && ret_caps)
        *ret_caps = g_steal_pointer(&f.caps);
    if (f.caps)
        virObjectUnref(f.caps);
    return ok;
}

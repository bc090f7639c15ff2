/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sequence of qemu_domain_finish.
 */
#include "virtqemud/defaults/defaults.h"

#include "util/error.h"
#include "virtqemud/defaults/parts.h"
#include "virtqemud/process/firmware.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static gboolean run(QemuFinish *f, GError **err)
{
    if (!domain_defaults_general(f->def, err) || !qemu_finish_machine(f, err))
        return FALSE;
    if (!qemu_firmware_finish(f->def, f->env->nvram_dir, err))
        return FALSE;
    qemu_finish_cpu(f);
    if (!qemu_finish_implicit(f, err))
        return FALSE;
    qemu_finish_chardevs(f);
    qemu_finish_graphics(f);
    if (!qemu_finish_devices(f, err) || !domain_defaults_devices(f->def, err))
        return FALSE;
    return qemu_finish_addresses(f, err);
}

gboolean qemu_domain_finish(DomainDef *def, const QemuDomainEnv *env, guint flags, VirQemuCaps **ret_caps, GError **err)
{
    QemuFinish f = { .def = def, .env = env, .flags = flags };
    gboolean ok = run(&f, err);

    if (ok && ret_caps)
        *ret_caps = g_steal_pointer(&f.caps);
    if (f.caps)
        virObjectUnref(f.caps);
    return ok;
}

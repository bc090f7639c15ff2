/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A document as QEMU's command line, for a person to read.
 */
#include "virtqemud/define.h"
#include "virtqemud/defaults/defaults.h"
#include "virtqemud/domain.h"
#include "virtqemud/methods-node.h"
#include "virtqemud/plan/domain.h"
#include "virtqemud/process/firmware.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

gboolean qemu_connect_domain_xml_to_native(VirInvocation *inv, VirEntry *obj, const remote_connect_domain_xml_to_native_args *args,
                                           remote_connect_domain_xml_to_native_ret *ret, GError **err)
{
    QemuDriver *qemu = qemu_of(inv);
    if (!g_str_equal(args->nativeFormat, "qemu-argv"))
        return vir_fail(err, VIR_ERR_INVALID_ARG, "unsupported config type %s; QEMU's is 'qemu-argv'", args->nativeFormat);
    g_autoptr(VirQemuCaps) caps = NULL;
    g_autoptr(DomainDef) def = qemu_prepare_document(qemu, args->domainXml, FALSE, VIR_XML_INACTIVE, &caps, err);
    g_autoptr(QemuConf) conf = qemu_driver_conf(qemu);
    if (!def || !qemu_domain_assign_aliases(def, err) ||
        /* A variable store's template is for starts only. */
        (def->os.firmware && !qemu_firmware_select(def, qemu->firmware, conf, qemu->dirs->nvram, err)))
        return FALSE;
    QemuPlanContext ctx = { .caps = caps, .conf = conf, .dirs = qemu->dirs, .host = qemu->host, .privileged = !conf->session, .id = -1,
                            .native = TRUE, .monitor_fd = -1 };
    ret->nativeConfig = qemu_domxml_to_native(def, &ctx, err);
    return ret->nativeConfig != NULL;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From <os firmware='efi'> or a bare <loader> to a code image and the guest's own variable store. At define only what
 * does not depend on the host; the choice is made at each start, in the live document.
 */
#pragma once

#include "conf/domain/domain.h"
#include "hv/firmware.h"
#include "virtqemud/conf.h"

/* Defaults and checks of define. */
gboolean qemu_firmware_finish(DomainDef *def, const char *nvram_dir, GError **err);
/* Completes <loader> and <nvram> of a document that is about to run. */
gboolean qemu_firmware_select(DomainDef *live, HvFirmwareList *list, const QemuConf *conf, const char *nvram_dir,
                              GError **err);
/* The file of the variable store; NULL when there is none or it is no file. */
static inline const char *qemu_nvram_file(const DomainOs *os)
{
    const DomainOsNvram *n = os->nvram;
    if (!n)
        return NULL;
    if (n->type == STORAGE_TYPE_NONE)
        return n->path;
    return n->src && (n->type == STORAGE_TYPE_FILE || n->type == STORAGE_TYPE_BLOCK) ? n->src->path : NULL;
}

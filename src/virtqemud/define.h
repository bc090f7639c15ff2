/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From a user's document to an object, for define and create.
 */
#pragma once

#include "virtqemud/domain.h"

/* Parses, validates when asked, completes. May ask QEMU: not on the loop's thread. @ret_caps as qemu_domain_finish.
 * Returns: the caller's; NULL with @err set. */
DomainDef *qemu_prepare_document(QemuDriver *qemu, const char *xml, gboolean validate, guint parse_flags,
                                 VirQemuCaps **ret_caps, GError **err);
/* The entry's domain, made on first use. On the actor. */
QemuDomain *qemu_domain_ensure(QemuDriver *qemu, VirEntry *entry);
/* Takes an entry that never published a view out of the store again. On the actor. */
void qemu_forget_if_unborn(VirEntry *entry);

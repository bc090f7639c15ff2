/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The status document of a running domain, in libvirt's domstatus form: what a restarted daemon, ours or libvirt's,
 * needs to take the guest over, and what must be taken back if its start did not end.
 */
#pragma once

#include "virtqemud/domain.h"

typedef struct {
    DomainDef *def;
    int state, reason;
    pid_t pid;
    char *mon_path, *lib_dir, *channel_dir;
    gint64 *vcpu_tids;
    guint n_vcpus;
    gboolean fake_reboot, mount_namespace;
    char *foreign;               /* children of <domstatus> that we do not know, word for word; NULL */
    /* ours */
    gboolean own;                /* written by modvirt */
    QemuPhase phase;
    guint64 start_time;
    HvLabelSet *labels;          /* NULL: unknown */
} QemuStatus;

QemuStatus *qemu_status_parse(const char *text, gsize len, GError **err);
void qemu_status_free(QemuStatus *status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QemuStatus, qemu_status_free)
/* Fills in the domain. Takes @status. */
void qemu_status_apply(QemuDomain *dom, QemuStatus *status);
/* Returns: caller frees. */
/* <qemuCaps> for the daemon that a host may go back to. */
void qemu_status_format_flags(GString *out);
char *qemu_status_format(const QemuDomain *dom, gsize *ret_len);

/* Writes down, in libvirt's private form, what QEMU calls the disks and their images; for a libvirt that takes over. */
void qemu_status_note_nodes(DomainDef *live);

/* The comment that heads configuration and status documents. */
void qemu_document_head(GString *out, const char *name, const char *command);

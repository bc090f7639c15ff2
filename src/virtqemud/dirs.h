/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The directories of one instance of the daemon, system or session, below an optional prefix (tests, embedding).
 * Immutable after its creation.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

typedef struct {
    gboolean session;
    char *conf_dir;       /* /etc/libvirt: qemu.conf, hooks */
    char *conf_file;      /* /etc/libvirt/qemu.conf */
    char *hooks;          /* /etc/libvirt/hooks */
    char *config;         /* /etc/libvirt/qemu: persistent documents */
    char *autostart;
    char *state;          /* /run/libvirt/qemu: pid files, status documents */
    char *run;            /* /run/libvirt: sockets of virtlogd and virtlockd */
    char *cache;
    char *lib;            /* /var/lib/libvirt/qemu: domain-ID-NAME directories */
    char *log;
    char *save, *snapshot, *checkpoint, *dump, *channel, *nvram, *ram;
    char *swtpm, *swtpm_state, *swtpm_log;
    char *slirp, *passt, *dbus, *rdp;
    char *hostdevmgr;     /* records of host devices in use */
    char *tls_default;    /* /etc/pki/qemu */
} QemuDirs;

/* @root: "" for the machine's own. Session directories come from XDG_*, HOME and the user database. */
QemuDirs *qemu_dirs_new(gboolean session, const char *root, GError **err);
void qemu_dirs_free(QemuDirs *dirs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QemuDirs, qemu_dirs_free)

/* Makes them all with libvirt's modes; those QEMU writes into belong to @uid:@gid in system instances. */
gboolean qemu_dirs_create(const QemuDirs *dirs, uid_t uid, gid_t gid, GError **err);

/* "domain-ID-NAME" with NAME cut as libvirt cuts it, below lib or channel. Return: caller frees. */
char *qemu_dirs_domain_name(int id, const char *name);
char *qemu_dirs_domain_lib(const QemuDirs *dirs, int id, const char *name);
char *qemu_dirs_domain_channel(const QemuDirs *dirs, int id, const char *name);
char *qemu_dirs_pid_file(const QemuDirs *dirs, const char *name);
char *qemu_dirs_status_file(const QemuDirs *dirs, const char *name);
char *qemu_dirs_log_file(const QemuDirs *dirs, const char *name);
char *qemu_dirs_monitor(const QemuDirs *dirs, int id, const char *name);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * qemu.conf: every key libvirt knows, with default and check, in one table (conf-keys.h). A loaded configuration is
 * immutable and shared; a reload makes a new one.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "util/object.h"
#include "virtqemud/dirs.h"

/* TLS settings of one user of certificates (migrate_tls_x509_cert_dir, ...), already merged with default_tls_*. */
typedef struct {
    gboolean enabled;            /* vnc_tls, chardev_tls, ... */
    char *cert_dir;
    int verify;                  /* 0, 1; -1 before merging */
    char *secret_uuid;           /* NULL: key without password */
    char *priority;
} QemuTlsConf;

typedef enum { QEMU_NAMESPACE_MOUNT = 1 << 0 } QemuNamespaces;
typedef enum { QEMU_SANDBOX_DEFAULT = -1, QEMU_SANDBOX_OFF = 0, QEMU_SANDBOX_ON = 1 } QemuSandbox;

typedef struct {
    VirObject parent;
    gboolean session;

    /* identity and isolation */
    char *user, *group;          /* as written */
    uid_t uid;
    gid_t gid;
    GArray *groups;              /* of gid_t: all groups QEMU gets */
    char **security_driver;      /* NULL: by what the host has */
    gboolean security_default_confined, security_require_confined;
    gboolean dynamic_ownership, remember_owner;
    char **cgroup_controllers;
    guint32 cgroup_controller_mask;   /* bits of VirCgroupController; 0: what the host has */
    char **cgroup_device_acl;    /* NULL-terminated, never NULL */
    char **namespaces;
    guint namespace_mask;        /* QemuNamespaces */
    int seccomp_sandbox;         /* QemuSandbox */
    gboolean clear_emulator_capabilities;
    char *sched_core;            /* none, vcpus, emulator, full */
    int max_processes, max_files, max_threads_per_process;
    char *max_core_text;
    guint64 max_core;            /* bytes; G_MAXUINT64: unlimited */
    gboolean dump_guest_core;
    gboolean set_process_name;

    /* displays */
    char *vnc_listen, *vnc_password, *vnc_sasl_dir;
    gboolean vnc_auto_unix_socket, vnc_sasl, vnc_allow_host_audio, nographics_allow_host_audio;
    char *spice_listen, *spice_password, *spice_sasl_dir, *spice_cert_dir;
    gboolean spice_auto_unix_socket, spice_tls, spice_sasl;
    char *rdp_listen, *rdp_cert_dir, *rdp_username, *rdp_password;
    guint port_min, port_max, websocket_port_min, websocket_port_max;

    /* TLS */
    char *default_tls_cert_dir, *default_tls_secret_uuid, *default_tls_priority;
    int default_tls_verify;
    QemuTlsConf vnc, chardev, vxhs, nbd, migrate, backup;
    gboolean migrate_tls_force;

    /* files */
    char *save_format, *dump_format, *snapshot_format;
    char *auto_dump_path;
    guint64 auto_dump_max_size;
    gboolean auto_dump_bypass_cache, auto_start_bypass_cache, auto_save_bypass_cache;
    int auto_start_delay;
    char *auto_shutdown_try_save, *auto_shutdown_try_shutdown, *auto_shutdown_poweroff;
    int auto_shutdown_wait;
    gboolean auto_shutdown_restore;
    char **hugetlbfs_mount;
    char *memory_backing_dir;
    char **nvram;                /* "loader:template" pairs; NULL: descriptors only */
    char **shared_filesystems;

    /* helpers */
    char *bridge_helper, *pr_helper, *slirp_helper, *dbus_daemon, *qemu_rdp, *qemu_vnc;
    char *swtpm_user, *swtpm_group;
    uid_t swtpm_uid;
    gid_t swtpm_gid;

    /* behaviour */
    gboolean mac_filter, relaxed_acs_check, log_timestamp, virtiofsd_debug, storage_use_nbdkit;
    char *lock_manager;
    guint max_queued, keepalive_interval, keepalive_count;
    char *migration_address, *migration_host;
    guint migration_port_min, migration_port_max, backup_port_min, backup_port_max;
    char *stdio_handler;
    gboolean stdio_logd;         /* stdio_handler = "logd" */
    guint gluster_debug_level;
    char **capability_filters;
    char *deprecation_behavior, *default_cpu_deprecated_features;
    gboolean allow_disk_format_probing;
} QemuConf;

/* Reads dirs->conf_file; a missing file is all defaults. Errors (VIR_ERR_CONF_SYNTAX and others) name file, key and
 * what is allowed; keys that are known and cannot be honoured are refused by name. @ret_warnings (may be NULL): lines
 * to log: unknown keys, keys that have no effect in a session instance. Caller g_strfreev.
 * Returns: one reference, dropped with virObjectUnref; NULL with @err set. */
QemuConf *qemu_conf_load(const QemuDirs *dirs, char ***ret_warnings, GError **err);
VIR_OBJECT_AUTOPTR(QemuConf)

/* The commented sample that is installed: every key with its explanation and default. Returns: caller frees. */
char *qemu_conf_sample(void);
/* The keys, for tests and documents; NULL past the end. */
const char *qemu_conf_key(guint i);

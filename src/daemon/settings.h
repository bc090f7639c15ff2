/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A daemon's configuration file (/etc/libvirt/<daemon>.conf). Immutable after loading.
 */
#pragma once

#include <glib.h>

typedef enum { VIR_AUTH_NONE = 0, VIR_AUTH_SASL = 1, VIR_AUTH_POLKIT = 2 } VirAuth;   /* as on the wire */

typedef struct {
    char *unix_sock_group, *unix_sock_ro_perms, *unix_sock_rw_perms, *unix_sock_admin_perms, *unix_sock_dir;
    char *auth_unix_ro, *auth_unix_rw;
    char **access_drivers;
    guint max_clients, max_queued_clients, max_anonymous_clients, max_client_requests;
    guint min_workers, max_workers, prio_workers;
    guint admin_min_workers, admin_max_workers, admin_max_clients, admin_max_queued_clients, admin_max_client_requests;
    int log_level;
    char *log_filters, *log_outputs;
    guint audit_level;
    gboolean audit_logging;
    char *host_uuid, *host_uuid_source;
    int keepalive_interval, admin_keepalive_interval;
    guint keepalive_count, admin_keepalive_count;
    gboolean keepalive_required, admin_keepalive_required;
    guint ovs_timeout;
    guint query_timeout, modify_timeout, destroy_timeout;   /* seconds a caller waits; ours */
    /* derived */
    guint sock_ro_mode, sock_rw_mode, sock_admin_mode;
    VirAuth auth_ro, auth_rw;
} VirDaemonConfig;

/* Defaults, then @path. A missing file is an error only when @must_exist. */
gboolean vir_daemon_config_load(VirDaemonConfig *config, const char *path, gboolean must_exist, gboolean privileged,
                                GError **err);
void vir_daemon_config_clear(VirDaemonConfig *config);

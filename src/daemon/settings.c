/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define VIR_LOG_SOURCE "daemon.config"
#include "daemon/settings.h"

#include <stddef.h>

#include "util/conf.h"
#include "util/error.h"
#include "util/log.h"

#define VIR_FROM_THIS VIR_FROM_CONF

#define AT(field) offsetof(VirDaemonConfig, field)
// clang-format off
static const VirConfRow rows[] = {
    { "unix_sock_group",          VIR_CONF_STRING, AT(unix_sock_group) },
    { "unix_sock_ro_perms",       VIR_CONF_STRING, AT(unix_sock_ro_perms) },
    { "unix_sock_rw_perms",       VIR_CONF_STRING, AT(unix_sock_rw_perms) },
    { "unix_sock_admin_perms",    VIR_CONF_STRING, AT(unix_sock_admin_perms) },
    { "unix_sock_dir",            VIR_CONF_STRING, AT(unix_sock_dir) },
    { "auth_unix_ro",             VIR_CONF_STRING, AT(auth_unix_ro) },
    { "auth_unix_rw",             VIR_CONF_STRING, AT(auth_unix_rw) },
    { "access_drivers",           VIR_CONF_STRV,   AT(access_drivers) },
    { "max_clients",              VIR_CONF_UINT,   AT(max_clients), 1, 1000000 },
    { "max_queued_clients",       VIR_CONF_UINT,   AT(max_queued_clients), 1, 1000000 },
    { "max_anonymous_clients",    VIR_CONF_UINT,   AT(max_anonymous_clients), 0, 1000000 },
    { "max_client_requests",      VIR_CONF_UINT,   AT(max_client_requests), 1, 1000000 },
    { "min_workers",              VIR_CONF_UINT,   AT(min_workers), 0, 100000 },
    { "max_workers",              VIR_CONF_UINT,   AT(max_workers), 1, 100000 },
    { "prio_workers",             VIR_CONF_UINT,   AT(prio_workers), 0, 100000 },
    { "admin_min_workers",        VIR_CONF_UINT,   AT(admin_min_workers), 0, 100000 },
    { "admin_max_workers",        VIR_CONF_UINT,   AT(admin_max_workers), 1, 100000 },
    { "admin_max_clients",        VIR_CONF_UINT,   AT(admin_max_clients), 1, 1000000 },
    { "admin_max_queued_clients", VIR_CONF_UINT,   AT(admin_max_queued_clients), 1, 1000000 },
    { "admin_max_client_requests", VIR_CONF_UINT,  AT(admin_max_client_requests), 1, 1000000 },
    { "log_level",                VIR_CONF_INT,    AT(log_level), 1, 4 },
    { "log_filters",              VIR_CONF_STRING, AT(log_filters) },
    { "log_outputs",              VIR_CONF_STRING, AT(log_outputs) },
    { "audit_level",              VIR_CONF_UINT,   AT(audit_level), 0, 2 },
    { "audit_logging",            VIR_CONF_BOOL,   AT(audit_logging) },
    { "host_uuid",                VIR_CONF_STRING, AT(host_uuid) },
    { "host_uuid_source",         VIR_CONF_STRING, AT(host_uuid_source) },
    { "keepalive_interval",       VIR_CONF_INT,    AT(keepalive_interval), -1, 86400 },
    { "keepalive_count",          VIR_CONF_UINT,   AT(keepalive_count) },
    { "keepalive_required",       VIR_CONF_BOOL,   AT(keepalive_required) },
    { "admin_keepalive_interval", VIR_CONF_INT,    AT(admin_keepalive_interval), -1, 86400 },
    { "admin_keepalive_count",    VIR_CONF_UINT,   AT(admin_keepalive_count) },
    { "admin_keepalive_required", VIR_CONF_BOOL,   AT(admin_keepalive_required) },
    { "ovs_timeout",              VIR_CONF_UINT,   AT(ovs_timeout) },
    { "query_timeout",            VIR_CONF_UINT,   AT(query_timeout), 0, 86400 },
    { "modify_timeout",           VIR_CONF_UINT,   AT(modify_timeout), 0, 86400 },
    { "destroy_timeout",          VIR_CONF_UINT,   AT(destroy_timeout), 0, 86400 },
    { NULL }
};
// clang-format on

static void set_defaults(VirDaemonConfig *config)
{
    *config = (VirDaemonConfig){
        .max_clients = 5000, .max_queued_clients = 1000, .max_anonymous_clients = 20, .max_client_requests = 5,
        .min_workers = 5, .max_workers = 20, .prio_workers = 5,
        .admin_min_workers = 5, .admin_max_workers = 20, .admin_max_clients = 5000, .admin_max_queued_clients = 20,
        .admin_max_client_requests = 5,
        .audit_level = 1, .keepalive_interval = 5, .keepalive_count = 5,
        .admin_keepalive_interval = 5, .admin_keepalive_count = 5, .ovs_timeout = 5,
        .query_timeout = 10, .modify_timeout = 60, .destroy_timeout = 60,
    };
}

static gboolean parse_mode(const char *path, const char *key, const char *text, guint fallback, guint *ret, GError **err)
{
    guint64 mode = fallback;
    if (text && (!g_ascii_string_to_unsigned(text, 8, 0, 0777, &mode, NULL)))
        return vir_fail(err, VIR_ERR_CONF_SYNTAX, "%s: %s = \"%s\" is not an octal mode of at most 0777", path, key, text);
    *ret = (guint)mode;
    return TRUE;
}

static gboolean parse_auth(const char *path, const char *key, const char *text, gboolean privileged, VirAuth *ret,
                           GError **err)
{
    if (!text)
        *ret = privileged ? VIR_AUTH_POLKIT : VIR_AUTH_NONE;
    else if (g_str_equal(text, "none"))
        *ret = VIR_AUTH_NONE;
    else if (g_str_equal(text, "polkit"))
        *ret = VIR_AUTH_POLKIT;
    else
        return vir_fail(err, VIR_ERR_CONF_SYNTAX, "%s: %s = \"%s\" is neither \"none\" nor \"polkit\"", path, key, text);
    return TRUE;
}

gboolean vir_daemon_config_load(VirDaemonConfig *config, const char *path, gboolean must_exist, gboolean privileged,
                                GError **err)
{
    set_defaults(config);
    g_autoptr(VirConf) conf = vir_conf_load(path, !must_exist, err);
    if (!conf || !vir_conf_apply(conf, rows, config, err))
        return FALSE;
    if (!parse_auth(path, "auth_unix_ro", config->auth_unix_ro, privileged, &config->auth_ro, err) ||
        !parse_auth(path, "auth_unix_rw", config->auth_unix_rw, privileged, &config->auth_rw, err))
        return FALSE;
    guint rw = config->auth_rw == VIR_AUTH_POLKIT ? 0777 : 0700;
    if (!parse_mode(path, "unix_sock_ro_perms", config->unix_sock_ro_perms, 0777, &config->sock_ro_mode, err) ||
        !parse_mode(path, "unix_sock_rw_perms", config->unix_sock_rw_perms, rw, &config->sock_rw_mode, err) ||
        !parse_mode(path, "unix_sock_admin_perms", config->unix_sock_admin_perms, 0700, &config->sock_admin_mode, err))
        return FALSE;
    for (char **name = config->access_drivers; name && *name; name++) {
        if (!g_str_equal(*name, "none"))
            return vir_fail(err, VIR_ERR_CONF_SYNTAX, "%s: access_drivers: \"%s\" is not supported; use [ \"none\" ]", path,
                            *name);
    }
    g_auto(GStrv) unknown = vir_conf_unknown(conf, rows);
    for (char **line = unknown; *line; line++)
        VIR_WARN("%s, ignoring", *line);
    return TRUE;
}

void vir_daemon_config_clear(VirDaemonConfig *config)
{
    vir_conf_clear(rows, config);
}

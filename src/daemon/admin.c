/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The admin program: servers, clients, limits, logging. Served on the admin socket, on the loop's thread.
 */
#include <libvirt/libvirt-admin.h>

#include "api/params.h"
#include "config.h"
#include "daemon/conn.h"
#include "util/log.h"
#include "util/pool.h"
#include "util/proc.h"

#define VIR_FROM_THIS VIR_FROM_ADMIN

static VirDaemon *daemon_of(VirInvocation *inv)
{
    return inv->driver->data;
}

static VirServer *find_server(VirInvocation *inv, const char *name, GError **err)
{
    VirDaemon *daemon = daemon_of(inv);
    if (g_str_equal(name, daemon->server->name))
        return daemon->server;
    if (g_str_equal(name, daemon->admin->name))
        return daemon->admin;
    vir_fail(err, VIR_ERR_NO_SERVER, "no server with matching name '%s' found", name);
    return NULL;
}

static VirClient *find_client(VirServer *server, guint64 id, GError **err)
{
    for (GList *l = server->clients.head; l; l = l->next) {
        VirClient *client = l->data;
        if (client->id == id)
            return client;
    }
    vir_fail(err, VIR_ERR_NO_CLIENT, "no client with matching ID %" G_GUINT64_FORMAT " on server '%s'", id, server->name);
    return NULL;
}

static gboolean admin_open(VirInvocation *inv, VirEntry *obj, const admin_connect_open_args *args, void *ret,
                           GError **err)
{
    inv->session->opened = TRUE;
    return vir_check_flags(inv, args->flags, 0, err);
}

static gboolean admin_close(VirInvocation *inv, VirEntry *obj, const void *args, void *ret, GError **err)
{
    VirConn *conn = inv->session->carrier;
    conn->closing = TRUE;
    vir_client_close_when_flushed(conn->client);
    return TRUE;
}

static gboolean admin_get_lib_version(VirInvocation *inv, VirEntry *obj, const void *args,
                                      admin_connect_get_lib_version_ret *ret, GError **err)
{
    ret->libVer = VIR_DAEMON_LEVEL;
    return TRUE;
}

static gboolean list_servers(VirInvocation *inv, VirEntry *obj, const admin_connect_list_servers_args *args,
                             admin_connect_list_servers_ret *ret, GError **err)
{
    VirDaemon *daemon = daemon_of(inv);
    ret->ret = 2;
    if (args->need_results) {
        ret->servers.len = 2;
        ret->servers.val = g_new0(admin_nonnull_server, 2);
        ret->servers.val[0].name = g_strdup(daemon->server->name);
        ret->servers.val[1].name = g_strdup(daemon->admin->name);
    }
    return vir_check_flags(inv, args->flags, 0, err);
}

static gboolean lookup_server(VirInvocation *inv, VirEntry *obj, const admin_connect_lookup_server_args *args,
                              admin_connect_lookup_server_ret *ret, GError **err)
{
    VirServer *server = find_server(inv, args->name, err);
    if (!server)
        return FALSE;
    ret->srv.name = g_strdup(server->name);
    return TRUE;
}

/* The pool grows with what blocks; what the configuration asked for is kept and told, but binds nothing. */
static gboolean get_threadpool(VirInvocation *inv, VirEntry *obj, const admin_server_get_threadpool_parameters_args *args,
                               admin_server_get_threadpool_parameters_ret *ret, GError **err)
{
    VirDaemon *daemon = daemon_of(inv);
    VirServer *server = find_server(inv, args->srv.name, err);
    if (!server)
        return FALSE;
    const VirDaemonConfig *c = &daemon->config;
    gboolean admin = server == daemon->admin;
    VirPoolStats stats;
    vir_pool_stats(&stats);
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    vir_params_add_uint(&p, admin ? c->admin_min_workers : c->min_workers, VIR_THREADPOOL_WORKERS_MIN);
    vir_params_add_uint(&p, admin ? c->admin_max_workers : c->max_workers, VIR_THREADPOOL_WORKERS_MAX);
    vir_params_add_uint(&p, stats.threads, VIR_THREADPOOL_WORKERS_CURRENT);
    vir_params_add_uint(&p, stats.idle, VIR_THREADPOOL_WORKERS_FREE);
    vir_params_add_uint(&p, admin ? 0 : c->prio_workers, VIR_THREADPOOL_WORKERS_PRIORITY);
    vir_params_add_uint(&p, stats.queued, VIR_THREADPOOL_JOB_QUEUE_DEPTH);
    vir_params_move(&p, ret->params);
    return TRUE;
}

static gboolean set_threadpool(VirInvocation *inv, VirEntry *obj, const admin_server_set_threadpool_parameters_args *args,
                               void *ret, GError **err)
{
    static const VirParamRow rows[] = {
        { VIR_THREADPOOL_WORKERS_MIN, VIR_TYPED_PARAM_UINT },
        { VIR_THREADPOOL_WORKERS_MAX, VIR_TYPED_PARAM_UINT },
        { VIR_THREADPOOL_WORKERS_PRIORITY, VIR_TYPED_PARAM_UINT },
        { NULL },
    };
    VirDaemon *daemon = daemon_of(inv);
    VirServer *server = find_server(inv, args->srv.name, err);
    if (!server || !vir_check_flags(inv, args->flags, 0, err) ||
        !vir_params_check((const remote_typed_param *)args->params.val, args->params.len, rows, err))
        return FALSE;
    VirDaemonConfig *c = &daemon->config;
    gboolean admin = server == daemon->admin;
    guint min = admin ? c->admin_min_workers : c->min_workers, max = admin ? c->admin_max_workers : c->max_workers;
    guint prio = admin ? 0 : c->prio_workers;
    const remote_typed_param *val = (const remote_typed_param *)args->params.val;
    vir_params_get_uint(val, args->params.len, VIR_THREADPOOL_WORKERS_MIN, &min);
    vir_params_get_uint(val, args->params.len, VIR_THREADPOOL_WORKERS_MAX, &max);
    vir_params_get_uint(val, args->params.len, VIR_THREADPOOL_WORKERS_PRIORITY, &prio);
    if (min > max || !max)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "minWorkers %u must not be above maxWorkers %u, which must not be 0", min,
                        max);
    *(admin ? &c->admin_min_workers : &c->min_workers) = min;
    *(admin ? &c->admin_max_workers : &c->max_workers) = max;
    if (!admin)
        c->prio_workers = prio;
    return TRUE;
}

static void fill_client(admin_nonnull_client *to, const VirClient *client)
{
    to->srv.name = g_strdup(client->server->name);
    to->id = client->id;
    to->timestamp = client->since;
    to->transport = client->transport;
}

static gboolean list_clients(VirInvocation *inv, VirEntry *obj, const admin_server_list_clients_args *args,
                             admin_server_list_clients_ret *ret, GError **err)
{
    VirServer *server = find_server(inv, args->srv.name, err);
    if (!server || !vir_check_flags(inv, args->flags, 0, err))
        return FALSE;
    ret->ret = server->nclients;
    if (!args->need_results)
        return TRUE;
    ret->clients.val = g_new0(admin_nonnull_client, server->nclients);
    for (GList *l = server->clients.head; l; l = l->next)
        fill_client(&ret->clients.val[ret->clients.len++], l->data);
    return TRUE;
}

static gboolean lookup_client(VirInvocation *inv, VirEntry *obj, const admin_server_lookup_client_args *args,
                              admin_server_lookup_client_ret *ret, GError **err)
{
    VirServer *server = find_server(inv, args->srv.name, err);
    VirClient *client = server ? find_client(server, args->id, err) : NULL;
    if (!client)
        return FALSE;
    fill_client(&ret->clnt, client);
    return TRUE;
}

static gboolean client_info(VirInvocation *inv, VirEntry *obj, const admin_client_get_info_args *args,
                            admin_client_get_info_ret *ret, GError **err)
{
    VirServer *server = find_server(inv, args->clnt.srv.name, err);
    VirClient *client = server ? find_client(server, args->clnt.id, err) : NULL;
    if (!client)
        return FALSE;
    VirConn *conn = client->session;
    const VirIdentity *id = &conn->session->identity;
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    vir_params_add_bool(&p, conn->session->readonly, VIR_CLIENT_INFO_READONLY);
    if (client->transport == VIR_TRANSPORT_UNIX) {
        g_autofree char *user = vir_proc_user_name(id->uid), *group = vir_proc_group_name(id->gid);
        vir_params_add_int(&p, (int)id->uid, VIR_CLIENT_INFO_UNIX_USER_ID);
        vir_params_add_string(&p, user, VIR_CLIENT_INFO_UNIX_USER_NAME);
        vir_params_add_int(&p, (int)id->gid, VIR_CLIENT_INFO_UNIX_GROUP_ID);
        vir_params_add_string(&p, group, VIR_CLIENT_INFO_UNIX_GROUP_NAME);
        vir_params_add_int(&p, (int)id->pid, VIR_CLIENT_INFO_UNIX_PROCESS_ID);
    } else {
        vir_params_add_string(&p, client->address, VIR_CLIENT_INFO_SOCKET_ADDR);
        vir_params_add_string(&p, id->sasl_user_name, VIR_CLIENT_INFO_SASL_USER_NAME);
        vir_params_add_string(&p, id->x509_dname, VIR_CLIENT_INFO_X509_DISTINGUISHED_NAME);
    }
    vir_params_add_string(&p, id->selinux_context, VIR_CLIENT_INFO_SELINUX_CONTEXT);
    vir_params_move(&p, ret->params);
    return TRUE;
}

static gboolean client_close(VirInvocation *inv, VirEntry *obj, const admin_client_close_args *args, void *ret,
                             GError **err)
{
    VirServer *server = find_server(inv, args->clnt.srv.name, err);
    VirClient *client = server ? find_client(server, args->clnt.id, err) : NULL;
    if (!client)
        return FALSE;
    vir_client_close(client);
    return TRUE;
}

static gboolean get_limits(VirInvocation *inv, VirEntry *obj, const admin_server_get_client_limits_args *args,
                           admin_server_get_client_limits_ret *ret, GError **err)
{
    VirServer *server = find_server(inv, args->srv.name, err);
    if (!server || !vir_check_flags(inv, args->flags, 0, err))
        return FALSE;
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    vir_params_add_uint(&p, server->limits.max_clients, VIR_SERVER_CLIENTS_MAX);
    vir_params_add_uint(&p, server->nclients, VIR_SERVER_CLIENTS_CURRENT);
    vir_params_add_uint(&p, server->limits.max_anonymous_clients, VIR_SERVER_CLIENTS_UNAUTH_MAX);
    vir_params_add_uint(&p, server->nanonymous, VIR_SERVER_CLIENTS_UNAUTH_CURRENT);
    vir_params_move(&p, ret->params);
    return TRUE;
}

static gboolean set_limits(VirInvocation *inv, VirEntry *obj, const admin_server_set_client_limits_args *args, void *ret,
                           GError **err)
{
    static const VirParamRow rows[] = {
        { VIR_SERVER_CLIENTS_MAX, VIR_TYPED_PARAM_UINT },
        { VIR_SERVER_CLIENTS_UNAUTH_MAX, VIR_TYPED_PARAM_UINT },
        { NULL },
    };
    VirServer *server = find_server(inv, args->srv.name, err);
    const remote_typed_param *val = (const remote_typed_param *)args->params.val;
    if (!server || !vir_check_flags(inv, args->flags, 0, err) || !vir_params_check(val, args->params.len, rows, err))
        return FALSE;
    VirServerLimits limits = server->limits;
    vir_params_get_uint(val, args->params.len, VIR_SERVER_CLIENTS_MAX, &limits.max_clients);
    vir_params_get_uint(val, args->params.len, VIR_SERVER_CLIENTS_UNAUTH_MAX, &limits.max_anonymous_clients);
    if (limits.max_clients && limits.max_anonymous_clients > limits.max_clients)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "nclients_unauth_max %u must not be above nclients_max %u",
                        limits.max_anonymous_clients, limits.max_clients);
    vir_server_update_limits(server, &limits);
    return TRUE;
}

static guint count_words(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    return *text ? g_strv_length(words) : 0;
}

static gboolean get_outputs(VirInvocation *inv, VirEntry *obj, const admin_connect_get_logging_outputs_args *args,
                            admin_connect_get_logging_outputs_ret *ret, GError **err)
{
    ret->outputs = vir_log_get_outputs();
    ret->noutputs = count_words(ret->outputs);
    return vir_check_flags(inv, args->flags, 0, err);
}

static gboolean get_filters(VirInvocation *inv, VirEntry *obj, const admin_connect_get_logging_filters_args *args,
                            admin_connect_get_logging_filters_ret *ret, GError **err)
{
    ret->filters = vir_log_get_filters();
    ret->nfilters = count_words(ret->filters);
    return vir_check_flags(inv, args->flags, 0, err);
}

static gboolean set_outputs(VirInvocation *inv, VirEntry *obj, const admin_connect_set_logging_outputs_args *args,
                            void *ret, GError **err)
{
    return vir_check_flags(inv, args->flags, 0, err) && vir_log_set_outputs(args->outputs, err);
}

static gboolean set_filters(VirInvocation *inv, VirEntry *obj, const admin_connect_set_logging_filters_args *args,
                            void *ret, GError **err)
{
    return vir_check_flags(inv, args->flags, 0, err) && vir_log_set_filters(args->filters, err);
}

static gboolean set_timeout(VirInvocation *inv, VirEntry *obj, const admin_connect_set_daemon_timeout_args *args,
                            void *ret, GError **err)
{
    if (!vir_check_flags(inv, args->flags, 0, err))
        return FALSE;
    if (args->timeout > G_MAXINT / 1000)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "timeout %u is above %d seconds", args->timeout, G_MAXINT / 1000);
    vir_daemon_set_timeout(daemon_of(inv), (int)args->timeout);
    return TRUE;
}

static gboolean daemon_shutdown(VirInvocation *inv, VirEntry *obj, const admin_connect_daemon_shutdown_args *args,
                                void *ret, GError **err)
{
    if (!vir_check_flags(inv, args->flags, VIR_DAEMON_SHUTDOWN_PRESERVE, err))
        return FALSE;
    vir_daemon_quit(daemon_of(inv));
    return TRUE;
}

const VirOps vir_admin_ops = {
    .admin_connect_open = admin_open,
    .admin_connect_close = admin_close,
    .admin_connect_get_lib_version = admin_get_lib_version,
    .admin_connect_list_servers = list_servers,
    .admin_connect_lookup_server = lookup_server,
    .admin_server_get_threadpool_parameters = get_threadpool,
    .admin_server_set_threadpool_parameters = set_threadpool,
    .admin_server_list_clients = list_clients,
    .admin_server_lookup_client = lookup_client,
    .admin_client_get_info = client_info,
    .admin_client_close = client_close,
    .admin_server_get_client_limits = get_limits,
    .admin_server_set_client_limits = set_limits,
    .admin_connect_get_logging_outputs = get_outputs,
    .admin_connect_get_logging_filters = get_filters,
    .admin_connect_set_logging_outputs = set_outputs,
    .admin_connect_set_logging_filters = set_filters,
    .admin_connect_set_daemon_timeout = set_timeout,
    .admin_connect_daemon_shutdown = daemon_shutdown,
};

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Calls that open, describe and end a connection; the same in every daemon.
 */
#define VIR_LOG_SOURCE "daemon.session"
#include <string.h>
#include <unistd.h>

#include "api/feature-numbers.h"
#include "api/params.h"
#include "config.h"
#include "daemon/base-calls.h"
#include "daemon/conn.h"
#include "daemon/polkit.h"
#include "util/log.h"
#include "util/proc.h"
#include "util/uri.h"

#define VIR_FROM_THIS VIR_FROM_RPC

static VirConn *conn_of(VirInvocation *inv)
{
    return inv->session->carrier;
}

/* Root needs no polkit, nor does whoever runs the daemon. */
static gboolean trusted_peer(const VirClient *client)
{
    return client->uid == 0 || client->uid == geteuid();
}

gboolean vir_base_auth_list(VirInvocation *inv, VirEntry *obj, const void *args, remote_auth_list_ret *ret,
                            GError **err)
{
    VirClient *client = conn_of(inv)->client;
    gint32 scheme = client->auth;
    if (scheme == VIR_AUTH_POLKIT && trusted_peer(client))
        scheme = VIR_AUTH_NONE;
    ret->types.val = g_new(gint32, 1);
    ret->types.val[0] = scheme;
    ret->types.len = 1;
    if (scheme == VIR_AUTH_NONE)
        vir_client_set_authenticated(client);
    return TRUE;
}

static void let_in(gpointer data)
{
    VirClient *client = data;
    if (!client->closed)
        vir_client_set_authenticated(client);
    vir_io_unref_later(client->server->io, client);
}

gboolean vir_base_auth_polkit(VirInvocation *inv, VirEntry *obj, const void *args, remote_auth_polkit_ret *ret,
                              GError **err)
{
    VirClient *client = conn_of(inv)->client;
    if (client->auth != VIR_AUTH_POLKIT)
        return vir_fail(err, VIR_ERR_AUTH_FAILED, "this socket does not authenticate with polkit");
    const char *action = client->readonly ? "org.libvirt.unix.monitor" : "org.libvirt.unix.manage";
    guint64 start = vir_proc_start_time(vir_host_real(), client->pid);
    if (!vir_polkit_check(action, client->pid, start, client->uid, err))
        return FALSE;
    /* The state is the loop's; posted before the answer leaves, so it is set before the next call is read. */
    vir_io_post(client->server->io, let_in, virObjectRef(client));
    ret->complete = 1;
    return TRUE;
}

static gboolean uri_is_ours(VirDaemon *daemon, const char *text, GError **err)
{
    if (!*text)
        return TRUE;
    g_autoptr(VirUri) uri = vir_uri_parse(text, err);
    if (!uri)
        return FALSE;
    const char *scheme = daemon->spec->scheme, *path = daemon->privileged ? "/system" : "/session";
    if (g_strcmp0(uri->scheme, scheme) != 0)
        return vir_fail(err, VIR_ERR_NO_CONNECT, "%s: %s serves %s://%s", text, daemon->spec->name, scheme, path);
    const char *asked = uri->path;
    if (g_strcmp0(asked, path) != 0 && !(daemon->options.session && g_strcmp0(asked, "/session") == 0))
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "unexpected path '%s' of %s, try %s://%s", asked ? asked : "", text,
                        scheme, path);
    return TRUE;
}

gboolean vir_base_connect_open(VirInvocation *inv, VirEntry *obj, const remote_connect_open_args *args, void *ret,
                               GError **err)
{
    VirSession *session = inv->session;
    VirConn *conn = conn_of(inv);
    VirDaemon *daemon = conn->daemon;
    if (session->opened)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "connection already open");
    if (!args->name)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "the connection name must not be NULL");
    if (!(daemon->spec->open ? daemon->spec->open(session, args->name, err) : uri_is_ours(daemon, args->name, err)))
        return FALSE;
    if (args->flags & VIR_CONNECT_RO)
        session->readonly = TRUE;
    session->uri = *args->name ? g_strdup(args->name)
                               : g_strdup_printf("%s://%s", daemon->spec->scheme,
                                                 daemon->privileged ? "/system" : "/session");
    session->opened = TRUE;
    return TRUE;
}

gboolean vir_base_connect_close(VirInvocation *inv, VirEntry *obj, const void *args, void *ret, GError **err)
{
    VirConn *conn = conn_of(inv);
    conn->closing = TRUE;
    vir_client_close_when_flushed(conn->client);
    return TRUE;
}

gboolean vir_base_connect_supports_feature(VirInvocation *inv, VirEntry *obj,
                                           const remote_connect_supports_feature_args *args,
                                           remote_connect_supports_feature_ret *ret, GError **err)
{
    VirConn *conn = conn_of(inv);
    if (args->feature == VIR_DRV_FEATURE_PROGRAM_KEEPALIVE) {
        vir_client_start_keepalive(conn->client);
        ret->supported = 1;
        return TRUE;
    }
    if (!inv->session->opened)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "connection not open");
    switch (args->feature) {
    case VIR_DRV_FEATURE_FD_PASSING:
    case VIR_DRV_FEATURE_TYPED_PARAM_STRING:
    case VIR_DRV_FEATURE_REMOTE_EVENT_CALLBACK:
    case VIR_DRV_FEATURE_REMOTE_CLOSE_CALLBACK:
    case VIR_DRV_FEATURE_NETWORK_UPDATE_HAS_CORRECT_ORDER:
        ret->supported = 1;
        break;
    default:
        ret->supported = 0;
    }
    return TRUE;
}

static gboolean need_open(VirInvocation *inv, GError **err)
{
    return inv->session->opened || vir_fail(err, VIR_ERR_INTERNAL_ERROR, "connection not open");
}

gboolean vir_base_connect_get_lib_version(VirInvocation *inv, VirEntry *obj, const void *args,
                                          remote_connect_get_lib_version_ret *ret, GError **err)
{
    ret->lib_ver = VIR_DAEMON_LEVEL;
    return need_open(inv, err);
}

gboolean vir_base_connect_get_uri(VirInvocation *inv, VirEntry *obj, const void *args, remote_connect_get_uri_ret *ret,
                                  GError **err)
{
    ret->uri = g_strdup(inv->session->uri);
    return need_open(inv, err);
}

gboolean vir_base_connect_get_hostname(VirInvocation *inv, VirEntry *obj, const void *args,
                                       remote_connect_get_hostname_ret *ret, GError **err)
{
    char name[256];
    if (gethostname(name, sizeof(name)) < 0)
        return vir_fail_errno(err, errno, "cannot read the host name");
    name[sizeof(name) - 1] = '\0';
    ret->hostname = g_strdup(name);
    return need_open(inv, err);
}

/* A UNIX socket's other end is on this machine: nobody in between reads along. */
gboolean vir_base_connect_is_secure(VirInvocation *inv, VirEntry *obj, const void *args,
                                    remote_connect_is_secure_ret *ret, GError **err)
{
    ret->secure = 1;
    return need_open(inv, err);
}

/* Only another daemon of this host may speak for somebody else. */
gboolean vir_base_connect_set_identity(VirInvocation *inv, VirEntry *obj, const remote_connect_set_identity_args *args,
                                       void *ret, GError **err)
{
    static const VirParamRow known[] = {
        { VIR_CONNECT_IDENTITY_USER_NAME, VIR_TYPED_PARAM_STRING },
        { VIR_CONNECT_IDENTITY_UNIX_USER_ID, VIR_TYPED_PARAM_ULLONG },
        { VIR_CONNECT_IDENTITY_GROUP_NAME, VIR_TYPED_PARAM_STRING },
        { VIR_CONNECT_IDENTITY_UNIX_GROUP_ID, VIR_TYPED_PARAM_ULLONG },
        { VIR_CONNECT_IDENTITY_PROCESS_ID, VIR_TYPED_PARAM_LLONG },
        { VIR_CONNECT_IDENTITY_PROCESS_TIME, VIR_TYPED_PARAM_ULLONG },
        { VIR_CONNECT_IDENTITY_SASL_USER_NAME, VIR_TYPED_PARAM_STRING },
        { VIR_CONNECT_IDENTITY_X509_DISTINGUISHED_NAME, VIR_TYPED_PARAM_STRING },
        { VIR_CONNECT_IDENTITY_SELINUX_CONTEXT, VIR_TYPED_PARAM_STRING },
        { NULL },
    };
    VirClient *client = conn_of(inv)->client;
    VirIdentity *identity = &inv->session->identity;
    const char *text;
    guint64 number;
    gint64 pid;
    if (!need_open(inv, err) || !vir_check_flags(inv, args->flags, 0, err) ||
        !vir_params_check(VIR_PARAMS(args->params), known, err))
        return FALSE;
    if (!trusted_peer(client))
        return vir_fail(err, VIR_ERR_OPERATION_DENIED, "uid %d may not speak for other users", (int)client->uid);

    struct {
        const char *name;
        char **field;
    } strings[] = {
        { VIR_CONNECT_IDENTITY_USER_NAME, &identity->user_name },
        { VIR_CONNECT_IDENTITY_GROUP_NAME, &identity->group_name },
        { VIR_CONNECT_IDENTITY_SASL_USER_NAME, &identity->sasl_user_name },
        { VIR_CONNECT_IDENTITY_X509_DISTINGUISHED_NAME, &identity->x509_dname },
        { VIR_CONNECT_IDENTITY_SELINUX_CONTEXT, &identity->selinux_context },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) {
        if (vir_params_get_string(VIR_PARAMS(args->params), strings[i].name, &text)) {
            g_free(*strings[i].field);
            *strings[i].field = g_strdup(text);
        }
    }
    if (vir_params_get_ullong(VIR_PARAMS(args->params), VIR_CONNECT_IDENTITY_UNIX_USER_ID, &number))
        identity->uid = (uid_t)number;
    if (vir_params_get_ullong(VIR_PARAMS(args->params), VIR_CONNECT_IDENTITY_UNIX_GROUP_ID, &number))
        identity->gid = (gid_t)number;
    if (vir_params_get_llong(VIR_PARAMS(args->params), VIR_CONNECT_IDENTITY_PROCESS_ID, &pid))
        identity->pid = (pid_t)pid;
    if (vir_params_get_ullong(VIR_PARAMS(args->params), VIR_CONNECT_IDENTITY_PROCESS_TIME, &number))
        identity->process_time = number;
    return TRUE;
}

gboolean vir_base_connect_register_close_callback(VirInvocation *inv, VirEntry *obj, const void *args, void *ret,
                                                  GError **err)
{
    VirConn *conn = conn_of(inv);
    if (conn->close_registered)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "a close callback is registered already");
    conn->close_registered = TRUE;
    return need_open(inv, err);
}

gboolean vir_base_connect_unregister_close_callback(VirInvocation *inv, VirEntry *obj, const void *args, void *ret,
                                                    GError **err)
{
    VirConn *conn = conn_of(inv);
    if (!conn->close_registered)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "no close callback is registered");
    conn->close_registered = FALSE;
    return TRUE;
}

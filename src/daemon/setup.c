/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a daemon does before its main loop: options, paths, logging, pid file, sockets.
 */
#define VIR_LOG_SOURCE "daemon.setup"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "config.h"
#include "daemon/daemon.h"
#include "util/file.h"
#include "util/log.h"
#include "util/proc.h"

#define VIR_FROM_THIS VIR_FROM_NONE
#define JOURNAL_SOCKET "/run/systemd/journal/socket"

static void usage(const char *argv0)
{
    fprintf(stderr,
            "\nUsage:\n  %s [options]\n\nOptions:\n"
            "  -h | --help            Display program help:\n"
            "  -v | --verbose         Verbose messages.\n"
            "  -d | --daemon          Run as a daemon & write PID file.\n"
            "  -t | --timeout <secs>  Exit after timeout period.\n"
            "  -f | --config <file>   Configuration file.\n"
            "  -V | --version         Display version information.\n"
            "  -p | --pid-file <file> Change name of PID file.\n"
            "       --session         Per-user mode also as root.\n\n",
            argv0);
}

gboolean vir_daemon_parse_options(VirDaemon *daemon, int argc, char **argv, int *ret_exit)
{
    enum { OPT_SESSION = 256 };
    static const struct option longs[] = {
        { "help", no_argument, NULL, 'h' },           { "verbose", no_argument, NULL, 'v' },
        { "daemon", no_argument, NULL, 'd' },         { "timeout", required_argument, NULL, 't' },
        { "config", required_argument, NULL, 'f' },   { "version", no_argument, NULL, 'V' },
        { "pid-file", required_argument, NULL, 'p' }, { "session", no_argument, NULL, OPT_SESSION },
        { NULL, 0, NULL, 0 },
    };
    VirDaemonOptions *o = &daemon->options;
    gint64 secs;
    int c;
    *ret_exit = EXIT_FAILURE;
    while ((c = getopt_long(argc, argv, "hvdt:f:Vp:", longs, NULL)) != -1) {
        switch (c) {
        case 'h':
            usage(argv[0]);
            *ret_exit = EXIT_SUCCESS;
            return FALSE;
        case 'V':
            printf("%s (libvirt) %d.%d.%d\n", argv[0], VIR_DAEMON_LEVEL / 1000000, VIR_DAEMON_LEVEL / 1000 % 1000,
                   VIR_DAEMON_LEVEL % 1000);
            *ret_exit = EXIT_SUCCESS;
            return FALSE;
        case 'v':
            o->verbose = TRUE;
            break;
        case 'd':
            o->daemonize = TRUE;
            break;
        case 't':
            if (!g_ascii_string_to_signed(optarg, 10, 0, G_MAXINT / 1000, &secs, NULL)) {
                fprintf(stderr, "%s: --timeout takes 0 to %d seconds, not '%s'\n", argv[0], G_MAXINT / 1000, optarg);
                return FALSE;
            }
            o->timeout = (int)secs;
            break;
        case 'f':
            g_free(o->config_file);
            o->config_file = g_canonicalize_filename(optarg, NULL);
            break;
        case 'p':
            g_free(o->pid_file);
            o->pid_file = g_canonicalize_filename(optarg, NULL);
            break;
        case OPT_SESSION:
            o->session = TRUE;
            break;
        default:
            usage(argv[0]);
            return FALSE;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "%s: unexpected word '%s' on the command line\n", argv[0], argv[optind]);
        return FALSE;
    }
    *ret_exit = EXIT_SUCCESS;
    return TRUE;
}

static char *user_dir(const char *variable, const char *fallback)
{
    const char *base = g_getenv(variable);
    if (base && *base)
        return g_build_filename(base, "libvirt", NULL);
    return g_build_filename(g_get_home_dir(), fallback, "libvirt", NULL);
}

gboolean vir_daemon_set_paths(VirDaemon *daemon, GError **err)
{
    daemon->privileged = geteuid() == 0 && !daemon->options.session;
    if (daemon->privileged) {
        daemon->config_dir = g_strdup(VIR_SYSCONFDIR "/libvirt");
        daemon->run_dir = g_strdup(VIR_RUNSTATEDIR "/libvirt");
        daemon->cache_dir = g_strdup(VIR_LOCALSTATEDIR "/cache/libvirt");
        daemon->lib_dir = g_strdup(VIR_LOCALSTATEDIR "/lib/libvirt");
        daemon->log_dir = g_strdup(VIR_LOCALSTATEDIR "/log/libvirt");
    } else {
        daemon->config_dir = user_dir("XDG_CONFIG_HOME", ".config");
        daemon->cache_dir = user_dir("XDG_CACHE_HOME", ".cache");
        daemon->run_dir = g_getenv("XDG_RUNTIME_DIR") ? user_dir("XDG_RUNTIME_DIR", "") : g_strdup(daemon->cache_dir);
        daemon->lib_dir = g_strdup(daemon->config_dir);
        daemon->log_dir = g_strdup(daemon->cache_dir);
    }
    umask(daemon->privileged ? 022 : 077);
    return vir_file_ensure_dir(daemon->run_dir, daemon->privileged ? 0755 : 0700, (uid_t)-1, (gid_t)-1, err);
}

static char *default_log_output(VirDaemon *daemon)
{
    gboolean journal = access(JOURNAL_SOCKET, W_OK) == 0;
    int level = MIN(vir_log_get_level(), VIR_LOG_INFO);
    if (!daemon->options.daemonize)
        return isatty(STDIN_FILENO) || !journal ? g_strdup_printf("%d:stderr", vir_log_get_level())
                                                : g_strdup_printf("%d:journald", level);
    if (journal)
        return g_strdup_printf("%d:journald", level);
    return g_strdup_printf("%d:file:%s/%s.log", vir_log_get_level(), daemon->log_dir, daemon->spec->name);
}

/* Command line before environment before file. */
gboolean vir_daemon_setup_logging(VirDaemon *daemon, GError **err)
{
    const VirDaemonConfig *c = &daemon->config;
    vir_log_init(daemon->spec->name);
    if (c->log_level && !vir_log_set_level(c->log_level, err))
        return FALSE;
    if (daemon->options.verbose && vir_log_get_level() > VIR_LOG_INFO && !vir_log_set_level(VIR_LOG_INFO, err))
        return FALSE;
    g_autofree char *output = default_log_output(daemon);
    if (!vir_log_set_default_output(output, err) || !vir_log_set_filters(c->log_filters, err) ||
        !vir_log_set_outputs(c->log_outputs, err))
        return FALSE;
    vir_log_from_env();
    return TRUE;
}

gboolean vir_daemon_lock_pid_file(VirDaemon *daemon, GError **err)
{
    if (!daemon->options.pid_file)
        daemon->options.pid_file = daemon->privileged
                                       ? g_strdup_printf(VIR_RUNSTATEDIR "/%s.pid", daemon->spec->name)
                                       : g_strdup_printf("%s/%s.pid", daemon->run_dir, daemon->spec->name);
    daemon->pid_fd = vir_pidfile_acquire(daemon->options.pid_file, getpid(), err);
    return daemon->pid_fd >= 0;
}

/* ---- sockets ---- */

typedef struct {
    const char *suffix;          /* of the path: NAME-sock, NAME-sock-ro, NAME-admin-sock */
    const char *unit_suffix;     /* of the unit's name under socket activation */
    gboolean admin, readonly, system_only;
} SocketRow;

static const SocketRow socket_rows[] = {
    { "sock", ".socket", FALSE, FALSE, FALSE },
    { "sock-ro", "-ro.socket", FALSE, TRUE, TRUE },
    { "admin-sock", "-admin.socket", TRUE, FALSE, FALSE },
};

static gboolean listen_on(VirDaemon *daemon, const SocketRow *row, int fd, GError **err)
{
    const VirDaemonConfig *c = &daemon->config;
    VirServer *server = row->admin ? daemon->admin : daemon->server;
    VirAuth auth = row->admin ? VIR_AUTH_NONE : row->readonly ? c->auth_ro : c->auth_rw;
    if (fd >= 0)
        return vir_server_listen_fd(server, fd, VIR_TRANSPORT_UNIX, row->readonly, auth, NULL, err);

    gid_t gid = (gid_t)-1;
    if (c->unix_sock_group && daemon->privileged && !row->admin && !vir_proc_group(c->unix_sock_group, &gid, err))
        return FALSE;
    guint mode = row->admin ? c->sock_admin_mode : row->readonly ? c->sock_ro_mode : c->sock_rw_mode;
    if (!daemon->privileged)
        mode = 0700;
    g_autofree char *path = g_strdup_printf("%s/%s-%s", c->unix_sock_dir ? c->unix_sock_dir : daemon->run_dir,
                                            daemon->spec->name, row->suffix);
    return vir_server_listen_unix(server, path, mode, gid, row->readonly, auth, err);
}

/* systemd's protocol: LISTEN_PID is ours, LISTEN_FDS descriptors from 3 on, LISTEN_FDNAMES their units. */
static gboolean inherit_sockets(VirDaemon *daemon, GError **err)
{
    const char *pid = g_getenv("LISTEN_PID"), *fds = g_getenv("LISTEN_FDS"), *names = g_getenv("LISTEN_FDNAMES");
    if (!pid || !fds || g_ascii_strtoull(pid, NULL, 10) != (guint64)getpid())
        return TRUE;
    guint64 n = g_ascii_strtoull(fds, NULL, 10);
    if (n < 1)
        return TRUE;
    g_auto(GStrv) list = g_strsplit(names ? names : "", ":", -1);
    if (!names || g_strv_length(list) != n)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "LISTEN_FDNAMES must name each of the %s sockets passed", fds);
    for (guint i = 0; i < n; i++) {
        const SocketRow *row = NULL;
        for (gsize r = 0; r < G_N_ELEMENTS(socket_rows) && !row; r++) {
            g_autofree char *unit = g_strconcat(daemon->spec->name, socket_rows[r].unit_suffix, NULL);
            if (g_str_equal(unit, list[i]))
                row = &socket_rows[r];
        }
        if (!row)
            return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "%s knows no socket named '%s'", daemon->spec->name, list[i]);
        if (!listen_on(daemon, row, 3 + (int)i, err))
            return FALSE;
    }
    g_unsetenv("LISTEN_PID");
    g_unsetenv("LISTEN_FDS");
    g_unsetenv("LISTEN_FDNAMES");
    daemon->inherited_sockets = TRUE;
    return TRUE;
}

gboolean vir_daemon_open_sockets(VirDaemon *daemon, GError **err)
{
    if (!inherit_sockets(daemon, err))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(socket_rows) && !daemon->inherited_sockets; i++) {
        const SocketRow *row = &socket_rows[i];
        if (!(row->system_only && !daemon->privileged) && !listen_on(daemon, row, -1, err))
            return FALSE;
    }
    return TRUE;
}

void vir_daemon_notify(const char *state)
{
    const char *path = g_getenv("NOTIFY_SOCKET");
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    if (!path || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof(addr.sun_path))
        return;
    memcpy(addr.sun_path, path, strlen(path));
    if (path[0] == '@')
        addr.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&addr,
               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path))) < 0)
        VIR_WARN("cannot notify the service manager: %s", g_strerror(errno));
    close(fd);
}

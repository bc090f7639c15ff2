/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define VIR_LOG_SOURCE "daemon.main"
#include "daemon/daemon.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "daemon/conn.h"
#include "util/log.h"
#include "util/pool.h"
#include "util/proc.h"

#define VIR_FROM_THIS VIR_FROM_NONE

#define STOP_GRACE_US (5 * G_USEC_PER_SEC)     /* running calls get this long at the end */

/* Exit codes are an interface. */
enum {
    EXIT_RUN_DIR = 2,
    EXIT_INIT = 3,
    EXIT_SIGNALS = 4,
    EXIT_NETWORK = 6,
    EXIT_DRIVER = 11,
};

static gboolean fail_step(const char *step, GError *err, VirDaemon *daemon, int code)
{
    VIR_LOGE("%s: %s: %s", daemon->spec->name, step, err ? err->message : "failed");
    g_clear_error(&err);
    daemon->exit_code = code;
    return FALSE;
}

/* ---- idle exit ---- */

static void idle_expired(gpointer data)
{
    VirDaemon *daemon = data;
    gboolean busy = daemon->spec->busy && daemon->spec->busy(daemon);
    if (daemon->server->nclients == 0 && daemon->admin->nclients == 0 && !busy)
        vir_daemon_quit(daemon);
    else
        vir_daemon_check_idle(daemon);
}

static void check_idle(gpointer data)
{
    VirDaemon *daemon = data;
    if (!daemon->options.timeout || daemon->server->nclients > 0 || daemon->admin->nclients > 0 || daemon->stopping)
        vir_timer_disarm(&daemon->idle);
    else
        vir_timer_arm(&daemon->idle, g_get_monotonic_time() + (gint64)daemon->options.timeout * G_USEC_PER_SEC,
                      idle_expired, daemon);
}

void vir_daemon_check_idle(VirDaemon *daemon)
{
    if (daemon->options.timeout)
        vir_io_post(daemon->io, check_idle, daemon);
}

void vir_daemon_set_timeout(VirDaemon *daemon, int seconds)
{
    daemon->options.timeout = seconds;
    vir_io_post(daemon->io, check_idle, daemon);
}

/* ---- signals ---- */

void vir_daemon_quit(VirDaemon *daemon)
{
    g_main_loop_quit(daemon->loop);
}

static void reload(VirDaemon *daemon)
{
    g_autofree char *reloading =
        g_strdup_printf("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time());
    vir_daemon_notify(reloading);
    g_autoptr(GError) err = NULL;
    if (!vir_log_reopen(&err))
        VIR_WARN("cannot open the log again: %s, ignoring", err->message);
    if (daemon->spec->reload)
        daemon->spec->reload(daemon);
    vir_daemon_notify("READY=1");
}

typedef struct {
    VirIoWatch watch;
    VirDaemon *daemon;
} Signals;

static void signal_ready(VirIoWatch *watch, guint events)
{
    struct signalfd_siginfo info;
    while (read(watch->fd, &info, sizeof(info)) == sizeof(info)) {
        if (info.ssi_signo == SIGHUP)
            reload(((Signals *)watch)->daemon);
        else
            vir_daemon_quit(((Signals *)watch)->daemon);
    }
}

/* Blocked in every thread and read from a descriptor; children get a clean mask from whoever starts them. */
static gboolean watch_signals(VirDaemon *daemon)
{
    static Signals signals = { .watch = { .ready = signal_ready } };
    GError *err = NULL;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGQUIT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    signals.daemon = daemon;
    if (fd < 0 || !vir_io_add(daemon->io, &signals.watch, fd, EPOLLIN, &err))
        return fail_step("signals", err, daemon, EXIT_SIGNALS);
    return TRUE;
}

/* ---- steps of the start ---- */

static void apply_limits(VirDaemon *daemon)
{
    const VirDaemonConfig *c = &daemon->config;
    VirServerLimits main_limits = { c->max_clients, c->max_anonymous_clients, c->max_client_requests,
                                    c->keepalive_interval, c->keepalive_count };
    VirServerLimits admin_limits = { c->admin_max_clients, 0, c->admin_max_client_requests,
                                     c->admin_keepalive_interval, c->admin_keepalive_count };
    vir_server_update_limits(daemon->server, &main_limits);
    vir_server_update_limits(daemon->admin, &admin_limits);
    VirDeadlines *d = &daemon->driver.deadlines;
    *d = vir_deadlines_default;
    d->us[VIR_JOB_QUERY] = c->query_timeout * G_USEC_PER_SEC;
    d->us[VIR_JOB_MODIFY] = c->modify_timeout * G_USEC_PER_SEC;
    d->us[VIR_JOB_DESTROY] = c->destroy_timeout * G_USEC_PER_SEC;
}

static gboolean load_config(VirDaemon *daemon)
{
    GError *err = NULL;
    gboolean given = daemon->options.config_file != NULL;
    g_autofree char *path = given ? g_strdup(daemon->options.config_file)
                                  : g_strdup_printf("%s/%s.conf", daemon->config_dir, daemon->spec->name);
    if (!vir_daemon_config_load(&daemon->config, path, given, daemon->privileged, &err))
        return fail_step("configuration", err, daemon, EXIT_FAILURE);
    if (!vir_daemon_setup_logging(daemon, &err))
        return fail_step("logging", err, daemon, EXIT_FAILURE);
    return TRUE;
}

/* The parent waits for one byte: the child's exit code, or success once it is ready. */
static int daemonize(void)
{
    int fds[2];
    if (pipe(fds) < 0)
        return -1;
    pid_t pid = fork();
    if (pid < 0)
        return -1;
    if (pid > 0) {
        unsigned char status = EXIT_FAILURE;
        close(fds[1]);
        if (read(fds[0], &status, 1) != 1)
            status = EXIT_FAILURE;
        _exit(status);
    }
    close(fds[0]);
    setsid();
    if (fork() != 0)
        _exit(EXIT_SUCCESS);
    int null = open("/dev/null", O_RDWR);
    if (null >= 0) {
        for (int fd = 0; fd <= 2; fd++)
            dup2(null, fd);
        if (null > 2)
            close(null);
    }
    if (chdir("/") < 0)
        _exit(EXIT_FAILURE);
    fcntl(fds[1], F_SETFD, FD_CLOEXEC);
    return fds[1];
}

static void report_ready(int fd, int code)
{
    unsigned char status = (unsigned char)code;
    if (fd >= 0) {
        if (write(fd, &status, 1) < 0)
            VIR_WARN("the starting process is gone");
        close(fd);
    }
}

static gboolean start_servers(VirDaemon *daemon)
{
    GError *err = NULL;
    daemon->server = vir_server_new(daemon->io, daemon->spec->name, &vir_conn_handler, daemon);
    daemon->admin = vir_server_new(daemon->io, "admin", &vir_conn_handler, daemon);
    apply_limits(daemon);
    if (!vir_daemon_open_sockets(daemon, &err))
        return fail_step("sockets", err, daemon, EXIT_NETWORK);
    return TRUE;
}

static gboolean start_driver(VirDaemon *daemon)
{
    GError *err = NULL;
    VirDriver *driver = &daemon->driver;
    driver->events = vir_events_new(NULL);
    if (!daemon->spec->start(daemon, driver, &err))
        return fail_step("start", err, daemon, EXIT_DRIVER);
    daemon->base = (VirDriver){ .ops = &vir_base_ops, .events = driver->events, .data = daemon,
                                .error_domain = VIR_FROM_RPC };
    daemon->admin_driver = (VirDriver){ .ops = &vir_admin_ops, .events = driver->events, .data = daemon,
                                        .error_domain = VIR_FROM_ADMIN };
    return TRUE;
}

static gboolean begin(VirDaemon *daemon)
{
    GError *err = NULL;
    if (!vir_daemon_set_paths(daemon, &err))
        return fail_step("run directory", err, daemon, EXIT_RUN_DIR);
    if (!load_config(daemon))
        return FALSE;
    if (!vir_daemon_lock_pid_file(daemon, &err))
        return fail_step("pid file", err, daemon, EXIT_FAILURE);
    daemon->loop = g_main_loop_new(NULL, FALSE);
    daemon->io = vir_io_new(NULL);
    return watch_signals(daemon) && start_servers(daemon) && start_driver(daemon);
}

/* Nobody new, then the running calls, then the connections. Guests stay. */
static void end(VirDaemon *daemon)
{
    daemon->stopping = TRUE;
    vir_daemon_notify("STOPPING=1");
    if (daemon->server) {
        vir_server_stop_listening(daemon->server);
        vir_server_stop_listening(daemon->admin);
        vir_server_close_clients(daemon->server);
        vir_server_close_clients(daemon->admin);
    }
    if (!vir_pool_drain(STOP_GRACE_US))
        VIR_WARN("calls still run after %d s, leaving them", (int)(STOP_GRACE_US / G_USEC_PER_SEC));
    if (daemon->spec->stop && daemon->driver.ops)
        daemon->spec->stop(daemon);
    if (daemon->pid_fd >= 0)
        vir_pidfile_release(daemon->options.pid_file, daemon->pid_fd);
}

int vir_daemon_main(const VirDaemonSpec *spec, int argc, char **argv)
{
    VirDaemon *daemon = g_new0(VirDaemon, 1);
    int ready_fd = -1;
    daemon->spec = spec;
    daemon->host = vir_host_real();
    daemon->pid_fd = -1;
    if (!vir_daemon_parse_options(daemon, argc, argv, &daemon->exit_code))
        return daemon->exit_code;
    signal(SIGPIPE, SIG_IGN);
    if (daemon->options.daemonize && (ready_fd = daemonize()) < 0) {
        fprintf(stderr, "%s: cannot go to the background\n", spec->name);
        return EXIT_FAILURE;
    }

    gboolean ok = begin(daemon);
    report_ready(ready_fd, daemon->exit_code);
    if (ok) {
        vir_daemon_notify("READY=1");
        vir_daemon_check_idle(daemon);
        g_main_loop_run(daemon->loop);
    }
    end(daemon);
    return daemon->exit_code;
}

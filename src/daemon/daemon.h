/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The skeleton of every daemon: options, configuration, sockets, servers, signals, idle exit, orderly end. A daemon is
 * a spec and one call of vir_daemon_main.
 */
#pragma once

#include "daemon/settings.h"
#include "rpc/server.h"
#include "store/invoke.h"
#include "util/host.h"

typedef struct VirDaemon VirDaemon;

typedef struct {
    const char *name;              /* "virtqemud" */
    const char *scheme;            /* "qemu": of the URIs it serves */
    /* Fills in ops, stores and data of @driver, loads what is defined, takes over what runs. Sockets already queue
     * clients; nothing is served before it returns. */
    gboolean (*start)(VirDaemon *daemon, VirDriver *driver, GError **err);
    void (*reload)(VirDaemon *daemon);   /* SIGHUP; may be NULL */
    void (*stop)(VirDaemon *daemon);     /* guests stay; may be NULL */
    /* Whether objects exist whose events would be lost by an exit for idleness. */
    gboolean (*busy)(VirDaemon *daemon);
    /* A new connection asks for @uri (never NULL; empty: whatever is served). May be NULL: scheme and mode are checked. */
    gboolean (*open)(VirSession *session, const char *uri, GError **err);
} VirDaemonSpec;

typedef struct {
    gboolean verbose, daemonize, session;
    int timeout;                   /* seconds without client and work until exit; 0: never */
    char *config_file, *pid_file;
} VirDaemonOptions;

struct VirDaemon {
    const VirDaemonSpec *spec;
    VirDaemonOptions options;
    VirDaemonConfig config;
    gboolean privileged;           /* system mode */
    char *config_dir;              /* /etc/libvirt or the user's */
    char *run_dir;                 /* /run/libvirt or the user's */
    char *cache_dir, *log_dir, *lib_dir;
    const VirHost *host;
    GMainLoop *loop;
    VirIo *io;
    VirServer *server, *admin;
    VirDriver driver;              /* what the spec's start filled in */
    VirDriver base;                /* calls that every daemon serves itself: open, close, features, events */
    VirDriver admin_driver;
    int pid_fd;
    gboolean inherited_sockets;
    VirTimer idle;
    gboolean stopping;
    int exit_code;
};

/* Returns the exit code. */
int vir_daemon_main(const VirDaemonSpec *spec, int argc, char **argv);

/* Any thread: ends the main loop in order. */
void vir_daemon_quit(VirDaemon *daemon);
/* Looks again whether the daemon is idle: clients came or went, objects became active or inactive. Any thread. */
void vir_daemon_check_idle(VirDaemon *daemon);
void vir_daemon_set_timeout(VirDaemon *daemon, int seconds);

/* ---- set-up (setup.c) ---- */
gboolean vir_daemon_parse_options(VirDaemon *daemon, int argc, char **argv, int *ret_exit);
gboolean vir_daemon_set_paths(VirDaemon *daemon, GError **err);
gboolean vir_daemon_setup_logging(VirDaemon *daemon, GError **err);
gboolean vir_daemon_lock_pid_file(VirDaemon *daemon, GError **err);
gboolean vir_daemon_open_sockets(VirDaemon *daemon, GError **err);
void vir_daemon_notify(const char *state);

extern const VirOps vir_base_ops;      /* session-calls.c, event-calls.c */
extern const VirOps vir_admin_ops;     /* admin.c */

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define VIR_LOG_SOURCE "qemu.driver"
#include "virtqemud/driver.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/file.h"
#include "util/log.h"
#include "util/pool.h"
#include "util/proc.h"
#include "virtqemud/domain.h"
#include "virtqemud/ops.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

QemuConf *qemu_driver_conf(QemuDriver *qemu)
{
    g_mutex_lock(&qemu->conf_lock);
    QemuConf *conf = virObjectRef(qemu->conf);
    g_mutex_unlock(&qemu->conf_lock);
    return conf;
}

/* ---- display ports ---- */

static gboolean port_is_free(guint port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons((guint16)port) };
    int one = 1;
    gboolean available = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == 0 &&
                         bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0;
    if (fd >= 0)
        close(fd);
    return available;
}

guint qemu_port_take(QemuDriver *qemu, gpointer owner, guint min, guint max, GError **err)
{
    guint found = 0;
    g_mutex_lock(&qemu->ports_lock);
    for (guint port = min; port <= max && !found; port++) {
        if (!g_hash_table_contains(qemu->ports, GUINT_TO_POINTER(port)) && port_is_free(port))
            found = port;
    }
    if (found)
        g_hash_table_insert(qemu->ports, GUINT_TO_POINTER(found), owner);
    g_mutex_unlock(&qemu->ports_lock);
    if (!found)
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "no display port is free between %u and %u", min, max);
    return found;
}

gboolean qemu_port_claim(QemuDriver *qemu, gpointer owner, guint port, GError **err)
{
    g_mutex_lock(&qemu->ports_lock);
    gpointer holder = g_hash_table_lookup(qemu->ports, GUINT_TO_POINTER(port));
    if (!holder)
        g_hash_table_insert(qemu->ports, GUINT_TO_POINTER(port), owner);
    g_mutex_unlock(&qemu->ports_lock);
    if (!holder || holder == owner)
        return TRUE;
    return vir_fail_full(err, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR,
                         "the display port %u is in use by another domain; choose another or autoport='yes'", port);
}

void qemu_port_release(QemuDriver *qemu, gpointer owner, guint port)
{
    g_mutex_lock(&qemu->ports_lock);
    if (g_hash_table_lookup(qemu->ports, GUINT_TO_POINTER(port)) == owner)
        g_hash_table_remove(qemu->ports, GUINT_TO_POINTER(port));
    g_mutex_unlock(&qemu->ports_lock);
}

/* ---- start ---- */

static QemuConf *load_conf(QemuDriver *qemu, GError **err)
{
    g_auto(GStrv) warnings = NULL;
    QemuConf *conf = qemu_conf_load(qemu->dirs, &warnings, err);
    for (char **line = warnings; line && *line; line++)
        VIR_WARN("%s", *line);
    return conf;
}

static gboolean make_security(QemuDriver *qemu, GError **err)
{
    const QemuConf *conf = qemu->conf;
    HvSecurityOptions opts = {
        .drivers = (const char *const *)conf->security_driver,
        .privileged = !conf->session,
        .uid = conf->uid,
        .gid = conf->gid,
        .dynamic_ownership = conf->dynamic_ownership,
        .remember_owner = conf->remember_owner,
        .default_confined = conf->security_default_confined,
        .require_confined = conf->security_require_confined,
        .shared_filesystems = (const char *const *)conf->shared_filesystems,
    };
    qemu->security = hv_security_new(qemu->host, &opts, err);
    return qemu->security != NULL;
}

static gboolean open_dirs(QemuDriver *qemu, GError **err)
{
    if (!qemu_dirs_create(qemu->dirs, qemu->conf->uid, qemu->conf->gid, err))
        return FALSE;
    g_autofree char *lock = g_strdup_printf("%s/driver.pid", qemu->dirs->state);
    qemu->lock_fd = vir_pidfile_acquire(lock, getpid(), err);
    qemu->config_fd = qemu->lock_fd >= 0 ? vir_file_open_dir(qemu->dirs->config, err) : -1;
    qemu->state_fd = qemu->config_fd >= 0 ? vir_file_open_dir(qemu->dirs->state, err) : -1;
    return qemu->state_fd >= 0;
}

gboolean qemu_driver_start(VirDaemon *daemon, VirDriver *driver, GError **err)
{
    QemuDriver *qemu = g_new0(QemuDriver, 1);
    qemu->daemon = daemon;
    qemu->driver = driver;
    qemu->host = vir_host_real();
    qemu->events = driver->events;
    qemu->lock_fd = qemu->config_fd = qemu->state_fd = -1;
    g_mutex_init(&qemu->conf_lock);
    g_mutex_init(&qemu->ports_lock);
    g_mutex_init(&qemu->consoles_lock);
    qemu->ports = g_hash_table_new(NULL, NULL);
    qemu->consoles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)virObjectUnref);
    qemu->dirs = qemu_dirs_new(!daemon->privileged, "", err);
    if (!qemu->dirs || !(qemu->conf = load_conf(qemu, err)) || !open_dirs(qemu, err) || !make_security(qemu, err))
        return FALSE;
    VirQemuCapsConfig caps = { .host = qemu->host, .cache_dir = daemon->cache_dir,
                               .uid = qemu->conf->session ? (uid_t)-1 : qemu->conf->uid,
                               .gid = qemu->conf->session ? (gid_t)-1 : qemu->conf->gid };
    qemu->caps = vir_qemu_caps_cache_new(&caps);
    qemu->firmware = hv_firmware_list_new(qemu->host, NULL, qemu->conf->session);
    qemu->hooks = hv_hooks_new(qemu->dirs->hooks, "qemu");
    qemu->domains = vir_store_new(&qemu_domain_kind, qemu);
    driver->stores[VIR_ON_DOMAIN] = qemu->domains;
    driver->ops = &qemu_ops;
    driver->data = qemu;
    driver->error_domain = VIR_FROM_QEMU;
    if (!qemu_load_all(qemu, err))
        return FALSE;
    qemu_autostart(qemu);
    return TRUE;
}

void qemu_driver_reload(VirDaemon *daemon)
{
    QemuDriver *qemu = daemon->driver.data;
    g_autoptr(GError) err = NULL;
    QemuConf *conf = load_conf(qemu, &err);
    if (!conf) {
        VIR_WARN("%s, keeping the configuration as it was", err->message);
        return;
    }
    g_mutex_lock(&qemu->conf_lock);
    QemuConf *old = qemu->conf;
    qemu->conf = conf;
    g_mutex_unlock(&qemu->conf_lock);
    virObjectUnref(old);
}

/* Guests run on; their monitors are let go so that whoever comes next finds them free. */
void qemu_driver_stop(VirDaemon *daemon)
{
    QemuDriver *qemu = daemon->driver.data;
    if (qemu->lock_fd >= 0) {
        g_autofree char *lock = g_strdup_printf("%s/driver.pid", qemu->dirs->state);
        vir_pidfile_release(lock, qemu->lock_fd);
    }
}

gboolean qemu_driver_busy(VirDaemon *daemon)
{
    QemuDriver *qemu = daemon->driver.data;
    return g_atomic_int_get(&qemu->active) > 0;
}

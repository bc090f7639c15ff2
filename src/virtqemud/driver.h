/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the QEMU daemon is made of. Created by start, never freed while clients exist; members are set once, except the
 * configuration, which a reload replaces.
 */
#pragma once

#include "daemon/daemon.h"
#include "hv/firmware.h"
#include "hv/hooks.h"
#include "hv/security/security.h"
#include "virtqemud/caps/caps.h"
#include "virtqemud/conf.h"
#include "virtqemud/dirs.h"
#include "hv/host/facts.h"

typedef struct {
    VirDaemon *daemon;
    VirDriver *driver;
    VirHost *host;
    QemuDirs *dirs;
    VirHostFacts *facts;         /* made when first asked for: qemu_facts */
    VirQemuCapsCache *caps;
    HvSecurity *security;
    HvHooks *hooks;
    HvFirmwareList *firmware;
    VirStore *domains;
    VirEvents *events;
    int config_fd;               /* of dirs->config: writes of many documents need no look-up */
    int state_fd;                /* of dirs->state */
    int lock_fd;                 /* driver.pid */
    GMutex conf_lock;
    QemuConf *conf;              /* under conf_lock; qemu_driver_conf */
    GMutex ports_lock;
    GHashTable *ports;           /* display ports in use to their domains, under ports_lock */
    GMutex consoles_lock;
    GHashTable *consoles;        /* open streams by path of their terminal or socket, under consoles_lock */
    GPtrArray *found;            /* at the start: entries of status documents; NULL later */
    gint active;                 /* running domains, atomic */
} QemuDriver;

gboolean qemu_driver_start(VirDaemon *daemon, VirDriver *driver, GError **err);
void qemu_driver_reload(VirDaemon *daemon);
void qemu_driver_stop(VirDaemon *daemon);
gboolean qemu_driver_busy(VirDaemon *daemon);

/* The configuration of now; the caller's reference. */
QemuConf *qemu_driver_conf(QemuDriver *qemu);
static inline QemuDriver *qemu_of(VirInvocation *inv)
{
    return inv->driver->data;
}

/* Display ports: the first free one of [min, max], or exactly @port. Reserved until their owner gives them
 * back: what another domain holds stays its own. 0 or FALSE with @err set. */
guint qemu_port_take(QemuDriver *qemu, gpointer owner, guint min, guint max, GError **err);
gboolean qemu_port_claim(QemuDriver *qemu, gpointer owner, guint port, GError **err);
void qemu_port_release(QemuDriver *qemu, gpointer owner, guint port);

/* What is known of this machine; of the driver. */
VirHostFacts *qemu_facts(QemuDriver *qemu);

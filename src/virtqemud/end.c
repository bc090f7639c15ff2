/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The end of a QEMU process, running ones taken over, and what a restarted daemon finds.
 */
#define VIR_LOG_SOURCE "qemu.end"
#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "util/file.h"
#include "util/log.h"
#include "util/pool.h"
#include "virtqemud/domain.h"
#include "virtqemud/process/place.h"
#include "virtqemud/process/spawn.h"
#include "virtqemud/qmp/qmp-commands.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define TERM_MS 10000        /* QEMU may flush its disks this long */
#define KILL_MS 15000
#define RESTORE_MS 20000
#define RECONNECT_US (30 * G_USEC_PER_SEC)

gboolean qemu_hook(QemuDomain *dom, const char *op, const char *sub, VirCancel *cancel, GError **err)
{
    if (!hv_hooks_present(dom->qemu->hooks))
        return TRUE;
    g_autofree char *xml = domain_def_format(dom->live->def, VIR_XML_SECURE);
    HvHookCall call = { .object = dom->live->def->name, .op = op, .sub = sub, .input = xml };
    vir_pool_blocking_begin();
    gboolean ok = hv_hooks_run(dom->qemu->hooks, &call, NULL, cancel, err);
    vir_pool_blocking_end();
    return ok;
}

static void warn_hook(QemuDomain *dom, const char *op)
{
    g_autoptr(GError) err = NULL;
    if (!qemu_hook(dom, op, "end", NULL, &err))
        VIR_WARN("domain %s: %s, going on", dom->live->def->name, err->message);
}

/* ---- pause, go on ---- */

gboolean qemu_process_resume(QemuDomain *dom, const VirQmpWait *wait, int reason, GError **err)
{
    if (!vir_qmp_run(dom->mon, wait, err, "cont", NULL))
        return FALSE;
    qemu_domain_set_state(dom, VIR_DOMAIN_RUNNING, reason);
    qemu_domain_commit(dom);
    return TRUE;
}

gboolean qemu_process_pause(QemuDomain *dom, const VirQmpWait *wait, int reason, GError **err)
{
    if (!vir_qmp_run(dom->mon, wait, err, "stop", NULL))
        return FALSE;
    qemu_domain_set_state(dom, VIR_DOMAIN_PAUSED, reason);
    qemu_domain_commit(dom);
    return TRUE;
}

void qemu_process_fake_reboot(QemuDomain *dom)
{
    VirQmpWait wait = { .deadline_us = g_get_monotonic_time() + RECONNECT_US };
    g_autoptr(GError) err = NULL;
    dom->fake_reboot = FALSE;
    dom->rebooting = TRUE;
    if (vir_qmp_run(dom->mon, &wait, &err, "system_reset", NULL) &&
        qemu_process_resume(dom, &wait, VIR_DOMAIN_RUNNING_BOOTED, &err))
        return;
    VIR_WARN("domain %s: cannot be rebooted: %s", dom->live->def->name, err->message);
    qemu_process_end_by_guest(dom);
}

void qemu_process_end_by_guest(QemuDomain *dom)
{
    g_autoptr(GError) err = NULL;
    dom->shutdown_seen = TRUE;
    if (!vir_proc_pidfd_signal(dom->pidfd, SIGTERM, &err))
        VIR_WARN("domain %s: cannot end QEMU: %s", dom->live->def->name, err->message);
}

/* ---- kill ---- */

static gboolean monitor_closed(gpointer data)
{
    const QemuDomain *dom = data;
    return dom->mon_closed || !dom->mon;
}

gboolean qemu_process_kill(QemuDomain *dom, gboolean graceful, VirCancel *cancel, GError **err)
{
    dom->begun_shutdown = TRUE;
    /* One that does not listen any more will not hear SIGTERM either. */
    gboolean deaf = dom->mon && vir_qmp_is_unanswered(dom->mon, NULL, NULL);
    vir_pool_blocking_begin();
    gboolean ok = qemu_kill(dom->pidfd, dom->live->def->name, graceful, deaf && !graceful ? 1000 : TERM_MS, KILL_MS,
                            cancel, err);
    vir_pool_blocking_end();
    if (!ok) {
        dom->begun_shutdown = FALSE;
        return FALSE;
    }
    /* Its last words come before what we have to say. */
    vir_actor_wait(dom->entry->actor, monitor_closed, dom, g_get_monotonic_time() + 2 * G_USEC_PER_SEC, NULL);
    return TRUE;
}

/* ---- taking everything back ---- */

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = path ? g_dir_open(path, 0, NULL) : NULL;
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_file_test(child, G_FILE_TEST_IS_DIR) && !g_file_test(child, G_FILE_TEST_IS_SYMLINK))
            remove_tree(child);
        else
            unlink(child);
    }
    if (path && rmdir(path) < 0 && errno != ENOENT)
        VIR_WARN("cannot remove '%s': %s", path, g_strerror(errno));
}

static void end_process(QemuDomain *dom)
{
    g_autoptr(GError) err = NULL;
    int status;
    if (dom->pidfd < 0)
        return;
    if (!vir_proc_pidfd_wait(dom->pidfd, 0)) {
        vir_pool_blocking_begin();
        if (!qemu_kill(dom->pidfd, dom->live->def->name, FALSE, 0, KILL_MS, NULL, &err))
            VIR_WARN("domain %s: %s", dom->live->def->name, err->message);
        vir_pool_blocking_end();
    }
    qemu_reap(&dom->pidfd, &status);
}

static void restore_files(QemuDomain *dom)
{
    g_autoptr(GError) err = NULL;
    if (!dom->labels)
        return;
    vir_pool_blocking_begin();
    if (!hv_security_restore(dom->qemu->security, dom->labels, RESTORE_MS, &err))
        VIR_WARN("domain %s: %s", dom->live->def->name, err->message);
    vir_pool_blocking_end();
}

static void remove_placement(QemuDomain *dom)
{
    g_autoptr(GError) err = NULL;
    if (!dom->placement)
        return;
    vir_pool_blocking_begin();
    if (!hv_placement_remove(dom->placement, &err))
        VIR_WARN("domain %s: %s", dom->live->def->name, err->message);
    vir_pool_blocking_end();
}

static void release_ports(QemuDomain *dom)
{
    const DomainDef *def = dom->live->def;
    for (guint i = 0; i < def->graphics.n; i++) {
        const DomainGraphics *g = def->graphics.v[i];
        if (g->port > 0)
            qemu_port_release(dom->qemu, dom, (guint)g->port);
        if (g->websocket > 0)
            qemu_port_release(dom->qemu, dom, (guint)g->websocket);
    }
}

static void forget_process(QemuDomain *dom)
{
    g_clear_pointer(&dom->mon, virObjectUnref);
    g_clear_pointer(&dom->caps, virObjectUnref);
    g_clear_pointer(&dom->placement, hv_placement_free);
    g_clear_pointer(&dom->labels, hv_label_set_free);
    g_clear_pointer(&dom->log, qemu_log_free);
    g_clear_pointer(&dom->plan, vir_plan_free);
    g_clear_pointer(&dom->vcpu_tids, g_free);
    g_clear_pointer(&dom->mon_path, g_free);
    g_clear_pointer(&dom->lib_dir, g_free);
    g_clear_pointer(&dom->channel_dir, g_free);
    g_clear_pointer(&dom->foreign_status, g_free);
    dom->n_vcpus = 0;
    dom->pid = 0;
    dom->start_time = 0;
    dom->phase = QEMU_PHASE_NONE;
}

void qemu_process_cleanup(QemuDomain *dom)
{
    if (!qemu_domain_is_active(dom)) {
        qemu_domain_set_live(dom, NULL);
        qemu_domain_set_state(dom, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_FAILED);
        return;
    }
    qemu_autodestroy_disarm(dom);
    if (dom->mon)
        vir_qmp_close(dom->mon);
    end_process(dom);
    warn_hook(dom, "stopped");
    restore_files(dom);
    remove_placement(dom);
    if (dom->plan)
        vir_plan_undo_host(dom->plan);
    qemu_place_unlink_sockets(dom->live->def);
    release_ports(dom);
    remove_tree(dom->lib_dir);
    remove_tree(dom->channel_dir);
    g_autofree char *pid_file = qemu_dirs_pid_file(dom->qemu->dirs, dom->live->def->name);
    unlink(pid_file);
    warn_hook(dom, "release");
    qemu_status_remove(dom);
    forget_process(dom);
    dom->generation++;
    dom->id = -1;
    vir_store_set_id(dom->entry, -1);
    qemu_domain_set_live(dom, NULL);
    qemu_domain_set_state(dom, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_FAILED);
    g_atomic_int_add(&dom->qemu->active, -1);
    vir_daemon_check_idle(dom->qemu->daemon);
}

static const char *const stop_reasons[] = { "unknown", "shutdown", "destroyed", "crashed", "migrated", "saved", "failed",
                                            "from snapshot", "daemon" };

void qemu_process_stop(QemuDomain *dom, VirInvocation *inv, int shutoff_reason, int event_detail)
{
    g_autoptr(DomainDoc) last = virObjectRef(dom->live);
    if (dom->log)
        qemu_log_stop(dom->log, stop_reasons[shutoff_reason], NULL);
    dom->phase = QEMU_PHASE_STOPPING;
    g_autoptr(GError) err = NULL;
    if (!qemu_status_save(dom, &err))
        VIR_WARN("domain %s: %s, going on", last->def->name, err->message);
    qemu_process_cleanup(dom);
    qemu_domain_set_state(dom, VIR_DOMAIN_SHUTOFF, shutoff_reason);
    if (dom->config) {
        qemu_domain_publish(dom);
        qemu_event_lifecycle(dom, inv, VIR_DOMAIN_EVENT_STOPPED, event_detail);
    } else {
        /* The name lives on in the event. */
        qemu_domain_set_live(dom, virObjectRef(last));
        qemu_domain_publish(dom);
        qemu_event_lifecycle(dom, inv, VIR_DOMAIN_EVENT_STOPPED, event_detail);
        qemu_domain_set_live(dom, NULL);
        vir_store_remove(dom->entry);
    }
}

/* ---- after a restart of the daemon ---- */

static void find_placement(QemuDomain *dom)
{
    g_autoptr(QemuConf) conf = qemu_driver_conf(dom->qemu);
    g_autoptr(GError) err = NULL;
    HvPlacementSpec spec = { .driver = "qemu", .id = dom->id, .name = dom->live->def->name, .uuid = dom->entry->uuid,
                             .leader = dom->pid, .root_dir = "", .session = conf->session,
                             .controllers = conf->cgroup_controller_mask };
    dom->placement = hv_placement_find(dom->qemu->host, &spec, &err);
    if (err)
        VIR_WARN("domain %s: %s, going on", dom->live->def->name, err->message);
}

static void attach_log(QemuDomain *dom)
{
    g_autofree char *path = qemu_dirs_log_file(dom->qemu->dirs, dom->live->def->name);
    QemuLogSpec spec = { .path = path, .driver = "qemu", .name = dom->live->def->name, .uuid = dom->entry->uuid };
    dom->log = qemu_log_attach(dom->qemu->host, &spec, NULL);
}

static void find_caps(QemuDomain *dom)
{
    g_autoptr(GError) err = NULL;
    if (dom->caps)
        return;
    vir_pool_blocking_begin();
    dom->caps = vir_qemu_caps_get(dom->qemu->caps, dom->live->def->emulator, &err);
    vir_pool_blocking_end();
    if (!dom->caps)
        VIR_WARN("domain %s: %s, going on", dom->live->def->name, err->message);
}

/* Files of a guest that libvirt started: it keeps no list, the document tells. */
static void find_labels(QemuDomain *dom)
{
    if (dom->labels)
        return;
    find_caps(dom);
    dom->labels = qemu_labels_of(dom);
    if (dom->labels)
        hv_label_set_mark_applied(dom->labels);
}

static void claim_ports(QemuDomain *dom)
{
    const DomainDef *def = dom->live->def;
    for (guint i = 0; i < def->graphics.n; i++) {
        if (def->graphics.v[i]->port > 0)
            qemu_port_claim(dom->qemu, dom, (guint)def->graphics.v[i]->port, NULL);
        if (def->graphics.v[i]->websocket > 0)
            qemu_port_claim(dom->qemu, dom, (guint)def->graphics.v[i]->websocket, NULL);
    }
}

/* Not running (any more): whatever is left of it goes. */
static void take_back(QemuDomain *dom, int reason, int detail)
{
    if (!dom->placement)
        find_placement(dom);
    find_labels(dom);
    qemu_process_stop(dom, NULL, reason, detail);
}

/* A QEMU that has not noticed yet that its last client is gone drops the next one: then once more. */
static gboolean attach_again(QemuDomain *dom, const VirQmpWait *wait, GError **err)
{
    for (int tries = 0; tries < 10; tries++) {
        g_clear_error(err);
        if (qemu_process_attach(dom, wait, err))
            return TRUE;
        if (vir_proc_pidfd_wait(dom->pidfd, 0) || !dom->mon || !vir_qmp_is_closed(dom->mon))
            return FALSE;
        g_clear_pointer(&dom->mon, virObjectUnref);
        dom->generation++;
    }
    return FALSE;
}

void qemu_process_reconnect(QemuDomain *dom)
{
    g_autoptr(GError) err = NULL;
    VirQmpWait wait = { .deadline_us = g_get_monotonic_time() + RECONNECT_US };
    const char *name = dom->live->def->name;
    dom->generation++;
    claim_ports(dom);
    if (dom->pid > 0)
        dom->pidfd = vir_proc_pidfd(dom->pid, dom->start_time, &err);
    if (dom->pidfd < 0) {
        VIR_WARN("domain %s: process %d (started at %" G_GUINT64_FORMAT ") is gone%s%s", name, (int)dom->pid,
                 dom->start_time, err ? ": " : "", err ? err->message : "");
        take_back(dom, dom->phase == QEMU_PHASE_STARTING ? VIR_DOMAIN_SHUTOFF_FAILED : VIR_DOMAIN_SHUTOFF_CRASHED,
                  VIR_DOMAIN_EVENT_STOPPED_FAILED);
        return;
    }
    find_placement(dom);
    if (dom->phase != QEMU_PHASE_RUNNING) {
        VIR_WARN("domain %s: its start or stop had not ended, taking it back", name);
        dom->begun_shutdown = TRUE;
        take_back(dom, VIR_DOMAIN_SHUTOFF_FAILED, VIR_DOMAIN_EVENT_STOPPED_FAILED);
        return;
    }
    find_labels(dom);
    attach_log(dom);
    find_caps(dom);
    if (!attach_again(dom, &wait, &err)) {
        /* It may be stopped or very slow: it stays listed, and its end is noticed. */
        VIR_WARN("domain %s: %s; it is listed and can be destroyed", name, err->message);
        qemu_domain_publish(dom);
        return;
    }
    if (!qemu_process_resync(dom, &wait, &err) || !qemu_process_resync_state(dom, &wait, &err)) {
        VIR_WARN("domain %s: %s", name, err->message);
        qemu_domain_publish(dom);
        return;
    }
    if (!dom->start_time)
        dom->start_time = vir_proc_start_time(dom->qemu->host, dom->pid);
    qemu_domain_commit(dom);
    g_clear_error(&err);
    if (!qemu_hook(dom, "reconnect", "begin", NULL, &err))
        VIR_WARN("domain %s: %s, going on", name, err->message);
}

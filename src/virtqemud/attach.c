/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The bond to a QEMU process: its monitor, and the watch on its end. What comes from other threads is posted to the
 * domain's actor with the generation of the process it is about; what is about an earlier one is dropped there.
 */
#define VIR_LOG_SOURCE "qemu.attach"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/log.h"
#include "util/pool.h"
#include "virtqemud/domain.h"
#include "virtqemud/qmp/qmp-commands.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

/* ---- from the monitor's thread and the loop to the actor ---- */

typedef enum { NEWS_EVENT, NEWS_MONITOR_CLOSED, NEWS_EXIT, NEWS_LATE } NewsKind;

typedef struct {
    VirActorJob job;
    NewsKind kind;
    VirEntry *entry;         /* reference */
    guint generation;
    char *name;              /* of the event or command */
    VirJson *data;
    gint64 seconds;
    guint micros;
} News;

static void process_ended(QemuDomain *dom)
{
    /* A kill that waits does the rest itself; so does a start. */
    if (!dom->mon_closed || !dom->exited || dom->begun_shutdown || dom->phase != QEMU_PHASE_RUNNING)
        return;
    if (dom->shutdown_seen)
        qemu_process_stop(dom, NULL, VIR_DOMAIN_SHUTOFF_SHUTDOWN, VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN);
    else
        qemu_process_stop(dom, NULL, VIR_DOMAIN_SHUTOFF_CRASHED, VIR_DOMAIN_EVENT_STOPPED_FAILED);
}

/* A command was answered after its caller had gone: what it did is looked up, then the domain is whole again. */
static void answered_late(QemuDomain *dom, const char *command)
{
    VirQmpWait wait = { .deadline_us = g_get_monotonic_time() + 5 * G_USEC_PER_SEC };
    g_autoptr(GError) err = NULL;
    VIR_WARN("domain %s: QEMU answered '%s' late, asking it for its state", dom->live->def->name, command);
    if (!qemu_process_resync_state(dom, &wait, &err))
        VIR_WARN("domain %s: %s", dom->live->def->name, err->message);
}

static void news_run(VirActorJob *job)
{
    News *news = (News *)job;
    QemuDomain *dom = qemu_domain_of(news->entry);
    if (dom && dom->generation == news->generation && qemu_domain_is_active(dom)) {
        switch (news->kind) {
        case NEWS_EVENT:
            qemu_handle_event(dom, news->name, news->data, news->seconds, news->micros);
            break;
        case NEWS_MONITOR_CLOSED:
            dom->mon_closed = TRUE;
            process_ended(dom);
            break;
        case NEWS_EXIT:
            dom->exited = TRUE;
            process_ended(dom);
            break;
        case NEWS_LATE:
            answered_late(dom, news->name);
            break;
        }
    }
    if (news->data)
        vir_json_unref(news->data);
    g_free(news->name);
    virObjectUnref(news->entry);
    g_free(news);
}

typedef struct {
    VirEntry *entry;         /* reference */
    guint generation;
} Bond;

static void tell(const Bond *bond, NewsKind kind, const char *name, VirJson *data, gint64 seconds, guint micros)
{
    News *news = g_new0(News, 1);
    news->job = (VirActorJob){ .name = "QEMU event", .run = news_run, .queue = VIR_ACTOR_EVENT };
    news->kind = kind;
    news->entry = virObjectRef(bond->entry);
    news->generation = bond->generation;
    news->name = g_strdup(name);
    news->data = data;
    news->seconds = seconds;
    news->micros = micros;
    vir_actor_post(bond->entry->actor, &news->job);
}

static void bond_free(gpointer data)
{
    Bond *bond = data;
    virObjectUnref(bond->entry);
    g_free(bond);
}

static Bond *bond_new(QemuDomain *dom)
{
    Bond *bond = g_new(Bond, 1);
    *bond = (Bond){ virObjectRef(dom->entry), dom->generation };
    return bond;
}

static void mon_event(VirQmp *q, const char *name, VirJson *data, gint64 seconds, guint micros, gpointer opaque)
{
    tell(opaque, NEWS_EVENT, name, data, seconds, micros);
}

static void mon_closed(VirQmp *q, const GError *reason, gpointer opaque)
{
    tell(opaque, NEWS_MONITOR_CLOSED, NULL, NULL, 0, 0);
}

static void mon_late(VirQmp *q, const char *command, gboolean succeeded, guint unanswered, gpointer opaque)
{
    if (unanswered == 0)
        tell(opaque, NEWS_LATE, command, NULL, 0, 0);
}

/* ---- the end of the process ---- */

typedef struct {
    VirIoWatch watch;
    VirIo *io;
    Bond *bond;
    int fd;
} ExitWatch;

static void exit_ready(VirIoWatch *watch, guint events)
{
    ExitWatch *exit_watch = (ExitWatch *)watch;
    vir_io_remove(exit_watch->io, watch);
    close(exit_watch->fd);
    tell(exit_watch->bond, NEWS_EXIT, NULL, NULL, 0, 0);
    bond_free(exit_watch->bond);
    g_free(exit_watch);
}

static void add_exit_watch(gpointer data)
{
    ExitWatch *exit_watch = data;
    g_autoptr(GError) err = NULL;
    if (!vir_io_add(exit_watch->io, &exit_watch->watch, exit_watch->fd, EPOLLIN, &err))
        VIR_WARN("cannot watch a QEMU process: %s", err->message);
}

/* The watch has a descriptor of its own and lives until the process is gone. */
static gboolean watch_exit(QemuDomain *dom, GError **err)
{
    int fd = fcntl(dom->pidfd, F_DUPFD_CLOEXEC, 3);
    if (fd < 0)
        return vir_fail_errno(err, errno, "cannot duplicate the descriptor of process %d", (int)dom->pid);
    ExitWatch *exit_watch = g_new0(ExitWatch, 1);
    exit_watch->watch = (VirIoWatch){ .ready = exit_ready, .fd = -1 };
    exit_watch->io = dom->qemu->daemon->io;
    exit_watch->bond = bond_new(dom);
    exit_watch->fd = fd;
    vir_io_post(exit_watch->io, add_exit_watch, exit_watch);
    return TRUE;
}

/* ---- connecting ---- */

static int connect_monitor(const char *path, GError **err)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || strlen(path) >= sizeof(addr.sun_path)) {
        vir_fail_errno(err, fd < 0 ? errno : ENAMETOOLONG, "cannot connect to the monitor '%s'", path);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    strcpy(addr.sun_path, path);
    if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
        vir_fail_errno(err, errno, "cannot connect to the monitor '%s'", path);
        close(fd);
        return -1;
    }
    return fd;
}

gboolean qemu_process_attach(QemuDomain *dom, const VirQmpWait *wait, GError **err)
{
    static const VirQmpCallbacks callbacks = { mon_event, mon_closed, mon_late, bond_free };
    if (!watch_exit(dom, err))
        return FALSE;
    int fd = connect_monitor(dom->mon_path, err);
    /* Without a monitor nothing more is to come before the end of the process. */
    dom->mon_closed = fd < 0;
    if (fd < 0)
        return FALSE;
    Bond *bond = bond_new(dom);
    dom->mon = vir_qmp_new(fd, &callbacks, bond, err);
    if (!dom->mon) {
        bond_free(bond);
        return FALSE;
    }
    return vir_qmp_wait_ready(dom->mon, wait, err);
}

/* ---- what only QEMU knows ---- */

static gboolean read_cpus(QemuDomain *dom, const VirQmpWait *wait, GError **err)
{
    GArray *cpus = vir_qmp_query(dom->mon, &vir_qmp_cpus_query, wait, err);
    if (!cpus)
        return FALSE;
    guint n = dom->live->def->vcpus_max;
    g_free(dom->vcpu_tids);
    dom->vcpu_tids = g_new0(gint64, MAX(n, 1));
    dom->n_vcpus = n;
    for (guint i = 0; i < cpus->len; i++) {
        const VirQmpCpu *cpu = &g_array_index(cpus, VirQmpCpu, i);
        if (cpu->index >= 0 && (guint)cpu->index < n)
            dom->vcpu_tids[cpu->index] = cpu->thread_id;
    }
    g_array_unref(cpus);
    /* Under TCG several vCPUs may share one thread with the emulator: then there is nothing to tell apart. */
    return TRUE;
}

static void set_pty(DomainChr *chr, const VirQmpChardev *dev, const char *id)
{
    if (!chr->info.alias || chr->source.type != DOMAIN_CHR_PTY || !g_str_has_prefix(dev->filename, "pty:"))
        return;
    if (g_str_has_prefix(id, "char") && g_str_equal(id + strlen("char"), chr->info.alias)) {
        g_free(chr->source.path);
        chr->source.path = g_strdup(dev->filename + strlen("pty:"));
    }
}

static void set_channel_state(DomainChr *chr, const VirQmpChardev *dev, const char *id)
{
    if (chr->info.alias && chr->channel_target == DOMAIN_CHANNEL_TARGET_VIRTIO &&
        g_str_has_prefix(id, "char") && g_str_equal(id + strlen("char"), chr->info.alias))
        chr->state = dev->frontend_open ? DOMAIN_CHANNEL_STATE_CONNECTED : DOMAIN_CHANNEL_STATE_DISCONNECTED;
}

static gboolean read_chardevs(QemuDomain *dom, DomainDef *def, const VirQmpWait *wait, GError **err)
{
    GArray *devs = vir_qmp_query(dom->mon, &vir_qmp_chardevs_query, wait, err);
    if (!devs)
        return FALSE;
    for (guint i = 0; i < devs->len; i++) {
        const VirQmpChardev *dev = &g_array_index(devs, VirQmpChardev, i);
        for (guint c = 0; c < def->serials.n; c++)
            set_pty(def->serials.v[c], dev, dev->label);
        for (guint c = 0; c < def->parallels.n; c++)
            set_pty(def->parallels.v[c], dev, dev->label);
        for (guint c = 0; c < def->channels.n; c++) {
            set_pty(def->channels.v[c], dev, dev->label);
            set_channel_state(def->channels.v[c], dev, dev->label);
        }
        for (guint c = 0; c < def->consoles.n; c++)
            set_pty(def->consoles.v[c], dev, dev->label);
    }
    g_array_unref(devs);
    /* The first console is the first serial port under another name. */
    if (def->consoles.n && def->serials.n && def->consoles.v[0]->console_target == DOMAIN_CONSOLE_TARGET_SERIAL)
        domain_chr_source_copy(&def->serials.v[0]->source, &def->consoles.v[0]->source);
    return TRUE;
}

static gboolean read_balloon(QemuDomain *dom, DomainDef *def, const VirQmpWait *wait, GError **err)
{
    dom->balloon_kib = def->memory;
    if (!def->memballoon || def->memballoon->model == DOMAIN_BALLOON_NOTHING)
        return TRUE;
    g_autoptr(GError) failed = NULL;
    GArray *balloon = vir_qmp_query(dom->mon, &vir_qmp_balloon_query, wait, &failed);
    if (balloon) {
        dom->balloon_kib = g_array_index(balloon, VirQmpBalloon, 0).actual / 1024;
        g_array_unref(balloon);
    } else if (!vir_qmp_error_class(failed)) {
        g_propagate_error(err, g_steal_pointer(&failed));
        return FALSE;
    }
    def->current_memory = dom->balloon_kib;
    return TRUE;
}

gboolean qemu_process_resync(QemuDomain *dom, const VirQmpWait *wait, GError **err)
{
    g_autoptr(DomainDef) def = domain_def_copy(dom->live->def);
    if (!read_cpus(dom, wait, err) || !read_chardevs(dom, def, wait, err) || !read_balloon(dom, def, wait, err))
        return FALSE;
    qemu_domain_set_live(dom, domain_doc_new(g_steal_pointer(&def)));
    return TRUE;
}

/* What became of the guest while nobody listened, told as the events would have. */
gboolean qemu_process_resync_state(QemuDomain *dom, const VirQmpWait *wait, GError **err)
{
    GArray *status = vir_qmp_query(dom->mon, &vir_qmp_status_query, wait, err);
    if (!status)
        return FALSE;
    const VirQmpStatus now = g_array_index(status, VirQmpStatus, 0);
    g_array_unref(status);
    if (now.running && dom->state != VIR_DOMAIN_RUNNING) {
        qemu_domain_set_state(dom, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNPAUSED);
        qemu_domain_commit(dom);
        qemu_event_lifecycle(dom, NULL, VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
    } else if (!now.running && now.status == VIR_QMP_RUN_SHUTDOWN) {
        qemu_handle_event(dom, "SHUTDOWN", NULL, 0, 0);
    } else if (!now.running && dom->state == VIR_DOMAIN_RUNNING) {
        dom->pause_reason = now.status == VIR_QMP_RUN_IO_ERROR         ? VIR_DOMAIN_PAUSED_IOERROR
                            : now.status == VIR_QMP_RUN_WATCHDOG       ? VIR_DOMAIN_PAUSED_WATCHDOG
                            : now.status == VIR_QMP_RUN_GUEST_PANICKED ? VIR_DOMAIN_PAUSED_CRASHED
                                                                       : VIR_DOMAIN_PAUSED_UNKNOWN;
        qemu_handle_event(dom, "STOP", NULL, 0, 0);
    }
    return TRUE;
}

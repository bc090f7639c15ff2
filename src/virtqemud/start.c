/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From a document to a running QEMU: a visible array of steps. Before each effect on the host, what it will leave behind
 * is in the status document; when a step fails, qemu_process_cleanup takes everything back.
 */
#define VIR_LOG_SOURCE "qemu.start"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/fd.h"
#include "util/file.h"
#include "util/log.h"
#include "util/pool.h"
#include "util/units.h"
#include "virtqemud/defaults/defaults.h"
#include "virtqemud/domain.h"
#include "virtqemud/plan/domain.h"
#include "virtqemud/process/firmware.h"
#include "virtqemud/process/place.h"
#include "virtqemud/process/spawn.h"
#include "virtqemud/qmp/qmp-commands.h"
#include "virtqemud/status.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define START_TIMEOUT_US (60 * G_USEC_PER_SEC)   /* of one start whose caller sets no deadline */
#define FILES_TIMEOUT_MS 20000

typedef struct {
    QemuDomain *dom;
    VirInvocation *inv;      /* NULL: autostart */
    guint flags;             /* QemuStartFlags */
    QemuConf *conf;
    VirQmpWait wait;
    int mon_fd;
    guint8 master_key[QEMU_MASTER_KEY_LEN];
    GPtrArray *argv;
    GArray *fds;
    char **env;
    QemuChild *child;
} Start;

static DomainDef *live_def(Start *s)
{
    return s->dom->live->def;
}

/* The live document may still be changed: nobody else has seen it, or a copy is made. */
static DomainDef *own_live(Start *s)
{
    DomainDef *def = domain_def_copy(live_def(s));
    qemu_domain_set_live(s->dom, domain_doc_new(def));
    return def;
}

/* ---- steps ---- */

static gboolean take_ports(QemuDomain *dom, const QemuConf *conf, DomainDef *def, GError **err)
{
    for (guint i = 0; i < def->graphics.n; i++) {
        DomainGraphics *g = def->graphics.v[i];
        gboolean network = !g->listens.n || g->listens.v[0].type == DOMAIN_LISTEN_ADDRESS ||
                           g->listens.v[0].type == DOMAIN_LISTEN_NETWORK;
        if (!network || (g->type != DOMAIN_GRAPHICS_VNC && g->type != DOMAIN_GRAPHICS_SPICE))
            continue;
        gboolean automatic = g->autoport == VIR_TRISTATE_YES || g->port == -1;
        if (automatic) {
            guint port = qemu_port_take(dom->qemu, dom, conf->port_min, conf->port_max, err);
            if (!port)
                return FALSE;
            g->port = (int)port;
        } else if (g->port > 0 && !qemu_port_claim(dom->qemu, dom, (guint)g->port, err)) {
            return FALSE;
        }
        if (g->websocket == -1) {
            guint port = qemu_port_take(dom->qemu, dom, conf->websocket_port_min, conf->websocket_port_max, err);
            if (!port)
                return FALSE;
            g->websocket = (int)port;
        }
    }
    return TRUE;
}

static gboolean step_document(Start *s, GError **err)
{
    QemuDomain *dom = s->dom;
    if (!dom->live)
        qemu_domain_set_live(dom, domain_doc_new(domain_def_copy(dom->config->def)));
    DomainDef *def = own_live(s);
    vir_pool_blocking_begin();
    virObjectUnref(dom->caps);
    dom->caps = vir_qemu_caps_get(dom->qemu->caps, def->emulator, err);
    vir_pool_blocking_end();
    if (!dom->caps)
        return FALSE;

    dom->generation++;
    dom->id = def->id = vir_store_next_id(dom->qemu->domains);
    dom->phase = QEMU_PHASE_STARTING;
    dom->mon_closed = dom->exited = dom->shutdown_seen = dom->begun_shutdown = dom->fake_reboot = dom->rebooting = FALSE;
    dom->pause_reason = 0;
    g_atomic_int_inc(&dom->qemu->active);
    qemu_domain_set_state(dom, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP);
    dom->lib_dir = qemu_dirs_domain_lib(dom->qemu->dirs, dom->id, def->name);
    dom->channel_dir = qemu_dirs_domain_channel(dom->qemu->dirs, dom->id, def->name);
    dom->mon_path = g_strdup_printf("%s/monitor.sock", dom->lib_dir);
    if (!take_ports(dom, s->conf, def, err) || !qemu_domain_assign_aliases(def, err))
        return FALSE;
    vir_store_set_id(dom->entry, dom->id);
    if (!qemu_status_save(dom, err))
        return FALSE;
    qemu_domain_publish(dom);
    return TRUE;
}

static gboolean step_hook_prepare(Start *s, GError **err)
{
    return qemu_hook(s->dom, "prepare", "begin", s->wait.cancel, err);
}

static gboolean make_dir(Start *s, const char *path, GError **err)
{
    return vir_file_ensure_dir(path, 0750, s->conf->session ? (uid_t)-1 : s->conf->uid,
                               s->conf->session ? (gid_t)-1 : s->conf->gid, err);
}

/* Gone with the process: it need not survive a crash, so it is not synced. */
static gboolean write_key(Start *s, const char *path, GError **err)
{
    VIR_AUTOFD int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, s->master_key, sizeof(s->master_key)) != (gssize)sizeof(s->master_key) ||
        (!s->conf->session && fchown(fd, s->conf->uid, s->conf->gid) < 0))
        return vir_fail_errno(err, errno, "cannot write the key file '%s'", path);
    return TRUE;
}

static gboolean step_directories(Start *s, GError **err)
{
    QemuDomain *dom = s->dom;
    if (!make_dir(s, dom->lib_dir, err) || !make_dir(s, dom->channel_dir, err))
        return FALSE;
    if (getrandom(s->master_key, sizeof(s->master_key), 0) != sizeof(s->master_key))
        return vir_fail_errno(err, errno, "cannot make a key");
    g_autofree char *key = g_strdup_printf("%s/master-key.aes", dom->lib_dir);
    if (!write_key(s, key, err))
        return FALSE;
    s->mon_fd = qemu_listen_unix(dom->mon_path, 0775, err);
    return s->mon_fd >= 0;
}

static gboolean step_firmware(Start *s, GError **err)
{
    QemuDriver *qemu = s->dom->qemu;
    DomainDef *def = own_live(s);
    gboolean created, session = s->conf->session;
    vir_pool_blocking_begin();
    gboolean ok = qemu_firmware_select(def, qemu->firmware, s->conf, qemu->dirs->nvram, err);
    const char *file = ok ? qemu_nvram_file(&def->os) : NULL;
    if (file && def->os.nvram->template)
        ok = hv_nvram_create(file, def->os.nvram->template, (s->flags & QEMU_START_RESET_NVRAM) != 0,
                             session ? (uid_t)-1 : s->conf->uid, session ? (gid_t)-1 : s->conf->gid, FILES_TIMEOUT_MS,
                             &created, err);
    vir_pool_blocking_end();
    return ok;
}

static gboolean step_plan(Start *s, GError **err)
{
    QemuDomain *dom = s->dom;
    QemuPlanContext ctx = {
        .caps = dom->caps, .conf = s->conf, .dirs = dom->qemu->dirs, .host = dom->qemu->host,
        .privileged = !s->conf->session, .id = dom->id, .lib_dir = dom->lib_dir, .channel_dir = dom->channel_dir,
        .monitor_path = dom->mon_path, .monitor_fd = s->mon_fd, .master_key = s->master_key,
    };
    DomainDef *def = own_live(s);
    if (!qemu_plan_read_chains(def, &ctx, err))
        return FALSE;
    qemu_status_note_nodes(def);
    vir_plan_free(dom->plan);
    dom->plan = qemu_plan_domain(def, &ctx, err);
    return dom->plan && vir_plan_run_host(dom->plan, err);
}

/* QEMU's environment: what every guest has, then what the plan of this one wants. */
static char **environment(Start *s)
{
    g_auto(GStrv) base = qemu_spawn_env(s->dom->lib_dir, s->conf->session);
    GPtrArray *all = g_ptr_array_new();
    for (char **e = base; *e; e++)
        g_ptr_array_add(all, g_strdup(*e));
    for (const char *const *e = vir_plan_env(s->dom->plan); *e; e++)
        g_ptr_array_add(all, g_strdup(*e));
    const char *sasl = s->conf->vnc_sasl ? s->conf->vnc_sasl_dir : s->conf->spice_sasl ? s->conf->spice_sasl_dir : NULL;
    if (sasl)
        g_ptr_array_add(all, g_strconcat("SASL_CONF_PATH=", sasl, NULL));
    g_ptr_array_add(all, NULL);
    return (char **)g_ptr_array_free(all, FALSE);
}

static gboolean step_command(Start *s, GError **err)
{
    QemuDomain *dom = s->dom;
    guint version = vir_qemu_caps_version(dom->caps);
    g_autofree char *version_text = g_strdup_printf("%u.%u.%u", version / 1000000, version / 1000 % 1000, version % 1000);
    g_autofree char *log_path = qemu_dirs_log_file(dom->qemu->dirs, live_def(s)->name);
    g_autofree char *logd = g_strdup_printf("%s/virtlogd-sock", dom->qemu->dirs->run);
    QemuLogSpec spec = { .path = log_path, .logd_socket = s->conf->stdio_logd ? logd : NULL, .driver = "qemu",
                         .name = live_def(s)->name, .uuid = dom->entry->uuid,
                         .required = s->conf->stdio_handler && s->conf->stdio_logd };
    s->argv = vir_plan_argv(dom->plan, vir_qemu_caps_binary(dom->caps), &s->fds);
    s->env = environment(s);
    dom->log = qemu_log_open(dom->qemu->host, &spec, err);
    return dom->log && qemu_log_start(dom->log, (const char *const *)s->env, (const char *const *)s->argv->pdata,
                                      version_text, err);
}

static gboolean place(Start *s, GError **err)
{
    QemuDomain *dom = s->dom;
    const DomainDef *def = live_def(s);
    HvPlacementSpec spec = { .driver = "qemu", .id = dom->id, .name = def->name, .uuid = dom->entry->uuid,
                             .leader = dom->pid, .root_dir = "", .partition = def->partition,
                             .controllers = s->conf->cgroup_controller_mask, .session = s->conf->session };
    g_autofree char *warning = NULL;
    vir_pool_blocking_begin();
    dom->placement = hv_placement_new(dom->qemu->host, &spec, &warning, err);
    vir_pool_blocking_end();
    if (warning)
        VIR_WARN("domain %s: %s", def->name, warning);
    if (!dom->placement || !qemu_place_limits(dom->placement, def, err))
        return FALSE;
    gboolean shared_dev = !(s->conf->namespace_mask & QEMU_NAMESPACE_MOUNT);
    return !shared_dev || s->conf->session ||
           qemu_place_device_list(dom->placement, (const char *const *)s->conf->cgroup_device_acl,
                                  vir_plan_devices(dom->plan), dom->labels, err);
}

/* The child exists and waits; it is in the status document before it does anything. */
static gboolean step_child(Start *s, GError **err)
{
    QemuDomain *dom = s->dom;
    const QemuConf *conf = s->conf;
    const DomainDef *def = live_def(s);
    g_autofree char *pid_file = qemu_dirs_pid_file(dom->qemu->dirs, def->name);
    g_autofree char *dev_dir = g_strdup_printf("%s/%d-%s", dom->qemu->dirs->state, dom->id, def->name);
    g_autoptr(GArray) devices = NULL;
    QemuSpawnSpec spec = {
        .argv = (const char *const *)s->argv->pdata, .env = (const char *const *)s->env, .name = def->name,
        .pid_file = pid_file, .out_fd = qemu_log_fd(dom->log), .fds = s->fds ? (QemuSpawnFd *)s->fds->data : NULL,
        .n_fds = s->fds ? s->fds->len : 0, .set_ids = !conf->session, .uid = conf->uid, .gid = conf->gid,
        .groups = conf->groups ? (const gid_t *)conf->groups->data : NULL, .n_groups = conf->groups ? conf->groups->len : 0,
        .keep_caps = !conf->clear_emulator_capabilities, .max_processes = (guint64)MAX(conf->max_processes, 0),
        .max_files = (guint64)MAX(conf->max_files, 0), .memlock = vir_plan_memlock(dom->plan), .max_core = conf->max_core,
        .dev_dir = dev_dir,
    };
    spec.core_sched = strcmp(conf->sched_core, "none") != 0;
    dom->labels = hv_label_set_copy(vir_plan_labels(dom->plan));
    if (!conf->session && (conf->namespace_mask & QEMU_NAMESPACE_MOUNT)) {
        devices = qemu_spawn_devices((const char *const *)conf->cgroup_device_acl);
        qemu_place_devices(devices, dom->labels, conf->uid, conf->gid);
        for (const char *const *node = vir_plan_devices(dom->plan); node && *node; node++) {
            QemuSpawnDevice own = { .path = *node };
            g_array_append_val(devices, own);
        }
        spec.devices = (const QemuSpawnDevice *)devices->data;
        spec.n_devices = devices->len;
    }
    s->child = qemu_spawn_begin(&spec, &dom->pid, err);
    if (!s->child)
        return FALSE;
    dom->start_time = vir_proc_start_time(dom->qemu->host, dom->pid);
    if (!hv_security_check_start(dom->qemu->security, FALSE, err))
        return FALSE;
    vir_pool_blocking_begin();
    gboolean probed = hv_security_probe(dom->qemu->security, dom->labels, FILES_TIMEOUT_MS, s->wait.cancel, err);
    vir_pool_blocking_end();
    return probed && qemu_status_save(dom, err) && place(s, err);
}

static gboolean step_labels(Start *s, GError **err)
{
    vir_pool_blocking_begin();
    gboolean ok = hv_security_apply(s->dom->qemu->security, s->dom->labels, FILES_TIMEOUT_MS, s->wait.cancel, err);
    vir_pool_blocking_end();
    return ok;
}

static gboolean step_hook_start(Start *s, GError **err)
{
    return qemu_hook(s->dom, "start", "begin", s->wait.cancel, err);
}

/* QEMU's own words are the best explanation of why it did not come up. */
static gboolean explain(Start *s, GError **err)
{
    QemuDomain *dom = s->dom;
    if (err && *err && vir_error_code(*err) == VIR_ERR_OPERATION_ABORTED)
        return FALSE;
    /* Its socket closes a moment before the process is gone. */
    vir_pool_blocking_begin();
    gboolean gone = dom->pidfd >= 0 && vir_proc_pidfd_wait(dom->pidfd, 1000);
    vir_pool_blocking_end();
    if (!gone)
        return FALSE;
    g_autofree char *line = dom->log ? qemu_log_last_line(dom->log) : NULL;
    g_clear_error(err);
    return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "process exited while connecting to monitor%s%s", line ? ": " : "",
                    line ? line : "; it said nothing");
}

static gboolean step_exec(Start *s, GError **err)
{
    QemuDomain *dom = s->dom;
    vir_pool_blocking_begin();
    gboolean ok = qemu_spawn_exec(s->child, &dom->pidfd, err);
    vir_pool_blocking_end();
    qemu_log_started(dom->log);
    vir_plan_close_fds(dom->plan);
    close(s->mon_fd);
    s->mon_fd = -1;
    return ok;
}

static gboolean step_monitor(Start *s, GError **err)
{
    return qemu_process_attach(s->dom, &s->wait, err) || explain(s, err);
}

static gboolean step_resync(Start *s, GError **err)
{
    return qemu_process_resync(s->dom, &s->wait, err) || explain(s, err);
}

/* QEMU names its iothreads as the plan did: "iothread3". */
static GArray *iothread_tids(Start *s, GError **err)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(QemuIothreadTid));
    g_autoptr(GArray) told = live_def(s)->iothread_list.n ? vir_qmp_query(s->dom->mon, &vir_qmp_iothreads_query, &s->wait, err)
                                                          : g_array_new(FALSE, FALSE, sizeof(VirQmpIOThread));
    if (!told) {
        g_array_unref(out);
        return NULL;
    }
    for (guint i = 0; i < told->len; i++) {
        const VirQmpIOThread *t = &g_array_index(told, VirQmpIOThread, i);
        guint64 id;
        if (!t->id || !g_str_has_prefix(t->id, "iothread") ||
            !vir_units_uint64(t->id + strlen("iothread"), G_MAXUINT, &id))
            continue;
        QemuIothreadTid one = { (guint)id, (pid_t)t->thread_id };
        g_array_append_val(out, one);
    }
    return out;
}

static gboolean step_threads(Start *s, GError **err)
{
    QemuDomain *dom = s->dom;
    g_autoptr(GArray) iothreads = iothread_tids(s, err);
    return iothreads && qemu_place_threads(dom->placement, live_def(s), dom->pid, dom->vcpu_tids, dom->n_vcpus,
                                           (QemuIothreadTid *)(void *)iothreads->data, iothreads->len, err);
}

static gboolean set_balloon(Start *s, GError **err)
{
    const DomainDef *def = live_def(s);
    if (!def->memballoon || def->memballoon->model == DOMAIN_BALLOON_NOTHING)
        return TRUE;
    guint64 wanted = s->dom->config ? s->dom->config->def->current_memory : 0;
    if (wanted && wanted < def->memory &&
        !vir_qmp_run(s->dom->mon, &s->wait, err, "balloon", "U:value", wanted * 1024, NULL))
        return FALSE;
    return TRUE;
}

static gboolean step_run(Start *s, GError **err)
{
    QemuDomain *dom = s->dom;
    if (!vir_plan_run_commands(dom->plan, dom->mon, &s->wait, err) || !set_balloon(s, err))
        return explain(s, err);
    dom->phase = QEMU_PHASE_RUNNING;
    if (s->flags & QEMU_START_PAUSED) {
        qemu_domain_set_state(dom, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER);
        qemu_domain_commit(dom);
        return TRUE;
    }
    if (qemu_process_resume(dom, &s->wait, VIR_DOMAIN_RUNNING_BOOTED, err))
        return TRUE;
    dom->phase = QEMU_PHASE_STARTING;
    return explain(s, err);
}

static gboolean step_hook_started(Start *s, GError **err)
{
    return qemu_hook(s->dom, "started", "begin", s->wait.cancel, err);
}

static const struct {
    const char *phase;
    gboolean (*run)(Start *s, GError **err);
} steps[] = {
    { "completing the document", step_document },
    { "running the prepare hook", step_hook_prepare },
    { "making directories", step_directories },
    { "choosing firmware", step_firmware },
    { "planning devices", step_plan },
    { "making the command line", step_command },
    { "placing QEMU", step_child },
    { "labelling files", step_labels },
    { "running the start hook", step_hook_start },
    { "executing QEMU", step_exec },
    { "connecting to the monitor", step_monitor },
    { "asking QEMU for its state", step_resync },
    { "placing QEMU's threads", step_threads },
    { "letting the guest run", step_run },
    { "running the started hook", step_hook_started },
};

static void start_clear(Start *s)
{
    if (s->mon_fd >= 0)
        close(s->mon_fd);
    qemu_spawn_free(s->child);
    if (s->argv)
        g_ptr_array_unref(s->argv);
    if (s->fds)
        g_array_unref(s->fds);
    g_strfreev(s->env);
    virObjectUnref(s->conf);
}

/* ---- autodestroy ---- */

typedef struct {
    VirActorJob job;
    VirEntry *entry;         /* reference */
    guint generation;
} Autodestroy;

static void autodestroy_run(VirActorJob *job)
{
    Autodestroy *a = (Autodestroy *)job;
    QemuDomain *dom = qemu_domain_of(a->entry);
    g_autoptr(GError) err = NULL;
    if (qemu_domain_is_active(dom) && dom->generation == a->generation) {
        if (qemu_process_kill(dom, FALSE, NULL, &err))
            qemu_process_stop(dom, NULL, VIR_DOMAIN_SHUTOFF_DESTROYED, VIR_DOMAIN_EVENT_STOPPED_DESTROYED);
        else
            VIR_WARN("domain %s: cannot be destroyed with its client: %s", dom->live->def->name, err->message);
    }
    virObjectUnref(a->entry);
    g_free(a);
}

static void client_gone(gpointer data)
{
    Autodestroy *a = g_memdup2(data, sizeof(Autodestroy));
    virObjectRef(a->entry);
    a->job = (VirActorJob){ .name = "autodestroy", .run = autodestroy_run, .queue = VIR_ACTOR_URGENT };
    vir_actor_post(a->entry->actor, &a->job);
}

static void autodestroy_free(gpointer data)
{
    virObjectUnref(((Autodestroy *)data)->entry);
    g_free(data);
}

static void arm_autodestroy(Start *s)
{
    Autodestroy *a = g_new0(Autodestroy, 1);
    a->entry = virObjectRef(s->dom->entry);
    a->generation = s->dom->generation;
    s->dom->autodestroy = virObjectRef(s->inv->session);
    vir_session_add_hook(s->inv->session, s->dom->entry, client_gone, a, autodestroy_free);
}

void qemu_autodestroy_disarm(QemuDomain *dom)
{
    if (!dom->autodestroy)
        return;
    vir_session_remove_hook(dom->autodestroy, dom->entry, client_gone);
    g_clear_pointer(&dom->autodestroy, virObjectUnref);
}

/* ---- all together ---- */

static void tell_started(Start *s)
{
    QemuDomain *dom = s->dom;
    if (!(s->flags & QEMU_START_PAUSED))
        qemu_event_lifecycle(dom, s->inv, VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
    qemu_event_lifecycle(dom, s->inv, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED);
    if (s->flags & QEMU_START_PAUSED)
        qemu_event_lifecycle(dom, s->inv, VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
}

gboolean qemu_process_start(QemuDomain *dom, VirInvocation *inv, guint flags, GError **err)
{
    Start s = { .dom = dom, .inv = inv, .flags = flags, .mon_fd = -1, .conf = qemu_driver_conf(dom->qemu) };
    s.wait = qemu_domain_wait(inv);
    if (!s.wait.deadline_us)
        s.wait.deadline_us = g_get_monotonic_time() + START_TIMEOUT_US;
    gboolean ok = TRUE;
    for (gsize i = 0; ok && i < G_N_ELEMENTS(steps); i++) {
        vir_actor_set_phase(dom->entry->actor, steps[i].phase);
        if (vir_cancel_is_raised(s.wait.cancel))
            ok = vir_fail(err, VIR_ERR_OPERATION_ABORTED, "the start was cut off by a destroy, before %s", steps[i].phase);
        else
            ok = steps[i].run(&s, err);
    }
    if (ok) {
        if (flags & QEMU_START_AUTODESTROY && inv)
            arm_autodestroy(&s);
        tell_started(&s);
    } else {
        dom->start_cancelled = vir_cancel_is_raised(s.wait.cancel);
        qemu_spawn_free(g_steal_pointer(&s.child));
        qemu_process_cleanup(dom);
        qemu_domain_publish(dom);
    }
    vir_actor_set_phase(dom->entry->actor, NULL);
    start_clear(&s);
    return ok;
}

/* ---- autostart ---- */

typedef struct {
    VirActorJob job;
    VirEntry *entry;         /* reference */
} AutostartJob;

static void autostart_run(VirActorJob *job)
{
    AutostartJob *a = (AutostartJob *)job;
    QemuDomain *dom = qemu_domain_of(a->entry);
    g_autoptr(GError) err = NULL;
    if (!qemu_domain_is_active(dom) && dom->config && !qemu_process_start(dom, NULL, 0, &err))
        VIR_LOGE("domain %s cannot be started with the host: %s", dom->config->def->name, err->message);
    virObjectUnref(a->entry);
    g_free(a);
}

/* Once for each boot of the host: a marker among the run-time files says it was done. */
void qemu_autostart(QemuDriver *qemu)
{
    g_autoptr(GError) err = NULL;
    if (faccessat(qemu->state_fd, "autostarted", F_OK, 0) == 0)
        return;
    if (!vir_file_write_atomic(qemu->state_fd, "autostarted", "", 0, 0600, &err))
        VIR_WARN("cannot remember that guests were started: %s, going on", err->message);
    g_autoptr(GPtrArray) views = vir_store_views(qemu->domains, VIR_VIEW_AUTOSTART, NULL, NULL);
    for (guint i = 0; i < views->len; i++) {
        const VirView *view = g_ptr_array_index(views, i);
        AutostartJob *a = g_new0(AutostartJob, 1);
        a->entry = vir_store_by_uuid(qemu->domains, view->uuid);
        a->job = (VirActorJob){ .name = "autostart", .run = autostart_run };
        vir_actor_post(a->entry->actor, &a->job);
    }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A QEMU domain: its state, which only its actor touches, and the view it publishes for everybody else.
 */
#pragma once

#include "api/wire-types.h"
#include "conf/domain/domain.h"
#include "hv/placement/placement.h"
#include "store/invoke.h"
#include "virtqemud/driver.h"
#include "virtqemud/plan/plan.h"
#include "virtqemud/process/qlog.h"
#include "virtqemud/qmp/qmp.h"
#include "util/proc.h"

/* A definition that is shared and therefore not changed any more. */
typedef struct {
    VirObject parent;
    DomainDef *def;
} DomainDoc;
/* Takes @def. */
DomainDoc *domain_doc_new(DomainDef *def);
VIR_OBJECT_AUTOPTR(DomainDoc)

typedef enum {
    QEMU_VIEW_MANAGED_SAVE = VIR_VIEW_KIND_FIRST,
    QEMU_VIEW_UPDATED = VIR_VIEW_KIND_FIRST << 1,      /* the persistent document differs from the live one's origin */
} QemuViewFlags;

typedef struct {
    VirView parent;
    DomainDoc *live;             /* NULL while inactive */
    DomainDoc *config;           /* NULL: transient */
    int state, reason;           /* virDomainState and its reason */
    pid_t pid;                   /* 0 while inactive */
    guint64 start_time;          /* of that process */
    VirQmp *mon;                 /* reference; NULL while there is none */
    gint64 *vcpu_tids;           /* by vCPU index, 0: none; NULL while inactive */
    guint n_vcpus;
    guint64 balloon_kib;         /* what the guest has now, as last heard */
    char *load_error;            /* VIR_VIEW_BROKEN: why */
} QemuView;
VIR_OBJECT_AUTOPTR(QemuView)
static inline const DomainDef *qemu_view_def(const QemuView *view)
{
    return view->live ? view->live->def : view->config ? view->config->def : NULL;
}

/* What a start has begun and not ended; kept in the status document so that a restart can take it back. */
typedef enum {
    QEMU_PHASE_NONE,
    QEMU_PHASE_STARTING,         /* not yet running: a restarted daemon takes everything back */
    QEMU_PHASE_RUNNING,
    QEMU_PHASE_STOPPING,         /* the process is to end or has ended */
} QemuPhase;

typedef struct {
    QemuDriver *qemu;
    VirEntry *entry;             /* borrowed: owns this */
    DomainDoc *live, *config;
    int state, reason;
    gboolean autostart, managed_save;
    char *load_error;
    char *broken_file;           /* contents are left alone; NULL unless load_error */

    /* while active */
    QemuPhase phase;
    int id;
    pid_t pid;
    guint64 start_time;
    int pidfd;
    VirQmp *mon;
    gboolean mon_closed;         /* no event can come any more */
    gboolean exited;             /* pidfd said so */
    VirPlan *plan;               /* whose host steps are to be undone at the end; NULL after a restart of the daemon */
    char *mon_path, *lib_dir, *channel_dir;
    HvPlacement *placement;
    HvLabelSet *labels;
    QemuLog *log;
    gint64 *vcpu_tids;
    guint n_vcpus;
    guint64 balloon_kib;
    VirQemuCaps *caps;
    guint generation;            /* of the process: late events of an earlier one are told apart */
    int pause_reason;            /* why the next STOP event comes; 0: nobody said */
    const char *awaited_device;  /* a detach waits for this alias to go; NULL */
    gboolean device_deleted, device_refused;
    gboolean start_cancelled;    /* a destroy cut off the last start; the next destroy is that one */
    gboolean fake_reboot;        /* the next SHUTDOWN event is turned into a reset */
    gboolean rebooting;          /* stopped by its shutdown and going on: neither STOP nor RESUME is news */
    gboolean shutdown_seen;      /* QEMU said SHUTDOWN: its end is no crash */
    gboolean begun_shutdown;     /* by us: destroy, autodestroy */
    gboolean resync_due;         /* an unanswered command was answered: ask QEMU for the state */
    char *in_doubt;              /* the command QEMU has not answered; mutations fail at once */
    char *foreign_status;        /* nodes of a libvirt status document that we keep word for word; NULL */
    VirSession *autodestroy;     /* whose end is the guest's; reference; NULL */
} QemuDomain;

extern const VirKind qemu_domain_kind;

static inline QemuDomain *qemu_domain_of(VirEntry *entry)
{
    return entry->data;
}
static inline gboolean qemu_domain_is_active(const QemuDomain *dom)
{
    return dom->id >= 0;
}

/* ---- life of the object (domain.c) ---- */
QemuDomain *qemu_domain_new(QemuDriver *qemu, VirEntry *entry);
void qemu_domain_set_config(QemuDomain *dom, DomainDoc *doc);     /* takes @doc, may be NULL */
void qemu_domain_set_live(QemuDomain *dom, DomainDoc *doc);       /* likewise */
void qemu_domain_set_state(QemuDomain *dom, int state, int reason);
/* Writes the status document of an active domain, then publishes the view. The one way to make a change visible. A
 * status document that cannot be written is logged; the change stands. */
void qemu_domain_commit(QemuDomain *dom);
/* Publishes without writing: for changes that the status document does not hold. */
void qemu_domain_publish(QemuDomain *dom);
/* The definition in force. */
static inline DomainDef *qemu_domain_def(const QemuDomain *dom)
{
    return dom->live ? dom->live->def : dom->config ? dom->config->def : NULL;
}

/* Fail with the reference's codes. */
gboolean qemu_domain_need_active(const QemuDomain *dom, GError **err);
gboolean qemu_domain_need_config(const QemuDomain *dom, GError **err);
/* Active and QEMU answers: refuses while in doubt, naming the command. */
gboolean qemu_domain_need_monitor(const QemuDomain *dom, GError **err);
/* How long QMP calls of this job may take. */
VirQmpWait qemu_domain_wait(const VirInvocation *inv);

/* VIR_DOMAIN_AFFECT_*: which of the two a change is for. *ret_live and *ret_config are set. */
gboolean qemu_domain_affect(const QemuDomain *dom, guint flags, gboolean *ret_live, gboolean *ret_config, GError **err);

/* The wire handle. Strings are the receiver's. */
void qemu_fill_handle(remote_nonnull_domain *to, const VirView *view);

/* ---- persistence (persist.c) ---- */
gboolean qemu_domain_save_config(QemuDomain *dom, const DomainDef *def, GError **err);
gboolean qemu_domain_remove_config(QemuDomain *dom, GError **err);
gboolean qemu_domain_set_autostart_link(QemuDomain *dom, gboolean on, GError **err);
/* Status document: written before each effect, removed when nothing is left to take back. */
gboolean qemu_status_save(QemuDomain *dom, GError **err);
void qemu_status_remove(QemuDomain *dom);
/* Loads all persistent documents, then takes over or takes back what the status documents tell of. */
gboolean qemu_load_all(QemuDriver *qemu, GError **err);

/* ---- events (events.c) ---- */
/* Each sends after @inv's answer, or at once when @inv is NULL. On the actor, after the commit. */
void qemu_event_lifecycle(QemuDomain *dom, VirInvocation *inv, int event, int detail);
/* Any domain event: @msg is the g_malloc0'ed callback-form struct of event @id, everything but callbackID and dom filled
 * in; taken. @dom_at: where its dom is. */
void qemu_event_post(QemuDomain *dom, VirInvocation *inv, int id, gpointer msg, gsize dom_at);
#define QEMU_EVENT(dom, inv, id, type, ...)                                                                     \
    G_STMT_START {                                                                                              \
        type *event_msg_ = g_new0(type, 1);                                                                     \
        type event_value_ = { __VA_ARGS__ };                                                                    \
        *event_msg_ = event_value_;                                                                             \
        qemu_event_post((dom), (inv), (id), event_msg_, QEMU_EVENT_DOM_AT(type, id));                            \
    } G_STMT_END
/* Older events wrap the legacy struct behind the callbackID; its first member is dom in both forms. */
#define QEMU_EVENT_DOM_AT(type, id)                                                                             \
    ((id) == VIR_DOMAIN_EVENT_ID_PMWAKEUP || (id) == VIR_DOMAIN_EVENT_ID_PMSUSPEND ||                            \
             (id) == VIR_DOMAIN_EVENT_ID_PMSUSPEND_DISK                                                          \
         ? G_STRUCT_OFFSET(remote_domain_event_callback_pmwakeup_msg, msg)                                       \
         : G_STRUCT_OFFSET(remote_domain_event_callback_lifecycle_msg, msg))
/* What QEMU says, on the actor. @data may be NULL. */
void qemu_handle_event(QemuDomain *dom, const char *name, VirJson *data, gint64 seconds, guint micros);

/* ---- process (start.c, end.c, attach.c) ---- */
typedef enum {
    QEMU_START_PAUSED = 1 << 0,
    QEMU_START_AUTODESTROY = 1 << 1,
    QEMU_START_RESET_NVRAM = 1 << 2,
    QEMU_START_FORCE_BOOT = 1 << 3,
} QemuStartFlags;
/* On the actor. The live document is dom->live where a caller set it (create), else a copy of dom->config. @inv may be
 * NULL (autostart). On failure nothing is left. */
gboolean qemu_process_start(QemuDomain *dom, VirInvocation *inv, guint flags, GError **err);
/* After the process ended: everything that belonged to it goes; commits and sends STOPPED with @event_detail. */
void qemu_process_stop(QemuDomain *dom, VirInvocation *inv, int shutoff_reason, int event_detail);
/* Takes back whatever a start has done so far, from what the domain (or its status document) tells. Idempotent. */
void qemu_process_cleanup(QemuDomain *dom);
/* Kills QEMU and waits for its end; its last events have been handled when it returns. */
gboolean qemu_process_kill(QemuDomain *dom, gboolean graceful, VirCancel *cancel, GError **err);
/* Takes over a running QEMU of a status document, or takes back a start that did not end. */
void qemu_process_reconnect(QemuDomain *dom);
/* Connects the monitor and begins to watch the process. */
gboolean qemu_process_attach(QemuDomain *dom, const VirQmpWait *wait, GError **err);
/* Reads what only QEMU knows: threads of vCPUs, terminals. A new live document. */
gboolean qemu_process_resync(QemuDomain *dom, const VirQmpWait *wait, GError **err);
/* Asks whether it runs; a change is committed and told as the missed event would have been. */
gboolean qemu_process_resync_state(QemuDomain *dom, const VirQmpWait *wait, GError **err);
gboolean qemu_process_resume(QemuDomain *dom, const VirQmpWait *wait, int reason, GError **err);
gboolean qemu_process_pause(QemuDomain *dom, const VirQmpWait *wait, int reason, GError **err);
/* The guest asked for its end: QEMU is told to go; its exit does the rest. */
void qemu_process_end_by_guest(QemuDomain *dom);
/* Resets a guest that shut down, or panicked, and lets it run again. */
void qemu_process_fake_reboot(QemuDomain *dom);

/* Makes the hook's call unless there is none. */
gboolean qemu_hook(QemuDomain *dom, const char *op, const char *sub, VirCancel *cancel, GError **err);
void qemu_autostart(QemuDriver *qemu);
void qemu_autodestroy_disarm(QemuDomain *dom);
/* The files of a running guest, planned again from its live document; NULL when that cannot be done. */
HvLabelSet *qemu_labels_of(QemuDomain *dom);

/* ---- devices (devices.c) ---- */
/* QEMU took the device out on its own, or after the caller had stopped waiting. On the actor. */
void qemu_device_gone(QemuDomain *dom, const char *alias);

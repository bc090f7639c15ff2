/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which drivers are on, and batches over the DAC driver.
 */
#define VIR_LOG_SOURCE "hv.security"
#include "hv/security/security.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "hv/helper.h"
#include "hv/security/dac.h"
#include "util/error.h"
#include "util/file.h"
#include "util/log.h"

#define VIR_FROM_THIS VIR_FROM_SECURITY

/* Storage that just let an apply hang is not waited for as long again. */
#define ROLLBACK_DEADLINE_MS 3000

typedef enum { LSM_NONE, LSM_APPARMOR, LSM_SELINUX } Lsm;
static const char *const lsm_names[] = { "none", "apparmor", "selinux" };

struct HvSecurity {
    HvSecurityOptions opts;      /* drivers is not kept */
    char **shared_filesystems;
    gboolean dac;                /* files are labelled */
    gboolean lsm_off;            /* security_driver = "none", or a list without the enforcing one and "none" in it */
    Lsm enforcing;
    char timestamp[24];
    char *label;                 /* "+64055:+64055" */
    HvSecModel models[2];
    guint n_models;
};

static Lsm lsm_of_host(const VirHost *host)
{
    g_autofree char *aa = vir_host_read(host, "/sys/module/apparmor/parameters/enabled", 16, NULL, NULL);
    if (aa && aa[0] == 'Y')
        return LSM_APPARMOR;
    g_autofree char *se = vir_host_read(host, "/sys/fs/selinux/enforce", 16, NULL, NULL);
    return se && se[0] == '1' ? LSM_SELINUX : LSM_NONE;
}

static void boot_time(const VirHost *host, char *out, gsize room)
{
    g_autofree char *stat = vir_host_read(host, "/proc/stat", 4 * 1024 * 1024, NULL, NULL);
    const char *at = stat ? strstr(stat, "\nbtime ") : NULL;
    gsize n = at ? strcspn(at + 7, "\n") : 0;
    g_strlcpy(out, at ? at + 7 : "0", MIN(room, n + 1));
    if (!at)
        g_strlcpy(out, "0", room);
}

static gboolean drivers_choose(HvSecurity *sec, const char *const *drivers, GError **err)
{
    for (gsize i = 0; drivers && drivers[i]; i++) {
        const char *d = drivers[i];
        if (strcmp(d, "none") == 0) {
            sec->lsm_off = TRUE;
        } else if (strcmp(d, "dac") == 0) {
            sec->dac = sec->opts.privileged;
        } else if (strcmp(d, "apparmor") == 0 || strcmp(d, "selinux") == 0) {
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                            "security_driver '%s' is not supported; use \"dac\" or \"none\", or leave the key out", d);
        } else {
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                            "unknown security_driver '%s': allowed are none, dac, apparmor, selinux", d);
        }
    }
    return TRUE;
}

static void models_fill(HvSecurity *sec)
{
    /* Where nothing confines guests, "none" stands first, as the reference says it. */
    if (sec->enforcing == LSM_NONE || sec->lsm_off)
        sec->models[sec->n_models++] = (HvSecModel){ .model = "none", .doi = "0" };
    if (!sec->opts.privileged)
        return;
    HvSecModel *m = &sec->models[sec->n_models++];
    m->model = "dac";
    m->doi = "0";
    m->base[0].virt_type = "kvm";
    m->base[0].label = sec->label;
    m->base[1].virt_type = "qemu";
    m->base[1].label = sec->label;
}

HvSecurity *hv_security_new(const VirHost *host, const HvSecurityOptions *opts, GError **err)
{
    g_autoptr(HvSecurity) sec = g_new0(HvSecurity, 1);
    sec->opts = *opts;
    sec->opts.drivers = NULL;
    sec->opts.shared_filesystems = NULL;
    sec->shared_filesystems = g_strdupv((char **)opts->shared_filesystems);
    sec->enforcing = lsm_of_host(host);
    sec->label = g_strdup_printf("+%u:+%u", opts->uid, opts->gid);
    boot_time(host, sec->timestamp, sizeof sec->timestamp);
    if (!drivers_choose(sec, opts->drivers, err))
        return NULL;
    /* The owner change is part of running QEMU as another user, whatever the key says about confinement. */
    sec->dac = opts->privileged;
    models_fill(sec);
    return g_steal_pointer(&sec);
}

void hv_security_free(HvSecurity *sec)
{
    if (!sec)
        return;
    g_strfreev(sec->shared_filesystems);
    g_free(sec->label);
    g_free(sec);
}

gboolean hv_security_check_start(const HvSecurity *sec, gboolean unconfined_wanted, GError **err)
{
    if (unconfined_wanted && sec->opts.require_confined)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                        "unconfined guests are not allowed on this host (security_require_confined)");
    if (sec->enforcing == LSM_NONE || sec->lsm_off || !sec->opts.privileged)
        return TRUE;
    return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                    "%s is enforcing on this host and there is no security driver for it: the guest would run "
                    "unconfined; set security_driver = \"none\" in qemu.conf to allow that",
                    lsm_names[sec->enforcing]);
}

guint hv_security_models(const HvSecurity *sec, const HvSecModel **ret)
{
    *ret = sec->models;
    return sec->n_models;
}

const char *hv_security_dac_label(const HvSecurity *sec)
{
    return sec->dac ? sec->label : NULL;
}

/* ---- batches ---- */

typedef struct {
    const HvSecurity *sec;
    HvLabelSet *set;
    DacContext ctx;
    DacJob *jobs;              /* one an item */
    guint n;
    guint *todo;               /* indexes for the child, in order */
    guint n_todo;
    GError **err;              /* of the first failure */
    gboolean failed;
} Batch;

static gboolean on_shared_filesystem(const HvSecurity *sec, const char *path)
{
    for (char **p = sec->shared_filesystems; p && *p; p++) {
        gsize n = strlen(*p);
        if (strncmp(path, *p, n) == 0 && (path[n] == '/' || path[n] == '\0'))
            return TRUE;
    }
    return FALSE;
}

static void job_fill(const HvSecurity *sec, const HvLabelItem *item, DacJob *job)
{
    job->path = item->path;
    job->shared = (item->flags & HV_LABEL_SHARED) != 0;
    job->missing_ok = (item->flags & HV_LABEL_MISSING_OK) != 0;
    job->forget = (item->flags & HV_LABEL_FORGET) != 0;
    job->no_restore = on_shared_filesystem(sec, item->path);
    job->uid = item->uid == (uid_t)-1 ? sec->opts.uid : item->uid;
    job->gid = item->gid == (gid_t)-1 ? sec->opts.gid : item->gid;
    /* remember_owner = 0: files go to root after use, as its users expect. */
    job->known = item->known && sec->opts.remember_owner;
    job->old_uid = item->old_uid;
    job->old_gid = item->old_gid;
}

static void batch_failure(Batch *b, const DacResult *r)
{
    const DacJob *job = &b->jobs[r->index];
    if (b->failed)
        return;
    b->failed = TRUE;
    if (r->status == DAC_IN_USE)
        vir_fail(b->err, VIR_ERR_OPERATION_INVALID,
                 "'%s' is in use by a guest that runs as %u:%u and cannot be given to %u:%u at the same time", job->path,
                 r->old_uid, r->old_gid, job->uid, job->gid);
    else if (strcmp(r->step, "chown") == 0)
        vir_fail_errno(b->err, r->errnum, "cannot set the owner of '%s' to %u:%u", job->path, job->uid, job->gid);
    else
        vir_fail_errno_full(b->err, hv_label_set_item(b->set, r->index)->flags & HV_LABEL_IMAGE ? VIR_FROM_STORAGE : VIR_FROM_THIS, r->errnum,
                            "cannot access '%s'", job->path);
}

/* TRUE: go on with the next file. */
static gboolean batch_result(Batch *b, const DacResult *r)
{
    HvLabelItem *item = hv_label_set_item(b->set, r->index);
    if (r->known && !(b->ctx.op == DAC_PROBE && item->known)) {
        item->known = TRUE;
        item->old_uid = r->old_uid;
        item->old_gid = r->old_gid;
    }
    if (b->ctx.op == DAC_APPLY && r->applied)
        item->applied = TRUE;
    if (b->ctx.op == DAC_RESTORE && r->status == DAC_OK)
        item->applied = FALSE;
    if (r->status == DAC_OK)
        return TRUE;
    batch_failure(b, r);
    return b->ctx.op == DAC_RESTORE;
}

/* In the child: one record a file, written as soon as it is done. */
static int batch_child(int out, gpointer data)
{
    Batch *b = data;
    for (guint i = 0; i < b->n_todo; i++) {
        DacResult r;
        memset(&r, 0, sizeof r);
        r.index = b->todo[i];
        dac_run(&b->ctx, &b->jobs[r.index], &r);
        if (write(out, &r, sizeof r) != sizeof r)
            return 1;
        if (r.status != DAC_OK && b->ctx.op != DAC_RESTORE)
            return 0;
    }
    return 0;
}

static gboolean batch_in_child(Batch *b, int deadline_ms, VirCancel *cancel)
{
    static const char *const names[] = { "reading the owners of the guest's files",
                                         "giving the guest's files to QEMU's user",
                                         "giving the guest's files back to their owners" };
    b->ctx.may_wait = TRUE;
    GError *why = NULL;
    g_autoptr(GBytes) answer = hv_helper_run(names[b->ctx.op], batch_child, b, deadline_ms, cancel, &why);
    if (!answer) {
        /* What it got done is not known: each may have been applied. To restore one that was not is harmless when its
         * owner is known, else not. */
        for (guint i = 0; b->ctx.op == DAC_APPLY && i < b->n_todo; i++) {
            HvLabelItem *item = hv_label_set_item(b->set, b->todo[i]);
            item->applied = item->applied || item->known;
        }
        if (b->failed)
            g_error_free(why);
        else
            g_propagate_prefixed_error(b->err, why, "'%s'%s: ", b->jobs[b->todo[0]].path,
                                       b->n_todo > 1 ? " and others" : "");
        b->failed = TRUE;
        return FALSE;
    }
    gsize len;
    const guint8 *p = g_bytes_get_data(answer, &len);
    for (gsize at = 0; at + sizeof(DacResult) <= len; at += sizeof(DacResult)) {
        DacResult r;
        memcpy(&r, p + at, sizeof r);
        if (r.index < b->n)
            batch_result(b, &r);
    }
    return !b->failed;
}

static gboolean batch_wants(const Batch *b, const HvLabelItem *item)
{
    if (!item->relabel)
        return FALSE;
    return b->ctx.op != DAC_RESTORE || item->applied;
}

static gboolean batch_run(const HvSecurity *sec, HvLabelSet *set, DacOp op, int deadline_ms, VirCancel *cancel,
                          GError **err)
{
    guint n = hv_label_set_count(set);
    if (!sec->dac || !sec->opts.dynamic_ownership || n == 0)
        return TRUE;
    g_autofree DacJob *jobs = g_new0(DacJob, n);
    g_autofree guint *todo = g_new(guint, n);
    Batch b = { .sec = sec, .set = set, .jobs = jobs, .n = n, .todo = todo, .err = err };
    b.ctx.op = op;
    b.ctx.remember = sec->opts.remember_owner;
    memcpy(b.ctx.timestamp, sec->timestamp, sizeof b.ctx.timestamp);
    for (guint i = 0; i < n; i++) {
        HvLabelItem *item = hv_label_set_item(set, i);
        if (!batch_wants(&b, item))
            continue;
        job_fill(sec, item, &jobs[i]);
        DacResult r;
        memset(&r, 0, sizeof r);
        r.index = i;
        gboolean local = hv_path_is_local(item->path);
        if (local)
            dac_run(&b.ctx, &jobs[i], &r);
        if (!local || r.status == DAC_BUSY)
            todo[b.n_todo++] = i;
        else if (!batch_result(&b, &r))
            return FALSE;
    }
    return b.n_todo == 0 ? !b.failed : batch_in_child(&b, deadline_ms, cancel);
}

gboolean hv_security_probe(const HvSecurity *sec, HvLabelSet *set, int deadline_ms, VirCancel *cancel, GError **err)
{
    return batch_run(sec, set, DAC_PROBE, deadline_ms, cancel, err);
}

gboolean hv_security_apply(const HvSecurity *sec, HvLabelSet *set, int deadline_ms, VirCancel *cancel, GError **err)
{
    if (batch_run(sec, set, DAC_APPLY, deadline_ms, cancel, err))
        return TRUE;
    g_autoptr(GError) why = NULL;
    if (!batch_run(sec, set, DAC_RESTORE, MIN(deadline_ms, ROLLBACK_DEADLINE_MS), NULL, &why))
        VIR_WARN("the owners of a guest's files could not be restored: %s", why->message);
    return FALSE;
}

gboolean hv_security_restore(const HvSecurity *sec, HvLabelSet *set, int deadline_ms, GError **err)
{
    return batch_run(sec, set, DAC_RESTORE, deadline_ms, NULL, err);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Security labels of a guest's files: what QEMU may open, applied before it runs and taken back exactly after.
 * The caller collects a guest's files in an HvLabelSet; HvSecurity applies the set with every driver that is on.
 * HvSecurity is immutable after its creation; a set belongs to one thread at a time.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "util/cancel.h"
#include "util/host.h"

/* How a file is treated. */
typedef enum {
    HV_LABEL_SHARED = 1 << 0,     /* read-only, shareable or a backing image: other guests may use it too */
    HV_LABEL_MISSING_OK = 1 << 1, /* an absent file is no error (startupPolicy, optional kernel files) */
    HV_LABEL_FORGET = 1 << 2,     /* ours and short-lived (sockets, key files): not remembered, not restored */
    HV_LABEL_IMAGE = 1 << 3,      /* a disk's image: an absent one is storage's error */
} HvLabelFlags;

typedef struct {
    char *path;
    guint flags;                  /* HvLabelFlags */
    gboolean relabel;             /* FALSE: <seclabel relabel='no'>: left alone */
    uid_t uid;                    /* (uid_t)-1: the driver's own */
    gid_t gid;
    /* Filled by probe and apply. */
    gboolean known;               /* the owner before is known */
    uid_t old_uid;
    gid_t old_gid;
    gboolean applied;             /* this set changed (or counted) it */
} HvLabelItem;

typedef struct HvLabelSet HvLabelSet;
HvLabelSet *hv_label_set_new(void);
HvLabelSet *hv_label_set_copy(const HvLabelSet *set);   /* caller frees */
void hv_label_set_free(HvLabelSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HvLabelSet, hv_label_set_free)
/* A path that is there already only gains: its flags are intersected (SHARED and MISSING_OK stay only if all agree).
 * Returns the item, owned by the set, valid until the next add. */
HvLabelItem *hv_label_set_add(HvLabelSet *set, const char *path, guint flags);
/* The per-device or per-domain <seclabel model='dac'>: @label "+107:+107" or "user:group", or NULL; @relabel as in
 * the document. VIR_ERR_CONFIG_UNSUPPORTED naming the label. */
gboolean hv_label_item_override(HvLabelItem *item, const char *label, gboolean relabel, GError **err);
guint hv_label_set_count(const HvLabelSet *set);
HvLabelItem *hv_label_set_item(HvLabelSet *set, guint i);
/* For a guest whose files were labelled before this daemon started and that has no list of ours (libvirt's): the
 * recorded owners decide, files without a record go to root. */
void hv_label_set_mark_applied(HvLabelSet *set);

/* For the status document (our own namespace): one line a file, "uid:gid:flags:path" with '%' escapes, uid and gid
 * empty when unknown. parse gives a set that can be restored. Returns: caller frees; NULL with @err set. */
char *hv_label_set_format(const HvLabelSet *set);
HvLabelSet *hv_label_set_parse(const char *text, GError **err);

/* "user:group", "+107:+107", "107", with the given defaults for what is missing. VIR_ERR_INVALID_ARG. */
gboolean hv_dac_label_parse(const char *text, uid_t *ret_uid, gid_t *ret_gid, GError **err);

typedef struct {
    const char *const *drivers;   /* qemu.conf's security_driver: NULL is "what the host enforces, and DAC" */
    gboolean privileged;          /* session instances label nothing */
    uid_t uid;                    /* of QEMU */
    gid_t gid;
    gboolean dynamic_ownership, remember_owner;
    gboolean default_confined, require_confined;
    const char *const *shared_filesystems;  /* paths whose owners are never restored; may be NULL */
} HvSecurityOptions;

typedef struct HvSecurity HvSecurity;
/* @host tells what the machine enforces (/sys/module/apparmor, /sys/fs/selinux). An unknown driver name, or one that
 * the machine does not have, is VIR_ERR_CONFIG_UNSUPPORTED naming it. */
HvSecurity *hv_security_new(const VirHost *host, const HvSecurityOptions *opts, GError **err);
void hv_security_free(HvSecurity *sec);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HvSecurity, hv_security_free)

/* Refuses a start that would be unconfined where AppArmor or SELinux enforces (design: never silently), with the fix.
 * @unconfined_wanted: the document says <seclabel type='none'>. */
gboolean hv_security_check_start(const HvSecurity *sec, gboolean unconfined_wanted, GError **err);

/* Reads the owners of all files of the set, so that the undo list can be stored before apply (and so that an apply that
 * hangs in the middle can be taken back). */
gboolean hv_security_probe(const HvSecurity *sec, HvLabelSet *set, int deadline_ms, VirCancel *cancel, GError **err);
/* All or nothing: at the first failure (VIR_ERR_SYSTEM_ERROR naming the file) the files done are restored. Files on
 * local file systems are done on this thread, the others in one killable child. */
gboolean hv_security_apply(const HvSecurity *sec, HvLabelSet *set, int deadline_ms, VirCancel *cancel, GError **err);
/* Every file is tried; FALSE with the first failure. */
gboolean hv_security_restore(const HvSecurity *sec, HvLabelSet *set, int deadline_ms, GError **err);

/* The <secmodel>s of capabilities, in order; 0 past the end. */
typedef struct {
    const char *model;            /* "dac", "none" */
    const char *doi;              /* "0" */
    struct { const char *virt_type, *label; } base[3];   /* "kvm", "+64055:+64055"; NULL ends */
} HvSecModel;
guint hv_security_models(const HvSecurity *sec, const HvSecModel **ret);

/* The guest's own label for <seclabel type='dynamic' model='dac'>: "+64055:+64055". Borrowed; NULL when DAC is off. */
const char *hv_security_dac_label(const HvSecurity *sec);

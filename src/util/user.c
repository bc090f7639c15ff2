/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "util/error.h"
#include "util/proc.h"
#include "util/units.h"

#define VIR_FROM_THIS VIR_FROM_NONE
#define MAX_ROOM (1024 * 1024)

/* The name service fills a buffer of unknown size: doubled up to a bound. Returns 0 or errno; *ret NULL: not found. */
typedef struct {
    struct passwd pw;
    struct group gr;
    char *buf;
} Entry;

typedef enum { BY_USER_NAME, BY_USER_ID, BY_GROUP_NAME, BY_GROUP_ID } LookupBy;

static int look_up(LookupBy by, const char *name, id_t id, Entry *e, gboolean *ret_found)
{
    for (size_t room = 1024; room <= MAX_ROOM; room *= 2) {
        struct passwd *pw = NULL;
        struct group *gr = NULL;
        int rc;
        e->buf = g_realloc(e->buf, room);
        switch (by) {
        case BY_USER_NAME:
            rc = getpwnam_r(name, &e->pw, e->buf, room, &pw);
            break;
        case BY_USER_ID:
            rc = getpwuid_r(id, &e->pw, e->buf, room, &pw);
            break;
        case BY_GROUP_NAME:
            rc = getgrnam_r(name, &e->gr, e->buf, room, &gr);
            break;
        default:
            rc = getgrgid_r(id, &e->gr, e->buf, room, &gr);
        }
        *ret_found = pw || gr;
        if (rc == ENOENT || rc == ESRCH || rc == EBADF || rc == EPERM)   /* ways of saying "not found" */
            return 0;
        if (rc != ERANGE)
            return rc;
    }
    return ERANGE;
}

static gboolean number_form(const char *text, gint64 *ret)
{
    return vir_units_int64(text + (*text == '+'), 0, G_MAXUINT32 - 1, ret);
}

/* A name wins over a number, unless '+' says number. */
static gboolean resolve(LookupBy by, const char *what, const char *text, Entry *e, gint64 *ret_number, GError **err)
{
    gboolean found = FALSE;
    int rc = *text == '+' ? 0 : look_up(by, text, 0, e, &found);
    if (rc)
        return vir_fail_errno(err, rc, "cannot look up %s '%s'", what, text);
    *ret_number = -1;
    return found || number_form(text, ret_number) ||
           vir_fail(err, VIR_ERR_INVALID_ARG, "there is no %s '%s'", what, text);
}

gboolean vir_proc_user(const char *text, uid_t *ret_uid, gid_t *ret_gid, GError **err)
{
    Entry e = { 0 };
    gint64 number = -1;
    gboolean ok = resolve(BY_USER_NAME, "user", text, &e, &number, err), found;
    /* An id without an entry: its group has the same number. */
    if (ok && number >= 0 && ret_gid && (look_up(BY_USER_ID, NULL, number, &e, &found) != 0 || !found))
        e.pw.pw_gid = number;
    if (ok)
        *ret_uid = number < 0 ? e.pw.pw_uid : (uid_t)number;
    if (ok && ret_gid)
        *ret_gid = e.pw.pw_gid;
    g_free(e.buf);
    return ok;
}

gboolean vir_proc_group(const char *text, gid_t *ret_gid, GError **err)
{
    Entry e = { 0 };
    gint64 number = -1;
    gboolean ok = resolve(BY_GROUP_NAME, "group", text, &e, &number, err);
    if (ok)
        *ret_gid = number < 0 ? e.gr.gr_gid : (gid_t)number;
    g_free(e.buf);
    return ok;
}

char *vir_proc_user_name(uid_t uid)
{
    Entry e = { 0 };
    gboolean found = FALSE;
    char *name = look_up(BY_USER_ID, NULL, uid, &e, &found) == 0 && found ? g_strdup(e.pw.pw_name) : NULL;
    g_free(e.buf);
    return name;
}

char *vir_proc_group_name(gid_t gid)
{
    Entry e = { 0 };
    gboolean found = FALSE;
    char *name = look_up(BY_GROUP_ID, NULL, gid, &e, &found) == 0 && found ? g_strdup(e.gr.gr_name) : NULL;
    g_free(e.buf);
    return name;
}

gboolean vir_proc_user_home(uid_t uid, char **ret, GError **err)
{
    Entry e = { 0 };
    gboolean found = FALSE;
    int rc = look_up(BY_USER_ID, NULL, uid, &e, &found);
    gboolean ok = rc == 0 && found;
    if (ok)
        *ret = g_strdup(e.pw.pw_dir);
    else if (rc)
        vir_fail_errno(err, rc, "cannot look up user %u", uid);
    else
        vir_fail(err, VIR_ERR_INVALID_ARG, "there is no user %u", uid);
    g_free(e.buf);
    return ok;
}

GArray *vir_proc_groups(uid_t uid, gid_t gid, GError **err)
{
    GArray *groups = g_array_new(FALSE, FALSE, sizeof(gid_t));
    g_autofree char *name = vir_proc_user_name(uid);
    if (!name) {
        g_array_append_val(groups, gid);
        return groups;
    }
    int n = 64;
    for (;;) {
        g_array_set_size(groups, n);
        int had = n;
        if (getgrouplist(name, gid, (gid_t *)groups->data, &n) >= 0)
            break;
        if (n <= had || n > 65536) {
            g_array_unref(groups);
            vir_fail(err, VIR_ERR_INTERNAL_ERROR, "cannot list the groups of user '%s'", name);
            return NULL;
        }
    }
    g_array_set_size(groups, n);
    /* With another @gid the user's own first group is one more: /dev/kvm may be open to that one only. */
    uid_t same;
    gid_t primary;
    gboolean there = !vir_proc_user(name, &same, &primary, NULL);
    for (guint i = 0; !there && i < groups->len; i++)
        there = g_array_index(groups, gid_t, i) == primary;
    if (!there)
        g_array_append_val(groups, primary);
    return groups;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/dirs.h"

#include <string.h>
#include <unistd.h>

#include "config.h"
#include "util/file.h"

#define NAME_SHORT 20      /* of a guest in directory names, so that socket paths below them fit */

/* Where each directory is: below which base, and what mode it gets. */
typedef enum { BASE_CONF, BASE_RUN, BASE_CACHE, BASE_LIB, BASE_LOG, BASE_COUNT } Base;

typedef struct {
    gsize offset;
    Base system_base;
    const char *system_path;     /* NULL: none there */
    Base session_base;
    const char *session_path;
    mode_t mode;                 /* 0: not made at start */
    gboolean qemu_owned;         /* QEMU writes into it */
} Row;

#define AT(field) G_STRUCT_OFFSET(QemuDirs, field)
// clang-format off
static const Row rows[] = {
    { AT(config),      BASE_CONF,  "qemu",                BASE_CONF,  "qemu",                0755, FALSE },
    { AT(autostart),   BASE_CONF,  "qemu/autostart",      BASE_CONF,  "qemu/autostart",      0,    FALSE },
    { AT(hooks),       BASE_CONF,  "hooks",               BASE_CONF,  "hooks",               0,    FALSE },
    { AT(state),       BASE_RUN,   "qemu",                BASE_RUN,   "qemu/run",            0755, FALSE },
    { AT(cache),       BASE_CACHE, "qemu",                BASE_CACHE, "qemu/cache",          0755, FALSE },
    { AT(lib),         BASE_LIB,   "qemu",                BASE_CONF,  "qemu/lib",            0755, TRUE },
    { AT(log),         BASE_LOG,   "qemu",                BASE_CACHE, "qemu/log",            0755, FALSE },
    { AT(save),        BASE_LIB,   "qemu/save",           BASE_CONF,  "qemu/save",           0755, TRUE },
    { AT(snapshot),    BASE_LIB,   "qemu/snapshot",       BASE_CONF,  "qemu/snapshot",       0755, TRUE },
    { AT(checkpoint),  BASE_LIB,   "qemu/checkpoint",     BASE_CONF,  "qemu/checkpoint",     0755, TRUE },
    { AT(dump),        BASE_LIB,   "qemu/dump",           BASE_CONF,  "qemu/dump",           0755, TRUE },
    { AT(channel),     BASE_LIB,   "qemu/channel/target", BASE_CONF,  "qemu/channel/target", 0755, TRUE },
    { AT(nvram),       BASE_LIB,   "qemu/nvram",          BASE_CONF,  "qemu/nvram",          0755, TRUE },
    { AT(ram),         BASE_LIB,   "qemu/ram",            BASE_CONF,  "qemu/ram",            0755, TRUE },
    { AT(swtpm),       BASE_LIB,   "swtpm",               BASE_CONF,  "qemu/swtpm",          0,    FALSE },
    { AT(swtpm_state), BASE_RUN,   "qemu/swtpm",          BASE_RUN,   "qemu/run/swtpm",      0,    FALSE },
    { AT(slirp),       BASE_RUN,   "qemu/slirp",          BASE_RUN,   "qemu/run/slirp",      0755, TRUE },
    { AT(passt),       BASE_RUN,   "qemu/passt",          BASE_RUN,   "qemu/run/passt",      0755, TRUE },
    { AT(dbus),        BASE_RUN,   "qemu/dbus",           BASE_RUN,   "qemu/run/dbus",       0770, TRUE },
    { AT(rdp),         BASE_RUN,   "qemu/rdp",            BASE_RUN,   "qemu/run/rdp",        0,    TRUE },
    { AT(hostdevmgr),  BASE_RUN,   "hostdevmgr",          BASE_RUN,   "hostdevmgr",          0,    FALSE },
};
// clang-format on

static char **member(QemuDirs *dirs, const Row *row)
{
    return (char **)((char *)dirs + row->offset);
}

static char *user_base(const char *root, const char *variable, const char *fallback)
{
    const char *value = g_getenv(variable);
    g_autofree char *dir = value && *value ? g_strdup(value)
                           : fallback      ? g_build_filename(g_get_home_dir(), fallback, NULL)
                                           : NULL;
    return dir ? g_strdup_printf("%s%s/libvirt", root, dir) : NULL;
}

QemuDirs *qemu_dirs_new(gboolean session, const char *root, GError **err)
{
    QemuDirs *dirs = g_new0(QemuDirs, 1);
    g_autoptr(GPtrArray) bases = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_set_size(bases, BASE_COUNT);
    if (session) {
        bases->pdata[BASE_CONF] = user_base(root, "XDG_CONFIG_HOME", ".config");
        bases->pdata[BASE_CACHE] = user_base(root, "XDG_CACHE_HOME", ".cache");
        bases->pdata[BASE_RUN] = user_base(root, "XDG_RUNTIME_DIR", NULL);
        if (!bases->pdata[BASE_RUN])
            bases->pdata[BASE_RUN] = g_strdup(bases->pdata[BASE_CACHE]);
        bases->pdata[BASE_LIB] = g_strdup(bases->pdata[BASE_CONF]);
        bases->pdata[BASE_LOG] = g_strdup(bases->pdata[BASE_CACHE]);
    } else {
        bases->pdata[BASE_CONF] = g_strconcat(root, VIR_SYSCONFDIR "/libvirt", NULL);
        bases->pdata[BASE_CACHE] = g_strconcat(root, VIR_LOCALSTATEDIR "/cache/libvirt", NULL);
        bases->pdata[BASE_RUN] = g_strconcat(root, VIR_RUNSTATEDIR "/libvirt", NULL);
        bases->pdata[BASE_LIB] = g_strconcat(root, VIR_LOCALSTATEDIR "/lib/libvirt", NULL);
        bases->pdata[BASE_LOG] = g_strconcat(root, VIR_LOCALSTATEDIR "/log/libvirt", NULL);
    }
    dirs->session = session;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Base base = session ? rows[i].session_base : rows[i].system_base;
        *member(dirs, &rows[i]) = g_build_filename(bases->pdata[base], session ? rows[i].session_path : rows[i].system_path,
                                                   NULL);
    }
    dirs->conf_dir = g_strdup(bases->pdata[BASE_CONF]);
    dirs->conf_file = g_build_filename(dirs->conf_dir, "qemu.conf", NULL);
    dirs->run = g_strdup(bases->pdata[BASE_RUN]);
    dirs->swtpm_log = session ? g_build_filename(dirs->log, "swtpm", NULL)
                              : g_strconcat(root, VIR_LOCALSTATEDIR "/log/swtpm/libvirt/qemu", NULL);
    dirs->tls_default = g_strconcat(root, VIR_SYSCONFDIR "/pki/qemu", NULL);
    return dirs;
}

void qemu_dirs_free(QemuDirs *dirs)
{
    if (!dirs)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        g_free(*member(dirs, &rows[i]));
    g_free(dirs->conf_dir);
    g_free(dirs->conf_file);
    g_free(dirs->run);
    g_free(dirs->swtpm_log);
    g_free(dirs->tls_default);
    g_free(dirs);
}

gboolean qemu_dirs_create(const QemuDirs *dirs, uid_t uid, gid_t gid, GError **err)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        gboolean give = rows[i].qemu_owned && !dirs->session;
        if (rows[i].mode && !vir_file_ensure_dir(*member((QemuDirs *)dirs, &rows[i]), rows[i].mode,
                                                 give ? uid : (uid_t)-1, give ? gid : (gid_t)-1, err))
            return FALSE;
    }
    return TRUE;
}

char *qemu_dirs_domain_name(int id, const char *name)
{
    g_autofree char *text = g_strdup(name);
    /* A character is not cut in two. */
    if (strlen(text) > NAME_SHORT) {
        char *end = g_utf8_find_prev_char(text, text + NAME_SHORT + 1);
        while (end && end - text > NAME_SHORT)
            end = g_utf8_find_prev_char(text, end);
        if (end)
            *end = '\0';
        else
            text[NAME_SHORT] = '\0';
    }
    for (char *c = text; *c; c++) {
        if (*c == '/')
            *c = '-';
    }
    return g_strdup_printf("domain-%d-%s", id, text);
}

static char *below(const char *dir, int id, const char *name)
{
    g_autofree char *short_name = qemu_dirs_domain_name(id, name);
    return g_build_filename(dir, short_name, NULL);
}

char *qemu_dirs_domain_lib(const QemuDirs *dirs, int id, const char *name)
{
    return below(dirs->lib, id, name);
}

char *qemu_dirs_domain_channel(const QemuDirs *dirs, int id, const char *name)
{
    return below(dirs->channel, id, name);
}

char *qemu_dirs_monitor(const QemuDirs *dirs, int id, const char *name)
{
    g_autofree char *lib = qemu_dirs_domain_lib(dirs, id, name);
    return g_build_filename(lib, "monitor.sock", NULL);
}

char *qemu_dirs_pid_file(const QemuDirs *dirs, const char *name)
{
    return g_strdup_printf("%s/%s.pid", dirs->state, name);
}

char *qemu_dirs_status_file(const QemuDirs *dirs, const char *name)
{
    return g_strdup_printf("%s/%s.xml", dirs->state, name);
}

char *qemu_dirs_log_file(const QemuDirs *dirs, const char *name)
{
    return g_strdup_printf("%s/%s.log", dirs->log, name);
}

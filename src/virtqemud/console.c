/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ways into a running guest: consoles, channels, screens, keys, QEMU's own monitor.
 */
#include <libvirt/libvirt-qemu.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "rpc/stream-source.h"
#include "virtqemud/domain.h"
#include "virtqemud/keys.h"
#include "virtqemud/methods.h"
#include "virtqemud/qmp/qmp-commands.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

/* ---- character devices: one stream at a time on each ---- */

typedef struct {
    QemuDriver *qemu;
    char *key;               /* path of the terminal or socket */
} Session;

static void session_free(gpointer data)
{
    g_free(((Session *)data)->key);
    g_free(data);
}

static void session_closed(VirStreamSource *source)
{
    Session *session = source->data;
    g_mutex_lock(&session->qemu->consoles_lock);
    if (g_hash_table_lookup(session->qemu->consoles, session->key) == source)
        g_hash_table_remove(session->qemu->consoles, session->key);
    g_mutex_unlock(&session->qemu->consoles_lock);
}

/* Makes @source the only one of @key. Without @force an open one stays and the new one is refused. */
static gboolean claim_session(QemuDriver *qemu, const char *key, VirStreamSource *source, gboolean force, GError **err)
{
    VirStreamSource *old;
    g_mutex_lock(&qemu->consoles_lock);
    old = virObjectRef(g_hash_table_lookup(qemu->consoles, key));
    if (!old || force)
        g_hash_table_replace(qemu->consoles, g_strdup(key), virObjectRef(source));
    g_mutex_unlock(&qemu->consoles_lock);
    if (!old)
        return TRUE;
    if (force) {
        GError *why = NULL;
        vir_fail(&why, VIR_ERR_OPERATION_ABORTED, "the console was taken over by another session");
        vir_stream_source_abort(old, why);
    }
    virObjectUnref(old);
    return force || vir_fail(err, VIR_ERR_OPERATION_FAILED, "Active console session exists for this domain");
}

static int open_socket(const char *path, GError **err)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    g_strlcpy(addr.sun_path, path, sizeof(addr.sun_path));
    if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
        vir_fail_errno(err, errno, "cannot connect to '%s'", path);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

static int open_chr(const DomainChr *chr, GError **err)
{
    const DomainChrSource *source = &chr->source;
    if (!source->path) {
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "character device %s has no path yet", chr->info.alias);
        return -1;
    }
    if (source->type == DOMAIN_CHR_UNIX)
        return open_socket(source->path, err);
    int fd = open(source->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        vir_fail_errno(err, errno, "cannot open '%s'", source->path);
    return fd;
}

static gboolean open_stream(VirInvocation *inv, const DomainChr *chr, gboolean force, GError **err)
{
    QemuDriver *qemu = qemu_of(inv);
    int fd = open_chr(chr, err);
    if (fd < 0)
        return FALSE;
    g_autoptr(VirStreamSource) source = vir_stream_source_new(fd, TRUE, TRUE);
    if (!claim_session(qemu, chr->source.path, source, force, err))
        return FALSE;
    Session *session = g_new(Session, 1);
    *session = (Session){ qemu, g_strdup(chr->source.path) };
    source->data = session;
    source->free_data = session_free;
    source->closed = session_closed;
    inv->stream = g_steal_pointer(&source);
    return TRUE;
}

static const DomainChr *by_alias(DomainChr *const *list, guint n, const char *alias)
{
    for (guint i = 0; i < n; i++) {
        if (g_strcmp0(list[i]->info.alias, alias) == 0)
            return list[i];
    }
    return NULL;
}

static const DomainChr *find_console(const DomainDef *def, const char *alias)
{
    if (!alias)
        return def->consoles.n ? def->consoles.v[0] : def->serials.n ? def->serials.v[0] : NULL;
    const DomainChr *chr = by_alias(def->consoles.v, def->consoles.n, alias);
    if (!chr)
        chr = by_alias(def->serials.v, def->serials.n, alias);
    return chr ? chr : by_alias(def->parallels.v, def->parallels.n, alias);
}

gboolean qemu_domain_open_console(VirInvocation *inv, VirEntry *obj, const remote_domain_open_console_args *args,
                                  void *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    if (!vir_check_flags(inv, args->flags, VIR_DOMAIN_CONSOLE_FORCE | VIR_DOMAIN_CONSOLE_SAFE, err))
        return FALSE;
    if (!qemu_domain_need_active(dom, err))
        return FALSE;
    const DomainChr *chr = find_console(dom->live->def, args->dev_name);
    if (!chr)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "cannot find character device %s",
                        args->dev_name ? args->dev_name : "<null>");
    if (chr->source.type != DOMAIN_CHR_PTY && chr->source.type != DOMAIN_CHR_UNIX)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "character device %s is not using a PTY",
                        args->dev_name ? args->dev_name : "<null>");
    return open_stream(inv, chr, args->flags & VIR_DOMAIN_CONSOLE_FORCE, err);
}

gboolean qemu_domain_open_channel(VirInvocation *inv, VirEntry *obj, const remote_domain_open_channel_args *args,
                                  void *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    const DomainChr *chr = NULL;
    if (!vir_check_flags(inv, args->flags, VIR_DOMAIN_CHANNEL_FORCE, err) || !qemu_domain_need_active(dom, err))
        return FALSE;
    const DomainDef *def = dom->live->def;
    for (guint i = 0; i < def->channels.n && !chr; i++) {
        const DomainChr *c = def->channels.v[i];
        if (!args->name || g_strcmp0(c->name, args->name) == 0 || g_strcmp0(c->info.alias, args->name) == 0)
            chr = c;
    }
    if (!chr)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "cannot find channel %s", args->name ? args->name : "<null>");
    if (chr->source.type != DOMAIN_CHR_UNIX && chr->source.type != DOMAIN_CHR_PTY)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "channel %s is not using a UNIX socket",
                        chr->name ? chr->name : "<null>");
    return open_stream(inv, chr, args->flags & VIR_DOMAIN_CHANNEL_FORCE, err);
}

/* ---- screen ---- */

static const DomainVideo *find_screen(const DomainDef *def, guint screen)
{
    guint head = 0;
    for (guint i = 0; i < def->videos.n; i++) {
        head += MAX(def->videos.v[i]->heads, 1);
        if (screen < head)
            return def->videos.v[i];
    }
    return NULL;
}

gboolean qemu_domain_screenshot(VirInvocation *inv, VirEntry *obj, const remote_domain_screenshot_args *args,
                                remote_domain_screenshot_ret *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    VirQmpWait wait = qemu_domain_wait(inv);
    if (!vir_check_flags(inv, args->flags, 0, err) || !qemu_domain_need_monitor(dom, err))
        return FALSE;
    const DomainVideo *video = find_screen(dom->live->def, args->screen);
    if (!video)
        return vir_fail(err, VIR_ERR_OPERATION_INVALID, "no screens to take screenshot from");
    gboolean png = vir_qemu_caps_has(dom->caps, VIR_QEMU_CAP_SCREENDUMP_PNG);
    g_autofree char *path = g_strdup_printf("%s/screenshot-%" G_GINT64_FORMAT, dom->lib_dir, g_get_monotonic_time());
    gboolean first = video == dom->live->def->videos.v[0];
    if (!vir_qmp_screendump(dom->mon, path, first ? NULL : video->info.alias, first ? 0 : (int)args->screen, png, &wait,
                            err)) {
        unlink(path);
        return FALSE;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int saved = errno;
    unlink(path);
    if (fd < 0)
        return vir_fail_errno(err, saved, "cannot open the screenshot '%s'", path);
    inv->stream = vir_stream_source_new(fd, TRUE, FALSE);
    ret->mime = g_strdup(png ? "image/png" : "image/x-portable-pixmap");
    return TRUE;
}

/* ---- keys ---- */

gboolean qemu_domain_send_key(VirInvocation *inv, VirEntry *obj, const remote_domain_send_key_args *args, void *ret,
                              GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    VirQmpWait wait = qemu_domain_wait(inv);
    if (!vir_check_flags(inv, args->flags, 0, err) || !qemu_domain_need_monitor(dom, err))
        return FALSE;
    VirJson *keys = json_object_new_array();
    for (guint i = 0; i < args->keycodes.len; i++) {
        int number = qemu_key_number((int)args->codeset, args->keycodes.val[i]);
        if (number < 0) {
            json_object_put(keys);
            return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "cannot translate keycode %u of codeset %u", args->keycodes.val[i],
                            args->codeset);
        }
        json_object_array_add(keys, vir_json_new("s:type", "number", "i:data", number, NULL));
    }
    VirJson *command = vir_json_new("a:keys", keys, NULL);
    if (args->holdtime)
        vir_json_add(command, "u:hold-time", args->holdtime, NULL);
    return vir_qmp_call(dom->mon, "send-key", command, &wait, NULL, err);
}

/* ---- monitor ---- */

gboolean qemu_monitor_command(VirInvocation *inv, VirEntry *obj, const qemu_domain_monitor_command_args *args,
                              qemu_domain_monitor_command_ret *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    VirQmpWait wait = qemu_domain_wait(inv);
    if (!vir_check_flags(inv, args->flags, VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP, err) ||
        !qemu_domain_need_monitor(dom, err))
        return FALSE;
    if (args->flags & VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP) {
        ret->result = vir_qmp_human(dom->mon, args->cmd, &wait, err);
        return ret->result != NULL;
    }
    VirJson *command = vir_json_parse(args->cmd, strlen(args->cmd), "monitor command", err);
    g_autoptr(VirJson) answer = NULL;
    if (!command || !vir_qmp_call_raw(dom->mon, command, NULL, 0, &wait, &answer, err))
        return FALSE;
    ret->result = g_strdup(vir_json_text(answer, NULL));
    return TRUE;
}

/* ---- graphics by descriptor ---- */

static gboolean add_client(QemuDomain *dom, VirInvocation *inv, guint idx, guint flags, int fd, GError **err)
{
    VirQmpWait wait = qemu_domain_wait(inv);
    const DomainDef *def = dom->live->def;
    if (idx >= def->graphics.n)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "No graphics backend with index %u", idx);
    const DomainGraphics *g = def->graphics.v[idx];
    if (g->type != DOMAIN_GRAPHICS_VNC && g->type != DOMAIN_GRAPHICS_SPICE)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "Can only open VNC or SPICE graphics backends, not %s",
                        domain_graphics_type_enum.strings[g->type]);
    return vir_qmp_getfd(dom->mon, "graphicsfd", fd, &wait, err) &&
           vir_qmp_run(dom->mon, &wait, err, "add_client", "s:protocol",
                       g->type == DOMAIN_GRAPHICS_VNC ? "vnc" : "spice", "s:fdname", "graphicsfd", "b:skipauth",
                       (flags & VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH) != 0, NULL);
}

gboolean qemu_domain_open_graphics(VirInvocation *inv, VirEntry *obj, const remote_domain_open_graphics_args *args,
                                   void *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    if (!vir_check_flags(inv, args->flags, VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH, err) || !qemu_domain_need_monitor(dom, err))
        return FALSE;
    if (inv->nfds_in != 1)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "one descriptor must come with this call, not %u", inv->nfds_in);
    return add_client(dom, inv, args->idx, args->flags, inv->fds_in[0], err);
}

gboolean qemu_domain_open_graphics_fd(VirInvocation *inv, VirEntry *obj, const remote_domain_open_graphics_fd_args *args,
                                      void *ret, GError **err)
{
    QemuDomain *dom = qemu_domain_of(obj);
    int pair[2];
    if (!vir_check_flags(inv, args->flags, VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH, err) || !qemu_domain_need_monitor(dom, err))
        return FALSE;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return vir_fail_errno(err, errno, "cannot create a pair of sockets");
    gboolean ok = add_client(dom, inv, args->idx, args->flags, pair[1], err);
    close(pair[1]);
    if (ok)
        vir_invocation_add_fd(inv, pair[0]);
    else
        close(pair[0]);
    return ok;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Back ends of character devices, in QMP's form. Listening sockets and files to write are opened by us and passed: QEMU's
 * user need not be able to make files where the document wants them, and a client can connect before QEMU runs.
 */
#include "virtqemud/dev/dev.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "util/file.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

/* ---- host steps ---- */

typedef struct {
    char *path;
    uid_t uid;                 /* (uid_t)-1: left as it is */
    gid_t gid;
    gboolean truncate;
} OpenData;

static void open_data_free(gpointer data)
{
    OpenData *d = data;
    g_free(d->path);
    g_free(d);
}

static OpenData *open_data_new(const QemuPlanner *p, const char *path)
{
    OpenData *d = g_new0(OpenData, 1);
    d->path = g_strdup(path);
    d->uid = p->ctx->privileged ? p->ctx->conf->uid : (uid_t)-1;
    d->gid = p->ctx->privileged ? p->ctx->conf->gid : (gid_t)-1;
    return d;
}

static int open_listener(gpointer data, GError **err)
{
    const OpenData *d = data;
    int fd = qemu_listen_unix(d->path, 0775, err);
    if (fd >= 0 && d->uid != (uid_t)-1 && lchown(d->path, d->uid, d->gid) < 0) {
        vir_fail_errno(err, errno, "cannot give the socket '%s' to QEMU's user", d->path);
        close(fd);
        return -1;
    }
    return fd;
}

static void unlink_socket(gpointer data)
{
    unlink(((OpenData *)data)->path);
}

static int open_output(gpointer data, GError **err)
{
    const OpenData *d = data;
    int fd = open(d->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | (d->truncate ? O_TRUNC : 0), 0600);
    if (fd < 0)
        vir_fail_errno(err, errno, "cannot open '%s' for writing", d->path);
    return fd;
}

static const char *pass_output(QemuPlanner *p, const char *id, const char *part, const char *path, gboolean truncate)
{
    g_autofree char *name = g_strdup_printf("%s-%s", id, part);
    OpenData *d = open_data_new(p, path);
    d->truncate = truncate;
    return vir_plan_fd(p->plan, name, &(VirPlanFd){ VIR_PLAN_FD_SET, "open output file", open_output, d, open_data_free });
}

static gboolean make_dir(gpointer data, GError **err)
{
    const OpenData *d = data;
    return vir_file_ensure_dir(d->path, 0750, d->uid, d->gid, err);
}

static void remove_dir(gpointer data)
{
    rmdir(((const OpenData *)data)->path);       /* stays while something is in it */
}

void qemu_add_dir_step(QemuPlanner *p, const char *path)
{
    if (p->ctx->native)
        return;
    vir_plan_host(p->plan, &(VirPlanHost){ "create directory", make_dir, remove_dir, open_data_new(p, path), open_data_free });
}

/* ---- addresses ---- */

static VirJson *unix_addr(const char *path)
{
    g_autoptr(VirJson) data = vir_json_new("s:path", path, NULL);
    return vir_json_new("s:type", "unix", "O:data", data, NULL);
}

static VirJson *inet_addr_of(const char *host, const char *service)
{
    g_autoptr(VirJson) data = vir_json_new("s:host", host ? host : "", "s:port", service ? service : "0", NULL);
    return vir_json_new("s:type", "inet", "O:data", data, NULL);
}

static void add_server(VirJson *data, const DomainChrSource *src)
{
    if (src->mode == DOMAIN_CHR_MODE_BIND || src->mode == DOMAIN_CHR_MODE_SERVER)
        vir_json_add(data, "b:server", TRUE, "b:wait", FALSE, NULL);
    else
        vir_json_add(data, "b:server", FALSE, NULL);
    if (src->reconnect.enabled == VIR_TRISTATE_YES)
        vir_json_add(data, "?u:reconnect", src->reconnect.timeout, NULL);
}

/* ---- one function a kind of back end: fills the data of QMP's union and says its type ---- */

static gboolean backend_unix(QemuPlanner *p, const char *id, const DomainChrSource *src, VirJson *data, GError **err)
{
    gboolean server = src->mode == DOMAIN_CHR_MODE_BIND || src->mode == DOMAIN_CHR_MODE_SERVER;
    if (!src->path)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "the character device '%s' needs <source path=...>", id);
    g_autoptr(VirJson) addr = NULL;
    if (server && !p->ctx->native) {
        g_autofree char *dir = g_path_get_dirname(src->path);
        if (g_strcmp0(dir, p->ctx->channel_dir) == 0)
            qemu_add_dir_step(p, dir);
        vir_plan_host(p->plan, &(VirPlanHost){ "remove the socket afterwards", NULL, unlink_socket,
                                               open_data_new(p, src->path), open_data_free });
        const char *fd = vir_plan_fd(p->plan, id, &(VirPlanFd){ VIR_PLAN_FD_PLAIN, "listen on socket", open_listener,
                                                                open_data_new(p, src->path), open_data_free });
        g_autoptr(VirJson) str = vir_json_new("s:str", fd, NULL);
        addr = vir_json_new("s:type", "fd", "O:data", str, NULL);
    } else {
        addr = unix_addr(src->path);
        if (!server && !qemu_add_label(p, src->path, HV_LABEL_SHARED, src->seclabels.v, src->seclabels.n, err))
            return FALSE;
    }
    vir_json_add(data, "O:addr", addr, NULL);
    add_server(data, src);
    return TRUE;
}

static gboolean backend_tcp(QemuPlanner *p, const char *id, const DomainChrSource *src, VirJson *data, GError **err)
{
    g_autoptr(VirJson) addr = inet_addr_of(src->host, src->service);
    vir_json_add(data, "O:addr", addr, NULL);
    if (src->protocol == DOMAIN_CHR_PROTOCOL_TELNET || src->protocol == DOMAIN_CHR_PROTOCOL_TELNETS)
        vir_json_add(data, "b:telnet", TRUE, NULL);
    add_server(data, src);
    if (src->tls != VIR_TRISTATE_YES && !(src->tls == VIR_TRISTATE_ABSENT && p->ctx->conf->chardev.enabled))
        return TRUE;
    g_autofree char *creds = g_strdup_printf("obj%s_tls0", id);
    vir_json_add(data, "s:tls-creds", creds, NULL);
    gboolean server = src->mode == DOMAIN_CHR_MODE_BIND || src->mode == DOMAIN_CHR_MODE_SERVER;
    return qemu_add_tls(p, creds, &p->ctx->conf->chardev, server, err);
}

static gboolean backend_udp(QemuPlanner *p, const char *id, const DomainChrSource *src, VirJson *data, GError **err)
{
    g_autoptr(VirJson) remote = inet_addr_of(src->host, src->service);
    vir_json_add(data, "O:remote", remote, NULL);
    g_autoptr(VirJson) local = inet_addr_of(src->bind_host, src->bind_service);
    vir_json_add(data, "O:local", local, NULL);
    return TRUE;
}

static gboolean backend_file(QemuPlanner *p, const char *id, const DomainChrSource *src, VirJson *data, GError **err)
{
    if (p->ctx->native) {
        vir_json_add(data, "s:out", src->path, NULL);
        qemu_json_bool(data, "append", src->append);
        return TRUE;
    }
    const char *set = pass_output(p, id, "source", src->path, src->append == VIR_TRISTATE_NO);
    vir_json_add(data, "s:out", set, "b:append", TRUE, NULL);
    return TRUE;
}

static gboolean backend_path(QemuPlanner *p, const char *id, const DomainChrSource *src, VirJson *data, GError **err)
{
    vir_json_add(data, "s:device", src->path, NULL);
    if (src->type == DOMAIN_CHR_DEV)
        vir_plan_add_device_node(p->plan, src->path);
    if (src->type == DOMAIN_CHR_PIPE) {       /* QEMU opens a pair "PATH.in", "PATH.out" when there is one */
        g_autofree char *in = g_strdup_printf("%s.in", src->path);
        g_autofree char *out = g_strdup_printf("%s.out", src->path);
        if (!qemu_add_label(p, in, HV_LABEL_MISSING_OK, src->seclabels.v, src->seclabels.n, err) ||
            !qemu_add_label(p, out, HV_LABEL_MISSING_OK, src->seclabels.v, src->seclabels.n, err))
            return FALSE;
    }
    return qemu_add_label(p, src->path, src->type == DOMAIN_CHR_PIPE ? HV_LABEL_MISSING_OK : 0, src->seclabels.v,
                          src->seclabels.n, err);
}

static gboolean backend_spiceport(QemuPlanner *p, const char *id, const DomainChrSource *src, VirJson *data, GError **err)
{
    vir_json_add(data, "s:fqdn", src->path, NULL);
    return qemu_need(p, VIR_QEMU_CAP_SPICE, "SPICE", err);
}

static gboolean backend_vdagent(QemuPlanner *p, const char *id, const DomainChrSource *src, VirJson *data, GError **err)
{
    qemu_json_bool(data, "clipboard", src->copypaste);
    if (src->mouse)
        vir_json_add(data, "b:mouse", src->mouse == DOMAIN_MOUSE_MODE_CLIENT, NULL);
    return qemu_need(p, VIR_QEMU_CAP_CHARDEV_QEMU_VDAGENT, "back end 'qemu-vdagent'", err);
}

static gboolean backend_dbus(QemuPlanner *p, const char *id, const DomainChrSource *src, VirJson *data, GError **err)
{
    vir_json_add(data, "s:name", src->path, NULL);
    return qemu_need(p, VIR_QEMU_CAP_CHARDEV_DBUS, "back end 'dbus'", err);
}

static gboolean backend_plain(QemuPlanner *p, const char *id, const DomainChrSource *src, VirJson *data, GError **err)
{
    return TRUE;
}

typedef struct {
    const char *type;
    gboolean (*fill)(QemuPlanner *p, const char *id, const DomainChrSource *src, VirJson *data, GError **err);
} BackendRow;

static const BackendRow backends[] = {
    [DOMAIN_CHR_NULL] = { "null", backend_plain }, [DOMAIN_CHR_VC] = { "vc", backend_plain },
    [DOMAIN_CHR_PTY] = { "pty", backend_plain }, [DOMAIN_CHR_STDIO] = { "stdio", backend_plain },
    [DOMAIN_CHR_DEV] = { "serial", backend_path }, [DOMAIN_CHR_PIPE] = { "pipe", backend_path },
    [DOMAIN_CHR_FILE] = { "file", backend_file }, [DOMAIN_CHR_UDP] = { "udp", backend_udp },
    [DOMAIN_CHR_TCP] = { "socket", backend_tcp }, [DOMAIN_CHR_UNIX] = { "socket", backend_unix },
    [DOMAIN_CHR_SPICEVMC] = { "spicevmc", backend_plain }, [DOMAIN_CHR_SPICEPORT] = { "spiceport", backend_spiceport },
    [DOMAIN_CHR_QEMU_VDAGENT] = { "qemu-vdagent", backend_vdagent }, [DOMAIN_CHR_DBUS] = { "dbus", backend_dbus },
    [DOMAIN_CHR_NMDM] = { NULL, NULL },
};

gboolean qemu_add_chardev(QemuPlanner *p, const char *id, const DomainChrSource *src, const char *name, GError **err)
{
    const BackendRow *row = src->type < G_N_ELEMENTS(backends) ? &backends[src->type] : NULL;
    if (!row || !row->fill)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "character devices of type '%s' do not exist in QEMU (device '%s')",
                        vir_enum_to_string(&domain_chr_type_enum, src->type), id);
    g_autoptr(VirJson) data = vir_json_new(NULL, NULL);
    if (!row->fill(p, id, src, data, err))
        return FALSE;
    if (src->type == DOMAIN_CHR_SPICEVMC)
        vir_json_add(data, "s:type", name ? name : "vdagent", NULL);
    if (src->log_file) {
        const char *log = p->ctx->native ? src->log_file
                                         : pass_output(p, id, "log", src->log_file, src->log_append == VIR_TRISTATE_NO);
        vir_json_add(data, "s:logfile", log, NULL);
        if (!p->ctx->native)
            vir_json_add(data, "b:logappend", TRUE, NULL);
        else
            qemu_json_bool(data, "logappend", src->log_append);
    }
    const char *type = src->type == DOMAIN_CHR_DEV && g_str_has_prefix(id, "charparallel") ? "parallel" : row->type;
    g_autoptr(VirJson) backend = vir_json_new("s:type", type, "O:data", data, NULL);
    vir_plan_add(p->plan, VIR_PLAN_CHARDEV, vir_json_new("s:id", id, "O:backend", backend, NULL));
    return TRUE;
}

void qemu_add_socket_client(QemuPlanner *p, const char *id, const char *path, guint reconnect)
{
    g_autoptr(VirJson) addr = unix_addr(path);
    g_autoptr(VirJson) data = vir_json_new("O:addr", addr, "b:server", FALSE, "?u:reconnect", reconnect, NULL);
    g_autoptr(VirJson) backend = vir_json_new("s:type", "socket", "O:data", data, NULL);
    vir_plan_add(p->plan, VIR_PLAN_CHARDEV, vir_json_new("s:id", id, "O:backend", backend, NULL));
}

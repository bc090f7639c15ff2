/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A chain of storage sources as block nodes: for each image a node for where its bytes are ("libvirt-3-storage"), one
 * for a part of them ("-slice-sto") and one for their format ("-format"), from the base up.
 */
#include "virtqemud/dev/dev.h"

#include <string.h>

#define VIR_FROM_THIS VIR_FROM_QEMU

char *qemu_node_name(const StorageSource *src, const char *part)
{
    return g_strdup_printf("libvirt-%u-%s", src->index, part);
}

/* ---- caching ---- */

/* What several guests write must not linger in this host's cache. */
DomainDiskCache qemu_disk_cache(const DomainDisk *disk)
{
    gboolean unset = disk->cache <= DOMAIN_DISK_CACHE_DEFAULT;
    return unset && disk->shareable && !disk->readonly ? DOMAIN_DISK_CACHE_NONE : disk->cache;
}

typedef struct { gboolean set, direct, no_flush; } Cache;

static Cache cache_of(const DomainDisk *disk)
{
    switch (qemu_disk_cache(disk)) {
    case DOMAIN_DISK_CACHE_NONE: case DOMAIN_DISK_CACHE_DIRECTSYNC: return (Cache){ TRUE, TRUE, FALSE };
    case DOMAIN_DISK_CACHE_WRITETHROUGH: case DOMAIN_DISK_CACHE_WRITEBACK: return (Cache){ TRUE, FALSE, FALSE };
    case DOMAIN_DISK_CACHE_UNSAFE: return (Cache){ TRUE, FALSE, TRUE };
    default: return (Cache){ FALSE, FALSE, FALSE };
    }
}

static void add_cache(VirJson *node, const DomainDisk *disk)
{
    Cache c = cache_of(disk);
    if (!c.set)
        return;
    g_autoptr(VirJson) cache = vir_json_new("b:direct", c.direct, "b:no-flush", c.no_flush, NULL);
    vir_json_add(node, "O:cache", cache, NULL);
}

/* ---- places ---- */

static VirJson *inet_server(const StorageHost *host, guint default_port, gboolean typed)
{
    g_autofree char *port = g_strdup_printf("%u", host->port ? host->port : default_port);
    VirJson *server = typed ? vir_json_new("s:type", "inet", NULL) : vir_json_new(NULL, NULL);
    vir_json_add(server, "s:host", host->name ? host->name : "", "s:port", port, NULL);
    return server;
}

static gboolean is_unix(const StorageHost *host)
{
    return host->transport == STORAGE_TRANSPORT_UNIX;
}

static VirJson *server_of(const StorageHost *host, guint default_port)
{
    return is_unix(host) ? vir_json_new("s:type", "unix", "s:path", host->socket ? host->socket : "", NULL)
                         : inet_server(host, default_port, TRUE);
}

static gboolean need_host(const StorageSource *src, GError **err)
{
    if (src->net->hosts.n)
        return TRUE;
    return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "the %s image '%s' needs a <host>",
                    vir_enum_to_string(&storage_protocol_enum, src->net->protocol), src->path ? src->path : "");
}

static gboolean place_nbd(QemuPlanner *p, const StorageSource *src, VirJson *node, GError **err)
{
    if (!need_host(src, err))
        return FALSE;
    g_autoptr(VirJson) server = server_of(&src->net->hosts.v[0], 10809);
    vir_json_add(node, "s:driver", "nbd", "O:server", server, "?s:export", src->path, NULL);
    if (src->net->tls != VIR_TRISTATE_YES)
        return TRUE;
    g_autofree char *id = g_strdup_printf("objlibvirt-%u-storage_tls0", src->index);
    if (!qemu_add_tls(p, id, &p->ctx->conf->nbd, FALSE, err))
        return FALSE;
    vir_json_add(node, "s:tls-creds", id, "?s:tls-hostname", src->net->tls_hostname, NULL);
    return TRUE;
}

static gboolean add_auth(QemuPlanner *p, const StorageSource *src, const char *usage, char **ret_id, GError **err)
{
    *ret_id = g_strdup_printf("libvirt-%u-storage-auth-secret0", src->index);
    return qemu_add_secret(p, *ret_id, usage, &src->auth->secret, err);
}

static gboolean place_rbd(QemuPlanner *p, const StorageSource *src, VirJson *node, GError **err)
{
    g_auto(GStrv) parts = g_strsplit(src->path ? src->path : "", "/", 2);
    if (!parts[0] || !parts[1])
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "the RBD image '%s' is not 'pool/image'", src->path ? src->path : "");
    vir_json_add(node, "s:driver", "rbd", "s:pool", parts[0], "s:image", parts[1], "?s:snapshot", src->net->snapshot,
                 "?s:conf", src->net->config_file, NULL);
    if (src->net->hosts.n) {
        g_autoptr(VirJson) servers = json_object_new_array();
        for (guint i = 0; i < src->net->hosts.n; i++)
            json_object_array_add(servers, inet_server(&src->net->hosts.v[i], 6789, FALSE));
        vir_json_add(node, "A:server", servers, NULL);
    }
    if (!src->auth)
        return TRUE;
    g_autofree char *id = NULL;
    if (!add_auth(p, src, "ceph", &id, err))
        return FALSE;
    g_autoptr(VirJson) auth = vir_json_new_strv((const char *const[]){ "cephx", "none", NULL });
    vir_json_add(node, "s:user", src->auth->username, "A:auth-client-required", auth, "s:key-secret", id, NULL);
    return TRUE;
}

static gboolean place_gluster(QemuPlanner *p, const StorageSource *src, VirJson *node, GError **err)
{
    g_auto(GStrv) parts = g_strsplit(src->path ? src->path : "", "/", 2);
    if (!need_host(src, err))
        return FALSE;
    if (!parts[0] || !parts[1])
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "the gluster image '%s' is not 'volume/path'", src->path ? src->path : "");
    g_autoptr(VirJson) servers = json_object_new_array();
    for (guint i = 0; i < src->net->hosts.n; i++)
        json_object_array_add(servers, server_of(&src->net->hosts.v[i], 24007));
    vir_json_add(node, "s:driver", "gluster", "s:volume", parts[0], "s:path", parts[1], "A:server", servers,
                 "u:debug", p->ctx->conf->gluster_debug_level, NULL);
    return TRUE;
}

static gboolean place_iscsi(QemuPlanner *p, const StorageSource *src, VirJson *node, GError **err)
{
    if (!need_host(src, err))
        return FALSE;
    const StorageHost *host = &src->net->hosts.v[0];
    g_auto(GStrv) parts = g_strsplit(src->path ? src->path : "", "/", 2);
    g_autofree char *portal = strchr(host->name, ':') ? g_strdup_printf("[%s]:%u", host->name, host->port ? host->port : 3260)
                                                      : g_strdup_printf("%s:%u", host->name, host->port ? host->port : 3260);
    guint lun = parts[0] && parts[1] ? (guint)g_ascii_strtoull(parts[1], NULL, 10) : 0;
    vir_json_add(node, "s:driver", "iscsi", "s:portal", portal, "s:target", parts[0] ? parts[0] : "", "u:lun", lun,
                 "s:transport", "tcp", NULL);
    if (src->auth) {
        g_autofree char *id = NULL;
        if (!add_auth(p, src, "iscsi", &id, err))
            return FALSE;
        vir_json_add(node, "s:user", src->auth->username, "s:password-secret", id, NULL);
    }
    vir_json_add(node, "?s:initiator-name", src->net->initiator_iqn, NULL);
    return TRUE;
}

static guint default_port(StorageProtocol protocol)
{
    switch (protocol) {
    case STORAGE_PROTOCOL_HTTP: return 80;
    case STORAGE_PROTOCOL_HTTPS: return 443;
    case STORAGE_PROTOCOL_FTP: return 21;
    case STORAGE_PROTOCOL_FTPS: return 990;
    case STORAGE_PROTOCOL_TFTP: return 69;
    default: return 0;
    }
}

static gboolean place_curl(QemuPlanner *p, const StorageSource *src, VirJson *node, GError **err)
{
    if (!need_host(src, err))
        return FALSE;
    const StorageNetwork *net = src->net;
    const char *scheme = vir_enum_to_string(&storage_protocol_enum, net->protocol);
    const StorageHost *host = &net->hosts.v[0];
    g_autofree char *url = g_strdup_printf(strchr(host->name, ':') ? "%s://[%s]:%u/%s%s%s" : "%s://%s:%u/%s%s%s", scheme,
                                           host->name, host->port ? host->port : default_port(net->protocol),
                                           src->path ? src->path : "", net->query ? "?" : "", net->query ? net->query : "");
    vir_json_add(node, "s:driver", scheme, "s:url", url, NULL);
    if (src->auth) {
        g_autofree char *id = NULL;
        if (!add_auth(p, src, "iscsi", &id, err))
            return FALSE;
        vir_json_add(node, "s:username", src->auth->username, "s:password-secret", id, NULL);
    }
    qemu_json_bool(node, "sslverify", net->ssl_verify);
    if (net->cookies.n) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (guint i = 0; i < net->cookies.n; i++)
            g_string_append_printf(text, "%s%s=%s", i ? "; " : "", net->cookies.v[i].name, net->cookies.v[i].value);
        g_autofree char *id = g_strdup_printf("libvirt-%u-storage-httpcookie-secret0", src->index);
        if (!qemu_add_secret_value(p, id, (const guint8 *)text->str, text->len, err))
            return FALSE;
        vir_json_add(node, "s:cookie-secret", id, NULL);
    }
    vir_json_add(node, "?U:readahead", net->readahead, "?U:timeout", net->timeout, NULL);
    return TRUE;
}

static gboolean place_ssh(QemuPlanner *p, const StorageSource *src, VirJson *node, GError **err)
{
    if (!need_host(src, err))
        return FALSE;
    g_autoptr(VirJson) server = inet_server(&src->net->hosts.v[0], 22, FALSE);
    g_autofree char *path = g_strdup_printf("%s%s", src->path && src->path[0] == '/' ? "" : "/", src->path ? src->path : "");
    vir_json_add(node, "s:driver", "ssh", "s:path", path, "O:server", server,
                 "?s:user", src->net->identity_username ? src->net->identity_username : src->auth ? src->auth->username : NULL,
                 NULL);
    return TRUE;
}

/* "+1234" or "1234": what stands there is a number already when the document comes from our defaults. */
static guint64 number_of(const char *text)
{
    return text ? g_ascii_strtoull(text[0] == '+' ? text + 1 : text, NULL, 10) : 0;
}

static gboolean place_nfs(QemuPlanner *p, const StorageSource *src, VirJson *node, GError **err)
{
    if (!need_host(src, err))
        return FALSE;
    g_autoptr(VirJson) server = vir_json_new("s:host", src->net->hosts.v[0].name, "s:type", "inet", NULL);
    vir_json_add(node, "s:driver", "nfs", "O:server", server, "s:path", src->path ? src->path : "", NULL);
    if (src->net->identity_user)
        vir_json_add(node, "U:user", number_of(src->net->identity_user), NULL);
    if (src->net->identity_group)
        vir_json_add(node, "U:group", number_of(src->net->identity_group), NULL);
    return TRUE;
}

static gboolean place_sheepdog(QemuPlanner *p, const StorageSource *src, VirJson *node, GError **err)
{
    if (!need_host(src, err))
        return FALSE;
    g_autoptr(VirJson) server = server_of(&src->net->hosts.v[0], 7000);
    vir_json_add(node, "s:driver", "sheepdog", "O:server", server, "s:vdi", src->path ? src->path : "", NULL);
    return TRUE;
}

typedef gboolean (*PlaceFunc)(QemuPlanner *p, const StorageSource *src, VirJson *node, GError **err);
static const PlaceFunc network_places[] = {
    [STORAGE_PROTOCOL_NBD] = place_nbd, [STORAGE_PROTOCOL_RBD] = place_rbd, [STORAGE_PROTOCOL_SHEEPDOG] = place_sheepdog,
    [STORAGE_PROTOCOL_GLUSTER] = place_gluster, [STORAGE_PROTOCOL_ISCSI] = place_iscsi, [STORAGE_PROTOCOL_HTTP] = place_curl,
    [STORAGE_PROTOCOL_HTTPS] = place_curl, [STORAGE_PROTOCOL_FTP] = place_curl, [STORAGE_PROTOCOL_FTPS] = place_curl,
    [STORAGE_PROTOCOL_TFTP] = place_curl, [STORAGE_PROTOCOL_SSH] = place_ssh, [STORAGE_PROTOCOL_NFS] = place_nfs,
    [STORAGE_PROTOCOL_VXHS] = NULL,
};

static gboolean place_network(QemuPlanner *p, const StorageSource *src, VirJson *node, GError **err)
{
    PlaceFunc func = src->net && src->net->protocol < G_N_ELEMENTS(network_places) ? network_places[src->net->protocol] : NULL;
    if (func)
        return func(p, src, node, err);
    return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "this QEMU has no disks of protocol '%s'",
                    src->net ? vir_enum_to_string(&storage_protocol_enum, src->net->protocol) : "?");
}

/* A persistent reservation's helper: one of the guest's own, or one somebody runs. */
static void add_reservations(QemuPlanner *p, const StorageSource *src, VirJson *node)
{
    const StorageReservations *r = src->reservations;
    if (!r)
        return;
    if (r->managed == VIR_TRISTATE_YES) {      /* its object is the guest's, see plan/domain.c */
        vir_json_add(node, "s:pr-manager", "pr-helper0", NULL);
        return;
    }
    g_autofree char *id = g_strdup_printf("pr-helper-libvirt-%u-storage", src->index);
    vir_plan_add(p->plan, VIR_PLAN_OBJECT, vir_json_new("s:qom-type", "pr-manager-helper", "s:id", id, "s:path", r->path, NULL));
    vir_json_add(node, "s:pr-manager", id, NULL);
}

static gboolean place(QemuPlanner *p, const DomainDisk *disk, const StorageSource *src, VirJson *node, GError **err)
{
    switch (src->type) {
    case STORAGE_TYPE_FILE: case STORAGE_TYPE_BLOCK:
        vir_json_add(node, "s:driver", src->type == STORAGE_TYPE_FILE ? "file" : "host_device", "s:filename", src->path, NULL);
        add_reservations(p, src, node);
        if (disk->io)
            vir_json_add(node, "s:aio", vir_enum_to_string(&domain_disk_io_enum, disk->io), NULL);
        return TRUE;
    case STORAGE_TYPE_DIR:
        if (src->format != STORAGE_FORMAT_FAT && src->format != STORAGE_FORMAT_NONE && src->format != STORAGE_FORMAT_RAW)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s': a directory is given to guests with format 'fat' only",
                            disk->dst);
        vir_json_add(node, "s:driver", "vvfat", "s:dir", src->path, "b:floppy", disk->device == DOMAIN_DISK_DEVICE_FLOPPY,
                     "b:rw", !disk->readonly, NULL);
        return TRUE;
    case STORAGE_TYPE_NVME: {
        const DomainPciAddress *a = &src->nvme->addr;
        g_autofree char *device = g_strdup_printf("%04x:%02x:%02x.%x", a->domain, a->bus, a->slot, a->function);
        vir_json_add(node, "s:driver", "nvme", "s:device", device, "U:namespace", src->nvme->ns, NULL);
        return TRUE;
    }
    case STORAGE_TYPE_NETWORK:
        return place_network(p, src, node, err);
    case STORAGE_TYPE_VOLUME:
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s': volumes of storage pools are not looked up yet; give the path of volume "
                        "'%s' with <source file=...>", disk->dst, src->volume ? src->volume->volume : "");
    default:
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s': a source of type '%s' cannot be given to QEMU yet", disk->dst,
                        vir_enum_to_string(&storage_type_enum, src->type));
    }
}

/* ---- nodes ---- */

static gboolean add_storage_node(QemuPlanner *p, const DomainDisk *disk, const StorageSource *src, GError **err)
{
    g_autofree char *name = qemu_node_name(src, "storage");
    g_autoptr(VirJson) node = vir_json_new(NULL, NULL);
    if (!place(p, disk, src, node, err))
        return FALSE;
    vir_json_add(node, "s:node-name", name, NULL);
    add_cache(node, disk);
    vir_json_add(node, "b:auto-read-only", TRUE, "s:discard", "unmap", NULL);
    vir_plan_add(p->plan, VIR_PLAN_BLOCKDEV, g_steal_pointer(&node));
    return TRUE;
}

static gboolean is_luks(const StorageSource *src)
{
    return src->encryption && src->encryption->engine != STORAGE_ENGINE_LIBRBD &&
           (src->format == STORAGE_FORMAT_RAW || src->format == STORAGE_FORMAT_LUKS || src->format == STORAGE_FORMAT_NONE);
}

static gboolean has_slice_node(const StorageSource *src)
{
    return src->slice && !(src->format == STORAGE_FORMAT_RAW && !is_luks(src));
}

static void add_slice_node(QemuPlanner *p, const DomainDisk *disk, const StorageSource *src)
{
    g_autofree char *name = qemu_node_name(src, "slice-sto");
    g_autofree char *file = qemu_node_name(src, "storage");
    VirJson *node = vir_json_new("s:driver", "raw", "s:node-name", name, "U:offset", src->slice->offset,
                                 "U:size", src->slice->size, "s:file", file, "b:auto-read-only", TRUE, "s:discard", "unmap",
                                 NULL);
    add_cache(node, disk);
    vir_plan_add(p->plan, VIR_PLAN_BLOCKDEV, node);
}

static const char *format_driver(const StorageSource *src)
{
    switch (src->format) {
    case STORAGE_FORMAT_FAT: case STORAGE_FORMAT_DIR: case STORAGE_FORMAT_ISO: case STORAGE_FORMAT_RAW: case STORAGE_FORMAT_NONE:
        return "raw";
    case STORAGE_FORMAT_VHD: return "vpc";
    case STORAGE_FORMAT_PLOOP: return "parallels";
    default: return vir_enum_to_string(&storage_format_enum, src->format);
    }
}

static gboolean format_has_backing(const StorageSource *src)
{
    return src->format == STORAGE_FORMAT_QCOW2 || src->format == STORAGE_FORMAT_QCOW || src->format == STORAGE_FORMAT_QED ||
           src->format == STORAGE_FORMAT_VMDK;
}

static gboolean add_encryption(QemuPlanner *p, const StorageSource *src, VirJson *node, GError **err)
{
    const StorageEncryption *e = src->encryption;
    if (!e->secrets.n)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "the encrypted image '%s' names no <secret>", src->path ? src->path : "");
    g_autofree char *id = g_strdup_printf("libvirt-%u-format-encryption-secret0", src->index);
    if (!qemu_add_secret(p, id, "volume", &e->secrets.v[0].ref, err))
        return FALSE;
    if (is_luks(src)) {
        vir_json_add(node, "s:driver", "luks", "s:key-secret", id, NULL);
        return TRUE;
    }
    g_autoptr(VirJson) encrypt = vir_json_new("s:format", e->format == STORAGE_ENCRYPTION_QCOW ? "aes" : "luks",
                                              "s:key-secret", id, NULL);
    vir_json_add(node, "O:encrypt", encrypt, NULL);
    return TRUE;
}

static gboolean add_format_node(QemuPlanner *p, const DomainDisk *disk, const StorageSource *src, gboolean top, GError **err)
{
    const char *driver = format_driver(src);
    g_autofree char *name = qemu_node_name(src, "format");
    g_autofree char *file = qemu_node_name(src, has_slice_node(src) ? "slice-sto" : "storage");
    gboolean read_only = !top || disk->readonly || disk->device == DOMAIN_DISK_DEVICE_CDROM;
    g_autoptr(VirJson) node = vir_json_new("s:node-name", name, "b:read-only", read_only, NULL);
    if (disk->discard)
        vir_json_add(node, "s:discard", vir_enum_to_string(&domain_disk_discard_enum, disk->discard), NULL);
    if (top && disk->detect_zeroes) {
        /* QEMU refuses to unmap zeroes where discard is off. */
        gboolean unmap = disk->detect_zeroes == DOMAIN_DISK_ZEROES_UNMAP && disk->discard != DOMAIN_DISK_DISCARD_UNMAP;
        vir_json_add(node, "s:detect-zeroes", unmap ? "on" : vir_enum_to_string(&domain_disk_detect_zeroes_enum,
                                                                                disk->detect_zeroes), NULL);
    }
    add_cache(node, disk);
    vir_json_add(node, "s:driver", driver, NULL);
    if (src->format == STORAGE_FORMAT_QCOW2) {
        vir_json_add(node, "?U:cache-size", src->metadata_cache_max, NULL);
        if (disk->discard_no_unref && !read_only)
            qemu_json_bool(node, "discard-no-unref", disk->discard_no_unref);
    }
    if (src->encryption && src->encryption->engine != STORAGE_ENGINE_LIBRBD && !add_encryption(p, src, node, err))
        return FALSE;
    if (src->slice && !has_slice_node(src))
        vir_json_add(node, "U:offset", src->slice->offset, "U:size", src->slice->size, NULL);
    vir_json_add(node, "s:file", file, NULL);
    if (format_has_backing(src) && src->backing) {
        g_autofree char *backing = src->backing->type == STORAGE_TYPE_NONE ? NULL : qemu_node_name(src->backing, "format");
        vir_json_add(node, "s:backing", backing, NULL);
    }
    vir_plan_add(p->plan, VIR_PLAN_BLOCKDEV, g_steal_pointer(&node));
    return TRUE;
}

static gboolean add_source_label(QemuPlanner *p, const DomainDisk *disk, const StorageSource *src, gboolean top, GError **err)
{
    if (src->type != STORAGE_TYPE_FILE && src->type != STORAGE_TYPE_BLOCK && src->type != STORAGE_TYPE_DIR)
        return TRUE;
    gboolean shared = !top || disk->readonly || disk->shareable || disk->device == DOMAIN_DISK_DEVICE_CDROM;
    if (src->type == STORAGE_TYPE_BLOCK)
        vir_plan_add_device_node(p->plan, src->path);
    if (src->data_store && !qemu_add_label(p, src->data_store->src.path, HV_LABEL_IMAGE | (shared ? HV_LABEL_SHARED : 0), src->seclabels.v,
                                           src->seclabels.n, err))
        return FALSE;
    return qemu_add_label(p, src->path, HV_LABEL_IMAGE | (shared ? HV_LABEL_SHARED : 0) |
                          (src->startup_policy > STORAGE_STARTUP_MANDATORY ? HV_LABEL_MISSING_OK : 0),
                          src->seclabels.v, src->seclabels.n, err);
}

gboolean qemu_add_source_chain(QemuPlanner *p, const DomainDisk *disk, const StorageSource *src, GError **err)
{
    gboolean top = src == &disk->src;
    if (src->backing && src->backing->type != STORAGE_TYPE_NONE && !qemu_add_source_chain(p, disk, src->backing, err))
        return FALSE;
    if (!src->index)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "disk '%s': its source has no index yet", disk->dst);
    if (!add_source_label(p, disk, src, top, err) || !add_storage_node(p, disk, src, err))
        return FALSE;
    if (has_slice_node(src))
        add_slice_node(p, disk, src);
    return add_format_node(p, disk, src, top, err);
}

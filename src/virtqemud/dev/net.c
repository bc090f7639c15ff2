/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Network interfaces: the host's side (-netdev) and the card.
 */
#include "virtqemud/dev/net-priv.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define VIR_FROM_THIS VIR_FROM_QEMU

static const char *type_name(const DomainNet *net)
{
    return vir_enum_to_string(&domain_net_type_enum, net->type);
}

static char *netdev_id(const DomainNet *net)
{
    return g_strdup_printf("host%s", net->info.alias);
}

/* ---- the host's side: one function a type, filling the arguments of netdev_add ---- */

static gboolean side_user(QemuPlanner *p, const DomainNet *net, VirJson *args, GError **err)
{
    if (net->backend == DOMAIN_NET_BACKEND_PASST)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "interface '%s': <backend type='passt'/> is not supported yet; remove it",
                        net->info.alias);
    vir_json_add(args, "s:type", "user", NULL);
    for (guint i = 0; i < net->ips.n; i++) {
        const NetIp *ip = &net->ips.v[i];
        if (strchr(ip->address, ':')) {
            vir_json_add(args, "s:ipv6-prefix", ip->address, NULL);
            if (ip->prefix >= 0)
                vir_json_add(args, "i:ipv6-prefixlen", ip->prefix, NULL);
        } else {
            g_autofree char *text = ip->prefix >= 0 ? g_strdup_printf("%s/%d", ip->address, ip->prefix) : g_strdup(ip->address);
            vir_json_add(args, "s:net", text, NULL);
        }
    }
    return TRUE;
}

static gboolean side_socket(QemuPlanner *p, const DomainNet *net, VirJson *args, GError **err)
{
    g_autofree char *place = g_strdup_printf("%s:%u", net->address ? net->address : "", net->port);
    const char *key = net->type == DOMAIN_NET_SERVER ? "listen" : net->type == DOMAIN_NET_CLIENT ? "connect"
                      : net->type == DOMAIN_NET_MCAST ? "mcast" : "udp";
    vir_json_add(args, "s:type", "socket", NULL);
    qemu_json_str(args, key, place);
    if (net->type == DOMAIN_NET_UDP) {
        g_autofree char *local = g_strdup_printf("%s:%u", net->local_address ? net->local_address : "", net->local_port);
        vir_json_add(args, "s:localaddr", local, NULL);
    }
    return TRUE;
}

static gboolean side_vhost_user(QemuPlanner *p, const DomainNet *net, VirJson *args, GError **err)
{
    g_autofree char *chardev = g_strdup_printf("char%s", net->info.alias);
    DomainChrSource src = { .type = DOMAIN_CHR_UNIX, .path = net->source, .reconnect = net->reconnect,
                            .mode = net->mode == DOMAIN_NET_MODE_SERVER ? DOMAIN_CHR_MODE_BIND : DOMAIN_CHR_MODE_CONNECT };
    if (!net->source)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "interface '%s': type 'vhostuser' needs <source path=...>", net->info.alias);
    if (!qemu_add_chardev(p, chardev, &src, NULL, err))
        return FALSE;
    vir_json_add(args, "s:type", "vhost-user", "s:chardev", chardev, NULL);
    if (net->queues > 1)
        vir_json_add(args, "u:queues", net->queues, NULL);
    return TRUE;
}

static int open_vdpa(gpointer data, GError **err)
{
    int fd = open(data, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        vir_fail_errno(err, errno, "cannot open '%s'", (const char *)data);
    return fd;
}

static gboolean side_vdpa(QemuPlanner *p, const DomainNet *net, VirJson *args, GError **err)
{
    g_autofree char *name = g_strdup_printf("host%s-vdpa", net->info.alias);
    const char *dev = p->ctx->native ? net->source
                                     : vir_plan_fd(p->plan, name, &(VirPlanFd){ VIR_PLAN_FD_SET, "open vDPA device", open_vdpa,
                                                                                g_strdup(net->source), g_free });
    vir_json_add(args, "s:type", "vhost-vdpa", "s:vhostdev", dev, NULL);
    return qemu_need(p, VIR_QEMU_CAP_NETDEV_VHOST_VDPA, "vDPA interfaces", err);
}

static gboolean side_tap(QemuPlanner *p, const DomainNet *net, VirJson *args, GError **err)
{
    vir_json_add(args, "s:type", "tap", NULL);
    return qemu_net_add_tap(p, net, args, err);
}

typedef gboolean (*SideFunc)(QemuPlanner *p, const DomainNet *net, VirJson *args, GError **err);
static const SideFunc sides[] = {
    [DOMAIN_NET_USER] = side_user, [DOMAIN_NET_SERVER] = side_socket, [DOMAIN_NET_CLIENT] = side_socket,
    [DOMAIN_NET_MCAST] = side_socket, [DOMAIN_NET_UDP] = side_socket, [DOMAIN_NET_VHOSTUSER] = side_vhost_user,
    [DOMAIN_NET_VDPA] = side_vdpa, [DOMAIN_NET_BRIDGE] = side_tap, [DOMAIN_NET_ETHERNET] = side_tap, [DOMAIN_NET_VDS] = NULL,
};

/* ---- the card ---- */

gboolean qemu_net_is_virtio(const DomainNet *net)
{
    return net->model && g_ascii_strncasecmp(net->model, "virtio", strlen("virtio")) == 0;
}

static char *driver_of(const DomainNet *net)
{
    if (!qemu_net_is_virtio(net))
        return g_strdup(net->model ? net->model : "rtl8139");
    int model = g_str_equal(net->model, "virtio-transitional") ? 1 : g_str_equal(net->model, "virtio-non-transitional") ? 2 : 0;
    return qemu_virtio_driver("virtio-net", &net->info, model);
}

static void add_offloads(VirJson *props, const DomainNetOffloads *o)
{
    const struct { const char *key; VirTristate value; } rows[] = {
        { "csum", o->host_csum }, { "gso", o->host_gso }, { "host_tso4", o->host_tso4 }, { "host_tso6", o->host_tso6 },
        { "host_ecn", o->host_ecn }, { "host_ufo", o->host_ufo }, { "mrg_rxbuf", o->host_mrg_rxbuf },
        { "guest_csum", o->guest_csum }, { "guest_tso4", o->guest_tso4 }, { "guest_tso6", o->guest_tso6 },
        { "guest_ecn", o->guest_ecn }, { "guest_ufo", o->guest_ufo },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        qemu_json_bool(props, rows[i].key, rows[i].value);
}

static void add_virtio_card(QemuPlanner *p, const DomainNet *net, VirJson *props)
{
    if (net->txmode)
        vir_json_add(props, "s:tx", net->txmode == DOMAIN_NET_TXMODE_TIMER ? "timer" : "bh", NULL);
    qemu_json_bool(props, "ioeventfd", net->ioeventfd);
    qemu_json_bool(props, "event_idx", net->event_idx);
    if (net->offloads)
        add_offloads(props, net->offloads);
    if (net->queues > 1 && net->info.addr.type != DOMAIN_ADDRESS_CCW)
        vir_json_add(props, "b:mq", TRUE, "u:vectors", 2 * net->queues + 2, NULL);
    else if (net->queues > 1)
        vir_json_add(props, "b:mq", TRUE, NULL);
    qemu_json_bool(props, "rss", net->rss);
    qemu_json_bool(props, "hash", net->rss_hash_report);
    vir_json_add(props, "?u:rx_queue_size", net->rx_queue_size, "?u:tx_queue_size", net->tx_queue_size,
                 "?u:host_mtu", net->mtu, NULL);
    if (net->teaming && net->teaming->type == DOMAIN_TEAMING_PERSISTENT)
        vir_json_add(props, "b:failover", TRUE, NULL);
    qemu_add_virtio_options(props, &net->virtio);
}

static gboolean plan_card(QemuPlanner *p, const DomainNet *net, const char *netdev, GError **err)
{
    char mac[VIR_MAC_TEXT];
    g_autofree char *driver = driver_of(net);
    g_autoptr(VirJson) props = qemu_device_new(driver, NULL);
    if (qemu_net_is_virtio(net) && !p->ctx->native)
        add_virtio_card(p, net, props);
    vir_json_add(props, "s:netdev", netdev, "s:id", net->info.alias, "s:mac", vir_mac_format(&net->mac, mac),
                 "?u:bootindex", qemu_boot_index(p, QEMU_DEV_NET, net), NULL);
    if (!qemu_add_address(p, props, &net->info, "interface", err))
        return FALSE;
    qemu_add_rom(props, &net->info);
    qemu_add_device(p, g_steal_pointer(&props));
    return TRUE;
}

static gboolean plan(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainNet *net = dev;
    if (net->type == DOMAIN_NET_HOSTDEV && !p->ctx->native)
        return qemu_net_plan_hostdev(p, net, err);
    /* Read-only command lines show what a person can run: a tap, whatever the network of the document. */
    SideFunc func = p->ctx->native ? side_tap : net->type < G_N_ELEMENTS(sides) ? sides[net->type] : NULL;
    if (!func)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "interface '%s': type '%s' cannot be started yet", net->info.alias,
                        type_name(net));
    g_autofree char *id = netdev_id(net);
    g_autoptr(VirJson) args = vir_json_new(NULL, NULL);
    if (!func(p, net, args, err))
        return FALSE;
    vir_json_add(args, "s:id", id, NULL);
    vir_plan_add(p->plan, VIR_PLAN_NETDEV, g_steal_pointer(&args));
    if (!plan_card(p, net, id, err))
        return FALSE;
    if (net->link == DOMAIN_LINK_DOWN)
        vir_plan_command(p->plan, "set_link", vir_json_new("s:name", net->info.alias, "b:up", FALSE, NULL));
    return TRUE;
}

const QemuDevRow qemu_dev_net = {
    "interface", QEMU_DEV_HOTPLUG, G_STRUCT_OFFSET(DomainDef, nets), G_STRUCT_OFFSET(DomainNet, info), NULL, plan,
};

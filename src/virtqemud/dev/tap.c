/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tap devices: made when QEMU is about to run, one descriptor a queue, joined to a bridge. They end with QEMU's
 * descriptors, so no step has to take them away.
 */
#include "virtqemud/dev/net-priv.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/fd.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

typedef struct {
    char *ifname, *bridge;
    VirMac mac;
    guint mtu;
    gboolean first, multi, vnet_hdr, managed;
} TapData;

static void tap_data_free(gpointer data)
{
    TapData *d = data;
    g_free(d->ifname);
    g_free(d->bridge);
    g_free(d);
}

static gboolean if_ioctl(int sock, const char *ifname, unsigned long request, struct ifreq *req, const char *what, GError **err)
{
    g_strlcpy(req->ifr_name, ifname, sizeof req->ifr_name);
    return ioctl(sock, request, req) == 0 || vir_fail_errno(err, errno, "cannot %s of interface '%s'", what, ifname);
}

static gboolean set_up(const TapData *d, GError **err)
{
    VIR_AUTOFD int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq req = { 0 };
    if (sock < 0)
        return vir_fail_errno(err, errno, "cannot make a socket for the settings of '%s'", d->ifname);
    /* The host's end must not have the guest's address; fe: keeps it above every other port of the bridge. */
    req.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    memcpy(req.ifr_hwaddr.sa_data, d->mac.b, VIR_MAC_LEN);
    req.ifr_hwaddr.sa_data[0] = (char)0xfe;
    if (!if_ioctl(sock, d->ifname, SIOCSIFHWADDR, &req, "set the address", err))
        return FALSE;
    memset(&req, 0, sizeof req);
    req.ifr_mtu = (int)d->mtu;
    if (d->mtu && !if_ioctl(sock, d->ifname, SIOCSIFMTU, &req, "set the MTU", err))
        return FALSE;
    memset(&req, 0, sizeof req);
    req.ifr_ifindex = (int)if_nametoindex(d->ifname);
    if (d->bridge && !if_ioctl(sock, d->bridge, SIOCBRADDIF, &req, "add a port to the bridge", err))
        return FALSE;
    memset(&req, 0, sizeof req);
    if (!if_ioctl(sock, d->ifname, SIOCGIFFLAGS, &req, "read the flags", err))
        return FALSE;
    req.ifr_flags |= IFF_UP;
    return if_ioctl(sock, d->ifname, SIOCSIFFLAGS, &req, "set the flags", err);
}

static int open_tap(gpointer data, GError **err)
{
    const TapData *d = data;
    VIR_AUTOFD int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        vir_fail_errno(err, errno, "cannot open /dev/net/tun for interface '%s' (module tun)", d->ifname);
        return -1;
    }
    struct ifreq req = { 0 };
    g_strlcpy(req.ifr_name, d->ifname, sizeof req.ifr_name);
    req.ifr_flags = (short)(IFF_TAP | IFF_NO_PI | (d->vnet_hdr ? IFF_VNET_HDR : 0) | (d->multi ? IFF_MULTI_QUEUE : 0));
    if (ioctl(fd, TUNSETIFF, &req) < 0) {
        vir_fail_errno(err, errno, "cannot make the tap device '%s'", d->ifname);
        return -1;
    }
    if (d->first && d->managed && !set_up(d, err))
        return -1;
    return vir_fd_steal(&fd);
}

static int open_vhost(gpointer data, GError **err)
{
    int fd = open("/dev/vhost-net", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        vir_fail_errno(err, errno, "cannot open /dev/vhost-net");
    return fd;
}

static const char *pass_queue(QemuPlanner *p, const DomainNet *net, guint queue)
{
    g_autofree char *name = g_strdup_printf("fd-%s-%u", net->info.alias, queue);
    TapData *d = g_new0(TapData, 1);
    d->ifname = g_strdup(net->ifname);
    d->bridge = net->type == DOMAIN_NET_BRIDGE ? g_strdup(net->source) : NULL;
    d->mac = net->mac;
    d->mtu = net->mtu;
    d->first = queue == 0;
    d->multi = net->queues > 1;
    d->vnet_hdr = qemu_net_is_virtio(net);
    d->managed = net->managed_tap != VIR_TRISTATE_NO;
    return vir_plan_fd(p->plan, name, &(VirPlanFd){ VIR_PLAN_FD_PLAIN, "make tap device", open_tap, d, tap_data_free });
}

static void add_list(VirJson *args, const char *one, const char *many, GPtrArray *fds)
{
    g_ptr_array_add(fds, NULL);
    g_autofree char *text = g_strjoinv(":", (char **)fds->pdata);
    qemu_json_str(args, fds->len > 2 ? many : one, text);
}

gboolean qemu_net_add_tap(QemuPlanner *p, const DomainNet *net, VirJson *args, GError **err)
{
    if (p->ctx->native) {
        vir_json_add(args, "s:fd", "0", NULL);
        return TRUE;
    }
    if (!net->ifname)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "interface '%s' has no <target dev> yet", net->info.alias);
    guint queues = MAX(net->queues, 1);
    g_autoptr(GPtrArray) fds = g_ptr_array_new();
    for (guint i = 0; i < queues; i++)
        g_ptr_array_add(fds, (gpointer)pass_queue(p, net, i));
    add_list(args, "fd", "fds", fds);
    if (!qemu_net_is_virtio(net) || net->driver == DOMAIN_NET_DRIVER_QEMU || !vir_host_has(p->ctx->host, "/dev/vhost-net")) {
        if (net->driver == DOMAIN_NET_DRIVER_VHOST)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "interface '%s': <driver name='vhost'/> needs /dev/vhost-net and a virtio card",
                            net->info.alias);
        return TRUE;
    }
    g_autoptr(GPtrArray) vhosts = g_ptr_array_new();
    for (guint i = 0; i < queues; i++) {
        g_autofree char *name = g_strdup_printf("vhostfd-%s-%u", net->info.alias, i);
        g_ptr_array_add(vhosts, (gpointer)vir_plan_fd(p->plan, name, &(VirPlanFd){ VIR_PLAN_FD_PLAIN, "open vhost-net", open_vhost,
                                                                                   NULL, NULL }));
    }
    vir_json_add(args, "b:vhost", TRUE, NULL);
    add_list(args, "vhostfd", "vhostfds", vhosts);
    return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/error.h"
#include "virtqemud/figures.h"
#include "virtqemud/stats.h"

#define QEMU "/usr/bin/qemu-system-x86_64"

static const char document[] =
    "<domain type='qemu'><name>a</name><memory unit='MiB'>64</memory><vcpu>2</vcpu><iothreads>1</iothreads>"
    "<os><type arch='x86_64' machine='q35'>hvm</type></os><devices>"
    "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/x/a.img' index='3'/>"
    "<backingStore type='file' index='4'><format type='raw'/><source file='/x/base.img'/></backingStore>"
    "<target dev='vda' bus='virtio'/><alias name='virtio-disk0'/></disk>"
    "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/><alias name='sata0-0-0'/></disk>"
    "<interface type='user'><mac address='52:54:00:00:00:01'/></interface>"
    "<interface type='bridge'><mac address='52:54:00:00:00:02'/><source bridge='br0'/><target dev='vnetx'/></interface>"
    "<memballoon model='virtio'><alias name='balloon0'/></memballoon></devices></domain>";

typedef struct {
    QemuView view;
    DomainDoc doc;
    GSubprocess *child;
    gint64 tids[2];
} Guest;

static VirHost *host;

static void guest_init(Guest *g, gboolean run)
{
    g_autoptr(GError) err = NULL;
    memset(g, 0, sizeof(*g));
    g->doc.def = domain_def_parse(document, strlen(document), 0, &err);
    g_assert_no_error(err);
    g->view.config = &g->doc;
    g->view.state = VIR_DOMAIN_SHUTOFF;
    if (!run)
        return;
    int fds[2];
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    g_subprocess_launcher_take_fd(launcher, fds[1], 9);
    static const char *const argv[] = {
        QEMU, "-S", "-nodefaults", "-no-user-config", "-display", "none", "-machine", "q35,accel=tcg", "-m", "64", "-smp",
        "2", "-object", "iothread,id=iothread1",
        "-blockdev", "{\"driver\":\"null-co\",\"node-name\":\"libvirt-3-storage\",\"size\":1048576}",
        "-blockdev", "{\"driver\":\"raw\",\"node-name\":\"libvirt-3-format\",\"file\":\"libvirt-3-storage\"}",
        "-device", "{\"driver\":\"virtio-blk-pci\",\"drive\":\"libvirt-3-format\",\"id\":\"virtio-disk0\"}",
        "-device", "{\"driver\":\"ide-cd\",\"id\":\"sata0-0-0\"}",
        "-device", "{\"driver\":\"virtio-balloon-pci\",\"id\":\"balloon0\"}",
        "-chardev", "socket,id=m,fd=9", "-mon", "chardev=m,mode=control", NULL };
    g->child = g_subprocess_launcher_spawnv(launcher, argv, &err);
    g_assert_no_error(err);
    g_subprocess_launcher_close(launcher);
    g->view.mon = vir_qmp_new(fds[0], NULL, NULL, &err);
    g_assert_no_error(err);
    g_assert_true(vir_qmp_wait_ready(g->view.mon, NULL, &err));
    g->view.live = &g->doc;
    g->view.state = VIR_DOMAIN_RUNNING;
    g->view.reason = VIR_DOMAIN_RUNNING_BOOTED;
    g->view.pid = atoi(g_subprocess_get_identifier(g->child));
    g_autoptr(GArray) cpus = vir_qmp_query(g->view.mon, &vir_qmp_cpus_query, NULL, &err);
    g_assert_no_error(err);
    for (guint i = 0; i < cpus->len && i < 2; i++)
        g->tids[i] = g_array_index(cpus, VirQmpCpu, i).thread_id;
    g->view.vcpu_tids = g->tids;
    g->view.n_vcpus = 2;
}

static void guest_clear(Guest *g)
{
    if (g->child) {
        vir_qmp_close(g->view.mon);
        g_subprocess_force_exit(g->child);
        g_subprocess_wait(g->child, NULL, NULL);
        g_object_unref(g->child);
        virObjectUnref(g->view.mon);
    }
    domain_def_free(g->doc.def);
}

static gboolean have_qemu(void)
{
    if (g_file_test(QEMU, G_FILE_TEST_IS_EXECUTABLE))
        return TRUE;
    g_test_skip(QEMU " is not installed");
    return FALSE;
}

static guint64 number(const VirParams *p, const char *name)
{
    const remote_typed_param *param = vir_params_find(p->val, p->len, name);
    if (!param)
        g_error("no '%s'", name);
    switch (param->value.type) {
    case VIR_TYPED_PARAM_INT: return param->value.u.i;
    case VIR_TYPED_PARAM_UINT: return param->value.u.ui;
    default: return param->value.u.ul;
    }
}

static gboolean has(const VirParams *p, const char *name)
{
    return vir_params_find(p->val, p->len, name) != NULL;
}

static void test_groups(void)
{
    guint groups = 0;
    g_autoptr(GError) err = NULL;
    g_assert_true(qemu_stats_groups(0, 0, &groups, &err));
    g_assert_cmpuint(groups, ==, QEMU_STATS_GROUPS);
    g_assert_true(qemu_stats_groups(VIR_DOMAIN_STATS_VCPU | 1u << 30, 0, &groups, &err));
    g_assert_cmpuint(groups, ==, VIR_DOMAIN_STATS_VCPU);
    g_assert_false(qemu_stats_groups(1u << 30, VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS, &groups, &err));
    g_assert_error(err, VIR_ERROR, VIR_ERR_ARGUMENT_UNSUPPORTED);
}

static void test_inactive(void)
{
    Guest g;
    guest_init(&g, FALSE);
    QemuView *views[] = { &g.view };
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    qemu_stats_collect(host, views, 1, QEMU_STATS_GROUPS, 0, 0, NULL, &p);
    g_assert_cmpuint(number(&p, "state.state"), ==, VIR_DOMAIN_SHUTOFF);
    g_assert_cmpuint(number(&p, "balloon.maximum"), ==, 65536);
    g_assert_cmpuint(number(&p, "vcpu.current"), ==, 2);
    g_assert_cmpuint(number(&p, "block.count"), ==, 2);
    g_assert_false(has(&p, "cpu.time") || has(&p, "net.count") || has(&p, "block.0.rd.reqs") || has(&p, "stale"));
    guest_clear(&g);
}

static void check_running(const VirParams *p)
{
    static const char *const wanted[] = {
        "cpu.time", "cpu.haltpoll.fail.time", "balloon.last-update", "balloon.rss", "vcpu.0.time", "vcpu.1.delay",
        "block.0.rd.reqs", "block.0.fl.times", "block.0.allocation", "block.1.rd.bytes", "iothread.1.poll-max-ns",
        "dirtyrate.calc_mode" };
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++)
        number(p, wanted[i]);
    g_assert_cmpuint(number(p, "state.state"), ==, VIR_DOMAIN_RUNNING);
    g_assert_cmpuint(number(p, "net.count"), ==, 2);
    g_assert_cmpuint(number(p, "block.0.capacity"), ==, 1048576);
    g_assert_cmpuint(number(p, "block.0.backingIndex"), ==, 3);
    g_assert_cmpuint(number(p, "balloon.current"), ==, 65536);
    g_assert_true(has(p, "net.1.name"));
    g_assert_false(has(p, "net.0.name") || has(p, "block.1.path") || has(p, "net.1.rx.bytes"));
}

static void test_running(void)
{
    if (!have_qemu())
        return;
    Guest g[3];
    QemuView *views[3];
    for (int i = 0; i < 3; i++) {
        guest_init(&g[i], i < 2);
        views[i] = &g[i].view;
    }
    {
        VirParams p[3] = { VIR_PARAMS_INIT, VIR_PARAMS_INIT, VIR_PARAMS_INIT };
        qemu_stats_collect(host, views, 3, QEMU_STATS_GROUPS, 0, g_get_monotonic_time() + 20 * G_USEC_PER_SEC, NULL, p);
        for (int i = 0; i < 2; i++) {
            check_running(&p[i]);
            g_assert_false(has(&p[i], "stale"));
        }
        g_assert_cmpuint(number(&p[2], "state.state"), ==, VIR_DOMAIN_SHUTOFF);
        for (int i = 0; i < 3; i++)
            vir_params_clear(&p[i]);
    }
    {
        g_auto(VirParams) p = VIR_PARAMS_INIT;
        qemu_stats_collect(host, views, 1, VIR_DOMAIN_STATS_BLOCK, VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING, 0, NULL, &p);
        g_assert_cmpuint(number(&p, "block.count"), ==, 3);
        g_assert_cmpuint(number(&p, "block.1.backingIndex"), ==, 4);
        g_assert_false(has(&p, "block.1.rd.reqs") || has(&p, "state.state"));
    }
    /* A stopped QEMU: the others are fresh, it is answered from its last figures. The first call finds out at its
     * deadline, later ones do not wait: they have none. */
    g_subprocess_send_signal(g[0].child, SIGSTOP);
    for (int round = 0; round < 2; round++) {
        VirParams p[2] = { VIR_PARAMS_INIT, VIR_PARAMS_INIT };
        if (round == 1) {
            gint64 oldest = 0;
            g_assert_cmpuint(vir_qmp_outstanding(g[0].view.mon, &oldest), >, 0);
            g_assert_false(vir_qmp_is_unanswered(g[0].view.mon, NULL, NULL));
            g_usleep(60 * 1000);
        }
        VirQmpWait wait = { .deadline_us = g_get_monotonic_time() + (round ? 1000 : 1) * G_USEC_PER_SEC };
        qemu_stats_collect(host, views, 2, QEMU_STATS_GROUPS, 0, wait.deadline_us, NULL, p);
        check_running(&p[0]);
        g_assert_true(has(&p[0], "stale"));
        check_running(&p[1]);
        g_assert_false(has(&p[1], "stale"));
        vir_params_clear(&p[0]);
        vir_params_clear(&p[1]);
    }
    g_subprocess_send_signal(g[0].child, SIGCONT);
    g_autoptr(GError) err = NULL;
    g_assert_true(vir_qmp_run(g[0].view.mon, NULL, &err, "query-status", NULL));
    g_auto(VirParams) again = VIR_PARAMS_INIT;
    qemu_stats_collect(host, views, 1, QEMU_STATS_GROUPS, 0, g_get_monotonic_time() + 20 * G_USEC_PER_SEC, NULL, &again);
    g_assert_false(has(&again, "stale"));
    for (int i = 0; i < 3; i++)
        guest_clear(&g[i]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    host = vir_host_real();
    g_test_add_func("/stats/groups", test_groups);
    g_test_add_func("/stats/inactive", test_inactive);
    g_test_add_func("/stats/running", test_running);
    return g_test_run();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Plans on a real QEMU (TCG, stopped): every golden case that needs nothing but images and can be started is started;
 * devices are plugged in and out of a guest; a failing device takes its back ends with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "plan-case.h"
#include "util/error.h"
#include "util/fd.h"
#include "virtqemud/qmp/qmp-commands.h"

#define IMAGES "/var/lib/modvirt/images"
#define GOLDEN TEST_SRCDIR "/golden/qemu-argv/"

typedef struct {
    PlanCase box;
    char *images, *sock, *log;
    DomainDef *def;
    VirPlan *plan;
    VirQmp *qmp;
    int pidfd;
    GMutex lock;
    GCond cond;
    GPtrArray *gone;           /* aliases of DEVICE_DELETED */
} Guest;

static const VirQmpWait *soon(void)
{
    static VirQmpWait wait;
    wait.deadline_us = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
    return &wait;
}

/* ---- start ---- */

static void make_image(const char *path, StorageFormat format, const char *backing, StorageFormat backing_format)
{
    g_autofree char *cmd = backing
        ? g_strdup_printf("qemu-img create -q -f %s -b %s -F %s %s", vir_enum_to_string(&storage_format_enum, format), backing,
                          vir_enum_to_string(&storage_format_enum, backing_format), path)
        : g_strdup_printf("qemu-img create -q -f %s %s 1M", vir_enum_to_string(&storage_format_enum, format), path);
    int status;
    g_assert_true(g_spawn_command_line_sync(cmd, NULL, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
}

static void make_chain(const StorageSource *src)
{
    const StorageSource *below = src->backing && src->backing->path ? src->backing : NULL;
    if (below)
        make_chain(below);
    if (src->path && !g_file_test(src->path, G_FILE_TEST_EXISTS))
        make_image(src->path, src->format ? src->format : STORAGE_FORMAT_RAW, below ? below->path : NULL,
                   below ? below->format : STORAGE_FORMAT_NONE);
}

static void on_event(VirQmp *q, const char *name, VirJson *data, gint64 seconds, guint micros, gpointer opaque)
{
    Guest *g = opaque;
    const char *device = vir_json_str(data, "device", NULL);
    if (g_str_equal(name, "DEVICE_DELETED") && device) {
        g_mutex_lock(&g->lock);
        g_ptr_array_add(g->gone, g_strdup(device));
        g_cond_broadcast(&g->cond);
        g_mutex_unlock(&g->lock);
    }
    vir_json_unref(data);
}

static int connect_to(const char *path)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    g_strlcpy(a.sun_path, path, sizeof a.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(connect(fd, (struct sockaddr *)&a, sizeof a), ==, 0);
    return fd;
}

static void prepare(Guest *g, const char *name)
{
    g->images = g_build_filename(g->box.root, "images", NULL);
    g->sock = g_build_filename(g->box.root, "mon", NULL);
    g->log = g_build_filename(g->box.root, "log", NULL);
    g_assert_cmpint(g_mkdir(g->images, 0700), ==, 0);
    g_free(g->box.lib_dir);
    g->box.ctx.lib_dir = g->box.lib_dir = g_strdup(g->box.root);
    g->box.ctx.channel_dir = g->images;
    g->box.ctx.monitor_path = g->sock;
    g_autofree char *key = g_build_filename(g->box.root, "master-key.aes", NULL);
    g_assert_true(g_file_set_contents(key, (const char *)g->box.ctx.master_key, QEMU_MASTER_KEY_LEN, NULL));
    g_autofree char *file = g_strconcat(GOLDEN, name, "/in.xml", NULL);
    g->def = plan_case_load(file, IMAGES, g->images);
    for (guint i = 0; i < g->def->disks.n; i++)
        make_chain(&g->def->disks.v[i]->src);
    const char *const extra[] = { g->def->os.loader ? g->def->os.loader->path : NULL, g->def->os.nvram ? g->def->os.nvram->path : NULL };
    for (guint i = 0; i < G_N_ELEMENTS(extra); i++)
        if (extra[i])
            make_image(extra[i], STORAGE_FORMAT_RAW, NULL, STORAGE_FORMAT_NONE);
}

static gboolean start(Guest *g, const char *name)
{
    g_autoptr(GError) err = NULL;
    memset(g, 0, sizeof *g);
    if (!plan_case_init(&g->box)) {
        g_test_skip("no QEMU for x86-64");
        return FALSE;
    }
    g->pidfd = -1;
    g->gone = g_ptr_array_new_with_free_func(g_free);
    prepare(g, name);
    VIR_AUTOFD int mon = qemu_listen_unix(g->sock, 0700, &err);
    g_assert_no_error(err);
    g->box.ctx.monitor_fd = mon;
    g_assert_true(qemu_plan_read_chains(g->def, &g->box.ctx, &err) || !err);
    g_assert_no_error(err);
    g->plan = qemu_plan_domain(g->def, &g->box.ctx, &err);
    g_assert_no_error(err);
    g_assert_true(vir_plan_run_host(g->plan, &err));
    g_autoptr(GArray) fds = NULL;
    g_autoptr(GPtrArray) argv = vir_plan_argv(g->plan, "/usr/bin/qemu-system-x86_64", &fds);
    VIR_AUTOFD int out = open(g->log, O_CREAT | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
    QemuSpawnSpec spec = { .argv = (const char *const *)argv->pdata, .env = (const char *const[]){ "PATH=/usr/bin:/bin", NULL },
                           .name = "guest", .out_fd = out, .fds = (const QemuSpawnFd *)fds->data, .n_fds = fds->len };
    pid_t pid;
    g_autoptr(QemuChild) child = qemu_spawn_begin(&spec, &pid, &err);
    g_assert_no_error(err);
    g_assert_true(qemu_spawn_exec(child, &g->pidfd, &err));
    static const VirQmpCallbacks cb = { .event = on_event };
    g->qmp = vir_qmp_new(connect_to(g->sock), &cb, g, &err);
    g_assert_no_error(err);
    g_clear_pointer(&child, qemu_spawn_free);
    vir_fd_close(&mon);
    if (!vir_qmp_wait_ready(g->qmp, soon(), &err) || !vir_plan_run_commands(g->plan, g->qmp, soon(), &err)) {
        g_autofree char *log = NULL;
        g_file_get_contents(g->log, &log, NULL, NULL);
        g_error("%s: %s: %s", name, err->message, log);
    }
    return TRUE;
}

static void stop(Guest *g)
{
    if (g->qmp) {
        vir_qmp_run(g->qmp, soon(), NULL, "quit", NULL);
        vir_qmp_close(g->qmp);
    }
    if (g->pidfd >= 0) {
        g_assert_true(qemu_kill(g->pidfd, "guest", FALSE, 20000, 20000, NULL, NULL));
        qemu_reap(&g->pidfd, NULL);
    }
    g_clear_pointer(&g->qmp, virObjectUnref);
    vir_plan_free(g->plan);
    domain_def_free(g->def);
    g_free(g->images);
    g_free(g->sock);
    g_free(g->log);
    if (g->gone)
        g_ptr_array_unref(g->gone);
    plan_case_clear(&g->box);
}

/* ---- tests ---- */

static void test_start(gconstpointer name)
{
    Guest g;
    g_autoptr(GError) err = NULL;
    if (!start(&g, name))
        return;
    g_autoptr(GArray) status = vir_qmp_query(g.qmp, &vir_qmp_status_query, soon(), &err);
    g_assert_no_error(err);
    g_assert_cmpint(g_array_index(status, VirQmpStatus, 0).status, ==, VIR_QMP_RUN_PRELAUNCH);
    stop(&g);
}

static gboolean has_node(Guest *g, const char *name)
{
    g_autoptr(VirJson) nodes = NULL;
    g_assert_true(vir_qmp_call(g->qmp, "query-named-block-nodes", vir_json_new("b:flat", TRUE, NULL), soon(), &nodes, NULL));
    for (gsize i = 0; i < vir_json_len(nodes); i++)
        if (g_str_equal(vir_json_str(vir_json_at(nodes, i), "node-name", ""), name))
            return TRUE;
    return FALSE;
}

static gboolean has_device(Guest *g, const char *alias)
{
    g_autofree char *path = g_strdup_printf("/machine/peripheral/%s", alias);
    return vir_qmp_run(g->qmp, soon(), NULL, "qom-list", "s:path", path, NULL);
}

/* Events come on the monitor's thread: this waits for what has been asked for, it is not timing anything. */
static gboolean wait_gone(const char *alias, gpointer data, GError **err)
{
    Guest *g = data;
    gboolean found = FALSE;
    gint64 until = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
    g_mutex_lock(&g->lock);
    do {
        for (guint i = 0; !found && i < g->gone->len; i++)
            found = g_str_equal(g->gone->pdata[i], alias);
    } while (!found && g_cond_wait_until(&g->cond, &g->lock, until));
    g_mutex_unlock(&g->lock);
    return found;
}

static gboolean never_gone(const char *alias, gpointer data, GError **err)
{
    return FALSE;
}

static VirPlan *plan_hot(Guest *g, QemuDevKind kind, gconstpointer dev)
{
    g_autoptr(GError) err = NULL;
    QemuPlanContext ctx = g->box.ctx;
    ctx.hotplug = TRUE;
    VirPlan *plan = qemu_plan_device(g->def, kind, dev, &ctx, &err);
    g_assert_no_error(err);
    return plan;
}

/* The devices of another case, which has the same buses. */
static DomainDef *other(Guest *g, const char *name)
{
    g_autofree char *file = g_strconcat(GOLDEN, name, "/in.xml", NULL);
    DomainDef *def = plan_case_load(file, IMAGES, g->images);
    for (guint i = 0; i < def->disks.n; i++) {
        make_chain(&def->disks.v[i]->src);
        g_assert_true(qemu_plan_read_chain(g->def, def->disks.v[i], &g->box.ctx, NULL));
    }
    return def;
}

static void test_usb_disk(void)
{
    Guest g;
    g_autoptr(GError) err = NULL;
    if (!start(&g, "hot-base"))
        return;
    g_autoptr(DomainDef) more = other(&g, "disk-usb");
    DomainDisk *disk = more->disks.v[0];
    g_autofree char *node = g_strdup_printf("libvirt-%u-format", disk->src.index);
    g_autoptr(VirPlan) plan = plan_hot(&g, QEMU_DEV_DISK, disk);
    vir_plan_run_qmp(plan, g.qmp, soon(), &err);
    g_assert_no_error(err);
    g_assert_true(has_node(&g, node));
    g_assert_true(has_device(&g, disk->info.alias));
    /* A USB device goes at once; a plan made anew takes out what the first one put in. */
    g_autoptr(VirPlan) again = plan_hot(&g, QEMU_DEV_DISK, disk);
    g_assert_cmpint(vir_plan_reverse_qmp(again, g.qmp, soon(), wait_gone, &g, &err), ==, VIR_PLAN_REVERSE_DONE);
    g_assert_no_error(err);
    g_assert_false(has_node(&g, node));
    g_assert_false(has_device(&g, disk->info.alias));
    stop(&g);
}

static void plug_and_ask_out(Guest *g, QemuDevKind kind, gconstpointer dev)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(VirPlan) plan = plan_hot(g, kind, dev);
    vir_plan_run_qmp(plan, g->qmp, soon(), &err);
    g_assert_no_error(err);
    g_assert_true(has_device(g, qemu_dev_alias(kind, dev)));
    /* No guest runs that could let go of it: it stays, with all that is below it. */
    g_assert_cmpint(vir_plan_reverse_qmp(plan, g->qmp, soon(), never_gone, g, &err), ==, VIR_PLAN_REVERSE_PENDING);
    g_assert_no_error(err);
    g_assert_true(has_device(g, qemu_dev_alias(kind, dev)));
}

static void test_pci(void)
{
    Guest g;
    if (!start(&g, "hot-base"))
        return;
    g_autoptr(DomainDef) more = other(&g, "hot-more");
    plug_and_ask_out(&g, QEMU_DEV_DISK, more->disks.v[0]);
    plug_and_ask_out(&g, QEMU_DEV_NET, more->nets.v[0]);
    plug_and_ask_out(&g, QEMU_DEV_RNG, more->rngs.v[0]);
    stop(&g);
}

/* The last step fails: nothing of the earlier ones may be left. */
static void test_rollback(void)
{
    Guest g;
    g_autoptr(GError) err = NULL;
    if (!start(&g, "hot-base"))
        return;
    g_autoptr(DomainDef) more = other(&g, "hot-more");
    DomainDisk *disk = more->disks.v[0];
    g_autofree char *node = g_strdup_printf("libvirt-%u-format", disk->src.index);
    g_autofree char *storage = g_strdup_printf("libvirt-%u-storage", disk->src.index);
    disk->info.addr.pci.bus = 1;               /* the USB controller is there */
    g_autoptr(VirPlan) plan = plan_hot(&g, QEMU_DEV_DISK, disk);
    g_assert_false(vir_plan_run_qmp(plan, g.qmp, soon(), &err));
    g_assert_nonnull(err);
    g_assert_false(has_node(&g, node));
    g_assert_false(has_node(&g, storage));
    g_assert_false(has_device(&g, disk->info.alias));

    g_clear_error(&err);
    DomainNet *net = more->nets.v[0];
    net->info.addr.pci.bus = 1;
    g_autoptr(VirPlan) nic = plan_hot(&g, QEMU_DEV_NET, net);
    g_assert_false(vir_plan_run_qmp(nic, g.qmp, soon(), &err));
    net->info.addr.pci.bus = 6;
    g_autoptr(VirPlan) right = plan_hot(&g, QEMU_DEV_NET, net);
    g_clear_error(&err);
    g_assert_true(vir_plan_run_qmp(right, g.qmp, soon(), &err));   /* the name of the back end is free again */
    g_assert_no_error(err);
    stop(&g);
}

static void test_medium(void)
{
    Guest g;
    g_autoptr(GError) err = NULL;
    if (!start(&g, "disk-sata"))
        return;
    DomainDisk *cd = g.def->disks.v[1];
    QemuPlanContext ctx = g.box.ctx;
    ctx.hotplug = TRUE;
    g_autofree char *iso = g_build_filename(g.images, "cd.iso", NULL);
    make_image(iso, STORAGE_FORMAT_RAW, NULL, STORAGE_FORMAT_NONE);
    cd->src.type = STORAGE_TYPE_FILE;
    cd->src.format = STORAGE_FORMAT_RAW;
    cd->src.path = g_strdup(iso);
    g_autoptr(VirPlan) in = qemu_plan_change_medium(g.def, cd, FALSE, &ctx, &err);
    g_assert_no_error(err);
    vir_plan_run_qmp(in, g.qmp, soon(), &err);
    g_assert_no_error(err);
    g_autofree char *node = g_strdup_printf("libvirt-%u-format", cd->src.index);
    g_assert_true(has_node(&g, node));
    g_autoptr(VirPlan) below = qemu_plan_disk_backend(g.def, cd, &ctx, &err);
    g_clear_pointer(&cd->src.path, g_free);
    g_autoptr(VirPlan) out = qemu_plan_change_medium(g.def, cd, TRUE, &ctx, &err);
    vir_plan_run_qmp(out, g.qmp, soon(), &err);
    g_assert_no_error(err);
    g_assert_true(vir_plan_reverse_rest(below, g.qmp, soon(), &err));
    g_assert_false(has_node(&g, node));
    stop(&g);
}

static void test_refused(void)
{
    PlanCase box;
    g_autoptr(GError) err = NULL;
    if (!plan_case_init(&box)) {
        g_test_skip("no QEMU for x86-64");
        return;
    }
    g_autoptr(DomainDef) def = plan_case_load(GOLDEN "disk-sata/in.xml", NULL, NULL);
    box.ctx.hotplug = TRUE;
    g_assert_null(qemu_plan_device(def, QEMU_DEV_DISK, def->disks.v[0], &box.ctx, &err));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_CONFIG_UNSUPPORTED);
    g_clear_error(&err);
    g_assert_null(qemu_plan_device(def, QEMU_DEV_MEMBALLOON, def->memballoon, &box.ctx, &err));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_CONFIG_UNSUPPORTED);
    plan_case_clear(&box);
}

/* Those that need neither host devices nor helpers nor KVM. */
static const char *const startable[] = {
    "plain-pc", "plain-q35", "disk-virtio", "disk-virtio-tuned", "disk-chain", "disk-scsi", "disk-lsi", "disk-sata", "disk-ide",
    "disk-usb", "disk-floppy-pc", "disk-floppy-q35", "disk-shared", "disk-readonly-boot-order", "disk-copy-on-read",
    "disk-geometry", "controllers-usb", "controllers-pcie", "controllers-pci", "xhci-ports", "net-user", "net-user-addresses",
    "net-offloads", "serial-kinds", "console-virtio", "balloon", "watchdog-panic", "watchdog-i6300", "numa", "sysinfo",
    "cpu-custom", "clock-timers", "clock-timezone", "vcpus-hotplug", "qemu-namespace", "pflash", "name-commas",
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(startable); i++) {
        g_autofree char *path = g_strdup_printf("/plan/start/%s", startable[i]);
        g_test_add_data_func(path, startable[i], test_start);
    }
    g_test_add_func("/plan/hotplug/usb-disk", test_usb_disk);
    g_test_add_func("/plan/hotplug/pci", test_pci);
    g_test_add_func("/plan/hotplug/rollback", test_rollback);
    g_test_add_func("/plan/hotplug/medium", test_medium);
    g_test_add_func("/plan/hotplug/refused", test_refused);
    return g_test_run();
}

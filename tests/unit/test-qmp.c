/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/error.h"
#include "virtqemud/qmp/qmp-commands.h"

#define GREET "\"greet\"", "{\"answer\": \"qmp_capabilities\"}"
#define SOON { .deadline_us = g_get_monotonic_time() + 20 * G_USEC_PER_SEC }

/* What the callbacks saw. */
typedef struct {
    GMutex lock;
    GCond cond;
    GString *events;
    char *closed;
    char *late;
    guint late_left;
    gboolean freed;
} Seen;

static void on_event(VirQmp *q, const char *name, VirJson *data, gint64 seconds, guint micros, gpointer opaque)
{
    Seen *seen = opaque;
    g_mutex_lock(&seen->lock);
    g_string_append_printf(seen->events, "%s@%d.%u;", name, (int)seconds, micros);
    g_cond_broadcast(&seen->cond);
    g_mutex_unlock(&seen->lock);
    vir_json_unref(data);
}

static void on_closed(VirQmp *q, const GError *reason, gpointer opaque)
{
    Seen *seen = opaque;
    g_mutex_lock(&seen->lock);
    g_assert_null(seen->closed);
    seen->closed = g_strdup(reason->message);
    g_mutex_unlock(&seen->lock);
}

static void on_late(VirQmp *q, const char *command, gboolean succeeded, guint unanswered, gpointer opaque)
{
    Seen *seen = opaque;
    g_mutex_lock(&seen->lock);
    seen->late = g_strdup_printf("%s %s", command, succeeded ? "ok" : "failed");
    seen->late_left = unanswered;
    g_cond_broadcast(&seen->cond);
    g_mutex_unlock(&seen->lock);
}

static void on_free(gpointer opaque)
{
    Seen *seen = opaque;
    g_mutex_lock(&seen->lock);
    seen->freed = TRUE;
    g_cond_broadcast(&seen->cond);
    g_mutex_unlock(&seen->lock);
}

typedef struct {
    VirQmp *q;
    Seen *seen;
    GSubprocess *child;
} Peer;

static Peer peer_spawn(const char *const *argv)
{
    Peer peer = { .seen = g_new0(Seen, 1) };
    peer.seen->events = g_string_new(NULL);
    int fds[2];
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    g_subprocess_launcher_take_fd(launcher, fds[1], 9);
    g_autoptr(GError) err = NULL;
    peer.child = g_subprocess_launcher_spawnv(launcher, argv, &err);
    g_assert_no_error(err);
    g_subprocess_launcher_close(launcher);
    static const VirQmpCallbacks callbacks = { on_event, on_closed, on_late, on_free };
    peer.q = vir_qmp_new(fds[0], &callbacks, peer.seen, &err);
    g_assert_no_error(err);
    return peer;
}

static Peer peer_new(const char *first, ...)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *script = g_build_filename(TEST_SRCDIR, "fixtures", "fake-qemu.py", NULL);
    g_ptr_array_add(argv, (gpointer)"/usr/bin/python3");
    g_ptr_array_add(argv, script);
    g_ptr_array_add(argv, (gpointer)"9");
    va_list ap;
    va_start(ap, first);
    for (const char *step = first; step; step = va_arg(ap, const char *))
        g_ptr_array_add(argv, (gpointer)step);
    va_end(ap);
    g_ptr_array_add(argv, NULL);
    return peer_spawn((const char *const *)argv->pdata);
}

/* Closes, waits for the last callback. */
static void peer_end(Peer *peer)
{
    vir_qmp_close(peer->q);
    g_mutex_lock(&peer->seen->lock);
    while (!peer->seen->freed)
        g_cond_wait(&peer->seen->cond, &peer->seen->lock);
    g_mutex_unlock(&peer->seen->lock);
    g_assert_nonnull(peer->seen->closed);
    g_subprocess_force_exit(peer->child);
    g_subprocess_wait(peer->child, NULL, NULL);
    g_object_unref(peer->child);
    virObjectUnref(peer->q);
    g_string_free(peer->seen->events, TRUE);
    g_free(peer->seen->closed);
    g_free(peer->seen->late);
    g_free(peer->seen);
}

static void test_handshake(void)
{
    Peer p = peer_new(GREET, NULL);
    VirQmpWait soon = SOON;
    g_autoptr(GError) err = NULL;
    g_assert_true(vir_qmp_wait_ready(p.q, &soon, &err));
    const char *package;
    g_assert_cmpuint(vir_qmp_version(p.q, &package), ==, 7008009);
    g_assert_cmpstr(package, ==, "fake");
    g_assert_false(vir_qmp_is_closed(p.q));
    peer_end(&p);
}

static void test_out_of_order(void)
{
    Peer p = peer_new(GREET, "{\"wait\": \"b\"}", "{\"event\": \"STOP\"}", "{\"to\": \"b\", \"return\": 2}",
                      "{\"event\": \"RESUME\"}", "{\"to\": \"a\", \"error\": [\"DeviceNotFound\", \"no device\"]}",
                      NULL);
    VirQmpWait soon = SOON;
    g_autoptr(GError) err = NULL;
    g_autoptr(VirQmpBatch) batch = vir_qmp_batch_new();
    g_assert_cmpuint(vir_qmp_batch_add(batch, p.q, "a", NULL), ==, 0);
    g_assert_cmpuint(vir_qmp_batch_add(batch, p.q, "b", vir_json_new("s:x", "\"\xc3\xa4\n", NULL)), ==, 1);
    g_assert_true(vir_qmp_batch_wait(batch, &soon));
    g_autoptr(VirJson) b = vir_qmp_batch_take(batch, 1, &err);
    g_assert_no_error(err);
    g_assert_cmpint(json_object_get_int(b), ==, 2);
    g_assert_null(vir_qmp_batch_take(batch, 0, &err));
    g_assert_error(err, VIR_ERROR, VIR_ERR_INTERNAL_ERROR);
    g_assert_cmpstr(err->message, ==, "unable to execute QEMU command 'a': no device");
    g_assert_cmpstr(vir_qmp_error_class(err), ==, "DeviceNotFound");
    /* Events precede the replies that follow them. */
    g_assert_cmpstr(p.seen->events->str, ==, "STOP@12.34;RESUME@12.34;");
    peer_end(&p);
}

static void test_deadline_and_late(void)
{
    Peer p = peer_new(GREET, "{\"wait\": \"slow\"}", "{\"answer\": \"next\"}", "{\"answer\": \"go\"}",
                      "{\"to\": \"slow\", \"return\": {}}", NULL);
    g_autoptr(GError) err = NULL;
    VirQmpWait past = { .deadline_us = g_get_monotonic_time() };
    g_assert_false(vir_qmp_run(p.q, &past, &err, "slow", NULL));
    g_assert_error(err, VIR_ERROR, VIR_ERR_OPERATION_TIMEOUT);
    g_assert_nonnull(strstr(err->message, "'slow'"));
    g_clear_error(&err);
    g_autofree char *command = NULL;
    g_assert_true(vir_qmp_is_unanswered(p.q, &command, NULL));
    g_assert_cmpstr(command, ==, "slow");
    VirQmpWait soon = SOON;
    g_assert_true(vir_qmp_run(p.q, &soon, &err, "next", NULL));
    g_assert_true(vir_qmp_is_unanswered(p.q, NULL, NULL));
    g_assert_true(vir_qmp_run(p.q, &soon, &err, "go", NULL));
    g_mutex_lock(&p.seen->lock);
    while (!p.seen->late)
        g_cond_wait(&p.seen->cond, &p.seen->lock);
    g_mutex_unlock(&p.seen->lock);
    g_assert_cmpstr(p.seen->late, ==, "slow ok");
    g_assert_cmpuint(p.seen->late_left, ==, 0);
    g_assert_false(vir_qmp_is_unanswered(p.q, NULL, NULL));
    peer_end(&p);
}

/* A query that nobody waits for any more changes nothing: the monitor is not in doubt. */
static void test_abandoned_query(void)
{
    Peer p = peer_new(GREET, "\"hang\"", NULL);
    g_autoptr(GError) err = NULL;
    VirQmpWait past = { .deadline_us = g_get_monotonic_time() };
    g_assert_false(vir_qmp_run(p.q, &past, &err, "query-status", NULL));
    g_assert_error(err, VIR_ERROR, VIR_ERR_OPERATION_TIMEOUT);
    g_assert_false(vir_qmp_is_unanswered(p.q, NULL, NULL));
    gint64 oldest = 0;
    g_assert_cmpuint(vir_qmp_outstanding(p.q, &oldest), >=, 1);
    g_assert_cmpint(oldest, >, 0);
    g_autoptr(VirCancel) thing = vir_cancel_new();
    vir_qmp_set_attachment(p.q, thing);
    g_autoptr(VirCancel) same = vir_qmp_get_attachment(p.q);
    g_assert_true(same == thing);
    peer_end(&p);
}

static gpointer raise_cancel(gpointer data)
{
    vir_cancel_raise(data);
    return NULL;
}

static void test_cancel(void)
{
    Peer p = peer_new(GREET, "\"hang\"", NULL);
    g_autoptr(VirCancel) cancel = vir_cancel_new();
    VirQmpWait wait = { .cancel = cancel };
    g_autoptr(GError) err = NULL;
    GThread *thread = g_thread_new("raise", raise_cancel, cancel);
    g_assert_false(vir_qmp_run(p.q, &wait, &err, "migrate", NULL));
    g_assert_error(err, VIR_ERROR, VIR_ERR_OPERATION_ABORTED);
    g_thread_join(thread);
    g_clear_error(&err);
    /* Raised already: the call still goes out, nobody waits. */
    g_assert_false(vir_qmp_run(p.q, &wait, &err, "cont", NULL));
    g_assert_error(err, VIR_ERROR, VIR_ERR_OPERATION_ABORTED);
    peer_end(&p);
}

typedef struct {
    const char *name;
    const char *steps[6];
    const char *reason;      /* in the error of the outstanding call */
} Fault;

static const Fault faults[] = {
    { "garbage-greeting", { "{\"raw\": \"QEMU 7.2 monitor\\r\\n\"}" }, "QEMU's monitor" },
    { "no-greeting", { "{\"raw\": \"{\\\"return\\\": {}}\\n\"}" }, "no greeting" },
    { "empty-greeting", { "{\"raw\": \"{\\\"QMP\\\": {}}\\n\"}" }, "no version" },
    { "eof-at-once", { "\"eof\"" }, "QEMU monitor closed" },
    { "eof-before-reply", { GREET, "{\"wait\": \"x\"}", "\"eof\"" }, "QEMU monitor closed" },
    { "eof-mid-reply", { GREET, "{\"answer\": \"x\", \"half\": 9}", "\"eof\"" }, "QEMU monitor closed" },
    { "half-line-of-json", { GREET, "{\"raw\": \"{\\\"return\\\": \\n\"}" }, "QEMU's monitor" },
    { "not-utf8", { GREET, "{\"raw\": \"{\\\"event\\\": \\\"\\u00ff\\\"}\\n\"}" }, "QEMU's monitor" },
    { "number", { GREET, "{\"raw\": \"42\\n\"}" }, "no reply and no event" },
    { "array", { GREET, "{\"raw\": \"[]\\n\"}" }, "no reply and no event" },
    { "strange-object", { GREET, "{\"raw\": \"{\\\"x\\\": 1}\\n\"}" }, "no reply and no event" },
    { "event-number", { GREET, "{\"raw\": \"{\\\"event\\\": 1}\\n\"}" }, "event" },
    { "endless-line", { GREET, "{\"repeat\": [\"xxxxxxxxxxxxxxxx\", 5000000]}" }, "MiB" },
    { "refused-handshake", { "\"greet\"", "{\"answer\": \"qmp_capabilities\", \"error\": [\"GenericError\", \"no\"]}" },
      "qmp_capabilities" },
};

static void test_fault(gconstpointer data)
{
    const Fault *f = data;
    Peer p = peer_new(f->steps[0], f->steps[1], f->steps[2], f->steps[3], f->steps[4], f->steps[5], NULL);
    VirQmpWait soon = SOON;
    g_autoptr(GError) err = NULL;
    g_assert_false(vir_qmp_run(p.q, &soon, &err, "x", NULL));
    g_assert_error(err, VIR_ERROR, VIR_ERR_INTERNAL_ERROR);
    if (!strstr(err->message, f->reason))
        g_error("'%s' does not say '%s'", err->message, f->reason);
    g_clear_error(&err);
    /* And the next one is refused at once. */
    g_assert_false(vir_qmp_run(p.q, NULL, &err, "y", NULL));
    g_assert_error(err, VIR_ERROR, VIR_ERR_INTERNAL_ERROR);
    g_assert_true(vir_qmp_is_closed(p.q));
    peer_end(&p);
}

/* Answers that tolerate what QEMU versions leave out, unknown ids, pieces of lines. */
static void test_tolerant(void)
{
    Peer p = peer_new(GREET, "{\"raw\": \"{\\\"return\\\": 1, \\\"id\\\": 7}\\n\\r\\n{\\\"return\\\"\"}",
                      "{\"raw\": \": {}, \\\"id\\\": \\\"libvirt-3\\\"}\\r\"}", "{\"raw\": \"\\n\"}",
                      "{\"answer\": \"query-status\", \"return\": {\"status\": \"strange\", \"running\": false}}",
                      "{\"answer\": \"query-cpus-fast\", \"return\": [{\"cpu-index\": 3}]}", NULL);
    VirQmpWait soon = SOON;
    g_autoptr(GError) err = NULL;
    g_autoptr(GArray) status = vir_qmp_query(p.q, &vir_qmp_status_query, &soon, &err);
    g_assert_no_error(err);
    g_assert_cmpint(g_array_index(status, VirQmpStatus, 0).status, ==, -1);
    g_assert_null(vir_qmp_query(p.q, &vir_qmp_cpus_query, &soon, &err));
    g_assert_nonnull(strstr(err->message, "thread-id"));
    peer_end(&p);
}

/* More output than a socket takes, with nobody reading yet. */
static void test_big_output(void)
{
    Peer p = peer_new(GREET, "{\"answer\": \"big0\", \"return\": 1}", NULL);
    g_autofree char *text = g_strnfill(300000, 'x');
    g_autoptr(VirQmpBatch) batch = vir_qmp_batch_new();
    for (int i = 0; i < 20; i++) {
        g_autofree char *name = g_strdup_printf("big%d", i);
        vir_qmp_batch_add(batch, p.q, name, vir_json_new("s:t", text, NULL));
    }
    VirQmpWait soon = SOON;
    g_assert_true(vir_qmp_batch_wait(batch, &soon));
    for (int i = 0; i < 20; i++) {
        g_autoptr(VirJson) ret = vir_qmp_batch_take(batch, i, NULL);
        g_assert_nonnull(ret);
    }
    peer_end(&p);
}

#define QEMU "/usr/bin/qemu-system-x86_64"

static void test_real(void)
{
    if (!g_file_test(QEMU, G_FILE_TEST_IS_EXECUTABLE)) {
        g_test_skip(QEMU " is not installed");
        return;
    }
    static const char *const argv[] = {
        QEMU, "-S", "-nodefaults", "-no-user-config", "-display", "none", "-machine", "q35,accel=tcg", "-m", "64",
        "-device", "virtio-balloon-pci", "-object", "iothread,id=io1", "-chardev", "null,id=c0",
        "-blockdev", "{\"driver\":\"null-co\",\"node-name\":\"n0\",\"size\":1048576}",
        "-device", "{\"driver\":\"virtio-blk-pci\",\"drive\":\"n0\",\"id\":\"d0\"}",
        "-device", "{\"driver\":\"ide-cd\",\"id\":\"cd0\"}",
        "-chardev", "socket,id=m,fd=9", "-mon", "chardev=m,mode=control", NULL };
    Peer p = peer_spawn(argv);
    VirQmpWait soon = SOON;
    g_autoptr(GError) err = NULL;
    g_assert_true(vir_qmp_wait_ready(p.q, &soon, &err));
    g_autoptr(GArray) status = vir_qmp_query(p.q, &vir_qmp_status_query, &soon, &err);
    g_assert_no_error(err);
    g_assert_cmpint(g_array_index(status, VirQmpStatus, 0).status, ==, VIR_QMP_RUN_PRELAUNCH);
    static const VirQmpQuery *const queries[] = {
        &vir_qmp_cpus_query, &vir_qmp_hotpluggable_cpus_query, &vir_qmp_iothreads_query, &vir_qmp_chardevs_query,
        &vir_qmp_balloon_query, &vir_qmp_blockstats_query, &vir_qmp_blocks_query, &vir_qmp_nodes_query,
        &vir_qmp_migration_query };
    for (guint i = 0; i < G_N_ELEMENTS(queries); i++) {
        g_autoptr(GArray) got = vir_qmp_query(p.q, queries[i], &soon, &err);
        g_assert_no_error(err);
        g_assert_cmpuint(got->len, >=, 1);
    }
    g_autoptr(GArray) jobs = vir_qmp_query(p.q, &vir_qmp_block_jobs_query, &soon, &err);
    g_assert_no_error(err);
    g_assert_cmpuint(jobs->len, ==, 0);
    g_autoptr(GArray) blocks = vir_qmp_query(p.q, &vir_qmp_blocks_query, &soon, &err);
    gboolean tray = FALSE;
    for (guint i = 0; i < blocks->len; i++)
        tray |= g_array_index(blocks, VirQmpBlock, i).has_tray;
    g_assert_true(tray);
    int null = dup(1);
    g_assert_true(vir_qmp_getfd(p.q, "out", null, &soon, &err));
    int number = -1;
    g_assert_true(vir_qmp_add_fd(p.q, 3, "why", null, &number, &soon, &err));
    g_assert_cmpint(number, >=, 0);
    close(null);
    g_assert_true(vir_qmp_run(p.q, &soon, &err, "blockdev-add", "s:driver", "null-co", "s:node-name", "n1", NULL));
    g_assert_true(vir_qmp_change_medium(p.q, "cd0", "n1", TRUE, &soon, &err));
    g_assert_no_error(err);
    g_assert_true(vir_qmp_change_medium(p.q, "cd0", NULL, TRUE, &soon, &err));
    static const char *const keys[] = { "ctrl", "alt", "delete" };
    g_assert_true(vir_qmp_send_key(p.q, keys, 3, 50, &soon, &err));
    g_autofree char *human = vir_qmp_human(p.q, "info status", &soon, &err);
    g_assert_nonnull(strstr(human, "prelaunch"));
    g_assert_false(vir_qmp_run(p.q, &soon, &err, "device_del", "s:id", "nosuch", NULL));
    g_assert_cmpstr(vir_qmp_error_class(err), ==, "DeviceNotFound");
    g_clear_error(&err);
    g_autoptr(VirJson) raw = NULL;
    g_assert_true(vir_qmp_call_raw(p.q, vir_json_new("s:execute", "nosuch", NULL), NULL, 0, &soon, &raw, &err));
    g_assert_cmpstr(vir_json_str(vir_json_obj(raw, "error"), "class", ""), ==, "CommandNotFound");
    g_assert_true(vir_qmp_run(p.q, &soon, &err, "quit", NULL));
    peer_end(&p);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/qmp/handshake", test_handshake);
    g_test_add_func("/qmp/out-of-order", test_out_of_order);
    g_test_add_func("/qmp/deadline-and-late", test_deadline_and_late);
    g_test_add_func("/qmp/abandoned-query", test_abandoned_query);
    g_test_add_func("/qmp/cancel", test_cancel);
    for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *path = g_strdup_printf("/qmp/fault/%s", faults[i].name);
        g_test_add_data_func(path, &faults[i], test_fault);
    }
    g_test_add_func("/qmp/tolerant", test_tolerant);
    g_test_add_func("/qmp/big-output", test_big_output);
    g_test_add_func("/qmp/real", test_real);
    return g_test_run();
}

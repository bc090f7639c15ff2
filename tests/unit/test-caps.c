/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/error.h"
#include "util/file.h"
#include "virtqemud/caps/caps.h"
#include "virtqemud/caps/schema.h"

#define QEMU "/usr/bin/qemu-system-x86_64"

static char *scratch;

static VirQemuCapsCache *cache_new(gint64 deadline_ms)
{
    VirQemuCapsConfig config = { .cache_dir = scratch, .uid = -1, .gid = -1, .deadline_ms = deadline_ms };
    return vir_qemu_caps_cache_new(&config);
}

static void test_schema(void)
{
    static const char text[] =
        "[{\"name\":\"c\",\"meta-type\":\"command\",\"arg-type\":\"1\",\"ret-type\":\"[2]\"},"
        "{\"name\":\"E\",\"meta-type\":\"event\",\"arg-type\":\"1\"},"
        "{\"name\":\"1\",\"meta-type\":\"object\",\"tag\":\"driver\",\"members\":[{\"name\":\"driver\",\"type\":\"2\"},"
        "{\"name\":\"alt\",\"type\":\"3\"},{\"name\":\"loop\",\"type\":\"[4]\"}],"
        "\"variants\":[{\"case\":\"file\",\"type\":\"5\"},{\"case\":\"none\",\"type\":\"0\"}]},"
        "{\"name\":\"2\",\"meta-type\":\"enum\",\"values\":[\"file\",\"none\"]},"
        "{\"name\":\"[2]\",\"meta-type\":\"array\",\"element-type\":\"2\"},"
        "{\"name\":\"3\",\"meta-type\":\"alternate\",\"members\":[{\"type\":\"str\"},{\"type\":\"5\"}]},"
        "{\"name\":\"[4]\",\"meta-type\":\"array\",\"element-type\":\"[4]\"},"
        "{\"name\":\"5\",\"meta-type\":\"object\",\"members\":[{\"name\":\"aio\",\"type\":\"2\"}]},"
        "{\"name\":7}, 3]";
    static const struct { const char *path; gboolean found; } cases[] = {
        { "c", TRUE }, { "E", FALSE }, { "nosuch", FALSE }, { "c>driver", TRUE }, { "c>driver:file", TRUE },
        { "c>driver:raw", FALSE }, { "c>driver=file", TRUE }, { "c>driver=none", TRUE }, { "c>driver=none>x", FALSE },
        { "c>driver=file>aio", TRUE }, { "c>driver=file>aio:none", TRUE }, { "c>driver=file>aio:x", FALSE },
        { "c>other=file", FALSE }, { "c>alt>aio", TRUE }, { "c>alt>nosuch", FALSE }, { "c<:none", TRUE },
        { "c<:x", FALSE }, { "c>loop>x", FALSE }, { "c>driver>x", FALSE }, { "c>", FALSE }, { "c<", FALSE } };
    g_autoptr(GError) err = NULL;
    g_autoptr(VirJson) json = vir_json_parse(text, strlen(text), "test", &err);
    g_assert_no_error(err);
    g_autoptr(VirQmpSchema) schema = vir_qmp_schema_new(json);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (vir_qmp_schema_has_path(schema, cases[i].path) != cases[i].found)
            g_error("path '%s'", cases[i].path);
    }
    g_assert_true(vir_qmp_schema_has_event(schema, "E"));
    g_assert_false(vir_qmp_schema_has_event(schema, "c"));
    g_autoptr(VirQmpSchema) empty = vir_qmp_schema_new(NULL);
    g_assert_false(vir_qmp_schema_has_command(empty, "c"));
}

static void test_rows(void)
{
    for (int i = 0; i < VIR_QEMU_CAP_LAST; i++) {
        const VirQemuCapRow *row = &vir_qemu_cap_rows[i];
        if (row->ask == VIR_QEMU_ASK_PROP || row->ask == VIR_QEMU_ASK_OPTION)
            g_assert_nonnull(strchr(row->place, '.'));
        for (int k = 0; k < i; k++)
            g_assert_cmpstr(row->place, !=, vir_qemu_cap_rows[k].place);
    }
}

typedef struct {
    const char *name;
    const char *script;      /* NULL: no such file */
    gint64 deadline_ms;
    int code;
    const char *says;
} Broken;

static const Broken broken[] = {
    { "missing", NULL, 20000, VIR_ERR_SYSTEM_ERROR, "No such file" },
    { "exits", "#!/bin/sh\necho first >&2\necho 'qemu: no such thing as a machine' >&2\nexit 3\n", 20000,
      VIR_ERR_INTERNAL_ERROR, "no such thing as a machine" },
    { "exits-quietly", "#!/bin/sh\nexit 0\n", 20000, VIR_ERR_SYSTEM_ERROR, "capabilities" },
    { "crashes", "#!/bin/sh\necho 'about to die' >&2\nkill -SEGV $$\n", 20000, VIR_ERR_INTERNAL_ERROR, "signal 11" },
    { "hangs", "#!/bin/sh\necho 'thinking' >&2\nexec sleep 1000\n", 300, VIR_ERR_OPERATION_TIMEOUT, "thinking" },
    { "garbage", "#!/bin/sh\necho 'QEMU 1.0 monitor - type help' >&3\nread x <&3\nexec sleep 1000\n", 20000,
      VIR_ERR_INTERNAL_ERROR, "QEMU's monitor" },
    { "floods-stderr", "#!/bin/sh\nexec yes 'out of cheese' >&2\n", 20000, VIR_ERR_INTERNAL_ERROR, "out" },
    { "not-a-program", "garbage\001\002", 20000, VIR_ERR_SYSTEM_ERROR, "not-a-program" },
};

static void test_broken(gconstpointer data)
{
    const Broken *b = data;
    g_autofree char *dir = g_build_filename(scratch, b->name, NULL);
    g_autofree char *path = g_build_filename(dir, "qemu-system-x86_64", NULL);
    g_assert_cmpint(g_mkdir_with_parents(dir, 0755), ==, 0);
    if (b->script) {
        g_assert_true(g_file_set_contents(path, b->script, -1, NULL));
        g_assert_cmpint(chmod(path, 0755), ==, 0);
    }
    g_autoptr(VirQemuCapsCache) cache = cache_new(b->deadline_ms);
    for (int again = 0; again < 2; again++) {
        g_autoptr(GError) err = NULL;
        g_assert_null(vir_qemu_caps_get(cache, path, &err));
        g_assert_error(err, VIR_ERROR, b->code);
        if (!strstr(err->message, b->says) || !strstr(err->message, path))
            g_error("%s: '%s' does not say '%s'", b->name, err->message, b->says);
        g_test_message("%s", err->message);
    }
    g_assert_null(vir_qemu_caps_peek(cache, path));
}

static gboolean have_qemu(void)
{
    if (g_file_test(QEMU, G_FILE_TEST_IS_EXECUTABLE))
        return TRUE;
    g_test_skip(QEMU " is not installed");
    return FALSE;
}

static char *cache_file(void)
{
    g_autofree char *dir = g_build_filename(scratch, "qemu", "capabilities", NULL);
    g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
    const char *name = d ? g_dir_read_name(d) : NULL;
    return name ? g_build_filename(dir, name, NULL) : NULL;
}

static void check_caps(const VirQemuCaps *caps)
{
    g_assert_cmpstr(vir_qemu_caps_arch(caps), ==, "x86_64");
    g_assert_cmpuint(vir_qemu_caps_version(caps), >=, 6002000);
    static const VirQemuCap expected[] = {
        VIR_QEMU_CAP_VIRTIO_BLK, VIR_QEMU_CAP_VIRTIO_BLK_NUM_QUEUES, VIR_QEMU_CAP_MACHINE_SMM, VIR_QEMU_CAP_JSON_DEVICE,
        VIR_QEMU_CAP_OBJECT_QAPI, VIR_QEMU_CAP_BLOCKDEV_REOPEN, VIR_QEMU_CAP_SANDBOX, VIR_QEMU_CAP_BLOCK_NBD,
        VIR_QEMU_CAP_BLOCK_QCOW2_LUKS, VIR_QEMU_CAP_OBJ_MEM_MEMFD_HUGETLB, VIR_QEMU_CAP_MEMORY_DEVICE_SIZE_CHANGE,
        VIR_QEMU_CAP_MIGRATION_MULTIFD, VIR_QEMU_CAP_CHARDEV_LOGAPPEND, VIR_QEMU_CAP_TPM_EMULATOR };
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        if (!vir_qemu_caps_has(caps, expected[i]))
            g_error("no %s", vir_qemu_cap_rows[expected[i]].name);
    }
    g_assert_false(vir_qemu_caps_has(caps, VIR_QEMU_CAP_VFIO_CCW));
    const VirQemuMachine *q35 = vir_qemu_caps_machine(caps, "q35");
    g_assert_nonnull(q35);
    g_assert_cmpstr(vir_qemu_caps_canonical_machine(caps, "q35"), ==, q35->name);
    g_assert_cmpstr(vir_qemu_caps_canonical_machine(caps, "strange"), ==, "strange");
    g_assert_cmpstr(q35->default_ram_id, ==, "pc.ram");
    g_assert_true(q35->hotpluggable_cpus);
    g_assert_true(vir_qemu_caps_machine(caps, NULL)->is_default);
    g_assert_null(vir_qemu_caps_machine(caps, "none"));
    g_assert_true(vir_qemu_caps_has_accel(caps, VIR_QEMU_ACCEL_TCG));
    g_assert_cmpstr(vir_qemu_caps_cpu(caps, VIR_QEMU_ACCEL_TCG, "qemu64")->blockers, ==, "");
    g_assert_nonnull(vir_qemu_caps_host_cpu(caps, VIR_QEMU_ACCEL_TCG));
    g_assert_true(g_strv_contains(vir_qemu_caps_host_cpu(caps, VIR_QEMU_ACCEL_TCG), "sse2=on"));
    if (vir_qemu_caps_has_accel(caps, VIR_QEMU_ACCEL_KVM)) {
        g_assert_null(vir_qemu_caps_kvm_error(caps));
        g_assert_nonnull(vir_qemu_caps_host_cpu(caps, VIR_QEMU_ACCEL_KVM));
        g_assert_true(g_strv_contains(vir_qemu_caps_hyperv(caps), "hv-spinlocks"));
    } else {
        g_test_message("no KVM: %s", vir_qemu_caps_kvm_error(caps));
        g_assert_nonnull(vir_qemu_caps_kvm_error(caps));
    }
}

static void test_real(void)
{
    if (!have_qemu())
        return;
    g_autoptr(GError) err = NULL;
    {
        g_autoptr(VirQemuCapsCache) cache = cache_new(0);
        g_assert_null(vir_qemu_caps_peek(cache, QEMU));
        gint64 start = g_get_monotonic_time();
        g_autoptr(VirQemuCaps) caps = vir_qemu_caps_get(cache, QEMU, &err);
        g_assert_no_error(err);
        g_test_message("probe: %.1f ms", (g_get_monotonic_time() - start) / 1000.0);
        check_caps(caps);
        start = g_get_monotonic_time();
        g_autoptr(VirQemuCaps) same = vir_qemu_caps_get(cache, QEMU, &err);
        g_test_message("from memory: %.3f ms", (g_get_monotonic_time() - start) / 1000.0);
        g_assert_true(same == caps);
        g_autoptr(VirQemuCaps) peeked = vir_qemu_caps_peek(cache, QEMU);
        g_assert_true(peeked == caps);
    }
    g_autofree char *file = cache_file();
    g_assert_nonnull(file);
    struct stat before, after;
    g_assert_cmpint(stat(file, &before), ==, 0);
    {
        g_autoptr(VirQemuCapsCache) cache = cache_new(0);
        gint64 start = g_get_monotonic_time();
        g_autoptr(VirQemuCaps) caps = vir_qemu_caps_get(cache, QEMU, &err);
        g_test_message("from disk: %.3f ms", (g_get_monotonic_time() - start) / 1000.0);
        check_caps(caps);
    }
    g_assert_cmpint(stat(file, &after), ==, 0);
    g_assert_cmpuint(before.st_ino, ==, after.st_ino);   /* read, not written again */

    /* Broken files are asked for anew. */
    static const char *const rubbish[] = { "", "{", "[]", "{\"key\": 3}", "\xff" };
    for (guint i = 0; i < G_N_ELEMENTS(rubbish); i++) {
        g_assert_true(g_file_set_contents(file, rubbish[i], -1, NULL));
        g_autoptr(VirQemuCapsCache) cache = cache_new(0);
        g_autoptr(VirQemuCaps) caps = vir_qemu_caps_get(cache, QEMU, &err);
        g_assert_no_error(err);
        check_caps(caps);
    }
}

static void test_truncated(void)
{
    g_autofree char *file = cache_file();
    if (!file) {
        g_test_skip("no cache file was made");
        return;
    }
    /* A file cut anywhere, or with one byte changed, never harms. */
    g_autofree char *text = NULL;
    gsize len = 0;
    g_assert_true(g_file_get_contents(file, &text, &len, NULL));
    VirQemuCapsConfig config = { .cache_dir = scratch, .uid = -1, .gid = -1, .deadline_ms = 1 };
    for (gsize cut = 0; cut < len; cut += len / 7 + 1) {
        g_assert_true(g_file_set_contents(file, text, cut, NULL));
        g_autoptr(VirQemuCapsCache) cache = vir_qemu_caps_cache_new(&config);
        g_assert_null(vir_qemu_caps_get(cache, QEMU, NULL));   /* one millisecond is too short to ask */
    }
    g_assert_true(g_file_set_contents(file, text, len, NULL));
    g_autoptr(VirQemuCapsCache) cache = vir_qemu_caps_cache_new(&config);
    g_autoptr(VirQemuCaps) caps = vir_qemu_caps_get(cache, QEMU, NULL);
    g_assert_nonnull(caps);
}

static gpointer get_thread(gpointer data)
{
    return vir_qemu_caps_get(data, QEMU, NULL);
}

static void test_shared_probe(void)
{
    if (!have_qemu())
        return;
    VirQemuCapsConfig config = { .uid = -1, .gid = -1 };
    g_autoptr(VirQemuCapsCache) cache = vir_qemu_caps_cache_new(&config);
    GThread *threads[4];
    for (int i = 0; i < 4; i++)
        threads[i] = g_thread_new("get", get_thread, cache);
    VirQemuCaps *got[4];
    for (int i = 0; i < 4; i++)
        got[i] = g_thread_join(threads[i]);
    for (int i = 0; i < 4; i++) {
        g_assert_true(got[i] && got[i] == got[0]);
        virObjectUnref(got[i]);
    }
    static const char *const both[] = { QEMU, "/nonexistent/qemu-system-x86_64", NULL };
    g_autoptr(GError) err = NULL;
    g_autoptr(GPtrArray) all = vir_qemu_caps_get_all(cache, both, &err);
    g_assert_cmpuint(all->len, ==, 2);
    g_assert_nonnull(g_ptr_array_index(all, 0));
    g_assert_null(g_ptr_array_index(all, 1));
    g_assert_error(err, VIR_ERROR, VIR_ERR_SYSTEM_ERROR);
}

static void test_emulators(void)
{
    g_assert_null(vir_qemu_emulator_find(vir_host_real(), "nonsense"));
    g_assert_cmpuint(vir_qemu_arch_wordsize("i686"), ==, 32);
    g_assert_cmpuint(vir_qemu_arch_wordsize("x86_64"), ==, 64);
    g_autoptr(VirHost) empty = vir_host_new(scratch);
    g_auto(GStrv) none = vir_qemu_emulator_archs(empty);
    g_assert_cmpuint(g_strv_length(none), ==, 0);
    if (!have_qemu())
        return;
    g_autofree char *found = vir_qemu_emulator_find(vir_host_real(), "x86_64");
    g_assert_cmpstr(found, ==, QEMU);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    scratch = g_dir_make_tmp("test-caps-XXXXXX", NULL);
    g_test_add_func("/caps/schema", test_schema);
    g_test_add_func("/caps/rows", test_rows);
    g_test_add_func("/caps/emulators", test_emulators);
    for (guint i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autofree char *path = g_strdup_printf("/caps/broken/%s", broken[i].name);
        g_test_add_data_func(path, &broken[i], test_broken);
    }
    g_test_add_func("/caps/real", test_real);
    g_test_add_func("/caps/truncated", test_truncated);
    g_test_add_func("/caps/shared-probe", test_shared_probe);
    int rc = g_test_run();
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", scratch);
    if (g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL))
        g_free(scratch);
    return rc;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hv/host/facts.h"

static char *root;

static void put(const char *path, const char *text)
{
    g_autofree char *full = g_strconcat(root, path, NULL);
    g_autofree char *dir = g_path_get_dirname(full);
    g_assert_cmpint(g_mkdir_with_parents(dir, 0755), ==, 0);
    g_assert_true(g_file_set_contents(full, text, -1, NULL));
}

static void putf(const char *text, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
static void putf(const char *text, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    g_autofree char *path = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    put(path, text);
}

/* Two cells of one socket with two cores of two threads each; CPU 7 is offline. */
static void make_tree(void)
{
    put("/sys/devices/system/cpu/present", "0-7\n");
    put("/sys/devices/system/cpu/online", "0-6\n");
    put("/sys/devices/system/node/online", "0-1\n");
    put("/proc/meminfo", "MemTotal: 3000 kB\nMemFree: 300 kB\nBuffers: 30 kB\nCached: 33 kB\nSwapCached: 7 kB\n");
    put("/proc/cpuinfo", "processor\t: 0\ncpu MHz\t\t: 2596.138\nmicrocode\t: 0x10\n");
    put("/proc/stat", "cpu  10 1 5 100 7 1 1 0 0 0\ncpu0 4 0 2 50 3 0 0 0 0 0\ncpu12 1 1 1 1 1 1 1 0 0 0\nintr 1\n");
    for (int n = 0; n < 2; n++) {
        g_autofree char *info = g_strdup_printf("Node %d MemTotal: %d kB\nNode %d MemFree: %d kB\n", n, 8192 + n, n,
                                                1000 + n);
        putf(info, "/sys/devices/system/node/node%d/meminfo", n);
        putf(n ? "4-7\n" : "0-3\n", "/sys/devices/system/node/node%d/cpulist", n);
        putf(n ? "21 10\n" : "10 21\n", "/sys/devices/system/node/node%d/distance", n);
        putf("2\n", "/sys/devices/system/node/node%d/hugepages/hugepages-2048kB/nr_hugepages", n);
        putf("1\n", "/sys/devices/system/node/node%d/hugepages/hugepages-2048kB/free_hugepages", n);
    }
    for (int c = 0; c < 8; c++) {
        g_autofree char *socket = g_strdup_printf("%d\n", c / 4), *core = g_strdup_printf("%d\n", c / 2 % 2);
        g_autofree char *pair = g_strdup_printf("%d-%d\n", c & ~1, c | 1);
        g_autofree char *four = g_strdup_printf("%d-%d\n", c & ~3, c | 3);
        putf(socket, "/sys/devices/system/cpu/cpu%d/topology/physical_package_id", c);
        putf("-1\n", "/sys/devices/system/cpu/cpu%d/topology/die_id", c);
        putf(core, "/sys/devices/system/cpu/cpu%d/topology/core_id", c);
        putf(pair, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", c);
        putf("1\n", "/sys/devices/system/cpu/cpu%d/cache/index0/level", c);
        putf("3\n", "/sys/devices/system/cpu/cpu%d/cache/index1/level", c);
        putf("Unified\n", "/sys/devices/system/cpu/cpu%d/cache/index1/type", c);
        putf("1536K\n", "/sys/devices/system/cpu/cpu%d/cache/index1/size", c);
        putf(socket, "/sys/devices/system/cpu/cpu%d/cache/index1/id", c);
        putf(four, "/sys/devices/system/cpu/cpu%d/cache/index1/shared_cpu_list", c);
    }
}

static void test_topology(void)
{
    g_autoptr(VirHost) host = vir_host_new(root);
    g_autoptr(GError) err = NULL;
    g_autoptr(VirHostTopology) t = vir_host_topology_read(host, &err);
    g_assert_no_error(err);
    g_assert_cmpuint(t->cells->len, ==, 2);
    g_assert_cmpuint(t->sockets, ==, 1);
    g_assert_cmpuint(t->cores, ==, 2);
    g_assert_cmpuint(t->threads, ==, 2);
    const VirHostCell *cell = &g_array_index(t->cells, VirHostCell, 1);
    g_assert_cmpuint(cell->memory_kib, ==, 8193);
    g_assert_cmpuint(cell->cpus->len, ==, 3);
    g_assert_cmpuint(g_array_index(cell->distances, guint, 0), ==, 21);
    g_assert_cmpuint(g_array_index(cell->pages, VirHostPages, 1).count, ==, 2);
    g_assert_cmpuint(g_array_index(cell->pages, VirHostPages, 0).count, ==, (8193 - 4096) / (sysconf(_SC_PAGESIZE) / 1024));
    g_assert_cmpuint(t->banks->len, ==, 2);

    virNodeInfo info;
    g_assert_true(vir_host_node_info(host, t, &info, &err));
    g_assert_cmpuint(info.memory, ==, 8192 + 8193);
    g_assert_cmpuint(info.cpus, ==, 7);
    g_assert_cmpuint(info.mhz, ==, 2596);
    g_assert_cmpuint(info.nodes * info.sockets * info.cores * info.threads, ==, 8);
    g_assert_cmpuint(info.nodes, ==, 2);

    guint64 kib[4] = { 0 };
    g_assert_true(vir_host_free_memory(host, t, &kib[0], &err));
    g_assert_cmpuint(kib[0], ==, 2001 * 1024);
    g_assert_cmpint(vir_host_cells_free_memory(host, t, 1, 4, kib, &err), ==, 1);
    g_assert_cmpuint(kib[0], ==, 1001 * 1024);
    g_assert_cmpint(vir_host_cells_free_memory(host, t, 2, 4, kib, &err), ==, -1);
    g_assert_error(err, VIR_ERROR, VIR_ERR_INTERNAL_ERROR);
    g_clear_error(&err);
    const guint sizes[] = { sysconf(_SC_PAGESIZE) / 1024, 2048 }, bad[] = { 77 };
    g_assert_cmpint(vir_host_free_pages(host, t, sizes, 2, 0, 2, kib, &err), ==, 4);
    g_assert_cmpuint(kib[3], ==, 1);
    g_assert_cmpint(vir_host_free_pages(host, t, bad, 1, 0, 1, kib, &err), ==, -1);
    g_assert_error(err, VIR_ERROR, VIR_ERR_OPERATION_FAILED);
}

static guint64 cpu_stat(GArray *stats, const char *name)
{
    for (guint i = 0; i < stats->len; i++) {
        if (g_str_equal(g_array_index(stats, virNodeCPUStats, i).field, name))
            return g_array_index(stats, virNodeCPUStats, i).value;
    }
    g_assert_not_reached();
}

static void test_counters(void)
{
    g_autoptr(VirHost) host = vir_host_new(root);
    g_autoptr(GError) err = NULL;
    guint64 tick = 1000000000 / sysconf(_SC_CLK_TCK);
    g_autoptr(GArray) all = vir_host_cpu_stats(host, -1, &err);
    g_assert_no_error(err);
    g_assert_cmpuint(cpu_stat(all, "user"), ==, 11 * tick);
    g_assert_cmpuint(cpu_stat(all, "kernel"), ==, 7 * tick);
    g_assert_cmpuint(cpu_stat(all, "iowait"), ==, 7 * tick);
    g_autoptr(GArray) one = vir_host_cpu_stats(host, 0, &err);
    g_assert_cmpuint(cpu_stat(one, "idle"), ==, 50 * tick);
    g_assert_null(vir_host_cpu_stats(host, 1, &err));   /* not 12 */
    g_assert_error(err, VIR_ERROR, VIR_ERR_INVALID_ARG);
    g_clear_error(&err);
    g_autoptr(GArray) memory = vir_host_memory_stats(host, -1, &err);
    g_assert_cmpuint(memory->len, ==, 4);
    g_assert_cmpuint(g_array_index(memory, virNodeMemoryStats, 3).value, ==, 33);
    g_autoptr(GArray) cell = vir_host_memory_stats(host, 1, &err);
    g_assert_cmpuint(cell->len, ==, 2);
    g_assert_cmpuint(g_array_index(cell, virNodeMemoryStats, 0).value, ==, 8193);
    g_assert_null(vir_host_memory_stats(host, 5, &err));
    g_assert_error(err, VIR_ERROR, VIR_ERR_INVALID_ARG);
}

static void test_bare(void)
{
    /* No NUMA, no caches, no CPU map: still a machine. */
    g_autofree char *all = root;
    g_autofree char *bare = g_strconcat(all, "/bare", NULL);
    root = bare;
    put("/sys/devices/system/cpu/present", "0\n");
    put("/sys/devices/system/cpu/online", "0\n");
    put("/proc/meminfo", "MemTotal: 3000 kB\nMemFree: 300 kB\n");
    root = g_steal_pointer(&all);
    g_autoptr(VirHost) host = vir_host_new(bare);
    g_autoptr(VirHostFacts) facts = vir_host_facts_new(host);
    g_autoptr(GError) err = NULL;
    g_autoptr(VirHostTopology) t = vir_host_facts_topology(facts, &err);
    g_assert_no_error(err);
    g_autoptr(VirHostTopology) again = vir_host_facts_topology(facts, &err);
    g_assert_true(t == again);
    virNodeInfo info;
    g_assert_true(vir_host_node_info(host, t, &info, &err));
    g_assert_cmpuint(info.memory, ==, 3000);
    g_assert_cmpuint(info.cpus, ==, 1);
    g_assert_null(vir_host_facts_cpu_map(facts, &err));
    g_assert_error(err, VIR_ERROR, VIR_ERR_SYSTEM_ERROR);
    g_assert_null(vir_host_facts_cpu(facts)->name.model);
    guint8 uuid[16], same[16];
    g_clear_error(&err);
    g_assert_true(vir_host_uuid(facts, NULL, NULL, uuid, &err));
    g_assert_true(vir_host_uuid(facts, NULL, NULL, same, &err));
    g_assert_cmpmem(uuid, 16, same, 16);
    g_assert_false(vir_host_uuid(facts, "11111111-1111-1111-1111-111111111111", NULL, uuid, &err));
    g_assert_error(err, VIR_ERROR, VIR_ERR_CONF_SYNTAX);
    g_autoptr(GString) out = g_string_new(NULL);
    g_clear_error(&err);
    g_assert_true(vir_host_caps_format(facts, same, NULL, out, &err));
    g_assert_nonnull(strstr(out->str, "<cells num='1'>"));
    g_autoptr(VirHost) empty = vir_host_new("/nonexistent");
    g_assert_null(vir_host_topology_read(empty, &err));
    g_assert_error(err, VIR_ERROR, VIR_ERR_INTERNAL_ERROR);
}

static const char *const map_files[][2] = {
    { "index.xml", "<cpus><arch name='ppc64'><include filename='nosuch.xml'/></arch><arch name='x86'>"
                   "<include filename='x.xml'/></arch></cpus>" },
    { "x.xml", "<cpus><vendor name='AMD' string='AuthenticAMD'/>"
               "<feature name='a'><cpuid eax_in='0x1' edx='0x1'/></feature>"
               "<feature name='b'><cpuid eax_in='0x1' edx='0x2'/><alias name='bee' source='qemu'/></feature>"
               "<feature name='c' migratable='no'><cpuid eax_in='0x7' ecx_in='0x1' ebx='0x4'/></feature>"
               "<feature name='m'><msr index='0x10a' eax='0x1' edx='0'/></feature>"
               "<model name='plain'><feature name='a'/></model>"
               "<model name='rich'><model name='plain'/><vendor name='AMD'/><signature family='25' model='1'/>"
               "<feature name='b'/><feature name='c'/><feature name='m' removed='yes'/></model>"
               "<model name='guestless'><decode host='on' guest='off'/><feature name='a'/><feature name='b'/>"
               "<feature name='unknown'/></model></cpus>" },
};

static gboolean fake_cpuid(VirCpuWords *words, gpointer data)
{
    if (words->msr)
        return FALSE;
    words->regs[3] = words->leaf == 1 ? 3 : 0;
    words->regs[1] = words->leaf == 7 && words->sub == 1 ? 4 : 0;
    return TRUE;
}

static void test_cpu_map(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(map_files); i++)
        putf(map_files[i][1], VIR_CPU_MAP_DIR "/%s", map_files[i][0]);
    g_autoptr(VirHost) host = vir_host_new(root);
    g_autoptr(GError) err = NULL;
    g_autoptr(VirCpuMap) map = vir_cpu_map_load(host, &err);
    g_assert_no_error(err);
    g_assert_cmpuint(vir_cpu_map_n_features(map), ==, 4);
    g_assert_cmpint(vir_cpu_map_feature(map, "bee"), ==, vir_cpu_map_feature(map, "b"));
    g_assert_cmpint(vir_cpu_map_feature(map, "zzz"), ==, -1);
    g_assert_false(vir_cpu_map_feature_is_migratable(map, 2));
    g_autoptr(VirBitmap) have = vir_cpu_map_read(map, fake_cpuid, NULL);
    g_autofree char *text = vir_bitmap_format(have);
    g_assert_cmpstr(text, ==, "0-2");
    VirCpuFacts facts = { .vendor = vir_cpu_map_vendor(map, "AuthenticAMD"), .family = 25, .model = 1, .features = have };
    VirCpuName name;
    g_assert_true(vir_cpu_map_name(map, &facts, FALSE, NULL, NULL, &name));
    g_assert_cmpstr(name.model, ==, "rich");
    g_assert_true(vir_bitmap_is_empty(name.more) && vir_bitmap_is_empty(name.less));
    vir_cpu_name_clear(&name);
    /* Another vendor's model is none of ours; the host form may miss nothing, the guest form may. */
    facts.vendor = "Other";
    g_assert_true(vir_cpu_map_name(map, &facts, FALSE, NULL, NULL, &name));
    g_assert_cmpstr(name.model, ==, "guestless");
    vir_cpu_name_clear(&name);
    g_assert_true(vir_cpu_map_name(map, &facts, TRUE, NULL, NULL, &name));
    g_assert_cmpstr(name.model, ==, "plain");
    vir_cpu_name_clear(&name);
    g_autoptr(VirBitmap) none = vir_bitmap_new();
    facts.features = none;
    g_assert_false(vir_cpu_map_name(map, &facts, FALSE, NULL, NULL, &name));
    putf("<cpus><arch name='x86'><include filename='index.xml'/></arch></cpus>", VIR_CPU_MAP_DIR "/index.xml");
    g_assert_null(vir_cpu_map_load(host, &err));
    g_assert_error(err, VIR_ERROR, VIR_ERR_INTERNAL_ERROR);
    g_clear_error(&err);
    putf("<cpus", VIR_CPU_MAP_DIR "/index.xml");
    g_assert_null(vir_cpu_map_load(host, &err));
    g_assert_error(err, VIR_ERROR, VIR_ERR_INTERNAL_ERROR);
}

static void test_real(void)
{
    g_autoptr(VirHostFacts) facts = vir_host_facts_new(vir_host_real());
    g_autoptr(GError) err = NULL;
    g_autoptr(VirHostTopology) t = vir_host_facts_topology(facts, &err);
    g_assert_no_error(err);
    virNodeInfo info;
    g_assert_true(vir_host_node_info(vir_host_real(), t, &info, &err));
    g_assert_cmpuint(info.cpus, >=, 1);
    g_assert_cmpuint(info.memory, >, 0);
    if (!vir_host_facts_cpu_map(facts, NULL))
        g_test_message("no CPU map in " VIR_CPU_MAP_DIR);
#ifdef __x86_64__
    else
        g_assert_nonnull(vir_host_facts_cpu(facts)->name.model);
#endif
    guint8 uuid[16] = { 1 };
    g_autoptr(GString) out = g_string_new(NULL);
    g_assert_true(vir_host_caps_format(facts, uuid, NULL, out, &err));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    root = g_dir_make_tmp("test-host-XXXXXX", NULL);
    make_tree();
    g_test_add_func("/host/topology", test_topology);
    g_test_add_func("/host/counters", test_counters);
    g_test_add_func("/host/bare", test_bare);
    g_test_add_func("/host/cpu-map", test_cpu_map);
    g_test_add_func("/host/real", test_real);
    int rc = g_test_run();
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", root);
    if (g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL))
        g_free(root);
    return rc;
}

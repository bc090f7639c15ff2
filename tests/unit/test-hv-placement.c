/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names as libvirt and machined spell them; a real group with a real process where this machine lets us.
 */
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hv/placement/placement-priv.h"
#include "util/error.h"

static void test_names(void)
{
    static const struct {
        int id;
        const char *name, *want;
    } rows[] = {
        /* observed on the reference */
        { 4, "iso1", "qemu-4-iso1" },
        { 6, "iso3-\xc3\xbcml\xc3\xa4ut\xc3\xbcnd", "qemu-6-iso3-mlutnd" },
        { 7, "iso4..--b-", "qemu-7-iso4.b" },
        { 8, "-.iso5@+%z", "qemu-8-iso5z" },
        { 9, ".iso6", "qemu-9-iso6" },
        { 10, "iso7\\x2dq", "qemu-10-iso7x2dq" },
        { 5, "iso2 _\xc3\xbc.x:Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          "qemu-5-iso2.xAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *got = hv_placement_machine_name("qemu", rows[i].id, rows[i].name);
        g_assert_cmpstr(got, ==, rows[i].want);
    }
    g_autofree char *scope = hv_placement_scope_name("qemu-1-a.b");
    g_assert_cmpstr(scope, ==, "machine-qemu\\x2d1\\x2da.b.scope");
    g_autofree char *slice = hv_partition_slice("/machine/prod");
    g_assert_cmpstr(slice, ==, "machine-prod.slice");
    g_autofree char *path = hv_partition_path("/machine/prod");
    g_assert_cmpstr(path, ==, "/machine/prod.partition");
}

static void expect_guest(const char *path, const char *want, HvPlacementKind kind)
{
    HvPlacementKind k = HV_PLACEMENT_NONE;
    g_autofree char *got = hv_placement_guest_path(path, "qemu", &k);
    g_assert_cmpstr(got, ==, want);
    if (want)
        g_assert_cmpint(k, ==, kind);
}

static void test_paths(void)
{
    expect_guest("/machine/qemu-4-iso1.libvirt-qemu/emulator", "/machine/qemu-4-iso1.libvirt-qemu", HV_PLACEMENT_CGROUP);
    expect_guest("/machine/qemu-4-iso1.libvirt-qemu", "/machine/qemu-4-iso1.libvirt-qemu", HV_PLACEMENT_CGROUP);
    expect_guest("/machine.slice/machine-qemu\\x2d1\\x2da.scope/libvirt/vcpu12",
                 "/machine.slice/machine-qemu\\x2d1\\x2da.scope", HV_PLACEMENT_MACHINED);
    expect_guest("/", NULL, 0);
    expect_guest("/system.slice/virtqemud.service", NULL, 0);
    expect_guest("/emulator", NULL, 0);
}

static void test_real(void)
{
    if (geteuid() != 0) {
        g_test_skip("needs root");
        return;
    }
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(1);
        close(2);
        pause();
        _exit(0);
    }
    g_autofree char *name = g_strdup_printf("unit-%d", (int)getpid());
    HvPlacementSpec spec = { .driver = "qemu", .id = 1, .name = name, .leader = pid };
    g_autofree char *warning = NULL;
    g_autoptr(GError) err = NULL;
    g_autoptr(HvPlacement) p = hv_placement_new(vir_host_real(), &spec, &warning, &err);
    g_assert_no_error(err);
    g_test_message("kind %d, warning %s", hv_placement_kind(p), warning ? warning : "none");
    if (hv_placement_kind(p) != HV_PLACEMENT_NONE) {
        g_autofree char *cgroup = g_strdup_printf("/proc/%d/cgroup", pid);
        g_autofree char *text = NULL;
        g_assert_true(g_file_get_contents(cgroup, &text, NULL, NULL));
        g_assert_nonnull(strstr(text, "/emulator"));
        g_autoptr(HvPlacement) found = hv_placement_find(vir_host_real(), &spec, &err);
        g_assert_no_error(err);
        g_assert_cmpint(hv_placement_kind(found), ==, hv_placement_kind(p));
        g_assert_cmpstr(vir_cgroup_path(hv_placement_group(found), VIR_CGROUP_CPU), ==,
                        vir_cgroup_path(hv_placement_group(p), VIR_CGROUP_CPU));
        g_assert_true(hv_placement_add_thread(p, HV_THREAD_VCPU, 0, pid, &err));
        g_assert_no_error(err);
        HvTune t, back;
        hv_tune_init(&t);
        t.cpu_shares = hv_placement_has(p, VIR_CGROUP_CPU) ? 512 : HV_TUNE_UNSET;
        t.cpu_quota_us = hv_placement_has(p, VIR_CGROUP_CPU) ? 50000 : 0;
        t.mem_hard_kib = hv_placement_has(p, VIR_CGROUP_MEMORY) ? 65536 : HV_TUNE_UNSET;
        hv_placement_set(p, &t, &err);
        g_assert_no_error(err);
        g_assert_true(hv_placement_get(found, &back, &err));
        g_assert_cmpuint(back.cpu_shares, ==, t.cpu_shares);
        g_assert_cmpint(back.cpu_quota_us, ==, t.cpu_quota_us);
        g_assert_cmpuint(back.mem_hard_kib, ==, t.mem_hard_kib);
        if (hv_placement_has(p, VIR_CGROUP_MEMORY))
            g_assert_cmpuint(back.mem_soft_kib, ==, VIR_DOMAIN_MEMORY_PARAM_UNLIMITED);
        guint64 ns;
        g_assert_true(hv_placement_vcpu_ns(p, 0, pid, pid, &ns, &err));
        if (hv_placement_has(p, VIR_CGROUP_CPUSET)) {
            g_autoptr(VirBitmap) one = vir_bitmap_parse("0", 64, NULL);
            hv_placement_pin_thread(p, HV_THREAD_VCPU, 0, one, NULL, &err);
            g_assert_no_error(err);
        }
        const char *const devices[] = { "/dev/null", NULL };
        g_assert_true(hv_placement_allow_devices(p, devices, &err));
        g_autofree char *dir = vir_cgroup_file(hv_placement_group(p), VIR_CGROUP_CPU, "tasks");
        hv_placement_remove(p, &err);   /* kills what is inside */
        g_assert_no_error(err);
        g_assert_false(g_file_test(dir, G_FILE_TEST_EXISTS));
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/placement/names", test_names);
    g_test_add_func("/placement/paths", test_paths);
    g_test_add_func("/placement/real", test_real);
    return g_test_run();
}

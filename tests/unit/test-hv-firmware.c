/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Choice among firmware descriptors, with the answers of the reference on Debian's three, and the variable store.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hv/firmware.h"
#include "util/error.h"

typedef struct {
    char *root, *low, *high;
    VirHost *host;
    HvFirmwareList *list;
} Fix;

static void descriptor(const char *dir, const char *name, const char *suffix, const char *vars, const char *machines,
                       const char *features)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autofree char *text = g_strdup_printf(
        "{\"description\":\"d\",\"interface-types\":[\"uefi\"],\"mapping\":{\"device\":\"flash\",\"executable\":{"
        "\"filename\":\"/OVMF_CODE%s.fd\",\"format\":\"raw\"},\"nvram-template\":{\"filename\":\"/OVMF_VARS%s.fd\","
        "\"format\":\"raw\"}},\"targets\":[{\"architecture\":\"x86_64\",\"machines\":[%s]}],\"features\":[%s],\"tags\":[]}",
        suffix, vars, machines, features);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void setup(Fix *f, gconstpointer data)
{
    static const char *const dirs[] = { "/low", "/high", NULL };
    f->root = g_dir_make_tmp("fw-XXXXXX", NULL);
    f->low = g_build_filename(f->root, "low", NULL);
    f->high = g_build_filename(f->root, "high", NULL);
    g_mkdir(f->low, 0755);
    g_mkdir(f->high, 0755);
    descriptor(f->low, "40-enrolled.json", ".ms", ".ms", "\"pc-q35-*\"",
               "\"acpi-s3\",\"amd-sev\",\"enrolled-keys\",\"requires-smm\",\"secure-boot\"");
    descriptor(f->low, "50-secure.json", ".secboot", "", "\"pc-q35-*\"", "\"requires-smm\",\"secure-boot\",\"new-word\"");
    descriptor(f->low, "60-plain.json", "", "", "\"pc-i440fx-*\",\"pc-q35-*\"", "\"acpi-s3\"");
    f->host = vir_host_new(f->root);
    f->list = hv_firmware_list_new(f->host, dirs, FALSE);
}

static void teardown(Fix *f, gconstpointer data)
{
    g_autofree char *cmd = g_strdup_printf("rm -r '%s'", f->root);
    g_assert_true(g_spawn_command_line_sync(cmd, NULL, NULL, NULL, NULL));
    hv_firmware_list_free(f->list);
    vir_host_free(f->host);
    g_free(f->root);
    g_free(f->low);
    g_free(f->high);
}

static void expect(Fix *f, HvFirmwareQuery q, const char *want)
{
    g_autoptr(GError) err = NULL;
    q.arch = q.arch ? q.arch : "x86_64";
    q.interface = q.interface ? q.interface : HV_FIRMWARE_EFI;
    g_autoptr(HvFirmware) fw = hv_firmware_select(f->list, &q, &err);
    if (want && fw) {
        g_assert_cmpstr(fw->executable, ==, want);
    } else if (want) {
        g_assert_no_error(err);
    } else {
        g_assert_null(fw);
        g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_OPERATION_FAILED);
    }
}

static void test_select(Fix *f, gconstpointer data)
{
    const char *q35 = "pc-q35-7.2", *pc = "pc-i440fx-7.2";
    expect(f, (HvFirmwareQuery){ .machine = q35 }, "/OVMF_CODE.ms.fd");
    expect(f, (HvFirmwareQuery){ .machine = q35, .reject = HV_FW_SECURE_BOOT }, "/OVMF_CODE.fd");
    expect(f, (HvFirmwareQuery){ .machine = q35, .want = HV_FW_SECURE_BOOT }, "/OVMF_CODE.ms.fd");
    expect(f, (HvFirmwareQuery){ .machine = q35, .reject = HV_FW_ENROLLED_KEYS }, "/OVMF_CODE.secboot.fd");
    expect(f, (HvFirmwareQuery){ .machine = q35, .smm_off = TRUE }, "/OVMF_CODE.fd");
    expect(f, (HvFirmwareQuery){ .machine = pc }, "/OVMF_CODE.fd");
    expect(f, (HvFirmwareQuery){ .machine = q35, .stateless = TRUE }, NULL);
    expect(f, (HvFirmwareQuery){ .machine = q35, .interface = HV_FIRMWARE_BIOS }, NULL);
    expect(f, (HvFirmwareQuery){ .machine = q35, .format = HV_FW_FORMAT_QCOW2 }, NULL);
    expect(f, (HvFirmwareQuery){ .machine = "virt", .arch = "aarch64" }, NULL);
    expect(f, (HvFirmwareQuery){ .machine = pc, .want = HV_FW_SECURE_BOOT }, NULL);
    g_autoptr(HvFirmware) fw = hv_firmware_by_loader(f->list, "x86_64", q35, "/OVMF_CODE.secboot.fd");
    g_assert_cmpstr(fw->nvram_template, ==, "/OVMF_VARS.fd");
    g_assert_null(hv_firmware_by_loader(f->list, "x86_64", q35, "/etc/hostname"));
    guint interfaces;
    gboolean secure, insecure;
    g_auto(GStrv) loaders = hv_firmware_loaders(f->list, "x86_64", q35, &interfaces, &secure, &insecure);
    g_assert_cmpint(g_strv_length(loaders), ==, 3);
    g_assert_true(secure && insecure && interfaces == HV_FIRMWARE_EFI);
}

static void test_override(Fix *f, gconstpointer data)
{
    expect(f, (HvFirmwareQuery){ .machine = "pc-q35-7.2" }, "/OVMF_CODE.ms.fd");
    descriptor(f->high, "30-own.json", ".own", "", "\"pc-q35-*\"", "");
    g_autofree char *hide = g_build_filename(f->high, "60-plain.json", NULL);
    g_autofree char *bad = g_build_filename(f->high, "10-bad.json", NULL);
    g_assert_true(g_file_set_contents(hide, "", 0, NULL));
    g_assert_true(g_file_set_contents(bad, "{", 1, NULL));
    expect(f, (HvFirmwareQuery){ .machine = "pc-q35-7.2" }, "/OVMF_CODE.own.fd");
    expect(f, (HvFirmwareQuery){ .machine = "pc-i440fx-7.2" }, NULL);
}

static void test_nvram(Fix *f, gconstpointer data)
{
    g_autofree char *from = g_build_filename(f->root, "template", NULL);
    g_autofree char *to = hv_nvram_path(f->root, "g1", HV_FW_FORMAT_RAW);
    g_assert_true(g_str_has_suffix(to, "/g1_VARS.fd"));
    g_autofree char *big = g_strnfill(200000, 'v');
    g_assert_true(g_file_set_contents(from, big, -1, NULL));
    gboolean made = FALSE;
    g_autoptr(GError) err = NULL;
    hv_nvram_create(to, from, FALSE, (uid_t)-1, (gid_t)-1, 10000, &made, &err);
    g_assert_no_error(err);
    g_assert_true(made);
    struct stat st;
    g_assert_cmpint(stat(to, &st), ==, 0);
    g_assert_cmpint(st.st_size, ==, 200000);
    g_assert_cmpint(st.st_mode & 0777, ==, 0600);
    g_assert_true(g_file_set_contents(to, "guest", 5, NULL));
    g_assert_true(hv_nvram_create(to, from, FALSE, (uid_t)-1, (gid_t)-1, 10000, &made, &err));
    g_assert_false(made);
    g_assert_cmpint(stat(to, &st), ==, 0);
    g_assert_cmpint(st.st_size, ==, 5);
    g_assert_true(hv_nvram_create(to, from, TRUE, geteuid() ? (uid_t)-1 : 4711, (gid_t)-1, 10000, &made, &err));
    g_assert_true(made);
    g_assert_cmpint(stat(to, &st), ==, 0);
    g_assert_cmpint(st.st_size, ==, 200000);
    if (geteuid() == 0)
        g_assert_cmpint(st.st_uid, ==, 4711);
    g_unlink(to);
    g_unlink(from);
    g_assert_false(hv_nvram_create(to, from, FALSE, (uid_t)-1, (gid_t)-1, 10000, &made, &err));
    g_assert_nonnull(strstr(err->message, "template"));
    g_assert_false(g_file_test(to, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/firmware/select", Fix, NULL, setup, test_select, teardown);
    g_test_add("/firmware/override", Fix, NULL, setup, test_override, teardown);
    g_test_add("/firmware/nvram", Fix, NULL, setup, test_nvram, teardown);
    return g_test_run();
}

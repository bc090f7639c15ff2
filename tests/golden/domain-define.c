/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Golden cases of define: domain-define/CASE/in.xml gives out.xml (the inactive, secure document of the reference, byte
 * for byte), or is refused with the code and domain in error. Cases whose emulator is not installed are skipped by name.
 */
#include <stdio.h>
#include <string.h>

#include "util/error.h"
#include "virtqemud/defaults/defaults.h"

#define DIR TEST_SRCDIR "/golden/domain-define"

static QemuDomainEnv env;

static gboolean emulator_missing(const GError *err)
{
    return err && (strstr(err->message, "No emulator found") || strstr(err->message, "Cannot check QEMU binary") ||
                   strstr(err->message, "does not support virt type 'kvm'"));
}

static char *read_file(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static char *define(const char *xml, GError **err)
{
    g_autoptr(DomainDef) def = domain_def_parse(xml, strlen(xml), VIR_XML_INACTIVE, err);

    if (!def || !qemu_domain_finish(def, &env, 0, NULL, err))
        return NULL;
    return domain_def_format(def, VIR_XML_INACTIVE | VIR_XML_SECURE);
}

/* The first line that differs, for the message. */
static void compare(const char *want, const char *got)
{
    g_auto(GStrv) a = g_strsplit(want, "\n", -1), b = g_strsplit(got, "\n", -1);

    for (guint i = 0; a[i] || b[i]; i++) {
        if (g_strcmp0(a[i], b[i]) != 0) {
            g_test_message("line %u: want \"%s\", got \"%s\"", i + 1, a[i] ? a[i] : "", b[i] ? b[i] : "");
            g_test_fail();
            return;
        }
        if (!a[i] || !b[i])
            return;
    }
}

static void test_case(gconstpointer data)
{
    const char *dir = data;
    g_autofree char *in = read_file(dir, "in.xml"), *out = read_file(dir, "out.xml"), *refused = read_file(dir, "error");
    g_autofree char *got = NULL, *again = NULL, *code = NULL;
    g_autoptr(GError) err = NULL;

    g_assert_nonnull(in);
    got = define(in, &err);
    if (emulator_missing(err) && !(refused && g_str_has_prefix(refused, "38 "))) {
        g_test_skip(err->message);
        return;
    }
    if (refused) {
        if (got) {
            g_test_message("accepted, the reference says %s", refused);
            g_test_fail();
            return;
        }
        code = g_strdup_printf("%d %d\n", vir_error_code(err), vir_error_extra(err)->domain);
        if (strcmp(code, refused) != 0) {
            g_test_message("refused with %s: %s", code, err->message);
            g_test_fail();
        }
        return;
    }
    if (!got) {
        g_test_message("refused: %s", err->message);
        g_test_fail();
        return;
    }
    g_assert_nonnull(out);
    compare(out, got);
}

int main(int argc, char **argv)
{
    g_autoptr(VirHost) host = vir_host_new("");
    VirQemuCapsConfig config = { .host = host, .uid = -1, .gid = -1 };
    g_autoptr(VirQemuCapsCache) cache = vir_qemu_caps_cache_new(&config);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(DIR, 0, NULL);
    const char *name;

    g_test_init(&argc, &argv, NULL);
    env = (QemuDomainEnv){ .host = host, .caps = cache, .nvram_dir = "/var/lib/libvirt/qemu/nvram" };
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_strdup_printf("/domain-define/%s", name);
        char *full = g_build_filename(DIR, name, NULL);

        g_ptr_array_add(names, full);
        g_test_add_data_func(path, full, test_case);
    }
    return g_test_run();
}

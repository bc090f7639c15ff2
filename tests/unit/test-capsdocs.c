/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>
#include <string.h>

#include "util/error.h"
#include "util/xmltab.h"
#include "virtqemud/caps/documents.h"
#include "virtqemud/caps/host-model.h"

#define QEMU "/usr/bin/qemu-system-x86_64"

static VirQemuDocuments docs;

static gboolean ready(gboolean qemu)
{
#ifndef __x86_64__
    g_test_skip("this host is no x86_64");
    return FALSE;
#endif
    if (!vir_host_facts_cpu_map(docs.facts, NULL)) {
        g_test_skip("there is no CPU map in " VIR_CPU_MAP_DIR);
        return FALSE;
    }
    if (qemu && !g_file_test(QEMU, G_FILE_TEST_IS_EXECUTABLE)) {
        g_test_skip(QEMU " is not installed");
        return FALSE;
    }
    return TRUE;
}

/* Well-formed, with this root; NULL is a failed test. */
static void check_document(const char *xml, const char *root, const GError *err)
{
    g_assert_no_error((GError *)err);
    g_autoptr(VirXmlDoc) doc = vir_xml_doc_parse(xml, strlen(xml), root, 0, NULL);
    g_assert_nonnull(doc);
    g_assert_cmpstr((const char *)xmlDocGetRootElement(doc)->name, ==, root);
}

static void test_capabilities(void)
{
    if (!ready(TRUE))
        return;
    const guint8 uuid[16] = { 0x12, 0x34 };
    g_autoptr(GError) err = NULL;
    g_autofree char *xml = vir_qemu_capabilities_xml(&docs, uuid, &err);
    check_document(xml, "capabilities", err);
    g_assert_nonnull(strstr(xml, "<uuid>12340000-0000-0000-0000-000000000000</uuid>"));
    g_assert_nonnull(strstr(xml, "<emulator>" QEMU "</emulator>"));
    g_assert_nonnull(strstr(xml, "<domain type='qemu'/>"));
    gulong version = 0;
    g_assert_true(vir_qemu_version(&docs, &version, &err));
    g_assert_cmpuint(version, >=, 6002000);
}

typedef struct {
    const char *emulator, *arch, *machine, *virt_type;
    int code;                /* 0: succeeds */
    const char *says;
} Choice;

static const Choice choices[] = {
    { NULL, NULL, "q35", "qemu", 0, "<machine>pc-q35-" },
    { QEMU, "x86_64", "pc", "qemu", 0, "<machine>pc-i440fx-" },
    { NULL, NULL, "microvm", "qemu", 0, "<domain>qemu</domain>" },
    { NULL, "vax", NULL, NULL, VIR_ERR_INVALID_ARG, "vax" },
    { NULL, NULL, "nonesuch", "qemu", VIR_ERR_INVALID_ARG, "nonesuch" },
    { NULL, NULL, NULL, "xen", VIR_ERR_INVALID_ARG, "xen" },
    { QEMU, "aarch64", NULL, NULL, VIR_ERR_INVALID_ARG, "aarch64" },
    { "/nonexistent", NULL, NULL, NULL, VIR_ERR_SYSTEM_ERROR, "/nonexistent" },
};

static void test_domain_capabilities(void)
{
    if (!ready(TRUE))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(choices); i++) {
        const Choice *c = &choices[i];
        g_autoptr(GError) err = NULL;
        g_autofree char *xml = vir_qemu_domain_capabilities_xml(&docs, c->emulator, c->arch, c->machine, c->virt_type,
                                                                &err);
        if (c->code)
            g_assert_error(err, VIR_ERROR, c->code);
        else
            check_document(xml, "domainCapabilities", err);
        if (!strstr(xml ? xml : err->message, c->says))
            g_error("case %u does not say '%s': %s", i, c->says, xml ? "document" : err->message);
    }
}

static int compare(const char *xml, guint flags, int code)
{
    g_autoptr(GError) err = NULL;
    int got = vir_qemu_compare_cpu(&docs, NULL, xml, flags, &err);
    if (code)
        g_assert_error(err, VIR_ERROR, code);
    else
        g_assert_no_error(err);
    return got;
}

static void test_compare(void)
{
    if (!ready(FALSE))
        return;
    const VirHostCpu *host = vir_host_facts_cpu(docs.facts);
    const VirCpuMap *map = vir_host_facts_cpu_map(docs.facts, NULL);
    g_autoptr(GString) self = g_string_new(NULL);
    g_string_append_printf(self, "<cpu><model>%s</model>", host->name.model);
    for (int i = vir_bitmap_next(host->name.more, -1); i >= 0; i = vir_bitmap_next(host->name.more, i))
        g_string_append_printf(self, "<feature name='%s'/>", vir_cpu_map_feature_name(map, i));
    g_string_append(self, "</cpu>");
    g_assert_cmpint(compare(self->str, 0, 0), ==, VIR_CPU_COMPARE_IDENTICAL);
    g_assert_cmpint(compare("<cpu><model>486</model></cpu>", 0, 0), ==, VIR_CPU_COMPARE_SUPERSET);
    g_assert_cmpint(compare("<cpu mode='host-passthrough'/>", 0, 0), ==, VIR_CPU_COMPARE_SUPERSET);
    g_assert_cmpint(compare("<cpu match='strict'><model>486</model></cpu>", 0, 0), ==, VIR_CPU_COMPARE_INCOMPATIBLE);
    g_assert_cmpint(compare("<cpu><arch>vax</arch><model>486</model></cpu>", 0, 0), ==, VIR_CPU_COMPARE_INCOMPATIBLE);
    g_assert_cmpint(compare("<cpu match='exact'><model>486</model><feature name='fpu' policy='forbid'/></cpu>", 0, 0), ==,
                    VIR_CPU_COMPARE_INCOMPATIBLE);
    const char *ia64 = "<cpu match='exact'><model>486</model><feature name='ia64' policy='require'/></cpu>";
    g_assert_cmpint(compare(ia64, 0, 0), ==, VIR_CPU_COMPARE_INCOMPATIBLE);
    compare(ia64, VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE, VIR_ERR_CPU_INCOMPATIBLE);
    compare("<cpu><model>nosuch</model></cpu>", 0, VIR_ERR_INTERNAL_ERROR);
    compare("<cpu><model>486</model><feature name='nosuch'/></cpu>", 0, VIR_ERR_INTERNAL_ERROR);
    compare("<cpu><model>486</model><feature/></cpu>", 0, VIR_ERR_XML_ERROR);
    compare("<notcpu/>", 0, VIR_ERR_XML_ERROR);
    compare("<cpu", 0, VIR_ERR_XML_DETAIL);
}

static void test_baseline(void)
{
    if (!ready(FALSE))
        return;
    static const char *const two[] = {
        "<cpu><arch>x86_64</arch><model>Westmere</model><vendor>Intel</vendor><feature name='invtsc'/></cpu>",
        "<cpu><arch>x86_64</arch><model>Nehalem</model><feature name='aes'/><feature name='invtsc'/></cpu>" };
    static const char *const vendors[] = { "<cpu><model>Nehalem</model><vendor>Intel</vendor></cpu>",
                                           "<cpu><model>phenom</model><vendor>AMD</vendor></cpu>" };
    static const char *const guest[] = { "<cpu mode='custom'><model>Nehalem</model></cpu>" };
    g_autoptr(GError) err = NULL;
    g_autofree char *plain = vir_qemu_baseline_cpu(&docs, NULL, two, 2, 0, &err);
    check_document(plain, "cpu", err);
    g_assert_nonnull(strstr(plain, "<vendor>Intel</vendor>"));
    g_assert_nonnull(strstr(plain, "invtsc"));
    g_autofree char *migratable = vir_qemu_baseline_cpu(&docs, NULL, two, 2, VIR_CONNECT_BASELINE_CPU_MIGRATABLE, &err);
    check_document(migratable, "cpu", err);
    g_assert_null(strstr(migratable, "invtsc"));
    g_autofree char *all = vir_qemu_baseline_cpu(&docs, NULL, two, 2, VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES, &err);
    check_document(all, "cpu", err);
    g_assert_nonnull(strstr(all, "'fpu'"));
    g_assert_null(vir_qemu_baseline_cpu(&docs, NULL, vendors, 2, 0, &err));
    g_assert_error(err, VIR_ERROR, VIR_ERR_OPERATION_FAILED);
    g_clear_error(&err);
    g_assert_null(vir_qemu_baseline_cpu(&docs, NULL, guest, 1, 0, &err));
    g_assert_error(err, VIR_ERROR, VIR_ERR_CONFIG_UNSUPPORTED);
    g_clear_error(&err);
    g_assert_null(vir_qemu_baseline_cpu(&docs, NULL, guest, 0, 0, &err));
    g_assert_error(err, VIR_ERROR, VIR_ERR_INVALID_ARG);
}

static void test_hypervisor(void)
{
    if (!ready(TRUE))
        return;
    const VirQemuHypervisor tcg = { .virt_type = "qemu" }, xen = { .virt_type = "xen" };
    static const char *const guest[] = { "<cpu mode='custom' match='exact'><model>qemu64</model></cpu>" };
    g_autoptr(GError) err = NULL;
    g_autofree char *cpu = vir_qemu_baseline_cpu(&docs, &tcg, guest, 1, 0, &err);
    check_document(cpu, "cpu", err);
    g_assert_nonnull(strstr(cpu, "<model fallback='forbid'>qemu64</model>"));
    g_assert_cmpint(vir_qemu_compare_cpu(&docs, &tcg, guest[0], 0, &err), ==, VIR_CPU_COMPARE_SUPERSET);
    g_assert_cmpint(vir_qemu_compare_cpu(&docs, &xen, guest[0], 0, &err), ==, VIR_CPU_COMPARE_ERROR);
    g_assert_error(err, VIR_ERROR, VIR_ERR_INVALID_ARG);
    /* A migratable guest never gets what binds it to this host. */
    g_autoptr(VirQemuCaps) caps = vir_qemu_caps_get(docs.caps, QEMU, NULL);
    const VirCpuMap *map = vir_host_facts_cpu_map(docs.facts, NULL);
    for (int a = 0; a < VIR_QEMU_ACCEL_LAST; a++) {
        VirCpuName name;
        if (!vir_qemu_caps_has_accel(caps, a) || !vir_qemu_host_model(caps, a, map, TRUE, &name))
            continue;
        g_assert_false(vir_bitmap_test(name.more, vir_cpu_map_feature(map, "invtsc")));
        vir_cpu_name_clear(&name);
    }
}

static void test_names(void)
{
    if (!ready(FALSE))
        return;
    g_autoptr(GError) err = NULL;
    g_auto(GStrv) x86 = vir_qemu_cpu_model_names(&docs, "x86_64", &err);
    g_assert_no_error(err);
    g_assert_true(g_strv_contains((const char *const *)x86, "qemu64"));
    g_auto(GStrv) arm = vir_qemu_cpu_model_names(&docs, "aarch64", &err);
    g_assert_cmpuint(g_strv_length(arm), ==, 0);
    g_assert_null(vir_qemu_cpu_model_names(&docs, "riscv64", &err));
    g_assert_error(err, VIR_ERROR, VIR_ERR_NO_SUPPORT);
    g_clear_error(&err);
    g_assert_null(vir_qemu_cpu_model_names(&docs, "vax", &err));
    g_assert_error(err, VIR_ERROR, VIR_ERR_INVALID_ARG);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    VirQemuCapsConfig config = { .uid = -1, .gid = -1 };
    docs.facts = vir_host_facts_new(vir_host_real());
    docs.caps = vir_qemu_caps_cache_new(&config);
    docs.firmware = hv_firmware_list_new(vir_host_real(), NULL, FALSE);
    g_test_add_func("/capsdocs/capabilities", test_capabilities);
    g_test_add_func("/capsdocs/domain-capabilities", test_domain_capabilities);
    g_test_add_func("/capsdocs/compare", test_compare);
    g_test_add_func("/capsdocs/baseline", test_baseline);
    g_test_add_func("/capsdocs/hypervisor", test_hypervisor);
    g_test_add_func("/capsdocs/names", test_names);
    int rc = g_test_run();
    hv_firmware_list_free(docs.firmware);
    virObjectUnref(docs.caps);
    virObjectUnref(docs.facts);
    return rc;
}

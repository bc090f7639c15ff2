/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define VIR_LOG_SOURCE "qemu.caps"
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>

#include "util/error.h"
#include "util/fd.h"
#include "util/log.h"
#include "virtqemud/caps/documents.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static void format_machine(const VirQemuMachine *m, const char *name, GString *out)
{
    g_string_append(out, "      <machine");
    if (name != m->name)
        g_string_append_printf(out, " canonical='%s'", m->name);
    if (m->cpu_max)
        g_string_append_printf(out, " maxCpus='%u'", m->cpu_max);
    if (m->deprecated)
        g_string_append(out, " deprecated='yes'");
    g_string_append_printf(out, ">%s</machine>\n", name);
}

static void format_features(const char *arch, GString *out)
{
    gboolean x86 = g_str_equal(arch, "x86_64") || g_str_equal(arch, "i686");
    g_string_append(out, "    <features>\n");
    if (g_str_equal(arch, "i686"))
        g_string_append(out, "      <pae/>\n      <nonpae/>\n");
    if (x86 || g_str_equal(arch, "aarch64"))
        g_string_append(out, "      <acpi default='on' toggle='yes'/>\n");
    if (x86)
        g_string_append(out, "      <apic default='on' toggle='no'/>\n");
    g_string_append(out, "      <cpuselection/>\n      <deviceboot/>\n      <disksnapshot default='on' toggle='no'/>\n"
                         "    </features>\n");
}

static void format_guest(const VirQemuCaps *caps, const char *arch, GString *out)
{
    g_string_append_printf(out, "  <guest>\n    <os_type>hvm</os_type>\n    <arch name='%s'>\n"
                           "      <wordsize>%u</wordsize>\n", arch, vir_qemu_arch_wordsize(arch));
    g_autofree char *binary = g_markup_escape_text(vir_qemu_caps_binary(caps), -1);
    g_string_append_printf(out, "      <emulator>%s</emulator>\n", binary);
    for (gsize i = 0; i < vir_qemu_caps_n_machines(caps); i++) {
        const VirQemuMachine *m = vir_qemu_caps_machine_at(caps, i);
        format_machine(m, m->name, out);
        if (m->alias)
            format_machine(m, m->alias, out);
    }
    if (vir_qemu_caps_has_accel(caps, VIR_QEMU_ACCEL_TCG))
        g_string_append(out, "      <domain type='qemu'/>\n");
    if (vir_qemu_caps_has_accel(caps, VIR_QEMU_ACCEL_KVM))
        g_string_append(out, "      <domain type='kvm'/>\n");
    g_string_append(out, "    </arch>\n");
    format_features(arch, out);
    g_string_append(out, "  </guest>\n");
}

static char *format_secmodels(const HvSecurity *security)
{
    const HvSecModel *models = NULL;
    guint n = security ? hv_security_models(security, &models) : 0;
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < n; i++) {
        g_string_append_printf(out, "    <secmodel>\n      <model>%s</model>\n      <doi>%s</doi>\n", models[i].model,
                               models[i].doi);
        for (guint k = 0; k < G_N_ELEMENTS(models[i].base) && models[i].base[k].virt_type; k++)
            g_string_append_printf(out, "      <baselabel type='%s'>%s</baselabel>\n", models[i].base[k].virt_type,
                                   models[i].base[k].label);
        g_string_append(out, "    </secmodel>\n");
    }
    return g_string_free(out, FALSE);
}

char *vir_qemu_capabilities_xml(const VirQemuDocuments *docs, const guint8 uuid[16], GError **err)
{
    const VirHost *host = vir_host_facts_host(docs->facts);
    g_auto(GStrv) archs = vir_qemu_emulator_archs(host);
    g_autoptr(GPtrArray) binaries = g_ptr_array_new_with_free_func(g_free);
    for (char **arch = archs; *arch; arch++)
        g_ptr_array_add(binaries, vir_qemu_emulator_find(host, *arch));
    g_ptr_array_add(binaries, NULL);
    g_autoptr(GError) failed = NULL;
    g_autoptr(GPtrArray) caps = vir_qemu_caps_get_all(docs->caps, (const char *const *)binaries->pdata, &failed);
    if (failed)
        VIR_WARN("capabilities of a QEMU binary are not known, leaving it out: %s", failed->message);

    g_autoptr(GString) out = g_string_new("<capabilities>\n\n");
    g_autofree char *secmodels = format_secmodels(docs->security);
    if (!vir_host_caps_format(docs->facts, uuid, secmodels, out, err))
        return NULL;
    g_string_append_c(out, '\n');
    for (guint i = 0; i < caps->len; i++) {
        const VirQemuCaps *c = g_ptr_array_index(caps, i);
        if (!c)
            continue;
        format_guest(c, archs[i], out);
        g_string_append_c(out, '\n');
    }
    g_string_append(out, "</capabilities>\n");
    return g_string_free(g_steal_pointer(&out), FALSE);
}

VirQemuCaps *vir_qemu_caps_for(VirQemuCapsCache *cache, const VirHost *host, const char *emulator, const char *arch,
                               GError **err)
{
    g_autofree char *found = NULL;
    if (!emulator) {
        const char *wanted = arch ? arch : vir_qemu_host_arch();
        emulator = found = vir_qemu_emulator_find(host, wanted);
        if (!found) {
            vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "unable to find any emulator to serve '%s' architecture", wanted);
            return NULL;
        }
    }
    return vir_qemu_caps_get(cache, emulator, err);
}

gboolean vir_qemu_version(const VirQemuDocuments *docs, gulong *ret, GError **err)
{
    g_autoptr(VirQemuCaps) caps = vir_qemu_caps_for(docs->caps, vir_host_facts_host(docs->facts), NULL, NULL, err);
    if (!caps)
        return FALSE;
    *ret = vir_qemu_caps_version(caps);
    return TRUE;
}

char **vir_qemu_cpu_model_names(const VirQemuDocuments *docs, const char *arch, GError **err)
{
    if (!vir_qemu_arch_wordsize(arch)) {
        vir_fail(err, VIR_ERR_INVALID_ARG, "cannot find architecture %s", arch);
        return NULL;
    }
    static const char *const without_models[] = { "aarch64", "armv6l", "armv7l", "s390x", NULL };
    if (g_strv_contains(without_models, arch))
        return g_new0(char *, 1);
    if (g_str_equal(arch, "ppc64") || g_str_equal(arch, "ppc64le"))
        return vir_cpu_map_ppc64_models(vir_host_facts_host(docs->facts), err);
    if (!g_str_equal(arch, "x86_64") && !g_str_equal(arch, "i686")) {
        vir_fail_full(err, VIR_FROM_CPU, VIR_ERR_NO_SUPPORT, "'%s' architecture is not supported by CPU driver", arch);
        return NULL;
    }
    const VirCpuMap *map = vir_host_facts_cpu_map(docs->facts, err);
    if (!map)
        return NULL;
    guint n = vir_cpu_map_n_models(map);
    char **names = g_new0(char *, n + 1);
    for (guint i = 0; i < n; i++)
        names[i] = g_strdup(vir_cpu_map_model_name(map, i));
    return names;
}

/* QEMU's own bound for TCG guests is the machine's; without one named, libvirt has always said 16. */
#define MAX_VCPUS_TCG 16

int vir_qemu_max_vcpus(const VirQemuDocuments *docs, const char *virt_type, GError **err)
{
    if (!virt_type || g_ascii_strcasecmp(virt_type, "qemu") == 0)
        return MAX_VCPUS_TCG;
    if (g_ascii_strcasecmp(virt_type, "kvm") != 0) {
        vir_fail(err, VIR_ERR_INVALID_ARG, "unknown type '%s'", virt_type);
        return -1;
    }
    g_autofree char *path = vir_host_path(vir_host_facts_host(docs->facts), "/dev/kvm");
    VIR_AUTOFD int kvm = open(path, O_RDWR | O_CLOEXEC);
    int max = kvm < 0 ? -1 : ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS);
    if (max <= 0)
        max = kvm < 0 ? -1 : ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_NR_VCPUS);
    if (max < 0)
        vir_fail_errno(err, errno, "cannot ask '%s' for the number of virtual CPUs", path);
    return max;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A VirQemuCaps as a file of our own, DIR/HASH.json, HASH being of the binary's path. Capabilities are kept by name:
 * rows of the table may come, go and move.
 */
#include <string.h>

#include "util/error.h"
#include "util/fd.h"
#include "util/file.h"
#include "virtqemud/caps/caps-private.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define FILE_MAX (16 * 1024 * 1024)

static char *file_name(const char *binary)
{
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, binary, -1);
    return g_strconcat(hash, ".json", NULL);
}

static VirJson *strv_to_json(char **strv)
{
    return strv ? vir_json_new_strv((const char *const *)strv) : NULL;
}

static VirJson *accel_to_json(const VirQemuAccelCaps *accel)
{
    VirJson *cpus = json_object_new_array();
    for (guint i = 0; i < accel->cpus->len; i++) {
        const VirQemuCpuModel *c = &g_array_index(accel->cpus, VirQemuCpuModel, i);
        json_object_array_add(cpus, vir_json_new("s:name", c->name, "?s:type", c->type, "?s:blockers", c->blockers,
                                                 "?b:deprecated", c->deprecated, NULL));
    }
    return vir_json_new("b:present", accel->present, "a:cpus", cpus, "?a:host", strv_to_json(accel->host_cpu),
                        "?a:unmigratable", strv_to_json(accel->unmigratable), NULL);
}

static VirJson *to_json(const VirQemuCaps *caps, const char *key)
{
    VirJson *flags = json_object_new_array_ext(VIR_QEMU_CAP_LAST);
    for (int cap = 0; cap < VIR_QEMU_CAP_LAST; cap++) {
        if (vir_bitmap_test(caps->flags, cap))
            json_object_array_add(flags, json_object_new_string(vir_qemu_cap_rows[cap].name));
    }
    VirJson *machines = json_object_new_array_ext(caps->machines->len + 1);
    for (guint i = 0; i < caps->machines->len; i++) {
        const VirQemuMachine *m = &g_array_index(caps->machines, VirQemuMachine, i);
        json_object_array_add(machines, vir_json_new(
            "s:name", m->name, "?s:alias", m->alias, "?s:cpu", m->default_cpu, "?s:ram", m->default_ram_id,
            "u:max", m->cpu_max, "?b:default", m->is_default, "?b:hotplug", m->hotpluggable_cpus, "?b:numa",
            m->numa_mem_supported, "?b:deprecated", m->deprecated, "?b:acpi", m->acpi, NULL));
    }
    VirJson *gics = json_object_new_array();
    for (guint i = 0; i < caps->gics->len; i++) {
        const VirQemuGic *g = &g_array_index(caps->gics, VirQemuGic, i);
        json_object_array_add(gics, vir_json_new("i:version", g->version, "b:kernel", g->kernel_irqchip, "b:emulated",
                                                 g->emulated, NULL));
    }
    VirJson *sev = caps->sev ? vir_json_new("?s:pdh", caps->sev->pdh, "?s:chain", caps->sev->cert_chain, "?s:cpu0",
                                            caps->sev->cpu0_id, "u:cbitpos", caps->sev->cbitpos, "u:reduced",
                                            caps->sev->reduced_phys_bits, NULL) : NULL;
    return vir_json_new("s:key", key, "s:binary", caps->binary, "s:arch", caps->arch, "s:package", caps->package,
                        "u:version", caps->version, "?s:kvm-error", caps->kvm_error, "a:flags", flags,
                        "a:machines", machines, "o:tcg", accel_to_json(&caps->accel[VIR_QEMU_ACCEL_TCG]), "o:kvm",
                        accel_to_json(&caps->accel[VIR_QEMU_ACCEL_KVM]), "?a:hyperv", strv_to_json(caps->hyperv),
                        "a:gics", gics, "?o:sev", sev, NULL);
}

gboolean vir_qemu_caps_save(const VirQemuCaps *caps, const char *dir, const char *key, GError **err)
{
    if (!vir_file_ensure_dir(dir, 0755, -1, -1, err))
        return FALSE;
    VIR_AUTOFD int dirfd = vir_file_open_dir(dir, err);
    if (dirfd < 0)
        return FALSE;
    g_autofree char *name = file_name(caps->binary);
    g_autoptr(VirJson) json = to_json(caps, key);
    gsize len = 0;
    const char *text = vir_json_text(json, &len);
    return vir_file_write_atomic(dirfd, name, text, len, 0600, err);
}

/* ---- reading ---- */

static char *dup_str(VirJson *obj, const char *key)
{
    return g_strdup(vir_json_str(obj, key, NULL));
}

static char **strv_from_json(VirJson *obj, const char *key)
{
    VirJson *array = vir_json_array(obj, key);
    if (!array)
        return NULL;
    gsize n = vir_json_len(array);
    char **strv = g_new0(char *, n + 1);
    for (gsize i = 0; i < n; i++) {
        const char *text = json_object_get_string(vir_json_at(array, i));
        strv[i] = g_strdup(text ? text : "");
    }
    return strv;
}

static void accel_from_json(VirQemuAccelCaps *accel, VirJson *json)
{
    VirJson *cpus = vir_json_array(json, "cpus");
    accel->present = vir_json_bool(json, "present", FALSE);
    for (gsize i = 0; i < vir_json_len(cpus); i++) {
        VirJson *c = vir_json_at(cpus, i);
        VirQemuCpuModel cpu = { .name = dup_str(c, "name"), .type = dup_str(c, "type"),
                                .blockers = dup_str(c, "blockers"),
                                .deprecated = vir_json_bool(c, "deprecated", FALSE) };
        if (cpu.name)
            g_array_append_val(accel->cpus, cpu);
    }
    accel->host_cpu = strv_from_json(json, "host");
    accel->unmigratable = strv_from_json(json, "unmigratable");
}

static void flags_from_json(VirQemuCaps *caps, VirJson *flags)
{
    /* Names were written in the order of the table: one walk finds them all, another table costs a few more steps. */
    int cap = 0;
    for (gsize i = 0; i < vir_json_len(flags); i++) {
        const char *name = json_object_get_string(vir_json_at(flags, i));
        for (int tried = 0; name && tried < VIR_QEMU_CAP_LAST; tried++, cap = (cap + 1) % VIR_QEMU_CAP_LAST) {
            if (g_str_equal(name, vir_qemu_cap_rows[cap].name)) {
                vir_bitmap_set(caps->flags, cap);
                break;
            }
        }
    }
}

static void machines_from_json(VirQemuCaps *caps, VirJson *machines)
{
    for (gsize i = 0; i < vir_json_len(machines); i++) {
        VirJson *m = vir_json_at(machines, i);
        VirQemuMachine machine = { .name = dup_str(m, "name"), .alias = dup_str(m, "alias"),
                                   .default_cpu = dup_str(m, "cpu"), .default_ram_id = dup_str(m, "ram"),
                                   .cpu_max = vir_json_uint64(m, "max", 0),
                                   .is_default = vir_json_bool(m, "default", FALSE),
                                   .hotpluggable_cpus = vir_json_bool(m, "hotplug", FALSE),
                                   .numa_mem_supported = vir_json_bool(m, "numa", FALSE),
                                   .deprecated = vir_json_bool(m, "deprecated", FALSE),
                                   .acpi = vir_json_bool(m, "acpi", FALSE) };
        if (machine.name)
            g_array_append_val(caps->machines, machine);
    }
}

static void kvm_from_json(VirQemuCaps *caps, VirJson *json)
{
    VirJson *gics = vir_json_array(json, "gics");
    for (gsize i = 0; i < vir_json_len(gics); i++) {
        VirJson *g = vir_json_at(gics, i);
        VirQemuGic gic = { .version = vir_json_int64(g, "version", 0),
                           .kernel_irqchip = vir_json_bool(g, "kernel", FALSE),
                           .emulated = vir_json_bool(g, "emulated", FALSE) };
        g_array_append_val(caps->gics, gic);
    }
    VirJson *sev = vir_json_obj(json, "sev");
    if (sev) {
        caps->sev = g_new0(VirQemuSev, 1);
        *caps->sev = (VirQemuSev){ .pdh = dup_str(sev, "pdh"), .cert_chain = dup_str(sev, "chain"),
                                   .cpu0_id = dup_str(sev, "cpu0"), .cbitpos = vir_json_uint64(sev, "cbitpos", 0),
                                   .reduced_phys_bits = vir_json_uint64(sev, "reduced", 0) };
    }
}

VirQemuCaps *vir_qemu_caps_load(const char *dir, const char *binary, const char *key)
{
    g_autofree char *name = file_name(binary);
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autoptr(VirJson) json = vir_json_parse_file(path, FILE_MAX, NULL);
    if (!json || !g_str_equal(vir_json_str(json, "key", ""), key) ||
        !g_str_equal(vir_json_str(json, "binary", ""), binary) || !vir_json_str(json, "arch", NULL) ||
        !vir_json_str(json, "package", NULL) || !vir_json_array(json, "flags"))
        return NULL;
    VirQemuCaps *caps = vir_qemu_caps_new(binary);
    caps->arch = dup_str(json, "arch");
    caps->package = dup_str(json, "package");
    caps->version = vir_json_uint64(json, "version", 0);
    caps->kvm_error = dup_str(json, "kvm-error");
    flags_from_json(caps, vir_json_array(json, "flags"));
    machines_from_json(caps, vir_json_array(json, "machines"));
    accel_from_json(&caps->accel[VIR_QEMU_ACCEL_TCG], vir_json_obj(json, "tcg"));
    accel_from_json(&caps->accel[VIR_QEMU_ACCEL_KVM], vir_json_obj(json, "kvm"));
    caps->hyperv = strv_from_json(json, "hyperv");
    kvm_from_json(caps, json);
    return caps;
}

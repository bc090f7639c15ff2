/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "virtqemud/caps/caps-private.h"

static void machine_clear(void *item)
{
    VirQemuMachine *m = item;
    g_free(m->name);
    g_free(m->alias);
    g_free(m->default_cpu);
    g_free(m->default_ram_id);
}

static void cpu_clear(void *item)
{
    VirQemuCpuModel *c = item;
    g_free(c->name);
    g_free(c->type);
    g_free(c->blockers);
}

static void caps_dispose(void *obj)
{
    VirQemuCaps *caps = obj;
    g_free(caps->binary);
    g_free(caps->arch);
    g_free(caps->package);
    g_free(caps->kvm_error);
    vir_bitmap_free(caps->flags);
    g_array_unref(caps->machines);
    for (int i = 0; i < VIR_QEMU_ACCEL_LAST; i++) {
        g_array_unref(caps->accel[i].cpus);
        g_strfreev(caps->accel[i].host_cpu);
        g_strfreev(caps->accel[i].unmigratable);
    }
    g_strfreev(caps->hyperv);
    g_array_unref(caps->gics);
    if (caps->sev) {
        g_free(caps->sev->pdh);
        g_free(caps->sev->cert_chain);
        g_free(caps->sev->cpu0_id);
        g_free(caps->sev);
    }
}
VIR_CLASS_DEFINE(vir_qemu_caps, VirQemuCaps, caps_dispose)

static GArray *array_new(gsize size, GDestroyNotify clear)
{
    GArray *array = g_array_new(FALSE, TRUE, size);
    if (clear)
        g_array_set_clear_func(array, clear);
    return array;
}

VirQemuCaps *vir_qemu_caps_new(const char *binary)
{
    VirQemuCaps *caps = virObjectNew(vir_qemu_caps_class());
    caps->binary = g_strdup(binary);
    caps->flags = vir_bitmap_new();
    caps->machines = array_new(sizeof(VirQemuMachine), machine_clear);
    for (int i = 0; i < VIR_QEMU_ACCEL_LAST; i++)
        caps->accel[i].cpus = array_new(sizeof(VirQemuCpuModel), cpu_clear);
    caps->gics = array_new(sizeof(VirQemuGic), NULL);
    return caps;
}

const char *vir_qemu_caps_binary(const VirQemuCaps *caps)
{
    return caps->binary;
}

const char *vir_qemu_caps_arch(const VirQemuCaps *caps)
{
    return caps->arch;
}

guint vir_qemu_caps_version(const VirQemuCaps *caps)
{
    return caps->version;
}

const char *vir_qemu_caps_package(const VirQemuCaps *caps)
{
    return caps->package;
}

gboolean vir_qemu_caps_has(const VirQemuCaps *caps, VirQemuCap cap)
{
    return vir_bitmap_test(caps->flags, cap);
}

gboolean vir_qemu_caps_has_accel(const VirQemuCaps *caps, VirQemuAccel accel)
{
    return caps->accel[accel].present;
}

const char *vir_qemu_caps_kvm_error(const VirQemuCaps *caps)
{
    return caps->kvm_error;
}

gsize vir_qemu_caps_n_machines(const VirQemuCaps *caps)
{
    return caps->machines->len;
}

const VirQemuMachine *vir_qemu_caps_machine_at(const VirQemuCaps *caps, gsize i)
{
    return &g_array_index(caps->machines, VirQemuMachine, i);
}

const VirQemuMachine *vir_qemu_caps_machine(const VirQemuCaps *caps, const char *name)
{
    for (guint i = 0; i < caps->machines->len; i++) {
        const VirQemuMachine *m = &g_array_index(caps->machines, VirQemuMachine, i);
        if (name ? g_str_equal(m->name, name) || g_strcmp0(m->alias, name) == 0 : m->is_default)
            return m;
    }
    return NULL;
}

const char *vir_qemu_caps_canonical_machine(const VirQemuCaps *caps, const char *name)
{
    const VirQemuMachine *m = vir_qemu_caps_machine(caps, name);
    return m ? m->name : name;
}

gsize vir_qemu_caps_n_cpus(const VirQemuCaps *caps, VirQemuAccel accel)
{
    return caps->accel[accel].cpus->len;
}

const VirQemuCpuModel *vir_qemu_caps_cpu_at(const VirQemuCaps *caps, VirQemuAccel accel, gsize i)
{
    return &g_array_index(caps->accel[accel].cpus, VirQemuCpuModel, i);
}

const VirQemuCpuModel *vir_qemu_caps_cpu(const VirQemuCaps *caps, VirQemuAccel accel, const char *name)
{
    for (gsize i = 0; i < vir_qemu_caps_n_cpus(caps, accel); i++) {
        const VirQemuCpuModel *cpu = vir_qemu_caps_cpu_at(caps, accel, i);
        if (g_str_equal(cpu->name, name))
            return cpu;
    }
    return NULL;
}

const char *const *vir_qemu_caps_host_cpu(const VirQemuCaps *caps, VirQemuAccel accel)
{
    return (const char *const *)caps->accel[accel].host_cpu;
}

const char *const *vir_qemu_caps_host_cpu_unmigratable(const VirQemuCaps *caps, VirQemuAccel accel)
{
    static const char *const none[] = { NULL };
    char **names = caps->accel[accel].unmigratable;
    return names ? (const char *const *)names : none;
}

const char *const *vir_qemu_caps_hyperv(const VirQemuCaps *caps)
{
    static const char *const none[] = { NULL };
    return caps->hyperv ? (const char *const *)caps->hyperv : none;
}

gsize vir_qemu_caps_n_gics(const VirQemuCaps *caps)
{
    return caps->gics->len;
}

const VirQemuGic *vir_qemu_caps_gic_at(const VirQemuCaps *caps, gsize i)
{
    return &g_array_index(caps->gics, VirQemuGic, i);
}

const VirQemuSev *vir_qemu_caps_sev(const VirQemuCaps *caps)
{
    return caps->sev;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The CPU a guest gets when the document leaves parts of it open.
 */
#include <string.h>

#include "virtqemud/defaults/parts.h"

/* "qemu64-x86_64-cpu" -> "qemu64". Returns: caller frees. */
static char *model_of_type(const QemuFinish *f, const char *type)
{
    const char *target = vir_enum_to_string(&domain_arch_enum, f->def->os.arch);
    VirQemuAccel accel = f->def->virt_type == DOMAIN_VIRT_KVM ? VIR_QEMU_ACCEL_KVM : VIR_QEMU_ACCEL_TCG;
    g_autofree char *suffix = NULL;

    for (gsize i = 0; i < vir_qemu_caps_n_cpus(f->caps, accel); i++) {
        const VirQemuCpuModel *cpu = vir_qemu_caps_cpu_at(f->caps, accel, i);

        if (cpu->type && strcmp(cpu->type, type) == 0)
            return qemu_arch_is_ppc64(f->def->os.arch) ? g_ascii_strup(cpu->name, -1) : g_strdup(cpu->name);
    }
    suffix = g_strdup_printf("-%s-cpu", f->def->os.arch == DOMAIN_ARCH_I686 ? "i386" : target);
    if (g_str_has_suffix(type, suffix))
        return g_strndup(type, strlen(type) - strlen(suffix));
    return NULL;
}

static char *default_model(const QemuFinish *f)
{
    const VirQemuMachine *machine = f->caps ? vir_qemu_caps_machine(f->caps, f->def->os.machine) : NULL;

    if (!machine || !machine->default_cpu || qemu_arch_is_riscv(f->def->os.arch))
        return NULL;
    return model_of_type(f, machine->default_cpu);
}

void qemu_finish_cpu(QemuFinish *f)
{
    DomainDef *def = f->def;
    CpuDef *cpu = def->cpu;

    if (!cpu || (cpu->mode == CPU_MODE_NONE || cpu->mode == CPU_MODE_CUSTOM)) {
        if (!cpu || !cpu->model) {
            char *model = default_model(f);

            if (model && !cpu) {
                cpu = def->cpu = cpu_def_new(CPU_MODE_CUSTOM);
                cpu->fallback = CPU_FALLBACK_NONE;
            }
            if (model) {
                cpu->mode = CPU_MODE_CUSTOM;
                cpu->match = CPU_MATCH_EXACT;
                cpu->check = CPU_CHECK_NOTHING;
                cpu->fallback = CPU_FALLBACK_FORBID;
                g_free(cpu->model);
                cpu->model = model;
                cpu->has_model = TRUE;
            }
            if (!cpu)
                return;
        }
    }
    switch (cpu->mode) {
    case CPU_MODE_CUSTOM:
    case CPU_MODE_NONE:
        if (cpu->model && cpu->match == CPU_MATCH_NONE)
            cpu->match = CPU_MATCH_EXACT;
        if (cpu->model && cpu->mode == CPU_MODE_NONE)
            cpu->mode = CPU_MODE_CUSTOM;
        if (cpu->model && cpu->check == CPU_CHECK_NONE)
            cpu->check = def->virt_type == DOMAIN_VIRT_KVM ? CPU_CHECK_PARTIAL : CPU_CHECK_NOTHING;
        if (cpu->model && cpu->fallback == CPU_FALLBACK_NONE)
            cpu->fallback = CPU_FALLBACK_ALLOW;
        break;
    case CPU_MODE_HOST_MODEL:
        if (cpu->check == CPU_CHECK_NONE)
            cpu->check = CPU_CHECK_PARTIAL;
        break;
    case CPU_MODE_HOST_PASSTHROUGH:
    case CPU_MODE_MAXIMUM:
        if (cpu->check == CPU_CHECK_NONE)
            cpu->check = CPU_CHECK_NOTHING;
        if (cpu->migratable == VIR_TRISTATE_ABSENT && qemu_arch_is_x86(def->os.arch))
            cpu->migratable = vir_tristate(f->caps && strcmp(vir_qemu_caps_arch(f->caps), "x86_64") == 0);
        break;
    }
    if (!cpu->model && cpu->fallback == CPU_FALLBACK_ALLOW)
        cpu->fallback = CPU_FALLBACK_NONE;
    if (!cpu->model && cpu->fallback == CPU_FALLBACK_NONE && !cpu->vendor_id)
        cpu->has_model = FALSE;
    if (cpu->sockets && !cpu->dies)
        cpu->dies = 1;
    for (guint i = 0; i < cpu->features.n; i++) {
        if (cpu->features.v[i].policy == CPU_POLICY_NONE)
            cpu->features.v[i].policy = CPU_POLICY_REQUIRE;
    }
}

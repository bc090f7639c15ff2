/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Architecture, emulator and machine type, and what board that is.
 */
#include <string.h>

#include "util/error.h"
#include "virtqemud/defaults/parts.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

gboolean qemu_arch_is_x86(DomainArch arch)
{
    return arch == DOMAIN_ARCH_I686 || arch == DOMAIN_ARCH_X86_64;
}

gboolean qemu_arch_is_arm(DomainArch arch)
{
    return arch == DOMAIN_ARCH_AARCH64 || arch == DOMAIN_ARCH_ARMV6L || arch == DOMAIN_ARCH_ARMV7B ||
           arch == DOMAIN_ARCH_ARMV7L;
}

gboolean qemu_arch_is_ppc64(DomainArch arch)
{
    return arch == DOMAIN_ARCH_PPC64 || arch == DOMAIN_ARCH_PPC64LE;
}

gboolean qemu_arch_is_s390(DomainArch arch)
{
    return arch == DOMAIN_ARCH_S390 || arch == DOMAIN_ARCH_S390X;
}

gboolean qemu_arch_is_riscv(DomainArch arch)
{
    return arch == DOMAIN_ARCH_RISCV32 || arch == DOMAIN_ARCH_RISCV64;
}

static gboolean is_or_begins(const char *machine, const char *name, const char *prefix)
{
    return strcmp(machine, name) == 0 || (prefix && g_str_has_prefix(machine, prefix));
}

static QemuBoard board_of_x86(const char *machine)
{
    if (is_or_begins(machine, "q35", "pc-q35-"))
        return QEMU_BOARD_Q35;
    if (is_or_begins(machine, "pc", "pc-i440fx-") || g_str_has_prefix(machine, "pc-0.") ||
        g_str_has_prefix(machine, "pc-1.") || g_str_has_prefix(machine, "rhel"))
        return QEMU_BOARD_I440FX;
    if (strcmp(machine, "isapc") == 0)
        return QEMU_BOARD_ISAPC;
    return strcmp(machine, "microvm") == 0 ? QEMU_BOARD_MICROVM : QEMU_BOARD_OTHER;
}

QemuBoard qemu_board_of(DomainArch arch, const char *machine)
{
    if (!machine)
        return QEMU_BOARD_OTHER;
    if (qemu_arch_is_x86(arch))
        return board_of_x86(machine);
    if (qemu_arch_is_arm(arch))
        return is_or_begins(machine, "virt", "virt-") ? QEMU_BOARD_ARM_VIRT : QEMU_BOARD_ARM_OTHER;
    if (qemu_arch_is_ppc64(arch))
        return is_or_begins(machine, "pseries", "pseries-") ? QEMU_BOARD_PSERIES : QEMU_BOARD_PPC_OTHER;
    if (qemu_arch_is_s390(arch))
        return QEMU_BOARD_S390;
    if (qemu_arch_is_riscv(arch))
        return is_or_begins(machine, "virt", "virt-") ? QEMU_BOARD_RISCV_VIRT : QEMU_BOARD_OTHER;
    switch (arch) {
    case DOMAIN_ARCH_PPC:
    case DOMAIN_ARCH_PPCEMB:
        return QEMU_BOARD_PPC_OTHER;
    case DOMAIN_ARCH_MIPS:
    case DOMAIN_ARCH_MIPSEL:
    case DOMAIN_ARCH_MIPS64:
    case DOMAIN_ARCH_MIPS64EL:
        return QEMU_BOARD_MIPS;
    case DOMAIN_ARCH_SPARC:
    case DOMAIN_ARCH_SPARC64:
        return QEMU_BOARD_SPARC;
    case DOMAIN_ARCH_LOONGARCH64:
        return QEMU_BOARD_LOONGARCH;
    default:
        return QEMU_BOARD_OTHER;
    }
}

gboolean qemu_finish_is_express(const QemuFinish *f)
{
    const DomainController *root = domain_find_controller(f->def, DOMAIN_CONTROLLER_PCI, 0);

    return root && root->model == DOMAIN_CONTROLLER_MODEL_PCIE_ROOT;
}

/* Binaries whose guests may call themselves by the smaller brother's name. */
static gboolean runs_too(const char *binary_arch, DomainArch arch)
{
    static const struct { const char *binary; DomainArch arch; } pairs[] = {
        { "x86_64", DOMAIN_ARCH_I686 }, { "aarch64", DOMAIN_ARCH_ARMV7L }, { "ppc64", DOMAIN_ARCH_PPC64LE },
    };

    for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
        if (pairs[i].arch == arch && strcmp(pairs[i].binary, binary_arch) == 0)
            return TRUE;
    }
    return FALSE;
}

gboolean qemu_machine_runs_arch(const VirQemuCaps *caps, DomainArch arch)
{
    const char *own = vir_qemu_caps_arch(caps);

    return strcmp(own, vir_enum_to_string(&domain_arch_enum, arch)) == 0 || runs_too(own, arch);
}

static gboolean find_emulator(QemuFinish *f, GError **err)
{
    DomainDef *def = f->def;
    const char *arch = vir_enum_to_string(&domain_arch_enum, def->os.arch);

    if (def->emulator)
        return TRUE;
    def->emulator = vir_qemu_emulator_find(f->env->host, arch);
    if (!def->emulator) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                        "No emulator found for arch '%s': install it or name one in <emulator>", arch);
    }
    return TRUE;
}

gboolean qemu_finish_machine(QemuFinish *f, GError **err)
{
    DomainDef *def = f->def;
    g_autoptr(GError) local = NULL;
    const char *canonical;

    if (def->os.os_type == DOMAIN_OS_NONE && !def->bootloader && !(f->flags & QEMU_FINISH_LOAD))
        return vir_fail_full(err, VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "<os> needs a <type>: <type>hvm</type>");
    if (def->os.os_type == DOMAIN_OS_LINUX || def->os.os_type == DOMAIN_OS_NONE)
        def->os.os_type = DOMAIN_OS_HVM;
    if (def->os.arch == DOMAIN_ARCH_NONE)
        def->os.arch = vir_enum_from_string(&domain_arch_enum, vir_qemu_host_arch());
    if (def->bootloader)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "bootloader is not supported by QEMU: take the <bootloader> out");
    if (!find_emulator(f, err))
        return FALSE;
    f->caps = vir_qemu_caps_get(f->env->caps, def->emulator, &local);
    if (!f->caps && !(f->flags & QEMU_FINISH_LOAD)) {
        g_propagate_error(err, g_steal_pointer(&local));
        return FALSE;
    }
    if (f->caps && !def->os.machine) {
        const VirQemuMachine *machine = vir_qemu_caps_machine(f->caps, NULL);

        if (!machine) {
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                            "'%s' has no default machine type: name one in <type machine=...>", def->emulator);
        }
        def->os.machine = g_strdup(machine->name);
    } else if (f->caps && !(f->flags & QEMU_FINISH_LOAD)) {
        canonical = vir_qemu_caps_canonical_machine(f->caps, def->os.machine);
        if (strcmp(canonical, def->os.machine) != 0) {
            g_autofree char *old = def->os.machine;

            def->os.machine = g_strdup(canonical);
        }
    }
    f->board = qemu_board_of(def->os.arch, def->os.machine);
    return TRUE;
}

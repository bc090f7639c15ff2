/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "util/command.h"
#include "virtqemud/caps/caps-private.h"

typedef struct {
    const char *arch;        /* of documents */
    const char *target;      /* of QEMU's file names; NULL: the same */
    guint wordsize;
    const char *also_kvm_on; /* another host arch whose KVM runs it */
} Arch;

static const Arch archs[] = {
    { "alpha", NULL, 64 },
    { "armv7l", "arm", 32 },
    { "aarch64", NULL, 64 },
    { "avr", NULL, 32 },
    { "cris", NULL, 32 },
    { "hppa", NULL, 32 },
    { "i686", "i386", 32, "x86_64" },
    { "loongarch64", NULL, 64 },
    { "m68k", NULL, 32 },
    { "microblaze", NULL, 32 },
    { "microblazeel", NULL, 32 },
    { "mips", NULL, 32 },
    { "mipsel", NULL, 32 },
    { "mips64", NULL, 64 },
    { "mips64el", NULL, 64 },
    { "or1k", NULL, 32 },
    { "ppc", NULL, 32 },
    { "ppc64", NULL, 64, "ppc64le" },
    { "ppc64le", "ppc64", 64 },
    { "riscv32", NULL, 32 },
    { "riscv64", NULL, 64 },
    { "s390x", NULL, 64 },
    { "sh4", NULL, 32 },
    { "sh4eb", NULL, 32 },
    { "sparc", NULL, 32 },
    { "sparc64", NULL, 64 },
    { "x86_64", NULL, 64 },
    { "xtensa", NULL, 32 },
    { "xtensaeb", NULL, 32 },
};

static const Arch *find_arch(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(archs); i++) {
        if (g_str_equal(archs[i].arch, name))
            return &archs[i];
    }
    return NULL;
}

const char *vir_qemu_host_arch(void)
{
    static const char *arch;
    if (!g_atomic_pointer_get(&arch)) {
        struct utsname un;
        uname(&un);
        const char *name = g_str_has_prefix(un.machine, "i") && g_str_has_suffix(un.machine, "86") ? "i686" : un.machine;
        g_atomic_pointer_set(&arch, (char *)g_intern_string(name));
    }
    return g_atomic_pointer_get(&arch);
}

guint vir_qemu_arch_wordsize(const char *arch)
{
    const Arch *a = find_arch(arch);
    return a ? a->wordsize : 0;
}

const char *vir_qemu_emulator_target(const char *arch)
{
    const Arch *a = find_arch(arch);
    return a && a->target ? a->target : arch;
}

gboolean vir_qemu_emulator_can_kvm(const char *arch)
{
    const Arch *a = find_arch(arch);
    const char *host = vir_qemu_host_arch();
    return g_str_equal(arch, host) || (a && a->also_kvm_on && g_str_equal(a->also_kvm_on, host));
}

const char *vir_qemu_emulator_arch(const char *binary)
{
    const char *name = strrchr(binary, '/');
    name = name ? name + 1 : binary;
    if (g_str_equal(name, "qemu-kvm") || g_str_equal(name, "kvm"))
        return vir_qemu_host_arch();
    if (!g_str_has_prefix(name, "qemu-system-"))
        return NULL;
    name += strlen("qemu-system-");
    for (gsize i = 0; i < G_N_ELEMENTS(archs); i++) {
        if (g_str_equal(archs[i].target ? archs[i].target : archs[i].arch, name))
            return archs[i].arch;
    }
    return NULL;
}

static char *find_program(const VirHost *host, const char *name)
{
    if (!*vir_host_root(host))
        return vir_command_find(name);
    g_autofree char *path = vir_host_pathf(host, "/usr/bin/%s", name);
    return access(path, X_OK) == 0 ? g_steal_pointer(&path) : NULL;
}

char *vir_qemu_emulator_find(const VirHost *host, const char *arch)
{
    if (!find_arch(arch))
        return NULL;
    g_autofree char *name = g_strconcat("qemu-system-", vir_qemu_emulator_target(arch), NULL);
    char *found = find_program(host, name);
    /* A 32-bit PC is also a guest of the 64-bit binary. */
    if (!found && g_str_equal(arch, "i686"))
        found = find_program(host, "qemu-system-x86_64");
    if (!found && vir_qemu_emulator_can_kvm(arch)) {
        g_autofree char *kvm = vir_host_path(host, "/usr/libexec/qemu-kvm");
        found = access(kvm, X_OK) == 0 ? g_steal_pointer(&kvm) : find_program(host, "qemu-kvm");
    }
    return found;
}

char **vir_qemu_emulator_archs(const VirHost *host)
{
    g_autoptr(GPtrArray) out = g_ptr_array_new();
    for (gsize i = 0; i < G_N_ELEMENTS(archs); i++) {
        g_autofree char *found = vir_qemu_emulator_find(host, archs[i].arch);
        if (found)
            g_ptr_array_add(out, g_strdup(archs[i].arch));
    }
    g_ptr_array_add(out, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&out), FALSE);
}

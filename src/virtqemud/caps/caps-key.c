/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a cached answer depends on, as text that is compared whole. A line too many costs a probe, a line too few a
 * wrong answer.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "config.h"
#include "util/error.h"
#include "util/file.h"
#include "virtqemud/caps/caps-private.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static void add_stat(GString *key, const char *what, const char *path, const struct stat *st)
{
    g_string_append_printf(key, "%s %s %" G_GINT64_FORMAT " %ld.%09ld %ld.%09ld %lu\n", what, path,
                           (gint64)st->st_size, (long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
                           (long)st->st_ctim.tv_sec, st->st_ctim.tv_nsec, (gulong)st->st_ino);
}

/* CPUID without what differs between the CPUs of one machine (APIC ids, current state). */
static void add_cpuid(GString *key)
{
#if defined(__x86_64__) || defined(__i386__)
    static const struct { guint32 leaf, subs, mask[4]; } leaves[] = {
        { 0x0, 1, { ~0U, ~0U, ~0U, ~0U } },
        { 0x1, 1, { ~0U, 0x0000ff00, 0xf7ffffff, ~0U } },   /* without APIC id, count, and OSXSAVE */
        { 0x7, 3, { ~0U, ~0U, 0xffffffef, ~0U } },          /* without OSPKE */
        { 0xd, 2, { ~0U, 0, ~0U, ~0U } },                   /* without the size in use */
        { 0x80000000, 1, { ~0U, ~0U, ~0U, ~0U } },
        { 0x80000001, 1, { ~0U, ~0U, ~0U, ~0U } },
        { 0x80000007, 1, { ~0U, ~0U, ~0U, ~0U } },
        { 0x80000008, 1, { ~0U, ~0U, ~0U, ~0U } },
        { 0x8000000a, 1, { ~0U, ~0U, ~0U, ~0U } },
        { 0x80000021, 1, { ~0U, ~0U, ~0U, ~0U } },
        { 0x40000000, 1, { ~0U, ~0U, ~0U, ~0U } },
    };
    for (guint i = 0; i < G_N_ELEMENTS(leaves); i++) {
        for (guint32 sub = 0; sub < leaves[i].subs; sub++) {
            guint32 a, b, c, d;
            __asm__ volatile("cpuid" : "=a"(a), "=b"(b), "=c"(c), "=d"(d) : "a"(leaves[i].leaf), "c"(sub));
            g_string_append_printf(key, "cpuid %x.%x %08x %08x %08x %08x\n", leaves[i].leaf, sub,
                                   a & leaves[i].mask[0], b & leaves[i].mask[1], c & leaves[i].mask[2],
                                   d & leaves[i].mask[3]);
        }
    }
#endif
}

static void add_file(GString *key, const VirHost *host, const char *what, const char *path)
{
    g_autofree char *text = vir_host_read(host, path, 4096, NULL, NULL);
    g_string_append_printf(key, "%s %s\n", what, text ? g_strchomp(text) : "-");
}

static void add_microcode(GString *key, const VirHost *host)
{
    if (vir_host_has(host, "/sys/devices/system/cpu/cpu0/microcode/version")) {
        add_file(key, host, "microcode", "/sys/devices/system/cpu/cpu0/microcode/version");
        return;
    }
    g_autofree char *info = vir_host_read(host, "/proc/cpuinfo", 16 * 1024 * 1024, NULL, NULL);
    const char *line = info ? strstr(info, "\nmicrocode") : NULL;
    if (line)
        g_string_append_printf(key, "%.*s\n", (int)strcspn(line + 1, "\n"), line + 1);
}

/* What does not change while this process lives: read once. */
static const char *machine_key(const VirHost *host)
{
    static GMutex lock;
    static char *text;
    g_mutex_lock(&lock);
    if (!text) {
        GString *key = g_string_new("modvirt " VIR_VERSION " format 1\n");
        struct stat st;
        if (stat("/proc/self/exe", &st) == 0)
            add_stat(key, "build", "", &st);
        struct utsname un;
        uname(&un);
        g_string_append_printf(key, "kernel %s %s %s\n", un.release, un.version, un.machine);
        add_file(key, host, "boot", "/proc/sys/kernel/random/boot_id");
        add_cpuid(key);
        add_microcode(key, host);
        text = g_string_free(key, FALSE);
    }
    g_mutex_unlock(&lock);
    return text;
}

/* Devices, accelerators and displays may live in modules beside the binary. */
static const char *const module_dirs[] = {
    "/usr/lib/x86_64-linux-gnu/qemu", "/usr/lib/aarch64-linux-gnu/qemu", "/usr/lib/qemu", "/usr/lib64/qemu",
    "/usr/lib64/qemu-kvm", "/usr/local/lib/qemu",
};

static const char *const kvm_parameters[] = {
    "/sys/module/kvm_intel/parameters/nested", "/sys/module/kvm_amd/parameters/nested",
    "/sys/module/kvm_amd/parameters/sev", "/sys/module/kvm_amd/parameters/sev_es",
    "/sys/module/kvm_intel/parameters/ept", "/sys/module/kvm_amd/parameters/npt",
    "/sys/module/kvm/parameters/enable_vmware_backdoor",
};

/* Who may open the device: owner, mode, access list. Not its times, which every chown to the same owner moves. */
static void add_kvm_device(GString *key, VirHost *host, uid_t uid)
{
    g_autofree char *path = vir_host_path(host, "/dev/kvm");
    struct stat st;
    if (stat(path, &st) < 0)
        return;
    g_string_append_printf(key, "kvm %o %u:%u for %d acl ", st.st_mode, st.st_uid, st.st_gid, (int)uid);
    guint8 acl[1024];
    ssize_t len = getxattr(path, "system.posix_acl_access", acl, sizeof(acl));
    for (ssize_t i = 0; i < len; i++)
        g_string_append_printf(key, "%02x", acl[i]);
    g_string_append_c(key, '\n');
}

char *vir_qemu_caps_key(VirHost *host, const char *binary, uid_t uid, GError **err)
{
    struct stat st;
    if (stat(binary, &st) < 0) {
        vir_fail_errno(err, errno, "Cannot check QEMU binary '%s'", binary);
        return NULL;
    }
    if (!S_ISREG(st.st_mode) || access(binary, X_OK) < 0) {
        vir_fail_errno(err, EACCES, "QEMU binary '%s' is not an executable file", binary);
        return NULL;
    }
    GString *key = g_string_new(machine_key(host));
    add_stat(key, "binary", binary, &st);
    for (guint i = 0; i < G_N_ELEMENTS(module_dirs); i++) {
        if (stat(module_dirs[i], &st) == 0)
            add_stat(key, "modules", module_dirs[i], &st);
    }
    add_kvm_device(key, host, uid);
    for (guint i = 0; i < G_N_ELEMENTS(kvm_parameters); i++) {
        if (vir_host_has(host, kvm_parameters[i]))
            add_file(key, host, kvm_parameters[i], kvm_parameters[i]);
    }
    return g_string_free(key, FALSE);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hv/host/host-cpu.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "util/fd.h"

#define MSR_DEVICE "/dev/cpu/0/msr"
#define MSR_ARCH_CAPABILITIES 0x10a

#if defined(__x86_64__) || defined(__i386__)

static void cpuid(guint32 leaf, guint32 sub, guint32 regs[4])
{
    __asm__ volatile("cpuid" : "=a"(regs[0]), "=b"(regs[1]), "=c"(regs[2]), "=d"(regs[3]) : "a"(leaf), "c"(sub));
}

static gboolean read_words(VirCpuWords *words, gpointer data)
{
    const guint32 *max = data;   /* basic, extended, has arch capabilities */
    if (words->msr) {
        guint64 value = 0;
        if (words->leaf == MSR_ARCH_CAPABILITIES && !max[2])
            return FALSE;
        VIR_AUTOFD int fd = open(MSR_DEVICE, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || pread(fd, &value, sizeof(value), words->leaf) != sizeof(value))
            return FALSE;
        words->regs[0] = value;
        words->regs[3] = value >> 32;
        return TRUE;
    }
    if (words->leaf > ((words->leaf & 0x80000000) ? max[1] : max[0]))
        return FALSE;
    cpuid(words->leaf, words->sub, words->regs);
    return TRUE;
}

static VirBitmap *read_x86(VirHostCpu *cpu, const VirCpuMap *map)
{
    guint32 r[4], max[3];
    cpuid(0, 0, r);
    max[0] = r[0];
    char vendor[13] = { 0 };
    memcpy(vendor, &r[1], 4);
    memcpy(vendor + 4, &r[3], 4);
    memcpy(vendor + 8, &r[2], 4);
    cpu->vendor_text = g_strdup(vendor);
    cpuid(0x80000000, 0, r);
    max[1] = r[0];
    cpuid(1, 0, r);
    guint family = (r[0] >> 8) & 0xf, model = (r[0] >> 4) & 0xf;
    /* The extended fields count only for these families. */
    cpu->model = family == 6 || family == 15 ? model + ((r[0] >> 12) & 0xf0) : model;
    cpu->family = family == 15 ? family + ((r[0] >> 20) & 0xff) : family;
    cpu->stepping = r[0] & 0xf;
    max[2] = 0;
    if (max[0] >= 7) {
        cpuid(7, 0, r);
        max[2] = r[3] & (1U << 29);
    }
    if (max[1] >= 0x80000008) {
        cpuid(0x80000008, 0, r);
        cpu->phys_bits = r[0] & 0xff;
    }
    return map ? vir_cpu_map_read(map, read_words, max) : NULL;
}

/* KVM knows the frequency a guest would see; it wants a virtual CPU to tell. */
static void read_tsc(VirHostCpu *cpu, const VirHost *host)
{
    g_autofree char *path = vir_host_path(host, "/dev/kvm");
    VIR_AUTOFD int kvm = open(path, O_RDWR | O_CLOEXEC);
    if (kvm < 0 || ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_GET_TSC_KHZ) <= 0)
        return;
    VIR_AUTOFD int vm = ioctl(kvm, KVM_CREATE_VM, 0);
    VIR_AUTOFD int vcpu = vm < 0 ? -1 : ioctl(vm, KVM_CREATE_VCPU, 0);
    long khz = vcpu < 0 ? -1 : ioctl(vcpu, KVM_GET_TSC_KHZ, 0);
    if (khz <= 0)
        return;
    cpu->tsc_hz = (guint64)khz * 1000;
    cpu->tsc_scaling = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_TSC_CONTROL) > 0;
}

static void read_microcode(VirHostCpu *cpu, const VirHost *host)
{
    g_autofree char *info = vir_host_read(host, "/proc/cpuinfo", 16 * 1024 * 1024, NULL, NULL);
    const char *line = info ? strstr(info, "\nmicrocode") : NULL;
    const char *colon = line ? strchr(line, ':') : NULL;
    if (colon)
        cpu->microcode = g_ascii_strtoull(colon + 1, NULL, 0);
}

static void read_cpu(VirHostCpu *cpu, const VirHost *host, const VirCpuMap *map)
{
    g_autoptr(VirBitmap) features = read_x86(cpu, map);
    read_microcode(cpu, host);
    if (!features)
        return;
    /* No model of another vendor fits a vendor the map does not know. */
    const char *vendor = vir_cpu_map_vendor(map, cpu->vendor_text);
    VirCpuFacts facts = { .vendor = vendor ? vendor : cpu->vendor_text, .family = cpu->family, .model = cpu->model,
                          .stepping = cpu->stepping, .features = features };
    int invtsc = vir_cpu_map_feature(map, "invtsc");
    if (invtsc >= 0 && vir_bitmap_test(features, invtsc))
        read_tsc(cpu, host);
    if (vir_cpu_map_name(map, &facts, FALSE, NULL, NULL, &cpu->name))
        cpu->name.vendor = vendor;
}

#else

static void read_cpu(VirHostCpu *cpu, const VirHost *host, const VirCpuMap *map)
{
}

#endif

VirHostCpu *vir_host_cpu_read(const VirHost *host, const VirCpuMap *map)
{
    VirHostCpu *cpu = g_new0(VirHostCpu, 1);
    struct utsname un;
    uname(&un);
    cpu->arch = g_strdup(un.machine);
    cpu->tsc_scaling = -1;
    read_cpu(cpu, host, map);
    return cpu;
}

void vir_host_cpu_free(VirHostCpu *cpu)
{
    if (!cpu)
        return;
    vir_cpu_name_clear(&cpu->name);
    g_free(cpu->arch);
    g_free(cpu->vendor_text);
    g_free(cpu);
}

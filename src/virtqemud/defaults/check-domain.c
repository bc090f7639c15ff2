/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Checks of the domain as a whole: emulator, CPUs, memory, tuning, firmware's needs.
 */
#include <string.h>

#include "util/error.h"
#include "virtqemud/defaults/parts.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define dom_fail(err, code, ...) vir_fail_full((err), VIR_FROM_DOMAIN, (code), __VA_ARGS__)

static gboolean check_name(const DomainDef *def, GError **err)
{
    if (def->name && strchr(def->name, '/'))
        return dom_fail(err, VIR_ERR_XML_ERROR, "name %s cannot contain '/'", def->name);
    return TRUE;
}

static gboolean check_boot(const DomainDef *def, GError **err)
{
    if (def->os.bootmenu_timeout > 65535) {
        return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "invalid value for boot menu timeout, must be in range [0,65535]");
    }
    if (def->os.bios_reboot_timeout != DOMAIN_REBOOT_TIMEOUT_UNSET &&
        (def->os.bios_reboot_timeout < -1 || def->os.bios_reboot_timeout > 65535)) {
        return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "invalid value for rebootTimeout, must be in range [-1,65535]");
    }
    if (def->os.bios_serial == VIR_TRISTATE_YES && def->serials.n == 0)
        return vir_fail(err, VIR_ERR_XML_ERROR, "need at least one serial port to use BIOS serial output");
    return TRUE;
}

static gboolean is_uefi(const DomainDef *def)
{
    return def->os.firmware == DOMAIN_FIRMWARE_EFI || (def->os.loader && def->os.loader->type == DOMAIN_LOADER_PFLASH);
}

static gboolean check_uefi(const QemuFinish *f, GError **err)
{
    const DomainDef *def = f->def;

    if (!is_uefi(def)) {
        if (def->features.acpi && f->board == QEMU_BOARD_ARM_VIRT)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "ACPI requires UEFI on this architecture");
        return TRUE;
    }
    if (!def->features.acpi && (qemu_arch_is_x86(def->os.arch) || def->os.arch == DOMAIN_ARCH_AARCH64))
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "UEFI requires ACPI on this architecture: add <acpi/> to <features>");
    if (def->os.loader && def->os.loader->secure == VIR_TRISTATE_YES && def->os.firmware == DOMAIN_FIRMWARE_NONE) {
        if (f->board != QEMU_BOARD_Q35)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Secure boot is supported with q35 machine types only");
        if (def->os.arch != DOMAIN_ARCH_X86_64)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Secure boot is supported for x86_64 architecture only");
        if (def->features.smm_state != VIR_TRISTATE_ON)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Secure boot requires SMM feature enabled");
    }
    return TRUE;
}

static gboolean check_emulator(const QemuFinish *f, GError **err)
{
    const DomainDef *def = f->def;
    const char *machine = def->os.machine;

    if (!f->caps || (f->flags & QEMU_FINISH_LOAD))
        return TRUE;
    if (def->os.os_type != DOMAIN_OS_HVM) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Emulator '%s' does not support os type '%s'", def->emulator,
                        vir_enum_to_string(&domain_os_type_enum, def->os.os_type));
    }
    if (!qemu_machine_runs_arch(f->caps, def->os.arch)) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Emulator '%s' does not support arch '%s'", def->emulator,
                        vir_enum_to_string(&domain_arch_enum, def->os.arch));
    }
    if (def->virt_type != DOMAIN_VIRT_QEMU &&
        (def->virt_type != DOMAIN_VIRT_KVM || !vir_qemu_caps_has_accel(f->caps, VIR_QEMU_ACCEL_KVM))) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Emulator '%s' does not support virt type '%s'", def->emulator,
                        vir_enum_to_string(&domain_virt_type_enum, def->virt_type));
    }
    if (machine && !vir_qemu_caps_machine(f->caps, machine)) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Emulator '%s' does not support machine type '%s'", def->emulator,
                        machine);
    }
    return TRUE;
}

static gboolean check_topology(const DomainDef *def, GError **err)
{
    const CpuDef *cpu = def->cpu;
    guint64 product;

    if (!cpu || !cpu->sockets)
        return TRUE;
    product = (guint64)cpu->sockets * MAX(cpu->dies, 1) * MAX(cpu->clusters, 1) * MAX(cpu->cores, 1) * MAX(cpu->threads, 1);
    if (product != def->vcpus_max) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                        "CPU topology doesn't match maximum vcpu count: %" G_GUINT64_FORMAT " and %u", product,
                        def->vcpus_max);
    }
    return TRUE;
}

static gboolean check_cpu(const DomainDef *def, GError **err)
{
    const CpuDef *cpu = def->cpu;
    gboolean host = cpu && (cpu->mode == CPU_MODE_HOST_PASSTHROUGH || cpu->mode == CPU_MODE_MAXIMUM);

    if (!cpu)
        return TRUE;
    if (cpu->cache_mode == CPU_CACHE_PASSTHROUGH && !host) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                        "CPU cache mode 'passthrough' can only be used with 'host-passthrough' / 'maximum' CPUs");
    }
    if (cpu->cache_mode == CPU_CACHE_PASSTHROUGH && cpu->cache_level >= 0)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "unsupported CPU cache level for mode 'passthrough'");
    if (cpu->cache_mode == CPU_CACHE_EMULATE && cpu->cache_level != 3)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "CPU cache mode 'emulate' can only be used with level='3'");
    if (cpu->addr_mode == CPU_ADDR_EMULATE && !cpu->addr_bits) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                        "if using CPU maximum physical address mode='emulate', bits= must be specified too");
    }
    if (cpu->addr_mode == CPU_ADDR_PASSTHROUGH && !host) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                        "CPU maximum physical address mode 'passthrough' can only be used with 'host-passthrough' / 'maximum' CPUs");
    }
    if (cpu->addr_mode == CPU_ADDR_PASSTHROUGH && cpu->addr_bits) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "CPU maximum physical address bits number specification cannot be "
                        "used with mode='passthrough'");
    }
    return check_topology(def, err);
}

static gboolean check_vcpus(const QemuFinish *f, GError **err)
{
    const DomainDef *def = f->def;
    const VirQemuMachine *machine = f->caps && def->os.machine ? vir_qemu_caps_machine(f->caps, def->os.machine) : NULL;

    if (def->vcpus_current > def->vcpus_max) {
        return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "maxvcpus must not be less than current vcpus (%u < %u)",
                        def->vcpus_max, def->vcpus_current);
    }
    if (machine && machine->cpu_max && def->vcpus_max > machine->cpu_max) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "%u vCPUs are more than the machine type '%s' can have: %u",
                        def->vcpus_max, def->os.machine, machine->cpu_max);
    }
    for (guint i = 0; i < def->vcpus.n; i++) {
        const DomainVcpu *vcpu = &def->vcpus.v[i];

        if (vcpu->id == 0 && vcpu->enabled == VIR_TRISTATE_NO)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "vcpu 0 can't be offline");
        if (vcpu->enabled == VIR_TRISTATE_NO && vcpu->hotpluggable == VIR_TRISTATE_NO)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "vcpu '%u' is both offline and not hotpluggable", vcpu->id);
    }
    return TRUE;
}

static gboolean check_iothreads(const DomainDef *def, GError **err)
{
    g_autoptr(VirBitmap) ids = domain_iothread_ids(def);
    const DomainCputune *tune = def->cputune;

    for (guint i = 0; tune && i < tune->iothreadscheds.n; i++) {
        int id = vir_bitmap_next(tune->iothreadscheds.v[i].ids, -1);

        if (id >= 0 && !vir_bitmap_test(ids, id))
            return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Cannot find 'iothread' : %d", id);
    }
    for (guint i = 0; tune && i < tune->iothreadpins.n; i++) {
        if (!vir_bitmap_test(ids, tune->iothreadpins.v[i].id))
            return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Cannot find 'iothread' : %u", tune->iothreadpins.v[i].id);
    }
    for (guint i = 0; i < def->disks.n; i++) {
        guint id = def->disks.v[i]->iothread;

        if (id && !vir_bitmap_test(ids, id)) {
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Disk iothread '%u' not defined in iothreadid: disk '%s'", id,
                            def->disks.v[i]->dst);
        }
    }
    return TRUE;
}

static gboolean check_numatune(const DomainDef *def, GError **err)
{
    const DomainNumatune *tune = def->numatune;

    if (!tune)
        return TRUE;
    if (tune->has_memory && tune->placement == DOMAIN_PLACEMENT_STATIC && !tune->nodeset) {
        return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                        "nodeset for NUMA memory tuning must be set if 'placement' is 'static'");
    }
    if (tune->has_memory && tune->placement == DOMAIN_PLACEMENT_AUTO && tune->memnodes.n) {
        return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                        "Per-node binding is not compatible with automatic NUMA placement.");
    }
    return TRUE;
}

static gboolean has_cells(const DomainDef *def)
{
    return def->cpu && def->cpu->numa && def->cpu->numa->cells.n;
}

static gboolean check_hugepages(const DomainDef *def, GError **err)
{
    const DomainHugepage *master = NULL;

    for (guint i = 0; def->memory_backing && i < def->memory_backing->pages.n; i++) {
        const DomainHugepage *page = &def->memory_backing->pages.v[i];

        if (page->nodeset && (has_cells(def) || vir_bitmap_next(page->nodeset, 0) >= 0))
            continue;    /* without cells, node 0 is all there is */
        if (master) {
            return dom_fail(err, VIR_ERR_XML_DETAIL,
                            "two master hugepages detected: %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT, master->size,
                            page->size);
        }
        master = page;
    }
    return TRUE;
}

static gboolean check_resctrl(const DomainDef *def, GError **err)
{
    const DomainCputune *tune = def->cputune;

    if (!tune)
        return TRUE;
    for (guint i = 0; i < tune->memorytunes.n; i++) {
        const DomainResTune *r = &tune->memorytunes.v[i];

        for (guint k = 0; k < r->nodes.n; k++) {
            for (guint m = 0; m < k; m++) {
                if (r->nodes.v[k].id == r->nodes.v[m].id) {
                    vir_fail_full(err, VIR_FROM_RESCTRL, VIR_ERR_XML_ERROR,
                                  "Memory Bandwidth already defined for node %u", r->nodes.v[k].id);
                    return FALSE;
                }
            }
        }
    }
    if ((tune->cachetunes.n || tune->memorytunes.n) && def->virt_type != DOMAIN_VIRT_KVM) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "%s is only supported for KVM domains",
                        tune->cachetunes.n ? "cachetune" : "memorytune");
    }
    return TRUE;
}

static gboolean check_features(const QemuFinish *f, GError **err)
{
    const DomainFeatures *features = &f->def->features;

    if (features->smm_tseg) {
        if (f->board != QEMU_BOARD_Q35)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "SMM TSEG is only supported with q35 machine type");
        if (features->smm_tseg % (1024 * 1024))
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "SMM TSEG size must be divisible by 1 MiB");
    }
    return TRUE;
}

static gboolean check_per_device_boot(const DomainDef *def, GError **err)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN;
    g_autoptr(VirBitmap) orders = vir_bitmap_new();

    while (domain_device_next(def, &device)) {
        guint order = device.info->boot_order;

        if (!order)
            continue;
        if (def->os.boot.n) {
            return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                            "per-device boot elements cannot be used together with os/boot elements");
        }
        if (vir_bitmap_test(orders, order))
            return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "boot order '%u' used for more than one device", order);
        vir_bitmap_set(orders, order);
    }
    return TRUE;
}

/* Before addresses are given. */
gboolean qemu_check_early(QemuFinish *f, GError **err)
{
    return check_name(f->def, err) && check_per_device_boot(f->def, err) && check_boot(f->def, err) &&
           check_hugepages(f->def, err);
}

gboolean qemu_check_domain(QemuFinish *f, GError **err)
{
    const DomainDef *def = f->def;

    return check_iothreads(def, err) && check_numatune(def, err) && check_emulator(f, err) && check_uefi(f, err) &&
           check_cpu(def, err) && check_vcpus(f, err) && check_resctrl(def, err) && check_features(f, err);
}

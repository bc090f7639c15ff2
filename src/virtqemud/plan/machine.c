/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * -machine and -accel, the firmware's flash devices, SMBIOS and fw_cfg.
 */
#include "virtqemud/plan/machine.h"
#include "virtqemud/process/firmware.h"

#include <string.h>

#define VIR_FROM_THIS VIR_FROM_QEMU

static void add_escaped(GString *out, const char *text)
{
    for (; text && *text; text++) {
        if (*text == ',')
            g_string_append_c(out, ',');
        g_string_append_c(out, *text);
    }
}

static void add_onoff(GString *out, const char *key, VirTristate value)
{
    if (value)
        g_string_append_printf(out, ",%s=%s", key, value == VIR_TRISTATE_YES ? "on" : "off");
}

/* ---- firmware ---- */

static gboolean has_pflash(const DomainDef *def)
{
    return def->os.loader && def->os.loader->path && def->os.loader->type == DOMAIN_LOADER_PFLASH;
}

static gboolean add_flash(QemuPlanner *p, guint n, const char *path, StorageFormat format, gboolean read_only, GError **err)
{
    g_autofree char *storage = g_strdup_printf("libvirt-pflash%u-storage", n);
    g_autofree char *name = g_strdup_printf("libvirt-pflash%u-format", n);
    vir_plan_add(p->plan, VIR_PLAN_BLOCKDEV, vir_json_new("s:driver", "file", "s:filename", path, "s:node-name", storage,
                                                          "b:auto-read-only", TRUE, "s:discard", "unmap", NULL));
    vir_plan_add(p->plan, VIR_PLAN_BLOCKDEV, vir_json_new("s:node-name", name, "b:read-only", read_only, "s:driver",
                                                          format == STORAGE_FORMAT_QCOW2 ? "qcow2" : "raw", "s:file", storage, NULL));
    /* Code images are everybody's and readable: their owner stays. */
    return read_only || qemu_add_label(p, path, 0, NULL, 0, err);
}

static gboolean add_firmware(QemuPlanner *p, GString *machine, GError **err)
{
    const DomainLoader *loader = p->def->os.loader;
    if (!has_pflash(p->def))
        return TRUE;
    gboolean read_only = loader->readonly == VIR_TRISTATE_YES;
    if (!add_flash(p, 0, loader->path, loader->format, read_only, err))
        return FALSE;
    g_string_append(machine, ",pflash0=libvirt-pflash0-format");
    const DomainOsNvram *nvram = p->def->os.nvram;
    if (!nvram || loader->stateless == VIR_TRISTATE_YES)
        return TRUE;
    const char *file = qemu_nvram_file(&p->def->os);
    if (!file)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "<nvram type='network'> is not supported yet; use a file");
    g_string_append(machine, ",pflash1=libvirt-pflash1-format");
    return add_flash(p, 1, file, nvram->format, FALSE, err);
}

/* ---- -machine ---- */

static void add_features(QemuPlanner *p, GString *out)
{
    const DomainFeatures *f = &p->def->features;
    if (f->vmport)
        add_onoff(out, "vmport", f->vmport_state ? f->vmport_state : VIR_TRISTATE_YES);
    if (f->smm)
        add_onoff(out, "smm", f->smm_state ? f->smm_state : VIR_TRISTATE_YES);
    if (f->ioapic)
        g_string_append_printf(out, ",kernel_irqchip=%s", f->ioapic == DOMAIN_IOAPIC_QEMU ? "split" : "on");
    if (f->gic && f->gic_version)
        g_string_append_printf(out, ",gic-version=%s", vir_enum_to_string(&domain_gic_version_enum, f->gic_version));
    if (f->ps2 && qemu_has(p, VIR_QEMU_CAP_MACHINE_I8042))
        add_onoff(out, "i8042", f->ps2);
}

static gboolean has_nvdimm(const DomainDef *def)
{
    for (guint i = 0; i < def->memories.n; i++)
        if (def->memories.v[i]->model == DOMAIN_MEMORY_NVDIMM)
            return TRUE;
    return FALSE;
}

static gboolean has_hmat(const DomainDef *def)
{
    const Numa *numa = def->cpu ? def->cpu->numa : NULL;
    if (!numa)
        return FALSE;
    for (guint i = 0; i < numa->cells.n; i++)
        if (numa->cells.v[i].caches.n)
            return TRUE;
    return numa->latencies.n || numa->bandwidths.n;
}

static gboolean add_accel(QemuPlanner *p, GError **err)
{
    const DomainFeatures *f = &p->def->features;
    if (p->def->virt_type == DOMAIN_VIRT_KVM) {
        if (!p->ctx->native && !vir_qemu_caps_has_accel(p->ctx->caps, VIR_QEMU_ACCEL_KVM)) {
            const char *why = vir_qemu_caps_kvm_error(p->ctx->caps);
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "KVM cannot be used on this machine (%s); use <domain type='qemu'>",
                            why ? why : "not in this QEMU");
        }
        g_autoptr(GString) out = g_string_new("kvm");
        if (f->kvm && f->kvm->dirty_ring == VIR_TRISTATE_YES)
            g_string_append_printf(out, ",dirty-ring-size=%u", f->kvm->dirty_ring_size);
        vir_plan_add_device_node(p->plan, "/dev/kvm");
        vir_plan_arg(p->plan, "-accel", out->str);
    } else if (p->def->virt_type == DOMAIN_VIRT_QEMU) {
        g_autoptr(GString) out = g_string_new("tcg");
        if (f->tcg_tb_cache)
            g_string_append_printf(out, ",tb-size=%" G_GUINT64_FORMAT, f->tcg_tb_cache / 1024);
        vir_plan_arg(p->plan, "-accel", out->str);
    } else if (p->def->virt_type == DOMAIN_VIRT_HVF) {
        vir_plan_arg(p->plan, "-accel", "hvf");
    } else {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "QEMU does not run domains of type '%s'",
                        vir_enum_to_string(&domain_virt_type_enum, p->def->virt_type));
    }
    return TRUE;
}

gboolean qemu_plan_machine(QemuPlanner *p, GError **err)
{
    const DomainDef *def = p->def;
    g_autoptr(GString) out = g_string_new(def->os.machine ? def->os.machine : "none");
    g_autoptr(GString) flash = g_string_new(NULL);
    if (!add_firmware(p, flash, err))
        return FALSE;
    if (qemu_is_x86(def) || qemu_has(p, VIR_QEMU_CAP_MACHINE_USB))
        g_string_append(out, ",usb=off");
    add_features(p, out);
    gboolean dump = def->dump_core ? def->dump_core == VIR_TRISTATE_YES : p->ctx->conf->dump_guest_core;
    g_string_append_printf(out, ",dump-guest-core=%s", dump ? "on" : "off");
    if (def->memory_backing && def->memory_backing->nosharepages)
        g_string_append(out, ",mem-merge=off");
    if (has_nvdimm(def))
        g_string_append(out, ",nvdimm=on");
    if (has_hmat(def))
        g_string_append(out, ",hmat=on");
    for (guint i = 0; i < def->iommus.n; i++)
        if (def->iommus.v[i]->model == DOMAIN_IOMMU_SMMUV3)
            g_string_append(out, ",iommu=smmuv3");
    for (guint i = 0; i < def->sounds.n; i++)
        if (def->sounds.v[i]->model == DOMAIN_SOUND_PCSPK && def->audios.n)
            g_string_append_printf(out, ",pcspk-audiodev=audio%u",
                                   def->sounds.v[i]->audio_id ? def->sounds.v[i]->audio_id : def->audios.v[0]->id);
    const char *ram = qemu_main_memory_id(p);
    if (ram)
        g_string_append_printf(out, ",memory-backend=%s", ram);
    g_string_append(out, flash->str);
    if (def->launch_security)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "<launchSecurity> is not supported yet");
    vir_plan_arg(p->plan, "-machine", out->str);
    if (def->os.loader && def->os.loader->secure == VIR_TRISTATE_YES)
        vir_plan_arg(p->plan, "-global", "driver=cfi.pflash01,property=secure,value=on");
    if (!add_accel(p, err))
        return FALSE;
    if (def->os.loader && def->os.loader->path && def->os.loader->type != DOMAIN_LOADER_PFLASH) {
        vir_plan_arg(p->plan, "-bios", def->os.loader->path);
        return TRUE;
    }
    return TRUE;
}

/* ---- SMBIOS, fw_cfg ---- */

typedef struct { const char *key, *value; } Pair;

static void add_smbios(QemuPlanner *p, guint type, const Pair *pairs, gsize n)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_string_append_printf(out, "type=%u", type);
    for (gsize i = 0; i < n; i++)
        if (pairs[i].value) {
            g_string_append_printf(out, ",%s=", pairs[i].key);
            add_escaped(out, pairs[i].value);
        }
    vir_plan_arg(p->plan, "-smbios", out->str);
}

static void add_smbios_info(QemuPlanner *p, const DomainSysinfo *s)
{
    if (s->bios)
        add_smbios(p, 0, (Pair[]){ { "vendor", s->bios->vendor }, { "version", s->bios->version }, { "date", s->bios->date },
                                   { "release", s->bios->release } }, 4);
    if (s->system)
        add_smbios(p, 1, (Pair[]){ { "manufacturer", s->system->manufacturer }, { "product", s->system->product },
                                   { "version", s->system->version }, { "serial", s->system->serial }, { "uuid", s->system->uuid },
                                   { "sku", s->system->sku }, { "family", s->system->family } }, 7);
    for (guint i = 0; i < s->baseboards.n; i++) {
        const SysinfoBaseboard *b = &s->baseboards.v[i];
        add_smbios(p, 2, (Pair[]){ { "manufacturer", b->manufacturer }, { "product", b->product }, { "version", b->version },
                                   { "serial", b->serial }, { "asset", b->asset }, { "location", b->location } }, 6);
    }
    if (s->chassis)
        add_smbios(p, 3, (Pair[]){ { "manufacturer", s->chassis->manufacturer }, { "version", s->chassis->version },
                                   { "serial", s->chassis->serial }, { "asset", s->chassis->asset }, { "sku", s->chassis->sku } }, 5);
    if (s->oem_strings.n) {
        g_autoptr(GString) out = g_string_new("type=11");
        for (guint i = 0; i < s->oem_strings.n; i++) {
            g_string_append(out, ",value=");
            add_escaped(out, s->oem_strings.v[i]);
        }
        vir_plan_arg(p->plan, "-smbios", out->str);
    }
}

static gboolean add_fwcfg(QemuPlanner *p, const SysinfoFwcfg *f, GError **err)
{
    g_autoptr(GString) out = g_string_new("name=");
    add_escaped(out, f->name);
    g_string_append(out, f->file ? ",file=" : ",string=");
    add_escaped(out, f->file ? f->file : f->value);
    vir_plan_arg(p->plan, "-fw_cfg", out->str);
    return !f->file || qemu_add_label(p, f->file, HV_LABEL_SHARED, NULL, 0, err);
}

gboolean qemu_plan_sysinfo(QemuPlanner *p, GError **err)
{
    const DomainDef *def = p->def;
    char uuid[VIR_UUID_TEXT];
    if (def->os.smbios == DOMAIN_SMBIOS_HOST)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "<smbios mode='host'/> is not supported yet; use mode='sysinfo'");
    for (guint i = 0; i < def->sysinfo.n; i++) {
        const DomainSysinfo *s = def->sysinfo.v[i];
        if (s->type == DOMAIN_SYSINFO_SMBIOS && def->os.smbios == DOMAIN_SMBIOS_SYSINFO)
            add_smbios_info(p, s);
        for (guint f = 0; s->type == DOMAIN_SYSINFO_FWCFG && f < s->fwcfg.n; f++)
            if (!add_fwcfg(p, &s->fwcfg.v[f], err))
                return FALSE;
    }
    for (guint i = 0; i < def->os.acpi_tables.n; i++) {
        vir_plan_argf(p->plan, "-acpitable", "%s,file=%s", def->os.acpi_tables.v[i].type == DOMAIN_ACPI_TABLE_SLIC ? "sig=SLIC"
                      : "sig=", def->os.acpi_tables.v[i].path);
        if (!qemu_add_label(p, def->os.acpi_tables.v[i].path, HV_LABEL_SHARED, NULL, 0, err))
            return FALSE;
    }
    if (def->has_genid)
        vir_plan_add(p->plan, VIR_PLAN_DEVICE, qemu_device_new("vmgenid", "s:guid", vir_uuid_format(def->genid, uuid),
                                                               "s:id", "vmgenid0", NULL));
    if (def->features.vmcoreinfo && def->features.vmcoreinfo_state != VIR_TRISTATE_NO)
        vir_plan_add(p->plan, VIR_PLAN_DEVICE, qemu_device_new("vmcoreinfo", NULL));
    return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The domain capabilities document: tables of {value, capability} in output order.
 */
#include <string.h>
#include <unistd.h>

#include "util/command.h"
#include "util/error.h"
#include "virtqemud/caps/documents.h"
#include "virtqemud/caps/host-model.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define ALWAYS (-1)

/* A value of an enum, offered when QEMU has one of the capabilities (or without one: ALWAYS). */
typedef struct {
    const char *value;
    int cap, or_cap;         /* 0 in or_cap: none */
} Value;

#define CAP(name) VIR_QEMU_CAP_##name

static gboolean offered(const VirQemuCaps *caps, const Value *v)
{
    return v->cap == ALWAYS || vir_qemu_caps_has(caps, v->cap) || (v->or_cap && vir_qemu_caps_has(caps, v->or_cap));
}

static void format_enum(GString *out, const VirQemuCaps *caps, const char *indent, const char *name,
                        const Value *values)
{
    gboolean any = FALSE;
    for (const Value *v = values; v->value; v++) {
        if (!offered(caps, v))
            continue;
        if (!any)
            g_string_append_printf(out, "%s<enum name='%s'>\n", indent, name);
        any = TRUE;
        g_string_append_printf(out, "%s  <value>%s</value>\n", indent, v->value);
    }
    if (any)
        g_string_append_printf(out, "%s</enum>\n", indent);
    else
        g_string_append_printf(out, "%s<enum name='%s'/>\n", indent, name);
}

static const char *yes_no(gboolean yes)
{
    return yes ? "yes" : "no";
}

/* ---- <devices> ---- */

static const Value disk_devices[] = {
    { "disk", ALWAYS }, { "cdrom", ALWAYS }, { "floppy", ALWAYS }, { "lun", ALWAYS }, { NULL }
};
static const Value disk_buses[] = {   /* ide comes first where the machine has it */
    { "fdc", CAP(ISA_FDC) }, { "scsi", ALWAYS }, { "virtio", ALWAYS }, { "usb", CAP(USB_STORAGE) },
    { "sata", CAP(ICH9_AHCI), CAP(AHCI) }, { NULL }
};
static const Value virtio_models[] = {
    { "virtio", ALWAYS }, { "virtio-transitional", CAP(VIRTIO_TRANSITIONAL) },
    { "virtio-non-transitional", CAP(VIRTIO_TRANSITIONAL) }, { NULL }
};
static const Value graphics_types[] = {
    { "sdl", CAP(DISPLAY_SDL) }, { "vnc", CAP(VNC) }, { "spice", CAP(SPICE) },
    { "egl-headless", CAP(DISPLAY_EGL_HEADLESS) }, { "dbus", CAP(DISPLAY_DBUS) }, { NULL }
};
static const Value video_models[] = {
    { "vga", CAP(VGA) }, { "cirrus", CAP(CIRRUS_VGA) }, { "vmvga", CAP(VMWARE_SVGA) }, { "qxl", CAP(QXL) },
    { "virtio", CAP(VIRTIO_GPU), CAP(VIRTIO_GPU_DEVICE) }, { "none", ALWAYS }, { "bochs", CAP(BOCHS_DISPLAY) },
    { "ramfb", CAP(RAMFB) }, { NULL }
};
static const Value hostdev_modes[] = { { "subsystem", ALWAYS }, { NULL } };
static const Value startup_policies[] = {
    { "default", ALWAYS }, { "mandatory", ALWAYS }, { "requisite", ALWAYS }, { "optional", ALWAYS }, { NULL }
};
static const Value subsys_types[] = {
    { "usb", CAP(USB_HOST) }, { "pci", CAP(VFIO_PCI) }, { "scsi", CAP(SCSI_GENERIC) }, { NULL }
};
static const Value none[] = { { NULL } };
static const Value vfio[] = { { "vfio", CAP(VFIO_PCI) }, { NULL } };
static const Value rng_backends[] = {
    { "random", CAP(OBJ_RNG_RANDOM) }, { "egd", CAP(OBJ_RNG_EGD) }, { "builtin", CAP(OBJ_RNG_BUILTIN) }, { NULL }
};
static const Value filesystem_drivers[] = {
    { "path", CAP(VIRTIO_9P) }, { "handle", CAP(VIRTIO_9P) }, { "virtiofs", CAP(VHOST_USER_FS) }, { NULL }
};
static const Value tpm_models[] = {
    { "tpm-tis", CAP(TPM_TIS), CAP(TPM_TIS_DEVICE) }, { "tpm-crb", CAP(TPM_CRB) }, { "tpm-spapr", CAP(TPM_SPAPR) },
    { NULL }
};
static const Value tpm_backends[] = {
    { "passthrough", CAP(TPM_PASSTHROUGH) }, { "emulator", CAP(TPM_EMULATOR) }, { "external", CAP(TPM_EMULATOR) },
    { NULL }
};
static const Value tpm_backends_no_swtpm[] = {
    { "passthrough", CAP(TPM_PASSTHROUGH) }, { "external", CAP(TPM_EMULATOR) }, { NULL }
};
static const Value tpm_versions[] = { { "1.2", ALWAYS }, { "2.0", ALWAYS }, { NULL } };
static const Value redir_buses[] = { { "usb", CAP(USB_REDIR) }, { NULL } };
static const Value channel_types[] = {
    { "pty", ALWAYS }, { "unix", ALWAYS }, { "spicevmc", CAP(CHARDEV_SPICEVMC) }, { NULL }
};

typedef struct {
    const char *name;
    const Value *values;
} Enum;

static void format_device(GString *out, const VirQemuCaps *caps, const char *name, int cap, const Enum *enums)
{
    if (cap != ALWAYS && !vir_qemu_caps_has(caps, cap)) {
        g_string_append_printf(out, "    <%s supported='no'/>\n", name);
        return;
    }
    g_string_append_printf(out, "    <%s supported='yes'>\n", name);
    for (const Enum *e = enums; e->name; e++)
        format_enum(out, caps, "      ", e->name, e->values);
    g_string_append_printf(out, "    </%s>\n", name);
}

static gboolean is_x86(const VirQemuCaps *caps)
{
    const char *arch = vir_qemu_caps_arch(caps);
    return g_str_equal(arch, "x86_64") || g_str_equal(arch, "i686");
}

/* Machines with a built-in IDE controller. */
static gboolean has_ide(const VirQemuCaps *caps, const VirQemuMachine *m)
{
    return is_x86(caps) && (g_str_has_prefix(m->name, "pc-i440fx") || g_str_has_prefix(m->name, "pc-0.") ||
                            g_str_has_prefix(m->name, "pc-1."));
}

static void format_devices(GString *out, const VirQemuCaps *caps, const VirQemuMachine *m, const VirHost *host)
{
    Value buses[G_N_ELEMENTS(disk_buses) + 1] = { { "ide", ALWAYS } };
    memcpy(&buses[1], disk_buses, sizeof(disk_buses));
    gboolean has_vfio = vir_host_has(host, "/dev/vfio/vfio");
    g_autofree char *swtpm = vir_command_find("swtpm");
    const Enum disk[] = { { "diskDevice", disk_devices }, { "bus", has_ide(caps, m) ? buses : disk_buses },
                          { "model", virtio_models }, { NULL } };
    const Enum graphics[] = { { "type", graphics_types }, { NULL } };
    const Enum video[] = { { "modelType", video_models }, { NULL } };
    const Enum hostdev[] = { { "mode", hostdev_modes }, { "startupPolicy", startup_policies },
                             { "subsysType", subsys_types }, { "capsType", none },
                             { "pciBackend", has_vfio ? vfio : none }, { NULL } };
    const Enum rng[] = { { "model", virtio_models }, { "backendModel", rng_backends }, { NULL } };
    const Enum filesystem[] = { { "driverType", filesystem_drivers }, { NULL } };
    const Enum tpm[] = { { "model", tpm_models }, { "backendModel", swtpm ? tpm_backends : tpm_backends_no_swtpm },
                         { swtpm ? "backendVersion" : NULL, tpm_versions }, { NULL } };
    const Enum redirdev[] = { { "bus", redir_buses }, { NULL } };
    const Enum channel[] = { { "type", channel_types }, { NULL } };
    gboolean has_tpm = vir_qemu_caps_has(caps, CAP(TPM_EMULATOR)) || vir_qemu_caps_has(caps, CAP(TPM_PASSTHROUGH));

    g_string_append(out, "  <devices>\n");
    format_device(out, caps, "disk", ALWAYS, disk);
    format_device(out, caps, "graphics", ALWAYS, graphics);
    format_device(out, caps, "video", ALWAYS, video);
    format_device(out, caps, "hostdev", ALWAYS, hostdev);
    format_device(out, caps, "rng", CAP(VIRTIO_RNG), rng);
    format_device(out, caps, "filesystem", ALWAYS, filesystem);
    format_device(out, caps, "tpm", has_tpm ? ALWAYS : CAP(TPM_EMULATOR), tpm);
    format_device(out, caps, "redirdev", CAP(USB_REDIR), redirdev);
    format_device(out, caps, "channel", ALWAYS, channel);
    g_string_append(out, "  </devices>\n");
}

/* ---- <cpu> ---- */

static void format_host_model(GString *out, const VirQemuCaps *caps, VirQemuAccel accel, const VirCpuMap *map)
{
    VirCpuName name;
    if (!map || !vir_qemu_host_model(caps, accel, map, FALSE, &name)) {
        g_string_append(out, "    <mode name='host-model' supported='no'/>\n");
        return;
    }
    g_string_append_printf(out, "    <mode name='host-model' supported='yes'>\n      <model fallback='forbid'>%s</model>\n",
                           name.model);
    if (name.vendor)
        g_string_append_printf(out, "      <vendor>%s</vendor>\n", name.vendor);
    for (int i = vir_bitmap_next(name.more, -1); i >= 0; i = vir_bitmap_next(name.more, i))
        g_string_append_printf(out, "      <feature policy='require' name='%s'/>\n", vir_cpu_map_feature_name(map, i));
    for (int i = vir_bitmap_next(name.less, -1); i >= 0; i = vir_bitmap_next(name.less, i))
        g_string_append_printf(out, "      <feature policy='disable' name='%s'/>\n", vir_cpu_map_feature_name(map, i));
    g_string_append(out, "    </mode>\n");
    vir_cpu_name_clear(&name);
}

static void format_models(GString *out, const VirQemuCaps *caps, VirQemuAccel accel, const VirCpuMap *map)
{
    GString *models = g_string_new(NULL);
    for (gsize i = 0; i < vir_qemu_caps_n_cpus(caps, accel); i++) {
        const VirQemuCpuModel *cpu = vir_qemu_caps_cpu_at(caps, accel, i);
        int model = map && is_x86(caps) ? vir_cpu_map_model(map, cpu->name) : -1;
        if (is_x86(caps) ? model < 0 : g_str_equal(cpu->name, "max") || g_str_equal(cpu->name, "host"))
            continue;
        const char *vendor = model >= 0 ? vir_cpu_map_model_vendor(map, model) : NULL;
        g_string_append_printf(models, "      <model usable='%s' vendor='%s'>%s</model>\n",
                               !cpu->blockers ? "unknown" : yes_no(!*cpu->blockers), vendor ? vendor : "unknown",
                               cpu->name);
    }
    if (models->len)
        g_string_append_printf(out, "    <mode name='custom' supported='yes'>\n%s    </mode>\n", models->str);
    else
        g_string_append(out, "    <mode name='custom' supported='no'/>\n");
    g_string_free(models, TRUE);
}

static void format_cpu_mode(GString *out, const char *mode, const char *enum_name, gboolean supported, gboolean on)
{
    if (supported)
        g_string_append_printf(out, "    <mode name='%s' supported='yes'>\n      <enum name='%s'>\n%s"
                               "        <value>off</value>\n      </enum>\n    </mode>\n", mode, enum_name,
                               on ? "        <value>on</value>\n" : "");
    else
        g_string_append_printf(out, "    <mode name='%s' supported='no'/>\n", mode);
}

static void format_cpu(GString *out, const VirQemuCaps *caps, VirQemuAccel accel, const VirCpuMap *map)
{
    g_string_append(out, "  <cpu>\n");
    /* Only the 64-bit binary is asked for this property by the reference. */
    format_cpu_mode(out, "host-passthrough", "hostPassthroughMigratable", accel == VIR_QEMU_ACCEL_KVM,
                    g_str_equal(vir_qemu_caps_arch(caps), "x86_64"));
    format_cpu_mode(out, "maximum", "maximumMigratable", vir_qemu_caps_cpu(caps, accel, "max") != NULL, TRUE);
    format_host_model(out, caps, accel, is_x86(caps) ? map : NULL);
    format_models(out, caps, accel, map);
    g_string_append(out, "  </cpu>\n");
}

/* ---- <os>, <features> ---- */

/* Images of qemu.conf's nvram list that are there, for machines no descriptor speaks of. */
static char **listed_loaders(const VirQemuDocuments *docs, const char *arch)
{
    static const char *const x86[] = { "/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_CODE.secboot.fd", NULL };
    static const char *const arm[] = { "/usr/share/AAVMF/AAVMF_CODE.fd", NULL };
    static const char *const nothing[] = { NULL };
    const char *const *list = docs->nvram ? docs->nvram
                              : g_str_equal(arch, "x86_64") || g_str_equal(arch, "i686") ? x86
                              : g_str_equal(arch, "aarch64") ? arm : nothing;
    GPtrArray *found = g_ptr_array_new();
    for (; *list; list++) {
        char *path = g_strndup(*list, strcspn(*list, ":"));
        if (vir_host_has(vir_host_facts_host(docs->facts), path))
            g_ptr_array_add(found, path);
        else
            g_free(path);
    }
    g_ptr_array_add(found, NULL);
    return (char **)g_ptr_array_free(found, FALSE);
}

static void format_os(GString *out, const VirQemuDocuments *docs, const VirQemuCaps *caps, const VirQemuMachine *m)
{
    const char *arch = vir_qemu_caps_arch(caps);
    guint interfaces = 0;
    gboolean secure = FALSE, insecure = TRUE;
    g_auto(GStrv) loaders = docs->firmware
        ? hv_firmware_loaders(docs->firmware, arch, m->name, &interfaces, &secure, &insecure) : NULL;
    if (!loaders || !*loaders) {
        g_strfreev(loaders);
        loaders = listed_loaders(docs, arch);
    }
    Value firmware[3] = { { NULL } };
    guint n = 0;
    if (interfaces & HV_FIRMWARE_BIOS)
        firmware[n++] = (Value){ "bios", ALWAYS };
    if (interfaces & HV_FIRMWARE_EFI)
        firmware[n++] = (Value){ "efi", ALWAYS };
    static const Value types[] = { { "rom", ALWAYS }, { "pflash", ALWAYS }, { NULL } };
    static const Value readonly[] = { { "yes", ALWAYS }, { "no", ALWAYS }, { NULL } };
    static const Value secures[] = { { "yes", ALWAYS }, { "no", ALWAYS }, { NULL } };

    g_string_append(out, "  <os supported='yes'>\n");
    format_enum(out, caps, "    ", "firmware", firmware);
    g_string_append(out, "    <loader supported='yes'>\n");
    for (char **l = loaders; *l; l++) {
        g_autofree char *text = g_markup_escape_text(*l, -1);
        g_string_append_printf(out, "      <value>%s</value>\n", text);
    }
    format_enum(out, caps, "      ", "type", types);
    format_enum(out, caps, "      ", "readonly", readonly);
    format_enum(out, caps, "      ", "secure", secure ? secures : &secures[1]);
    g_string_append(out, "    </loader>\n  </os>\n");
}

static void format_gic(GString *out, const VirQemuCaps *caps, VirQemuAccel accel)
{
    GString *values = g_string_new(NULL);
    for (gsize i = 0; i < vir_qemu_caps_n_gics(caps); i++) {
        const VirQemuGic *g = vir_qemu_caps_gic_at(caps, i);
        if (accel == VIR_QEMU_ACCEL_KVM ? g->kernel_irqchip : g->emulated)
            g_string_append_printf(values, "        <value>%d</value>\n", g->version);
    }
    if (values->len)
        g_string_append_printf(out, "    <gic supported='yes'>\n      <enum name='version'>\n%s      </enum>\n"
                               "    </gic>\n", values->str);
    else
        g_string_append(out, "    <gic supported='no'/>\n");
    g_string_free(values, TRUE);
}

static void format_hyperv(GString *out, const VirQemuCaps *caps)
{
    /* QEMU's names to the document's, in the document's order. */
    static const struct { const char *qemu, *name; } names[] = {
        { "hv-relaxed", "relaxed" }, { "hv-vapic", "vapic" }, { "hv-spinlocks", "spinlocks" },
        { "hv-vpindex", "vpindex" }, { "hv-runtime", "runtime" }, { "hv-synic", "synic" },
        { "hv-stimer", "stimer" }, { "hv-reset", "reset" }, { "hv-vendor-id", "vendor_id" },
        { "hv-frequencies", "frequencies" }, { "hv-reenlightenment", "reenlightenment" },
        { "hv-tlbflush", "tlbflush" }, { "hv-ipi", "ipi" }, { "hv-evmcs", "evmcs" }, { "hv-avic", "avic" },
    };
    const char *const *have = vir_qemu_caps_hyperv(caps);
    if (!*have) {
        g_string_append(out, "    <hyperv supported='no'/>\n");
        return;
    }
    g_string_append(out, "    <hyperv supported='yes'>\n      <enum name='features'>\n");
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_strv_contains(have, names[i].qemu))
            g_string_append_printf(out, "        <value>%s</value>\n", names[i].name);
    }
    g_string_append(out, "      </enum>\n    </hyperv>\n");
}

static void format_features(GString *out, const VirQemuCaps *caps, VirQemuAccel accel)
{
    const VirQemuSev *sev = vir_qemu_caps_sev(caps);
    g_string_append(out, "  <features>\n");
    format_gic(out, caps, accel);
    g_string_append_printf(out, "    <vmcoreinfo supported='%s'/>\n", yes_no(vir_qemu_caps_has(caps, CAP(VMCOREINFO))));
    g_string_append_printf(out, "    <genid supported='%s'/>\n", yes_no(vir_qemu_caps_has(caps, CAP(VMGENID))));
    g_string_append_printf(out, "    <backingStoreInput supported='yes'/>\n    <backup supported='%s'/>\n",
                           yes_no(vir_qemu_caps_has(caps, CAP(BITMAP_MERGE)) &&
                                  vir_qemu_caps_has(caps, CAP(BLOCKDEV_REOPEN))));
    if (sev)
        g_string_append_printf(out, "    <sev supported='yes'>\n      <cbitpos>%u</cbitpos>\n"
                               "      <reducedPhysBits>%u</reducedPhysBits>\n    </sev>\n", sev->cbitpos,
                               sev->reduced_phys_bits);
    else
        g_string_append(out, "    <sev supported='no'/>\n");
    g_string_append(out, "    <sgx supported='no'/>\n");
    if (is_x86(caps))
        format_hyperv(out, caps);
    g_string_append(out, "  </features>\n");
}

/* ---- the document ---- */

static gboolean choose(const VirQemuCaps *caps, const char *machine, const char *virt_type, const VirQemuMachine **ret_m,
                       VirQemuAccel *ret_accel, GError **err)
{
    const char *binary = vir_qemu_caps_binary(caps);
    gboolean kvm = vir_qemu_caps_has_accel(caps, VIR_QEMU_ACCEL_KVM);
    if (!virt_type || g_str_equal(virt_type, "kvm"))
        *ret_accel = virt_type || kvm ? VIR_QEMU_ACCEL_KVM : VIR_QEMU_ACCEL_TCG;
    else if (g_str_equal(virt_type, "qemu"))
        *ret_accel = VIR_QEMU_ACCEL_TCG;
    else
        return vir_fail(err, VIR_ERR_INVALID_ARG, "Emulator '%s' does not support virt type '%s'", binary, virt_type);
    if (!vir_qemu_caps_has_accel(caps, *ret_accel))
        return vir_fail(err, VIR_ERR_INVALID_ARG, "Emulator '%s' does not support virt type '%s'%s%s", binary,
                        *ret_accel == VIR_QEMU_ACCEL_KVM ? "kvm" : "qemu",
                        *ret_accel == VIR_QEMU_ACCEL_KVM && vir_qemu_caps_kvm_error(caps) ? ": " : "",
                        *ret_accel == VIR_QEMU_ACCEL_KVM && vir_qemu_caps_kvm_error(caps)
                            ? vir_qemu_caps_kvm_error(caps) : "");
    *ret_m = vir_qemu_caps_machine(caps, machine);
    if (!*ret_m && !machine && vir_qemu_caps_n_machines(caps))
        *ret_m = vir_qemu_caps_machine_at(caps, 0);
    if (!*ret_m)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "the machine '%s' is not supported by emulator '%s'",
                        machine ? machine : "(default)", binary);
    return TRUE;
}

VirQemuCaps *vir_qemu_caps_choose(const VirQemuDocuments *docs, const VirQemuHypervisor *h, const VirQemuMachine **ret_m,
                                  VirQemuAccel *ret_accel, GError **err)
{
    const VirQemuMachine *m = NULL;
    if (h->arch && !vir_qemu_arch_wordsize(h->arch)) {
        vir_fail(err, VIR_ERR_INVALID_ARG, "unknown architecture: %s", h->arch);
        return NULL;
    }
    g_autoptr(VirQemuCaps) caps = vir_qemu_caps_for(docs->caps, vir_host_facts_host(docs->facts), h->emulator, h->arch,
                                                    err);
    if (!caps)
        return NULL;
    if (h->emulator && h->arch && !g_str_equal(h->arch, vir_qemu_caps_arch(caps))) {
        vir_fail(err, VIR_ERR_INVALID_ARG, "architecture from emulator '%s' doesn't match given architecture '%s'",
                 vir_qemu_caps_arch(caps), h->arch);
        return NULL;
    }
    if (!choose(caps, h->machine, h->virt_type, ret_m ? ret_m : &m, ret_accel, err))
        return NULL;
    return g_steal_pointer(&caps);
}

char *vir_qemu_domain_capabilities_xml(const VirQemuDocuments *docs, const char *emulator, const char *arch,
                                       const char *machine, const char *virt_type, GError **err)
{
    const VirHost *host = vir_host_facts_host(docs->facts);
    const VirQemuHypervisor h = { emulator, arch, machine, virt_type };
    const VirQemuMachine *m = NULL;
    VirQemuAccel accel = VIR_QEMU_ACCEL_TCG;
    g_autoptr(VirQemuCaps) caps = vir_qemu_caps_choose(docs, &h, &m, &accel, err);
    if (!caps)
        return NULL;
    const VirCpuMap *map = vir_host_facts_cpu_map(docs->facts, NULL);
    static const Value memory[] = { { "file", CAP(OBJ_MEM_FILE) }, { "anonymous", ALWAYS },
                                    { "memfd", CAP(OBJ_MEM_MEMFD) }, { NULL } };
    g_autoptr(GString) out = g_string_new("<domainCapabilities>\n");
    g_autofree char *path = g_markup_escape_text(vir_qemu_caps_binary(caps), -1);
    g_string_append_printf(out, "  <path>%s</path>\n  <domain>%s</domain>\n  <machine>%s</machine>\n"
                           "  <arch>%s</arch>\n", path, accel == VIR_QEMU_ACCEL_KVM ? "kvm" : "qemu", m->name,
                           arch ? arch : vir_qemu_caps_arch(caps));
    if (m->cpu_max)
        g_string_append_printf(out, "  <vcpu max='%u'/>\n", m->cpu_max);
    g_string_append_printf(out, "  <iothreads supported='%s'/>\n", yes_no(vir_qemu_caps_has(caps, CAP(OBJ_IOTHREAD))));
    format_os(out, docs, caps, m);
    format_cpu(out, caps, accel, map);
    g_string_append(out, "  <memoryBacking supported='yes'>\n");
    format_enum(out, caps, "    ", "sourceType", memory);
    g_string_append(out, "  </memoryBacking>\n");
    format_devices(out, caps, m, host);
    format_features(out, caps, accel);
    g_string_append(out, "</domainCapabilities>\n");
    return g_string_free(g_steal_pointer(&out), FALSE);
}

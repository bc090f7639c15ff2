/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/process/firmware.h"

#include <string.h>
#include <unistd.h>

#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static gboolean has_pflash(const DomainOs *os)
{
    return os->loader && os->loader->path && os->loader->type == DOMAIN_LOADER_PFLASH;
}

static HvFirmwareFormat hv_format(StorageFormat f)
{
    return f == STORAGE_FORMAT_QCOW2 ? HV_FW_FORMAT_QCOW2 : HV_FW_FORMAT_RAW;
}

static void nvram_default(DomainDef *def, const char *nvram_dir, HvFirmwareFormat format)
{
    DomainOs *os = &def->os;
    if (!os->nvram)
        os->nvram = g_new0(DomainOsNvram, 1);
    if (os->nvram->type == STORAGE_TYPE_NONE && !os->nvram->path)
        os->nvram->path = hv_nvram_path(nvram_dir, def->name, format);
}

/* ---- define ---- */

static gboolean refuse_attribute(const char *element, const char *attribute, GError **err)
{
    return vir_fail(err, VIR_ERR_XML_DETAIL, "%s attribute '%s' cannot be specified when firmware autoselection is enabled",
                    element, attribute);
}

/* What a descriptor decides may not be written. */
static gboolean check_automatic(const DomainOs *os, GError **err)
{
    const DomainLoader *l = os->loader;
    if (l && l->readonly)
        return refuse_attribute("loader", "readonly", err);
    if (l && l->type)
        return refuse_attribute("loader", "type", err);
    if (l && l->secure == VIR_TRISTATE_NO)
        return refuse_attribute("loader", "secure", err);
    if (l && l->path)
        return vir_fail(err, VIR_ERR_XML_DETAIL, "loader path cannot be specified when firmware autoselection is enabled");
    if (os->nvram && os->nvram->template)
        return refuse_attribute("nvram", "template", err);
    return TRUE;
}

static gboolean is_q35(const char *machine)
{
    return machine && (strcmp(machine, "q35") == 0 || g_str_has_prefix(machine, "pc-q35"));
}

gboolean qemu_firmware_finish(DomainDef *def, const char *nvram_dir, GError **err)
{
    DomainOs *os = &def->os;
    DomainLoader *l = os->loader;
    if (os->firmware && !check_automatic(os, err))
        return FALSE;
    if (l && l->secure == VIR_TRISTATE_YES && !is_q35(os->machine))
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Secure boot is supported with q35 machine types only");
    if (os->firmware || !l || !l->path)
        return TRUE;
    if (!l->type)
        l->type = DOMAIN_LOADER_ROM;
    if (l->type == DOMAIN_LOADER_ROM && os->nvram)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "<nvram> needs a <loader type='pflash'>");
    if (l->stateless == VIR_TRISTATE_YES && os->nvram)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "a <loader stateless='yes'> has no <nvram>");
    /* Firmware that may be written keeps its variables itself. */
    if (l->type == DOMAIN_LOADER_PFLASH && l->readonly == VIR_TRISTATE_YES && l->stateless != VIR_TRISTATE_YES)
        nvram_default(def, nvram_dir, hv_format(l->format));
    return TRUE;
}

/* ---- start ---- */

static void query_fill(const DomainDef *def, HvFirmwareQuery *q)
{
    const DomainOs *os = &def->os;
    memset(q, 0, sizeof *q);
    q->arch = domain_arch_enum.strings[os->arch];
    q->machine = os->machine;
    q->interface = os->firmware == DOMAIN_FIRMWARE_EFI ? HV_FIRMWARE_EFI : HV_FIRMWARE_BIOS;
    q->smm_off = def->features.smm && def->features.smm_state == VIR_TRISTATE_OFF;
    for (guint i = 0; i < os->firmware_features.n; i++) {
        const DomainFirmwareFeature *f = &os->firmware_features.v[i];
        guint bit = f->name == DOMAIN_FW_FEATURE_SECURE_BOOT ? HV_FW_SECURE_BOOT : HV_FW_ENROLLED_KEYS;
        if (f->enabled == VIR_TRISTATE_YES)
            q->want |= bit;
        else
            q->reject |= bit;
    }
    if (!os->loader)
        return;
    if (os->loader->secure == VIR_TRISTATE_YES)
        q->want |= HV_FW_SECURE_BOOT | HV_FW_REQUIRES_SMM;
    q->format = os->loader->format ? hv_format(os->loader->format) : HV_FW_FORMAT_NONE;
    q->stateless = os->loader->stateless == VIR_TRISTATE_YES;
}

static void chosen_flash(DomainDef *def, const HvFirmware *fw, const char *nvram_dir)
{
    DomainOs *os = &def->os;
    DomainLoader *l = os->loader;
    l->type = DOMAIN_LOADER_PFLASH;
    l->readonly = VIR_TRISTATE_YES;
    if (fw->executable_format == HV_FW_FORMAT_QCOW2)
        l->format = STORAGE_FORMAT_QCOW2;
    if ((fw->features & HV_FW_REQUIRES_SMM) && (fw->features & HV_FW_SECURE_BOOT))
        l->secure = VIR_TRISTATE_YES;
    if (fw->features & HV_FW_REQUIRES_SMM) {
        def->features.smm = true;
        def->features.smm_state = VIR_TRISTATE_ON;
    }
    if (fw->stateless || !fw->nvram_template)
        return;
    nvram_default(def, nvram_dir, fw->nvram_format);
    os->nvram->template = g_strdup(fw->nvram_template);
    if (fw->nvram_format == HV_FW_FORMAT_QCOW2)
        os->nvram->format = STORAGE_FORMAT_QCOW2;
}

static gboolean choose(DomainDef *def, HvFirmwareList *list, const char *nvram_dir, GError **err)
{
    HvFirmwareQuery q;
    query_fill(def, &q);
    g_autoptr(HvFirmware) fw = hv_firmware_select(list, &q, err);
    if (!fw)
        return FALSE;
    DomainOs *os = &def->os;
    if (!os->loader)
        os->loader = g_new0(DomainLoader, 1);
    g_free(os->loader->path);
    os->loader->path = g_strdup(fw->executable);
    os->firmware = DOMAIN_FIRMWARE_NONE;
    if (fw->device == HV_FW_DEVICE_FLASH)
        chosen_flash(def, fw, nvram_dir);
    else
        os->loader->type = DOMAIN_LOADER_ROM;
    return TRUE;
}

/* The store an explicit code image starts from: qemu.conf's pairs first, then the descriptors. */
static char *template_of(const DomainDef *def, HvFirmwareList *list, const QemuConf *conf)
{
    const char *code = def->os.loader->path;
    gsize n = strlen(code);
    for (char **pair = conf->nvram; pair && *pair; pair++)
        if (strncmp(*pair, code, n) == 0 && (*pair)[n] == ':')
            return g_strdup(*pair + n + 1);
    g_autoptr(HvFirmware) fw = hv_firmware_by_loader(list, domain_arch_enum.strings[def->os.arch], def->os.machine, code);
    return fw ? g_strdup(fw->nvram_template) : NULL;
}

gboolean qemu_firmware_select(DomainDef *live, HvFirmwareList *list, const QemuConf *conf, const char *nvram_dir,
                              GError **err)
{
    DomainOs *os = &live->os;
    if (os->firmware)
        return choose(live, list, nvram_dir, err);
    if (!has_pflash(os) || !os->nvram || os->nvram->template || os->loader->stateless == VIR_TRISTATE_YES)
        return TRUE;
    os->nvram->template = template_of(live, list, conf);
    const char *file = qemu_nvram_file(os);
    if (!os->nvram->template && file && access(file, F_OK) < 0)
        return vir_fail(err, VIR_ERR_OPERATION_FAILED, "unable to find any master var store for loader: %s",
                        os->loader->path);
    return TRUE;
}

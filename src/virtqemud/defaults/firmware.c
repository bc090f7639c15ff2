/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <os>: what can be said of a guest's firmware when it is defined. Which image a firmware='efi' guest gets is chosen when
 * it starts.
 */
#include <string.h>

#include "util/error.h"
#include "virtqemud/defaults/parts.h"

#define VIR_FROM_THIS VIR_FROM_DOMAIN

static VirTristate feature(const DomainOs *os, DomainFirmwareFeatureName name)
{
    for (guint i = 0; i < os->firmware_features.n; i++) {
        if (os->firmware_features.v[i].name == name)
            return os->firmware_features.v[i].enabled;
    }
    return VIR_TRISTATE_ABSENT;
}

/* Fields of <loader> and <nvram> that the choice of firmware decides. */
static gboolean check_auto(const DomainOs *os, GError **err)
{
    const DomainLoader *l = os->loader;
    const char *field = NULL;

    if (l && l->readonly != VIR_TRISTATE_ABSENT)
        field = "readonly";
    if (l && (l->type != DOMAIN_LOADER_NONE || l->path))
        field = "type";
    if (l && l->secure == VIR_TRISTATE_NO)
        field = "secure";
    if (field) {
        return vir_fail(err, VIR_ERR_XML_DETAIL,
                        "loader attribute '%s' cannot be specified when firmware autoselection is enabled", field);
    }
    if (os->nvram && os->nvram->template) {
        return vir_fail(err, VIR_ERR_XML_DETAIL,
                        "nvram attribute 'template' cannot be specified when firmware autoselection is enabled");
    }
    if (os->firmware != DOMAIN_FIRMWARE_EFI && l && l->stateless == VIR_TRISTATE_NO)
        return vir_fail(err, VIR_ERR_XML_DETAIL, "Only EFI firmware permits NVRAM");
    if (os->firmware != DOMAIN_FIRMWARE_EFI && os->nvram) {
        return vir_fail(err, VIR_ERR_XML_DETAIL, "firmware type '%s' does not support nvram",
                        vir_enum_to_string(&domain_firmware_enum, os->firmware));
    }
    if (l && l->stateless == VIR_TRISTATE_YES && os->nvram)
        return vir_fail(err, VIR_ERR_XML_DETAIL, "NVRAM is not permitted when loader is stateless");
    if (feature(os, DOMAIN_FW_FEATURE_ENROLLED_KEYS) == VIR_TRISTATE_YES &&
        feature(os, DOMAIN_FW_FEATURE_SECURE_BOOT) == VIR_TRISTATE_NO) {
        return vir_fail(err, VIR_ERR_XML_DETAIL, "firmware feature 'enrolled-keys' cannot be enabled when firmware feature "
                        "'secure-boot' is disabled");
    }
    return TRUE;
}

static gboolean check_manual(const DomainOs *os, GError **err)
{
    const DomainLoader *l = os->loader;

    if (os->firmware_features.n) {
        return vir_fail(err, VIR_ERR_XML_DETAIL, "cannot use feature-based firmware autoselection when firmware "
                        "autoselection is disabled: say <os firmware='efi'>");
    }
    if (!l && !os->nvram)
        return TRUE;
    if (!l || !l->path)
        return vir_fail(err, VIR_ERR_XML_DETAIL, "no loader path specified and firmware auto selection disabled");
    if (l->type != DOMAIN_LOADER_PFLASH && l->stateless == VIR_TRISTATE_NO)
        return vir_fail(err, VIR_ERR_XML_DETAIL, "Only pflash loader type permits NVRAM");
    if (l->stateless == VIR_TRISTATE_YES && os->nvram && os->nvram->template)
        return vir_fail(err, VIR_ERR_XML_DETAIL, "NVRAM template is not permitted when loader is stateless");
    if (l->stateless == VIR_TRISTATE_YES && os->nvram)
        return vir_fail(err, VIR_ERR_XML_DETAIL, "NVRAM is not permitted when loader is stateless");
    return TRUE;
}

/* A read-only image in flash has the guest's own variable store beside it. */
static gboolean wants_nvram(const DomainOs *os)
{
    return os->firmware == DOMAIN_FIRMWARE_NONE && os->loader && os->loader->type == DOMAIN_LOADER_PFLASH &&
           os->loader->readonly == VIR_TRISTATE_YES && os->loader->stateless != VIR_TRISTATE_YES &&
           !(os->nvram && (os->nvram->src || os->nvram->path));
}

static void name_nvram(QemuFinish *f)
{
    DomainOs *os = &f->def->os;

    if (!os->nvram)
        os->nvram = g_new0(DomainOsNvram, 1);
    os->nvram->path = g_strdup_printf("%s/%s_VARS.fd", f->env->nvram_dir ? f->env->nvram_dir : "", f->def->name);
}

gboolean qemu_finish_firmware(QemuFinish *f, GError **err)
{
    DomainOs *os = &f->def->os;

    if (os->firmware != DOMAIN_FIRMWARE_NONE ? !check_auto(os, err) : !check_manual(os, err))
        return FALSE;
    if (os->bootmenu == VIR_TRISTATE_NO)
        os->bootmenu_timeout = -1;
    if (os->loader && os->loader->path && os->loader->type == DOMAIN_LOADER_NONE)
        os->loader->type = DOMAIN_LOADER_ROM;
    if (os->firmware == DOMAIN_FIRMWARE_EFI && feature(os, DOMAIN_FW_FEATURE_ENROLLED_KEYS) == VIR_TRISTATE_YES &&
        feature(os, DOMAIN_FW_FEATURE_SECURE_BOOT) == VIR_TRISTATE_ABSENT) {
        DomainFirmwareFeature *add = VIR_ARRAY_ADD(&os->firmware_features);

        add->name = DOMAIN_FW_FEATURE_SECURE_BOOT;
        add->enabled = VIR_TRISTATE_YES;
    }
    if (wants_nvram(os))
        name_nvram(f);
    return TRUE;
}

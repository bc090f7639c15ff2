/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Devices that this QEMU binary does not have.
 */
#include "util/error.h"
#include "virtqemud/defaults/parts.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

typedef struct { int model; VirQemuCap cap; } CapRow;

static gboolean lacks(const QemuFinish *f, const CapRow *rows, guint n, int model)
{
    for (guint i = 0; i < n; i++) {
        if (rows[i].model == model)
            return !qemu_finish_has(f, rows[i].cap);
    }
    return FALSE;
}

static const CapRow videos[] = {
    { DOMAIN_VIDEO_VGA, VIR_QEMU_CAP_VGA }, { DOMAIN_VIDEO_CIRRUS, VIR_QEMU_CAP_CIRRUS_VGA },
    { DOMAIN_VIDEO_VMVGA, VIR_QEMU_CAP_VMWARE_SVGA }, { DOMAIN_VIDEO_QXL, VIR_QEMU_CAP_QXL },
    { DOMAIN_VIDEO_BOCHS, VIR_QEMU_CAP_BOCHS_DISPLAY }, { DOMAIN_VIDEO_RAMFB, VIR_QEMU_CAP_RAMFB },
};
static const CapRow sounds[] = {
    { DOMAIN_SOUND_ICH9, VIR_QEMU_CAP_ICH9_HDA }, { DOMAIN_SOUND_USB, VIR_QEMU_CAP_USB_AUDIO },
};
static const CapRow scsis[] = {
    { DOMAIN_CONTROLLER_MODEL_LSILOGIC, VIR_QEMU_CAP_LSI }, { DOMAIN_CONTROLLER_MODEL_LSISAS1068, VIR_QEMU_CAP_MPTSAS1068 },
    { DOMAIN_CONTROLLER_MODEL_LSISAS1078, VIR_QEMU_CAP_MEGASAS },
};
static const CapRow shmems[] = {
    { DOMAIN_SHMEM_IVSHMEM_PLAIN, VIR_QEMU_CAP_IVSHMEM_PLAIN },
    { DOMAIN_SHMEM_IVSHMEM_DOORBELL, VIR_QEMU_CAP_IVSHMEM_DOORBELL },
};
static const CapRow tpm_backends[] = {
    { DOMAIN_TPM_BACKEND_PASSTHROUGH, VIR_QEMU_CAP_TPM_PASSTHROUGH },
    { DOMAIN_TPM_BACKEND_EMULATOR, VIR_QEMU_CAP_TPM_EMULATOR }, { DOMAIN_TPM_BACKEND_EXTERNAL, VIR_QEMU_CAP_TPM_EMULATOR },
};

static gboolean check_controller(const QemuFinish *f, const DomainController *c, GError **err)
{
    const char *model = vir_enum_to_string(&domain_controller_model_enum, c->model);

    if (c->type == DOMAIN_CONTROLLER_SCSI && lacks(f, scsis, G_N_ELEMENTS(scsis), c->model)) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "This QEMU doesn't support the %s SCSI controller", model);
    }
    if (c->type == DOMAIN_CONTROLLER_SATA && !qemu_finish_has(f, VIR_QEMU_CAP_ICH9_AHCI))
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "SATA is not supported with this QEMU binary");
    return TRUE;
}

static gboolean check_tpm(const QemuFinish *f, const DomainTpm *tpm, GError **err)
{
    gboolean ok = TRUE;

    if (lacks(f, tpm_backends, G_N_ELEMENTS(tpm_backends), tpm->backend)) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "The QEMU executable %s does not support TPM backend type %s",
                        f->def->emulator, vir_enum_to_string(&domain_tpm_backend_enum, tpm->backend));
    }
    if (tpm->model == DOMAIN_TPM_MODEL_TIS)
        ok = qemu_finish_has(f, VIR_QEMU_CAP_TPM_TIS) || qemu_finish_has(f, VIR_QEMU_CAP_TPM_TIS_DEVICE);
    else if (tpm->model == DOMAIN_TPM_MODEL_CRB)
        ok = qemu_finish_has(f, VIR_QEMU_CAP_TPM_CRB);
    else if (tpm->model == DOMAIN_TPM_MODEL_SPAPR)
        ok = qemu_finish_has(f, VIR_QEMU_CAP_TPM_SPAPR);
    if (ok)
        return TRUE;
    return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "The QEMU executable %s does not support TPM model %s", f->def->emulator,
                    vir_enum_to_string(&domain_tpm_model_enum, tpm->model));
}

gboolean qemu_check_caps(QemuFinish *f, GError **err)
{
    const DomainDef *def = f->def;

    if (!f->caps)
        return TRUE;
    for (guint i = 0; i < def->videos.n; i++) {
        if (lacks(f, videos, G_N_ELEMENTS(videos), def->videos.v[i]->type)) {
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "domain configuration does not support video model '%s'",
                            vir_enum_to_string(&domain_video_type_enum, def->videos.v[i]->type));
        }
    }
    for (guint i = 0; i < def->sounds.n; i++) {
        if (lacks(f, sounds, G_N_ELEMENTS(sounds), def->sounds.v[i]->model)) {
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "The %s audio controller is not supported in this QEMU binary",
                            vir_enum_to_string(&domain_sound_model_enum, def->sounds.v[i]->model));
        }
    }
    for (guint i = 0; i < def->shmems.n; i++) {
        if (lacks(f, shmems, G_N_ELEMENTS(shmems), def->shmems.v[i]->model)) {
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "shmem model '%s' is not supported by this QEMU binary",
                            vir_enum_to_string(&domain_shmem_model_enum, def->shmems.v[i]->model));
        }
    }
    for (guint i = 0; i < def->controllers.n; i++) {
        if (!check_controller(f, def->controllers.v[i], err))
            return FALSE;
    }
    for (guint i = 0; i < def->tpms.n; i++) {
        if (!check_tpm(f, def->tpms.v[i], err))
            return FALSE;
    }
    return TRUE;
}

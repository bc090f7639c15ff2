/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Trusted platform modules.
 */
#include "virtqemud/dev/dev.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static gboolean plan_backend(QemuPlanner *p, const DomainTpm *tpm, const char *id, GError **err)
{
    switch (tpm->backend) {
    case DOMAIN_TPM_BACKEND_PASSTHROUGH: {
        const char *device = tpm->device ? tpm->device : "/dev/tpm0";
        g_autofree char *base = g_path_get_basename(device);
        vir_plan_argf(p->plan, "-tpmdev", "passthrough,id=%s,path=%s,cancel-path=/sys/class/tpm/%s/device/cancel", id, device, base);
        vir_plan_add_device_node(p->plan, device);
        return qemu_add_label(p, device, 0, NULL, 0, err);
    }
    case DOMAIN_TPM_BACKEND_EXTERNAL:
        qemu_add_socket_client(p, "chrtpm", tpm->source_path, 0);
        vir_plan_argf(p->plan, "-tpmdev", "emulator,id=%s,chardev=chrtpm", id);
        return qemu_add_label(p, tpm->source_path, HV_LABEL_SHARED, NULL, 0, err);
    default:
        if (!p->ctx->native)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "tpm: backend 'emulator' (swtpm) is not supported yet; use 'external' with a "
                            "running swtpm");
        DomainChrSource none = { .type = DOMAIN_CHR_NULL };
        if (!qemu_add_chardev(p, "chrtpm", &none, NULL, err))
            return FALSE;
        vir_plan_argf(p->plan, "-tpmdev", "emulator,id=%s,chardev=chrtpm", id);
        return TRUE;
    }
}

static gboolean plan(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainTpm *tpm = dev;
    g_autofree char *id = g_strdup_printf("tpm-%s", tpm->info.alias);
    if (!plan_backend(p, tpm, id, err))
        return FALSE;
    const char *driver = tpm->model ? vir_enum_to_string(&domain_tpm_model_enum, tpm->model) : "tpm-tis";
    if (tpm->model <= DOMAIN_TPM_MODEL_TIS && p->def->os.arch == DOMAIN_ARCH_AARCH64)
        driver = "tpm-tis-device";
    g_autoptr(VirJson) props = qemu_device_new(driver, "s:tpmdev", id, "s:id", tpm->info.alias, NULL);
    if (!qemu_add_address(p, props, &tpm->info, "tpm", err))
        return FALSE;
    qemu_add_device(p, g_steal_pointer(&props));
    return TRUE;
}

const QemuDevRow qemu_dev_tpm = { "tpm", 0, G_STRUCT_OFFSET(DomainDef, tpms), G_STRUCT_OFFSET(DomainTpm, info), NULL, plan };

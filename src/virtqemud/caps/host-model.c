/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/caps/host-model.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const VirQemuCaps *caps;
    VirQemuAccel accel;
} Filter;

gboolean vir_qemu_model_blockers(const VirQemuCaps *caps, VirQemuAccel accel, const VirCpuMap *map, const char *model,
                                 VirBitmap *blocked)
{
    const VirQemuCpuModel *cpu = vir_qemu_caps_cpu(caps, accel, model);
    if (!cpu)
        return FALSE;
    g_auto(GStrv) blockers = g_strsplit(cpu->blockers ? cpu->blockers : "", ",", 0);
    for (char **b = blockers; *b; b++) {
        int feature = vir_cpu_map_feature(map, *b);
        if (feature >= 0)
            vir_bitmap_set(blocked, feature);
    }
    return TRUE;
}

static gboolean filter_model(const VirCpuMap *map, const char *model, VirBitmap *blocked, gpointer data)
{
    const Filter *f = data;
    return vir_qemu_model_blockers(f->caps, f->accel, map, model, blocked);
}

gboolean vir_qemu_host_model(const VirQemuCaps *caps, VirQemuAccel accel, const VirCpuMap *map, gboolean migratable,
                             VirCpuName *ret)
{
    const char *const *props = vir_qemu_caps_host_cpu(caps, accel);
    if (!props)
        return FALSE;
    g_autoptr(VirBitmap) features = vir_bitmap_new();
    VirCpuFacts facts = { .features = features };
    /* The reference asks the 32-bit binary for no registers; its answers are what clients compare with. */
    gboolean msrs = !g_str_equal(vir_qemu_caps_arch(caps), "i686");
    const char *const *lost = vir_qemu_caps_host_cpu_unmigratable(caps, accel);
    for (; *props; props++) {
        const char *eq = strchr(*props, '=');
        char name[64];
        g_strlcpy(name, *props, MIN(sizeof(name), (gsize)(eq - *props) + 1));
        if (g_str_equal(name, "vendor"))
            facts.vendor = vir_cpu_map_vendor(map, eq + 1);
        else if (g_str_equal(name, "family"))
            facts.family = strtoul(eq + 1, NULL, 10);
        else if (g_str_equal(name, "model"))
            facts.model = strtoul(eq + 1, NULL, 10);
        else if (g_str_equal(name, "stepping"))
            facts.stepping = strtoul(eq + 1, NULL, 10);
        int feature = g_str_equal(eq, "=on") ? vir_cpu_map_feature(map, name) : -1;
        if (feature >= 0 && !msrs && vir_cpu_map_feature_is_msr(map, feature))
            continue;
        if (feature >= 0 && !(migratable && (g_strv_contains(lost, name) ||
                                             !vir_cpu_map_feature_is_migratable(map, feature))))
            vir_bitmap_set(features, feature);
    }
    Filter filter = { caps, accel };
    return vir_cpu_map_name(map, &facts, TRUE, filter_model, &filter, ret);
}

const char *vir_qemu_cpu_property(const char *name)
{
    /* QEMU's canonical names where the map's differ; its underscored aliases are going away. */
    static const struct { const char *map, *qemu; } names[] = {
        { "cmp_legacy", "cmp-legacy" }, { "fxsr_opt", "fxsr-opt" }, { "kvm_pv_eoi", "kvm-pv-eoi" },
        { "kvm_pv_unhalt", "kvm-pv-unhalt" }, { "lahf_lm", "lahf-lm" }, { "nodeid_msr", "nodeid-msr" },
        { "pclmuldq", "pclmulqdq" }, { "perfctr_core", "perfctr-core" }, { "perfctr_nb", "perfctr-nb" },
        { "tsc_adjust", "tsc-adjust" }, { "tsc_scale", "tsc-scale" }, { "nrip_save", "nrip-save" },
        { "svm_lock", "svm-lock" }, { "pause_filter", "pause-filter" }, { "ds_cpl", "ds-cpl" },
        { "npt_save", "npt-save" }, { "cmt", "cqm" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(names[i].map, name))
            return names[i].qemu;
    }
    return name;
}

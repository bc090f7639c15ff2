/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <cpu mode='host-model'> of a document that is about to run: named, with the features by which this machine's CPU
 * differs from its name. What the user said of single features stays.
 */
#include "hv/host/cpu-map.h"
#include "virtqemud/caps/host-model.h"
#include "virtqemud/plan/machine.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static void set_features(CpuDef *cpu, const VirCpuMap *map, const VirBitmap *set, CpuPolicy policy)
{
    for (int i = set ? vir_bitmap_next(set, -1) : -1; i >= 0; i = vir_bitmap_next(set, i)) {
        const char *name = vir_cpu_map_feature_name(map, (guint)i);
        if (!cpu_def_find_feature(cpu, name))
            cpu_def_set_feature(cpu, name, policy);
    }
}

gboolean qemu_plan_name_cpu(DomainDef *live, const QemuPlanContext *ctx, GError **err)
{
    CpuDef *cpu = live->cpu;
    if (!cpu || cpu->mode != CPU_MODE_HOST_MODEL || cpu->model || !qemu_is_x86(live))
        return TRUE;
    g_autoptr(VirCpuMap) map = vir_cpu_map_load(ctx->host, err);
    if (!map)
        return FALSE;
    VirQemuAccel accel = live->virt_type == DOMAIN_VIRT_KVM ? VIR_QEMU_ACCEL_KVM : VIR_QEMU_ACCEL_TCG;
    VirCpuName name;
    if (!vir_qemu_host_model(ctx->caps, accel, map, TRUE, &name))
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "<cpu mode='host-model'>: QEMU does not tell which CPU this host has; use "
                        "'host-passthrough' or name a model");
    cpu->mode = CPU_MODE_CUSTOM;
    cpu->match = CPU_MATCH_EXACT;
    cpu->fallback = CPU_FALLBACK_FORBID;
    cpu->model = g_strdup(name.model);
    cpu->has_model = true;
    g_free(cpu->vendor);
    cpu->vendor = g_strdup(name.vendor);
    set_features(cpu, map, name.more, CPU_POLICY_REQUIRE);
    set_features(cpu, map, name.less, CPU_POLICY_DISABLE);
    vir_cpu_name_clear(&name);
    return TRUE;
}

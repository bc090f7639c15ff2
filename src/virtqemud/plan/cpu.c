/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * -cpu and -smp. Which CPU 'host-model' is on this machine is in the document when it comes here.
 */
#include "virtqemud/plan/machine.h"

#include <string.h>

#include "virtqemud/caps/host-model.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static void add_flag(GString *out, const char *name, VirTristate state)
{
    if (state)
        g_string_append_printf(out, ",%s=%s", name, state == VIR_TRISTATE_YES ? "on" : "off");
}

/* "lahf_lm" of the documents is "lahf-lm" of QEMU. */
static void add_features(GString *out, const CpuDef *cpu)
{
    for (guint i = 0; i < cpu->features.n; i++) {
        const CpuFeature *f = &cpu->features.v[i];
        add_flag(out, vir_qemu_cpu_property(f->name), f->policy == CPU_POLICY_DISABLE || f->policy == CPU_POLICY_FORBID ? VIR_TRISTATE_NO : VIR_TRISTATE_YES);
    }
}

static const char *default_model(QemuPlanner *p)
{
    if (p->def->os.arch == DOMAIN_ARCH_I686)
        return "qemu32";
    if (p->def->os.arch == DOMAIN_ARCH_X86_64)
        return "qemu64";
    return NULL;
}

static gboolean start_model(QemuPlanner *p, GString *out, GError **err)
{
    const CpuDef *cpu = p->def->cpu;
    CpuMode mode = cpu ? cpu->mode : CPU_MODE_NONE;
    if (mode == CPU_MODE_HOST_PASSTHROUGH || mode == CPU_MODE_MAXIMUM) {
        g_string_append(out, mode == CPU_MODE_MAXIMUM ? "max" : "host");
        if (qemu_is_x86(p->def))
            add_flag(out, "migratable", !cpu->migratable ? VIR_TRISTATE_YES
                     : cpu->migratable == VIR_TRISTATE_NO && p->ctx->native ? VIR_TRISTATE_ABSENT : cpu->migratable);
        return TRUE;
    }
    if (cpu && cpu->model) {
        g_string_append(out, cpu->model);
        if (cpu->vendor_id)
            g_string_append_printf(out, ",vendor=%s", cpu->vendor_id);
        return TRUE;
    }
    if (mode == CPU_MODE_HOST_MODEL)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "<cpu mode='host-model'>: which model this host is, is not known; use "
                        "'host-passthrough' or name a model");
    const char *model = default_model(p);
    if (model)
        g_string_append(out, model);
    return TRUE;
}

static void add_hyperv(GString *out, const DomainHyperv *h)
{
    if (h->mode == DOMAIN_HYPERV_PASSTHROUGH) {
        g_string_append(out, ",hv-passthrough=on");
        return;
    }
    const struct { const char *name; VirTristate state; } rows[] = {
        { "hv-relaxed", h->relaxed }, { "hv-vapic", h->vapic }, { "hv-vpindex", h->vpindex }, { "hv-runtime", h->runtime },
        { "hv-synic", h->synic }, { "hv-stimer", h->stimer }, { "hv-reset", h->reset }, { "hv-frequencies", h->frequencies },
        { "hv-reenlightenment", h->reenlightenment }, { "hv-tlbflush", h->tlbflush }, { "hv-ipi", h->ipi }, { "hv-evmcs", h->evmcs },
        { "hv-avic", h->avic }, { "hv-emsr-bitmap", h->emsr_bitmap }, { "hv-xmm-input", h->xmm_input },
        { "hv-stimer-direct", h->stimer == VIR_TRISTATE_YES ? h->stimer_direct : VIR_TRISTATE_ABSENT },
        { "hv-tlbflush-direct", h->tlbflush_direct }, { "hv-tlbflush-ext", h->tlbflush_extended },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].state == VIR_TRISTATE_YES)
            g_string_append_printf(out, ",%s=on", rows[i].name);
    if (h->spinlocks == VIR_TRISTATE_YES)
        g_string_append_printf(out, ",hv-spinlocks=0x%x", h->spinlock_retries);
    if (h->vendor_id == VIR_TRISTATE_YES)
        g_string_append_printf(out, ",hv-vendor-id=%s", h->vendor_id_value ? h->vendor_id_value : "");
}

static void add_timers(GString *out, const DomainDef *def)
{
    for (guint i = 0; i < def->clock.timers.n; i++) {
        const DomainTimer *t = &def->clock.timers.v[i];
        if (t->name == DOMAIN_TIMER_KVMCLOCK)
            add_flag(out, "kvmclock", t->present);
        else if (t->name == DOMAIN_TIMER_HYPERVCLOCK && t->present == VIR_TRISTATE_YES)
            g_string_append(out, ",hv-time=on");
        else if (t->name == DOMAIN_TIMER_TSC && t->frequency)
            g_string_append_printf(out, ",tsc-frequency=%" G_GUINT64_FORMAT, t->frequency);
        else if (t->name == DOMAIN_TIMER_ARMVTIMER && t->tickpolicy)
            g_string_append_printf(out, ",kvm-no-adjvtime=%s", t->tickpolicy == DOMAIN_TICK_DISCARD ? "on" : "off");
    }
}

static void add_cache(GString *out, const CpuDef *cpu)
{
    gboolean host = cpu->mode == CPU_MODE_HOST_PASSTHROUGH || cpu->mode == CPU_MODE_MAXIMUM;
    switch (cpu->cache_mode) {
    case CPU_CACHE_EMULATE:
        g_string_append(out, ",l3-cache=on");
        if (host)
            g_string_append(out, ",host-cache-info=off");
        break;
    case CPU_CACHE_PASSTHROUGH:
        g_string_append(out, host ? ",host-cache-info=on,l3-cache=off" : ",host-cache-info=on,l3-cache=off");
        break;
    case CPU_CACHE_DISABLE:
        g_string_append(out, host ? ",host-cache-info=off,l3-cache=off" : ",l3-cache=off");
        break;
    default:
        break;
    }
}

gboolean qemu_plan_cpu(QemuPlanner *p, GError **err)
{
    const DomainDef *def = p->def;
    const DomainFeatures *f = &def->features;
    g_autoptr(GString) out = g_string_new(NULL);
    if (!start_model(p, out, err))
        return FALSE;
    if (def->cpu)
        add_features(out, def->cpu);
    add_timers(out, def);
    add_flag(out, "kvm-pv-eoi", f->apic ? f->apic_eoi : VIR_TRISTATE_ABSENT);
    if (f->pvspinlock)
        add_flag(out, "kvm-pv-unhalt", f->pvspinlock_state ? f->pvspinlock_state : VIR_TRISTATE_YES);
    if (f->hyperv)
        add_hyperv(out, f->hyperv);
    for (guint i = 0; i < def->panics.n; i++)
        if (def->panics.v[i]->model == DOMAIN_PANIC_HYPERV) {
            g_string_append(out, ",hv-crash");
            break;
        }
    if (f->kvm) {
        if (f->kvm->hidden == VIR_TRISTATE_YES)
            g_string_append(out, ",kvm=off");
        if (f->kvm->hint_dedicated == VIR_TRISTATE_YES)
            g_string_append(out, ",kvm-hint-dedicated=on");
        if (f->kvm->poll_control == VIR_TRISTATE_YES)
            g_string_append(out, ",kvm-poll-control=on");
        if (f->kvm->pv_ipi == VIR_TRISTATE_NO)
            g_string_append(out, ",kvm-pv-ipi=off");
    }
    if (f->pmu)
        add_flag(out, "pmu", f->pmu_state ? f->pmu_state : VIR_TRISTATE_YES);
    if (def->cpu) {
        add_cache(out, def->cpu);
        if (def->cpu->addr_mode == CPU_ADDR_PASSTHROUGH)
            g_string_append(out, ",host-phys-bits=on");
        if (def->cpu->addr_limit)
            g_string_append_printf(out, ",host-phys-bits-limit=%u", def->cpu->addr_limit);
        if (def->cpu->addr_mode == CPU_ADDR_EMULATE && def->cpu->addr_bits)
            g_string_append_printf(out, ",phys-bits=%u", def->cpu->addr_bits);
    }
    if (out->len && out->str[0] != ',')
        vir_plan_arg(p->plan, "-cpu", out->str);
    return TRUE;
}

/* ---- -smp, I/O threads ---- */

static void add_iothreads(QemuPlanner *p)
{
    for (guint i = 0; i < p->def->iothread_list.n; i++) {
        const DomainIothread *t = &p->def->iothread_list.v[i];
        g_autofree char *id = g_strdup_printf("iothread%u", t->id);
        VirJson *props = vir_json_new("s:qom-type", "iothread", "s:id", id, NULL);
        if (t->thread_pool_min >= 0)
            vir_json_add(props, "i:thread-pool-min", t->thread_pool_min, NULL);
        if (t->thread_pool_max >= 0)
            vir_json_add(props, "i:thread-pool-max", t->thread_pool_max, NULL);
        if (t->has_poll) {
            if (t->poll_max >= 0)
                vir_json_add(props, "I:poll-max-ns", t->poll_max, NULL);
            if (t->poll_grow >= 0)
                vir_json_add(props, "I:poll-grow", t->poll_grow, NULL);
            if (t->poll_shrink >= 0)
                vir_json_add(props, "I:poll-shrink", t->poll_shrink, NULL);
        }
        vir_plan_add(p->plan, VIR_PLAN_OBJECT, props);
    }
    const DomainDefaultIothread *d = p->def->default_iothread;
    if (!d)
        return;
    VirJson *props = vir_json_new("s:qom-type", "main-loop", "s:id", "main-loop", NULL);
    if (d->thread_pool_min >= 0)
        vir_json_add(props, "i:thread-pool-min", d->thread_pool_min, NULL);
    if (d->thread_pool_max >= 0)
        vir_json_add(props, "i:thread-pool-max", d->thread_pool_max, NULL);
    vir_plan_add(p->plan, VIR_PLAN_OBJECT, props);
}

gboolean qemu_plan_smp(QemuPlanner *p, GError **err)
{
    const CpuDef *cpu = p->def->cpu;
    guint max = p->def->vcpus_max ? p->def->vcpus_max : 1;
    guint now = p->def->vcpus_current ? p->def->vcpus_current : max;
    guint enabled = 0;
    for (guint i = 0; i < p->def->vcpus.n; i++)
        enabled += p->def->vcpus.v[i].enabled != VIR_TRISTATE_NO && p->def->vcpus.v[i].hotpluggable != VIR_TRISTATE_YES;
    if (p->def->vcpus.n && enabled)            /* those that can go away are plugged in after the start */
        now = enabled;
    g_autoptr(GString) out = g_string_new(NULL);
    g_string_append_printf(out, "%u", now);
    if (now != max)
        g_string_append_printf(out, ",maxcpus=%u", max);
    if (cpu && cpu->sockets) {
        g_string_append_printf(out, ",sockets=%u", cpu->sockets);
        if (qemu_has(p, VIR_QEMU_CAP_SMP_DIES) && qemu_is_x86(p->def))
            g_string_append_printf(out, ",dies=%u", MAX(cpu->dies, 1));
        if (cpu->clusters > 1)
            g_string_append_printf(out, ",clusters=%u", cpu->clusters);
        g_string_append_printf(out, ",cores=%u,threads=%u", MAX(cpu->cores, 1), MAX(cpu->threads, 1));
    } else {
        g_string_append_printf(out, ",sockets=%u,cores=1,threads=1", max);
    }
    vir_plan_arg(p->plan, "-smp", out->str);
    add_iothreads(p);
    return TRUE;
}

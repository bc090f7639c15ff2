/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <host> element of the capabilities document.
 */
#include "hv/host/facts.h"
#include "util/uuid.h"

#define VIR_FROM_THIS VIR_FROM_NONE

static void format_cpu(VirHostFacts *facts, const VirHostTopology *t, GString *out)
{
    const VirHostCpu *cpu = vir_host_facts_cpu(facts);
    g_string_append_printf(out, "    <cpu>\n      <arch>%s</arch>\n", cpu->arch);
    if (cpu->name.model)
        g_string_append_printf(out, "      <model>%s</model>\n", cpu->name.model);
    if (cpu->name.vendor)
        g_string_append_printf(out, "      <vendor>%s</vendor>\n", cpu->name.vendor);
    if (cpu->microcode)
        g_string_append_printf(out, "      <microcode version='%" G_GUINT64_FORMAT "'/>\n", cpu->microcode);
    if (cpu->family)
        g_string_append_printf(out, "      <signature family='%u' model='%u' stepping='%u'/>\n", cpu->family,
                               cpu->model, cpu->stepping);
    if (cpu->tsc_hz) {
        g_string_append_printf(out, "      <counter name='tsc' frequency='%" G_GUINT64_FORMAT "'", cpu->tsc_hz);
        if (cpu->tsc_scaling >= 0)
            g_string_append_printf(out, " scaling='%s'", cpu->tsc_scaling ? "yes" : "no");
        g_string_append(out, "/>\n");
    }
    g_string_append_printf(out, "      <topology sockets='%u' dies='%u' cores='%u' threads='%u'/>\n", t->sockets, t->dies,
                           t->cores, t->threads);
    if (cpu->phys_bits)
        g_string_append_printf(out, "      <maxphysaddr mode='emulate' bits='%u'/>\n", cpu->phys_bits);
    const VirCpuMap *map = vir_host_facts_cpu_map(facts, NULL);
    for (int i = cpu->name.more ? vir_bitmap_next(cpu->name.more, -1) : -1; i >= 0;
         i = vir_bitmap_next(cpu->name.more, i))
        g_string_append_printf(out, "      <feature name='%s'/>\n", vir_cpu_map_feature_name(map, i));
    const GArray *pages = t->cells->len ? g_array_index(t->cells, VirHostCell, 0).pages : NULL;
    for (guint i = 0; pages && i < pages->len; i++)
        g_string_append_printf(out, "      <pages unit='KiB' size='%" G_GUINT64_FORMAT "'/>\n",
                               g_array_index(pages, VirHostPages, i).size_kib);
    g_string_append(out, "    </cpu>\n");
}

static void format_power(VirHostFacts *facts, GString *out)
{
    static const struct { guint target; const char *name; } names[] = {
        { VIR_NODE_SUSPEND_TARGET_MEM, "suspend_mem" },
        { VIR_NODE_SUSPEND_TARGET_DISK, "suspend_disk" },
        { VIR_NODE_SUSPEND_TARGET_HYBRID, "suspend_hybrid" },
    };
    guint targets = vir_host_suspend_targets(facts);
    if (!targets) {
        g_string_append(out, "    <power_management/>\n");
        return;
    }
    g_string_append(out, "    <power_management>\n");
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (targets & (1u << names[i].target))
            g_string_append_printf(out, "      <%s/>\n", names[i].name);
    }
    g_string_append(out, "    </power_management>\n");
}

static void format_cell(const VirHostTopology *t, const VirHostCell *cell, GString *out)
{
    g_string_append_printf(out, "        <cell id='%u'>\n          <memory unit='KiB'>%" G_GUINT64_FORMAT "</memory>\n",
                           cell->id, cell->memory_kib);
    for (guint i = 0; i < cell->pages->len; i++) {
        const VirHostPages *p = &g_array_index(cell->pages, VirHostPages, i);
        g_string_append_printf(out, "          <pages unit='KiB' size='%" G_GUINT64_FORMAT "'>%" G_GUINT64_FORMAT
                               "</pages>\n", p->size_kib, p->count);
    }
    if (cell->distances->len) {
        g_string_append(out, "          <distances>\n");
        for (guint i = 0; i < cell->distances->len && i < t->cells->len; i++)
            g_string_append_printf(out, "            <sibling id='%u' value='%u'/>\n",
                                   g_array_index(t->cells, VirHostCell, i).id,
                                   g_array_index(cell->distances, guint, i));
        g_string_append(out, "          </distances>\n");
    }
    g_string_append_printf(out, "          <cpus num='%u'>\n", cell->cpus->len);
    for (guint i = 0; i < cell->cpus->len; i++) {
        const VirHostTopologyCpu *cpu = &g_array_index(cell->cpus, VirHostTopologyCpu, i);
        g_autofree char *siblings = vir_bitmap_format(cpu->siblings);
        g_string_append_printf(out, "            <cpu id='%u' socket_id='%u' die_id='%u' core_id='%u' siblings='%s'/>\n",
                               cpu->id, cpu->socket, cpu->die, cpu->core, siblings);
    }
    g_string_append(out, "          </cpus>\n        </cell>\n");
}

static void format_topology(const VirHostTopology *t, GString *out)
{
    g_string_append_printf(out, "    <topology>\n      <cells num='%u'>\n", t->cells->len);
    for (guint i = 0; i < t->cells->len; i++)
        format_cell(t, &g_array_index(t->cells, VirHostCell, i), out);
    g_string_append(out, "      </cells>\n    </topology>\n");
    if (!t->banks->len)
        return;
    g_string_append(out, "    <cache>\n");
    for (guint i = 0; i < t->banks->len; i++) {
        const VirHostCacheBank *b = &g_array_index(t->banks, VirHostCacheBank, i);
        gboolean mib = b->size_kib && b->size_kib % 1024 == 0;
        g_autofree char *cpus = vir_bitmap_format(b->cpus);
        g_string_append_printf(out, "      <bank id='%u' level='%u' type='%s' size='%" G_GUINT64_FORMAT
                               "' unit='%s' cpus='%s'/>\n", b->id, b->level,
                               b->type == 'c' ? "code" : b->type == 'd' ? "data" : "both",
                               mib ? b->size_kib / 1024 : b->size_kib, mib ? "MiB" : "KiB", cpus);
    }
    g_string_append(out, "    </cache>\n");
}

gboolean vir_host_caps_format(VirHostFacts *facts, const guint8 uuid[16], const char *secmodels, GString *out,
                              GError **err)
{
    g_autoptr(VirHostTopology) t = vir_host_facts_topology(facts, err);
    if (!t)
        return FALSE;
    char text[VIR_UUID_TEXT];
    g_string_append_printf(out, "  <host>\n    <uuid>%s</uuid>\n", vir_uuid_format(uuid, text));
    format_cpu(facts, t, out);
    format_power(facts, out);
    g_string_append_printf(out, "    <iommu support='%s'/>\n", vir_host_has_iommu(facts) ? "yes" : "no");
    g_string_append(out, "    <migration_features>\n      <live/>\n      <uri_transports>\n"
                         "        <uri_transport>tcp</uri_transport>\n        <uri_transport>rdma</uri_transport>\n"
                         "      </uri_transports>\n    </migration_features>\n");
    format_topology(t, out);
    if (secmodels)
        g_string_append(out, secmodels);
    g_string_append(out, "  </host>\n");
    return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/caps/caps-decode.h"

#include <string.h>

#include "virtqemud/caps/schema.h"

GHashTable *vir_qemu_caps_type_set(VirJson *types)
{
    GHashTable *set = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize i = 0; json_object_is_type(types, json_type_array) && i < vir_json_len(types); i++) {
        const char *name = vir_json_str(vir_json_at(types, i), "name", NULL);
        if (name)
            g_hash_table_add(set, (gpointer)name);
    }
    return set;
}

/* Of several types that match always the same one: the last in order, which is a new machine. */
static const char *match_type(const char *pattern, GHashTable *types)
{
    const char *best = NULL;
    GHashTableIter iter;
    gpointer name;
    g_hash_table_iter_init(&iter, types);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        if (g_pattern_match_simple(pattern, name) && (!best || strcmp(name, best) > 0))
            best = name;
    }
    return best;
}

GPtrArray *vir_qemu_caps_prop_types(GHashTable *types)
{
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GPtrArray *out = g_ptr_array_sized_new(VIR_QEMU_CAP_LAST);
    for (int cap = 0; cap < VIR_QEMU_CAP_LAST; cap++) {
        const VirQemuCapRow *row = &vir_qemu_cap_rows[cap];
        gpointer found = NULL;
        if (row->ask == VIR_QEMU_ASK_PROP) {
            g_autofree char *type = g_strndup(row->place, strrchr(row->place, '.') - row->place);
            if (!g_hash_table_lookup_extended(known, type, NULL, &found)) {
                if (strchr(type, '*'))
                    found = (gpointer)match_type(type, types);
                else
                    g_hash_table_lookup_extended(types, type, &found, NULL);
                g_hash_table_insert(known, g_steal_pointer(&type), found);
            }
        }
        g_ptr_array_add(out, found);
    }
    return out;
}

void vir_qemu_caps_decode_types(VirQemuCaps *caps, GHashTable *types)
{
    for (int cap = 0; cap < VIR_QEMU_CAP_LAST; cap++) {
        const VirQemuCapRow *row = &vir_qemu_cap_rows[cap];
        if (row->ask == VIR_QEMU_ASK_TYPE && g_hash_table_contains(types, row->place))
            vir_bitmap_set(caps->flags, cap);
    }
}

void vir_qemu_caps_decode_schema(VirQemuCaps *caps, VirJson *reply)
{
    g_autoptr(VirQmpSchema) schema = vir_qmp_schema_new(reply);
    for (int cap = 0; cap < VIR_QEMU_CAP_LAST; cap++) {
        const VirQemuCapRow *row = &vir_qemu_cap_rows[cap];
        if ((row->ask == VIR_QEMU_ASK_COMMAND && vir_qmp_schema_has_command(schema, row->place)) ||
            (row->ask == VIR_QEMU_ASK_EVENT && vir_qmp_schema_has_event(schema, row->place)) ||
            (row->ask == VIR_QEMU_ASK_SCHEMA && vir_qmp_schema_has_path(schema, row->place)))
            vir_bitmap_set(caps->flags, cap);
    }
}

/* The element of @array whose @key is @value. */
static VirJson *find_by(VirJson *array, const char *key, const char *value)
{
    for (gsize i = 0; json_object_is_type(array, json_type_array) && i < vir_json_len(array); i++) {
        if (g_str_equal(vir_json_str(vir_json_at(array, i), key, ""), value))
            return vir_json_at(array, i);
    }
    return NULL;
}

void vir_qemu_caps_decode_options(VirQemuCaps *caps, VirJson *options)
{
    for (int cap = 0; cap < VIR_QEMU_CAP_LAST; cap++) {
        const VirQemuCapRow *row = &vir_qemu_cap_rows[cap];
        if (row->ask != VIR_QEMU_ASK_OPTION)
            continue;
        const char *dot = strchr(row->place, '.');
        g_autofree char *option = g_strndup(row->place, dot - row->place);
        VirJson *entry = find_by(options, "option", option);
        if (entry && (!dot[1] || find_by(vir_json_array(entry, "parameters"), "name", dot + 1)))
            vir_bitmap_set(caps->flags, cap);
    }
}

void vir_qemu_caps_decode_props(VirQemuCaps *caps, GPtrArray *prop_types, const char *type, VirJson *props)
{
    for (int cap = 0; cap < VIR_QEMU_CAP_LAST; cap++) {
        if (g_strcmp0(g_ptr_array_index(prop_types, cap), type) == 0 &&
            find_by(props, "name", strrchr(vir_qemu_cap_rows[cap].place, '.') + 1))
            vir_bitmap_set(caps->flags, cap);
    }
}

static char *dup_str(VirJson *obj, const char *key)
{
    return g_strdup(vir_json_str(obj, key, NULL));
}

void vir_qemu_caps_decode_machines(VirQemuCaps *caps, VirJson *machines)
{
    for (gsize i = 0; json_object_is_type(machines, json_type_array) && i < vir_json_len(machines); i++) {
        VirJson *m = vir_json_at(machines, i);
        const char *name = vir_json_str(m, "name", NULL);
        if (!name || g_str_equal(name, "none"))
            continue;
        VirQemuMachine machine = {
            .name = g_strdup(name),
            .alias = dup_str(m, "alias"),
            .default_cpu = dup_str(m, "default-cpu-type"),
            .default_ram_id = dup_str(m, "default-ram-id"),
            .cpu_max = vir_json_uint64(m, "cpu-max", 0),
            .is_default = vir_json_bool(m, "is-default", FALSE),
            .hotpluggable_cpus = vir_json_bool(m, "hotpluggable-cpus", FALSE),
            .numa_mem_supported = vir_json_bool(m, "numa-mem-supported", TRUE),
            .deprecated = vir_json_bool(m, "deprecated", FALSE),
            .acpi = vir_json_bool(m, "acpi", TRUE),
        };
        if (machine.is_default)
            g_array_prepend_val(caps->machines, machine);
        else
            g_array_append_val(caps->machines, machine);
    }
}

static char *join_strings(VirJson *array)
{
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < vir_json_len(array); i++)
        g_string_append_printf(out, "%s%s", i ? "," : "", json_object_get_string(vir_json_at(array, i)));
    return g_string_free(out, FALSE);
}

void vir_qemu_caps_decode_cpus(VirQemuAccelCaps *accel, VirJson *cpus)
{
    for (gsize i = 0; json_object_is_type(cpus, json_type_array) && i < vir_json_len(cpus); i++) {
        VirJson *c = vir_json_at(cpus, i);
        const char *name = vir_json_str(c, "name", NULL);
        if (!name)
            continue;
        VirJson *blockers = vir_json_array(c, "unavailable-features");
        VirQemuCpuModel cpu = {
            .name = g_strdup(name),
            .type = dup_str(c, "typename"),
            .blockers = blockers ? join_strings(blockers) : NULL,
            .deprecated = vir_json_bool(c, "deprecated", FALSE),
        };
        g_array_append_val(accel->cpus, cpu);
    }
}

static int compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char **end_strv(GPtrArray *strings)
{
    g_ptr_array_add(strings, NULL);
    return (char **)g_ptr_array_free(strings, FALSE);
}

static gboolean is_on(VirJson *props, const char *name)
{
    return vir_json_bool(props, name, FALSE);
}

void vir_qemu_caps_decode_host_cpu(VirQemuAccelCaps *accel, VirJson *all, VirJson *migratable)
{
    VirJson *props = vir_json_obj(vir_json_obj(all, "model"), "props");
    VirJson *kept = vir_json_obj(vir_json_obj(migratable, "model"), "props");
    if (!props)
        return;
    GPtrArray *out = g_ptr_array_new(), *lost = g_ptr_array_new();
    struct json_object_iterator it = json_object_iter_begin(props), end = json_object_iter_end(props);
    for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
        const char *name = json_object_iter_peek_name(&it);
        VirJson *value = json_object_iter_peek_value(&it);
        gboolean flag = json_object_is_type(value, json_type_boolean);
        if (flag && !json_object_get_boolean(value))
            continue;
        g_ptr_array_add(out, g_strdup_printf("%s=%s", name, flag ? "on" : json_object_get_string(value)));
        /* The switch itself is no feature. */
        if (flag && kept && !is_on(kept, name) && !g_str_equal(name, "migratable"))
            g_ptr_array_add(lost, g_strdup(name));
    }
    g_ptr_array_sort(out, compare_strings);
    g_ptr_array_sort(lost, compare_strings);
    accel->host_cpu = end_strv(out);
    accel->unmigratable = end_strv(lost);
}

void vir_qemu_caps_decode_hyperv(VirQemuCaps *caps, VirJson *expansion)
{
    VirJson *props = vir_json_obj(vir_json_obj(expansion, "model"), "props");
    GPtrArray *out = g_ptr_array_new();
    if (props) {
        struct json_object_iterator it = json_object_iter_begin(props), end = json_object_iter_end(props);
        for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
            const char *name = json_object_iter_peek_name(&it);
            if (g_str_has_prefix(name, "hv-") && is_on(props, name) && !g_str_equal(name, "hv-passthrough"))
                g_ptr_array_add(out, g_strdup(name));
        }
        /* These take a value and need nothing from the host. */
        static const char *const always[] = { "hv-spinlocks", "hv-vendor-id" };
        for (guint i = 0; i < G_N_ELEMENTS(always); i++) {
            if (vir_json_has(props, always[i]))
                g_ptr_array_add(out, g_strdup(always[i]));
        }
    }
    g_ptr_array_sort(out, compare_strings);
    caps->hyperv = end_strv(out);
}

void vir_qemu_caps_decode_kvm(VirQemuCaps *caps, VirJson *gic, VirJson *sev)
{
    for (gsize i = 0; json_object_is_type(gic, json_type_array) && i < vir_json_len(gic); i++) {
        VirJson *g = vir_json_at(gic, i);
        VirQemuGic item = { .version = vir_json_int64(g, "version", 0),
                            .kernel_irqchip = vir_json_bool(g, "kernel", FALSE),
                            .emulated = vir_json_bool(g, "emulated", FALSE) };
        g_array_append_val(caps->gics, item);
    }
    if (sev) {
        caps->sev = g_new0(VirQemuSev, 1);
        caps->sev->pdh = dup_str(sev, "pdh");
        caps->sev->cert_chain = dup_str(sev, "cert-chain");
        caps->sev->cpu0_id = dup_str(sev, "cpu0-id");
        caps->sev->cbitpos = vir_json_uint64(sev, "cbitpos", 0);
        caps->sev->reduced_phys_bits = vir_json_uint64(sev, "reduced-phys-bits", 0);
    }
}

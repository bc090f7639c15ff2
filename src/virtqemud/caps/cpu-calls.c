/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Comparison of CPUs and their common denominator, over sets of features of the CPU map.
 */
#include <string.h>

#include "util/error.h"
#include "util/xmltab.h"
#include "virtqemud/caps/documents.h"
#include "virtqemud/caps/host-model.h"

#define VIR_FROM_THIS VIR_FROM_CPU

/* A <cpu> as users write it. */
typedef struct {
    char *arch, *model, *vendor, *mode, *match;
    VirBitmap *has;          /* model and added features, without removed ones */
    VirBitmap *forced;       /* what need not be there */
    VirBitmap *forbidden;    /* must not be there */
} Cpu;

static void cpu_clear(Cpu *cpu)
{
    g_free(cpu->arch);
    g_free(cpu->model);
    g_free(cpu->vendor);
    g_free(cpu->mode);
    g_free(cpu->match);
    g_clear_pointer(&cpu->has, vir_bitmap_free);
    g_clear_pointer(&cpu->forced, vir_bitmap_free);
    g_clear_pointer(&cpu->forbidden, vir_bitmap_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Cpu, cpu_clear)

static char *attr(xmlNodePtr node, const char *name)
{
    xmlChar *value = xmlGetNoNsProp(node, BAD_CAST name);
    char *copy = g_strdup((char *)value);
    xmlFree(value);
    return copy;
}

static char *content(xmlNodePtr node)
{
    xmlChar *value = xmlNodeGetContent(node);
    char *copy = g_strstrip(g_strdup((char *)value));
    xmlFree(value);
    return copy;
}

static gboolean is_x86(const char *arch)
{
    return g_str_equal(arch, "x86_64") || g_str_equal(arch, "i686");
}

static gboolean add_feature(Cpu *cpu, const VirCpuMap *map, xmlNodePtr node, GError **err)
{
    g_autofree char *name = attr(node, "name"), *policy = attr(node, "policy");
    int feature = name ? vir_cpu_map_feature(map, name) : -1;
    if (!name)
        return vir_fail(err, VIR_ERR_XML_ERROR, "Missing CPU feature name");
    if (feature < 0)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "Unknown CPU feature %s", name);
    if (!policy || g_str_equal(policy, "require")) {
        vir_bitmap_set(cpu->has, feature);
    } else if (g_str_equal(policy, "force")) {
        vir_bitmap_set(cpu->has, feature);
        vir_bitmap_set(cpu->forced, feature);
    } else if (g_str_equal(policy, "forbid")) {
        vir_bitmap_clear(cpu->has, feature);
        vir_bitmap_set(cpu->forbidden, feature);
    } else if (g_str_equal(policy, "disable")) {
        vir_bitmap_clear(cpu->has, feature);
    } else if (g_str_equal(policy, "optional")) {
        vir_bitmap_set(cpu->forced, feature);
    } else {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Invalid CPU feature policy '%s'", policy);
    }
    return TRUE;
}

/* Who it is: arch, model, vendor. */
static gboolean parse_names(Cpu *cpu, xmlNodePtr root, GError **err)
{
    if (!root || !xmlStrEqual(root->name, BAD_CAST "cpu"))
        return vir_fail(err, VIR_ERR_XML_ERROR, "XML does not contain expected 'cpu' element");
    cpu->mode = attr(root, "mode");
    cpu->match = attr(root, "match");
    cpu->has = vir_bitmap_new();
    cpu->forced = vir_bitmap_new();
    cpu->forbidden = vir_bitmap_new();
    for (xmlNodePtr n = root->children; n; n = n->next) {
        if (n->type != XML_ELEMENT_NODE)
            continue;
        char **to = xmlStrEqual(n->name, BAD_CAST "arch") ? &cpu->arch
                    : xmlStrEqual(n->name, BAD_CAST "model") ? &cpu->model
                    : xmlStrEqual(n->name, BAD_CAST "vendor") ? &cpu->vendor : NULL;
        if (to && !*to)
            *to = content(n);
    }
    if (cpu->model && !*cpu->model)
        g_clear_pointer(&cpu->model, g_free);
    return TRUE;
}

static gboolean parse_features(Cpu *cpu, const VirCpuMap *map, xmlNodePtr root, GError **err)
{
    int model = cpu->model ? vir_cpu_map_model(map, cpu->model) : -1;
    if (cpu->model && model < 0)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "Unknown CPU model %s", cpu->model);
    if (model >= 0)
        vir_bitmap_union(cpu->has, vir_cpu_map_model_features(map, model));
    for (xmlNodePtr n = root->children; n; n = n->next) {
        if (n->type == XML_ELEMENT_NODE && xmlStrEqual(n->name, BAD_CAST "feature") &&
            !add_feature(cpu, map, n, err))
            return FALSE;
    }
    return TRUE;
}

/* What a CPU is compared with. */
typedef struct {
    const VirCpuMap *map;
    VirQemuCaps *caps;       /* NULL: the host itself */
    VirQemuAccel accel;
    const char *vendor;
    VirBitmap *features;
} Against;

static void against_clear(Against *a)
{
    virObjectUnref(a->caps);
    g_clear_pointer(&a->features, vir_bitmap_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Against, against_clear)

/* The features a name stands for. */
static VirBitmap *expand(const VirCpuMap *map, const VirCpuName *name)
{
    VirBitmap *set = vir_bitmap_copy(vir_cpu_map_model_features(map, vir_cpu_map_model(map, name->model)));
    vir_bitmap_union(set, name->more);
    vir_bitmap_subtract(set, name->less);
    return set;
}

static gboolean against_host(Against *a, const VirQemuDocuments *docs, GError **err)
{
    a->map = vir_host_facts_cpu_map(docs->facts, err);
    if (!a->map)
        return FALSE;
    const VirHostCpu *cpu = vir_host_facts_cpu(docs->facts);
    if (!cpu->name.model)
        return vir_fail(err, VIR_ERR_OPERATION_FAILED, "the CPU of this host is not known");
    a->vendor = cpu->name.vendor;
    a->features = expand(a->map, &cpu->name);
    return TRUE;
}

static gboolean against_hypervisor(Against *a, const VirQemuDocuments *docs, const VirQemuHypervisor *h, GError **err)
{
    a->map = vir_host_facts_cpu_map(docs->facts, err);
    a->caps = a->map ? vir_qemu_caps_choose(docs, h, NULL, &a->accel, err) : NULL;
    if (!a->caps)
        return FALSE;
    VirCpuName name;
    const char *arch = vir_qemu_caps_arch(a->caps);
    if ((!g_str_equal(arch, "x86_64") && !g_str_equal(arch, "i686")) ||
        !vir_qemu_host_model(a->caps, a->accel, a->map, FALSE, &name))
        return vir_fail(err, VIR_ERR_OPERATION_UNSUPPORTED, "comparing and computing CPUs is not supported for arch %s "
                        "with this hypervisor", arch);
    a->vendor = name.vendor;
    a->features = expand(a->map, &name);
    vir_cpu_name_clear(&name);
    return TRUE;
}

static gboolean against_init(Against *a, const VirQemuDocuments *docs, const VirQemuHypervisor *h, GError **err)
{
    return h ? against_hypervisor(a, docs, h, err) : against_host(a, docs, err);
}

static char *names_of(const VirCpuMap *map, const VirBitmap *set)
{
    GString *out = g_string_new(NULL);
    for (int i = vir_bitmap_next(set, -1); i >= 0; i = vir_bitmap_next(set, i))
        g_string_append_printf(out, "%s%s", out->len ? "," : "", vir_cpu_map_feature_name(map, i));
    return g_string_free(out, FALSE);
}

/* Why it is another kind of CPU altogether; NULL when it is not. Returns: caller frees. */
static char *foreign(const Against *a, const Cpu *cpu)
{
    if (cpu->arch && !is_x86(cpu->arch))
        return g_strdup_printf("CPU arch %s does not match host arch %s", cpu->arch, vir_qemu_host_arch());
    if (cpu->vendor && g_strcmp0(cpu->vendor, a->vendor) != 0)
        return g_strdup_printf("host CPU vendor does not match required CPU vendor %s", cpu->vendor);
    return NULL;
}

/* Which features are in the way; NULL: none. Returns: caller frees. */
static char *incompatible(const Against *a, const Cpu *cpu)
{
    g_autoptr(VirBitmap) set = vir_bitmap_copy(cpu->has);
    vir_bitmap_subtract(set, cpu->forced);
    vir_bitmap_subtract(set, a->features);
    g_autoptr(VirBitmap) bad = vir_bitmap_copy(cpu->forbidden);
    vir_bitmap_intersect(bad, a->features);
    const char *what = "Host CPU does not provide required features";
    if (vir_bitmap_is_empty(set) && !vir_bitmap_is_empty(bad)) {
        what = "Host CPU provides forbidden features";
        vir_bitmap_union(set, bad);
    } else if (vir_bitmap_is_empty(set) && g_strcmp0(cpu->match, "strict") == 0) {
        what = "Host CPU does not strictly match guest CPU: Extra features";
        vir_bitmap_union(set, a->features);
        vir_bitmap_subtract(set, cpu->has);
    }
    if (vir_bitmap_is_empty(set))
        return NULL;
    g_autofree char *names = names_of(a->map, set);
    return g_strdup_printf("%s: %s", what, names);
}

static xmlDocPtr parse_document(const char *xml, xmlNodePtr *ret_root, GError **err)
{
    xmlDocPtr doc = vir_xml_doc_parse(xml, strlen(xml), "cpu", VIR_FROM_CPU, err);
    *ret_root = doc ? xmlDocGetRootElement(doc) : NULL;
    return doc;
}

int vir_qemu_compare_cpu(const VirQemuDocuments *docs, const VirQemuHypervisor *hypervisor, const char *xml, guint flags,
                         GError **err)
{
    g_auto(Against) against = { 0 };
    g_auto(Cpu) cpu = { 0 };
    xmlNodePtr root = NULL;
    g_autoptr(VirXmlDoc) doc = parse_document(xml, &root, err);
    if (!doc || !against_init(&against, docs, hypervisor, err) || !parse_names(&cpu, root, err))
        return VIR_CPU_COMPARE_ERROR;
    g_autofree char *why = foreign(&against, &cpu);
    if (!why && cpu.model) {
        if (!parse_features(&cpu, against.map, root, err))
            return VIR_CPU_COMPARE_ERROR;
        why = incompatible(&against, &cpu);
    }
    if (why && (flags & VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE)) {
        vir_fail(err, VIR_ERR_CPU_INCOMPATIBLE, "%s", why);
        return VIR_CPU_COMPARE_ERROR;
    }
    if (why)
        return VIR_CPU_COMPARE_INCOMPATIBLE;
    return cpu.model && vir_bitmap_is_subset(against.features, cpu.has) ? VIR_CPU_COMPARE_IDENTICAL
                                                                        : VIR_CPU_COMPARE_SUPERSET;
}

/* ---- baseline ---- */

/* One CPU of the list. */
static gboolean parse_member(const Against *a, const char *xml, guint i, Cpu *cpu, GError **err)
{
    xmlNodePtr root = NULL;
    g_autoptr(VirXmlDoc) doc = parse_document(xml, &root, err);
    if (!doc || !parse_names(cpu, root, err))
        return FALSE;
    if (!a->caps && cpu->mode)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Attribute mode is only allowed for guest CPU");
    if (!a->caps && cpu->arch && !is_x86(cpu->arch))
        return vir_fail(err, VIR_ERR_OPERATION_FAILED, "CPU %u is of arch %s, which is not this host's", i, cpu->arch);
    if (!cpu->model)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "no CPU model specified at index %u", i);
    return parse_features(cpu, a->map, root, err);
}

/* All the CPUs have, and their vendor. Adds their models' names to @models. */
static gboolean intersect(const Against *a, const char *const *xmls, guint n, Cpu *ret, GPtrArray *models, GError **err)
{
    for (guint i = 0; i < n; i++) {
        g_auto(Cpu) cpu = { 0 };
        if (!parse_member(a, xmls[i], i, &cpu, err))
            return FALSE;
        g_ptr_array_add(models, g_strdup(cpu.model));
        if (i == 0) {
            *ret = cpu;
            memset(&cpu, 0, sizeof(cpu));
            continue;
        }
        vir_bitmap_intersect(ret->has, cpu.has);
        if (ret->vendor && cpu.vendor && !g_str_equal(ret->vendor, cpu.vendor))
            return vir_fail(err, VIR_ERR_OPERATION_FAILED, "CPU vendors do not match");
        if (!ret->vendor)
            ret->vendor = g_steal_pointer(&cpu.vendor);
    }
    return TRUE;
}

typedef struct {
    const Against *against;
    const GPtrArray *models; /* NULL: any */
} Filter;

static gboolean filter_model(const VirCpuMap *map, const char *model, VirBitmap *blocked, gpointer data)
{
    const Filter *f = data;
    if (f->models && !g_ptr_array_find_with_equal_func((GPtrArray *)f->models, model, g_str_equal, NULL))
        return FALSE;
    return !f->against->caps || vir_qemu_model_blockers(f->against->caps, f->against->accel, map, model, blocked);
}

static void format_features(GString *out, const VirCpuMap *map, const VirBitmap *set, const char *policy)
{
    for (int i = vir_bitmap_next(set, -1); i >= 0; i = vir_bitmap_next(set, i))
        g_string_append_printf(out, "  <feature policy='%s' name='%s'/>\n", policy, vir_cpu_map_feature_name(map, i));
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every feature by name, the model's among them. */
static void format_expanded(GString *out, const VirCpuMap *map, const VirCpuName *name)
{
    g_autoptr(VirBitmap) on = expand(map, name);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < vir_cpu_map_n_features(map); i++) {
        if (vir_bitmap_test(on, i) || vir_bitmap_test(name->less, i))
            g_ptr_array_add(names, (gpointer)vir_cpu_map_feature_name(map, i));
    }
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        const char *feature = g_ptr_array_index(names, i);
        gboolean off = vir_bitmap_test(name->less, vir_cpu_map_feature(map, feature));
        g_string_append_printf(out, "  <feature policy='%s' name='%s'/>\n", off ? "disable" : "require", feature);
    }
}

static void drop_feature(VirBitmap *set, const VirCpuMap *map, const char *name)
{
    int feature = vir_cpu_map_feature(map, name);
    if (feature >= 0)
        vir_bitmap_clear(set, feature);
}

/* QEMU knows best; for the host itself there is the map. */
static void drop_unmigratable(const Against *a, VirBitmap *set)
{
    const char *const *lost = a->caps ? vir_qemu_caps_host_cpu_unmigratable(a->caps, a->accel) : NULL;
    for (; lost && *lost; lost++)
        drop_feature(set, a->map, *lost);
    for (guint i = 0; !a->caps && i < vir_cpu_map_n_features(a->map); i++) {
        if (!vir_cpu_map_feature_is_migratable(a->map, i))
            vir_bitmap_clear(set, i);
    }
}

char *vir_qemu_baseline_cpu(const VirQemuDocuments *docs, const VirQemuHypervisor *hypervisor, const char *const *xmls,
                            guint n, guint flags, GError **err)
{
    g_auto(Against) against = { 0 };
    g_auto(Cpu) common = { 0 };
    if (!n) {
        vir_fail(err, VIR_ERR_INVALID_ARG, "no CPUs were given");
        return NULL;
    }
    g_autoptr(GPtrArray) models = g_ptr_array_new_with_free_func(g_free);
    if (!against_init(&against, docs, hypervisor, err) || !intersect(&against, xmls, n, &common, models, err))
        return NULL;
    const VirCpuMap *map = against.map;
    /* What the operating system switches on is no property of a guest's CPU. */
    drop_feature(common.has, map, "osxsave");
    drop_feature(common.has, map, "ospke");
    if (flags & VIR_CONNECT_BASELINE_CPU_MIGRATABLE)
        drop_unmigratable(&against, common.has);
    VirCpuFacts facts = { .vendor = common.vendor, .features = common.has };
    /* Guests' CPUs keep one of their names. */
    Filter filter = { &against, hypervisor ? models : NULL };
    VirCpuName name;
    if (!vir_cpu_map_name(map, &facts, hypervisor != NULL, filter_model, &filter, &name)) {
        vir_fail(err, VIR_ERR_OPERATION_FAILED, "CPUs are incompatible: no model has only features of all of them");
        return NULL;
    }
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "<cpu mode='custom' match='exact'>\n  <model fallback='%s'>%s</model>\n",
                           hypervisor ? "forbid" : "allow", name.model);
    if (name.vendor)
        g_string_append_printf(out, "  <vendor>%s</vendor>\n", name.vendor);
    if (flags & VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES) {
        format_expanded(out, map, &name);
    } else {
        format_features(out, map, name.more, "require");
        format_features(out, map, name.less, "disable");
    }
    g_string_append(out, "</cpu>\n");
    vir_cpu_name_clear(&name);
    return g_string_free(out, FALSE);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hv/host/cpu-map.h"

#include <libxml/parser.h>
#include <string.h>

#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_CPU
#define FILE_MAX (1024 * 1024)
#define INCLUDE_DEPTH 4

typedef struct {
    char *name;
    gboolean unmigratable;
    GArray *words;           /* VirCpuWords whose bits must all be set */
} Feature;

typedef struct {
    guint family, model;
    guint32 steppings;       /* bit n: stepping n; 0: all */
} Signature;

typedef struct {
    char *name;
    char *vendor;            /* NULL: any */
    VirBitmap *features;
    VirBitmap *removed;      /* it had them once: a guest without them says so */
    gboolean decode_host, decode_guest;
    GArray *signatures;
} Model;

struct VirCpuMap {
    VirObject parent;
    const char *arch;        /* which part of the index is read */
    GArray *features;        /* Feature */
    GHashTable *by_name;     /* names and aliases -> index; keys owned */
    GPtrArray *models;       /* Model */
    GHashTable *vendors;     /* CPUID text -> name */
};

static void feature_clear(void *item)
{
    Feature *f = item;
    g_free(f->name);
    g_array_unref(f->words);
}

static void model_free(gpointer data)
{
    Model *m = data;
    g_free(m->name);
    g_free(m->vendor);
    vir_bitmap_free(m->features);
    vir_bitmap_free(m->removed);
    g_array_unref(m->signatures);
    g_free(m);
}

static void map_dispose(void *obj)
{
    VirCpuMap *map = obj;
    g_array_unref(map->features);
    g_hash_table_unref(map->by_name);
    g_ptr_array_unref(map->models);
    g_hash_table_unref(map->vendors);
}
VIR_CLASS_DEFINE(vir_cpu_map, VirCpuMap, map_dispose)

/* ---- reading the files ---- */

static char *attr(xmlNodePtr node, const char *name)
{
    xmlChar *value = xmlGetNoNsProp(node, BAD_CAST name);
    char *copy = g_strdup((char *)value);
    xmlFree(value);
    return copy;
}

static gboolean attr_is(xmlNodePtr node, const char *name, const char *wanted)
{
    g_autofree char *value = attr(node, name);
    return g_strcmp0(value, wanted) == 0;
}

static guint64 attr_number(xmlNodePtr node, const char *name)
{
    g_autofree char *value = attr(node, name);
    return value ? g_ascii_strtoull(value, NULL, 0) : 0;
}

static gboolean is_element(xmlNodePtr node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && xmlStrEqual(node->name, BAD_CAST name);
}

static void read_vendor(VirCpuMap *map, xmlNodePtr node)
{
    char *name = attr(node, "name"), *text = attr(node, "string");
    if (name && text) {
        g_hash_table_insert(map->vendors, text, name);
        return;
    }
    g_free(name);
    g_free(text);
}

static void read_feature(VirCpuMap *map, xmlNodePtr node)
{
    Feature f = { .name = attr(node, "name"), .unmigratable = attr_is(node, "migratable", "no"),
                  .words = g_array_new(FALSE, FALSE, sizeof(VirCpuWords)) };
    gpointer index = GUINT_TO_POINTER(map->features->len);
    if (!f.name || g_hash_table_contains(map->by_name, f.name)) {
        feature_clear(&f);
        return;
    }
    for (xmlNodePtr n = node->children; n; n = n->next) {
        if (is_element(n, "cpuid") || is_element(n, "msr")) {
            gboolean msr = is_element(n, "msr");
            VirCpuWords words = { .msr = msr, .leaf = attr_number(n, msr ? "index" : "eax_in"),
                                  .sub = attr_number(n, "ecx_in"),
                                  .regs = { attr_number(n, "eax"), attr_number(n, "ebx"), attr_number(n, "ecx"),
                                            attr_number(n, "edx") } };
            g_array_append_val(f.words, words);
        } else if (is_element(n, "alias")) {
            char *alias = attr(n, "name");
            if (alias && !g_hash_table_contains(map->by_name, alias))
                g_hash_table_insert(map->by_name, alias, index);
            else
                g_free(alias);
        }
    }
    g_hash_table_replace(map->by_name, g_strdup(f.name), index);
    g_array_append_val(map->features, f);
}

/* "1", "0-3,7" as a mask. */
static guint32 parse_steppings(const char *text)
{
    g_autoptr(VirBitmap) bits = text ? vir_bitmap_parse(text, 32, NULL) : NULL;
    guint32 mask = 0;
    for (int i = bits ? vir_bitmap_next(bits, -1) : -1; i >= 0; i = vir_bitmap_next(bits, i))
        mask |= 1U << i;
    return mask;
}

static Model *find_model(const VirCpuMap *map, const char *name)
{
    int i = name ? vir_cpu_map_model(map, name) : -1;
    return i < 0 ? NULL : g_ptr_array_index(map->models, i);
}

static void read_model(VirCpuMap *map, xmlNodePtr node)
{
    Model *m = g_new0(Model, 1);
    m->name = attr(node, "name");
    m->features = vir_bitmap_new();
    m->removed = vir_bitmap_new();
    m->decode_host = m->decode_guest = TRUE;
    m->signatures = g_array_new(FALSE, FALSE, sizeof(Signature));
    for (xmlNodePtr n = node->children; n; n = n->next) {
        if (is_element(n, "decode")) {
            m->decode_host = !attr_is(n, "host", "off");
            m->decode_guest = !attr_is(n, "guest", "off");
        } else if (is_element(n, "signature")) {
            g_autofree char *steppings = attr(n, "stepping");
            Signature s = { attr_number(n, "family"), attr_number(n, "model"), parse_steppings(steppings) };
            g_array_append_val(m->signatures, s);
        } else if (is_element(n, "vendor")) {
            g_free(m->vendor);
            m->vendor = attr(n, "name");
        } else if (is_element(n, "model")) {
            g_autofree char *name = attr(n, "name");
            Model *base = find_model(map, name);
            if (base) {
                vir_bitmap_union(m->features, base->features);
                if (!m->vendor)
                    m->vendor = g_strdup(base->vendor);
            }
        } else if (is_element(n, "feature")) {
            g_autofree char *name = attr(n, "name");
            int feature = name ? vir_cpu_map_feature(map, name) : -1;
            if (feature >= 0)
                vir_bitmap_set(attr_is(n, "removed", "yes") ? m->removed : m->features, feature);
        }
    }
    if (m->name && !find_model(map, m->name))
        g_ptr_array_add(map->models, m);
    else
        model_free(m);
}

static gboolean read_file(VirCpuMap *map, const VirHost *host, const char *name, guint depth, GError **err);

static gboolean read_nodes(VirCpuMap *map, const VirHost *host, xmlNodePtr parent, guint depth, GError **err)
{
    for (xmlNodePtr n = parent->children; n; n = n->next) {
        if (is_element(n, "arch") && attr_is(n, "name", map->arch)) {
            if (!read_nodes(map, host, n, depth, err))
                return FALSE;
        } else if (is_element(n, "include")) {
            g_autofree char *file = attr(n, "filename");
            if (file && !strchr(file, '/') && !read_file(map, host, file, depth + 1, err))
                return FALSE;
        } else if (is_element(n, "vendor")) {
            read_vendor(map, n);
        } else if (is_element(n, "feature")) {
            read_feature(map, n);
        } else if (is_element(n, "model")) {
            read_model(map, n);
        }
    }
    return TRUE;
}

static gboolean read_file(VirCpuMap *map, const VirHost *host, const char *name, guint depth, GError **err)
{
    g_autofree char *path = g_strconcat(VIR_CPU_MAP_DIR "/", name, NULL);
    gsize len = 0;
    g_autofree char *text = depth < INCLUDE_DEPTH ? vir_host_read(host, path, FILE_MAX, &len, err) : NULL;
    if (!text)
        return err && *err ? FALSE : vir_fail(err, VIR_ERR_INTERNAL_ERROR, "'%s' is included too deep", path);
    xmlDocPtr doc = xmlReadMemory(text, len, path, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlNodePtr root = doc ? xmlDocGetRootElement(doc) : NULL;
    gboolean ok = root ? read_nodes(map, host, root, depth, err)
                       : vir_fail(err, VIR_ERR_INTERNAL_ERROR, "'%s' is no XML document", path);
    xmlFreeDoc(doc);
    return ok;
}

static VirCpuMap *load_arch(const VirHost *host, const char *arch, GError **err)
{
    g_autoptr(VirCpuMap) map = virObjectNew(vir_cpu_map_class());
    map->arch = arch;
    map->features = g_array_new(FALSE, FALSE, sizeof(Feature));
    g_array_set_clear_func(map->features, feature_clear);
    map->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    map->models = g_ptr_array_new_with_free_func(model_free);
    map->vendors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return read_file(map, host, "index.xml", 0, err) ? g_steal_pointer(&map) : NULL;
}

VirCpuMap *vir_cpu_map_load(const VirHost *host, GError **err)
{
    return load_arch(host, "x86", err);
}

char **vir_cpu_map_ppc64_models(const VirHost *host, GError **err)
{
    g_autoptr(VirCpuMap) map = load_arch(host, "ppc64", err);
    if (!map)
        return NULL;
    char **names = g_new0(char *, map->models->len + 1);
    for (guint i = 0; i < map->models->len; i++)
        names[i] = g_strdup(vir_cpu_map_model_name(map, i));
    return names;
}

/* ---- questions ---- */

guint vir_cpu_map_n_features(const VirCpuMap *map)
{
    return map->features->len;
}

const char *vir_cpu_map_feature_name(const VirCpuMap *map, guint feature)
{
    return g_array_index(map->features, Feature, feature).name;
}

int vir_cpu_map_feature(const VirCpuMap *map, const char *name)
{
    gpointer index;
    return g_hash_table_lookup_extended(map->by_name, name, NULL, &index) ? (int)GPOINTER_TO_UINT(index) : -1;
}

gboolean vir_cpu_map_feature_is_migratable(const VirCpuMap *map, guint feature)
{
    return !g_array_index(map->features, Feature, feature).unmigratable;
}

gboolean vir_cpu_map_feature_is_msr(const VirCpuMap *map, guint feature)
{
    const GArray *words = g_array_index(map->features, Feature, feature).words;
    return words->len && g_array_index(words, VirCpuWords, 0).msr;
}

const char *vir_cpu_map_vendor(const VirCpuMap *map, const char *cpuid_text)
{
    return g_hash_table_lookup(map->vendors, cpuid_text);
}

guint vir_cpu_map_n_models(const VirCpuMap *map)
{
    return map->models->len;
}

static const Model *model_at(const VirCpuMap *map, guint i)
{
    return g_ptr_array_index(map->models, i);
}

const char *vir_cpu_map_model_name(const VirCpuMap *map, guint i)
{
    return model_at(map, i)->name;
}

int vir_cpu_map_model(const VirCpuMap *map, const char *name)
{
    for (guint i = 0; i < map->models->len; i++) {
        if (g_str_equal(model_at(map, i)->name, name))
            return i;
    }
    return -1;
}

const char *vir_cpu_map_model_vendor(const VirCpuMap *map, guint i)
{
    return model_at(map, i)->vendor;
}

const VirBitmap *vir_cpu_map_model_features(const VirCpuMap *map, guint i)
{
    return model_at(map, i)->features;
}

static gboolean has_words(const VirCpuWords *wanted, VirCpuRead read, gpointer data)
{
    VirCpuWords got = { .msr = wanted->msr, .leaf = wanted->leaf, .sub = wanted->sub };
    guint32 any = 0;
    if (!read(&got, data))
        return FALSE;
    for (int i = 0; i < 4; i++) {
        if ((got.regs[i] & wanted->regs[i]) != wanted->regs[i])
            return FALSE;
        any |= wanted->regs[i];
    }
    return any != 0;
}

VirBitmap *vir_cpu_map_read(const VirCpuMap *map, VirCpuRead read, gpointer data)
{
    VirBitmap *set = vir_bitmap_new();
    for (guint i = 0; i < map->features->len; i++) {
        const Feature *f = &g_array_index(map->features, Feature, i);
        gboolean all = f->words->len > 0;
        for (guint k = 0; k < f->words->len && all; k++)
            all = has_words(&g_array_index(f->words, VirCpuWords, k), read, data);
        if (all)
            vir_bitmap_set(set, i);
    }
    return set;
}

/* ---- the choice of a name ---- */

static gboolean signature_fits(const Model *m, const VirCpuFacts *facts)
{
    for (guint i = 0; facts->family && i < m->signatures->len; i++) {
        const Signature *s = &g_array_index(m->signatures, Signature, i);
        if (s->family == facts->family && s->model == facts->model &&
            (!s->steppings || (facts->stepping < 32 && (s->steppings & (1U << facts->stepping)))))
            return TRUE;
    }
    return FALSE;
}

void vir_cpu_name_clear(VirCpuName *name)
{
    g_clear_pointer(&name->more, vir_bitmap_free);
    g_clear_pointer(&name->less, vir_bitmap_free);
}

/* How @facts are written with model @m; FALSE when they cannot. */
static gboolean describe(const VirCpuMap *map, const Model *m, const VirCpuFacts *facts, gboolean guest,
                         VirCpuModelFilter filter, gpointer data, VirCpuName *ret)
{
    if (!(guest ? m->decode_guest : m->decode_host) ||
        (m->vendor && facts->vendor && !g_str_equal(m->vendor, facts->vendor)))
        return FALSE;
    g_autoptr(VirBitmap) blocked = vir_bitmap_new();
    if (filter && !filter(map, m->name, blocked, data))
        return FALSE;
    g_autoptr(VirBitmap) more = vir_bitmap_copy(facts->features);
    vir_bitmap_subtract(more, m->features);
    g_autoptr(VirBitmap) less = vir_bitmap_copy(m->features);
    if (guest)
        vir_bitmap_union(less, m->removed);
    vir_bitmap_subtract(less, facts->features);
    /* What is asked for by name stays asked for, blocked or not. */
    vir_bitmap_union(less, blocked);
    vir_bitmap_subtract(less, more);
    if (!guest && !vir_bitmap_is_empty(less))
        return FALSE;
    *ret = (VirCpuName){ .model = m->name, .vendor = facts->vendor, .more = g_steal_pointer(&more),
                         .less = g_steal_pointer(&less) };
    return TRUE;
}

gboolean vir_cpu_map_name(const VirCpuMap *map, const VirCpuFacts *facts, gboolean guest, VirCpuModelFilter filter,
                          gpointer data, VirCpuName *ret)
{
    VirCpuName best = { 0 };
    guint best_cost = 0;
    gboolean best_fits = FALSE;
    for (guint i = 0; i < map->models->len; i++) {
        VirCpuName name;
        if (!describe(map, model_at(map, i), facts, guest, filter, data, &name))
            continue;
        guint cost = vir_bitmap_count(name.more) + vir_bitmap_count(name.less);
        gboolean fits = signature_fits(model_at(map, i), facts);
        if (!best.model || (fits && !best_fits) || (fits == best_fits && cost < best_cost)) {
            VirCpuName old = best;
            best = name;
            name = old;
            best_cost = cost;
            best_fits = fits;
        }
        vir_cpu_name_clear(&name);
    }
    if (best.model)
        *ret = best;
    return best.model != NULL;
}

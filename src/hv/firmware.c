/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define VIR_LOG_SOURCE "hv.firmware"
#include "hv/firmware.h"

#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

#include "util/error.h"
#include "util/file.h"
#include "util/json.h"
#include "util/log.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

#define DESCRIPTOR_MAX (1024 * 1024)

typedef struct {
    char *arch;
    char **machines;           /* globs */
} Target;

struct HvFirmwareList {
    const VirHost *host;
    char **dirs;               /* least important first */
    GMutex lock;
    guint64 stamp;             /* of the directories when they were read; 0: never */
    GPtrArray *all;            /* of HvFirmware, in order of choice */
};

/* ---- words of the descriptors; an unknown feature never prevents a choice ---- */

static const struct {
    const char *word;
    guint bit;
} feature_words[] = {
    { "acpi-s3", HV_FW_ACPI_S3 },
    { "acpi-s4", HV_FW_ACPI_S4 },
    { "amd-sev", HV_FW_AMD_SEV },
    { "amd-sev-es", HV_FW_AMD_SEV_ES },
    { "amd-sev-snp", HV_FW_AMD_SEV_SNP },
    { "enrolled-keys", HV_FW_ENROLLED_KEYS },
    { "intel-tdx", HV_FW_INTEL_TDX },
    { "requires-smm", HV_FW_REQUIRES_SMM },
    { "secure-boot", HV_FW_SECURE_BOOT },
    { "verbose-dynamic", HV_FW_VERBOSE_DYNAMIC },
    { "verbose-static", HV_FW_VERBOSE_STATIC },
}, interface_words[] = {
    { "bios", HV_FIRMWARE_BIOS },
    { "uefi", HV_FIRMWARE_EFI },
    { "openfirmware", HV_FIRMWARE_OTHER },
    { "uboot", HV_FIRMWARE_OTHER },
};

static const char *feature_name(guint bits)
{
    for (gsize i = 0; i < G_N_ELEMENTS(feature_words); i++)
        if (bits & feature_words[i].bit)
            return feature_words[i].word;
    return "";
}

static HvFirmwareFormat format_parse(const char *text)
{
    return !text || strcmp(text, "raw") == 0 ? HV_FW_FORMAT_RAW
           : strcmp(text, "qcow2") == 0      ? HV_FW_FORMAT_QCOW2
                                             : HV_FW_FORMAT_NONE;
}

/* ---- one descriptor ---- */

static void target_free(gpointer data)
{
    Target *t = data;
    g_free(t->arch);
    g_strfreev(t->machines);
    g_free(t);
}

void hv_firmware_free(HvFirmware *fw)
{
    if (!fw)
        return;
    g_free(fw->file);
    g_free(fw->description);
    g_free(fw->executable);
    g_free(fw->nvram_template);
    if (fw->targets)
        g_ptr_array_unref(fw->targets);
    g_free(fw);
}

static HvFirmware *firmware_copy(const HvFirmware *fw)
{
    HvFirmware *copy = g_memdup2(fw, sizeof *fw);
    copy->file = g_strdup(fw->file);
    copy->description = g_strdup(fw->description);
    copy->executable = g_strdup(fw->executable);
    copy->nvram_template = g_strdup(fw->nvram_template);
    copy->targets = g_ptr_array_ref(fw->targets);
    return copy;
}

static gboolean flash_parse(VirJson *mapping, HvFirmware *fw, GError **err)
{
    VirJson *exe = NULL;
    const char *name;
    const char *mode = vir_json_str(mapping, "mode", "split");
    fw->device = HV_FW_DEVICE_FLASH;
    fw->stateless = strcmp(mode, "stateless") == 0;
    if (!vir_json_get_obj(mapping, "executable", &exe, err) || !vir_json_get_str(exe, "filename", &name, err))
        return FALSE;
    fw->executable = g_strdup(name);
    fw->executable_format = format_parse(vir_json_str(exe, "format", NULL));
    VirJson *nvram = vir_json_obj(mapping, "nvram-template");
    const char *template = nvram ? vir_json_str(nvram, "filename", NULL) : NULL;
    fw->nvram_template = g_strdup(template);
    fw->nvram_format = nvram ? format_parse(vir_json_str(nvram, "format", NULL)) : HV_FW_FORMAT_NONE;
    return TRUE;
}

static gboolean mapping_parse(VirJson *obj, HvFirmware *fw, GError **err)
{
    VirJson *mapping;
    const char *device, *name;
    if (!vir_json_get_obj(obj, "mapping", &mapping, err) || !vir_json_get_str(mapping, "device", &device, err))
        return FALSE;
    if (strcmp(device, "flash") == 0)
        return flash_parse(mapping, fw, err);
    fw->device = strcmp(device, "kernel") == 0 ? HV_FW_DEVICE_KERNEL : HV_FW_DEVICE_MEMORY;
    if (!vir_json_get_str(mapping, "filename", &name, err))
        return FALSE;
    fw->executable = g_strdup(name);
    fw->executable_format = HV_FW_FORMAT_RAW;
    return TRUE;
}

static gboolean targets_parse(VirJson *obj, HvFirmware *fw, GError **err)
{
    VirJson *list;
    if (!vir_json_get_array(obj, "targets", &list, err))
        return FALSE;
    for (gsize i = 0; i < vir_json_len(list); i++) {
        VirJson *one = vir_json_at(list, i);
        VirJson *machines = vir_json_array(one, "machines");
        const char *arch;
        if (!vir_json_get_str(one, "architecture", &arch, err))
            return FALSE;
        Target *t = g_new0(Target, 1);
        t->arch = g_strdup(arch);
        t->machines = g_new0(char *, vir_json_len(machines) + 1);
        for (gsize j = 0; j < vir_json_len(machines); j++)
            t->machines[j] = g_strdup(json_object_get_string(vir_json_at(machines, j)));
        g_ptr_array_add(fw->targets, t);
    }
    return TRUE;
}

static HvFirmware *descriptor_load(const char *path, GError **err)
{
    g_autoptr(VirJson) obj = vir_json_parse_file(path, DESCRIPTOR_MAX, err);
    if (!obj)
        return NULL;
    g_autoptr(HvFirmware) fw = g_new0(HvFirmware, 1);
    fw->file = g_strdup(path);
    fw->targets = g_ptr_array_new_with_free_func(target_free);
    fw->description = g_strdup(vir_json_str(obj, "description", ""));
    VirJson *interfaces = vir_json_array(obj, "interface-types");
    VirJson *features = vir_json_array(obj, "features");
    for (gsize i = 0; i < vir_json_len(interfaces); i++)
        for (gsize j = 0; j < G_N_ELEMENTS(interface_words); j++)
            if (g_strcmp0(json_object_get_string(vir_json_at(interfaces, i)), interface_words[j].word) == 0)
                fw->interfaces |= interface_words[j].bit;
    for (gsize i = 0; i < vir_json_len(features); i++)
        for (gsize j = 0; j < G_N_ELEMENTS(feature_words); j++)
            if (g_strcmp0(json_object_get_string(vir_json_at(features, i)), feature_words[j].word) == 0)
                fw->features |= feature_words[j].bit;
    return mapping_parse(obj, fw, err) && targets_parse(obj, fw, err) ? g_steal_pointer(&fw) : NULL;
}

/* ---- the list ---- */

HvFirmwareList *hv_firmware_list_new(const VirHost *host, const char *const *dirs, gboolean session)
{
    static const char *const usual[] = { "/usr/share/qemu/firmware", "/etc/qemu/firmware", NULL };
    HvFirmwareList *list = g_new0(HvFirmwareList, 1);
    g_autoptr(GStrvBuilder) b = g_strv_builder_new();
    for (const char *const *d = dirs ? dirs : usual; *d; d++) {
        g_autofree char *path = vir_host_path(host, *d);
        g_strv_builder_add(b, path);
    }
    if (session && !dirs) {
        g_autofree char *own = g_build_filename(g_get_user_config_dir(), "qemu", "firmware", NULL);
        g_strv_builder_add(b, own);
    }
    list->host = host;
    list->dirs = g_strv_builder_end(b);
    g_mutex_init(&list->lock);
    return list;
}

void hv_firmware_list_free(HvFirmwareList *list)
{
    if (!list)
        return;
    g_strfreev(list->dirs);
    if (list->all)
        g_ptr_array_unref(list->all);
    g_mutex_clear(&list->lock);
    g_free(list);
}

static guint64 dirs_stamp(const HvFirmwareList *list)
{
    guint64 stamp = 1;
    for (char **d = list->dirs; *d; d++) {
        struct stat st;
        if (stat(*d, &st) == 0)
            stamp = stamp * 1000003 + (guint64)st.st_mtim.tv_sec * 1000000000 + (guint64)st.st_mtim.tv_nsec;
    }
    return stamp ? stamp : 1;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A name in a more important directory hides the same name in others; an empty file so hides one for good. */
static void list_read(HvFirmwareList *list)
{
    g_autoptr(GHashTable) where = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (char **d = list->dirs; *d; d++) {
        g_autoptr(GDir) dir = g_dir_open(*d, 0, NULL);
        for (const char *name; dir && (name = g_dir_read_name(dir));)
            if (g_str_has_suffix(name, ".json"))
                g_hash_table_insert(where, g_strdup(name), g_build_filename(*d, name, NULL));
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    GHashTableIter it;
    gpointer key;
    g_hash_table_iter_init(&it, where);
    while (g_hash_table_iter_next(&it, &key, NULL))
        g_ptr_array_add(names, key);
    g_ptr_array_sort(names, by_name);
    list->all = g_ptr_array_new_with_free_func((GDestroyNotify)hv_firmware_free);
    for (guint i = 0; i < names->len; i++) {
        const char *path = g_hash_table_lookup(where, g_ptr_array_index(names, i));
        struct stat st;
        g_autoptr(GError) why = NULL;
        if (stat(path, &st) < 0 || st.st_size == 0)
            continue;
        HvFirmware *fw = descriptor_load(path, &why);
        if (fw)
            g_ptr_array_add(list->all, fw);
        else
            VIR_WARN("firmware descriptor '%s' is left out: %s", path, why->message);
    }
}

/* Locked; the caller unlocks. */
static GPtrArray *list_lock(HvFirmwareList *list)
{
    g_mutex_lock(&list->lock);
    guint64 stamp = dirs_stamp(list);
    if (list->stamp != stamp) {
        g_clear_pointer(&list->all, g_ptr_array_unref);
        list_read(list);
        list->stamp = stamp;
    }
    return list->all;
}

/* ---- choice ---- */

static gboolean fits_target(const HvFirmware *fw, const char *arch, const char *machine)
{
    for (guint i = 0; i < fw->targets->len; i++) {
        const Target *t = g_ptr_array_index(fw->targets, i);
        if (strcmp(t->arch, arch) != 0)
            continue;
        if (!machine)
            return TRUE;
        for (char **m = t->machines; *m; m++)
            if (fnmatch(*m, machine, 0) == 0)
                return TRUE;
    }
    return FALSE;
}

/* How far a descriptor got: the nearest one explains a failure. NULL: it fits. */
typedef struct {
    guint rank;
    char *why;                 /* owned */
} Nearest;

static gboolean miss(Nearest *n, guint rank, const HvFirmware *fw, const char *what, const char *detail)
{
    if (rank > n->rank || !n->why) {
        g_free(n->why);
        n->rank = rank;
        n->why = g_strdup_printf("'%s' %s%s", fw->file, what, detail);
    }
    return FALSE;
}

static gboolean fits(const HvFirmware *fw, const HvFirmwareQuery *q, Nearest *n)
{
    HvFirmwareFormat format = q->format ? q->format : HV_FW_FORMAT_RAW;
    guint lacking = q->want & ~fw->features;
    guint unwanted = q->reject & fw->features;
    if (!fits_target(fw, q->arch, NULL))
        return miss(n, 1, fw, "is not for ", q->arch);
    if (q->interface && !(fw->interfaces & q->interface))
        return miss(n, 2, fw, "has another interface", "");
    if (!fits_target(fw, q->arch, q->machine))
        return miss(n, 3, fw, "is not for machine type ", q->machine ? q->machine : "");
    if (lacking)
        return miss(n, 4, fw, "lacks ", feature_name(lacking));
    if (unwanted)
        return miss(n, 5, fw, "has ", feature_name(unwanted));
    if ((fw->features & HV_FW_REQUIRES_SMM) && q->smm_off)
        return miss(n, 6, fw, "requires SMM, which is off", "");
    if (fw->device == HV_FW_DEVICE_FLASH && (fw->executable_format != format ||
                                             (fw->nvram_template && fw->nvram_format != format)))
        return miss(n, 7, fw, "has another image format", "");
    if (q->stateless != fw->stateless && fw->device == HV_FW_DEVICE_FLASH)
        return miss(n, 8, fw, q->stateless ? "keeps state" : "keeps no state", "");
    if (q->loader && g_strcmp0(q->loader, fw->executable) != 0)
        return miss(n, 9, fw, "is another loader than ", q->loader);
    if (q->nvram_template && g_strcmp0(q->nvram_template, fw->nvram_template) != 0)
        return miss(n, 9, fw, "has another template than ", q->nvram_template);
    return TRUE;
}

HvFirmware *hv_firmware_select(HvFirmwareList *list, const HvFirmwareQuery *q, GError **err)
{
    Nearest n = { 0, NULL };
    HvFirmware *found = NULL;
    GPtrArray *all = list_lock(list);
    for (guint i = 0; i < all->len && !found; i++)
        if (fits(g_ptr_array_index(all, i), q, &n))
            found = firmware_copy(g_ptr_array_index(all, i));
    g_mutex_unlock(&list->lock);
    if (!found)
        vir_fail(err, VIR_ERR_OPERATION_FAILED, "no firmware fits architecture %s, machine type %s%s%s", q->arch,
                 q->machine ? q->machine : "(any)", n.why ? "; the nearest, " : ": there is no descriptor",
                 n.why ? n.why : "");
    g_free(n.why);
    return found;
}

HvFirmware *hv_firmware_by_loader(HvFirmwareList *list, const char *arch, const char *machine, const char *loader)
{
    HvFirmware *found = NULL;
    GPtrArray *all = list_lock(list);
    for (guint i = 0; i < all->len && !found; i++) {
        const HvFirmware *fw = g_ptr_array_index(all, i);
        if (g_strcmp0(fw->executable, loader) == 0 && fits_target(fw, arch, machine))
            found = firmware_copy(fw);
    }
    g_mutex_unlock(&list->lock);
    return found;
}

char **hv_firmware_loaders(HvFirmwareList *list, const char *arch, const char *machine, guint *ret_interfaces,
                           gboolean *ret_secure, gboolean *ret_insecure)
{
    g_autoptr(GStrvBuilder) b = g_strv_builder_new();
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint interfaces = 0;
    gboolean secure = FALSE, insecure = FALSE;
    GPtrArray *all = list_lock(list);
    for (guint i = 0; i < all->len; i++) {
        const HvFirmware *fw = g_ptr_array_index(all, i);
        if (!fits_target(fw, arch, machine))
            continue;
        interfaces |= fw->interfaces;
        if ((fw->features & HV_FW_REQUIRES_SMM) && (fw->features & HV_FW_SECURE_BOOT))
            secure = TRUE;
        else
            insecure = TRUE;
        if (fw->device == HV_FW_DEVICE_FLASH && g_hash_table_add(seen, g_strdup(fw->executable)))
            g_strv_builder_add(b, fw->executable);
    }
    g_mutex_unlock(&list->lock);
    if (ret_interfaces)
        *ret_interfaces = interfaces;
    if (ret_secure)
        *ret_secure = secure;
    if (ret_insecure)
        *ret_insecure = insecure;
    return g_strv_builder_end(b);
}

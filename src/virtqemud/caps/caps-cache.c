/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define VIR_LOG_SOURCE "qemu.caps"
#include <string.h>

#include "util/error.h"
#include "util/log.h"
#include "util/pool.h"
#include "virtqemud/caps/caps-private.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

#define DEFAULT_DEADLINE_MS 30000
/* A binary that failed is not asked again for a while: a hanging one would hold every caller for its deadline. */
#define FAILURE_KEPT_US (60 * G_USEC_PER_SEC)

typedef struct {
    char *key;               /* of caps or failure; NULL: none yet */
    VirQemuCaps *caps;
    GError *failure;
    gint64 failed_at;
    gboolean busy;           /* a thread loads or probes; others wait on the cache's cond */
} Entry;

struct VirQemuCapsCache {
    VirObject parent;
    VirHost *host;
    char *dir;
    uid_t uid;
    gid_t gid;
    gint64 deadline_ms;
    GMutex lock;
    GCond cond;
    GHashTable *entries;     /* binary -> Entry */
};

static void entry_free(gpointer data)
{
    Entry *entry = data;
    g_free(entry->key);
    virObjectUnref(entry->caps);
    g_clear_error(&entry->failure);
    g_free(entry);
}

static void cache_dispose(void *obj)
{
    VirQemuCapsCache *cache = obj;
    g_hash_table_unref(cache->entries);
    g_free(cache->dir);
    g_cond_clear(&cache->cond);
    g_mutex_clear(&cache->lock);
}
VIR_CLASS_DEFINE(vir_qemu_caps_cache, VirQemuCapsCache, cache_dispose)

VirQemuCapsCache *vir_qemu_caps_cache_new(const VirQemuCapsConfig *config)
{
    VirQemuCapsCache *cache = virObjectNew(vir_qemu_caps_cache_class());
    cache->host = config->host ? config->host : vir_host_real();
    cache->dir = config->cache_dir ? g_build_filename(config->cache_dir, "qemu", "capabilities", NULL) : NULL;
    cache->uid = config->uid;
    cache->gid = config->gid;
    cache->deadline_ms = config->deadline_ms ? config->deadline_ms : DEFAULT_DEADLINE_MS;
    g_mutex_init(&cache->lock);
    g_cond_init(&cache->cond);
    cache->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    return cache;
}

/* Without the lock. From disk when it fits, else from the binary. */
static VirQemuCaps *make(VirQemuCapsCache *cache, const char *binary, const char *key, GError **err)
{
    VirQemuCaps *caps = cache->dir ? vir_qemu_caps_load(cache->dir, binary, key) : NULL;
    if (caps)
        return caps;
    caps = vir_qemu_caps_probe(cache->host, binary, cache->uid, cache->gid, cache->deadline_ms, err);
    if (caps && cache->dir) {
        g_autoptr(GError) failed = NULL;
        /* The answer is good without its file: the next start only asks again. */
        if (!vir_qemu_caps_save(caps, cache->dir, key, &failed))
            VIR_WARN("cannot keep capabilities of '%s' in '%s', ignoring: %s", binary, cache->dir,
                         failed->message);
    }
    return caps;
}

static gboolean is_current(const Entry *entry, const char *key)
{
    if (!entry->key || !g_str_equal(entry->key, key))
        return FALSE;
    return entry->caps ||
           (entry->failure && g_get_monotonic_time() - entry->failed_at < FAILURE_KEPT_US);
}

/* Lock held, dropped meanwhile. */
static void refresh(VirQemuCapsCache *cache, Entry *entry, const char *binary, char *key /* taken */)
{
    entry->busy = TRUE;
    g_mutex_unlock(&cache->lock);
    GError *failed = NULL;
    VirQemuCaps *caps = make(cache, binary, key, &failed);
    g_mutex_lock(&cache->lock);
    VirQemuCaps *old = entry->caps;
    entry->caps = caps;
    g_clear_error(&entry->failure);
    entry->failure = failed;
    entry->failed_at = g_get_monotonic_time();
    g_free(entry->key);
    entry->key = key;
    entry->busy = FALSE;
    g_cond_broadcast(&cache->cond);
    virObjectUnref(old);
}

static void wait_idle(VirQemuCapsCache *cache, Entry *entry)
{
    if (!entry->busy)
        return;
    g_mutex_unlock(&cache->lock);
    vir_pool_blocking_begin();
    g_mutex_lock(&cache->lock);
    while (entry->busy)
        g_cond_wait(&cache->cond, &cache->lock);
    g_mutex_unlock(&cache->lock);
    vir_pool_blocking_end();
    g_mutex_lock(&cache->lock);
}

VirQemuCaps *vir_qemu_caps_get(VirQemuCapsCache *cache, const char *binary, GError **err)
{
    g_autofree char *key = vir_qemu_caps_key(cache->host, binary, cache->uid, err);
    if (!key)
        return NULL;
    g_mutex_lock(&cache->lock);
    Entry *entry = g_hash_table_lookup(cache->entries, binary);
    if (!entry) {
        entry = g_new0(Entry, 1);
        g_hash_table_insert(cache->entries, g_strdup(binary), entry);
    }
    while (entry->busy)
        wait_idle(cache, entry);
    if (!is_current(entry, key))
        refresh(cache, entry, binary, g_steal_pointer(&key));
    VirQemuCaps *caps = virObjectRef(entry->caps);
    if (!caps && entry->failure)
        g_propagate_error(err, g_error_copy(entry->failure));
    g_mutex_unlock(&cache->lock);
    return caps;
}

VirQemuCaps *vir_qemu_caps_peek(VirQemuCapsCache *cache, const char *binary)
{
    g_mutex_lock(&cache->lock);
    Entry *entry = g_hash_table_lookup(cache->entries, binary);
    VirQemuCaps *caps = virObjectRef(entry ? entry->caps : NULL);
    g_mutex_unlock(&cache->lock);
    return caps;
}

/* ---- several at once ---- */

typedef struct {
    GMutex lock;
    GCond cond;
    guint open;
} Gather;

typedef struct {
    VirQemuCapsCache *cache;
    const char *binary;
    VirQemuCaps *caps;
    GError *failed;
    Gather *gather;
} GatherItem;

static void gather_run(gpointer data)
{
    GatherItem *item = data;
    item->caps = vir_qemu_caps_get(item->cache, item->binary, &item->failed);
    g_mutex_lock(&item->gather->lock);
    if (--item->gather->open == 0)
        g_cond_signal(&item->gather->cond);
    g_mutex_unlock(&item->gather->lock);
}

GPtrArray *vir_qemu_caps_get_all(VirQemuCapsCache *cache, const char *const *binaries, GError **first_err)
{
    guint n = g_strv_length((char **)binaries);
    g_autofree GatherItem *items = g_new0(GatherItem, n);
    Gather gather = { .open = n ? n - 1 : 0 };
    g_mutex_init(&gather.lock);
    g_cond_init(&gather.cond);
    for (guint i = 0; i < n; i++) {
        items[i] = (GatherItem){ .cache = cache, .binary = binaries[i], .gather = &gather };
        if (i)
            vir_pool_push(gather_run, &items[i]);
    }
    /* The first one here: a single binary costs no thread. */
    if (n)
        items[0].caps = vir_qemu_caps_get(cache, binaries[0], &items[0].failed);
    vir_pool_blocking_begin();
    g_mutex_lock(&gather.lock);
    while (gather.open)
        g_cond_wait(&gather.cond, &gather.lock);
    g_mutex_unlock(&gather.lock);
    vir_pool_blocking_end();
    g_cond_clear(&gather.cond);
    g_mutex_clear(&gather.lock);

    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)virObjectUnref);
    for (guint i = 0; i < n; i++) {
        g_ptr_array_add(out, items[i].caps);
        if (items[i].failed && first_err && !*first_err)
            g_propagate_error(first_err, items[i].failed);
        else
            g_clear_error(&items[i].failed);
    }
    return out;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store.h"

#include <string.h>

#include "util/uuid.h"

struct VirStore {
    const VirKind *kind;
    gpointer driver;
    GRWLock lock;
    GHashTable *by_uuid;     /* uuid -> VirEntry*, holds the reference */
    GHashTable *by_name;     /* borrowed from by_uuid */
    GHashTable *by_id;       /* likewise; active ones only */
    int last_id;
};

void vir_view_clear(VirView *view)
{
    g_free(view->name);
}

static void entry_dispose(void *obj)
{
    VirEntry *entry = obj;
    const VirKind *kind = entry->store->kind;
    if (entry->data && kind->free_data)
        kind->free_data(entry->data);
    virObjectUnref(entry->view);
    virObjectUnref(entry->actor);
    g_free(entry->name);
}
VIR_CLASS_DEFINE(entry, VirEntry, entry_dispose)

static void unref_entry(gpointer entry)
{
    virObjectUnref(entry);
}

VirStore *vir_store_new(const VirKind *kind, gpointer driver)
{
    VirStore *store = g_new0(VirStore, 1);
    store->kind = kind;
    store->driver = driver;
    g_rw_lock_init(&store->lock);
    store->by_uuid = g_hash_table_new_full(vir_uuid_hash, vir_uuid_equal, NULL, unref_entry);
    store->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    store->by_id = g_hash_table_new(NULL, NULL);
    return store;
}

void vir_store_free(VirStore *store)
{
    if (!store)
        return;
    g_hash_table_unref(store->by_id);
    g_hash_table_unref(store->by_name);
    g_hash_table_unref(store->by_uuid);
    g_rw_lock_clear(&store->lock);
    g_free(store);
}

gpointer vir_store_driver(const VirStore *store)
{
    return store->driver;
}

const VirKind *vir_store_kind(const VirStore *store)
{
    return store->kind;
}

static gboolean identity_taken(VirStore *store, const char *name, const VirEntry *other, gboolean same_uuid,
                               GError **err)
{
    char uuid[VIR_UUID_STRING_BUFLEN];
    vir_uuid_format(other->uuid, uuid);
    if (same_uuid)
        return vir_fail_full(err, store->kind->identity_domain, VIR_ERR_OPERATION_FAILED,
                             "%s '%s' is already defined with uuid %s", store->kind->name, other->name, uuid);
    return vir_fail_full(err, store->kind->identity_domain, VIR_ERR_OPERATION_FAILED,
                         "%s '%s' already exists with uuid %s", store->kind->name, name, uuid);
}

gboolean vir_store_reserve(VirStore *store, const char *name, const guint8 *uuid, VirEntry **ret_entry,
                           gboolean *ret_new, GError **err)
{
    gboolean ok = TRUE;
    g_rw_lock_writer_lock(&store->lock);
    VirEntry *same = g_hash_table_lookup(store->by_uuid, uuid);
    VirEntry *namesake = g_hash_table_lookup(store->by_name, name);
    if (same && same == namesake) {
        *ret_entry = virObjectRef(same);
        *ret_new = FALSE;
    } else if (same || namesake) {
        ok = identity_taken(store, name, same ? same : namesake, same != NULL, err);
    } else {
        VirEntry *entry = virObjectNew(entry_class());
        entry->store = store;
        memcpy(entry->uuid, uuid, VIR_UUID_BUFLEN);
        entry->name = g_strdup(name);
        entry->id = -1;
        entry->actor = vir_actor_new();
        g_hash_table_insert(store->by_uuid, entry->uuid, entry);
        g_hash_table_insert(store->by_name, entry->name, entry);
        *ret_entry = virObjectRef(entry);
        *ret_new = TRUE;
    }
    g_rw_lock_writer_unlock(&store->lock);
    return ok;
}

static void set_id_locked(VirEntry *entry, int id)
{
    VirStore *store = entry->store;
    if (entry->id >= 0)
        g_hash_table_remove(store->by_id, GINT_TO_POINTER(entry->id));
    entry->id = id;
    if (id >= 0) {
        g_hash_table_insert(store->by_id, GINT_TO_POINTER(id), entry);
        store->last_id = MAX(store->last_id, id);
    }
}

void vir_store_set_id(VirEntry *entry, int id)
{
    g_rw_lock_writer_lock(&entry->store->lock);
    if (!entry->removed)
        set_id_locked(entry, id);
    g_rw_lock_writer_unlock(&entry->store->lock);
}

gboolean vir_store_rename(VirEntry *entry, const char *name, GError **err)
{
    VirStore *store = entry->store;
    g_rw_lock_writer_lock(&store->lock);
    VirEntry *other = g_hash_table_lookup(store->by_name, name);
    gboolean ok = !other || other == entry;
    if (!ok) {
        identity_taken(store, name, other, FALSE, err);
    } else if (!other) {
        g_hash_table_remove(store->by_name, entry->name);
        g_free(entry->name);
        entry->name = g_strdup(name);
        g_hash_table_insert(store->by_name, entry->name, entry);
    }
    g_rw_lock_writer_unlock(&store->lock);
    return ok;
}

void vir_store_remove(VirEntry *entry)
{
    VirStore *store = entry->store;
    g_rw_lock_writer_lock(&store->lock);
    if (!entry->removed) {
        set_id_locked(entry, -1);
        entry->removed = TRUE;
        g_hash_table_remove(store->by_name, entry->name);
        virObjectRef(entry);
        g_hash_table_remove(store->by_uuid, entry->uuid);
        g_rw_lock_writer_unlock(&store->lock);
        virObjectUnref(entry);
        return;
    }
    g_rw_lock_writer_unlock(&store->lock);
}

int vir_store_next_id(VirStore *store)
{
    g_rw_lock_writer_lock(&store->lock);
    int id = ++store->last_id;
    g_rw_lock_writer_unlock(&store->lock);
    return id;
}

void vir_store_note_id(VirStore *store, int id)
{
    g_rw_lock_writer_lock(&store->lock);
    store->last_id = MAX(store->last_id, id);
    g_rw_lock_writer_unlock(&store->lock);
}

/* An entry that has not published anything does not exist yet for others. */
static VirEntry *lookup(VirStore *store, GHashTable *table, gconstpointer key)
{
    g_rw_lock_reader_lock(&store->lock);
    VirEntry *entry = g_hash_table_lookup(table, key);
    if (entry && g_atomic_pointer_get(&entry->view))
        virObjectRef(entry);
    else
        entry = NULL;
    g_rw_lock_reader_unlock(&store->lock);
    return entry;
}

VirEntry *vir_store_by_uuid(VirStore *store, const guint8 *uuid)
{
    return lookup(store, store->by_uuid, uuid);
}

VirEntry *vir_store_by_name(VirStore *store, const char *name)
{
    return lookup(store, store->by_name, name);
}

VirEntry *vir_store_by_id(VirStore *store, int id)
{
    return id < 0 ? NULL : lookup(store, store->by_id, GINT_TO_POINTER(id));
}

gboolean vir_store_not_found(VirStore *store, const char *name, const guint8 *uuid, int id, GError **err)
{
    const VirKind *kind = store->kind;
    char text[VIR_UUID_STRING_BUFLEN];
    if (uuid)
        vir_uuid_format(uuid, text);
    if (uuid && name)
        return vir_fail_full(err, kind->error_domain, kind->not_found, "no %s with matching uuid '%s' (%s)", kind->name,
                             text, name);
    if (uuid)
        return vir_fail_full(err, kind->error_domain, kind->not_found, "no %s with matching uuid '%s'", kind->name,
                             text);
    if (name)
        return vir_fail_full(err, kind->error_domain, kind->not_found, "no %s with matching name '%s'", kind->name,
                             name);
    return vir_fail_full(err, kind->error_domain, kind->not_found, "no %s with matching id %d", kind->name, id);
}

gpointer vir_entry_view(VirEntry *entry)
{
    g_pointer_bit_lock(&entry->view, 0);
    gpointer view = (gpointer)((gsize)g_atomic_pointer_get(&entry->view) & ~(gsize)1);
    virObjectRef(view);
    g_pointer_bit_unlock(&entry->view, 0);
    return view;
}

void vir_entry_publish(VirEntry *entry, gpointer view)
{
    ((VirView *)view)->entry = entry;
    g_pointer_bit_lock(&entry->view, 0);
    gpointer old = (gpointer)((gsize)g_atomic_pointer_get(&entry->view) & ~(gsize)1);
    g_atomic_pointer_set(&entry->view, (gpointer)((gsize)view | 1));
    g_pointer_bit_unlock(&entry->view, 0);
    virObjectUnref(old);
}

gboolean vir_entry_is_removed(VirEntry *entry)
{
    g_rw_lock_reader_lock(&entry->store->lock);
    gboolean removed = entry->removed;
    g_rw_lock_reader_unlock(&entry->store->lock);
    return removed;
}

GPtrArray *vir_store_views(VirStore *store, guint all, gboolean (*match)(const VirView *view, gpointer data),
                           gpointer data)
{
    GPtrArray *views = g_ptr_array_new_with_free_func((GDestroyNotify)virObjectUnref);
    GHashTableIter iter;
    gpointer value;
    g_rw_lock_reader_lock(&store->lock);
    g_hash_table_iter_init(&iter, store->by_uuid);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        VirView *view = vir_entry_view(value);
        if (view && (view->flags & all) == all && (!match || match(view, data)))
            g_ptr_array_add(views, view);
        else
            virObjectUnref(view);
    }
    g_rw_lock_reader_unlock(&store->lock);
    return views;
}

guint vir_store_count(VirStore *store, guint all, guint none)
{
    guint n = 0;
    GHashTableIter iter;
    gpointer value;
    g_rw_lock_reader_lock(&store->lock);
    g_hash_table_iter_init(&iter, store->by_uuid);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        VirView *view = vir_entry_view(value);
        if (view && (view->flags & all) == all && !(view->flags & none))
            n++;
        virObjectUnref(view);
    }
    g_rw_lock_reader_unlock(&store->lock);
    return n;
}

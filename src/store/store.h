/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Objects with identity, for every object type: reservation of (name, uuid, id), lookup, lists. An entry owns the
 * actor on which alone its object is changed, and publishes an immutable view that anybody may read without waiting.
 */
#pragma once

#include "util/actor.h"
#include "util/error.h"
#include "util/object.h"

typedef struct VirStore VirStore;
typedef struct VirEntry VirEntry;
typedef struct VirView VirView;
typedef struct VirKind VirKind;

/* One per object type; static. */
struct VirKind {
    const char *name;               /* "domain", as messages call it */
    int error_domain;               /* virErrorDomain of failed lookups */
    int identity_domain;            /* and of identities that are taken */
    int not_found;                  /* virErrorNumber of a failed lookup */
    void (*free_data)(gpointer data);   /* frees VirEntry.data; may be NULL */
};

typedef enum {
    VIR_VIEW_ACTIVE = 1 << 0,
    VIR_VIEW_PERSISTENT = 1 << 1,
    VIR_VIEW_AUTOSTART = 1 << 2,
    VIR_VIEW_BROKEN = 1 << 3,       /* its configuration file could not be loaded whole */
    VIR_VIEW_KIND_FIRST = 1 << 8,   /* from here on the kind's own */
} VirViewFlags;

/* First member of every kind's view struct. Immutable once published. */
struct VirView {
    VirObject parent;
    const VirEntry *entry;          /* borrowed: identity only, for comparisons */
    char *name;                     /* owned */
    guint8 uuid[VIR_UUID_BUFLEN];
    int id;                         /* -1 while inactive */
    guint flags;
};
/* For the dispose function of a kind's view. */
void vir_view_clear(VirView *view);

struct VirEntry {
    VirObject parent;
    VirStore *store;
    guint8 uuid[VIR_UUID_BUFLEN];
    VirActor *actor;
    gpointer data;                  /* the object's state; only its actor touches it */
    /* private */
    char *name;                     /* under the store's lock */
    int id;                         /* under the store's lock */
    gboolean removed;               /* under the store's lock */
    gpointer view;                  /* VirView*, bit-locked; NULL until first published */
};
VIR_OBJECT_AUTOPTR(VirEntry)
VIR_OBJECT_AUTOPTR(VirView)

/* @kind is static. @driver is handed back by vir_store_driver. */
VirStore *vir_store_new(const VirKind *kind, gpointer driver);
void vir_store_free(VirStore *store);
gpointer vir_store_driver(const VirStore *store);
const VirKind *vir_store_kind(const VirStore *store);

/* Finds the entry of this identity, or makes one that lists and lookups do not show until it publishes a view.
 * Fails with VIR_ERR_OPERATION_FAILED when name or uuid belong to another. *ret_entry: caller's reference. */
gboolean vir_store_reserve(VirStore *store, const char *name, const guint8 *uuid, VirEntry **ret_entry,
                           gboolean *ret_new, GError **err);
/* Gives the id of an object that becomes active; -1 releases. On the actor. */
void vir_store_set_id(VirEntry *entry, int id);
/* Changes the name; fails when it is taken. On the actor. */
gboolean vir_store_rename(VirEntry *entry, const char *name, GError **err);
/* Takes the entry out of all lookups; jobs still queued find vir_entry_is_removed. On the actor. */
void vir_store_remove(VirEntry *entry);
/* The smallest id above every id given so far. */
int vir_store_next_id(VirStore *store);
/* An id seen in a status file: next_id stays above it. */
void vir_store_note_id(VirStore *store, int id);

/* Lookups return the caller's reference, or NULL without an error. */
VirEntry *vir_store_by_uuid(VirStore *store, const guint8 *uuid);
VirEntry *vir_store_by_name(VirStore *store, const char *name);
VirEntry *vir_store_by_id(VirStore *store, int id);
/* Fills in the kind's not-found error; for after a failed lookup. Returns FALSE. @id -1: not part of the question. */
gboolean vir_store_not_found(VirStore *store, const char *name, const guint8 *uuid, int id, GError **err);

/* All published views that have every bit of @all, for which @match (may be NULL) says TRUE. Caller unrefs. */
GPtrArray *vir_store_views(VirStore *store, guint all, gboolean (*match)(const VirView *view, gpointer data),
                           gpointer data);
guint vir_store_count(VirStore *store, guint all, guint none);

/* The current view; caller's reference; NULL before the first. Any thread, never waits. */
gpointer vir_entry_view(VirEntry *entry);
/* Takes @view and swaps it in. On the actor. */
void vir_entry_publish(VirEntry *entry, gpointer view);
gboolean vir_entry_is_removed(VirEntry *entry);

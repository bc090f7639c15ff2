/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reference-counted objects: the first member of every struct that several threads hold.
 *
 *     typedef struct { VirObject parent; char *name; } Thing;
 *     static void thing_dispose(void *obj) { g_free(((Thing *)obj)->name); }
 *     VIR_CLASS_DEFINE(thing, Thing, thing_dispose)          // once-initialised thing_class()
 *     Thing *t = virObjectNew(thing_class());
 *
 * dispose frees only the object's own fields. The block is then zeroed, its magic and class are poisoned with
 * 0xDEADBEEF, and it is freed: a use after free meets a value that says so.
 */
#pragma once

#include <glib.h>
#include <pthread.h>

#define VIR_OBJECT_MAGIC 0xCAFE0B1EU
#define VIR_OBJECT_POISON 0xDEADBEEFU

typedef struct VirClass VirClass;

typedef struct {
    guint magic;
    gint refs;               /* atomic */
    const VirClass *klass;
} VirObject;

/* An object with a mutex of its own. */
typedef struct {
    VirObject parent;
    pthread_mutex_t lock;
} VirObjectLockable;

/* An object with a reader-writer lock of its own. */
typedef struct {
    VirObject parent;
    pthread_rwlock_t lock;
} VirObjectRWLockable;

/* A class lives for ever. @size: of the whole struct, at least sizeof(VirObject). @dispose may be NULL. */
VirClass *virClassNew(const char *name, size_t size, void (*dispose)(void *obj));
const char *virClassName(const VirClass *klass);

/* Zeroed but for the header, with one reference. The lockable forms also initialise their lock, and end it after
 * dispose. Returns: the caller's reference; never NULL. */
void *virObjectNew(const VirClass *klass);
void *virObjectLockableNew(const VirClass *klass);
void *virObjectRWLockableNew(const VirClass *klass);

/* Returns @obj, for assignment in one expression; NULL stays NULL. */
void *virObjectRef(void *obj);
/* Returns TRUE when this freed the object. NULL is allowed and returns FALSE. */
gboolean virObjectUnref(void *obj);
gboolean virObjectIsClass(const void *obj, const VirClass *klass);

void virObjectLock(void *lockable);
void virObjectUnlock(void *lockable);
void virObjectRWLockRead(void *rwlockable);
void virObjectRWLockWrite(void *rwlockable);
void virObjectRWUnlock(void *rwlockable);

/* Tests see the poisoned block just before it is freed. NULL switches the hook off. */
typedef void (*VirObjectFreeHook)(const VirObject *poisoned, size_t size);
void vir_object_set_free_hook(VirObjectFreeHook hook);

/* Defines `const VirClass *name_class(void)`, the cleanup of g_autoptr(Type), and nothing else. */
#define VIR_CLASS_DEFINE(name, Type, dispose_fn)                                      \
    static const VirClass *name##_class(void)                                         \
    {                                                                                 \
        static gsize once;                                                            \
        if (g_once_init_enter(&once))                                                 \
            g_once_init_leave(&once, (gsize)virClassNew(#Type, sizeof(Type), dispose_fn)); \
        return (const VirClass *)once;                                                \
    }

/* In headers: lets g_autoptr(Type) drop a reference. */
#define VIR_OBJECT_AUTOPTR(Type)                       \
    static inline void Type##_autoptr_unref(Type *obj) \
    {                                                  \
        virObjectUnref(obj);                           \
    }                                                  \
    G_DEFINE_AUTOPTR_CLEANUP_FUNC(Type, Type##_autoptr_unref)

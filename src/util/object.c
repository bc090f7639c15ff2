/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/object.h"

#include <string.h>

typedef enum { LOCK_NONE, LOCK_MUTEX, LOCK_RW } LockKind;

struct VirClass {
    const char *name;
    size_t size;
    void (*dispose)(void *obj);
    gint lock_kind;          /* LockKind; fixed by the first object made */
};

static VirObjectFreeHook free_hook;

VirClass *virClassNew(const char *name, size_t size, void (*dispose)(void *obj))
{
    g_assert(size >= sizeof(VirObject));
    VirClass *klass = g_new0(VirClass, 1);
    klass->name = name;
    klass->size = size;
    klass->dispose = dispose;
    return klass;
}

const char *virClassName(const VirClass *klass)
{
    return klass->name;
}

static void *object_new(const VirClass *klass, LockKind kind, size_t least)
{
    g_assert(klass->size >= least);
    VirObject *obj = g_malloc0(klass->size);
    g_atomic_int_set(&((VirClass *)klass)->lock_kind, kind);
    obj->magic = VIR_OBJECT_MAGIC;
    obj->klass = klass;
    g_atomic_int_set(&obj->refs, 1);
    return obj;
}

void *virObjectNew(const VirClass *klass)
{
    return object_new(klass, LOCK_NONE, sizeof(VirObject));
}

void *virObjectLockableNew(const VirClass *klass)
{
    VirObjectLockable *obj = object_new(klass, LOCK_MUTEX, sizeof(*obj));
    pthread_mutex_init(&obj->lock, NULL);
    return obj;
}

void *virObjectRWLockableNew(const VirClass *klass)
{
    VirObjectRWLockable *obj = object_new(klass, LOCK_RW, sizeof(*obj));
    pthread_rwlock_init(&obj->lock, NULL);
    return obj;
}

void *virObjectRef(void *ptr)
{
    VirObject *obj = ptr;
    if (!obj)
        return NULL;
    g_assert(obj->magic == VIR_OBJECT_MAGIC);
    g_atomic_int_inc(&obj->refs);
    return obj;
}

/* The compiler must not drop stores to a block that is about to be freed. */
static void poison(VirObject *obj, size_t size)
{
    memset(obj, 0, size);
    *(volatile guint *)&obj->magic = VIR_OBJECT_POISON;
    *(const VirClass *volatile *)&obj->klass = (const VirClass *)(gsize)VIR_OBJECT_POISON;
    __asm__ volatile("" : : "r"(obj) : "memory");
}

gboolean virObjectUnref(void *ptr)
{
    VirObject *obj = ptr;
    if (!obj)
        return FALSE;
    g_assert(obj->magic == VIR_OBJECT_MAGIC);
    if (!g_atomic_int_dec_and_test(&obj->refs))
        return FALSE;

    const VirClass *klass = obj->klass;
    if (klass->dispose)
        klass->dispose(obj);
    if (klass->lock_kind == LOCK_MUTEX)
        pthread_mutex_destroy(&((VirObjectLockable *)obj)->lock);
    else if (klass->lock_kind == LOCK_RW)
        pthread_rwlock_destroy(&((VirObjectRWLockable *)obj)->lock);

    poison(obj, klass->size);
    if (free_hook)
        free_hook(obj, klass->size);
    g_free(obj);
    return TRUE;
}

gboolean virObjectIsClass(const void *ptr, const VirClass *klass)
{
    const VirObject *obj = ptr;
    return obj && obj->magic == VIR_OBJECT_MAGIC && obj->klass == klass;
}

void virObjectLock(void *lockable)
{
    pthread_mutex_lock(&((VirObjectLockable *)lockable)->lock);
}

void virObjectUnlock(void *lockable)
{
    pthread_mutex_unlock(&((VirObjectLockable *)lockable)->lock);
}

void virObjectRWLockRead(void *rwlockable)
{
    pthread_rwlock_rdlock(&((VirObjectRWLockable *)rwlockable)->lock);
}

void virObjectRWLockWrite(void *rwlockable)
{
    pthread_rwlock_wrlock(&((VirObjectRWLockable *)rwlockable)->lock);
}

void virObjectRWUnlock(void *rwlockable)
{
    pthread_rwlock_unlock(&((VirObjectRWLockable *)rwlockable)->lock);
}

void vir_object_set_free_hook(VirObjectFreeHook hook)
{
    free_hook = hook;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/object.h"

typedef struct {
    VirObject parent;
    int *disposed;
    char payload[32];
} Plain;

static void plain_dispose(void *obj)
{
    (*((Plain *)obj)->disposed)++;
}
VIR_CLASS_DEFINE(plain, Plain, plain_dispose)

typedef struct {
    VirObjectLockable parent;
    int value;
} Locked;
VIR_CLASS_DEFINE(locked, Locked, NULL)

typedef struct {
    VirObjectRWLockable parent;
    int value;
} RWLocked;
VIR_CLASS_DEFINE(rwlocked, RWLocked, NULL)

static gboolean seen_poison;

static void see_poison(const VirObject *obj, size_t size)
{
    seen_poison = obj->magic == VIR_OBJECT_POISON && obj->klass == (const VirClass *)(gsize)0xDEADBEEF;
    const char *bytes = (const char *)obj;
    for (size_t i = sizeof(VirObject); i < size; i++)
        seen_poison = seen_poison && bytes[i] == 0;
}

static void test_life(void)
{
    int disposed = 0;
    Plain *p = virObjectNew(plain_class());
    p->disposed = &disposed;
    p->payload[0] = 'x';
    g_assert_true(virObjectIsClass(p, plain_class()));
    g_assert_true(virObjectRef(p) == p);
    g_assert_false(virObjectUnref(p));
    g_assert_cmpint(disposed, ==, 0);

    vir_object_set_free_hook(see_poison);
    g_assert_true(virObjectUnref(p));
    vir_object_set_free_hook(NULL);
    g_assert_cmpint(disposed, ==, 1);
    g_assert_true(seen_poison);
    g_assert_false(virObjectUnref(NULL));
    g_assert_null(virObjectRef(NULL));
}

static void test_locks(void)
{
    Locked *l = virObjectLockableNew(locked_class());
    virObjectLock(l);
    l->value = 1;
    virObjectUnlock(l);
    g_assert_true(virObjectUnref(l));

    RWLocked *rw = virObjectRWLockableNew(rwlocked_class());
    virObjectRWLockRead(rw);
    virObjectRWLockRead(rw);
    virObjectRWUnlock(rw);
    virObjectRWUnlock(rw);
    virObjectRWLockWrite(rw);
    virObjectRWUnlock(rw);
    g_assert_true(virObjectUnref(rw));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/object/life", test_life);
    g_test_add_func("/object/locks", test_locks);
    return g_test_run();
}

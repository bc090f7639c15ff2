/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/actor.h"
#include "util/pool.h"

typedef struct {
    VirActorJob job;
    VirActor *actor;
    GString *log;            /* shared; only the actor writes */
    char letter;
    gint *gate;              /* spun on with a wait when set */
    gboolean got;
    gint64 deadline;
} Step;

static void step_run(VirActorJob *job)
{
    Step *s = (Step *)job;
    g_string_append_c(s->log, s->letter);
}

static gboolean gate_open(gpointer data)
{
    return g_atomic_int_get((gint *)data);
}

static void waiting_run(VirActorJob *job)
{
    Step *s = (Step *)job;
    g_string_append_c(s->log, '(');
    vir_actor_set_phase(s->actor, "waiting for the gate");
    s->got = vir_actor_wait(s->actor, gate_open, s->gate, s->deadline, job->cancel);
    g_string_append_c(s->log, ')');
}

static void open_gate(VirActorJob *job)
{
    Step *s = (Step *)job;
    g_string_append_c(s->log, s->letter);
    g_atomic_int_set(s->gate, 1);
}

static void test_order(void)
{
    g_autoptr(VirActor) actor = vir_actor_new();
    g_autoptr(GString) log = g_string_new(NULL);
    gint gate = 0;
    Step wait = { .job = { .name = "wait", .run = waiting_run }, .actor = actor, .log = log, .gate = &gate };
    Step a = { .job = { .name = "a", .run = step_run }, .log = log, .letter = 'a' };
    Step b = { .job = { .name = "b", .run = step_run }, .log = log, .letter = 'b' };
    Step u = { .job = { .name = "u", .run = step_run, .queue = VIR_ACTOR_URGENT }, .log = log, .letter = 'U' };
    Step e = { .job = { .name = "e", .run = open_gate, .queue = VIR_ACTOR_EVENT }, .log = log, .letter = 'e',
               .gate = &gate };
    vir_actor_post(actor, &wait.job);
    vir_actor_post(actor, &a.job);
    vir_actor_post(actor, &b.job);
    vir_actor_post(actor, &u.job);
    vir_actor_post(actor, &e.job);
    g_assert_true(vir_pool_drain(10 * G_USEC_PER_SEC));
    /* The event may run before the waiting job began; all else is fixed. */
    g_assert_true(g_str_equal(log->str, "(e)Uab") || g_str_equal(log->str, "e()Uab") ||
                  g_str_equal(log->str, "eU()ab") || g_str_equal(log->str, "U(e)ab"));
    g_assert_true(wait.got);
    g_assert_null(vir_actor_holder(actor));
}

static void test_deadline_and_cancel(void)
{
    g_autoptr(VirActor) actor = vir_actor_new();
    g_autoptr(GString) log = g_string_new(NULL);
    gint gate = 0;
    Step wait = { .job = { .name = "wait", .run = waiting_run }, .actor = actor, .log = log, .gate = &gate,
                  .deadline = 1 };
    vir_actor_call(actor, &wait.job);
    g_assert_false(wait.got);

    g_autoptr(VirCancel) cancel = vir_cancel_new();
    Step forever = { .job = { .name = "forever", .run = waiting_run, .cancel = cancel }, .actor = actor, .log = log,
                     .gate = &gate };
    Step late = { .job = { .name = "late", .run = step_run }, .log = log, .letter = 'x' };
    vir_actor_post(actor, &forever.job);
    vir_actor_post(actor, &late.job);
    g_assert_true(vir_actor_abandon(actor, &late.job));
    g_assert_false(vir_actor_abandon(actor, &late.job));
    while (!vir_cancel_is_raised(cancel))
        vir_actor_cancel(actor, NULL);
    g_assert_true(vir_pool_drain(10 * G_USEC_PER_SEC));
    g_assert_false(forever.got);
    g_assert_cmpstr(log->str, ==, "()()");
}

static gint block_count;

static void block_until_released(gpointer gate)
{
    vir_pool_blocking_begin();
    g_atomic_int_inc(&block_count);
    while (!g_atomic_int_get((gint *)gate))
        g_thread_yield();
    vir_pool_blocking_end();
}

static void raise_flag(gpointer flag)
{
    g_atomic_int_set((gint *)flag, 1);
}

/* However many jobs block, the next one still runs. */
static void test_no_starvation(void)
{
    gint gate = 0, ran = 0;
    for (int i = 0; i < 20; i++)
        vir_pool_push(block_until_released, &gate);
    vir_pool_push(raise_flag, &ran);
    while (!g_atomic_int_get(&ran) || g_atomic_int_get(&block_count) < 20)
        g_thread_yield();
    VirPoolStats stats;
    vir_pool_stats(&stats);
    g_assert_cmpuint(stats.blocked, ==, 20);
    g_atomic_int_set(&gate, 1);
    g_assert_true(vir_pool_drain(10 * G_USEC_PER_SEC));
}

typedef struct {
    VirActorJob job;
    guint *counter;
} Count;

static void count_run(VirActorJob *job)
{
    (*((Count *)job)->counter)++;
    g_free(job);
}

static gpointer post_many(gpointer data)
{
    gpointer *args = data;
    for (int i = 0; i < 5000; i++) {
        Count *c = g_new0(Count, 1);
        c->job.name = "count";
        c->job.run = count_run;
        c->counter = args[1];
        if (i % 7 == 0)
            vir_actor_call(args[0], &c->job);
        else
            vir_actor_post(args[0], &c->job);
    }
    return NULL;
}

static void test_serial(void)
{
    g_autoptr(VirActor) actor = vir_actor_new();
    guint counter = 0;
    gpointer args[] = { actor, &counter };
    GThread *threads[4];
    for (int i = 0; i < 4; i++)
        threads[i] = g_thread_new("poster", post_many, args);
    for (int i = 0; i < 4; i++)
        g_thread_join(threads[i]);
    g_assert_true(vir_pool_drain(30 * G_USEC_PER_SEC));
    g_assert_cmpuint(counter, ==, 20000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/actor/order", test_order);
    g_test_add_func("/actor/deadline-and-cancel", test_deadline_and_cancel);
    g_test_add_func("/actor/serial", test_serial);
    g_test_add_func("/pool/no-starvation", test_no_starvation);
    return g_test_run();
}

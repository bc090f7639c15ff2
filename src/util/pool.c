/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/pool.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#define IDLE_KEEP_US (2 * G_USEC_PER_SEC)   /* an idle thread leaves after this */
#define THREAD_STACK (512 * 1024)
#define THREADS_MAX 4096                    /* far above any sane number of blocked jobs; a bound all the same */

typedef struct {
    VirPoolFunc func;
    gpointer data;
} Work;

static struct {
    GMutex lock;
    GCond work;             /* signalled once per pushed item while a thread idles */
    GCond quiet;            /* broadcast when the pool runs dry */
    GQueue queue;           /* of Work* */
    guint threads, blocked, idle;
    guint wanted;           /* runnable threads aimed at */
} pool;

static __thread gboolean on_pool_thread;
static __thread gboolean in_blocking;

static void *pool_thread(void *unused);

static guint runnable_aim(void)
{
    if (!pool.wanted) {
        long n = sysconf(_SC_NPROCESSORS_ONLN);
        pool.wanted = n > 1 ? (guint)n : 2;
    }
    return pool.wanted;
}

/* With the lock held. A failed thread creation is no error while another thread is alive to take the work. */
static void start_thread_if_useful(void)
{
    if (pool.queue.length <= pool.idle)
        return;
    if (pool.threads - pool.blocked >= runnable_aim() || pool.threads >= THREADS_MAX)
        return;

    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, THREAD_STACK);
    /* Signals are the main thread's business. */
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    pthread_t tid;
    if (pthread_create(&tid, &attr, pool_thread, NULL) == 0)
        pool.threads++;
    else if (pool.threads == 0)
        g_error("cannot create a worker thread");
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attr);
}

static gboolean wait_for_work(void)
{
    gint64 until = g_get_monotonic_time() + IDLE_KEEP_US;
    while (g_queue_is_empty(&pool.queue)) {
        if (pool.threads - pool.blocked > runnable_aim())
            return FALSE;
        pool.idle++;
        if (pool.threads == pool.idle)
            g_cond_broadcast(&pool.quiet);
        gboolean woken = g_cond_wait_until(&pool.work, &pool.lock, until);
        pool.idle--;
        if (!woken && g_queue_is_empty(&pool.queue))
            return FALSE;
    }
    return TRUE;
}

static void *pool_thread(void *unused)
{
    pthread_setname_np(pthread_self(), "worker");
    on_pool_thread = TRUE;
    g_mutex_lock(&pool.lock);
    while (wait_for_work()) {
        Work *work = g_queue_pop_head(&pool.queue);
        g_mutex_unlock(&pool.lock);
        VirPoolFunc func = work->func;
        gpointer data = work->data;
        g_free(work);
        func(data);
        g_mutex_lock(&pool.lock);
    }
    pool.threads--;
    if (pool.threads == pool.idle)
        g_cond_broadcast(&pool.quiet);
    g_mutex_unlock(&pool.lock);
    return NULL;
}

void vir_pool_push(VirPoolFunc func, gpointer data)
{
    Work *work = g_new(Work, 1);
    *work = (Work){ func, data };
    g_mutex_lock(&pool.lock);
    g_queue_push_tail(&pool.queue, work);
    if (pool.idle > 0)
        g_cond_signal(&pool.work);
    start_thread_if_useful();
    g_mutex_unlock(&pool.lock);
}

void vir_pool_blocking_begin(void)
{
    if (!on_pool_thread || in_blocking)
        return;
    in_blocking = TRUE;
    g_mutex_lock(&pool.lock);
    pool.blocked++;
    start_thread_if_useful();
    g_mutex_unlock(&pool.lock);
}

void vir_pool_blocking_end(void)
{
    if (!in_blocking)
        return;
    in_blocking = FALSE;
    g_mutex_lock(&pool.lock);
    pool.blocked--;
    g_mutex_unlock(&pool.lock);
}

gboolean vir_pool_drain(gint64 timeout_us)
{
    gint64 until = g_get_monotonic_time() + timeout_us;
    gboolean quiet = TRUE;
    g_mutex_lock(&pool.lock);
    while (quiet && !(g_queue_is_empty(&pool.queue) && pool.threads == pool.idle))
        quiet = g_cond_wait_until(&pool.quiet, &pool.lock, until);
    g_mutex_unlock(&pool.lock);
    return quiet;
}

void vir_pool_stats(VirPoolStats *ret)
{
    g_mutex_lock(&pool.lock);
    *ret = (VirPoolStats){ pool.threads, pool.blocked, pool.idle, pool.queue.length };
    g_mutex_unlock(&pool.lock);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Valgrind before 3.21 knows no pidfd calls. This library, preloaded under it and nowhere else, plays them for children
 * and for processes of other parents as well as it can:
 *
 *     LD_PRELOAD=build/tests/valgrind/libpidfd-shim.so valgrind --leak-check=full PROGRAM
 *     meson test -C build --setup valgrind --suite unit
 *
 * A pidfd becomes an eventfd that a thread makes readable when the child has ended (it is not reaped by that). A process
 * that is no child is looked at every 50 ms: this is a tool of tests, not product code. A copy of the descriptor made by
 * dup() can be waited for, not signalled.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_FD 4096

static pid_t pid_of[MAX_FD];

typedef struct {
    pid_t pid;
    int fd;
} Watch;

static void *watch(void *data)
{
    Watch w = *(Watch *)data;
    siginfo_t info;
    uint64_t one = 1;
    free(data);
    int rc;
    do
        rc = waitid(P_PID, w.pid, &info, WEXITED | WNOWAIT);
    while (rc < 0 && errno == EINTR);
    if (rc < 0)   /* no child of ours */
        while (kill(w.pid, 0) == 0)
            usleep(50000);
    if (write(w.fd, &one, sizeof(one)) < 0)
        errno = 0;
    close(w.fd);
    return NULL;
}

static long shim_open(pid_t pid)
{
    if (kill(pid, 0) < 0 && errno == ESRCH)
        return -1;
    int fd = eventfd(0, EFD_CLOEXEC);
    Watch *w = malloc(sizeof(*w));
    if (fd < 0 || fd >= MAX_FD || !w)
        abort();
    pid_of[fd] = pid;
    *w = (Watch){ pid, dup(fd) };
    pthread_t thread;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attr, watch, w) != 0)
        abort();
    return fd;
}

/* Product code reaches pidfds through syscall() only. */
__attribute__((visibility("default"))) long syscall(long number, ...)
{
    static long (*real)(long, ...);
    long a[6];
    va_list ap;
    va_start(ap, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(ap, long);
    va_end(ap);
    if (number == SYS_pidfd_open)
        return shim_open(a[0]);
    if (number == SYS_pidfd_send_signal)
        return a[0] >= 0 && a[0] < MAX_FD && pid_of[a[0]] ? kill(pid_of[a[0]], a[1]) : (errno = EBADF, -1);
    if (!real)
        real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

__attribute__((visibility("default"))) int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    static int (*real)(idtype_t, id_t, siginfo_t *, int);
    if (!real)
        real = (int (*)(idtype_t, id_t, siginfo_t *, int))dlsym(RTLD_NEXT, "waitid");
    if (type == P_PIDFD) {
        type = P_PID;
        id = pid_of[id];
    }
    return real(type, id, info, options);
}

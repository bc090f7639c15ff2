/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A client of the wire protocol that costs next to nothing itself: measures a daemon's answers to trivial calls.
 * Uses nothing of the project, so that it measures any daemon alike. One JSON line on stdout.
 *
 *   bench-rpc SOCKET calls CLIENTS SECONDS        ConnectGetLibVersion in a loop on CLIENTS connections
 *   bench-rpc SOCKET lookup NAME SECONDS          lookup by name and info, one client
 *   bench-rpc SOCKET connect SECONDS              connect, auth list, open, close, again and again
 *   bench-rpc SOCKET list SECONDS                 ConnectListAllDomains
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { PROC_OPEN = 1, PROC_CLOSE = 2, PROC_INFO = 16, PROC_LOOKUP = 23, PROC_AUTH = 66, PROC_LIB_VERSION = 157, PROC_LIST_ALL = 273 };
#define REMOTE 0x20008086u
#define HEADER 28
#define MAX_CLIENTS 1024

typedef struct {
    int fd;
    uint32_t serial;
    uint64_t sent_at;
    unsigned char *reply;
    size_t room, have;
} Conn;

static uint64_t *samples;
static size_t n_samples, room_samples;

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void fail(const char *what)
{
    fprintf(stderr, "bench-rpc: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void sample(uint64_t ns)
{
    if (n_samples == room_samples) {
        room_samples = room_samples ? room_samples * 2 : 1 << 16;
        samples = realloc(samples, room_samples * sizeof *samples);
        if (!samples)
            fail("memory");
    }
    samples[n_samples++] = ns;
}

static void put(unsigned char *p, uint32_t v)
{
    v = htonl(v);
    memcpy(p, &v, 4);
}

static uint32_t get(const unsigned char *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return ntohl(v);
}

static void conn_open(Conn *c, const char *path)
{
    struct sockaddr_un sa = { .sun_family = AF_UNIX };
    strncpy(sa.sun_path, path, sizeof sa.sun_path - 1);
    *c = (Conn){ .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), .room = 1 << 16 };
    c->reply = malloc(c->room);
    if (c->fd < 0 || !c->reply || connect(c->fd, (struct sockaddr *)&sa, sizeof sa) < 0)
        fail(path);
}

static void conn_close(Conn *c)
{
    close(c->fd);
    free(c->reply);
}

static void conn_send(Conn *c, int32_t proc, const void *args, size_t n)
{
    unsigned char b[2048];
    put(b, (uint32_t)(HEADER + n));
    put(b + 4, REMOTE);
    put(b + 8, 1);
    put(b + 12, (uint32_t)proc);
    put(b + 16, 0);
    put(b + 20, c->serial++);
    put(b + 24, 0);
    if (n)
        memcpy(b + HEADER, args, n);
    c->sent_at = now();
    if (send(c->fd, b, HEADER + n, MSG_NOSIGNAL) != (ssize_t)(HEADER + n))
        fail("send");
}

/* Reads what is there; 1 when a whole reply is in c->reply. */
static int conn_read(Conn *c)
{
    size_t want = c->have < 4 ? 4 : get(c->reply);
    ssize_t r;
    if (want > c->room) {
        c->room = want;
        c->reply = realloc(c->reply, c->room);
        if (!c->reply)
            fail("memory");
    }
    r = recv(c->fd, c->reply + c->have, (c->have < 4 ? c->room : want) - c->have, 0);
    if (r <= 0)
        fail("the daemon closed the connection");
    c->have += (size_t)r;
    if (c->have < 4 || c->have < get(c->reply))
        return 0;
    c->have = 0;
    return 1;
}

static void conn_call(Conn *c, int32_t proc, const void *args, size_t n)
{
    conn_send(c, proc, args, n);
    while (!conn_read(c))
        ;
    if (get(c->reply + 24) != 0) {
        fprintf(stderr, "bench-rpc: call %d was refused\n", proc);
        exit(1);
    }
}

static void conn_hello(Conn *c)
{
    static const char uri[] = "qemu:///system";
    unsigned char b[64] = { 0 };
    conn_call(c, PROC_AUTH, NULL, 0);
    put(b, 1);
    put(b + 4, sizeof uri - 1);
    memcpy(b + 8, uri, sizeof uri - 1);
    conn_call(c, PROC_OPEN, b, 8 + (sizeof uri - 1 + 3) / 4 * 4 + 4);
}

static void run_calls(const char *path, int clients, double secs)
{
    static Conn c[MAX_CLIENTS];
    struct epoll_event ev = { .events = EPOLLIN }, got[64];
    int ep = epoll_create1(EPOLL_CLOEXEC);
    uint64_t end;
    for (int i = 0; i < clients; i++) {
        conn_open(&c[i], path);
        conn_hello(&c[i]);
        ev.data.ptr = &c[i];
        epoll_ctl(ep, EPOLL_CTL_ADD, c[i].fd, &ev);
    }
    end = now() + (uint64_t)(secs * 1e9);
    for (int i = 0; i < clients; i++)
        conn_send(&c[i], PROC_LIB_VERSION, NULL, 0);
    while (now() < end) {
        int n = clients == 1 ? 1 : epoll_wait(ep, got, 64, -1);
        for (int i = 0; i < n; i++) {
            Conn *x = clients == 1 ? &c[0] : got[i].data.ptr;
            if (!conn_read(x))
                continue;
            sample(now() - x->sent_at);
            conn_send(x, PROC_LIB_VERSION, NULL, 0);
        }
    }
    for (int i = 0; i < clients; i++)
        conn_close(&c[i]);
    close(ep);
}

static void run_lookup(const char *path, const char *name, double secs)
{
    unsigned char b[1024] = { 0 };
    size_t len = strlen(name), n = 4 + (len + 3) / 4 * 4;
    uint64_t end;
    Conn c;
    if (len > 256)
        len = 256;
    put(b, (uint32_t)len);
    memcpy(b + 4, name, len);
    conn_open(&c, path);
    conn_hello(&c);
    for (end = now() + (uint64_t)(secs * 1e9); now() < end;) {
        unsigned char dom[512];
        uint64_t t = now();
        size_t got;
        conn_call(&c, PROC_LOOKUP, b, n);
        got = get(c.reply) - HEADER;
        if (got > sizeof dom)
            got = sizeof dom;
        memcpy(dom, c.reply + HEADER, got);
        conn_call(&c, PROC_INFO, dom, got);
        sample(now() - t);
    }
    conn_close(&c);
}

static void run_connect(const char *path, double secs)
{
    for (uint64_t end = now() + (uint64_t)(secs * 1e9); now() < end;) {
        uint64_t t = now();
        Conn c;
        conn_open(&c, path);
        conn_hello(&c);
        conn_call(&c, PROC_CLOSE, NULL, 0);
        conn_close(&c);
        sample(now() - t);
    }
}

static void run_list(const char *path, double secs)
{
    unsigned char b[8] = { 0 };
    Conn c;
    put(b, 1);
    conn_open(&c, path);
    conn_hello(&c);
    for (uint64_t end = now() + (uint64_t)(secs * 1e9); now() < end;) {
        uint64_t t = now();
        conn_call(&c, PROC_LIST_ALL, b, sizeof b);
        sample(now() - t);
    }
    conn_close(&c);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 3 ? argv[2] : "";
    double secs = atof(argv[argc - 1]);
    uint64_t t = now();
    if (!strcmp(mode, "calls") && argc == 5 && atoi(argv[3]) >= 1 && atoi(argv[3]) <= MAX_CLIENTS)
        run_calls(argv[1], atoi(argv[3]), secs);
    else if (!strcmp(mode, "lookup") && argc == 5)
        run_lookup(argv[1], argv[3], secs);
    else if (!strcmp(mode, "connect") && argc == 4)
        run_connect(argv[1], secs);
    else if (!strcmp(mode, "list") && argc == 4)
        run_list(argv[1], secs);
    else {
        fprintf(stderr, "usage: bench-rpc SOCKET calls CLIENTS SECONDS | lookup NAME SECONDS | connect SECONDS | list SECONDS\n");
        return 2;
    }
    if (!n_samples)
        return 1;
    qsort(samples, n_samples, sizeof *samples, by_value);
    printf("{\"n\": %zu, \"per_second\": %.0f, \"p50_us\": %.2f, \"p99_us\": %.2f}\n", n_samples, (double)n_samples / ((double)(now() - t) / 1e9),
           (double)samples[n_samples / 2] / 1e3, (double)samples[n_samples * 99 / 100] / 1e3);
    return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/host.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "util/file.h"

struct VirHost {
    char *root;
    VirHostRunner runner;
    gboolean fixed_clock;
    gint64 real_ns, mono_ns;
};

static VirHost real_host = { .root = (char *)"" };

VirHost *vir_host_real(void)
{
    return &real_host;
}

VirHost *vir_host_new(const char *root)
{
    VirHost *host = g_new0(VirHost, 1);
    host->root = g_strdup(root);
    size_t len = strlen(host->root);
    while (len > 0 && host->root[len - 1] == '/')
        host->root[--len] = '\0';
    return host;
}

void vir_host_free(VirHost *host)
{
    if (!host || host == &real_host)
        return;
    if (host->runner.free_data)
        host->runner.free_data(host->runner.data);
    g_free(host->root);
    g_free(host);
}

void vir_host_set_runner(VirHost *host, const VirHostRunner *runner)
{
    if (host->runner.free_data)
        host->runner.free_data(host->runner.data);
    host->runner = *runner;
}

const VirHostRunner *vir_host_runner(const VirHost *host)
{
    return host->runner.run ? &host->runner : NULL;
}

const char *vir_host_root(const VirHost *host)
{
    return host->root;
}

char *vir_host_path(const VirHost *host, const char *absolute)
{
    return g_strconcat(host->root, absolute, NULL);
}

char *vir_host_pathf(const VirHost *host, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    g_autofree char *path = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    return *host->root ? vir_host_path(host, path) : g_steal_pointer(&path);
}

char *vir_host_read(const VirHost *host, const char *absolute, size_t max, size_t *ret_len, GError **err)
{
    g_autofree char *path = *host->root ? vir_host_path(host, absolute) : NULL;
    return vir_file_read(path ? path : absolute, max, ret_len, err);
}

gboolean vir_host_has(const VirHost *host, const char *absolute)
{
    g_autofree char *path = vir_host_path(host, absolute);
    return access(path, F_OK) == 0;
}

static gint64 now(clockid_t clock)
{
    struct timespec ts;
    clock_gettime(clock, &ts);
    return ts.tv_sec * G_GINT64_CONSTANT(1000000000) + ts.tv_nsec;
}

gint64 vir_host_real_ns(const VirHost *host)
{
    return host->fixed_clock ? host->real_ns : now(CLOCK_REALTIME);
}

gint64 vir_host_mono_ns(const VirHost *host)
{
    return host->fixed_clock ? host->mono_ns : now(CLOCK_MONOTONIC);
}

void vir_host_set_clock(VirHost *host, gint64 real_ns, gint64 mono_ns)
{
    host->fixed_clock = TRUE;
    host->real_ns = real_ns;
    host->mono_ns = mono_ns;
}

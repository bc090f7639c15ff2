/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/process/qlog.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "config.h"
#include "util/command.h"
#include "util/error.h"
#include "util/fd.h"
#include "virtqemud/process/logd.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

#define TAIL_FOR_ERROR 4096

struct QemuLog {
    const VirHost *host;
    char *path, *socket, *driver, *name;
    guint8 uuid[16];
    gboolean by_logd;
    int fd;                      /* QEMU's; -1 later */
    goffset begin;               /* of this run's output */
};

static QemuLog *log_new(const VirHost *host, const QemuLogSpec *spec)
{
    QemuLog *log = g_new0(QemuLog, 1);
    log->host = host;
    log->path = g_strdup(spec->path);
    log->socket = g_strdup(spec->logd_socket);
    log->driver = g_strdup(spec->driver);
    log->name = g_strdup(spec->name);
    memcpy(log->uuid, spec->uuid, sizeof log->uuid);
    log->by_logd = spec->logd_socket && access(spec->logd_socket, F_OK) == 0;
    log->fd = -1;
    return log;
}

void qemu_log_free(QemuLog *log)
{
    if (!log)
        return;
    vir_fd_close(&log->fd);
    g_free(log->path);
    g_free(log->socket);
    g_free(log->driver);
    g_free(log->name);
    g_free(log);
}

static QemuLogdFile logd_file(const QemuLog *log)
{
    return (QemuLogdFile){ log->socket, log->driver, log->name, log->path, log->uuid };
}

static int file_open(const QemuLog *log, GError **err)
{
    int fd = open(log->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd < 0)
        vir_fail_errno(err, errno, "cannot open the log file '%s'", log->path);
    return fd;
}

static void mark_begin(QemuLog *log)
{
    struct stat st;
    log->begin = stat(log->path, &st) == 0 ? st.st_size : 0;
}

QemuLog *qemu_log_open(const VirHost *host, const QemuLogSpec *spec, GError **err)
{
    g_autoptr(QemuLog) log = log_new(host, spec);
    g_autoptr(GError) why = NULL;
    QemuLogdFile file = logd_file(log);
    if (log->by_logd && (log->fd = qemu_logd_open(&file, &why)) < 0)
        log->by_logd = FALSE;
    if (log->fd < 0 && spec->required) {
        if (why)
            g_propagate_error(err, g_steal_pointer(&why));
        else
            vir_fail(err, VIR_ERR_OPERATION_FAILED, "virtlogd does not run (no '%s'), and stdio_handler is \"logd\"",
                     log->socket ? log->socket : "");
        return NULL;
    }
    if (log->fd < 0 && (log->fd = file_open(log, err)) < 0)
        return NULL;
    mark_begin(log);
    return g_steal_pointer(&log);
}

QemuLog *qemu_log_attach(const VirHost *host, const QemuLogSpec *spec, GError **err)
{
    QemuLog *log = log_new(host, spec);
    mark_begin(log);
    return log;
}

int qemu_log_fd(const QemuLog *log)
{
    return log->fd;
}

void qemu_log_started(QemuLog *log)
{
    vir_fd_close(&log->fd);
}

/* ---- our own lines ---- */

static void append_time(GString *out, const VirHost *host)
{
    gint64 ns = vir_host_real_ns(host);
    g_autoptr(GDateTime) t = g_date_time_new_from_unix_utc(ns / 1000000000);
    g_autofree char *text = g_date_time_format(t, "%Y-%m-%d %H:%M:%S");
    g_string_append_printf(out, "%s.%03d+0000: ", text, (int)(ns / 1000000 % 1000));
}

/* By name, in append mode: whoever keeps the file (virtlogd rolls it over) and we do not disturb each other. */
static gboolean append(QemuLog *log, const GString *text, GError **err)
{
    VIR_AUTOFD int fd = file_open(log, err);
    return fd >= 0 && vir_fd_write_all(fd, text->str, text->len, err);
}

gboolean qemu_log_line(QemuLog *log, const char *text, GError **err)
{
    g_autoptr(GString) out = g_string_new(NULL);
    append_time(out, log->host);
    g_string_append_printf(out, "%s\n", text);
    return append(log, out, err);
}

/* As a person's shell would need it. */
static void append_word(GString *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%^";
    if (*word && word[strspn(word, plain)] == '\0') {
        g_string_append(out, word);
        return;
    }
    g_string_append_c(out, '\'');
    for (const char *c = word; *c; c++) {
        if (*c == '\'')
            g_string_append(out, "'\\''");
        else
            g_string_append_c(out, *c);
    }
    g_string_append_c(out, '\'');
}

static void append_env(GString *out, const char *entry)
{
    const char *eq = strchr(entry, '=');
    if (!eq)
        return;
    g_string_append_len(out, entry, eq + 1 - entry);
    if (eq[1])
        append_word(out, eq + 1);
    g_string_append(out, " \\\n");
}

gboolean qemu_log_start(QemuLog *log, const char *const *env, const char *const *argv, const char *qemu_version,
                        GError **err)
{
    struct utsname un;
    g_autoptr(GString) out = g_string_new(NULL);
    append_time(out, log->host);
    g_string_append_printf(out, "starting up libvirt version: %d.%d.%d, package: modvirt %s", VIR_DAEMON_LEVEL / 1000000,
                           VIR_DAEMON_LEVEL / 1000 % 1000, VIR_DAEMON_LEVEL % 1000, VIR_VERSION);
    if (qemu_version)
        g_string_append_printf(out, ", qemu version: %s", qemu_version);
    if (uname(&un) == 0)
        g_string_append_printf(out, ", kernel: %s, hostname: %s", un.release, un.nodename);
    g_string_append_c(out, '\n');
    for (; env && *env; env++)
        append_env(out, *env);
    for (gsize i = 0; argv[i]; i++) {
        /* An option begins a line, its value follows it. */
        if (i > 0)
            g_string_append(out, argv[i][0] == '-' ? " \\\n" : " ");
        append_word(out, argv[i]);
    }
    g_string_append_c(out, '\n');
    if (!append(log, out, err))
        return FALSE;
    mark_begin(log);
    return TRUE;
}

gboolean qemu_log_stop(QemuLog *log, const char *reason, GError **err)
{
    g_autofree char *text = g_strdup_printf("shutting down, reason=%s", reason);
    return qemu_log_line(log, text, err);
}

/* ---- QEMU's words ---- */

char *qemu_log_tail(QemuLog *log, gsize max)
{
    if (log->by_logd) {
        QemuLogdFile file = logd_file(log);
        qemu_logd_settle(&file);
    }
    struct stat st;
    VIR_AUTOFD int fd = open(log->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        return g_strdup("");
    /* A file that was rolled over is all of this run. */
    goffset from = st.st_size < log->begin ? 0 : log->begin;
    if (st.st_size - from > (goffset)max)
        from = st.st_size - (goffset)max;
    gsize want = (gsize)(st.st_size - from);
    g_autofree char *text = g_malloc(want + 1);
    ssize_t n = pread(fd, text, want, from);
    text[n > 0 ? n : 0] = '\0';
    return g_steal_pointer(&text);
}

char *qemu_log_last_line(QemuLog *log)
{
    g_autofree char *text = qemu_log_tail(log, TAIL_FOR_ERROR);
    return vir_command_last_line(text, strlen(text));
}

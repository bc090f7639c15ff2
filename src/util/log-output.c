/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/log-output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "util/error.h"
#include "util/fd.h"

#define VIR_FROM_THIS VIR_FROM_NONE
#define JOURNAL_SOCKET "/run/systemd/journal/socket"

typedef struct {
    const char *name;
    gboolean takes_extra;
    gboolean (*open)(VirLogOutput *out, GError **err);
    void (*write)(VirLogOutput *out, const VirLogMessage *msg);
} OutputKind;

struct VirLogOutput {
    const OutputKind *kind;
    int level;
    char *extra;             /* path or identifier; NULL */
    int fd;
};

static const int syslog_priority[] = { 0, LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERR };
static const char *const level_words[] = { "", "debug", "info", "warning", "error" };

/* "2026-01-31 12:00:00.123+0000: 77: info : func:12 : #5 text\n" in one write, so that lines do not mix. */
static void write_line(VirLogOutput *out, const VirLogMessage *msg)
{
    time_t sec = msg->real_us / G_USEC_PER_SEC;
    struct tm tm;
    char head[256], req[32] = "";
    gmtime_r(&sec, &tm);
    if (msg->request)
        snprintf(req, sizeof(req), "#%" G_GUINT64_FORMAT " ", msg->request);
    int n = snprintf(head, sizeof(head), "%04d-%02d-%02d %02d:%02d:%02d.%03d+0000: %d: %s : %s:%d : %s",
                     tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                     (int)(msg->real_us % G_USEC_PER_SEC / 1000), (int)syscall(SYS_gettid), level_words[msg->level],
                     msg->func, msg->line, req);
    struct iovec iov[] = {
        { head, MIN((size_t)n, sizeof(head) - 1) },
        { (char *)msg->text, strlen(msg->text) },
        { (char *)"\n", 1 },
    };
    if (writev(out->fd, iov, 3) < 0)
        return;   /* nowhere to report it */
}

static gboolean stderr_open(VirLogOutput *out, GError **err)
{
    out->fd = STDERR_FILENO;
    return TRUE;
}

static gboolean file_open(VirLogOutput *out, GError **err)
{
    if (!g_path_is_absolute(out->extra))
        return vir_fail(err, VIR_ERR_INVALID_ARG, "log file '%s' is no absolute path", out->extra);
    int fd = open(out->extra, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd < 0)
        return vir_fail_errno(err, errno, "cannot open log file '%s'", out->extra);
    vir_fd_close(&out->fd);
    out->fd = fd;
    return TRUE;
}

static gboolean syslog_open(VirLogOutput *out, GError **err)
{
    openlog(g_intern_string(out->extra), LOG_PID, LOG_DAEMON);   /* it keeps the pointer for ever */
    return TRUE;
}

static void syslog_write(VirLogOutput *out, const VirLogMessage *msg)
{
    syslog(syslog_priority[msg->level], "%s", msg->text);
}

static gboolean journal_open(VirLogOutput *out, GError **err)
{
    out->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_un addr = { .sun_family = AF_UNIX, .sun_path = JOURNAL_SOCKET };
    if (out->fd < 0 || connect(out->fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
        return vir_fail_errno(err, errno, "cannot reach the journal at '%s'", JOURNAL_SOCKET);
    return TRUE;
}

/* The journal's native protocol: NAME=value lines; a value with a newline goes as NAME, 64-bit length, bytes. */
static void journal_field(GString *out, const char *name, const char *value)
{
    size_t len = strlen(value);
    if (!memchr(value, '\n', len)) {
        g_string_append_printf(out, "%s=%s\n", name, value);
        return;
    }
    guint64 le = GUINT64_TO_LE(len);
    g_string_append_printf(out, "%s\n", name);
    g_string_append_len(out, (const char *)&le, sizeof(le));
    g_string_append_len(out, value, len);
    g_string_append_c(out, '\n');
}

/* A datagram too large for the socket goes as a sealed memory file. */
static void journal_send(int sock, const GString *data)
{
    if (send(sock, data->str, data->len, MSG_NOSIGNAL) >= 0 || (errno != EMSGSIZE && errno != ENOBUFS))
        return;
    VIR_AUTOFD int fd = vir_fd_memfd("journal", data->str, data->len, NULL);
    if (fd < 0)
        return;
    union {
        struct cmsghdr align;
        char room[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    struct msghdr m = { .msg_control = &control, .msg_controllen = sizeof(control) };
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &fd, sizeof(fd));
    if (sendmsg(sock, &m, MSG_NOSIGNAL) < 0)
        return;
}

static void journal_write(VirLogOutput *out, const VirLogMessage *msg)
{
    GString *data = g_string_sized_new(512);
    char number[32];
    journal_field(data, "MESSAGE", msg->text);
    snprintf(number, sizeof(number), "%d", syslog_priority[msg->level]);
    journal_field(data, "PRIORITY", number);
    journal_field(data, "SYSLOG_IDENTIFIER", msg->program);
    journal_field(data, "LIBVIRT_SOURCE", msg->source);
    journal_field(data, "CODE_FILE", msg->file);
    journal_field(data, "CODE_FUNC", msg->func);
    snprintf(number, sizeof(number), "%d", msg->line);
    journal_field(data, "CODE_LINE", number);
    if (msg->request) {
        snprintf(number, sizeof(number), "%" G_GUINT64_FORMAT, msg->request);
        journal_field(data, "LIBVIRT_REQUEST", number);
    }
    journal_send(out->fd, data);
    g_string_free(data, TRUE);
}

static const OutputKind kinds[] = {
    { "stderr", FALSE, stderr_open, write_line },
    { "file", TRUE, file_open, write_line },
    { "syslog", TRUE, syslog_open, syslog_write },
    { "journald", FALSE, journal_open, journal_write },
};

VirLogOutput *vir_log_output_parse(const char *text, int default_level, GError **err)
{
    const char *p = text;
    int level = default_level;
    if (g_ascii_isdigit(p[0]) && p[1] == ':') {
        level = p[0] - '0';
        p += 2;
    }
    const char *colon = strchr(p, ':');
    size_t len = colon ? (size_t)(colon - p) : strlen(p);
    const OutputKind *kind = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strlen(kinds[i].name) == len && strncmp(kinds[i].name, p, len) == 0)
            kind = &kinds[i];
    if (!kind || level < VIR_LOG_DEBUG || level > VIR_LOG_ERROR || kind->takes_extra != (colon && colon[1])) {
        vir_fail(err, VIR_ERR_INVALID_ARG,
                 "log output '%s' is wrong (write LEVEL:stderr, LEVEL:journald, LEVEL:file:PATH or LEVEL:syslog:NAME, "
                 "LEVEL 1 to 4)", text);
        return NULL;
    }
    VirLogOutput *out = g_new0(VirLogOutput, 1);
    out->kind = kind;
    out->level = level;
    out->extra = kind->takes_extra ? g_strdup(colon + 1) : NULL;
    out->fd = -1;
    if (!kind->open(out, err)) {
        vir_log_output_free(out);
        return NULL;
    }
    return out;
}

void vir_log_output_free(VirLogOutput *out)
{
    if (!out)
        return;
    if (out->fd > STDERR_FILENO)
        vir_fd_close(&out->fd);
    g_free(out->extra);
    g_free(out);
}

void vir_log_output_write(VirLogOutput *out, const VirLogMessage *msg)
{
    if ((int)msg->level >= out->level)
        out->kind->write(out, msg);
}

gboolean vir_log_output_reopen(VirLogOutput *out, GError **err)
{
    return out->kind->open != file_open || file_open(out, err);
}

int vir_log_output_level(const VirLogOutput *out)
{
    return out->level;
}

char *vir_log_output_format(const VirLogOutput *out)
{
    return g_strdup_printf("%d:%s%s%s", out->level, out->kind->name, out->extra ? ":" : "",
                           out->extra ? out->extra : "");
}

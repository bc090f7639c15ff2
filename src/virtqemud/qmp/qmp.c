/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/qmp/qmp.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/error.h"
#include "util/fd.h"
#include "virtqemud/qmp/qmp-loop.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

#define LINE_MAX_BYTES VIR_JSON_MAX_BYTES
#define READ_BYTES (128 * 1024)
#define MAX_FDS 16
#define CLOSED_TEXT "QEMU monitor closed"

/* A command in flight. Removed from the list under the lock by whoever ends it. */
typedef struct {
    GList link;
    guint64 id;
    gint64 sent_us;
    char *command;
    VirQmpReply cb;
    gpointer data;
    gboolean raw;          /* the answer is passed on whole */
    gboolean query;        /* changes nothing in QEMU */
    gboolean abandoned;    /* nobody waits; kept until the answer comes */
} QmpCall;

/* Output that did not fit into the socket yet. Descriptors leave with the first byte. */
typedef struct {
    GList link;
    char *text;
    gsize len, done;
    int fds[MAX_FDS];      /* ours */
    gsize n_fds;
} QmpChunk;

struct VirQmp {
    VirObject parent;
    VirQmpSource source;
    VirQmpCallbacks cb;
    gpointer opaque;

    GMutex lock;
    GQueue calls;          /* QmpCall by link, oldest first */
    GQueue out;            /* QmpChunk by link */
    guint64 next_id;
    gboolean greeted;      /* the greeting was read */
    gboolean closing;      /* no new command; the I/O thread will end it */
    gboolean writing;      /* EPOLLOUT is on */
    GError *reason;        /* why it closed */
    guint version;
    char *package;
    void *attachment;

    GByteArray *rest;      /* I/O thread: an unfinished line */
    gsize scanned;         /* of it, bytes known to hold no newline */
};

/* I/O thread only: all monitors read through it, so an idle monitor has no buffer. */
static char *read_buffer;

static void call_free(QmpCall *call)
{
    g_free(call->command);
    g_free(call);
}

static void chunk_free(QmpChunk *chunk)
{
    for (gsize i = 0; i < chunk->n_fds; i++)
        vir_fd_close(&chunk->fds[i]);
    g_free(chunk->text);
    g_free(chunk);
}

static void qmp_dispose(void *obj)
{
    VirQmp *q = obj;
    vir_fd_close(&q->source.fd);
    for (GList *l; (l = g_queue_pop_head_link(&q->calls));)
        call_free(l->data);
    for (GList *l; (l = g_queue_pop_head_link(&q->out));)
        chunk_free(l->data);
    g_clear_error(&q->reason);
    g_clear_pointer(&q->rest, g_byte_array_unref);
    g_free(q->package);
    virObjectUnref(q->attachment);
    g_mutex_clear(&q->lock);
}
VIR_CLASS_DEFINE(vir_qmp, VirQmp, qmp_dispose)

/* ---- output ---- */

/* Returns bytes written, 0 when the socket is full, -1 with errno. */
static gssize send_some(int sock, const char *text, gsize len, const int *fds, gsize n_fds)
{
    struct iovec iov = { .iov_base = (char *)text, .iov_len = len };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
    char control[CMSG_SPACE(sizeof(int) * MAX_FDS)];
    if (n_fds) {
        memset(control, 0, sizeof(control));
        msg.msg_control = control;
        msg.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
        struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
        cmsg->cmsg_level = SOL_SOCKET;
        cmsg->cmsg_type = SCM_RIGHTS;
        cmsg->cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
        memcpy(CMSG_DATA(cmsg), fds, sizeof(int) * n_fds);
    }
    for (;;) {
        gssize n = sendmsg(sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n >= 0 || errno != EINTR)
            return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : n;
    }
}

/* Lock held. Marks the monitor as ending; the I/O thread sees the hangup and does the rest. */
static void close_locked(VirQmp *q, GError *reason /* taken */)
{
    if (q->closing) {
        g_clear_error(&reason);
        return;
    }
    q->closing = TRUE;
    q->reason = reason;
    shutdown(q->source.fd, SHUT_RDWR);
}

/* Lock held. Writes what the socket takes and watches for room when something is left. */
static void flush_locked(VirQmp *q)
{
    while (q->out.head && !q->closing) {
        QmpChunk *chunk = q->out.head->data;
        gssize n = send_some(q->source.fd, chunk->text + chunk->done, chunk->len - chunk->done, chunk->fds,
                             chunk->n_fds);
        if (n < 0) {
            close_locked(q, g_error_new(VIR_ERROR, VIR_ERR_INTERNAL_ERROR, CLOSED_TEXT ": %s", g_strerror(errno)));
            return;
        }
        if (n == 0)
            break;
        for (; chunk->n_fds; chunk->n_fds--)
            vir_fd_close(&chunk->fds[chunk->n_fds - 1]);
        chunk->done += n;
        if (chunk->done == chunk->len) {
            g_queue_unlink(&q->out, &chunk->link);
            chunk_free(chunk);
        }
    }
    gboolean want = q->out.head != NULL;
    if (want != q->writing && !q->closing) {
        q->writing = want;
        vir_qmp_loop_set(&q->source, EPOLLIN | (want ? EPOLLOUT : 0));
    }
}

/* Lock held. @text is taken. The common case writes it here and now, without a queue. */
static void write_locked(VirQmp *q, char *text, gsize len, const int *fds, gsize n_fds)
{
    gsize done = 0;
    if (!q->out.head && !q->closing) {
        gssize n = send_some(q->source.fd, text, len, fds, n_fds);
        if (n < 0) {
            close_locked(q, g_error_new(VIR_ERROR, VIR_ERR_INTERNAL_ERROR, CLOSED_TEXT ": %s", g_strerror(errno)));
            g_free(text);
            return;
        }
        done = n;
        if (done == len) {
            g_free(text);
            return;
        }
    }
    QmpChunk *chunk = g_new0(QmpChunk, 1);
    chunk->link.data = chunk;
    chunk->text = text;
    chunk->len = len;
    chunk->done = done;
    if (done == 0) {
        for (gsize i = 0; i < n_fds; i++)
            chunk->fds[chunk->n_fds++] = vir_fd_dup(fds[i], NULL);
    }
    g_queue_push_tail_link(&q->out, &chunk->link);
    flush_locked(q);
}

/* ---- calls ---- */

/* @text is taken: the whole line with its id. FALSE when the monitor is closed, and why. */
static gboolean submit(VirQmp *q, QmpCall *call, char *text, gsize len, const int *fds, gsize n_fds, GError **err)
{
    g_mutex_lock(&q->lock);
    gboolean ok = !q->closing;
    if (ok) {
        call->link.data = call;
        call->sent_us = g_get_monotonic_time();
        g_queue_push_tail_link(&q->calls, &call->link);
        write_locked(q, text, len, fds, n_fds);
    } else {
        g_free(text);
        g_propagate_prefixed_error(err, g_error_copy(q->reason), "command '%s' was not sent: ", call->command);
    }
    g_mutex_unlock(&q->lock);
    return ok;
}

static guint64 take_id(VirQmp *q)
{
    g_mutex_lock(&q->lock);
    guint64 id = q->next_id++;
    g_mutex_unlock(&q->lock);
    return id;
}

static guint64 send_line(VirQmp *q, const char *command, GString *line, guint64 id, gboolean raw, const int *fds,
                         gsize n_fds, VirQmpReply cb, gpointer data)
{
    gsize len = line->len;
    char *text = g_string_free(line, FALSE);
    QmpCall *call = g_new0(QmpCall, 1);
    call->id = id;
    call->command = g_strdup(command);
    call->raw = raw;
    call->query = g_str_has_prefix(command, "query-") || g_str_equal(command, "qom-get") ||
                  g_str_has_prefix(command, "qom-list");
    call->cb = cb;
    call->data = data;
    g_autoptr(GError) closed = NULL;
    if (submit(q, call, text, len, fds, n_fds, &closed))
        return id;
    call_free(call);
    if (cb)
        cb(q, NULL, closed, data);
    return 0;
}

guint64 vir_qmp_send(VirQmp *q, const char *command, VirJson *args, int passfd, VirQmpReply cb, gpointer data)
{
    guint64 id = take_id(q);
    GString *line = g_string_sized_new(128);
    g_string_append_printf(line, "{\"execute\":\"%s\"", command);
    if (args) {
        g_string_append(line, ",\"arguments\":");
        vir_json_append(line, args);
        vir_json_unref(args);
    }
    g_string_append_printf(line, ",\"id\":%" G_GUINT64_FORMAT "}\r\n", id);
    return send_line(q, command, line, id, FALSE, &passfd, passfd >= 0 ? 1 : 0, cb, data);
}

guint64 vir_qmp_send_raw(VirQmp *q, VirJson *command, const int *fds, gsize n_fds, VirQmpReply cb, gpointer data)
{
    guint64 id = take_id(q);
    g_autofree char *name = g_strdup(vir_json_str(command, "execute", "(none)"));
    vir_json_add(command, "U:id", id, NULL);
    GString *line = g_string_sized_new(128);
    vir_json_append(line, command);
    g_string_append(line, "\r\n");
    vir_json_unref(command);
    return send_line(q, name, line, id, TRUE, fds, MIN(n_fds, MAX_FDS), cb, data);
}

/* Lock held. */
static QmpCall *find_call(VirQmp *q, guint64 id)
{
    for (GList *l = q->calls.head; l; l = l->next) {
        QmpCall *call = l->data;
        if (call->id == id)
            return call;
    }
    return NULL;
}

gboolean vir_qmp_abandon(VirQmp *q, guint64 id)
{
    g_mutex_lock(&q->lock);
    QmpCall *call = find_call(q, id);
    gboolean ok = call && !call->abandoned;
    if (ok) {
        call->abandoned = TRUE;
        call->cb = NULL;
        call->data = NULL;
    }
    g_mutex_unlock(&q->lock);
    return ok;
}

gboolean vir_qmp_is_unanswered(VirQmp *q, char **ret_command, gint64 *ret_sent_us)
{
    g_mutex_lock(&q->lock);
    QmpCall *found = NULL;
    for (GList *l = q->calls.head; l && !found; l = l->next) {
        QmpCall *call = l->data;
        if (call->abandoned && !call->query)
            found = call;
    }
    if (found && ret_command)
        *ret_command = g_strdup(found->command);
    if (found && ret_sent_us)
        *ret_sent_us = found->sent_us;
    g_mutex_unlock(&q->lock);
    return found != NULL;
}

guint vir_qmp_outstanding(VirQmp *q, gint64 *ret_oldest_us)
{
    g_mutex_lock(&q->lock);
    guint n = q->calls.length;
    if (n && ret_oldest_us)
        *ret_oldest_us = ((QmpCall *)q->calls.head->data)->sent_us;
    g_mutex_unlock(&q->lock);
    return n;
}

void vir_qmp_set_attachment(VirQmp *q, void *object)
{
    virObjectRef(object);
    g_mutex_lock(&q->lock);
    void *old = q->attachment;
    q->attachment = object;
    g_mutex_unlock(&q->lock);
    virObjectUnref(old);
}

void *vir_qmp_get_attachment(VirQmp *q)
{
    g_mutex_lock(&q->lock);
    void *object = virObjectRef(q->attachment);
    g_mutex_unlock(&q->lock);
    return object;
}

/* ---- input: I/O thread ---- */

static GError *reply_error(const char *command, VirJson *error)
{
    const char *klass = vir_json_str(error, "class", "GenericError");
    GError *err = g_error_new(VIR_ERROR, VIR_ERR_INTERNAL_ERROR, "unable to execute QEMU command '%s': %s", command,
                              vir_json_str(error, "desc", "unknown error"));
    /* str3 is where vir_qmp_error_class finds it. */
    vir_error_set_extra(err, NULL, NULL, klass, -1, -1);
    return err;
}

/* Takes @msg. */
static void handle_reply(VirQmp *q, VirJson *msg, VirJson *error)
{
    guint64 id = vir_json_uint64(msg, "id", 0);
    guint unanswered = 0;
    g_mutex_lock(&q->lock);
    QmpCall *call = find_call(q, id);
    if (call) {
        g_queue_unlink(&q->calls, &call->link);
        for (GList *l = call->abandoned ? q->calls.head : NULL; l; l = l->next) {
            QmpCall *other = l->data;
            unanswered += other->abandoned && !other->query;
        }
    }
    g_mutex_unlock(&q->lock);
    /* An unknown id answers a client that had this monitor before us. */
    if (call && call->abandoned && !call->query && q->cb.late)
        q->cb.late(q, call->command, error == NULL, unanswered, q->opaque);
    if (call && call->cb) {
        if (call->raw) {
            call->cb(q, json_object_get(msg), NULL, call->data);
        } else if (error) {
            g_autoptr(GError) err = reply_error(call->command, error);
            call->cb(q, NULL, err, call->data);
        } else {
            VirJson *ret = json_object_get(json_object_object_get(msg, "return"));
            json_object_object_del(msg, "return");
            call->cb(q, ret ? ret : json_object_new_object(), NULL, call->data);
        }
    }
    if (call)
        call_free(call);
    vir_json_unref(msg);
}

/* Takes @msg. */
static gboolean handle_event(VirQmp *q, VirJson *msg, GError **err)
{
    const char *name;
    if (!vir_json_get_str(msg, "event", &name, err)) {
        vir_json_unref(msg);
        return FALSE;
    }
    if (q->cb.event) {
        VirJson *stamp = vir_json_obj(msg, "timestamp");
        VirJson *data = json_object_get(vir_json_obj(msg, "data"));
        json_object_object_del(msg, "data");
        q->cb.event(q, name, data, vir_json_int64(stamp, "seconds", 0), vir_json_int64(stamp, "microseconds", 0),
                    q->opaque);
    }
    vir_json_unref(msg);
    return TRUE;
}

static gboolean handle_greeting(VirQmp *q, VirJson *msg, GError **err)
{
    VirJson *version = vir_json_obj(vir_json_obj(msg, "QMP"), "version");
    VirJson *qemu = vir_json_obj(version, "qemu");
    if (!qemu)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "the QEMU monitor's greeting names no version");
    g_mutex_lock(&q->lock);
    q->greeted = TRUE;
    q->version = vir_json_uint64(qemu, "major", 0) * 1000000 + vir_json_uint64(qemu, "minor", 0) * 1000 +
                 vir_json_uint64(qemu, "micro", 0);
    q->package = g_strdup(vir_json_str(version, "package", ""));
    g_mutex_unlock(&q->lock);
    return TRUE;
}

/* FALSE ends the monitor; @err is not set when somebody ended it already. */
static gboolean handle_line(VirQmp *q, const char *text, gsize len, GError **err)
{
    while (len && g_ascii_isspace(text[len - 1]))
        len--;
    if (!len)
        return TRUE;
    if (vir_qmp_is_closed(q))   /* by a callback of the line before: what follows is not to be trusted */
        return FALSE;
    VirJson *msg = vir_json_parse(text, len, "QEMU's monitor", err);
    if (!msg)
        return FALSE;
    VirJson *error = vir_json_obj(msg, "error");
    if (!q->greeted) {
        gboolean ok = vir_json_obj(msg, "QMP")
                          ? handle_greeting(q, msg, err)
                          : vir_fail(err, VIR_ERR_INTERNAL_ERROR, "the peer of the QEMU monitor sent no greeting");
        vir_json_unref(msg);
        return ok;
    }
    if (vir_json_has(msg, "return") || error) {
        handle_reply(q, msg, error);
        return TRUE;
    }
    if (vir_json_has(msg, "event"))
        return handle_event(q, msg, err);
    vir_json_unref(msg);
    return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "QEMU's monitor sent a message that is no reply and no event");
}

/* Handles all complete lines of @data; what is left over is kept. */
static gboolean handle_input(VirQmp *q, const char *data, gsize len, GError **err)
{
    const char *end = data + len;
    if (q->rest) {
        const char *nl = memchr(data, '\n', len);
        gsize take = nl ? (gsize)(nl + 1 - data) : len;
        if (q->rest->len + take > LINE_MAX_BYTES)
            return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "QEMU's monitor sent a line of more than %d MiB",
                            LINE_MAX_BYTES / (1024 * 1024));
        g_byte_array_append(q->rest, (const guint8 *)data, take);
        if (!nl)
            return TRUE;
        g_autoptr(GByteArray) line = g_steal_pointer(&q->rest);
        if (!handle_line(q, (const char *)line->data, line->len, err))
            return FALSE;
        data += take;
    }
    for (const char *nl; data < end && (nl = memchr(data, '\n', end - data)); data = nl + 1) {
        if (!handle_line(q, data, nl - data, err))
            return FALSE;
    }
    if (data < end) {
        q->rest = g_byte_array_sized_new(end - data);
        g_byte_array_append(q->rest, (const guint8 *)data, end - data);
    }
    return TRUE;
}

/* The end: fails what is open, tells the owner, drops the loop's reference. */
static void finish(VirQmp *q)
{
    vir_qmp_loop_remove(&q->source);
    g_mutex_lock(&q->lock);
    close_locked(q, g_error_new(VIR_ERROR, VIR_ERR_INTERNAL_ERROR, CLOSED_TEXT));
    GQueue calls = q->calls;
    g_queue_init(&q->calls);
    g_mutex_unlock(&q->lock);

    for (GList *l; (l = g_queue_pop_head_link(&calls));) {
        QmpCall *call = l->data;
        if (call->cb) {
            g_autoptr(GError) err = g_error_copy(q->reason);
            g_prefix_error(&err, "command '%s' was not answered: ", call->command);
            call->cb(q, NULL, err, call->data);
        }
        call_free(call);
    }
    if (q->cb.closed)
        q->cb.closed(q, q->reason, q->opaque);
    if (q->cb.free_opaque)
        q->cb.free_opaque(q->opaque);
    g_clear_pointer(&q->rest, g_byte_array_unref);
    virObjectUnref(q);
}

/* One read per wake-up: a chatty monitor does not starve the others. FALSE at its end. */
static gboolean read_some(VirQmp *q)
{
    if (!read_buffer)
        read_buffer = g_malloc(READ_BYTES);
    gssize n = recv(q->source.fd, read_buffer, READ_BYTES, MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    if (n == 0)
        return FALSE;
    GError *err = NULL;
    if (handle_input(q, read_buffer, n, &err))
        return TRUE;
    g_mutex_lock(&q->lock);
    close_locked(q, err);
    g_mutex_unlock(&q->lock);
    return FALSE;
}

static void source_ready(VirQmpSource *source, guint32 events)
{
    VirQmp *q = (VirQmp *)((char *)source - offsetof(VirQmp, source));
    if (events & EPOLLOUT) {
        g_mutex_lock(&q->lock);
        flush_locked(q);
        g_mutex_unlock(&q->lock);
    }
    /* Replies that came before the peer's end are still read. */
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && !read_some(q))
        finish(q);
}

/* ---- life ---- */

static void handshake_done(VirQmp *q, VirJson *ret, const GError *error, gpointer data)
{
    vir_json_unref(ret);
    if (!error)
        return;
    g_mutex_lock(&q->lock);
    close_locked(q, g_error_copy(error));
    g_mutex_unlock(&q->lock);
}

VirQmp *vir_qmp_new(int fd, const VirQmpCallbacks *cb, gpointer opaque, GError **err)
{
    VirQmp *q = virObjectNew(vir_qmp_class());
    q->source.fd = fd;
    q->source.ready = source_ready;
    g_mutex_init(&q->lock);
    g_queue_init(&q->calls);
    g_queue_init(&q->out);
    /* Not from 1: QEMU may still answer commands of the monitor's former client to us. */
    q->next_id = ((guint64)g_random_int() << 16) + 1;
    if (cb)
        q->cb = *cb;
    q->opaque = opaque;
    if (!vir_fd_set_nonblock(fd, TRUE, err)) {
        virObjectUnref(q);
        return NULL;
    }
    vir_qmp_send(q, "qmp_capabilities", NULL, -1, handshake_done, NULL);
    virObjectRef(q);   /* the loop's */
    if (!vir_qmp_loop_add(&q->source, EPOLLIN | (q->writing ? EPOLLOUT : 0), err)) {
        virObjectUnref(q);
        virObjectUnref(q);
        return NULL;
    }
    return q;
}

void vir_qmp_close(VirQmp *q)
{
    g_mutex_lock(&q->lock);
    close_locked(q, g_error_new(VIR_ERROR, VIR_ERR_INTERNAL_ERROR, CLOSED_TEXT " by the daemon"));
    g_mutex_unlock(&q->lock);
}

gboolean vir_qmp_is_closed(VirQmp *q)
{
    g_mutex_lock(&q->lock);
    gboolean closed = q->closing;
    g_mutex_unlock(&q->lock);
    return closed;
}

guint vir_qmp_version(VirQmp *q, const char **ret_package)
{
    g_mutex_lock(&q->lock);
    guint version = q->version;
    if (ret_package)
        *ret_package = q->package ? q->package : "";
    g_mutex_unlock(&q->lock);
    return version;
}

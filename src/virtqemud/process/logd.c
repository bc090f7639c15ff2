/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/process/logd.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "api/wire-types.h"
#include "rpc/packet.h"
#include "util/error.h"
#include "util/fd.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

#define DEADLINE_S 10
#define ANSWER_MAX (64 * 1024)

static int logd_connect(const char *path, GError **err)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    struct timeval limit = { DEADLINE_S, 0 };
    VIR_AUTOFD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (strlen(path) >= sizeof addr.sun_path) {
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "the name of virtlogd's socket is too long: '%s'", path);
        return -1;
    }
    g_strlcpy(addr.sun_path, path, sizeof addr.sun_path);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) < 0 ||
        connect(fd, (struct sockaddr *)&addr, sizeof addr) < 0) {
        vir_fail_errno(err, errno, "cannot connect to virtlogd at '%s'", path);
        return -1;
    }
    return vir_fd_steal(&fd);
}

/* Sends one call and reads its whole answer. Returns: the packet without its length word; NULL with @err set. */
static GByteArray *logd_call(int fd, int proc, const VirXdrStruct *s, const void *args, VirPacketHeader *ret_head,
                             GError **err)
{
    VirPacketHeader head = { VIR_LOG_MANAGER_PROTOCOL_PROGRAM, VIR_LOG_MANAGER_PROTOCOL_PROGRAM_VERSION, proc, VIR_PACKET_CALL, 1, VIR_PACKET_OK };
    VirPacket *packet = vir_packet_new();
    gboolean sent = vir_xdr_encode(s, args, packet->head, err) && vir_packet_finish(packet, &head) &&
                    vir_fd_write_all(fd, packet->head->data, packet->head->len, err);
    vir_packet_free(packet, sent);
    guint8 word[VIR_PACKET_HEADER_SIZE];
    if (!sent || !vir_fd_read_exact(fd, word, sizeof word, err))
        return NULL;
    guint32 length = vir_get_u32(word);
    vir_packet_header_get(word, ret_head);
    if (length < sizeof word || length > ANSWER_MAX || ret_head->type == VIR_PACKET_MESSAGE) {
        vir_fail(err, VIR_ERR_RPC, "virtlogd's answer cannot be understood");
        return NULL;
    }
    g_autoptr(GByteArray) body = g_byte_array_new();
    g_byte_array_set_size(body, length - sizeof word);
    return vir_fd_read_exact(fd, body->data, body->len, err) ? g_steal_pointer(&body) : NULL;
}

int qemu_logd_open(const QemuLogdFile *file, GError **err)
{
    VIR_AUTOFD int fd = logd_connect(file->socket, err);
    if (fd < 0)
        return -1;
    virLogManagerProtocolDomainOpenLogFileArgs args = { .driver = (char *)file->driver, .path = (char *)file->path };
    args.dom.name = (char *)file->name;
    memcpy(args.dom.uuid, file->uuid, sizeof args.dom.uuid);
    VirPacketHeader head;
    g_autoptr(GByteArray) body =
        logd_call(fd, VIR_LOG_MANAGER_PROTOCOL_PROC_DOMAIN_OPEN_LOG_FILE,
                  &virLogManagerProtocolDomainOpenLogFileArgs_xdr, &args, &head, err);
    if (!body)
        return -1;
    if (head.status != VIR_PACKET_OK || head.type != VIR_PACKET_REPLY_WITH_FDS) {
        vir_fail(err, VIR_ERR_OPERATION_FAILED, "virtlogd cannot open the log file '%s' of domain '%s'", file->path,
                 file->name);
        return -1;
    }
    return vir_fd_recv(fd, err);
}

void qemu_logd_settle(const QemuLogdFile *file)
{
    VIR_AUTOFD int fd = logd_connect(file->socket, NULL);
    if (fd < 0)
        return;
    virLogManagerProtocolDomainGetLogFilePositionArgs args = { .path = (char *)file->path };
    VirPacketHeader head;
    g_autoptr(GByteArray) body =
        logd_call(fd, VIR_LOG_MANAGER_PROTOCOL_PROC_DOMAIN_GET_LOG_FILE_POSITION,
                  &virLogManagerProtocolDomainGetLogFilePositionArgs_xdr, &args, &head, NULL);
}

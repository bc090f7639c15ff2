/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/qmp/qmp-commands.h"

#include <string.h>

#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

VIR_ENUM_DEFINE(vir_qmp_run_state_enum, "QEMU run state", VIR_QMP_RUN_LAST,
                "debug", "inmigrate", "internal-error", "io-error", "paused", "postmigrate", "prelaunch",
                "finish-migrate", "restore-vm", "running", "save-vm", "shutdown", "suspended", "watchdog",
                "guest-panicked", "colo", "preconfig")

typedef enum { FIELD_STR, FIELD_INT, FIELD_I64, FIELD_U64, FIELD_BOOL, FIELD_HAS, FIELD_RUN_STATE } FieldKind;

typedef struct {
    const char *path;        /* members from the object down, with dots */
    FieldKind kind;
    gsize offset;
    gboolean required;
    int missing;             /* value of numbers that are not there */
} Field;

struct VirQmpQuery {
    const char *command;
    const char *flag;        /* a boolean argument that is set; NULL: no arguments */
    gsize size;
    gboolean list;
    const Field *fields;     /* ends with a NULL path */
    void (*clear)(void *item);
};

#define STR(Type, path, member) { path, FIELD_STR, offsetof(Type, member), FALSE, 0 }
#define STR_REQ(Type, path, member) { path, FIELD_STR, offsetof(Type, member), TRUE, 0 }
#define INT(Type, path, member) { path, FIELD_INT, offsetof(Type, member), FALSE, -1 }
#define INT_REQ(Type, path, member) { path, FIELD_INT, offsetof(Type, member), TRUE, 0 }
#define I64(Type, path, member) { path, FIELD_I64, offsetof(Type, member), FALSE, 0 }
#define I64_REQ(Type, path, member) { path, FIELD_I64, offsetof(Type, member), TRUE, 0 }
#define U64(Type, path, member) { path, FIELD_U64, offsetof(Type, member), FALSE, 0 }
#define U64_REQ(Type, path, member) { path, FIELD_U64, offsetof(Type, member), TRUE, 0 }
#define BOOL(Type, path, member) { path, FIELD_BOOL, offsetof(Type, member), FALSE, 0 }
#define HAS(Type, path, member) { path, FIELD_HAS, offsetof(Type, member), FALSE, 0 }
#define PLACE(Type)                                                                                              \
    INT(Type, "props.node-id", place.node), INT(Type, "props.socket-id", place.socket),                          \
        INT(Type, "props.die-id", place.die), INT(Type, "props.cluster-id", place.cluster),                      \
        INT(Type, "props.core-id", place.core), INT(Type, "props.thread-id", place.thread)

static const Field status_fields[] = {
    { "status", FIELD_RUN_STATE, offsetof(VirQmpStatus, status), TRUE, 0 },
    BOOL(VirQmpStatus, "running", running),
    { NULL }
};

static const Field cpu_fields[] = {
    INT_REQ(VirQmpCpu, "cpu-index", index),
    I64_REQ(VirQmpCpu, "thread-id", thread_id),
    STR(VirQmpCpu, "qom-path", qom_path),
    STR(VirQmpCpu, "qom-type", qom_type),
    PLACE(VirQmpCpu),
    { NULL }
};

static const Field hotpluggable_fields[] = {
    STR_REQ(VirQmpHotpluggableCpu, "type", type),
    STR(VirQmpHotpluggableCpu, "qom-path", qom_path),
    INT_REQ(VirQmpHotpluggableCpu, "vcpus-count", vcpus),
    PLACE(VirQmpHotpluggableCpu),
    { NULL }
};

static const Field iothread_fields[] = {
    STR_REQ(VirQmpIOThread, "id", id),
    I64_REQ(VirQmpIOThread, "thread-id", thread_id),
    I64(VirQmpIOThread, "poll-max-ns", poll_max_ns),
    I64(VirQmpIOThread, "poll-grow", poll_grow),
    I64(VirQmpIOThread, "poll-shrink", poll_shrink),
    I64(VirQmpIOThread, "aio-max-batch", aio_max_batch),
    { NULL }
};

static const Field chardev_fields[] = {
    STR_REQ(VirQmpChardev, "label", label),
    STR_REQ(VirQmpChardev, "filename", filename),
    BOOL(VirQmpChardev, "frontend-open", frontend_open),
    { NULL }
};

static const Field balloon_fields[] = { U64_REQ(VirQmpBalloon, "actual", actual), { NULL } };

static const Field blockstats_fields[] = {
    STR(VirQmpBlockStats, "device", device),
    STR(VirQmpBlockStats, "qdev", qdev),
    STR(VirQmpBlockStats, "node-name", node_name),
    U64_REQ(VirQmpBlockStats, "stats.rd_bytes", rd_bytes),
    U64_REQ(VirQmpBlockStats, "stats.rd_operations", rd_ops),
    U64(VirQmpBlockStats, "stats.rd_total_time_ns", rd_ns),
    U64_REQ(VirQmpBlockStats, "stats.wr_bytes", wr_bytes),
    U64_REQ(VirQmpBlockStats, "stats.wr_operations", wr_ops),
    U64(VirQmpBlockStats, "stats.wr_total_time_ns", wr_ns),
    U64(VirQmpBlockStats, "stats.flush_operations", flush_ops),
    U64(VirQmpBlockStats, "stats.flush_total_time_ns", flush_ns),
    U64(VirQmpBlockStats, "stats.unmap_operations", unmap_ops),
    U64(VirQmpBlockStats, "stats.unmap_total_time_ns", unmap_ns),
    U64(VirQmpBlockStats, "stats.failed_rd_operations", failed_rd),
    U64(VirQmpBlockStats, "stats.failed_wr_operations", failed_wr),
    U64(VirQmpBlockStats, "parent.stats.wr_highest_offset", wr_highest_offset),
    HAS(VirQmpBlockStats, "parent.stats.wr_highest_offset", has_highest_offset),
    { NULL }
};

static const Field block_fields[] = {
    STR_REQ(VirQmpBlock, "device", device),
    STR(VirQmpBlock, "qdev", qdev),
    STR(VirQmpBlock, "io-status", io_status),
    BOOL(VirQmpBlock, "removable", removable),
    BOOL(VirQmpBlock, "locked", locked),
    BOOL(VirQmpBlock, "tray_open", tray_open),
    HAS(VirQmpBlock, "tray_open", has_tray),
    HAS(VirQmpBlock, "inserted", inserted),
    STR(VirQmpBlock, "inserted.node-name", node_name),
    STR(VirQmpBlock, "inserted.drv", driver),
    STR(VirQmpBlock, "inserted.file", file),
    BOOL(VirQmpBlock, "inserted.ro", read_only),
    U64(VirQmpBlock, "inserted.image.virtual-size", virtual_size),
    U64(VirQmpBlock, "inserted.image.actual-size", actual_size),
    { NULL }
};

static const Field node_fields[] = {
    STR_REQ(VirQmpNode, "node-name", node_name),
    STR_REQ(VirQmpNode, "drv", driver),
    STR(VirQmpNode, "file", file),
    STR(VirQmpNode, "image.backing-filename", backing_file),
    BOOL(VirQmpNode, "ro", read_only),
    U64(VirQmpNode, "image.virtual-size", virtual_size),
    U64(VirQmpNode, "image.actual-size", actual_size),
    U64(VirQmpNode, "write_threshold", write_threshold),
    { NULL }
};

static const Field job_fields[] = {
    STR_REQ(VirQmpJob, "device", device),
    STR_REQ(VirQmpJob, "type", type),
    STR(VirQmpJob, "status", status),
    STR(VirQmpJob, "error", error),
    U64_REQ(VirQmpJob, "len", len),
    U64_REQ(VirQmpJob, "offset", offset),
    U64(VirQmpJob, "speed", speed),
    BOOL(VirQmpJob, "ready", ready),
    BOOL(VirQmpJob, "paused", paused),
    BOOL(VirQmpJob, "busy", busy),
    { NULL }
};

static const Field migration_fields[] = {
    STR(VirQmpMigration, "status", status),
    STR(VirQmpMigration, "error-desc", error),
    U64(VirQmpMigration, "total-time", total_ms),
    U64(VirQmpMigration, "downtime", downtime_ms),
    U64(VirQmpMigration, "expected-downtime", expected_downtime_ms),
    U64(VirQmpMigration, "setup-time", setup_ms),
    U64(VirQmpMigration, "ram.transferred", ram_transferred),
    U64(VirQmpMigration, "ram.remaining", ram_remaining),
    U64(VirQmpMigration, "ram.total", ram_total),
    U64(VirQmpMigration, "ram.duplicate", ram_duplicate),
    U64(VirQmpMigration, "ram.skipped", ram_skipped),
    U64(VirQmpMigration, "ram.normal", ram_normal),
    U64(VirQmpMigration, "ram.normal-bytes", ram_normal_bytes),
    U64(VirQmpMigration, "ram.dirty-pages-rate", dirty_pages_rate),
    U64(VirQmpMigration, "ram.dirty-sync-count", dirty_sync_count),
    U64(VirQmpMigration, "ram.postcopy-requests", postcopy_requests),
    U64(VirQmpMigration, "ram.page-size", page_size),
    U64(VirQmpMigration, "disk.transferred", disk_transferred),
    U64(VirQmpMigration, "disk.remaining", disk_remaining),
    U64(VirQmpMigration, "disk.total", disk_total),
    { NULL }
};

static void clear_fields(const Field *fields, void *item)
{
    for (const Field *f = fields; f->path; f++) {
        if (f->kind == FIELD_STR)
            g_clear_pointer((char **)((char *)item + f->offset), g_free);
    }
}

#define QUERY(name, fields_, command_, flag_, list_, Type)                                       \
    static void name##_clear(void *item)                                                         \
    {                                                                                            \
        clear_fields(fields_, item);                                                             \
    }                                                                                            \
    const VirQmpQuery vir_qmp_##name##_query = { .command = command_, .flag = flag_, .size = sizeof(Type), \
                                                 .list = list_, .fields = fields_, .clear = name##_clear };

QUERY(status, status_fields, "query-status", NULL, FALSE, VirQmpStatus)
QUERY(cpus, cpu_fields, "query-cpus-fast", NULL, TRUE, VirQmpCpu)
QUERY(hotpluggable_cpus, hotpluggable_fields, "query-hotpluggable-cpus", NULL, TRUE, VirQmpHotpluggableCpu)
QUERY(iothreads, iothread_fields, "query-iothreads", NULL, TRUE, VirQmpIOThread)
QUERY(chardevs, chardev_fields, "query-chardev", NULL, TRUE, VirQmpChardev)
QUERY(balloon, balloon_fields, "query-balloon", NULL, FALSE, VirQmpBalloon)
QUERY(blockstats, blockstats_fields, "query-blockstats", NULL, TRUE, VirQmpBlockStats)
QUERY(blocks, block_fields, "query-block", NULL, TRUE, VirQmpBlock)
QUERY(nodes, node_fields, "query-named-block-nodes", "flat", TRUE, VirQmpNode)
QUERY(block_jobs, job_fields, "query-block-jobs", NULL, TRUE, VirQmpJob)
QUERY(migration, migration_fields, "query-migrate", NULL, FALSE, VirQmpMigration)

/* The member that @path leads to; NULL when it or one above it is missing. */
static VirJson *follow(VirJson *obj, const char *path)
{
    for (;;) {
        const char *dot = strchr(path, '.');
        if (!json_object_is_type(obj, json_type_object))
            return NULL;
        if (!dot)
            return json_object_object_get(obj, path);
        char key[64];
        g_strlcpy(key, path, MIN(sizeof(key), (gsize)(dot - path) + 1));
        obj = json_object_object_get(obj, key);
        path = dot + 1;
    }
}

static gboolean decode_field(const VirQmpQuery *query, const Field *f, VirJson *obj, char *item, GError **err)
{
    VirJson *value = follow(obj, f->path);
    void *to = item + f->offset;
    enum json_type type = json_object_get_type(value);   /* json_type_null for NULL */
    gboolean right = FALSE;
    switch (f->kind) {
    case FIELD_STR:
        if ((right = type == json_type_string))
            *(char **)to = g_strdup(json_object_get_string(value));
        break;
    case FIELD_RUN_STATE:
        if ((right = type == json_type_string))
            *(int *)to = vir_enum_from_string(&vir_qmp_run_state_enum, json_object_get_string(value));
        break;
    case FIELD_INT:
        right = type == json_type_int;
        *(int *)to = right ? json_object_get_int(value) : f->missing;
        break;
    case FIELD_I64:
        right = type == json_type_int;
        *(gint64 *)to = right ? json_object_get_int64(value) : f->missing;
        break;
    case FIELD_U64:
        /* QEMU says a few times -1 or a fraction where it means an amount. */
        right = type == json_type_int;
        if (right && json_object_get_int64(value) >= 0)
            *(guint64 *)to = json_object_get_uint64(value);
        break;
    case FIELD_BOOL:
        right = type == json_type_boolean;
        *(gboolean *)to = right && json_object_get_boolean(value);
        break;
    case FIELD_HAS:
        *(gboolean *)to = value != NULL;
        return TRUE;
    }
    if (!right && f->required)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "QEMU's answer to '%s' lacks a usable '%s'", query->command,
                        f->path);
    return TRUE;
}

static gboolean decode_one(const VirQmpQuery *query, VirJson *obj, GArray *out, GError **err)
{
    /* Grown first, cleared with the array: a half-decoded item leaks nothing. */
    g_array_set_size(out, out->len + 1);
    char *item = out->data + (gsize)(out->len - 1) * query->size;
    for (const Field *f = query->fields; f->path; f++) {
        if (!decode_field(query, f, obj, item, err))
            return FALSE;
    }
    return TRUE;
}

static GArray *new_array(const VirQmpQuery *query)
{
    GArray *out = g_array_new(FALSE, TRUE, query->size);
    g_array_set_clear_func(out, query->clear);
    return out;
}

GArray *vir_qmp_decode(const VirQmpQuery *query, VirJson *reply, GError **err)
{
    g_autoptr(GArray) out = new_array(query);
    if (!query->list)
        return decode_one(query, reply, out, err) ? g_steal_pointer(&out) : NULL;
    if (!json_object_is_type(reply, json_type_array)) {
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "QEMU's answer to '%s' is no list", query->command);
        return NULL;
    }
    for (gsize i = 0; i < vir_json_len(reply); i++) {
        if (!decode_one(query, vir_json_at(reply, i), out, err))
            return NULL;
    }
    return g_steal_pointer(&out);
}

GArray *vir_qmp_decode_blockstats_chain(VirJson *reply, gsize i, GError **err)
{
    g_autoptr(GArray) out = new_array(&vir_qmp_blockstats_query);
    VirJson *entry = json_object_is_type(reply, json_type_array) ? vir_json_at(reply, i) : NULL;
    for (; entry; entry = vir_json_obj(entry, "backing")) {
        if (!decode_one(&vir_qmp_blockstats_query, entry, out, err))
            return NULL;
    }
    return g_steal_pointer(&out);
}

const char *vir_qmp_query_command(const VirQmpQuery *query)
{
    return query->command;
}

VirJson *vir_qmp_query_args(const VirQmpQuery *query)
{
    if (!query->flag)
        return NULL;
    VirJson *args = json_object_new_object();
    json_object_object_add(args, query->flag, json_object_new_boolean(TRUE));
    return args;
}

GArray *vir_qmp_query(VirQmp *q, const VirQmpQuery *query, const VirQmpWait *wait, GError **err)
{
    g_autoptr(VirJson) reply = NULL;
    if (!vir_qmp_call(q, query->command, vir_qmp_query_args(query), wait, &reply, err))
        return NULL;
    return vir_qmp_decode(query, reply, err);
}

/* ---- commands ---- */

gboolean vir_qmp_send_key(VirQmp *q, const char *const *qcodes, gsize n, guint hold_ms, const VirQmpWait *wait,
                          GError **err)
{
    VirJson *keys = json_object_new_array_ext(n);
    for (gsize i = 0; i < n; i++)
        json_object_array_add(keys, vir_json_new("s:type", "qcode", "s:data", qcodes[i], NULL));
    return vir_qmp_run(q, wait, err, "send-key", "a:keys", keys, "?u:hold-time", hold_ms, NULL);
}

gboolean vir_qmp_screendump(VirQmp *q, const char *path, const char *device, int head, gboolean png,
                            const VirQmpWait *wait, GError **err)
{
    /* QEMU wants a device when it gets a head. */
    return vir_qmp_run(q, wait, err, "screendump", "s:filename", path, "?s:device", device, "?i:head",
                       device ? head : 0, "?s:format", png ? "png" : NULL, NULL);
}

char *vir_qmp_human(VirQmp *q, const char *line, const VirQmpWait *wait, GError **err)
{
    g_autoptr(VirJson) ret = NULL;
    if (!vir_qmp_call(q, "human-monitor-command", vir_json_new("s:command-line", line, NULL), wait, &ret, err))
        return NULL;
    if (json_object_is_type(ret, json_type_string))
        return g_strdup(json_object_get_string(ret));
    vir_fail(err, VIR_ERR_INTERNAL_ERROR, "QEMU's answer to '%s' is no text", "human-monitor-command");
    return NULL;
}

gboolean vir_qmp_getfd(VirQmp *q, const char *name, int fd, const VirQmpWait *wait, GError **err)
{
    return vir_qmp_call_fd(q, "getfd", vir_json_new("s:fdname", name, NULL), fd, wait, NULL, err);
}

gboolean vir_qmp_add_fd(VirQmp *q, int set, const char *opaque, int fd, int *ret_fd, const VirQmpWait *wait,
                        GError **err)
{
    g_autoptr(VirJson) ret = NULL;
    if (!vir_qmp_call_fd(q, "add-fd", vir_json_new("i:fdset-id", set, "?s:opaque", opaque, NULL), fd, wait, &ret, err))
        return FALSE;
    return vir_json_get_int(ret, "fd", ret_fd, err);
}

gboolean vir_qmp_set_password(VirQmp *q, const char *protocol, const char *password, const char *connected,
                              const char *expire, const VirQmpWait *wait, GError **err)
{
    if (!vir_qmp_run(q, wait, err, "set_password", "s:protocol", protocol, "s:password", password, "?s:connected",
                     connected, NULL))
        return FALSE;
    return !expire || vir_qmp_run(q, wait, err, "expire_password", "s:protocol", protocol, "s:time", expire, NULL);
}

gboolean vir_qmp_change_medium(VirQmp *q, const char *qdev, const char *node, gboolean force, const VirQmpWait *wait,
                               GError **err)
{
    return vir_qmp_run(q, wait, err, "blockdev-open-tray", "s:id", qdev, "?b:force", force, NULL) &&
           vir_qmp_run(q, wait, err, "blockdev-remove-medium", "s:id", qdev, NULL) &&
           (!node || (vir_qmp_run(q, wait, err, "blockdev-insert-medium", "s:id", qdev, "s:node-name", node, NULL) &&
                      vir_qmp_run(q, wait, err, "blockdev-close-tray", "s:id", qdev, NULL)));
}

VirJson *vir_qmp_qom_get(VirQmp *q, const char *path, const char *property, const VirQmpWait *wait, GError **err)
{
    VirJson *ret = NULL;
    vir_qmp_call(q, "qom-get", vir_json_new("s:path", path, "s:property", property, NULL), wait, &ret, err);
    return ret;
}

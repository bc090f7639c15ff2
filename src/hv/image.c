/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Headers of disk images. Each format is one function over a bounded buffer; every offset is checked against it.
 */
#include "hv/image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "hv/helper.h"
#include "util/error.h"
#include "util/fd.h"
#include "util/json.h"
#include "util/uri.h"

#define VIR_FROM_THIS VIR_FROM_STORAGE

typedef struct {
    const char *path;
    const guint8 *data;
    gsize len;
} Buf;

static guint32 be32(const Buf *b, gsize at)
{
    guint32 v = 0;
    if (at + 4 <= b->len)
        memcpy(&v, b->data + at, 4);
    return GUINT32_FROM_BE(v);
}

static guint64 be64(const Buf *b, gsize at)
{
    return ((guint64)be32(b, at) << 32) | be32(b, at + 4);
}

static guint64 le64(const Buf *b, gsize at)
{
    return GUINT64_SWAP_LE_BE(be64(b, at));
}

static gboolean damaged(const Buf *b, const char *what, GError **err)
{
    return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "the image '%s' is damaged: %s", b->path, what);
}

/* A name inside the header: inside the buffer, valid text without NUL. */
static gboolean take_name(const Buf *b, guint64 at, guint64 len, char **ret, const char *what, GError **err)
{
    if (len == 0 || len > 1023 || at > b->len || len > b->len - at || memchr(b->data + at, 0, len) ||
        !g_utf8_validate((const char *)b->data + at, (gssize)len, NULL))
        return damaged(b, what, err);
    *ret = g_strndup((const char *)b->data + at, len);
    return TRUE;
}

static StorageFormat format_of_name(const char *name)
{
    int v = vir_enum_from_string(&storage_format_enum, name);
    if (v > 0)
        return (StorageFormat)v;
    return g_strcmp0(name, "host_device") == 0 || g_strcmp0(name, "file") == 0 ? STORAGE_FORMAT_RAW : STORAGE_FORMAT_NONE;
}

/* ---- qcow, qcow2 ---- */

#define QCOW2_EXT_END 0u
#define QCOW2_EXT_BACKING_FORMAT 0xE2792ACAu
#define QCOW2_EXT_DATA_FILE 0x44415441u

static gboolean parse_qcow2_extensions(const Buf *b, HvImage *image, gsize at, gsize end, GError **err)
{
    while (at + 8 <= end && at + 8 <= b->len) {
        guint32 type = be32(b, at), len = be32(b, at + 4);
        at += 8;
        if (type == QCOW2_EXT_END)
            return TRUE;
        if (len > b->len || at > b->len - len)
            return damaged(b, "a header extension runs over its end", err);
        g_autofree char *name = NULL;
        if (type == QCOW2_EXT_BACKING_FORMAT && len) {
            if (!take_name(b, at, len, &name, "the name of the backing format", err))
                return FALSE;
            image->backing_format = format_of_name(name);
        } else if (type == QCOW2_EXT_DATA_FILE && len) {
            if (!take_name(b, at, len, &image->data_file, "the name of the data file", err))
                return FALSE;
        }
        at += ((gsize)len + 7) & ~(gsize)7;
    }
    return TRUE;
}

static gboolean parse_qcow2(const Buf *b, HvImage *image, GError **err)
{
    guint32 version = be32(b, 4);
    if (b->len < 72 || (version != 2 && version != 3))
        return damaged(b, "unknown version of qcow2", err);
    guint64 name_at = be64(b, 8);
    guint32 name_len = be32(b, 16);
    image->capacity = be64(b, 24);
    image->encrypted = be32(b, 32) != 0;
    gsize header = version == 3 ? be32(b, 100) : 72;
    if (header < 72 || header > b->len)
        return damaged(b, "the length of the header", err);
    if (!parse_qcow2_extensions(b, image, header, name_at ? (gsize)MIN(name_at, b->len) : b->len, err))
        return FALSE;
    return !name_at || take_name(b, name_at, name_len, &image->backing, "the name of the backing image", err);
}

static gboolean parse_qcow(const Buf *b, HvImage *image, GError **err)
{
    guint64 name_at = be64(b, 8);
    if (b->len < 48 || be32(b, 4) != 1)
        return damaged(b, "unknown version of qcow", err);
    image->capacity = be64(b, 24);
    image->encrypted = be32(b, 36) != 0;
    return !name_at || take_name(b, name_at, be32(b, 16), &image->backing, "the name of the backing image", err);
}

/* ---- QED ---- */

#define QED_BACKING 1u
#define QED_BACKING_RAW 4u

static gboolean parse_qed(const Buf *b, HvImage *image, GError **err)
{
    if (b->len < 64)
        return damaged(b, "short header", err);
    guint64 features = le64(b, 16);
    image->capacity = le64(b, 48);
    if (!(features & QED_BACKING))
        return TRUE;
    if (features & QED_BACKING_RAW)
        image->backing_format = STORAGE_FORMAT_RAW;
    return take_name(b, GUINT32_SWAP_LE_BE(be32(b, 56)), GUINT32_SWAP_LE_BE(be32(b, 60)), &image->backing,
                     "the name of the backing image", err);
}

/* ---- VMDK: a text descriptor inside or as the file ---- */

static gboolean parse_vmdk(const Buf *b, HvImage *image, GError **err)
{
    const char key[] = "parentFileNameHint=\"";
    if (b->len >= 20 && memcmp(b->data, "KDMV", 4) == 0)
        image->capacity = le64(b, 12) * 512;
    const guint8 *at = memmem(b->data, b->len, key, sizeof key - 1);
    if (!at)
        return TRUE;
    at += sizeof key - 1;
    const guint8 *end = memchr(at, '"', (gsize)(b->data + b->len - at));
    if (!end)
        return damaged(b, "the name of the parent", err);
    image->backing_format = STORAGE_FORMAT_VMDK;
    return take_name(b, (guint64)(at - b->data), (guint64)(end - at), &image->backing, "the name of the parent", err);
}

typedef struct {
    StorageFormat format;
    const char *magic;
    gsize magic_len, at;
    gboolean (*parse)(const Buf *b, HvImage *image, GError **err);   /* NULL: nothing we need */
} FormatRow;

static const FormatRow formats[] = {
    { STORAGE_FORMAT_QCOW2, "QFI\xfb\0\0\0\2", 8, 0, parse_qcow2 }, { STORAGE_FORMAT_QCOW2, "QFI\xfb\0\0\0\3", 8, 0, parse_qcow2 },
    { STORAGE_FORMAT_QCOW, "QFI\xfb\0\0\0\1", 8, 0, parse_qcow },   { STORAGE_FORMAT_QED, "QED\0", 4, 0, parse_qed },
    { STORAGE_FORMAT_VMDK, "KDMV", 4, 0, parse_vmdk },              { STORAGE_FORMAT_VMDK, "# Disk DescriptorFile", 21, 0, parse_vmdk },
    { STORAGE_FORMAT_LUKS, "LUKS\xba\xbe", 6, 0, NULL },            { STORAGE_FORMAT_VPC, "conectix", 8, 0, NULL },
    { STORAGE_FORMAT_VDI, "\x7f\x10\xda\xbe", 4, 64, NULL },        { STORAGE_FORMAT_ISO, "CD001", 5, 32769, NULL },
};

static const FormatRow *recognise(const Buf *b, StorageFormat format)
{
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
        const FormatRow *row = &formats[i];
        if ((!format || row->format == format) && row->at + row->magic_len <= b->len &&
            memcmp(b->data + row->at, row->magic, row->magic_len) == 0)
            return row;
    }
    return NULL;
}

static gboolean is_known(StorageFormat format)
{
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++)
        if (formats[i].format == format && formats[i].parse)
            return TRUE;
    return FALSE;
}

HvImage *hv_image_parse(const char *path, const guint8 *data, gsize len, StorageFormat format, GError **err)
{
    const Buf b = { path, data, len };
    const FormatRow *row = recognise(&b, format);
    g_autoptr(HvImage) image = g_new0(HvImage, 1);
    image->format = format ? format : row ? row->format : STORAGE_FORMAT_RAW;
    if (!row && is_known(format)) {
        damaged(&b, "it is not of the format the document says", err);
        return NULL;
    }
    if (row && row->parse && !row->parse(&b, image, err))
        return NULL;
    return g_steal_pointer(&image);
}

HvImage *hv_image_read(const char *path, StorageFormat format, GError **err)
{
    VIR_AUTOFD int fd = hv_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0, HV_HELPER_DEADLINE_MS, err);
    if (fd < 0) {
        if (err && *err)
            vir_error_set_domain(*err, VIR_FROM_THIS);
        return NULL;
    }
    g_autofree guint8 *data = g_malloc(HV_IMAGE_HEADER_MAX);
    gsize len = 0;
    while (len < HV_IMAGE_HEADER_MAX) {
        gssize n = pread(fd, data + len, HV_IMAGE_HEADER_MAX - len, (off_t)len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            vir_fail_errno(err, errno, "cannot read the image '%s'", path);
            return NULL;
        }
        if (n == 0)
            break;
        len += (gsize)n;
    }
    return hv_image_parse(path, data, len, format, err);
}

void hv_image_free(HvImage *image)
{
    if (!image)
        return;
    g_free(image->backing);
    g_free(image->data_file);
    g_free(image);
}

/* ---- backing names ---- */

static StorageSource *source_of_path(const char *image_path, const char *path)
{
    StorageSource *src = storage_source_new(STORAGE_TYPE_FILE);
    g_autofree char *dir = g_path_get_dirname(image_path);
    src->path = g_path_is_absolute(path) ? g_strdup(path) : g_build_filename(dir, path, NULL);
    if (g_str_has_prefix(src->path, "/dev/"))
        src->type = STORAGE_TYPE_BLOCK;
    return src;
}

static StorageSource *source_of_uri(const char *text, GError **err)
{
    g_autoptr(VirUri) uri = vir_uri_parse(text, err);
    if (!uri)
        return NULL;
    g_auto(GStrv) scheme = g_strsplit(uri->scheme ? uri->scheme : "", "+", 2);
    int protocol = scheme[0] ? vir_enum_from_string(&storage_protocol_enum, scheme[0]) : -1;
    if (protocol <= 0) {
        vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "the backing image '%s' is of a protocol that is not known", text);
        return NULL;
    }
    StorageSource *src = storage_source_new(STORAGE_TYPE_NETWORK);
    src->net = g_new0(StorageNetwork, 1);
    src->net->protocol = (StorageProtocol)protocol;
    const char *name = uri->path ? uri->path : "";
    src->path = g_strdup(*name == '/' ? name + 1 : name);
    StorageHost *host = VIR_ARRAY_ADD(&src->net->hosts);
    host->name = g_strdup(uri->host);
    host->port = (guint)MAX(uri->port, 0);
    return src;
}

/* QEMU's own form: we write and understand its plain cases, a file or device with or without a format node. */
static StorageSource *source_of_json(const char *image_path, const char *text, GError **err)
{
    g_autoptr(VirJson) json = vir_json_parse(text, strlen(text), "backing image", err);
    if (!json)
        return NULL;
    VirJson *file = vir_json_obj(json, "file") ? vir_json_obj(json, "file") : json;
    const char *driver = vir_json_str(file, "driver", vir_json_str(json, "file.driver", ""));
    const char *name = vir_json_str(file, "filename", vir_json_str(json, "file.filename", NULL));
    if (name && (g_str_equal(driver, "file") || g_str_equal(driver, "host_device") || g_str_equal(driver, "")))
        return source_of_path(image_path, name);
    vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "the backing image of '%s' is described in a form that is not known (driver '%s')", image_path,
             driver);
    return NULL;
}

StorageSource *hv_image_backing_source(const char *image_path, const char *backing, GError **err)
{
    if (g_str_has_prefix(backing, "json:"))
        return source_of_json(image_path, backing + strlen("json:"), err);
    if (g_str_has_prefix(backing, "file:"))
        return source_of_path(image_path, backing + strlen("file:"));
    if (strstr(backing, "://"))
        return source_of_uri(backing, err);
    return source_of_path(image_path, backing);
}

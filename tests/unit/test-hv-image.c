/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Image headers: what qemu-img writes is read; every shorter or changed header is an answer or an error, never a crash.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "hv/image.h"
#include "util/error.h"

static void be32(guint8 *at, guint32 v)
{
    v = GUINT32_TO_BE(v);
    memcpy(at, &v, 4);
}

static void be64(guint8 *at, guint64 v)
{
    v = GUINT64_TO_BE(v);
    memcpy(at, &v, 8);
}

#define HEADER 512

/* A qcow2 version 3 header with a backing image "base.img" of format "raw". */
static void qcow2(guint8 h[HEADER])
{
    memset(h, 0, HEADER);
    memcpy(h, "QFI\xfb", 4);
    be32(h + 4, 3);
    be64(h + 8, 200);
    be32(h + 16, 8);
    be64(h + 24, 1 << 20);
    be32(h + 100, 104);
    be32(h + 104, 0xE2792ACA);
    be32(h + 108, 3);
    memcpy(h + 112, "raw", 3);
    memcpy(h + 200, "base.img", 8);
}

static void test_qcow2(void)
{
    guint8 h[HEADER];
    g_autoptr(GError) err = NULL;
    qcow2(h);
    g_autoptr(HvImage) image = hv_image_parse("/x/top", h, HEADER, STORAGE_FORMAT_QCOW2, &err);
    g_assert_no_error(err);
    g_assert_cmpstr(image->backing, ==, "base.img");
    g_assert_cmpint(image->backing_format, ==, STORAGE_FORMAT_RAW);
    g_assert_cmpuint(image->capacity, ==, 1 << 20);
    g_autoptr(StorageSource) src = hv_image_backing_source("/x/top", image->backing, &err);
    g_assert_cmpstr(src->path, ==, "/x/base.img");
    g_autoptr(HvImage) seen = hv_image_parse("/x/top", h, HEADER, STORAGE_FORMAT_NONE, NULL);
    g_assert_cmpint(seen->format, ==, STORAGE_FORMAT_QCOW2);
}

static void test_damage(void)
{
    guint8 h[HEADER];
    qcow2(h);
    for (gsize len = 0; len <= HEADER; len++) {
        g_autofree guint8 *exact = g_memdup2(h, MAX(len, 1));     /* so that a checker sees every byte read beyond */
        g_autoptr(HvImage) image = hv_image_parse("/x/top", exact, len, STORAGE_FORMAT_QCOW2, NULL);
    }
    for (gsize at = 0; at < HEADER; at++) {
        qcow2(h);
        for (int v = 0; v < 256; v += 51) {
            h[at] = (guint8)v;
            g_autoptr(HvImage) image = hv_image_parse("/x/top", h, HEADER, STORAGE_FORMAT_NONE, NULL);
        }
    }
    qcow2(h);
    h[202] = 0;                              /* a NUL inside the name */
    g_autoptr(GError) err = NULL;
    g_assert_null(hv_image_parse("/x/top", h, HEADER, STORAGE_FORMAT_QCOW2, &err));
    g_assert_nonnull(strstr(err->message, "/x/top"));
    g_clear_error(&err);
    g_assert_null(hv_image_parse("/x/raw", (const guint8 *)"plain", 5, STORAGE_FORMAT_QCOW2, &err));
    g_assert_nonnull(strstr(err->message, "not of the format"));
}

static void run(const char *cmd)
{
    int status;
    g_assert_true(g_spawn_command_line_sync(cmd, NULL, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
}

static void test_qemu_img(void)
{
    g_autofree char *qemu_img = g_find_program_in_path("qemu-img");
    if (!qemu_img) {
        g_test_skip("no qemu-img");
        return;
    }
    static const struct { const char *args; StorageFormat format; } rows[] = {
        { "-f qcow2 -F raw -b BASE", STORAGE_FORMAT_QCOW2 }, { "-f qcow2 -o compat=0.10 -F raw -b BASE", STORAGE_FORMAT_QCOW2 },
        { "-f qed -F raw -b BASE", STORAGE_FORMAT_QED }, { "-f qcow -F raw -b BASE", STORAGE_FORMAT_QCOW },
    };
    g_autofree char *dir = g_dir_make_tmp("image-XXXXXX", NULL);
    g_autofree char *base = g_build_filename(dir, "base.img", NULL);
    g_autofree char *make = g_strdup_printf("qemu-img create -q -f raw %s 1M", base);
    run(make);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) err = NULL;
        g_autofree char *top = g_strdup_printf("%s/top%u", dir, i);
        g_auto(GStrv) parts = g_strsplit(rows[i].args, "BASE", -1);
        g_autofree char *args = g_strjoinv(base, parts);
        g_autofree char *cmd = g_strdup_printf("qemu-img create -q %s %s", args, top);
        run(cmd);
        g_autoptr(HvImage) image = hv_image_read(top, rows[i].format, &err);
        g_assert_no_error(err);
        g_assert_cmpstr(image->backing, ==, base);
        g_assert_cmpuint(image->capacity, ==, 1 << 20);
        if (rows[i].format == STORAGE_FORMAT_QCOW2)
            g_assert_cmpint(image->backing_format, ==, STORAGE_FORMAT_RAW);
    }
    g_autofree char *rm = g_strdup_printf("rm -r '%s'", dir);
    run(rm);
}

static void test_names(void)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(StorageSource) net = hv_image_backing_source("/x/top", "nbd://example.org:10809/exp", &err);
    g_assert_no_error(err);
    g_assert_cmpint(net->net->protocol, ==, STORAGE_PROTOCOL_NBD);
    g_assert_cmpstr(net->path, ==, "exp");
    g_autoptr(StorageSource) json = hv_image_backing_source("/x/top", "json:{\"driver\":\"raw\",\"file\":{\"driver\":\"file\",\"filename\":\"b\"}}", &err);
    g_assert_no_error(err);
    g_assert_cmpstr(json->path, ==, "/x/b");
    g_assert_null(hv_image_backing_source("/x/top", "json:{\"driver\":\"rbd\"}", &err));
    g_assert_cmpint(vir_error_code(err), ==, VIR_ERR_CONFIG_UNSUPPORTED);
    g_clear_error(&err);
    g_assert_null(hv_image_backing_source("/x/top", "json:{", &err));
    g_assert_nonnull(err);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/image/qcow2", test_qcow2);
    g_test_add_func("/image/damage", test_damage);
    g_test_add_func("/image/qemu-img", test_qemu_img);
    g_test_add_func("/image/names", test_names);
    return g_test_run();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan-case.h"

#include <glib/gstdio.h>
#include <string.h>

#include "util/error.h"
#include "virtqemud/dev/dev.h"

gboolean plan_case_init(PlanCase *c)
{
    memset(c, 0, sizeof *c);
    if (!g_file_test("/usr/bin/qemu-system-x86_64", G_FILE_TEST_IS_EXECUTABLE))
        return FALSE;
    g_autoptr(GError) err = NULL;
    c->root = g_dir_make_tmp("plan-XXXXXX", NULL);
    c->host = vir_host_new(c->root);
    vir_host_set_clock(c->host, G_GINT64_CONSTANT(1700000000) * 1000000000, 1);
    c->dirs = qemu_dirs_new(FALSE, c->root, NULL);
    g_mkdir_with_parents(c->dirs->conf_dir, 0755);
    g_assert_true(g_file_set_contents(c->dirs->conf_file, "user = \"+0\"\ngroup = \"+0\"\nhugetlbfs_mount = \"/dev/hugepages\"\n", -1, NULL));
    c->conf = qemu_conf_load(c->dirs, NULL, &err);
    g_assert_no_error(err);
    g_free(c->dirs->ram);
    c->dirs->ram = g_strdup("/var/lib/libvirt/qemu/ram");
    VirQemuCapsConfig config = { .host = vir_host_real(), .uid = (uid_t)-1, .gid = (gid_t)-1 };
    c->cache = vir_qemu_caps_cache_new(&config);
    c->caps = vir_qemu_caps_get(c->cache, "/usr/bin/qemu-system-x86_64", &err);
    g_assert_no_error(err);
    c->lib_dir = g_strdup("/var/lib/libvirt/qemu/domain-1-guest");
    static const guint8 key[QEMU_MASTER_KEY_LEN] = { 1 };
    c->ctx = (QemuPlanContext){ .caps = c->caps, .conf = c->conf, .dirs = c->dirs, .host = c->host, .privileged = TRUE, .id = 1,
                                .lib_dir = c->lib_dir, .channel_dir = "/var/lib/libvirt/qemu/channel/target/domain-1-guest",
                                .monitor_path = "/var/lib/libvirt/qemu/domain-1-guest/monitor.sock", .monitor_fd = -1,
                                .master_key = key };
    return TRUE;
}

void plan_case_clear(PlanCase *c)
{
    if (!c->root)
        return;
    g_autofree char *cmd = g_strdup_printf("rm -r '%s'", c->root);
    g_assert_true(g_spawn_command_line_sync(cmd, NULL, NULL, NULL, NULL));
    virObjectUnref(c->caps);
    virObjectUnref(c->cache);
    virObjectUnref(c->conf);
    qemu_dirs_free(c->dirs);
    vir_host_free(c->host);
    g_free(c->lib_dir);
    g_free(c->root);
}

DomainDef *plan_case_load(const char *file, const char *from, const char *to)
{
    g_autoptr(GError) err = NULL;
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    if (from) {
        g_auto(GStrv) parts = g_strsplit(text, from, -1);
        g_free(text);
        text = g_strjoinv(to, parts);
    }
    DomainDef *def = domain_def_parse(text, strlen(text), 0, &err);
    if (err)
        g_error("%s: %s", file, err->message);
    return def;
}

typedef VIR_LIST(void) AnyList;

void plan_case_each_hot(const DomainDef *def, void (*func)(QemuDevKind kind, gconstpointer dev, gpointer data), gpointer data)
{
    for (QemuDevKind kind = 0; kind < QEMU_DEV_LAST; kind++) {
        const QemuDevRow *row = qemu_dev_rows[kind];
        if (!(row->traits & QEMU_DEV_HOTPLUG) || row->traits & (QEMU_DEV_POINTER | QEMU_DEV_NO_INFO))
            continue;
        const AnyList *list = G_STRUCT_MEMBER_P(def, row->offset);
        for (guint i = 0; i < list->n; i++)
            func(kind, list->v[i], data);
    }
}

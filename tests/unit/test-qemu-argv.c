/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Golden command lines: each directory of tests/golden/qemu-argv has in.xml (complete, with aliases and addresses), argv
 * (one option a line) or error, and hotplug.json (what plugs its devices into a running guest). The arguments of a device
 * must be the same in both. UPDATE=1 writes the answers anew, for review.
 */
#include <string.h>

#include "plan-case.h"
#include "util/error.h"

static PlanCase box;
static gboolean have_qemu;

static char *lines_of(const VirPlan *plan)
{
    g_autoptr(GPtrArray) argv = vir_plan_argv(plan, "/usr/bin/qemu-system-x86_64", NULL);
    GString *out = g_string_new(argv->pdata[0]);
    for (guint i = 1; argv->pdata[i]; i++) {
        const char *word = argv->pdata[i];
        gboolean option = word[0] == '-' && g_ascii_isalpha(word[1]);
        g_string_append_printf(out, "%s%s", option ? "\n" : " ", word);
    }
    g_string_append_c(out, '\n');
    return g_string_free(out, FALSE);
}

/* What depends on where this test runs or is random. */
static char *mask(const char *text)
{
    g_autoptr(GRegex) secret = g_regex_new("\"(data|iv)\":\"[^\"]*\"", 0, 0, NULL);
    g_auto(GStrv) parts = g_strsplit(text, box.root, -1);
    g_autofree char *rooted = g_strjoinv("ROOT", parts);
    return g_regex_replace(secret, rooted, -1, 0, "\"\\1\":\"MASKED\"", 0, NULL);
}

static void compare(const char *dir, const char *name, const char *got)
{
    g_autofree char *file = g_build_filename(dir, name, NULL);
    g_autofree char *want = NULL;
    g_autofree char *masked = mask(got);
    if (g_getenv("UPDATE")) {
        g_assert_true(g_file_set_contents(file, masked, -1, NULL));
        return;
    }
    if (!g_file_get_contents(file, &want, NULL, NULL))
        g_error("%s is not there", file);
    g_assert_cmpstr(masked, ==, want);
}

/* ---- hot-plug ---- */

typedef struct {
    const DomainDef *def;
    VirJson *all;
} Hot;

static gboolean same_op(const VirPlan *plan, guint i)
{
    VirPlanOp op = vir_plan_op(plan, i);
    return op != VIR_PLAN_HOST && op != VIR_PLAN_PASS_FD && op != VIR_PLAN_COMMAND && op != VIR_PLAN_ARG;
}

/* Descriptors are numbers in one and names in the other. */
static gboolean names_descriptor(const char *text)
{
    return strstr(text, "\"fd\"") || strstr(text, "fdset") || strstr(text, "\"fds\"") || strstr(text, "vhostfd") || strstr(text, "\"iv\"");
}

static void compare_forms(const VirPlan *start, const VirPlan *hot)
{
    guint i = 0, j = 0;
    for (;;) {
        while (i < vir_plan_count(start) && !same_op(start, i))
            i++;
        while (j < vir_plan_count(hot) && !same_op(hot, j))
            j++;
        if (i == vir_plan_count(start) || j == vir_plan_count(hot))
            break;
        g_assert_cmpint(vir_plan_op(start, i), ==, vir_plan_op(hot, j));
        /* A place in the boot order by <os> is for guests that start. */
        if (!vir_json_has(vir_plan_args(hot, j), "bootindex"))
            json_object_object_del(vir_plan_args(start, i), "bootindex");
        const char *a = vir_json_text(vir_plan_args(start, i++), NULL);
        const char *b = vir_json_text(vir_plan_args(hot, j++), NULL);
        if (!names_descriptor(a))
            g_assert_cmpstr(a, ==, b);
    }
    g_assert_cmpuint(i, ==, vir_plan_count(start));
    g_assert_cmpuint(j, ==, vir_plan_count(hot));
}

static void plug_one(QemuDevKind kind, gconstpointer dev, gpointer data)
{
    Hot *h = data;
    QemuPlanContext ctx = box.ctx;
    g_autoptr(VirPlan) start = qemu_plan_device(h->def, kind, dev, &ctx, NULL);
    ctx.hotplug = TRUE;
    g_autoptr(VirPlan) hot = qemu_plan_device(h->def, kind, dev, &ctx, NULL);
    if (!start || !hot)      /* this one has no hot-plug */
        return;
    compare_forms(start, hot);
    g_autoptr(VirJson) commands = vir_plan_qmp(hot);
    if (!vir_json_len(commands))
        return;
    g_autofree char *key = g_strdup_printf("O:%s", qemu_dev_alias(kind, dev));
    vir_json_add(h->all, key, commands, NULL);
}

static void run_case(gconstpointer data)
{
    const char *dir = data;
    g_autoptr(GError) err = NULL;
    g_autofree char *file = g_build_filename(dir, "in.xml", NULL);
    if (!have_qemu) {
        g_test_skip("no QEMU for x86-64");
        return;
    }
    g_autoptr(DomainDef) def = plan_case_load(file, NULL, NULL);
    g_autoptr(VirPlan) plan = qemu_plan_prepare(def, &box.ctx, &err) ? qemu_plan_domain(def, &box.ctx, &err) : NULL;
    if (!plan) {
        compare(dir, "error", err->message);
        return;
    }
    g_autofree char *argv = lines_of(plan);
    compare(dir, "argv", argv);
    Hot hot = { def, json_object_new_object() };
    plan_case_each_hot(def, plug_one, &hot);
    g_autofree char *text = vir_json_pretty(hot.all);
    json_object_put(hot.all);
    compare(dir, "hotplug.json", text);
    /* What plans a live guest after a restart of the daemon must plan the same. */
    g_autoptr(DomainDef) copy = domain_def_copy(def);
    g_assert_true(qemu_plan_prepare(copy, &box.ctx, NULL));
    g_autoptr(VirPlan) again = qemu_plan_domain(copy, &box.ctx, NULL);
    g_autofree char *argv2 = lines_of(again);
    g_autofree char *m1 = mask(argv);
    g_autofree char *m2 = mask(argv2);
    g_assert_cmpstr(m1, ==, m2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    have_qemu = plan_case_init(&box);
    const char *top = TEST_SRCDIR "/golden/qemu-argv";
    g_autoptr(GDir) dir = g_dir_open(top, 0, NULL);
    g_autoptr(GPtrArray) dirs = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_strdup_printf("/argv/%s", name);
        char *full = g_build_filename(top, name, NULL);
        g_ptr_array_add(dirs, full);
        g_test_add_data_func(path, full, run_case);
    }
    int rc = g_test_run();
    plan_case_clear(&box);
    return rc;
}

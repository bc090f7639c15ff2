/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * virConnectDomainXMLToNative: the command line a start would have, for a person to read and run.
 */
#include "virtqemud/plan/domain.h"

#include <string.h>

static char *env_with_path(const char *entry)
{
    const char *path = g_getenv("PATH");
    return g_str_has_prefix(entry, "PATH=") && path ? g_strdup_printf("PATH=%s", path) : g_strdup(entry);
}

char *qemu_domxml_to_native(const DomainDef *live, const QemuPlanContext *ctx, GError **err)
{
    g_autoptr(DomainDef) def = domain_def_copy(live);
    QemuPlanContext native = *ctx;
    static const guint8 no_key[QEMU_MASTER_KEY_LEN] = { 0 };
    native.native = TRUE;
    native.hotplug = FALSE;
    native.monitor_fd = -1;
    if (!native.master_key)
        native.master_key = no_key;
    g_autofree char *lib = qemu_dirs_domain_lib(ctx->dirs, ctx->id, def->name);
    g_autofree char *channel = qemu_dirs_domain_channel(ctx->dirs, ctx->id, def->name);
    g_autofree char *monitor = qemu_dirs_monitor(ctx->dirs, ctx->id, def->name);
    native.lib_dir = lib;
    native.channel_dir = channel;
    native.monitor_path = monitor;
    if (!qemu_plan_prepare(def, &native, err))
        return NULL;
    g_autoptr(VirPlan) plan = qemu_plan_domain(def, &native, err);
    if (!plan)
        return NULL;
    g_auto(GStrv) env = qemu_spawn_env(lib, ctx->conf->session);
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    for (char **e = env; *e; e++)
        g_ptr_array_add(all, env_with_path(*e));
    for (const char *const *e = vir_plan_env(plan); *e; e++)
        g_ptr_array_add(all, g_strdup(*e));
    g_ptr_array_add(all, NULL);
    return vir_plan_shell(plan, (const char *const *)all->pdata, def->emulator ? def->emulator : vir_qemu_caps_binary(ctx->caps));
}

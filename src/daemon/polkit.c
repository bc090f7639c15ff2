/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/polkit.h"

#include <gio/gio.h>

#include "util/pool.h"

#define VIR_FROM_THIS VIR_FROM_POLKIT

gboolean vir_polkit_check(const char *action, pid_t pid, guint64 start_time, uid_t uid, GError **err)
{
    g_autoptr(GError) failed = NULL;
    vir_pool_blocking_begin();
    g_autoptr(GDBusConnection) bus = g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, &failed);
    g_autoptr(GVariant) answer = NULL;
    if (bus) {
        GVariantBuilder subject, details;
        g_variant_builder_init(&subject, G_VARIANT_TYPE("a{sv}"));
        g_variant_builder_add(&subject, "{sv}", "pid", g_variant_new_uint32((guint32)pid));
        g_variant_builder_add(&subject, "{sv}", "start-time", g_variant_new_uint64(start_time));
        g_variant_builder_add(&subject, "{sv}", "uid", g_variant_new_int32((gint32)uid));
        g_variant_builder_init(&details, G_VARIANT_TYPE("a{ss}"));
        /* Flag 1: a user may be asked. The user may take as long as he likes. */
        answer = g_dbus_connection_call_sync(
            bus, "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
            "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization",
            g_variant_new("((sa{sv})sa{ss}us)", "unix-process", &subject, action, &details, 1, ""),
            G_VARIANT_TYPE("((bba{ss}))"), G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, &failed);
    }
    vir_pool_blocking_end();
    if (!answer)
        return vir_fail(err, VIR_ERR_AUTH_UNAVAILABLE, "polkit cannot be asked about %s: %s", action, failed->message);

    gboolean authorized, challenge;
    g_autoptr(GVariantIter) details = NULL;
    g_variant_get(answer, "((bba{ss}))", &authorized, &challenge, &details);
    if (authorized)
        return TRUE;
    const char *key, *value;
    while (g_variant_iter_next(details, "{&s&s}", &key, &value)) {
        if (g_str_equal(key, "polkit.dismissed"))
            return vir_fail(err, VIR_ERR_AUTH_CANCELLED, "user cancelled authentication process");
    }
    if (challenge)
        return vir_fail(err, VIR_ERR_AUTH_UNAVAILABLE, "no polkit agent available to authenticate action '%s'", action);
    return vir_fail(err, VIR_ERR_AUTH_FAILED, "polkit denies action '%s' to process %d of uid %d", action, (int)pid,
                    (int)uid);
}

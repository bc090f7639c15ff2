/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * systemd-machined over the system bus. The connection is made on first use and kept; hosts without a bus or without
 * machined never get that far.
 */
#include <gio/gio.h>
#include <string.h>

#include "hv/placement/placement-priv.h"
#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_SYSTEMD

#define SERVICE "org.freedesktop.machine1"
#define OBJECT "/org/freedesktop/machine1"
#define MANAGER "org.freedesktop.machine1.Manager"
#define TIMEOUT_MS 20000

static GMutex lock;
static GDBusConnection *bus;

/* A reference, or NULL when there is no bus. */
static GDBusConnection *bus_get(const VirHost *host)
{
    const char *address = g_getenv("DBUS_SYSTEM_BUS_ADDRESS");
    if (!address && !vir_host_has(host, "/run/dbus/system_bus_socket"))
        return NULL;
    if (!address && *vir_host_root(host))
        return NULL; /* a fixture's bus is not the machine's */
    g_mutex_lock(&lock);
    if (bus && g_dbus_connection_is_closed(bus))
        g_clear_object(&bus);
    if (!bus)
        bus = g_dbus_connection_new_for_address_sync(
            address ? address : "unix:path=/run/dbus/system_bus_socket",
            G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL,
            NULL);
    GDBusConnection *got = bus ? g_object_ref(bus) : NULL;
    g_mutex_unlock(&lock);
    return got;
}

static gboolean means_absent(const GError *err)
{
    return g_error_matches(err, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
           g_error_matches(err, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) ||
           g_error_matches(err, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_FAILED) ||
           g_error_matches(err, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND) ||
           g_error_matches(err, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_CHILD_EXITED) ||
           g_error_matches(err, G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED) ||
           g_error_matches(err, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static GVariant *scope_properties(const HvPlacementSpec *spec, const char *slice)
{
    static const char *const before[] = { "virt-guest-shutdown.target", NULL };
    static const char *const after[] = { "libvirtd.service", "virtqemud.service", NULL };
    GVariantBuilder b;
    g_variant_builder_init(&b, G_VARIANT_TYPE("a(sv)"));
    g_variant_builder_add(&b, "(sv)", "Slice", g_variant_new_string(slice));
    g_variant_builder_add(&b, "(sv)", "After", g_variant_new_strv(after, -1));
    /* Guests are stopped by what is ordered before this target, not by the scope's own end. */
    g_variant_builder_add(&b, "(sv)", "Before", g_variant_new_strv(before, -1));
    g_variant_builder_add(&b, "(sv)", "Delegate", g_variant_new_boolean(TRUE));
    return g_variant_builder_end(&b);
}

HvMachinedResult hv_machined_create(const VirHost *host, const HvPlacementSpec *spec, const char *machine_name,
                                    const char *slice, GError **err)
{
    g_autoptr(GDBusConnection) conn = bus_get(host);
    if (!conn)
        return HV_MACHINED_ABSENT;
    g_autofree char *service = g_strconcat("libvirt-", spec->driver, NULL);
    g_autoptr(GError) why = NULL;
    GVariant *args = g_variant_new(
        "(s@ayssus@ai@a(sv))", machine_name,
        g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, spec->uuid, spec->uuid ? 16 : 0, 1), service,
        spec->container ? "container" : "vm", (guint32)spec->leader, spec->root_dir ? spec->root_dir : "",
        g_variant_new_fixed_array(G_VARIANT_TYPE_INT32, spec->nic_indexes, spec->n_nics, sizeof(int)),
        scope_properties(spec, slice));
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_sync(conn, SERVICE, OBJECT, MANAGER, "CreateMachineWithNetwork", args,
                                    G_VARIANT_TYPE("(o)"), G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL, &why);
    if (reply)
        return HV_MACHINED_DONE;
    if (means_absent(why))
        return HV_MACHINED_ABSENT;
    g_dbus_error_strip_remote_error(why);
    vir_fail(err, VIR_ERR_OPERATION_FAILED, "systemd-machined refused the machine '%s': %s", machine_name,
             why->message);
    return HV_MACHINED_REFUSED;
}

void hv_machined_terminate(const VirHost *host, const char *machine_name)
{
    g_autoptr(GDBusConnection) conn = bus_get(host);
    if (!conn)
        return;
    /* A machine whose leader ended is forgotten by machined itself: failure is the usual answer. */
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(conn, SERVICE, OBJECT, MANAGER, "TerminateMachine",
                                                            g_variant_new("(s)", machine_name), NULL,
                                                            G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, NULL, NULL);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A plan as a command line. Everything but character devices is given to QEMU as JSON, the very arguments of QMP;
 * -chardev takes key=value only, made here from the QMP form by one table.
 */
#include "virtqemud/plan/plan-priv.h"

#include <string.h>

#include "util/error.h"

/* "data.addr.data.path" of a backend type is "path=" on the command line. */
typedef struct {
    const char *type;
    const char *place;
    const char *name;
    enum { AS_IS, ON_WHEN_TRUE, ON_OFF, OFF_WHEN_FALSE } how;
} ChardevRow;

static const ChardevRow chardev_rows[] = {
    { "file", "out", "path", AS_IS },
    { "file", "append", "append", ON_OFF },
    { "serial", "device", "path", AS_IS },
    { "parallel", "device", "path", AS_IS },
    { "pipe", "device", "path", AS_IS },
    { "socket", "addr.data.path", "path", AS_IS },
    { "socket", "addr.data.str", "fd", AS_IS },
    { "socket", "addr.data.host", "host", AS_IS },
    { "socket", "addr.data.port", "port", AS_IS },
    { "socket", "telnet", "telnet", ON_WHEN_TRUE },
    { "socket", "server", "server", ON_WHEN_TRUE },
    { "socket", "wait", "wait", OFF_WHEN_FALSE },
    { "socket", "tls-creds", "tls-creds", AS_IS },
    { "socket", "reconnect", "reconnect", AS_IS },
    { "udp", "remote.data.host", "host", AS_IS },
    { "udp", "remote.data.port", "port", AS_IS },
    { "udp", "local.data.host", "localaddr", AS_IS },
    { "udp", "local.data.port", "localport", AS_IS },
    { "spicevmc", "type", "name", AS_IS },
    { "spiceport", "fqdn", "name", AS_IS },
    { "qemu-vdagent", "clipboard", "clipboard", ON_OFF },
    { "qemu-vdagent", "mouse", "mouse", ON_OFF },
    { "dbus", "name", "name", AS_IS },
    { NULL, "logfile", "logfile", AS_IS },
    { NULL, "logappend", "logappend", ON_OFF },
};

static VirJson *find(VirJson *obj, const char *place)
{
    g_auto(GStrv) parts = g_strsplit(place, ".", -1);
    for (char **p = parts; *p && obj; p++)
        if (!json_object_is_type(obj, json_type_object) || !json_object_object_get_ex(obj, *p, &obj))
            return NULL;
    return obj;
}

static void add_escaped(GString *out, const char *text)
{
    for (; *text; text++) {
        if (*text == ',')
            g_string_append_c(out, ',');
        g_string_append_c(out, *text);
    }
}

static char *chardev_line(VirJson *args)
{
    VirJson *backend = vir_json_obj(args, "backend");
    VirJson *data = vir_json_obj(backend, "data");
    const char *type = vir_json_str(backend, "type", "null");
    GString *out = g_string_new(type);
    g_string_append(out, ",id=");
    add_escaped(out, vir_json_str(args, "id", ""));
    if (g_str_equal(type, "spicevmc") || g_str_equal(type, "qemu-vdagent")) {
        const char *name = g_str_equal(type, "spicevmc") ? NULL : "vdagent";
        if (name)
            g_string_append_printf(out, ",name=%s", name);
    }
    for (guint i = 0; i < G_N_ELEMENTS(chardev_rows); i++) {
        const ChardevRow *row = &chardev_rows[i];
        VirJson *value = !row->type || g_str_equal(row->type, type) ? find(data, row->place) : NULL;
        if (!value)
            continue;
        gboolean on = json_object_get_boolean(value);
        if ((row->how == ON_WHEN_TRUE && !on) || (row->how == OFF_WHEN_FALSE && on))
            continue;
        g_string_append_printf(out, ",%s=", row->name);
        add_escaped(out, row->how == AS_IS ? json_object_get_string(value) : on ? "on" : "off");
    }
    return g_string_free(out, FALSE);
}

static const char *option_of(VirPlanOp op)
{
    switch (op) {
    case VIR_PLAN_OBJECT: return "-object";
    case VIR_PLAN_BLOCKDEV: return "-blockdev";
    case VIR_PLAN_NETDEV: return "-netdev";
    case VIR_PLAN_DEVICE: return "-device";
    default: return NULL;
    }
}

static void add_step(GPtrArray *argv, const VirPlanStep *step)
{
    switch (step->op) {
    case VIR_PLAN_OBJECT: case VIR_PLAN_BLOCKDEV: case VIR_PLAN_NETDEV: case VIR_PLAN_DEVICE:
        g_ptr_array_add(argv, g_strdup(option_of(step->op)));
        g_ptr_array_add(argv, g_strdup(vir_json_text(step->args, NULL)));
        break;
    case VIR_PLAN_CHARDEV:
        g_ptr_array_add(argv, g_strdup("-chardev"));
        g_ptr_array_add(argv, chardev_line(step->args));
        break;
    case VIR_PLAN_ARG:
        g_ptr_array_add(argv, g_strdup(step->option));
        if (step->value)
            g_ptr_array_add(argv, g_strdup(step->value));
        break;
    case VIR_PLAN_PASS_FD:
        if (step->fd.kind == VIR_PLAN_FD_SET) {
            g_ptr_array_add(argv, g_strdup("-add-fd"));
            g_ptr_array_add(argv, g_strdup_printf("set=%u,fd=%d,opaque=%s", step->fd_set, step->fd_number, step->fd_name));
        }
        break;
    default:
        break;
    }
}

GPtrArray *vir_plan_argv(const VirPlan *plan, const char *binary, GArray **ret_fds)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
    GArray *fds = g_array_new(FALSE, FALSE, sizeof(QemuSpawnFd));
    g_ptr_array_add(argv, g_strdup(binary));
    for (guint i = 0; i < plan->steps->len; i++) {
        const VirPlanStep *step = vir_plan_step(plan, i);
        add_step(argv, step);
        if (step->op == VIR_PLAN_PASS_FD) {
            QemuSpawnFd fd = { .fd = step->opened, .number = step->fd_number };
            g_array_append_val(fds, fd);
        }
    }
    g_ptr_array_add(argv, NULL);
    if (ret_fds)
        *ret_fds = fds;
    else
        g_array_unref(fds);
    return argv;
}

/* A word as a shell reads it back: bare when nothing in it is special, else in single quotes. */
static void add_word(GString *out, const char *word)
{
    if (out->len)
        g_string_append_c(out, ' ');
    if (*word && !word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=:,./+@%^")]) {
        g_string_append(out, word);
        return;
    }
    g_autofree char *quoted = g_shell_quote(word);
    g_string_append(out, quoted);
}

char *vir_plan_shell(const VirPlan *plan, const char *const *env, const char *binary)
{
    GString *out = g_string_new(NULL);
    for (; env && *env; env++)
        add_word(out, *env);
    g_autoptr(GPtrArray) argv = vir_plan_argv(plan, binary, NULL);
    for (guint i = 0; argv->pdata[i]; i++)
        add_word(out, argv->pdata[i]);
    return g_string_free(out, FALSE);
}

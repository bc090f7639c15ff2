/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/conf.h"

#include <string.h>
#include <unistd.h>

#include "config.h"
#include "util/cgroup.h"
#include "util/conf.h"
#include "util/error.h"
#include "util/proc.h"
#include "util/units.h"

#define VIR_FROM_THIS VIR_FROM_CONF

/* ---- the tables ---- */

static const VirConfRow rows[] = {
#define KEY(key, type, field, least, greatest, sample, doc) \
    { #key, VIR_CONF_##type, offsetof(QemuConf, field), least, greatest, NULL },
#include "virtqemud/conf-keys.h"
#undef KEY
    { NULL }
};

static const struct {
    const char *sample, *doc;
} samples[] = {
#define KEY(key, type, field, least, greatest, sample, doc) { sample, doc },
#include "virtqemud/conf-keys.h"
#undef KEY
};

/* Keys with a few possible words. */
static const struct {
    const char *key;
    gsize offset;
    const char *words[8];
} choices[] = {
#define AT(field) offsetof(QemuConf, field)
    { "save_image_format", AT(save_format), { "raw", "gzip", "bzip2", "xz", "lzop", "zstd" } },
    { "dump_image_format", AT(dump_format), { "raw", "gzip", "bzip2", "xz", "lzop", "zstd" } },
    { "snapshot_image_format", AT(snapshot_format), { "raw", "gzip", "bzip2", "xz", "lzop", "zstd" } },
    { "stdio_handler", AT(stdio_handler), { "logd", "file" } },
    { "deprecation_behavior", AT(deprecation_behavior), { "none", "omit", "reject", "crash" } },
    { "sched_core", AT(sched_core), { "none", "vcpus", "emulator", "full" } },
    { "lock_manager", AT(lock_manager), { "nop", "lockd", "sanlock" } },
    { "default_cpu_deprecated_features", AT(default_cpu_deprecated_features), { "on", "off" } },
    { "auto_shutdown_try_save", AT(auto_shutdown_try_save), { "none", "persistent", "transient", "all" } },
    { "auto_shutdown_try_shutdown", AT(auto_shutdown_try_shutdown), { "none", "persistent", "transient", "all" } },
    { "auto_shutdown_poweroff", AT(auto_shutdown_poweroff), { "none", "persistent", "transient", "all" } },
};

/* Words that this daemon cannot honour: to ignore them would be to run guests otherwise than was asked. */
static const struct {
    const char *key;
    gsize offset;
    const char *word;
    const char *why;
} refused_words[] = {
    { "lock_manager", AT(lock_manager), "lockd", "leases of virtlockd are not taken by this daemon" },
    { "lock_manager", AT(lock_manager), "sanlock", "leases of sanlock are not taken by this daemon" },
    { "sched_core", AT(sched_core), "vcpus", "only whole QEMU processes are scheduled apart: use \"emulator\"" },
    { "auto_shutdown_try_save", AT(auto_shutdown_try_save), "persistent", "use libvirt-guests.service" },
    { "auto_shutdown_try_save", AT(auto_shutdown_try_save), "transient", "use libvirt-guests.service" },
    { "auto_shutdown_try_save", AT(auto_shutdown_try_save), "all", "use libvirt-guests.service" },
    { "auto_shutdown_try_shutdown", AT(auto_shutdown_try_shutdown), "persistent", "use libvirt-guests.service" },
    { "auto_shutdown_try_shutdown", AT(auto_shutdown_try_shutdown), "transient", "use libvirt-guests.service" },
    { "auto_shutdown_try_shutdown", AT(auto_shutdown_try_shutdown), "all", "use libvirt-guests.service" },
    { "auto_shutdown_poweroff", AT(auto_shutdown_poweroff), "persistent", "use libvirt-guests.service" },
    { "auto_shutdown_poweroff", AT(auto_shutdown_poweroff), "transient", "use libvirt-guests.service" },
    { "auto_shutdown_poweroff", AT(auto_shutdown_poweroff), "all", "use libvirt-guests.service" },
};

static const struct {
    const char *key;
    gsize offset;
    const char *why;
} refused_switches[] = {
    { "allow_disk_format_probing", AT(allow_disk_format_probing),
      "formats are never guessed; write <driver type='...'/> in the guest's document" },
    { "storage_use_nbdkit", AT(storage_use_nbdkit), "network disks are opened by QEMU itself" },
    { "mac_filter", AT(mac_filter), "use <filterref filter='clean-traffic'/> in the guest's document" },
    { "vxhs_tls", AT(vxhs.enabled), "QEMU has no VxHS disks any more" },
    { "vnc_allow_host_audio", AT(vnc_allow_host_audio), "write an <audio> element in the guest's document" },
    { "nographics_allow_host_audio", AT(nographics_allow_host_audio), "write an <audio> element in the guest's document" },
};
#undef AT

/* Known keys that nothing here follows yet. STRICT: what they change is there, so another value than the default is
 * refused; else what they are for is refused itself (or absent), and the key is named in a warning. */
typedef enum { IDLE, STRICT } Severity;
static const struct {
    const char *key;           /* or a prefix, ending in '*' */
    Severity severity;
    const char *why;
} unfollowed[] = {
    { "spice_tls*", IDLE, "TLS of SPICE" },
    { "auto_start_delay", STRICT, "guests are started one after the other without a pause" },
    { "max_queued", STRICT, "calls of one guest are bounded by max_client_requests of virtqemud.conf" },
    { "relaxed_acs_check", STRICT, "devices below switches without ACS are not assigned" },
    { "memory_backing_dir", STRICT, "memory in files is kept in the default directory" },
    { "capability_filters", STRICT, "no capability of QEMU is hidden" },
    { "deprecation_behavior", STRICT, "QEMU accepts deprecated commands" },
    { "default_cpu_deprecated_features", STRICT, "the default CPU model is QEMU's" },
    { "max_threads_per_process", STRICT, "threads are not limited; use max_processes" },
    { "auto_start_bypass_cache", IDLE, "saved guests" },
    { "auto_save_bypass_cache", IDLE, "saved guests" },
    { "auto_shutdown_wait", IDLE, "automatic shutdown" },
    { "auto_shutdown_restore", IDLE, "automatic shutdown" },
    { "auto_dump_*", IDLE, "automatic core dumps" },
    { "save_image_format", IDLE, "saved guests" },
    { "dump_image_format", IDLE, "core dumps" },
    { "snapshot_image_format", IDLE, "snapshots" },
    { "rdp_*", IDLE, "RDP" },
    { "qemu_rdp", IDLE, "RDP" },
    { "qemu_vnc", IDLE, "VNC outside QEMU" },
    { "vxhs_*", IDLE, "VxHS disks" },
    { "migrate_*", IDLE, "migration" },
    { "migration_*", IDLE, "migration" },
    { "keepalive_*", IDLE, "migration" },
    { "backup_*", IDLE, "backup" },
    { "bridge_helper", IDLE, "bridged interfaces of session instances" },
    { "pr_helper", IDLE, "persistent reservations" },
    { "slirp_helper", IDLE, "slirp-helper" },
    { "dbus_daemon", IDLE, "D-Bus displays" },
    { "swtpm_*", IDLE, "emulated TPMs" },
    { "virtiofsd_debug", IDLE, "virtiofsd started by the daemon" },
};

/* Of a session instance: keys that need a system's rights. */
static const char *const system_only[] = { "user", "group", "dynamic_ownership", "remember_owner", "cgroup_controllers",
                                           "cgroup_device_acl", "namespaces", "clear_emulator_capabilities",
                                           "security_driver", "swtpm_user", "swtpm_group", "mac_filter" };

/* ---- life ---- */

static void conf_dispose(void *obj)
{
    QemuConf *c = obj;
    vir_conf_clear(rows, c);
    g_free(c->vxhs.priority); /* filled in, though it has no key */
    if (c->groups)
        g_array_unref(c->groups);
}

VIR_CLASS_DEFINE(qemu_conf, QemuConf, conf_dispose)

static void numbers_default(QemuConf *c)
{
    c->dynamic_ownership = c->remember_owner = c->security_default_confined = TRUE;
    c->clear_emulator_capabilities = TRUE;
    c->seccomp_sandbox = QEMU_SANDBOX_DEFAULT;
    c->log_timestamp = c->auto_shutdown_restore = TRUE;
    c->auto_shutdown_wait = 30;
    c->port_min = 5900;
    c->port_max = 65535;
    c->websocket_port_min = 5700;
    c->websocket_port_max = 65535;
    c->migration_port_min = 49152;
    c->migration_port_max = 49215;
    c->backup_port_min = 10809;
    c->backup_port_max = 10872;
    c->keepalive_interval = c->keepalive_count = 5;
    c->gluster_debug_level = 4;
    c->default_tls_verify = c->vnc.verify = c->chardev.verify = c->migrate.verify = c->backup.verify = -1;
}

static void text_default(char **field, const char *value)
{
    if (!*field)
        *field = g_strdup(value);
}

static void texts_default(QemuConf *c, const QemuDirs *dirs)
{
    text_default(&c->vnc_listen, "127.0.0.1");
    text_default(&c->spice_listen, "127.0.0.1");
    text_default(&c->rdp_listen, "127.0.0.1");
    text_default(&c->save_format, "raw");
    text_default(&c->dump_format, "raw");
    text_default(&c->snapshot_format, "raw");
    text_default(&c->auto_dump_path, dirs->dump);
    text_default(&c->auto_shutdown_try_save, "none");
    text_default(&c->auto_shutdown_try_shutdown, "none");
    text_default(&c->auto_shutdown_poweroff, "none");
    text_default(&c->memory_backing_dir, dirs->ram);
    text_default(&c->bridge_helper, "qemu-bridge-helper");
    text_default(&c->pr_helper, "qemu-pr-helper");
    text_default(&c->dbus_daemon, "dbus-daemon");
    text_default(&c->qemu_rdp, "qemu-rdp");
    text_default(&c->qemu_vnc, "qemu-vnc");
    text_default(&c->user, VIR_QEMU_USER);
    text_default(&c->group, VIR_QEMU_GROUP);
    text_default(&c->lock_manager, "nop");
    text_default(&c->deprecation_behavior, "none");
    text_default(&c->sched_core, "none");
    text_default(&c->default_tls_cert_dir, dirs->tls_default);
    if (!c->cgroup_device_acl) {
        static const char *const acl[] = { "/dev/null",    "/dev/full", "/dev/zero",        "/dev/random",
                                           "/dev/urandom", "/dev/ptmx", "/dev/userfaultfd", NULL };
        c->cgroup_device_acl = g_strdupv((char **)acl);
    }
    if (!c->namespaces) {
        static const char *const mount[] = { "mount", NULL };
        c->namespaces = g_strdupv((char **)mount);
    }
}

/* ---- checks ---- */

typedef struct {
    const char *file;
    GError **err;
} Check;

static gboolean refuse(const Check *k, const char *key, const char *value, const char *why)
{
    return vir_fail(k->err, VIR_ERR_CONF_SYNTAX, "%s: key '%s' = %s is not supported: %s", k->file, key, value, why);
}

static const char *text_at(const QemuConf *c, gsize offset)
{
    return *(char *const *)(const void *)((const char *)c + offset);
}

static gboolean check_choices(const QemuConf *c, const Check *k)
{
    for (gsize i = 0; i < G_N_ELEMENTS(choices); i++) {
        const char *v = text_at(c, choices[i].offset);
        if (!v || g_strv_contains(choices[i].words, v))
            continue;
        g_autofree char *all = g_strjoinv(", ", (char **)choices[i].words);
        return vir_fail(k->err, VIR_ERR_CONF_SYNTAX, "%s: key '%s' cannot be '%s': it is one of %s", k->file,
                        choices[i].key, v, all);
    }
    return TRUE;
}

static gboolean check_refused(const QemuConf *c, const Check *k)
{
    for (gsize i = 0; i < G_N_ELEMENTS(refused_words); i++)
        if (g_strcmp0(text_at(c, refused_words[i].offset), refused_words[i].word) == 0)
            return refuse(k, refused_words[i].key, refused_words[i].word, refused_words[i].why);
    for (gsize i = 0; i < G_N_ELEMENTS(refused_switches); i++)
        if (*(const gboolean *)(const void *)((const char *)c + refused_switches[i].offset))
            return refuse(k, refused_switches[i].key, "1", refused_switches[i].why);
    return TRUE;
}

static gboolean check_range(const Check *k, const char *what, guint min, guint max)
{
    return min <= max ||
           vir_fail(k->err, VIR_ERR_CONF_SYNTAX, "%s: key '%s_min' (%u) is above '%s_max' (%u)", k->file, what, min,
                    what, max);
}

static gboolean check_ports(const QemuConf *c, const Check *k)
{
    return check_range(k, "remote_display_port", c->port_min, c->port_max) &&
           check_range(k, "remote_websocket_port", c->websocket_port_min, c->websocket_port_max) &&
           check_range(k, "migration_port", c->migration_port_min, c->migration_port_max) &&
           check_range(k, "backup_port", c->backup_port_min, c->backup_port_max);
}

static gboolean resolve_user(QemuConf *c, const Check *k)
{
    if (c->session) {
        c->uid = geteuid();
        c->gid = getegid();
        return TRUE;
    }
    if (!vir_proc_user(c->user, &c->uid, NULL, k->err) || !vir_proc_group(c->group, &c->gid, k->err)) {
        g_prefix_error(k->err, "%s: keys 'user' and 'group': ", k->file);
        return FALSE;
    }
    c->groups = vir_proc_groups(c->uid, c->gid, k->err);
    return c->groups != NULL;
}

/* The default user of swtpm need not be there: whoever starts one says so. */
static gboolean resolve_swtpm(QemuConf *c, const Check *k)
{
    c->swtpm_uid = c->uid;
    c->swtpm_gid = c->gid;
    if (c->session)
        return TRUE;
    if (c->swtpm_user && !vir_proc_user(c->swtpm_user, &c->swtpm_uid, &c->swtpm_gid, k->err))
        return FALSE;
    if (!c->swtpm_user)
        vir_proc_user("tss", &c->swtpm_uid, &c->swtpm_gid, NULL);
    return !c->swtpm_group || vir_proc_group(c->swtpm_group, &c->swtpm_gid, k->err);
}

static gboolean resolve_core(QemuConf *c, const Check *k)
{
    if (!c->max_core_text)
        return TRUE;
    if (strcmp(c->max_core_text, "unlimited") == 0)
        c->max_core = G_MAXUINT64;
    else if (!vir_units_uint64(c->max_core_text, G_MAXUINT64, &c->max_core))
        return vir_fail(k->err, VIR_ERR_CONF_SYNTAX, "%s: key 'max_core' must be a number of bytes or \"unlimited\"",
                        k->file);
    return TRUE;
}

static gboolean resolve_lists(QemuConf *c, const Check *k)
{
    for (char **n = c->namespaces; *n; n++) {
        if (strcmp(*n, "mount") != 0)
            return vir_fail(k->err, VIR_ERR_CONF_SYNTAX, "%s: key 'namespaces' knows only \"mount\", not '%s'", k->file,
                            *n);
        c->namespace_mask |= QEMU_NAMESPACE_MOUNT;
    }
    if (c->session)
        c->namespace_mask = 0;
    for (char **n = c->cgroup_controllers; n && *n; n++) {
        int found = -1;
        for (int i = 0; i < VIR_CGROUP_SYSTEMD && found < 0; i++)
            if (g_strcmp0(vir_cgroup_controller_name(i, FALSE), *n) == 0)
                found = i;
        if (found < 0)
            return vir_fail(k->err, VIR_ERR_CONF_SYNTAX, "%s: key 'cgroup_controllers': unknown controller '%s'", k->file,
                            *n);
        c->cgroup_controller_mask |= 1u << found;
    }
    for (char **n = c->nvram; n && *n; n++)
        if (!strchr(*n, ':'))
            return vir_fail(k->err, VIR_ERR_CONF_SYNTAX, "%s: key 'nvram': '%s' is not CODE:TEMPLATE", k->file, *n);
    return TRUE;
}

/* A user of TLS that says nothing itself has its own directory where that exists, else the common one. */
static gboolean merge_tls(QemuConf *c, const Check *k, QemuTlsConf *t, const char *name, int verify)
{
    gboolean written = t->cert_dir != NULL;
    if (!written) {
        g_autofree char *pki = g_path_get_dirname(c->default_tls_cert_dir);
        g_autofree char *own = g_strdup_printf("%s/libvirt-%s", pki, name);
        t->cert_dir = g_strdup(g_file_test(own, G_FILE_TEST_IS_DIR) ? own : c->default_tls_cert_dir);
    } else if (t->cert_dir[0] != '/') {
        return vir_fail(k->err, VIR_ERR_CONF_SYNTAX, "%s: key '%s_tls_x509_cert_dir' must be an absolute path", k->file,
                        name);
    }
    if (t->verify < 0)
        t->verify = c->default_tls_verify >= 0 ? c->default_tls_verify : verify;
    text_default(&t->secret_uuid, c->default_tls_secret_uuid);
    text_default(&t->priority, c->default_tls_priority);
    return TRUE;
}

static gboolean resolve_tls(QemuConf *c, const Check *k)
{
    return merge_tls(c, k, &c->vnc, "vnc", 0) && merge_tls(c, k, &c->chardev, "chardev", 1) &&
           merge_tls(c, k, &c->vxhs, "vxhs", 0) && merge_tls(c, k, &c->nbd, "nbd", 0) &&
           merge_tls(c, k, &c->migrate, "migrate", 1) && merge_tls(c, k, &c->backup, "backup", 1);
}

static gboolean finish(QemuConf *c, const QemuDirs *dirs, GError **err)
{
    Check k = { dirs->conf_file, err };
    texts_default(c, dirs);
    c->stdio_logd = !c->stdio_handler || strcmp(c->stdio_handler, "logd") == 0;
    return check_choices(c, &k) && check_refused(c, &k) && check_ports(c, &k) && resolve_user(c, &k) &&
           resolve_swtpm(c, &k) && resolve_core(c, &k) && resolve_lists(c, &k) && resolve_tls(c, &k);
}

/* ---- keys that nothing follows ---- */

static gboolean key_matches(const char *pattern, const char *key)
{
    gsize n = strlen(pattern);
    return pattern[n - 1] == '*' ? strncmp(pattern, key, n - 1) == 0 : strcmp(pattern, key) == 0;
}

static gboolean same_value(const VirConfRow *row, const QemuConf *a, const QemuConf *b)
{
    const char *x = (const char *)a + row->offset;
    const char *y = (const char *)b + row->offset;
    switch (row->type) {
    case VIR_CONF_STRING:
    case VIR_CONF_STRING_OR_INT:
        return g_strcmp0(*(char *const *)(const void *)x, *(char *const *)(const void *)y) == 0;
    case VIR_CONF_STRV: {
        char **l = *(char **const *)(const void *)x;
        char **m = *(char **const *)(const void *)y;
        return l && m ? g_strv_equal((const char *const *)l, (const char *const *)m) : l == m || (l ? !*l : !*m);
    }
    case VIR_CONF_INT64:
    case VIR_CONF_UINT64:
    case VIR_CONF_SIZE:
        return memcmp(x, y, sizeof(guint64)) == 0;
    default:
        return memcmp(x, y, sizeof(int)) == 0;
    }
}

static const VirConfRow *row_of(const char *key)
{
    for (const VirConfRow *row = rows; row->key; row++)
        if (strcmp(row->key, key) == 0)
            return row;
    return NULL;
}

static gboolean check_unfollowed(const VirConf *file, const QemuConf *c, const QemuDirs *dirs, GStrvBuilder *warnings,
                                 GError **err)
{
    g_autoptr(QemuConf) plain = virObjectNew(qemu_conf_class());
    numbers_default(plain);
    texts_default(plain, dirs);
    for (guint i = 0; i < vir_conf_n_keys(file); i++) {
        const VirConfRow *row = row_of(vir_conf_key(file, i));
        for (gsize j = 0; row && j < G_N_ELEMENTS(unfollowed); j++) {
            if (!key_matches(unfollowed[j].key, row->key) || same_value(row, c, plain))
                continue;
            if (unfollowed[j].severity == STRICT)
                return vir_fail(err, VIR_ERR_CONF_SYNTAX, "%s: key '%s' is not supported: %s", dirs->conf_file, row->key,
                                unfollowed[j].why);
            g_autofree char *line = g_strdup_printf("%s: key '%s' has no effect: %s: not supported yet", dirs->conf_file,
                                                    row->key, unfollowed[j].why);
            g_strv_builder_add(warnings, line);
        }
    }
    return TRUE;
}

static void collect_warnings(const VirConf *file, const QemuConf *c, const QemuDirs *dirs, GStrvBuilder *b)
{
    g_auto(GStrv) unknown = vir_conf_unknown(file, rows);
    g_strv_builder_addv(b, (const char **)unknown);
    for (guint i = 0; c->session && i < vir_conf_n_keys(file); i++) {
        for (gsize j = 0; j < G_N_ELEMENTS(system_only); j++) {
            if (strcmp(vir_conf_key(file, i), system_only[j]) != 0)
                continue;
            g_autofree char *line = g_strdup_printf("%s: key '%s' has no effect in a session instance",
                                                    dirs->conf_file, system_only[j]);
            g_strv_builder_add(b, line);
        }
    }
}

QemuConf *qemu_conf_load(const QemuDirs *dirs, char ***ret_warnings, GError **err)
{
    g_autoptr(VirConf) file = vir_conf_load(dirs->conf_file, TRUE, err);
    if (!file)
        return NULL;
    g_autoptr(QemuConf) c = virObjectNew(qemu_conf_class());
    c->session = dirs->session;
    numbers_default(c);
    g_autoptr(GStrvBuilder) warnings = g_strv_builder_new();
    if (!vir_conf_apply(file, rows, c, err) || !finish(c, dirs, err) || !check_unfollowed(file, c, dirs, warnings, err))
        return NULL;
    collect_warnings(file, c, dirs, warnings);
    if (ret_warnings)
        *ret_warnings = g_strv_builder_end(warnings);
    return g_steal_pointer(&c);
}

/* ---- the sample ---- */

static void append_wrapped(GString *out, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    gsize column = 0;
    for (char **w = words; *w; w++) {
        gsize n = strlen(*w);
        if (column == 0 || column + 1 + n > 78) {
            g_string_append(out, column ? "\n#" : "#");
            column = 1;
        }
        g_string_append_printf(out, " %s", *w);
        column += n + 1;
    }
    g_string_append_c(out, '\n');
}

char *qemu_conf_sample(void)
{
    GString *out = g_string_new("# Settings of virtqemud for its guests. Each key shows its default or an example.\n");
    for (gsize i = 0; rows[i].key; i++) {
        g_string_append_c(out, '\n');
        append_wrapped(out, samples[i].doc);
        g_string_append_printf(out, "#%s = %s\n", rows[i].key, samples[i].sample);
    }
    return g_string_free(out, FALSE);
}

const char *qemu_conf_key(guint i)
{
    return i < G_N_ELEMENTS(rows) ? rows[i].key : NULL;
}

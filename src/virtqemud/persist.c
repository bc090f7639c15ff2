/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Configuration files, autostart links, and what is loaded at the start of the daemon.
 */
#define VIR_LOG_SOURCE "qemu.persist"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"
#include "util/log.h"
#include "util/proc.h"
#include "virtqemud/domain.h"
#include "virtqemud/status.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define DOCUMENT_MAX (10 * 1024 * 1024)

void qemu_document_head(GString *out, const char *name, const char *command)
{
    g_string_append_printf(out,
                           "<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE\n"
                           "OVERWRITTEN AND LOST. Changes to this xml configuration should be made using:\n"
                           "  virsh %s %s\nor other application using the libvirt API.\n-->\n\n",
                           command, name);
}

/* Paths, not a kept directory: somebody may mount another one over it. */
static char *config_path(const QemuDriver *qemu, const char *name)
{
    return g_strdup_printf("%s/%s.xml", qemu->dirs->config, name);
}

gboolean qemu_domain_save_config(QemuDomain *dom, const DomainDef *def, GError **err)
{
    GString *text = g_string_sized_new(8192);
    qemu_document_head(text, def->name, "edit");
    domain_def_format_into(def, VIR_XML_SECURE | VIR_XML_INACTIVE, 0, text);
    g_autofree char *path = config_path(dom->qemu, def->name);
    gboolean ok = vir_file_write_atomic(AT_FDCWD, path, text->str, text->len, 0600, err);
    g_string_free(text, TRUE);
    return ok;
}

gboolean qemu_domain_remove_config(QemuDomain *dom, GError **err)
{
    const DomainDef *def = qemu_domain_def(dom);
    g_autofree char *path = dom->broken_file ? g_strdup(dom->broken_file)
                                             : config_path(dom->qemu, def ? def->name : dom->entry->name);
    return (!dom->autostart || qemu_domain_set_autostart_link(dom, FALSE, err)) &&
           vir_file_remove_synced(AT_FDCWD, path, err);
}

gboolean qemu_domain_set_autostart_link(QemuDomain *dom, gboolean on, GError **err)
{
    const char *name = dom->config ? dom->config->def->name : dom->entry->name;
    g_autofree char *link = g_strdup_printf("%s/%s.xml", dom->qemu->dirs->autostart, name);
    g_autofree char *target = g_strdup_printf("%s/%s.xml", dom->qemu->dirs->config, name);
    if (!on)
        return vir_file_remove_synced(AT_FDCWD, link, err);
    return vir_file_ensure_dir(dom->qemu->dirs->autostart, 0755, (uid_t)-1, (gid_t)-1, err) &&
           vir_file_symlink_atomic(AT_FDCWD, target, link, err);
}

/* The UUID and name of a document that is not loaded whole, as far as they can be read. */
static gboolean peek_identity(const char *text, const char *file, char **ret_name, guint8 *ret_uuid)
{
    const char *uuid = strstr(text, "<uuid>");
    if (!uuid || !vir_uuid_parse(g_strndup(uuid + 6, 36), ret_uuid))
        return FALSE;
    *ret_name = g_strndup(file, strlen(file) - 4);
    return TRUE;
}

static QemuDomain *add_entry(QemuDriver *qemu, const char *name, const guint8 *uuid, VirEntry **ret_entry, GError **err)
{
    gboolean is_new;
    if (!vir_store_reserve(qemu->domains, name, uuid, ret_entry, &is_new, err))
        return NULL;
    if (!is_new) {
        virObjectUnref(*ret_entry);
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "domain '%s' is there already", name);
        return NULL;
    }
    return qemu_domain_new(qemu, *ret_entry);
}

/* Its guest is listed, and its file stays byte for byte as it is. */
static void load_broken(QemuDriver *qemu, const char *file, const char *text, const GError *why)
{
    g_autofree char *name = NULL;
    guint8 uuid[VIR_UUID_BUFLEN];
    g_autoptr(VirEntry) entry = NULL;
    g_autoptr(GError) err = NULL;
    VIR_WARN("%s/%s cannot be loaded: %s", qemu->dirs->config, file, why->message);
    if (!text || !peek_identity(text, file, &name, uuid))
        return;
    QemuDomain *dom = add_entry(qemu, name, uuid, &entry, &err);
    if (!dom)
        return;
    dom->load_error = g_strdup(why->message);
    dom->broken_file = g_strdup_printf("%s/%s", qemu->dirs->config, file);
    qemu_domain_publish(dom);
}

static gboolean has_autostart(QemuDriver *qemu, const char *name)
{
    g_autofree char *link = g_strdup_printf("%s/%s.xml", qemu->dirs->autostart, name);
    return access(link, F_OK) == 0;
}

static void load_config(QemuDriver *qemu, const char *file)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(VirEntry) entry = NULL;
    gsize len;
    g_autofree char *text = vir_file_read_at(qemu->config_fd, file, DOCUMENT_MAX, &len, &err);
    g_autoptr(DomainDef) def = text ? domain_def_parse(text, len, VIR_XML_INACTIVE | VIR_XML_STRICT, &err) : NULL;
    QemuDomain *dom = NULL;
    if (def && (strlen(file) != strlen(def->name) + 4 || !g_str_has_prefix(file, def->name)))
        vir_fail(&err, VIR_ERR_INTERNAL_ERROR, "the file name does not match the name '%s' in it", def->name);
    else if (def)
        dom = add_entry(qemu, def->name, def->uuid, &entry, &err);
    if (!dom) {
        load_broken(qemu, file, text, err);
        return;
    }
    dom->autostart = has_autostart(qemu, def->name);
    g_autofree char *save = g_strdup_printf("%s/%s.save", qemu->dirs->save, def->name);
    dom->managed_save = access(save, F_OK) == 0;
    qemu_domain_set_config(dom, domain_doc_new(domain_def_pack(g_steal_pointer(&def))));
    qemu_domain_publish(dom);
}

typedef void (*PerFile)(QemuDriver *qemu, const char *file);

static gboolean each_document(QemuDriver *qemu, const char *dir, PerFile func, GError **err)
{
    DIR *d = opendir(dir);
    if (!d)
        return vir_fail_errno(err, errno, "cannot read directory '%s'", dir);
    struct dirent *e;
    while ((e = readdir(d))) {
        if (e->d_name[0] != '.' && g_str_has_suffix(e->d_name, ".xml") && e->d_type != DT_DIR)
            func(qemu, e->d_name);
    }
    closedir(d);
    return TRUE;
}

static gboolean still_runs(const QemuDomain *dom)
{
    int fd = dom->phase == QEMU_PHASE_RUNNING && dom->pid > 0 ? vir_proc_pidfd(dom->pid, dom->start_time, NULL) : -1;
    gboolean runs = fd >= 0 && !vir_proc_pidfd_wait(fd, 0);
    if (fd >= 0)
        close(fd);
    return runs;
}

static void load_status(QemuDriver *qemu, const char *file)
{
    g_autoptr(GError) err = NULL;
    gsize len;
    g_autofree char *text = vir_file_read_at(qemu->state_fd, file, DOCUMENT_MAX, &len, &err);
    g_autoptr(QemuStatus) status = text ? qemu_status_parse(text, len, &err) : NULL;
    if (!status) {
        VIR_WARN("%s/%s cannot be loaded: %s, leaving it alone", qemu->dirs->state, file, err->message);
        return;
    }
    DomainDef *def = status->def;
    g_autoptr(VirEntry) entry = NULL;
    gboolean is_new;
    if (!vir_store_reserve(qemu->domains, def->name, def->uuid, &entry, &is_new, &err)) {
        VIR_WARN("%s/%s: %s, leaving it alone", qemu->dirs->state, file, err->message);
        return;
    }
    QemuDomain *dom = is_new ? qemu_domain_new(qemu, entry) : qemu_domain_of(entry);
    qemu_status_apply(dom, g_steal_pointer(&status));
    g_atomic_int_inc(&qemu->active);
    /* What is about to be taken back is never shown as running. */
    if (still_runs(dom)) {
        vir_store_set_id(entry, dom->id);
        qemu_domain_publish(dom);
    }
    g_ptr_array_add(qemu->found, virObjectRef(entry));
}

typedef struct {
    VirActorJob job;
    VirEntry *entry;         /* reference */
} Reconnect;

static void reconnect_run(VirActorJob *job)
{
    Reconnect *r = (Reconnect *)job;
    qemu_process_reconnect(qemu_domain_of(r->entry));
    virObjectUnref(r->entry);
    g_free(r);
}

gboolean qemu_load_all(QemuDriver *qemu, GError **err)
{
    qemu->found = g_ptr_array_new_with_free_func((GDestroyNotify)virObjectUnref);
    if (!each_document(qemu, qemu->dirs->config, load_config, err) ||
        !each_document(qemu, qemu->dirs->state, load_status, err))
        return FALSE;
    /* All at once; until its turn came a guest is listed with the state it had. */
    for (guint i = 0; i < qemu->found->len; i++) {
        Reconnect *r = g_new0(Reconnect, 1);
        r->entry = virObjectRef(g_ptr_array_index(qemu->found, i));
        r->job = (VirActorJob){ .name = "reconnect", .run = reconnect_run, .queue = VIR_ACTOR_EVENT };
        vir_actor_post(r->entry->actor, &r->job);
    }
    g_clear_pointer(&qemu->found, g_ptr_array_unref);
    return TRUE;
}

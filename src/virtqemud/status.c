/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define VIR_LOG_SOURCE "qemu.status"
#include "virtqemud/status.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "conf/domain/device-walk.h"
#include "util/file.h"
#include "util/log.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define STATUS_NAMESPACE "urn:modvirt:status:1"

/* ---- names of states and reasons, an interface with libvirt ---- */

static const char *const state_names[] = { "no state", "running", "idle", "paused", "in shutdown", "shut off", "crashed",
                                           "pmsuspended" };
// clang-format off
static const char *const reason_names[][16] = {
    { "unknown" },
    { "unknown", "booted", "migrated", "restored", "from snapshot", "unpaused", "migration canceled", "save canceled",
      "wakeup", "crashed", "post-copy", "post-copy failed" },
    { "unknown" },
    { "unknown", "user", "migration", "save", "dump", "ioerror", "watchdog", "from snapshot", "shutdown", "snapshot",
      "panicked", "starting up", "post-copy", "post-copy failed", "api error" },
    { "unknown", "user" },
    { "unknown", "shutdown", "destroyed", "crashed", "migrated", "saved", "failed", "from snapshot", "daemon" },
    { "unknown", "panicked" },
    { "unknown" },
};
static const char *const phase_names[] = { "none", "starting", "running", "stopping" };
// clang-format on

static int index_of(const char *const *names, gsize n, const char *text)
{
    for (gsize i = 0; text && i < n && names[i]; i++) {
        if (g_str_equal(names[i], text))
            return (int)i;
    }
    return -1;
}

/* ---- writing ---- */

static void attr_line(GString *out, const char *element, const char *attr, const char *value)
{
    if (!value)
        return;
    g_string_append_printf(out, "  <%s %s='", element, attr);
    vir_xml_escape(out, value);
    g_string_append(out, "'/>\n");
}

/* Whether QEMU has a device of that id: parts of the board and its PS/2 input are not made with -device. libvirt drops
 * what this list names and QEMU does not know. */
static gboolean is_qemu_device(const DomainDevice *device)
{
    const char *alias = device->info->alias;
    if (!alias)
        return FALSE;
    switch (device->kind) {
    case DOMAIN_DEVICE_INPUT:
        return device->input->bus != DOMAIN_INPUT_BUS_PS2;
    case DOMAIN_DEVICE_CONSOLE:
        return g_str_has_prefix(alias, "console");
    case DOMAIN_DEVICE_CONTROLLER:
        return device->controller->type != DOMAIN_CONTROLLER_FDC && !g_str_equal(alias, "ide") &&
               !g_str_equal(alias, "pci.0") && !g_str_has_prefix(alias, "pcie.");
    default:
        return TRUE;
    }
}

static void format_devices(const DomainDef *def, GString *out)
{
    DomainDevice device = DOMAIN_DEVICE_BEGIN;
    g_string_append(out, "  <devices>\n");
    while (domain_device_next(def, &device)) {
        if (!is_qemu_device(&device))
            continue;
        g_string_append(out, "    <device alias='");
        vir_xml_escape(out, device.info->alias);
        g_string_append(out, "'/>\n");
    }
    g_string_append(out, "  </devices>\n");
}

static void format_own(const QemuDomain *dom, GString *out)
{
    g_autofree char *labels = dom->labels ? hv_label_set_format(dom->labels) : NULL;
    g_string_append_printf(out,
                           "  <modvirt:job xmlns:modvirt='" STATUS_NAMESPACE "' phase='%s' startTime='%" G_GUINT64_FORMAT
                           "'>",
                           phase_names[dom->phase], dom->start_time);
    if (labels)
        vir_xml_escape(out, labels);
    g_string_append(out, "</modvirt:job>\n");
}

static void format_cpu(const QemuDomain *dom, GString *out)
{
    const CpuDef *cpu = dom->live->def->cpu;
    if (cpu)
        vir_xml_format(&cpu_table, "cpu", cpu, 0, 1, out);
}

static void note_source(StorageSource *src)
{
    for (; src; src = src->backing) {
        if (!src->index || src->private_data)
            continue;
        src->private_data = g_strdup_printf("<privateData>\n  <nodenames>\n"
                                            "    <nodename type='storage' name='libvirt-%u-storage'/>\n"
                                            "    <nodename type='format' name='libvirt-%u-format'/>\n"
                                            "  </nodenames>\n</privateData>",
                                            src->index, src->index);
    }
}

void qemu_status_note_nodes(DomainDef *live)
{
    for (guint i = 0; i < live->disks.n; i++) {
        DomainDisk *disk = live->disks.v[i];
        note_source(&disk->src);
        if (!disk->private_data && disk->info.alias)
            disk->private_data = g_strdup_printf("<privateData>\n  <qom name='/machine/peripheral/%s%s'/>\n</privateData>",
                                                 disk->info.alias,
                                                 disk->bus == DOMAIN_DISK_BUS_VIRTIO ? "/virtio-backend" : "");
    }
}

char *qemu_status_format(const QemuDomain *dom, gsize *ret_len)
{
    const DomainDef *def = dom->live->def;
    g_autoptr(QemuConf) conf = qemu_driver_conf(dom->qemu);
    GString *out = g_string_sized_new(16384);
    qemu_document_head(out, def->name, "edit");
    int reason = CLAMP(dom->reason, 0, 15);
    const char *reason_name = reason_names[dom->state][reason];
    g_string_append_printf(out, "<domstatus state='%s' reason='%s' pid='%d'>\n", state_names[dom->state],
                           reason_name ? reason_name : "unknown", (int)dom->pid);
    if (dom->mon_path) {
        g_string_append(out, "  <monitor path='");
        vir_xml_escape(out, dom->mon_path);
        g_string_append(out, "' type='unix'/>\n");
    }
    if (conf->namespace_mask & QEMU_NAMESPACE_MOUNT && !conf->session)
        g_string_append(out, "  <namespaces>\n    <mount/>\n  </namespaces>\n");
    if (dom->n_vcpus) {
        g_string_append(out, "  <vcpus>\n");
        for (guint i = 0; i < dom->n_vcpus; i++) {
            if (dom->vcpu_tids[i])
                g_string_append_printf(out, "    <vcpu id='%u' pid='%" G_GINT64_FORMAT "'/>\n", i, dom->vcpu_tids[i]);
        }
        g_string_append(out, "  </vcpus>\n");
    }
    if (!dom->foreign_status || !strstr(dom->foreign_status, "<qemuCaps"))
        qemu_status_format_flags(out);
    format_devices(def, out);
    attr_line(out, "libDir", "path", dom->lib_dir);
    attr_line(out, "channelTargetDir", "path", dom->channel_dir);
    format_cpu(dom, out);
    if (dom->fake_reboot)
        g_string_append(out, "  <fakereboot/>\n");
    if (conf->remember_owner && !conf->session)
        g_string_append(out, "  <rememberOwner/>\n");
    if (dom->foreign_status)
        g_string_append(out, dom->foreign_status);
    else
        g_string_append(out, "  <blockjobs active='no'/>\n  <agentTimeout>-2</agentTimeout>\n");
    format_own(dom, out);
    domain_def_format_into(def, VIR_XML_SECURE | VIR_XML_STATUS, 1, out);
    g_string_append(out, "</domstatus>\n");
    *ret_len = out->len;
    return g_string_free(out, FALSE);
}

gboolean qemu_status_save(QemuDomain *dom, GError **err)
{
    gsize len;
    g_autofree char *text = qemu_status_format(dom, &len);
    g_autofree char *path = qemu_dirs_status_file(dom->qemu->dirs, dom->live->def->name);
    return vir_file_write_atomic(AT_FDCWD, path, text, len, 0600, err);
}

void qemu_status_remove(QemuDomain *dom)
{
    g_autoptr(GError) err = NULL;
    g_autofree char *path = qemu_dirs_status_file(dom->qemu->dirs, dom->live->def->name);
    if (!vir_file_remove_synced(AT_FDCWD, path, &err))
        VIR_WARN("domain %s: cannot remove its status document: %s, going on", dom->live->def->name, err->message);
}

/* ---- reading ---- */

static gboolean is_named(xmlNodePtr node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && g_str_equal((const char *)node->name, name);
}

static char *attr_copy(xmlNodePtr node, const char *name)
{
    return g_strdup(vir_xml_attr(node, name));
}

static void parse_vcpus(QemuStatus *status, xmlNodePtr node)
{
    for (xmlNodePtr v = node->children; v; v = v->next) {
        if (!is_named(v, "vcpu"))
            continue;
        const char *id = vir_xml_attr(v, "id"), *pid = vir_xml_attr(v, "pid");
        guint64 index = id ? g_ascii_strtoull(id, NULL, 10) : 0;
        if (!pid || index >= 16384)
            continue;
        if (index >= status->n_vcpus) {
            status->vcpu_tids = g_renew(gint64, status->vcpu_tids, index + 1);
            memset(status->vcpu_tids + status->n_vcpus, 0, (index + 1 - status->n_vcpus) * sizeof(gint64));
            status->n_vcpus = (guint)index + 1;
        }
        status->vcpu_tids[index] = g_ascii_strtoll(pid, NULL, 10);
    }
}

static gboolean parse_own(QemuStatus *status, xmlNodePtr node, GError **err)
{
    const char *start = vir_xml_attr(node, "startTime");
    int phase = index_of(phase_names, G_N_ELEMENTS(phase_names), vir_xml_attr(node, "phase"));
    if (phase < 0)
        return vir_fail(err, VIR_ERR_XML_ERROR, "domstatus/job: unknown phase");
    status->own = TRUE;
    status->phase = (QemuPhase)phase;
    status->start_time = start ? g_ascii_strtoull(start, NULL, 10) : 0;
    g_autofree char *text = vir_xml_text(node);
    if (text && *text && !(status->labels = hv_label_set_parse(text, err)))
        return FALSE;
    return TRUE;
}

/* What is not ours to understand goes back as it came. */
static void keep_foreign(GString *out, xmlNodePtr node)
{
    xmlBufferPtr buffer = xmlBufferCreate();
    xmlNodeDump(buffer, node->doc, node, 1, 0);
    g_string_append_printf(out, "  %s\n", (const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
}

static gboolean parse_child(QemuStatus *status, xmlNodePtr node, GString *foreign, GError **err)
{
    if (node->type != XML_ELEMENT_NODE)
        return TRUE;
    if (is_named(node, "monitor"))
        status->mon_path = attr_copy(node, "path");
    else if (is_named(node, "vcpus"))
        parse_vcpus(status, node);
    else if (is_named(node, "libDir"))
        status->lib_dir = attr_copy(node, "path");
    else if (is_named(node, "channelTargetDir"))
        status->channel_dir = attr_copy(node, "path");
    else if (is_named(node, "fakereboot"))
        status->fake_reboot = TRUE;
    else if (is_named(node, "namespaces"))
        status->mount_namespace = TRUE;
    else if (is_named(node, "job") && node->ns && g_str_equal((const char *)node->ns->href, STATUS_NAMESPACE))
        return parse_own(status, node, err);
    else if (is_named(node, "domain"))
        return (status->def = domain_def_parse_node(node, VIR_XML_STATUS, err)) != NULL;
    else if (!is_named(node, "devices") && !is_named(node, "cpu") && !is_named(node, "rememberOwner"))
        keep_foreign(foreign, node);
    return TRUE;
}

QemuStatus *qemu_status_parse(const char *text, gsize len, GError **err)
{
    g_autoptr(VirXmlDoc) doc = vir_xml_doc_parse(text, len, "domain_status", VIR_FROM_QEMU, err);
    if (!doc)
        return NULL;
    xmlNodePtr root = xmlDocGetRootElement(doc);
    if (!root || !is_named(root, "domstatus")) {
        vir_fail(err, VIR_ERR_XML_ERROR, "root element is not <domstatus>");
        return NULL;
    }
    g_autoptr(QemuStatus) status = g_new0(QemuStatus, 1);
    const char *pid = vir_xml_attr(root, "pid");
    status->state = index_of(state_names, G_N_ELEMENTS(state_names), vir_xml_attr(root, "state"));
    status->pid = pid ? (pid_t)g_ascii_strtoll(pid, NULL, 10) : 0;
    if (status->state < 0 || status->pid < 0) {
        vir_fail(err, VIR_ERR_XML_ERROR, "domstatus: unknown state or bad pid");
        return NULL;
    }
    status->reason = MAX(0, index_of(reason_names[status->state], 16, vir_xml_attr(root, "reason")));
    g_autoptr(GString) foreign = g_string_new(NULL);
    for (xmlNodePtr node = root->children; node; node = node->next) {
        if (!parse_child(status, node, foreign, err))
            return NULL;
    }
    if (!status->def || !status->def->name || status->def->id < 0) {
        vir_fail(err, VIR_ERR_XML_ERROR, "domstatus holds no running domain");
        return NULL;
    }
    if (foreign->len)
        status->foreign = g_strdup(foreign->str);
    return g_steal_pointer(&status);
}

void qemu_status_free(QemuStatus *status)
{
    if (!status)
        return;
    domain_def_free(status->def);
    hv_label_set_free(status->labels);
    g_free(status->mon_path);
    g_free(status->lib_dir);
    g_free(status->channel_dir);
    g_free(status->vcpu_tids);
    g_free(status->foreign);
    g_free(status);
}

void qemu_status_apply(QemuDomain *dom, QemuStatus *status)
{
    dom->id = status->def->id;
    dom->state = status->state;
    dom->reason = status->reason;
    dom->pid = status->pid;
    dom->start_time = status->start_time;
    dom->phase = status->own ? status->phase : QEMU_PHASE_RUNNING;
    dom->mon_path = g_steal_pointer(&status->mon_path);
    dom->lib_dir = g_steal_pointer(&status->lib_dir);
    dom->channel_dir = g_steal_pointer(&status->channel_dir);
    dom->vcpu_tids = g_steal_pointer(&status->vcpu_tids);
    dom->n_vcpus = status->n_vcpus;
    dom->fake_reboot = status->fake_reboot;
    dom->labels = g_steal_pointer(&status->labels);
    dom->foreign_status = g_steal_pointer(&status->foreign);
    qemu_domain_set_live(dom, domain_doc_new(g_steal_pointer(&status->def)));
    qemu_status_free(status);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The command lines of many documents, for comparison with answers of the reference: one JSON line a file,
 * {"file", "ok", "argv"} or {"file", "ok":false, "code", "msg"}. Usage: plan-corpus FILE...
 */
#include <stdio.h>
#include <string.h>

#include "util/error.h"
#include "util/file.h"
#include "virtqemud/defaults/defaults.h"
#include "virtqemud/plan/domain.h"
#include "virtqemud/process/firmware.h"

typedef struct {
    QemuDomainEnv env;
    const QemuDirs *dirs;
} Setup;

static char *native_of(const Setup *s, const char *file, GError **err)
{
    g_autofree char *xml = vir_file_read(file, 4 * 1024 * 1024, NULL, err);
    g_autoptr(DomainDef) def = xml ? domain_def_parse(xml, strlen(xml), VIR_XML_INACTIVE, err) : NULL;
    g_autoptr(VirQemuCaps) caps = NULL;
    if (!def || !qemu_domain_finish(def, &s->env, 0, &caps, err) || !qemu_domain_assign_aliases(def, err) ||
        (def->os.firmware && !qemu_firmware_select(def, s->env.firmware, s->env.conf, s->dirs->nvram, err)))
        return NULL;
    QemuPlanContext ctx = { .caps = caps, .conf = s->env.conf, .dirs = s->dirs, .host = s->env.host, .privileged = TRUE, .id = -1,
                            .native = TRUE, .monitor_fd = -1 };
    return qemu_domxml_to_native(def, &ctx, err);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(QemuDirs) dirs = qemu_dirs_new(FALSE, "", &err);
    g_autoptr(QemuConf) conf = dirs ? qemu_conf_load(dirs, NULL, &err) : NULL;
    VirQemuCapsConfig config = { .host = vir_host_real(), .uid = (uid_t)-1, .gid = (gid_t)-1 };
    g_autoptr(VirQemuCapsCache) cache = vir_qemu_caps_cache_new(&config);
    g_autoptr(HvFirmwareList) firmware = hv_firmware_list_new(vir_host_real(), NULL, FALSE);
    if (!conf) {
        fprintf(stderr, "%s\n", err->message);
        return 1;
    }
    Setup s = { { .host = vir_host_real(), .caps = cache, .conf = conf, .firmware = firmware, .nvram_dir = dirs->nvram }, dirs };
    for (int i = 1; i < argc; i++) {
        g_autoptr(GError) failed = NULL;
        g_autofree char *line = native_of(&s, argv[i], &failed);
        g_autoptr(VirJson) out = vir_json_new("s:file", argv[i], "b:ok", line != NULL, NULL);
        if (line)
            vir_json_add(out, "s:argv", line, NULL);
        else
            vir_json_add(out, "i:code", vir_error_code(failed), "s:msg", failed ? failed->message : "no error given", NULL);
        puts(vir_json_text(out, NULL));
        fflush(stdout);
    }
    return 0;
}

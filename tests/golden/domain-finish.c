/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What define makes of documents, for the comparers: for each file name on standard input one line "ok LENGTH" or
 * "error CODE DOMAIN LENGTH" and that many bytes of document or message. With --idempotent the document is completed twice and
 * a difference is an error; --aliases writes the live form with runtime aliases.
 */
#include <stdio.h>
#include <string.h>

#include "util/error.h"
#include "virtqemud/defaults/defaults.h"

static gboolean finish_twice(const char *xml, const QemuDomainEnv *env, GError **err)
{
    g_autoptr(DomainDef) def = domain_def_parse(xml, strlen(xml), VIR_XML_INACTIVE, err);
    g_autofree char *again = NULL;

    if (!def || !qemu_domain_finish(def, env, 0, NULL, err))
        return FALSE;
    again = domain_def_format(def, VIR_XML_INACTIVE | VIR_XML_SECURE);
    if (strcmp(xml, again) == 0)
        return TRUE;
    return vir_fail_full(err, VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "not idempotent:\n%s", again);
}

static char *complete(const char *path, const QemuDomainEnv *env, gboolean idempotent, gboolean aliases, GError **err)
{
    g_autofree char *text = NULL, *xml = NULL;
    g_autoptr(DomainDef) def = NULL;
    gsize len;

    if (!g_file_get_contents(path, &text, &len, err))
        return NULL;
    def = domain_def_parse(text, len, VIR_XML_INACTIVE, err);
    if (!def || !qemu_domain_finish(def, env, 0, NULL, err))
        return NULL;
    if (aliases) {
        def->id = 1;
        if (!qemu_domain_assign_aliases(def, err))
            return NULL;
        return domain_def_format(def, VIR_XML_SECURE);
    }
    xml = domain_def_format(def, VIR_XML_INACTIVE | VIR_XML_SECURE);
    if (idempotent && !finish_twice(xml, env, err))
        return NULL;
    return g_steal_pointer(&xml);
}

static gboolean has_arg(int argc, char **argv, const char *name)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], name) == 0)
            return TRUE;
    }
    return FALSE;
}

int main(int argc, char **argv)
{
    g_autoptr(VirHost) host = vir_host_new("");
    VirQemuCapsConfig config = { .host = host, .uid = -1, .gid = -1 };
    g_autoptr(VirQemuCapsCache) cache = vir_qemu_caps_cache_new(&config);
    g_autoptr(HvFirmwareList) firmware = NULL;
    QemuDomainEnv env = { .host = host, .caps = cache, .nvram_dir = "/var/lib/libvirt/qemu/nvram" };
    char path[4096];

    while (fgets(path, sizeof(path), stdin)) {
        g_autoptr(GError) err = NULL;
        g_autofree char *xml = NULL;

        path[strcspn(path, "\n")] = 0;
        xml = complete(path, &env, has_arg(argc, argv, "--idempotent"), has_arg(argc, argv, "--aliases"), &err);
        if (xml) {
            printf("ok %zu\n%s", strlen(xml), xml);
        } else {
            g_autofree char *message = err->domain == VIR_ERROR ? vir_error_public_message(err) : g_strdup(err->message);

            printf("error %d %d %zu\n%s", vir_error_code(err), vir_error_extra(err)->domain, strlen(message), message);
        }
        fflush(stdout);
    }
    return 0;
}

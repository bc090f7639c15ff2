/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Parses each document named on stdin (one path a line; which kind its root element says), copies it, frees the first,
 * formats the copy.
 *
 *     xml-roundtrip [--live] [--status] [--strict] [--secure] [--bench N] < list
 *
 * --status: the document is a <domstatus>; the <domain> in it is worked on.
 * Writes a line "ok BYTES" and the document, or "fail CODE MESSAGE", for each. tests/unit/test-documents.c compares.
 * With --bench the list is worked through N times and the times per document are printed instead.
 */
#include <stdio.h>
#include <string.h>

#include "conf/domain/domain.h"
#include "conf/network/network.h"
#include "conf/secret/secret.h"
#include "conf/snapshot/snapshot.h"
#include "conf/storage/volume.h"
#include "util/error.h"

static const VirXmlTable *const tables[] = {
    &domain_table, &network_table, &network_port_table, &storage_pool_table, &storage_vol_table, &secret_table, &snapshot_table,
    &checkpoint_table, &backup_table,
};

static void round_trip(const char *xml, gsize len, guint flags)
{
    const VirXmlParse opts = { .flags = flags & ~VIR_XML_SECURE };
    g_autoptr(GError) err = NULL;
    g_autoptr(VirXmlDoc) doc = vir_xml_doc_parse(xml, len, "test", 0, &err);
    xmlNodePtr root = doc ? xmlDocGetRootElement(doc) : NULL;
    const VirXmlTable *table = tables[0];
    gpointer def, copy;
    g_autofree char *diff = NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    if (root && strcmp((const char *)root->name, "domstatus") == 0) {
        for (root = root->children; root && strcmp((const char *)root->name, "domain");)
            root = root->next;
    }
    for (guint i = 0; root && i < G_N_ELEMENTS(tables); i++) {
        if (strcmp((const char *)root->name, tables[i]->name) == 0)
            table = tables[i];
    }
    def = vir_xml_new(table);
    if (!root || !vir_xml_parse(table, root, def, &opts, &err)) {
        printf("fail %d %s\n", vir_error_code(err), err->message);
        vir_xml_free(table, def);
        return;
    }
    copy = vir_xml_copy(table, def);
    if (!vir_xml_equal(table, def, copy, 0, &diff))
        printf("fail 1 copy differs: %s\n", diff);
    vir_xml_free(table, def);
    vir_xml_format(table, NULL, copy, flags, 0, text);
    vir_xml_free(table, copy);
    printf("ok %zu\n%s", text->len, text->str);
}

static void bench(GPtrArray *docs, guint flags, int rounds)
{
    gint64 parse = 0, format = 0, copy = 0, tree = 0;
    gsize bytes = 0;
    int n = 0;

    for (int r = 0; r < rounds; r++) {
        for (guint i = 0; i < docs->len; i++) {
            const char *xml = docs->pdata[i];
            gint64 t0 = g_get_monotonic_time();
            xmlDocPtr doc = vir_xml_doc_parse(xml, strlen(xml), "domain", 0, NULL);
            gint64 t1 = g_get_monotonic_time();
            DomainDef *def = doc ? domain_def_parse_node(xmlDocGetRootElement(doc), flags, NULL) : NULL;
            gint64 t2 = g_get_monotonic_time();
            xmlFreeDoc(doc);
            if (!def)
                continue;
            gint64 t3 = g_get_monotonic_time();
            char *text = domain_def_format(def, flags);
            gint64 t4 = g_get_monotonic_time();
            DomainDef *other = domain_def_copy(def);
            gint64 t5 = g_get_monotonic_time();
            tree += t1 - t0;
            parse += t2 - t1;
            format += t4 - t3;
            copy += t5 - t4;
            bytes += strlen(xml);
            n++;
            g_free(text);
            domain_def_free(def);
            domain_def_free(other);
        }
    }
    printf("%d documents of %zu bytes: tree %.1f us, parse %.1f us, format %.1f us, copy %.1f us\n", n, n ? bytes / n : 0,
           (double)tree / n, (double)parse / n, (double)format / n, (double)copy / n);
}

int main(int argc, char **argv)
{
    guint flags = VIR_XML_INACTIVE;
    int rounds = 0;
    char line[4096];
    g_autoptr(GPtrArray) docs = g_ptr_array_new_with_free_func(g_free);

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--live") == 0)
            flags &= ~VIR_XML_INACTIVE;
        else if (strcmp(argv[i], "--status") == 0)
            flags = (flags & ~VIR_XML_INACTIVE) | VIR_XML_STATUS | VIR_XML_SECURE;
        else if (strcmp(argv[i], "--strict") == 0)
            flags |= VIR_XML_STRICT;
        else if (strcmp(argv[i], "--secure") == 0)
            flags |= VIR_XML_SECURE;
        else if (strcmp(argv[i], "--bench") == 0 && i + 1 < argc)
            rounds = atoi(argv[++i]);
    }
    while (fgets(line, sizeof(line), stdin)) {
        char *xml;
        gsize len;
        line[strcspn(line, "\n")] = 0;
        if (!g_file_get_contents(line, &xml, &len, NULL)) {
            printf("fail 0 cannot read\n");
            continue;
        }
        if (rounds) {
            g_ptr_array_add(docs, xml);
        } else {
            round_trip(xml, len, flags);
            g_free(xml);
        }
    }
    if (rounds)
        bench(docs, flags, rounds);
    return 0;
}

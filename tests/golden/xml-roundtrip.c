/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Parses each domain document named on stdin (one path a line), copies it, frees the first, formats the copy.
 *
 *     xml-roundtrip [--live] [--status] [--strict] [--secure] [--bench N] < list
 *
 * --status: the document is a <domstatus>; the <domain> in it is worked on.
 * Writes a line "ok BYTES" and the document, or "fail CODE MESSAGE", for each. tests/golden/test_domain_xml.py compares.
 * With --bench the list is worked through N times and the times per document are printed instead.
 */
#include <stdio.h>
#include <string.h>

#include "conf/domain/domain.h"
#include "util/error.h"

static void round_trip(const char *xml, gsize len, guint flags)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(VirXmlDoc) doc = vir_xml_doc_parse(xml, len, "domain", 0, &err);
    xmlNodePtr root = doc ? xmlDocGetRootElement(doc) : NULL;
    DomainDef *def, *copy;
    g_autofree char *text = NULL, *diff = NULL;

    if (root && flags & VIR_XML_STATUS) {
        for (root = root->children; root && strcmp((const char *)root->name, "domain");)
            root = root->next;
    }
    def = root ? domain_def_parse_node(root, flags & ~VIR_XML_SECURE, &err) : NULL;
    if (!def) {
        printf("fail %d %s\n", vir_error_code(err), err->message);
        return;
    }
    copy = domain_def_copy(def);
    if (!vir_xml_equal(&domain_table, def, copy, 0, &diff))
        printf("fail 1 copy differs: %s\n", diff);
    domain_def_free(def);
    text = domain_def_format(copy, flags);
    domain_def_free(copy);
    printf("ok %zu\n%s", strlen(text), text);
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

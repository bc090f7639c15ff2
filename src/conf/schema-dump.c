/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Prints what the XML tables say: schema-dump rng|dict domain. Built for the schema that is installed, for tests and for
 * fuzzers.
 */
#include <stdio.h>
#include <string.h>

#include "conf/domain/domain.h"

int main(int argc, char **argv)
{
    static const VirXmlTable *const tables[] = { &domain_table };
    g_autofree char *text = NULL;

    for (guint i = 0; argc == 3 && i < G_N_ELEMENTS(tables); i++) {
        if (strcmp(argv[2], tables[i]->name))
            continue;
        if (strcmp(argv[1], "rng") == 0)
            text = vir_xml_schema(tables[i], argv[2]);
        else if (strcmp(argv[1], "dict") == 0)
            text = vir_xml_dictionary(tables[i], argv[2]);
    }
    if (!text) {
        fprintf(stderr, "usage: schema-dump rng|dict DOCUMENT\n");
        return 2;
    }
    fputs(text, stdout);
    return 0;
}

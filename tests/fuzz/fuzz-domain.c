/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Any text as a domain document: what parses must format, parse again and format to the same text; a copy is equal. */
#include "conf/domain/domain.h"
#include "fuzz.h"

static void round_trip(const char *xml, gsize len, guint flags)
{
    g_autoptr(DomainDef) def = domain_def_parse(xml, len, flags, NULL), again = NULL, copy = NULL;
    g_autofree char *text = NULL, *same = NULL;

    if (!def)
        return;
    copy = domain_def_copy(def);
    FUZZ_CHECK(vir_xml_equal(&domain_table, def, copy, 0, NULL));
    FUZZ_CHECK(domain_def_abi_equal(def, copy, NULL));
    text = domain_def_format(def, flags | VIR_XML_SECURE);
    again = domain_def_parse(text, strlen(text), flags, NULL);
    FUZZ_CHECK(again != NULL);
    same = domain_def_format(again, flags | VIR_XML_SECURE);
    g_free(domain_def_format(again, VIR_XML_INACTIVE | VIR_XML_MIGRATABLE));
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len)
{
    round_trip((const char *)input, len, VIR_XML_INACTIVE);
    round_trip((const char *)input, len, VIR_XML_STATUS);
    return 0;
}

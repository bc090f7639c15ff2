/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Any text as a document of the kind its root says: what parses must format and parse again; a copy is equal, a packed
 * copy formats alike. */
#include "conf/domain/domain.h"
#include "conf/network/network.h"
#include "conf/secret/secret.h"
#include "conf/snapshot/snapshot.h"
#include "conf/storage/volume.h"
#include "fuzz.h"

static const VirXmlTable *const tables[] = {
    &domain_table, &network_table, &network_port_table, &storage_pool_table, &storage_vol_table, &secret_table, &snapshot_table,
    &checkpoint_table, &backup_table,
};

static gpointer parse(const VirXmlTable **table, const char *xml, gsize len, guint flags)
{
    const VirXmlParse opts = { .flags = flags };
    g_autoptr(VirXmlDoc) doc = vir_xml_doc_parse(xml, len, "fuzz", 0, NULL);
    gpointer obj;

    if (!doc)
        return NULL;
    *table = tables[0];
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
        if (strcmp((const char *)xmlDocGetRootElement(doc)->name, tables[i]->name) == 0)
            *table = tables[i];
    }
    obj = vir_xml_new(*table);
    if (vir_xml_parse(*table, xmlDocGetRootElement(doc), obj, &opts, NULL))
        return obj;
    vir_xml_free(*table, obj);
    return NULL;
}

static GString *format(const VirXmlTable *table, gconstpointer obj, guint flags)
{
    GString *out = g_string_new(NULL);

    vir_xml_format(table, NULL, obj, flags | VIR_XML_SECURE, 0, out);
    return out;
}

static void round_trip(const char *xml, gsize len, guint flags)
{
    const VirXmlTable *table, *same;
    gpointer obj = parse(&table, xml, len, flags), copy, again;
    g_autofree gpointer packed = NULL;

    if (!obj)
        return;
    g_autoptr(GString) text = format(table, obj, flags);
    copy = vir_xml_copy(table, obj);
    FUZZ_CHECK(vir_xml_equal(table, obj, copy, 0, NULL));
    packed = vir_xml_pack(table, obj);
    vir_xml_free(table, obj);
    if (packed) {
        g_autoptr(GString) alike = format(table, packed, flags);
        FUZZ_CHECK(g_string_equal(text, alike));
    }
    again = parse(&same, text->str, text->len, flags);
    FUZZ_CHECK(again && same == table);
    g_string_free(format(table, again, VIR_XML_INACTIVE | VIR_XML_MIGRATABLE), TRUE);
    vir_xml_free(table, copy);
    vir_xml_free(table, again);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len)
{
    round_trip((const char *)input, len, VIR_XML_INACTIVE);
    round_trip((const char *)input, len, VIR_XML_STATUS);
    round_trip((const char *)input, len, VIR_XML_STRICT);
    return 0;
}

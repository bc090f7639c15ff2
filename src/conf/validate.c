/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/validate.h"

#include <libxml/relaxng.h>

#include "config.h"
#include "util/error.h"
#include "util/xmltab.h"

#define VIR_FROM_THIS VIR_FROM_XML

static GMutex lock;
static GHashTable *compiled;     /* name -> xmlRelaxNGPtr, for ever; under lock */

static void collect(void *data, xmlErrorPtr error)
{
    GString *text = data;
    if (error->message)
        g_string_append_printf(text, "line %d: %s", error->line, error->message);
}

static void quiet(void *data, const char *fmt, ...)
{
}

static xmlRelaxNGPtr compile(const char *name, GError **err)
{
    g_autofree char *path = g_strdup_printf(VIR_DATADIR "/libvirt/schemas/%s.rng", name);
    xmlRelaxNGParserCtxtPtr ctxt = xmlRelaxNGNewParserCtxt(path);
    xmlRelaxNGPtr schema = NULL;
    if (ctxt) {
        xmlRelaxNGSetParserErrors(ctxt, quiet, quiet, NULL);
        schema = xmlRelaxNGParse(ctxt);
        xmlRelaxNGFreeParserCtxt(ctxt);
    }
    if (!schema)
        vir_fail(err, VIR_ERR_INTERNAL_ERROR, "the schema '%s' cannot be read", path);
    return schema;
}

gboolean vir_schema_validate(const char *name, const char *xml, gsize len, GError **err)
{
    g_autoptr(VirXmlDoc) doc = vir_xml_doc_parse(xml, len, name, VIR_FROM_XML, err);
    if (!doc)
        return FALSE;
    g_autoptr(GString) text = g_string_new(NULL);
    int rc = -1;
    /* libxml2's compiled schemas may not be used by two threads at once. */
    g_mutex_lock(&lock);
    if (!compiled)
        compiled = g_hash_table_new(g_str_hash, g_str_equal);
    xmlRelaxNGPtr schema = g_hash_table_lookup(compiled, name);
    if (!schema && (schema = compile(name, err)))
        g_hash_table_insert(compiled, g_strdup(name), schema);
    if (schema) {
        xmlRelaxNGValidCtxtPtr valid = xmlRelaxNGNewValidCtxt(schema);
        xmlRelaxNGSetValidStructuredErrors(valid, collect, text);
        rc = xmlRelaxNGValidateDoc(valid, doc);
        xmlRelaxNGFreeValidCtxt(valid);
    }
    g_mutex_unlock(&lock);
    if (!schema)
        return FALSE;
    return rc == 0 || vir_fail(err, VIR_ERR_XML_INVALID_SCHEMA, "Unable to validate doc against %s.rng\n%s", name, text->str);
}

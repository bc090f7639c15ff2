/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From text to a tree, safely: bounded size and depth, no DTD (so no entities and nothing to expand), no network, UTF-8.
 * Any thread.
 */
#include "util/xmltab.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#include "util/error.h"

/* A DTD could define entities: the parse ends where one begins. */
static void refuse_dtd(void *ctx, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    xmlParserCtxtPtr ctxt = ctx;

    ctxt->_private = (void *)1;
    xmlStopParser(ctxt);
}

static gboolean fail(int from, int code, const char *what, const xmlError *last, GError **err)
{
    g_autofree char *message = NULL;

    if (!last || !last->message)
        return vir_fail_full(err, from, code, "(%s_definition): the document is not well-formed XML", what);
    message = g_strstrip(g_strdup(last->message));
    return vir_fail_full(err, from, code, "(%s_definition):%d: %s", what, last->line, message);
}

xmlDocPtr vir_xml_doc_parse(const char *xml, gsize len, const char *what, int from, GError **err)
{
    xmlParserCtxtPtr ctxt;
    xmlDocPtr doc;

    if (len > VIR_XML_MAX_SIZE) {
        vir_fail_full(err, from, VIR_ERR_XML_ERROR, "the %s document has %" G_GSIZE_FORMAT " bytes; at most %d are read", what,
                      len, VIR_XML_MAX_SIZE);
        return NULL;
    }
    if (memchr(xml, 0, len))
        len = strlen(xml);
    ctxt = xmlNewParserCtxt();
    if (!ctxt) {
        vir_fail_full(err, from, VIR_ERR_NO_MEMORY, "%s", "");
        return NULL;
    }
    ctxt->sax->internalSubset = refuse_dtd;
    doc = xmlCtxtReadMemory(ctxt, xml, (int)len, NULL, NULL,
                            XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT | XML_PARSE_NOBLANKS);
    if (ctxt->_private) {
        vir_fail_full(err, from, VIR_ERR_XML_DETAIL, "(%s_definition): a document type declaration (DTD, entities) is not accepted", what);
        g_clear_pointer(&doc, xmlFreeDoc);
    } else if (!doc || !ctxt->wellFormed || !xmlDocGetRootElement(doc)) {
        fail(from, VIR_ERR_XML_DETAIL, what, xmlCtxtGetLastError(ctxt), err);
        g_clear_pointer(&doc, xmlFreeDoc);
    }
    xmlFreeParserCtxt(ctxt);
    return doc;
}

char *vir_xml_raw_at_depth(const char *raw, guint depth)
{
    g_autoptr(VirXmlDoc) doc = vir_xml_doc_parse(raw, strlen(raw), "raw", VIR_FROM_XML, NULL);
    xmlBufferPtr buf;
    char *text = NULL;

    if (!doc)
        return NULL;
    buf = xmlBufferCreate();
    if (xmlNodeDump(buf, doc, xmlDocGetRootElement(doc), (int)depth, 1) > 0)
        text = g_strdup((const char *)xmlBufferContent(buf));
    xmlBufferFree(buf);
    return text;
}

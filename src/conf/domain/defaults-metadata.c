/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Applications' own elements: each namespace has one.
 */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

#include "conf/domain/defaults.h"

static gboolean seen_before(xmlNodePtr node)
{
    for (xmlNodePtr other = node->prev; other; other = other->prev) {
        if (other->type == XML_ELEMENT_NODE && other->ns && xmlStrEqual(other->ns->href, node->ns->href))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_surplus(xmlNodePtr node)
{
    return node->type == XML_ELEMENT_NODE && (!node->ns || seen_before(node));
}

static void remove_with_space(xmlNodePtr node)
{
    xmlNodePtr space = node->prev;

    if (space && space->type == XML_TEXT_NODE) {
        xmlUnlinkNode(space);
        xmlFreeNode(space);
    }
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

void domain_defaults_metadata(DomainDef *def)
{
    const char *text = def->metadata;
    g_autoptr(VirXmlDoc) doc = text ? xmlReadMemory(text, (int)strlen(text), NULL, NULL,
                                                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING) : NULL;
    xmlNodePtr root = doc ? xmlDocGetRootElement(doc) : NULL, next;
    gboolean changed = FALSE;
    xmlBufferPtr buf;

    for (xmlNodePtr node = root ? root->last : NULL; node; node = next) {
        next = node->prev;
        if (!is_surplus(node))
            continue;
        if (next && next->type == XML_TEXT_NODE)
            next = next->prev;
        remove_with_space(node);
        changed = TRUE;
    }
    if (!changed)
        return;
    buf = xmlBufferCreate();
    xmlNodeDump(buf, doc, root, 0, 0);
    g_free(def->metadata);
    def->metadata = g_strdup((const char *)xmlBufferContent(buf));
    xmlBufferFree(buf);
}

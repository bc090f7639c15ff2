/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Title, description and <metadata> elements: reading them, and the elements' form inside the document.
 */
#include "virtqemud/metadata.h"

#include <string.h>

#define VIR_FROM_THIS VIR_FROM_DOMAIN

/* The document's <metadata> is kept as text; here it becomes a tree. NULL: an empty one. */
static xmlDocPtr parse_content(const char *text)
{
    if (!text)
        text = "<metadata/>";
    return xmlReadMemory(text, (int)strlen(text), NULL, NULL,
                         XML_PARSE_NONET | XML_PARSE_NOBLANKS | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
}

static gboolean is_of(xmlNodePtr node, const char *uri)
{
    return node->type == XML_ELEMENT_NODE && node->ns && node->ns->href &&
           g_strcmp0((const char *)node->ns->href, uri) == 0;
}

static xmlNodePtr find_element(xmlDocPtr doc, const char *uri)
{
    xmlNodePtr node = doc ? xmlDocGetRootElement(doc)->children : NULL;
    while (node && !is_of(node, uri))
        node = node->next;
    return node;
}

/* Gives @node and what is below it, where they are of no namespace, @to; or takes namespace @from off them. */
static void change_namespace(xmlNodePtr node, const char *from, xmlNsPtr to)
{
    for (; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        for (xmlAttrPtr attr = from ? node->properties : NULL; attr; attr = attr->next) {
            if (attr->ns && g_strcmp0((const char *)attr->ns->href, from) == 0)
                attr->ns = to;
        }
        if (from ? is_of(node, from) : !node->ns)
            xmlSetNs(node, to);
        change_namespace(node->children, from, to);
    }
}

static void drop_declarations(xmlNodePtr node, const char *uri)
{
    xmlNsPtr *at = &node->nsDef;
    while (*at) {
        xmlNsPtr ns = *at;
        if (g_strcmp0((const char *)ns->href, uri) == 0) {
            *at = ns->next;
            xmlFreeNs(ns);
        } else {
            at = &ns->next;
        }
    }
    for (xmlNodePtr child = node->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE)
            drop_declarations(child, uri);
    }
}

static char *node_text(xmlDocPtr doc, xmlNodePtr node, int level)
{
    xmlBufferPtr buffer = xmlBufferCreate();
    xmlNodeDump(buffer, doc, node, level, 1);
    char *text = g_strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return text;
}

char *qemu_metadata_get(const DomainDef *def, int type, const char *uri, GError **err)
{
    char *found = NULL;
    if (type == VIR_DOMAIN_METADATA_DESCRIPTION) {
        found = g_strdup(def->description);
    } else if (type == VIR_DOMAIN_METADATA_TITLE) {
        found = g_strdup(def->title);
    } else if (type == VIR_DOMAIN_METADATA_ELEMENT) {
        g_autoptr(VirXmlDoc) doc = parse_content(def->metadata);
        xmlNodePtr node = find_element(doc, uri);
        if (node) {
            xmlUnlinkNode(node);
            change_namespace(node, uri, NULL);
            drop_declarations(node, uri);
            found = node_text(doc, node, 0);
            xmlFreeNode(node);
        }
    } else {
        vir_fail(err, VIR_ERR_INVALID_ARG, "unknown metadata type '%d'", type);
        return NULL;
    }
    if (!found)
        vir_fail(err, VIR_ERR_NO_DOMAIN_METADATA, "Requested metadata element is not present");
    return found;
}

static gboolean set_element(DomainDef *def, const char *metadata, const char *key, const char *uri, GError **err)
{
    g_autoptr(VirXmlDoc) doc = parse_content(def->metadata);
    if (!doc)
        return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "the <metadata> of domain '%s' is not well-formed", def->name);
    xmlNodePtr old = find_element(doc, uri), root = xmlDocGetRootElement(doc);
    if (metadata) {
        g_autoptr(VirXmlDoc) given = vir_xml_doc_parse(metadata, strlen(metadata), "metadata_xml", VIR_FROM_THIS, err);
        if (!given)
            return FALSE;
        xmlNodePtr node = xmlDocCopyNode(xmlDocGetRootElement(given), doc, 1);
        xmlNsPtr ns = xmlNewNs(node, BAD_CAST uri, BAD_CAST key);
        if (!ns) {
            xmlFreeNode(node);
            return vir_fail(err, VIR_ERR_INVALID_ARG, "key '%s' is a namespace prefix of the element already", key);
        }
        change_namespace(node, NULL, ns);
        xmlAddChild(root, node);
    }
    if (old) {
        xmlUnlinkNode(old);
        xmlFreeNode(old);
    }
    g_free(def->metadata);
    def->metadata = root->children ? node_text(doc, root, 1) : NULL;
    return TRUE;
}

static void set_text(char **to, const char *text)
{
    g_free(*to);
    *to = text && *text ? g_strdup(text) : NULL;
}

gboolean qemu_metadata_set(DomainDef *def, int type, const char *metadata, const char *key, const char *uri,
                           GError **err)
{
    switch (type) {
    case VIR_DOMAIN_METADATA_DESCRIPTION:
        set_text(&def->description, metadata);
        return TRUE;
    case VIR_DOMAIN_METADATA_TITLE:
        if (metadata && strchr(metadata, '\n'))
            return vir_fail(err, VIR_ERR_INVALID_ARG, "metadata title can't contain newlines");
        set_text(&def->title, metadata);
        return TRUE;
    case VIR_DOMAIN_METADATA_ELEMENT:
        if (!uri)
            return vir_fail(err, VIR_ERR_INVALID_ARG, "an element needs the uri of its namespace");
        if (metadata && !key)
            return vir_fail(err, VIR_ERR_INVALID_ARG, "an element needs the key that is its prefix");
        return set_element(def, metadata, key, uri, err);
    default:
        return vir_fail(err, VIR_ERR_INVALID_ARG, "unknown metadata type '%d'", type);
    }
}

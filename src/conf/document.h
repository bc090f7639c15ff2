/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The functions every kind of document has, made from its table. NAME_parse, _parse_node: NULL with the error's path,
 * caller frees. NAME_format: caller frees. @flags are VIR_XML_*.
 */
#pragma once

#include "util/xmltab.h"

#define VIR_DOCUMENT(T, prefix, table)                                               \
    extern const VirXmlTable table;                                                \
    T *prefix##_new(void);                                                           \
    T *prefix##_parse(const char *xml, gsize len, guint flags, GError **err);        \
    T *prefix##_parse_node(xmlNodePtr node, guint flags, GError **err);              \
    char *prefix##_format(const T *def, guint flags);                                \
    T *prefix##_copy(const T *def);                                                  \
    void prefix##_free(T *def);                                                      \
    G_DEFINE_AUTOPTR_CLEANUP_FUNC(T, prefix##_free)

#define VIR_DOCUMENT_IMPL(T, prefix, table, from_)                                                        \
    T *prefix##_new(void)                                                                                 \
    {                                                                                                   \
        return vir_xml_new(&(table));                                                                   \
    }                                                                                                   \
    T *prefix##_parse_node(xmlNodePtr node, guint flags, GError **err)                                    \
    {                                                                                                   \
        const VirXmlParse opts = { .flags = flags, .from = (from_) };                                   \
        T *def = vir_xml_new(&(table));                                                                 \
        if (vir_xml_parse(&(table), node, def, &opts, err))                                             \
            return def;                                                                                 \
        vir_xml_free(&(table), def);                                                                    \
        return NULL;                                                                                    \
    }                                                                                                   \
    T *prefix##_parse(const char *xml, gsize len, guint flags, GError **err)                              \
    {                                                                                                   \
        g_autoptr(VirXmlDoc) doc = vir_xml_doc_parse(xml, len, (table).name, (from_), err);             \
        return doc ? prefix##_parse_node(xmlDocGetRootElement(doc), flags, err) : NULL;                   \
    }                                                                                                   \
    char *prefix##_format(const T *def, guint flags)                                                      \
    {                                                                                                   \
        GString *out = g_string_sized_new(1024);                                                        \
        vir_xml_format(&(table), NULL, def, flags, 0, out);                                             \
        return g_string_free(out, FALSE);                                                               \
    }                                                                                                   \
    T *prefix##_copy(const T *def)                                                                        \
    {                                                                                                   \
        return vir_xml_copy(&(table), def);                                                             \
    }                                                                                                   \
    void prefix##_free(T *def)                                                                            \
    {                                                                                                   \
        vir_xml_free(&(table), def);                                                                    \
    }

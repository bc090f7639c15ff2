/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Between the files of the XML table engine.
 */
#pragma once

#include "util/xmlrows.h"

/* What VIR_LIST and VIR_ARRAY members look like to the engine. */
typedef struct {
    gpointer *v;
    guint n;
} VirXmlList;

static inline gpointer vir_xml_member(gconstpointer base, const VirXmlRow *row)
{
    return (char *)base + row->offset;
}

static inline const VirXmlRow *vir_xml_table_rows(const VirXmlRow *row)
{
    return ((const VirXmlTable *)row->aux)->rows;
}

/* The rows of an XP_WHEN exist for this object. */
static inline gboolean vir_xml_when(gconstpointer base, const VirXmlRow *row)
{
    guint8 tag = *(const guint8 *)vir_xml_member(base, row);

    return tag < 64 && (row->arg >> tag) & 1;
}

static inline gboolean vir_xml_is_scalar(const VirXmlRow *row)
{
    return row->place == XP_ATTR || row->place == XP_TEXT || row->place == XP_ELEM || row->place == XP_DATA ||
           row->place == XP_PRESENT || row->place == XP_RAW;
}

gboolean vir_xml_number(const char *text, int base, guint64 max, guint64 *ret);
/* Stores row->arg in a member of one of the whole-number types. */
void vir_xml_set_absent(const VirXmlRow *row, gpointer member);
void vir_xml_init_rows(const VirXmlRow *rows, gpointer base);

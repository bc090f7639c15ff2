/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rows of XML tables, for the files that define tables (not for their users).
 *
 *     #define XS DomainWatchdog                  the struct that the rows below describe
 *     static const VirXmlRow watchdog_rows[] = {
 *         XA_ENUM("model", model, watchdog_model, .flags = XF_ABI),
 *         XA_ENUM("action", action, watchdog_action),
 *         X_FIELDS(info, device_info_table),
 *         X_END
 *     };
 *     #undef XS
 *
 * XA_ is an attribute, XT_ the element's own text, XE_ a child element with that text, XD_ a member with no XML of its
 * own (a hook's, or private). Trailing designated initialisers set .flags, .arg (the value that means absent) and so on.
 * A member of the wrong type does not compile.
 */
#pragma once

#include "util/bitmap.h"
#include "util/mac.h"
#include "util/uuid.h"
#include "util/xmltab.h"

extern const VirXmlType vir_xml_string, vir_xml_bool, vir_xml_int, vir_xml_uint, vir_xml_u8, vir_xml_u16, vir_xml_u64,
    vir_xml_s16, vir_xml_s64, vir_xml_enum, vir_xml_yesno, vir_xml_onoff, vir_xml_uuid, vir_xml_mac, vir_xml_cpuset, vir_xml_size;

#define X_MEMBER_(m) (((XS *)0)->m)
#define X_CHECK_(cond, text) (0 * sizeof(struct { _Static_assert(cond, text); char c; }))
#define X_OFF_(m, T) \
    .offset = offsetof(XS, m) + X_CHECK_(__builtin_types_compatible_p(__typeof__(X_MEMBER_(m)), T), \
                                         "member '" #m "' has not the type of its row (" #T ")")
#define X_SUB_(m, T, table) X_OFF_(m, T), .aux = &(table)

#define X_SCALAR_(where, n, m, T, typ, ...) \
    { .place = where, .name = n, X_OFF_(m, T), .size = sizeof(T), .type = &(typ), ##__VA_ARGS__ }

/* Any VirXmlType of a model's own. */
#define XA_CUSTOM(n, m, T, typ, ...) X_SCALAR_(XP_ATTR, n, m, T, typ, ##__VA_ARGS__)
#define XE_CUSTOM(n, m, T, typ, ...) X_SCALAR_(XP_ELEM, n, m, T, typ, ##__VA_ARGS__)
#define XT_CUSTOM(m, T, typ, ...)    X_SCALAR_(XP_TEXT, NULL, m, T, typ, ##__VA_ARGS__)
#define XD_CUSTOM(m, T, typ, ...)    X_SCALAR_(XP_DATA, NULL, m, T, typ, ##__VA_ARGS__)

#define XA_STR(n, m, ...)    X_SCALAR_(XP_ATTR, n, m, char *, vir_xml_string, ##__VA_ARGS__)
#define XE_STR(n, m, ...)    X_SCALAR_(XP_ELEM, n, m, char *, vir_xml_string, ##__VA_ARGS__)
#define XT_STR(m, ...)       X_SCALAR_(XP_TEXT, NULL, m, char *, vir_xml_string, ##__VA_ARGS__)
#define XD_STR(m, ...)       X_SCALAR_(XP_DATA, NULL, m, char *, vir_xml_string, ##__VA_ARGS__)
#define XD_BOOL(m, ...)      X_SCALAR_(XP_DATA, NULL, m, bool, vir_xml_bool, ##__VA_ARGS__)
#define XA_BOOL(n, m, ...)   X_SCALAR_(XP_ATTR, n, m, bool, vir_xml_bool, ##__VA_ARGS__)    /* 'yes' or not written */
#define XA_INT(n, m, ...)    X_SCALAR_(XP_ATTR, n, m, int, vir_xml_int, ##__VA_ARGS__)
#define XE_INT(n, m, ...)    X_SCALAR_(XP_ELEM, n, m, int, vir_xml_int, ##__VA_ARGS__)
#define XT_INT(m, ...)       X_SCALAR_(XP_TEXT, NULL, m, int, vir_xml_int, ##__VA_ARGS__)
#define XD_INT(m, ...)       X_SCALAR_(XP_DATA, NULL, m, int, vir_xml_int, ##__VA_ARGS__)
#define XA_UINT(n, m, ...)   X_SCALAR_(XP_ATTR, n, m, guint, vir_xml_uint, ##__VA_ARGS__)
#define XE_UINT(n, m, ...)   X_SCALAR_(XP_ELEM, n, m, guint, vir_xml_uint, ##__VA_ARGS__)
#define XT_UINT(m, ...)      X_SCALAR_(XP_TEXT, NULL, m, guint, vir_xml_uint, ##__VA_ARGS__)
#define XD_UINT(m, ...)      X_SCALAR_(XP_DATA, NULL, m, guint, vir_xml_uint, ##__VA_ARGS__)
#define XA_S16(n, m, ...)    X_SCALAR_(XP_ATTR, n, m, gint16, vir_xml_s16, ##__VA_ARGS__)
#define XE_S16(n, m, ...)    X_SCALAR_(XP_ELEM, n, m, gint16, vir_xml_s16, ##__VA_ARGS__)
#define XD_S16(m, ...)       X_SCALAR_(XP_DATA, NULL, m, gint16, vir_xml_s16, ##__VA_ARGS__)
#define XA_U8(n, m, ...)     X_SCALAR_(XP_ATTR, n, m, guint8, vir_xml_u8, ##__VA_ARGS__)
#define XA_U16(n, m, ...)    X_SCALAR_(XP_ATTR, n, m, guint16, vir_xml_u16, ##__VA_ARGS__)
#define XA_U64(n, m, ...)    X_SCALAR_(XP_ATTR, n, m, guint64, vir_xml_u64, ##__VA_ARGS__)
#define XE_U64(n, m, ...)    X_SCALAR_(XP_ELEM, n, m, guint64, vir_xml_u64, ##__VA_ARGS__)
#define XT_U64(m, ...)       X_SCALAR_(XP_TEXT, NULL, m, guint64, vir_xml_u64, ##__VA_ARGS__)
#define XD_S64(m, ...)       X_SCALAR_(XP_DATA, NULL, m, gint64, vir_xml_s64, ##__VA_ARGS__)
#define XA_S64(n, m, ...)    X_SCALAR_(XP_ATTR, n, m, gint64, vir_xml_s64, ##__VA_ARGS__)
#define XE_S64(n, m, ...)    X_SCALAR_(XP_ELEM, n, m, gint64, vir_xml_s64, ##__VA_ARGS__)
#define XD_ENUM(m, e, ...)    X_SCALAR_(XP_DATA, NULL, m, e##_enum_type, vir_xml_enum, .aux = &e##_enum, ##__VA_ARGS__)
#define XA_ENUM(n, m, e, ...) X_SCALAR_(XP_ATTR, n, m, e##_enum_type, vir_xml_enum, .aux = &e##_enum, ##__VA_ARGS__)
#define XE_ENUM(n, m, e, ...) X_SCALAR_(XP_ELEM, n, m, e##_enum_type, vir_xml_enum, .aux = &e##_enum, ##__VA_ARGS__)
#define XT_ENUM(m, e, ...)    X_SCALAR_(XP_TEXT, NULL, m, e##_enum_type, vir_xml_enum, .aux = &e##_enum, ##__VA_ARGS__)
#define XA_YESNO(n, m, ...)  X_SCALAR_(XP_ATTR, n, m, VirTristate, vir_xml_yesno, ##__VA_ARGS__)
#define XA_ONOFF(n, m, ...)  X_SCALAR_(XP_ATTR, n, m, VirTristate, vir_xml_onoff, ##__VA_ARGS__)
#define XA_UUID(n, m, ...)   X_SCALAR_(XP_ATTR, n, m, guint8[VIR_UUID_LEN], vir_xml_uuid, ##__VA_ARGS__)
#define XE_UUID(n, m, ...)   X_SCALAR_(XP_ELEM, n, m, guint8[VIR_UUID_LEN], vir_xml_uuid, ##__VA_ARGS__)
#define XT_UUID(m, ...)      X_SCALAR_(XP_TEXT, NULL, m, guint8[VIR_UUID_LEN], vir_xml_uuid, ##__VA_ARGS__)
#define XA_MAC(n, m, ...)    X_SCALAR_(XP_ATTR, n, m, VirMac, vir_xml_mac, ##__VA_ARGS__)
#define XA_CPUSET(n, m, ...) X_SCALAR_(XP_ATTR, n, m, VirBitmap *, vir_xml_cpuset, ##__VA_ARGS__)
#define XE_CPUSET(n, m, ...) X_SCALAR_(XP_ELEM, n, m, VirBitmap *, vir_xml_cpuset, ##__VA_ARGS__)
#define XA_SIZE(n, m, u, ...) X_SCALAR_(XP_ATTR, n, m, guint64, vir_xml_size, .aux = &(u), ##__VA_ARGS__)
#define XE_SIZE(n, m, u, ...) X_SCALAR_(XP_ELEM, n, m, guint64, vir_xml_size, .aux = &(u), ##__VA_ARGS__)
#define XT_SIZE(m, u, ...)    X_SCALAR_(XP_TEXT, NULL, m, guint64, vir_xml_size, .aux = &(u), ##__VA_ARGS__)

/* <readonly/>: true while it stands there. */
#define XE_PRESENT(n, m, ...) X_SCALAR_(XP_PRESENT, n, m, bool, vir_xml_bool, ##__VA_ARGS__)

/* A nested element whose content is in the same struct; written when any of it is. */
#define X_ROWS_(...) (const VirXmlRow[]) { __VA_ARGS__, X_END }
#define XG(n, ...)              { .place = XP_GROUP, .name = n, .aux = X_ROWS_(__VA_ARGS__) }
#define XG_FLAGS(n, fl, ...)    { .place = XP_GROUP, .name = n, .flags = fl, .aux = X_ROWS_(__VA_ARGS__) }
/* The same with a bool member that says that the element stands there. */
#define XG_PRESENT(n, m, ...)   { .place = XP_GROUP, .name = n, X_OFF_(m, bool), .type = &vir_xml_bool, .aux = X_ROWS_(__VA_ARGS__) }
/* The same for one of several elements of the same name: <source mode='bind' ...>: key "mode=bind". */
#define XG_KEYED(n, k, ...)     { .place = XP_GROUP, .name = n, .key = k, .aux = X_ROWS_(__VA_ARGS__) }

/* The same with rows kept in an array of their own, to share them. */
#define XG_ROWS(n, rows, ...)   { .place = XP_GROUP, .name = n, .aux = rows, ##__VA_ARGS__ }
/* Rows of a table of this same struct. */
#define X_SELF(table)           { .place = XP_FIELDS, .aux = &(table), .offset = X_CHECK_(sizeof(XS) > 0, "") }

/* Written only while the string member is set. */
#define XG_IF(n, m, ...)        { .place = XP_GROUP, .name = n, X_OFF_(m, char *), .type = &vir_xml_string, .aux = X_ROWS_(__VA_ARGS__) }

/* Structs inside structs. FIELDS: their rows belong to this element; others: to a child element of their own. */
#define X_FIELDS(m, T, table)     { .place = XP_FIELDS, X_SUB_(m, T, table) }
/* Nameless: owns what rows with XF_SHADOW read and write. */
#define X_EMBED(n, m, T, table, ...) { .place = XP_EMBED, .name = n, X_SUB_(m, T, table), ##__VA_ARGS__ }
/* A nameless one owns what rows with XF_SHADOW read and write. */
#define X_PTR(n, m, T, table, ...) { .place = XP_PTR, .name = n, X_SUB_(m, T *, table), ##__VA_ARGS__ }
/* Allocated when any of its rows is read. */
#define X_PTRFIELDS(m, T, table, ...)  { .place = XP_PTRFIELDS, X_SUB_(m, T *, table), ##__VA_ARGS__ }

#define X_ITEM_OFF_(m, T) .offset = offsetof(XS, m) + \
    X_CHECK_(__builtin_types_compatible_p(__typeof__(*X_MEMBER_(m).v), T) && \
             sizeof(X_MEMBER_(m)) == sizeof(VIR_LIST(void)), "member '" #m "' is not a list of " #T)
#define X_LIST(n, m, T, table, ...)  { .place = XP_LIST, .name = n, X_ITEM_OFF_(m, T *), .aux = &(table), ##__VA_ARGS__ }
#define X_ARRAY(n, m, T, table, ...) { .place = XP_ARRAY, .name = n, X_ITEM_OFF_(m, T), .aux = &(table), ##__VA_ARGS__ }
#define X_STRLIST(n, m, ...)         { .place = XP_STRLIST, .name = n, X_ITEM_OFF_(m, char *), ##__VA_ARGS__ }

/* Rows that exist only while the enum member @m (an attribute read before) has one of the values of @mask: unions. */
#define X_BIT(v) (G_GINT64_CONSTANT(1) << (v))
#define X_WHEN_(m, mask, fl, ...) { .place = XP_WHEN, .flags = fl, .arg = (mask), .offset = offsetof(XS, m) + \
    X_CHECK_(sizeof(X_MEMBER_(m)) == 1, "tag '" #m "' is not an enum of one byte"), .aux = X_ROWS_(__VA_ARGS__) }
#define X_WHEN(m, mask, ...)  X_WHEN_(m, mask, 0, __VA_ARGS__)
#define X_UNION(m, mask, ...) X_WHEN_(m, mask, XF_UNION, __VA_ARGS__)    /* the members lie in a C union */
/* The tag is not written: an element among these rows sets it (to the lowest value of @mask). */
#define X_SETS(m, mask, ...)  X_WHEN_(m, mask, XF_SETS, __VA_ARGS__)

/* The content of element @n kept as text, word for word. */
#define X_RAW(n, m, ...) X_SCALAR_(XP_RAW, n, m, char *, vir_xml_string, ##__VA_ARGS__)
/* xmlns:prefix on this element while the pointer member is set. */
#define X_NSDECL(m, prefix) { .place = XP_NSDECL, .name = prefix, .offset = offsetof(XS, m) + \
    X_CHECK_(sizeof(X_MEMBER_(m)) == sizeof(void *), "member '" #m "' is no pointer") }
/* See VirXmlHook; a comment beside it says why no other row does. */
#define X_HOOK(n, hook) { .place = XP_HOOK, .name = n, .aux = &(hook) }
/* An attribute or element that the vocabulary has here and that means nothing here: read over, not refused. */
#define X_IGNORED(n) { .place = XP_IGNORED, .name = n }
/* An attribute that always has this value. */
#define X_CONST(n, value) { .place = XP_CONST, .name = n, .key = value }
#define X_END { .place = XP_END }

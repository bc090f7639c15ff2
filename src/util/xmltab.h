/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The XML table engine. A document model is plain C structs plus one constant table a struct, whose rows stand in
 * output order. From the table come parse, format, clear, deep copy, compare with the path of the first difference,
 * the RELAX NG schema and the fuzz dictionary. The row macros are in util/xmlrows.h; docs/howto/add-an-xml-field.md
 * shows the work for one new field. Tables are constant data; an object belongs to its owner's thread, an object that
 * nobody changes any more may be read by all.
 */
#pragma once

#include <gio/gio.h>
#include <libxml/tree.h>
#include <stdbool.h>

#include "util/enum.h"

/* Lists inside document structs: of pointers (each item its own block), or of items in one block. Grow and shrink with
 * the macros below. The length is the only bookkeeping: the block has room up to the next power of two. */
#define VIR_LIST(T)  struct { T **v; guint n; }
#define VIR_ARRAY(T) struct { T *v; guint n; }

/* Takes over @item. */
#define VIR_LIST_APPEND(list, item) VIR_LIST_INSERT(list, (list)->n, item)
#define VIR_LIST_INSERT(list, pos, item) \
    ({ guint at_ = (pos); vir_xml_list_grow((list), sizeof(*(list)->v), at_); (list)->v[at_] = (item); })
/* Gives item number @pos back to the caller. */
#define VIR_LIST_STEAL(list, pos) \
    ({ __typeof__(*(list)->v) stolen_ = (list)->v[pos]; vir_xml_list_cut((list), sizeof(*(list)->v), (pos)); stolen_; })
/* Returns: pointer to a new zeroed item at the end. */
#define VIR_ARRAY_ADD(array) \
    (vir_xml_list_grow((array), sizeof(*(array)->v), (array)->n), &(array)->v[(array)->n - 1])
/* The item's own fields must be cleared before. */
#define VIR_ARRAY_REMOVE(array, pos) vir_xml_list_cut((array), sizeof(*(array)->v), (pos))
void vir_xml_list_grow(gpointer list, gsize item_size, guint pos);
void vir_xml_list_cut(gpointer list, gsize item_size, guint pos);

/* yes/no and on/off of the documents; absent is neither. */
typedef enum __attribute__((packed)) { VIR_TRISTATE_ABSENT, VIR_TRISTATE_YES, VIR_TRISTATE_NO } VirTristate;
#define VIR_TRISTATE_ON VIR_TRISTATE_YES
#define VIR_TRISTATE_OFF VIR_TRISTATE_NO
static inline VirTristate vir_tristate(gboolean yes) { return yes ? VIR_TRISTATE_YES : VIR_TRISTATE_NO; }

/* Enums of documents: one byte each, value 0 means absent, constants and names in one list:
 *     #define COLOUR_VALUES(V) V(COLOUR_RED, "red") V(COLOUR_BLUE, "blue")
 *     header:  VIR_XML_ENUM(Colour, colour, COLOUR_NONE, COLOUR_VALUES)
 *     source:  VIR_XML_ENUM_IMPL(colour, COLOUR_VALUES)
 * makes the type Colour with COLOUR_NONE = 0 and the VirEnum colour_enum. */
#define VIR_XML_ENUM_CONST_(c, s) c,
#define VIR_XML_ENUM_NAME_(c, s) s,
#define VIR_XML_ENUM(Type, prefix, none, LIST)                                       \
    typedef enum __attribute__((packed)) { none, LIST(VIR_XML_ENUM_CONST_) } Type;   \
    typedef Type prefix##_enum_type;                                                 \
    extern const VirEnum prefix##_enum;
#define VIR_XML_ENUM_IMPL(prefix, LIST)                                                        \
    static const char *const prefix##_strings[] = { NULL, LIST(VIR_XML_ENUM_NAME_) };          \
    const VirEnum prefix##_enum = { #prefix, G_N_ELEMENTS(prefix##_strings), prefix##_strings };

/* Which parts of a document are asked for or present. Given to parse and format. */
enum {
    VIR_XML_SECURE     = 1 << 0,   /* passwords are written */
    VIR_XML_INACTIVE   = 1 << 1,   /* rows that only a running object has are left out, on parse too */
    VIR_XML_MIGRATABLE = 1 << 2,   /* rows a foreign host could not use are left out */
    VIR_XML_STATUS     = 1 << 3,   /* a daemon's own status document: private rows are written and read */
    VIR_XML_STRICT     = 1 << 4,   /* parse: what the vocabulary does not have is refused too (VIR_ERR_XML_INVALID_SCHEMA) */
};

/* Row flags. */
enum {
    XF_REQUIRED  = 1 << 0,    /* parse fails without it */
    XF_ABI       = 1 << 1,    /* the guest sees it: compared by vir_xml_equal(XF_ABI) */
    XF_SECURE    = 1 << 2,    /* written with VIR_XML_SECURE only */
    XF_LIVE      = 1 << 3,    /* neither written nor read with VIR_XML_INACTIVE */
    XF_INACTIVE  = 1 << 4,    /* written with VIR_XML_INACTIVE only */
    XF_STATUS    = 1 << 5,    /* written and read with VIR_XML_STATUS only */
    XF_NOMIGRATE = 1 << 6,    /* not written with VIR_XML_MIGRATABLE */
    XF_ALWAYS    = 1 << 7,    /* written even when it has its default value; a group even when empty */
    XF_NOFORMAT  = 1 << 8,    /* read (an older spelling), never written */
    XF_HEX       = 1 << 9,    /* numbers: 0x with .width digits; decimal is read too */
    XF_OCTAL     = 1 << 10,   /* numbers: octal */
    XF_EMPTY     = 1 << 11,   /* strings: the empty string is a value, not absence; elements: written with an end tag */
    XF_EXCLUSIVE = 1 << 12,   /* a second such element is an error instead of being ignored */
    XF_SHADOW    = 1 << 13,   /* another spelling of a member that a row before it owns: not cleared, copied, compared */
    XF_UNION     = 1 << 14,   /* X_WHEN: its members share memory with those of other tags */
    XF_SETS      = 1 << 15,   /* X_WHEN: an element of it sets the tag */
    XF_ANYBASE   = 1 << 16,   /* numbers: written decimal, read in hexadecimal and octal too */
};

typedef struct VirXmlRow VirXmlRow;
typedef struct VirXmlTable VirXmlTable;
typedef struct VirXmlParse VirXmlParse;
typedef struct VirXmlFormat VirXmlFormat;

/* A scalar: what stands in one attribute or one element's text. Members of the struct are handled through pointers. */
typedef struct {
    const char *name;                 /* for the schema: an XSD type or a name of ours */
    /* FALSE with *why (owned by the caller): "is not a number". */
    gboolean (*parse)(const VirXmlRow *row, const char *text, gpointer member, char **why);
    void (*format)(const VirXmlRow *row, gconstpointer member, GString *out);
    gboolean (*is_set)(const VirXmlRow *row, gconstpointer member);
    void (*clear)(gpointer member);                        /* NULL: owns nothing */
    void (*copy)(gconstpointer from, gpointer to);         /* NULL: bytes */
    gboolean (*equal)(gconstpointer a, gconstpointer b);   /* NULL: bytes */
    int (*error_code)(const char *text);                   /* of a text that does not parse; NULL: VIR_ERR_XML_ERROR */
    gboolean is_number;                                    /* 0 is a value: XF_REQUIRED ones are always written */
    int from;                                              /* error domain of a text that does not parse; 0: the document's */
} VirXmlType;

/* How an amount with a unit is kept and written: kept in units of @store bytes, written as @out of @out_scale bytes
 * (beside attribute or element attribute @attr; @out_scale 0: in the largest unit that leaves no fraction); read without a
 * unit it counts @in_scale bytes. */
typedef struct {
    const char *attr, *out;
    guint64 out_scale, store, in_scale;
} VirXmlUnit;
extern const VirXmlUnit vir_xml_kib;      /* kept and written in KiB, read as KiB: memory */
extern const VirXmlUnit vir_xml_bytes;    /* kept, written and read in bytes: storage */

/* The escape hatch. Any function may be NULL. The members it fills are still described by rows (XD_*), so that clear,
 * copy and compare need no hook. */
typedef struct {
    /* A child element named as the row; with an unnamed row: the object's own element, after its attributes. */
    gboolean (*parse)(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err);
    void (*format_attrs)(VirXmlFormat *format, gconstpointer obj);
    void (*format)(VirXmlFormat *format, gconstpointer obj);
} VirXmlHook;

typedef enum {
    XP_END, XP_ATTR, XP_TEXT, XP_ELEM, XP_DATA, XP_PRESENT, XP_GROUP, XP_FIELDS, XP_EMBED, XP_PTR, XP_PTRFIELDS, XP_LIST,
    XP_ARRAY, XP_STRLIST, XP_WHEN, XP_RAW, XP_NSDECL, XP_HOOK, XP_IGNORED, XP_CONST,
} VirXmlPlace;

struct VirXmlRow {
    const char *name;           /* of the attribute or element; "prefix:name" in a namespace of vir_xml_namespaces */
    const void *aux;            /* VirEnum, VirXmlUnit, rows, VirXmlTable, VirXmlHook or namespace, by place and type */
    const VirXmlType *type;     /* of scalars */
    const char *key;            /* XG_KEYED: "attribute=value" that picks this group; XP_CONST: the value */
    gint64 arg;                 /* scalars: the value that means absent; XP_WHEN: mask of tag values */
    guint32 flags;
    guint16 offset;
    guint16 since;              /* release * 100: 905 = 9.5; 0 = older than 9.0 */
    guint8 place;
    guint8 width;               /* digits of hexadecimal and octal numbers */
    guint8 bad_code;            /* virErrorNumber of a value that does not parse, told by the document; 0: as its type says */
    guint8 missing_code;        /* of an attribute with XF_REQUIRED that is missing; 0: VIR_ERR_XML_ERROR */
    guint16 size;               /* of the member: scalars */
    guint32 max;                /* numbers: the largest allowed; 0: as the type can hold */
};

struct VirXmlTable {
    const char *name;           /* of the struct's own element, for messages and schema */
    gsize size;
    const VirXmlRow *rows;      /* ends with X_END */
    /* After all attributes and children were read: purely syntactic completion. NULL: none. */
    gboolean (*parsed)(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err);
    /* As a fragment (X_FIELDS) it is not written while this says so. NULL: always written. */
    gboolean (*is_empty)(gconstpointer obj);
    /* A document of its own: its vocabulary, also where it stands inside another document. NULL: the outer one's. */
    const struct VirXmlKnown *known;
};

/* Objects */
gpointer vir_xml_new(const VirXmlTable *table);                    /* zeroed, defaults of the rows set */
void vir_xml_init(const VirXmlTable *table, gpointer obj);         /* the same in place, over zeroed memory */
void vir_xml_clear(const VirXmlTable *table, gpointer obj);        /* frees what it owns; zero afterwards */
void vir_xml_free(const VirXmlTable *table, gpointer obj);         /* NULL is fine */
gpointer vir_xml_copy(const VirXmlTable *table, gconstpointer obj);
void vir_xml_copy_into(const VirXmlTable *table, gconstpointer from, gpointer to);   /* over clear memory */
/* A copy in one block, to be kept and only read: free with g_free, never with vir_xml_free. NULL when it holds a CPU set
 * or another member that only its type can copy. */
gpointer vir_xml_pack(const VirXmlTable *table, gconstpointer obj);
/* Rows with all flags of @mask are compared (0: all rows). FALSE: *diff (may be NULL) is the path of the first
 * difference with both values, for messages; caller frees. */
gboolean vir_xml_equal(const VirXmlTable *table, gconstpointer a, gconstpointer b, guint mask, char **diff);

/* Parsing. Limits of vir_xml_doc_parse: VIR_XML_MAX_SIZE bytes, VIR_XML_MAX_DEPTH levels; no DTD, no entities but the
 * five of XML, no network, UTF-8 only. @what names the document in errors: "domain". */
#define VIR_XML_MAX_SIZE (8 * 1024 * 1024)
#define VIR_XML_MAX_DEPTH 256   /* libxml2 enforces it */
typedef xmlDoc VirXmlDoc;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirXmlDoc, xmlFreeDoc)
xmlDocPtr vir_xml_doc_parse(const char *xml, gsize len, const char *what, int from, GError **err);

/* The documents' whole vocabulary as generated by scripts/gen-xml-known.py: what is in it and not in a table is refused
 * with its path; what is in neither is ignored. */
typedef struct {
    guint16 name, first_child, n_children, first_attr, n_attrs;   /* names and attributes: offsets into strings */
} VirXmlKnownNode;
typedef struct VirXmlKnown {
    const VirXmlKnownNode *nodes;    /* node 0 is the root element */
    const guint16 *attrs;
    const char *strings;
} VirXmlKnown;

struct VirXmlParse {
    guint flags;                     /* VIR_XML_* */
    int from;                        /* error domain, VIR_FROM_XML when 0 */
    const VirXmlKnown *known;        /* NULL: the table's */
    const char *known_path;          /* of @root in it: "domain/devices/disk"; NULL: its root */
    xmlNodePtr root;                 /* set by the engine: where paths in messages begin */
};
/* Fills @obj (as vir_xml_new or vir_xml_init leaves it). On failure it may be half filled: clear it. */
gboolean vir_xml_parse(const VirXmlTable *table, xmlNodePtr node, gpointer obj, const VirXmlParse *opts, GError **err);
/* For hooks: an object of another table at @node, in the same document. */
gboolean vir_xml_parse_node(VirXmlParse *parse, const VirXmlTable *table, xmlNodePtr node, gpointer obj, GError **err);
/* Sets *err: "domain/devices/disk[2]/target@bus: ..." ; @attr may be NULL. In a strict parse VIR_ERR_XML_ERROR becomes
 * VIR_ERR_XML_INVALID_SCHEMA. Returns FALSE. */
gboolean vir_xml_fail(const VirXmlParse *parse, xmlNodePtr node, const char *attr, int code, GError **err,
                      const char *fmt, ...) G_GNUC_PRINTF(6, 7);
/* Attribute without namespace, NULL when absent. The text is in the tree. */
const char *vir_xml_attr(xmlNodePtr node, const char *name);
/* The element's whole text without surrounding changes. Returns: caller frees; NULL when empty. */
char *vir_xml_text(xmlNodePtr node);
/* The content of an X_RAW row indented for another depth than 1. Returns: caller frees; NULL when it is no XML. */
char *vir_xml_raw_at_depth(const char *raw, guint depth);
/* Marks for hooks: what a hook read is not looked up in the vocabulary. */
void vir_xml_mark(xmlNodePtr node);
void vir_xml_mark_attr(xmlNodePtr node, const char *name);

/* Formatting */
struct VirXmlFormat {
    GString *out;
    guint flags;                     /* VIR_XML_* */
    guint depth;                     /* of the element whose content is being written */
};
/* The element @name (NULL: the table's) with its content, indented by @depth levels, ending in a newline. */
void vir_xml_format(const VirXmlTable *table, const char *name, gconstpointer obj, guint flags, guint depth, GString *out);
/* For hooks. The value may be NULL: nothing is written. */
void vir_xml_format_attr(VirXmlFormat *format, const char *name, const char *value);
void vir_xml_format_indent(VirXmlFormat *format);
void vir_xml_format_elem(VirXmlFormat *format, const char *name, const char *text);
void vir_xml_format_object(VirXmlFormat *format, const VirXmlTable *table, const char *name, gconstpointer obj);
/* Appends with & < > ' " escaped and characters XML cannot carry left out. */
void vir_xml_escape(GString *out, const char *text);

/* Derived texts. Returns: caller frees. */
char *vir_xml_schema(const VirXmlTable *table, const char *root);        /* RELAX NG */
char *vir_xml_dictionary(const VirXmlTable *table, const char *root);    /* libFuzzer dictionary */

typedef struct { const char *prefix, *href; } VirXmlNamespace;
extern const VirXmlNamespace vir_xml_namespaces[];    /* ends with NULL */

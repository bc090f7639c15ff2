/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The wire codec: constant field tables (written by src/api/gen) and one interpreter for encode, decode, clear and
 * dump. Stateless; any thread.
 *
 * In memory: string -> char *; optional string -> char * (NULL = absent); optional struct -> pointer;
 * array<> and opaque<> -> struct { guint len; T *val; }; array[N] -> T[N]; union -> { int type; union {} u; }.
 * Every char of a 'char' array takes four bytes on the wire and one in memory.
 */
#pragma once

#include <glib.h>

/* Largest packet, length word included; encoding past it fails. */
#define VIR_XDR_PACKET_MAX (32 * 1024 * 1024 + 4)

typedef enum {
    VIR_XDR_INT,          /* also every enum */
    VIR_XDR_UINT,
    VIR_XDR_HYPER,
    VIR_XDR_UHYPER,
    VIR_XDR_DOUBLE,
    VIR_XDR_CHAR,         /* signed; 4 bytes on the wire */
    VIR_XDR_UCHAR,        /* 4 bytes on the wire */
    VIR_XDR_USHORT,       /* 4 bytes on the wire */
    VIR_XDR_OPAQUE,       /* raw bytes: fixed or counted, padded to 4 */
    VIR_XDR_STRING,       /* char *, never NULL */
    VIR_XDR_OPT_STRING,   /* char *, NULL = absent */
    VIR_XDR_STRUCT,       /* embedded struct or union */
    VIR_XDR_OPT_STRUCT,   /* pointer, NULL = absent */
} VirXdrKind;

typedef enum {
    VIR_XDR_ONE,
    VIR_XDR_FIXED,        /* T name[bound] */
    VIR_XDR_COUNTED,      /* struct { guint len; T *val; } name, len <= bound */
} VirXdrShape;

typedef struct VirXdrStruct VirXdrStruct;

typedef struct {
    const char *name;
    const VirXdrStruct *sub;   /* STRUCT, OPT_STRUCT */
    guint32 offset;            /* in the struct that holds the field */
    guint32 size;              /* bytes of one element in memory */
    guint32 bound;             /* FIXED: elements; COUNTED: most elements */
    guint32 string_max;        /* STRING, OPT_STRING: most bytes */
    guint32 min_wire;          /* least wire bytes of one element */
    gint32 tag;                /* in a union: the discriminant that selects this member */
    guint8 kind, shape;
    guint8 secret;             /* never dumped: passwords, keys */
} VirXdrField;

struct VirXdrStruct {
    const char *name;
    const VirXdrField *fields;   /* a union's first field is its discriminant */
    guint32 nfields;
    guint32 size;                /* sizeof */
    guint32 min_wire;
    gboolean is_union;
};

/* Appends @data to @out, after whatever room the caller reserved there. On failure (VIR_ERR_RPC) @out is as before. */
gboolean vir_xdr_encode(const VirXdrStruct *s, const void *data, GByteArray *out, GError **err);

/* Fills @data (zeroed first) from @buf. Every count is checked against its bound and against the bytes left before
 * memory is taken. Bytes left over are no error: @ret_used (may be NULL) says how many were read. On failure
 * (VIR_ERR_RPC) @data is left cleared. */
gboolean vir_xdr_decode(const VirXdrStruct *s, const void *buf, gsize len, void *data, gsize *ret_used, GError **err);

/* Frees what @data points to and zeroes it. */
void vir_xdr_clear(const VirXdrStruct *s, void *data);
/* vir_xdr_clear and g_free. @data may be NULL. */
void vir_xdr_free(const VirXdrStruct *s, void *data);

/* One line of text for logs; long strings, arrays and binary data are shortened. Returns: caller frees. */
char *vir_xdr_dump(const VirXdrStruct *s, const void *data);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Enums with names: one table maps both ways. The length of the table is checked by the compiler.
 *
 *     header:  typedef enum { COLOUR_RED, COLOUR_BLUE, COLOUR_LAST } Colour;   extern const VirEnum colour_enum;
 *     source:  VIR_ENUM_DEFINE(colour_enum, "colour", COLOUR_LAST, "red", "blue")
 *
 * NULL in a table: that value has no name. Constant data; any thread.
 */
#pragma once

#include <glib.h>

typedef struct {
    const char *name;               /* of the enum, for errors: "disk bus" */
    int n;
    const char *const *strings;
} VirEnum;

#define VIR_ENUM_DEFINE(var, what, last, ...)                                                       \
    static const char *const var##_strings[] = { __VA_ARGS__ };                                     \
    _Static_assert(G_N_ELEMENTS(var##_strings) == (last), #var " has not one name for each value"); \
    const VirEnum var = { what, (last), var##_strings };

/* NULL when @value is outside the table. */
const char *vir_enum_to_string(const VirEnum *e, int value);
/* -1 when @text is NULL or no name. */
int vir_enum_from_string(const VirEnum *e, const char *text);
/* With VIR_ERR_XML_ERROR naming the enum, the text and the names that are allowed. */
gboolean vir_enum_parse(const VirEnum *e, const char *text, int *ret, GError **err);
/* "a, b, c" for messages. Returns: caller frees. */
char *vir_enum_list(const VirEnum *e);

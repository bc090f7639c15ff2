/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the generator hands to call.c; private to this folder.
 */
#pragma once

#include "api/call.h"

typedef struct {
    guint32 program;
    gint32 last;              /* largest procedure number */
    const guint16 *index;     /* number -> row + 1; 0 = no such procedure */
} VirCallProgram;

extern const VirCall vir_calls[];
extern const guint vir_ncalls;
extern const guint16 vir_calls_by_name[];   /* rows in the order of their names */
extern const guint16 vir_call_events[];     /* rows that are events */
extern const guint vir_ncall_events;
extern const VirCallProgram vir_call_programs[];
extern const guint vir_ncall_programs;

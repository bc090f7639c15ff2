/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Look-ups in the call table. Constant data; any thread.
 */
#include "api/call.h"

#include <string.h>

#include "api/call-data.h"

const VirCall *vir_call_find(guint32 program, gint32 proc)
{
    for (guint i = 0; i < vir_ncall_programs; i++) {
        const VirCallProgram *p = &vir_call_programs[i];

        if (p->program != program)
            continue;
        if (proc < 0 || proc > p->last || p->index[proc] == 0)
            return NULL;
        return &vir_calls[p->index[proc] - 1];
    }
    return NULL;
}

const VirCall *vir_call_by_name(const char *name)
{
    guint low = 0, high = vir_ncalls;

    while (low < high) {
        guint mid = (low + high) / 2;
        const VirCall *call = &vir_calls[vir_calls_by_name[mid]];
        int order = strcmp(name, call->name);

        if (order == 0)
            return call;
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

const VirCall *vir_call_event(VirEventClass event_class, gint id, VirEventVariant variant)
{
    for (guint i = 0; i < vir_ncall_events; i++) {
        const VirCall *call = &vir_calls[vir_call_events[i]];

        if (call->event == variant && call->event_class == event_class && call->event_id == id)
            return call;
    }
    return NULL;
}

const VirCall *vir_call_all(gsize *ret_n)
{
    *ret_n = vir_ncalls;
    return vir_calls;
}

gboolean vir_cond_holds(const VirCond *cond, const void *args)
{
    const guint8 *at = (const guint8 *) args + cond->offset;
    guint64 have;

    if (cond->kind == VIR_COND_ALWAYS)
        return TRUE;
    have = cond->wide ? *(const guint64 *) at : *(const guint32 *) at;
    switch ((VirCondKind) cond->kind) {
    case VIR_COND_FLAGS_SET:
        return (have & cond->value) == cond->value;
    case VIR_COND_FLAGS_CLEAR:
        return (have & cond->value) == 0;
    case VIR_COND_EQUALS:
        return have == cond->value;
    case VIR_COND_ALWAYS:
        break;
    }
    return TRUE;
}

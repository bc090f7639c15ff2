/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Look-ups in the call table. Constant data; any thread.
 */
#include "api/call.h"

#include <string.h>

#include "api/call-data.h"
#include "util/error.h"

#define VIR_FROM_THIS VIR_FROM_NONE

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

gboolean vir_call_check_flags(const VirCall *call, const void *args, GError **err)
{
    const guint8 *at = (const guint8 *) args + call->flags_offset;
    guint64 flags, unknown;

    if (call->flags_offset == VIR_OFFSET_NONE)
        return TRUE;
    flags = call->flags_wide ? *(const guint64 *) at : *(const guint32 *) at;
    unknown = flags & ~(guint64) call->flags_mask;
    if (unknown)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "unsupported flags (0x%" G_GINT64_MODIFIER "x) in call %s", unknown,
                        call->name);
    for (const VirFlagRule *r = call->flag_rules; r && r->kind; r++) {
        if (r->kind == VIR_FLAG_EXCLUSIVE && (flags & r->a) && (flags & r->b))
            return vir_fail(err, VIR_ERR_INVALID_ARG, "flags '%s' and '%s' are mutually exclusive", r->a_name, r->b_name);
        if (r->kind == VIR_FLAG_REQUIRES && (flags & r->a) && !(flags & r->b))
            return vir_fail(err, VIR_ERR_INVALID_ARG, "flag '%s' is required by flag '%s'", r->b_name, r->a_name);
    }
    return TRUE;
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

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Emits the call table, the operation vector and the feature numbers."""
from model import JOBS, DescriptionError

NONE = "VIR_OFFSET_NONE"
STREAMS = {None: "NONE", "read": "READ", "write": "WRITE"}


def release(text):
    """'9.1.2' -> 9001002; 0 when unknown."""
    if not text:
        return 0
    major, minor, micro = (int(x) for x in text.split("."))
    return major * 1000000 + minor * 1000 + micro


class Row:
    """One call as C initialisers."""

    def __init__(self, api, call):
        self.api, self.call, self.row = api, call, call.row
        self.fields = {f.name: f for f in api.structs[call.args].fields} if call.args else {}

    def fail(self, text):
        raise DescriptionError(f"{self.call.name}: {text}")

    def offset(self, field):
        if field not in self.fields:
            self.fail(f"no argument {field}")
        return f"offsetof({self.call.args}, {field})"

    def choice(self, key, prefix, allowed=None, default="none"):
        value = self.row.get(key, default)
        if allowed and value not in allowed:
            self.fail(f"{key} = {value}")
        return prefix + value.upper()

    def handle(self):
        """(offset, by name) of the handle of the object that the call is on."""
        on = self.row.get("on", "none")
        if "on_arg" in self.row:
            return self.offset(self.row["on_arg"]), self.fields[self.row["on_arg"]].kind == "STRING"
        for f in self.fields.values():
            if f.kind == "STRUCT" and f.shape == "ONE" and f.sub and f.sub.endswith("_nonnull_" + on):
                return self.offset(f.name), False
        if on not in ("none", "connect"):
            self.fail(f"no handle of a {on}; name it with on_arg")
        return NONE, False

    def cond(self, spec):
        if "arg" in spec:
            field, kind, value = spec["arg"], "EQUALS", spec["equals"]
        elif "flags_set" in spec:
            field, kind, value = "flags", "FLAGS_SET", spec["flags_set"]
        else:
            field, kind, value = "flags", "FLAGS_CLEAR", spec["flags_clear"]
        offset = self.offset(field)
        wide = {"INT": 0, "UINT": 0, "HYPER": 1, "UHYPER": 1}.get(self.fields[field].kind)
        if wide is None:
            self.fail(f"condition on {field}, which is no integer")
        return f"{{ VIR_COND_{kind}, {wide}, {offset}, {value} }}"

    def perm(self, text):
        obj, perm = text.split(":")
        if perm not in self.api.perms.get(obj, {}):
            self.fail(f"unknown permission {text}")
        return f"VIR_ACL_{obj}_{perm}".upper()

    def lists(self):
        """Access rows and read-only conditions as named constant arrays."""
        out = []
        acl = self.row.get("acl", [])
        if acl:
            out.append(f"static const VirAcl {self.call.name}_acl[] = {{")
            for a in acl:
                cond = "{ 0 }" if isinstance(a, str) else self.cond(a)
                out.append(f"    {{ {self.perm(a if isinstance(a, str) else a['perm'])}, {cond} }},")
            out += ["    { 0 }", "};"]
        if isinstance(self.row.get("readonly"), list):
            out.append(f"static const VirCond {self.call.name}_readonly[] = {{")
            out += [f"    {self.cond(c)}," for c in self.row["readonly"]]
            out += ["    { 0 }", "};"]
        rules = [("EXCLUSIVE", *r) for r in self.row.get("exclusive", [])] + [("REQUIRES", *r) for r in self.row.get("requires", [])]
        if rules:
            out.append(f"static const VirFlagRule {self.call.name}_flags[] = {{")
            out += [f'    {{ VIR_FLAG_{k}, {a}, {b}, "{a}", "{b}" }},' for k, a, b in rules]
            out += ["    { 0 }", "};"]
        return out

    def flags(self):
        """Offset, width, known bits and rules of the flags argument."""
        if "flags" not in self.fields or self.call.event:
            return f".flags_offset = {NONE}"
        if "flags" not in self.row:
            self.fail("no flags = [enums]; an empty list says that no flag is defined")
        unknown = [e for e in self.row["flags"] if e != "any" and e not in self.api.flag_enums]
        if unknown:
            self.fail(f"no header declares {unknown}")
        names = [n for e in self.row["flags"] if e != "any" for n in self.api.flag_enums[e]]
        mask = "G_MAXUINT32" if "any" in self.row["flags"] else " | ".join(f"(guint32) {n}" for n in names) or "0"
        rules = f"{self.call.name}_flags" if self.row.get("exclusive") or self.row.get("requires") else "NULL"
        wide = int(self.fields["flags"].kind in ("HYPER", "UHYPER"))
        return (f".flags_offset = {self.offset('flags')}, .flags_wide = {wide}, .flag_rules = {rules},\n"
                f"        .flags_mask = {mask}")

    def subject(self):
        text = self.row.get("subject")
        if not text:
            return ["VIR_SUBJECT_ON", NONE, "NULL"]
        kind, _, rest = text.partition(":")
        arg, _, param = rest.partition("/")
        if kind not in ("arg", "key", "xml", "file"):
            self.fail(f"subject = {text}")
        return [f"VIR_SUBJECT_{kind.upper()}", self.offset(arg), f'"{param}"' if param else "NULL"]

    def readonly(self):
        value = self.row.get("readonly", "allow")
        if isinstance(value, list):
            return f".readonly = VIR_READONLY_DENY_IF, .readonly_conds = {self.call.name}_readonly"
        if value not in ("allow", "deny"):
            self.fail(f"readonly = {value}")
        return f".readonly = VIR_READONLY_{value.upper()}"

    def parts(self):
        c, row = self.call, self.row
        offset, by_name = self.handle()
        kind, at, param = self.subject()
        states = "|".join("VIR_CALL_STATE_" + s.upper() for s in row.get("states", [])) or "0"
        fds = {k: {"any": -1}.get(row.get(k), row.get(k, 0)) for k in ("fds_in", "fds_out")}
        api = f'"{row["api"]}"' if "api" in row else "NULL"
        yield f'.name = "{c.name}", .api = {api}'
        yield (f".program = {c.program.header['constant']}, .version = {c.program.header['version_constant']}, "
               f".proc = {c.number}, .since = {release(row.get('since'))}")
        yield f".args = {'&' + c.args + '_xdr' if c.args else 'NULL'}, .ret = {'&' + c.ret + '_xdr' if c.ret else 'NULL'}"
        yield f"{self.choice('on', '.on = VIR_ON_')}, .on_by_name = {int(by_name)}, .on_offset = {offset}"
        yield self.flags()
        yield f".op_offset = {f'offsetof(VirOps, {c.name})' if c.has_method() else NONE}"
        yield self.choice("conn", ".subsystem = VIR_SUBSYSTEM_")
        yield f"{self.choice('job', '.job = VIR_JOB_', JOBS, 'quick')}, .states = {states}"
        yield f".subject = {kind}, .subject_offset = {at}, .subject_param = {param}"
        yield f".acl = {c.name + '_acl' if row.get('acl') else 'NULL'}"
        yield f".acl_filter = {self.perm(row['acl_filter']) if 'acl_filter' in row else 'VIR_ACL_NONE'}"
        yield self.readonly()
        yield f".stream = VIR_STREAM_{STREAMS[row.get('stream')]}, .sparse_flag = {row.get('sparse_flag', 0)}"
        yield f".fds_in = {fds['fds_in']}, .fds_out = {fds['fds_out']}"
        yield f".priority_high = {int(row.get('priority') == 'high')}"
        yield f".auth_required = {int(row.get('auth_required', True))}, .param_probe = {int(row.get('param_probe', False))}"
        if c.event:
            yield f"{self.choice('variant', '.event = VIR_EVENT_')}, {self.choice('class', '.event_class = VIR_EVENT_CLASS_')}"
        yield f".event_id = {row.get('id', -1)}"


def table(api, note):
    calls = api.all_calls()
    rows = [Row(api, c) for c in calls]
    out = [note, '#include "api/call-data.h"', "", "#include <stddef.h>", "",
           "#include <libvirt/libvirt-admin.h>", "#include <libvirt/libvirt-qemu.h>", "#include <libvirt/libvirt.h>", "",
           '#include "api/acl.h"', '#include "api/ops.h"', ""]
    for r in rows:
        out += r.lists()
    out += ["", "const VirCall vir_calls[] = {"]
    for r in rows:
        out.append("    {")
        out += [f"        {p}," for p in r.parts()]
        out.append("    },")
    out += ["};", f"const guint vir_ncalls = {len(calls)};", ""]
    order = sorted(range(len(calls)), key=lambda i: calls[i].name)
    out += ["const guint16 vir_calls_by_name[] = {"] + [f"    {i}, /* {calls[i].name} */" for i in order] + ["};", ""]
    events = [f"    {i}, /* {c.name} */" for i, c in enumerate(calls) if c.event]
    out += ["const guint16 vir_call_events[] = {", *events, "};", f"const guint vir_ncall_events = {len(events)};", ""]
    return out + index(api, calls)


def index(api, calls):
    """Per program: the row of each procedure number plus one, 0 where there is none."""
    out, programs = [], []
    place = {c.name: i for i, c in enumerate(calls)}
    for p in api.programs.values():
        own = {c.number: c for c in api.calls_of(p)}
        if not own:
            continue
        last = max(own)
        cells = [str(place[own[n].name] + 1 if n in own else 0) for n in range(last + 1)]
        out.append(f"static const guint16 {p.name}_index[] = {{")
        out += ["    " + ", ".join(cells[i:i + 20]) + "," for i in range(0, len(cells), 20)]
        out.append("};")
        programs.append(f"    {{ {p.header['constant']}, {last}, {p.name}_index }},")
    out += ["", "const VirCallProgram vir_call_programs[] = {", *programs, "};"]
    return out + [f"const guint vir_ncall_programs = {len(programs)};"]


def ops(api, note):
    calls = [c for c in api.all_calls() if c.has_method()]
    out = [note, "#pragma once", "", '#include "api/wire-types.h"', "",
           "/* What a driver implements. A method gets the arguments of the wire, fills the zeroed result (the caller",
           " * clears it with the table of the call) and returns FALSE with *err set on failure. */", "",
           "typedef struct VirInvocation VirInvocation;   /* who calls: connection, identity, flags, fds, stream */",
           "typedef struct VirEntry VirEntry;             /* the object the call is on; NULL for connections */", ""]
    for c in calls:
        args = f"const {c.args} *args" if c.args else "const void *args"
        ret = f"{c.ret} *ret" if c.ret else "void *ret"
        out.append(f"typedef gboolean VirMethod_{c.name}(VirInvocation *inv, VirEntry *obj, {args}, {ret}, GError **err);")
    out += ["", "typedef struct VirOps {"]
    out += [f"    VirMethod_{c.name} *{c.name};" for c in calls]
    return out + ["} VirOps;"]


def features(api, note):
    out = [note, "#pragma once", "", "/* Feature numbers that clients ask a connection for. */", "enum {"]
    out += [f"    {name} = {f['number']}," for name, f in api.features.items()]
    return out + ["};"]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Emits the C structs of the wire and their codec tables."""


def header(api, guard_note, names):
    out = [guard_note, "#pragma once", "", '#include "rpc/xdr.h"', ""]
    for prog in names:
        out += program_part(api, api.programs[prog])
    for s in api.order:
        out.append(f"typedef struct {s.name} {s.name};")
    out.append("")
    for s in api.order:
        out += struct_part(s)
    for s in api.order:
        out.append(f"extern const VirXdrStruct {s.name}_xdr;")
    return out


def program_part(api, prog):
    out = [f"/* {prog.name} */"]
    head = prog.header
    if head:
        out.append(f"#define {head['constant']} {head['number']:#x}u")
        out.append(f"#define {head['version_constant']} {head['version']}u")
    for name, value in prog.constants.items():
        out.append(f"#define {name} {value}")
    for name, members in prog.enums.items():
        out.append(f"enum {name} {{")
        out += [f"    {k} = {v}," for k, v in members.items()]
        out.append("};")
    if head:
        out.append("enum {")
        out += [f"    {c.constant()} = {c.number}," for c in api.calls_of(prog)]
        out.append("};")
    return out + [""]


def member(f):
    if f.shape == "COUNTED":
        return f"struct {{ guint len; {f.ctype}{'' if f.ctype.endswith('*') else ' '}*val; }} {f.name};"
    star = f.ctype if f.ctype.endswith("*") else f.ctype + " "
    return f"{star}{f.name}[{f.bound}];" if f.shape == "FIXED" else f"{star}{f.name};"


def struct_part(s):
    out = [f"struct {s.name} {{"]
    if s.is_union:
        out.append(f"    {member(s.fields[0])}")
        out.append("    union {")
        out += [f"        {member(f)}   /* {f.tag} */" for f in s.fields[1:]]
        out.append("    } u;")
    else:
        out += [f"    {member(f)}" for f in s.fields]
    return out + ["};", ""]


def tables(api, note, include):
    out = [note, f'#include "{include}"', "", "#include <stddef.h>", "", "#include <libvirt/libvirt.h>", ""]
    for s in api.order:
        out.append(f"static const VirXdrField {s.name}_fields[] = {{")
        for f in s.fields:
            path = f"u.{f.name}" if f.tag else f.name
            sub = f"&{f.sub}_xdr" if f.sub else "NULL"
            out.append(
                f'    {{ "{f.name}", {sub}, offsetof({s.name}, {path}), sizeof({f.ctype}), {f.bound}, {f.string_max}, '
                f"{f.least}, {f.tag or 0}, VIR_XDR_{f.kind}, VIR_XDR_{f.shape}, {int(f.secret)} }},")
        out.append("};")
        out.append(
            f'const VirXdrStruct {s.name}_xdr = {{ "{s.name}", {s.name}_fields, {len(s.fields)}, sizeof({s.name}), '
            f"{s.least}, {'TRUE' if s.is_union else 'FALSE'} }};")
        out.append("")
    return out


def registry(api):
    out = ["const VirXdrStruct *const vir_wire_structs[] = {"]
    out += [f"    &{s.name}_xdr," for s in sorted(api.order, key=lambda s: s.name)]
    return out + ["    NULL", "};"]

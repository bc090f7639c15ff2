# SPDX-License-Identifier: LGPL-2.1-or-later
"""The description of the API as checked Python objects. Emitters see only these; nothing here knows a call's name."""
import re
import tomllib

SCALARS = {  # wire type -> (kind, C type, bytes on the wire)
    "int": ("INT", "gint32", 4), "uint": ("UINT", "guint32", 4), "hyper": ("HYPER", "gint64", 8),
    "uhyper": ("UHYPER", "guint64", 8), "double": ("DOUBLE", "double", 8), "char": ("CHAR", "char", 4),
    "uchar": ("UCHAR", "guint8", 4), "ushort": ("USHORT", "guint16", 4),
}
ENUM = re.compile(r"typedef enum \{(.*?)\} (\w+);", re.S)
MEMBER = re.compile(r"^\s*(VIR_\w+) =", re.M)
DECL = re.compile(r"^(\w+) (\w+)(?:<(\w+)>|\[(\w+)\])?$")
CALL_KEYS = {
    "number", "since", "api", "used_by", "on", "on_arg", "subject", "flags", "exclusive", "requires", "args", "args_struct", "ret", "ret_struct", "msg",
    "msg_struct", "c_arg", "c_count_arg", "by_ref", "param_probe", "mapping", "conn", "auth_required", "acl",
    "acl_filter", "readonly", "job", "states", "priority", "stream", "sparse_flag", "fds_in", "fds_out", "secret",
    "class", "variant", "id", "doc",
}
JOBS = ("quick", "pool", "query", "modify", "destroy", "abort", "agent", "long")


class DescriptionError(Exception):
    pass


class Field:
    """One member of a struct: kind and shape of the codec, C type of one element, least bytes on the wire."""

    def __init__(self, name, kind, ctype, shape="ONE", bound="0", string_max="0", sub=None, least=4):
        self.name, self.kind, self.ctype, self.shape, self.bound = name, kind, ctype, shape, bound
        self.string_max, self.sub, self.least = string_max, sub, least
        self.tag, self.secret = None, False


class Struct:
    def __init__(self, name, decls, is_union=False):
        self.name, self.decls, self.is_union = name, decls, is_union
        self.fields, self.least = None, None


class Program:
    def __init__(self, name, data):
        self.name = name
        self.header = data.get("header")
        self.constants = data.get("constants", {})
        self.enums = data.get("enum", {})
        self.typedefs = data.get("typedef", {})


class Api:
    def __init__(self):
        self.programs, self.structs, self.order, self.calls = {}, {}, [], {}
        self.constants, self.typedefs, self.enums = {}, {}, set()
        self.perms, self.attributes, self.features = {}, {}, {}
        self.flag_enums = {}   # enum -> its members, of the public headers and of the wire

    # ---- reading: TOML files and the public headers that declare the enums of flags ----

    def load(self, paths):
        pending = []
        for path in sorted(paths):
            if path.endswith(".h"):
                self.add_header(path)
                continue
            with open(path, "rb") as f:
                data = tomllib.load(f)
            if "feature" in data:
                self.features = data["feature"]
            elif "perm" in data:
                self.perms, self.attributes = data["perm"], data["attributes"]
            elif "call" in data or "event" in data:
                pending.append((path, data))
            else:
                self.add_program(data)
        for path, data in pending:
            for kind in ("call", "event"):
                for name, row in data.get(kind, {}).items():
                    self.add_call(path, data["program"], name, row, kind == "event")
        for name in list(self.structs):
            self.resolve(name, ())
        self.check_numbers()

    def add_header(self, path):
        with open(path) as f:
            for body, name in ENUM.findall(f.read()):
                self.flag_enums[name] = MEMBER.findall(body)

    def add_program(self, data):
        prog = self.programs[data["program"]] = Program(data["program"], data)
        self.constants.update(prog.constants)
        self.typedefs.update(prog.typedefs)
        self.enums.update(prog.enums)
        self.flag_enums.update({name: list(members) for name, members in prog.enums.items()})
        for name, decls in data.get("struct", {}).items():
            self.structs[name] = Struct(name, decls)
        for name, union in data.get("union", {}).items():
            s = self.structs[name] = Struct(name, [union["tag"], *union["members"].values()], True)
            s.tags = list(union["members"])

    def add_call(self, path, program, name, row, event):
        where = f"{path}: {name}"
        unknown = set(row) - CALL_KEYS
        if unknown:
            raise DescriptionError(f"{where}: unknown keys {sorted(unknown)}")
        if not row.get("doc"):
            raise DescriptionError(f"{where}: no doc")
        if name in self.calls:
            raise DescriptionError(f"{where}: described twice")
        call = self.calls[name] = Call(name, self.programs[program], row, event)
        for key in ("args", "ret", "msg"):
            if key not in row:
                continue
            struct = row.get(key + "_struct", call.struct_stem() + "_" + key)
            setattr(call, "args" if key == "msg" else key, struct)
            known = self.structs.setdefault(struct, Struct(struct, row[key]))
            if known.decls != row[key]:
                raise DescriptionError(f"{where}: struct {struct} has another layout elsewhere")

    # ---- types ----

    def number(self, text):
        text = str(text)
        return int(text, 0) if text[0].isdigit() else self.constants[text]

    def resolve(self, name, trail):
        """Fills in fields and sizes; appends to self.order so that what a struct embeds comes first. No cycles."""
        s = self.structs[name]
        if s.least is not None:
            return s
        if name in trail:
            raise DescriptionError(f"struct {name} contains itself")
        s.fields = [self.field(s, d, (*trail, name)) for d in s.decls]
        if s.is_union:
            for f, tag in zip(s.fields[1:], s.tags):
                f.tag = tag
            s.least = s.fields[0].least + min(self.span(f) for f in s.fields[1:])
        else:
            s.least = sum(self.span(f) for f in s.fields)
        if s.least <= 0:
            raise DescriptionError(f"struct {name} takes no bytes")
        self.order.append(s)
        return s

    def span(self, f):
        """Least bytes that the whole field takes on the wire."""
        if f.shape == "COUNTED":
            return 4
        if f.shape == "FIXED":
            total = self.number(f.bound) * f.least
            return (total + 3) // 4 * 4
        return f.least

    def field(self, s, decl, trail):
        m = DECL.match(decl)
        if not m:
            raise DescriptionError(f"struct {s.name}: cannot read '{decl}'")
        typename, name, counted, fixed = m.groups()
        f = self.element(name, typename, trail)
        if counted or fixed:
            if f.shape != "ONE":
                raise DescriptionError(f"struct {s.name}.{name}: array of arrays")
            f.shape, f.bound = ("COUNTED", counted) if counted else ("FIXED", fixed)
            self.number(f.bound)
        elif typename == "opaque":
            raise DescriptionError(f"struct {s.name}.{name}: opaque without a length")
        return f

    def element(self, name, typename, trail):
        if typename in SCALARS:
            kind, ctype, least = SCALARS[typename]
            return Field(name, kind, ctype, least=least)
        if typename == "opaque":
            return Field(name, "OPAQUE", "guint8", least=1)
        if typename in self.enums:
            return Field(name, "INT", "gint32")
        if typename in self.structs:
            sub = self.resolve(typename, trail)
            return Field(name, "STRUCT", typename, sub=typename, least=sub.least)
        target = self.typedefs.get(typename)
        if target is None:
            raise DescriptionError(f"{trail[-1]}.{name}: unknown type {typename}")
        if target.startswith("string<"):
            return Field(name, "STRING", "char *", string_max=target[7:-1])
        if target.startswith("opaque["):
            return Field(name, "OPAQUE", "guint8", shape="FIXED", bound=target[7:-1], least=1)
        inner = self.element(name, target.removesuffix(" *"), trail)
        if inner.kind == "STRING":
            inner.kind = "OPT_STRING"
        elif inner.kind == "STRUCT":
            inner.kind, inner.ctype, inner.least = "OPT_STRUCT", inner.ctype + " *", 4
        else:
            raise DescriptionError(f"typedef {typename}: only strings and structs can be optional")
        return inner

    # ---- whole-table checks ----

    def check_numbers(self):
        seen = {}
        for c in self.calls.values():
            other = seen.setdefault((c.program.name, c.number), c)
            if other is not c:
                raise DescriptionError(f"{c.name} and {other.name} have the same number")
            for field in c.row.get("secret", []):
                hits = [f for s in (c.args, c.ret) if s for f in self.structs[s].fields if f.name == field]
                if not hits:
                    raise DescriptionError(f"{c.name}: secret field {field} does not exist")
                for f in hits:
                    f.secret = True

    def calls_of(self, program):
        return sorted((c for c in self.calls.values() if c.program is program), key=lambda c: c.number)

    def all_calls(self):
        return [c for p in self.programs.values() for c in self.calls_of(p)]


class Call:
    def __init__(self, name, program, row, event):
        self.name, self.program, self.row, self.event = name, program, row, event
        self.number, self.args, self.ret = row["number"], None, None

    def struct_stem(self):
        head = self.program.header
        return head["struct_prefix"] + self.name.removeprefix(head["call_prefix"])

    def constant(self):
        head = self.program.header
        return head["proc_prefix"] + self.name.removeprefix(head["call_prefix"]).upper()

    def has_method(self):
        return not self.event and "job" in self.row

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The description in src/api against the fact tables beside the project (skipped where they are absent).

usage: check-facts.py [FACTS]     default: ../shared/facts beside the project's root
"""
import glob
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, ROOT + "/src/api/gen")
sys.dont_write_bytecode = True
import model  # noqa: E402

PROGRAMS = ("remote", "qemu", "lxc", "admin", "lock", "log", "keepalive", "lxc_monitor")
bad, checked = [], 0


def same(what, ours, facts):
    global checked
    checked += 1
    if ours != facts:
        bad.append(f"{what}: described {ours!r}, facts say {facts!r}")


def decl(f):
    text = f"{f['type']} {f['name']}"
    if f.get("form") in ("array", "opaque"):
        return f"{text}<{f.get('max_const') or f['max']}>"
    if f.get("form") in ("vector", "opaque_fixed"):
        return f"{text}[{f.get('len_const') or f['len']}]"
    return text


def check_types(api, name, facts):
    prog = api.programs[name]
    same(f"{name} enums", prog.enums, facts["enums"])
    for const, value in facts["constants"].items():
        head = prog.header or {}
        ours = {head.get("constant"): head.get("number"), head.get("version_constant"): head.get("version")}
        same(f"{name} {const}", ours.get(const, api.constants.get(const)), value)
    for t in facts["typedefs"]:
        ours = api.typedefs[t["name"]]
        form = {"string": lambda: f"string<{t.get('max_const')}>", "opaque_fixed": lambda: f"opaque[{t['len']}]",
                "optional": lambda: t["type"] + " *"}[t["form"]]()
        same(f"typedef {t['name']}", ours, form)
    for s, body in facts["structs"].items():
        same(f"struct {s}", api.structs[s].decls if s in api.structs else None, [decl(f) for f in body["fields"]])
    for u, body in facts["unions"].items():
        members = [decl(c) for c in body["cases"]]
        same(f"union {u}", api.structs[u].decls[1:], members)
        same(f"union {u} tags", api.structs[u].tags, [c["case_const"] for c in body["cases"]])


def acl(row):
    if isinstance(row, str):
        obj, perm = row.split(":")
        return {"object": obj, "perm": perm}
    names = {"flags_set": "when_flags_set", "flags_clear": "when_flags_clear", "arg": "when_arg", "equals": "equals"}
    return acl(row["perm"]) | {names[k]: v for k, v in row.items() if k != "perm"}


def check_call(c, p):
    row, what = c.row, c.name
    same(f"{what} constant", c.constant(), p["name"])
    same(f"{what} args", c.args, p.get("msg") if c.event else p.get("args"))
    same(f"{what} ret", c.ret, p.get("ret"))
    same(f"{what} acl", [acl(a) for a in row.get("acl", [])], p.get("acl", []))
    same(f"{what} filter", [acl(row["acl_filter"])] if "acl_filter" in row else [], p.get("aclfilter", []))
    for ours, theirs in (("api", "api"), ("conn", "conn"), ("sparse_flag", "sparse_flag")):
        same(f"{what} {ours}", row.get(ours), p.get(theirs))
    if p.get("since"):
        same(f"{what} since", row.get("since"), p["since"])
    if not c.event:
        same(f"{what} priority", row.get("priority", "low"), p["priority"])
    same(f"{what} auth", row.get("auth_required", True), p.get("auth_required", True))
    stream = "read" if p.get("readstream") else "write" if p.get("writestream") else None
    same(f"{what} stream", row.get("stream"), stream)
    fds = dict(x.split(":") for x in p.get("fds", "").split(",") if x)
    for way in ("in", "out"):
        ours = row.get("fds_" + way, 0)
        same(f"{what} fds {way}", "n" if ours == "any" else str(ours), fds.get(way, "0"))
    event = p.get("event", {})
    same(f"{what} event class", row.get("class"), event.get("class"))
    same(f"{what} event id", row.get("id"), event.get("id_const"))
    same(f"{what} event variant", row.get("variant"), event.get("variant", "").removesuffix("-callback") or None)


def check_program(api, folder, name):
    with open(f"{folder}/{name}.json") as f:
        facts = json.load(f)
    check_types(api, name, facts)
    ours = {c.number: c for c in api.calls.values() if c.program.name == name}
    same(f"{name} procedures", sorted(ours), sorted(p["number"] for p in facts["procedures"]))
    for p in facts["procedures"]:
        if p["number"] in ours:
            check_call(ours[p["number"]], p)


def check_rest(api, folder):
    with open(folder + "/acl.json") as f:
        facts = json.load(f)
    same("attributes", api.attributes, facts["object_attributes"])
    same("permissions", [(o, p, d) for o, ps in api.perms.items() for p, d in ps.items()],
         [(p["object"], p["perm"], p["polkit_default"]["allow_any"]) for p in facts["permissions"]])
    with open(folder + "/features.json") as f:
        facts = json.load(f)
    same("features", [(n, f["number"], f["qemu"]) for n, f in api.features.items()],
         [(f["name"], f["number"], f["value_on_qemu"]) for f in facts["features"]])
    with open(folder + "/readonly.json") as f:
        facts = json.load(f)["calls"]
    for name, rule in facts.items():
        if "masked" not in rule:
            ours = api.calls[name.lower()].row["readonly"]
            same(f"{name} readonly", "allow" if isinstance(ours, list) else ours, rule["readonly"])


def main():
    folder = (sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(ROOT) + "/shared/facts") + "/rpc"
    print("1..1")
    if not os.path.isdir(folder):
        print(f"ok 1 # SKIP no fact tables in {folder}")
        return
    api = model.Api()
    api.load([ROOT + "/src/rpc/net.toml", *glob.glob(ROOT + "/src/api/*.toml"),
              *glob.glob(ROOT + "/src/api/wire/*.toml"), *glob.glob(ROOT + "/src/api/calls/*.toml")])
    for name in PROGRAMS:
        check_program(api, folder, name)
    with open(folder + "/net.json") as f:
        check_types(api, "net", json.load(f))
    check_rest(api, folder)
    print("\n".join("# " + b for b in bad))
    print(f"{'not ok' if bad else 'ok'} 1 - {checked} facts, {len(bad)} differ")
    sys.exit(bool(bad))


main()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every call of the remote program with plain arguments: what src/api/calls says of read-only connections and of flags is
what the daemon does. The reference answers on its in-process test driver, ours on its own."""
import glob
import os
import sys

import pytest

from harness import host, wire

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, ROOT + "/src/api/gen")
import model  # noqa: E402

INVALID_ARG, NO_SUPPORT, DENIED = 8, 3, 29
# end or change the connection, or the machine
LEFT_OUT = ("connect_open", "connect_close", "connect_set_identity", "node_suspend_for_duration")
DOMAIN = "rules"
XML = "<domain type='%s'><name>" + DOMAIN + "</name><memory>1024</memory><os><type>hvm</type></os></domain>"


@pytest.fixture(scope="module")
def api():
    a = model.Api()
    a.load(glob.glob(ROOT + "/src/api/*.toml") + glob.glob(ROOT + "/src/api/wire/*.toml") +
           glob.glob(ROOT + "/src/api/calls/*.toml") + glob.glob(ROOT + "/include/libvirt/*.h"))
    return a


class Asker:
    """Sends calls whose arguments are made up from the description; reconnects when the daemon hangs up."""

    def __init__(self, api, daemons, kind, ro):
        self.api, self.sock = api, daemons.kind.sock()
        self.name, self.ro = "test:///default" if kind == "reference" else host.URI, ro
        self.connect()
        r = self.conn.call(wire.PROC["lookup"], wire.string(DOMAIN))
        if r.status == wire.ERROR and not ro:
            hypervisor = "test" if kind == "reference" else "qemu"
            r = self.conn.call(wire.PROC["define"], wire.string(XML % hypervisor) + wire.u32(0))
        if r.status == wire.ERROR:
            pytest.fail("cannot define %s: %s" % (DOMAIN, wire.error(r.payload)))
        self.domain = r.payload

    def connect(self):
        self.conn = wire.Client(self.sock, name=self.name, flags=1 if self.ro else 0)

    def value(self, f, flags):
        wide = f.kind in ("HYPER", "UHYPER", "DOUBLE")
        if f.name == "flags":
            return wire.u64(flags) if wide else wire.u32(flags)
        if f.shape == "FIXED":
            return b"\1" * self.api.number(f.bound)
        if f.shape == "COUNTED" or f.kind == "OPT_STRUCT":
            return wire.u32(0)
        if f.sub == "remote_nonnull_domain":
            return self.domain
        if f.kind == "STRUCT":
            return b"".join(self.value(x, 0) for x in self.api.structs[f.sub].fields)
        if f.kind in ("STRING", "OPT_STRING"):
            return (wire.u32(1) if f.kind == "OPT_STRING" else b"") + wire.string("x")
        return wire.u64(1) if wide else wire.u32(1)

    def ask(self, call, flags=0):
        """(code, message) of the error; (0, "") when the call was carried out."""
        fields = self.api.structs[call.args].fields if call.args else []
        try:
            r = self.conn.call(call.number, b"".join(self.value(f, flags) for f in fields))
        except (ConnectionError, TimeoutError):
            self.connect()
            return -1, "connection lost"
        if r.status == wire.OK:
            return 0, ""
        rd = wire.Reader(r.payload)
        code = rd.i32()
        rd.u32()
        return code, rd.optional() or ""


@pytest.fixture(scope="module")
def rw(api, daemons, kind):
    return Asker(api, daemons, kind, False)


@pytest.fixture(scope="module")
def readonly(rw, api, daemons, kind):
    return Asker(api, daemons, kind, True)


def calls(api, kind):
    for c in api.all_calls():
        newer = tuple(map(int, c.row.get("since", "0").split("."))) > (9, 0, 0)
        if c.program.name == "remote" and c.has_method() and c.name not in LEFT_OUT and not c.name.startswith("auth_"):
            if kind == "ours" or not newer:
                yield c


def bits(api, names):
    """Value of A|B; the probe needs numbers, so the headers are asked."""
    return sum(value(api, n) for n in names.split("|"))


def value(api, name, cache={}):
    if not cache:
        for path in glob.glob(ROOT + "/include/libvirt/*.h"):
            with open(path) as f:
                for line in f:
                    words = line.replace(",", " ").split()
                    if len(words) > 2 and words[1] == "=" and words[0].startswith("VIR_"):
                        try:
                            cache[words[0]] = int(words[2], 0)
                        except ValueError:
                            pass
    return cache[name]


def must_deny(api, call, flags=0):
    """What the description says of this call with the arguments that Asker makes up (numbers are 1)."""
    rule = call.row["readonly"]
    if isinstance(rule, str):
        return rule == "deny"
    return any(bits(api, r["equals"]) == 1 if "arg" in r else flags & bits(api, r["flags_set"]) for r in rule)


def test_readonly(api, kind, readonly):
    wrong = []
    for c in calls(api, kind):
        denied = must_deny(api, c)
        code, text = readonly.ask(c)
        if code == INVALID_ARG and denied and "must not be" in text and kind == "reference":
            continue     # it looks at arguments first
        if code == -1 or (code == DENIED) != denied and not (kind == "reference" and "No FD available" in text):
            wrong.append("%s: %s, described %s" % (c.name, (code, text), c.row["readonly"]))
    assert not wrong, "\n".join(wrong)


def test_readonly_flags(api, kind, readonly):
    wrong = []
    for c in calls(api, kind):
        if not isinstance(c.row["readonly"], list) or "flags" not in c.row:
            continue
        for bit in (1 << n for n in range(8)):
            code, text = readonly.ask(c, bit)
            if (code == DENIED) != bool(must_deny(api, c, bit)):
                wrong.append("%s flag %#x: %s" % (c.name, bit, (code, text)))
    assert not wrong, "\n".join(wrong)


def test_flag_rules(api, kind, rw):
    wrong, seen = [], 0
    for c in calls(api, kind):
        for rule, want in (("exclusive", "exclusive"), ("requires", "requires" if kind == "reference" else "required")):
            for a, b in c.row.get(rule, []):
                code, text = rw.ask(c, bits(api, a) | (bits(api, b) if rule == "exclusive" else 0))
                if code == NO_SUPPORT and kind == "ours":
                    continue
                seen += 1
                if code != INVALID_ARG or not (want in text or "required" in text):
                    wrong.append("%s %s %s: %s" % (c.name, a, b, (code, text)))
    assert seen, "no rule was tried"
    assert not wrong, "\n".join(wrong)


def test_undefined_flags(api, kind, rw):
    """A bit that no release defines is never ignored. (The reference leaves it to each driver.)"""
    if kind != "ours":
        pytest.skip("for the daemon `ours` only")
    wrong = []
    for c in calls(api, kind):
        if "flags" not in c.row or c.row["flags"] == ["any"] or c.row.get("stream"):
            continue
        code, text = rw.ask(c, 1 << 27)
        if code == 0:
            wrong.append("%s: took flag 1<<27" % c.name)
    assert not wrong, "\n".join(wrong)

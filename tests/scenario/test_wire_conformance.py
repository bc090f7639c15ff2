# SPDX-License-Identifier: LGPL-2.1-or-later
"""Unusual packets, one test a row of tests/golden/observed/packets.json: what goes in here, what came out of the reference there."""
import json
import os
import struct

import pytest

from harness import host, wire
from harness.wire import ADMIN, CALL, CALL_FDS, HOLE, KEEPALIVE, MESSAGE, OK, REMOTE, REPLY, STREAM, Client, Packet, optional, string, u32

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(host.ROOT, "tests/golden/observed/packets.json")) as f:
    GOLDEN = {r["case"]: r["result"] for r in json.load(f)}
SHARED = os.path.join(host.ROOT, "..", "shared", "facts", "rpc", "observed.json")
URI = optional("qemu:///system") + u32(0)


class Probe:
    """One connection in a given state; `run` sends and `answers` says what came, in the form of the table."""

    def __init__(self, path, auth=True, open=True):
        self.c = Client(path, auth=auth, open=open)

    def call(self, proc, payload=b"", **kw):
        self.c.send(proc, payload, **kw)
        return self.answer()

    def answer(self):
        try:
            p = self.c.recv()
        except TimeoutError:
            return "no answer"
        if p is None:
            return "connection closed"
        r = {"type": p.kind, "status": p.status, "prog": hex(p.prog), "vers": p.vers, "proc": p.proc, "serial": p.serial}
        if p.status == wire.ERROR:
            e = wire.error(p.payload)
            assert e["message"] and e["level"] == 2
            r.update(error_code=e["code"], error_domain=e["domain"])
        return r

    def silence(self):
        """'no answer' when nothing came within a moment, else what came."""
        self.c.sock.settimeout(0.4)
        try:
            return self.answer()
        finally:
            self.c.sock.settimeout(20)


CASES = {}


def case(name, auth=True, open=True):
    def add(fn):
        CASES[name] = (fn, auth, open)
        return fn
    return add


def one(name, proc, payload=b"", auth=True, open=True, **kw):
    CASES[name] = (lambda p: [p.call(proc, payload, **kw)], auth, open)


one("open ok", 1, URI, open=False)
one("open name NULL", 1, u32(0) + u32(0), open=False)
one("open name empty", 1, optional("") + u32(0), open=False)
one("open flags=6", 1, optional("qemu:///system") + u32(6), open=False)
one("open flags=0xfffffff0", 1, optional("qemu:///system") + u32(0xFFFFFFF0), open=False)
one("open twice", 1, URI)
one("open w/o auth_list first", 1, URI, auth=False, open=False)
one("call before open (GET_TYPE)", 2, auth=False, open=False)
one("feature 14 before open", 60, u32(14), auth=False, open=False)
one("feature 10 before open", 60, u32(10), auth=False, open=False)
one("unknown proc 9999", 9999)
one("proc 0", 0)
one("negative proc", -5)
one("event proc 107 as call", 107)
one("unknown program", 1, prog=0x1234, auth=False, open=False)
one("wrong version", 66, vers=2, auth=False, open=False)
one("call status=1", 66, status=1, auth=False, open=False)
one("status=99", 66, status=99, auth=False, open=False)
one("trailing garbage in args", 1, URI + b"garbage!", open=False)
one("short args", 1, optional("qemu:///system"), open=False)
one("bad bool in optional (=2)", 1, u32(2) + string("qemu:///system") + u32(0), open=False)
one("nonzero padding", 1, u32(1) + u32(14) + b"qemu:///system" + b"\1\2" + u32(0), open=False)
one("string over 4MiB limit len word", 1, u32(1) + u32(4194305) + b"qemu" + u32(0), open=False)
one("embedded serial arbitrary", 66, serial=4294967294, auth=False, open=False)
one("lookup missing domain", 23, string("no-such-domain"))
one("keepalive ping", 1, prog=KEEPALIVE, kind=MESSAGE, serial=0, auth=False, open=False)
one("keepalive with type CALL", 1, prog=KEEPALIVE, kind=CALL, serial=0, auth=False, open=False)
one("CALL_WITH_FDS count 0", 66, u32(0), kind=CALL_FDS)


def ignored_then_alive(name, kind, auth=False, open=False, serial=0, proc=66, then=66):
    def run(p):
        p.c.send(proc, kind=kind, serial=serial, status=wire.CONTINUE if kind in (STREAM, HOLE) else OK)
        first = p.silence()
        p.c.serial = GOLDEN[name][-1]["serial"]
        return [first, p.call(then)]
    CASES[name] = (run, auth, open)


ignored_then_alive("type=REPLY from client", REPLY)
ignored_then_alive("type=MESSAGE from client", MESSAGE)
ignored_then_alive("stream pkt unknown serial", STREAM, auth=True, open=True, serial=77, proc=209)
ignored_then_alive("hole pkt unknown serial", HOLE, auth=True, open=True, serial=77, proc=209)


@case("type=99", auth=False, open=False)
def type_99(p):
    p.c.send(66, kind=99)
    return [p.silence()]


def length(name, word, more=b""):
    def run(p):
        p.c.raw(u32(word) + more)
        return [p.silence() if GOLDEN[name] == ["no answer"] else p.answer()]
    CASES[name] = (run, False, False)


length("length word 3", 3)
length("length word 4", 4)
length("length word 27", 27, b"\0" * 23)
length("length word 33554436 (max)", wire.MAX, struct.pack(">IIiIII", REMOTE, 1, 66, CALL, 0, OK))
length("length word 33554437", wire.MAX + 1)


@case("pipelined two calls same serial", auth=False, open=False)
def same_serial(p):
    p.c.raw(Packet(REMOTE, 1, 66, CALL, 5, OK).pack() * 2)
    return [p.answer(), p.answer()]


@case("keepalive pong unsolicited then ping", auth=False, open=False)
def pong_then_ping(p):
    p.c.send(2, prog=KEEPALIVE, kind=MESSAGE, serial=0)
    return [p.call(1, prog=KEEPALIVE, kind=MESSAGE, serial=0)]


@case("keepalive unknown proc 3 then auth", auth=False, open=False)
def keepalive_3(p):
    p.c.send(3, prog=KEEPALIVE, kind=MESSAGE, serial=0)
    return [p.call(66)]


@case("CONNECT_CLOSE reply then EOF")
def close(p):
    return [p.call(2), p.answer()]


@case("CALL_WITH_FDS count 33")
def too_many_fds(p):
    p.c.send(66, u32(33), kind=CALL_FDS)
    return [p.answer()]


@case("60 pipelined NODE_GET_INFO")
def pipelined(p):
    p.c.raw(b"".join(Packet(REMOTE, 1, 6, CALL, 10 + i, OK).pack() for i in range(60)))
    got = set()
    for _ in range(60):
        r = p.answer()
        assert r["status"] == OK and r["proc"] == 6
        got.add(r["serial"])
    return [str(len(got))]


@pytest.mark.parametrize("name", list(GOLDEN))
def test_row(daemons, name):
    fn, auth, op = CASES[name]
    p = Probe(daemons.kind.sock(), auth, op)
    try:
        assert fn(p) == GOLDEN[name]
    finally:
        p.c.close()
    with Client(daemons.kind.sock()) as c:       # the daemon serves the next client
        assert c.call(wire.PROC["type"]).status == OK


def test_every_known_row_has_a_test():
    if not os.path.exists(SHARED):
        pytest.skip("no ../shared/facts here")
    with open(SHARED) as f:
        assert [r["case"] for r in json.load(f)["cases"]] == list(GOLDEN)


def test_unknown_procedure_text(daemons):
    """Clients look at the first words."""
    with Client(daemons.kind.sock()) as c:
        e = wire.error(c.call(9999).payload)
        assert e["message"].startswith("unknown procedure") and "9999" in e["message"]


@pytest.mark.parametrize("prog", [ADMIN, wire.LOG, wire.LOCK], ids=["admin", "log", "lock"])
def test_other_programs_are_not_on_this_socket(daemons, prog):
    with Client(daemons.kind.sock()) as c:
        r = c.call(1, prog=prog)
        assert r.status == wire.ERROR and r.prog == prog and wire.error(r.payload)["code"] == 39


def test_half_packet_then_silence(daemons):
    """A client that stops in the middle of a packet hurts nobody."""
    idle = [Client(daemons.kind.sock(), auth=False, open=False) for _ in range(8)]
    whole = Packet(REMOTE, 1, 66, CALL, 0, OK).pack()
    for i, c in enumerate(idle):
        c.raw(whole[:3 * i + 1])
    with Client(daemons.kind.sock()) as c:
        assert c.call(wire.PROC["lib_version"]).status == OK
    for i, c in enumerate(idle):
        c.raw(whole[3 * i + 1:])
        assert c.recv().status == OK
        c.close()


def test_one_byte_at_a_time(daemons):
    with Client(daemons.kind.sock(), auth=False, open=False) as c:
        for b in Packet(REMOTE, 1, 66, CALL, 3, OK).pack():
            c.raw(bytes([b]))
        assert c.recv().serial == 3


def test_client_that_never_reads(daemons):
    """Its calls stay bounded; others are served meanwhile."""
    with Client(daemons.kind.sock()) as deaf:
        deaf.sock.settimeout(1)
        call = b"".join(Packet(REMOTE, 1, 7, CALL, i, OK).pack() for i in range(64))      # capabilities: a large answer
        sent = 0
        try:
            while sent < 64 << 20:
                sent += deaf.sock.send(call)
        except TimeoutError:
            pass
        assert sent < 64 << 20, "the daemon reads without end from a client that takes no answers"
        rss = int(next(line for line in open("/proc/%d/status" % daemons.pid) if line.startswith("VmRSS")).split()[1])
        assert rss < 400 << 10, "%d KiB" % rss
        with Client(daemons.kind.sock()) as c:
            for _ in range(50):
                assert c.call(wire.PROC["lib_version"]).status == OK


def test_every_truncation_of_real_calls(daemons):
    """Each prefix of each captured call's arguments gets an answer or a refusal, never a dead daemon or a hang."""
    skip = {1, 2, 66, 67, 68, 69, 70}
    seen = set()
    c = Client(daemons.kind.sock())
    for f in ("connect", "domain", "network", "node", "storage-pool"):
        path = os.path.join(host.ROOT, "tests/golden/wire", f + ".hex")
        for _, way, raw in wire.read_hex(path):
            p = Packet.parse(raw[4:])
            if way != ">" or p.kind != CALL or p.prog != REMOTE or p.proc in skip or p.proc in seen or len(p.payload) > 2000:
                continue
            seen.add(p.proc)
            for cut in range(0, len(p.payload), max(4, len(p.payload) // 24 // 4 * 4)):
                r = c.call(p.proc, p.payload[:cut])
                assert r.status in (OK, wire.ERROR)
    c.close()
    assert len(seen) > 50
    assert daemons.running()


@pytest.mark.parametrize("count", [0xFFFFFFFF, 0x7FFFFFFF, 16385, 1 << 20])
def test_over_long_counts(daemons, count):
    with Client(daemons.kind.sock()) as c:
        for proc, payload in ((10, u32(count)), (23, u32(count)), (344, u32(count) + b"\0" * 64), (57, u32(0) + u32(count))):
            r = c.call(proc, payload)
            assert r.status == wire.ERROR
        assert c.call(wire.PROC["type"]).status == OK


def test_full_length_packet(daemons):
    """The largest packet is read whole; its string is over the limit and refused."""
    with Client(daemons.kind.sock(), timeout=60) as c:
        n = wire.MAX - 28 - 4
        r = c.call(10, u32(n) + b"x" * n)
        assert r.status == wire.ERROR and wire.error(r.payload)["code"] == 39
        assert c.call(wire.PROC["type"]).status == OK


def test_connections_that_come_and_go(daemons):
    """Connections that come and go leave no descriptor behind."""
    def fds():
        return len(os.listdir("/proc/%d/fd" % daemons.pid))
    for _ in range(20):
        Client(daemons.kind.sock()).close()
    host.wait_for(lambda: fds() < 200, "descriptors")
    before = fds()
    for i in range(1000):
        Client(daemons.kind.sock(), open=bool(i % 2)).close()
    host.wait_for(lambda: fds() <= before + 2, "descriptors to be closed: %d, before %d" % (fds(), before))

#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Captures wire vectors: `ns.py capture.py [--out DIR]` fills tests/golden/wire/ with what the distribution's clients and the
distribution's daemons say to each other.

A proxy stands between them.  Of each procedure a few different call and reply pairs are kept, of each event and stream packet
a few; whole conversations of some short sessions are kept too (session-*.hex).
"""
import collections
import hashlib
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from harness import capture_work, host, wire  # noqa: E402

KEEP = 3            # different pairs of one procedure with one outcome
LONGEST = 30000     # bytes of a packet that is kept


class Recorder:
    def __init__(self):
        self.names = wire.names()
        self.waiting = {}
        self.files = collections.defaultdict(list)
        self.kept = collections.Counter()
        self.seen = set()
        self.session = None
        self.sessions = collections.defaultdict(list)
        self.total = 0

    def __call__(self, conn, way, raw):
        self.total += 1
        p = wire.Packet.parse(raw[4:])
        name = self.names.get((p.prog, p.proc), "%#x/%d" % (p.prog, p.proc))
        if self.session:
            self.sessions[self.session].append("# %s %s" % (name, describe(p)))
            self.sessions[self.session].append("%s %s" % (way, raw.hex()))
        if len(raw) > LONGEST:
            return
        if way == ">" and p.kind in (wire.CALL, wire.CALL_FDS):
            self.waiting[conn, p.prog, p.serial] = raw
        elif way == "<" and p.kind in (wire.REPLY, wire.REPLY_FDS):
            call = self.waiting.pop((conn, p.prog, p.serial), None)
            if call:
                self.pair(p, name, call, raw)
        else:
            self.single(p, name, way, raw)

    def pair(self, p, name, call, raw):
        key = (p.prog, p.proc, p.kind, p.status)
        same = hashlib.sha1(call[4:16] + call[24:] + raw[24:]).digest()
        if same in self.seen or self.kept[key] >= (KEEP if p.status == wire.OK else 1):
            return
        self.seen.add(same)
        self.kept[key] += 1
        self.files[self.where(p, name)].append(["# %s%s" % (name, " refused" if p.status else ""), "> " + call.hex(), "< " + raw.hex()])

    def single(self, p, name, way, raw):
        key = (p.prog, p.proc, p.kind, p.status, way, len(raw) > 28)
        same = hashlib.sha1(raw[24:]).digest() + way.encode()
        if (same, p.proc) in self.seen or self.kept[key] >= 2:
            return
        self.seen.add((same, p.proc))
        self.kept[key] += 1
        self.files[self.where(p, name)].append(["# %s %s" % (name, describe(p)), way + " " + raw.hex()])

    def where(self, p, name):
        if p.prog != wire.REMOTE:
            return {wire.QEMU: "qemu", wire.LXC: "lxc", wire.ADMIN: "admin", wire.KEEPALIVE: "keepalive", wire.LOCK: "lock",
                    wire.LOG: "log"}.get(p.prog, "other")
        if p.kind == wire.MESSAGE:
            return "events"
        if p.kind in (wire.STREAM, wire.HOLE):
            return "streams"
        m = re.match(r"(domain_snapshot|domain_checkpoint|domain|network|storage_pool|storage_vol|storage|node_device|secret|interface|"
                     r"nwfilter|node|connect|auth)", name)
        return m.group(1).replace("_", "-") if m else "other"

    def write(self, out):
        os.makedirs(out, exist_ok=True)
        for f in os.listdir(out):
            if f.endswith(".hex"):
                os.unlink(out + "/" + f)
        for name, groups in sorted(self.files.items()):
            with open("%s/%s.hex" % (out, name), "w") as f:
                for g in groups:
                    f.write("\n".join(g) + "\n")
        for name, lines in sorted(self.sessions.items()):
            with open("%s/session-%s.hex" % (out, name), "w") as f:
                f.write("\n".join(lines) + "\n")
        procs = {(k[0], k[1]) for k in self.kept}
        print("%d packets seen, %d procedures kept, %d groups" % (self.total, len(procs), sum(len(g) for g in self.files.values())))
        by = collections.Counter(k[0] for k in procs)
        print({hex(k): v for k, v in by.items()})


def describe(p):
    kind = ("call", "reply", "message", "stream", "call with fds", "reply with fds", "hole")[p.kind] if p.kind < 7 else str(p.kind)
    return kind + ("", " error", " continue")[p.status] if p.status < 3 else kind


def main():
    out = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "golden", "wire")
    if "--out" in sys.argv:
        out = sys.argv[sys.argv.index("--out") + 1]
    rec = Recorder()
    with open("/etc/libvirt/qemu.conf", "a") as f:
        f.write('\nlock_manager = "lockd"\n')
    subprocess.run(["/usr/sbin/virtlockd", "-d"], check=True)
    subprocess.run(["/usr/sbin/virtlogd", "-d"], check=True)
    proxies = []
    for n in ("virtlogd-sock", "virtlockd-sock"):
        p = "%s/%s" % (host.RUN, n)
        host.wait_for(lambda p=p: os.path.exists(p), p)
        os.rename(p, p + ".real")
        proxies.append(wire.Proxy(p, p + ".real", rec))
    d = host.Daemons("reference")
    d.start()
    for n in ("libvirt-sock", "libvirt-sock-ro", "libvirt-admin-sock"):
        p = "%s/%s" % (host.RUN, n)
        os.rename(p, p + ".real")
        proxies.append(wire.Proxy(p, p + ".real", rec))
    try:
        capture_work.run(rec)
    finally:
        rec.write(out)
        for n in ("libvirt-sock", "libvirt-sock-ro", "libvirt-admin-sock"):
            p = "%s/%s" % (host.RUN, n)
            os.rename(p + ".real", p)
        d.down()


if __name__ == "__main__":
    main()

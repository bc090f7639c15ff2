# SPDX-License-Identifier: LGPL-2.1-or-later
"""Packets by hand: a small client of the wire protocol and a proxy that writes down what goes by.

Independent of the project's own codec on purpose: tests compare the two.
"""
import array
import glob
import os
import re
import socket
import struct
import threading
import tomllib

REMOTE, QEMU, LXC, ADMIN, KEEPALIVE = 0x20008086, 0x20008087, 0x68000, 0x6900690, 0x6B656570
LOCK, LOG = 0xEA7BEEF, 0x87539319
CALL, REPLY, MESSAGE, STREAM, CALL_FDS, REPLY_FDS, HOLE = range(7)
OK, ERROR, CONTINUE = range(3)
MAX = 33554436
PROC = {"open": 1, "close": 2, "type": 3, "version": 4, "nodeinfo": 6, "lookup": 23, "feature": 60, "auth_list": 66, "lib_version": 157,
        "list_all": 273, "define": 350, "create_xml": 10, "destroy": 12, "register_any": 316, "deregister_any": 317}
CALLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "api", "calls")


# ---- XDR ----------------------------------------------------------------------------------------------------------------

def u32(v):
    return struct.pack(">I", v & 0xFFFFFFFF)


def u64(v):
    return struct.pack(">Q", v & 0xFFFFFFFFFFFFFFFF)


def opaque(b):
    return u32(len(b)) + b + b"\0" * (-len(b) % 4)


def string(s):
    return opaque(s.encode() if isinstance(s, str) else s)


def optional(s):
    return u32(0) if s is None else u32(1) + string(s)


def domain(name, uuid, ident=-1):
    return string(name) + uuid + u32(ident)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def u32(self):
        v = struct.unpack_from(">I", self.data, self.at)[0]
        self.at += 4
        return v

    def i32(self):
        v = self.u32()
        return v - (1 << 32) if v >> 31 else v

    def u64(self):
        return self.u32() << 32 | self.u32()

    def opaque(self):
        n = self.u32()
        v = self.data[self.at:self.at + n]
        self.at += n + (-n % 4)
        return v

    def string(self):
        return self.opaque().decode(errors="surrogateescape")

    def optional(self):
        return self.string() if self.u32() else None

    def domain(self):
        name = self.string()
        uuid = self.data[self.at:self.at + 16]
        self.at += 16
        return name, uuid, self.i32()


def error(payload):
    """The fields of an error struct."""
    r = Reader(payload)
    e = {"code": r.i32(), "domain": r.i32(), "message": r.optional(), "level": r.i32()}
    if r.u32():
        r.domain()
    e.update(str1=r.optional(), str2=r.optional(), str3=r.optional(), int1=r.i32(), int2=r.i32())
    return e


# ---- packets ------------------------------------------------------------------------------------------------------------

class Packet:
    """One packet without its length word."""

    def __init__(self, prog, vers, proc, kind, serial, status, payload=b"", fds=()):
        self.prog, self.vers, self.proc, self.kind, self.serial, self.status = prog, vers, proc, kind, serial, status
        self.payload, self.fds = payload, list(fds)

    @classmethod
    def parse(cls, body):
        h = struct.unpack(">IIiIII", body[:24])
        return cls(*h, payload=body[24:])

    def pack(self):
        body = struct.pack(">IIiIII", self.prog, self.vers, self.proc, self.kind, self.serial, self.status) + self.payload
        return u32(len(body) + 4) + body

    def __repr__(self):
        return "<prog %#x v%d proc %d type %d serial %d status %d, %d bytes>" % (
            self.prog, self.vers, self.proc, self.kind, self.serial, self.status, len(self.payload))


def exactly(sock, n):
    """n bytes, or None at end of file."""
    out = b""
    while len(out) < n:
        d = sock.recv(min(n - len(out), 1 << 20))
        if not d:
            return None
        out += d
    return out


def recv_raw(sock):
    """A whole packet with its length word and the descriptors that follow it, or (None, [])."""
    head = exactly(sock, 4)
    if head is None:
        return None, []
    n = struct.unpack(">I", head)[0]
    body = exactly(sock, n - 4)
    if body is None:
        return None, []
    fds = []
    if struct.unpack_from(">I", body, 12)[0] in (CALL_FDS, REPLY_FDS) and len(body) >= 28:
        for _ in range(struct.unpack_from(">I", body, 24)[0]):
            _, anc, _, _ = sock.recvmsg(1, socket.CMSG_SPACE(4))
            for level, kind, data in anc:
                if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                    a = array.array("i")
                    a.frombytes(data[:len(data) - len(data) % a.itemsize])
                    fds.extend(a)
    return head + body, fds


def send_raw(sock, raw, fds=()):
    sock.sendall(raw)
    for fd in fds:
        sock.sendmsg([b"\0"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))])


class Client:
    """One connection; `auth` and `open` do the first steps of a real client."""

    def __init__(self, path, auth=True, open=True, name="qemu:///system", flags=0, timeout=20):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(timeout)
        self.sock.connect(path)
        self.serial = 0
        self.events = []
        if auth:
            assert self.call(PROC["auth_list"]).status == OK
        if open:
            r = self.call(PROC["open"], optional(name) + u32(flags))
            assert r.status == OK, error(r.payload)

    def send(self, proc, payload=b"", prog=REMOTE, vers=1, kind=CALL, serial=None, status=OK):
        if serial is None:
            serial = self.serial
            self.serial += 1
        self.sock.sendall(Packet(prog, vers, proc, kind, serial, status, payload).pack())
        return serial

    def raw(self, data):
        self.sock.sendall(data)

    def recv(self):
        """The next packet, or None when the peer closed."""
        try:
            raw, fds = recv_raw(self.sock)
        except ConnectionResetError:
            return None
        if raw is None:
            return None
        p = Packet.parse(raw[4:])
        p.fds = fds
        return p

    def call(self, proc, payload=b"", **kw):
        """Sends a call and returns its reply; events that come first are kept."""
        serial = self.send(proc, payload, **kw)
        while True:
            p = self.recv()
            if p is None:
                raise ConnectionError("closed by the daemon")
            if p.kind in (REPLY, REPLY_FDS) and p.serial == serial:
                return p
            self.events.append(p)

    def quiet(self, seconds=0.5):
        """True when nothing comes for a while; the connection stays as it was."""
        self.sock.settimeout(seconds)
        try:
            return not self.sock.recv(1, socket.MSG_PEEK) and False
        except TimeoutError:
            return True
        finally:
            self.sock.settimeout(20)

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *a):
        self.close()


# ---- names --------------------------------------------------------------------------------------------------------------

def names():
    """{(program, procedure): name} from the API description."""
    progs = {"remote": REMOTE, "qemu": QEMU, "lxc": LXC, "admin": ADMIN, "keepalive": KEEPALIVE, "lock": LOCK, "log": LOG}
    out = {}
    for f in glob.glob(CALLS + "/*.toml"):
        with open(f, "rb") as fh:
            t = tomllib.load(fh)
        for section in ("call", "event", "message"):
            for name, row in t.get(section, {}).items():
                if isinstance(row, dict) and "number" in row:
                    out[progs.get(row.get("program", t.get("program")), 0), row["number"]] = name
    return out


# ---- proxy --------------------------------------------------------------------------------------------------------------

class Proxy:
    """Listens at `path`, forwards to `upstream`, calls record(connection number, '>' or '<', raw packet) for each packet."""

    def __init__(self, path, upstream, record):
        self.upstream, self.record, self.count = upstream, record, 0
        self.lock = threading.Lock()
        if os.path.exists(path):
            os.unlink(path)
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.bind(path)
        os.chmod(path, 0o777)
        self.sock.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                c, _ = self.sock.accept()
            except OSError:
                return
            up = socket.socket(socket.AF_UNIX)
            try:
                up.connect(self.upstream)
            except OSError:
                c.close()
                continue
            self.count += 1
            for a, b, way in ((c, up, ">"), (up, c, "<")):
                threading.Thread(target=self._pump, args=(self.count, a, b, way), daemon=True).start()

    def _pump(self, n, a, b, way):
        try:
            while True:
                raw, fds = recv_raw(a)
                if raw is None:
                    break
                with self.lock:
                    self.record(n, way, raw)
                send_raw(b, raw, fds)
                for fd in fds:
                    os.close(fd)
        except (OSError, struct.error):
            pass
        for s, how in ((a, socket.SHUT_RD), (b, socket.SHUT_WR)):
            try:
                s.shutdown(how)
            except OSError:
                pass


def read_hex(path):
    """Packets of a vector file: (comment, direction, bytes)."""
    comment = ""
    with open(path) as f:
        for line in f:
            line = line.strip()
            if line.startswith("#"):
                comment = line[1:].strip()
            elif re.match(r"[<>] [0-9a-f]+$", line):
                yield comment, line[0], bytes.fromhex(line[2:])

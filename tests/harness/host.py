# SPDX-License-Identifier: LGPL-2.1-or-later
"""Daemons, clients and guests on the private host that ns.py made.

`Daemons(kind)` starts `ours` (from the build directory), `reference` (the distribution's libvirtd) or one after the other
on the same host.  Everything here runs inside the namespaces.
"""
import os
import pwd
import re
import select
import shutil
import signal
import socket
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("MODVIRT_BUILD") or os.path.join(ROOT, "build")
URI = "qemu:///system"
RUN = "/run/libvirt"
WAIT = float(os.environ.get("MODVIRT_WAIT", "60"))     # patience, never an assertion on speed
IMAGES = "/var/lib/libvirt/images"


class Daemon:
    """One kind of daemon: how it is started and which sockets it answers on."""

    def __init__(self, name, argv, sock, before=(), env=None):
        self.name, self.argv, self.prefix, self.before, self.env = name, argv, sock, before, env or {}

    def sock(self, which=""):
        """The rw socket, or `ro` or `admin`."""
        return "%s/%s-%s" % (RUN, self.prefix, {"": "sock", "ro": "sock-ro", "admin": "admin-sock"}[which])

    @property
    def admin_uri(self):
        return ("libvirtd" if self.prefix == "libvirt" else self.prefix) + ":///system"

    def present(self):
        return os.access(self.argv[0], os.X_OK)


KINDS = {
    "reference": Daemon("reference", ["/usr/sbin/libvirtd"], "libvirt", before=(["/usr/sbin/virtlogd"],)),
    "ours": Daemon("ours", [BUILD + "/src/virtqemud/virtqemud"], "virtqemud"),
}


def wait_for(cond, what, timeout=WAIT, step=0.02):
    """Waits until cond() is true and returns what it returned."""
    end = time.monotonic() + timeout
    while True:
        r = cond()
        if r:
            return r
        if time.monotonic() > end:
            raise AssertionError("timed out waiting for " + what)
        time.sleep(step)


def alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def processes(match):
    """PIDs whose command line matches the regular expression."""
    out = []
    for p in os.listdir("/proc"):
        if p.isdigit():
            try:
                with open("/proc/%s/cmdline" % p, "rb") as f:
                    line = f.read().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if re.search(match, line):
                out.append(int(p))
    return out


def qemus():
    """{guest name: pid} of the QEMU processes of this host (capability probes are not guests)."""
    out = {}
    for p in os.listdir("/proc"):
        if not p.isdigit():
            continue
        try:
            with open("/proc/%s/cmdline" % p, "rb") as f:
                argv = f.read().split(b"\0")
        except OSError:
            continue
        if b"-name" in argv:
            m = re.match(rb"guest=((?:[^,]|,,)*)", argv[argv.index(b"-name") + 1])
            if m and alive(int(p)):
                out[m.group(1).replace(b",,", b",").decode()] = int(p)
    return out


class Daemons:
    """Starts and stops one kind at a time; keeps its log."""

    def __init__(self, kind):
        self.log = "/run/daemon.log"
        self.use(kind)
        self.proc = None
        self.helpers = []

    def use(self, kind):
        self.kind = KINDS[kind]
        return self

    # -- life ------------------------------------------------------------------------------------------------------------
    def start(self, args=(), env=None, wait=True):
        k = self.kind
        for other in KINDS.values():       # a client chooses by the socket files that exist
            if other is not k:
                for w in ("", "ro", "admin"):
                    if os.path.exists(other.sock(w)):
                        os.unlink(other.sock(w))
        with open(self.log, "ab") as log:
            e = dict(os.environ, LSAN_OPTIONS=os.environ.get("LSAN_OPTIONS", ""), **k.env)
            e.update(env or {})
            for b in k.before:
                if not processes("^" + re.escape(b[0])):
                    self.helpers.append(subprocess.Popen(b, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=e))
            self.proc = subprocess.Popen(k.argv + list(args), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=e,
                                         start_new_session=True)
        if wait:
            wait_for(self.answers, "%s to answer on %s" % (k.name, k.sock()))
        return self

    def answers(self):
        if self.proc.poll() is not None:
            raise AssertionError("%s ended with status %d: %s" % (self.kind.name, self.proc.returncode, self.tail()))
        s = socket.socket(socket.AF_UNIX)
        try:
            s.connect(self.kind.sock())
            return True
        except OSError:
            return False
        finally:
            s.close()

    @property
    def pid(self):
        return self.proc.pid

    def running(self):
        return self.proc is not None and self.proc.poll() is None

    def stop(self, sig=signal.SIGTERM):
        """Stops the daemon, guests stay; returns its exit status."""
        if not self.proc:
            return None
        if self.proc.poll() is None:
            self.proc.send_signal(sig)
        try:
            rc = self.proc.wait(WAIT)
        except subprocess.TimeoutExpired:
            self.proc.kill()
            self.proc.wait()
            raise AssertionError("%s did not stop: %s" % (self.kind.name, self.tail())) from None
        self.proc = None
        return rc

    def kill(self):
        return self.stop(signal.SIGKILL)

    def restart(self, sig=signal.SIGTERM, **kw):
        self.stop(sig)
        return self.start(**kw)

    def down(self):
        """Ends the daemon and everything it left running."""
        try:
            self.stop()
        except AssertionError:
            pass
        for pid in list(qemus().values()):
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        for h in self.helpers:
            h.terminate()
            h.wait()
        self.helpers = []
        wait_for(lambda: not qemus(), "guests to end")
        for _ in range(50):      # the next test starts on a clean host
            for c in sorted(cgroups(), key=len, reverse=True):
                try:
                    os.rmdir(c)
                except OSError:
                    pass
            if not cgroups():
                break
            time.sleep(0.1)

    def tail(self, n=3000):
        try:
            with open(self.log, errors="replace") as f:
                return f.read()[-n:]
        except OSError:
            return ""


# ---- clients ------------------------------------------------------------------------------------------------------------

class Result:
    def __init__(self, p):
        self.rc, self.out, self.err = p.returncode, p.stdout, p.stderr

    def __repr__(self):
        return "rc=%d out=%r err=%r" % (self.rc, self.out, self.err)


def virsh(*args, uri=URI, ok=True, ro=False, stdin=None, timeout=WAIT * 2, env=None):
    """Runs virsh; with ok the command must succeed and its output is returned, else a Result."""
    argv = [os.environ.get("MODVIRT_VIRSH", "virsh"), "-q", "-c", uri] + (["-r"] if ro else []) + list(args)
    p = subprocess.run(argv, input=stdin, capture_output=True, text=True, timeout=timeout, env=dict(os.environ, **(env or {})),
                       stdin=None if stdin is not None else subprocess.DEVNULL)
    r = Result(p)
    if not ok:
        return r
    assert r.rc == 0, "%s: %s" % (" ".join(args), r)
    return r.out


class EventLoop:
    """`virsh event --all --loop` in the background; lines as they come."""

    def __init__(self, *args, uri=URI):
        self.p = subprocess.Popen(["stdbuf", "-oL", "virsh", "-q", "-c", uri, "event"] + (list(args) or ["--all", "--loop"]),
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.set_blocking(self.p.stdout.fileno(), False)
        self.text = ""
        time.sleep(0.3)      # virsh says nothing when it has registered

    def pump(self, timeout=0):
        if select.select([self.p.stdout], [], [], timeout)[0]:
            d = os.read(self.p.stdout.fileno(), 65536)
            self.text += d.decode()
        return self.text

    def wait(self, pattern, timeout=WAIT):
        wait_for(lambda: re.search(pattern, self.pump(0.1)), "event /%s/ in %r" % (pattern, self.text), timeout)
        return self.text

    def lines(self):
        self.pump(0.2)
        return self.text.splitlines()

    def close(self):
        self.p.terminate()
        self.p.wait()
        self.p.stdout.close()


class Console:
    """`virsh console` on a pseudo terminal."""

    def __init__(self, domain, *args, uri=URI):
        import pty
        pid, self.fd = pty.fork()
        if pid == 0:
            os.execvp("virsh", ["virsh", "-c", uri, "console", domain] + list(args))
        self.pid, self.text, self.ended = pid, "", False
        os.set_blocking(self.fd, False)
        self.banner = self.expect(r"Escape character is[^\n]*\n")    # what is typed before that is lost

    def pump(self, timeout=0.1):
        if select.select([self.fd], [], [], timeout)[0]:
            try:
                d = os.read(self.fd, 65536)
            except OSError:
                return False
            self.text += d.decode(errors="replace")
            return bool(d)
        return True

    def expect(self, pattern, timeout=WAIT):
        """Waits for the pattern; returns and forgets the text up to its end."""
        end = time.monotonic() + timeout
        while True:
            m = re.search(pattern, self.text)
            if m:
                got, self.text = self.text[:m.end()], self.text[m.end():]
                return got
            if not self.pump() or self.gone() or time.monotonic() > end:
                raise AssertionError("console: no /%s/ in %r" % (pattern, self.text))

    def gone(self):
        """Whether virsh has ended and all it said was read."""
        if not self.ended:
            self.ended = os.waitpid(self.pid, os.WNOHANG)[0] == self.pid
            return False
        return not select.select([self.fd], [], [], 0)[0]

    def send(self, text):
        try:
            os.write(self.fd, text.encode())
        except OSError as e:
            raise AssertionError("console: virsh takes no input: %s; it said %r" % (e, self.text)) from None

    def prompt(self, timeout=WAIT):
        """Asks the guest's shell for a prompt; again when the first key got lost."""
        end = time.monotonic() + timeout
        while True:
            self.send("\r")
            try:
                return self.expect("guest# ", 3)
            except AssertionError:
                if self.ended or time.monotonic() > end:
                    raise

    def command(self, cmd, timeout=WAIT):
        """Types a shell command and returns what it printed."""
        self.send(cmd + "; echo E''ND\r")
        return self.expect(r"\nEND\r?\n", timeout)

    def close(self):
        try:
            os.write(self.fd, b"\x1d")
            os.close(self.fd)
        except OSError:
            pass
        for sig in () if self.ended else (0, signal.SIGTERM, signal.SIGKILL):
            end = time.monotonic() + 2
            if sig:
                os.kill(self.pid, sig)
            while time.monotonic() < end:
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    return
                time.sleep(0.02)


# ---- guests -------------------------------------------------------------------------------------------------------------

GUEST_FILES = ("vmlinuz", "initrd", "disk.img")


def make_guest():
    """Makes the guest image in the cache; outside the private host."""
    subprocess.run([ROOT + "/scripts/mkguest"], check=False)


def guest_files():
    """Puts the boot files where QEMU's user may read them; returns their directory."""
    cache = os.environ["MODVIRT_CACHE"] + "/guest"
    if not all(os.path.exists(os.path.join(IMAGES, n)) for n in GUEST_FILES[:2]):
        subprocess.run([ROOT + "/scripts/mkguest", "--out", cache], check=True,
                       env=dict(os.environ, XDG_CACHE_HOME=os.path.dirname(os.environ["MODVIRT_CACHE"])))
        for n in GUEST_FILES[:2]:
            shutil.copy(os.path.join(cache, n), IMAGES)
            os.chmod(os.path.join(IMAGES, n), 0o644)
    return IMAGES


def guest_disk(name):
    """A writable copy of the boot disk."""
    guest_files()
    p = "%s/%s.img" % (IMAGES, name)
    shutil.copy(os.environ["MODVIRT_CACHE"] + "/guest/disk.img", p)
    return p


def linux_xml(name, machine="pc", memory=192, disk=None, devices="", uuid=None, network=True, cmdline="", extra="", console=True):
    """A guest that boots Linux: serial console, virtio console, user network, no host changes."""
    d = guest_files()
    return """<domain type='qemu'>
  <name>{name}</name>{uuid}
  <memory unit='MiB'>{memory}</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='{machine}'>hvm</type>
    <kernel>{d}/vmlinuz</kernel><initrd>{d}/initrd</initrd>
    <cmdline>console=ttyS0 quiet reboot=t panic=-1 {cmdline}</cmdline></os>
  <features><acpi/></features>{extra}
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>{disk}{net}
    <serial type='pty'/>{console}
    {devices}
  </devices>
</domain>""".format(
        name=name, uuid="\n  <uuid>%s</uuid>" % uuid if uuid else "", memory=memory, machine=machine, d=d, cmdline=cmdline,
        extra=extra, devices=devices,
        disk="\n    <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='%s'/>"
             "<target dev='vda' bus='virtio'/></disk>" % disk if disk else "",
        net="\n    <interface type='user'><model type='virtio'/></interface>" if network else "",
        console="<console type='pty'><target type='serial'/></console><console type='pty'><target type='virtio'/></console>"
        if console else "")


def small_xml(name, uuid=None, machine="pc", devices="", memory=32):
    """A guest without an operating system: QEMU starts fast and the firmware finds nothing to boot."""
    return """<domain type='qemu'>
  <name>{name}</name>{uuid}
  <memory unit='MiB'>{memory}</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='{machine}'>hvm</type></os>
  <features><acpi/></features>
  <devices><emulator>/usr/bin/qemu-system-x86_64</emulator><memballoon model='none'/>{devices}</devices>
</domain>""".format(name=name, uuid="\n  <uuid>%s</uuid>" % uuid if uuid else "", machine=machine, devices=devices, memory=memory)


# ---- leaks --------------------------------------------------------------------------------------------------------------

def cgroups():
    out = set()
    for top, dirs, _ in os.walk("/sys/fs/cgroup"):
        out.update(os.path.join(top, d) for d in dirs if top.count("/") > 3)
    return out


def links():
    return set(os.listdir("/sys/class/net"))


def forgiven(left, kind):
    """Leftovers without what the reference is known to forget when it is killed: cgroups, directories, probes."""
    return [x for x in left if kind != "reference" or x.startswith(("qemu ", "link "))]


def leftovers():
    """What guests may leave on a host: QEMUs, links, guest cgroups, run-time files."""
    out = ["qemu %s pid %d" % kv for kv in qemus().items()]
    out += ["link " + n for n in links() if n not in ("lo",)]
    out += ["cgroup " + c for c in sorted(cgroups()) if re.search(r"/machine(\.slice)?/", c)]
    for d in ("/run/libvirt/qemu", "/var/lib/libvirt/qemu"):
        for top, dirs, files in os.walk(d):
            for n in files + [x for x in dirs if x.startswith("domain-")]:
                if re.search(r"\.(pid|xml|monitor|sock)$|^domain-|^monitor", n) and n != "driver.pid":
                    out.append(os.path.join(top, n))
    return out


def owner(path):
    st = os.stat(path)
    return pwd.getpwuid(st.st_uid).pw_name

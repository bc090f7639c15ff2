#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A private host for daemons under test: `ns.py COMMAND...` runs COMMAND as root in fresh mount, network, pid, ipc, uts and
cgroup namespaces and leaves nothing behind.

Inside, /run, /etc/libvirt and /var/{lib,log,cache}/libvirt are tmpfs, /dev is a tmpfs with copies of the nodes daemons need
(the real /dev is shared by all namespaces and must not be re-moded), cgroups start at a cgroup of our own, and PID 1 reaps
orphans at once, as a real init does.  Everything started inside dies with PID 1.
"""
import json
import os
import shutil
import signal
import stat
import subprocess
import sys

CGROUP = "/sys/fs/cgroup"
INSIDE = "MODVIRT_NS"
# path, type, major, minor, mode
NODES = [("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0), ("kvm", 10, 232),
         ("net/tun", 10, 200), ("fuse", 10, 229), ("loop-control", 10, 237), ("userfaultfd", 10, 126)]
PRIVATE = ["/etc/libvirt", "/var/lib/libvirt", "/var/log/libvirt", "/var/cache/libvirt"]


def inside():
    return os.environ.get(INSIDE) == "1"


def why_not():
    """The reason for which no private host can be made here, or None."""
    if os.geteuid() != 0:
        return "private namespaces need root"
    if not shutil.which("unshare"):
        return "unshare (util-linux) is missing"
    return None


def hierarchies():
    """Mounted cgroup hierarchies: (name of the directory under /sys/fs/cgroup, mount type, mount options)."""
    out = []
    with open("/proc/self/mounts") as f:
        for line in f:
            _, where, kind, opts = line.split()[:4]
            if kind == "cgroup" and os.path.dirname(where) == CGROUP:
                keep = [o for o in opts.split(",") if o not in ("rw", "ro", "relatime", "nosuid", "nodev", "noexec", "xattr")
                        and not o.startswith(("release_agent", "clone_children"))]
                if any(o.startswith("name=") for o in keep):
                    keep.insert(0, "none")
                out.append((os.path.basename(where), "cgroup", ",".join(keep)))
            elif kind == "cgroup2":
                out.append((where[len(CGROUP) + 1:], "cgroup2", ""))
    return out


def own_cgroup(name):
    """Makes a cgroup in every hierarchy and moves this process there; returns the directories made."""
    made = []
    for sub, kind, _ in hierarchies():
        top = os.path.join(CGROUP, sub)
        d = os.path.join(top, name)
        try:
            os.mkdir(d)
            made.append(d)
            for f in ("cpuset.cpus", "cpuset.mems"):
                if kind == "cgroup" and os.path.exists(d + "/" + f):
                    with open(top + "/" + f) as src, open(d + "/" + f, "w") as dst:
                        dst.write(src.read())
            with open(d + "/cgroup.procs", "w") as f:
                f.write("0")
        except OSError as e:
            print("ns: no cgroup of our own in %s: %s" % (sub, e), file=sys.stderr)
    return made


def leave_cgroups(made):
    for d in made:
        try:
            with open(os.path.dirname(d) + "/cgroup.procs", "w") as f:
                f.write("0")
        except OSError:
            pass
        for top, _, _ in os.walk(d, topdown=False):
            try:
                os.rmdir(top)
            except OSError:
                pass


def run(argv, env=None):
    """Runs argv on a private host and returns its exit status."""
    name = "modvirt-test-%d" % os.getpid()
    made = own_cgroup(name)
    env = dict(os.environ if env is None else env, **{INSIDE: "1"})
    env.setdefault("MODVIRT_CACHE", os.path.join(env.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "modvirt"))
    p = subprocess.Popen(["unshare", "-m", "-n", "-p", "-i", "-u", "-C", "-f", "--kill-child", "--mount-proc",
                          "--propagation", "private", sys.executable, os.path.abspath(__file__), "--init"] + argv, env=env)
    for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(s, lambda n, f: p.send_signal(signal.SIGTERM if n != signal.SIGINT else n))
    while True:
        try:
            rc = p.wait()
            break
        except KeyboardInterrupt:
            continue
    leave_cgroups(made)
    return rc if rc >= 0 else 128 - rc


# ---- inside -------------------------------------------------------------------------------------------------------------

def mount(kind, where, opts=None, src=None):
    subprocess.run(["mount", "-t", kind] + (["-o", opts] if opts else []) + [src or kind, where], check=True)


def private_dev():
    d = "/run/dev.new"
    os.makedirs(d)
    mount("tmpfs", d, "mode=755")
    old = os.umask(0)
    for sub in ("net", "pts", "shm", "mapper"):
        os.mkdir(d + "/" + sub)
    for name, major, minor in NODES:
        if os.path.exists("/dev/" + name):
            os.mknod(d + "/" + name, stat.S_IFCHR | 0o666, os.makedev(major, minor))
    for i in range(8):
        os.mknod("%s/loop%d" % (d, i), stat.S_IFBLK | 0o660, os.makedev(7, i))
    os.umask(old)
    for name, target in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2"), ("ptmx", "pts/ptmx")):
        os.symlink(target, d + "/" + name)
    mount("devpts", d + "/pts", "newinstance,ptmxmode=0666,mode=620,gid=5")
    mount("tmpfs", d + "/shm", "mode=1777")
    # one mount per path below /dev: daemons move each of them into QEMU's own /dev
    subprocess.run("umount -R -l /dev; mount --move %s /dev" % d, shell=True, check=True)
    os.rmdir(d)


def private_dirs():
    """Fresh contents for everything a libvirt daemon writes; may be called again to start from nothing."""
    etc = "/run/.etc-libvirt"      # what the machine has, kept before it is hidden
    if not os.path.isdir(etc):
        if os.path.isdir("/etc/libvirt"):
            shutil.copytree("/etc/libvirt", etc, symlinks=True)
        else:
            os.mkdir(etc)
    for d in PRIVATE:
        os.makedirs(d, exist_ok=True)
        subprocess.run(["umount", "-R", "-q", d], stderr=subprocess.DEVNULL)
        mount("tmpfs", d, "mode=755")
    for name in os.listdir(etc):
        if name == "qemu":           # networks and autostart links of the machine are not ours to start
            os.makedirs("/etc/libvirt/qemu", mode=0o755)
            continue
        src = os.path.join(etc, name)
        (shutil.copytree if os.path.isdir(src) else shutil.copy2)(src, "/etc/libvirt/" + name)
    for d in ("qemu", "images", "boot"):
        os.makedirs("/var/lib/libvirt/" + d)
        os.chmod("/var/lib/libvirt/" + d, 0o755)
    os.makedirs("/var/log/libvirt/qemu")
    os.makedirs("/var/cache/libvirt/qemu")
    shutil.rmtree("/run/libvirt", ignore_errors=True)
    os.makedirs("/run/libvirt")


def private_user():
    """The user that runs QEMU, on machines where no package has made it."""
    for path, name, line in (("/etc/passwd", "libvirt-qemu", "libvirt-qemu:x:64055:64055::/var/lib/libvirt:/usr/sbin/nologin\n"),
                             ("/etc/group", "libvirt-qemu", "libvirt-qemu:x:64055:\n"), ("/etc/group", "kvm", "kvm:x:64056:\n")):
        with open(path) as f:
            text = f.read()
        if any(row.startswith(name + ":") for row in text.splitlines()):
            continue
        copy = "/run/." + os.path.basename(path)
        with open(copy, "w") as f:
            f.write(text + line)
        if not os.path.ismount(path):
            subprocess.run(["mount", "--bind", copy, path], check=True)


def prefix_of(build):
    """Where the daemon of a build directory expects its files: its prefix, or None."""
    try:
        with open(build + "/meson-info/intro-buildoptions.json") as f:
            return next(o["value"] for o in json.load(f) if o["name"] == "prefix")
    except (OSError, StopIteration):
        return None


def private_prefix(prefix):
    """Makes PREFIX/etc and PREFIX/var those of the private host, for builds that are not configured for /usr."""
    old = "/run/.prefix"
    os.makedirs(old)
    if not os.path.isdir(prefix):
        return
    subprocess.run(["mount", "--rbind", prefix, old], check=True)
    names = [n for n in os.listdir(prefix) if n not in ("etc", "var")]
    mount("tmpfs", prefix, "mode=755")
    for n in names:
        src, dst = os.path.join(old, n), os.path.join(prefix, n)
        if os.path.islink(src):
            os.symlink(os.readlink(src), dst)
        elif os.path.isdir(src):
            os.mkdir(dst)
            subprocess.run(["mount", "--rbind", src, dst], check=True)
    for n in ("etc", "var"):
        os.symlink("/" + n, os.path.join(prefix, n))


def setup():
    cg = hierarchies()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=False)
    # a sysfs of this network namespace, with the cgroup tree put back on it
    mount("sysfs", "/sys")
    if cg:
        private_cgroups(cg)
    mount("tmpfs", "/run", "mode=755")
    for d in ("/run/lock", "/run/user/0", "/run/home", "/run/tmp"):
        os.makedirs(d, exist_ok=True)
    os.chmod("/run/tmp", 0o1777)
    private_user()
    private_dev()
    private_dirs()
    prefix = prefix_of(os.environ.get("MODVIRT_BUILD") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "build"))
    if prefix and prefix != "/usr":
        private_prefix(prefix)


def private_cgroups(found):
    mount("tmpfs", CGROUP, "mode=755")
    for sub, kind, opts in found:
        d = os.path.join(CGROUP, sub)
        os.makedirs(d, exist_ok=True)
        p = subprocess.run(["mount", "-t", kind] + (["-o", opts] if opts else []) + [kind, d], capture_output=True, text=True)
        if p.returncode:
            print("ns: %s: %s" % (sub, p.stderr.strip()), file=sys.stderr)


def init(argv):
    """PID 1: sets the namespaces up, runs argv, reaps whatever is left to it, ends with argv."""
    setup()
    os.environ.update(HOME="/run/home", XDG_RUNTIME_DIR="/run/user/0", TMPDIR="/run/tmp", LC_ALL="C.UTF-8",
                      PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    for k in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "LIBVIRT_DEFAULT_URI", "LIBVIRT_DEBUG"):
        os.environ.pop(k, None)
    child = os.fork()
    if child == 0:
        os.execvp(argv[0], argv)
    for s in (signal.SIGTERM, signal.SIGINT):
        signal.signal(s, lambda n, f: os.kill(child, n))
    while True:
        try:
            pid, st = os.wait()
        except InterruptedError:
            continue
        if pid == child:
            os._exit(os.waitstatus_to_exitcode(st) & 0xff)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--init"]:
        init(sys.argv[2:])
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if why_not():
        sys.exit("ns: " + why_not())
    sys.exit(run(sys.argv[1:]))

#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes down how the installed reference daemon behaves: `ns.py observe.py [--out DIR]` fills tests/golden/observed/.

Status documents, QEMU command lines, directory layouts, event sequences and the error of every common mistake.
"""
import json
import os
import shlex
import stat
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from harness import host, mistakes  # noqa: E402
from harness.host import virsh  # noqa: E402

RICH = """
    <controller type='usb' model='qemu-xhci'/><controller type='scsi' model='virtio-scsi'/>
    <controller type='virtio-serial'/>
    <disk type='file' device='cdrom'><target dev='sda' bus='{cdbus}'/><readonly/></disk>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none' discard='unmap'/><source file='/var/lib/libvirt/images/top.qcow2'/>
      <target dev='sdb' bus='scsi'/><serial>modvirt</serial></disk>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <channel type='pty'><target type='virtio' name='org.modvirt.test'/></channel>
    <input type='tablet' bus='usb'/>
    <graphics type='vnc' port='-1' autoport='yes'><listen type='address' address='127.0.0.1'/></graphics>
    <video><model type='vga' vram='16384'/></video>
    <sound model='ich6'/><watchdog model='{watchdog}' action='reset'/><memballoon model='virtio'><stats period='5'/></memballoon>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"""


def write(out, name, text):
    with open(os.path.join(out, name), "w") as f:
        f.write(text)


def status(out, name, domain):
    with open("/run/libvirt/qemu/%s.xml" % domain) as f:
        write(out, name, f.read())


def argv(out, name, domain):
    with open("/proc/%d/cmdline" % host.qemus()[domain], "rb") as f:
        a = [x.decode() for x in f.read().split(b"\0")[:-1]]
    lines, cur = [], []
    for x in a:
        if x.startswith("-") and cur:
            lines.append(" ".join(map(shlex.quote, cur)))
            cur = []
        cur.append(x)
    lines.append(" ".join(map(shlex.quote, cur)))
    with open("/proc/%d/environ" % host.qemus()[domain], "rb") as f:
        env = sorted(x.decode() for x in f.read().split(b"\0") if x)
    write(out, name, "".join("env %s\n" % e for e in env) + "\n".join(lines) + "\n")


def layout(*tops):
    import grp
    import pwd
    rows = []
    for t in tops:
        for top, dirs, files in os.walk(t):
            dirs.sort()
            for p in [top] + [os.path.join(top, n) for n in sorted(files)]:
                st = os.lstat(p)
                rows.append("%s %s:%s %s%s" % (stat.filemode(st.st_mode), pwd.getpwuid(st.st_uid).pw_name,
                                               grp.getgrgid(st.st_gid).gr_name, p,
                                               " -> " + os.readlink(p) if stat.S_ISLNK(st.st_mode) else ""))
            for n in dirs:
                p = os.path.join(top, n)
                if os.path.islink(p):
                    rows.append("link %s -> %s" % (p, os.readlink(p)))
    return "\n".join(rows) + "\n"


TOPS = ("/etc/libvirt/qemu", "/var/lib/libvirt", "/run/libvirt/qemu", "/var/log/libvirt", "/var/cache/libvirt/qemu", "/dev/pts")


def domain_file(text, name="x"):
    p = "/run/%s.xml" % name
    with open(p, "w") as f:
        f.write(text)
    return p


def up(domain):
    c = host.Console(domain)
    c.expect("MODVIRT-GUEST-UP")
    c.expect("guest# ")
    c.close()


def real_guests(out):
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", host.IMAGES + "/base.qcow2", "64M"], check=True)
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", host.IMAGES + "/base.qcow2",
                    host.IMAGES + "/top.qcow2"], check=True)
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", host.IMAGES + "/hot.qcow2", "16M"], check=True)
    for name, machine, cdbus, wd in (("plain-pc", "pc", None, None), ("rich-pc", "pc", "ide", "i6300esb"), ("rich-q35", "q35", "sata", "itco")):
        dev = RICH.format(cdbus=cdbus, watchdog=wd) if cdbus else ""
        if wd == "itco":
            dev = dev.replace("<watchdog model='itco' action='reset'/>", "<watchdog model='i6300esb' action='reset'/>")
        xml = host.linux_xml(name, machine=machine, disk=host.guest_disk(name), devices=dev)
        write(out, name + ".in.xml", xml + "\n")
        virsh("define", domain_file(xml))
        with open("/etc/libvirt/qemu/%s.xml" % name) as f:
            write(out, name + ".config.xml", f.read())
        if name == "rich-q35":
            virsh("autostart", name)
        virsh("start", name)
        status(out, name + ".status-running.xml", name)
        write(out, name + ".live.xml", virsh("dumpxml", name))
        argv(out, name + ".argv", name)
        with open("/var/log/libvirt/qemu/%s.log" % name) as f:
            write(out, name + ".log", f.read())
        if name != "plain-pc":
            write(out, name + ".layout", layout(*TOPS))
        up(name)
        virsh("suspend", name)
        status(out, name + ".status-paused.xml", name)
        virsh("resume", name)
        if name == "rich-q35":
            disk = ("<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='%s/hot.qcow2'/>"
                    "<target dev='sdc' bus='scsi'/></disk>" % host.IMAGES)
            virsh("attach-device", name, domain_file(disk, "d"))
            status(out, name + ".status-hotplug.xml", name)
            virsh("blockcopy", name, "sdb", host.IMAGES + "/copy.qcow2", "--transient-job")
            status(out, name + ".status-blockjob.xml", name)
            virsh("blockjob", name, "sdb", "--abort")
            write(out, name + ".domstats", virsh("domstats", name))
        virsh("shutdown", name)
        host.wait_for(lambda: name not in host.qemus(), name + " to end")
        with open("/var/log/libvirt/qemu/%s.log" % name) as f:
            write(out, name + ".log", f.read())
        virsh("undefine", name)
    # paused from the start, transient
    virsh("create", domain_file(host.small_xml("startpaused")), "--paused")
    status(out, "small.status-create-paused.xml", "startpaused")
    argv(out, "small.argv", "startpaused")
    write(out, "small.live.xml", virsh("dumpxml", "startpaused"))
    virsh("destroy", "startpaused")


def events(out):
    rows = []
    name = "ev"
    xml = domain_file(host.linux_xml(name, disk=host.guest_disk(name), uuid=mistakes.U[3]), "ev")
    ev = host.EventLoop()

    def step(what, *cmd, wait=None):
        if cmd:
            virsh(*cmd)
        if wait:
            ev.wait(wait)
        time.sleep(0.7)
        ev.pump(0.2)
        rows.append("# " + what + "\n" + ev.text)
        ev.text = ""

    step("define", "define", xml)
    step("define again (same document)", "define", xml)
    step("autostart", "autostart", name)
    step("start", "start", name)
    up(name)
    step("guest up")
    step("suspend", "suspend", name)
    step("resume", "resume", name)
    step("reset", "reset", name)
    up(name)
    step("guest up again")
    step("reboot", "reboot", name)
    up(name)
    step("guest up after reboot")
    step("shutdown", "shutdown", name, wait="Stopped")
    step("start --paused", "start", name, "--paused")
    step("resume of a guest started paused", "resume", name)
    step("destroy", "destroy", name)
    step("start", "start", name)
    step("destroy --graceful", "destroy", name, "--graceful")
    step("start", "start", name)
    up(name)
    step("managedsave", "managedsave", name)
    step("start from the managed save", "start", name)
    step("poweroff inside the guest")
    c = host.Console(name)
    c.prompt()
    c.send("poweroff -f\r")
    step("poweroff -f inside the guest", wait="Stopped")
    c.close()
    step("start", "start", name)
    os.kill(host.qemus()[name], 9)
    step("kill -9 of QEMU", wait="Stopped")
    step("setmem 100M --config", "setmem", name, "100M", "--config")
    step("metadata", "metadata", name, "http://modvirt.test/", "--config", "--key", "k", "--set", "<a/>")
    step("title", "desc", name, "--config", "--title", "A title")
    step("undefine", "undefine", name)
    step("create (transient)", "create", domain_file(host.small_xml("evt", mistakes.U[4]), "evt"))
    step("destroy of a transient guest", "destroy", "evt")
    step("create --paused --autodestroy, client ends", "create", domain_file(host.small_xml("evt", mistakes.U[4]), "evt"), "--paused", "--autodestroy",
         wait="Stopped")
    step("create --paused", "create", domain_file(host.small_xml("evt", mistakes.U[4]), "evt"), "--paused")
    step("define of a running transient guest", "define", domain_file(host.small_xml("evt", mistakes.U[4]), "evt"))
    step("undefine of a running guest", "undefine", "evt")
    step("destroy", "destroy", "evt")
    ev.close()
    write(out, "events.txt", "".join(rows))


def main():
    out = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "golden", "observed")
    if "--out" in sys.argv:
        out = sys.argv[sys.argv.index("--out") + 1]
    os.makedirs(out, exist_ok=True)
    parts = [a for a in sys.argv[1:] if a in ("guests", "errors", "events")] or ["guests", "errors", "events"]
    d = host.Daemons("reference").start()
    virsh("version")
    write(out, "layout-idle", layout(*TOPS))
    try:
        if "guests" in parts:
            real_guests(out)
        if "errors" in parts:
            rows = mistakes.run()
            write(out, "errors.json", "[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
        if "events" in parts:
            events(out)
    except BaseException:
        print(d.tail())
        raise
    finally:
        d.down()


if __name__ == "__main__":
    main()

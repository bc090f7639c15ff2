# SPDX-License-Identifier: LGPL-2.1-or-later
"""The main job with the distribution's virsh: define a real Linux guest, use it as an administrator does, take it away again.

The tests of this file are steps of one story and run in order.
"""
import re
import xml.etree.ElementTree as ET

import pytest

from harness import host
from harness.host import virsh

NAME = "walk"
UUID = "7a1b2c3d-1111-4222-8333-444444444401"
DEVICES = ("<graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/><video><model type='vga'/></video>"
           "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>")


@pytest.fixture(scope="module")
def events(daemons):
    e = host.EventLoop()
    yield e
    e.close()


@pytest.fixture(scope="module")
def document():
    return host.linux_xml(NAME, uuid=UUID, disk=host.guest_disk(NAME), devices=DEVICES)


def up():
    c = host.Console(NAME)
    c.expect("MODVIRT-GUEST-UP")
    c.expect("guest# ")
    return c


def test_version(daemons):
    out = virsh("version")
    assert re.search(r"Using library: libvirt \d+", out)
    assert re.search(r"Running hypervisor: QEMU 7\.\d+", out), out


def test_uri_and_hostname(daemons):
    assert virsh("uri").strip() == host.URI
    assert virsh("hostname").strip()


def test_capabilities(daemons):
    caps = ET.fromstring(virsh("capabilities"))
    assert caps.findtext("host/cpu/arch") == "x86_64"
    assert caps.find("host/uuid") is not None
    assert caps.find("host/topology/cells/cell/cpus/cpu") is not None
    assert "x86_64" in [a.get("name") for a in caps.findall("guest/arch")]
    assert caps.findtext("guest/arch/emulator") or caps.findtext("guest/arch[@name='x86_64']/emulator")


def test_domcapabilities(daemons):
    caps = ET.fromstring(virsh("domcapabilities", "--virttype", "qemu", "--arch", "x86_64"))
    assert caps.findtext("path") == "/usr/bin/qemu-system-x86_64"
    assert caps.findtext("domain") == "qemu"
    assert "virtio" in [v.text for v in caps.findall("devices/disk/enum[@name='bus']/value")]
    assert caps.find("cpu/mode[@name='custom']") is not None


def test_nodeinfo(daemons):
    out = dict(re.findall(r"(?m)^(.*?):\s+(.*)$", virsh("nodeinfo")))
    assert out["CPU model"] == "x86_64"
    assert int(out["CPU(s)"]) >= 1
    assert int(out["Memory size"].split()[0]) > 100000


def test_define(daemons, document, xmlfile, events):
    virsh("define", xmlfile(document))
    events.wait("'lifecycle' for domain '%s': Defined Added" % NAME)
    assert virsh("domstate", NAME).strip() == "shut off"
    assert virsh("domuuid", NAME).strip() == UUID
    with open("/etc/libvirt/qemu/%s.xml" % NAME) as f:
        assert "<uuid>%s</uuid>" % UUID in f.read()


def test_define_again_is_an_update(daemons, document, xmlfile, events):
    virsh("define", xmlfile(document))
    events.wait("Defined Updated")


def test_list_all_before_start(daemons):
    assert re.search(r"-\s+%s\s+shut off" % NAME, virsh("list", "--all"))
    assert NAME not in virsh("list")


def test_start(daemons, events):
    virsh("start", NAME)
    events.wait("Started Booted")
    assert NAME in host.qemus()


def test_list_running(daemons):
    assert re.search(r"\d+\s+%s\s+running" % NAME, virsh("list"))


def test_dominfo(daemons):
    out = dict(re.findall(r"(?m)^(.*?):\s+(.*)$", virsh("dominfo", NAME)))
    assert out["State"] == "running"
    assert out["UUID"] == UUID
    assert out["OS Type"] == "hvm"
    assert out["CPU(s)"] == "1"
    assert out["Max memory"] == "196608 KiB"
    assert out["Persistent"] == "yes"
    assert out["Autostart"] == "disable"


def test_dumpxml_live(daemons):
    dom = ET.fromstring(virsh("dumpxml", NAME))
    assert dom.get("id") == virsh("domid", NAME).strip()
    assert dom.findtext("name") == NAME
    assert dom.find("devices/serial/source").get("path").startswith("/dev/pts/")
    assert dom.find("devices/serial/alias").get("name") == "serial0"
    assert dom.find("devices/disk/address").get("type") == "pci"
    assert int(dom.find("devices/graphics").get("port")) >= 5900


def test_dumpxml_inactive(daemons):
    dom = ET.fromstring(virsh("dumpxml", NAME, "--inactive"))
    assert dom.get("id") is None
    assert dom.find("devices/serial/alias") is None
    assert dom.find("devices/graphics").get("port") == "-1"


def test_console(daemons):
    c = up()
    try:
        assert "sum=42" in c.command("echo sum=$((40+2))")
        assert "/dev/vda / ext4" in c.command("head -1 /proc/mounts; grep vda /proc/mounts")
        assert "192.168" not in c.command("ifconfig lo | grep 127.0.0.1")
    finally:
        c.close()


def test_second_console_is_refused(daemons):
    c = host.Console(NAME)
    try:
        r = virsh("console", NAME, ok=False)
        assert r.rc != 0
    finally:
        c.close()


def test_console_force_takes_over(daemons):
    c = host.Console(NAME)
    c2 = host.Console(NAME, "--force")
    try:
        c2.prompt()
        assert "here" in c2.command("echo here")
    finally:
        c2.close()
        c.close()


def test_virtio_console(daemons):
    c = host.Console(NAME, "--devname", "console1")
    try:
        c.prompt()
        assert "/dev/hvc0" in c.command("tty")
    finally:
        c.close()


def test_screenshot(daemons, tmp_path):
    p = tmp_path / "shot"
    virsh("screenshot", NAME, str(p))
    data = p.read_bytes()
    assert data.startswith((b"P6", b"\x89PNG")), data[:20]
    assert len(data) > 10000 or data.startswith(b"\x89PNG")


def test_suspend(daemons, events):
    virsh("suspend", NAME)
    events.wait("Suspended Paused")
    assert virsh("domstate", NAME, "--reason").strip() == "paused (user)"


def test_resume(daemons, events):
    n = events.pump().count("Resumed Unpaused")
    virsh("resume", NAME)
    host.wait_for(lambda: events.pump(0.1).count("Resumed Unpaused") > n, "the resume event")
    assert virsh("domstate", NAME, "--reason").strip() == "running (unpaused)"


def test_domstats(daemons):
    out = virsh("domstats", NAME)
    values = dict(re.findall(r"(?m)^\s+([\w.-]+)=(.*)$", out))
    assert values["state.state"] == "1"
    assert values["vcpu.current"] == "1"
    assert values["balloon.maximum"] == "196608"
    assert int(values["cpu.time"]) > 0
    assert values["block.count"] == "1" and values["block.0.name"] == "vda"
    assert int(values["block.0.rd.reqs"]) > 0
    assert values["net.count"] in ("0", "1")


def test_domstats_advance(daemons):
    def read():
        return dict(re.findall(r"(?m)^\s+([\w.-]+)=(.*)$", virsh("domstats", NAME)))
    c = host.Console(NAME)
    try:
        before = read()
        c.prompt()
        c.command("cat /bin/busybox /lib/modules/*/* > /blob; sync")
        after = read()
    finally:
        c.close()
    assert int(after["cpu.time"]) > int(before["cpu.time"])
    assert int(after["block.0.wr.bytes"]) > int(before["block.0.wr.bytes"])


def test_domblkstat_and_domblklist(daemons):
    assert re.search(r"vda\s+/var/lib/libvirt/images/walk.img", virsh("domblklist", NAME))
    assert int(re.search(r"vda rd_req (\d+)", virsh("domblkstat", NAME, "vda")).group(1)) > 0


def test_reboot(daemons, events):
    boots = events.pump().count("'reboot' for domain")
    c = host.Console(NAME)
    virsh("reboot", NAME)
    c.expect("MODVIRT-GUEST-UP")
    c.close()
    host.wait_for(lambda: events.pump(0.1).count("'reboot' for domain") > boots, "the reboot event")
    assert virsh("domstate", NAME).strip() == "running"


def test_reset(daemons):
    c = host.Console(NAME)
    virsh("reset", NAME)
    c.expect("MODVIRT-GUEST-UP")
    c.expect("guest# ")
    c.close()


def test_shutdown(daemons, events):
    virsh("shutdown", NAME)
    events.wait("Shutdown Finished after guest request")
    events.wait("Stopped Shutdown")
    assert virsh("domstate", NAME, "--reason").strip() == "shut off (shutdown)"
    assert not host.leftovers()


def test_disk_owner_is_restored(daemons):
    assert host.owner("/var/lib/libvirt/images/walk.img") == "root"


def test_destroy(daemons, events):
    virsh("start", NAME)
    virsh("destroy", NAME)
    events.wait("Stopped Destroyed")
    assert virsh("domstate", NAME, "--reason").strip() == "shut off (destroyed)"
    assert not host.leftovers()


def test_undefine(daemons, events):
    virsh("undefine", NAME)
    events.wait("Undefined Removed")
    assert NAME not in virsh("list", "--all")
    r = virsh("dominfo", NAME, ok=False)
    assert r.rc == 1 and "failed to get domain '%s'" % NAME in r.err


def test_event_sequence(events):
    """The whole story as one list, in order."""
    lifecycle = re.findall(r"'lifecycle' for domain 'walk': (.*)", events.pump(0.2))
    booted = ["Resumed Unpaused", "Started Booted"]
    assert lifecycle == (["Defined Added", "Defined Updated"] + booted + ["Suspended Paused", "Resumed Unpaused"]
                         + ["Shutdown Finished after guest request", "Stopped Shutdown"] + booted
                         + ["Shutdown Finished after host request", "Stopped Destroyed", "Undefined Removed"])

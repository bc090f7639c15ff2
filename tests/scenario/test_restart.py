# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemon ends, in order or by kill -9, and comes back: guests, ids, documents, channels and events are as before."""
import os
import signal

import libvirt
import pytest

from conftest import event_loop
from harness import host
from harness.host import virsh

DEVICES = ("<graphics type='vnc' port='-1' autoport='yes'/><video><model type='vga'/></video>"
           "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"
           "<channel type='pty'><target type='virtio' name='org.modvirt.test'/></channel>")


@pytest.fixture(scope="module")
def guest(daemons):
    event_loop()
    c = libvirt.open(host.URI)
    c.defineXML(host.small_xml("off"))
    c.lookupByName("off").setAutostart(0)
    d = c.defineXML(host.linux_xml("live", disk=host.guest_disk("live"), devices=DEVICES))
    d.create()
    c.createXML(host.small_xml("trans"), libvirt.VIR_DOMAIN_START_PAUSED)
    con = host.Console("live")
    con.expect("guest# ")
    con.command("echo token-4711 > /token")
    con.close()
    c.close()
    return "live"


def picture():
    """All that must not change."""
    c = libvirt.open(host.URI)
    out = {}
    for d in c.listAllDomains(0):
        out[d.name()] = (d.UUIDString(), d.ID(), d.state()[0], d.isPersistent(), d.autostart(), d.XMLDesc(), d.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
    c.close()
    return out


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGKILL], ids=["term", "kill"])
def test_everything_is_as_before(daemons, guest, sig):
    before, pids = picture(), host.qemus()
    daemons.restart(sig)
    assert picture() == before
    assert host.qemus() == pids


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGKILL], ids=["term", "kill"])
def test_guest_runs_on_and_answers(daemons, guest, sig):
    daemons.restart(sig)
    con = host.Console("live")
    con.prompt()
    assert "token-4711" in con.command("cat /token")
    con.close()


def test_calls_into_the_guest_after_restart(daemons, guest):
    daemons.kill()
    daemons.start()
    ev = host.EventLoop()
    virsh("suspend", "live")
    ev.wait("Suspended Paused")
    assert virsh("domstate", "live", "--reason").strip() == "paused (user)"
    daemons.kill()
    ev.close()
    daemons.start()
    assert virsh("domstate", "live").strip() == "paused"
    virsh("resume", "live")
    assert "state.state=1" in virsh("domstats", "live")
    assert virsh("qemu-monitor-command", "live", "--hmp", "info status").strip() == "VM status: running"


def test_ids_go_on_counting(daemons, guest):
    top = max(int(x) for x in virsh("list", "--id").split())
    daemons.restart(signal.SIGKILL)
    virsh("start", "off")
    assert int(virsh("domid", "off")) > top
    virsh("destroy", "off")


def test_guest_that_died_meanwhile(daemons, guest, kind):
    virsh("start", "off")
    daemons.kill()
    os.kill(host.qemus()["off"], signal.SIGKILL)
    host.wait_for(lambda: "off" not in host.qemus(), "QEMU to end")
    daemons.start()
    host.wait_for(lambda: virsh("domstate", "off").strip() == "shut off", "the daemon to notice")
    assert not [x for x in host.forgiven(host.leftovers(), kind) if "off" in x]
    virsh("start", "off")
    virsh("destroy", "off")


def test_transient_guest_that_died_meanwhile(daemons, guest):
    daemons.kill()
    os.kill(host.qemus()["trans"], signal.SIGKILL)
    host.wait_for(lambda: "trans" not in host.qemus(), "QEMU to end")
    daemons.start()
    host.wait_for(lambda: virsh("dominfo", "trans", ok=False).rc == 1, "the transient guest to be gone")


def test_guest_that_shut_down_meanwhile(daemons, guest):
    """The guest powers off while no daemon runs: QEMU waits, the next daemon takes it down."""
    con = host.Console("live")
    con.prompt()
    con.send("sleep 3; poweroff -f\r")
    con.expect("poweroff -f")
    con.close()
    daemons.kill()
    import time
    time.sleep(5)
    daemons.start()
    host.wait_for(lambda: virsh("domstate", "live").strip() == "shut off", "the daemon to take it down")
    assert "live" not in host.qemus()


def test_autostart(daemons, guest):
    """Autostart happens at the first start after boot, not at a restart."""
    virsh("autostart", "off")
    assert os.path.islink("/etc/libvirt/qemu/autostart/off.xml")
    daemons.restart()
    assert virsh("domstate", "off").strip() == "shut off"
    daemons.stop()
    os.unlink("/run/libvirt/qemu/autostarted")
    daemons.start()
    host.wait_for(lambda: virsh("domstate", "off").strip() == "running", "the guest to be started")
    virsh("destroy", "off")
    virsh("autostart", "off", "--disable")
    assert not os.path.lexists("/etc/libvirt/qemu/autostart/off.xml")


def test_unreadable_document_stays_as_it_is(daemons, guest):
    """A file that does not load stays byte for byte; the others are served."""
    bad = "<domain type='qemu'><name>bad</name><uuid>7a1b2c3d-1111-4222-8333-444444444499</uuid><memory>x"
    with open("/etc/libvirt/qemu/bad.xml", "w") as f:
        f.write(bad)
    daemons.restart()
    assert "off" in virsh("list", "--all")
    with open("/etc/libvirt/qemu/bad.xml") as f:
        assert f.read() == bad
    os.unlink("/etc/libvirt/qemu/bad.xml")
    daemons.restart()


@pytest.mark.ours
def test_document_with_an_unknown_element_is_listed(daemons, guest):
    """Not modelled whole: listed, start names the element, define over it needs an undefine, the file is untouched."""
    text = host.small_xml("odd", "7a1b2c3d-1111-4222-8333-444444444498").replace("<devices>", "<flux-capacitor power='1.21GW'/><devices>")
    path = "/etc/libvirt/qemu/odd.xml"
    with open(path, "w") as f:
        f.write(text)
    daemons.restart()
    assert "odd" in virsh("list", "--all")
    r = virsh("start", "odd", ok=False)
    assert r.rc == 1 and "flux-capacitor" in r.err
    with open("/run/odd.xml", "w") as f:
        f.write(host.small_xml("odd", "7a1b2c3d-1111-4222-8333-444444444498"))
    assert virsh("define", "/run/odd.xml", ok=False).rc == 1
    with open(path) as f:
        assert f.read() == text
    virsh("undefine", "odd")
    assert not os.path.exists(path)

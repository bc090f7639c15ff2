# SPDX-License-Identifier: LGPL-2.1-or-later
"""Swap under a running guest: one daemon starts it, the other adopts it, uses it and leaves it, the first takes it back.

In every direction between the distribution's daemon and ours; the guest never notices.
"""
import re
import xml.etree.ElementTree as ET

import pytest

from harness import host, ns
from harness.host import virsh

DEVICES = ("<graphics type='vnc' port='-1' autoport='yes'/><video><model type='vga'/></video>"
           "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"
           "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>")
ROUTES = [("reference", "reference"), ("reference", "ours", "reference"), ("ours", "reference", "ours"), ("reference", "ours", "ours", "reference")]


def ident(route):
    return "-".join(r[0] for r in route)


@pytest.fixture(params=ROUTES, ids=ident)
def swap(request, kind):
    for k in request.param:
        if not host.KINDS[k].present():
            pytest.skip("%s is not there" % k)
    if kind == "reference" and "ours" in request.param:
        pytest.skip("our daemon takes part: MODVIRT_DAEMON=ours")
    ns.private_dirs()
    d = host.Daemons(request.param[0])
    yield d, request.param
    d.down()


def token(write=None):
    con = host.Console("swapped")
    try:
        con.prompt()
        if write:
            con.command("echo %s > /run/token" % write)
        return con.command("cat /run/token; cat /proc/sys/kernel/random/boot_id")
    finally:
        con.close()


def essence(xml):
    """What of a live document must not change with the daemon: identity and each device's alias, address and target."""
    dom = ET.fromstring(xml)
    out = [dom.get("id"), dom.findtext("name"), dom.findtext("uuid"), dom.find("os/type").get("machine")]
    for dev in dom.find("devices"):
        alias, address, target = (dev.find(n) for n in ("alias", "address", "target"))
        if dev.tag in ("emulator",) or alias is None:
            continue
        src = dev.find("source")
        out.append((dev.tag, alias.get("name"), sorted(address.items()) if address is not None else None,
                    sorted(target.items()) if target is not None else None,
                    sorted(src.items()) if src is not None and dev.tag in ("serial", "console", "channel") else None))
    return out


def exercise(name, ident_before):
    """Everything bar 7 names, on the adopted guest."""
    ev = host.EventLoop()
    try:
        assert re.search(r"%s\s+swapped\s+running" % ident_before, virsh("list")), virsh("list", "--all")
        virsh("suspend", "swapped")
        ev.wait("'lifecycle' for domain 'swapped': Suspended Paused")
        assert virsh("domstate", "swapped", "--reason").strip() == "paused (user)"
        virsh("resume", "swapped")
        ev.wait("'lifecycle' for domain 'swapped': Resumed Unpaused")
    finally:
        ev.close()
    a = stats()
    assert a["state.state"] == "1" and int(a["cpu.time"]) > 0 and int(a["block.0.rd.bytes"]) > 0, (name, a)
    token("seen-by-" + name)
    assert int(stats()["cpu.time"]) > int(a["cpu.time"])


def stats():
    return dict(re.findall(r"(?m)^\s+([\w.-]+)=(.*)$", virsh("domstats", "swapped")))


def test_guest_outlives_every_daemon(swap):
    daemons, route = swap
    daemons.start()
    with open("/run/swapped.xml", "w") as f:
        f.write(host.linux_xml("swapped", uuid="7a1b2c3d-1111-4222-8333-444444444477", disk=host.guest_disk("swapped"), devices=DEVICES))
    virsh("define", "/run/swapped.xml")
    virsh("start", "swapped")
    con = host.Console("swapped")
    con.expect("guest# ")
    con.close()
    before = token("first")
    boot = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", before).group(0)
    ident_before, live, pid = virsh("domid", "swapped").strip(), essence(virsh("dumpxml", "swapped")), host.qemus()["swapped"]
    inactive = virsh("dumpxml", "swapped", "--inactive")
    for i, k in enumerate(route[1:]):
        daemons.stop()
        daemons.use(k).start()
        assert essence(virsh("dumpxml", "swapped")) == live, k
        assert essence(virsh("dumpxml", "swapped", "--inactive")) == essence(inactive)
        assert host.qemus()["swapped"] == pid
        exercise("%d-%s" % (i, k), ident_before)
        now = token()
        assert boot in now and "seen-by-%d-%s" % (i, k) in now, now
    ev = host.EventLoop()
    virsh("shutdown", "swapped")
    ev.wait("'lifecycle' for domain 'swapped': Shutdown Finished after guest request")
    ev.wait("'lifecycle' for domain 'swapped': Stopped Shutdown")
    ev.close()
    assert not host.leftovers()
    assert host.owner(host.IMAGES + "/swapped.img") == "root"
    virsh("undefine", "swapped")


@pytest.mark.ours
def test_never_started_twice(swap):
    """A guest whose status document was lost but whose QEMU lives is adopted or refused, not started again."""
    import os
    daemons, route = swap
    daemons.start()
    with open("/run/swapped.xml", "w") as f:
        f.write(host.small_xml("swapped"))
    virsh("define", "/run/swapped.xml")
    virsh("start", "swapped")
    pid = host.qemus()["swapped"]
    daemons.stop()
    os.unlink("/run/libvirt/qemu/swapped.xml")
    daemons.use("ours").start()
    r = virsh("start", "swapped", ok=False)
    assert r.rc == 1
    assert host.qemus() == {"swapped": pid}
    os.kill(pid, 9)

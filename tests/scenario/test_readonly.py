# SPDX-License-Identifier: LGPL-2.1-or-later
"""A read-only connection sees everything and changes nothing, whatever the client library thinks of it."""
import libvirt
import pytest

from harness import host, mistakes, wire
from harness.host import virsh


@pytest.fixture(scope="module")
def setup(daemons):
    from conftest import event_loop
    event_loop()
    s = mistakes.Setup()
    yield s
    s.close()


READS = [
    ("capabilities", lambda s: s.ro.getCapabilities()),
    ("version", lambda s: s.ro.getVersion()),
    ("library version", lambda s: s.ro.getLibVersion()),
    ("node info", lambda s: s.ro.getInfo()),
    ("node statistics", lambda s: s.ro.getCPUStats(-1)),
    ("list", lambda s: s.ro.listAllDomains(0)),
    ("info", lambda s: s.ro.lookupByName("on").info()),
    ("state", lambda s: s.ro.lookupByName("on").state()),
    ("document", lambda s: s.ro.lookupByName("on").XMLDesc()),
    ("inactive document", lambda s: s.ro.lookupByName("on").XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)),
    ("autostart", lambda s: s.ro.lookupByName("off").autostart()),
    ("bulk statistics", lambda s: s.ro.getAllDomainStats(0)),
]


@pytest.mark.parametrize("name,fn", READS, ids=[r[0] for r in READS])
def test_reads_are_served(setup, name, fn):
    assert fn(setup) is not None


@pytest.mark.parametrize("call,fn", mistakes.READONLY, ids=[r[0] for r in mistakes.READONLY])
def test_client_refuses_writes(setup, call, fn):
    r = mistakes.attempt(setup, fn)
    assert r["code"] == libvirt.VIR_ERR_OPERATION_DENIED, r


# A client that does not refuse by itself: procedure number and arguments, on the read-only socket.
def dom(s, name):
    d = s.c.lookupByName(name)
    return wire.domain(name, d.UUID(), d.ID())


WRITES = [
    ("create", 9, lambda s: dom(s, "off")),
    ("create-xml", 10, lambda s: wire.string(host.small_xml("x")) + wire.u32(0)),
    ("define-xml", 11, lambda s: wire.string(host.small_xml("x"))),
    ("destroy", 12, lambda s: dom(s, "on")),
    ("resume", 28, lambda s: dom(s, "on")),
    ("suspend", 34, lambda s: dom(s, "on")),
    ("undefine", 35, lambda s: dom(s, "off")),
    ("shutdown", 33, lambda s: dom(s, "on")),
    ("reboot", 27, lambda s: dom(s, "on") + wire.u32(0)),
    ("set-memory", 31, lambda s: dom(s, "on") + wire.u64(1024)),
    ("set-autostart", 29, lambda s: dom(s, "off") + wire.u32(1)),
]


@pytest.mark.parametrize("name,proc,args", WRITES, ids=[w[0] for w in WRITES])
@pytest.mark.parametrize("how", ["ro-socket", "ro-flag"])
def test_daemon_refuses_writes(setup, daemons, name, proc, args, how):
    path, flags = (daemons.kind.sock("ro"), 0) if how == "ro-socket" else (daemons.kind.sock(), 1)
    with wire.Client(path, flags=flags) as c:
        r = c.call(proc, args(setup))
        assert r.status == wire.ERROR
        e = wire.error(r.payload)
        assert e["code"] == libvirt.VIR_ERR_OPERATION_DENIED, e
    assert not setup.off.isActive() and setup.on.isActive()


def test_secure_document_is_denied(setup, daemons):
    with wire.Client(daemons.kind.sock("ro")) as c:
        r = c.call(14, dom(setup, "off") + wire.u32(libvirt.VIR_DOMAIN_XML_SECURE))
        assert r.status == wire.ERROR
        assert wire.error(r.payload)["code"] == libvirt.VIR_ERR_OPERATION_DENIED


def test_virsh_readonly(setup):
    assert "off" in virsh("list", "--all", ro=True)
    r = virsh("destroy", "on", ro=True, ok=False)
    assert r.rc == 1 and "read only" in r.err

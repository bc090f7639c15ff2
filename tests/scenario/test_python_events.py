# SPDX-License-Identifier: LGPL-2.1-or-later
"""python3-libvirt with an event loop: the exact sequence of lifecycle events with their details, per call."""
import libvirt
import pytest

from harness import host

UUID = "7a1b2c3d-1111-4222-8333-444444444402"
E = {
    "defined": (libvirt.VIR_DOMAIN_EVENT_DEFINED, libvirt.VIR_DOMAIN_EVENT_DEFINED_ADDED),
    "updated": (libvirt.VIR_DOMAIN_EVENT_DEFINED, libvirt.VIR_DOMAIN_EVENT_DEFINED_UPDATED),
    "undefined": (libvirt.VIR_DOMAIN_EVENT_UNDEFINED, libvirt.VIR_DOMAIN_EVENT_UNDEFINED_REMOVED),
    "booted": (libvirt.VIR_DOMAIN_EVENT_STARTED, libvirt.VIR_DOMAIN_EVENT_STARTED_BOOTED),
    "paused": (libvirt.VIR_DOMAIN_EVENT_SUSPENDED, libvirt.VIR_DOMAIN_EVENT_SUSPENDED_PAUSED),
    "unpaused": (libvirt.VIR_DOMAIN_EVENT_RESUMED, libvirt.VIR_DOMAIN_EVENT_RESUMED_UNPAUSED),
    "host-shutdown": (libvirt.VIR_DOMAIN_EVENT_SHUTDOWN, libvirt.VIR_DOMAIN_EVENT_SHUTDOWN_HOST),
    "destroyed": (libvirt.VIR_DOMAIN_EVENT_STOPPED, libvirt.VIR_DOMAIN_EVENT_STOPPED_DESTROYED),
    "failed": (libvirt.VIR_DOMAIN_EVENT_STOPPED, libvirt.VIR_DOMAIN_EVENT_STOPPED_FAILED),
}


class Listener:
    """Collects events of one connection in order; `take` waits for n of them."""

    def __init__(self, conn, ident=libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, dom=None):
        self.conn, self.got = conn, []
        self.id = conn.domainEventRegisterAny(dom, ident, self.callback, None)

    def callback(self, conn, dom, *args):
        self.got.append((dom.name(),) + tuple(a for a in args[:-1]))

    def take(self, n):
        host.wait_for(lambda: len(self.got) >= n, "%d events, got %s" % (n, self.got))
        out, self.got = self.got[:n], self.got[n:]
        return out

    def expect(self, name, *events):
        assert self.take(len(events)) == [(name,) + E[e] for e in events]
        assert not self.got

    def close(self):
        self.conn.domainEventDeregisterAny(self.id)


@pytest.fixture
def life(conn):
    w = Listener(conn)
    yield w
    w.close()


@pytest.fixture
def dom(conn, life):
    d = conn.defineXML(host.small_xml("ev", UUID))
    life.expect("ev", "defined")
    yield d
    try:
        if d.isActive():
            d.destroy()
        d.undefine()
    except libvirt.libvirtError:
        pass


def test_define_update_undefine(conn, dom, life):
    conn.defineXML(host.small_xml("ev", UUID, memory=48))
    life.expect("ev", "updated")
    dom.undefine()
    life.expect("ev", "undefined")


def test_start_suspend_resume_destroy(dom, life):
    dom.create()
    life.expect("ev", "unpaused", "booted")
    dom.suspend()
    life.expect("ev", "paused")
    dom.resume()
    life.expect("ev", "unpaused")
    dom.destroy()
    life.expect("ev", "host-shutdown", "destroyed")


def test_start_paused(dom, life):
    dom.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
    life.expect("ev", "booted", "paused")
    assert dom.state()[0] == libvirt.VIR_DOMAIN_PAUSED
    dom.resume()
    life.expect("ev", "unpaused")


def test_suspend_of_a_paused_guest_is_quiet(dom, life):
    dom.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
    life.expect("ev", "booted", "paused")
    dom.suspend()
    dom.resume()
    life.expect("ev", "unpaused")


def test_qemu_killed(dom, life):
    import os
    dom.create()
    life.expect("ev", "unpaused", "booted")
    os.kill(host.qemus()["ev"], 9)
    life.expect("ev", "failed")
    assert dom.state() == [libvirt.VIR_DOMAIN_SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_CRASHED]


def test_transient(conn, life):
    d = conn.createXML(host.small_xml("evt"), 0)
    life.expect("evt", "unpaused", "booted")
    d.destroy()
    life.expect("evt", "host-shutdown", "destroyed")
    with pytest.raises(libvirt.libvirtError) as e:
        d.info()
    assert e.value.get_error_code() == libvirt.VIR_ERR_NO_DOMAIN


def test_autodestroy_when_the_client_goes(conn, life):
    c2 = libvirt.open(host.URI)
    c2.createXML(host.small_xml("evt"), libvirt.VIR_DOMAIN_START_AUTODESTROY | libvirt.VIR_DOMAIN_START_PAUSED)
    life.expect("evt", "booted", "paused")
    c2.close()
    life.expect("evt", "host-shutdown", "destroyed")
    assert not host.leftovers()


def test_define_of_a_running_transient_guest(conn, life):
    d = conn.createXML(host.small_xml("evt", UUID), libvirt.VIR_DOMAIN_START_PAUSED)
    life.expect("evt", "booted", "paused")
    conn.defineXML(host.small_xml("evt", UUID))
    life.expect("evt", "defined")
    assert d.isPersistent()
    d.undefine()
    life.expect("evt", "undefined")
    assert not d.isPersistent() and d.isActive()
    d.destroy()
    life.expect("evt", "host-shutdown", "destroyed")


def test_legacy_registration_sees_the_same(conn, dom, life):
    got = []
    conn.domainEventRegister(lambda c, d, event, detail, opaque: got.append((d.name(), event, detail)), None)
    dom.create()
    life.expect("ev", "unpaused", "booted")
    host.wait_for(lambda: len(got) >= 2, "legacy events")
    assert got == [("ev",) + E["unpaused"], ("ev",) + E["booted"]]


def test_filter_by_domain(conn, dom, life):
    only = Listener(conn, dom=dom)
    other = conn.createXML(host.small_xml("evt"), libvirt.VIR_DOMAIN_START_PAUSED)
    other.destroy()
    dom.create()
    only.expect("ev", "unpaused", "booted")
    only.close()


def test_two_listeners_and_one_leaves(conn, dom, life):
    c2 = libvirt.open(host.URI)
    a, b = Listener(c2), Listener(conn, dom=dom)
    dom.create()
    a.expect("ev", "unpaused", "booted")
    b.expect("ev", "unpaused", "booted")
    a.close()
    dom.destroy()
    b.expect("ev", "host-shutdown", "destroyed")
    assert a.got == []
    b.close()
    c2.close()


def test_reboot_event_on_reset(conn, dom, life):
    w = Listener(conn, libvirt.VIR_DOMAIN_EVENT_ID_REBOOT)
    dom.create()
    dom.reset()
    assert w.take(1)[0][0] == "ev"
    w.close()


def test_metadata_event(conn, dom):
    w = Listener(conn, libvirt.VIR_DOMAIN_EVENT_ID_METADATA_CHANGE)
    dom.setMetadata(libvirt.VIR_DOMAIN_METADATA_TITLE, "A title", None, None, libvirt.VIR_DOMAIN_AFFECT_CONFIG)
    dom.setMetadata(libvirt.VIR_DOMAIN_METADATA_ELEMENT, "<a/>", "k", "http://modvirt.test/", libvirt.VIR_DOMAIN_AFFECT_CONFIG)
    assert w.take(2) == [("ev", libvirt.VIR_DOMAIN_METADATA_TITLE, None), ("ev", libvirt.VIR_DOMAIN_METADATA_ELEMENT, "http://modvirt.test/")]
    assert dom.metadata(libvirt.VIR_DOMAIN_METADATA_TITLE, None, libvirt.VIR_DOMAIN_AFFECT_CONFIG) == "A title"
    w.close()


def test_own_write_is_seen_after_the_reply(conn, dom):
    """A client that has its reply sees its write from every connection."""
    c2 = libvirt.open(host.URI)
    for _ in range(10):
        dom.create()
        assert c2.lookupByName("ev").isActive()
        dom.destroy()
        assert not c2.lookupByName("ev").isActive()
    c2.close()


def test_close_callback(daemons):
    c = libvirt.open(host.URI)
    got = []
    c.registerCloseCallback(lambda conn, reason, opaque: got.append(reason), None)
    daemons.restart()
    host.wait_for(lambda: got, "the close callback")
    assert got[0] in (libvirt.VIR_CONNECT_CLOSE_REASON_EOF, libvirt.VIR_CONNECT_CLOSE_REASON_ERROR)
    assert not c.isAlive()
    try:
        c.close()
    except libvirt.libvirtError:
        pass


def test_keepalive(daemons):
    c = libvirt.open(host.URI)
    assert c.setKeepAlive(1, 3) == 0
    assert c.isAlive()
    c.close()

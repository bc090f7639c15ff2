# SPDX-License-Identifier: LGPL-2.1-or-later
"""One of many guests has its QEMU stopped and many clients hang on calls into it; everybody else is served."""
import json
import os
import re
import signal
import time

import libvirt
import pytest

from conftest import event_loop
from harness import host, wire
from harness.host import virsh

GUESTS = 20
CALLERS = 25
pytestmark = pytest.mark.ours      # the reference has no deadline: it hangs for ever


@pytest.fixture(scope="module")
def fleet(daemons):
    event_loop()
    c = libvirt.open(host.URI)
    for i in range(GUESTS):
        d = c.defineXML(host.small_xml("s%02d" % i, "7a1b2c3d-3333-4222-8333-4444444444%02d" % i, memory=16))
        d.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED if i else 0)
    yield c
    for pid in host.qemus().values():
        os.kill(pid, signal.SIGCONT)


class Stopped:
    """QEMU of s00 under SIGSTOP with clients waiting for its monitor."""

    def __init__(self, daemons, conn):
        self.pid = host.qemus()["s00"]
        os.kill(self.pid, signal.SIGSTOP)
        d = conn.lookupByName("s00")
        dom = wire.domain("s00", d.UUID(), d.ID())
        self.clients = [wire.Client(daemons.kind.sock(), timeout=host.WAIT * 4) for _ in range(CALLERS)]
        for c in self.clients:
            c.send(1, dom + wire.string('{"execute":"query-status"}') + wire.u32(0), prog=wire.QEMU)

    def answers(self):
        return [c.recv() for c in self.clients]

    def close(self):
        os.kill(self.pid, signal.SIGCONT)
        for c in self.clients:
            c.close()


@pytest.fixture(scope="module")
def stopped(daemons, fleet):
    s = Stopped(daemons, fleet)
    yield s
    s.close()


def test_reads_answer(daemons, fleet, stopped, record_property):
    """Lists, lookups, info, documents and statistics of all guests."""
    times = []
    c = libvirt.open(host.URI)
    for _ in range(10):
        for fn in (lambda: c.listAllDomains(0), lambda: c.lookupByName("s00").info(), lambda: c.lookupByName("s00").XMLDesc(),
                   lambda: c.lookupByName("s07").state(), lambda: c.lookupByName("s07").XMLDesc()):
            t = time.monotonic()
            fn()
            times.append(time.monotonic() - t)
    t = time.monotonic()
    stats = c.getAllDomainStats(0)
    bulk = time.monotonic() - t
    assert len(stats) == GUESTS
    for d, values in stats:
        assert "state.state" in values
    times.sort()
    p99 = times[int(len(times) * 0.99) - 1]
    record_property("read_p99_ms", round(p99 * 1000, 2))
    record_property("bulk_stats_ms", round(bulk * 1000, 2))
    print("reads beside a stopped QEMU: p99 %.2f ms, bulk statistics %.1f ms" % (p99 * 1000, bulk * 1000))
    c.close()


def test_others_change_state(daemons, fleet, stopped):
    c = libvirt.open(host.URI)
    for i in range(1, GUESTS):
        d = c.lookupByName("s%02d" % i)
        d.resume()
        d.suspend()
        assert d.state()[0] == libvirt.VIR_DOMAIN_PAUSED
    for i in range(1, 6):
        d = c.lookupByName("s%02d" % i)
        d.destroy()
        d.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
    c.close()


def test_callers_are_answered_at_their_deadline(daemons, fleet, stopped):
    for r in stopped.answers():
        assert r is not None and r.status == wire.ERROR
        e = wire.error(r.payload)
        assert e["code"] == libvirt.VIR_ERR_OPERATION_TIMEOUT, e
        assert "s00" in e["message"] or "query-status" in e["message"], e


def test_domain_in_doubt(daemons, fleet, stopped):
    """Mutations fail at once, reads work."""
    d = fleet.lookupByName("s00")
    assert d.info()
    with pytest.raises(libvirt.libvirtError):
        d.suspend()


def test_comes_back(daemons, fleet, stopped):
    os.kill(stopped.pid, signal.SIGCONT)

    def works():
        try:
            fleet.lookupByName("s00").suspend()
            return True
        except libvirt.libvirtError:
            return False
    host.wait_for(works, "the guest to answer again")
    assert json.loads(virsh("qemu-monitor-command", "s00", '{"execute":"query-status"}'))["return"]["status"] == "paused"


def test_destroy_of_a_stopped_guest(daemons, fleet, stopped):
    os.kill(stopped.pid, signal.SIGSTOP)
    fleet.lookupByName("s00").destroy()
    host.wait_for(lambda: "s00" not in host.qemus(), "QEMU to end")
    assert not fleet.lookupByName("s00").isActive()
    stopped.pid = os.getpid()

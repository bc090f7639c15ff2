# SPDX-License-Identifier: LGPL-2.1-or-later
"""kill -9 of the daemon at random moments while a client defines, starts, suspends, destroys.

After each restart the list agrees with what the client was told, no running guest was lost, and nothing on the host belongs
to no listed domain.  MODVIRT_SEED repeats a run; scripts/test --soak makes 200 rounds.
"""
import os
import random
import re
import threading
import time

import libvirt
import pytest

from conftest import SOAK, event_loop
from harness import host

ROUNDS = 200 if SOAK else 15
NAMES = ["k%d" % i for i in range(4)]
UUIDS = {n: "7a1b2c3d-2222-4222-8333-44444444440%d" % i for i, n in enumerate(NAMES)}
UNKNOWN = "unknown"


class Told:
    """What the client knows of one domain: True, False or UNKNOWN."""

    def __init__(self):
        self.defined = self.running = self.paused = False

    def __repr__(self):
        return "defined=%s running=%s paused=%s" % (self.defined, self.running, self.paused)


class Worker(threading.Thread):
    """Makes random calls until one fails because the daemon went away."""

    def __init__(self, rng, told):
        super().__init__(daemon=True)
        self.rng, self.told, self.log, self.wrong = rng, told, [], None

    def run(self):
        try:
            c = libvirt.open(host.URI)
        except libvirt.libvirtError:
            return
        while self.step(c):
            pass
        try:
            c.close()
        except libvirt.libvirtError:
            pass

    def step(self, c):
        name = self.rng.choice(NAMES)
        t = self.told[name]
        if not t.defined:
            op, change = "define", {"defined": True}
        elif not t.running:
            op, change = self.rng.choice([("create", {"running": True, "paused": False}), ("create-paused", {"running": True, "paused": True}),
                                          ("create", {"running": True, "paused": False}), ("undefine", {"defined": False})])
        else:
            op, change = self.rng.choice([("destroy", {"running": False, "paused": False}), ("resume", {"paused": False}) if t.paused
                                          else ("suspend", {"paused": True})])
        before = dict(vars(t))
        vars(t).update({k: UNKNOWN for k in change})
        self.log.append("%s %s" % (op, name))
        try:
            if op == "define":
                c.defineXML(document(name))
            else:
                d = c.lookupByName(name)
                {"create": d.create, "create-paused": lambda: d.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED), "undefine": d.undefine,
                 "destroy": d.destroy, "suspend": d.suspend, "resume": d.resume}[op]()
            vars(t).update(change)
            return True
        except libvirt.libvirtError as e:
            if e.get_error_domain() in (libvirt.VIR_FROM_RPC, libvirt.VIR_FROM_REMOTE) or not c.isAlive():
                return False
            self.wrong = "%s %s: %s (was %s)" % (op, name, e, before)
            return False


def document(name):
    disk = "%s/%s.raw" % (host.IMAGES, name)
    return host.small_xml(name, UUIDS[name], devices="<disk type='file'><driver name='qemu' type='raw'/><source file='%s'/>"
                          "<target dev='vda' bus='virtio'/></disk>" % disk)


def check(told, kind):
    """Compares the new daemon's list, the processes and the files with what was told; learns what was unknown."""
    c = libvirt.open(host.URI)
    doms = {d.name(): d for d in c.listAllDomains(0)}
    procs = host.qemus()
    for name, t in told.items():
        d = doms.get(name)
        if t.defined is True:
            assert d and d.isPersistent(), "%s was defined and is lost (%s)" % (name, t)
        if t.defined is False and t.running is False:
            assert not d, "%s was undefined and is back (%s)" % (name, t)
        active = bool(d and d.isActive())
        if t.running is True:
            assert active and name in procs, "running guest %s was lost: active=%s qemu=%s" % (name, active, name in procs)
        if t.running is False:
            assert not active, "%s was destroyed and runs (%s)" % (name, t)
        assert active == (name in procs), "%s: active=%s but qemu=%s" % (name, active, name in procs)
        if active and t.paused in (True, False):
            assert (d.state()[0] == libvirt.VIR_DOMAIN_PAUSED) == t.paused, "%s: %s, state %s" % (name, t, d.state())
        t.defined, t.running = bool(d), active
        t.paused = active and d.state()[0] == libvirt.VIR_DOMAIN_PAUSED
        if not active:
            assert host.owner("%s/%s.raw" % (host.IMAGES, name)) == "root", "disk of %s keeps QEMU's owner" % name
    running = {n for n, t in told.items() if t.running}
    assert set(procs) == running, "QEMU without a domain: %s" % (set(procs) - running)
    stray = [x for x in host.forgiven(host.leftovers(), kind) if not any(re.search(r"\b%s\b" % n, x) for n in running)]
    assert not stray, "belongs to no domain: %s" % stray
    c.close()


def relearn(told):
    """After a failure: the next round starts from what is."""
    c = libvirt.open(host.URI)
    doms = {d.name(): d for d in c.listAllDomains(0)}
    for name, t in told.items():
        d = doms.get(name)
        t.defined, t.running = bool(d), bool(d and d.isActive())
        t.paused = t.running and d.state()[0] == libvirt.VIR_DOMAIN_PAUSED
    c.close()


@pytest.fixture(scope="module")
def told(daemons):
    event_loop()
    for n in NAMES:
        with open("%s/%s.raw" % (host.IMAGES, n), "wb") as f:
            f.truncate(1 << 20)
    return {n: Told() for n in NAMES}


SEED = int(os.environ.get("MODVIRT_SEED") or random.randrange(1 << 30))


@pytest.mark.parametrize("n", range(ROUNDS))
def test_killed_at_a_random_moment(daemons, told, kind, n):
    rng = random.Random(SEED * 1000 + n)
    if not daemons.running():
        daemons.start()
    w = Worker(rng, told)
    w.start()
    time.sleep(rng.uniform(0.0, 0.8))
    daemons.kill()
    w.join(host.WAIT)
    assert not w.is_alive(), "the client hangs: %s" % w.log
    daemons.start()
    if w.wrong:
        relearn(told)
        raise AssertionError("MODVIRT_SEED=%d round %d: %s\n%s" % (SEED, n, w.wrong, daemons.tail(2000)))
    try:
        try:
            check(told, kind)
        except AssertionError:
            host.wait_for(lambda: not time.sleep(1.5), "the daemon to settle")     # a dying guest may still be on its way out
            check(told, kind)
    except AssertionError as e:
        relearn(told)
        raise AssertionError("MODVIRT_SEED=%d round %d after %s: %s" % (SEED, n, w.log, e) + "\n" + daemons.tail(2000)) from None

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Scenario tests run on a private host: the first thing pytest does here is to start itself again inside one.

MODVIRT_DAEMON=ours|reference chooses the daemon (ours when it is built), MODVIRT_BUILD its build directory,
MODVIRT_SOAK=1 adds the long runs.
"""
import os
import sys
import threading

import pytest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from harness import host, ns  # noqa: E402

KIND = os.environ.get("MODVIRT_DAEMON") or ("ours" if host.KINDS["ours"].present() else "reference")
SOAK = os.environ.get("MODVIRT_SOAK") == "1"


def pytest_configure(config):
    if ns.inside() or ns.why_not() or config.option.collectonly:
        return
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture:
        capture.stop_global_capturing()
    host.make_guest()        # downloads on its first run: inside there is no network
    os._exit(ns.run([sys.executable, "-m", "pytest"] + list(config.invocation_params.args),
                    env=dict(os.environ, MODVIRT_DAEMON=KIND)))


def pytest_collection_modifyitems(items):
    why = ns.why_not() or (None if host.KINDS[KIND].present() else "%s is not there: %s" % (KIND, host.KINDS[KIND].argv[0]))
    for item in items:
        if why:
            item.add_marker(pytest.mark.skip(reason=why))
        for other in ("ours", "reference"):
            if item.get_closest_marker(other) and other != KIND:
                item.add_marker(pytest.mark.skip(reason="for the daemon `%s` only" % other))
        if item.get_closest_marker("soak") and not SOAK:
            item.add_marker(pytest.mark.skip(reason="long run: scripts/test --soak"))


def event_loop():
    """libvirt's default loop in a thread, once a process and before the first connection."""
    import libvirt
    if not getattr(event_loop, "started", False):
        event_loop.started = True
        libvirt.registerErrorHandler(lambda *a: None, None)
        libvirt.virEventRegisterDefaultImpl()

        def turn():
            while True:
                libvirt.virEventRunDefaultImpl()
        threading.Thread(target=turn, daemon=True).start()


@pytest.fixture(scope="session")
def kind():
    return KIND


@pytest.fixture(scope="module")
def daemons(kind):
    """The chosen daemon on an empty host; at the end nothing of any guest may be left."""
    ns.private_dirs()
    d = host.Daemons(kind).start()
    yield d
    left = None
    if d.running():
        left = host.forgiven(tidy(), kind)
    d.down()
    assert not left, "left behind after destroy: %s" % left


def tidy():
    """Destroys and undefines all domains through the API; returns what stays on the host."""
    import libvirt
    event_loop()
    try:
        c = libvirt.open(host.URI)
    except libvirt.libvirtError as e:
        return ["daemon does not answer at the end: %s" % e]
    for dom in c.listAllDomains(0):
        for step in (lambda: dom.isActive() and dom.destroy(), lambda: dom.undefineFlags(0x1f)):
            try:
                step()
            except libvirt.libvirtError:
                pass
    c.close()
    try:
        host.wait_for(lambda: not host.leftovers(), "the host to be clean", timeout=5)
    except AssertionError:
        pass
    return host.leftovers()


@pytest.fixture
def conn(daemons):
    import libvirt
    event_loop()
    c = libvirt.open(host.URI)
    yield c
    try:
        c.close()
    except libvirt.libvirtError:
        pass


@pytest.fixture
def ro(daemons):
    import libvirt
    event_loop()
    c = libvirt.openReadOnly(host.URI)
    yield c
    c.close()


@pytest.fixture
def xmlfile(tmp_path):
    def make(text, name="domain"):
        p = tmp_path / (name + ".xml")
        p.write_text(text)
        return str(p)
    return make

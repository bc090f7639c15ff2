# SPDX-License-Identifier: LGPL-2.1-or-later
"""/etc/libvirt/hooks/qemu and qemu.d: arguments, the document on standard input, exit status, and calls back into the daemon."""
import os
import re
import stat

import pytest

from harness import host
from harness.host import virsh

HOOK = "/etc/libvirt/hooks/qemu"
LOG = "/run/hook.log"


def install(path, body):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w") as f:
        f.write("#!/bin/sh\n" + body)
    os.chmod(path + ".new", stat.S_IRWXU)
    os.rename(path + ".new", path)


def calls():
    with open(LOG) as f:
        return f.read().splitlines()


@pytest.fixture
def hook(daemons):
    """A recording hook; the daemon must know of it before its first use."""
    install(HOOK, 'x=$(cat)\nfail=$(cat /run/hook.fail 2>/dev/null)\n'
                  'echo "$0 $1 $2 $3 $4 root=$(echo "$x" | sed -n "s/^<\\([a-z]*\\).*/\\1/p" | head -1) name=$(echo "$x" | sed -n "s:.*<name>\\(.*\\)</name>.*:\\1:p" | head -1)" >> ' + LOG
            + '\n[ "$fail" != "$2" ] || { echo "hook says no" >&2; exit 3; }\nexit 0\n')
    open(LOG, "w").close()
    daemons.restart()
    with open("/run/h.xml", "w") as f:
        f.write(host.small_xml("hooked", "7a1b2c3d-1111-4222-8333-444444444403"))
    virsh("define", "/run/h.xml")
    open(LOG, "w").close()
    yield
    for p in ("/run/hook.fail",):
        if os.path.exists(p):
            os.unlink(p)
    virsh("destroy", "hooked", ok=False)
    os.unlink(HOOK)
    virsh("undefine", "hooked", ok=False)


def short(line):
    return re.sub(r"^\S+/", "", line)


def test_arguments_and_document(daemons, hook):
    virsh("start", "hooked")
    virsh("destroy", "hooked")
    host.wait_for(lambda: len(calls()) >= 5, "five calls, got %s" % calls())
    assert [short(x) for x in calls()] == [
        "qemu hooked prepare begin - root=domain name=hooked",
        "qemu hooked start begin - root=domain name=hooked",
        "qemu hooked started begin - root=domain name=hooked",
        "qemu hooked stopped end - root=domain name=hooked",
        "qemu hooked release end - root=domain name=hooked"]


def test_reconnect(daemons, hook):
    virsh("start", "hooked")
    open(LOG, "w").close()
    daemons.restart()
    virsh("list")
    host.wait_for(calls, "the reconnect call")
    assert short(calls()[0]) == "qemu hooked reconnect begin - root=domain name=hooked"


@pytest.mark.parametrize("stage", ["prepare", "start", "started"])
def test_failing_hook_aborts(daemons, hook, stage):
    with open("/run/hook.fail", "w") as f:
        f.write(stage)
    r = virsh("start", "hooked", ok=False)
    assert r.rc == 1
    assert "hook says no" in r.err and "Hook script execution failed" in r.err, r
    assert virsh("domstate", "hooked").strip() == "shut off"
    assert not host.leftovers()
    os.unlink("/run/hook.fail")
    virsh("start", "hooked")


def test_failing_stop_hooks_do_not_matter(daemons, hook):
    virsh("start", "hooked")
    with open("/run/hook.fail", "w") as f:
        f.write("stopped")
    virsh("destroy", "hooked")
    assert virsh("domstate", "hooked").strip() == "shut off"


def test_directory_of_hooks_in_order(daemons, hook):
    d = "/etc/libvirt/hooks/qemu.d"
    for n in ("20-b", "10-a"):
        install("%s/%s" % (d, n), 'cat > /dev/null\necho "%s $1 $2 $3 $4" >> %s\n' % (n, LOG))
    open(d + "/30-not-executable", "w").write("#!/bin/sh\necho never >> %s\n" % LOG)
    daemons.restart()
    open(LOG, "w").close()
    virsh("start", "hooked")
    got = [short(x).split(" root=")[0] for x in calls() if " prepare " in x]
    assert got == ["qemu hooked prepare begin -", "10-a hooked prepare begin -", "20-b hooked prepare begin -"]
    assert "never" not in calls()
    for n in os.listdir(d):
        os.unlink(d + "/" + n)
    os.rmdir(d)


@pytest.mark.ours
def test_hook_may_ask_about_its_own_guest(daemons, hook):
    install(HOOK, 'cat > /dev/null\nvirsh -q -c qemu:///system dumpxml "$1" | grep -c "<name>$1</name>" >> %s\nexit 0\n' % LOG)
    open(LOG, "w").close()
    virsh("start", "hooked")
    virsh("destroy", "hooked")
    assert calls() == ["1"] * 5

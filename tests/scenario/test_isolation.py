# SPDX-License-Identifier: LGPL-2.1-or-later
"""How QEMU runs: as whom, with what it may do, in which control group and with which /dev; whose its files are meanwhile
and afterwards. What both daemons do is asked of both."""
import os
import re
import stat
import subprocess

import pytest

from harness import host
from harness.host import virsh

IMAGES = "/var/lib/libvirt/images"
NAME = "apart"


def qemu_pid():
    with open("/run/libvirt/qemu/%s.pid" % NAME) as f:
        return int(f.read())


def status(pid):
    with open("/proc/%d/status" % pid) as f:
        return dict(line.rstrip("\n").split(":", 1) for line in f)


def owners(paths):
    return {os.path.basename(p): (os.stat(p).st_uid, os.stat(p).st_gid) for p in paths}


def record(path):
    """libvirt's record of the owner before, {} when there is none."""
    got = {}
    for key in ("dac", "ref_dac", "timestamp_dac"):
        try:
            got[key] = os.getxattr(path, "trusted.libvirt.security." + key).decode()
        except OSError:
            pass
    return got


def user():
    import pwd
    return pwd.getpwnam("libvirt-qemu")


@pytest.fixture
def files(daemons):
    os.makedirs(IMAGES, exist_ok=True)
    top, base, ro, cd = (os.path.join(IMAGES, n) for n in ("top.qcow2", "base.qcow2", "ro.raw", "cd.iso"))
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", base, "8M"], check=True)
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-b", base, "-F", "qcow2", top], check=True)
    for p in (ro, cd):
        with open(p, "wb") as f:
            f.truncate(1 << 20)
    os.chown(top, 12, 13)
    os.chown(base, 14, 15)
    yield [top, base, ro, cd]
    virsh("destroy", NAME, ok=False)
    for p in (top, base, ro, cd):
        os.unlink(p)


def start(files, more=""):
    top, _, ro, cd = files
    disk = "<disk type='file' device='%s'><driver name='qemu' type='%s'/><source file='%s'/><target dev='%s' bus='%s'/>%s</disk>"
    devices = (disk % ("disk", "qcow2", top, "vda", "virtio", "") + disk % ("disk", "raw", ro, "vdb", "virtio", "<readonly/>")
               + disk % ("cdrom", "raw", cd, "hda", "ide", "")
               + "<channel type='unix'><source mode='bind' path='%s/own.sock'/><target type='virtio' name='x'/></channel>" % IMAGES)
    with open("/run/apart.xml", "w") as f:
        f.write(host.small_xml(NAME, devices=devices).replace("<features>", more + "<features>"))
    virsh("create", "--paused", "/run/apart.xml")
    return qemu_pid()


def test_identity(daemons, files):
    pid = start(files)
    s, u = status(pid), user()
    assert s["Uid"].split() == [str(u.pw_uid)] * 4
    assert set(s["Groups"].split()) >= {str(u.pw_gid)}
    for which in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
        assert int(s[which], 16) == 0, which
    assert s["Seccomp"].strip() == "2" and s["NoNewPrivs"].strip() == "1"
    with open("/proc/%d/environ" % pid) as f:
        env = dict(e.split("=", 1) for e in f.read().split("\0") if e)
    assert env["LC_ALL"] == "C" and re.fullmatch(r"/var/lib/libvirt/qemu/domain-\d+-apart", env["HOME"])
    assert os.readlink("/proc/%d/cwd" % pid) == "/"
    with open("/proc/%d/limits" % pid) as f:
        assert re.search(r"Max core file size +0 +0 ", f.read())


@pytest.mark.ours
def test_no_capability_can_come_back(daemons, files):
    assert int(status(start(files))["CapBnd"], 16) == 0


def test_private_dev(daemons, files):
    pid = start(files)
    root = "/proc/%d/root/dev/" % pid
    assert os.stat("/dev").st_dev != os.stat(root).st_dev
    there = set(os.listdir(root))
    assert there >= {"null", "zero", "full", "random", "urandom", "ptmx", "pts"}
    assert not there & {"mem", "kmsg", "vda", "sda", "loop0", "console"}
    assert stat.S_ISCHR(os.stat(root + "null").st_mode)


def test_place(daemons, files):
    pid = start(files)
    with open("/proc/%d/cgroup" % pid) as f:
        paths = [line.rstrip("\n").split(":", 2)[2] for line in f]
    named = [p for p in paths if re.search(r"/machine(\.slice)?/(machine-)?qemu.*apart", p)]
    assert named and any(p.endswith("/emulator") for p in named), paths
    virsh("destroy", NAME)
    left = subprocess.run("find /sys/fs/cgroup -type d -name '*apart*'", shell=True, capture_output=True, text=True).stdout
    assert not left


def test_owners(daemons, files):
    before = owners(files)
    start(files)
    u = user()
    for path in files:
        assert os.stat(path).st_uid == u.pw_uid, path
    top = record(files[0])
    if top:              # the file system keeps such attributes
        with open("/proc/stat") as f:
            boot = re.search(r"^btime (\d+)", f.read(), re.M).group(1)
        assert top == {"dac": "+12:+13", "ref_dac": "1", "timestamp_dac": boot}
    virsh("destroy", NAME)
    assert owners(files[:1])["top.qcow2"] == before["top.qcow2"]
    assert record(files[0]) == {}
    assert not os.path.exists(IMAGES + "/own.sock")


@pytest.mark.ours
def test_shared_files_go_back_too(daemons, files):
    before = owners(files)
    start(files)
    if not record(files[0]):
        pytest.skip("no trusted.* attributes on this file system")
    virsh("destroy", NAME)
    assert owners(files) == before
    assert all(record(p) == {} for p in files)


@pytest.mark.ours
def test_after_a_killed_daemon(daemons, files):
    before = owners(files)
    start(files)
    daemons.restart()
    virsh("destroy", NAME)
    assert os.stat(files[0]).st_uid == 12
    if record(files[1]) == {}:
        assert owners(files)["top.qcow2"] == before["top.qcow2"]
    assert not os.path.exists(IMAGES + "/own.sock")


def test_failed_start_takes_all_back(daemons, files):
    before = owners(files)
    os.rename(files[2], files[2] + ".away")
    try:
        with pytest.raises(AssertionError):
            start(files)
    finally:
        os.rename(files[2] + ".away", files[2])
    assert os.stat(files[0]).st_uid == before["top.qcow2"][0]
    assert record(files[0]) == {}


def test_limits_and_pins(daemons, files):
    pid = start(files, "<cputune><shares>345</shares><emulatorpin cpuset='0'/><vcpupin vcpu='0' cpuset='0'/></cputune>")
    out = virsh("schedinfo", NAME)
    assert re.search(r"cpu_shares +: 345\b", out), out
    with open("/proc/%d/status" % pid) as f:
        assert re.search(r"Cpus_allowed_list:\t0\n", f.read())


def test_dac_label_of_the_document(daemons, files):
    """Whoever asks for relabel='no' finds the file as it was."""
    top = files[0]
    os.chmod(top, 0o666)
    with open("/run/apart.xml", "w") as f:
        f.write(host.small_xml(NAME, devices="<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='%s'>"
                                             "<seclabel model='dac' relabel='no'/></source><target dev='vda' bus='virtio'/></disk>" % top))
    virsh("create", "--paused", "/run/apart.xml")
    assert (os.stat(top).st_uid, os.stat(top).st_gid) == (12, 13)
    virsh("destroy", NAME)
    assert (os.stat(top).st_uid, os.stat(top).st_gid) == (12, 13)

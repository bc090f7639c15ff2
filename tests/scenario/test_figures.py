# SPDX-License-Identifier: LGPL-2.1-or-later
"""Figures of a busy guest advance between two calls and agree with /proc and with what QEMU itself says."""
import json
import os
import re

import pytest

from harness import host
from harness.host import virsh


@pytest.fixture(scope="module")
def busy(daemons):
    with open("/run/busy.xml", "w") as f:
        f.write(host.linux_xml("busy", disk=host.guest_disk("busy"), cmdline="tick=1"))
    virsh("define", "/run/busy.xml")
    virsh("start", "busy")
    con = host.Console("busy")
    con.expect("MODVIRT-GUEST-UP")
    con.prompt()
    con.send("while :; do cat /bin/busybox > /x; sync; done &\r")
    con.expect("guest# ")
    con.close()
    return host.qemus()["busy"]


def stats(*groups):
    return dict(re.findall(r"(?m)^\s+([\w.-]+)=(.*)$", virsh("domstats", "busy", *groups)))


def proc_ns(pid):
    """CPU time of a process in nanoseconds, all threads, to the clock tick."""
    with open("/proc/%d/stat" % pid) as f:
        rest = f.read().rsplit(")", 1)[1].split()
    return (int(rest[11]) + int(rest[12])) * (10 ** 9 // os.sysconf("SC_CLK_TCK"))


def test_cpu_time_agrees_with_proc(busy):
    low = proc_ns(busy)
    got = int(stats("--cpu-total")["cpu.time"])
    info = virsh("dominfo", "busy")
    high = proc_ns(busy)
    slack = 5 * 10 ** 7 + 3 * 10 ** 8      # ticks, and what cgroup accounting adds before exec
    assert low - slack <= got <= high + slack
    assert float(re.search(r"CPU time:\s+([\d.]+)s", info).group(1)) * 1e9 <= high + slack


def test_cpu_time_advances(busy):
    a = int(stats("--cpu-total")["cpu.time"])
    host.wait_for(lambda: int(stats("--cpu-total")["cpu.time"]) > a, "cpu time to advance")


def test_block_counters_agree_with_qmp(busy):
    before = stats("--block")
    raw = json.loads(virsh("qemu-monitor-command", "busy", '{"execute":"query-blockstats"}'))["return"]
    after = stats("--block")
    dev = next(b["stats"] for b in raw if "virtio-disk0" in b.get("qdev", ""))
    for key, field in (("rd.reqs", "rd_operations"), ("wr.bytes", "wr_bytes"), ("fl.reqs", "flush_operations")):
        assert int(before["block.0." + key]) <= dev[field] <= int(after["block.0." + key]), key
    host.wait_for(lambda: int(stats("--block")["block.0.wr.bytes"]) > int(after["block.0.wr.bytes"]), "writes to be counted")


def test_memory_agrees_with_proc(busy):
    got = int(stats("--balloon")["balloon.rss"])
    with open("/proc/%d/status" % busy) as f:
        rss = int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))
    assert abs(got - rss) < 32 << 10
    assert stats("--balloon")["balloon.current"] == "196608"


def test_vcpu_time(busy):
    v = stats("--vcpu")
    assert v["vcpu.0.state"] == "1" and int(v["vcpu.0.time"]) > 0
    assert int(v["vcpu.0.time"]) <= int(stats("--cpu-total")["cpu.time"]) + 10 ** 9

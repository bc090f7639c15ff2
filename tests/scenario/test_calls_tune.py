# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls that change a domain: each on a domain that is off and on one that runs, live and in its configuration."""
import os
import re

import libvirt
import pytest

from calls import MAC, NOT_RUNNING, OFF, Pair, fails
from test_python_events import Listener

INVALID, ARG = libvirt.VIR_ERR_OPERATION_INVALID, libvirt.VIR_ERR_INVALID_ARG
LIVE, CONFIG, MAXIMUM = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG, libvirt.VIR_DOMAIN_MEM_MAXIMUM
INACTIVE = libvirt.VIR_DOMAIN_XML_INACTIVE


@pytest.fixture
def pair(conn):
    p = Pair(conn)
    yield p
    p.close()


def part(dom, element, flags=INACTIVE):
    m = re.search("<%s\\b[^>]*/>|<%s\\b.*?</%s>" % (element, element, element), dom.XMLDesc(flags), re.S)
    return m and re.sub(r"\s+", " ", m.group(0))


def on_disk(dom, element):
    """The same of the stored document."""
    text = open("/etc/libvirt/qemu/%s.xml" % dom.name()).read()
    m = re.search("<%s\\b[^>]*/>|<%s\\b.*?</%s>" % (element, element, element), text, re.S)
    return m and re.sub(r"\s+", " ", m.group(0))


# ---- text ----

def test_title_and_description(conn, pair):
    events = Listener(conn, libvirt.VIR_DOMAIN_EVENT_ID_METADATA_CHANGE)
    pair.off.setMetadata(1, "new", None, None, 0)
    assert pair.off.metadata(1, None) == "new" and on_disk(pair.off, "title") == "<title>new</title>"
    pair.off.setMetadata(1, None, None, None, 0)
    fails((libvirt.VIR_ERR_NO_DOMAIN_METADATA, ""), pair.off.metadata, 1, None)
    assert on_disk(pair.off, "title") is None
    pair.off.setMetadata(0, "two\nlines", None, None, 0)
    assert pair.off.metadata(0, None) == "two\nlines"
    pair.on.setMetadata(1, "live", None, None, LIVE)
    assert (pair.on.metadata(1, None, LIVE), pair.on.metadata(1, None, CONFIG)) == ("live", "tt")
    pair.on.setMetadata(1, "both", None, None, LIVE | CONFIG)
    assert (pair.on.metadata(1, None, LIVE), pair.on.metadata(1, None, CONFIG)) == ("both", "both")
    fails(NOT_RUNNING, pair.off.setMetadata, 1, "x", None, None, LIVE)
    fails((ARG, "title"), pair.off.setMetadata, 1, "a\nb", None, None, 0)
    fails((ARG, "unknown metadata type '9'"), pair.off.setMetadata, 9, "a", None, None, 0)
    assert events.take(5) == [("off", 1, None), ("off", 1, None), ("off", 0, None), ("on", 1, None), ("on", 1, None)]
    events.close()


def test_metadata_elements(conn, pair):
    events = Listener(conn, libvirt.VIR_DOMAIN_EVENT_ID_METADATA_CHANGE)
    dom = pair.off
    dom.setMetadata(2, "<x><y>t</y></x>", "kk", "http://c", 0)
    assert dom.metadata(2, "http://c") == "<x>\n  <y>t</y>\n</x>"
    assert on_disk(dom, "kk:x") == '<kk:x xmlns:kk="http://c"> <kk:y>t</kk:y> </kk:x>'
    dom.setMetadata(2, '<z k="1"/>', "k2", "http://c", 0)
    assert dom.metadata(2, "http://c") == '<z k="1"/>' and on_disk(dom, "kk:x") is None
    assert dom.metadata(2, "http://a") == '<x>\n  <y z="1">txt</y>\n</x>'
    dom.setMetadata(2, None, None, "http://c", 0)
    fails((libvirt.VIR_ERR_NO_DOMAIN_METADATA, ""), dom.metadata, 2, "http://c")
    dom.setMetadata(2, None, None, "http://nope", 0)
    fails((libvirt.VIR_ERR_XML_DETAIL, ""), dom.setMetadata, 2, "<z", "k", "http://c", 0)
    assert events.take(4) == [("off", 2, "http://c")] * 3 + [("off", 2, "http://nope")]
    events.close()


# ---- memory ----

def memory(dom, flags=INACTIVE):
    return [int(x) for x in re.findall(r"<(?:memory|currentMemory) unit='KiB'>(\d+)", dom.XMLDesc(flags))]


def test_memory_of_an_inactive_domain(pair):
    dom = pair.off
    dom.setMemoryFlags(40000, 0)
    assert memory(dom) == [65536, 40000] and dom.info()[1:3] == [65536, 40000]
    fails((ARG, "cannot set memory higher than max memory"), dom.setMemoryFlags, 70000, CONFIG)
    dom.setMemoryFlags(70000, CONFIG | MAXIMUM)
    assert memory(dom) == [70000, 40000]
    dom.setMaxMemory(30000)
    assert memory(dom) == [30000, 30000]
    for flags in (LIVE, LIVE | CONFIG, LIVE | MAXIMUM):
        fails(NOT_RUNNING, dom.setMemoryFlags, 30000, flags)
    fails(NOT_RUNNING, dom.setMemory, 30000)


def test_memory_of_a_running_domain(pair):
    dom = pair.on
    dom.setMemoryFlags(40000, LIVE)     # no driver in the guest answers
    assert memory(dom, 0) == [65536, 65536]
    dom.setMemoryFlags(40000, CONFIG)
    assert memory(dom) == [65536, 40000]
    for flags in (0, LIVE, CONFIG, LIVE | CONFIG):
        fails((ARG, "cannot set memory higher than max memory"), dom.setMemoryFlags, 70000, flags)
    for flags in (MAXIMUM, LIVE | MAXIMUM):
        fails((INVALID, "cannot resize the maximum memory on an active domain"), dom.setMemoryFlags, 70000, flags)
    dom.setMemoryFlags(70000, CONFIG | MAXIMUM)
    assert memory(dom) == [70000, 40000] and memory(dom, 0) == [65536, 65536]


def test_stats_period(pair):
    pair.off.setMemoryStatsPeriod(5, 0)
    assert "<stats period='5'/>" in part(pair.off, "memballoon")
    fails(NOT_RUNNING, pair.off.setMemoryStatsPeriod, 5, LIVE)
    pair.on.setMemoryStatsPeriod(7, LIVE | CONFIG)
    assert "<stats period='7'/>" in part(pair.on, "memballoon") and "<stats period='7'/>" in part(pair.on, "memballoon", 0)


# ---- vCPUs ----

def test_vcpus_of_an_inactive_domain(pair):
    dom = pair.off
    dom.setVcpusFlags(2, CONFIG)
    assert part(dom, "vcpu") == "<vcpu placement='static'>2</vcpu>"
    fails((ARG, "requested vcpus is greater than max allowable vcpus for the persistent domain: 3 > 2"),
          dom.setVcpusFlags, 3, CONFIG)
    dom.setVcpusFlags(4, CONFIG | libvirt.VIR_DOMAIN_VCPU_MAXIMUM)
    assert part(dom, "vcpu") == "<vcpu placement='static' current='2'>4</vcpu>"
    dom.setVcpusFlags(1, CONFIG | libvirt.VIR_DOMAIN_VCPU_MAXIMUM)
    assert part(dom, "vcpu") == "<vcpu placement='static'>1</vcpu>"
    fails(NOT_RUNNING, dom.setVcpus, 1)
    fails(NOT_RUNNING, dom.setVcpusFlags, 1, libvirt.VIR_DOMAIN_VCPU_GUEST)


def test_vcpu_is_plugged(pair):
    dom = pair.on
    fails((ARG, "requested vcpus is greater than max allowable vcpus for the live domain: 3 > 2"), dom.setVcpus, 3)
    dom.setVcpus(2)
    assert dom.info()[3] == 2 and dom.vcpusFlags(LIVE) == 2 and dom.vcpusFlags(CONFIG) == 1
    assert [v[0] for v in dom.vcpus()[0]] == [0, 1]
    assert "<vcpu id='1' enabled='yes' hotpluggable='yes' order='2'/>" in part(dom, "vcpus", 0)
    assert part(dom, "vcpus") is None


def test_pins(conn, pair):
    cpus = conn.getCPUMap()[0]
    first, everywhere = (True,) + (False,) * (cpus - 1), (True,) * cpus
    pair.off.pinVcpuFlags(1, first, 0)
    pair.off.pinEmulator(first, CONFIG)
    assert part(pair.off, "cputune") == ("<cputune> <shares>2048</shares> <vcpupin vcpu='0' cpuset='0'/>"
                                         " <vcpupin vcpu='1' cpuset='0'/> <emulatorpin cpuset='0'/> </cputune>")
    fails((ARG, "vcpu 9 is out of range of persistent cpu count 1"), pair.off.pinVcpuFlags, 9, first, 0)
    fails((ARG, "vcpu 9 is out of range of live cpu count 2"), pair.on.pinVcpu, 9, first)
    fails((ARG, "Empty cpu list for pinning"), pair.off.pinVcpuFlags, 0, (False,) * cpus, 0)
    fails(NOT_RUNNING, pair.off.pinVcpu, 0, first)
    fails(NOT_RUNNING, pair.off.pinEmulator, first, LIVE)
    events = Listener(conn, libvirt.VIR_DOMAIN_EVENT_ID_TUNABLE)
    pair.on.pinVcpu(0, everywhere)
    assert pair.on.vcpus()[1] == [everywhere] and pair.on.vcpuPinInfo(LIVE) == [everywhere]
    assert pair.on.vcpuPinInfo(CONFIG) == [first]
    pair.on.pinEmulator(first, LIVE)
    assert pair.on.emulatorPinInfo(LIVE) == first and pair.on.emulatorPinInfo(CONFIG) == everywhere
    text = "0-%d" % (cpus - 1) if cpus > 1 else "0"
    assert events.take(2) == [("on", {"cputune.vcpupin0": text}), ("on", {"cputune.emulatorpin": "0"})]
    events.close()


# ---- limits ----

def test_scheduler(conn, pair):
    events = Listener(conn, libvirt.VIR_DOMAIN_EVENT_ID_TUNABLE)
    pair.off.setSchedulerParametersFlags({"cpu_shares": 1024, "vcpu_quota": 50000, "vcpu_period": 100000}, CONFIG)
    assert "<shares>1024</shares> <period>100000</period> <quota>50000</quota>" in part(pair.off, "cputune")
    fails(NOT_RUNNING, pair.off.setSchedulerParametersFlags, {"cpu_shares": 1024}, LIVE)
    pair.on.setSchedulerParameters({"cpu_shares": 1024})
    pair.on.setSchedulerParametersFlags({"vcpu_quota": 50000}, LIVE)
    got = pair.on.schedulerParameters()
    assert (got["cpu_shares"], got["vcpu_quota"]) == (1024, 50000)
    assert pair.on.schedulerParametersFlags(CONFIG)["cpu_shares"] == 2048
    fails((ARG, "vcpu_quota"), pair.on.setSchedulerParameters, {"vcpu_quota": 5})
    fails((ARG, "vcpu_period"), pair.on.setSchedulerParameters, {"vcpu_period": 5})
    fails((ARG, ""), pair.on.setSchedulerParameters, {"cpu_shares": 1})
    assert events.take(2) == [("on", {"cputune.cpu_shares": 1024}), ("on", {"cputune.vcpu_quota": 50000})]
    events.close()


def test_memory_limits(pair):
    for dom, flags in ((pair.off, 0), (pair.on, LIVE), (pair.on, CONFIG)):
        dom.setMemoryParameters({"hard_limit": 500000}, flags)
        assert dom.memoryParameters(flags)["hard_limit"] == 500000
    assert part(pair.off, "memtune") == "<memtune> <hard_limit unit='KiB'>500000</hard_limit> </memtune>"
    fails((ARG, "memory hard_limit tunable value must be lower than or equal to swap_hard_limit"),
          pair.off.setMemoryParameters, {"hard_limit": 500000, "swap_hard_limit": 400000}, CONFIG)
    pair.off.setMemoryParameters({"hard_limit": 9007199254740991}, CONFIG)
    assert "500000" not in (part(pair.off, "memtune") or "")


def test_blkio_and_numa(pair):
    pair.off.setBlkioParameters({"weight": 500}, CONFIG)
    assert part(pair.off, "blkiotune") == "<blkiotune> <weight>500</weight> </blkiotune>"
    fails(NOT_RUNNING, pair.off.setBlkioParameters, {"weight": 500}, LIVE)
    pair.off.setNumaParameters({"numa_nodeset": "0"}, CONFIG)
    assert pair.off.numaParameters(CONFIG) == {"numa_mode": 0, "numa_nodeset": "0"}
    pair.on.setNumaParameters({"numa_nodeset": "0"}, LIVE)
    assert pair.on.numaParameters(LIVE) == {"numa_mode": 0, "numa_nodeset": "0"}
    fails((INVALID, "change of nodeset for running domain requires restrictive numa mode"),
          pair.on.setNumaParameters, {"numa_nodeset": "0"}, LIVE)


def test_disk_limits(conn, pair):
    events = Listener(conn, libvirt.VIR_DOMAIN_EVENT_ID_TUNABLE)
    for dom in (pair.off, pair.on):
        dom.setBlockIoTune("vda", {"total_iops_sec": 100}, 0)
        got = dom.blockIoTune("vda", 0)
        assert (got["total_iops_sec"], got["total_bytes_sec"]) == (100, 1000000)
    assert pair.on.blockIoTune("vda", CONFIG)["total_iops_sec"] == 0
    fails((ARG, ""), pair.off.setBlockIoTune, "vda", {"total_iops_sec": 5, "read_iops_sec": 5}, 0)
    name, params = events.take(1)[0]
    assert name == "on" and params["blkdeviotune.disk"] == "vda" and params["blkdeviotune.total_iops_sec"] == 100
    events.close()


# ---- the name ----

def test_rename(conn, pair):
    dom = pair.off
    dom.setAutostart(1)
    events = Listener(conn)
    dom.rename("new")
    assert dom.name() == "new" and conn.lookupByName("new").UUIDString() == OFF
    fails((libvirt.VIR_ERR_NO_DOMAIN, ""), conn.lookupByName, "off")
    assert os.path.exists("/etc/libvirt/qemu/new.xml") and not os.path.exists("/etc/libvirt/qemu/off.xml")
    assert os.readlink("/etc/libvirt/qemu/autostart/new.xml").endswith("/new.xml")
    assert not os.path.lexists("/etc/libvirt/qemu/autostart/off.xml")
    assert events.take(2) == [("off", libvirt.VIR_DOMAIN_EVENT_UNDEFINED, libvirt.VIR_DOMAIN_EVENT_UNDEFINED_RENAMED),
                              ("new", libvirt.VIR_DOMAIN_EVENT_DEFINED, libvirt.VIR_DOMAIN_EVENT_DEFINED_RENAMED)]
    events.close()
    fails((INVALID, "Can't rename domain to itself"), dom.rename, "new")
    fails((INVALID, "domain with name 'on' already exists"), dom.rename, "on")
    fails((libvirt.VIR_ERR_XML_ERROR, "name a/b cannot contain '/'"), dom.rename, "a/b")
    fails((INVALID, "cannot rename active domain"), pair.on.rename, "other")

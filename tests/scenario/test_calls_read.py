# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls that read: each on a domain that is off and on one that runs (paused, so that figures stand still)."""
import re

import libvirt
import pytest

from calls import MAC, NOT_RUNNING, OFF, ON, Pair, fails

INVALID, UNSUPPORTED, ARG, NO_METADATA = (libvirt.VIR_ERR_OPERATION_INVALID, libvirt.VIR_ERR_OPERATION_UNSUPPORTED,
                                          libvirt.VIR_ERR_INVALID_ARG, libvirt.VIR_ERR_NO_DOMAIN_METADATA)
LIVE, CONFIG = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG
UNLIMITED = 9007199254740991


@pytest.fixture(scope="module")
def pair(daemons):
    from conftest import event_loop
    from harness import host
    event_loop()
    conn = libvirt.open(host.URI)
    p = Pair(conn)
    yield p
    p.close()
    conn.close()


# ---- finding ----

def test_lookup(conn, pair):
    for ref, uuid, ident in ((pair.off, OFF, -1), (pair.on, ON, pair.on.ID())):
        for got in (conn.lookupByName(ref.name()), conn.lookupByUUIDString(uuid)):
            assert (got.name(), got.UUIDString(), got.ID()) == (ref.name(), uuid, ident)
    assert conn.lookupByID(pair.on.ID()).name() == "on"
    fails((libvirt.VIR_ERR_NO_DOMAIN, "no domain with matching id 4242"), conn.lookupByID, 4242)
    fails((libvirt.VIR_ERR_NO_DOMAIN, "no domain with matching name 'nope'"), conn.lookupByName, "nope")


def test_lists(conn, pair):
    assert conn.listDomainsID() == [pair.on.ID()]
    assert conn.listDefinedDomains() == ["off"]
    assert (conn.numOfDomains(), conn.numOfDefinedDomains()) == (1, 1)


@pytest.mark.parametrize("bit,names", [
    (0, "off on"), (1, "on"), (2, "off"), (3, "off on"), (4, "off on"), (8, ""), (16, ""), (32, "on"), (64, "off"),
    (128, ""), (96, "off on"), (256, ""), (512, "off on"), (1024, ""), (2048, "off on"), (4096, ""), (8192, "off on"),
    (16384, ""), (32768, "off on"), (1 | 64, ""), (1 | 32, "on")])
def test_list_filters(conn, pair, bit, names):
    assert sorted(d.name() for d in conn.listAllDomains(bit)) == names.split()


def test_list_autostart(conn, pair):
    pair.off.setAutostart(1)
    try:
        assert [d.name() for d in conn.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_AUTOSTART)] == ["off"]
        assert pair.off.autostart() == 1 and pair.on.autostart() == 0
    finally:
        pair.off.setAutostart(0)


def test_yes_or_no(pair):
    assert (pair.off.isActive(), pair.off.isPersistent(), pair.off.isUpdated()) == (0, 1, 0)
    assert (pair.on.isActive(), pair.on.isPersistent(), pair.on.isUpdated()) == (1, 1, 0)
    assert (pair.off.hasManagedSaveImage(), pair.on.hasManagedSaveImage()) == (0, 0)


# ---- what it is ----

def test_info(pair):
    assert pair.off.info() == [libvirt.VIR_DOMAIN_SHUTOFF, 65536, 32768, 1, 0]
    info = pair.on.info()
    assert info[:4] == [libvirt.VIR_DOMAIN_PAUSED, 65536, 65536, 1] and info[4] > 0


def test_state(pair):
    assert pair.off.state() == [libvirt.VIR_DOMAIN_SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_UNKNOWN]
    assert pair.on.state() == [libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_USER]


def test_os_type_and_memory(pair):
    for dom in (pair.off, pair.on):
        assert dom.OSType() == "hvm" and dom.maxMemory() == 65536


def test_documents(pair):
    off, on, inactive = pair.off.XMLDesc(0), pair.on.XMLDesc(0), pair.on.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
    assert " id='" not in off.split("\n")[0] and "<alias" not in off
    assert " id='%d'" % pair.on.ID() in on and "<alias name='virtio-disk0'/>" in on
    assert " id='" not in inactive.split("\n")[0] and "<alias" not in inactive
    assert "<currentMemory unit='KiB'>32768</currentMemory>" in inactive
    assert "<currentMemory unit='KiB'>65536</currentMemory>" in on
    assert re.search("<metadata>.*http://a.*</metadata>", off, re.S)


def test_vcpus(pair):
    fails((INVALID, "cannot retrieve vcpu information for inactive domain"), pair.off.vcpus)
    fails(NOT_RUNNING, pair.off.maxVcpus)
    assert pair.on.maxVcpus() == 2
    vcpus, maps = pair.on.vcpus()
    assert [v[:2] for v in vcpus] == [(0, libvirt.VIR_VCPU_RUNNING)] and maps[0][0] and not any(maps[0][1:])


@pytest.mark.parametrize("flags,n", [(0, 1), (LIVE, 1), (CONFIG, 1), (4, 2), (4 | LIVE, 2), (4 | CONFIG, 2)])
def test_vcpus_flags(pair, flags, n):
    assert pair.on.vcpusFlags(flags) == n
    if flags & LIVE:
        fails(NOT_RUNNING, pair.off.vcpusFlags, flags)
    else:
        assert pair.off.vcpusFlags(flags) == n


def test_vcpus_flags_refused(pair):
    fails((ARG, "mutually exclusive"), pair.on.vcpusFlags, LIVE | CONFIG)
    fails((ARG, "can only be requested for live domains"), pair.off.vcpusFlags, libvirt.VIR_DOMAIN_VCPU_GUEST)


def test_pins(conn, pair):
    cpus = conn.getCPUMap()[0]
    first = (True,) + (False,) * (cpus - 1)
    for dom in (pair.off, pair.on):
        assert dom.vcpuPinInfo(0) == [first]
        assert dom.emulatorPinInfo(0) == (True,) * cpus
        assert dom.ioThreadInfo(0) == []
    fails(NOT_RUNNING, pair.off.vcpuPinInfo, LIVE)
    fails(NOT_RUNNING, pair.off.emulatorPinInfo, LIVE)


def test_control_and_jobs(pair):
    fails(NOT_RUNNING, pair.off.controlInfo)
    fails(NOT_RUNNING, pair.off.jobInfo)
    fails(NOT_RUNNING, pair.off.jobStats)
    assert pair.on.controlInfo() == [0, 0, 0]
    assert pair.on.jobInfo() == [0] * 12
    assert pair.on.jobStats() == {"type": 0} and pair.off.jobStats(libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED) == {"type": 0}
    fails((ARG, "is required by flag"), pair.on.jobStats, libvirt.VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED)


def test_messages(pair):
    for flags in (0, 1, 2):
        assert pair.off.messages(flags) == [] and pair.on.messages(flags) == []


def test_labels(pair):
    assert pair.off.securityLabelList() == [] and pair.off.securityLabel() == ["", False]
    assert [x[1] for x in pair.on.securityLabelList()] == [False] * len(pair.on.securityLabelList())
    assert re.fullmatch(r"\+\d+:\+\d+", pair.on.securityLabelList()[-1][0])


@pytest.mark.parametrize("what,uri,text", [
    (0, None, "dd & ee"), (1, None, "tt"), (2, "http://a", '<x>\n  <y z="1">txt</y>\n</x>'), (2, "http://b", "<b/>")],
    ids=["description", "title", "element", "empty"])
def test_metadata(pair, what, uri, text):
    for dom in (pair.off, pair.on):
        assert dom.metadata(what, uri, 0) == text and dom.metadata(what, uri, CONFIG) == text
    assert pair.on.metadata(what, uri, LIVE) == text
    fails(NOT_RUNNING, pair.off.metadata, what, uri, LIVE)


def test_metadata_refused(pair):
    fails((NO_METADATA, "Requested metadata element is not present"), pair.off.metadata, 2, "http://c", 0)
    fails((ARG, "unknown metadata type '9'"), pair.off.metadata, 9, None, 0)


# ---- figures ----

def test_disks(pair):
    fails(NOT_RUNNING, pair.off.diskErrors)
    assert pair.on.diskErrors() == {}
    for dom in (pair.off, pair.on):
        capacity, allocation, physical = dom.blockInfo("vda")
        assert (capacity, physical) == (1 << 20, 1 << 20) and allocation <= 1 << 20
        fails((ARG, "disk 'hdc' does not currently have a source assigned"), dom.blockInfo, "hdc")
        fails((ARG, "invalid path nope not assigned to domain"), dom.blockInfo, "nope")
    fails(NOT_RUNNING, pair.off.blockStats, "vda")
    fails(NOT_RUNNING, pair.off.blockStatsFlags, "vda")
    for path in ("vda", "hdc", ""):
        assert pair.on.blockStats(path) == (0, 0, 0, 0, -1)
        assert list(pair.on.blockStatsFlags(path)) == [
            "wr_bytes", "wr_operations", "rd_bytes", "rd_operations", "flush_operations", "wr_total_times",
            "rd_total_times", "flush_total_times"]
    fails((ARG, "invalid path: nope"), pair.on.blockStats, "nope")


def test_interfaces(pair):
    fails(NOT_RUNNING, pair.off.interfaceStats, MAC)
    fails((libvirt.VIR_ERR_INTERNAL_ERROR, "Interface name not provided"), pair.on.interfaceStats, MAC)
    fails((ARG, "'vnet0' is not a known interface"), pair.on.interfaceStats, "vnet0")
    for dom in (pair.off, pair.on):
        got = dom.interfaceParameters(MAC, 0)
        assert list(got) == ["inbound.average", "inbound.peak", "inbound.burst", "inbound.floor", "outbound.average",
                             "outbound.peak", "outbound.burst"] and not any(got.values())
        fails((ARG, "'vnet0' is not a known interface"), dom.interfaceParameters, "vnet0", 0)


def test_memory_stats(pair):
    fails(NOT_RUNNING, pair.off.memoryStats)
    got = pair.on.memoryStats()
    assert list(got) == ["actual", "last_update", "rss"] and got["actual"] == 65536 and got["rss"] > 1000


def test_cpu_stats(pair):
    fails(NOT_RUNNING, pair.off.getCPUStats, True)
    total, = pair.on.getCPUStats(True)
    assert list(total) == ["cpu_time", "user_time", "system_time"] and total["cpu_time"] > 0


# ---- limits ----

def test_scheduler(pair):
    names = ["cpu_shares", "vcpu_period", "vcpu_quota", "emulator_period", "emulator_quota", "global_period",
             "global_quota", "iothread_period", "iothread_quota"]
    for dom in (pair.off, pair.on):
        assert dom.schedulerType() == ("posix", 9)
        config = dom.schedulerParametersFlags(CONFIG)
        assert list(config) == names and list(config.values()) == [2048] + [0] * 8
    live = pair.on.schedulerParametersFlags(LIVE)
    assert list(live.values()) == [2048] + [100000, -1] * 4
    assert pair.on.schedulerParameters() == live
    fails(NOT_RUNNING, pair.off.schedulerParametersFlags, LIVE)


def test_memory_limits(pair):
    for dom in (pair.off, pair.on):
        for flags in (0, CONFIG):
            assert dom.memoryParameters(flags) == dict.fromkeys(("hard_limit", "soft_limit", "swap_hard_limit"), UNLIMITED)
    fails(NOT_RUNNING, pair.off.memoryParameters, LIVE)


def test_other_limits(pair):
    for dom in (pair.off, pair.on):
        assert dom.numaParameters(0) == {"numa_mode": 0, "numa_nodeset": ""}
        config = dom.blkioParameters(CONFIG)
        assert list(config) == ["weight", "device_weight", "device_read_iops_sec", "device_write_iops_sec",
                                "device_read_bytes_sec", "device_write_bytes_sec"] and not any(config.values())
        perf = dom.perfEvents(0)
        assert len(perf) == 22 and not any(perf.values())
        tune = dom.blockIoTune("vda", 0)
        assert len(tune) == 20 and tune["total_bytes_sec"] == 1000000
        assert not any(v for k, v in tune.items() if k not in ("total_bytes_sec", "group_name"))
    assert pair.on.blkioParameters(LIVE)["device_weight"] == ""
    fails((ARG, "disk 'nope' not found in domain"), pair.on.blockIoTune, "nope", 0)
    fails((ARG, "disk 'nope' was not found in the domain config"), pair.off.blockIoTune, "nope", 0)


@pytest.mark.ours
def test_group_of_block_io_weight(pair):
    assert pair.on.blkioParameters(0)["weight"] in (0, 100, 500)

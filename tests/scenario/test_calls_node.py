# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls about the machine and the hypervisor."""
import os
import xml.etree.ElementTree as ET

import libvirt
import pytest

from calls import fails

ARG, INTERNAL = libvirt.VIR_ERR_INVALID_ARG, libvirt.VIR_ERR_INTERNAL_ERROR


def test_connection(conn):
    assert conn.getType() == "QEMU"
    assert conn.getVersion() // 1000000 >= 5
    assert conn.getURI() == "qemu:///system" and conn.isAlive() and conn.isSecure() == 1 and conn.isEncrypted() == 0


def test_max_vcpus(conn):
    assert conn.getMaxVcpus("qemu") >= 16
    fails((ARG, "unknown type 'wings'"), conn.getMaxVcpus, "wings")


def test_node_info(conn):
    model, memory, cpus, _, nodes, sockets, cores, threads = conn.getInfo()
    assert model == os.uname().machine and cpus == os.cpu_count() and nodes * sockets * cores * threads >= cpus
    assert memory > 0


def test_cpu_map(conn):
    n, cpus, online = conn.getCPUMap()
    assert n == len(cpus) and sum(cpus) == online == os.cpu_count()


def test_memory(conn):
    assert 0 < conn.getFreeMemory() <= conn.getInfo()[1] << 20
    cells = conn.getCellsFreeMemory(0, 16)
    assert len(cells) == conn.getInfo()[4]
    fails((INTERNAL, "start cell 90 out of range"), conn.getCellsFreeMemory, 90, 1)
    pages = conn.getFreePages([4], 0, 1)
    assert pages[0][4] > 0


def test_statistics(conn):
    assert list(conn.getCPUStats(-1)) == ["kernel", "user", "idle", "iowait"]
    assert set(conn.getMemoryStats(-1)) == {"total", "free", "buffers", "cached"}
    fails((ARG, ""), conn.getCPUStats, 4096)
    fails((ARG, ""), conn.getMemoryStats, 90)


def test_security_model(conn):
    model, doi = conn.getSecurityModel()
    assert model in ("none", "dac", "apparmor", "selinux") and doi in ("", "0")


def test_capabilities(conn):
    caps = ET.fromstring(conn.getCapabilities())
    assert caps.find("host/uuid") is not None and caps.find("host/cpu/arch").text == os.uname().machine
    assert "x86_64" in [a.get("name") for a in caps.findall("guest/arch")]
    dom = ET.fromstring(conn.getDomainCapabilities(None, "x86_64", None, "qemu"))
    assert dom.find("domain").text == "qemu" and dom.find("arch").text == "x86_64"
    fails((ARG, "unknown virttype: wings"), conn.getDomainCapabilities, None, None, None, "wings")
    fails((ARG, "unknown architecture: z80"), conn.getDomainCapabilities, None, "z80", None, None)


def test_cpu_models(conn):
    assert "qemu64" in conn.getCPUModelNames("x86_64")


@pytest.mark.ours
def test_no_migration_yet(conn):
    """What clients ask before they migrate is answered with no until it can be done."""
    dom = conn.defineXML("<domain type='qemu'><name>m</name><memory>1024</memory><os><type>hvm</type></os></domain>")
    with pytest.raises(libvirt.libvirtError):
        dom.migrateToURI3("qemu+unix:///system", {}, libvirt.VIR_MIGRATE_PEER2PEER)
    dom.undefine()

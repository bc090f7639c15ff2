# SPDX-License-Identifier: LGPL-2.1-or-later
"""Common mistakes, each made on purpose: what a client is told.  Rows of (call, situation, function)."""
import os
import re
import subprocess

import libvirt

from . import host

ROWS = []
NOUUID = "00000000-1111-4222-8333-444444444444"
U = ["11111111-1111-4222-8333-44444444444%x" % i for i in range(16)]


def mistake(call, situation):
    def add(fn):
        ROWS.append((call, situation, fn))
        return fn
    return add


def row(call, situation, fn):
    ROWS.append((call, situation, fn))


def stale(s):
    """A handle of a domain that is gone."""
    d = s.c.defineXML(host.small_xml("gone"))
    d.undefine()
    return d


class Setup:
    """Two defined domains, one running (paused firmware), one off."""

    def __init__(self, uri=host.URI):
        self.c = libvirt.open(uri)
        self.ro = libvirt.openReadOnly(uri)
        self.off = self.c.defineXML(host.small_xml("off", U[0]))
        self.on = self.c.defineXML(host.small_xml("on", U[1]))
        self.on.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
        self.trans = self.c.createXML(host.small_xml("trans", U[2]), libvirt.VIR_DOMAIN_START_PAUSED)

    def close(self):
        for d in self.c.listAllDomains(0):
            if d.isActive():
                d.destroy()
            try:
                d.undefine()
            except libvirt.libvirtError:
                pass
        self.ro.close()
        self.c.close()


row("virDomainLookupByName", "no such name", lambda s: s.c.lookupByName("nope"))
row("virDomainLookupByUUIDString", "no such uuid", lambda s: s.c.lookupByUUIDString(NOUUID))
row("virDomainLookupByID", "no such id", lambda s: s.c.lookupByID(4242))
row("virDomainCreate", "already running", lambda s: s.on.create())
row("virDomainCreateWithFlags", "unknown flag", lambda s: s.off.createWithFlags(1 << 20))
row("virDomainCreate", "handle of an undefined domain", lambda s: stale(s).create())
row("virDomainGetInfo", "handle of an undefined domain", lambda s: stale(s).info())
row("virDomainGetXMLDesc", "handle of an undefined domain", lambda s: stale(s).XMLDesc())
row("virDomainGetXMLDesc", "unknown flag", lambda s: s.off.XMLDesc(1 << 20))
row("virDomainGetXMLDesc", "secure on a read-only connection", lambda s: s.ro.lookupByName("off").XMLDesc(libvirt.VIR_DOMAIN_XML_SECURE))
row("virDomainDestroy", "not running", lambda s: s.off.destroy())
row("virDomainDestroyFlags", "unknown flag", lambda s: s.on.destroyFlags(1 << 20))
row("virDomainShutdown", "not running", lambda s: s.off.shutdown())
row("virDomainShutdownFlags", "acpi and agent", lambda s: s.on.shutdownFlags(0x100))
row("virDomainShutdownFlags", "agent without a channel", lambda s: s.on.shutdownFlags(libvirt.VIR_DOMAIN_SHUTDOWN_GUEST_AGENT))
row("virDomainReboot", "not running", lambda s: s.off.reboot())
row("virDomainReset", "not running", lambda s: s.off.reset())
row("virDomainSuspend", "not running", lambda s: s.off.suspend())
row("virDomainResume", "not running", lambda s: s.off.resume())


@mistake("virDomainResume", "already running")
def resume_running(s):
    s.trans.resume()
    s.trans.resume()


row("virDomainUndefine", "transient", lambda s: s.trans.undefine())
row("virDomainUndefineFlags", "unknown flag", lambda s: s.off.undefineFlags(1 << 20))
row("virDomainSetAutostart", "transient", lambda s: s.trans.setAutostart(1))
row("virDomainGetAutostart", "transient", lambda s: s.trans.autostart())
row("virDomainDefineXML", "same name, other uuid", lambda s: s.c.defineXML(host.small_xml("off", U[5])))
row("virDomainDefineXML", "same uuid, other name", lambda s: s.c.defineXML(host.small_xml("other", U[0])))
row("virDomainCreateXML", "same name, running", lambda s: s.c.createXML(host.small_xml("on", U[1]), 0))
row("virDomainCreateXML", "same name, other uuid", lambda s: s.c.createXML(host.small_xml("on", U[5]), 0))
row("virDomainDefineXML", "empty document", lambda s: s.c.defineXML(""))
row("virDomainDefineXML", "not XML", lambda s: s.c.defineXML("hello"))
row("virDomainDefineXML", "unclosed element", lambda s: s.c.defineXML("<domain type='qemu'><name>x</name>"))
row("virDomainDefineXML", "wrong root", lambda s: s.c.defineXML("<network><name>x</name></network>"))
row("virDomainDefineXML", "no type", lambda s: s.c.defineXML(host.small_xml("x").replace(" type='qemu'", "", 1)))
row("virDomainDefineXML", "unknown type", lambda s: s.c.defineXML(host.small_xml("x").replace("'qemu'", "'wings'", 1)))
row("virDomainDefineXML", "type of another hypervisor", lambda s: s.c.defineXML(host.small_xml("x").replace("'qemu'", "'xen'", 1)))
row("virDomainDefineXML", "no name", lambda s: s.c.defineXML(host.small_xml("x").replace("<name>x</name>", "")))
row("virDomainDefineXML", "empty name", lambda s: s.c.defineXML(host.small_xml("")))
row("virDomainDefineXML", "name with a slash", lambda s: s.c.defineXML(host.small_xml("a/b")))
row("virDomainDefineXML", "name with a newline", lambda s: s.c.defineXML(host.small_xml("a\nb")))
row("virDomainDefineXML", "name of 300 letters", lambda s: s.c.defineXML(host.small_xml("n" * 300)))
row("virDomainDefineXML", "bad uuid", lambda s: s.c.defineXML(host.small_xml("x", "not-a-uuid")))
row("virDomainDefineXML", "no memory", lambda s: s.c.defineXML(re.sub("<memory.*</memory>", "", host.small_xml("x"))))
row("virDomainDefineXML", "memory is a word", lambda s: s.c.defineXML(re.sub("<memory.*</memory>", "<memory>lots</memory>", host.small_xml("x"))))
row("virDomainDefineXML", "memory of an unknown unit", lambda s: s.c.defineXML(host.small_xml("x").replace("'MiB'", "'furlong'")))
row("virDomainDefineXML", "no os type", lambda s: s.c.defineXML(re.sub("<os>.*</os>", "<os/>", host.small_xml("x"))))
row("virDomainDefineXML", "unknown os type", lambda s: s.c.defineXML(host.small_xml("x").replace(">hvm<", ">magic<")))
row("virDomainDefineXML", "unknown architecture", lambda s: s.c.defineXML(host.small_xml("x").replace("x86_64'", "z80'", 1)))
row("virDomainDefineXML", "architecture without an emulator", lambda s: s.c.defineXML(re.sub("<emulator>.*</emulator>", "", host.small_xml("x")).replace("x86_64'", "s390x'", 1)))
row("virDomainDefineXML", "unknown machine", lambda s: s.c.defineXML(host.small_xml("x", machine="enigma")))
row("virDomainDefineXML", "missing emulator", lambda s: s.c.defineXML(host.small_xml("x").replace("/usr/bin/qemu-system-x86_64", "/no/such/qemu")))
row("virDomainDefineXML", "vcpu 0", lambda s: s.c.defineXML(host.small_xml("x").replace("<vcpu>1", "<vcpu>0")))
row("virDomainDefineXML", "vcpu current above maximum", lambda s: s.c.defineXML(host.small_xml("x").replace("<vcpu>1", "<vcpu current='3'>1")))
row("virDomainDefineXML", "vcpu 100000", lambda s: s.c.defineXML(host.small_xml("x").replace("<vcpu>1", "<vcpu>100000")))
row("virDomainDefineXML", "disk without target", lambda s: s.c.defineXML(host.small_xml("x", devices="<disk type='file'><source file='/a'/></disk>")))
row("virDomainDefineXML", "disk of unknown bus", lambda s: s.c.defineXML(host.small_xml("x", devices="<disk type='file'><source file='/a'/><target dev='vda' bus='warp'/></disk>")))
row("virDomainDefineXML", "two disks with one target", lambda s: s.c.defineXML(host.small_xml("x", devices="<disk type='file'><source file='/a'/><target dev='vda'/></disk><disk type='file'><source file='/b'/><target dev='vda'/></disk>")))
row("virDomainDefineXML", "two devices on one PCI address", lambda s: s.c.defineXML(host.small_xml("x", devices="".join("<interface type='user'><address type='pci' slot='0x07'/></interface>" for _ in "ab"))))
row("virDomainDefineXML", "bad MAC", lambda s: s.c.defineXML(host.small_xml("x", devices="<interface type='user'><mac address='zz'/></interface>")))
row("virDomainDefineXML", "unknown interface type", lambda s: s.c.defineXML(host.small_xml("x", devices="<interface type='telepathy'/>")))
row("virDomainDefineXML", "unknown graphics type", lambda s: s.c.defineXML(host.small_xml("x", devices="<graphics type='hologram'/>")))
row("virDomainDefineXML", "unknown lifecycle action", lambda s: s.c.defineXML(host.small_xml("x").replace("<devices>", "<on_reboot>dance</on_reboot><devices>")))
row("virDomainDefineXMLFlags", "unknown flag", lambda s: s.c.defineXMLFlags(host.small_xml("x"), 1 << 20))
row("virDomainDefineXMLFlags", "validate, unknown element", lambda s: s.c.defineXMLFlags(host.small_xml("x").replace("<devices>", "<nonsense/><devices>"), libvirt.VIR_DOMAIN_DEFINE_VALIDATE))
row("virDomainCreateXML", "unknown flag", lambda s: s.c.createXML(host.small_xml("x"), 1 << 20))
row("virDomainCreateXML", "disk file is missing", lambda s: s.c.createXML(host.small_xml("x", devices="<disk type='file'><source file='/no/such/disk'/><target dev='vda'/></disk>"), 0))


@mistake("virDomainCreateXML", "QEMU exits at once (kernel is not a kernel)")
def bad_kernel(s):
    with open("/var/lib/libvirt/images/notakernel", "w") as f:
        f.write("x" * 100)
    s.c.createXML(host.small_xml("x").replace("</os>", "<kernel>/var/lib/libvirt/images/notakernel</kernel></os>"), 0)


row("virDomainCreateXML", "user network with a port in use by VNC", lambda s: (s.c.createXML(host.small_xml("x", devices="<graphics type='vnc' port='5999'/>"), 0), s.c.createXML(host.small_xml("y", devices="<graphics type='vnc' port='5999'/>"), 0)))
row("virDomainOpenConsole", "not running", lambda s: s.off.openConsole(None, s.c.newStream(), 0))
row("virDomainOpenConsole", "no console", lambda s: s.on.openConsole(None, s.c.newStream(), 0))
row("virDomainOpenConsole", "no such device", lambda s: s.on.openConsole("nope", s.c.newStream(), 0))
row("virDomainOpenChannel", "no channel", lambda s: s.on.openChannel("x", s.c.newStream(), 0))
row("virDomainScreenshot", "not running", lambda s: s.off.screenshot(s.c.newStream(), 0))
row("virDomainScreenshot", "no video", lambda s: s.on.screenshot(s.c.newStream(), 0))
row("virDomainScreenshot", "no such screen", lambda s: s.on.screenshot(s.c.newStream(), 7))
row("virDomainSendKey", "not running", lambda s: s.off.sendKey(0, 0, [30], 1))
row("virDomainInjectNMI", "not running", lambda s: s.off.injectNMI())
row("virDomainSetMemory", "not running, live", lambda s: s.off.setMemoryFlags(16384, libvirt.VIR_DOMAIN_AFFECT_LIVE))
row("virDomainSetMemory", "above the maximum", lambda s: s.off.setMemoryFlags(1 << 30, libvirt.VIR_DOMAIN_AFFECT_CONFIG))
row("virDomainSetMemory", "no balloon", lambda s: s.on.setMemory(16384))
row("virDomainSetMaxMemory", "running", lambda s: s.on.setMaxMemory(1 << 20))
row("virDomainSetVcpus", "0", lambda s: s.off.setVcpusFlags(0, libvirt.VIR_DOMAIN_AFFECT_CONFIG))
row("virDomainSetVcpus", "above the maximum", lambda s: s.off.setVcpusFlags(9, libvirt.VIR_DOMAIN_AFFECT_CONFIG))
row("virDomainSetVcpus", "config of a transient domain", lambda s: s.trans.setVcpusFlags(1, libvirt.VIR_DOMAIN_AFFECT_CONFIG))
row("virDomainGetVcpus", "not running", lambda s: s.off.vcpus())
row("virDomainMemoryStats", "not running", lambda s: s.off.memoryStats())
row("virDomainBlockStats", "not running", lambda s: s.off.blockStats("vda"))
row("virDomainBlockStats", "no such disk", lambda s: s.on.blockStats("vda"))
row("virDomainBlockInfo", "no such disk", lambda s: s.on.blockInfo("vda"))
row("virDomainInterfaceStats", "not running", lambda s: s.off.interfaceStats("vnet0"))
row("virDomainInterfaceStats", "no such interface", lambda s: s.on.interfaceStats("vnet0"))
row("virDomainGetMetadata", "no metadata", lambda s: s.off.metadata(libvirt.VIR_DOMAIN_METADATA_DESCRIPTION, None))
row("virDomainGetMetadata", "element without uri", lambda s: s.off.metadata(libvirt.VIR_DOMAIN_METADATA_ELEMENT, None))
row("virDomainSetMetadata", "title with a newline", lambda s: s.off.setMetadata(libvirt.VIR_DOMAIN_METADATA_TITLE, "a\nb", None, None))
row("virDomainRename", "running", lambda s: s.on.rename("other"))
row("virDomainRename", "to a name in use", lambda s: s.off.rename("on"))
row("virDomainSave", "not running", lambda s: s.off.save("/run/x"))
row("virDomainManagedSave", "transient", lambda s: s.trans.managedSave())
row("virDomainRestore", "no such file", lambda s: s.c.restore("/no/such/file"))
row("virDomainCoreDump", "not running", lambda s: s.off.coreDump("/run/x"))
row("virDomainGetControlInfo", "not running", lambda s: s.off.controlInfo())
row("virDomainGetJobInfo", "not running", lambda s: s.off.jobInfo())
row("virDomainAbortJob", "no job", lambda s: s.on.abortJob())
row("virDomainGetTime", "no agent", lambda s: s.on.getTime())
row("virDomainQemuAgentCommand", "no agent", lambda s: __import__("libvirt_qemu").qemuAgentCommand(s.on, "{}", 1, 0))
row("virDomainQemuMonitorCommand", "not running", lambda s: __import__("libvirt_qemu").qemuMonitorCommand(s.off, "{}", 0))
row("virDomainQemuMonitorCommand", "not JSON", lambda s: __import__("libvirt_qemu").qemuMonitorCommand(s.on, "{", 0))
row("virDomainAttachDevice", "not running", lambda s: s.off.attachDevice("<disk type='file'><source file='/a'/><target dev='vda'/></disk>"))
row("virDomainAttachDevice", "not a device", lambda s: s.on.attachDevice("<flower/>"))
row("virDomainDetachDevice", "no such device", lambda s: s.on.detachDevice("<disk type='file'><source file='/a'/><target dev='vda'/></disk>"))
row("virDomainUpdateDeviceFlags", "no such disk", lambda s: s.on.updateDeviceFlags("<disk type='file' device='cdrom'><target dev='hdc'/></disk>"))
row("virDomainSnapshotLookupByName", "no such snapshot", lambda s: s.off.snapshotLookupByName("x"))
row("virDomainPinVcpu", "no such vcpu", lambda s: s.on.pinVcpu(9, (True,)))
row("virDomainPinVcpu", "not running", lambda s: s.off.pinVcpu(0, (True,)))
row("virConnectGetDomainCapabilities", "unknown architecture", lambda s: s.c.getDomainCapabilities(None, "z80", None, None))
row("virConnectGetDomainCapabilities", "missing emulator", lambda s: s.c.getDomainCapabilities("/no/such/qemu", None, None, None))
row("virConnectGetDomainCapabilities", "unknown machine", lambda s: s.c.getDomainCapabilities(None, "x86_64", "enigma", None))
row("virConnectGetDomainCapabilities", "unknown virtualisation type", lambda s: s.c.getDomainCapabilities(None, None, None, "wings"))
row("virConnectDomainXMLToNative", "unknown format", lambda s: s.c.domainXMLToNative("vax", host.small_xml("x"), 0))
row("virConnectDomainXMLFromNative", "qemu-argv", lambda s: s.c.domainXMLFromNative("qemu-argv", "qemu", 0))
row("virConnectListAllDomains", "unknown flag", lambda s: s.c.listAllDomains(1 << 30))
row("virConnectGetAllDomainStats", "unknown group", lambda s: s.c.getAllDomainStats(1 << 29, libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS))
row("virConnectGetMaxVcpus", "unknown type", lambda s: s.c.getMaxVcpus("wings"))
row("virConnectCompareCPU", "not XML", lambda s: s.c.compareCPU("x"))
row("virNodeGetCPUStats", "no such cpu", lambda s: s.c.getCPUStats(9999))
row("virNodeGetMemoryStats", "no such cell", lambda s: s.c.getMemoryStats(99))
row("virNodeGetCellsFreeMemory", "no such cell", lambda s: s.c.getCellsFreeMemory(90, 2))
row("virNodeSuspendForDuration", "too short", lambda s: s.c.suspendForDuration(0, 1))

READONLY = [
    ("virDomainDefineXML", lambda s: s.ro.defineXML(host.small_xml("x"))),
    ("virDomainCreateXML", lambda s: s.ro.createXML(host.small_xml("x"), 0)),
    ("virDomainCreate", lambda s: s.ro.lookupByName("off").create()),
    ("virDomainSuspend", lambda s: s.ro.lookupByName("on").suspend()),
    ("virDomainResume", lambda s: s.ro.lookupByName("on").resume()),
    ("virDomainShutdown", lambda s: s.ro.lookupByName("on").shutdown()),
    ("virDomainReboot", lambda s: s.ro.lookupByName("on").reboot(0)),
    ("virDomainReset", lambda s: s.ro.lookupByName("on").reset()),
    ("virDomainDestroy", lambda s: s.ro.lookupByName("on").destroy()),
    ("virDomainUndefine", lambda s: s.ro.lookupByName("off").undefine()),
    ("virDomainSetAutostart", lambda s: s.ro.lookupByName("off").setAutostart(1)),
    ("virDomainSetMemory", lambda s: s.ro.lookupByName("on").setMemory(1024)),
    ("virDomainSetMetadata", lambda s: s.ro.lookupByName("off").setMetadata(1, "x", None, None)),
    ("virDomainSendKey", lambda s: s.ro.lookupByName("on").sendKey(0, 0, [30], 1)),
    ("virDomainInjectNMI", lambda s: s.ro.lookupByName("on").injectNMI()),
    ("virDomainScreenshot", lambda s: s.ro.lookupByName("on").screenshot(s.ro.newStream(), 0)),
    ("virDomainOpenConsole", lambda s: s.ro.lookupByName("on").openConsole(None, s.ro.newStream(), 0)),
    ("virDomainQemuMonitorCommand", lambda s: __import__("libvirt_qemu").qemuMonitorCommand(s.ro.lookupByName("on"), "info status", 1)),
    ("virDomainAttachDevice", lambda s: s.ro.lookupByName("on").attachDevice("<x/>")),
    ("virDomainSave", lambda s: s.ro.lookupByName("on").save("/run/x")),
    ("virNodeSuspendForDuration", lambda s: s.ro.suspendForDuration(0, 60)),
]
for _call, _fn in READONLY:
    ROWS.append((_call, "read-only connection", _fn))


def attempt(s, fn):
    """The error of fn(s) as a row's fields, or code 0 when it went through."""
    try:
        fn(s)
    except libvirt.libvirtError as e:
        return {"code": e.get_error_code(), "domain": e.get_error_domain(), "level": e.get_error_level(), "message": e.get_error_message(),
                "str1": e.get_str1(), "str2": e.get_str2(), "str3": e.get_str3(), "int1": e.get_int1(), "int2": e.get_int2()}
    except Exception as e:      # the binding refused before the call was made
        return {"code": None, "message": repr(e)}
    return {"code": 0, "message": ""}


def clean(s):
    """Ends what a mistake that went through has made."""
    for d in s.c.listAllDomains(0):
        if d.name() not in ("off", "on", "trans"):
            if d.isActive():
                d.destroy()
            try:
                d.undefine()
            except libvirt.libvirtError:
                pass
    if not s.trans.isActive():
        s.trans = s.c.createXML(host.small_xml("trans", U[2]), libvirt.VIR_DOMAIN_START_PAUSED)


def run(uri=host.URI):
    libvirt.registerErrorHandler(lambda *a: None, None)
    s = Setup(uri)
    out = []
    try:
        for call, situation, fn in ROWS:
            out.append(dict({"call": call, "situation": situation}, **attempt(s, fn)))
            clean(s)
    finally:
        s.close()
    return out

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the captured clients do: as many different calls as the distribution's programs can be made to send."""
import os
import subprocess
import time

import libvirt
import libvirt_qemu

from harness import host
from harness.mistakes import U

X = "/run/x"
NET = """<network><name>net1</name><uuid>22222222-1111-4222-8333-444444444444</uuid><bridge name='virbr7'/>
<ip address='192.168.177.1' netmask='255.255.255.0'><dhcp><range start='192.168.177.2' end='192.168.177.99'/></dhcp></ip></network>"""
POOL = "<pool type='dir'><name>pool1</name><uuid>33333333-1111-4222-8333-444444444444</uuid><target><path>/run/pool1</path></target></pool>"
SECRET = ("<secret ephemeral='no' private='no'><uuid>44444444-1111-4222-8333-444444444444</uuid><description>s</description>"
          "<usage type='ceph'><name>key1</name></usage></secret>")
FILTER = ("<filter name='f1' chain='root'><uuid>55555555-1111-4222-8333-444444444444</uuid>"
          "<rule action='drop' direction='in'><tcp dstportstart='22'/></rule></filter>")
BINDING = ("<filterbinding><owner><name>g</name><uuid>11111111-1111-4222-8333-444444444449</uuid></owner><portdev name='tap9'/>"
           "<mac address='52:54:00:11:22:33'/><filterref filter='f1'/></filterbinding>")
NETPORT = ("<networkport><uuid>66666666-1111-4222-8333-444444444444</uuid><owner><name>g</name>"
           "<uuid>11111111-1111-4222-8333-444444444449</uuid></owner><mac address='52:54:00:11:22:33'/><plug type='network' bridge='virbr7'/></networkport>")
VOL = "<volume><name>v1</name><capacity>1048576</capacity><target><format type='qcow2'/></target></volume>"
CPU = "<cpu><arch>x86_64</arch><model>qemu64</model></cpu>"
DEV = """<controller type='scsi' model='virtio-scsi'/>
<disk type='file' device='disk'><driver name='qemu' type='qcow2' discard='unmap'/><source file='/var/lib/libvirt/images/a.qcow2'/><target dev='vdb' bus='virtio'/></disk>
<disk type='file' device='cdrom'><target dev='hda' bus='ide'/><readonly/></disk>
<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
<channel type='pty'><target type='virtio' name='org.modvirt.test'/></channel>
<graphics type='vnc' port='-1' autoport='yes' passwd='x'/><video><model type='vga'/></video>
<memballoon model='virtio'><stats period='2'/></memballoon><watchdog model='i6300esb' action='none'/>"""

CONNECT = """version; uri; hostname; nodeinfo; capabilities; domcapabilities; sysinfo; freecell; freecell --all; freepages --all; nodecpumap
nodecpustats; nodecpustats --percent; nodecpustats 0; nodememstats; nodememstats 0; maxvcpus; maxvcpus qemu; cpu-models x86_64; node-memory-tune
node-memory-tune --shm-pages-to-scan 100; nodesevinfo; allocpages 2048 1; hypervisor-cpu-baseline /run/x/cpu.xml; cpu-baseline /run/x/cpu.xml
cpu-compare /run/x/cpu.xml; hypervisor-cpu-compare /run/x/cpu.xml; domxml-to-native qemu-argv /run/x/g.xml; domxml-from-native qemu-argv /run/x/cpu.xml
nodesuspend mem 60; pool-capabilities; list --all; list --all --with-snapshot --autostart --persistent; domstats; domcapabilities --virttype qemu"""
DOMAIN = """define /run/x/g.xml; define /run/x/g.xml --validate; autostart g; autostart g --disable; dominfo g; dumpxml g; dumpxml g --security-info; domid g; domuuid g; domname 11111111-1111-4222-8333-444444444449
domstate g --reason; domblklist g; domiflist g; vcpucount g; vcpuinfo g; vcpupin g; vcpupin g 0 0 --config; emulatorpin g; emulatorpin g 0 --config
desc g; desc g --title; desc g --config --title T; metadata g urn:x --config --key k --set <a/>; metadata g urn:x; setmaxmem g 300M --config; setmem g 200M --config
setvcpus g 1 --config; iothreadadd g 1 --config; iothreaddel g 1 --config; iothreadinfo g; blkiotune g; blkiotune g --weight 500 --config; memtune g
memtune g --soft-limit 900000 --config; schedinfo g; schedinfo g --config cpu_shares=2048; numatune g; blkdeviotune g vda; blkdeviotune g vda --total-iops-sec 1000 --config
domiftune g 52:54:00:00:00:09; domif-setlink g 52:54:00:00:00:09 down --config; set-lifecycle-action g reboot destroy --config; set-lifecycle-action g reboot restart --config; perf g
define /run/x/h.xml; domrename h h2; domrename h2 h; undefine h; attach-disk g /var/lib/libvirt/images/hot.img vdz --config; detach-disk g vdz --config
start g --paused; resume g; suspend g; resume g; list; domid g; dominfo g; dumpxml g; domstate g; domcontrol g; domjobinfo g; domjobabort g; vcpuinfo g; vcpucount g; vcpupin g 0 0; emulatorpin g 0; domstats g; domstats --raw
domblkstat g vda; domblkstat g vda --human; domblkstat g; domblkinfo g vda; domblkinfo g --all; domblkerror g; domifstat g 52:54:00:00:00:09; domif-getlink g 52:54:00:00:00:09; domif-setlink g 52:54:00:00:00:09 down; domif-setlink g 52:54:00:00:00:09 up
domifaddr g --source arp; domifaddr g --source agent; dommemstat g; dommemstat g --period 3; domdisplay g; vncdisplay g; ttyconsole g; cpu-stats g; cpu-stats g --total; domtime g; domhostname g; domfsinfo g; guestinfo g; guestvcpus g; set-user-password g root x
get-user-sshkeys g root; domfsfreeze g; domfstrim g; dompmsuspend g mem; dompmwakeup g; qemu-agent-command g {}; qemu-monitor-command g {"execute":"query-status"}; qemu-monitor-command g --hmp info\\ status; guest-agent-timeout g 3
send-key g KEY_A; inject-nmi g; screenshot g /run/x/s.ppm; setmem g 150M; setvcpu g 0 --enable --config; iothreadadd g 2; iothreadset g 2 --poll-max-ns 100; iothreaddel g 2; iothreadinfo g; schedinfo g --live cpu_shares=100; memtune g --soft-limit 2000000; blkiotune g --weight 300; numatune g
blkdeviotune g vda --total-iops-sec 1000; blkdeviotune g vda; domblkthreshold g vda 1000; domiftune g 52:54:00:00:00:09 --inbound 1000; perf g --enable cpu_clock; domlaunchsecinfo g; domsetlaunchsecstate g --secrethdr /run/x/cpu.xml --secret /run/x/cpu.xml
attach-disk g /var/lib/libvirt/images/hot.img vdz; detach-disk g vdz; attach-interface g user x --model virtio; attach-device g /run/x/d.xml; detach-device g /run/x/d.xml; detach-device-alias g nope; update-device g /run/x/cd.xml; change-media g hda --eject; update-memory-device g --requested-size 1M
blockresize g vdb 2M; blockpull g vdb --wait; blockcommit g vdb --wait; blockcopy g vdb /run/pool1/copy.qcow2 --transient-job; blockjob g vdb; blockjob g vdb --bandwidth 10; blockjob g vdb --abort; domdirtyrate-calc g
snapshot-create-as g s1; snapshot-create-as g s2 --disk-only; snapshot-list g; snapshot-list g --tree; snapshot-info g s1; snapshot-dumpxml g s1; snapshot-current g; snapshot-parent g s2; snapshot-revert g s1; snapshot-delete g s2 --metadata; snapshot-delete g s1 --metadata
checkpoint-create-as g c1 --diskspec vda,checkpoint=no --diskspec vdb,checkpoint=bitmap; checkpoint-list g; checkpoint-info g c1; checkpoint-dumpxml g c1; checkpoint-parent g c1; backup-begin g; backup-dumpxml g; checkpoint-delete g c1 --metadata
migrate-setmaxdowntime g 500; migrate-getmaxdowntime g; migrate-setspeed g 100; migrate-getspeed g; migrate-compcache g; migrate-postcopy g; migrate g qemu+unix:///system?socket=/run/libvirt/libvirt-sock; dump g /run/pool1/core --memory-only
reset g; reboot g; save g /run/pool1/save; save-image-dumpxml /run/pool1/save; save-image-define /run/pool1/save /run/x/g.xml; restore /run/pool1/save; managedsave g; managedsave-dumpxml g; managedsave-define g /run/x/g.xml; managedsave-remove g
start g; shutdown g; destroy g --graceful; destroy g; lxc-enter-namespace g /bin/true; qemu-attach 1; domxml-to-native qemu-argv --domain g; create /run/x/t.xml --autodestroy; create /run/x/t.xml; destroy t; domstats nope; start nope; dominfo nope
dom-fd-associate g x 0; undefine g --snapshots-metadata --checkpoints-metadata --managed-save"""
NETWORK = """net-define /run/x/net.xml; net-list --all; net-start net1; net-info net1; net-dumpxml net1; net-uuid net1; net-name 22222222-1111-4222-8333-444444444444; net-autostart net1; net-autostart net1 --disable
net-update net1 add ip-dhcp-host "<host mac='52:54:00:11:22:44' ip='192.168.177.50'/>" --live; net-dhcp-leases net1; net-dhcp-leases net1 52:54:00:11:22:44; net-port-create net1 /run/x/port.xml; net-port-list net1
net-port-dumpxml net1 66666666-1111-4222-8333-444444444444; net-port-delete net1 66666666-1111-4222-8333-444444444444; net-list; net-destroy net1; net-undefine net1; net-create /run/x/net.xml; net-destroy net1; net-info nope
iface-list --all; iface-dumpxml lo; iface-mac lo; iface-name 00:00:00:00:00:00; iface-start lo; iface-destroy lo; iface-begin; iface-commit; iface-rollback; iface-define /run/x/if.xml; iface-undefine lo
nwfilter-define /run/x/filter.xml; nwfilter-list; nwfilter-dumpxml f1; nwfilter-binding-create /run/x/binding.xml; nwfilter-binding-list; nwfilter-binding-dumpxml tap9; nwfilter-binding-delete tap9; nwfilter-undefine f1; nwfilter-dumpxml nope"""
STORAGE = """pool-define /run/x/pool.xml; pool-build pool1; pool-start pool1; pool-list --all; pool-info pool1; pool-dumpxml pool1; pool-uuid pool1; pool-name 33333333-1111-4222-8333-444444444444; pool-autostart pool1; pool-refresh pool1
vol-create pool1 /run/x/vol.xml; vol-create-as pool1 v2 2M --format raw; vol-create-from pool1 /run/x/vol3.xml v1 --inputpool pool1; vol-clone v2 v4 --pool pool1; vol-list pool1; vol-list pool1 --details; vol-info v1 pool1; vol-dumpxml v1 pool1; vol-key v1 pool1; vol-path v1 pool1
vol-name /run/pool1/v1; vol-pool /run/pool1/v1; vol-info /run/pool1/v2; vol-resize v2 4M pool1; vol-wipe v2 pool1; vol-wipe v2 pool1 --algorithm zero; vol-upload v2 /run/x/blob --pool pool1; vol-upload v2 /run/x/blob --pool pool1 --sparse; vol-download v2 /run/x/out --pool pool1; vol-download v2 /run/x/out --pool pool1 --sparse
vol-upload nope /run/x/blob --pool pool1; vol-delete v4 pool1; find-storage-pool-sources-as netfs 127.0.0.1; find-storage-pool-sources logical; pool-destroy pool1; pool-delete pool1; pool-undefine pool1; pool-create /run/x/pool.xml; pool-destroy pool1; pool-info nope
secret-define /run/x/secret.xml; secret-list; secret-dumpxml 44444444-1111-4222-8333-444444444444; secret-set-value 44444444-1111-4222-8333-444444444444 --base64 aGVsbG8=; secret-get-value 44444444-1111-4222-8333-444444444444; secret-undefine 44444444-1111-4222-8333-444444444444
nodedev-list; nodedev-list --cap net; nodedev-list --tree; nodedev-dumpxml computer; nodedev-info computer; nodedev-detach computer; nodedev-reset computer; nodedev-reattach computer; nodedev-create /run/x/nd.xml; nodedev-define /run/x/nd.xml; nodedev-start computer; nodedev-autostart computer; nodedev-undefine computer; nodedev-destroy computer"""
ADMIN = """version; uri; server-list; server-threadpool-info libvirtd; server-threadpool-set libvirtd --max-workers 21; client-list libvirtd; client-info libvirtd 1; client-info libvirtd 999; server-clients-info libvirtd
server-clients-set libvirtd --max-clients 4000; server-update-tls libvirtd; daemon-log-filters; daemon-log-filters 4:rpc; daemon-log-outputs; daemon-log-outputs 3:stderr; daemon-timeout 100; daemon-timeout 0; client-disconnect libvirtd 999; server-threadpool-info nope"""


def script(prog, text, uri=None, extra=()):
    lines = [c.strip() for line in text.splitlines() for c in line.split(";") if c.strip()]
    p = subprocess.run([prog] + (["-c", uri] if uri else []) + list(extra), input="\n".join(lines) + "\nquit\n", capture_output=True, text=True,
                       timeout=400)
    errors = [line for line in p.stderr.splitlines() if line.startswith("error:")]
    print("%s: %d commands, %d error lines" % (prog, len(lines), len(errors)))
    if os.environ.get("CAPTURE_DEBUG"):
        print(p.stdout[-20000:], "\n".join(errors))


def files():
    for d in (X, "/run/pool1"):
        os.makedirs(d, exist_ok=True)
        os.chmod(d, 0o777)
    q = host.IMAGES
    subprocess.run("qemu-img create -q -f qcow2 %s/b.qcow2 4M; qemu-img create -q -f qcow2 -F qcow2 -b %s/b.qcow2 %s/a.qcow2;"
                   "truncate -s 1M %s/hot.img; cp %s/hot.img %s/cd.img; head -c 100000 /dev/urandom > /run/x/blob; truncate -s 300000 /run/x/blob; echo x >> /run/x/blob" % (q, q, q, q, q, q),
                   shell=True, check=True)
    g = host.linux_xml("g", uuid=U[9], disk=host.guest_disk("g"), devices=DEV).replace(
        "<model type='virtio'/></interface>", "<mac address='52:54:00:00:00:09'/><model type='virtio'/></interface>")
    texts = {"g": g, "h": host.small_xml("h", U[10]), "t": host.small_xml("t", U[11]), "net": NET, "pool": POOL, "secret": SECRET, "filter": FILTER,
             "binding": BINDING, "port": NETPORT, "vol": VOL, "vol3": VOL.replace("v1", "v3"), "cpu": CPU,
             "if": "<interface type='bridge' name='br9'><bridge/></interface>", "nd": "<device><parent>computer</parent><capability type='mdev'><type id='x'/></capability></device>",
             "d": "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='%s/hot.img'/><target dev='vdy' bus='virtio'/></disk>" % q,
             "cd": "<disk type='file' device='cdrom'><source file='%s/cd.img'/><target dev='hda' bus='ide'/><readonly/></disk>" % q}
    for n, text in texts.items():
        with open("%s/%s.xml" % (X, n), "w") as f:
            f.write(text)


def attempt(obj, name, *args):
    """Makes a call that may well be refused; None then, or when the binding does not have it."""
    fn = getattr(obj, name, None)
    if fn is None:
        return None
    try:
        return fn(*args)
    except (libvirt.libvirtError, TypeError, LookupError, ValueError, OverflowError, NotImplementedError):
        return None


def python_calls():
    """Calls that virsh never makes, among them the old list calls."""
    c = libvirt.open("qemu:///system")
    attempt(c, "setKeepAlive", 1, 3)
    for n in ("getType", "getVersion", "getLibVersion", "getHostname", "getURI", "getSysinfo", "isEncrypted", "isSecure", "isAlive", "listDomainsID", "numOfDomains",
              "listDefinedDomains", "numOfDefinedDomains", "listNetworks", "numOfNetworks", "listDefinedNetworks", "numOfDefinedNetworks", "listStoragePools", "numOfStoragePools",
              "listDefinedStoragePools", "numOfDefinedStoragePools", "listSecrets", "numOfSecrets", "listNWFilters", "numOfNWFilters", "listInterfaces", "numOfInterfaces",
              "listDefinedInterfaces", "numOfDefinedInterfaces", "getFreeMemory", "getInfo", "getCPUMap", "getMemoryParameters", "getSEVInfo"):
        attempt(c, n)
    attempt(c, "listDevices", None, 0)
    attempt(c, "numOfDevices", None, 0)
    attempt(c, "listDevices", "net", 0)
    attempt(c, "getCellsFreeMemory", 0, 1)
    attempt(c, "interfaceLookupByMACString", "00:00:00:00:00:00")
    attempt(c, "secretLookupByUsage", 2, "key1")
    attempt(c, "nwfilterLookupByUUIDString", U[0])
    attempt(c, "networkLookupByUUIDString", U[0])
    attempt(c, "storageVolLookupByKey", "nope")
    attempt(c, "nodeDeviceLookupSCSIHostByWWN", "a", "b", 0)
    d = c.defineXML(open(X + "/g.xml").read())
    d.create()
    disk = host.IMAGES + "/g.img"
    for fn, args in (("info", ()), ("state", ()), ("maxMemory", ()), ("maxVcpus", ()), ("vcpusFlags", ()), ("vcpus", ()), ("vcpuPinInfo", ()), ("emulatorPinInfo", ()), ("isActive", ()), ("isPersistent", ()),
                     ("isUpdated", ()), ("OSType", ()), ("autostart", ()), ("securityLabel", ()), ("securityLabelList", ()), ("schedulerType", ()), ("schedulerParameters", ()), ("schedulerParametersFlags", (0,)),
                     ("setSchedulerParameters", ({"cpu_shares": 1024},)), ("blkioParameters", ()), ("memoryParameters", ()), ("numaParameters", ()), ("interfaceParameters", ("52:54:00:00:00:09",)), ("blockIoTune", ("vda",)), ("blockPeek", (disk, 0, 512)),
                     ("memoryPeek", (0, 64, libvirt.VIR_MEMORY_PHYSICAL)), ("blockStatsFlags", ("vda",)), ("blockStats", ("vda",)), ("blockInfo", ("vda",)), ("interfaceStats", ("52:54:00:00:00:09",)), ("memoryStats", ()),
                     ("getCPUStats", (True,)), ("getCPUStats", (False,)), ("hasManagedSaveImage", ()), ("hasCurrentSnapshot", ()), ("snapshotNum", ()), ("snapshotListNames", ()), ("listAllSnapshots", ()), ("listAllCheckpoints", ()),
                     ("jobInfo", ()), ("jobStats", ()), ("jobStats", (libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED,)), ("controlInfo", ()), ("diskErrors", ()), ("setMemoryStatsPeriod", (2,)), ("setMaxMemory", (1 << 20,)), ("setMemory", (150000,)), ("setMemoryFlags", (150000, 1)),
                     ("setVcpus", (1,)), ("pinVcpu", (0, (True,))), ("pinVcpuFlags", (0, (True,), 1)), ("pinEmulator", ((True,), 1)), ("setAutostart", (0,)), ("sendKey", (0, 0, [30], 1)), ("sendProcessSignal", (1, 15)), ("getTime", ()), ("setTime", ({"seconds": 1},)),
                     ("fSFreeze", ()), ("fSThaw", ()), ("fSInfo", ()), ("fSTrim", (None, 0)), ("guestInfo", ()), ("guestVcpus", ()), ("setGuestVcpus", ("0", 1)), ("hostname", ()), ("interfaceAddresses", (0,)), ("messages", ()), ("launchSecurityInfo", ()),
                     ("blockJobInfo", ("vda",)), ("blockRebase", ("vdb", None, 0, 0)), ("blockJobAbort", ("vdb",)), ("blockJobSetSpeed", ("vdb", 1)), ("migrateGetMaxDowntime", ()), ("perfEvents", ()), ("backupGetXMLDesc", ()), ("authorizedSSHKeysGet", ("root",)),
                     ("addIOThread", (3,)), ("delIOThread", (3,)), ("ioThreadInfo", ()), ("setBlockThreshold", ("vda", 100)), ("setLaunchSecurityState", ({},)), ("startDirtyRateCalc", (1,)), ("agentSetResponseTimeout", (5,)), ("pMWakeup", ()), ("attachDevice", ("<x/>",)),
                     ("detachDevice", ("<x/>",)), ("updateDeviceFlags", ("<x/>", 0)), ("migrateToURI", ("qemu+unix:///system?socket=/none", 0)), ("migrateToURI3", ("qemu:///system", {}, 2)), ("coreDumpWithFormat", ("/run/pool1/core2", 0, 16)), ("openGraphicsFD", (0,)),
                     ("saveParams", ({"file": "/run/pool1/sp"},))):
        attempt(d, fn, *args)
    attempt(c, "domainListGetStats", [d])
    attempt(libvirt_qemu, "qemuMonitorCommand", d, '{"execute":"query-version"}', 0)
    attempt(libvirt_qemu, "qemuAgentCommand", d, "{}", 1, 0)
    attempt(c, "restoreParams", {"file": "/run/pool1/sp"})
    d = attempt(c, "lookupByName", "g")
    if d and not d.isActive():
        attempt(d, "create")
    p = attempt(c, "storagePoolCreateXML", POOL)
    if p:
        for n in ("isActive", "isPersistent", "numOfVolumes", "listVolumes", "autostart", "info", "refresh"):
            attempt(p, n)
        v = attempt(p, "createXML", VOL)
        for n in ("info", "infoFlags", "wipe", "path", "key") if v else ():
            attempt(v, n)
        attempt(c, "storagePoolLookupByTargetPath", "/run/pool1")
        attempt(p, "destroy")
    n = attempt(c, "networkCreateXML", NET)
    if n:
        for m in ("isActive", "isPersistent", "autostart", "bridgeName", "DHCPLeases"):
            attempt(n, m)
        port = attempt(n, "portCreateXML", NETPORT)
        if port:
            attempt(port, "XMLDesc")
            attempt(port, "parameters")
            attempt(port, "setParameters", {})
            attempt(port, "delete")
        attempt(n, "setMetadata", 0, "d", None, None)
        attempt(n, "metadata", 0, None)
        attempt(n, "destroy")
    dev = attempt(c, "nodeDeviceLookupByName", "computer")
    for m in ("numOfCaps", "listCaps", "reAttach", "isPersistent", "isActive", "autostart", "parent", "XMLDesc") if dev else ():
        attempt(dev, m)
    attempt(dev, "detachFlags", None) if dev else None
    if d:
        for m, a in (("snapshotNum", ()), ("shutdownFlags", (0,)), ("abortJob", ()), ("setNumaParameters", ({},)), ("pMSuspendForDuration", (0, 0)), ("injectNMI", ()),
                     ("migrateSetCompressionCache", (1,)), ("pinIOThread", (1, (True,))), ("authorizedSSHKeysSet", ("root", [])), ("managedSaveRemove", ())):
            attempt(d, m, *a)
        s = attempt(d, "snapshotCreateXML", "<domainsnapshot><name>p1</name></domainsnapshot>", libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY)
        for m in ("numChildren", "listChildrenNames", "listAllChildren", "isCurrent", "hasMetadata", "getParent", "getXMLDesc") if s else ():
            attempt(s, m)
        attempt(c, "lookupByID", d.ID())
        attempt(c, "restoreFlags", "/none", None, 0)
        attempt(d, "saveFlags", "/none/x", None, 0)
    st = c.newStream()
    if attempt(d, "openChannel", "org.modvirt.test", st) is not None:
        attempt(st, "abort")
    st = c.newStream()
    if attempt(d, "openConsole", None, st) is not None:
        attempt(st, "send", b"\r\necho hello\r\n")
        time.sleep(1)
        attempt(st, "recv", 1000)
        attempt(st, "finish")
    fd = os.memfd_create("x")
    attempt(d, "FDAssociate", "grp", [fd], 0)
    attempt(d, "destroyFlags", 1)
    attempt(d, "createWithFiles", [fd])
    attempt(d, "destroy")
    attempt(d, "undefineFlags", 0x1f)
    attempt(c, "createXMLWithFiles", open(X + "/t.xml").read(), [fd])
    t = attempt(c, "lookupByName", "t")
    attempt(t, "destroy")
    c.close()


def python_events(rec):
    """Every class of events while something happens to each kind of object."""
    code = r"""
import libvirt, libvirt_qemu, threading, time
libvirt.virEventRegisterDefaultImpl()
threading.Thread(target=lambda: [libvirt.virEventRunDefaultImpl() for _ in iter(int, 1)], daemon=True).start()
c = libvirt.open('qemu:///system')
c.setKeepAlive(1, 5)
c.registerCloseCallback(lambda *a: None, None)
ids = []
for i in range(27):
    try: ids.append(c.domainEventRegisterAny(None, i, lambda *a: None, None))
    except libvirt.libvirtError as e: print(i, e)
n = c.networkEventRegisterAny(None, 0, lambda *a: None, None)
p = [c.storagePoolEventRegisterAny(None, i, lambda *a: None, None) for i in (0, 1)]
v = [c.nodeDeviceEventRegisterAny(None, i, lambda *a: None, None) for i in (0, 1)]
s = [c.secretEventRegisterAny(None, i, lambda *a: None, None) for i in (0, 1)]
q = libvirt_qemu.qemuMonitorEventRegister(c, None, None, lambda *a: None, None, 0)
print('ready', flush=True)
time.sleep(float(__import__('sys').argv[1]))
for i in ids: c.domainEventDeregisterAny(i)
c.networkEventDeregisterAny(n)
for i in p: c.storagePoolEventDeregisterAny(i)
for i in v: c.nodeDeviceEventDeregisterAny(i)
for i in s: c.secretEventDeregisterAny(i)
libvirt_qemu.qemuMonitorEventDeregister(c, q)
c.close()
"""
    p = subprocess.Popen(["/usr/bin/python3", "-c", code, "12"], stdout=subprocess.PIPE, text=True)
    p.stdout.readline()
    script("virsh", """define /run/x/g.xml; autostart g; start g; suspend g; resume g; qemu-monitor-command g {"execute":"rtc-reset-reinjection"}; setmem g 150M
attach-device g /run/x/d.xml; detach-device g /run/x/d.xml; change-media g hda /var/lib/libvirt/images/cd.img --insert; metadata g urn:x --key k --set <a/>; blockpull g vdb --wait; domblkthreshold g vda 100
schedinfo g cpu_shares=77; net-define /run/x/net.xml; net-start net1; net-destroy net1; net-undefine net1; pool-define /run/x/pool.xml; pool-start pool1; pool-refresh pool1; pool-destroy pool1; pool-undefine pool1
secret-define /run/x/secret.xml; secret-set-value 44444444-1111-4222-8333-444444444444 --base64 aGVsbG8=; secret-undefine 44444444-1111-4222-8333-444444444444; reset g; reboot g; managedsave g; start g; shutdown g""", "qemu:///system")
    p.wait()
    script("virsh", "destroy g; undefine g --managed-save --snapshots-metadata --checkpoints-metadata", "qemu:///system")


def sessions(rec):
    """Whole conversations."""
    for name, argv in (("virsh-list", ["virsh", "list", "--all"]), ("virsh-readonly", ["virsh", "-r", "dominfo", "h"]), ("virsh-nouri", ["virsh", "uri"]),
                       ("virt-admin", ["virt-admin", "server-list"]),
                       ("virsh-start-destroy", ["virsh", "start h; suspend h; resume h; destroy h"])):
        rec.session = name
        env = dict(os.environ, LIBVIRT_DEFAULT_URI="qemu:///system")
        if name == "virsh-nouri":
            env.pop("LIBVIRT_DEFAULT_URI")
        subprocess.run(argv, capture_output=True, env=env)
        time.sleep(0.2)
        rec.session = None


def run(rec):
    files()
    uri = "qemu:///system"
    script("virsh", "define /run/x/h.xml", uri)
    sessions(rec)
    script("virsh", "undefine h", uri)
    script("virsh", CONNECT, uri)
    ev = subprocess.Popen(["virsh", "-k1", "-c", uri, "event", "--all", "--loop"], stdout=subprocess.DEVNULL)
    ev2 = subprocess.Popen(["virsh", "-c", uri, "qemu-monitor-event", "--loop"], stdout=subprocess.DEVNULL)
    time.sleep(0.5)
    script("virsh", DOMAIN, uri)
    python_calls()
    ev.terminate()
    ev2.terminate()
    script("virsh", NETWORK, uri)
    script("virsh", STORAGE, uri)
    python_events(rec)
    script("virsh", "list; dominfo x; pool-list; net-list", uri, ["-r"])
    script("virsh", "list --all; capabilities; create /run/x/t.xml", "lxc:///system")
    script("virt-admin", ADMIN)

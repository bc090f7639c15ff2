# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of single calls share: one domain that is off, one that runs, and how failures are stated."""
import libvirt
import pytest

from harness import host

OFF, ON = "11111111-2222-4222-8333-444444444440", "11111111-2222-4222-8333-444444444441"
MAC = "52:54:00:11:22:33"
NOT_RUNNING = (libvirt.VIR_ERR_OPERATION_INVALID, "domain is not running")
DISK = "%s/calls-%s.img"


def xml(name, uuid):
    path = DISK % (host.IMAGES, name)
    with open(path, "wb") as f:
        f.truncate(1 << 20)
    return """<domain type='qemu'><name>%s</name><uuid>%s</uuid><title>tt</title><description>dd &amp; ee</description>
<metadata><a:x xmlns:a="http://a"><a:y z="1">txt</a:y></a:x><b xmlns="http://b"/></metadata>
<memory>65536</memory><currentMemory>32768</currentMemory><vcpu current='1'>2</vcpu>
<cputune><shares>2048</shares><vcpupin vcpu='0' cpuset='0'/></cputune>
<os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>
<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='%s'/><target dev='vda' bus='virtio'/>
<iotune><total_bytes_sec>1000000</total_bytes_sec></iotune></disk>
<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>
<interface type='user'><mac address='%s'/><model type='virtio'/></interface>
<serial type='pty'/><memballoon model='virtio'/></devices></domain>""" % (name, uuid, path, MAC)


def fails(error, fn, *args):
    """@error: (code, part of the message)."""
    with pytest.raises(libvirt.libvirtError) as e:
        fn(*args)
    assert (e.value.get_error_code(), error[1] in e.value.get_error_message()) == (error[0], True), \
        "%s: %s" % (e.value.get_error_code(), e.value.get_error_message())


class Pair:
    def __init__(self, conn):
        self.off, self.on = conn.defineXML(xml("off", OFF)), conn.defineXML(xml("on", ON))
        self.on.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)

    def close(self):
        for dom in (self.on, self.off):
            if dom.isActive():
                dom.destroy()
            dom.undefine()

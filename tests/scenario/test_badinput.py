# SPDX-License-Identifier: LGPL-2.1-or-later
"""Bad input: each gets the right error code and names its cause, and the daemon serves the next call."""
import os
import subprocess

import libvirt
import pytest

from harness import host, wire

U = "7a1b2c3d-1111-4222-8333-4444444444%02x"
XML_ERRORS = {libvirt.VIR_ERR_XML_ERROR, libvirt.VIR_ERR_XML_DETAIL, libvirt.VIR_ERR_RPC, libvirt.VIR_ERR_CONFIG_UNSUPPORTED,
              libvirt.VIR_ERR_INTERNAL_ERROR, libvirt.VIR_ERR_INVALID_ARG, libvirt.VIR_ERR_NO_NAME}


@pytest.fixture(autouse=True)
def next_call_is_served(daemons):
    yield
    assert daemons.running(), daemons.tail()
    with wire.Client(daemons.kind.sock()) as c:
        assert c.call(wire.PROC["version"]).status == wire.OK
        assert c.call(wire.PROC["list_all"], wire.u32(1) + wire.u32(0)).status == wire.OK


@pytest.fixture(scope="module")
def big_packets(daemons):
    """A raw client: the distribution's binding decodes its own arguments first."""
    c = wire.Client(daemons.kind.sock(), timeout=120)
    yield c
    c.close()


def refused(fn, *codes):
    with pytest.raises(libvirt.libvirtError) as e:
        fn()
    assert e.value.get_error_code() in codes, "%s (code %d)" % (e.value, e.value.get_error_code())
    return e.value.get_error_message()


def define_raw(client, data):
    r = client.call(wire.PROC["define"], wire.string(data) + wire.u32(0))
    return (wire.OK, None) if r.status == wire.OK else (wire.ERROR, wire.error(r.payload))


# ---- documents ----------------------------------------------------------------------------------------------------------

def laughs(depth=9):
    ents = ["<!ENTITY l0 'lol'>"] + ["<!ENTITY l%d '%s'>" % (i, ("&l%d;" % (i - 1)) * 10) for i in range(1, depth + 1)]
    return "<!DOCTYPE domain [%s]><domain type='qemu'><name>&l%d;</name></domain>" % ("".join(ents), depth)


DOCUMENTS = {
    "entity bomb": laughs(),
    "quadratic entity": "<!DOCTYPE domain [<!ENTITY a '%s'>]><domain type='qemu'><name>%s</name></domain>" % ("a" * 50000, "&a;" * 5000),
    "external entity": "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/shadow'>]><domain type='qemu'><name>&x;</name></domain>",
    "recursive entity": "<!DOCTYPE d [<!ENTITY a '&b;'><!ENTITY b '&a;'>]><domain type='qemu'><name>&a;</name></domain>",
    "100 levels unclosed": "<domain>" + "<a>" * 100,
    "100000 levels": "<domain>" + "<a>" * 100000 + "</a>" * 100000 + "</domain>",
    "only a NUL entity": "<domain type='qemu'><name>&#0;</name></domain>",
    "binary": b"\x7fELF\x02\x01\x01" + bytes(range(256)),
    "not UTF-8": host.small_xml("x").encode().replace(b"<name>x", b"<name>\xff\xfe\xfa"),
    "UTF-8 cut in the middle": host.small_xml("x").encode().replace(b"<name>x", b"<name>\xe2\x82"),
    "overlong UTF-8": host.small_xml("x").encode().replace(b"<name>x", b"<name>\xc0\xaf"),
    "surrogate": host.small_xml("x").encode().replace(b"<name>x", b"<name>\xed\xa0\x80"),
    "control character": host.small_xml("x").replace("<name>x", "<name>\x01"),
}


@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_hostile_document(daemons, big_packets, name, kind):
    status, e = define_raw(big_packets, DOCUMENTS[name])
    assert status == wire.ERROR
    assert e["code"] in XML_ERRORS, e
    assert "root:" not in e["message"]
    if kind == "ours":      # the reference quotes what it was given
        e["message"].encode()


def test_hundred_thousand_elements(daemons, big_packets):
    """A large but honest document is read, or refused as a document; either way soon and without taking the memory."""
    meta = "<metadata><m:x xmlns:m='http://modvirt.test/'>%s</m:x></metadata>" % ("<m:y/>" * 100000)
    status, e = define_raw(big_packets, host.small_xml("large").replace("<devices>", meta + "<devices>"))
    if status == wire.OK:
        c = libvirt.open(host.URI)
        assert c.lookupByName("large").XMLDesc().count("<m:y/>") == 100000
        c.lookupByName("large").undefine()
        c.close()
    else:
        assert e["code"] in XML_ERRORS


def test_many_devices(daemons, conn):
    """More disks than a bus holds are refused by name, not by a crash."""
    disks = "".join("<disk type='file'><source file='/none/%d'/><target dev='vd%s'/></disk>" % (i, letters(i)) for i in range(9000))
    message = refused(lambda: conn.defineXML(host.small_xml("x", devices=disks)), *XML_ERRORS, libvirt.VIR_ERR_NO_MEMORY)
    assert message


def letters(i):
    s = ""
    i += 1
    while i:
        i, r = divmod(i - 1, 26)
        s = chr(97 + r) + s
    return s


def test_attribute_of_a_megabyte(daemons, big_packets):
    status, e = define_raw(big_packets, host.small_xml("x").replace("type='qemu'", "type='%s'" % ("q" * 1000000), 1))
    assert status == wire.ERROR and e["code"] in XML_ERRORS
    assert len(e["message"]) < 4 << 20


@pytest.mark.parametrize("name", ["a/b", "../../etc/passwd", "/abs", "a\nb", "a\r", "\n", "../x", "n" * 300, ""],
                         ids=["slash", "dots", "absolute", "newline", "return", "only-newline", "updir", "300-letters", "empty"])
def test_names_that_are_no_file_names(daemons, conn, name):
    before = set(os.listdir("/etc/libvirt/qemu"))
    refused(lambda: conn.defineXML(host.small_xml(name)), *XML_ERRORS, libvirt.VIR_ERR_NO_NAME, libvirt.VIR_ERR_SYSTEM_ERROR)
    assert set(os.listdir("/etc/libvirt/qemu")) == before
    assert not os.path.exists("/etc/passwd.xml")


@pytest.mark.parametrize("name", ["-rf", "a b", "a,b=c", "%s%n", "ünïcødé", "'quoted\"", "$(reboot)", "a;b", "..x", "a&amp;b", "x" * 200])
def test_odd_names_work(daemons, conn, name):
    """Legal names that shells, command lines and printf would stumble over: define, start, list, destroy."""
    d = conn.defineXML(host.small_xml(name.replace("'", "&apos;")))
    try:
        d.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
        real = name.replace("&amp;", "&")
        assert real in [x.name() for x in conn.listAllDomains(0)]
        assert conn.lookupByName(real).isActive()
        assert real in host.qemus()
        d.destroy()
    finally:
        d.undefine()
    assert not host.leftovers()


# ---- QEMU binaries ------------------------------------------------------------------------------------------------------

def fake_qemu(name, body, directory="/run/fake"):
    os.makedirs(directory, exist_ok=True)
    p = os.path.join(directory, name)
    with open(p, "w") as f:
        f.write(body)
    os.chmod(p, 0o755)
    return p


def with_emulator(name, path):
    return host.small_xml(name).replace("/usr/bin/qemu-system-x86_64", path)


# Probes answer as the real QEMU; only a guest's start goes wrong.
REAL = "#!/bin/sh\ncase \"$*\" in *'machine none'*) exec /usr/bin/qemu-system-x86_64 \"$@\" ;; esac\n"


def test_emulator_missing(daemons, conn):
    message = refused(lambda: conn.createXML(with_emulator("x", "/no/such/qemu"), 0), libvirt.VIR_ERR_SYSTEM_ERROR, libvirt.VIR_ERR_CONFIG_UNSUPPORTED)
    assert "/no/such/qemu" in message


def test_emulator_is_not_executable(daemons, conn):
    p = fake_qemu("noexec", "#!/bin/sh\n")
    os.chmod(p, 0o644)
    message = refused(lambda: conn.createXML(with_emulator("x", p), 0), libvirt.VIR_ERR_SYSTEM_ERROR, libvirt.VIR_ERR_INTERNAL_ERROR,
                      libvirt.VIR_ERR_CONFIG_UNSUPPORTED, libvirt.VIR_ERR_INVALID_ARG)
    assert p in message


@pytest.mark.parametrize("how,body", [
    ("exits", "#!/bin/sh\nexit 0\n"),
    ("fails", "#!/bin/sh\necho the disk is on fire >&2\nexit 1\n"),
    ("garbage", "#!/bin/sh\nhead -c 100000 /dev/urandom\nexit 0\n"),
    ("text", "#!/bin/sh\nwhile :; do echo hello; done | head -c 1000000\nexit 0\n"),
    ("segfault", "#!/bin/sh\nkill -SEGV $$\n"),
], ids=lambda v: v if v.isalpha() else "")
def test_emulator_probe_goes_wrong(daemons, conn, how, body):
    p = fake_qemu("probe-" + how, body)
    refused(lambda: conn.createXML(with_emulator("x", p), 0), libvirt.VIR_ERR_INTERNAL_ERROR, libvirt.VIR_ERR_SYSTEM_ERROR,
            libvirt.VIR_ERR_CONFIG_UNSUPPORTED, libvirt.VIR_ERR_OPERATION_FAILED, libvirt.VIR_ERR_INVALID_ARG)
    assert not host.leftovers()


@pytest.mark.parametrize("how,body,words", [
    ("exits-at-once", REAL + "exit 0\n", ""),
    ("fails-with-a-word", REAL + "echo 'qemu: the disk is on fire' >&2\nexit 1\n", "the disk is on fire"),
    ("dies", REAL + "echo last words >&2\nkill -SEGV $$\n", "last words"),
], ids=["exits-at-once", "fails-with-a-word", "dies"])
def test_emulator_ends_at_start(daemons, conn, how, body, words):
    p = fake_qemu(how, body)
    message = refused(lambda: conn.createXML(with_emulator("x", p), 0), libvirt.VIR_ERR_INTERNAL_ERROR, libvirt.VIR_ERR_OPERATION_FAILED)
    assert words in message
    assert not host.leftovers()


@pytest.mark.ours
def test_emulator_talks_garbage_on_its_monitor(daemons, conn):
    """The monitor socket is open but what comes from it is no QMP."""
    p = fake_qemu("garbage-qmp", REAL + r"""exec /usr/bin/python3 -c '
import re, sys, socket
a = " ".join(sys.argv)
m = re.search(r"socket,id=charmonitor,fd=(\d+)", a)
s = socket.socket(fileno=int(m.group(1)))
c, _ = s.accept()
c.sendall(b"\x00\xff\xfe{{{{ this is not QMP\r\n" * 1000)
c.recv(1)
' "$@"
""")
    refused(lambda: conn.createXML(with_emulator("x", p), 0), libvirt.VIR_ERR_INTERNAL_ERROR, libvirt.VIR_ERR_OPERATION_FAILED,
            libvirt.VIR_ERR_OPERATION_TIMEOUT)
    host.wait_for(lambda: not host.leftovers(), "the host to be clean: %s" % host.leftovers())


@pytest.mark.ours
def test_emulator_hangs(daemons):
    """A QEMU that never opens its monitor: destroy ends the start, and both callers are answered."""
    p = fake_qemu("hangs", REAL + "exec sleep 1000\n")
    c = libvirt.open(host.URI)
    d = c.defineXML(with_emulator("hangs", p))
    start = subprocess.Popen(["virsh", "-c", host.URI, "start", "hangs"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    host.wait_for(lambda: host.processes("sleep 1000"), "the fake QEMU")
    assert "hangs" in [x.name() for x in c.listAllDomains(0)]
    d.destroy()
    out, _ = start.communicate(timeout=host.WAIT)
    assert start.returncode == 1, out
    host.wait_for(lambda: not host.processes("sleep 1000"), "the fake QEMU to end")
    assert not d.isActive()
    d.undefine()
    c.close()
    assert not host.leftovers()


@pytest.mark.ours
def test_emulator_probe_hangs(daemons):
    """A probe has a deadline; meanwhile others are served."""
    p = fake_qemu("probe-hangs", "#!/bin/sh\nexec sleep 1000\n")
    define = subprocess.Popen(["virsh", "-c", host.URI, "domcapabilities", "--emulatorbin", p], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    host.wait_for(lambda: host.processes("sleep 1000"), "the fake QEMU")
    with wire.Client(daemons.kind.sock()) as c:
        assert c.call(wire.PROC["lib_version"]).status == wire.OK
    out, _ = define.communicate(timeout=host.WAIT)
    assert define.returncode == 1 and p in out
    host.wait_for(lambda: not host.processes("sleep 1000"), "the fake QEMU to end")


def test_qemu_stderr_is_in_the_message(daemons, conn):
    with open(host.IMAGES + "/notakernel", "w") as f:
        f.write("x" * 100)
    xml = host.small_xml("x").replace("</os>", "<kernel>%s/notakernel</kernel></os>" % host.IMAGES)
    assert "invalid kernel header" in refused(lambda: conn.createXML(xml, 0), libvirt.VIR_ERR_INTERNAL_ERROR, libvirt.VIR_ERR_OPERATION_FAILED)


# ---- disks and directories ----------------------------------------------------------------------------------------------

class Mount:
    """Something else mounted over a directory of the daemon for a while."""

    def __init__(self, where, opts):
        self.where = where
        kept = "/run/kept" + where.replace("/", "-")
        subprocess.run(["cp", "-a", where, kept], check=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", opts, "tmpfs", where], check=True)
        subprocess.run("cp -a %s/. %s/; rm -rf %s" % (kept, where, kept), shell=True, check=False)

    def __enter__(self):
        return self

    def fill(self):
        fd = os.open(self.where + "/.filler", os.O_WRONLY | os.O_CREAT)
        try:
            while os.write(fd, b"\0" * 4096):
                pass
        except OSError:
            os.close(fd)

    def readonly(self):
        subprocess.run(["mount", "-o", "remount,ro", self.where], check=True)

    def __exit__(self, *a):
        subprocess.run(["umount", "-l", self.where], check=True)


@pytest.mark.parametrize("how", ["full", "read-only"])
def test_no_room_for_a_definition(daemons, conn, how):
    """define fails, names the file, and leaves neither half a file nor a domain; the old document stays."""
    d = conn.defineXML(host.small_xml("keep", U % 1))
    with Mount("/etc/libvirt/qemu", "size=64k,mode=700") as m:
        m.fill() if how == "full" else m.readonly()
        message = refused(lambda: conn.defineXML(host.small_xml("x")), libvirt.VIR_ERR_SYSTEM_ERROR)
        assert "x.xml" in message or "/etc/libvirt/qemu" in message
        assert "x" not in [e.name() for e in conn.listAllDomains(0)]
        refused(lambda: conn.defineXML(host.small_xml("keep", U % 1, memory=64)), libvirt.VIR_ERR_SYSTEM_ERROR)
        assert d.maxMemory() == 32 << 10
        assert "<memory unit='KiB'>32768</memory>" in open("/etc/libvirt/qemu/keep.xml").read()
        assert not [n for n in os.listdir("/etc/libvirt/qemu") if n.startswith("x.xml")]
    d.undefine()


@pytest.mark.parametrize("directory", ["/run/libvirt/qemu", "/var/lib/libvirt/qemu"])
def test_no_room_to_start(daemons, conn, directory):
    d = conn.defineXML(host.small_xml("full", U % 2))
    with Mount(directory, "size=256k,mode=755") as m:
        m.readonly()
        message = refused(d.create, libvirt.VIR_ERR_SYSTEM_ERROR, libvirt.VIR_ERR_INTERNAL_ERROR, libvirt.VIR_ERR_OPERATION_FAILED)
        assert directory in message, message
        assert not d.isActive()
        assert not host.qemus()
    d.create()
    d.destroy()
    d.undefine()


def test_disk_image_missing_or_unreadable(daemons, conn):
    xml = host.small_xml("x", devices="<disk type='file'><source file='%s'/><target dev='vda'/></disk>")
    message = refused(lambda: conn.createXML(xml % "/no/such/disk", 0), libvirt.VIR_ERR_SYSTEM_ERROR)
    assert "/no/such/disk" in message and "No such file" in message
    os.makedirs(host.IMAGES + "/dir", exist_ok=True)
    refused(lambda: conn.createXML(xml % (host.IMAGES + "/dir"), 0), *XML_ERRORS, libvirt.VIR_ERR_SYSTEM_ERROR, libvirt.VIR_ERR_OPERATION_FAILED)
    assert not host.leftovers()


def test_qcow2_that_is_none(daemons, conn):
    p = host.IMAGES + "/fake.qcow2"
    with open(p, "wb") as f:
        f.write(b"QFI\xfb" + b"\xff" * 2000)
    xml = host.small_xml("x", devices="<disk type='file'><driver name='qemu' type='qcow2'/><source file='%s'/><target dev='vda'/></disk>" % p)
    refused(lambda: conn.createXML(xml, 0), *XML_ERRORS, libvirt.VIR_ERR_OPERATION_FAILED, libvirt.VIR_ERR_SYSTEM_ERROR)
    assert host.owner(p) == "root", "ownership is restored after a failed start"
    assert not host.leftovers()


def test_backing_chain_in_a_circle(daemons, conn):
    a, b = host.IMAGES + "/loop-a.qcow2", host.IMAGES + "/loop-b.qcow2"
    subprocess.run("qemu-img create -q -f qcow2 {0} 1M; qemu-img create -q -f qcow2 -F qcow2 -b {0} {1};"
                   "qemu-img rebase -q -u -f qcow2 -F qcow2 -b {1} {0}".format(a, b), shell=True, check=True)
    xml = host.small_xml("x", devices="<disk type='file'><driver name='qemu' type='qcow2'/><source file='%s'/><target dev='vda'/></disk>" % a)
    refused(lambda: conn.createXML(xml, 0), *XML_ERRORS, libvirt.VIR_ERR_OPERATION_FAILED, libvirt.VIR_ERR_SYSTEM_ERROR)
    assert not host.leftovers()


def test_corrupt_status_file(daemons, conn):
    """A status document that cannot be read does not hide the guests beside it."""
    conn.createXML(host.small_xml("good", U % 3), libvirt.VIR_DOMAIN_START_PAUSED)
    daemons.stop()
    with open("/run/libvirt/qemu/evil.xml", "w") as f:
        f.write("<domstatus state='running' pid='1'><domain")
    daemons.start()
    c = libvirt.open(host.URI)
    assert c.lookupByName("good").state()[0] == libvirt.VIR_DOMAIN_PAUSED
    c.lookupByName("good").destroy()
    c.close()
    os.path.exists("/run/libvirt/qemu/evil.xml") and os.unlink("/run/libvirt/qemu/evil.xml")

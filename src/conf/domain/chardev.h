/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Character devices: one back end (source) for serial, parallel, console, channel, redirdev, smartcard and rng. Plain data.
 */
#pragma once

#include "conf/domain/device-info.h"

#define DOMAIN_CHR_VALUES(V)                                                                                        \
    V(DOMAIN_CHR_NULL, "null") V(DOMAIN_CHR_VC, "vc") V(DOMAIN_CHR_PTY, "pty") V(DOMAIN_CHR_DEV, "dev")               \
    V(DOMAIN_CHR_FILE, "file") V(DOMAIN_CHR_PIPE, "pipe") V(DOMAIN_CHR_STDIO, "stdio") V(DOMAIN_CHR_UDP, "udp")       \
    V(DOMAIN_CHR_TCP, "tcp") V(DOMAIN_CHR_UNIX, "unix") V(DOMAIN_CHR_SPICEVMC, "spicevmc")                            \
    V(DOMAIN_CHR_SPICEPORT, "spiceport") V(DOMAIN_CHR_NMDM, "nmdm") V(DOMAIN_CHR_QEMU_VDAGENT, "qemu-vdagent")        \
    V(DOMAIN_CHR_DBUS, "dbus")
VIR_XML_ENUM(DomainChrType, domain_chr_type, DOMAIN_CHR_NONE, DOMAIN_CHR_VALUES)

#define DOMAIN_CHR_MODE_VALUES(V) V(DOMAIN_CHR_MODE_CONNECT, "connect") V(DOMAIN_CHR_MODE_BIND, "bind") \
    V(DOMAIN_CHR_MODE_CLIENT, "client") V(DOMAIN_CHR_MODE_SERVER, "server")
VIR_XML_ENUM(DomainChrMode, domain_chr_mode, DOMAIN_CHR_MODE_NONE, DOMAIN_CHR_MODE_VALUES)

#define DOMAIN_CHR_PROTOCOL_VALUES(V)                                                                               \
    V(DOMAIN_CHR_PROTOCOL_RAW, "raw") V(DOMAIN_CHR_PROTOCOL_TELNET, "telnet") V(DOMAIN_CHR_PROTOCOL_TELNETS, "telnets") \
    V(DOMAIN_CHR_PROTOCOL_TLS, "tls")
VIR_XML_ENUM(DomainChrProtocol, domain_chr_protocol, DOMAIN_CHR_PROTOCOL_NONE, DOMAIN_CHR_PROTOCOL_VALUES)

#define DOMAIN_MOUSE_MODE_VALUES(V) V(DOMAIN_MOUSE_MODE_SERVER, "server") V(DOMAIN_MOUSE_MODE_CLIENT, "client")
VIR_XML_ENUM(DomainMouseMode, domain_mouse_mode, DOMAIN_MOUSE_MODE_NONE, DOMAIN_MOUSE_MODE_VALUES)

typedef struct {
    DomainChrType type;
    DomainChrMode mode;            /* tcp, unix: bind or connect (none: connect) */
    DomainChrProtocol protocol;    /* tcp, udp */
    VirTristate append, tls, log_append;
    VirTristate copypaste;         /* qemu-vdagent */
    DomainMouseMode mouse;         /* qemu-vdagent */
    bool tls_from_config;          /* status: tls was set by qemu.conf, not by the user */
    char *path;                    /* dev, file, pipe, pty (live), unix; nmdm: master; spiceport, dbus: channel */
    char *slave;                   /* nmdm */
    char *host, *service;          /* tcp; udp: where to send */
    char *bind_host, *bind_service;   /* udp: where to receive */
    char *log_file;
    DomainReconnect reconnect;
    VIR_ARRAY(DomainDeviceSeclabel) seclabels;
} DomainChrSource;

#define DOMAIN_SERIAL_TARGET_VALUES(V)                                                                              \
    V(DOMAIN_SERIAL_TARGET_ISA, "isa-serial") V(DOMAIN_SERIAL_TARGET_USB, "usb-serial") V(DOMAIN_SERIAL_TARGET_PCI, "pci-serial") \
    V(DOMAIN_SERIAL_TARGET_SPAPR_VIO, "spapr-vio-serial") V(DOMAIN_SERIAL_TARGET_SYSTEM, "system-serial")             \
    V(DOMAIN_SERIAL_TARGET_SCLP, "sclp-serial") V(DOMAIN_SERIAL_TARGET_ISA_DEBUG, "isa-debug")
VIR_XML_ENUM(DomainSerialTarget, domain_serial_target, DOMAIN_SERIAL_TARGET_NONE, DOMAIN_SERIAL_TARGET_VALUES)

#define DOMAIN_CONSOLE_TARGET_VALUES(V)                                                                             \
    V(DOMAIN_CONSOLE_TARGET_SERIAL, "serial") V(DOMAIN_CONSOLE_TARGET_XEN, "xen") V(DOMAIN_CONSOLE_TARGET_UML, "uml")   \
    V(DOMAIN_CONSOLE_TARGET_VIRTIO, "virtio") V(DOMAIN_CONSOLE_TARGET_LXC, "lxc") V(DOMAIN_CONSOLE_TARGET_OPENVZ, "openvz") \
    V(DOMAIN_CONSOLE_TARGET_SCLP, "sclp") V(DOMAIN_CONSOLE_TARGET_SCLPLM, "sclplm")
VIR_XML_ENUM(DomainConsoleTarget, domain_console_target, DOMAIN_CONSOLE_TARGET_NONE, DOMAIN_CONSOLE_TARGET_VALUES)

#define DOMAIN_CHANNEL_TARGET_VALUES(V) \
    V(DOMAIN_CHANNEL_TARGET_GUESTFWD, "guestfwd") V(DOMAIN_CHANNEL_TARGET_VIRTIO, "virtio") V(DOMAIN_CHANNEL_TARGET_XEN, "xen")
VIR_XML_ENUM(DomainChannelTarget, domain_channel_target, DOMAIN_CHANNEL_TARGET_NONE, DOMAIN_CHANNEL_TARGET_VALUES)

#define DOMAIN_CHANNEL_STATE_VALUES(V) \
    V(DOMAIN_CHANNEL_STATE_CONNECTED, "connected") V(DOMAIN_CHANNEL_STATE_DISCONNECTED, "disconnected")
VIR_XML_ENUM(DomainChannelState, domain_channel_state, DOMAIN_CHANNEL_STATE_NONE, DOMAIN_CHANNEL_STATE_VALUES)

#define DOMAIN_SERIAL_MODEL_VALUES(V)                                                                               \
    V(DOMAIN_SERIAL_MODEL_ISA, "isa-serial") V(DOMAIN_SERIAL_MODEL_USB, "usb-serial") V(DOMAIN_SERIAL_MODEL_PCI, "pci-serial") \
    V(DOMAIN_SERIAL_MODEL_SPAPR_VTY, "spapr-vty") V(DOMAIN_SERIAL_MODEL_PL011, "pl011")                               \
    V(DOMAIN_SERIAL_MODEL_SCLPCONSOLE, "sclpconsole") V(DOMAIN_SERIAL_MODEL_SCLPLMCONSOLE, "sclplmconsole")           \
    V(DOMAIN_SERIAL_MODEL_16550A, "16550a") V(DOMAIN_SERIAL_MODEL_ISA_DEBUGCON, "isa-debugcon")
VIR_XML_ENUM(DomainSerialModel, domain_serial_model, DOMAIN_SERIAL_MODEL_NONE, DOMAIN_SERIAL_MODEL_VALUES)

/* Serial, parallel, console and channel: which one is told by the list it is in; each uses its own target. */
typedef struct {
    DomainChrSource source;
    DomainSerialTarget serial_target;
    DomainConsoleTarget console_target;
    DomainChannelTarget channel_target;
    DomainSerialModel model;       /* serial */
    DomainChannelState state;      /* channel, live */
    int port;                      /* serial, parallel, console; -1: absent */
    char *name;                    /* channel: "org.qemu.guest_agent.0" */
    char *fwd_address, *fwd_port;  /* channel guestfwd */
    DomainDeviceInfo info;
} DomainChr;

typedef struct {
    DomainChrSource source;
    char *bus;                     /* "usb" */
    DomainDeviceInfo info;
} DomainRedirdev;

#define DOMAIN_SMARTCARD_VALUES(V) V(DOMAIN_SMARTCARD_HOST, "host") V(DOMAIN_SMARTCARD_CERTIFICATES, "host-certificates") \
    V(DOMAIN_SMARTCARD_PASSTHROUGH, "passthrough")
VIR_XML_ENUM(DomainSmartcardMode, domain_smartcard_mode, DOMAIN_SMARTCARD_NONE, DOMAIN_SMARTCARD_VALUES)

typedef struct {
    DomainSmartcardMode mode;
    DomainChrSource source;        /* passthrough */
    VIR_LIST(char) certificates;   /* host-certificates: three names */
    char *database;
    DomainDeviceInfo info;
} DomainSmartcard;

extern const VirXmlTable domain_chr_source_table, domain_serial_table, domain_parallel_table, domain_console_table,
    domain_channel_table, domain_redirdev_table, domain_smartcard_table;

DomainChr *domain_chr_new(DomainChrType type);
void domain_chr_free(DomainChr *chr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DomainChr, domain_chr_free)
/* The same back end; used to tie a first console to its serial. */
gboolean domain_chr_source_equal(const DomainChrSource *a, const DomainChrSource *b);
void domain_chr_source_copy(const DomainChrSource *from, DomainChrSource *to);   /* clears @to first */

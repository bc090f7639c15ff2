/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables of character devices.
 */
#include "conf/domain/chardev.h"

#include <string.h>

#include "util/error.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(domain_chr_type, DOMAIN_CHR_VALUES)
VIR_XML_ENUM_IMPL(domain_chr_mode, DOMAIN_CHR_MODE_VALUES)
VIR_XML_ENUM_IMPL(domain_chr_protocol, DOMAIN_CHR_PROTOCOL_VALUES)
VIR_XML_ENUM_IMPL(domain_mouse_mode, DOMAIN_MOUSE_MODE_VALUES)
VIR_XML_ENUM_IMPL(domain_serial_target, DOMAIN_SERIAL_TARGET_VALUES)
VIR_XML_ENUM_IMPL(domain_console_target, DOMAIN_CONSOLE_TARGET_VALUES)
VIR_XML_ENUM_IMPL(domain_channel_target, DOMAIN_CHANNEL_TARGET_VALUES)
VIR_XML_ENUM_IMPL(domain_channel_state, DOMAIN_CHANNEL_STATE_VALUES)
VIR_XML_ENUM_IMPL(domain_serial_model, DOMAIN_SERIAL_MODEL_VALUES)
VIR_XML_ENUM_IMPL(domain_smartcard_mode, DOMAIN_SMARTCARD_VALUES)

/* A hook because what matters is how many elements there are: UDP has two sources, others one. */
static gboolean count_sources(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err)
{
    const DomainChrSource *source = obj;
    guint most = source->type == DOMAIN_CHR_UDP ? 2 : 1, n = 0;
    VirXmlParse lax = *parse;

    lax.flags &= ~VIR_XML_STRICT;    /* the schema lets any number stand here */

    for (xmlNodePtr child = node->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE && strcmp((const char *)child->name, "source") == 0 && ++n > most)
            return vir_xml_fail(&lax, child, NULL, VIR_ERR_XML_ERROR, err, "at most %u such elements can stand here", most);
    }
    return TRUE;
}

static const VirXmlHook count_hook = { .parse = count_sources };

#define XS DomainChrSource
#define TYPE(t) X_BIT(DOMAIN_CHR_##t)
#define SECLABELS X_ARRAY("seclabel", seclabels, DomainDeviceSeclabel, domain_device_seclabel_table)
#define RECONNECT X_EMBED("reconnect", reconnect, DomainReconnect, domain_reconnect_table)
#define MODE XA_ENUM("mode", mode, domain_chr_mode, .flags = XF_ALWAYS, .arg = DOMAIN_CHR_MODE_CONNECT)
#define PROTOCOL XG("protocol", XA_ENUM("type", protocol, domain_chr_protocol, .flags = XF_ALWAYS, .arg = DOMAIN_CHR_PROTOCOL_RAW))
/* One vocabulary for all types: what another type's <source> has is read over. */
#define OTHERS X_IGNORED("mode"), OTHERS_BUT_MODE
#define OTHERS_BUT_MODE \
    X_IGNORED("path"), X_IGNORED("host"), X_IGNORED("service"), X_IGNORED("channel"), X_IGNORED("master"), \
    X_IGNORED("slave"), X_IGNORED("append"), X_IGNORED("tls"), X_IGNORED("reconnect"), X_IGNORED("seclabel"), \
    X_IGNORED("clipboard"), X_IGNORED("mouse")
static const VirXmlRow source_rows[] = {
    XA_ENUM("type", type, domain_chr_type, .flags = XF_ALWAYS, .arg = DOMAIN_CHR_PTY),
    X_HOOK(NULL, count_hook),
    X_WHEN(type, TYPE(PTY),
        XG_FLAGS("source", XF_LIVE, XA_STR("path", path), SECLABELS, OTHERS)),
    X_WHEN(type, TYPE(DEV) | TYPE(FILE) | TYPE(PIPE),
        XG("source", XA_STR("path", path), XA_ONOFF("append", append), SECLABELS, OTHERS)),
    X_WHEN(type, TYPE(UNIX),
        XG_IF("source", path, MODE, XA_STR("path", path), SECLABELS, RECONNECT, OTHERS)),
    X_WHEN(type, TYPE(TCP),
        XG_FLAGS("source", XF_ALWAYS,
            MODE,
            XA_STR("host", host),
            XA_STR("service", service),
            XA_YESNO("tls", tls),
            XA_BOOL("tlsFromConfig", tls_from_config, .flags = XF_STATUS),
            RECONNECT,
            OTHERS),
        PROTOCOL),
    X_WHEN(type, TYPE(UDP),
        XG_KEYED("source", "mode=bind", XA_STR("host", bind_host), XA_STR("service", bind_service), OTHERS_BUT_MODE),
        XG_KEYED("source", "mode=connect", XA_STR("host", host), XA_STR("service", service), OTHERS_BUT_MODE),
        XG("source", XA_STR("host", host, .flags = XF_NOFORMAT | XF_SHADOW),
            XA_STR("service", service, .flags = XF_NOFORMAT | XF_SHADOW), OTHERS)),    /* no mode: connect */
    X_WHEN(type, TYPE(NMDM),
        XG("source", XA_STR("master", path), XA_STR("slave", slave), OTHERS)),
    X_WHEN(type, TYPE(SPICEPORT) | TYPE(DBUS),
        XG("source", XA_STR("channel", path), OTHERS)),
    X_WHEN(type, TYPE(QEMU_VDAGENT),
        XG("source",
            XG("clipboard", XA_YESNO("copypaste", copypaste)),
            XG("mouse", XA_ENUM("mode", mouse, domain_mouse_mode)),
            OTHERS)),
    X_IGNORED("source"),
    X_IGNORED("protocol"),
    XG("log", XA_STR("file", log_file), XA_ONOFF("append", log_append)),
    X_END
};
#undef XS
#undef TYPE
const VirXmlTable domain_chr_source_table = { "source", sizeof(DomainChrSource), source_rows };

#define XS DomainChr
#define SOURCE X_FIELDS(source, DomainChrSource, domain_chr_source_table)
#define INFO X_FIELDS(info, DomainDeviceInfo, domain_device_info_table)
#define PORT XA_INT("port", port, .flags = XF_ABI, .arg = -1)
static const VirXmlRow serial_rows[] = {
    SOURCE,
    X_IGNORED("tty"),
    XG("target",
        XA_ENUM("type", serial_target, domain_serial_target, .flags = XF_ABI),
        PORT,
        XG("model", XA_ENUM("name", model, domain_serial_model, .flags = XF_ABI))),
    INFO,
    X_END
};
static const VirXmlRow parallel_rows[] = {
    SOURCE,
    X_IGNORED("tty"),
    XG("target", PORT, X_IGNORED("type"), X_IGNORED("model")),
    INFO,
    X_END
};
/* tty repeats the path of a pty for old readers. */
static const VirXmlRow console_rows[] = {
    SOURCE,
    X_WHEN(source.type, X_BIT(DOMAIN_CHR_PTY), XA_STR("tty", source.path, .flags = XF_LIVE | XF_SHADOW)),
    XG("target",
        XA_ENUM("type", console_target, domain_console_target, .flags = XF_ABI),
        PORT,
        X_IGNORED("model")),
    INFO,
    X_END
};
static const VirXmlRow channel_rows[] = {
    SOURCE,
    XG("target",
        XA_ENUM("type", channel_target, domain_channel_target, .flags = XF_ABI),
        X_WHEN(channel_target, X_BIT(DOMAIN_CHANNEL_TARGET_GUESTFWD),
            XA_STR("address", fwd_address, .flags = XF_ABI),
            XA_STR("port", fwd_port, .flags = XF_ABI)),
        XA_STR("name", name, .flags = XF_ABI),
        XA_ENUM("state", state, domain_channel_state, .flags = XF_LIVE)),
    INFO,
    X_END
};
/* All members, for objects whose kind nobody says. */
static const VirXmlRow any_rows[] = {
    SOURCE,
    XD_STR(fwd_address), XD_STR(fwd_port), XD_STR(name), XD_INT(port, .arg = -1),
    INFO,
    X_END
};
#undef XS
static const VirXmlTable any_table = { "channel", sizeof(DomainChr), any_rows };
const VirXmlTable domain_serial_table = { "serial", sizeof(DomainChr), serial_rows };
const VirXmlTable domain_parallel_table = { "parallel", sizeof(DomainChr), parallel_rows };
const VirXmlTable domain_console_table = { "console", sizeof(DomainChr), console_rows };
const VirXmlTable domain_channel_table = { "channel", sizeof(DomainChr), channel_rows };

#define XS DomainRedirdev
static const VirXmlRow redirdev_rows[] = {
    XA_STR("bus", bus, .flags = XF_ABI),
    SOURCE,
    X_FIELDS(info, DomainDeviceInfo, domain_device_info_boot_table),
    X_END
};
#undef XS
const VirXmlTable domain_redirdev_table = { "redirdev", sizeof(DomainRedirdev), redirdev_rows };

#define XS DomainSmartcard
static const VirXmlRow smartcard_rows[] = {
    XA_ENUM("mode", mode, domain_smartcard_mode, .flags = XF_REQUIRED | XF_ABI),
    X_WHEN(mode, X_BIT(DOMAIN_SMARTCARD_CERTIFICATES),
        X_STRLIST("certificate", certificates),
        XE_STR("database", database)),
    X_WHEN(mode, X_BIT(DOMAIN_SMARTCARD_PASSTHROUGH), SOURCE, X_IGNORED("target")),
    INFO,
    X_END
};
#undef XS
const VirXmlTable domain_smartcard_table = { "smartcard", sizeof(DomainSmartcard), smartcard_rows };

DomainChr *domain_chr_new(DomainChrType type)
{
    DomainChr *chr = vir_xml_new(&any_table);

    chr->source.type = type;
    return chr;
}

void domain_chr_free(DomainChr *chr)
{
    vir_xml_free(&any_table, chr);
}

gboolean domain_chr_source_equal(const DomainChrSource *a, const DomainChrSource *b)
{
    return vir_xml_equal(&domain_chr_source_table, a, b, 0, NULL);
}

void domain_chr_source_copy(const DomainChrSource *from, DomainChrSource *to)
{
    vir_xml_clear(&domain_chr_source_table, to);
    vir_xml_copy_into(&domain_chr_source_table, from, to);
}

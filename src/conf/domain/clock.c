/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables of <clock> and <sysinfo>.
 */
#include "conf/domain/os.h"

#include <string.h>

#include "util/error.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(domain_clock_offset, DOMAIN_CLOCK_VALUES)
VIR_XML_ENUM_IMPL(domain_clock_basis, DOMAIN_CLOCK_BASIS_VALUES)
VIR_XML_ENUM_IMPL(domain_timer_name, DOMAIN_TIMER_VALUES)
VIR_XML_ENUM_IMPL(domain_tickpolicy, DOMAIN_TICK_VALUES)
VIR_XML_ENUM_IMPL(domain_timer_track, DOMAIN_TRACK_VALUES)
VIR_XML_ENUM_IMPL(domain_timer_mode, DOMAIN_TIMER_MODE_VALUES)
VIR_XML_ENUM_IMPL(domain_sysinfo_type, DOMAIN_SYSINFO_VALUES)

#define XS DomainTimer
static const VirXmlRow timer_rows[] = {
    XA_ENUM("name", name, domain_timer_name, .flags = XF_REQUIRED | XF_ABI),
    XA_YESNO("present", present, .flags = XF_ABI),
    XA_ENUM("tickpolicy", tickpolicy, domain_tickpolicy, .flags = XF_ABI),
    X_WHEN(name, X_BIT(DOMAIN_TIMER_PLATFORM) | X_BIT(DOMAIN_TIMER_RTC),
        XA_ENUM("track", track, domain_timer_track, .flags = XF_ABI)),
    X_WHEN(name, X_BIT(DOMAIN_TIMER_TSC),
        XA_U64("frequency", frequency, .flags = XF_ABI),
        XA_ENUM("mode", mode, domain_timer_mode, .flags = XF_ABI)),
    XG("catchup",
        XA_UINT("threshold", catchup_threshold),
        XA_UINT("slew", catchup_slew),
        XA_UINT("limit", catchup_limit)),
    X_END
};
#undef XS
static const VirXmlTable timer_table = { "timer", sizeof(DomainTimer), timer_rows };

/* A hook because adjustment= is a number or the word "reset". */
static gboolean adjustment_parse(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err)
{
    DomainClock *clock = obj;
    const char *text = vir_xml_attr(node, "adjustment");
    char *end;

    vir_xml_mark_attr(node, "adjustment");
    if (!text)
        return TRUE;
    if (strcmp(text, "reset") == 0) {
        clock->adjustment_reset = TRUE;
        return TRUE;
    }
    clock->adjustment = g_ascii_strtoll(text, &end, 10);
    if (!*text || *end || g_ascii_isspace(*text))
        return vir_xml_fail(parse, node, "adjustment", VIR_ERR_XML_ERROR, err, "'%.100s' is neither a number of seconds nor 'reset'", text);
    clock->adjustment_set = TRUE;
    return TRUE;
}

static void adjustment_format(VirXmlFormat *format, gconstpointer obj)
{
    const DomainClock *clock = obj;

    if (clock->adjustment_reset)
        g_string_append(format->out, " adjustment='reset'");
    else if (clock->offset == DOMAIN_CLOCK_VARIABLE || clock->adjustment)
        g_string_append_printf(format->out, " adjustment='%" G_GINT64_FORMAT "'", clock->adjustment);
}

static const VirXmlHook adjustment_hook = { .parse = adjustment_parse, .format_attrs = adjustment_format };

#define XS DomainClock
#define OFFSET(o) X_BIT(DOMAIN_CLOCK_##o)
static const VirXmlRow clock_rows[] = {
    XA_ENUM("offset", offset, domain_clock_offset, .flags = XF_ALWAYS | XF_ABI, .arg = DOMAIN_CLOCK_UTC),
    X_WHEN(offset, OFFSET(UTC) | OFFSET(LOCALTIME) | OFFSET(VARIABLE), X_HOOK(NULL, adjustment_hook)),
    X_IGNORED("adjustment"),    /* the hook's */
    XD_BOOL(adjustment_reset),
    XD_BOOL(adjustment_set),
    XD_S64(adjustment),
    X_WHEN(offset, OFFSET(VARIABLE),
        XA_ENUM("basis", basis, domain_clock_basis, .flags = XF_ALWAYS, .arg = DOMAIN_CLOCK_BASIS_UTC),
        XA_S64("adjustment0", adjustment0, .flags = XF_STATUS)),
    X_WHEN(offset, OFFSET(TIMEZONE), XA_STR("timezone", timezone)),
    X_WHEN(offset, OFFSET(ABSOLUTE), XA_U64("start", start, .flags = XF_ALWAYS)),
    X_ARRAY("timer", timers, DomainTimer, timer_table),
    X_END
};
#undef XS
const VirXmlTable domain_clock_table = { "clock", sizeof(DomainClock), clock_rows };

#define ENTRY(n, m) XG_KEYED("entry", "name=" n, XT_STR(m, .flags = XF_ABI))

#define XS SysinfoBios
static const VirXmlRow bios_rows[] = {
    ENTRY("vendor", vendor), ENTRY("version", version), ENTRY("date", date), ENTRY("release", release), X_END
};
#undef XS
static const VirXmlTable bios_table = { "bios", sizeof(SysinfoBios), bios_rows };

#define XS SysinfoSystem
static const VirXmlRow system_rows[] = {
    ENTRY("manufacturer", manufacturer), ENTRY("product", product), ENTRY("version", version), ENTRY("serial", serial),
    ENTRY("uuid", uuid), ENTRY("sku", sku), ENTRY("family", family), X_END
};
#undef XS
static const VirXmlTable system_table = { "system", sizeof(SysinfoSystem), system_rows };

#define XS SysinfoBaseboard
static const VirXmlRow baseboard_rows[] = {
    ENTRY("manufacturer", manufacturer), ENTRY("product", product), ENTRY("version", version), ENTRY("serial", serial),
    ENTRY("asset", asset), ENTRY("location", location), X_END
};
#undef XS
static const VirXmlTable baseboard_table = { "baseBoard", sizeof(SysinfoBaseboard), baseboard_rows };

#define XS SysinfoChassis
static const VirXmlRow chassis_rows[] = {
    ENTRY("manufacturer", manufacturer), ENTRY("version", version), ENTRY("serial", serial), ENTRY("asset", asset),
    ENTRY("sku", sku), X_END
};
#undef XS
static const VirXmlTable chassis_table = { "chassis", sizeof(SysinfoChassis), chassis_rows };

#define XS SysinfoFwcfg
static const VirXmlRow fwcfg_rows[] = {
    XA_STR("name", name, .flags = XF_REQUIRED | XF_ABI),
    XA_STR("file", file, .flags = XF_ABI),
    XT_STR(value, .flags = XF_ABI),
    X_END
};
#undef XS
static const VirXmlTable fwcfg_table = { "entry", sizeof(SysinfoFwcfg), fwcfg_rows };

#define XS DomainSysinfo
static const VirXmlRow sysinfo_rows[] = {
    XA_ENUM("type", type, domain_sysinfo_type, .flags = XF_REQUIRED | XF_ABI),
    X_WHEN(type, X_BIT(DOMAIN_SYSINFO_SMBIOS),
        X_PTR("bios", bios, SysinfoBios, bios_table, .flags = XF_ABI),
        X_PTR("system", system, SysinfoSystem, system_table, .flags = XF_ABI),
        X_ARRAY("baseBoard", baseboards, SysinfoBaseboard, baseboard_table, .flags = XF_ABI),
        X_PTR("chassis", chassis, SysinfoChassis, chassis_table, .flags = XF_ABI),
        XG("oemStrings", X_STRLIST("entry", oem_strings, .flags = XF_ABI))),
    X_WHEN(type, X_BIT(DOMAIN_SYSINFO_FWCFG), X_ARRAY("entry", fwcfg, SysinfoFwcfg, fwcfg_table, .flags = XF_ABI)),
    X_END
};
#undef XS
const VirXmlTable domain_sysinfo_table = { "sysinfo", sizeof(DomainSysinfo), sysinfo_rows };

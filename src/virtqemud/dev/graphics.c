/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Displays. Passwords are set over QMP after the start; listening addresses and ports are in the document already.
 */
#include "virtqemud/dev/dev.h"

#include <string.h>

#define VIR_FROM_THIS VIR_FROM_QEMU
#define VNC_BASE 5900

static void add_escaped(GString *out, const char *text)
{
    for (; *text; text++) {
        if (*text == ',')
            g_string_append_c(out, ',');
        g_string_append_c(out, *text);
    }
}

static void add_option(GString *out, const char *key, const char *value)
{
    if (!value)
        return;
    g_string_append_printf(out, "%s%s=", out->len ? "," : "", key);
    add_escaped(out, value);
}

static void add_onoff(GString *out, const char *key, VirTristate value)
{
    if (value)
        add_option(out, key, value == VIR_TRISTATE_YES ? "on" : "off");
}

static const DomainGraphicsListen *listen_of(const DomainGraphics *g)
{
    return g->listens.n ? &g->listens.v[0] : NULL;
}

static const char *address_of(const DomainGraphics *g, const char *fallback)
{
    const DomainGraphicsListen *l = listen_of(g);
    const char *address = l && l->address ? l->address : g->listen;
    return address && *address ? address : fallback;
}

/* The audio back end a display plays: its own, else the guest's first. */
static char *audio_of(QemuPlanner *p, const DomainGraphics *g)
{
    guint id = g->audio_id ? g->audio_id : p->def->audios.n ? p->def->audios.v[0]->id : 0;
    return id ? g_strdup_printf("audio%u", id) : NULL;
}

static void add_password(QemuPlanner *p, const char *protocol, const DomainGraphics *g, const char *fallback)
{
    const char *password = g->passwd ? g->passwd : fallback;
    if (!password)
        return;
    /* VNC knows one way only: those that are connected stay. */
    const char *connected = g->connected && g->type == DOMAIN_GRAPHICS_SPICE ? vir_enum_to_string(&domain_auth_connected_enum, g->connected) : NULL;
    vir_plan_command(p->plan, "set_password", vir_json_new("s:protocol", protocol, "s:password", password, "?s:connected", connected,
                                                           NULL));
    g_autofree char *until = NULL;
    if (g->passwd_valid_to) {
        g_autoptr(GDateTime) t = g_date_time_new_from_iso8601(g->passwd_valid_to, NULL);
        g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
        g_autoptr(GDateTime) t2 = t ? NULL : g_date_time_new_from_iso8601(g->passwd_valid_to, utc);
        if (t || t2)
            until = g_strdup_printf("%" G_GINT64_FORMAT, g_date_time_to_unix(t ? t : t2));
    }
    vir_plan_command(p->plan, "expire_password", vir_json_new("s:protocol", protocol, "s:time", until ? until : "never", NULL));
}

/* ---- VNC ---- */

static gboolean plan_vnc(QemuPlanner *p, const DomainGraphics *g, GError **err)
{
    const QemuConf *conf = p->ctx->conf;
    const DomainGraphicsListen *l = listen_of(g);
    g_autoptr(GString) out = g_string_new(NULL);
    const char *socket = l && l->type == DOMAIN_LISTEN_SOCKET ? l->socket : g->socket;
    if (socket) {
        g_string_append(out, "vnc=unix:");
        add_escaped(out, socket);
    } else if (l && l->type == DOMAIN_LISTEN_NOTHING) {
        g_string_append(out, "none");
    } else {
        const char *address = address_of(g, conf->vnc_listen);
        int display = g->port > 0 ? g->port - VNC_BASE : 0;
        if (g->port <= 0 && !p->ctx->native)
            return vir_fail(err, VIR_ERR_INTERNAL_ERROR, "the VNC display has no port yet");
        g_string_append_printf(out, address && strchr(address, ':') ? "[%s]:%d" : "%s:%d", address ? address : "", display);
        if (g->websocket > 0)
            g_string_append_printf(out, ",websocket=%d", g->websocket);
        else if (g->websocket < 0)
            g_string_append(out, ",websocket=on");
    }
    if (g->share_policy)
        add_option(out, "share", vir_enum_to_string(&domain_vnc_share_enum, g->share_policy));
    if (g->passwd || conf->vnc_password)
        add_option(out, "password", "on");
    if (conf->vnc.enabled) {
        add_option(out, "tls-creds", "vnc-tls-creds0");
        if (!qemu_add_tls(p, "vnc-tls-creds0", &conf->vnc, TRUE, err))
            return FALSE;
    }
    if (conf->vnc_sasl)
        add_option(out, "sasl", "on");
    add_onoff(out, "power-control", g->power_control);
    g_autofree char *audio = audio_of(p, g);
    add_option(out, "audiodev", audio);
    vir_plan_arg(p->plan, "-vnc", out->str);
    if (g->keymap)
        vir_plan_arg(p->plan, "-k", g->keymap);
    add_password(p, "vnc", g, conf->vnc_password);
    return TRUE;
}

/* ---- SPICE ---- */

static void add_spice_tuning(GString *out, const DomainGraphics *g, const QemuConf *conf, gboolean tls)
{
    const DomainGraphicsSpice *s = g->spice;
    if (s && s->mouse)
        add_option(out, "agent-mouse", s->mouse == DOMAIN_MOUSE_MODE_CLIENT ? "on" : "off");
    if (!g->passwd && !conf->spice_password)
        add_option(out, "disable-ticketing", "on");
    if (tls)
        add_option(out, "x509-dir", conf->spice_cert_dir ? conf->spice_cert_dir : conf->default_tls_cert_dir);
    if (!s)
        return;
    if (s->default_mode == DOMAIN_SPICE_MODE_SECURE)
        add_option(out, "tls-channel", "default");
    else if (s->default_mode == DOMAIN_SPICE_MODE_INSECURE)
        add_option(out, "plaintext-channel", "default");
    for (guint i = 0; i < s->channels.n; i++) {
        const char *name = vir_enum_to_string(&domain_spice_channel_enum, s->channels.v[i].name);
        if (s->channels.v[i].mode == DOMAIN_SPICE_MODE_SECURE)
            add_option(out, "tls-channel", name);
        else if (s->channels.v[i].mode == DOMAIN_SPICE_MODE_INSECURE)
            add_option(out, "plaintext-channel", name);
    }
    if (s->image)
        add_option(out, "image-compression", vir_enum_to_string(&domain_spice_image_enum, s->image));
    if (s->jpeg)
        add_option(out, "jpeg-wan-compression", vir_enum_to_string(&domain_spice_compression_enum, s->jpeg));
    if (s->zlib)
        add_option(out, "zlib-glz-wan-compression", vir_enum_to_string(&domain_spice_compression_enum, s->zlib));
    add_onoff(out, "playback-compression", s->playback);
    if (s->streaming)
        add_option(out, "streaming-video", vir_enum_to_string(&domain_spice_streaming_enum, s->streaming));
    if (s->copypaste == VIR_TRISTATE_NO)
        add_option(out, "disable-copy-paste", "on");
    if (s->filetransfer == VIR_TRISTATE_NO)
        add_option(out, "disable-agent-file-xfer", "on");
}

static gboolean plan_spice(QemuPlanner *p, const DomainGraphics *g, GError **err)
{
    const QemuConf *conf = p->ctx->conf;
    const DomainGraphicsListen *l = listen_of(g);
    g_autoptr(GString) out = g_string_new(NULL);
    gboolean tls = FALSE;
    /* Reading a document needs no SPICE; running it does. */
    if (!p->ctx->native && !qemu_need(p, VIR_QEMU_CAP_SPICE, "SPICE", err))
        return FALSE;
    if (l && l->type == DOMAIN_LISTEN_SOCKET) {
        g_string_append(out, "unix");
        add_option(out, "addr", l->socket);
    } else if (l && l->type == DOMAIN_LISTEN_NOTHING) {
        g_string_append(out, "port=0");
    } else {
        const char *address = address_of(g, conf->spice_listen);
        /* Where nothing is started nothing is reserved: the first ports stand for the automatic ones. */
        gboolean pretend = p->ctx->native && g->autoport != VIR_TRISTATE_NO;
        int port = g->port > 0 ? g->port : pretend ? VNC_BASE + 1 : 0, tls_port = g->tls_port > 0 ? g->tls_port : pretend ? VNC_BASE + 2 : 0;
        if (port)
            g_string_append_printf(out, "port=%d", port);
        if (tls_port) {
            g_string_append_printf(out, "%stls-port=%d", out->len ? "," : "", tls_port);
            tls = TRUE;
        }
        if (out->len)
            add_option(out, "addr", address);
        else
            g_string_append(out, "port=0");
    }
    if (conf->spice_sasl)
        add_option(out, "sasl", "on");
    add_spice_tuning(out, g, conf, tls);
    if (g->gl == VIR_TRISTATE_YES) {
        add_option(out, "gl", "on");
        add_option(out, "rendernode", g->rendernode);
        if (g->rendernode)
            vir_plan_add_device_node(p->plan, g->rendernode);
    }
    add_option(out, "seamless-migration", "on");
    vir_plan_arg(p->plan, "-spice", out->str);
    if (g->keymap)
        vir_plan_arg(p->plan, "-k", g->keymap);
    add_password(p, "spice", g, conf->spice_password);
    return TRUE;
}

/* ---- others ---- */

static gboolean plan_sdl(QemuPlanner *p, const DomainGraphics *g, GError **err)
{
    g_autoptr(GString) out = g_string_new("sdl");
    add_onoff(out, "gl", g->gl);
    if (g->xauth)
        vir_plan_setenv(p->plan, "XAUTHORITY", g->xauth);
    if (g->display)
        vir_plan_setenv(p->plan, "DISPLAY", g->display);
    if (g->fullscreen == VIR_TRISTATE_YES)
        vir_plan_arg(p->plan, "-full-screen", NULL);
    vir_plan_arg(p->plan, "-display", out->str);
    return TRUE;
}

static gboolean plan_egl(QemuPlanner *p, const DomainGraphics *g, GError **err)
{
    g_autoptr(GString) out = g_string_new("egl-headless");
    add_option(out, "rendernode", g->rendernode);
    if (g->rendernode)
        vir_plan_add_device_node(p->plan, g->rendernode);
    vir_plan_arg(p->plan, "-display", out->str);
    return TRUE;
}

static gboolean plan_dbus(QemuPlanner *p, const DomainGraphics *g, GError **err)
{
    g_autoptr(GString) out = g_string_new("dbus");
    if (g->p2p == VIR_TRISTATE_YES) {
        add_option(out, "p2p", "on");
    } else {
        g_autofree char *address = g->address ? g_strdup(g->address)
                                   : g_strdup_printf("unix:path=%s/%d-%s-dbus.sock", p->ctx->dirs->dbus, p->ctx->id, p->def->name);
        if (!g->address && !p->ctx->native)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "graphics: a D-Bus daemon of the guest's own is not supported yet; give "
                            "address='...' or p2p='yes'");
        add_option(out, "addr", address);
    }
    add_onoff(out, "gl", g->gl);
    add_option(out, "rendernode", g->rendernode);
    if (g->audio_id) {
        g_autofree char *audio = g_strdup_printf("audio%u", g->audio_id);
        add_option(out, "audiodev", audio);
    }
    vir_plan_arg(p->plan, "-display", out->str);
    return TRUE;
}

static gboolean plan(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainGraphics *g = dev;
    switch (g->type) {
    case DOMAIN_GRAPHICS_VNC: return plan_vnc(p, g, err);
    case DOMAIN_GRAPHICS_SPICE: return plan_spice(p, g, err);
    case DOMAIN_GRAPHICS_SDL: return plan_sdl(p, g, err);
    case DOMAIN_GRAPHICS_EGL_HEADLESS: return plan_egl(p, g, err);
    case DOMAIN_GRAPHICS_DBUS: return plan_dbus(p, g, err);
    default:
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "QEMU has no graphics of type '%s'",
                        vir_enum_to_string(&domain_graphics_type_enum, g->type));
    }
}

const QemuDevRow qemu_dev_graphics = {
    "graphics", 0, G_STRUCT_OFFSET(DomainDef, graphics), G_STRUCT_OFFSET(DomainGraphics, info), NULL, plan,
};

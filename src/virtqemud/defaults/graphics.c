/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Displays, the cards beside them, and sound's way to the host.
 */
#include <string.h>

#include "virtqemud/defaults/parts.h"

static gboolean has_listens(DomainGraphicsType type)
{
    return type == DOMAIN_GRAPHICS_VNC || type == DOMAIN_GRAPHICS_SPICE || type == DOMAIN_GRAPHICS_RDP;
}

static void default_listen(DomainGraphics *g)
{
    DomainGraphicsListen *first;

    if (g->listens.n == 0)
        VIR_ARRAY_ADD(&g->listens)->type = g->socket ? DOMAIN_LISTEN_SOCKET : DOMAIN_LISTEN_ADDRESS;
    first = &g->listens.v[0];
    if (g->type == DOMAIN_GRAPHICS_VNC && g->socket) {
        first->type = DOMAIN_LISTEN_SOCKET;
        g_clear_pointer(&first->address, g_free);
        if (!first->socket)
            first->socket = g_strdup(g->socket);
    }
    if (first->type == DOMAIN_LISTEN_ADDRESS && !first->address && g->listen && *g->listen)
        first->address = g_strdup(g->listen);
}

static gboolean on_network(const DomainGraphics *g)
{
    return g->listens.v[0].type == DOMAIN_LISTEN_ADDRESS || g->listens.v[0].type == DOMAIN_LISTEN_NETWORK;
}

static void default_ports(DomainGraphics *g)
{
    if (!on_network(g))
        return;
    if (g->type == DOMAIN_GRAPHICS_SPICE) {
        if (g->autoport == VIR_TRISTATE_YES || g->port || g->tls_port) {
            if (g->autoport == VIR_TRISTATE_ABSENT)
                g->autoport = VIR_TRISTATE_NO;
            return;
        }
        /* nobody can reach it by network: it is for descriptors that are handed in */
        g_clear_pointer(&g->listens.v[0].address, g_free);
        g->listens.v[0].type = DOMAIN_LISTEN_NOTHING;
        g->autoport = VIR_TRISTATE_ABSENT;
        return;
    }
    if (g->autoport == VIR_TRISTATE_ABSENT)
        g->autoport = vir_tristate(g->port <= 0);
    if (g->autoport == VIR_TRISTATE_YES)
        g->port = -1;
    else if (g->port < 0)
        g->autoport = VIR_TRISTATE_YES;
}

static DomainVideoType default_video(const QemuFinish *f)
{
    static const struct { VirQemuCap cap; DomainVideoType type; } x86[] = {
        { VIR_QEMU_CAP_CIRRUS_VGA, DOMAIN_VIDEO_CIRRUS }, { VIR_QEMU_CAP_VGA, DOMAIN_VIDEO_VGA },
    };

    if (f->board == QEMU_BOARD_PSERIES || qemu_arch_is_ppc64(f->def->os.arch))
        return DOMAIN_VIDEO_VGA;
    if (f->board == QEMU_BOARD_ARM_VIRT || f->board == QEMU_BOARD_S390 || f->board == QEMU_BOARD_RISCV_VIRT ||
        f->board == QEMU_BOARD_LOONGARCH)
        return DOMAIN_VIDEO_VIRTIO;
    for (guint i = 0; i < G_N_ELEMENTS(x86); i++) {
        if (qemu_finish_has(f, x86[i].cap))
            return x86[i].type;
    }
    return qemu_finish_has(f, VIR_QEMU_CAP_VIRTIO_GPU) ? DOMAIN_VIDEO_VIRTIO : DOMAIN_VIDEO_VGA;
}

static void default_videos(QemuFinish *f)
{
    for (guint i = 0; i < f->def->videos.n; i++) {
        DomainVideo *video = f->def->videos.v[i];

        if (video->type == DOMAIN_VIDEO_NONE)
            video->type = default_video(f);
        if (video->type == DOMAIN_VIDEO_QXL && !video->vgamem)
            video->vgamem = 16 * 1024;
    }
}

static DomainAudioType audio_of_displays(const QemuFinish *f)
{
    const DomainDef *def = f->def;

    for (guint i = 0; i < def->graphics.n; i++) {
        if (def->graphics.v[i]->type == DOMAIN_GRAPHICS_SPICE)
            return DOMAIN_AUDIO_SPICE;
    }
    for (guint i = 0; i < def->graphics.n; i++) {
        if (def->graphics.v[i]->type == DOMAIN_GRAPHICS_VNC)
            return DOMAIN_AUDIO_NOTHING;
    }
    /* others bring sound of their own */
    return def->graphics.n ? DOMAIN_AUDIO_NONE : DOMAIN_AUDIO_NOTHING;
}

static void default_audio(QemuFinish *f)
{
    DomainDef *def = f->def;
    DomainAudio *audio;

    if (def->audios.n || audio_of_displays(f) == DOMAIN_AUDIO_NONE)
        return;
    audio = vir_xml_new(&domain_audio_table);
    audio->id = 1;
    audio->type = audio_of_displays(f);
    VIR_LIST_APPEND(&def->audios, audio);
}

void qemu_finish_graphics(QemuFinish *f)
{
    for (guint i = 0; i < f->def->graphics.n; i++) {
        DomainGraphics *g = f->def->graphics.v[i];

        if (has_listens(g->type)) {
            default_listen(g);
            default_ports(g);
        }
    }
    default_videos(f);
    default_audio(f);
}

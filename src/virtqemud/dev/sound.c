/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sound cards and the host's side of them (-audiodev).
 */
#include "virtqemud/dev/dev.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

static char *audio_id(const DomainDef *def, guint id)
{
    return id ? g_strdup_printf("audio%u", id) : def->audios.n ? g_strdup_printf("audio%u", def->audios.v[0]->id) : NULL;
}

/* ---- sound ---- */

static const char *const drivers[] = {
    [DOMAIN_SOUND_SB16] = "sb16", [DOMAIN_SOUND_ES1370] = "ES1370", [DOMAIN_SOUND_AC97] = "AC97",
    [DOMAIN_SOUND_ICH6] = "intel-hda", [DOMAIN_SOUND_ICH9] = "ich9-intel-hda", [DOMAIN_SOUND_USB] = "usb-audio",
    [DOMAIN_SOUND_VIRTIO] = "virtio-sound-pci",
};
static const char *const codecs[] = {
    [DOMAIN_CODEC_NONE] = "hda-duplex", [DOMAIN_CODEC_DUPLEX] = "hda-duplex", [DOMAIN_CODEC_MICRO] = "hda-micro",
    [DOMAIN_CODEC_OUTPUT] = "hda-output",
};

static void add_codec(QemuPlanner *p, const DomainSound *sound, DomainCodecType type, guint n, const char *audio)
{
    g_autofree char *id = g_strdup_printf("%s-codec%u", sound->info.alias, n);
    g_autofree char *bus = g_strdup_printf("%s.0", sound->info.alias);
    qemu_add_device(p, qemu_device_new(codecs[type], "s:id", id, "s:bus", bus, "u:cad", n, "?s:audiodev", audio, NULL));
}

static gboolean plan_sound(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainSound *sound = dev;
    if (sound->model == DOMAIN_SOUND_PCSPK)
        return TRUE;                          /* -machine pcspk-audiodev */
    const char *driver = sound->model < G_N_ELEMENTS(drivers) ? drivers[sound->model] : NULL;
    if (!driver)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "QEMU has no sound card of model '%s'",
                        vir_enum_to_string(&domain_sound_model_enum, sound->model));
    gboolean hda = sound->model == DOMAIN_SOUND_ICH6 || sound->model == DOMAIN_SOUND_ICH9;
    g_autofree char *audio = audio_id(p->def, sound->audio_id);
    g_autoptr(VirJson) props = qemu_device_new(driver, "s:id", sound->info.alias, NULL);
    if (!hda)
        vir_json_add(props, "?s:audiodev", audio, NULL);
    if (sound->model == DOMAIN_SOUND_USB)
        qemu_json_bool(props, "multi", sound->multichannel);
    if (sound->model == DOMAIN_SOUND_VIRTIO) {
        qemu_add_virtio_options(props, &sound->virtio);
        vir_json_add(props, "?u:streams", sound->streams, NULL);
    }
    if (!qemu_add_address(p, props, &sound->info, "sound", err))
        return FALSE;
    qemu_add_device(p, g_steal_pointer(&props));
    for (guint i = 0; hda && i < sound->codecs.n; i++)
        add_codec(p, sound, sound->codecs.v[i].type, i, audio);
    if (hda && !sound->codecs.n)
        add_codec(p, sound, DOMAIN_CODEC_DUPLEX, 0, audio);
    return TRUE;
}

const QemuDevRow qemu_dev_sound = {
    "sound", 0, G_STRUCT_OFFSET(DomainDef, sounds), G_STRUCT_OFFSET(DomainSound, info), NULL, plan_sound,
};

/* ---- audio ---- */

static VirJson *stream_of(const DomainAudio *audio, const DomainAudioStream *s)
{
    VirJson *o = vir_json_new(NULL, NULL);
    qemu_json_bool(o, "mixing-engine", s->mixing_engine);
    qemu_json_bool(o, "fixed-settings", s->fixed_settings);
    vir_json_add(o, "?u:voices", s->voices, "?u:buffer-length", s->buffer_length, "?u:frequency", s->frequency,
                 "?u:channels", s->channels, NULL);
    if (s->format)
        vir_json_add(o, "s:format", vir_enum_to_string(&domain_audio_format_enum, s->format), NULL);
    switch (audio->type) {
    case DOMAIN_AUDIO_JACK:
        vir_json_add(o, "?s:server-name", s->server_name, "?s:client-name", s->client_name, "?s:connect-ports", s->connect_ports, NULL);
        qemu_json_bool(o, "exact-name", s->exact_name);
        break;
    case DOMAIN_AUDIO_PULSEAUDIO: case DOMAIN_AUDIO_PIPEWIRE:
        vir_json_add(o, "?s:name", s->name, "?s:stream-name", s->stream_name, "?u:latency", s->latency, NULL);
        break;
    default:
        vir_json_add(o, "?s:dev", s->dev, "?u:buffer-count", s->buffer_count, NULL);
        qemu_json_bool(o, "try-poll", s->try_poll);
    }
    return o;
}

static gboolean has_members(VirJson *o)
{
    return json_object_object_length(o) > 0;
}

static gboolean plan_audio(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainAudio *audio = dev;
    g_autofree char *id = g_strdup_printf("audio%u", audio->id);
    const char *driver = audio->type == DOMAIN_AUDIO_FILE ? "wav" : audio->type == DOMAIN_AUDIO_PULSEAUDIO ? "pa"
                         : vir_enum_to_string(&domain_audio_type_enum, audio->type);
    g_autoptr(VirJson) props = vir_json_new("s:id", id, "s:driver", driver, "?u:timer-period", audio->timer_period,
                                            "?s:path", audio->path, NULL);
    if (audio->type == DOMAIN_AUDIO_PULSEAUDIO)
        vir_json_add(props, "?s:server", audio->server_name, NULL);
    qemu_json_bool(props, "try-mmap", audio->try_mmap);
    qemu_json_bool(props, "exclusive", audio->exclusive);
    if (audio->dsp_policy >= 0)
        vir_json_add(props, "i:dsp-policy", audio->dsp_policy, NULL);
    if (audio->input) {
        g_autoptr(VirJson) in = stream_of(audio, audio->input);
        if (has_members(in))
            vir_json_add(props, "O:in", in, NULL);
    }
    if (audio->output) {
        g_autoptr(VirJson) out = stream_of(audio, audio->output);
        if (has_members(out))
            vir_json_add(props, "O:out", out, NULL);
    }
    vir_plan_arg(p->plan, "-audiodev", vir_json_text(props, NULL));
    return TRUE;
}

const QemuDevRow qemu_dev_audio = { "audio", QEMU_DEV_NO_INFO, G_STRUCT_OFFSET(DomainDef, audios), 0, NULL, plan_audio };

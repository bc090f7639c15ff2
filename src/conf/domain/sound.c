/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables of sound devices and audio back ends.
 */
#include "conf/domain/graphics.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(domain_sound_model, DOMAIN_SOUND_VALUES)
VIR_XML_ENUM_IMPL(domain_codec_type, DOMAIN_CODEC_VALUES)
VIR_XML_ENUM_IMPL(domain_audio_type, DOMAIN_AUDIO_VALUES)
VIR_XML_ENUM_IMPL(domain_audio_format, DOMAIN_AUDIO_FORMAT_VALUES)
VIR_XML_ENUM_IMPL(domain_sdl_driver, DOMAIN_SDL_DRIVER_VALUES)

#define XS DomainSoundCodec
static const VirXmlRow codec_rows[] = {
    XA_ENUM("type", type, domain_codec_type, .flags = XF_REQUIRED | XF_ABI),
    X_END
};
#undef XS
static const VirXmlTable codec_table = { "codec", sizeof(DomainSoundCodec), codec_rows };

#define XS DomainSound
static const VirXmlRow sound_rows[] = {
    XA_ENUM("model", model, domain_sound_model, .flags = XF_REQUIRED | XF_ABI),
    XA_YESNO("multichannel", multichannel, .flags = XF_ABI, .since = 904),
    XA_UINT("streams", streams, .flags = XF_ABI, .since = 1004),
    X_ARRAY("codec", codecs, DomainSoundCodec, codec_table, .flags = XF_ABI),
    XG("audio", XA_UINT("id", audio_id)),
    XG("driver", X_FIELDS(virtio, DomainVirtioOptions, domain_virtio_options_table)),
    X_FIELDS(info, DomainDeviceInfo, domain_device_info_table),
    X_END
};
#undef XS
const VirXmlTable domain_sound_table = { "sound", sizeof(DomainSound), sound_rows };

#define XS DomainAudioStream
static const VirXmlRow stream_rows[] = {
    XA_YESNO("mixingEngine", mixing_engine),
    XA_YESNO("fixedSettings", fixed_settings),
    XA_UINT("voices", voices),
    XA_UINT("bufferLength", buffer_length),
    XA_STR("dev", dev),
    XA_UINT("bufferCount", buffer_count),
    XA_STR("serverName", server_name),
    XA_STR("clientName", client_name),
    XA_STR("connectPorts", connect_ports),
    XA_YESNO("exactName", exact_name),
    XA_YESNO("tryPoll", try_poll),
    XA_STR("name", name),
    XA_STR("streamName", stream_name),
    XA_UINT("latency", latency),
    XG("settings",
        XA_UINT("frequency", frequency),
        XA_UINT("channels", channels),
        XA_ENUM("format", format, domain_audio_format)),
    X_END
};
#undef XS
static const VirXmlTable stream_table = { "input", sizeof(DomainAudioStream), stream_rows };

#define XS DomainAudio
#define TYPE(t) X_BIT(DOMAIN_AUDIO_##t)
static const VirXmlRow audio_rows[] = {
    XA_UINT("id", id, .flags = XF_REQUIRED),
    XA_ENUM("type", type, domain_audio_type, .flags = XF_REQUIRED),
    XA_UINT("timerPeriod", timer_period),
    XA_YESNO("tryMMap", try_mmap),
    XA_YESNO("exclusive", exclusive),
    XA_INT("dspPolicy", dsp_policy, .arg = -1),
    XA_ENUM("driver", sdl_driver, domain_sdl_driver),
    XA_STR("path", path),
    XA_STR("serverName", server_name),
    XA_STR("runtimeDir", runtime_dir, .since = 904),
    X_PTR("input", input, DomainAudioStream, stream_table),
    X_PTR("output", output, DomainAudioStream, stream_table),
    X_END
};
#undef XS
const VirXmlTable domain_audio_table = { "audio", sizeof(DomainAudio), audio_rows };

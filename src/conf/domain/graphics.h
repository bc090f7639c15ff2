/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Graphics, video, sound and audio. Plain data.
 */
#pragma once

#include "conf/domain/chardev.h"

#define DOMAIN_GRAPHICS_VALUES(V)                                                                                   \
    V(DOMAIN_GRAPHICS_SDL, "sdl") V(DOMAIN_GRAPHICS_VNC, "vnc") V(DOMAIN_GRAPHICS_RDP, "rdp")                         \
    V(DOMAIN_GRAPHICS_DESKTOP, "desktop") V(DOMAIN_GRAPHICS_SPICE, "spice")                                           \
    V(DOMAIN_GRAPHICS_EGL_HEADLESS, "egl-headless") V(DOMAIN_GRAPHICS_DBUS, "dbus")
VIR_XML_ENUM(DomainGraphicsType, domain_graphics_type, DOMAIN_GRAPHICS_NONE, DOMAIN_GRAPHICS_VALUES)

#define DOMAIN_LISTEN_VALUES(V) V(DOMAIN_LISTEN_ADDRESS, "address") V(DOMAIN_LISTEN_NETWORK, "network") \
    V(DOMAIN_LISTEN_SOCKET, "socket") V(DOMAIN_LISTEN_NOTHING, "none")
VIR_XML_ENUM(DomainListenType, domain_listen_type, DOMAIN_LISTEN_NONE, DOMAIN_LISTEN_VALUES)

#define DOMAIN_VNC_SHARE_VALUES(V) V(DOMAIN_VNC_SHARE_EXCLUSIVE, "allow-exclusive") \
    V(DOMAIN_VNC_SHARE_FORCE, "force-shared") V(DOMAIN_VNC_SHARE_IGNORE, "ignore")
VIR_XML_ENUM(DomainVncShare, domain_vnc_share, DOMAIN_VNC_SHARE_NONE, DOMAIN_VNC_SHARE_VALUES)

#define DOMAIN_AUTH_CONNECTED_VALUES(V) V(DOMAIN_AUTH_CONNECTED_FAIL, "fail") V(DOMAIN_AUTH_CONNECTED_DISCONNECT, "disconnect") \
    V(DOMAIN_AUTH_CONNECTED_KEEP, "keep")
VIR_XML_ENUM(DomainAuthConnected, domain_auth_connected, DOMAIN_AUTH_CONNECTED_NONE, DOMAIN_AUTH_CONNECTED_VALUES)

#define DOMAIN_SPICE_CHANNEL_VALUES(V)                                                                              \
    V(DOMAIN_SPICE_CHANNEL_MAIN, "main") V(DOMAIN_SPICE_CHANNEL_DISPLAY, "display") V(DOMAIN_SPICE_CHANNEL_INPUTS, "inputs") \
    V(DOMAIN_SPICE_CHANNEL_CURSOR, "cursor") V(DOMAIN_SPICE_CHANNEL_PLAYBACK, "playback")                             \
    V(DOMAIN_SPICE_CHANNEL_RECORD, "record") V(DOMAIN_SPICE_CHANNEL_SMARTCARD, "smartcard")                           \
    V(DOMAIN_SPICE_CHANNEL_USBREDIR, "usbredir")
VIR_XML_ENUM(DomainSpiceChannelName, domain_spice_channel, DOMAIN_SPICE_CHANNEL_NONE, DOMAIN_SPICE_CHANNEL_VALUES)

#define DOMAIN_SPICE_MODE_VALUES(V) V(DOMAIN_SPICE_MODE_ANY, "any") V(DOMAIN_SPICE_MODE_SECURE, "secure") \
    V(DOMAIN_SPICE_MODE_INSECURE, "insecure")
VIR_XML_ENUM(DomainSpiceMode, domain_spice_mode, DOMAIN_SPICE_MODE_NONE, DOMAIN_SPICE_MODE_VALUES)

#define DOMAIN_SPICE_IMAGE_VALUES(V)                                                                                \
    V(DOMAIN_SPICE_IMAGE_AUTO_GLZ, "auto_glz") V(DOMAIN_SPICE_IMAGE_AUTO_LZ, "auto_lz") V(DOMAIN_SPICE_IMAGE_QUIC, "quic") \
    V(DOMAIN_SPICE_IMAGE_GLZ, "glz") V(DOMAIN_SPICE_IMAGE_LZ, "lz") V(DOMAIN_SPICE_IMAGE_OFF, "off")
VIR_XML_ENUM(DomainSpiceImage, domain_spice_image, DOMAIN_SPICE_IMAGE_NONE, DOMAIN_SPICE_IMAGE_VALUES)

#define DOMAIN_SPICE_COMPRESSION_VALUES(V) V(DOMAIN_SPICE_COMPRESSION_AUTO, "auto") \
    V(DOMAIN_SPICE_COMPRESSION_NEVER, "never") V(DOMAIN_SPICE_COMPRESSION_ALWAYS, "always")
VIR_XML_ENUM(DomainSpiceCompression, domain_spice_compression, DOMAIN_SPICE_COMPRESSION_NONE, DOMAIN_SPICE_COMPRESSION_VALUES)

#define DOMAIN_SPICE_STREAMING_VALUES(V) V(DOMAIN_SPICE_STREAMING_FILTER, "filter") \
    V(DOMAIN_SPICE_STREAMING_ALL, "all") V(DOMAIN_SPICE_STREAMING_OFF, "off")
VIR_XML_ENUM(DomainSpiceStreaming, domain_spice_streaming, DOMAIN_SPICE_STREAMING_NONE, DOMAIN_SPICE_STREAMING_VALUES)

typedef struct {
    DomainListenType type;
    bool from_config;              /* status: address taken from qemu.conf */
    bool auto_address;             /* status: socket path made by the daemon */
    char *address, *network, *socket;
} DomainGraphicsListen;

typedef struct { DomainSpiceChannelName name; DomainSpiceMode mode; } DomainSpiceChannel;

/* Only of type='spice'. */
typedef struct {
    DomainSpiceMode default_mode;
    DomainSpiceImage image;
    DomainSpiceCompression jpeg, zlib;
    VirTristate playback, copypaste, filetransfer;
    DomainSpiceStreaming streaming;
    DomainMouseMode mouse;
    VIR_ARRAY(DomainSpiceChannel) channels;
} DomainGraphicsSpice;

typedef struct {
    DomainGraphicsType type;
    VirTristate autoport, power_control, wait, fullscreen, p2p, replace_user, multi_user, gl;
    DomainVncShare share_policy;
    DomainAuthConnected connected;
    bool gl_present;               /* <gl> stood there */
    int port, tls_port, websocket; /* 0: absent; -1: automatic */
    bool port_reserved;            /* not from a document: the port is ours to give back */
    bool websocket_generated;      /* status: the daemon chose it */
    guint audio_id;                /* 0: none */
    char *listen;                  /* the attribute; the first listen of type address or network speaks */
    char *socket;                  /* vnc, the attribute (older spelling) */
    char *passwd, *passwd_valid_to, *keymap;
    char *display, *xauth;         /* sdl, desktop */
    char *rendernode;              /* spice, egl-headless, dbus */
    char *address;                 /* dbus */
    char *username;                /* rdp */
    DomainGraphicsSpice *spice;    /* NULL: none of them given */
    VIR_ARRAY(DomainGraphicsListen) listens;
    DomainDeviceInfo info;
} DomainGraphics;

#define DOMAIN_VIDEO_VALUES(V)                                                                                      \
    V(DOMAIN_VIDEO_VGA, "vga") V(DOMAIN_VIDEO_CIRRUS, "cirrus") V(DOMAIN_VIDEO_VMVGA, "vmvga") V(DOMAIN_VIDEO_XEN, "xen") \
    V(DOMAIN_VIDEO_VBOX, "vbox") V(DOMAIN_VIDEO_QXL, "qxl") V(DOMAIN_VIDEO_PARALLELS, "parallels")                    \
    V(DOMAIN_VIDEO_VIRTIO, "virtio") V(DOMAIN_VIDEO_GOP, "gop") V(DOMAIN_VIDEO_NOTHING, "none")                       \
    V(DOMAIN_VIDEO_BOCHS, "bochs") V(DOMAIN_VIDEO_RAMFB, "ramfb")
VIR_XML_ENUM(DomainVideoType, domain_video_type, DOMAIN_VIDEO_NONE, DOMAIN_VIDEO_VALUES)

#define DOMAIN_VIDEO_BACKEND_VALUES(V) V(DOMAIN_VIDEO_BACKEND_QEMU, "qemu") V(DOMAIN_VIDEO_BACKEND_VHOST_USER, "vhostuser")
VIR_XML_ENUM(DomainVideoBackend, domain_video_backend, DOMAIN_VIDEO_BACKEND_NONE, DOMAIN_VIDEO_BACKEND_VALUES)

#define DOMAIN_VGACONF_VALUES(V) V(DOMAIN_VGACONF_IO, "io") V(DOMAIN_VGACONF_ON, "on") V(DOMAIN_VGACONF_OFF, "off")
VIR_XML_ENUM(DomainVgaconf, domain_vgaconf, DOMAIN_VGACONF_NONE, DOMAIN_VGACONF_VALUES)

#define DOMAIN_VIDEO_DEVICE_VALUES(V)                                                                               \
    V(DOMAIN_VIDEO_DEVICE_VGA, "virtio-vga") V(DOMAIN_VIDEO_DEVICE_VGA_GL, "virtio-vga-gl")                           \
    V(DOMAIN_VIDEO_DEVICE_GPU, "virtio-gpu") V(DOMAIN_VIDEO_DEVICE_GPU_GL, "virtio-gpu-gl")                           \
    V(DOMAIN_VIDEO_DEVICE_VHOST_USER_VGA, "vhost-user-vga") V(DOMAIN_VIDEO_DEVICE_VHOST_USER_GPU, "vhost-user-gpu")
VIR_XML_ENUM(DomainVideoDevice, domain_video_device, DOMAIN_VIDEO_DEVICE_NONE, DOMAIN_VIDEO_DEVICE_VALUES)

typedef struct {
    DomainVideoType type;
    DomainVideoBackend backend;
    DomainVgaconf vgaconf;
    DomainVideoDevice device;
    VirTristate primary, accel2d, accel3d, blob, edid;
    DomainVirtioOptions virtio;
    guint ram, vram, vram64, vgamem;   /* KiB; 0: absent */
    guint heads;                       /* 0: absent */
    guint res_x, res_y;                /* 0: absent */
    char *rendernode;
    DomainDeviceInfo info;
} DomainVideo;

#define DOMAIN_SOUND_VALUES(V)                                                                                      \
    V(DOMAIN_SOUND_SB16, "sb16") V(DOMAIN_SOUND_ES1370, "es1370") V(DOMAIN_SOUND_PCSPK, "pcspk") V(DOMAIN_SOUND_AC97, "ac97") \
    V(DOMAIN_SOUND_ICH6, "ich6") V(DOMAIN_SOUND_ICH9, "ich9") V(DOMAIN_SOUND_USB, "usb") V(DOMAIN_SOUND_ICH7, "ich7")   \
    V(DOMAIN_SOUND_VIRTIO, "virtio")
VIR_XML_ENUM(DomainSoundModel, domain_sound_model, DOMAIN_SOUND_NONE, DOMAIN_SOUND_VALUES)

#define DOMAIN_CODEC_VALUES(V) V(DOMAIN_CODEC_DUPLEX, "duplex") V(DOMAIN_CODEC_MICRO, "micro") V(DOMAIN_CODEC_OUTPUT, "output")
VIR_XML_ENUM(DomainCodecType, domain_codec_type, DOMAIN_CODEC_NONE, DOMAIN_CODEC_VALUES)

typedef struct { DomainCodecType type; } DomainSoundCodec;

typedef struct {
    DomainSoundModel model;
    VirTristate multichannel;
    DomainVirtioOptions virtio;
    guint streams;
    guint audio_id;                /* 0: none */
    VIR_ARRAY(DomainSoundCodec) codecs;
    DomainDeviceInfo info;
} DomainSound;

#define DOMAIN_AUDIO_VALUES(V)                                                                                      \
    V(DOMAIN_AUDIO_NOTHING, "none") V(DOMAIN_AUDIO_ALSA, "alsa") V(DOMAIN_AUDIO_COREAUDIO, "coreaudio")               \
    V(DOMAIN_AUDIO_JACK, "jack") V(DOMAIN_AUDIO_OSS, "oss") V(DOMAIN_AUDIO_PULSEAUDIO, "pulseaudio")                  \
    V(DOMAIN_AUDIO_SDL, "sdl") V(DOMAIN_AUDIO_SPICE, "spice") V(DOMAIN_AUDIO_FILE, "file") V(DOMAIN_AUDIO_DBUS, "dbus") \
    V(DOMAIN_AUDIO_PIPEWIRE, "pipewire")
VIR_XML_ENUM(DomainAudioType, domain_audio_type, DOMAIN_AUDIO_NONE, DOMAIN_AUDIO_VALUES)

#define DOMAIN_AUDIO_FORMAT_VALUES(V)                                                                               \
    V(DOMAIN_AUDIO_FORMAT_S8, "s8") V(DOMAIN_AUDIO_FORMAT_U8, "u8") V(DOMAIN_AUDIO_FORMAT_S16, "s16")                 \
    V(DOMAIN_AUDIO_FORMAT_U16, "u16") V(DOMAIN_AUDIO_FORMAT_S32, "s32") V(DOMAIN_AUDIO_FORMAT_U32, "u32")             \
    V(DOMAIN_AUDIO_FORMAT_F32, "f32")
VIR_XML_ENUM(DomainAudioFormat, domain_audio_format, DOMAIN_AUDIO_FORMAT_NONE, DOMAIN_AUDIO_FORMAT_VALUES)

#define DOMAIN_SDL_DRIVER_VALUES(V) V(DOMAIN_SDL_DRIVER_ESD, "esd") V(DOMAIN_SDL_DRIVER_ALSA, "alsa") \
    V(DOMAIN_SDL_DRIVER_ARTS, "arts") V(DOMAIN_SDL_DRIVER_PULSEAUDIO, "pulseaudio")
VIR_XML_ENUM(DomainSdlDriver, domain_sdl_driver, DOMAIN_SDL_DRIVER_NONE, DOMAIN_SDL_DRIVER_VALUES)

/* <input> or <output>. */
typedef struct {
    VirTristate mixing_engine, fixed_settings, try_poll, exact_name;
    DomainAudioFormat format;
    guint voices, buffer_length, frequency, channels, buffer_count, latency;
    char *dev;                                      /* alsa, oss */
    char *server_name, *client_name, *connect_ports;/* jack */
    char *name, *stream_name;                       /* pulseaudio, pipewire */
} DomainAudioStream;

typedef struct {
    DomainAudioType type;
    DomainSdlDriver sdl_driver;
    VirTristate try_mmap, exclusive;
    int dsp_policy;                /* -1: absent */
    guint id;
    guint timer_period;
    char *server_name, *runtime_dir, *path;
    DomainAudioStream *input, *output;
} DomainAudio;

extern const VirXmlTable domain_graphics_table, domain_video_table, domain_sound_table, domain_audio_table;

DomainGraphics *domain_graphics_new(DomainGraphicsType type);
void domain_graphics_free(DomainGraphics *graphics);
DomainVideo *domain_video_new(DomainVideoType type);
void domain_video_free(DomainVideo *video);

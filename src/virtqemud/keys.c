/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/keys.h"

#include <libvirt/libvirt.h>

typedef struct {
    guint16 code, number;
} Key;

// clang-format off
/* linux/input-event-codes.h; up to 83 and for F11, F12 they are XT's own numbers. */
static const Key linux_keys[] = {
    { 85, 118 }, { 86, 86 }, { 87, 87 }, { 88, 88 }, { 89, 115 }, { 90, 120 }, { 91, 119 }, { 92, 121 }, { 93, 112 },
    { 94, 123 }, { 95, 92 }, { 96, 156 }, { 97, 157 }, { 98, 181 }, { 99, 84 }, { 100, 184 }, { 101, 91 }, { 102, 199 },
    { 103, 200 }, { 104, 201 }, { 105, 203 }, { 106, 205 }, { 107, 207 }, { 108, 208 }, { 109, 209 }, { 110, 210 },
    { 111, 211 }, { 112, 239 }, { 113, 160 }, { 114, 174 }, { 115, 176 }, { 116, 222 }, { 117, 89 }, { 118, 206 },
    { 119, 198 }, { 120, 139 }, { 121, 126 }, { 122, 242 }, { 123, 241 }, { 124, 125 }, { 125, 219 }, { 126, 220 },
    { 127, 221 }, { 128, 232 }, { 129, 133 }, { 130, 134 }, { 131, 135 }, { 132, 140 }, { 133, 248 }, { 134, 100 },
    { 135, 101 }, { 136, 193 }, { 137, 188 }, { 138, 245 }, { 139, 158 }, { 140, 161 }, { 141, 102 }, { 142, 223 },
    { 143, 227 }, { 144, 103 }, { 148, 159 }, { 149, 151 }, { 150, 130 }, { 155, 236 }, { 156, 230 }, { 158, 234 },
    { 159, 233 }, { 163, 153 }, { 164, 162 }, { 165, 144 }, { 166, 164 }, { 172, 178 }, { 173, 231 },
    { 183, 93 }, { 184, 94 }, { 185, 95 }, { 186, 85 }, { 187, 131 }, { 188, 247 }, { 189, 132 }, { 190, 90 },
    { 191, 116 }, { 192, 249 }, { 193, 109 }, { 194, 111 }, { 217, 229 }, { 226, 237 },
};

/* Usages of the HID keyboard page, from 4 on: Linux codes. */
static const guint8 usb_to_linux[] = {
    [4] = 30, 48, 46, 32, 18, 33, 34, 35, 23, 36, 37, 38, 50, 49, 24, 25, 16, 19, 31, 20, 22, 47, 17, 45, 21, 44,
    2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 28, 1, 14, 15, 57, 12, 13, 26, 27, 43, 43, 39, 40, 41, 51, 52, 53, 58,
    59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 87, 88, 99, 70, 119, 110, 102, 104, 111, 107, 109, 106, 105, 108, 103,
    69, 98, 55, 74, 78, 96, 79, 80, 81, 75, 76, 77, 71, 72, 73, 82, 83, 86, 127, 116, 117,
    183, 184, 185, 186, 187, 188, 189, 190, 191, 192, 193, 194, 134, 138, 130, 132, 128, 129, 131, 137, 133, 135, 136,
    113, 115, 114, [133] = 121,
    [224] = 29, 42, 56, 125, 97, 54, 100, 126,
};
// clang-format on

static int from_linux(guint code)
{
    if (code >= 1 && code <= 83)
        return (int)code;
    for (gsize i = 0; i < G_N_ELEMENTS(linux_keys); i++) {
        if (linux_keys[i].code == code)
            return linux_keys[i].number;
    }
    return -1;
}

int qemu_key_number(int codeset, guint code)
{
    switch (codeset) {
    case VIR_KEYCODE_SET_LINUX:
        return from_linux(code);
    case VIR_KEYCODE_SET_XT:
    case VIR_KEYCODE_SET_QNUM:
        return code >= 1 && code <= 255 ? (int)code : -1;
    case VIR_KEYCODE_SET_ATSET1:
    case VIR_KEYCODE_SET_XT_KBD:
        if (code >= 1 && code <= 127)
            return (int)code;
        return (code >> 8) == 0xe0 ? (int)((code & 0x7f) | 0x80) : -1;
    case VIR_KEYCODE_SET_USB:
        return code < G_N_ELEMENTS(usb_to_linux) && usb_to_linux[code] ? from_linux(usb_to_linux[code]) : -1;
    default:
        return -1;
    }
}

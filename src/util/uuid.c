/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/uuid.h"

#include <string.h>
#include <sys/random.h>

gboolean vir_uuid_parse(const char *text, guint8 ret[VIR_UUID_LEN])
{
    guint8 raw[VIR_UUID_LEN];
    while (g_ascii_isspace(*text))
        text++;
    for (int n = 0; n < 2 * VIR_UUID_LEN; text++) {
        if (*text == '-' && n > 0)
            continue;
        int digit = g_ascii_xdigit_value(*text);
        if (digit < 0)
            return FALSE;
        raw[n / 2] = n % 2 ? raw[n / 2] | digit : digit << 4;
        n++;
    }
    while (g_ascii_isspace(*text))
        text++;
    if (*text)
        return FALSE;
    memcpy(ret, raw, sizeof(raw));
    return TRUE;
}

gboolean vir_uuid_parse_strict(const char *text, guint8 ret[VIR_UUID_LEN])
{
    for (int i = 0; i < VIR_UUID_TEXT - 1; i++) {
        gboolean dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !g_ascii_isxdigit(text[i]))
            return FALSE;
    }
    return text[VIR_UUID_TEXT - 1] == '\0' && vir_uuid_parse(text, ret);
}

char *vir_uuid_format(const guint8 uuid[VIR_UUID_LEN], char buf[VIR_UUID_TEXT])
{
    static const char hex[] = "0123456789abcdef";
    char *out = buf;
    for (int i = 0; i < VIR_UUID_LEN; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = hex[uuid[i] >> 4];
        *out++ = hex[uuid[i] & 15];
    }
    *out = '\0';
    return buf;
}

void vir_uuid_generate(guint8 ret[VIR_UUID_LEN])
{
    if (getrandom(ret, VIR_UUID_LEN, 0) != VIR_UUID_LEN)
        g_error("getrandom() gives no bytes");   /* cannot happen for 16 bytes on any kernel we run on */
    ret[6] = (ret[6] & 0x0f) | 0x40;
    ret[8] = (ret[8] & 0x3f) | 0x80;
}

gboolean vir_uuid_is_valid(const guint8 uuid[VIR_UUID_LEN])
{
    guint8 digit = uuid[0] & 15;
    guint8 same = digit << 4 | digit;
    for (int i = 0; i < VIR_UUID_LEN; i++)
        if (uuid[i] != same)
            return TRUE;
    return FALSE;
}

gboolean vir_uuid_is_zero(const guint8 uuid[VIR_UUID_LEN])
{
    static const guint8 zero[VIR_UUID_LEN];
    return memcmp(uuid, zero, VIR_UUID_LEN) == 0;
}

/* The bits of a random UUID are already mixed; others differ in some word. */
guint vir_uuid_hash(gconstpointer uuid)
{
    guint32 w[4];
    memcpy(w, uuid, sizeof(w));
    return w[0] ^ w[1] * 31 ^ w[2] * 131 ^ w[3] * 1313;
}

gboolean vir_uuid_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, VIR_UUID_LEN) == 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/mac.h"

#include <string.h>
#include <sys/random.h>

gboolean vir_mac_parse(const char *text, VirMac *ret)
{
    VirMac mac;
    for (int i = 0; i < VIR_MAC_LEN; i++) {
        int value = g_ascii_xdigit_value(*text);
        if (value < 0)
            return FALSE;
        text++;
        if (g_ascii_isxdigit(*text))
            value = value * 16 + g_ascii_xdigit_value(*text++);
        mac.b[i] = value;
        if (i < VIR_MAC_LEN - 1 && *text != ':' && *text != '-')
            return FALSE;
        if (i < VIR_MAC_LEN - 1)
            text++;
    }
    if (*text)
        return FALSE;
    *ret = mac;
    return TRUE;
}

char *vir_mac_format(const VirMac *mac, char buf[VIR_MAC_TEXT])
{
    static const char hex[] = "0123456789abcdef";
    char *out = buf;
    for (int i = 0; i < VIR_MAC_LEN; i++) {
        if (i)
            *out++ = ':';
        *out++ = hex[mac->b[i] >> 4];
        *out++ = hex[mac->b[i] & 15];
    }
    *out = '\0';
    return buf;
}

void vir_mac_generate(const guint8 prefix[3], VirMac *ret)
{
    memcpy(ret->b, prefix, 3);
    if (getrandom(ret->b + 3, 3, 0) != 3)
        g_error("getrandom() gives no bytes");
}

gboolean vir_mac_is_multicast(const VirMac *mac)
{
    return mac->b[0] & 1;
}

gboolean vir_mac_is_zero(const VirMac *mac)
{
    static const VirMac zero;
    return vir_mac_cmp(mac, &zero) == 0;
}

int vir_mac_cmp(const VirMac *a, const VirMac *b)
{
    return memcmp(a->b, b->b, VIR_MAC_LEN);
}

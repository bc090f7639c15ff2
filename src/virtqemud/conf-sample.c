/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Build-time: prints the qemu.conf that is installed, from the table of keys.
 */
#include <stdio.h>

#include "virtqemud/conf.h"

int main(void)
{
    g_autofree char *text = qemu_conf_sample();
    return fputs(text, stdout) < 0;
}

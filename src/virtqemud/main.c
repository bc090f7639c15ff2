/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * virtqemud: QEMU guests of this host.
 */
#include "virtqemud/driver.h"

static const VirDaemonSpec spec = {
    .name = "virtqemud",
    .scheme = "qemu",
    .start = qemu_driver_start,
    .reload = qemu_driver_reload,
    .stop = qemu_driver_stop,
    .busy = qemu_driver_busy,
};

int main(int argc, char **argv)
{
    return vir_daemon_main(&spec, argc, argv);
}

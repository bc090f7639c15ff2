/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/ops.h"

#include "virtqemud/methods-info.h"
#include "virtqemud/methods-node.h"
#include "virtqemud/methods-tune.h"
#include "virtqemud/methods.h"
#include "virtqemud/monitor-events.h"

// clang-format off
const VirOps qemu_ops = {
    .domain_define_xml = qemu_domain_define_xml,
    .domain_define_xml_flags = qemu_domain_define_xml_flags,
    .domain_undefine = qemu_domain_undefine,
    .domain_undefine_flags = qemu_domain_undefine_flags,
    .domain_set_autostart = qemu_domain_set_autostart,
    .domain_create = qemu_domain_create,
    .domain_create_with_flags = qemu_domain_create_with_flags,
    .domain_create_xml = qemu_domain_create_xml,
    .domain_suspend = qemu_domain_suspend,
    .domain_resume = qemu_domain_resume,
    .domain_shutdown = qemu_domain_shutdown,
    .domain_shutdown_flags = qemu_domain_shutdown_flags,
    .domain_reboot = qemu_domain_reboot,
    .domain_reset = qemu_domain_reset,
    .domain_destroy = qemu_domain_destroy,
    .domain_destroy_flags = qemu_domain_destroy_flags,
    .domain_inject_nmi = qemu_domain_inject_nmi,
    .domain_pm_wakeup = qemu_domain_pm_wakeup,
    .domain_open_console = qemu_domain_open_console,
    .domain_open_channel = qemu_domain_open_channel,
    .domain_screenshot = qemu_domain_screenshot,
    .domain_send_key = qemu_domain_send_key,
    .domain_open_graphics = qemu_domain_open_graphics,
    .domain_open_graphics_fd = qemu_domain_open_graphics_fd,
    .qemu_domain_monitor_command = qemu_monitor_command,
    .qemu_connect_domain_monitor_event_register = qemu_monitor_event_register,
    .qemu_connect_domain_monitor_event_deregister = qemu_monitor_event_deregister,
#include "virtqemud/ops-info.inc"
};
// clang-format on

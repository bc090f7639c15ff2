/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/base-calls.h"
#include "daemon/daemon.h"

// clang-format off
const VirOps vir_base_ops = {
    .auth_list = vir_base_auth_list,
    .auth_polkit = vir_base_auth_polkit,
    .connect_open = vir_base_connect_open,
    .connect_close = vir_base_connect_close,
    .connect_supports_feature = vir_base_connect_supports_feature,
    .connect_get_lib_version = vir_base_connect_get_lib_version,
    .connect_get_uri = vir_base_connect_get_uri,
    .connect_get_hostname = vir_base_connect_get_hostname,
    .connect_is_secure = vir_base_connect_is_secure,
    .connect_set_identity = vir_base_connect_set_identity,
    .connect_register_close_callback = vir_base_connect_register_close_callback,
    .connect_unregister_close_callback = vir_base_connect_unregister_close_callback,
    .connect_domain_event_register = vir_base_connect_domain_event_register,
    .connect_domain_event_deregister = vir_base_connect_domain_event_deregister,
    .connect_domain_event_register_any = vir_base_connect_domain_event_register_any,
    .connect_domain_event_deregister_any = vir_base_connect_domain_event_deregister_any,
    .connect_domain_event_callback_register_any = vir_base_connect_domain_event_callback_register_any,
    .connect_domain_event_callback_deregister_any = vir_base_connect_domain_event_callback_deregister_any,
    .connect_network_event_register_any = vir_base_connect_network_event_register_any,
    .connect_network_event_deregister_any = vir_base_connect_network_event_deregister_any,
    .connect_storage_pool_event_register_any = vir_base_connect_storage_pool_event_register_any,
    .connect_storage_pool_event_deregister_any = vir_base_connect_storage_pool_event_deregister_any,
    .connect_node_device_event_register_any = vir_base_connect_node_device_event_register_any,
    .connect_node_device_event_deregister_any = vir_base_connect_node_device_event_deregister_any,
    .connect_secret_event_register_any = vir_base_connect_secret_event_register_any,
    .connect_secret_event_deregister_any = vir_base_connect_secret_event_deregister_any,
};
// clang-format on

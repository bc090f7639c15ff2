/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Calls that find domains and tell what is known of them.
 */
#pragma once

#include "api/ops.h"

/* lookup.c */
VirMethod_domain_lookup_by_id qemu_domain_lookup_by_id;
VirMethod_domain_lookup_by_uuid qemu_domain_lookup_by_uuid;
VirMethod_domain_lookup_by_name qemu_domain_lookup_by_name;
VirMethod_connect_list_domains qemu_connect_list_domains;
VirMethod_connect_num_of_domains qemu_connect_num_of_domains;
VirMethod_connect_list_defined_domains qemu_connect_list_defined_domains;
VirMethod_connect_num_of_defined_domains qemu_connect_num_of_defined_domains;
VirMethod_connect_list_all_domains qemu_connect_list_all_domains;
VirMethod_domain_is_active qemu_domain_is_active_method;
VirMethod_domain_is_persistent qemu_domain_is_persistent;
VirMethod_domain_is_updated qemu_domain_is_updated;

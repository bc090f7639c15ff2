/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Host facts that do not change while a daemon runs, each read when it is first asked for and kept; the topology is
 * read again when CPUs went on- or offline. Any thread. The first call of each may take some milliseconds (files of
 * /sys, the CPU map, /dev/kvm); later ones are quick.
 */
#pragma once

#include "hv/host/host-cpu.h"
#include "hv/host/node.h"

typedef struct VirHostFacts VirHostFacts;
VIR_OBJECT_AUTOPTR(VirHostFacts)

/* Reads nothing. @host is borrowed for ever. Returns: one reference. */
VirHostFacts *vir_host_facts_new(const VirHost *host);
const VirHost *vir_host_facts_host(VirHostFacts *facts);
/* NULL with @err set when the map is missing; valid as long as @facts. */
const VirCpuMap *vir_host_facts_cpu_map(VirHostFacts *facts, GError **err);
/* Never NULL; without a map it has no name. */
const VirHostCpu *vir_host_facts_cpu(VirHostFacts *facts);
/* Returns: a reference. */
VirHostTopology *vir_host_facts_topology(VirHostFacts *facts, GError **err);

/* The identity of this machine: @configured (libvirtd.conf host_uuid; NULL) or, of @source ("smbios", the default, or
 * "machine-id"), the firmware's or the installation's; without a usable one of these a
 * random one, the same for this process's life. VIR_ERR_CONF_SYNTAX naming a bad @configured. */
gboolean vir_host_uuid(VirHostFacts *facts, const char *configured, const char *source, guint8 ret[16], GError **err);
/* What the machine can do when asked to sleep: bits of 1 << virNodeSuspendTarget. */
guint vir_host_suspend_targets(VirHostFacts *facts);
gboolean vir_host_has_iommu(VirHostFacts *facts);

/* The <host> element of the capabilities document. @secmodels: the <secmodel> elements as text, or NULL. */
gboolean vir_host_caps_format(VirHostFacts *facts, const guint8 uuid[16], const char *secmodels, GString *out,
                              GError **err);

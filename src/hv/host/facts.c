/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hv/host/facts.h"

#include <string.h>

#include "util/uuid.h"

#define VIR_FROM_THIS VIR_FROM_NONE

struct VirHostFacts {
    VirObject parent;
    const VirHost *host;
    GMutex lock;
    VirCpuMap *map;
    GError *map_error;
    VirHostCpu *cpu;
    VirHostTopology *topology;
    char *topology_online;   /* the kernel's list of CPUs it was read with */
    gboolean has_random;
    guint8 random_uuid[VIR_UUID_LEN];
};

static void facts_dispose(void *obj)
{
    VirHostFacts *facts = obj;
    virObjectUnref(facts->map);
    g_clear_error(&facts->map_error);
    vir_host_cpu_free(facts->cpu);
    virObjectUnref(facts->topology);
    g_free(facts->topology_online);
    g_mutex_clear(&facts->lock);
}
VIR_CLASS_DEFINE(vir_host_facts, VirHostFacts, facts_dispose)

VirHostFacts *vir_host_facts_new(const VirHost *host)
{
    VirHostFacts *facts = virObjectNew(vir_host_facts_class());
    facts->host = host;
    g_mutex_init(&facts->lock);
    return facts;
}

const VirHost *vir_host_facts_host(VirHostFacts *facts)
{
    return facts->host;
}

/* Lock held. A map that is missing is not looked for again. */
static VirCpuMap *load_map(VirHostFacts *facts)
{
    if (!facts->map && !facts->map_error)
        facts->map = vir_cpu_map_load(facts->host, &facts->map_error);
    return facts->map;
}

const VirCpuMap *vir_host_facts_cpu_map(VirHostFacts *facts, GError **err)
{
    g_mutex_lock(&facts->lock);
    VirCpuMap *map = load_map(facts);
    if (!map && err)
        *err = g_error_copy(facts->map_error);
    g_mutex_unlock(&facts->lock);
    return map;
}

const VirHostCpu *vir_host_facts_cpu(VirHostFacts *facts)
{
    g_mutex_lock(&facts->lock);
    if (!facts->cpu)
        facts->cpu = vir_host_cpu_read(facts->host, load_map(facts));
    g_mutex_unlock(&facts->lock);
    return facts->cpu;
}

VirHostTopology *vir_host_facts_topology(VirHostFacts *facts, GError **err)
{
    g_autofree char *online = vir_host_read(facts->host, "/sys/devices/system/cpu/online", 65536, NULL, NULL);
    g_mutex_lock(&facts->lock);
    if (!facts->topology || g_strcmp0(online, facts->topology_online) != 0) {
        VirHostTopology *fresh = vir_host_topology_read(facts->host, err);
        virObjectUnref(facts->topology);
        facts->topology = fresh;
        g_free(facts->topology_online);
        facts->topology_online = g_steal_pointer(&online);
    }
    VirHostTopology *topology = virObjectRef(facts->topology);
    g_mutex_unlock(&facts->lock);
    return topology;
}

static gboolean read_uuid(VirHostFacts *facts, const char *path, guint8 ret[16])
{
    g_autofree char *text = vir_host_read(facts->host, path, 128, NULL, NULL);
    return text && vir_uuid_parse(g_strstrip(text), ret) && vir_uuid_is_valid(ret);
}

gboolean vir_host_uuid(VirHostFacts *facts, const char *configured, const char *source, guint8 ret[16], GError **err)
{
    if (configured && *configured) {
        if (vir_uuid_parse(configured, ret) && vir_uuid_is_valid(ret))
            return TRUE;
        return vir_fail(err, VIR_ERR_CONF_SYNTAX, "host_uuid '%s' is no UUID, or has the same digit everywhere",
                        configured);
    }
    if (g_strcmp0(source, "machine-id") != 0 && read_uuid(facts, "/sys/class/dmi/id/product_uuid", ret))
        return TRUE;
    if (read_uuid(facts, "/etc/machine-id", ret))
        return TRUE;
    g_mutex_lock(&facts->lock);
    if (!facts->has_random)
        vir_uuid_generate(facts->random_uuid);
    facts->has_random = TRUE;
    memcpy(ret, facts->random_uuid, VIR_UUID_LEN);
    g_mutex_unlock(&facts->lock);
    return TRUE;
}

guint vir_host_suspend_targets(VirHostFacts *facts)
{
    /* Suspending goes through logind: without systemd there is nobody to ask. */
    if (!vir_host_has(facts->host, "/run/systemd/system"))
        return 0;
    g_autofree char *state = vir_host_read(facts->host, "/sys/power/state", 256, NULL, NULL);
    g_autofree char *disk = vir_host_read(facts->host, "/sys/power/disk", 256, NULL, NULL);
    guint targets = 0;
    if (state && strstr(state, "mem"))
        targets |= 1u << VIR_NODE_SUSPEND_TARGET_MEM;
    if (state && strstr(state, "disk") && disk && !strstr(disk, "[disabled]")) {
        targets |= 1u << VIR_NODE_SUSPEND_TARGET_DISK;
        if (strstr(disk, "suspend") && (targets & (1u << VIR_NODE_SUSPEND_TARGET_MEM)))
            targets |= 1u << VIR_NODE_SUSPEND_TARGET_HYBRID;
    }
    return targets;
}

gboolean vir_host_has_iommu(VirHostFacts *facts)
{
    g_autofree char *path = vir_host_path(facts->host, "/sys/kernel/iommu_groups");
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    return dir && g_dir_read_name(dir) != NULL;
}

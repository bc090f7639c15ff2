/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Memory devices: DIMMs, NVDIMMs, virtio-mem, virtio-pmem.
 */
#include "virtqemud/dev/dev.h"

#define VIR_FROM_THIS VIR_FROM_QEMU

/* Guests plug memory in sections of this size; a smaller rest could not be used. */
#define ALIGN_KIB 2048

static void add_device_properties(const DomainMemory *m, VirJson *props)
{
    char uuid[VIR_UUID_TEXT];
    vir_json_add(props, "?U:label-size", m->label_size * 1024, "?U:block-size", m->block * 1024, NULL);
    if (m->model == DOMAIN_MEMORY_VIRTIO_MEM)
        vir_json_add(props, "U:requested-size", m->requested * 1024, NULL);
    if (m->model == DOMAIN_MEMORY_NVDIMM && !vir_uuid_is_zero(m->uuid))
        vir_json_add(props, "s:uuid", vir_uuid_format(m->uuid, uuid), NULL);
    if (m->model == DOMAIN_MEMORY_NVDIMM && m->readonly)
        vir_json_add(props, "b:unarmed", TRUE, NULL);
}

static gboolean plan(QemuPlanner *p, gconstpointer dev, GError **err)
{
    const DomainMemory *m = dev;
    if (m->model == DOMAIN_MEMORY_SGX_EPC)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "memory devices of model 'sgx-epc' are not supported yet");
    g_autofree char *id = g_strdup_printf("mem%s", m->info.alias);
    QemuMemoryBackend b = {
        .id = id, .size = (m->size + ALIGN_KIB - 1) / ALIGN_KIB * ALIGN_KIB * 1024, .node = m->node, .pagesize = m->pagesize, .nodemask = m->nodemask, .access = m->access,
        .path = m->path, .align = m->alignsize * 1024, .pmem = m->pmem, .discard = m->discard,
        .nvdimm = m->model == DOMAIN_MEMORY_NVDIMM, .reserve_off = m->model == DOMAIN_MEMORY_VIRTIO_MEM,
    };
    if (!qemu_add_memory_backend(p, &b, NULL, err))
        return FALSE;
    const char *virtio = m->model == DOMAIN_MEMORY_VIRTIO_MEM ? "virtio-mem" : m->model == DOMAIN_MEMORY_VIRTIO_PMEM ? "virtio-pmem" : NULL;
    g_autofree char *driver = virtio ? qemu_virtio_driver(virtio, &m->info, 0)
                                     : g_strdup(m->model == DOMAIN_MEMORY_NVDIMM ? "nvdimm" : "pc-dimm");
    g_autoptr(VirJson) props = qemu_device_new(driver, NULL);
    if (m->node >= 0)
        vir_json_add(props, "i:node", m->node, NULL);
    add_device_properties(m, props);
    qemu_add_virtio_options(props, &m->virtio);
    vir_json_add(props, "s:memdev", id, "s:id", m->info.alias, NULL);
    if (m->has_target_address)
        vir_json_add(props, "U:memaddr", m->target_address, NULL);
    if (!qemu_add_address(p, props, &m->info, "memory", err))
        return FALSE;
    qemu_add_device(p, g_steal_pointer(&props));
    return TRUE;
}

const QemuDevRow qemu_dev_memory = {
    "memory", QEMU_DEV_HOTPLUG, G_STRUCT_OFFSET(DomainDef, memories), G_STRUCT_OFFSET(DomainMemory, info), NULL, plan,
};

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * More of this machine: CPUs compared, shared memory's tuning, memory encryption.
 */

#include "api/params.h"
#include "util/file.h"
#include "virtqemud/caps/documents.h"
#include "virtqemud/methods-node.h"
#include "virtqemud/view.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define KSM "/sys/kernel/mm/ksm/"

static VirQemuDocuments documents(QemuDriver *qemu)
{
    return (VirQemuDocuments){ .facts = qemu_facts(qemu), .caps = qemu->caps };
}

gboolean qemu_connect_compare_cpu(VirInvocation *inv, VirEntry *obj, const remote_connect_compare_cpu_args *args,
                                  remote_connect_compare_cpu_ret *ret, GError **err)
{
    VirQemuDocuments docs = documents(qemu_of(inv));
    ret->result = vir_qemu_compare_cpu(&docs, NULL, args->xml, args->flags, err);
    return ret->result != VIR_CPU_COMPARE_ERROR;
}

gboolean qemu_connect_compare_hypervisor_cpu(VirInvocation *inv, VirEntry *obj,
                                             const remote_connect_compare_hypervisor_cpu_args *args,
                                             remote_connect_compare_hypervisor_cpu_ret *ret, GError **err)
{
    VirQemuDocuments docs = documents(qemu_of(inv));
    const VirQemuHypervisor h = { args->emulator, args->arch, args->machine, args->virttype };
    ret->result = vir_qemu_compare_cpu(&docs, &h, args->xmlCPU, args->flags, err);
    return ret->result != VIR_CPU_COMPARE_ERROR;
}

gboolean qemu_connect_baseline_cpu(VirInvocation *inv, VirEntry *obj, const remote_connect_baseline_cpu_args *args,
                                   remote_connect_baseline_cpu_ret *ret, GError **err)
{
    VirQemuDocuments docs = documents(qemu_of(inv));
    ret->cpu = vir_qemu_baseline_cpu(&docs, NULL, (const char *const *)args->xmlCPUs.val, args->xmlCPUs.len, args->flags,
                                     err);
    return ret->cpu != NULL;
}

gboolean qemu_connect_baseline_hypervisor_cpu(VirInvocation *inv, VirEntry *obj,
                                              const remote_connect_baseline_hypervisor_cpu_args *args,
                                              remote_connect_baseline_hypervisor_cpu_ret *ret, GError **err)
{
    VirQemuDocuments docs = documents(qemu_of(inv));
    const VirQemuHypervisor h = { args->emulator, args->arch, args->machine, args->virttype };
    ret->cpu = vir_qemu_baseline_cpu(&docs, &h, (const char *const *)args->xmlCPUs.val, args->xmlCPUs.len, args->flags,
                                     err);
    return ret->cpu != NULL;
}

/* ---- same-page merging ---- */

typedef struct {
    const char *name, *file;
    int type;
    gboolean settable;
} KsmField;

static const KsmField ksm_fields[] = {
    { VIR_NODE_MEMORY_SHARED_PAGES_TO_SCAN, "pages_to_scan", VIR_TYPED_PARAM_UINT, TRUE },
    { VIR_NODE_MEMORY_SHARED_SLEEP_MILLISECS, "sleep_millisecs", VIR_TYPED_PARAM_UINT, TRUE },
    { VIR_NODE_MEMORY_SHARED_PAGES_SHARED, "pages_shared", VIR_TYPED_PARAM_ULLONG, FALSE },
    { VIR_NODE_MEMORY_SHARED_PAGES_SHARING, "pages_sharing", VIR_TYPED_PARAM_ULLONG, FALSE },
    { VIR_NODE_MEMORY_SHARED_PAGES_UNSHARED, "pages_unshared", VIR_TYPED_PARAM_ULLONG, FALSE },
    { VIR_NODE_MEMORY_SHARED_PAGES_VOLATILE, "pages_volatile", VIR_TYPED_PARAM_ULLONG, FALSE },
    { VIR_NODE_MEMORY_SHARED_FULL_SCANS, "full_scans", VIR_TYPED_PARAM_ULLONG, FALSE },
    { VIR_NODE_MEMORY_SHARED_MERGE_ACROSS_NODES, "merge_across_nodes", VIR_TYPED_PARAM_UINT, TRUE },
};

gboolean qemu_node_get_memory_parameters(VirInvocation *inv, VirEntry *obj,
                                         const remote_node_get_memory_parameters_args *args,
                                         remote_node_get_memory_parameters_ret *ret, GError **err)
{
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    for (guint i = 0; i < G_N_ELEMENTS(ksm_fields); i++) {
        const KsmField *f = &ksm_fields[i];
        guint64 value = 0;
        g_autofree char *path = vir_host_pathf(qemu_of(inv)->host, KSM "%s", f->file);
        if (!vir_file_read_uint64(path, &value, NULL))
            continue;   /* a kernel without it */
        if (f->type == VIR_TYPED_PARAM_UINT)
            vir_params_add_uint(&p, value, "%s", f->name);
        else
            vir_params_add_ullong(&p, value, "%s", f->name);
    }
    vir_params_answer(&p, args->nparams, args->flags, ret);
    return TRUE;
}

gboolean qemu_node_set_memory_parameters(VirInvocation *inv, VirEntry *obj,
                                         const remote_node_set_memory_parameters_args *args, void *ret, GError **err)
{
    static const VirParamRow rows[] = {
        { VIR_NODE_MEMORY_SHARED_PAGES_TO_SCAN, VIR_TYPED_PARAM_UINT },
        { VIR_NODE_MEMORY_SHARED_SLEEP_MILLISECS, VIR_TYPED_PARAM_UINT },
        { VIR_NODE_MEMORY_SHARED_MERGE_ACROSS_NODES, VIR_TYPED_PARAM_UINT },
        { 0 }
    };
    if (!vir_params_check(VIR_PARAMS(args->params), rows, err))
        return FALSE;
    /* All are looked at before one is changed. */
    for (int write = 0; write < 2; write++) {
        for (guint i = 0; i < G_N_ELEMENTS(ksm_fields); i++) {
            guint value = 0;
            if (!ksm_fields[i].settable || !vir_params_get_uint(VIR_PARAMS(args->params), ksm_fields[i].name, &value))
                continue;
            g_autofree char *path = vir_host_pathf(qemu_of(inv)->host, KSM "%s", ksm_fields[i].file);
            g_autofree char *text = g_strdup_printf("%u", value);
            if (!write && !g_file_test(path, G_FILE_TEST_EXISTS))
                return vir_fail(err, VIR_ERR_OPERATION_INVALID, "this kernel has no '%s'", path);
            if (write && !vir_file_write_text(path, text, err))
                return FALSE;
        }
    }
    return TRUE;
}

/* ---- memory encryption ---- */

gboolean qemu_node_get_sev_info(VirInvocation *inv, VirEntry *obj, const remote_node_get_sev_info_args *args,
                                remote_node_get_sev_info_ret *ret, GError **err)
{
    QemuDriver *qemu = qemu_of(inv);
    g_autoptr(VirQemuCaps) caps = vir_qemu_caps_for(qemu->caps, qemu->host, NULL, NULL, err);
    if (!caps)
        return FALSE;
    const VirQemuSev *sev = vir_qemu_caps_sev(caps);
    if (!sev)
        return vir_fail(err, VIR_ERR_OPERATION_UNSUPPORTED, "QEMU does not support SEV guest");
    g_auto(VirParams) p = VIR_PARAMS_INIT;
    vir_params_add_string(&p, sev->pdh, VIR_NODE_SEV_PDH);
    vir_params_add_string(&p, sev->cert_chain, VIR_NODE_SEV_CERT_CHAIN);
    vir_params_add_string(&p, sev->cpu0_id, VIR_NODE_SEV_CPU0_ID);
    vir_params_add_uint(&p, sev->cbitpos, VIR_NODE_SEV_CBITPOS);
    vir_params_add_uint(&p, sev->reduced_phys_bits, VIR_NODE_SEV_REDUCED_PHYS_BITS);
    vir_params_answer(&p, args->nparams, args->flags, ret);
    return TRUE;
}

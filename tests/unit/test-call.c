/* SPDX-License-Identifier: LGPL-2.1-or-later
 * The call table: look-ups, what every row must satisfy, and samples of each kind of rule. */
#include <glib.h>
#include <stddef.h>
#include <string.h>

#include <libvirt/libvirt.h>

#include "api/acl.h"
#include "api/call.h"
#include "api/ops.h"
#include "util/error.h"

static void test_lookup(void)
{
    gsize n;
    const VirCall *calls = vir_call_all(&n);

    for (gsize i = 0; i < n; i++) {
        const VirCall *c = &calls[i];

        g_assert_true(vir_call_find(c->program, c->proc) == c);
        g_assert_true(vir_call_by_name(c->name) == c);
        if (c->event && c->event_class != VIR_EVENT_CLASS_LXC_MONITOR)
            g_assert_true(vir_call_event(c->event_class, c->event_id, c->event) == c);
    }
    g_assert_null(vir_call_find(REMOTE_PROGRAM, 0));
    g_assert_null(vir_call_find(REMOTE_PROGRAM, -5));
    g_assert_null(vir_call_find(REMOTE_PROGRAM, 9999));
    g_assert_null(vir_call_find(0x1234, 1));
    g_assert_null(vir_call_by_name("no_such_call"));
    g_assert_null(vir_call_event(VIR_EVENT_CLASS_DOMAIN, 16, VIR_EVENT_LEGACY));
    g_assert_null(vir_call_event(VIR_EVENT_CLASS_NONE, -1, VIR_EVENT_NONE));
}

/* A handle's first member is the name of the object or its parent's handle: a string is at its start in all cases. */
static void check_rules(const VirCall *c)
{
    gsize room = c->args ? c->args->size : 0;

    g_assert_true(c->event || c->op_offset == VIR_OFFSET_NONE || c->op_offset < sizeof(VirOps));
    if (c->on > VIR_ON_CONNECT)
        g_assert_cmpuint(c->on_offset, <, room);
    if (c->flags_offset != VIR_OFFSET_NONE)
        g_assert_cmpuint(c->flags_offset, <, room);
    if (c->subject != VIR_SUBJECT_ON)
        g_assert_cmpuint(c->subject_offset, <, room);
    g_assert_true((c->readonly == VIR_READONLY_DENY_IF) == (c->readonly_conds != NULL));
    for (const VirAcl *a = c->acl; a && a->perm; a++) {
        guint8 object = vir_acl_perms[a->perm].object;

        g_assert_cmpuint(a->perm, <, VIR_ACL_LAST);
        /* the object to authorise is always known: the connection, the call's own, its domain, or a subject */
        g_assert_true(object == VIR_ON_CONNECT || object == c->on || c->subject != VIR_SUBJECT_ON ||
                      (object == VIR_ON_DOMAIN && (c->on == VIR_ON_DOMAIN_SNAPSHOT || c->on == VIR_ON_DOMAIN_CHECKPOINT)));
    }
    if (c->sparse_flag)
        g_assert_true(c->stream && c->flags_offset != VIR_OFFSET_NONE);
    if (c->event == VIR_EVENT_CALLBACK)
        g_assert_cmpstr(c->args->fields[0].name, ==, "callbackID");
}

static void test_rules(void)
{
    gsize n;
    const VirCall *calls = vir_call_all(&n);

    for (gsize i = 0; i < n; i++) {
        g_test_message("%s", calls[i].name);
        check_rules(&calls[i]);
    }
}

static gboolean denied(const char *name, const void *args)
{
    const VirCall *c = vir_call_by_name(name);

    for (const VirCond *cond = c->readonly_conds; cond && cond->kind; cond++) {
        if (vir_cond_holds(cond, args))
            return TRUE;
    }
    return c->readonly == VIR_READONLY_DENY;
}

static void test_conditions(void)
{
    remote_domain_get_xml_desc_args xml = { .flags = VIR_DOMAIN_XML_INACTIVE };
    remote_domain_interface_addresses_args addresses = { .source = VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE };
    remote_domain_attach_device_flags_args attach = { .flags = VIR_DOMAIN_AFFECT_LIVE };
    const VirAcl *acl = vir_call_by_name("domain_attach_device_flags")->acl;

    g_assert_false(denied("domain_get_xml_desc", &xml));
    xml.flags |= VIR_DOMAIN_XML_SECURE;
    g_assert_true(denied("domain_get_xml_desc", &xml));
    g_assert_false(denied("domain_interface_addresses", &addresses));
    addresses.source = VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT;
    g_assert_true(denied("domain_interface_addresses", &addresses));
    g_assert_true(denied("domain_destroy", NULL));

    /* domain:save is asked without any AFFECT flag, and with CONFIG */
    g_assert_cmpuint(acl[0].perm, ==, VIR_ACL_DOMAIN_WRITE);
    g_assert_cmpuint(acl[1].perm, ==, VIR_ACL_DOMAIN_SAVE);
    g_assert_true(vir_cond_holds(&acl[0].cond, &attach));
    g_assert_false(vir_cond_holds(&acl[1].cond, &attach) || vir_cond_holds(&acl[2].cond, &attach));
    attach.flags = 0;
    g_assert_true(vir_cond_holds(&acl[1].cond, &attach));
    attach.flags = VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG;
    g_assert_true(vir_cond_holds(&acl[2].cond, &attach));
    g_assert_cmpuint(acl[3].perm, ==, VIR_ACL_NONE);
    g_assert_cmpstr(vir_acl_perms[VIR_ACL_STORAGE_POOL_SEARCH_STORAGE_VOLS].action, ==,
                    "org.libvirt.api.storage-pool.search-storage-vols");
    g_assert_cmpstr(vir_acl_attributes[VIR_ON_DOMAIN][2], ==, "domain_uuid");
}

static void refuse_flags(const char *name, guint32 flags, const char *why)
{
    const VirCall *c = vir_call_by_name(name);
    g_autofree guint8 *args = g_malloc0(c->args->size);
    g_autoptr(GError) err = NULL;

    *(guint32 *) (args + c->flags_offset) = flags;
    g_assert_true(vir_call_check_flags(c, args, &err) == (why == NULL));
    if (!why)
        return;
    g_assert_error(err, VIR_ERROR, VIR_ERR_INVALID_ARG);
    g_assert_nonnull(strstr(err->message, why));
}

static void test_flags(void)
{
    refuse_flags("domain_get_xml_desc", 0xf, NULL);
    refuse_flags("domain_get_xml_desc", 0x10, "unsupported flags (0x10)");
    refuse_flags("domain_get_state", 1, "unsupported flags (0x1)");
    refuse_flags("domain_get_memory_parameters", VIR_DOMAIN_AFFECT_LIVE | VIR_TYPED_PARAM_STRING_OKAY, NULL);
    refuse_flags("domain_get_memory_parameters", VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG,
                 "'VIR_DOMAIN_AFFECT_LIVE' and 'VIR_DOMAIN_AFFECT_CONFIG' are mutually exclusive");
    refuse_flags("domain_set_vcpus_flags", VIR_DOMAIN_VCPU_MAXIMUM, "'VIR_DOMAIN_AFFECT_CONFIG' is required");
    refuse_flags("domain_set_vcpus_flags", VIR_DOMAIN_VCPU_MAXIMUM | VIR_DOMAIN_AFFECT_CONFIG, NULL);
    refuse_flags("connect_open", 0xffffffff, NULL);
    refuse_flags("connect_get_all_domain_stats", VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS, NULL);
    refuse_flags("domain_migrate_perform3", VIR_MIGRATE_ZEROCOPY | VIR_MIGRATE_LIVE, NULL);
    g_assert_true(vir_call_by_name("domain_migrate_perform3")->flags_wide);
    g_assert_true(vir_call_check_flags(vir_call_by_name("domain_create"), "", NULL));
}

static void test_samples(void)
{
    const VirCall *c = vir_call_by_name("storage_vol_download");

    g_assert_cmpint(c->stream, ==, VIR_STREAM_READ);
    g_assert_cmpuint(c->sparse_flag, ==, VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM);
    c = vir_call_by_name("node_device_get_xml_desc");
    g_assert_true(c->on == VIR_ON_NODE_DEVICE && c->on_by_name && c->on_offset == 0);
    c = vir_call_by_name("qemu_domain_monitor_command_with_files");
    g_assert_true(c->fds_in == -1 && c->fds_out == -1 && c->program == QEMU_PROGRAM);
    c = vir_call_by_name("auth_list");
    g_assert_false(c->auth_required);
    c = vir_call_by_name("domain_snapshot_list_all_children");
    g_assert_cmpuint(c->on_offset, ==, offsetof(remote_domain_snapshot_list_all_children_args, snapshot));
    c = vir_call_by_name("domain_restore_params");
    g_assert_cmpint(c->subject, ==, VIR_SUBJECT_FILE);
    g_assert_cmpstr(c->subject_param, ==, VIR_DOMAIN_SAVE_PARAM_FILE);
    c = vir_call_by_name("domain_migrate_prepare3_params");
    g_assert_cmpstr(c->subject_param, ==, VIR_MIGRATE_PARAM_DEST_XML);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/call/lookup", test_lookup);
    g_test_add_func("/call/rules", test_rules);
    g_test_add_func("/call/conditions", test_conditions);
    g_test_add_func("/call/flags", test_flags);
    g_test_add_func("/call/samples", test_samples);
    return g_test_run();
}

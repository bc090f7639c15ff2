/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "hv/placement/placement-priv.h"
#include "util/error.h"
#include "util/fd.h"
#include "util/file.h"
#include "util/proc.h"

#define VIR_FROM_THIS VIR_FROM_CGROUP

/* What a guest's group may use; qemu.conf's cgroup_controllers narrows it. The hierarchies systemd itself keeps
 * (name=systemd) are not ours to write. */
#define GUEST_MASK                                                                                      \
    ((1u << VIR_CGROUP_CPU) | (1u << VIR_CGROUP_CPUACCT) | (1u << VIR_CGROUP_CPUSET) |                  \
     (1u << VIR_CGROUP_MEMORY) | (1u << VIR_CGROUP_BLKIO) | (1u << VIR_CGROUP_DEVICES))
/* Those come with the place, whatever the key says. */
#define ALWAYS_MASK ((1u << VIR_CGROUP_FREEZER) | (1u << VIR_CGROUP_UNIFIED))

/* A process that was killed is out of its group when it is gone. */
#define KILL_WAIT_MS 5000

void hv_placement_free(HvPlacement *p)
{
    if (!p)
        return;
    vir_cgroup_free(p->group);
    vir_cgroup_host_free(p->ch);
    g_free(p->partition);
    g_free(p->machine_name);
    g_free(p);
}

HvPlacementKind hv_placement_kind(const HvPlacement *p)
{
    return p->kind;
}

const char *hv_placement_partition(const HvPlacement *p)
{
    return p->partition;
}

const VirCgroup *hv_placement_group(const HvPlacement *p)
{
    return p->group;
}

gboolean hv_placement_has(const HvPlacement *p, VirCgroupController c)
{
    return p->group && (p->mask & (1u << c)) && vir_cgroup_has(p->group, c);
}

static HvPlacement *placement_new(const VirHost *host, const HvPlacementSpec *spec, GError **err)
{
    g_autoptr(HvPlacement) p = g_new0(HvPlacement, 1);
    p->host = host;
    p->kind = HV_PLACEMENT_NONE;
    p->partition = g_strdup(spec->partition ? spec->partition : "/machine");
    p->machine_name = hv_placement_machine_name(spec->driver, spec->id, spec->name);
    p->ch = vir_cgroup_host_new(host, err);
    if (!p->ch)
        return NULL;
    guint32 wanted = spec->controllers ? spec->controllers & GUEST_MASK : GUEST_MASK;
    for (int c = 0; c < VIR_CGROUP_LAST; c++)
        if (((wanted | ALWAYS_MASK) & (1u << c)) && vir_cgroup_host_mount(p->ch, c))
            p->mask |= 1u << c;
    return g_steal_pointer(&p);
}

/* ---- groups of threads ---- */

VirCgroup *hv_placement_sub(const HvPlacement *p, HvThreadKind kind, guint index)
{
    static const char *const names[] = { "emulator", "vcpu", "iothread" };
    g_autofree char *name = kind == HV_THREAD_EMULATOR ? g_strdup(names[kind])
                                                       : g_strdup_printf("%s%u", names[kind], index);
    return vir_cgroup_child(p->group, name);
}

/* v2: the guest's group becomes the root of a threaded domain when its first child is made threaded; only then may its
 * threads be in different groups. */
static gboolean sub_create(const HvPlacement *p, const VirCgroup *sub, GError **err)
{
    guint32 mask = p->mask & HV_SUB_MASK;
    gboolean v2 = vir_cgroup_host_is_v2(p->ch, VIR_CGROUP_UNIFIED) &&
                  vir_cgroup_host_mode(p->ch) != VIR_CGROUP_MODE_NONE;
    if (v2 && !vir_cgroup_has(sub, VIR_CGROUP_UNIFIED)) {
        if (!vir_cgroup_create(sub, 1u << VIR_CGROUP_UNIFIED, err) ||
            !vir_cgroup_set_str(sub, VIR_CGROUP_UNIFIED, "cgroup.type", "threaded", err))
            return FALSE;
    }
    return vir_cgroup_create(sub, mask, err);
}

static gboolean emulator_enter(const HvPlacement *p, pid_t pid, GError **err)
{
    g_autoptr(VirCgroup) sub = hv_placement_sub(p, HV_THREAD_EMULATOR, 0);
    return sub_create(p, sub, err) && vir_cgroup_attach(sub, pid, FALSE, err);
}

gboolean hv_placement_add_thread(HvPlacement *p, HvThreadKind kind, guint index, pid_t tid, GError **err)
{
    if (!p->group || !(p->mask & HV_SUB_MASK))
        return TRUE;
    g_autoptr(VirCgroup) sub = hv_placement_sub(p, kind, index);
    return sub_create(p, sub, err) && vir_cgroup_attach(sub, tid, TRUE, err);
}

gboolean hv_placement_del_thread(HvPlacement *p, HvThreadKind kind, guint index, GError **err)
{
    if (!p->group)
        return TRUE;
    g_autoptr(VirCgroup) sub = hv_placement_sub(p, kind, index);
    return vir_cgroup_remove(sub, err);
}

/* ---- the place ---- */

static gboolean group_enter(HvPlacement *p, const char *path, pid_t leader, GError **err)
{
    p->group = vir_cgroup_at(p->ch, path);
    return vir_cgroup_create(p->group, p->mask, err) && vir_cgroup_attach(p->group, leader, FALSE, err) &&
           emulator_enter(p, leader, err);
}

/* The path of the guest's own group in whatever hierarchy shows one. */
static char *path_of_pid(HvPlacement *p, const HvPlacementSpec *spec, VirCgroup **ret_own, GError **err)
{
    g_autoptr(VirCgroup) now = vir_cgroup_of_pid(p->ch, spec->leader, err);
    char *found = NULL;
    for (int c = 0; now && !found && c < VIR_CGROUP_LAST; c++) {
        const char *path = vir_cgroup_path(now, c);
        if (path)
            found = hv_placement_guest_path(path, spec->driver, &p->kind);
    }
    if (ret_own)
        *ret_own = g_steal_pointer(&now);
    return found;
}

static gboolean machined_enter(HvPlacement *p, const HvPlacementSpec *spec, GError **err)
{
    g_autofree char *slice = hv_partition_slice(p->partition);
    g_autofree char *scope = hv_placement_scope_name(p->machine_name);
    HvMachinedResult r = hv_machined_create(p->host, spec, p->machine_name, slice, err);
    if (r != HV_MACHINED_DONE)
        return FALSE;
    /* systemd moved the leader in the hierarchies it keeps; the others get the same path from us. */
    g_autofree char *path = path_of_pid(p, spec, NULL, NULL);
    if (!path)
        path = g_strdup_printf("/%s/%s", slice, scope);
    if (!group_enter(p, path, spec->leader, err))
        return FALSE;
    p->kind = HV_PLACEMENT_MACHINED;
    g_free(p->partition);
    p->partition = g_strdup_printf("/%s", slice);
    return TRUE;
}

static gboolean own_enter(HvPlacement *p, const HvPlacementSpec *spec, GError **err)
{
    if (vir_cgroup_host_mode(p->ch) == VIR_CGROUP_MODE_NONE)
        return vir_fail(err, VIR_ERR_OPERATION_UNSUPPORTED, "this host has no control groups");
    g_autofree char *partition = hv_partition_path(p->partition);
    g_autofree char *path = g_strdup_printf("%s/%s.libvirt-%s", partition, p->machine_name, spec->driver);
    if (!group_enter(p, path, spec->leader, err))
        return FALSE;
    p->kind = HV_PLACEMENT_CGROUP;
    return TRUE;
}

/* A place that was half made. */
static void group_abandon(HvPlacement *p)
{
    if (!p->group)
        return;
    g_autoptr(VirCgroup) root = vir_cgroup_at(p->ch, "/");
    g_autoptr(GArray) inside = vir_cgroup_pids(p->group, NULL);
    for (guint i = 0; inside && i < inside->len; i++)
        vir_cgroup_attach(root, g_array_index(inside, pid_t, i), FALSE, NULL);
    vir_cgroup_remove(p->group, NULL);
    g_clear_pointer(&p->group, vir_cgroup_free);
}

HvPlacement *hv_placement_new(const VirHost *host, const HvPlacementSpec *spec, char **ret_warning, GError **err)
{
    g_autoptr(HvPlacement) p = placement_new(host, spec, err);
    g_autoptr(GError) machined = NULL;
    g_autoptr(GError) own = NULL;
    *ret_warning = NULL;
    if (!p)
        return NULL;
    if (spec->session)
        return g_steal_pointer(&p);
    if (machined_enter(p, spec, &machined))
        return g_steal_pointer(&p);
    group_abandon(p);
    if (own_enter(p, spec, &own)) {
        *ret_warning = machined ? g_strdup(machined->message) : NULL;
        return g_steal_pointer(&p);
    }
    group_abandon(p);
    if (spec->partition) {
        g_propagate_prefixed_error(err, g_steal_pointer(&own), "domain '%s' cannot be placed in partition '%s': ",
                                   spec->name, spec->partition);
        return NULL;
    }
    p->kind = HV_PLACEMENT_NONE;
    p->mask = 0;
    *ret_warning = g_strdup_printf("domain '%s' runs in the daemon's own control group: %s%s%s", spec->name,
                                   own->message, machined ? "; " : "", machined ? machined->message : "");
    return g_steal_pointer(&p);
}

/* The groups of a guest whose processes are gone: by the names they were given. */
static gboolean find_by_name(HvPlacement *p, const HvPlacementSpec *spec)
{
    g_autofree char *partition = hv_partition_path(p->partition);
    g_autofree char *slice = hv_partition_slice(p->partition);
    g_autofree char *scope = hv_placement_scope_name(p->machine_name);
    char *paths[] = { g_strdup_printf("%s/%s.libvirt-%s", partition, p->machine_name, spec->driver),
                      g_strdup_printf("/%s/%s", slice, scope) };
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autoptr(VirCgroup) group = vir_cgroup_at(p->ch, paths[i]);
        for (int c = 0; !p->group && c < VIR_CGROUP_LAST; c++) {
            if (vir_cgroup_host_mount(p->ch, c) && vir_cgroup_has(group, c)) {
                p->group = g_steal_pointer(&group);
                p->kind = i ? HV_PLACEMENT_MACHINED : HV_PLACEMENT_CGROUP;
                break;
            }
        }
        g_free(paths[i]);
    }
    return p->group != NULL;
}

HvPlacement *hv_placement_find(const VirHost *host, const HvPlacementSpec *spec, GError **err)
{
    g_autoptr(HvPlacement) p = placement_new(host, spec, err);
    g_autoptr(VirCgroup) now = NULL;
    g_autoptr(GError) why = NULL;
    if (!p)
        return NULL;
    g_autofree char *path = path_of_pid(p, spec, &now, &why);
    if (!now) {
        if (why)
            g_propagate_error(err, g_steal_pointer(&why));
        return !why && find_by_name(p, spec) ? g_steal_pointer(&p) : NULL;
    }
    if (!path) {
        p->kind = HV_PLACEMENT_NONE;
        p->mask = 0;
        return g_steal_pointer(&p);
    }
    /* The machine's name as it was given then: an old guest's may be spelt otherwise. */
    if (p->kind == HV_PLACEMENT_MACHINED) {
        g_autofree char *dir = g_path_get_dirname(path);
        g_free(p->partition);
        p->partition = g_steal_pointer(&dir);
    }
    p->group = vir_cgroup_at(p->ch, path);
    return g_steal_pointer(&p);
}

/* ---- end ---- */

static void pids_kill(const VirCgroup *cg)
{
    g_autoptr(GArray) pids = vir_cgroup_pids(cg, NULL);
    for (guint i = 0; pids && i < pids->len; i++) {
        VIR_AUTOFD int pidfd = vir_proc_pidfd(g_array_index(pids, pid_t, i), 0, NULL);
        if (pidfd >= 0 && vir_proc_pidfd_signal(pidfd, SIGKILL, NULL))
            vir_proc_pidfd_wait(pidfd, KILL_WAIT_MS);
    }
}

gboolean hv_placement_remove(HvPlacement *p, GError **err)
{
    if (!p->group)
        return TRUE;
    g_autoptr(GError) first = NULL;
    if (!vir_cgroup_remove(p->group, &first)) {
        g_autoptr(VirCgroup) emulator = hv_placement_sub(p, HV_THREAD_EMULATOR, 0);
        pids_kill(emulator);
        pids_kill(p->group);
        g_clear_error(&first);
        vir_cgroup_remove(p->group, &first);
    }
    if (p->kind == HV_PLACEMENT_MACHINED)
        hv_machined_terminate(p->host, p->machine_name);
    g_clear_pointer(&p->group, vir_cgroup_free);
    if (first) {
        g_propagate_error(err, g_steal_pointer(&first));
        return FALSE;
    }
    return TRUE;
}

/* ---- v1 device list ---- */

gboolean hv_placement_allow_devices(HvPlacement *p, const char *const *paths, GError **err)
{
    if (!hv_placement_has(p, VIR_CGROUP_DEVICES) || vir_cgroup_host_is_v2(p->ch, VIR_CGROUP_DEVICES))
        return TRUE;
    if (!vir_cgroup_set_str(p->group, VIR_CGROUP_DEVICES, "devices.deny", "a", err) ||
        !vir_cgroup_set_str(p->group, VIR_CGROUP_DEVICES, "devices.allow", "c 136:* rwm", err))
        return FALSE;
    for (; paths && *paths; paths++) {
        struct stat st;
        if (stat(*paths, &st) < 0 || !(S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)))
            continue;
        g_autofree char *rule = g_strdup_printf("%c %u:%u rw", S_ISCHR(st.st_mode) ? 'c' : 'b', major(st.st_rdev),
                                                minor(st.st_rdev));
        if (!vir_cgroup_set_str(p->group, VIR_CGROUP_DEVICES, "devices.allow", rule, err))
            return FALSE;
    }
    return TRUE;
}

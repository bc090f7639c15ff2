/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/domain/each.h"

#define EACH(list)                              \
    for (guint i_ = 0; i_ < def->list.n; i_++)  \
        func(&def->list.v[i_]->info, data)
#define ONE(member)                             \
    if (def->member)                            \
        func(&def->member->info, data)

void domain_def_each_info(const DomainDef *def, DomainInfoFunc func, gpointer data)
{
    EACH(disks);
    EACH(controllers);
    EACH(filesystems);
    EACH(nets);
    EACH(smartcards);
    EACH(serials);
    EACH(parallels);
    EACH(consoles);
    EACH(channels);
    EACH(inputs);
    EACH(tpms);
    EACH(sounds);
    EACH(videos);
    EACH(hostdevs);
    EACH(redirdevs);
    EACH(hubs);
    EACH(watchdogs);
    ONE(memballoon);
    EACH(rngs);
    EACH(shmems);
    EACH(memories);
    EACH(panics);
    EACH(iommus);
    EACH(cryptos);
    ONE(nvram);
    ONE(vsock);
    ONE(pstore);
}

#define REMOVE(list, table)                                                 \
    for (guint i_ = 0; i_ < def->list.n; i_++) {                            \
        if (g_strcmp0(def->list.v[i_]->info.alias, alias) == 0) {           \
            vir_xml_free(&table, VIR_LIST_STEAL(&def->list, i_));           \
            return TRUE;                                                    \
        }                                                                   \
    }

gboolean domain_def_remove_alias(DomainDef *def, const char *alias)
{
    REMOVE(disks, domain_disk_table)
    REMOVE(controllers, domain_controller_table)
    REMOVE(nets, domain_net_table)
    REMOVE(hostdevs, domain_hostdev_table)
    REMOVE(serials, domain_serial_table)
    REMOVE(parallels, domain_parallel_table)
    REMOVE(consoles, domain_console_table)
    REMOVE(channels, domain_channel_table)
    REMOVE(inputs, domain_input_table)
    REMOVE(rngs, domain_rng_table)
    REMOVE(memories, domain_memory_table)
    REMOVE(redirdevs, domain_redirdev_table)
    REMOVE(shmems, domain_shmem_table)
    REMOVE(watchdogs, domain_watchdog_table)
    REMOVE(sounds, domain_sound_table)
    REMOVE(filesystems, domain_fs_table)
    return FALSE;
}

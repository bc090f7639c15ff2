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

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The storage volume document. Plain data.
 */
#pragma once

#include "conf/storage/pool.h"

#define STORAGE_VOL_VALUES(V) V(STORAGE_VOL_FILE, "file") V(STORAGE_VOL_BLOCK, "block") V(STORAGE_VOL_DIR, "dir") \
    V(STORAGE_VOL_NETWORK, "network") V(STORAGE_VOL_NETDIR, "netdir") V(STORAGE_VOL_PLOOP, "ploop")
VIR_XML_ENUM(StorageVolType, storage_vol_type, STORAGE_VOL_NONE, STORAGE_VOL_VALUES)   /* value - 1 = VIR_STORAGE_VOL_* */

/* Times as the document writes them: "1795223604.576605427". */
typedef struct { char *atime, *mtime, *ctime, *btime; } StorageTimestamps;

typedef struct {
    char *path;
    VIR_ARRAY(StorageExtent) extents;
} StorageVolDevice;

typedef struct {
    char *path, *format;           /* "qcow2", "xfs", ... */
    StoragePermissions *permissions;
    StorageTimestamps *timestamps;
} StorageVolImage;

typedef struct {
    StorageVolType type;
    bool has_capacity, has_allocation, has_physical;
    bool nocow, has_features, lazy_refcounts, extended_l2;
    guint64 capacity, allocation, physical, cluster_size;   /* bytes */
    char *name, *key;
    VIR_ARRAY(StorageVolDevice) source;
    StorageVolImage target;
    char *compat;                  /* "1.1" */
    StorageEncryption *encryption;
    StorageVolImage *backing;
} StorageVolDef;

VIR_DOCUMENT(StorageVolDef, storage_vol_def, storage_vol_table)

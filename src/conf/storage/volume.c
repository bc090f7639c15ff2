/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Table of the storage volume document.
 */
#include "conf/storage/volume.h"

#include "conf/known.h"
#include "util/error.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(storage_vol_type, STORAGE_VOL_VALUES)

#define XS StorageTimestamps
static const VirXmlRow timestamps_rows[] = {
    XE_STR("atime", atime), XE_STR("mtime", mtime), XE_STR("ctime", ctime), XE_STR("btime", btime), X_END
};
#undef XS
static const VirXmlTable timestamps_table = { "timestamps", sizeof(StorageTimestamps), timestamps_rows };

#define XS StorageExtent
static const VirXmlRow extent_rows[] = {
    XA_U64("start", start, .flags = XF_ALWAYS),
    XA_U64("end", end, .flags = XF_ALWAYS),
    X_END
};
#undef XS
static const VirXmlTable extent_table = { "extent", sizeof(StorageExtent), extent_rows };

#define XS StorageVolDevice
static const VirXmlRow device_rows[] = {
    XA_STR("path", path, .flags = XF_REQUIRED),
    X_ARRAY("extent", extents, StorageExtent, extent_table),
    X_END
};
#undef XS
static const VirXmlTable device_table = { "device", sizeof(StorageVolDevice), device_rows };

#define XS StorageVolImage
static const VirXmlRow image_rows[] = {
    XE_STR("path", path),
    XG("format", XA_STR("type", format)),
    X_PTR("permissions", permissions, StoragePermissions, storage_permissions_table),
    X_PTR("timestamps", timestamps, StorageTimestamps, timestamps_table),
    X_END
};
#undef XS
static const VirXmlTable image_table = { "backingStore", sizeof(StorageVolImage), image_rows };

static const VirXmlUnit cluster_unit = { "unit", "B", 1, 1, 1 };

#define XS StorageVolDef
#define SIZE(n, has, m) XG_PRESENT(n, has, XT_SIZE(m, vir_xml_bytes, .flags = XF_ALWAYS))
static const VirXmlRow volume_rows[] = {
    XA_ENUM("type", type, storage_vol_type),
    XE_STR("name", name),
    XE_STR("key", key),
    XG("source", X_ARRAY("device", source, StorageVolDevice, device_table)),
    SIZE("capacity", has_capacity, capacity),
    SIZE("allocation", has_allocation, allocation),
    SIZE("physical", has_physical, physical),
    XG("target",
        X_FIELDS(target, StorageVolImage, image_table),
        X_PTR("encryption", encryption, StorageEncryption, storage_encryption_table),
        XE_STR("compat", compat),
        XE_PRESENT("nocow", nocow),
        XE_SIZE("clusterSize", cluster_size, cluster_unit),
        XG_PRESENT("features", has_features,
            XE_PRESENT("lazy_refcounts", lazy_refcounts),
            XE_PRESENT("extended_l2", extended_l2))),
    X_PTR("backingStore", backing, StorageVolImage, image_table),
    X_END
};
#undef XS

static gboolean volume_parsed(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err)
{
    const StorageVolDef *def = obj;

    return def->name || vir_xml_fail(parse, node, NULL, VIR_ERR_XML_ERROR, err, "the element 'name' is missing");
}
const VirXmlTable storage_vol_table = { "volume", sizeof(StorageVolDef), volume_rows, volume_parsed, .known = &volume_known };

VIR_DOCUMENT_IMPL(StorageVolDef, storage_vol_def, storage_vol_table, VIR_FROM_STORAGE)

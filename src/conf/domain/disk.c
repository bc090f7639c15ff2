/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Table of disks.
 */
#include "conf/domain/disk.h"

#include <string.h>

#include "util/error.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(domain_disk_device, DOMAIN_DISK_DEVICE_VALUES)
VIR_XML_ENUM_IMPL(domain_disk_bus, DOMAIN_DISK_BUS_VALUES)
VIR_XML_ENUM_IMPL(domain_disk_model, DOMAIN_DISK_MODEL_VALUES)
VIR_XML_ENUM_IMPL(domain_disk_cache, DOMAIN_DISK_CACHE_VALUES)
VIR_XML_ENUM_IMPL(domain_disk_error_policy, DOMAIN_DISK_ERROR_VALUES)
VIR_XML_ENUM_IMPL(domain_disk_io, DOMAIN_DISK_IO_VALUES)
VIR_XML_ENUM_IMPL(domain_disk_discard, DOMAIN_DISK_DISCARD_VALUES)
VIR_XML_ENUM_IMPL(domain_disk_detect_zeroes, DOMAIN_DISK_ZEROES_VALUES)
VIR_XML_ENUM_IMPL(domain_disk_snapshot, DOMAIN_DISK_SNAPSHOT_VALUES)
VIR_XML_ENUM_IMPL(domain_disk_tray, DOMAIN_DISK_TRAY_VALUES)
VIR_XML_ENUM_IMPL(domain_disk_trans, DOMAIN_DISK_TRANS_VALUES)
VIR_XML_ENUM_IMPL(domain_sgio, DOMAIN_SGIO_VALUES)
VIR_XML_ENUM_IMPL(domain_mirror_job, DOMAIN_MIRROR_JOB_VALUES)
VIR_XML_ENUM_IMPL(domain_mirror_ready, DOMAIN_MIRROR_READY_VALUES)

#define XS DomainDiskMirror
static const VirXmlRow mirror_rows[] = {
    XA_ENUM("type", src.type, storage_type, .flags = XF_ALWAYS, .arg = STORAGE_TYPE_FILE),
    X_WHEN(src.type, X_BIT(STORAGE_TYPE_FILE),
        XA_STR("file", src.path, .flags = XF_SHADOW),
        XA_ENUM("format", src.format, storage_format, .flags = XF_SHADOW)),
    XA_ENUM("job", job, domain_mirror_job, .flags = XF_ALWAYS, .arg = DOMAIN_MIRROR_JOB_COPY),
    XA_ENUM("ready", ready, domain_mirror_ready),
    XG("format",
        XA_ENUM("type", src.format, storage_format),
        XG("metadata_cache", XE_SIZE("max_size", src.metadata_cache_max, vir_xml_bytes))),
    X_EMBED("source", src, StorageSource, storage_source_table),
    X_PTR("backingStore", src.backing, StorageSource, storage_backing_table),
    X_END
};
#undef XS
static const VirXmlTable mirror_table = { "mirror", sizeof(DomainDiskMirror), mirror_rows };

#define XS DomainIoTune
static const VirXmlRow iotune_rows[] = {
    XE_U64("total_bytes_sec", total_bytes_sec),
    XE_U64("read_bytes_sec", read_bytes_sec),
    XE_U64("write_bytes_sec", write_bytes_sec),
    XE_U64("total_iops_sec", total_iops_sec),
    XE_U64("read_iops_sec", read_iops_sec),
    XE_U64("write_iops_sec", write_iops_sec),
    XE_U64("total_bytes_sec_max", total_bytes_sec_max),
    XE_U64("read_bytes_sec_max", read_bytes_sec_max),
    XE_U64("write_bytes_sec_max", write_bytes_sec_max),
    XE_U64("total_iops_sec_max", total_iops_sec_max),
    XE_U64("read_iops_sec_max", read_iops_sec_max),
    XE_U64("write_iops_sec_max", write_iops_sec_max),
    XE_U64("size_iops_sec", size_iops_sec),
    XE_STR("group_name", group_name),
    XE_U64("total_bytes_sec_max_length", total_bytes_sec_max_length),
    XE_U64("read_bytes_sec_max_length", read_bytes_sec_max_length),
    XE_U64("write_bytes_sec_max_length", write_bytes_sec_max_length),
    XE_U64("total_iops_sec_max_length", total_iops_sec_max_length),
    XE_U64("read_iops_sec_max_length", read_iops_sec_max_length),
    XE_U64("write_iops_sec_max_length", write_iops_sec_max_length),
    X_END
};
#undef XS
const VirXmlTable domain_iotune_table = { "iotune", sizeof(DomainIoTune), iotune_rows };

#define XS DomainQueueRef
static const VirXmlRow queue_rows[] = {
    XA_UINT("id", id, .flags = XF_ALWAYS),
    X_END
};
#undef XS
static const VirXmlTable queue_table = { "queue", sizeof(DomainQueueRef), queue_rows };

#define XS DomainIothreadMap
static const VirXmlRow iothread_map_rows[] = {
    XA_UINT("id", id, .flags = XF_REQUIRED),
    X_ARRAY("queue", queues, DomainQueueRef, queue_table),
    X_END
};
#undef XS
const VirXmlTable domain_iothread_map_table = { "iothread", sizeof(DomainIothreadMap), iothread_map_rows };

#define XS DomainHistogramBin
static const VirXmlRow bin_rows[] = {
    XA_U64("start", start, .flags = XF_ALWAYS),
    X_END
};
#undef XS
static const VirXmlTable bin_table = { "bin", sizeof(DomainHistogramBin), bin_rows };

#define XS DomainHistogram
static const VirXmlRow histogram_rows[] = {
    XA_STR("type", type),
    X_ARRAY("bin", bins, DomainHistogramBin, bin_table),
    X_END
};
#undef XS
static const VirXmlTable histogram_table = { "latency-histogram", sizeof(DomainHistogram), histogram_rows };

#define XS DomainStatInterval
static const VirXmlRow interval_rows[] = {
    XA_UINT("interval", seconds, .flags = XF_REQUIRED),
    X_END
};
#undef XS
static const VirXmlTable interval_table = { "statistic", sizeof(DomainStatInterval), interval_rows };

#define XS DomainDiskStatistics
static const VirXmlRow statistics_rows[] = {
    X_ARRAY("statistic", intervals, DomainStatInterval, interval_table),
    X_ARRAY("latency-histogram", histograms, DomainHistogram, histogram_table),
    X_END
};
#undef XS
static const VirXmlTable statistics_table = { "statistics", sizeof(DomainDiskStatistics), statistics_rows };

#define XS DomainThrottleFilter
static const VirXmlRow throttle_filter_rows[] = {
    XA_STR("group", group, .flags = XF_REQUIRED),
    X_END
};
#undef XS
static const VirXmlTable throttle_filter_table = { "throttlefilter", sizeof(DomainThrottleFilter), throttle_filter_rows };

#define XS DomainDisk
static const VirXmlRow driver_rows[] = {
    XA_STR("name", driver_name),
    XA_ENUM("type", src.format, storage_format),
    XA_ENUM("cache", cache, domain_disk_cache, .arg = DOMAIN_DISK_CACHE_DEFAULT),
    XA_ENUM("error_policy", error_policy, domain_disk_error_policy),
    XA_ENUM("rerror_policy", rerror_policy, domain_disk_error_policy),
    XA_ENUM("io", io, domain_disk_io),
    XA_ONOFF("ioeventfd", ioeventfd, .flags = XF_ABI),
    XA_ONOFF("event_idx", event_idx, .flags = XF_ABI),
    XA_ONOFF("copy_on_read", copy_on_read),
    XA_ENUM("discard", discard, domain_disk_discard),
    XA_UINT("iothread", iothread),
    XA_ENUM("detect_zeroes", detect_zeroes, domain_disk_detect_zeroes),
    XA_UINT("queues", queues, .flags = XF_ABI),
    XA_UINT("queue_size", queue_size, .flags = XF_ABI),
    XA_ONOFF("discard_no_unref", discard_no_unref, .since = 905),
    X_FIELDS(virtio, DomainVirtioOptions, domain_virtio_options_table),
    XG("metadata_cache", XE_SIZE("max_size", src.metadata_cache_max, vir_xml_bytes)),
    XG("iothreads", X_ARRAY("iothread", iothreads, DomainIothreadMap, domain_iothread_map_table, .since = 1000)),
    X_PTR("statistics", statistics, DomainDiskStatistics, statistics_table, .since = 1109),
    X_END
};
static const VirXmlRow disk_rows[] = {
    XA_ENUM("type", src.type, storage_type, .flags = XF_ALWAYS, .arg = STORAGE_TYPE_FILE),
    XA_ENUM("device", device, domain_disk_device, .flags = XF_ALWAYS | XF_ABI, .arg = DOMAIN_DISK_DEVICE_DISK),
    XA_ENUM("model", model, domain_disk_model, .flags = XF_ABI),
    XA_YESNO("rawio", rawio),
    XA_ENUM("sgio", sgio, domain_sgio),
    XA_ENUM("snapshot", snapshot, domain_disk_snapshot),
    XG_ROWS("driver", driver_rows),
    X_SETS(src.auth_in_disk, X_BIT(TRUE), X_PTR("auth", src.auth, StorageAuth, storage_auth_table, .flags = XF_SHADOW)),
    X_EMBED("source", src, StorageSource, storage_source_table),
    X_PTR("backingStore", src.backing, StorageSource, storage_backing_table, .flags = XF_NOMIGRATE),
    XG("backenddomain", XA_STR("name", backenddomain)),
    XG("geometry",
        XA_UINT("cyls", cylinders, .flags = XF_ABI),
        XA_UINT("heads", heads, .flags = XF_ABI),
        XA_UINT("secs", sectors, .flags = XF_ABI),
        XA_ENUM("trans", trans, domain_disk_trans, .flags = XF_ABI)),
    XG("blockio",
        XA_UINT("logical_block_size", logical_block_size, .flags = XF_ABI),
        XA_UINT("physical_block_size", physical_block_size, .flags = XF_ABI),
        XA_UINT("discard_granularity", discard_granularity, .flags = XF_ABI, .since = 1110)),
    X_PTR("mirror", mirror, DomainDiskMirror, mirror_table, .flags = XF_LIVE),
    XG("target",
        XA_STR("dev", dst, .flags = XF_REQUIRED | XF_ABI),
        XA_ENUM("bus", bus, domain_disk_bus, .flags = XF_ABI),
        XA_ENUM("tray", tray, domain_disk_tray, .arg = DOMAIN_DISK_TRAY_CLOSED),
        XA_ONOFF("removable", removable, .flags = XF_ABI),
        XA_UINT("rotation_rate", rotation_rate, .flags = XF_ABI),
        XA_ONOFF("dpofua", dpofua, .flags = XF_ABI, .since = 1110)),
    X_PTR("iotune", iotune, DomainIoTune, domain_iotune_table),
    XG("throttlefilters", X_ARRAY("throttlefilter", throttle_filters, DomainThrottleFilter, throttle_filter_table, .since = 1102)),
    XE_PRESENT("readonly", readonly, .flags = XF_ABI),
    XE_PRESENT("shareable", shareable, .flags = XF_ABI),
    XG_PRESENT("transient", transient, XA_YESNO("shareBacking", transient_share)),
    XE_STR("serial", serial, .flags = XF_ABI),
    XE_STR("wwn", wwn, .flags = XF_ABI),
    XE_STR("vendor", vendor, .flags = XF_ABI),
    XE_STR("product", product, .flags = XF_ABI),
    X_SETS(src.encryption_in_disk, X_BIT(TRUE),
        X_PTR("encryption", src.encryption, StorageEncryption, storage_encryption_table, .flags = XF_SHADOW)),
    X_FIELDS(info, DomainDeviceInfo, domain_device_info_boot_table),
    X_RAW("privateData", private_data, .flags = XF_STATUS),
    X_END
};
#undef XS
static gboolean same_name(xmlNodePtr node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static gboolean disk_parsed(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err)
{
    const DomainDisk *disk = obj;

    if (!disk->dst)
        return vir_xml_fail(parse, node, NULL, parse->flags & VIR_XML_STRICT ? VIR_ERR_XML_ERROR : VIR_ERR_NO_TARGET, err,
                            "the element 'target' is missing");
    for (xmlNodePtr child = node->children; child; child = child->next) {
        for (xmlNodePtr inner = child->children; inner && same_name(child, "source"); inner = inner->next) {
            if ((same_name(inner, "auth") && disk->src.auth_in_disk) || (same_name(inner, "encryption") && disk->src.encryption_in_disk))
                return vir_xml_fail(parse, inner, NULL, VIR_ERR_CONFIG_UNSUPPORTED, err, "the disk has such an element already");
        }
    }
    return TRUE;
}
const VirXmlTable domain_disk_table = { "disk", sizeof(DomainDisk), disk_rows, disk_parsed };

DomainDisk *domain_disk_new(void)
{
    return vir_xml_new(&domain_disk_table);
}

void domain_disk_free(DomainDisk *disk)
{
    vir_xml_free(&domain_disk_table, disk);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables of storage sources.
 */
#include "conf/domain/storage.h"

#include <string.h>

#include "util/error.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(storage_type, STORAGE_TYPE_VALUES)
VIR_XML_ENUM_IMPL(storage_format, STORAGE_FORMAT_VALUES)
VIR_XML_ENUM_IMPL(storage_protocol, STORAGE_PROTOCOL_VALUES)
VIR_XML_ENUM_IMPL(storage_transport, STORAGE_TRANSPORT_VALUES)
VIR_XML_ENUM_IMPL(storage_startup, STORAGE_STARTUP_VALUES)
VIR_XML_ENUM_IMPL(storage_pool_mode, STORAGE_POOL_MODE_VALUES)
VIR_XML_ENUM_IMPL(storage_encryption_format, STORAGE_ENCRYPTION_VALUES)
VIR_XML_ENUM_IMPL(storage_encryption_engine, STORAGE_ENGINE_VALUES)
VIR_XML_ENUM_IMPL(storage_auth_type, STORAGE_AUTH_VALUES)

#define XS StorageAuth
static const VirXmlRow auth_rows[] = {
    XA_STR("username", username, .flags = XF_REQUIRED),
    XG("secret",
        XA_ENUM("type", type, storage_auth_type),
        XA_UUID("uuid", secret.uuid),
        XA_STR("usage", secret.usage)),
    X_END
};
#undef XS
const VirXmlTable storage_auth_table = { "auth", sizeof(StorageAuth), auth_rows };

#define XS StorageEncryptionSecret
static const VirXmlRow encryption_secret_rows[] = {
    XA_STR("type", type, .flags = XF_REQUIRED),
    XA_UUID("uuid", ref.uuid),
    XA_STR("usage", ref.usage),
    X_END
};
#undef XS
static const VirXmlTable encryption_secret_table = { "secret", sizeof(StorageEncryptionSecret), encryption_secret_rows };

#define XS StorageEncryption
static const VirXmlRow encryption_rows[] = {
    XA_ENUM("format", format, storage_encryption_format, .flags = XF_REQUIRED),
    XA_ENUM("engine", engine, storage_encryption_engine),
    X_ARRAY("secret", secrets, StorageEncryptionSecret, encryption_secret_table),
    XG("cipher",
        XA_STR("name", cipher_name),
        XA_UINT("size", cipher_size),
        XA_STR("mode", cipher_mode),
        XA_STR("hash", cipher_hash)),
    XG("ivgen",
        XA_STR("name", ivgen_name),
        XA_STR("hash", ivgen_hash)),
    X_END
};
#undef XS
const VirXmlTable storage_encryption_table = { "encryption", sizeof(StorageEncryption), encryption_rows };

#define XS StorageHost
static const VirXmlRow host_rows[] = {
    XA_STR("name", name),
    XA_UINT("port", port),
    XA_ENUM("transport", transport, storage_transport),
    XA_STR("socket", socket),
    X_END
};
#undef XS
const VirXmlTable storage_host_table = { "host", sizeof(StorageHost), host_rows };

#define XS StorageCookie
static const VirXmlRow cookie_rows[] = {
    XA_STR("name", name, .flags = XF_REQUIRED),
    XT_STR(value, .flags = XF_SECURE),
    X_END
};
#undef XS
static const VirXmlTable cookie_table = { "cookie", sizeof(StorageCookie), cookie_rows };

/* Two tables of one struct: the image's name, a member of the source, is written after the protocol. */
#define XS StorageNetwork
static const VirXmlRow protocol_rows[] = {
    XA_ENUM("protocol", protocol, storage_protocol, .flags = XF_REQUIRED),
    X_END
};
static const VirXmlTable protocol_table = { "source", sizeof(StorageNetwork), protocol_rows };
static const VirXmlRow network_rows[] = {
    XD_ENUM(protocol, storage_protocol),
    XA_YESNO("tls", tls),
    XA_STR("tlsHostname", tls_hostname),
    XA_STR("query", query),
    X_ARRAY("host", hosts, StorageHost, storage_host_table),
    XG("snapshot", XA_STR("name", snapshot)),
    XG("config", XA_STR("file", config_file)),
    XG("initiator", XG("iqn", XA_STR("name", initiator_iqn))),
    XG("ssl", XA_YESNO("verify", ssl_verify)),
    XG_FLAGS("cookies", XF_SECURE, X_ARRAY("cookie", cookies, StorageCookie, cookie_table)),
    XG("readahead", XA_U64("size", readahead)),
    XG("timeout", XA_U64("seconds", timeout)),
    X_EMBED("reconnect", reconnect, DomainReconnect, domain_reconnect_table),
    XG("knownHosts", XA_STR("path", known_hosts)),
    XG("identity",
        XA_STR("user", identity_user),
        XA_STR("group", identity_group),
        XA_STR("username", identity_username),
        XA_STR("keyfile", identity_keyfile),
        XA_STR("agentsock", identity_agentsock)),
    X_END
};
#undef XS
static const VirXmlTable network_table = { "source", sizeof(StorageNetwork), network_rows };

#define XS StorageVolumeRef
static const VirXmlRow volume_rows[] = {
    XA_STR("pool", pool, .flags = XF_REQUIRED),
    XA_STR("volume", volume, .flags = XF_REQUIRED),
    XA_ENUM("mode", mode, storage_pool_mode),
    X_END
};
#undef XS
static const VirXmlTable volume_table = { "source", sizeof(StorageVolumeRef), volume_rows };

#define XS StorageNvme
static const VirXmlRow nvme_rows[] = {
    XG("address", X_FIELDS(addr, DomainPciAddress, domain_pci_address_table)),
    XA_YESNO("managed", managed),
    XA_U64("namespace", ns, .flags = XF_REQUIRED),
    X_END
};
#undef XS
static const VirXmlTable nvme_table = { "source", sizeof(StorageNvme), nvme_rows };

#define XS StorageSlice
static const VirXmlRow slice_rows[] = {
    XA_U64("offset", offset, .flags = XF_ALWAYS),
    XA_U64("size", size, .flags = XF_ALWAYS),
    X_END
};
#undef XS
static const VirXmlTable slice_table = { "slice", sizeof(StorageSlice), slice_rows };

#define XS StorageReservations
static const VirXmlRow reservations_rows[] = {
    XA_YESNO("managed", managed),
    XA_YESNO("migration", migration, .since = 1110),
    XG_KEYED("source", "type=unix",
        XA_STR("path", path),
        XA_STR("mode", mode),
        X_EMBED("reconnect", reconnect, DomainReconnect, domain_reconnect_table)),
    X_END
};
#undef XS
static const VirXmlTable reservations_table = { "reservations", sizeof(StorageReservations), reservations_rows };

#define XS StorageSource
#define TYPE(t) X_BIT(STORAGE_TYPE_##t)
/* The attributes of <source> that say where, and the elements in it. */
static const VirXmlRow place_rows[] = {
    X_WHEN(type, TYPE(FILE), XA_STR("file", path), XA_STR("fdgroup", fdgroup)),
    X_WHEN(type, TYPE(BLOCK) | TYPE(VHOST_VDPA) | TYPE(CTL), XA_STR("dev", path)),
    X_WHEN(type, TYPE(DIR), XA_STR("dir", path)),
    X_WHEN(type, TYPE(NETWORK),
        X_PTRFIELDS(net, StorageNetwork, protocol_table, .flags = XF_SHADOW),
        XA_STR("name", path),
        X_PTRFIELDS(net, StorageNetwork, network_table)),
    X_WHEN(type, TYPE(VOLUME), X_PTRFIELDS(volume, StorageVolumeRef, volume_table)),
    X_WHEN(type, TYPE(NVME), XA_STR("type", kind), X_PTRFIELDS(nvme, StorageNvme, nvme_table)),
    X_WHEN(type, TYPE(VHOST_USER),
        XA_STR("type", kind),
        XA_STR("path", path),
        X_PTR("reconnect", reconnect, DomainReconnect, domain_reconnect_table)),
    XA_ENUM("startupPolicy", startup_policy, storage_startup),
    X_END
};
static const VirXmlRow index_rows[] = {
    XA_UINT("index", index, .flags = XF_LIVE),
    X_END
};
static const VirXmlRow inside_rows[] = {
    XG("slices", XG_KEYED("slice", "type=storage", X_PTRFIELDS(slice, StorageSlice, slice_table))),
    X_ARRAY("seclabel", seclabels, DomainDeviceSeclabel, domain_device_seclabel_table),
    X_WHEN(auth_in_disk, X_BIT(FALSE), X_PTR("auth", auth, StorageAuth, storage_auth_table, .flags = XF_SHADOW)),
    X_PTR(NULL, auth, StorageAuth, storage_auth_table),
    X_PTR("reservations", reservations, StorageReservations, reservations_table),
    X_WHEN(encryption_in_disk, X_BIT(FALSE),
        X_PTR("encryption", encryption, StorageEncryption, storage_encryption_table, .flags = XF_SHADOW)),
    X_PTR(NULL, encryption, StorageEncryption, storage_encryption_table),
    X_PTR("dataStore", data_store, StorageDataStore, storage_data_store_table, .since = 1010),
    X_RAW("privateData", private_data, .flags = XF_STATUS),
    X_END
};
static const VirXmlTable place_table = { "source", sizeof(StorageSource), place_rows };
static const VirXmlTable index_table = { "source", sizeof(StorageSource), index_rows };
static const VirXmlTable inside_table = { "source", sizeof(StorageSource), inside_rows };

static const VirXmlRow source_rows[] = {
    X_SELF(place_table),
    X_SELF(index_table),
    X_SELF(inside_table),
    X_END
};
const VirXmlTable storage_source_table = { "source", sizeof(StorageSource), source_rows };

const VirXmlRow storage_format_rows[] = {
    XG("format",
        XA_ENUM("type", format, storage_format),
        XG("metadata_cache", XE_SIZE("max_size", metadata_cache_max, vir_xml_bytes))),
    X_END
};
static const VirXmlTable format_table = { "format", sizeof(StorageSource), storage_format_rows };

/* The index of a backing image stands at <backingStore>. */
static const VirXmlRow backing_rows[] = {
    XA_ENUM("type", type, storage_type),
    XA_UINT("index", index, .flags = XF_LIVE),
    X_SELF(format_table),
    XG("source", X_SELF(place_table), X_SELF(inside_table)),
    X_PTR("backingStore", backing, StorageSource, storage_backing_table),
    X_END
};
#undef XS

/* A chain element with a source must say which kind; without, it is the end of the chain. */
static gboolean backing_parsed(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err)
{
    const StorageSource *src = obj;

    if (src->type == STORAGE_TYPE_NONE && (src->format || src->backing))
        return vir_xml_fail(parse, node, NULL, VIR_ERR_XML_ERROR, err, "the attribute 'type' is missing");
    return TRUE;
}
const VirXmlTable storage_backing_table = { "backingStore", sizeof(StorageSource), backing_rows, backing_parsed };

#define XS StorageDataStore
static const VirXmlRow data_store_rows[] = {
    XA_ENUM("type", src.type, storage_type),
    X_FIELDS(src, StorageSource, format_table),
    X_EMBED("source", src, StorageSource, storage_source_table),
    X_END
};
#undef XS
const VirXmlTable storage_data_store_table = { "dataStore", sizeof(StorageDataStore), data_store_rows };

StorageSource *storage_source_new(StorageType type)
{
    StorageSource *src = vir_xml_new(&storage_backing_table);

    src->type = type;
    return src;
}

void storage_source_free(StorageSource *src)
{
    vir_xml_free(&storage_backing_table, src);
}

StorageSource *storage_source_copy(const StorageSource *src)
{
    return vir_xml_copy(&storage_backing_table, src);
}

gboolean storage_source_is_empty(const StorageSource *src)
{
    switch (src->type) {
    case STORAGE_TYPE_NONE:
        return TRUE;
    case STORAGE_TYPE_NETWORK:
        return !src->net || (src->net->protocol == STORAGE_PROTOCOL_NONE);
    case STORAGE_TYPE_VOLUME:
        return !src->volume;
    case STORAGE_TYPE_NVME:
        return !src->nvme;
    default:
        return !src->path;
    }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a disk's bytes are: a chain of storage sources, each with type, place, format, authentication, encryption.
 * Optional groups are pointers, NULL when the document has none of their fields.
 */
#pragma once

#include "conf/domain/device-info.h"

#define STORAGE_TYPE_VALUES(V)                                                                                     \
    V(STORAGE_TYPE_FILE, "file") V(STORAGE_TYPE_BLOCK, "block") V(STORAGE_TYPE_DIR, "dir") V(STORAGE_TYPE_NETWORK, "network") \
    V(STORAGE_TYPE_VOLUME, "volume") V(STORAGE_TYPE_NVME, "nvme") V(STORAGE_TYPE_VHOST_USER, "vhostuser")            \
    V(STORAGE_TYPE_VHOST_VDPA, "vhostvdpa") V(STORAGE_TYPE_CTL, "ctl")
VIR_XML_ENUM(StorageType, storage_type, STORAGE_TYPE_NONE, STORAGE_TYPE_VALUES)

#define STORAGE_FORMAT_VALUES(V)                                                                                   \
    V(STORAGE_FORMAT_RAW, "raw") V(STORAGE_FORMAT_DIR, "dir") V(STORAGE_FORMAT_BOCHS, "bochs") V(STORAGE_FORMAT_CLOOP, "cloop") \
    V(STORAGE_FORMAT_DMG, "dmg") V(STORAGE_FORMAT_ISO, "iso") V(STORAGE_FORMAT_VPC, "vpc") V(STORAGE_FORMAT_VDI, "vdi") \
    V(STORAGE_FORMAT_FAT, "fat") V(STORAGE_FORMAT_VHD, "vhd") V(STORAGE_FORMAT_PLOOP, "ploop") V(STORAGE_FORMAT_LUKS, "luks") \
    V(STORAGE_FORMAT_COW, "cow") V(STORAGE_FORMAT_QCOW, "qcow") V(STORAGE_FORMAT_QCOW2, "qcow2") V(STORAGE_FORMAT_QED, "qed") \
    V(STORAGE_FORMAT_VMDK, "vmdk")
VIR_XML_ENUM(StorageFormat, storage_format, STORAGE_FORMAT_NONE, STORAGE_FORMAT_VALUES)

#define STORAGE_PROTOCOL_VALUES(V)                                                                                 \
    V(STORAGE_PROTOCOL_NBD, "nbd") V(STORAGE_PROTOCOL_RBD, "rbd") V(STORAGE_PROTOCOL_SHEEPDOG, "sheepdog")           \
    V(STORAGE_PROTOCOL_GLUSTER, "gluster") V(STORAGE_PROTOCOL_ISCSI, "iscsi") V(STORAGE_PROTOCOL_HTTP, "http")       \
    V(STORAGE_PROTOCOL_HTTPS, "https") V(STORAGE_PROTOCOL_FTP, "ftp") V(STORAGE_PROTOCOL_FTPS, "ftps")               \
    V(STORAGE_PROTOCOL_TFTP, "tftp") V(STORAGE_PROTOCOL_SSH, "ssh") V(STORAGE_PROTOCOL_VXHS, "vxhs") V(STORAGE_PROTOCOL_NFS, "nfs")
VIR_XML_ENUM(StorageProtocol, storage_protocol, STORAGE_PROTOCOL_NONE, STORAGE_PROTOCOL_VALUES)

#define STORAGE_TRANSPORT_VALUES(V) \
    V(STORAGE_TRANSPORT_TCP, "tcp") V(STORAGE_TRANSPORT_UNIX, "unix") V(STORAGE_TRANSPORT_RDMA, "rdma")
VIR_XML_ENUM(StorageTransport, storage_transport, STORAGE_TRANSPORT_NONE, STORAGE_TRANSPORT_VALUES)

#define STORAGE_STARTUP_VALUES(V) \
    V(STORAGE_STARTUP_MANDATORY, "mandatory") V(STORAGE_STARTUP_REQUISITE, "requisite") V(STORAGE_STARTUP_OPTIONAL, "optional")
VIR_XML_ENUM(StorageStartup, storage_startup, STORAGE_STARTUP_NONE, STORAGE_STARTUP_VALUES)

#define STORAGE_POOL_MODE_VALUES(V) V(STORAGE_POOL_MODE_HOST, "host") V(STORAGE_POOL_MODE_DIRECT, "direct")
VIR_XML_ENUM(StoragePoolMode, storage_pool_mode, STORAGE_POOL_MODE_NONE, STORAGE_POOL_MODE_VALUES)

#define STORAGE_ENCRYPTION_VALUES(V)                                                                                \
    V(STORAGE_ENCRYPTION_DEFAULT, "default") V(STORAGE_ENCRYPTION_QCOW, "qcow") V(STORAGE_ENCRYPTION_LUKS, "luks")    \
    V(STORAGE_ENCRYPTION_LUKS2, "luks2") V(STORAGE_ENCRYPTION_LUKS_ANY, "luks-any")
VIR_XML_ENUM(StorageEncryptionFormat, storage_encryption_format, STORAGE_ENCRYPTION_NONE, STORAGE_ENCRYPTION_VALUES)

#define STORAGE_ENGINE_VALUES(V) V(STORAGE_ENGINE_QEMU, "qemu") V(STORAGE_ENGINE_LIBRBD, "librbd")
VIR_XML_ENUM(StorageEncryptionEngine, storage_encryption_engine, STORAGE_ENGINE_NONE, STORAGE_ENGINE_VALUES)

#define STORAGE_AUTH_VALUES(V) V(STORAGE_AUTH_CEPH, "ceph") V(STORAGE_AUTH_ISCSI, "iscsi") V(STORAGE_AUTH_CHAP, "chap")
VIR_XML_ENUM(StorageAuthType, storage_auth_type, STORAGE_AUTH_NONE, STORAGE_AUTH_VALUES)

/* A reference to a secret object, by UUID or usage. */
typedef struct {
    guint8 uuid[16];
    char *usage;
} StorageSecretRef;

typedef struct {
    char *username;
    StorageAuthType type;        /* as <secret type=...> says */
    StorageSecretRef secret;
} StorageAuth;

typedef struct {
    char *type;                  /* "passphrase" */
    StorageSecretRef ref;
} StorageEncryptionSecret;

typedef struct {
    StorageEncryptionFormat format;
    StorageEncryptionEngine engine;
    VIR_ARRAY(StorageEncryptionSecret) secrets;
    guint cipher_size;
    char *cipher_name, *cipher_mode, *cipher_hash, *ivgen_name, *ivgen_hash;
} StorageEncryption;

typedef struct {
    StorageTransport transport;  /* none: tcp */
    guint port;                  /* 0: the protocol's own */
    char *name, *socket;
} StorageHost;

typedef struct { char *name, *value; } StorageCookie;

/* type='network'. The image's name is StorageSource.path. */
typedef struct {
    StorageProtocol protocol;
    VirTristate tls, ssl_verify;
    char *tls_hostname, *query, *snapshot, *config_file, *initiator_iqn;
    VIR_ARRAY(StorageHost) hosts;
    VIR_ARRAY(StorageCookie) cookies;
    guint64 readahead, timeout;
    char *known_hosts;
    char *identity_user, *identity_group, *identity_username, *identity_keyfile, *identity_agentsock;
    DomainReconnect reconnect;
} StorageNetwork;

typedef struct { char *pool, *volume; StoragePoolMode mode; } StorageVolumeRef;

typedef struct {
    guint64 ns;                  /* from 1 */
    VirTristate managed;
    DomainPciAddress addr;
} StorageNvme;

typedef struct { guint64 offset, size; } StorageSlice;

typedef struct {
    VirTristate managed, migration;
    char *path;                  /* unix socket of the helper */
    char *mode;                  /* "client" */
    DomainReconnect reconnect;
} StorageReservations;

typedef struct StorageSource StorageSource;
typedef struct StorageDataStore StorageDataStore;

struct StorageSource {
    StorageType type;            /* none: in a chain, its end (<backingStore/>) */
    StorageFormat format;
    StorageStartup startup_policy;
    guint index;                 /* live: node names are made of it */
    char *path;                  /* file, dev, dir, socket of vhostuser, name of a network image */
    char *fdgroup;
    char *kind;                  /* nvme: "pci", vhostuser: "unix" */
    StorageNetwork *net;
    StorageVolumeRef *volume;
    StorageNvme *nvme;
    DomainReconnect *reconnect;  /* vhostuser */
    StorageAuth *auth;
    bool auth_in_disk;           /* <auth> stood in <disk>, not in <source>; written where it stood */
    StorageEncryption *encryption;
    bool encryption_in_disk;     /* likewise */
    StorageReservations *reservations;
    StorageSlice *slice;
    VIR_ARRAY(DomainDeviceSeclabel) seclabels;
    guint64 metadata_cache_max;  /* bytes */
    char *private_data;          /* of a status document, word for word */
    StorageDataStore *data_store;
    StorageSource *backing;
};

struct StorageDataStore {
    StorageSource src;
};

extern const VirXmlTable storage_source_table;        /* <source> with index: disk, mirror */
extern const VirXmlTable storage_backing_table;       /* <backingStore type=...> */
extern const VirXmlTable storage_auth_table, storage_encryption_table, storage_host_table, storage_data_store_table;
extern const VirXmlRow storage_format_rows[];         /* <format type=...> */

StorageSource *storage_source_new(StorageType type);
void storage_source_free(StorageSource *src);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StorageSource, storage_source_free)
StorageSource *storage_source_copy(const StorageSource *src);     /* with its whole chain */
/* No place is named: an empty drive. */
gboolean storage_source_is_empty(const StorageSource *src);

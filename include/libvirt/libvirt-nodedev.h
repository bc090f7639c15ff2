/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Host devices.
 */
#ifndef LIBVIRT_NODEDEV_H
#define LIBVIRT_NODEDEV_H

#ifndef LIBVIRT_H
#error "include <libvirt/libvirt.h>"
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define VIR_NODE_DEVICE_EVENT_CALLBACK(cb) ((virConnectNodeDeviceEventGenericCallback)(cb))

typedef struct _virNodeDevice virNodeDevice;
typedef virNodeDevice *virNodeDevicePtr;

typedef enum {
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_SYSTEM = 1, /* since 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_PCI_DEV = 2, /* since 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_USB_DEV = 4, /* since 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_USB_INTERFACE = 8, /* since 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_NET = 16, /* since 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI_HOST = 32, /* since 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI_TARGET = 64, /* since 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI = 128, /* since 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_STORAGE = 256, /* since 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_FC_HOST = 512, /* since 1.0.4 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_VPORTS = 1024, /* since 1.0.4 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI_GENERIC = 2048, /* since 1.1.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_DRM = 4096, /* since 3.1.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV_TYPES = 8192, /* since 3.4.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV = 16384, /* since 3.4.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_CCW_DEV = 32768, /* since 3.4.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_CSS_DEV = 65536, /* since 6.8.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_VDPA = 131072, /* since 6.9.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_AP_CARD = 262144, /* since 7.0.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_AP_QUEUE = 524288, /* since 7.0.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_AP_MATRIX = 1048576, /* since 7.0.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_VPD = 2097152, /* since 7.9.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_CCWGROUP_DEV = 4194304, /* since 11.1.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_CCWGROUP_MEMBER = 8388608, /* since 11.1.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_PERSISTENT = 268435456, /* since 10.1.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_TRANSIENT = 536870912, /* since 10.1.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_INACTIVE = 1073741824, /* since 7.3.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_ACTIVE = 2147483648, /* since 7.3.0 */
} virConnectListAllNodeDeviceFlags;

typedef enum {
    VIR_NODE_DEVICE_CREATE_XML_VALIDATE = 1, /* since 8.10.0 */
} virNodeDeviceCreateXMLFlags;

typedef enum {
    VIR_NODE_DEVICE_DEFINE_XML_VALIDATE = 1, /* since 8.10.0 */
} virNodeDeviceDefineXMLFlags;

typedef enum {
    VIR_NODE_DEVICE_EVENT_CREATED = 0, /* since 2.2.0 */
    VIR_NODE_DEVICE_EVENT_DELETED = 1, /* since 2.2.0 */
    VIR_NODE_DEVICE_EVENT_DEFINED = 2, /* since 7.3.0 */
    VIR_NODE_DEVICE_EVENT_UNDEFINED = 3, /* since 7.3.0 */
    VIR_NODE_DEVICE_EVENT_LAST = 4,
} virNodeDeviceEventLifecycleType;

typedef enum {
    VIR_NODE_DEVICE_EVENT_ID_LIFECYCLE = 0, /* since 2.2.0 */
    VIR_NODE_DEVICE_EVENT_ID_UPDATE = 1, /* since 2.2.0 */
    VIR_NODE_DEVICE_EVENT_ID_LAST = 2,
} virNodeDeviceEventID;

typedef enum {
    VIR_NODE_DEVICE_UPDATE_AFFECT_CURRENT = 0, /* since 10.1.0 */
    VIR_NODE_DEVICE_UPDATE_AFFECT_LIVE = 1, /* since 10.1.0 */
    VIR_NODE_DEVICE_UPDATE_AFFECT_CONFIG = 2, /* since 10.1.0 */
} virNodeDeviceUpdateFlags;

typedef enum {
    VIR_NODE_DEVICE_XML_INACTIVE = 1, /* since 10.1.0 */
} virNodeDeviceXMLFlags;


typedef void (*virConnectNodeDeviceEventGenericCallback)(virConnectPtr conn, virNodeDevicePtr dev, void *opaque);
typedef void (*virConnectNodeDeviceEventLifecycleCallback)(virConnectPtr conn, virNodeDevicePtr dev, int event, int detail, void *opaque);

int virConnectListAllNodeDevices(virConnectPtr conn, virNodeDevicePtr **devices, unsigned int flags);
int virConnectNodeDeviceEventDeregisterAny(virConnectPtr conn, int callbackID);
int virConnectNodeDeviceEventRegisterAny(virConnectPtr conn, virNodeDevicePtr dev, int eventID, virConnectNodeDeviceEventGenericCallback cb, void *opaque, virFreeCallback freecb);
int virNodeDeviceCreate(virNodeDevicePtr dev, unsigned int flags);
virNodeDevicePtr virNodeDeviceCreateXML(virConnectPtr conn, const char *xmlDesc, unsigned int flags);
virNodeDevicePtr virNodeDeviceDefineXML(virConnectPtr conn, const char *xmlDesc, unsigned int flags);
int virNodeDeviceDestroy(virNodeDevicePtr dev);
int virNodeDeviceDetachFlags(virNodeDevicePtr dev, const char *driverName, unsigned int flags);
int virNodeDeviceDettach(virNodeDevicePtr dev);
int virNodeDeviceFree(virNodeDevicePtr dev);
int virNodeDeviceGetAutostart(virNodeDevicePtr dev, int *autostart);
const char *virNodeDeviceGetName(virNodeDevicePtr dev);
const char *virNodeDeviceGetParent(virNodeDevicePtr dev);
char *virNodeDeviceGetXMLDesc(virNodeDevicePtr dev, unsigned int flags);
int virNodeDeviceIsActive(virNodeDevicePtr dev);
int virNodeDeviceIsPersistent(virNodeDevicePtr dev);
int virNodeDeviceListCaps(virNodeDevicePtr dev, char ** const names, int maxnames);
virNodeDevicePtr virNodeDeviceLookupByName(virConnectPtr conn, const char *name);
virNodeDevicePtr virNodeDeviceLookupSCSIHostByWWN(virConnectPtr conn, const char *wwnn, const char *wwpn, unsigned int flags);
int virNodeDeviceNumOfCaps(virNodeDevicePtr dev);
int virNodeDeviceReAttach(virNodeDevicePtr dev);
int virNodeDeviceRef(virNodeDevicePtr dev);
int virNodeDeviceReset(virNodeDevicePtr dev);
int virNodeDeviceSetAutostart(virNodeDevicePtr dev, int autostart);
int virNodeDeviceUndefine(virNodeDevicePtr dev, unsigned int flags);
int virNodeDeviceUpdate(virNodeDevicePtr dev, const char *xmlDesc, unsigned int flags);
int virNodeListDevices(virConnectPtr conn, const char *cap, char ** const names, int maxnames, unsigned int flags);
int virNodeNumOfDevices(virConnectPtr conn, const char *cap, unsigned int flags);

#ifdef __cplusplus
}
#endif

#endif

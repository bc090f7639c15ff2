/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Constants and typed parameters shared by every libvirt header.
 */
#ifndef LIBVIRT_COMMON_H
#define LIBVIRT_COMMON_H

#include <string.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef VIR_DEPRECATED
#define VIR_DEPRECATED __attribute__((deprecated))
#endif
#ifndef VIR_EXPORT_VAR
#define VIR_EXPORT_VAR extern
#endif

#define LIBVIR_VERSION_NUMBER 12008000
#define VIR_TYPED_PARAM_FIELD_LENGTH 80
#define LIBVIR_CHECK_VERSION(major, minor, micro) ((major) * 1000000 + (minor) * 1000 + (micro) <= LIBVIR_VERSION_NUMBER)

typedef struct _virTypedParameter virTypedParameter;
typedef virTypedParameter *virTypedParameterPtr;

typedef enum {
    VIR_CONNECT_CLOSE_REASON_ERROR = 0, /* since 0.10.0 */
    VIR_CONNECT_CLOSE_REASON_EOF = 1, /* since 0.10.0 */
    VIR_CONNECT_CLOSE_REASON_KEEPALIVE = 2, /* since 0.10.0 */
    VIR_CONNECT_CLOSE_REASON_CLIENT = 3, /* since 0.10.0 */
    VIR_CONNECT_CLOSE_REASON_LAST = 4,
} virConnectCloseReason;

typedef enum {
    VIR_TYPED_PARAM_INT = 1, /* since 0.9.2 */
    VIR_TYPED_PARAM_UINT = 2, /* since 0.9.2 */
    VIR_TYPED_PARAM_LLONG = 3, /* since 0.9.2 */
    VIR_TYPED_PARAM_ULLONG = 4, /* since 0.9.2 */
    VIR_TYPED_PARAM_DOUBLE = 5, /* since 0.9.2 */
    VIR_TYPED_PARAM_BOOLEAN = 6, /* since 0.9.2 */
    VIR_TYPED_PARAM_STRING = 7, /* since 0.9.8 */
    VIR_TYPED_PARAM_LAST = 8,
} virTypedParameterType;

typedef enum {
    VIR_TYPED_PARAM_STRING_OKAY = 4, /* since 0.9.8 */
} virTypedParameterFlags;


typedef void (*virFreeCallback)(void *opaque);

struct _virTypedParameter {
    char field[VIR_TYPED_PARAM_FIELD_LENGTH];
    int type;
    union {
        int i;
        unsigned int ui;
        long long int l;
        unsigned long long int ul;
        double d;
        char b;
        char *s;
    } value;
};

int virTypedParamsAddBoolean(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, int value);
int virTypedParamsAddDouble(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, double value);
int virTypedParamsAddFromString(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, int type, const char *value);
int virTypedParamsAddInt(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, int value);
int virTypedParamsAddLLong(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, long long value);
int virTypedParamsAddString(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, const char *value);
int virTypedParamsAddStringList(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, const char **values);
int virTypedParamsAddUInt(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, unsigned int value);
int virTypedParamsAddULLong(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, unsigned long long value);
void virTypedParamsClear(virTypedParameterPtr params, int nparams);
void virTypedParamsFree(virTypedParameterPtr params, int nparams);
virTypedParameterPtr virTypedParamsGet(virTypedParameterPtr params, int nparams, const char *name);
int virTypedParamsGetBoolean(virTypedParameterPtr params, int nparams, const char *name, int *value);
int virTypedParamsGetDouble(virTypedParameterPtr params, int nparams, const char *name, double *value);
int virTypedParamsGetInt(virTypedParameterPtr params, int nparams, const char *name, int *value);
int virTypedParamsGetLLong(virTypedParameterPtr params, int nparams, const char *name, long long *value);
int virTypedParamsGetString(virTypedParameterPtr params, int nparams, const char *name, const char **value);
int virTypedParamsGetUInt(virTypedParameterPtr params, int nparams, const char *name, unsigned int *value);
int virTypedParamsGetULLong(virTypedParameterPtr params, int nparams, const char *name, unsigned long long *value);

#ifdef __cplusplus
}
#endif

#endif

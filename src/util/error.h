/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Errors are GErrors of one domain whose codes are the public virErrorNumber. The GError's message is the detail
 * ("domain 'a' is not running"); the standard sentence of the code is put before it only where an error leaves the
 * process (vir_error_public_message). The public error's other fields travel as extended data.
 *
 * A source file says which part of the system it speaks for:  #define VIR_FROM_THIS VIR_FROM_QEMU
 */
#pragma once

#include <glib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#define VIR_ERROR (vir_error_quark())
GQuark vir_error_quark(void);

/* What a public virError carries beside code and detail. Strings are owned by the error. */
typedef struct {
    int domain;          /* virErrorDomain */
    char *str1, *str2, *str3;
    int int1, int2;      /* -1 unless set */
} VirErrorExtra;

/* Sets *err and returns FALSE. An empty detail (fmt "") leaves the standard sentence alone. */
#define vir_fail(err, code, ...) vir_fail_full((err), VIR_FROM_THIS, (code), __VA_ARGS__)
gboolean vir_fail_full(GError **err, int domain, int code, const char *fmt, ...) G_GNUC_PRINTF(4, 5);

/* VIR_ERR_SYSTEM_ERROR with ": strerror(errnum)" appended and int1 = errnum. Returns FALSE. */
#define vir_fail_errno(err, errnum, ...) vir_fail_errno_full((err), VIR_FROM_THIS, (errnum), __VA_ARGS__)
gboolean vir_fail_errno_full(GError **err, int domain, int errnum, const char *fmt, ...) G_GNUC_PRINTF(4, 5);

/* The public code of any GError: its own when it is of VIR_ERROR, VIR_ERR_INTERNAL_ERROR otherwise. */
int vir_error_code(const GError *err);
/* Its extra data; a static default when it has none. Borrowed from @err. */
const VirErrorExtra *vir_error_extra(const GError *err);
/* Says for which part of the system an error of VIR_ERROR speaks. */
void vir_error_set_domain(GError *err, int domain);
/* Sets a string or number of the extra data of an error of VIR_ERROR; strings are copied. */
void vir_error_set_extra(GError *err, const char *str1, const char *str2, const char *str3, int int1, int int2);

/* The standard sentence of @code, alone or with room for a detail ("%s"); NULL for an unknown code. Static. */
const char *vir_error_template(int code, gboolean with_detail);
/* "Domain not found: no domain with matching name 'x'". Returns: caller frees. */
char *vir_error_public_message(const GError *err);

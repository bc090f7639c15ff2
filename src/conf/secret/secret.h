/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The secret document: what a secret is for. Its value is never part of it. Plain data.
 */
#pragma once

#include "conf/document.h"
#include "util/uuid.h"

#define SECRET_USAGE_VALUES(V) V(SECRET_USAGE_VOLUME, "volume") V(SECRET_USAGE_CEPH, "ceph") V(SECRET_USAGE_ISCSI, "iscsi") \
    V(SECRET_USAGE_TLS, "tls") V(SECRET_USAGE_VTPM, "vtpm")
VIR_XML_ENUM(SecretUsage, secret_usage, SECRET_USAGE_NONE, SECRET_USAGE_VALUES)   /* value = VIR_SECRET_USAGE_TYPE_* */

typedef struct {
    VirTristate ephemeral, is_private;
    SecretUsage usage_type;
    guint8 uuid[VIR_UUID_LEN];     /* zero: not given */
    char *description;
    char *usage;                   /* volume, name or target, by type */
} SecretDef;

VIR_DOCUMENT(SecretDef, secret_def, secret_table)

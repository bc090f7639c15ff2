/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Table of the secret document.
 */
#include "conf/secret/secret.h"

#include "conf/known.h"
#include "util/error.h"
#include "util/xmlrows.h"

VIR_XML_ENUM_IMPL(secret_usage, SECRET_USAGE_VALUES)

#define XS SecretDef
#define USAGE(u) X_BIT(SECRET_USAGE_##u)
static const VirXmlRow secret_rows[] = {
    XA_YESNO("ephemeral", ephemeral, .flags = XF_ALWAYS, .arg = VIR_TRISTATE_NO),
    XA_YESNO("private", is_private, .flags = XF_ALWAYS, .arg = VIR_TRISTATE_NO),
    XE_UUID("uuid", uuid),
    XE_STR("description", description),
    XG("usage",
        XA_ENUM("type", usage_type, secret_usage, .flags = XF_REQUIRED),
        X_WHEN(usage_type, USAGE(VOLUME), XE_STR("volume", usage, .flags = XF_REQUIRED)),
        X_WHEN(usage_type, USAGE(CEPH) | USAGE(TLS) | USAGE(VTPM), XE_STR("name", usage, .flags = XF_REQUIRED)),
        X_WHEN(usage_type, USAGE(ISCSI), XE_STR("target", usage, .flags = XF_REQUIRED))),
    X_END
};
#undef XS
const VirXmlTable secret_table = { "secret", sizeof(SecretDef), secret_rows, .known = &secret_known };

VIR_DOCUMENT_IMPL(SecretDef, secret_def, secret_table, VIR_FROM_SECRET)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Emits the permissions, their polkit actions and the attributes of each object class."""


def ident(obj, perm):
    return f"VIR_ACL_{obj}_{perm}".upper()


def header(api, note):
    out = [note, "#pragma once", "", "#include <glib.h>", "", '#include "api/call.h"', "",
           "typedef enum {", "    VIR_ACL_NONE,"]
    out += [f"    {ident(o, p)}," for o, perms in api.perms.items() for p in perms]
    return out + [
        "    VIR_ACL_LAST", "} VirAclPermId;", "",
        "typedef struct {",
        "    guint8 object;              /* VirCallObject: whose attributes go with the question */",
        "    guint8 default_yes;         /* polkit's default for any, inactive and active sessions: yes, else no */",
        "    const char *object_name, *perm;",
        "    const char *action;         /* polkit */",
        "} VirAclPerm;", "",
        "extern const VirAclPerm vir_acl_perms[VIR_ACL_LAST];",
        "/* Names of the attributes of a class, NULL-terminated; NULL for classes without permissions. */",
        "extern const char *const *const vir_acl_attributes[VIR_ON_LAST];",
    ]


def table(api, note):
    out = [note, '#include "api/acl.h"', "", "const VirAclPerm vir_acl_perms[VIR_ACL_LAST] = {"]
    for o, perms in api.perms.items():
        for p, default in perms.items():
            action = f"org.libvirt.api.{o}.{p}".replace("_", "-")
            out.append(f'    [{ident(o, p)}] = {{ VIR_ON_{o.upper()}, {int(default == "yes")}, "{o}", "{p}", "{action}" }},')
    out += ["};", ""]
    for o, names in api.attributes.items():
        out.append(f"static const char *const {o}_attributes[] = {{ " + ", ".join(f'"{n}"' for n in names) + ", NULL };")
    out += ["", "const char *const *const vir_acl_attributes[VIR_ON_LAST] = {"]
    return out + [f"    [VIR_ON_{o.upper()}] = {o}_attributes," for o in api.attributes] + ["};"]

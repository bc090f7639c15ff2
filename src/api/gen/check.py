# SPDX-License-Identifier: LGPL-2.1-or-later
"""Emits a compile-time proof that the public headers declare every function that a call is described for."""


def table(api, note):
    out = [note, "#include <glib.h>", ""]
    out += [f"#include <libvirt/libvirt{part}.h>" for part in ("", "-admin", "-lxc", "-qemu")]
    out.append("#include <libvirt/virterror.h>")
    out.append("")
    names = {c.row["api"] for c in api.calls.values() if "api" in c.row}
    names |= {f for c in api.calls.values() for f in c.row.get("used_by", []) if not f.endswith("*")}
    return out + [f"G_STATIC_ASSERT(sizeof(&{name}) == sizeof(gpointer));" for name in sorted(names)]

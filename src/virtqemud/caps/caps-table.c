/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/caps/caps-table.h"

const VirQemuCapRow vir_qemu_cap_rows[VIR_QEMU_CAP_LAST] = {
#define X(NAME, ask, place) [VIR_QEMU_CAP_##NAME] = { #NAME, VIR_QEMU_ASK_##ask, place },
    VIR_QEMU_CAPS(X)
#undef X
};

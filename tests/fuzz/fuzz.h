/* SPDX-License-Identifier: LGPL-2.1-or-later
 * What every fuzz target shares. fuzz-main.c runs a target over files where there is no libFuzzer. */
#pragma once

#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FUZZ_CHECK(expr) \
    G_STMT_START { \
        if (!(expr)) \
            abort(); \
    } G_STMT_END

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Runs a fuzz target over the files of the folders given, each also cut at some lengths. A .hex file is a list of
 * packets as captured: the last word of a line, whose first four bytes (the length) are left out. */
#include "fuzz.h"

static guint inputs;

static void run(const guint8 *data, gsize len)
{
    LLVMFuzzerTestOneInput(data, len);
    for (gsize cut = 0; cut < len; cut += len / 16 + 1)
        LLVMFuzzerTestOneInput(data, cut);
    inputs++;
}

static void run_hex(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i]; i++) {
        const char *word = strrchr(g_strstrip(lines[i]), ' ');
        g_autoptr(GByteArray) bytes = g_byte_array_new();

        for (word = word ? word + 1 : lines[i]; g_ascii_isxdigit(word[0]) && g_ascii_isxdigit(word[1]); word += 2) {
            guint8 byte = g_ascii_xdigit_value(word[0]) << 4 | g_ascii_xdigit_value(word[1]);

            g_byte_array_append(bytes, &byte, 1);
        }
        if (lines[i][0] != '#' && bytes->len > 4)
            run(bytes->data + 4, bytes->len - 4);
    }
}

static void run_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL), *data = NULL;
        gsize len;

        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            run_folder(path);
        else if (!g_file_get_contents(path, &data, &len, NULL))
            continue;
        else if (g_str_has_suffix(name, ".hex"))
            run_hex(data);
        else
            run((const guint8 *) data, len);
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        run_folder(argv[i]);
    g_print("1..1\nok 1 - %u inputs\n", inputs);
    return 0;
}

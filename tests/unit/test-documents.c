/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Documents of all kinds. Every folder of tests/golden/documents is a case: in.xml parses (as define does; with a file
 * "live" as of a running guest) and formats to out.xml, or fails with "CODE MESSAGE" of err. Then the recorded dumps of
 * the reference, where they are at hand: each must come back as it is.
 */
#include <json-c/json.h>
#include <libxml/relaxng.h>
#include <string.h>

#include "conf/domain/domain.h"
#include "conf/network/network.h"
#include "conf/secret/secret.h"
#include "conf/snapshot/snapshot.h"
#include "conf/storage/volume.h"
#include "util/error.h"

static char *load(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static const VirXmlTable *const tables[] = {
    &domain_table, &network_table, &network_port_table, &storage_pool_table, &storage_vol_table, &secret_table, &snapshot_table,
    &checkpoint_table, &backup_table,
};

/* The kind of document @xml is; a domain when it is nothing we know. */
static const VirXmlTable *table_of(const char *xml)
{
    g_autoptr(VirXmlDoc) doc = vir_xml_doc_parse(xml, strlen(xml), "any", 0, NULL);

    for (guint i = 0; doc && i < G_N_ELEMENTS(tables); i++) {
        if (strcmp((const char *)xmlDocGetRootElement(doc)->name, tables[i]->name) == 0)
            return tables[i];
    }
    return &domain_table;
}

static gpointer parse(const VirXmlTable *table, const char *xml, guint flags, GError **err)
{
    const VirXmlParse opts = { .flags = flags };
    g_autoptr(VirXmlDoc) doc = vir_xml_doc_parse(xml, strlen(xml), table->name, 0, err);
    gpointer obj;

    if (!doc)
        return NULL;
    obj = vir_xml_new(table);
    if (vir_xml_parse(table, xmlDocGetRootElement(doc), obj, &opts, err))
        return obj;
    vir_xml_free(table, obj);
    return NULL;
}

static char *format(const VirXmlTable *table, gconstpointer obj, guint flags)
{
    GString *out = g_string_new(NULL);

    vir_xml_format(table, NULL, obj, flags, 0, out);
    return g_string_free(out, FALSE);
}

static void check_round_trip(const VirXmlTable *table, gpointer obj, const char *expected, guint flags)
{
    g_autofree char *text = format(table, obj, flags | VIR_XML_SECURE), *again = NULL, *diff = NULL;
    gpointer copy = vir_xml_copy(table, obj), second, packed;
    g_autoptr(GError) err = NULL;

    g_assert_cmpstr(text, ==, expected);
    g_assert_true(vir_xml_equal(table, obj, copy, 0, &diff));
    second = parse(table, text, flags, &err);
    g_assert_no_error(err);
    again = format(table, second, flags | VIR_XML_SECURE);
    g_assert_cmpstr(again, ==, expected);
    g_assert_true(vir_xml_equal(table, obj, second, XF_ABI, NULL));
    packed = vir_xml_pack(table, obj);
    if (packed) {
        g_autofree char *third = format(table, packed, flags | VIR_XML_SECURE);
        gpointer loose = vir_xml_copy(table, packed);

        g_assert_cmpstr(third, ==, expected);
        g_assert_true(vir_xml_equal(table, packed, loose, 0, NULL));
        vir_xml_free(table, loose);
        g_free(packed);
    }
    vir_xml_free(table, copy);
    vir_xml_free(table, second);
}

static void test_case(gconstpointer data)
{
    const char *dir = data;
    g_autofree char *in = load(dir, "in.xml"), *out = load(dir, "out.xml"), *expected = load(dir, "err"), *live = load(dir, "live");
    guint flags = live ? 0 : VIR_XML_INACTIVE;
    const VirXmlTable *table = table_of(in);
    g_autoptr(GError) err = NULL;
    gpointer obj;

    if (expected) {
        g_autoptr(DomainDef) def = domain_def_parse(in, strlen(in), flags, &err);
        g_autofree char *got = NULL;
        g_assert_nonnull(err);
        got = g_strdup_printf("%d %s\n", vir_error_code(err), err->message);
        g_assert_cmpstr(got, ==, expected);
        return;
    }
    obj = parse(table, in, flags, &err);
    g_assert_no_error(err);
    check_round_trip(table, obj, out, flags);
    vir_xml_free(table, obj);
}

/* Masks of the record ("AUTO-MAC") stand for values that were made up; such documents are left out. */
static void test_recorded(gconstpointer data)
{
    const char *path = data;
    struct json_object *all = json_object_from_file(path);
    guint documents = 0, same = 0, masked = 0;

    json_object_object_foreach(all, suite, cases) {
        (void)suite;
        json_object_object_foreach(cases, name, answer) {
            struct json_object *value;
            const char *xml;
            const VirXmlTable *table;
            gpointer obj;
            g_autoptr(GError) err = NULL;
            g_autofree char *text = NULL, *line = NULL;

            if (!json_object_object_get_ex(answer, "xml", &value) || !(xml = json_object_get_string(value)) ||
                *xml != '<' || g_str_has_prefix(xml, "<filter") || g_str_has_prefix(xml, "<interface"))
                continue;
            if (strstr(xml, "AUTO-")) {
                masked++;
                continue;
            }
            documents++;
            table = table_of(xml);
            obj = parse(table, xml, VIR_XML_INACTIVE, &err);
            if (obj)
                text = format(table, obj, VIR_XML_INACTIVE | VIR_XML_SECURE);
            vir_xml_free(table, obj);
            line = g_strchomp(g_strdup(xml));
            if (text && strcmp(g_strchomp(text), line) == 0)
                same++;
            else
                g_test_message("%s: %s", name, err ? err->message : "comes back otherwise");
        }
    }
    json_object_put(all);
    g_test_message("%u of %u recorded documents come back byte for byte (%u with masks left out)", same, documents, masked);
    g_assert_cmpuint(documents, >, 50);
    /* One document has a size that the reference itself rounds to nothing. */
    g_assert_cmpuint(same + 1, >=, documents);
}

/* The derived schema compiles, and every document we write fits it. */
static void test_schema(void)
{
    g_autofree char *text = vir_xml_schema(&domain_table, "domain"), *words = vir_xml_dictionary(&domain_table, "domain");
    const char *root = TEST_SRCDIR "/golden/documents", *name;
    g_autoptr(GDir) dir = g_dir_open(root, 0, NULL);
    xmlRelaxNGParserCtxtPtr parser = xmlRelaxNGNewMemParserCtxt(text, strlen(text));
    xmlRelaxNGPtr schema = xmlRelaxNGParse(parser);
    xmlRelaxNGValidCtxtPtr valid;

    g_assert_nonnull(schema);
    g_assert_nonnull(strstr(words, "\"virtio-non-transitional\"\n"));
    valid = xmlRelaxNGNewValidCtxt(schema);
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *folder = g_build_filename(root, name, NULL), *out = load(folder, "out.xml");
        g_autoptr(VirXmlDoc) doc = out ? vir_xml_doc_parse(out, strlen(out), "domain", VIR_FROM_DOMAIN, NULL) : NULL;

        if (doc && strcmp((const char *)xmlDocGetRootElement(doc)->name, "domain") == 0)
            g_assert_cmpint(xmlRelaxNGValidateDoc(valid, doc), ==, 0);
    }
    xmlRelaxNGFreeValidCtxt(valid);
    xmlRelaxNGFree(schema);
    xmlRelaxNGFreeParserCtxt(parser);
}

/* As the VALIDATE flags ask: what the vocabulary does not have is refused. */
static void test_strict(void)
{
    static const struct { const char *xml, *message; } rows[] = {
        { "<domain type='kvm'><name>a</name></domain>", NULL },
        { "<domain type='kvm'><name>a</name><metadata><x:a xmlns:x='http://x/'/></metadata></domain>", NULL },
        { "<domain type='kvm'><name>a</name><nonsense/></domain>", "domain/nonsense: the schema has no such element here" },
        { "<domain type='kvm' nonsense='1'><name>a</name></domain>", "domain@nonsense: the schema has no such attribute here" },
        { "<domain type='x'><name>a</name></domain>", NULL },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) err = NULL, lax = NULL;
        g_autoptr(DomainDef) def = domain_def_parse(rows[i].xml, strlen(rows[i].xml), VIR_XML_INACTIVE | VIR_XML_STRICT, &err);

        if (i < 2) {
            g_assert_no_error(err);
            continue;
        }
        g_assert_error(err, VIR_ERROR, VIR_ERR_XML_INVALID_SCHEMA);
        if (rows[i].message)
            g_assert_cmpstr(err->message, ==, rows[i].message);
    }
}

/* One device alone, as attach is given it. */
static void test_device(void)
{
    static const char xml[] = "<disk type='file'><source file='/a'/><target dev='vdb' bus='virtio'/></disk>";
    static const char bad[] = "<disk type='file'><target dev='vdb' bus='x'/></disk>", unknown[] = "<tape/>";
    g_autoptr(GError) err = NULL, wrong = NULL, none = NULL;
    const VirXmlTable *table;
    DomainDisk *disk = domain_device_parse(xml, strlen(xml), VIR_XML_INACTIVE, &table, &err);

    g_assert_no_error(err);
    g_assert_true(table == &domain_disk_table);
    g_assert_cmpint(disk->bus, ==, DOMAIN_DISK_BUS_VIRTIO);
    domain_disk_free(disk);
    g_assert_null(domain_device_parse(bad, strlen(bad), 0, &table, &wrong));
    g_assert_true(g_str_has_prefix(wrong->message, "disk/target@bus: 'x' is not one of ide"));
    g_assert_null(domain_device_parse(unknown, strlen(unknown), 0, &table, &none));
    g_assert_error(none, VIR_ERROR, VIR_ERR_XML_ERROR);
}

static void test_skipped(void)
{
    g_test_skip("the recorded answers of the reference are not here");
}

static void add_cases(const char *root)
{
    g_autoptr(GDir) dir = g_dir_open(root, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_strconcat("/documents/", name, NULL);
        g_test_add_data_func_full(path, g_build_filename(root, name, NULL), test_case, g_free);
    }
}

static void add_recorded(const char *name)
{
    const char *shared = g_getenv("VIR_TEST_SHARED");
    g_autofree char *file = g_strconcat(name, ".json", NULL), *test = g_strconcat("/documents-recorded/", name, NULL);
    char *path = shared ? g_build_filename(shared, "golden", "answers", file, NULL)
                        : g_build_filename(TEST_SRCDIR, "..", "..", "shared", "golden", "answers", file, NULL);

    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_test_add_data_func_full(test, path, test_recorded, g_free);
        return;
    }
    g_free(path);
    g_test_add_func(test, test_skipped);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/documents-derived/schema", test_schema);
    g_test_add_func("/documents-derived/strict", test_strict);
    g_test_add_func("/documents/device", test_device);
    add_cases(TEST_SRCDIR "/golden/documents");
    add_recorded("domain");
    add_recorded("domain-validate");
    add_recorded("test-domain");
    add_recorded("objects");
    add_recorded("test-objects");
    return g_test_run();
}

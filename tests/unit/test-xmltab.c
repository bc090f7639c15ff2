/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The XML table engine with small tables of its own: every kind of row, errors with their paths, copies, comparisons,
 * hostile documents.
 */
#include <string.h>

#include "util/error.h"
#include "util/xmlrows.h"

#define COLOUR_VALUES(V) V(COLOUR_RED, "red") V(COLOUR_BLUE, "blue") V(COLOUR_GREEN, "green")
VIR_XML_ENUM(Colour, colour, COLOUR_NONE, COLOUR_VALUES)
VIR_XML_ENUM_IMPL(colour, COLOUR_VALUES)

typedef struct { guint id; char *name; } Item;
typedef struct { VirTristate fast; char *note; } Extra;
typedef struct Chain Chain;
struct Chain { char *name; Chain *next; };

typedef struct {
    Colour colour;
    VirTristate on, yes;
    bool ro, boxed, private_flag;
    guint8 small;
    guint16 port;
    int level;
    guint count, tag_number;
    guint64 size, big;
    gint64 offset;
    guint8 uuid[VIR_UUID_LEN];
    VirMac mac;
    VirBitmap *cpus;
    char *name, *text, *secret, *live, *raw, *old, *hooked;
    char *red_only, *blue_only;
    char *bind, *connect;
    Extra *extra, *attrs;
    Extra inside;
    Chain *chain;
    VIR_LIST(Item) items;
    VIR_ARRAY(Item) rows;
    VIR_LIST(char) words;
    union {
        struct { int x, y; } point;
        struct { char *word; } label;
    };
    Colour shape;
} Thing;

#define XS Item
static const VirXmlRow item_rows[] = {
    XA_UINT("id", id, .flags = XF_REQUIRED | XF_ABI),
    XT_STR(name),
    X_END
};
#undef XS
static const VirXmlTable item_table = { "item", sizeof(Item), item_rows };

#define XS Extra
static const VirXmlRow extra_rows[] = {
    XA_ONOFF("fast", fast),
    XE_STR("note", note),
    X_END
};
#undef XS
static const VirXmlTable extra_table = { "extra", sizeof(Extra), extra_rows };

#define XS Chain
static const VirXmlTable chain_table;
static const VirXmlRow chain_rows[] = {
    XA_STR("name", name),
    X_PTR("chain", next, Chain, chain_table),
    X_END
};
#undef XS
static const VirXmlTable chain_table = { "chain", sizeof(Chain), chain_rows };

static gboolean hook_parse(VirXmlParse *parse, xmlNodePtr node, gpointer obj, GError **err)
{
    Thing *thing = obj;
    const char *a = vir_xml_attr(node, "a");

    vir_xml_mark_attr(node, "a");
    if (a && strcmp(a, "bad") == 0)
        return vir_xml_fail(parse, node, "a", VIR_ERR_XML_ERROR, err, "is bad");
    thing->hooked = g_strdup(a);
    return TRUE;
}

static void hook_format(VirXmlFormat *format, gconstpointer obj)
{
    const Thing *thing = obj;

    if (!thing->hooked)
        return;
    vir_xml_format_indent(format);
    g_string_append(format->out, "<hook");
    vir_xml_format_attr(format, "a", thing->hooked);
    g_string_append(format->out, "/>\n");
}

static const VirXmlHook hook = { .parse = hook_parse, .format = hook_format };

#define XS Thing
static const VirXmlRow thing_rows[] = {
    XA_ENUM("colour", colour, colour, .flags = XF_REQUIRED | XF_ABI),
    XA_STR("name", name),
    XA_ONOFF("on", on),
    XA_YESNO("yes", yes, .flags = XF_ABI),
    XA_INT("level", level, .arg = -1),
    XA_U8("small", small, .flags = XF_HEX, .width = 2),
    XA_U16("port", port),
    XA_STR("secret", secret, .flags = XF_SECURE),
    XA_STR("live", live, .flags = XF_LIVE),
    XA_STR("old", text, .flags = XF_NOFORMAT | XF_SHADOW),
    X_PTRFIELDS(attrs, Extra, extra_table),
    XE_UUID("uuid", uuid, .flags = XF_ABI),
    XG("mac", XA_MAC("address", mac)),
    XE_STR("text", text),
    XE_UINT("count", count),
    XE_U64("big", big),
    XE_S64("offset", offset),
    XE_SIZE("size", size, vir_xml_kib, .flags = XF_ABI),
    XE_CPUSET("cpus", cpus),
    XE_PRESENT("ro", ro),
    XG_PRESENT("box", boxed, XG("inner", XA_UINT("n", tag_number))),
    X_WHEN(colour, X_BIT(COLOUR_RED), XE_STR("only", red_only)),
    X_WHEN(colour, X_BIT(COLOUR_BLUE) | X_BIT(COLOUR_GREEN), XE_STR("only", blue_only)),
    XG_KEYED("source", "mode=bind", XA_STR("host", bind)),
    XG_KEYED("source", "mode=connect", XA_STR("host", connect)),
    X_PTR("extra", extra, Extra, extra_table),
    X_EMBED("inside", inside, Extra, extra_table),
    X_PTR("chain", chain, Chain, chain_table),
    X_LIST("item", items, Item, item_table, .flags = XF_ABI),
    XG("rows", X_ARRAY("row", rows, Item, item_table)),
    X_STRLIST("word", words),
    X_HOOK("hook", hook),
    XD_STR(hooked),
    XG("place",
        XA_ENUM("kind", shape, colour),
        X_UNION(shape, X_BIT(COLOUR_RED), XA_INT("x", point.x, .arg = -1), XA_INT("y", point.y, .arg = -1)),
        X_UNION(shape, X_BIT(COLOUR_BLUE), XA_STR("word", label.word))),
    X_RAW("raw", raw),
    XD_BOOL(private_flag),
    X_END
};
#undef XS
static const VirXmlTable thing_table = { "thing", sizeof(Thing), thing_rows };

static Thing *parse(const char *xml, guint flags, GError **err)
{
    const VirXmlParse opts = { .flags = flags };
    g_autoptr(VirXmlDoc) doc = vir_xml_doc_parse(xml, strlen(xml), "thing", VIR_FROM_XML, err);
    Thing *thing;

    if (!doc)
        return NULL;
    thing = vir_xml_new(&thing_table);
    if (vir_xml_parse(&thing_table, xmlDocGetRootElement(doc), thing, &opts, err))
        return thing;
    vir_xml_free(&thing_table, thing);
    return NULL;
}

static char *format(const Thing *thing, guint flags)
{
    GString *out = g_string_new(NULL);

    vir_xml_format(&thing_table, NULL, thing, flags, 0, out);
    return g_string_free(out, FALSE);
}

static const char full[] =
    "<thing colour='red' name='a &amp; &apos;b&apos; &lt;c&gt; &quot;d&quot;' on='off' yes='yes' level='0' small='0x0f' "
    "port='80' secret='s' live='l' fast='on'>\n"
    "  <uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>\n"
    "  <mac address='52:54:00:01:02:03'/>\n"
    "  <text>line one\nline two</text>\n"
    "  <count>7</count>\n"
    "  <big>18446744073709551615</big>\n"
    "  <offset>-9</offset>\n"
    "  <size unit='KiB'>2048</size>\n"
    "  <cpus>0-3,8</cpus>\n"
    "  <ro/>\n"
    "  <box>\n"
    "    <inner n='5'/>\n"
    "  </box>\n"
    "  <only>red</only>\n"
    "  <source mode='bind' host='b'/>\n"
    "  <source mode='connect' host='c'/>\n"
    "  <extra>\n"
    "    <note>n</note>\n"
    "  </extra>\n"
    "  <inside fast='off'/>\n"
    "  <chain name='1'>\n"
    "    <chain name='2'>\n"
    "      <chain/>\n"
    "    </chain>\n"
    "  </chain>\n"
    "  <item id='1'>one</item>\n"
    "  <item id='2'/>\n"
    "  <rows>\n"
    "    <row id='3'>three</row>\n"
    "    <row id='4'/>\n"
    "    <row id='5'/>\n"
    "  </rows>\n"
    "  <word>x</word>\n"
    "  <word>y</word>\n"
    "  <hook a='h'/>\n"
    "  <place kind='red' x='0'/>\n"
    "  <raw>\n"
    "    <n:a xmlns:n=\"http://n/\" k=\"v\">t</n:a>\n"
    "  </raw>\n"
    "</thing>\n";

static void test_round_trip(void)
{
    g_autoptr(GError) err = NULL;
    Thing *thing = parse(full, 0, &err), *copy;
    g_autofree char *text = NULL, *again = NULL, *diff = NULL;

    g_assert_no_error(err);
    g_assert_cmpstr(thing->name, ==, "a & 'b' <c> \"d\"");
    g_assert_cmpuint(thing->small, ==, 15);
    g_assert_cmpint(thing->level, ==, 0);
    g_assert_cmpint(thing->point.y, ==, -1);
    g_assert_cmpuint(thing->items.n, ==, 2);
    g_assert_cmpuint(thing->rows.n, ==, 3);
    text = format(thing, VIR_XML_SECURE);
    g_assert_cmpstr(text, ==, full);

    copy = vir_xml_copy(&thing_table, thing);
    g_assert_true(vir_xml_equal(&thing_table, thing, copy, 0, &diff));
    vir_xml_free(&thing_table, thing);
    again = format(copy, VIR_XML_SECURE);
    g_assert_cmpstr(again, ==, full);
    vir_xml_clear(&thing_table, copy);
    g_assert_null(copy->name);
    vir_xml_free(&thing_table, copy);
}

static void test_flags(void)
{
    Thing *thing = parse("<thing colour='blue' secret='s' live='l' old='o'/>", 0, NULL);
    g_autofree char *plain = format(thing, 0), *inactive = format(thing, VIR_XML_INACTIVE | VIR_XML_SECURE);

    g_assert_cmpstr(plain, ==, "<thing colour='blue' live='l'>\n  <text>o</text>\n</thing>\n");
    g_assert_cmpstr(inactive, ==, "<thing colour='blue' secret='s'>\n  <text>o</text>\n</thing>\n");
    vir_xml_free(&thing_table, thing);
    thing = parse("<thing colour='blue' live='l'/>", VIR_XML_INACTIVE, NULL);
    g_assert_null(thing->live);
    vir_xml_free(&thing_table, thing);
}

static void test_order(void)
{
    /* A tag behind what depends on it; children in any order; space around numbers; the first of two counts. */
    Thing *thing = parse("<thing colour='green'><size unit='M'> 1 </size><only>o</only><item id='9'/><text>a</text><count>3</count>"
                         "<text>b</text><place y='4' kind='red' x='3'/></thing>", 0, NULL);

    g_assert_cmpstr(thing->blue_only, ==, "o");
    g_assert_null(thing->red_only);
    g_assert_cmpuint(thing->size, ==, 1024);
    g_assert_cmpstr(thing->text, ==, "a");
    g_assert_cmpint(thing->point.y, ==, 4);
    vir_xml_free(&thing_table, thing);
}

static void test_errors(void)
{
    static const struct { const char *xml, *message; int code; } rows[] = {
        { "<thing/>", "thing: the attribute 'colour' is missing", VIR_ERR_XML_ERROR },
        { "<thing colour='pink'/>", "thing@colour: 'pink' is not one of red, blue, green", VIR_ERR_XML_ERROR },
        { "<thing colour='red'><item id='1'/><item id='x'/></thing>",
          "thing/item[2]@id: 'x' is not a whole number from 0 to 4294967295", VIR_ERR_XML_ERROR },
        { "<thing colour='red'><item id=''/></thing>", "thing/item@id: '' is not a whole number from 0 to 4294967295", VIR_ERR_XML_ERROR },
        { "<thing colour='red'><item id=' 1'/></thing>", "thing/item@id: ' 1' is not a whole number from 0 to 4294967295", VIR_ERR_XML_ERROR },
        { "<thing colour='red'><item id='4294967296'/></thing>",
          "thing/item@id: '4294967296' is not a whole number from 0 to 4294967295", VIR_ERR_XML_ERROR },
        { "<thing colour='red'><count>-1</count></thing>", "thing/count: '-1' is not a whole number from 0 to 4294967295", VIR_ERR_XML_ERROR },
        { "<thing colour='red' small='256'/>", "thing@small: '256' is not a whole number from 0 to 255", VIR_ERR_XML_ERROR },
        { "<thing colour='red' on='yes'/>", "thing@on: 'yes' is not one of on, off", VIR_ERR_XML_ERROR },
        { "<thing colour='red'><rows><row/></rows></thing>", "thing/rows/row: the attribute 'id' is missing", VIR_ERR_XML_ERROR },
        { "<thing colour='red'><uuid>zz</uuid></thing>", "thing/uuid: 'zz' is not a UUID", VIR_ERR_XML_ERROR },
        { "<thing colour='red'><hook a='bad'/></thing>", "thing/hook@a: is bad", VIR_ERR_XML_ERROR },
        { "<thing colour='red'><offset>9223372036854775808</offset></thing>",
          "thing/offset: '9223372036854775808' is not a whole number from -9223372036854775808 to 9223372036854775807", VIR_ERR_XML_ERROR },
        { "<other/>", "other: the element 'thing' is expected here", VIR_ERR_XML_ERROR },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const VirXmlParse opts = { 0 };
        g_autoptr(GError) err = NULL;
        g_autoptr(VirXmlDoc) doc = vir_xml_doc_parse(rows[i].xml, strlen(rows[i].xml), "thing", VIR_FROM_XML, &err);
        Thing *thing = vir_xml_new(&thing_table);

        g_assert_no_error(err);
        g_assert_false(vir_xml_parse(&thing_table, xmlDocGetRootElement(doc), thing, &opts, &err));
        g_assert_cmpstr(err->message, ==, rows[i].message);
        g_assert_cmpint(vir_error_code(err), ==, rows[i].code);
        vir_xml_free(&thing_table, thing);
    }
}

static void test_equal(void)
{
    static const struct { const char *other, *diff; guint mask; } rows[] = {
        { "<thing colour='blue' name='m'><item id='1'>a</item></thing>", "thing@name: 'n' is not 'm'", 0 },
        { "<thing colour='blue' name='m'><item id='1'>b</item></thing>", NULL, XF_ABI },
        { "<thing colour='red' name='n'><item id='1'>a</item></thing>", "thing@colour: 'blue' is not 'red'", XF_ABI },
        { "<thing colour='blue' name='n'><item id='2'>a</item></thing>", "thing/item[1]@id: '1' is not '2'", XF_ABI },
        { "<thing colour='blue' name='n'/>", "thing/item: 1 of them are not 0", XF_ABI },
        { "<thing colour='blue' name='n'><extra/><item id='1'>a</item></thing>", "thing/extra: is new", 0 },
        { "<thing colour='blue' name='n'><inside><note>q</note></inside><item id='1'>a</item></thing>",
          "thing/inside/note: 'nothing' is not 'q'", 0 },
    };
    Thing *thing = parse("<thing colour='blue' name='n'><item id='1'>a</item></thing>", 0, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        Thing *other = parse(rows[i].other, 0, NULL);
        g_autofree char *diff = NULL;

        g_assert_cmpint(vir_xml_equal(&thing_table, thing, other, rows[i].mask, &diff), ==, rows[i].diff == NULL);
        g_assert_cmpstr(diff, ==, rows[i].diff);
        vir_xml_free(&thing_table, other);
    }
    vir_xml_free(&thing_table, thing);
}

static void test_lists(void)
{
    VIR_LIST(char) list = { 0 };

    for (int i = 0; i < 20; i++)
        VIR_LIST_APPEND(&list, g_strdup_printf("%d", i));
    VIR_LIST_INSERT(&list, 0, g_strdup("first"));
    g_assert_cmpuint(list.n, ==, 21);
    g_assert_cmpstr(list.v[20], ==, "19");
    g_free(VIR_LIST_STEAL(&list, 1));
    g_assert_cmpstr(list.v[1], ==, "1");
    while (list.n)
        g_free(VIR_LIST_STEAL(&list, list.n - 1));
    g_assert_null(list.v);
}

/* A vocabulary: thing(@later) { later { deep(@x) }, text } */
static const char known_strings[] = "thing\0later\0deep\0x\0text";
static const guint16 known_attrs[] = { 6, 17 };
static const VirXmlKnownNode known_nodes[] = { { 0, 1, 2, 0, 1 }, { 6, 3, 1, 1, 0 }, { 19, 4, 0, 1, 0 }, { 12, 4, 0, 1, 1 } };
static const VirXmlKnown known = { known_nodes, known_attrs, known_strings };

static void test_known(void)
{
    static const struct { const char *xml, *message; } rows[] = {
        { "<thing colour='red' never='1'><never/><text>t</text></thing>", NULL },
        { "<thing colour='red' later='1'/>", "thing@later: this attribute is not supported yet; remove it" },
        { "<thing colour='red'><later/></thing>", "thing/later: this element is not supported yet; remove it" },
        { "<thing colour='blue'><only>x</only></thing>", NULL },
        { "<thing colour='red'><text><later/></text></thing>", NULL },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const VirXmlParse opts = { .known = &known, .known_path = "thing" };
        g_autoptr(GError) err = NULL;
        g_autoptr(VirXmlDoc) doc = vir_xml_doc_parse(rows[i].xml, strlen(rows[i].xml), "thing", VIR_FROM_XML, NULL);
        Thing *thing = vir_xml_new(&thing_table);

        g_assert_cmpint(vir_xml_parse(&thing_table, xmlDocGetRootElement(doc), thing, &opts, &err), ==, rows[i].message == NULL);
        g_assert_cmpstr(err ? err->message : NULL, ==, rows[i].message);
        if (err)
            g_assert_error(err, VIR_ERROR, VIR_ERR_CONFIG_UNSUPPORTED);
        vir_xml_free(&thing_table, thing);
    }
}

static void test_hostile(void)
{
    static const char *const rows[] = {
        "", "<", "<thing", "<thing>", "<thing></other>", "not xml", "<a/><b/>",
        "<!DOCTYPE thing [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><thing colour='red'><text>&b;</text></thing>",
        "<!DOCTYPE thing SYSTEM 'file:///etc/passwd'><thing colour='red'/>",
        "<thing colour='red'><text>&undefined;</text></thing>",
        "<thing colour='red' name='\xff\xfe'/>",
        "<thing colour='red'><text>\xc3</text></thing>",
    };
    g_autoptr(GString) deep = g_string_new("<thing colour='red'>");
    g_autoptr(GString) wide = g_string_new("<thing colour='red'>");
    Thing *thing;

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) err = NULL;
        g_assert_null(vir_xml_doc_parse(rows[i], strlen(rows[i]), "thing", VIR_FROM_DOMAIN, &err));
        g_assert_error(err, VIR_ERROR, VIR_ERR_XML_DETAIL);
        g_assert_true(g_str_has_prefix(err->message, "(thing_definition)"));
    }
    for (int i = 0; i < 5000; i++)
        g_string_append(deep, "<chain>");
    g_assert_null(parse(deep->str, 0, NULL));
    for (int i = 0; i < 100000; i++)
        g_string_append(wide, "<item id='1'/><text>t</text><unknown/>");
    g_string_append(wide, "</thing>");
    thing = parse(wide->str, 0, NULL);
    g_assert_cmpuint(thing->items.n, ==, 100000);
    vir_xml_free(&thing_table, thing);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xmltab/round-trip", test_round_trip);
    g_test_add_func("/xmltab/flags", test_flags);
    g_test_add_func("/xmltab/order", test_order);
    g_test_add_func("/xmltab/errors", test_errors);
    g_test_add_func("/xmltab/equal", test_equal);
    g_test_add_func("/xmltab/lists", test_lists);
    g_test_add_func("/xmltab/known", test_known);
    g_test_add_func("/xmltab/hostile", test_hostile);
    return g_test_run();
}

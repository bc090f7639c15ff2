/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/log.h"

#include <fnmatch.h>
#include <pthread.h>
#include <string.h>

#include "util/error.h"
#include "util/log-output.h"

#define VIR_FROM_THIS VIR_FROM_NONE

typedef struct {
    int level;
    char *text;              /* as given */
    char *glob;              /* "*text*" */
} Filter;

/* All settings under one lock: readers are messages on their way, the writer is a change of settings. */
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int default_level = VIR_LOG_WARN;
static Filter *filters;
static guint n_filters;
static GPtrArray *outputs;          /* VirLogOutput; NULL until the first message or set */
static gboolean outputs_are_default = TRUE;
static char *default_output;        /* NULL: stderr */
static char *program_name;

gint vir_log_serial = 1;
static __thread guint64 request_id;

static const char *program(void)
{
    return program_name ? program_name : g_get_prgname() ? g_get_prgname() : "modvirt";
}

/* Settings changed: every site computes its level again. Never 0, which is "never computed". */
static void bump(void)
{
    if (g_atomic_int_add(&vir_log_serial, 1) == -1)
        g_atomic_int_set(&vir_log_serial, 1);
}

static void output_free(gpointer out)
{
    vir_log_output_free(out);
}

static GPtrArray *single(VirLogOutput *out)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(output_free);
    g_ptr_array_add(list, out);
    return list;
}

/* Write lock held. A default that cannot be opened falls back to stderr, which always can. */
static void use_default(void)
{
    VirLogOutput *out = vir_log_output_parse(default_output ? default_output : "stderr", default_level, NULL);
    if (!out)
        out = vir_log_output_parse("stderr", default_level, NULL);
    if (outputs)
        g_ptr_array_unref(outputs);
    outputs = single(out);
    outputs_are_default = TRUE;
}

static int source_level(const char *source)
{
    for (guint i = 0; i < n_filters; i++)
        if (fnmatch(filters[i].glob, source, 0) == 0)
            return filters[i].level;
    return default_level;
}

static int output_least(void)
{
    int least = outputs && outputs->len ? G_MAXINT : VIR_LOG_DEBUG;
    for (guint i = 0; outputs && i < outputs->len; i++)
        least = MIN(least, vir_log_output_level(g_ptr_array_index(outputs, i)));
    return least;
}

gint vir_log_site_refresh(VirLogSite *site)
{
    pthread_rwlock_rdlock(&lock);   /* keeps the serial from moving between the two stores */
    gint level = MAX(source_level(site->source), output_least());
    g_atomic_int_set(&site->level, level);
    g_atomic_int_set(&site->serial, g_atomic_int_get(&vir_log_serial));
    pthread_rwlock_unlock(&lock);
    return level;
}

static void emit(const VirLogMessage *msg)
{
    pthread_rwlock_rdlock(&lock);
    if (!outputs) {
        pthread_rwlock_unlock(&lock);
        pthread_rwlock_wrlock(&lock);
        if (!outputs)
            use_default();
        pthread_rwlock_unlock(&lock);
        pthread_rwlock_rdlock(&lock);
    }
    VirLogMessage full = *msg;
    full.program = program();
    for (guint i = 0; i < outputs->len; i++)
        vir_log_output_write(g_ptr_array_index(outputs, i), &full);
    pthread_rwlock_unlock(&lock);
}

void vir_log_write(const VirLogSite *site, VirLogLevel level, const char *file, int line, const char *func,
                   const char *fmt, ...)
{
    char small[512];
    g_autofree char *big = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = g_vsnprintf(small, sizeof(small), fmt, ap);
    va_end(ap);
    if (n >= (int)sizeof(small)) {
        va_start(ap, fmt);
        big = g_strdup_vprintf(fmt, ap);
        va_end(ap);
    }
    emit(&(VirLogMessage){ .level = level, .source = site->source, .text = big ? big : small, .file = file,
                           .line = line, .func = func, .request = request_id, .real_us = g_get_real_time() });
}

int vir_log_get_level(void)
{
    pthread_rwlock_rdlock(&lock);
    int level = default_level;
    pthread_rwlock_unlock(&lock);
    return level;
}

gboolean vir_log_set_level(int level, GError **err)
{
    if (level < VIR_LOG_DEBUG || level > VIR_LOG_ERROR)
        return vir_fail(err, VIR_ERR_INVALID_ARG, "log level %d is not in 1 to 4", level);
    pthread_rwlock_wrlock(&lock);
    default_level = level;
    if (outputs && outputs_are_default)
        use_default();
    bump();
    pthread_rwlock_unlock(&lock);
    return TRUE;
}

static void filters_free(Filter *list, guint n)
{
    for (guint i = 0; i < n; i++) {
        g_free(list[i].text);
        g_free(list[i].glob);
    }
    g_free(list);
}

char *vir_log_get_filters(void)
{
    GString *out = g_string_new(NULL);
    pthread_rwlock_rdlock(&lock);
    for (guint i = 0; i < n_filters; i++)
        g_string_append_printf(out, "%s%d:%s", i ? " " : "", filters[i].level, filters[i].text);
    pthread_rwlock_unlock(&lock);
    return g_string_free(out, FALSE);
}

gboolean vir_log_set_filters(const char *text, GError **err)
{
    g_auto(GStrv) words = g_strsplit_set(text ? text : "", " \t\n", -1);
    Filter *list = g_new0(Filter, g_strv_length(words) + 1);
    guint n = 0;
    for (char **w = words; *w; w++) {
        if (!**w)
            continue;
        int level = **w - '0';
        if (level < VIR_LOG_DEBUG || level > VIR_LOG_ERROR || (*w)[1] != ':' || !(*w)[2]) {
            filters_free(list, n);
            return vir_fail(err, VIR_ERR_INVALID_ARG, "log filter '%s' is wrong (write LEVEL:SOURCE, LEVEL 1 to 4)",
                            *w);
        }
        const char *match = *w + 2 + ((*w)[2] == '+');   /* '+' asked for stack traces, once */
        list[n++] = (Filter){ level, g_strdup(match), g_strdup_printf("*%s*", match) };
    }
    pthread_rwlock_wrlock(&lock);
    filters_free(filters, n_filters);
    filters = list;
    n_filters = n;
    bump();
    pthread_rwlock_unlock(&lock);
    return TRUE;
}

char *vir_log_get_outputs(void)
{
    GString *out = g_string_new(NULL);
    pthread_rwlock_wrlock(&lock);
    if (!outputs)
        use_default();
    for (guint i = 0; i < outputs->len; i++) {
        g_autofree char *one = vir_log_output_format(g_ptr_array_index(outputs, i));
        g_string_append_printf(out, "%s%s", i ? " " : "", one);
    }
    pthread_rwlock_unlock(&lock);
    return g_string_free(out, FALSE);
}

gboolean vir_log_set_outputs(const char *text, GError **err)
{
    g_auto(GStrv) words = g_strsplit_set(text ? text : "", " \t\n", -1);
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(output_free);
    for (char **w = words; *w; w++) {
        if (!**w)
            continue;
        if (!g_ascii_isdigit(**w))
            return vir_fail(err, VIR_ERR_INVALID_ARG, "log output '%s' has no level (write LEVEL:OUTPUT)", *w);
        VirLogOutput *out = vir_log_output_parse(*w, 0, err);
        if (!out)
            return FALSE;
        g_ptr_array_add(list, out);
    }
    pthread_rwlock_wrlock(&lock);
    if (list->len == 0) {
        use_default();
    } else {
        if (outputs)
            g_ptr_array_unref(outputs);
        outputs = g_steal_pointer(&list);
        outputs_are_default = FALSE;
    }
    bump();
    pthread_rwlock_unlock(&lock);
    return TRUE;
}

gboolean vir_log_set_default_output(const char *text, GError **err)
{
    VirLogOutput *trial = vir_log_output_parse(text, VIR_LOG_WARN, err);
    if (!trial)
        return FALSE;
    vir_log_output_free(trial);
    pthread_rwlock_wrlock(&lock);
    g_free(default_output);
    default_output = g_strdup(text);
    if (outputs_are_default)
        use_default();
    bump();
    pthread_rwlock_unlock(&lock);
    return TRUE;
}

static void env_problem(const char *name, GError *err)
{
    VIR_WARN("environment variable %s ignored: %s", name, err->message);
    g_error_free(err);
}

void vir_log_from_env(void)
{
    static const char *const words[] = { "", "debug", "info", "warning", "error" };
    GError *err = NULL;
    const char *level = g_getenv("LIBVIRT_DEBUG");
    int n = level && g_ascii_isdigit(level[0]) && !level[1] ? level[0] - '0' : 0;
    for (int i = 1; level && i < (int)G_N_ELEMENTS(words); i++)
        if (g_str_equal(level, words[i]))
            n = i;
    if (level && *level && !vir_log_set_level(n, &err))
        env_problem("LIBVIRT_DEBUG", g_steal_pointer(&err));
    const char *text = g_getenv("LIBVIRT_LOG_FILTERS");
    if (text && *text && !vir_log_set_filters(text, &err))
        env_problem("LIBVIRT_LOG_FILTERS", g_steal_pointer(&err));
    text = g_getenv("LIBVIRT_LOG_OUTPUTS");
    if (text && *text && !vir_log_set_outputs(text, &err))
        env_problem("LIBVIRT_LOG_OUTPUTS", g_steal_pointer(&err));
}

static GLogWriterOutput from_glib(GLogLevelFlags flags, const GLogField *fields, gsize n, gpointer data)
{
    static VirLogSite site = { "glib", 0, 0 };
    const char *text = "", *domain = "glib";
    for (gsize i = 0; i < n; i++) {
        if (!strcmp(fields[i].key, "MESSAGE"))
            text = fields[i].value;
        else if (!strcmp(fields[i].key, "GLIB_DOMAIN"))
            domain = fields[i].value;
    }
    VirLogLevel level = flags & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL) ? VIR_LOG_ERROR
                        : flags & G_LOG_LEVEL_WARNING                       ? VIR_LOG_WARN
                        : flags & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO)  ? VIR_LOG_INFO
                                                                            : VIR_LOG_DEBUG;
    gint least = g_atomic_int_get(&site.serial) == g_atomic_int_get(&vir_log_serial) ? g_atomic_int_get(&site.level)
                                                                                     : vir_log_site_refresh(&site);
    if ((gint)level >= least)
        vir_log_write(&site, level, "glib", 0, domain, "%s", text);
    return G_LOG_WRITER_HANDLED;
}

void vir_log_init(const char *name)
{
    pthread_rwlock_wrlock(&lock);
    g_free(program_name);
    program_name = g_strdup(name);
    pthread_rwlock_unlock(&lock);
    g_log_set_writer_func(from_glib, NULL, NULL);
}

gboolean vir_log_reopen(GError **err)
{
    gboolean ok = TRUE;
    pthread_rwlock_wrlock(&lock);
    for (guint i = 0; ok && outputs && i < outputs->len; i++)
        ok = vir_log_output_reopen(g_ptr_array_index(outputs, i), err);
    pthread_rwlock_unlock(&lock);
    return ok;
}

guint64 vir_log_set_request(guint64 id)
{
    guint64 before = request_id;
    request_id = id;
    return before;
}

guint64 vir_log_request(void)
{
    return request_id;
}

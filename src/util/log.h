/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Logging. A source file says who speaks, then uses the macros; a message below its source's level costs one load and
 * one compare, and its arguments are not evaluated.
 *
 *     #define VIR_LOG_SOURCE "qemu.process"
 *     VIR_WARN("domain %s: cannot remove %s", name, path);
 *
 * Libraries return failures and do not log them; dispatchers, actors and main do, once. (VIR_ERROR is the error quark:
 * the macro of that level is VIR_LOGE.) Thread-safe; outputs are swapped whole, never while a message is on its way.
 * Formats of filters and outputs are those of the admin API: "1:qemu 3:rpc", "1:file:/p 3:journald".
 */
#pragma once

#include <glib.h>

typedef enum { VIR_LOG_DEBUG = 1, VIR_LOG_INFO, VIR_LOG_WARN, VIR_LOG_ERROR } VirLogLevel;

typedef struct VirLogSite {
    const char *source;
    gint serial;             /* of the settings that level was computed from; 0: never */
    gint level;              /* least level that is written */
} VirLogSite;

#ifndef VIR_LOG_SOURCE
#define VIR_LOG_SOURCE "modvirt"
#endif

extern gint vir_log_serial;
gint vir_log_site_refresh(VirLogSite *site);
void vir_log_write(const VirLogSite *site, VirLogLevel level, const char *file, int line, const char *func,
                   const char *fmt, ...) G_GNUC_PRINTF(6, 7);

/* One site a place, so that the source may be redefined inside a file and headers may log. */
#define VIR_LOG_AT(lvl, ...)                                                                     \
    do {                                                                                         \
        static VirLogSite vir_log_site = { VIR_LOG_SOURCE, 0, 0 };                               \
        gint vir_log_least = g_atomic_int_get(&vir_log_site.serial) == g_atomic_int_get(&vir_log_serial) \
                                 ? g_atomic_int_get(&vir_log_site.level)                         \
                                 : vir_log_site_refresh(&vir_log_site);                          \
        if (G_UNLIKELY((gint)(lvl) >= vir_log_least))                                            \
            vir_log_write(&vir_log_site, (lvl), __FILE__, __LINE__, __func__, __VA_ARGS__);      \
    } while (0)

#define VIR_DEBUG(...) VIR_LOG_AT(VIR_LOG_DEBUG, __VA_ARGS__)
#define VIR_INFO(...) VIR_LOG_AT(VIR_LOG_INFO, __VA_ARGS__)
#define VIR_WARN(...) VIR_LOG_AT(VIR_LOG_WARN, __VA_ARGS__)
#define VIR_LOGE(...) VIR_LOG_AT(VIR_LOG_ERROR, __VA_ARGS__)

/* Settings. Each set replaces the whole, or changes nothing and fails with VIR_ERR_INVALID_ARG naming the word. */
int vir_log_get_level(void);
gboolean vir_log_set_level(int level, GError **err);          /* default 3, warnings */
char *vir_log_get_filters(void);                              /* caller frees */
gboolean vir_log_set_filters(const char *text, GError **err); /* NULL or "": none */
char *vir_log_get_outputs(void);
/* NULL or "": the default output. */
gboolean vir_log_set_outputs(const char *text, GError **err);
/* What "" means from now on: stderr, journald or a file, chosen by the daemon skeleton. Applied at once if in use. */
gboolean vir_log_set_default_output(const char *text, GError **err);
/* LIBVIRT_DEBUG, LIBVIRT_LOG_FILTERS, LIBVIRT_LOG_OUTPUTS; wrong values are reported as warnings and left out. */
void vir_log_from_env(void);
/* Name used for syslog and the journal; main calls it once. Also routes GLib's own messages here. */
void vir_log_init(const char *program);
/* Opens file outputs again (after a rotation). */
gboolean vir_log_reopen(GError **err);

/* The request this thread works on, printed in every message; 0 none. Returns the one before. */
guint64 vir_log_set_request(guint64 id);
guint64 vir_log_request(void);

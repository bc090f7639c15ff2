/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Secrets and certificates of a guest as QEMU objects. A secret's value never stands on a command line in clear: it is
 * sealed (AES-256-CBC) with the guest's master key, which QEMU reads from a file only it may open.
 */
#include "virtqemud/dev/dev.h"

#include <dlfcn.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#define VIR_FROM_THIS VIR_FROM_QEMU
#define AES_BLOCK 16

/* GnuTLS is loaded by the first secret: a daemon without any does not pay for it. */
typedef struct {
    __typeof__(&gnutls_rnd) rnd;
    __typeof__(&gnutls_cipher_init) cipher_init;
    __typeof__(&gnutls_cipher_encrypt) cipher_encrypt;
    __typeof__(&gnutls_cipher_deinit) cipher_deinit;
    __typeof__(&gnutls_strerror) strerror;
} Gnutls;

static gpointer load_gnutls(gpointer data)
{
    void *lib = dlopen("libgnutls.so.30", RTLD_NOW | RTLD_LOCAL);
    Gnutls *g = g_new0(Gnutls, 1);
    if (!lib || !(g->rnd = dlsym(lib, "gnutls_rnd")) || !(g->cipher_init = dlsym(lib, "gnutls_cipher_init")) ||
        !(g->cipher_encrypt = dlsym(lib, "gnutls_cipher_encrypt")) || !(g->cipher_deinit = dlsym(lib, "gnutls_cipher_deinit")) ||
        !(g->strerror = dlsym(lib, "gnutls_strerror")))
        g_clear_pointer(&g, g_free);
    return g;
}

static const Gnutls *gnutls(GError **err)
{
    static GOnce once = G_ONCE_INIT;
    if (!g_once(&once, load_gnutls, NULL))
        vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "secrets of guests need the library libgnutls.so.30: install it");
    return once.retval;
}

static gboolean worked(const Gnutls *g, int rc, const char *what, GError **err)
{
    return rc >= 0 || vir_fail(err, VIR_ERR_INTERNAL_ERROR, "%s: %s", what, g->strerror(rc));
}

static gboolean seal(const guint8 key[QEMU_MASTER_KEY_LEN], const guint8 *value, gsize len, char **ret_data, char **ret_iv,
                     GError **err)
{
    const Gnutls *g = gnutls(err);
    if (!g)
        return FALSE;
    guint8 iv[AES_BLOCK];
    gsize pad = AES_BLOCK - len % AES_BLOCK, total = len + pad;
    g_autofree guint8 *buf = g_malloc(total);
    memcpy(buf, value, len);
    memset(buf + len, (int)pad, pad);
    gnutls_cipher_hd_t cipher;
    gnutls_datum_t k = { (guint8 *)key, QEMU_MASTER_KEY_LEN }, v = { iv, sizeof(iv) };
    if (!worked(g, g->rnd(GNUTLS_RND_NONCE, iv, sizeof(iv)), "random bytes", err) ||
        !worked(g, g->cipher_init(&cipher, GNUTLS_CIPHER_AES_256_CBC, &k, &v), "AES-256", err))
        return FALSE;
    int rc = g->cipher_encrypt(cipher, buf, total);
    g->cipher_deinit(cipher);
    if (!worked(g, rc, "AES-256", err))
        return FALSE;
    *ret_data = g_base64_encode(buf, total);
    *ret_iv = g_base64_encode(iv, sizeof(iv));
    return TRUE;
}

gboolean qemu_add_secret_value(QemuPlanner *p, const char *id, const guint8 *value, gsize len, GError **err)
{
    if (!p->ctx->master_key)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "no master key to give QEMU the secret '%s' with", id);
    g_autofree char *data = NULL;
    g_autofree char *iv = NULL;
    if (!seal(p->ctx->master_key, value, len, &data, &iv, err))
        return FALSE;
    vir_plan_add(p->plan, VIR_PLAN_OBJECT, vir_json_new("s:qom-type", "secret", "s:id", id, "s:data", data,
                                                        "s:keyid", "masterKey0", "s:iv", iv, "s:format", "base64", NULL));
    return TRUE;
}

gboolean qemu_add_secret(QemuPlanner *p, const char *id, const char *usage_type, const StorageSecretRef *ref, GError **err)
{
    if (!p->ctx->secret && p->ctx->native)    /* what nobody can look up stands there empty */
        return qemu_add_secret_value(p, id, (const guint8 *)"", 0, err);
    if (!p->ctx->secret)
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "secrets cannot be looked up yet: '%s' needs one", id);
    guint8 *value = NULL;
    gsize len = 0;
    if (!p->ctx->secret(p->ctx->secret_data, usage_type, ref, &value, &len, err))
        return FALSE;
    gboolean ok = qemu_add_secret_value(p, id, value, len, err);
    explicit_bzero(value, len);
    g_free(value);
    return ok;
}

gboolean qemu_add_tls(QemuPlanner *p, const char *id, const QemuTlsConf *conf, gboolean server, GError **err)
{
    g_autofree char *secret_id = NULL;
    if (conf->secret_uuid) {
        StorageSecretRef ref = { .usage = NULL };
        if (!vir_uuid_parse(conf->secret_uuid, ref.uuid))
            return vir_fail(err, VIR_ERR_CONF_SYNTAX, "qemu.conf: '%s' is no UUID of a secret", conf->secret_uuid);
        secret_id = g_strdup_printf("%s-secret0", id);
        if (!qemu_add_secret(p, secret_id, "tls", &ref, err))
            return FALSE;
    }
    VirJson *props = vir_json_new("s:qom-type", "tls-creds-x509", "s:id", id, "s:dir", conf->cert_dir,
                                  "s:endpoint", server ? "server" : "client",
                                  "b:verify-peer", server ? conf->verify > 0 : TRUE, "?s:priority", conf->priority,
                                  "?s:passwordid", secret_id, NULL);
    vir_plan_add(p->plan, VIR_PLAN_OBJECT, props);
    return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Checks of character devices.
 */
#include "util/error.h"
#include "virtqemud/defaults/parts.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define dom_fail(err, code, ...) vir_fail_full((err), VIR_FROM_DOMAIN, (code), __VA_ARGS__)

/* @may_be_made: the daemon chooses the path of such a socket itself. */
static gboolean check_source(const DomainChrSource *source, gboolean may_be_made, GError **err)
{
    const DomainReconnect *r = &source->reconnect;

    if (r->enabled == VIR_TRISTATE_YES && r->timeout == 0 && r->delay == 0) {
        vir_fail_full(err, VIR_FROM_XML, VIR_ERR_XML_ERROR, "Missing required attribute 'timeout' in element 'reconnect'");
        return FALSE;
    }
    if ((source->type == DOMAIN_CHR_TCP || source->type == DOMAIN_CHR_UNIX) && r->enabled == VIR_TRISTATE_YES &&
        source->mode != DOMAIN_CHR_MODE_CONNECT)
        return dom_fail(err, VIR_ERR_INTERNAL_ERROR, "chardev reconnect is possible only for connect mode");
    switch (source->type) {
    case DOMAIN_CHR_FILE:
    case DOMAIN_CHR_DEV:
    case DOMAIN_CHR_PIPE:
        may_be_made = FALSE;
        break;
    case DOMAIN_CHR_UNIX:
        break;
    case DOMAIN_CHR_TCP:
        if (!source->host)
            return dom_fail(err, VIR_ERR_INTERNAL_ERROR, "Missing source host attribute for char device");
        if (!source->service)
            return dom_fail(err, VIR_ERR_INTERNAL_ERROR, "Missing source service attribute for char device");
        return TRUE;
    case DOMAIN_CHR_UDP:
        if (!source->service)
            return dom_fail(err, VIR_ERR_INTERNAL_ERROR, "Missing source service attribute for char device");
        return TRUE;
    default:
        return TRUE;
    }
    if (!source->path && !may_be_made)
        return dom_fail(err, VIR_ERR_INTERNAL_ERROR, "Missing source path attribute for char device");
    return TRUE;
}

static gboolean check_serial(const QemuFinish *f, const DomainChr *serial, GError **err)
{
    gboolean ok = TRUE;

    switch (serial->serial_target) {
    case DOMAIN_SERIAL_TARGET_ISA:
    case DOMAIN_SERIAL_TARGET_ISA_DEBUG:
        ok = qemu_arch_is_x86(f->def->os.arch) || f->board == QEMU_BOARD_LOONGARCH;
        break;
    case DOMAIN_SERIAL_TARGET_SPAPR_VIO:
        ok = f->board == QEMU_BOARD_PSERIES;
        break;
    case DOMAIN_SERIAL_TARGET_SYSTEM:
        ok = serial->model == DOMAIN_SERIAL_MODEL_PL011 ? f->board == QEMU_BOARD_ARM_VIRT || f->board == QEMU_BOARD_ARM_OTHER
                                                        : f->board == QEMU_BOARD_RISCV_VIRT;
        break;
    case DOMAIN_SERIAL_TARGET_SCLP:
        ok = f->board == QEMU_BOARD_S390;
        break;
    default:
        break;
    }
    if (ok)
        return TRUE;
    return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Serial device with target type '%s' and target model '%s' not compatible "
                    "with guest architecture or machine type",
                    vir_enum_to_string(&domain_serial_target_enum, serial->serial_target),
                    vir_enum_to_string(&domain_serial_model_enum, serial->model));
}

static gboolean has_spice(const DomainDef *def)
{
    for (guint i = 0; i < def->graphics.n; i++) {
        if (def->graphics.v[i]->type == DOMAIN_GRAPHICS_SPICE)
            return TRUE;
    }
    return FALSE;
}

static gboolean check_any(const QemuFinish *f, const DomainChrSource *source, gboolean may_be_made, GError **err)
{
    if ((source->type == DOMAIN_CHR_SPICEVMC || source->type == DOMAIN_CHR_SPICEPORT) && !has_spice(f->def)) {
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "chardev '%s' not supported without spice graphics",
                        vir_enum_to_string(&domain_chr_type_enum, source->type));
    }
    return check_source(source, may_be_made, err);
}

gboolean qemu_check_chardevs(QemuFinish *f, GError **err)
{
    const DomainDef *def = f->def;

    for (guint i = 0; i < def->serials.n; i++) {
        if (!check_any(f, &def->serials.v[i]->source, FALSE, err) || !check_serial(f, def->serials.v[i], err))
            return FALSE;
    }
    for (guint i = 0; i < def->parallels.n; i++) {
        if (!check_any(f, &def->parallels.v[i]->source, FALSE, err))
            return FALSE;
    }
    for (guint i = 0; i < def->consoles.n; i++) {
        if (!check_any(f, &def->consoles.v[i]->source, FALSE, err))
            return FALSE;
    }
    for (guint i = 0; i < def->channels.n; i++) {
        const DomainChr *channel = def->channels.v[i];

        if (!check_any(f, &channel->source, channel->channel_target == DOMAIN_CHANNEL_TARGET_VIRTIO, err))
            return FALSE;
    }
    for (guint i = 0; i < def->redirdevs.n; i++) {
        if (!check_any(f, &def->redirdevs.v[i]->source, FALSE, err))
            return FALSE;
    }
    for (guint i = 0; i < def->rngs.n; i++) {
        if (def->rngs.v[i]->source && !check_any(f, def->rngs.v[i]->source, FALSE, err))
            return FALSE;
    }
    for (guint i = 0; i < def->smartcards.n; i++) {
        if (def->smartcards.v[i]->mode == DOMAIN_SMARTCARD_PASSTHROUGH &&
            !check_any(f, &def->smartcards.v[i]->source, FALSE, err))
            return FALSE;
    }
    return TRUE;
}

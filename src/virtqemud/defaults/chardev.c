/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Serial ports and consoles. The first console and the first serial port of most machines are the same thing written
 * twice; each makes the other.
 */
#include <string.h>

#include "virtqemud/defaults/parts.h"

static DomainSerialTarget default_target(const QemuFinish *f)
{
    switch (f->board) {
    case QEMU_BOARD_PSERIES:
        return DOMAIN_SERIAL_TARGET_SPAPR_VIO;
    case QEMU_BOARD_ARM_VIRT:
    case QEMU_BOARD_RISCV_VIRT:
        return DOMAIN_SERIAL_TARGET_SYSTEM;
    case QEMU_BOARD_S390:
        return DOMAIN_SERIAL_TARGET_SCLP;
    case QEMU_BOARD_LOONGARCH:
        return DOMAIN_SERIAL_TARGET_ISA;
    default:
        return qemu_arch_is_x86(f->def->os.arch) ? DOMAIN_SERIAL_TARGET_ISA : DOMAIN_SERIAL_TARGET_NONE;
    }
}

static DomainSerialModel default_model(const QemuFinish *f, DomainSerialTarget target)
{
    switch (target) {
    case DOMAIN_SERIAL_TARGET_ISA:
        return DOMAIN_SERIAL_MODEL_ISA;
    case DOMAIN_SERIAL_TARGET_USB:
        return DOMAIN_SERIAL_MODEL_USB;
    case DOMAIN_SERIAL_TARGET_PCI:
        return DOMAIN_SERIAL_MODEL_PCI;
    case DOMAIN_SERIAL_TARGET_SPAPR_VIO:
        return DOMAIN_SERIAL_MODEL_SPAPR_VTY;
    case DOMAIN_SERIAL_TARGET_SYSTEM:
        return f->board == QEMU_BOARD_RISCV_VIRT ? DOMAIN_SERIAL_MODEL_16550A : DOMAIN_SERIAL_MODEL_PL011;
    case DOMAIN_SERIAL_TARGET_SCLP:
        return DOMAIN_SERIAL_MODEL_SCLPCONSOLE;
    case DOMAIN_SERIAL_TARGET_ISA_DEBUG:
        return DOMAIN_SERIAL_MODEL_ISA_DEBUGCON;
    case DOMAIN_SERIAL_TARGET_NONE:
        break;
    }
    return DOMAIN_SERIAL_MODEL_NONE;
}

static void default_serial(const QemuFinish *f, DomainChr *serial)
{
    /* older releases wrote isa-serial for every machine's own port */
    if (serial->serial_target == DOMAIN_SERIAL_TARGET_ISA && serial->model == DOMAIN_SERIAL_MODEL_NONE &&
        !qemu_arch_is_x86(f->def->os.arch) && default_target(f) != DOMAIN_SERIAL_TARGET_NONE)
        serial->serial_target = default_target(f);
    if (serial->serial_target == DOMAIN_SERIAL_TARGET_NONE) {
        switch (serial->info.addr.type) {
        case DOMAIN_ADDRESS_USB:
            serial->serial_target = DOMAIN_SERIAL_TARGET_USB;
            break;
        case DOMAIN_ADDRESS_PCI:
            serial->serial_target = DOMAIN_SERIAL_TARGET_PCI;
            break;
        case DOMAIN_ADDRESS_SPAPR_VIO:
            serial->serial_target = DOMAIN_SERIAL_TARGET_SPAPR_VIO;
            break;
        case DOMAIN_ADDRESS_ISA:
            serial->serial_target = DOMAIN_SERIAL_TARGET_ISA;
            break;
        default:
            serial->serial_target = default_target(f);
            break;
        }
    }
    if (serial->model == DOMAIN_SERIAL_MODEL_NONE)
        serial->model = default_model(f, serial->serial_target);
}

/* Whether the machine shows its first such serial port as its console. */
static gboolean is_console_serial(const DomainChr *serial)
{
    return serial->serial_target == DOMAIN_SERIAL_TARGET_ISA || serial->serial_target == DOMAIN_SERIAL_TARGET_SPAPR_VIO ||
           serial->serial_target == DOMAIN_SERIAL_TARGET_SYSTEM || serial->serial_target == DOMAIN_SERIAL_TARGET_SCLP ||
           serial->serial_target == DOMAIN_SERIAL_TARGET_NONE;
}

static DomainChr *twin_of(const DomainChr *chr)
{
    DomainChr *twin = domain_chr_new(chr->source.type);

    domain_chr_source_copy(&chr->source, &twin->source);
    twin->info.addr = chr->info.addr;
    return twin;
}

static void tie_console(QemuFinish *f)
{
    DomainDef *def = f->def;
    DomainChr *console = def->consoles.n ? def->consoles.v[0] : NULL;

    if (console && console->console_target == DOMAIN_CONSOLE_TARGET_NONE)
        console->console_target = DOMAIN_CONSOLE_TARGET_SERIAL;
    if (console && console->console_target == DOMAIN_CONSOLE_TARGET_SERIAL) {
        if (def->serials.n == 0) {
            DomainChr *serial = twin_of(console);

            serial->port = 0;
            default_serial(f, serial);
            VIR_LIST_APPEND(&def->serials, serial);
        } else if (def->serials.v[0]->port <= 0) {
            domain_chr_source_copy(&def->serials.v[0]->source, &console->source);
        }
        console->info.addr = def->serials.v[0]->info.addr;
    } else if (!console && def->serials.n && is_console_serial(def->serials.v[0])) {
        console = twin_of(def->serials.v[0]);
        console->console_target = DOMAIN_CONSOLE_TARGET_SERIAL;
        console->port = 0;
        VIR_LIST_APPEND(&def->consoles, console);
    }
}

static void default_source(DomainChrSource *source)
{
    if ((source->type == DOMAIN_CHR_TCP || source->type == DOMAIN_CHR_UNIX) && source->mode == DOMAIN_CHR_MODE_NONE &&
        (source->path || source->host))
        source->mode = DOMAIN_CHR_MODE_CONNECT;
    if (source->type == DOMAIN_CHR_TCP && source->protocol == DOMAIN_CHR_PROTOCOL_NONE)
        source->protocol = DOMAIN_CHR_PROTOCOL_RAW;
}

/* Paths that an instance of the daemon made for itself are made again: ".../channel/target/domain-1-NAME/TARGET". */
static gboolean is_own_path(const DomainChr *channel)
{
    const char *path = channel->source.path, *name = channel->name, *base, *dir;

    if (!path || !name || *path != '/' || !g_str_has_suffix(path, name))
        return FALSE;
    base = path + strlen(path) - strlen(name);
    if (base[-1] == '.')
        return strstr(path, "/channel/target/") && !strchr(strstr(path, "/channel/target/") + 16, '/');
    if (base[-1] != '/' || base - 2 <= path)
        return FALSE;
    for (dir = base - 2; dir > path && *dir != '/'; dir--)
        ;
    return g_str_has_prefix(dir, "/domain-");
}

static void default_channel(DomainChr *channel)
{
    DomainChrSource *source = &channel->source;

    if (source->type != DOMAIN_CHR_UNIX || channel->channel_target != DOMAIN_CHANNEL_TARGET_VIRTIO)
        return;
    if (is_own_path(channel))
        g_clear_pointer(&source->path, g_free);
    if (!source->path)
        source->mode = DOMAIN_CHR_MODE_NONE;
}

void qemu_finish_chardevs(QemuFinish *f)
{
    DomainDef *def = f->def;

    for (guint i = 0; i < def->serials.n; i++)
        default_source(&def->serials.v[i]->source);
    for (guint i = 0; i < def->parallels.n; i++)
        default_source(&def->parallels.v[i]->source);
    for (guint i = 0; i < def->consoles.n; i++)
        default_source(&def->consoles.v[i]->source);
    for (guint i = 0; i < def->channels.n; i++) {
        default_source(&def->channels.v[i]->source);
        default_channel(def->channels.v[i]);
    }
    for (guint i = 0; i < def->redirdevs.n; i++) {
        DomainChrSource *source = &def->redirdevs.v[i]->source;

        default_source(source);
        if (source->type == DOMAIN_CHR_DBUS && !source->path)
            source->path = g_strdup("org.qemu.usbredir");
    }
    for (guint i = 0; i < def->smartcards.n; i++)
        default_source(&def->smartcards.v[i]->source);
    for (guint i = 0; i < def->serials.n; i++)
        default_serial(f, def->serials.v[i]);
    tie_console(f);
    for (guint i = 1; i < def->consoles.n; i++) {
        if (def->consoles.v[i]->console_target == DOMAIN_CONSOLE_TARGET_NONE)
            def->consoles.v[i]->console_target = DOMAIN_CONSOLE_TARGET_SERIAL;
    }
}

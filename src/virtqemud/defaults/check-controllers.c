/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Checks of controllers: what the board has room for.
 */
#include "util/error.h"
#include "virtqemud/defaults/parts.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define M(x) DOMAIN_CONTROLLER_MODEL_##x
#define dom_fail(err, code, ...) vir_fail_full((err), VIR_FROM_DOMAIN, (code), __VA_ARGS__)

static gboolean is_companion(const DomainController *c)
{
    return c->type == DOMAIN_CONTROLLER_USB && c->model >= M(ICH9_UHCI1) && c->model <= M(ICH9_UHCI3);
}

static gboolean is_root(const DomainController *c)
{
    return c->type == DOMAIN_CONTROLLER_PCI && (c->model == M(PCI_ROOT) || c->model == M(PCIE_ROOT));
}

static gboolean check_expander(const QemuFinish *f, const DomainController *c, GError **err)
{
    gboolean ok = TRUE;

    if (c->model == M(PCI_EXPANDER_BUS))
        ok = f->board == QEMU_BOARD_I440FX;
    else if (c->model == M(PCIE_EXPANDER_BUS))
        ok = f->board == QEMU_BOARD_Q35 || f->board == QEMU_BOARD_ARM_VIRT;
    if (ok)
        return TRUE;
    return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "%s controllers are not supported with this machine type",
                    vir_enum_to_string(&domain_controller_model_enum, c->model));
}

static gboolean check_pci(const QemuFinish *f, const DomainController *c, GError **err)
{
    if (c->model == M(NONE))
        return TRUE;
    if (is_root(c) && c->index != 0 && f->board != QEMU_BOARD_PSERIES)
        return vir_fail(err, VIR_ERR_XML_ERROR, "pci-root and pcie-root controllers should have index 0");
    if (is_root(c) && c->info.addr.type != DOMAIN_ADDRESS_NONE) {
        return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "pci-root and pcie-root controllers should not have an address");
    }
    if (c->pci && c->pci->target_index >= 0 && (c->index == 0) != (c->pci->target_index == 0)) {
        return dom_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                        "Only the PCI controller with index 0 can have target index 0, and vice versa");
    }
    return check_expander(f, c, err);
}

static gboolean check_duplicates(const DomainDef *def, GError **err)
{
    for (guint i = 0; i < def->controllers.n; i++) {
        const DomainController *c = def->controllers.v[i];

        if (c->type == DOMAIN_CONTROLLER_USB)    /* companions share numbers */
            continue;
        for (guint k = 0; k < i; k++) {
            if (def->controllers.v[k]->type == c->type && def->controllers.v[k]->index == c->index) {
                return dom_fail(err, VIR_ERR_XML_ERROR, "Multiple '%s' controllers with index '%d'",
                                vir_enum_to_string(&domain_controller_type_enum, c->type), c->index);
            }
        }
    }
    return TRUE;
}

static gboolean check_companions(const DomainDef *def, GError **err)
{
    for (guint i = 0; i < def->controllers.n; i++) {
        const DomainController *c = def->controllers.v[i];
        gboolean master = FALSE;

        if (!is_companion(c))
            continue;
        for (guint k = 0; k < def->controllers.n; k++) {
            const DomainController *other = def->controllers.v[k];

            master |= other->type == DOMAIN_CONTROLLER_USB && other->index == c->index && !is_companion(other);
        }
        if (!master) {
            return dom_fail(err, VIR_ERR_XML_DETAIL, "No master USB controller specified: number %d has only companions",
                            c->index);
        }
    }
    return TRUE;
}

static gboolean check_usb(const DomainController *c, GError **err)
{
    const char *model = vir_enum_to_string(&domain_controller_model_enum, c->model);

    if (c->ports > 15 && (c->model == M(QEMU_XHCI) || c->model == M(NEC_XHCI)))
        return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "'%s' controller only supports up to '15' ports", model);
    return TRUE;
}

static gboolean check_ide(const QemuFinish *f, const DomainController *c, GError **err)
{
    if (f->board == QEMU_BOARD_I440FX || f->board == QEMU_BOARD_MIPS ||
        f->board == QEMU_BOARD_SPARC || f->board == QEMU_BOARD_PPC_OTHER) {
        if (f->board == QEMU_BOARD_I440FX && c->index != 0)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "Only a single IDE controller is supported for this machine type");
        return TRUE;
    }
    return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
                    "IDE controllers are unsupported for this QEMU binary or machine type");
}

/* Before addresses. */
gboolean qemu_check_controllers_early(QemuFinish *f, GError **err)
{
    if (!check_duplicates(f->def, err))
        return FALSE;
    for (guint i = 0; i < f->def->controllers.n; i++) {
        const DomainController *c = f->def->controllers.v[i];

        if (c->type == DOMAIN_CONTROLLER_PCI && !check_pci(f, c, err))
            return FALSE;
        if (c->type == DOMAIN_CONTROLLER_IDE && !check_ide(f, c, err))
            return FALSE;
    }
    return TRUE;
}

gboolean qemu_check_controllers(QemuFinish *f, GError **err)
{
    for (guint i = 0; i < f->def->controllers.n; i++) {
        const DomainController *c = f->def->controllers.v[i];

        if (c->type == DOMAIN_CONTROLLER_USB && !check_usb(c, err))
            return FALSE;
        if (c->type == DOMAIN_CONTROLLER_IDE && !check_ide(f, c, err))    /* one that a disk asked for */
            return FALSE;
    }
    return check_companions(f->def, err);
}

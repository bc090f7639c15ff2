/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a board has without anybody writing it: host bridge, USB and SATA controllers, keyboard and mouse, video beside a
 * display, memory balloon, panic notifier.
 */
#include "util/error.h"
#include "virtqemud/defaults/parts.h"

#define VIR_FROM_THIS VIR_FROM_QEMU
#define M(x) DOMAIN_CONTROLLER_MODEL_##x

typedef struct {
    QemuBoard board;
    DomainControllerModel root;          /* NONE: no PCI */
    bool usb, sata, balloon, ps2, usb_input;
    DomainPanicModel panic;
} BoardRow;

static const BoardRow boards[] = {
    { QEMU_BOARD_I440FX, M(PCI_ROOT), .usb = TRUE, .balloon = TRUE, .ps2 = TRUE },
    { QEMU_BOARD_Q35, M(PCIE_ROOT), .usb = TRUE, .sata = TRUE, .balloon = TRUE, .ps2 = TRUE },
    { QEMU_BOARD_ISAPC, M(NONE), .balloon = TRUE, .ps2 = TRUE },
    { QEMU_BOARD_MICROVM, M(NONE), .usb = TRUE, .balloon = TRUE, .ps2 = TRUE },
    { QEMU_BOARD_ARM_VIRT, M(PCIE_ROOT) },
    { QEMU_BOARD_PSERIES, M(PCI_ROOT), .usb = TRUE, .balloon = TRUE, .usb_input = TRUE, .panic = DOMAIN_PANIC_PSERIES },
    { QEMU_BOARD_PPC_OTHER, M(PCI_ROOT), .usb = TRUE, .balloon = TRUE },
    { QEMU_BOARD_S390, M(PCI_ROOT), .balloon = TRUE, .panic = DOMAIN_PANIC_S390 },
    { QEMU_BOARD_RISCV_VIRT, M(PCIE_ROOT), .balloon = TRUE },
    { QEMU_BOARD_LOONGARCH, M(PCIE_ROOT), .usb = TRUE, .balloon = TRUE },
    { QEMU_BOARD_MIPS, M(PCI_ROOT), .usb = TRUE, .balloon = TRUE },
    { QEMU_BOARD_SPARC, M(PCI_ROOT), .usb = TRUE, .balloon = TRUE },
    { QEMU_BOARD_OTHER, M(NONE), .usb = TRUE, .balloon = TRUE },
};

static const BoardRow *row_of(QemuBoard board)
{
    static const BoardRow nothing = { 0 };

    for (guint i = 0; i < G_N_ELEMENTS(boards); i++) {
        if (boards[i].board == board)
            return &boards[i];
    }
    return &nothing;
}

DomainControllerModel qemu_default_usb_model(const QemuFinish *f)
{
    static const struct { VirQemuCap cap; DomainControllerModel model; } x86[] = {
        { VIR_QEMU_CAP_PIIX3_USB_UHCI, M(PIIX3_UHCI) },
    }, modern[] = {
        { VIR_QEMU_CAP_QEMU_XHCI, M(QEMU_XHCI) }, { VIR_QEMU_CAP_NEC_USB_XHCI, M(NEC_XHCI) },
        { VIR_QEMU_CAP_PCI_OHCI, M(PCI_OHCI) },
    };

    if (qemu_arch_is_s390(f->def->os.arch))
        return M(NONE);
    if (qemu_arch_is_ppc64(f->def->os.arch) || f->board == QEMU_BOARD_ARM_VIRT || f->board == QEMU_BOARD_LOONGARCH) {
        for (guint i = 0; i < G_N_ELEMENTS(modern); i++) {
            if (qemu_finish_has(f, modern[i].cap))
                return modern[i].model;
        }
        return M(NONE);
    }
    return qemu_finish_has(f, x86[0].cap) ? x86[0].model : M(NONE);
}

static gboolean has_controller(const DomainDef *def, DomainControllerType type)
{
    for (guint i = 0; i < def->controllers.n; i++) {
        if (def->controllers.v[i]->type == type)
            return TRUE;
    }
    return FALSE;
}

static gboolean add_root(QemuFinish *f, DomainControllerModel model, GError **err)
{
    DomainController *root = domain_find_controller(f->def, DOMAIN_CONTROLLER_PCI, 0);

    if (model == M(NONE))
        return TRUE;
    if (!root) {
        root = domain_add_controller(f->def, DOMAIN_CONTROLLER_PCI, 0, model);
    } else if (root->model == M(NONE)) {
        root->model = model;
    } else if (root->model != model) {
        return vir_fail(err, VIR_ERR_XML_ERROR,
                        "The PCI controller with index='0' must be model='%s' for this machine type, but model='%s' was found instead",
                        vir_enum_to_string(&domain_controller_model_enum, model),
                        vir_enum_to_string(&domain_controller_model_enum, root->model));
    }
    return TRUE;
}

static void add_usb(QemuFinish *f)
{
    DomainControllerModel model = M(NONE);

    if (has_controller(f->def, DOMAIN_CONTROLLER_USB) && domain_find_controller(f->def, DOMAIN_CONTROLLER_USB, 0))
        return;
    for (guint i = 0; i < f->def->controllers.n; i++) {
        DomainController *c = f->def->controllers.v[i];

        if (c->type == DOMAIN_CONTROLLER_USB && (c->model == M(USB_NONE) || c->index == 0))
            return;
    }
    if (f->board == QEMU_BOARD_Q35)
        model = qemu_finish_has(f, VIR_QEMU_CAP_QEMU_XHCI) ? M(QEMU_XHCI)
                : qemu_finish_has(f, VIR_QEMU_CAP_NEC_USB_XHCI) ? M(NEC_XHCI) : M(NONE);
    domain_add_controller(f->def, DOMAIN_CONTROLLER_USB, 0, model);
}

static gboolean has_input(const DomainDef *def, DomainInputType type, DomainInputBus bus)
{
    for (guint i = 0; i < def->inputs.n; i++) {
        if (def->inputs.v[i]->type == type && def->inputs.v[i]->bus == bus)
            return TRUE;
    }
    return FALSE;
}

static void add_input(QemuFinish *f, DomainInputType type, DomainInputBus bus)
{
    DomainInput *input;

    if (has_input(f->def, type, bus))
        return;
    input = vir_xml_new(&domain_input_table);
    input->type = type;
    input->bus = bus;
    VIR_LIST_APPEND(&f->def->inputs, input);
}

static void add_inputs(QemuFinish *f, const BoardRow *row)
{
    DomainDef *def = f->def;

    if (row->ps2 && def->features.ps2 != VIR_TRISTATE_OFF) {
        add_input(f, DOMAIN_INPUT_MOUSE, DOMAIN_INPUT_BUS_PS2);
        add_input(f, DOMAIN_INPUT_KEYBOARD, DOMAIN_INPUT_BUS_PS2);
    }
    if (row->usb_input && def->graphics.n) {
        gboolean keyboard = FALSE, mouse = FALSE;

        for (guint i = 0; i < def->inputs.n; i++) {
            keyboard |= def->inputs.v[i]->type == DOMAIN_INPUT_KEYBOARD;
            mouse |= def->inputs.v[i]->type == DOMAIN_INPUT_MOUSE || def->inputs.v[i]->type == DOMAIN_INPUT_TABLET;
        }
        if (!keyboard)
            add_input(f, DOMAIN_INPUT_KEYBOARD, DOMAIN_INPUT_BUS_USB);
        if (!mouse)
            add_input(f, DOMAIN_INPUT_MOUSE, DOMAIN_INPUT_BUS_USB);
    }
}

static void add_panic(QemuFinish *f, DomainPanicModel model)
{
    DomainPanic *panic;

    for (guint i = 0; i < f->def->panics.n; i++) {
        if (f->def->panics.v[i]->model == DOMAIN_PANIC_NONE || f->def->panics.v[i]->model == model)
            return;
    }
    panic = vir_xml_new(&domain_panic_table);
    panic->model = model;
    VIR_LIST_APPEND(&f->def->panics, panic);
}

/* A display that people look at needs a card. */
static void add_video(QemuFinish *f)
{
    if (f->def->graphics.n == 0 || f->def->videos.n != 0)
        return;
    VIR_LIST_APPEND(&f->def->videos, domain_video_new(DOMAIN_VIDEO_NONE));
}

/* The interrupt controller of ARM's virtual board. */
static void add_gic(QemuFinish *f)
{
    DomainFeatures *features = &f->def->features;
    int best = 2;

    if (features->gic_version != DOMAIN_GIC_NONE)
        return;
    for (gsize i = 0; f->def->virt_type == DOMAIN_VIRT_KVM && f->caps && i < vir_qemu_caps_n_gics(f->caps); i++) {
        if (vir_qemu_caps_gic_at(f->caps, i)->kernel_irqchip)
            best = MAX(best, vir_qemu_caps_gic_at(f->caps, i)->version);
    }
    features->gic = TRUE;
    features->gic_version = best >= 3 ? DOMAIN_GIC_3 : DOMAIN_GIC_2;
}

gboolean qemu_finish_implicit(QemuFinish *f, GError **err)
{
    const BoardRow *row = row_of(f->board);
    DomainDef *def = f->def;

    if (f->board == QEMU_BOARD_ARM_VIRT)
        add_gic(f);
    if (row->usb)
        add_usb(f);
    if (row->sata && !domain_find_controller(def, DOMAIN_CONTROLLER_SATA, 0))
        domain_add_controller(def, DOMAIN_CONTROLLER_SATA, 0, DOMAIN_CONTROLLER_MODEL_NONE);
    if (!add_root(f, row->root, err))
        return FALSE;
    if (row->balloon && !def->memballoon) {
        def->memballoon = vir_xml_new(&domain_memballoon_table);
        def->memballoon->model = DOMAIN_BALLOON_VIRTIO;
    }
    add_inputs(f, row);
    if (row->panic != DOMAIN_PANIC_NONE)
        add_panic(f, row->panic);
    add_video(f);
    return TRUE;
}

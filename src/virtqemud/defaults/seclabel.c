/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Security labels of the document.
 */
#include <string.h>

#include "util/error.h"
#include "virtqemud/defaults/parts.h"

#define VIR_FROM_THIS VIR_FROM_DOMAIN

/* The first mandatory driver the configuration names; "none" without one. */
static const char *default_model(const QemuFinish *f)
{
    char **drivers = f->env->conf ? f->env->conf->security_driver : NULL;

    for (guint i = 0; drivers && drivers[i]; i++) {
        if (strcmp(drivers[i], "selinux") == 0 || strcmp(drivers[i], "apparmor") == 0)
            return drivers[i];
    }
    return "none";
}

static gboolean check(const DomainDef *def, GError **err)
{
    for (guint i = 0; i < def->seclabels.n; i++) {
        const DomainSeclabel *label = def->seclabels.v[i];

        for (guint k = 0; label->model && k < i; k++) {
            if (g_strcmp0(def->seclabels.v[k]->model, label->model) == 0)
                return vir_fail(err, VIR_ERR_XML_DETAIL, "seclabel for model %s is already provided", label->model);
        }
    }
    for (guint i = 0; i < def->seclabels.n; i++) {
        const DomainSeclabel *label = def->seclabels.v[i];

        if (label->type == DOMAIN_SECLABEL_DYNAMIC && label->relabel == VIR_TRISTATE_NO)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "dynamic label type must use resource relabeling");
        if (label->type == DOMAIN_SECLABEL_NOTHING && label->relabel == VIR_TRISTATE_YES)
            return vir_fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "resource relabeling is not compatible with 'none' label type");
        if (!label->model && def->seclabels.n > 1)
            return vir_fail(err, VIR_ERR_XML_ERROR, "missing security model when using multiple labels");
        if (!label->model && label->type != DOMAIN_SECLABEL_DYNAMIC && label->type != DOMAIN_SECLABEL_NOTHING)
            return vir_fail(err, VIR_ERR_XML_ERROR, "missing security model in domain seclabel");
        if (label->type == DOMAIN_SECLABEL_STATIC && !label->label)
            return vir_fail(err, VIR_ERR_XML_ERROR, "security label is missing");
    }
    return TRUE;
}

/* That a label is left alone is a running guest's fact. */
static void drop_labelskip(DomainDef *def)
{
    for (guint i = 0; i < def->disks.n; i++) {
        for (StorageSource *src = &def->disks.v[i]->src; src; src = src->backing) {
            for (guint k = src->seclabels.n; k-- > 0;) {
                DomainDeviceSeclabel *label = &src->seclabels.v[k];

                if (!label->labelskip || label->label)
                    continue;
                g_free(label->model);
                VIR_ARRAY_REMOVE(&src->seclabels, k);
            }
        }
    }
}

gboolean qemu_finish_seclabels(QemuFinish *f, GError **err)
{
    DomainDef *def = f->def;

    if (!check(def, err))
        return FALSE;
    if (!(f->flags & QEMU_FINISH_HOTPLUG))
        drop_labelskip(def);
    for (guint i = def->seclabels.n; i-- > 0;) {
        DomainSeclabel *label = def->seclabels.v[i];

        if (label->type == DOMAIN_SECLABEL_NONE) {
            vir_xml_free(&domain_seclabel_table, VIR_LIST_STEAL(&def->seclabels, i));
            continue;
        }
        if (!label->model) {
            label->model = g_strdup(label->type == DOMAIN_SECLABEL_NOTHING ? "none" : default_model(f));
            if (strcmp(label->model, "none") == 0)
                label->type = DOMAIN_SECLABEL_NOTHING;
        }
        if (label->type == DOMAIN_SECLABEL_NOTHING)
            label->relabel = VIR_TRISTATE_ABSENT;
        else if (label->relabel == VIR_TRISTATE_ABSENT)
            label->relabel = vir_tristate(label->type == DOMAIN_SECLABEL_DYNAMIC);
    }
    return TRUE;
}

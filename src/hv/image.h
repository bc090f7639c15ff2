/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an image's own header says: size, and the image it is based on. One bounded read a file; what stands in it was
 * perhaps written by a guest and is believed in nothing but these fields. Any thread.
 */
#pragma once

#include "conf/domain/storage.h"

#define HV_IMAGE_HEADER_MAX (128 * 1024)

typedef struct {
    StorageFormat format;          /* as given, or as recognised */
    guint64 capacity;              /* bytes; 0: the header does not say */
    gboolean encrypted;
    char *backing;                 /* as it stands in the header; NULL: none */
    StorageFormat backing_format;  /* none: the header does not say */
    char *data_file;               /* external data of qcow2; NULL */
} HvImage;

/* Of the first bytes of a file. @format none: recognised by its magic (only for files no guest has written).
 * NULL with VIR_ERR_INTERNAL_ERROR naming @path when the header is damaged or of another format than @format. */
HvImage *hv_image_parse(const char *path, const guint8 *data, gsize len, StorageFormat format, GError **err);
/* The same of a file. A missing file is VIR_ERR_SYSTEM_ERROR with errno in int1. */
HvImage *hv_image_read(const char *path, StorageFormat format, GError **err);
void hv_image_free(HvImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HvImage, hv_image_free)

/* A backing name as a source: a path (relative ones against the image's directory), "json:{...}" or "proto://host/name".
 * VIR_ERR_CONFIG_UNSUPPORTED for what cannot be understood. */
StorageSource *hv_image_backing_source(const char *image_path, const char *backing, GError **err);

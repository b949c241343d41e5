/* SPDX-License-Identifier: GPL-2.0-only */
/* The version of the module; dkms.conf has the same. */
#ifndef PROCFD_VERSION_H
#define PROCFD_VERSION_H

#define PROCFD_VERSION "0.1.0"
#define PROCFD_VERSION_CODE (0 << 16 | 1 << 8 | 0)

#endif /* PROCFD_VERSION_H */

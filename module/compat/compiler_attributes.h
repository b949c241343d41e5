/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shields <linux/compiler_attributes.h>
 *
 * A variable on the stack that is wholly written later, so that it need not be cleared
 * first.  Linux 7.0 has it, and later ones of the older kernels.  Goes when the floor
 * is 7.0.
 */
#ifndef PROCFD_COMPAT_COMPILER_ATTRIBUTES_H
#define PROCFD_COMPAT_COMPILER_ATTRIBUTES_H

#include <linux/compiler_attributes.h>

#ifndef __uninitialized
#ifdef __has_attribute
#if __has_attribute(__uninitialized__)
#define __uninitialized __attribute__((__uninitialized__))
#endif
#endif
#endif

#ifndef __uninitialized
#define __uninitialized
#endif

#endif /* PROCFD_COMPAT_COMPILER_ATTRIBUTES_H */

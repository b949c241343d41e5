/* SPDX-License-Identifier: GPL-2.0-only */
/* Shields <linux/capability.h> */
#ifndef PROCFD_COMPAT_CAPABILITY_H
#define PROCFD_COMPAT_CAPABILITY_H

#include <linux/capability.h>

/*
 * A capability set as one word.  Until 6.2 it was an array of two, with a macro
 * that counted them.  Goes when the floor is 6.3.
 */
static inline u64 compat_cap_mask(kernel_cap_t set)
{
#ifdef CAP_FOR_EACH_U32
	return set.cap[0] | (u64)set.cap[1] << 32;
#else
	return set.val;
#endif
}

#endif /* PROCFD_COMPAT_CAPABILITY_H */

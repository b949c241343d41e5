/* SPDX-License-Identifier: GPL-2.0-only */
/* Shields <linux/proc_ns.h> */
#ifndef PROCFD_COMPAT_NS_H
#define PROCFD_COMPAT_NS_H

#include <linux/atomic.h> /* 5.10: <linux/ns_common.h> needs it and has it not */
#include <linux/ns_common.h>
#include <linux/proc_ns.h>

/*
 * The CLONE_NEW* of a namespace.  6.18 moved it from its operations to the
 * namespace.  Goes when the floor is 6.18.
 */
static inline int compat_ns_type(const struct ns_common *ns)
{
#ifdef PROCFD_NS_OPERATIONS_HAVE_TYPE
	return ns->ops->type;
#else
	return ns->ns_type;
#endif
}

#endif /* PROCFD_COMPAT_NS_H */

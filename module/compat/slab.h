/* SPDX-License-Identifier: GPL-2.0-only */
/* Shields <linux/slab.h> */
#ifndef PROCFD_COMPAT_SLAB_H
#define PROCFD_COMPAT_SLAB_H

#include <linux/slab.h>

/*
 * Objects whose maker writes every member that is read: the allocator need not clear them
 * first, as it does by default in hardened kernels.  Caches of type-stable memory are
 * exempt from that, and 6.12 learned to keep these as small as others, with its pointer
 * inside of a free object, at @freeptr_offset.  Below they would be larger, and are
 * cleared; KASAN sees less of them.  Goes when the floor is 6.12.
 */
static inline struct kmem_cache *
compat_cache_unzeroed(const char *name, unsigned int size,
		      unsigned int freeptr_offset, slab_flags_t flags)
{
#if defined(PROCFD_CACHE_HAS_FREEPTR_OFFSET) && !defined(CONFIG_KASAN)
	struct kmem_cache_args args = {
		.use_freeptr_offset = true,
		.freeptr_offset = freeptr_offset,
	};

	return kmem_cache_create(name, size, &args,
				 flags | SLAB_TYPESAFE_BY_RCU);
#else
	return kmem_cache_create(name, size, 0, flags, NULL);
#endif
}

#endif /* PROCFD_COMPAT_SLAB_H */

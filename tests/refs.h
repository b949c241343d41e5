/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many references keep the module in: one for each fd and AUTOREAP child, and
 * one of the file system that procfds live on, while there is any fd.
 */
#ifndef PROCFD_TESTS_REFS_H
#define PROCFD_TESTS_REFS_H

#include "support.h"

static inline int module_refcnt(void)
{
	char text[32] = "";
	int fd = ASSERT_OK(
		open("/sys/module/procfd/refcnt", O_RDONLY | O_CLOEXEC));

	ASSERT_GT(read(fd, text, sizeof(text) - 1), 0);
	close(fd);
	return atoi(text);
}

/* Without the file system's. */
static inline int module_references(void)
{
	int refcnt = module_refcnt();

	return refcnt ? refcnt - 1 : 0;
}

/* Until the kernel has let go of what earlier cases had. */
static inline void module_idle_but(int references)
{
	ASSERT_SOON(module_references() == references);
}

static inline void module_idle(void)
{
	ASSERT_SOON(module_refcnt() == 0);
}

#endif

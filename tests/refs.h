/* SPDX-License-Identifier: GPL-2.0-only */
/* How many references keep the module in: none without an fd or AUTOREAP child. */
#ifndef PROCFD_TESTS_REFS_H
#define PROCFD_TESTS_REFS_H

#include "support.h"

static inline int module_references(void)
{
	char text[32] = "";
	int fd = ASSERT_OK(
		open("/sys/module/procfd/refcnt", O_RDONLY | O_CLOEXEC));

	ASSERT_GT(read(fd, text, sizeof(text) - 1), 0);
	close(fd);
	return atoi(text);
}

/* Again as many as they were; the kernel lets go of some a moment later. */
static inline void module_references_back(int references)
{
	ASSERT_SOON(module_references() == references);
}

/* Until what earlier cases had is gone, too. */
static inline void module_idle(void)
{
	module_references_back(0);
}

#endif

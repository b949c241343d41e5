/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Very many processes: children that share the memory of who makes them, so that each
 * costs the kernel little but a task and its stack, and sleep for good
 */
#ifndef PROCFD_BENCH_LIGHT_H
#define PROCFD_BENCH_LIGHT_H

#include <sys/types.h>

/* As root: the kernel takes as many, as far as its memory goes. */
void light_allow(unsigned int total);
/* One more; -1: there is no more room. */
pid_t light_make(void);
void light_end(pid_t pid);

#endif /* PROCFD_BENCH_LIGHT_H */

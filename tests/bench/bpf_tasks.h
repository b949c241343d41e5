/* SPDX-License-Identifier: GPL-2.0-only */
/* The BPF iterator of tasks.bpf.c; only root can do any of this */
#ifndef PROCFD_BENCH_BPF_TASKS_H
#define PROCFD_BENCH_BPF_TASKS_H

#include "members.h"

/* An fd to give to bpf_tasks_all(); -1: this kernel cannot, bpf_tasks_why(). */
int bpf_tasks_open(void);
const char *bpf_tasks_why(void);

/* All processes; room for @max.  How many there were. */
unsigned int bpf_tasks_all(int link, struct stat_members *members,
			   unsigned int max);

#endif /* PROCFD_BENCH_BPF_TASKS_H */

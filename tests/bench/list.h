/* SPDX-License-Identifier: GPL-2.0-only */
/* A LIST of everything, for the rows that want one */
#ifndef PROCFD_BENCH_LIST_H
#define PROCFD_BENCH_LIST_H

#include "procfd_ioctl.h"

/**
 * struct lister - a list and where it goes to
 * @records: room for @room records of @record_size bytes
 * @count:   how many the last one gave
 */
struct lister {
	int dev;
	__u64 mask;
	char *records;
	__u32 record_size;
	unsigned int room;
	unsigned int count;
};

/* With the device open, and memory that was touched. */
void lister_open(struct lister *lister, __u64 mask, __u32 record_size,
		 unsigned int room);
void lister_close(struct lister *lister);

/* All processes; @arg is the lister. */
void list_all(void *arg);

#endif /* PROCFD_BENCH_LIST_H */

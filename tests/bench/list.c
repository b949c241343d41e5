// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "list.h"

void lister_open(struct lister *lister, __u64 mask, __u32 record_size,
		 unsigned int room)
{
	*lister = (struct lister){
		.dev = open(PROCFD_DEVICE, O_RDWR | O_CLOEXEC),
		.mask = mask,
		.records = shared_memory((size_t)room * record_size),
		.record_size = record_size,
		.room = room,
	};
	if (lister->dev < 0)
		fail("no %s", PROCFD_DEVICE);
}

void lister_close(struct lister *lister)
{
	close(lister->dev);
	munmap(lister->records, (size_t)lister->room * lister->record_size);
}

void list_all(void *arg)
{
	struct lister *lister = arg;
	struct procfd_list list = {
		.pidns_fd = -1,
		.parent_fd = -1,
		.mask = lister->mask,
		.record_size = lister->record_size,
	};

	lister->count = 0;
	do {
		int got;

		list.records = (uintptr_t)lister->records +
			       (size_t)lister->count * lister->record_size;
		list.nr_records = lister->room - lister->count;
		got = ioctl(lister->dev, PROCFD_LIST, &list);
		if (got < 0)
			fail("LIST");
		lister->count += got;
	} while (list.cursor && lister->count < lister->room);
	if (list.cursor)
		fail("more processes than %u", lister->room);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* Many processes: an iterator over what LIST gives, fetched in batches. */
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>

#include "internal.h"

#define BATCH 256

/* groups that a short record has: those below the first one behind it */
#define SHORT_MASK (PROCFD_INFO_SIGNALS - 1)

/* what a list never gives is at the end of the struct */
#define LONG_RECORD offsetof(struct procfd_info, ns_cgroup)

_Static_assert(LONG_RECORD % 8 == 0, "LIST wants multiples of 8");
_Static_assert(offsetof(struct procfd_info, sig_pending) ==
		       PROCFD_INFO_SIZE_SHORT,
	       "a short record ends before the signals");

struct procfd_list_iterator {
	struct procfd_list args;
	unsigned int at, count; /* in the batch */
	bool over; /* behind this batch there is nothing */
	unsigned char records[];
};

/* ---- open --------------------------------------------------------------------- */

/* What the caller knows and we do not must ask for nothing. */
static int copy_options(struct procfd_list_options *known,
			const struct procfd_list_options *options, size_t size)
{
	const unsigned char *tail = (const unsigned char *)options;

	if (!options || size < sizeof(*known))
		return fail(EINVAL);
	for (size_t i = sizeof(*known); i < size; i++)
		if (tail[i])
			return fail(EINVAL);
	*known = *options;
	return 0;
}

/* The fds are ours, so that the caller can close theirs; -1: none is wanted. */
static int keep_fd(bool wanted, int fd, __s32 *kept)
{
	*kept = wanted ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
	return wanted && *kept < 0 ? -1 : 0;
}

static int keep_fds(struct procfd_list *args,
		    const struct procfd_list_options *options)
{
	unsigned int flags = options->flags;

	args->pidns_fd = -1;
	if (keep_fd(flags & PROCFD_LIST_CHILDREN, options->parent_fd,
		    &args->parent_fd))
		return -1;
	return keep_fd(flags & PROCFD_LIST_PIDNS, options->pidns_fd,
		       &args->pidns_fd);
}

static struct procfd_list_iterator *
make_iterator(const struct procfd_list_options *options)
{
	size_t record_size = options->mask & ~SHORT_MASK ?
				     LONG_RECORD :
				     PROCFD_INFO_SIZE_SHORT;
	struct procfd_list_iterator *iterator =
		malloc(sizeof(*iterator) + BATCH * record_size);

	if (!iterator)
		return NULL;
	*iterator = (struct procfd_list_iterator){
		.args = {
			.flags = options->flags & ~PROCFD_LIST_PIDNS,
			.uid = options->flags & PROCFD_LIST_UID ?
				       options->uid : 0,
			.mask = options->mask,
			.records = (uintptr_t)iterator->records,
			.record_size = (uint32_t)record_size,
			.nr_records = BATCH,
		},
	};
	return iterator;
}

/* ---- the batches -------------------------------------------------------------- */

/* One call may give no record and yet not be the last. */
static int fetch(struct procfd_list_iterator *iterator)
{
	int count;

	while (iterator->at == iterator->count && !iterator->over) {
		count = device_ioctl(PROCFD_LIST, &iterator->args);
		if (count < 0)
			return -1;
		iterator->at = 0;
		iterator->count = (unsigned int)count;
		iterator->over = !iterator->args.cursor;
	}
	return 0;
}

/* ---- what is public ------------------------------------------------------------ */

PROCFD_PUBLIC struct procfd_list_iterator *
procfd_list_open(const struct procfd_list_options *options, size_t size)
{
	struct procfd_list_options known;
	struct procfd_list_iterator *iterator;

	if (copy_options(&known, options, size))
		return NULL;
	iterator = make_iterator(&known);
	if (!iterator)
		return NULL;
	/* the first batch, so that mistakes are told here */
	if (!keep_fds(&iterator->args, &known) && !fetch(iterator))
		return iterator;
	procfd_list_close(iterator);
	return NULL;
}

PROCFD_PUBLIC int procfd_list_next(struct procfd_list_iterator *iterator,
				   struct procfd_info_record *info, size_t size)
{
	size_t record_size;

	if (!iterator || !info || size < PROCFD_INFO_SIZE_VER0)
		return fail(EINVAL);
	if (fetch(iterator))
		return -1;
	if (iterator->at == iterator->count)
		return 0;
	record_size = iterator->args.record_size;
	memset(info, 0, size);
	memcpy(info, iterator->records + iterator->at++ * record_size,
	       record_size);
	return 1;
}

PROCFD_PUBLIC void procfd_list_close(struct procfd_list_iterator *iterator)
{
	if (!iterator)
		return;
	if (iterator->args.parent_fd >= 0)
		close_quietly(iterator->args.parent_fd);
	if (iterator->args.pidns_fd >= 0)
		close_quietly(iterator->args.pidns_fd);
	free(iterator);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* Relatives of a process. */
#include <fcntl.h>
#include <stdlib.h>

#include "internal.h"

PROCFD_PUBLIC int procfd_open_relative(int fd, int relation, int parent_fd,
				       unsigned int flags)
{
	struct procfd_open_relative args = {
		.relation = (uint32_t)relation,
		.flags = flags,
		.parent_fd = parent_fd,
	};
	int relative = ioctl(fd, PROCFD_OPEN_RELATIVE, &args);

	return relative < 0 && is_other_kind(fd) ? wrong_kind(fd) : relative;
}

/*
 * The walk has fds of its own on the parent and on the child it is at, so it
 * does not matter what the caller does with theirs. A child that was reaped
 * still has a number to go on from, given the parent.
 */
struct procfd_children_iterator {
	int parent;
	int at; /* -1: before the first */
	unsigned int flags;
	bool over;
};

PROCFD_PUBLIC struct procfd_children_iterator *
procfd_children_open(int fd, unsigned int flags)
{
	struct procfd_children_iterator *iterator;

	/* KILL_ON_CLOSE would kill when the walk lets go, not when the caller does */
	if (flags & ~PROCFD_NONBLOCK) {
		errno = EINVAL;
		return NULL;
	}
	iterator = malloc(sizeof(*iterator));
	if (!iterator)
		return NULL;
	*iterator = (struct procfd_children_iterator){
		.parent = fcntl(fd, F_DUPFD_CLOEXEC, 0),
		.at = -1,
		.flags = flags,
	};
	if (iterator->parent >= 0)
		return iterator;
	free(iterator);
	return NULL;
}

static int next_child(const struct procfd_children_iterator *iterator)
{
	if (iterator->at < 0)
		return procfd_open_relative(iterator->parent,
					    PROCFD_RELATIVE_FIRST_CHILD, -1,
					    iterator->flags);
	return procfd_open_relative(iterator->at, PROCFD_RELATIVE_NEXT_SIBLING,
				    iterator->parent, iterator->flags);
}

PROCFD_PUBLIC int
procfd_children_next(struct procfd_children_iterator *iterator)
{
	int child, copy;

	if (!iterator)
		return fail(EINVAL);
	if (iterator->over)
		return fail(ENOENT);
	child = next_child(iterator);
	if (child < 0) {
		iterator->over = errno == ENOENT;
		return -1;
	}
	copy = fcntl(child, F_DUPFD_CLOEXEC, 0);
	if (copy < 0) {
		close_quietly(child);
		return -1;
	}
	if (iterator->at >= 0)
		close_quietly(iterator->at);
	iterator->at = copy;
	return child;
}

PROCFD_PUBLIC void
procfd_children_close(struct procfd_children_iterator *iterator)
{
	if (!iterator)
		return;
	if (iterator->at >= 0)
		close_quietly(iterator->at);
	close_quietly(iterator->parent);
	free(iterator);
}

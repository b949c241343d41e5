// SPDX-License-Identifier: LGPL-2.1-or-later
/* Wait for many processes at once, and tell of each as it ends. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "ctl.h"

#define NSEC_PER_MSEC 1000000LL

int64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int poll_timeout(int64_t deadline_ns)
{
	int64_t left;

	if (deadline_ns < 0)
		return -1;
	left = (deadline_ns - monotonic_ns() + NSEC_PER_MSEC - 1) /
	       NSEC_PER_MSEC;
	if (left < 0)
		return 0;
	return left > INT32_MAX ? INT32_MAX : (int)left;
}

static int report(struct endings *endings, const struct target *target)
{
	struct procfd_exit_record record;

	if (procfd_read_exit(target->fd, &record, sizeof(record)))
		return fail_errno("%s %d ended, its exit record cannot be read",
				  target->thread ? "thread" : "process",
				  target->pid);
	/* of a kernel thread it is not known: -1 */
	if (!endings->first_bad && procfd_exit_code(&record) > 0)
		endings->first_bad = procfd_exit_code(&record);
	if (endings->json)
		print_json(stdout, target_json(target, "ended", &record));
	else
		report_text(stdout, target, &record);
	return STATUS_OK;
}

/* Report those that have ended; they leave the poll set (fd < 0 is skipped). */
static size_t report_ended(struct endings *endings, struct pollfd *pollfds,
			   int *status)
{
	size_t ended = 0;

	for (size_t i = 0; i < endings->targets->count; i++) {
		int result;

		if (pollfds[i].fd < 0 || !pollfds[i].revents)
			continue;
		result = report(endings, &endings->targets->list[i]);
		if (result)
			*status = result;
		pollfds[i].fd = -1;
		ended++;
		if (endings->any)
			break;
	}
	return ended;
}

static struct pollfd *make_pollfds(const struct targets *targets)
{
	struct pollfd *pollfds = calloc(targets->count, sizeof(*pollfds));

	for (size_t i = 0; pollfds && i < targets->count; i++) {
		pollfds[i].fd = targets->list[i].fd;
		pollfds[i].events = POLLIN;
	}
	return pollfds;
}

static int timed_out(const struct targets *targets, size_t left)
{
	const char *what = targets->threads ?
				   left == 1 ? "thread is" : "threads are" :
			   left == 1 ? "process is" :
				       "processes are";

	complain(
		"give it more time, or see what holds it with 'procfdctl info'",
		"time is over, and %zu %s running", left, what);
	return STATUS_TIMEOUT;
}

int await_endings(struct endings *endings)
{
	size_t left = endings->any && endings->targets->count ?
			      1 :
			      endings->targets->count;
	struct pollfd *pollfds = make_pollfds(endings->targets);
	int64_t deadline_ns = endings->timeout_ns < 0 ?
				      -1 :
				      monotonic_ns() + endings->timeout_ns;
	int status = STATUS_OK;

	if (!pollfds && left)
		return fail_errno("waiting for all %zu", left);
	while (left) {
		int ready = poll(pollfds, endings->targets->count,
				 poll_timeout(deadline_ns));

		if (ready < 0 && errno != EINTR) {
			status = fail_errno("waiting");
			break;
		}
		if (!ready && deadline_ns >= 0 &&
		    monotonic_ns() >= deadline_ns) {
			status = timed_out(endings->targets, left);
			break;
		}
		left -= ready > 0 ? report_ended(endings, pollfds, &status) : 0;
	}
	free(pollfds);
	return status;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* The numbers that a user named, of which some may be nobody's. */
#include <stdlib.h>
#include <unistd.h>

#include "process.h"

static int compare(const void *a_, const void *b_)
{
	const pid_t *a = a_, *b = b_;

	return (*a > *b) - (*a < *b);
}

static void remove_doubles(struct pids *pids)
{
	size_t kept = 0;

	for (size_t i = 0; i < pids->count; i++)
		if (!kept || pids->list[kept - 1] != pids->list[i])
			pids->list[kept++] = pids->list[i];
	pids->count = kept;
}

void pids_parse(struct pids *pids, char **words)
{
	size_t count = 0;

	while (words[count])
		count++;
	pids->list = calloc(count + 1, sizeof(*pids->list));
	if (!pids->list) {
		complain("free some memory", "out of memory");
		exit(status_of(STATUS_FAILED));
	}
	for (size_t i = 0; i < count; i++)
		pids->list[i] = parse_pid(words[i]);
	pids->count = count;
	qsort(pids->list, count, sizeof(*pids->list), compare);
	remove_doubles(pids);
}

void pids_free(struct pids *pids)
{
	free(pids->list);
	*pids = (struct pids){ 0 };
}

bool pids_have(const struct pids *pids, pid_t pid)
{
	return bsearch(&pid, pids->list, pids->count, sizeof(pid), compare);
}

static int compare_process(const void *pid, const void *process)
{
	return compare(pid, &((const struct process *)process)->info.pid);
}

/* One that is there is not listed because another filter does not hold. */
static int complain_unless_there(pid_t pid, bool threads)
{
	int fd = procfd_open(pid, threads ? PROCFD_THREAD : 0);

	if (fd < 0)
		return fail_open(pid, threads);
	close(fd);
	return STATUS_OK;
}

int pids_complain(const struct pids *pids, const struct processes *processes,
		  bool threads)
{
	int status = STATUS_OK;

	for (size_t i = 0; i < pids->count; i++)
		if (!bsearch(&pids->list[i], processes->list, processes->count,
			     sizeof(*processes->list), compare_process))
			status =
				complain_unless_there(pids->list[i], threads) ?:
					status;
	return status;
}

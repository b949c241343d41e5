// SPDX-License-Identifier: GPL-2.0-only
/* bench [ROW...]: the rows that are named, or all but those only by name */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"

static const struct {
	const char *name;
	void (*run)(void);
	bool only_by_name;
} rows[] = {
	{ "open", row_open, false }, /* and close, and a signal */
	{ "get_info", row_get_info, false }, /* stat and status */
	{ "list", row_list, false }, /* all processes */
	{ "clone", row_clone, false }, /* a child, and how it ended */
	{ "spawn", row_spawn, false }, /* by the library */
	{ "wake", row_wake, false }, /* from the end to who waits */
	{ "others", row_others, false }, /* who do not use it */
	{ "growth", row_growth, false }, /* with very many fds */
	{ "memory", row_memory, false }, /* of the kernel, for an fd */
	{ "list_short", row_list_short, true }, /* 1,000 of them */
	{ "groups", row_groups, true }, /* where get_info and list spend */
};

#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

static bool is_wanted(unsigned int nr, char **names)
{
	if (!*names)
		return !rows[nr].only_by_name;
	for (; *names; names++)
		if (!strcmp(*names, rows[nr].name))
			return true;
	return false;
}

static bool is_known(const char *name)
{
	for (unsigned int i = 0; i < NR_ROWS; i++)
		if (!strcmp(name, rows[i].name))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!is_known(argv[i]))
			fail("no row is called %s", argv[i]);
	for (unsigned int i = 0; i < NR_ROWS; i++) {
		if (!is_wanted(i, argv + 1))
			continue;
		rows[i].run();
		processes_end();
	}
	printf("end\n");
	return 0;
}

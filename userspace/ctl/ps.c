// SPDX-License-Identifier: LGPL-2.1-or-later
/* procfdctl ps: processes in rows and columns, listed in few calls. */
#include <json-c/json.h>

#include "columns.h"

#include <string.h>

static const struct option options[] = {
	{ "columns", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ "name", required_argument, NULL, 'n' },
	{ "no-header", no_argument, NULL, 'H' },
	{ "no-kernel", no_argument, NULL, 'k' },
	{ "parent", required_argument, NULL, 'P' },
	{ "pidns", required_argument, NULL, 'N' },
	{ "sort", required_argument, NULL, 's' },
	{ "threads", no_argument, NULL, 'T' },
	{ "user", required_argument, NULL, 'u' },
	{ "wide", no_argument, NULL, 'w' },
	{ 0 },
};

struct ps {
	struct selection selection;
	struct columns columns;
	struct table table;
	const char *sort;
	bool json;
	bool list_columns;
};

static void parse_columns(struct ps *ps, const char *words)
{
	if (!strcmp(words, "help"))
		ps->list_columns = true;
	else
		columns_parse(&ps->columns, words);
}

static void set_option(struct ps *ps, int option)
{
	switch (option) {
	case 'H': ps->table.no_header = true; break;
	case 'j': ps->json = true; break;
	case 'k': ps->selection.no_kernel = true; break;
	case 'n': ps->selection.pattern = optarg; break;
	case 'N': ps->selection.pidns = optarg; break;
	case 'o': parse_columns(ps, optarg); break;
	case 'P': ps->selection.parent = parse_pid(optarg); break;
	case 's': ps->sort = optarg; break;
	case 'T': ps->selection.flags |= PROCFD_LIST_THREADS; break;
	case 'u':
		ps->selection.flags |= PROCFD_LIST_UID;
		ps->selection.uid = parse_user(optarg);
		break;
	case 'w': ps->table.wide = true; break;
	}
}

static void parse(int argc, char **argv, struct ps *ps)
{
	int option;

	columns_parse(&ps->columns,
		      "pid,ppid,user,stat,threads,rss,time,age,comm");
	while ((option = next_option(argc, argv, ":hHjkn:N:o:P:s:Tu:w",
				     options)) >= 0)
		set_option(ps, option);
	pids_parse(&ps->selection.pids, argv + optind);
	if (ps->sort)
		sort_groups(ps->sort);
}

static void print(const struct ps *ps, const struct processes *processes)
{
	if (!ps->json) {
		table_print(&ps->table, processes, NULL, processes->count);
		return;
	}
	for (size_t i = 0; i < processes->count; i++)
		print_json(stdout,
			   columns_json(&ps->columns, &processes->list[i]));
}

static int run_ps(int argc, char **argv)
{
	struct processes processes;
	struct ps ps = { 0 };
	uint64_t groups;
	int status;

	parse(argc, argv, &ps);
	if (ps.list_columns) {
		columns_help();
		return STATUS_OK;
	}
	ps.table.columns = &ps.columns;
	groups = columns_groups(&ps.columns);
	if (ps.sort)
		groups |= sort_groups(ps.sort);
	status = processes_list(&processes, &ps.selection, groups);
	if (!status) {
		status =
			pids_complain(&ps.selection.pids, &processes,
				      ps.selection.flags & PROCFD_LIST_THREADS);
		if (columns_have(&ps.columns, "args"))
			processes_read_args(&processes);
		if (ps.sort)
			processes_sort(&processes, ps.sort);
		print(&ps, &processes);
	}
	processes_free(&processes);
	pids_free(&ps.selection.pids);
	return status;
}

const struct command command_ps = {
	.name = "ps",
	.summary = "List processes",
	.arguments = "[OPTIONS] [PID...]",
	.help = "All processes, or those with these numbers.\n"
		"\n"
		"  -o, --columns LIST     such as pid,user,rss,args; +LIST adds to the usual ones;\n"
		"                         'help' lists them all\n"
		"  -s, --sort COLUMN      the smallest first; -COLUMN: the largest first\n"
		"  -u, --user USER        those of this effective user, a name or a number\n"
		"  -P, --parent PID       children of this process\n"
		"  -n, --name PATTERN     whose name matches, as file names do in a shell\n"
		"  -N, --pidns PID|FILE   those in the pid namespace of a process, or in the one\n"
		"                         of a file such as /proc/1234/ns/pid\n"
		"  -k, --no-kernel        no threads of the kernel\n"
		"  -T, --threads          every thread\n"
		"  -w, --wide             do not cut lines at the edge of the terminal\n"
		"      --no-header        rows only\n"
		"  -j, --json             one JSON object a line: bytes, nanoseconds\n"
		"\n"
		"All filters that are given must hold, also for each PID; with --threads a PID\n"
		"may be the number of a thread. '-' is what cannot be known, such as the memory\n"
		"of a zombie; in JSON it is left out.\n"
		"\n"
		"Exit status: 0 shown, also if the filters leave none; 1 failed, or a PID is\n"
		"not there, and the others were shown; 2 wrong arguments, 3 no module.\n",
	.run = run_ps,
};

// SPDX-License-Identifier: LGPL-2.1-or-later
/* procfdctl tree: who is whose child. */
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "columns.h"

static const struct option options[] = {
	{ "args", no_argument, NULL, 'a' },
	{ "columns", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ "no-header", no_argument, NULL, 'H' },
	{ "no-kernel", no_argument, NULL, 'k' },
	{ "wide", no_argument, NULL, 'w' },
	{ 0 },
};

/* ---- the tree: indexes into the list of processes, which is in order of pid --- */

#define NOBODY SIZE_MAX

struct node {
	size_t parent, first_child, next;
};

struct tree {
	const struct processes *processes;
	struct node *nodes;
	/* those that are shown, parents before children */
	size_t *order;
	size_t rows;
};

static size_t find_pid(const struct processes *processes, pid_t pid)
{
	size_t low = 0, high = processes->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (processes->list[middle].info.pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < processes->count && processes->list[low].info.pid == pid ?
		       low :
		       NOBODY;
}

/*
 * The records are not all of one moment, and a number may have gone to another
 * process in between. A parent is older than its children; with that there is no
 * way round in a circle either.
 */
static size_t find_parent(const struct processes *processes, size_t child)
{
	const struct procfd_info_record *info = &processes->list[child].info;
	size_t parent = find_pid(processes, info->ppid);

	if (parent == NOBODY || parent == child ||
	    processes->list[parent].info.start_ns > info->start_ns)
		return NOBODY;
	return parent;
}

static void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count + 1, size);

	if (!memory) {
		complain("free some memory", "out of memory");
		exit(status_of(STATUS_FAILED));
	}
	return memory;
}

/* From the last to the first, so that lists of children are in order. */
static void tree_make(struct tree *tree, const struct processes *processes)
{
	*tree = (struct tree){
		.processes = processes,
		.nodes = allocate(processes->count, sizeof(*tree->nodes)),
		.order = allocate(processes->count, sizeof(*tree->order)),
	};
	for (size_t i = 0; i < processes->count; i++)
		tree->nodes[i].first_child = NOBODY;
	for (size_t i = processes->count; i-- > 0;) {
		struct node *node = &tree->nodes[i];

		node->parent = find_parent(processes, i);
		node->next = NOBODY;
		if (node->parent == NOBODY)
			continue;
		node->next = tree->nodes[node->parent].first_child;
		tree->nodes[node->parent].first_child = i;
	}
}

static void tree_free(struct tree *tree)
{
	free(tree->nodes);
	free(tree->order);
}

/* The next one in the walk below @root; no recursion, a tree can be deep. */
static size_t walk(const struct tree *tree, size_t root, size_t at)
{
	if (tree->nodes[at].first_child != NOBODY)
		return tree->nodes[at].first_child;
	while (at != root && tree->nodes[at].next == NOBODY)
		at = tree->nodes[at].parent;
	return at == root ? NOBODY : tree->nodes[at].next;
}

static void add_branch(struct tree *tree, size_t root)
{
	struct process *list = tree->processes->list;

	for (size_t at = root; at != NOBODY; at = walk(tree, root, at)) {
		if (at != root) {
			list[at].depth = list[tree->nodes[at].parent].depth + 1;
			list[at].last = tree->nodes[at].next == NOBODY;
		}
		tree->order[tree->rows++] = at;
	}
}

/* ---- what is shown -------------------------------------------------------------- */

struct tree_options {
	struct columns columns;
	struct table table;
	bool args;
	bool json;
	bool list_columns;
	bool no_kernel;
};

/* Each child in the list of its parent; a line for each root. */
static void print_tree_json(const struct tree *tree,
			    const struct columns *columns)
{
	struct json_object **objects =
		allocate(tree->processes->count, sizeof(*objects));

	for (size_t i = 0; i < tree->rows; i++) {
		size_t at = tree->order[i];

		objects[at] = columns_json(columns, &tree->processes->list[at]);
		json_object_object_add(objects[at], "children",
				       json_object_new_array());
		if (tree->processes->list[at].depth)
			json_object_array_add(
				json_object_object_get(
					objects[tree->nodes[at].parent],
					"children"),
				objects[at]);
	}
	for (size_t i = 0; i < tree->rows; i++)
		if (!tree->processes->list[tree->order[i]].depth)
			print_json(stdout, objects[tree->order[i]]);
	free(objects);
}

/* The place of each PID, NOBODY for one that is not there. */
static size_t *find_roots(const struct tree *tree, char **argv, size_t count,
			  int *status)
{
	size_t *roots = allocate(count, sizeof(*roots));

	for (size_t i = 0; i < count; i++) {
		roots[i] = find_pid(tree->processes, parse_pid(argv[i]));
		if (roots[i] != NOBODY)
			continue;
		complain("look its number up again with 'procfdctl ps'",
			 "process %s: it is not there", argv[i]);
		*status = STATUS_FAILED;
	}
	return roots;
}

/* Is it shown anyway, as part of another root's tree, or of the same before? */
static bool is_shown(const struct tree *tree, const size_t *roots, size_t which,
		     size_t count)
{
	for (size_t at = roots[which]; at != NOBODY;
	     at = tree->nodes[at].parent)
		for (size_t i = 0; i < count; i++)
			if (roots[i] == at && (at != roots[which] || i < which))
				return true;
	return false;
}

static int add_roots(struct tree *tree, char **argv)
{
	int status = STATUS_OK;
	size_t count = 0, *roots;

	if (!*argv) {
		for (size_t i = 0; i < tree->processes->count; i++)
			if (tree->nodes[i].parent == NOBODY)
				add_branch(tree, i);
		return STATUS_OK;
	}
	while (argv[count])
		count++;
	roots = find_roots(tree, argv, count, &status);
	for (size_t i = 0; i < count; i++)
		if (roots[i] != NOBODY && !is_shown(tree, roots, i, count))
			add_branch(tree, roots[i]);
	free(roots);
	return status;
}

static int print(struct tree_options *tree_options,
		 const struct processes *processes, char **argv)
{
	struct tree tree;
	int status;

	tree_make(&tree, processes);
	status = add_roots(&tree, argv);
	if (tree_options->json)
		print_tree_json(&tree, &tree_options->columns);
	else if (tree.rows)
		table_print(&tree_options->table, processes, tree.order,
			    tree.rows);
	tree_free(&tree);
	return status;
}

/* ---- the command ---------------------------------------------------------------- */

static void set_option(struct tree_options *tree, int option)
{
	switch (option) {
	case 'a': tree->args = true; break;
	case 'H': tree->table.no_header = true; break;
	case 'j': tree->json = true; break;
	case 'k': tree->no_kernel = true; break;
	case 'o':
		if (!strcmp(optarg, "help"))
			tree->list_columns = true;
		else
			columns_parse(&tree->columns, optarg);
		break;
	case 'w': tree->table.wide = true; break;
	}
}

static void parse(int argc, char **argv, struct tree_options *tree)
{
	int option;

	columns_parse(&tree->columns, "pid,user");
	while ((option = next_option(argc, argv, ":ahHjko:w", options)) >= 0)
		set_option(tree, option);
	for (char **word = argv + optind; *word; word++)
		parse_pid(*word);
	if (columns_have(&tree->columns, "comm") ||
	    columns_have(&tree->columns, "args"))
		fail_usage("the names are in the tree, -o is for what else");
	columns_add(&tree->columns, tree->args ? "args" : "comm");
}

static int run_tree(int argc, char **argv)
{
	struct tree_options tree = { .table.branches = true };
	struct processes processes;
	int status;

	parse(argc, argv, &tree);
	if (tree.list_columns) {
		columns_help();
		return STATUS_OK;
	}
	tree.table.columns = &tree.columns;
	status = processes_list(
		&processes, &(struct selection){ .no_kernel = tree.no_kernel },
		columns_groups(&tree.columns) | PROCFD_INFO_START);
	if (!status) {
		if (tree.args)
			processes_read_args(&processes);
		status = print(&tree, &processes, argv + optind);
	}
	processes_free(&processes);
	return status;
}

const struct command command_tree = {
	.name = "tree",
	.summary = "Show who is whose child",
	.arguments = "[OPTIONS] [PID...]",
	.help = "All processes, or those below each PID.\n"
		"\n"
		"  -a, --args           command lines in place of names\n"
		"  -o, --columns LIST   what stands beside the tree: pid,user or as in ps;\n"
		"                       +LIST adds to these, 'help' lists them all\n"
		"  -k, --no-kernel      no threads of the kernel\n"
		"  -w, --wide           do not cut lines at the edge of the terminal\n"
		"      --no-header      rows only\n"
		"  -j, --json           one JSON object a root, each with a list of children\n"
		"\n"
		"Exit status: 0 shown, 1 one is not there, 2 wrong arguments, 3 no module.\n",
	.run = run_tree,
};

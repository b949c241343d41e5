// SPDX-License-Identifier: LGPL-2.1-or-later
/* Columns as a user names them: chosen, sorted by, and as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "columns.h"

/* ---- names ---------------------------------------------------------------------- */

static bool has_name(const struct column *column, const char *name,
		     size_t length)
{
	const char *at = column->names;

	for (; *at; at += strcspn(at, " "), at += *at == ' ')
		if (strcspn(at, " ") == length && !strncmp(at, name, length))
			return true;
	return false;
}

static const struct column *find(const char *name, size_t length)
{
	for (size_t i = 0; i < column_count; i++)
		if (has_name(&column_table[i], name, length))
			return &column_table[i];
	fail_usage("no column '%.*s', '-o help' lists them", (int)length, name);
}

static void add(struct columns *columns, const struct column *column)
{
	if (columns->count == COLUMNS_MAX)
		fail_usage("too many columns");
	columns->list[columns->count++] = column;
}

void columns_add(struct columns *columns, const char *name)
{
	add(columns, find(name, strlen(name)));
}

static void add_list(struct columns *columns, const char *words)
{
	for (;;) {
		size_t length = strcspn(words, ", ");

		add(columns, find(words, length));
		if (!words[length])
			return;
		words += length + 1;
	}
}

/* What is added stands before a name at the end, or is the name in its place. */
static void add_before_name(struct columns *columns, const char *words)
{
	const struct column *name = NULL;

	if (columns->count && columns->list[columns->count - 1]->name)
		name = columns->list[--columns->count];
	add_list(columns, words);
	if (name && !columns->list[columns->count - 1]->name)
		add(columns, name);
}

void columns_parse(struct columns *columns, const char *words)
{
	if (*words == '+') {
		add_before_name(columns, words + 1);
		return;
	}
	columns->count = 0;
	add_list(columns, words);
}

bool columns_have(const struct columns *columns, const char *name)
{
	for (size_t i = 0; i < columns->count; i++)
		if (has_name(columns->list[i], name, strlen(name)))
			return true;
	return false;
}

uint64_t columns_groups(const struct columns *columns)
{
	uint64_t groups = 0;

	for (size_t i = 0; i < columns->count; i++)
		groups |= columns->list[i]->groups | columns->list[i]->optional;
	return groups;
}

void columns_help(void)
{
	for (size_t i = 0; i < column_count; i++)
		printf("  %-22s %s\n", column_table[i].names,
		       column_table[i].words);
}

/* ---- JSON ------------------------------------------------------------------------- */

static struct json_object *cell_json(const struct column *column,
				     const struct process *process)
{
	char text[TEXT_MAX];

	if (column->left)
		return json_object_new_string(
			column_text(column, process, text));
	if (column->tenths)
		return json_object_new_double_s(
			(double)column_value(column, process) / 10,
			column_text(column, process, text));
	if (column->is_unsigned)
		return json_object_new_uint64(
			(uint64_t)column_value(column, process));
	return json_object_new_int64(column_value(column, process));
}

struct json_object *columns_json(const struct columns *columns,
				 const struct process *process)
{
	struct json_object *object = json_object_new_object();
	char name[TEXT_MAX];

	for (size_t i = 0; i < columns->count; i++) {
		const struct column *column = columns->list[i];

		if (!column_is_known(column, process))
			continue;
		snprintf(name, sizeof(name), "%.*s",
			 (int)strcspn(column->names, " "), column->names);
		json_object_object_add(object,
				       column->json ? column->json : name,
				       cell_json(column, process));
	}
	return object;
}

/* ---- sort ------------------------------------------------------------------------- */

static const struct column *sort_column;
static bool sort_downwards;

static void parse_key(const char *key)
{
	sort_downwards = *key == '-';
	if (*key == '-' || *key == '+')
		key++;
	sort_column = find(key, strlen(key));
}

uint64_t sort_groups(const char *key)
{
	parse_key(key);
	return sort_column->groups | sort_column->optional;
}

static int compare_cells(const struct process *a, const struct process *b)
{
	char a_text[TEXT_MAX], b_text[TEXT_MAX];
	int64_t a_value, b_value;

	if (sort_column->left)
		return strcmp(column_text(sort_column, a, a_text),
			      column_text(sort_column, b, b_text));
	a_value = column_value(sort_column, a);
	b_value = column_value(sort_column, b);
	return (a_value > b_value) - (a_value < b_value);
}

/* What is not known comes last, equal ones in the order of their numbers. */
static int compare(const void *a_, const void *b_)
{
	const struct process *a = a_, *b = b_;
	bool a_known = column_is_known(sort_column, a);
	bool b_known = column_is_known(sort_column, b);
	int order = 0;

	if (a_known != b_known)
		return a_known ? -1 : 1;
	if (a_known)
		order = compare_cells(a, b);
	if (order)
		return sort_downwards ? -order : order;
	return (a->info.pid > b->info.pid) - (a->info.pid < b->info.pid);
}

void processes_sort(struct processes *processes, const char *key)
{
	parse_key(key);
	qsort(processes->list, processes->count, sizeof(*processes->list),
	      compare);
}

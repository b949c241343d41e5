/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Columns, and tables made of them. */
#ifndef PROCFDCTL_COLUMNS_H
#define PROCFDCTL_COLUMNS_H

#include "process.h"

typedef const char *to_text(const struct process *process, int64_t value,
			    char *text);

struct column {
	/* for -o, the first one for JSON too; those behind it are ps's */
	const char *names;
	const char *header;
	const char *json; /* NULL: the name */
	const char *words;
	uint64_t groups; /* without one of them there is nothing to show */
	uint64_t optional;
	/* a number is a member, or is computed; text is neither */
	size_t offset, size;
	int64_t (*value)(const struct process *process);
	to_text *text; /* NULL: a decimal number */
	bool left; /* it is text */
	bool name; /* of the process: the place for branches of a tree */
	bool tenths; /* the number counts tenths */
	bool is_unsigned; /* the number has all 64 bits */
};

/* ---- columns.c ---------------------------------------------------------------- */

extern const struct column column_table[];
extern const size_t column_count;

/* Is there anything to show? */
bool column_is_known(const struct column *column,
		     const struct process *process);

int64_t column_value(const struct column *column,
		     const struct process *process);

/* What stands in the cell; it is in @text[TEXT_MAX], or lives with @process. */
const char *column_text(const struct column *column,
			const struct process *process, char *text);
enum colour column_colour(const struct column *column,
			  const struct process *process);

/* ---- column_list.c ------------------------------------------------------------ */

#define COLUMNS_MAX 64

struct columns {
	const struct column *list[COLUMNS_MAX];
	size_t count;
};

/* "pid,rss" sets them, "+rss" adds; ends with a usage error at a wrong name. */
void columns_parse(struct columns *columns, const char *words);
void columns_add(struct columns *columns, const char *name);
bool columns_have(const struct columns *columns, const char *name);
uint64_t columns_groups(const struct columns *columns);

/* One line for each column there is. */
void columns_help(void);

/* The cells as a JSON object. */
struct json_object *columns_json(const struct columns *columns,
				 const struct process *process);

/* "COLUMN" or "-COLUMN"; ends with a usage error. What it needs to be listed: */
uint64_t sort_groups(const char *key);
void processes_sort(struct processes *processes, const char *key);

/* ---- table.c -------------------------------------------------------------------- */

struct table {
	const struct columns *columns;
	bool no_header;
	bool wide; /* lines are not cut at the edge of a terminal */
	bool branches; /* the tree stands in front of names */
};

/* Rows in the order of @order, or of the list if that is NULL. */
void table_print(const struct table *table, const struct processes *processes,
		 const size_t *order, size_t rows);

#endif

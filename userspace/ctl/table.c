// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rows and columns, as wide as what stands in them. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "columns.h"

/* what is drawn in front of a name, for each level above it and for its own */
struct glyphs {
	const char *through, *none, *child, *last_child;
};

static const struct glyphs ascii = { "|  ", "   ", "|- ", "`- " };
static const struct glyphs unicode = { "│  ", "   ", "├─ ", "└─ " };

/*
 * What the terminal can show is told by the name of the locale, also on a system
 * that has no data for it, as small ones do.
 */
static bool is_utf8(void)
{
	static const char *const variables[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < 3; i++) {
		const char *locale = getenv(variables[i]);

		if (locale && *locale)
			return strcasestr(locale, "UTF-8") ||
			       strcasestr(locale, "UTF8");
	}
	return false;
}

static const struct glyphs *glyphs(void)
{
	static const struct glyphs *chosen;

	if (!chosen)
		chosen = is_utf8() ? &unicode : &ascii;
	return chosen;
}

#define GLYPH_WIDTH 3

/* ---- a line, cut at the edge ---------------------------------------------------- */

struct line {
	unsigned int left; /* columns of the terminal that are free */
	bool *through; /* at this level there is a branch to somebody below */
	unsigned int levels;
};

static unsigned int line_width(const struct table *table)
{
	struct winsize size;

	if (table->wide || !isatty(STDOUT_FILENO) ||
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return UINT32_MAX;
	return size.ws_col;
}

/* All text is ASCII, but for the glyphs. */
static void put(struct line *line, const char *text)
{
	size_t length = strlen(text);

	if (length > line->left)
		length = line->left;
	fwrite(text, 1, length, stdout);
	line->left -= (unsigned int)length;
}

static void put_glyph(struct line *line, const char *glyph)
{
	if (line->left < GLYPH_WIDTH) {
		line->left = 0;
		return;
	}
	fputs(glyph, stdout);
	line->left -= GLYPH_WIDTH;
}

static void pad(struct line *line, size_t count)
{
	while (count-- && line->left) {
		putchar(' ');
		line->left--;
	}
}

/* Rows come in the order of the tree, so the levels above are those of before. */
static void put_branches(struct line *line, const struct process *process)
{
	unsigned int depth = process->depth;

	if (depth >= line->levels) {
		line->levels = 2 * depth + 64;
		line->through =
			reallocarray(line->through, line->levels, sizeof(bool));
		if (!line->through) {
			complain("free some memory", "out of memory");
			exit(status_of(STATUS_FAILED));
		}
	}
	for (unsigned int level = 1; level < depth && line->left; level++)
		put_glyph(line, line->through[level] ? glyphs()->through :
						       glyphs()->none);
	if (depth)
		put_glyph(line, process->last ? glyphs()->last_child :
						glyphs()->child);
	line->through[depth] = !process->last;
}

/* ---- the table -------------------------------------------------------------------- */

static void measure(const struct table *table,
		    const struct processes *processes, const size_t *order,
		    size_t rows, size_t *widths)
{
	const struct columns *columns = table->columns;
	char text[TEXT_MAX];

	for (size_t c = 0; c < columns->count; c++) {
		const struct column *column = columns->list[c];

		widths[c] = table->no_header ? 1 : strlen(column->header);
		for (size_t i = 0; i < rows; i++) {
			const struct process *process =
				&processes->list[order ? order[i] : i];
			size_t width =
				strlen(column_text(column, process, text));

			if (width > widths[c])
				widths[c] = width;
		}
	}
}

static void put_cell(struct line *line, const struct column *column,
		     const char *text, size_t width, enum colour shade)
{
	size_t length = strlen(text);
	size_t padding = length < width ? width - length : 0;

	if (!column->left)
		pad(line, padding);
	if (shade != PLAIN)
		fputs(colour(stdout, shade), stdout);
	put(line, text);
	if (shade != PLAIN)
		fputs(colour(stdout, PLAIN), stdout);
	if (column->left)
		pad(line, padding);
}

/* @process NULL: the header */
static void put_row(const struct table *table, struct line *line,
		    const struct process *process, const size_t *widths)
{
	const struct columns *columns = table->columns;
	char text[TEXT_MAX];

	line->left = line_width(table);
	for (size_t c = 0; c < columns->count; c++) {
		const struct column *column = columns->list[c];
		bool last = c + 1 == columns->count;

		if (process && table->branches && column->name)
			put_branches(line, process);
		put_cell(line, column,
			 process ? column_text(column, process, text) :
				   column->header,
			 last && column->left ? 0 : widths[c],
			 process ? column_colour(column, process) : BOLD);
		/* as ps shows a zombie */
		if (process && column->name && last &&
		    process->info.state == 'Z')
			put(line, " <defunct>");
		if (!last)
			put(line, "  ");
	}
	putchar('\n');
}

void table_print(const struct table *table, const struct processes *processes,
		 const size_t *order, size_t rows)
{
	struct line line = { 0 };
	size_t widths[COLUMNS_MAX];

	measure(table, processes, order, rows, widths);
	if (!table->no_header)
		put_row(table, &line, NULL, widths);
	for (size_t i = 0; i < rows; i++)
		put_row(table, &line, &processes->list[order ? order[i] : i],
			widths);
	free(line.through);
}

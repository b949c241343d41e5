// SPDX-License-Identifier: GPL-2.0-only
/* Lines for the host: fields with tabs between, "-" for what is not there */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

static void print_goal(double goal)
{
	if (goal > 0)
		printf("\t%.6g", goal);
	else
		printf("\t-");
}

void report(const char *row, double procfd, double other, double goal)
{
	printf("row\t%s\t%.1f\t%.1f", row, procfd, other);
	print_goal(goal);
	printf("\t-\n");
	fflush(stdout);
}

void report_noted(const char *row, double procfd, double other, double goal,
		  const char *format, ...)
{
	va_list args;

	printf("row\t%s\t%.1f\t%.1f", row, procfd, other);
	print_goal(goal);
	putchar('\t');
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

void report_none(const char *row, double procfd, double goal, const char *why)
{
	printf("row\t%s\t%.1f\t-", row, procfd);
	print_goal(goal);
	printf("\t%s\n", why);
	fflush(stdout);
}

void report_figure(const char *name, double value)
{
	printf("figure\t%s\t%.1f\n", name, value);
	fflush(stdout);
}

void profile_next(const char *row, const char *way, unsigned int loops)
{
	const char *wanted = getenv("PROFILE");

	if (!wanted || !*wanted)
		return;
	printf("profile\t%s\t%s\t%u\n", row, way, loops);
	fflush(stdout);
	mark(MARK_NEXT);
}

void profile_stop(void)
{
	mark(MARK_STOP);
}

void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("failed\t");
	vprintf(format, args);
	printf(" (%m)\n");
	va_end(args);
	fflush(stdout);
	_Exit(1);
}

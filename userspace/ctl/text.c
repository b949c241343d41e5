// SPDX-License-Identifier: LGPL-2.1-or-later
/* Times, sizes, signals and colours as people read them. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

const char *duration_text(uint64_t ns, char *text)
{
	uint64_t seconds = ns / 1000000000;

	if (seconds < 60)
		snprintf(text, TEXT_MAX, "%.2f s", (double)ns / 1e9);
	else if (seconds < 3600)
		snprintf(text, TEXT_MAX, "%d min %d s", (int)(seconds / 60),
			 (int)(seconds % 60));
	else
		snprintf(text, TEXT_MAX, "%llu h %d min",
			 (unsigned long long)(seconds / 3600),
			 (int)(seconds / 60 % 60));
	return text;
}

const char *size_text(uint64_t bytes, char *text)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	double size = (double)bytes / 1024;
	size_t unit = 0;

	for (; size >= 1024 && unit < 3; unit++)
		size /= 1024;
	snprintf(text, TEXT_MAX, "%.*f %s", size < 10 && unit, size,
		 units[unit]);
	return text;
}

const char *size_cell(uint64_t bytes, char *text)
{
	double size = (double)bytes / 1024;
	const char *unit = "KMGTPE";

	for (; size >= 999.5 && unit[1]; unit++)
		size /= 1024;
	snprintf(text, TEXT_MAX, "%.*f%c", size < 9.95 && *unit != 'K', size,
		 *unit);
	return text;
}

const char *age_cell(uint64_t ns, char *text)
{
	unsigned long long seconds = ns / 1000000000;

	if (seconds < 3600)
		snprintf(text, TEXT_MAX, "%llu:%02llu", seconds / 60,
			 seconds % 60);
	else if (seconds < 100 * 3600)
		snprintf(text, TEXT_MAX, "%llu:%02llu:%02llu", seconds / 3600,
			 seconds / 60 % 60, seconds % 60);
	else
		snprintf(text, TEXT_MAX, "%llud%02lluh", seconds / 86400,
			 seconds / 3600 % 24);
	return text;
}

const char *duration_cell(uint64_t ns, char *text)
{
	size_t length;

	age_cell(ns, text);
	length = strlen(text);
	if (ns / 1000000000 < 3600)
		snprintf(text + length, TEXT_MAX - length, ".%02u",
			 (unsigned int)(ns / 10000000 % 100));
	return text;
}

static const char *abbreviation(int sig)
{
#ifdef __GLIBC__
#if __GLIBC_PREREQ(2, 32)
	return sigabbrev_np(sig);
#endif
#endif
	(void)sig;
	return NULL;
}

const char *signal_text(int sig, char *text)
{
	const char *name = abbreviation(sig);

	if (name)
		snprintf(text, TEXT_MAX, "SIG%s", name);
	else if (sig >= SIGRTMIN && sig <= SIGRTMAX)
		snprintf(text, TEXT_MAX, "SIGRTMIN+%d", sig - SIGRTMIN);
	else
		snprintf(text, TEXT_MAX, "signal %d", sig);
	return text;
}

static bool wants_colour(FILE *to)
{
	const char *term = getenv("TERM");

	return isatty(fileno(to)) && !getenv("NO_COLOR") && term &&
	       strcmp(term, "dumb") != 0;
}

const char *colour(FILE *to, enum colour colour)
{
	static const char *const sequences[] = {
		[PLAIN] = "\033[0m",  [BOLD] = "\033[1m",    [RED] = "\033[31m",
		[GREEN] = "\033[32m", [YELLOW] = "\033[33m",
	};

	return wants_colour(to) ? sequences[colour] : "";
}

void make_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

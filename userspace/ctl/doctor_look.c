// SPDX-License-Identifier: LGPL-2.1-or-later
/* What doctor looks at: lines of files, modules, kernels. */
#include <glob.h>
#include <regex.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor_found.h"

bool first_line(const char *path, char *text)
{
	FILE *file = fopen(path, "re");
	bool read = file && fgets(text, WORDS_MAX, file);

	if (file)
		fclose(file);
	if (!read)
		*text = '\0';
	text[strcspn(text, "\n")] = '\0';
	return read;
}

bool exists(const char *format, ...)
{
	char path[WORDS_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	return !access(path, F_OK);
}

static bool file_matches(FILE *file, const regex_t *regex, char *text)
{
	bool matches = false;

	while (!matches && fgets(text, WORDS_MAX, file)) {
		text[strcspn(text, "\n")] = '\0';
		matches = !regexec(regex, text, 0, NULL, 0);
	}
	return matches;
}

bool line_matches(const char *path, const char *pattern, char *text)
{
	char line[WORDS_MAX] = "";
	FILE *file = fopen(path, "re");
	bool matches = false;
	regex_t regex;

	if (file && !regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB)) {
		matches = file_matches(file, &regex, text ? text : line);
		regfree(&regex);
	}
	if (file)
		fclose(file);
	return matches;
}

/* As dkms, modules_install and a distribution put it; any compression. */
bool installed_module(const char *release, char *text)
{
	char pattern[WORDS_MAX];
	glob_t found;

	snprintf(pattern, sizeof(pattern),
		 "/lib/modules/%s/{,*/,*/*/,*/*/*/}" MODULE
		 ".ko{,.xz,.gz,.zst}",
		 release);
	*text = '\0';
	/* an alternative without a wildcard is given back unchanged */
	if (!glob(pattern, GLOB_BRACE, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc && !*text; i++)
			if (exists("%s", found.gl_pathv[i]))
				snprintf(text, WORDS_MAX, "%s",
					 found.gl_pathv[i]);
		globfree(&found);
	}
	return *text;
}

/* Kept until the end: few words, asked for once or twice. */
char **other_kernels(const char *release)
{
	static glob_t found;
	size_t kept = 0;

	if (found.gl_pathv)
		return found.gl_pathv;
	/* what the directory of a removed kernel does not have any more */
	if (glob("/lib/modules/*/modules.builtin", 0, NULL, &found))
		found.gl_pathv = calloc(1, sizeof(char *));
	for (char **path = found.gl_pathv; path && *path; path++) {
		char *name = *path + strlen("/lib/modules/");

		name[strcspn(name, "/")] = '\0';
		if (strcmp(name, release))
			found.gl_pathv[kept++] = name;
	}
	if (found.gl_pathv)
		found.gl_pathv[kept] = NULL;
	return found.gl_pathv;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* The commands that doctor tells to type, as this distribution has them. */
#include <glob.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor_found.h"

/* ID and ID_LIKE of os-release(5): who packages as whom */
static const struct distribution {
	const char *id;
	/* then the kernel's release, or nothing */
	const char *headers;
	bool by_release;
} distributions[] = {
	{ "(debian|ubuntu)", "apt-get install linux-headers-", true },
	{ "(fedora|rhel|centos)", "dnf install kernel-devel-", true },
	{ "suse", "zypper install kernel-default-devel", false },
	{ "arch", "pacman -S linux-headers", false },
	{ "alpine", "apk add linux-lts-dev", false },
};

static const struct distribution *distribution(void)
{
	const size_t count = sizeof(distributions) / sizeof(distributions[0]);
	char pattern[TEXT_MAX];

	for (size_t i = 0; i < count; i++) {
		snprintf(pattern, sizeof(pattern), "^ID(_LIKE)?=.*%s",
			 distributions[i].id);
		if (line_matches("/etc/os-release", pattern, NULL))
			return &distributions[i];
	}
	return &distributions[0];
}

const char *step_headers(const char *release, char *text)
{
	const struct distribution *here = distribution();

	snprintf(text, WORDS_MAX, "%s%s", here->headers,
		 here->by_release ? release : "");
	return text;
}

bool dkms_version(char *text)
{
	glob_t found;

	*text = '\0';
	/* in the order of names, which is good enough to name one */
	if (!glob(DKMS_DIR "/[0-9]*/source", 0, NULL, &found)) {
		const char *path = found.gl_pathv[found.gl_pathc - 1];

		path += strlen(DKMS_DIR "/");
		snprintf(text, TEXT_MAX, "%.*s", (int)strcspn(path, "/"), path);
		globfree(&found);
	}
	return *text;
}

static void add_words(char *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add_words(char *text, const char *format, ...)
{
	size_t length = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + length, WORDS_MAX - length, format, args);
	va_end(args);
}

const char *step_build(const char *release, bool again, char *text)
{
	const char *force = again ? " --force" : "";
	char version[TEXT_MAX];

	*text = '\0';
	if (!exists("/lib/modules/%s/build/Makefile", release)) {
		step_headers(release, text);
		add_words(text, " && ");
	}
	if (!dkms_version(version)) {
		add_words(text, "make dkms-install");
		return text;
	}
	if (again)
		add_words(text, "dkms build --force " MODULE "/%s -k %s && ",
			  version, release);
	add_words(text, "dkms install%s " MODULE "/%s -k %s", force, version,
		  release);
	return text;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* Can the module be built, and what has dkms built? */
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_checks.h"

/* ---- headers --------------------------------------------------------------------- */

void check_headers(const struct machine *machine)
{
	char step[WORDS_MAX];

	if (exists("/lib/modules/%s/build/Makefile", machine->release))
		found(FINE, "headers", NULL, "those of Linux %s are here",
		      machine->release);
	else
		found(*machine->file ? NOTE : if_unusable(machine), "headers",
		      step_headers(machine->release, step),
		      "those of Linux %s are missing, so dkms builds nothing for it",
		      machine->release);
}

/* ---- dkms ------------------------------------------------------------------------ */

static const char *part_of(const char *path, int n, char *text)
{
	path += strlen(DKMS_DIR "/");
	while (n--)
		path += strcspn(path, "/") + 1;
	snprintf(text, TEXT_MAX, "%.*s", (int)strcspn(path, "/"), path);
	return text;
}

/* What it has built: VERSION/RELEASE/ARCH/module. */
struct built {
	char others[WORDS_MAX / 2]; /* kernels, but this one */
	char version[TEXT_MAX]; /* for this kernel; empty: none */
};

static void add_built(struct built *built, const char *path,
		      const struct machine *machine)
{
	size_t length = strlen(built->others);
	char release[TEXT_MAX];

	part_of(path, 1, release);
	if (!strcmp(release, machine->release))
		part_of(path, 0, built->version);
	else
		snprintf(built->others + length, sizeof(built->others) - length,
			 "%s%s", length ? ", " : "", release);
}

static void look_for_built(struct built *built, const struct machine *machine)
{
	glob_t all;

	*built = (struct built){ 0 };
	if (glob(DKMS_DIR "/*/*/*/module/" MODULE ".ko*", 0, NULL, &all))
		return;
	for (size_t i = 0; i < all.gl_pathc; i++)
		add_built(built, all.gl_pathv[i], machine);
	globfree(&all);
}

/* It keeps the log of a build that failed where those of others are moved away. */
static bool has_failed(const char *version, const struct machine *machine,
		       char *log)
{
	char line[WORDS_MAX];

	snprintf(log, WORDS_MAX, DKMS_DIR "/%s/build/make.log", version);
	if (!line_matches(log, "make.log for .* for kernel ", line))
		return false;
	return strstr(line, machine->release) != NULL;
}

static void tell_failed(const struct machine *machine, const char *version,
			const char *log)
{
	char step[WORDS_MAX + 8];

	snprintf(step, sizeof(step), "less %s", log);
	found(if_unusable(machine), "dkms", step,
	      "building procfd %s for Linux %s failed", version,
	      machine->release);
}

static void tell_not_built(const struct machine *machine, const char *version,
			   const struct built *built)
{
	char step[WORDS_MAX], log[WORDS_MAX];

	if (has_failed(version, machine, log))
		tell_failed(machine, version, log);
	else if (!exists(DKMS_DIR "/%s/source/dkms.conf", version))
		found(if_unusable(machine), "dkms", "make dkms-install",
		      "the sources of procfd %s that it knew are gone",
		      version);
	else
		found(*machine->file ? NOTE : if_unusable(machine), "dkms",
		      step_build(machine->release, false, step),
		      "procfd %s is not built for Linux %s%s%s", version,
		      machine->release, *built->others ? ", but for " : "",
		      built->others);
}

static void tell_built(const struct machine *machine, const struct built *built)
{
	char step[WORDS_MAX];

	if (!*machine->file) {
		snprintf(step, sizeof(step), "dkms install " MODULE "/%s -k %s",
			 built->version, machine->release);
		found(if_unusable(machine), "dkms", step,
		      "procfd %s is built for Linux %s, and not installed",
		      built->version, machine->release);
		return;
	}
	found(FINE, "dkms", NULL, "procfd %s is built for Linux %s%s%s",
	      built->version, machine->release, *built->others ? ", " : "",
	      built->others);
}

void check_dkms(const struct machine *machine)
{
	char version[TEXT_MAX];
	struct built built;

	look_for_built(&built, machine);
	if (*built.version)
		tell_built(machine, &built);
	else if (dkms_version(version))
		tell_not_built(machine, version, &built);
	else
		found(*machine->file ? NOTE : if_unusable(machine), "dkms",
		      "make dkms-install",
		      "it does not know procfd, and builds it for no kernel to come");
}

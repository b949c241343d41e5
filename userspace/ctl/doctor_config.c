// SPDX-License-Identifier: LGPL-2.1-or-later
/* What modprobe.d(5) and modules-load.d(5) say of the module. */
#include <glob.h>
#include <libkmod.h>
#include <string.h>

#include "doctor_checks.h"

/* where both are looked for, the first one wins */
#define PLACES "{/etc,/run,/usr/local/lib,/usr/lib,/lib}"

/* The file and line below @directory that matches; false: none. */
static bool line_in(const char *directory, const char *pattern, char *path,
		    char *line)
{
	char names[TEXT_MAX * 2];
	bool matches = false;
	glob_t all;

	snprintf(names, sizeof(names), PLACES "/%s/*.conf", directory);
	if (glob(names, GLOB_BRACE, NULL, &all))
		return false;
	for (size_t i = 0; i < all.gl_pathc && !matches; i++) {
		matches = line_matches(all.gl_pathv[i], pattern, line);
		if (matches)
			snprintf(path, WORDS_MAX, "%s", all.gl_pathv[i]);
	}
	globfree(&all);
	return matches;
}

/* ---- modprobe.d --------------------------------------------------------------------- */

static bool names_module(struct kmod_config_iter *iterator)
{
	bool named = false;

	while (iterator && !named && kmod_config_iter_next(iterator))
		named = !strcmp(kmod_config_iter_get_key(iterator), MODULE);
	if (iterator)
		kmod_config_iter_free_iter(iterator);
	return named;
}

static void tell_blacklisted(const struct machine *machine)
{
	const char *what = "it is blacklisted, so nothing loads it at boot";
	enum verdict verdict = machine->loaded ? NOTE : PROBLEM;
	char path[WORDS_MAX], line[WORDS_MAX], step[WORDS_MAX * 2];

	if (!line_in("modprobe.d", "^[ \t]*blacklist[ \t]+" MODULE "[ \t]*$",
		     path, line)) {
		found(verdict, "modprobe",
		      "grep -rn modprobe.blacklist /etc/default/grub /etc/default/grub.d /etc/kernel",
		      "%s (modprobe.blacklist= of the kernel)", what);
		return;
	}
	snprintf(step, sizeof(step),
		 "sed -i '/blacklist.*" MODULE "/d' %s && procfdctl load",
		 path);
	found(verdict, "modprobe", step, "%s: %s", what, path);
}

static void tell_replaced(const struct machine *machine)
{
	char path[WORDS_MAX], line[WORDS_MAX], step[WORDS_MAX * 2];

	if (!line_in("modprobe.d", "^[ \t]*install[ \t]+" MODULE "[ \t]", path,
		     line))
		return;
	snprintf(step, sizeof(step),
		 "sed -i '/install.*" MODULE "/d' %s && procfdctl load", path);
	found(machine->loaded ? NOTE : PROBLEM, "modprobe", step,
	      "%s has '%s', so that is run and the module not loaded", path,
	      line);
}

static void check_modprobe(const struct machine *machine)
{
	struct kmod_ctx *context = libkmod_open();

	if (!context)
		return;
	if (names_module(kmod_config_get_blacklists(context)))
		tell_blacklisted(machine);
	if (names_module(kmod_config_get_install_commands(context)))
		tell_replaced(machine);
	kmod_unref(context);
}

/* ---- modules-load.d ------------------------------------------------------------------- */

static void check_boot(void)
{
	const char *pattern = "^[ \t]*" MODULE "[ \t]*$";
	char path[WORDS_MAX], line[WORDS_MAX];

	if (line_matches("/etc/modules", pattern, NULL) ||
	    line_in("modules-load.d", pattern, path, line))
		return;
	found(NOTE, "boot",
	      "echo " MODULE " >/etc/modules-load.d/" MODULE ".conf",
	      "nothing loads it at boot");
}

void check_configuration(const struct machine *machine)
{
	check_modprobe(machine);
	check_boot();
}

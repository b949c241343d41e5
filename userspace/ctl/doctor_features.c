// SPDX-License-Identifier: LGPL-2.1-or-later
/* Do module and command know each other, and what does this kernel lack? */
#include <stdlib.h>
#include <string.h>

#include "doctor_checks.h"

#define MISSING "/sys/class/misc/" MODULE "/missing_symbols"
#define PRETENDED MODULE_DIR "/parameters/pretend_missing"
#define KPROBES "/sys/kernel/debug/kprobes/enabled"

/* ---- versions ---------------------------------------------------------------------- */

static uint32_t own_version(void)
{
	unsigned int major = 0, minor = 0, patch = 0;

	sscanf(VERSION, "%u.%u.%u", &major, &minor, &patch);
	return major << 16 | minor << 8 | patch;
}

static const char update_module[] =
	"apt-get install --only-upgrade procfd-dkms && procfdctl unload && procfdctl load";
static const char update_command[] =
	"apt-get install --only-upgrade procfdctl libprocfd1";

void check_versions(const struct machine *machine)
{
	const struct procfd_features_info *info = &machine->info;
	bool older = info->version < own_version();
	char version[TEXT_MAX];

	if (machine->error || !info->abi)
		return;
	version_text(info->version, version);
	if (info->abi != PROCFD_ABI)
		found(PROBLEM, "version",
		      info->abi < PROCFD_ABI ? update_module : update_command,
		      "the module (%s) has ABI %u, library and command (" VERSION
		      ") have %u",
		      version, info->abi, PROCFD_ABI);
	else if (info->version != own_version())
		found(NOTE, "version", older ? update_module : update_command,
		      "the module is %s, library and command are " VERSION,
		      version);
	else
		found(FINE, "version", NULL,
		      "%s of module, library and command, ABI %u", version,
		      info->abi);
}

/* ---- features ------------------------------------------------------------------------ */

/* "the *ns_get() functions" are those whose names end so */
static bool needs(const struct feature *feature, const char *symbol)
{
	const char *end = strstr(symbol, "ns_");

	if (strstr(feature->needs, symbol))
		return true;
	return end && !strcmp(end + strlen("ns_"), "get") &&
	       strstr(feature->needs, "*ns_get()");
}

/* Those of the kernel that a feature needs and it has not, with commas between. */
static bool missing_for(const struct feature *feature, char *text, size_t size)
{
	FILE *file = fopen(MISSING, "re");
	char line[TEXT_MAX];
	size_t length = 0;

	*text = '\0';
	while (file && fgets(line, sizeof(line), file) && length < size) {
		line[strcspn(line, "\n")] = '\0';
		if (needs(feature, line))
			length += (size_t)snprintf(text + length, size - length,
						   "%s%s()", length ? ", " : "",
						   line);
	}
	if (file)
		fclose(file);
	return *text;
}

static bool uses_probes(const struct feature *feature)
{
	return strstr(feature->needs, "probe") ||
	       feature->bit == PROCFD_FEATURE_HANGUP;
}

static bool probes_off(void)
{
	char line[WORDS_MAX];

	return first_line(KPROBES, line) && *line == '0';
}

static void tell_missing(const struct feature *feature, const char *symbols)
{
	char line[WORDS_MAX], step[WORDS_MAX];

	if (first_line(PRETENDED, line) && *line) {
		found(PROBLEM, "feature", "procfdctl unload && procfdctl load",
		      "%s is off: the module was told to miss %s",
		      feature->name, symbols);
		return;
	}
	snprintf(step, sizeof(step), "grep -w %.*s /proc/kallsyms",
		 (int)strcspn(symbols, "("), symbols);
	found(PROBLEM, "feature", step, "%s is off: this kernel lacks %s",
	      feature->name, symbols);
}

static void tell_off(const struct machine *machine,
		     const struct feature *feature)
{
	char symbols[WORDS_MAX / 2];

	if (!(machine->info.known & feature->bit))
		found(NOTE, "feature", update_module,
		      "%s is not known to this module, which is too old",
		      feature->name);
	else if (missing_for(feature, symbols, sizeof(symbols)))
		tell_missing(feature, symbols);
	else if (uses_probes(feature) && probes_off())
		found(PROBLEM, "feature", "echo 1 >" KPROBES,
		      "%s is off: kprobes are switched off", feature->name);
	else
		found(PROBLEM, "feature", "dmesg",
		      "%s is off: this kernel does not give it %s",
		      feature->name, feature->needs);
}

void check_features(const struct machine *machine)
{
	size_t count = 0, given = 0;

	if (!machine->usable)
		return;
	for (; features[count].name; count++) {
		if (machine->info.features & features[count].bit)
			given++;
		else
			tell_off(machine, &features[count]);
	}
	if (given == count)
		found(FINE, "feature", NULL, "all %zu are there", count);
}

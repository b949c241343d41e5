// SPDX-License-Identifier: LGPL-2.1-or-later
/* procfdctl doctor: why procfd does not work here, and what to do about it. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/utsname.h>

#include <json-c/json.h>

#include "doctor.h"

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ 0 },
};

static bool as_json, something_wrong;

/* ---- what was found ----------------------------------------------------------------- */

static const struct {
	const char *word;
	enum colour colour;
} verdicts[] = {
	[FINE] = { "ok", GREEN },
	[NOTE] = { "note", YELLOW },
	[PROBLEM] = { "problem", RED },
};

static void found_text(enum verdict verdict, const char *subject,
		       const char *step, const char *words)
{
	printf("%s%-7s%s  %-9s  %s", colour(stdout, verdicts[verdict].colour),
	       verdicts[verdict].word, colour(stdout, PLAIN), subject, words);
	if (step)
		printf(": type '%s'", step);
	printf("\n");
}

static void found_json(enum verdict verdict, const char *subject,
		       const char *step, const char *words)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "verdict",
			       json_object_new_string(verdicts[verdict].word));
	json_object_object_add(object, "subject",
			       json_object_new_string(subject));
	json_object_object_add(object, "text", json_object_new_string(words));
	if (step)
		json_object_object_add(object, "step",
				       json_object_new_string(step));
	print_json(stdout, object);
}

void found(enum verdict verdict, const char *subject, const char *step,
	   const char *format, ...)
{
	char words[WORDS_MAX * 2];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	make_printable(words);
	(as_json ? found_json : found_text)(verdict, subject, step, words);
	something_wrong |= verdict == PROBLEM;
}

enum verdict if_unusable(const struct machine *machine)
{
	return machine->usable ? NOTE : PROBLEM;
}

/* ---- the visit ------------------------------------------------------------------------- */

static void look_at(struct machine *machine)
{
	struct utsname system;

	*machine = (struct machine){ 0 };
	uname(&system);
	snprintf(machine->release, sizeof(machine->release), "%s",
		 system.release);
	snprintf(machine->arch, sizeof(machine->arch), "%s", system.machine);
	machine->loaded = exists(MODULE_DIR);
	machine->container = in_container();
	if (procfd_get_features(&machine->info, sizeof(machine->info)))
		machine->error = errno;
	machine->usable = !machine->error && machine->info.abi == PROCFD_ABI;
	read_module(machine);
}

/* What a container sees of these is not what the kernel has. */
static void check_installation(const struct machine *machine)
{
	check_kernel(machine);
	check_headers(machine);
	check_dkms(machine);
	check_module(machine);
	check_configuration(machine);
	check_signature(machine);
	check_log(machine);
}

static int run_doctor(int argc, char **argv)
{
	struct machine machine;

	while (next_option(argc, argv, ":hj", options) >= 0)
		as_json = true;
	if (argv[optind])
		fail_usage("'%s' is one word too many", argv[optind]);
	look_at(&machine);
	if (!machine.container)
		check_installation(&machine);
	check_device(&machine);
	check_caller(&machine);
	check_versions(&machine);
	check_features(&machine);
	return something_wrong ? STATUS_FAILED : STATUS_OK;
}

const struct command command_doctor = {
	.name = "doctor",
	.summary = "Tell why procfd does not work here, and what to do",
	.arguments = "[--json]",
	.help = "One line for each thing that was looked at: ok, note or problem, and where\n"
		"something can be done, the command to type. Nothing is changed; root is told\n"
		"more than others.\n"
		"\n"
		"  -j, --json   one JSON object a line\n"
		"\n"
		"Exit status: 0 no problem, 1 a problem was found, 2 wrong arguments.\n",
	.run = run_doctor,
};

// SPDX-License-Identifier: LGPL-2.1-or-later
/* procfdctl doctor: why procfd does not work here, and what to do about it. */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "doctor_checks.h"

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ 0 },
};

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
		found_as_json();
	if (argv[optind])
		fail_usage("'%s' is one word too many", argv[optind]);
	look_at(&machine);
	if (!machine.container)
		check_installation(&machine);
	check_device(&machine);
	check_caller(&machine);
	check_versions(&machine);
	check_features(&machine);
	return found_problem() ? STATUS_FAILED : STATUS_OK;
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

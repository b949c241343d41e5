// SPDX-License-Identifier: LGPL-2.1-or-later
/* Does this kernel take the module at all? */
#include <stdlib.h>
#include <string.h>

#include "doctor_checks.h"

/* as BUILD_EXCLUSIVE_KERNEL and BUILD_EXCLUSIVE_ARCH of dkms.conf */
#define OLDEST 510
#define NEWEST 703

static int number_of(const char *release)
{
	int major = 0, minor = 0;

	sscanf(release, "%d.%d", &major, &minor);
	return major * 100 + minor;
}

static void check_release(const struct machine *machine)
{
	int number = number_of(machine->release);

	if (number < OLDEST)
		found(if_unusable(machine), "kernel",
		      "apt-get install linux-image-amd64",
		      "Linux %s is too old, 5.10 is the first that procfd knows",
		      machine->release);
	else if (number > NEWEST)
		found(if_unusable(machine), "kernel", "man 4 procfd",
		      "Linux %s is newer than 7.3, the last that this procfd knows",
		      machine->release);
	else if (strcmp(machine->arch, "x86_64") != 0 &&
		 strcmp(machine->arch, "aarch64") != 0)
		found(if_unusable(machine), "kernel", "man 4 procfd",
		      "procfd runs on x86-64 and arm64, and this is %s",
		      machine->arch);
	else
		found(FINE, "kernel", NULL, "Linux %s on %s", machine->release,
		      machine->arch);
}

/* What stops every module, or this one, without a word in modprobe.d. */
static void check_loading(const struct machine *machine)
{
	char text[WORDS_MAX];

	if (!exists("/proc/modules"))
		found(if_unusable(machine), "kernel",
		      "apt-get install linux-image-amd64",
		      "this kernel was built without modules (CONFIG_MODULES)");
	if (first_line("/proc/sys/kernel/modules_disabled", text) && atoi(text))
		found(if_unusable(machine), "kernel", "reboot",
		      "no module can be loaded until the next boot: kernel.modules_disabled is set");
	if (line_matches("/proc/cmdline",
			 "(^|[ ,.])module_blacklist=([^ ]*,)?" MODULE
			 "([, ]|$)",
			 NULL))
		found(if_unusable(machine), "kernel",
		      "grep -rn module_blacklist /etc/default/grub /etc/default/grub.d /etc/kernel",
		      "the kernel was started with module_blacklist=" MODULE);
}

void check_kernel(const struct machine *machine)
{
	check_release(machine);
	if (!machine->loaded)
		check_loading(machine);
}

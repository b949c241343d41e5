// SPDX-License-Identifier: LGPL-2.1-or-later
/* Is the device there, is it ours, and may this caller open it? */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "doctor_checks.h"

#define DEVICE_NUMBER "/sys/class/misc/" MODULE "/dev"

/* What gives a container the device. */
static const char *step_container(void)
{
	if (exists("/run/.containerenv"))
		return "podman run --device " DEVICE;
	if (exists("/.dockerenv"))
		return "docker run --device " DEVICE;
	return "systemd-nspawn --bind=" DEVICE
	       " --property=DeviceAllow=" DEVICE;
}

/* The number that the module has got; false: it is not told. */
static bool right_number(dev_t *number)
{
	unsigned int major, minor;
	char line[WORDS_MAX];

	if (!first_line(DEVICE_NUMBER, line) ||
	    sscanf(line, "%u:%u", &major, &minor) != 2)
		return false;
	*number = makedev(major, minor);
	return true;
}

static const char *step_node(bool remove, char *text)
{
	dev_t number;

	if (!right_number(&number))
		snprintf(text, WORDS_MAX,
			 "rm -rf " DEVICE
			 " && procfdctl unload && procfdctl load");
	else
		snprintf(text, WORDS_MAX, "%smknod -m 666 " DEVICE " c %u %u",
			 remove ? "rm -rf " DEVICE " && " : "", major(number),
			 minor(number));
	return text;
}

static const char *kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG: return "a file";
	case S_IFDIR: return "a directory";
	case S_IFBLK: return "a block device";
	default: return "something else";
	}
}

static void tell_absent(const struct machine *machine)
{
	char step[WORDS_MAX];

	if (machine->container)
		found(PROBLEM, "device", step_container(),
		      DEVICE " is not in this container");
	else if (machine->loaded)
		found(PROBLEM, "device", step_node(false, step),
		      "the module is loaded, and " DEVICE " is not there");
}

/* The node: false if it is not the one of the module, which was told. */
static bool check_node(const struct machine *machine, const struct stat *node)
{
	char step[WORDS_MAX];
	dev_t number;

	if (!S_ISCHR(node->st_mode)) {
		found(PROBLEM, "device",
		      machine->loaded ? step_node(true, step) :
					"rm -rf " DEVICE,
		      DEVICE " is %s, and no character device",
		      kind_of(node->st_mode));
		return false;
	}
	if (machine->loaded && right_number(&number) &&
	    number != node->st_rdev) {
		found(PROBLEM, "device", step_node(true, step),
		      DEVICE " is %u:%u, and the module's device %u:%u",
		      major(node->st_rdev), minor(node->st_rdev), major(number),
		      minor(number));
		return false;
	}
	if (!machine->loaded && !machine->usable && !machine->container) {
		found(NOTE, "device", "rm " DEVICE,
		      DEVICE " is left over, its module is gone");
		return false;
	}
	return true;
}

static void tell_mode(enum verdict verdict, const struct stat *node,
		      const char *who)
{
	char step[WORDS_MAX];

	if (node->st_mode & S_IRGRP && node->st_gid)
		snprintf(step, sizeof(step), "usermod -aG %s %s",
			 group_name(node->st_gid), user_name(getuid()));
	else
		snprintf(step, sizeof(step), "chmod 666 " DEVICE);
	found(verdict, "device", step,
	      "%s may not open " DEVICE
	      ", which has mode %04o and is %s's, group %s",
	      who, node->st_mode & 07777, user_name(node->st_uid),
	      group_name(node->st_gid));
}

static void tell_not_opened(const struct stat *node, int error)
{
	struct statvfs fs;

	if (error == EACCES && !statvfs(DEVICE, &fs) && fs.f_flag & ST_NODEV)
		found(PROBLEM, "device", "mount -o remount,dev /dev",
		      DEVICE " is on a file system that is mounted nodev");
	else if (error == EACCES && node->st_mode & S_IROTH)
		found(PROBLEM, "device", "dmesg | grep -i denied",
		      "the mode of " DEVICE
		      " lets everyone open it, and a security module does not");
	else if (error == EACCES)
		tell_mode(PROBLEM, node, user_name(geteuid()));
	else if (error == EPERM)
		found(PROBLEM, "device", step_container(),
		      "a control group keeps this caller from opening " DEVICE);
	else
		found(PROBLEM, "device", "procfdctl unload && procfdctl load",
		      DEVICE " cannot be opened: %s", strerror(error));
}

static void tell_opened(const struct machine *machine, const struct stat *node)
{
	if (!machine->error && !machine->info.abi)
		found(PROBLEM, "device", "procfdctl unload && procfdctl load",
		      "what answers at " DEVICE " is not procfd");
	else if (machine->error)
		found(PROBLEM, "device", "grep Seccomp /proc/self/status",
		      DEVICE " can be opened, but its ioctls are refused: %s",
		      strerror(machine->error));
	else if (!(node->st_mode & S_IROTH))
		tell_mode(NOTE, node, "others");
	else
		found(FINE, "device", NULL, DEVICE " can be opened, mode %04o",
		      node->st_mode & 07777);
}

void check_device(const struct machine *machine)
{
	struct stat node;
	int fd;

	if (stat(DEVICE, &node)) {
		if (errno == EACCES)
			found(PROBLEM, "device", "chmod 755 /dev",
			      "%s may not look into /dev",
			      user_name(geteuid()));
		else
			tell_absent(machine);
		return;
	}
	if (!check_node(machine, &node))
		return;
	fd = open(DEVICE, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		tell_not_opened(&node, errno);
		return;
	}
	close(fd);
	tell_opened(machine, &node);
}

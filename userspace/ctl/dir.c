// SPDX-License-Identifier: LGPL-2.1-or-later
/* procfdctl dir: what /proc has of a process, and never of a successor. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "ctl.h"

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "procfs", required_argument, NULL, 'p' },
	{ 0 },
};

/* What is to be shown, and how it is called when that fails. */
struct file {
	int dir;
	const char *name;
	const char *pid;
};

static int fail_file(const struct file *file)
{
	if (errno == EACCES) {
		complain("run it as root or as the owner of the process",
			 "process %s: %s: Permission denied", file->pid,
			 file->name);
		return STATUS_FAILED;
	}
	if (errno != ENOENT)
		return fail_errno("process %s: %s", file->pid, file->name);
	complain("see what there is with 'procfdctl dir PID'",
		 "process %s has no %s", file->pid, file->name);
	return STATUS_FAILED;
}

/* Below the directory: neither "..", nor a way out through a link. */
static int open_below(const struct file *file, int flags)
{
	struct open_how how = {
		.flags = (unsigned int)(flags | O_CLOEXEC | O_NOFOLLOW),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(__NR_openat2, file->dir, file->name, &how,
			    sizeof(how));
}

/* ---- a directory ---------------------------------------------------------------- */

static int is_entry(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
}

/* Names with numbers in them (fd, task) in the order of the numbers. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strverscmp((*a)->d_name, (*b)->d_name);
}

static void print_target(int dir, const char *name)
{
	char target[4096];
	ssize_t length = readlinkat(dir, name, target, sizeof(target) - 1);

	if (length < 0)
		return;
	target[length] = '\0';
	make_printable(target);
	printf(" -> %s", target);
}

static void print_entry(int dir, const struct dirent *entry)
{
	bool directory = entry->d_type == DT_DIR;
	char name[sizeof(entry->d_name)];

	snprintf(name, sizeof(name), "%s", entry->d_name);
	make_printable(name);
	printf("%s%s%s", directory ? colour(stdout, BOLD) : "", name,
	       directory ? colour(stdout, PLAIN) : "");
	if (directory)
		putchar('/');
	if (entry->d_type == DT_LNK)
		print_target(dir, entry->d_name);
	putchar('\n');
}

static int print_directory(const struct file *file)
{
	struct dirent **entries;
	int fd, count;

	fd = open_below(file, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fail_file(file);
	count = scandirat(fd, ".", &entries, is_entry, by_name);
	if (count < 0) {
		close(fd);
		return fail_file(file);
	}
	for (int i = 0; i < count; i++) {
		print_entry(fd, entries[i]);
		free(entries[i]);
	}
	free(entries);
	close(fd);
	return STATUS_OK;
}

/* ---- a link, a file -------------------------------------------------------------- */

static int print_link(const struct file *file, int fd)
{
	char target[4096];
	ssize_t length = readlinkat(fd, "", target, sizeof(target) - 1);

	if (length < 0)
		return fail_file(file);
	target[length] = '\0';
	if (isatty(STDOUT_FILENO))
		make_printable(target);
	puts(target);
	return STATUS_OK;
}

/* For eyes: what ends with NUL is a line, what steers a terminal is '?'. */
static void make_readable(char *text, ssize_t length)
{
	for (ssize_t i = 0; i < length; i++) {
		if (!text[i])
			text[i] = '\n';
		else if ((text[i] < ' ' && !strchr("\n\t", text[i])) ||
			 text[i] == 0x7f || text[i] & 0x80)
			text[i] = '?';
	}
}

static int print_file(const struct file *file)
{
	bool terminal = isatty(STDOUT_FILENO);
	char text[16384], last = '\n';
	ssize_t length;
	int fd;

	fd = open_below(file, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return fail_file(file);
	while ((length = read(fd, text, sizeof(text))) > 0) {
		if (terminal)
			make_readable(text, length);
		fwrite(text, 1, (size_t)length, stdout);
		last = text[length - 1];
	}
	if (terminal && last != '\n')
		putchar('\n');
	if (length < 0) {
		fail_file(file);
		close(fd);
		return STATUS_FAILED;
	}
	close(fd);
	return STATUS_OK;
}

static int print(const struct file *file)
{
	struct stat st;
	int fd, status;

	fd = open_below(file, O_PATH);
	if (fd < 0 || fstat(fd, &st)) {
		status = fail_file(file);
		if (fd >= 0)
			close(fd);
		return status;
	}
	if (S_ISDIR(st.st_mode))
		status = print_directory(file);
	else if (S_ISLNK(st.st_mode))
		status = print_link(file, fd);
	else
		status = print_file(file);
	close(fd);
	return status;
}

/* ---- the command ------------------------------------------------------------------ */

static int open_dir(pid_t pid, const char *procfs)
{
	int fd, dir, procfs_fd = -1;

	if (procfs) {
		procfs_fd = open(procfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (procfs_fd < 0)
			return -1;
	}
	fd = procfd_open(pid, 0);
	if (fd < 0)
		return -1;
	dir = procfd_open_dir(fd, procfs_fd);
	close(fd);
	if (procfs_fd >= 0)
		close(procfs_fd);
	return dir;
}

static int run_dir(int argc, char **argv)
{
	const char *procfs = NULL;
	struct file file = { 0 };
	int option, status;
	pid_t pid;

	while ((option = next_option(argc, argv, ":hp:", options)) >= 0)
		procfs = optarg;
	file.pid = argv[optind];
	if (!file.pid)
		fail_usage("the number of a process is missing");
	pid = parse_pid(file.pid);
	file.name = argv[optind + 1];
	if (file.name && argv[optind + 2])
		fail_usage("'%s' is one word too many", argv[optind + 2]);
	file.name = file.name ?: ".";
	file.dir = open_dir(pid, procfs);
	if (file.dir < 0)
		return fail_errno("directory of process %d", pid);
	status = print(&file);
	close(file.dir);
	return status;
}

const struct command command_dir = {
	.name = "dir",
	.summary = "Show what /proc has of a process, and never of a successor",
	.arguments = "[--procfs DIR] PID [NAME]",
	.help = "Without NAME the names in the directory of the process; else what is there: the\n"
		"names in a directory, the target of a link, the text of a file. NAME may have\n"
		"more than one part, such as net/dev, and stays below the directory. On a\n"
		"terminal NUL bytes are shown as ends of lines.\n"
		"\n"
		"  -p, --procfs DIR   a procfs that is mounted elsewhere than on /proc\n"
		"\n"
		"Exit status: 0 shown, 1 failed, 2 wrong arguments, 3 no module.\n",
	.run = run_dir,
};

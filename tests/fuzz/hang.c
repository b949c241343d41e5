// SPDX-License-Identifier: GPL-2.0-only
/* Nothing happens any more: what every task does, for whoever looks for the reason. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

static bool text_of(const char *task, const char *name, char *text, size_t size)
{
	char path[280];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", task, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	length = read(fd, text, size - 1);
	close(fd);
	if (length < 0)
		return false;
	text[length] = 0;
	return true;
}

static void print_lines(const char *text, const char *const *wanted)
{
	char *copy = strdup(text), *save, *line;

	for (line = strtok_r(copy, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		for (const char *const *at = wanted; *at; at++)
			if (!strncmp(line, *at, strlen(*at)))
				printf(" %s", line);
	free(copy);
}

static void print_task(const char *task)
{
	static const char *const status[] = {
		"Name:",      "State:", "Tgid:",   "Pid:",    "PPid:",
		"TracerPid:", "NSpid:", "SigPnd:", "ShdPnd:", NULL
	};
	static const char *const all[] = { "", NULL };
	char text[4096];

	/* threads of the kernel have no memory, and no part in it */
	if (text_of(task, "status", text, sizeof(text)) &&
	    (strstr(text, "VmSize:") || strstr(text, "Z (zombie)"))) {
		printf("@ task");
		print_lines(text, status);
		if (text_of(task, "stack", text, sizeof(text)))
			print_lines(text, all);
		printf("\n");
	}
}

static void print_tasks_of(const char *process)
{
	char path[300];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/task", process);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (*entry->d_name < '0' || *entry->d_name > '9')
			continue;
		snprintf(path, sizeof(path), "%s/task/%s", process,
			 entry->d_name);
		print_task(path);
	}
	if (dir)
		closedir(dir);
}

void print_tasks(void)
{
	char path[280];
	struct dirent *entry;
	DIR *dir = opendir("/proc");

	while (dir && (entry = readdir(dir))) {
		if (*entry->d_name < '1' || *entry->d_name > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s", entry->d_name);
		print_tasks_of(path);
	}
	if (dir)
		closedir(dir);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Loading tasks.bpf.o, which is beside the program, and reading what it writes */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bench.h"
#include "bpf_tasks.h"

#define OBJECT "/bench/tasks.bpf.o"

static char why[200] = "";

/* The first complaint is the cause. */
static int keep_why(enum libbpf_print_level level, const char *format,
		    va_list args)
{
	if (level == LIBBPF_WARN && !why[0])
		vsnprintf(why, sizeof(why), format, args);
	if (level == LIBBPF_WARN)
		vfprintf(stderr, format, args);
	return 0;
}

static struct bpf_link *attach(void)
{
	struct bpf_object *object = bpf_object__open_file(OBJECT, NULL);
	struct bpf_program *program;

	if (!object || bpf_object__load(object))
		return NULL;
	program = bpf_object__find_program_by_name(object, "list_tasks");
	return bpf_program__attach_iter(program, NULL);
}

int bpf_tasks_open(void)
{
	struct bpf_link *link;

	libbpf_set_print(keep_why);
	link = attach();
	return link ? bpf_link__fd(link) : -1;
}

const char *bpf_tasks_why(void)
{
	why[strcspn(why, "\n\t")] = 0;
	return why[0] ? why : "no BPF iterator";
}

unsigned int bpf_tasks_all(int link, struct stat_members *members,
			   unsigned int max)
{
	size_t room = max * sizeof(*members), used = 0;
	int fd = bpf_iter_create(link);
	ssize_t got;

	if (fd < 0)
		fail("no BPF iterator's fd");
	while ((got = read(fd, (char *)members + used, room - used)) > 0)
		used += got;
	if (got < 0)
		fail("a BPF iterator that cannot be read");
	close(fd);
	return used / sizeof(*members);
}

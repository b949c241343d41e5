// SPDX-License-Identifier: LGPL-2.1-or-later
/* Where a cgroup is: its id is the handle of its directory. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process.h"

/* FILEID_KERNFS of the kernel: the handle is the id */
#define KERNFS_HANDLE 0xfe

static const char *const mounts[] = { "/sys/fs/cgroup",
				      "/sys/fs/cgroup/unified" };

static int open_cgroup(const char *mount, uint64_t id)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(id)];
	} by = { .handle = { .handle_bytes = sizeof(id),
			     .handle_type = KERNFS_HANDLE } };
	int root, fd;

	memcpy(by.handle.f_handle, &id, sizeof(id));
	root = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -1;
	fd = open_by_handle_at(root, &by.handle, O_PATH | O_CLOEXEC);
	close(root);
	return fd;
}

/* The path behind that of the mount. */
static char *path_below(int fd, const char *mount)
{
	size_t skip = strlen(mount);
	char link[TEXT_MAX], path[4096];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path) - 1);
	if (length < (ssize_t)skip || strncmp(path, mount, skip) != 0)
		return NULL;
	path[length] = '\0';
	make_printable(path);
	return strdup(path[skip] ? path + skip : "/");
}

/* For those who may open by handle: root. */
char *cgroup_path(uint64_t id)
{
	char *path = NULL;

	for (size_t i = 0; i < 2 && !path; i++) {
		int fd = open_cgroup(mounts[i], id);

		if (fd < 0)
			continue;
		path = path_below(fd, mounts[i]);
		close(fd);
	}
	return path;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The fd on the device, opened by the first call that needs it and kept.
 *
 * The number is all that is kept, and the table of fds is the program's: it may
 * have closed the number (close_range(2)), or have another file there now. So
 * each use looks at what is there: a character device of the remembered number
 * is the device, whoever opened it. Anything else is left alone, not even
 * closed, and the device is opened anew.
 *
 * The look and the ioctl are two calls. A program that replaces fds it does not
 * own while another of its threads is in the library gets ENOTTY at worst: no
 * other driver has these ioctl numbers.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "internal.h"

static atomic_int cached_fd = -1;
static atomic_uint cached_rdev;

/* Device numbers of Linux have 32 bits, and so they are kept in one atomic. */
static bool device_number(int fd, unsigned int *rdev)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || !S_ISCHR(st.st_mode))
		return false;
	*rdev = (unsigned int)st.st_rdev;
	return true;
}

static bool is_cached_device(int fd)
{
	int saved = errno;
	unsigned int rdev;
	bool is = device_number(fd, &rdev) && rdev == atomic_load(&cached_rdev);

	errno = saved;
	return is;
}

/* errors of open(2) that say: there is no such device on this machine */
bool is_no_device(int error)
{
	return error == ENOENT || error == ENODEV || error == ENXIO ||
	       error == ENOTDIR;
}

/* An fd on the device, whatever its ABI; the caller's. */
int device_open(void)
{
	int fd = open(PROCFD_DEVICE, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	unsigned int rdev;

	if (fd < 0)
		return fail(is_no_device(errno) ? ENODEV : errno);
	if (!device_number(fd, &rdev)) {
		close_quietly(fd);
		return fail(ENODEV);
	}
	return fd;
}

static int check_abi(int fd)
{
	struct procfd_features features = { 0 };

	if (ioctl(fd, PROCFD_GET_FEATURES, &features))
		return fail(errno == ENOTTY ? ENODEV : errno);
	return features.abi == PROCFD_ABI ? 0 : fail(EPROTONOSUPPORT);
}

/*
 * At the number the cache had, or above: threads whose tables are not shared
 * then agree on one. Never at 0 to 2, which programs close and open again.
 */
static int move_up(int fd, int lowest)
{
	int moved;

	if (fd >= lowest)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, lowest);
	if (moved < 0)
		moved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	close_quietly(fd);
	return moved;
}

static int open_for_cache(int lowest)
{
	int fd = device_open();

	if (fd < 0)
		return -1;
	if (check_abi(fd)) {
		close_quietly(fd);
		return -1;
	}
	return move_up(fd, lowest);
}

static int device_fd(void)
{
	int seen = atomic_load(&cached_fd);
	unsigned int rdev;
	int fd;

	if (is_cached_device(seen))
		return seen;
	fd = open_for_cache(seen < 3 ? 3 : seen);
	if (fd < 0 || !device_number(fd, &rdev))
		return -1;
	atomic_store(&cached_rdev, rdev);
	if (!atomic_compare_exchange_strong(&cached_fd, &seen, fd) &&
	    is_cached_device(seen)) {
		/* another thread was faster, and nobody knows of ours */
		close_quietly(fd);
		return seen;
	}
	atomic_store(&cached_fd, fd);
	return fd;
}

int device_ioctl(unsigned long command, void *arg)
{
	int fd = device_fd();

	return fd < 0 ? -1 : ioctl(fd, command, arg);
}

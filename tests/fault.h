/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls in which the kernel fails, at one place after another: the n-th of its
 * allocations and user copies, for n = 1, 2, 3, ... until a call gets through
 * with none left to fail (fail-nth, Documentation/fault-injection of the kernel).
 *
 * A copy of a single number (put_user) is no such place, nor is the look for
 * zeros behind a struct: addresses that are really bad, in test_abi.c and
 * test_clone.c, are for these.
 */
#ifndef PROCFD_TESTS_FAULT_H
#define PROCFD_TESTS_FAULT_H

#include <sys/rseq.h>

#include "support.h"

#define FAULT_FILE "/proc/thread-self/fail-nth"
#define FAULT_DIR "/sys/kernel/debug/"

/* No call here has more places; one that has would never come to an end. */
#define FAULT_MANY 2000

static int fault_fd = -1;

static inline void fault_option(const char *name, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), FAULT_DIR "%s", name);
	write_text(path, value);
}

/* All kinds of allocation, and no word of it in the kernel's log. */
static inline void fault_options(void)
{
	fault_option("failslab/verbose", "0");
	fault_option("failslab/ignore-gfp-wait", "N");
	fault_option("fail_page_alloc/verbose", "0");
	fault_option("fail_page_alloc/ignore-gfp-wait", "N");
	fault_option("fail_page_alloc/ignore-gfp-highmem", "N");
	fault_option("fail_page_alloc/min-order", "0");
	fault_option("fail_usercopy/verbose", "0");
}

/*
 * The kernel keeps a number of the CPU where the C library has asked for it, with
 * a user copy on many a way out of the kernel, and kills whom it cannot tell.
 */
static inline void fault_without_rseq(void)
{
	char *area = (char *)__builtin_thread_pointer() + __rseq_offset;

	if (__rseq_size)
		ASSERT_OK(syscall(SYS_rseq, area, sizeof(struct rseq),
				  RSEQ_FLAG_UNREGISTER, RSEQ_SIG));
}

/* For the thread that calls it. */
static inline void fault_setup(void)
{
	fault_fd = open(FAULT_FILE, O_RDWR | O_CLOEXEC);
	if (fault_fd < 0 && errno == ENOENT)
		SKIP("this kernel has no fault injection");
	ASSERT_OK(fault_fd);
	fault_without_rseq();
	fault_options();
}

/* Which place is to fail next, or 0; and whether one did, the last time. */
static int fault_nth;
static bool fault_failed;

/* Right before the call in question. */
static inline void fault_begin(void)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", fault_nth);

	ASSERT_EQ(pwrite(fault_fd, text, length, 0), length);
}

/*
 * Right behind it.  To ask has a user copy, and to stop has one, which may be what
 * fails: then nothing had before.
 */
static inline void fault_end(void)
{
	int error = errno;
	char text[16] = "";
	bool copied = pread(fault_fd, text, sizeof(text) - 1, 0) > 0;

	fault_failed = fault_nth && copied && !atoi(text);
	while (pwrite(fault_fd, "0", 1, 0) != 1)
		ASSERT_EQ(errno, EFAULT);
	errno = error;
}

/* The call with its place failing; its result, and errno. */
#define FAULT(call)                          \
	({                                   \
		fault_begin();               \
		typeof(call) result_ = call; \
		fault_end();                 \
		result_;                     \
	})

/* ---- what a call may leave behind --------------------------------------------- */

static inline int child_count(void)
{
	char path[64], text[4096];
	int fd, count = 0;
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", gettid());
	fd = ASSERT_OK(open(path, O_RDONLY | O_CLOEXEC));
	length = ASSERT_OK(read(fd, text, sizeof(text)));
	close(fd);
	for (ssize_t i = 0; i < length; i++)
		count += text[i] == ' ';
	return count;
}

/* The next number that an fd would get tells whether one more is open. */
static inline int next_fd(void)
{
	int fd = ASSERT_OK(dup(fault_fd));

	close(fd);
	return fd;
}

struct leavings {
	int next_fd;
	int children;
};

static inline struct leavings leavings(void)
{
	return (struct leavings){ next_fd(), child_count() };
}

static inline bool expect_no_more(const struct leavings *before)
{
	struct leavings now = leavings();

	return EXPECT_EQ(now.next_fd, before->next_fd) &
	       EXPECT_EQ(now.children, before->children);
}

/* ---- all places of one call ---------------------------------------------------- */

/* Sets of errors; 0 stands for a call that went well all the same. */
enum {
	FAULT_NONE = 1 << 0,
	FAULT_EFAULT = 1 << 1,
	FAULT_ENOMEM = 1 << 2,
	FAULT_EAGAIN = 1 << 3,
	FAULT_OTHER = 1 << 4,
};

static inline unsigned int fault_error(int error)
{
	switch (error) {
	case 0: return FAULT_NONE;
	case EFAULT: return FAULT_EFAULT;
	case ENOMEM: return FAULT_ENOMEM;
	case EAGAIN: return FAULT_EAGAIN;
	default: return FAULT_OTHER;
	}
}

/* Makes one FAULT() call, and undoes it if it went well; its errno, or 0. */
typedef int (*fault_call)(void *arg);

/* The call with its n-th place failing, and once more without; was there one? */
static inline bool fault_one(const char *name, int nth, unsigned int wanted,
			     fault_call call, void *arg, unsigned int *seen)
{
	struct leavings before = leavings();
	bool failed, good;
	int error;

	fault_nth = nth;
	error = call(arg);
	fault_nth = 0;
	failed = fault_failed;
	*seen |= failed ? fault_error(error) : 0;
	good = EXPECT_EQ(fault_error(error) &
				 ~(failed ? wanted | FAULT_NONE : FAULT_NONE),
			 0U);
	good &= expect_no_more(&before);
	good &= EXPECT_EQ(call(arg), 0);
	good &= expect_no_more(&before);
	if (!good)
		test_note("%s: place %d: %s", name, nth,
			  strerrorname_np(error));
	return failed;
}

/*
 * Each error of @wanted comes at one place at least, and no other does.  A call may
 * have a place more than the one before it (a cache to fill), so that one is left
 * out: then once more.
 */
static inline void fault_each(const char *name, unsigned int wanted,
			      fault_call call, void *arg)
{
	unsigned int seen = 0;
	int sweeps = 0, nth, fds;

	/* what is done once, and what is cached */
	ASSERT_EQ(call(arg), 0);
	fds = open_fd_count();
	do {
		nth = 0;
		do
			ASSERT_LT(++nth, FAULT_MANY);
		while (fault_one(name, nth, wanted, call, arg, &seen));
	} while ((seen & wanted) != wanted && ++sweeps < 10);
	EXPECT_EQ(open_fd_count(), fds);
	test_note("%s: %d places", name, nth - 1);
	if (!EXPECT_EQ(seen & wanted, wanted))
		test_note("%s: not all of its errors came", name);
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A test program is some TEST()s, this header, and harness.c, which has main():
 *
 *	#include "harness.h"
 *
 *	TEST(open_pid_of_nobody_is_esrch)
 *	{
 *		int dev = ASSERT_OK(open("/dev/procfd", O_RDWR | O_CLOEXEC));
 *
 *		ASSERT_ERRNO(open_pid(dev, 1 << 30), ESRCH);
 *	}
 *
 * Each case runs in a process and a process group of its own, with a deadline,
 * and is one KTAP point. It fails when an assertion does, when it crashes, hangs
 * or ends early, when it asserts nothing, and when it leaves a process behind.
 * What it prints is shown when it fails, what it tells in any case. Children that
 * a case forks may assert as well: their assertions count for the case.
 *
 * EXPECT_* goes on after a failure, ASSERT_* ends the process it is in, SKIP()
 * ends the case. Both sides of a comparison are evaluated once.
 *
 *	test_program [-l] [-v] [CASE...]	-l lists, -v shows all output
 *
 * Whole numbers in the environment: DEADLINE_FACTOR multiplies the deadlines, and
 * those of ASSERT_SOON; what a case does many times may be fewer() by SMALLER; STORM is
 * the size of storms (storming.h).
 */
#ifndef PROCFD_TESTS_HARNESS_H
#define PROCFD_TESTS_HARNESS_H

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "helpers.h"

#define TEST_DEADLINE_S 30

struct test_case {
	const char *name;
	void (*run)(void);
	int deadline_s;
	int line;
	struct test_case *next;
};

#define TEST(name) TEST_TIMEOUT(name, TEST_DEADLINE_S)

#define TEST_TIMEOUT(name_, seconds)                                    \
	static void test_run_##name_(void);                             \
	static struct test_case test_case_##name_ = {                   \
		.name = #name_,                                         \
		.run = test_run_##name_,                                \
		.deadline_s = seconds,                                  \
		.line = __LINE__,                                       \
	};                                                              \
	__attribute__((constructor)) static void test_add_##name_(void) \
	{                                                               \
		test_add(&test_case_##name_);                           \
	}                                                               \
	static void test_run_##name_(void)

enum test_op { TEST_EQ, TEST_NE, TEST_LT, TEST_LE, TEST_GT, TEST_GE };

struct test_site {
	const char *file;
	int line;
	const char *what;
	bool fatal;
};

#define TEST_SITE(what_, fatal_) \
	(&(const struct test_site){ __FILE__, __LINE__, what_, fatal_ })

void test_add(struct test_case *test);

/* Count an assertion; each says whether it held (and exits if it is fatal). */
bool test_true(const struct test_site *site, bool holds);
bool test_compare(const struct test_site *site, enum test_op op, long long left,
		  long long right, bool is_unsigned);
bool test_string(const struct test_site *site, const char *left,
		 const char *right);
bool test_bytes(const struct test_site *site, const void *left,
		const void *right, size_t size);
bool test_errno(const struct test_site *site, long long result, int error,
		int expected);
bool test_ok(const struct test_site *site, long long result, int error);

/* Print a line that is shown when the case fails. */
void test_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Print a line that is shown in any case: what was counted. */
void test_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

void test_skip(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
void test_fail(const struct test_site *site, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* End this process as a failed fatal assertion does, if a child of it did. */
void test_follow(int wait_status);

#define SKIP(...) test_skip(__VA_ARGS__)
#define FAIL(...) test_fail(TEST_SITE("FAIL", true), __VA_ARGS__)

#define TEST_IS_UNSIGNED(x) ((typeof((x) + 0))-1 > (typeof((x) + 0))0)
#define TEST_COMPARE(fatal, op, a, b)                              \
	({                                                         \
		typeof((a) + 0) test_a = (a);                      \
		typeof((b) + 0) test_b = (b);                      \
		test_compare(TEST_SITE(#a ", " #b, fatal), op,     \
			     (long long)test_a, (long long)test_b, \
			     TEST_IS_UNSIGNED(test_a) &&           \
				     TEST_IS_UNSIGNED(test_b));    \
	})

#define EXPECT_EQ(a, b) TEST_COMPARE(false, TEST_EQ, a, b)
#define EXPECT_NE(a, b) TEST_COMPARE(false, TEST_NE, a, b)
#define EXPECT_LT(a, b) TEST_COMPARE(false, TEST_LT, a, b)
#define EXPECT_LE(a, b) TEST_COMPARE(false, TEST_LE, a, b)
#define EXPECT_GT(a, b) TEST_COMPARE(false, TEST_GT, a, b)
#define EXPECT_GE(a, b) TEST_COMPARE(false, TEST_GE, a, b)
#define EXPECT_TRUE(x) test_true(TEST_SITE(#x, false), !!(x))
#define EXPECT_FALSE(x) test_true(TEST_SITE("!(" #x ")", false), !(x))
#define EXPECT_STREQ(a, b) test_string(TEST_SITE(#a ", " #b, false), a, b)
#define EXPECT_MEMEQ(a, b, size) \
	test_bytes(TEST_SITE(#a ", " #b, false), a, b, size)

#define ASSERT_EQ(a, b) TEST_COMPARE(true, TEST_EQ, a, b)
#define ASSERT_NE(a, b) TEST_COMPARE(true, TEST_NE, a, b)
#define ASSERT_LT(a, b) TEST_COMPARE(true, TEST_LT, a, b)
#define ASSERT_LE(a, b) TEST_COMPARE(true, TEST_LE, a, b)
#define ASSERT_GT(a, b) TEST_COMPARE(true, TEST_GT, a, b)
#define ASSERT_GE(a, b) TEST_COMPARE(true, TEST_GE, a, b)
#define ASSERT_TRUE(x) test_true(TEST_SITE(#x, true), !!(x))
#define ASSERT_FALSE(x) test_true(TEST_SITE("!(" #x ")", true), !(x))
#define ASSERT_STREQ(a, b) test_string(TEST_SITE(#a ", " #b, true), a, b)
#define ASSERT_MEMEQ(a, b, size) \
	test_bytes(TEST_SITE(#a ", " #b, true), a, b, size)

/* The call returns -1 and sets errno to the expected value. */
#define TEST_ERRNO(fatal, call, expected)                               \
	({                                                              \
		errno = 0;                                              \
		long long test_result = (call);                         \
		test_errno(TEST_SITE(#call, fatal), test_result, errno, \
			   expected);                                   \
	})
#define EXPECT_ERRNO(call, expected) TEST_ERRNO(false, call, expected)
#define ASSERT_ERRNO(call, expected) TEST_ERRNO(true, call, expected)

/* The call does not return -1; the value is what it returned. */
#define TEST_OK(fatal, call)                                             \
	({                                                               \
		errno = 0;                                               \
		typeof(call) test_result = (call);                       \
		test_ok(TEST_SITE(#call, fatal), (long long)test_result, \
			errno);                                          \
		test_result;                                             \
	})
#define EXPECT_OK(call) TEST_OK(false, call)
#define ASSERT_OK(call) TEST_OK(true, call)

/* Wait, for 10 s times slowness(), for something that comes without an event. */
#define TEST_SOON(fatal, condition)                                         \
	({                                                                  \
		struct timespec test_end =                                  \
			deadline_after_ms(10000L * slowness());             \
		bool test_held;                                             \
		while (!(test_held = !!(condition)) &&                      \
		       !deadline_over(&test_end))                           \
			deadline_step();                                    \
		test_true(TEST_SITE(#condition " soon", fatal), test_held); \
	})
#define EXPECT_SOON(condition) TEST_SOON(false, condition)
#define ASSERT_SOON(condition) TEST_SOON(true, condition)

#endif

// SPDX-License-Identifier: GPL-2.0-only
/* The assertions: count, and tell with file, line and both values what failed. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "record.h"

int test_output = STDERR_FILENO;

static void add(int *counter)
{
	__atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
}

/* One write() a line, so that lines of several processes do not mix. */
static void note(const char *format, va_list args)
{
	char line[2048];
	int length = vsnprintf(line, sizeof(line) - 1, format, args);

	if (length > (int)sizeof(line) - 2)
		length = sizeof(line) - 2;
	line[length] = '\n';
	if (write(test_output, line, length + 1) < 0)
		perror("write");
}

void test_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	note(format, args);
	va_end(args);
}

/* Where it would be too much, the rest is cut off. */
void test_tell(const char *format, ...)
{
	size_t used = strlen(test_record->told);
	va_list args;

	va_start(args, format);
	vsnprintf(test_record->told + used, sizeof(test_record->told) - used,
		  format, args);
	va_end(args);
	used = strlen(test_record->told);
	if (used < sizeof(test_record->told) - 1)
		strcpy(test_record->told + used, "\n");
}

void test_fail(const struct test_site *site, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fflush(stdout);
	test_note("%s:%d: %s: %s", site->file, site->line, site->what, text);
	add(&test_record->asserted);
	add(&test_record->failed);
	if (site->fatal)
		_exit(1);
}

static bool holds(void)
{
	add(&test_record->asserted);
	return true;
}

bool test_true(const struct test_site *site, bool true_)
{
	if (true_)
		return holds();
	test_fail(site, "is false");
	return false;
}

static bool compare(enum test_op op, int order)
{
	switch (op) {
	case TEST_EQ: return order == 0;
	case TEST_NE: return order != 0;
	case TEST_LT: return order < 0;
	case TEST_LE: return order <= 0;
	case TEST_GT: return order > 0;
	case TEST_GE: return order >= 0;
	}
	abort();
}

bool test_compare(const struct test_site *site, enum test_op op, long long left,
		  long long right, bool is_unsigned)
{
	static const char *const words[] = { "==", "!=", "<", "<=", ">", ">=" };
	unsigned long long uleft = left, uright = right;
	int order = is_unsigned ? (uleft > uright) - (uleft < uright) :
				  (left > right) - (left < right);

	if (compare(op, order))
		return holds();
	test_fail(site, "want %s, have %lld (0x%llx) and %lld (0x%llx)",
		  words[op], left, uleft, right, uright);
	return false;
}

bool test_string(const struct test_site *site, const char *left,
		 const char *right)
{
	if (left && right && !strcmp(left, right))
		return holds();
	test_fail(site, "\"%s\" and \"%s\" differ", left ? left : "(null)",
		  right ? right : "(null)");
	return false;
}

bool test_bytes(const struct test_site *site, const void *left,
		const void *right, size_t size)
{
	const unsigned char *a = left, *b = right;

	for (size_t i = 0; i < size; i++)
		if (a[i] != b[i]) {
			test_fail(site, "byte %zu of %zu is 0x%02x and 0x%02x",
				  i, size, a[i], b[i]);
			return false;
		}
	return holds();
}

bool test_errno(const struct test_site *site, long long result, int error,
		int expected)
{
	if (result == -1 && error == expected)
		return holds();
	if (result == -1)
		test_fail(site, "want %s, have %s", strerrorname_np(expected),
			  strerrorname_np(error));
	else
		test_fail(site, "want %s, but it returned %lld",
			  strerrorname_np(expected), result);
	return false;
}

bool test_ok(const struct test_site *site, long long result, int error)
{
	if (result != -1)
		return holds();
	test_fail(site, "%s (%s)", strerrorname_np(error), strerror(error));
	return false;
}

void test_skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(test_record->reason, sizeof(test_record->reason), format,
		  args);
	va_end(args);
	test_record->skipped = true;
	_exit(0);
}

void test_follow(int wait_status)
{
	if (test_record->skipped)
		_exit(0);
	if (wait_status == 0)
		return;
	if (!test_record->failed)
		test_fail(TEST_SITE("child", true),
			  "ended with wait status 0x%x", wait_status);
	_exit(1);
}

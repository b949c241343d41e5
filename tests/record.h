/* SPDX-License-Identifier: GPL-2.0-only */
/* Between harness.c and assert.c. */
#ifndef PROCFD_TESTS_RECORD_H
#define PROCFD_TESTS_RECORD_H

#include <stdbool.h>

/* What a case and its children have done, in memory shared with the runner. */
struct test_record {
	int asserted;
	int failed;
	bool finished;
	bool skipped;
	char reason[200];
	char told[1000];
};

extern struct test_record *test_record;

/* Where test_note() writes: what is shown if the case fails. */
extern int test_output;

#endif

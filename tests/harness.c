// SPDX-License-Identifier: GPL-2.0-only
/*
 * main() of every test program: runs each case in a process of its own and says
 * in KTAP how it went. The assertions are in assert.c.
 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "record.h"

/* How long a process that was killed may take to be gone. */
#define STRAY_GRACE_MS 2000
#define KILL_GRACE_MS 10000

/* The case's copy of the output is out of the way of the numbers it expects. */
#define OUTPUT_FD 200

/* More than this of a case's output is not shown. */
#define OUTPUT_SHOWN 65536

static struct test_case *cases;
static bool verbose;

struct test_record *test_record;

/* Constructors may run in any order: the order is the source's. */
void test_add(struct test_case *test)
{
	struct test_case **at = &cases;

	while (*at && (*at)->line < test->line)
		at = &(*at)->next;
	test->next = *at;
	*at = test;
}

/* ---- the processes that a case leaves behind ------------------------------ */

static pid_t parent_of(pid_t pid)
{
	char value[32];

	return proc_status(pid, "PPid", value, sizeof(value)) ? atoi(value) : 0;
}

/* We are the subreaper, so what a case leaves behind are our children. */
static int kill_children(void)
{
	DIR *dir = opendir("/proc");
	int count = 0;

	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		pid_t pid = atoi(entry->d_name);

		if (pid <= 0 || parent_of(pid) != getpid())
			continue;
		test_note("left: process %d", pid);
		count += !kill(pid, SIGKILL);
	}
	if (dir)
		closedir(dir);
	return count;
}

static bool have_children(void)
{
	while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
		;
	return waitpid(-1, NULL, WNOHANG | __WALL) == 0;
}

static bool childless_within_ms(long ms)
{
	struct timespec end = deadline_after_ms(ms);

	while (have_children()) {
		if (deadline_over(&end))
			return false;
		deadline_step();
	}
	return true;
}

/* The number of processes that were left and had to be killed. */
static int clear_strays(long grace_ms)
{
	struct timespec end = deadline_after_ms(KILL_GRACE_MS);
	int count = 0;

	if (childless_within_ms(grace_ms))
		return 0;
	while (!deadline_over(&end)) {
		count += kill_children();
		if (childless_within_ms(100))
			break;
	}
	return count ? count : 1;
}

/* ---- one case --------------------------------------------------------------- */

static void case_child(const struct test_case *test, int output, pid_t runner)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	if (getppid() != runner)
		_exit(1);
	setpgid(0, 0);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	test_output = fcntl(output, F_DUPFD_CLOEXEC, OUTPUT_FD);
	close(output);
	setvbuf(stdout, NULL, _IOLBF, 0);
	test->run();
	fflush(stdout);
	test_record->finished = true;
	_exit(0);
}

static bool ended_within_ms(pid_t pid, int ms)
{
	struct pollfd set = { .events = POLLIN };
	struct timespec end = deadline_after_ms(ms);
	int count;

	set.fd = syscall(SYS_pidfd_open, pid, 0);
	do
		count = poll(&set, 1, ms);
	while (count < 0 && errno == EINTR && !deadline_over(&end));
	close(set.fd);
	return count > 0;
}

static void note_file(pid_t pid, const char *name)
{
	char text[2048];
	ssize_t length;
	int fd;

	snprintf(text, sizeof(text), "/proc/%d/%s", pid, name);
	fd = open(text, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (length > 0)
		test_note("%s: %.*s", name, (int)length, text);
	if (fd >= 0)
		close(fd);
}

/* The reason why it failed, or NULL. */
static const char *verdict_of_status(int status, char *why, size_t size)
{
	if (WIFSIGNALED(status))
		snprintf(why, size, "killed by signal %d (%s)",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (test_record->failed)
		snprintf(why, size, "%d of %d assertions failed",
			 test_record->failed, test_record->asserted);
	else if (test_record->skipped)
		return NULL;
	else if (WEXITSTATUS(status) || !test_record->finished)
		snprintf(why, size, "exited early with status %d",
			 WEXITSTATUS(status));
	else if (!test_record->asserted)
		snprintf(why, size, "asserts nothing");
	else
		return NULL;
	return why;
}

static int deadline_of(const struct test_case *test)
{
	return test->deadline_s * slowness();
}

static const char *hung(pid_t pid, const struct test_case *test, char *why,
			size_t size)
{
	note_file(pid, "syscall");
	note_file(pid, "stack");
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	clear_strays(0);
	snprintf(why, size, "not finished after %d s", deadline_of(test));
	return why;
}

static const char *case_judge(pid_t pid, const struct test_case *test,
			      char *why, size_t size)
{
	const char *verdict;
	int status = 0, left;

	if (!ended_within_ms(pid, deadline_of(test) * 1000))
		return hung(pid, test, why, size);
	waitpid(pid, &status, 0);
	left = clear_strays(STRAY_GRACE_MS * slowness());
	verdict = verdict_of_status(status, why, size);
	if (verdict || !left)
		return verdict;
	snprintf(why, size, "left %d process%s", left, left == 1 ? "" : "es");
	return why;
}

static void show_output(int output)
{
	char line[4096];
	FILE *file;
	long shown = 0;

	lseek(output, 0, SEEK_SET);
	file = fdopen(dup(output), "r");
	while (file && fgets(line, sizeof(line), file) &&
	       shown < OUTPUT_SHOWN) {
		line[strcspn(line, "\n")] = 0;
		shown += printf("# %s\n", line);
	}
	if (file)
		fclose(file);
}

/* Each line of what it told, as a comment with the case's name. */
static void show_told(const struct test_case *test)
{
	char *next = test_record->told, *line;

	while ((line = strsep(&next, "\n")))
		if (*line)
			printf("# %s: %s\n", test->name, line);
}

static void print_point(int number, const struct test_case *test,
			const char *why)
{
	if (why)
		printf("# %s: %s\n", test->name, why);
	printf("%s %d %s", why ? "not ok" : "ok", number, test->name);
	if (!why && test_record->skipped)
		printf(" # SKIP %s", test_record->reason);
	printf("\n");
	fflush(stdout);
}

static bool case_run(const struct test_case *test, int number)
{
	int output = memfd_create("output", MFD_CLOEXEC);
	pid_t runner = getpid(), pid;
	char buffer[128];
	const char *why;

	memset(test_record, 0, sizeof(*test_record));
	test_output = output;
	fflush(stdout);
	pid = fork();
	if (!pid)
		case_child(test, output, runner);
	setpgid(pid, pid);
	why = pid < 0 ? "cannot fork" :
			case_judge(pid, test, buffer, sizeof(buffer));
	if (why || verbose)
		show_output(output);
	show_told(test);
	print_point(number, test, why);
	close(output);
	return !why;
}

/* ---- the program ------------------------------------------------------------- */

static bool selected(const struct test_case *test, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (!strcmp(*names, test->name))
			return true;
	return false;
}

static int list_cases(void)
{
	for (struct test_case *test = cases; test; test = test->next)
		printf("%s\n", test->name);
	return 0;
}

static int run_cases(char **names)
{
	int count = 0, number = 0, failed = 0;
	struct test_case *test;

	for (test = cases; test; test = test->next)
		count += selected(test, names);
	printf("KTAP version 1\n1..%d\n", count);
	for (test = cases; test; test = test->next)
		if (selected(test, names))
			failed += !case_run(test, ++number);
	return failed || !count;
}

int main(int argc, char **argv)
{
	bool list = false;

	for (int option; (option = getopt(argc, argv, "lv")) != -1;) {
		if (option == '?')
			return 2;
		list |= option == 'l';
		verbose |= option == 'v';
	}
	if (list)
		return list_cases();
	test_record = mmap(NULL, sizeof(*test_record), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (test_record == MAP_FAILED)
		return 2;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return run_cases(argv + optind);
}

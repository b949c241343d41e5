// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz SECONDS [SEED [CORPUS [CALLS]]]: so long, or until so many calls were made.  To
 * standard output go lines that the host reads:
 *
 *	@ progress SECONDS CALLS PROGRAMS PLACES CORPUS
 *	@ corpus HEX		a program that reached something new
 *	@ place HEX		an address in the module that was reached
 *	@ running HEX		what ran when the kernel complained, or hung
 *	@ task WORDS		what a task does in which nothing happens
 *	@ finding WORDS
 *	@ calls NUMBER		the last line, if all went well
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define ARENA_SECONDS 4
#define HANG_SECONDS 60
#define TEXT_SIZE (MAX_INSTRUCTIONS * 16 + 1)

struct shared *shared;

static bool is_complaint(const char *line)
{
	static const char *const words[] = {
		"BUG:", "WARNING:", "KASAN", "UBSAN",	"INFO: task",
		"Oops", "lockdep",  "stall", "possible"
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

static void print_program(const char *what, const struct program *program)
{
	char text[TEXT_SIZE];

	program_write(program, text, sizeof(text));
	if (*text)
		printf("@ %s %s\n", what, text);
}

static void print_running(void)
{
	for (int i = 0; i < MAX_RUNNERS; i++)
		for (int j = 0; j < MAX_THREADS; j++)
			print_program("running", &shared->running[i][j]);
}

static void finding(const char *words)
{
	shared->stop = true;
	printf("@ finding %s", words);
	print_running();
	fflush(stdout);
}

/* The kernel's log, from now on. */
static int log_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	lseek(fd, 0, SEEK_END);
	return fd;
}

static bool log_is_clean(int fd)
{
	char line[2048];
	ssize_t length;

	while ((length = read(fd, line, sizeof(line) - 1)) > 0 ||
	       (length < 0 && errno == EPIPE)) {
		if (length < 0)
			continue;
		line[length] = 0;
		if (!is_complaint(line))
			continue;
		finding(strchr(line, ';') ? strchr(line, ';') + 1 : line);
		return false;
	}
	return true;
}

static uint32_t printed;

static void progress(time_t since)
{
	uint32_t count = shared->nr_corpus;

	printf("@ progress %ld %llu %llu %u %u\n", (long)(time(NULL) - since),
	       (unsigned long long)shared->calls,
	       (unsigned long long)shared->programs, shared->nr_places, count);
	for (; printed < count && printed < MAX_CORPUS; printed++)
		print_program("corpus", &shared->corpus[printed]);
	fflush(stdout);
}

#define KPROBES "/sys/kernel/debug/kprobes/enabled"
#define HIDEPID "/sys/module/procfd/parameters/hidepid"

static void set(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (write(fd, value, 1) != 1)
		perror(path);
	close(fd);
}

/* In the middle of an arena probes do not fire, whatever was made by them. */
static void probes_pause(void)
{
	if (fork())
		return;
	sleep(ARENA_SECONDS / 2);
	set(KPROBES, "0");
	sleep(1);
	set(KPROBES, "1");
	_exit(0);
}

static void arenas(uint64_t seed, time_t end)
{
	for (int i = 0; time(NULL) < end && !shared->stop; i++) {
		if (i % 8 == 7)
			probes_pause();
		set(HIDEPID, i % 6 == 5 ? "2" : i % 6 == 2 ? "1" : "0");
		arena(seed + (uint64_t)i * 1000, ARENA_SECONDS, i % 3 == 2);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	_exit(0);
}

static bool supervise(uint64_t seed, int seconds, uint64_t enough)
{
	time_t begin = time(NULL), told = begin, moved = begin, now;
	int log = log_open();
	uint64_t calls = 0;
	pid_t pid = fork();

	if (!pid)
		arenas(seed, begin + seconds);
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		usleep(100000);
		now = time(NULL);
		if (!log_is_clean(log))
			return false;
		if (shared->calls >= enough)
			shared->stop = true;
		if (shared->calls != calls) {
			calls = shared->calls;
			moved = now;
		}
		if (now - moved > HANG_SECONDS) {
			finding("nothing has happened for a minute\n");
			print_tasks();
			return false;
		}
		if (now - told >= 10) {
			progress(begin);
			told = now;
		}
	}
	progress(begin);
	return log_is_clean(log);
}

static void corpus_read(const char *path)
{
	char line[TEXT_SIZE + 16];
	struct program program;
	FILE *file = path ? fopen(path, "re") : NULL;

	if (!file)
		return;
	while (fgets(line, sizeof(line), file))
		if (program_read(&program, line))
			corpus_add(&program);
	fclose(file);
	printed = shared->nr_corpus;
}

static void print_places(void)
{
	for (int i = 0; i < MAX_PLACES; i++)
		if (shared->places[i])
			printf("@ place %llx\n",
			       (unsigned long long)shared->places[i]);
}

int main(int argc, char **argv)
{
	int seconds = argc > 1 ? atoi(argv[1]) : 60;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	uint64_t calls = argc > 4 ? strtoull(argv[4], NULL, 0) : UINT64_MAX;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		perror("fuzz: mmap");
		return 1;
	}
	random_seed(seed);
	corpus_read(argc > 3 ? argv[3] : NULL);
	if (!supervise(seed, seconds, calls))
		return 1;
	print_places();
	printf("@ calls %llu\n", (unsigned long long)shared->calls);
	return 0;
}

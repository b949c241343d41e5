/* SPDX-License-Identifier: GPL-2.0-only */
/* Run procfdctl, and look at what it says. */
#ifndef PROCFD_TESTS_PROCFDCTL_H
#define PROCFD_TESTS_PROCFDCTL_H

#include <dirent.h>
#include <regex.h>
#include <stdarg.h>
#include <sys/mman.h>

#include "support.h"

#define PROCFDCTL "/usr/bin/procfdctl"

struct ctl {
	pid_t pid;
	int files[2]; /* standard output, standard error */
	int status; /* of wait(2) */
	char out[65536], err[4096];
};

/* @prepare: what the process does before it becomes the command, or NULL */
static inline struct ctl *ctl_start_as(void (*prepare)(void),
				       const char *const argv[])
{
	struct ctl *ctl = calloc(1, sizeof(*ctl));

	if (access(PROCFDCTL, X_OK))
		SKIP("no procfdctl here");
	ASSERT_TRUE(ctl != NULL);
	for (int i = 0; i < 2; i++)
		ctl->files[i] = ASSERT_OK(memfd_create("said", MFD_CLOEXEC));
	ctl->pid = ASSERT_OK(fork());
	if (!ctl->pid) {
		dup2(ctl->files[0], 1);
		dup2(ctl->files[1], 2);
		if (prepare)
			prepare();
		execv(PROCFDCTL, (char *const *)argv);
		_exit(127);
	}
	return ctl;
}

static inline struct ctl *ctl_start(const char *const argv[])
{
	return ctl_start_as(NULL, argv);
}

static inline void ctl_read(int file, char *text, size_t size)
{
	ssize_t length = ASSERT_OK(pread(file, text, size - 1, 0));

	text[length] = '\0';
	close(file);
}

static inline struct ctl *ctl_finish(struct ctl *ctl)
{
	ctl->status = reap(ctl->pid);
	ctl_read(ctl->files[0], ctl->out, sizeof(ctl->out));
	ctl_read(ctl->files[1], ctl->err, sizeof(ctl->err));
	return ctl;
}

#define CTL_START(...) \
	ctl_start((const char *const[]){ "procfdctl", __VA_ARGS__, NULL })
#define CTL(...) ctl_finish(CTL_START(__VA_ARGS__))

/* ---- what it said ------------------------------------------------------------ */

/* A line that matches an extended pattern. */
static inline bool has_line(const char *text, const char *pattern)
{
	regex_t regex;
	bool found;

	ASSERT_EQ(regcomp(&regex, pattern, REG_EXTENDED | REG_NEWLINE), 0);
	found = !regexec(&regex, text, 0, NULL, 0);
	regfree(&regex);
	return found;
}

static inline bool says(const struct ctl *ctl, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* It succeeded, and printed such a line. */
static inline bool says(const struct ctl *ctl, const char *format, ...)
{
	char pattern[512];
	va_list args;
	bool found;

	va_start(args, format);
	vsnprintf(pattern, sizeof(pattern), format, args);
	va_end(args);
	found = has_line(ctl->out, pattern);
	if (!found || ctl->status)
		test_note("status %d, pattern %s, printed: %s%s",
			  WEXITSTATUS(ctl->status), pattern, ctl->out,
			  ctl->err);
	return found && !ctl->status;
}

static inline bool complains(const struct ctl *ctl, int status,
			     const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* It ended so, with this one line, and printed nothing. */
static inline bool complains(const struct ctl *ctl, int status,
			     const char *format, ...)
{
	char line[512];
	va_list args;
	bool same;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	same = ctl->status == status << 8 && !*ctl->out &&
	       !strcmp(ctl->err, line);
	if (!same)
		test_note("status %d, expected %s, printed: %s%s",
			  WEXITSTATUS(ctl->status), line, ctl->out, ctl->err);
	return same;
}

/* ---- what it waits for --------------------------------------------------------- */

static inline bool fdinfo_names(const char *path, pid_t pid)
{
	FILE *file = fopen(path, "re");
	char line[256];
	bool found = false;
	int named;

	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "Pid: %d", &named) == 1 && named == pid;
	if (file)
		fclose(file);
	return found;
}

/* It has a procfd of that process or thread, and sleeps: has read its name, too. */
static inline bool ctl_waits_for(const struct ctl *ctl, pid_t pid)
{
	char path[512];
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo", ctl->pid);
	dir = opendir(path);
	for (struct dirent *entry; dir && !found && (entry = readdir(dir));) {
		snprintf(path, sizeof(path), "/proc/%d/fdinfo/%s", ctl->pid,
			 entry->d_name);
		found = fdinfo_names(path, pid);
	}
	if (dir)
		closedir(dir);
	return found && proc_state(ctl->pid) == 'S';
}

#endif

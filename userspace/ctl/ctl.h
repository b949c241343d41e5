/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands of procfdctl share. */
#ifndef PROCFDCTL_H
#define PROCFDCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include <getopt.h>

#include "procfd.h"

struct json_object;
struct kmod_ctx;

#define MODULE "procfd"
#define DEVICE "/dev/procfd"

/* exit statuses; STATUS_HELP tells them to the user */
enum status {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_NO_MODULE = 3,
	STATUS_TIMEOUT = 124,
	/* run only, whose command has the small numbers; as env(1), timeout(1) */
	STATUS_RUN_FAILED = 125,
	STATUS_CANNOT_EXEC = 126,
	STATUS_NOT_FOUND = 127,
};

struct command {
	const char *name;
	const char *summary;
	/* what follows the name in the usage line, then the text of --help */
	const char *arguments;
	const char *help;
	int (*run)(int argc, char **argv);
	/* all own failures are STATUS_RUN_FAILED */
	bool runs_another;
};

extern const struct command command_wait, command_kill, command_run,
	command_info, command_ps, command_tree, command_dir, command_features,
	command_load, command_unload, command_status, command_doctor;

/* the one that is running */
extern const struct command *command;

/* ---- error.c: one line on standard error: what failed, what to do --------- */

/* "procfdctl: COMMAND: WORDS: HINT" */
void complain(const char *hint, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* "... WORDS: text of errno: what to do about that errno"; the exit status */
int fail_errno(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "... WORDS: see 'procfdctl COMMAND --help'"; does not return */
void fail_usage(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/* The exit status for this kind of failure in the running command. */
int status_of(enum status status);

/* ---- options.c ------------------------------------------------------------- */

/*
 * getopt_long() that answers --help (-h must be among the options) and ends with
 * one line at a mistake. -1 at the end of the options.
 */
int next_option(int argc, char **argv, const char *short_options,
		const struct option *options);

/* Each of these ends with a usage error if the text is not one. */
pid_t parse_pid(const char *text);
int64_t parse_duration_ns(const char *text);
int parse_signal(const char *text);

/* the number, or -1 */
int signal_number(const char *text);

/* ---- text.c: what people read ----------------------------------------------- */

#define TEXT_MAX 64

/* Each writes into text[TEXT_MAX] and returns it. */
const char *duration_text(uint64_t ns, char *text);
const char *size_text(uint64_t bytes, char *text);
const char *signal_text(int sig, char *text);

/* For columns: "1.5M"; "0:01", "12:34:56" or "3d04h"; "0:01.25" below an hour */
const char *size_cell(uint64_t bytes, char *text);
const char *age_cell(uint64_t ns, char *text);
const char *duration_cell(uint64_t ns, char *text);

enum colour { PLAIN, BOLD, RED, GREEN, YELLOW };

/* The sequence that switches it on; nothing if @to is no terminal. */
const char *colour(FILE *to, enum colour colour);

/* Bytes that could steer a terminal, or are not ASCII, become '?'. */
void make_printable(char *text);

/* ---- users.c ------------------------------------------------------------------ */

/* The name, or the number where there is none; it stays valid. */
const char *user_name(uid_t uid);
const char *group_name(gid_t gid);

/* A name or a number; ends with a usage error if it is neither. */
uid_t parse_user(const char *text);

/* ---- target.c: processes, or threads, that a user named ---------------------- */

struct target {
	int fd;
	pid_t pid; /* number of the process, or of the thread */
	bool thread;
	pid_t tgid; /* of a thread: its process; 0: not known, or no thread */
	char comm[TEXT_MAX];
};

struct targets {
	struct target *list;
	size_t count;
	bool threads; /* numbers are those of threads */
};

/*
 * Pin the process, or the thread; its name is read while the number certainly was
 * its. Returns 0, or -1 with errno.
 */
int target_open(struct target *target, pid_t pid, bool thread);

/* ", a thread of 10", or nothing of a process; in text[TEXT_MAX] */
const char *owner_text(const struct target *target, char *text);

/* Is it there still, so that what was read by number was read of it? */
bool target_unreaped(const struct target *target);

/* After procfd_open() of a number failed: a line and a status. */
int fail_open(pid_t pid, bool thread);

void targets_add(struct targets *targets, const struct target *target);

/* All of ARGV; a line for each that cannot be opened. STATUS_OK or the worst. */
int targets_open(struct targets *targets, char **argv);
void targets_close(struct targets *targets);

/* As many fds as the system lets us have. */
void raise_fd_limit(void);

/* ---- report.c: the end of a process ------------------------------------------ */

/* two lines for people */
void report_text(FILE *to, const struct target *target,
		 const struct procfd_exit_record *record);
struct json_object *target_json(const struct target *target, const char *state,
				const struct procfd_exit_record *record);

/* Print it on one line and let go of it. */
void print_json(FILE *to, struct json_object *object);

/* ---- module.c ---------------------------------------------------------------- */

/* libkmod, which prints nothing; NULL where it is not installed. */
struct kmod_ctx *libkmod_open(void);

/* ---- features.c -------------------------------------------------------------- */

struct feature {
	uint64_t bit;
	const char *name;
	const char *gives;
	const char *needs; /* of the kernel */
};

/* the last has no name */
extern const struct feature features[];

/* "0.1.0", in text[TEXT_MAX] */
const char *version_text(uint32_t version, char *text);

/* ---- endings.c: many processes until they end --------------------------------- */

struct endings {
	struct targets *targets;
	int64_t timeout_ns; /* -1: none */
	bool any; /* the first is enough */
	bool json;
	int first_bad; /* out: shell's status of the first that failed, or 0 */
};

/* Reports each as it ends. An exit status: OK, TIMEOUT or FAILED. */
int await_endings(struct endings *endings);

int64_t monotonic_ns(void);

/* milliseconds for poll() until then, rounded up; -1 if @deadline_ns is -1 */
int poll_timeout(int64_t deadline_ns);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What ps, tree and info share: processes, and what is known of them. */
#ifndef PROCFDCTL_PROCESS_H
#define PROCFDCTL_PROCESS_H

#include "ctl.h"

struct process {
	struct procfd_info_record info;
	char name[TEXT_MAX]; /* comm, printable */
	char *args; /* the command line, printable; NULL: not known */
	/* tree: how deep, and whether it is the last child of its parent */
	unsigned int depth;
	bool last;
};

struct processes {
	struct process *list;
	size_t count;
};

/* ---- pids.c: numbers that a user named ------------------------------------------ */

struct pids {
	pid_t *list; /* in order, none twice */
	size_t count;
};

/* Ends with a usage error if a word is no number. */
void pids_parse(struct pids *pids, char **words);
void pids_free(struct pids *pids);
bool pids_have(const struct pids *pids, pid_t pid);

/*
 * A line, and a status, for each that is nobody's. @processes are what was listed,
 * in the order of their numbers.
 */
int pids_complain(const struct pids *pids, const struct processes *processes,
		  bool threads);

/* ---- process.c: which processes there are ------------------------------------ */

/* Which of them a user wants to see. */
struct selection {
	unsigned int flags; /* PROCFD_LIST_UID and _THREADS */
	uid_t uid;
	pid_t parent; /* 0: any */
	const char *pidns; /* a file, or the number of a process; NULL: ours */
	const char *pattern; /* of the name; NULL: any */
	bool no_kernel; /* threads of the kernel are left out */
	struct pids pids; /* only these; none: all */
};

/*
 * In the order of their numbers. @groups are PROCFD_INFO_*; what a selection and
 * a name need is always there. A status, after a line that says what failed.
 */
int processes_list(struct processes *processes,
		   const struct selection *selection, uint64_t groups);

/* Command lines, each read of the process that was listed and of no other. */
void processes_read_args(struct processes *processes);
void processes_free(struct processes *processes);

void process_set_info(struct process *process,
		      const struct procfd_info_record *info);

/* ---- values.c: what a column shows -------------------------------------------- */

/* The part of time it ran, and of memory it has, in tenths of a percent. */
int64_t cpu_share(const struct process *process);
int64_t memory_share(const struct process *process);

/* CPU time; how long it lives; nanoseconds. */
int64_t cpu_time(const struct process *process);
int64_t age(const struct process *process);

const char *tty_text(uint32_t tty, char *text);
const char *policy_text(int policy);
const char *policy_name(int policy);
const char *state_name(uint32_t state);

/* The letters of ps: state, nice, session, threads, foreground. */
const char *stat_text(const struct process *process, char *text);

/* The time of day, or the day. */
const char *start_text(uint64_t start_ns, char *text);

/* ---- info_text.c, info_json.c ---------------------------------------------------- */

void info_text(const struct process *process, const char *parent);
void info_json(struct json_object *object,
	       const struct procfd_info_record *info);

/* Path of the cgroup below its mount; NULL if it cannot be had. */
char *cgroup_path(uint64_t id);

#endif

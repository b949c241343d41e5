// SPDX-License-Identifier: GPL-2.0-only
/*
 * LIST of all processes with the members of stat, as an ordinary user, against
 * what people use: reading and parsing /proc/PID/stat of each, by sscanf() as procps
 * does and by a parser written for it, `ps -e`, and a BPF task iterator; with 100, 1,000 and 10,000 processes, and what each one more
 * costs
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "bpf_tasks.h"
#include "groups.h"
#include "list.h"
#include "procfs.h"

#define PS "/usr/bin/ps"
/* The kernel's own may come and go. */
#define SPARE 200

enum way { LIST, STAT, STAT_BY_HAND, PS_E, BPF, NR_WAYS };

static const struct {
	const char *name;
	double goal; /* with the most processes */
} ways[NR_WAYS] = {
	[STAT] = { "stat", 1.0 / 40 },
	[STAT_BY_HAND] = { "stat_by_hand", 0 },
	[PS_E] = { "ps", 1.0 / 100 },
	[BPF] = { "bpf", 1.0 },
};

static const unsigned int totals[] = { 100, 1000, 10000 };

#define TOTAL_SHORT 1000

#define NR_TOTALS (sizeof(totals) / sizeof(totals[0]))

/**
 * struct step - what was found with one number of processes
 * @cost:  instructions of each way; 0: this kernel cannot
 * @count: of the list
 * @why:   why this kernel cannot
 */
struct step {
	unsigned int total;
	unsigned int count;
	double cost[NR_WAYS];
	char why[160];
};

struct sweep {
	struct stat_members *members;
	unsigned int room;
	unsigned int count;
	int link;
	enum procfs_parser parser;
};

static struct stat_members *members_room(unsigned int room)
{
	return shared_memory(room * sizeof(struct stat_members));
}

static void read_stat(void *arg)
{
	struct sweep *sweep = arg;

	sweep->count = procfs_all(sweep->members, sweep->room, sweep->parser);
}

static void read_bpf(void *arg)
{
	struct sweep *sweep = arg;

	sweep->count = bpf_tasks_all(sweep->link, sweep->members, sweep->room);
}

/* ---- ps ---------------------------------------------------------------------- */

static void run_ps(const char *output)
{
	char *argv[] = { "ps", "-e", NULL };
	char *envp[] = { "PATH=/usr/bin", NULL };
	posix_spawn_file_actions_t actions;
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, output,
					 O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (posix_spawn(&pid, PS, &actions, NULL, argv, envp) ||
	    waitpid(pid, &status, 0) != pid || status)
		fail("no ps -e");
	posix_spawn_file_actions_destroy(&actions);
}

static void ps_to_nowhere(void *arg)
{
	(void)arg;
	run_ps("/dev/null");
}

/* Lines of its output but the heading, without itself. */
static unsigned int ps_count(void)
{
	char name[32], line[256];
	unsigned int count = 0;
	FILE *file;

	sprintf(name, "/tmp/ps.%d", getpid());
	run_ps(name);
	file = fopen(name, "r");
	while (file && fgets(line, sizeof(line), file))
		count++;
	if (!file || count < 2)
		fail("nothing from ps -e");
	fclose(file);
	unlink(name);
	return count - 2;
}

/* ---- do they give the same? -------------------------------------------------- */

static const struct procfd_info *record(const struct lister *lister,
					unsigned int nr)
{
	return (void *)(lister->records + (size_t)nr * lister->record_size);
}

static void same_members(const struct procfd_info *info,
			 const struct stat_members *m, __u64 start)
{
	if (info->mask != STAT_GROUPS || info->pid != m->pid ||
	    info->ppid != m->ppid || info->pgid != m->pgid ||
	    info->sid != m->sid ||
	    strncmp((char *)info->comm, (char *)m->comm, 16) ||
	    info->tty != m->tty || info->tty_pgid != m->tty_pgid ||
	    info->minflt != m->minflt || info->majflt != m->majflt ||
	    info->priority != m->priority || info->nice != m->nice ||
	    info->nr_threads != m->nr_threads ||
	    info->exit_signal != m->exit_signal ||
	    info->processor != m->processor || info->policy != m->policy ||
	    info->vsize_bytes != m->vsize || start != m->start)
		fail("LIST and the other tell not the same of process %d",
		     info->pid);
}

/* All children are there, in order, and each is told of as the other tells it. */
static void compare(const struct lister *lister, const struct sweep *sweep,
		    __u64 start_unit)
{
	unsigned int i = 0, j = 0;

	for (unsigned int nr = 0; nr < processes_made(); nr++) {
		pid_t pid = process_made(nr);

		while (i < lister->count && record(lister, i)->pid != pid)
			i++;
		while (j < sweep->count && sweep->members[j].pid != pid)
			j++;
		if (i == lister->count || j == sweep->count)
			fail("process %d is missing", pid);
		same_members(record(lister, i), &sweep->members[j],
			     record(lister, i)->start_ns / start_unit);
	}
}

/* A few threads of the kernel's come and go, and only they. */
static void check_count(const char *what, unsigned int count,
			unsigned int total)
{
	unsigned int apart = count > total ? count - total : total - count;

	if (apart > 5)
		fail("%s has %u processes, there are %u", what, count, total);
}

/* ---- one number of processes ------------------------------------------------- */

static void list_into(struct lister *lister, unsigned int total)
{
	lister_open(lister, STAT_GROUPS, PROCFD_INFO_SIZE_SHORT, total + SPARE);
	list_all(lister);
	check_count("LIST", lister->count, total);
}

static void measure_list(struct step *step)
{
	struct sweep sweep = { .members = members_room(step->total + SPARE),
			       .room = step->total + SPARE };
	struct lister lister;

	list_into(&lister, step->total);
	step->cost[LIST] = instructions_of(list_all, &lister, 1);
	step->count = lister.count;
	for (enum way way = STAT; way <= STAT_BY_HAND; way++) {
		sweep.parser = way == STAT ? BY_SCANF : BY_HAND;
		step->cost[way] = instructions_of(read_stat, &sweep, 1);
		check_count("/proc", sweep.count, step->total);
		compare(&lister, &sweep, 10000000);
	}
}

/* As an ordinary user, like the next. */
static void measure_short(void *arg)
{
	measure_list(arg);
}

static void measure(void *arg)
{
	struct step *step = arg;

	measure_list(step);
	step->cost[PS_E] = instructions_of(ps_to_nowhere, NULL, 1);
	check_count("ps", ps_count(), step->total);
}

/* Nobody else but root can. */
static void measure_bpf(void *arg)
{
	struct step *step = arg;
	struct sweep sweep = { .members = members_room(step->total + SPARE),
			       .room = step->total + SPARE,
			       .link = bpf_tasks_open() };
	struct lister lister;

	if (sweep.link < 0) {
		snprintf(step->why, sizeof(step->why), "%s", bpf_tasks_why());
		return;
	}
	list_into(&lister, step->total);
	step->cost[BPF] = instructions_of(read_bpf, &sweep, 1);
	check_count("BPF", sweep.count, step->total);
	compare(&lister, &sweep, 1);
}

static void report_step(enum way way, const struct step *step, double goal)
{
	char name[64];

	sprintf(name, "list_%u_%s", step->total, ways[way].name);
	if (step->cost[way])
		report(name, step->cost[LIST], step->cost[way], goal);
	else
		report_none(name, step->cost[LIST], goal, step->why);
}

static double each_more(enum way way, const struct step *from,
			const struct step *to)
{
	return (to->cost[way] - from->cost[way]) / (to->total - from->total);
}

static void report_way(enum way way, const struct step *steps)
{
	const struct step *last = &steps[NR_TOTALS - 1];
	char name[64];

	for (const struct step *step = steps; step < last; step++)
		report_step(way, step, 0);
	report_step(way, last, ways[way].goal);
	if (!last->cost[way])
		return;
	sprintf(name, "list_each_more_%s", ways[way].name);
	report(name, each_more(LIST, last - 1, last),
	       each_more(way, last - 1, last), 0);
}

void row_list(void)
{
	struct step *steps = shared_memory(NR_TOTALS * sizeof(*steps));

	for (unsigned int i = 0; i < NR_TOTALS; i++) {
		steps[i].total = totals[i];
		processes_grow(totals[i]);
		run_as(BENCH_USER, measure, &steps[i]);
		run_as(0, measure_bpf, &steps[i]);
	}
	for (enum way way = STAT; way < NR_WAYS; way++)
		report_way(way, steps);
}

/* What repeats to the last digits, and is soon done. */
void row_list_short(void)
{
	struct step *step = shared_memory(sizeof(*step));

	step->total = TOTAL_SHORT;
	processes_grow(step->total);
	run_as(BENCH_USER, measure_short, step);
	report_step(STAT, step, 0);
	report_step(STAT_BY_HAND, step, 0);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * So few process numbers that each is used again and again, while signals are
 * sent through procfds to the living and the dead: never does one come to another.
 *
 * Each target knows its own birth, and takes a signal only if that is meant. A
 * mother makes targets, holds the fds of many who are dead, and ends and reaps
 * the living; a thread of hers sends to all of them meanwhile.
 */
#include <pthread.h>
#include <semaphore.h>

#include "finding.h"
#include "storming.h"

#define MOTHERS 3
#define HELD 24 /* procfds that a mother holds */
#define ALIVE_EACH 4 /* the targets among them that live */

#define NUMBERS 400
#define PID_MAX_FEW "400"
#define FIRST_AGAIN 300 /* with what the kernel begins again */

/* Of the signals that wait the lowest comes first: END last. */
#define SIGNAL_VALUE SIGRTMIN /* its value is the birth */
#define SIGNAL_PLAIN (SIGRTMIN + 1) /* and 15 more: one for each 16th birth */
#define PLAIN_KINDS 16
#define SIGNAL_END SIGRTMAX

/* No more than the queue of an ordinary user takes. */
#define SENT_MOST 16

enum state { NOBODY, ALIVE, ENDING, REAPED };

struct held {
	pthread_mutex_t lock; /* procfd and birth are not changed under us */
	int procfd;
	pid_t pid;
	int birth;
	int state;
	int got; /* counted by the target */
	int sent; /* that it may have got, counted before sending */
	int after; /* how often was sent to it when it was dead */
	int sure; /* of these, what it must have got before its end */
};

struct storm {
	int births; /* for each mother */
	int uses[NUMBERS];
	int signals, refused, wrong;
	struct mother {
		struct storm *storm;
		int number;
		sem_t go;
		bool over;
		struct held held[HELD];
	} mothers[MOTHERS];
};

static void add(int *count)
{
	__atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
}

static int get(const int *value)
{
	return __atomic_load_n(value, __ATOMIC_SEQ_CST);
}

static void set(int *value, int to)
{
	__atomic_store_n(value, to, __ATOMIC_SEQ_CST);
}

/* ---- the target ---------------------------------------------------------------------- */

/* Is it meant for the one with this birth? */
static bool is_meant(const siginfo_t *info, int birth)
{
	if (info->si_signo == SIGNAL_VALUE || info->si_signo == SIGNAL_END)
		return info->si_value.sival_int == birth;
	return info->si_signo == SIGNAL_PLAIN + birth % PLAIN_KINDS;
}

static int status_of_birth(int birth)
{
	return birth % 251;
}

static void be_target(struct storm *storm, struct held *held, int birth)
{
	siginfo_t info;
	sigset_t all;

	sigfillset(&all);
	for (;;) {
		if (sigwaitinfo(&all, &info) < 0)
			continue;
		if (!is_meant(&info, birth))
			add(&storm->wrong);
		else if (info.si_signo == SIGNAL_END)
			_exit(status_of_birth(birth));
		else
			add(&held->got);
	}
}

/* ---- the sender ----------------------------------------------------------------------- */

static int send_value(int procfd, int signal, int value)
{
	struct procfd_send_signal arg = { .signal = signal,
					  .flags = PROCFD_SIGNAL_INFO,
					  .code = SI_QUEUE,
					  .value = value };

	return ioctl(procfd, PROCFD_SEND_SIGNAL, &arg);
}

static void send_to_dead(struct storm *storm, struct held *held)
{
	if (held->after++ % 2)
		EXPECT_ERRNO(send_signal(held->procfd, SIGKILL, 0), ESRCH);
	else
		EXPECT_ERRNO(send_value(held->procfd, SIGNAL_END, held->birth),
			     ESRCH);
	add(&storm->refused);
}

/* It may be told to end, and be reaped, while we send. */
static void send_to_living(struct storm *storm, struct held *held)
{
	int signal = SIGNAL_PLAIN + held->birth % PLAIN_KINDS, result;

	add(&held->sent);
	if (held->sent % 2)
		result = send_value(held->procfd, SIGNAL_VALUE, held->birth);
	else
		result = send_signal(held->procfd, signal, 0);
	if (get(&held->state) == ALIVE) {
		ASSERT_OK(result);
		add(&held->sure);
	}
	if (result)
		ASSERT_EQ(errno, ESRCH);
	add(result ? &storm->refused : &storm->signals);
}

static void send_to(struct storm *storm, struct held *held)
{
	if (pthread_mutex_trylock(&held->lock))
		return;
	switch (get(&held->state)) {
	case NOBODY: break;
	case REAPED: send_to_dead(storm, held); break;
	default:
		if (held->sent < SENT_MOST)
			send_to_living(storm, held);
	}
	pthread_mutex_unlock(&held->lock);
}

static void *sender(void *arg)
{
	struct mother *mother = arg;

	for (;;) {
		sem_wait(&mother->go);
		if (mother->over)
			return NULL;
		for (int i = 0; i < HELD; i++)
			send_to(mother->storm, &mother->held[i]);
	}
}

/* ---- the mother ------------------------------------------------------------------------- */

static pid_t make_target(int dev, int birth, int *procfd)
{
	pid_t pid;

	switch (birth % 3) {
	case 0: return ASSERT_OK(clone_child(dev, 0, SIGCHLD, procfd));
	case 1:
		*procfd = ASSERT_OK(next_child(dev, 0));
		return ASSERT_OK(fork());
	default:
		pid = ASSERT_OK(fork());
		if (pid)
			*procfd = ASSERT_OK(open_pid(dev, pid, 0));
		return pid;
	}
}

/* In the place of one that is long dead. */
static void bear(struct mother *mother, int dev, struct held *held, int birth)
{
	int procfd = -1;
	pid_t pid;

	pthread_mutex_lock(&held->lock);
	if (held->state != NOBODY)
		ASSERT_OK(close(held->procfd));
	held->got = held->sent = held->sure = held->after = 0;
	pid = make_target(dev, birth, &procfd);
	if (!pid)
		be_target(mother->storm, held, birth);
	ASSERT_LT(pid, NUMBERS);
	add(&mother->storm->uses[pid]);
	held->pid = pid;
	held->procfd = procfd;
	held->birth = birth;
	set(&held->state, ALIVE);
	pthread_mutex_unlock(&held->lock);
}

/* A signal of another's would be one too many, or another end. */
static void end(struct mother *mother, struct held *held)
{
	bool killed = held->birth % 4 == 3;
	int sure, status;

	set(&held->state, ENDING);
	sure = get(&held->sure);
	if (killed)
		ASSERT_OK(send_signal(held->procfd, SIGKILL, 0));
	else
		ASSERT_OK(send_value(held->procfd, SIGNAL_END, held->birth));
	status = killed ? SIGKILL : status_of_birth(held->birth) << 8;
	if (!EXPECT_EQ(reap(held->pid), status))
		add(&mother->storm->wrong);
	ASSERT_ERRNO(send_signal(held->procfd, SIGKILL, 0), ESRCH);
	set(&held->state, REAPED);
	EXPECT_LE(get(&held->got), get(&held->sent));
	if (!killed)
		EXPECT_GE(get(&held->got), sure);
	add(&mother->storm->signals);
}

static void be_mother(void *arg)
{
	struct mother *mother = arg;
	int births = mother->storm->births, dev = device();
	pthread_t thread;
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	pthread_create(&thread, NULL, sender, mother);
	for (int i = 0; i < births + ALIVE_EACH; i++) {
		if (i < births)
			bear(mother, dev, &mother->held[i % HELD],
			     i * MOTHERS + mother->number);
		if (i >= ALIVE_EACH)
			end(mother, &mother->held[(i - ALIVE_EACH) % HELD]);
		sem_post(&mother->go);
	}
	mother->over = true;
	sem_post(&mother->go);
	pthread_join(thread, NULL);
}

static void be_mothers(void *arg)
{
	struct storm *storm = arg;
	pid_t pids[MOTHERS];

	for (int m = 0; m < MOTHERS; m++) {
		struct mother *mother = &storm->mothers[m];

		mother->storm = storm;
		mother->number = m;
		sem_init(&mother->go, 0, 0);
		for (int i = 0; i < HELD; i++)
			pthread_mutex_init(&mother->held[i].lock, NULL);
		pids[m] = fork_child(be_mother, mother);
	}
	for (int m = 0; m < MOTHERS; m++)
		test_follow(reap(pids[m]));
}

static void with_few(void *storm)
{
	with_pid_max(PID_MAX_FEW, be_mothers, storm);
}

/* Of the numbers that are used again: how many, and how often each on average. */
static int numbers_used(const struct storm *storm, int *each)
{
	int numbers = 0, uses = 0;

	for (int i = FIRST_AGAIN; i < NUMBERS; i++) {
		numbers += storm->uses[i] > 0;
		uses += storm->uses[i];
	}
	*each = numbers ? uses / numbers : 0;
	return numbers;
}

TEST_TIMEOUT(storm_numbers_used_again_never_get_a_signal_of_the_dead,
	     STORM_DEADLINE_S)
{
	struct storm *storm = shared_memory(sizeof(*storm));
	int births = storm_size(3000) / MOTHERS * MOTHERS, numbers, each;

	storm->births = births / MOTHERS;
	run_in_pid_namespace(with_few, storm);
	numbers = numbers_used(storm, &each);
	test_tell("%d processes, %d numbers used again, %d times on average",
		  births, numbers, each);
	test_tell("%d signals sent, %d refused to the dead, %d to a wrong one",
		  storm->signals, storm->refused, storm->wrong);
	EXPECT_EQ(storm->wrong, 0);
	EXPECT_GT(storm->signals, births);
	EXPECT_GT(storm->refused, births);
	EXPECT_GE(each, births / NUMBERS);
}

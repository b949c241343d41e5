// SPDX-License-Identifier: GPL-2.0-only
/* LIST while processes come and go: nobody twice, nobody missed, nobody foreign. */
#include <pthread.h>

#include "listing.h"
#include "pidstorm.h"

#define LOOKS 15
#define BIRTHS 1000

static const int rooms[] = { 1, 3, 64, LIST_MAX };

static struct listing listing_of_round(int look)
{
	static struct listing lists[4];
	struct listing *list = &lists[look % 4];

	if (!list->infos)
		*list = listing_make(rooms[look % 4]);
	list->arg.flags = 0;
	return *list;
}

/* ---- processes ------------------------------------------------------------------- */

static void list_everyone(void *unused)
{
	struct storm *storm = storm_begin();

	for (int look = 0; storm_goes_on(storm, &look, LOOKS, BIRTHS);) {
		struct listing list = listing_of_round(look);

		list_all(&list);
		expect_in_order(&list);
		expect_listed(&list, storm->kept, KEPT);
		expect_listed(&list, storm->stormers, STORMERS);
		expect_listed(&list, &storm->keeper, 1);
		EXPECT_EQ(times_listed(&list, 1), 1);
	}
	storm_end(storm);
}

TEST_TIMEOUT(list_in_a_storm_has_everyone_who_stays_once, 240)
{
	with_few_numbers(list_everyone);
}

static void list_uid(void *unused)
{
	struct storm *storm = storm_begin();

	for (int look = 0; storm_goes_on(storm, &look, LOOKS, BIRTHS);) {
		struct listing list = listing_of_round(look);

		list.arg.flags = PROCFD_LIST_UID;
		list.arg.uid = KEPT_UID;
		list_all(&list);
		expect_in_order(&list);
		expect_list_is(&list, storm->kept, KEPT);
		for (int i = 0; i < list.count; i++)
			EXPECT_EQ(list.infos[i].euid, KEPT_UID);
	}
	storm_end(storm);
}

TEST_TIMEOUT(list_of_a_uid_in_a_storm_is_exact, 240)
{
	with_few_numbers(list_uid);
}

static void expect_children_of(const struct listing *list, pid_t parent)
{
	for (int i = 0; i < list->count; i++)
		if (!EXPECT_EQ(list->infos[i].ppid, parent))
			test_note("process %d", list->infos[i].pid);
}

static void list_children(void *unused)
{
	struct storm *storm = storm_begin();
	int parent = procfd_of(storm->keeper);

	for (int look = 0; storm_goes_on(storm, &look, LOOKS, BIRTHS);) {
		struct listing list = listing_of_round(look);

		list.arg.flags = PROCFD_LIST_CHILDREN;
		list.arg.parent_fd = parent;
		list_all(&list);
		expect_in_order(&list);
		expect_listed(&list, storm->kept, KEPT);
		expect_children_of(&list, storm->keeper);
	}
	storm_end(storm);
}

TEST_TIMEOUT(list_of_children_in_a_storm_has_no_foreign_ones, 240)
{
	with_few_numbers(list_children);
}

/* ---- threads ---------------------------------------------------------------------- */

#define STAYING 10

static int stop_threads;

static void *end_at_once(void *unused)
{
	return NULL;
}

static void *bear_threads(void *unused)
{
	pthread_t id;

	while (!__atomic_load_n(&stop_threads, __ATOMIC_SEQ_CST))
		if (!pthread_create(&id, NULL, end_at_once, NULL))
			pthread_join(id, NULL);
	return NULL;
}

struct staying {
	struct gate told, leave;
	pid_t tid;
};

static void *stay(void *arg)
{
	struct staying *staying = arg;

	staying->tid = gettid();
	gate_open(&staying->told);
	gate_wait(&staying->leave);
	return NULL;
}

static void list_threads(void *unused)
{
	struct staying staying[STAYING];
	pthread_t ids[STAYING], bearers[2];
	pid_t tids[STAYING];
	struct storm *storm;

	for (int i = 0; i < STAYING; i++) {
		staying[i] = (struct staying){ gate_make(), gate_make(), 0 };
		pthread_create(&ids[i], NULL, stay, &staying[i]);
		gate_wait(&staying[i].told);
		tids[i] = staying[i].tid;
	}
	storm = storm_begin();
	for (int i = 0; i < 2; i++)
		pthread_create(&bearers[i], NULL, bear_threads, NULL);
	for (int look = 0; storm_goes_on(storm, &look, LOOKS, BIRTHS);) {
		struct listing list = listing_of_round(look);

		list.arg.flags = PROCFD_LIST_THREADS;
		list_all(&list);
		expect_in_order(&list);
		expect_listed(&list, storm->kept, KEPT);
		expect_listed(&list, tids, STAYING);
		EXPECT_EQ(times_listed(&list, getpid()), 1);
	}
	__atomic_store_n(&stop_threads, 1, __ATOMIC_SEQ_CST);
	for (int i = 0; i < 2; i++)
		pthread_join(bearers[i], NULL);
	for (int i = 0; i < STAYING; i++)
		gate_open(&staying[i].leave);
	for (int i = 0; i < STAYING; i++)
		pthread_join(ids[i], NULL);
	storm_end(storm);
}

TEST_TIMEOUT(list_of_threads_in_a_storm_has_all_that_stay_once, 240)
{
	with_few_numbers(list_threads);
}

/* ---- exec by a thread that is not the leader ------------------------------------------ */

#define EXECERS 4
#define EXECS 100
#define COUNTER_FD 190

static unsigned long *exec_counter(void)
{
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
			    COUNTER_FD, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static void *exec_self(void *unused)
{
	execl("/proc/self/exe", "test_list_storm", (char *)NULL);
	_exit(1);
}

/* The program begins here again after each exec, and takes the leader's place. */
__attribute__((constructor)) static void exec_for_ever(void)
{
	unsigned long *counter;
	pthread_t id;

	if (!getenv("PROCFD_EXEC_FOR_EVER"))
		return;
	counter = exec_counter();
	if (!counter || pthread_create(&id, NULL, exec_self, NULL))
		_exit(1);
	__atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
	for (;;)
		pause();
}

static void begin_to_exec(void *unused)
{
	setenv("PROCFD_EXEC_FOR_EVER", "1", 1);
	exec_self(NULL);
}

TEST_TIMEOUT(list_has_who_execs_in_a_thread_once, 240)
{
	int memory = memfd_create("counter", 0), self = procfd_of(getpid());
	unsigned long *counter;
	pid_t pids[EXECERS];

	ASSERT_OK(ftruncate(memory, 4096));
	ASSERT_EQ(dup2(memory, COUNTER_FD), COUNTER_FD);
	counter = exec_counter();
	ASSERT_TRUE(counter != NULL);
	for (int i = 0; i < EXECERS; i++)
		pids[i] = fork_child(begin_to_exec, NULL);
	for (int look = 0;
	     look < 20 * LOOKS || *(volatile unsigned long *)counter < EXECS;
	     look++) {
		struct listing list = listing_of_round(look);

		list_all(&list);
		expect_in_order(&list);
		expect_listed(&list, pids, EXECERS);
		list.arg.flags = PROCFD_LIST_THREADS;
		list_all(&list);
		expect_in_order(&list);
		expect_listed(&list, pids, EXECERS);
		list.arg.flags = PROCFD_LIST_CHILDREN;
		list.arg.parent_fd = self;
		list_all(&list);
		EXPECT_EQ(list.count, EXECERS);
		expect_listed(&list, pids, EXECERS);
	}
	for (int i = 0; i < EXECERS; i++) {
		ASSERT_OK(kill(pids[i], SIGKILL));
		EXPECT_EQ(reap(pids[i]), SIGKILL);
	}
}

/* ---- the caller is killed --------------------------------------------------------------- */

static void list_for_ever(void *told)
{
	struct listing list = listing_make(LIST_MAX);

	for (int i = 0;; i++) {
		list_all(&list);
		if (i == 10)
			gate_open(told);
	}
}

TEST(list_ends_with_a_caller_that_is_killed)
{
	struct gate told = gate_make();

	for (int i = 0; i < 20; i++) {
		pid_t pid = fork_child(list_for_ever, &told);

		gate_wait(&told);
		ASSERT_OK(kill(pid, SIGKILL));
		EXPECT_EQ(reap(pid), SIGKILL);
	}
}

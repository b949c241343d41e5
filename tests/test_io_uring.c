// SPDX-License-Identifier: GPL-2.0-only
/* A read by io_uring waits in the kernel's poll, and no worker is blocked by it. */
#include <dirent.h>
#include <linux/io_uring.h>

#include "native.h"

struct ring {
	int fd;
	unsigned int *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail,
		*cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
};

static void *map_ring(int fd, size_t size, off_t offset)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_POPULATE, fd, offset);

	ASSERT_TRUE(memory != MAP_FAILED);
	return memory;
}

static struct ring ring_make(void)
{
	struct io_uring_params p = { 0 };
	struct ring ring = { .fd = syscall(SYS_io_uring_setup, 8, &p) };
	char *sq, *cq;

	if (ring.fd < 0 && (errno == ENOSYS || errno == EPERM))
		SKIP("this kernel gives no io_uring: %s", strerror(errno));
	ASSERT_OK(ring.fd);
	sq = map_ring(ring.fd, p.sq_off.array + p.sq_entries * sizeof(int),
		      IORING_OFF_SQ_RING);
	cq = map_ring(ring.fd,
		      p.cq_off.cqes +
			      p.cq_entries * sizeof(struct io_uring_cqe),
		      IORING_OFF_CQ_RING);
	ring.sqes = map_ring(ring.fd,
			     p.sq_entries * sizeof(struct io_uring_sqe),
			     IORING_OFF_SQES);
	ring.sq_tail = (unsigned int *)(sq + p.sq_off.tail);
	ring.sq_mask = (unsigned int *)(sq + p.sq_off.ring_mask);
	ring.sq_array = (unsigned int *)(sq + p.sq_off.array);
	ring.cq_head = (unsigned int *)(cq + p.cq_off.head);
	ring.cq_tail = (unsigned int *)(cq + p.cq_off.tail);
	ring.cq_mask = (unsigned int *)(cq + p.cq_off.ring_mask);
	ring.cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
	return ring;
}

static int ring_enter(struct ring *ring, int submit, int wait)
{
	return syscall(SYS_io_uring_enter, ring->fd, submit, wait,
		       wait ? IORING_ENTER_GETEVENTS : 0, NULL, 0);
}

static void submit_read(struct ring *ring, int fd, void *buffer, size_t size)
{
	unsigned int tail = *ring->sq_tail, index = tail & *ring->sq_mask;
	struct io_uring_sqe *sqe = &ring->sqes[index];

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = IORING_OP_READ;
	sqe->fd = fd;
	sqe->addr = (uintptr_t)buffer;
	sqe->len = size;
	sqe->off = -1;
	ring->sq_array[index] = index;
	__atomic_store_n(ring->sq_tail, tail + 1, __ATOMIC_RELEASE);
	ASSERT_EQ(ring_enter(ring, 1, 0), 1);
}

static bool has_result(struct ring *ring)
{
	return __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE) !=
	       *ring->cq_head;
}

static int result_of(struct ring *ring)
{
	int result;

	while (!has_result(ring))
		ASSERT_OK(TEMP_FAILURE_RETRY(ring_enter(ring, 0, 1)));
	result = ring->cqes[*ring->cq_head & *ring->cq_mask].res;
	__atomic_store_n(ring->cq_head, *ring->cq_head + 1, __ATOMIC_RELEASE);
	return result;
}

static int thread_count(void)
{
	DIR *dir = opendir("/proc/self/task");
	int count = 0;

	for (struct dirent *entry; (entry = readdir(dir));)
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

TEST(io_uring_read_of_an_ended_process_gives_the_record)
{
	struct ring ring = ring_make();
	struct procfd_exit record, expected;
	pid_t pid = fork_exit(45);
	int procfd = procfd_of(pid);

	expected = ended_record(procfd);
	for (int i = 0; i < 3; i++) {
		memset(&record, 0, sizeof(record));
		submit_read(&ring, procfd, &record, sizeof(record));
		EXPECT_EQ(result_of(&ring), (int)sizeof(record));
		EXPECT_MEMEQ(&record, &expected, sizeof(record));
	}
	reap(pid);
}

TEST(io_uring_read_waits_for_the_end_without_a_worker)
{
	struct ring ring = ring_make();
	struct procfd_exit record;
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 46);
	int procfd = procfd_of(pid);

	submit_read(&ring, procfd, &record, sizeof(record));
	EXPECT_FALSE(has_result(&ring));
	EXPECT_EQ(thread_count(), 1);
	gate_open(&gated.gate);
	EXPECT_EQ(result_of(&ring), (int)sizeof(record));
	expect_status(&record, 46 << 8);
	EXPECT_EQ(thread_count(), 1);
	reap(pid);
}

TEST(io_uring_reads_of_many_end_with_each)
{
	struct ring ring = ring_make();
	struct procfd_exit records[8];
	struct gated_exit gated[8];
	pid_t pids[8];

	for (int i = 0; i < 8; i++) {
		pids[i] = fork_gated(&gated[i], i);
		submit_read(&ring, procfd_of(pids[i]), &records[i],
			    sizeof(records[i]));
	}
	for (int i = 7; i >= 0; i--) {
		gate_open(&gated[i].gate);
		EXPECT_EQ(result_of(&ring), (int)sizeof(records[i]));
		expect_status(&records[i], i << 8);
		reap(pids[i]);
	}
	EXPECT_EQ(thread_count(), 1);
}

TEST(io_uring_read_into_too_little_is_einval)
{
	struct ring ring = ring_make();
	pid_t pid = fork_exit(47);
	int procfd = procfd_of(pid);
	char small[16];

	wait_readable(procfd);
	submit_read(&ring, procfd, small, sizeof(small));
	EXPECT_EQ(result_of(&ring), -EINVAL);
	reap(pid);
}

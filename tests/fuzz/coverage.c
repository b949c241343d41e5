// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

/* The kernel's <linux/kcov.h>, which Debian does not ship for C libraries. */
#define KCOV_INIT_TRACE _IOR('c', 1, unsigned long)
#define KCOV_ENABLE _IO('c', 100)
#define KCOV_DISABLE _IO('c', 101)
#define KCOV_TRACE_PC 0
#define COVER_SIZE (32 << 10)

static __thread int kcov = -1;
static __thread uint64_t *cover;

void coverage_start(void)
{
	kcov = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (kcov == -1)
		return;
	if (ioctl(kcov, KCOV_INIT_TRACE, COVER_SIZE))
		goto failed;
	cover = mmap(NULL, COVER_SIZE * sizeof(*cover), PROT_READ | PROT_WRITE,
		     MAP_SHARED, kcov, 0);
	if (cover == MAP_FAILED || ioctl(kcov, KCOV_ENABLE, KCOV_TRACE_PC))
		goto failed;
	return;
failed:
	cover = NULL;
	close(kcov);
	kcov = -1;
}

void coverage_stop(void)
{
	if (!cover)
		return;
	ioctl(kcov, KCOV_DISABLE, 0);
	munmap(cover, COVER_SIZE * sizeof(*cover));
	close(kcov);
	cover = NULL;
	kcov = -1;
}

/* Entered by several at once: at worst one place is counted twice. */
static bool place_is_new(uint64_t place)
{
	uint32_t at = place * 0x9e3779b97f4a7c15ULL >> 48;
	uint64_t none;

	for (int tries = 0; tries < 64; tries++) {
		uint64_t *slot = &shared->places[(at + tries) % MAX_PLACES];

		if (__atomic_load_n(slot, __ATOMIC_RELAXED) == place)
			return false;
		none = 0;
		if (__atomic_compare_exchange_n(slot, &none, place, false,
						__ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			return true;
		if (none == place)
			return false;
	}
	return false;
}

int coverage_new(void)
{
	uint64_t count;
	int found = 0;

	if (!cover)
		return 0;
	count = __atomic_load_n(cover, __ATOMIC_RELAXED);
	if (count > COVER_SIZE - 1)
		count = COVER_SIZE - 1;
	for (uint64_t i = 1; i <= count; i++)
		found += place_is_new(cover[i]);
	__atomic_store_n(cover, 0, __ATOMIC_RELAXED);
	if (found)
		__atomic_add_fetch(&shared->nr_places, found, __ATOMIC_RELAXED);
	return found;
}

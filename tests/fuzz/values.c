// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

static __thread uint64_t state = 1;
static char *edge; /* the first byte that is not there */

/* xorshift64*: small, fast, and the same again for the same seed */
uint32_t random_number(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dULL >> 32;
}

void random_seed(uint64_t seed)
{
	state = seed * 0x9e3779b97f4a7c15ULL | 1;
	random_number();
}

uint32_t random_below(uint32_t limit)
{
	return random_number() % limit;
}

bool one_in(uint32_t n)
{
	return random_below(n) == 0;
}

uint64_t random_value(void)
{
	static const uint64_t special[] = {
		0,	    1,		2,     3,	4,	    7,
		8,	    15,		16,    63,	64,	    65,
		255,	    4095,	4096,  4097,	INT_MAX,    INT_MIN,
		UINT_MAX,   LONG_MAX,	-1ULL, -2ULL,	1ULL << 32, 1ULL << 31,
		1ULL << 47, 1ULL << 63, 32768, 4194304,
	};

	switch (random_below(4)) {
	case 0: return random_below(8);
	case 1: return 1ULL << random_below(64);
	case 2: return special[random_below(sizeof(special) / 8)];
	default: return (uint64_t)random_number() << 32 | random_number();
	}
}

void *random_address(void *good)
{
	switch (random_below(16)) {
	case 0: return NULL;
	case 1: return edge - random_below(256);
	case 2: return (void *)(uintptr_t)random_value();
	default: return good;
	}
}

void random_bytes(void *to, size_t size)
{
	unsigned char *bytes = to;

	while (size--)
		*bytes++ = one_in(2) ? 0 : random_number();
}

void values_init(void)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char *two = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	edge = two + page;
	mprotect(edge, page, PROT_NONE);
}

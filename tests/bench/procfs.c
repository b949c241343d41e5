// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading and parsing /proc: nothing allocated per file, no stdio but sscanf() where
 * that is asked for
 */
#include <dirent.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "procfs.h"

static bool slurp(int dir, const char *path, char *text, size_t size)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return false;
	got = read(fd, text, size - 1);
	close(fd);
	if (got <= 0)
		return false;
	text[got] = 0;
	return true;
}

/* A number, and the byte behind it is passed. */
static uint64_t number(const char **at)
{
	bool negative = **at == '-';
	const char *p = *at + negative;
	uint64_t value = 0;

	while (*p >= '0' && *p <= '9')
		value = value * 10 + (*p++ - '0');
	*at = *p ? p + 1 : p;
	return negative ? -value : value;
}

static void skip_numbers(const char **at, int count)
{
	while (count--)
		number(at);
}

/* The name is in parentheses, and may have some itself.  What is behind, or NULL. */
static const char *parse_name(const char *at, struct stat_members *m)
{
	const char *begin, *end;
	size_t length;

	m->pid = number(&at);
	begin = strchr(at, '(');
	end = strrchr(at, ')');
	if (!begin || !end)
		return NULL;
	length = end - begin - 1;
	memset(m->comm, 0, sizeof(m->comm));
	memcpy(m->comm, begin + 1,
	       length < sizeof(m->comm) ? length : sizeof(m->comm));
	return end + 2;
}

/* As procps and most programs do. */
static bool scan_stat(const char *at, struct stat_members *m)
{
	char state;

	at = parse_name(at, m);
	if (!at ||
	    sscanf(at,
		   "%c %d %d %d %u %d %u %llu %llu %llu %llu %llu %llu %llu %llu"
		   " %d %d %u %*s %llu %llu %llu"
		   " %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s"
		   " %d %d %u %d",
		   &state, &m->ppid, &m->pgid, &m->sid, &m->tty, &m->tty_pgid,
		   &m->flags, &m->minflt, &m->cminflt, &m->majflt, &m->cmajflt,
		   &m->utime, &m->stime, &m->cutime, &m->cstime, &m->priority,
		   &m->nice, &m->nr_threads, &m->start, &m->vsize, &m->rss,
		   &m->exit_signal, &m->processor, &m->rt_priority,
		   &m->policy) != 25)
		return false;
	m->state = state;
	return true;
}

/* As fast as a program well can. */
static bool parse_stat(const char *at, struct stat_members *m)
{
	at = parse_name(at, m);
	if (!at)
		return false;
	m->state = *at;
	at += 2;
	m->ppid = number(&at);
	m->pgid = number(&at);
	m->sid = number(&at);
	m->tty = number(&at);
	m->tty_pgid = number(&at);
	m->flags = number(&at);
	m->minflt = number(&at);
	m->cminflt = number(&at);
	m->majflt = number(&at);
	m->cmajflt = number(&at);
	m->utime = number(&at);
	m->stime = number(&at);
	m->cutime = number(&at);
	m->cstime = number(&at);
	m->priority = number(&at);
	m->nice = number(&at);
	m->nr_threads = number(&at);
	skip_numbers(&at, 1);
	m->start = number(&at);
	m->vsize = number(&at);
	m->rss = number(&at);
	skip_numbers(&at,
		     13); /* rsslim to cnswap: nothing, or zero to others */
	m->exit_signal = number(&at);
	m->processor = number(&at);
	m->rt_priority = number(&at);
	m->policy = number(&at);
	return true;
}

bool procfs_stat(int dir, const char *path, struct stat_members *members,
		 enum procfs_parser parser)
{
	char text[1024];

	if (!slurp(dir, path, text, sizeof(text)))
		return false;
	return parser == BY_SCANF ? scan_stat(text, members) :
				    parse_stat(text, members);
}

/* ---- status ----------------------------------------------------------------- */

enum kind { DECIMAL, OCTAL, HEX, LETTER };

struct line {
	const char *key; /* with the colon */
	size_t length;
	enum kind kind;
	size_t offset;
	unsigned int count;
};

#define LINE(key, kind, member)                                           \
	{                                                                 \
		key ":", sizeof(key), kind,                               \
			offsetof(struct status_members, member),          \
			sizeof(((struct status_members *)NULL)->member) / \
				sizeof(uint64_t)                          \
	}

/* In the order of the file: the next one is nearly always the right one. */
static const struct line lines[] = {
	LINE("Umask", OCTAL, umask),
	LINE("State", LETTER, state),
	LINE("Tgid", DECIMAL, tgid),
	LINE("TracerPid", DECIMAL, tracer),
	LINE("Uid", DECIMAL, uids),
	LINE("Gid", DECIMAL, gids),
	LINE("NSpid", DECIMAL, nspids),
	LINE("VmPeak", DECIMAL, vm_peak),
	LINE("VmSize", DECIMAL, vm_size),
	LINE("VmLck", DECIMAL, locked),
	LINE("VmPin", DECIMAL, pinned),
	LINE("VmHWM", DECIMAL, rss_peak),
	LINE("VmRSS", DECIMAL, rss),
	LINE("RssAnon", DECIMAL, rss_anon),
	LINE("RssFile", DECIMAL, rss_file),
	LINE("RssShmem", DECIMAL, rss_shmem),
	LINE("VmData", DECIMAL, data),
	LINE("VmStk", DECIMAL, stack),
	LINE("VmExe", DECIMAL, text),
	LINE("VmLib", DECIMAL, lib),
	LINE("VmPTE", DECIMAL, page_table),
	LINE("VmSwap", DECIMAL, swap),
	LINE("HugetlbPages", DECIMAL, hugetlb),
	LINE("CoreDumping", DECIMAL, core_dumping),
	LINE("Threads", DECIMAL, threads),
	LINE("SigPnd", HEX, sig_pending),
	LINE("ShdPnd", HEX, sig_shared),
	LINE("SigBlk", HEX, sig_blocked),
	LINE("SigIgn", HEX, sig_ignored),
	LINE("SigCgt", HEX, sig_caught),
	LINE("CapInh", HEX, cap_inheritable),
	LINE("CapPrm", HEX, cap_permitted),
	LINE("CapEff", HEX, cap_effective),
	LINE("CapBnd", HEX, cap_bounding),
	LINE("CapAmb", HEX, cap_ambient),
	LINE("NoNewPrivs", DECIMAL, no_new_privs),
	LINE("Seccomp", DECIMAL, seccomp),
	LINE("voluntary_ctxt_switches", DECIMAL, nvcsw),
	LINE("nonvoluntary_ctxt_switches", DECIMAL, nivcsw),
};

#define NR_LINES (sizeof(lines) / sizeof(lines[0]))

static unsigned int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return 16;
}

static void parse_values(const struct line *line, const char *at, char *members)
{
	unsigned int base = line->kind == HEX	? 16 :
			    line->kind == OCTAL ? 8 :
						  10;
	uint64_t *values = (uint64_t *)(members + line->offset);

	for (unsigned int i = 0; i < line->count; i++) {
		uint64_t value = 0;

		while (*at == ' ' || *at == '\t')
			at++;
		if (digit(*at) >= base)
			break;
		while (digit(*at) < base)
			value = value * base + digit(*at++);
		values[i] = value;
	}
}

static void parse_line(const struct line *line, const char *at, void *members)
{
	if (line->kind == LETTER)
		((struct status_members *)members)->state = at[1];
	else
		parse_values(line, at, members);
}

/* The next line wanted, or one of the two behind it, if a kernel leaves some out. */
#define LOOK_AHEAD 3

/* Lines that are not wanted, and lines that are not there, are passed over. */
static bool parse_status(const char *at, struct status_members *members)
{
	unsigned int next = 0;

	memset(members, 0, sizeof(*members));
	while (*at && next < NR_LINES) {
		unsigned int i = next;

		while (i < NR_LINES && i < next + LOOK_AHEAD &&
		       (at[0] != lines[i].key[0] ||
			strncmp(at, lines[i].key, lines[i].length)))
			i++;
		if (i < NR_LINES && i < next + LOOK_AHEAD) {
			parse_line(&lines[i], at + lines[i].length, members);
			next = i + 1;
		}
		at = strchr(at, '\n');
		if (!at)
			break;
		at++;
	}
	return next == NR_LINES;
}

bool procfs_status(int dir, const char *path, struct status_members *members)
{
	char text[4096];

	return slurp(dir, path, text, sizeof(text)) &&
	       parse_status(text, members);
}

/* ---- all of them ------------------------------------------------------------ */

unsigned int procfs_all(struct stat_members *members, unsigned int max,
			enum procfs_parser parser)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	unsigned int count = 0;
	char path[280];

	if (!proc)
		fail("no /proc");
	while (count < max && (entry = readdir(proc))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		strcpy(stpcpy(path, entry->d_name), "/stat");
		count +=
			procfs_stat(dirfd(proc), path, &members[count], parser);
	}
	closedir(proc);
	return count;
}
